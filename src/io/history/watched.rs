//! How often we looked, and how well, counted from the polls: for the proof of silence.

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::value::{instant, instant_at, instant_in, whole_at};
use super::{History, Result};
use crate::domain::letter::silence::{Watched, WatchedPage};

impl History {
    /// What came of our looks at these sources from one instant to another. `sources`: name, kind and address of each,
    /// in the order they are told.
    pub fn watched(&self, sources: &[(&str, &str, &str)], from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Watched> {
        let pages = sources.iter().map(|source| self.watched_page(*source, from, until)).collect::<Result<_>>()?;
        let mut found = self.connection.prepare_cached(
            "SELECT count(DISTINCT c.bill_id) FROM change c JOIN bill b USING (bill_id)
              WHERE c.kind IN ('listed', 'recognised') AND c.silent = 0 AND b.verdict = 'agreement' AND c.seen_at >= ?1 AND c.seen_at < ?2",
        )?;
        let found = found.query_row(params![instant(from), instant(until)], |row| whole_at(row, 0))?.unwrap_or(0);
        Ok(Watched { from, until, pages, found, pause_s: 0 })
    }

    /// When anything new was last seen on any page: a bill on a list, or a page of an activity. None before the first.
    pub fn newest_new(&self) -> Result<Option<DateTime<Utc>>> {
        let mut newest = self.connection.prepare_cached(
            "SELECT max(at) FROM (SELECT max(first_seen_at) AS at FROM bill WHERE seen_by = 'live'
                                  UNION ALL SELECT max(first_seen_at) FROM presence UNION ALL SELECT max(linked_at) FROM activity)",
        )?;
        Ok(newest.query_row([], |row| instant_at(row, 0))?)
    }

    /// When the newest poll of our own began, by the clock of its time. None before the first.
    pub fn newest_look(&self) -> Result<Option<DateTime<Utc>>> {
        let mut newest = self.connection.prepare_cached("SELECT max(started_at) FROM poll WHERE seen_by = 'live'")?;
        Ok(newest.query_row([], |row| instant_at(row, 0))?)
    }

    /// Where the server said "too many requests" (429) since an instant, and fewer good looks than `good` have followed: when our last look began.
    pub fn slowed_since(&self, source: &str, good: usize, since: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
        let mut last = self.connection.prepare_cached(
            "WITH recent AS (SELECT poll_id, started_at, outcome, http_status FROM poll
                              WHERE source = ?1 AND seen_by = 'live' AND started_at >= ?3),
                  busy AS (SELECT max(poll_id) AS poll_id FROM recent WHERE http_status = 429)
             SELECT max(started_at) FROM recent, busy WHERE busy.poll_id IS NOT NULL
              AND (SELECT count(*) FROM recent r WHERE r.poll_id > busy.poll_id AND r.outcome NOT IN ('failed', 'held')) < ?2",
        )?;
        Ok(last.query_row(params![source, super::value::whole(good), instant(since)], |row| instant_at(row, 0))?)
    }

    /// How many documents are kept unread, for want of the program that reads them.
    pub fn unread_documents(&self) -> Result<usize> {
        let mut unread = self.connection.prepare_cached(
            "SELECT count(*) FROM document d WHERE state = 'unread'
                AND NOT EXISTS (SELECT 1 FROM document n WHERE n.link_id = d.link_id AND n.document_id > d.document_id)",
        )?;
        Ok(unread.query_row([], |row| whole_at(row, 0))?.unwrap_or(0))
    }

    fn watched_page(&self, (name, kind, url): (&str, &str, &str), from: DateTime<Utc>, until: DateTime<Utc>) -> Result<WatchedPage> {
        let state = self.source(name)?;
        let (mut looks, mut good, mut longest) = (0, 0, None);
        let mut seen_at = from;
        let mut stretch = |seen_at: DateTime<Utc>, next: DateTime<Utc>| {
            let lasts = |(a, b): (DateTime<Utc>, DateTime<Utc>)| b.signed_duration_since(a);
            if longest.is_none_or(|known| lasts(known) < lasts((seen_at, next))) {
                longest = Some((seen_at, next));
            }
        };
        let mut polls = self.connection.prepare_cached(
            "SELECT started_at, outcome IN ('baseline', 'unmodified', 'recorded', 'degraded') FROM poll
              WHERE source = ?1 AND seen_by = 'live' AND started_at >= ?2 AND started_at < ?3 ORDER BY started_at",
        )?;
        let mut rows = polls.query(params![name, instant(from), instant(until)])?;
        while let Some(row) = rows.next()? {
            looks += 1;
            if row.get(1)? {
                good += 1;
                let at = instant_in(row, 0)?;
                stretch(seen_at, at);
                seen_at = at;
            }
        }
        stretch(seen_at, until);
        Ok(WatchedPage {
            kind: kind.to_owned(),
            url: url.to_owned(),
            looks,
            good,
            rows: state.rows,
            agreements: state.agreements,
            newest_good_at: state.last_good_at,
            longest,
        })
    }
}
