//! Days as announcements print them: whole, or with the year left out, as in `utorak, 1. decembar`.
//!
//! Never takes a day without a year whose weekday is not printed with it.

use std::ops::Range;

use chrono::{Datelike, NaiveDate, Weekday};

use crate::domain::dates::{self, PrintedDate};
use crate::domain::tokens::{self, Kind};

/// An announcement looks no further ahead: weekday, day and month fit only one day of so many.
const AHEAD_DAYS_MAX: i64 = 90;

/// Every single day of the text, in order, with its place. One without a year is the next such day from `from` on, where its weekday agrees.
pub(super) fn find(text: &str, from: Option<NaiveDate>) -> Vec<(NaiveDate, Range<usize>)> {
    let whole = dates::find(text).into_iter().filter_map(|f| match (f.date, f.until) {
        (PrintedDate::Day(day), None) => Some((day, f.at)),
        _ => None,
    });
    let mut days: Vec<_> = whole.chain(from.into_iter().flat_map(|from| without_year(text, from))).collect();
    days.sort_by_key(|(_, at)| at.start);
    days
}

/// `utorak, 1. decembar`, `Tuesday, 1 December`, and no year behind it.
fn without_year(text: &str, from: NaiveDate) -> Vec<(NaiveDate, Range<usize>)> {
    let tokens = tokens::cut(text);
    let number = |k: usize, most: Range<usize>| matches!(tokens.get(k).map(|t| &t.kind), Some(Kind::Number(_, n)) if most.contains(n));
    let mark = |k: usize, mark: char| usize::from(tokens.get(k).is_some_and(|t| t.is(mark)));
    let read = |k: usize| {
        let weekday = weekday(tokens[k].word())?;
        let first = k + 1 + mark(k + 1, ',');
        let month = first + 1 + mark(first + 1, '.');
        let printed = tokens[first..].first().filter(|_| number(first, 1..3))?.at.start..tokens.get(month)?.at.end;
        let behind = month + 1 + mark(month + 1, '.').max(mark(month + 1, ','));
        let fits = |day: &NaiveDate| (0..AHEAD_DAYS_MAX).contains(&(*day - from).num_days()) && day.weekday() == weekday;
        let years = (from.year()..=from.year() + 1).filter(|_| !number(behind, 4..5));
        years.filter_map(|year| dates::day(&format!("{} {year}", &text[printed.clone()]))).find(fits).map(|day| (day, printed))
    };
    (0..tokens.len()).filter_map(read).collect()
}

/// The weekday a word names, in the nominative or after `za` and `u`.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    let names: [(&str, &[&str]); 7] = [
        ("monday", &["ponedeljak", "ponedeljka", "ponedeljkom"]),
        ("tuesday", &["utorak", "utorka"]),
        ("wednesday", &["sreda", "sredu", "srede"]),
        ("thursday", &["cetvrtak", "cetvrtka"]),
        ("friday", &["petak", "petka"]),
        ("saturday", &["subota", "subotu", "subote"]),
        ("sunday", &["nedelja", "nedelju", "nedelje"]),
    ];
    let at = names.iter().position(|(english, serbian)| *english == word || serbian.contains(&word))?;
    Weekday::try_from(u8::try_from(at).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_a_year_is_the_coming_one_its_weekday_names_or_none() {
        let from = NaiveDate::from_ymd_opt(2026, 11, 26);
        for (text, day) in [
            ("za utorak, 1. decembar, u 10 časova", Some("2026-12-01")),
            ("у уторак, 1. децембра, у 10 часова", Some("2026-12-01")),
            ("for Tuesday, 1 December, at 10 a.m.", Some("2026-12-01")),
            ("za ponedeljak, 4. januar", Some("2027-01-04")),
            ("petak, 27. novembar", Some("2026-11-27")),
            ("četvrtak, 26. novembar", Some("2026-11-26")),
            ("za utorak, 1. decembar 2026. godine", Some("2026-12-01")),
            ("za 1. decembar", None),
            ("za sredu, 1. decembar", None),
            ("petak, 20. novembar", None),
            ("utorak, 31. februar 2027.", None),
            ("utorak", None),
        ] {
            let found: Vec<String> = find(text, from).into_iter().map(|(day, _)| day.to_string()).collect();
            assert_eq!(found, day.into_iter().map(str::to_owned).collect::<Vec<_>>(), "{text}");
        }
        assert!(find("petak, 27. novembar", None).is_empty());
    }
}
