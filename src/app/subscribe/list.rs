//! Carries a list of people out and in, a line a person. Never takes half a line, never brings back somebody who left.

use std::io::{BufRead, Write};

use anyhow::{Context, Result, anyhow, bail};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{enrol, owe_the_question};
use crate::domain::address::EmailAddress;
use crate::domain::agreement;
use crate::domain::bill::{Language, Level};
use crate::domain::change::Kind;
use crate::domain::subscriber::{Every, INSTRUMENTS, Preferences, State};
use crate::io::roster::Roster;
use crate::io::roster::people::{Consent, ConsentHow, PauseReason};

/// How many bad lines are named; the rest are counted.
const BAD_LINES_NAMED: usize = 100;
/// A line longer than this is none of ours.
const LINE_BYTES_MAX: usize = 16 * 1024;

/// A line: `email` and whatever was chosen otherwise than by default.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    email: EmailAddress,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<Language>,
    #[serde(skip_serializing_if = "Option::is_none")]
    every: Option<Every>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    countries: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    levels: Vec<Level>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    instruments: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    bodies: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    words: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    changes: Vec<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proof_of_silence: Option<bool>,
    /// Where they stood. On the way in, who was pending stays so, whatever the operator says of the list: they never agreed; and who was paused
    /// gets no letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<State>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paused_until: Option<DateTime<Utc>>,
    /// Told on the way out, passed over on the way in: consent is given anew by `--confirmed --reason` or by the letter that asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    consent: Option<String>,
}

impl Line {
    /// The codes and sorts as we write them. An unknown one would be a limit that nothing ever passes.
    fn checked(mut self) -> Result<Line> {
        for code in &mut self.countries {
            code.make_ascii_uppercase();
            if agreement::country_names(code).is_none() {
                bail!("{code:?} is no country's code (two letters of ISO 3166, such as RU)");
            }
        }
        if let Some(unknown) = self.instruments.iter().find(|one| !INSTRUMENTS.contains(&one.as_str())) {
            bail!("{unknown:?} is none of: {}", INSTRUMENTS.join(", "));
        }
        Ok(self)
    }

    fn preferences(self) -> Preferences {
        let usual = Preferences::default();
        Preferences {
            language: self.language.unwrap_or(usual.language),
            every: self.every.unwrap_or(usual.every),
            countries: self.countries,
            levels: self.levels,
            instruments: self.instruments,
            bodies: self.bodies,
            words: self.words,
            changes: if self.changes.is_empty() { usual.changes } else { self.changes },
            proof_of_silence: self.proof_of_silence.unwrap_or(usual.proof_of_silence),
        }
    }
}

/// Writes everyone who has an address, a JSON object a line. Answers how many.
pub fn export(roster: &Roster, out: &mut dyn Write) -> Result<usize> {
    let mut written = 0;
    roster.for_each_subscriber::<anyhow::Error>(|subscriber| {
        let Some(email) = subscriber.address else { return Ok(()) };
        let chosen = subscriber.preferences;
        let line = Line {
            email,
            language: Some(chosen.language),
            every: Some(chosen.every),
            countries: chosen.countries,
            levels: chosen.levels,
            instruments: chosen.instruments,
            bodies: chosen.bodies,
            words: chosen.words,
            changes: chosen.changes,
            proof_of_silence: Some(chosen.proof_of_silence),
            state: Some(subscriber.state),
            paused_until: subscriber.paused_until,
            confirmed_at: subscriber.confirmed_at,
            consent: subscriber.consent.text,
        };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
        written += 1;
        Ok(())
    })?;
    Ok(written)
}

/// On what ground a list comes in.
#[derive(Debug, Clone)]
pub struct ImportHow {
    /// The operator's reason why these people agreed already. None: each is asked by a letter.
    pub confirmed_because: Option<String>,
    /// One bad line, and nobody comes in.
    pub strict: bool,
    /// Right of the @ in Message-IDs.
    pub sender_domain: String,
}

