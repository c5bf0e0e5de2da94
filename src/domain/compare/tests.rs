#![allow(clippy::unwrap_used)]

mod endings;

use chrono::{NaiveDate, TimeZone};

use super::*;
use crate::domain::activity::Activity;
use crate::domain::bill::{ActNumber, Body, Sitting};
use crate::domain::change::{KnownSitting, SittingRef};
use crate::domain::listing::Eye;

const INDIA: &str =
    "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Indije o saradnji u oblasti odbrane";
const INDIA_CYR: &str =
    "Предлог закона о потврђивању Споразума између Владе Републике Србије и Владе Републике Индије о сарадњи у области одбране";
const INDIA_EN: &str = "Bill on the Confirmation of the Agreement between the Government of the Republic of Serbia and the Government of the Republic of India on Cooperation in the Field of Defence";
const RUSSIA: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Ruske Federacije o vojnoj saradnji";
const WATERS: &str = "Predlog zakona o vodama";
const TAXES: &str = "Predlog zakona o izmenama Zakona o porezu";
const LAW: &str = "Zakon o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Indije o saradnji u oblasti odbrane";

/// What a history keeps from one look to the next.
struct Memory {
    known: Known,
    now: DateTime<Utc>,
    silent: bool,
}

impl Memory {
    /// The list of bills and that of laws have been looked at for the first time.
    fn begin() -> Memory {
        let now = Utc.with_ymd_and_hms(2026, 11, 23, 9, 0, 0).unwrap();
        let mut memory = Memory { known: Known::default(), now, silent: true };
        memory.bills(&[row(TAXES, "105-26")]);
        memory.laws(&[row("Zakon o radu", "1-26")]);
        memory.silent = false;
        memory
    }

    fn bills(&mut self, rows: &[Row]) -> Vec<String> {
        self.list("bills", ListKind::Bills, rows)
    }

    fn laws(&mut self, rows: &[Row]) -> Vec<String> {
        self.list("laws", ListKind::Laws, rows)
    }

    fn list(&mut self, source: &str, kind: ListKind, rows: &[Row]) -> Vec<String> {
        let look = Look {
            source,
            kind,
            absences_count: true,
            links_count: true,
            judge_again: false,
            gone_after_polls: 3,
            gone_after: TimeDelta::hours(24),
        };
        self.compare(|comparison| assert!(comparison.list(&look, rows).agreements <= rows.len()))
    }

    fn committee(&mut self, id: u64, held_on: &str, title: &str, silent: bool) -> Vec<String> {
        let body = Body::Committee("Odbor za odbranu".to_owned());
        let mention = Mention {
            title: title.to_owned(),
            position: None,
            submitter: None,
            act_number: None,
            sentence: title.to_owned(),
            signature_sentences: Vec::new(),
            documents: Vec::new(),
            provisional: false,
        };
        let sitting = Sitting {
            body,
            title: "20. sednica Odbora za odbranu".to_owned(),
            held_on: Some(day(held_on)),
            begins_at: None,
            hall: None,
            cancelled: false,
            agenda_known: true,
            mentions: vec![mention],
        };
        let activity = Activity {
            sitting,
            is_sitting: true,
            language: Language::SrLatn,
            content_id: Some(id),
            posted_on: Some(day(held_on)),
            agenda_printed: true,
            announces: false,
            put_off_from: None,
            calendar: Vec::new(),
            eye: Eye::Exact,
            degraded: None,
            rejects: Vec::new(),
        };
        let url = format!("http://parlament.example/Sednica.{id}.941.html");
        let page = PageOf { url: &url, content_id: Some(id), silent };
        self.compare(|comparison| assert_eq!(comparison.page(&page, &activity).agreements, 1))
    }

