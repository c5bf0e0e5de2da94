//! Everything a comparison needs, in one pass a table.

use std::sync::Arc;

use hashbrown::HashMap;
use rusqlite::Row;

use super::value::{act_number_at, day_at, hour_at, instant_at, json_at, whole_at, word_in};
use super::{History, Result};
use crate::domain::bill::{Body, Sitting};
use crate::domain::change::{Known, KnownBill, KnownSitting, KnownTitle, Linked, Presence};

impl History {
    /// Every bill and every sitting, as remembered: the only read of a poll.
    pub fn recall(&self) -> Result<Known> {
        let mut known = Known { bills: self.bills()?, sittings: self.known_sittings()? };
        let places: HashMap<i64, usize> = known.bills.iter().enumerate().map(|(place, bill)| (bill.id, place)).collect();
        let bills = &mut known.bills;
        let titles = "SELECT t.bill_id, t.title, t.title_key, t.language, t.title = b.title
                        FROM title t CROSS JOIN bill b ON b.bill_id = t.bill_id ORDER BY t.title_id";
        self.each(titles, |row| {
            let title = KnownTitle { title: row.get(1)?, key: row.get(2)?, language: word_in(row, 3)? };
            if let Some(&at) = places.get(&row.get::<_, i64>(0)?) {
                if row.get(4)? {
                    bills[at].shown = bills[at].titles.len();
                }
                bills[at].titles.push(title);
            }
            Ok(())
        })?;
        let mut names = Names::default();
        let links = "SELECT bill_id, canonical, url, source, missing_since, missing_polls FROM link WHERE gone_at IS NULL ORDER BY link_id";
        self.each(links, |row| {
            let Some(&at) = places.get(&row.get::<_, i64>(0)?) else { return Ok(()) };
            let canonical: Arc<str> = row.get(1)?;
            if let Some(source) = row.get_ref(3)?.as_str_or_null()?.map(|name| names.shared(name)) {
                let (url, missing_since, missing_polls) = (row.get(2)?, instant_at(row, 4)?, row.get(5)?);
                bills[at].linked.push(Linked { canonical: Arc::clone(&canonical), url, source, missing_since, missing_polls });
            }
            bills[at].documents.push(canonical);
            Ok(())
        })?;
        self.each("SELECT bill_id, source, present, missing_since, missing_polls FROM presence", |row| {
            let source = names.shared(row.get_ref(1)?.as_str()?);
            let presence = Presence { source, present: row.get(2)?, missing_since: instant_at(row, 3)?, missing_polls: row.get(4)? };
            if let Some(&at) = places.get(&row.get::<_, i64>(0)?) {
                bills[at].presence.push(presence);
            }
            Ok(())
        })?;
        let told = "SELECT bill_id, before, after, field FROM change WHERE kind = 'amended' AND field IN ('listed_on', 'title') ORDER BY change_id";
        self.each(told, |row| {
            let Some(&at) = places.get(&row.get::<_, i64>(0)?) else { return Ok(()) };
            if row.get_ref(3)?.as_str()? == "title" {
                let titles: [Option<String>; 2] = [row.get(1)?, row.get(2)?];
                bills[at].titles_told.extend(titles.into_iter().flatten());
            } else {
                bills[at].dates_told.extend([day_at(row, 1)?, day_at(row, 2)?].into_iter().flatten());
            }
            Ok(())
        })?;
        let seats: HashMap<i64, usize> = known.sittings.iter().enumerate().map(|(place, s)| (s.id, place)).collect();
        let sittings = &mut known.sittings;
        self.each("SELECT sitting_id, bill_id FROM item WHERE gone_at IS NULL ORDER BY sitting_id, position, bill_id", |row| {
            let bill: i64 = row.get(1)?;
            if let Some(&at) = seats.get(&row.get::<_, i64>(0)?) {
                sittings[at].bills.push(bill);
            }
            Ok(())
        })?;
        Ok(known)
    }

    pub(super) fn each(&self, sql: &str, mut take: impl FnMut(&Row<'_>) -> rusqlite::Result<()>) -> Result<()> {
        let mut all = self.connection.prepare_cached(sql)?;
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            take(row)?;
        }
        Ok(())
    }

    fn bills(&self) -> Result<Vec<KnownBill>> {
        let mut bills = Vec::new();
        let sql = "SELECT bill_id, act_number, legislature, listed_on, stage, verdict, decided, profile, listed,
                          bill_id IN (SELECT bill_id FROM change WHERE kind = 'provisional'), unverified, adopted_on,
                          bill_id IN (SELECT bill_id FROM change WHERE kind = 'recognised')
                     FROM bill ORDER BY bill_id";
        self.each(sql, |row| {
            bills.push(KnownBill {
                id: row.get(0)?,
                act_number: act_number_at(row, 1)?,
                legislature: row.get(2)?,
                titles: Vec::with_capacity(1),
                shown: 0,
                titles_told: Vec::new(),
                documents: Vec::new(),
                linked: Vec::new(),
                listed_on: day_at(row, 3)?,
                dates_told: Vec::new(),
                stage: word_in(row, 4)?,
                verdict: word_in(row, 5)?,
                decided: row.get(6)?,
                profile: json_at(row, 7)?,
                presence: Vec::with_capacity(1),
                listed: row.get(8)?,
                provisional: row.get(9)?,
                recognised: row.get(12)?,
                unverified: row.get(10)?,
                adopted_on: day_at(row, 11)?,
            });
            Ok(())
        })?;
        Ok(bills)
    }

    fn known_sittings(&self) -> Result<Vec<KnownSitting>> {
        let mut sittings = Vec::new();
        let sql = "SELECT sitting_id, content_id, committee, title, held_on, begins_at, hall, cancelled, agenda_known FROM sitting ORDER BY sitting_id";
        self.each(sql, |row| {
            sittings.push(KnownSitting { id: row.get(0)?, content_id: whole_at(row, 1)?, sitting: sitting_of(row, 2)?, bills: Vec::new() });
            Ok(())
        })?;
        Ok(sittings)
    }
}

/// The few names of sources, each kept once.
#[derive(Default)]
struct Names(Vec<Arc<str>>);

impl Names {
    fn shared(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.iter().find(|known| &***known == name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        self.0.push(Arc::clone(&name));
        name
    }
}

/// A sitting from seven columns: committee, title, held_on, begins_at, hall, cancelled, agenda_known.
fn sitting_of(row: &Row<'_>, from: usize) -> rusqlite::Result<Sitting> {
    Ok(Sitting {
        body: row.get::<_, Option<String>>(from)?.map_or(Body::Assembly, Body::Committee),
        title: row.get(from + 1)?,
        held_on: day_at(row, from + 2)?,
        begins_at: hour_at(row, from + 3)?,
        hall: row.get(from + 4)?,
        cancelled: row.get(from + 5)?,
        agenda_known: row.get(from + 6)?,
        mentions: Vec::new(),
    })
}
