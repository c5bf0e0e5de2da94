//! Reads the calendar beside every page: the only announcement of a committee's sitting that we know of.
//!
//! Never takes a day that is not printed above an entry.

use chrono::{NaiveDate, NaiveTime};

use super::fate::{self, Fate};
use super::{days, hours, sitting};
use crate::domain::bill::Sitting;
use crate::domain::page::lines::Line;
use crate::domain::tokens::{self, Kind};
use crate::domain::{dates, script};

/// A heading of one day is no longer than this.
const DAY_CHARS_MAX: usize = 60;
/// Words between a comma and the hall behind it: `, Dom Narodne skupštine, sala 3`, `, u maloj sali`.
const HALL_WITHIN: usize = 3;

/// Every sitting the calendar announces, in its order. Other entries (visits, press) are passed over. A day printed without its year is the
/// next such day from `seen_on` on, where its weekday agrees.
pub(super) fn read(lines: &[Line], seen_on: Option<NaiveDate>) -> Vec<Sitting> {
    let mut above = DayAbove::default();
    let mut hour_above: Option<NaiveTime> = None;
    let mut sittings: Vec<Sitting> = Vec::new();
    for line in lines.iter().filter(|l| l.border.is_none() && !l.text.is_empty()) {
        let text = line.text.as_str();
        let (hour, rest) = match (hour_at_start(text), hour_above) {
            (Some((hour, "")), _) => {
                hour_above = Some(hour);
                continue;
            }
            (Some((hour, rest)), _) => (Some(hour), rest),
            (None, Some(hour)) => (Some(hour), text),
            (None, None) => (None, text),
        };
        hour_above = None;
        match hour {
            Some(hour) if is_sitting(rest) => {
                let entry = entry(rest, hour, above.day);
                if !sittings.contains(&entry) {
                    sittings.push(entry);
                }
            }
            Some(_) => {}
            None => above.pass(line, seen_on),
        }
    }
    sittings
}

/// The day printed above an entry.
#[derive(Default)]
struct DayAbove {
    day: Option<NaiveDate>,
    /// The level of the heading that prints it.
    level: Option<u8>,
}

impl DayAbove {
    /// A day is in force until another, until words that were meant as a day and are none we can read, and until a heading that does not
    /// stand below it. What tells when a page was posted is no calendar's.
    fn pass(&mut self, line: &Line, seen_on: Option<NaiveDate>) {
        let text = line.text.as_str();
        let short = text.chars().count() <= DAY_CHARS_MAX;
        let posted = line.has_class("posted");
        let day = dates::day(text).or_else(|| days::find(text, seen_on).first().map(|(day, _)| *day)).filter(|_| short && !posted);
        let below = line.heading.is_some() && self.level.is_some() && line.heading > self.level;
        if day.is_some() || posted || (short && (meant_as_day(text) || (line.heading.is_some() && !below))) {
            *self = DayAbove { day, level: line.heading.filter(|_| day.is_some()) };
        }
    }
}

/// `petak, 27. novembar`, `Mart 2018.`, `utorak`, or the `8` of a month's grid.
fn meant_as_day(text: &str) -> bool {
    let tokens = tokens::cut(text);
    let bare = |t: &tokens::Token| matches!(t.kind, Kind::Number(..)) || t.is('.');
    !dates::candidates(text).is_empty() || tokens.iter().all(bare) || tokens.iter().any(|t| days::weekday(t.word()).is_some())
}

/// Whether a line is a calendar's entry: `11.00 - sitting of the ...`.
pub(super) fn is_entry(text: &str) -> bool {
    hour_at_start(text).is_some_and(|(_, rest)| !rest.is_empty())
}

/// The hour a line begins with, and what follows the dash after it.
fn hour_at_start(text: &str) -> Option<(NaiveTime, &str)> {
    let (hour, after) = hours::at_start(text)?;
    let unit = tokens::cut(after).first().filter(|t| ["h", "cas", "casova", "sati"].contains(&t.word())).map_or(0, |t| t.at.end);
    let after = after[unit..].trim_start_matches('.').trim_start();
    let rest = after.strip_prefix(['-', '–', '—', '−', ':']).map(str::trim_start);
    match rest {
        Some(rest) => Some((hour, rest)),
        None if after.trim_matches(['h', '.', ' ']).is_empty() => Some((hour, "")),
        None if is_sitting(after) => Some((hour, after)),
        None => None,
    }
}

