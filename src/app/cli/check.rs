//! `check`, the doctor: what is wrong here, and what to do about it. Settings, data, sources, mail, schedule, clock, outside tools.
//!
//! Never writes a row, never sends a letter, never takes the lock: it works beside the daemon.

mod data;
mod here;
mod returns;
mod site;

use std::path::Path;

use serde::Serialize;

use super::{Failure, code, out, table};
use crate::app::{clock, desk};
use crate::config::Settings;
use crate::io::fetch::Fetcher;

/// How one thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// It works, and somebody should look.
    Warning,
    /// It does not work.
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    /// settings, data, source, mail, schedule, clock or tool.
    part: &'static str,
    /// What was looked at.
    name: String,
    state: State,
    /// What was found.
    what: String,
    /// What to do now.
    hint: Option<String>,
    /// Of a source that was read.
    #[serde(flatten)]
    counts: Option<site::Counts>,
}

impl Item {
    fn ok(part: &'static str, name: &str, what: impl Into<String>) -> Item {
        Item { part, name: name.to_owned(), state: State::Ok, what: what.into(), hint: None, counts: None }
    }

    fn warning(part: &'static str, name: &str, what: impl Into<String>, hint: impl Into<String>) -> Item {
        Item { state: State::Warning, hint: Some(hint.into()), ..Item::ok(part, name, what) }
    }

    fn wrong(part: &'static str, name: &str, what: impl Into<String>, hint: impl Into<String>) -> Item {
        Item { state: State::Wrong, hint: Some(hint.into()), ..Item::ok(part, name, what) }
    }
}

#[derive(Serialize)]
struct Report {
    /// Nothing is wrong.
    ok: bool,
    warnings: usize,
    wrong: usize,
    items: Vec<Item>,
}

/// Tells each item as it is known: a slow site should not look like a program that hangs.
struct Told {
    items: Vec<Item>,
    aloud: bool,
}

impl Told {
    fn tell(&mut self, items: impl IntoIterator<Item = Item>) {
        for item in items {
            if self.aloud {
                lines(&item, out::colour()).iter().for_each(|line| out::line(line));
            }
            self.items.push(item);
        }
    }
}

pub(super) async fn run(offline: bool, json: bool, settings: &Settings, file: Option<&Path>) -> Result<u8, Failure> {
    let now = clock::now();
    let mut told = Told { items: Vec::new(), aloud: !json };
    told.tell(here::settings(settings, file));
    told.tell(data::data(settings, now));
    told.tell(here::schedule(settings, data::sitting_is_near(&settings.data_dir, now), now));
    told.tell(here::clock(now));
    told.tell(here::tools().await);
    told.tell(site::signing(settings));
    told.tell(returns::look(settings));
    if offline {
        told.tell(data::remembered(settings));
    } else {
        // One for all, so that a site with several sources is asked with its pauses.
        let fetcher = Fetcher::new(desk::manners(settings));
        let mut dates = Vec::new();
        for source in &settings.sources {
            let (item, date) = site::look(&fetcher, source, now).await;
            told.tell([item]);
            dates.extend(date);
        }
        told.tell(site::drift(&dates));
        told.tell(site::mail(settings).await);
    }
    let count = |state| told.items.iter().filter(|item| item.state == state).count();
    let (warnings, wrong) = (count(State::Warning), count(State::Wrong));
    if json {
        out::json(&Report { ok: wrong == 0, warnings, wrong, items: told.items })?;
    } else {
        out::line(&format!("{} looked at, {warnings} to look into, {wrong} wrong", told.items.len()));
    }
    Ok(if wrong == 0 { 0 } else { code::FAILED })
}

/// One line an item, folded under itself, and its hint below.
fn lines(item: &Item, colour: bool) -> Vec<String> {
    const INDENT: usize = 34;
    let (word, ink) = match item.state {
        State::Ok => ("ok", "\u{1b}[32m"),
        State::Warning => ("warning", "\u{1b}[33m"),
        State::Wrong => ("WRONG", "\u{1b}[31m"),
    };
    let mut all = table::indented(&item.what, INDENT, table::width());
    let head = format!("{word:<8} {:<9} {:<14}", item.part, item.name);
    let first = all.first().map(|line| line.trim_start().to_owned()).unwrap_or_default();
    let line = format!("{head:<INDENT$}{}{first}", if head.chars().count() >= INDENT { " " } else { "" });
    let line = if colour { line.replacen(word, &format!("{ink}{word}\u{1b}[0m"), 1) } else { line };
    all.splice(..1.min(all.len()), [line.trim_end().to_owned()]);
    if let Some(hint) = &item.hint {
        all.extend(table::indented(&format!("now: {hint}"), INDENT, table::width()));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_a_line_and_its_hint_stands_below() {
        let item = Item::warning("settings", "contact", "nobody is named", "set contact");
        let lines = lines(&item, false);
        assert_eq!(lines, ["warning  settings  contact        nobody is named", "                                  now: set contact"]);
    }

    #[test]
    fn colour_changes_no_letter() {
        let item = Item::ok("clock", "clock", "right");
        let stripped = lines(&item, true)[0].replace("\u{1b}[32m", "").replace("\u{1b}[0m", "");
        assert_eq!(stripped, lines(&item, false)[0]);
        assert_ne!(lines(&item, true), lines(&item, false));
    }
}
