//! Reads what follows "signed": days and places, in the order printed.
//!
//! Never takes a day that another instrument's name, an entry into force or a term brings along.

use std::ops::Range;

use crate::domain::article::acts::{Act, is_act};
use crate::domain::article::heads::instrument;
use crate::domain::article::lent;
use crate::domain::article::pairing::{Piece, When, blocks, pair, settle};
use crate::domain::article::places::{self, Place};
use crate::domain::article::prose::Prose;
use crate::domain::article::turns;
use crate::domain::article::{Signature, languages};
use crate::domain::dates::{Candidate, PrintedDate};
use crate::domain::script::LOST;

/// The signings an act tells of, and whether something there could not be read.
pub(super) fn read(prose: &Prose, act: &Act) -> (Vec<Signature>, bool) {
    let mut walk = Walk { prose, act, pieces: Vec::new(), unclear: false, passed: 0, passed_then: 0, lost_day: false, on_behalf: false };
    walk.forward();
    let dated = |pieces: &[Piece]| pieces.iter().any(|p| matches!(p, Piece::On(_)));
    if act.finite && !dated(&walk.pieces) {
        walk.backward();
    }
    walk.lose_shared_day();
    let (pieces, mut unclear) = (walk.pieces, walk.unclear);
    let mut signed = Vec::new();
    let mut blocks = blocks(&settle(pieces));
    // "u Njujorku i ..., 6. maja 1983. u Njujorku": a town that comes again with its day is one signing
    let dated_towns: Vec<String> = blocks.iter().filter(|b| dated(b)).flat_map(|b| b.iter().filter_map(Piece::town)).collect();
    blocks.retain(|block| dated(block) || !block.iter().filter_map(Piece::town).all(|town| dated_towns.contains(&town)));
    for block in blocks {
        unclear |= pair(&block, act, &mut signed);
    }
    unclear |= signed.iter().any(|s| s.on.is_none());
    (signed, unclear)
}

/// How many words may stand between the act and what we look for.
const PASSED_MAX: usize = 40;

struct Walk<'a> {
    prose: &'a Prose<'a>,
    act: &'a Act,
    pieces: Vec<Piece>,
    unclear: bool,
    passed: usize,
    /// How many of them when the last piece was read.
    passed_then: usize,
    /// A number or an ordinal after a place that was not read and may be its day.
    lost_day: bool,
    on_behalf: bool,
}

