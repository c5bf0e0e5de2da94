//! Drains the owed letters, with patience: each leaves the queue only when a server said 250 after the dot, and no connection is offered the
//! next before that is on the disk.
//!
//! Never sleeps, never sends to one reader twice at once, never gives a letter up before days of trying or a server's plain no, and never
//! writes an address into a log or an error.

mod carriers;
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
use crate::domain::bounce::About;
use crate::domain::subscriber::State;
use crate::io::mail::{MailError, Message, Stage};
use crate::io::roster::Roster;
use crate::io::roster::outbox::{LetterRow, LetterState};
use crate::io::roster::relay::Trouble;

use carriers::Carriers;
use notices::Notice;
pub use notices::tell_operators;
pub use office::{CONFIRM_DAYS, Office, Writer, road, signer};
use office::{Counter, Desk};
use patience::LONGEST_WAIT;

/// Letters judged together: when the server refuses too many of these, the fault is not the readers'.
const BATCH: usize = 100;
/// A second connection is worth its greeting where so many letters are due and allowed this minute, a third where twice as many are. A few
/// hundred readers are told over one, and a kill duplicates one letter at most.
const LETTERS_A_CONNECTION: usize = 500;
/// No more connections at one time: a sixth of what Postfix allows one client.
const CONNECTIONS_MAX: usize = 8;

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
    delivery: Delivery,
    /// Refused in this batch, and not marked before the batch is judged.
    refusals: Vec<Refusal>,
    /// Given up in this batch, for the server put their readers off too long: reader, letter, what it said.
    given_up: Vec<(i64, i64, String)>,
    tried: usize,
    laters: usize,
    losses: usize,
}

/// A letter that a server said never to.
struct Refusal {
    id: i64,
    stage: Stage,
    /// Of whom its words speak.
    about: About,
    said: String,
}

/// Whether the round goes on.
#[derive(PartialEq, Eq)]
enum Onward {
    Yes,
    No,
}

impl Onward {
    fn and(self, other: Onward) -> Onward {
        if self == Onward::Yes { other } else { self }
    }
}

