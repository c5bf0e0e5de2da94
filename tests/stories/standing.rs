//! What is remembered of a source between polls, and what the operators hear of it: a page that moved, a server that lies, a layout that stays
//! changed, a certificate that stays bad, a server that finds us too busy.

use crate::house::House;
use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::tls::Authority;
use crate::watch::{BILLS, Watch};

const ITALY: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Italije o saradnji";
const WATER: &str = "Predlog zakona o vodama";
const TOLD: &str = "SELECT json_extract(facts, '$.occasion.subject') FROM edition WHERE json_extract(facts, '$.occasion.sort') = 'operator'
                    ORDER BY edition_id";

fn rows(agreements: usize) -> Vec<RowSpec> {
    let agreement =
        |n| RowSpec::bill(&format!("{}-26", 404 + n), &ITALY.replace("saradnji", &format!("saradnji, deo {n}")), "2. novembar 2026.");
    std::iter::once(RowSpec::bill("11-26", WATER, "2. mart 2026.")).chain((0..agreements).map(agreement)).collect()
}

/// Subjects to the operators after the baseline's.
fn told(watch: &Watch) -> Vec<String> {
    watch.roster(TOLD).split_off(1)
}

#[test]
fn a_page_that_moved_for_good_is_followed_and_told_once() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows(0));
    watch.look();
    watch.parliament.serve(BILLS, Reply::redirect(301, "/novo/zakoni-u-proceduri.1037.html"));
    watch.serve("/novo/zakoni-u-proceduri.1037.html", bills_page(&rows(1)));
    for _ in 0..3 {
        watch.look();
        watch.hours(3);
    }
    assert_eq!(watch.kinds_after(1), ["listed 404-26"]);
    assert_eq!(told(&watch), ["\"bills\" has moved"]);
}

#[test]
fn a_server_that_says_unmodified_of_a_changed_page_is_found_out_and_told_once() {
    let mut watch = Watch::over(&["bills"]);
    let page = |n| Reply::page(bills_page(&rows(n))).with("ETag", &format!("\"{n}\""));
    watch.parliament.serve(BILLS, page(0));
    watch.look();
    let unmodified = || Reply::status(304, "");
    for n in 1..3 {
        watch.parliament.serve(BILLS, unmodified());
        watch.hours(2);
        assert_eq!(watch.outcomes(), ["unmodified"]);
        watch.hours(5);
        // The whole page, asked for without validators, is another; asked with the old ones, the server still says the same.
        watch.parliament.serve_in_turn(BILLS, vec![page(n), unmodified()]);
        assert_eq!(watch.outcomes(), ["recorded"]);
    }
    assert_eq!(watch.kinds_after(1), ["listed 404-26", "listed 405-26"]);
    assert_eq!(told(&watch), ["The server of \"bills\" says \"not modified\" of a page that changed"]);
}

#[test]
fn a_server_that_tells_the_truth_of_its_pages_is_not_called_a_liar() {
    let mut watch = Watch::over(&["bills"]);
    for n in 0..3 {
        watch.parliament.serve(BILLS, Reply::validated(bills_page(&rows(n))));
        watch.look();
        watch.hours(7);
    }
    assert_eq!(watch.kinds_after(1), ["listed 404-26", "listed 405-26"]);
    assert_eq!(told(&watch), [""; 0]);
}

#[test]
fn a_changed_layout_is_told_once_though_looks_at_the_same_bytes_come_between() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows(0));
    watch.look();
    for n in 1..4 {
        watch.serve(BILLS, bills_page(&rows(n)).replace("lawtitle", "naslov"));
        assert_eq!(watch.outcomes(), ["degraded"]);
        watch.look();
        assert_eq!(watch.outcomes(), ["unmodified"]);
    }
    assert_eq!(told(&watch).len(), 1, "{:?}", told(&watch));
    watch.bills(&rows(4));
    watch.look();
    watch.serve(BILLS, bills_page(&rows(5)).replace("lawtitle", "naslov"));
    watch.look();
    assert_eq!(told(&watch).len(), 2, "another episode: {:?}", told(&watch));
}

/// A parliament whose certificate nobody vouches for, and a house that polls it; letters go into a folder.
fn unvouched() -> (Parliament, House, Authority) {
    let authority = Authority::new();
    let parliament = Parliament::open_tls(authority.signs(&["127.0.0.1"]));
    parliament.serve("/bills", Reply::validated(bills_page(&rows(0))));
    let house = House::new().source("bills", "bills", &parliament, "/bills").table("operator", "emails = [\"op@ngo.example\"]");
    std::fs::write(house.path().join("ca.pem"), authority.pem()).unwrap();
    (parliament, house, authority)
}

