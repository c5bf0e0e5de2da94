//! Reads Article 1: when, where and in which languages an agreement was signed. What cannot be read is empty, never guessed.
//!
//! Never takes a date or a place out of an instrument's name.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::agreement;
use crate::domain::bill::Party;
use crate::domain::dates::PrintedDate;
use crate::domain::tokens::{Kind, Token, cut};

mod acts;
mod clause;
mod heads;
mod languages;
mod lent;
mod others;
mod pairing;
pub mod persons;
mod places;
mod prose;
mod turns;

/// One act of signing (or concluding, adopting, ...).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Day or bare year, as printed; none where none could be read.
    pub on: Option<PrintedDate>,
    /// Last day of a range.
    pub until: Option<NaiveDate>,
    /// The place, nominative, Latin script.
    pub at: Option<String>,
    /// The verb of the sentence.
    pub verb: Verb,
}

/// Five legal acts, kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Verb {
    Potpisan,
    Sacinjen,
    Zakljucen,
    Usvojen,
    Donet,
}
crate::words!(Verb { Potpisan = "potpisan", Sacinjen = "sačinjen", Zakljucen = "zaključen", Usvojen = "usvojen", Donet = "donet" });

/// What an Article 1 (or a committee's sentence about a signing) says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Article {
    /// Every signing, in the order printed.
    pub signed: Vec<Signature>,
    /// ISO 639-1 of the originals, in the order printed; none stated = empty.
    pub languages: Vec<String>,
    /// As `agreement::Detection::instrument`.
    pub instrument: Option<String>,
    /// As `agreement::Detection::parties`.
    pub parties: Vec<Party>,
    /// Something stands there that could not be read surely: say "unclear".
    pub unclear: bool,
}

impl Article {
    /// The same as known at a time: a day of signature that has come nowhere on earth yet is a slip, and cannot be read surely.
    #[must_use]
    pub fn known_at(mut self, now: DateTime<Utc>) -> Article {
        let today = (now + TimeDelta::hours(14)).date_naive();
        for signature in &mut self.signed {
            let to_come = match signature.on {
                Some(PrintedDate::Day(day)) => signature.until.unwrap_or(day) > today,
                Some(PrintedDate::Year(year)) => year > today.year(),
                None => false,
            };
            if to_come {
                (signature.on, signature.until) = (None, None);
                self.unclear = true;
            }
        }
        self
    }
}

/// Most of a text that is read: an Article 1 is a sentence or two, after a title.
const BYTES_MAX: usize = 16 * 1024;

/// From `Potvrđuje se` to `Član 2`, where the text has them; else all of it.
fn article_one(text: &str) -> &str {
    let text = &text[..text.floor_char_boundary(BYTES_MAX)];
    let tokens = cut(text);
    let word = |i: usize| tokens.get(i).map_or("", Token::word);
    let confirms = |i: &usize| {
        matches!(word(*i), "potvrduje" | "potvrduju" | "ratifikuje" | "ratifikuju" | "ratificira" | "prihvata") && word(i + 1) == "se"
    };
    let Some(first) = (0..tokens.len()).find(confirms) else { return text };
    let second = |i: &usize| {
        let numbered = matches!(tokens.get(i + 1).map(|t| &t.kind), Some(Kind::Number(2, 1)));
        numbered
            && matches!(word(*i), "clan" | "article")
            && text[..tokens[*i].at.start].trim_end_matches([' ', '\t', '\u{A0}']).ends_with(['\n', '\r', '.', ':'])
    };
    let end = (first..tokens.len()).find(second).map_or(text.len(), |i| tokens[i].at.start);
    &text[tokens[first].at.start..end]
}

/// Reads one Article 1 sentence in either script, or a committee's English or Serbian sentence about a signing. Of a whole law only
/// Article 1 is read: what follows tells of other agreements.
pub fn read(text: &str) -> Article {
    let text = article_one(text);
    let (instrument, parties) = agreement::named(text);
    Article { instrument, parties, ..signings(text) }
}

/// The signings and the languages; no parties.
fn signings(text: &str) -> Article {
    let prose = prose::Prose::new(text);
    let (acts, passed_over) = acts::own(&prose);
    let mut article = Article::default();
    for act in &acts {
        let (signed, unclear) = clause::read(&prose, act);
        article.unclear |= unclear;
        for signature in signed {
            if !article.signed.contains(&signature) {
                article.signed.push(signature);
            }
        }
    }
    article.unclear |= passed_over || article.signed.is_empty();
    let languages = languages::read(&prose, acts.first().map_or(prose.len(), |act| act.at));
    article.languages = languages.codes;
    article.unclear |= languages.unclear;
    article
}

#[cfg(test)]
mod tests;
