//! Days that print less than a whole date and take the rest from the next one: `u Rimu 12. i u Beogradu 14. maja 2009. godine`.
//!
//! Never lends across a word that begins another thought, and never turns the printed order of the days round.

use chrono::{Datelike, NaiveDate};

use crate::domain::article::places;
use crate::domain::article::prose::Prose;
use crate::domain::dates::{self, PrintedDate};

/// A day that stands without its month or year.
pub(super) struct BareDay {
    /// The whole day, where the next date lends surely what is missing.
    pub(super) on: Option<PrintedDate>,
    /// The token after it.
    pub(super) after: usize,
}

/// `12.`, `5`, `12th`, `12.05.` where a place, a preposition or a conjunction follows, or the clause ends (`last`): a day of signature is meant.
pub(super) fn bare_day(prose: &Prose, i: usize, end: usize, last: bool) -> Option<BareDay> {
    let day = prose.small_number(i).filter(|day| (1..=31).contains(day))?;
    let (marked, mut after) = day_mark(prose, i + 1);
    let month = prose.small_number(after).filter(|month| marked && (1..=12).contains(month) && prose.date(after).is_none());
    if month.is_some() {
        after += 1 + usize::from(prose.is(after + 1, '.'));
    }
    let ends = after >= end || (prose.is(after, '.') && after + 1 >= end);
    if !(goes_on(prose, after) || (last && ends)) {
        return None;
    }
    let next = next_day(prose, after, end);
    let whole = next.and_then(|next| NaiveDate::from_ymd_opt(next.year(), month.unwrap_or(next.month()), day));
    let on = whole.filter(|day| next.is_some_and(|next| *day <= next)).map(PrintedDate::Day);
    Some(BareDay { on, after })
}

/// `u Beogradu 3. maja i u Rimu 5. maja 2017. godine`: the first day is of the year the next one prints.
pub(super) fn with_next_year(prose: &Prose, i: usize, after: usize, end: usize) -> Option<PrintedDate> {
    let next = next_day(prose, after, end)?;
    let day = dates::day(&format!("{} {}", prose.printed(i..after), next.year()))?;
    (day <= next).then_some(PrintedDate::Day(day))
}

/// Whether the first digit of the day was lost to a letter or a space (`l5. maja`, `1 5. maja`), or the year that the next date lends would
/// turn their order round (`28. decembra i 5. januara 2010. godine`).
pub(super) fn is_broken(prose: &Prose, i: usize, after: usize, on: PrintedDate) -> bool {
    let Some(before) = i.checked_sub(1) else { return false };
    let digit = ["l", "i", "o"].contains(&prose.word(before)) && !prose.spaced(i);
    let alone = prose.printed(before..i);
    let parted = alone.len() == 1 && alone.bytes().all(|b| b"0123".contains(&b));
    let lent = (i..after).all(|n| prose.year(n).is_none()) && !prose.printed(i..after).contains(['/', '-']);
    let next = || (after..after + 2).find_map(|n| prose.date(n)).and_then(|(next, _)| next.date);
    let turned = match on {
        PrintedDate::Day(day) if lent => matches!(next(), Some(PrintedDate::Day(next)) if next < day),
        _ => false,
    };
    digit || parted || turned
}

/// `prvog`, `dvanaestog`: a day in words, which is not read.
pub(super) fn is_day_in_words(word: &str) -> bool {
    const ORDINALS: [&str; 12] =
        ["prvog", "drugog", "treceg", "cetvrtog", "petog", "sestog", "sedmog", "osmog", "devetog", "desetog", "dvadesetog", "tridesetog"];
    ORDINALS.contains(&word) || word.ends_with("naestog")
}

/// The token after `.`, `th` or `-og`, and whether such a mark says that a day is meant.
fn day_mark(prose: &Prose, i: usize) -> (bool, usize) {
    if prose.is(i, '.') || matches!(prose.word(i), "st" | "nd" | "rd" | "th" | "og" | "eg") {
        return (true, i + 1);
    }
    let ending = prose.is(i, '-') && matches!(prose.word(i + 1), "og" | "eg" | "tog" | "oga");
    (ending, i + if ending { 2 } else { 0 })
}

/// Whether another signing follows: `i u Beogradu`, `, a u Beogradu`, `u Rimu`, `and in Belgrade`.
fn goes_on(prose: &Prose, mut i: usize) -> bool {
    let joined = |i: usize| prose.is(i, ',') || is_joint(prose.word(i));
    let first = i;
    while joined(i) && i < first + 2 {
        i += 1;
    }
    while matches!(prose.word(i), "dana" | "on" | "the") {
        i += 1;
    }
    let place = is_preposition(prose.word(i)) && (places::known(prose, i + 1).is_some() || (i > first && prose.is_capital(i + 1)));
    place || (i > first && (places::known(prose, i).is_some() || prose.date(i).is_some() || prose.small_number(i).is_some()))
}

/// The day that the next date prints, where nothing but places stands between.
fn next_day(prose: &Prose, after: usize, end: usize) -> Option<NaiveDate> {
    let mut i = after;
    while i < end {
        if let Some((date, _)) = prose.date(i) {
            return match date.date {
                Some(PrintedDate::Day(day)) => Some(day),
                _ => None,
            };
        }
        if prose.is(i, '(') {
            i = (i..end).find(|n| prose.is(*n, ')'))?;
        } else if !leads_on(prose, i) {
            return None;
        }
        i += 1;
    }
    None
}

/// What may stand between two days of one clause: places, for whom was signed, and what joins them.
pub(super) fn leads_on(prose: &Prose, i: usize) -> bool {
    let word = prose.word(i);
    let small = matches!(
        word,
        "" | "dana"
            | "on"
            | "the"
            | "of"
            | "day"
            | "od"
            | "strane"
            | "ime"
            | "vlade"
            | "behalf"
            | "by"
            | "for"
            | "za"
            | "godine"
            | "respectively"
    );
    small || is_joint(word) || is_preposition(word) || prose.is_capital(i)
}

/// `i`, `a`, `and`
pub(super) fn is_joint(word: &str) -> bool {
    matches!(word, "i" | "a" | "te" | "and" | "odnosno")
}

fn is_preposition(word: &str) -> bool {
    matches!(word, "u" | "na" | "in" | "at")
}
