//! Which known bill a row or a mention is (house rule 10): by act number, by document, by title with date; a mention by its title alone where
//! one live bill answers, and across languages where instrument, counterparts and our level point at exactly one.
//!
//! Never writes anything down: `compare` does.

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use hashbrown::{DefaultHashBuilder, HashMap};
use indexmap::IndexMap;
use smallvec::SmallVec;

use crate::domain::agreement::{self, Detection};
use crate::domain::bill::{ActNumber, Language, Party, Row, Stage, Verdict};
use crate::domain::change::{BillRef, KnownBill, Profile};
use crate::domain::listing::ListKind;
use crate::domain::page::address;
use crate::domain::zone::day_in_belgrade;
use crate::domain::{mention, title};

/// A committee deals with a bill in the months before the vote on it.
const VOTE_FOLLOWS: TimeDelta = TimeDelta::days(183);
/// Titles that may be one title, broken or cut, that are looked at: a page of thousands that begin alike was made to keep us busy.
const NEAR_MAX: usize = 500;

/// Where the bills stand that one number, document or key is of: nearly always one bill.
type Places = SmallVec<[usize; 1]>;

/// Every bill known so far, stored or found in this poll, with the indexes that find one.
#[derive(Default)]
pub struct Ledger {
    entries: Vec<Entry>,
    by_number: HashMap<ActNumber, Places>,
    by_document: HashMap<Arc<str>, Places>,
    by_key: IndexMap<String, Places, DefaultHashBuilder>,
    /// Which of the keys have letters that arrived broken.
    broken: Vec<usize>,
    /// Which of the keys are long enough to have been cut, by their opening.
    by_opening: HashMap<Vec<u8>, Vec<usize>>,
    places: HashMap<BillRef, usize>,
}

/// One bill of the ledger.
pub struct Entry {
    /// Stored or new.
    pub at: BillRef,
    /// As known by now.
    pub bill: KnownBill,
    /// A row or mention of the page being compared is already this bill.
    pub claimed: bool,
}

/// What a row or mention was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// This bill, by number, document, or title with date.
    Same(usize),
    /// This bill, by a rule that is recorded as a merge.
    Merged(usize, &'static str),
    /// A bill not met before; it may be the same as another one.
    New(Option<usize>),
}

/// What a title is compared by.
pub struct Subject<'a> {
    /// As printed.
    pub title: &'a str,
    /// `title::key` of it.
    pub key: &'a str,
    /// Printed in.
    pub language: Language,
    /// What it says, where it was looked at.
    pub profile: Option<&'a Profile>,
    /// The legislatures it can be of.
    pub legislatures: [i64; 2],
    /// Its number, where known.
    pub act_number: Option<ActNumber>,
    /// The day of the sitting that names it; none for the row of a list.
    pub held_on: Option<NaiveDate>,
}

/// What identifies an agreement in any language; none where a half is missing. One international organisation, as the counterpart or as the one
/// whose text a multilateral agreement is, stands in the place of countries.
pub fn profile(title: &str, detection: &Detection) -> Option<Profile> {
    if detection.verdict == Verdict::Other {
        return None;
    }
    let ours = detection.parties.iter().find(|party| party.ours);
    let theirs: Vec<&Party> = detection.parties.iter().filter(|party| !party.ours).collect();
    let mut countries: Vec<String> = theirs.iter().filter_map(|party| party.country.clone()).collect();
    countries.sort();
    countries.dedup();
    let organisations = match (&countries[..], &theirs[..]) {
        ([], []) => agreement::organisations(title),
        ([], [only]) => agreement::organisations(&only.name),
        _ => Vec::new(),
    };
    let one = !countries.is_empty() || organisations.len() == 1;
    one.then_some(Profile {
        instrument: detection.instrument.clone()?,
        countries,
        our_level: ours.map_or(String::new(), |party| party.level.as_str().to_owned()),
        organisations: organisations.into_iter().map(str::to_owned).collect(),
    })
}

