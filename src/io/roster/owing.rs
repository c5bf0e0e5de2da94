//! Changes become owed letters: editions, letters and the cursor in one transaction, one subscriber in memory at a time.
//!
//! Never decides who wants what: the dispatcher says whom to owe which edition.

use std::collections::HashMap;
use std::rc::Rc;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};

use super::value::{instant, instant_at, instant_in, json};
use super::{Cursor, Result, Roster, RosterError, read_cursor};
use crate::domain::address::EmailAddress;
use crate::domain::letter::Edition;
use crate::domain::subscriber::{Confirmed, Every, Preferences};
use crate::io::database::File;

/// An edition to be owed.
#[derive(Debug)]
pub struct NewEdition<'a> {
    /// What it tells of, by names that survive a restored history (act number or title key, kind, the day; never a row id): the same key is
    /// the same edition, is owed to nobody twice, and gives the same Message-IDs.
    pub key: &'a str,
    /// What ties the letters of one bill together; none for letters about several.
    pub thread: Option<&'a str>,
    /// What it tells.
    pub facts: &'a Edition,
    /// The changes it tells of.
    pub change_ids: &'a [i64],
    /// Right of the @ in Message-IDs.
    pub sender_domain: &'a str,
}

/// Somebody who gets letters.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// Row id.
    pub id: i64,
    /// What they chose; shared with the neighbour who chose the same.
    pub preferences: Rc<Preferences>,
    /// What was seen, and told, before is not for them.
    pub confirmed: Confirmed,
}

/// The transaction. Dropped without `finish`, nothing was owed.
pub struct Owing<'a> {
    tx: Transaction<'a>,
    file: &'a File,
    now: DateTime<Utc>,
}

/// When a subscriber's time-outs are over, letters go again: the state is read as if it were resumed already.
const LISTENING: &str = "(state = 'confirmed' OR (state = 'paused' AND paused_until <= ?1))";

/// Whoever confirmed after an hour gets nothing at it, but at the next one. A confirmation ahead of now is by a clock that was set back since.
const SINCE_BEFORE: &str = "(?3 IS NULL OR confirmed_at < ?3 OR confirmed_at > ?1)";

impl Roster {
    /// Begins to owe. Others may read meanwhile, and wait with writing.
    pub fn owing(&mut self, now: DateTime<Utc>) -> Result<Owing<'_>> {
        self.file.still_there()?;
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        Ok(Owing { tx, file: &self.file, now })
    }
}

