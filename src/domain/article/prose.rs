//! A text cut for reading: its tokens, where dates stand among them, and where sentences end.
//!
//! Never decides what a date or a word means for the agreement.

use std::collections::HashMap;
use std::ops::Range;

use crate::domain::dates::{self, Candidate};
use crate::domain::tokens::{Kind, Token, cut};

/// A text and what stands where in it, by token.
pub(super) struct Prose<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    /// First token of a date -> the date and the token after it.
    dates: HashMap<usize, (Candidate, usize)>,
    /// Token after a date -> its first token.
    date_ends: HashMap<usize, usize>,
    /// The text has no lower-case letter, so that capitals say nothing.
    capitals_only: bool,
}

impl<'a> Prose<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let tokens = cut(text);
        let mut found = HashMap::new();
        for date in dates::candidates(text) {
            let first = tokens.partition_point(|t| t.at.end <= date.at.start);
            let after = tokens.partition_point(|t| t.at.start < date.at.end);
            found.insert(first, (date, after));
        }
        let date_ends = found.iter().map(|(first, (_, after))| (*after, *first)).collect();
        let capitals_only = text.chars().filter(|c| c.is_lowercase()).count() * 8 < text.chars().filter(|c| c.is_uppercase()).count();
        Prose { text, tokens, dates: found, date_ends, capitals_only }
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The key of the word there; empty for anything else.
    pub(super) fn word(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", Token::word)
    }

    /// The key of the word before.
    pub(super) fn before(&self, i: usize) -> &str {
        i.checked_sub(1).map_or("", |i| self.word(i))
    }

    pub(super) fn is(&self, i: usize, mark: char) -> bool {
        self.tokens.get(i).is_some_and(|t| t.is(mark))
    }

    pub(super) fn is_word(&self, i: usize) -> bool {
        matches!(self.tokens.get(i), Some(Token { kind: Kind::Word(_), .. }))
    }

    /// Whether white space stands before the token.
    pub(super) fn spaced(&self, i: usize) -> bool {
        self.tokens.get(i).is_some_and(|t| t.spaced)
    }

    /// A four-digit number that may be a year.
    pub(super) fn year(&self, i: usize) -> Option<i32> {
        match self.tokens.get(i)?.kind {
            Kind::Number(year, 4) if (1800..2200).contains(&year) => i32::try_from(year).ok(),
            _ => None,
        }
    }

    /// A number of one or two digits.
    pub(super) fn small_number(&self, i: usize) -> Option<u32> {
        match self.tokens.get(i)?.kind {
            Kind::Number(value, 1 | 2) => Some(value),
            _ => None,
        }
    }

    /// The token after what stands in brackets there; the same token where nothing does.
    pub(super) fn after_parenthesis(&self, i: usize) -> usize {
        let closes = || (i..self.len()).find(|n| self.is(*n, ')'));
        if self.is(i, '(') { closes().map_or(i, |at| at + 1) } else { i }
    }

    /// The date that begins there, and the token after it.
    pub(super) fn date(&self, i: usize) -> Option<(&Candidate, usize)> {
        self.dates.get(&i).map(|(date, after)| (date, *after))
    }

    /// The first token of the date that ends before `i`.
    pub(super) fn date_before(&self, i: usize) -> Option<usize> {
        self.date_ends.get(&i).copied()
    }

    /// A word that begins with a capital, where capitals mean something; any word where they do not.
    pub(super) fn is_capital(&self, i: usize) -> bool {
        self.is_word(i)
            && (self.capitals_only || self.printed(i..i + 1).chars().next().is_some_and(|c| c.is_uppercase() || c == '\u{FFFD}'))
    }

    pub(super) fn capitals_only(&self) -> bool {
        self.capitals_only
    }

    /// The text of these tokens, as printed.
    pub(super) fn printed(&self, tokens: Range<usize>) -> &'a str {
        match (self.tokens.get(tokens.start), self.tokens.get(tokens.end.wrapping_sub(1))) {
            (Some(first), Some(last)) if tokens.start < tokens.end => &self.text[first.at.start..last.at.end],
            _ => "",
        }
    }

    /// The sentences, as token ranges. The point of a date, of a number or of an abbreviation ends none.
    pub(super) fn sentences(&self) -> Vec<Range<usize>> {
        let mut sentences = Vec::new();
        let mut start = 0;
        let mut i = 0;
        while i < self.len() {
            let next = match self.date(i) {
                // "... 2017. Odbor": its point ended the sentence too
                Some((_, after)) if self.is(after - 1, '.') && self.begins(after) => Some(after),
                Some((_, after)) => {
                    i = after;
                    continue;
                }
                None if self.is(i, ';') || self.is(i, '!') || self.is(i, '?') => Some(i + 1),
                None if self.is(i, '.') && self.spaced(i + 1) && self.is_capital(i + 1) && !self.abbreviates(i) => Some(i + 1),
                None => None,
            };
            if let Some(next) = next {
                sentences.push(start..next);
                start = next;
            }
            i = next.unwrap_or(i + 1).max(i + 1);
        }
        if start < self.len() {
            sentences.push(start..self.len());
        }
        sentences
    }

    /// Whether a sentence may begin there, rather than go on with `u Beogradu` or `U ORIGINALU`.
    fn begins(&self, i: usize) -> bool {
        self.is_capital(i) && !self.capitals_only
    }

    /// Whether the point at `i` belongs to a number, an initial or an abbreviation.
    fn abbreviates(&self, i: usize) -> bool {
        let word = self.before(i);
        word.chars().count() < 2 || matches!(word, "br" | "god" | "st" | "no" | "tzv" | "dr" | "mr" | "cl" | "tac" | "prof")
    }
}