impl Ledger {
    /// Indexes the bills that are stored.
    pub fn of(bills: Vec<KnownBill>) -> Self {
        let many = bills.len();
        let mut ledger = Ledger {
            entries: Vec::with_capacity(many),
            by_number: HashMap::with_capacity(many),
            by_document: HashMap::with_capacity(many),
            by_key: IndexMap::with_capacity_and_hasher(many, DefaultHashBuilder::default()),
            places: HashMap::with_capacity(many),
            ..Ledger::default()
        };
        for bill in bills {
            ledger.add(BillRef::Known(bill.id), bill);
        }
        ledger
    }

    /// Adds a bill and answers with its place.
    pub fn add(&mut self, at: BillRef, bill: KnownBill) -> usize {
        let place = self.entries.len();
        if let Some(number) = bill.act_number {
            self.by_number.entry(number).or_default().push(place);
        }
        for document in &bill.documents {
            self.by_document.entry(Arc::clone(document)).or_default().push(place);
        }
        for title in &bill.titles {
            self.index_key(&title.key, place);
        }
        self.places.insert(at, place);
        self.entries.push(Entry { at, bill, claimed: false });
        place
    }

    /// Where a bill stands.
    pub fn place_of(&self, bill: BillRef) -> Option<usize> {
        self.places.get(&bill).copied()
    }

    /// Every bill, in the order of adding.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The bill at a place.
    pub fn entry(&mut self, place: usize) -> &mut Entry {
        &mut self.entries[place]
    }

    /// Remembers a further number, document or spelling, so that the rest of this poll finds the bill by it.
    pub fn learn(&mut self, place: usize, number: Option<ActNumber>, document: Option<&Arc<str>>, key: Option<&str>) {
        if let Some(number) = number {
            self.by_number.entry(number).or_default().push(place);
        }
        if let Some(document) = document {
            self.by_document.entry(Arc::clone(document)).or_default().push(place);
        }
        if let Some(key) = key {
            self.index_key(key, place);
        }
    }

    /// Nothing is claimed: a new page begins.
    pub fn release(&mut self) {
        self.entries.iter_mut().for_each(|e| e.claimed = false);
    }

    /// The bill a row surely is: same number in the legislature, else same document (unless the numbers contradict).
    pub fn by_identity(&self, row: &Row, legislatures: [i64; 2]) -> Option<usize> {
        if let Some(number) = row.act_number
            && let Some(places) = self.by_number.get(&number)
        {
            let here = |p: &usize| legislatures.contains(&self.entries[*p].bill.legislature);
            return self.of_this_title(places.iter().copied().filter(here), &row.title).or_else(|| self.same_register(places, number));
        }
        let of_document = |link: &crate::domain::bill::Link| {
            let places = self.by_document.get(address::canonical(&link.url).as_str())?;
            self.of_this_title(places.iter().copied().filter(|&p| self.agrees(p, row.act_number)), &row.title)
        };
        row.documents.iter().find_map(of_document)
    }

    /// Of several bills the one that was met under this title, else the first.
    fn of_this_title(&self, places: impl Iterator<Item = usize>, printed: &str) -> Option<usize> {
        let places: Vec<usize> = places.collect();
        let [first, _, ..] = places[..] else { return places.first().copied() };
        let key = title::key(printed);
        let of_title = |p: &&usize| self.entries[**p].bill.titles.iter().any(|t| title::same(&t.key, &key));
        Some(places.iter().find(of_title).copied().unwrap_or(first))
    }

    /// A number met again after an election: parliament's register counts by the calendar year, so a live bill keeps its number.
    fn same_register(&self, places: &[usize], number: ActNumber) -> Option<usize> {
        places.iter().copied().find(|&p| {
            let bill = &self.entries[p].bill;
            bill.act_number == Some(number) && bill.presence.iter().any(|s| s.present)
        })
    }

