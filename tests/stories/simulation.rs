//! Months of parliament's life, a hostile network, a moody mail server, kills, people who come and go and a clock that jumps, from one seed: a model
//! that knows the truth opens the books afterwards. `POTVRDA_SEEDS=5000 cargo test simulation` runs more; `POTVRDA_SEED=17` replays one.

mod life;
mod people;
mod truth;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use potvrda::app::clock;
use potvrda::app::deliver::{Office, Postman};
use potvrda::app::desk::Desk;
use potvrda::app::poll::{Ask, Polled};
use potvrda::app::rounds::{self, ForOperators};
use potvrda::config::Settings;
use potvrda::domain::letter;
use potvrda::domain::letter::words::Words;
use potvrda::io::history::History;
use potvrda::io::history::record::Outcome;
use potvrda::io::mail::{Patience, Road};
use potvrda::io::roster::Roster;

use crate::house::House;
use crate::house::mail::{Fault, MailServer};
use crate::house::parliament::{Parliament, Reply};
use crate::watch::{ACTS, BILLS, LAWS};
use life::{FLOOD, Life, MEETING, Shown};
use people::People;
use truth::Truth;

/// Seeds where nobody says how many: a second and a half each on one core.
const SEEDS: u64 = 40;
/// Rounds in one run; with the hours and days between them, more than a month.
const ROUNDS: usize = 28;
/// How long a mail server that stalls is waited for. Shorter, and a slow machine would look like one.
const STALL: Duration = Duration::from_millis(400);

/// SplitMix64: a seed is a run, on every machine and every day.
pub struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % n as u64).unwrap()
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// What an asker got.
#[derive(Debug)]
enum Served {
    /// A complete page that says this.
    Whole(Shown),
    /// One that must not be believed.
    Broken(&'static str),
}

/// The program between two kills: what it holds in memory.
struct Process {
    desk: Desk,
    roster: Roster,
    postman: Postman,
}

struct Run {
    dice: Dice,
    house: House,
    settings: Settings,
    parliament: Parliament,
    server: MailServer,
    process: Option<Process>,
    now: DateTime<Utc>,
    life: Life,
    people: People,
    truth: Truth,
    /// The pages as they were a while ago: a cache may serve them again.
    stale: BTreeMap<&'static str, (Shown, String)>,
    /// Rounds for which the mail server stays as it is.
    mood: usize,
    /// The mail server takes everything; it stalls.
    well: bool,
    stalls: bool,
    delivered_at: DateTime<Utc>,
    /// A round was cut short, and what it saw is not dispatched yet.
    behind: bool,
    /// One seed alone is told step by step.
    loud: bool,
}

/// Where the clock stands for the length of a round.
#[derive(PartialEq)]
enum Clock {
    Right,
    In1970,
    YearsAhead,
}

impl Run {
    fn begin(seed: u64, loud: bool) -> Run {
        let (parliament, server) = (Parliament::open(), MailServer::open());
        let house = House::in_memory()
            .table("operator", "emails = [\"op@ngo.example\"]")
            // Nothing here is polled by it; the proof of silence reckons with it, look by look.
            .table("schedule", "poll = [\"0 */4 * * *\"]\nfull_sweep = \"15 3 * * *\"")
            .table("limits", &format!("surge_new_max = {FLOOD}\nsurge_share_min = 1000"))
            .source("bills", "bills", &parliament, BILLS)
            .source("laws", "laws", &parliament, LAWS)
            .source("activities", "activities", &parliament, ACTS)
            .mail(&server, "none", "per_minute_max = 10000")
            .table("http", "allow_private_addresses = true\nmin_interval_ms = 0");
        let settings = Settings::load(Some(&house.settings()), None).unwrap_or_else(|why| panic!("{why:?}"));
        std::fs::create_dir_all(house.data()).unwrap();
        let now: DateTime<Utc> = "2026-11-03T08:00:00Z".parse().unwrap();
        drop(History::open(&house.data(), true).unwrap());
        let people = People::begin(&mut Roster::open(&house.data(), true).unwrap(), now - TimeDelta::hours(1));
        let mut dice = Dice(seed);
        let life = Life::begin(&mut dice);
        let truth = Truth::new(settings.schedule.weekly.clone());
        let stale = BTreeMap::new();
        let (process, delivered_at) = (None, now);
        Run {
            dice,
            house,
            settings,
            parliament,
            server,
            process,
            now,
            life,
            people,
            truth,
            stale,
            mood: 0,
            well: true,
            stalls: false,
            delivered_at,
            behind: false,
            loud,
        }
    }

