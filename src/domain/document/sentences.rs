//! Cuts running text into clauses: sentences, and the points of a list.
//!
//! Never parts a date, an amount or an abbreviation; the same words are cut alike in either script.

use std::ops::Range;

use crate::domain::tokens::{Kind, Token, cut};

/// Words after which a point ends no sentence, folded.
const ABBREVIATIONS: [&str; 30] = [
    "br", "cl", "st", "tac", "tj", "npr", "sl", "god", "dr", "mr", "prof", "inc", "no", "art", "par", "str", "gl", "sv", "ing", "mrs",
    "ltd", "vs", "cf", "tzv", "odn", "dipl", "gen", "puk", "mil", "ul",
];

/// The byte ranges of the clauses of a text, in order; they hold all of it but white space between them.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let tokens = cut(text);
    let mut out = Vec::new();
    let Some(first) = tokens.first() else { return out };
    let mut start = first.at.start;
    for i in 1..tokens.len() {
        if begins(&tokens, i, text) {
            out.push(start..tokens[i - 1].at.end);
            start = tokens[i].at.start;
        }
    }
    out.push(start..tokens.last().map_or(text.len(), |t| t.at.end));
    out
}

/// The clause that holds the byte at `at`; the points of a list are clauses of their own.
pub fn sentences_around(text: &str, at: usize) -> Range<usize> {
    // cutting costs the text's length: of a long one only what is near is cut
    const NEAR_BYTES: usize = 4_000;
    let from = text.floor_char_boundary(at.saturating_sub(NEAR_BYTES));
    let to = text.ceil_char_boundary(at.saturating_add(NEAR_BYTES));
    let near = sentences(&text[from..to]).into_iter().find(|range| at < from + range.end);
    near.map_or(at..at, |range| from + range.start..from + range.end)
}

fn begins(tokens: &[Token], i: usize, text: &str) -> bool {
    let (here, before) = (&tokens[i], &tokens[i - 1]);
    if !here.spaced {
        return false;
    }
    let point = is_point(tokens, i);
    match before.kind {
        Kind::Mark(';') => true,
        Kind::Mark(':' | ',') => point,
        Kind::Mark('.' | '!' | '?') => (opens(tokens, i, text) || point) && !abbreviates(tokens, i - 1),
        // `… reči." Strane`
        Kind::Mark('"' | '”' | '“' | '»') => opens(tokens, i, text) && i > 1 && tokens[i - 2].is('.'),
        _ => point && (here.is('(') || matches!(here.kind, Kind::Number(..))) && tokens.get(i + 1).is_some_and(|t| t.is(')')),
    }
}

/// `(1)`, `1)`, `a)`, `1.` before a capital, a dash: a point of a list begins.
fn is_point(tokens: &[Token], i: usize) -> bool {
    let short = |n: usize| match tokens.get(n).map(|t| &t.kind) {
        Some(Kind::Number(_, digits)) => *digits < 3,
        Some(Kind::Word(word)) => word.len() < 4,
        _ => false,
    };
    let is = |n: usize, mark: char| tokens.get(n).is_some_and(|t| t.is(mark));
    let bracketed = is(i, '(') && short(i + 1) && is(i + 2, ')') && tokens.get(i + 3).is_none_or(|t| t.spaced);
    let closed = short(i) && is(i + 1, ')');
    let dash = (is(i, '-') || is(i, '•')) && tokens.get(i + 1).is_some_and(|t| t.spaced);
    bracketed || closed || dash
}

/// A capital, a number or an opening quotation mark.
fn opens(tokens: &[Token], i: usize, text: &str) -> bool {
    match tokens[i].kind {
        Kind::Word(_) => text[tokens[i].at.clone()].starts_with(char::is_uppercase),
        Kind::Number(..) => true,
        Kind::Mark(mark) => matches!(mark, '(' | '„' | '"' | '«' | '»' | '-' | '“'),
    }
}

/// Whether the point at `i` belongs to the word or number before it.
fn abbreviates(tokens: &[Token], i: usize) -> bool {
    if i == 0 || tokens[i].spaced {
        return false;
    }
    match &tokens[i - 1].kind {
        Kind::Word(word) => ABBREVIATIONS.contains(&word.as_str()) || word.len() == 1,
        Kind::Number(_, digits) => *digits < 4 && !matches!(tokens.get(i + 1).map(|t| &t.kind), Some(Kind::Number(..))),
        Kind::Mark(_) => false,
    }
}
