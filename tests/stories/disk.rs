//! What happens to the files under the program: damaged, emptied, replaced, locked, newer, brought back from a backup.

use std::fs;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::{House, Running, eventually, library};

const BILLS: &str = "/bills";
const CHINA: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Narodne Republike Kine o ukidanju viza";
const ANA: &str = "ana@ngo.example";

type Harm = fn(&std::path::Path);

fn rows(n: usize) -> String {
    let mut rows = vec![RowSpec::bill("11-26", "Predlog zakona o vodama", "2. mart 2026.")];
    rows.extend(
        (0..n).map(|i| RowSpec::bill(&format!("{}-26", 404 + i), &CHINA.replace("viza", &format!("viza, deo {i}")), "2. novembar 2026.")),
    );
    bills_page(&rows)
}

fn house(parliament: &Parliament) -> House {
    parliament.serve(BILLS, Reply::page(rows(0)));
    let house = House::new().source("bills", "bills", parliament, BILLS).table("web", "listen = \"off\"");
    house.run(&["poll"]).expect(0);
    house.run(&["subscriber", "add", ANA, "--confirmed", "--reason", "story"]).expect(0);
    house
}

fn letters(house: &House) -> Vec<String> {
    house.letters().into_iter().filter(|letter| letter.contains(ANA)).collect()
}

#[test]
fn a_damaged_emptied_or_newer_database_ends_every_command_with_74_and_stays_as_it_is() {
    let parliament = Parliament::open();
    for name in ["history.db", "subscribers.db"] {
        let harm: [(&str, Harm); 4] = [
            ("zeroed header", |path| {
                let mut bytes = fs::read(path).unwrap();
                bytes[..100].fill(0);
                fs::write(path, bytes).unwrap();
            }),
            ("emptied", |path| fs::write(path, b"").unwrap()),
            ("newer", |path| Connection::open(path).unwrap().pragma_update(None, "user_version", 99).unwrap()),
            ("overwritten pages", |path| {
                let mut bytes = fs::read(path).unwrap();
                bytes[4_096..].fill(0x5a);
                fs::write(path, bytes).unwrap();
            }),
        ];
        for (what, harm) in harm {
            let house = house(&parliament);
            let path = house.data().join(name);
            harm(&path);
            let before = fs::read(&path).unwrap();
            for command in [&["poll"][..], &["deliver"], &["run"]] {
                let ran = house.run(command);
                assert!(ran.code == 74 && ran.stderr.contains("now: "), "{name} {what} {command:?}: {}\n{}", ran.code, ran.stderr);
            }
            let reader = if name == "history.db" { "agreements" } else { "outbox" };
            let args: &[&str] = if reader == "outbox" { &["outbox", "list"] } else { &["agreements"] };
            house.run(args).expect(74);
            assert_eq!(fs::read(&path).unwrap(), before, "{name} {what}: it was touched");
        }
        let house = house(&parliament);
        fs::remove_file(house.data().join(name)).unwrap();
        house.run(&["poll"]).expect(74);
        assert!(!house.data().join(name).exists(), "{name} was begun anew");
    }
}

#[test]
fn damage_in_the_middle_of_the_file_is_found_after_the_start() {
    let parliament = Parliament::open();
    let house = house(&parliament);
    let path = house.data().join("history.db");
    // A leaf of an index that no poll reads in this story.
    let connection = Connection::open(&path).unwrap();
    let root: u32 = connection.query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'reject_by_poll'", [], |row| row.get(0)).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(connection);
    let mut bytes = fs::read(&path).unwrap();
    let page = 4_096 * (root as usize - 1);
    bytes[page..page + 4_096].fill(0xa5);
    fs::write(&path, bytes).unwrap();
    let daemon = house.start(&["run"]);
    let ran = daemon.end_within(Duration::from_secs(30)).expect(74);
    assert!(ran.stderr.contains("restore"), "{}", ran.stderr);
}

