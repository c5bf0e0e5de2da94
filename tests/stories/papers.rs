//! Documents that are not what a reader hopes for: pages that are pictures, papers that contradict each other, the paper of another agreement.

use std::process::Command;

use crate::house::documents::{pdf, photographed};
use crate::house::pages::RowSpec;
use crate::house::parliament::Reply;
use crate::house::tool;
use crate::watch::Watch;

const SWEDEN: &str =
    "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Kraljevine Švedske o policijskoj saradnji";
const PDF: &str = "/upload/archive/files/lat/pdf/predlozi_zakona/404-18 - Lat.pdf";
const OTHER: &str = "/upload/archive/files/cir/pdf/predlozi_zakona/404-18 - Cir.pdf";

/// The law that confirms an agreement with a country, signed on a day in Stockholm.
fn law(country: &str, day: &str) -> Vec<u8> {
    pdf(&[&[
        "Član 1.",
        "Potvrđuje se Sporazum između Vlade Republike Srbije i Vlade",
        &format!("{country} o policijskoj saradnji, potpisan u Stokholmu"),
        &format!("{day} godine, u originalu na srpskom i engleskom jeziku."),
        "Član 2.",
        "Tekst Sporazuma u originalu na srpskom jeziku glasi:",
        "Strane sarađuju u oblasti sprečavanja kriminala.",
    ]])
}

/// A watch whose baseline is over, with these documents of the one new agreement.
fn watch(documents: &[(&str, Vec<u8>)]) -> Watch {
    let mut watch = Watch::over(&["bills"]);
    watch.documents = true;
    let water = || RowSpec::bare("Predlog zakona o vodama", "1. mart 2018.");
    watch.bills(&[water()]);
    watch.look();
    let mut row = RowSpec::bill("404-18", SWEDEN, "2. mart 2018.");
    row.documents = documents.iter().map(|(path, _)| ("PDF".to_owned(), (*path).to_owned())).collect();
    for (path, body) in documents {
        watch.parliament.serve(&path.replace(' ', "%20"), Reply::document("application/pdf", body.clone()));
    }
    watch.bills(&[water(), row]);
    watch.look();
    watch
}

fn letter(watch: &Watch) -> String {
    let id = watch.roster("SELECT letter_id FROM letter WHERE subscriber_id IS NOT NULL ORDER BY letter_id DESC LIMIT 1");
    let shown = watch.house.run(&["outbox", "show", &id[0]]).expect(0).stdout;
    shown.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The pages of several PDFs as one file.
fn united(parts: &[Vec<u8>]) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = |n: usize| dir.path().join(format!("{n}.pdf"));
    parts.iter().enumerate().for_each(|(n, part)| std::fs::write(path(n), part).unwrap());
    let out = dir.path().join("all.pdf");
    let done = Command::new("pdfunite").args((0..parts.len()).map(path)).arg(&out).output().unwrap();
    std::fs::read(out).unwrap_or_else(|why| panic!("{why}: {done:?}"))
}

#[test]
fn a_picture_between_typed_pages_is_recognised_in_its_place_and_proves_no_day() {
    if tool("pdftotext").is_none() || tool("pdftoppm").is_none() || tool("tesseract").is_none() {
        return;
    }
    let typed = |line: &str| pdf(&[&["Obrazloženje", line, "Ovim zakonom uređuje se saradnja u oblasti bezbednosti."]]);
    let picture = photographed(&pdf(&[&["Clan 1.", "Potvrdjuje se Sporazum, potpisan 24. januara 2017. godine.", "Lica imaju imunitet."]]));
    let whole = united(&[typed("Razlozi za donošenje zakona."), picture, typed("Procena sredstava.")]);
    let mut watch = watch(&[(PDF, whole)]);
    let read = watch.history("SELECT state, read_by, note, text FROM documents");
    assert_eq!(read.len(), 1, "{read:?}");
    assert!(
        read[0].starts_with("text|pdftotext, tesseract|1 of its 3 pages without a text layer: what stands on 1 of them was"),
        "{read:?}"
    );
    let pages: Vec<&str> = read[0].split('\u{c}').collect();
    assert!(pages[1].contains("imunitet") && pages[2].contains("Procena") && pages[0].contains("Razlozi"), "{pages:?}");
    assert_eq!(watch.history("SELECT bill_id FROM search WHERE search MATCH 'imunitet'").len(), 1);
    assert_eq!(watch.history("SELECT count(*) FROM signature"), ["0"], "guessed letters prove no day");
    assert_eq!(watch.kinds_after(1), ["listed 404-18", "document_added 404-18"], "what the alert could not know is told to those who ask");
    // The same pictures are not read again.
    let before = watch.dump();
    watch.hours(30);
    watch.look();
    assert_eq!(watch.dump(), before);
}

#[test]
fn an_empty_page_is_looked_at_once_and_told_of_to_nobody() {
    if tool("pdftotext").is_none() || tool("pdftoppm").is_none() || tool("tesseract").is_none() {
        return;
    }
    let law = law("Kraljevine Švedske", "24. januara 2017.");
    let mut watch = watch(&[(PDF, united(&[law, pdf(&[&[]])]))]);
    assert_eq!(watch.history("SELECT state, read_by FROM documents"), ["text|pdftotext, tesseract"]);
    assert_eq!(watch.history("SELECT signed_on FROM agreements"), ["2017-01-24"]);
    assert_eq!(watch.kinds_after(1), ["listed 404-18"]);
    let before = watch.dump();
    watch.hours(30);
    watch.look();
    assert_eq!(watch.dump(), before);
}

#[test]
fn two_documents_with_two_days_of_signature_leave_it_unclear() {
    if tool("pdftotext").is_none() {
        return;
    }
    let day = |day: &str| law("Kraljevine Švedske", day);
    let watch = watch(&[(PDF, day("24. januara 2017.")), (OTHER, day("26. januara 2017."))]);
    let known = watch.history("SELECT signed_on, signed_unclear, gap_days IS NULL, gap_from IS NULL FROM agreements");
    assert_eq!(known, ["[\"2017-01-24\",\"2017-01-26\"]|1|1|1"]);
    let said = letter(&watch);
    assert!(said.contains("nejasno") && said.contains("možda 24. januar 2017, Stokholm") && !said.contains("Od tada"), "{said}");
    let shown = watch.house.run(&["show", "404-18"]).expect(0).stdout;
    assert!(shown.contains("two sources print different days of signature"), "{shown}");
    assert!(!shown.contains("\ngap "), "{shown}");
}

#[test]
fn the_paper_of_another_agreement_proves_nothing_of_this_one() {
    if tool("pdftotext").is_none() {
        return;
    }
    let watch = watch(&[(PDF, law("Republike Portugalije", "24. januara 2017."))]);
    assert_eq!(watch.history("SELECT state FROM documents"), ["text"]);
    assert_eq!(watch.history("SELECT signed_on, gap_days, languages FROM agreements"), ["||[]"]);
}
