//! What really was on the pages, who listened, and what had to be told; and whether the books agree.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::successors;
use std::path::Path;

use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};
use potvrda::domain::schedule::Schedule;
use potvrda::domain::zone::BELGRADE;
use potvrda::io::history::record::Outcome;
use rusqlite::Connection;

use super::life::{FLOOD, Life, Shown};
use super::people::{CECA, Reader};
use crate::watch::{BILLS, LAWS};

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

/// A row that a list lacks.
struct Absence {
    since: DateTime<Utc>,
    looks: usize,
    counted: bool,
}

/// The model.
pub struct Truth {
    /// Agreements met on a page at its baseline: never told as listed.
    baseline: BTreeSet<usize>,
    /// Agreements met later.
    seen: BTreeSet<usize>,
    /// Met on the list of laws after they were known.
    adopted: BTreeSet<usize>,
    /// On which agendas each was seen before it was adopted; on that of a sitting still to come.
    agendas: BTreeMap<usize, BTreeSet<usize>>,
    scheduled: BTreeSet<usize>,
    /// How often each title was corrected, as seen on a list; and how many such corrections were seen.
    corrected: BTreeMap<(String, usize), BTreeSet<usize>>,
    /// Rows once on the list of bills that it lacks now, and how often that was long and sure enough to mean something.
    absent: BTreeMap<usize, Absence>,
    on_bills: BTreeSet<usize>,
    gone: BTreeMap<usize, usize>,
    held: BTreeMap<String, Shown>,
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
    pub after_dot_drops: usize,
    /// Deliveries that nothing stood in the way of, long enough after the one before for every letter to be due.
    pub good_deliveries: Vec<DateTime<Utc>>,
}

/// A row of the log about an agreement.
struct Change {
    id: i64,
    kind: String,
    silent: bool,
    n: usize,
    seen_at: DateTime<Utc>,
    /// When, and what, for whoever reads of a failure.
    told: String,
}

impl Change {
    /// Seen after they came, and by a clock that was set back since dated before: told while that clock has not caught up, as it is unless a kill
    /// puts the telling off. After that only the order of two databases could tell, and a known limit it is.
    fn is_dated_before(&self, reader: &Reader) -> bool {
        self.seen_at.year() >= 2026 && self.seen_at + TimeDelta::seconds(60) < reader.came_at
    }
}

impl Truth {
    pub fn new(weekly: Schedule) -> Truth {
        Truth {
            baseline: BTreeSet::new(),
            seen: BTreeSet::new(),
            adopted: BTreeSet::new(),
            agendas: BTreeMap::new(),
            scheduled: BTreeSet::new(),
            corrected: BTreeMap::new(),
            absent: BTreeMap::new(),
            on_bills: BTreeSet::new(),
            gone: BTreeMap::new(),
            held: BTreeMap::new(),
            sources: BTreeMap::new(),
            blind: 0,
            recovered: 0,
            to_readers: Vec::new(),
            weekly,
            weekly_at: None,
            proofs: BTreeSet::new(),
            after_dot_drops: 0,
            good_deliveries: Vec::new(),
        }
    }

    fn knows(&self, n: usize) -> bool {
        self.seen.contains(&n) || self.baseline.contains(&n)
    }

    /// A page was taken. `list`: the list it is; none for the page of a committee or a sitting.
    pub fn saw(&mut self, list: Option<&str>, shown: &Shown, baseline: bool, now: DateTime<Utc>) {
        for (&n, &corrected) in shown.agreements.iter().zip(&shown.corrected) {
            if self.knows(n) {
                if list == Some(LAWS) {
                    self.adopted.insert(n);
                }
            } else if baseline {
                self.baseline.insert(n);
            } else {
                self.seen.insert(n);
            }
            if let Some(list) = list {
                self.corrected.entry((list.to_owned(), n)).or_default().insert(corrected);
            }
            if let Some((sitting, day)) = shown.sitting.filter(|_| !self.adopted.contains(&n)) {
                self.agendas.entry(n).or_default().insert(sitting);
                if now.with_timezone(&BELGRADE).date_naive() <= day {
                    self.scheduled.insert(n);
                }
            }
        }
        if list == Some(BILLS) {
            self.on_the_list(shown, now);
        }
    }

    fn on_the_list(&mut self, shown: &Shown, now: DateTime<Utc>) {
        self.on_bills.extend(&shown.agreements);
        for &n in &self.on_bills {
            if shown.agreements.contains(&n) {
                self.absent.remove(&n);
                continue;
            }
            let absence = self.absent.entry(n).or_insert(Absence { since: now, looks: 0, counted: false });
            absence.looks += 1;
            if absence.looks >= 3 && now - absence.since >= TimeDelta::hours(24) && !absence.counted {
                absence.counted = true;
                *self.gone.entry(n).or_default() += 1;
            }
        }
    }

    /// A whole page was held: it must have been a flood.
    pub fn held(&mut self, path: &str, shown: &Shown) {
        let new = shown.agreements.iter().filter(|&&n| !self.knows(n)).count();
        assert!(new > FLOOD, "a page with {new} new agreements was held");
        self.held.insert(path.to_owned(), shown.clone());
    }

