//! How the mail server fares, as far as it must outlive the process. Never decides how long to wait.

use chrono::{DateTime, Utc};
use rusqlite::params;
use serde::Serialize;

use super::value::{instant, instant_at, word_at};
use super::{Result, Roster};

/// How the mail server fares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Relay {
    /// Nothing is offered to it before.
    pub waiting_until: Option<DateTime<Utc>>,
    /// What is wrong.
    pub trouble: Option<Trouble>,
    /// When it began.
    pub since: Option<DateTime<Utc>>,
    /// How often in a row.
    pub failures: u32,
}

/// What can be wrong with a mail server so that no letter should be offered for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// It does not let us in.
    Login,
    /// It does not guard the connection as it should.
    Insecure,
    /// It refuses the sender, whoever the letter is for.
    Sender,
    /// It refused too many letters of one batch: nobody is marked.
    Circuit,
    /// It asks us to slow down.
    Busy,
}
crate::words!(Trouble { Login = "login", Insecure = "insecure", Sender = "sender", Circuit = "circuit", Busy = "busy" });

impl Roster {
    /// How the mail server fares.
    pub fn relay(&self) -> Result<Relay> {
        Ok(self.connection.query_row("SELECT waiting_until, trouble, since, failures FROM relay", [], |row| {
            Ok(Relay { waiting_until: instant_at(row, 0)?, trouble: word_at(row, 1)?, since: instant_at(row, 2)?, failures: row.get(3)? })
        })?)
    }

    /// Writes, durably, that a delivery begins: where nothing can be written any more, this fails before a letter is sent.
    pub fn open_relay(&mut self, now: DateTime<Utc>) -> Result<()> {
        self.write(|tx| {
            tx.execute("UPDATE relay SET opened_at = ?1", [instant(now)])?;
            Ok(())
        })
    }

    /// Nothing is offered before `until`.
    pub fn wait_for_relay(&mut self, trouble: Trouble, until: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
        let sql = "UPDATE relay SET waiting_until = ?1, since = CASE WHEN trouble = ?2 THEN coalesce(since, ?3) ELSE ?3 END,
                   failures = CASE WHEN trouble = ?2 THEN failures + 1 ELSE 1 END, trouble = ?2";
        self.write(|tx| {
            tx.execute(sql, params![instant(until), trouble.as_str(), instant(now)])?;
            Ok(())
        })
    }

    /// It takes letters again.
    pub fn relay_is_well(&mut self) -> Result<()> {
        self.write(|tx| {
            tx.execute("UPDATE relay SET waiting_until = NULL, trouble = NULL, since = NULL, failures = 0", [])?;
            Ok(())
        })
    }
}
