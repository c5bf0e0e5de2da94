//! Which rows of a list have a number or a document that is another bill's: a link pasted from the row above, an icon that every row links.
//!
//! Never says what such a row is: without what it borrowed it is found, or made, by its title.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::{Comparison, Look, is_in_language, is_same_title};
use crate::domain::bill::{ActNumber, Language, Row};
use crate::domain::page::address;
use crate::domain::{legislature, script, title};

/// The rows of a page, each without what it borrowed, and the bill that each is by its number or document.
pub(super) struct Placed<'a> {
    pub(super) rows: Vec<Cow<'a, Row>>,
    pub(super) places: Vec<Option<usize>>,
}

impl Comparison {
    /// The bill that each row is by its number or document. One of another title, where that bill's own row stands on the page too, has only
    /// borrowed them; and so have two rows of different titles that share what no bill had before.
    pub(super) fn placed<'a>(&self, look: &Look<'_>, rows: Vec<&'a Row>) -> Placed<'a> {
        let places = rows.iter().map(|row| self.by_identity(row)).collect();
        let mut placed = Placed { rows: rows.into_iter().map(Cow::Borrowed).collect(), places };
        let strangers: Vec<(usize, usize)> = placed
            .places
            .iter()
            .enumerate()
            .filter_map(|(i, p)| Some((i, (*p)?)))
            .filter(|&(i, p)| self.is_stranger(p, &placed.rows[i]))
            .collect();
        let alone = self.give_back(look, &mut placed, &strangers);
        self.share_nothing(&mut placed);
        for (i, place) in alone {
            let bare = self.without_those_of(place, &placed.rows[i]);
            let taken = |other: &usize| placed.places.contains(&Some(*other));
            let other = self.by_title_here(look, &bare).filter(|other| !taken(other));
            if other.is_some() {
                (placed.places[i], placed.rows[i]) = (other, Cow::Owned(bare));
            }
        }
        placed
    }

    fn by_title_here(&self, look: &Look<'_>, row: &Row) -> Option<usize> {
        self.ledger.by_title_on_list(look.source, look.kind, &title::key(&row.title), row)
    }

    pub(super) fn by_identity(&self, row: &Row) -> Option<usize> {
        self.ledger.by_identity(row, legislature::either(self.now.date_naive(), row.listed_on))
    }

    /// A row of another title than any that this bill was met under, as far as the language lets that be said.
    pub(super) fn is_stranger(&self, place: usize, row: &Row) -> bool {
        let titles = &self.ledger.entries()[place].bill.titles;
        if titles.iter().any(|t| t.title == row.title) {
            return false;
        }
        let language = script::language_of(&row.title);
        let mut comparable = titles.iter().filter(|t| is_in_language(t, language)).peekable();
        if comparable.peek().is_none() {
            return false;
        }
        let key = title::key(&row.title);
        comparable.all(|t| !is_same_title(t, &row.title, &key))
    }

    /// Takes from strangers the place of a bill whose own row is on the page, or which another row was the first to take under a new title.
    /// Answers with those that keep their place.
    fn give_back(&self, look: &Look<'_>, placed: &mut Placed<'_>, strangers: &[(usize, usize)]) -> Vec<(usize, usize)> {
        if strangers.is_empty() {
            return Vec::new();
        }
        let wanted: HashSet<usize> = strangers.iter().map(|(_, place)| *place).collect();
        let strange: HashSet<usize> = strangers.iter().map(|(i, _)| *i).collect();
        let mut owned: HashSet<usize> = HashSet::new();
        for (i, place) in placed.places.iter().enumerate() {
            match place {
                Some(place) if !strange.contains(&i) => drop(owned.insert(*place)),
                Some(_) => {}
                None => owned.extend(self.by_title_here(look, &placed.rows[i]).filter(|place| wanted.contains(place))),
            }
        }
        let mut first: HashMap<usize, String> = HashMap::new();
        let mut alone = Vec::new();
        for &(i, place) in strangers {
            let key = title::key(&placed.rows[i].title);
            let keeps = !owned.contains(&place) && title::same(first.entry(place).or_insert_with(|| key.clone()), &key);
            if keeps {
                alone.push((i, place));
                continue;
            }
            let bare = self.without_those_of(place, &placed.rows[i]);
            placed.places[i] = self.by_identity(&bare).filter(|other| !self.is_stranger(*other, &bare));
            placed.rows[i] = Cow::Owned(bare);
        }
        alone
    }

    /// What rows of different titles share, and no bill had before, is none's.
    fn share_nothing(&self, placed: &mut Placed<'_>) {
        let new: Vec<usize> = (0..placed.rows.len()).filter(|&i| placed.places[i].is_none()).collect();
        let mut numbers: HashMap<ActNumber, Vec<usize>> = HashMap::new();
        let mut documents: HashMap<String, Vec<usize>> = HashMap::new();
        for &i in &new {
            let row = &placed.rows[i];
            row.act_number.iter().for_each(|number| numbers.entry(*number).or_default().push(i));
            row.documents.iter().for_each(|link| documents.entry(address::canonical(&link.url)).or_default().push(i));
        }
        numbers.retain(|_, sharing| differ(&placed.rows, sharing));
        documents.retain(|_, sharing| differ(&placed.rows, sharing));
        let sharing: HashSet<usize> = numbers.values().chain(documents.values()).flatten().copied().collect();
        for i in sharing {
            let bare = without(&placed.rows[i], |number| numbers.contains_key(&number), |canonical| documents.contains_key(canonical));
            placed.rows[i] = Cow::Owned(bare);
        }
    }

    /// A row without the number and the documents that are this bill's.
    fn without_those_of(&self, place: usize, row: &Row) -> Row {
        let bill = &self.ledger.entries()[place].bill;
        let its = bill.act_number;
        without(row, |number| its == Some(number), |canonical| bill.documents.iter().any(|known| **known == *canonical))
    }
}

/// Two of these rows have titles of one language that are not one title.
fn differ(rows: &[Cow<'_, Row>], sharing: &[usize]) -> bool {
    let mut first: [Option<String>; 2] = [None, None];
    sharing.len() > 1
        && sharing.iter().any(|&i| {
            let (key, english) = (title::key(&rows[i].title), script::language_of(&rows[i].title) == Language::En);
            !title::same(first[usize::from(english)].get_or_insert_with(|| key.clone()), &key)
        })
}

fn without(row: &Row, number: impl Fn(ActNumber) -> bool, document: impl Fn(&str) -> bool) -> Row {
    let is_lost = |link: &crate::domain::bill::Link| {
        ActNumber::from_document(&link.url).is_some_and(&number) || document(&address::canonical(&link.url))
    };
    let documents: Vec<_> = row.documents.iter().filter(|link| !is_lost(link)).cloned().collect();
    let act_number = documents.iter().find_map(|link| ActNumber::from_document(&link.url));
    Row { act_number: row.act_number.filter(|n| !number(*n)).or(act_number), documents, ..row.clone() }
}
