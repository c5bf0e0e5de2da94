//! What operators are told of the house's tools: the clock, and the program that reads documents.
//!
//! Never sets a clock, never installs a program.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::{Notice, REMIND_AFTER, day_and_hour, lasted};
use super::Told;
use crate::app::clock;
use crate::io::document::PDFTOTEXT;

/// A clock set back by less is mended by hand, or by a time server, and no letter is worth it.
const STEP_MIN: TimeDelta = TimeDelta::hours(2);

/// The clock cannot be right: it stands before the year this program was written in, or before our own newest look. Letters wait in the first
/// case, so that the journal, `/healthz` and the missed heartbeat say it too. A clock that was set back and stays so for a day is taken for right.
pub(super) fn clock(before: &[Told], newest_look: Option<DateTime<Utc>>, now: DateTime<Utc>) -> (Vec<Notice>, Vec<Told>) {
    let told = |word: &str| before.iter().find(|(known, _)| known == word).map(|(_, at)| *at);
    let remember = |since, at| vec![("clock since".to_owned(), since), ("clock told".to_owned(), at)];
    let accepted = told("clock accepted");
    let keep = |more: Vec<Told>| accepted.map(|at| ("clock accepted".to_owned(), at)).into_iter().chain(more).collect();
    let newest = newest_look.filter(|at| accepted.is_none_or(|known| *at > known));
    let set_back = newest.is_some_and(|at| at.signed_duration_since(now) >= STEP_MIN);
    match (told("clock since").zip(told("clock told")), clock::is_sane(now) && !set_back) {
        (None, true) => (Vec::new(), keep(Vec::new())),
        (None, false) => (vec![wrong(newest, now)], keep(remember(newest.unwrap_or(now), now))),
        (Some((since, _)), true) => (vec![right_again(since, now)], keep(Vec::new())),
        // Between a clock that went wrong and one that was put right nothing can be counted: only steps forward are.
        (Some((since, at)), false) if now.signed_duration_since(at) < REMIND_AFTER => (Vec::new(), keep(remember(since, at.min(now)))),
        (Some((since, _)), false) if clock::is_sane(now) => {
            (vec![taken_for_right(now)], vec![("clock accepted".to_owned(), since.max(newest.unwrap_or(since)))])
        }
        (Some((since, _)), false) => (vec![wrong(Some(since), now)], keep(remember(since, now))),
    }
}

/// Documents lie unread for want of their reader: once, and once when it is there. `unread`: how many, where it is missing.
pub(super) fn reader(before: &[Told], unread: Option<usize>, now: DateTime<Utc>) -> (Vec<Notice>, Vec<Told>) {
    let known = before.iter().find(|(word, _)| word == "reader since");
    match (known, unread) {
        (None, Some(unread)) if unread > 0 => (vec![no_reader(unread)], vec![("reader since".to_owned(), now)]),
        (Some((_, since)), None) => {
            let subject = format!("{PDFTOTEXT} is installed again, after {}", lasted(now.signed_duration_since(*since)));
            (vec![Notice { subject, paragraphs: vec!["The documents that waited are read at the next poll.".to_owned()] }], Vec::new())
        }
        (known, _) => (Vec::new(), known.cloned().into_iter().collect()),
    }
}

fn no_reader(unread: usize) -> Notice {
    Notice {
        subject: format!("{PDFTOTEXT} is not installed: PDF documents are kept unread"),
        paragraphs: vec![
            format!(
                "Documents that wait unread: {unread}. Alerts go out without what stands in them: when and where it was signed, and by whom."
            ),
            "Now: install poppler-utils (`apt install poppler-utils`). What waits is read at the next poll. You are told once.".to_owned(),
        ],
    }
}

fn wrong(newest: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Notice {
    let before = newest.map_or_else(
        || "That is before this program was written.".to_owned(),
        |at| format!("Our newest look before was on {}, which is later.", day_and_hour(at)),
    );
    Notice {
        subject: format!("The clock of this machine cannot be right: it says {}", day_and_hour(now)),
        paragraphs: vec![
            before,
            "Pages are looked at as before. No letter leaves while the clock stands before the year this program was written in: this one comes when \
             the clock goes right. Now: set it (`timedatectl set-ntp true`)."
                .to_owned(),
        ],
    }
}

fn right_again(since: DateTime<Utc>, now: DateTime<Utc>) -> Notice {
    Notice {
        subject: format!("The clock goes right again, after {} at most", lasted(now.signed_duration_since(since).max(TimeDelta::zero()))),
        paragraphs: vec!["What was seen meanwhile carries the time of the wrong clock in the history; nothing was lost by it.".to_owned()],
    }
}

fn taken_for_right(now: DateTime<Utc>) -> Notice {
    Notice {
        subject: format!("The clock was set back and stays so: it is taken for right ({})", day_and_hour(now)),
        paragraphs: vec![
            "Looks with later times stand in the history: the clock went ahead when they were made. Nothing is to be done.".to_owned(),
        ],
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// How many notices at each hour, and the first words of each.
    fn told(hours: &[(&str, &str)]) -> Vec<String> {
        let mut known = Vec::new();
        let one = |(now, look): &(&str, &str)| {
            let (notices, after) = clock(&known, Some(at(look)), at(now));
            known = after;
            notices.into_iter().map(|n| n.subject.split_whitespace().take(4).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("; ")
        };
        hours.iter().map(one).collect()
    }

    #[test]
    fn a_clock_in_1970_is_told_once_once_a_day_and_once_when_it_goes_right() {
        let look = "2026-11-03T08:00:00Z";
        let said = told(&[
            ("2026-11-03T08:30:00Z", look),
            ("1970-01-01T00:10:00Z", look),
            ("1970-01-01T00:40:00Z", look),
            ("1970-01-02T00:40:00Z", look),
            ("2026-11-04T09:00:00Z", "2026-11-04T08:59:00Z"),
            ("2026-11-04T09:30:00Z", "2026-11-04T09:00:00Z"),
        ]);
        assert_eq!(said, ["", "The clock of this", "", "The clock of this", "The clock goes right", ""]);
    }

    #[test]
    fn a_clock_set_back_for_good_is_told_and_then_taken_for_right() {
        let look = "2030-01-01T08:00:00Z";
        let said = told(&[
            ("2026-11-03T08:00:00Z", look),
            ("2026-11-03T09:00:00Z", look),
            ("2026-11-04T09:00:00Z", look),
            ("2026-11-04T10:00:00Z", look),
            ("2026-11-06T10:00:00Z", look),
        ]);
        assert_eq!(said, ["The clock of this", "", "The clock was set", "", ""]);
        assert_eq!(told(&[("2026-11-03T08:00:00Z", "2026-11-03T09:00:00Z")]), [""]);
    }

    #[test]
    fn a_missing_reader_of_documents_is_told_once_and_once_when_it_is_there() {
        let mut known = Vec::new();
        let said: Vec<usize> = [Some(0), Some(3), Some(5), None, None]
            .into_iter()
            .map(|unread| {
                let (notices, after) = reader(&known, unread, at("2026-11-03T08:00:00Z"));
                known = after;
                notices.len()
            })
            .collect();
        assert_eq!(said, [0, 1, 0, 1, 0]);
    }
}
