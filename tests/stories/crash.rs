//! Killed right before every single step between the request and the recorded 250: each write, sync, rename, and each word to a server.
//!
//! `crash/stop.c` is compiled once and preloaded into the built program: it counts the steps and ends the process before the n-th, as SIGKILL does.
//! The program knows nothing of it. `POTVRDA_STEPS=all` takes every n; a number takes so many, spread over all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::house::mail::MailServer;
use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::{House, Running, eventually, library};
use crate::watch::BILLS;

const READERS: [&str; 3] = ["ana@ngo.example", "bojan@ngo.example", "ceca@ngo.example"];
/// How many moments are tried where nobody says how many.
const STEPS: usize = 24;

/// The preloaded library; none where there is no compiler.
fn stop() -> Option<&'static Path> {
    static MADE: OnceLock<Option<(tempfile::TempDir, PathBuf)>> = OnceLock::new();
    let made = MADE.get_or_init(|| library("crash/stop.c"));
    made.as_ref().map(|(_, library)| library.as_path())
}

fn with_stop(house: &House, args: &[&str], name: &str, value: &str) -> Command {
    let mut command = house.command(args);
    command.env("LD_PRELOAD", stop().unwrap()).env(name, value);
    command
}

/// How many steps a command takes when nobody stops it.
fn steps_of(house: &House, args: &[&str]) -> usize {
    let count = house.path().join("steps");
    let ran = with_stop(house, args, "STOP_COUNT", count.to_str().unwrap()).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    std::fs::read_to_string(count).unwrap().trim().parse().unwrap()
}

/// The moments to be tried, of so many.
fn moments(all: usize) -> Vec<usize> {
    assert!(all > 50, "only {all} steps were counted: the program is not seen through");
    let wanted = match std::env::var("POTVRDA_STEPS").ok() {
        Some(text) if text == "all" => all,
        Some(text) => text.parse().unwrap(),
        None => STEPS,
    };
    // A little beyond the last: the count differs by a few from run to run.
    (0..wanted).map(|i| 1 + i * (all + 3) / wanted).collect()
}

/// Tries every moment, two at a time.
fn at_each(moments: &[usize], story: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(&moment) = moments.get(next.fetch_add(1, Ordering::Relaxed)) {
                    story(moment);
                }
            });
        }
    });
}

fn agreement(n: usize) -> RowSpec {
    let title =
        format!("Predlog zakona o potvrđivanju Sporazuma broj {n} između Vlade Republike Srbije i Vlade Republike Italije o saradnji");
    RowSpec::bill(&format!("{}-26", 400 + n), &title, "2. novembar 2026.")
}

fn list(agreements: usize) -> Reply {
    let known = (0..30).map(|i| RowSpec::bill(&format!("{}-26", 2_000 + i), &format!("Predlog zakona o stvari {i}"), "2. mart 2026."));
    Reply::page(bills_page(&known.chain((1..=agreements).map(agreement)).collect::<Vec<_>>()))
}

fn house(parliament: &Parliament, server: &MailServer) -> House {
    House::in_memory()
        .source("bills", "bills", parliament, BILLS)
        .mail(server, "none", "per_minute_max = 10000")
        .table("web", "listen = \"off\"")
}

