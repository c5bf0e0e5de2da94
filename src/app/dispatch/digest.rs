//! Digests: what was kept for those who asked for one letter a day or a week, when its hour has come.

use std::collections::{BTreeMap, HashSet};

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use super::{Choices, Editions, Told, edition, empty, silence};
use crate::app::clock;
use crate::config::Settings;
use crate::domain::bill::Verdict;
use crate::domain::letter::{Edition, Occasion};
use crate::domain::subscriber::Every;
use crate::io::history::History;
use crate::io::roster::RosterError;
use crate::io::roster::owing::{Owing, Recipient};

/// Digests further ahead than this were made by a clock that has been set back since: they would keep the next ones waiting. A step of an hour
/// must not bring the same digest twice.
const AHEAD_MAX: TimeDelta = TimeDelta::days(1);
const RHYTHMS: [Every; 2] = [Every::Daily, Every::Weekly];

/// The first time anything is dispatched, the digests' clocks are set going: the first digest is at the first hour after that.
pub(super) fn begin(owing: &Owing<'_>) -> Result<()> {
    for every in RHYTHMS {
        if owing.digest_at(every)?.is_none() {
            owing.digest_from_now(every)?;
        }
    }
    Ok(())
}

/// Owes the digests that are due. Somebody who changed from digests to letters at once gets what waited now.
pub(super) fn put_together(settings: &Settings, history: &History, owing: &Owing<'_>, now: DateTime<Utc>) -> Result<()> {
    if !clock::is_sane(now) {
        // No hour has come by a clock that stands in 1970; what waits, waits for it to be set.
        return Ok(());
    }
    let mut known = Known { history, findings: BTreeMap::new() };
    gather(settings, &mut known, owing, (Every::Instant, None), now)?;
    for every in RHYTHMS {
        if let Some(at) = due(settings, owing, every, now)? {
            if every == Every::Weekly {
                let has_digest = with_a_digest(&mut known, owing, every, at)?;
                silence::prove(settings, history, owing, &has_digest, (at, now))?;
            }
            gather(settings, &mut known, owing, (every, Some(at)), now)?;
        }
    }
    Ok(())
}

/// Those for whom something waits at this hour that is still an agreement.
fn with_a_digest(known: &mut Known<'_>, owing: &Owing<'_>, every: Every, at: DateTime<Utc>) -> Result<HashSet<i64>> {
    let mut waiting: Vec<(i64, Vec<i64>)> = Vec::new();
    owing.for_each_waiting(every, Some(at), |recipient, ids| -> Result<(), RosterError> {
        waiting.push((recipient.id, ids.to_vec()));
        Ok(())
    })?;
    let mut has = HashSet::new();
    for (reader, ids) in waiting {
        ids.iter().try_for_each(|id| known.read(*id))?;
        if ids.iter().any(|id| known.findings.contains_key(id)) {
            has.insert(reader);
        }
    }
    Ok(has)
}

/// The newest scheduled hour that has come since the last digests, if any.
fn due(settings: &Settings, owing: &Owing<'_>, every: Every, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let times = &settings.schedule;
    let schedule = if every == Every::Daily { &times.daily } else { &times.weekly };
    let mut last = owing.digest_at(every)?.unwrap_or(now);
    if last - now > AHEAD_MAX {
        owing.digest_from_now(every)?;
        last = now;
    }
    let mut due = None;
    while let Some(at) = schedule.next_after(due.unwrap_or(last), times.timezone).filter(|at| *at <= now) {
        due = Some(at);
    }
    Ok(due)
}

/// Findings of changes that wait, read once for all who wait for them.
struct Known<'a> {
    history: &'a History,
    findings: BTreeMap<i64, Told>,
}

impl Known<'_> {
    fn read(&mut self, id: i64) -> Result<()> {
        if self.findings.contains_key(&id) {
            return Ok(());
        }
        let logged = self.history.changes_after(id - 1, 1)?.into_iter().find(|c| c.change_id == id);
        // What a person decided meanwhile to be no agreement is not told.
        let finding = self.history.finding(id)?.filter(|finding| finding.agreement.verdict == Verdict::Agreement);
        if let (Some(change), Some(finding)) = (logged, finding) {
            self.findings.insert(id, Told::of(self.history, &change, finding)?);
        }
        Ok(())
    }
}

/// `hour`: who confirmed after it waits for the next one.
fn gather(
    settings: &Settings,
    known: &mut Known<'_>,
    owing: &Owing<'_>,
    (every, hour): (Every, Option<DateTime<Utc>>),
    now: DateTime<Utc>,
) -> Result<()> {
    let mut waiting: Vec<(Recipient, Vec<i64>)> = Vec::new();
    owing.for_each_waiting(every, hour, |recipient, ids| -> Result<(), RosterError> {
        waiting.push((recipient.clone(), ids.to_vec()));
        Ok(())
    })?;
    let base = empty(known.history, now)?;
    let occasion = if every == Every::Instant {
        Occasion::Alert
    } else {
        let watched = if waiting.is_empty() { None } else { Some(silence::watched(settings, known.history, owing, every, now)?) };
        Occasion::Digest { every: every.to_string(), watched }
    };
    let base = Edition { occasion, ..base };
    let mut editions = Editions::new();
    let mut choices = Choices::default();
    for (recipient, ids) in waiting {
        ids.iter().try_for_each(|id| known.read(*id))?;
        let ids: Vec<i64> = ids.into_iter().filter(|id| known.findings.contains_key(id)).collect();
        if ids.is_empty() {
            continue;
        }
        let made = choices.of(&recipient).edition(&ids, |wanted| {
            let parts: Vec<&Told> = ids.iter().filter_map(|id| known.findings.get(id)).collect();
            edition(settings, owing, &mut editions, (&parts, &ids), wanted, &base)
        })?;
        owing.owe(made, recipient.id)?;
    }
    owing.digest_done(every, hour)?;
    Ok(())
}