    /// Answers with the changes that are told, and keeps everything.
    fn compare(&mut self, see: impl FnOnce(&mut Comparison)) -> Vec<String> {
        let mut comparison = Comparison::begin(self.known.clone(), self.now, self.silent);
        see(&mut comparison);
        let stored = self.known.bills.len();
        let id_of = |bill: BillRef| match bill {
            BillRef::Known(id) => id,
            BillRef::New(n) => i64::try_from(stored + n + 1).unwrap(),
        };
        self.known.bills =
            comparison.ledger.entries().iter().map(|entry| KnownBill { id: id_of(entry.at), ..entry.bill.clone() }).collect();
        let mut told = Vec::new();
        let mut new_sittings = Vec::new();
        for fact in comparison.finish() {
            match fact {
                Fact::Bill { stage: Stage::Adopted, .. } if !self.silent => {
                    let last = self.known.bills.iter_mut().filter(|bill| bill.stage == Stage::Adopted && bill.adopted_on.is_none());
                    last.for_each(|bill| bill.adopted_on = Some(self.now.date_naive()));
                }
                Fact::Stage { bill, stage: Stage::Adopted } if !self.silent => {
                    self.bill(id_of(bill)).adopted_on = Some(self.now.date_naive());
                }
                Fact::Sitting { sitting: SittingRef::New(_), told, content_id, .. } => {
                    let id = i64::try_from(self.known.sittings.len()).unwrap();
                    new_sittings.push(self.known.sittings.len());
                    self.known.sittings.push(KnownSitting { id, content_id, sitting: told, bills: Vec::new() });
                }
                Fact::Item { sitting, bill, .. } => {
                    let at = match sitting {
                        SittingRef::Known(id) => usize::try_from(id).unwrap(),
                        SittingRef::New(n) => new_sittings[n],
                    };
                    self.known.sittings[at].bills.push(id_of(bill));
                }
                Fact::Change(change) => {
                    let bill = self.bill(id_of(change.bill));
                    if change.kind == Kind::Amended && change.field.as_deref() == Some("title") {
                        bill.titles_told.extend([change.before, change.after].into_iter().flatten());
                    }
                    let name = bill.shown().unwrap().title.split(' ').find(|word| NAMES.contains(word)).unwrap_or("-").to_owned();
                    if !(self.silent || change.silent) {
                        told.push(format!("{} {name}", change.kind));
                    }
                }
                _ => {}
            }
        }
        told
    }

    fn bill(&mut self, id: i64) -> &mut KnownBill {
        self.known.bills.iter_mut().find(|bill| bill.id == id).unwrap()
    }

    /// Number, stage, verdict and shown title of the agreements and of what was one.
    fn shown(&self) -> Vec<String> {
        let line = |bill: &KnownBill| {
            let number = bill.act_number.map_or("-".to_owned(), |n| n.to_string());
            let name = bill.shown().unwrap().title.split(' ').find(|word| NAMES.contains(word)).unwrap_or("-").to_owned();
            format!("{number} {name} {} {}", bill.stage, bill.verdict)
        };
        self.known.bills[2..].iter().map(line).collect()
    }

    /// The list as it stands is looked at again, also shuffled, and nothing is written.
    fn stays(&mut self, rows: &[Row]) {
        let mut shuffled = rows.to_vec();
        for _ in 0..3 {
            let look = Look {
                source: "bills",
                kind: ListKind::Bills,
                absences_count: false,
                links_count: true,
                judge_again: false,
                gone_after_polls: 3,
                gone_after: TimeDelta::hours(24),
            };
            let mut comparison = Comparison::begin(self.known.clone(), self.now, false);
            comparison.list(&look, &shuffled);
            assert_eq!(comparison.finish(), []);
            shuffled.reverse();
        }
    }
}

const NAMES: [&str; 6] = ["Indije", "Индије", "India", "Ruske", "vodama", "porezu"];

fn day(iso: &str) -> NaiveDate {
    iso.parse().unwrap()
}

fn row(title: &str, number: &str) -> Row {
    let url = format!("http://parlament.example/upload/lat/pdf/{number}-lat.pdf").parse().unwrap();
    let documents = vec![Link { url, label: "PDF".to_owned() }];
    let act_number: Option<ActNumber> = number.parse().ok();
    Row {
        title: title.to_owned(),
        listed_on: Some(day("2026-11-20")),
        date_text: Some("20. novembar 2026.".to_owned()),
        act_number,
        documents,
        submitter: None,
    }
}

fn taxes() -> Row {
    row(TAXES, "105-26")
}

