//! Gives the sentences about a signing to the bill they speak of.
//!
//! Never reads the date itself, and gives a sentence to nobody where two bills could be meant.

use crate::domain::bill::Mention;
use crate::domain::mention;
use crate::domain::page::lines::Line;
use crate::domain::{dates, tokens};

/// Sentences kept for one bill.
const SENTENCES_MAX: usize = 5;
/// Characters kept of a sentence.
const CHARS_MAX: usize = 1_000;

/// Walks the paragraphs: a sentence about a signing belongs to the bill whose own words it has; else to the one its paragraph spoke of
/// last; else to the one the paragraph before it spoke of.
pub(super) fn attribute(body: &[&Line], mentions: &mut [Mention]) {
    let own = own_words(mentions);
    let mut before: Option<usize> = None;
    for line in body {
        let mut current: Option<usize> = None;
        for range in mention::sentences(&line.text) {
            let sentence = &line.text[range];
            let best = best(sentence, &own);
            match best {
                Best::One(n) => current = Some(n),
                // a sentence about several is the end of what was said of one
                Best::Several => (current, before) = (None, None),
                Best::None => {}
            }
            if !says_signed(sentence) {
                continue;
            }
            let only = (mentions.len() == 1).then_some(0);
            let whose = match best {
                Best::Several => signed_last(sentence, &own),
                _ => current.or(before).or(only),
            };
            if let Some(mention) = whose.and_then(|n| mentions.get_mut(n))
                && mention.signature_sentences.len() < SENTENCES_MAX
                && !mention.title.contains(sentence)
            {
                let sentence: String = sentence.chars().take(CHARS_MAX).collect();
                if !mention.signature_sentences.contains(&sentence) {
                    mention.signature_sentences.push(sentence);
                }
            }
        }
        before = current.or(before);
    }
}

enum Best {
    None,
    One(usize),
    Several,
}

/// For each bill the words that no other bill of the page has: the country, the subject.
fn own_words(mentions: &[Mention]) -> Vec<Vec<String>> {
    let all: Vec<Vec<String>> = mentions.iter().map(|m| super::agenda::stems(&m.title)).collect();
    let elsewhere = |n: usize, stem: &String| all.iter().enumerate().any(|(k, stems)| k != n && stems.contains(stem));
    let short = |s: &str| s.chars().take(4).collect::<String>();
    all.iter()
        .enumerate()
        .map(|(n, stems)| {
            let mut own: Vec<String> = stems.iter().filter(|s| !elsewhere(n, s)).cloned().collect();
            // "Swedish" for Sweden, "slovenačka" for Slovenija: four letters do where no other title begins a word with them
            let four: Vec<String> = own
                .iter()
                .map(|s| short(s))
                .filter(|s| !all.iter().enumerate().any(|(k, o)| k != n && o.iter().any(|x| x.starts_with(s.as_str()))))
                .collect();
            own.extend(four.into_iter().filter(|s| s.chars().count() == 4 && !s.bytes().any(|b| b.is_ascii_digit())));
            own
        })
        .collect()
}

/// The bill whose own words the sentence has most of; two that are level are several.
fn best(sentence: &str, own: &[Vec<String>]) -> Best {
    let words: Vec<String> = tokens::cut(sentence).iter().filter(|t| t.word().chars().count() > 3).map(|t| t.word().to_owned()).collect();
    let score = |stems: &Vec<String>| stems.iter().filter(|s| words.iter().any(|w| w.starts_with(s.as_str()))).count();
    let scores: Vec<usize> = own.iter().map(score).collect();
    let most = scores.iter().copied().max().unwrap_or(0);
    let mut leaders = scores.iter().enumerate().filter(|(_, s)| **s == most && most > 0).map(|(n, _)| n);
    match (leaders.next(), leaders.next()) {
        (None, _) => Best::None,
        (Some(n), None) => Best::One(n),
        _ => Best::Several,
    }
}

/// Of a sentence about several bills, the one whose words stand last before the word for signing; none where that is not clear.
fn signed_last(sentence: &str, own: &[Vec<String>]) -> Option<usize> {
    let tokens = tokens::cut(sentence);
    let verb = tokens.iter().position(|t| is_signed(t.word()))?;
    tokens[..verb].iter().rev().find_map(|t| {
        let mut whose =
            own.iter().enumerate().filter(|(_, stems)| stems.iter().any(|s| s.chars().count() > 3 && t.word().starts_with(s.as_str())));
        match (whose.next(), whose.next()) {
            (Some((n, _)), None) => Some(n),
            _ => None,
        }
    })
}

fn says_signed(sentence: &str) -> bool {
    tokens::cut(sentence).iter().any(|t| is_signed(t.word())) && !dates::find(sentence).is_empty()
}

fn is_signed(word: &str) -> bool {
    ["signed", "signing"].contains(&word) || ["potpisan", "potpisiv", "sacinjen", "zakljucen"].iter().any(|w| word.starts_with(w))
}
