//! A law list taken in: which known bill each row is, what is new about it, what is missing.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use hashbrown::hash_map::Entry::{Occupied, Vacant};
use hashbrown::{HashMap, HashSet};

use super::borrowed::Placed;
use super::{BUT_FOR_THE_END, Comparison, Count, Look, NewBill, Printed, canonical, is_same_title};
use crate::domain::agreement::{self, Detection};
use crate::domain::bill::{ActNumber, Language, Link, Row, Stage, Verdict};
use crate::domain::change::{ARCHIVE, Fact, Kind, KnownBill, KnownTitle, Presence, Profile};
use crate::domain::identity::{self, Candidates, Found, Subject};
use crate::domain::listing::ListKind;
use crate::domain::{legislature, script, title};

impl Comparison {
    /// Takes in a law list, and counts the agreements and the doubtful on it.
    pub fn list(&mut self, look: &Look<'_>, rows: &[Row]) -> Count {
        self.ledger.release();
        let (retitled, disowned) = (self.retitled, self.disowned);
        let Placed { rows, mut places } = self.placed(look, once_each(rows));
        places.iter().flatten().for_each(|&p| self.ledger.entry(p).claimed = true);
        for (i, row) in rows.iter().enumerate() {
            if places[i].is_none() {
                places[i] = self.ledger.by_title_on_list(look.source, look.kind, &title::key(&row.title), row);
                self.claim(places[i]);
            }
        }
        let read = |i: usize| (i, title::key(&rows[i].title), agreement::detect(&rows[i].title));
        let unmet: Vec<(usize, String, Detection)> = (0..rows.len()).filter(|&i| places[i].is_none()).map(read).collect();
        let profiles: Vec<_> = unmet.iter().map(|(i, _, d)| identity::profile(&rows[*i].title, d)).collect();
        let mut alike: HashMap<&Profile, Vec<&str>> = HashMap::new();
        for (profile, (i, ..)) in profiles.iter().zip(&unmet) {
            profile.iter().for_each(|profile| alike.entry(profile).or_default().push(&rows[*i].title));
        }
        // What this page adds is claimed at once, and so is nobody's translation.
        let awaited = [Language::En, Language::SrLatn].map(|language| self.ledger.awaits_translation(language));
        let named_only = self.ledger.awaits_list();
        for (n, (i, key, detection)) in unmet.into_iter().enumerate() {
            let row = &*rows[i];
            let profile = profiles[n].as_ref();
            let language = script::language_of(&row.title);
            let awaited = awaited[usize::from(language != Language::En)];
            let alone = profile.is_some_and(|profile| {
                let others = &alike[profile];
                others.len() == 1 || (awaited && is_apart(&row.title, others))
            });
            let subject = Subject {
                title: &row.title,
                key: &key,
                language,
                profile: profile.filter(|_| alone),
                legislatures: legislature::either(self.now.date_naive(), row.listed_on),
                act_number: row.act_number,
                held_on: None,
            };
            // By a number that a row of this look had first, it is that row's bill: the same one in the other script or language.
            let again = self.by_identity(row).filter(|place| !self.is_stranger(*place, row)).map(Found::Same);
            places[i] = Some(match again.unwrap_or_else(|| self.row_by_title(look, &subject, named_only)) {
                Found::Same(place) => place,
                Found::Merged(place, why) => self.merge(place, &row.title, why),
                Found::New(possibly) => self.new_row(look, row, key, language, detection, possibly),
            });
            self.claim(places[i]);
        }
        self.observe_rows(look, &rows, &places);
        if look.absences_count {
            self.absences(look);
        }
        self.confirm(places.iter().flatten().copied());
        let count = self.count(places.into_iter().flatten());
        Count { retitled: self.retitled - retitled, disowned: self.disowned - disowned, ..count }
    }

