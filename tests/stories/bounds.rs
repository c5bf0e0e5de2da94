//! What a look may cost, whatever is served: memory, time, work; and pages that are nearly the list that was asked for.

use std::time::{Duration, Instant};

use potvrda::io::fetch::{FetchError, Fetcher, Jar, Manners, Request};
use url::Url;

use crate::house::House;
use crate::house::pages::{RowSpec, Script, bills_page, bills_page_in, sitting_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::{Running, eventually, tool};
use crate::polling::cyrillic;
use crate::watch::{BILLS, Watch};

const MIB: usize = 1024 * 1024;

fn italy(subject: &str) -> String {
    format!("Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Italije o {subject}")
}

fn rows(n: usize) -> Vec<RowSpec> {
    let row = |i: usize| RowSpec::bill(&format!("{}-26", 100 + i), &format!("Predlog zakona o stvari broj {i}"), "2. novembar 2026.");
    (0..n).map(row).collect()
}

/// A page of the list with this in its place.
fn framed(body: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><meta charset=utf-8></head><body><div id=content><h2>Zakoni u proceduri</h2>{body}</div></body></html>"
    )
}

/// As often as it fits into the longest page.
fn filled(unit: &str) -> String {
    framed(&unit.repeat((8 * MIB - 1024) / unit.len()))
}

/// One poll of its own process: its exit code, the most memory it had in MiB, and what it said.
fn measured(house: &House) -> (i32, usize, serde_json::Value) {
    let polling = Running::of(house.command(&["poll", "--json"]));
    let status = format!("/proc/{}/status", polling.id());
    let mut peak = 0;
    while !polling.has_ended() {
        let said = std::fs::read_to_string(&status).unwrap_or_default();
        let line = said.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
        peak = kib.unwrap_or(0).max(peak);
        std::thread::sleep(Duration::from_millis(2));
    }
    let ran = polling.end_within(Duration::from_secs(60));
    (ran.code, peak / 1024, ran.json()["sources"][0].clone())
}

#[test]
fn no_page_takes_more_memory_than_a_look_has() {
    let parliament = Parliament::open();
    let house = House::in_memory().source("bills", "bills", &parliament, "/bills");
    let honest = rows(2_000);
    parliament.serve("/bills", Reply::page(bills_page(&honest)));
    let (code, peak, said) = measured(&house);
    assert!(code == 0 && said["outcome"] == "baseline", "{said}");
    // Not optimised, the program itself is some 15 MiB larger than what is installed.
    assert!(peak > 10 && peak <= 40 + 15, "2,000 rows: {peak} MiB");
    let deep_lines = framed(&format!("{}{}", "<div>".repeat(1_900), "<p>x".repeat(100_000)));
    let open_anchor = framed(&format!("<a href=\"{}\">{}", "/x".repeat(2_000), "x<br>".repeat(140_000)));
    let many_links = framed(&format!(
        "<table><tr><td class=lawtitle>Predlog zakona o vodama</td>{}</tr></table>",
        (0..90_000).map(|i| format!("<a href=/{i}.pdf>PDF</a>")).collect::<String>()
    ));
    let anchors = filled("<a href=/x>Predlog zakona o potvrđivanju Sporazuma sa Vladom Kine</a>");
    let hostile = [
        ("marks", filled("<")),
        ("one line of words", filled("Predlog zakona o potvrđivanju ")),
        ("anchors in one line", anchors),
        ("one row of links", many_links),
        ("lines in deep boxes", deep_lines),
        ("an anchor over every line", open_anchor),
        (
            "a long title's marks",
            framed(&format!("<table><tr><td class=lawtitle>Predlog zakona o vodama koji je podnela {}", "&lt;".repeat(1_500_000))),
        ),
    ];
    for (how, page) in hostile {
        parliament.serve("/bills", Reply::page(page));
        let began = Instant::now();
        let (_, peak, said) = measured(&house);
        assert!(said["outcome"].is_string() && (11..=128).contains(&peak), "{how}: {peak} MiB, {said}");
        assert!(began.elapsed() < Duration::from_secs(60), "{how}: {:?}", began.elapsed());
    }
}

