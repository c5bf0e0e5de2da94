//! The pages as browsers, mail programs, scanners and hostile visitors meet them: real HTTP against the real server.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use potvrda::app::web;
use potvrda::config::Settings;
use potvrda::io::roster::Roster;
use potvrda::io::roster::token::Purpose;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::house::House;
use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};

const RUSSIA: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Ruske Federacije o slobodnoj trgovini";
const HOSTILE: &str = "Predlog zakona o potvrđivanju Sporazuma između Republike Srbije i Republike Italije <script>alert(1)</script> <img src=x onerror=alert(2)>";
const FORMULA: &str = "=1+1 Predlog zakona o potvrđivanju Sporazuma između Republike Srbije i Kraljevine Belgije o saradnji";

/// Pages that are up; they end when this is dropped.
pub struct Pages {
    pub at: SocketAddr,
    stop: watch::Sender<bool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Pages {
    pub fn open(settings: Settings) -> Pages {
        let (tell, told) = std::sync::mpsc::channel();
        let (stop, stopped) = watch::channel(false);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = web::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let (_keep, settings) = watch::channel(Arc::new(settings));
                web::serve(settings, listener, stopped).await;
            });
        });
        Pages { at: told.recv().unwrap(), stop, thread: Some(thread) }
    }

    pub fn of(house: &House) -> Pages {
        let mut settings = Settings { data_dir: house.data(), ..Settings::default() };
        settings.sources.retain(|source| source.name == "bills");
        Pages::open(settings)
    }

    pub fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.at).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(bytes).unwrap();
        Answer::read(&mut stream)
    }

    pub fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        let length = body.len();
        let form = "Content-Type: application/x-www-form-urlencoded";
        self.raw(
            format!(
                "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{form}\r\nContent-Length: {length}\r\n\r\n{body}",
                self.at
            )
            .as_bytes(),
        )
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    fn read(stream: &mut TcpStream) -> Answer {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))
    }
}

fn row(act: &str, title: &str) -> RowSpec {
    RowSpec::bill(act, title, "23. oktobar 2017.")
}

/// Three agreements, one pending reader (1) and one confirmed (2).
fn seen() -> (Parliament, House) {
    let parliament = Parliament::open();
    let house = House::new().source("bills", "bills", &parliament, "/bills");
    parliament.serve("/bills", Reply::page(bills_page(&[row("200-17", RUSSIA), row("201-17", HOSTILE), row("202-17", FORMULA)])));
    house.run(&["poll"]).expect(0);
    house.run(&["subscriber", "add", "pending@ngo.example"]).expect(0);
    house.run(&["subscriber", "add", "all@ngo.example", "--confirmed", "--reason", "story", "--language", "en"]).expect(0);
    (parliament, house)
}

fn token(house: &House, purpose: Purpose, id: i64) -> String {
    let ends = (purpose == Purpose::Confirm).then(|| "2999-01-01T00:00:00Z".parse().unwrap());
    Roster::open_reader(&house.data()).unwrap().token(purpose, id, ends)
}

fn state(house: &House, id: i64) -> String {
    Roster::open_reader(&house.data()).unwrap().subscriber(id).unwrap().state.to_string()
}

/// Everything the databases hold, by what they hold and not by their bytes.
pub fn contents(folder: &Path) -> String {
    let mut hash = Sha256::new();
    for name in ["history.db", "subscribers.db"] {
        let connection = rusqlite::Connection::open(folder.join(name)).unwrap();
        let tables: Vec<String> = connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        for table in tables {
            let mut all = connection.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
            let columns = all.column_count();
            let mut rows = all.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                for n in 0..columns {
                    hash.update(format!("{table} {:?}\n", row.get_ref(n).unwrap()));
                }
            }
        }
    }
    format!("{:x?}", hash.finalize())
}

