//! What letters and timelines say of documents of several agreements at once; and what stands in a document's place and is none.

use crate::house::House;
use crate::house::documents::{docx, pdf, scan};
use crate::house::pages::{RowSpec, Script, activities_page, agenda, bills_page, sitting_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::tool;
use crate::watch::{ACTS, BILLS, Watch};

const WATER: &str = "Predlog zakona o izmenama i dopunama Zakona o vodama";
const NAMES: [&str; 4] = ["Kraljevine Švedske", "Ruske Federacije", "Republike Malte", "Republike Turske"];

fn title(of: &str) -> String {
    format!("Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade {of} o saradnji")
}

fn row(n: usize) -> RowSpec {
    let mut row = RowSpec::bill(&format!("40{n}-26"), &title(NAMES[n]), "2. mart 2026.");
    row.documents.truncate(1);
    row
}

fn path(n: usize) -> String {
    format!("/upload/archive/files/lat/pdf/predlozi_zakona/40{n}-26%20-%20Lat.pdf")
}

fn law(signed: &str, immunity: &str) -> Vec<u8> {
    pdf(&[&[
        "Član 1.",
        &format!("Potvrđuje se Sporazum o saradnji, {signed},"),
        "u originalu na srpskom i ruskom jeziku.",
        "Član 2.",
        "Tekst Sporazuma u originalu na srpskom jeziku glasi:",
        "Član 1.",
        immunity,
    ]])
}

const IN_MANDATE: &str = "potpisan u Beogradu 23. maja 2017. godine";
const OUT_OF_MANDATE: &str = "potpisan u Beogradu 1. juna 2017. godine";

/// A house that has looked once and has a reader for these kinds of change.
fn house(parliament: &Parliament, language: &str) -> House {
    let house = House::new().source("bills", "bills", parliament, BILLS);
    parliament.serve(BILLS, Reply::page(bills_page(&[RowSpec::bare(WATER, "1. mart 2026.")])));
    house.run(&["poll"]).expect(0);
    let add = ["subscriber", "add", "ana@ngo.example", "--language", language, "--confirmed", "--reason", "story"];
    house.run(&[&add[..], &["--change", "listed", "--change", "document_replaced"]].concat()).expect(0);
    house
}

fn list(parliament: &Parliament, rows: usize) {
    let rows = std::iter::once(RowSpec::bare(WATER, "1. mart 2026.")).chain((0..rows).map(row)).collect::<Vec<_>>();
    parliament.serve(BILLS, Reply::page(bills_page(&rows)));
}

/// The newest letter to Ana, its lines joined.
fn letter(house: &House, subject: &str) -> String {
    let all: Vec<String> = house.letters().into_iter().filter(|l| l.contains("To: ana@ngo.example") && l.contains(subject)).collect();
    assert_eq!(all.len(), 1, "{subject}: {:?}", house.letters());
    let text = all[0].split("quoted-printable").nth(1).unwrap().split("\n--").next().unwrap();
    plain(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Quoted-printable, undone.
fn plain(quoted: &str) -> String {
    let joined = quoted.replace("=\r\n", "").replace("=\n", "");
    let (mut bytes, mut rest) = (Vec::new(), joined.as_str());
    while let Some((before, after)) = rest.split_once('=') {
        bytes.extend(before.bytes());
        bytes.push(u8::from_str_radix(&after[..2], 16).unwrap());
        rest = &after[2..];
    }
    bytes.extend(rest.bytes());
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_letter_of_several_agreements_links_each_document_and_says_which_cannot_be_read() {
    if tool("pdftotext").is_none() {
        return;
    }
    let parliament = Parliament::open();
    let house = house(&parliament, "en");
    let typed: &[&str] = &[
        "Član 1.",
        "Potvrđuje se Sporazum o saradnji, potpisan u Beogradu 5. maja 2025. godine,",
        "u originalu na srpskom i ruskom jeziku. Tekst glasi:",
    ];
    parliament.serve(&path(0), Reply::document("application/pdf", law(OUT_OF_MANDATE, "Imunitet se ne daje.")));
    parliament.serve(&path(1), Reply::document("application/pdf", scan(2)));
    parliament.serve(&path(2), Reply::page("<!DOCTYPE html><html><body>Stranica ne postoji</body></html>"));
    parliament.serve(&path(3), Reply::document("application/pdf", pdf(&[typed, &[], &["3"]])));
    list(&parliament, 4);
    house.run(&["poll"]).expect(0);
    let letter = letter(&house, "and three more");
    for (n, said) in [
        (0, "Text (PDF): "),
        (1, "Document (PDF); scanned pages without searchable text: "),
        (2, "Document (PDF); a document we cannot open: "),
        (3, "Document (PDF); some pages have no text that can be searched: "),
    ] {
        let linked = format!("{said}{}", parliament.url(&path(n)));
        assert!(letter.contains(&linked), "{linked} is not in {letter}");
    }
    assert_eq!(letter.matches("On that day the mandate of Serbia's Government had ended.").count(), 1, "{letter}");
    assert!(letter.contains("for half of the agreements"), "a number of days is never alone: {letter}");
}

#[test]
fn several_replaced_documents_in_one_letter_each_say_what_changed() {
    if tool("pdftotext").is_none() {
        return;
    }
    let parliament = Parliament::open();
    let house = house(&parliament, "sr-Latn");
    (0..2).for_each(|n| parliament.serve(&path(n), Reply::document("application/pdf", law(IN_MANDATE, "Imunitet se ne daje."))));
    list(&parliament, 2);
    house.run(&["poll"]).expect(0);
    for (n, now) in ["Imunitet se daje svima.", "Imunitet se ne daje nikome."].into_iter().enumerate() {
        parliament.serve(&path(n), Reply::document("application/pdf", law(IN_MANDATE, now)));
    }
    house.run(&["poll", "--full"]).expect(0);
    let letter = letter(&house, "zamenjen");
    for said in ["svima", "nikome", "član 1"] {
        assert!(letter.to_lowercase().contains(said), "{said}: {letter}");
    }
    assert_eq!((letter.matches("SHA-256 pre").count(), letter.matches("SHA-256 sada").count()), (2, 2), "{letter}");
    let changes = house.run(&["changes", "--json"]).expect(0).json();
    for change in changes.as_array().unwrap().iter().filter(|c| c["kind"] == "document_replaced") {
        for side in ["before", "after", "field"] {
            assert!(letter.contains(change[side].as_str().unwrap()), "{side}: {letter}");
        }
    }
}

#[test]
fn two_documents_of_one_bill_replaced_alike_are_told_with_one_difference() {
    if tool("pdftotext").is_none() {
        return;
    }
    let parliament = Parliament::open();
    let house = house(&parliament, "en");
    let word = "/upload/archive/files/lat/doc/predlozi_zakona/400-26%20-%20Lat.doc";
    let serve = |immunity: &str| {
        parliament.serve(&path(0), Reply::document("application/pdf", law(IN_MANDATE, immunity)));
        let signed = format!("Potvrđuje se Sporazum o saradnji, {IN_MANDATE}, u originalu na srpskom i ruskom jeziku.");
        let text = ["Član 1.", &signed, "Član 2.", "Tekst Sporazuma u originalu na srpskom jeziku glasi:", "Član 1.", immunity];
        parliament.serve(word, Reply::document("application/msword", docx(&text)));
    };
    serve("Imunitet se ne daje.");
    let both = RowSpec::bill("400-26", &title(NAMES[0]), "2. mart 2026.");
    parliament.serve(BILLS, Reply::page(bills_page(&[RowSpec::bare(WATER, "1. mart 2026."), both])));
    house.run(&["poll"]).expect(0);
    serve("Imunitet se daje svima.");
    house.run(&["poll", "--full"]).expect(0);
    let letter = letter(&house, "replaced");
    assert_eq!(letter.matches("SHA-256 before").count(), 2, "both are told: {letter}");
    assert!(letter.contains("Document 2:") && letter.contains("the same as in document 1"), "{letter}");
    assert_eq!(letter.matches("It now says:").count(), 1, "the difference once: {letter}");
}

#[test]
fn a_page_of_errors_in_a_documents_place_is_no_replacement_until_it_stays() {
    if tool("pdftotext").is_none() {
        return;
    }
    let mut watch = Watch::over(&["bills"]);
    watch.documents = true;
    watch.bills(&[RowSpec::bare(WATER, "1. mart 2026.")]);
    watch.look();
    watch.parliament.serve(&path(0), Reply::document("application/pdf", law(IN_MANDATE, "Imunitet se ne daje.")));
    watch.bills(&[RowSpec::bare(WATER, "1. mart 2026."), row(0)]);
    watch.look();
    let told = watch.kinds().len();
    watch.full = true;
    let error = Reply::page("<!DOCTYPE html><html><body>Sajt je u izradi</body></html>");
    watch.parliament.serve(&path(0), error.clone());
    watch.hours(1);
    watch.look();
    watch.parliament.serve(&path(0), Reply::document("application/pdf", law(IN_MANDATE, "Imunitet se ne daje.")));
    watch.look();
    assert_eq!(watch.kinds_after(told), [""; 0], "it was there for one look");
    assert_eq!(watch.history("SELECT state FROM documents"), ["text"], "and the text stands");
    watch.parliament.serve(&path(0), error);
    for _ in 0..3 {
        watch.look();
        assert_eq!(watch.kinds_after(told), [""; 0]);
        watch.hours(11);
    }
    watch.look();
    assert_eq!(watch.kinds_after(told), ["document_replaced 400-26"], "what stays for a day is what there is");
    assert_eq!(watch.history("SELECT state FROM documents ORDER BY fetched_at"), ["text", "unreadable"]);
}

#[test]
fn the_same_bytes_come_again_and_each_replacement_keeps_its_own_difference() {
    if tool("pdftotext").is_none() {
        return;
    }
    let mut watch = Watch::over(&["bills"]);
    watch.documents = true;
    watch.full = true;
    watch.bills(&[RowSpec::bare(WATER, "1. mart 2026.")]);
    watch.look();
    let versions = ["Imunitet se ne daje.", "Imunitet se daje svima.", "Imunitet se daje nekima.", "Imunitet se daje svima."];
    for (n, words) in versions.into_iter().enumerate() {
        watch.parliament.serve(&path(0), Reply::document("application/pdf", law(IN_MANDATE, words)));
        watch.bills(&[RowSpec::bare(WATER, "1. mart 2026."), row(0)]);
        watch.hours(i64::try_from(n).unwrap());
        watch.look();
    }
    let shown = watch.house.run(&["show", "400-26", "--json"]).expect(0).json();
    let differences: Vec<String> = shown["replacements"].as_array().unwrap().iter().map(|r| r["difference"].to_string()).collect();
    assert_eq!(differences.len(), 3);
    assert!(differences[0].contains("ne") && differences[2].contains("nekima") && !differences[0].contains("nekima"), "{differences:#?}");
}

#[test]
fn a_notice_without_an_agenda_withdraws_the_countdown() {
    let sitting = "/Treca_sednica.50020.941.html";
    let convened = |watch: &Watch, title: &str, text: &str, items: &[String]| {
        let items: Vec<&str> = std::iter::once(text).chain(items.iter().map(String::as_str)).collect();
        watch.serve(sitting, sitting_page(Script::Latin, title, "Petak, 20. novembar 2026.", &items, ""));
    };
    let day = |watch: &Watch| (watch.now + chrono::TimeDelta::days(9)).format("%-d. %m. %Y").to_string();
    let begun = || {
        let mut watch = Watch::over(&["bills", "activities"]);
        watch.bills(&[row(0)]);
        watch.serve(ACTS, activities_page(Script::Latin, &[]));
        watch.look();
        let text = format!(
            "Sazvana je Treća sednica Drugog redovnog zasedanja za {}. godine, u 10 časova, sa sledećim dnevnim redom:",
            day(&watch)
        );
        convened(&watch, "Sazvana Treća sednica", &text, &agenda(&[&format!("{}, koji je podnela Vlada", title(NAMES[0]))]));
        watch.serve(ACTS, activities_page(Script::Latin, &[("Sazvana Treća sednica", sitting, "20. novembar 2026.")]));
        watch.look();
        assert_eq!(watch.history("SELECT stage, sitting_on IS NOT NULL FROM agreements"), ["scheduled|1"], "{:?}", watch.kinds());
        watch
    };
    // on the sitting's own page, without a word of its day
    let mut watch = begun();
    let held = watch.history("SELECT held_on FROM sittings");
    let told = watch.kinds().len();
    convened(&watch, "Otkazana Treća sednica", "Treća sednica Drugog redovnog zasedanja otkazana je.", &[]);
    watch.look();
    assert_eq!(watch.kinds_after(told), ["unscheduled 400-26"]);
    assert_eq!(watch.history("SELECT cancelled, held_on FROM sittings"), [format!("1|{}", held[0])], "its day is still known");
    let shown = watch.house.run(&["show", "400-26"]).expect(0).stdout;
    assert!(!shown.contains("vote  ") && shown.contains("sitting cancelled"), "{shown}");
    // on a page of its own that names the day
    let mut watch = begun();
    let told = watch.kinds().len();
    let notice = "/Odlaze_se_sednica.50021.941.html";
    let text = format!("Treća sednica Drugog redovnog zasedanja, sazvana za {}. godine, odlaže se.", day(&watch));
    watch.serve(notice, sitting_page(Script::Latin, "Odložena sednica Narodne skupštine", "Petak, 20. novembar 2026.", &[&text], ""));
    let links = [("Odložena sednica", notice, "20. novembar 2026."), ("Sazvana Treća sednica", sitting, "20. novembar 2026.")];
    watch.serve(ACTS, activities_page(Script::Latin, &links));
    watch.look();
    watch.look();
    assert_eq!(watch.kinds_after(told), ["unscheduled 400-26"]);
    assert_eq!(watch.history("SELECT cancelled FROM sittings"), ["1"]);
}

#[test]
fn no_days_are_counted_to_our_own_first_look_and_an_archived_page_is_a_step() {
    if tool("pdftotext").is_none() {
        return;
    }
    let parliament = Parliament::open();
    let house = House::new().source("bills", "bills", &parliament, BILLS);
    parliament.serve(&path(0), Reply::document("application/pdf", law(IN_MANDATE, "Imunitet se ne daje.")));
    list(&parliament, 1);
    house.run(&["poll"]).expect(0);
    let shown = house.run(&["show", "400-26"]).expect(0).stdout;
    assert!(shown.contains("listed (there at our first look)") && !shown.contains("gap  "), "{shown}");
    let days = |shown: &str| shown.lines().filter(|line| line.contains("  +")).count();
    assert_eq!(days(&shown), 0, "no number of days to a day that proves nothing: {shown}");
    std::fs::write(house.path().join("page.html"), bills_page(&[row(0)])).unwrap();
    house.run(&["import", "page.html", "--captured-at", "2017-10-01"]).expect(0);
    let shown = house.run(&["show", "400-26"]).expect(0).stdout;
    assert!(shown.contains("2017-10-01  +131") && shown.contains("on an archived page"), "{shown}");
    assert!(shown.contains("<=131 d from the signature") && shown.contains("no other agreement"), "{shown}");
    let row = &house.run(&["agreements", "--json"]).expect(0).json()[0];
    assert!(row["gap_sentence"].as_str().unwrap().contains("23. maja 2017"), "{row}");
    assert_eq!((&row["gap_sentence_url"], &row["gap_sentence_page"]), (&parliament.url(&path(0)).to_string().into(), &1.into()), "{row}");
    let head = house.run(&["agreements", "--csv"]).expect(0).stdout;
    assert!(head.lines().next().unwrap().ends_with("gap_median_days,gap_median_of"), "{head}");
}
