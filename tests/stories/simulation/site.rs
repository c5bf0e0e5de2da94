//! Parliament's site: its pages as they are, broken, late from a cache, or behind a server that fails.

use std::collections::BTreeMap;

use super::Run;
use super::life::{self, MEETING, Shown};
use super::papers::Answer;
use crate::house::parliament::Reply;
use crate::watch::ACTS;

/// What an asker got.
#[derive(Debug)]
pub enum Served {
    /// A complete page that says this.
    Whole(Shown),
    /// One that must not be believed.
    Broken(&'static str),
}

impl Run {
    /// What this list answers now.
    pub fn answer(&mut self, path: &'static str, peace: bool) -> (Served, Reply) {
        let (shown, page) = match path {
            ACTS => (Shown::default(), self.life.activities()),
            list => self.life.list(list, &mut self.dice),
        };
        if peace {
            return (Served::Whole(shown), Reply::page(page));
        }
        let half = page.as_bytes()[..page.len() / 2].to_vec();
        let broken = |how, reply| (Served::Broken(how), reply);
        match self.dice.below(22) {
            0 => broken("500", Reply::status(500, "<html><body>500</body></html>")),
            1 => broken("503", Reply::status(503, "busy").with("Retry-After", "9000")),
            2 => broken("cut", Reply::page(half)),
            3 => broken("empty", Reply::page("")),
            4 => broken("maintenance", Reply::page("<html><body><h1>Sajt je u izradi</h1></body></html>")),
            5 if path != ACTS => broken("empty list", Reply::page(self.life.empty(path))),
            6 => broken("reset", Reply::Reset),
            7 => broken("429", Reply::status(429, "<html><body>429</body></html>")),
            8 | 9 if self.stale.contains_key(path) => {
                let (shown, page) = self.stale[path].clone();
                (Served::Whole(shown), Reply::page(page))
            }
            10 => (Served::Whole(shown), Reply::validated(page)),
            _ => {
                if path != ACTS && self.dice.one_in(3) {
                    self.stale.insert(path, (shown.clone(), page.clone()));
                }
                (Served::Whole(shown), Reply::page(page))
            }
        }
    }

    /// Puts up the pages behind the links. Those that are whole, by their paths.
    pub fn serve_doings(&mut self, peace: bool) -> Vec<(String, Shown)> {
        self.parliament.serve(MEETING, Reply::page(life::meeting()));
        let mut whole = Vec::new();
        for (path, shown, page) in self.life.doings() {
            let reply = match self.dice.below(14) {
                0 if !peace => Reply::status(500, ""),
                1 if !peace => Reply::page(page.as_bytes()[..page.len() / 2].to_vec()),
                2 if !peace => Reply::Reset,
                _ => {
                    whole.push((path.clone(), shown));
                    Reply::page(page)
                }
            };
            self.parliament.serve(&path, reply);
        }
        whole
    }

    /// Puts up the documents. What each address answers.
    pub fn serve_papers(&mut self, peace: bool) -> BTreeMap<String, (usize, Answer)> {
        if !self.life.with_papers {
            return BTreeMap::new();
        }
        self.papers.serve(&self.parliament, &mut self.dice, peace)
    }
}
