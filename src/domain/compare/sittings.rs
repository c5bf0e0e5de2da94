//! The page of a sitting taken in: which known bill each mention is, what came onto an agenda, what left it.

mod notices;

use chrono::NaiveDate;

use super::{BUT_FOR_THE_END, Comparison, Count, NewBill, PageOf, Printed};
use crate::domain::activity::Activity;
use crate::domain::agreement::{self, Detection};
use crate::domain::article;
use crate::domain::bill::{Body, Language, Mention, Row, Sitting, Stage, Verdict};
use crate::domain::change::{BillRef, Fact, Kind, KnownSitting, KnownTitle, SittingRef};
use crate::domain::identity::{self, Candidates, Found, Subject};
use crate::domain::zone::day_in_belgrade;
use crate::domain::{legislature, mention, script, title};

impl Comparison {
    /// Takes in the page of an activity: a sitting and the bills it names.
    pub fn page(&mut self, page: &PageOf<'_>, activity: &Activity) -> Count {
        self.ledger.release();
        let told = &activity.sitting;
        if told.mentions.is_empty() && !told.agenda_known {
            match activity.put_off_from {
                _ if told.cancelled => self.called_off(page, told),
                Some(was) => self.put_off(page, told, was),
                None => {}
            }
            return Count::default();
        }
        let (n, moved_from) = self.sitting(page, told, activity.announces);
        let day = moved_from.into_iter().chain(self.agendas[n].sitting.held_on).min();
        // Prose does not say what else is on the agenda; a page rewritten while the sitting lasts tells what was done, not what is to come.
        let still_to_come = activity.agenda_printed && day.is_none_or(|day| day_in_belgrade(self.now) < day);
        let before = self.agendas[n].bills.clone();
        let named: Vec<usize> = told.mentions.iter().map(|mention| self.mention(page, n, mention)).collect();
        if told.body == Body::Assembly && (still_to_come || told.cancelled) {
            self.leave_agenda(n, &before, &named, page.silent);
        }
        for &place in &named {
            self.schedule(n, place, page.silent);
        }
        if let Some(day) = moved_from {
            self.moved(n, day, &before, page.silent);
        }
        self.confirm(named.iter().copied());
        self.count(named.into_iter())
    }

    /// Takes in a coming sitting announced by the calendar, agenda unknown. A page of the same sitting already read says more; but that it
    /// was called off, the calendar may be the first to say.
    pub fn announced(&mut self, page: &PageOf<'_>, told: &Sitting) {
        if told.held_on.is_none() {
            return;
        }
        // Two entries of one calendar with two hours are two sittings; an entry whose hour is another than at the last look is one put off.
        let exact = |a: &Agenda| a.is(None, told) && (a.sitting.begins_at == told.begins_at || a.sitting.begins_at.is_none());
        let put_off = |a: &Agenda| a.is(None, told) && !a.announced;
        let Some(n) = self.agendas.iter().position(exact).or_else(|| self.agendas.iter().position(put_off)) else {
            let n = self.add_sitting(page, Sitting { mentions: Vec::new(), ..told.clone() });
            self.agendas[n].announced = true;
            return;
        };
        let agenda = &mut self.agendas[n];
        agenda.announced = true;
        let was = agenda.sitting.clone();
        let mut now = was.clone();
        now.cancelled = told.cancelled || (was.cancelled && was.agenda_known);
        if !was.agenda_known {
            now.begins_at = told.begins_at.or(was.begins_at);
            let same_hall = |hall: &String| was.hall.as_ref().is_some_and(|h| script::fold(h) == script::fold(hall));
            now.hall = told.hall.clone().filter(|hall| !same_hall(hall)).or(was.hall.clone());
        }
        if now == was {
            return;
        }
        agenda.sitting = now.clone();
        let (at, content_id, bills) = (agenda.at, agenda.content_id, agenda.bills.clone());
        self.facts.push(Fact::Sitting { sitting: at, told: now.clone(), content_id, url: page.url.to_owned() });
        if now.cancelled && now.body == Body::Assembly {
            self.leave_agenda(n, &bills, &[], page.silent);
        }
    }

