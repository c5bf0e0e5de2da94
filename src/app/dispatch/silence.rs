//! Letters that tell of our looking: the weekly proof of silence, and that pages are out of sight, or in sight again.
//!
//! Never judges a page: what is counted stands in the polls.

use std::collections::HashSet;

use anyhow::Result;
use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};

use super::{empty, sender_domain};
use crate::app::alarm;
use crate::config::Settings;
use crate::domain::letter::silence::{BlindPage, Watched};
use crate::domain::letter::{Edition, Occasion};
use crate::domain::schedule;
use crate::domain::subscriber::Every;
use crate::domain::zone::BELGRADE;
use crate::io::history::History;
use crate::io::roster::RosterError;
use crate::io::roster::owing::{NewEdition, Owing};

/// Without a valid page for so long on working days, readers are told; on others for twice as long.
const BLIND_AFTER: TimeDelta = TimeDelta::hours(24);

/// How often we looked since the last letters of this rhythm.
pub(super) fn watched(settings: &Settings, history: &History, owing: &Owing<'_>, every: Every, now: DateTime<Utc>) -> Result<Watched> {
    let sources: Vec<(&str, &str, &str)> = settings.sources.iter().map(|s| (s.name.as_str(), s.kind.as_str(), s.url.as_str())).collect();
    let from = owing.digest_at(every)?.unwrap_or(now);
    let pause_s = longest_pause(settings, from, now).num_seconds();
    Ok(Watched { pause_s, ..history.watched(&sources, from, now)? })
}

/// Looks of a schedule that are counted at most: a month of one every minute.
const RUNS_MAX: usize = 50_000;

/// The longest time between two looks that our own schedule leaves: whoever asks for one look a day does not go blind every night.
fn longest_pause(settings: &Settings, from: DateTime<Utc>, until: DateTime<Utc>) -> TimeDelta {
    let times = &settings.schedule;
    let mut all = times.poll.clone();
    all.push(times.full_sweep.clone());
    let (mut last, mut longest) = (None, TimeDelta::zero());
    for run in schedule::runs_after(&all, from - TimeDelta::days(7), times.timezone).take(RUNS_MAX) {
        longest = longest.max(last.map_or(TimeDelta::zero(), |last| run.signed_duration_since(last)));
        last = Some(run);
        if run > until {
            break;
        }
    }
    longest
}

/// Owes the weekly proof to everyone who wants it and gets no weekly digest now. Before the week's digests are done: it counts from the last.
pub(super) fn prove(
    settings: &Settings,
    history: &History,
    owing: &Owing<'_>,
    has_digest: &HashSet<i64>,
    (at, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<()> {
    let occasion = Occasion::Silence { watched: watched(settings, history, owing, Every::Weekly, now)? };
    let facts = Edition { occasion, ..empty(history, now)? };
    let key = format!("silence {}", at.to_rfc3339());
    tell(settings, owing, &key, &facts, |recipient| {
        recipient.preferences.proof_of_silence && recipient.confirmed.at < at && !has_digest.contains(&recipient.id)
    })
}

/// Owes every confirmed reader one letter when pages have been out of sight for too long, and one when they are in sight again.
pub(super) fn tell_readers(settings: &Settings, history: &History, owing: &Owing<'_>, now: DateTime<Utc>) -> Result<()> {
    let known = owing.blind()?;
    let (mut newly, mut again, mut still) = (Vec::new(), Vec::new(), Vec::new());
    for source in &settings.sources {
        let state = history.source(&source.name)?;
        let page = |since, until| BlindPage { kind: source.kind.as_str().to_owned(), url: source.url.to_string(), since, until };
        let told = known.iter().find(|(name, _)| *name == source.name);
        let since = alarm::since_when(&state, now);
        match told {
            // A source without a failure was seen since, whatever the clock said then.
            Some((_, since)) if state.failures == 0 && state.last_good_at.is_some() => again.push(page(*since, state.last_good_at)),
            Some(told) => still.push(told.clone()),
            None if state.failures > 0 && too_long(since, now) => {
                newly.push(page(since, None));
                still.push((source.name.clone(), since));
            }
            None => {}
        }
    }
    let base = empty(history, now)?;
    for (sort, pages) in [("blind", newly), ("sighted", again)] {
        let Some(first) = pages.first() else { continue };
        // What was told is remembered in the same transaction. Two episodes may have begun at one second of a clock that was wrong.
        let key = format!("{sort} {} {} {}", first.url, first.since.to_rfc3339(), now.to_rfc3339());
        let occasion = if sort == "blind" { Occasion::Blind { pages } } else { Occasion::Sighted { pages } };
        tell(settings, owing, &key, &Edition { occasion, ..base.clone() }, |_| true)?;
    }
    if still != known {
        owing.set_blind(&still)?;
    }
    Ok(())
}

/// Whether readers must know: two days whatever the days, one if all of it were working days.
fn too_long(since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let working = |at: DateTime<Utc>| !matches!(at.with_timezone(&BELGRADE).weekday(), Weekday::Sat | Weekday::Sun);
    let lasted = now.signed_duration_since(since);
    lasted >= BLIND_AFTER * 2 || (lasted >= BLIND_AFTER && working(now) && working(now - BLIND_AFTER))
}

fn tell(
    settings: &Settings,
    owing: &Owing<'_>,
    key: &str,
    facts: &Edition,
    wants: impl Fn(&crate::io::roster::owing::Recipient) -> bool,
) -> Result<()> {
    let edition = owing.edition(&NewEdition { key, thread: None, facts, change_ids: &[], sender_domain: sender_domain(settings) })?;
    owing.for_each_confirmed(|recipient| -> Result<(), RosterError> {
        if wants(recipient) {
            owing.owe(edition, recipient.id)?;
        }
        Ok(())
    })?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn told(since: &str, now: &str) -> bool {
        too_long(since.parse().unwrap(), now.parse().unwrap())
    }

    #[test]
    fn a_day_of_working_days_is_too_long_and_two_days_of_any() {
        // 20 November 2026 is a Friday.
        assert!(told("2026-11-18T09:00:00Z", "2026-11-19T09:00:00Z"));
        assert!(!told("2026-11-18T09:00:00Z", "2026-11-19T08:59:59Z"));
        assert!(!told("2026-11-20T09:00:00Z", "2026-11-21T09:00:00Z"));
        assert!(!told("2026-11-20T09:00:00Z", "2026-11-22T08:59:59Z"));
        assert!(told("2026-11-20T09:00:00Z", "2026-11-22T09:00:00Z"));
        assert!(!told("2026-11-22T09:00:00Z", "2026-11-23T09:00:00Z"));
    }
}
