//! Reads between whom an agreement is concluded, where its title says so.
//!
//! Never infers: a country in a project's name, in a place or in a convention's name is no party.

mod sides;

use std::ops::Range;

pub use self::sides::{are_parliaments, has_a_named_side};
use super::lexicon::{Entity, LEXICON, Lexicon, OURS};
use super::rules::RULES;
use crate::domain::bill::{Level, Party};
use crate::domain::script::Folded;

/// The words within which a list of parties, a name without a known country, or a clause about a party is looked for.
const REACH: usize = 30;

/// Authorities of ours that titles name by their letters.
const ABBREVIATED: [&str; 2] = ["mup", "mupa"];

/// The parties named from the instrument's word (the one after `instrument_end` is the first looked at), in the order printed.
pub fn read(title: &Folded, instrument_end: usize) -> Vec<Party> {
    let lexicon = &*LEXICON;
    let mut lists = Vec::new();
    let mut at = instrument_end;
    while at < title.len() {
        if let Some(n) = lexicon.grammar.between.at(title, at) {
            let (parties, end) = List::read(lexicon, title, at + n);
            if parties.iter().any(|party| party.known) || is_headed_by_an_authority(&parties) {
                let earlier = lexicon.grammar.earlier.first_in(title, at.saturating_sub(6).max(instrument_end)..at).is_some();
                lists.push((earlier, title.gap(at).contains(','), parties));
            }
            at = end.max(at + n);
        } else {
            at += 1;
        }
    }
    // the parties of another instrument (`radi sprovođenja Protokola između A i B, između C i D`) come before the agreement's own
    let after_comma = lists.iter().skip(1).position(|(_, comma, _)| *comma).map(|at| at + 1);
    let own = after_comma.or_else(|| lists.iter().position(|(earlier, _, _)| !earlier)).unwrap_or(0);
    if !lists.is_empty() {
        return lists.swap_remove(own).2.into_iter().map(|found| found.party).collect();
    }
    let (parties, _) = List::read(lexicon, title, instrument_end);
    if starts(lexicon, title, instrument_end) && parties.iter().any(|found| found.party.ours) {
        return parties.into_iter().map(|found| found.party).collect();
    }
    with_whom(lexicon, title, instrument_end)
}

/// `Sporazuma sa Ruskom Federacijom`, `Agreement with Spain`.
fn with_whom(lexicon: &Lexicon, title: &Folded, start: usize) -> Vec<Party> {
    for at in start..title.len() {
        if lexicon.grammar.with.at(title, at).is_some() && starts(lexicon, title, at + 1) {
            let (parties, _) = List::read(lexicon, title, at + 1);
            let known: Vec<Party> = parties.into_iter().filter(|found| found.known).map(|found| found.party).collect();
            if !known.is_empty() {
                return known;
            }
        }
    }
    Vec::new()
}

/// Whether a party's name can begin here.
fn starts(lexicon: &Lexicon, title: &Folded, at: usize) -> bool {
    let at = at + usize::from(title.word(at) == "the");
    lexicon.at(title, at).is_some()
        || (lexicon.styles.at(title, at).is_some() && !matches!(title.word(at), "of" | "the" | "states" | "co" | "s" | "people"))
        || lexicon.authorities.iter().any(|(_, words)| words.at(title, at).is_some())
}

/// A party as it was found.
struct Found {
    party: Party,
    /// The lexicon knows whose it is.
    known: bool,
}

/// `Direkcije za imovinu i Gazprom njefta`: nobody whom the lexicon knows, but the first is a ministry or a body by its name.
fn is_headed_by_an_authority(parties: &[Found]) -> bool {
    let [Found { party, .. }, _, ..] = parties else { return false };
    let name = Folded::of(&party.name);
    let headed = LEXICON.authorities.iter().any(|(_, words)| words.at(&name, 0).is_some());
    let kind = ["organ", "cent", "fond", "polic", "drzav"].iter().any(|kind| name.word(0).starts_with(kind));
    headed
        && !kind
        && name.len() > 1
        && matches!(party.level, Level::Ministry | Level::Agency)
        && party.name.starts_with(char::is_uppercase)
}

/// Parliament leaves the second letter of NJ and LJ as it is.
fn is_in_capitals(name: &str) -> bool {
    !name.chars().any(|c| c.is_lowercase() && c != 'j')
}

/// A list of parties that is being read.
struct List<'a> {
    lexicon: &'a Lexicon,
    title: &'a Folded,
    found: Vec<Found>,
    at: usize,
    /// A name stood in the list that is none to keep: cut off, or of nobody known.
    dropped: bool,
}

