//! Everything into a folder and back again: what a volunteer does once, and then in a hurry.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;

use crate::house::House;
use crate::house::mail::MailServer;
use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::watch::{BILLS, Watch};

fn agreement(number: usize) -> RowSpec {
    let title = format!("Predlog zakona o potvrđivanju Sporazuma broj {number} između Vlade Republike Srbije i Vlade Republike Italije");
    RowSpec::bill(&format!("{number}-26"), &title, "2. novembar 2026.")
}

fn rows(numbers: std::ops::Range<usize>) -> Vec<RowSpec> {
    numbers.map(agreement).collect()
}

struct Two {
    house: House,
    parliament: Parliament,
    copy: PathBuf,
}

/// A directory that looked twice and told Ana once, and a backup of it.
fn told_and_copied() -> Two {
    let parliament = Parliament::open();
    let house = House::new().source("bills", "bills", &parliament, BILLS);
    house.run(&["subscriber", "add", "ana@ngo.example", "--confirmed", "--reason", "story"]).expect(0);
    for upto in [120, 121] {
        parliament.serve(BILLS, Reply::page(bills_page(&rows(100..upto))));
        house.run(&["poll"]).expect(0);
    }
    assert_eq!(house.letters().len(), 1);
    let copy = house.path().join("copy");
    house.run(&["backup", copy.to_str().unwrap()]).expect(0);
    Two { house, parliament, copy }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_backup_is_everything_and_is_for_its_owner_alone() {
    let Two { house, parliament, copy } = told_and_copied();
    assert_eq!((mode(&copy), mode(&copy.join("subscribers.db")), mode(&copy.join("history.db"))), (0o700, 0o600, 0o600));
    let evidence = |at: &Path| walk(&at.join("evidence"));
    assert!(!evidence(&copy).is_empty());
    assert_eq!(evidence(&copy), evidence(&house.data()));
    // Again, brought up to date: only what is new is written.
    parliament.serve(BILLS, Reply::page(bills_page(&rows(100..122))));
    house.run(&["poll"]).expect(0);
    let said = house.run(&["backup", copy.to_str().unwrap()]).expect(0).stdout;
    assert!(said.contains("(2 new)"), "{said}");
    let listed = |at: &Path| house.run(&["--data", at.to_str().unwrap(), "agreements", "--json"]).expect(0).json();
    assert_eq!(listed(&copy).as_array().unwrap().len(), 22);
    assert_eq!(listed(&copy), listed(&house.data()));
    assert!(fs::read_dir(&copy).unwrap().all(|entry| !entry.unwrap().file_name().to_string_lossy().ends_with(".part")));
}

fn walk(folder: &Path) -> Vec<(String, u64)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            files.extend(walk(&entry.path()));
        } else {
            files.push((entry.file_name().into_string().unwrap(), entry.metadata().unwrap().len()));
        }
    }
    files.sort();
    files
}

#[test]
fn a_restored_directory_says_what_it_would_send_and_sends_nothing_until_it_is_released() {
    let Two { house, parliament, copy } = told_and_copied();
    // Listed and told after the backup.
    parliament.serve(BILLS, Reply::page(bills_page(&rows(100..122))));
    house.run(&["poll"]).expect(0);
    assert_eq!(house.letters().len(), 2);
    let said = house.run(&["restore", copy.to_str().unwrap()]).expect(0).stdout;
    assert!(said.contains("stopped") && said.contains("outbox release") && said.contains("replaced-"), "{said}");
    assert!(fs::read_dir(house.data()).unwrap().any(|e| e.unwrap().file_name().to_string_lossy().starts_with("replaced-")));
    assert_eq!((mode(&house.data().join("history.db")), mode(&house.data().join("subscribers.db"))), (0o640, 0o600));
    for name in ["history.db", "subscribers.db"] {
        // The header's two versions (https://www.sqlite.org/fileformat2.html, 1.3): 2 is a write-ahead log.
        assert_eq!(
            fs::read(house.data().join(name)).unwrap()[18..20],
            [2, 2],
            "{name} has no write-ahead log: readers would stop the daemon"
        );
    }
    house.run(&["poll"]).expect(0);
    house.run(&["deliver"]).expect(0);
    assert_eq!(house.letters().len(), 2, "a stopped directory sends nothing");
    assert!(house.run(&["outbox", "list"]).expect(0).stdout.contains("restored from a backup"));
    house.run(&["outbox", "release"]).expect(0);
    house.run(&["poll"]).expect(0);
    let letters = house.letters();
    let ids: Vec<&str> = letters.iter().filter_map(|letter| letter.lines().find(|line| line.starts_with("Message-ID:"))).collect();
    assert_eq!(ids.len(), letters.len());
    assert!(letters.len() <= 3, "at most one more");
    let alike = ids.iter().filter(|id| **id == *ids.last().unwrap()).count();
    assert_eq!(alike, letters.len() - 1, "told again under the same Message-ID: {ids:?}");
}

#[test]
fn a_restored_directory_goes_on_by_itself_after_twelve_hours() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows(100..120));
    watch.look();
    let copy = watch.house.path().join("copy");
    let copy = copy.to_str().unwrap();
    watch.house.run(&["backup", copy]).expect(0);
    watch.house.run(&["restore", copy]).expect(0);
    watch.bills(&rows(100..121));
    watch.look();
    watch.house.run(&["deliver"]).expect(0);
    assert_eq!(watch.house.letters().len(), 0);
    watch.now += TimeDelta::hours(13);
    watch.look();
    watch.house.run(&["deliver"]).expect(0);
    let to_ana = watch.house.letters().iter().filter(|letter| letter.contains("ana@ngo.example")).count();
    assert_eq!(to_ana, 1);
}

