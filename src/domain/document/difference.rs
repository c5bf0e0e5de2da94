//! What changed between two versions of one document, clause by clause.
//!
//! Never tells of what a reader cannot see: another page, another line, another script of the same words is no change.

mod align;
mod key;
mod moved;

use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::domain::document::{Place, parts, sentences};
use key::Words;

/// What changed from one version to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// In the order of the new version; what is gone stands where it stood.
    pub changes: Vec<Change>,
    /// The documents were too long to compare to their ends.
    pub cut: bool,
    /// Words of one of them were recognised in pictures: what differs may be a mistake of that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recognised: bool,
}

impl Difference {
    /// Whether the two say the same.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && !self.cut
    }
}

/// A change in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Where: in the new version, or in the old one for what is gone.
    pub place: Place,
    /// What.
    pub what: What,
}

/// The sorts of change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum What {
    /// A clause says something else: the old words and the new ones, with what they share.
    Reworded {
        /// In order; as printed.
        runs: Vec<Run>,
    },
    /// A clause is new.
    Added {
        /// As printed.
        text: String,
        /// With it its whole article is new.
        whole: bool,
    },
    /// A clause is gone.
    Removed {
        /// As printed.
        text: String,
        /// With it its whole article is gone.
        whole: bool,
    },
    /// A clause stands elsewhere than before.
    Moved {
        /// As printed now.
        text: String,
        /// Where it stood before.
        from: Place,
    },
    /// The same article under another number.
    Renumbered {
        /// Where it stood before.
        from: Place,
    },
}

/// Words that stand together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// In which version.
    pub side: Side,
    /// As printed; what both share, as the new version prints it.
    pub text: String,
    /// What both share, as the old version prints it, where it does otherwise: another script, a hyphen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}

/// In which version words stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Side {
    Both,
    Old,
    New,
}

/// Clauses of a version that are compared: some four hundred pages. Aligning costs their square at worst.
const CLAUSES_MAX: usize = 12_000;

/// One version, cut into clauses.
struct Version {
    places: Vec<Place>,
    clauses: Vec<Clause>,
    cut: bool,
}

struct Clause {
    /// Index into the places.
    part: usize,
    text: String,
    key: String,
}

impl Version {
    fn of(text: &str) -> Self {
        let mut version = Version { places: Vec::new(), clauses: Vec::new(), cut: text.len() > super::BYTES_MAX };
        for (at, part) in parts(text).into_iter().enumerate() {
            version.places.push(part.place);
            for range in sentences(&part.text) {
                let text = part.text[range].to_owned();
                let key = key::of(&text);
                if !key.is_empty() {
                    version.clauses.push(Clause { part: at, text, key });
                }
            }
        }
        version.cut |= version.clauses.len() > CLAUSES_MAX;
        version.clauses.truncate(CLAUSES_MAX);
        version
    }

    fn keys(&self) -> Vec<&str> {
        self.clauses.iter().map(|c| c.key.as_str()).collect()
    }

    fn place(&self, clause: &Clause) -> Place {
        self.places.get(clause.part).cloned().unwrap_or_default()
    }
}

/// Compares two versions of a document's text, in whatever script each is. Equal words on other pages, lines or in the other script give
/// nothing. Total; its cost is bounded.
pub fn difference(old: &str, new: &str) -> Difference {
    if old == new {
        return Difference::default();
    }
    let (old, new) = (Version::of(old), Version::of(new));
    let hunks = align::hunks(&old.keys(), &new.keys());
    let renumbered = renumbered(&old, &new, &hunks);
    let mut told = Told { old: &old, new: &new, pairs: HashMap::new(), changes: Vec::new(), renumbered };
    let mut seen = 0;
    for hunk in &hunks {
        told.numbers(seen..hunk.new.start);
        told.hunk(hunk);
        seen = hunk.new.end;
    }
    told.numbers(seen..new.clauses.len());
    let changes = moved::rewritten(wholes(moved::moved(told.changes, &old, &new), &old, &new));
    Difference { cut: old.cut || new.cut, changes, recognised: false }
}

/// Clauses of the old version in place of which stand others, or none, in the new one.
struct Hunk {
    old: Range<usize>,
    new: Range<usize>,
}

/// A change that still knows its clause: the part it stands in, and in which version.
struct Raw {
    change: Change,
    part: Option<(Side, usize)>,
    /// How many clauses it tells of.
    clauses: usize,
    /// The key of the one clause that came or went.
    key: Option<String>,
}

struct Told<'a> {
    old: &'a Version,
    new: &'a Version,
    pairs: HashMap<usize, usize>,
    changes: Vec<Raw>,
    /// Parts of the new version to the place they had.
    renumbered: HashMap<usize, Place>,
}

