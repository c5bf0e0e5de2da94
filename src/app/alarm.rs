//! What operators are told of a source, and when: once, once at recovery, once a day meanwhile. Never one letter a poll.
//!
//! Never sends: it answers with notices, and the words by which an episode is remembered as told.

pub mod full;
pub mod house;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::app::clock;
use crate::app::poll::{OfHold, Polled, Unread};
use crate::io::history::record::Outcome;
use crate::io::history::source::SourceState;

/// A letter to the operators: a subject and paragraphs, in English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// One line, the finding first.
    pub subject: String,
    /// What happened, what it means, what to do.
    pub paragraphs: Vec<String>,
}

/// Without a valid page for so long, whatever the number of polls, nobody is told yet: one failure is weather.
const BLIND_AFTER: TimeDelta = TimeDelta::hours(2);
/// While it lasts, a reminder so often.
const REMIND_AFTER: TimeDelta = TimeDelta::hours(24);

/// What to tell after a poll, and what of this episode is told then: words such as `blind 2017-12-01T10:00:00Z`.
pub fn consider(
    before: &SourceState,
    after: &SourceState,
    polled: &Polled,
    after_failures: u32,
    now: DateTime<Utc>,
) -> (Vec<Notice>, Vec<String>) {
    let mut told = before.told.clone();
    let mut notices = Vec::new();
    match &polled.of_hold {
        Some(OfHold::Released) => told.retain(|t| !t.starts_with("held")),
        Some(OfHold::Unreadable(why)) => once("unreadable", &mut told, &mut notices, || unreadable(polled, why), now),
        // Told of at its first hour.
        Some(OfHold::Again) => once("held", &mut told, &mut Vec::new(), || held(polled), now),
        None => {}
    }
    match polled.outcome {
        Outcome::Failed => failed(after, polled, after_failures, now, &mut told, &mut notices),
        Outcome::Held => once("held", &mut told, &mut notices, || held(polled), now),
        _ => {
            well(before, polled, now, &mut told, &mut notices);
            pages_unread(polled, after_failures, now, &mut told, &mut notices);
        }
    }
    (notices, told)
}

/// Several notices of one round are one letter: the first finding in the subject, each under its own line.
pub fn one_letter(mut notices: Vec<Notice>) -> Option<Notice> {
    if notices.len() < 2 {
        return notices.pop();
    }
    let subject = format!("{}, and {} more", notices[0].subject, notices.len() - 1);
    let paragraphs = notices.into_iter().flat_map(|n| std::iter::once(format!("{}.", n.subject)).chain(n.paragraphs)).collect();
    Some(Notice { subject, paragraphs })
}

/// Since when nothing valid was seen. A good look that lies ahead, or before this program was written, was dated by a clock that has been set since,
/// and counts for nothing.
pub fn since_when(state: &SourceState, now: DateTime<Utc>) -> DateTime<Utc> {
    let past = |at: &DateTime<Utc>| *at <= now;
    state.last_good_at.filter(past).filter(|at| clock::is_sane(*at)).or(state.failing_since.filter(past)).unwrap_or(now)
}

fn failed(
    after: &SourceState,
    polled: &Polled,
    after_failures: u32,
    now: DateTime<Utc>,
    told: &mut Vec<String>,
    notices: &mut Vec<Notice>,
) {
    let why = polled.note.as_deref().unwrap_or("no reason given");
    if polled.alarming {
        once("alarming", told, notices, || alarming(polled, why), now);
    }
    let since = since_when(after, now);
    if after.failures < after_failures || now.signed_duration_since(since) < BLIND_AFTER {
        return;
    }
    let last = told.iter().filter_map(|t| t.strip_prefix("blind ")).filter_map(|t| t.parse::<DateTime<Utc>>().ok()).max();
    let subject = match last {
        None => format!("No valid page of \"{}\" since {}", polled.source, day_and_hour(since)),
        Some(at) if now.signed_duration_since(at) >= REMIND_AFTER => {
            format!("Still no valid page of \"{}\" since {}", polled.source, day_and_hour(since))
        }
        Some(_) => return,
    };
    told.retain(|t| !t.starts_with("blind "));
    told.push(format!("blind {}", now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)));
    notices.push(Notice {
        subject,
        paragraphs: vec![
            format!("Polls in a row that failed: {}. The last one: {why}.", after.failures),
            "While this lasts, a new agreement on this page would not be seen. Nothing was marked as gone, and nobody but you is told by this letter.".to_owned(),
            "Now: open the page in a browser. If it looks as usual, run `potvrda check`, which says what the reader makes of it. If it was rebuilt, \
             CONTRIBUTING.md, \"The page changed\", says what to do. You will be told when it works again, and once a day until then."
                .to_owned(),
        ],
    });
}

