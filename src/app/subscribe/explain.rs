//! Why somebody was told of a bill, was not, or will be: change by change, the future included.
//!
//! Never asks another question than the dispatcher does.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::config::Settings;
use crate::domain::subscriber::{Candidate, Confirmed, Every, Preferences, State};
use crate::io::roster::Roster;
use crate::io::roster::outbox::LetterRow;
use crate::io::roster::people::Subscriber;

/// One change of the bill that `explain` is asked about.
pub struct Told<'a> {
    /// Its id in history.db.
    pub change_id: i64,
    /// When we saw it.
    pub seen_at: DateTime<Utc>,
    /// None: such changes are told to nobody (a baseline, an import, no agreement), and why.
    pub candidate: std::result::Result<Candidate<'a>, &'static str>,
}

/// Why one change was, or was not, told to somebody.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// The change.
    pub change_id: i64,
    /// A sentence.
    pub because: String,
    /// It is not told yet, and will be.
    pub will: bool,
    /// The letter that tells of it.
    pub letter: Option<LetterRow>,
}

/// When the next digest of somebody's rhythm is put together.
pub fn next_digest(settings: &Settings, every: Every, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let times = &settings.schedule;
    match every {
        Every::Instant => None,
        Every::Daily => times.daily.next_after(now, times.timezone),
        Every::Weekly => times.weekly.next_after(now, times.timezone),
    }
}

/// An instant as the operator's own clock shows it: `2026-11-25 08:00 Europe/Belgrade`.
fn local(settings: &Settings, at: DateTime<Utc>) -> String {
    let zone = settings.schedule.timezone;
    format!("{} {zone}", at.with_timezone(&zone).format("%F %H:%M"))
}

/// `tomorrow's digest at 08:00 (daily, 2026-11-26, Europe/Belgrade)`: the first one after `from`, as seen now.
fn at_digest(settings: &Settings, every: Every, from: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let zone = settings.schedule.timezone;
    let Some(at) = next_digest(settings, every, from) else { return format!("the next digest ({every})") };
    let (at, today) = (at.with_timezone(&zone), now.with_timezone(&zone).date_naive());
    let (day, hour) = (at.date_naive(), at.format("%H:%M"));
    match (day - today).num_days() {
        0 => format!("today's digest at {hour} ({every}, {day}, {zone})"),
        1 => format!("tomorrow's digest at {hour} ({every}, {day}, {zone})"),
        _ => format!("the digest of {} at {hour} ({every}, {day}, {zone})", day.format("%A")),
    }
}

