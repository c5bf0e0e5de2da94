//! Stories of documents: fetched, read, replaced, gone; and of what cannot be read.

use crate::house::documents::{docx, pdf, photographed, scan};
use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::{House, tool};
use crate::watch::{BILLS, Watch};
use crate::web::Pages;

const RUSSIA: &str = "Predlog zakona o potvrđivanju Sporazuma između Ministarstva unutrašnjih poslova Republike Srbije i Federalne službe bezbednosti Ruske Federacije o saradnji";
const SWEDEN: &str =
    "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Kraljevine Švedske o policijskoj saradnji";
const DOC: &str = "/upload/archive/files/lat/doc/predlozi_zakona/404-18 - Lat.doc";
const PDF: &str = "/upload/archive/files/lat/pdf/predlozi_zakona/404-18 - Lat.pdf";

fn path(path: &str) -> String {
    path.replace(' ', "%20")
}

/// The law as it was, or with another last article.
fn law(imunitet: &str) -> Vec<u8> {
    pdf(&[
        &["PREDLOG ZAKONA", "O POTVRĐIVANJU SPORAZUMA O SARADNJI"],
        &[
            "Član 1.",
            "Potvrđuje se Sporazum između Ministarstva unutrašnjih poslova Republike Srbije i",
            "Federalne službe bezbednosti Ruske Federacije o saradnji, potpisan u Moskvi 23. ma-",
            "ja 2017. godine, u originalu na srpskom i ruskom jeziku.",
            "Član 2.",
            "Tekst Sporazuma u originalu na srpskom jeziku glasi:",
            "SPORAZUM",
            "Član 1.",
            "Strane su 4. aprila 1999. godine potpisale drugi sporazum.",
            "Član 2.",
            imunitet,
        ],
    ])
}

fn only_pdf(title: &str, act: &str) -> RowSpec {
    let mut row = RowSpec::bill(act, title, "2. mart 2018.");
    row.documents.truncate(1);
    row
}

/// A watch whose baseline was an hour ago, and which reads documents.
fn watch() -> Watch {
    let mut watch = Watch::over(&["bills"]);
    watch.documents = true;
    watch.bills(&[RowSpec::bare("Predlog zakona o vodama", "1. mart 2018.")]);
    watch.look();
    watch.hours(1);
    watch
}

fn facts(watch: &Watch) -> Vec<String> {
    watch.history("SELECT signed_on, signed_at, signed_verb, languages, gap_days > 0 FROM agreements")
}

#[test]
fn the_letter_says_when_and_where_it_was_signed_and_the_page_that_proves_it() {
    if tool("pdftotext").is_none() {
        return;
    }
    let mut watch = watch();
    watch.parliament.serve(&path(PDF), Reply::document("application/pdf", law("Imunitet se ne daje.")));
    watch.bills(&[RowSpec::bare("Predlog zakona o vodama", "1. mart 2018."), only_pdf(RUSSIA, "404-18")]);
    watch.look();
    assert_eq!(facts(&watch), ["2017-05-23|Moskva|potpisan|[\"sr\",\"ru\"]|1"]);
    let signature = watch.history("SELECT page, sentence LIKE 'Potvrđuje se Sporazum%23. maja 2017.%', url FROM signature");
    assert_eq!(signature.len(), 1, "{signature:?}");
    assert!(signature[0].starts_with("2|1|http") && signature[0].ends_with(".pdf"), "{signature:?}");
    assert_eq!(watch.kinds(), ["listed -", "listed 404-18"], "what the alert says needs no second change");
    let document =
        watch.history("SELECT state, read_by, length(sha256), file LIKE 'evidence/%.pdf', text LIKE '%23. maja%' FROM documents");
    assert_eq!(document, ["text|pdftotext|64|1|1"]);
    let letter = watch.roster("SELECT facts FROM edition ORDER BY edition_id DESC LIMIT 1").pop().unwrap();
    assert!(letter.contains("2017-05-23") && letter.contains("\"page\":2"), "{letter}");
    assert_eq!(watch.history("SELECT bill_id FROM search WHERE search MATCH 'imunitet'"), ["2"]);
}

