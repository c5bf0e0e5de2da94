//! Any text as a document's, and two halves of it as two versions.
#![no_main]

use libfuzzer_sys::fuzz_target;
use potvrda::domain::document;

fuzz_target!(|text: &str| {
    let parts = document::parts(text);
    assert!(!parts.is_empty() || text.trim().is_empty() || !text.contains(char::is_alphabetic), "a text without a part");
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
    let told: usize = parts.iter().map(|part| letters(&part.text)).sum();
    assert!(told <= letters(text), "{told} letters of {}", letters(text));
    let mut end = 0;
    for sentence in document::sentences(text) {
        assert!(sentence.start >= end && text.get(sentence.clone()).is_some(), "{sentence:?} after {end}");
        end = sentence.end;
        document::sentences_around(text, sentence.start);
    }
    document::joined(text);
    document::state::of_text(text);
    document::signing(text);
    assert!(document::difference(text, text).is_empty(), "a document differs from itself");
    let middle = text.floor_char_boundary(text.len() / 2);
    document::difference(&text[..middle], &text[middle..]);
});