/// Why somebody was, or was not, told of each change of a bill, step by step.
pub fn explain(
    settings: &Settings,
    roster: &Roster,
    subscriber: &Subscriber,
    changes: &[Told<'_>],
    cursor: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Step>> {
    changes
        .iter()
        .map(|change| {
            let letter = roster.letters_about(subscriber.id, &[change.change_id])?.into_iter().next();
            let waits = !roster.waiting_for_digest(subscriber.id, &[change.change_id])?.is_empty();
            let because = match &letter {
                Some(letter) => told_by(settings, subscriber, letter, now),
                None => reason(settings, subscriber, change, waits, cursor, now),
            };
            let will = letter.is_none() && (waits || (change.change_id > cursor && will_be(subscriber, change)));
            Ok(Step { change_id: change.change_id, because, will, letter })
        })
        .collect::<Result<_>>()
        .context("the letters could not be read")
}

fn told_by(settings: &Settings, subscriber: &Subscriber, letter: &LetterRow, now: DateTime<Utc>) -> String {
    let when = match (letter.ended_at, subscriber.state) {
        (Some(at), _) => local(settings, at),
        (None, State::Paused) if !letter.asked => match subscriber.paused_until {
            Some(until) => format!("it waits until their pause ends, {}", local(settings, until)),
            None => "it waits until their pause ends".to_owned(),
        },
        (None, _) if letter.due_at <= now => "it leaves with the next delivery".to_owned(),
        (None, _) => format!("it is tried again at {}", local(settings, letter.due_at)),
    };
    let error = letter.last_error.as_ref().map_or_else(String::new, |e| format!("; last answer: {e}"));
    format!("letter {} tells of it: {}, {when}, tried {} time(s){error}", letter.id, letter.state, letter.attempts)
}

/// Whether the next dispatch will owe them a letter about it, or keep it for their digest.
fn will_be(subscriber: &Subscriber, change: &Told<'_>) -> bool {
    let awaited = subscriber.confirmed().is_some_and(|confirmed| confirmed.awaits(change.change_id, change.seen_at));
    let listens = subscriber.state == State::Confirmed;
    listens && awaited && change.candidate.as_ref().is_ok_and(|candidate| subscriber.preferences.want(candidate))
}

fn reason(settings: &Settings, subscriber: &Subscriber, change: &Told<'_>, waits: bool, cursor: i64, now: DateTime<Utc>) -> String {
    let candidate = match &change.candidate {
        Ok(candidate) => candidate,
        Err(why) => return format!("told to nobody: {why}"),
    };
    let every = subscriber.preferences.every;
    match (subscriber.state, subscriber.confirmed()) {
        (State::Paused, _) if waits => match subscriber.paused_until {
            Some(until) => {
                format!(
                    "it waits: they are paused until {}; then it will be in {}",
                    local(settings, until),
                    at_digest(settings, every, until, now)
                )
            }
            None => "it waits: they are paused; it will be in the first digest after they resume".to_owned(),
        },
        _ if waits => format!("it will be in {}", at_digest(settings, every, now, now)),
        _ if change.change_id > cursor && will_be(subscriber, change) && every == Every::Instant => {
            "not dispatched yet: the next poll owes the letter, and it leaves at once".to_owned()
        }
        _ if change.change_id > cursor && will_be(subscriber, change) => {
            format!("not dispatched yet: the next poll keeps it for {}", at_digest(settings, every, now, now))
        }
        (_, None) => "they had not confirmed".to_owned(),
        (_, Some(confirmed)) if !confirmed.awaits(change.change_id, change.seen_at) => {
            format!("they confirmed only on {}, after it was seen", local(settings, confirmed.at))
        }
        (State::Left, _) => "they left".to_owned(),
        _ if !subscriber.preferences.want(candidate) => format!("their choices leave it out (kind {})", candidate.kind),
        (State::Paused, _) => "they were paused".to_owned(),
        (_, Some(Confirmed { at, after })) if at > change.seen_at && after.is_none_or(|after| change.change_id <= after) => {
            format!("they confirmed only on {}, just after it was seen, when the letters about it were owed already", local(settings, at))
        }
        _ => {
            "nothing keeps it from them, and yet no letter is owed: they were paused, or chose otherwise, when it was dispatched".to_owned()
        }
    }
}

/// What comes: whether they would hear of the bill if something happened to it now, of what, and when. `candidate` is the bill as it stands;
/// its kind is left out of it.
pub fn prospect(settings: &Settings, subscriber: &Subscriber, candidate: &Candidate<'_>, now: DateTime<Utc>) -> (bool, String) {
    let chosen = &subscriber.preferences;
    let open = Preferences { changes: vec![candidate.kind], ..chosen.clone() };
    let kinds = chosen.changes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let when = match chosen.every {
        Every::Instant => "at once".to_owned(),
        every => format!("in {}", at_digest(settings, every, now, now)),
    };
    match subscriber.state {
        State::Left => (false, "from now on: nothing, they left".to_owned()),
        State::Pending => (false, "from now on: nothing before they confirm, and only of what is seen after that".to_owned()),
        _ if !open.want(candidate) => (false, "from now on: nothing of this bill, as they choose now".to_owned()),
        State::Paused => {
            let until =
                subscriber.paused_until.map_or_else(|| "until they resume".to_owned(), |at| format!("until {}", local(settings, at)));
            (false, format!("from now on: nothing while they are paused, {until}; what happens meanwhile is not told later"))
        }
        State::Confirmed => (true, format!("from now on: if one of these happens to it, they are told {when}: {kinds}")),
    }
}
