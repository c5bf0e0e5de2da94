//! `show`: one bill, with its evidence and a timeline.

use chrono::{NaiveDate, SecondsFormat};
use serde::Serialize;

use super::agreements::{beside, day, gap};
use super::{Failure, house, out, table, which};
use crate::app::clock;
use crate::config::Settings;
use crate::domain::bill::Language;
use crate::domain::document::Difference;
use crate::domain::letter::SittingFact;
use crate::domain::letter::words::Words;
use crate::domain::{letter, mandate, mention};
use crate::io::history::documents::Replacement;
use crate::io::history::read::{BillStory, Record};

/// Where the values of a bill begin.
const INDENT: usize = 12;

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    story: &'a BillStory,
    /// For each of the signatures, whether the mandate of Serbia's Government had ended on that day; null where that is unknown.
    mandate_ended: Vec<Option<bool>>,
    /// What stands beside every gap.
    median_gap: Option<Median>,
    /// The coming sitting of the Assembly that carries it.
    coming: Option<Coming>,
    /// Documents that were replaced, with both hashes, and what the new version says otherwise.
    replacements: Vec<Replaced>,
}

#[derive(Serialize)]
struct Coming {
    #[serde(flatten)]
    sitting: SittingFact,
    /// From today; none where the day is not published.
    days: Option<i64>,
}

#[derive(Serialize)]
struct Replaced {
    seen_at: String,
    url: String,
    before: String,
    after: String,
    /// None where one of the versions could not be read.
    difference: Option<Difference>,
}

#[derive(Serialize)]
struct Median {
    agreements: usize,
    days: i64,
}

pub(super) fn run(typed: &str, json: bool, settings: &Settings) -> Result<u8, Failure> {
    let history = house::read_history(settings)?;
    let id = which::bill(&history, typed)?;
    let story = history.show(id)?.ok_or(crate::io::history::HistoryError::NoBill(id))?;
    let median_gap = history.median_gap()?.map(|(agreements, days)| Median { agreements, days });
    let replacements: Vec<Replaced> = history.replacements(id)?.into_iter().map(replaced).collect();
    let now = clock::now();
    let today = now.with_timezone(&crate::domain::zone::BELGRADE).date_naive();
    let coming =
        history.sitting_coming(id, now)?.map(|sitting| Coming { days: sitting.held_on.map(|on| (on - today).num_days()), sitting });
    if json {
        let mandate_ended = story.signatures.iter().map(mandate_ended).collect();
        out::json(&Shown { story: &story, mandate_ended, median_gap, coming, replacements })?;
    } else {
        people(&story, median_gap.as_ref(), coming.as_ref()).iter().for_each(|line| out::line(line));
        for one in &replacements {
            difference(one)?.iter().for_each(|line| out::line(line));
        }
    }
    Ok(0)
}

fn replaced(one: Replacement) -> Replaced {
    let Replacement { seen_at, url, before, after, difference } = one;
    Replaced { seen_at: seen_at.to_rfc3339_opts(SecondsFormat::Secs, true), url, before, after, difference }
}

/// A replaced document, in the letters' own words.
fn difference(one: &Replaced) -> Result<Vec<String>, Failure> {
    let mut lines = vec![String::new(), format!("replaced on {}: {}", day(&one.seen_at), one.url)];
    lines.push(format!("  sha256 before: {}", one.before));
    lines.push(format!("  sha256 now:    {}", one.after));
    match &one.difference {
        None => lines.push("  the text of both versions could not be read: what changed is not known".to_owned()),
        Some(difference) => {
            let told = letter::difference(difference, Language::En, Words::built_in()).map_err(anyhow::Error::from)?;
            lines.extend(letter::text::set(&told).lines().map(str::to_owned));
        }
    }
    Ok(lines)
}

/// What is known, a line a fact, each with what it rests on.
struct Sheet {
    lines: Vec<String>,
    width: usize,
}

impl Sheet {
    /// One fact; nothing where there is none.
    fn fact(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        let mut folded = table::indented(value, INDENT, self.width);
        if let Some(first) = folded.first_mut() {
            *first = format!("{name:<INDENT$}{}", first.trim_start());
        }
        self.lines.append(&mut folded);
    }

    /// What it rests on.
    fn because(&mut self, evidence: &str) {
        if !evidence.is_empty() {
            self.lines.append(&mut table::indented(evidence, INDENT + 2, self.width));
        }
    }
}

