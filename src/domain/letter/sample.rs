//! Editions of every sort, by which words are checked before a letter is owed.
//!
//! Never reaches a reader: what stands here is made up.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::domain::article::persons;
use crate::domain::bill::{ActNumber, Language, Level, Party, Verdict};
use crate::domain::change::Kind;
use crate::domain::document::{self, Difference, Section};
use crate::domain::letter::coming::ComingSitting;
use crate::domain::letter::correction::{Corrected, Statement};
use crate::domain::letter::silence::{BlindPage, Watched, WatchedPage};
use crate::domain::letter::words::{Fault, Words, told};
use crate::domain::letter::{
    DocumentFact, Edition, Facts, Finding, Gap, Occasion, Place, Reader, SignatureFact, SittingFact, WriteError, write,
};
use crate::domain::subscriber::words::Quote;

/// What goes wrong when a letter of every sort is written: each fault once.
pub(super) fn faults(words: &Words) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    let mut note = |WriteError { name, source }: WriteError| {
        let fault = told(&name, &source);
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    };
    for (edition, reader) in all() {
        // The frame and the calendar are seen enough with the letters of one page; of the others the words alone are written.
        let whole = !matches!(edition.findings.first(), Some(Finding { place: Place::Laws { .. } | Place::Sitting { .. }, .. }));
        let written = if whole { write(&edition, &reader, words).map(drop) } else { rendered(&edition, &reader, words) };
        written.unwrap_or_else(&mut note);
    }
    for language in [Language::SrLatn, Language::En] {
        super::difference(&replaced(), language, words).map(drop).unwrap_or_else(&mut note);
    }
    faults
}

fn rendered(edition: &Edition, reader: &Reader, words: &Words) -> Result<(), WriteError> {
    let (name, language, seen) = super::told(edition, reader)?;
    words.write(name, language, seen).map(drop).map_err(|source| WriteError { name: name.to_owned(), source })
}

/// Every sort of letter in both languages; every seventh, and every one of its own sort, also for a reader of whom nothing is known.
pub(super) fn all() -> impl Iterator<Item = (Edition, Reader)> {
    editions().into_iter().enumerate().flat_map(|(n, edition)| {
        let bare = n % 7 == 0 || edition.occasion != Occasion::Alert;
        let readers =
            [Language::SrLatn, Language::En].map(|language| [true, false].map(|full| (full || bare).then(|| reader(language, full))));
        readers.into_iter().flatten().flatten().map(move |reader| (edition.clone(), reader))
    })
}

fn editions() -> Vec<Edition> {
    let mut all = Vec::new();
    for many in [1, 2, 7] {
        for kind in Kind::ALL {
            for place in places().into_iter().take(if many == 7 { 1 } else { usize::MAX }) {
                all.push(edition(Occasion::Alert, (0..many).map(|n| finding(n, *kind, place.clone())).collect()));
            }
        }
    }
    let every: Vec<Finding> = Kind::ALL.iter().zip(0..).map(|(kind, n)| finding(n, *kind, places().swap_remove(0))).collect();
    for sort in ["daily", "weekly", "late"] {
        let watched = (sort != "late").then(|| watched(5));
        all.push(edition(Occasion::Digest { every: sort.to_owned(), watched }, every.clone()));
    }
    for n in [0, 1, 2, 5] {
        all.push(edition(Occasion::Silence { watched: watched(n) }, Vec::new()));
        all.push(edition(Occasion::Blind { pages: blind(None) }, Vec::new()));
        all.push(edition(Occasion::Sighted { pages: blind(Some(instant())) }, Vec::new()));
    }
    all.push(edition(Occasion::Alert, every));
    for n in [0, 1] {
        all.push(edition(Occasion::Alert, Kind::ALL.iter().map(|kind| finding(n, *kind, places().swap_remove(0))).collect()));
    }
    for many in [1, 2, 5] {
        for cancelled in [false, true] {
            all.push(edition(Occasion::Sittings { sittings: (0..many).map(|n| coming(n, cancelled)).collect() }, Vec::new()));
        }
    }
    for n in 0..3 {
        all.push(edition(Occasion::Correction { corrects: corrected(n) }, vec![finding(n, Kind::Listed, places().swap_remove(0))]));
    }
    all.push(edition(Occasion::Farewell, Vec::new()));
    all.push(edition(Occasion::Confirmation, Vec::new()));
    all.push(edition(Occasion::Manage, Vec::new()));
    all.push(edition(Occasion::Operator { subject: "A subject".to_owned(), paragraphs: vec!["A paragraph.".to_owned()] }, Vec::new()));
    all
}

