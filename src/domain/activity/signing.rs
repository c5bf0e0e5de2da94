//! Gives the sentences about a signing to the bill they speak of.
//!
//! Never reads the date itself, and gives a sentence to nobody where two bills could be meant.

use super::agenda::alike;
use crate::domain::bill::Mention;
use crate::domain::mention;
use crate::domain::page::lines::Line;
use crate::domain::{dates, tokens};

/// Sentences kept for one bill.
const SENTENCES_MAX: usize = 5;
/// Bills of a page among whose names a sentence about a signing looks for its own: the longest agenda known had some sixty.
const BILLS_MAX: usize = 256;
/// Characters kept of a sentence.
const CHARS_MAX: usize = 1_000;

/// Walks the paragraphs: a sentence about a signing belongs to the bill whose counterpart or own words it has; else to the one its
/// paragraph spoke of last; else to the only one the paragraph before it spoke of. Where a counterpart is named that no title has, to none.
pub(super) fn attribute(body: &[&Line], mentions: &mut [Mention]) {
    if mentions.len() > BILLS_MAX {
        return;
    }
    let own = own_words(mentions);
    let clauses: Vec<String> = mentions.iter().flat_map(|m| m.signature_sentences.iter().cloned()).collect();
    let mut before: Option<usize> = None;
    for line in body {
        let (mut current, mut spoken, mut unclear): (Option<usize>, Vec<usize>, bool) = (None, Vec::new(), false);
        for range in mention::sentences(&line.text) {
            let sentence = &line.text[range];
            let best = best(sentence, &own, mentions);
            match best {
                Best::One(n) => {
                    current = Some(n);
                    spoken.push(n);
                }
                // what follows a sentence about several, or about another agreement, is of none of them
                Best::Several | Best::Another => (current, before, unclear) = (None, None, true),
                Best::None => {}
            }
            if !says_signed(sentence) || clauses.iter().any(|clause| sentence.contains(clause.as_str())) {
                continue;
            }
            let only = (mentions.len() == 1).then_some(0);
            let whose = match best {
                Best::Several => signed_last(sentence, &own),
                Best::Another => None,
                _ => current.or(before).or(only),
            };
            if let Some(mention) = whose.and_then(|n| mentions.get_mut(n)).filter(|m| can_be(sentence, &m.title)) {
                keep(mention, sentence);
            }
        }
        spoken.dedup();
        let names_bills = !mention::find(&line.text).is_empty();
        before = if spoken.len() == 1 && !unclear && !names_bills { Some(spoken[0]) } else { None };
    }
}

/// Of a sentence with several bills, the words behind one's title that say when its own agreement was signed: `A, koji je potpisan u Rimu
/// 3. marta 2026. godine, i B, potpisan u Valeti 5. maja`. With the title, for they say of themselves of what.
pub(super) fn own_clause(text: &str, named: &mention::Named) -> Option<String> {
    let whole = text.get(named.at.clone())?;
    let title = mention::beginnings(&named.title).first().map_or(named.title.as_str(), |beginning| *beginning);
    let behind = whole.find(title)? + title.len();
    let tokens = tokens::cut(&whole[behind..]);
    let words: Vec<&str> = tokens.iter().map(tokens::Token::word).skip_while(|word| word.is_empty()).take(3).collect();
    let signed = match words.as_slice() {
        [_, "je" | "su" | "was" | "were", word] | [word, ..] => is_signed(word),
        [] => false,
    };
    let marks_and_joints = |c: char| c.is_whitespace() || matches!(c, ',' | ';');
    let clause = whole.trim_end_matches(marks_and_joints);
    let clause = [" and the", " and", " i", " и"].iter().find_map(|joint| clause.strip_suffix(joint)).unwrap_or(clause);
    let clause = clause.trim_end_matches(marks_and_joints);
    (signed && clause.chars().count() <= CHARS_MAX && says_signed(&whole[behind..])).then(|| clause.to_owned())
}

