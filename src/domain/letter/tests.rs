//! Letters as they are sent, kept as files beside the other tests: `POTVRDA_BLESS=1` writes them anew.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use chrono::TimeZone;

use super::*;
use crate::domain::bill::Level;
use crate::domain::document;
use crate::domain::subscriber::words::Texts;
use crate::domain::subscriber::{Preferences, Wanted};

/// Compares with the kept letter, or keeps it.
pub(super) fn golden(name: &str, letter: &Letter) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/letters");
    for (file, got) in [
        (folder.join(format!("{name}.txt")), format!("Subject: {}\n\n{}", letter.subject, letter.text)),
        (folder.join(format!("{name}.html")), letter.html.clone()),
    ] {
        if std::env::var_os("POTVRDA_BLESS").is_some() {
            std::fs::write(&file, &got).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(kept == got, "{} differs; POTVRDA_BLESS=1 writes it anew. Now:\n{got}", file.display());
    }
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn at(text: &str) -> DateTime<Utc> {
    Utc.from_utc_datetime(&format!("{text}:00").parse().unwrap())
}

pub(super) fn reader(language: Language) -> Reader {
    Reader {
        language,
        confirmed_on: Some(day("2017-10-03")),
        filters: Vec::new(),
        leave_url: Some("https://potvrda.example/unsubscribe/aGVsbG8".to_owned()),
        leave_mailto: Some("mailto:leave@potvrda.example".to_owned()),
        confirm_url: Some("https://potvrda.example/confirm/aGVsbG8".to_owned()),
        manage_url: Some("https://potvrda.example/manage/aGVsbG8".to_owned()),
        controller: Some("Udruženje Primer, Beograd, podaci@primer.example".to_owned()),
        public_url: Some("https://potvrda.example".to_owned()),
        sender: Some("potvrda@ngo.example".to_owned()),
    }
}

pub(super) fn party(name: &str, country: &str, level: Level, ours: bool) -> Party {
    Party { name: name.to_owned(), country: Some(country.to_owned()), level, ours }
}

pub(super) fn facts(bill_id: i64, title: &str, language: Language, parties: Vec<Party>) -> Facts {
    Facts {
        bill_id,
        act_number: None,
        title: title.to_owned(),
        language,
        other_titles: Vec::new(),
        verdict: Verdict::Agreement,
        instrument: Some("sporazum".to_owned()),
        parties,
        signatures: Vec::new(),
        gap: None,
        first_seen_at: at("2017-11-10T07:30"),
        documents: Vec::new(),
        submitter: None,
        sitting: None,
        possibly_same_as: None,
        persons: Vec::new(),
        committees: Vec::new(),
        from_archive: false,
        contested: false,
    }
}

const COMMITTEE: &str = "http://www.parlament.gov.rs/Eighth_Sitting_of_the_Defence_and_Internal_Affairs_Committee.32689.537.html";

pub(super) fn finding(kind: Kind, agreement: Facts, place: Place) -> Finding {
    Finding {
        change_id: agreement.bill_id,
        kind,
        seen_at: agreement.first_seen_at,
        field: None,
        before: None,
        after: None,
        agreement,
        place,
        quotes: Vec::new(),
        difference: None,
        called_off: None,
        unverified: false,
        by_fetching: false,
        waited: false,
    }
}

pub(super) fn committee_page() -> Place {
    Place::Sitting {
        url: COMMITTEE.to_owned(),
        committee: Some("Defence and Internal Affairs Committee".to_owned()),
        language: Language::En,
        held_on: Some(day("2017-11-09")),
        sentence: "At the sitting held on 9 November, the members of the Defence and Internal Affairs Committee considered the Bill on the \
                   Confirmation of the Agreement between the Government of the Republic of Serbia and the Government of the Kingdom of Sweden on \
                   Cooperation in the Area of Law Implementation, Bill on the Confirmation of ..."
            .to_owned(),
    }
}

pub(super) fn governments(country: &str, english: &str) -> Vec<Party> {
    vec![
        party("Government of the Republic of Serbia", "RS", Level::Government, true),
        party(&format!("Government of {english}"), country, Level::Government, false),
    ]
}

/// The committee's page of 9 November 2017, with what it says and no more.
pub(super) fn founding() -> Edition {
    let english = |id, title: &str, parties| facts(id, title, Language::En, parties);
    let mut sweden = english(
        1,
        "Bill on the Confirmation of the Agreement between the Government of the Republic of Serbia and the Government of the Kingdom of Sweden on Cooperation in the Area of Law Implementation",
        governments("SE", "the Kingdom of Sweden"),
    );
    sweden.signatures = vec![SignatureFact {
        on: Some("2017-01-24".to_owned()),
        at: Some("Stokholm".to_owned()),
        verb: "potpisan".to_owned(),
        sentence: "the Agreement was signed on 24 January 2017 in Stockholm".to_owned(),
        url: String::new(),
        page: None,
    }];
    sweden.gap = Some(Gap { days: 289, from: day("2017-01-24"), to: day("2017-11-09"), to_kind: "committee".to_owned(), at_most: false });
    let russia = english(
        3,
        "Bill on the Confirmation of the Agreement between the Ministry of the Interior of the Republic of Serbia and the Federal Security Service of the Russian Federation on Cooperation and Joint Actions",
        vec![
            party("Ministry of the Interior of the Republic of Serbia", "RS", Level::Ministry, true),
            party("Federal Security Service of the Russian Federation", "RU", Level::Agency, false),
        ],
    );
    let belgium = english(
        5,
        "Bill on the Confirmation of the Police Cooperation Agreement between the Republic of Serbia and the Kingdom of Belgium",
        vec![party("Republic of Serbia", "RS", Level::State, true), party("Kingdom of Belgium", "BE", Level::State, false)],
    );
    let all = [
        sweden,
        english(
            2,
            "Bill on the Confirmation of the Agreement amending the Agreement between the Government of the Republic of Serbia and the Government of the Kingdom of Spain on Reciprocal Recognition and Exchange of National Driving Licences",
            governments("ES", "the Kingdom of Spain"),
        ),
        russia,
        english(
            4,
            "Bill on the Confirmation of the Agreement between the Government of the Republic of Serbia and the Government of the Republic of Slovenia on Cooperation in the Area of Protection against Natural and Other Disasters",
            governments("SI", "the Republic of Slovenia"),
        ),
        belgium,
        english(
            6,
            "Bill on the Confirmation of the Memorandum of Understanding between the Government of the Republic of Serbia and the Government of the State of Israel on Military, Defence and Defence Industry Cooperation",
            governments("IL", "the State of Israel"),
        ),
        english(
            7,
            "Bill on the Confirmation of the Memorandum of Understanding between the Government of the Republic of Serbia and the Government of the Hellenic Republic on Cooperation within the Athens Multinational Sealift Coordination Center (AMSCC)",
            governments("GR", "the Hellenic Republic"),
        ),
    ];
    Edition {
        occasion: Occasion::Alert,
        made_at: at("2017-11-10T07:31"),
        watching_since: Some(day("2017-10-02")),
        findings: all.into_iter().map(|f| finding(Kind::Listed, f, committee_page())).collect(),
        median_gap: Some((61, 214)),
    }
}

pub(super) fn serbian(id: i64) -> Facts {
    let mut agreement = facts(
        id,
        "Предлог закона о потврђивању Споразума између Владе Републике Србије и Владе Народне Републике Кине о сарадњи",
        Language::SrCyrl,
        vec![
            party("Владе Републике Србије", "RS", Level::Government, true),
            party("Владе Народне Републике Кине", "CN", Level::Government, false),
        ],
    );
    agreement.act_number = "404-18".parse().ok();
    agreement.submitter = Some("Влада".to_owned());
    agreement.first_seen_at = at("2018-03-02T08:00");
    agreement.documents = vec![DocumentFact {
        url: "http://www.parlament.gov.rs/upload/archive/files/cir/pdf/predlozi_zakona/404-18.pdf".to_owned(),
        label: "PDF".to_owned(),
        state: "text".to_owned(),
    }];
    agreement.signatures = vec![SignatureFact {
        on: Some("2018-02-09".to_owned()),
        at: Some("Peking".to_owned()),
        verb: "sačinjen".to_owned(),
        sentence: "Потврђује се Споразум …, сачињен у Пекингу 9. фебруара 2018. године".to_owned(),
        url: String::new(),
        page: Some(2),
    }];
    agreement.gap = Some(Gap { days: 21, from: day("2018-02-09"), to: day("2018-03-02"), to_kind: "list".to_owned(), at_most: true });
    agreement
}

pub(super) fn edition(occasion: Occasion, findings: Vec<Finding>) -> Edition {
    Edition { occasion, made_at: at("2018-03-02T08:01"), watching_since: Some(day("2017-10-02")), findings, median_gap: Some((61, 214)) }
}

pub(super) fn bills() -> Place {
    Place::Bills { url: "http://www.parlament.gov.rs/akti/zakoni-u-proceduri/zakoni-u-proceduri.1037.html".to_owned() }
}

pub(super) fn scheduled() -> Edition {
    let mut agreement = serbian(8);
    let url = "http://www.parlament.gov.rs/Sednica.33001.941.html";
    agreement.sitting = Some(SittingFact {
        sitting_id: 12,
        title: "Прва седница Првог редовног заседања".to_owned(),
        held_on: Some(day("2018-03-06")),
        begins_at: NaiveTime::from_hms_opt(10, 0, 0),
        url: url.to_owned(),
        together_with: 22,
    });
    let place = Place::Sitting {
        url: url.to_owned(),
        committee: None,
        language: Language::SrCyrl,
        held_on: Some(day("2018-03-06")),
        sentence: "14. Предлог закона о потврђивању Споразума …, који је поднела Влада".to_owned(),
    };
    edition(Occasion::Alert, vec![finding(Kind::Scheduled, agreement, place)])
}

pub(super) fn written(edition: &Edition, language: Language) -> Letter {
    let letter = write(edition, &reader(language), Words::built_in()).unwrap();
    assert!(!letter.subject.contains(['\n', '\r']) && letter.subject.chars().count() <= SUBJECT_MAX, "{}", letter.subject);
    for line in letter.text.lines() {
        assert!(line.chars().count() <= text::WIDTH || line.contains("://"), "too long: {line}");
        assert!(!line.chars().any(|c| ('\u{E000}'..='\u{F8FF}').contains(&c)), "a mark is left: {line}");
    }
    assert!(!letter.text.contains("\n\n\n"), "two empty lines:\n{}", letter.text);
    letter
}

#[test]
fn the_founding_case_as_it_could_be_told_that_day() {
    let edition = founding();
    golden("founding.sr-Latn", &written(&edition, Language::SrLatn));
    golden("founding.sr-Cyrl", &written(&edition, Language::SrCyrl));
    golden("founding.en", &written(&edition, Language::En));
}

#[test]
fn the_founding_letter_claims_nothing_that_was_not_known() {
    for language in [Language::SrLatn, Language::SrCyrl, Language::En] {
        let letter = written(&founding(), language);
        for word in ["FSO", "ФСО", "FSB", "ФСБ", "170", "Moskv", "Москв", "Moscow", "tajn", "skriv", "hidden", "secret"] {
            assert!(!letter.text.contains(word), "{word}:\n{}", letter.text);
        }
        let head: String = letter.subject.chars().take(40).collect();
        assert!(head.starts_with("Rus") || head.starts_with("Рус"), "{head}");
    }
}

#[test]
fn one_bill_from_the_list() {
    let edition = edition(Occasion::Alert, vec![finding(Kind::Listed, serbian(8), bills())]);
    golden("listed.sr-Latn", &written(&edition, Language::SrLatn));
    golden("listed.en", &written(&edition, Language::En));
}

#[test]
fn a_bill_on_an_agenda_with_the_days_that_are_left() {
    let letter = written(&scheduled(), Language::SrLatn);
    assert!(letter.text.replace('\n', " ").contains("u utorak, 6. marta 2018. (za 4 dana)"), "{}", letter.text);
    golden("scheduled.sr-Latn", &letter);
    golden("scheduled.en", &written(&scheduled(), Language::En));
}

pub(super) fn mixed(occasion: Occasion) -> Edition {
    let mut gone = serbian(9);
    gone.title = "Предлог закона о потврђивању Уговора о зајму између KfW, Франкфурт на Мајни и Републике Србије".to_owned();
    gone.instrument = Some("ugovor".to_owned());
    gone.parties = vec![
        party("Републике Србије", "RS", Level::State, true),
        Party { name: "KfW, Франкфурт на Мајни".to_owned(), country: None, level: Level::Bank, ours: false },
    ];
    let mut findings = scheduled().findings;
    findings.push(finding(Kind::Delisted, gone, bills()));
    edition(occasion, findings)
}

#[test]
fn a_digest_tells_what_comes_to_the_vote_first() {
    let mut edition = mixed(Occasion::Digest { every: "daily".to_owned(), watched: None });
    edition.findings.reverse();
    let letter = written(&edition, Language::SrLatn);
    assert!(letter.text.contains("KfW, Франкфурт на Мајни"), "a printed name was changed:\n{}", letter.text);
    assert!(letter.text.find("KINA").or(letter.text.find("Kina")).unwrap() < letter.text.find("KfW").unwrap());
    golden("digest.sr-Latn", &letter);
    golden("digest.en", &written(&edition, Language::En));
}

#[test]
fn several_changes_of_one_bill_are_one_entry_and_all_are_told() {
    let mut edition = scheduled();
    let (place, agreement) = (edition.findings[0].place.clone(), edition.findings[0].agreement.clone());
    edition.findings.insert(0, finding(Kind::Listed, agreement.clone(), place.clone()));
    edition.findings.push(finding(Kind::DocumentAdded, agreement, place));
    let letter = written(&edition, Language::SrLatn);
    assert_eq!(letter.text.matches("404-18\n").count(), 1, "{}", letter.text);
    assert!(letter.subject.contains("na dnevnom redu"), "{}", letter.subject);
    assert!(letter.text.contains("prvi put na stranicama koje pratimo; dodat dokument"), "{}", letter.text);
}

#[test]
fn a_flood_of_bills_is_one_letter_that_mail_programs_show_whole() {
    let findings = (0..150).map(|id| finding(Kind::Listed, serbian(id), bills())).collect();
    let letter = written(&edition(Occasion::Alert, findings), Language::SrCyrl);
    assert!(letter.text.contains("За још 105 споразума у овом писму нема места"), "{}", letter.text);
    assert!(letter.html.len() < 100_000, "{}", letter.html.len());
}

#[test]
fn an_operator_notice_is_plain() {
    let occasion = Occasion::Operator {
        subject: "bills: the page could not be read, 3 polls in a row".to_owned(),
        paragraphs: vec!["The list of bills has no row.".to_owned(), "What to do: open the page in a browser.".to_owned()],
    };
    golden("operator", &written(&edition(occasion, Vec::new()), Language::SrCyrl));
}

#[test]
fn a_confirmation_asks_once() {
    let edition = edition(Occasion::Confirmation, Vec::new());
    golden("confirmation.sr-Latn", &written(&edition, Language::SrLatn));
    golden("confirmation.en", &written(&edition, Language::En));
    let without = Reader { confirm_url: None, ..reader(Language::SrLatn) };
    let letter = write(&edition, &without, Words::built_in()).unwrap();
    assert!(letter.text.contains("odgovorite na ovo pismo"), "{}", letter.text);
}

#[test]
fn a_hostile_title_stays_a_title() {
    let mut edition = founding();
    edition.findings.truncate(1);
    let agreement = &mut edition.findings[0].agreement;
    agreement.title =
        "<script>alert(1)</script>\r\nBcc: all@x.example\r\n\r\n{{ 7*7 }} {% raw %} [[1]] # x \u{202E}evil\u{E001}| a | b".to_owned();
    agreement.parties = vec![
        party("<b>Vlada</b>", "RS", Level::Government, true),
        Party { name: "\"><img src=x onerror=alert(1)>\nBcc: b@x".to_owned(), country: None, level: Level::Other, ours: false },
    ];
    agreement.documents = vec![DocumentFact { url: "javascript:alert(1)".to_owned(), label: "PDF".to_owned(), state: "text".to_owned() }];
    let letter = written(&edition, Language::SrLatn);
    assert!(
        !letter.html.contains("<script") && !letter.html.contains("<img") && !letter.html.contains("href=\"javascript"),
        "{}",
        letter.html
    );
    assert!(!letter.text.lines().any(|l| l.starts_with("Bcc")), "{}", letter.text);
    assert!(letter.text.contains("{{ 7*7 }}") && !letter.text.contains("49"), "{}", letter.text);
    golden("hostile.sr-Latn", &letter);
}

#[test]
fn the_number_of_bills_governs_the_sentence() {
    for (n, wanted) in [
        (2, "pojavila su se dva predloga zakona o potvrđivanju"),
        (5, "pojavilo se pet predloga zakona o potvrđivanju"),
        (11, "pojavilo se 11 predloga zakona o potvrđivanju"),
        (21, "pojavio se 21 predlog zakona o potvrđivanju"),
        (22, "pojavila su se 22 predloga zakona o potvrđivanju"),
        (112, "pojavilo se 112 predloga zakona o potvrđivanju"),
    ] {
        let findings = (0..n).map(|id| finding(Kind::Listed, serbian(id), bills())).collect();
        let letter = written(&edition(Occasion::Alert, findings), Language::SrLatn);
        assert!(letter.text.replace('\n', " ").contains(wanted), "{n}: {}", &letter.text[..400]);
    }
}

#[test]
fn the_opening_says_between_whom_and_about_what() {
    let opening = |title: &str, language| {
        let found = crate::domain::agreement::detect(title);
        let mut agreement = facts(1, title, crate::domain::script::language_of(title), found.parties);
        agreement.instrument = found.instrument;
        let letter = written(&edition(Occasion::Alert, vec![finding(Kind::Listed, agreement, bills())]), language);
        (letter.subject, letter.text.split("\n\n").next().unwrap().replace('\n', " "))
    };
    let (subject, text) = opening(
        "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Češke Republike o policijskoj saradnji i borbi protiv kriminala",
        Language::SrLatn,
    );
    assert_eq!(subject, "Češka: nov sporazum na spisku predloga zakona");
    assert!(text.contains("između Vlade Srbije i vlade Češke („o policijskoj saradnji i borbi protiv kriminala”)"), "{text}");
    let (subject, text) =
        opening("Predlog zakona o potvrđivanju Konvencije o uzajamnoj administrativnoj pomoći u poreskim pitanjima", Language::En);
    assert!(subject.starts_with("New convention on the list of bills: “"), "{subject}");
    assert!(text.contains("o uzajamnoj administrativnoj pomoći u poreskim pitanjima”"), "{text}");
}

#[test]
fn a_word_asked_for_is_quoted_with_its_article_and_a_replaced_text_with_what_changed() {
    let texts = Texts::of(&["x"], &[("http://x/a.pdf".to_owned(), "Члан 7.\nРазмена података врши се у року од 30 дана.".to_owned())]);
    let wanted = Wanted::of(&Preferences { words: vec!["podaci".to_owned()], ..Preferences::default() });
    let old = "Član 7.\nRazmena podataka vrši se u roku od 30 dana. Kraj.";
    let new = "Члан 7.\nРазмена података врши се у року од 90 дана. Крај. Трошкове сноси Страна.";
    let found = Finding {
        quotes: wanted.quotes(&texts),
        difference: Some(document::difference(old, new)),
        unverified: false,
        ..finding(
            Kind::DocumentReplaced,
            facts(1, "Predlog zakona o potvrđivanju Sporazuma", Language::SrLatn, Vec::new()),
            committee_page(),
        )
    };
    let edition = Edition {
        occasion: Occasion::Alert,
        made_at: at("2017-11-10T07:30"),
        watching_since: None,
        findings: vec![found],
        median_gap: None,
    };
    let letter = |language| write(&edition, &Reader { language, ..Reader::default() }, Words::built_in()).unwrap();
    let serbian = letter(Language::SrLatn);
    for told in [
        "Reč koju ste tražili, „podaci”, u tekstu (član 7):\n„Размена података врши се у року од 30 дана.”",
        "Član 7 – pisalo je:\n„Razmena podataka vrši se u roku od *30* dana.”",
        "Sada piše:\n„Размена података врши се у року од *90* дана.”",
        "Član 7 – dodato je:\n„Трошкове сноси Страна.”",
    ] {
        assert!(serbian.text.contains(told), "{told}\n---\n{}", serbian.text);
    }
    assert!(serbian.text.lines().all(|line| line.chars().count() <= 72 || line.starts_with("http")), "{}", serbian.text);
    assert!(serbian.html.contains(">30</del>") && serbian.html.contains(">90</ins>"), "{}", serbian.html);
    assert!(letter(Language::SrCyrl).text.contains("Члан 7 – писало је:"));
    let english = letter(Language::En).text;
    assert!(
        english.contains("Article 7 – it said:") && english.contains("The word you asked for, “podaci”, in the text (Article 7):"),
        "{english}"
    );
    let alone = difference(&document::difference(old, new), Language::En, Words::built_in()).unwrap();
    assert!(text::set(&alone).contains("It now says:\n“Размена"), "{}", text::set(&alone));
}
