//! What the program wrote down, as anybody may read it: the log of changes and the letters.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use rusqlite::Connection;

/// A row of the log about an agreement.
pub struct Change {
    pub id: i64,
    pub kind: String,
    pub silent: bool,
    pub n: usize,
    /// When, and what, for whoever reads of a failure.
    pub told: String,
    pub after: Option<String>,
}

/// What became of a letter to a reader.
#[derive(Debug)]
pub struct Letter {
    pub state: String,
    pub first: Option<DateTime<Utc>>,
    pub ended: Option<DateTime<Utc>>,
}

/// Both databases, as anybody may read them.
pub struct Books(Connection);

impl Books {
    pub fn open(data: &Path) -> Books {
        let history = Connection::open(data.join("history.db")).unwrap();
        history.execute("ATTACH ? AS people", [data.join("subscribers.db").to_str().unwrap()]).unwrap();
        for base in ["main", "people"] {
            let whole: String = history.query_row(&format!("PRAGMA {base}.integrity_check"), [], |row| row.get(0)).unwrap();
            assert_eq!(whole, "ok", "CONS: {base}");
        }
        Books(history)
    }

    pub fn ask<T>(&self, sql: &str, read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
        let mut asked = self.0.prepare(sql).unwrap();
        asked.query_map([], read).unwrap().map(Result::unwrap).collect()
    }

    pub fn changes(&self) -> Vec<Change> {
        let sql = "SELECT change_id, kind, silent, title_latin, bill_id || ' ' || kind || ' ' || seen_at, after FROM changes WHERE verdict = 'agreement'";
        self.ask(sql, |row| {
            let title: String = row.get(3)?;
            let n = title.split("broj ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
            Ok(Change {
                id: row.get(0)?,
                kind: row.get(1)?,
                silent: row.get(2)?,
                n: n.unwrap_or_else(|| panic!("whose title is {title}?")),
                told: row.get(4)?,
                after: row.get(5)?,
            })
        })
    }

    /// A reader's letters by change.
    pub fn letters(&self, reader: i64) -> BTreeMap<i64, Vec<Letter>> {
        let sql = format!(
            "SELECT change_id, state, first_tried_at, ended_at FROM people.letter JOIN people.edition_change USING (edition_id)
              WHERE subscriber_id = {reader}"
        );
        let mut letters: BTreeMap<i64, Vec<Letter>> = BTreeMap::new();
        let time = |text: Option<String>| text.map(|text| text.parse().unwrap());
        for (change, letter) in
            self.ask(&sql, |row| Ok((row.get(0)?, Letter { state: row.get(1)?, first: time(row.get(2)?), ended: time(row.get(3)?) })))
        {
            letters.entry(change).or_default().push(letter);
        }
        letters
    }

    /// What operators were told, a line a finding: several of one round are one letter.
    pub fn told_operators(&self) -> Vec<String> {
        let sql = "SELECT json_extract(facts, '$.occasion') FROM people.edition WHERE json_extract(facts, '$.occasion.sort') = 'operator'";
        let mut lines = Vec::new();
        for occasion in self.ask(sql, |row| row.get::<_, String>(0)) {
            let occasion: serde_json::Value = serde_json::from_str(&occasion).unwrap();
            let subject = occasion["subject"].as_str().unwrap().to_owned();
            let paragraphs: Vec<String> =
                occasion["paragraphs"].as_array().unwrap().iter().map(|p| p.as_str().unwrap().to_owned()).collect();
            let together = paragraphs.first().is_some_and(|first| subject.starts_with(first.trim_end_matches('.')));
            lines.extend(if together { paragraphs } else { vec![subject] });
        }
        lines
    }
}
