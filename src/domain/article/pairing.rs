//! Which day belongs to which place, where a clause prints several.
//!
//! Never reads a text: what stands in it is said in [`super::clause`].

use chrono::NaiveDate;

use crate::domain::article::Signature;
use crate::domain::article::acts::Act;
use crate::domain::article::places::Place;
use crate::domain::dates::{Candidate, PrintedDate};

/// What stands in a clause, in the order printed.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    On(When),
    At(Place),
}

impl Piece {
    pub(super) fn town(&self) -> Option<String> {
        match self {
            Piece::At(place) => Some(place.name.clone()),
            Piece::On(_) => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct When {
    /// None where a date stands that names no day.
    pub(super) on: Option<PrintedDate>,
    pub(super) until: Option<NaiveDate>,
}

impl From<&Candidate> for When {
    fn from(date: &Candidate) -> Self {
        When { on: date.date, until: date.until }
    }
}

/// Drops years beside days and halls beside towns.
pub(super) fn settle(mut pieces: Vec<Piece>) -> Vec<Piece> {
    let is_day = |p: &Piece| matches!(p, Piece::On(When { on: Some(PrintedDate::Day(_)), .. }));
    let is_year = |p: &Piece| matches!(p, Piece::On(When { on: Some(PrintedDate::Year(_)), .. }));
    // "28/29. decembra 2017. godine": the year of a day that could not be read is no second date
    let is_unread = |p: &Piece| matches!(p, Piece::On(When { on: None, .. }));
    if pieces.iter().any(|p| is_day(p) || is_unread(p)) {
        pieces.retain(|p| !is_year(p));
    }
    let is_known = |p: &Piece| matches!(p, Piece::At(Place { known: true, .. }));
    if pieces.iter().any(is_known) {
        pieces.retain(|p| is_known(p) || matches!(p, Piece::On(_)));
    }
    pieces
}

/// Days and places that stand together: `D P D P` and `P D P D` are two blocks each.
pub(super) fn blocks(pieces: &[Piece]) -> Vec<Vec<Piece>> {
    let kind = |p: &Piece| matches!(p, Piece::On(_));
    let days = pieces.iter().filter(|p| kind(p)).count();
    if days * 2 == pieces.len() && days > 0 {
        return vec![pieces.to_vec()]; // as many days as places: the first with the first
    }
    let mut blocks: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        let opens = match blocks.last() {
            None => true,
            Some(block) => kind(&block[0]) == kind(piece) && block.last().is_some_and(|last| kind(last) != kind(piece)),
        };
        match blocks.last_mut() {
            Some(block) if !opens => block.push(piece.clone()),
            _ => blocks.push(vec![piece.clone()]),
        }
    }
    blocks
}

/// Gives each day of a block its place; whether that left a doubt.
pub(super) fn pair(block: &[Piece], act: &Act, signed: &mut Vec<Signature>) -> bool {
    let days: Vec<When> = block.iter().filter_map(|p| if let Piece::On(when) = p { Some(*when) } else { None }).collect();
    let towns: Vec<&Place> = block.iter().filter_map(|p| if let Piece::At(place) = p { Some(place) } else { None }).collect();
    let mut push = |when: Option<&When>, place: Option<&&Place>| {
        let (on, until) = when.map_or((None, None), |w| (w.on, w.until));
        let signature = Signature { on, until, at: place.map(|p| p.name.clone()), verb: act.verb };
        if !signed.contains(&signature) {
            signed.push(signature);
        }
    };
    let count = days.len().max(towns.len());
    let shared = days.len() <= 1 || towns.len() <= 1;
    for n in 0..count {
        let when = days.get(n).or(if shared { days.last() } else { None });
        let town = towns.get(n).or(if shared { towns.last() } else { None });
        push(when, town);
    }
    days.len() != towns.len() && !shared
}