    /// A calendar has been read to its end. A committee's sitting that it had before, has no more, and has newly (or again) on another day, was put off.
    pub fn calendar_read(&mut self, page: &PageOf<'_>) {
        let today = self.now.date_naive();
        let is_new = |a: &Agenda| a.announced && (a.was_off || matches!(a.at, SittingRef::New(_))) && !a.sitting.cancelled;
        let fresh: Vec<Body> = self.agendas.iter().filter(|a| is_new(a)).map(|a| a.sitting.body.clone()).collect();
        for agenda in &mut self.agendas {
            let waited_for = matches!(agenda.at, SittingRef::Known(_)) && !agenda.sitting.agenda_known && !agenda.sitting.cancelled;
            let coming = agenda.sitting.held_on.is_some_and(|day| day > today);
            let of_committee = matches!(agenda.sitting.body, Body::Committee(_));
            if waited_for && coming && of_committee && !agenda.announced && fresh.iter().any(|body| same_body(body, &agenda.sitting.body)) {
                agenda.sitting.cancelled = true;
                let (at, content_id, told) = (agenda.at, agenda.content_id, agenda.sitting.clone());
                self.facts.push(Fact::Sitting { sitting: at, told, content_id, url: page.url.to_owned() });
            }
        }
    }

    /// The sitting a page tells of: by its id, else by whose it is and its day; and the day it was to be held before, where that was another.
    fn sitting(&mut self, page: &PageOf<'_>, told: &Sitting, announces: bool) -> (usize, Option<NaiveDate>) {
        let mut bare = Sitting { mentions: Vec::new(), ..told.clone() };
        let today = day_in_belgrade(self.now);
        let of_page = |a: &Agenda| a.is_of(page);
        let same_hour = |a: &Agenda| a.is(page.content_id, &bare) && a.sitting.begins_at == bare.begins_at;
        let all = &self.agendas;
        let known = all.iter().position(of_page).or_else(|| all.iter().position(same_hour));
        let Some(n) = known.or_else(|| all.iter().position(|a| a.is(page.content_id, &bare))) else {
            return (self.add_sitting(page, bare), None);
        };
        let agenda = &mut self.agendas[n];
        // The same page in another language, or the calendar, tells no news of a sitting whose agenda we have; the page itself does.
        let itself = agenda.is_of(page) && told.held_on.is_some();
        let richer = told.cancelled || (told.agenda_known && (itself || !agenda.sitting.agenda_known));
        let mut moved_from = None;
        // The day above news of a sitting is that of the news: nobody calls a sitting for a day that has come.
        if itself && !announces && bare.held_on.is_some_and(|day| day <= today) && agenda.sitting.held_on.is_some() {
            bare.held_on = agenda.sitting.held_on;
        }
        if richer && agenda.sitting != bare {
            moved_from = agenda.sitting.held_on.filter(|day| itself && bare.held_on.is_some_and(|new| new != *day));
            agenda.sitting = bare.clone();
            agenda.content_id = page.content_id.or(agenda.content_id);
            self.facts.push(Fact::Sitting { sitting: agenda.at, told: bare, content_id: agenda.content_id, url: page.url.to_owned() });
        }
        (n, moved_from)
    }

    fn add_sitting(&mut self, page: &PageOf<'_>, bare: Sitting) -> usize {
        let at = SittingRef::New(self.new_sittings);
        self.new_sittings += 1;
        self.facts.push(Fact::Sitting { sitting: at, told: bare.clone(), content_id: page.content_id, url: page.url.to_owned() });
        let (bills, added) = (Vec::new(), Vec::new());
        self.agendas.push(Agenda { at, content_id: page.content_id, sitting: bare, bills, added, announced: false, was_off: false });
        self.agendas.len() - 1
    }

    /// The sitting was put off to another day: the bills that stay on it are told of, once, whichever of its pages said so first.
    fn moved(&mut self, n: usize, was: NaiveDate, before: &[BillRef], silent: bool) {
        let Some(day) = self.agendas[n].sitting.held_on.filter(|_| self.agendas[n].carries_votes()) else { return };
        let stayed: Vec<BillRef> = self.agendas[n].bills.iter().copied().filter(|bill| before.contains(bill)).collect();
        for bill in stayed {
            let told = |(i, a): (usize, &Agenda)| i != n && a.carries_votes() && a.bills.contains(&bill) && a.sitting.held_on == Some(day);
            let known = self.agendas.iter().enumerate().any(told);
            let Some(place) = self.ledger.place_of(bill).filter(|_| !known) else { continue };
            if self.ledger.entry(place).bill.stage == Stage::Scheduled {
                self.change(place, Kind::Scheduled, silent, Some("sitting"), Some(was.to_string()), Some(day.to_string()));
            }
        }
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
        let profile = identity::profile(&mention.title, &detection);
        let subject = Subject {
            title: &mention.title,
            key: &key,
            language,
            profile: profile.as_ref(),
            legislatures,
            act_number: mention.act_number,
            held_on,
        };
        let place = match self.mention_by_title(n, mention, &subject) {
            Found::Same(place) => place,
            Found::Merged(place, why) => self.merge(place, &mention.title, why),
            Found::New(possibly) => self.new_bill(NewBill {
                title: KnownTitle { title: mention.title.clone(), key: key.clone(), language },
                detection,
                stage: Stage::Committee,
                // A page linked today speaks of today's bills; one that was there at the first look may be of long ago.
                legislature: match page.silent {
                    true => legislature::on(held_on.unwrap_or(today)),
                    false => legislature::at_work(today, held_on),
                },
                row: None,
                mention: Some(mention),
                possibly,
                silent: page.silent,
            }),
        };
        self.claim(Some(place));
        if mention.provisional {
            self.observe_provisional(place, &mention.title, page.silent);
        } else if !page.silent && self.is_named_anew(n, place) {
            self.observe_listed(place, &mention.title, false);
        }
        self.observe_title(place, &mention.title, &key, Printed::Elsewhere);
        self.observe_number(place, mention);
        self.observe_documents(place, &mention.documents, None, page.silent);
        self.item(page, n, place, mention);
        place
    }