/// A week with `n` of everything; a bad one where `n` is less than two.
fn watched(n: usize) -> Watched {
    let until = instant();
    let from = until - TimeDelta::days(7);
    let page = |kind: &str| WatchedPage {
        kind: kind.to_owned(),
        url: "http://parliament.example/page".to_owned(),
        looks: n + 1,
        good: n,
        rows: n,
        agreements: n,
        newest_good_at: (n > 0).then_some(until),
        longest: (n < 5).then_some((from, from + TimeDelta::hours(if n == 2 { 5 } else { 31 }))),
    };
    Watched { from, until, pages: ["bills", "laws", "activities"].map(page).into(), found: n % 5, pause_s: 2 * 3_600 }
}

/// The `n`th has what the one before lacks.
fn coming(n: i64, cancelled: bool) -> ComingSitting {
    let name = ["Одбор за одбрану и унутрашње послове", "Committee on Something Else", "Odbor za nešto drugo"][(n % 3) as usize];
    ComingSitting {
        committee: name.to_owned(),
        held_on: (instant() + TimeDelta::days(n * 5)).date_naive(),
        begins_at: NaiveTime::from_hms_opt(12, 30 * (n as u32 % 2), 0).filter(|_| n != 2),
        hall: (n != 1).then(|| "sala 3".to_owned()),
        cancelled,
        url: "http://parliament.example/page".to_owned(),
    }
}

fn blind(until: Option<DateTime<Utc>>) -> Vec<BlindPage> {
    let page = |kind: &str| BlindPage {
        kind: kind.to_owned(),
        url: "http://parliament.example/page".to_owned(),
        since: instant() - TimeDelta::hours(26),
        until,
    };
    ["bills", "laws", "activities"].map(page).into()
}

fn edition(occasion: Occasion, findings: Vec<Finding>) -> Edition {
    let median_gap = (findings.len() != 2).then_some((61, 143));
    Edition { occasion, made_at: instant(), watching_since: day("2017-10-02"), findings, median_gap }
}

fn instant() -> DateTime<Utc> {
    DateTime::from_timestamp(1_520_000_000, 0).unwrap_or_default()
}

fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

fn places() -> Vec<Place> {
    let url = "http://parliament.example/page".to_owned();
    let sitting = |committee: Option<&str>, sentence: &str| Place::Sitting {
        url: url.clone(),
        committee: committee.map(str::to_owned),
        language: Language::En,
        held_on: day("2018-03-06"),
        sentence: sentence.to_owned(),
    };
    vec![
        Place::Bills { url: url.clone() },
        Place::Laws { url: url.clone() },
        sitting(None, "1. Bill"),
        sitting(Some("Defence and Internal Affairs Committee"), "They considered the Bill."),
        sitting(Some("Committee on Something Else"), ""),
    ]
}

/// Parties of every sort: none that is a state, one unknown, none at all, many.
fn parties(n: i64) -> Vec<Party> {
    let party =
        |name: &str, country: Option<&str>, level, ours| Party { name: name.to_owned(), country: country.map(str::to_owned), level, ours };
    match n % 4 {
        0 => vec![
            party("Ministry of the Interior of the Republic of Serbia", Some("RS"), Level::Ministry, true),
            party("Federal Security Service of the Russian Federation", Some("RU"), Level::Agency, false),
        ],
        1 => vec![party("Vlada Republike Srbije", Some("RS"), Level::Government, true), party("KfW", None, Level::Bank, false)],
        2 => Vec::new(),
        _ => vec![
            party("Republika Srbija", Some("RS"), Level::State, true),
            party("Republika Grčka", Some("GR"), Level::State, false),
            party("Ujedinjene nacije", None, Level::Organisation, false),
            party("Neko", None, Level::Other, false),
        ],
    }
}

