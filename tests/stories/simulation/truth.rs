//! What really was on the pages, who listened, and what had to be told; and whether the books agree.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use potvrda::domain::schedule::Schedule;
use potvrda::domain::zone::BELGRADE;
use potvrda::io::history::record::Outcome;

use super::books::{Books, Change, Letter};
use super::life::{FLOOD, Life, Shown, Sitting};
use super::papers::{Papers, Shelf};
use super::people::{CECA, Reader};
use super::sight::Sight;
use crate::watch::{BILLS, LAWS};

/// A row that a list lacks.
struct Absence {
    since: DateTime<Utc>,
    looks: usize,
    counted: bool,
}

/// A sitting of the Assembly, as its page was last seen.
struct Called {
    day: NaiveDate,
    off: bool,
    /// It was seen to be put off, or called off, while that day was still to come.
    put_off_to: BTreeSet<NaiveDate>,
    called_off: bool,
}

/// The model.
pub struct Truth {
    /// Agreements met on a list at its baseline: never told as listed.
    baseline: BTreeSet<usize>,
    /// Pages read at the baseline, silent whenever they are read, and the agreements that they named: told as listed where anything else shows them.
    silent_pages: BTreeSet<String>,
    named: BTreeSet<usize>,
    /// Agreements met later.
    seen: BTreeSet<usize>,
    /// Met on the list of laws after they were known.
    adopted: BTreeSet<usize>,
    /// For which sittings and days each was seen called before it was adopted; for one still to come.
    agendas: BTreeMap<usize, BTreeSet<(usize, NaiveDate)>>,
    scheduled: BTreeSet<usize>,
    /// What each of those sittings said last: its day, that it is off, and who was told of it while it was still to come.
    sittings: BTreeMap<usize, Called>,
    /// How often each title was corrected, as seen on a list; and how many such corrections were seen.
    corrected: BTreeMap<(String, usize), BTreeSet<usize>>,
    /// Rows once on the list of bills that it lacks now, and how often that was long and sure enough to mean something.
    absent: BTreeMap<usize, Absence>,
    on_bills: BTreeSet<usize>,
    gone: BTreeMap<usize, usize>,
    /// What is held, and when it was first seen so.
    held: BTreeMap<String, (Shown, DateTime<Utc>)>,
    /// Who has to hear of our looking.
    pub sight: Sight,
    /// What was seen of the documents, in a life in which they are read.
    pub shelf: Option<Shelf>,
    pub after_dot_drops: usize,
    /// Deliveries that nothing stood in the way of, long enough after the one before for every letter to be due.
    pub good_deliveries: Vec<DateTime<Utc>>,
}

impl Truth {
    pub fn new(weekly: Schedule, with_papers: bool) -> Truth {
        Truth {
            shelf: with_papers.then(Shelf::default),
            sittings: BTreeMap::new(),
            baseline: BTreeSet::new(),
            silent_pages: BTreeSet::new(),
            named: BTreeSet::new(),
            seen: BTreeSet::new(),
            adopted: BTreeSet::new(),
            agendas: BTreeMap::new(),
            scheduled: BTreeSet::new(),
            corrected: BTreeMap::new(),
            absent: BTreeMap::new(),
            on_bills: BTreeSet::new(),
            gone: BTreeMap::new(),
            held: BTreeMap::new(),
            sight: Sight::new(weekly),
            after_dot_drops: 0,
            good_deliveries: Vec::new(),
        }
    }

    fn knows(&self, n: usize) -> bool {
        self.seen.contains(&n) || self.baseline.contains(&n)
    }

    /// A page was taken: a list, or the page of a committee or a sitting.
    pub fn saw(&mut self, page: &str, shown: &Shown, baseline: bool, now: DateTime<Utc>) {
        let list = Some(page).filter(|page| [BILLS, LAWS].contains(page));
        if baseline && list.is_none() {
            self.silent_pages.insert(page.to_owned());
        }
        let silent = self.silent_pages.contains(page);
        for (&n, &corrected) in shown.agreements.iter().zip(&shown.corrected) {
            if let (Some(shelf), Some(_)) = (&mut self.shelf, list) {
                shelf.linked(n, self.seen.contains(&n) || self.baseline.contains(&n) || self.named.contains(&n));
            }
            if list == Some(LAWS) {
                self.adopted.insert(n);
            }
            if silent {
                self.named.insert(n);
            } else if !self.knows(n) {
                let met = if baseline { &mut self.baseline } else { &mut self.seen };
                met.insert(n);
            }
            if let Some(list) = list {
                self.corrected.entry((list.to_owned(), n)).or_default().insert(corrected);
            }
            if let Some(sitting) = shown.sitting.filter(|sitting| !sitting.off && !self.adopted.contains(&n)) {
                self.agendas.entry(n).or_default().insert((sitting.id, sitting.day));
                if now.with_timezone(&BELGRADE).date_naive() <= sitting.day {
                    self.scheduled.insert(n);
                }
            }
        }
        if let Some(sitting) = shown.sitting {
            self.called(sitting, now);
        }
        if list == Some(BILLS) {
            self.on_the_list(shown, now);
        }
    }

