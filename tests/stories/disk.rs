//! What happens to the files under the program: damaged, emptied, replaced, locked, newer, brought back from a backup.

use std::fs;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::{House, eventually};

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

fn message_id(letter: &str) -> String {
    letter.lines().find(|line| line.to_lowercase().starts_with("message-id:")).unwrap().to_owned()
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
fn a_backup_made_beside_the_daemon_is_restored_stopped_and_loses_nothing() {
    let parliament = Parliament::open();
    let house = house(&parliament);
    parliament.serve(BILLS, Reply::page(rows(1)));
    house.run(&["poll"]).expect(0);
    assert_eq!(letters(&house).len(), 1);
    let daemon = house.start(&["run"]);
    assert!(eventually(Duration::from_secs(20), || house.run(&["poll"]).code == 75), "no daemon");
    house.run(&["backup", "copy"]).expect(0);
    house.run(&["backup", "copy"]).expect(0);
    house.run(&["restore", "copy"]).expect(75);
    daemon.signal("TERM");
    daemon.end_within(Duration::from_secs(15)).expect(0);

    // A day later: one more agreement, told; then the disk dies.
    parliament.serve(BILLS, Reply::page(rows(2)));
    house.run(&["poll", "--full"]).expect(0);
    let told = letters(&house);
    assert_eq!(told.len(), 2);
    fs::write(house.data().join("history.db"), b"").unwrap();
    house.run(&["poll"]).expect(74);
    let said = house.run(&["restore", "copy"]).expect(0).stdout;
    assert!(said.contains("stopped") && said.contains("before-restore-"), "{said}");
    assert_eq!(fs::read_dir(house.data()).unwrap().filter(|e| e.as_ref().unwrap().file_name() == "incoming").count(), 0);
    if let Some(mode) = house.query("history.db", "PRAGMA journal_mode") {
        assert_eq!((mode.as_str(), house.query("history.db", "PRAGMA integrity_check").as_deref()), ("wal", Some("ok")));
    }
    house.run(&["poll", "--full"]).expect(0);
    assert_eq!(letters(&house).len(), 2, "nothing goes before the release");
    fs::remove_dir_all(house.path().join("letters")).unwrap();
    house.run(&["outbox", "release"]).expect(0);
    house.run(&["poll", "--full"]).expect(0);
    let again = letters(&house);
    assert_eq!(again.len(), 1, "what was listed since is told again, once");
    assert!(told.iter().any(|letter| message_id(letter) == message_id(&again[0])), "under the Message-ID it had");
}

#[test]
fn a_backup_restored_by_hand_is_stopped_too_and_its_hours_count_from_then() {
    let parliament = Parliament::open();
    let house = house(&parliament);
    house.run(&["backup", "copy"]).expect(0);
    fs::remove_dir_all(house.data()).unwrap();
    fs::rename(house.path().join("copy"), house.data()).unwrap();
    parliament.serve(BILLS, Reply::page(rows(1)));
    house.run(&["poll", "--full"]).expect(0);
    assert_eq!(letters(&house).len(), 0);
    if let Some(since) = house.query("subscribers.db", "SELECT julianday(stopped_at) > julianday('now', '+1 hour') FROM progress") {
        assert_eq!(since, "0", "the hours do not count");
    }
    house.run(&["outbox", "release"]).expect(0);
    house.run(&["poll", "--full"]).expect(0);
    assert_eq!(letters(&house).len(), 1);
}

#[test]
fn what_is_no_backup_is_not_restored_and_what_is_none_is_not_overwritten() {
    let parliament = Parliament::open();
    let house = house(&parliament);
    house.run(&["backup", "copy"]).expect(0);
    let copy = house.path().join("copy/history.db");
    let whole = fs::read(&copy).unwrap();
    let all = |house: &House| house.run(&["changes", "--json"]).expect(0).stdout;
    let before = all(&house);
    let mut bad = whole.clone();
    bad[4_096 * 3..4_096 * 5].fill(0);
    for (bytes, code) in [(bad, 74), (Vec::new(), 74), (whole[..whole.len() / 2].to_vec(), 74)] {
        fs::write(&copy, bytes).unwrap();
        let ran = house.run(&["restore", "copy"]).expect(code);
        assert!(ran.stderr.contains("nothing was changed"), "{}", ran.stderr);
        assert_eq!(all(&house), before);
    }
    // A log that somebody altered is no history.
    fs::write(&copy, &whole).unwrap();
    let altered = Connection::open(&copy).unwrap();
    altered.execute_batch("DROP TRIGGER change_is_never_updated; UPDATE change SET title = 'x' WHERE change_id = 1").unwrap();
    drop(altered);
    house.run(&["restore", "copy"]).expect(74);
    fs::create_dir(house.path().join("other")).unwrap();
    fs::write(house.path().join("other/letter.txt"), b"dear").unwrap();
    for folder in ["other", "data", "absent"] {
        house.run(&["restore", folder]).expect(1);
    }
    for folder in ["other", "data"] {
        house.run(&["backup", folder]).expect(1);
    }
    fs::write(house.path().join("copy/keep"), b"").unwrap();
    let roster = house.data().join("subscribers.db");
    fs::rename(&roster, house.path().join("away")).unwrap();
    house.run(&["backup", "copy"]).expect(74);
    fs::rename(house.path().join("away"), &roster).unwrap();
    assert!(!house.path().join("copy/incoming").exists());
    assert_eq!(all(&house), before);
}