    /// The process that runs, started if there is none.
    fn process(&mut self) -> Process {
        self.process.take().unwrap_or_else(|| Process {
            desk: Desk::with(self.settings.clone(), History::open(&self.house.data(), true).unwrap()),
            roster: Roster::open(&self.house.data(), true).unwrap(),
            postman: Postman::new(self.office()),
        })
    }

    fn office(&self) -> Office {
        let mut office = Office::of(&self.settings).unwrap();
        if let (true, Road::Smtp(server)) = (self.stalls, &mut office.road) {
            server.patience = Patience { greeting: STALL, command: STALL, delivery: STALL };
        }
        office
    }

    /// What this list answers now.
    fn answer(&mut self, path: &'static str, peace: bool) -> (Served, Reply) {
        let (shown, page) = match path {
            ACTS => (Shown::default(), self.life.activities()),
            list => self.life.list(list, &mut self.dice),
        };
        if peace {
            return (Served::Whole(shown), Reply::page(page));
        }
        let half = page.as_bytes()[..page.len() / 2].to_vec();
        let broken = |how, reply| (Served::Broken(how), reply);
        match self.dice.below(22) {
            0 => broken("500", Reply::status(500, "<html><body>500</body></html>")),
            1 => broken("503", Reply::status(503, "busy").with("Retry-After", "9000")),
            2 => broken("cut", Reply::page(half)),
            3 => broken("empty", Reply::page("")),
            4 => broken("maintenance", Reply::page("<html><body><h1>Sajt je u izradi</h1></body></html>")),
            5 if path != ACTS => broken("empty list", Reply::page(self.life.empty(path))),
            6 => broken("reset", Reply::Reset),
            7 => broken("429", Reply::status(429, "<html><body>429</body></html>")),
            8 | 9 if self.stale.contains_key(path) => {
                let (shown, page) = self.stale[path].clone();
                (Served::Whole(shown), Reply::page(page))
            }
            10 => (Served::Whole(shown), Reply::validated(page)),
            _ => {
                if path != ACTS && self.dice.one_in(3) {
                    self.stale.insert(path, (shown.clone(), page.clone()));
                }
                (Served::Whole(shown), Reply::page(page))
            }
        }
    }

    /// One round of the daemon, perhaps killed on the way. What it saw goes into the model. False: the process was killed.
    async fn round(&mut self, peace: bool) -> bool {
        let Process { mut desk, mut roster, postman } = self.process();
        let mut tell = ForOperators::default();
        let full = peace || self.dice.one_in(4);
        for source in desk.settings.sources.clone() {
            if !peace && self.dice.one_in(50) {
                // What the sources before this one showed is recorded and not dispatched.
                self.behind = true;
                return false; // Killed before anything was written of this one. A kill in the middle of it is the story of `crash`.
            }
            let path = if source.name == "bills" {
                BILLS
            } else if source.name == "laws" {
                LAWS
            } else {
                ACTS
            };
            let (served, reply) = self.answer(path, peace);
            self.parliament.serve(path, reply);
            let doings = if path == ACTS { self.serve_doings(peace) } else { Vec::new() };
            let asked = self.parliament.asked().len();
            let polled = rounds::look(&mut desk, &source, Ask { full, ..Ask::default() }, self.now, &mut tell).await.unwrap();
            self.learn(path, &served, &polled);
            let read: Vec<String> = self.parliament.asked().split_off(asked).into_iter().map(|asked| asked.path).collect();
            for (path, shown) in doings {
                if polled.outcome != Outcome::Failed && read.contains(&path) {
                    self.say(|| format!("{path}: {shown:?}"));
                    self.truth.saw(None, &shown, polled.outcome == Outcome::Baseline, self.now);
                }
            }
            if !peace && self.dice.one_in(20) {
                self.behind = true;
                return false; // Killed after the record, before anything was owed.
            }
        }
        rounds::finish(&mut desk, &mut roster, tell, self.now).unwrap();
        self.truth.round_ended(self.now, &self.people.listening());
        self.behind = false;
        self.process = Some(Process { desk, roster, postman });
        // Else killed after that, before a letter left.
        peace || !self.dice.one_in(20)
    }