/// A letter under way.
struct Letter {
    row: LetterRow,
    to: EmailAddress,
    /// Only its beginning: the server takes no longer one.
    short: bool,
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
            delivery: Delivery::default(),
            refusals: Vec::new(),
            given_up: Vec::new(),
            tried: 0,
            laters: 0,
            losses: 0,
        };
        let ended = round.run(limit.unwrap_or(usize::MAX), stop);
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
        if self.unrecorded.is_empty() {
            return Ok(());
        }
        roster
            .mark_sent(&self.unrecorded, now)
            .context("a letter was sent, and that could not be written down; nothing more is sent until it can")?;
        self.unrecorded.clear();
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
        let mut carriers = self.carriers(limit)?;
        let mut left = limit;
        while left > 0 && !stop.load(Ordering::Relaxed) {
            let room = self.room()?;
            let ids = self.roster.due((self.clock)(), left.min(room).min(BATCH))?;
            if ids.is_empty() {
                break;
            }
            left -= ids.len();
            if self.batch(&ids, &mut carriers, stop)? == Onward::No {
                break;
            }
        }
        Ok(())
    }

    /// As many as the letters are worth that may go now.
    fn carriers(&mut self, limit: usize) -> Result<Carriers<Letter>> {
        let counted = limit.min(self.room()?).min(CONNECTIONS_MAX * LETTERS_A_CONNECTION);
        let due = self.roster.due((self.clock)(), counted)?.len();
        Ok(Carriers::new(self.postman.office.road.clone(), (due / LETTERS_A_CONNECTION).max(1)))
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

    fn batch(&mut self, ids: &[i64], carriers: &mut Carriers<Letter>, stop: &AtomicBool) -> Result<Onward> {
        // Where nothing can be written any more, this fails before a letter is sent.
        self.roster.open_relay((self.clock)())?;
        self.tried = 0;
        let ended = self.hand_over(ids, carriers, stop);
        // After a fault of ours the others under way are waited for: what a server took is not forgotten.
        while !carriers.are_idle() {
            let taken = carriers.answers().into_iter().filter(|(_, answer)| answer.is_ok());
            self.postman.unrecorded.extend(taken.map(|(letter, _)| letter.row.id));
        }
        let onward = ended?;
        if self.judge()? == Onward::No { Ok(Onward::No) } else { Ok(onward) }
    }

    /// Keeps every carrier busy until the batch is through or the round is over, and all have answered.
    fn hand_over(&mut self, ids: &[i64], carriers: &mut Carriers<Letter>, stop: &AtomicBool) -> Result<Onward> {
        let mut waiting = ids.iter();
        let mut onward = Onward::Yes;
        let mut quarrel = None;
        loop {
            while onward == Onward::Yes && carriers.has_room() {
                let Some(id) = waiting.next() else { break };
                onward = if stop.load(Ordering::Relaxed) { Onward::No } else { self.give(*id, carriers)? };
            }
            if carriers.are_idle() {
                break;
            }
            let (taken, not_taken): (Vec<_>, Vec<_>) = carriers.answers().into_iter().partition(|(_, answer)| answer.is_ok());
            self.taken(taken.into_iter().map(|(letter, _)| letter.row.id))?;
            for (letter, error) in not_taken.into_iter().filter_map(|(letter, answer)| Some((letter, answer.err()?))) {
                match error {
                    MailError::TooLarge { limit } if !letter.short => self.shorten(letter, limit, carriers)?,
                    // What concerns every letter is settled once, when none is under way.
                    error if judge::concerns_all(&error) => {
                        quarrel.get_or_insert((letter.row, error));
                        onward = Onward::No;
                    }
                    error => onward = onward.and(self.not_taken(&letter.row, error)?),
                }
            }
        }
        match quarrel {
            Some((row, error)) => self.not_taken(&row, error),
            None => Ok(onward),
        }
    }

    fn give(&mut self, id: i64, carriers: &mut Carriers<Letter>) -> Result<Onward> {
        // Read at the last moment: somebody may have left while the batch was under way.
        let row = self.roster.letter(id)?;
        let Some(to) = row.address.clone().filter(|_| row.state == LetterState::Owed && may_get_letters(&row)) else {
            return Ok(Onward::Yes);
        };
        self.tried += 1;
        match self.message(&row, &to, false) {
            Ok(message) => carriers.give(Letter { row, to, short: false }, message),
            Err(error) => return self.unwritable(&row, &error),
        }
        Ok(Onward::Yes)
    }

    fn shorten(&mut self, letter: Letter, limit: Option<usize>, carriers: &mut Carriers<Letter>) -> Result<()> {
        warn!(letter = letter.row.id, limit, "the server takes no letter of this size: it gets the beginning");
        match self.message(&letter.row, &letter.to, true) {
            Ok(message) => carriers.give(Letter { short: true, ..letter }, message),
            Err(error) => {
                self.not_taken(&letter.row, MailError::Unfit(format!("{error:#}")))?;
            }
        }
        Ok(())
    }

    fn message(&mut self, row: &LetterRow, to: &EmailAddress, short: bool) -> Result<Message> {
        let date = (self.clock)();
        let Postman { office, desk, .. } = &mut *self.postman;
        desk.message(&Counter { office, roster: self.roster, write: self.write, date }, row, to, short)
    }

    /// A server said 250 to each. From here to the record, and only here, a kill makes duplicates.
    fn taken(&mut self, ids: impl Iterator<Item = i64>) -> Result<()> {
        let before = self.postman.unrecorded.len();
        self.postman.unrecorded.extend(ids);
        let taken = self.postman.unrecorded.len() - before;
        if taken == 0 {
            return Ok(());
        }
        (self.laters, self.losses) = (0, 0);
        self.delivery.sent += taken;
        self.postman.record_what_was_sent(self.roster, (self.clock)())?;
        if self.roster.relay()?.trouble.is_some() {
            self.roster.relay_is_well()?;
            info!("the mail server takes letters again");
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
    row.asked || row.subscriber_state.is_none_or(|state| matches!(state, State::Confirmed | State::Pending))
}
