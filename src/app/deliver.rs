//! Drains the owed letters, with patience: one after another, each leaving the queue only when a server said 250 after the dot.
//!
//! Never sleeps, never sends to one reader twice at once, never gives a letter up before days of trying or a server's plain no, and never
//! writes an address into a log or an error.

mod judge;
mod notices;
mod office;
mod patience;

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use tracing::{info, warn};

use crate::domain::address::EmailAddress;
use crate::domain::subscriber::State;
use crate::io::mail::{Carrier, MailError, Message, Stage};
use crate::io::roster::Roster;
use crate::io::roster::outbox::{LetterRow, LetterState};
use crate::io::roster::relay::Trouble;

use notices::Notice;
pub use notices::tell_operators;
pub use office::{CONFIRM_DAYS, Office, Writer, road, signer};
use office::{Counter, Desk};
use patience::LONGEST_WAIT;

/// Letters judged together: when the server refuses too many of these, the fault is not the readers'.
const BATCH: usize = 100;
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

    /// Other settings; what was sent and could not be recorded is not forgotten.
    pub fn move_to(&mut self, office: Office) {
        (self.office, self.desk) = (office, Desk::default());
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
            roster
                .mark_sent(id, now)
                .context("a letter was sent, and that could not be written down; nothing more is sent until it can")?;
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
        self.roster.forgive_clock(LONGEST_WAIT, now)?;
        self.roster.change(|people| people.resume_due(now))?;
        let relay = self.roster.relay()?;
        if let Some(until) = relay.waiting_until.filter(|until| *until > now && *until <= now + LONGEST_WAIT) {
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
        let Some(to) = row.address.clone().filter(|_| row.state == LetterState::Owed && may_get_letters(&row)) else {
            return Ok(Onward::Yes);
        };
        self.tried += 1;
        let message = match self.message(&row, &to, false) {
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

    fn message(&mut self, row: &LetterRow, to: &EmailAddress, short: bool) -> Result<Message> {
        let date = (self.clock)();
        let Postman { office, desk, .. } = &mut *self.postman;
        desk.message(&Counter { office, roster: self.roster, write: self.write, date }, row, to, short)
    }

    fn short(&mut self, row: &LetterRow, to: &EmailAddress) -> Result<(), MailError> {
        let message = self.message(row, to, true).map_err(|e| MailError::Unfit(format!("{e:#}")))?;
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

    /// Owes a notice to the operators: it goes out when the server takes letters again. The log has it at once.
    fn tell(&mut self, notice: &Notice) -> Result<()> {
        notice.owe(self.roster, &self.postman.office, (self.clock)())
    }
}

fn may_get_letters(row: &LetterRow) -> bool {
    // What is owed to somebody pending is the letter that asks.
    row.asked || row.subscriber_state.is_none_or(|state| matches!(state, State::Confirmed | State::Pending))
}
