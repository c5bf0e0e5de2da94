//! One poll of one source, from fetch to record (docs/architecture.md, "One poll, walked").
//!
//! Never sends a letter: what it records, `dispatch` reads. Never half: a poll that fails before `record` leaves everything as it was.

mod activities;
mod charset;
mod failure;
mod lists;
mod release;
mod standing;

use std::sync::LazyLock;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use tokio::time::Instant;
use url::Url;

use crate::app::desk::Desk;
use crate::config::{Limits, Source, SourceKind};
use crate::domain::agreement;
use crate::domain::change::Fact;
use crate::domain::plausible::Bounds;
use crate::io::fetch::{Jar, Robots};
use crate::io::history::HistoryError;
use crate::io::history::record::{Outcome, PollRecord};
use crate::io::history::source::SourceState;

use release::Due;
pub use release::OfHold;
pub use release::release;
pub use standing::PATIENCE_MAX;

/// A one-off poll asks for robots.txt no more often than the daemon does.
fn recall_robots(desk: &Desk, source: &Source, state: &SourceState) {
    if let (Some(body), Some(fetched_at)) = (&state.robots, state.robots_at) {
        let robots = Robots { body: body.clone().into_bytes(), fetched_at };
        desk.fetcher.recall_robots(source.url.origin().ascii_serialization(), robots);
    }
}

fn keep_robots(desk: &Desk, source: &Source, state: &mut SourceState) {
    if let Some(robots) = desk.fetcher.robots().get(&source.url.origin().ascii_serialization()) {
        state.robots = Some(String::from_utf8_lossy(&robots.body).into_owned());
        state.robots_at = Some(robots.fetched_at);
    }
}

/// What stands behind every stored validator and key: when a reader or a rulebook changes, this changes, and pages are asked for anew.
pub static READER: LazyLock<String> = LazyLock::new(|| format!("{}-{:016x}", env!("CARGO_PKG_VERSION"), agreement::FINGERPRINT));

/// How a poll is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ask {
    /// Without validators.
    pub full: bool,
    /// Say each recorded change in words: a rehearsal's answer.
    pub aloud: bool,
    /// One of the quick tries after a failure: it counts with the poll before it.
    pub again: bool,
    /// However much is new: a hold is released whose page was not kept.
    pub believe: bool,
}

/// What came of a poll: the line of the log and the object of `poll --json`.
#[derive(Debug, Clone, Serialize)]
pub struct Polled {
    /// The source's name.
    pub source: String,
    /// One of six.
    #[serde(serialize_with = "as_word")]
    pub outcome: Outcome,
    /// Rows read (bills on a list, mentions on pages of activities).
    pub rows: usize,
    /// Rows that could not be read.
    pub rejects: usize,
    /// Agreements among the rows.
    pub agreements: usize,
    /// Doubtful ones.
    pub doubtful: usize,
    /// Changes recorded.
    pub changes: usize,
    /// Why, where it needs saying.
    pub note: Option<String>,
    /// It failed in a way that is told at once (a certificate, a redirect out of the web).
    #[serde(skip)]
    pub alarming: bool,
    /// Where the page has moved for good, if it has.
    #[serde(skip)]
    pub moved_to: Option<Url>,
    /// Whether the server was caught saying "not modified" of a page that had changed; none where that was not tried.
    #[serde(skip)]
    pub lied: Option<bool>,
    /// The page was read although the site's certificate was not valid.
    #[serde(skip)]
    pub unverified: bool,
    /// What became of a page that had been held before, where anything did.
    #[serde(skip)]
    pub of_hold: Option<OfHold>,
    /// The recorded changes in words, where that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub would: Vec<String>,
}

impl Polled {
    /// With what was released just before this look.
    fn after(self, released: Polled) -> Polled {
        let note: Vec<String> = released.note.into_iter().chain(self.note).collect();
        let would = released.would.into_iter().chain(self.would).collect();
        Polled { changes: released.changes + self.changes, note: Some(note.join("; ")), of_hold: Some(OfHold::Released), would, ..self }
    }
}

fn as_word<S: serde::Serializer>(outcome: &Outcome, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(outcome.as_str())
}

/// A poll on its way: what every room of it needs.
struct Walk<'a> {
    desk: &'a mut Desk,
    source: &'a Source,
    state: SourceState,
    ask: Ask,
    now: DateTime<Utc>,
    began: Instant,
    until: Instant,
    jar: Jar,
    /// What the answers said beside the page, as in `Polled`.
    moved_to: Option<Url>,
    lied: Option<bool>,
    unverified: bool,
}

