//! Asking: who asks to be told, or for a fresh link; the letters that answer, and what keeps strangers from abusing them (faults.md X9, X10).
//!
//! Never says to a stranger whether an address is known, and never lets them choose a word of a letter.

use anyhow::Result;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;

use super::leaving::FAREWELL_HOURS;
use crate::app::dispatch;
use crate::config::Settings;
use crate::domain::address::EmailAddress;
use crate::domain::letter::{Edition, Occasion};
use crate::domain::subscriber::{Preferences, State};
use crate::io::roster::owing::NewEdition;
use crate::io::roster::people::{Changing, Consent};
use crate::io::roster::{Roster, RosterError};

/// How often one address is asked to confirm.
const ASK_AGAIN_AFTER: Duration = Duration::hours(24);
/// How many addresses are asked in a day, whoever asks for it: a flood of sign-ups makes us no mail bomb. The others wait their turn.
const ASKED_PER_DAY_MAX: i64 = 200;
/// How many wait at most: a month of full days. More of them are not written down.
const WAITING_MAX: i64 = 30 * ASKED_PER_DAY_MAX;
/// How often one address gets a fresh link.
const FRESH_LINK_AFTER: Duration = Duration::minutes(5);
/// How many fresh links one address gets in a day.
const FRESH_LINKS_PER_DAY_MAX: i64 = 5;
/// After so many days an address that never confirmed is erased. Stated in the privacy notice.
pub const PENDING_DAYS: i64 = 30;
/// After so many days nothing at all is kept of somebody who left (the address itself goes with the letter that says so). Stated in the privacy notice.
pub const LEFT_DAYS: i64 = 365;

/// What came of asking. The web answers the same words to all of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// Pending; a letter that asks is owed.
    LetterOwed(i64),
    /// Pending; the letter went out within the last day, and no second one is owed.
    LetterRecent(i64),
    /// Gets letters already: nothing changed.
    Already(i64),
    /// Pending; too many addresses were asked today: the letter that asks is owed on a day with fewer.
    TooMany(i64),
    /// Not even that: too many wait already.
    Full,
}

/// Somebody asks. Consent in person (`confirmed`) is `add_confirmed`.
pub fn ask(
    roster: &mut Roster,
    address: &EmailAddress,
    preferences: &Preferences,
    consent: &Consent,
    sender_domain: &str,
    now: DateTime<Utc>,
) -> Result<Asked> {
    Ok(roster.change(|people| {
        let known = people.find(address)?;
        if let Some(known) = &known
            && gets_letters(known.state)
        {
            return Ok(Asked::Already(known.id));
        }
        let id = people.insert(address, preferences, consent, now)?;
        if known.is_some_and(|known| was_asked(known.asked_letter_at, now)) {
            return Ok(Asked::LetterRecent(id));
        }
        question(people, id, sender_domain, now)
    })?)
}

/// A stranger asks by the form. As `ask`, but what was chosen for an address that was asked lately stays as it was, so that nobody chooses for
/// another; and whoever gets letters already gets a fresh link to their choices, so that they learn so, and the stranger does not.
pub fn ask_on_the_web(
    settings: &Settings,
    roster: &mut Roster,
    address: &EmailAddress,
    preferences: &Preferences,
    consent: &Consent,
    now: DateTime<Utc>,
) -> Result<Asked> {
    let sender_domain = dispatch::sender_domain(settings);
    let (asked, waiting) = roster.change(|people| {
        let waiting = people.count_waiting()?;
        let asked = match people.find(address)? {
            Some(known) if gets_letters(known.state) => {
                fresh_link(people, known.id, sender_domain, now)?;
                Asked::Already(known.id)
            }
            Some(known) if known.state == State::Pending && (known.waits || was_asked(known.asked_letter_at, now)) => {
                Asked::LetterRecent(known.id)
            }
            _ if waiting >= WAITING_MAX => Asked::Full,
            known => {
                let id = people.insert(address, preferences, consent, now)?;
                // Who left, and whom somebody would have back, is asked no oftener than others.
                if known.is_some_and(|known| was_asked(known.asked_letter_at, now)) {
                    people.asking_waits(id, now)?;
                    Asked::LetterRecent(id)
                } else {
                    question(people, id, sender_domain, now)?
                }
            }
        };
        Ok((asked, waiting))
    })?;
    if matches!(asked, Asked::TooMany(_)) && waiting == 0 {
        tell_operators(settings, roster, now)?;
    }
    Ok(asked)
}

