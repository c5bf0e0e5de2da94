//! A letter of every kind in every language, kept as files beside the other tests: `POTVRDA_BLESS=1` writes them anew. Plain text in all three;
//! HTML, which is of the same words, in two.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use super::tests::{at, bills, day, edition, finding, golden, mixed, party, scheduled, serbian, written};
use super::*;
use crate::domain::bill::Level;
use crate::domain::document;
use crate::domain::letter::correction::Statement;
use crate::domain::letter::silence::WatchedPage;

/// The same letter in every language.
fn kept(name: &str, edition: &Edition) -> [Letter; 3] {
    let letters = [Language::SrLatn, Language::SrCyrl, Language::En].map(|language| written(edition, language));
    golden(&format!("{name}.sr-Latn"), &letters[0]);
    golden(&format!("{name}.en"), &letters[2]);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/letters/{name}.sr-Cyrl.txt"));
    let got = format!("Subject: {}\n\n{}", letters[1].subject, letters[1].text);
    if std::env::var_os("POTVRDA_BLESS").is_some() {
        std::fs::write(&file, &got).unwrap();
    }
    assert!(std::fs::read_to_string(&file).unwrap_or_default() == got, "{} differs:\n{got}", file.display());
    letters
}

fn alert(kind: Kind, agreement: Facts, place: Place) -> Edition {
    edition(Occasion::Alert, vec![finding(kind, agreement, place)])
}

fn laws() -> Place {
    Place::Laws { url: "http://www.parlament.gov.rs/akti/doneti-zakoni/doneti-zakoni.1033.html".to_owned() }
}

/// A loan from a bank, in whose name Latin stands within Cyrillic.
fn loan() -> Facts {
    Facts {
        title: "Предлог закона о потврђивању Уговора о зајму између KfW, Франкфурт на Мајни и Републике Србије за програм „Енергетска ефикасност”".to_owned(),
        instrument: Some("ugovor".to_owned()),
        act_number: "011-2/18".parse().ok(),
        parties: vec![
            Party { name: "KfW, Франкфурт на Мајни".to_owned(), country: Some("DE".to_owned()), level: Level::Bank, ours: false },
            party("Републике Србије", "RS", Level::State, true),
        ],
        ..serbian(9)
    }
}

/// The service and the ministry, under its Serbian title, as it was seen in March.
fn service() -> Facts {
    let mut agreement = serbian(3);
    agreement.title =
        "Предлог закона о потврђивању Споразума између Министарства унутрашњих послова Републике Србије и Федералне службе обезбеђења \
                       Руске Федерације о сарадњи и заједничким акцијама"
            .to_owned();
    agreement.parties = vec![
        party("Министарства унутрашњих послова Републике Србије", "RS", Level::Ministry, true),
        party("Федералне службе обезбеђења Руске Федерације", "RU", Level::Agency, false),
    ];
    agreement.signatures = vec![SignatureFact {
        on: Some("2017-05-23".to_owned()),
        at: Some("Moskva".to_owned()),
        verb: "potpisan".to_owned(),
        sentence: "Потврђује се Споразум …, потписан 23. маја 2017. године у Москви".to_owned(),
        url: String::new(),
        page: Some(1),
    }];
    agreement.gap = Some(Gap { days: 283, from: day("2017-05-23"), to: day("2018-03-02"), to_kind: "list".to_owned(), at_most: true });
    agreement
}

fn foreign_affairs(sentence: &str) -> Place {
    Place::Sitting {
        url: "http://www.parlament.gov.rs/Sednica_Odbora_za_spoljne_poslove.33120.941.html".to_owned(),
        committee: Some("Одбор за спољне послове".to_owned()),
        language: Language::SrCyrl,
        held_on: Some(day("2018-03-01")),
        sentence: sentence.to_owned(),
    }
}

