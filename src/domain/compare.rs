//! Compares what we knew with what a page shows, and says what to write down.
//!
//! Pure and repeatable: the same page seen twice yields nothing the second time. Whether the result is believable, `plausible` decides.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::domain::activity::Activity;
use crate::domain::agreement::{self, Detection};
use crate::domain::article;
use crate::domain::bill::{Body, Language, Mention, Row, Sitting, Stage, Verdict};
use crate::domain::change::{BillRef, Change, Fact, Kind, Known, KnownBill, KnownSitting, KnownTitle, Presence, Profile, SittingRef};
use crate::domain::identity::{self, Candidates, Found, Ledger, Subject};
use crate::domain::listing::ListKind;
use crate::domain::page::address;
use crate::domain::{legislature, mention, script, title};

/// How a list was looked at.
pub struct Look<'a> {
    /// The source's name.
    pub source: &'a str,
    /// Which list.
    pub kind: ListKind,
    /// What it lacks counts as missing: the page came whole, without validators, and held about as many rows as usual.
    pub absences_count: bool,
    /// Good looks without validators before a row is gone.
    pub gone_after_polls: u32,
    /// And the time that must have passed.
    pub gone_after: TimeDelta,
}

/// Where an activity's page stands.
pub struct PageOf<'a> {
    /// Its address.
    pub url: &'a str,
    /// Parliament's id.
    pub content_id: Option<u64>,
    /// Linked when the source was first read: recorded in silence.
    pub silent: bool,
}

/// How many bills of a page are agreements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Surely.
    pub agreements: usize,
    /// Perhaps.
    pub doubtful: usize,
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Count) {
        self.agreements += other.agreements;
        self.doubtful += other.doubtful;
    }
}

/// One poll's comparison: begins with what is known, takes in pages, ends in facts.
pub struct Comparison {
    ledger: Ledger,
    agendas: Vec<Agenda>,
    new_bills: usize,
    new_sittings: usize,
    facts: Vec<Fact>,
    now: DateTime<Utc>,
    silent: bool,
}

impl Comparison {
    /// `silent`: a baseline or a back-fill.
    pub fn begin(known: Known, now: DateTime<Utc>, silent: bool) -> Self {
        Comparison {
            ledger: Ledger::of(known.bills),
            agendas: known.sittings.into_iter().map(Agenda::of).collect(),
            new_bills: 0,
            new_sittings: 0,
            facts: Vec::new(),
            now,
            silent,
        }
    }

    /// What to write down, in order.
    pub fn finish(self) -> Vec<Fact> {
        self.facts
    }

    /// What to write down so far.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// Takes in a law list, and counts the agreements and the doubtful on it.
    pub fn list(&mut self, look: &Look<'_>, rows: &[Row]) -> Count {
        self.ledger.release();
        let rows = once_each(rows);
        let legislatures = |row: &Row| legislature::either(self.now.date_naive(), row.listed_on);
        let mut places: Vec<Option<usize>> = rows.iter().map(|row| self.ledger.by_identity(row, legislatures(row))).collect();
        places.iter().flatten().for_each(|&p| self.ledger.entry(p).claimed = true);
        for (i, row) in rows.iter().enumerate() {
            if places[i].is_none() {
                places[i] = self.ledger.by_title_on_list(look.source, look.kind, &title::key(&row.title), row);
                self.claim(places[i]);
            }
        }
        let read = |i: usize| (i, title::key(&rows[i].title), agreement::detect(&rows[i].title));
        let unmet: Vec<(usize, String, Detection)> = (0..rows.len()).filter(|&i| places[i].is_none()).map(read).collect();
        let profiles: Vec<_> = unmet.iter().map(|(_, _, d)| identity::profile(d)).collect();
        let mut alike: HashMap<&Profile, usize> = HashMap::new();
        profiles.iter().flatten().for_each(|profile| *alike.entry(profile).or_default() += 1);
        for (n, (i, key, detection)) in unmet.iter().enumerate() {
            let profile = profiles[n].as_ref();
            let alone = profile.is_some_and(|profile| alike.get(profile) == Some(&1));
            let language = script::language_of(&rows[*i].title);
            let subject = Subject {
                title: &rows[*i].title,
                key,
                language,
                profile: profile.filter(|_| alone),
                legislatures: legislature::either(self.now.date_naive(), rows[*i].listed_on),
                act_number: rows[*i].act_number,
            };
            let found = self.row_by_title(look, &subject);
            places[*i] = Some(match found {
                Found::Same(place) => place,
                Found::Merged(place, why) => self.merge(place, &rows[*i].title, why),
                Found::New(possibly) => self.new_row(look, rows[*i], key, language, detection, possibly),
            });
            self.claim(places[*i]);
        }
        let mut dated = HashSet::new();
        for (i, row) in rows.iter().enumerate() {
            if let Some(place) = places[i] {
                // One bill in two rows has the date of the first, or the two would amend each other at every look.
                self.observe_row(look, place, row, dated.insert(place));
            }
        }
        if look.absences_count {
            self.absences(look);
        }
        self.count(places.into_iter().flatten())
    }