/// Polls one source once. `Err` only where the history itself fails; everything else is an outcome.
pub async fn poll(desk: &mut Desk, source: &Source, ask: Ask, now: DateTime<Utc>) -> Result<Polled, HistoryError> {
    let due = release::due(desk, source, ask, now)?;
    let state = desk.history.source(&source.name)?;
    recall_robots(desk, source, &state);
    let ask = Ask { believe: ask.believe || matches!(due, Due::Unreadable(_)), ..ask };
    let walk = Walk::begin(desk, source, state, ask, now);
    // What was released is an older look: the page of today is asked for all the same.
    let polled = match source.kind {
        SourceKind::Bills | SourceKind::Laws => lists::poll(walk).await?,
        SourceKind::Activities => activities::poll(walk).await?,
    };
    log(&polled);
    Ok(match due {
        Due::Nothing => polled,
        Due::Released(released) => polled.after(*released),
        Due::Unreadable(why) => Polled { of_hold: Some(OfHold::Unreadable(why)), ..polled },
    })
}

fn log(p: &Polled) {
    let note = p.note.as_deref().unwrap_or("");
    let Polled { source, outcome, rows, rejects, agreements, doubtful, changes, .. } = p;
    match outcome {
        Outcome::Failed | Outcome::Held | Outcome::Degraded => {
            tracing::warn!(source, %outcome, rows, rejects, agreements, doubtful, changes, "{note}");
        }
        _ => tracing::info!(source, %outcome, rows, rejects, agreements, doubtful, changes, "{note}"),
    }
}

/// A whole poll of a source takes no longer.
const POLL_TIME: Duration = Duration::from_secs(60);

impl<'a> Walk<'a> {
    fn begin(desk: &'a mut Desk, source: &'a Source, state: SourceState, ask: Ask, now: DateTime<Utc>) -> Self {
        let began = Instant::now();
        let state = SourceState { kind: source.kind.as_str().to_owned(), url: source.url.to_string(), ..state };
        Walk {
            desk,
            source,
            state,
            ask,
            now,
            began,
            until: began + POLL_TIME,
            jar: Jar::default(),
            moved_to: None,
            lied: None,
            unverified: false,
        }
    }

    /// What is left of the source's time.
    fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// Validators are a saving, not a truth (house rule 5).
    fn unconditional(&self) -> bool {
        let sweep = TimeDelta::hours(FULL_SWEEP_HOURS);
        let stale = self.state.last_full_at.is_none_or(|at| self.now - at >= sweep || at > self.now);
        let none_known = self.state.etag.is_none() && self.state.last_modified.is_none();
        self.ask.full || stale || none_known || self.is_new_reader()
    }

    /// The page was last read by another version of the reader or of the rulebook.
    fn is_new_reader(&self) -> bool {
        self.state.reader.as_deref() != Some(READER.as_str())
    }

    fn baseline(&self) -> bool {
        self.state.baseline_at.is_none()
    }

    /// Writes the poll down and says what came of it.
    fn record(self, mut record: PollRecord) -> Result<Polled, HistoryError> {
        if let Some(state) = &mut record.state {
            keep_robots(self.desk, self.source, state);
        }
        if self.unverified && !matches!(record.outcome, Outcome::Failed | Outcome::Held) {
            record.state = record.state.map(|state| standing::unverified(&self.state, state));
            record.note = Some([Some(UNVERIFIED), record.note.as_deref()].into_iter().flatten().collect::<Vec<_>>().join("; "));
            // What anybody could have put in between proves nothing.
            record.snapshots.clear();
        }
        let changes: Vec<String> = record.facts.iter().filter_map(in_words).collect();
        let polled = Polled {
            source: record.source.clone(),
            outcome: record.outcome,
            rows: record.rows,
            rejects: record.rejects.len(),
            agreements: record.agreements,
            doubtful: record.doubtful,
            changes: changes.len(),
            note: record.note.clone(),
            alarming: false,
            moved_to: self.moved_to,
            unverified: self.unverified,
            of_hold: record.hold_since.map(|_| OfHold::Again),
            // A page that differs in a counter alone has not changed in anything we would have missed.
            lied: self.lied.map(|lied| lied && !changes.is_empty()),
            would: if self.ask.aloud { changes } else { Vec::new() },
        };
        self.desk.history.record(&record)?;
        Ok(polled)
    }
}

/// Stands in the note of such a poll.
const UNVERIFIED: &str = "read although the certificate is not valid";
/// Closes what is held: a good look after it.
const LOOKED_WELL: &str = "a later look was believable";
/// A server's word that nothing changed is believed so long.
const FULL_SWEEP_HOURS: i64 = 6;

fn in_words(fact: &Fact) -> Option<String> {
    let Fact::Change(change) = fact else { return None };
    let what = change.after.as_deref().or(change.before.as_deref()).unwrap_or("");
    Some(format!("{} {what}", change.kind).trim_end().to_owned())
}

fn bounds(limits: &Limits) -> Bounds {
    Bounds {
        surge_max: limits.surge_new_max,
        surge_share_min: limits.surge_share_min,
        count_floor_percent: usize::from(limits.count_floor_percent),
    }
}
