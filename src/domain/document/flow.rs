//! Lines of a document without what belongs to the page: page numbers, running heads, hyphens at line ends.
//!
//! Never drops a line in the middle of a page.

use std::collections::HashMap;

use crate::domain::script;

/// A line as printed, tidied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// One line, no white space at its ends; never empty.
    pub(super) text: String,
    /// An empty line or the top of a page stands before it.
    pub(super) apart: bool,
}

/// Lines at the top and at the bottom of a page that may be furniture.
const EDGE_LINES: usize = 2;
/// A line at the same edge of so many pages is a running head.
const REPEATED_MIN: usize = 3;

/// The lines of a text whose pages are parted by form feeds, as pdftotext parts them.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let pages: Vec<Vec<(String, bool)>> = text.split('\u{c}').map(page).collect();
    let furniture = Furniture::of(&pages);
    let kept = with_place(&pages).filter(|(number, at, of, (text, _))| !furniture.holds(text, *number, *at, *of));
    let lines: Vec<Line> = kept.map(|(.., line)| Line::of(line)).collect();
    // what nothing else stands beside is no running head: it is the document
    if lines.is_empty() { with_place(&pages).map(|(.., line)| Line::of(line)).collect() } else { lines }
}

/// Every line with the number of its page, its place there, and how many stand there.
fn with_place(pages: &[Vec<(String, bool)>]) -> impl Iterator<Item = (usize, usize, usize, &(String, bool))> {
    pages.iter().enumerate().flat_map(|(number, page)| page.iter().enumerate().map(move |(at, line)| (number, at, page.len(), line)))
}

impl Line {
    fn of((text, apart): &(String, bool)) -> Line {
        Line { text: text.clone(), apart: *apart }
    }
}

fn page(text: &str) -> Vec<(String, bool)> {
    let mut lines = Vec::new();
    let mut apart = false;
    for raw in text.split(['\n', '\u{b}', '\u{85}', '\u{2028}', '\u{2029}']) {
        let hyphen = raw.trim_end().ends_with('\u{ad}');
        let mut line = script::tidy(raw);
        if line.is_empty() {
            apart = true;
            continue;
        }
        if hyphen {
            line.push('-');
        }
        lines.push((line, apart));
        apart = false;
    }
    lines
}

struct Furniture {
    /// What page numbers are ahead of the count of pages, where they are printed.
    ahead: Option<i64>,
    /// Running heads and feet: their folded words, and at which edge.
    repeated: HashMap<(String, bool), usize>,
}

impl Furniture {
    fn of(pages: &[Vec<(String, bool)>]) -> Self {
        let mut repeated: HashMap<(String, bool), usize> = HashMap::new();
        let mut ahead: HashMap<i64, usize> = HashMap::new();
        for (number, page) in pages.iter().enumerate() {
            for (at, (line, _)) in page.iter().enumerate() {
                let Some(bottom) = edge(at, page.len()) else { continue };
                match page_number(line) {
                    Some(printed) => *ahead.entry(printed - index(number)).or_default() += 1,
                    None => *repeated.entry((wordless(line), bottom)).or_default() += 1,
                }
            }
        }
        let ahead = ahead.into_iter().filter(|(_, pages)| *pages > 1).max_by_key(|(ahead, pages)| (*pages, -ahead)).map(|(ahead, _)| ahead);
        repeated.retain(|(line, _), pages| *pages >= REPEATED_MIN && !line.is_empty() && !is_heading(line));
        Furniture { ahead, repeated }
    }

    fn holds(&self, line: &str, page: usize, at: usize, of: usize) -> bool {
        let Some(bottom) = edge(at, of) else { return false };
        match page_number(line) {
            Some(printed) => self.ahead == Some(printed - index(page)),
            None => self.repeated.contains_key(&(wordless(line), bottom)),
        }
    }
}

fn index(page: usize) -> i64 {
    i64::try_from(page).unwrap_or(i64::MAX)
}

/// Whether a line stands at the bottom edge; none in the middle of the page.
fn edge(at: usize, of: usize) -> Option<bool> {
    if at < EDGE_LINES { Some(false) } else { (at + EDGE_LINES >= of).then_some(true) }
}

/// A line's words without numbers, folded: a running head may carry the page's.
fn wordless(line: &str) -> String {
    let folded = script::fold(line);
    folded.split(' ').filter(|word| !word.bytes().all(|b| b.is_ascii_digit())).collect::<Vec<_>>().join(" ")
}

fn is_heading(wordless: &str) -> bool {
    ["clan", "article", "clanak", "annex", "prilog", "aneks"].contains(&wordless)
}

/// `12`, `- 12 -`, `Strana 12 od 40`, `12/40`: the number of the page.
fn page_number(line: &str) -> Option<i64> {
    if line.chars().count() > 24 {
        return None;
    }
    let folded = script::fold(line);
    let words: Vec<&str> = folded.split(' ').filter(|w| !matches!(*w, "strana" | "str" | "page" | "od" | "of")).collect();
    match words.as_slice() {
        [one] | [one, _] if words.iter().all(|w| w.bytes().all(|b| b.is_ascii_digit()) && w.len() < 5) => one.parse().ok(),
        _ => None,
    }
}

/// Puts the next line after a text. A word parted by a hyphen at the line's end is one word again.
pub(super) fn join(text: &mut String, line: &str) {
    let letter_before = |text: &str| text.strip_suffix(['-', '\u{2010}']).is_some_and(|t| t.ends_with(char::is_alphabetic));
    if line.starts_with(char::is_lowercase) && letter_before(text) {
        text.pop();
    } else if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(line);
}
