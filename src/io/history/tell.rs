//! For the dispatcher: the changes after a row of the log, and the facts of one letter, all with their sentences.

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::record::{NOBODY_LOOKED, Outcome};
use super::value::{act_number_at, day_at, hour_at, instant, instant_in, whole, whole_in, word_at, word_in};
use super::{History, Result};
use crate::domain::bill::{ActNumber, Language, Party};
use crate::domain::change::Kind;
use crate::domain::letter::coming::ComingSitting;
use crate::domain::letter::{DocumentFact, Facts, Finding, Gap, Place, SignatureFact, SittingFact};
use crate::domain::zone::day_in_belgrade;

/// A row of the log, with what the dispatcher needs to know of its poll.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedChange {
    /// Row id.
    pub change_id: i64,
    /// When it was seen.
    pub seen_at: DateTime<Utc>,
    /// Of which bill.
    pub bill_id: i64,
    /// Its number, as known then.
    pub act_number: Option<ActNumber>,
    /// Its title, as shown then.
    pub title: String,
    /// What happened.
    pub kind: Kind,
    /// What changed.
    pub field: Option<String>,
    /// Before.
    pub before: Option<String>,
    /// Now.
    pub after: Option<String>,
    /// In which source; none for a person's decision.
    pub source: Option<String>,
    /// In which poll; none for a person's decision.
    pub poll_id: Option<i64>,
    /// The hash of the row.
    pub hash: String,
    /// From a baseline or an import: nobody is written to.
    pub silent: bool,
    /// What came of the poll.
    pub outcome: Option<Outcome>,
    /// Its page was read although the site's certificate was not valid.
    pub unverified: bool,
    /// Its page was held, and nobody came to look at it in time.
    pub waited: bool,
}

/// A document's address and its text.
pub type AddressedText = (String, String);

impl History {
    /// The rows of the log after one, oldest first, at most `limit`.
    pub fn changes_after(&self, change_id: i64, limit: usize) -> Result<Vec<LoggedChange>> {
        let mut all = self.connection.prepare_cached(
            "SELECT c.change_id, c.seen_at, c.bill_id, c.act_number, c.title, c.kind, c.field, c.before, c.after, c.source, c.poll_id, c.hash,
                    c.silent, p.outcome, coalesce(p.verified, 1) = 0, coalesce(p.note = ?3, 0)
               FROM change c LEFT JOIN poll p ON p.poll_id = c.poll_id WHERE c.change_id > ?1 ORDER BY c.change_id LIMIT ?2",
        )?;
        Ok(all.query_map(params![change_id, whole(limit), NOBODY_LOOKED], logged)?.collect::<rusqlite::Result<_>>()?)
    }

