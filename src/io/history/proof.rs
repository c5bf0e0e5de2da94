//! What proves a bill: the pages and documents it was seen on, and the log of changes with its chain.

use chrono::{DateTime, Utc};
use rusqlite::params;
use serde::{Deserialize, Serialize};

use super::chain::{Entry, Head};
use super::value::instant;
use super::{History, Result};

/// A page or a document that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exhibited {
    /// `page` or `document`.
    pub what: String,
    /// Where it was.
    pub url: String,
    /// When it was fetched: RFC 3339, UTC.
    pub fetched_at: String,
    /// Of its bytes, hex.
    pub sha256: String,
    /// How many.
    pub bytes: Option<i64>,
    /// Its file below evidence/; none where it could not be kept.
    pub file: Option<String>,
}

/// A row of the log of changes, as it is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct LogRow {
    pub change_id: i64,
    pub seen_at: String,
    pub bill_id: i64,
    pub act_number: Option<String>,
    pub title: String,
    pub kind: String,
    pub field: Option<String>,
    pub before: Option<String>,
    pub after: Option<String>,
    pub source: Option<String>,
    pub poll_id: Option<i64>,
    pub silent: bool,
    pub hash: String,
}

/// Follows a log from its first row, and says where it breaks.
pub struct Follower(Head);

impl Default for Follower {
    fn default() -> Self {
        Follower(Head { change_id: 0, hash: String::new() })
    }
}

impl Follower {
    /// Whether this is the next row, sealed as it should be.
    pub fn fits(&mut self, row: &LogRow) -> bool {
        let next = self.0.next(&Entry {
            seen_at: &row.seen_at,
            bill_id: row.bill_id,
            act_number: row.act_number.as_deref(),
            title: &row.title,
            kind: &row.kind,
            field: row.field.as_deref(),
            before: row.before.as_deref(),
            after: row.after.as_deref(),
            source: row.source.as_deref(),
            poll_id: row.poll_id,
            silent: row.silent,
        });
        let fits = next.change_id == row.change_id && next.hash == row.hash;
        self.0 = next;
        fits
    }

    /// The last row: its number and hash.
    pub fn head(&self) -> (i64, &str) {
        (self.0.change_id, &self.0.hash)
    }
}

/// Every poll that told of the bill: what first showed it, and what its changes came from.
const PAGES: &str = "WITH told (poll_id) AS (
      SELECT first_poll_id FROM bill WHERE bill_id = ?1
      UNION SELECT first_poll_id FROM presence WHERE bill_id = ?1
      UNION SELECT first_poll_id FROM item WHERE bill_id = ?1
      UNION SELECT last_poll_id FROM item WHERE bill_id = ?1
      UNION SELECT poll_id FROM merge WHERE bill_id = ?1
      UNION SELECT poll_id FROM change WHERE bill_id = ?1
      UNION SELECT h.poll_id FROM hold h JOIN item i ON i.url = h.url WHERE i.bill_id = ?1)
    SELECT DISTINCT 'page', s.url, s.fetched_at, s.sha256, s.bytes, s.file FROM snapshot s JOIN told USING (poll_id)
     ORDER BY s.fetched_at, s.url, s.sha256";
const DOCUMENTS: &str = "SELECT 'document', l.url, v.fetched_at, v.sha256, v.bytes, v.file
      FROM document v JOIN link l USING (link_id) WHERE l.bill_id = ?1 AND v.sha256 IS NOT NULL ORDER BY v.document_id";

impl History {
    /// Whether an archived page was recorded before.
    pub fn is_imported(&self, sha256: &str, captured_at: DateTime<Utc>) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM snapshot s JOIN poll p USING (poll_id)
                                   WHERE p.seen_by = 'import' AND s.sha256 = ?1 AND s.fetched_at = ?2)";
        Ok(self.connection.query_row(sql, params![sha256, instant(captured_at)], |row| row.get(0))?)
    }

    /// The pages and documents that prove a bill, pages first, oldest first.
    pub fn exhibits(&self, bill_id: i64) -> Result<Vec<Exhibited>> {
        let mut found = Vec::new();
        for sql in [PAGES, DOCUMENTS] {
            let mut all = self.connection.prepare(sql)?;
            let rows = all.query_map(params![bill_id], |row| {
                Ok(Exhibited {
                    what: row.get(0)?,
                    url: row.get(1)?,
                    fetched_at: row.get(2)?,
                    sha256: row.get(3)?,
                    bytes: row.get(4)?,
                    file: row.get(5)?,
                })
            })?;
            found.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
        }
        Ok(found)
    }

    /// The whole log, oldest first: only from its first row on can its chain be followed.
    pub fn log(&self, mut each: impl FnMut(LogRow)) -> Result<()> {
        let sql = "SELECT change_id, seen_at, bill_id, act_number, title, kind, field, before, after, source, poll_id, silent, hash
                     FROM change ORDER BY change_id";
        self.each(sql, |row| {
            each(LogRow {
                change_id: row.get(0)?,
                seen_at: row.get(1)?,
                bill_id: row.get(2)?,
                act_number: row.get(3)?,
                title: row.get(4)?,
                kind: row.get(5)?,
                field: row.get(6)?,
                before: row.get(7)?,
                after: row.get(8)?,
                source: row.get(9)?,
                poll_id: row.get(10)?,
                silent: row.get(11)?,
                hash: row.get(12)?,
            });
            Ok(())
        })
    }
}
