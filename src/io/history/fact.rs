//! One fact, a row or two: applies what a comparison says, in its order, inside `record`'s transaction.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Transaction, params};

use super::chain::{Entry, Head};
use super::record::{PollRecord, Recorded, SeenBy};
use super::source::SourceState;
use super::value::{instant, json, whole};
use super::{HistoryError, Result};
use crate::domain::agreement::Detection;
use crate::domain::article::Signature;
use crate::domain::bill::{Body, Language, Sitting, Stage};
use crate::domain::change::{BillRef, Change, Fact, Kind, KnownTitle, Presence, Profile, SittingRef};
use crate::domain::dates::PrintedDate;
use crate::domain::page::address;
use crate::domain::script;
use crate::domain::zone::day_in_belgrade;

/// Applies facts and remembers which row each new thing became.
pub(super) struct Recorder<'a> {
    transaction: &'a Transaction<'a>,
    poll: &'a PollRecord,
    poll_id: i64,
    seen_at: String,
    seen_on: String,
    /// The Belgrade day of the source's last good look before this one: what it lacked then is new since.
    looked_before_on: Option<String>,
    head: Option<Head>,
    sittings: Vec<i64>,
    recorded: Recorded,
    /// Bills whose text may have changed: to be indexed again.
    touched: BTreeSet<i64>,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(transaction: &'a Transaction<'a>, poll: &'a PollRecord, poll_id: i64, before: Option<&SourceState>) -> Result<Self> {
        let looked_before = before.filter(|s| s.baseline_at.is_some() && poll.seen_by == SeenBy::Live).and_then(|s| s.last_good_at);
        Ok(Recorder {
            transaction,
            poll,
            poll_id,
            seen_at: instant(poll.observed_at),
            seen_on: day_in_belgrade(poll.observed_at).to_string(),
            looked_before_on: looked_before.map(|at| day_in_belgrade(at).to_string()),
            head: None,
            sittings: Vec::new(),
            recorded: Recorded { poll_id, ..Recorded::default() },
            touched: BTreeSet::new(),
        })
    }

    /// What became of it all, and the bills to index.
    pub(super) fn finish(self) -> (Recorded, BTreeSet<i64>) {
        (self.recorded, self.touched)
    }

    pub(super) fn apply(&mut self, fact: &Fact) -> Result<()> {
        match fact {
            Fact::Bill { .. } => self.bill(fact),
            Fact::Title { bill, title } => {
                let bill = self.row_of(*bill)?;
                self.title(bill, title)
            }
            Fact::Retitle { bill, title, detection, profile } => self.retitle(*bill, title, detection, profile.as_ref()),
            Fact::Detail { bill, act_number, listed_on, listed_text, submitter } => {
                let bill = self.row_of(*bill)?;
                self.put(
                    "UPDATE bill SET act_number = coalesce(?2, act_number), listed_on = coalesce(?3, listed_on),
                            listed_text = coalesce(?4, listed_text), submitter = coalesce(?5, submitter) WHERE bill_id = ?1",
                    params![bill, act_number.map(|n| n.to_string()), listed_on.map(|d| d.to_string()), listed_text, submitter],
                )
            }
            Fact::Document { bill, link, canonical, on_list } => {
                let bill = self.row_of(*bill)?;
                let source = on_list.then_some(&self.poll.source);
                self.put(
                    "INSERT INTO link (bill_id, url, canonical, label, source, first_seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                     ON CONFLICT (bill_id, canonical) DO UPDATE SET
                       url = excluded.url, label = excluded.label, source = excluded.source, gone_at = NULL, missing_since = NULL, missing_polls = 0",
                    params![bill, link.url.as_str(), canonical, link.label, source, self.seen_at],
                )
            }
            Fact::DocumentMissing { bill, canonical, missing_since, missing_polls, gone } => {
                let bill = self.row_of(*bill)?;
                self.put(
                    "UPDATE link SET missing_since = ?3, missing_polls = ?4, gone_at = ?5 WHERE bill_id = ?1 AND canonical = ?2",
                    params![bill, canonical, missing_since.map(instant), missing_polls, gone.then_some(&self.seen_at)],
                )
            }
            Fact::Presence { bill, presence } => self.presence(*bill, presence),
            Fact::Stage { bill, stage } => self.stage(*bill, *stage),
            Fact::Verified { bill } => {
                let bill = self.row_of(*bill)?;
                self.put("UPDATE bill SET unverified = 0 WHERE bill_id = ?1", params![bill])
            }
            Fact::Merge { bill, note } => {
                let bill = self.row_of(*bill)?;
                self.put(
                    "INSERT INTO merge (bill_id, poll_id, merged_at, note) VALUES (?1, ?2, ?3, ?4)",
                    params![bill, self.poll_id, self.seen_at, note],
                )
            }
            Fact::Sitting { sitting, told, content_id, url } => self.sitting(*sitting, told, *content_id, url),
            Fact::Item { .. } => self.item(fact),
            Fact::ItemGone { sitting, bill } => {
                let (sitting, bill) = (self.sitting_of(*sitting)?, self.row_of(*bill)?);
                self.put("UPDATE item SET gone_at = ?3 WHERE sitting_id = ?1 AND bill_id = ?2", params![sitting, bill, self.seen_at])
            }
            Fact::Signature { bill, signature, sentence, url } => self.signature(*bill, signature, sentence, url),
            Fact::Change(change) => self.change(change),
        }
    }

    fn put(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<()> {
        self.transaction.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    fn row_of(&self, bill: BillRef) -> Result<i64> {
        match bill {
            BillRef::Known(id) => Ok(id),
            BillRef::New(n) => self.recorded.bills.get(n).copied().ok_or(HistoryError::NoBill(-1)),
        }
    }

    fn sitting_of(&self, sitting: SittingRef) -> Result<i64> {
        match sitting {
            SittingRef::Known(id) => Ok(id),
            SittingRef::New(n) => self.sittings.get(n).copied().ok_or(HistoryError::NoBill(-1)),
        }
    }

    /// The day something was first seen, where that was no baseline's or archive's first look.
    fn learned_on(&self) -> Option<&str> {
        (!self.poll.silent).then_some(self.seen_on.as_str())
    }

    fn bill(&mut self, fact: &Fact) -> Result<()> {
        let Fact::Bill { title, act_number, legislature, listed_on, listed_text, submitter, stage, detection, profile, possibly, same_as } =
            fact
        else {
            return Ok(());
        };
        let possibly = possibly.map(|other| self.row_of(other)).transpose()?;
        let same_as = same_as.map(|other| self.row_of(other)).transpose()?;
        let bill = self
            .transaction
            .prepare_cached(
                "INSERT INTO bill (act_number, legislature, title, title_latin, language, stage, verdict, instrument, evidence, profile,
                                   listed_on, listed_text, submitter, possibly, adopted_on, first_seen_at, seen_by, first_poll_id, same_as,
                                   unverified)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
            )?
            .insert(params![
                act_number.map(|n| n.to_string()),
                legislature,
                title.title,
                script::to_latin(&title.title),
                title.language.as_str(),
                stage.as_str(),
                detection.verdict.as_str(),
                detection.instrument,
                detection.evidence,
                profile.as_ref().map(json),
                listed_on.map(|d| d.to_string()),
                listed_text,
                submitter,
                possibly,
                self.learned_on().filter(|_| *stage == Stage::Adopted),
                self.seen_at,
                self.poll.seen_by.as_str(),
                self.poll_id,
                same_as,
                !self.poll.verified,
            ])?;
        self.recorded.bills.push(bill);
        self.title(bill, title)?;
        self.parties(bill, detection, &title.title)
    }

    fn title(&mut self, bill: i64, title: &KnownTitle) -> Result<()> {
        self.touched.insert(bill);
        self.put(
            "INSERT OR IGNORE INTO title (bill_id, title, title_key, language, first_seen_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![bill, title.title, title.key, title.language.as_str(), self.seen_at],
        )
    }

    fn parties(&mut self, bill: i64, detection: &Detection, printed: &str) -> Result<()> {
        self.touched.insert(bill);
        self.put("DELETE FROM party WHERE bill_id = ?1", params![bill])?;
        for (position, party) in (1_i64..).zip(&detection.parties) {
            self.put(
                "INSERT INTO party (bill_id, position, ours, name, country, level, evidence) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![bill, position, party.ours, party.name, party.country, party.level.as_str(), printed],
            )?;
        }
        Ok(())
    }

    /// A person's verdict stays whatever a new title says.
    fn retitle(&mut self, bill: BillRef, title: &KnownTitle, detection: &Detection, profile: Option<&Profile>) -> Result<()> {
        let bill = self.row_of(bill)?;
        self.put(
            "UPDATE bill SET title = ?2, title_latin = ?3, language = ?4, verdict = CASE decided WHEN 1 THEN verdict ELSE ?5 END,
                    instrument = ?6, evidence = ?7, profile = ?8 WHERE bill_id = ?1",
            params![
                bill,
                title.title,
                script::to_latin(&title.title),
                title.language.as_str(),
                detection.verdict.as_str(),
                detection.instrument,
                detection.evidence,
                profile.map(json),
            ],
        )?;
        self.title(bill, title)?;
        self.parties(bill, detection, &title.title)
    }

    /// A bill first met in an archive is met earlier by an older page of one, in whatever order they are imported.
    fn met(&self, bill: i64) -> Result<()> {
        if self.poll.seen_by != SeenBy::Import {
            return Ok(());
        }
        self.put(
            "UPDATE bill SET first_seen_at = ?2, first_poll_id = ?3 WHERE bill_id = ?1 AND seen_by = 'import' AND first_seen_at > ?2",
            params![bill, self.seen_at, self.poll_id],
        )
    }

    /// An archived page may show a bill earlier than the first look of our own did.
    fn presence(&self, bill: BillRef, presence: &Presence) -> Result<()> {
        let bill = self.row_of(bill)?;
        self.met(bill)?;
        self.put(
            "INSERT INTO presence (bill_id, source, present, missing_since, missing_polls, first_seen_at, first_seen_on, looked_before_on,
                                   first_poll_id, own_look)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (bill_id, source) DO UPDATE SET
               present = excluded.present, missing_since = excluded.missing_since, missing_polls = excluded.missing_polls,
               own_look = iif(excluded.first_seen_at < first_seen_at, excluded.own_look, own_look),
               looked_before_on = iif(excluded.first_seen_at < first_seen_at, excluded.looked_before_on, looked_before_on),
               first_poll_id = iif(excluded.first_seen_at < first_seen_at, excluded.first_poll_id, first_poll_id),
               first_seen_on = min(excluded.first_seen_on, first_seen_on), first_seen_at = min(excluded.first_seen_at, first_seen_at)",
            params![
                bill,
                presence.source,
                presence.present,
                presence.missing_since.map(instant),
                presence.missing_polls,
                self.seen_at,
                self.seen_on,
                self.looked_before_on,
                self.poll_id,
                self.poll.silent && self.poll.seen_by == SeenBy::Live,
            ],
        )
    }

    fn stage(&self, bill: BillRef, stage: Stage) -> Result<()> {
        let bill = self.row_of(bill)?;
        let gone = (stage == Stage::Delisted).then_some(self.seen_at.as_str());
        let adopted = self.learned_on().filter(|_| stage == Stage::Adopted);
        self.put(
            "UPDATE bill SET stage = ?2, delisted_at = ?3, adopted_on = coalesce(adopted_on, ?4) WHERE bill_id = ?1",
            params![bill, stage.as_str(), gone, adopted],
        )
    }

    /// The same page may be told twice in one poll, or be known from longer ago than the comparison was told of: it stays one row.
    fn sitting(&mut self, at: SittingRef, told: &Sitting, content_id: Option<u64>, url: &str) -> Result<()> {
        let known = match at {
            SittingRef::Known(id) => Some(id),
            SittingRef::New(n) => self.sittings.get(n).copied(),
        };
        let committee = match &told.body {
            Body::Assembly => None,
            Body::Committee(name) => Some(name.as_str()),
        };
        let id = self
            .transaction
            .prepare_cached(
                "INSERT INTO sitting (sitting_id, content_id, committee, title, held_on, begins_at, hall, cancelled, agenda_known, url, language,
                                      first_seen_at, first_poll_id)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
                 ON CONFLICT DO UPDATE SET
                   content_id = coalesce(excluded.content_id, content_id), committee = excluded.committee, title = excluded.title,
                   held_on = excluded.held_on, begins_at = coalesce(excluded.begins_at, begins_at), hall = coalesce(excluded.hall, hall),
                   cancelled = excluded.cancelled, agenda_known = excluded.agenda_known, url = excluded.url, language = excluded.language
                 RETURNING sitting_id",
            )?
            .query_row(
                params![
                    known,
                    content_id.map(whole),
                    committee,
                    told.title,
                    told.held_on.map(|d| d.to_string()),
                    told.begins_at.map(|t| t.format("%H:%M").to_string()),
                    told.hall,
                    told.cancelled,
                    told.agenda_known,
                    url,
                    page_language(url, &told.title).as_str(),
                    self.seen_at,
                    self.poll_id,
                ],
                |row| row.get(0),
            )?;
        if let SittingRef::New(n) = at
            && n >= self.sittings.len()
        {
            self.sittings.push(id);
        }
        Ok(())
    }

    fn item(&mut self, fact: &Fact) -> Result<()> {
        let Fact::Item { sitting, bill, position, title, sentence, url, .. } = fact else { return Ok(()) };
        let (sitting, bill) = (self.sitting_of(*sitting)?, self.row_of(*bill)?);
        let of_baseline = self.poll.activities.iter().any(|a| a.baseline && a.url == *url);
        self.touched.insert(bill);
        self.met(bill)?;
        self.put(
            "INSERT INTO item (sitting_id, bill_id, position, title, sentence, url, first_seen_at, first_seen_on, first_poll_id, last_poll_id,
                               own_look)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10)
             ON CONFLICT (sitting_id, bill_id) DO UPDATE SET
               position = excluded.position, title = excluded.title, sentence = excluded.sentence, url = excluded.url,
               last_poll_id = excluded.last_poll_id, gone_at = NULL,
               own_look = iif(excluded.first_seen_at < first_seen_at, excluded.own_look, own_look),
               first_poll_id = iif(excluded.first_seen_at < first_seen_at, excluded.first_poll_id, first_poll_id),
               first_seen_on = min(excluded.first_seen_on, first_seen_on), first_seen_at = min(excluded.first_seen_at, first_seen_at)",
            params![
                sitting,
                bill,
                position,
                title,
                sentence,
                url,
                self.seen_at,
                self.seen_on,
                self.poll_id,
                self.poll.seen_by == SeenBy::Live && (self.poll.silent || of_baseline),
            ],
        )
    }

    fn signature(&self, bill: BillRef, signature: &Signature, sentence: &str, url: &str) -> Result<()> {
        let bill = self.row_of(bill)?;
        sign(self.transaction, bill, signature, &Proof { sentence, url, page: None }, &self.seen_at)
    }

    fn change(&mut self, change: &Change) -> Result<()> {
        let bill = self.row_of(change.bill)?;
        if change.kind == Kind::Listed {
            self.put("UPDATE bill SET listed = 1 WHERE bill_id = ?1", params![bill])?;
        }
        let head = match &mut self.head {
            Some(head) => head,
            none => none.insert(Head::of(self.transaction)?),
        };
        let id = log(self.transaction, head, bill, change, &self.seen_at, Some((&self.poll.source, Some(self.poll_id))), self.poll.silent)?;
        self.recorded.changes.push(id);
        Ok(())
    }
}