    fn count(&self, places: impl Iterator<Item = usize>) -> Count {
        let mut count = Count::default();
        for place in places {
            match self.ledger.entries()[place].bill.verdict {
                Verdict::Agreement => count.agreements += 1,
                Verdict::Doubtful => count.doubtful += 1,
                Verdict::Other => {}
            }
        }
        count
    }

    fn claim(&mut self, place: Option<usize>) {
        if let Some(place) = place {
            self.ledger.entry(place).claimed = true;
        }
    }

    /// A row that is on no list yet may have been mentioned; an adopted law was a bill.
    fn row_by_title(&self, look: &Look<'_>, subject: &Subject<'_>) -> Found {
        let elsewhere = |bill: &KnownBill| match look.kind {
            ListKind::Bills => bill.presence.is_empty(),
            ListKind::Laws => bill.presence.iter().all(|p| p.source != look.source),
        };
        match self.ledger.by_title(subject, elsewhere) {
            Candidates::One(place) => return Found::Merged(place, "same title, the only such bill of this legislature"),
            Candidates::Several(place) => return Found::New(Some(place)),
            Candidates::None => {}
        }
        match self.ledger.across_languages(subject) {
            Candidates::One(place) => {
                Found::Merged(place, "same instrument, counterpart and side in the other language, the only such bill")
            }
            Candidates::Several(place) => Found::New(Some(place)),
            // Two rows are never merged by title alone, but whoever reads the letter may be told.
            Candidates::None => Found::New(self.ledger.by_title(subject, |_| true).first()),
        }
    }

    fn merge(&mut self, place: usize, printed: &str, why: &str) -> usize {
        let bill = self.ledger.entry(place).at;
        self.facts.push(Fact::Merge { bill, note: format!("{printed}: {why}") });
        place
    }

    fn new_row(
        &mut self,
        look: &Look<'_>,
        row: &Row,
        key: &str,
        language: Language,
        detection: &Detection,
        possibly: Option<usize>,
    ) -> usize {
        let stage = match look.kind {
            ListKind::Bills => Stage::Listed,
            ListKind::Laws => Stage::Adopted,
        };
        let title = KnownTitle { title: row.title.clone(), key: key.to_owned(), language };
        // What is in procedure is of this legislature, whatever its date; a list of laws goes back further.
        let of_day = row.listed_on.filter(|_| look.kind == ListKind::Laws).unwrap_or(self.now.date_naive());
        let place = self.new_bill(NewBill {
            title,
            detection: detection.clone(),
            stage,
            legislature: legislature::on(of_day),
            row: Some(row),
            mention: None,
            possibly,
            silent: self.silent,
        });
        if look.kind == ListKind::Laws {
            self.change(place, Kind::Adopted, self.silent, None, None, None);
        }
        place
    }

