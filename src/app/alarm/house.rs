//! What operators are told of the house itself: that the disk is nearly full, that nothing new came for too long, that the clock cannot be
//! right, that the reader of documents is missing. Once, once when it is over, and of the disk and the clock once a day meanwhile.
//!
//! Never sends, never frees room.

use anyhow::Result;
use chrono::{DateTime, Datelike, TimeDelta, Utc};

mod tools;

use super::{Notice, REMIND_AFTER, day_and_hour, lasted};
use crate::app::dispatch;
use crate::config::Settings;
use crate::domain::zone::BELGRADE;
use crate::io::document::{self, PDFTOTEXT};
use crate::io::history::History;
use crate::io::roster::Roster;

/// Below so much room the disk is nearly full: both databases' write-ahead indexes and a day's pages still fit.
const ROOM_MIB_MIN: u64 = 200;
/// Nothing new for so many days is suspicious while the Assembly is in regular session (March to May, October to December), and otherwise.
const QUIET_DAYS: (i64, i64) = (10, 45);

/// Owes the operators a letter where something of this began, lasts another day, or is over.
pub fn watch(settings: &Settings, history: &History, roster: &mut Roster, now: DateTime<Utc>) -> Result<()> {
    let room = rustix::fs::statvfs(&settings.data_dir).ok().map(|s| s.f_bavail.saturating_mul(s.f_frsize) / (1024 * 1024));
    let newest = history.newest_new()?;
    let last_look = history.newest_look()?;
    let unread = (!document::is_installed(PDFTOTEXT)).then(|| history.unread_documents()).transpose()?;
    let owing = roster.owing(now)?;
    let before = owing.troubles()?;
    let (mut notices, mut after) = consider(&before, room, newest, now);
    for (more, known) in [tools::clock(&before, last_look, now), tools::reader(&before, unread, now)] {
        notices.extend(more);
        after.extend(known);
    }
    if let Some(Notice { subject, paragraphs }) = super::one_letter(notices) {
        tracing::warn!("for the operators: {subject}");
        dispatch::owe_operators(settings, &owing, "house", subject, paragraphs, now)?;
    }
    if after != before {
        owing.set_troubles(&after)?;
        owing.finish(None)?;
    }
    Ok(())
}

/// A word, and since when or when last told.
type Told = (String, DateTime<Utc>);

/// What to tell, and what is remembered. `room`: MiB free, where it can be known; `newest`: when anything new was last seen.
fn consider(before: &[Told], room: Option<u64>, newest: Option<DateTime<Utc>>, now: DateTime<Utc>) -> (Vec<Notice>, Vec<Told>) {
    let told = |word: &str| before.iter().find(|(known, _)| known == word).map(|(_, at)| *at);
    let (mut notices, mut after) = disk(told("disk since").zip(told("disk told")), room, now);
    let (notice, quiet_since) = quiet(told("quiet since"), newest, now);
    notices.extend(notice);
    after.extend(quiet_since.map(|at| ("quiet since".to_owned(), at)));
    (notices, after)
}

fn disk(known: Option<(DateTime<Utc>, DateTime<Utc>)>, room: Option<u64>, now: DateTime<Utc>) -> (Vec<Notice>, Vec<Told>) {
    let remember = |since, told| vec![("disk since".to_owned(), since), ("disk told".to_owned(), told)];
    match (room, known) {
        (Some(room), None) if room < ROOM_MIB_MIN => (vec![nearly_full(room)], remember(now, now)),
        (Some(room), Some((since, told))) if room < ROOM_MIB_MIN => {
            if now.signed_duration_since(told) >= REMIND_AFTER {
                (vec![nearly_full(room)], remember(since, now))
            } else {
                (Vec::new(), remember(since, told))
            }
        }
        (Some(room), Some((since, _))) => {
            let subject = format!("The disk has room again, after {}", lasted(now.signed_duration_since(since)));
            (vec![Notice { subject, paragraphs: vec![format!("Free where the data are: {room} MiB.")] }], Vec::new())
        }
        (None, Some((since, told))) => (Vec::new(), remember(since, told)),
        (_, None) => (Vec::new(), Vec::new()),
    }
}

