//! Answers for the command line and the web: the views' rows, with exactly the views' names.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Row, params, params_from_iter};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::value::whole;
use super::{History, Result};
use crate::domain::bill::Language;
use crate::domain::zone::day_in_belgrade;

/// One row of a view: its columns in the view's order, arrays as arrays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    columns: Vec<(String, serde_json::Value)>,
}

/// Which agreements to list; an empty filter lists all that are surely agreements or doubtful.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// First seen on this Belgrade day or later.
    pub since: Option<NaiveDate>,
    /// First seen on this Belgrade day or earlier.
    pub until: Option<NaiveDate>,
    /// committee, listed, scheduled, adopted, delisted.
    pub stage: Option<String>,
    /// A counterpart's ISO code.
    pub country: Option<String>,
    /// Words to be found, in either script.
    pub words: Option<String>,
    /// Only the doubtful.
    pub doubtful: bool,
    /// At most so many, newest first; 0 is all.
    pub limit: usize,
}

/// The columns of `agreements` that the contract names, in its order.
const AGREEMENT: &str = "bill_id, act_number, legislature, title, title_latin, instrument, our_side, our_level, counterpart, countries, signed_on, \
                         signed_at, signed_verb, languages, listed_on, first_seen_at, seen_by, gap_days, gap_from, gap_to, gap_at_most, same_as, \
                         stage, sitting_on, adopted_on, delisted_at, submitter, document_url, document_sha256, source_url, doubtful, evidence, \
                         language, gap_on, gap_url, gap_sentence, gap_sentence_url, gap_sentence_page, possibly, \
                         signed_unclear";
/// What a number of days is read beside: the median of all agreements that have one, and how many those are. Columns of ours, not of the view.
const BESIDE: [&str; 2] = ["gap_median_days", "gap_median_of"];
const CHANGE: &str =
    "change_id, seen_at, bill_id, act_number, title_latin, kind, field, before, after, source, poll_id, hash, title, silent";
/// Columns that hold 0 or 1 and mean no or yes.
const FLAGS: &[&str] =
    &["gap_at_most", "doubtful", "silent", "ours", "cancelled", "agenda_known", "decided", "present", "own_look", "signed_unclear"];
/// Columns that hold a JSON array, always or where there are many values.
const ARRAYS: &[&str] =
    &["countries", "languages", "our_side", "our_level", "counterpart", "signed_on", "signed_at", "signed_verb", "titles", "stands_on"];

/// The columns of an agreement's row, in its order: the head of a table that may have no row.
pub fn agreement_columns() -> impl Iterator<Item = &'static str> {
    AGREEMENT.split(',').map(str::trim).chain(BESIDE)
}

impl Record {
    /// A column's value; null where there is no such column.
    pub fn get(&self, column: &str) -> &serde_json::Value {
        self.columns.iter().find(|(name, _)| name == column).map_or(&serde_json::Value::Null, |(_, value)| value)
    }

    /// A column as a person reads it: empty for null, 1 and 0 for yes and no, values of an array joined by commas.
    pub fn text(&self, column: &str) -> String {
        match self.get(column) {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Bool(yes) => i32::from(*yes).to_string(),
            serde_json::Value::Array(many) => many.iter().filter_map(|v| v.as_str()).collect::<Vec<_>>().join(", "),
            other => other.to_string(),
        }
    }

    /// A column that holds a whole number.
    pub fn number(&self, column: &str) -> Option<i64> {
        self.get(column).as_i64()
    }