#[test]
fn every_page_stands_in_three_languages_with_its_headers() {
    let (_parliament, house) = seen();
    let pages = Pages::of(&house);
    for (prefix, language) in [("", "sr-latn"), ("/sr", "sr-latn"), ("/sr-cyrl", "sr-cyrl"), ("/en", "en")] {
        for page in ["/", "/agreement/1", "/sittings", "/status", "/subscribe", "/manage", "/?q=sporazum*&country=RU&stage=listed"] {
            let answer = pages.get(&format!("{prefix}{page}"));
            assert_eq!(answer.status, 200, "{prefix}{page}");
            assert_eq!(answer.header("content-language"), Some(language), "{prefix}{page}");
            assert!(answer.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
            assert_eq!(answer.header("set-cookie"), None);
            assert!(!answer.body.contains("style=\"") && !answer.body.contains("<script"), "{prefix}{page} would break its own policy");
        }
    }
    assert!(pages.get("/en/").body.contains("3\u{a0}agreements"));
    assert!(pages.get("/sr/").body.contains("3\u{a0}sporazuma"));
    assert!(pages.get("/sr-cyrl/").body.contains("3\u{a0}споразума"));
    let cyrillic = pages.raw(b"GET / HTTP/1.1\r\nHost: x\r\nAccept-Language: sr-Cyrl-RS\r\nConnection: close\r\n\r\n");
    assert_eq!(
        (cyrillic.status, cyrillic.header("content-language"), cyrillic.header("vary")),
        (200, Some("sr-cyrl"), Some("accept-language"))
    );
    assert_eq!((pages.get("/en").status, pages.get("/en").header("location")), (308, Some("/en/")));
    for nowhere in ["/nope", "/en/nope", "/sr/agreement/99", "/agreement/x", "/agreement/99999999999999999999"] {
        assert_eq!(pages.get(nowhere).status, 404, "{nowhere}");
    }
    assert_eq!(pages.ask("POST", "/en/", "q=x").status, 405);
}

#[test]
fn a_hostile_title_is_text_on_every_page_and_in_every_format() {
    let (_parliament, house) = seen();
    let pages = Pages::of(&house);
    for page in ["/sr/", "/sr-cyrl/", "/en/", "/en/agreement/2", "/feed.atom", "/en/?q=%3Cscript%3E%22onfocus%3D", "/en/%3Cscript%3E"] {
        let body = pages.get(page).body;
        assert!(!body.contains("<script") && !body.contains("<img"), "{page}");
        assert!(!body.contains("\"onfocus"), "{page}");
    }
    assert!(pages.get("/en/agreement/2").body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    let csv = pages.get("/agreements.csv");
    assert_eq!(csv.status, 200);
    assert!(csv.body.contains("'=1+1") && !csv.body.contains(",=1+1") && !csv.body.contains(",\"=1+1"), "{}", csv.body);
    assert!(csv.body.lines().next().unwrap().starts_with("bill_id,act_number,legislature,title,"));
    let json: serde_json::Value = serde_json::from_str(&pages.get("/agreements.json?country=RU").body).unwrap();
    assert_eq!((json.as_array().unwrap().len(), &json[0]["title"]), (1, &serde_json::json!(RUSSIA)));
}

#[test]
fn no_get_and_no_head_changes_anything() {
    let (_parliament, house) = seen();
    let pages = Pages::of(&house);
    let (confirm, leave) = (token(&house, Purpose::Confirm, 1), token(&house, Purpose::Leave, 2));
    let before = contents(&house.data());
    for _ in 0..50 {
        for path in [format!("/confirm/{confirm}"), format!("/unsubscribe/{leave}")] {
            let shown = pages.get(&path);
            assert_eq!(shown.status, 200, "{path}");
            assert!(shown.body.contains("<form class=\"door\" method=\"post\""), "{path} shows a button");
            assert_eq!(shown.header("cache-control"), Some("no-store"));
            assert!(!shown.body.contains("@ngo.example"), "a forwarded letter names nobody");
            let head = pages.ask("HEAD", &path, "");
            assert_eq!((head.status, head.body.as_str()), (200, ""));
        }
    }
    for path in ["/", "/status", "/agreement/1", "/sittings", "/agreements.csv", "/healthz"] {
        assert_eq!(pages.ask("HEAD", path, "").status, 200, "{path}");
        assert_eq!(pages.get(path).status, 200, "{path}");
    }
    assert_eq!(contents(&house.data()), before);
    assert_eq!((state(&house, 1), state(&house, 2)), ("pending".into(), "confirmed".into()));
}

#[test]
fn one_post_leaves_and_a_second_is_no_fault() {
    let (_parliament, house) = seen();
    let pages = Pages::of(&house);
    let leave = format!("/unsubscribe/{}", token(&house, Purpose::Leave, 2));
    assert_eq!(pages.ask("POST", &leave, "List-Unsubscribe=One-Click").status, 200);
    assert_eq!(state(&house, 2), "left");
    assert_eq!(pages.ask("POST", &leave, "\u{0}garbage&&==%%%").status, 200);
    let again = pages.get(&leave);
    assert!(again.status == 200 && !again.body.contains("<form"));
    house.run(&["subscriber", "remove", "2", "--erase"]).expect(0);
    assert_eq!(pages.ask("POST", &leave, "").status, 200, "an erased reader may press it too");
}

#[test]
fn one_post_confirms_and_the_links_open_no_other_door() {
    let (_parliament, house) = seen();
    let pages = Pages::of(&house);
    let confirm = token(&house, Purpose::Confirm, 1);
    assert_eq!(pages.ask("POST", &format!("/unsubscribe/{confirm}"), "").status, 404);
    assert_eq!(state(&house, 1), "pending");
    for _ in 0..2 {
        assert_eq!(pages.ask("POST", &format!("/confirm/{confirm}"), "").status, 200);
        assert_eq!(state(&house, 1), "confirmed");
    }
    pages.ask("POST", &format!("/unsubscribe/{}", token(&house, Purpose::Leave, 1)), "");
    assert_eq!(pages.ask("POST", &format!("/confirm/{confirm}"), "").status, 410, "who left must ask anew");
    assert_eq!(state(&house, 1), "left");
    let stale = Roster::open_reader(&house.data()).unwrap().token(Purpose::Confirm, 1, Some("2020-01-01T00:00:00Z".parse().unwrap()));
    assert_eq!(pages.ask("POST", &format!("/confirm/{stale}"), "").status, 404);
}

#[test]
fn after_twenty_wrong_links_in_a_minute_the_door_is_shut() {
    let (_parliament, house) = seen();
    let pages = Pages::of(&house);
    let statuses: Vec<u16> = (0..25).map(|n| pages.get(&format!("/unsubscribe/l1.0.{n:032x}")).status).collect();
    assert_eq!(statuses[..20], [404; 20]);
    assert_eq!(statuses[20..], [429; 5]);
    assert_eq!(pages.get("/en/").status, 200, "the pages themselves stay open");
}

#[test]
fn too_much_is_refused_and_what_is_slow_is_not_waited_for() {
    let (_parliament, house) = seen();
    let pages = Pages::of(&house);
    let leave = format!("/unsubscribe/{}", token(&house, Purpose::Leave, 2));
    assert_eq!(pages.ask("POST", &leave, &"x".repeat(10_000_000)).status, 413);
    assert_eq!(pages.ask("POST", &leave, &"x".repeat(8_193)).status, 413);
    let chunk = format!("{:x}\r\n{}\r\n", 9_000, "x".repeat(9_000));
    let chunked = format!("POST {leave} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}0\r\n\r\n");
    assert_eq!(pages.raw(chunked.as_bytes()).status, 413);
    assert_eq!(state(&house, 2), "confirmed");
    let slow = [
        format!("POST {leave} HTTP/1.1\r\nHost: x\r\nContent-Length: 26\r\n\r\nList-"),
        "GET /en/ HTTP/1.1\r\nHost:".to_owned(),
        String::new(),
    ];
    let started = Instant::now();
    let mut streams: Vec<TcpStream> = slow
        .iter()
        .map(|part| {
            let mut stream = TcpStream::connect(pages.at).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            stream.write_all(part.as_bytes()).unwrap();
            stream
        })
        .collect();
    assert_eq!(pages.get("/en/").status, 200, "others are served meanwhile");
    for stream in &mut streams {
        stream.read_to_end(&mut Vec::new()).unwrap();
    }
    assert!(started.elapsed() < Duration::from_secs(13), "{:?}", started.elapsed());
    assert_eq!(state(&house, 2), "confirmed", "half a POST is no POST");
}

#[test]
fn a_crowd_of_idle_visitors_keeps_nobody_out_and_few_of_it_stay() {
    let (_parliament, house) = seen();
    let pages = Pages::of(&house);
    let idle: Vec<TcpStream> = (0..1_000).map(|_| TcpStream::connect(pages.at).unwrap()).collect();
    let began = Instant::now();
    assert_eq!(pages.get("/en/").status, 200);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let stays = |mut stream: &TcpStream| {
        stream.set_nonblocking(true).unwrap();
        matches!(stream.read(&mut [0; 1]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
    };
    let few = crate::house::eventually(Duration::from_secs(5), || idle.iter().filter(|stream| stays(stream)).count() <= 64);
    assert!(few, "sixty-four at most");
}

#[test]
fn half_a_form_holds_no_place() {
    let (_parliament, house) = seen();
    let pages = Pages::of(&house);
    let half = b"POST /en/manage HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nemail=";
    let _slow: Vec<TcpStream> = (0..70)
        .map(|_| {
            let mut stream = TcpStream::connect(pages.at).unwrap();
            stream.write_all(half).unwrap();
            stream
        })
        .collect();
    assert_eq!(pages.get("/en/").status, 200);
}

#[test]
fn health_says_which_source_was_never_read() {
    let (_parliament, house) = seen();
    let healthy = Pages::of(&house).get("/healthz");
    assert_eq!((healthy.status, healthy.body.as_str()), (200, "ok\n"));
    let ill = Pages::open(Settings { data_dir: house.data(), ..Settings::default() }).get("/healthz");
    assert_eq!(ill.status, 503);
    assert!(ill.body.contains("source laws: never looked at"), "{}", ill.body);
    let empty = tempfile::tempdir().unwrap();
    let nothing = Pages::open(Settings { data_dir: empty.path().to_owned(), ..Settings::default() });
    assert_eq!(nothing.get("/healthz").status, 503);
    assert_eq!(nothing.get("/en/").status, 503);
    assert!(std::fs::read_dir(empty.path()).unwrap().next().is_none(), "looking makes no database");
}

#[test]
fn a_port_that_is_taken_stops_no_letters_and_is_asked_for_again() {
    let (parliament, house) = seen();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let house = house.table("web", &format!("listen = \"{}\"", taken.local_addr().unwrap()));
    let polls = parliament.asked_for("/bills").len();
    let running = house.start(&["run"]);
    let goes_on = crate::house::eventually(Duration::from_secs(20), || parliament.asked_for("/bills").len() > polls);
    running.signal("TERM");
    let ended = running.end_within(Duration::from_secs(15));
    assert!(goes_on, "{}", ended.stderr);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stderr.contains(&taken.local_addr().unwrap().to_string()) && ended.stderr.contains("listen"), "{}", ended.stderr);
}
