//! The letters: owed, tried, sent, refused, expired. Never decides how long to wait or when to give up.

use chrono::{DateTime, Duration, Utc};
use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;

use super::value::{instant, instant_at, instant_in, json_in, word_at, word_in};
use super::{Result, Roster, RosterError};
use crate::domain::address::EmailAddress;
use crate::domain::letter::Edition;
use crate::domain::subscriber::State;

/// Where a letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// Not yet taken.
    Owed,
    /// A server said 250 after the dot.
    Sent,
    /// A server said that this address will never take it.
    Refused,
    /// Tried for days.
    Expired,
    /// A person dropped it, or the reader left.
    Dropped,
}
crate::words!(LetterState { Owed = "owed", Sent = "sent", Refused = "refused", Expired = "expired", Dropped = "dropped" });

/// A letter as it stands. Times UTC.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LetterRow {
    /// Row id.
    pub id: i64,
    /// What it tells, shared with others.
    pub edition_id: i64,
    /// What it tells of.
    pub key: String,
    /// To whom; none for operators.
    pub subscriber_id: Option<i64>,
    /// To whom; none once they left.
    pub address: Option<EmailAddress>,
    /// The reader's state; none for operators.
    pub subscriber_state: Option<State>,
    /// Where it stands.
    pub state: LetterState,
    /// The Message-ID, without angle brackets.
    pub message_id: String,
    /// The thread's root, without angle brackets.
    pub reference: Option<String>,
    /// Owed since.
    pub owed_at: DateTime<Utc>,
    /// Not tried before.
    pub due_at: DateTime<Utc>,
    /// How often tried.
    pub attempts: u32,
    /// First tried.
    pub first_tried_at: Option<DateTime<Utc>>,
    /// Last tried.
    pub tried_at: Option<DateTime<Utc>>,
    /// Sent, refused, expired or dropped.
    pub ended_at: Option<DateTime<Utc>>,
    /// The server's words, without addresses.
    pub last_error: Option<String>,
    /// The reader asked for it: it goes while they are paused too.
    pub asked: bool,
}

const SELECT: &str = "SELECT letter_id, edition_id, e.key, subscriber_id, coalesce(operator, s.address), s.state, l.state, e.sender_domain, e.thread, \
                      owed_at, due_at, attempts, first_tried_at, tried_at, ended_at, last_error, operator, asked \
                      FROM letter AS l JOIN edition AS e USING (edition_id) LEFT JOIN subscriber AS s USING (subscriber_id)";

/// How many of each there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct Counts {
    pub owed: i64,
    pub sent: i64,
    pub refused: i64,
    pub expired: i64,
    pub dropped: i64,
}

/// Which letters that are no longer owed are tried again too.
#[derive(Debug, Clone, Copy, Default)]
pub struct Also {
    /// Those a server refused for good.
    pub refused: bool,
    /// Those that were given up after days.
    pub expired: bool,
}

/// When a letter is tried next, by how often it was tried before: the first five waits. The last one stands for all that follow.
pub type Ladder = [DateTime<Utc>; 5];

impl Roster {
    fn letter_row(&self, row: &Row<'_>) -> rusqlite::Result<LetterRow> {
        let (key, domain, thread): (String, String, Option<String>) = (row.get(2)?, row.get(7)?, row.get(8)?);
        let (subscriber_id, operator): (Option<i64>, Option<String>) = (row.get(3)?, row.get(16)?);
        let reader = subscriber_id.map_or_else(|| operator.unwrap_or_default(), |id| id.to_string());
        Ok(LetterRow {
            id: row.get(0)?,
            edition_id: row.get(1)?,
            message_id: format!("{}@{domain}", self.secret.message_name(&key, &reader)),
            reference: thread.map(|thread| format!("{}@{domain}", self.secret.thread_name(&thread))),
            key,
            subscriber_id,
            address: word_at(row, 4)?,
            subscriber_state: word_at(row, 5)?,
            state: word_in(row, 6)?,
            owed_at: instant_in(row, 9)?,
            due_at: instant_in(row, 10)?,
            attempts: row.get(11)?,
            first_tried_at: instant_at(row, 12)?,
            tried_at: instant_at(row, 13)?,
            ended_at: instant_at(row, 14)?,
            last_error: row.get(15)?,
            asked: row.get(17)?,
        })
    }

