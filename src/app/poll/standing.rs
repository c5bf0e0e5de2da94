//! What a source's remembered state becomes after a poll: validators, counts, failures, the next try.

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::poll::READER;
use crate::io::fetch::{FetchError, Snapshot};
use crate::io::history::source::SourceState;

/// Counts of so many good pages make the median.
const RECENT: usize = 10;
/// Quick tries after a failed poll: the first, and the ones after it. Then the schedule.
const QUICK: [TimeDelta; 2] = [TimeDelta::seconds(30), TimeDelta::minutes(2)];
/// A server may ask for patience, but not for ever.
const PATIENCE_MAX: TimeDelta = TimeDelta::hours(6);

/// What a good page held.
pub(super) struct Good {
    pub rows: usize,
    pub agreements: usize,
    pub doubtful: usize,
    /// It was asked for without validators.
    pub full: bool,
}

/// After a valid page.
pub(super) fn good(before: &SourceState, snapshot: &Snapshot, found: &Good, now: DateTime<Utc>) -> SourceState {
    let mut state = well(before, now);
    state.etag = snapshot.validators.etag.clone();
    state.last_modified = snapshot.validators.last_modified.clone();
    state.reader = Some(READER.clone());
    state.body_sha256 = Some(snapshot.sha256.clone());
    (state.rows, state.agreements, state.doubtful) = (found.rows, found.agreements, found.doubtful);
    state.baseline_at = before.baseline_at.or(Some(now));
    if found.full {
        state.last_full_at = Some(now);
    }
    state.recent_rows.push(found.rows);
    let surplus = state.recent_rows.len().saturating_sub(RECENT);
    state.recent_rows.drain(..surplus);
    state
}

/// After "not modified", or the same bytes again.
pub(super) fn well(before: &SourceState, now: DateTime<Utc>) -> SourceState {
    SourceState {
        last_good_at: Some(now),
        failures: 0,
        quick_tries: 0,
        failing_since: None,
        failure: None,
        next_try_at: None,
        retry_after_until: None,
        ..before.clone()
    }
}

/// After a failure: no validators are saved, no count moves. Quick tries count with the poll they follow.
pub(super) fn failed(before: &SourceState, why: &str, error: Option<&FetchError>, again: bool, now: DateTime<Utc>) -> SourceState {
    let quick = if again { before.quick_tries + 1 } else { 0 };
    let asked = error.and_then(patience).map(|wait| now + TimeDelta::from_std(wait).unwrap_or(PATIENCE_MAX).min(PATIENCE_MAX));
    let own = QUICK.get(quick as usize).map(|wait| now + *wait);
    let forget = matches!(error, Some(FetchError::NotModifiedUnasked));
    SourceState {
        failures: before.failures + u32::from(!again),
        quick_tries: quick,
        failing_since: before.failing_since.or(Some(now)),
        failure: Some(why.to_owned()),
        next_try_at: own.max(asked),
        retry_after_until: asked,
        etag: before.etag.clone().filter(|_| !forget),
        last_modified: before.last_modified.clone().filter(|_| !forget),
        ..before.clone()
    }
}

/// The status a refusal carried.
pub(super) fn status(error: &FetchError) -> Option<u16> {
    match error {
        FetchError::Refused { status, .. } | FetchError::Unusable { status } => Some(*status),
        FetchError::NotModifiedUnasked => Some(304),
        _ => None,
    }
}

/// What the server asked us to wait.
fn patience(error: &FetchError) -> Option<std::time::Duration> {
    match error {
        FetchError::Refused { retry_after, .. } => *retry_after,
        _ => None,
    }
}

/// Whether operators hear of it at once: a certificate that is not valid, a redirect to where we do not go.
pub(super) fn is_alarming(error: &FetchError) -> bool {
    matches!(error, FetchError::Tls { certificate: true, .. } | FetchError::Redirected { .. })
}
