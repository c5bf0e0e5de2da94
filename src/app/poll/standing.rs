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
pub const PATIENCE_MAX: TimeDelta = TimeDelta::hours(6);

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
        bad_certificate_since: None,
        ..before.clone()
    }
}

/// After a page that had been held was believed: what stands on it counts as of when it was seen, and says nothing of how the source fared since.
pub(super) fn released(before: &SourceState, after: SourceState) -> SourceState {
    SourceState {
        last_good_at: before.last_good_at.max(after.last_good_at),
        failures: before.failures,
        quick_tries: before.quick_tries,
        failing_since: before.failing_since,
        failure: before.failure.clone(),
        next_try_at: before.next_try_at,
        retry_after_until: before.retry_after_until,
        bad_certificate_since: before.bad_certificate_since,
        ..after
    }
}

/// After a page that was read although its certificate was not valid: nothing is kept by which the first verified look would pass over it, and
/// the episode goes on.
pub(super) fn unverified(before: &SourceState, after: SourceState) -> SourceState {
    SourceState {
        etag: None,
        last_modified: None,
        body_sha256: None,
        last_full_at: before.last_full_at,
        bad_certificate_since: before.bad_certificate_since,
        ..after
    }
}

/// After a failure: no validators are saved, no count moves. Quick tries count with the poll they follow; one that the server itself put off is
/// a poll of its own, or hours of its patience would never come to three failures.
pub(super) fn failed(before: &SourceState, why: &str, error: Option<&FetchError>, again: bool, now: DateTime<Utc>) -> SourceState {
    let quick = if again { before.quick_tries + 1 } else { 0 };
    let counts = !again || before.retry_after_until.is_some();
    let asked = error.and_then(patience).map(|wait| now + TimeDelta::from_std(wait).unwrap_or(PATIENCE_MAX).min(PATIENCE_MAX));
    let own = QUICK.get(quick as usize).map(|wait| now + *wait);
    let forget = matches!(error, Some(FetchError::NotModifiedUnasked));
    SourceState {
        failures: before.failures + u32::from(counts),
        quick_tries: quick,
        failing_since: before.failing_since.or(Some(now)),
        failure: Some(why.to_owned()),
        // After the quick tries the schedule decides, however little patience the server asks for.
        next_try_at: own.map(|at| asked.map_or(at, |asked| at.max(asked))),
        retry_after_until: asked,
        bad_certificate_since: error.filter(|e| is_bad_certificate(e)).map(|_| before.bad_certificate_since.unwrap_or(now)),
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
    is_bad_certificate(error) || matches!(error, FetchError::Redirected { .. })
}

/// The site's certificate is not valid, and nothing else is known to be wrong.
pub(super) fn is_bad_certificate(error: &FetchError) -> bool {
    matches!(error, FetchError::Tls { certificate: true, .. })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn refused(seconds: u64) -> FetchError {
        FetchError::Refused { status: 503, retry_after: Some(std::time::Duration::from_secs(seconds)) }
    }

    /// Seconds until the next quick try after each failure, and the failures that count, of a server that always asks for so much patience.
    fn tries(patience_s: u64) -> (Vec<Option<i64>>, u32) {
        let mut now: DateTime<Utc> = "2026-11-03T08:00:00Z".parse().unwrap();
        let mut state = SourceState::default();
        let mut waits = Vec::new();
        for nth in 0..4 {
            state = failed(&state, "busy", Some(&refused(patience_s)), nth > 0, now);
            waits.push(state.next_try_at.map(|at| (at - now).num_seconds()));
            now = state.next_try_at.max(state.retry_after_until).unwrap_or(now);
        }
        (waits, state.failures)
    }

    #[test]
    fn a_server_that_asks_for_no_patience_at_all_is_tried_twice_and_then_on_schedule() {
        assert_eq!(tries(0).0, [Some(30), Some(120), None, None]);
        assert_eq!(tries(60).0, [Some(60), Some(120), None, None]);
    }

    #[test]
    fn ten_years_of_patience_are_six_hours_and_every_try_after_them_counts() {
        let hours = Some(6 * 3_600);
        assert_eq!(tries(315_360_000), (vec![hours, hours, None, None], 4));
    }
}
