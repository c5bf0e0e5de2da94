//! Weeks of parliament's life, a hostile network, a moody mail server, kills and a clock that jumps, from one seed: a model that knows the truth
//! opens the books afterwards. `POTVRDA_SEEDS=5000 cargo test simulation` runs more; `POTVRDA_SEED=17` replays one.

mod life;
mod truth;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

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
use potvrda::io::roster::Roster;

use crate::house::House;
use crate::house::mail::{Fault, MailServer};
use crate::house::parliament::Parliament;
use crate::watch::{BILLS, LAWS};
use life::{Life, Served};
use truth::Truth;

const READERS: [&str; 3] = ["ana@ngo.example", "bojan@ngo.example", "ceca@ngo.example"];
/// Rounds in one run; with the hours between them, about a month.
const ROUNDS: usize = 50;

/// SplitMix64: a seed is a run, on every machine.
struct Dice(u64);

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

struct Run {
    dice: Dice,
    house: House,
    settings: Settings,
    parliament: Parliament,
    server: MailServer,
    postman: Option<Postman>,
    now: DateTime<Utc>,
    life: Life,
    truth: Truth,
    /// Rounds for which the mail server stays as it is.
    mood: usize,
    /// The mail server takes everything.
    well: bool,
    delivered_at: DateTime<Utc>,
}

impl Run {
    fn begin(seed: u64) -> Run {
        let (parliament, server) = (Parliament::open(), MailServer::open());
        let house = House::in_memory()
            .table("operator", "emails = [\"op@ngo.example\"]")
            .source("bills", "bills", &parliament, BILLS)
            .source("laws", "laws", &parliament, LAWS)
            .mail(&server, "none", "per_minute_max = 10000");
        for reader in READERS {
            house.run(&["subscriber", "add", reader, "--confirmed", "--reason", "story"]).expect(0);
        }
        let settings = Settings::load(Some(&house.settings()), None).unwrap_or_else(|why| panic!("{why:?}"));
        let now = DateTime::from_timestamp(clock::now().timestamp() + 7_200, 0).unwrap();
        let mut dice = Dice(seed);
        let life = Life::begin(&mut dice);
        Run {
            dice,
            house,
            settings,
            parliament,
            server,
            postman: None,
            now,
            life,
            truth: Truth::default(),
            mood: 0,
            well: true,
            delivered_at: now,
        }
    }

    /// One round of the daemon, perhaps killed on the way. What it saw goes into the model.
    async fn round(&mut self, peace: bool) {
        let data = self.house.data();
        let mut desk = Desk::with(self.settings.clone(), History::open(&data, true).unwrap());
        let mut roster = Roster::open(&data, true).unwrap();
        let mut tell = ForOperators::default();
        let full = peace || self.dice.one_in(4);
        for source in desk.settings.sources.clone() {
            let path = if source.name == "bills" { BILLS } else { LAWS };
            let (served, reply) = self.life.answer(path, peace, &mut self.dice);
            self.parliament.serve(path, reply);
            if !peace && self.dice.one_in(40) {
                // Killed in the middle of a poll: whatever it was about to write is not written.
                let cut = std::time::Duration::from_micros(self.dice.below(8_000) as u64);
                let looked = rounds::look(&mut desk, &source, Ask { full, ..Ask::default() }, self.now, &mut tell);
                match tokio::time::timeout(cut, looked).await {
                    Ok(polled) => self.learn(path, &served, &polled.unwrap()),
                    Err(_) => return self.learn_what_stands(path, &served),
                }
                return;
            }
            let polled = rounds::look(&mut desk, &source, Ask { full, ..Ask::default() }, self.now, &mut tell).await.unwrap();
            self.learn(path, &served, &polled);
            if !peace && self.dice.one_in(15) {
                return; // Killed after the record, before anything was owed.
            }
        }
        rounds::finish(&mut desk, &mut roster, tell, self.now).unwrap();
        self.truth.round_ended(self.now);
    }

    fn learn(&mut self, path: &str, served: &Served, polled: &Polled) {
        let good = !matches!(polled.outcome, Outcome::Failed | Outcome::Held);
        match served {
            Served::Whole(acts) => {
                assert!(good, "a whole page was not taken: {} {:?}", polled.outcome.as_str(), polled.note);
                self.truth.saw(acts, polled.outcome == Outcome::Baseline);
            }
            Served::Broken(how) => assert!(!good, "a broken page ({how}) was taken: {}", polled.outcome.as_str()),
        }
        self.truth.looked(path, good, self.now);
    }

