//! Subscribers: who asked, what they chose, where they stand. Never decides whether they may.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::Serialize;

use super::value::{instant, instant_at, instant_in, json, json_in, word_at, word_in};
use super::{Result, Roster, RosterError};
use crate::domain::address::EmailAddress;
use crate::domain::subscriber::{Preferences, State};

/// A subscriber, as stored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Subscriber {
    /// Row id: what logs and errors say instead of an address.
    pub id: i64,
    /// Gone once they left.
    pub address: Option<EmailAddress>,
    /// Where they stand.
    pub state: State,
    /// What they chose.
    pub preferences: Preferences,
    /// How, and to which words, they agreed.
    pub consent: Consent,
    /// First asked.
    pub asked_at: DateTime<Utc>,
    /// Confirmed.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Gets nothing since.
    pub paused_at: Option<DateTime<Utc>>,
    /// Resumes by itself.
    pub paused_until: Option<DateTime<Utc>>,
    /// `asked`, or `refused` where the address refused letters.
    pub pause_reason: Option<PauseReason>,
    /// Left.
    pub left_at: Option<DateTime<Utc>>,
    /// When the last letter that asks was owed.
    pub asked_letter_at: Option<DateTime<Utc>>,
}

/// How somebody agreed to get letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Consent {
    /// By which door.
    pub how: ConsentHow,
    /// The words agreed to, or the operator's reason.
    pub text: Option<String>,
}

/// The doors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentHow {
    /// The web page.
    Web,
    /// `subscriber add`.
    Command,
    /// `subscriber import`.
    Import,
}
crate::words!(ConsentHow { Web = "web", Command = "command", Import = "import" });

/// Why somebody is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    /// They asked.
    Asked,
    /// Their server refused letters.
    Refused,
}
crate::words!(PauseReason { Asked = "asked", Refused = "refused" });

const COLUMNS: &str = "subscriber_id, address, state, preferences, consent_how, consent_text, asked_at, confirmed_at, paused_at, paused_until, \
                       pause_reason, left_at, asked_letter_at";

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Subscriber> {
    Ok(Subscriber {
        id: row.get(0)?,
        address: word_at(row, 1)?,
        state: word_in(row, 2)?,
        preferences: json_in(row, 3)?,
        consent: Consent { how: word_in(row, 4)?, text: row.get(5)? },
        asked_at: instant_in(row, 6)?,
        confirmed_at: instant_at(row, 7)?,
        paused_at: instant_at(row, 8)?,
        paused_until: instant_at(row, 9)?,
        pause_reason: word_at(row, 10)?,
        left_at: instant_at(row, 11)?,
        asked_letter_at: instant_at(row, 12)?,
    })
}

impl Roster {
    /// One subscriber.
    pub fn subscriber(&self, id: i64) -> Result<Subscriber> {
        let sql = format!("SELECT {COLUMNS} FROM subscriber WHERE subscriber_id = ?1");
        self.connection.prepare_cached(&sql)?.query_row([id], read).optional()?.ok_or(RosterError::NoSubscriber(id))
    }

    /// Who has, or had, this address: found by its mark, so also after they left (and not after an erasure).
    pub fn find(&self, address: &EmailAddress) -> Result<Option<Subscriber>> {
        let mark = self.secret.address_mark(&address.key());
        let sql = format!("SELECT {COLUMNS} FROM subscriber WHERE address_mark = ?1");
        Ok(self.connection.prepare_cached(&sql)?.query_row([mark], read).optional()?)
    }

    /// Every subscriber, one after another, in the order they came.
    pub fn for_each_subscriber<E: From<RosterError>>(
        &self,
        mut tell: impl FnMut(Subscriber) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let sql = format!("SELECT {COLUMNS} FROM subscriber ORDER BY subscriber_id");
        let mut statement = self.connection.prepare_cached(&sql).map_err(RosterError::from)?;
        let mut rows = statement.query([]).map_err(RosterError::from)?;
        while let Some(row) = rows.next().map_err(RosterError::from)? {
            tell(read(row).map_err(RosterError::from)?)?;
        }
        Ok(())
    }

