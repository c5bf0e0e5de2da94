//! The rulebook of `config/instruments.toml`: patterns of folded words, and where in a title they stand.
//!
//! Never decides: what a match means is said in [`super`].

use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::script::{Folded, LOST};

/// Patterns of words, found by the first letter.
#[derive(Debug, Default, Clone)]
pub struct Words {
    by_first: Vec<Vec<Vec<Stem>>>,
    /// The patterns of one word, once more.
    single: Vec<Stem>,
}

/// One word of a pattern.
#[derive(Debug, Clone)]
struct Stem {
    text: String,
    ending: Ending,
}

/// What may follow a stem: nothing, the ending of a noun (`word~`), anything (`word*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    None,
    Noun,
    Any,
}

/// Endings of Serbian nouns in all cases, and the English plural. A lost space before `o` is one of them: `ZAKONO POTVRĐIVANJU`.
const NOUN_ENDINGS: [&str; 14] = ["", "a", "e", "i", "o", "u", "om", "em", "ama", "ima", "ija", "s", "es", "ju"];

impl Words {
    /// Reads patterns divided by spaces.
    pub fn read(patterns: &str) -> Self {
        let mut words = Words { by_first: vec![Vec::new(); 256], single: Vec::new() };
        for pattern in patterns.split_whitespace() {
            let stems: Vec<Stem> = pattern.split('_').map(Stem::read).collect();
            if let [stem] = &stems[..] {
                words.single.push(stem.clone());
            }
            if let Some(first) = pattern.bytes().next() {
                words.by_first[usize::from(first)].push(stems);
            }
        }
        words
    }

    /// The number of words that the longest pattern takes which stands at this place of the title.
    pub fn at(&self, title: &Folded, at: usize) -> Option<usize> {
        let first = title.word(at).bytes().next()?;
        if first == LOST as u8 {
            return self.by_first.iter().flatten().filter_map(|stems| stand_at(stems, title, at)).max();
        }
        self.by_first[usize::from(first)].iter().filter_map(|stems| stand_at(stems, title, at)).max()
    }

    /// The first place in a range of words where any pattern stands.
    pub fn first_in(&self, title: &Folded, mut range: std::ops::Range<usize>) -> Option<usize> {
        range.find(|&at| self.at(title, at).is_some())
    }

    /// The patterns of one word as they are written, without their endings' marks.
    pub fn stems(&self) -> impl Iterator<Item = &str> {
        self.single.iter().map(|stem| stem.text.as_str())
    }

    /// Whether a word is one wrong letter away from one of the patterns in one of its cases.
    pub fn nearly(&self, word: &str) -> bool {
        self.single.iter().any(|stem| {
            stem.text.len() >= TYPO_LETTERS_MIN
                && match stem.ending {
                    Ending::None => one_typo(word, &stem.text),
                    _ => NOUN_ENDINGS.iter().any(|ending| one_typo(word, &format!("{}{ending}", stem.text))),
                }
        })
    }
}

fn stand_at(stems: &[Stem], title: &Folded, at: usize) -> Option<usize> {
    stems.iter().enumerate().all(|(i, stem)| stem.is(title.word(at + i))).then_some(stems.len())
}

impl Stem {
    fn read(text: &str) -> Self {
        match text.as_bytes().last() {
            Some(b'~') => Stem { text: text[..text.len() - 1].to_owned(), ending: Ending::Noun },
            Some(b'*') => Stem { text: text[..text.len() - 1].to_owned(), ending: Ending::Any },
            _ => Stem { text: text.to_owned(), ending: Ending::None },
        }
    }

    fn is(&self, word: &str) -> bool {
        let (word, stem) = (word.as_bytes(), self.text.as_bytes());
        if word.len() < stem.len() || word.is_empty() || !word.iter().zip(stem).all(|(a, b)| a == b || *a == LOST as u8) {
            return false;
        }
        match self.ending {
            Ending::Any => true,
            Ending::None => word.len() == stem.len(),
            Ending::Noun => NOUN_ENDINGS.iter().any(|ending| {
                word.len() == stem.len() + ending.len()
                    && word[stem.len()..].iter().zip(ending.bytes()).all(|(a, b)| *a == b || *a == LOST as u8)
            }),
        }
    }
}

/// Shorter words have too many neighbours for a typo to be told from another word.
const TYPO_LETTERS_MIN: usize = 7;

/// Whether one letter deleted, inserted, replaced or swapped with its neighbour turns one folded word into the other. A Cyrillic њ or љ is one
/// letter, so it is tried with the digraphs as one letter too.
pub fn one_typo(word: &str, right: &str) -> bool {
    let (w, r) = (word.as_bytes(), right.as_bytes());
    if w.len().abs_diff(r.len()) > 2 {
        return false;
    }
    // one letter, or one digraph with its neighbour, is all that may differ: most words are told apart here
    let start = w.iter().zip(r).take_while(|(a, b)| a == b || **a == LOST as u8).count();
    let end = w.iter().rev().zip(r.iter().rev()).take_while(|(a, b)| a == b || **a == LOST as u8).count();
    if start + end + 4 < w.len().max(r.len()) {
        return false;
    }
    one_edit(w, r)
        || one_edit(digraphs(word).as_bytes(), digraphs(right).as_bytes())
        || with_a_lost_j(word).any(|word| one_edit(word.as_bytes(), r))
}

