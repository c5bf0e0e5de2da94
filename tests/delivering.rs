//! Owed letters reach a real mail server that refuses, stalls and drops: what the mail rows of the fault table promise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::too_many_lines, missing_docs)]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration as Wall;

use chrono::{DateTime, Duration, Utc};
use potvrda::app::deliver::{Delivery, Office, Postman};
use potvrda::app::{outbox, subscribe};
use potvrda::config::Security;
use potvrda::domain::address::EmailAddress;
use potvrda::domain::bill::Language;
use potvrda::domain::letter::{Edition, Letter, Occasion, Reader};
use potvrda::domain::subscriber::{Every, Preferences, State};
use potvrda::io::database::DatabaseError;
use potvrda::io::mail::{Credentials, Patience, Road, Server, probe};
use potvrda::io::roster::outbox::{Also, LetterState};
use potvrda::io::roster::owing::NewEdition;
use potvrda::io::roster::people::{Consent, ConsentHow};
use potvrda::io::roster::relay::Trouble;
use potvrda::io::roster::{Cursor, Roster, RosterError};

// ---- a mail server ----------------------------------------------------------------------------------------------------------------

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Connect,
    Ehlo,
    StartTls,
    Auth,
    Mail,
    Rcpt(String),
    Data,
    Body(String),
    Dot(String),
}

enum Act {
    Say(&'static str),
    SayThenDrop(&'static str),
    Drop,
    /// Waits, then goes on as usual.
    Stall(Wall),
}

type Rule = dyn Fn(&Step, usize) -> Option<Act> + Send + Sync;

#[derive(Default)]
struct Seen {
    /// Letters the server said 250 to: recipient and text.
    taken: Mutex<Vec<(String, String)>>,
    /// Letters whose dot arrived, taken or not.
    dots: Mutex<Vec<(String, String)>>,
    /// Letters begun within the connection: the rule's second argument counts those of this connection.
    connections: AtomicUsize,
    clear: Mutex<String>,
}

struct MailServer {
    port: u16,
    seen: Arc<Seen>,
}

#[derive(Clone)]
struct Tls {
    config: Arc<rustls::ServerConfig>,
    ca_pem: Vec<u8>,
}

fn tls() -> Tls {
    let ca_key = rcgen::KeyPair::generate().unwrap();
    let mut ca = rcgen::CertificateParams::new(Vec::<String>::new()).unwrap();
    ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let ca_cert = ca.self_signed(&ca_key).unwrap();
    let issuer = rcgen::Issuer::new(ca, ca_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let leaf = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .unwrap();
    Tls { config: Arc::new(config), ca_pem: ca_cert.pem().into_bytes() }
}

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

impl MailServer {
    fn start(rule: impl Fn(&Step, usize) -> Option<Act> + Send + Sync + 'static) -> Self {
        Self::start_with(&["PIPELINING", "8BITMIME"], None, false, rule)
    }

    fn start_with(
        extensions: &'static [&'static str],
        tls: Option<Tls>,
        implicit: bool,
        rule: impl Fn(&Step, usize) -> Option<Act> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Seen::default());
        let (told, rule): (_, Arc<Rule>) = (Arc::clone(&seen), Arc::new(rule));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (seen, rule, tls) = (Arc::clone(&told), Arc::clone(&rule), tls.clone());
                std::thread::spawn(move || {
                    seen.connections.fetch_add(1, Ordering::Relaxed);
                    let _ = talk(stream.unwrap(), &seen, &*rule, extensions, tls, implicit);
                });
            }
        });
        MailServer { port, seen }
    }

    fn road(&self) -> Road {
        self.road_by(Security::None, None, None)
    }

    fn road_by(&self, security: Security, login: Option<(&str, &str)>, extra_ca: Option<Vec<u8>>) -> Road {
        let second = Wall::from_secs(2);
        Road::Smtp(Box::new(Server {
            host: "localhost".to_owned(),
            port: Some(self.port),
            security,
            credentials: login.map(|(username, password)| Credentials { username: username.to_owned(), password: password.to_owned() }),
            hello: Some("test.example".to_owned()),
            extra_ca,
            patience: Patience { greeting: second, command: second, delivery: second },
        }))
    }

    fn taken(&self) -> HashMap<String, usize> {
        let mut counts = HashMap::new();
        for (to, _) in self.seen.taken.lock().unwrap().iter() {
            *counts.entry(to.clone()).or_default() += 1;
        }
        counts
    }

    fn texts(&self, to: &str) -> Vec<String> {
        self.seen.dots.lock().unwrap().iter().filter(|(who, _)| who == to).map(|(_, text)| text.clone()).collect()
    }
}

fn talk(tcp: TcpStream, seen: &Seen, rule: &Rule, extensions: &[&str], tls: Option<Tls>, implicit: bool) -> Option<()> {
    tcp.set_nodelay(true).ok()?;
    let guard = |tcp: TcpStream| -> Box<dyn Stream> {
        let connection = rustls::ServerConnection::new(Arc::clone(&tls.as_ref().unwrap().config)).unwrap();
        Box::new(rustls::StreamOwned::new(connection, tcp))
    };
    let second = tcp.try_clone().ok()?;
    let mut guarded = implicit;
    let mut wire: BufReader<Box<dyn Stream>> = BufReader::new(if implicit { guard(tcp) } else { Box::new(tcp) });
    let mut letters = 0;
    // What the rule says of a step, and what is said otherwise; false: the connection is over.
    let act = |wire: &mut BufReader<Box<dyn Stream>>, step: &Step, letters: usize, usual: &str| -> Option<bool> {
        let mut say = |text: &str| wire.get_mut().write_all(format!("{text}\r\n").as_bytes()).and_then(|()| wire.get_mut().flush()).ok();
        match rule(step, letters) {
            None => say(usual).map(|()| true),
            Some(Act::Stall(time)) => {
                std::thread::sleep(time);
                say(usual).map(|()| true)
            }
            Some(Act::Say(text)) => say(text).map(|()| text.starts_with(['2', '3'])),
            Some(Act::SayThenDrop(text)) => say(text).and(None),
            Some(Act::Drop) => None,
        }
    };
    act(&mut wire, &Step::Connect, 0, "220 test ESMTP")?;
    let (mut line, mut to) = (String::new(), String::new());
    loop {
        line.clear();
        if wire.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if !guarded {
            seen.clear.lock().unwrap().push_str(&line);
        }
        let verb = line.trim().to_ascii_uppercase();
        if verb.starts_with("EHLO") {
            let mut said = String::from("250-test");
            for extension in extensions.iter().filter(|e| !(guarded && **e == "STARTTLS")) {
                said.push_str(&format!("\r\n250-{extension}"));
            }
            act(&mut wire, &Step::Ehlo, letters, &format!("{said}\r\n250 HELP"))?;
        } else if verb == "STARTTLS" {
            if act(&mut wire, &Step::StartTls, letters, "220 go on")? {
                wire = BufReader::new(guard(second.try_clone().ok()?));
                guarded = true;
            }
        } else if verb.starts_with("AUTH PLAIN") {
            act(&mut wire, &Step::Auth, letters, "235 welcome")?;
        } else if verb.starts_with("MAIL FROM") {
            letters += 1;
            act(&mut wire, &Step::Mail, letters, "250 ok")?;
        } else if verb.starts_with("RCPT TO") {
            to = line.split(['<', '>']).nth(1).unwrap().to_owned();
            act(&mut wire, &Step::Rcpt(to.clone()), letters, "250 ok")?;
        } else if verb == "DATA" {
            if !act(&mut wire, &Step::Data, letters, "354 go on")? {
                continue;
            }
            let mut text = String::new();
            loop {
                line.clear();
                if wire.read_line(&mut line).ok()? == 0 {
                    return None;
                }
                if line == ".\r\n" {
                    break;
                }
                if text.is_empty()
                    && let Some(Act::Drop) = rule(&Step::Body(to.clone()), letters)
                {
                    return None;
                }
                text.push_str(line.strip_prefix('.').unwrap_or(&line));
            }
            seen.dots.lock().unwrap().push((to.clone(), text.clone()));
            let verdict = rule(&Step::Dot(to.clone()), letters);
            let taken = matches!(&verdict, None | Some(Act::Stall(_)))
                || matches!(&verdict, Some(Act::Say(said) | Act::SayThenDrop(said)) if said.starts_with('2'));
            if taken {
                seen.taken.lock().unwrap().push((to.clone(), text));
            }
            let replay = Mutex::new(verdict);
            let once = |_: &Step, _: usize| replay.lock().unwrap().take();
            let say = |wire: &mut BufReader<Box<dyn Stream>>, text: &str| wire.get_mut().write_all(format!("{text}\r\n").as_bytes()).ok();
            match once(&Step::Data, 0) {
                None => say(&mut wire, "250 taken")?,
                Some(Act::Stall(time)) => {
                    std::thread::sleep(time);
                    say(&mut wire, "250 taken")?;
                }
                Some(Act::Say(text)) => say(&mut wire, text)?,
                Some(Act::SayThenDrop(text)) => return say(&mut wire, text).and(None),
                Some(Act::Drop) => return None,
            }
            wire.get_mut().flush().ok()?;
        } else if verb == "QUIT" {
            wire.get_mut().write_all(b"221 bye\r\n").ok()?;
            wire.get_mut().flush().ok()?;
            return Some(());
        } else {
            wire.get_mut().write_all(b"250 ok\r\n").ok()?;
            wire.get_mut().flush().ok()?;
        }
    }
}