    fn new_bill(&mut self, new: NewBill<'_>) -> usize {
        let at = BillRef::New(self.new_bills);
        self.new_bills += 1;
        let profile = identity::profile(&new.detection);
        let possibly = new.possibly.map(|p| self.ledger.entry(p).at);
        let act_number = new.row.and_then(|r| r.act_number).or_else(|| new.mention.and_then(|m| m.act_number));
        let listed_on = new.row.and_then(|r| r.listed_on);
        let bill = KnownBill {
            id: 0,
            act_number,
            legislature: new.legislature,
            titles: vec![new.title.clone()],
            documents: Vec::new(),
            listed_on,
            dates_told: Vec::new(),
            stage: new.stage,
            verdict: new.detection.verdict,
            decided: false,
            profile: profile.clone(),
            presence: Vec::new(),
            listed: !new.mention.is_some_and(|m| m.provisional),
        };
        let printed = new.title.title.clone();
        self.facts.push(Fact::Bill {
            title: new.title,
            act_number,
            legislature: new.legislature,
            listed_on,
            listed_text: new.row.and_then(|r| r.date_text.clone()),
            submitter: new.row.and_then(|r| r.submitter.clone()).or_else(|| new.mention.and_then(|m| m.submitter.clone())),
            stage: new.stage,
            detection: new.detection,
            profile,
            possibly,
        });
        let place = self.ledger.add(at, bill);
        let kind = if new.mention.is_some_and(|m| m.provisional) { Kind::Provisional } else { Kind::Listed };
        self.change(place, kind, new.silent, None, None, Some(printed));
        place
    }

    fn change(&mut self, place: usize, kind: Kind, silent: bool, field: Option<&str>, before: Option<String>, after: Option<String>) {
        let bill = self.ledger.entry(place).at;
        self.facts.push(Fact::Change(Change { bill, kind, field: field.map(str::to_owned), before, after, silent }));
    }

    fn observe_row(&mut self, look: &Look<'_>, place: usize, row: &Row, first: bool) {
        let before = self.ledger.entry(place).bill.presence.iter().any(|p| p.source == look.source);
        self.observe_listed(place, &row.title, self.silent);
        // Nearly every row is printed as it was before: then nothing is folded.
        if self.ledger.entry(place).bill.titles.iter().all(|t| t.title != row.title) {
            let printed = if before { Printed::OnThisListAgain } else { Printed::OnThisListFirst };
            self.observe_title(place, &row.title, &title::key(&row.title), printed);
        }
        if first {
            self.observe_details(look, place, row, before);
        }
        self.observe_documents(place, &row.documents);
        self.observe_presence(look, place);
    }

    /// A bill known only from a consent to its provisional application is told of when it is itself named.
    fn observe_listed(&mut self, place: usize, printed: &str, silent: bool) {
        let bill = &mut self.ledger.entry(place).bill;
        if !std::mem::replace(&mut bill.listed, true) {
            self.change(place, Kind::Listed, silent, None, None, Some(printed.to_owned()));
        }
    }

    /// A spelling not met before. In the list's own language it replaces the title shown, and is an amendment if that list had printed
    /// another; a Serbian title for a bill known in English only, and letters that had arrived broken, replace it without being one.
    fn observe_title(&mut self, place: usize, printed: &str, key: &str, printed_where: Printed) {
        let language = script::language_of(printed);
        let silent = self.silent;
        let entry = self.ledger.entry(place);
        let (bill, at) = (&mut entry.bill, entry.at);
        let mut alike = bill.titles.iter().filter(|t| t.language == language && title::same(&t.key, key)).peekable();
        let repaired = alike.peek().is_some() && !is_broken(printed) && alike.clone().all(|t| is_broken(&t.title));
        if alike.peek().is_some() && !repaired {
            return;
        }
        let seen = KnownTitle { title: printed.to_owned(), key: key.to_owned(), language };
        let before = bill.titles.iter().rev().find(|t| t.language == language).map(|t| t.title.clone());
        let folded_alike = bill.titles.iter().any(|t| title::same(&t.key, key));
        let english_only = bill.titles.iter().all(|t| t.language == Language::En) && language != Language::En;
        bill.titles.push(seen.clone());
        let replaces = repaired || (!folded_alike && (english_only || (printed_where != Printed::Elsewhere && before.is_some())));
        self.ledger.learn(place, None, None, Some(key));
        if !replaces {
            self.facts.push(Fact::Title { bill: at, title: seen });
            return;
        }
        self.retitle(place, seen);
        if let (Some(before), Printed::OnThisListAgain, false) = (before, printed_where, repaired) {
            self.change(place, Kind::Amended, silent, Some("title"), Some(before), Some(printed.to_owned()));
        }
    }

