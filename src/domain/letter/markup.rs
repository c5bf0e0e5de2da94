//! The small markup that letters are written in, so that every sentence stands once and serves plain text and HTML alike.
//!
//! Never lets a value act as markup or as our own words: what comes from the facts stands between two marks that no value can contain,
//! and is neither parsed nor transliterated. docs/letters.md explains the markup to those who change the words.

use serde::Serialize;

use crate::domain::bill::Language;
use crate::domain::script;

/// Opens a value printed as its source has it.
const OPEN: char = '\u{E000}';
/// Closes it.
const CLOSE: char = '\u{E001}';
/// The point after a year: falls away before a comma, and is not doubled at the end of a sentence.
pub const ORDINAL: char = '\u{E002}';
/// A space at which no line breaks.
pub const NBSP: char = '\u{A0}';

/// A value as a template gets it: one tidied line between the marks. Private-use, control and bidirectional characters are dropped.
pub fn printed(value: &str) -> String {
    let clean: String = script::tidy(value).chars().filter(|c| !c.is_control() && !is_private(*c) && !is_bidi(*c)).collect();
    format!("{OPEN}{clean}{CLOSE}")
}

/// Opens a value that only the old version of a text has, within its marks.
const OLD: char = '\u{E003}';
/// The same for the new version.
const NEW: char = '\u{E004}';

/// As [`printed`]: words that one version of a text has and the other has not.
pub fn changed(value: &str, old: bool) -> String {
    printed(value).replacen(OPEN, &format!("{OPEN}{}", if old { OLD } else { NEW }), 1)
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}')
}

fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// What is read.
    pub text: String,
    /// As its source prints it, not our words.
    pub printed: bool,
    /// The number of the note that stands here; `text` is empty then.
    pub mark: Option<usize>,
    /// `old` or `new`: words that only this version of a text has.
    pub version: Option<&'static str>,
}

/// A part of a letter, in reading order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Block {
    /// `# words`
    Heading { spans: Vec<Span> },
    /// `## words`: the name of one agreement.
    Entry { spans: Vec<Span> },
    /// Lines of running text.
    Paragraph { spans: Vec<Span> },
    /// `| label | value`, consecutive.
    Facts { rows: Vec<Row> },
    /// `- words`, consecutive.
    List { items: Vec<Vec<Span>> },
    /// `* 2. words`; an `@ address` on the next line belongs to it.
    Numbered { number: String, spans: Vec<Span>, url: Option<String> },
    /// `> words`: as printed by parliament.
    Quote { spans: Vec<Span> },
    /// `@ address`, alone on its line.
    Link { url: String },
    /// `:button: words = address`: the one thing to press.
    Button { label: String, url: String },
    /// `:notes:`: how we know, filled from `[[...]]`.
    Notes { notes: Vec<Vec<Span>> },
    /// `---`: what follows is small print.
    Rule,
}

/// A row of the table of facts. A label may be empty: the row goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct Row {
    pub label: Vec<Span>,
    pub value: Vec<Span>,
}

/// A letter read from what its template wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// `Subject: `
    pub subject: String,
    /// `Preview: `
    pub preview: String,
    /// The rest.
    pub blocks: Vec<Block>,
}

/// Reads what a template wrote. Our own words come out in the reader's script; values as they are.
pub fn read(written: &str, language: Language) -> Read {
    let mut reader = Reader { language, notes: Vec::new(), blocks: Vec::new(), paragraph: String::new() };
    let (mut subject, mut preview) = (String::new(), String::new());
    for line in written.split('\n').map(trim) {
        if let Some(words) = line.strip_prefix("Subject:") {
            subject = reader.line(words);
        } else if let Some(words) = line.strip_prefix("Preview:") {
            preview = reader.line(words);
        } else {
            reader.block(line);
        }
    }
    reader.close();
    let Reader { mut notes, mut blocks, language, .. } = reader;
    let told: Vec<Vec<Span>> = notes.drain(..).map(|raw| spans(&raw, language, &mut Vec::new())).collect();
    for block in &mut blocks {
        if let Block::Notes { notes } = block {
            notes.clone_from(&told);
        }
    }
    Read { subject, preview, blocks }
}

struct Reader {
    language: Language,
    notes: Vec<String>,
    blocks: Vec<Block>,
    paragraph: String,
}

impl Reader {
    fn spans(&mut self, raw: &str) -> Vec<Span> {
        spans(raw, self.language, &mut self.notes)
    }

    fn line(&mut self, raw: &str) -> String {
        let words = spans(raw, self.language, &mut Vec::new());
        let all: String = words.iter().map(|s| s.text.as_str()).collect();
        all.replace(NBSP, " ").trim().to_owned()
    }

