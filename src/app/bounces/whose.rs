//! Which letter a report is about, and whose: by our token in the address it came to, else by our Message-ID in the letter it encloses.
//!
//! Never by an address alone: anybody can write a report that names somebody.

use std::collections::BTreeSet;

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::Done;
use crate::domain::address::EmailAddress;
use crate::domain::returned::Enclosed;
use crate::domain::subscriber::State;
use crate::io::roster::people::Subscriber;
use crate::io::roster::token::Purpose;
use crate::io::roster::{Roster, RosterError};

/// Whose letter it was.
pub(super) struct Whose {
    pub(super) subscriber: Subscriber,
    pub(super) letter: Option<i64>,
}

/// Finds it; or says what becomes of a report that is nobody's.
pub(super) fn find<'a>(
    roster: &Roster,
    tokens: &BTreeSet<String>,
    letter: &'a Enclosed,
    named: impl Iterator<Item = &'a EmailAddress>,
    now: DateTime<Utc>,
) -> Result<Result<Whose, Done>> {
    let returned = tokens.iter().find_map(|token| roster.read_token(Purpose::Return, token, now));
    if let Some(id) = returned {
        return match roster.letter(id) {
            Ok(row) => match row.subscriber_id {
                Some(reader) => of(roster, reader, Some(id)),
                // Told by no letter: it would come back as well.
                None => {
                    tracing::error!(letter = id, "a letter to an operator came back: see [operator] emails");
                    Ok(Err(Done::Aside { why: "a letter to an operator came back" }))
                }
            },
            // A restored directory does not know it.
            Err(RosterError::NoLetter(_)) => Ok(Err(Done::Aside { why: "a letter that is not known here" })),
            Err(error) => Err(error.into()),
        };
    }
    let by_link = tokens.iter().find_map(|token| roster.read_token(Purpose::Leave, token, now));
    let mut readers: Vec<i64> = by_link.into_iter().collect();
    for address in letter.to.iter().chain(named) {
        readers.extend(roster.find(address)?.map(|known| known.id));
    }
    readers.dedup();
    for reader in readers {
        let wanted = |message_id: &String| Some(message_id) == letter.message_id.as_ref();
        if let Some(row) = roster.letters_of(reader)?.into_iter().find(|row| wanted(&row.message_id)) {
            return of(roster, reader, Some(row.id));
        }
    }
    match by_link {
        Some(reader) => of(roster, reader, None),
        None => Ok(Err(Done::Aside { why: "a report of no letter of ours" })),
    }
}

fn of(roster: &Roster, reader: i64, letter: Option<i64>) -> Result<Result<Whose, Done>> {
    match roster.subscriber(reader) {
        Ok(subscriber) if subscriber.state != State::Left => Ok(Ok(Whose { subscriber, letter })),
        Ok(_) | Err(RosterError::NoSubscriber(_)) => Ok(Err(Done::Ignored { what: "about somebody who left" })),
        Err(error) => Err(error.into()),
    }
}
