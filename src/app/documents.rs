//! The documents of agreements: fetched after their bills are written down, kept, read, compared with what they were.
//!
//! Never drops a bill, never fails a poll, and never makes an alert wait longer than its minute: what cannot be read is a result with a name.

mod visit;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use url::Url;

use crate::app::desk::Desk;
use crate::io::document::{self, Ocr, PDFTOTEXT};
use crate::io::fetch::{self, Jar};
use crate::io::history::HistoryError;
use crate::io::history::documents::{Due, Errand};
use visit::{Came, Pace, Walk};

/// Documents of bills that are about to be told of are fetched in so long from the beginning of the round, and no longer: an alert does not
/// wait for them.
const ALERT_WAITS: Duration = Duration::from_secs(50);
/// Of that time one document has its share, and no less than this: one that hangs must not keep the others out of the letter.
const SHARE_MIN: Duration = Duration::from_secs(12);
/// What one job takes at most; the rest waits for the next round.
const JOB_TIME: Duration = Duration::from_secs(120);
/// And so many documents at most.
const JOB_DOCUMENTS_MAX: usize = 200;
/// A document of a live agreement is fetched again after so long, whatever its validators say.
const AGAIN_AFTER: TimeDelta = TimeDelta::hours(24);
/// Nothing is put off for longer, by a server that asks for patience neither; a clock may have been set back by an hour since.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(25);
/// After so many tries in a row that found nobody, the site is left alone until the next round.
const FAILURES_MAX: usize = 3;

/// What a walk through the documents did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Asked for.
    pub asked: usize,
    /// New versions written down.
    pub versions: usize,
    /// Changes told.
    pub changes: usize,
    /// The site asked for patience: it is left alone until the next round.
    #[serde(skip)]
    pub told_to_wait: bool,
}

/// Which documents a job asks for, beside those whose hour has come.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope {
    /// All of live agreements.
    pub full: bool,
    /// Those of bills that nobody is told of: what stood there at a baseline.
    pub silent: bool,
}

/// The documents of bills with a change since `since`, before that change is told.
///
/// # Errors
/// The history's own.
pub async fn before_telling(desk: &mut Desk, since: DateTime<Utc>, began: Instant, now: DateTime<Utc>) -> Result<Done, HistoryError> {
    let due = desk.history.documents_due(Due::Told(since), JOB_DOCUMENTS_MAX)?;
    walk(desk, due, began + ALERT_WAITS, now, true).await
}

/// Everything else that is due: after failures, again what may have been replaced, and what is in the scope.
///
/// # Errors
/// The history's own.
pub async fn job(desk: &mut Desk, scope: Scope, now: DateTime<Utc>) -> Result<Done, HistoryError> {
    let unread = document::is_installed(PDFTOTEXT);
    let hour = Due::Hour { now, latest: now + LONGEST_WAIT, all_live: scope.full, unread, silent: scope.silent };
    let due = desk.history.documents_due(hour, JOB_DOCUMENTS_MAX)?;
    if !due.is_empty() {
        tracing::info!(due = due.len(), "documents are fetched, for {} s at most", JOB_TIME.as_secs());
    }
    walk(desk, due, Instant::now() + JOB_TIME, now, false).await
}

async fn walk(desk: &mut Desk, due: Vec<Errand>, until: Instant, now: DateTime<Utc>, hurried: bool) -> Result<Done, HistoryError> {
    let mut done = Done::default();
    if due.is_empty() {
        return Ok(done);
    }
    let ocr = if hurried { OnceCell::new_with(Some(Ocr::NoTool)) } else { OnceCell::new() };
    let (jar, mut failures) = (Jar::default(), 0);
    let mut left = due.len();
    for errand in due {
        let own = if hurried { until.min(share(until, left)) } else { until };
        left -= 1;
        if failures >= FAILURES_MAX || Instant::now() >= until {
            break;
        }
        let Some(site) = site_of(desk, &errand, now)? else { continue };
        let mut walk = Walk { desk, jar: &jar, site: &site, now, pace: Pace { until: own, hurried, ocr: &ocr } };
        let (visit, came) = walk.visit(&errand).await?;
        // Out of time is nobody's fault, and no try.
        let Some(visit) = visit else {
            failures += 1;
            continue;
        };
        failures = if came == Came::Answer { 0 } else { failures + 1 };
        done.told_to_wait = came == Came::Patience;
        desk.history.record_document(&visit)?;
        done.asked += 1;
        done.versions += usize::from(visit.version.is_some());
        done.changes += usize::from(visit.change.is_some());
        if done.told_to_wait {
            break;
        }
    }
    if done.versions > 0 {
        tracing::info!(asked = done.asked, versions = done.versions, "documents");
    }
    if done.versions > 0 && !document::is_installed(PDFTOTEXT) {
        tracing::error!("{PDFTOTEXT} is not installed: PDF documents are kept unread; install poppler-utils");
    }
    Ok(done)
}

/// Until when one document is waited for, where so many are left.
fn share(until: Instant, left: usize) -> Instant {
    let now = Instant::now();
    now + (until.saturating_duration_since(now) / u32::try_from(left).unwrap_or(u32::MAX).max(1)).max(SHARE_MIN)
}

/// The source in whose name the document is asked for: one whose site it is on, else the first. None while that site asked for patience.
fn site_of(desk: &Desk, errand: &Errand, now: DateTime<Utc>) -> Result<Option<Url>, HistoryError> {
    let allowed: Vec<String> = desk.settings.http.allow_hosts.iter().map(|h| h.as_str().to_owned()).collect();
    let Ok(url) = Url::parse(&errand.url) else { return Ok(desk.settings.sources.first().map(|s| s.url.clone())) };
    let on_site = desk.settings.sources.iter().find(|s| fetch::objection(&url, &s.url, &allowed).is_none());
    let Some(source) = on_site.or(desk.settings.sources.first()) else { return Ok(None) };
    let patient = desk.history.source(&source.name)?.retry_after_until.is_some_and(|until| until > now);
    Ok((!patient).then(|| source.url.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_hangs_leaves_the_others_their_time() {
        let within = |seconds, left| (share(Instant::now() + Duration::from_secs(seconds), left) - Instant::now()).as_secs_f64().round();
        assert_eq!((within(50, 1), within(50, 2), within(50, 15), within(3, 4)), (50.0, 25.0, 12.0, 12.0));
    }
}
