//! Any text with dates in it: in order, apart, and as printed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use potvrda::domain::dates::{self, PrintedDate};

fuzz_target!(|text: &str| {
    let candidates = dates::candidates(text);
    // what prints nothing may stand between two digits
    let digits = |text: &str| text.chars().filter(|c| c.is_ascii() && !c.is_control()).collect::<String>();
    let mut end = 0;
    for date in &candidates {
        assert!(date.at.start >= end && date.at.start < date.at.end, "{:?} after {end}", date.at);
        assert!(text.get(date.at.clone()).is_some(), "{:?} is no part of the text", date.at);
        end = date.at.end;
        match date.date {
            Some(PrintedDate::Day(day)) => {
                assert!(digits(&text[date.at.clone()]).contains(&day.format("%-d").to_string()), "{day}: {:?}", &text[date.at.clone()]);
                assert!(digits(text).contains(&day.format("%Y").to_string()), "{day}: no such year");
            }
            Some(PrintedDate::Year(year)) => assert!(digits(&text[date.at.clone()]).contains(&year.to_string())),
            None => assert!(date.until.is_none(), "a range that cannot be read has no end"),
        }
    }
    assert!(dates::find(text).len() <= candidates.len());
    if let Some(day) = dates::day(text) {
        assert!(candidates.iter().any(|c| c.date == Some(PrintedDate::Day(day))));
    }
});
