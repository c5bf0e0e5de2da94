//! What an operator may do with the letters: look, try again, drop, let a stopped directory send. Never sends.

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::bill::Language;
use crate::domain::letter::{Edition, Letter, Reader};
use crate::io::roster::outbox::{Also, Counts, LetterRow, LetterState};
use crate::io::roster::relay::Relay;
use crate::io::roster::{Roster, RosterError, Stopped};

use super::deliver::Writer;

/// The letters and how sending fares.
#[derive(Debug, Clone, Serialize)]
pub struct Outbox {
    /// Oldest first, at most as many as were asked for.
    pub letters: Vec<LetterRow>,
    /// How many stand where.
    pub counts: Counts,
    /// How the mail server fares.
    pub relay: Relay,
    /// Nothing is sent since, and why.
    pub stopped: Option<(DateTime<Utc>, String)>,
}

/// Lists the letters in a state (or every one), at most `most`.
pub fn list(roster: &Roster, state: Option<LetterState>, most: usize) -> Result<Outbox> {
    let mut letters = Vec::new();
    let listed: Result<(), Full> = roster.for_each_letter(state, |letter| {
        if letters.len() >= most {
            return Err(Full::Enough);
        }
        letters.push(letter);
        Ok(())
    });
    if let Err(Full::Broken(error)) = listed {
        return Err(error.into());
    }
    let stopped = roster.stopped()?.map(|Stopped { at, reason }| (at, reason));
    Ok(Outbox { letters, counts: roster.count_letters()?, relay: roster.relay()?, stopped })
}

enum Full {
    Enough,
    Broken(RosterError),
}

impl From<RosterError> for Full {
    fn from(error: RosterError) -> Self {
        Full::Broken(error)
    }
}

/// One letter, and what it says.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// As it stands.
    pub letter: LetterRow,
    /// What it tells.
    pub edition: Edition,
    /// Its subject line.
    pub subject: String,
    /// Its plain text, without personal links.
    pub text: String,
}

/// Shows a letter as its reader gets it, without the personal links.
pub fn show(roster: &Roster, id: i64, write: &Writer<'_>) -> Result<Shown> {
    let letter = roster.letter(id)?;
    let edition = roster.edition(letter.edition_id)?;
    let language = match letter.subscriber_id {
        Some(id) => roster.subscriber(id)?.preferences.language,
        None => Language::En,
    };
    let reader = Reader {
        language,
        confirmed_on: None,
        filters: Vec::new(),
        leave_url: None,
        leave_mailto: None,
        confirm_url: None,
        manage_url: None,
        controller: None,
        public_url: None,
        sender: None,
    };
    let Letter { subject, text, .. } = write(&edition, &reader).context("the letter cannot be written")?;
    Ok(Shown { letter, edition, subject, text })
}

/// Makes letters due now, and gives the mail server another chance at once. Refused ones only where that is said.
pub fn retry(roster: &mut Roster, ids: &[i64], refused_too: bool, now: DateTime<Utc>) -> Result<usize> {
    let mut due = 0;
    for id in ids {
        if roster.retry(*id, refused_too, now)? {
            due += 1;
        } else {
            let state = roster.letter(*id)?.state;
            let hint = if state == LetterState::Refused { "; to try a refused address again, say --refused" } else { "" };
            bail!("letter {id} is {state} and is not tried again{hint}");
        }
    }
    roster.relay_is_well()?;
    Ok(due)
}

/// As `retry`, for every owed letter.
pub fn retry_all(roster: &mut Roster, also: Also, now: DateTime<Utc>) -> Result<usize> {
    let due = roster.retry_all(also, now)?;
    roster.relay_is_well()?;
    Ok(due)
}

/// Gives up an owed letter.
pub fn drop_letter(roster: &mut Roster, id: i64, now: DateTime<Utc>) -> Result<()> {
    if !roster.drop_letter(id, now)? {
        bail!("letter {id} is {} and cannot be dropped", roster.letter(id)?.state);
    }
    Ok(())
}

/// Lets a stopped directory send again. Answers whether it was stopped.
pub fn release(roster: &mut Roster) -> Result<bool> {
    Ok(roster.release()?)
}