#[test]
fn what_was_lost_is_brought_back_and_what_is_damaged_is_not_put_in_its_place() {
    let Two { house, copy, .. } = told_and_copied();
    let data = house.data();
    let before = house.run(&["agreements", "--json"]).expect(0).json();
    // A damaged backup changes nothing.
    let bad = house.path().join("bad");
    fs::create_dir(&bad).unwrap();
    fs::copy(copy.join("subscribers.db"), bad.join("subscribers.db")).unwrap();
    let mut bytes = fs::read(copy.join("history.db")).unwrap();
    bytes[4_096..20_000].fill(0x5a);
    fs::write(bad.join("history.db"), bytes).unwrap();
    let failed = house.run(&["restore", bad.to_str().unwrap()]).expect(74);
    assert!(failed.stderr.contains("bad"), "{}", failed.stderr);
    assert_eq!(house.run(&["agreements", "--json"]).expect(0).json(), before);
    // Nor does a folder that is none.
    house.run(&["restore", house.path().join("letters").to_str().unwrap()]).expect(1);
    // One database vanished: the program says which command brings it back, and that does.
    for name in ["history.db", "history.db-wal", "history.db-shm"] {
        drop(fs::remove_file(data.join(name)));
    }
    assert!(house.run(&["poll"]).expect(74).stderr.contains("potvrda restore"));
    house.run(&["restore", copy.to_str().unwrap()]).expect(0);
    assert_eq!(house.run(&["agreements", "--json"]).expect(0).json(), before);
}

#[test]
fn a_backup_goes_into_no_folder_that_holds_something_else_nor_into_the_data() {
    let Two { house, copy, .. } = told_and_copied();
    let said = house.run(&["backup", house.path().to_str().unwrap()]).expect(1).stderr;
    assert!(said.contains("no backup"), "{said}");
    let within = house.data().join("evidence").join("copy");
    assert!(house.run(&["backup", within.to_str().unwrap()]).expect(1).stderr.contains("within the data directory"));
    assert!(!within.exists());
    // A link in a backup's evidence is not followed.
    std::os::unix::fs::symlink("/etc/passwd", copy.join("evidence").join("passwd.html")).unwrap();
    house.run(&["restore", copy.to_str().unwrap()]).expect(0);
    assert!(!house.data().join("evidence").join("passwd.html").exists());
}

#[test]
fn a_directory_at_work_is_copied_and_not_replaced() {
    let server = MailServer::open();
    let parliament = Parliament::open();
    parliament.serve(BILLS, Reply::page(bills_page(&rows(100..120))));
    let house = House::new().source("bills", "bills", &parliament, BILLS).mail(&server, "none", "").table("web", "listen = \"off\"");
    house.run(&["poll"]).expect(0);
    let daemon = house.start(&["run"]);
    let copy = house.path().join("copy");
    let restored = || house.run(&["restore", copy.to_str().unwrap()]);
    house.run(&["backup", copy.to_str().unwrap()]).expect(0);
    let taken = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        potvrda::io::lock::Lock::is_taken(&house.data())
    });
    assert!(taken, "the daemon did not start");
    restored().expect(75);
    daemon.kill();
    restored().expect(0);
}

#[test]
fn a_backup_put_in_place_by_hand_starts_stopped_too() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows(100..120));
    watch.look();
    let (copy, data) = (watch.house.path().join("copy"), watch.house.data());
    watch.house.run(&["backup", copy.to_str().unwrap()]).expect(0);
    fs::remove_dir_all(&data).unwrap();
    fs::rename(&copy, &data).unwrap();
    let letters = |watch: &Watch| {
        watch.house.run(&["deliver"]).expect(0);
        watch.house.letters().iter().filter(|letter| letter.contains("ana@ngo.example")).count()
    };
    watch.bills(&rows(100..121));
    watch.look();
    assert_eq!(letters(&watch), 0);
    // The hours count from the day it woke up, not from the day of the backup.
    watch.now += TimeDelta::hours(11);
    watch.look();
    assert_eq!(letters(&watch), 0);
    watch.now += TimeDelta::hours(2);
    watch.look();
    assert_eq!(letters(&watch), 1);
}

#[test]
fn a_backup_whose_log_was_altered_is_refused() {
    let Two { house, copy, .. } = told_and_copied();
    let file = rusqlite::Connection::open(copy.join("history.db")).unwrap();
    file.execute_batch("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE type = 'trigger'; PRAGMA writable_schema = RESET")
        .unwrap();
    file.execute("UPDATE change SET after = 'x' WHERE change_id = (SELECT max(change_id) FROM change)", []).unwrap();
    file.close().unwrap();
    let failed = house.run(&["restore", copy.to_str().unwrap()]).expect(74);
    assert!(failed.stderr.contains("altered"), "{}", failed.stderr);
    assert!(!fs::read_dir(house.data()).unwrap().any(|e| e.unwrap().file_name().to_string_lossy().starts_with("replaced-")));
}