impl<'a> List<'a> {
    /// Reads `A i B`, `A, B i C`, with what is said of each; gives the parties and the word after the list.
    fn read(lexicon: &'a Lexicon, title: &'a Folded, start: usize) -> (Vec<Found>, usize) {
        let mut list = List { lexicon, title, found: Vec::new(), at: start, dropped: false };
        loop {
            if title.word(list.at) == "the" {
                list.at += 1;
            }
            let before = list.at;
            let kept = list.found.len();
            list.party();
            list.dropped |= list.at > before && list.found.len() == kept;
            if list.at == before || !list.separator() {
                break;
            }
        }
        list.part_union();
        (list.found, list.at)
    }

    /// Reads one party's name.
    fn party(&mut self) {
        let (lexicon, title, begin) = (self.lexicon, self.title, self.at);
        let mut entity: Option<Entity> = None;
        let mut entity_at = begin..begin;
        let mut at = begin;
        while at < title.len() && at - begin < REACH {
            if at > begin && self.breaks(at, entity.is_some()) {
                break;
            }
            if lexicon.grammar.between.at(title, at).is_some() || lexicon.grammar.aside.at(title, at).is_some() {
                break;
            }
            if let Some((n, what)) = lexicon.at(title, at).filter(|_| entity.is_none()) {
                entity = Some(what);
                entity_at = at..at + n;
                at += n;
                continue;
            }
            if let Some(n) = self.country_of(entity, entity_at.end..at) {
                at += n;
                continue;
            }
            let closes = lexicon.grammar.stop.at(title, at).is_some();
            let parts = lexicon.grammar.and.at(title, at).is_some();
            let style = lexicon.styles.at(title, at).is_some();
            let goes_on = match entity {
                None if closes && style => true,
                None if closes || parts => at > begin && self.is_inside_a_name(begin, at),
                None => true,
                Some(_) if closes || parts => false,
                Some(_) if self.is_in_the_dative(at) => false,
                // `ruske Federalne službe obezbeđenja`: the country comes first
                Some(Entity::Country { .. }) if !self.has_authority(begin..entity_at.start) => {
                    style || self.has_authority(entity_at.end..at) || self.authority_follows(at)
                }
                Some(_) => style,
            };
            if !goes_on {
                break;
            }
            at += 1;
        }
        if at > begin && self.is_company_form(at) {
            at += 1;
        }
        self.at = at;
        self.keep(begin..at, entity);
    }

    /// `Bezbednosno-informativne agencije Republike Srbije`: the words of the country that stand after its own body's name and its style.
    fn country_of(&self, entity: Option<Entity>, style: Range<usize>) -> Option<usize> {
        let Some(Entity::Body { country: Some(own), .. }) = entity else { return None };
        let (n, Entity::Country { code: Some(code) }) = self.lexicon.at(self.title, style.end)? else { return None };
        (code == own && style.into_iter().all(|at| self.lexicon.styles.at(self.title, at).is_some())).then_some(n)
    }

    /// `Inc`, `AG`: the end of a company's name. `SA` and `SE` only after a word in small letters,
    /// for in a title set in capitals they are Serbian words.
    fn is_company_form(&self, at: usize) -> bool {
        if self.title.gap(at).contains(['(', ';', ':']) {
            return false;
        }
        let small = |at: usize| self.title.printed(at..at + 1).chars().any(|c| c.is_lowercase() && c != 'j');
        match self.title.word(at) {
            "inc" | "ltd" | "llc" | "plc" | "gmbh" => true,
            "ag" | "nv" | "bv" | "sa" | "se" | "spa" => !small(at) && small(at - 1),
            _ => false,
        }
    }

    /// Whether punctuation before a word ends the name.
    fn breaks(&self, at: usize, known: bool) -> bool {
        let gap = self.title.gap(at);
        if gap.contains(['(', ';', ':', '–', '—']) {
            return true;
        }
        let comma = gap.contains(',');
        if known {
            comma || gap.contains(['"', '„', '“', '”', '«', '»', '\'', '/'])
        } else {
            comma && starts(self.lexicon, self.title, at)
        }
    }

