//! What a mail server can do with the line alone: say too much, too slowly, without end, too early. None of it hangs, fills or misleads us.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use potvrda::config::Security;
use potvrda::io::mail::{MailError, Patience, Road, Server, probe};

use crate::house::House;
use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::watch::BILLS;

const READERS: [&str; 3] = ["ana@ngo.example", "bojan@ngo.example", "ceca@ngo.example"];

/// What is said instead of the usual reply.
enum Say {
    These(Vec<u8>),
    /// These bytes, again and again, until the caller goes.
    Endless(Vec<u8>),
    /// One byte after another, this far apart, for ever.
    Drip(Duration),
}

/// A verb (`banner`, `EHLO`, ..., `dot`), the caller's last line, which letter of all it is about, from 1.
type Rule = dyn Fn(&str, &str, usize) -> Option<Say> + Send + Sync;

/// A mail server whose every reply is the story's.
struct Liar {
    port: u16,
    /// To whom it said 250 after the dot.
    taken: Arc<Mutex<Vec<String>>>,
}

impl Liar {
    fn open(rule: impl Fn(&str, &str, usize) -> Option<Say> + Send + Sync + 'static) -> Liar {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, taken, letters) =
            (listener.local_addr().unwrap().port(), Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
        let (told, rule): (_, Arc<Rule>) = (Arc::clone(&taken), Arc::new(rule));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (taken, rule, letters) = (Arc::clone(&told), Arc::clone(&rule), Arc::clone(&letters));
                std::thread::spawn(move || converse(&stream, &*rule, &taken, &letters));
            }
        });
        Liar { port, taken }
    }

    fn taken(&self) -> Vec<String> {
        let mut taken = self.taken.lock().unwrap().clone();
        taken.retain(|to| READERS.contains(&to.as_str()));
        taken.sort();
        taken
    }

    fn road(&self, security: Security) -> Road {
        let second = Duration::from_secs(1);
        Road::Smtp(Box::new(Server {
            host: "127.0.0.1".to_owned(),
            port: Some(self.port),
            security,
            credentials: None,
            hello: Some("story.example".to_owned()),
            extra_ca: None,
            patience: Patience { greeting: second, command: second, delivery: second },
        }))
    }
}

fn converse(stream: &TcpStream, rule: &Rule, taken: &Mutex<Vec<String>>, letters: &AtomicUsize) -> Option<()> {
    let (mut hear, mut to, mut line) = (BufReader::new(stream.try_clone().ok()?), String::new(), String::new());
    let say = |verb: &str, line: &str, usual: &str| -> Option<Vec<u8>> {
        let mut wire = stream;
        match rule(verb, line, letters.load(Ordering::SeqCst)) {
            None => wire.write_all(usual.as_bytes()).ok().map(|()| usual.as_bytes().to_vec()),
            Some(Say::These(bytes)) => wire.write_all(&bytes).ok().map(|()| bytes),
            Some(Say::Endless(bytes)) => loop {
                wire.write_all(&bytes).ok()?;
            },
            Some(Say::Drip(apart)) => loop {
                wire.write_all(b"2").ok()?;
                std::thread::sleep(apart);
            },
        }
    };
    say("banner", "", "220 liar\r\n")?;
    loop {
        line.clear();
        if hear.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let verb = line.split([' ', ':', '\r']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => drop(say("EHLO", &line, "250-liar\r\n250-STARTTLS\r\n250 HELP\r\n")?),
            "MAIL" => {
                letters.fetch_add(1, Ordering::SeqCst);
                say("MAIL", &line, "250 ok\r\n")?;
            }
            "RCPT" => {
                to = line.split(['<', '>']).nth(1)?.to_owned();
                say("RCPT", &line, "250 ok\r\n")?;
            }
            "DATA" => {
                // The code of its last line counts: whoever says 354 at all waits for the letter.
                if !String::from_utf8_lossy(&say("DATA", &line, "354 go on\r\n")?).contains("354") {
                    continue;
                }
                loop {
                    line.clear();
                    if hear.read_line(&mut line).ok()? == 0 {
                        return None;
                    }
                    if line == ".\r\n" {
                        break;
                    }
                }
                taken.lock().unwrap().push(to.clone());
                say("dot", &to, "250 taken\r\n")?;
            }
            "QUIT" => return say("QUIT", &line, "221 bye\r\n").map(drop),
            other => drop(say(other, &line, "250 ok\r\n")?),
        }
    }
}

