//! What has a confirming word and an instrument, and is no international agreement all the same: look-alikes.
//!
//! Never weighs how sure a title is: that is said in [`super`].

use std::ops::Range;

use super::confirming::{Act, Confirming};
use super::rules::{RULES, Rule, Where};
use super::{Instrument, Reading, is_between_us_and_others, parties};
use crate::domain::script::Folded;

impl Reading<'_> {
    /// The look-alike that a confirming word and an instrument are together.
    pub(super) fn look_alike_of(&self, confirming: &Confirming, instrument: &Instrument, phrase: Range<usize>) -> Option<&'static str> {
        let (title, all) = (self.title, phrase.start..self.title.len());
        if self.names_none(confirming, instrument) {
            return refusals(Where::Unnamed).next().map(|rule| rule.name);
        }
        if parties::are_parliaments(title, instrument.words.end) {
            return Some("an agreement between parliaments");
        }
        let named = || parties::has_a_named_side(title, instrument.words.end);
        if let Some(rule) = refusal(title, Where::Alone, all.clone()).filter(|_| !self.is_international() && !named()) {
            return Some(rule.name);
        }
        if instrument.rule.sure {
            return None;
        }
        let before = phrase.start..instrument.words.start;
        let one_sided = || {
            let both = confirming.act == Some(Act::Law) && is_between_us_and_others(&parties::read(title, instrument.words.end));
            refusal(title, Where::WeakOneSided, all.clone()).filter(|_| !both)
        };
        let refused = [(Where::Object, before.clone()), (Where::OneSided, before), (Where::Weak, all.clone())];
        refused.into_iter().find_map(|(place, words)| refusal(title, place, words)).or_else(one_sided).map(|rule| rule.name)
    }

    /// `Predlozi zakona o potvrđivanju međunarodnih sporazuma`: several, and no word that says of which agreement one is.
    fn names_none(&self, confirming: &Confirming, instrument: &Instrument) -> bool {
        let title = self.title;
        let plural = |at: usize| {
            let word = title.word(at);
            let english = instrument.words.contains(&at) && word.ends_with('s') && !word.ends_with("ks");
            match at {
                _ if at < confirming.words.start => matches!(word, "predlozi" | "predloge" | "predlozima" | "bills" | "laws"),
                _ => english || word == "memoranda" || word.ends_with("ih"),
            }
        };
        let several = (0..confirming.words.start).chain(confirming.words.end..instrument.words.end).any(plural);
        let names = |at: usize| {
            let general = refusals(Where::Unnamed).any(|rule| rule.words.at(title, at).is_some());
            !general && !RULES.instruments.iter().any(|rule| rule.words.at(title, at).is_some())
        };
        several && !(confirming.words.end..title.len()).any(names)
    }
}

fn refusals(place: Where) -> impl Iterator<Item = &'static Rule> {
    RULES.refusals.iter().filter(move |(at, _)| *at == place).map(|(_, rule)| rule)
}

/// The first look-alike of a sort whose words stand in these.
pub(super) fn refusal(title: &Folded, place: Where, range: Range<usize>) -> Option<&'static Rule> {
    refusals(place).find(|rule| rule.words.first_in(title, range.clone()).is_some())
}
