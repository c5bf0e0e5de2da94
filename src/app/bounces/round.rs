//! Reads a Maildir, again and again: each message once, marked when it was acted upon, never removed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::{Done, ForOperators, MESSAGE_BYTES_MAX, act};
use crate::app::clock::{self, Due};
use crate::app::daemon::{House, stopped};
use crate::app::rounds::survive;
use crate::config::Settings;
use crate::io::maildir::{Maildir, Mark, Waiting};
use crate::io::memory;
use crate::io::roster::Roster;

/// How often the Maildir is looked into: a reader who leaves by a letter should not get another.
const EVERY: TimeDelta = TimeDelta::minutes(2);
/// With more waiting, the next round follows so soon.
const SOON: TimeDelta = TimeDelta::seconds(1);
/// Messages of one round, so that a flood delays nobody else's turn.
const MESSAGES_MAX: usize = 500;

/// What a round came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Round {
    /// Acted upon.
    pub acted: usize,
    /// Nothing to do.
    pub ignored: usize,
    /// Left for a person.
    pub aside: usize,
    /// Operators are owed a letter.
    pub told: bool,
    /// More may wait.
    pub more: bool,
}

/// Reads what waits in the Maildir of the settings; nothing where there is none, or by a clock that cannot be right. Ends after the message
/// under way once `stop` is set.
pub fn round(settings: &Settings, roster: &mut Roster, now: DateTime<Utc>, stop: &AtomicBool) -> Result<Round> {
    let mut round = Round::default();
    let Some(path) = settings.mail.bounces.as_ref().filter(|_| clock::is_sane(now)) else { return Ok(round) };
    let maildir = Maildir::open(path)?;
    let waiting = maildir.waiting(MESSAGES_MAX)?;
    round.more = waiting.len() == MESSAGES_MAX;
    let mut tell = ForOperators::default();
    let mut ended = Ok(());
    for message in waiting {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        // What was counted is told, even where the round ends here.
        ended = one(&maildir, &message, roster, now, &mut tell, &mut round);
        if ended.is_err() {
            break;
        }
    }
    round.told = tell.owe(settings, roster, now)?;
    ended?;
    Ok(round)
}

/// A message is marked when it was acted upon: a kill in between acts again, which counts once a day and leaves once.
fn one(
    maildir: &Maildir,
    message: &Waiting,
    roster: &mut Roster,
    now: DateTime<Utc>,
    tell: &mut ForOperators,
    round: &mut Round,
) -> Result<()> {
    let Some(mail) = maildir.read(message, MESSAGE_BYTES_MAX)? else { return Ok(()) };
    let done = match mail.bytes {
        Some(bytes) => act(roster, &bytes, mail.arrived_at, now, tell)?,
        None => Done::Aside { why: "it is too long" },
    };
    let mark = if matches!(done, Done::Aside { .. }) { Mark::Flagged } else { Mark::Seen };
    maildir.mark(message, mark)?;
    match done {
        Done::Aside { .. } => round.aside += 1,
        Done::Ignored { .. } => round.ignored += 1,
        _ => round.acted += 1,
    }
    Ok(())
}

/// The daemon's task: a round every few minutes, until told to stop.
pub async fn run(mut house: House) -> Result<()> {
    let stopping = Arc::new(AtomicBool::new(false));
    let mut complained_of = String::new();
    loop {
        house.pulse.beat("bounces");
        let settings = house.settings.borrow_and_update().clone();
        let mut round = Round::default();
        if settings.mail.bounces.is_some() {
            round = calm(in_its_thread(settings, &mut house, &stopping).await?, &mut complained_of)?;
            memory::give_back();
        }
        if round.told {
            house.bell.notify_one();
        }
        let now = clock::now();
        let next = Due::reckoned(now + if round.more { SOON } else { EVERY }, now);
        let pulse = house.pulse.clone();
        tokio::select! {
            awake = clock::sleep_until(next, &mut house.stop, || pulse.beat("bounces")) => if !awake { return Ok(()) },
            changed = house.settings.changed() => changed?,
        }
    }
}

/// A round on a thread where waiting for a database disturbs nobody; ended early where the daemon is told to stop.
async fn in_its_thread(settings: Arc<Settings>, house: &mut House, stopping: &Arc<AtomicBool>) -> Result<Result<Round>> {
    let flag = Arc::clone(stopping);
    let mut reading = tokio::task::spawn_blocking(move || -> Result<Round> {
        let mut roster = Roster::open(&settings.data_dir, false)?;
        round(&settings, &mut roster, clock::now(), &flag)
    });
    tokio::select! {
        ended = &mut reading => Ok(ended?),
        () = stopped(&mut house.stop) => {
            stopping.store(true, Ordering::Relaxed);
            Ok(reading.await?)
        }
    }
}

/// A Maildir that cannot be read is said once, and looked at again; what waits in it goes on waiting.
fn calm(ended: Result<Round>, complained_of: &mut String) -> Result<Round> {
    let error = match ended {
        Ok(round) => {
            complained_of.clear();
            return Ok(round);
        }
        Err(error) if error.is::<crate::io::maildir::MaildirError>() => error,
        Err(error) => {
            survive(Err(error))?;
            return Ok(Round::default());
        }
    };
    let said = format!("{error:#}");
    if *complained_of != said {
        tracing::error!("what came back cannot be read: {said}");
        *complained_of = said;
    }
    Ok(Round::default())
}