    /// The numbers do not contradict each other.
    pub fn agrees(&self, place: usize, number: Option<ActNumber>) -> bool {
        match (self.entries[place].bill.act_number, number) {
            (Some(known), Some(seen)) => known == seen,
            _ => true,
        }
    }

    /// The bill a list row without a known number or document is: same title and same date; or the one row of this list with that title which
    /// nothing contradicts (its date became unreadable, its file was put up again under another address).
    pub fn by_title_on_list(&self, source: &str, kind: ListKind, key: &str, row: &Row) -> Option<usize> {
        let (listed_on, number) = (row.listed_on, row.act_number);
        let open: Vec<usize> = self.with_key(key).filter(|&p| !self.entries[p].claimed && self.agrees(p, number)).collect();
        let dated = |p: &usize| listed_on.is_some() && self.entries[*p].bill.listed_on == listed_on;
        if let Some(place) = open.iter().find(|p| dated(p)) {
            return Some(*place);
        }
        let here = |p: &&usize| {
            let bill = &self.entries[**p].bill;
            // A bill keeps the date of the list of bills: against the date of a law it says nothing.
            let undated = bill.listed_on.is_none() || listed_on.is_none() || kind == ListKind::Laws;
            undated && bill.presence.iter().any(|s| &*s.source == source)
        };
        one(open.iter().filter(here).copied())
    }

    /// The one bill of the legislature a mention, an adopted law or a first list row joins by its title: the live ones first, then any.
    pub fn by_title(&self, subject: &Subject<'_>, wanted: impl Fn(&KnownBill) -> bool) -> Candidates {
        let fits = |p: &usize| {
            let entry = &self.entries[*p];
            !entry.claimed
                && subject.legislatures.contains(&entry.bill.legislature)
                && self.agrees(*p, subject.act_number)
                && wanted(&entry.bill)
        };
        let all: Vec<usize> = self.with_key(subject.key).filter(fits).collect();
        let live: Vec<usize> = all.iter().copied().filter(|&p| is_live(&self.entries[p].bill)).collect();
        Candidates::of(if live.is_empty() { all } else { live })
    }

    /// The one bill that a sitting names by its title: a live one; else one that was told as gone, or that can have been adopted since.
    pub fn by_mention(&self, subject: &Subject<'_>) -> Candidates {
        self.by_title(subject, |bill| match bill.stage {
            Stage::Adopted => adopted_since(bill, subject.held_on),
            _ => true,
        })
    }

    /// The one live bill that is this one but for words that a sentence, or a fuller title, tells of the agreement behind it: `..., potpisanog u Rimu
    /// 3. marta 2026`. Either of the two may have been met first.
    pub fn by_beginning(&self, subject: &Subject<'_>, wanted: impl Fn(&KnownBill) -> bool) -> Candidates {
        let live = |bill: &KnownBill| is_live(bill) && wanted(bill);
        for beginning in mention::beginnings(subject.title) {
            let found = self.by_title(&Subject { key: &title::key(beginning), ..*subject }, live);
            if found != Candidates::None {
                return found;
            }
        }
        let whole = title::lookup(subject.key);
        let begins = |entry: &Entry| {
            let longer =
                entry.bill.titles.iter().filter(|t| title::lookup(&t.key).strip_prefix(&*whole).is_some_and(|rest| rest.starts_with(' ')));
            longer.flat_map(|t| mention::beginnings(&t.title)).any(|beginning| title::same(&title::key(beginning), subject.key))
        };
        let fits = |place: &usize| {
            let entry = &self.entries[*place];
            !entry.claimed
                && live(&entry.bill)
                && subject.legislatures.contains(&entry.bill.legislature)
                && self.agrees(*place, subject.act_number)
                && begins(entry)
        };
        Candidates::of((0..self.entries.len()).filter(fits).collect())
    }