// ---- a house ----------------------------------------------------------------------------------------------------------------------

struct House {
    dir: tempfile::TempDir,
    roster: Roster,
    postman: Postman,
    now: AtomicI64,
}

fn start_of_time() -> DateTime<Utc> {
    "2018-03-06T08:30:00Z".parse().unwrap()
}

fn write(edition: &Edition, reader: &Reader) -> anyhow::Result<Letter> {
    let subject = match &edition.occasion {
        Occasion::Operator { subject, .. } => subject.clone(),
        other => format!("{other:?}"),
    };
    let text = format!(
        "{} {} {subject}\n.\nЖирафа\n",
        reader.leave_url.clone().unwrap_or_default(),
        reader.confirm_url.clone().unwrap_or_default()
    );
    Ok(Letter { subject, html: format!("<p>{text}</p>"), text, calendars: Vec::new() })
}

impl House {
    fn new(road: Road) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let roster = Roster::open(dir.path(), true).unwrap();
        House { dir, roster, postman: Postman::new(office(road)), now: AtomicI64::new(start_of_time().timestamp_millis()) }
    }

    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.now.load(Ordering::Relaxed)).unwrap()
    }

    fn people(&mut self, names: &[&str]) -> Vec<i64> {
        let consent = Consent { how: ConsentHow::Command, version: None, text: Some("asked in person".to_owned()) };
        let at = self.now() - Duration::hours(1);
        names
            .iter()
            .map(|name| subscribe::add_confirmed(&mut self.roster, &address(name), &Preferences::default(), &consent, at).unwrap().0)
            .collect()
    }

    fn owe(&mut self, key: &str) -> i64 {
        let now = self.now();
        let owing = self.roster.owing(now).unwrap();
        let edition = owing.edition(&edition(key, &alert(now))).unwrap();
        owing.for_each_confirmed::<RosterError>(|recipient| owing.owe(edition, recipient.id).map(drop)).unwrap();
        owing.finish(Some(&Cursor { change_id: 1, hash: "h".to_owned() })).unwrap()
    }

    fn deliver(&mut self) -> Delivery {
        self.try_deliver().unwrap()
    }

    fn try_deliver(&mut self) -> anyhow::Result<Delivery> {
        let House { roster, postman, now, .. } = self;
        let clock = || DateTime::from_timestamp_millis(now.load(Ordering::Relaxed)).unwrap();
        postman.deliver(roster, &write, None, &clock, &AtomicBool::new(false))
    }

    /// Delivers again whenever something is due, for so long.
    fn live(&mut self, for_so_long: Duration) {
        let end = self.now() + for_so_long;
        let mut at_once = 0;
        while let Some(at) = self.deliver().next_at.filter(|at| *at <= end) {
            at_once = if at > self.now() { 0 } else { at_once + 1 };
            assert!(at_once < 2, "a notice may be due at once, and is then tried; after that there is something to wait for");
            self.now.store(at.max(self.now()).timestamp_millis(), Ordering::Relaxed);
        }
        self.now.store(end.timestamp_millis(), Ordering::Relaxed);
    }

    fn states(&self) -> Vec<LetterState> {
        outbox::list(&self.roster, None, usize::MAX)
            .unwrap()
            .letters
            .iter()
            .filter(|l| l.subscriber_id.is_some())
            .map(|l| l.state)
            .collect()
    }

    fn notices(&self) -> Vec<String> {
        let letters = outbox::list(&self.roster, None, usize::MAX).unwrap().letters;
        letters.iter().filter(|l| l.subscriber_id.is_none()).map(|l| outbox::show(&self.roster, l.id, &write).unwrap().subject).collect()
    }
}

fn office(road: Road) -> Office {
    Office {
        road,
        from: "Potvrda <potvrda@ngo.example>".parse().unwrap(),
        reply_to: None,
        return_path: None,
        per_minute_max: 10_000,
        public_url: Some("https://potvrda.example".to_owned()),
        one_click: true,
        controller: None,
        signer: None,
        words: None,
        operators: vec![address("operator")],
    }
}

fn address(name: &str) -> EmailAddress {
    format!("{name}@reader.example").parse().unwrap()
}

fn alert(now: DateTime<Utc>) -> Edition {
    Edition { occasion: Occasion::Alert, made_at: now, watching_since: None, findings: Vec::new(), median_gap: None }
}

fn edition<'a>(key: &'a str, facts: &'a Edition) -> NewEdition<'a> {
    NewEdition { key, thread: Some("404-18"), facts, change_ids: &[1], sender_domain: "ngo.example" }
}

fn to(name: &str) -> String {
    format!("{name}@reader.example")
}

fn message_id(text: &str) -> String {
    text.lines().find(|line| line.starts_with("Message-ID:")).unwrap().trim().to_owned()
}

fn one_each(server: &MailServer, names: &[&str]) {
    let expected: HashMap<String, usize> = names.iter().map(|name| (to(name), 1)).collect();
    let mut taken = server.taken();
    taken.remove(&to("operator"));
    assert_eq!(taken, expected);
}

const THREE: &[&str] = &["ana", "bora", "ceca"];

// ---- stories ----------------------------------------------------------------------------------------------------------------------

