//! A held page, believed after all: by a person's order, or because nothing waits for a person for ever (house rule 13).

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::block_in_place;
use url::Url;

use super::{Ask, Polled, Walk, activities, lists};
use crate::app::desk::Desk;
use crate::config::{Source, SourceKind};
use crate::io::fetch::{Snapshot, Validators};
use crate::io::history::HistoryError;
use crate::io::history::source::OpenHold;

/// What is to be done about a held page.
pub(super) enum Due {
    /// None is held, or it waits on.
    Nothing,
    /// It is recorded.
    Released(Box<Polled>),
    /// It is time, and its copy is gone: the page of today is believed in its place.
    PageGone,
}

/// Releases what is due: ordered beside a running daemon, or held long enough.
pub(super) fn due(desk: &mut Desk, source: &Source, ask: Ask, now: DateTime<Utc>) -> Result<Due, HistoryError> {
    let Some(hold) = desk.history.hold(&source.name)? else { return Ok(Due::Nothing) };
    let waited = TimeDelta::hours(i64::from(desk.settings.limits.release_after_hours));
    // Held by a clock that has been set back since, it would wait for years.
    let long = now - hold.held_at >= waited || hold.held_at - now > waited;
    let why = match (hold.ordered_at, long) {
        (Some(_), _) => "released by order",
        (None, true) => "released by itself: nobody looked in time",
        (None, false) => return Ok(Due::Nothing),
    };
    Ok(accept(desk, source, &hold, ask, why, now)?.map_or(Due::PageGone, |polled| Due::Released(Box::new(polled))))
}

/// Releases the held page of a source now. None where nothing is held.
pub fn release(desk: &mut Desk, source: &Source, ask: Ask, now: DateTime<Utc>) -> Result<Option<Polled>, HistoryError> {
    match desk.history.hold(&source.name)? {
        Some(hold) => accept(desk, source, &hold, ask, "released by hand", now),
        None => Ok(None),
    }
}

/// Reads the stored page as it was and records it. None where it cannot be read.
fn accept(
    desk: &mut Desk,
    source: &Source,
    hold: &OpenHold,
    ask: Ask,
    why: &str,
    now: DateTime<Utc>,
) -> Result<Option<Polled>, HistoryError> {
    let snapshot = match stored(desk, hold) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            tracing::error!(source = source.name, "the held page cannot be read again: {error}");
            return Ok(None);
        }
    };
    let state = desk.history.source(&source.name)?;
    let walk = Walk::begin(desk, source, state, Ask { aloud: ask.aloud, ..Ask::default() }, now);
    block_in_place(|| match source.kind {
        SourceKind::Bills | SourceKind::Laws => lists::released(walk, &snapshot, why),
        SourceKind::Activities => activities::released(walk, snapshot, why),
    })
    .map(Some)
}

/// The page as it was fetched, from the evidence.
fn stored(desk: &Desk, hold: &OpenHold) -> Result<Snapshot> {
    let file = hold.held.file.as_deref().context("no copy of it was kept")?;
    let body = desk.evidence.read(file)?;
    let url = Url::parse(&hold.held.url)?;
    Ok(Snapshot {
        requested_url: url.clone(),
        url,
        status: 200,
        request_headers: Vec::new(),
        headers: Vec::new(),
        body,
        content_type: None,
        validators: Validators::default(),
        sha256: hold.held.sha256.clone(),
        fetched_at: hold.held_at,
        moved_to: None,
        verified: true,
    })
}
