//! subscribers.db: the people who asked, what they chose, and the letters owed to them. The only SQL on it in the project.
//!
//! Never holds what parliament published beyond what a letter says of it, never sends, never decides who wants what.
//!
//! ```text
//! open     opens, creates, brings up to date, notices that the file was taken away     fault   what goes wrong, and what to do then
//! people   subscribers and their states           owing    changes become owed letters, in one transaction with the cursor
//! outbox   what is owed, tried, sent, refused     relay    how the mail server fares      token   links and Message-IDs, by one secret
//! bounces  what spoke against an address
//! ```

pub mod bounces;
mod fault;
mod open;
pub mod outbox;
pub mod owing;
pub mod people;
pub mod relay;
pub mod token;
mod value;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use crate::io::database::File;
pub use fault::RosterError;

/// The result of every call.
pub type Result<T, E = RosterError> = std::result::Result<T, E>;

/// The database, open. Owns one connection; move it to the thread that uses it.
pub struct Roster {
    connection: Connection,
    file: File,
    secret: token::Secret,
}

/// How far the log of changes was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The last change told of.
    pub change_id: i64,
    /// Its hash in the log: where another stands there, the history was changed or restored.
    pub hash: String,
}

/// The hour of a stop that begins when a copy is first at work.
const NEVER_YET: DateTime<Utc> = DateTime::from_timestamp(253_370_764_800, 0).unwrap();

/// Since when and why nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// Since.
    pub at: DateTime<Utc>,
    /// Why, in words for an operator.
    pub reason: String,
}

impl Roster {
    /// How far the log of changes was told; none before the first time.
    pub fn cursor(&self) -> Result<Option<Cursor>> {
        read_cursor(&self.connection)
    }

    /// Why nothing is sent, if so.
    pub fn stopped(&self) -> Result<Option<Stopped>> {
        Ok(self.connection.query_row("SELECT stopped_at, stop_reason FROM progress", [], |row| {
            let at = value::instant_at(row, 0)?;
            Ok(at.map(|at| Stopped { at, reason: row.get(1).unwrap_or_default() }))
        })?)
    }

    /// Sends nothing from now on, until `release`. A stop that stands keeps its time and reason.
    pub fn stop(&mut self, reason: &str, now: DateTime<Utc>) -> Result<()> {
        self.write(|tx| {
            tx.execute(
                "UPDATE progress SET stopped_at = ?1, stop_reason = ?2 WHERE stopped_at IS NULL",
                params![value::instant(now), reason],
            )?;
            Ok(())
        })
    }

    /// Stops from now on, whatever stop stood before.
    pub fn stop_anew(&mut self, reason: &str, now: DateTime<Utc>) -> Result<()> {
        self.write(|tx| {
            tx.execute("UPDATE progress SET stopped_at = ?1, stop_reason = ?2", params![value::instant(now), reason])?;
            Ok(())
        })
    }

    /// Marks a copy: whenever it wakes up, it is stopped, and its hours count from then.
    pub fn stop_on_waking(&mut self, reason: &str) -> Result<()> {
        self.stop_anew(reason, NEVER_YET)
    }

    /// Lets letters go again. Answers whether anything was stopped.
    pub fn release(&mut self) -> Result<bool> {
        self.write(|tx| Ok(tx.execute("UPDATE progress SET stopped_at = NULL, stop_reason = NULL WHERE stopped_at IS NOT NULL", [])? > 0))
    }

    /// One transaction: all of it or none, and none on a file that is no longer ours.
    fn write<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.file.still_there()?;
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&tx)?;
        self.file.still_there()?;
        tx.commit()?;
        Ok(done)
    }
}

fn read_cursor(connection: &Connection) -> Result<Option<Cursor>> {
    Ok(connection.query_row("SELECT change_id, change_hash FROM progress", [], |row| {
        let change_id: Option<i64> = row.get(0)?;
        let hash: Option<String> = row.get(1)?;
        Ok(change_id.zip(hash).map(|(change_id, hash)| Cursor { change_id, hash }))
    })?)
}
