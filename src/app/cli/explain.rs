//! `explain`: why an address was, or was not, told of a bill, step by step.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Failure, house, out, table, which};
use crate::app::clock;
use crate::app::subscribe::{self, Told};
use crate::config::Settings;
use crate::domain::address::EmailAddress;
use crate::domain::bill::{Level, Verdict};
use crate::domain::change::Kind;
use crate::domain::letter::Facts;
use crate::domain::script;
use crate::domain::subscriber::words::Texts;
use crate::domain::subscriber::{Candidate, Preferences, State};
use crate::io::history::History;
use crate::io::history::tell::LoggedChange;
use crate::io::roster::Roster;
use crate::io::roster::outbox::LetterState;
use crate::io::roster::people::Subscriber;

/// One step of the way from a change to a letter.
#[derive(Debug, Serialize)]
struct Step {
    /// Whether the way goes on here; none where it is only said.
    passes: Option<bool>,
    what: String,
}

#[derive(Serialize)]
struct Answer {
    /// A letter was sent, is owed, or waits for a digest.
    told: bool,
    steps: Vec<Step>,
}

/// Changes of one bill that are looked at.
const CHANGES_MAX: usize = 100_000;

pub(super) fn run(email: &str, typed: &str, json: bool, settings: &Settings) -> Result<u8, Failure> {
    let address = super::subscriber::address(email)?;
    let history = house::read_history(settings)?;
    let roster = house::read_roster(settings)?;
    let bill_id = which::bill(&history, typed).map_err(|failure| or_held(&history, failure))?;
    let answer = explain(settings, &history, &roster, &address, bill_id, clock::now())?;
    if json {
        out::json(&answer)?;
        return Ok(0);
    }
    for step in &answer.steps {
        let mark = match step.passes {
            Some(true) => "yes  ",
            Some(false) => "no   ",
            None => "     ",
        };
        let mut folded = table::indented(&step.what, mark.len(), table::width());
        if let Some(first) = folded.first_mut() {
            *first = format!("{mark}{}", first.trim_start());
        }
        folded.iter().for_each(|line| out::line(line));
    }
    Ok(0)
}

/// A bill that nobody knows may stand on a page that waits for a person: nothing of it is known before that is decided.
fn or_held(history: &History, failure: Failure) -> Failure {
    let held = |name: &str| history.hold(name).ok().flatten().map(|hold| format!("{name:?} since {}", at(hold.held_at)));
    let held: Vec<String> = history.sources().unwrap_or_default().iter().filter_map(|source| held(&source.name)).collect();
    if held.is_empty() {
        return failure;
    }
    let hint = format!(
        "{}; or it stands on a page that is held ({}) and told to nobody yet: `potvrda poll --release` takes it, and by itself it goes after the hours of \
         `[limits] release_after_hours`",
        failure.hint.as_deref().unwrap_or_default(),
        held.join(", ")
    );
    Failure { hint: Some(hint), ..failure }
}

/// The steps, in the order in which the dispatcher asks.
struct Way {
    steps: Vec<Step>,
}

impl Way {
    fn say(&mut self, what: String) {
        self.steps.push(Step { passes: None, what });
    }

    fn step(&mut self, passes: bool, what: String) -> bool {
        self.steps.push(Step { passes: Some(passes), what });
        passes
    }
}

