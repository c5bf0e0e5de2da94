//! What goes wrong with subscribers.db, told apart by what the caller can do, each with a hint.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why subscribers.db could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RosterError {
    /// There is none, and none may be made.
    #[error("there is no {}", .0.display())]
    Missing(PathBuf),
    /// Made by a newer version of the program.
    #[error("subscribers.db has schema version {found}, this program knows versions up to {known}")]
    Newer {
        /// In the file.
        found: usize,
        /// By this program.
        known: usize,
    },
    /// Made by an older version, and opened for reading only.
    #[error("subscribers.db has schema version {found}, this program reads version {known}")]
    Older {
        /// In the file.
        found: usize,
        /// By this program.
        known: usize,
    },
    /// The file is damaged, or no roster at all.
    #[error("subscribers.db cannot be read: {0}")]
    Corrupt(String),
    /// Another process held it longer than we wait.
    #[error("subscribers.db is locked by another process")]
    Locked,
    /// No space left.
    #[error("no space left to write subscribers.db")]
    Full,
    /// The file or its file system cannot be written.
    #[error("subscribers.db cannot be written: {0}")]
    ReadOnly(String),
    /// Deleted or replaced while it was open.
    #[error("{} was deleted or replaced while it was open", .0.display())]
    Replaced(PathBuf),
    /// No such letter.
    #[error("there is no letter {0}")]
    NoLetter(i64),
    /// No such subscriber.
    #[error("there is no subscriber {0}")]
    NoSubscriber(i64),
    /// The operating system refused; after a failed fsync nothing may be assumed of the file.
    #[error("subscribers.db: {0}")]
    Io(String),
    /// Anything else SQLite says: a bug.
    #[error("subscribers.db: {0}")]
    Sql(rusqlite::Error),
}

impl RosterError {
    /// What the operator should do now.
    pub fn hint(&self) -> &'static str {
        match self {
            RosterError::Missing(_) => {
                "give --data the directory that holds it; if it vanished, restore it from a backup, as docs/operating.md says; \
                 a first `potvrda subscriber add` or `potvrda poll` makes a new one in an empty directory"
            }
            RosterError::Newer { .. } => "run the version of potvrda that wrote it, or a later one; the file was left as it is",
            RosterError::Older { .. } => "any command that writes (`potvrda poll`, or the daemon) brings it up to date and keeps a copy",
            RosterError::Corrupt(_) => {
                "the file was left as it is; stop the daemon and `potvrda restore` a backup, as docs/operating.md says"
            }
            RosterError::Locked => "close the program that holds it (sqlite3, a backup); then try again; nothing was changed",
            RosterError::Full => "make space on the disk; nothing was written; what is owed stays owed",
            RosterError::ReadOnly(_) => {
                "see that the file and its directory belong to the user potvrda runs as, and that the file system can be written"
            }
            RosterError::Replaced(_) => "start potvrda again; restore an older file only while it is stopped, as docs/operating.md says",
            RosterError::NoLetter(_) => "`potvrda outbox list` shows them",
            RosterError::NoSubscriber(_) => "`potvrda subscriber list` shows them",
            RosterError::Io(_) => "look at the system's log for disk errors, then start potvrda again: it checks the file",
            RosterError::Sql(_) => "this is a bug: please report it with this line",
        }
    }

    /// Whether the process should end with code 74: going on could only make it worse.
    pub fn is_fatal(&self) -> bool {
        matches!(
            self,
            RosterError::Newer { .. } | RosterError::Corrupt(_) | RosterError::Replaced(_) | RosterError::Io(_) | RosterError::Missing(_)
        )
    }

    /// An operating system's error on a path beside the database.
    pub(super) fn of_io(error: &std::io::Error, path: &Path) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::NotFound => RosterError::Missing(path.to_owned()),
            ErrorKind::StorageFull => RosterError::Full,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => RosterError::ReadOnly(format!("{}: {error}", path.display())),
            _ => RosterError::Io(format!("{}: {error}", path.display())),
        }
    }
}

impl From<rusqlite::Error> for RosterError {
    fn from(error: rusqlite::Error) -> Self {
        let text = error.to_string();
        match &error {
            rusqlite::Error::SqliteFailure(code, _) => match code.code {
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => RosterError::Locked,
                ErrorCode::DiskFull => RosterError::Full,
                ErrorCode::ReadOnly | ErrorCode::PermissionDenied => RosterError::ReadOnly(text),
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => RosterError::Corrupt(text),
                // What SQLite says when the file beside the database finds no room.
                ErrorCode::SystemIoFailure if code.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE => RosterError::Full,
                ErrorCode::SystemIoFailure => RosterError::Io(text),
                ErrorCode::CannotOpen => RosterError::ReadOnly(text),
                _ => RosterError::Sql(error),
            },
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..) => RosterError::Corrupt(text),
            _ => RosterError::Sql(error),
        }
    }
}
