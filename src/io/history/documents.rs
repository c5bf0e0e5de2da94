//! Linked documents: which are to be fetched, and what came of it. One transaction a document.
//!
//! Never fetches, never reads a document, never decides what is a change.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::chain::Head;
use super::fact::{self, Proof};
use super::search::Indexer;
use super::value::{instant, instant_at, json, json_at, whole, whole_in, word_at};
use super::{History, Result};
use crate::domain::change::{BillRef, Change, Kind};
use crate::domain::document::{Difference, Signing, State};

/// A linked document that is due.
#[derive(Debug, Clone, PartialEq)]
pub struct Errand {
    /// The link's row.
    pub link_id: i64,
    /// Whose.
    pub bill_id: i64,
    /// Where, as linked.
    pub url: String,
    /// Failed tries in a row.
    pub tries: u32,
    /// Since when.
    pub failing_since: Option<DateTime<Utc>>,
    /// The newest version, without its text.
    pub last: Option<Version>,
}

/// A version as remembered.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Row id.
    pub document_id: i64,
    /// What became of it.
    pub state: State,
    /// None where there were no bytes.
    pub sha256: Option<String>,
    /// It has a text.
    pub has_text: bool,
    /// Some of its pages have none, and nobody has looked at them as pictures yet.
    pub has_pictures: bool,
    /// Words of it were recognised in pictures.
    pub recognised: bool,
}

/// Which documents are asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Due {
    /// Never tried ones of bills that have a change to tell since then.
    Told(DateTime<Utc>),
    /// All whose hour has come: never tried, failed, or to be looked at again. `all_live`: those of live bills whatever the hour.
    /// `unread`: also those kept unread, for the program that reads them is here now.
    Hour {
        /// Now.
        now: DateTime<Utc>,
        /// No hour is set later than this: one that is was set by a clock that was ahead, and has come.
        latest: DateTime<Utc>,
        /// `--full`.
        all_live: bool,
        /// The tool is here.
        unread: bool,
        /// Also never tried ones of bills that nobody is told of: what stood there before us.
        silent: bool,
    },
}

/// A version to write down.
#[derive(Debug, Clone, PartialEq)]
pub struct NewVersion {
    /// What became of it.
    pub state: State,
    /// None where there were no bytes.
    pub sha256: Option<String>,
    /// How many.
    pub bytes: Option<usize>,
    /// Its file below evidence/.
    pub file: Option<String>,
    /// Its text.
    pub text: Option<String>,
    /// SHA-256 of the text.
    pub text_sha256: Option<String>,
    /// The program that read it.
    pub read_by: Option<String>,
    /// Why there is no text.
    pub note: Option<String>,
    /// What it says of the signing.
    pub signing: Option<Signing>,
    /// What it says otherwise than the version before, where both could be read.
    pub difference: Option<Difference>,
    /// The same bytes as this row, which could not be read then: it is filled in.
    pub instead_of: Option<i64>,
}

/// What came of one errand.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// The link's row.
    pub link_id: i64,
    /// Whose.
    pub bill_id: i64,
    /// Where, as linked.
    pub url: String,
    /// When.
    pub at: DateTime<Utc>,
    /// When again.
    pub next_at: DateTime<Utc>,
    /// Failed tries in a row, this one with them.
    pub tries: u32,
    /// Since when.
    pub failing_since: Option<DateTime<Utc>>,
    /// Why this one failed.
    pub failure: Option<String>,
    /// A version not stored yet.
    pub version: Option<NewVersion>,
    /// What is to be told of it: kind, before, after; the field is the address.
    pub change: Option<(Kind, Option<String>, Option<String>)>,
    /// The change is one only if no earlier row told of this document.
    pub unless_told: bool,
}

/// A replaced document.
#[derive(Debug, Clone, PartialEq)]
pub struct Replacement {
    /// When it was seen.
    pub seen_at: DateTime<Utc>,
    /// The document.
    pub url: String,
    /// SHA-256 of the version before.
    pub before: String,
    /// And of the one after it.
    pub after: String,
    /// What the one after it says otherwise; none where one of them could not be read.
    pub difference: Option<Difference>,
}