    fn retitle(&mut self, place: usize, seen: KnownTitle) {
        let mut detection = agreement::detect(&seen.title);
        let silent = self.silent;
        let entry = self.ledger.entry(place);
        let was = entry.bill.verdict;
        if entry.bill.decided {
            detection.verdict = was;
        }
        let profile = identity::profile(&detection);
        entry.bill.verdict = detection.verdict;
        entry.bill.profile = profile.clone();
        let bill = entry.at;
        let recognised = was != Verdict::Agreement && detection.verdict == Verdict::Agreement;
        self.facts.push(Fact::Retitle { bill, title: seen, detection, profile });
        if recognised {
            self.change(place, Kind::Recognised, silent, Some("verdict"), Some(was.to_string()), Some(Verdict::Agreement.to_string()));
        }
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

    fn observe_documents(&mut self, place: usize, links: &[crate::domain::bill::Link]) {
        for link in links {
            let canonical = address::canonical(&link.url);
            let entry = self.ledger.entry(place);
            if entry.bill.documents.contains(&canonical) {
                continue;
            }
            entry.bill.documents.push(canonical.clone());
            let bill = entry.at;
            self.ledger.learn(place, None, Some(&canonical), None);
            self.facts.push(Fact::Document { bill, link: link.clone(), canonical });
        }
    }

    fn observe_presence(&mut self, look: &Look<'_>, place: usize) {
        let silent = self.silent;
        let here = Presence { source: look.source.to_owned(), present: true, missing_since: None, missing_polls: 0 };
        let entry = self.ledger.entry(place);
        match entry.bill.presence.iter().position(|p| p.source == look.source) {
            Some(n) if entry.bill.presence[n] == here => {}
            known => {
                match known {
                    Some(n) => entry.bill.presence[n] = here.clone(),
                    None => entry.bill.presence.push(here.clone()),
                }
                let bill = entry.at;
                self.facts.push(Fact::Presence { bill, presence: here });
            }
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
            _ => {}
        }
    }

    fn stage(&mut self, place: usize, stage: Stage) {
        let entry = self.ledger.entry(place);
        entry.bill.stage = stage;
        let bill = entry.at;
        self.facts.push(Fact::Stage { bill, stage });
    }

    /// One look proves no absence (house rule 2).
    fn absences(&mut self, look: &Look<'_>) {
        let standing = |p: &Presence| p.source == look.source && p.present;
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
        let Some(presence) = entry.bill.presence.iter_mut().find(|p| p.source == look.source) else { return };
        presence.missing_polls += 1;
        let since = *presence.missing_since.get_or_insert(now);
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

    /// Takes in the page of an activity: a sitting and the bills it names.
    pub fn page(&mut self, page: &PageOf<'_>, activity: &Activity) -> Count {
        self.ledger.release();
        let told = &activity.sitting;
        if told.mentions.is_empty() && !told.agenda_known {
            return Count::default();
        }
        let n = self.sitting(page, told);
        let before = self.agendas[n].bills.clone();
        let named: Vec<usize> = told.mentions.iter().map(|mention| self.mention(page, n, mention)).collect();
        if told.body == Body::Assembly && (told.agenda_known || told.cancelled) {
            self.leave_agenda(n, &before, &named, page.silent);
        }
        for &place in &named {
            self.schedule(n, place, page.silent);
        }
        self.count(named.into_iter())
    }

    /// Takes in a coming sitting announced by the calendar, agenda unknown. A page of the same sitting already read says more.
    pub fn announced(&mut self, page: &PageOf<'_>, told: &Sitting) {
        self.sitting(page, told);
    }

    /// The sitting a page tells of: by its id, else by whose it is and its day.
    fn sitting(&mut self, page: &PageOf<'_>, told: &Sitting) -> usize {
        let bare = Sitting { mentions: Vec::new(), ..told.clone() };
        let Some(n) = self.agendas.iter().position(|a| a.is(page.content_id, &bare)) else {
            let at = SittingRef::New(self.new_sittings);
            self.new_sittings += 1;
            self.facts.push(Fact::Sitting { sitting: at, told: bare.clone(), content_id: page.content_id, url: page.url.to_owned() });
            self.agendas.push(Agenda { at, content_id: page.content_id, sitting: bare, bills: Vec::new(), added: Vec::new() });
            return self.agendas.len() - 1;
        };
        let agenda = &mut self.agendas[n];
        // The same page in another language, or the calendar, tells no news of a sitting whose agenda we have; the page itself does.
        let itself = page.content_id.is_some() && page.content_id == agenda.content_id && told.held_on.is_some();
        let richer = told.cancelled || (told.agenda_known && (itself || !agenda.sitting.agenda_known));
        if richer && agenda.sitting != bare {
            agenda.sitting = bare.clone();
            agenda.content_id = page.content_id.or(agenda.content_id);
            self.facts.push(Fact::Sitting { sitting: agenda.at, told: bare, content_id: agenda.content_id, url: page.url.to_owned() });
        }
        n
    }

    /// Finds or makes the bill of a mention, and records the item once.
    fn mention(&mut self, page: &PageOf<'_>, n: usize, mention: &Mention) -> usize {
        let (today, held_on) = (self.now.date_naive(), self.agendas[n].sitting.held_on);
        let legislatures = legislature::either(today, held_on);
        let language = script::language_of(&mention.title);
        let (key, detection) = match mention::provisional_subject(&mention.title).filter(|_| mention.provisional) {
            Some(subject) => provisional(subject, language),
            None => (title::key(&mention.title), agreement::detect(&mention.title)),
        };
        let profile = identity::profile(&detection);
        let subject =
            Subject { title: &mention.title, key: &key, language, profile: profile.as_ref(), legislatures, act_number: mention.act_number };
        let place = match self.mention_by_title(n, mention, &subject) {
            Found::Same(place) => place,
            Found::Merged(place, why) => self.merge(place, &mention.title, why),
            Found::New(possibly) => self.new_bill(NewBill {
                title: KnownTitle { title: mention.title.clone(), key: key.clone(), language },
                detection,
                stage: Stage::Committee,
                // A page linked today speaks of today's bills; one that was there at the first look may be of long ago.
                legislature: legislature::on(held_on.filter(|_| page.silent).unwrap_or(today)),
                row: None,
                mention: Some(mention),
                possibly,
                silent: page.silent,
            }),
        };
        self.claim(Some(place));
        if !mention.provisional {
            self.observe_listed(place, &mention.title, page.silent);
        }
        self.observe_title(place, &mention.title, &key, Printed::Elsewhere);
        self.observe_number(place, mention);
        self.observe_documents(place, &mention.documents);
        self.item(page, n, place, mention);
        place
    }

    /// An agenda prints the number of a bill that prose had named without one.
    fn observe_number(&mut self, place: usize, mention: &Mention) {
        let entry = self.ledger.entry(place);
        let (bill, number) = (entry.at, mention.act_number.filter(|_| entry.bill.act_number.is_none()));
        if number.is_none() {
            return;
        }
        entry.bill.act_number = number;
        self.ledger.learn(place, number, None, None);
        self.facts.push(Fact::Detail {
            bill,
            act_number: number,
            listed_on: None,
            listed_text: None,
            submitter: mention.submitter.clone(),
        });
    }

    fn mention_by_title(&self, n: usize, mention: &Mention, subject: &Subject<'_>) -> Found {
        let as_row = Row {
            title: String::new(),
            listed_on: None,
            date_text: None,
            act_number: mention.act_number,
            documents: mention.documents.clone(),
            submitter: None,
        };
        if let Some(place) = self.ledger.by_identity(&as_row, subject.legislatures) {
            return Found::Same(place);
        }
        let on_it = |place: &&usize| {
            let entry = &self.ledger.entries()[**place];
            // Prose names a bill and then tells of it; an agenda that prints one title under two numbers means two bills.
            let again = !entry.claimed || mention.position.is_none();
            again && self.ledger.agrees(**place, subject.act_number) && entry.bill.titles.iter().any(|t| title::same(&t.key, subject.key))
        };
        let here: Vec<usize> = self.agendas[n].bills.iter().filter_map(|&bill| self.ledger.place_of(bill)).collect();
        if let Some(place) = here.iter().find(on_it) {
            return Found::Same(*place);
        }
        match self.ledger.by_title(subject, |_| true) {
            Candidates::One(place) => return Found::Merged(place, "same title, the only such bill of this legislature"),
            Candidates::Several(place) => return Found::New(Some(place)),
            Candidates::None => {}
        }
        match self.ledger.across_languages(subject) {
            Candidates::One(place) => {
                Found::Merged(place, "same instrument, counterpart and side in the other language, the only such bill")
            }
            Candidates::Several(place) => Found::New(Some(place)),
            Candidates::None => Found::New(None),
        }
    }

    fn item(&mut self, page: &PageOf<'_>, n: usize, place: usize, mention: &Mention) {
        let bill = self.ledger.entry(place).at;
        let agenda = &mut self.agendas[n];
        let sitting = agenda.at;
        if !agenda.bills.contains(&bill) {
            agenda.bills.push(bill);
            agenda.added.push(bill);
            self.facts.push(Fact::Item {
                sitting,
                bill,
                position: mention.position,
                title: mention.title.clone(),
                sentence: mention.sentence.clone(),
                url: page.url.to_owned(),
                signature_sentences: mention.signature_sentences.clone(),
            });
        }
        for sentence in &mention.signature_sentences {
            for signature in article::read(sentence).signed.into_iter().filter(|s| s.on.is_some()) {
                self.facts.push(Fact::Signature { bill, signature, sentence: sentence.clone(), url: page.url.to_owned() });
            }
        }
    }

    /// A bill newly on the agenda of a sitting of the Assembly, unless a sitting of that day or a later one was told of it before.
    fn schedule(&mut self, n: usize, place: usize, silent: bool) {
        let bill = self.ledger.entry(place).at;
        let agenda = &mut self.agendas[n];
        let (day, heading) = (agenda.sitting.held_on, agenda.sitting.title.clone());
        let carries = agenda.carries_votes();
        let Some(new) = agenda.added.iter().position(|&b| b == bill) else { return };
        agenda.added.swap_remove(new);
        let told_before = |(i, a): (usize, &Agenda)| i != n && a.carries_votes() && a.bills.contains(&bill) && a.sitting.held_on >= day;
        let stage = self.ledger.entry(place).bill.stage;
        if !carries || stage == Stage::Adopted || self.agendas.iter().enumerate().any(told_before) {
            return;
        }
        if stage != Stage::Scheduled {
            self.stage(place, Stage::Scheduled);
        }
        let after = day.map_or(heading, |d: NaiveDate| d.to_string());
        self.change(place, Kind::Scheduled, silent, Some("sitting"), None, Some(after));
    }

    /// Bills that were on the agenda and are not any more; all of them where the sitting was cancelled.
    fn leave_agenda(&mut self, n: usize, before: &[BillRef], named: &[usize], silent: bool) {
        let agenda = &self.agendas[n];
        let (sitting, cancelled, day) = (agenda.at, agenda.sitting.cancelled, agenda.sitting.held_on);
        let still: Vec<BillRef> = if cancelled { Vec::new() } else { named.iter().map(|&p| self.ledger.entries()[p].at).collect() };
        for &bill in before.iter().filter(|b| !still.contains(b)) {
            let Some(place) = self.ledger.place_of(bill) else { continue };
            self.facts.push(Fact::ItemGone { sitting, bill });
            self.agendas[n].bills.retain(|b| *b != bill);
            // Put off to a later sitting, or still on the same one's page in the other language.
            let elsewhere = self.agendas.iter().any(|a| a.carries_votes() && a.bills.contains(&bill) && a.sitting.held_on >= day);
            if self.ledger.entry(place).bill.stage == Stage::Scheduled && !elsewhere {
                let on_list = self.ledger.entry(place).bill.presence.iter().any(|p| p.present);
                self.stage(place, if on_list { Stage::Listed } else { Stage::Committee });
                self.change(place, Kind::Unscheduled, silent, Some("sitting"), day.map(|d| d.to_string()), None);
            }
        }
    }
}

/// Where a title stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Printed {
    /// On the list now looked at, which carried the bill before.
    OnThisListAgain,
    /// On the list now looked at, for the first time.
    OnThisListFirst,
    /// On the page of an activity.
    Elsewhere,
}

/// Letters of it arrived broken.
fn is_broken(printed: &str) -> bool {
    printed.contains(char::REPLACEMENT_CHARACTER)
}

/// A row printed twice, with the same title, date, number and documents, is one row. Titles are folded only where all else is the same.
fn once_each(rows: &[Row]) -> Vec<&Row> {
    let rest = |row: &Row| {
        let documents: Vec<_> = row.documents.iter().map(|d| d.url.path().to_owned()).collect();
        (row.listed_on, row.act_number, documents)
    };
    let mut alike: HashMap<_, Vec<&Row>> = HashMap::with_capacity(rows.len());
    rows.iter().for_each(|row| alike.entry(rest(row)).or_default().push(row));
    let mut seen = HashSet::new();
    let first = |row: &&Row| alike.get(&rest(row)).is_none_or(|a| a.len() == 1) || seen.insert((title::key(&row.title), rest(row)));
    rows.iter().filter(first).collect()
}

/// A sitting and the bills on it, stored or found in this poll.
struct Agenda {
    at: SittingRef,
    content_id: Option<u64>,
    sitting: Sitting,
    bills: Vec<BillRef>,
    added: Vec<BillRef>,
}

impl Agenda {
    fn of(known: KnownSitting) -> Self {
        let bills = known.bills.iter().map(|&id| BillRef::Known(id)).collect();
        Agenda { at: SittingRef::Known(known.id), content_id: known.content_id, sitting: known.sitting, bills, added: Vec::new() }
    }

