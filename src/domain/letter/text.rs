//! Sets a letter as plain text: 72 columns, links alone on their lines and never broken.
//!
//! Never changes a word, but for the capitals of a heading.

use crate::domain::letter::markup::{Block, NBSP, Row, Span};

/// Columns of a line.
pub const WIDTH: usize = 72;

/// The letter as plain text, LF line ends, one at the end.
pub fn set(blocks: &[Block]) -> String {
    let mut out = String::new();
    let mut before: Option<&Block> = None;
    for block in blocks.iter().filter(|b| **b != Block::Rule) {
        if before.is_some_and(|b| parted(b, block)) {
            out.push('\n');
        }
        for line in lines(block, before.map_or(0, |b| inset(b, block))) {
            out.push_str(line.replace(NBSP, " ").trim_end());
            out.push('\n');
        }
        before = Some(block);
    }
    out
}

/// How far a block is set in: the list that follows a numbered item stands under its words.
fn inset(before: &Block, block: &Block) -> usize {
    match (before, block) {
        (Block::Numbered { number, .. }, Block::List { .. }) => number.chars().count() + 1,
        _ => 0,
    }
}

/// Whether an empty line stands between two blocks. What a heading, or a line that ends in a colon, announces follows it at once.
fn parted(before: &Block, block: &Block) -> bool {
    match (before, block) {
        (Block::Heading { .. } | Block::Entry { .. }, _) | (Block::Numbered { .. }, Block::Numbered { .. } | Block::List { .. }) => false,
        (Block::Paragraph { spans }, Block::Link { .. } | Block::Quote { .. } | Block::List { .. } | Block::Facts { .. }) => {
            !spans.last().is_some_and(|s| s.text.ends_with(':'))
        }
        (Block::Link { .. }, Block::Paragraph { .. } | Block::Link { .. }) => false,
        _ => true,
    }
}

fn lines(block: &Block, inset: usize) -> Vec<String> {
    let margin = " ".repeat(inset);
    match block {
        Block::Heading { spans } | Block::Entry { spans } => wrap(&capitals(spans), "", ""),
        Block::Paragraph { spans } | Block::Quote { spans } => wrap(&words(spans), "", ""),
        Block::Facts { rows } => facts(rows),
        Block::List { items } => items.iter().flat_map(|item| wrap(&words(item), &format!("{margin}- "), &format!("{margin}  "))).collect(),
        Block::Numbered { number, spans, url } => {
            let next = " ".repeat(number.chars().count() + 1);
            let mut lines = wrap(&words(spans), &format!("{number} "), &next);
            lines.extend(url.iter().map(|url| format!("{next}{url}")));
            lines
        }
        Block::Link { url } => vec![url.clone()],
        Block::Button { label, url } => vec![format!("{label}:"), url.clone()],
        Block::Notes { notes } => notes.iter().enumerate().flat_map(|(i, note)| noted(i + 1, notes.len(), note)).collect(),
        Block::Rule => Vec::new(),
    }
}

fn noted(number: usize, of: usize, note: &[Span]) -> Vec<String> {
    let width = format!("[{of}] ").len();
    let first = format!("{:<width$}", format!("[{number}]"));
    wrap(&words(note), &first, &" ".repeat(width))
}

/// Labels in a column of their own, values beside them.
fn facts(rows: &[Row]) -> Vec<String> {
    let label = |row: &Row| {
        let words = words(&row.label);
        if words.is_empty() { words } else { format!("{words}:") }
    };
    let width = rows.iter().map(|row| label(row).chars().count()).max().unwrap_or(0) + 2;
    rows.iter()
        .flat_map(|row| {
            let label = label(row);
            let value = words(&row.value);
            // what has no room beside its label, such as a hash, stands below it
            if value.split(' ').any(|word| width + word.chars().count() > WIDTH) {
                return [vec![label], wrap(&value, "  ", "  ")].concat();
            }
            let first = format!("{label}{}", " ".repeat(width - label.chars().count()));
            wrap(&value, &first, &" ".repeat(width))
        })
        .collect()
}

fn words(spans: &[Span]) -> String {
    let word = |s: &Span| match (s.mark, s.version) {
        (Some(n), _) => format!("[{n}]"),
        // what plain text has for words that stand out
        (None, Some(_)) => format!("*{}*", s.text),
        (None, None) => s.text.clone(),
    };
    spans.iter().map(word).collect()
}

fn capitals(spans: &[Span]) -> String {
    spans.iter().map(|s| if s.printed { s.text.clone() } else { s.text.to_uppercase() }).collect()
}

/// Breaks at plain spaces. A word longer than the line stands alone and whole.
fn wrap(text: &str, first: &str, next: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut line = first.to_owned();
    let mut length = first.chars().count();
    let mut empty = true;
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let width = word.chars().count();
        if !empty && length + 1 + width > WIDTH {
            out.push(std::mem::replace(&mut line, next.to_owned()));
            length = next.chars().count();
            empty = true;
        }
        if !empty {
            line.push(' ');
            length += 1;
        }
        line.push_str(word);
        length += width;
        empty = false;
    }
    out.push(line);
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::bill::Language;
    use crate::domain::letter::markup;

    fn set_from(written: &str) -> String {
        set(&markup::read(written, Language::En).blocks)
    }

    #[test]
    fn no_line_is_longer_than_the_page_but_an_address() {
        let url = format!("http://x.example/{}", "a".repeat(100));
        let text = set_from(&format!("{}\n\n@ {url}\n", "слово ".repeat(60)));
        for line in text.lines() {
            assert!(line.chars().count() <= WIDTH || line == url, "{line}");
        }
        assert!(text.contains(&format!("\n{url}\n")));
    }

    #[test]
    fn facts_stand_in_two_columns() {
        let text = set_from("| Parties | one\n| | two\n| Act number | 404-18");
        assert_eq!(text, "Parties:     one\n             two\nAct number:  404-18\n");
    }

    #[test]
    fn what_has_no_room_beside_its_label_stands_below_it() {
        let hash = "ab".repeat(32);
        assert_eq!(
            set_from(&format!("| SHA-256 before | {hash}\n| Act number | 1-18")),
            format!("SHA-256 before:\n  {hash}\nAct number:      1-18\n")
        );
    }

    #[test]
    fn a_number_does_not_leave_its_word() {
        let text = set_from(&format!("{} 21\u{A0}dan", "x".repeat(68)));
        assert_eq!(text.lines().last(), Some("21 dan"));
    }
}