/// Folding makes one letter of `đj`: where a wrong đ came to stand before a j, the j is put back.
fn with_a_lost_j(word: &str) -> impl Iterator<Item = String> {
    word.match_indices('d').map(|(at, _)| format!("{}j{}", &word[..=at], &word[at + 1..]))
}

fn digraphs(word: &str) -> String {
    word.replace("nj", "N").replace("lj", "L")
}

fn one_edit(a: &[u8], b: &[u8]) -> bool {
    let same = |x: u8, y: u8| x == y || x == LOST as u8;
    let start = a.iter().zip(b).take_while(|&(&x, &y)| same(x, y)).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|&(&x, &y)| same(x, y)).count();
    match (&a[..a.len() - end], &b[..b.len() - end]) {
        ([], []) | ([_], []) | ([], [_]) | ([_], [_]) => true,
        ([w, x], [y, z]) => w == z && x == y,
        _ => false,
    }
}

/// How much a word of the rulebook says alone.
#[derive(Debug)]
pub struct Rule {
    /// Its name: the instrument's word, or what the rule is about.
    pub name: &'static str,
    /// The patterns.
    pub words: Words,
    /// Whether it needs nothing beside it.
    pub sure: bool,
    /// Whether it is still itself with one wrong letter.
    pub typo: bool,
    /// A confirming word: whether it says that we join what others concluded.
    pub joins: bool,
    /// A confirming word: whether what it says is done to other things as well, so that it is never more than doubt.
    pub doubt: bool,
    /// An instrument: whether nothing at home is called so.
    pub foreign: bool,
    /// A title it accepts.
    #[cfg(test)]
    pub accepts: String,
    /// A title it refuses.
    #[cfg(test)]
    pub refuses: String,
}

/// Where a look-alike stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Where {
    /// Before the confirming word.
    Lead,
    /// What is confirmed, and no sure instrument beside it.
    Object,
    /// As `Object`, but a law may confirm it where we and another are its two sides.
    OneSided,
    /// What is confirmed, whatever stands beside it.
    Phrase,
    /// Anywhere after the confirming word, where the instrument is not sure.
    Weak,
    /// As `Weak`, but a law may confirm it where we and another are its two sides.
    WeakOneSided,
    /// Anywhere after the confirming word, where nothing beside it is international and no other side has a name.
    Alone,
    /// All that stands around an instrument in the plural: several are meant, and none is named.
    Unnamed,
    /// Anywhere.
    Anywhere,
    /// Anywhere, where no act is named beside the confirming word.
    NoAct,
}

/// The whole rulebook.
#[derive(Debug)]
pub struct Rulebook {
    /// Words that may stand before the act.
    pub neutral: Words,
    /// Law, bill, decree.
    pub acts: Words,
    /// Decision, conclusion.
    pub weak_acts: Words,
    /// The confirming words.
    pub confirming: Vec<Rule>,
    /// The instruments.
    pub instruments: Vec<Rule>,
    /// Signs that an instrument is international.
    pub international: Words,
    /// The look-alikes.
    pub refusals: Vec<(Where, Rule)>,
}

#[derive(Deserialize)]
struct File {
    lead: Lead,
    confirming: Vec<Entry>,
    instrument: Vec<Entry>,
    international: International,
    refusal: Vec<Entry>,
}

#[derive(Deserialize)]
struct Lead {
    neutral: String,
    acts: String,
    weak_acts: String,
}

#[derive(Deserialize)]
struct International {
    words: String,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    words: String,
    #[serde(default)]
    sure: bool,
    #[serde(default)]
    typo: bool,
    #[serde(default)]
    joins: bool,
    #[serde(default)]
    doubt: bool,
    #[serde(default)]
    foreign: bool,
    #[serde(default)]
    r#where: Option<Where>,
    #[cfg(test)]
    accepts: String,
    #[cfg(test)]
    refuses: String,
}

impl Entry {
    fn rule(self) -> Rule {
        let words = Words::read(&self.words);
        Rule {
            name: self.name.leak(),
            words,
            sure: self.sure,
            typo: self.typo,
            joins: self.joins,
            doubt: self.doubt,
            foreign: self.foreign,
            #[cfg(test)]
            accepts: self.accepts,
            #[cfg(test)]
            refuses: self.refuses,
        }
    }
}

/// The rulebook that is compiled in.
pub static RULES: LazyLock<Rulebook> = LazyLock::new(|| {
    // a rulebook that does not parse is a fault of the build, and a test reads it
    #[allow(clippy::expect_used)]
    let file: File = toml::from_str(include_str!("../../../config/instruments.toml")).expect("config/instruments.toml is read by a test");
    Rulebook {
        neutral: Words::read(&file.lead.neutral),
        acts: Words::read(&file.lead.acts),
        weak_acts: Words::read(&file.lead.weak_acts),
        confirming: file.confirming.into_iter().map(Entry::rule).collect(),
        instruments: file.instrument.into_iter().map(Entry::rule).collect(),
        international: Words::read(&file.international.words),
        refusals: file.refusal.into_iter().map(|entry| (entry.r#where.unwrap_or(Where::Anywhere), entry.rule())).collect(),
    }
});
