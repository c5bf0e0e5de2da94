//! What spoke against an address, row by row. Never decides how much it counts or what follows.

use chrono::{DateTime, Utc};
use rusqlite::params;
use serde::Serialize;

use super::people::Changing;
use super::value::{instant, instant_in, word_in};
use super::{Result, Roster};
use crate::domain::bounce::{How, Sort};

/// Something that spoke against an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bounce {
    /// When.
    pub at: DateTime<Utc>,
    /// By which road we heard of it.
    pub how: How,
    /// What it means.
    pub sort: Sort,
    /// Of which letter, where that is known.
    pub letter_id: Option<i64>,
    /// The server's code.
    pub status: Option<String>,
    /// The server's words, without addresses.
    pub said: String,
    /// What it counts, in halves of a point; 0 once letters were resumed. Shown in whole ones.
    #[serde(serialize_with = "whole")]
    pub points: u32,
}

// The signature is serde's.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn whole<S: serde::Serializer>(points: &u32, s: S) -> std::result::Result<S::Ok, S::Error> {
    s.serialize_f64(f64::from(*points) / 2.0)
}

impl Changing<'_> {
    /// Writes it down. Of what came back by mail one row a day stands, the weightier: whoever sends a thousand reports moves nothing.
    pub fn add_bounce(&self, subscriber_id: i64, new: &Bounce) -> Result<()> {
        let day = instant(new.at)[..10].to_owned();
        if new.how != How::Refused {
            let weightier = "SELECT 1 FROM bounce WHERE subscriber_id = ?1 AND how = ?2 AND substr(at, 1, 10) = ?3 AND points >= ?4";
            let known = params![subscriber_id, new.how.as_str(), day, new.points];
            if self.tx.prepare_cached(weightier)?.exists(known)? {
                return Ok(());
            }
            let lighter = "DELETE FROM bounce WHERE subscriber_id = ?1 AND how = ?2 AND substr(at, 1, 10) = ?3";
            self.tx.prepare_cached(lighter)?.execute(params![subscriber_id, new.how.as_str(), day])?;
        }
        let sql =
            "INSERT INTO bounce (subscriber_id, letter_id, at, how, sort, status, said, points) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let Bounce { at, how, sort, letter_id, status, said, points } = new;
        let values = params![subscriber_id, letter_id, instant(*at), how.as_str(), sort.as_str(), status, said, points];
        self.tx.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// What was counted since, in halves of a point.
    pub fn points_since(&self, subscriber_id: i64, since: DateTime<Utc>) -> Result<u32> {
        points_since(&self.tx, subscriber_id, since)
    }

    /// Begins anew: what was counted counts no more, and stays to be read.
    pub(super) fn forgive(&self, subscriber_id: i64) -> Result<()> {
        self.tx.prepare_cached("UPDATE bounce SET points = 0 WHERE subscriber_id = ?1")?.execute([subscriber_id])?;
        Ok(())
    }

    /// Forgets it with the person.
    pub(super) fn forget_bounces(&self, subscriber_id: i64) -> Result<()> {
        self.tx.prepare_cached("DELETE FROM bounce WHERE subscriber_id = ?1")?.execute([subscriber_id])?;
        Ok(())
    }
}

impl Roster {
    /// What spoke against somebody's address, oldest first.
    pub fn bounces_of(&self, subscriber_id: i64) -> Result<Vec<Bounce>> {
        let sql = "SELECT at, how, sort, letter_id, status, said, points FROM bounce WHERE subscriber_id = ?1 ORDER BY at, bounce_id";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([subscriber_id], |row| {
            Ok(Bounce {
                at: instant_in(row, 0)?,
                how: word_in(row, 1)?,
                sort: word_in(row, 2)?,
                letter_id: row.get(3)?,
                status: row.get(4)?,
                said: row.get(5)?,
                points: row.get(6)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What was counted against somebody's address since, in halves of a point.
    pub fn points_since(&self, subscriber_id: i64, since: DateTime<Utc>) -> Result<u32> {
        points_since(&self.connection, subscriber_id, since)
    }
}

fn points_since(connection: &rusqlite::Connection, subscriber_id: i64, since: DateTime<Utc>) -> Result<u32> {
    let sql = "SELECT coalesce(sum(points), 0) FROM bounce WHERE subscriber_id = ?1 AND at >= ?2";
    Ok(connection.prepare_cached(sql)?.query_row(params![subscriber_id, instant(since)], |row| row.get(0))?)
}
