//! Archived pages, taken in as observations of the day they were captured.
//!
//! Never owes a letter, and never takes one away: what an archive shows is no first look of ours, so that a bill met in an archive is still
//! told of when we see it ourselves; and what is known of a bill is never put back to what an older page said.

use std::collections::HashMap;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use url::Url;

use crate::config::Settings;
use crate::domain::activity::{self, Activity};
use crate::domain::change::{BillRef, Fact, Known, Presence, SittingRef};
use crate::domain::compare::{Comparison, Count, Look, PageOf};
use crate::domain::listing::{self, ListKind, Listing, Selectors};
use crate::domain::page::{self, NotAPage, Page, address};
use crate::domain::zone::day_in_belgrade;
use crate::io::evidence::{Evidence, Exhibit};
use crate::io::history::History;
use crate::io::history::record::{Outcome, PollRecord, SeenBy, SnapshotRow};
use crate::io::warc::Captured;

pub use crate::domain::change::ARCHIVE;

/// What kind of page it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Kind {
    Bills,
    Laws,
    Activities,
    Activity,
}

/// What a page says.
enum Told {
    List(ListKind, Listing),
    Activity(Activity),
    /// Links alone: nothing to observe.
    Links(usize),
}

/// A page that was read, and waits to be recorded.
pub struct Reading {
    captured: Captured,
    kind: Kind,
    told: Told,
}

/// What came of a page.
#[derive(Debug, Serialize)]
pub struct Observed {
    /// Where it was.
    pub url: String,
    /// When it was captured.
    pub captured_at: DateTime<Utc>,
    /// What it is.
    pub kind: Kind,
    /// Rows, mentions or links.
    pub rows: usize,
    /// Agreements among them.
    pub agreements: usize,
    /// Doubtful ones.
    pub doubtful: usize,
    /// Bills that were not known.
    pub new_bills: usize,
    /// Why nothing was recorded, where nothing was.
    pub note: Option<String>,
}

/// Reads a captured page. `guess` says what kind it seems to be where nobody said.
///
/// # Errors
/// Where it is no such page.
pub fn read(mut captured: Captured, kind: Option<Kind>, guess: &dyn Fn(&Page, &Url) -> Kind) -> Result<Reading, NotAPage> {
    if let Some((at, url)) = replayed(&captured.url) {
        (captured.at, captured.url) = (at, url);
    }
    let page = page::decode(&originals(&captured.body), captured.header("content-type"))?;
    let kind = kind.unwrap_or_else(|| guess(&page, &captured.url));
    let list = |kind| listing::read(&page, &captured.url, kind, &Selectors::default()).map(|listing| Told::List(kind, listing));
    let seen_on = Some(day_in_belgrade(captured.at));
    let told = match kind {
        Kind::Bills => list(ListKind::Bills)?,
        Kind::Laws => list(ListKind::Laws)?,
        Kind::Activity => Told::Activity(activity::read_page(&page, &captured.url, seen_on)?),
        Kind::Activities => Told::Links(activity::read_index(&page, &captured.url, seen_on)?.links.len()),
    };
    Ok(Reading { captured, kind, told })
}

/// Time and address of a page that the Wayback Machine plays: `https://web.archive.org/web/20180306083000/http://...`.
pub fn replayed(url: &Url) -> Option<(DateTime<Utc>, Url)> {
    if url.host_str() != Some("web.archive.org") {
        return None;
    }
    let (stamp, original) = url.as_str().split_once("/web/")?.1.split_once('/')?;
    let at = chrono::NaiveDateTime::parse_from_str(stamp.get(..14)?, "%Y%m%d%H%M%S").ok()?.and_utc();
    Some((at, original.parse().ok()?))
}

