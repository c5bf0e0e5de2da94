//! Reads the calendar beside every page: the only announcement of a committee's sitting that we know of.
//!
//! Never takes a day that is not printed above an entry.

use chrono::NaiveTime;

use super::sitting;
use crate::domain::bill::Sitting;
use crate::domain::page::lines::Line;
use crate::domain::{dates, script};

/// A heading of one day is no longer than this.
const DAY_CHARS_MAX: usize = 60;

/// Every sitting the calendar announces, in its order. Other entries (visits, press) are passed over.
pub(super) fn read(lines: &[Line]) -> Vec<Sitting> {
    let mut day = None;
    let mut hour_above: Option<NaiveTime> = None;
    let mut sittings: Vec<Sitting> = Vec::new();
    for line in lines.iter().filter(|l| l.border.is_none() && !l.text.is_empty()) {
        let text = line.text.as_str();
        let (hour, rest) = match (hour_at_start(text), hour_above) {
            (Some((hour, "")), _) => {
                hour_above = Some(hour);
                continue;
            }
            (Some((hour, rest)), _) => (Some(hour), rest),
            (None, Some(hour)) => (Some(hour), text),
            (None, None) => (None, text),
        };
        hour_above = None;
        match hour {
            Some(hour) if is_sitting(rest) => {
                let entry = entry(rest, hour, day);
                if !sittings.contains(&entry) {
                    sittings.push(entry);
                }
            }
            _ if text.chars().count() <= DAY_CHARS_MAX && dates::day(text).is_some() => day = dates::day(text),
            _ => {}
        }
    }
    sittings
}

/// Whether a line is a calendar's entry: `11.00 - sitting of the ...`.
pub(super) fn is_entry(text: &str) -> bool {
    hour_at_start(text).is_some_and(|(_, rest)| !rest.is_empty())
}

/// The hour a line begins with, and what follows the dash after it.
fn hour_at_start(text: &str) -> Option<(NaiveTime, &str)> {
    let (hour, after) = sitting::clock(text)?;
    let after = after.trim_start();
    let rest = after.strip_prefix(['-', '–', '—', '−', ':']).map(str::trim_start);
    match rest {
        Some(rest) => Some((hour, rest)),
        None if after.trim_matches(['h', '.', ' ']).is_empty() => Some((hour, "")),
        None if is_sitting(after) => Some((hour, after)),
        None => None,
    }
}

fn is_sitting(text: &str) -> bool {
    let folded = script::fold(text);
    folded.split(' ').any(|w| ["sitting", "sednica", "sednice", "session", "sjednica"].contains(&w))
}

fn entry(text: &str, hour: NaiveTime, day: Option<chrono::NaiveDate>) -> Sitting {
    let (title, hall) = match text.rfind('(') {
        Some(at) if at > 0 => {
            let within = text[at + 1..].split(')').next().unwrap_or_default().trim();
            (text[..at].trim(), (!within.is_empty()).then(|| within.to_owned()))
        }
        _ => (text.trim(), None),
    };
    let cancelled = sitting::is_cancelled(text);
    let hall = hall.filter(|h| !sitting::is_cancelled(h));
    Sitting {
        body: sitting::whose(title),
        title: title.to_owned(),
        held_on: day,
        begins_at: Some(hour),
        hall,
        cancelled,
        agenda_known: false,
        mentions: Vec::new(),
    }
}
