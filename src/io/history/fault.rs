//! What goes wrong with history.db, told apart by what the caller can do, each with a hint.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why history.db could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// There is none, and none may be made.
    #[error("there is no {}", .0.display())]
    Missing(PathBuf),
    /// Made by a newer version of the program.
    #[error("history.db has schema version {found}, this program knows versions up to {known}")]
    Newer {
        /// In the file.
        found: usize,
        /// By this program.
        known: usize,
    },
    /// Made by an older version, and opened for reading only.
    #[error("history.db has schema version {found}, this program reads version {known}")]
    Older {
        /// In the file.
        found: usize,
        /// By this program.
        known: usize,
    },
    /// The file is damaged, or no history at all.
    #[error("history.db cannot be read: {0}")]
    Corrupt(String),
    /// Another process held it longer than we wait.
    #[error("history.db is locked by another process")]
    Locked,
    /// No space left.
    #[error("no space left to write history.db")]
    Full,
    /// The file or its file system cannot be written.
    #[error("history.db cannot be opened or written: {0}")]
    ReadOnly(String),
    /// Deleted or replaced while it was open.
    #[error("{} was deleted or replaced while it was open", .0.display())]
    Replaced(PathBuf),
    /// No such bill.
    #[error("there is no bill with row id {0}")]
    NoBill(i64),
    /// The operating system refused; after a failed fsync nothing may be assumed of the file.
    #[error("history.db: {0}")]
    Io(String),
    /// What a person typed is no search.
    #[error("this cannot be searched for: {0}")]
    Search(String),
    /// Anything else SQLite says: a bug.
    #[error("history.db: {0}")]
    Sql(rusqlite::Error),
}

impl HistoryError {
    /// What the operator should do now.
    pub fn hint(&self) -> &'static str {
        match self {
            HistoryError::Missing(_) => {
                "give --data the directory that holds it; if it vanished, restore it from a backup, as docs/operating.md says; \
                 a first `potvrda poll` makes a new one in an empty directory"
            }
            HistoryError::Newer { .. } => "run the version of potvrda that wrote it, or a later one; the file was left as it is",
            HistoryError::Older { .. } => "any command that writes (`potvrda poll`, or the daemon) brings it up to date and keeps a copy",
            HistoryError::Corrupt(_) => {
                "the file was left as it is; stop the daemon and `potvrda restore` a backup, as docs/operating.md says"
            }
            HistoryError::Locked => "close the program that holds it (sqlite3, a backup); the next poll catches up",
            HistoryError::Full => "make space on the disk; nothing was recorded, the next poll sees the same again",
            HistoryError::ReadOnly(_) => {
                "see that the file and its directory belong to the user potvrda runs as, and that the file system can be written"
            }
            HistoryError::Replaced(_) => "start potvrda again; restore an older file only while it is stopped, as docs/operating.md says",
            HistoryError::NoBill(_) => "`potvrda agreements` lists the row ids",
            HistoryError::Io(_) => "look at the system's log for disk errors, then start potvrda again: it checks the file",
            HistoryError::Search(_) => "use plain words, or put quotes round a phrase",
            HistoryError::Sql(_) => "this is a bug: please report it with this line",
        }
    }

    /// Whether the process should end with code 74: going on could only make it worse.
    pub fn is_fatal(&self) -> bool {
        matches!(
            self,
            HistoryError::Newer { .. }
                | HistoryError::Corrupt(_)
                | HistoryError::Replaced(_)
                | HistoryError::Io(_)
                | HistoryError::Missing(_)
        )
    }

    /// An operating system's error on a path beside the database.
    pub(super) fn of_io(error: &std::io::Error, path: &Path) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::NotFound => HistoryError::Missing(path.to_owned()),
            ErrorKind::StorageFull => HistoryError::Full,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => HistoryError::ReadOnly(format!("{}: {error}", path.display())),
            _ => HistoryError::Io(format!("{}: {error}", path.display())),
        }
    }
}

impl From<rusqlite::Error> for HistoryError {
    fn from(error: rusqlite::Error) -> Self {
        let text = error.to_string();
        match &error {
            rusqlite::Error::SqliteFailure(code, _) => match code.code {
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => HistoryError::Locked,
                ErrorCode::DiskFull => HistoryError::Full,
                ErrorCode::ReadOnly | ErrorCode::PermissionDenied => HistoryError::ReadOnly(text),
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => HistoryError::Corrupt(text),
                // What SQLite says when the file beside the database finds no room.
                ErrorCode::SystemIoFailure if code.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE => HistoryError::Full,
                ErrorCode::SystemIoFailure => HistoryError::Io(text),
                ErrorCode::CannotOpen => HistoryError::ReadOnly(text),
                _ => HistoryError::Sql(error),
            },
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..) => HistoryError::Corrupt(text),
            _ => HistoryError::Sql(error),
        }
    }
}