    /// How many there are in each state: pending, confirmed, paused, left.
    pub fn count_subscribers(&self) -> Result<Vec<(State, i64)>> {
        let mut statement = self.connection.prepare_cached("SELECT count(*) FROM subscriber WHERE state = ?1")?;
        State::ALL.iter().map(|state| Ok((*state, statement.query_row([state.as_str()], |row| row.get(0))?))).collect()
    }

    /// How many letters that ask were owed since: what a flood of sign-ups is measured by.
    pub fn asked_since(&self, since: DateTime<Utc>) -> Result<i64> {
        let sql = "SELECT count(*) FROM subscriber WHERE asked_letter_at > ?1";
        Ok(self.connection.prepare_cached(sql)?.query_row([instant(since)], |row| row.get(0))?)
    }

    /// Changes to subscribers, all or none.
    pub fn change<T>(&mut self, work: impl FnOnce(&Changing<'_>) -> Result<T>) -> Result<T> {
        let (file, path) = (self.file, self.path.clone());
        self.still_there()?;
        let tx = self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let changing = Changing { tx, secret: &self.secret };
        let done = work(&changing)?;
        super::open::still_there(&path, file)?;
        changing.tx.commit()?;
        Ok(done)
    }
}

/// A transaction on subscribers.
pub struct Changing<'a> {
    pub(super) tx: Transaction<'a>,
    pub(super) secret: &'a super::token::Secret,
}

