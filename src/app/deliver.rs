//! Drains the owed letters, with patience: one after another, each leaving the queue only when a server said 250 after the dot.
//!
//! Never sleeps, never sends to one reader twice at once, never gives a letter up before days of trying or a server's plain no, and never
//! writes an address into a log or an error.

mod notices;
mod office;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use tracing::{info, warn};

use crate::domain::address::EmailAddress;
use crate::domain::subscriber::State;
use crate::io::mail::{Carrier, MailError, Message, Stage};
use crate::io::roster::Roster;
use crate::io::roster::outbox::{Ladder, LetterRow, LetterState};
use crate::io::roster::people::PauseReason;
use crate::io::roster::relay::Trouble;

use notices::Notice;
pub use notices::tell_operators;
use office::Desk;
pub use office::{Office, Writer, road};

/// Waits between tries, in minutes: a greylisting server is passed at the second, a rebooting one at the third; then every four hours.
const WAITS_MIN: [i64; 5] = [1, 5, 15, 60, 240];
/// At most this share of a wait is taken off, so that a thousand letters do not come due in one second. More would bring the second try
/// before the five minutes that greylisting servers ask for.
const JITTER_PERCENT: i64 = 10;
/// How long a letter is tried: what mail servers themselves do (RFC 5321 4.5.4.1).
const GIVE_UP_AFTER: Duration = Duration::days(5);
/// Refusals in this time that pause a reader.
const REFUSAL_WINDOW: Duration = Duration::days(14);
/// How many refusals pause a reader. One may be a full mailbox or a bad day of a server.
const REFUSALS_TO_PAUSE: u32 = 3;
/// Letters judged together: when the server refuses too many of these, the fault is not the readers'.
const BATCH: usize = 100;
/// The share of a batch whose content may be refused, in percent.
const CIRCUIT_PERCENT: usize = 20;
/// Where every single recipient is refused and there are so many, it is the relay that refuses us.
const CIRCUIT_RECIPIENTS: usize = 5;
/// So many "later" or broken connections in a row end the round: the server is busy.
const LATERS_IN_A_ROW: usize = 10;
/// As `LATERS_IN_A_ROW`; each of these may have cost a duplicate.
const LOSSES_IN_A_ROW: usize = 3;

/// What a round of delivery came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Taken by a server.
    pub sent: usize,
    /// Tried in vain, owed further.
    pub failed: usize,
    /// Refused for good.
    pub refused: usize,
    /// Given up after days of trying.
    pub expired: usize,
    /// Owed now, due or not.
    pub owed: i64,
    /// Why nothing more is sent now, in words for a person.
    pub waiting: Option<String>,
    /// When it is worth trying again.
    pub next_at: Option<DateTime<Utc>>,
}

/// Carries letters. Keep one for the life of the process: it remembers what a full disk did not let it write down.
pub struct Postman {
    office: Office,
    desk: Desk,
    /// Taken by a server, and not yet recorded as sent.
    unrecorded: Vec<i64>,
}

/// One round.
struct Round<'a> {
    postman: &'a mut Postman,
    roster: &'a mut Roster,
    write: &'a Writer<'a>,
    clock: &'a dyn Fn() -> DateTime<Utc>,
    carrier: Option<Carrier>,
    delivery: Delivery,
    /// Refused in this batch, and not marked before the batch is judged.
    refusals: Vec<(i64, Stage, String)>,
    tried: usize,
    laters: usize,
    losses: usize,
}

/// Whether the round goes on.
#[derive(PartialEq, Eq)]
enum Onward {
    Yes,
    No,
}

impl Postman {
    /// Opens for business.
    pub fn new(office: Office) -> Self {
        Postman { office, desk: Desk::default(), unrecorded: Vec::new() }
    }

    /// What the settings say of letters.
    pub fn office(&self) -> &Office {
        &self.office
    }