    /// Whether `za`, `i`, `for`, `and` belong to the name of an authority whose country is still to come.
    fn is_inside_a_name(&self, begin: usize, at: usize) -> bool {
        if !self.has_authority(begin..at) || self.has_authority(at + 1..at + 2) {
            return false;
        }
        // `MUP-a i FSO`: an abbreviation is whole
        if ABBREVIATED.contains(&self.title.word(begin)) {
            return false;
        }
        if matches!(self.title.word(at), "za" | "for") && self.has_authority(at - 1..at) {
            return true;
        }
        // `Uprave za veterinu i FAO`: what has a name of its own is nobody's field
        if self.lexicon.grammar.and.at(self.title, at).is_some() && self.lexicon.organisation_at(self.title, at + 1).is_some() {
            return false;
        }
        for next in at + 1..(at + 12).min(self.title.len()) {
            if self.breaks(next, true) || self.has_authority(next..next + 1) {
                return false;
            }
            if self.lexicon.at(self.title, next).is_some() {
                return true;
            }
        }
        false
    }

    /// Whether an authority's word stands here or soon, before anything that ends a name.
    fn authority_follows(&self, at: usize) -> bool {
        (at..at + 3)
            .take_while(|&next| next == at || !self.breaks(next, true))
            .take_while(|&next| !self.ends(next))
            .any(|next| self.has_authority(next..next + 1))
    }

    fn ends(&self, at: usize) -> bool {
        let grammar = &self.lexicon.grammar;
        [&grammar.stop, &grammar.and, &grammar.aside, &grammar.between].iter().any(|words| words.at(self.title, at).is_some())
    }

    fn has_authority(&self, words: Range<usize>) -> bool {
        words.into_iter().any(|at| self.lexicon.authorities.iter().any(|(_, words)| words.at(self.title, at).is_some()))
    }

    /// The capacity that a name's first word for an authority says; the last of them only where no other stands.
    fn authority_of(&self, name: Range<usize>) -> Option<Level> {
        let (last, authorities) = self.lexicon.authorities.split_last()?;
        let stands = authorities.iter().filter_map(|(level, words)| Some((words.first_in(self.title, name.clone())?, *level)));
        let first = stands.min_by_key(|(at, _)| *at).map(|(_, level)| level);
        first.or_else(|| last.1.first_in(self.title, name).map(|_| last.0))
    }

    /// Adds the party that these words name, unless they name none.
    fn keep(&mut self, words: Range<usize>, entity: Option<Entity>) {
        let (lexicon, title) = (self.lexicon, self.title);
        let plain = |at: usize| lexicon.styles.at(title, at).is_some();
        let authority = self.authority_of(words.clone());
        let federal = entity.is_none() && lexicon.grammar.federal.at(title, words.start).is_some_and(|n| n == words.len());
        let (country, level) = match entity {
            None if federal => (Some("YU"), Level::Government),
            Some(Entity::Body { country, level }) => (country, level),
            Some(Entity::Country { code }) => {
                let styled = words.clone().all(|at| plain(at) || self.covers(words.clone(), at));
                (code, authority.unwrap_or(if styled { Level::State } else { Level::Other }))
            }
            // `između A i B i Ugovora o garanciji`: a second agreement is no party
            None if RULES.instruments.iter().any(|rule| rule.sure && rule.words.at(title, words.start).is_some()) => return,
            None if words.is_empty() || lexicon.grammar.unnamed.first_in(title, words.clone()).is_some() => return,
            None if words.end == title.len()
                && let Some(begun) = lexicon.begun_by(title, words.clone()) =>
            {
                match begun {
                    Entity::Country { code } if words.len() > 1 => (code, authority.unwrap_or(Level::State)),
                    Entity::Country { .. } => return,
                    Entity::Body { country, level } => (country, level),
                }
            }
            None if words.end == title.len() && words.clone().rev().skip(1).all(|at| plain(at) || self.has_authority(at..at + 1)) => return,
            // `za vinovu lozu i vino`: the rest of a name whose owner the lexicon does not know
            None if authority.is_none() && self.is_in_small_letters(words.clone()) && !self.is_second_party(words.clone()) => return,
            // the same in capitals: `AGENCIJE ZA EVROPSKU GRANIČNU I OBALSKU STRAŽU`
            None if authority.is_none() && is_in_capitals(title.printed(words.clone())) && self.follows_an_unknown_authority() => return,
            None => (None, authority.unwrap_or(Level::Other)),
        };
        let mut name = title.printed(words.clone()).to_owned();
        if matches!(title.word(words.end - 1), "inc" | "ltd" | "co" | "corp") && title.gap(words.end).starts_with('.') {
            name.push('.');
        }
        // the second half of a pair of quotation marks
        name.extend(title.gap(words.end).chars().next().filter(|c| name.contains(['„', '“', '"']) && matches!(c, '“' | '”' | '"')));
        let ours = country.is_some_and(|code| OURS.contains(&code));
        let party = Party { name, country: country.map(str::to_owned), level, ours };
        self.found.push(Found { party, known: entity.is_some() || federal });
    }

