//! Holds the data directory for one process: a lock on `DATA/lock`, let go by the kernel however the process ends.
//!
//! Never waits.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// The directory is ours as long as this lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why it is not ours.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("another potvrda process works with {0}")]
    Taken(String),
    /// The file system refuses.
    #[error("{0} cannot be locked")]
    Refused(String, #[source] io::Error),
}

impl Lock {
    /// Takes the lock, or says at once why not. The directory must exist.
    pub fn take(dir: &Path) -> Result<Lock, LockError> {
        let path = dir.join("lock");
        let name = dir.display().to_string();
        let file =
            OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(|e| LockError::Refused(name.clone(), e))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Taken(name)),
            Err(TryLockError::Error(error)) => Err(LockError::Refused(name, error)),
        }
    }

    /// Whether somebody holds the directory now.
    pub fn is_taken(dir: &Path) -> bool {
        matches!(Lock::take(dir), Err(LockError::Taken(_)))
    }
}
