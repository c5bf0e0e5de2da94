//! A held page, believed after all: by a person's order, or because nothing waits for a person for ever (house rule 13).

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::{Ask, Polled, Walk, activities, lists, standing};
use crate::app::blocking::block_in_place;
use crate::app::clock;
use crate::app::desk::Desk;
use crate::config::{Source, SourceKind};
use crate::io::fetch::{Snapshot, Validators};
use crate::io::history::HistoryError;
use crate::io::history::record::{NOBODY_LOOKED, Outcome, PollRecord};
use crate::io::history::source::{OpenHold, SourceState};

/// What became of a page that had been held before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfHold {
    /// It was recorded, as of when it was seen.
    Released,
    /// Its time had come and it could not be read again, and why: the page of today is believed in its place.
    Unreadable(String),
    /// A good look had ended its being held, and here it is again: it is held since its first hour.
    Again,
}

/// What is to be done about a held page.
pub(super) enum Due {
    /// None is held, or it waits on.
    Nothing,
    /// It is recorded.
    Released(Box<Polled>),
    /// It is time, and it cannot be read again: the page of today is believed in its place.
    Unreadable(String),
}

/// Releases what is due: ordered beside a running daemon, or held long enough.
pub(super) fn due(desk: &mut Desk, source: &Source, ask: Ask, now: DateTime<Utc>) -> Result<Due, HistoryError> {
    let Some(hold) = desk.history.hold(&source.name)? else { return Ok(Due::Nothing) };
    let waited = TimeDelta::hours(i64::from(desk.settings.limits.release_after_hours));
    // Held by a clock that has been set back since, it would wait for years.
    let long = now - hold.held_at >= waited || hold.held_at - now > waited;
    let why = match (hold.ordered_at, long) {
        (Some(_), _) => "released by order",
        (None, true) => NOBODY_LOOKED,
        (None, false) => return Ok(Due::Nothing),
    };
    Ok(match accept(desk, source, &hold, ask, why, now)? {
        Ok(polled) => Due::Released(Box::new(polled)),
        Err(why) => {
            tracing::error!(source = source.name, "the held page cannot be read again: {why}");
            Due::Unreadable(why)
        }
    })
}

/// Releases the held page of a source now. None where nothing is held. One that cannot be read again is left to the next look.
pub fn release(desk: &mut Desk, source: &Source, ask: Ask, now: DateTime<Utc>) -> Result<Option<Polled>, HistoryError> {
    let Some(hold) = desk.history.hold(&source.name)? else { return Ok(None) };
    match accept(desk, source, &hold, ask, "released by hand", now)? {
        Ok(polled) => Ok(Some(polled)),
        Err(why) => {
            desk.history.order_release(Some(&source.name), now)?;
            let state = desk.history.source(&source.name)?;
            let walk = Walk::begin(desk, source, state, ask, now);
            let mut record = walk.draft(Outcome::Failed, None);
            record.note =
                Some(format!("the held page cannot be read again ({why}); the next look takes the page of that day in its place"));
            walk.record(record).map(Some)
        }
    }
}

/// Reads the stored page as it was and records it, as of when it was seen: that is no look at the page of today. Else why it cannot be read.
fn accept(
    desk: &mut Desk,
    source: &Source,
    hold: &OpenHold,
    ask: Ask,
    why: &str,
    now: DateTime<Utc>,
) -> Result<Result<Polled, String>, HistoryError> {
    let snapshot = match stored(desk, hold) {
        Ok(snapshot) => snapshot,
        Err(error) => return Ok(Err(format!("{error:#}"))),
    };
    let state = desk.history.source(&source.name)?;
    // Seen by a clock that stood wrong, it was seen at no time that can be told.
    let seen_at = if clock::is_sane(hold.seen_at) && hold.seen_at <= now { hold.seen_at } else { now };
    let walk = Walk::begin(desk, source, state, Ask { aloud: ask.aloud, ..Ask::default() }, seen_at);
    let close = Close { why, at: now };
    block_in_place(|| match source.kind {
        SourceKind::Bills | SourceKind::Laws => lists::released(walk, &snapshot, close),
        SourceKind::Activities => activities::released(walk, &snapshot, close),
    })
}

/// How a hold ends.
#[derive(Clone, Copy)]
pub(super) struct Close<'a> {
    /// Why it is believed.
    pub why: &'a str,
    /// When that was decided.
    pub at: DateTime<Utc>,
}

impl Close<'_> {
    /// The record of a page that was held. How the source has fared since stays as it was.
    pub(super) fn over(self, before: &SourceState, record: PollRecord) -> PollRecord {
        PollRecord {
            note: Some(self.why.to_owned()),
            close_hold: Some(self.why.to_owned()),
            closed_at: Some(self.at),
            state: record.state.map(|after| standing::released(before, after)),
            ..record
        }
    }
}

/// The page as it was fetched, from the evidence.
fn stored(desk: &Desk, hold: &OpenHold) -> Result<Snapshot> {
    let file = hold.held.file.as_deref().context("no copy of it was kept")?;
    let body = desk.evidence.read(file)?;
    let headers = desk.evidence.headers(file)?;
    let url = Url::parse(&hold.held.url)?;
    Ok(Snapshot {
        requested_url: url.clone(),
        url,
        status: 200,
        request_headers: Vec::new(),
        // Its charset may be named there and nowhere else.
        content_type: headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| value.clone()),
        headers,
        body,
        validators: Validators::default(),
        sha256: hold.held.sha256.clone(),
        fetched_at: hold.seen_at,
        moved_to: None,
        verified: true,
    })
}
