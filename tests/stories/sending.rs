//! What was found reaches everyone who asked, once: through refusals, dropped lines and kills at any moment.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::house::mail::{Accepted, Fault, MailServer};
use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::{House, tool};
use crate::watch::BILLS;

const READERS: [&str; 3] = ["ana@ngo.example", "bojan@ngo.example", "ceca@ngo.example"];

fn agreement(n: usize) -> RowSpec {
    let title =
        format!("Predlog zakona o potvrđivanju Sporazuma broj {n} između Vlade Republike Srbije i Vlade Republike Italije o saradnji");
    RowSpec::bill(&format!("{}-26", 400 + n), &title, "2. novembar 2026.")
}

fn list(agreements: usize) -> Reply {
    // So many are known that what a story adds is no flood.
    let known = (0..100).map(|i| RowSpec::bill(&format!("{}-26", 2_000 + i), &format!("Predlog zakona o stvari {i}"), "2. mart 2026."));
    Reply::page(bills_page(&known.chain((1..=agreements).map(agreement)).collect::<Vec<_>>()))
}

/// After a baseline, with three readers; letters by SMTP.
fn begin(parliament: &Parliament, server: &MailServer) -> House {
    parliament.serve(BILLS, list(0));
    let house = House::new().source("bills", "bills", parliament, BILLS).mail(server, "none", "per_minute_max = 10000");
    house.run(&["poll"]).expect(0);
    for reader in READERS {
        house.run(&["subscriber", "add", reader, "--confirmed", "--reason", "story"]).expect(0);
    }
    house
}

/// How many letters each reader got, and how many different Message-IDs.
fn got(letters: &[Accepted]) -> BTreeMap<String, (usize, usize)> {
    let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for letter in letters {
        ids.entry(letter.to[0].clone()).or_default().push(letter.header("Message-ID").unwrap());
    }
    let distinct = |mut ids: Vec<String>| {
        let all = ids.len();
        ids.sort();
        ids.dedup();
        (all, ids.len())
    };
    ids.into_iter().map(|(to, ids)| (to, distinct(ids))).collect()
}

#[test]
fn a_letter_arrives_once_by_folder() {
    let parliament = Parliament::open();
    parliament.serve(BILLS, list(0));
    let house = House::new().source("bills", "bills", &parliament, BILLS);
    house.run(&["poll"]).expect(0);
    house.run(&["subscriber", "add", READERS[0], "--confirmed", "--reason", "story"]).expect(0);
    assert_eq!(house.letters().len(), 0);
    parliament.serve(BILLS, list(1));
    let said = house.run(&["poll", "--json"]).expect(0).json();
    assert_eq!((said["letters"]["sent"].clone(), said["sources"][0]["changes"].clone()), (1.into(), 1.into()));
    house.run(&["poll"]).expect(0);
    house.run(&["deliver"]).expect(0);
    assert_eq!(house.letters().len(), 1);
}

#[test]
fn what_the_server_refuses_for_now_is_sent_once_later() {
    for (how, reply) in
        [("banner", "421 4.3.2 not now"), ("mail", "451 4.3.0 later"), ("data", "451 4.3.0 later"), ("dot", "452 4.3.1 full")]
    {
        let (parliament, server) = (Parliament::open(), MailServer::open());
        let house = begin(&parliament, &server);
        server.rule(|rules| {
            let reply = Some(reply.to_owned());
            match how {
                "banner" => rules.banner = reply,
                "mail" => rules.at_mail = reply,
                "data" => rules.at_data = reply,
                _ => rules.at_dot = reply,
            }
        });
        parliament.serve(BILLS, list(1));
        let said = house.run(&["poll", "--json"]).expect(0).json();
        assert_eq!(said["letters"]["owed"], 3, "{how}: {said}");
        server.rule(|rules| *rules = Default::default());
        house.run(&["outbox", "retry", "--all"]).expect(0);
        house.run(&["deliver"]).expect(0);
        house.run(&["deliver"]).expect(0);
        assert_eq!(got(&server.accepted()), READERS.map(|r| (r.to_owned(), (1, 1))).into(), "{how}");
    }
}

