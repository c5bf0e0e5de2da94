//! Archived pages: what they prove, what they must not take away, and archives that were made to hurt.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::house::House;
use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};

const SWEDEN: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Kraljevine Švedske o saradnji";
const CHINA: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Narodne Republike Kine o ukidanju viza";
const ROADS: &str = "Predlog zakona o dopunama Zakona o putevima";
const URL: &str = "http://www.parlament.gov.rs/akti/zakoni-u-proceduri/zakoni-u-proceduri.1037.html";

fn record(kind: &str, url: &str, date: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn answer(page: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}").into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn page() -> String {
    bills_page(&[RowSpec::bill("404-17", SWEDEN, "23. oktobar 2017."), RowSpec::bill("11-17", ROADS, "2. oktobar 2017.")])
}

#[test]
fn a_saved_page_fills_the_history_and_owes_no_letter() {
    let house = House::new();
    std::fs::write(house.path().join("page.html"), page()).unwrap();
    house.run(&["import", "page.html"]).expect(2);
    assert!(!house.data().exists(), "without a time nothing is made");
    house.run(&["import", "page.html", "--captured-at", "2031-01-01"]).expect(1);
    let import = ["import", "page.html", "--captured-at", "2017-11-10T08:00:00Z", "--url", URL, "--json"];
    let done = house.run(&import).expect(0).json();
    assert_eq!((done["pages"][0]["new_bills"].as_u64(), done["pages"][0]["agreements"].as_u64()), (Some(2), Some(1)), "{done}");
    let found = house.run(&["agreements", "--json"]).expect(0).json().to_string();
    assert!(found.contains("\"seen_by\":\"import\"") && found.contains("2017-11-10T08:00:00Z") && found.contains("404-17"), "{found}");
    assert!(house.run(&["outbox", "list"]).expect(0).stdout.contains("0 owed"));
    let again = house.run(&import).expect(0).json();
    assert_eq!(again["pages"][0]["note"].as_str(), Some("imported before"));
    if let Some(polls) = house.query("history.db", "SELECT count(*) FROM polls") {
        assert_eq!(polls, "1");
    }
}

#[test]
fn a_bill_met_in_an_archive_is_told_of_once_when_we_see_it_ourselves() {
    let parliament = Parliament::open();
    let house = House::new().source("bills", "bills", &parliament, "/bills");
    let roads = RowSpec::bill("11-17", ROADS, "2. oktobar 2017.");
    parliament.serve("/bills", Reply::page(bills_page(std::slice::from_ref(&roads))));
    house.run(&["poll"]).expect(0);
    house.run(&["subscriber", "add", "ana@ngo.example", "--confirmed", "--reason", "story"]).expect(0);
    std::fs::write(house.path().join("page.html"), page()).unwrap();
    house.run(&["import", "page.html", "--captured-at", "2017-11-10", "--url", &parliament.url("/bills").to_string()]).expect(0);
    house.run(&["poll"]).expect(0);
    assert_eq!(house.letters().iter().filter(|letter| letter.contains("ana@ngo.example")).count(), 0, "an import owes nothing");
    parliament.serve("/bills", Reply::page(bills_page(&[RowSpec::bill("404-17", SWEDEN, "23. oktobar 2017."), roads])));
    for _ in 0..2 {
        house.run(&["poll", "--full"]).expect(0);
    }
    assert_eq!(house.letters().iter().filter(|letter| letter.contains("ana@ngo.example")).count(), 1, "told once");
    let bills = house.run(&["agreements", "--json"]).expect(0).stdout;
    assert_eq!(bills.matches("\"bill_id\"").count(), 1, "one bill, not two: {bills}");
}