    /// Sends what is owed and due, at most `limit` letters. Ends after the letter under way once `stop` is set. The clock is asked again and
    /// again: a slow server outlasts any one instant.
    pub fn deliver(
        &mut self,
        roster: &mut Roster,
        write: &Writer<'_>,
        limit: Option<usize>,
        clock: &dyn Fn() -> DateTime<Utc>,
        stop: &AtomicBool,
    ) -> Result<Delivery> {
        self.record_what_was_sent(roster, clock())?;
        let mut round = Round {
            postman: self,
            roster,
            write,
            clock,
            carrier: None,
            delivery: Delivery::default(),
            refusals: Vec::new(),
            tried: 0,
            laters: 0,
            losses: 0,
        };
        let ended = round.run(limit.unwrap_or(usize::MAX), stop);
        if let Some(carrier) = round.carrier.take() {
            carrier.close();
        }
        let mut delivery = round.delivery;
        ended?;
        delivery.owed = roster.count_letters()?.owed;
        if delivery.next_at.is_none() {
            delivery.next_at = roster.next_due_at()?;
        }
        Ok(delivery)
    }

    /// First of all: what a server took must be known as sent before anything else is offered to it.
    fn record_what_was_sent(&mut self, roster: &mut Roster, now: DateTime<Utc>) -> Result<()> {
        while let Some(id) = self.unrecorded.last().copied() {
            roster.mark_sent(id, now).context("a letter was sent, and that could not be written down; nothing more is sent until it can")?;
            self.unrecorded.pop();
        }
        Ok(())
    }
}