/// Whether our Government's mandate had ended on the day of a signature.
fn mandate_ended(signature: &Record) -> Option<bool> {
    mandate::had_ended_at(&signature.text("verb"), signature.text("signed_on").parse().ok())
}

fn people(story: &BillStory, median: Option<&Median>, coming: Option<&Coming>) -> Vec<String> {
    let bill = &story.bill;
    let mut sheet = Sheet { lines: Vec::new(), width: table::width() };
    identity(&mut sheet, story);
    for party in &story.parties {
        let whose = if party.text("ours") == "1" { "our side" } else { "other side" };
        let country = Some(party.text("country")).filter(|c| !c.is_empty()).map(|c| format!("{c}, ")).unwrap_or_default();
        sheet.fact(whose, &format!("{} ({country}{})", party.text("name"), party.text("level")));
    }
    for one in &story.signatures {
        let until = Some(one.text("until_on")).filter(|u| !u.is_empty()).map(|u| format!(" to {u}")).unwrap_or_default();
        let on = Some(one.text("signed_on")).filter(|on| !on.is_empty()).unwrap_or_else(|| "day unclear".to_owned());
        let at = Some(one.text("signed_at")).filter(|at| !at.is_empty()).map(|at| format!(", {at}")).unwrap_or_default();
        sheet.fact("signed", &format!("{on}{until}{at}, {}", one.text("verb")));
        let page = one.number("page").map(|page| format!(", page {page}")).unwrap_or_default();
        sheet.because(&format!("\"{}\" {}{page}", one.text("sentence"), one.text("url")));
        sheet.because(&format!("the mandate of Serbia's Government on that day: {}", mandate::said(mandate_ended(one))));
    }
    if bill.text("signed_unclear") == "1" {
        sheet.fact("unclear", "two sources print different days of signature; no gap is counted from either");
    }
    sheet.fact("originals", &bill.text("languages"));
    if bill.number("gap_days").is_some() {
        let beside = beside(median.map(|m| (m.agreements, m.days)));
        sheet.fact(
            "gap",
            &format!(
                "{} from the signature on {} to {} ({}); {beside}",
                gap(bill),
                bill.text("gap_from"),
                bill.text("gap_on"),
                bill.text("gap_to")
            ),
        );
        sheet.because(&bill.text("gap_url"));
    }
    if let Some(coming) = coming {
        sheet.fact("vote", &countdown(coming));
        sheet.because(&format!("\"{}\" {}", coming.sitting.title, coming.sitting.url));
    }
    whereabouts(&mut sheet, story);
    let mut lines = sheet.lines;
    lines.push(String::new());
    lines.extend(timeline(&story.timeline));
    lines
}

/// `in 3 days: sitting of the Assembly on 2026-11-24 at 10:00, on one agenda with 8 other bills`.
fn countdown(coming: &Coming) -> String {
    let sitting = &coming.sitting;
    let when = match coming.days {
        None => "day not published: ".to_owned(),
        Some(0) => "today: ".to_owned(),
        Some(1) => "tomorrow: ".to_owned(),
        Some(days) => format!("in {days} days: "),
    };
    let on = sitting.held_on.map(|on| format!(" on {on}")).unwrap_or_default();
    let at = sitting.begins_at.map(|at| at.format(" at %H:%M").to_string()).unwrap_or_default();
    format!("{when}sitting of the Assembly{on}{at}{}", jointly(i64::try_from(sitting.together_with).ok()))
}

/// On one agenda with others.
fn jointly(others: Option<i64>) -> String {
    match others {
        None | Some(..=0) => String::new(),
        Some(1) => ", on one agenda with 1 other bill".to_owned(),
        Some(others) => format!(", on one agenda with {others} other bills"),
    }
}

fn identity(sheet: &mut Sheet, story: &BillStory) {
    let bill = &story.bill;
    sheet.fact("bill", &format!("{} (row id {}, legislature {})", bill.text("act_number"), bill.text("bill_id"), bill.text("legislature")));
    sheet.fact("title", &bill.text("title"));
    for other in story.titles.iter().filter(|other| other.get("title") != bill.get("title")) {
        sheet.fact("also", &format!("{} ({})", other.text("title"), other.text("language")));
    }
    sheet.fact("verdict", &format!("{} {}", story.verdict, bill.text("instrument")));
    sheet.because(&bill.text("evidence"));
    for one in &story.decisions {
        let (by, at) = (one.text("decided_by"), day(&one.text("decided_at")));
        sheet.fact("decided", &format!("{}, was {}, by {by} on {at}: {}", one.text("verdict"), one.text("before"), one.text("reason")));
    }
    sheet.fact("same as", &bill.text("same_as"));
    sheet.fact("possibly", &bill.text("possibly"));
    for one in &story.merges {
        sheet.fact("joined", &format!("{} {}", day(&one.text("merged_at")), one.text("note")));
    }
}