    fn observe_rows(&mut self, look: &Look<'_>, rows: &[Cow<'_, Row>], places: &[Option<usize>]) {
        let leading = self.leading(rows, places);
        let mut further: HashMap<usize, Vec<usize>> = HashMap::new();
        for (i, place) in places.iter().enumerate() {
            place.iter().filter(|place| leading.get(*place) != Some(&i)).for_each(|place| further.entry(*place).or_default().push(i));
        }
        for (i, row) in rows.iter().enumerate() {
            if let Some(place) = places[i] {
                let leads = leading.get(&place) == Some(&i);
                self.observe_row(look, place, row, leads);
                if leads {
                    let others = further.get(&place).into_iter().flatten();
                    let links = row.documents.iter().chain(others.flat_map(|&other| &rows[other].documents));
                    self.observe_links(look, place, links);
                }
            }
        }
    }

    /// A row that is on no list yet may have been mentioned; an adopted law was a bill. `named_only`: some bill is on no list yet.
    fn row_by_title(&self, look: &Look<'_>, subject: &Subject<'_>, named_only: bool) -> Found {
        let elsewhere = |bill: &KnownBill| match look.kind {
            // What stood on an archived list only, stands on none of ours yet.
            ListKind::Bills if look.source != ARCHIVE => bill.presence.iter().all(|p| &*p.source == ARCHIVE),
            ListKind::Bills | ListKind::Laws => bill.presence.iter().all(|p| &*p.source != look.source),
        };
        match self.ledger.by_title(subject, elsewhere) {
            Candidates::One(place) => return Found::Merged(place, "same title, the only such bill of this legislature"),
            Candidates::Several(place) => return Found::New(Some(place)),
            Candidates::None => {}
        }
        if named_only {
            match self.ledger.by_beginning(subject, |bill| bill.presence.is_empty()) {
                Candidates::One(place) => return Found::Merged(place, BUT_FOR_THE_END),
                Candidates::Several(place) => return Found::New(Some(place)),
                Candidates::None => {}
            }
        }
        match self.ledger.across_languages(subject) {
            Candidates::One(place) => {
                Found::Merged(place, "same instrument, counterpart and side in the other language, the only such bill")
            }
            Candidates::Several(place) => Found::New(Some(place)),
            // Two rows are never merged by title alone, but whoever reads the letter may be told.
            Candidates::None => Found::New(self.ledger.resembling(subject)),
        }
    }

    fn new_row(
        &mut self,
        look: &Look<'_>,
        row: &Row,
        key: String,
        language: Language,
        detection: Detection,
        possibly: Option<usize>,
    ) -> usize {
        let stage = match look.kind {
            ListKind::Bills => Stage::Listed,
            ListKind::Laws => Stage::Adopted,
        };
        let title = KnownTitle { title: row.title.clone(), key, language };
        let today = self.now.date_naive();
        let legislature = match look.kind {
            // What is in procedure is of this legislature, whatever its date.
            ListKind::Bills if look.source != ARCHIVE => legislature::at_work(today, row.listed_on),
            ListKind::Bills => legislature::on(today),
            // A list of laws goes back further.
            ListKind::Laws => legislature::on(row.listed_on.unwrap_or(today)),
        };
        let place =
            self.new_bill(NewBill { title, detection, stage, legislature, row: Some(row), mention: None, possibly, silent: self.silent });
        if look.kind == ListKind::Laws {
            self.change(place, Kind::Adopted, self.silent, None, None, None);
        }
        place
    }

    /// A title that an older rulebook took for something else. What a person decided stays decided.
    fn judge_again(&mut self, place: usize, printed: &str) {
        let bill = &self.ledger.entry(place).bill;
        if !bill.decided && agreement::detect(printed).verdict != bill.verdict {
            let seen = KnownTitle { title: printed.to_owned(), key: title::key(printed), language: script::language_of(printed) };
            self.retitle(place, seen, true);
        }
    }

    /// The row of each bill whose title and date count: the one that prints the title shown, else the first. Of one bill in two rows both would
    /// amend each other at every look, and again at every shuffling of the rows.
    fn leading(&self, rows: &[Cow<'_, Row>], places: &[Option<usize>]) -> HashMap<usize, usize> {
        let mut leading: HashMap<usize, usize> = HashMap::with_capacity(rows.len());
        for (i, place) in places.iter().enumerate() {
            let Some(place) = *place else { continue };
            let entries = self.ledger.entries();
            let prints_shown = |row: &Row| {
                let shown = entries[place].bill.shown();
                shown.is_some_and(|shown| shown.title == row.title || is_same_title(shown, &row.title, &title::key(&row.title)))
            };
            match leading.entry(place) {
                Vacant(none) => drop(none.insert(i)),
                Occupied(mut first) => {
                    if !prints_shown(&rows[*first.get()]) && prints_shown(&rows[i]) {
                        first.insert(i);
                    }
                }
            }
        }
        leading
    }

    fn observe_row(&mut self, look: &Look<'_>, place: usize, row: &Row, leads: bool) {
        let bill = &self.ledger.entries()[place].bill;
        let before = bill.presence.iter().any(|p| &*p.source == look.source);
        let decides = leads && decides(look, bill, before);
        // Nearly every row is printed as it was before: then nothing is folded.
        let met = bill.titles.iter().find(|t| t.title == row.title);
        let is_shown = |met: &KnownTitle| bill.shown().is_some_and(|shown| title::same(&shown.key, &met.key));
        let told_anew = met.is_none_or(|met| decides && !is_shown(met));
        self.observe_listed(place, &row.title, self.silent);
        if told_anew {
            let printed = if leads { Printed::OnList { again: before, decides } } else { Printed::Elsewhere };
            self.observe_title(place, &row.title, &title::key(&row.title), printed);
        }
        if look.judge_again && leads {
            self.judge_again(place, &row.title);
        }
        if leads {
            self.observe_details(look, place, row, before);
        }
        self.observe_documents(place, &row.documents, Some(look.source), self.silent);
        self.observe_presence(look, place);
    }

    /// The date of the list of bills is the bill's; a list of laws, which has dates of its own, only fills it in.
    fn observe_details(&mut self, look: &Look<'_>, place: usize, row: &Row, seen_here_before: bool) {
        let silent = self.silent;
        let entry = self.ledger.entry(place);
        let at = entry.at;
        let number = row.act_number.filter(|_| entry.bill.act_number.is_none());
        let fills_in = look.kind == ListKind::Bills || entry.bill.listed_on.is_none();
        let date = row.listed_on.filter(|d| fills_in && entry.bill.listed_on != Some(*d));
        let before = entry.bill.listed_on;
        let told = date.is_some_and(|d| entry.bill.dates_told.contains(&d));
        if number.is_none() && date.is_none() {
            return;
        }
        entry.bill.act_number = entry.bill.act_number.or(number);
        entry.bill.listed_on = date.or(entry.bill.listed_on);
        self.ledger.learn(place, number, None, None);
        self.facts.push(Fact::Detail {
            bill: at,
            act_number: number,
            listed_on: date,
            listed_text: row.date_text.clone().filter(|_| date.is_some()),
            submitter: None,
        });
        if let (Some(before), Some(date), true) = (before, date, seen_here_before && !told) {
            self.change(place, Kind::Amended, silent, Some("listed_on"), Some(before.to_string()), Some(date.to_string()));
        }
    }

    fn observe_presence(&mut self, look: &Look<'_>, place: usize) {
        let silent = self.silent;
        let entry = self.ledger.entry(place);
        let presence = &mut entry.bill.presence;
        let was_gone = !presence.is_empty() && presence.iter().all(|p| !p.present);
        let known = presence.iter().position(|p| &*p.source == look.source);
        if known.is_none_or(|n| !presence[n].is_plain()) {
            let here = Presence { source: look.source.into(), present: true, missing_since: None, missing_polls: 0 };
            match known {
                Some(n) => presence[n] = here.clone(),
                None => presence.push(here.clone()),
            }
            let bill = entry.at;
            self.facts.push(Fact::Presence { bill, presence: here });
        }
        let stage = self.ledger.entry(place).bill.stage;
        match (look.kind, stage) {
            (ListKind::Laws, stage) if stage != Stage::Adopted => {
                self.stage(place, Stage::Adopted);
                self.change(place, Kind::Adopted, silent, None, None, None);
            }
            (ListKind::Bills, Stage::Committee) => self.stage(place, Stage::Listed),
            (ListKind::Bills, Stage::Delisted) => {
                self.stage(place, Stage::Listed);
                self.change(place, Kind::Relisted, silent, None, None, None);
            }
            // An agenda named it meanwhile: it is on its way again, and on the list again too, from which it was told to be gone.
            (ListKind::Bills, Stage::Scheduled) if was_gone => self.change(place, Kind::Relisted, silent, None, None, None),
            _ => {}
        }
    }

    /// Documents that the rows of a bill linked and link no more: one look proves no absence of theirs either.
    fn observe_links<'l>(&mut self, look: &Look<'_>, place: usize, links: impl Iterator<Item = &'l Link>) {
        if self.ledger.entry(place).bill.linked.iter().all(|l| &*l.source != look.source) {
            return;
        }
        let (now, silent) = (self.now, self.silent);
        let mut gone = Vec::new();
        let entry = self.ledger.entry(place);
        let bill = entry.at;
        let there: Vec<Arc<str>> = links.map(|link| canonical(&entry.bill, link)).collect();
        let mut facts = Vec::new();
        for link in entry.bill.linked.iter_mut().filter(|l| &*l.source == look.source) {
            let missing = !there.contains(&link.canonical);
            match missing {
                false if link.missing_polls == 0 => continue,
                false => (link.missing_since, link.missing_polls) = (None, 0),
                true if !(look.absences_count && look.links_count) => continue,
                true => {
                    link.missing_since = Some(first_missed(link.missing_since, now));
                    link.missing_polls += 1;
                }
            }
            let proved = link.missing_polls >= look.gone_after_polls && link.missing_since.is_some_and(|at| now - at >= look.gone_after);
            if missing && proved {
                gone.push((link.canonical.clone(), link.url.clone()));
            }
            facts.push(Fact::DocumentMissing {
                bill,
                canonical: link.canonical.clone(),
                missing_since: link.missing_since,
                missing_polls: link.missing_polls,
                gone: missing && proved,
            });
        }
        entry.bill.linked.retain(|l| gone.iter().all(|(canonical, _)| *canonical != l.canonical));
        entry.bill.documents.retain(|d| gone.iter().all(|(canonical, _)| canonical != d));
        let tell = entry.bill.verdict != Verdict::Other;
        self.facts.extend(facts);
        for (_, url) in gone.into_iter().filter(|_| tell) {
            self.change(place, Kind::DocumentRemoved, silent, None, Some(url), None);
        }
    }

    /// One look proves no absence (house rule 2).
    fn absences(&mut self, look: &Look<'_>) {
        let standing = |p: &Presence| &*p.source == look.source && p.present;
        let missing: Vec<usize> = (0..self.ledger.entries().len())
            .filter(|&i| {
                let entry = &self.ledger.entries()[i];
                !entry.claimed && entry.bill.presence.iter().any(standing)
            })
            .collect();
        for place in missing {
            self.miss(look, place);
        }
    }

    fn miss(&mut self, look: &Look<'_>, place: usize) {
        let (now, silent) = (self.now, self.silent);
        let entry = self.ledger.entry(place);
        let Some(presence) = entry.bill.presence.iter_mut().find(|p| &*p.source == look.source) else { return };
        presence.missing_polls += 1;
        let since = first_missed(presence.missing_since, now);
        presence.missing_since = Some(since);
        let gone = presence.missing_polls >= look.gone_after_polls && now - since >= look.gone_after;
        presence.present = !gone;
        let (bill, presence) = (entry.at, presence.clone());
        let nowhere = entry.bill.presence.iter().all(|p| !p.present);
        self.facts.push(Fact::Presence { bill, presence });
        if nowhere && look.kind == ListKind::Bills && identity::is_live(&self.ledger.entry(place).bill) {
            self.stage(place, Stage::Delisted);
            self.change(place, Kind::Delisted, silent, None, None, None);
        }
    }
}

