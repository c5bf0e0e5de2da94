//! Subscribers: who asked, what they chose, where they stand. Never decides whether they may.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, ToSql, Transaction, params};
use serde::Serialize;

use super::owing::NewEdition;
use super::value::{instant, instant_at, instant_in, json, json_in, word_at, word_in};
use super::{Result, Roster, RosterError};
use crate::domain::address::EmailAddress;
use crate::domain::subscriber::{Confirmed, Preferences, State};

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
    /// The last change that was told of then; none: nothing had been told yet, or they have not confirmed.
    pub confirmed_after: Option<i64>,
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
    /// The letter that asks waits for a day with fewer sign-ups.
    pub waits: bool,
}

/// How somebody agreed to get letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Consent {
    /// By which door.
    pub how: ConsentHow,
    /// Which wording: `web-1 sr-Latn`; none for an operator's reason.
    pub version: Option<String>,
    /// The words agreed to, or the operator's reason.
    pub text: Option<String>,
}

/// A consent, with its times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GivenConsent {
    /// How, and to which words.
    #[serde(flatten)]
    pub consent: Consent,
    /// When it was given.
    pub asked_at: DateTime<Utc>,
    /// When it was confirmed; none: never.
    pub confirmed_at: Option<DateTime<Utc>>,
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
                       pause_reason, left_at, asked_letter_at, consent_version, waits_since IS NOT NULL, confirmed_after";

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Subscriber> {
    let state = word_in(row, 2)?;
    // What is kept for the letter that says goodbye is for that letter alone.
    let address = word_at(row, 1)?.filter(|_| state != State::Left);
    Ok(Subscriber {
        id: row.get(0)?,
        address,
        state,
        preferences: json_in(row, 3)?,
        consent: Consent { how: word_in(row, 4)?, version: row.get(13)?, text: row.get(5)? },
        asked_at: instant_in(row, 6)?,
        confirmed_at: instant_at(row, 7)?,
        confirmed_after: row.get(15)?,
        paused_at: instant_at(row, 8)?,
        paused_until: instant_at(row, 9)?,
        pause_reason: word_at(row, 10)?,
        left_at: instant_at(row, 11)?,
        asked_letter_at: instant_at(row, 12)?,
        waits: row.get(14)?,
    })
}

impl Subscriber {
    /// When they confirmed, by the clock and by the log.
    pub fn confirmed(&self) -> Option<Confirmed> {
        self.confirmed_at.map(|at| Confirmed { at, after: self.confirmed_after })
    }
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

    /// Every consent somebody gave, oldest first.
    pub fn consents(&self, id: i64) -> Result<Vec<GivenConsent>> {
        let sql = "SELECT how, version, text, asked_at, confirmed_at FROM consent WHERE subscriber_id = ?1 ORDER BY consent_id";
        let mut statement = self.connection.prepare_cached(sql)?;
        let all = statement.query_map([id], |row| {
            let consent = Consent { how: word_in(row, 0)?, version: row.get(1)?, text: row.get(2)? };
            Ok(GivenConsent { consent, asked_at: instant_in(row, 3)?, confirmed_at: instant_at(row, 4)? })
        })?;
        Ok(all.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether anything of `Changing::outdated` or `Changing::forget_left` is there, or anybody waits to be asked: looked at before a transaction is begun.
    pub fn has_sign_up_work(&self, asked_before: DateTime<Utc>, left_before: DateTime<Utc>, leaving_before: DateTime<Utc>) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM subscriber WHERE waits_since IS NOT NULL) OR EXISTS (SELECT 1 FROM subscriber
                   WHERE address_mark IS NOT NULL AND ((state = 'pending' AND asked_at < ?1) OR (state = 'left' AND left_at < ?2)))
                   OR EXISTS (SELECT 1 FROM subscriber WHERE state = 'left' AND address IS NOT NULL AND left_at < ?3)";
        let values = params![instant(asked_before), instant(left_before), instant(leaving_before)];
        Ok(self.connection.prepare_cached(sql)?.query_row(values, |row| row.get(0))?)
    }