#[test]
fn more_new_rows_than_memory_has_room_for_fail_and_the_limit_of_the_settings_holds() {
    let parliament = Parliament::open();
    let house = House::in_memory().source("bills", "bills", &parliament, "/bills");
    let row =
        |i: usize| RowSpec::bare(&format!("Predlog zakona o potvrđivanju Sporazuma broj {i} sa Vladom Kine o {}", "x".repeat(60)), "");
    parliament.serve("/bills", Reply::page(bills_page(&(0..30_000).map(row).collect::<Vec<_>>())));
    let (code, peak, said) = measured(&house);
    assert!(code == 1 && said["note"] == "too many new rows at once to be compared", "{said}");
    assert!(peak <= 128, "{peak} MiB");
    let house = house.table("limits", "rows_max = 3");
    for (n, outcome) in [(4, "failed"), (3, "baseline")] {
        parliament.serve("/bills", Reply::page(bills_page(&rows(n))));
        assert_eq!(house.run(&["poll", "--json"]).json()["sources"][0]["outcome"], outcome);
    }
}

#[test]
fn b3_a_body_that_comes_in_crumbs_is_stopped_in_time() {
    let parliament = Parliament::open();
    let house = House::new().source("bills", "bills", &parliament, "/bills");
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    parliament.serve("/bills", Reply::Endless(head, b"1\r\na\r\n".repeat(10_000)));
    let began = Instant::now();
    let said = house.run(&["poll", "--json"]).expect(1).json();
    assert!(said["sources"][0]["note"].as_str().unwrap().contains("too many pieces"), "{said}");
    assert!(began.elapsed() < Duration::from_secs(8), "the settings of this house end it at ten: {:?}", began.elapsed());
    // An honest page may come a line a piece.
    let page: String = bills_page(&rows(500)).lines().map(|line| format!("{:x}\r\n{line}\n\r\n", line.len() + 1)).collect();
    parliament.serve("/bills", Reply::Raw(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{page}0\r\n\r\n").into_bytes()));
    assert_eq!(house.run(&["poll", "--json"]).expect(0).json()["sources"][0]["rows"], 500);
}

#[test]
fn n3_a_connection_that_nobody_takes_ends_in_time() {
    // With room for nobody in its queue, a listener lets the next ones wait without a word.
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
    socket.listen(0).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let wait = Duration::from_millis(200);
    let queue: Vec<_> = (0..4).map(|_| std::net::TcpStream::connect_timeout(&address, wait)).collect();
    assert!(queue.iter().any(Result::is_err), "somebody was taken after all");
    let manners = Manners { timeout: Duration::from_millis(400), allow_private_addresses: true, ..Manners::default() };
    let url = Url::parse(&format!("http://{address}/")).unwrap();
    let began = Instant::now();
    let answer = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let jar = Jar::default();
        let until = tokio::time::Instant::now() + Duration::from_secs(10);
        Fetcher::new(manners).get(&Request::new(&url, &jar, until, potvrda::app::clock::now())).await
    });
    assert!(matches!(answer, Err(FetchError::Unreachable { .. } | FetchError::TimedOut)), "{answer:?}");
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[test]
fn n6_letters_go_out_while_the_site_says_nothing() {
    let parliament = Parliament::open();
    parliament.serve("/bills", Reply::page(bills_page(&rows(3))));
    let house = House::new()
        .source("bills", "bills", &parliament, "/bills")
        .table("http", "allow_private_addresses = true\ntimeout_s = 60")
        .table("web", "listen = \"off\"");
    house.run(&["poll"]).expect(0);
    let before = house.letters().len();
    house.run(&["subscriber", "add", "ana@ngo.example"]).expect(0);
    parliament.serve("/bills", Reply::Stall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<html>".to_vec()));
    let began = Instant::now();
    let daemon = house.start(&["run"]);
    assert!(eventually(Duration::from_secs(30), || parliament.asked_for("/bills").len() > 1), "the site is not asked");
    assert!(eventually(Duration::from_secs(30), || house.letters().len() > before), "no letter left");
    assert!(began.elapsed() < Duration::from_secs(50), "the look is over before: {:?}", began.elapsed());
    daemon.kill();
}

#[test]
fn h6_a_circle_of_redirects_is_no_alarm_and_h7_one_out_of_the_web_is() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows(3));
    watch.look();
    let told = |watch: &Watch| watch.roster("SELECT count(*) FROM letter WHERE operator IS NOT NULL")[0].clone();
    assert_eq!(told(&watch), "1");
    watch.parliament.serve(BILLS, Reply::redirect(302, BILLS));
    for _ in 0..2 {
        assert_eq!(watch.outcomes(), ["failed"]);
    }
    watch.parliament.serve(BILLS, Reply::redirect(302, ""));
    assert_eq!(watch.outcomes(), ["failed"]);
    assert_eq!(told(&watch), "1", "weather");
    watch.parliament.serve(BILLS, Reply::redirect(302, "file:///etc/hostname"));
    for _ in 0..3 {
        assert_eq!(watch.outcomes(), ["failed"]);
    }
    assert_eq!(told(&watch), "2", "at once, and once");
}