#[test]
fn a_second_look_at_unchanged_pages_and_documents_writes_nothing() {
    let mut watch = watch();
    watch.parliament.serve(&path(PDF), Reply::document("application/pdf", law("Imunitet se ne daje.")));
    watch.bills(&[RowSpec::bare("Predlog zakona o vodama", "1. mart 2018."), only_pdf(RUSSIA, "404-18")]);
    watch.look();
    let before = watch.dump();
    for full in [false, true] {
        watch.hours(30);
        watch.full = full;
        watch.look();
        assert_eq!(watch.dump(), before);
    }
    assert_eq!(watch.parliament.asked_for(&path(PDF)).len(), 3, "fetched again on schedule");
    assert!(watch.parliament.asked_for(&path(PDF)).iter().all(|asked| asked.header("if-none-match").is_none()));
}

#[test]
fn a_replaced_text_is_a_change_with_both_hashes_and_its_clauses() {
    if tool("pdftotext").is_none() {
        return;
    }
    let mut watch = watch();
    watch.parliament.serve(&path(PDF), Reply::document("application/pdf", law("Imunitet se ne daje.")));
    watch.bills(&[RowSpec::bare("Predlog zakona o vodama", "1. mart 2018."), only_pdf(RUSSIA, "404-18")]);
    watch.look();
    watch.hours(25);
    let mut same_words = law("Imunitet se ne daje.");
    same_words.extend(b"% other bytes\n");
    watch.parliament.serve(&path(PDF), Reply::document("application/pdf", same_words));
    watch.look();
    assert_eq!(watch.kinds(), ["listed -", "listed 404-18"], "the same words are no change");
    assert_eq!(watch.history("SELECT count(*) FROM documents WHERE state = 'text'"), ["2"], "and are logged");
    watch.hours(25);
    watch.parliament.serve(&path(PDF), Reply::document("application/pdf", law("Imunitet se daje svima.")));
    watch.look();
    assert_eq!(watch.kinds_after(2), ["document_replaced 404-18"]);
    let hashes = watch.history(
        "SELECT c.before = d.sha256, length(c.after), c.field LIKE '%.pdf' FROM changes c, documents d WHERE c.kind = 'document_replaced'
            AND d.document_id = 2",
    );
    assert_eq!(hashes, ["1|64|1"]);
    let shown = watch.house.run(&["show", "404-18"]).expect(0).stdout;
    assert!(shown.contains("svima") && shown.contains("Article 2"), "{shown}");
    let json = watch.house.run(&["show", "404-18", "--json"]).expect(0).json();
    let letter = watch.roster("SELECT facts FROM edition WHERE facts LIKE '%document_replaced%'");
    assert!(letter.is_empty(), "only who asked is told: {letter:?}");
    assert_eq!(json["replacements"][0]["difference"]["changes"].as_array().unwrap().len(), 1, "{json}");
    assert_eq!(facts(&watch), ["2017-05-23|Moskva|potpisan|[\"sr\",\"ru\"]|1"]);
    // The same stands on the bill's page, with both hashes.
    let id = watch.history("SELECT bill_id FROM bills WHERE act_number = '404-18'");
    let pages = Pages::of(&watch.house);
    let told = watch.history("SELECT before, after FROM changes WHERE kind = 'document_replaced'");
    let (before, after) = told[0].split_once('|').unwrap();
    for (language, heading) in [("en", "Replaced documents"), ("sr", "Zamenjeni dokumenti"), ("sr-cyrl", "Замењени документи")]
    {
        let page = pages.get(&format!("/{language}/agreement/{}", id[0])).body;
        for said in [heading, before, after, "svima"] {
            assert!(page.contains(said) || (said == "svima" && page.contains("свима")), "{language}: {said}: {page}");
        }
    }
    let other = watch.history("SELECT bill_id FROM bills WHERE act_number IS NULL");
    assert!(!pages.get(&format!("/en/agreement/{}", other[0])).body.contains("Replaced documents"));
}