fn explain(
    settings: &Settings,
    history: &History,
    roster: &Roster,
    address: &EmailAddress,
    bill_id: i64,
    now: DateTime<Utc>,
) -> anyhow::Result<Answer> {
    let mut way = Way { steps: Vec::new() };
    let facts = history.facts(bill_id, now)?;
    let number = facts.act_number.map(|number| format!(" ({number})")).unwrap_or_default();
    way.say(format!("bill {bill_id}{number}: {}", facts.title));
    let agreement = facts.verdict == Verdict::Agreement;
    way.step(agreement, format!("its verdict is {}{}", facts.verdict, if agreement { "" } else { "; letters tell of agreements" }));
    let Some(subscriber) = roster.find(address)? else {
        way.step(false, format!("{address} is no subscriber, or was erased"));
        return Ok(Answer { told: false, steps: way.steps });
    };
    person(&mut way, &subscriber);
    let changes: Vec<LoggedChange> = history.changes_after(0, CHANGES_MAX)?.into_iter().filter(|c| c.bill_id == bill_id).collect();
    if changes.is_empty() {
        way.step(false, "nothing was ever logged of this bill".to_owned());
    }
    let (names, documents) = history.texts_of(bill_id)?;
    let texts = Texts::of(&names, &documents);
    let mut told = false;
    // what was logged of a doubtful title was told to nobody but the operators
    let recognised = changes.iter().find(|change| change.kind == Kind::Recognised).map_or(0, |change| change.change_id);
    for change in &changes {
        let bodies = history.finding(change.change_id)?.map(|finding| finding.bodies()).unwrap_or_default();
        let bodies: Vec<String> = bodies.iter().map(|name| script::fold(name)).collect();
        let sure = change.change_id >= recognised;
        told |= one_change(&mut way, (settings, roster, now), &subscriber, &facts, (&bodies, &texts), (change, sure))?;
    }
    if facts.verdict != Verdict::Other {
        let bodies: Vec<String> =
            facts.parties.iter().map(|party| script::fold(&party.name)).chain(names.iter().map(|n| script::fold(n))).collect();
        future(&mut way, settings, &subscriber, &facts, (&bodies, &texts), now);
    }
    if let Some(stopped) = roster.stopped()? {
        way.step(false, format!("since {} nothing is sent at all: {}", at(stopped.at), stopped.reason));
    }
    let relay = roster.relay()?;
    if let (Some(trouble), Some(until)) = (relay.trouble, relay.waiting_until.filter(|until| *until > now)) {
        way.say(format!("the mail server is left alone until {} ({trouble}); what is owed waits so long", at(until)));
    }
    way.step(told, if told { "so: told, or about to be".to_owned() } else { "so: not told".to_owned() });
    Ok(Answer { told, steps: way.steps })
}

fn person(way: &mut Way, subscriber: &Subscriber) {
    let since = |when: Option<DateTime<Utc>>| when.map(|when| format!(" since {}", at(when))).unwrap_or_default();
    let what = match subscriber.state {
        State::Pending => "the address is pending: it never confirmed, and gets nothing but the letter that asks".to_owned(),
        State::Confirmed => format!("the address is confirmed{}", since(subscriber.confirmed_at)),
        State::Paused => {
            let until = subscriber.paused_until.map(|until| format!(" until {}", at(until))).unwrap_or_default();
            let why = subscriber.pause_reason.map(|why| format!(" ({why})")).unwrap_or_default();
            format!("the address is paused{}{until}{why}: letters owed to it wait", since(subscriber.paused_at))
        }
        State::Left => format!("they left{}", since(subscriber.left_at)),
    };
    way.step(subscriber.state == State::Confirmed, what);
}

