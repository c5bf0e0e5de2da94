//! What proves that something is gone: neither an error of the server, nor a page in its place, nor a clock that stood wrong.

use chrono::{DateTime, TimeDelta};

use crate::house::documents::pdf;
use crate::house::pages::RowSpec;
use crate::house::parliament::Reply;
use crate::house::tool;
use crate::watch::Watch;

const SWEDEN: &str =
    "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Kraljevine Švedske o policijskoj saradnji";
const PDF: &str = "/upload/archive/files/lat/pdf/predlozi_zakona/404-26%20-%20Lat.pdf";

fn rows() -> [RowSpec; 2] {
    let mut row = RowSpec::bill("404-26", SWEDEN, "3. mart 2026.");
    row.documents.truncate(1);
    [RowSpec::bare("Predlog zakona o vodama", "1. mart 2026."), row]
}

fn law() -> Reply {
    Reply::document("application/pdf", pdf(&[&["Član 1.", "Potvrđuje se Sporazum o saradnji, potpisan u Beogradu 23. maja 2017. godine."]]))
}

/// A watch that reads documents, after its first look; the agreement is new, and its document answers this.
fn begin(document: Reply) -> Watch {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows()[..1]);
    watch.look();
    watch.hours(1);
    (watch.documents, watch.full) = (true, true);
    watch.parliament.serve(PDF, document);
    watch.bills(&rows());
    watch.look();
    watch
}

/// What is told of looks so many hours apart, at which the document answers this.
fn told(watch: &mut Watch, document: &Reply, hours: &[i64]) -> Vec<String> {
    let n = watch.kinds().len();
    watch.parliament.serve(PDF, document.clone());
    for pause in hours {
        watch.hours(*pause);
        watch.look();
    }
    watch.kinds_after(n)
}

#[test]
fn an_error_of_the_server_is_no_proof_that_a_document_is_gone() {
    if tool("pdftotext").is_none() {
        return;
    }
    let mut watch = begin(law());
    let none: [&str; 0] = [];
    assert_eq!(told(&mut watch, &Reply::status(500, ""), &[25, 13, 13]), none);
    assert_eq!(told(&mut watch, &Reply::status(404, ""), &[13]), none, "one look proves nothing");
    assert_eq!(told(&mut watch, &Reply::status(500, ""), &[13]), none);
    assert_eq!(told(&mut watch, &Reply::status(404, ""), &[13, 13]), ["document_removed 404-26"]);
    assert_eq!(told(&mut watch, &law(), &[7]), ["document_added 404-26"]);
}

#[test]
fn a_page_of_errors_is_no_document_that_was_added() {
    if tool("pdftotext").is_none() {
        return;
    }
    let page = Reply::page("<html><body><h1>Stranica nije pronađena</h1></body></html>");
    let mut watch = begin(Reply::status(404, ""));
    let none: [&str; 0] = [];
    assert_eq!(told(&mut watch, &page, &[7, 7]), none);
    assert_eq!(told(&mut watch, &law(), &[7]), ["document_added 404-26"]);
}

#[test]
fn a_clock_that_was_ahead_keeps_no_document_from_being_looked_at_again() {
    if tool("pdftotext").is_none() {
        return;
    }
    let mut watch = begin(law());
    // A look that asks for all documents would hide it.
    watch.full = false;
    let right = watch.now;
    watch.now += TimeDelta::days(700);
    watch.look();
    watch.now = right;
    let other = pdf(&[&["Član 1.", "Potvrđuje se Sporazum o saradnji, potpisan u Beogradu 24. maja 2017. godine."]]);
    assert_eq!(told(&mut watch, &Reply::document("application/pdf", other), &[25]), ["document_replaced 404-26"]);
}

#[test]
fn a_clock_that_stood_wrong_neither_proves_an_absence_nor_hides_one() {
    let mut watch = begin(Reply::status(404, ""));
    let (right, n) = (watch.now, watch.kinds().len());
    watch.bills(&rows()[..1]);
    watch.now = DateTime::UNIX_EPOCH + TimeDelta::hours(5);
    watch.look();
    watch.now = right;
    watch.look();
    watch.look();
    let none: [&str; 0] = [];
    assert_eq!(watch.kinds_after(n), none, "three looks in a few minutes");

    let mut watch = begin(Reply::status(404, ""));
    let (right, n) = (watch.now, watch.kinds().len());
    watch.bills(&rows()[..1]);
    watch.now += TimeDelta::days(700);
    watch.look();
    watch.now = right;
    for _ in 0..3 {
        watch.look();
        watch.hours(13);
    }
    assert_eq!(watch.kinds_after(n), ["delisted 404-26"]);
}
