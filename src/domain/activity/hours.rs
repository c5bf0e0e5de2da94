//! Hours as announcements print them: `11.00`, `u 10,30 časova`, `at 2.30 p.m.`.
//!
//! Never takes the numbers of a date, or how long a thing lasts, for an hour.

use chrono::{NaiveTime, Timelike};

use crate::domain::tokens::{self, Kind, Token};

/// No sitting begins earlier: `za 2 sata` is for two hours.
const MORNING: u32 = 7;

/// An hour at the beginning of a text, and what follows it: `11.00`, `9:30`, `10,00`, `2.30 p.m.`, `2 p.m.`.
pub(super) fn at_start(text: &str) -> Option<(NaiveTime, &str)> {
    let tokens = tokens::cut(text);
    if tokens.first()?.at.start != 0 {
        return None;
    }
    let (clock, next) = clock(&tokens, 0)?;
    let rest = tokens.get(next).map_or("", |t| &text[t.at.start..]);
    (clock.minutes || clock.half).then_some((clock.time, rest))
}

/// `u 10 časova`, `u 10,00 časova`, `sa početkom u 11:30`, `at 10 a.m.`, `at 2.30 p.m.`, `at 10.00`.
pub(super) fn find(text: &str) -> Option<NaiveTime> {
    after(&tokens::cut(text), &["u", "at", "od"])
}

/// `za 14 časova`, `to 2.30 p.m.`: the hour to which something is put off.
pub(super) fn moved_to(text: &str, to: &[&str]) -> Option<NaiveTime> {
    after(&tokens::cut(text), to).filter(|hour| hour.hour() >= MORNING)
}

fn after(tokens: &[Token], prepositions: &[&str]) -> Option<NaiveTime> {
    (0..tokens.len()).find_map(|n| {
        if !prepositions.contains(&tokens[n].word()) {
            return None;
        }
        let (clock, next) = clock(tokens, n + 1)?;
        let unit = tokens.get(next).map_or("", Token::word);
        let named = ["cas", "sat", "hour", "oclock", "noon"].iter().any(|w| unit.starts_with(w)) || unit == "h";
        (clock.minutes || clock.half || named).then_some(clock.time)
    })
}

struct Clock {
    time: NaiveTime,
    /// Minutes are printed.
    minutes: bool,
    /// `a.m.` or `p.m.` is.
    half: bool,
}

/// The hour that stands at a token, and the token after it.
fn clock(tokens: &[Token], n: usize) -> Option<(Clock, usize)> {
    let Kind::Number(hour, 1..=2) = tokens.get(n)?.kind else { return None };
    let glued = |k: usize| tokens.get(k).is_some_and(|t| !t.spaced);
    let mark = |k: usize| ['.', ':', ','].iter().any(|m| tokens.get(k).is_some_and(|t| t.is(*m)));
    let number = |k: usize| tokens.get(k).is_some_and(|t| matches!(t.kind, Kind::Number(..)));
    let (minutes, mut next) = match tokens.get(n + 2).map(|t| &t.kind) {
        Some(Kind::Number(minutes, 2)) if mark(n + 1) && glued(n + 1) && glued(n + 2) => (Some(*minutes), n + 3),
        _ => (None, n + 1),
    };
    // a third number makes it a date
    if minutes.is_some() && ((mark(next) && glued(next) && glued(next + 1) && number(next + 1)) || (glued(next) && number(next))) {
        return None;
    }
    let word = |k: usize| tokens.get(k).map_or("", Token::word);
    let split = |letter: &str| word(next) == letter && mark(next + 1) && word(next + 2) == "m";
    let (morning, evening) = (word(next) == "am" || split("a"), word(next) == "pm" || split("p"));
    if morning || evening {
        next += if split("a") || split("p") { 3 } else { 1 };
        next += usize::from(tokens.get(next).is_some_and(|t| t.is('.')));
    }
    let hour = match hour {
        12 if morning => 0,
        1..12 if evening => hour + 12,
        hour => hour,
    };
    let time = NaiveTime::from_hms_opt(hour, minutes.unwrap_or(0), 0)?;
    Some((Clock { time, minutes: minutes.is_some(), half: morning || evening }, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_read_as_it_is_printed_and_nothing_else_is_one() {
        let printed = |hour: Option<NaiveTime>| hour.map(|h| h.format("%H:%M").to_string());
        for (text, hour, rest) in [
            ("11.00 - sednica", Some("11:00"), "- sednica"),
            ("9:30h - sednica", Some("09:30"), "h - sednica"),
            ("2.30 p.m. - sitting", Some("14:30"), "- sitting"),
            ("12.15 PM - sitting", Some("12:15"), "- sitting"),
            ("2 p.m. – sitting", Some("14:00"), "– sitting"),
            ("11.00 a.m. - sitting", Some("11:00"), "- sitting"),
            ("12.00 a.m.", Some("00:00"), ""),
            ("11,30", Some("11:30"), ""),
            ("12.03.2018", None, ""),
            ("8. mart 2018.", None, ""),
            ("25.00 - sednica", None, ""),
            ("11 - sednica", None, ""),
            ("u 11.00", None, ""),
        ] {
            let read = at_start(text);
            assert_eq!((printed(read.map(|r| r.0)).as_deref(), read.map_or("", |r| r.1)), (hour, rest), "{text}");
        }
        for (text, hour) in [
            ("Sednica počinje u 10 časova", Some("10:00")),
            ("at 1 p.m., with", Some("13:00")),
            ("at 12 noon", Some("12:00")),
            ("u 10,30 časova", Some("10:30")),
            ("u 2 sata", Some("02:00")),
            ("u 02.12.2026", None),
            ("u 2026. godini", None),
        ] {
            assert_eq!(printed(find(text)).as_deref(), hour, "{text}");
        }
        assert_eq!(printed(moved_to("za 14 časova", &["za"])).as_deref(), Some("14:00"));
        assert_eq!(moved_to("za 2 sata", &["za"]), None);
        assert_eq!(moved_to("za 2. decembar", &["za"]), None);
    }
}
