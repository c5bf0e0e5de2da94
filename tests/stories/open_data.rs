//! What anybody may take away from the pages: the whole history, the calendar, and the numbers for monitors.

use std::process::Command;

use potvrda::config::{Metrics, Settings};
use sha2::{Digest, Sha256};

use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::{House, tool};
use crate::web::Pages;

const RUSSIA: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Ruske Federacije o slobodnoj trgovini";

fn seen() -> (Parliament, House) {
    let parliament = Parliament::open();
    let house = House::new().source("bills", "bills", &parliament, "/bills");
    parliament.serve("/bills", Reply::page(bills_page(&[RowSpec::bill("200-17", RUSSIA, "23. oktobar 2017.")])));
    house.run(&["poll"]).expect(0);
    house.run(&["subscriber", "add", "all@ngo.example", "--confirmed", "--reason", "story"]).expect(0);
    (parliament, house)
}

fn bytes(pages: &Pages, head: &str) -> (String, Vec<u8>) {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(pages.at).unwrap();
    stream.write_all(format!("GET /history.db HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{head}\r\n").as_bytes()).unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    (String::from_utf8_lossy(&all[..end]).to_ascii_lowercase(), all[end + 4..].to_vec())
}

#[test]
fn the_whole_history_is_taken_away_in_one_file_with_its_sum_and_licence() {
    let (_parliament, house) = seen();
    let pages = Pages::of(&house);
    let (head, whole) = bytes(&pages, "");
    assert!(head.starts_with("http/1.1 200") && head.contains("rel=\"license\""), "{head}");
    let sum: String = Sha256::digest(&whole).iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(head.contains(&format!("x-checksum-sha256: {sum}")), "{head}");
    assert_eq!(pages.get("/history.db.sha256").body, format!("{sum}  history.db\n"));
    let alone = tempfile::tempdir().unwrap();
    let copy = alone.path().join("history.db");
    std::fs::write(&copy, &whole).unwrap();
    assert_eq!(whole[18..20], [1, 1], "no write-ahead log is asked for");
    let connection = rusqlite::Connection::open_with_flags(&copy, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let act: String = connection.query_row("SELECT act_number FROM agreements", [], |row| row.get(0)).unwrap();
    assert_eq!(act, "200-17");
    assert!(!String::from_utf8_lossy(&whole).contains("all@ngo.example"));
    let half = whole.len() / 2;
    let (head, part) = bytes(&pages, &format!("Range: bytes={half}-\r\n"));
    assert!(head.starts_with("http/1.1 206"), "{head}");
    assert_eq!(part, whole[half..]);
    assert!(bytes(&pages, &format!("If-None-Match: \"{sum}\"\r\n")).0.starts_with("http/1.1 304"));
    assert!(bytes(&pages, "Range: bytes=999999999-\r\n").0.starts_with("http/1.1 416"));
    if let Some(sqlite) = tool("sqlite3") {
        let said = Command::new(sqlite).arg(&copy).arg("SELECT count(*) FROM bills").output().unwrap();
        assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), "1");
    }
}

#[test]
fn metrics_are_for_this_machine_alone_unless_the_settings_say_otherwise() {
    let (_parliament, house) = seen();
    let pages = Pages::of(&house);
    let near = pages.get("/metrics");
    assert_eq!(near.status, 200);
    assert!(near.header("content-type").unwrap().starts_with("application/openmetrics-text; version=1.0.0"));
    for line in [
        "potvrda_agreements 1",
        "potvrda_polls_total 1",
        "potvrda_subscribers{state=\"confirmed\"} 1",
        "potvrda_source_failures{source=\"bills\"} 0",
    ] {
        assert!(near.body.lines().any(|said| said == line), "{line} is not in\n{}", near.body);
    }
    assert!(near.body.ends_with("# EOF\n") && !near.body.contains('@'));
    let mut families: Vec<&str> = near.body.lines().filter(|line| line.starts_with("# TYPE")).collect();
    families.dedup();
    assert!(families.len() > 10, "{families:?}");
    for header in ["X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1", "Via: 1.1 proxy"] {
        let far = pages.raw(format!("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{header}\r\n\r\n").as_bytes());
        assert_eq!(far.status, 403, "{header}");
    }
    let mut settings = Settings { data_dir: house.data(), ..Settings::default() };
    settings.web.metrics = Metrics::Open;
    let open = Pages::open(settings);
    assert_eq!(open.raw(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n").status, 200);
}

#[test]
fn the_sittings_are_a_calendar_in_every_language() {
    let (_parliament, house) = seen();
    let pages = Pages::of(&house);
    for path in ["/sittings.ics", "/sr/sittings.ics", "/sr-cyrl/sittings.ics", "/en/sittings.ics"] {
        let calendar = pages.get(path);
        assert_eq!((calendar.status, calendar.header("content-type")), (200, Some("text/calendar; charset=utf-8")));
        assert!(calendar.body.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && calendar.body.ends_with("END:VCALENDAR\r\n"));
    }
}