#[test]
fn one_reader_refused_holds_up_nobody() {
    let (parliament, server) = (Parliament::open(), MailServer::open());
    let house = begin(&parliament, &server);
    server.rule(|rules| {
        rules.for_recipient = vec![("ana".into(), "550 5.1.1 no such user".into()), ("bojan".into(), "450 4.2.0 later".into())];
    });
    parliament.serve(BILLS, list(1));
    house.run(&["poll"]).expect(0);
    assert_eq!(got(&server.accepted()), [("ceca@ngo.example".to_owned(), (1, 1))].into());
    server.rule(|rules| *rules = Default::default());
    house.run(&["outbox", "retry", "--all"]).expect(0);
    house.run(&["deliver"]).expect(0);
    let later: Vec<String> = got(&server.accepted()).into_keys().collect();
    assert_eq!(later, ["bojan@ngo.example", "ceca@ngo.example"], "the refused one stays refused");
}

#[test]
fn a_dropped_line_loses_nothing_and_doubles_only_after_the_dot() {
    for (fault, copies) in [(Fault::DropAtData, 3), (Fault::DropInLetter, 3), (Fault::DropAfterDot, 4), (Fault::DropAfterAccepting, 3)] {
        let (parliament, server) = (Parliament::open(), MailServer::open());
        let house = begin(&parliament, &server);
        server.breaks(fault, 1);
        parliament.serve(BILLS, list(1));
        house.run(&["poll"]).expect(0);
        for _ in 0..2 {
            house.run(&["outbox", "retry", "--all"]).expect(0);
            house.run(&["deliver"]).expect(0);
        }
        let got = got(&server.accepted());
        assert_eq!(got.len(), 3, "{fault:?}: {got:?}");
        assert_eq!(got.values().map(|(all, _)| all).sum::<usize>(), copies, "{fault:?}: {got:?}");
        assert!(got.values().all(|(_, distinct)| *distinct == 1), "{fault:?}: {got:?}");
    }
}

