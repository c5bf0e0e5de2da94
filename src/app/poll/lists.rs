//! A poll of a law list: bills in procedure, or adopted laws.

use chrono::TimeDelta;

use super::release::Close;
use super::{LOOKED_WELL, Polled, READER, Walk, bounds, charset, standing};
use crate::app::blocking::block_in_place;
use crate::app::clock;
use crate::config::{Source, SourceKind};
use crate::domain::change::{Fact, Known};
use crate::domain::compare::{Comparison, Count, Look};
use crate::domain::listing::{self, ListKind, Listing, RowCache};
use crate::domain::page::{self, NotAPage, Page};
use crate::domain::plausible;
use crate::io::cache;
use crate::io::fetch::{Answer, Snapshot};
use crate::io::history::HistoryError;
use crate::io::history::record::{Outcome, PollRecord};

pub(super) async fn poll(mut walk: Walk<'_>) -> Result<Polled, HistoryError> {
    let full = walk.unconditional();
    match walk.get(full).await {
        Ok(Answer::Page(snapshot)) => {
            walk.moved_to.clone_from(&snapshot.moved_to);
            walk.lied = caught(&mut walk, &snapshot, full).await;
            block_in_place(|| page(walk, &snapshot, full))
        }
        Ok(Answer::Unmodified { moved_to, .. }) => {
            walk.moved_to = moved_to;
            unmodified(walk, Some(304), "not modified")
        }
        Err(error) => walk.fail(&error.to_string(), Some(&error), None),
    }
}

/// A page that changed is asked for once more with what the server called the old one: whoever says "not modified" then, would have said it for
/// ever (faults.md H10, H11). None where nothing is to be learned: it is the page of before, or the old one had no name.
async fn caught(walk: &mut Walk<'_>, snapshot: &Snapshot, full: bool) -> Option<bool> {
    let state = &walk.state;
    let named = state.etag.is_some() || state.last_modified.is_some();
    let changed = state.body_sha256.as_ref().is_some_and(|known| *known != snapshot.sha256);
    if !full || !named || !changed || walk.is_new_reader() {
        return None;
    }
    if state.etag.is_some() && state.etag == snapshot.validators.etag {
        return Some(true);
    }
    match walk.get(false).await {
        Ok(Answer::Unmodified { .. }) => Some(true),
        Ok(Answer::Page(_)) => Some(false),
        Err(_) => None,
    }
}

fn unmodified(walk: Walk<'_>, status: Option<u16>, note: &str) -> Result<Polled, HistoryError> {
    let mut record = walk.draft(Outcome::Unmodified, status);
    (record.rows, record.agreements, record.doubtful) = (walk.state.rows, walk.state.agreements, walk.state.doubtful);
    record.note = Some(note.to_owned());
    record.state = Some(standing::well(&walk.state, walk.now));
    // The list stands as it stood before what is held.
    record.close_hold = Some(LOOKED_WELL.to_owned());
    walk.record(record)
}

/// The page that arrived, whole.
fn page(walk: Walk<'_>, snapshot: &Snapshot, full: bool) -> Result<Polled, HistoryError> {
    let same_bytes = walk.state.body_sha256.as_deref() == Some(&snapshot.sha256) && !walk.is_new_reader();
    if same_bytes && !(full && walk.desk.history.any_missing(&walk.source.name)?) {
        let mut walk = walk;
        walk.state.last_full_at = if full { Some(walk.now) } else { walk.state.last_full_at };
        return unmodified(walk, Some(snapshot.status), "the same bytes as before");
    }
    match read(&walk, snapshot)? {
        Ok(read) => accept(walk, snapshot, full, read, None),
        Err(why) => walk.fail(&why, None, Some(snapshot)),
    }
}

/// Why a list that was read is not compared with what is known, if it is not.
fn incomparable(walk: &Walk<'_>, listing: &Listing, known: &Known) -> Option<String> {
    if listing.rows.is_empty() && walk.state.rows > 0 {
        return Some(format!("the list is empty, where {} rows were known", walk.state.rows));
    }
    plausible::is_too_much(&listing.rows, &known.bills).then(|| "too many new rows at once to be compared".to_owned())
}