    /// After a kill in a poll only the history knows whether its transaction came through: what it holds must be what was served.
    fn learn_what_stands(&mut self, path: &str, served: &Served) {
        let last: Option<(i64, String)> = self.ask_one(&format!(
            "SELECT strftime('%s', started_at) + 0, outcome FROM polls WHERE source = '{}' ORDER BY poll_id DESC LIMIT 1",
            if path == BILLS { "bills" } else { "laws" }
        ));
        let Some((at, outcome)) = last else { return };
        if at == self.now.timestamp() && outcome != "failed" {
            let Served::Whole(acts) = served else { panic!("a broken page was recorded as {outcome}") };
            self.truth.saw(acts, outcome == "baseline");
            self.truth.looked(path, true, self.now);
        }
    }

    fn ask_one(&self, sql: &str) -> Option<(i64, String)> {
        let file = rusqlite::Connection::open(self.house.data().join("history.db")).unwrap();
        file.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).ok()
    }

    /// How the mail server meets us from now on.
    fn change_mood(&mut self) {
        if self.mood > 0 {
            self.mood -= 1;
            return;
        }
        let how = self.dice.below(14);
        self.mood = self.dice.below(4);
        let times = 1 + self.dice.below(2);
        self.well = how > 9;
        self.truth.after_dot_drops += if how == 7 { times } else { 0 };
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
        let mut roster = Roster::open(&self.house.data(), false).unwrap();
        let mut postman = self.postman.take().unwrap_or_else(|| Postman::new(Office::of(&self.settings).unwrap()));
        let write = |edition: &_, reader: &_| Ok(letter::write(edition, reader, Words::built_in())?);
        let now = self.now;
        postman.deliver(&mut roster, &write, limit, &|| now, &AtomicBool::new(false)).unwrap();
        if self.well && !killed && now - self.delivered_at > TimeDelta::hours(5) {
            self.truth.good_deliveries.push(now);
        }
        self.delivered_at = now;
        self.postman = (!killed).then_some(postman);
    }

    fn pass_time(&mut self) {
        let minutes = [5, 30, 60, 120, 720, 1_440, 2_880][self.dice.below(7)];
        self.now += TimeDelta::minutes(minutes);
        if self.dice.one_in(12) {
            // The clock steps; it never goes back behind the day the readers came.
            self.now += TimeDelta::minutes([60, -60][self.dice.below(2)]);
        }
    }

    async fn whole(mut self) {
        self.round(true).await;
        for _ in 0..ROUNDS {
            self.pass_time();
            self.life.goes_on(&mut self.dice);
            self.change_mood();
            self.round(false).await;
            self.deliver(false);
        }
        // Peace: what is owed must go out now.
        self.server.rule(|rules| *rules = Default::default());
        self.well = true;
        for _ in 0..6 {
            self.now += TimeDelta::hours(5);
            self.round(true).await;
            self.deliver(true);
        }
        self.books();
    }

    /// Every promise, looked up in the files and at the mail server.
    fn books(&self) {
        let mut got: BTreeMap<(String, String), usize> = BTreeMap::new();
        for letter in self.server.accepted() {
            *got.entry((letter.to[0].clone(), letter.header("Message-ID").unwrap())).or_default() += 1;
        }
        self.truth.check(&self.house.data(), &got);
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn whatever_happens_nothing_is_lost_doubled_or_made_up() {
    let seeds: Vec<u64> = match number("POTVRDA_SEED") {
        Some(seed) => vec![seed],
        None => (1..=number("POTVRDA_SEEDS").unwrap_or(12)).collect(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut failed = Vec::new();
    for seed in seeds {
        let run = runtime.spawn(async move { tokio::task::block_in_place(|| Run::begin(seed)).whole().await });
        if runtime.block_on(run).is_err() {
            eprintln!("seed {seed} failed: POTVRDA_SEED={seed} cargo test --test stories simulation");
            failed.push(seed);
        }
    }
    assert!(failed.is_empty(), "seeds that failed: {failed:?}");
}