/// A new agreement at each turn, and a kill at a moment a little later each time; then peace, and the books are opened.
#[test]
fn killed_at_any_moment_it_loses_nothing() {
    let (parliament, server) = (Parliament::open(), MailServer::open());
    let house = begin(&parliament, &server);
    parliament.serve(BILLS, list(1));
    let started = Instant::now();
    house.run(&["poll"]).expect(0);
    let whole = started.elapsed();
    let turns: usize = std::env::var("POTVRDA_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(24);
    for turn in 2..=turns {
        parliament.serve(BILLS, list(turn));
        let poll = house.start(&["poll"]);
        // The moments are mixed, so that what one kill leaves behind meets others early and late.
        std::thread::sleep(whole.mul_f64(1.3 * ((turn * 7) % turns) as f64 / turns as f64));
        poll.kill();
    }
    house.run(&["poll"]).expect(0);
    for _ in 0..2 {
        house.run(&["outbox", "retry", "--all"]).expect(0);
        house.run(&["deliver"]).expect(0);
    }
    let listed = house
        .query("history.db", "SELECT count(*), count(DISTINCT bill_id) FROM changes JOIN agreements USING (bill_id) WHERE kind = 'listed'");
    let Some(listed) = listed else { return };
    assert_eq!(listed, format!("{turns}|{turns}"));
    assert_eq!(house.query("history.db", "PRAGMA integrity_check").unwrap(), "ok");
    assert_eq!(house.query("subscribers.db", "PRAGMA integrity_check").unwrap(), "ok");
    let letters = server.accepted();
    for reader in READERS {
        let mine: Vec<&Accepted> = letters.iter().filter(|l| l.to[0] == reader).collect();
        for n in 1..=turns {
            let title = format!("Sporazuma broj {n} između");
            let mut ids: Vec<String> = mine.iter().filter(|l| plain(l).contains(&title)).map(|l| l.header("Message-ID").unwrap()).collect();
            assert!(!ids.is_empty(), "{reader} was never told of {title}");
            ids.dedup();
            assert_eq!(ids.len(), 1, "{reader} was told of {title} in two different letters");
        }
    }
    let distinct: std::collections::BTreeSet<_> = letters.iter().map(|l| l.header("Message-ID")).collect();
    assert!(letters.len() <= distinct.len() + turns, "{} copies of {} letters after {turns} kills", letters.len(), distinct.len());
}

/// The daemon killed every 50 to 500 ms while agreements go on coming; then peace, and the books are opened. `POTVRDA_KILL_MINUTES` makes it long.
#[test]
fn killed_again_and_again_the_daemon_loses_nothing_and_doubles_no_more_than_it_was_killed() {
    let (parliament, server) = (Parliament::open(), MailServer::open());
    let house = begin(&parliament, &server).table("web", "listen = \"off\"");
    let lasts = std::env::var("POTVRDA_KILL_MINUTES")
        .ok()
        .and_then(|n| n.parse().ok())
        .map_or(Duration::from_secs(8), |n: u64| Duration::from_secs(60 * n));
    let (started, mut kills, mut listed) = (Instant::now(), 0, 0);
    while started.elapsed() < lasts {
        // Few enough at a time to be no flood, however many wait to be seen.
        if listed < 90 {
            listed += 1;
            parliament.serve(BILLS, list(listed));
        }
        let daemon = house.start(&["run"]);
        std::thread::sleep(Duration::from_millis(50 + (kills * 137) % 450));
        daemon.kill();
        kills += 1;
        if kills % 20 == 0 {
            house.run(&["poll"]).expect(0);
        }
    }
    house.run(&["poll"]).expect(0);
    for _ in 0..2 {
        house.run(&["outbox", "retry", "--all"]).expect(0);
        house.run(&["deliver"]).expect(0);
    }
    let file = rusqlite::Connection::open(house.data().join("history.db")).unwrap();
    let sql = "SELECT count(*), count(DISTINCT bill_id) FROM changes JOIN agreements USING (bill_id) WHERE kind = 'listed'";
    let counted: (usize, usize) =
        file.query_row(sql, [], |row| Ok((row.get::<_, u32>(0)? as usize, row.get::<_, u32>(1)? as usize))).unwrap();
    assert_eq!(counted, (listed, listed), "after {kills} kills");
    let letters = server.accepted();
    for reader in READERS {
        for n in 1..=listed {
            let title = format!("Sporazuma broj {n} između");
            let told = letters.iter().any(|letter| letter.to[0] == reader && plain(letter).contains(&title));
            assert!(told, "{reader} was never told of {title}, after {kills} kills");
        }
    }
    let distinct: std::collections::BTreeSet<_> = letters.iter().map(|l| (l.to[0].clone(), l.header("Message-ID"))).collect();
    assert!(letters.len() <= distinct.len() + kills as usize, "{} copies after {kills} kills", letters.len() - distinct.len());
}

/// A letter's text with its transfer encoding undone.
fn plain(letter: &Accepted) -> String {
    let text = letter.text().replace("=\r\n", "").replace("=C4=91", "đ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_first_look_killed_is_whole_or_never_was() {
    for ms in [5, 15, 30, 45, 60, 80, 120, 200] {
        let (parliament, server) = (Parliament::open(), MailServer::open());
        parliament.serve(BILLS, list(200));
        let house = House::new().source("bills", "bills", &parliament, BILLS).mail(&server, "none", "");
        let poll = house.start(&["poll"]);
        std::thread::sleep(Duration::from_millis(ms));
        poll.kill();
        house.run(&["subscriber", "add", READERS[0], "--confirmed", "--reason", "story"]).expect(0);
        house.run(&["poll"]).expect(0);
        assert_eq!(server.accepted().len(), 0, "killed after {ms} ms");
        if let Some(listed) = house.query("history.db", "SELECT count(*) FROM changes WHERE kind = 'listed'") {
            assert_eq!(listed, "300", "killed after {ms} ms");
        }
    }
}

#[test]
fn subscribers_who_confirm_in_the_second_of_the_poll_are_told() {
    let (parliament, server) = (Parliament::open(), MailServer::open());
    let house = begin(&parliament, &server);
    house.run(&["subscriber", "add", "dora@ngo.example", "--confirmed", "--reason", "story"]).expect(0);
    parliament.serve(BILLS, list(1));
    house.run(&["poll"]).expect(0);
    assert!(got(&server.accepted()).contains_key("dora@ngo.example"));
    house.run(&["subscriber", "add", "ema@ngo.example", "--confirmed", "--reason", "story"]).expect(0);
    house.run(&["poll"]).expect(0);
    assert!(!got(&server.accepted()).contains_key("ema@ngo.example"), "told of what was told before she came");
}

#[test]
fn a_disk_that_fills_up_between_two_polls_is_told_of_from_what_was_put_by() {
    for while_marking in [false, true] {
        let (parliament, server) = (Parliament::open(), MailServer::open());
        parliament.serve(BILLS, list(0));
        let house = House::new()
            .source("bills", "bills", &parliament, BILLS)
            .mail(&server, "none", "")
            .table("operator", "emails = [\"op@ngo.example\"]");
        let Some(disk) = Small::of(&house.data(), "12m") else { return };
        house.run(&["poll"]).expect(0);
        for reader in READERS {
            house.run(&["subscriber", "add", reader, "--confirmed", "--reason", "story"]).expect(0);
        }
        parliament.serve(BILLS, list(1));
        let ran = if while_marking {
            // Full from the moment a letter is under way: it was taken, and that must be written down.
            server.breaks(Fault::SlowAfterDot(Duration::from_millis(700)), 1);
            let poll = house.start(&["poll"]);
            assert!(crate::house::eventually(Duration::from_secs(20), || server.accepted().iter().any(|l| l.to[0] == READERS[0])));
            disk.fill();
            poll.end_within(Duration::from_secs(30))
        } else {
            disk.fill();
            house.run(&["poll"])
        };
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        let told = server.accepted().iter().filter(|l| l.header("Subject").is_some_and(|s| s.contains("disk is full"))).count();
        assert_eq!(told, 1, "while marking {while_marking}: {}", ran.stderr);
        disk.free();
        house.run(&["poll"]).expect(0);
        house.run(&["outbox", "retry", "--all"]).expect(0);
        house.run(&["deliver"]).expect(0);
        let got = got(&server.accepted());
        for reader in READERS {
            assert_eq!(got.get(reader), Some(&(1, 1)), "while marking {while_marking}");
        }
    }
}

/// A file system of a few megabytes, unmounted when dropped. Only root can make one.
struct Small(std::path::PathBuf);

impl Small {
    fn at(folder: &std::path::Path) -> Option<Small> {
        Small::of(folder, "3m")
    }

    fn of(folder: &std::path::Path, size: &str) -> Option<Small> {
        std::fs::create_dir_all(folder).unwrap();
        let mounted = std::process::Command::new(tool("mount")?)
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "none"])
            .arg(folder)
            .output()
            .unwrap();
        if !mounted.status.success() {
            eprintln!("SKIPPED: no file system can be mounted here, so the story of the full disk was not told");
            return None;
        }
        Some(Small(folder.to_owned()))
    }

    /// Leaves not a byte free.
    fn fill(&self) {
        let mut ballast = std::fs::File::create(self.0.join("ballast")).unwrap();
        for size in [65_536, 4_096, 1] {
            while std::io::Write::write_all(&mut ballast, &vec![0; size]).is_ok() {}
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_records_nothing_and_loses_nothing() {
    let (parliament, server) = (Parliament::open(), MailServer::open());
    parliament.serve(BILLS, list(0));
    let house = House::new().source("bills", "bills", &parliament, BILLS).mail(&server, "none", "");
    let Some(disk) = Small::at(&house.data()) else { return };
    house.run(&["poll"]).expect(0);
    house.run(&["subscriber", "add", READERS[0], "--confirmed", "--reason", "story"]).expect(0);
    parliament.serve(BILLS, list(3));
    disk.fill();
    for _ in 0..3 {
        let ran = house.run(&["poll"]);
        assert!([1, 74].contains(&ran.code) && !ran.stderr.contains("panicked"), "{} {}", ran.code, ran.stderr);
        assert!(ran.stderr.to_lowercase().contains("space"), "{}", ran.stderr);
    }
    assert_eq!(server.accepted().len(), 0);
    disk.free();
    house.run(&["poll"]).expect(0);
    house.run(&["poll"]).expect(0);
    assert_eq!(got(&server.accepted()), [(READERS[0].to_owned(), (1, 1))].into());
    if let Some(said) = house.query("history.db", "PRAGMA integrity_check; SELECT count(*) FROM changes WHERE kind = 'listed'") {
        assert_eq!(said, "ok\n103");
    }
}