impl Round<'_> {
    fn run(&mut self, limit: usize, stop: &AtomicBool) -> Result<()> {
        let now = (self.clock)();
        if let Some(stopped) = self.roster.stopped()? {
            self.delivery.waiting = Some(format!("stopped since {}: {}", stopped.at.format("%F %T UTC"), stopped.reason));
            return Ok(());
        }
        let longest = Duration::minutes(WAITS_MIN[4]);
        self.roster.forgive_clock(longest, now)?;
        self.roster.change(|people| people.resume_due(now))?;
        let relay = self.roster.relay()?;
        if let Some(until) = relay.waiting_until.filter(|until| *until > now && *until <= now + longest) {
            let trouble = relay.trouble.map_or("busy", Trouble::as_str);
            self.delivery.waiting = Some(format!("the mail server is given time until {} ({trouble})", until.format("%F %T UTC")));
            self.delivery.next_at = Some(until);
            return Ok(());
        }
        let mut left = limit;
        while left > 0 && !stop.load(Ordering::Relaxed) {
            let room = self.room()?;
            let ids = self.roster.due((self.clock)(), left.min(room).min(BATCH))?;
            if ids.is_empty() {
                break;
            }
            left -= ids.len();
            if self.batch(&ids, stop)? == Onward::No {
                break;
            }
        }
        Ok(())
    }

    /// How many letters may be offered now without more than the settings allow in any sixty seconds.
    fn room(&mut self) -> Result<usize> {
        let (now, most) = ((self.clock)(), self.postman.office.per_minute_max);
        let minute = Duration::seconds(60);
        let (handed, oldest) = self.roster.handed(now - minute, now, most)?;
        if handed >= most {
            self.delivery.waiting = Some(format!("{most} letters went in the last minute, which is what the settings allow"));
            self.delivery.next_at = oldest.map(|at| at + minute);
        }
        Ok(usize::try_from(most.saturating_sub(handed)).unwrap_or(usize::MAX))
    }

    fn batch(&mut self, ids: &[i64], stop: &AtomicBool) -> Result<Onward> {
        // Where nothing can be written any more, this fails before a letter is sent.
        self.roster.open_relay((self.clock)())?;
        self.tried = 0;
        let mut onward = Onward::Yes;
        for id in ids {
            if stop.load(Ordering::Relaxed) {
                onward = Onward::No;
                break;
            }
            if self.one(*id)? == Onward::No {
                onward = Onward::No;
                break;
            }
        }
        if self.judge()? == Onward::No { Ok(Onward::No) } else { Ok(onward) }
    }

    fn one(&mut self, id: i64) -> Result<Onward> {
        // Read at the last moment: somebody may have left while the batch was under way.
        let row = self.roster.letter(id)?;
        let Some(to) = row.address.clone().filter(|_| row.state == LetterState::Owed && may_get_letters(&row)) else { return Ok(Onward::Yes) };
        self.tried += 1;
        let now = (self.clock)();
        let (office, desk) = (&self.postman.office, &mut self.postman.desk);
        let message = match desk.message(office, self.roster, &row, &to, self.write, now, false) {
            Ok(message) => message,
            Err(error) => return self.unwritable(&row, &error),
        };
        let outcome = match self.offer(&message) {
            Err(MailError::TooLarge { limit }) => {
                warn!(letter = id, limit, "the server takes no letter of this size: it gets the beginning");
                self.short(&row, &to)
            }
            other => other,
        };
        match outcome {
            Ok(()) => self.taken(id),
            Err(error) => self.not_taken(&row, error),
        }
    }

    fn short(&mut self, row: &LetterRow, to: &EmailAddress) -> Result<(), MailError> {
        let (office, desk, now) = (&self.postman.office, &mut self.postman.desk, (self.clock)());
        let message = desk.message(office, self.roster, row, to, self.write, now, true).map_err(|e| MailError::Unfit(format!("{e:#}")))?;
        self.offer(&message)
    }

    /// Offers a letter; once more on a new connection where the old one was used up before the letter could have been taken.
    fn offer(&mut self, message: &Message) -> Result<(), MailError> {
        let used = self.carrier.as_ref().is_some_and(Carrier::is_open);
        let first = self.offer_once(message);
        match &first {
            Err(MailError::Lost { stage: Stage::Sender | Stage::Recipient | Stage::Data, .. }) if used => {}
            Err(MailError::Later { stage: Stage::Sender | Stage::Recipient | Stage::Data, code: 421 | 452, .. }) if used => {}
            _ => return first,
        }
        if let Some(carrier) = self.carrier.take() {
            carrier.close();
        }
        self.offer_once(message)
    }

    fn offer_once(&mut self, message: &Message) -> Result<(), MailError> {
        let mut carrier = match self.carrier.take().filter(Carrier::is_open) {
            Some(carrier) => carrier,
            None => Carrier::open(&self.postman.office.road)?,
        };
        let outcome = carrier.hand_over(message);
        self.carrier = Some(carrier);
        outcome
    }

    /// A server said 250. From here to the record, and only here, a kill makes a duplicate.
    fn taken(&mut self, id: i64) -> Result<Onward> {
        (self.laters, self.losses) = (0, 0);
        self.delivery.sent += 1;
        self.postman.unrecorded.push(id);
        self.postman.record_what_was_sent(self.roster, (self.clock)())?;
        if self.roster.relay()?.trouble.is_some() {
            self.roster.relay_is_well()?;
            info!("the mail server takes letters again");
        }
        Ok(Onward::Yes)
    }

    fn not_taken(&mut self, row: &LetterRow, error: MailError) -> Result<Onward> {
        let said = error.to_string();
        warn!(letter = row.id, subscriber = row.subscriber_id, "not taken: {said}");
        match error {
            MailError::Never { stage: Stage::Sender, .. } => self.server_trouble(Trouble::Sender, &said),
            MailError::Never { stage, .. } => {
                self.refusals.push((row.id, stage, said));
                Ok(Onward::Yes)
            }
            MailError::Unfit(_) => {
                self.refuse(row.id, &said)?;
                Ok(Onward::Yes)
            }
            MailError::Later { .. } | MailError::TooLarge { .. } => {
                self.laters += 1;
                self.later(row, &said)
            }
            MailError::Lost { .. } => {
                self.losses += 1;
                self.later(row, &said)
            }
            MailError::Login { lasting: true, .. } => self.server_trouble(Trouble::Login, &said),
            MailError::Insecure(_) => self.server_trouble(Trouble::Insecure, &said),
            MailError::Login { .. } | MailError::Unreachable(_) | MailError::Local(_) => self.nobody_there(&said),
        }
    }

    /// The words of the letter, or the template an operator changed, do not render: that is no server's fault.
    fn unwritable(&mut self, row: &LetterRow, error: &anyhow::Error) -> Result<Onward> {
        warn!(letter = row.id, "cannot be written: {error:#}");
        self.laters += 1;
        self.later(row, &format!("cannot be written: {error:#}"))
    }

    fn later(&mut self, row: &LetterRow, said: &str) -> Result<Onward> {
        let now = (self.clock)();
        if row.first_tried_at.is_some_and(|first| first <= now - GIVE_UP_AFTER) {
            self.roster.mark_expired(row.id, said, now)?;
            self.delivery.expired += 1;
            self.tell(&Notice::Expired { letters: 1 })?;
        } else {
            self.roster.postpone(row.id, said, next_try(row.attempts, row.id, now), now)?;
            self.delivery.failed += 1;
        }
        if self.laters >= LATERS_IN_A_ROW || self.losses >= LOSSES_IN_A_ROW {
            let until = now + Duration::minutes(WAITS_MIN[0]);
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
        let due = self.roster.due(now, usize::MAX)?.len();
        let expired = self.roster.postpone_due(said, &ladder(now), now - GIVE_UP_AFTER, now)?;
        self.delivery.failed += due - expired;
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

    /// After a batch: were readers refused, or were we?
    fn judge(&mut self) -> Result<Onward> {
        let refusals = std::mem::take(&mut self.refusals);
        let content = refusals.iter().filter(|(_, stage, _)| *stage != Stage::Recipient).count();
        let recipients = refusals.len() - content;
        // One refusal among few is that reader's; the only letter there was, refused, says nothing of the reader.
        let of_content = content * 100 > self.tried * CIRCUIT_PERCENT && (content > 1 || self.tried == 1);
        let of_everybody = recipients >= CIRCUIT_RECIPIENTS && recipients == self.tried;
        if of_content || of_everybody {
            return self.break_circuit(&refusals);
        }
        for (id, _, said) in &refusals {
            self.refuse(*id, said)?;
        }
        Ok(Onward::Yes)
    }

    fn break_circuit(&mut self, refusals: &[(i64, Stage, String)]) -> Result<Onward> {
        let now = (self.clock)();
        let before = self.roster.relay()?;
        let failures = if before.trouble == Some(Trouble::Circuit) { before.failures } else { 0 };
        let until = next_try(failures, 0, now);
        self.roster.wait_for_relay(Trouble::Circuit, until, now)?;
        let since = self.roster.relay()?.since.unwrap_or(now);
        for (id, _, said) in refusals {
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
        let said = refusals.first().map_or_else(String::new, |(_, _, said)| said.clone());
        self.tell(&Notice::Circuit { since, refused: refusals.len(), tried: self.tried, said })?;
        self.delivery.waiting = Some("the mail server refused too many letters at once: nobody was marked as refused".to_owned());
        self.delivery.next_at = Some(until);
        Ok(Onward::No)
    }

    fn refuse(&mut self, id: i64, said: &str) -> Result<()> {
        let now = (self.clock)();
        let (reader, times) = self.roster.mark_refused(id, said, now - REFUSAL_WINDOW, now)?;
        self.delivery.refused += 1;
        if let Some(reader) = reader.filter(|_| times >= REFUSALS_TO_PAUSE) {
            self.roster.change(|people| people.pause(reader, PauseReason::Refused, None, now))?;
            warn!(subscriber = reader, times, "paused: letters were refused too often");
            self.tell(&Notice::Paused { subscriber: reader, times, at: now })?;
        }
        Ok(())
    }

    /// Owes a notice to the operators: it goes out when the server takes letters again. The log has it at once.
    fn tell(&mut self, notice: &Notice) -> Result<()> {
        notice.owe(self.roster, &self.postman.office, (self.clock)())
    }
}

fn may_get_letters(row: &LetterRow) -> bool {
    // What is owed to somebody pending is the letter that asks.
    row.subscriber_state.is_none_or(|state| matches!(state, State::Confirmed | State::Pending))
}

/// When a letter is tried next that was tried in vain `before` times and once more now.
fn next_try(before: u32, id: i64, now: DateTime<Utc>) -> DateTime<Utc> {
    let step = usize::try_from(before).unwrap_or(usize::MAX).min(WAITS_MIN.len() - 1);
    let wait_ms = WAITS_MIN[step] * 60_000;
    // Spread by the letter's number: no two neighbours alike, and the same letter alike in a test.
    let spread = (id.wrapping_add(1).wrapping_mul(7_919).rem_euclid(1_000)) * JITTER_PERCENT * wait_ms / 100_000;
    now + Duration::milliseconds(wait_ms - spread)
}

fn ladder(now: DateTime<Utc>) -> Ladder {
    [0, 1, 2, 3, 4].map(|before| next_try(before, 0, now))
}
