//! Whether anybody was blind, or had a quiet week, and who had to hear of it.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::successors;

use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};
use potvrda::domain::schedule::Schedule;
use potvrda::domain::zone::BELGRADE;

use super::books::Books;
use super::people::{CECA, Reader};

/// How a source has fared.
#[derive(Default)]
struct Watched {
    failures: usize,
    failing_since: Option<DateTime<Utc>>,
    good_at: Option<DateTime<Utc>>,
    /// The last look failed; or it was good.
    failed: bool,
    /// The operators have been told of this episode; the readers have.
    told: bool,
    readers_told: bool,
}

/// How we looked, and what had to be told of it.
pub struct Sight {
    sources: BTreeMap<String, Watched>,
    /// Episodes that a round came to the end of: operators told of them, and of their end.
    blind: usize,
    recovered: usize,
    /// Letters to the readers about blindness, in their order, and who listened then.
    to_readers: Vec<(&'static str, Vec<i64>)>,
    weekly: Schedule,
    weekly_at: Option<DateTime<Utc>>,
    /// The Mondays that proofs are of. A clock that goes ahead twice into one week proves that week once.
    proofs: BTreeSet<DateTime<Utc>>,
}

impl Sight {
    pub fn new(weekly: Schedule) -> Sight {
        Sight { sources: BTreeMap::new(), blind: 0, recovered: 0, to_readers: Vec::new(), weekly, weekly_at: None, proofs: BTreeSet::new() }
    }

    /// A look at a source that failed, or saw a valid page.
    pub fn looked(&mut self, path: &str, failed: bool, now: DateTime<Utc>) {
        let watched = self.sources.entry(path.to_owned()).or_default();
        if failed {
            watched.failures += 1;
            watched.failing_since.get_or_insert(now);
            watched.failed = true;
        } else {
            let Watched { told, readers_told, .. } = *watched;
            *watched = Watched { good_at: Some(now), told, readers_told, ..Watched::default() };
        }
    }

    /// A page that had waited was seen then, and says nothing of how the source fared since.
    pub fn seen(&mut self, path: &str, at: DateTime<Utc>) {
        let watched = self.sources.entry(path.to_owned()).or_default();
        watched.good_at = watched.good_at.max(Some(at));
    }

    /// A page that waits for somebody is valid, and no end of blindness.
    pub fn held(&mut self, path: &str) {
        self.sources.entry(path.to_owned()).or_default().failed = false;
    }

    /// A round came to its end: whoever is blind by now must have been told of it, and whoever sees again too.
    pub fn round_ended(&mut self, now: DateTime<Utc>, listening: &[i64]) {
        let (mut newly, mut again) = (false, false);
        for watched in self.sources.values_mut() {
            let past = |at: &DateTime<Utc>| *at <= now;
            let since = watched.good_at.filter(past).filter(|at| at.year() >= 2026).or(watched.failing_since.filter(past)).unwrap_or(now);
            if std::mem::take(&mut watched.failed) && watched.failures >= 3 && now - since >= TimeDelta::hours(2) && !watched.told {
                watched.told = true;
                self.blind += 1;
            }
            if watched.failures == 0 && std::mem::take(&mut watched.told) {
                self.recovered += 1;
            }
            if watched.failures > 0 && !watched.readers_told && too_long(since, now) {
                watched.readers_told = true;
                newly = true;
            }
            if watched.failures == 0 && std::mem::take(&mut watched.readers_told) {
                again = true;
            }
        }
        self.to_readers.extend(newly.then(|| ("blind", listening.to_vec())));
        self.to_readers.extend(again.then(|| ("sighted", listening.to_vec())));
        self.a_week_passes(now);
    }

    /// The proof of silence is owed at the first dispatch after Monday, eight o'clock; once, however many Mondays passed.
    fn a_week_passes(&mut self, now: DateTime<Utc>) {
        let last = *self.weekly_at.get_or_insert(now);
        if now.year() < 2026 {
            return;
        }
        if last - now > TimeDelta::days(1) {
            self.weekly_at = Some(now);
        } else if let Some(monday) =
            successors(Some(last), |at| self.weekly.next_after(*at, BELGRADE).filter(|at| *at <= now)).skip(1).last()
        {
            self.weekly_at = Some(now);
            self.proofs.insert(monday);
        }
    }

    /// BLIND: operators and readers hear once when it begins and once when it is over.
    pub fn check(&self, books: &Books, readers: &[Reader]) {
        let said = books.told_operators();
        let times = |begins: &str, holds: &str| said.iter().filter(|line| line.starts_with(begins) && line.contains(holds)).count();
        assert_eq!(times("No valid page of", ""), self.blind, "BLIND: {said:#?}");
        assert_eq!(times("\"", "can be read again"), self.recovered, "BLIND: {said:#?}");
        let editions = books.ask(
            "SELECT edition_id, json_extract(facts, '$.occasion.sort') FROM people.edition
              WHERE json_extract(facts, '$.occasion.sort') IN ('blind', 'sighted') ORDER BY edition_id",
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
        );
        let sorts: Vec<&str> = editions.iter().map(|(_, sort)| sort.as_str()).collect();
        assert_eq!(sorts, self.to_readers.iter().map(|(sort, _)| *sort).collect::<Vec<_>>(), "BLIND: letters to the readers");
        let ceca = readers.iter().find(|reader| reader.name == CECA).unwrap().id;
        for ((edition, sort), (_, listening)) in editions.iter().zip(&self.to_readers) {
            let sql =
                format!("SELECT subscriber_id FROM people.letter WHERE edition_id = {edition} AND subscriber_id <> {ceca} ORDER BY 1");
            let mut told: Vec<i64> = books.ask(&sql, |row| row.get(0));
            // Whoever left since has no letters any more.
            let left = |id: &i64| readers.iter().any(|reader| reader.id == *id && reader.left);
            told.retain(|id| !left(id));
            let listened: Vec<i64> = listening.iter().copied().filter(|id| !left(id)).collect();
            assert_eq!(told, listened, "BLIND: who was told of {sort}");
        }
        let proofs = books.ask("SELECT count(*) FROM people.edition WHERE json_extract(facts, '$.occasion.sort') = 'silence'", |row| {
            row.get::<_, i64>(0)
        });
        assert_eq!(proofs, [i64::try_from(self.proofs.len()).unwrap()], "the weekly proof of silence");
    }
}

/// When readers must know: a day if all of it were working days, else two.
fn too_long(since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let working = |at: DateTime<Utc>| !matches!(at.with_timezone(&BELGRADE).weekday(), Weekday::Sat | Weekday::Sun);
    let day = TimeDelta::hours(24);
    now - since >= day * 2 || (now - since >= day && working(now) && working(now - day))
}