    /// The page of a sitting of the Assembly says when it is, and whether.
    fn called(&mut self, told: Sitting, now: DateTime<Utc>) {
        let to_come = now.with_timezone(&BELGRADE).date_naive() <= told.day;
        let first = Called { day: told.day, off: told.off, put_off_to: BTreeSet::new(), called_off: false };
        let sitting = self.sittings.entry(told.id).or_insert(first);
        if to_come && !told.off && told.day != sitting.day {
            sitting.put_off_to.insert(told.day);
        }
        sitting.called_off |= to_come && told.off && !sitting.off;
        (sitting.day, sitting.off) = (told.day, told.off);
    }

    fn on_the_list(&mut self, shown: &Shown, now: DateTime<Utc>) {
        self.on_bills.extend(&shown.agreements);
        // By a clock that stands in 1970 nobody can say for how long a row has been missing.
        let counts = now.year() >= 2026;
        for &n in &self.on_bills {
            if shown.agreements.contains(&n) {
                self.absent.remove(&n);
                continue;
            }
            let absence = self.absent.entry(n).or_insert(Absence { since: now, looks: 0, counted: false });
            if !counts {
                continue;
            }
            absence.looks += 1;
            // Nor by what a clock said that was ahead.
            absence.since = absence.since.min(now);
            if absence.looks >= 3 && now - absence.since >= TimeDelta::hours(24) && !absence.counted {
                absence.counted = true;
                *self.gone.entry(n).or_default() += 1;
            }
        }
    }

    /// A whole page was held: it must have been a flood.
    pub fn held(&mut self, path: &str, shown: &Shown, now: DateTime<Utc>) {
        let new = shown.agreements.iter().filter(|&&n| !self.knows(n)).count();
        assert!(new > FLOOD, "a page with {new} new agreements was held");
        if self.held.get(path).is_none_or(|(held, _)| held != shown) {
            self.held.insert(path.to_owned(), (shown.clone(), now));
        }
    }

    /// What was held is believed, as of when it was seen: that is no good look now.
    pub fn released(&mut self, path: &str, now: DateTime<Utc>) {
        let (shown, seen_at) = self.held.remove(path).unwrap();
        self.saw(path, &shown, false, now);
        let by_a_right_clock = seen_at.year() >= 2026 && seen_at <= now;
        self.sight.seen(path, if by_a_right_clock { seen_at } else { now });
    }

    pub fn looked(&mut self, path: &str, outcome: Outcome, now: DateTime<Utc>) {
        match outcome {
            Outcome::Held => self.sight.held(path),
            _ => self.sight.looked(path, outcome == Outcome::Failed, now),
        }
        // The list of before the flood, be it from some cache, ends it: if it comes again it is held again, since its first hour.
        if !matches!(outcome, Outcome::Held | Outcome::Failed) {
            self.held.remove(path);
        }
    }

    /// Compares the books with the truth. `got`: copies a reader got of a Message-ID.
    pub fn check(&self, data: &Path, readers: &[Reader], (life, papers): (&Life, &Papers), got: &BTreeMap<(String, String), usize>) {
        let books = Books::open(data);
        let changes = books.changes();
        self.log(&changes, life);
        self.sat(&changes);
        if let Some(shelf) = &self.shelf {
            let live = |n: &&usize| self.knows(**n) && !self.adopted.contains(n) && life.standing(**n);
            self.on_bills.iter().filter(live).for_each(|n| shelf.is_up_to_date(papers, *n));
        }
        for reader in readers {
            self.reader(reader, &changes, &books);
        }
        self.sight.check(&books, readers);
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
                "unscheduled" => self.agendas.get(&n).map_or(0, |seen| seen.iter().filter(|(id, _)| self.sittings[id].off).count()),
                "document_added" if self.shelf.is_none() => usize::MAX,
                kind => self.shelf.as_ref().map_or(0, |shelf| shelf.count(n, kind)),
            };
            assert!(count(n, kind) <= most, "FALSE: {} times {kind} of agreement {n}, where {most} can be: {}", count(n, kind), story(&n));
        }
        for (n, shelf) in self.seen.union(&self.baseline).filter_map(|n| Some((n, self.shelf.as_ref()?))) {
            for kind in ["document_added", "document_removed", "document_replaced"] {
                assert_eq!(count(*n, kind), shelf.count(*n, kind), "LOSS: {kind} of agreement {n}: {}", story(n));
            }
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

    /// LOSS of sittings: whoever was called to one still to come is told so, and what became of it, where nothing else became of them.
    fn sat(&self, changes: &[Change]) {
        let told = |n: usize, kind: &str| changes.iter().filter(|c| c.n == n && c.kind == kind).count();
        for &n in &self.scheduled {
            assert!(told(n, "scheduled") > 0, "LOSS: agreement {n} stood on an agenda");
            let ids: BTreeSet<usize> = self.agendas[&n].iter().map(|(id, _)| *id).collect();
            let [only] = ids.into_iter().collect::<Vec<_>>()[..] else { continue };
            if self.adopted.contains(&n) || told(n, "delisted") > 0 {
                continue;
            }
            let sitting = &self.sittings[&only];
            if sitting.called_off {
                assert_eq!(told(n, "unscheduled"), 1, "LOSS: the sitting {only} was called off, with agreement {n}");
            }
            for day in &sitting.put_off_to {
                let of_day = |c: &&Change| c.n == n && c.kind == "scheduled" && c.after.as_deref() == Some(&day.to_string());
                assert!(changes.iter().any(|c| of_day(&c)), "LOSS: the sitting {only} was put off to {day}, with agreement {n}");
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
}