    /// The one bill printed only in the other language that a profile points at and no subject contradicts, if the subjects can be one: a live
    /// one; else one that was adopted since the sitting that names it, for the page of a sitting may be read after the vote.
    pub fn across_languages(&self, subject: &Subject<'_>) -> Candidates {
        let other = |bill: &KnownBill| in_the_other_language(bill, subject.language);
        let mut found = self.by_profile(subject, |bill| is_live(bill) && other(bill));
        if found == Candidates::None {
            found = self.by_profile(subject, |bill| bill.adopted_on.is_some() && adopted_since(bill, subject.held_on) && other(bill));
        }
        let faint = subject.profile.filter(|profile| profile.is_faint());
        let may_be_one = |title: &str| match faint {
            Some(profile) => agreement::about_one(subject.title, title, &profile.organisations),
            None => agreement::may_be_one(subject.title, title),
        };
        match found {
            Candidates::One(place) if self.entries[place].bill.titles.iter().any(|t| !may_be_one(&t.title)) => Candidates::None,
            found => found,
        }
    }

    /// Whether a bill was only named yet and is on no list.
    pub fn awaits_list(&self) -> bool {
        self.entries.iter().any(|entry| is_live(&entry.bill) && entry.bill.presence.is_empty())
    }

    /// Whether a live bill waits to be met in the other language.
    pub fn awaits_translation(&self, language: Language) -> bool {
        self.entries.iter().any(|entry| is_live(&entry.bill) && in_the_other_language(&entry.bill, language))
    }

    /// A live bill that a new one may be, under another wording.
    pub fn resembling(&self, subject: &Subject<'_>) -> Option<usize> {
        let english = subject.language == Language::En;
        let mixed = |bill: &KnownBill| [true, false].iter().all(|e| bill.titles.iter().any(|t| (t.language == Language::En) == *e));
        let told_elsewhere = |bill: &KnownBill| (english && mixed(bill)) || in_the_other_language(bill, subject.language);
        self.by_title(subject, |_| true).first().or_else(|| self.by_profile(subject, |bill| is_live(bill) && told_elsewhere(bill)).first())
    }

    /// The first bill of an earlier legislature that was to confirm what this title says and never was adopted: with that legislature it
    /// lapsed, and was submitted anew. Where one of them was adopted, the same words are of another agreement.
    pub fn lapsed(&self, key: &str, legislature: i64) -> Option<usize> {
        let earlier: Vec<usize> = self
            .with_key(key)
            .filter(|&p| self.entries[p].bill.legislature < legislature && self.entries[p].bill.verdict == Verdict::Agreement)
            .collect();
        let adopted = earlier.iter().any(|&p| self.entries[p].bill.stage == Stage::Adopted);
        earlier.into_iter().filter(|_| !adopted).min_by_key(|&p| (self.entries[p].bill.legislature, p))
    }

    fn by_profile(&self, subject: &Subject<'_>, wanted: impl Fn(&KnownBill) -> bool) -> Candidates {
        let Some(profile) = subject.profile else { return Candidates::None };
        let contradict = |title: &str| match profile.is_faint() {
            true => agreement::contradict_beside(subject.title, title, &profile.organisations),
            false => agreement::contradict(subject.title, title),
        };
        let fits = |entry: &Entry| {
            let bill = &entry.bill;
            !entry.claimed
                && subject.legislatures.contains(&bill.legislature)
                && bill.profile.as_ref().is_some_and(|known| is_same(known, profile))
                && wanted(bill)
                && bill.titles.iter().all(|t| !contradict(&t.title))
        };
        let places = self.entries.iter().enumerate().filter(|(_, e)| fits(e)).map(|(p, _)| p).collect();
        Candidates::of(places)
    }

    /// Places of bills with that key, also where a letter arrived broken or the title was cut.
    fn with_key(&self, key: &str) -> impl Iterator<Item = usize> + use<> {
        let key: &str = &title::lookup(key);
        let mut places: Places = match self.by_key.get(key) {
            Some(places) => places.clone(),
            None => self.near(key).filter(|(near, _)| title::same(near, key)).flat_map(|(_, places)| places).copied().collect(),
        };
        places.sort_unstable();
        places.dedup();
        places.into_iter()
    }