fn keep(mention: &mut Mention, sentence: &str) {
    let sentence: String = sentence.chars().take(CHARS_MAX).collect();
    let new = !mention.signature_sentences.contains(&sentence) && !mention.title.contains(&sentence);
    if new && mention.signature_sentences.len() < SENTENCES_MAX {
        mention.signature_sentences.push(sentence);
    }
}

enum Best {
    None,
    One(usize),
    Several,
    /// An agreement with somebody whom no title names.
    Another,
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

/// The bill a sentence speaks of: by the counterpart it names (`the agreement with Sweden`), else by words that only one title has. A sentence
/// that names two counterparts says of neither surely that it is the one that signed.
fn best(sentence: &str, own: &[Vec<String>], mentions: &[Mention]) -> Best {
    let tokens = tokens::cut(sentence);
    let named = counterparts(sentence, &tokens);
    if let Some((first, others)) = named.split_first() {
        let whose = |named: &Vec<String>| -> Vec<usize> {
            let has = |m: &Mention| tokens::cut(&m.title).iter().any(|t| named.iter().any(|n| alike(t.word(), n)));
            mentions.iter().enumerate().filter(|(_, m)| has(m)).map(|(n, _)| n).collect()
        };
        let bills = whose(first);
        return match bills.as_slice() {
            _ if others.iter().any(|other| whose(other) != bills) => Best::Another,
            [] => Best::Another,
            [n] => Best::One(*n),
            _ => Best::Several,
        };
    }
    let office =
        |n: usize| (n.saturating_sub(2)..(n + 4).min(tokens.len())).any(|k| OFFICES.iter().any(|o| tokens[k].word().starts_with(o)));
    let words: Vec<&str> =
        tokens.iter().enumerate().filter(|(n, t)| t.word().chars().count() > 3 && !office(*n)).map(|(_, t)| t.word()).collect();
    let has = |stems: &Vec<String>| stems.iter().any(|s| words.iter().any(|w| w.starts_with(s.as_str())));
    let mut whose = own.iter().enumerate().filter(|(_, stems)| has(stems)).map(|(n, _)| n);
    match (whose.next(), whose.next()) {
        (None, _) => Best::None,
        (Some(n), None) => Best::One(n),
        _ => Best::Several,
    }
}

/// Offices that speak on such pages: the words of their names say nothing of an agreement.
const OFFICES: [&str; 12] =
    ["minis", "secreta", "sekret", "committ", "odbor", "chair", "predsed", "member", "clan", "represent", "predstavnik", "directo"];

/// Words between `with` and the counterpart's own name.
const TITLES_OF_STATES: [&str; 22] = [
    "the",
    "of",
    "government",
    "kingdom",
    "republic",
    "state",
    "federal",
    "federation",
    "federacijom",
    "vladom",
    "vlade",
    "kraljevinom",
    "kraljevine",
    "republikom",
    "republike",
    "drzavom",
    "narodnom",
    "people",
    "democratic",
    "s",
    "and",
    "i",
];

fn is_instrument(word: &str) -> bool {
    ["agreement", "memorand", "convention", "protocol", "treaty", "sporazum", "konvencij", "protokol", "ugovor"]
        .iter()
        .any(|i| word.starts_with(i))
}

/// Whom each agreement named in the sentence is with (`with Norway`, `sa EU`) or between (`between Serbia and Norway`).
fn counterparts(sentence: &str, tokens: &[tokens::Token]) -> Vec<Vec<String>> {
    let capital = |t: &tokens::Token| sentence[t.at.clone()].starts_with(char::is_uppercase);
    // "EU" and "UN" are names, "on" and "je" are not
    let is_name = |t: &tokens::Token| t.word().chars().count() > 2 || sentence[t.at.clone()].chars().all(char::is_uppercase);
    let goes_on = |t: &tokens::Token| !t.word().is_empty() && !["on", "o", "was", "je", "is", "has", "said"].contains(&t.word());
    let near = |at: usize, words: &[&str]| (at + 1..tokens.len().min(at + 8)).find(|&k| words.contains(&tokens[k].word()));
    let mut named: Vec<Vec<String>> = Vec::new();
    for at in (0..tokens.len()).filter(|&at| is_instrument(tokens[at].word())) {
        let names: Vec<String> = if let Some(with) = near(at, &["with", "sa", "s"]) {
            let after = tokens[with + 1..].iter().skip_while(|t| TITLES_OF_STATES.contains(&t.word()));
            after.take_while(|t| goes_on(t)).take(2).filter(|t| is_name(t)).flat_map(|t| in_full(t.word())).collect()
        } else if let Some(between) = near(at, &["between", "izmedju", "izmedu"]) {
            let ours = |word: &str| word.starts_with("serbi") || word.starts_with("srbij") || TITLES_OF_STATES.contains(&word);
            let after = tokens[between + 1..].iter().take_while(|t| goes_on(t)).take(16);
            after.filter(|t| is_name(t) && capital(t) && !ours(t.word())).flat_map(|t| in_full(t.word())).collect()
        } else {
            Vec::new()
        };
        if !names.is_empty() && !named.contains(&names) {
            named.push(names);
        }
    }
    named
}

/// A name, and what a title prints for its letters.
fn in_full(name: &str) -> Vec<String> {
    let long: &[&str] = match name {
        "eu" => &["european", "evropska", "evropske"],
        "un" => &["united", "ujedinjene", "ujedinjenih"],
        "us" | "usa" | "sad" => &["states", "sjedinjene", "sjedinjenih"],
        "uk" => &["kingdom", "ujedinjeno"],
        _ => &[],
    };
    std::iter::once(name).chain(long.iter().copied()).map(str::to_owned).collect()
}

/// Whether the instrument of which the sentence says that it was signed can be the bill's: of another kind (`the Protocol`), or on another subject
/// (`the Stabilisation and Association Agreement`, `Sporazum o vizama`), it is not.
fn can_be(sentence: &str, title: &str) -> bool {
    const KINDS: [[&str; 2]; 3] = [["protocol", "protokol"], ["memorand", "memorand"], ["convention", "konvencij"]];
    let tokens = tokens::cut(sentence);
    let verb = tokens.iter().position(|t| is_signed(t.word())).unwrap_or(tokens.len());
    let Some(at) = (0..verb).rev().find(|&k| is_instrument(tokens[k].word())) else { return true };
    let title: Vec<tokens::Token> = tokens::cut(title);
    let has_kind = |kind: &[&str; 2]| title.iter().any(|t| kind.iter().any(|k| t.word().starts_with(k)));
    let other_kind = KINDS.iter().any(|kind| kind.iter().any(|k| tokens[at].word().starts_with(k)) && !has_kind(kind));
    let subject = subject(sentence, &tokens[..verb], at);
    let four = |word: &str| word.chars().take(4).collect::<String>();
    let in_title = |word: &&str| title.iter().any(|t| alike(t.word(), word) || four(t.word()) == four(word));
    !other_kind && (subject.is_empty() || subject.iter().any(in_title))
}

/// The words by which the sentence tells the instrument at `at` from others: capitalised ones before it, and those after `on` or `o`.
fn subject<'a>(sentence: &str, tokens: &'a [tokens::Token], at: usize) -> Vec<&'a str> {
    let capital = |t: &tokens::Token| sentence[t.at.clone()].starts_with(char::is_uppercase);
    let plain = |word: &str| ["this", "that", "these", "said", "ovaj", "ovim", "navedeni", "predmetni"].contains(&word);
    let told = |t: &tokens::Token| t.word().chars().count() > 3 && !plain(t.word());
    let before = tokens[1.min(at)..at].iter().rev().take_while(|t| capital(t) && !is_instrument(t.word())).filter(|t| told(t));
    let on = tokens.get(at + 1).is_some_and(|t| ["on", "o"].contains(&t.word()));
    let ends = ["with", "sa", "between", "izmedu", "je", "was", "which", "koji", "koja"];
    let after = tokens[at + 1..].iter().skip(1).take(if on { 6 } else { 0 });
    let after = after.take_while(|t| !t.word().is_empty() && !ends.contains(&t.word())).filter(|t| told(t));
    before.chain(after).map(tokens::Token::word).collect()
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
