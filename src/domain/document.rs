//! The text of an agreement's document: its lines without the page's furniture, its articles, its clauses.
//!
//! Never says what a clause means, never mends a broken text: what a reader sees is what was printed, only the page is taken away.

pub mod difference;
mod flow;
mod heading;
mod joined;
mod misread;
pub mod order;
mod sentences;
mod signing;
pub mod state;

use serde::{Deserialize, Serialize};

pub use difference::{Change, Difference, What, difference};
pub use joined::joined;
pub use sentences::{sentences, sentences_around};
pub use signing::{Signing, signing};
pub use state::State;

/// The part of a document something stands in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Before the first article: title, preamble.
    #[default]
    Opening,
    /// An article of the agreement.
    Article,
    /// An article of the law that confirms it.
    Law,
    /// An annex: before its first article, or all of it.
    Annex,
    /// The Government's explanatory note (`OBRAZLOŽENJE`).
    Explanation,
}

/// Where something stands, as it can be told to a reader.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Of which sort.
    pub section: Section,
    /// The article's number as printed, Latin script: `7`, `7a`, `IV`.
    pub article: Option<String>,
    /// The annex's number, where it stands in one that has a number.
    pub annex: Option<String>,
}

/// One article, or what stands before, between or after articles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Where it stands.
    pub place: Place,
    /// Its heading as printed; empty for the opening.
    pub heading: String,
    /// Its text: one line, hyphens at line ends joined, page numbers and running heads left out.
    pub text: String,
}

/// Most bytes of a document's text that are read; the longest agreement known has a third of it.
pub const BYTES_MAX: usize = 4 * 1024 * 1024;

/// The parts of a document in their order, in either script or in English. Total: a text without headings is one opening.
pub fn parts(text: &str) -> Vec<Part> {
    let text = &text[..text.floor_char_boundary(BYTES_MAX)];
    let mut parts = vec![Part::default()];
    let mut annex = None;
    let lines = flow::lines(text);
    let mut before = None;
    for line in &lines {
        match heading::read(line, before) {
            Some(found) => {
                let mut place = found.place;
                match place.section {
                    Section::Annex => annex.clone_from(&place.annex),
                    Section::Explanation => annex = None,
                    _ => place.annex.clone_from(&annex),
                }
                parts.push(Part { place, heading: found.heading, text: found.rest });
            }
            None => {
                if let Some(part) = parts.last_mut() {
                    flow::join(&mut part.text, &line.text);
                }
            }
        }
        before = Some(line);
    }
    parts.retain(|part| !part.heading.is_empty() || !part.text.is_empty());
    parts.iter_mut().for_each(|part| {
        if part.place.section == Section::Article && heading::is_of_the_law(&part.text) {
            part.place = Place { section: Section::Law, annex: None, ..part.place.clone() };
        }
    });
    parts
}

#[cfg(test)]
#[path = "document/tests.rs"]
mod tests;
