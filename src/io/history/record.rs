//! Records one poll in one transaction: all of it, or nothing.

use chrono::{DateTime, Utc};
use rusqlite::{Transaction, TransactionBehavior, params};

use super::fact::Recorder;
use super::search::Indexer;
use super::source::{self, ActivityRead, Held, SourceState};
use super::value::{instant, whole};
use super::{History, Result};
use crate::domain::bill::Verdict;
use crate::domain::change::{Fact, Kind};
use crate::domain::zone::day_in_belgrade;

/// What came of a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Outcome {
    Baseline,
    Unmodified,
    Recorded,
    Degraded,
    Held,
    Failed,
}
crate::words!(Outcome {
    Baseline = "baseline",
    Unmodified = "unmodified",
    Recorded = "recorded",
    Degraded = "degraded",
    Held = "held",
    Failed = "failed",
});

/// Whether we looked ourselves, or an archive did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum SeenBy {
    Live,
    Import,
}
crate::words!(SeenBy { Live = "live", Import = "import" });

/// The note of a poll that records a page which was held, and for which nobody came in time.
pub const NOBODY_LOOKED: &str = "released by itself: nobody looked in time";

/// A page kept as evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct SnapshotRow {
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Where it came from.
    pub url: String,
    /// When.
    pub fetched_at: DateTime<Utc>,
    /// How many bytes.
    pub bytes: usize,
    /// Its file below evidence/; none where it could not be kept.
    pub file: Option<String>,
}

/// Everything one poll has to say.
#[derive(Debug, Clone)]
pub struct PollRecord {
    /// The source's name.
    pub source: String,
    /// `bills`, `laws` or `activities`.
    pub kind: String,
    /// The page asked for.
    pub url: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
    /// What time the pages speak of: `started_at`, or an archived page's capture time. It becomes `seen_at` and `first_seen_at`.
    pub observed_at: DateTime<Utc>,
    /// Live or import.
    pub seen_by: SeenBy,
    /// A baseline or an import: the dispatcher passes over its changes.
    pub silent: bool,
    /// What came of it.
    pub outcome: Outcome,
    /// The answer's status.
    pub http_status: Option<u16>,
    /// The site's certificate was valid, or not asked for; false: it was read all the same, as `tls_fallback` allows.
    pub verified: bool,
    /// Rows read.
    pub rows: usize,
    /// Agreements among them.
    pub agreements: usize,
    /// Doubtful ones among them.
    pub doubtful: usize,
    /// What could not be read: text and reason.
    pub rejects: Vec<(String, String)>,
    /// Why it failed, was held or degraded.
    pub note: Option<String>,
    /// What to write down. A failed or held poll has nothing here.
    pub facts: Vec<Fact>,
    /// Pages kept as evidence.
    pub snapshots: Vec<SnapshotRow>,
    /// Pages linked or read; those not named stay as they are.
    pub activities: Vec<ActivityRead>,
    /// Holds this page. A source has at most one open hold; it keeps its first hour, and the newest page.
    pub hold: Option<Held>,
    /// Since when, if it was held before and is again; none: since this poll.
    pub hold_since: Option<DateTime<Utc>>,
    /// Closes the source's open hold, and says why.
    pub close_hold: Option<String>,
    /// When it is closed; none: when the poll ended.
    pub closed_at: Option<DateTime<Utc>>,
    /// The source's state from now on; none for an import, which has no source.
    pub state: Option<SourceState>,
}

impl PollRecord {
    /// An empty record of a live poll, to fill.
    pub fn new(source: &str, kind: &str, url: &str, started_at: DateTime<Utc>, outcome: Outcome) -> Self {
        PollRecord {
            source: source.to_owned(),
            kind: kind.to_owned(),
            url: url.to_owned(),
            started_at,
            ended_at: started_at,
            observed_at: started_at,
            seen_by: SeenBy::Live,
            silent: outcome == Outcome::Baseline,
            outcome,
            http_status: None,
            verified: true,
            rows: 0,
            agreements: 0,
            doubtful: 0,
            rejects: Vec::new(),
            note: None,
            facts: Vec::new(),
            snapshots: Vec::new(),
            activities: Vec::new(),
            hold: None,
            hold_since: None,
            close_hold: None,
            closed_at: None,
            state: None,
        }
    }
}

/// What a poll became.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Its row.
    pub poll_id: i64,
    /// The rows of its changes, in order.
    pub changes: Vec<i64>,
    /// The rows of its `Fact::Bill`s, in order.
    pub bills: Vec<i64>,
}

/// A person's verdict on a bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// On which bill.
    pub bill_id: i64,
    /// Agreement or other.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The change to log, where it is one (`recognised`).
    pub kind: Option<Kind>,
}