#[test]
fn letters_go_once_and_bear_what_is_promised() {
    let server = MailServer::start(|_, _| None);
    let mut house = House::new(server.road());
    house.people(THREE);
    assert_eq!(house.owe("404-18:listed"), 3);
    assert_eq!(house.owe("404-18:listed"), 3, "the same change is owed to nobody twice");
    let delivery = house.deliver();
    assert_eq!((delivery.sent, delivery.owed), (3, 0));
    house.deliver();
    one_each(&server, THREE);
    let texts = server.texts(&to("ana"));
    for header in [
        "Date: Tue, 06 Mar 2018 09:30:00 +0100",
        "Auto-Submitted: auto-generated",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "List-Id: Potvrda <potvrda.ngo.example>",
        "References: <",
    ] {
        assert!(texts[0].contains(header), "{header} is missing in\n{}", texts[0]);
    }
    let ids: std::collections::HashSet<String> = THREE.iter().map(|name| message_id(&server.texts(&to(name))[0])).collect();
    assert_eq!(ids.len(), 3);
    assert_eq!(server.seen.connections.load(Ordering::Relaxed), 1, "one conversation carries a batch");
}

#[test]
fn a_server_that_is_away_delays_letters_and_loses_none() {
    let away = Arc::new(AtomicBool::new(true));
    for how in ["421", "nothing", "closed"] {
        away.store(true, Ordering::Relaxed);
        let still = Arc::clone(&away);
        let server = MailServer::start(move |step, _| match step {
            Step::Connect if still.load(Ordering::Relaxed) => Some(match how {
                "421" => Act::SayThenDrop("421 too busy"),
                "nothing" => Act::Drop,
                _ => Act::Stall(Wall::from_secs(3)),
            }),
            _ => None,
        });
        let mut house = House::new(server.road());
        house.people(THREE);
        house.owe("1");
        let began = house.now();
        let mut waits = Vec::new();
        for _ in 0..if how == "closed" { 1 } else { 7 } {
            let delivery = house.deliver();
            assert_eq!((delivery.sent, delivery.failed, delivery.owed), (0, 3, 3), "{how}");
            let next = delivery.next_at.unwrap();
            waits.push((next - house.now()).num_seconds());
            house.now.store(next.timestamp_millis(), Ordering::Relaxed);
        }
        for (wait, most) in waits.iter().zip([60, 300, 900, 3_600, 14_400, 14_400, 14_400]) {
            assert!(*wait <= most && *wait * 10 >= most * 9, "{wait} s where {most} s are promised");
        }
        away.store(false, Ordering::Relaxed);
        house.live(Duration::hours(5));
        one_each(&server, THREE);
        assert!(house.now() > began);
    }
}

#[test]
fn a_no_for_now_is_asked_again_and_sent_once() {
    for at in ["mail", "rcpt", "data", "dot"] {
        let busy = Arc::new(AtomicUsize::new(3));
        let server = MailServer::start(move |step, _| {
            let here = matches!((at, step), ("mail", Step::Mail) | ("rcpt", Step::Rcpt(_)) | ("data", Step::Data) | ("dot", Step::Dot(_)));
            let first = here && busy.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok();
            first.then_some(Act::Say("451 later"))
        });
        let mut house = House::new(server.road());
        house.people(THREE);
        house.owe("1");
        assert_eq!(house.deliver().failed, 3, "{at}");
        house.live(Duration::hours(1));
        one_each(&server, THREE);
    }
}

#[test]
fn one_recipient_who_is_refused_or_put_off_delays_nobody_else() {
    let grey = Arc::new(AtomicBool::new(true));
    let still = Arc::clone(&grey);
    let server = MailServer::start(move |step, _| match step {
        Step::Rcpt(who) if who.starts_with("bora") => Some(Act::Say("550 5.1.1 <bora@reader.example> unknown")),
        Step::Rcpt(who) if who.starts_with("ceca") && still.load(Ordering::Relaxed) => Some(Act::Say("450 later")),
        _ => None,
    });
    let mut house = House::new(server.road());
    let ids = house.people(&["ana", "bora", "ceca", "dana"]);
    for (round, key) in ["1", "2", "3", "4"].iter().enumerate() {
        house.owe(key);
        let delivery = house.deliver();
        let notice = usize::from(round == 2);
        assert_eq!((delivery.sent, delivery.failed, delivery.refused), (2 + notice, 1, usize::from(round < 3)), "round {round}");
        let state = house.roster.subscriber(ids[1]).unwrap().state;
        assert_eq!(state == State::Paused, round >= 2, "paused after three, not before");
        grey.store(false, Ordering::Relaxed);
        house.live(Duration::hours(2));
        grey.store(true, Ordering::Relaxed);
    }
    assert_eq!(server.taken()[&to("ceca")], 4);
    assert_eq!(server.taken().get(&to("bora")), None);
    let letters = outbox::list(&house.roster, Some(LetterState::Refused), 9).unwrap().letters;
    assert!(letters.iter().all(|l| l.last_error.as_ref().unwrap().contains("550") && !l.last_error.as_ref().unwrap().contains('@')));
    assert!(house.notices().iter().any(|subject| subject.contains("paused")));
}

#[test]
fn days_of_later_speak_against_a_reader_only_where_the_server_serves_the_others() {
    for (puts_off, paused) in [("", [false; 3]), ("ceca", [false, false, true])] {
        let server = MailServer::start(move |step, _| match step {
            Step::Rcpt(who) if who.starts_with(puts_off) && !who.starts_with("operator") => Some(Act::Say("450 4.2.0 later")),
            _ => None,
        });
        let mut house = House::new(server.road());
        let ids = house.people(&["ana", "bora", "ceca"]);
        for key in ["1", "2", "3", "4", "5", "6", "7"] {
            house.owe(key);
        }
        house.live(Duration::days(6));
        let expired = house.states().iter().filter(|state| **state == LetterState::Expired).count();
        // what is owed to whoever is paused waits
        assert_eq!(expired, if puts_off.is_empty() { 21 } else { 6 }, "{puts_off:?}");
        let states: Vec<bool> = ids.iter().map(|id| house.roster.subscriber(*id).unwrap().state == State::Paused).collect();
        assert_eq!(states, paused, "{puts_off:?} was put off");
    }
}

#[test]
fn greylisting_for_five_minutes_is_passed_within_six() {
    let until = Arc::new(AtomicI64::new(i64::MAX));
    let clock = Arc::new(AtomicI64::new(0));
    let (u, c) = (Arc::clone(&until), Arc::clone(&clock));
    let server = MailServer::start(move |step, _| match step {
        Step::Rcpt(_) if c.load(Ordering::Relaxed) < u.load(Ordering::Relaxed) => Some(Act::Say("450 greylisted")),
        _ => None,
    });
    let mut house = House::new(server.road());
    house.people(THREE);
    house.owe("1");
    let began = house.now();
    until.store((began + Duration::minutes(5)).timestamp(), Ordering::Relaxed);
    loop {
        clock.store(house.now().timestamp(), Ordering::Relaxed);
        let delivery = house.deliver();
        if delivery.owed == 0 {
            break;
        }
        house.now.store(delivery.next_at.unwrap().timestamp_millis(), Ordering::Relaxed);
    }
    one_each(&server, THREE);
    assert!(house.now() - began <= Duration::minutes(6), "{}", house.now() - began);
}

