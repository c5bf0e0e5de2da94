//! The exact eye: reads rows by the markup docs/source.md describes, and by meaning within a row, not by position.
//!
//! Never looks outside the rows.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use ego_tree::NodeId;
use scraper::{ElementRef, Html, Node, Selector};
use url::Url;

use super::closer::{Closer, Looked};
use super::rows::PLACE;
use super::{DOCUMENTS_MAX, Reject, SUBMITTER_BYTES_MAX, TITLE_BYTES_MAX, cut};
use crate::domain::bill::{ActNumber, Link, Row};
use crate::domain::page::{address, lines};
use crate::domain::{dates, mention, script};

/// A cell longer than this is no date.
const DATE_CHARS_MAX: usize = 60;

pub(super) struct Compiled {
    pub row: Selector,
    pub title: Selector,
    pub date: Selector,
    pub document: Option<Selector>,
    pub submitter: Option<Selector>,
}

#[derive(Default)]
pub(super) struct Seen {
    pub rows: Vec<Row>,
    /// Where each stands among the rows that were numbered.
    pub places: Vec<Option<usize>>,
    pub rejects: Vec<Reject>,
    /// The elements the rows were read from: the other eye looks elsewhere.
    pub taken: HashSet<NodeId>,
    /// Titles that the other eye took in these rows, in place of words that were none.
    pub instead: Vec<String>,
    /// Further titles that it saw in them.
    pub beside: Vec<Row>,
}

/// Every row with a title's box. What else may be a title in it, the other eye reads at once, while it is known which row it stands in.
pub(super) fn read(html: &Html, url: &Url, selectors: &Compiled) -> Seen {
    let mut seen = Seen::default();
    let mut headings = Headings::default();
    let mut days = Days::default();
    let mut closer = Closer::new(url);
    for title in html.select(&selectors.title) {
        let Some(row) = row_of(title, selectors) else { continue };
        if !seen.taken.insert(row.id()) {
            continue;
        }
        let cells = Cells::of(row, title, selectors, &mut days, &mut headings);
        match cells.read(url, selectors, || headings.of(row).submitter) {
            Ok((read, place)) => {
                let Looked { row: read, instead, beside } = closer.look(row, place, cells.date, read);
                seen.instead.extend(instead.then(|| read.title.clone()));
                seen.beside.extend(beside);
                seen.places.push(row.value().attr(PLACE).and_then(|place| place.parse().ok()));
                seen.rows.push(read);
            }
            Err(Some(reject)) => seen.rejects.push(reject),
            Err(None) => {}
        }
    }
    seen
}

/// The days a list prints, most of them in many rows.
#[derive(Default)]
struct Days(HashMap<String, Option<NaiveDate>>);

impl Days {
    fn read(&mut self, text: String) -> Option<NaiveDate> {
        *self.0.entry(text).or_insert_with_key(|text| day_of(text))
    }
}

/// A row's parts, told apart by what they say.
struct Cells<'a> {
    row: ElementRef<'a>,
    title: ElementRef<'a>,
    date: Option<ElementRef<'a>>,
    /// The day the date's cell prints, where it was read while choosing the cell.
    day: Option<NaiveDate>,
}

impl<'a> Cells<'a> {
    fn of(row: ElementRef<'a>, marked: ElementRef<'a>, selectors: &Compiled, days: &mut Days, headings: &mut Headings) -> Self {
        let mut all_dated = row.select(&selectors.date).filter(|cell| cell.id() != marked.id());
        let dated = all_dated.next();
        // Of several the one under the heading that says so: the others may tell when something was changed.
        let headed = all_dated.next().and_then(|_| cells(row).nth(headings.of(row).date?));
        let dated = headed.filter(|cell| cell.id() != marked.id() && is_date(&short_text(*cell))).or(dated);
        // The title's class on the date's column: believe the words.
        if is_date(&short_text(marked)) {
            let longest = cells(row).filter(|c| c.id() != marked.id()).map(|c| (text_of(c).len(), c)).max_by_key(|(len, _)| *len);
            if let Some((_, title)) = longest.filter(|(len, _)| *len > 0) {
                return Cells { row, title, date: Some(marked), day: None };
            }
        }
        if let Some(day) = dated.and_then(|c| days.read(short_text(c))) {
            return Cells { row, title: marked, date: dated, day: Some(day) };
        }
        let date = dated.filter(|c| looks_like_date(&short_text(*c))).or_else(|| {
            let others = || cells(row).filter(|c| c.id() != marked.id() && !contains(*c, marked));
            others().find(|c| is_date(&short_text(*c))).or(dated).or_else(|| others().find(|c| looks_like_date(&short_text(*c))))
        });
        Cells { row, title: marked, date, day: None }
    }