/// After a baseline, with three readers.
fn begin(parliament: &Parliament, server: &MailServer) -> House {
    parliament.serve(BILLS, list(0));
    let house = house(parliament, server);
    house.run(&["poll"]).expect(0);
    for reader in READERS {
        house.run(&["subscriber", "add", reader, "--confirmed", "--reason", "story"]).expect(0);
    }
    house
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn ask(house: &House, database: &str, sql: &str) -> String {
    let file = rusqlite::Connection::open(house.data().join(database)).unwrap();
    file.query_row(sql, [], |row| row.get::<_, rusqlite::types::Value>(0)).map(|value| format!("{value:?}")).unwrap()
}

fn is_whole(house: &House, moment: usize) {
    for database in ["history.db", "subscribers.db"] {
        assert_eq!(ask(house, database, "PRAGMA integrity_check"), "Text(\"ok\")", "{database}, killed before step {moment}");
    }
}

/// Every reader has the letter; twice only who was being written to at the moment of the kill, and then under one name.
fn told_once(server: &MailServer, lines_before: usize, moment: usize) {
    let letters = server.accepted();
    let cut_off = letters.iter().rfind(|letter| letter.connection <= lines_before).map(|letter| letter.header("Message-ID").unwrap());
    let mut copies: BTreeMap<(String, String), usize> = BTreeMap::new();
    for letter in &letters {
        *copies.entry((letter.to[0].clone(), letter.header("Message-ID").unwrap())).or_default() += 1;
    }
    let told: Vec<&str> = copies.keys().map(|(to, _)| to.as_str()).collect();
    assert_eq!(told, READERS, "killed before step {moment}");
    for ((to, name), n) in &copies {
        let may_be_two = cut_off.as_ref() == Some(name);
        assert!(*n == 1 || (*n == 2 && may_be_two), "killed before step {moment}: {to} got {n} copies");
    }
}

#[test]
fn a_kill_before_any_step_of_a_poll_loses_nothing_and_doubles_only_the_letter_under_way() {
    if stop().is_none() {
        return;
    }
    let parliament = Parliament::open();
    let template = begin(&parliament, &MailServer::open());
    parliament.serve(BILLS, list(1));
    let fresh = |server: &MailServer| {
        let house = house(&parliament, server);
        copy(&template.data(), &house.data());
        house
    };
    let all = steps_of(&fresh(&MailServer::open()), &["poll"]);
    at_each(&moments(all), |moment| {
        let server = MailServer::open();
        let house = fresh(&server);
        with_stop(&house, &["poll"], "STOP_AT", &moment.to_string()).output().unwrap();
        let lines_before = server.connections();
        house.run(&["poll"]).expect(0);
        house.run(&["outbox", "retry", "--all"]).expect(0);
        house.run(&["deliver"]).expect(0);
        let listed = ask(&house, "history.db", "SELECT count(*) FROM changes WHERE kind = 'listed' AND act_number = '401-26'");
        assert_eq!(listed, "Integer(1)", "killed before step {moment}");
        is_whole(&house, moment);
        told_once(&server, lines_before, moment);
    });
}

#[test]
fn a_kill_before_any_step_of_the_first_look_leaves_a_whole_baseline_or_none() {
    if stop().is_none() {
        return;
    }
    let parliament = Parliament::open();
    parliament.serve(BILLS, list(5));
    let all = steps_of(&house(&parliament, &MailServer::open()), &["poll"]);
    at_each(&moments(all), |moment| {
        let server = MailServer::open();
        let house = house(&parliament, &server).table("operator", "emails = [\"op@ngo.example\"]");
        with_stop(&house, &["poll"], "STOP_AT", &moment.to_string()).output().unwrap();
        let added = house.run(&["subscriber", "add", READERS[0], "--confirmed", "--reason", "story"]);
        assert_eq!(added.code, 0, "killed before step {moment}: {}", added.stderr);
        let polled = house.run(&["poll"]);
        assert_eq!(polled.code, 0, "killed before step {moment}: {}", polled.stderr);
        house.run(&["poll"]).expect(0);
        let listed = ask(&house, "history.db", "SELECT count(*) FROM changes WHERE kind = 'listed'");
        assert_eq!(listed, "Integer(35)", "killed before step {moment}");
        is_whole(&house, moment);
        let names: std::collections::BTreeSet<_> = server.accepted().iter().map(|l| (l.to[0].clone(), l.header("Message-ID"))).collect();
        assert!(names.iter().all(|(to, _)| to == "op@ngo.example"), "killed before step {moment}: a reader was told of the baseline");
        assert!((1..=2).contains(&names.len()), "killed before step {moment}: the operator has {} different letters", names.len());
    });
}

#[test]
fn a_kill_before_any_step_of_the_daemon_is_made_good_by_the_next_one() {
    if stop().is_none() {
        return;
    }
    let parliament = Parliament::open();
    let template = begin(&parliament, &MailServer::open());
    parliament.serve(BILLS, list(1));
    // The daemon goes on after its letters: so many steps as the poll makes, and some of its own.
    let all = {
        let house = house(&parliament, &MailServer::open());
        copy(&template.data(), &house.data());
        steps_of(&house, &["poll"]) + 60
    };
    at_each(&moments(all), |moment| {
        let server = MailServer::open();
        let house = house(&parliament, &server);
        copy(&template.data(), &house.data());
        let stopped = Running::of(with_stop(&house, &["run"], "STOP_AT", &moment.to_string()));
        // Either the step comes, or everything was told before it.
        eventually(Duration::from_secs(3), || stopped.has_ended() || server.accepted().len() == READERS.len());
        let ended = stopped.has_ended();
        stopped.kill();
        // Until the server has seen the last of its lines.
        std::thread::sleep(Duration::from_millis(50));
        let lines_before = server.connections();
        let again = house.start(&["run"]);
        let all_told = || READERS.iter().all(|reader| server.accepted().iter().any(|letter| letter.to[0] == *reader));
        let told = eventually(Duration::from_secs(20), all_told);
        again.signal("TERM");
        let said = again.end_within(Duration::from_secs(10));
        assert!(told, "killed before step {moment} ({ended}): not everybody was told\n{}", said.stderr);
        said.expect(0);
        is_whole(&house, moment);
        told_once(&server, lines_before, moment);
    });
}

#[test]
fn a_kill_before_any_step_of_a_migration_leaves_the_old_roster_or_the_new_one() {
    if stop().is_none() {
        return;
    }
    let parliament = Parliament::open();
    let template = begin(&parliament, &MailServer::open());
    template.run(&["subscriber", "add", "dora@ngo.example"]).expect(0);
    template.keeps_people_as_the_first_schema_did();
    let fresh = |server: &MailServer| {
        let house = house(&parliament, server);
        copy(&template.data(), &house.data());
        house
    };
    let all = steps_of(&fresh(&MailServer::open()), &["deliver"]);
    at_each(&moments(all), |moment| {
        let server = MailServer::open();
        let house = fresh(&server);
        drop(with_stop(&house, &["deliver"], "STOP_AT", &moment.to_string()).output().unwrap());
        is_whole(&house, moment);
        for _ in 0..2 {
            house.run(&["outbox", "retry", "--all"]).expect(0);
            house.run(&["deliver"]).expect(0);
        }
        assert_eq!(ask(&house, "subscribers.db", "SELECT count(*) FROM subscriber"), "Integer(4)", "killed before step {moment}");
        let asked = server.accepted().iter().filter(|letter| letter.to[0] == "dora@ngo.example").count();
        assert!((1..=2).contains(&asked), "killed before step {moment}: {asked} letters");
        // The way back is whole, and nothing else with addresses in it was left lying about.
        let names: Vec<String> = std::fs::read_dir(house.data()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        assert!(!names.iter().any(|name| name.contains(".new")), "killed before step {moment}: {names:?}");
        assert_eq!(ask(&house, "subscribers.db.v1", "SELECT count(*) FROM subscriber"), "Integer(4)", "killed before step {moment}");
        assert_eq!(ask(&house, "subscribers.db.v1", "PRAGMA integrity_check"), "Text(\"ok\")", "killed before step {moment}");
    });
}
