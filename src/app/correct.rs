//! Corrections: everyone who got a letter about a bill gets one more, which answers it and says what was wrong in it and what is right.
//!
//! Never says so by itself what is right: a person does. Never sends.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{DateTime, Utc};

use crate::app::dispatch;
use crate::config::Settings;
use crate::domain::letter::correction::{Corrected, Statement};
use crate::domain::letter::{Edition, Occasion};
use crate::io::history::History;
use crate::io::roster::owing::{NewEdition, Owing};
use crate::io::roster::{Roster, RosterError};

/// What is wrong, and what is right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Correction {
    /// The bill confirms no international agreement after all; `right` is the reason why a person decided so.
    pub no_agreement: bool,
    /// What the letter said.
    pub wrong: Statement,
    /// What is right.
    pub right: Statement,
}

/// Owes a correction to everyone who was told of the bill, once; the same correction again is owed to nobody who has it. Answers to how many it
/// is owed by this call. `only_count`: nothing is owed.
pub fn owe(
    settings: &Settings,
    history: &History,
    roster: &mut Roster,
    bill_id: i64,
    correction: &Correction,
    only_count: bool,
    now: DateTime<Utc>,
) -> Result<usize> {
    let changes = history.changes_of(bill_id)?;
    let thread = dispatch::thread(history.first_called(bill_id)?);
    let owing = roster.owing(now)?;
    let mut told: Vec<(i64, i64)> = Vec::new();
    owing.for_each_told(&changes, |reader, edition| -> Result<(), RosterError> {
        told.push((reader, edition));
        Ok(())
    })?;
    let mut editions: BTreeMap<i64, Option<i64>> = BTreeMap::new();
    let mut owed = 0;
    for (reader, corrected) in told {
        let edition = match editions.get(&corrected) {
            Some(known) => *known,
            None => {
                let made = edition(settings, &owing, (bill_id, &thread), corrected, correction, now)?;
                editions.insert(corrected, made);
                made
            }
        };
        if let Some(edition) = edition {
            owed += usize::from(owing.owe(edition, reader)?);
        }
    }
    if !only_count {
        owing.finish(None)?;
    }
    Ok(owed)
}

/// The correction of one edition; none where it does not tell of the bill (a digest that was put together after a decision).
fn edition(
    settings: &Settings,
    owing: &Owing<'_>,
    (bill_id, thread): (i64, &str),
    corrected: i64,
    correction: &Correction,
    now: DateTime<Utc>,
) -> Result<Option<i64>> {
    let (key, sender_domain, facts) = owing.made(corrected)?;
    let findings: Vec<_> = facts.findings.into_iter().filter(|finding| finding.agreement.bill_id == bill_id).collect();
    if findings.is_empty() {
        return Ok(None);
    }
    let Correction { no_agreement, wrong, right } = correction.clone();
    let said = serde_json::to_string(&(no_agreement, &wrong, &right))?;
    let own_key = format!("correction {thread} {said} | {key}");
    let corrects = Corrected { key, sender_domain, made_at: facts.made_at, no_agreement, wrong, right };
    let occasion = Occasion::Correction { corrects };
    let facts = Edition { occasion, made_at: now, watching_since: facts.watching_since, findings, median_gap: None };
    let sender_domain = dispatch::sender_domain(settings);
    // It tells of no change: `explain` and the next correction look for the letters that did.
    let new = NewEdition { key: &own_key, thread: Some(thread), facts: &facts, change_ids: &[], sender_domain };
    Ok(Some(owing.edition(&new)?))
}
