//! Room put by on the disk, so that a full one can still be told of: a file of nothing, removed when it is needed.
//!
//! Never decides when that is.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Enough for a letter to the operators to be owed, sent and marked, in a database whose write-ahead log cannot grow.
const BYTES: usize = 1024 * 1024;
/// It is put by only while so many times as much is free.
const ROOM_MIN: u64 = 4;

fn path_in(dir: &Path) -> PathBuf {
    dir.join("reserve")
}

/// Puts the room by, where it is not yet and the disk has plenty.
pub fn keep(dir: &Path) -> io::Result<()> {
    let path = path_in(dir);
    if path.exists() {
        return Ok(());
    }
    let room = rustix::fs::statvfs(dir).map(|s| s.f_bavail.saturating_mul(s.f_frsize))?;
    if room < ROOM_MIN * BYTES as u64 {
        return Ok(());
    }
    File::create(&path)?.write_all(&vec![0; BYTES])
}

/// Gives the room back. False where none was put by.
pub fn spend(dir: &Path) -> io::Result<bool> {
    match fs::remove_file(path_in(dir)) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
