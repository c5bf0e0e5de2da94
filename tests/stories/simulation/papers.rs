//! The documents behind the rows: late, printed anew, replaced, gone, with a page of errors in their place; and what has to be told of them.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, TimeDelta, Utc};

use super::Dice;
use super::life::act;
use crate::house::documents::pdf;
use crate::house::parliament::{Parliament, Reply};

/// What the address of a document answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    /// This version of its text.
    Text(usize),
    /// 404.
    Gone,
    /// A page with status 200.
    Page,
    /// Nothing that says whether it is there.
    Nobody,
}

/// A document as parliament has it.
struct Paper {
    version: usize,
    /// The same words in other bytes.
    printing: usize,
    /// It is not there, or a page is.
    instead: Option<Answer>,
}

impl Paper {
    fn answer(&self) -> Answer {
        self.instead.unwrap_or(Answer::Text(self.version))
    }

    fn reply(&self, n: usize) -> Reply {
        let version = self.version;
        let words = format!("Troškove snosi strana koja šalje, najviše {version}00 evra po osobi.");
        let law = format!("Potvrđuje se Sporazum broj {n} o saradnji, potpisan u Beogradu 23. maja 2026. godine.");
        let mut bytes = pdf(&[&["Član 1.", &law, "Član 2.", "Tekst Sporazuma u originalu na srpskom jeziku glasi:", "Član 1.", &words]]);
        bytes.extend(format!("% {}\n", self.printing).bytes());
        Reply::document("application/pdf", bytes)
    }
}

/// The documents of all agreements.
#[derive(Default)]
pub struct Papers(BTreeMap<usize, Paper>);

impl Papers {
    /// Hours or days later: one of them at most is another.
    pub fn go_on(&mut self, agreements: impl Iterator<Item = usize>, dice: &mut Dice) {
        for n in agreements {
            self.0.entry(n).or_insert_with(|| Paper { version: 1, printing: 1, instead: dice.one_in(4).then_some(Answer::Gone) });
        }
        let one = dice.below(self.0.len());
        let Some(paper) = self.0.values_mut().nth(one) else { return };
        match dice.below(10) {
            0..3 => (paper.version, paper.instead) = (paper.version + 1, None),
            3 => paper.printing += 1,
            4 => paper.instead = Some(Answer::Gone),
            5 => paper.instead = Some(Answer::Page),
            6..8 => paper.instead = None,
            _ => {}
        }
    }

    /// Puts them up, some behind a server that fails. What each address answers now.
    pub fn serve(&self, parliament: &Parliament, dice: &mut Dice, peace: bool) -> BTreeMap<String, (usize, Answer)> {
        let mut all = BTreeMap::new();
        for (&n, paper) in &self.0 {
            let (answer, reply) = match (dice.below(12), paper.instead) {
                (0, _) if !peace => (Answer::Nobody, Reply::status(500, "")),
                (1, _) if !peace => (Answer::Nobody, Reply::Reset),
                (_, None) => (paper.answer(), paper.reply(n)),
                (_, Some(Answer::Page)) => (Answer::Page, Reply::page("<html><body><h1>Stranica nije pronađena</h1></body></html>")),
                (_, Some(_)) => (Answer::Gone, Reply::status(404, "<html><body>404</body></html>")),
            };
            parliament.serve(&path(n), reply);
            all.insert(path(n), (n, answer));
        }
        all
    }

    fn stands(&self, n: usize) -> Option<Answer> {
        self.0.get(&n).map(Paper::answer)
    }
}

fn path(n: usize) -> String {
    format!("/upload/archive/files/lat/pdf/predlozi_zakona/{}%20-%20Lat.pdf", act(n))
}

/// What the program has of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Had {
    #[default]
    Nothing,
    Missing,
    Text(usize),
    Page,
}

#[derive(Debug, Default)]
struct File {
    had: Had,
    /// Looks in a row that found something else in its place, or nobody; since when.
    looks: usize,
    since: Option<DateTime<Utc>>,
    /// A list linked it; that was told as a document added.
    linked: bool,
    told_as_linked: bool,
    added: usize,
    removed: usize,
    replaced: usize,
}

impl File {
    /// A clock that stood in 1970, or ahead, cannot say since when.
    fn lasts(&mut self, now: DateTime<Utc>) -> bool {
        let since = self.since.filter(|at| *at <= now && at.year() >= 2026).unwrap_or(now);
        self.since = Some(since);
        now - since >= TimeDelta::hours(24)
    }

    fn is(&mut self, had: Had) {
        (self.had, self.looks, self.since) = (had, 0, None);
    }

    fn answered(&mut self, answer: Answer, before_telling: bool, now: DateTime<Utc>) {
        match (answer, self.had) {
            (Answer::Nobody, Had::Nothing) if self.lasts(now) => self.is(Had::Missing),
            (Answer::Nobody, _) | (Answer::Page | Answer::Gone, Had::Missing) => {}
            (Answer::Gone, Had::Nothing) => self.is(Had::Missing),
            (Answer::Page, Had::Nothing | Had::Page) => self.is(Had::Page),
            (Answer::Text(version), had) => {
                // What the alert is about to say of it needs no second letter.
                self.added += usize::from(had == Had::Missing || (had == Had::Nothing && !before_telling && !self.told_as_linked));
                self.replaced += usize::from(had == Had::Page || matches!(had, Had::Text(known) if known != version));
                self.is(Had::Text(version));
            }
            (Answer::Gone | Answer::Page, Had::Text(_) | Had::Page) => {
                self.looks += 1;
                if self.lasts(now) && self.looks >= 3 {
                    self.removed += usize::from(answer == Answer::Gone);
                    self.replaced += usize::from(answer == Answer::Page);
                    self.is(if answer == Answer::Gone { Had::Missing } else { Had::Page });
                }
            }
        }
    }
}

/// What was seen of the documents.
#[derive(Default)]
pub struct Shelf(BTreeMap<usize, File>);

impl Shelf {
    /// A list's row links the document, of a bill that was known before or not.
    pub fn linked(&mut self, n: usize, known: bool) {
        let file = self.0.entry(n).or_default();
        if !std::mem::replace(&mut file.linked, true) && known {
            file.told_as_linked = true;
            file.added += 1;
        }
    }

    /// It was asked for, before the round's letters or after them.
    pub fn answered(&mut self, n: usize, answer: Answer, before_telling: bool, now: DateTime<Utc>) {
        self.0.entry(n).or_default().answered(answer, before_telling, now);
    }

    /// How many changes of this kind the log must have of the document.
    pub fn count(&self, n: usize, kind: &str) -> usize {
        let Some(file) = self.0.get(&n) else { return 0 };
        match kind {
            "document_added" => file.added,
            "document_removed" => file.removed,
            "document_replaced" => file.replaced,
            _ => 0,
        }
    }

    /// Nothing of what stands there now is unseen.
    pub fn is_up_to_date(&self, papers: &Papers, n: usize) {
        let had = self.0.get(&n).map(|file| file.had);
        let last = match papers.stands(n) {
            Some(Answer::Text(version)) => Had::Text(version),
            Some(Answer::Gone) => Had::Missing,
            // A page in the place of nothing is nothing.
            Some(Answer::Page) => return assert!(matches!(had, Some(Had::Page | Had::Missing)), "BLIND: the page in the place of {n}"),
            Some(Answer::Nobody) | None => return,
        };
        assert_eq!(had, Some(last), "BLIND: the document of agreement {n}: {:?}", self.0.get(&n));
    }
}