#[test]
fn a_lock_held_for_a_while_is_waited_for() {
    let parliament = Parliament::open();
    let house = house(&parliament);
    parliament.serve(BILLS, Reply::page(rows(1)));
    let other = Connection::open(house.data().join("history.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let started = Instant::now();
    let poll = house.start(&["poll"]);
    std::thread::sleep(Duration::from_secs(2));
    other.execute_batch("COMMIT").unwrap();
    poll.end_within(Duration::from_secs(30)).expect(0);
    assert!(started.elapsed() >= Duration::from_secs(2));
    assert_eq!(letters(&house).len(), 1);
}

#[test]
fn damage_while_it_runs_ends_it_with_74_and_the_file_is_left_as_it_is() {
    for name in ["history.db", "subscribers.db"] {
        let parliament = Parliament::open();
        let house = house(&parliament);
        let before = parliament.asked().len();
        let daemon = house.start(&["run"]);
        assert!(eventually(Duration::from_secs(30), || parliament.asked().len() > before), "no look at the start");
        // Of what was a database, the first page is left.
        let path = house.data().join(name);
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(4_096).unwrap();
        for log in ["-wal", "-shm"] {
            drop(fs::remove_file(house.data().join(format!("{name}{log}"))));
        }
        // Looked at again at the latest when the watchdog is fed; told to read its settings anew, it looks now.
        daemon.signal("HUP");
        let ran = daemon.end_within(Duration::from_secs(60)).expect(74);
        assert!(ran.stderr.contains("restore"), "{name}: {}", ran.stderr);
        assert_eq!(fs::metadata(&path).unwrap().len(), 4_096, "{name} was written to");
    }
}

#[test]
fn a_sync_that_fails_ends_it_with_74_and_is_not_tried_again() {
    let Some((_folder, library)) = library("disk/eio.c") else { return };
    let parliament = Parliament::open();
    let house = house(&parliament);
    parliament.serve(BILLS, Reply::page(rows(1)));
    let failed = house.path().join("failed");
    for command in ["poll", "run"] {
        fs::write(&failed, "").unwrap();
        let mut run = house.command(&[command]);
        run.env("LD_PRELOAD", &library).env("FAIL_WHEN", &failed);
        let ran = Running::of(run).end_within(Duration::from_secs(60)).expect(74);
        assert!(ran.stderr.contains("disk I/O error"), "{command}: {}", ran.stderr);
        // A file of evidence and its folder are synced before; the database, whose state nobody knows now, once.
        let syncs = fs::metadata(&failed).unwrap().len();
        assert!((1..=8).contains(&syncs), "{command}: {syncs} syncs failed");
        assert_eq!(letters(&house).len(), 0, "{command}: told of what was not recorded");
    }
    fs::remove_file(&failed).unwrap();
    house.run(&["poll"]).expect(0);
    house.run(&["deliver"]).expect(0);
    assert_eq!(letters(&house).len(), 1);
}

#[test]
fn an_older_database_is_brought_up_to_date_beside_a_copy_and_what_it_owes_goes() {
    let parliament = Parliament::open();
    let house = house(&parliament);
    house.run(&["subscriber", "add", "bojan@ngo.example"]).expect(0);
    house.keeps_people_as_the_first_schema_did();
    let version = |name: &str| -> i64 {
        Connection::open(house.data().join(name)).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    };
    house.run(&["deliver"]).expect(0);
    assert!(house.letters().iter().any(|letter| letter.contains("To: bojan@ngo.example")), "what was owed before did not go");
    assert_eq!((version("subscribers.db.v1"), version("subscribers.db") > 1), (1, true));
    let mode = fs::metadata(house.data().join("subscribers.db.v1")).unwrap().permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600, "the copy holds addresses too");
    // The copy is the way back: a second look does not put the new one in its place.
    house.run(&["poll"]).expect(0);
    assert_eq!(version("subscribers.db.v1"), 1);
}