    pub fn released(&mut self, path: &str, now: DateTime<Utc>) {
        let shown = self.held.remove(path).unwrap();
        self.saw(Some(path), &shown, false, now);
    }

    pub fn looked(&mut self, path: &str, outcome: Outcome, now: DateTime<Utc>) {
        let watched = self.sources.entry(path.to_owned()).or_default();
        match outcome {
            Outcome::Held => return,
            Outcome::Failed => {
                watched.failures += 1;
                watched.failing_since.get_or_insert(now);
                watched.failed = true;
            }
            _ => {
                let Watched { told, readers_told, .. } = *watched;
                *watched = Watched { good_at: Some(now), told, readers_told, ..Watched::default() };
            }
        }
        // The same bytes as before the flood, from some cache, say nothing against it: what is held stays so.
        if !matches!(outcome, Outcome::Failed | Outcome::Unmodified) {
            self.held.remove(path);
        }
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

    /// Compares the books with the truth. `got`: copies a reader got of a Message-ID.
    pub fn check(&self, data: &Path, readers: &[Reader], life: &Life, got: &BTreeMap<(String, String), usize>) {
        let books = Books::open(data);
        let changes = books.changes();
        self.log(&changes, life);
        for n in &self.scheduled {
            assert!(changes.iter().any(|c| c.n == *n && c.kind == "scheduled"), "LOSS: agreement {n} stood on an agenda");
        }
        for reader in readers {
            self.reader(reader, &changes, &books);
        }
        self.blindness(&books, readers);
        let sent = books.ask("SELECT count(*) FROM people.letter WHERE state = 'sent'", |row| row.get::<_, i64>(0))[0];
        assert!(got.len() >= usize::try_from(sent).unwrap(), "LOSS: {sent} letters said to be sent, {} taken by the server", got.len());
        let copies: usize = got.values().map(|n| n - 1).sum();
        assert!(copies <= self.after_dot_drops, "DUP: {copies} copies after {} lines dropped after the dot", self.after_dot_drops);
    }

    /// LOSS and FALSE of the log: what was on the pages is told once, and nothing else.
    fn log(&self, changes: &[Change], life: &Life) {
        let count = |n: usize, kind: &str| changes.iter().filter(|c| c.n == n && c.kind == kind).count();
        let story = |n: &usize| changes.iter().filter(|c| c.n == *n).map(|c| c.told.as_str()).collect::<Vec<_>>().join(", ");
        for n in self.seen.union(&self.baseline) {
            assert_eq!(count(*n, "listed"), 1, "LOSS: agreement {n} has not exactly one `listed` change: {}", story(n));
            let silent = changes.iter().any(|c| c.n == *n && c.kind == "listed" && c.silent);
            assert_eq!(silent, self.baseline.contains(n), "agreement {n}: silent {silent}");
        }
        for change in changes {
            let (n, kind) = (change.n, change.kind.as_str());
            let most = match kind {
                "listed" => usize::from(self.knows(n)),
                "adopted" => usize::from(self.adopted.contains(&n)),
                "delisted" => self.gone.get(&n).copied().unwrap_or(0),
                "relisted" => count(n, "delisted"),
                // Each list tells of a title that changed on it.
                "amended" => self.corrected.iter().filter(|((_, of), _)| *of == n).map(|(_, titles)| titles.len() - 1).sum(),
                "scheduled" => self.agendas.get(&n).map_or(0, BTreeSet::len),
                "document_added" | "recognised" => usize::MAX,
                _ => 0,
            };
            assert!(count(n, kind) <= most, "FALSE: {} times {kind} of agreement {n}, where {most} can be", count(n, kind));
        }
        for n in &self.adopted {
            assert_eq!(count(*n, "adopted"), 1, "LOSS: agreement {n} was adopted");
        }
        for n in self.on_bills.iter().filter(|n| !self.adopted.contains(n)) {
            if life.is_gone(*n) {
                assert_eq!(count(*n, "delisted"), count(*n, "relisted") + 1, "LOSS: agreement {n} is gone for good: {}", story(n));
            } else if life.standing(*n) {
                assert_eq!(count(*n, "delisted"), count(*n, "relisted"), "LOSS: agreement {n} stands on the list again: {}", story(n));
            }
        }
    }

    /// Each reader has one letter about each change they listened to, and it ended well.
    fn reader(&self, reader: &Reader, changes: &[Change], books: &Books) {
        let mine = books.letters(reader.id);
        for change in changes.iter().filter(|change| !change.silent) {
            let wanted = reader.kinds.iter().any(|kind| kind.as_str() == change.kind) && reader.listened_at(change.id);
            let letters = mine.get(&change.id).map_or(&[][..], Vec::as_slice);
            let of = format!("{} and change {} ({} of {})", reader.name, change.id, change.kind, change.n);
            if !wanted {
                assert!(letters.is_empty(), "FALSE: {of}: {letters:?}");
                continue;
            }
            match letters {
                [Letter { state, .. }] if state == "sent" => {}
                [letter] if letter.state == "expired" => self.expired(&of, letter),
                _ if reader.left => assert!(letters.len() < 2, "DUP: {of}"),
                [] if change.is_dated_before(reader) => {}
                // Refused at times; after three refusals she is paused, and what is owed to her then waits for her.
                [] | [_] if reader.name == CECA => {}
                other => panic!("LOSS: {of}: {other:?}"),
            }
        }
        let silent = |id: &i64| !changes.iter().any(|change| change.id == *id && !change.silent);
        let made_up: Vec<_> = mine.keys().filter(|id| silent(id)).collect();
        assert!(made_up.is_empty(), "FALSE: {} was told of changes {made_up:?}", reader.name);
        if !reader.left && reader.name != CECA {
            let waiting =
                books.ask(&format!("SELECT count(*) FROM people.pending WHERE subscriber_id = {}", reader.id), |row| row.get::<_, i64>(0));
            assert_eq!(waiting, [0], "LOSS: something still waits for a digest of {}", reader.name);
        }
    }

    /// A letter is given up only after five days in which the server never was well.
    fn expired(&self, of: &str, letter: &Letter) {
        let (first, ended) = (letter.first.unwrap(), letter.ended.unwrap());
        assert!(ended - first >= TimeDelta::days(5), "LOSS: {of}: given up after {}", ended - first);
        let well = self.good_deliveries.iter().find(|at| (first..=ended).contains(at));
        assert_eq!(well, None, "LOSS: {of}: given up at {ended}, and the server was well");
    }

    /// BLIND: operators and readers hear once when it begins and once when it is over.
    fn blindness(&self, books: &Books, readers: &[Reader]) {
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

#[derive(Debug)]
struct Letter {
    state: String,
    first: Option<DateTime<Utc>>,
    ended: Option<DateTime<Utc>>,
}

/// Both databases, as anybody may read them.
struct Books(Connection);

impl Books {
    fn open(data: &Path) -> Books {
        let history = Connection::open(data.join("history.db")).unwrap();
        history.execute("ATTACH ? AS people", [data.join("subscribers.db").to_str().unwrap()]).unwrap();
        for base in ["main", "people"] {
            let whole: String = history.query_row(&format!("PRAGMA {base}.integrity_check"), [], |row| row.get(0)).unwrap();
            assert_eq!(whole, "ok", "CONS: {base}");
        }
        Books(history)
    }

    fn ask<T>(&self, sql: &str, read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
        let mut asked = self.0.prepare(sql).unwrap();
        asked.query_map([], read).unwrap().map(Result::unwrap).collect()
    }

    fn changes(&self) -> Vec<Change> {
        let sql = "SELECT change_id, kind, silent, title_latin, bill_id || ' ' || kind || ' ' || seen_at, seen_at FROM changes WHERE verdict = 'agreement'";
        self.ask(sql, |row| {
            let title: String = row.get(3)?;
            let n = title.split("broj ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
            Ok(Change {
                id: row.get(0)?,
                kind: row.get(1)?,
                silent: row.get(2)?,
                n: n.unwrap_or_else(|| panic!("whose title is {title}?")),
                told: row.get(4)?,
                seen_at: row.get::<_, String>(5)?.parse().unwrap(),
            })
        })
    }

    /// A reader's letters by change.
    fn letters(&self, reader: i64) -> BTreeMap<i64, Vec<Letter>> {
        let sql = format!(
            "SELECT change_id, state, first_tried_at, ended_at FROM people.letter JOIN people.edition_change USING (edition_id)
              WHERE subscriber_id = {reader}"
        );
        let mut letters: BTreeMap<i64, Vec<Letter>> = BTreeMap::new();
        let time = |text: Option<String>| text.map(|text| text.parse().unwrap());
        for (change, letter) in
            self.ask(&sql, |row| Ok((row.get(0)?, Letter { state: row.get(1)?, first: time(row.get(2)?), ended: time(row.get(3)?) })))
        {
            letters.entry(change).or_default().push(letter);
        }
        letters
    }

    /// What operators were told, a line a finding: several of one round are one letter.
    fn told_operators(&self) -> Vec<String> {
        let sql = "SELECT json_extract(facts, '$.occasion') FROM people.edition WHERE json_extract(facts, '$.occasion.sort') = 'operator'";
        let mut lines = Vec::new();
        for occasion in self.ask(sql, |row| row.get::<_, String>(0)) {
            let occasion: serde_json::Value = serde_json::from_str(&occasion).unwrap();
            let subject = occasion["subject"].as_str().unwrap().to_owned();
            let paragraphs: Vec<String> =
                occasion["paragraphs"].as_array().unwrap().iter().map(|p| p.as_str().unwrap().to_owned()).collect();
            let together = paragraphs.first().is_some_and(|first| subject.starts_with(first.trim_end_matches('.')));
            lines.extend(if together { paragraphs } else { vec![subject] });
        }
        lines
    }
}
