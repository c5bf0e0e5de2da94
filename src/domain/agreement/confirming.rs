//! Finds the word of a title that confirms, and the act it belongs to: also with one letter wrong, glued to its neighbours, or torn.
//!
//! Never weighs what it found: that is said in [`super`].

use std::ops::Range;

use super::rules::{RULES, Rule, one_typo};
use crate::domain::script::Folded;

/// The confirming word of a title.
pub struct Confirming {
    /// Its place.
    pub words: Range<usize>,
    /// Which it is.
    pub rule: &'static Rule,
    /// The act stands directly before it: `zakon o`, `odluka o` (weak).
    pub act: Option<Act>,
}

/// The act before a confirming word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// A law, a bill, a decree.
    Law,
    /// A decision, a conclusion.
    Decision,
}

/// The first confirming word with an act before it or at the head of the title; else the first there is.
pub fn confirming_in(title: &Folded) -> Option<Confirming> {
    let exact = |at: usize| {
        RULES.confirming.iter().find_map(|rule| {
            let glued = || is_glued(title.word(at), rule).then_some(1);
            rule.words.at(title, at).or_else(glued).map(|words| (rule, words))
        })
    };
    let typo = |at: usize| nearly_confirming(title.word(at)).map(|rule| (rule, 1));
    let torn = |at: usize| {
        let (word, words) = torn_word(title, at)?;
        nearly_confirming(&word).map(|rule| (rule, words))
    };
    let mut first = None;
    let passes: [&dyn Fn(usize) -> Option<(&'static Rule, usize)>; 3] = [&exact, &typo, &torn];
    for (pass, find) in passes.into_iter().enumerate() {
        for at in 0..title.len() {
            let Some((rule, words)) = find(at) else { continue };
            let glued = is_glued(title.word(at), rule) && ["zakon", "predlogzakon"].iter().any(|act| title.word(at).starts_with(act));
            let act = if glued { Some(Act::Law) } else { act_before(title, at) };
            let found = Confirming { words: at..at + words, rule, act };
            let heads =
                found.act.is_some() || (rule.sure && (0..at).all(|at| RULES.neutral.at(title, at).is_some() || title.word(at).len() < 2));
            if heads {
                return Some(found);
            }
            if first.is_none() && (pass == 0 && rule.sure) {
                first = Some(found);
            }
        }
    }
    first
}

/// The rule whose confirming word this is, with at most one letter wrong.
fn nearly_confirming(word: &str) -> Option<&'static Rule> {
    RULES.confirming.iter().find(|rule| rule.typo && rule.words.stems().any(|right| one_typo(word, right)))
}

/// A word that was torn at the end of a line (`potvr- đivanju`), or at a letter that arrived as a mark or as the code of one (`potvrÄ‘ivanju`,
/// `potvr&#273;ivanju`), put together again; and how many words its parts take.
fn torn_word(title: &Folded, at: usize) -> Option<(String, usize)> {
    let joins = |at: usize| at < title.len() && matches!(title.gap(at).trim_end(), "-" | "‘" | "’" | "&#" | ";" | "\u{2010}" | "¬");
    if !joins(at + 1) {
        return None;
    }
    let code = joins(at + 2) && title.word(at + 1).bytes().all(|c| c.is_ascii_digit());
    let last = at + if code { 2 } else { 1 };
    Some((format!("{}{}", title.word(at), title.word(last)), last + 1 - at))
}

/// `OPOTVRĐIVANJU`, `POTVRĐIVANJUSPORAZUMA`, `potvrđivanjuDoha`: the space was lost.
fn is_glued(word: &str, rule: &Rule) -> bool {
    (rule.typo || rule.joins)
        && word.len() > 12
        && rule.words.stems().any(|right| {
            right.len() > 8
                && word.len() > right.len() + 1
                && word.find(right).is_some_and(|at| {
                    let (before, after) = (&word[..at], &word[at + right.len()..]);
                    matches!(before, "" | "o" | "on" | "onthe" | "zakono" | "zakonao" | "zakonuo" | "predlogzakonao")
                        && (after.is_empty() || after.len() > 2)
                })
        })
}

/// The act that a confirming word belongs to: `zakon o`, `Bill on the`.
fn act_before(title: &Folded, at: usize) -> Option<Act> {
    for before in (0..at).rev() {
        if let Some(act) = act_at(title, before) {
            return Some(act);
        }
        if !matches!(title.word(before), "o" | "on" | "the" | "of" | "i" | "za" | "for" | "u" | "and") {
            return None;
        }
    }
    None
}

/// The act that stands at this place.
pub fn act_at(title: &Folded, at: usize) -> Option<Act> {
    let word = title.word(at);
    let glued = word.starts_with("predlog") && (word.ends_with("zakon") || word.ends_with("zakona") || word.ends_with("zakonu"));
    // `zakonaa o potvrđivanju`
    let typo = || matches!(title.word(at + 1), "o" | "on") && ["zakon", "zakona", "zakonu"].iter().any(|law| one_typo(word, law));
    if RULES.acts.at(title, at).is_some() || glued || typo() || matches!(word, "zakonao" | "thebill" | "billon" | "billson" | "lawon") {
        return Some(Act::Law);
    }
    RULES.weak_acts.at(title, at).map(|_| Act::Decision)
}