#[test]
fn h7_no_file_is_opened_where_a_redirect_names_one() {
    let Some(strace) = tool("strace") else { return };
    let parliament = Parliament::open();
    let house = House::new().source("bills", "bills", &parliament, "/bills");
    parliament.serve("/bills", Reply::redirect(302, "file:///etc/debian_version"));
    let trace = house.path().join("trace");
    let poll = house.command(&["poll", "--json"]);
    let mut traced = std::process::Command::new(strace);
    traced.args(["-f", "-qq", "-e", "trace=open,openat,openat2,connect", "-o"]).arg(&trace).arg(poll.get_program()).args(poll.get_args());
    let said = Running::of(traced).end_within(Duration::from_secs(60)).expect(1);
    let calls = std::fs::read_to_string(&trace).unwrap();
    if !calls.contains("potvrda.toml") {
        eprintln!("SKIPPED: strace may trace nothing here");
        return;
    }
    assert!(said.stdout.contains("its scheme is file"), "{}", said.stdout);
    assert!(!calls.contains("debian_version"), "{calls}");
}

#[test]
fn h11_names_of_versions_that_change_or_go_back_are_no_news() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows(3));
    watch.look();
    let versions = [
        ("W/\"1\"", "Mon, 02 Nov 2026 10:00:00 GMT"),
        ("\"1\"", "Thu, 01 Jan 2099 00:00:00 GMT"),
        ("", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("no quotes", "yesterday"),
    ];
    for (turn, (etag, modified)) in versions.into_iter().enumerate() {
        let page = bills_page(&rows(3)) + &" ".repeat(turn + 1);
        watch.parliament.serve(BILLS, Reply::page(page).with("ETag", etag).with("Last-Modified", modified));
        assert_eq!(watch.outcomes(), ["recorded"], "{etag}");
        watch.hours(1);
    }
    assert_eq!(watch.kinds().len(), 3);
    let asked = watch.parliament.asked_for(BILLS);
    assert!(asked.iter().all(|asked| asked.header("if-none-match") != Some("")), "what says nothing is not said again");
}

#[test]
fn h16_a_list_under_a_wrong_content_type_is_read_and_what_is_none_is_not() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows(3));
    watch.look();
    for wrong in ["application/pdf", "text/plain", "image/png", "application/octet-stream", "nonsense"] {
        watch.parliament.serve(BILLS, Reply::page(bills_page(&rows(3)) + wrong).with("Content-Type", wrong));
        assert_eq!(watch.outcomes(), ["recorded"], "{wrong}");
    }
    for (body, said) in [("{\"zakoni\": []}", "application/json"), ("Warning: <table>", "text/plain")] {
        watch.parliament.serve(BILLS, Reply::page(body).with("Content-Type", said));
        assert_eq!(watch.outcomes(), ["failed"], "{body}");
    }
    assert_eq!(watch.kinds().len(), 3);
}