    /// One line. A line that opens no block of its own goes on with the paragraph; an empty one ends it.
    fn block(&mut self, line: &str) {
        let Some((sign, words)) = sign(line) else {
            if line.is_empty() {
                self.close();
            } else {
                self.paragraph.push_str(if self.paragraph.is_empty() { "" } else { " " });
                self.paragraph.push_str(line);
            }
            return;
        };
        self.close();
        match sign {
            "#" => {
                let spans = self.spans(words);
                self.blocks.push(Block::Heading { spans });
            }
            "##" => {
                let spans = self.spans(words);
                self.blocks.push(Block::Entry { spans });
            }
            ">" => {
                let spans = self.spans(words);
                self.blocks.push(Block::Quote { spans });
            }
            "-" => {
                let spans = self.spans(words);
                match self.blocks.last_mut() {
                    Some(Block::List { items }) => items.push(spans),
                    _ => self.blocks.push(Block::List { items: vec![spans] }),
                }
            }
            "|" => {
                let (label, value) = split(words, '|').unwrap_or(("", words));
                let row = Row { label: self.spans(label), value: self.spans(value) };
                match self.blocks.last_mut() {
                    Some(Block::Facts { rows }) => rows.push(row),
                    _ => self.blocks.push(Block::Facts { rows: vec![row] }),
                }
            }
            "*" => {
                let (number, words) = words.split_once(' ').unwrap_or(("", words));
                let spans = self.spans(words);
                self.blocks.push(Block::Numbered { number: number.to_owned(), spans, url: None });
            }
            "@" => {
                let address = self.line(words);
                match self.blocks.last_mut() {
                    Some(Block::Numbered { url: url @ None, .. }) => *url = Some(address),
                    _ => self.blocks.push(Block::Link { url: address }),
                }
            }
            ":button:" => {
                let (label, url) = split(words, '=').unwrap_or(("", words));
                let (label, url) = (self.line(label), self.line(url));
                self.blocks.push(Block::Button { label, url });
            }
            ":notes:" => self.blocks.push(Block::Notes { notes: Vec::new() }),
            _ => self.blocks.push(Block::Rule),
        }
    }

    fn close(&mut self) {
        if !self.paragraph.is_empty() {
            let raw = std::mem::take(&mut self.paragraph);
            let spans = self.spans(&raw);
            self.blocks.push(Block::Paragraph { spans });
        }
    }
}

/// White space at the ends, but for the space at which no line breaks.
fn trim(line: &str) -> &str {
    line.trim_matches([' ', '\t', '\r'])
}

/// The sign a line begins with, and the rest.
fn sign(line: &str) -> Option<(&str, &str)> {
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    match first {
        "#" | "##" | ">" | "-" | "|" | "*" | "@" | ":button:" => Some((first, trim(rest))),
        ":notes:" | "---" => Some((first, "")),
        _ => None,
    }
}

/// At the first `separator` that is no part of a value.
fn split(words: &str, separator: char) -> Option<(&str, &str)> {
    let mut inside = false;
    for (i, c) in words.char_indices() {
        match c {
            OPEN => inside = true,
            CLOSE => inside = false,
            _ if c == separator && !inside => return Some((trim(&words[..i]), trim(&words[i + c.len_utf8()..]))),
            _ => {}
        }
    }
    None
}