/// Somebody asks for a fresh link to their choices; who has not confirmed yet gets the letter that asks again, once a day.
pub fn ask_to_manage(settings: &Settings, roster: &mut Roster, address: &EmailAddress, now: DateTime<Utc>) -> Result<()> {
    let sender_domain = dispatch::sender_domain(settings);
    Ok(roster.change(|people| match people.find(address)? {
        Some(known) if gets_letters(known.state) => fresh_link(people, known.id, sender_domain, now),
        Some(known) if known.state == State::Pending && !known.waits && !was_asked(known.asked_letter_at, now) => {
            question(people, known.id, sender_domain, now).map(drop)
        }
        _ => Ok(()),
    })?)
}

/// What is done beside every dispatch: those who waited are asked, as many as the day allows; those who never confirmed, and those who left
/// long ago, are erased.
pub fn tend(settings: &Settings, roster: &mut Roster, now: DateTime<Utc>) -> Result<()> {
    let (asked, left) = (now - Duration::days(PENDING_DAYS), now - Duration::days(LEFT_DAYS));
    let leaving = now - Duration::hours(FAREWELL_HOURS);
    if !roster.has_sign_up_work(asked, left, leaving)? {
        return Ok(());
    }
    Ok(roster.change(|people| {
        super::leaving::forget(people, now)?;
        for id in people.outdated(asked, left)? {
            people.erase(id, now)?;
        }
        let room = ASKED_PER_DAY_MAX - people.asked_since(now - ASK_AGAIN_AFTER)?;
        for id in people.waiting(room.max(0))? {
            if !was_asked(people.subscriber(id)?.asked_letter_at, now) {
                owe_the_question(people, id, dispatch::sender_domain(settings), now)?;
            }
        }
        Ok(())
    })?)
}

/// Whether the pages take addresses: only where somebody answers for them.
pub fn may_be_asked(settings: &Settings) -> bool {
    let controller = &settings.controller;
    controller.name.is_some() && controller.address.is_some() && controller.email.is_some()
}

fn gets_letters(state: State) -> bool {
    matches!(state, State::Confirmed | State::Paused)
}

/// A clock that was set back does not keep anybody waiting.
fn was_asked(last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    last.is_some_and(|at| at > now - ASK_AGAIN_AFTER && at <= now)
}

fn question(people: &Changing<'_>, id: i64, sender_domain: &str, now: DateTime<Utc>) -> Result<Asked, RosterError> {
    if people.asked_since(now - ASK_AGAIN_AFTER)? >= ASKED_PER_DAY_MAX {
        people.asking_waits(id, now)?;
        return Ok(Asked::TooMany(id));
    }
    owe_the_question(people, id, sender_domain, now)?;
    Ok(Asked::LetterOwed(id))
}

pub(super) fn owe_the_question(people: &Changing<'_>, id: i64, sender_domain: &str, now: DateTime<Utc>) -> Result<(), RosterError> {
    let facts = personal(Occasion::Confirmation, now);
    let key = format!("confirmation:{id}:{}", now.timestamp_millis());
    people.owe(&NewEdition { key: &key, thread: None, facts: &facts, change_ids: &[], sender_domain }, id, now)?;
    people.asked_by_letter(id, now)
}

fn fresh_link(people: &Changing<'_>, id: i64, sender_domain: &str, now: DateTime<Utc>) -> Result<(), RosterError> {
    if people.owed_since("manage", id, now - FRESH_LINK_AFTER)? > 0
        || people.owed_since("manage", id, now - ASK_AGAIN_AFTER)? >= FRESH_LINKS_PER_DAY_MAX
    {
        return Ok(());
    }
    let facts = personal(Occasion::Manage, now);
    let key = format!("manage:{id}:{}", now.timestamp_millis());
    people.owe_asked(&NewEdition { key: &key, thread: None, facts: &facts, change_ids: &[], sender_domain }, id, now)
}

pub(super) fn personal(occasion: Occasion, now: DateTime<Utc>) -> Edition {
    Edition { occasion, made_at: now, watching_since: None, findings: Vec::new(), median_gap: None }
}

fn tell_operators(settings: &Settings, roster: &mut Roster, now: DateTime<Utc>) -> Result<()> {
    let paragraphs = vec![
        format!("{ASKED_PER_DAY_MAX} addresses were asked to confirm within a day, which is the most we ask. Whoever subscribes now is asked when there is room again; nobody is lost."),
        "Now: see whether people are many, or one visitor is busy: `potvrda subscriber list`. A flood ends by itself: who never confirms is erased.".to_owned(),
    ];
    let owing = roster.owing(now)?;
    dispatch::owe_operators(settings, &owing, "sign-ups", "More people subscribe than we ask in a day".to_owned(), paragraphs, now)?;
    owing.finish(None)?;
    Ok(())
}