fn well(before: &SourceState, polled: &Polled, now: DateTime<Utc>, told: &mut Vec<String>, notices: &mut Vec<Notice>) {
    let drifted = polled.outcome == Outcome::Degraded;
    // An unmodified page of another layout still has that layout.
    let same_layout = drifted || polled.outcome == Outcome::Unmodified;
    once("followed", told, notices, || baseline(polled), now);
    if told.iter().any(|t| t.starts_with("blind ") || t.starts_with("alarming")) {
        let since = since_when(before, now);
        notices.push(Notice {
            subject: format!("\"{}\" can be read again, after {}", polled.source, lasted(now.signed_duration_since(since))),
            paragraphs: vec![
                format!("The last valid page before was of {}. Now it holds {} rows.", day_and_hour(since), polled.rows),
                "Whatever appeared meanwhile and still stands there is found by this poll. What appeared and vanished in between was not seen.".to_owned(),
            ],
        });
    }
    if !polled.unverified && told.iter().any(|t| t.starts_with("unverified")) {
        notices.push(verified_again(polled));
    }
    told.retain(|t| match t.split_once(' ').map(|(word, _)| word) {
        Some("degraded") => same_layout,
        Some("lies") => polled.lied != Some(false),
        Some("unverified") => polled.unverified,
        Some("unread") => polled.unread.iter().any(|unread| is_of(t, unread)),
        word => matches!(word, Some("followed" | "moved")),
    });
    if drifted {
        once("degraded", told, notices, || degraded(polled), now);
    }
    if polled.unverified {
        once("unverified", told, notices, || unverified(polled), now);
    }
    if let Some(to) = &polled.moved_to {
        once(&format!("moved {to}"), told, notices, || moved(polled, to), now);
    }
    if polled.lied == Some(true) {
        once("lies", told, notices, || lies(polled), now);
    }
}

/// Whether a page is the one that is remembered as told.
fn is_of(told: &str, unread: &Unread) -> bool {
    told.split(' ').nth(1) == Some(&unread.page)
}

/// The linked pages that could not be read for long enough, each told once until it can be.
fn pages_unread(polled: &Polled, after_failures: u32, now: DateTime<Utc>, told: &mut Vec<String>, notices: &mut Vec<Notice>) {
    let lasting = polled.unread.iter().filter(|unread| unread.tries >= after_failures);
    let new: Vec<&Unread> = lasting.filter(|unread| !told.iter().any(|t| t.starts_with("unread ") && is_of(t, unread))).collect();
    let Some(first) = new.first() else { return };
    let at = now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    told.extend(new.iter().map(|unread| format!("unread {} {at}", unread.page)));
    let which = match new.len() {
        1 => format!("A page linked from \"{}\"", polled.source),
        n => format!("{n} pages linked from \"{}\"", polled.source),
    };
    let named = new.iter().take(UNREAD_NAMED_MAX).map(|unread| format!("{}: {}.", unread.page, unread.why));
    notices.push(Notice {
        subject: format!("{which} cannot be read"),
        paragraphs: std::iter::once(format!("Tried in {} polls or more. Whatever such a page tells of a sitting or an agreement is not seen.", first.tries))
            .chain(named)
            .chain([
                "Now: open it in a browser. If it is the page of a sitting, `potvrda read FILE --kind activity` of the saved page says what the reader \
                 makes of it, and CONTRIBUTING.md, \"The page changed\", what to do. It is asked for again at every poll, twenty times in all; you are told once."
                    .to_owned(),
            ])
            .collect(),
    });
}