impl History {
    /// Documents of agreements that are due, never fetched ones first, those of the newest bills before others; at most `limit`.
    pub fn documents_due(&self, due: Due, limit: usize) -> Result<Vec<Errand>> {
        const DUE: &str = "
            SELECT l.link_id, l.bill_id, l.url, coalesce(e.tries, 0), e.failing_since, d.document_id, d.state, d.sha256,
               d.text IS NOT NULL, coalesce(d.state = 'text' AND d.note IS NOT NULL AND d.read_by NOT LIKE '%tesseract%', 0),
               coalesce(d.read_by LIKE '%tesseract%', 0)
              FROM link l JOIN bill b ON b.bill_id = l.bill_id LEFT JOIN errand e ON e.link_id = l.link_id
              LEFT JOIN document d ON d.document_id = (SELECT max(v.document_id) FROM document v WHERE v.link_id = l.link_id)
             WHERE b.verdict IN ('agreement', 'doubtful') AND l.gone_at IS NULL AND ";
        const ORDER: &str = " ORDER BY d.document_id IS NOT NULL, b.first_seen_at DESC, b.bill_id DESC, l.link_id LIMIT ?1";
        match due {
            Due::Told(since) => {
                let sql = format!(
                    "{DUE} e.link_id IS NULL AND d.document_id IS NULL
                       AND l.bill_id IN (SELECT bill_id FROM change WHERE silent = 0 AND seen_at >= ?2) {ORDER}"
                );
                self.errands(&sql, params![whole(limit), instant(since)])
            }
            Due::Hour { now, latest, all_live, unread, silent } => {
                // Which links can be due at all is asked first: without it every bill ever seen would be read. CROSS JOIN: the few changes
                // that were told lead, not the many links.
                let sql = format!(
                    "{DUE} l.link_id IN (SELECT link_id FROM link WHERE ?3 OR ?5
                                         UNION SELECT t.link_id FROM change c CROSS JOIN link t ON t.bill_id = c.bill_id WHERE c.silent = 0
                                         UNION SELECT link_id FROM errand WHERE next_at <= ?2 OR next_at > ?6
                                         UNION SELECT link_id FROM document WHERE ?4 AND state = 'unread')
                       AND (e.link_id IS NULL AND (?5 OR EXISTS (SELECT 1 FROM change c WHERE c.bill_id = l.bill_id AND c.silent = 0))
                         OR (?4 AND d.state = 'unread')
                         OR (d.document_id IS NULL OR b.stage NOT IN ('adopted', 'delisted')) AND (e.next_at <= ?2 OR e.next_at > ?6 OR ?3)) {ORDER}"
                );
                self.errands(&sql, params![whole(limit), instant(now), all_live, unread, silent, instant(latest)])
            }
        }
    }

    fn errands(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<Errand>> {
        let errand = |row: &Row<'_>| {
            let state: Option<State> = word_at(row, 6)?;
            let (document_id, sha256): (Option<i64>, Option<String>) = (row.get(5)?, row.get(7)?);
            let (has_text, has_pictures, recognised) = (row.get(8)?, row.get(9)?, row.get(10)?);
            let last = document_id.zip(state).map(|(document_id, state)| Version {
                document_id,
                state,
                sha256,
                has_text,
                has_pictures,
                recognised,
            });
            let (link_id, bill_id, url) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Errand { link_id, bill_id, url, tries: whole_in(row, 3)?, failing_since: instant_at(row, 4)?, last })
        };
        let mut all = self.connection.prepare_cached(sql)?;
        Ok(all.query_map(values, errand)?.collect::<rusqlite::Result<_>>()?)
    }

    /// A version's text, where it has one.
    pub fn document_text(&self, document_id: i64) -> Result<Option<String>> {
        let mut one = self.connection.prepare_cached("SELECT text FROM document WHERE document_id = ?1")?;
        Ok(one.query_row([document_id], |row| row.get(0)).optional()?.flatten())
    }

    /// Writes down what came of an errand, all of it or nothing.
    pub fn record_document(&mut self, visit: &Visit) -> Result<()> {
        self.file.still_there()?;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        record(&transaction, visit)?;
        self.file.still_there()?;
        transaction.commit()?;
        Ok(())
    }

    /// Every replacement of a bill's documents, oldest first.
    pub fn replacements(&self, bill_id: i64) -> Result<Vec<Replacement>> {
        let mut all = self.connection.prepare_cached(
            "SELECT seen_at, field, before, after FROM change WHERE bill_id = ?1 AND kind = 'document_replaced' ORDER BY change_id",
        )?;
        let told = |row: &Row<'_>| {
            let seen_at = instant_at(row, 0)?.unwrap_or_default();
            let text = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(column)?.unwrap_or_default());
            Ok(Replacement { seen_at, url: text(1)?, before: text(2)?, after: text(3)?, difference: None })
        };
        let mut found: Vec<Replacement> = all.query_map([bill_id], told)?.collect::<rusqlite::Result<_>>()?;
        for one in &mut found {
            one.difference = self.difference_of(bill_id, &one.after, one.seen_at)?;
        }
        Ok(found)
    }

    /// What a version of one of a bill's documents, fetched then, says otherwise than the one before it: the same bytes may have come twice.
    pub(super) fn difference_of(&self, bill_id: i64, sha256: &str, seen_at: DateTime<Utc>) -> Result<Option<Difference>> {
        let mut one = self.connection.prepare_cached(
            "SELECT d.difference FROM document d JOIN link l ON l.link_id = d.link_id
              WHERE l.bill_id = ?1 AND d.sha256 = ?2 ORDER BY d.fetched_at = ?3 DESC, d.document_id DESC LIMIT 1",
        )?;
        Ok(one.query_row(params![bill_id, sha256, instant(seen_at)], |row| json_at(row, 0)).optional()?.flatten())
    }
}

