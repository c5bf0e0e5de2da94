//! What a document's text is made of, and what changed in it.
#![allow(clippy::unwrap_used)]

use super::difference::{Change, Side, What};
use super::*;
use crate::domain::script;

const LAW: &str = "ZAKON\nO POTVRĐIVANJU SPORAZUMA IZMEĐU VLADE REPUBLIKE SRBIJE I VLADE MAĐARSKE\n\nČlan 1.\nPotvrđuje se Sporazum između Vlade \
Republike Srbije i Vlade Mađarske, potpisan u Beogradu 5. maja 2017. godine, u originalu na srpskom i mađarskom jeziku.\n\nČlan 2.\nTekst \
Sporazuma u originalu na srpskom jeziku glasi:\n\nSPORAZUM\n\nVlada Republike Srbije i Vlada Mađarske, u daljem tekstu: Strane,\nsporazumele su \
se o sledećem:\n\nČlan 1.\nPredmet Sporazuma\n1. Strane sarađuju u oblasti bezbednosti. Razmena podataka vrši se u roku od 30 dana.\n2. Saradnja \
iz člana 5. Sporazuma ne obuhvata podatke o ličnosti.\n\nČlan 2.\nStrane mogu da otkažu Sporazum. Otkaz stupa na snagu posle šest meseci.\n\n\
Član 3.\nOvaj sporazum stupa na snagu danom prijema poslednjeg obaveštenja.\n\nAneks 1\n\nČlan 1.\nSpisak graničnih prelaza.\n\nČlan 3.\nOvaj \
zakon stupa na snagu osmog dana od dana objavljivanja u „Službenom glasniku Republike Srbije – Međunarodni ugovori”.\n\nO B R A Z L O Ž E NJ E\n\n\
I. USTAVNI OSNOV\nUstavni osnov sadržan je u članu 99. Ustava.\n";

fn told(change: &Change) -> String {
    let place = &change.place;
    let place = format!("{:?} {}", place.section, place.article.clone().unwrap_or_default());
    let what = match &change.what {
        What::Reworded { runs } => runs
            .iter()
            .map(|run| match run.side {
                Side::Both => run.text.clone(),
                Side::Old => format!("[-{}-]", run.text),
                Side::New => format!("{{+{}+}}", run.text),
            })
            .collect::<Vec<_>>()
            .join(" "),
        What::Added { text, whole } => format!("+{} {text}", if *whole { "article" } else { "" }),
        What::Removed { text, whole } => format!("-{} {text}", if *whole { "article" } else { "" }),
        What::Renumbered { from } => format!("was {}", from.article.clone().unwrap_or_default()),
    };
    format!("{place}: {what}")
}

fn all(old: &str, new: &str) -> Vec<String> {
    difference(old, new).changes.iter().map(told).collect()
}

#[test]
fn a_law_its_agreement_and_its_note_are_told_apart() {
    let places: Vec<String> = parts(LAW)
        .iter()
        .map(|p| {
            format!("{:?}/{}/{}", p.place.section, p.place.article.clone().unwrap_or_default(), p.place.annex.clone().unwrap_or_default())
        })
        .collect();
    let expected =
        ["Opening//", "Law/1/", "Law/2/", "Article/1/", "Article/2/", "Article/3/", "Annex//1", "Article/1/1", "Law/3/", "Explanation//"];
    assert_eq!(places, expected);
    let cyrillic: Vec<Place> = parts(&script::to_cyrillic(LAW)).into_iter().map(|p| p.place).collect();
    assert_eq!(cyrillic, parts(LAW).into_iter().map(|p| p.place).collect::<Vec<_>>());
}

#[test]
fn english_roman_and_lettered_headings_are_read_and_references_are_not() {
    let text = "AGREEMENT\n\nArticle 1 Definitions\nIn this Agreement the terms have the meaning that is given to them in the provisions of\n\
Article 5.\nNothing else applies to it.\nArticle IV\nThe Parties shall notify each other about all the measures taken according to the\n\
Article 7 of this Agreement.\nČlan 7a\nTekst.\nČlan 8. ovog sporazuma primenjuje se.\n";
    let found: Vec<(Option<String>, String)> = parts(text).into_iter().map(|p| (p.place.article, p.text)).collect();
    let numbers: Vec<&str> = found.iter().filter_map(|(n, _)| n.as_deref()).collect();
    assert_eq!(numbers, ["1", "IV", "7a"], "{found:?}");
    assert!(found[1].1.starts_with("Definitions In this") && found[1].1.contains("of Article 5. Nothing"), "{}", found[1].1);
    assert!(found[3].1.contains("Član 8. ovog"), "{}", found[3].1);
}

