//! `subscriber`: people, what they want, and where they stand. The verbs are `app::subscribe`'s.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};

use anyhow::{Context, anyhow};
use chrono::{DateTime, NaiveDate, Utc};

use super::args::{SubscriberCommand, Wishes};
use super::table::{self, Table};
use super::{Failure, code, house, out};
use crate::app::subscribe::{Asked, ImportHow};
use crate::app::{clock, subscribe};
use crate::config::Settings;
use crate::domain::address::EmailAddress;
use crate::domain::bounce::{self, POINTS_TO_PAUSE};
use crate::domain::subscriber::{Preferences, State, default_kinds};
use crate::domain::zone::BELGRADE;
use crate::io::roster::bounces::Bounce;
use crate::io::roster::people::{Consent, ConsentHow, Subscriber};

pub(super) fn run(command: &SubscriberCommand, settings: &Settings) -> Result<u8, Failure> {
    let now = clock::now();
    match command {
        SubscriberCommand::Add { email, wishes, confirmed, reason } => {
            add(email, &wished(Preferences::default(), wishes), *confirmed, reason.as_deref(), settings, now)
        }
        SubscriberCommand::Confirm { email, reason } => confirm(email, reason, settings, now),
        SubscriberCommand::List { json } => list(*json, settings),
        SubscriberCommand::Show { email, json } => show(email, *json, settings, now),
        SubscriberCommand::Set { email, no_limits, wishes } => set(email, *no_limits, wishes, settings),
        SubscriberCommand::Pause { email, until } => pause(email, *until, settings, now),
        SubscriberCommand::Resume { email } => {
            let mut roster = house::write_roster(settings)?;
            let id = subscribe::find_typed(&roster, email)?.id;
            said(&subscribe::resume(&mut roster, id)?)
        }
        SubscriberCommand::Remove { email, erase } => remove(email, *erase, settings, now),
        SubscriberCommand::Export { email: Some(email) } => show(email, true, settings, now),
        SubscriberCommand::Export { email: None } => export(settings),
        SubscriberCommand::Import { file, strict, confirmed, reason } => {
            let because = reason.clone().filter(|_| *confirmed);
            let how = ImportHow { confirmed_because: because, strict: *strict, sender_domain: sender_domain(settings) };
            import(file, &how, settings, now)
        }
    }
}

/// An address a person typed.
pub(super) fn address(typed: &str) -> Result<EmailAddress, Failure> {
    typed.trim().parse().map_err(|why| Failure::new(why, "write one address, such as ana@ngo.example").with_code(code::USAGE))
}

/// What was chosen before, with what is chosen now; a list given replaces the list there was.
fn wished(before: Preferences, wishes: &Wishes) -> Preferences {
    fn list<T: Clone + PartialEq>(before: Vec<T>, wished: &[T]) -> Vec<T> {
        let mut once: Vec<T> = Vec::new();
        for one in wished {
            if !once.contains(one) {
                once.push(one.clone());
            }
        }
        if once.is_empty() { before } else { once }
    }
    Preferences {
        language: wishes.language.unwrap_or(before.language),
        every: wishes.every.unwrap_or(before.every),
        countries: list(before.countries, &wishes.country),
        levels: list(before.levels, &wishes.level),
        instruments: list(before.instruments, &wishes.instrument),
        bodies: list(before.bodies, &wishes.body),
        words: list(before.words, &wishes.word),
        changes: list(before.changes, &wishes.change),
        proof_of_silence: wishes.proof_of_silence.unwrap_or(before.proof_of_silence),
    }
}

/// Right of the @ in Message-IDs.
fn sender_domain(settings: &Settings) -> String {
    settings.mail.from.as_ref().map_or("localhost", |from| from.address().domain()).to_owned()
}

