//! What operators are told of what came back: numbers of subscribers and a server's words, never an address.

use anyhow::Result;
use chrono::{DateTime, Utc};

use crate::app::dispatch;
use crate::config::Settings;
use crate::domain::bounce;
use crate::domain::letter::{Edition, Occasion};
use crate::io::roster::Roster;
use crate::io::roster::owing::NewEdition;

/// Different words of servers that are told in one letter.
const WORDS_MAX: usize = 5;

/// What a round has for the operators: one letter of each sort.
#[derive(Debug, Default)]
pub struct ForOperators {
    pub(super) paused: Vec<(i64, u32)>,
    pub(super) complained: Vec<i64>,
    content: Vec<String>,
    content_more: usize,
}

impl ForOperators {
    pub(super) fn content(&mut self, status: Option<&str>, said: &str) {
        let words = format!("{} {said}", status.unwrap_or_default()).trim().to_owned();
        if self.content.len() < WORDS_MAX && !self.content.contains(&words) {
            self.content.push(words);
        } else {
            self.content_more += 1;
        }
    }

    /// Owes the letters. Answers whether there was anything to tell.
    pub fn owe(self, settings: &Settings, roster: &mut Roster, now: DateTime<Utc>) -> Result<bool> {
        let day = now.format("%F");
        let mut letters = Vec::new();
        if let Some((first, _)) = self.paused.first() {
            letters.push((format!("bounces:paused:{first}:{}", now.timestamp_millis()), paused(&self.paused)));
        }
        if let Some(first) = self.complained.first() {
            letters.push((format!("bounces:complained:{first}:{}", now.timestamp_millis()), complained(&self.complained)));
        }
        if !self.content.is_empty() {
            // Once a day: what one provider refuses it refuses for all its readers.
            letters.push((format!("bounces:content:{day}"), content(&self.content, self.content_more)));
        }
        let any = !letters.is_empty();
        for (key, (subject, paragraphs)) in letters {
            tracing::error!("{subject}");
            owe(settings, roster, &key, subject, paragraphs, now)?;
        }
        Ok(any)
    }
}

fn numbers(all: impl Iterator<Item = i64>) -> String {
    all.map(|id| id.to_string()).collect::<Vec<_>>().join(", ")
}

/// Addresses that refuse letters, by subscriber and points (in halves): a subject, and what to do.
pub fn paused(all: &[(i64, u32)]) -> (String, Vec<String>) {
    let subject = match all {
        [(one, _)] => format!("Subscriber {one} is paused: the address refuses letters"),
        many => format!("{} subscribers are paused: their addresses refuse letters", many.len()),
    };
    let told = all.iter().map(|(id, points)| format!("subscriber {id} ({} points in 14 days)", bounce::shown(*points)));
    let paragraphs = vec![
        format!("Letters came back from: {}.", told.collect::<Vec<_>>().join(", ")),
        "What the servers said: `potvrda subscriber show NUMBER`. Reach them by another road, then \
         `potvrda subscriber resume NUMBER`, which begins to count anew. \
         Letters owed to them wait."
            .to_owned(),
    ];
    (subject, paragraphs)
}

fn complained(all: &[i64]) -> (String, Vec<String>) {
    let subject = match all {
        [one] => format!("Subscriber {one} reported a letter as spam, and is paused"),
        many => format!("{} subscribers reported letters as spam, and are paused", many.len()),
    };
    let paragraphs = vec![
        format!("Their provider told us: subscriber {}. They get no letters from now on.", numbers(all.iter().copied())),
        "Was it a mistake, and do they say so themselves: `potvrda subscriber resume NUMBER`. Else \
         `potvrda subscriber remove NUMBER`. Do not write to them by this list."
            .to_owned(),
    ];
    (subject, paragraphs)
}

/// What servers said of our letters, and how many more said the like: a subject, and what to do.
pub fn content(words: &[String], more: usize) -> (String, Vec<String>) {
    let more = if more == 0 { String::new() } else { format!(" And {more} more like these.") };
    let paragraphs = vec![
        format!("They said: {}.{more}", words.join(" / ")),
        "That is about our letters or our server (its name, its signature, its reputation), and no fault \
         of the readers: it counts against nobody."
            .to_owned(),
        "See docs/operating.md, \"Mail that arrives\": SPF, DKIM, DMARC, reverse DNS. Those readers did not get these letters.".to_owned(),
    ];
    ("Mail servers refuse what we send".to_owned(), paragraphs)
}

fn owe(settings: &Settings, roster: &mut Roster, key: &str, subject: String, paragraphs: Vec<String>, now: DateTime<Utc>) -> Result<()> {
    let occasion = Occasion::Operator { subject, paragraphs };
    let facts = Edition { occasion, made_at: now, watching_since: None, findings: Vec::new(), median_gap: None };
    let owing = roster.owing(now)?;
    let new = NewEdition { key, thread: None, facts: &facts, change_ids: &[], sender_domain: dispatch::sender_domain(settings) };
    let edition = owing.edition(&new)?;
    for operator in &settings.operator.emails {
        owing.owe_operator(edition, operator)?;
    }
    owing.finish(None)?;
    Ok(())
}