#[test]
fn who_asked_is_told_what_a_replaced_document_says_otherwise() {
    if tool("pdftotext").is_none() {
        return;
    }
    let parliament = Parliament::open();
    let house = House::new().source("bills", "bills", &parliament, BILLS);
    parliament.serve(&path(PDF), Reply::document("application/pdf", law("Imunitet se ne daje.")));
    let water = || RowSpec::bare("Predlog zakona o vodama", "1. mart 2018.");
    parliament.serve(BILLS, Reply::page(bills_page(&[water()])));
    house.run(&["poll"]).expect(0);
    let kinds = ["--change", "document_replaced", "--change", "listed"];
    let add = ["subscriber", "add", "ana@ngo.example", "--language", "en", "--confirmed", "--reason", "story"];
    house.run(&[&add[..], &kinds[..]].concat()).expect(0);
    parliament.serve(BILLS, Reply::page(bills_page(&[water(), only_pdf(RUSSIA, "404-18")])));
    house.run(&["poll"]).expect(0);
    let letters = house.letters();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("23 May 2017, Moscow") && letters[0].contains("page 2"), "{}", letters[0]);
    parliament.serve(&path(PDF), Reply::document("application/pdf", law("Imunitet se daje svima.")));
    let polled = house.run(&["poll", "--full", "--json"]).expect(0).json();
    assert_eq!((&polled["documents"]["versions"], &polled["letters"]["sent"]), (&1.into(), &1.into()), "{polled}");
    let letters = house.letters();
    assert!(letters.iter().any(|letter| letter.contains("svima") && letter.contains("SHA-256 before")), "{letters:?}");
    let again = house.run(&["poll", "--full", "--json"]).expect(0).json();
    assert_eq!((&again["documents"]["versions"], &again["letters"]["sent"]), (&0.into(), &0.into()), "{again}");
}

#[test]
fn what_cannot_be_read_is_a_result_with_a_name() {
    if tool("pdftotext").is_none() {
        return;
    }
    let mut watch = watch();
    let cases: Vec<(&str, Reply, &str)> = vec![
        ("401-18", Reply::document("application/pdf", scan(3)), "scan"),
        ("402-18", Reply::page("<!DOCTYPE html><html><body>Stranica ne postoji</body></html>"), "unreadable"),
        ("403-18", Reply::status(404, "nema"), "missing"),
        ("404-18", Reply::document("application/pdf", law("x").split_at(300).0.to_vec()), "unreadable"),
        ("405-18", Reply::document("application/pdf", pdf(&[&["|\"#||$ %&!|# ||$!\"#|!$ |||#!!$ ###|| $$$!| ||##$$"]])), "garbled"),
        ("406-18", Reply::document("text/html", law("Imunitet.")), "text"),
    ];
    let rows: Vec<RowSpec> = cases.iter().map(|(act, ..)| only_pdf(&format!("{SWEDEN} {act}"), act)).collect();
    for (act, reply, _) in &cases {
        watch.parliament.serve(&path(&PDF.replace("404-18", act)), reply.clone());
    }
    watch.bills(&rows);
    watch.look();
    for (act, _, state) in &cases {
        let found = watch.history(&format!("SELECT state, note IS NULL FROM documents WHERE act_number = '{act}'"));
        assert_eq!(found, [format!("{state}|{}", i32::from(*state == "text"))], "{act}");
    }
    assert_eq!(watch.history("SELECT count(*) FROM changes WHERE kind = 'listed' AND silent = 0"), ["6"], "no bill was dropped");
}