/// After a baseline, with three readers and one agreement that they are about to be told of.
fn begin(parliament: &Parliament, server: &Liar) -> House {
    let title = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Malte o pomorskom saobraćaju";
    let rows = |agreement: bool| {
        let known = (0..30).map(|i| RowSpec::bill(&format!("{}-26", 2_000 + i), &format!("Predlog zakona o stvari {i}"), "2. mart 2026."));
        bills_page(&known.chain(agreement.then(|| RowSpec::bill("701-26", title, "2. novembar 2026."))).collect::<Vec<_>>())
    };
    parliament.serve(BILLS, Reply::page(rows(false)));
    let house = House::new().source("bills", "bills", parliament, BILLS).table(
        "mail",
        &format!(
            "transport = \"smtp\"\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nfrom = \"potvrda@potvrda.example\"",
            server.port
        ),
    );
    house.run(&["poll"]).expect(0);
    for reader in READERS {
        house.run(&["subscriber", "add", reader, "--confirmed", "--reason", "story"]).expect(0);
    }
    parliament.serve(BILLS, Reply::page(rows(true)));
    house
}

/// Polls, and delivers again until the letters went; answers how long the first of it took, and what it logged.
fn send(house: &House) -> (Duration, String) {
    let began = Instant::now();
    let said = house.run(&["poll"]).expect(0).stderr;
    let took = began.elapsed();
    for _ in 0..2 {
        house.run(&["outbox", "retry", "--all"]).expect(0);
        house.run(&["deliver"]).expect(0);
    }
    (took, said)
}

#[test]
fn a_late_reply_is_taken_for_the_answer_to_no_other_question() {
    for (verb, reply) in [
        // The second line answers nothing that was asked yet.
        ("MAIL", "250 ok\r\n550 5.1.1 no such user\r\n"),
        ("RCPT", "250 ok\r\n550 5.1.1 no such user\r\n"),
        ("RCPT", "250 ok\r\n250 and once more\r\n"),
        ("DATA", "354 go on\r\n550 5.1.1 no such user\r\n"),
        ("dot", "250 taken\r\n550 5.7.1 we do not like you\r\n"),
        ("dot", "250 taken\r\n421 4.4.2 idle for too long\r\n"),
    ] {
        let parliament = Parliament::open();
        // Only while the first letter is under way.
        let server = Liar::open(move |at, _, letter| (at == verb && letter == 1).then(|| Say::These(reply.into())));
        let house = begin(&parliament, &server);
        let (took, said) = send(&house);
        assert_eq!(server.taken(), READERS, "{verb} {reply:?}: {said}");
        assert!(took < Duration::from_secs(20), "{verb} {reply:?} took {took:?}");
        let outbox = house.run(&["outbox", "list", "--json"]).expect(0).json();
        assert_eq!(outbox["counts"]["refused"], 0, "{verb} {reply:?}: {outbox}");
        assert!(outbox["relay"]["trouble"].is_null(), "{verb} {reply:?}: {outbox}");
    }
}

#[test]
fn a_refusal_that_comes_together_with_a_go_on_hangs_no_queue_and_is_of_one_reader() {
    let parliament = Parliament::open();
    // It said 250 to the recipient, thought better of it, and answers DATA all the same.
    let server =
        Liar::open(|at, _, letter| (at == "DATA" && letter == 1).then(|| Say::These(b"550 5.1.1 no such user\r\n354 go on\r\n".into())));
    let house = begin(&parliament, &server);
    let (took, said) = send(&house);
    assert_eq!(server.taken(), READERS[1..], "{said}");
    assert!(took < Duration::from_secs(20), "it took {took:?}");
}