    /// The keys that can be the same title as one that is not among them: every key for a broken one, else the broken ones and those that
    /// begin alike.
    fn near<'a>(&'a self, key: &str) -> Box<dyn Iterator<Item = (&'a String, &'a Places)> + 'a> {
        if title::is_broken(key) && self.broken.len() < NEAR_MAX {
            return Box::new(self.by_key.iter());
        }
        let alike = title::opening(key).and_then(|opening| self.by_opening.get(opening));
        let near = self.broken.iter().take(NEAR_MAX).chain(alike.into_iter().flatten().take(NEAR_MAX));
        Box::new(near.filter_map(|&at| self.by_key.get_index(at)))
    }

    fn index_key(&mut self, key: &str, place: usize) {
        let key: &str = &title::lookup(key);
        if let Some(places) = self.by_key.get_mut(key) {
            places.push(place);
            return;
        }
        let at = self.by_key.len();
        if title::is_broken(key) {
            self.broken.push(at);
        } else if let Some(opening) = title::opening(key) {
            self.by_opening.entry_ref(opening).or_default().push(at);
        }
        self.by_key.insert(key.to_owned(), Places::from_elem(place, 1));
    }
}

/// How many bills answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Candidates {
    /// None does.
    None,
    /// Exactly this one.
    One(usize),
    /// Several; this is the first.
    Several(usize),
}

impl Candidates {
    fn of(places: Vec<usize>) -> Self {
        match places.as_slice() {
            [] => Candidates::None,
            [place] => Candidates::One(*place),
            [first, ..] => Candidates::Several(*first),
        }
    }

    /// The first of them.
    pub fn first(self) -> Option<usize> {
        match self {
            Candidates::None => None,
            Candidates::One(place) | Candidates::Several(place) => Some(place),
        }
    }
}

/// On its way: neither adopted nor gone.
pub fn is_live(bill: &KnownBill) -> bool {
    !matches!(bill.stage, Stage::Adopted | Stage::Delisted)
}

/// Adopted on the day of a sitting or in the months after it, as far as we know. What was adopted before is another bill's past.
fn adopted_since(bill: &KnownBill, held_on: Option<NaiveDate>) -> bool {
    let Some(held_on) = held_on.filter(|_| bill.stage == Stage::Adopted) else { return false };
    let follows = |day: NaiveDate| (TimeDelta::zero()..=VOTE_FOLLOWS).contains(&(day - held_on));
    // A law never met as a bill has the date of the list of laws. What it means is not known, but it may be from long before our first look.
    let law_of = bill.listed_on.filter(|_| bill.presence.len() == 1);
    match (bill.adopted_on, law_of) {
        (Some(day), Some(of)) => follows(day) && held_on - of <= VOTE_FOLLOWS,
        (Some(day), None) | (None, Some(day)) => follows(day),
        (None, None) => !was_gone_before(bill, held_on),
    }
}

/// The list that carried a bill last lacked it already before that day.
pub fn was_gone_before(bill: &KnownBill, day: NaiveDate) -> bool {
    let gone = bill.presence.iter().filter_map(|p| p.missing_since).max();
    gone.is_some_and(|at| day_in_belgrade(at) < day)
}

/// All its titles are in English, or none is, as the language is not.
fn in_the_other_language(bill: &KnownBill, language: Language) -> bool {
    bill.titles.iter().all(|t| (t.language == Language::En) != (language == Language::En))
}

/// Two profiles that can be one agreement's: an English word for an instrument has several Serbian ones.
fn is_same(a: &Profile, b: &Profile) -> bool {
    let whose = a.countries == b.countries && a.organisations == b.organisations && a.our_level == b.our_level;
    whose && agreement::same_instrument(&a.instrument, &b.instrument)
}

fn one(mut places: impl Iterator<Item = usize>) -> Option<usize> {
    let first = places.next()?;
    places.next().is_none().then_some(first)
}