#[test]
fn a_document_that_cannot_be_had_is_told_as_pending_and_tried_again() {
    let mut watch = Watch::over(&["bills"]);
    watch.documents = true;
    watch.bills(&[RowSpec::bare("Predlog zakona o vodama", "1. mart 2018.")]);
    watch.look();
    watch.parliament.serve(&path(PDF), Reply::status(503, ""));
    watch.bills(&[RowSpec::bare("Predlog zakona o vodama", "1. mart 2018."), only_pdf(RUSSIA, "404-18")]);
    watch.look();
    assert_eq!(watch.roster("SELECT count(*) FROM edition WHERE facts LIKE '%pending%'"), ["1"], "the alert went out without it");
    let tried = watch.parliament.asked_for(&path(PDF)).len();
    watch.look();
    assert_eq!(watch.parliament.asked_for(&path(PDF)).len(), tried, "not at once");
    watch.hours(1);
    watch.parliament.serve(&path(PDF), Reply::document("application/pdf", law("Imunitet.")));
    watch.look();
    if tool("pdftotext").is_some() {
        assert_eq!(watch.history("SELECT state FROM documents"), ["text"]);
    }
    assert_eq!(watch.kinds_after(2), ["document_added 404-18"], "it came after the alert");
    assert_eq!(watch.history("SELECT silent FROM changes WHERE kind = 'document_added'"), ["0"]);
}

