//! Is the history still the one that was told? Where the hash at the cursor does not match, telling stops, the operators hear of it, and it
//! resumes by their word or after twelve hours (house rule 13).

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use super::owe_operators;
use crate::config::Settings;
use crate::io::history::History;
use crate::io::roster::{Cursor, Roster};

/// What was recorded so long before the stop may have been told already, and is told again rather than never.
const TOLD_AGAIN: TimeDelta = TimeDelta::hours(24);

/// How telling goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GoesOn {
    /// As ever.
    AsEver,
    /// It had been stopped, and nobody released it in time.
    ByItself,
}

/// Where to go on from, and how; none where telling is stopped.
pub(super) fn cursor(settings: &Settings, history: &History, roster: &mut Roster, now: DateTime<Utc>) -> Result<Option<(Cursor, GoesOn)>> {
    let cursor = roster.cursor()?.unwrap_or(Cursor { change_id: 0, hash: String::new() });
    let same = history.hash_of(cursor.change_id)?.as_deref() == Some(cursor.hash.as_str());
    let waited = TimeDelta::hours(i64::from(settings.limits.release_after_hours));
    match roster.stopped()? {
        // A copy that wakes up, or a clock that was set back: the hours count from now.
        Some(stopped) if stopped.at > now + TOLD_AGAIN => {
            roster.stop_anew(&stopped.reason, now)?;
            Ok(None)
        }
        Some(stopped) if now - stopped.at < waited => Ok(None),
        Some(stopped) => {
            roster.release()?;
            tracing::warn!("telling goes on by itself, {} hours after it stopped: {}", waited.num_hours(), stopped.reason);
            let cursor = if same { cursor } else { before(history, stopped.at - TOLD_AGAIN)? };
            Ok(Some((cursor, GoesOn::ByItself)))
        }
        None if same => Ok(Some((cursor, GoesOn::AsEver))),
        None => {
            stop(settings, roster, &cursor, now)?;
            Ok(None)
        }
    }
}

/// The operator's word (`outbox release`): telling goes on, from where nothing can have been missed.
pub fn release(history: &History, roster: &mut Roster, now: DateTime<Utc>) -> Result<bool> {
    let since = roster.stopped()?.map_or(now, |stopped| stopped.at.min(now));
    let cursor = roster.cursor()?.unwrap_or(Cursor { change_id: 0, hash: String::new() });
    if history.hash_of(cursor.change_id)?.as_deref() != Some(cursor.hash.as_str()) {
        let cursor = before(history, since - TOLD_AGAIN)?;
        roster.owing(now)?.finish(Some(&cursor))?;
    }
    Ok(roster.release()?)
}

fn stop(settings: &Settings, roster: &mut Roster, cursor: &Cursor, now: DateTime<Utc>) -> Result<()> {
    let reason = format!("the history is not the one that was told: row {} of its log has another hash", cursor.change_id);
    tracing::error!("nothing is sent: {reason}");
    let owing = roster.owing(now)?;
    let paragraphs = vec![
        format!("Why: {reason}. That happens when a backup was restored, or the file was replaced."),
        "Nothing is sent until `potvrda outbox release`, or for twelve hours; then it goes on by itself, and some may get a letter twice, with the same \
         Message-ID."
            .to_owned(),
    ];
    owe_operators(settings, &owing, "history changed", "Letters are stopped: the history was replaced".to_owned(), paragraphs, now)?;
    owing.finish(None)?;
    roster.stop(&reason, now)?;
    Ok(())
}

/// The last row of the log seen before a moment.
fn before(history: &History, moment: DateTime<Utc>) -> Result<Cursor> {
    let mut cursor = Cursor { change_id: 0, hash: String::new() };
    loop {
        let next = history.changes_after(cursor.change_id, 1_000)?;
        let older: Vec<_> = next.iter().take_while(|c| c.seen_at < moment).collect();
        if let Some(last) = older.last() {
            cursor = Cursor { change_id: last.change_id, hash: last.hash.clone() };
        }
        if older.len() < 1_000 {
            return Ok(cursor);
        }
    }
}