impl Owing<'_> {
    /// How far the log of changes was told; none before the first time.
    pub fn cursor(&self) -> Result<Option<Cursor>> {
        read_cursor(&self.tx)
    }

    /// What follows this change is news to everyone who has confirmed: to be called when the log is told to its end for the first time.
    pub fn listen_after(&self, change_id: i64) -> Result<()> {
        self.tx.execute("UPDATE subscriber SET confirmed_after = ?1 WHERE confirmed_at IS NOT NULL", [change_id])?;
        Ok(())
    }

    /// The edition's id; made where there is none with its key.
    pub fn edition(&self, edition: &NewEdition<'_>) -> Result<i64> {
        add_edition(&self.tx, edition)
    }

    /// Everyone who gets letters now, in the order they came.
    pub fn for_each_confirmed<E: From<RosterError>>(
        &self,
        mut tell: impl FnMut(&Recipient) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let sql = format!(
            "SELECT subscriber_id, preferences, confirmed_at, confirmed_after FROM subscriber WHERE {LISTENING} ORDER BY subscriber_id"
        );
        let mut statement = self.tx.prepare_cached(&sql).map_err(RosterError::from)?;
        let mut rows = statement.query([instant(self.now)]).map_err(RosterError::from)?;
        let mut read = PreferencesReader::default();
        while let Some(row) = rows.next().map_err(RosterError::from)? {
            let recipient = read.recipient(row).map_err(RosterError::from)?;
            tell(&recipient)?;
        }
        Ok(())
    }

    /// Owes an edition to a subscriber, once. Answers whether it is owed by this call.
    pub fn owe(&self, edition_id: i64, subscriber_id: i64) -> Result<bool> {
        add_letter(&self.tx, edition_id, subscriber_id, self.now)
    }

    /// Owes an edition to an operator, once.
    pub fn owe_operator(&self, edition_id: i64, address: &EmailAddress) -> Result<bool> {
        let sql = "INSERT INTO letter (edition_id, operator, owed_at, due_at) VALUES (?1, ?2, ?3, ?3) ON CONFLICT DO NOTHING";
        Ok(self.tx.prepare_cached(sql)?.execute(params![edition_id, address.as_str(), instant(self.now)])? > 0)
    }

    /// Keeps a change for a subscriber's next digest.
    pub fn keep_for_digest(&self, subscriber_id: i64, change_id: i64) -> Result<()> {
        let sql = "INSERT INTO pending (subscriber_id, change_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        self.tx.prepare_cached(sql)?.execute([subscriber_id, change_id])?;
        Ok(())
    }

    /// Everyone of this rhythm for whom changes wait, with the changes in their order. Ask with `Instant` at every dispatch too: somebody may
    /// have changed from digests to letters at once.
    pub fn for_each_waiting<E: From<RosterError>>(
        &self,
        every: Every,
        hour: Option<DateTime<Utc>>,
        mut tell: impl FnMut(&Recipient, &[i64]) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let sql = format!(
            "SELECT subscriber_id, preferences, confirmed_at, confirmed_after, change_id FROM subscriber JOIN pending USING (subscriber_id)
             WHERE {LISTENING} AND every = ?2 AND {SINCE_BEFORE} ORDER BY subscriber_id, change_id"
        );
        let mut statement = self.tx.prepare_cached(&sql).map_err(RosterError::from)?;
        let mut rows = statement.query(params![instant(self.now), every.as_str(), hour.map(instant)]).map_err(RosterError::from)?;
        let mut read = PreferencesReader::default();
        let mut present: Option<(Recipient, Vec<i64>)> = None;
        while let Some(row) = rows.next().map_err(RosterError::from)? {
            let change: i64 = row.get(4).map_err(RosterError::from)?;
            let id: i64 = row.get(0).map_err(RosterError::from)?;
            match &mut present {
                Some((recipient, changes)) if recipient.id == id => changes.push(change),
                _ => {
                    let next = (read.recipient(row).map_err(RosterError::from)?, vec![change]);
                    if let Some((recipient, changes)) = present.replace(next) {
                        tell(&recipient, &changes)?;
                    }
                }
            }
        }
        present.map_or(Ok(()), |(recipient, changes)| tell(&recipient, &changes))
    }

    /// Forgets what waited for this rhythm and hour: it is owed now. For those who listen; what waits for the paused goes on waiting.
    pub fn digest_done(&self, every: Every, hour: Option<DateTime<Utc>>) -> Result<()> {
        let sql = format!(
            "DELETE FROM pending
             WHERE subscriber_id IN (SELECT subscriber_id FROM subscriber WHERE {LISTENING} AND every = ?2 AND {SINCE_BEFORE})"
        );
        self.tx.prepare_cached(&sql)?.execute(params![instant(self.now), every.as_str(), hour.map(instant)])?;
        self.digest_from_now(every)
    }

    /// Counts the hours of this rhythm from now on. What waits goes on waiting.
    pub fn digest_from_now(&self, every: Every) -> Result<()> {
        if let Some(column) = digest_column(every) {
            self.tx.execute(&format!("UPDATE progress SET {column} = ?1"), [instant(self.now)])?;
        }
        Ok(())
    }

    /// When the digests of this rhythm were last put together.
    pub fn digest_at(&self, every: Every) -> Result<Option<DateTime<Utc>>> {
        read_digest(&self.tx, every)
    }

    /// Sources readers were told are out of sight, each since when.
    pub fn blind(&self) -> Result<Vec<(String, DateTime<Utc>)>> {
        Ok(self.tx.query_row("SELECT blind FROM progress", [], |row| super::value::json_in(row, 0))?)
    }

    /// Remembers which sources readers were told are out of sight.
    pub fn set_blind(&self, sources: &[(String, DateTime<Utc>)]) -> Result<()> {
        self.tx.execute("UPDATE progress SET blind = ?1", [json(&sources)?])?;
        Ok(())
    }

    /// Coming sittings of committees that were told of, by their keys.
    pub fn sittings(&self) -> Result<Vec<String>> {
        Ok(self.tx.query_row("SELECT sittings FROM progress", [], |row| super::value::json_in(row, 0))?)
    }

    /// Remembers which coming sittings were told of.
    pub fn set_sittings(&self, keys: &[String]) -> Result<()> {
        self.tx.execute("UPDATE progress SET sittings = ?1", [json(&keys)?])?;
        Ok(())
    }

    /// What the operators were told of the house itself and is not over: a word, and since when.
    pub fn troubles(&self) -> Result<Vec<(String, DateTime<Utc>)>> {
        Ok(self.tx.query_row("SELECT troubles FROM progress", [], |row| super::value::json_in(row, 0))?)
    }

    /// Remembers what the operators were told of the house itself.
    pub fn set_troubles(&self, troubles: &[(String, DateTime<Utc>)]) -> Result<()> {
        self.tx.execute("UPDATE progress SET troubles = ?1", [json(&troubles)?])?;
        Ok(())
    }

    /// Everyone who gets letters, or will again, and was or will be told of one of these changes: with the edition of the last letter that
    /// did so.
    pub fn for_each_told<E: From<RosterError>>(
        &self,
        change_ids: &[i64],
        mut tell: impl FnMut(i64, i64) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        // A bare column beside one max() is of the row that has it (SQLite).
        let sql = "SELECT subscriber_id, edition_id, max(letter_id) FROM letter AS l JOIN subscriber AS s USING (subscriber_id)
                   WHERE l.state IN ('sent', 'owed') AND s.state IN ('confirmed', 'paused')
                     AND edition_id IN (SELECT edition_id FROM edition_change WHERE change_id IN (SELECT value FROM json_each(?1)))
                   GROUP BY subscriber_id ORDER BY subscriber_id";
        let mut statement = self.tx.prepare_cached(sql).map_err(RosterError::from)?;
        let mut rows = statement.query([json(change_ids).map_err(RosterError::from)?]).map_err(RosterError::from)?;
        while let Some(row) = rows.next().map_err(RosterError::from)? {
            tell(row.get(0).map_err(RosterError::from)?, row.get(1).map_err(RosterError::from)?)?;
        }
        Ok(())
    }

    /// An edition's key, the right side of its Message-IDs, and what it tells.
    pub fn made(&self, edition_id: i64) -> Result<(String, String, Edition)> {
        let sql = "SELECT key, sender_domain, facts FROM edition WHERE edition_id = ?1";
        Ok(self.tx.prepare_cached(sql)?.query_row([edition_id], |row| Ok((row.get(0)?, row.get(1)?, super::value::json_in(row, 2)?)))?)
    }

    /// All of it, durably: the letters and the new cursor together. Answers how many letters are owed in all.
    pub fn finish(self, cursor: Option<&Cursor>) -> Result<i64> {
        if let Some(cursor) = cursor {
            self.tx.execute("UPDATE progress SET change_id = ?1, change_hash = ?2", params![cursor.change_id, cursor.hash])?;
        }
        let owed = self.tx.query_row("SELECT count(*) FROM letter WHERE state = 'owed'", [], |row| row.get(0))?;
        self.file.still_there()?;
        self.tx.commit()?;
        Ok(owed)
    }
}

