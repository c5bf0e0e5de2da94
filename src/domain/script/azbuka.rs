//! The letters of Serbian Cyrillic and what they are in Latin; transliterates for display.
//!
//! Never marks a text as transliterated: who shows it does.

use unicode_normalization::UnicodeNormalization;

use super::{is_cyrillic, is_one_of};

/// Serbian Cyrillic to Serbian Latin, letter by letter; everything else is left as it is. Safe in this direction.
pub fn to_latin(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before: Option<char> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match serbian_latin(c) {
            None => out.push(c),
            Some(latin) if c.is_lowercase() => out.push_str(latin),
            // Љубав is Ljubav, ЉУБАВ is LJUBAV: the neighbour decides
            Some(latin) => {
                let neighbour = chars.peek().copied().filter(|n| n.is_alphabetic()).or(before.filter(|n| n.is_alphabetic()));
                let capitals = neighbour.is_some_and(char::is_uppercase);
                for (i, letter) in latin.chars().enumerate() {
                    if i == 0 || capitals { out.extend(letter.to_uppercase()) } else { out.push(letter) }
                }
            }
        }
        before = Some(c);
    }
    out
}

/// Serbian Latin to Serbian Cyrillic. Not safe for every word (docs/source.md): for display only, and marked as transliterated. Addresses,
/// Roman numerals and words with letters that Serbian does not have (`KfW`) stay as they are.
pub fn to_cyrillic(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for piece in text.nfc().collect::<String>().split_inclusive(char::is_whitespace) {
        if piece.contains("://") || piece.contains('@') || piece.contains("www.") {
            out.push_str(piece);
            continue;
        }
        let mut rest = piece;
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            let (word, tail) = rest.split_at(end);
            word_to_cyrillic(word, &mut out);
            let next = tail.find(char::is_alphabetic).unwrap_or(tail.len());
            out.push_str(&tail[..next]);
            rest = &tail[next..];
        }
    }
    out
}

/// а to я, then ѐ to џ, as Unicode orders them: the Serbian Latin of each letter that Serbian has.
#[rustfmt::skip]
const LATIN: [&str; 48] = [
    "a", "b", "v", "g", "d", "e", "ž", "z", "i", "", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "h", "c", "č",
    "š", "", "", "", "", "", "", "", "", "", "đ", "", "", "", "", "", "j", "lj", "nj", "ć", "", "", "", "dž",
];

/// The same letters as they fold, those of the neighbours' alphabets included.
#[rustfmt::skip]
const FOLDED: [&str; 48] = [
    "a", "b", "v", "g", "d", "e", "z", "z", "i", "j", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "h", "c", "c",
    "s", "st", "", "i", "", "e", "ju", "ja", "e", "e", "d", "d", "e", "s", "i", "ji", "j", "lj", "nj", "c", "c", "i", "u", "dz",
];

/// The place of a Cyrillic letter, capital or small, in the two tables above.
fn place(c: char) -> Option<usize> {
    let code = c as usize;
    match code {
        0x400..=0x40f => Some(code - 0x400 + 32),
        0x410..=0x42f => Some(code - 0x410),
        0x430..=0x45f => Some(code - 0x430),
        _ => None,
    }
}

pub(super) fn folded_cyrillic(c: char) -> Option<&'static str> {
    place(c).map(|at| FOLDED[at])
}

/// Small Latin letters for a Serbian Cyrillic letter of either case.
fn serbian_latin(c: char) -> Option<&'static str> {
    place(c).map(|at| LATIN[at]).filter(|latin| !latin.is_empty())
}

/// The small Cyrillic letter for a small Latin letter or digraph.
fn serbian_cyrillic(latin: &str) -> Option<char> {
    let at = LATIN.iter().position(|letter| *letter == latin)?;
    char::from_u32(0x430 + at as u32)
}

/// The small Cyrillic letter for one of the Latin letters; another stays as it is.
fn alone(letter: char) -> char {
    let mut buffer = [0; 4];
    let found = if letter.is_ascii() {
        serbian_cyrillic(letter.to_ascii_lowercase().encode_utf8(&mut buffer))
    } else {
        // ǆ, ǉ, ǌ are taken apart before they are looked up
        serbian_cyrillic(&letter.to_string().nfkd().flat_map(char::to_lowercase).nfc().collect::<String>())
    };
    found.unwrap_or(letter)
}

/// Beginnings and middles of words in which `nj` and `dž` are two letters each; `|` stands between them.
const TWO_LETTERS: &str =
    "in|jek kon|juk kon|junk kon|jug tan|jug van|jez in|juri an|jon nad|živ nad|žet pod|žanr od|živ od|žal od|žvak pred|žetv";

/// Longest list of Roman numerals worth knowing: `I` alone is the conjunction.
const ROMAN: &str = "II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XX XXI";

fn word_to_cyrillic(word: &str, out: &mut String) {
    let foreign = |c: char| c.is_alphabetic() && !is_cyrillic(c) && !c.is_ascii() && !"čćžšđČĆŽŠĐǆǅǄǉǈǇǌǋǊ".contains(c);
    if is_one_of(ROMAN, word) || word.chars().any(|c| "qwxyQWXY".contains(c) || foreign(c)) {
        out.push_str(word);
        return;
    }
    let lower = word.to_lowercase();
    let apart = |at: usize| {
        TWO_LETTERS.split(' ').any(|stem| {
            let (head, tail) = stem.split_once('|').unwrap_or((stem, ""));
            lower.get(..at + 1).is_some_and(|left| left.ends_with(head)) && lower.get(at + 1..).is_some_and(|right| right.starts_with(tail))
        })
    };
    let mut at = 0;
    while at < word.len() {
        let mut chars = word[at..].chars();
        let (first, second) = (chars.next().unwrap_or_default(), chars.next());
        let digraph = match (first.to_ascii_lowercase(), second) {
            ('l', Some('j' | 'J')) => Some('љ'),
            ('n', Some('j' | 'J')) => Some('њ'),
            ('d', Some('ž' | 'Ž')) => Some('џ'),
            _ => None,
        };
        let (letter, length) = match digraph.filter(|_| !apart(at)) {
            Some(letter) => (letter, first.len_utf8() + second.map_or(0, char::len_utf8)),
            None => (alone(first), first.len_utf8()),
        };
        if first.is_lowercase() {
            out.push(letter)
        } else {
            out.extend(letter.to_uppercase())
        }
        at += length;
    }
}