#[test]
fn a_title_wrong_for_one_look_takes_no_agreement_out() {
    let mut memory = Memory::begin();
    assert_eq!(memory.bills(&[row(INDIA, "777-26"), taxes()]), ["listed Indije"]);
    assert_eq!(memory.bills(&[row(WATERS, "777-26"), taxes()]), ["amended vodama"]);
    // Told as an agreement and as changed before, it is told as neither again.
    assert_eq!(memory.bills(&[row(INDIA, "777-26"), taxes()]), [""; 0]);
    assert_eq!(memory.shown(), ["777-26 Indije listed agreement"]);
    assert_eq!(memory.laws(&[row("Zakon o radu", "1-26"), row(LAW, "777-26")]), ["adopted Indije"]);
}

#[test]
fn a_title_put_back_is_the_one_shown() {
    let mut memory = Memory::begin();
    memory.bills(&[row(INDIA, "777-26"), taxes()]);
    assert_eq!(memory.bills(&[row(RUSSIA, "777-26"), taxes()]), ["amended Ruske"]);
    memory.bills(&[row(INDIA_CYR, "777-26"), taxes()]);
    assert_eq!(memory.shown(), ["777-26 Индије listed agreement"]);
    memory.stays(&[row(INDIA_CYR, "777-26"), taxes()]);
    memory.stays(&[row(INDIA, "777-26"), taxes()]);
}

#[test]
fn a_bill_first_met_under_another_title_is_recognised_once() {
    let mut memory = Memory::begin();
    assert_eq!(memory.bills(&[row(WATERS, "777-26"), taxes()]), ["listed vodama"]);
    assert_eq!(memory.bills(&[row(INDIA, "777-26"), taxes()]), ["recognised Indije", "amended Indije"]);
    for title in [WATERS, INDIA, WATERS, INDIA] {
        assert_eq!(memory.bills(&[row(title, "777-26"), taxes()]), [""; 0]);
    }
    assert_eq!(memory.shown(), ["777-26 Indije listed agreement"]);
}

#[test]
fn a_title_that_an_agenda_printed_first_is_an_amendment_when_the_list_prints_it() {
    let mut memory = Memory::begin();
    memory.bills(&[row(WATERS, "777-26"), taxes()]);
    let place = 2;
    memory.known.bills[place].titles.push(KnownTitle { title: INDIA.into(), key: title::key(INDIA), language: Language::SrLatn });
    assert_eq!(memory.bills(&[row(INDIA, "777-26"), taxes()]), ["recognised Indije", "amended Indije"]);
}

#[test]
fn two_lists_that_print_two_titles_change_nothing_at_every_look() {
    let mut memory = Memory::begin();
    memory.bills(&[row(INDIA, "777-26"), taxes()]);
    let law = || [row("Zakon o radu", "1-26"), row(&LAW.replace("odbrane", "odbrane i bezbednosti"), "777-26")];
    assert_eq!(memory.laws(&law()), ["adopted Indije"]);
    for _ in 0..3 {
        let shown = memory.known.bills[2].shown;
        assert_eq!(memory.bills(&[row(INDIA, "777-26"), taxes()]), [""; 0]);
        assert_eq!(memory.laws(&law()), [""; 0]);
        assert_eq!(memory.known.bills[2].shown, shown);
    }
}

#[test]
fn two_rows_of_one_bill_change_nothing_in_whatever_order() {
    for twin in [INDIA_CYR, INDIA_EN] {
        let mut memory = Memory::begin();
        let mut second = row(twin, "777-26");
        second.documents[0].url = "http://parlament.example/upload/cir/pdf/777-26-cir.pdf".parse().unwrap();
        let rows = [row(INDIA, "777-26"), second, taxes()];
        assert_eq!(memory.bills(&rows), ["listed Indije"]);
        memory.stays(&rows);
        assert_eq!(memory.shown().len(), 1);
    }
    // Two titles of one bill, as an earlier look left them.
    let mut memory = Memory::begin();
    memory.bills(&[row(INDIA, "777-26"), taxes()]);
    memory.bills(&[row(RUSSIA, "777-26"), taxes()]);
    memory.stays(&[row(INDIA, "777-26"), row(RUSSIA, "777-26"), taxes()]);
}

