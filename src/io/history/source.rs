//! A source's state between polls: validators, counts, failures, the held page, the pages still to be read.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::value::{day_at, instant, instant_at, instant_in, json, json_at, whole, whole_at, whole_in, word_at};
use super::{History, Result};
use crate::domain::bill::Language;

/// What is remembered of a source. `record` stores it as given; nothing else writes it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceState {
    /// The source's name.
    pub name: String,
    /// `bills`, `laws` or `activities`.
    pub kind: String,
    /// Its address.
    pub url: String,
    /// Validator of the last good page.
    pub etag: Option<String>,
    /// Validator of the last good page.
    pub last_modified: Option<String>,
    /// Fingerprint of the reader and rulebooks those were saved under: sent only if it is still the same (house rule 5).
    pub reader: Option<String>,
    /// SHA-256 of the last good page.
    pub body_sha256: Option<String>,
    /// Rows on the last good page.
    pub rows: usize,
    /// Agreements on the last good page.
    pub agreements: usize,
    /// Doubtful titles on the last good page.
    pub doubtful: usize,
    /// The last poll that gave a valid page, or was told that it is unmodified.
    pub last_good_at: Option<DateTime<Utc>>,
    /// The last valid page that was asked for without validators.
    pub last_full_at: Option<DateTime<Utc>>,
    /// Row counts of the last ten good pages, newest last.
    pub recent_rows: Vec<usize>,
    /// Failed polls in a row.
    pub failures: u32,
    /// Quick tries since the last of them: they count with it.
    pub quick_tries: u32,
    /// Since when.
    pub failing_since: Option<DateTime<Utc>>,
    /// Why the last one failed.
    pub failure: Option<String>,
    /// When the silent first poll was recorded; none before.
    pub baseline_at: Option<DateTime<Utc>>,
    /// The site's robots.txt.
    pub robots: Option<String>,
    /// When it was fetched.
    pub robots_at: Option<DateTime<Utc>>,
    /// The daemon waits until then after a failure.
    pub next_try_at: Option<DateTime<Utc>>,
    /// The server asked for patience until then.
    pub retry_after_until: Option<DateTime<Utc>>,
    /// Since when a bad certificate has been the only thing that failed.
    pub bad_certificate_since: Option<DateTime<Utc>>,
    /// What the operator was told of this episode.
    pub told: Vec<String>,
}

/// A page too implausible to believe at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Why.
    pub reason: String,
    /// Where it came from.
    pub url: String,
    /// SHA-256 of the stored page.
    pub sha256: String,
    /// Its file below evidence/.
    pub file: Option<String>,
}

/// A hold that is still open.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenHold {
    /// Row id.
    pub hold_id: i64,
    /// Since when.
    pub held_at: DateTime<Utc>,
    /// When the page that is held now was first seen so.
    pub seen_at: DateTime<Utc>,
    /// What is held.
    pub held: Held,
    /// A person ordered its release.
    pub ordered_at: Option<DateTime<Utc>>,
}

/// A page a list linked to, as remembered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ActivityRead {
    /// The address in whatever host or spelling it comes: the key, with the source.
    pub canonical: String,
    /// As linked.
    pub url: String,
    /// Parliament's id.
    pub content_id: Option<u64>,
    /// First linked.
    pub linked_at: Option<DateTime<Utc>>,
    /// Linked already at the first poll: silent whenever it is read.
    pub baseline: bool,
    /// None while it has not been read.
    pub read_at: Option<DateTime<Utc>>,
    /// Validator.
    pub etag: Option<String>,
    /// Validator.
    pub last_modified: Option<String>,
    /// SHA-256 of the page.
    pub body_sha256: Option<String>,
    /// The day in its heading.
    pub held_on: Option<NaiveDate>,
    /// Printed in.
    pub language: Option<Language>,
    /// Failed readings in a row.
    pub tries: u32,
    /// Why the last one failed.
    pub failure: Option<String>,
}

const COLUMNS: &str = "name, kind, url, etag, last_modified, reader, body_sha256, rows, agreements, doubtful, last_good_at, last_full_at, \
                       recent_rows, failures, failing_since, failure, baseline_at, robots, robots_at, next_try_at, retry_after_until, told, quick_tries, \
                       bad_certificate_since";

