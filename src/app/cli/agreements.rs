//! `agreements` and `changes`: what is known, as a table, JSON or CSV.

use chrono::{DateTime, NaiveDate};

use super::args::Agreements;
use super::table::{self, Table};
use super::{Failure, house, out};
use crate::app::csv;
use crate::config::Settings;
use crate::io::history::read::{self, Filter, Record};

pub(super) fn list(ask: &Agreements, settings: &Settings) -> Result<u8, Failure> {
    let history = house::read_history(settings)?;
    let filter = Filter {
        since: ask.since,
        until: ask.until,
        stage: ask.stage.map(|stage| stage.to_string()),
        country: ask.country.clone(),
        words: ask.words.clone(),
        doubtful: ask.doubtful,
        limit: 0,
    };
    let found = history.agreements(&filter)?;
    if ask.json {
        out::json(&found)?;
    } else if ask.csv {
        out::print(&csv::line(read::agreement_columns()));
        found.iter().map(csv::cells).for_each(|cells| out::print(&csv::line(cells.iter().map(String::as_str))));
    } else {
        people(&found, history.median_gap()?);
    }
    Ok(0)
}

fn people(found: &[Record], median: Option<(usize, i64)>) {
    if found.is_empty() {
        return out::line("none");
    }
    let mut all = Table::new(&["ID", "ACT", "SEEN", "STAGE", "WITH", "SIGNED", "GAP", "TITLE"]);
    for one in found {
        let doubt = if one.text("doubtful") == "1" { "doubtful: " } else { "" };
        all.row([
            one.text("bill_id"),
            one.text("act_number"),
            day(&one.text("first_seen_at")),
            one.text("stage"),
            one.text("countries").replace(", ", " "),
            first(&one.text("signed_on")),
            gap(one),
            format!("{doubt}{}", one.text("title")),
        ]);
    }
    all.lines(table::width()).iter().for_each(|line| out::line(line));
    let count = if found.len() == 1 { "1 agreement".to_owned() } else { format!("{} agreements", found.len()) };
    let gaps = found.iter().any(|one| one.number("gap_days").is_some());
    let beside = if gaps { format!("; {}", beside(median)) } else { String::new() };
    out::line(&format!("{count}{beside}"));
    if found.iter().any(|one| one.number("gap_days").is_some()) {
        out::line("The sentence and the page that prove a gap: `show ID`; with --json as gap_sentence and gap_url.");
    }
}

/// What stands beside every gap: a number of days alone says nothing.
pub(super) fn beside(median: Option<(usize, i64)>) -> String {
    match median {
        Some((of, days)) => format!("the median gap of all {of} that have one is {days} days"),
        None => "no other agreement has one yet to compare with".to_owned(),
    }
}

/// A gap in days; `<=` where it may be less.
pub(super) fn gap(agreement: &Record) -> String {
    let at_most = if agreement.text("gap_at_most") == "1" { "<=" } else { "" };
    agreement.number("gap_days").map(|days| format!("{at_most}{days} d")).unwrap_or_default()
}

/// The Belgrade day of an instant or a day; anything else as it stands.
pub(super) fn day(text: &str) -> String {
    let belgrade = |at: DateTime<chrono::FixedOffset>| at.with_timezone(&crate::domain::zone::BELGRADE).date_naive().to_string();
    DateTime::parse_from_rfc3339(text).map_or_else(|_| text.to_owned(), belgrade)
}

/// Of several days, the first, and a mark that there are more.
fn first(days: &str) -> String {
    days.split_once(", ").map_or_else(|| days.to_owned(), |(first, _)| format!("{first} .."))
}

pub(super) fn changes(since: Option<NaiveDate>, json: bool, settings: &Settings) -> Result<u8, Failure> {
    let history = house::read_history(settings)?;
    let found = history.changes(since)?;
    if json {
        out::json(&found)?;
        return Ok(0);
    }
    if found.is_empty() {
        out::line("none");
        return Ok(0);
    }
    let mut all = Table::new(&["SEEN (UTC)", "WHAT", "ID", "ACT", "SOURCE", "BILL"]);
    for one in &found {
        let title = format!("{}{}", one.text("title_latin"), what(one));
        all.row([
            one.text("seen_at").replace('T', " ").trim_end_matches('Z').to_owned(),
            one.text("kind"),
            one.text("bill_id"),
            one.text("act_number"),
            one.text("source"),
            title,
        ]);
    }
    all.lines(table::width()).iter().for_each(|line| out::line(line));
    Ok(0)
}

/// ` [stage: listed -> scheduled]`, where a change says more than its kind.
fn what(change: &Record) -> String {
    let (field, before, mut after) = (change.text("field"), change.text("before"), change.text("after"));
    if [change.text("title"), change.text("title_latin")].contains(&after) {
        after.clear();
    }
    let values = match (before.as_str(), after.as_str()) {
        ("", "") => String::new(),
        ("", after) => after.to_owned(),
        (before, "") => format!("{before} -> nothing"),
        (before, after) => format!("{before} -> {after}"),
    };
    match (field.as_str(), values.as_str()) {
        ("", "") => String::new(),
        ("", values) => format!(" [{values}]"),
        (field, "") => format!(" [{field}]"),
        (field, values) => format!(" [{field}: {values}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_shown_by_its_belgrade_day() {
        assert_eq!(day("2018-03-05T23:30:00Z"), "2018-03-06");
        assert_eq!(day("2018-03-05"), "2018-03-05");
        assert_eq!(day(""), "");
    }

    #[test]
    fn of_several_signings_the_first_is_shown_and_a_mark() {
        assert_eq!(first("2017-05-23, 2017-06-01"), "2017-05-23 ..");
        assert_eq!(first("1992"), "1992");
    }
}