/// So many of them are named in a letter.
const UNREAD_NAMED_MAX: usize = 10;

fn moved(polled: &Polled, to: &Url) -> Notice {
    Notice {
        subject: format!("\"{}\" has moved", polled.source),
        paragraphs: vec![
            format!("Its address now leads for good to {to}. It is followed there, and nothing is missed."),
            "Now: put the new address into the settings (`[[source]]`, url) before the old one is taken away. You are told once."
                .to_owned(),
        ],
    }
}

fn unverified(polled: &Polled) -> Notice {
    Notice {
        subject: format!("\"{}\" is read although its certificate is not valid", polled.source),
        paragraphs: vec![
            "For 24 hours nothing but the certificate was wrong, and being blind is worse. What is found now is marked as unverified in the history and \
             in the letters, is kept as no evidence, takes nothing away, and is confirmed by the first look at a valid certificate."
                .to_owned(),
            "Now: tell whoever runs the site. `tls_fallback = \"off\"` in [http] ends it. You are told once, and once when the certificate is valid again."
                .to_owned(),
        ],
    }
}

fn verified_again(polled: &Polled) -> Notice {
    Notice {
        subject: format!("The certificate of \"{}\" is valid again", polled.source),
        paragraphs: vec!["What was read meanwhile and still stands on the page is confirmed by this look.".to_owned()],
    }
}

fn lies(polled: &Polled) -> Notice {
    Notice {
        subject: format!("The server of \"{}\" says \"not modified\" of a page that changed", polled.source),
        paragraphs: vec![
            "Asked for the whole page, it gave another one than before; asked whether anything had changed, it still said no. A cache between us and \
             the site can do that."
                .to_owned(),
            "Nothing is lost: the whole page is asked for every six hours, whatever the server says, and so news may be six hours late. \
             Now: tell whoever runs the site; `potvrda poll --full` looks at once. You are told once."
                .to_owned(),
        ],
    }
}

fn once(word: &str, told: &mut Vec<String>, notices: &mut Vec<Notice>, notice: impl FnOnce() -> Notice, now: DateTime<Utc>) {
    if !told.iter().any(|t| t.starts_with(word)) {
        told.push(format!("{word} {}", now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)));
        notices.push(notice());
    }
}

fn baseline(polled: &Polled) -> Notice {
    Notice {
        subject: format!(
            "\"{}\" is being followed: {} {} at the first look",
            polled.source,
            polled.rows,
            if polled.rows == 1 { "row" } else { "rows" }
        ),
        paragraphs: vec![
            format!(
                "Agreements among them: {}, and {} doubtful. They are recorded as the baseline, and no subscriber was written to about them. \
                 From now on whatever is new is told.",
                polled.agreements, polled.doubtful
            ),
            format!("Rows that could not be read: {}.", polled.rejects),
        ],
    }
}

fn held(polled: &Polled) -> Notice {
    let why = polled.note.as_deref().unwrap_or("more at once than is believable");
    Notice {
        subject: format!("A poll of \"{}\" is held: {} rows", polled.source, polled.rows),
        paragraphs: vec![
            format!("Why: {why}. Nothing was recorded and nobody was written to."),
            "Now: look at the page. If it is right, run `potvrda poll --release`. If you do nothing, it is released by itself after twelve hours, \
             as one digest a subscriber."
                .to_owned(),
        ],
    }
}

