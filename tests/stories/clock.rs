//! Clocks that change to summer, step, stand in 1970; and machines that sleep. The wall clock of the built program is in the story's hands
//! (`clock/ahead.c`, compiled once and preloaded); the monotonic one goes on as it does on such machines.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::Belgrade;
use potvrda::app::clock;

use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::{House, Running, eventually, library};
use crate::watch::{BILLS, Watch};

/// A look is late by no more than the daemon's nap, and a loaded machine.
const AWAKE: Duration = Duration::from_secs(45);
const ANA: &str = "ana@ngo.example";

fn agreement(n: usize) -> RowSpec {
    let title =
        format!("Predlog zakona o potvrđivanju Sporazuma broj {n} između Vlade Republike Srbije i Vlade Republike Malte o saradnji");
    RowSpec::bill(&format!("{}-30", 700 + n), &title, "2. januar 2030.")
}

fn list(agreements: usize) -> Reply {
    let known = (0..30).map(|i| RowSpec::bill(&format!("{}-30", 2_000 + i), &format!("Predlog zakona o stvari {i}"), "2. januar 2030."));
    Reply::page(bills_page(&known.chain((1..=agreements).map(agreement)).collect::<Vec<_>>()))
}

/// A house whose clock can be set.
struct Timed {
    house: House,
    parliament: Parliament,
    preloaded: PathBuf,
    _folder: tempfile::TempDir,
}

impl Timed {
    /// After a baseline at this moment, with one reader; none where there is no compiler.
    fn at(now: &str, poll: &str) -> Option<Timed> {
        let (folder, preloaded) = library("clock/ahead.c")?;
        let parliament = Parliament::open();
        let schedule = format!("poll = [{poll:?}]\nfull_sweep = \"0 0 1 1 *\"\ndaily = \"0 0 1 1 *\"\nweekly = \"0 0 1 1 *\"");
        let house = House::new().source("bills", "bills", &parliament, BILLS).table("schedule", &schedule).table("web", "listen = \"off\"");
        parliament.serve(BILLS, list(0));
        let timed = Timed { house, parliament, preloaded, _folder: folder };
        timed.set(now);
        timed.run(&["poll"]);
        timed.run(&["subscriber", "add", ANA, "--confirmed", "--reason", "story"]);
        Some(timed)
    }

    fn set(&self, now: &str) {
        let now: DateTime<Utc> = now.parse().unwrap();
        // Written over in place: the program has it mapped.
        let ahead = (now - clock::now()).num_seconds().to_ne_bytes();
        let file = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(self.file()).unwrap();
        std::os::unix::fs::FileExt::write_all_at(&file, &ahead, 0).unwrap();
    }

    fn file(&self) -> PathBuf {
        self.house.path().join("ahead")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.house.command(args);
        command.env("LD_PRELOAD", &self.preloaded).env("CLOCK_AHEAD", self.file());
        command
    }

    fn run(&self, args: &[&str]) {
        let done = self.command(args).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn looks(&self) -> usize {
        self.parliament.asked_for(BILLS).len()
    }

    /// How many letters Ana got.
    fn told(&self) -> usize {
        self.house.letters().iter().filter(|letter| letter.contains(&format!("To: {ANA}"))).count()
    }

    /// The daemon, after its first look.
    fn daemon(&self) -> Running {
        let before = self.looks();
        let daemon = Running::of(self.command(&["run"]));
        assert!(eventually(AWAKE, || self.looks() > before), "no look at the start");
        daemon
    }
}

#[test]
fn a_machine_that_slept_eight_hours_looks_once_when_it_wakes() {
    let Some(timed) = Timed::at("2030-01-16T10:05:00Z", "*/30 * * * *") else { return };
    let daemon = timed.daemon();
    // The look is over and the next one planned: nothing is under way when the machine falls asleep.
    let looked = || timed.house.query("history.db", "SELECT count(*) FROM polls").is_none_or(|polls| polls == "2");
    assert!(eventually(AWAKE, looked), "the first look does not end");
    std::thread::sleep(Duration::from_secs(3));
    let before = timed.looks();
    daemon.signal("STOP");
    timed.parliament.serve(BILLS, list(1));
    timed.set("2030-01-16T18:07:00Z");
    daemon.signal("CONT");
    assert!(eventually(AWAKE, || timed.told() == 1), "nothing was told after waking: {} looks", timed.looks() - before);
    // Sixteen looks were missed, and none of them is made up for.
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!((timed.looks() - before, timed.told()), (1, 1));
    daemon.signal("TERM");
    daemon.end_within(Duration::from_secs(12)).expect(0);
}

#[test]
fn a_clock_that_steps_holds_up_no_look_and_in_1970_no_letter_leaves() {
    let Some(timed) = Timed::at("2030-01-16T10:00:30Z", "* * * * *") else { return };
    let daemon = timed.daemon();
    let step = |to: &str, agreements: usize| {
        let (before, began) = (timed.looks(), Instant::now());
        timed.parliament.serve(BILLS, list(agreements));
        timed.set(to);
        // The minute is over by one of the two clocks.
        assert!(eventually(Duration::from_secs(60) + AWAKE, || timed.looks() > before), "{to}: no look in {:?}", began.elapsed());
    };
    step("1970-01-31T00:00:30Z", 1);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(timed.told(), 0, "a letter left in 1970");
    step("2030-01-16T11:02:30Z", 2);
    assert!(eventually(AWAKE, || timed.told() == 2), "the clock goes right, an hour ahead, and {} letters of 2 went", timed.told());
    daemon.signal("TERM");
    daemon.end_within(Duration::from_secs(12)).expect(0);
}

#[test]
fn on_both_days_when_the_clocks_change_the_digest_goes_once_at_eight_and_no_look_twice() {
    for (year, month, day) in [(2027, 3, 28), (2027, 10, 31)] {
        let mut watch = Watch::over(&["bills"]);
        let midnight = NaiveDate::from_ymd_opt(year, month, day).unwrap().and_hms_opt(0, 0, 0).unwrap();
        let begins = Belgrade.from_local_datetime(&midnight).unwrap().to_utc();
        watch.now = begins - TimeDelta::hours(30);
        watch.bills(&[agreement(1)]);
        watch.look();
        let file = rusqlite::Connection::open(watch.house.data().join("subscribers.db")).unwrap();
        let before = (begins - TimeDelta::hours(20)).format("%FT%T.000Z").to_string();
        let sql = "UPDATE subscriber SET asked_at = ?1, confirmed_at = ?1, every = 'daily', preferences = json_set(preferences, '$.every', 'daily')";
        file.execute(sql, [before]).unwrap();
        // Yesterday's digests are over; then something is found in the evening.
        watch.now = begins - TimeDelta::hours(12);
        watch.look();
        watch.bills(&[agreement(1), agreement(2)]);
        let (mut digests, mut at) = (0, Vec::new());
        let mut half_hour = begins - TimeDelta::hours(4);
        while half_hour < begins + TimeDelta::hours(23) {
            watch.now = half_hour;
            watch.look();
            let now = watch.roster(
                "SELECT count(*) FROM letter JOIN edition USING (edition_id) WHERE subscriber_id IS NOT NULL AND key LIKE 'daily%'",
            );
            let now: usize = now[0].parse().unwrap();
            at.extend((digests..now).map(|_| half_hour.with_timezone(&Belgrade).format("%F %R").to_string()));
            digests = now;
            half_hour += TimeDelta::minutes(30);
        }
        assert_eq!(at, [format!("{year}-{month:02}-{day:02} 08:00")]);
    }
}