    /// The columns' names and values, in the view's order.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &serde_json::Value)> {
        self.columns.iter().map(|(name, value)| (name.as_str(), value))
    }

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let names: Vec<String> = row.as_ref().column_names().into_iter().map(str::to_owned).collect();
        // Where things are counted (polls, totals), `doubtful` says how many, not whether.
        let counts = names.iter().any(|name| name == "agreements");
        let columns = names.into_iter().enumerate().map(|(n, name)| {
            let flag = FLAGS.contains(&name.as_str()) && !(counts && name == "doubtful");
            let value = cell(&name, row.get_ref(n)?, flag);
            Ok((name, value))
        });
        Ok(Record { columns: columns.collect::<rusqlite::Result<_>>()? })
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        for (name, value) in &self.columns {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

fn cell(name: &str, value: ValueRef<'_>, flag: bool) -> serde_json::Value {
    match value {
        ValueRef::Integer(n) if flag => serde_json::Value::Bool(n != 0),
        ValueRef::Integer(n) => n.into(),
        ValueRef::Real(x) => x.into(),
        ValueRef::Text(text) => {
            let text = String::from_utf8_lossy(text);
            let array = (ARRAYS.contains(&name) && text.starts_with('[')).then(|| serde_json::from_str(&text).ok()).flatten();
            array.unwrap_or_else(|| text.into_owned().into())
        }
        ValueRef::Null | ValueRef::Blob(_) => serde_json::Value::Null,
    }
}

impl FromIterator<(String, serde_json::Value)> for Record {
    fn from_iter<I: IntoIterator<Item = (String, serde_json::Value)>>(columns: I) -> Self {
        Record { columns: columns.into_iter().collect() }
    }
}

/// A bill with everything known of it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BillStory {
    /// Its row in `agreements`; of a bill that is none, its row in `bills`.
    #[serde(flatten)]
    pub bill: Record,
    /// agreement, doubtful, other.
    pub verdict: String,
    /// Every spelling: title, language, first_seen_at.
    pub titles: Vec<Record>,
    /// As in `parties`.
    pub parties: Vec<Record>,
    /// Each with the sentence it was read from.
    pub signatures: Vec<Record>,
    /// As in `documents`, without the text.
    pub documents: Vec<Record>,
    /// Sittings that name it, with the sentence.
    pub sittings: Vec<Record>,
    /// On which lists it stands or stood.
    pub lists: Vec<Record>,
    /// Mentions and rows that were joined to it, and why.
    pub merges: Vec<Record>,
    /// What persons decided, and why.
    pub decisions: Vec<Record>,
    /// What happened, in the order of the days: on, what, detail, url, and how many other bills stood on the same agenda.
    pub timeline: Vec<Record>,
    /// As in `changes`.
    pub changes: Vec<Record>,
}