#[test]
fn an_older_page_overwrites_nothing_that_is_known() {
    let parliament = Parliament::open();
    let house = House::new().source("bills", "bills", &parliament, "/bills");
    let now =
        [RowSpec::bill("404-17", SWEDEN, "23. oktobar 2017."), RowSpec::bill("11-17", "Predlog zakona o putevima", "2. oktobar 2017.")];
    parliament.serve("/bills", Reply::page(bills_page(&now)));
    house.run(&["poll"]).expect(0);
    let ask = "SELECT act_number, title, stage, first_seen_at, seen_by FROM bills ORDER BY bill_id";
    let (before, changes) = (house.query("history.db", ask), house.run(&["changes", "--json"]).stdout);
    let older = bills_page(&[RowSpec::bill("404-17", SWEDEN, "20. oktobar 2017."), RowSpec::bill("11-17", ROADS, "1. oktobar 2017.")]);
    std::fs::write(house.path().join("page.html"), older).unwrap();
    let done = house
        .run(&["import", "page.html", "--captured-at", "2017-11-10", "--url", &parliament.url("/bills").to_string(), "--json"])
        .expect(0);
    assert_eq!(done.json()["pages"][0]["new_bills"].as_u64(), Some(0), "{}", done.stdout);
    assert_eq!(house.query("history.db", ask), before);
    assert_eq!(house.run(&["changes", "--json"]).stdout, changes);
    if let Some(shown) = house.query("history.db", "SELECT min(shown_on), kind FROM appearance WHERE bill_id = 1 AND own_look = 0") {
        assert_eq!(shown, "2017-11-10|import", "but it proves that day");
    }
}