#[test]
fn content_refused_for_one_is_his_and_for_everybody_is_nobodys() {
    let all = Arc::new(AtomicBool::new(false));
    let every = Arc::clone(&all);
    let server = MailServer::start(move |step, _| match step {
        Step::Dot(who) if who.starts_with("ana") || (every.load(Ordering::Relaxed) && !who.starts_with("operator")) => {
            Some(Act::Say("554 spam"))
        }
        _ => None,
    });
    let mut house = House::new(server.road());
    house.people(&["ana", "bora", "ceca", "dana", "ema", "filip"]);
    house.owe("1");
    let delivery = house.deliver();
    assert_eq!((delivery.sent, delivery.refused), (5 + 1, 1), "and the operator hears why");
    assert!(house.notices().iter().any(|subject| subject == "Mail servers refuse what we send"));
    all.store(true, Ordering::Relaxed);
    house.owe("2");
    let delivery = house.deliver();
    assert_eq!((delivery.sent, delivery.refused, delivery.failed), (0, 0, 6), "nobody is marked");
    assert_eq!(house.roster.relay().unwrap().trouble, Some(Trouble::Circuit));
    assert!(house.deliver().waiting.is_some(), "nothing is offered while the circuit is open");
    assert!(house.notices().iter().any(|subject| subject.contains("refused 6 of 6")));
    all.store(false, Ordering::Relaxed);
    let now = house.now();
    outbox::retry_all(&mut house.roster, Also::default(), now).unwrap();
    let delivery = house.deliver();
    assert_eq!((delivery.sent, delivery.refused), (5 + 1, 1), "five readers and the operator");
}

#[test]
fn a_connection_lost_before_the_dot_costs_no_copy_and_after_it_one() {
    for (at, copies) in [("data", 1), ("body", 1), ("dot", 2), ("after", 1)] {
        let once = Arc::new(AtomicBool::new(true));
        let server = MailServer::start(move |step, _| {
            let here = match (at, step) {
                ("data", Step::Data) => true,
                ("body", Step::Body(who)) | ("dot" | "after", Step::Dot(who)) => who.starts_with("bora"),
                _ => false,
            };
            let now = here && once.swap(false, Ordering::Relaxed);
            now.then(|| if at == "after" { Act::SayThenDrop("250 taken") } else { Act::Drop })
        });
        let mut house = House::new(server.road());
        house.people(THREE);
        house.owe("1");
        house.live(Duration::hours(1));
        let texts = server.texts(&to("bora"));
        assert_eq!(texts.len(), copies, "{at}");
        assert!(texts.iter().all(|text| message_id(text) == message_id(&texts[0])));
        for name in ["ana", "ceca"] {
            assert_eq!(server.texts(&to(name)).len(), 1, "{at}: {name}");
        }
        assert!(house.states().iter().all(|state| *state == LetterState::Sent), "{at}");
    }
}

#[test]
fn a_server_that_takes_two_letters_a_connection_gets_more_connections() {
    for said in ["421 enough", "452 too many recipients"] {
        let server = MailServer::start(move |step, letters| match step {
            Step::Mail if letters > 2 => Some(if said.starts_with("421") { Act::SayThenDrop(said) } else { Act::Say(said) }),
            _ => None,
        });
        let mut house = House::new(server.road());
        house.people(&["ana", "bora", "ceca", "dana", "ema"]);
        house.owe("1");
        assert_eq!(house.deliver().sent, 5, "{said}");
        one_each(&server, &["ana", "bora", "ceca", "dana", "ema"]);
    }
}

#[test]
fn a_slow_250_is_waited_for() {
    let server = MailServer::start(|step, _| matches!(step, Step::Dot(_)).then_some(Act::Stall(Wall::from_millis(1_200))));
    let mut house = House::new(server.road());
    house.people(&["ana"]);
    house.owe("1");
    assert_eq!(house.deliver().sent, 1);
    assert_eq!(server.texts(&to("ana")).len(), 1);
}

#[test]
fn without_the_protection_asked_for_nothing_is_sent_in_clear() {
    for offered in [false, true] {
        let extensions: &[&str] = if offered { &["STARTTLS"] } else { &["8BITMIME"] };
        let server =
            MailServer::start_with(extensions, None, false, |step, _| (*step == Step::StartTls).then_some(Act::Say("454 not now")));
        let mut house = House::new(server.road_by(Security::Starttls, Some(("potvrda", "geheim")), None));
        house.people(THREE);
        house.owe("1");
        let delivery = house.deliver();
        assert_eq!((delivery.sent, delivery.owed), (0, 4), "three letters, and the notice to the operator");
        let clear = server.seen.clear.lock().unwrap().clone();
        assert!(!clear.contains("MAIL") && !clear.contains("AUTH") && !clear.contains("reader.example"), "{clear}");
        assert!(house.notices()[0].contains("guard"));
    }
}

#[test]
fn a_refused_login_keeps_the_whole_queue_and_tells_the_operator_once() {
    let wrong = Arc::new(AtomicBool::new(true));
    let still = Arc::clone(&wrong);
    let server = MailServer::start_with(&["AUTH PLAIN LOGIN"], None, false, move |step, _| {
        (*step == Step::Auth && still.load(Ordering::Relaxed)).then_some(Act::Say("535 wrong"))
    });
    let mut house = House::new(server.road_by(Security::None, Some(("potvrda", "geheim")), None));
    house.people(THREE);
    house.owe("1");
    assert_eq!(house.deliver().failed, 3);
    assert!(house.deliver().waiting.unwrap().contains("login"));
    house.live(Duration::minutes(30));
    assert_eq!(house.notices().len(), 1);
    wrong.store(false, Ordering::Relaxed);
    house.live(Duration::hours(3));
    one_each(&server, THREE);
    assert_eq!(house.roster.relay().unwrap().trouble, None);
}

#[test]
fn letters_go_over_tls_from_the_first_byte_and_after_starttls_with_a_login() {
    let tls = tls();
    for (security, implicit) in [(Security::Tls, true), (Security::Starttls, false)] {
        let server = MailServer::start_with(&["STARTTLS", "AUTH PLAIN"], Some(tls.clone()), implicit, |_, _| None);
        let road = server.road_by(security, Some(("potvrda", "geheim")), Some(tls.ca_pem.clone()));
        let said = probe(&road).unwrap();
        assert!(said.contains("guarded by TLS") && said.contains("logged in"), "{said}");
        let mut house = House::new(road);
        house.people(THREE);
        house.owe("1");
        assert_eq!(house.deliver().sent, 3);
        let clear = server.seen.clear.lock().unwrap().clone();
        assert!(!clear.contains("AUTH") && !clear.contains("MAIL"), "{clear}");
        let stranger = server.road_by(security, None, None);
        assert!(probe(&stranger).is_err(), "a certificate nobody vouches for");
    }
}

#[test]
fn a_server_that_takes_no_long_letters_gets_the_beginning() {
    let server = MailServer::start_with(&["SIZE 4000"], None, false, |_, _| None);
    let mut house = House::new(server.road());
    house.people(&["ana"]);
    house.owe("1");
    let long = |edition: &Edition, reader: &Reader| {
        let letter = write(edition, reader)?;
        Ok(Letter { text: "sporazum ".repeat(1_000), html: "<p>sporazum</p>".repeat(1_000), ..letter })
    };
    let clock = || start_of_time();
    // Two thousand characters twice are still too many for this one: put off, not lost.
    let first = house.postman.deliver(&mut house.roster, &long, None, &clock, &AtomicBool::new(false)).unwrap();
    assert_eq!((first.sent, first.failed), (0, 1));
    let server = MailServer::start_with(&["SIZE 8000"], None, false, |_, _| None);
    let mut house = House::new(server.road());
    house.people(&["ana"]);
    house.owe("1");
    let second = house.postman.deliver(&mut house.roster, &long, None, &clock, &AtomicBool::new(false)).unwrap();
    assert_eq!(second.sent, 1);
    assert!(server.texts(&to("ana"))[0].contains("https://potvrda.example"));
}

