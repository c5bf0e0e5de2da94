//! `article`: what Article 1 sentences say of signing.

use chrono::NaiveDate;
use serde::Serialize;

use super::args::Texts;
use super::{Failure, out};
use crate::app::clock;
use crate::domain::article::{self, Article, Signature};
use crate::domain::bill::Party;
use crate::domain::dates::PrintedDate;
use crate::domain::mandate;

#[derive(Serialize)]
struct Answer<'a> {
    text: &'a str,
    signed: Vec<Signed>,
    languages: Vec<String>,
    instrument: Option<String>,
    parties: Vec<Party>,
    unclear: bool,
}

#[derive(Serialize)]
struct Signed {
    on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<NaiveDate>,
    at: Option<String>,
    verb: &'static str,
    /// Whether the mandate of Serbia's Government had ended on that day; null where that is unknown.
    mandate_ended: Option<bool>,
}

pub(super) fn run(ask: &Texts) -> Result<u8, Failure> {
    let now = clock::now();
    super::lines::each_text(&ask.texts, |text| {
        let found = article::read(text).known_at(now);
        if ask.json {
            return out::json_line(&answer(text, found));
        }
        out::line(&super::table::plain(text));
        for one in found.signed.iter().map(signed) {
            let on = one.on.as_deref().unwrap_or("day unclear");
            let until = one.until.map(|d| format!(" to {d}")).unwrap_or_default();
            out::line(&format!("  {} {on}{until}, {}", one.verb, one.at.as_deref().unwrap_or("no place printed")));
            out::line(&format!("    the mandate of Serbia's Government on that day: {}", mandate::said(one.mandate_ended)));
        }
        if found.signed.is_empty() || found.unclear {
            out::line("  unclear: not everything that stands there could be read surely");
        }
        if !found.languages.is_empty() {
            out::line(&format!("  originals: {}", found.languages.join(", ")));
        }
        Ok(())
    })?;
    Ok(0)
}

fn answer(text: &str, found: Article) -> Answer<'_> {
    Answer {
        text,
        signed: found.signed.iter().map(signed).collect(),
        languages: found.languages,
        instrument: found.instrument,
        parties: found.parties,
        unclear: found.unclear,
    }
}

fn signed(signature: &Signature) -> Signed {
    let on = signature.on.map(|date| match date {
        PrintedDate::Day(day) => day.to_string(),
        PrintedDate::Year(year) => year.to_string(),
    });
    let day = match signature.on {
        Some(PrintedDate::Day(day)) => Some(day),
        _ => None,
    };
    let verb = signature.verb.as_str();
    Signed { on, until: signature.until, at: signature.at.clone(), verb, mandate_ended: mandate::had_ended_at(verb, day) }
}