fn add(
    email: &str,
    wanted: &Preferences,
    confirmed: bool,
    reason: Option<&str>,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<u8, Failure> {
    let address = address(email)?;
    let (_history, mut roster) = house::open_or_make(settings)?;
    let consent = Consent { how: ConsentHow::Command, version: None, text: reason.map(str::to_owned) };
    if confirmed {
        let (id, new) = subscribe::add_confirmed(&mut roster, &address, wanted, &consent, now)?;
        out::line(&if new { format!("{address}: subscriber {id}, confirmed") } else { already(&address, id) });
        foretell(wanted, settings, now);
        return Ok(0);
    }
    let asked = subscribe::ask(&mut roster, &address, wanted, &consent, &sender_domain(settings), now)?;
    out::line(&match asked {
        Asked::LetterOwed(id) => {
            format!("{address}: subscriber {id}, pending; the letter that asks them is owed, and leaves with the next delivery")
        }
        Asked::LetterRecent(id) => format!("{address}: subscriber {id}, pending; the letter that asks them went within the last day"),
        Asked::Already(id) => already(&address, id),
        Asked::TooMany(id) => {
            format!("{address}: subscriber {id}, pending; too many were asked today: the letter that asks them goes later")
        }
        Asked::Full => format!("{address}: not entered: too many wait to be asked already"),
    });
    foretell(wanted, settings, now);
    Ok(0)
}

/// What choices that narrow would have sent in the past year; nothing where that cannot be said.
fn foretell(wanted: &Preferences, settings: &Settings, now: DateTime<Utc>) {
    if limits(wanted) == "every agreement" {
        return;
    }
    let counted = house::read_history(settings).and_then(|history| Ok(subscribe::forecast(&history, wanted, now)?));
    if let Ok(subscribe::Forecast { wanted, all }) = counted {
        out::line(&format!("these choices would have taken {wanted} of the {all} agreements first seen in the past year"));
    }
}

fn already(address: &EmailAddress, id: i64) -> String {
    format!("{address}: subscriber {id} already; nothing was changed (`potvrda subscriber set` changes what they want)")
}

fn confirm(email: &str, reason: &str, settings: &Settings, now: DateTime<Utc>) -> Result<u8, Failure> {
    if reason.trim().is_empty() {
        return Err(Failure::new("the reason is empty", "say where and when they agreed").with_code(code::USAGE));
    }
    let mut roster = house::write_roster(settings)?;
    let id = subscribe::find_typed(&roster, email)?.id;
    let consent = Consent { how: ConsentHow::Command, version: None, text: Some(reason.trim().to_owned()) };
    said(&subscribe::confirm(&mut roster, id, Some(&consent), now)?)
}

fn set(email: &str, no_limits: bool, wishes: &Wishes, settings: &Settings) -> Result<u8, Failure> {
    let mut roster = house::write_roster(settings)?;
    let subscriber = subscribe::find_typed(&roster, email)?;
    let mut before = subscriber.preferences.clone();
    if no_limits {
        let Preferences { language, every, proof_of_silence, .. } = before;
        before = Preferences { language, every, proof_of_silence, changes: default_kinds(), ..Preferences::default() };
    }
    let wanted = wished(before, wishes);
    if wanted == subscriber.preferences {
        out::line("nothing to change");
        return Ok(0);
    }
    said(&subscribe::change(&mut roster, subscriber.id, &wanted)?)
}

fn pause(email: &str, until: Option<NaiveDate>, settings: &Settings, now: DateTime<Utc>) -> Result<u8, Failure> {
    let mut roster = house::write_roster(settings)?;
    let id = subscribe::find_typed(&roster, email)?.id;
    said(&subscribe::pause(&mut roster, id, until.and_then(subscribe::morning), now)?)
}

fn remove(email: &str, erase: bool, settings: &Settings, now: DateTime<Utc>) -> Result<u8, Failure> {
    let mut roster = house::write_roster(settings)?;
    let id = subscribe::find_typed(&roster, email)?.id;
    if erase {
        subscribe::remove(&mut roster, id, now)?;
        out::line(&format!("subscriber {id}: erased; an import may bring the address back, for nothing of it is left"));
    } else {
        let owed = subscribe::leave_with_farewell(settings, &mut roster, id, now)?;
        let then = if owed { "one letter says so, and the address is forgotten with it" } else { "the address is forgotten" };
        out::line(&format!("subscriber {id}: left; letters owed are dropped; {then}"));
    }
    Ok(0)
}

fn list(json: bool, settings: &Settings) -> Result<u8, Failure> {
    let everyone = subscribe::all(&house::read_roster(settings)?)?;
    if json {
        out::json(&everyone)?;
        return Ok(0);
    }
    if everyone.is_empty() {
        out::line("nobody");
        return Ok(0);
    }
    let mut all = Table::new(&["ID", "STATE", "EVERY", "LANGUAGE", "ADDRESS", "WANTS"]);
    for one in &everyone {
        let wants = &one.preferences;
        all.row([one.id.to_string(), one.state.to_string(), wants.every.to_string(), wants.language.to_string(), name(one), limits(wants)]);
    }
    all.lines(table::width()).iter().for_each(|line| out::line(line));
    Ok(0)
}

fn name(subscriber: &Subscriber) -> String {
    subscriber.address.as_ref().map_or_else(|| "(forgotten)".to_owned(), |address| address.as_str().to_owned())
}

/// `every agreement`, or what it is narrowed to.
fn limits(wants: &Preferences) -> String {
    fn of<T: std::fmt::Display>(name: &str, all: &[T]) -> Option<String> {
        let words: Vec<String> = all.iter().map(ToString::to_string).collect();
        (!words.is_empty()).then(|| format!("{name}: {}", words.join(", ")))
    }
    let kinds = if wants.changes == default_kinds() { None } else { of("kinds", &wants.changes) };
    let all = [
        of("countries", &wants.countries),
        of("levels", &wants.levels),
        of("instruments", &wants.instruments),
        of("bodies", &wants.bodies),
        of("words", &wants.words),
        kinds,
    ];
    let narrowed: Vec<String> = all.into_iter().flatten().collect();
    if narrowed.is_empty() { "every agreement".to_owned() } else { narrowed.join("; ") }
}

fn show(email: &str, json: bool, settings: &Settings, now: DateTime<Utc>) -> Result<u8, Failure> {
    let roster = house::read_roster(settings)?;
    let subscriber = subscribe::find_typed(&roster, email)?;
    let kept = subscribe::kept(&roster, subscriber)?;
    if json {
        out::json(&kept)?;
        return Ok(0);
    }
    person(&kept.subscriber).iter().for_each(|line| out::line(line));
    if !kept.bounces.is_empty() {
        let points = roster.points_since(kept.subscriber.id, bounce::counts_since(now))?;
        against(&kept.bounces, points).iter().for_each(|line| out::line(line));
    }
    if !kept.letters.is_empty() {
        out::line("");
        super::outbox::table(&kept.letters).iter().for_each(|line| out::line(line));
    }
    Ok(0)
}

fn person(one: &Subscriber) -> Vec<String> {
    let at = |at: DateTime<Utc>| at.format("%F %T UTC").to_string();
    let wants = &one.preferences;
    let mut all = vec![
        format!("subscriber  {} {}", one.id, name(one)),
        format!("state       {}", one.state),
        format!("gets        letters {}, in {}, of {}", wants.every, wants.language, limits(wants)),
        format!("asked       {}, by {}", at(one.asked_at), one.consent.how),
    ];
    let mut add = |name: &str, value: Option<String>| all.extend(value.map(|value| format!("{name:<12}{}", table::plain(&value))));
    add("consent", one.consent.text.clone());
    add("confirmed", one.confirmed_at.map(at));
    add(
        "paused",
        one.paused_at.map(|since| {
            let why = one.pause_reason.map(|why| format!(", {why}")).unwrap_or_default();
            let until = one.paused_until.map(|until| format!(", until {}", at(until))).unwrap_or_default();
            format!("{}{until}{why}", at(since))
        }),
    );
    add("left", one.left_at.map(at));
    all
}

/// What spoke against the address, newest first, and what it counts.
fn against(bounces: &[Bounce], points: u32) -> Vec<String> {
    const SHOWN: usize = 10;
    let head = format!("bounces     {} points in 14 days, {} pause", bounce::shown(points), bounce::shown(POINTS_TO_PAUSE));
    let one = |b: &Bounce| {
        let status = b.status.as_ref().map(|status| format!(" {status}")).unwrap_or_default();
        let letter = b.letter_id.map(|id| format!(", letter {id}")).unwrap_or_default();
        format!("            {} {}, {}{status}{letter}: {}", b.at.format("%F %T UTC"), b.how, b.sort, table::plain(&b.said))
    };
    std::iter::once(head).chain(bounces.iter().rev().take(SHOWN).map(one)).collect()
}

fn said(subscriber: &Subscriber) -> Result<u8, Failure> {
    // A pause ends with a day, and days are Belgrade's.
    let until = subscriber.paused_until.map(|at| format!(" until {}", at.with_timezone(&BELGRADE).format("%F %H:%M Europe/Belgrade")));
    let until = until.unwrap_or_default();
    let waits = if subscriber.state == State::Pending { "; no letters until they confirm" } else { "" };
    let wants = &subscriber.preferences;
    out::line(&format!("subscriber {}: {}{until}{waits}; letters {}, of {}", subscriber.id, subscriber.state, wants.every, limits(wants)));
    Ok(0)
}

fn export(settings: &Settings) -> Result<u8, Failure> {
    let roster = house::read_roster(settings)?;
    let mut all = Vec::new();
    subscribe::export(&roster, &mut all)?;
    out::print(&String::from_utf8_lossy(&all));
    Ok(0)
}

fn import(file: &std::path::Path, how: &ImportHow, settings: &Settings, now: DateTime<Utc>) -> Result<u8, Failure> {
    let mut input: Box<dyn BufRead> = if file.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(file).with_context(|| format!("{} cannot be read", file.display()))?))
    };
    let (_history, mut roster) = house::open_or_make(settings)?;
    let report = subscribe::import(&mut roster, &mut input, how, now)?;
    let mut errors = io::stderr().lock();
    for (line, why) in &report.bad {
        // Nowhere else to say it.
        drop(writeln!(errors, "line {line}: {}", table::plain(why)));
    }
    out::line(&format!(
        "{} added, {} known already, {} who left not brought back, {} bad lines",
        report.added, report.known, report.left, report.bad_lines
    ));
    if how.strict && report.bad_lines > 0 {
        let hint = "mend the lines, or leave --strict out to take the others".to_owned();
        return Err(Failure {
            code: code::FAILED,
            error: anyhow!("nobody was added: --strict, and {} bad lines", report.bad_lines),
            hint: Some(hint),
        });
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::bill::Level;
    use crate::domain::change::Kind;

    fn wishes() -> Wishes {
        Wishes {
            language: None,
            every: None,
            country: Vec::new(),
            level: Vec::new(),
            body: Vec::new(),
            word: Vec::new(),
            change: Vec::new(),
            instrument: Vec::new(),
            proof_of_silence: None,
        }
    }

    #[test]
    fn a_list_given_replaces_the_list_there_was_and_the_others_stay() {
        let before = Preferences { countries: vec!["RU".into()], levels: vec![Level::State], ..Preferences::default() };
        let after = wished(before.clone(), &Wishes { country: vec!["CN".into(), "DE".into(), "CN".into()], ..wishes() });
        assert_eq!((after.countries, after.levels), (vec!["CN".to_owned(), "DE".to_owned()], vec![Level::State]));
        assert_eq!(wished(before.clone(), &wishes()), before);
    }

    #[test]
    fn the_limits_are_said_in_words() {
        assert_eq!(limits(&Preferences::default()), "every agreement");
        let some = Preferences { countries: vec!["RU".into(), "CN".into()], changes: vec![Kind::Listed], ..Preferences::default() };
        assert_eq!(limits(&some), "countries: RU, CN; kinds: listed");
    }
}