impl Roster {
    /// When the digests of this rhythm were last put together.
    pub fn digest_at(&self, every: Every) -> Result<Option<DateTime<Utc>>> {
        read_digest(&self.connection, every)
    }
}

impl super::people::Changing<'_> {
    /// Owes an edition to a subscriber in the same transaction as the change to them (the letter that asks).
    pub fn owe(&self, edition: &NewEdition<'_>, subscriber_id: i64, now: DateTime<Utc>) -> Result<bool> {
        let edition_id = add_edition(&self.tx, edition)?;
        add_letter(&self.tx, edition_id, subscriber_id, now)
    }

    /// The same for a letter the reader asked for, which goes while they are paused too.
    pub fn owe_asked(&self, edition: &NewEdition<'_>, subscriber_id: i64, now: DateTime<Utc>) -> Result<()> {
        let edition_id = add_edition(&self.tx, edition)?;
        let sql =
            "INSERT INTO letter (edition_id, subscriber_id, owed_at, due_at, asked) VALUES (?1, ?2, ?3, ?3, 1) ON CONFLICT DO NOTHING";
        self.tx.prepare_cached(sql)?.execute(params![edition_id, subscriber_id, instant(now)])?;
        Ok(())
    }
}

fn digest_column(every: Every) -> Option<&'static str> {
    match every {
        Every::Instant => None,
        Every::Daily => Some("daily_at"),
        Every::Weekly => Some("weekly_at"),
    }
}