#[test]
fn a_new_row_with_another_bills_link_is_a_bill_of_its_own() {
    let mut memory = Memory::begin();
    memory.bills(&[row(INDIA, "777-26"), taxes()]);
    let pasted = [row(RUSSIA, "777-26"), row(INDIA, "777-26"), taxes()];
    assert_eq!(memory.bills(&pasted), ["listed Ruske"]);
    assert_eq!(memory.shown(), ["777-26 Indije listed agreement", "- Ruske listed agreement"]);
    memory.stays(&pasted);
    // Its own row gone, the pasted number still is not the other one's new title.
    memory.stays(&[row(RUSSIA, "777-26"), taxes()]);
    assert_eq!(memory.bills(&[row(RUSSIA, "779-26"), row(INDIA, "777-26"), taxes()]), ["document_added Ruske"]);
    assert_eq!(memory.shown(), ["777-26 Indije listed agreement", "779-26 Ruske listed agreement"]);
}

#[test]
fn a_link_pasted_over_that_of_the_row_itself_makes_no_other_bill_of_it() {
    let mut memory = Memory::begin();
    memory.bills(&[row(INDIA, "777-26"), taxes()]);
    let mut bare = row(INDIA, "");
    bare.documents.clear();
    assert_eq!(memory.bills(&[row(RUSSIA, "777-26"), bare, taxes()]), ["listed Ruske"]);
    assert_eq!(memory.shown(), ["777-26 Indije listed agreement", "- Ruske listed agreement"]);
}

#[test]
fn two_new_rows_with_one_number_are_two_bills_until_the_link_is_mended() {
    let mut memory = Memory::begin();
    let rows = [row(RUSSIA, "777-26"), row(INDIA, "777-26"), taxes()];
    assert_eq!(memory.bills(&rows), ["listed Ruske", "listed Indije"]);
    memory.stays(&rows);
    let mended = [row(RUSSIA, "779-26"), row(INDIA, "777-26"), taxes()];
    assert_eq!(memory.bills(&mended), ["document_added Ruske", "document_added Indije"]);
    assert_eq!(memory.shown(), ["779-26 Ruske listed agreement", "777-26 Indije listed agreement"]);
    memory.stays(&mended);
}

#[test]
fn an_agreement_with_a_domestic_bills_link_does_not_become_that_bill() {
    let mut memory = Memory::begin();
    let rows = [row(INDIA, "105-26"), taxes()];
    assert_eq!(memory.bills(&rows), ["listed Indije"]);
    memory.stays(&rows);
    assert_eq!(memory.known.bills[0].verdict, Verdict::Other);
}

#[test]
fn a_document_that_every_row_links_identifies_none() {
    let mut memory = Memory::begin();
    let shared = |title: &str| Row { act_number: None, ..row(title, "uputstvo") };
    let rows = [shared(INDIA), shared(WATERS), taxes()];
    assert_eq!(memory.bills(&rows), ["listed Indije", "listed vodama"]);
    let more = [shared(RUSSIA), shared(INDIA), shared(WATERS), taxes()];
    assert_eq!(memory.bills(&more), ["listed Ruske"]);
    memory.stays(&more);
}

#[test]
fn a_corrected_title_is_still_the_same_bill() {
    let mut memory = Memory::begin();
    memory.bills(&[row(INDIA, "777-26"), taxes()]);
    let corrected = INDIA.replace("odbrane", "odbrane i bezbednosti");
    assert_eq!(memory.bills(&[row(&corrected, "777-26"), taxes()]), ["amended Indije"]);
    assert_eq!(memory.shown().len(), 1);
}

#[test]
fn what_a_committee_names_by_the_title_of_a_law_of_the_past_is_a_new_bill() {
    let mut memory = Memory::begin();
    memory.now += TimeDelta::hours(1);
    let law = Row { listed_on: Some(day("2026-03-04")), ..row(LAW, "10-26") };
    assert_eq!(memory.laws(&[row("Zakon o radu", "1-26"), law]), ["listed Indije", "adopted Indije"]);
    assert_eq!(memory.committee(1, "2026-11-25", INDIA, false), ["listed Indije"]);
    // And adopted in our sight, by the day that we saw it.
    let mut memory = Memory::begin();
    memory.bills(&[row(INDIA, "777-26"), taxes()]);
    assert_eq!(memory.laws(&[row("Zakon o radu", "1-26"), row(LAW, "777-26")]), ["adopted Indije"]);
    assert_eq!(memory.committee(1, "2026-11-20", INDIA, false), [""; 0], "its page is read after the vote");
    assert_eq!(memory.committee(2, "2026-11-30", INDIA, false), ["listed Indije"]);
}