    /// Changes to subscribers, all or none.
    pub fn change<T>(&mut self, work: impl FnOnce(&Changing<'_>) -> Result<T>) -> Result<T> {
        self.file.still_there()?;
        let tx = self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let changing = Changing { tx, secret: &self.secret };
        let done = work(&changing)?;
        self.file.still_there()?;
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
        let sql = "INSERT INTO subscriber (address, address_mark, state, every, preferences, consent_how, consent_text, asked_at, consent_version)
                   VALUES (?1, ?2, 'pending', ?3, ?4, ?5, ?6, ?7, ?8)
                   ON CONFLICT (address_mark) DO UPDATE SET address = excluded.address, state = 'pending', every = excluded.every,
                       preferences = excluded.preferences, consent_how = excluded.consent_how, consent_text = excluded.consent_text,
                       consent_version = excluded.consent_version, asked_at = excluded.asked_at, confirmed_at = NULL, paused_at = NULL, paused_until = NULL, pause_reason = NULL, left_at = NULL
                   RETURNING subscriber_id";
        let mark = self.secret.address_mark(&address.key());
        let every = preferences.every.as_str();
        let (how, text) = (consent.how.as_str(), &consent.text);
        let values = params![address.as_str(), mark, every, json(preferences)?, how, text, instant(now), consent.version];
        let id: i64 = self.tx.prepare_cached(sql)?.query_row(values, |row| row.get(0))?;
        // Who comes back before the letter that says they left has gone, did not leave.
        self.drop_owed(id, "AND asked", now)?;
        self.keep_consent(id, consent, now, None)?;
        Ok(id)
    }

    /// Consents that were never confirmed are kept once: whoever asks a thousand times fills no disk.
    fn keep_consent(&self, id: i64, consent: &Consent, now: DateTime<Utc>, confirmed: Option<DateTime<Utc>>) -> Result<()> {
        self.tx.prepare_cached("DELETE FROM consent WHERE subscriber_id = ?1 AND confirmed_at IS NULL")?.execute([id])?;
        let sql = "INSERT INTO consent (subscriber_id, how, version, text, asked_at, confirmed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let values = params![id, consent.how.as_str(), consent.version, consent.text, instant(now), confirmed.map(instant)];
        self.tx.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// Letters begin, with the first change that is not told of yet. The words agreed to are kept where they are given.
    pub fn confirm(&self, id: i64, consent: Option<&Consent>, now: DateTime<Utc>) -> Result<()> {
        let sql = "UPDATE subscriber SET state = 'confirmed', confirmed_at = ?2,
                   confirmed_after = (SELECT change_id FROM progress), consent_how = coalesce(?3, consent_how),
                   consent_text = coalesce(?4, consent_text), consent_version = CASE WHEN ?3 IS NULL THEN consent_version END,
                   waits_since = NULL WHERE subscriber_id = ?1 AND state = 'pending'";
        let (how, text) = (consent.map(|c| c.how.as_str()), consent.and_then(|c| c.text.as_deref()));
        if self.tx.prepare_cached(sql)?.execute(params![id, instant(now), how, text])? == 0 {
            return Ok(());
        }
        // A letter that asks and has not gone yet would ask what is answered.
        let sql = "UPDATE letter SET state = 'dropped', ended_at = ?2 WHERE subscriber_id = ?1 AND state = 'owed'
                   AND edition_id IN (SELECT edition_id FROM edition WHERE key >= 'confirmation:' || ?1 || ':' AND key < 'confirmation:' || ?1 || ';')";
        self.tx.prepare_cached(sql)?.execute(params![id, instant(now)])?;
        if let Some(consent) = consent {
            return self.keep_consent(id, consent, now, Some(now));
        }
        let sql = "UPDATE consent SET confirmed_at = ?2 WHERE subscriber_id = ?1 AND confirmed_at IS NULL";
        self.tx.prepare_cached(sql)?.execute(params![id, instant(now)])?;
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

    /// Letters go again, and are tried for as long as if they were owed now: a pause is no trying. What spoke against the address counts no more.
    pub fn resume(&self, id: i64) -> Result<()> {
        self.try_anew("subscriber_id = ?1 AND state = 'paused'", &id)?;
        let sql = "UPDATE subscriber SET state = 'confirmed', paused_at = NULL, paused_until = NULL, pause_reason = NULL
                   WHERE subscriber_id = ?1 AND state = 'paused'";
        if self.tx.prepare_cached(sql)?.execute([id])? > 0 {
            self.forgive(id)?;
        }
        Ok(())
    }

    /// Gone: the address is forgotten, letters owed are dropped. The mark stays, so that an import does not bring them back.
    pub fn leave(&self, id: i64, now: DateTime<Utc>) -> Result<()> {
        let sql =
            "UPDATE subscriber SET state = 'left', address = NULL, left_at = coalesce(left_at, ?2), paused_at = NULL, paused_until = NULL,
                   pause_reason = NULL, waits_since = NULL WHERE subscriber_id = ?1";
        self.tx.prepare_cached(sql)?.execute(params![id, instant(now)])?;
        self.drop_owed(id, "", now)?;
        self.tx.prepare_cached("DELETE FROM pending WHERE subscriber_id = ?1")?.execute([id])?;
        self.forget_bounces(id)?;
        Ok(())
    }

    /// As `leave`, but one letter more is owed, which says so. The address goes when that letter has gone, one way or the other (a trigger of
    /// the schema), or by `forget_left`.
    pub fn leave_with(&self, farewell: &NewEdition<'_>, id: i64, now: DateTime<Utc>) -> Result<()> {
        let Some(address) = self.subscriber(id)?.address else { return self.leave(id, now) };
        self.leave(id, now)?;
        let sql = "UPDATE subscriber SET address = ?2 WHERE subscriber_id = ?1";
        self.tx.prepare_cached(sql)?.execute(params![id, address.as_str()])?;
        self.owe_asked(farewell, id, now)
    }

    /// Forgets the addresses of those who left before this time: the letter that says so had its chance. Answers how many.
    pub fn forget_left(&self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<usize> {
        let sql = "SELECT subscriber_id FROM subscriber WHERE state = 'left' AND address IS NOT NULL AND left_at < ?1";
        let ids: Vec<i64> =
            self.tx.prepare_cached(sql)?.query_map([instant(before)], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        ids.iter().try_for_each(|id| self.leave(*id, now))?;
        Ok(ids.len())
    }

    fn drop_owed(&self, id: i64, which: &str, now: DateTime<Utc>) -> Result<()> {
        let sql = format!("UPDATE letter SET state = 'dropped', ended_at = ?2 WHERE subscriber_id = ?1 AND state = 'owed' {which}");
        self.tx.prepare_cached(&sql)?.execute(params![id, instant(now)])?;
        Ok(())
    }

    /// Erased: nothing is left that could be theirs but the count of letters.
    pub fn erase(&self, id: i64, now: DateTime<Utc>) -> Result<()> {
        self.leave(id, now)?;
        let sql = "UPDATE subscriber SET address_mark = NULL, consent_text = NULL, consent_version = NULL, preferences = ?2 WHERE subscriber_id = ?1";
        self.tx.prepare_cached(sql)?.execute(params![id, json(&Preferences::default())?])?;
        self.tx.prepare_cached("DELETE FROM consent WHERE subscriber_id = ?1")?.execute([id])?;
        Ok(())
    }

    /// Notes that a letter that asks is owed.
    pub fn asked_by_letter(&self, id: i64, now: DateTime<Utc>) -> Result<()> {
        self.tx
            .prepare_cached("UPDATE subscriber SET asked_letter_at = ?2, waits_since = NULL WHERE subscriber_id = ?1")?
            .execute(params![id, instant(now)])?;
        Ok(())
    }

    /// Notes that the letter that asks has to wait.
    pub fn asking_waits(&self, id: i64, now: DateTime<Utc>) -> Result<()> {
        let sql = "UPDATE subscriber SET waits_since = coalesce(waits_since, ?2) WHERE subscriber_id = ?1";
        self.tx.prepare_cached(sql)?.execute(params![id, instant(now)])?;
        Ok(())
    }

    /// How many wait.
    pub fn count_waiting(&self) -> Result<i64> {
        Ok(self.tx.prepare_cached("SELECT count(*) FROM subscriber WHERE waits_since IS NOT NULL")?.query_row([], |row| row.get(0))?)
    }

    /// Those whose letter that asks has to wait, longest first, at most so many.
    pub fn waiting(&self, most: i64) -> Result<Vec<i64>> {
        let sql = "SELECT subscriber_id FROM subscriber WHERE waits_since IS NOT NULL ORDER BY waits_since, subscriber_id LIMIT ?1";
        Ok(self.tx.prepare_cached(sql)?.query_map([most], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    /// How many letters that ask were owed since: what a flood of sign-ups is measured by.
    pub fn asked_since(&self, since: DateTime<Utc>) -> Result<i64> {
        let sql = "SELECT count(*) FROM subscriber WHERE asked_letter_at > ?1";
        Ok(self.tx.prepare_cached(sql)?.query_row([instant(since)], |row| row.get(0))?)
    }

    /// How many letters of this sort (the beginning of their editions' keys) were owed to somebody since.
    pub fn owed_since(&self, sort: &str, id: i64, since: DateTime<Utc>) -> Result<i64> {
        // `;` follows `:`: all keys that begin so, by the index on keys.
        let sql = "SELECT count(*) FROM edition WHERE key >= ?1 || ':' || ?2 || ':' AND key < ?1 || ':' || ?2 || ';' AND made_at > ?3";
        Ok(self.tx.prepare_cached(sql)?.query_row(params![sort, id, instant(since)], |row| row.get(0))?)
    }

    /// Those who asked before this time and never confirmed, and those who left before that one: nothing is kept of them any longer.
    pub fn outdated(&self, asked_before: DateTime<Utc>, left_before: DateTime<Utc>) -> Result<Vec<i64>> {
        let sql = "SELECT subscriber_id FROM subscriber WHERE address_mark IS NOT NULL
                   AND ((state = 'pending' AND asked_at < ?1) OR (state = 'left' AND left_at < ?2))";
        let values = params![instant(asked_before), instant(left_before)];
        Ok(self.tx.prepare_cached(sql)?.query_map(values, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    fn try_anew(&self, whose: &str, of: &dyn ToSql) -> Result<()> {
        let sql = format!(
            "UPDATE letter SET first_tried_at = NULL WHERE state = 'owed' AND first_tried_at IS NOT NULL
                AND subscriber_id IN (SELECT subscriber_id FROM subscriber WHERE {whose})"
        );
        self.tx.prepare_cached(&sql)?.execute([of])?;
        Ok(())
    }

    /// Ends the pauses whose time is over. What spoke against an address goes on counting: nobody looked into it, as whoever resumes has. Answers
    /// how many.
    pub fn resume_due(&self, now: DateTime<Utc>) -> Result<usize> {
        self.try_anew("state = 'paused' AND paused_until <= ?1", &instant(now))?;
        let sql = "UPDATE subscriber SET state = 'confirmed', paused_at = NULL, paused_until = NULL, pause_reason = NULL
                   WHERE state = 'paused' AND paused_until <= ?1";
        Ok(self.tx.prepare_cached(sql)?.execute([instant(now)])?)
    }
}