    /// The row, and the element that its title is the words of.
    fn read(
        &self,
        url: &Url,
        selectors: &Compiled,
        submitter_column: impl FnOnce() -> Option<usize>,
    ) -> Result<(Row, ElementRef<'a>), Option<Reject>> {
        let documents = self.documents(url, selectors);
        let (place, title) = title_of(self.title);
        let (place, title) = if title.is_empty() { self.longest_text().unwrap_or((place, title)) } else { (place, title) };
        let date_text = self.date.map(text_of).filter(|t| !t.is_empty()).map(|t| cut(&t, 200).to_owned());
        if title.is_empty() || is_date(&title) {
            let text = cut(&text_of(self.row), 300).to_owned();
            return Err((!text.is_empty() || !documents.is_empty()).then(|| Reject { text, reason: "a row without a title".to_owned() }));
        }
        let submitter = match &selectors.submitter {
            Some(own) => self.row.select(own).map(text_of).find(|t| !t.is_empty()),
            None => {
                let headed = || submitter_column().and_then(|n| cells(self.row).nth(n));
                cells(self.row).find(|cell| has_class(*cell, "submitter")).or_else(headed).map(text_of).filter(|t| !t.is_empty())
            }
        };
        let title = cut(&title, TITLE_BYTES_MAX).trim_end();
        let submitter = submitter.or_else(|| self.labelled_submitter()).or_else(|| clause_of(title));
        let row = Row {
            title: title.to_owned(),
            listed_on: self.day.or_else(|| date_text.as_deref().and_then(dates::day)),
            date_text,
            act_number: documents.iter().find_map(|d| ActNumber::from_document(&d.url)),
            documents,
            submitter: submitter.map(|who| cut(&who, SUBMITTER_BYTES_MAX).trim_end().to_owned()),
        };
        Ok((row, place))
    }

    /// Every anchor of the row that leads to a document, each address once.
    fn documents(&self, url: &Url, selectors: &Compiled) -> Vec<Link> {
        let mut documents: Vec<Link> = Vec::new();
        let mut seen: HashSet<&str> = HashSet::new();
        for anchor in self.row.descendants().filter_map(ElementRef::wrap) {
            let Some(href) = anchor.value().attr("href").filter(|_| anchor.value().name() == "a") else { continue };
            // the title's anchor and the document's often lead to one address
            if documents.len() == DOCUMENTS_MAX {
                break;
            }
            if seen.contains(href) || selectors.document.as_ref().is_some_and(|own| !own.matches(&anchor)) {
                continue;
            }
            seen.insert(href);
            let label = raw_text(anchor);
            let Some(link) = address::link(url, href, &label) else { continue };
            let chosen = selectors.document.is_some() || address::is_document(&link.url) || is_document_label(&link.label);
            if chosen && documents.iter().all(|d| d.url != link.url) {
                documents.push(link);
            }
        }
        documents
    }

    /// The title's box is empty: the row's longest words that are no date and no document's label.
    fn longest_text(&self) -> Option<(ElementRef<'a>, String)> {
        let words = cells(self.row).map(title_of).filter(|(_, t)| !is_date(t) && !looks_like_date(t));
        words.max_by_key(|(_, t)| t.len())
    }

    /// `Predlagač: Vlada`.
    fn labelled_submitter(&self) -> Option<String> {
        cells(self.row).filter(|c| c.id() != self.title.id()).map(text_of).find_map(|text| {
            let (label, value) = text.split_once(':')?;
            (label.len() < 40 && is_submitter_label(label) && !value.trim().is_empty()).then(|| value.trim().to_owned())
        })
    }
}

/// What the headers of a page's tables call their columns.
#[derive(Default)]
struct Headings(HashMap<NodeId, Columns>);

#[derive(Clone, Copy, Default)]
struct Columns {
    submitter: Option<usize>,
    date: Option<usize>,
}

impl Headings {
    /// Those of the table that a row stands in.
    fn of(&mut self, row: ElementRef) -> Columns {
        let table = row.ancestors().filter_map(ElementRef::wrap).find(|e| e.value().name() == "table");
        let Some(table) = table else { return Columns::default() };
        *self.0.entry(table.id()).or_insert_with(|| {
            let mut rows = table.descendants().filter_map(ElementRef::wrap).filter(|e| e.value().name() == "tr");
            let header: Vec<String> = rows.find(|r| cells(*r).count() > 1).map(|r| cells(r).map(text_of).collect()).unwrap_or_default();
            Columns {
                submitter: header.iter().position(|text| is_submitter_label(text)),
                date: header.iter().position(|text| is_date_label(text)),
            }
        })
    }
}

/// `Datum`, `Datum podnošenja`, `Date`; not `Datum izmene`.
fn is_date_label(text: &str) -> bool {
    let folded = script::fold(text);
    let mut words = folded.split(' ');
    let of_change = |word: &str| ["izmen", "promen", "azur", "modif", "updat", "chang", "amend"].iter().any(|w| word.starts_with(w));
    text.len() < 80 && words.next().is_some_and(|first| ["datum", "dan", "date"].contains(&first)) && !words.any(of_change)
}

fn is_submitter_label(text: &str) -> bool {
    let folded = script::fold(text);
    text.len() < 80 && ["predlagac", "podnosilac", "podneo", "submitted by", "proposer", "submitter"].iter().any(|w| folded.starts_with(w))
}