#[test]
fn a_bill_that_was_gone_and_comes_before_a_committee_is_told_as_back() {
    let mut memory = Memory::begin();
    memory.bills(&[row(INDIA, "777-26"), taxes()]);
    let mut told = Vec::new();
    for _ in 0..4 {
        told.extend(memory.bills(&[taxes()]));
        memory.now += TimeDelta::hours(12);
    }
    assert_eq!(told, ["delisted Indije"]);
    assert_eq!(memory.committee(1, "2026-11-20", INDIA, false), [""; 0], "of the time before it was gone");
    assert_eq!(memory.shown(), ["777-26 Indije delisted agreement"]);
    assert_eq!(memory.committee(2, "2026-11-25", INDIA, false), ["relisted Indije"]);
    assert_eq!(memory.committee(2, "2026-11-25", INDIA, false), [""; 0]);
    assert_eq!(memory.shown(), ["777-26 Indije committee agreement"]);
    assert_eq!(memory.bills(&[row(INDIA, "777-26"), taxes()]), [""; 0], "told already");
    assert_eq!(memory.shown(), ["777-26 Indije listed agreement"]);
}

#[test]
fn what_a_silent_page_named_is_told_when_a_list_or_a_sitting_brings_it() {
    let named = || {
        let mut memory = Memory::begin();
        assert_eq!(memory.committee(1, "2026-11-20", INDIA, true), [""; 0]);
        memory
    };
    let mut memory = named();
    assert_eq!(memory.bills(&[row(INDIA, "777-26"), taxes()])[0], "listed Indije");
    memory.stays(&[row(INDIA, "777-26"), taxes()]);
    let mut memory = named();
    assert_eq!(memory.committee(1, "2026-11-20", INDIA, false), [""; 0], "the same sitting, read again");
    assert_eq!(memory.committee(2, "2026-11-25", INDIA, false), ["listed Indije"]);
    assert_eq!(memory.bills(&[row(INDIA, "777-26"), taxes()]), ["document_added Indije"]);
    // A list at its own first look is as silent.
    let mut memory = named();
    memory.silent = true;
    memory.list("other", ListKind::Bills, &[row(INDIA, "777-26")]);
    memory.silent = false;
    assert_eq!(memory.bills(&[row(INDIA, "777-26"), taxes()]), [""; 0]);
}

/// What comes of an English mention and then a Serbian row: the changes told of the row, and whether it is said to be possibly another bill.
fn met_in_english_first(english: &str, serbian: &str) -> (Vec<String>, bool) {
    let mut memory = Memory::begin();
    assert_eq!(memory.committee(51_000, "2026-11-20", english, false).len(), 1, "{english}");
    let mut rehearsal = Comparison::begin(memory.known.clone(), memory.now, false);
    let look = Look {
        source: "bills",
        kind: ListKind::Bills,
        absences_count: true,
        links_count: true,
        judge_again: false,
        gone_after_polls: 3,
        gone_after: TimeDelta::hours(24),
    };
    rehearsal.list(&look, &[row(serbian, "3000-26"), taxes()]);
    let possibly = rehearsal.finish().iter().any(|fact| matches!(fact, Fact::Bill { possibly: Some(_), .. }));
    (memory.bills(&[row(serbian, "3000-26"), taxes()]), possibly)
}

#[test]
fn an_agreement_with_an_organisation_is_one_in_two_languages_where_both_titles_say_what_it_is_about() {
    for (english, serbian) in [
        (
            "Bill on the Confirmation of the Agreement between the Republic of Serbia and the European Union on the Participation of the \
             Republic of Serbia in the Union Programme \"Digital Europe\"",
            "Predlog zakona o potvrđivanju Sporazuma između Republike Srbije i Evropske unije o učešću Republike Srbije u Programu Unije \
             „Digitalna Evropa“",
        ),
        (
            "Bill on the Confirmation of the Status Agreement between the Republic of Serbia and the European Union on Actions Carried out by \
             the European Border and Coast Guard Agency in the Republic of Serbia",
            "Predlog zakona o potvrđivanju Sporazuma o statusu između Republike Srbije i Evropske unije o aktivnostima koje sprovodi Evropska \
             agencija za graničnu i obalsku stražu u Republici Srbiji",
        ),
        (
            "Bill on the Confirmation of the Council of Europe Convention on Action against Trafficking in Human Beings",
            "Predlog zakona o potvrđivanju Konvencije Saveta Evrope o borbi protiv trgovine ljudima",
        ),
        ("Bill on the Confirmation of the Protocol with Malta on Tourism", "Predlog zakona o potvrđivanju Protokola sa Maltom o turizmu"),
    ] {
        let (told, possibly) = met_in_english_first(english, serbian);
        assert!(!possibly && told.iter().all(|change| change.starts_with("document_added")), "{serbian}: {told:?}");
    }
}