/// What became of one change: the verb's own reason, and, where a choice may be it, each choice by itself.
fn one_change(
    way: &mut Way,
    (settings, roster, now): (&Settings, &Roster, DateTime<Utc>),
    subscriber: &Subscriber,
    facts: &Facts,
    (bodies, texts): (&[String], &Texts),
    (change, sure): (&LoggedChange, bool),
) -> anyhow::Result<bool> {
    way.say(format!("change {}: {}, seen {}", change.change_id, change.kind, at(change.seen_at)));
    let countries: Vec<String> = facts.parties.iter().filter(|p| !p.ours).filter_map(|p| p.country.clone()).collect();
    let levels: Vec<Level> = facts.parties.iter().map(|p| p.level).collect();
    let candidate =
        Candidate { kind: change.kind, countries: &countries, levels: &levels, instrument: facts.instrument.as_deref(), bodies, texts };
    let for_all = match (change.silent, facts.verdict) {
        (true, _) => Err("it is from a first look, an archive or a back-fill"),
        (_, Verdict::Agreement) if !sure => Err("its title was doubtful then: only the operators were told"),
        (_, Verdict::Agreement) => Ok(candidate.clone()),
        _ => Err("the bill is not surely an agreement"),
    };
    let chosen = for_all.is_ok() && subscriber.confirmed().is_some_and(|confirmed| confirmed.awaits(change.change_id, change.seen_at));
    let cursor = roster.cursor()?.map_or(0, |cursor| cursor.change_id);
    let told = [Told { change_id: change.change_id, seen_at: change.seen_at, candidate: for_all }];
    let mut any = false;
    for step in subscribe::explain(settings, roster, subscriber, &told, cursor, now)? {
        let state = step.letter.as_ref().map(|letter| letter.state);
        let passes = step.will || matches!(state, Some(LetterState::Sent | LetterState::Owed));
        any |= way.step(passes, step.because);
        if !passes && step.letter.is_none() && chosen {
            wishes(way, &subscriber.preferences, &candidate);
        }
    }
    Ok(any)
}

/// What comes if something happens to the bill now.
fn future(
    way: &mut Way,
    settings: &Settings,
    subscriber: &Subscriber,
    facts: &Facts,
    (bodies, texts): (&[String], &Texts),
    now: DateTime<Utc>,
) {
    let countries: Vec<String> = facts.parties.iter().filter(|p| !p.ours).filter_map(|p| p.country.clone()).collect();
    let levels: Vec<Level> = facts.parties.iter().map(|p| p.level).collect();
    let instrument = facts.instrument.as_deref();
    let kind = Kind::Scheduled;
    let candidate = Candidate { kind, countries: &countries, levels: &levels, instrument, bodies, texts };
    let (passes, what) = subscribe::prospect(settings, subscriber, &candidate, now);
    way.step(passes, what);
    if !passes {
        wishes(way, &subscriber.preferences, &candidate);
    }
}

fn at(at: DateTime<Utc>) -> String {
    at.format("%F %T UTC").to_string()
}

/// Each choice by itself, asked with the dispatcher's own question.
fn wishes(way: &mut Way, wanted: &Preferences, candidate: &Candidate<'_>) {
    let free = Preferences { changes: Kind::ALL.to_vec(), ..Preferences::default() };
    let mut ask = |named: bool, only: Preferences, what: String| {
        if named {
            way.step(only.want(candidate), what);
        }
    };
    let join = |words: &[String]| words.join(", ");
    ask(true, Preferences { changes: wanted.changes.clone(), ..free.clone() }, format!("they want to hear of: {}", words(&wanted.changes)));
    ask(
        !wanted.countries.is_empty(),
        Preferences { countries: wanted.countries.clone(), ..free.clone() },
        format!(
            "they asked for countries {}; this is with {}",
            join(&wanted.countries),
            if candidate.countries.is_empty() { "none known".to_owned() } else { join(candidate.countries) }
        ),
    );
    ask(
        !wanted.levels.is_empty(),
        Preferences { levels: wanted.levels.clone(), ..free.clone() },
        format!("they asked for levels {}; its parties are {}", words(&wanted.levels), words(candidate.levels)),
    );
    ask(
        !wanted.instruments.is_empty(),
        Preferences { instruments: wanted.instruments.clone(), ..free.clone() },
        format!("they asked for instruments {}; this is {}", join(&wanted.instruments), candidate.instrument.unwrap_or("unclear")),
    );
    ask(
        !wanted.bodies.is_empty(),
        Preferences { bodies: wanted.bodies.clone(), ..free.clone() },
        format!("they asked for one of {} among the parties or as the committee", join(&wanted.bodies)),
    );
    ask(
        !wanted.words.is_empty(),
        Preferences { words: wanted.words.clone(), ..free.clone() },
        format!("they asked for one of the words {} in title, parties or text", join(&wanted.words)),
    );
}

fn words<T: std::fmt::Display>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