#[test]
fn other_pages_lines_hyphens_and_script_are_no_change() {
    let folded = LAW
        .replace("bezbednosti. Razmena", "bezbed-\nnosti.\n\nRazmena")
        .replace("posle šest", "posle\n\n- 2 -\n\u{c}Sporazum 2017\n\nšest");
    let paged = format!(
        "{}\n\n- 3 -\n\u{c}Sporazum 2017\n\nkraj",
        folded.replace("Vlada Republike Srbije i Vlada", "Vlada Re\u{ad}\npublike  Srbije i\nVlada")
    );
    let paged =
        paged.replace("ZAKON\n", "Sporazum 2017\n\nZAKON\n").replace("Član 2.\nTekst", "- 1 -\n\u{c}Sporazum 2017\n\nČlan 2.\nTekst");
    assert_eq!(all(&format!("{LAW}kraj"), &paged), [""; 0]);
    assert_eq!(all(LAW, &script::to_cyrillic(LAW)), [""; 0]);
    assert_eq!(all(LAW, &LAW.replace('\n', "\r\n").replace('„', "\"").replace('–', "-")), [""; 0]);
    assert!(difference(LAW, LAW).is_empty() && difference("", "").is_empty());
}

#[test]
fn a_changed_word_or_number_is_told_in_its_article() {
    let new = LAW.replace("30 dana", "90 dana").replace("ne obuhvata podatke", "obuhvata i podatke");
    assert_eq!(
        all(LAW, &new),
        [
            "Article 1: Razmena podataka vrši se u roku od [-30-] {+90+} dana.",
            "Article 1: 2. Saradnja iz člana 5. Sporazuma [-ne-] obuhvata {+i+} podatke o ličnosti."
        ]
    );
    let other = script::to_cyrillic(&LAW.replace("šest meseci", "dvanaest meseci"));
    assert_eq!(all(LAW, &other), ["Article 2: Отказ ступа на снагу после [-šest-] {+дванаест+} месеци."]);
}

#[test]
fn what_changes_the_sense_is_not_folded_away() {
    for (old, new) in [
        ("Kamata je 1,5%.", "Kamata je 15%."),
        ("iznos od 1.050 evra", "iznos od 10.50 evra"),
        ("10 5", "105"),
        ("€ 5", "$ 5"),
        ("4294967296", "9999999999"),
        ("a, b i c", "a b i c"),
        ("pri -5 °C", "pri 5 °C"),
    ] {
        assert!(!difference(old, new).is_empty(), "{old} / {new}");
    }
}

#[test]
fn a_new_article_is_told_once_and_the_others_as_renumbered() {
    let new = LAW
        .replace("Član 3.\nOvaj sporazum", "Član 4.\nOvaj sporazum")
        .replace("Član 2.\nStrane mogu", "Član 2.\nTroškove snosi svaka Strana. Iznos određuje komisija.\n\nČlan 3.\nStrane mogu");
    assert_eq!(
        all(LAW, &new),
        ["Article 2: +article Troškove snosi svaka Strana. Iznos određuje komisija.", "Article 3: was 2", "Article 4: was 3"]
    );
    assert_eq!(
        all(&new, LAW),
        ["Article 2: -article Troškove snosi svaka Strana. Iznos određuje komisija.", "Article 2: was 3", "Article 3: was 4"]
    );
}

#[test]
fn two_unlike_long_documents_cost_no_square() {
    let long = |word: &str| (0..20_000).map(|i| format!("{word} {i} strana. ")).collect::<String>();
    let start = std::time::Instant::now();
    let found = difference(&long("Prva"), &long("Druga"));
    assert!(found.cut && !found.changes.is_empty());
    let alike: String = (0..20_000).map(|i| if i % 3 == 0 { "Prva. " } else { "Druga. " }).collect();
    let other: String = (0..20_000).map(|i| if i % 5 < 2 { "Prva. " } else { "Druga. " }).collect();
    difference(&alike, &other);
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}

#[test]
fn a_document_of_nothing_but_the_same_line_keeps_it() {
    let pages = "Potvrđuje se Sporazum.\u{c}".repeat(4);
    assert!(parts(&pages).iter().any(|part| part.text.contains("Potvrđuje se Sporazum.")), "{:?}", parts(&pages));
}
