//! The disk is full: what was put by is spent on one letter to the operators, who cannot hear of it otherwise.
//!
//! Never makes room for anything else; when there is room again, it is put by again.

use anyhow::Result;
use chrono::{DateTime, Utc};

use crate::app::deliver::{Office, tell_operators};
use crate::config::Settings;
use crate::io::database::DatabaseError;
use crate::io::history::HistoryError;
use crate::io::reserve;
use crate::io::roster::{Roster, RosterError};

/// Whether this failed for want of room.
pub fn is_full(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let of = [
            cause.downcast_ref::<DatabaseError>(),
            cause.downcast_ref::<HistoryError>().and_then(|e| if let HistoryError::Database(e) = e { Some(e) } else { None }),
            cause.downcast_ref::<RosterError>().and_then(|e| if let RosterError::Database(e) = e { Some(e) } else { None }),
        ];
        of.into_iter().flatten().any(|error| matches!(error, DatabaseError::Full(_)))
    })
}

/// Owes the operators a letter from the reserve, once. Answers whether something can be written now that could not be before.
pub fn tell(settings: &Settings, now: DateTime<Utc>) -> Result<bool> {
    if !reserve::spend(&settings.data_dir)? {
        return Ok(false);
    }
    let mut roster = Roster::open(&settings.data_dir, false)?;
    let paragraphs = vec![
        "Nothing is recorded and no letter to a subscriber leaves while it lasts. Nothing is lost: what stands on the pages is found again, and what is \
         owed stays owed."
            .to_owned(),
        "Now: make space where the data are. This letter was written in room put by for it; there is none for a second one.".to_owned(),
    ];
    let subject = "The disk is full: nothing can be recorded".to_owned();
    tell_operators(&mut roster, &Office::of(settings)?, &format!("disk full {}", now.to_rfc3339()), subject, paragraphs, now)?;
    Ok(true)
}