impl Told<'_> {
    /// Tells of the parts that begin within unchanged clauses under another number.
    fn numbers(&mut self, clauses: Range<usize>) {
        for at in clauses {
            let part = self.new.clauses[at].part;
            self.number(part);
        }
    }

    fn number(&mut self, part: usize) {
        if let Some(from) = self.renumbered.remove(&part) {
            let place = self.new.places[part].clone();
            self.changes.push(Raw { change: Change { place, what: What::Renumbered { from } }, part: None, clauses: 1, key: None });
        }
    }

    fn hunk(&mut self, hunk: &Hunk) {
        self.pairs = align::pairs(self.old, self.new, hunk).into_iter().map(|(o, n)| (n, o)).collect();
        let mut next = hunk.old.start;
        for at in hunk.new.clone() {
            let clause = &self.new.clauses[at];
            let (place, part) = (self.new.place(clause), clause.part);
            let pair = self.pairs.get(&at).copied();
            if let Some(pair) = pair {
                self.gone(next..pair);
                next = pair + 1;
            }
            self.number(part);
            let text = clause.text.clone();
            match pair {
                Some(pair) => self.reworded(place, &self.old.clauses[pair].text, &text),
                None => {
                    let what = What::Added { text, whole: false };
                    let key = Some(clause.key.clone());
                    self.changes.push(Raw { change: Change { place, what }, part: Some((Side::New, part)), clauses: 1, key });
                }
            }
        }
        self.gone(next..hunk.old.end);
    }

    fn gone(&mut self, clauses: Range<usize>) {
        for clause in &self.old.clauses[clauses] {
            let what = What::Removed { text: clause.text.clone(), whole: false };
            self.changes.push(Raw {
                change: Change { place: self.old.place(clause), what },
                part: Some((Side::Old, clause.part)),
                clauses: 1,
                key: Some(clause.key.clone()),
            });
        }
    }

    fn reworded(&mut self, place: Place, old: &str, new: &str) {
        let mut runs = Words::of(old).runs(&Words::of(new));
        // what differs in the whole and in no word of it is told whole: never nothing
        if runs.iter().all(|run| run.side == Side::Both) {
            runs = [(Side::Old, old), (Side::New, new)].map(|(side, text)| Run { side, text: text.to_owned(), before: None }).into();
        }
        self.changes.push(Raw { change: Change { place, what: What::Reworded { runs } }, part: None, clauses: 1, key: None });
    }
}

/// Parts of the new version most of whose clauses stood under another number.
fn renumbered(old: &Version, new: &Version, hunks: &[Hunk]) -> HashMap<usize, Place> {
    let mut votes: HashMap<usize, HashMap<usize, usize>> = HashMap::new();
    let (mut o, mut n) = (0, 0);
    let ends = hunks.iter().map(|h| (h.old.clone(), h.new.clone()));
    for (gone, came) in ends.chain([(old.clauses.len()..old.clauses.len(), new.clauses.len()..new.clauses.len())]) {
        while o < gone.start && n < came.start {
            *votes.entry(new.clauses[n].part).or_default().entry(old.clauses[o].part).or_default() += 1;
            (o, n) = (o + 1, n + 1);
        }
        (o, n) = (gone.end, came.end);
    }
    let from = |(part, votes): (usize, HashMap<usize, usize>)| {
        let (was, _) = votes.into_iter().max_by_key(|(was, count)| (*count, usize::MAX - was))?;
        let (was, is) = (old.places.get(was)?, new.places.get(part)?);
        // the same article of an annex that got a number is told once, with the annex
        let number = is.article.is_some() && was.article.is_some() && was.article != is.article && was.section == is.section;
        number.then(|| (part, was.clone()))
    };
    votes.into_iter().filter_map(from).collect()
}

/// Joins the clauses of an article that came or went as a whole, and neighbouring clauses of one article that did.
fn wholes(raw: Vec<Raw>, old: &Version, new: &Version) -> Vec<Change> {
    let mut of_part: HashMap<(bool, usize), usize> = HashMap::new();
    for (is_new, version) in [(false, old), (true, new)] {
        for clause in &version.clauses {
            *of_part.entry((is_new, clause.part)).or_default() += 1;
        }
    }
    let mut out: Vec<Raw> = Vec::new();
    for Raw { change, part, clauses, key } in raw {
        if let Some(before) = out.last_mut().filter(|before| part.is_some() && before.part == part)
            && let What::Added { text: all, .. } | What::Removed { text: all, .. } = &mut before.change.what
            && let What::Added { text, .. } | What::Removed { text, .. } = &change.what
        {
            all.push(' ');
            all.push_str(text);
            before.clauses += clauses;
        } else {
            out.push(Raw { change, part, clauses, key });
        }
    }
    for Raw { change, part, clauses, .. } in &mut out {
        let Some((side, at)) = *part else { continue };
        let all = of_part.get(&(side == Side::New, at)) == Some(clauses) && change.place.article.is_some();
        if let What::Added { whole, .. } | What::Removed { whole, .. } = &mut change.what {
            *whole = all;
        }
    }
    out.into_iter().map(|raw| raw.change).collect()
}