    /// The sitting had not named this bill before, or only the consent to its provisional application: a page that was silent at our first look
    /// says nothing new where it is read again, or in the other language.
    fn is_named_anew(&self, n: usize, place: usize) -> bool {
        let entry = &self.ledger.entries()[place];
        entry.bill.provisional || !self.agendas[n].bills.contains(&entry.at)
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
        match self.ledger.by_mention(subject) {
            Candidates::One(place) => return Found::Merged(place, "same title, the only such bill of this legislature"),
            Candidates::Several(place) => return Found::New(Some(place)),
            Candidates::None => {}
        }
        match self.ledger.by_beginning(subject, |_| true) {
            Candidates::One(place) => return Found::Merged(place, BUT_FOR_THE_END),
            Candidates::Several(place) => return Found::New(Some(place)),
            Candidates::None => {}
        }
        match self.ledger.across_languages(subject) {
            Candidates::One(place) => {
                Found::Merged(place, "same instrument, counterpart and side in the other language, the only such bill")
            }
            Candidates::Several(place) => Found::New(Some(place)),
            Candidates::None => Found::New(self.ledger.resembling(subject)),
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
            let read = article::read(sentence).known_at(self.now);
            for signature in read.signed.into_iter().filter(|s| s.on.is_some()) {
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
        let comes_back = !carries && stage == Stage::Delisted && !silent && !agenda.sitting.cancelled;
        // Who deals with it after it was gone has it before them again; a page about the time before says nothing new.
        if comes_back && day.is_some_and(|day| identity::was_gone_before(&self.ledger.entry(place).bill, day)) {
            self.stage(place, Stage::Committee);
            self.change(place, Kind::Relisted, false, None, None, None);
            return;
        }
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
        if agenda.was_off && agenda.sitting.cancelled {
            // What its page still names left the agenda when it was called off, or came onto none.
            return;
        }
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

/// A sitting and the bills on it, stored or found in this poll.
pub(super) struct Agenda {
    at: SittingRef,
    content_id: Option<u64>,
    sitting: Sitting,
    bills: Vec<BillRef>,
    added: Vec<BillRef>,
    /// A calendar read in this poll has it.
    announced: bool,
    /// It had been called off before this poll.
    was_off: bool,
}

impl Agenda {
    pub(super) fn of(known: KnownSitting) -> Self {
        let bills = known.bills.iter().map(|&id| BillRef::Known(id)).collect();
        Agenda {
            at: SittingRef::Known(known.id),
            content_id: known.content_id,
            was_off: known.sitting.cancelled,
            sitting: known.sitting,
            bills,
            added: Vec::new(),
            announced: false,
        }
    }

    fn is(&self, content_id: Option<u64>, told: &Sitting) -> bool {
        match (self.content_id, content_id) {
            (Some(a), Some(b)) => a == b,
            _ => same_body(&self.sitting.body, &told.body) && told.held_on.is_some() && self.sitting.held_on == told.held_on,
        }
    }

    /// The page is the sitting's own.
    fn is_of(&self, page: &PageOf<'_>) -> bool {
        self.content_id.is_some() && self.content_id == page.content_id
    }

    /// A sitting of the Assembly, not cancelled, whose agenda we know: only there a bill comes to the vote.
    fn carries_votes(&self) -> bool {
        self.sitting.body == Body::Assembly && self.sitting.agenda_known && !self.sitting.cancelled
    }
}

/// One body, in whichever script its name is printed.
fn same_body(a: &Body, b: &Body) -> bool {
    match (a, b) {
        (Body::Committee(a), Body::Committee(b)) => script::fold(a) == script::fold(b),
        _ => a == b,
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
