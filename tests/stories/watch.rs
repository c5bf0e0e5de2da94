//! A watch kept in-process, with `now` in the story's hands: the same rooms that `poll` and `run` go through, hours and days apart.

use chrono::{DateTime, TimeDelta, Utc};
use potvrda::app::desk::Desk;
use potvrda::app::documents;
use potvrda::app::poll::{Ask, Polled};
use potvrda::app::rounds::{self, ForOperators};
use potvrda::config::Settings;
use potvrda::io::history::History;
use potvrda::io::roster::Roster;

use crate::house::House;
use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};

pub const BILLS: &str = "/akti/zakoni-u-proceduri/zakoni-u-proceduri.1037.html";
pub const LAWS: &str = "/akti/doneti-zakoni/doneti-zakoni.1033.html";
pub const ACTS: &str = "/aktivnosti/narodna-skupstina/sednice.949.html";

/// A house, its parliament, and the hour.
pub struct Watch {
    pub house: House,
    pub parliament: Parliament,
    pub now: DateTime<Utc>,
    pub full: bool,
    /// Whether rounds read documents, as the daemon's do.
    pub documents: bool,
    settings: Settings,
    runtime: tokio::runtime::Runtime,
}

impl Watch {
    /// Over these sources, by the names of their kinds; an operator, and Ana, who confirmed an hour ago.
    pub fn over(kinds: &[&str]) -> Watch {
        let parliament = Parliament::open();
        let mut house = House::new().table("operator", "emails = [\"op@ngo.example\"]");
        for kind in kinds {
            let path = match *kind {
                "bills" => BILLS,
                "laws" => LAWS,
                _ => ACTS,
            };
            house = house.source(kind, kind, &parliament, path);
        }
        house.run(&["subscriber", "add", "ana@ngo.example", "--confirmed", "--reason", "story"]).expect(0);
        let settings = Settings::load(Some(&house.settings()), None).unwrap_or_else(|why| panic!("{why:?}"));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        // Whole seconds, and after Ana.
        let now = DateTime::from_timestamp(potvrda::app::clock::now().timestamp() + 3_600, 0).unwrap();
        Watch { house, parliament, now, full: false, documents: false, settings, runtime }
    }

    pub fn serve(&self, path: &str, body: impl Into<Vec<u8>>) {
        self.parliament.serve(path, Reply::page(body));
    }

    pub fn bills(&self, rows: &[RowSpec]) {
        self.serve(BILLS, bills_page(rows));
    }

    /// One round over every source, as the daemon makes it; then a minute passes.
    pub fn look(&mut self) -> Vec<Polled> {
        self.round(true)
    }

    /// One round that is killed when everything is recorded and nothing told.
    pub fn look_and_die(&mut self) -> Vec<Polled> {
        self.round(false)
    }

    fn round(&mut self, tells: bool) -> Vec<Polled> {
        let history = History::open(&self.house.data(), true).unwrap();
        let mut roster = Roster::open(&self.house.data(), true).unwrap();
        let mut desk = Desk::with(self.settings.clone(), history);
        let (now, full, read) = (self.now, self.full, self.documents);
        let began = tokio::time::Instant::now();
        let polled = self.runtime.block_on(async {
            tokio::spawn(async move {
                let mut tell = ForOperators::default();
                let mut polled = Vec::new();
                for source in desk.settings.sources.clone() {
                    let ask = Ask { full, ..Ask::default() };
                    polled.push(rounds::look(&mut desk, &source, ask, now, &mut tell).await.unwrap());
                }
                if !tells {
                    return polled;
                }
                if read {
                    documents::before_telling(&mut desk, now, began, now).await.unwrap();
                }
                tokio::task::block_in_place(|| rounds::finish(&mut desk, &mut roster, tell, now).unwrap());
                if read && documents::job(&mut desk, documents::Scope { full, silent: true }, now).await.unwrap().changes > 0 {
                    tokio::task::block_in_place(|| rounds::finish(&mut desk, &mut roster, ForOperators::default(), now).unwrap());
                }
                polled
            })
            .await
            .unwrap()
        });
        self.now += TimeDelta::minutes(1);
        polled
    }

    /// One round; the outcomes, in the order of the sources.
    pub fn outcomes(&mut self) -> Vec<&'static str> {
        self.look().iter().map(|p| p.outcome.as_str()).collect()
    }

    pub fn hours(&mut self, hours: i64) {
        self.now += TimeDelta::hours(hours);
    }

    fn ask(&self, database: &str, sql: &str) -> Vec<String> {
        let file = rusqlite::Connection::open(self.house.data().join(database)).unwrap();
        let mut all = file.prepare(sql).unwrap();
        let columns = all.column_count();
        let line = |row: &rusqlite::Row<'_>| {
            let cell = |i| row.get::<_, rusqlite::types::Value>(i).map(said);
            Ok((0..columns).map(cell).collect::<rusqlite::Result<Vec<_>>>()?.join("|"))
        };
        all.query_map([], line).unwrap().collect::<rusqlite::Result<_>>().unwrap()
    }

    pub fn history(&self, sql: &str) -> Vec<String> {
        self.ask("history.db", sql)
    }

    pub fn roster(&self, sql: &str) -> Vec<String> {
        self.ask("subscribers.db", sql)
    }

    /// Changes after the first `n`, as `kind number`.
    pub fn kinds_after(&self, n: usize) -> Vec<String> {
        self.history("SELECT kind || ' ' || coalesce(act_number, '-') FROM changes ORDER BY change_id").split_off(n)
    }

    pub fn kinds(&self) -> Vec<String> {
        self.kinds_after(0)
    }

    /// Everything a second look must leave alone.
    pub fn dump(&self) -> Vec<String> {
        ["bill", "title", "link", "party", "presence", "sitting", "item", "signature", "merge", "change", "document"]
            .iter()
            .flat_map(|table| self.history(&format!("SELECT '{table}', * FROM {table}")))
            .collect()
    }
}

fn said(value: rusqlite::types::Value) -> String {
    use rusqlite::types::Value;
    match value {
        Value::Null => String::new(),
        Value::Integer(n) => n.to_string(),
        Value::Real(n) => n.to_string(),
        Value::Text(text) => text,
        Value::Blob(bytes) => format!("{bytes:?}"),
    }
}
