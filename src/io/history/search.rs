//! Full-text search in both scripts, and finding a bill by what a person typed.
//!
//! The stock tokenizer knows neither Serbian script nor `dj`, so every text is indexed in all its spellings: no query needs a function of ours.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, params};

use super::{History, HistoryError, Result};
use crate::domain::bill::{ActNumber, Language};
use crate::domain::{agreement, declension, script};

/// What a typed name of a bill led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// This one.
    One(i64),
    /// None.
    None,
    /// Several: row id, act number, title in Latin script.
    Many(Vec<(i64, Option<String>, String)>),
}

/// A transaction that indexes as many rows is a baseline or a back-fill.
const MANY_ROWS: usize = 300;
/// The most bills shown where a name is ambiguous.
const AMBIGUOUS_SHOWN_MAX: usize = 20;

/// A text in every spelling it may be typed in: Latin with marks (the tokenizer takes the marks off), Cyrillic, and where it has a đ, with dj
/// and with d in its place.
pub fn spellings(text: &str) -> String {
    let latin = script::to_latin(text);
    let cyrillic = script::to_cyrillic(&latin);
    let mut all = vec![text.to_owned()];
    let mut add = |spelling: String| {
        if !all.contains(&spelling) {
            all.push(spelling);
        }
    };
    if latin.contains(['đ', 'Đ']) {
        add(latin.replace('đ', "dj").replace('Đ', "Dj"));
        add(latin.replace('đ', "d").replace('Đ', "D"));
    }
    add(latin);
    add(cyrillic);
    all.join("\n")
}

/// Writes rows of the index. Lives as long as one transaction, and remembers words: titles repeat them.
#[derive(Default)]
pub(super) struct Indexer {
    /// Whether a word is the lexicon's.
    known: HashMap<String, bool>,
    /// A word's case forms in all their spellings.
    forms: HashMap<String, String>,
}

