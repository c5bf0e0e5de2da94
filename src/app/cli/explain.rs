//! `explain`: why an address was, or was not, told of a bill, step by step.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Failure, house, out, table, which};
use crate::app::clock;
use crate::config::Settings;
use crate::domain::address::EmailAddress;
use crate::domain::bill::Verdict;
use crate::domain::letter::Facts;
use crate::domain::script;
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
    let bill_id = which::bill(&history, typed)?;
    let answer = explain(&history, &roster, &address, bill_id, clock::now())?;
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

fn explain(history: &History, roster: &Roster, address: &EmailAddress, bill_id: i64, now: DateTime<Utc>) -> anyhow::Result<Answer> {
    let mut way = Way { steps: Vec::new() };
    let facts = history.facts(bill_id, now)?;
    way.say(format!("bill {bill_id} {}: {}", facts.act_number.map(|n| n.to_string()).unwrap_or_default(), facts.title));
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
    let folded = script::fold(&history.words_of(bill_id)?);
    let mut told = false;
    for change in &changes {
        told |= one_change(&mut way, roster, &subscriber, &facts, &folded, change)?;
    }
    if let Some(stopped) = roster.stopped()? {
        way.step(false, format!("since {} nothing is sent at all: {}", stopped.at, stopped.reason));
    }
    way.step(told, if told { "so: told, or about to be".to_owned() } else { "so: not told".to_owned() });
    Ok(Answer { told, steps: way.steps })
}

fn person(way: &mut Way, subscriber: &Subscriber) {
    let since = |at: Option<DateTime<Utc>>| at.map(|at| format!(" since {at}")).unwrap_or_default();
    let what = match subscriber.state {
        State::Pending => "the address is pending: it never confirmed, and gets nothing but the letter that asks".to_owned(),
        State::Confirmed => format!("the address is confirmed{}", since(subscriber.confirmed_at)),
        State::Paused => format!("the address is paused{}: letters owed to it wait", since(subscriber.paused_at)),
        State::Left => format!("they left{}", since(subscriber.left_at)),
    };
    way.step(subscriber.state == State::Confirmed, what);
}

fn one_change(way: &mut Way, roster: &Roster, subscriber: &Subscriber, facts: &Facts, folded: &str, change: &LoggedChange) -> anyhow::Result<bool> {
    way.say(format!("change {}: {}, seen {}", change.change_id, change.kind, change.seen_at));
    let letters = roster.letters_about(subscriber.id, &[change.change_id])?;
    let waiting = !roster.waiting_for_digest(subscriber.id, &[change.change_id])?.is_empty();
    if letters.is_empty() && !waiting {
        not_owed(way, roster, subscriber, facts, folded, change)?;
        return Ok(false);
    }
    if waiting {
        way.step(true, format!("it waits for their next {} digest", subscriber.preferences.every));
    }
    let mut told = waiting;
    for letter in &letters {
        let id = letter.id;
        let error = letter.last_error.as_deref().map(|why| format!("; the server said: {why}")).unwrap_or_default();
        let at = letter.ended_at.map(|at| format!(" at {at}")).unwrap_or_default();
        let (passes, what) = match letter.state {
            LetterState::Sent => (true, format!("letter {id} was sent{at}")),
            LetterState::Owed => (true, format!("letter {id} is owed, tried {} times, due {}{error}", letter.attempts, letter.due_at)),
            LetterState::Refused => (false, format!("letter {id} was refused{at}{error}")),
            LetterState::Expired => (false, format!("letter {id} was given up{at}, after {} tries{error}", letter.attempts)),
            LetterState::Dropped => (false, format!("letter {id} was dropped{at}, by a person or because they left")),
        };
        told |= way.step(passes, what);
    }
    Ok(told)
}

/// Why nothing was owed for a change: the first no is the reason.
fn not_owed(way: &mut Way, roster: &Roster, subscriber: &Subscriber, facts: &Facts, folded: &str, change: &LoggedChange) -> anyhow::Result<()> {
    if change.silent {
        way.step(false, "it is from a first look or an archive: nobody is written to about those".to_owned());
        return Ok(());
    }
    let cursor = roster.cursor()?.map_or(0, |cursor| cursor.change_id);
    if !way.step(change.change_id <= cursor, format!("the dispatcher has read the log up to change {cursor}")) {
        return Ok(());
    }
    let (before, what) = match subscriber.confirmed_at {
        Some(at) => (at <= change.seen_at, format!("they confirmed at {at}")),
        None => (false, "they had not confirmed then".to_owned()),
    };
    if !way.step(before, what) {
        return Ok(());
    }
    wishes(way, &subscriber.preferences, facts, folded, change);
    Ok(())
}

/// Each wish by itself, and then all together as the dispatcher asks.
fn wishes(way: &mut Way, wanted: &Preferences, facts: &Facts, folded: &str, change: &LoggedChange) {
    let countries: Vec<String> = facts.parties.iter().filter(|p| !p.ours).filter_map(|p| p.country.clone()).collect();
    let levels: Vec<_> = facts.parties.iter().map(|p| p.level).collect();
    let candidate =
        Candidate { kind: change.kind, countries: &countries, levels: &levels, instrument: facts.instrument.as_deref(), folded };
    let free = Preferences { changes: crate::domain::change::Kind::ALL.to_vec(), ..Preferences::default() };
    let mut ask = |named: bool, only: Preferences, what: String| {
        if named {
            way.step(only.want(&candidate), what);
        }
    };
    let join = |words: &[String]| words.join(", ");
    ask(true, Preferences { changes: wanted.changes.clone(), ..free.clone() }, format!("they want to hear of: {}", words(&wanted.changes)));
    ask(
        !wanted.countries.is_empty(),
        Preferences { countries: wanted.countries.clone(), ..free.clone() },
        format!("they asked for countries {}; this is with {}", join(&wanted.countries), if countries.is_empty() { "none known".to_owned() } else { join(&countries) }),
    );
    ask(
        !wanted.levels.is_empty(),
        Preferences { levels: wanted.levels.clone(), ..free.clone() },
        format!("they asked for levels {}; its parties are {}", words(&wanted.levels), words(&levels)),
    );
    ask(
        !wanted.instruments.is_empty(),
        Preferences { instruments: wanted.instruments.clone(), ..free.clone() },
        format!("they asked for instruments {}; this is {}", join(&wanted.instruments), facts.instrument.as_deref().unwrap_or("unclear")),
    );
    ask(
        !wanted.words.is_empty(),
        Preferences { words: wanted.words.clone(), ..free.clone() },
        format!("they asked for one of the words {} in title, parties or text", join(&wanted.words)),
    );
    if wanted.want(&candidate) {
        way.say("by today's wishes it would be told; they may have chosen otherwise then".to_owned());
    }
}

fn words<T: std::fmt::Display>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