fn is_sitting(text: &str) -> bool {
    let folded = script::fold(text);
    folded.split(' ').any(|w| ["sitting", "sednica", "sednice", "session", "sjednica"].contains(&w))
}

fn entry(text: &str, hour: NaiveTime, day: Option<NaiveDate>) -> Sitting {
    let (title, hall) = match text.rfind('(') {
        Some(at) if at > 0 => {
            let within = text[at + 1..].split(')').next().unwrap_or_default().trim();
            (text[..at].trim(), (!within.is_empty()).then(|| within.to_owned()))
        }
        _ => (text.trim(), None),
    };
    let hall = hall.filter(|h| fate::of_entry(h, day) == Fate::AsCalled);
    let (title, hall) = match hall {
        None => behind_comma(title),
        hall => (title, hall),
    };
    let (begins_at, cancelled) = match fate::of_entry(text, day) {
        Fate::AsCalled => (Some(hour), false),
        // On its new day it has an entry of its own.
        Fate::CalledOff | Fate::PutOff { day: Some(_), .. } => (Some(hour), true),
        Fate::PutOff { day: None, hour } => (hour, false),
    };
    Sitting {
        body: sitting::whose(title),
        title: title.to_owned(),
        held_on: day,
        begins_at,
        hall,
        cancelled,
        agenda_known: false,
        mentions: Vec::new(),
    }
}