    /// The rows of the log about one bill, by their ids, oldest first.
    pub fn changes_of(&self, bill_id: i64) -> Result<Vec<i64>> {
        let mut all = self.connection.prepare_cached("SELECT change_id FROM change WHERE bill_id = ?1 ORDER BY change_id")?;
        Ok(all.query_map([bill_id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Which change of its sort this is: the first `relisted` of a bill is 1, the second 2. A rebuilt history counts the same.
    pub fn nth(&self, change: &LoggedChange) -> Result<i64> {
        let mut count =
            self.connection.prepare_cached("SELECT count(*) FROM change WHERE bill_id = ?1 AND kind = ?2 AND change_id <= ?3")?;
        Ok(count.query_row(params![change.bill_id, change.kind.as_str(), change.change_id], |row| row.get(0))?)
    }

    /// The act number and the title that a bill had in its first row of the log. They never change; those of the bill do.
    pub fn first_called(&self, bill_id: i64) -> Result<(Option<String>, String)> {
        let mut first =
            self.connection.prepare_cached("SELECT act_number, title FROM change WHERE bill_id = ?1 ORDER BY change_id LIMIT 1")?;
        Ok(first.query_row([bill_id], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// The facts of the letter that tells of one change; none where there is no such row.
    pub fn finding(&self, change_id: i64) -> Result<Option<Finding>> {
        let mut one = self.connection.prepare_cached(
            "SELECT c.change_id, c.seen_at, c.bill_id, c.act_number, c.title, c.kind, c.field, c.before, c.after, c.source, c.poll_id, c.hash,
                    c.silent, p.outcome, coalesce(p.verified, 1) = 0, coalesce(p.note = ?2, 0)
               FROM change c LEFT JOIN poll p ON p.poll_id = c.poll_id WHERE c.change_id = ?1",
        )?;
        let Some(change) = one.query_row(params![change_id, NOBODY_LOOKED], logged).optional()? else { return Ok(None) };
        let difference = match (change.kind, &change.after) {
            (Kind::DocumentReplaced, Some(sha256)) => self.difference_of(change.bill_id, sha256, change.seen_at)?,
            _ => None,
        };
        let called_off = match (change.kind, &change.before) {
            (Kind::Unscheduled, Some(day)) => self.sitting_called_off(change.bill_id, day)?,
            _ => None,
        };
        Ok(Some(Finding {
            called_off,
            change_id,
            kind: change.kind,
            seen_at: change.seen_at,
            field: change.field,
            before: change.before,
            after: change.after,
            agreement: self.facts(change.bill_id, change.seen_at)?,
            place: self.place(change.bill_id, change.poll_id)?,
            quotes: Vec::new(),
            difference,
            unverified: change.unverified,
            waited: change.waited,
            by_fetching: change.source.as_deref() == Some("documents"),
        }))
    }

    /// How many agreements have a known gap, and their median in days. None of fewer than two: one agreement is no measure of itself.
    pub fn median_gap(&self) -> Result<Option<(usize, i64)>> {
        let mut all = self
            .connection
            .prepare_cached("SELECT g.gap_days FROM gap g JOIN bill b USING (bill_id) WHERE b.verdict = 'agreement' ORDER BY 1")?;
        let days: Vec<i64> = all.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let middle = match days.as_slice() {
            [] | [_] => return Ok(None),
            days if days.len() % 2 == 1 => days[days.len() / 2],
            days => (days[days.len() / 2 - 1] + days[days.len() / 2]) / 2,
        };
        Ok(Some((days.len(), middle)))
    }

    /// The day since which we follow the pages: the first good poll of our own.
    pub fn watching_since(&self) -> Result<Option<NaiveDate>> {
        let mut first = self
            .connection
            .prepare_cached("SELECT min(started_on) FROM poll WHERE seen_by = 'live' AND outcome NOT IN ('failed', 'held')")?;
        Ok(first.query_row([], |row| day_at(row, 0))?)
    }

    /// Everything in which a subscriber's words are searched: titles and parties' names; the newest text of each linked document, with its
    /// address.
    pub fn texts_of(&self, bill_id: i64) -> Result<(Vec<String>, Vec<AddressedText>)> {
        let mut named = self
            .connection
            .prepare_cached("SELECT title FROM title WHERE bill_id = ?1 UNION ALL SELECT name FROM party WHERE bill_id = ?1")?;
        let mut linked = self.connection.prepare_cached(
            "SELECT l.url, d.text FROM document d JOIN link l USING (link_id) WHERE d.text IS NOT NULL AND d.document_id IN (
               SELECT max(d.document_id) FROM document d JOIN link l ON l.link_id = d.link_id WHERE l.bill_id = ?1 GROUP BY d.link_id)
              ORDER BY l.link_id",
        )?;
        let names = named.query_map([bill_id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let documents = linked.query_map([bill_id], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
        Ok((names, documents))
    }

    /// What is known of a bill, and, as of `now`, its coming sitting.
    pub fn facts(&self, bill_id: i64, now: DateTime<Utc>) -> Result<Facts> {
        let mut one = self.connection.prepare_cached(
            "SELECT b.act_number, b.title, b.language, b.verdict, b.instrument, b.first_seen_at, b.submitter, p.title, b.seen_by = 'import',
                    EXISTS (SELECT 1 FROM contested c WHERE c.bill_id = b.bill_id)
               FROM bill b LEFT JOIN bill p ON p.bill_id = b.possibly WHERE b.bill_id = ?1",
        )?;
        let facts = one.query_row([bill_id], |row| {
            Ok(Facts {
                bill_id,
                act_number: act_number_at(row, 0)?,
                title: row.get(1)?,
                language: word_in(row, 2)?,
                other_titles: Vec::new(),
                verdict: word_in(row, 3)?,
                instrument: row.get(4)?,
                parties: Vec::new(),
                signatures: Vec::new(),
                gap: None,
                first_seen_at: instant_in(row, 5)?,
                documents: Vec::new(),
                submitter: row.get(6)?,
                sitting: None,
                possibly_same_as: row.get(7)?,
                persons: Vec::new(),
                committees: Vec::new(),
                from_archive: row.get(8)?,
                contested: row.get(9)?,
            })
        });
        let mut facts = facts.optional()?.ok_or(super::HistoryError::NoBill(bill_id))?;
        let mut others = self.connection.prepare_cached("SELECT title FROM title WHERE bill_id = ?1 AND title <> ?2 ORDER BY title_id")?;
        facts.other_titles = others.query_map(params![bill_id, facts.title], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        facts.parties = self.parties_of(bill_id)?;
        facts.committees = self.committees_of(bill_id)?;
        facts.signatures = self.signatures_of(bill_id)?;
        // A gap begins on a day of signature: where none is known, the history is not asked.
        facts.gap = if facts.signatures.is_empty() { None } else { self.gap_of(bill_id)? };
        facts.documents = self.documents_of(bill_id)?;
        facts.sitting = self.sitting_coming(bill_id, now)?;
        Ok(facts)
    }

    fn committees_of(&self, bill_id: i64) -> Result<Vec<String>> {
        let mut all = self.connection.prepare_cached(
            "SELECT DISTINCT s.committee FROM item i JOIN sitting s ON s.sitting_id = i.sitting_id
              WHERE i.bill_id = ?1 AND s.committee IS NOT NULL ORDER BY 1",
        )?;
        Ok(all.query_map([bill_id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    /// The parties of an agreement, as printed.
    pub fn parties_of(&self, bill_id: i64) -> Result<Vec<Party>> {
        let mut all =
            self.connection.prepare_cached("SELECT name, country, level, ours FROM party WHERE bill_id = ?1 ORDER BY position")?;
        let party = |row: &Row<'_>| Ok(Party { name: row.get(0)?, country: row.get(1)?, level: word_in(row, 2)?, ours: row.get(3)? });
        Ok(all.query_map([bill_id], party)?.collect::<rusqlite::Result<_>>()?)
    }

    /// Each day, place and verb once, under the first sentence that says so.
    fn signatures_of(&self, bill_id: i64) -> Result<Vec<SignatureFact>> {
        let mut all = self.connection.prepare_cached(
            "SELECT signed_on, signed_at, verb, sentence, url, page, min(signature_id) FROM signature WHERE bill_id = ?1
              GROUP BY signed_on, signed_at, verb ORDER BY min(signature_id)",
        )?;
        let signature = |row: &Row<'_>| {
            let (url, page) = (row.get(4)?, row.get(5)?);
            Ok(SignatureFact { on: row.get(0)?, at: row.get(1)?, verb: row.get(2)?, sentence: row.get(3)?, url, page })
        };
        Ok(all.query_map([bill_id], signature)?.collect::<rusqlite::Result<_>>()?)
    }

    fn gap_of(&self, bill_id: i64) -> Result<Option<Gap>> {
        let mut one =
            self.connection.prepare_cached("SELECT gap_days, gap_from, gap_on, gap_to, gap_at_most FROM gap WHERE bill_id = ?1")?;
        let gap = one.query_row([bill_id], |row| {
            let (from, to) = (day_at(row, 1)?, day_at(row, 2)?);
            let (days, to_kind, at_most) = (row.get(0)?, row.get(3)?, row.get(4)?);
            Ok(from.zip(to).map(|(from, to)| Gap { days, from, to, to_kind, at_most }))
        });
        Ok(gap.optional()?.flatten())
    }

    fn documents_of(&self, bill_id: i64) -> Result<Vec<DocumentFact>> {
        let mut all = self.connection.prepare_cached(
            "SELECT l.url, l.label, coalesce((SELECT CASE WHEN d.state = 'text' AND d.note IS NOT NULL THEN 'partial' ELSE d.state END FROM document d WHERE d.link_id = l.link_id ORDER BY d.document_id DESC LIMIT 1),
                                             'pending')
               FROM link l WHERE l.bill_id = ?1 AND l.gone_at IS NULL ORDER BY l.link_id",
        )?;
        let document = |row: &Row<'_>| Ok(DocumentFact { url: row.get(0)?, label: row.get(1)?, state: row.get(2)? });
        Ok(all.query_map([bill_id], document)?.collect::<rusqlite::Result<_>>()?)
    }

    /// The next sitting of the Assembly that carries the bill; one without a day counts as coming.
    pub fn sitting_coming(&self, bill_id: i64, now: DateTime<Utc>) -> Result<Option<SittingFact>> {
        let mut one = self.connection.prepare_cached(
            "SELECT s.title, s.held_on, s.begins_at, s.url,
                    (SELECT count(*) - 1 FROM item o WHERE o.sitting_id = s.sitting_id AND o.gone_at IS NULL), s.sitting_id
               FROM item i JOIN sitting s ON s.sitting_id = i.sitting_id
              WHERE i.bill_id = ?1 AND i.gone_at IS NULL AND s.committee IS NULL AND s.cancelled = 0 AND coalesce(s.held_on, ?2) >= ?2
              ORDER BY s.held_on IS NULL, s.held_on LIMIT 1",
        )?;
        Ok(one.query_row(params![bill_id, day_in_belgrade(now).to_string()], sitting).optional()?)
    }

    /// The sitting of the Assembly of that day that carried the bill, where the whole of it was called off.
    fn sitting_called_off(&self, bill_id: i64, day: &str) -> Result<Option<SittingFact>> {
        let mut one = self.connection.prepare_cached(
            "SELECT s.title, s.held_on, s.begins_at, s.url, 0, s.sitting_id FROM item i JOIN sitting s ON s.sitting_id = i.sitting_id
              WHERE i.bill_id = ?1 AND i.gone_at IS NOT NULL AND s.committee IS NULL AND s.cancelled = 1 AND s.held_on = ?2
              ORDER BY i.gone_at DESC LIMIT 1",
        )?;
        Ok(one.query_row(params![bill_id, day], sitting).optional()?)
    }

    /// Sittings of committees from today on whose agenda is unknown, soonest first; with each, whether it was first seen in silence. At most
    /// `most` of them: a calendar holds a few weeks.
    pub fn committees_coming(&self, now: DateTime<Utc>, most: usize) -> Result<Vec<(ComingSitting, bool)>> {
        let mut all = self.connection.prepare_cached(
            "SELECT s.committee, s.held_on, s.begins_at, s.hall, s.cancelled, s.url, p.silent
               FROM sitting s JOIN poll p ON p.poll_id = s.first_poll_id
              WHERE s.committee IS NOT NULL AND s.agenda_known = 0 AND s.held_on >= ?1
              ORDER BY s.held_on, s.begins_at, s.sitting_id LIMIT ?2",
        )?;
        let mut rows = all.query(params![day_in_belgrade(now).to_string(), super::value::whole(most)])?;
        let mut coming = Vec::new();
        while let Some(row) = rows.next()? {
            let Some(held_on) = day_at(row, 1)? else { continue };
            let (begins_at, hall, cancelled) = (hour_at(row, 2)?, row.get(3)?, row.get(4)?);
            coming.push((ComingSitting { committee: row.get(0)?, held_on, begins_at, hall, cancelled, url: row.get(5)? }, row.get(6)?));
        }
        Ok(coming)
    }

    /// Where a change was seen: the list's page, or the page of the sitting that named the bill in that poll. A person's decision points at
    /// the page where the bill was first seen.
    fn place(&self, bill_id: i64, poll_id: Option<i64>) -> Result<Place> {
        let mut one = self.connection.prepare_cached(
            "SELECT p.poll_id, p.kind, p.url, p.observed_at FROM poll p
              WHERE p.poll_id = coalesce(?2, (SELECT first_poll_id FROM bill WHERE bill_id = ?1))",
        )?;
        let (poll, kind, url): (i64, String, String) =
            one.query_row(params![bill_id, poll_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        match kind.as_str() {
            "bills" => return Ok(Place::Bills { url }),
            "laws" => return Ok(Place::Laws { url }),
            "activities" => {}
            // the document job looks at no page of its own
            _ if poll_id.is_some() => return self.place(bill_id, None),
            _ => {}
        }
        let mut named = self.connection.prepare_cached(
            "SELECT i.url, s.committee, s.language, s.held_on, i.sentence FROM item i JOIN sitting s ON s.sitting_id = i.sitting_id
              WHERE i.bill_id = ?1
              ORDER BY i.first_poll_id = ?2 DESC, i.last_poll_id = ?2 DESC, i.first_seen_at DESC, s.held_on DESC LIMIT 1",
        )?;
        let sitting = named.query_row(params![bill_id, poll], |row| {
            Ok(Place::Sitting {
                url: row.get(0)?,
                committee: row.get(1)?,
                language: word_at(row, 2)?.unwrap_or(Language::SrLatn),
                held_on: day_at(row, 3)?,
                sentence: row.get(4)?,
            })
        });
        let bare = Place::Sitting { url, committee: None, language: Language::SrLatn, held_on: None, sentence: String::new() };
        Ok(sitting.optional()?.unwrap_or(bare))
    }

    /// Whether a sitting of the Assembly begins within `before` of now, or began so lately that it may last (`lasts`). One without an hour is
    /// taken to begin with its day.
    pub fn sitting_near(&self, now: DateTime<Utc>, before: TimeDelta, lasts: TimeDelta) -> Result<bool> {
        let begin = self.sittings_begin(day_in_belgrade(now - lasts), Some(day_in_belgrade(now + before)))?;
        Ok(begin.into_iter().any(|at| at - before <= now && now <= at + lasts))
    }

    /// When the first sitting of the Assembly after a moment begins.
    pub fn sitting_after(&self, moment: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
        Ok(self.sittings_begin(day_in_belgrade(moment), None)?.into_iter().filter(|at| *at > moment).min())
    }

    /// When the known sittings of the Assembly of some days begin.
    fn sittings_begin(&self, from: NaiveDate, to: Option<NaiveDate>) -> Result<Vec<DateTime<Utc>>> {
        let mut all = self.connection.prepare_cached(
            "SELECT held_on, begins_at FROM sitting
              WHERE committee IS NULL AND cancelled = 0 AND held_on >= ?1 AND (?2 IS NULL OR held_on <= ?2)",
        )?;
        let mut rows = all.query([Some(from.to_string()), to.map(|day| day.to_string())])?;
        let mut begin = Vec::new();
        while let Some(row) = rows.next()? {
            let local = day_at(row, 0)?.map(|day| day.and_time(hour_at(row, 1).ok().flatten().unwrap_or_default()));
            let begins = local.and_then(|at| crate::domain::zone::BELGRADE.from_local_datetime(&at).earliest());
            begin.extend(begins.map(|at| at.with_timezone(&Utc)));
        }
        Ok(begin)
    }

    /// Polls of a time, by outcome, for the proof of silence: all, good ones, and the last good one.
    pub fn polls_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Watch> {
        let mut one = self.connection.prepare_cached(
            "SELECT count(*), coalesce(sum(outcome NOT IN ('failed', 'held')), 0),
                    max(CASE WHEN outcome NOT IN ('failed', 'held') THEN ended_at END)
               FROM poll WHERE seen_by = 'live' AND started_at >= ?1 AND started_at < ?2",
        )?;
        Ok(one.query_row([instant(from), instant(to)], |row| {
            Ok(Watch { polls: whole_in(row, 0)?, good: whole_in(row, 1)?, last_good_at: super::value::instant_at(row, 2)? })
        })?)
    }
}

/// How often we looked.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Watch {
    /// Polls begun.
    pub polls: usize,
    /// Polls that saw a valid page.
    pub good: usize,
    /// The last of those.
    pub last_good_at: Option<DateTime<Utc>>,
}

fn sitting(row: &Row<'_>) -> rusqlite::Result<SittingFact> {
    Ok(SittingFact {
        title: row.get(0)?,
        held_on: day_at(row, 1)?,
        begins_at: hour_at(row, 2)?,
        url: row.get(3)?,
        together_with: whole_in(row, 4)?,
        sitting_id: row.get(5)?,
    })
}

fn logged(row: &Row<'_>) -> rusqlite::Result<LoggedChange> {
    Ok(LoggedChange {
        change_id: row.get(0)?,
        seen_at: instant_in(row, 1)?,
        bill_id: row.get(2)?,
        act_number: act_number_at(row, 3)?,
        title: row.get(4)?,
        kind: word_in(row, 5)?,
        field: row.get(6)?,
        before: row.get(7)?,
        after: row.get(8)?,
        source: row.get(9)?,
        poll_id: row.get(10)?,
        hash: row.get(11)?,
        silent: row.get(12)?,
        outcome: word_at(row, 13)?,
        unverified: row.get(14)?,
        waited: row.get(15)?,
    })
}
