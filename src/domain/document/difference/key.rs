//! The comparison form of a clause, and of each of its words.
//!
//! Never folds away what changes the meaning: a digit, a sign of a currency, a comma.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{Run, Side};
use crate::domain::tokens::{Kind, Token, cut};

/// Signs that are read as words.
const SIGNS: &str = "%‰€$£¥§+=<>/°&,;:()";

/// What two spellings of one clause have in common: script, line, hyphens, quotation marks and white space aside.
pub(super) fn of(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let tokens = cut(text);
    for (i, token) in tokens.iter().enumerate() {
        push(&mut key, text, &tokens, i, token);
    }
    key
}

fn push(key: &mut String, text: &str, tokens: &[Token], i: usize, token: &Token) {
    match &token.kind {
        Kind::Word(word) => key.push_str(word),
        Kind::Number(..) => {
            // `10 5` is not `105`
            if key.ends_with(|c: char| c.is_ascii_digit()) {
                key.push(' ');
            }
            key.push_str(text[token.at.clone()].trim());
        }
        Kind::Mark('.') if between_digits(tokens, i) => key.push('.'),
        // minus five, but not the dash of a list or of a compound
        Kind::Mark('-') if !tokens.get(i + 1).is_none_or(|t| t.spaced) && is_number(tokens.get(i + 1)) && (token.spaced || i == 0) => {
            key.push('-')
        }
        Kind::Mark(mark) if SIGNS.contains(*mark) => key.push(*mark),
        Kind::Mark(_) => {}
    }
}

fn is_number(token: Option<&Token>) -> bool {
    matches!(token.map(|t| &t.kind), Some(Kind::Number(..)))
}

fn between_digits(tokens: &[Token], i: usize) -> bool {
    i > 0 && is_number(tokens.get(i - 1)) && is_number(tokens.get(i + 1)) && !tokens[i].spaced && !tokens[i + 1].spaced
}

/// A clause word by word: each with its key, as printed with the marks that hang on it.
pub(super) struct Words<'a> {
    text: &'a str,
    keys: Vec<String>,
    starts: Vec<usize>,
}

/// Words of one clause that are compared; a longer one is told as gone and come.
const WORDS_MAX: usize = 1_500;

impl<'a> Words<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let mut words = Words { text, keys: Vec::new(), starts: Vec::new() };
        let mut key_open = false;
        let mut at = 0;
        for piece in text.split_inclusive(' ') {
            let key = of(piece);
            if key.is_empty() && key_open {
                at += piece.len();
                continue;
            }
            words.keys.push(key);
            words.starts.push(at);
            key_open = true;
            at += piece.len();
        }
        words
    }

    /// How many words.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// How many words two clauses share, of their average number: 0 to 1.
    pub(super) fn likeness(&self, other: &Self) -> f64 {
        if self.len().max(other.len()) > WORDS_MAX {
            return 0.0;
        }
        let mut counts: std::collections::HashMap<&str, i64> = std::collections::HashMap::new();
        self.keys.iter().for_each(|key| *counts.entry(key).or_default() += 1);
        let mut shared = 0.0;
        for key in &other.keys {
            if let Some(left) = counts.get_mut(key.as_str()).filter(|left| **left > 0) {
                *left -= 1;
                shared += 1.0;
            }
        }
        #[allow(clippy::cast_precision_loss)]
        let all = (self.len() + other.len()).max(1) as f64;
        2.0 * shared / all
    }

    fn printed(&self, from: usize, len: usize) -> &'a str {
        let start = self.starts.get(from).copied().unwrap_or(self.text.len());
        let end = self.starts.get(from + len).copied().unwrap_or(self.text.len());
        self.text[start..end].trim()
    }

    /// What the two share and what each has alone, in order.
    pub(super) fn runs(&self, new: &Self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let mut push = |side: Side, text: &str, before: &str| {
            if !text.is_empty() {
                runs.push(Run { side, text: text.to_owned(), before: (before != text).then(|| before.to_owned()) });
            }
        };

        if self.len().max(new.len()) > WORDS_MAX {
            push(Side::Old, self.text, self.text);
            push(Side::New, new.text, new.text);
            return runs;
        }
        let ops = capture_diff_slices(Algorithm::Myers, &self.keys, &new.keys);
        for op in ops {
            match op {
                DiffOp::Equal { old_index, new_index, len } => {
                    push(Side::Both, new.printed(new_index, len), self.printed(old_index, len));
                }
                DiffOp::Delete { old_index, old_len, .. } => {
                    let gone = self.printed(old_index, old_len);
                    push(Side::Old, gone, gone);
                }
                DiffOp::Insert { new_index, new_len, .. } => {
                    let came = new.printed(new_index, new_len);
                    push(Side::New, came, came);
                }
                DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                    let (gone, came) = (self.printed(old_index, old_len), new.printed(new_index, new_len));
                    // a word parted or joined: `srpsko- mađarski`
                    if of(gone) == of(came) {
                        push(Side::Both, came, gone);
                    } else {
                        push(Side::Old, gone, gone);
                        push(Side::New, came, came);
                    }
                }
            }
        }
        runs
    }
}