#[test]
fn provisional_application_is_told_before_the_assembly_decides() {
    let sentence = "Влада тражи од Одбора сагласност за привремену примену Споразума …";
    let [serbian, _, english] = kept("provisional", &alert(Kind::Provisional, service(), foreign_affairs(sentence)));
    assert!(serbian.subject.contains("privremena primena") && english.subject.contains("provisional application"), "{}", serbian.subject);
    assert!(!english.text.contains("provisional implementation"));
}

#[test]
fn a_bill_that_comes_back() {
    kept("relisted", &alert(Kind::Relisted, service(), bills()));
}

#[test]
fn a_bill_that_comes_back_before_a_committee_is_on_no_list() {
    let [serbian, _, english] =
        kept("relisted-committee", &alert(Kind::Relisted, service(), foreign_affairs("Одбор је размотрио предлог.")));
    assert!(!serbian.text.contains("ponovo se nalazi") && !english.text.contains("on the list of bills again"), "{}", english.text);
}

#[test]
fn a_bill_that_is_gone_was_not_withdrawn_as_far_as_we_know() {
    let [serbian, _, english] = kept("delisted", &alert(Kind::Delisted, loan(), bills()));
    assert!(!serbian.text.contains("povuč") && !english.text.contains("withdrawn"), "{}", serbian.text);
}

#[test]
fn a_law_that_was_adopted() {
    let mut agreement = service();
    agreement.documents.clear();
    let [serbian, ..] = kept("adopted", &alert(Kind::Adopted, agreement, laws()));
    assert!(serbian.text.contains("Glasanje je završeno"), "{}", serbian.text);
}

#[test]
fn a_bill_known_as_doubtful_that_is_an_agreement_after_all() {
    kept("recognised", &alert(Kind::Recognised, loan(), bills()));
}

/// Two bills of which one was held to be doubtful and the other to be no agreement, or both to be the same.
fn recognised(before: [Verdict; 2]) -> Edition {
    let was = |(agreement, verdict): (Facts, Verdict)| Finding {
        field: Some("verdict".to_owned()),
        before: Some(verdict.to_string()),
        after: Some(Verdict::Agreement.to_string()),
        ..finding(Kind::Recognised, agreement, bills())
    };
    edition(Occasion::Alert, [loan(), serbian(8)].into_iter().zip(before).map(was).collect())
}

#[test]
fn a_bill_held_to_be_no_agreement_is_not_said_to_have_been_doubtful() {
    let mut alone = recognised([Verdict::Other; 2]);
    alone.findings.truncate(1);
    let [serbian, _, english] = kept("recognised-other", &alone);
    assert!(!serbian.text.contains("nedoumic") && !english.text.contains("doubtful"), "{}", english.text);
    assert!(serbian.subject.starts_with("Nemačka: ugovor, tek sada prepoznat"), "{}", serbian.subject);
}

#[test]
fn what_several_bills_were_held_to_be_is_said_of_each() {
    use Verdict::{Doubtful, Other};
    for (before, serbian, english) in [
        ([Other, Other], "Do sada ih nismo tako vodili.", "Until now we had not taken them for that."),
        (
            [Doubtful, Other],
            "Do sada smo jedne vodili kao nedoumice, a druge nismo vodili kao međunarodne sporazume.",
            "held some of them to be doubtful, and had not taken the others for that.",
        ),
        ([Doubtful, Doubtful], "Do sada smo ih vodili kao nedoumice.", "Two bills we had held to be doubtful do confirm"),
    ] {
        let edition = recognised(before);
        for (language, words) in [(Language::SrLatn, serbian), (Language::En, english)] {
            let told = written(&edition, language).text.replace('\n', " ");
            assert!(told.contains(words), "{before:?}: {told}");
        }
    }
}

