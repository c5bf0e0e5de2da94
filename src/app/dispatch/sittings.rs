//! Letters that tell of a committee's coming sitting, agenda unknown, to those who asked for that body.
//!
//! At once for everybody: a sitting does not wait for a digest. Told of once, however often and in whichever language the calendar repeats it.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::{Choices, empty, sender_domain};
use crate::config::Settings;
use crate::domain::letter::coming::ComingSitting;
use crate::domain::letter::{Edition, Occasion};
use crate::domain::script;
use crate::io::history::History;
use crate::io::roster::RosterError;
use crate::io::roster::owing::{NewEdition, Owing};

/// More than the calendars of all sources hold.
const COMING_MAX: usize = 200;
/// Keys remembered: those of sittings that are over fall out by their age.
const KEYS_MAX: usize = 1_000;

/// A sitting not told of yet, and what bodies are looked for in.
struct News {
    sitting: ComingSitting,
    names: Vec<String>,
}

pub(super) fn tell(settings: &Settings, history: &History, owing: &Owing<'_>, now: DateTime<Utc>) -> Result<()> {
    let coming = history.committees_coming(now, COMING_MAX)?;
    if coming.is_empty() {
        return Ok(());
    }
    let mut known = owing.sittings()?;
    let mut news: Vec<News> = Vec::new();
    let before = known.len();
    for (sitting, silent) in coming {
        let key = sitting.key();
        if known.contains(&key) {
            continue;
        }
        // What stood in the calendar when we first looked is told of when it changes.
        let told_before = known.iter().any(|other| same_sitting(other, &sitting));
        known.push(key);
        if !silent || told_before {
            news.push(News { names: sitting.names().iter().map(|name| script::fold(name)).collect(), sitting });
        }
    }
    if known.len() == before {
        return Ok(());
    }
    let from = known.len().saturating_sub(KEYS_MAX);
    owing.set_sittings(&known[from..])?;
    if news.is_empty() { Ok(()) } else { owe(settings, history, owing, &news, now) }
}

/// The same committee's sitting of the same day, as it was told of before.
fn same_sitting(key: &str, sitting: &ComingSitting) -> bool {
    let day = ComingSitting { begins_at: None, cancelled: false, ..sitting.clone() }.key();
    key.starts_with(&day)
}

fn owe(settings: &Settings, history: &History, owing: &Owing<'_>, news: &[News], now: DateTime<Utc>) -> Result<()> {
    let base = empty(history, now)?;
    let mut editions: BTreeMap<Vec<usize>, i64> = BTreeMap::new();
    let mut choices = Choices::default();
    owing.for_each_confirmed(|recipient| -> Result<(), RosterError> {
        let choice = choices.of(recipient);
        let wanted: Vec<usize> = (0..news.len()).filter(|n| choice.wanted.want_sitting(&news[*n].names)).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let edition = match editions.get(&wanted) {
            Some(edition) => *edition,
            None => {
                let sittings: Vec<ComingSitting> = wanted.iter().map(|n| news[*n].sitting.clone()).collect();
                let key = format!("sittings {}", sittings.iter().map(ComingSitting::key).collect::<Vec<_>>().join(" | "));
                let facts = Edition { occasion: Occasion::Sittings { sittings }, ..base.clone() };
                let sender_domain = sender_domain(settings);
                let made = owing.edition(&NewEdition { key: &key, thread: None, facts: &facts, change_ids: &[], sender_domain })?;
                editions.insert(wanted, made);
                made
            }
        };
        owing.owe(edition, recipient.id).map(drop)
    })?;
    Ok(())
}