#[test]
fn two_agreements_with_one_organisation_are_not_joined_and_what_may_be_one_is_said_to_be() {
    let office = "Bill on the Confirmation of the Agreement between the Government of the Republic of Serbia and the United Nations Children's \
                  Fund on the Office in Belgrade";
    let digital = "Bill on the Confirmation of the Agreement between the Republic of Serbia and the European Union on the Participation of the \
                   Republic of Serbia in the Union Programme \"Digital Europe\"";
    let other = "Predlog zakona o potvrđivanju Sporazuma između Republike Srbije i Evropske unije o";
    for (english, serbian, possibly) in [
        (
            office,
            "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Dečjeg fonda Ujedinjenih nacija o kancelariji",
            true,
        ),
        (digital, &*format!("{other} učešću Republike Srbije u Programu Unije „Kreativna Evropa“"), true),
        (digital, &*format!("{other} učešću u Programu „Zdravlje“"), false),
        (digital, "Predlog zakona o potvrđivanju Protokola između Republike Srbije i Evropske unije o digitalnoj saradnji", false),
        (digital, "Predlog zakona o potvrđivanju Sporazuma između Republike Srbije i Evropola o digitalnoj saradnji", false),
        (
            "Bill on the Confirmation of the Council of Europe Convention on Access to Official Documents",
            "Predlog zakona o potvrđivanju Konvencije Saveta Evrope o pristupu zvaničnim dokumentima",
            true,
        ),
    ] {
        let (told, said) = met_in_english_first(english, serbian);
        assert!(told.len() == 1 && told[0].starts_with("listed"), "{serbian}: {told:?}");
        assert_eq!(said, possibly, "{serbian}");
    }
}

#[test]
fn a_profile_that_was_stored_before_organisations_were_told_apart_is_still_read() {
    let stored = r#"{"instrument":"sporazum","countries":["RU"],"our_level":"ministry"}"#;
    let profile: crate::domain::change::Profile = serde_json::from_str(stored).unwrap();
    assert!(!profile.is_faint() && profile.organisations.is_empty());
    assert_eq!(serde_json::to_string(&profile).unwrap(), stored);
}

#[test]
fn a_title_never_had_is_counted_and_one_of_before_or_in_the_other_script_is_not() {
    let mut memory = Memory::begin();
    memory.bills(&[row(TAXES, "105-26"), row(INDIA, "200-26"), row(RUSSIA, "201-26")]);
    let mut counted = |titles: [&str; 3]| {
        let rows = [row(titles[0], "105-26"), row(titles[1], "200-26"), row(titles[2], "201-26")];
        let look = Look {
            source: "bills",
            kind: ListKind::Bills,
            absences_count: true,
            links_count: true,
            judge_again: false,
            gone_after_polls: 3,
            gone_after: TimeDelta::hours(24),
        };
        let mut count = Count::default();
        memory.compare(|comparison| count = comparison.list(&look, &rows));
        (count.known, count.retitled, count.disowned)
    };
    assert_eq!(counted([TAXES, INDIA, RUSSIA]), (3, 0, 0));
    assert_eq!(counted([TAXES, INDIA_CYR, RUSSIA]), (3, 0, 0), "another script");
    assert_eq!(counted(["Preuzmi", "Preuzmi", RUSSIA]), (3, 2, 1));
    assert_eq!(counted([TAXES, INDIA, RUSSIA]), (3, 0, 0), "the titles of before");
    let more = [TAXES, INDIA, RUSSIA].map(|title| format!("{title} (hitan postupak)"));
    assert_eq!(counted([&more[0], &more[1], &more[2]]), (3, 0, 0), "words that every title gets");
}
