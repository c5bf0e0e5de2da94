//! Polls that end without a valid page, and polls that are not believed: what is written down of them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use url::Url;

use super::{LOOKED_WELL, Polled, Walk, standing};
use crate::config::TlsFallback;
use crate::domain::compare::Count;
use crate::domain::zone::Zone;
use crate::io::evidence::Exhibit;
use crate::io::fetch::{Answer, FetchError, Request, Snapshot, Validators};
use crate::io::history::HistoryError;
use crate::io::history::record::{Outcome, PollRecord, SnapshotRow};
use crate::io::history::source::Held;

/// After so long with nothing wrong but the certificate a page is read without checking it.
const UNVERIFIED_AFTER: TimeDelta = TimeDelta::hours(24);
/// What is held again so soon after a good look is what was held before it: two front-ends in turn, or a server that says "not modified" until the
/// next full sweep, would else keep it from its release for ever.
const COMES_BACK_WITHIN: TimeDelta = TimeDelta::hours(8);

impl Walk<'_> {
    /// Asks for the source's page.
    pub(super) async fn get(&mut self, full: bool) -> Result<Answer, FetchError> {
        let validators = Validators { etag: self.state.etag.clone(), last_modified: self.state.last_modified.clone() };
        let source = self.source;
        self.get_page(&source.url, (!full).then_some(&validators)).await
    }

    /// Asks for any page of this source, in what is left of its time.
    pub(super) async fn get_page(&mut self, url: &Url, validators: Option<&Validators>) -> Result<Answer, FetchError> {
        let request = Request { validators, site: &self.source.url, ..Request::new(url, &self.jar, self.until, self.now) };
        if !self.unverified {
            match self.desk.fetcher.get(&request).await {
                Err(error) if standing::is_bad_certificate(&error) && self.may_read_unverified() => self.unverified = true,
                answer => return answer,
            }
        }
        self.desk.fetcher.get(&Request { validators: None, verify: false, ..request }).await
    }

    /// A bad certificate has been the only failure for so long that being blind is worse, and the settings say so (faults.md N9).
    fn may_read_unverified(&self) -> bool {
        let long = |since: DateTime<Utc>| self.now.signed_duration_since(since) >= UNVERIFIED_AFTER;
        self.desk.settings.http.tls_fallback == TlsFallback::Marked && self.state.bad_certificate_since.is_some_and(long)
    }

    /// The Belgrade day.
    pub(super) fn today(&self) -> NaiveDate {
        let zone: Zone = self.desk.settings.schedule.timezone;
        self.now.with_timezone(&zone).date_naive()
    }

    /// A record with nothing in it yet.
    pub(super) fn draft(&self, outcome: Outcome, http_status: Option<u16>) -> PollRecord {
        let took = chrono::TimeDelta::from_std(self.began.elapsed()).unwrap_or_default();
        let mut record = PollRecord::new(&self.source.name, self.source.kind.as_str(), self.source.url.as_str(), self.now, outcome);
        (record.ended_at, record.http_status, record.verified) = (self.now + took, http_status, !self.unverified);
        record.state = Some(self.state.clone());
        record
    }

    /// No valid page: the reason is stored, nothing moves. A page that came is kept once an episode, for a person to look at.
    pub(super) fn fail(self, why: &str, error: Option<&FetchError>, page: Option<&Snapshot>) -> Result<Polled, HistoryError> {
        let status = page.map(|p| p.status).or(error.and_then(standing::status));
        let mut record = self.draft(Outcome::Failed, status);
        record.note = Some(why.to_owned());
        record.state = Some(standing::failed(&self.state, why, error, self.ask.again, self.now));
        if self.state.failures == 0
            && let Some(page) = page
        {
            record.snapshots.push(self.keep(page));
        }
        let alarming = error.is_some_and(standing::is_alarming);
        Ok(Polled { alarming, ..self.record(record)? })
    }

    /// A flood: the page is kept as it was, and waits for a person or for time.
    pub(super) fn hold(self, why: &str, page: &Snapshot, rows: usize, count: Count) -> Result<Polled, HistoryError> {
        let kept = self.keep(page);
        let mut record = self.draft(Outcome::Held, Some(page.status));
        (record.rows, record.agreements, record.doubtful) = (rows, count.agreements, count.doubtful);
        record.note = Some(why.to_owned());
        // A page read without its certificate is not believed later on the strength of a copy: when it is time, today's is read.
        let file = kept.file.clone().filter(|_| !self.unverified);
        record.hold_since = self.desk.history.hold_ended(&self.source.name, LOOKED_WELL, self.now - COMES_BACK_WITHIN)?;
        record.hold = Some(Held { reason: why.to_owned(), url: kept.url.clone(), sha256: kept.sha256.clone(), file });
        record.snapshots.push(kept);
        self.record(record)
    }

    /// Keeps a page as evidence. A full disk loses the copy, never the poll.
    pub(super) fn keep(&self, page: &Snapshot) -> SnapshotRow {
        let kept = self.desk.evidence.keep(&exhibit(page));
        let kept = kept.map_err(|error| tracing::error!(source = self.source.name, "the page could not be kept as evidence: {error}")).ok();
        let file = kept.map(|kept| kept.file);
        SnapshotRow { url: page.url.to_string(), sha256: page.sha256.clone(), bytes: page.body.len(), fetched_at: page.fetched_at, file }
    }
}

fn exhibit(page: &Snapshot) -> Exhibit<'_> {
    Exhibit {
        body: &page.body,
        sha256: &page.sha256,
        url: page.url.as_str(),
        requested_url: page.requested_url.as_str(),
        status: page.status,
        request_headers: &page.request_headers,
        headers: &page.headers,
        fetched_at: page.fetched_at,
        verified: page.verified,
    }
}