    /// The Message-ID, without angle brackets, of the letter that an edition of this key is to a subscriber.
    pub fn message_id(&self, edition_key: &str, sender_domain: &str, subscriber_id: i64) -> String {
        format!("{}@{sender_domain}", self.secret.message_name(edition_key, &subscriber_id.to_string()))
    }

    /// One letter.
    pub fn letter(&self, id: i64) -> Result<LetterRow> {
        let sql = format!("{SELECT} WHERE letter_id = ?1");
        self.connection.prepare_cached(&sql)?.query_row([id], |row| self.letter_row(row)).optional()?.ok_or(RosterError::NoLetter(id))
    }

    /// What an edition tells.
    pub fn edition(&self, id: i64) -> Result<Edition> {
        let sql = "SELECT facts FROM edition WHERE edition_id = ?1";
        Ok(self.connection.prepare_cached(sql)?.query_row([id], |row| json_in(row, 0))?)
    }

    /// Whether a server took this edition for anybody.
    pub fn is_edition_taken(&self, id: i64) -> Result<bool> {
        Ok(self.connection.prepare_cached("SELECT 1 FROM letter WHERE edition_id = ?1 AND state = 'sent' LIMIT 1")?.exists([id])?)
    }

    /// Every letter in a state (or every one at all), oldest first.
    pub fn for_each_letter<E: From<RosterError>>(
        &self,
        state: Option<LetterState>,
        mut tell: impl FnMut(LetterRow) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let sql = format!("{SELECT} WHERE ?1 IS NULL OR l.state = ?1 ORDER BY letter_id");
        let mut statement = self.connection.prepare_cached(&sql).map_err(RosterError::from)?;
        let mut rows = statement.query([state.map(LetterState::as_str)]).map_err(RosterError::from)?;
        while let Some(row) = rows.next().map_err(RosterError::from)? {
            tell(self.letter_row(row).map_err(RosterError::from)?)?;
        }
        Ok(())
    }