#[test]
fn of_several_on_the_list_each_has_its_facts_and_what_is_not_known_is_said_once() {
    let mut bare = serbian(10);
    bare.title = "Предлог закона о потврђивању Споразума између Владе Републике Србије и Владе Републике Италије о туризму".to_owned();
    bare.parties = vec![
        party("Владе Републике Србије", "RS", Level::Government, true),
        party("Владе Републике Италије", "IT", Level::Government, false),
    ];
    (bare.signatures, bare.gap, bare.act_number, bare.submitter) = (Vec::new(), None, None, None);
    bare.documents.clear();
    let mut nobody = bare.clone();
    nobody.bill_id = 11;
    nobody.title = "Предлог закона о потврђивању Конвенције о раду на мору".to_owned();
    nobody.instrument = Some("konvencija".to_owned());
    nobody.parties.clear();
    nobody.act_number = "512-18".parse().ok();
    let findings = [serbian(8), loan(), bare, nobody].map(|agreement| finding(Kind::Listed, agreement, bills()));
    let [serbian, _, english] = kept("listed-several", &edition(Occasion::Alert, findings.into()));
    let told = serbian.text.replace('\n', " ");
    assert_eq!(told.matches("Ugovorne strane: ").count(), 4, "{}", serbian.text);
    assert_eq!(told.matches("Broj akta: ").count(), 4, "{}", serbian.text);
    assert_eq!(told.matches("ne znamo ni kada ni gde").count(), 2, "{}", serbian.text);
    assert_eq!(told.matches("Ko je potpisao").count(), 1, "{}", serbian.text);
    assert!(english.text.contains("- Parties: we cannot read them from the title"), "{}", english.text);
    assert!(english.text.replace('\n', " ").contains("we found it on none of the pages we follow (3, 4)."), "{}", english.text);
}

#[test]
fn a_bill_off_the_agenda_takes_its_sitting_out_of_the_calendar_only_where_that_was_called_off() {
    let carried = scheduled().findings[0].clone();
    let mut off = Finding { kind: Kind::Unscheduled, ..carried.clone() };
    let sitting = off.agreement.sitting.take();
    let alone = edition(Occasion::Alert, vec![off.clone()]);
    assert!(kept("unscheduled", &alone)[0].calendars.is_empty());
    off.called_off = sitting;
    let [serbian, ..] = kept("called-off", &edition(Occasion::Alert, vec![off]));
    assert_eq!(serbian.calendars.len(), 1);
    assert!(serbian.calendars[0].text.contains("METHOD:CANCEL\r\n") && serbian.calendars[0].text.contains("STATUS:CANCELLED\r\n"));
}

#[test]
fn a_document_in_the_place_of_another_tells_the_difference() {
    let old =
        "Član 4.\nRazmena tajnih podataka vrši se u roku od 30 dana.\n\nČlan 5.\nTroškove snosi svaka strana.\n\nČlan 9.\nSpor rešava sud.";
    let new = "Član 4.\nRazmena tajnih podataka vrši se u roku od 90 dana.\n\nČlan 5.\nTroškove snosi svaka strana. Imunitet je pun.";
    let replaced = Finding {
        field: Some("http://www.parlament.gov.rs/upload/archive/files/cir/pdf/predlozi_zakona/404-18.pdf".to_owned()),
        before: Some("9f".repeat(32)),
        after: Some("e2".repeat(32)),
        difference: Some(document::difference(old, new)),
        by_fetching: true,
        ..finding(Kind::DocumentReplaced, service(), bills())
    };
    let [serbian, ..] = kept("replaced", &edition(Occasion::Alert, vec![replaced]));
    assert!(serbian.text.contains("*30*") && serbian.text.contains("*90*"), "{}", serbian.text);
}