#[test]
fn a_web_archive_is_read_packed_and_unpacked_chunked_and_not() {
    let warcinfo = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Date: 2017-11-10T08:00:00Z\r\nContent-Length: 4\r\n\r\na: b\r\n\r\n".to_vec();
    let image = record(
        "response",
        "http://www.parlament.gov.rs/x.png",
        "2017-11-10T08:00:00Z",
        b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nPNG",
    );
    let later = bills_page(&[RowSpec::bill("500-17", CHINA, "12. novembar 2017."), RowSpec::bill("404-17", SWEDEN, "23. oktobar 2017.")]);
    let packed = gzip(later.as_bytes());
    let mut chunked =
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n".to_vec();
    for part in packed.chunks(100) {
        chunked.extend(format!("{:x}\r\n", part.len()).into_bytes());
        chunked.extend_from_slice(part);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let records = [
        warcinfo,
        record("response", URL, "2017-11-10T08:00:00Z", &answer(&page())),
        image,
        record("response", URL, "2017-11-14T08:00:00Z", &chunked),
    ];
    let plain = records.concat();
    let members: Vec<u8> = records.iter().flat_map(|record| gzip(record)).collect();
    for (name, bytes) in [("a.warc", plain), ("a.warc.gz", members)] {
        let house = House::new();
        std::fs::write(house.path().join(name), bytes).unwrap();
        let done = house.run(&["import", name, "--json"]).expect(0).json();
        assert_eq!((done["pages"].as_array().unwrap().len(), done["passed_over"].as_u64()), (2, Some(2)), "{done}");
        let found = house.run(&["agreements", "--json"]).expect(0).stdout;
        assert!(found.contains("404-17") && found.contains("500-17") && found.contains("2017-11-14T08:00:00Z"), "{found}");
    }
}

#[test]
fn a_hostile_archive_is_named_and_nothing_of_it_is_recorded() {
    let good = record("response", URL, "2017-11-10T08:00:00Z", &answer(&page()));
    let with = |from: &str, to: &str| String::from_utf8(good.clone()).unwrap().replacen(from, to, 1).into_bytes();
    let length = format!("Content-Length: {}", answer(&page()).len());
    let again = |second: &[u8]| [&good[..], second].concat();
    let bomb = gzip(&[&good[..good.len() - 4], &vec![b' '; 64 << 20]].concat());
    let table: Vec<(&str, Vec<u8>, &str)> = vec![
        ("a negative length", again(&with(&length, "Content-Length: -1")), "Content-Length"),
        ("a length beyond all", again(&with(&length, "Content-Length: 18446744073709551615")), "unpacks to more"),
        ("a length too large by far", again(&with(&length, "Content-Length: 99999999")), "cut off"),
        ("no length", again(&with(&length, "X: y")), "Content-Length"),
        ("no date", again(&with("WARC-Date: 2017-11-10T08:00:00Z", "WARC-Date: yesterday")), "WARC-Date"),
        ("a date to come", again(&with("2017-11-10", "2097-11-10")), "cannot be"),
        ("a date before all", again(&with("2017-11-10", "1066-11-10")), "cannot be"),
        ("cut", good[..good.len() / 2].to_vec(), "cut off"),
        (
            "packed and cut",
            again(&[]).pipe(|all| {
                let packed = gzip(&all);
                packed[..packed.len() - 20].to_vec()
            }),
            "cut off",
        ),
        ("a head without end", again(&[b"WARC/1.0\r\n".as_slice(), &vec![b'a'; 1 << 20]].concat()), "record 2"),
        ("something else", again(b"<html>"), "record 2"),
        ("a bomb", [bomb, gzip(b"WARC/0.1\r\n")].concat(), "record 2"),
        ("packed noise", [&[0x1f, 0x8b][..], &[7; 300]].concat(), "packing"),
        (
            "no page at all",
            record("response", "http://elsewhere.example/", "2017-11-10T08:00:00Z", &answer(&page())),
            "none of its 1 records",
        ),
    ];
    let house = House::new();
    for (name, bytes, says) in table {
        std::fs::write(house.path().join("x.warc.gz"), bytes).unwrap();
        let ran = house.run(&["import", "x.warc.gz"]);
        assert!(
            ran.code == 1 && ran.stderr.contains(says) && ran.stderr.contains("now: "),
            "{name}: {} {}{}",
            ran.code,
            ran.stdout,
            ran.stderr
        );
        assert!(!house.data().exists(), "{name}: something was written");
    }
}

trait Pipe: Sized {
    fn pipe<T>(self, with: impl FnOnce(Self) -> T) -> T {
        with(self)
    }
}
impl Pipe for Vec<u8> {}

#[test]
fn packed_pages_are_unpacked_and_those_that_cannot_be_are_named() {
    let house = House::new();
    let packed = |coding: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: {coding}\r\n\r\n");
        [head.as_bytes(), body].concat()
    };
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(page().as_bytes()).unwrap();
    let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), Compression::fast());
    bare.write_all(page().as_bytes()).unwrap();
    let bodies = [
        packed("gzip", &gzip(page().as_bytes())),
        packed("deflate", &zlib.finish().unwrap()),
        packed("deflate", &bare.finish().unwrap()),
        packed("br", page().as_bytes()),
        packed("br", b"\x8b\x02\x80packed"),
    ];
    let records: Vec<u8> =
        bodies.iter().enumerate().flat_map(|(n, block)| record("response", URL, &format!("2017-0{}-01T00:00:00Z", n + 1), block)).collect();
    std::fs::write(house.path().join("a.warc"), records).unwrap();
    let done = house.run(&["import", "a.warc", "--json"]).expect(0);
    let answer = done.json();
    assert_eq!((answer["pages"].as_array().unwrap().len(), answer["passed_over"].as_u64()), (4, Some(1)), "{answer}");
    assert!(done.stderr.contains("2017-05-01") && done.stderr.contains("br"), "{}", done.stderr);
}

#[test]
fn a_bill_is_first_seen_in_the_oldest_of_its_archived_pages_in_whatever_order_they_come() {
    let house = House::new();
    std::fs::write(house.path().join("page.html"), page()).unwrap();
    for day in ["2017-11-10", "2017-11-01", "2017-11-20"] {
        house.run(&["import", "page.html", "--captured-at", day, "--url", URL]).expect(0);
    }
    let bill = house.run(&["show", "404-17", "--json"]).expect(0).json();
    assert_eq!((&bill["first_seen_at"], &bill["seen_by"]), (&"2017-11-01T00:00:00Z".into(), &"import".into()), "{bill}");
}