#[test]
fn nonsense_from_the_server_keeps_the_letter_and_long_replies_do_not() {
    let long: &'static str = Box::leak((0..49).map(|n| format!("250-line {n}\r\n")).collect::<String>().into_boxed_str());
    let many: &'static str = Box::leak(format!("{long}250 ok").into_boxed_str());
    let endless: &'static str = Box::leak("x".repeat(65_536).into_boxed_str());
    for (said, sent) in [("banana", 0), (endless, 0), (many, 1), ("999 what", 0), ("354 huh", 0)] {
        let server = MailServer::start(move |step, _| (*step == Step::Mail).then_some(Act::Say(said)));
        let mut house = House::new(server.road());
        house.people(&["ana"]);
        house.owe("1");
        let delivery = house.deliver();
        assert_eq!((delivery.sent, delivery.owed), (sent, 1 - i64::try_from(sent).unwrap()), "{}", &said[..said.len().min(30)]);
    }
}

#[test]
fn after_five_days_of_trying_a_letter_expires_and_the_operator_is_told_how_many() {
    let away = Arc::new(AtomicBool::new(true));
    let still = Arc::clone(&away);
    let server = MailServer::start(move |step, _| (*step == Step::Connect && still.load(Ordering::Relaxed)).then_some(Act::Drop));
    let mut house = House::new(server.road());
    house.people(THREE);
    house.owe("1");
    house.live(Duration::days(3));
    assert!(house.states().iter().all(|state| *state == LetterState::Owed), "three days are not enough");
    house.live(Duration::days(3));
    assert_eq!(house.states(), [LetterState::Expired; 3]);
    let notices = house.notices();
    assert!(notices.len() == 1 && notices[0].starts_with("3 letter(s)") && !notices[0].contains('@'), "{notices:?}");
    away.store(false, Ordering::Relaxed);
    house.live(Duration::hours(5));
    assert_eq!(server.taken().keys().collect::<Vec<_>>(), [&to("operator")]);
}

#[test]
fn what_was_given_up_is_tried_for_days_more_only_where_an_operator_says_so() {
    let away = Arc::new(AtomicBool::new(true));
    let still = Arc::clone(&away);
    let server = MailServer::start(move |step, _| (*step == Step::Connect && still.load(Ordering::Relaxed)).then_some(Act::Drop));
    let mut house = House::new(server.road());
    house.people(THREE);
    house.owe("1");
    house.live(Duration::days(6));
    let now = house.now();
    outbox::retry_all(&mut house.roster, Also::default(), now).unwrap();
    assert_eq!(house.states(), [LetterState::Expired; 3]);
    assert_eq!(outbox::retry_all(&mut house.roster, Also { expired: true, ..Also::default() }, now).unwrap(), 4, "the notice is owed too");
    // The server is still away, and that ends nothing at once.
    house.live(Duration::days(2));
    assert_eq!(house.states(), [LetterState::Owed; 3]);
    away.store(false, Ordering::Relaxed);
    house.live(Duration::hours(5));
    assert_eq!(house.states(), [LetterState::Sent; 3]);
    one_each(&server, THREE);
}

#[test]
fn a_pause_is_no_trying_and_who_comes_back_is_tried_for_days_again() {
    for by_itself in [false, true] {
        let away = Arc::new(AtomicBool::new(true));
        let still = Arc::clone(&away);
        let server =
            MailServer::start(move |step, _| (*step == Step::Mail && still.load(Ordering::Relaxed)).then_some(Act::Say("451 later")));
        let mut house = House::new(server.road());
        let people = house.people(THREE);
        house.owe("1");
        house.live(Duration::hours(1));
        let (now, until) = (house.now(), house.now() + Duration::days(8));
        subscribe::pause(&mut house.roster, people[0], by_itself.then_some(until), now).unwrap();
        away.store(false, Ordering::Relaxed);
        house.live(Duration::days(8));
        assert_eq!(house.states(), [LetterState::Owed, LetterState::Sent, LetterState::Sent]);
        away.store(true, Ordering::Relaxed);
        if !by_itself {
            subscribe::resume(&mut house.roster, people[0]).unwrap();
        }
        house.live(Duration::days(4));
        assert_eq!(house.states()[0], LetterState::Owed, "by itself: {by_itself}");
        house.live(Duration::days(2));
        assert_eq!(house.states()[0], LetterState::Expired, "by itself: {by_itself}");
    }
}

#[test]
fn killed_between_250_and_its_record_the_same_letter_goes_twice_under_one_name() {
    let dir: Arc<Mutex<Option<std::path::PathBuf>>> = Arc::default();
    let hook = Arc::clone(&dir);
    let server = MailServer::start(move |step, _| {
        if let (Step::Dot(who), Some(dir)) = (step, hook.lock().unwrap().as_ref())
            && who.starts_with("bora")
        {
            // From here on nothing can be recorded: the same, to the next start, as a kill.
            std::fs::rename(dir.join("subscribers.db"), dir.join("away")).unwrap();
        }
        None
    });
    let mut house = House::new(server.road());
    house.people(THREE);
    house.owe("1");
    *dir.lock().unwrap() = Some(house.dir.path().to_owned());
    assert!(house.try_deliver().is_err());
    *dir.lock().unwrap() = None;
    std::fs::rename(house.dir.path().join("away"), house.dir.path().join("subscribers.db")).unwrap();
    house.roster = Roster::open(house.dir.path(), false).unwrap();
    house.postman = Postman::new(house.postman.office().clone());
    house.deliver();
    let texts = server.texts(&to("bora"));
    assert_eq!(texts.len(), 2);
    assert_eq!(message_id(&texts[0]), message_id(&texts[1]));
    assert_eq!((server.texts(&to("ana")).len(), server.texts(&to("ceca")).len()), (1, 1));
}