    /// Not the first of the list, and begun with a small letter.
    fn is_in_small_letters(&self, words: Range<usize>) -> bool {
        !self.found.is_empty() && self.title.printed(words).starts_with(char::is_lowercase)
    }

    /// `Republike Srbije i kompanije Rio Tinto`: the other side of one that is known, and no instrument.
    fn is_second_party(&self, mut words: Range<usize>) -> bool {
        matches!(&self.found[..], [only] if only.known)
            && !words.any(|at| RULES.instruments.iter().any(|rule| rule.words.at(self.title, at).is_some()))
    }

    fn follows_an_unknown_authority(&self) -> bool {
        self.found.last().is_some_and(|last| !last.known && last.party.level != Level::Other && is_in_capitals(&last.party.name))
    }

    /// Whether a word belongs to the name of a country within these words.
    fn covers(&self, words: Range<usize>, at: usize) -> bool {
        (words.start..=at).any(|from| self.lexicon.at(self.title, from).is_some_and(|(n, _)| from + n > at))
    }

    /// `Republike Srbije Svetskoj trgovinskoj organizaciji`: whom the party before accedes to, or lends to.
    fn is_in_the_dative(&self, at: usize) -> bool {
        let dative = |at: usize| self.title.word(at).ends_with("oj");
        at > 0 && dative(at) && !dative(at - 1) && self.title.gap(at).trim().is_empty()
    }

    /// Goes over what is said of a party to the one after it. False at the end of the list.
    fn separator(&mut self) -> bool {
        if self.is_in_the_dative(self.at) && starts(self.lexicon, self.title, self.at) {
            return true;
        }
        let (lexicon, title) = (self.lexicon, self.title);
        let (mut aside, mut speaks, mut open) = (false, false, false);
        let limit = self.at + REACH;
        while self.at < title.len() && self.at < limit {
            let at = self.at;
            let gap = title.gap(at);
            open = match (gap.rfind('('), gap.rfind(')')) {
                (Some(opened), Some(closed)) => opened > closed,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (None, None) => open,
            };
            if open {
                self.at += 1;
                continue;
            }
            // `(„KfW“) i`: what stands in brackets closes no list
            let outside = gap.rsplit(')').next().unwrap_or(gap);
            if outside.contains(['„', '“', '”', '"', ';', ':', '«']) || lexicon.grammar.between.at(title, at).is_some() {
                return false;
            }
            if gap.contains(',') && !speaks && starts(lexicon, title, at) {
                return true;
            }
            if let Some(n) = lexicon.grammar.and.at(title, at) {
                if aside && lexicon.grammar.roles.at(title, at + n).is_some() {
                    self.at += n;
                } else if !speaks || starts(lexicon, title, at + n) {
                    self.at += n;
                    return true;
                }
            } else if let Some(n) = lexicon.grammar.aside.at(title, at) {
                aside = true;
                speaks |= (at..at + n + 1).any(|word| lexicon.grammar.speaks_for.at(title, word).is_some());
                speaks &= lexicon.grammar.roles.at(title, at + n).is_none();
                self.at += n;
                continue;
            } else {
                let stop = title.word(at) != "of" && lexicon.grammar.stop.at(title, at).is_some();
                if stop || (!aside && !gap.contains(')')) {
                    return false;
                }
            }
            self.at += 1;
        }
        false
    }

    /// `Srbije i Crne Gore` alone in a list is two states, with a third party it is the state union.
    fn part_union(&mut self) {
        let [only] = &self.found[..] else { return };
        // a third party that was cut off is one
        if only.party.country.as_deref() != Some("CS") || self.dropped {
            return;
        }
        let (name, level) = (only.party.name.clone(), only.party.level);
        let Some((left, right)) = [" i ", " I ", " и ", " И ", " and ", " AND "].iter().find_map(|and| name.split_once(and)) else {
            return;
        };
        let party = |name: &str, code: &str| Found {
            party: Party { name: name.to_owned(), country: Some(code.to_owned()), level, ours: OURS.contains(&code) },
            known: true,
        };
        self.found = vec![party(left, "RS"), party(right, "ME")];
    }
}
