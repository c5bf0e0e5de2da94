//! Ask, confirm, change, pause, resume, leave, erase; carry a list out and in: the verbs that web and command line share.
//!
//! Never sends: the letter that asks is owed in the same transaction as the asking. Never says to a stranger whether an address is known.

mod asking;
mod explain;
mod forecast;
mod leaving;
mod list;

use anyhow::{Result, anyhow, bail};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use serde::Serialize;

use crate::domain::address::EmailAddress;
use crate::domain::subscriber::{Preferences, State};
use crate::domain::zone::BELGRADE;
use crate::io::roster::Roster;
use crate::io::roster::bounces::Bounce;
use crate::io::roster::outbox::LetterRow;
use crate::io::roster::people::{Changing, Consent, GivenConsent, PauseReason, Subscriber};
use crate::io::roster::token::Purpose;

use asking::owe_the_question;
pub use asking::{Asked, LEFT_DAYS, PENDING_DAYS, ask, ask_on_the_web, ask_to_manage, may_be_asked, tend};
pub use explain::{Step, Told, explain, next_digest, prospect};
pub use forecast::{Forecast, forecast};
pub use leaving::{leave, leave_by_token, leave_with_farewell, remove};
pub use list::{ImportHow, Imported, export, import};

/// Somebody whose consent the operator has already: confirmed at once, no letter is owed. Answers the id, and whether they were new.
pub fn add_confirmed(
    roster: &mut Roster,
    address: &EmailAddress,
    preferences: &Preferences,
    consent: &Consent,
    now: DateTime<Utc>,
) -> Result<(i64, bool)> {
    Ok(roster.change(|people| enrol(people, address, preferences, consent, now))?)
}

fn enrol(
    people: &Changing<'_>,
    address: &EmailAddress,
    preferences: &Preferences,
    consent: &Consent,
    now: DateTime<Utc>,
) -> crate::io::roster::Result<(i64, bool)> {
    if let Some(known) = people.find(address)?
        && matches!(known.state, State::Confirmed | State::Paused)
    {
        return Ok((known.id, false));
    }
    let id = people.insert(address, preferences, consent, now)?;
    people.confirm(id, Some(consent), now)?;
    Ok((id, true))
}

/// The button behind the link in the letter that asks. None: the link is not ours or past its time.
pub fn confirm_by_token(roster: &mut Roster, token: &str, now: DateTime<Utc>) -> Result<Option<Subscriber>> {
    let Some(id) = roster.read_token(Purpose::Confirm, token, now) else { return Ok(None) };
    confirm(roster, id, None, now).map(Some)
}

/// Letters begin. Who gets them already, or is paused, stays as they are; who left must ask anew.
pub fn confirm(roster: &mut Roster, id: i64, consent: Option<&Consent>, now: DateTime<Utc>) -> Result<Subscriber> {
    roster.change(|people| people.confirm(id, consent, now))?;
    let subscriber = roster.subscriber(id)?;
    if subscriber.state == State::Left {
        bail!("subscriber {id} left; they must ask anew (`potvrda subscriber add`)");
    }
    Ok(subscriber)
}

/// Other choices.
pub fn change(roster: &mut Roster, id: i64, preferences: &Preferences) -> Result<Subscriber> {
    present(roster, id)?;
    roster.change(|people| people.choose(id, preferences))?;
    Ok(roster.subscriber(id)?)
}

/// The first moment of a Belgrade day.
pub fn morning(day: NaiveDate) -> Option<DateTime<Utc>> {
    let earliest = BELGRADE.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest();
    earliest.map(|at| at.with_timezone(&Utc))
}

/// No letters, until a time or until resumed. What is owed already waits.
pub fn pause(roster: &mut Roster, id: i64, until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<Subscriber> {
    if until.is_some_and(|until| until <= now) {
        bail!("the pause would be over before it begins");
    }
    let subscriber = present(roster, id)?;
    if subscriber.state == State::Pending {
        bail!("subscriber {id} has not confirmed and gets no letters yet");
    }
    roster.change(|people| {
        people.resume(id)?;
        people.pause(id, PauseReason::Asked, until, now)
    })?;
    Ok(roster.subscriber(id)?)
}

/// Letters go again.
pub fn resume(roster: &mut Roster, id: i64) -> Result<Subscriber> {
    present(roster, id)?;
    roster.change(|people| people.resume(id))?;
    Ok(roster.subscriber(id)?)
}

/// Who has this address, or had it before they left. The error names no address.
pub fn find(roster: &Roster, address: &EmailAddress) -> Result<Subscriber> {
    roster
        .find(address)?
        .ok_or_else(|| anyhow!("nobody with this address is, or ever was, subscribed; `potvrda subscriber list` shows who is"))
}

/// A subscriber by row id or by address, as a person types it.
pub fn find_typed(roster: &Roster, typed: &str) -> Result<Subscriber> {
    match typed.parse::<i64>() {
        Ok(id) => Ok(roster.subscriber(id)?),
        Err(_) => find(roster, &typed.parse::<EmailAddress>().map_err(|why| anyhow!(why))?),
    }
}

/// Everyone, in the order they came.
pub fn all(roster: &Roster) -> Result<Vec<Subscriber>> {
    let mut everyone = Vec::new();
    roster.for_each_subscriber::<crate::io::roster::RosterError>(|subscriber| {
        everyone.push(subscriber);
        Ok(())
    })?;
    Ok(everyone)
}

/// All that is kept of one person.
#[derive(Debug, Serialize)]
pub struct Kept {
    /// Who, what they chose, where they stand.
    #[serde(flatten)]
    pub subscriber: Subscriber,
    /// Each consent as it was given, the earlier ones too.
    pub consents: Vec<GivenConsent>,
    /// Every letter owed or sent.
    pub letters: Vec<LetterRow>,
    /// What spoke against the address.
    pub bounces: Vec<Bounce>,
}

/// Gathers it: what a person may ask to see (GDPR, Art. 15 and 20).
pub fn kept(roster: &Roster, subscriber: Subscriber) -> Result<Kept> {
    Ok(Kept {
        consents: roster.consents(subscriber.id)?,
        letters: roster.letters_of(subscriber.id)?,
        bounces: roster.bounces_of(subscriber.id)?,
        subscriber,
    })
}

fn present(roster: &Roster, id: i64) -> Result<Subscriber> {
    let subscriber = roster.subscriber(id)?;
    if subscriber.state == State::Left {
        bail!("subscriber {id} left; they must ask anew (`potvrda subscriber add`)");
    }
    Ok(subscriber)
}
