//! Says of the sides of an agreement whether they are parliaments, and whether the other one has a name at all.
//!
//! Never adds a party to those that [`read`] finds.

use super::{LEXICON, List, read, starts};
use crate::domain::bill::{Level, Party};
use crate::domain::script::Folded;

/// Whether it is concluded between parliaments, or with one: `Sporazuma Narodne skupštine i Parlamenta Grčke`.
pub fn are_parliaments(title: &Folded, instrument_end: usize) -> bool {
    let parliaments = |parties: &[Party]| {
        parties.iter().all(|party| party.level == Level::Parliament) && parties.iter().any(|party| !party.ours && party.country.is_some())
    };
    let own = read(title, instrument_end);
    if !own.is_empty() {
        return parliaments(&own);
    }
    // without `između` the list may be of others; ours stands in it by its name
    let is_home = |party: &Party| {
        let name = Folded::of(&party.name);
        let named = (0..name.len()).any(|at| matches!(name.word(at), "narodne" | "narodna" | "narodnom" | "assembly"));
        party.ours || (party.country.is_none() && named && !name.word(0).starts_with("parl"))
    };
    (instrument_end..title.len()).filter(|&at| starts(&LEXICON, title, at)).any(|at| {
        let (found, _) = List::read(&LEXICON, title, at);
        let parties: Vec<Party> = found.into_iter().map(|found| found.party).collect();
        (at == instrument_end || parties.iter().any(is_home)) && parliaments(&parties)
    })
}

/// Whether the other side has a name, of whomever: `sa konzorcijumom Alpina-Por`, `i kompanije Rio Tinto`.
pub fn has_a_named_side(title: &Folded, instrument_end: usize) -> bool {
    let is_name = |at: usize| title.printed(at..at + 1).starts_with(char::is_uppercase);
    let with = |at: usize| LEXICON.grammar.with.at(title, at).is_some() && (at + 1..(at + 3).min(title.len())).any(is_name);
    read(title, instrument_end).iter().any(|party| !party.ours && party.name.contains(char::is_uppercase))
        || (instrument_end..title.len()).any(with)
}