#[test]
fn a_document_that_came_and_one_that_went() {
    let said = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let url = || Some("http://www.parlament.gov.rs/upload/archive/files/cir/pdf/predlozi_zakona/404-18.pdf".to_owned());
    let came = Finding { after: url(), by_fetching: true, ..finding(Kind::DocumentAdded, service(), bills()) };
    let [serbian, ..] = kept("document-had", &edition(Occasion::Alert, vec![came.clone()]));
    assert!(said(&serbian.text).contains("koji ranije nismo imali ili nismo umeli da pročitamo"), "{}", serbian.text);
    let linked = Finding { by_fetching: false, ..came };
    let [serbian, ..] = kept("document-linked", &edition(Occasion::Alert, vec![linked]));
    assert!(
        said(&serbian.text).contains("dodat je dokument") && said(&serbian.text).contains("Spisak predloga zakona, kako je stajao"),
        "{}",
        serbian.text
    );
    let went = Finding { before: url(), by_fetching: true, ..finding(Kind::DocumentRemoved, service(), bills()) };
    let [serbian, ..] = kept("document-gone", &edition(Occasion::Alert, vec![went]));
    assert!(
        said(&serbian.text).contains("veza ne vodi ni do čega") && !said(&serbian.text).contains("Spisak predloga zakona, kako"),
        "{}",
        serbian.text
    );
}

#[test]
fn an_entry_that_changed() {
    let amended = Finding {
        field: Some("submitter".to_owned()),
        before: Some("Влада".to_owned()),
        after: Some("Народни посланик".to_owned()),
        ..finding(Kind::Amended, service(), bills())
    };
    kept("amended", &edition(Occasion::Alert, vec![amended]));
}

#[test]
fn thirty_bills_are_one_letter() {
    let countries = [("CN", "Кине"), ("DE", "Немачке"), ("FR", "Француске"), ("GR", "Грчке"), ("IT", "Италије")];
    let mut findings: Vec<Finding> = (0..29_i64)
        .map(|n| {
            let (code, name) = countries[usize::try_from(n).unwrap() % countries.len()];
            let title = format!("Предлог закона о потврђивању Споразума између Владе Републике Србије и Владе {name} о сарадњи број {n}");
            let agreement = Facts {
                title,
                parties: vec![
                    party("Владе Републике Србије", "RS", Level::Government, true),
                    party(&format!("Владе {name}"), code, Level::Government, false),
                ],
                signatures: Vec::new(),
                gap: None,
                ..serbian(100 + n)
            };
            finding(Kind::Listed, agreement, bills())
        })
        .collect();
    findings.push(finding(Kind::Listed, service(), bills()));
    let [serbian, ..] = kept("several", &edition(Occasion::Alert, findings));
    assert!(serbian.subject.starts_with("Rusija: ") && serbian.text.replace('\n', " ").contains("30 predloga zakona"), "{}", serbian.text);
}

fn watched(longest_h: i64, failed: usize, found: usize) -> Watched {
    let from = at("2017-11-13T07:00");
    let until = from + chrono::TimeDelta::days(7);
    let page = |kind: &str, failed: usize, rows: usize, longest_h: i64| WatchedPage {
        kind: kind.to_owned(),
        url: "http://www.parlament.gov.rs/".to_owned(),
        looks: 212,
        good: 212 - failed,
        rows,
        agreements: rows * 61 / 143,
        newest_good_at: Some(until - chrono::TimeDelta::hours(2)),
        longest: Some((from + chrono::TimeDelta::days(2), from + chrono::TimeDelta::days(2) + chrono::TimeDelta::hours(longest_h))),
    };
    let pages = vec![page("bills", failed, 143, longest_h), page("laws", 0, 412, 2), page("activities", 1, 0, 3)];
    Watched { from, until, pages, found, pause_s: 2 * 3_600 }
}

#[test]
fn a_week_of_silence_good_and_bad_and_a_week_with_news() {
    let told = |watched| Edition { made_at: at("2017-11-20T07:00"), ..edition(Occasion::Silence { watched }, Vec::new()) };
    kept("silence", &told(watched(2, 3, 0)));
    kept("silence-bad", &told(watched(31, 19, 0)));
    kept("silence-news", &told(watched(2, 3, 2)));
}