fn state_of(row: &Row<'_>) -> rusqlite::Result<SourceState> {
    Ok(SourceState {
        name: row.get(0)?,
        kind: row.get(1)?,
        url: row.get(2)?,
        etag: row.get(3)?,
        last_modified: row.get(4)?,
        reader: row.get(5)?,
        body_sha256: row.get(6)?,
        rows: whole_in(row, 7)?,
        agreements: whole_in(row, 8)?,
        doubtful: whole_in(row, 9)?,
        last_good_at: instant_at(row, 10)?,
        last_full_at: instant_at(row, 11)?,
        recent_rows: json_at(row, 12)?.unwrap_or_default(),
        failures: row.get(13)?,
        failing_since: instant_at(row, 14)?,
        failure: row.get(15)?,
        baseline_at: instant_at(row, 16)?,
        robots: row.get(17)?,
        robots_at: instant_at(row, 18)?,
        next_try_at: instant_at(row, 19)?,
        retry_after_until: instant_at(row, 20)?,
        told: json_at(row, 21)?.unwrap_or_default(),
        quick_tries: row.get(22)?,
        bad_certificate_since: instant_at(row, 23)?,
    })
}

impl History {
    /// What is remembered of a source; of one never polled, only its name.
    pub fn source(&self, name: &str) -> Result<SourceState> {
        let found = load(&self.connection, name)?;
        Ok(found.unwrap_or_else(|| SourceState { name: name.to_owned(), ..SourceState::default() }))
    }

    /// Every source ever polled, by name.
    pub fn sources(&self) -> Result<Vec<SourceState>> {
        let mut all = self.connection.prepare_cached(&format!("SELECT {COLUMNS} FROM source ORDER BY name"))?;
        Ok(all.query_map([], state_of)?.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether a row of this source's list is missing, and its absence not proved yet.
    pub fn any_missing(&self, source: &str) -> Result<bool> {
        let mut any = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM presence WHERE source = ?1 AND present = 1 AND missing_polls > 0)
                 OR EXISTS (SELECT 1 FROM link WHERE source = ?1 AND gone_at IS NULL AND missing_polls > 0)",
        )?;
        Ok(any.query_row([source], |row| row.get(0))?)
    }

    /// Remembers what the operators were told of a source.
    pub fn tell(&mut self, source: &str, told: &[String]) -> Result<()> {
        self.file.still_there()?;
        self.connection.prepare_cached("UPDATE source SET told = ?2 WHERE name = ?1")?.execute(params![source, json(&told)])?;
        Ok(())
    }

    /// Mentions and rows that were found to be bills already known: the bill, and why; oldest first.
    pub fn merges(&self) -> Result<Vec<(i64, String)>> {
        let mut all = self.connection.prepare_cached("SELECT bill_id, note FROM merge ORDER BY merge_id")?;
        Ok(all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
    }

    /// The page of a source that is held, if one is.
    pub fn hold(&self, source: &str) -> Result<Option<OpenHold>> {
        let mut open = self.connection.prepare_cached(
            "SELECT h.hold_id, h.held_at, h.reason, h.url, h.sha256, h.file, h.ordered_at, coalesce(p.started_at, h.held_at)
               FROM hold h LEFT JOIN poll p USING (poll_id) WHERE h.source = ?1 AND h.closed_at IS NULL ORDER BY h.hold_id DESC",
        )?;
        let hold = |row: &Row<'_>| {
            Ok(OpenHold {
                hold_id: row.get(0)?,
                held_at: instant_in(row, 1)?,
                held: Held { reason: row.get(2)?, url: row.get(3)?, sha256: row.get(4)?, file: row.get(5)? },
                ordered_at: instant_at(row, 6)?,
                seen_at: instant_in(row, 7)?,
            })
        };
        Ok(open.query_row([source], hold).optional()?)
    }

    /// Since when a source's last hold had lasted, where it was closed by these words since a moment.
    pub fn hold_ended(&self, source: &str, closed_by: &str, since: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
        let mut last = self.connection.prepare_cached(
            "SELECT held_at FROM (SELECT held_at, closed_at, closed_by FROM hold WHERE source = ?1 ORDER BY hold_id DESC LIMIT 1)
              WHERE closed_by = ?2 AND closed_at >= ?3",
        )?;
        Ok(last.query_row(params![source, closed_by, instant(since)], |row| instant_in(row, 0)).optional()?)
    }

