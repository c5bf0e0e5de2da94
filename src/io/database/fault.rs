//! What goes wrong with a database, told apart by what the caller can do, each with a hint.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why a database could not be read or written. `file` is its name without the directory.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// There is none, and none may be made.
    #[error("there is no {}", .0.display())]
    Missing(PathBuf),
    /// Made by a newer version of the program.
    #[error("{file} has schema version {found}, this program knows versions up to {known}")]
    Newer {
        /// Which database.
        file: &'static str,
        /// In the file.
        found: usize,
        /// By this program.
        known: usize,
    },
    /// Made by an older version, and opened for reading only.
    #[error("{file} has schema version {found}, this program reads version {known}")]
    Older {
        /// Which database.
        file: &'static str,
        /// In the file.
        found: usize,
        /// By this program.
        known: usize,
    },
    /// The file is damaged, or another program's.
    #[error("{file} cannot be read: {why}")]
    Corrupt {
        /// Which database.
        file: &'static str,
        /// What was found.
        why: String,
    },
    /// Another process held it longer than we wait.
    #[error("{0} is locked by another process")]
    Locked(&'static str),
    /// No space left.
    #[error("no space left to write {0}")]
    Full(&'static str),
    /// The file or its file system cannot be written.
    #[error("{file} cannot be opened or written: {why}")]
    ReadOnly {
        /// Which database.
        file: &'static str,
        /// What the system said.
        why: String,
    },
    /// Deleted or replaced while it was open.
    #[error("{} was deleted or replaced while it was open", .0.display())]
    Replaced(PathBuf),
    /// The operating system refused; after a failed fsync nothing may be assumed of the file.
    #[error("{file}: {why}")]
    Io {
        /// Which database.
        file: &'static str,
        /// What the system said.
        why: String,
    },
    /// Anything else SQLite says: a bug.
    #[error("{file}: {error}")]
    Sql {
        /// Which database.
        file: &'static str,
        /// What SQLite said.
        error: rusqlite::Error,
    },
}

impl DatabaseError {
    /// What the operator should do now.
    pub fn hint(&self) -> &'static str {
        match self {
            DatabaseError::Missing(_) => {
                "give --data the directory that holds it; if it vanished, restore it from a backup, as docs/operating.md says; \
                 a first `potvrda poll` or `potvrda subscriber add` makes both databases in an empty directory"
            }
            DatabaseError::Newer { .. } => "run the version of potvrda that wrote it, or a later one; the file was left as it is",
            DatabaseError::Older { .. } => "any command that writes (`potvrda poll`, or the daemon) brings it up to date and keeps a copy",
            DatabaseError::Corrupt { .. } => {
                "the file was left as it is; stop the daemon and `potvrda restore` a backup, as docs/operating.md says"
            }
            DatabaseError::Locked(_) => {
                "close the program that holds it (sqlite3, a backup), then try again; nothing was changed, and the next poll catches up"
            }
            DatabaseError::Full(_) => {
                "make space on the disk; nothing was written: the next poll sees the same again, and what is owed stays owed"
            }
            DatabaseError::ReadOnly { .. } => {
                "see that the file and its directory belong to the user potvrda runs as, and that the file system can be written"
            }
            DatabaseError::Replaced(_) => "start potvrda again; restore an older file only while it is stopped, as docs/operating.md says",
            DatabaseError::Io { .. } => "look at the system's log for disk errors, then start potvrda again: it checks the file",
            DatabaseError::Sql { .. } => "this is a bug: please report it with this line",
        }
    }

    /// Whether the process should end with code 74: going on could only make it worse.
    pub fn is_fatal(&self) -> bool {
        use DatabaseError::{Corrupt, Io, Missing, Newer, Replaced};
        matches!(self, Newer { .. } | Corrupt { .. } | Replaced(_) | Io { .. } | Missing(_))
    }

    /// An operating system's error on a path of, or beside, the database.
    pub fn of_io(file: &'static str, error: &std::io::Error, path: &Path) -> Self {
        use std::io::ErrorKind;
        let why = || format!("{}: {error}", path.display());
        match error.kind() {
            ErrorKind::NotFound => DatabaseError::Missing(path.to_owned()),
            ErrorKind::StorageFull => DatabaseError::Full(file),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => DatabaseError::ReadOnly { file, why: why() },
            _ => DatabaseError::Io { file, why: why() },
        }
    }

    /// What SQLite says.
    pub fn of_sql(file: &'static str, error: rusqlite::Error) -> Self {
        let why = error.to_string();
        match &error {
            rusqlite::Error::SqliteFailure(code, _) => match code.code {
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => DatabaseError::Locked(file),
                ErrorCode::DiskFull => DatabaseError::Full(file),
                ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => DatabaseError::ReadOnly { file, why },
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => DatabaseError::Corrupt { file, why },
                // What SQLite says when the file beside the database finds no room.
                ErrorCode::SystemIoFailure if code.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE => DatabaseError::Full(file),
                ErrorCode::SystemIoFailure => DatabaseError::Io { file, why },
                _ => DatabaseError::Sql { file, error },
            },
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..) => DatabaseError::Corrupt { file, why },
            _ => DatabaseError::Sql { file, error },
        }
    }
}
