//! What choices would have sent in the past year: counted before somebody makes them.
//!
//! Never asks another question than the dispatcher: `domain::subscriber::Wanted`.

use chrono::{DateTime, Datelike, Utc};
use serde::Serialize;

use crate::domain::bill::{Level, Verdict};
use crate::domain::change::Kind;
use crate::domain::script;
use crate::domain::subscriber::words::Texts;
use crate::domain::subscriber::{Candidate, Preferences, Wanted};
use crate::domain::zone::day_in_belgrade;
use crate::io::history::read::Filter;
use crate::io::history::{History, Result};

/// Of the agreements first seen within a year, how many some choices take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// Taken.
    pub wanted: i64,
    /// There were.
    pub all: i64,
}

/// Counts the agreements first seen in the year before `now` (house rule: new means first seen by us). The kinds of change are left out of it:
/// they say what one hears of an agreement, not of which.
pub fn forecast(history: &History, preferences: &Preferences, now: DateTime<Utc>) -> Result<Forecast> {
    let today = day_in_belgrade(now);
    let since = today.with_year(today.year() - 1).unwrap_or(today);
    let wanted = Wanted::of(&Preferences { changes: vec![Kind::Listed], ..preferences.clone() });
    let mut forecast = Forecast { wanted: 0, all: 0 };
    for row in history.agreements(&Filter { since: Some(since), ..Filter::default() })? {
        let (Some(id), false) = (row.number("bill_id"), row.text("doubtful") == "1") else { continue };
        forecast.all += 1;
        if takes(history, &wanted, preferences, id, now)? {
            forecast.wanted += 1;
        }
    }
    Ok(forecast)
}

fn takes(history: &History, wanted: &Wanted, preferences: &Preferences, bill_id: i64, now: DateTime<Utc>) -> Result<bool> {
    let facts = history.facts(bill_id, now)?;
    if facts.verdict != Verdict::Agreement {
        return Ok(false);
    }
    let countries: Vec<String> = facts.parties.iter().filter(|p| !p.ours).filter_map(|p| p.country.clone()).collect();
    let levels: Vec<Level> = facts.parties.iter().map(|p| p.level).collect();
    // Texts are long: read only for those who chose words or bodies.
    let (names, documents) = if preferences.words.is_empty() { Default::default() } else { history.texts_of(bill_id)? };
    let texts = Texts::of(&names, &documents);
    let mut bodies: Vec<String> = facts.parties.iter().map(|party| party.name.clone()).collect();
    bodies.extend([facts.title.clone()].into_iter().chain(facts.other_titles.clone()));
    if !preferences.bodies.is_empty() {
        for change in history.changes_of(bill_id)? {
            bodies.extend(history.finding(change)?.map(|finding| finding.bodies()).unwrap_or_default());
        }
    }
    let bodies: Vec<String> = bodies.iter().map(|name| script::fold(name)).collect();
    let instrument = facts.instrument.as_deref();
    Ok(wanted.want(&Candidate { kind: Kind::Listed, countries: &countries, levels: &levels, instrument, bodies: &bodies, texts: &texts }))
}
