//! Full-text search in both scripts, and finding a bill by what a person typed.
//!
//! The stock tokenizer knows neither Serbian script nor `dj`, so every text is indexed in all its spellings: no query needs a function of ours.

use rusqlite::{Connection, params};

use super::{Forms, History, HistoryError, Result};
use crate::domain::bill::ActNumber;
use crate::domain::script;

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

/// Writes a bill's row of the index anew.
pub(super) fn index(connection: &Connection, bill: i64, forms: Forms) -> Result<()> {
    let gather = |sql: &str| -> Result<String> {
        let mut all = connection.prepare_cached(sql)?;
        let texts: Vec<String> = all.query_map([bill], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let mut words: Vec<String> = Vec::new();
        for text in &texts {
            words.push(spellings(text));
            let further = forms(text);
            if !further.is_empty() {
                words.push(spellings(&further.join(" ")));
            }
        }
        Ok(words.join("\n"))
    };
    let titles = gather("SELECT title FROM title WHERE bill_id = ?1 ORDER BY title_id")?;
    let parties = gather("SELECT name FROM party WHERE bill_id = ?1 ORDER BY position")?;
    let text = gather(
        "SELECT text FROM document WHERE text IS NOT NULL AND document_id IN (
           SELECT max(d.document_id) FROM document d JOIN link l ON l.link_id = d.link_id WHERE l.bill_id = ?1 GROUP BY d.link_id)",
    )?;
    connection.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([bill])?;
    connection
        .prepare_cached("INSERT INTO search (rowid, bill_id, title, parties, text) VALUES (?1, ?1, ?2, ?3, ?4)")?
        .execute(params![bill, titles, parties, text])?;
    Ok(())
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
        let forms = self.forms;
        super::open::same_file(&self.path, self.file)?;
        let transaction = self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let bills: Vec<i64> = {
            let mut all = transaction.prepare_cached("SELECT bill_id FROM bill")?;
            all.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?
        };
        for bill in bills {
            index(&transaction, bill, forms)?;
        }
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