/// The Wayback Machine leads every link to itself: `/web/20180306083000/http://...` is the address behind it again.
fn originals(body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.windows(5).position(|window| window == b"/web/") {
        let (before, from) = rest.split_at(at);
        let stamp = from.get(5..).unwrap_or_default().iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        let behind = from.get(5 + stamp + 1..).unwrap_or_default();
        let digits = from.get(5..19).is_some_and(|stamp| stamp.iter().all(u8::is_ascii_digit));
        if digits && stamp >= 14 && from.get(5 + stamp) == Some(&b'/') && behind.starts_with(b"http") {
            let host = [&b"https://web.archive.org"[..], b"http://web.archive.org", b"//web.archive.org"];
            let kept = host.iter().find_map(|host| before.strip_suffix(*host)).unwrap_or(before);
            whole.extend_from_slice(kept);
            rest = behind;
        } else {
            whole.extend_from_slice(before);
            whole.extend_from_slice(b"/web/");
            rest = from.get(5..).unwrap_or_default();
        }
    }
    whole.extend_from_slice(rest);
    whole
}

/// Records what was read, oldest capture first, each page in a transaction of its own; a page that was imported before is passed over.
///
/// # Errors
/// Where the history fails.
pub fn record(readings: Vec<Reading>, history: &mut History, settings: &Settings, now: DateTime<Utc>) -> Result<Vec<Observed>> {
    let mut readings = readings;
    readings.sort_by_key(|reading| reading.captured.at);
    let evidence = Evidence::within(&settings.data_dir, settings.limits.evidence_mib_max * 1024 * 1024);
    readings.into_iter().map(|reading| one(reading, history, &evidence, settings, now)).collect()
}

fn one(reading: Reading, history: &mut History, evidence: &Evidence, settings: &Settings, now: DateTime<Utc>) -> Result<Observed> {
    let Reading { captured, kind, told } = reading;
    let rows = match &told {
        Told::List(_, listing) => listing.rows.len(),
        Told::Activity(activity) => activity.sitting.mentions.len(),
        Told::Links(links) => *links,
    };
    let mut observed = Observed {
        url: captured.url.to_string(),
        captured_at: captured.at,
        kind,
        rows,
        agreements: 0,
        doubtful: 0,
        new_bills: 0,
        note: None,
    };
    let sha256: String = Sha256::digest(&captured.body).iter().map(|byte| format!("{byte:02x}")).collect();
    if history.is_imported(&sha256, captured.at)? {
        observed.note = Some("imported before".to_owned());
        return Ok(observed);
    }
    let today = now.with_timezone(&settings.schedule.timezone).date_naive();
    if let Told::Activity(activity) = &told
        && activity.sitting.held_on.is_some_and(|day| day >= today)
    {
        // It is ours to notice: read from an archive first, nobody would be told of it.
        observed.note = Some("its sitting is not over: a poll reads it, and tells of it".to_owned());
        return Ok(observed);
    }
    let known = history.recall()?;
    let (count, facts) = compare(known, &captured, &told);
    (observed.agreements, observed.doubtful) = (count.agreements, count.doubtful);
    let mut record = PollRecord::new(ARCHIVE, word(kind), captured.url.as_str(), now, Outcome::Recorded);
    (record.observed_at, record.seen_by, record.silent) = (captured.at, SeenBy::Import, true);
    (record.http_status, record.rows) = (Some(captured.status), rows);
    (record.agreements, record.doubtful, record.facts) = (count.agreements, count.doubtful, facts);
    if let Told::List(_, Listing { rejects, degraded, .. }) | Told::Activity(Activity { rejects, degraded, .. }) = &told {
        record.rejects = rejects.iter().map(|reject| (reject.text.clone(), reject.reason.clone())).collect();
        record.note = degraded.clone();
    }
    record.snapshots.push(keep(&captured, sha256, evidence));
    observed.new_bills = history.record(&record)?.bills.len();
    Ok(observed)
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Bills => "bills",
        Kind::Laws => "laws",
        Kind::Activities | Kind::Activity => "activities",
    }
}