impl Indexer {
    /// Writes a bill's row anew: texts as printed, and the case forms of its parties' and of the lexicon's words among them.
    pub(super) fn index(&mut self, connection: &Connection, bill: i64) -> Result<()> {
        let texts = |sql: &str| -> Result<Vec<String>> {
            let mut all = connection.prepare_cached(sql)?;
            Ok(all.query_map([bill], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
        };
        let titles = texts("SELECT title FROM title WHERE bill_id = ?1 ORDER BY title_id")?;
        let names = texts("SELECT name FROM party WHERE bill_id = ?1 ORDER BY position")?;
        let countries = texts("SELECT country FROM party WHERE bill_id = ?1 AND country IS NOT NULL GROUP BY country")?;
        let text = texts(
            "SELECT text FROM document WHERE text IS NOT NULL AND document_id IN (
               SELECT max(d.document_id) FROM document d JOIN link l ON l.link_id = d.link_id WHERE l.bill_id = ?1 GROUP BY d.link_id)",
        )?;
        let mut parties = spelled(&names);
        let mut of_parties: BTreeSet<String> = names.iter().flat_map(|name| serbian_words(name)).collect();
        for names in countries.iter().filter_map(|code| agreement::country_names(code)) {
            parties.push_str(&spelled(&[&names.nominative, &names.genitive, &names.instrumental, &names.english]));
            of_parties.extend(words(&names.nominative));
        }
        of_parties.iter().for_each(|word| self.decline(word, &mut parties));
        let mut title = spelled(&titles);
        let of_titles: BTreeSet<String> = titles.iter().flat_map(|title| serbian_words(title)).collect();
        for word in of_titles.difference(&of_parties) {
            if self.knows(word) {
                self.decline(word, &mut title);
            }
        }
        connection.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([bill])?;
        connection
            .prepare_cached("INSERT INTO search (rowid, bill_id, title, parties, text) VALUES (?1, ?1, ?2, ?3, ?4)")?
            .execute(params![bill, title, parties, spelled(&text)])?;
        Ok(())
    }

    /// After many rows at once, the index is put in order once, so that the small polls that follow need not.
    pub(super) fn finish(self, connection: &Connection, rows: usize) -> Result<()> {
        if rows >= MANY_ROWS {
            connection.execute("INSERT INTO search (search) VALUES ('optimize')", [])?;
        }
        Ok(())
    }

    fn knows(&mut self, word: &str) -> bool {
        *self.known.entry(word.to_owned()).or_insert_with(|| agreement::knows(word))
    }

    fn decline(&mut self, word: &str, onto: &mut String) {
        let forms = self.forms.entry(word.to_owned()).or_insert_with(|| spellings(&declension::forms(word).join(" ")));
        onto.push_str(forms);
        onto.push('\n');
    }
}

fn spelled<T: AsRef<str>>(texts: &[T]) -> String {
    texts.iter().map(|text| spellings(text.as_ref()) + "\n").collect()
}

/// The words of a text that is not English: Latin script, small letters.
fn serbian_words(text: &str) -> Vec<String> {
    if script::language_of(text) == Language::En {
        return Vec::new();
    }
    words(text)
}

fn words(text: &str) -> Vec<String> {
    let latin = script::to_latin(text).to_lowercase();
    latin.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

impl History {
    /// Bills that hold every one of the words, best first; a word also matches as the beginning of a longer one. Quotes make a phrase.
    pub fn search(&self, words: &str) -> Result<Vec<i64>> {
        let query = query_of(words);
        if query.is_empty() {
            return Err(HistoryError::Search("there is no word in it".to_owned()));
        }
        let mut hits = self.connection.prepare_cached("SELECT rowid FROM search WHERE search MATCH ?1 ORDER BY rank")?;
        Ok(hits.query_map([query], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Indexes every bill anew, after the lexicon changed.
    pub fn index_again(&mut self) -> Result<()> {
        self.file.still_there()?;
        let transaction = self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let bills: Vec<i64> = {
            let mut all = transaction.prepare_cached("SELECT bill_id FROM bill")?;
            all.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?
        };
        let mut indexer = Indexer::default();
        for bill in &bills {
            indexer.index(&transaction, *bill)?;
        }
        indexer.finish(&transaction, bills.len())?;
        Ok(transaction.commit()?)
    }

    /// The bill a person means: an act number, a row id, or a part of a title in either script.
    pub fn find_bill(&self, typed: &str) -> Result<Found> {
        let typed = typed.trim();
        let number = typed.parse::<ActNumber>().ok().map(|n| n.to_string());
        let id = typed.parse::<i64>().ok();
        let wanted = script::fold(typed);
        let mut found = Vec::new();
        if number.is_some() || id.is_some() {
            let mut exact = self
                .connection
                .prepare_cached("SELECT bill_id, act_number, title_latin FROM bill WHERE act_number = ?1 OR bill_id = ?2")?;
            found = exact
                .query_map(params![number, id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<rusqlite::Result<_>>()?;
        }
        if found.is_empty() && !wanted.is_empty() {
            let sql = "SELECT b.bill_id, b.act_number, b.title_latin, t.title FROM bill b JOIN title t ON t.bill_id = b.bill_id ORDER BY b.bill_id";
            self.each(sql, |row| {
                let title: String = row.get(3)?;
                let bill = (row.get(0)?, row.get(1)?, row.get(2)?);
                if found.last() != Some(&bill) && script::fold(&title).contains(&wanted) {
                    found.push(bill);
                }
                Ok(())
            })?;
        }
        found.truncate(AMBIGUOUS_SHOWN_MAX);
        Ok(match found.as_slice() {
            [] => Found::None,
            [one] => Found::One(one.0),
            _ => Found::Many(found),
        })
    }
}

/// What a person typed, as the query language takes it: each word in quotes and open at its end, phrases in quotes kept whole.
fn query_of(words: &str) -> String {
    let mut query = Vec::new();
    for (n, part) in words.split('"').enumerate() {
        let clean =
            |text: &str| text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        if n % 2 == 1 {
            let phrase = clean(part).join(" ");
            if !phrase.is_empty() {
                query.push(format!("\"{phrase}\""));
            }
        } else {
            query.extend(clean(part).into_iter().map(|word| format!("\"{word}\"*")));
        }
    }
    query.join(" ")
}