/// Cuts a line into our words, values, and marks; `notes` collects what the marks explain, each once.
fn spans(raw: &str, language: Language, notes: &mut Vec<String>) -> Vec<Span> {
    let raw = points(raw);
    let mut out: Vec<Span> = Vec::new();
    let mut own = String::new();
    let mut rest = raw.as_str();
    while let Some(c) = rest.chars().next() {
        if c == OPEN {
            flush(&mut own, language, &mut out);
            let (value, tail) = rest[c.len_utf8()..].split_once(CLOSE).unwrap_or((&rest[c.len_utf8()..], ""));
            let (version, value) = match value.strip_prefix(OLD) {
                Some(value) => (Some("old"), value),
                None => value.strip_prefix(NEW).map_or((None, value), |value| (Some("new"), value)),
            };
            out.push(Span { text: value.to_owned(), printed: true, mark: None, version });
            rest = tail;
        } else if let Some(tail) = rest.strip_prefix("[[") {
            flush(&mut own, language, &mut out);
            let (note, tail) = note(tail);
            let note = trim(note).to_owned();
            let number = notes.iter().position(|n| *n == note).unwrap_or_else(|| {
                notes.push(note);
                notes.len() - 1
            });
            // a mark stays on the line of the word before it
            if let Some(last) = out.last_mut().filter(|s| !s.printed && s.text.ends_with(' ')) {
                last.text.pop();
                last.text.push(NBSP);
            }
            out.push(Span { text: String::new(), printed: false, mark: Some(number + 1), version: None });
            rest = tail;
        } else {
            own.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    flush(&mut own, language, &mut out);
    if let Some(last) = out.last_mut().filter(|s| !s.printed) {
        last.text.truncate(last.text.trim_end_matches(' ').len());
    }
    out
}

/// Up to the `]]` that is no part of a value, and what follows it.
fn note(tail: &str) -> (&str, &str) {
    let mut inside = false;
    for (i, c) in tail.char_indices() {
        match c {
            OPEN => inside = true,
            CLOSE => inside = false,
            ']' if !inside && tail[i..].starts_with("]]") => return (&tail[..i], &tail[i + 2..]),
            _ => {}
        }
    }
    (tail, "")
}

fn flush(own: &mut String, language: Language, out: &mut Vec<Span>) {
    if own.is_empty() {
        return;
    }
    let text = if language == Language::SrLatn { script::to_latin(own) } else { std::mem::take(own) };
    own.clear();
    let mut squeezed = String::with_capacity(text.len());
    let mut space = out.is_empty() || out.last().is_some_and(|s| !s.printed && s.text.ends_with(' '));
    for c in text.chars() {
        let is_space = matches!(c, ' ' | '\t' | '\n');
        if !(is_space && space) {
            squeezed.push(if is_space { ' ' } else { c });
        }
        space = is_space;
    }
    if !squeezed.is_empty() {
        out.push(Span { text: squeezed, printed: false, mark: None, version: None });
    }
}

/// Settles the point after a year by what follows it.
fn points(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        if c != ORDINAL {
            out.push(c);
        } else if !chars.peek().is_some_and(|next| matches!(next, '.' | ',' | ';' | ':' | ')')) {
            out.push('.');
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn own(text: &str) -> Span {
        Span { text: text.to_owned(), printed: false, mark: None, version: None }
    }

    #[test]
    fn a_value_is_neither_markup_nor_our_words() {
        let hostile = printed("# Наслов [[x]] | {{ 7*7 }}\r\nBcc: a@b\u{202E}\u{E001}[[y]]");
        let read = read(&format!("Речи {hostile} речи"), Language::SrLatn);
        assert_eq!(read.blocks.len(), 1);
        let Block::Paragraph { spans } = &read.blocks[0] else { panic!("{read:?}") };
        assert_eq!(spans[0], own("Reči "));
        assert_eq!(spans[1].text, "# Наслов [[x]] | {{ 7*7 }} Bcc: a@b[[y]]");
        assert_eq!(spans[2], own(" reči"));
    }

    #[test]
    fn the_point_after_a_year_gives_way_to_a_comma_and_is_never_doubled() {
        let words = |raw: &str| read(raw, Language::SrLatn).blocks;
        let dated = |tail: &str| format!("9. novembra 2017{ORDINAL}{tail}");
        for (tail, wanted) in [
            (", x", "9. novembra 2017, x"),
            (".", "9. novembra 2017."),
            (" u", "9. novembra 2017. u"),
            ("", "9. novembra 2017."),
            (")", "9. novembra 2017)"),
        ] {
            assert_eq!(words(&dated(tail)), [Block::Paragraph { spans: vec![own(wanted)] }]);
        }
    }

    #[test]
    fn the_same_note_has_one_number() {
        let read = read("a [[n]] b [[m]] c [[n]]\n\n:notes:", Language::En);
        let Block::Paragraph { spans } = &read.blocks[0] else { panic!("{read:?}") };
        assert_eq!(spans.iter().filter_map(|s| s.mark).collect::<Vec<_>>(), [1, 2, 1]);
        assert_eq!(spans[0].text, format!("a{NBSP}"));
        assert_eq!(read.blocks[1], Block::Notes { notes: vec![vec![own("n")], vec![own("m")]] });
    }

    #[test]
    fn lines_join_to_paragraphs_and_signs_open_blocks() {
        let read = read("Subject: x\n\na\nb\n- c\n- d\n| e | f\n@ http://x/\n* 2. g\n@ http://y/\n---\nh", Language::En);
        let sorts: Vec<_> = read.blocks.iter().map(|b| serde_json::to_value(b).unwrap()["is"].as_str().unwrap().to_owned()).collect();
        assert_eq!(sorts, ["paragraph", "list", "facts", "link", "numbered", "rule", "paragraph"]);
        assert_eq!(read.blocks[0], Block::Paragraph { spans: vec![own("a b")] });
    }
}