/// What a statement on a signing rests on.
pub(super) struct Proof<'a> {
    pub(super) sentence: &'a str,
    pub(super) url: &'a str,
    pub(super) page: Option<u32>,
}

/// The same statement met again, in the same sentence, stays one row.
pub(super) fn sign(transaction: &Transaction<'_>, bill: i64, signature: &Signature, proof: &Proof<'_>, seen_at: &str) -> Result<()> {
    let on = signature.on.map(|date| match date {
        PrintedDate::Day(day) => day.to_string(),
        PrintedDate::Year(year) => format!("{year:04}"),
    });
    let until = signature.until.map(|day| day.to_string());
    let mut put = transaction.prepare_cached(
        "INSERT INTO signature (bill_id, signed_on, until_on, signed_at, verb, sentence, url, page, seen_at)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE NOT EXISTS (
           SELECT 1 FROM signature WHERE bill_id = ?1 AND signed_on IS ?2 AND until_on IS ?3 AND signed_at IS ?4 AND verb = ?5
                                     AND sentence = ?6 AND url = ?7)",
    )?;
    put.execute(params![bill, on, until, signature.at, signature.verb.as_str(), proof.sentence, proof.url, proof.page, seen_at])?;
    Ok(())
}

/// The language of a page by its layout number, else by its heading.
fn page_language(url: &str, heading: &str) -> Language {
    let layout = url.parse().ok().as_ref().and_then(address::content_id).and_then(|(_, layout)| layout);
    layout.and_then(address::language_of_layout).unwrap_or_else(|| script::language_of(heading))
}

/// Writes a row of the log, with the bill's number and title as they are now.
pub(super) fn log(
    transaction: &Transaction<'_>,
    head: &mut Head,
    bill: i64,
    change: &Change,
    seen_at: &str,
    seen_in: Option<(&str, Option<i64>)>,
    silent: bool,
) -> Result<i64> {
    let mut shown = transaction.prepare_cached("SELECT act_number, title, title_latin FROM bill WHERE bill_id = ?1")?;
    let (number, title, latin): (Option<String>, String, String) =
        shown.query_row([bill], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?.ok_or(HistoryError::NoBill(bill))?;
    let entry = Entry {
        seen_at,
        bill_id: bill,
        act_number: number.as_deref(),
        title: &title,
        kind: change.kind.as_str(),
        field: change.field.as_deref(),
        before: change.before.as_deref(),
        after: change.after.as_deref(),
        source: seen_in.map(|(source, _)| source),
        poll_id: seen_in.and_then(|(_, poll)| poll),
        silent: silent || change.silent,
    };
    head.append(transaction, &entry, &latin)
}
