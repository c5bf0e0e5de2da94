//! Leaving: at once, and, where a person pressed the button or asked the operator, with one letter that says so.
//!
//! Never writes to who left by a click in their mail program (RFC 8058) or by a complaint: another letter is what they do not want.

use anyhow::Result;
use chrono::{DateTime, Duration, Utc};

use super::asking::personal;
use crate::app::dispatch;
use crate::config::Settings;
use crate::domain::letter::Occasion;
use crate::domain::subscriber::State;
use crate::io::roster::Roster;
use crate::io::roster::owing::NewEdition;
use crate::io::roster::people::{Changing, PauseReason, Subscriber};
use crate::io::roster::token::Purpose;

/// The letter that says so has so long to leave; then the address is forgotten even so. The privacy notice and the letter say two days: whoever
/// forgets comes by once a round.
pub const FAREWELL_HOURS: i64 = 24;

/// The button behind the link in every letter, and the one-click POST (RFC 8058). Twice is once. False: the link is not ours.
pub fn leave_by_token(roster: &mut Roster, token: &str, now: DateTime<Utc>) -> Result<bool> {
    let Some(id) = roster.read_token(Purpose::Leave, token, now) else { return Ok(false) };
    leave(roster, id, now)?;
    Ok(true)
}

/// Gone, without another word: the address is forgotten, what was owed is dropped.
pub fn leave(roster: &mut Roster, id: i64, now: DateTime<Utc>) -> Result<()> {
    roster.subscriber(id)?;
    Ok(roster.change(|people| people.leave(id, now))?)
}

/// Gone, and one letter is owed that says so, to whom letters went until now. Answers whether it is.
pub fn leave_with_farewell(settings: &Settings, roster: &mut Roster, id: i64, now: DateTime<Utc>) -> Result<bool> {
    Ok(roster.change(|people| {
        let known = people.subscriber(id)?;
        if !had_letters(&known) {
            // Twice is once: a letter that is owed already stays owed.
            return if known.state == State::Left { Ok(false) } else { people.leave(id, now).map(|()| false) };
        }
        let facts = personal(Occasion::Farewell, now);
        let key = format!("farewell:{id}:{}", now.timestamp_millis());
        let sender_domain = dispatch::sender_domain(settings);
        people.leave_with(&NewEdition { key: &key, thread: None, facts: &facts, change_ids: &[], sender_domain }, id, now)?;
        Ok(true)
    })?)
}

/// Who never confirmed asked for nothing; an address that refuses letters gets none.
fn had_letters(known: &Subscriber) -> bool {
    match known.state {
        State::Confirmed => true,
        State::Paused => known.pause_reason != Some(PauseReason::Refused),
        State::Pending | State::Left => false,
    }
}

/// Erased (GDPR, Art. 17): nothing that could be theirs is left, and no letter is written.
pub fn remove(roster: &mut Roster, id: i64, now: DateTime<Utc>) -> Result<()> {
    roster.subscriber(id)?;
    Ok(roster.change(|people| people.erase(id, now))?)
}

/// Forgets the addresses whose letter had its time.
pub(super) fn forget(people: &Changing<'_>, now: DateTime<Utc>) -> crate::io::roster::Result<()> {
    people.forget_left(now - Duration::hours(FAREWELL_HOURS), now).map(drop)
}
