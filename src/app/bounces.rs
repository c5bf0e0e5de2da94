//! What comes back: letters that were refused or returned, complaints, answers. Counted against an address, and acted upon.
//!
//! One mechanism for all of it: points, which pause a reader when there are enough, and which letters resumed wipe out. Never deletes anybody for
//! a report, never answers a message, never believes one that shows nothing only we can have made (`whose`).
//!
//! ```text
//! whose     which letter, and whose: by our token, else by our Message-ID     notices   what operators are told
//! round     reads a Maildir, again and again
//! ```

mod notices;
mod round;
mod whose;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::Result;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use tracing::{info, warn};

use crate::app::deliver::CONFIRM_DAYS;
use crate::app::subscribe;
use crate::domain::bounce::{self, How, POINTS_TO_PAUSE, Refused, Sort, Status};
use crate::domain::returned::{self, Answer, Failure, Kind, Returned, Word};
use crate::domain::subscriber::{State, State::Confirmed, State::Pending};
use crate::io::roster::Roster;
use crate::io::roster::bounces::Bounce;
use crate::io::roster::people::{PauseReason, Subscriber};
use crate::io::roster::token::Purpose;

pub use notices::{ForOperators, content, paused};
pub use round::{Round, round, run};
use whose::Whose;

/// The longest message that is read: a report holds one letter of ours, and the longest of those is a third of it.
pub const MESSAGE_BYTES_MAX: u64 = 1024 * 1024;

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "done")]
pub enum Done {
    /// Counted against an address.
    Counted {
        /// Whose.
        subscriber: i64,
        /// What it means.
        sort: Sort,
        /// The server's code.
        status: Option<String>,
        /// Their letters stop.
        paused: bool,
    },
    /// A reader complained: their letters stop.
    Complained {
        /// Who.
        subscriber: i64,
    },
    /// A reader left by a letter.
    Left {
        /// Who.
        subscriber: i64,
    },
    /// A reader confirmed by an answer.
    Confirmed {
        /// Who.
        subscriber: i64,
    },
    /// Nothing to do: a machine's note, a delivery that is still tried, something about somebody who left.
    Ignored {
        /// What it was.
        what: &'static str,
    },
    /// For a person.
    Aside {
        /// Why.
        why: &'static str,
    },
}

impl std::fmt::Display for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Done::Counted { subscriber, sort, status, paused } => {
                let (status, paused) = (status.as_deref().unwrap_or("no code"), if *paused { "; paused" } else { "" });
                write!(f, "counted against subscriber {subscriber}: {sort}, {status}{paused}")
            }
            Done::Complained { subscriber } => write!(f, "subscriber {subscriber} complained: paused"),
            Done::Left { subscriber } => write!(f, "subscriber {subscriber} left"),
            Done::Confirmed { subscriber } => write!(f, "subscriber {subscriber} confirmed"),
            Done::Ignored { what } => write!(f, "nothing to do: {what}"),
            Done::Aside { why } => write!(f, "for a person: {why}"),
        }
    }
}

/// Counts what speaks against an address, and pauses its reader where that makes it enough. Answers the points (in halves) if it did.
pub fn count(roster: &mut Roster, subscriber: i64, bounce: &Bounce, now: DateTime<Utc>) -> Result<Option<u32>> {
    let paused = roster.change(|people| {
        people.add_bounce(subscriber, bounce)?;
        let points = people.points_since(subscriber, bounce::counts_since(now))?;
        if points < POINTS_TO_PAUSE || people.subscriber(subscriber)?.state != Confirmed {
            return Ok(None);
        }
        people.pause(subscriber, PauseReason::Refused, None, now)?;
        Ok(Some(points))
    })?;
    if let Some(points) = paused {
        warn!(subscriber, points = bounce::shown(points), "paused: the address refuses letters");
    }
    Ok(paused)
}

/// What a server's refusal in the conversation itself speaks.
pub fn refusal(letter_id: i64, said: &str, refused: Refused, now: DateTime<Utc>) -> Bounce {
    let status = Status::found_in(said);
    let sort = bounce::sort_of(status, said, refused);
    let status = status.map(|status| status.to_string());
    Bounce { at: now, how: How::Refused, sort, letter_id: Some(letter_id), status, said: said.to_owned(), points: sort.points() }
}

/// What it speaks that a server put an address off for days.
pub fn given_up(letter_id: i64, said: &str, now: DateTime<Utc>) -> Bounce {
    Bounce { sort: Sort::Soft, points: Sort::Soft.points(), ..refusal(letter_id, said, Refused::Recipient, now) }
}

