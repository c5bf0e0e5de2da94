//! What a no means: of this letter, of its reader, or of the server; and when it is tried again. Never offers a letter.

use anyhow::Result;
use chrono::{DateTime, Duration, Utc};
use tracing::warn;

use super::notices::Notice;
use super::patience::{SHORTEST_WAIT, ladder, next_try};
use super::{Onward, Refusal, Round};
use crate::app::bounces;
use crate::domain::bounce::{About, Refused, Sort, about};
use crate::io::mail::{MailError, Stage};
use crate::io::roster::bounces::Bounce;
use crate::io::roster::outbox::LetterRow;
use crate::io::roster::relay::Trouble;

/// How long a letter is tried: what mail servers themselves do (RFC 5321 4.5.4.1).
const GIVE_UP_AFTER: Duration = Duration::days(5);
/// The share of a batch whose content may be refused, in percent.
const CIRCUIT_PERCENT: usize = 20;
/// Where every single recipient is refused and there are so many, it is the relay that refuses us.
const CIRCUIT_RECIPIENTS: usize = 5;
/// So many "later" or broken connections in a row end the round: the server is busy.
const LATERS_IN_A_ROW: usize = 10;
/// As `LATERS_IN_A_ROW`; each of these may have cost a duplicate.
const LOSSES_IN_A_ROW: usize = 3;

/// Whether an answer speaks of the server or of us, and so of every letter that is due.
pub(super) fn concerns_all(error: &MailError) -> bool {
    match error {
        MailError::Never { stage, .. } => *stage == Stage::Sender,
        MailError::Login { .. } | MailError::Insecure(_) | MailError::Unreachable(_) | MailError::Local(_) => true,
        MailError::Later { .. } | MailError::Lost { .. } | MailError::TooLarge { .. } | MailError::Unfit(_) => false,
    }
}

