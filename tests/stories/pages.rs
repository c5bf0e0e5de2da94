//! What the pages say, to whom, and to programs: titles in the reader's language, pictures, calendars, feeds; and what keeps others waiting.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use potvrda::config::Settings;
use potvrda::domain::bill::Language;
use potvrda::domain::dates;

use crate::house::mail::MailServer;
use crate::house::pages::{RowSpec, Script, activities_page, agenda, bills_page, sitting_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::{House, eventually};
use crate::subscribing;
use crate::watch::{ACTS, Watch};
use crate::web::Pages;

const TURKEY: &str = "Predlog zakona o potvrđivanju Sporazuma između Republike Srbije i Republike Turske o socijalnoj sigurnosti";

/// Ana asks for letters.
const SIGN_UP: &str = "POST /sr/subscribe HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 48\r\n\r\nemail=ana%40ngo.example&consent=yes&do=subscribe";

#[test]
fn each_reader_is_shown_titles_in_their_own_language_where_they_were_printed_and_one_gap_is_a_picture_too() {
    let house = House::new();
    let folder = house.path().join("replay");
    let ran = Command::new(env!("CARGO_BIN_EXE_potvrda")).args(["demo", "--once", "--keep"]).arg(&folder).output().unwrap();
    assert!(ran.status.success());
    let pages = Pages::open(Settings { data_dir: folder, ..Settings::default() });
    let (english, serbian) = (pages.get("/en/").body, pages.get("/sr/").body);
    let (title, naslov) = ("the Federal Security Service of the Russian Federation", "Federalne službe obezbeđenja Ruske Federacije");
    assert!(english.contains(title) && !english.contains(naslov), "{english}");
    assert!(serbian.contains(naslov) && !serbian.contains(title), "{serbian}");
    // Both days are known of one agreement: that is said, drawn, and no median is made of it.
    assert!(english.contains("For one agreement alone") && english.matches("<circle").count() == 1, "{english}");
    assert!(!english.contains("class=\"median\"") && !english.contains("For no agreement"), "{english}");
    let at = english.find(title).and_then(|at| english[..at].rfind("/en/agreement/")).unwrap();
    let address: String = english[at..].chars().take_while(|c| *c != '"').collect();
    let story = pages.get(&address.replace("/en/", "/sr/")).body;
    assert!(story.contains("<span lang=\"en\">Defence and Internal Affairs Committee</span>"), "a foreign name says which language it is");
    assert!(story.contains("na drugom jeziku ista vrsta") && !story.contains("same instrument"), "{story}");

    let feed = pages.get("/en/feed.atom").body;
    assert!(feed.contains("xml:lang=\"en\"") && feed.contains(title) && feed.contains("/en/agreement/"), "{feed}");
    let usual = pages.raw(b"GET /feed.atom HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\nConnection: close\r\n\r\n").body;
    assert!(usual.contains(naslov) && usual.contains("/sr/agreement/"), "an address without a language is the same for everybody");
}

#[test]
fn programs_of_other_sites_may_read_what_is_public_and_only_what_is_new() {
    let office = subscribing::open();
    for path in ["/agreements.json", "/agreements.csv", "/feed.atom", "/sr-cyrl/feed.atom"] {
        let first = office.pages.get(path);
        assert_eq!((first.status, first.header("access-control-allow-origin")), (200, Some("*")), "{path}");
        let tag = first.header("etag").unwrap_or_else(|| panic!("{path} has no tag")).to_owned();
        let again =
            format!("GET {path} HTTP/1.1\r\nHost: {}\r\nIf-None-Match: \"x\", W/{tag}\r\nConnection: close\r\n\r\n", office.pages.at);
        let again = office.pages.raw(again.as_bytes());
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}");
    }
    office.serve(&[RowSpec::bill("300-17", TURKEY, "24. oktobar 2017.")]);
    office.house.run(&["poll"]).expect(0);
    assert!(office.pages.get("/agreements.json").body.contains("300-17"));
    assert_eq!(office.pages.get("/en/subscribe").header("access-control-allow-origin"), None, "and no page with a form");
}

#[test]
fn no_page_and_no_feed_repeats_a_host_that_is_more_than_a_host() {
    let office = subscribing::open();
    let settings = Settings { data_dir: office.house.data(), ..Settings::default() };
    let pages = Pages::open(settings);
    for host in ["evil.example/path?x=", "user:pass@evil.example", "<script>", "\"onload=x"] {
        for path in ["/feed.atom", "/en/", "/sr/sittings.ics"] {
            let answer = pages.raw(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes());
            assert!(!answer.body.contains("evil") && !answer.body.contains("<script") && !answer.body.contains("onload"), "{host} {path}");
        }
    }
    let known = office.pages.raw(b"GET /feed.atom HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n").body;
    assert!(known.contains("https://potvrda.example/sr/") && !known.contains("evil"), "where the public address is known, it is said");
}