/// A list that was read, and what it is to be compared with.
struct Read {
    listing: Listing,
    known: Known,
    /// In which charset, where that is another than the page was served in.
    charset: Option<&'static str>,
}

/// Reads a page, and recalls what it is to be compared with; or says why it is not.
fn read(walk: &Walk<'_>, snapshot: &Snapshot) -> Result<Result<Read, String>, HistoryError> {
    let decoded = page::decode(&snapshot.body, snapshot.content_type.as_deref());
    let read = match decoded {
        Ok(page) => {
            let as_said = list_again(walk, snapshot, &page);
            if let Err(why) = &as_said
                && !charset::any_letters(&page)
            {
                return Ok(Err(why.clone()));
            }
            let known = walk.desk.history.recall()?;
            let other = match &as_said {
                Ok(listing) => charset::in_a_better(walk, snapshot, &page, listing, &known),
                Err(_) => charset::in_another(walk, snapshot, &known),
            };
            match (other, as_said) {
                (Some((listing, charset)), _) => Ok(Read { listing, known, charset: Some(charset) }),
                (None, as_said) => as_said.map(|listing| Read { listing, known, charset: None }),
            }
        }
        Err(NotAPage::Charset { .. }) => {
            let known = walk.desk.history.recall()?;
            let why = "its charset is not what it says, and no other one makes known titles of it";
            let read = charset::in_another(walk, snapshot, &known).ok_or_else(|| why.to_owned());
            read.map(|(listing, charset)| Read { listing, known, charset: Some(charset) })
        }
        Err(other) => Err(other.to_string()),
    };
    Ok(read.and_then(|read| incomparable(walk, &read.listing, &read.known).map_or(Ok(read), Err)))
}

/// A page in the charset it names. Its rows are remembered by their markup, so that the next look reads only those that are new.
fn list_again(walk: &Walk<'_>, snapshot: &Snapshot, page: &Page) -> Result<Listing, String> {
    let (dir, name) = (&walk.desk.settings.data_dir, &walk.source.name);
    let cache = RowCache::new(format!("{} {}", *READER, snapshot.url), cache::read(dir, name).as_deref());
    let selectors = walk.source.selectors();
    let (listing, keep) =
        listing::read_again(page, &snapshot.url, kind_of(walk.source), &selectors, cache).map_err(|why| why.to_string())?;
    // Without it the next look takes longer, and nothing else.
    if let Some(Err(error)) = keep.map(|rows| cache::keep(dir, name, &rows)) {
        tracing::debug!("the rows could not be kept for the next look: {error}");
    }
    within_bounds(walk, listing)
}

pub(super) fn list(walk: &Walk<'_>, snapshot: &Snapshot, page: &Page) -> Result<Listing, String> {
    let selectors = walk.source.selectors();
    let listing = listing::read(page, &snapshot.url, kind_of(walk.source), &selectors).map_err(|why| why.to_string())?;
    within_bounds(walk, listing)
}

fn kind_of(source: &Source) -> ListKind {
    if source.kind == SourceKind::Laws { ListKind::Laws } else { ListKind::Bills }
}

fn within_bounds(walk: &Walk<'_>, listing: Listing) -> Result<Listing, String> {
    let rows_max = walk.desk.settings.limits.rows_max;
    if listing.rows.len() > rows_max {
        return Err(NotAPage::TooManyRows { limit: rows_max }.to_string());
    }
    Ok(listing)
}