/// Acts upon one message that came back. `arrived_at`: when our mail server took it.
pub fn act(roster: &mut Roster, message: &[u8], arrived_at: DateTime<Utc>, now: DateTime<Utc>, tell: &mut ForOperators) -> Result<Done> {
    // The parser promises never to panic. What comes from anywhere must not be what proves it wrong to the whole process.
    let returned = match catch_unwind(AssertUnwindSafe(|| returned::read(message))) {
        Ok(Ok(returned)) => returned,
        Ok(Err(why)) => {
            info!("a message that came back cannot be read: {why}");
            return Ok(Done::Aside { why: "it cannot be read" });
        }
        Err(_) => return Ok(Done::Aside { why: "it cannot be read" }),
    };
    let at = arrived_at.min(now);
    let Returned { tokens, kind } = &returned;
    let done = match kind {
        Kind::Passing => Done::Ignored { what: "a letter that is still tried, or was delivered" },
        Kind::Failed { failures, letter } => {
            let named = failures.iter().flat_map(|failure| &failure.recipients);
            match whose::find(roster, tokens, letter, named, now)? {
                Ok(whose) => failed(roster, &whose, failures, at, now, tell)?,
                Err(done) => done,
            }
        }
        Kind::Complaint { letter } => match whose::find(roster, tokens, letter, std::iter::empty(), now)? {
            Ok(whose) => complained(roster, &whose, at, now, tell)?,
            Err(done) => done,
        },
        Kind::Automatic | Kind::Unclear | Kind::Answer(_) => match (leaving(roster, tokens, now), kind) {
            (Some(subscriber), _) => {
                subscribe::leave(roster, subscriber, now)?;
                Done::Left { subscriber }
            }
            (None, Kind::Answer(answer)) => answered(roster, answer, at, now)?,
            (None, Kind::Automatic) => Done::Ignored { what: "a machine's note" },
            (None, _) => Done::Aside { why: "a mail server's message that we do not understand" },
        },
    };
    info!("a message came back: {done}");
    Ok(done)
}

/// Who asks to leave by the token in the subject, which is enough whoever sends it.
fn leaving(roster: &Roster, tokens: &BTreeSet<String>, now: DateTime<Utc>) -> Option<i64> {
    tokens.iter().find_map(|token| roster.read_token(Purpose::Leave, token, now))
}

fn failed(
    roster: &mut Roster,
    whose: &Whose,
    failures: &[Failure],
    at: DateTime<Utc>,
    now: DateTime<Utc>,
    tell: &mut ForOperators,
) -> Result<Done> {
    let Whose { subscriber: Subscriber { id, address, .. }, letter } = whose;
    let weighed = failures.iter().map(|failure| {
        let sort = bounce::sort_of(failure.status, &failure.said, Refused::Recipient);
        let theirs =
            failure.recipients.is_empty() || failure.recipients.iter().any(|one| Some(one.key()) == address.as_ref().map(|a| a.key()));
        // Behind an address that forwards to many, one that is gone is not all of them.
        (if theirs { sort } else { sort.min(Sort::Soft) }, failure)
    });
    let Some((sort, failure)) = weighed.max_by_key(|(sort, _)| *sort) else { return Ok(Done::Aside { why: "a report of nobody" }) };
    let (status, said) = (failure.status.map(|status| status.to_string()), bounce::plain_words(&failure.said));
    if sort == Sort::Content {
        tell.content(status.as_deref(), &said);
    }
    let bounce = Bounce { at, how: How::Returned, sort, letter_id: *letter, status: status.clone(), said, points: sort.points() };
    let points = count(roster, *id, &bounce, now)?;
    tell.paused.extend(points.map(|points| (*id, points)));
    Ok(Done::Counted { subscriber: *id, sort, status, paused: points.is_some() })
}

/// Whoever calls our letters spam gets none, at once. They stay subscribed, for a button is pressed by mistake too; a person decides.
fn complained(roster: &mut Roster, whose: &Whose, at: DateTime<Utc>, now: DateTime<Utc>, tell: &mut ForOperators) -> Result<Done> {
    let subscriber = whose.subscriber.id;
    if whose.subscriber.state == Pending {
        // Somebody else gave us their address, and asking was once too often already.
        subscribe::leave(roster, subscriber, now)?;
        return Ok(Done::Left { subscriber });
    }
    let said = "the reader reported a letter as spam".to_owned();
    let bounce = Bounce { at, how: How::Complained, sort: Sort::Complaint, letter_id: whose.letter, status: None, said, points: 0 };
    roster.change(|people| {
        people.add_bounce(subscriber, &bounce)?;
        people.pause(subscriber, PauseReason::Refused, None, now)
    })?;
    if whose.subscriber.state == Confirmed {
        tell.complained.push(subscriber);
    }
    Ok(Done::Complained { subscriber })
}

/// An answer to a letter of ours, from the address it went to: who can show the letter's Message-ID has it.
fn answered(roster: &mut Roster, answer: &Answer, at: DateTime<Utc>, now: DateTime<Utc>) -> Result<Done> {
    const A_LETTER: Done = Done::Aside { why: "somebody's letter" };
    let Some(reader) = answer.from.as_ref().map(|from| roster.find(from)).transpose()?.flatten() else { return Ok(A_LETTER) };
    let letters = roster.letters_of(reader.id)?;
    let Some(letter) = letters.iter().find(|letter| answer.answers.contains(&letter.message_id)) else { return Ok(A_LETTER) };
    let asks = letter.key.starts_with("confirmation:");
    match (answer.word, reader.state) {
        (Word::Yes, Pending) if asks && at < letter.owed_at + Duration::days(CONFIRM_DAYS) => {
            subscribe::confirm(roster, reader.id, None, now)?;
            Ok(Done::Confirmed { subscriber: reader.id })
        }
        (Word::Yes, Confirmed) if asks => Ok(Done::Ignored { what: "a yes to what was confirmed already" }),
        (Word::Stop, State::Left) => Ok(Done::Ignored { what: "a no of somebody who left" }),
        (Word::Stop, _) => {
            subscribe::leave(roster, reader.id, now)?;
            Ok(Done::Left { subscriber: reader.id })
        }
        _ => Ok(A_LETTER),
    }
}