    /// Puts up the pages behind the links. Those that are whole, by their paths.
    fn serve_doings(&mut self, peace: bool) -> Vec<(String, Shown)> {
        self.parliament.serve(MEETING, Reply::page(life::meeting()));
        let mut whole = Vec::new();
        for (path, shown, page) in self.life.doings() {
            let reply = match self.dice.below(14) {
                0 if !peace => Reply::status(500, ""),
                1 if !peace => Reply::page(page.as_bytes()[..page.len() / 2].to_vec()),
                2 if !peace => Reply::Reset,
                _ => {
                    whole.push((path.clone(), shown));
                    Reply::page(page)
                }
            };
            self.parliament.serve(&path, reply);
        }
        whole
    }

    fn say(&self, what: impl FnOnce() -> String) {
        if self.loud {
            eprintln!("{} {}", self.now.format("%F %R"), what());
        }
    }

    fn learn(&mut self, path: &str, served: &Served, polled: &Polled) {
        let note = polled.note.as_deref().unwrap_or_default();
        self.say(|| format!("{path}: {served:?} -> {} {note}", polled.outcome.as_str()));
        let good = !matches!(polled.outcome, Outcome::Failed | Outcome::Held);
        if note.starts_with("released") {
            assert!(good, "a released page was not taken: {note}");
            self.truth.released(path, self.now);
        } else {
            match (served, polled.outcome) {
                (Served::Whole(shown), Outcome::Held) => self.truth.held(path, shown),
                (Served::Whole(shown), _) => {
                    assert!(good, "a whole page was not taken: {} {note:?}", polled.outcome.as_str());
                    self.truth.saw(Some(path), shown, polled.outcome == Outcome::Baseline, self.now);
                }
                (Served::Broken(how), _) => assert!(!good, "a broken page ({how}) was taken: {}", polled.outcome.as_str()),
            }
        }
        self.truth.looked(path, polled.outcome, self.now);
    }

    /// How the mail server meets us from now on.
    fn change_mood(&mut self) {
        if self.mood > 0 {
            self.mood -= 1;
            return;
        }
        let how = self.dice.below(16);
        self.say(|| format!("the mail server's mood is {how}"));
        self.mood = self.dice.below(4);
        let times = 1 + self.dice.below(2);
        self.well = how > 10;
        self.truth.after_dot_drops += if how == 7 { times } else { 0 };
        self.stalls = how == 10;
        let office = self.office();
        if let Some(process) = &mut self.process {
            process.postman.move_to(office);
        }
        self.server.rule(|rules| {
            *rules = Default::default();
            let fault = |fault| (Some(fault), times);
            match how {
                0 => rules.banner = Some("421 4.3.2 closing".into()),
                1 => rules.at_rcpt = Some("450 4.2.0 later".into()),
                2 => rules.at_dot = Some("451 4.3.0 later".into()),
                3 => rules.at_mail = Some("451 4.3.0 later".into()),
                4 => rules.for_recipient = vec![("ceca".into(), "550 5.1.1 no such user".into())],
                5 => (rules.fault, rules.faults_left) = fault(Fault::DropAtData),
                6 => (rules.fault, rules.faults_left) = fault(Fault::DropInLetter),
                7 => (rules.fault, rules.faults_left) = fault(Fault::DropAfterDot),
                8 => (rules.fault, rules.faults_left) = fault(Fault::DropAfterAccepting),
                9 => rules.letters_max = Some(1),
                10 => (rules.fault, rules.faults_left) = (Some(Fault::StallAfterDot), 1),
                _ => {}
            }
        });
    }

    /// One delivery, perhaps killed after some letters: the next one is another process.
    fn deliver(&mut self, peace: bool) {
        if !clock::is_sane(self.now) {
            return;
        }
        let killed = !peace && self.dice.one_in(4);
        let limit = killed.then(|| self.dice.below(4));
        let mut process = self.process();
        let write = |edition: &_, reader: &_| Ok(letter::write(edition, reader, Words::built_in())?);
        let now = self.now;
        let delivery = process.postman.deliver(&mut process.roster, &write, limit, &|| now, &AtomicBool::new(false)).unwrap();
        self.say(|| format!("delivered, killed: {killed}, the server is well: {}: {delivery:?}", self.well));
        if self.well && !killed && now - self.delivered_at > TimeDelta::hours(5) {
            self.truth.good_deliveries.push(now);
        }
        self.delivered_at = now;
        self.process = (!killed).then_some(process);
    }

