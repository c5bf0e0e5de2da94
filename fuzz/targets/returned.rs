//! Any bytes as a message that came back: within its bounds, the same at every reading.
#![no_main]

use libfuzzer_sys::fuzz_target;
use potvrda::domain::returned::{self, Kind};

fuzz_target!(|message: &[u8]| {
    let Ok(read) = returned::read(message) else { return };
    assert!(returned::read(message).is_ok_and(|again| again == read), "another reading");
    assert!(read.tokens.len() <= 32, "{} tokens to look up", read.tokens.len());
    for token in &read.tokens {
        assert_eq!(&token.to_ascii_lowercase(), token, "mail servers change the case");
    }
    if let Kind::Answer(answer) = &read.kind {
        assert!(answer.answers.len() <= 50, "{} letters answered at once", answer.answers.len());
    }
});