/// Compares and records a list that was read. `released`: a person, or time, says to believe it.
fn accept(walk: Walk<'_>, snapshot: &Snapshot, full: bool, read: Read, released: Option<Close<'_>>) -> Result<Polled, HistoryError> {
    let Read { listing, known, charset } = read;
    let rows = listing.rows.len();
    let limits = &walk.desk.settings.limits;
    let bounds = bounds(limits);
    let look = Look {
        source: &walk.source.name,
        kind: kind_of(walk.source),
        // By a clock that stands in 1970 nobody can say for how long a row has been missing.
        absences_count: full
            && clock::is_sane(walk.now)
            && !walk.unverified
            && listing.total_printed.is_none_or(|printed| rows >= printed)
            && listing.next_page.is_none()
            && plausible::absences_count(rows, &walk.state.recent_rows, &bounds),
        links_count: listing.degraded.is_none() && listing.rows.iter().any(|row| !row.documents.is_empty()),
        judge_again: walk.is_new_reader(),
        gone_after_polls: limits.gone_after_polls,
        gone_after: TimeDelta::hours(i64::from(limits.gone_after_hours)),
    };
    let mut comparison = Comparison::begin(known, walk.now, walk.baseline()).unverified(walk.unverified);
    let count = comparison.list(&look, &listing.rows);
    let facts = comparison.finish();
    if released.is_none()
        && !walk.baseline()
        && !walk.ask.believe
        && let Some(why) = doubt(&walk, &listing, &facts, count)
    {
        return walk.hold(&why, snapshot, rows, count);
    }
    let mut record = recorded(&walk, snapshot, full, listing, facts, count);
    let read_as = charset.map(|charset| format!("read as {charset} and not as it was served: in that its titles are met again"));
    record.note = [record.note, read_as].into_iter().flatten().reduce(|one, other| format!("{one}; {other}"));
    record.close_hold = Some(LOOKED_WELL.to_owned());
    if let Some(close) = released {
        record = close.over(&walk.state, record);
    }
    walk.record(record)
}

/// Why what was read is held, if it is.
fn doubt(walk: &Walk<'_>, listing: &Listing, facts: &[Fact], count: Count) -> Option<String> {
    let known = walk.state.rows;
    // A page of news names bills, too: in another layout a list is one on which something of it is met again.
    if listing.degraded.is_some() && count.known == 0 && known > 0 {
        return Some(format!("another layout, and none of the {known} rows that were known: it may be another page"));
    }
    if let Some(retitling) = plausible::retitling(&count) {
        return Some(retitling.to_string());
    }
    plausible::flood(facts, known, &bounds(&walk.desk.settings.limits)).map(|flood| flood.to_string())
}

fn recorded(walk: &Walk<'_>, snapshot: &Snapshot, full: bool, listing: Listing, facts: Vec<Fact>, count: Count) -> PollRecord {
    let outcome = match (&listing.degraded, walk.baseline()) {
        (Some(_), _) => Outcome::Degraded,
        (None, true) => Outcome::Baseline,
        (None, false) => Outcome::Recorded,
    };
    let good = standing::Good { rows: listing.rows.len(), agreements: count.agreements, doubtful: count.doubtful, full };
    let mut record = walk.draft(outcome, Some(snapshot.status));
    (record.rows, record.agreements, record.doubtful) = (good.rows, good.agreements, good.doubtful);
    record.silent = walk.baseline();
    let mut state = standing::good(&walk.state, snapshot, &good, walk.now);
    if !full || !clock::is_sane(walk.now) {
        // What this look missed was not counted: the first full one must read the page, although its bytes are these.
        state.body_sha256 = None;
    }
    record.state = Some(state);
    record.note = listing.degraded;
    record.rejects = listing.rejects.into_iter().map(|r| (r.text, r.reason)).collect();
    if !facts.is_empty() || outcome != Outcome::Recorded {
        record.snapshots.push(walk.keep(snapshot));
    }
    record.facts = facts;
    record
}

/// The stored page, as it was; or why it cannot be read again.
pub(super) fn released(walk: Walk<'_>, snapshot: &Snapshot, close: Close<'_>) -> Result<Result<Polled, String>, HistoryError> {
    match read(&walk, snapshot)? {
        Ok(read) => accept(walk, snapshot, false, read, Some(close)).map(Ok),
        Err(why) => Ok(Err(why)),
    }
}