fn read_digest(connection: &rusqlite::Connection, every: Every) -> Result<Option<DateTime<Utc>>> {
    let Some(column) = digest_column(every) else { return Ok(None) };
    Ok(connection.query_row(&format!("SELECT {column} FROM progress"), [], |row| instant_at(row, 0))?)
}

fn add_edition(tx: &Transaction<'_>, edition: &NewEdition<'_>) -> Result<i64> {
    let known = "SELECT edition_id FROM edition WHERE key = ?1";
    let known: Option<i64> = tx.prepare_cached(known)?.query_row([edition.key], |row| row.get(0)).optional()?;
    let id = match known {
        Some(id) => id,
        None => {
            let sql = "INSERT INTO edition (key, thread, facts, sender_domain, made_at) VALUES (?1, ?2, ?3, ?4, ?5)";
            let made_at = instant(edition.facts.made_at);
            tx.prepare_cached(sql)?.execute(params![edition.key, edition.thread, json(edition.facts)?, edition.sender_domain, made_at])?;
            tx.last_insert_rowid()
        }
    };
    // A known edition too: in a restored history the same changes have other ids.
    for change in edition.change_ids {
        tx.prepare_cached("INSERT INTO edition_change (edition_id, change_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
            .execute([id, *change])?;
    }
    Ok(id)
}

fn add_letter(tx: &Transaction<'_>, edition_id: i64, subscriber_id: i64, now: DateTime<Utc>) -> Result<bool> {
    let sql = "INSERT INTO letter (edition_id, subscriber_id, owed_at, due_at) VALUES (?1, ?2, ?3, ?3) ON CONFLICT DO NOTHING";
    Ok(tx.prepare_cached(sql)?.execute(params![edition_id, subscriber_id, instant(now)])? > 0)
}

/// Different choices remembered at one time, each less than a kilobyte.
const CHOICES_KEPT: usize = 2_048;

/// Reads preferences; a hundred thousand subscribers choose a dozen different things, in no order.
#[derive(Default)]
struct PreferencesReader {
    known: HashMap<String, Rc<Preferences>>,
}

impl PreferencesReader {
    fn recipient(&mut self, row: &rusqlite::Row<'_>) -> rusqlite::Result<Recipient> {
        let text = row.get_ref(1)?.as_str()?;
        let preferences = match self.known.get(text) {
            Some(preferences) => Rc::clone(preferences),
            None => {
                let preferences: Rc<Preferences> = Rc::new(super::value::json_in(row, 1)?);
                if self.known.len() >= CHOICES_KEPT {
                    self.known.clear();
                }
                self.known.insert(text.to_owned(), Rc::clone(&preferences));
                preferences
            }
        };
        let confirmed = Confirmed { at: instant_in(row, 2)?, after: row.get(3)? };
        Ok(Recipient { id: row.get(0)?, preferences, confirmed })
    }
}