fn unreadable(polled: &Polled, why: &str) -> Notice {
    Notice {
        subject: format!("The held page of \"{}\" cannot be read again", polled.source),
        paragraphs: vec![
            format!("Why: {why}. Its hours are over, and the page as it is now is believed in its place, however much is new on it."),
            "What stood on the held page and is gone since was not recorded. Now: `potvrda check` says whether evidence/ can be read. You are told once."
                .to_owned(),
        ],
    }
}

fn degraded(polled: &Polled) -> Notice {
    let why = polled.note.as_deref().unwrap_or("the two ways of reading disagree");
    Notice {
        subject: format!("The layout of \"{}\" changed; it is read by the second eye", polled.source),
        paragraphs: vec![
            format!("What differs: {why}. Rows read: {}; agreements: {}.", polled.rows, polled.agreements),
            "New agreements still alert. The page is kept as evidence. Now: CONTRIBUTING.md, \"The page changed\", says how to teach the exact reader."
                .to_owned(),
        ],
    }
}

fn alarming(polled: &Polled, why: &str) -> Notice {
    Notice {
        subject: format!("\"{}\" could not be trusted: {}", polled.source, crate::domain::script::tidy(why).chars().take(120).collect::<String>()),
        paragraphs: vec![
            format!("The poll failed: {why}. Nothing was recorded."),
            "A certificate that is not valid, or a redirect out of the web, can be a mistake of the site or somebody in between. It is not read past. \
             Now: open the page in a browser from another network and compare."
                .to_owned(),
        ],
    }
}

fn day_and_hour(at: DateTime<Utc>) -> String {
    at.with_timezone(&crate::domain::zone::BELGRADE).format("%-d %B %Y, %H:%M").to_string()
}

fn lasted(time: TimeDelta) -> String {
    let (hours, minutes) = (time.num_hours(), time.num_minutes() % 60);
    if hours >= 48 { format!("{} days", time.num_days()) } else { format!("{hours} h {minutes} min") }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn polled(unread: &[(&str, u32)]) -> Polled {
        let page = |(page, tries): &(&str, u32)| Unread { page: (*page).to_owned(), tries: *tries, why: "no heading".to_owned() };
        Polled {
            source: "activities".into(),
            outcome: Outcome::Recorded,
            rows: 0,
            rejects: 0,
            agreements: 0,
            doubtful: 0,
            changes: 0,
            note: None,
            alarming: false,
            moved_to: None,
            lied: None,
            unverified: false,
            unread: unread.iter().map(page).collect(),
            of_hold: None,
            would: Vec::new(),
        }
    }

    #[test]
    fn a_linked_page_that_three_polls_could_not_read_is_told_once_until_it_can_be() {
        let now: DateTime<Utc> = "2026-11-20T09:00:00Z".parse().unwrap();
        let mut state = SourceState { told: vec!["followed 2026-11-02T09:00:00Z".to_owned()], ..SourceState::default() };
        let mut subjects = |unread: &[(&str, u32)], outcome: Outcome| {
            let polled = Polled { outcome, ..polled(unread) };
            let (notices, told) = consider(&state.clone(), &state, &polled, 3, now);
            state.told = told;
            notices.into_iter().map(|notice| notice.subject).collect::<Vec<_>>()
        };
        let none: [&str; 0] = [];
        assert_eq!(subjects(&[("x.1", 2)], Outcome::Recorded), none);
        assert_eq!(subjects(&[("x.1", 3)], Outcome::Recorded), ["A page linked from \"activities\" cannot be read"]);
        assert_eq!(subjects(&[("x.1", 4)], Outcome::Unmodified), none);
        assert_eq!(subjects(&[], Outcome::Failed), none);
        assert_eq!(
            subjects(&[("x.1", 5), ("x.2", 3), ("x.10", 3)], Outcome::Recorded),
            ["2 pages linked from \"activities\" cannot be read"]
        );
        // read at last, and lost again
        assert_eq!(subjects(&[("x.2", 4)], Outcome::Recorded), none);
        assert_eq!(subjects(&[("x.1", 3), ("x.2", 4)], Outcome::Degraded).len(), 2);
    }
}
