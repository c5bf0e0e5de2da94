//! The sittings a letter tells of, as calendar files (RFC 5545, 5546): published where they come, cancelled where they were called off.
//!
//! Never an event of a sitting without a day. One sitting is one event in whatever letter: a later letter brings it up to date.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use super::coming::{self, ComingSitting};
use super::markup::{Block, Span};
use super::words::Words;
use super::{Edition, Finding, Occasion, Reader, SittingFact, WriteError, markup, values, view};
use crate::domain::bill::Language;
use crate::domain::icalendar::{self, Event, Method};
use crate::domain::script;

/// Events of one letter: more sittings than a calendar announces.
const EVENTS_MAX: usize = 60;
/// Sequence numbers count minutes from here, so that of two letters about one sitting the later one holds (RFC 5545, 3.8.7.4).
const FIRST_MINUTE: DateTime<Utc> = DateTime::from_timestamp(1_483_228_800, 0).unwrap();

/// A file that a letter carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// `sednica.ics`
    pub name: String,
    /// Of the calendar, and of its content type (RFC 6047).
    pub method: Method,
    /// CR LF line ends.
    pub text: String,
}

/// A sitting and what of it is told.
struct Told<'a> {
    uid: String,
    day: NaiveDate,
    begins_at: Option<chrono::NaiveTime>,
    hall: Option<String>,
    url: String,
    cancelled: bool,
    findings: Vec<&'a Finding>,
    committee: Option<&'a ComingSitting>,
}

/// What is handed to the template beside the agreements.
#[derive(Debug, Serialize)]
struct EventView {
    cancelled: bool,
}

/// The calendars of a letter: at most one that publishes, and one that cancels.
pub(super) fn of(edition: &Edition, reader: &Reader, words: &Words) -> Result<Vec<Calendar>, WriteError> {
    let told = match &edition.occasion {
        Occasion::Alert | Occasion::Digest { .. } => sittings(edition),
        Occasion::Sittings { sittings } => sittings.iter().map(committee).collect(),
        _ => return Ok(Vec::new()),
    };
    let mut calendars = Vec::new();
    for (cancelled, method) in [(false, Method::Publish), (true, Method::Cancel)] {
        let mut events = Vec::new();
        for one in told.iter().filter(|one| one.cancelled == cancelled).take(EVENTS_MAX) {
            events.push(event(one, edition, reader, words)?);
        }
        if !events.is_empty() {
            let sequence = (edition.made_at - FIRST_MINUTE).num_minutes().clamp(0, i64::from(i32::MAX));
            let name = match (reader.language, cancelled) {
                (Language::En, false) => "sitting.ics",
                (Language::En, true) => "cancelled.ics",
                (_, false) => "sednica.ics",
                (_, true) => "otkazano.ics",
            };
            let text = icalendar::write_letter(method, sequence, reader.sender.as_deref(), &events);
            calendars.push(Calendar { name: name.to_owned(), method, text });
        }
    }
    Ok(calendars)
}

/// Each sitting of the Assembly once: those that come, and those that were called off, with the agreements they carry or carried.
fn sittings(edition: &Edition) -> Vec<Told<'_>> {
    let today = edition.made_at.with_timezone(&crate::domain::zone::BELGRADE).date_naive();
    let mut all: BTreeMap<(NaiveDate, i64), Told<'_>> = BTreeMap::new();
    for finding in &edition.findings {
        let coming = finding.agreement.sitting.as_ref().map(|sitting| (sitting, false));
        let (sitting, cancelled) = match coming.or(finding.called_off.as_ref().map(|sitting| (sitting, true))) {
            Some(told) => told,
            None => continue,
        };
        let Some(day) = sitting.held_on.filter(|day| *day >= today) else { continue };
        let told = all.entry((day, sitting.sitting_id)).or_insert_with(|| assembly(sitting, day, cancelled));
        if !told.findings.iter().any(|known| known.agreement.bill_id == finding.agreement.bill_id) {
            told.findings.push(finding);
        }
    }
    all.into_values().collect()
}

fn assembly(sitting: &SittingFact, day: NaiveDate, cancelled: bool) -> Told<'static> {
    let uid = format!("sitting-{}", sitting.sitting_id);
    let (begins_at, url) = (sitting.begins_at, sitting.url.clone());
    Told { uid, day, begins_at, hall: None, url, cancelled, findings: Vec::new(), committee: None }
}

/// Known by its body, day and hour, whichever language's calendar announced it.
fn committee(sitting: &ComingSitting) -> Told<'_> {
    let key = ComingSitting { cancelled: false, ..sitting.clone() }.key();
    let words: Vec<String> =
        script::fold(&key).split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect();
    Told {
        uid: words.join("-"),
        day: sitting.held_on,
        begins_at: sitting.begins_at,
        hall: sitting.hall.clone(),
        url: sitting.url.clone(),
        cancelled: sitting.cancelled,
        findings: Vec::new(),
        committee: Some(sitting),
    }
}

/// The title and the text of an event are words as those of letters are.
fn event(told: &Told<'_>, edition: &Edition, reader: &Reader, words: &Words) -> Result<Event, WriteError> {
    let findings: Vec<Finding> = told.findings.iter().map(|finding| (*finding).clone()).collect();
    let of_it = Edition { occasion: Occasion::Alert, findings, median_gap: None, ..edition.clone() };
    let committee = told.committee.map(|one| coming::view(std::slice::from_ref(one), reader.language, edition.made_at));
    let context = context! {
        c => Serde(EventView { cancelled: told.cancelled }),
        v => Serde(view::of(&of_it, reader)),
        s => Serde(committee.unwrap_or_default()),
        r => Serde(values::reader(reader)),
    };
    let failed = |source| WriteError { name: "calendar".to_owned(), source };
    let read = markup::read(&words.write("calendar", reader.language, context).map_err(failed)?, reader.language);
    let host = reader.sender.as_deref().and_then(|sender| sender.rsplit_once('@')).map_or("potvrda.invalid", |(_, host)| host);
    Ok(Event {
        uid: format!("{}@{host}", told.uid),
        stamp: edition.made_at,
        cancelled: told.cancelled,
        day: told.day,
        begins_at: told.begins_at,
        summary: read.subject,
        location: told.hall.clone(),
        description: unbroken(&read.blocks),
        url: Some(told.url.clone()),
    })
}

/// A line a block: a calendar breaks lines itself.
fn unbroken(blocks: &[Block]) -> String {
    let words = |spans: &[Span]| spans.iter().map(|span| span.text.as_str()).collect::<String>();
    let line = |block: &Block| match block {
        Block::Paragraph { spans } | Block::Quote { spans } | Block::Heading { spans } | Block::Entry { spans } => Some(words(spans)),
        Block::List { items } => Some(items.iter().map(|item| words(item)).collect::<Vec<_>>().join("\n")),
        Block::Link { url } => Some(url.clone()),
        _ => None,
    };
    blocks.iter().filter_map(line).collect::<Vec<_>>().join("\n").replace(markup::NBSP, " ")
}

#[cfg(test)]
#[path = "calendar/tests.rs"]
mod tests;