fn http(house: House, vouched: bool, fallback: &str) -> House {
    let ca = house.path().join("ca.pem");
    let trust = if vouched { format!("extra_ca_file = {ca:?}\n") } else { String::new() };
    house.table("http", &format!("allow_private_addresses = true\nmin_interval_ms = 0\ntls_fallback = \"{fallback}\"\n{trust}"))
}

/// As if the certificate had gone bad so many hours earlier.
fn hours_pass(house: &House, hours: u32) {
    let file = rusqlite::Connection::open(house.data().join("history.db")).unwrap();
    let sql = "UPDATE source SET bad_certificate_since = strftime('%Y-%m-%dT%H:%M:%SZ', bad_certificate_since, ?1)";
    assert_eq!(file.execute(sql, [format!("-{hours} hours")]).unwrap(), 1);
}

fn ask(house: &House, sql: &str) -> Vec<String> {
    let file = rusqlite::Connection::open(house.data().join("history.db")).unwrap();
    let mut all = file.prepare(sql).unwrap();
    all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_certificate_bad_for_a_day_is_read_past_marked_and_the_first_valid_look_confirms() {
    let (parliament, house, _authority) = unvouched();
    let house = http(house, true, "marked");
    house.run(&["poll"]).expect(0);
    house.run(&["subscriber", "add", "ana@ngo.example", "--confirmed", "--reason", "story"]).expect(0);
    let house = http(house, false, "marked");
    parliament.serve("/bills", Reply::validated(bills_page(&rows(1))));
    house.run(&["poll"]).expect(1);
    hours_pass(&house, 23);
    house.run(&["poll"]).expect(1);
    hours_pass(&house, 2);
    let evidence = ask(&house, "SELECT sha256 FROM snapshot");
    house.run(&["poll"]).expect(0);
    let marks = "SELECT unverified || ' ' || first_poll_id FROM agreements";
    assert!(ask(&house, marks)[0].starts_with("1 "), "{:?}", ask(&house, marks));
    assert_eq!(
        ask(&house, "SELECT verified || ' ' || note FROM polls ORDER BY poll_id DESC LIMIT 1"),
        ["0 read although the certificate is not valid"]
    );
    assert_eq!(ask(&house, "SELECT sha256 FROM snapshot"), evidence, "no evidence");
    let letter = house.letters().into_iter().find(|l| l.contains("ana@ngo.example")).unwrap().replace("=\r\n", "");
    assert!(letter.contains("bez te provere"), "{letter}");
    // The page loses a row: unverified looks take nothing away, and go on being unverified.
    parliament.serve("/bills", Reply::validated(bills_page(&rows(0))));
    for _ in 0..4 {
        house.run(&["poll", "--full"]).expect(0);
    }
    assert_eq!(ask(&house, "SELECT CAST(sum(missing_polls) AS TEXT) FROM presence"), ["0"]);
    parliament.serve("/bills", Reply::validated(bills_page(&rows(1))));
    let house = http(house, true, "marked");
    house.run(&["poll"]).expect(0);
    assert!(ask(&house, marks)[0].starts_with("0 "), "{:?}", ask(&house, marks));
    assert_eq!(ask(&house, "SELECT sha256 FROM snapshot").len(), evidence.len() + 1, "the page that confirms is evidence");
    let said = house.letters().into_iter().filter(|l| l.contains("op@ngo.example")).collect::<Vec<_>>().concat();
    for subject in ["could not be trusted", "is read although its certificate is not valid", "is valid again"] {
        assert!(said.replace("\r\n ", " ").contains(subject), "{subject}\n{said}");
    }
}

#[test]
fn where_the_settings_forbid_it_a_bad_certificate_is_never_read_past() {
    let (_parliament, house, _authority) = unvouched();
    let house = http(house, false, "off");
    house.run(&["poll"]).expect(1);
    hours_pass(&house, 100);
    let ran = house.run(&["poll"]).expect(1);
    assert!(ran.stdout.contains("certificate"), "{}", ran.stdout);
    assert_eq!(ask(&house, "SELECT CAST(count(*) AS TEXT) FROM bills"), ["0"]);
}

#[test]
fn another_failure_in_between_begins_the_day_of_the_bad_certificate_anew() {
    let (parliament, house, _authority) = unvouched();
    let house = http(house, false, "marked");
    house.run(&["poll"]).expect(1);
    hours_pass(&house, 100);
    let trusting = http(house, true, "marked");
    parliament.serve("/bills", Reply::status(500, ""));
    trusting.run(&["poll"]).expect(1);
    let house = http(trusting, false, "marked");
    house.run(&["poll"]).expect(1);
    house.run(&["poll"]).expect(1);
    assert_eq!(ask(&house, "SELECT CAST(count(*) AS TEXT) FROM bills"), ["0"]);
}