/// Whether a list says by which of its titles a bill is shown, where a title of before comes back: two lists that print two would change it at
/// every look. Of an adopted law the list of laws does; else the one list of bills, by name the first, that carries it.
fn decides(look: &Look<'_>, bill: &KnownBill, seen_here_before: bool) -> bool {
    let mut others = bill.presence.iter().filter(|p| p.present && &*p.source != look.source);
    match look.kind {
        ListKind::Bills => bill.stage != Stage::Adopted && others.all(|p| &*p.source > look.source),
        ListKind::Laws => !seen_here_before || others.next().is_none(),
    }
}

/// Since when something has been missing that is missing now. Ahead of now is what a clock said that has been set back since: it would keep the
/// absence from ever being told.
fn first_missed(before: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
    before.filter(|at| *at <= now).unwrap_or(now)
}

/// Among so many new rows with one country, side and instrument, none is told from the others by its subject.
const ALIKE_MAX: usize = 8;

/// Whether every other of these titles is about something else.
fn is_apart(title: &str, all: &[&str]) -> bool {
    all.len() <= ALIKE_MAX && all.iter().filter(|other| agreement::contradict(title, other)).count() == all.len() - 1
}

/// A row printed twice, with the same title, date, number and documents, is one row. Titles are folded only where all else is the same.
fn once_each(rows: &[Row]) -> Vec<&Row> {
    fn rest(row: &Row) -> (Option<NaiveDate>, Option<ActNumber>, impl Iterator<Item = &str>) {
        (row.listed_on, row.act_number, row.documents.iter().map(|d| d.url.path()))
    }
    // what most rows have to themselves
    fn mark(row: &Row) -> (Option<NaiveDate>, Option<ActNumber>, Option<&str>) {
        let (day, number, mut paths) = rest(row);
        (day, number, paths.next())
    }
    let mut alike: HashMap<_, usize> = HashMap::with_capacity(rows.len());
    rows.iter().for_each(|row| *alike.entry(mark(row)).or_default() += 1);
    let mut seen = HashSet::new();
    let mut each = Vec::with_capacity(rows.len());
    for row in rows {
        let (day, number, paths) = rest(row);
        let alone = alike.get(&mark(row)) == Some(&1);
        if alone || seen.insert((title::key(&row.title), day, number, paths.collect::<Vec<_>>())) {
            each.push(row);
        }
    }
    each
}