fn lying(rows: &[RowSpec]) -> Reply {
    let mut rows = rows.to_vec();
    rows.iter_mut().for_each(|row| row.title = cyrillic(&row.title));
    Reply::page(encoding_rs::WINDOWS_1251.encode(&bills_page_in(Script::Cyrillic, &rows)).0.into_owned())
}

#[test]
fn e2_nine_of_ten_known_bills_must_be_met_again_and_new_ones_beside_them_are_told() {
    for (kept, new, outcome) in [(10, 3, "recorded"), (9, 0, "recorded"), (8, 0, "failed"), (8, 9, "failed"), (5, 0, "failed")] {
        let mut watch = Watch::over(&["bills"]);
        watch.bills(&rows(10));
        watch.look();
        let mut page = rows(kept);
        page.extend((0..new).map(|i| RowSpec::bill(&format!("{}-26", 400 + i), &italy(&format!("stvari {i}")), "")));
        watch.parliament.serve(BILLS, lying(&page));
        assert_eq!(watch.outcomes(), [outcome], "{kept} of 10, and {new}");
        let told = if outcome == "recorded" { new } else { 0 };
        assert_eq!(watch.kinds_after(10).len(), told, "{kept} of 10, and {new}: {:?}", watch.kinds_after(10));
    }
}

#[test]
fn a_page_in_another_layout_on_which_no_known_bill_stands_waits_for_a_person() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows(5));
    watch.look();
    let news = framed(&format!("<p><a href=/vesti/1>{}</a></p>", italy("saradnji")));
    watch.serve(BILLS, news);
    assert_eq!(watch.outcomes(), ["held"]);
    watch.bills(&rows(5));
    assert_eq!(watch.outcomes(), ["unmodified"]);
    assert_eq!((watch.kinds().len(), watch.roster("SELECT count(*) FROM letter WHERE operator IS NULL")), (5, vec!["0".to_owned()]));
    // One of the list on it, and it is the list.
    let redesigned = framed(&format!("<p><a href=/vesti/1>{}</a></p><p>{}</p>", italy("saradnji"), rows(5)[2].title));
    watch.serve(BILLS, redesigned);
    assert_eq!(watch.outcomes(), ["degraded"]);
    assert_eq!(watch.kinds_after(5), ["listed -"]);
}

#[test]
fn p13_the_page_of_a_sitting_at_the_lists_address_is_no_list() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows(5));
    watch.look();
    let agenda = format!("1. {}, koji je podnela Vlada;", italy("saradnji"));
    let known = format!("2. {}, koji je podnela Vlada.", rows(5)[0].title);
    watch.serve(BILLS, sitting_page(Script::Latin, "Osma sednica", "9. novembar 2026.", &["Dnevni red:", &agenda, &known], ""));
    let polled = watch.look();
    assert_eq!(polled[0].outcome.as_str(), "failed", "{polled:?}");
    assert!(polled[0].note.as_deref().unwrap().starts_with("wrong page"), "{polled:?}");
    assert_eq!(watch.kinds().len(), 5);
}

#[test]
fn p17_a_date_that_is_none_is_kept_as_it_was_printed() {
    let mut watch = Watch::over(&["bills"]);
    let odd = ["", "31. februar 2026.", "32. oktobar 2026.", "juče", "0000-00-00", "5/10/26"];
    let mut listed = rows(6);
    listed.iter_mut().zip(odd).for_each(|(row, date)| row.date = date.to_owned());
    watch.bills(&listed);
    watch.look();
    let kept = watch.history("SELECT coalesce(listed_on, '-') || '|' || coalesce(listed_text, '') FROM bill ORDER BY bill_id");
    assert_eq!(kept, odd.map(|date| format!("-|{date}")));
}