    /// Every letter to one subscriber, oldest first.
    pub fn letters_of(&self, subscriber_id: i64) -> Result<Vec<LetterRow>> {
        let sql = format!("{SELECT} WHERE l.subscriber_id = ?1 ORDER BY letter_id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        Ok(statement.query_map([subscriber_id], |row| self.letter_row(row))?.collect::<rusqlite::Result<_>>()?)
    }

    /// The letters that told, or will tell, a subscriber of any of these changes.
    pub fn letters_about(&self, subscriber_id: i64, change_ids: &[i64]) -> Result<Vec<LetterRow>> {
        let sql =
            format!("{SELECT} WHERE subscriber_id = ?1 AND edition_id IN (SELECT edition_id FROM edition_change WHERE change_id = ?2)");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut letters: Vec<LetterRow> = Vec::new();
        for change in change_ids {
            for letter in statement.query_map([subscriber_id, *change], |row| self.letter_row(row))? {
                letters.push(letter?);
            }
        }
        letters.sort_by_key(|letter| letter.id);
        letters.dedup_by_key(|letter| letter.id);
        Ok(letters)
    }

    /// Which of these changes still wait for the subscriber's digest.
    pub fn waiting_for_digest(&self, subscriber_id: i64, change_ids: &[i64]) -> Result<Vec<i64>> {
        let mut statement = self.connection.prepare_cached("SELECT 1 FROM pending WHERE subscriber_id = ?1 AND change_id = ?2")?;
        let mut waiting = Vec::new();
        for change in change_ids {
            if statement.exists([subscriber_id, *change])? {
                waiting.push(*change);
            }
        }
        Ok(waiting)
    }

    /// How many times a reader's change waits for a digest.
    pub fn count_waiting(&self) -> Result<i64> {
        Ok(self.connection.query_row("SELECT count(*) FROM pending", [], |row| row.get(0))?)
    }

    /// How many letters stand where.
    pub fn count_letters(&self) -> Result<Counts> {
        let mut statement = self.connection.prepare_cached("SELECT state, count(*) FROM letter GROUP BY state")?;
        let mut counts = Counts::default();
        for row in statement.query_map([], |row| Ok((word_in(row, 0)?, row.get(1)?)))? {
            let (state, count) = row?;
            match state {
                LetterState::Owed => counts.owed = count,
                LetterState::Sent => counts.sent = count,
                LetterState::Refused => counts.refused = count,
                LetterState::Expired => counts.expired = count,
                LetterState::Dropped => counts.dropped = count,
            }
        }
        Ok(counts)
    }

    /// The letters to be tried now, at most `most`, longest due first. Not those of readers who are paused.
    pub fn due(&self, now: DateTime<Utc>, most: usize) -> Result<Vec<i64>> {
        let sql = "SELECT letter_id FROM letter AS l LEFT JOIN subscriber AS s USING (subscriber_id)
                   WHERE l.state = 'owed' AND due_at <= ?1 AND (operator IS NOT NULL OR s.state IN ('pending', 'confirmed') OR asked)
                   ORDER BY due_at, letter_id LIMIT ?2";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        Ok(self
            .connection
            .prepare_cached(sql)?
            .query_map(params![instant(now), most], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?)
    }

    /// When the next letter is due; none where nothing is owed to anybody who listens.
    pub fn next_due_at(&self) -> Result<Option<DateTime<Utc>>> {
        let sql = "SELECT due_at FROM letter AS l LEFT JOIN subscriber AS s USING (subscriber_id)
                   WHERE l.state = 'owed' AND (operator IS NOT NULL OR s.state IN ('pending', 'confirmed') OR asked) ORDER BY due_at LIMIT 1";
        Ok(self.connection.prepare_cached(sql)?.query_row([], |row| instant_in(row, 0)).optional()?)
    }

    /// Letters offered to a server since, and when the oldest of the last `of` was: what a rate is kept by. A clock that was set back does
    /// not count its own future.
    pub fn handed(&self, since: DateTime<Utc>, now: DateTime<Utc>, of: u32) -> Result<(u32, Option<DateTime<Utc>>)> {
        let sql = "SELECT count(*), min(handed_at) FROM (SELECT handed_at FROM letter WHERE handed_at > ?1 AND handed_at <= ?2 ORDER BY handed_at DESC LIMIT ?3)";
        let row = params![instant(since), instant(now), of];
        Ok(self.connection.prepare_cached(sql)?.query_row(row, |row| Ok((row.get(0)?, instant_at(row, 1)?)))?)
    }

    /// A server said 250 after the dot of each: all of them in one transaction.
    pub fn mark_sent(&mut self, ids: &[i64], now: DateTime<Utc>) -> Result<()> {
        let sql = "UPDATE letter SET state = 'sent', attempts = attempts + 1, first_tried_at = coalesce(first_tried_at, ?2), tried_at = ?2,
                   handed_at = ?2, ended_at = ?2, last_error = NULL WHERE letter_id = ?1 AND state IN ('owed', 'dropped')";
        let now = instant(now);
        self.write(|tx| {
            let mut mark = tx.prepare_cached(sql)?;
            ids.iter().try_for_each(|id| mark.execute(params![id, now]).map(drop))?;
            Ok(())
        })
    }

    /// A server said never.
    pub fn mark_refused(&mut self, id: i64, error: &str, now: DateTime<Utc>) -> Result<()> {
        let sql =
            "UPDATE letter SET state = 'refused', attempts = attempts + 1, first_tried_at = coalesce(first_tried_at, ?2), tried_at = ?2,
                   handed_at = ?2, ended_at = ?2, last_error = ?3 WHERE letter_id = ?1 AND state = 'owed'";
        self.write(|tx| {
            tx.prepare_cached(sql)?.execute(params![id, instant(now), error])?;
            Ok(())
        })
    }

    /// Tried in vain; tried again then.
    pub fn postpone(&mut self, id: i64, error: &str, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
        let sql = "UPDATE letter SET attempts = attempts + 1, first_tried_at = coalesce(first_tried_at, ?2), tried_at = ?2, handed_at = ?2,
                   due_at = ?3, last_error = ?4 WHERE letter_id = ?1 AND state = 'owed'";
        self.write(|tx| {
            tx.prepare_cached(sql)?.execute(params![id, instant(now), instant(due_at), error])?;
            Ok(())
        })
    }

    /// Tried for days: given up.
    pub fn mark_expired(&mut self, id: i64, error: &str, now: DateTime<Utc>) -> Result<()> {
        let sql = "UPDATE letter SET state = 'expired', attempts = attempts + 1, tried_at = ?2, ended_at = ?2, last_error = ?3
                   WHERE letter_id = ?1 AND state = 'owed'";
        self.write(|tx| {
            tx.prepare_cached(sql)?.execute(params![id, instant(now), error])?;
            Ok(())
        })
    }

    /// No server was reached: every letter due now counts as tried, and those first tried before `expires` are given up. Answers how many
    /// were put off, and how many given up.
    pub fn postpone_due(&mut self, error: &str, ladder: &Ladder, expires: DateTime<Utc>, now: DateTime<Utc>) -> Result<(usize, usize)> {
        const DUE: &str = "state = 'owed' AND due_at <= ?1 AND (operator IS NOT NULL
                           OR subscriber_id IN (SELECT subscriber_id FROM subscriber WHERE state IN ('pending', 'confirmed')) OR asked)";
        let expire = format!(
            "UPDATE letter SET state = 'expired', attempts = attempts + 1, tried_at = ?1, ended_at = ?1, last_error = ?2
             WHERE {DUE} AND first_tried_at <= ?3"
        );
        let later = format!(
            "UPDATE letter SET attempts = attempts + 1, first_tried_at = coalesce(first_tried_at, ?1), tried_at = ?1, last_error = ?2,
             due_at = CASE attempts WHEN 0 THEN ?3 WHEN 1 THEN ?4 WHEN 2 THEN ?5 WHEN 3 THEN ?6 ELSE ?7 END WHERE {DUE}"
        );
        self.write(|tx| {
            let expired = tx.execute(&expire, params![instant(now), error, instant(expires)])?;
            let [a, b, c, d, e] = ladder.map(instant);
            let put_off = tx.execute(&later, params![instant(now), error, a, b, c, d, e])?;
            Ok((put_off, expired))
        })
    }