/// `, koji je podnela Vlada` at the end of a title.
fn clause_of(title: &str) -> Option<String> {
    // asked of every row: cheap words first
    let clause = ["podne", "PODNE", "подне", "ПОДНЕ", "ubmitted", "SUBMITTED", "proposed by"].iter().any(|w| title.contains(w));
    if clause { mention::find(title).into_iter().next()?.submitter } else { None }
}

/// The row a title stands in. Where a table in a cell holds nothing but the title, the row around it.
fn row_of<'a>(title: ElementRef<'a>, selectors: &Compiled) -> Option<ElementRef<'a>> {
    let mut rows = std::iter::once(title).chain(title.ancestors().filter_map(ElementRef::wrap)).filter(|e| selectors.row.matches(e));
    let row = rows.next()?;
    if row.children().filter_map(ElementRef::wrap).take(2).count() > 1 || row.id() == title.id() {
        return Some(row);
    }
    let alone = |outer: &ElementRef<'a>| outer.select(&selectors.title).take(2).count() == 1;
    Some(rows.next().filter(alone).unwrap_or(row))
}

fn cells<'a>(row: ElementRef<'a>) -> impl Iterator<Item = ElementRef<'a>> {
    row.children().filter_map(ElementRef::wrap).filter(|e| lines::is_box(e.value().name()))
}

fn has_class(element: ElementRef, class: &str) -> bool {
    element.value().classes().any(|c| c == class)
}

fn contains(outer: ElementRef, inner: ElementRef) -> bool {
    inner.ancestors().any(|a| a.id() == outer.id())
}

fn text_of(element: ElementRef) -> String {
    script::tidy(&raw_text(element))
}

fn raw_text(element: ElementRef) -> String {
    let mut raw = String::new();
    gather(element, &mut raw, &|_| true);
    raw
}

/// The text, where it is short enough to be a date, and has a digit; else nothing.
fn short_text(element: ElementRef) -> String {
    let raw = raw_text(element);
    let words = raw.trim();
    // ASCII and Cyrillic letters: no tidying takes one away
    let letters = || words.bytes().filter(|b| b.is_ascii_alphanumeric() || matches!(b, 0xd0 | 0xd1)).count();
    let no_date = words.len() > DATE_CHARS_MAX * 3 || !words.contains(|c: char| c.is_ascii_digit()) || letters() > DATE_CHARS_MAX;
    if no_date { String::new() } else { script::tidy(words) }
}

/// The words of a title's box: those of its `strong`, where it has one, without documents' labels; and the element they stand in.
fn title_of(cell: ElementRef<'_>) -> (ElementRef<'_>, String) {
    let strong = cell.descendants().filter_map(ElementRef::wrap).find(|e| e.value().name() == "strong");
    let words = |root| {
        let mut raw = String::new();
        gather(root, &mut raw, &|e: ElementRef| e.value().name() != "a" || !is_document_label(raw_text(e).trim()));
        (root, script::tidy(&raw))
    };
    strong.map(words).filter(|(_, t)| !t.is_empty()).unwrap_or_else(|| words(cell))
}

pub(super) fn gather(element: ElementRef, raw: &mut String, wanted: &dyn Fn(ElementRef) -> bool) {
    let mut skip: Option<NodeId> = None;
    for edge in element.traverse() {
        match edge {
            ego_tree::iter::Edge::Open(node) if skip.is_none() => match node.value() {
                Node::Text(text) => raw.push_str(text),
                Node::Element(e) if matches!(e.name(), "script" | "style") => skip = Some(node.id()),
                Node::Element(e) => {
                    if e.name() == "br" || lines::is_box(e.name()) {
                        raw.push(' ');
                    }
                    if ElementRef::wrap(node).is_some_and(|e| !wanted(e)) {
                        skip = Some(node.id());
                    }
                }
                _ => {}
            },
            ego_tree::iter::Edge::Close(node) if skip == Some(node.id()) => skip = None,
            _ => {}
        }
    }
}

/// `PDF`, `DOC`, `DOCX`, and nothing else.
pub(super) fn is_document_label(label: &str) -> bool {
    let label = label.trim_matches(|c: char| !c.is_alphanumeric());
    label.len() <= 8 && ["pdf", "doc", "docx", "word", "пдф", "док"].contains(&label.to_lowercase().as_str())
}

/// The words are one day and nothing else of length.
pub(super) fn is_date(text: &str) -> bool {
    day_of(text).is_some()
}

fn day_of(text: &str) -> Option<NaiveDate> {
    let short = text.len() <= DATE_CHARS_MAX * 2 && text.contains(|c: char| c.is_ascii_digit()) && text.chars().count() <= DATE_CHARS_MAX;
    if short { dates::day(text) } else { None }
}

/// Short, with a digit, and meant as a date, readable or not.
fn looks_like_date(text: &str) -> bool {
    text.chars().count() <= DATE_CHARS_MAX && text.contains(|c: char| c.is_ascii_digit()) && !dates::candidates(text).is_empty()
}
