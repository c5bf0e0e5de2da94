//! What really was on the pages, and whether the books agree with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::READERS;

/// How a source has fared.
#[derive(Default)]
struct Watched {
    failures: usize,
    good_at: Option<DateTime<Utc>>,
    blind: bool,
}

/// The model.
#[derive(Default)]
pub struct Truth {
    /// Agreements met on a page at its baseline: never told as listed.
    baseline: BTreeSet<String>,
    /// Agreements met later.
    seen: BTreeSet<String>,
    sources: BTreeMap<String, Watched>,
    /// Episodes of blindness that a round came to the end of.
    blind: usize,
    pub after_dot_drops: usize,
    /// Deliveries that nothing stood in the way of, long enough after the one before for every letter to be due.
    pub good_deliveries: Vec<DateTime<Utc>>,
}

impl Truth {
    pub fn saw(&mut self, acts: &[String], baseline: bool) {
        for act in acts {
            if baseline && !self.seen.contains(act) {
                self.baseline.insert(act.clone());
            } else if !self.baseline.contains(act) {
                self.seen.insert(act.clone());
            }
        }
    }

    pub fn looked(&mut self, path: &str, good: bool, now: DateTime<Utc>) {
        let watched = self.sources.entry(path.to_owned()).or_default();
        if good {
            *watched = Watched { good_at: Some(now), ..Watched::default() };
        } else {
            watched.failures += 1;
        }
    }

    /// A round came to its end: whoever is blind by now must have been told of it.
    pub fn round_ended(&mut self, now: DateTime<Utc>) {
        for watched in self.sources.values_mut() {
            let long = watched.good_at.is_some_and(|at| now - at >= TimeDelta::hours(2));
            if watched.failures >= 3 && long && !watched.blind {
                watched.blind = true;
                self.blind += 1;
            }
        }
    }

    /// Compares the books with the truth. `got`: copies a reader got of a Message-ID.
    pub fn check(&self, data: &Path, got: &BTreeMap<(String, String), usize>) {
        let history = rusqlite::Connection::open(data.join("history.db")).unwrap();
        history.execute("ATTACH ? AS people", [data.join("subscribers.db").to_str().unwrap()]).unwrap();
        let ask = |sql: &str| -> Vec<(String, i64)> {
            let mut asked = history.prepare(sql).unwrap();
            asked.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
        };
        for base in ["main", "people"] {
            let whole: String = history.query_row(&format!("PRAGMA {base}.integrity_check"), [], |row| row.get(0)).unwrap();
            assert_eq!(whole, "ok", "CONS: {base}");
        }
        let listed: BTreeMap<String, i64> =
            ask("SELECT act_number, count(*) FROM changes JOIN agreements USING (bill_id, act_number) WHERE kind = 'listed' GROUP BY 1")
                .into_iter()
                .collect();
        let all: BTreeSet<&String> = self.seen.union(&self.baseline).collect();
        for act in &all {
            assert_eq!(listed.get(*act), Some(&1), "LOSS: {act} has not exactly one `listed` change");
        }
        assert_eq!(listed.keys().collect::<BTreeSet<_>>(), all, "FALSE: a change without a row");
        self.readers(&ask);
        let told = ask("SELECT facts, 1 FROM people.edition WHERE facts LIKE '%No valid page of%'");
        let told: usize = told.iter().map(|(facts, _)| facts.matches("No valid page of").count()).sum();
        assert!(told >= self.blind, "BLIND: {} episodes, told of {told}", self.blind);
        let sent = ask("SELECT 'sent', count(*) FROM people.letter WHERE state = 'sent'")[0].1;
        assert!(got.len() >= usize::try_from(sent).unwrap(), "LOSS: {sent} letters said to be sent, {} taken by the server", got.len());
        let copies: usize = got.values().map(|n| n - 1).sum();
        assert!(copies <= self.after_dot_drops, "DUP: {copies} copies after {} lines dropped after the dot", self.after_dot_drops);
    }

    /// Each reader has one letter about each agreement, and it ended well.
    fn readers(&self, ask: &dyn Fn(&str) -> Vec<(String, i64)>) {
        let paused: BTreeMap<String, i64> = ask("SELECT address, state = 'paused' FROM people.subscriber").into_iter().collect();
        for (nth, reader) in READERS.iter().enumerate() {
            let mine = ask(&format!(
                "SELECT c.act_number || ' ' || l.state || ' ' || coalesce(l.first_tried_at, '-') || ' ' || coalesce(l.ended_at, '-'), count(*)
                 FROM people.letter l JOIN people.edition_change USING (edition_id) JOIN changes c USING (change_id)
                 WHERE l.subscriber_id = {} AND c.kind = 'listed' GROUP BY l.letter_id, c.act_number",
                nth + 1
            ));
            let mut told: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
            for (letter, _) in &mine {
                let mut words = letter.split(' ');
                told.entry(words.next().unwrap()).or_default().push(words.collect());
            }
            // Ceca's address is refused at times; after three refusals she is paused, and what is owed to her then waits for her.
            let may_be_refused = nth == 2;
            for act in &self.seen {
                match told.get(act.as_str()).map(|letters| letters.iter().map(Vec::as_slice).collect::<Vec<_>>()).as_deref() {
                    Some([["sent", ..]]) => {}
                    Some([["expired", first, ended]]) => self.expired(reader, act, first, ended),
                    Some([["refused", ..]]) | None if may_be_refused => {}
                    Some([["owed", ..]]) if paused[*reader] == 1 => {}
                    other => panic!("LOSS: {reader} and {act}: {other:?}"),
                }
            }
            let made_up: Vec<_> = told.keys().filter(|act| !self.seen.contains(**act)).collect();
            assert!(made_up.is_empty(), "FALSE: {reader} was told of {made_up:?}");
        }
    }

    /// A letter is given up only after five days in which the server never was well.
    fn expired(&self, reader: &str, act: &str, first: &str, ended: &str) {
        let (first, ended): (DateTime<Utc>, DateTime<Utc>) = (first.parse().unwrap(), ended.parse().unwrap());
        assert!(ended - first >= TimeDelta::days(5), "LOSS: {reader} and {act}: given up after {}", ended - first);
        let well = self.good_deliveries.iter().find(|at| (first..=ended).contains(at));
        assert_eq!(well, None, "LOSS: {reader} and {act}: given up at {ended}, and the server was well");
    }
}
