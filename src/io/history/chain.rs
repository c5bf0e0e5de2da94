//! The log of changes: append-only, each row sealed by a hash over the row before it and itself. docs/history.md tells anyone how to check.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use super::{History, Result};

/// What a row of the log is sealed over, in the order of the recipe.
pub(super) struct Entry<'a> {
    pub(super) seen_at: &'a str,
    pub(super) bill_id: i64,
    pub(super) act_number: Option<&'a str>,
    pub(super) title: &'a str,
    pub(super) kind: &'a str,
    pub(super) field: Option<&'a str>,
    pub(super) before: Option<&'a str>,
    pub(super) after: Option<&'a str>,
    pub(super) source: Option<&'a str>,
    pub(super) poll_id: Option<i64>,
    pub(super) silent: bool,
}

/// The last row of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) change_id: i64,
    pub(super) hash: String,
}

impl Head {
    pub(super) fn of(connection: &Connection) -> Result<Head> {
        let mut last = connection.prepare_cached("SELECT change_id, hash FROM change ORDER BY change_id DESC LIMIT 1")?;
        let head = last.query_row([], |row| Ok(Head { change_id: row.get(0)?, hash: row.get(1)? })).optional()?;
        Ok(head.unwrap_or(Head { change_id: 0, hash: String::new() }))
    }

    /// The head after one more row.
    pub(super) fn next(&self, entry: &Entry<'_>) -> Head {
        let change_id = self.change_id + 1;
        let number = |n: i64| Some(n.to_string());
        let text = |t: &str| Some(t.to_owned());
        let columns = [
            number(change_id),
            text(entry.seen_at),
            number(entry.bill_id),
            entry.act_number.and_then(text),
            text(entry.title),
            text(entry.kind),
            entry.field.and_then(text),
            entry.before.and_then(text),
            entry.after.and_then(text),
            entry.source.and_then(text),
            entry.poll_id.and_then(number),
            number(i64::from(entry.silent)),
        ];
        let mut sealed = Sha256::new();
        sealed.update(self.hash.as_bytes());
        sealed.update(b"\n");
        for column in columns {
            match column {
                None => sealed.update(b"-\n"),
                Some(value) => sealed.update(format!("{}:{value}\n", value.len()).as_bytes()),
            }
        }
        let hash = sealed.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Head { change_id, hash }
    }

    /// Writes a row and moves on to it.
    pub(super) fn append(&mut self, connection: &Connection, entry: &Entry<'_>, title_latin: &str) -> Result<i64> {
        let next = self.next(entry);
        let mut put = connection.prepare_cached(
            "INSERT INTO change (change_id, seen_at, bill_id, act_number, title, title_latin, kind, field, before, after, source, poll_id,
                                 silent, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?;
        put.execute(params![
            next.change_id,
            entry.seen_at,
            entry.bill_id,
            entry.act_number,
            entry.title,
            title_latin,
            entry.kind,
            entry.field,
            entry.before,
            entry.after,
            entry.source,
            entry.poll_id,
            entry.silent,
            next.hash,
        ])?;
        *self = next;
        Ok(self.change_id)
    }
}

impl History {
    /// The last row of the log and its hash; 0 and an empty hash where there is none.
    pub fn head(&self) -> Result<(i64, String)> {
        let head = Head::of(&self.connection)?;
        Ok((head.change_id, head.hash))
    }

    /// The hash of a row of the log; empty for row 0, none where there is no such row.
    pub fn hash_of(&self, change_id: i64) -> Result<Option<String>> {
        if change_id == 0 {
            return Ok(Some(String::new()));
        }
        let mut one = self.connection.prepare_cached("SELECT hash FROM change WHERE change_id = ?1")?;
        Ok(one.query_row([change_id], |row| row.get(0)).optional()?)
    }

    /// Computes every hash again. Answers with the first row that does not fit, if one does not.
    pub fn broken_link(&self) -> Result<Option<i64>> {
        let mut all = self.connection.prepare(
            "SELECT change_id, seen_at, bill_id, act_number, title, kind, field, before, after, source, poll_id, silent, hash
               FROM change ORDER BY change_id",
        )?;
        let mut rows = all.query([])?;
        let mut head = Head { change_id: 0, hash: String::new() };
        while let Some(row) = rows.next()? {
            let next = sealed_again(&head, row)?;
            let stored = Head { change_id: row.get(0)?, hash: row.get(12)? };
            if next != stored {
                return Ok(Some(stored.change_id));
            }
            head = next;
        }
        Ok(None)
    }
}

fn sealed_again(head: &Head, row: &Row<'_>) -> rusqlite::Result<Head> {
    let text = |column: usize| row.get::<_, Option<String>>(column);
    let (seen_at, title, kind): (String, String, String) = (row.get(1)?, row.get(4)?, row.get(5)?);
    let (act_number, field, before, after, source) = (text(3)?, text(6)?, text(7)?, text(8)?, text(9)?);
    Ok(head.next(&Entry {
        seen_at: &seen_at,
        bill_id: row.get(2)?,
        act_number: act_number.as_deref(),
        title: &title,
        kind: &kind,
        field: field.as_deref(),
        before: before.as_deref(),
        after: after.as_deref(),
        source: source.as_deref(),
        poll_id: row.get(10)?,
        silent: row.get(11)?,
    }))
}