impl Round<'_> {
    pub(super) fn not_taken(&mut self, row: &LetterRow, error: MailError) -> Result<Onward> {
        let said = error.to_string();
        warn!(letter = row.id, subscriber = row.subscriber_id, "not taken: {said}");
        match error {
            MailError::Never { stage: Stage::Sender, .. } => self.server_trouble(Trouble::Sender, &said),
            MailError::Never { stage, code, why } => {
                self.refusals.push(Refusal { id: row.id, stage, about: about(code, &why), said });
                Ok(Onward::Yes)
            }
            MailError::Unfit(_) => {
                self.mark_refused(row.id, &said)?;
                Ok(Onward::Yes)
            }
            MailError::Later { stage, .. } => {
                self.laters += 1;
                self.later(row, &said, stage == Stage::Recipient)
            }
            MailError::TooLarge { .. } => {
                self.laters += 1;
                self.later(row, &said, false)
            }
            MailError::Lost { .. } => {
                self.losses += 1;
                self.later(row, &said, false)
            }
            MailError::Login { lasting: true, .. } => self.server_trouble(Trouble::Login, &said),
            MailError::Insecure(_) => self.server_trouble(Trouble::Insecure, &said),
            MailError::Login { .. } | MailError::Unreachable(_) | MailError::Local(_) => self.nobody_there(&said),
        }
    }

    /// The words of the letter, or the template an operator changed, do not render: that is no server's fault.
    pub(super) fn unwritable(&mut self, row: &LetterRow, error: &anyhow::Error) -> Result<Onward> {
        warn!(letter = row.id, "cannot be written: {error:#}");
        self.tell(&Notice::Unwritable { edition: row.edition_id, why: format!("{error:#}") })?;
        self.laters += 1;
        self.later(row, &format!("cannot be written: {error:#}"), false)
    }

    /// `of_reader`: it was the reader's address that the server would not take now.
    fn later(&mut self, row: &LetterRow, said: &str, of_reader: bool) -> Result<Onward> {
        let now = (self.clock)();
        if row.first_tried_at.is_some_and(|first| first <= now - GIVE_UP_AFTER) {
            self.roster.mark_expired(row.id, said, now)?;
            self.delivery.expired += 1;
            if let Some(reader) = row.subscriber_id.filter(|_| of_reader) {
                self.given_up.push((reader, row.id, said.to_owned()));
            }
            self.tell(&Notice::Expired { letters: 1 })?;
        } else {
            self.roster.postpone(row.id, said, next_try(row.attempts, row.id, now), now)?;
            self.delivery.failed += 1;
        }
        if self.laters >= LATERS_IN_A_ROW || self.losses >= LOSSES_IN_A_ROW {
            let until = now + SHORTEST_WAIT;
            self.roster.wait_for_relay(Trouble::Busy, until, now)?;
            self.delivery.waiting = Some("the mail server is busy".to_owned());
            self.delivery.next_at = Some(until);
            return Ok(Onward::No);
        }
        Ok(Onward::Yes)
    }

    /// No conversation came about: every letter that is due was tried, in effect.
    fn nobody_there(&mut self, said: &str) -> Result<Onward> {
        let now = (self.clock)();
        let (later, expired) = self.roster.postpone_due(said, &ladder(now), now - GIVE_UP_AFTER, now)?;
        self.delivery.failed += later;
        self.delivery.expired += expired;
        self.delivery.waiting = Some(said.to_owned());
        if expired > 0 {
            self.tell(&Notice::Expired { letters: expired })?;
        }
        Ok(Onward::No)
    }

    /// The server's quarrel is with us and with no reader: nobody is marked, the whole queue waits, longer each time.
    fn server_trouble(&mut self, trouble: Trouble, said: &str) -> Result<Onward> {
        let now = (self.clock)();
        let before = self.roster.relay()?;
        let failures = if before.trouble == Some(trouble) { before.failures } else { 0 };
        let until = next_try(failures, 0, now);
        self.nobody_there(said)?;
        self.roster.wait_for_relay(trouble, until, now)?;
        let since = self.roster.relay()?.since.unwrap_or(now);
        self.tell(&Notice::Trouble { trouble, since, said: said.to_owned() })?;
        self.delivery.next_at = Some(until);
        Ok(Onward::No)
    }

    /// Letters that were given up after days of "later" for their readers: a word on these only where the server serves others meanwhile. One that
    /// puts everybody off is busy, or has a quarrel with us.
    fn judge_given_up(&mut self) -> Result<()> {
        let given_up = std::mem::take(&mut self.given_up);
        let serves = self.laters + self.losses < self.tried;
        let now = (self.clock)();
        for (reader, id, said) in given_up {
            let alone = self.tried == 1 && self.roster.is_edition_taken(self.roster.letter(id)?.edition_id)?;
            if serves || alone {
                self.count(reader, &bounces::given_up(id, &said, now), now)?;
            }
        }
        Ok(())
    }

    /// After a batch: were readers refused, or were we?
    pub(super) fn judge(&mut self) -> Result<Onward> {
        self.judge_given_up()?;
        let refusals = std::mem::take(&mut self.refusals);
        let content = refusals.iter().filter(|no| no.stage != Stage::Recipient && no.about != About::Mailbox).count();
        // One refusal among few is that reader's. Of the only letter there was it is so if others took the same one; else who knows.
        let alone = self.tried == 1 && !self.taken_by_others(&refusals)?;
        if content * 100 > self.tried * CIRCUIT_PERCENT && (content > 1 || alone) {
            return self.break_circuit(&refusals);
        }
        let recipients = refusals.iter().filter(|no| no.stage == Stage::Recipient).count();
        let everybody = recipients > 0 && recipients == self.tried;
        if everybody && recipients >= CIRCUIT_RECIPIENTS {
            return self.break_circuit(&refusals);
        }
        // Where nobody got through, a word on us keeps back whoever it was said to; so do words that say nothing, where no other is clear.
        let unclear = refusals.iter().all(|no| no.about != About::Mailbox) && (self.tried > 1 || alone);
        let (of_us, of_readers): (Vec<Refusal>, Vec<Refusal>) =
            refusals.into_iter().partition(|no| no.stage == Stage::Recipient && everybody && (no.about == About::Us || unclear));
        for no in &of_readers {
            self.refuse(no)?;
        }
        if of_us.is_empty() { Ok(Onward::Yes) } else { self.break_circuit(&of_us) }
    }

    fn taken_by_others(&self, refusals: &[Refusal]) -> Result<bool> {
        let Some(first) = refusals.first() else { return Ok(false) };
        Ok(self.roster.is_edition_taken(self.roster.letter(first.id)?.edition_id)?)
    }

    fn break_circuit(&mut self, refusals: &[Refusal]) -> Result<Onward> {
        let now = (self.clock)();
        let before = self.roster.relay()?;
        let failures = if before.trouble == Some(Trouble::Circuit) { before.failures } else { 0 };
        let until = next_try(failures, 0, now);
        self.roster.wait_for_relay(Trouble::Circuit, until, now)?;
        let since = self.roster.relay()?.since.unwrap_or(now);
        for Refusal { id, said, .. } in refusals {
            let row = self.roster.letter(*id)?;
            if row.first_tried_at.is_some_and(|first| first <= now - GIVE_UP_AFTER) {
                self.roster.mark_expired(*id, said, now)?;
                self.delivery.expired += 1;
            } else {
                self.roster.postpone(*id, said, until, now)?;
                self.delivery.failed += 1;
            }
        }
        if self.delivery.expired > 0 {
            self.tell(&Notice::Expired { letters: self.delivery.expired })?;
        }
        let said = refusals.first().map_or_else(String::new, |first| first.said.clone());
        self.tell(&Notice::Circuit { since, refused: refusals.len(), tried: self.tried, said })?;
        self.delivery.waiting = Some("the mail server refused too many letters at once: nobody was marked as refused".to_owned());
        self.delivery.next_at = Some(until);
        Ok(Onward::No)
    }

    /// The letter is refused; whether its reader is, the words say.
    fn refuse(&mut self, no: &Refusal) -> Result<()> {
        let (Refusal { id, stage, said, .. }, now) = (no, (self.clock)());
        let (id, said) = (*id, said.as_str());
        self.mark_refused(id, said)?;
        let Some(reader) = self.roster.letter(id)?.subscriber_id else { return Ok(()) };
        let refused = if *stage == Stage::Recipient { Refused::Recipient } else { Refused::Letter };
        let bounce = bounces::refusal(id, said, refused, now);
        self.count(reader, &bounce, now)?;
        if bounce.sort == Sort::Content {
            self.tell(&Notice::Content { said: said.to_owned() })?;
        }
        Ok(())
    }

    fn count(&mut self, reader: i64, bounce: &Bounce, now: DateTime<Utc>) -> Result<()> {
        match bounces::count(self.roster, reader, bounce, now)? {
            Some(points) => self.tell(&Notice::Paused { subscriber: reader, points, at: now }),
            None => Ok(()),
        }
    }

    fn mark_refused(&mut self, id: i64, said: &str) -> Result<()> {
        self.roster.mark_refused(id, said, (self.clock)())?;
        self.delivery.refused += 1;
        Ok(())
    }
}
