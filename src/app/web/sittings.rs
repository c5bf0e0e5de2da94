//! The sittings that are known: what comes, what was, and which agreements stood there.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use maud::{Markup, html};

use super::data;
use super::page::{Page, Visit, outward, titled};
use super::tongue::{Title, Tongue, day_of};
use crate::domain::icalendar::{self, Event};
use crate::domain::script;
use crate::io::history::read::Record;
use crate::io::history::{History, HistoryError};

/// So far back: a year and a half covers the long summers between sessions.
const BACK: TimeDelta = TimeDelta::days(540);
/// At most so many past ones, with their agendas.
const SHOWN_MAX: usize = 60;

/// Sittings with the agreements on their agendas.
pub(super) struct Found {
    coming: Vec<(Record, Vec<Record>)>,
    past: Vec<(Record, Vec<Record>)>,
}

pub(super) fn find(history: &History, now: DateTime<Utc>) -> Result<Found, HistoryError> {
    let today = day_of(&now.to_rfc3339());
    let newest = history.sources()?.iter().filter_map(|s| s.last_good_at).max().unwrap_or(now);
    let all = history.sittings_from(newest.min(now) - BACK)?;
    let (coming, past): (Vec<Record>, Vec<Record>) = all.into_iter().partition(|s| day_of(&s.text("held_on")) >= today);
    let with_agenda = |sitting: Record| -> Result<(Record, Vec<Record>), HistoryError> {
        let agenda = history.agenda(sitting.number("sitting_id").unwrap_or(0))?;
        Ok((sitting, agenda.into_iter().filter(|item| item.text("verdict") != "other").collect()))
    };
    Ok(Found {
        coming: coming.into_iter().map(with_agenda).collect::<Result<_, _>>()?,
        past: past.into_iter().rev().take(SHOWN_MAX).map(with_agenda).collect::<Result<_, _>>()?,
    })
}

pub(super) fn page(visit: &Visit, found: &Found) -> Page {
    let t = visit.tongue;
    let title = t.say("Седнице", "Sittings");
    let main = html! {
        h1 { (title) }
        p.lead {
            (t.say(
                "Седнице Народне скупштине и одбора за које знамо, и међународни споразуми на њима.",
                "The sittings of the Assembly and of committees that we know of, and the international agreements before them."
            ))
        }
        p.quiet { a href=(visit.to("/sittings.ics")) { (t.say("Као календар (.ics)", "As a calendar (.ics)")) } }
        h2 { (t.say("Предстоје", "Coming")) }
        @if found.coming.iter().all(|(sitting, _)| cancelled(sitting)) {
            p { (t.say("Није објављена ниједна предстојећа седница.", "No coming sitting has been published.")) }
        }
        (list(visit, &found.coming))
        @if !found.past.is_empty() {
            h2 { (t.say("Одржане или заказане раније", "Earlier")) }
            (list(visit, &found.past))
        }
    };
    Page { title: title.into_owned(), main }
}

/// The same as a calendar, in the reader's words.
pub(super) fn calendar(t: Tongue, place: &data::Place, found: &Found, now: DateTime<Utc>) -> String {
    let both = found.coming.iter().chain(&found.past);
    let events: Vec<Event> = both.filter_map(|(sitting, agenda)| event(t, place, sitting, agenda, now)).collect();
    icalendar::write(&t.say("Потврда: седнице", "Potvrda: sittings"), &events)
}

fn event(t: Tongue, place: &data::Place, sitting: &Record, agenda: &[Record], now: DateTime<Utc>) -> Option<Event> {
    let day = day_of(&sitting.text("held_on"))?;
    let base = &place.base;
    let items = agenda.iter().map(|item| {
        let Title { text, .. } = Title::of(item, t);
        format!("{text}\n{base}{}/agreement/{}", t.path(), item.text("bill_id"))
    });
    let about = match (agenda.is_empty(), sitting.text("agenda_known") == "1") {
        (false, _) => items.collect::<Vec<_>>().join("\n"),
        (true, true) => t.say("На дневном реду нема међународних споразума.", "No international agreement on the agenda.").into_owned(),
        (true, false) => t.say("Дневни ред није објављен.", "The agenda has not been published.").into_owned(),
    };
    Some(Event {
        uid: format!("sitting-{}@{}", sitting.text("sitting_id"), place.host),
        stamp: now,
        day,
        begins_at: sitting.text("begins_at").parse().ok().or_else(|| NaiveTime::parse_from_str(&sitting.text("begins_at"), "%H:%M").ok()),
        summary: script::tidy(&sitting.text("title")),
        location: Some(sitting.text("hall")).filter(|hall| !hall.is_empty()),
        description: about,
        url: Some(sitting.text("url")).filter(|url| !url.is_empty()),
        cancelled: cancelled(sitting),
    })
}

fn cancelled(sitting: &Record) -> bool {
    sitting.text("cancelled") == "1"
}

fn list(visit: &Visit, sittings: &[(Record, Vec<Record>)]) -> Markup {
    let t = visit.tongue;
    html! {
        ol.sittings {
            @for (sitting, agenda) in sittings {
                li {
                    p.meta {
                        (t.day(&sitting.text("held_on")))
                        @if !sitting.text("begins_at").is_empty() { ", " (hour(t, &sitting.text("begins_at"))) }
                        @if sitting.text("body") == "assembly" { " · " (t.say("Народна скупштина", "National Assembly")) }
                        @else if !sitting.text("body").is_empty() { " · " span lang=(script::language_of(&sitting.text("body")).as_str()) { (sitting.text("body")) } }
                        @if cancelled(sitting) { " · " strong.off { (t.say("отказана или одложена", "cancelled or put off")) } }
                    }
                    h3 lang=(script::language_of(&sitting.text("title")).as_str()) { (outward(&sitting.text("url"), &sitting.text("title"))) }
                    @if agenda.is_empty() && !cancelled(sitting) {
                        p.quiet {
                            @if sitting.text("agenda_known") == "1" { (t.say("На дневном реду нема међународних споразума.", "No international agreement on the agenda.")) }
                            @else { (t.say("Дневни ред није објављен.", "The agenda has not been published.")) }
                        }
                    }
                    @if !agenda.is_empty() { ul {
                        @for item in agenda {
                            li {
                                a href=(visit.to(&format!("/agreement/{}", item.text("bill_id")))) { (titled(&Title::of(item, t), t)) }
                                @if item.text("verdict") == "doubtful" { " · " (t.say("недоумица", "doubtful")) }
                            }
                        }
                    } }
                }
            }
        }
    }
}

/// `9.30` or `9:30`
fn hour(t: Tongue, at: &str) -> String {
    let at = at.trim_start_matches('0');
    let at = if at.starts_with(':') { format!("0{at}") } else { at.to_owned() };
    if t.0 == crate::domain::bill::Language::En { at } else { at.replace(':', ".") }
}