fn compare(known: Known, captured: &Captured, told: &Told) -> (Count, Vec<Fact>) {
    let lacks: HashMap<i64, (bool, bool)> =
        known.bills.iter().map(|bill| (bill.id, (bill.act_number.is_none(), bill.listed_on.is_none()))).collect();
    let mut comparison = Comparison::begin(known, captured.at, true);
    let count = match told {
        Told::List(kind, listing) => {
            let look = Look {
                source: ARCHIVE,
                kind: *kind,
                absences_count: false,
                links_count: false,
                judge_again: false,
                gone_after_polls: u32::MAX,
                gone_after: TimeDelta::MAX,
            };
            comparison.list(&look, &listing.rows)
        }
        Told::Activity(activity) => {
            let content_id = address::content_id(&captured.url).map(|(id, _)| id);
            comparison.page(&PageOf { url: captured.url.as_str(), content_id, silent: true }, activity)
        }
        Told::Links(_) => Count::default(),
    };
    let facts = comparison.finish().into_iter().filter_map(|fact| archived(fact, &lacks)).collect();
    (count, facts)
}

/// What an archive may say: it adds, and overwrites nothing; and it is never the first look that a letter follows.
fn archived(fact: Fact, lacks: &HashMap<i64, (bool, bool)>) -> Option<Fact> {
    use crate::domain::change::Kind::Listed;
    let is_new = |bill: &BillRef| matches!(bill, BillRef::New(_));
    match fact {
        Fact::Change(change) => (is_new(&change.bill) && change.kind != Listed).then_some(Fact::Change(change)),
        Fact::Retitle { bill, title, .. } if !is_new(&bill) => Some(Fact::Title { bill, title }),
        Fact::Stage { bill, stage } => is_new(&bill).then_some(Fact::Stage { bill, stage }),
        Fact::Detail { bill: bill @ BillRef::Known(id), act_number, listed_on, listed_text, submitter } => {
            let (no_number, no_date) = lacks.get(&id).copied().unwrap_or_default();
            let listed_text = listed_text.filter(|_| no_date);
            Some(Fact::Detail {
                bill,
                act_number: act_number.filter(|_| no_number),
                listed_on: listed_on.filter(|_| no_date),
                listed_text,
                submitter,
            })
        }
        // A link that is gone from its row must not come back to life, and one that no list of ours has must not be missed.
        Fact::Document { bill, link, canonical, .. } => is_new(&bill).then_some(Fact::Document { bill, link, canonical, on_list: false }),
        Fact::Presence { bill, presence } => Some(Fact::Presence { bill, presence: Presence { present: false, ..presence } }),
        Fact::DocumentMissing { .. } | Fact::ItemGone { .. } | Fact::Sitting { sitting: SittingRef::Known(_), .. } => None,
        other => Some(other),
    }
}

/// Kept as the archive has it. A full disk loses the copy, never the observation.
fn keep(captured: &Captured, sha256: String, evidence: &Evidence) -> SnapshotRow {
    let url = captured.url.as_str();
    let kept = evidence.keep(&Exhibit {
        body: &captured.body,
        sha256: &sha256,
        url,
        requested_url: url,
        status: captured.status,
        request_headers: &[],
        headers: &captured.headers,
        fetched_at: captured.at,
        verified: false,
    });
    let kept = kept.map_err(|error| tracing::error!("the page could not be kept as evidence: {error}")).ok();
    SnapshotRow { url: url.to_owned(), sha256, bytes: captured.body.len(), fetched_at: captured.at, file: kept.map(|kept| kept.file) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_wayback_machines_addresses_are_those_behind_them_again() {
        let url = "https://web.archive.org/web/20180306083000id_/http://www.parlament.gov.rs/a.1037.html".parse().unwrap();
        let (at, original) = replayed(&url).unwrap();
        assert_eq!((at.to_rfc3339().as_str(), original.as_str()), ("2018-03-06T08:30:00+00:00", "http://www.parlament.gov.rs/a.1037.html"));
        assert_eq!(replayed(&original), None);
        let body = b"<a href='https://web.archive.org/web/20180306083000/http://x.rs/a.pdf'><a href=/web/20180306083000im_/https://x.rs/b><a href=/web/x/http://c>";
        assert_eq!(originals(body), b"<a href='http://x.rs/a.pdf'><a href=https://x.rs/b><a href=/web/x/http://c>");
    }
}