#[test]
fn a_sitting_that_was_cancelled_says_so_on_the_page_and_in_calendars() {
    let mut watch = Watch::over(&["activities"]);
    let (day, place) = ((watch.now + chrono::Duration::days(3)).date_naive(), "/Prva_sednica.32800.941.html");
    let convened = |verb: &str| {
        let day = dates::nominative(day, Language::SrLatn);
        let call = format!(
            "Predsednik Narodne skupštine sazvao je Prvu sednicu Drugog redovnog zasedanja Narodne skupštine za {day} godine, sa početkom u 10 časova. Za sednicu je predložen sledeći dnevni red:"
        );
        let items = agenda(&[TURKEY]);
        let paragraphs: Vec<&str> = std::iter::once(call.as_str()).chain(items.iter().map(String::as_str)).collect();
        sitting_page(Script::Latin, &format!("{verb} Prva sednica Drugog redovnog zasedanja Narodne skupštine"), &day, &paragraphs, "")
    };
    watch.serve(ACTS, activities_page(Script::Latin, &[("Sazvana Prva sednica Drugog redovnog zasedanja", place, "1. mart 2026.")]));
    watch.serve(place, convened("Sazvana"));
    watch.look();
    let pages = Pages::open(Settings { data_dir: watch.house.data(), ..Settings::default() });
    assert!(pages.get("/sr/sittings").body.contains("Prva sednica") && !pages.get("/sr/sittings").body.contains("otkazana"));
    assert!(!pages.get("/sr/sittings.ics").body.contains("STATUS"));
    watch.serve(place, convened("Otkazana"));
    watch.look();
    assert_eq!(watch.history("SELECT cancelled FROM sittings"), ["1"]);
    assert!(pages.get("/sr/sittings").body.contains("otkazana ili odložena"), "{}", pages.get("/sr/sittings").body);
    let calendar = pages.get("/sr/sittings.ics").body;
    assert!(calendar.contains("STATUS:CANCELLED\r\n") && calendar.contains("UID:sitting-"), "{calendar}");
}

#[test]
fn an_answer_under_way_makes_room_for_nobody() {
    let office = subscribing::open();
    let mut asking = TcpStream::connect(office.pages.at).unwrap();
    asking.write_all(SIGN_UP.as_bytes()).unwrap();
    // It is written down at once, and answered four tenths of a second after it came, whoever asks.
    assert!(eventually(Duration::from_secs(10), || office.house.run(&["subscriber", "show", "ana@ngo.example"]).code == 0));
    let _idle: Vec<TcpStream> = (0..300).map(|_| TcpStream::connect(office.pages.at).unwrap()).collect();
    let mut answer = String::new();
    asking.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn a_thousand_idle_visitors_delay_no_letter() {
    let (parliament, server) = (Parliament::open(), MailServer::open());
    parliament.serve("/bills", Reply::page(bills_page(&[RowSpec::bill("200-17", TURKEY, "23. oktobar 2017.")])));
    // Free a moment ago, and so still.
    let listen = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let house = House::new()
        .source("bills", "bills", &parliament, "/bills")
        .mail(&server, "none", "")
        .table("web", &format!("listen = \"{listen}\""))
        .table("controller", "name = \"Udruženje\"\naddress = \"Ulica 1\"\nemail = \"podaci@primer.example\"");
    let daemon = house.start(&["run"]);
    assert!(eventually(Duration::from_secs(30), || TcpStream::connect(listen).is_ok()), "the pages are up");
    let idle: Vec<TcpStream> = (0..1_000).filter_map(|_| TcpStream::connect(listen).ok()).collect();
    assert!(idle.len() > 900, "{}", idle.len());
    let began = Instant::now();
    let mut asking = TcpStream::connect(listen).unwrap();
    asking.write_all(SIGN_UP.as_bytes()).unwrap();
    assert!(eventually(Duration::from_secs(20), || !server.accepted().is_empty()), "the letter that asks came");
    // What idle visitors may cost is a second; the rest is for a machine that runs other stories meanwhile.
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    drop(idle);
    daemon.signal("TERM");
    daemon.end_within(Duration::from_secs(15)).expect(0);
}