#[test]
fn a_large_edition_goes_over_several_connections_and_a_kill_duplicates_one_letter_of_each_at_most() {
    let names: Vec<String> = (0..1_500).map(|n| format!("r{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let dir: Arc<Mutex<Option<std::path::PathBuf>>> = Arc::default();
    let hook = Arc::clone(&dir);
    let server = MailServer::start(move |step, _| {
        if let (Step::Dot(who), Some(dir)) = (step, hook.lock().unwrap().as_ref())
            && who.starts_with("r700@")
        {
            std::fs::rename(dir.join("subscribers.db"), dir.join("away")).unwrap();
        }
        None
    });
    let mut house = House::new(server.road());
    house.people(&names);
    house.owe("1");
    *dir.lock().unwrap() = Some(house.dir.path().to_owned());
    assert!(house.try_deliver().is_err());
    *dir.lock().unwrap() = None;
    let first = server.taken().len();
    std::fs::rename(house.dir.path().join("away"), house.dir.path().join("subscribers.db")).unwrap();
    house.roster = Roster::open(house.dir.path(), false).unwrap();
    house.postman = Postman::new(house.postman.office().clone());
    let unrecorded = usize::try_from(house.roster.count_letters().unwrap().owed).unwrap() + first - names.len();
    assert!((1..=3).contains(&unrecorded), "{unrecorded} letters were taken and not recorded");
    assert_eq!(server.seen.connections.load(Ordering::Relaxed), 3);
    house.deliver();
    let taken = server.taken();
    assert_eq!(taken.len(), names.len());
    assert_eq!(taken.values().sum::<usize>(), names.len() + unrecorded);
    for twice in taken.iter().filter(|(_, copies)| **copies > 1).map(|(who, _)| server.texts(who)) {
        assert_eq!(message_id(&twice[0]), message_id(&twice[1]));
    }
}

#[test]
fn a_deleted_roster_is_noticed_before_the_next_commit() {
    let server = MailServer::start(|_, _| None);
    let mut house = House::new(server.road());
    house.people(THREE);
    house.owe("1");
    std::fs::remove_file(house.dir.path().join("subscribers.db")).unwrap();
    let error = house.try_deliver().unwrap_err();
    assert!(matches!(error.downcast_ref::<RosterError>(), Some(error) if error.is_fatal()), "{error:#}");
    assert!(server.taken().is_empty());
}

#[test]
fn who_leaves_while_letters_go_out_gets_none() {
    let dir: Arc<Mutex<Option<(std::path::PathBuf, i64)>>> = Arc::default();
    let hook = Arc::clone(&dir);
    let server = MailServer::start(move |step, _| {
        if matches!(step, Step::Dot(_))
            && let Some((dir, id)) = hook.lock().unwrap().take()
        {
            let mut other = Roster::open(&dir, false).unwrap();
            let token = other.token(potvrda::io::roster::token::Purpose::Leave, id, None);
            assert!(subscribe::leave_by_token(&mut other, &token, start_of_time()).unwrap());
            assert!(subscribe::leave_by_token(&mut other, &token, start_of_time()).unwrap(), "twice is once");
        }
        None
    });
    let mut house = House::new(server.road());
    let ids = house.people(THREE);
    house.owe("1");
    *dir.lock().unwrap() = Some((house.dir.path().to_owned(), ids[2]));
    assert_eq!(house.deliver().sent, 2);
    one_each(&server, &["ana", "bora"]);
    let gone = house.roster.subscriber(ids[2]).unwrap();
    assert_eq!((gone.state, gone.address), (State::Left, None));
    assert!(subscribe::find(&house.roster, &address("ceca")).is_ok(), "known by the mark alone");
    subscribe::remove(&mut house.roster, ids[2], start_of_time()).unwrap();
    assert!(subscribe::find(&house.roster, &address("ceca")).is_err());
}

#[test]
fn no_more_letters_go_in_a_minute_than_the_settings_allow() {
    let server = MailServer::start(|_, _| None);
    let mut house = House::new(server.road());
    let mut office = house.postman.office().clone();
    office.per_minute_max = 2;
    house.postman = Postman::new(office);
    house.people(&["ana", "bora", "ceca", "dana", "ema"]);
    house.owe("1");
    let mut sent = Vec::new();
    while house.roster.count_letters().unwrap().owed > 0 {
        let delivery = house.deliver();
        sent.push((house.now(), delivery.sent));
        if let Some(at) = delivery.next_at {
            house.now.store(at.timestamp_millis(), Ordering::Relaxed);
        }
    }
    assert_eq!(sent.iter().map(|(_, n)| *n).collect::<Vec<_>>(), [2, 2, 1]);
    assert!(sent.windows(2).all(|pair| pair[1].0 - pair[0].0 == Duration::seconds(60)), "{sent:?}");
}

#[test]
fn a_stopped_directory_sends_nothing_until_released_and_a_stop_signal_ends_after_one_letter() {
    let stop = Arc::new(AtomicBool::new(false));
    let signal = Arc::clone(&stop);
    let server = MailServer::start(move |step, _| {
        if matches!(step, Step::Dot(_)) {
            signal.store(true, Ordering::Relaxed);
        }
        None
    });
    let mut house = House::new(server.road());
    house.people(THREE);
    house.owe("1");
    let now = house.now();
    house.roster.stop("restored from a backup", now).unwrap();
    assert!(house.deliver().waiting.unwrap().contains("restored"));
    assert!(outbox::release(&mut house.roster).unwrap());
    let clock = || start_of_time();
    let delivery = house.postman.deliver(&mut house.roster, &write, None, &clock, &stop).unwrap();
    assert_eq!((delivery.sent, delivery.owed), (1, 2));
    house.deliver();
    one_each(&server, THREE);
}

#[test]
fn a_folder_gets_one_file_a_letter_that_stays_one_when_put_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut house = House::new(Road::Folder(folder.path().join("letters")));
    house.people(THREE);
    house.owe("1");
    assert_eq!(house.deliver().sent, 3);
    let files = || -> Vec<_> { std::fs::read_dir(folder.path().join("letters")).unwrap().map(|e| e.unwrap().path()).collect() };
    assert_eq!(files().len(), 3);
    for file in files() {
        assert_eq!(file.extension().unwrap(), "eml");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let text = String::from_utf8(std::fs::read(&file).unwrap()).unwrap();
        assert!(text.contains("\r\n\r\n") && !text.replace("\r\n", "").contains('\n'));
    }
}

#[test]
fn the_machines_own_mailer_gets_the_letter_on_its_input_and_its_codes_are_understood() {
    let dir = tempfile::tempdir().unwrap();
    let mailer = |code: i32| {
        let path = dir.path().join(format!("sendmail{code}"));
        let script = format!("#!/bin/sh\necho \"$@\" > {0}/args\ncat > {0}/letter\nexit {code}\n", dir.path().display());
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        Road::Sendmail(path)
    };
    for (code, sent, failed, refused) in [(0, 1, 0, 0), (75, 0, 1, 0), (67, 0, 0, 1)] {
        let mut house = House::new(mailer(code));
        house.people(&["ana"]);
        house.owe("1");
        let delivery = house.deliver();
        assert_eq!((delivery.sent, delivery.failed, delivery.refused), (sent, failed, refused), "code {code}");
    }
    let args = std::fs::read_to_string(dir.path().join("args")).unwrap();
    assert_eq!(args.trim(), "-i -f potvrda@ngo.example -- ana@reader.example");
    assert!(std::fs::read_to_string(dir.path().join("letter")).unwrap().contains("Message-ID"));
}

#[test]
fn a_mailer_that_leaves_something_at_work_behind_it_holds_nothing_up() {
    let dir = tempfile::tempdir().unwrap();
    let (path, left) = (dir.path().join("sendmail"), dir.path().join("left"));
    // What is left has its stderr, and does not close it.
    let script = format!("#!/bin/sh\ncat > /dev/null\nsleep 60 &\necho $! > {}\necho no room >&2\nexit 75\n", left.display());
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut house = House::new(Road::Sendmail(path));
    house.people(&["ana"]);
    house.owe("1");
    let began = std::time::Instant::now();
    assert_eq!(house.deliver().failed, 1);
    assert!(began.elapsed() < Wall::from_secs(20), "it was waited for");
    let row = &outbox::list(&house.roster, None, 9).unwrap().letters[0];
    assert_eq!(row.last_error.as_deref(), Some("450 at RCPT TO: the mailer ended with code 75 no room"));
    let id = std::fs::read_to_string(left).unwrap();
    assert!(std::process::Command::new("kill").arg(id.trim()).status().unwrap().success());
}

#[test]
fn who_asks_gets_one_question_a_day_and_confirms_by_its_link() {
    let server = MailServer::start(|_, _| None);
    let mut house = House::new(server.road());
    let consent = Consent { how: ConsentHow::Web, version: None, text: Some("Yes, write to me".to_owned()) };
    let ask = |house: &mut House| {
        let now = house.now();
        subscribe::ask(&mut house.roster, &address("ana"), &Preferences::default(), &consent, "ngo.example", now).unwrap()
    };
    let subscribe::Asked::LetterOwed(id) = ask(&mut house) else { panic!("no letter is owed") };
    assert_eq!(ask(&mut house), subscribe::Asked::LetterRecent(id));
    house.owe("an alert that is not for the pending");
    assert_eq!(house.deliver().sent, 1);
    let text = &server.texts(&to("ana"))[0];
    assert!(!text.contains("List-Unsubscribe"), "a question is no list's letter");
    let row = &outbox::list(&house.roster, None, 9).unwrap().letters[0];
    let token = house.roster.token(potvrda::io::roster::token::Purpose::Confirm, id, Some(row.owed_at + Duration::days(7)));
    let now = house.now();
    assert_eq!(subscribe::confirm_by_token(&mut house.roster, &token, now + Duration::days(8)).unwrap(), None, "past its time");
    assert_eq!(subscribe::confirm_by_token(&mut house.roster, &token.replace('c', "l"), now).unwrap(), None);
    assert_eq!(subscribe::confirm_by_token(&mut house.roster, &token, now).unwrap().unwrap().state, State::Confirmed);
    assert_eq!(ask(&mut house), subscribe::Asked::Already(id));
}

#[test]
fn the_real_letters_carry_each_readers_own_links_in_every_language_and_part() {
    let server = MailServer::start(|_, _| None);
    let mut house = House::new(server.road());
    let real = |edition: &Edition, reader: &Reader| {
        Ok(potvrda::domain::letter::write(edition, reader, potvrda::domain::letter::words::Words::built_in())?)
    };
    let consent = Consent { how: ConsentHow::Command, version: None, text: None };
    let mut ids = Vec::new();
    for (name, language) in [("ana", Language::SrLatn), ("bora", Language::SrCyrl), ("ceca", Language::En), ("dana", Language::SrCyrl)] {
        let preferences = Preferences { language, ..Preferences::default() };
        let now = house.now();
        let asked = subscribe::ask(&mut house.roster, &address(name), &preferences, &consent, "ngo.example", now).unwrap();
        let subscribe::Asked::LetterOwed(id) = asked else { panic!("{asked:?}") };
        ids.push((name, id));
    }
    let delivery = house.postman.deliver(&mut house.roster, &real, None, &start_of_time, &AtomicBool::new(false)).unwrap();
    assert_eq!((delivery.sent, delivery.failed), (4, 0));
    for (name, id) in ids {
        let parts = decoded(&server.texts(&to(name))[0]);
        let row = house.roster.letter(id).unwrap();
        let token = house.roster.token(potvrda::io::roster::token::Purpose::Confirm, id, Some(row.owed_at + Duration::days(7)));
        assert_eq!(parts.len(), 2);
        for part in parts {
            assert!(part.contains(&format!("https://potvrda.example/confirm/{token}")), "{name}: {token} in\n{part}");
            assert!(!part.contains("TOKEN"), "{part}");
        }
    }
}

/// The parts of a message, their transfer encodings undone.
fn decoded(message: &str) -> Vec<String> {
    let boundary = message.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
    let parts: Vec<&str> = message.split(&format!("--{boundary}")).collect();
    parts[1..parts.len() - 1]
        .iter()
        .map(|part| {
            let (head, body) = part.split_once("\r\n\r\n").unwrap();
            let bytes = match head.split("Content-Transfer-Encoding: ").nth(1).map(|rest| rest.lines().next().unwrap()) {
                Some("base64") => base64(body),
                Some("quoted-printable") => quoted_printable(body),
                _ => body.as_bytes().to_vec(),
            };
            String::from_utf8(bytes).unwrap()
        })
        .collect()
}

fn base64(text: &str) -> Vec<u8> {
    let (mut bits, mut count, mut out) = (0_u32, 0, Vec::new());
    for c in text.bytes().filter(|c| c.is_ascii_alphanumeric() || b"+/".contains(c)) {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        (bits, count) = (bits << 6 | u32::from(value), count + 6);
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    out
}

fn quoted_printable(text: &str) -> Vec<u8> {
    let joined = text.replace("=\r\n", "");
    let (mut bytes, mut out) = (joined.bytes(), Vec::new());
    while let Some(byte) = bytes.next() {
        match byte {
            b'=' => {
                let pair = [bytes.next().unwrap(), bytes.next().unwrap()];
                out.push(u8::from_str_radix(std::str::from_utf8(&pair).unwrap(), 16).unwrap());
            }
            other => out.push(other),
        }
    }
    out
}

#[test]
fn a_policy_against_us_marks_nobody() {
    let server = MailServer::start(|step, _| matches!(step, Step::Rcpt(_)).then_some(Act::Say("554 5.7.1 relay access denied")));
    let mut house = House::new(server.road());
    house.people(&["ana"]);
    house.owe("1");
    let delivery = house.deliver();
    assert_eq!((delivery.refused, delivery.failed), (0, 1));
    assert_eq!(house.states(), [LetterState::Owed]);
}

#[test]
fn a_relay_that_refuses_everybody_loses_no_letter_however_few_there_are() {
    for no in [
        "550 relay not permitted",
        "554 Relay access denied",
        "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        "503 need auth first",
        "501 syntax error",
        "550 no",
    ] {
        for people in [&["ana"][..], &["ana", "bora", "ceca"]] {
            let refuses = Arc::new(AtomicBool::new(true));
            let still = Arc::clone(&refuses);
            let server =
                MailServer::start(move |step, _| (matches!(step, Step::Rcpt(_)) && still.load(Ordering::Relaxed)).then_some(Act::Say(no)));
            let mut house = House::new(server.road());
            house.people(people);
            house.owe("1");
            let delivery = house.deliver();
            assert_eq!((delivery.refused, delivery.failed), (0, people.len()), "{no}");
            assert_eq!(house.roster.relay().unwrap().trouble, Some(Trouble::Circuit), "{no}");
            refuses.store(false, Ordering::Relaxed);
            house.live(Duration::hours(2));
            one_each(&server, people);
        }
    }
}

#[test]
fn a_dead_mailbox_alone_is_refused_at_once_and_keeps_nobody_waiting() {
    for (no, at_the_dot) in [("550 5.1.1 unknown", false), ("550 No such user here", false), ("552 5.2.2 mailbox full", true)] {
        let server = MailServer::start(move |step, _| {
            let here = match step {
                Step::Rcpt(who) => !at_the_dot && who.starts_with("bora"),
                Step::Dot(who) => at_the_dot && who.starts_with("bora"),
                _ => false,
            };
            here.then_some(Act::Say(no))
        });
        let mut house = House::new(server.road());
        house.people(&["bora"]);
        house.owe("1");
        let delivery = house.deliver();
        assert_eq!((delivery.refused, delivery.failed), (1, 0), "{no}");
        assert!(delivery.waiting.is_none() && house.roster.relay().unwrap().trouble.is_none(), "{no}: {delivery:?}");
        assert_eq!(
            server.seen.dots.lock().unwrap().iter().filter(|(who, _)| who.starts_with("bora")).count(),
            usize::from(at_the_dot),
            "{no}: offered once"
        );
    }
}

#[test]
fn a_dead_mailbox_is_told_from_those_that_a_relay_refuses_with_it() {
    let server = MailServer::start(|step, _| match step {
        Step::Rcpt(who) if who.starts_with("bora") => Some(Act::Say("550 5.1.1 unknown")),
        Step::Rcpt(_) => Some(Act::Say("550 relay not permitted")),
        _ => None,
    });
    let mut house = House::new(server.road());
    house.people(THREE);
    house.owe("1");
    let delivery = house.deliver();
    assert_eq!((delivery.refused, delivery.failed), (1, 2), "{delivery:?}");
}

#[test]
fn a_list_comes_in_by_lines_and_names_the_bad_ones() {
    let server = MailServer::start(|_, _| None);
    let mut house = House::new(server.road());
    let ids = house.people(&["left", "known"]);
    let now = house.now();
    subscribe::leave(&mut house.roster, ids[0], now).unwrap();
    let list = "email\nana@reader.example\nno address\nbora@reader.example,en,weekly\n\n{\"email\":\"ceca@reader.example\",\"countries\":[\"RU\"]}\n\
                x@y.example\\r\\nBcc: z@y.example\nleft@reader.example\nknown@reader.example\n{\"email\":\"d@reader.example\",\"colour\":1}\n";
    let mut how = subscribe::ImportHow {
        confirmed_because: Some("signed a paper list".to_owned()),
        strict: true,
        sender_domain: "ngo.example".to_owned(),
    };
    let strict = subscribe::import(&mut house.roster, &mut list.as_bytes(), &how, now).unwrap();
    assert_eq!((strict.added, strict.bad.iter().map(|(n, _)| *n).collect::<Vec<_>>()), (0, vec![3, 7, 10]));
    how.strict = false;
    let report = subscribe::import(&mut house.roster, &mut list.as_bytes(), &how, now).unwrap();
    assert_eq!((report.added, report.known, report.left, report.bad_lines), (3, 1, 1, 3));
    let bora = subscribe::find(&house.roster, &address("bora")).unwrap();
    assert_eq!((bora.state, bora.preferences.every), (State::Confirmed, Every::Weekly));
    let mut out = Vec::new();
    assert_eq!(subscribe::export(&house.roster, &mut out).unwrap(), 4);
    let mut other = House::new(server.road());
    how.strict = true;
    let back = subscribe::import(&mut other.roster, &mut out.as_slice(), &how, now).unwrap();
    assert_eq!((back.added, back.bad_lines), (4, 0));
    assert_eq!(subscribe::find(&other.roster, &address("ceca")).unwrap().preferences.countries, ["RU"]);
}

#[test]
fn digests_gather_what_was_kept_and_forget_nothing() {
    let server = MailServer::start(|_, _| None);
    let mut house = House::new(server.road());
    let ids = house.people(&["ana", "bora"]);
    for id in &ids {
        subscribe::change(&mut house.roster, *id, &Preferences { every: Every::Daily, ..Preferences::default() }).unwrap();
    }
    let now = house.now();
    for change in [3, 5] {
        let owing = house.roster.owing(now).unwrap();
        for id in &ids {
            owing.keep_for_digest(*id, change).unwrap();
        }
        owing.finish(Some(&Cursor { change_id: change, hash: String::new() })).unwrap();
    }
    subscribe::pause(&mut house.roster, ids[1], None, now).unwrap();
    let gather = |roster: &mut Roster| {
        let owing = roster.owing(now).unwrap();
        let mut told = Vec::new();
        owing
            .for_each_waiting::<RosterError>(Every::Daily, None, |recipient, changes| {
                told.push((recipient.id, changes.to_vec()));
                Ok(())
            })
            .unwrap();
        owing.digest_done(Every::Daily, None).unwrap();
        owing.finish(None).unwrap();
        told
    };
    assert_eq!(gather(&mut house.roster), [(ids[0], vec![3, 5])]);
    assert_eq!(gather(&mut house.roster), []);
    assert_eq!(house.roster.digest_at(Every::Daily).unwrap(), Some(now));
    subscribe::resume(&mut house.roster, ids[1]).unwrap();
    assert_eq!(gather(&mut house.roster), [(ids[1], vec![3, 5])], "what waits for the paused goes on waiting");
    assert_eq!(house.roster.cursor().unwrap().unwrap().change_id, 5);
}

#[test]
fn an_owing_that_is_not_finished_owed_nothing() {
    let server = MailServer::start(|_, _| None);
    let mut house = House::new(server.road());
    house.people(THREE);
    let now = house.now();
    {
        let owing = house.roster.owing(now).unwrap();
        let id = owing.edition(&edition("k", &alert(now))).unwrap();
        owing.for_each_confirmed::<RosterError>(|recipient| owing.owe(id, recipient.id).map(drop)).unwrap();
    }
    assert_eq!(house.roster.count_letters().unwrap().owed, 0);
    assert_eq!(house.roster.cursor().unwrap(), None);
}

#[test]
fn the_roster_is_its_owners_alone_and_a_newer_one_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Roster::open(dir.path(), false), Err(RosterError::Database(DatabaseError::Missing(_)))));
    let copy = dir.path().join("copy.db");
    Roster::open(dir.path(), true).unwrap().copy_to(&copy).unwrap();
    let path = dir.path().join("subscribers.db");
    for path in [&path, &copy] {
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let as_it_was = std::fs::read(&path).unwrap();
    let version = |to: i64| {
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[60..64].copy_from_slice(&u32::try_from(to).unwrap().to_be_bytes());
        std::fs::write(&path, bytes).unwrap();
    };
    version(99);
    assert!(matches!(Roster::open(dir.path(), true), Err(RosterError::Database(DatabaseError::Newer { found: 99, .. }))));
    std::fs::write(&path, as_it_was).unwrap();
    Roster::open(dir.path(), true).unwrap();
    std::fs::write(&path, vec![0; 8192]).unwrap();
    assert!(Roster::open(dir.path(), true).is_err_and(|error| error.is_fatal()));
    assert_eq!(std::fs::read(&path).unwrap(), vec![0; 8192], "left as it is");
}

#[test]
#[ignore = "measured by hand: cargo test --release -- --ignored"]
fn a_hundred_thousand_letters_are_owed_in_three_seconds() {
    let server = MailServer::start(|_, _| None);
    let mut house = House::new(server.road());
    let consent = Consent { how: ConsentHow::Import, version: None, text: None };
    let list: String = (0..100_000).map(|n| format!("reader{n}@reader.example\n")).collect();
    let how = subscribe::ImportHow { confirmed_because: Some(format!("{consent:?}")), strict: true, sender_domain: "x.example".to_owned() };
    let now = house.now();
    subscribe::import(&mut house.roster, &mut list.as_bytes(), &how, now).unwrap();
    drop(list);
    let before = rss_kib();
    let began = std::time::Instant::now();
    assert_eq!(house.owe("1"), 100_000);
    println!("{:?}, {} KiB more", began.elapsed(), rss_kib() - before);
}

fn rss_kib() -> i64 {
    let text = std::fs::read_to_string(Path::new("/proc/self/status")).unwrap();
    let line = text.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_ascii_whitespace().nth(1).unwrap().parse().unwrap()
}