/// `sednica Odbora za spoljne poslove, sala 3`: the title and the hall.
fn behind_comma(title: &str) -> (&str, Option<String>) {
    let names_hall = |rest: &str| {
        let words = tokens::cut(rest);
        let near = words.iter().take_while(|t| !t.is(',')).take(HALL_WITHIN);
        near.into_iter().any(|t| ["sala", "sali", "hall", "dvorana", "dvorani", "dom", "house"].contains(&t.word()))
    };
    let comma = title.match_indices(',').map(|(at, _)| at).find(|at| names_hall(&title[at + 1..]));
    comma.map_or((title, None), |at| {
        let hall = title[at + 1..].split([';', '–', '—', '−']).next().unwrap_or_default().split(" - ").next().unwrap_or_default().trim();
        (title[..at].trim(), (!hall.is_empty()).then(|| hall.to_owned()))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::HashSet;

    use url::Url;

    use super::*;
    use crate::domain::bill::Body;
    use crate::domain::page::{lines, tree};

    /// What a page's calendar announces, seen on 26 November 2026: day, hour, body, hall, and whether it is off.
    fn announced(html: &str) -> Vec<String> {
        let url = Url::parse("http://www.parlament.gov.rs/").unwrap();
        let html = tree::parse(&format!("<html><body>{html}</body></html>")).unwrap();
        let lines = lines::read(&html, &url, &HashSet::new()).unwrap();
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "?".to_owned());
        let said = |s: Sitting| {
            let body = match s.body {
                Body::Assembly => "assembly".to_owned(),
                Body::Committee(name) => name,
            };
            let (day, hour) = (or_none(s.held_on.map(|d| d.to_string())), or_none(s.begins_at.map(|h| h.format("%H:%M").to_string())));
            format!("{day} {hour} {body} [{}]{}", or_none(s.hall), if s.cancelled { " off" } else { "" })
        };
        read(&lines, NaiveDate::from_ymd_opt(2026, 11, 26)).into_iter().map(said).collect()
    }

    const LIST: &str =
        "<ul><li><h4><a href=/Prva.40001.941.html>Prva sednica</a></h4><p class=posted>Utorak, 1. decembar 2026.</p></li></ul>";
    const FOREIGN: &str = "Odbor za spoljne poslove";

    #[test]
    fn only_the_day_printed_above_an_entry_is_its_day() {
        let entry = "<ul><li>11.00 - sednica Odbora za spoljne poslove (sala 3)</li></ul>";
        for (above, day) in [
            ("<h3>Kalendar</h3><h4>petak, 27. novembar</h4>", "2026-11-27"),
            ("<h3>Kalendar</h3><h4>sreda, 27. novembar</h4>", "?"),
            ("<h3>Kalendar</h3><h4>27. novembar</h4>", "?"),
            ("<h3>Kalendar</h3><h4>petak</h4>", "?"),
            ("<h3>Kalendar</h3><p>petak</p>", "?"),
            ("<h3>Kalendar</h3><p>27</p>", "?"),
            ("<h3>Kalendar</h3>", "?"),
            ("", "?"),
            ("<h3>Kalendar</h3><p>petak, 27. novembar 2026.</p>", "2026-11-27"),
            ("<h3>petak, 27. novembar 2026.</h3><h4>Odbori</h4><p>10.00 - poseta ambasadora</p><p>Press</p>", "2026-11-27"),
            ("<h4>petak, 27. novembar 2026.</h4><h3>Najave</h3>", "?"),
        ] {
            for list in [LIST, &LIST.replace(" class=posted", "")] {
                let unknown_list = list != LIST && above.is_empty();
                let said = announced(&format!("{list}<div class=calendar>{above}{entry}</div>"));
                assert!(unknown_list || said == [format!("{day} 11:00 {FOREIGN} [sala 3]")], "{above}: {said:?}");
            }
        }
    }

    #[test]
    fn the_hour_the_body_and_the_hall_of_an_entry_are_told_apart() {
        for (entry, said) in [
            ("2.30 p.m. - sitting of the Foreign Affairs Committee (hall 2)", "14:30 Foreign Affairs Committee [hall 2]"),
            ("11.00 a.m. - sitting of the Foreign Affairs Committee (hall 2)", "11:00 Foreign Affairs Committee [hall 2]"),
            ("11.00 - sednica Odbora za spoljne poslove, sala 3", "11:00 Odbor za spoljne poslove [sala 3]"),
            (
                "11.00 - sednica Odbora za finansije, republički budžet i kontrolu trošenja javnih sredstava, Dom Narodne skupštine, sala 3",
                "11:00 Odbor za finansije, republički budžet i kontrolu trošenja javnih sredstava [Dom Narodne skupštine, sala 3]",
            ),
            ("11.00 - sednica Odbora za spoljne poslove, sala 3 - otkazana", "11:00 Odbor za spoljne poslove [sala 3] off"),
            ("11.00 - sednica Odbora za spoljne poslove van sedišta (Novi Sad)", "11:00 Odbor za spoljne poslove [Novi Sad]"),
            ("10.00 časova – Sednica Odbora za spoljne poslove (velika sala)", "10:00 Odbor za spoljne poslove [velika sala]"),
            ("9.30h - sednica Odbora za spoljne poslove (otkazana)", "09:30 Odbor za spoljne poslove [?] off"),
            ("11.00 - sednica Odbora za spoljne poslove (sala 3) – odloženo", "11:00 Odbor za spoljne poslove [sala 3] off"),
            ("12.00 - ODLAŽE SE sednica Odbora za spoljne poslove", "12:00 Odbor za spoljne poslove [?] off"),
            ("11.00 - sednica Odbora za spoljne poslove (sala 3) - pomerena za 14 časova", "14:00 Odbor za spoljne poslove [sala 3]"),
            ("11.00 - sednica Odbora za spoljne poslove - odložena za 2. decembar 2026.", "11:00 Odbor za spoljne poslove [?] off"),
            ("11.00 - sednica Odbora za spoljne poslove - nije otkazana", "11:00 Odbor za spoljne poslove [?]"),
        ] {
            let page = format!("<div><h4>ponedeljak, 30. novembar 2026.</h4><ul><li>{entry}</li></ul></div>");
            assert_eq!(announced(&page), [format!("2026-11-30 {said}")], "{entry}");
        }
    }
}