    /// Leaves the order to release what is held (of one source, or of all) to whoever polls next. Answers with the sources it concerns.
    pub fn order_release(&mut self, source: Option<&str>, now: DateTime<Utc>) -> Result<Vec<String>> {
        self.file.still_there()?;
        let mut order = self.connection.prepare_cached(
            "UPDATE hold SET ordered_at = coalesce(ordered_at, ?2) WHERE closed_at IS NULL AND (?1 IS NULL OR source = ?1) RETURNING source",
        )?;
        Ok(order.query_map(params![source, instant(now)], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    /// The pages a source's lists linked to, in the order they were first linked.
    pub fn activities(&self, source: &str) -> Result<Vec<ActivityRead>> {
        let mut all = self.connection.prepare_cached(
            "SELECT canonical, url, content_id, linked_at, baseline, read_at, etag, last_modified, body_sha256, held_on, language, tries, failure
               FROM activity WHERE source = ?1 ORDER BY activity_id",
        )?;
        let read = |row: &Row<'_>| {
            Ok(ActivityRead {
                canonical: row.get(0)?,
                url: row.get(1)?,
                content_id: whole_at(row, 2)?,
                linked_at: instant_at(row, 3)?,
                baseline: row.get(4)?,
                read_at: instant_at(row, 5)?,
                etag: row.get(6)?,
                last_modified: row.get(7)?,
                body_sha256: row.get(8)?,
                held_on: day_at(row, 9)?,
                language: word_at(row, 10)?,
                tries: row.get(11)?,
                failure: row.get(12)?,
            })
        };
        Ok(all.query_map([source], read)?.collect::<rusqlite::Result<_>>()?)
    }
}

pub(super) fn load(connection: &Connection, name: &str) -> Result<Option<SourceState>> {
    let mut one = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM source WHERE name = ?1"))?;
    Ok(one.query_row([name], state_of).optional()?)
}

pub(super) fn store(connection: &Connection, state: &SourceState) -> Result<()> {
    let mut put = connection.prepare_cached(&format!(
        "INSERT OR REPLACE INTO source ({COLUMNS})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)"
    ))?;
    put.execute(params![
        state.name,
        state.kind,
        state.url,
        state.etag,
        state.last_modified,
        state.reader,
        state.body_sha256,
        whole(state.rows),
        whole(state.agreements),
        whole(state.doubtful),
        state.last_good_at.map(instant),
        state.last_full_at.map(instant),
        json(&state.recent_rows),
        state.failures,
        state.failing_since.map(instant),
        state.failure,
        state.baseline_at.map(instant),
        state.robots,
        state.robots_at.map(instant),
        state.next_try_at.map(instant),
        state.retry_after_until.map(instant),
        json(&state.told),
        state.quick_tries,
        state.bad_certificate_since.map(instant),
    ])?;
    Ok(())
}

pub(super) fn store_activity(connection: &Connection, source: &str, read: &ActivityRead, now: DateTime<Utc>) -> Result<()> {
    let mut put = connection.prepare_cached(
        "INSERT INTO activity (source, canonical, url, content_id, linked_at, baseline, read_at, etag, last_modified, body_sha256, held_on,
                               language, tries, failure)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
         ON CONFLICT (source, canonical) DO UPDATE SET
           url = excluded.url, content_id = coalesce(excluded.content_id, content_id), read_at = excluded.read_at, etag = excluded.etag,
           last_modified = excluded.last_modified, body_sha256 = excluded.body_sha256, held_on = excluded.held_on,
           language = excluded.language, tries = excluded.tries, failure = excluded.failure",
    )?;
    put.execute(params![
        source,
        read.canonical,
        read.url,
        read.content_id.map(whole),
        instant(read.linked_at.unwrap_or(now)),
        read.baseline,
        read.read_at.map(instant),
        read.etag,
        read.last_modified,
        read.body_sha256,
        read.held_on.map(|d| d.to_string()),
        read.language.map(Language::as_str),
        read.tries,
        read.failure,
    ])?;
    Ok(())
}