#[test]
fn a_reply_without_end_fills_no_memory_and_holds_up_nothing() {
    for (verb, bytes) in [("banner", "x"), ("banner", "220-and\r\n"), ("dot", "250 x"), ("RCPT", "250-x\r\n")] {
        let parliament = Parliament::open();
        let endless = Arc::new(AtomicUsize::new(1));
        let left = Arc::clone(&endless);
        let bytes = bytes.repeat(8_192);
        let server = Liar::open(move |at, _, _| {
            let now = at == verb && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok();
            now.then(|| Say::Endless(bytes.clone().into_bytes()))
        });
        let house = begin(&parliament, &server);
        // Nobody was written to so far, so it is this delivery that meets it.
        let poll = house.start(&["poll"]);
        let (mut peak_kib, began) = (0, Instant::now());
        while !poll.has_ended() && began.elapsed() < Duration::from_secs(20) {
            let status = std::fs::read_to_string(format!("/proc/{}/status", poll.id())).unwrap_or_default();
            let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
            peak_kib = peak_kib.max(peak.unwrap_or_default());
            std::thread::sleep(Duration::from_millis(10));
        }
        poll.end_within(Duration::from_secs(1)).expect(0);
        assert_eq!(endless.load(Ordering::SeqCst), 0, "{verb}: nothing was endless");
        assert!(peak_kib > 0 && peak_kib < 64 * 1_024, "{verb}: {peak_kib} KiB");
        house.run(&["outbox", "retry", "--all"]).expect(0);
        house.run(&["deliver"]).expect(0);
        let mut told = server.taken();
        told.dedup();
        assert_eq!(told, READERS, "{verb}");
    }
}

#[test]
fn a_line_of_64_kilobytes_is_a_reply_with_a_code_and_so_are_words_in_another_charset() {
    let parliament = Parliament::open();
    let server = Liar::open(|at, line, _| match at {
        "dot" => Some(Say::These(format!("250 {}\r\n", "x".repeat(65_536)).into_bytes())),
        // Latin-2, as a server in the neighbourhood may speak.
        "RCPT" if line.contains("bojan") => Some(Say::These(b"550 5.1.1 ta po\xb9ta\0 ne\rpostoji\r\n".to_vec())),
        _ => None,
    });
    let house = begin(&parliament, &server);
    let (_, said) = send(&house);
    assert_eq!(server.taken(), [READERS[0], READERS[2]], "{said}");
    assert_eq!(house.run(&["outbox", "list", "--json"]).expect(0).json()["counts"]["refused"], 1);
}

#[test]
fn a_server_that_knows_no_ehlo_is_greeted_as_of_old_and_gets_nothing_that_must_be_guarded() {
    let old = |at: &str, _: &str, _| (at == "EHLO").then(|| Say::These(b"502 command not implemented\r\n".to_vec()));
    let parliament = Parliament::open();
    let server = Liar::open(old);
    let house = begin(&parliament, &server);
    let (_, said) = send(&house);
    assert_eq!(server.taken(), READERS, "{said}");
    let error = probe(&server.road(Security::Starttls)).unwrap_err();
    assert!(matches!(error, MailError::Insecure(_)), "{error}");
}

#[test]
fn a_reply_that_trickles_is_waited_for_no_longer_than_one_that_does_not_come() {
    for verb in ["banner", "EHLO"] {
        let server = Liar::open(move |at, _, _| (at == verb).then_some(Say::Drip(Duration::from_millis(100))));
        let began = Instant::now();
        let error = probe(&server.road(Security::None)).unwrap_err();
        assert_eq!(error, MailError::Unreachable("no answer in time".to_owned()), "{verb}");
        assert!(began.elapsed() < Duration::from_secs(4), "{verb}: {:?}", began.elapsed());
    }
}

#[test]
fn what_is_said_in_clear_is_not_taken_for_what_is_said_under_tls() {
    let server = Liar::open(|at, _, _| (at == "STARTTLS").then(|| Say::These(b"220 go on\r\n250-liar\r\n250 AUTH PLAIN\r\n".to_vec())));
    let error = probe(&server.road(Security::Starttls)).unwrap_err();
    assert!(matches!(&error, MailError::Insecure(why) if why.contains("before the connection was guarded")), "{error}");
}