#[test]
fn a_document_that_hangs_keeps_no_alert_waiting() {
    let parliament = Parliament::open();
    let house = House::new()
        .source("bills", "bills", &parliament, BILLS)
        .table("http", "allow_private_addresses = true\nmin_interval_ms = 0\ntimeout_s = 2");
    let water = || RowSpec::bare("Predlog zakona o vodama", "1. mart 2018.");
    parliament.serve(BILLS, Reply::page(bills_page(&[water()])));
    house.run(&["poll"]).expect(0);
    house.run(&["subscriber", "add", "ana@ngo.example", "--confirmed", "--reason", "story"]).expect(0);
    parliament.serve(
        &path(PDF),
        Reply::Stall(b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 90000\r\n\r\n%PDF-1.4".to_vec()),
    );
    parliament.serve(BILLS, Reply::page(bills_page(&[water(), only_pdf(RUSSIA, "404-18")])));
    let began = std::time::Instant::now();
    let polled = house.run(&["poll", "--json"]).expect(0).json();
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
    assert_eq!((&polled["letters"]["sent"], &polled["documents"]["versions"]), (&1.into(), &0.into()), "{polled}");
    let shown = house.run(&["show", "404-18", "--json"]).expect(0).json();
    assert_eq!((&shown["documents"][0]["state"], &shown["signed_on"]), (&"pending".into(), &serde_json::Value::Null));
}

#[test]
fn documents_that_come_and_go_are_changes() {
    let mut watch = watch();
    let bare = RowSpec { documents: Vec::new(), ..only_pdf(RUSSIA, "404-18") };
    let other = only_pdf(SWEDEN, "500-18");
    watch.bills(&[bare.clone(), other.clone()]);
    watch.look();
    watch.bills(&[only_pdf(RUSSIA, "404-18"), other.clone()]);
    watch.look();
    let kinds = |watch: &Watch| watch.history("SELECT kind FROM changes WHERE kind LIKE 'document%' ORDER BY change_id");
    assert_eq!(kinds(&watch), ["document_added"]);
    watch.bills(&[bare, other]);
    watch.full = true;
    for _ in 0..2 {
        watch.look();
        assert_eq!(kinds(&watch), ["document_added"], "one look proves no absence");
        watch.hours(13);
    }
    watch.look();
    assert_eq!(kinds(&watch), ["document_added", "document_removed"]);
    assert_eq!(watch.history("SELECT count(*) FROM documents WHERE gone_at IS NOT NULL"), ["1"]);
    let before = watch.dump();
    watch.look();
    assert_eq!(watch.dump(), before);
}

#[test]
fn documents_of_a_baseline_are_read_in_silence() {
    let mut watch = Watch::over(&["bills"]);
    watch.documents = true;
    watch.parliament.serve(&path(PDF), Reply::document("application/pdf", law("Imunitet.")));
    watch.bills(&[only_pdf(RUSSIA, "404-18")]);
    watch.look();
    assert_eq!(watch.history("SELECT kind, silent FROM changes"), ["listed|1", "document_added|1"]);
    assert_eq!(watch.roster("SELECT count(*) FROM letter WHERE subscriber_id IS NOT NULL"), ["0"]);
}

#[test]
fn a_word_file_is_read_by_the_hidden_child() {
    let parliament = Parliament::open();
    let house = House::new().source("bills", "bills", &parliament, BILLS);
    let text = [
        "Члан 1.",
        "Потврђује се Споразум о сарадњи, потписан у Москви 23. маја 2017. године, у оригиналу на српском и руском језику.",
        "Члан 2.",
        "Овај закон ступа на снагу осмог дана.",
    ];
    parliament.serve(&path(DOC), Reply::document("application/msword", docx(&text)));
    let mut row = RowSpec::bill("404-18", RUSSIA, "2. mart 2018.");
    row.documents.remove(0);
    parliament.serve(BILLS, Reply::page(bills_page(&[row])));
    house.run(&["poll"]).expect(0);
    let shown = house.run(&["show", "404-18", "--json"]).expect(0).json();
    assert_eq!(shown["documents"][0]["state"], "text", "{shown}");
    assert_eq!((&shown["signed_on"], &shown["signed_at"]), (&"2017-05-23".into(), &"Moskva".into()));
}

#[test]
fn a_missing_tool_is_a_named_state_and_read_once_it_is_there() {
    let parliament = Parliament::open();
    let house = House::new()
        .source("bills", "bills", &parliament, BILLS)
        .table("operator", "emails = [\"op@ngo.example\", \"second@ngo.example\"]");
    parliament.serve(&path(PDF), Reply::document("application/pdf", law("Imunitet.")));
    parliament.serve(BILLS, Reply::page(bills_page(&[only_pdf(RUSSIA, "404-18")])));
    let without = |args: &[&str]| house.command(args).env("PATH", house.path()).output().unwrap();
    let polled = without(&["poll"]);
    assert!(polled.status.success(), "{}", String::from_utf8_lossy(&polled.stderr));
    assert!(String::from_utf8_lossy(&polled.stderr).contains("poppler-utils"), "{}", String::from_utf8_lossy(&polled.stderr));
    let state = || house.run(&["show", "404-18", "--json"]).expect(0).json()["documents"][0]["state"].clone();
    assert_eq!(state(), "unread");
    let checked = without(&["check", "--offline"]);
    assert!(String::from_utf8_lossy(&checked.stdout).contains("poppler-utils"));
    let told = |word: &str| {
        let subject = |letter: &String| letter.lines().find(|line| line.starts_with("Subject: ")).unwrap_or_default().to_owned();
        house.letters().iter().map(subject).filter(|subject| subject.contains(word)).count()
    };
    without(&["poll"]);
    without(&["poll"]);
    assert_eq!(told("pdftotext is not installed"), 2, "once to each operator: {:?}", house.letters());
    if tool("pdftotext").is_some() {
        house.run(&["poll"]).expect(0);
        house.run(&["poll"]).expect(0);
        assert_eq!(told("pdftotext is installed again"), 2);
        assert_eq!(state(), "text");
    }
}

#[test]
fn a_scan_is_read_by_its_pictures_where_a_program_can_and_proves_no_day() {
    if tool("pdftotext").is_none() || tool("pdftoppm").is_none() || tool("tesseract").is_none() {
        return;
    }
    let mut watch = watch();
    watch.parliament.serve(&path(PDF), Reply::page(photographed(&pdf(&[&["Clan 1.", "Lica imaju imunitet."]]))));
    watch.bills(&[only_pdf(RUSSIA, "404-18"), RowSpec::bare("Predlog zakona o vodama", "1. mart 2018.")]);
    watch.look();
    let read = watch.history("SELECT state, read_by, text LIKE '%Lica imaju imunitet%', note, text FROM documents");
    assert_eq!(read.len(), 1, "{read:?}");
    assert!(read[0].starts_with("scan|tesseract|1|"), "{read:?}");
    assert!(read[0].contains("may be wrong"), "said to be recognised: {read:?}");
    assert_eq!(watch.history("SELECT count(*) FROM agreements WHERE signed_on IS NOT NULL"), ["0"], "guessed letters prove no day");
    // The same pictures are not read again.
    watch.look();
    assert_eq!(watch.history("SELECT count(*) FROM documents"), ["1"]);
}