impl History {
    /// Writes a poll down: the poll, its facts in their order, and the source's state, in one transaction.
    pub fn record(&mut self, poll: &PollRecord) -> Result<Recorded> {
        debug_assert!(
            poll.facts.is_empty() || !matches!(poll.outcome, Outcome::Held | Outcome::Failed),
            "a failed or held poll moves nothing"
        );
        self.file.still_there()?;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let before = source::load(&transaction, &poll.source)?;
        let poll_id = insert_poll(&transaction, poll)?;
        let mut recorder = Recorder::new(&transaction, poll, poll_id, before.as_ref())?;
        for fact in &poll.facts {
            recorder.apply(fact)?;
        }
        let (recorded, touched) = recorder.finish();
        let mut indexer = Indexer::default();
        for bill in &touched {
            indexer.index(&transaction, *bill)?;
        }
        indexer.finish(&transaction, touched.len())?;
        beside(&transaction, poll, poll_id)?;
        if let Some(state) = &poll.state {
            source::store(&transaction, state)?;
        }
        self.file.still_there()?;
        transaction.commit()?;
        Ok(recorded)
    }

    /// Records a person's verdict, with who and why. Answers with the change it made, if it is one.
    pub fn decide(&mut self, decision: &Decision) -> Result<Option<i64>> {
        self.file.still_there()?;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let change = super::decide::decide(&transaction, decision)?;
        transaction.commit()?;
        Ok(change)
    }
}

fn insert_poll(transaction: &Transaction<'_>, poll: &PollRecord) -> Result<i64> {
    let mut put = transaction.prepare_cached(
        "INSERT INTO poll (source, kind, url, started_at, ended_at, started_on, observed_at, outcome, http_status, rows, agreements, doubtful,
                           rejects, note, silent, seen_by, verified)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?;
    Ok(put.insert(params![
        poll.source,
        poll.kind,
        poll.url,
        instant(poll.started_at),
        instant(poll.ended_at),
        day_in_belgrade(poll.started_at).to_string(),
        instant(poll.observed_at),
        poll.outcome.as_str(),
        poll.http_status,
        whole(poll.rows),
        whole(poll.agreements),
        whole(poll.doubtful),
        whole(poll.rejects.len()),
        poll.note,
        poll.silent,
        poll.seen_by.as_str(),
        poll.verified,
    ])?)
}

/// What is kept beside the facts: rejects, snapshots, pages linked, holds.
fn beside(transaction: &Transaction<'_>, poll: &PollRecord, poll_id: i64) -> Result<()> {
    for (text, reason) in &poll.rejects {
        transaction
            .prepare_cached("INSERT INTO reject (poll_id, text, reason) VALUES (?1, ?2, ?3)")?
            .execute(params![poll_id, text, reason])?;
    }
    for page in &poll.snapshots {
        transaction
            .prepare_cached("INSERT INTO snapshot (poll_id, url, fetched_at, sha256, bytes, file) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![poll_id, page.url, instant(page.fetched_at), page.sha256, whole(page.bytes), page.file])?;
    }
    for activity in &poll.activities {
        source::store_activity(transaction, &poll.source, activity, poll.observed_at)?;
    }
    if let Some(why) = &poll.close_hold {
        transaction
            .prepare_cached("UPDATE hold SET closed_at = ?2, closed_by = ?3 WHERE source = ?1 AND closed_at IS NULL")?
            .execute(params![poll.source, instant(poll.closed_at.unwrap_or(poll.ended_at)), why])?;
    }
    if let Some(held) = &poll.hold {
        hold(transaction, poll, poll_id, held)?;
    }
    Ok(())
}

/// A page that goes on being held keeps its first hour, so that it is not held for ever by changing a little each time; one whose release was
/// ordered stays the page that was meant.
fn hold(transaction: &Transaction<'_>, poll: &PollRecord, poll_id: i64, held: &Held) -> Result<()> {
    transaction
        .prepare_cached(
            "UPDATE hold SET poll_id = ?2, reason = ?3, url = ?4, sha256 = ?5, file = ?6
              WHERE source = ?1 AND closed_at IS NULL AND ordered_at IS NULL AND sha256 <> ?5",
        )?
        .execute(params![poll.source, poll_id, held.reason, held.url, held.sha256, held.file])?;
    transaction
        .prepare_cached(
            "INSERT INTO hold (source, poll_id, held_at, reason, url, sha256, file) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
              WHERE NOT EXISTS (SELECT 1 FROM hold WHERE source = ?1 AND closed_at IS NULL)",
        )?
        .execute(params![
            poll.source,
            poll_id,
            instant(poll.hold_since.unwrap_or(poll.ended_at)),
            held.reason,
            held.url,
            held.sha256,
            held.file
        ])?;
    Ok(())
}