#[test]
fn the_weekly_digest_says_how_often_we_looked() {
    kept("weekly", &mixed(Occasion::Digest { every: "weekly".to_owned(), watched: Some(watched(2, 3, 2)) }));
}

#[test]
fn pages_out_of_sight_and_in_sight_again() {
    let page = |until| silence::BlindPage {
        kind: "bills".to_owned(),
        url: "http://www.parlament.gov.rs/akti/zakoni-u-proceduri/zakoni-u-proceduri.1037.html".to_owned(),
        since: at("2018-02-28T23:00"),
        until,
    };
    kept("blind", &edition(Occasion::Blind { pages: vec![page(None)] }, Vec::new()));
    kept("sighted", &edition(Occasion::Sighted { pages: vec![page(Some(at("2018-03-02T08:00")))] }, Vec::new()));
}

#[test]
fn a_committee_sits_and_its_agenda_is_not_known() {
    let sitting = |cancelled| ComingSitting {
        committee: "Одбор за контролу служби безбедности".to_owned(),
        held_on: day("2018-03-05"),
        begins_at: NaiveTime::from_hms_opt(12, 30, 0),
        hall: Some("Дом Народне скупштине, сала II".to_owned()),
        cancelled,
        url: "http://www.parlament.gov.rs/".to_owned(),
    };
    let told = |cancelled| edition(Occasion::Sittings { sittings: vec![sitting(cancelled)] }, Vec::new());
    let [come, ..] = kept("committee", &told(false));
    let [off, ..] = kept("committee-off", &told(true));
    let uid = |letter: &Letter| letter.calendars[0].text.lines().find(|line| line.starts_with("UID:")).unwrap().to_owned();
    assert_eq!(uid(&come), uid(&off));
    assert!(off.calendars[0].text.contains("METHOD:CANCEL"));
}

#[test]
fn a_correction_says_what_was_wrong_and_what_is_right() {
    let corrects = |no_agreement, wrong: Option<&str>, right: &str, right_en: Option<&str>| super::correction::Corrected {
        key: "alert listed 404-18 1".to_owned(),
        sender_domain: "ngo.example".to_owned(),
        made_at: at("2018-03-01T09:00"),
        no_agreement,
        wrong: Statement { serbian: wrong.map(str::to_owned), english: wrong.map(|_| "Signed on 23 May 2017.".to_owned()) },
        right: Statement { serbian: Some(right.to_owned()), english: right_en.map(str::to_owned) },
    };
    let told = |corrects| edition(Occasion::Correction { corrects }, vec![finding(Kind::Listed, service(), bills())]);
    let right = "Потписан је 24. маја 2017. у Москви: дан је у тексту исправљен руком.";
    let english = "It was signed on 24 May 2017 in Moscow: the day is corrected by hand in the text.";
    let [serbian, ..] = kept("correction", &told(corrects(false, Some("Потписан 23. маја 2017."), right, Some(english))));
    assert!(serbian.subject.starts_with("Ispravka: Rusija") && serbian.text.contains("Potpisan je 24. maja 2017."), "{}", serbian.text);
    let [serbian, ..] =
        kept("correction-no-agreement", &told(corrects(true, None, "Наслов помиње споразум из 1995, а закон га не потврђује.", None)));
    assert!(serbian.text.contains("ipak ne potvrđuje"), "{}", serbian.text);
}

#[test]
fn the_letters_to_one_person_alone() {
    let [farewell, ..] = kept("farewell", &edition(Occasion::Farewell, Vec::new()));
    assert!(!farewell.text.contains("unsubscribe") && !farewell.text.contains("/manage"), "{}", farewell.text);
    kept("manage", &edition(Occasion::Manage, Vec::new()));
    kept("confirmation", &edition(Occasion::Confirmation, Vec::new()));
}

#[test]
fn the_kinds_that_are_told_of_most_are_kept_in_cyrillic_too() {
    kept("listed", &alert(Kind::Listed, serbian(8), bills()));
    kept("scheduled", &scheduled());
}