fn quiet(known: Option<DateTime<Utc>>, newest: Option<DateTime<Utc>>, now: DateTime<Utc>) -> (Option<Notice>, Option<DateTime<Utc>>) {
    let too_long = |at: &DateTime<Utc>| now.signed_duration_since(*at) >= TimeDelta::days(quiet_days(now));
    match (known, newest) {
        (None, Some(at)) if too_long(&at) => (Some(nothing_new(at, now)), Some(at)),
        (Some(since), Some(at)) if at > since => {
            let subject = format!("Something new again, after {}", lasted(at.signed_duration_since(since)));
            let paragraphs = vec!["A page we follow shows something it did not show before: it was calm, not blindness.".to_owned()];
            (Some(Notice { subject, paragraphs }), None)
        }
        // It goes on, and is not told again, whatever the season.
        (known, _) => (None, known),
    }
}

fn quiet_days(now: DateTime<Utc>) -> i64 {
    let in_session = matches!(now.with_timezone(&BELGRADE).month(), 3..=5 | 10..=12);
    if in_session { QUIET_DAYS.0 } else { QUIET_DAYS.1 }
}

fn nearly_full(room: u64) -> Notice {
    Notice {
        subject: format!("The disk is nearly full: {room} MiB free"),
        paragraphs: vec![
            format!("Where the data are, {room} MiB are free; below {ROOM_MIB_MIN} you are told, once a day while it lasts."),
            "With a full disk nothing is recorded and no letter is sent; what stands on the pages is found again when there is room. \
             Now: make space, or lower evidence_mib_max in the settings."
                .to_owned(),
        ],
    }
}

fn nothing_new(at: DateTime<Utc>, now: DateTime<Utc>) -> Notice {
    Notice {
        subject: format!("Nothing new on any page for {} days", now.signed_duration_since(at).num_days()),
        paragraphs: vec![
            format!("The last new thing on any page we follow was seen on {}. Every look since then may have been good.", day_and_hour(at)),
            "It may be a calm time. It may also be that the pages moved and the old addresses go on showing old lists. \
             Now: open the pages in a browser, and compare them with the newest act number you can find. You are told once."
                .to_owned(),
        ],
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// What was measured at an hour: MiB free, and when anything new was last seen.
    type Measured<'a> = (&'a str, Option<u64>, Option<&'a str>);

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// Subjects told at each hour.
    fn told(hours: &[Measured<'_>]) -> Vec<Vec<String>> {
        let mut known = Vec::new();
        let one = |(now, room, newest): &Measured<'_>| {
            let (notices, after) = consider(&known, *room, newest.map(at), at(now));
            known = after;
            notices.into_iter().map(|n| n.subject).collect()
        };
        hours.iter().map(one).collect()
    }

    #[test]
    fn a_nearly_full_disk_is_told_once_once_a_day_and_once_when_it_is_over() {
        let said = told(&[
            ("2026-11-03T08:00:00Z", Some(500), None),
            ("2026-11-03T09:00:00Z", Some(150), None),
            ("2026-11-03T09:30:00Z", Some(120), None),
            ("2026-11-04T09:00:00Z", Some(110), None),
            ("2026-11-04T09:30:00Z", None, None),
            ("2026-11-04T10:00:00Z", Some(900), None),
            ("2026-11-04T11:00:00Z", Some(900), None),
        ]);
        assert_eq!(said.iter().map(Vec::len).collect::<Vec<_>>(), [0, 1, 0, 1, 0, 1, 0], "{said:?}");
        assert_eq!(said[5], ["The disk has room again, after 25 h 0 min"]);
    }

    #[test]
    fn nothing_new_for_ten_days_in_session_is_told_once_and_in_recess_after_forty_five() {
        let (last, new) = (Some("2026-10-01T08:00:00Z"), Some("2026-10-21T08:00:00Z"));
        let said = told(&[
            ("2026-10-11T07:59:00Z", None, last),
            ("2026-10-11T08:00:00Z", None, last),
            ("2026-10-20T08:00:00Z", None, last),
            ("2026-10-21T08:00:00Z", None, new),
            ("2026-10-22T08:00:00Z", None, new),
        ]);
        assert_eq!(said.iter().map(Vec::len).collect::<Vec<_>>(), [0, 1, 0, 1, 0], "{said:?}");
        let last = Some("2026-07-01T08:00:00Z");
        let recess = told(&[("2026-08-10T08:00:00Z", None, last), ("2026-08-15T08:00:00Z", None, last)]);
        assert_eq!(recess.iter().map(Vec::len).collect::<Vec<_>>(), [0, 1], "{recess:?}");
    }
}
