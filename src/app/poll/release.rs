//! A held page, believed after all: by a person's order, or because nothing waits for a person for ever (house rule 13).

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::block_in_place;

use super::{Ask, Polled, Walk, lists};
use crate::app::desk::Desk;
use crate::config::Source;
use crate::io::history::{HistoryError, OpenHold};

/// Releases what is due: ordered beside a running daemon, or held long enough. None where nothing is.
pub(super) fn due(desk: &mut Desk, source: &Source, now: DateTime<Utc>) -> Result<Option<Polled>, HistoryError> {
    let Some(hold) = desk.history.hold(&source.name)? else { return Ok(None) };
    let waited = TimeDelta::hours(i64::from(desk.settings.limits.release_after_hours));
    let why = match (hold.ordered_at, now - hold.held_at >= waited) {
        (Some(_), _) => "released by order",
        (None, true) => "released by itself: nobody looked in time",
        (None, false) => return Ok(None),
    };
    accept(desk, source, &hold, why, now)
}

/// Releases the held page of a source now. None where nothing is held.
pub fn release(desk: &mut Desk, source: &Source, now: DateTime<Utc>) -> Result<Option<Polled>, HistoryError> {
    match desk.history.hold(&source.name)? {
        Some(hold) => accept(desk, source, &hold, "released by hand", now),
        None => Ok(None),
    }
}

/// Reads the stored page as it was and records it. A stored page that is gone leaves the hold to the next poll.
fn accept(desk: &mut Desk, source: &Source, hold: &OpenHold, why: &str, now: DateTime<Utc>) -> Result<Option<Polled>, HistoryError> {
    let snapshot = match desk.evidence.snapshot(&hold.held.sha256, hold.held.file.as_deref()) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            tracing::error!(source = source.name, "the held page cannot be read again: {error}");
            return Ok(None);
        }
    };
    let state = desk.history.source(&source.name)?;
    let walk = Walk { desk, source, state, ask: Ask::default(), now, began: std::time::Instant::now() };
    block_in_place(|| lists::released(walk, &snapshot, why)).map(Some)
}
