//! Letters that tell of a committee's coming sitting, agenda unknown, to those who asked for that body.
//!
//! At once for everybody: a sitting does not wait for a digest. Told of once, however often and in whichever language the calendar repeats it;
//! but what was told otherwise since, and is true again, is told again.

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

/// What precedes the key of something told that is true no more: of another hour, or of a sitting off that is on again.
const OVER: char = '~';
/// How often one thing is told of again when it is true again. Front ends that do not agree would otherwise write a letter at every look.
const AGAIN_MAX: usize = 2;

/// A sitting not told of yet, or told otherwise since, and what bodies are looked for in.
struct News {
    sitting: ComingSitting,
    names: Vec<String>,
    /// How often the same was told of it before.
    before: usize,
}

pub(super) fn tell(settings: &Settings, history: &History, owing: &Owing<'_>, now: DateTime<Utc>) -> Result<()> {
    let coming = history.committees_coming(now, COMING_MAX)?;
    if coming.is_empty() {
        return Ok(());
    }
    let stored = owing.sittings()?;
    let (known, news) = compare(stored.clone(), coming);
    if known == stored {
        return Ok(());
    }
    let from = known.len().saturating_sub(KEYS_MAX);
    owing.set_sittings(&known[from..])?;
    if news.is_empty() { Ok(()) } else { owe(settings, history, owing, &news, now) }
}

/// What was told and is still true stays known; what is true no more is over, and told again when it is true again.
fn compare(mut known: Vec<String>, coming: Vec<(ComingSitting, bool)>) -> (Vec<String>, Vec<News>) {
    let keys: Vec<String> = coming.iter().map(|(sitting, _)| sitting.key()).collect();
    for told in &mut known {
        let otherwise = || coming.iter().any(|(sitting, _)| same_sitting(told, sitting));
        if !told.starts_with(OVER) && !keys.contains(told) && otherwise() {
            told.insert(0, OVER);
        }
    }
    let mut news: Vec<News> = Vec::new();
    for ((sitting, silent), key) in coming.into_iter().zip(keys) {
        let before = known.iter().filter(|told| told.strip_prefix(OVER) == Some(key.as_str())).count();
        if known.contains(&key) || before > AGAIN_MAX {
            continue;
        }
        // What stood in the calendar when we first looked is told of when it changes.
        let told_before = known.iter().any(|other| same_sitting(other, &sitting));
        known.push(key);
        if !silent || told_before {
            news.push(News { names: sitting.names().iter().map(|name| script::fold(name)).collect(), sitting, before });
        }
    }
    (known, news)
}

/// The same committee's sitting of the same day, as it was told of before.
fn same_sitting(key: &str, sitting: &ComingSitting) -> bool {
    let day = ComingSitting { begins_at: None, cancelled: false, ..sitting.clone() }.key();
    key.trim_start_matches(OVER).starts_with(&day)
}

impl News {
    /// Of the letter: what is told again is another letter.
    fn key(&self) -> String {
        match self.before {
            0 => self.sitting.key(),
            times => format!("{} again {times}", self.sitting.key()),
        }
    }
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
                let key = format!("sittings {}", wanted.iter().map(|n| news[*n].key()).collect::<Vec<_>>().join(" | "));
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use chrono::{NaiveDate, NaiveTime};

    use super::*;

    fn sitting(hour: u32, cancelled: bool) -> ComingSitting {
        ComingSitting {
            committee: "Odbor za spoljne poslove".to_owned(),
            held_on: NaiveDate::from_ymd_opt(2026, 11, 30).unwrap(),
            begins_at: NaiveTime::from_hms_opt(hour, 0, 0),
            hall: None,
            cancelled,
            url: "http://www.parlament.gov.rs/".to_owned(),
        }
    }

    /// What is told at each look at a calendar that holds these.
    fn told(looks: &[&[ComingSitting]]) -> Vec<usize> {
        let mut known = Vec::new();
        let mut letters = std::collections::HashSet::new();
        let look = |coming: &&[ComingSitting]| {
            let (now, news) = compare(std::mem::take(&mut known), coming.iter().map(|s| (s.clone(), false)).collect());
            known = now;
            assert!(news.iter().all(|n| letters.insert(n.key())), "a letter of its own");
            news.len()
        };
        looks.iter().map(look).collect()
    }

    #[test]
    fn a_sitting_put_back_on_is_told_of_again() {
        let (on, off, later) = ([sitting(11, false)], [sitting(11, true)], [sitting(13, false)]);
        assert_eq!(told(&[&on, &off, &on, &on]), [1, 1, 1, 0]);
        assert_eq!(told(&[&on, &later, &on]), [1, 1, 1]);
        let both = [sitting(11, false), sitting(13, false)];
        let turned = [sitting(13, false), sitting(11, false)];
        assert_eq!(told(&[&both, &both, &turned]), [2, 0, 0], "two of one day are two");
    }

    #[test]
    fn front_ends_that_do_not_agree_write_no_letter_at_every_look() {
        let (on, off) = ([sitting(11, false)], [sitting(11, true)]);
        let looks: Vec<&[ComingSitting]> = (0..40).map(|n| if n % 2 == 0 { &on[..] } else { &off[..] }).collect();
        assert_eq!(told(&looks).iter().sum::<usize>(), 2 * (AGAIN_MAX + 1));
    }

    #[test]
    fn what_stood_there_at_the_first_look_is_told_of_when_it_changes_and_when_it_changes_back() {
        let look = |known, coming: ComingSitting| compare(known, vec![(coming, true)]);
        let (known, news) = look(Vec::new(), sitting(11, false));
        assert!(news.is_empty());
        let (known, news) = look(known, sitting(11, true));
        assert_eq!(news.len(), 1);
        assert_eq!(look(known, sitting(11, false)).1.len(), 1);
    }
}
