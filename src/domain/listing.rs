//! Reads a fetched law list (bills in procedure, or adopted laws) into rows with two eyes, and says what it could not read.
//!
//! Never fetches, never compares with what was known, never decides whether a row is an agreement: an empty list is for the caller to judge.

mod exact;
mod second_eye;

use std::collections::HashSet;

use scraper::Selector;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::bill::Row;
use crate::domain::page::{NotAPage, Page, address, lines, tree};
use crate::domain::script;

/// What a title is cut to when stored, in bytes.
pub const TITLE_BYTES_MAX: usize = 4 * 1024;

/// Which of the two lists is asked for. Their markup is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ListKind {
    /// Bills in procedure.
    Bills,
    /// Adopted laws.
    Laws,
}

/// Which way a page was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Eye {
    /// By the markup we know.
    Exact,
    /// By words alone.
    Second,
}

/// CSS selectors of a source's settings, in place of the built-in ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selectors {
    /// One bill each; built in: `tr`.
    pub row: Option<String>,
    /// The title's box within a row; built in: `td.lawtitle`.
    pub title: Option<String>,
    /// The date within a row; built in: `td[nowrap]`.
    pub date: Option<String>,
    /// The documents' anchors within a row; built in: anchors that lead to a PDF or Word file.
    pub document: Option<String>,
    /// Who submitted it, within a row; built in: by the header's words.
    pub submitter: Option<String>,
}

/// Text that stood where a row should, and why it is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// The text, tidied and cut.
    pub text: String,
    /// Why it could not be read.
    pub reason: String,
}

/// A list, read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// In the order of the page, each once.
    pub rows: Vec<Row>,
    /// What could not be read.
    pub rejects: Vec<Reject>,
    /// Which eye read the rows.
    pub eye: Eye,
    /// Why the poll is to be marked: the eyes disagree, or the exact one saw nothing.
    pub degraded: Option<String>,
    /// The total the page prints (`Ukupno: 600`). More than the rows means that the page is short: what it lacks proves nothing.
    pub total_printed: Option<usize>,
    /// The list goes on there.
    pub next_page: Option<Url>,
}

impl Selectors {
    /// Every selector that is not CSS, for the settings' check.
    pub fn check(&self) -> Result<(), NotAPage> {
        self.compiled().map(|_| ())
    }

    fn compiled(&self) -> Result<exact::Compiled, NotAPage> {
        let one = |name: &'static str, own: &Option<String>, built_in: &str| {
            let selector = own.as_deref().unwrap_or(built_in);
            Selector::parse(selector).map_err(|e| NotAPage::Selector { name, selector: selector.to_owned(), reason: e.to_string() })
        };
        Ok(exact::Compiled {
            row: one("row", &self.row, "tr")?,
            title: one("title", &self.title, "td.lawtitle")?,
            date: one("date", &self.date, "td[nowrap]")?,
            document: self.document.as_ref().map(|_| one("document", &self.document, "a")).transpose()?,
            submitter: self.submitter.as_ref().map(|_| one("submitter", &self.submitter, "td")).transpose()?,
        })
    }
}

/// Reads a list. The exact eye takes the rows of the known markup; the other looks at everything outside them for words that read as a
/// bill's title. A table without rows is an empty list; a page without a table or anything like a list is an error.
pub fn read(page: &Page, url: &Url, kind: ListKind, selectors: &Selectors) -> Result<Listing, NotAPage> {
    let selectors = selectors.compiled()?;
    page.whole()?;
    let html = tree::parse(&page.text)?;
    let seen = exact::read(&html, url, &selectors);
    let rest = lines::read(&html, url, &seen.taken);
    let mut others = second_eye::read(&rest, !seen.rows.is_empty());
    let mut known: HashSet<String> = seen.rows.iter().map(|r| script::fold(&r.title)).collect();
    if !others.is_empty() {
        others.retain(|row| known.insert(script::fold(&row.title)));
    }
    let (eye, degraded) = match (seen.rows.len(), others.len()) {
        (0, 0) => {
            second_eye::emptiness(&html, &rest, kind)?;
            (Eye::Exact, None)
        }
        (0, n) => (Eye::Second, Some(format!("the table we know is not there: {n} titles were read by their words alone"))),
        (_, 0) => (Eye::Exact, None),
        (n, m) => (
            Eye::Second,
            Some(format!("the table we know gave {n} rows, and {m} more titles stand outside of it: {}", cut(&others[0].title, 120))),
        ),
    };
    let mut rows = seen.rows;
    rows.extend(others);
    second_eye::other_page(&rows, &rest, kind)?;
    let rows = once(rows);
    let (total_printed, next_page) = (second_eye::total(&rest), second_eye::next_page(&rest, url));
    Ok(Listing { rows, rejects: seen.rejects, eye, degraded, total_printed, next_page })
}

/// A row printed twice is one row. Two rows with one title and different numbers, dates or documents are two.
fn once(rows: Vec<Row>) -> Vec<Row> {
    let mut seen = HashSet::with_capacity(rows.len());
    rows.into_iter()
        .filter(|row| {
            let documents: Vec<String> = row.documents.iter().map(|d| address::canonical(&d.url)).collect();
            seen.insert((row.title.clone(), row.date_text.clone(), row.act_number, documents))
        })
        .collect()
}

/// At most so many bytes, ended at a whole letter.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
