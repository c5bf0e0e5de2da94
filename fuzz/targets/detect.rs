//! Any text as a title: what is no agreement names nobody, what names somebody prints the name.
#![no_main]

use libfuzzer_sys::fuzz_target;
use potvrda::domain::bill::Verdict;
use potvrda::domain::{agreement, mention, script, title};

fuzz_target!(|text: &str| {
    let found = agreement::detect(text);
    match found.verdict {
        Verdict::Other => assert!(found.parties.is_empty() && found.instrument.is_none(), "{found:?}"),
        Verdict::Agreement => assert!(found.instrument.is_some(), "{found:?}"),
        Verdict::Doubtful => {}
    }
    // spaces are tidied, letter-spaced words joined and set small: the letters are those of the title, in their order
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    for party in &found.parties {
        assert!(letters(text).contains(&letters(&party.name)), "{:?} is not printed", party.name);
        assert!(party.country.as_deref().is_none_or(|code| code.len() == 2), "{party:?}");
    }
    let spaced = format!("  {text}\n");
    assert_eq!(agreement::detect(&spaced).verdict, found.verdict, "white space decides nothing");
    let folded = script::fold(text);
    // a lost letter folds to a question mark, which is none; letters that something else had parted read as letter-spaced the second time
    let apart = folded.split(' ').map(str::len).collect::<Vec<_>>().windows(3).any(|three| three == [1, 1, 1]);
    assert!(folded.contains('?') || apart || script::fold(&folded) == folded, "folding {folded:?} twice");
    assert!(!folded.contains("  ") && folded.trim() == folded, "{folded:?}");
    script::to_cyrillic(&script::to_latin(text));
    title::key(text);
    for named in mention::find(text) {
        assert!(text.get(named.at.clone()).is_some(), "{:?} is no part of the text", named.at);
    }
});
