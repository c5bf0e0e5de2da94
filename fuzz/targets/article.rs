//! Any text as an Article 1: every day that is told is printed there.
#![no_main]

use libfuzzer_sys::fuzz_target;
use potvrda::domain::article;
use potvrda::domain::dates::PrintedDate;

fuzz_target!(|text: &str| {
    let read = article::read(text);
    assert_eq!(article::read(text), read, "another reading");
    // what prints nothing may stand between two digits
    let digits: String = text.chars().filter(|c| c.is_ascii() && !c.is_ascii_control()).collect();
    for signed in &read.signed {
        match signed.on {
            Some(PrintedDate::Day(day)) => {
                assert!(digits.contains(&day.format("%Y").to_string()), "{day}: no such year");
                assert!(digits.contains(&day.format("%-d").to_string()), "{day}: no such day");
            }
            Some(PrintedDate::Year(year)) => assert!(digits.contains(&year.to_string()), "{year}: no such year"),
            None => assert!(read.unclear, "an empty day is said to be unclear"),
        }
        if let Some(until) = signed.until {
            assert!(matches!(signed.on, Some(PrintedDate::Day(first)) if first < until), "{signed:?}");
            assert!(digits.contains(&until.format("%Y").to_string()));
        }
        assert!(signed.at.as_deref().is_none_or(|town| !town.trim().is_empty()), "{signed:?}");
    }
    assert!(!read.signed.is_empty() || read.unclear, "nothing is said to be unclear");
    let mut once = read.languages.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), read.languages.len(), "each language once");
    article::persons::read(text);
});