    fn is(&self, content_id: Option<u64>, told: &Sitting) -> bool {
        match (self.content_id, content_id) {
            (Some(a), Some(b)) => a == b,
            _ => self.sitting.body == told.body && told.held_on.is_some() && self.sitting.held_on == told.held_on,
        }
    }

    /// A sitting of the Assembly, not cancelled, whose agenda we know: only there a bill comes to the vote.
    fn carries_votes(&self) -> bool {
        self.sitting.body == Body::Assembly && self.sitting.agenda_known && !self.sitting.cancelled
    }
}

/// A request for consent names the agreement, not yet its bill: its key is the one that bill will have.
fn provisional(subject: &str, language: Language) -> (String, Detection) {
    let confirming = if language == Language::En { "Bill on the Confirmation of the" } else { "Predlog zakona o potvrđivanju" };
    let bare = subject.strip_prefix("the ").unwrap_or(subject);
    let (instrument, parties) = agreement::named(subject);
    let evidence = format!("consent to provisional application: {subject}");
    (title::key(&format!("{confirming} {bare}")), Detection { verdict: Verdict::Agreement, instrument, parties, evidence })
}

/// What makes a bill.
struct NewBill<'a> {
    title: KnownTitle,
    detection: Detection,
    stage: Stage,
    legislature: i64,
    row: Option<&'a Row>,
    mention: Option<&'a Mention>,
    possibly: Option<usize>,
    silent: bool,
}