/// What came in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// New.
    pub added: usize,
    /// There already.
    pub known: usize,
    /// Left earlier: not brought back.
    pub left: usize,
    /// Lines that are nobody: number from 1, and why. The first hundred.
    pub bad: Vec<(usize, String)>,
    /// How many in all.
    pub bad_lines: usize,
}

/// Reads a list: each line a JSON object as `export` writes it, or `address[,language[,every]]`; empty lines and lines with `#` pass. All in
/// one transaction.
pub fn import(roster: &mut Roster, input: &mut dyn BufRead, how: &ImportHow, now: DateTime<Utc>) -> Result<Imported> {
    let (lines, mut report) = read(input)?;
    if how.strict && report.bad_lines > 0 {
        return Ok(report);
    }
    let consent = Consent { how: ConsentHow::Import, version: None, text: how.confirmed_because.clone() };
    roster.change(|people| {
        for line in lines {
            let email = line.email.clone();
            let (stood, until) = (line.state, line.paused_until.filter(|until| *until > now));
            let agreed = how.confirmed_because.is_some() && stood != Some(State::Pending);
            match people.find(&email)?.map(|known| known.state) {
                Some(State::Left) => report.left += 1,
                Some(State::Pending) if !agreed => report.known += 1,
                Some(State::Confirmed | State::Paused) => report.known += 1,
                _ if agreed => {
                    let over = line.paused_until.is_some() && until.is_none();
                    let (id, _) = enrol(people, &email, &line.preferences(), &consent, now)?;
                    if stood == Some(State::Paused) && !over {
                        people.pause(id, PauseReason::Asked, until, now)?;
                    }
                    report.added += 1;
                }
                _ => {
                    let id = people.insert(&email, &line.preferences(), &consent, now)?;
                    owe_the_question(people, id, &how.sender_domain, now)?;
                    report.added += 1;
                }
            }
        }
        Ok(())
    })?;
    Ok(report)
}

fn read(input: &mut dyn BufRead) -> Result<(Vec<Line>, Imported)> {
    let (mut lines, mut report) = (Vec::new(), Imported::default());
    let mut text = Vec::new();
    for number in 1.. {
        text.clear();
        if input.read_until(b'\n', &mut text).context("the list cannot be read")? == 0 {
            break;
        }
        let line = String::from_utf8_lossy(&text);
        let line = line.trim().trim_start_matches('\u{feff}');
        if line.is_empty() || line.starts_with('#') || (number == 1 && is_heading(line)) {
            continue;
        }
        match parse(line) {
            Ok(parsed) => lines.push(parsed),
            Err(why) => {
                report.bad_lines += 1;
                if report.bad.len() < BAD_LINES_NAMED {
                    report.bad.push((number, format!("{why:#}")));
                }
            }
        }
    }
    Ok((lines, report))
}

/// `email`, `Email,language,every`: the names of the cells, as spreadsheets write them.
fn is_heading(line: &str) -> bool {
    line.split(',').next().is_some_and(|first| first.trim().trim_matches('"').eq_ignore_ascii_case("email"))
}

fn parse(line: &str) -> Result<Line> {
    if line.len() > LINE_BYTES_MAX {
        bail!("the line is too long");
    }
    if line.starts_with('{') {
        return serde_json::from_str::<Line>(line).context("no person can be read from it")?.checked();
    }
    let mut cells = line.split(',').map(|cell| cell.trim().trim_matches('"'));
    let mut entry = serde_json::Map::new();
    for (name, value) in ["email", "language", "every"].iter().zip(&mut cells) {
        if !value.is_empty() {
            entry.insert((*name).to_owned(), value.into());
        }
    }
    if cells.next().is_some() {
        return Err(anyhow!("more than an address, a language and how often"));
    }
    Ok(serde_json::from_value(entry.into())?)
}