impl Changing<'_> {
    /// Who has, or had, this address.
    pub fn find(&self, address: &EmailAddress) -> Result<Option<Subscriber>> {
        let sql = format!("SELECT {COLUMNS} FROM subscriber WHERE address_mark = ?1");
        let mark = self.secret.address_mark(&address.key());
        Ok(self.tx.prepare_cached(&sql)?.query_row([mark], read).optional()?)
    }

    /// One subscriber.
    pub fn subscriber(&self, id: i64) -> Result<Subscriber> {
        let sql = format!("SELECT {COLUMNS} FROM subscriber WHERE subscriber_id = ?1");
        self.tx.prepare_cached(&sql)?.query_row([id], read).optional()?.ok_or(RosterError::NoSubscriber(id))
    }

    /// Writes down who asked, as pending. Somebody who left keeps the row and begins anew.
    pub fn insert(&self, address: &EmailAddress, preferences: &Preferences, consent: &Consent, now: DateTime<Utc>) -> Result<i64> {
        let sql = "INSERT INTO subscriber (address, address_mark, state, every, preferences, consent_how, consent_text, asked_at)
                   VALUES (?1, ?2, 'pending', ?3, ?4, ?5, ?6, ?7)
                   ON CONFLICT (address_mark) DO UPDATE SET address = excluded.address, state = 'pending', every = excluded.every,
                       preferences = excluded.preferences, consent_how = excluded.consent_how, consent_text = excluded.consent_text,
                       asked_at = excluded.asked_at, confirmed_at = NULL, paused_at = NULL, paused_until = NULL, pause_reason = NULL, left_at = NULL
                   RETURNING subscriber_id";
        let mark = self.secret.address_mark(&address.key());
        let every = preferences.every.as_str();
        let (how, text) = (consent.how.as_str(), &consent.text);
        let values = params![address.as_str(), mark, every, json(preferences)?, how, text, instant(now)];
        Ok(self.tx.prepare_cached(sql)?.query_row(values, |row| row.get(0))?)
    }

    /// Letters begin. The words agreed to are kept where they are given.
    pub fn confirm(&self, id: i64, consent: Option<&Consent>, now: DateTime<Utc>) -> Result<()> {
        let sql = "UPDATE subscriber SET state = 'confirmed', confirmed_at = ?2, consent_how = coalesce(?3, consent_how),
                   consent_text = coalesce(?4, consent_text) WHERE subscriber_id = ?1 AND state = 'pending'";
        let (how, text) = (consent.map(|c| c.how.as_str()), consent.and_then(|c| c.text.as_deref()));
        self.tx.prepare_cached(sql)?.execute(params![id, instant(now), how, text])?;
        Ok(())
    }

    /// Other choices. What already waits for a digest is told with the next one even so.
    pub fn choose(&self, id: i64, preferences: &Preferences) -> Result<()> {
        let sql = "UPDATE subscriber SET every = ?2, preferences = ?3 WHERE subscriber_id = ?1";
        self.tx.prepare_cached(sql)?.execute(params![id, preferences.every.as_str(), json(preferences)?])?;
        Ok(())
    }

    /// No letters until resumed. Letters already owed wait.
    pub fn pause(&self, id: i64, reason: PauseReason, until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<()> {
        let sql = "UPDATE subscriber SET state = 'paused', paused_at = ?2, paused_until = ?3, pause_reason = ?4
                   WHERE subscriber_id = ?1 AND state = 'confirmed'";
        self.tx.prepare_cached(sql)?.execute(params![id, instant(now), until.map(instant), reason.as_str()])?;
        Ok(())
    }

    /// Letters go again.
    pub fn resume(&self, id: i64) -> Result<()> {
        let sql = "UPDATE subscriber SET state = 'confirmed', paused_at = NULL, paused_until = NULL, pause_reason = NULL
                   WHERE subscriber_id = ?1 AND state = 'paused'";
        self.tx.prepare_cached(sql)?.execute([id])?;
        Ok(())
    }

    /// Gone: the address is forgotten, letters owed are dropped. The mark stays, so that an import does not bring them back.
    pub fn leave(&self, id: i64, now: DateTime<Utc>) -> Result<()> {
        let sql =
            "UPDATE subscriber SET state = 'left', address = NULL, left_at = coalesce(left_at, ?2), paused_at = NULL, paused_until = NULL,
                   pause_reason = NULL WHERE subscriber_id = ?1";
        self.tx.prepare_cached(sql)?.execute(params![id, instant(now)])?;
        let sql = "UPDATE letter SET state = 'dropped', ended_at = ?2 WHERE subscriber_id = ?1 AND state = 'owed'";
        self.tx.prepare_cached(sql)?.execute(params![id, instant(now)])?;
        self.tx.prepare_cached("DELETE FROM pending WHERE subscriber_id = ?1")?.execute([id])?;
        Ok(())
    }

    /// Erased: nothing is left that could be theirs but the count of letters.
    pub fn erase(&self, id: i64, now: DateTime<Utc>) -> Result<()> {
        self.leave(id, now)?;
        let sql = "UPDATE subscriber SET address_mark = NULL, consent_text = NULL, preferences = ?2 WHERE subscriber_id = ?1";
        self.tx.prepare_cached(sql)?.execute(params![id, json(&Preferences::default())?])?;
        Ok(())
    }

    /// Notes that a letter that asks is owed.
    pub fn asked_by_letter(&self, id: i64, now: DateTime<Utc>) -> Result<()> {
        self.tx
            .prepare_cached("UPDATE subscriber SET asked_letter_at = ?2 WHERE subscriber_id = ?1")?
            .execute(params![id, instant(now)])?;
        Ok(())
    }

    /// Ends the pauses whose time is over. Answers how many.
    pub fn resume_due(&self, now: DateTime<Utc>) -> Result<usize> {
        let sql = "UPDATE subscriber SET state = 'confirmed', paused_at = NULL, paused_until = NULL, pause_reason = NULL
                   WHERE state = 'paused' AND paused_until <= ?1";
        Ok(self.tx.prepare_cached(sql)?.execute([instant(now)])?)
    }
}