    fn pass_time(&mut self) {
        let minutes = [5, 30, 60, 120, 720, 1_440, 2_880, 5_760][self.dice.below(8)];
        self.now += TimeDelta::minutes(minutes);
        if self.dice.one_in(12) {
            self.now += TimeDelta::minutes([60, -60][self.dice.below(2)]);
        }
    }

    /// A round, a delivery, and the people, by a clock that may stand wrong meanwhile.
    async fn turn(&mut self, how: Clock) {
        let right = self.now;
        match how {
            Clock::Right => {}
            Clock::In1970 => self.now = DateTime::UNIX_EPOCH + TimeDelta::hours(5),
            Clock::YearsAhead => self.now += TimeDelta::days(700),
        }
        if self.round(false).await {
            // Letters that were tried before the clock went years ahead would be given up by it, as they must be after five days.
            if how != Clock::YearsAhead {
                self.deliver(false);
            }
        } else {
            self.process = None;
        }
        self.now = right;
        if !self.behind {
            let mut process = self.process();
            let newest = process.desk.history.hash_of_newest();
            self.people.go_on(&mut process.roster, newest, self.now, &mut self.dice);
            if self.dice.one_in(3) {
                // Somebody looks at what is held.
                process.desk.history.order_release(None, self.now).unwrap();
            }
            self.process = Some(process);
        }
    }

    async fn whole(mut self) {
        assert!(self.round(true).await);
        for _ in 0..ROUNDS {
            self.pass_time();
            self.life.goes_on(self.now, &mut self.dice);
            self.change_mood();
            let how = match self.dice.below(120) {
                0..3 => Clock::In1970,
                3 => Clock::YearsAhead,
                _ => Clock::Right,
            };
            self.turn(how).await;
        }
        self.peace().await;
        self.books();
    }

    /// What is owed must go out now, and what was hidden must be seen.
    async fn peace(&mut self) {
        self.server.rule(|rules| *rules = Default::default());
        (self.well, self.stalls) = (true, false);
        self.process = None;
        for nth in 0..9 {
            self.now += TimeDelta::hours(7);
            assert!(self.round(true).await);
            self.deliver(true);
            if nth == 0 {
                let mut process = self.process();
                let newest = process.desk.history.hash_of_newest();
                self.people.come_back(&mut process.roster, newest);
                self.process = Some(process);
            }
        }
        // The week's digests.
        self.now += TimeDelta::days(8);
        for _ in 0..2 {
            assert!(self.round(true).await);
            self.deliver(true);
            self.now += TimeDelta::hours(5);
        }
    }

    /// Every promise, looked up in the files and at the mail server.
    fn books(&self) {
        let mut got: BTreeMap<(String, String), usize> = BTreeMap::new();
        for letter in self.server.accepted() {
            *got.entry((letter.to[0].clone(), letter.header("Message-ID").unwrap())).or_default() += 1;
        }
        self.truth.check(&self.house.data(), &self.people.0, &self.life, &got);
    }
}

/// The last row of the log.
trait Newest {
    fn hash_of_newest(&self) -> i64;
}

impl Newest for History {
    fn hash_of_newest(&self) -> i64 {
        self.changes_after(0, usize::MAX >> 1).unwrap().last().map_or(0, |change| change.change_id)
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn whatever_happens_nothing_is_lost_doubled_or_made_up() {
    let (first, seeds) = match number("POTVRDA_SEED") {
        Some(seed) => (seed, 1),
        None => (number("POTVRDA_FIRST_SEED").unwrap_or(1), number("POTVRDA_SEEDS").unwrap_or(SEEDS)),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let (next, failed) = (AtomicU64::new(first), std::sync::Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + seeds {
                        return;
                    }
                    let run = runtime.spawn(async move { tokio::task::block_in_place(|| Run::begin(seed, seeds == 1)).whole().await });
                    if runtime.block_on(run).is_err() {
                        eprintln!("seed {seed} failed: POTVRDA_SEED={seed} cargo test --test stories simulation");
                        failed.lock().unwrap().push(seed);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "seeds that failed: {failed:?}");
}