fn whereabouts(sheet: &mut Sheet, story: &BillStory) {
    let bill = &story.bill;
    sheet.fact("stage", &bill.text("stage"));
    sheet.fact("submitter", mention::submitter(&bill.text("submitter")));
    sheet.fact("first seen", &format!("{} ({})", bill.text("first_seen_at"), bill.text("seen_by")));
    sheet.because(&bill.text("source_url"));
    for one in &story.lists {
        let gone =
            Some(one.text("missing_since")).filter(|at| !at.is_empty()).map(|at| format!(", missing since {at}")).unwrap_or_default();
        sheet.fact("list", &format!("{} since {}{gone}", one.text("source"), day(&one.text("first_seen_at"))));
    }
    for one in &story.sittings {
        let whose = if one.text("body") == "assembly" { "the Assembly".to_owned() } else { one.text("body") };
        let on = Some(one.text("held_on")).filter(|on| !on.is_empty()).unwrap_or_else(|| "day not published".to_owned());
        let note = match (one.text("cancelled").as_str(), one.text("gone_at").as_str()) {
            ("1", _) => ", cancelled",
            (_, "") => "",
            _ => ", taken off",
        };
        sheet.fact("sitting", &format!("{on}, {whose}{note}"));
        sheet.because(&format!("\"{}\" {}", one.text("sentence"), one.text("url")));
    }
    for one in &story.documents {
        let hash = Some(one.text("sha256")).filter(|h| !h.is_empty()).map(|h| format!(", sha256 {h}")).unwrap_or_default();
        let gone =
            Some(one.text("gone_at")).filter(|at| !at.is_empty()).map(|at| format!(", no longer linked since {at}")).unwrap_or_default();
        sheet.fact("document", &format!("{} ({}{gone}{hash})", one.text("url"), one.text("state")));
        sheet.because(&one.text("note"));
    }
}

/// Each step with the days since the step before it.
fn timeline(steps: &[Record]) -> Vec<String> {
    let mut all = table::Table::new(&["DAY", "DAYS", "WHAT"]);
    let mut last: Option<NaiveDate> = None;
    for step in steps {
        let on = day(&step.text("on"));
        let this = on.parse::<NaiveDate>().ok();
        // What stood there at our first look came on a day we do not know.
        let own_look = step.text("own_look") == "1";
        let since = if own_look { String::new() } else { since(last, this) };
        last = this.or(last);
        let detail = Some(step.text("detail")).filter(|d| !d.is_empty()).map(|d| format!(": {d}")).unwrap_or_default();
        let url = Some(step.text("url")).filter(|u| !u.is_empty()).map(|u| format!(" <{u}>")).unwrap_or_default();
        let already = if own_look { " (there at our first look)" } else { "" };
        all.row([on, since, format!("{}{already}{detail}{}{url}", step.text("what"), jointly(step.number("together_with")))]);
    }
    all.lines(table::width())
}

/// `+294`; nothing on the same day, or where a day is not known.
fn since(last: Option<NaiveDate>, this: Option<NaiveDate>) -> String {
    match last.zip(this).map(|(last, this)| (this - last).num_days()) {
        Some(days) if days != 0 => format!("{days:+}"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_the_step_before() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        assert_eq!(since(day("2017-05-23"), day("2018-03-13")), "+294");
        assert_eq!(since(day("2018-03-13"), day("2018-03-13")), "");
        assert_eq!(since(day("2017"), day("2018-03-13")), "");
        assert_eq!(since(None, day("2018-03-13")), "");
    }

    #[test]
    fn a_fact_is_folded_under_itself_and_an_empty_one_is_not_told() {
        let mut sheet = Sheet { lines: Vec::new(), width: 60 };
        sheet.fact("title", "Predlog zakona o potvrđivanju Sporazuma o nečemu što se ne može reći kratko");
        sheet.fact("submitter", "");
        assert_eq!(sheet.lines[0], "title       Predlog zakona o potvrđivanju Sporazuma o nečemu");
        assert_eq!(sheet.lines[1], "            što se ne može reći kratko");
        assert_eq!(sheet.lines.len(), 2);
    }
}