const TIMELINE: &str = "
    SELECT \"on\", what, detail, url, together_with, own_look FROM (
      SELECT signed_on AS \"on\", 'signed' AS what, verb || coalesce(', ' || signed_at, '') AS detail, url, 0 AS rank, min(signature_id) AS nth,
             NULL AS together_with, 0 AS own_look
        FROM signature WHERE bill_id = ?1 AND signed_on IS NOT NULL GROUP BY signed_on, verb, signed_at
      UNION ALL
      SELECT s.held_on, CASE WHEN s.committee IS NULL THEN 'on the agenda of the Assembly' ELSE 'before a committee' END,
             coalesce(s.committee, s.title), i.url, 1, min(s.sitting_id),
             (SELECT count(*) - 1 FROM item o WHERE o.sitting_id = s.sitting_id AND o.gone_at IS NULL), 0
        FROM item i JOIN sitting s ON s.sitting_id = i.sitting_id
       WHERE i.bill_id = ?1 AND i.gone_at IS NULL AND s.cancelled = 0 AND s.held_on IS NOT NULL
       GROUP BY s.held_on, s.committee
      UNION ALL
      SELECT s.held_on, 'sitting cancelled', coalesce(s.committee, s.title), i.url, 1, min(s.sitting_id), NULL, 0
        FROM item i JOIN sitting s ON s.sitting_id = i.sitting_id
       WHERE i.bill_id = ?1 AND s.cancelled = 1 AND s.held_on IS NOT NULL
       GROUP BY s.held_on, s.committee
      UNION ALL
      SELECT c.seen_at, c.kind, CASE WHEN c.kind = 'listed' THEN NULL
                                     ELSE nullif(coalesce(c.field || ': ', '') || coalesce(c.before || ' -> ', '') || coalesce(c.after, iif(c.before IS NULL, '', 'nothing')), '') END,
             -- what a sitting's page says is proved by that page, not by the index that led to it
             coalesce((SELECT i.url FROM item i WHERE p.kind = 'activities' AND i.bill_id = c.bill_id
                          AND c.poll_id IN (i.first_poll_id, i.last_poll_id) ORDER BY i.last_poll_id DESC LIMIT 1), p.url),
             2, c.change_id, NULL, c.silent
        FROM change c LEFT JOIN poll p ON p.poll_id = c.poll_id WHERE c.bill_id = ?1
      UNION ALL
      SELECT r.first_seen_on, 'on an archived page', NULL, p.url, 1, p.poll_id, NULL, 0
        FROM presence r JOIN poll p ON p.poll_id = r.first_poll_id WHERE r.bill_id = ?1 AND p.seen_by = 'import'
    ) ORDER BY substr(\"on\", 1, 10), rank, nth";

impl History {
    fn rows(&self, sql: &str, values: &[Value]) -> Result<Vec<Record>> {
        let mut all = self.connection.prepare_cached(sql)?;
        Ok(all.query_map(params_from_iter(values), Record::of)?.collect::<rusqlite::Result<_>>()?)
    }

    /// The agreements that a filter lets through, newest first.
    pub fn agreements(&self, filter: &Filter) -> Result<Vec<Record>> {
        let mut sql = format!("SELECT {AGREEMENT} FROM agreements WHERE 1");
        let mut values: Vec<Value> = Vec::new();
        let mut narrow = |condition: &str, value: Value| {
            values.push(value);
            sql.push_str(&format!(" AND {}", condition.replace('?', &format!("?{}", values.len()))));
        };
        if let Some(day) = filter.since {
            narrow("first_seen_at >= ?", Value::Text(start_of(day)));
        }
        if let Some(day) = filter.until.and_then(|day| day.succ_opt()) {
            narrow("first_seen_at < ?", Value::Text(start_of(day)));
        }
        if let Some(stage) = &filter.stage {
            narrow("stage = ?", Value::Text(stage.clone()));
        }
        if let Some(country) = &filter.country {
            narrow("EXISTS (SELECT 1 FROM json_each(countries) WHERE value = ?)", Value::Text(country.to_uppercase()));
        }
        if filter.doubtful {
            narrow("doubtful = ?", Value::Integer(1));
        }
        if let Some(words) = &filter.words {
            let ids = self.search(words)?;
            narrow("bill_id IN (SELECT value FROM json_each(?))", Value::Text(super::value::json(&ids)));
        }
        sql.push_str(" ORDER BY first_seen_at DESC, bill_id DESC");
        if filter.limit > 0 {
            sql.push_str(&format!(" LIMIT {}", filter.limit));
        }
        let mut found = self.rows(&sql, &values)?;
        let median = self.median_gap()?;
        for row in &mut found {
            let beside = median.filter(|_| row.number("gap_days").is_some());
            let values = [beside.map(|(_, days)| days.into()), beside.map(|(of, _)| of.into())];
            row.columns.extend(BESIDE.map(str::to_owned).into_iter().zip(values.map(Option::unwrap_or_default)));
        }
        Ok(found)
    }

    /// Everything known of a bill, and its timeline; none where there is no such row.
    pub fn show(&self, bill_id: i64) -> Result<Option<BillStory>> {
        let id = [Value::Integer(bill_id)];
        let Some(mut any) = self.rows("SELECT * FROM bills WHERE bill_id = ?1", &id)?.pop() else { return Ok(None) };
        let verdict = any.text("verdict");
        // Both stand in the story under the same names.
        any.columns.retain(|(name, _)| name != "verdict" && name != "titles");
        let bill = self.rows(&format!("SELECT {AGREEMENT} FROM agreements WHERE bill_id = ?1"), &id)?.pop().unwrap_or(any);
        Ok(Some(BillStory {
            bill,
            verdict,
            titles: self.rows("SELECT title, language, first_seen_at FROM title WHERE bill_id = ?1 ORDER BY title_id", &id)?,
            parties: self.rows("SELECT ours, name, country, level, evidence FROM party WHERE bill_id = ?1 ORDER BY position", &id)?,
            signatures: self.rows(
                "SELECT signed_on, until_on, signed_at, verb, sentence, url, page, seen_at FROM signature WHERE bill_id = ?1 ORDER BY signature_id",
                &id,
            )?,
            documents: self.rows(
                "SELECT url, label, state, sha256, bytes, fetched_at, file, first_seen_at, gone_at, read_by, note FROM documents WHERE bill_id = ?1
                  ORDER BY link_id, document_id",
                &id,
            )?,
            sittings: self.rows(
                "SELECT sitting_id, body, held_on, cancelled, position, title, sentence, url, first_seen_at, gone_at FROM agenda WHERE bill_id = ?1
                  ORDER BY held_on, sitting_id",
                &id,
            )?,
            lists: self.rows("SELECT source, present, first_seen_at, missing_since FROM presence WHERE bill_id = ?1 ORDER BY first_seen_at", &id)?,
            merges: self.rows("SELECT merged_at, note FROM merge WHERE bill_id = ?1 ORDER BY merge_id", &id)?,
            decisions: self
                .rows("SELECT verdict, before, reason, decided_by, decided_at FROM decision WHERE bill_id = ?1 ORDER BY decision_id", &id)?,
            timeline: self.rows(TIMELINE, &id)?,
            changes: self.rows(&format!("SELECT {CHANGE} FROM changes WHERE bill_id = ?1"), &id)?,
        }))
    }

    /// The log of changes since the beginning of a Belgrade day, oldest first.
    pub fn changes(&self, since: Option<NaiveDate>) -> Result<Vec<Record>> {
        let since = since.map(start_of).unwrap_or_default();
        self.rows(&format!("SELECT {CHANGE} FROM changes WHERE seen_at >= ?1 ORDER BY change_id"), &[Value::Text(since)])
    }

    /// The last polls, newest first, of one source or of all.
    pub fn polls(&self, source: Option<&str>, limit: usize) -> Result<Vec<Record>> {
        let source = source.map_or(Value::Null, |s| Value::Text(s.to_owned()));
        self.rows(
            "SELECT * FROM polls WHERE ?1 IS NULL OR source = ?1 ORDER BY poll_id DESC LIMIT ?2",
            &[source, Value::Integer(whole(limit))],
        )
    }

    /// A line a Belgrade day and source, newest first.
    pub fn polls_by_day(&self, since: NaiveDate) -> Result<Vec<Record>> {
        self.rows("SELECT * FROM polls_by_day WHERE day >= ?1 ORDER BY day DESC, source", &[Value::Text(since.to_string())])
    }

    /// Sittings of this moment's day and later, the cancelled too, soonest first.
    pub fn sittings_from(&self, moment: DateTime<Utc>) -> Result<Vec<Record>> {
        let day = Value::Text(day_in_belgrade(moment).to_string());
        self.rows("SELECT * FROM sittings WHERE held_on >= ?1 ORDER BY held_on, begins_at, sitting_id", &[day])
    }

    /// Of these bills, the newest title that was printed in a language.
    pub fn titles_in(&self, language: Language, bills: &[i64]) -> Result<HashMap<i64, String>> {
        let sql = "SELECT bill_id, title FROM title WHERE language = ?1 AND bill_id IN (SELECT value FROM json_each(?2)) ORDER BY title_id";
        let mut titles = self.connection.prepare_cached(sql)?;
        let values = params![language.as_str(), super::value::json(&bills)];
        Ok(titles.query_map(values, |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
    }

    /// The agenda of a sitting, in its order.
    pub fn agenda(&self, sitting_id: i64) -> Result<Vec<Record>> {
        let sql = "SELECT * FROM agenda WHERE sitting_id = ?1 AND gone_at IS NULL ORDER BY position IS NULL, position, bill_id";
        self.rows(sql, &[Value::Integer(sitting_id)])
    }

    /// How many rows: bills, agreements, doubtful ones, changes, polls.
    pub fn counts(&self) -> Result<Record> {
        let sql = "SELECT (SELECT count(*) FROM bill) AS bills, (SELECT count(*) FROM bill WHERE verdict = 'agreement') AS agreements,
                          (SELECT count(*) FROM bill WHERE verdict = 'doubtful') AS doubtful, (SELECT count(*) FROM change) AS changes,
                          (SELECT count(*) FROM poll) AS polls";
        Ok(self.rows(sql, &[])?.pop().unwrap_or(Record { columns: Vec::new() }))
    }
}

/// The instant a Belgrade day begins.
fn start_of(day: NaiveDate) -> String {
    use chrono::TimeZone;
    let midnight = day.and_hms_opt(0, 0, 0).unwrap_or_default();
    let local = crate::domain::zone::BELGRADE.from_local_datetime(&midnight).earliest();
    super::value::instant(local.map_or(midnight.and_utc(), |at| at.with_timezone(&Utc)))
}