/// Findings that differ as agreements do: with everything known, with little, with nothing.
fn finding(n: i64, kind: Kind, place: Place) -> Finding {
    let full = n % 2 == 0;
    let agreement = Facts {
        bill_id: n,
        act_number: full.then_some(ActNumber { serial: 404, year: 18 }),
        title: "Bill on the Confirmation of the Agreement".to_owned(),
        language: Language::En,
        other_titles: if n % 3 == 1 {
            vec!["Предлог закона о потврђивању Споразума".to_owned()]
        } else {
            Vec::new()
        },
        verdict: if n % 3 == 2 { Verdict::Doubtful } else { Verdict::Agreement },
        instrument: full.then(|| "konvencija".to_owned()),
        parties: parties(n),
        signatures: if full { ["2017-05-23", "1992", ""].iter().map(|on| signature(on)).collect() } else { Vec::new() },
        gap: day("2017-05-23").zip(day("2017-11-09")).filter(|_| full).map(|(from, to)| Gap {
            days: 170,
            from,
            to,
            to_kind: if n % 3 == 0 { "committee" } else { "list" }.to_owned(),
            at_most: n % 3 == 0,
        }),
        first_seen_at: instant(),
        documents: ["text", "scan", "garbled", "missing", "unreadable", "pending"]
            .iter()
            .filter(|_| n % 3 == 0)
            .map(|state| DocumentFact {
                url: "http://parliament.example/a.pdf".to_owned(),
                label: "PDF".to_owned(),
                state: (*state).to_owned(),
            })
            .collect(),
        submitter: full.then(|| "Vlada".to_owned()),
        sitting: (full && kind != Kind::Unscheduled).then(|| sitting(n)),
        possibly_same_as: full.then(|| "Another bill".to_owned()),
        persons: if full {
            persons::read("Za Vladu Republike Srbije\nPetar Petrović, ministar\nZa Vladu Mađarske\nJanoš Kovač")
        } else {
            Vec::new()
        },
        committees: Vec::new(),
        from_archive: n % 3 == 1,
        contested: n % 4 == 0,
    };
    Finding {
        change_id: n,
        kind,
        seen_at: instant(),
        field: Some("submitter".to_owned()),
        before: Some("a".to_owned()).filter(|_| full),
        after: Some("b".to_owned()),
        agreement,
        place,
        quotes: if full { quotes() } else { Vec::new() },
        difference: (kind == Kind::DocumentReplaced).then(replaced),
        called_off: (kind == Kind::Unscheduled).then(|| sitting(n)),
        unverified: false,
        by_fetching: full,
        waited: n % 5 == 4,
    }
}

fn sitting(n: i64) -> SittingFact {
    SittingFact {
        sitting_id: n,
        title: "Sitting".to_owned(),
        held_on: [day("2018-03-06"), day("2018-01-06"), None][usize::try_from(n / 2 % 3).unwrap_or(0)],
        begins_at: NaiveTime::from_hms_opt(10, 0, 0),
        url: format!("http://parliament.example/{n}"),
        together_with: 21,
    }
}

fn corrected(n: i64) -> Corrected {
    let said = |language| (n != 1).then(|| format!("{language} {n}"));
    Corrected {
        key: "alert".to_owned(),
        sender_domain: "potvrda.example".to_owned(),
        made_at: instant(),
        no_agreement: n == 2,
        wrong: Statement { serbian: said("sr").filter(|_| n == 0), english: None },
        right: Statement { serbian: Some("Тачно".to_owned()), english: said("en") },
    }
}

fn quotes() -> Vec<Quote> {
    let place = |section, article: Option<&str>, annex: Option<&str>| crate::domain::document::Place {
        section,
        article: article.map(str::to_owned),
        annex: annex.map(str::to_owned),
    };
    let places = [
        place(Section::Opening, None, None),
        place(Section::Article, Some("7"), None),
        place(Section::Article, Some("7"), Some("2")),
        place(Section::Law, Some("2"), None),
        place(Section::Annex, None, None),
        place(Section::Explanation, None, None),
    ];
    let quote = |place| Quote {
        word: "policija".to_owned(),
        sentence: "Policija.".to_owned(),
        place,
        url: "http://parliament.example/a.pdf".to_owned(),
    };
    places.into_iter().map(quote).collect()
}

fn replaced() -> Difference {
    let text = |days: &str, more: &str| format!("Član 1.\nRok je {days} dana.\n\nČlan 2.\nStrane sarađuju.\n\n{more}");
    let mut all = document::difference(
        &text("30", "Član 3.\nTroškovi.\n\nČlan 4.\nKraj je tu."),
        &text("60 radnih", "Član 3.\nKraj je tu. Dodato je."),
    );
    all.cut = true;
    all
}

fn signature(on: &str) -> SignatureFact {
    SignatureFact {
        on: Some(on.to_owned()).filter(|d| !d.is_empty()),
        at: Some("Moskva".to_owned()).filter(|_| on.len() != 4),
        verb: "usvojen".to_owned(),
        sentence: "Potvrđuje se".to_owned(),
        url: "http://parlament.example/1.pdf".to_owned(),
        page: Some(1).filter(|_| on.len() != 4),
    }
}

fn reader(language: Language, full: bool) -> Reader {
    let some = |text: &str| Some(text.to_owned()).filter(|_| full);
    Reader {
        language,
        confirmed_on: day("2017-10-03").filter(|_| full),
        filters: if full { vec!["RU".to_owned()] } else { Vec::new() },
        leave_url: some("https://potvrda.example/unsubscribe/x"),
        leave_mailto: some("mailto:leave@potvrda.example"),
        confirm_url: some("https://potvrda.example/confirm/x"),
        manage_url: some("https://potvrda.example/manage/x"),
        controller: some("An association"),
        public_url: some("https://potvrda.example"),
        sender: some("potvrda@potvrda.example"),
    }
}