impl Walk<'_> {
    fn forward(&mut self) {
        let end = self.act.sentence.end;
        let mut i = self.act.at + 1;
        while i < end {
            match self.step(i, end) {
                Some(next) => i = next.max(i + 1),
                None => break,
            }
        }
    }

    /// Reads what begins at the token; the next one, or none where the clause ends.
    fn step(&mut self, i: usize, end: usize) -> Option<usize> {
        if let Some((date, after)) = self.prose.date(i) {
            return self.date(i, &date.clone(), after);
        }
        if let Some(year) = self.prose.year(i)
            && self.is_bare_year(i)
        {
            self.push(Piece::On(When { on: Some(PrintedDate::Year(year)), until: None }));
            return Some(i + 1);
        }
        if let Some(next) = self.bare_day(i, end) {
            return Some(next);
        }
        if self.prose.is(i, '(') {
            return (i..end).find(|n| self.prose.is(*n, ')')).map(|n| n + 1);
        }
        let word = self.prose.word(i);
        // "3. maja ili 5. maja 2018.": two candidates are none
        if matches!(word, "ili" | "or") && self.prose.date(i + 1).is_some() {
            self.unclear = true;
            if let Some(Piece::On(when)) = self.pieces.last_mut() {
                *when = When { on: None, until: None };
            }
            return None;
        }
        // "zaključen, u originalu na engleskom jeziku, u Ženevi, 18. marta 2004."
        if !self.is_complete() && languages::is_original(word) {
            return Some(languages::list(self.prose, i + 1).1);
        }
        if is_act(self.prose, i) || self.tells_of_another_event(i, word) || self.stops(i, word) || self.turns_away(i, word) {
            return None;
        }
        if let Some(next) = self.place(i, word) {
            return Some(next);
        }
        let joins = matches!(
            word,
            "i" | "a" | "te" | "and" | "odnosno" | "dana" | "respectively" | "on" | "kao" | "godine" | "je" | "su" | "the" | "day"
        );
        if joins || !self.prose.is_word(i) {
            return Some(i + 1);
        }
        let behalf = (word == "u" && self.prose.word(i + 1) == "ime") || matches!(word, "za" | "by" | "behalf" | "strane" | "for");
        self.on_behalf |= behalf;
        if self.is_complete() && !self.on_behalf && !(word == "od" && self.prose.word(i + 1) == "strane") {
            return None;
        }
        self.passed += 1;
        (self.passed < PASSED_MAX).then_some(i + 1)
    }

    fn push(&mut self, piece: Piece) {
        self.pieces.push(piece);
        self.passed_then = self.passed;
        self.on_behalf = false;
    }

    /// `u Rimu 12. i u Beogradu 14. maja 2009. godine`: the twelfth is a day too, of the same month where that is sure.
    fn bare_day(&mut self, i: usize, end: usize) -> Option<usize> {
        let days = self.pieces.iter().filter(|p| matches!(p, Piece::On(_))).count();
        let last = days * 2 < self.pieces.len();
        let close = self.passed == self.passed_then;
        let Some(day) = lent::bare_day(self.prose, i, end, last).filter(|_| close) else {
            let after_place = matches!(self.pieces.last(), Some(Piece::At(_)));
            let may_be_day = self.prose.small_number(i).is_some() || lent::is_day_in_words(self.prose.word(i));
            self.lost_day |= after_place && may_be_day;
            return None;
        };
        self.push(Piece::On(When { on: day.on, until: None }));
        Some(day.after)
    }

    /// A day that was not read is not the day of the next place: `u Rimu l2. i u Beogradu 14. maja`.
    fn lose_shared_day(&mut self) {
        let days = self.pieces.iter().filter(|p| matches!(p, Piece::On(_))).count();
        if self.lost_day && days * 2 < self.pieces.len() {
            self.pieces.retain(|p| matches!(p, Piece::At(_)));
        }
    }

    fn date(&mut self, i: usize, date: &Candidate, after: usize) -> Option<usize> {
        // "u ulici 27. marta": a street's name
        if ["ulic", "trg", "bulevar", "street"].iter().any(|stem| self.prose.before(i).starts_with(stem)) {
            return Some(after);
        }
        // "pismima od 12. i 19. marta": what holds for the first day holds for the next
        let mut first = i;
        while let Some(before) = self.joined_to(first) {
            first = before;
        }
        let of = turns::is_led_away(self.prose, first);
        // "usvojen na Diplomatskoj konferenciji od 2. jula 1999. godine": the day of the conference is the day of the act
        let conference = self.prose.before(first) == "od" && first > 1 && self.prose.before(first - 1).starts_with("konferencij");
        if of && date.until.is_none() && !conference {
            self.passed += 1;
            self.unclear |= !self.pieces.iter().any(|p| matches!(p, Piece::On(_)));
            return Some(after);
        }
        let lent = || lent::with_next_year(self.prose, i, after, self.act.sentence.end);
        let on = date.date.or_else(lent).filter(|on| !lent::is_broken(self.prose, i, after, *on));
        self.push(Piece::On(When { on, until: date.until.filter(|_| on.is_some()) }));
        Some(after)
    }

    /// `u Rimu 1992, u originalu`: a year that nothing calls a year, between the place and a comma.
    fn is_bare_year(&self, i: usize) -> bool {
        let after_piece = matches!(self.pieces.last(), Some(Piece::At(_))) && (self.passed == 0 || self.prose.is(i - 1, ','));
        let closed = i + 1 >= self.act.sentence.end || [',', '.', ')', ';'].iter().any(|mark| self.prose.is(i + 1, *mark));
        let dated = self.pieces.iter().any(|p| matches!(p, Piece::On(_)));
        (after_piece || i == self.act.at + 1) && closed && !dated
    }

    /// The day to which the one at the token is joined, with at most places between: `od 3. marta 2015. u Beogradu i 10. marta 2015. u Tokiju`.
    fn joined_to(&self, i: usize) -> Option<usize> {
        let mut joint = false;
        for n in (self.act.at + 1..i).rev() {
            if let Some(first) = self.prose.date_before(n + 1) {
                return Some(first).filter(|first| joint && *first > self.act.at);
            }
            joint |= matches!(self.prose.word(n), "i" | "and" | "odnosno");
            if !lent::leads_on(self.prose, n) {
                return None;
            }
        }
        None
    }

    fn is_complete(&self) -> bool {
        let days = self.pieces.iter().any(|p| matches!(p, Piece::On(_)));
        days && self.pieces.iter().any(|p| matches!(p, Piece::At(_)))
    }

    fn tells_of_another_event(&self, i: usize, word: &str) -> bool {
        let after = matches!(word, "posle" | "after") && self.prose.date(i + 1).is_none();
        after || turns::OTHER_EVENTS.iter().any(|stem| word.starts_with(stem))
    }

    /// What begins another thought: other papers, other events, the originals.
    fn stops(&self, i: usize, word: &str) -> bool {
        // "usvojena i otvorena za potpisivanje u Lisabonu 17. decembra 1994."
        if word.starts_with("otvoren") && self.pieces.is_empty() && self.passed == 0 {
            return false;
        }
        if turns::OTHER_THOUGHTS.iter().any(|stem| word.starts_with(stem)) || matches!(word, "radi" | "uz" | "which" | "while" | "dok") {
            return true;
        }
        if instrument(word).is_some() {
            // "razmenom nota" is how it was concluded
            if self.pieces.is_empty() && self.prose.before(i).starts_with("razmen") {
                return false;
            }
            // "potpisan je Sporazum", "signed the Agreement", "usvojena Rezolucijom": said in the same breath
            let near = i <= self.act.at + 4 && self.pieces.is_empty();
            return !(near && (self.act.finite || self.act.english || word.ends_with("om")));
        }
        let with = matches!(word, "sa" | "with") && self.is_complete();
        with && !self.on_behalf
    }

    /// Once a day or a place is read, what tells of somebody's other doings: `a Odbor ga je razmotrio`, `and the Committee met`.
    fn turns_away(&self, i: usize, word: &str) -> bool {
        if self.pieces.is_empty() {
            return false;
        }
        let goes_on = self.prose.date(i + 1).is_some() || matches!(self.prose.word(i + 1), "u" | "na" | "dana" | "in" | "on" | "at");
        let but = matches!(word, "a" | "ali" | "dok" | "but" | "while") && !goes_on;
        let verb = matches!(word, "je" | "su" | "ce" | "bice" | "se" | "was" | "were" | "is" | "are" | "will" | "has" | "have")
            || word.ends_with("ed");
        let body = ["odbor", "skupstin", "sednica", "committee", "assembl"].iter().any(|stem| word.starts_with(stem))
            && !self.prose.before(i).ends_with('j');
        but || (verb && i > self.act.at + 1) || (body && matches!(self.prose.before(i), "a" | "i" | "and" | "the" | ""))
    }

    /// A place after `u`, `na`, `in`, `at`, or after `i` where one stood before; the token after it and what says where it lies.
    fn place(&mut self, i: usize, word: &str) -> Option<usize> {
        let joins = matches!(word, "i" | "and" | "odnosno" | "te");
        // "u Luksemburgu 16. decembra i Beogradu 21. decembra": a town with its own day
        let own_day = || {
            let day = |next| {
                // "i Sarajevu (Bosna i Hercegovina) 5. marta"
                let after = self.prose.after_parenthesis(next);
                self.prose.date(after + usize::from(self.prose.is(after, ','))).is_some()
            };
            places::known(self.prose, i + 1).is_some_and(|(_, next)| day(next))
        };
        let again = joins && (matches!(self.pieces.last(), Some(Piece::At(_))) || (self.is_complete() && own_day()));
        let bare = self.prose.capitals_only() || self.prose.is_capital(i);
        let first = if matches!(word, "u" | "na" | "in" | "at" | "kod" | "pri" | "kraj") || again { i + 1 } else { i };
        // "u Beogradu, Podgorici i Zagrebu"
        let listed =
            matches!(self.pieces.last(), Some(Piece::At(_))) && self.prose.is(i.wrapping_sub(1), ',') && places::is_another(self.prose, i);
        let joined = i == self.act.at + 1 && places::known(self.prose, i).is_some(); // "potpisanu Beogradu"
        let glued = places::glued(self.prose, i);
        if first == i && glued.is_none() && !joined && !listed && !(bare && self.pieces_open() && self.prose.is(i.wrapping_sub(1), ',')) {
            return None;
        }
        let skip = matches!(self.prose.word(first), "gradu" | "mestu" | "mjestu" | "opstini" | "the" | "city") && first > i;
        let town = first + usize::from(skip) + usize::from(skip && self.prose.word(first + 1) == "of");
        let known = places::known(self.prose, first).or_else(|| places::known(self.prose, town));
        let found = match word {
            "u" | "in" | "at" if known.is_none() && languages::language(self.prose, town).is_none() => {
                places::read(self.prose, town, word != "u")
            }
            _ => known.or(glued),
        };
        if found.is_none() && first > i && self.prose.word(town).contains(LOST) {
            self.unclear = true;
        }
        let (place, after) = found?;
        // a known place makes the hall or body before it a mere detail
        if place.known
            && let Some(Piece::At(before)) = self.pieces.last()
            && !before.known
            && !again
        {
            self.pieces.pop();
        }
        self.push(Piece::At(place));
        Some(places::after_qualifiers(self.prose, after))
    }

    /// Whether a place without a preposition may still come: `signed on 5 May 2010, Vienna`.
    fn pieces_open(&self) -> bool {
        matches!(self.pieces.last(), Some(Piece::On(_))) && !self.pieces.iter().any(|p| matches!(p, Piece::At(_)))
    }

    /// Whether nothing stands between a date and the act but what leads from one to the other: another verb would have its own day.
    fn only_leads_on(&self, after: usize, opens: bool) -> bool {
        let mut i = after;
        while i < self.act.at {
            let word = self.prose.word(i);
            let small = matches!(
                word,
                "" | "je" | "su" | "bio" | "bila" | "u" | "na" | "in" | "at" | "was" | "were" | "svecano" | "zvanicno" | "formally"
            );
            let subject = opens && (matches!(word, "the" | "this" | "ovaj" | "ova") || (instrument(word).is_some() && word != "bill"));
            match places::known(self.prose, i) {
                Some((_, next)) => i = next,
                None if small || subject => i += 1,
                None => return false,
            }
        }
        true
    }

    /// `agreed upon in Vienna on 3 March 2016, was signed`: a verb before the day has it, and what follows is another clause.
    fn has_its_own_verb(&self, i: usize, after: usize) -> bool {
        const DONE: [&str; 12] = [
            "parafiran",
            "dogovoren",
            "usaglasen",
            "pregovor",
            "odrzan",
            "odobren",
            "utvrden",
            "najavljen",
            "objavljen",
            "vod",
            "initialled",
            "upon",
        ];
        let start = self.act.sentence.start;
        let leads = |n: &usize| {
            places::known(self.prose, *n).is_some() || matches!(self.prose.word(*n), "" | "u" | "na" | "in" | "at" | "on" | "dana")
        };
        let Some(verb) = (start..i).rev().find(|n| !leads(n) || self.prose.is(*n, ',')) else { return false };
        let word = self.prose.word(verb);
        let done = DONE.iter().any(|stem| word.starts_with(stem)) || (word.ends_with("ed") && word.len() > 4);
        let parted = (after..self.act.at).any(|n| self.prose.is(n, ','));
        let closes = self.prose.is(verb, ',') || matches!(word, "je" | "su" | "was" | "were") || instrument(word).is_some();
        done || (parted && !closes)
    }

    /// `U Stokholmu je 24. januara 2017. godine potpisan Sporazum`: the day stands before the act.
    fn backward(&mut self) {
        let start = self.act.sentence.start;
        let mut dates = (start..self.act.at).filter_map(|i| self.prose.date(i).map(|(date, after)| (i, date.clone(), after)));
        let (Some((i, date, after)), None) = (dates.next(), dates.next()) else { return };
        let of = turns::is_led_away(self.prose, i) && date.until.is_none();
        let opens = i <= start + 2 || place_at(self.prose, start..i.min(start + 6)).is_some();
        if of || !self.only_leads_on(after, opens) || self.has_its_own_verb(i, after) {
            self.unclear = true;
            return;
        }
        if !self.pieces.iter().any(|p| matches!(p, Piece::At(_))) {
            let around = place_at(self.prose, i.saturating_sub(8).max(start)..i).or_else(|| place_at(self.prose, after..self.act.at));
            self.pieces.extend(around.map(Piece::At));
        }
        self.pieces.push(Piece::On((&date).into()));
    }
}

/// The first known place there, after a preposition.
fn place_at(prose: &Prose, tokens: Range<usize>) -> Option<Place> {
    let preposition = |i: &usize| matches!(prose.word(*i), "u" | "na" | "in" | "at");
    tokens.filter(preposition).find_map(|i| places::known(prose, i + 1)).map(|(place, _)| place)
}
