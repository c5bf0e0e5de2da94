//! A copy of the history that anybody may take away: one file, no write-ahead log, with its SHA-256 beside it.
//!
//! Never decides when a new one is due.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::open::PLAN;
use super::{History, HistoryError, Result};
use crate::io::database::DatabaseError;

/// A copy that lies ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The file.
    pub path: PathBuf,
    /// Of the whole file, in hexadecimal.
    pub sha256: String,
    /// Of the file.
    pub bytes: u64,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

/// Where the copy lies, below the data directory.
const FOLDER: &str = "public";

impl Snapshot {
    /// The copy that lies ready; none where there is none, or only half of one.
    pub fn find(data_dir: &Path) -> Option<Snapshot> {
        let path = data_dir.join(FOLDER).join("history.db");
        let sha256 = fs::read_to_string(sum_beside(&path)).ok()?.split_whitespace().next()?.to_owned();
        let about = fs::metadata(&path).ok()?;
        Some(Snapshot { path, sha256, bytes: about.len(), made_at: about.modified().ok()?.into() })
    }
}

fn sum_beside(path: &Path) -> PathBuf {
    path.with_extension("db.sha256")
}

impl History {
    /// Makes the copy anew. It is put in place whole: whoever reads the old one reads it to its end.
    pub fn make_snapshot(&self, data_dir: &Path) -> Result<Snapshot> {
        let folder = data_dir.join(FOLDER);
        let io = |error: std::io::Error| DatabaseError::of_io(PLAN.file, &error, &folder);
        fs::create_dir_all(&folder).map_err(io)?;
        let (path, draft) = (folder.join("history.db"), folder.join("history.db.new"));
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(error).into()),
            _ => {}
        }
        self.copy_to(&draft)?;
        // Read by whoever takes it, on media that cannot be written too: no trace of the log that the original writes.
        let copy = Connection::open(&draft)?;
        copy.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
        copy.close().map_err(|(_, error)| HistoryError::from(error))?;
        let sum = sum_of(&draft).map_err(io)?;
        // The sum first goes: between the two there is no copy, and never one with another's sum.
        drop(fs::remove_file(sum_beside(&path)));
        fs::rename(&draft, &path).map_err(io)?;
        fs::write(sum_beside(&path), format!("{sum}  history.db\n")).map_err(io)?;
        Snapshot::find(data_dir).ok_or_else(|| DatabaseError::Replaced(path.clone()).into())
    }
}

fn sum_of(path: &Path) -> std::io::Result<String> {
    let (mut file, mut hash, mut part) = (File::open(path)?, Sha256::new(), vec![0; 64 * 1024]);
    loop {
        match file.read(&mut part)? {
            0 => return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            n => hash.update(part.get(..n).unwrap_or_default()),
        }
    }
}