    /// Letters due later than any wait of ours allows were put off by a clock that ran ahead: they are due now.
    pub fn forgive_clock(&mut self, longest: Duration, now: DateTime<Utc>) -> Result<()> {
        let beyond = instant(now + longest);
        let mut ahead = self.connection.prepare_cached("SELECT 1 FROM letter WHERE state = 'owed' AND due_at > ?1 LIMIT 1")?;
        let any = ahead.exists([&beyond])?;
        drop(ahead);
        if !any {
            return Ok(());
        }
        self.write(|tx| {
            tx.execute("UPDATE letter SET due_at = ?1 WHERE state = 'owed' AND due_at > ?2", params![instant(now), beyond])?;
            Ok(())
        })
    }

    /// Makes a letter due now: one that is owed or expired, and a refused one only where that is said. Answers whether it is due now.
    pub fn retry(&mut self, id: i64, refused_too: bool, now: DateTime<Utc>) -> Result<bool> {
        let sql = "UPDATE letter SET state = 'owed', due_at = ?2, ended_at = NULL, first_tried_at = CASE state WHEN 'owed' THEN first_tried_at END
                   WHERE letter_id = ?1 AND (state IN ('owed', 'expired') OR (?3 AND state = 'refused'))";
        self.letter(id)?;
        self.write(|tx| Ok(tx.execute(sql, params![id, instant(now), refused_too])? > 0))
    }

    /// Makes every owed letter due now; others only where that is said. Answers how many.
    pub fn retry_all(&mut self, also: Also, now: DateTime<Utc>) -> Result<usize> {
        let sql = "UPDATE letter SET state = 'owed', due_at = ?1, ended_at = NULL, first_tried_at = CASE state WHEN 'owed' THEN first_tried_at END
                   WHERE state = 'owed' OR (?2 AND state = 'refused') OR (?3 AND state = 'expired')";
        self.write(|tx| Ok(tx.execute(sql, params![instant(now), also.refused, also.expired])?))
    }

    /// Gives up a letter that is owed. Answers whether it was.
    pub fn drop_letter(&mut self, id: i64, now: DateTime<Utc>) -> Result<bool> {
        self.letter(id)?;
        let sql = "UPDATE letter SET state = 'dropped', ended_at = ?2 WHERE letter_id = ?1 AND state = 'owed'";
        self.write(|tx| Ok(tx.execute(sql, params![id, instant(now)])? > 0))
    }
}