fn record(transaction: &Transaction<'_>, visit: &Visit) -> Result<()> {
    let at = instant(visit.at);
    transaction
        .prepare_cached(
            "INSERT INTO errand (link_id, tried_at, next_at, tries, failing_since, failure) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (link_id) DO UPDATE SET tried_at = excluded.tried_at, next_at = excluded.next_at, tries = excluded.tries,
               failing_since = excluded.failing_since, failure = excluded.failure",
        )?
        .execute(params![visit.link_id, at, instant(visit.next_at), visit.tries, visit.failing_since.map(instant), visit.failure])?;
    if let Some(version) = &visit.version {
        store(transaction, visit, version, &at)?;
        // A document that was not there, or holds no text, leaves the index as it is: where a baseline's are asked for, that is most of the work.
        if version.signing.is_none() && !has_text(transaction, visit.bill_id)? {
            return tell(transaction, visit, &at);
        }
        let mut indexer = Indexer::default();
        indexer.index(transaction, visit.bill_id)?;
        indexer.finish(transaction, BTreeSet::from([visit.bill_id]).len())?;
    }
    tell(transaction, visit, &at)
}

/// Whether any version of any of the bill's documents was ever read.
fn has_text(transaction: &Transaction<'_>, bill_id: i64) -> Result<bool> {
    let read = "SELECT 1 FROM document d JOIN link l ON l.link_id = d.link_id WHERE l.bill_id = ?1 AND d.text IS NOT NULL LIMIT 1";
    Ok(transaction.prepare_cached(read)?.exists([bill_id])?)
}

fn store(transaction: &Transaction<'_>, visit: &Visit, version: &NewVersion, at: &str) -> Result<()> {
    let NewVersion { state, sha256, bytes, file, text, text_sha256, read_by, note, signing, difference, instead_of } = version;
    transaction
        .prepare_cached(
            "INSERT INTO document (document_id, link_id, state, sha256, bytes, fetched_at, file, text, text_sha256, read_by, note, difference)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
             ON CONFLICT (document_id) DO UPDATE SET
               state = excluded.state, text = excluded.text, text_sha256 = excluded.text_sha256, read_by = excluded.read_by,
               note = excluded.note, file = coalesce(file, excluded.file)",
        )?
        .execute(params![
            instead_of,
            visit.link_id,
            state.as_str(),
            sha256,
            bytes.map(whole::<usize>),
            at,
            file,
            text,
            text_sha256,
            read_by,
            note,
            difference.as_ref().map(json)
        ])?;
    match signing {
        Some(signing) => signed(transaction, visit, signing, at),
        None => Ok(()),
    }
}

/// What the newest version says of the signing stands; what an older version of the same document said goes.
fn signed(transaction: &Transaction<'_>, visit: &Visit, signing: &Signing, at: &str) -> Result<()> {
    transaction.prepare_cached("DELETE FROM signature WHERE bill_id = ?1 AND url = ?2")?.execute(params![visit.bill_id, visit.url])?;
    let proof = Proof { sentence: &signing.sentence, url: &visit.url, page: signing.page };
    for signature in signing.article.signed.iter().filter(|s| s.on.is_some() || s.at.is_some()) {
        fact::sign(transaction, visit.bill_id, signature, &proof, at)?;
    }
    if !signing.article.languages.is_empty() {
        transaction
            .prepare_cached("UPDATE bill SET languages = ?2 WHERE bill_id = ?1")?
            .execute(params![visit.bill_id, json(&signing.article.languages)])?;
    }
    let mut put = transaction.prepare_cached(
        "INSERT INTO party (bill_id, position, ours, name, country, level, evidence)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE ?8 OR NOT EXISTS (SELECT 1 FROM party WHERE bill_id = ?1)",
    )?;
    // A title that names no parties leaves them to Article 1.
    let mut none_before = false;
    for (position, party) in (1_i64..).zip(&signing.article.parties) {
        let level = party.level.as_str();
        let put =
            put.execute(params![visit.bill_id, position, party.ours, party.name, party.country, level, signing.sentence, none_before])?;
        if put == 0 {
            break;
        }
        none_before = true;
    }
    Ok(())
}

/// A document of a bill that was only ever seen in silence is told of in silence.
fn tell(transaction: &Transaction<'_>, visit: &Visit, at: &str) -> Result<()> {
    let Some((kind, before, after)) = &visit.change else { return Ok(()) };
    let told = "SELECT EXISTS (SELECT 1 FROM change WHERE bill_id = ?1 AND kind = 'document_added' AND after = ?2)";
    if visit.unless_told && transaction.prepare_cached(told)?.query_row(params![visit.bill_id, visit.url], |row| row.get(0))? {
        return Ok(());
    }
    let silent = "SELECT NOT EXISTS (SELECT 1 FROM change WHERE bill_id = ?1 AND silent = 0)";
    let first = *kind == Kind::DocumentAdded && visit.unless_told;
    let silent: bool = first && transaction.prepare_cached(silent)?.query_row([visit.bill_id], |row| row.get(0))?;
    let field = (*kind == Kind::DocumentReplaced).then(|| visit.url.clone());
    let change = Change { bill: BillRef::Known(visit.bill_id), kind: *kind, field, before: before.clone(), after: after.clone(), silent };
    let mut head = Head::of(transaction)?;
    fact::log(transaction, &mut head, visit.bill_id, &change, at, Some(("documents", None)), silent)?;
    Ok(())
}
