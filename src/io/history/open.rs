//! Opens history.db, and leaves it so that a user who may only read can open it too.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite_migration::M;

use super::{History, Result};
use crate::io::database::{self, Plan};

/// Readable by the group, written by the owner alone; without the log's files a user who may only read could open nothing.
pub(super) static PLAN: Plan = Plan {
    file: "history.db",
    versions: &[M::up(concat!(include_str!("schema.sql"), "\n", include_str!("views.sql")))],
    mode: 0o640,
    statements_kept: 96,
    log_stays: true,
    first: |_| Ok(()),
};

/// How long a closing connection waits for readers before it leaves the write-ahead log to the next one.
const CLOSING_PATIENCE: Duration = Duration::from_millis(200);

impl History {
    /// Where the database of a data directory is.
    pub fn path_in(dir: &Path) -> PathBuf {
        PLAN.path_in(dir)
    }

    /// Whether a data directory has a history.
    pub fn exists_in(dir: &Path) -> bool {
        Self::path_in(dir).exists()
    }

    /// Opens for reading and writing. `create`: make a new one where there is none; the caller says so only where there never was one, for a
    /// directory with subscribers or evidence whose history vanished must not begin anew.
    pub fn open(dir: &Path, create: bool) -> Result<Self> {
        let (connection, file) = PLAN.open(dir, create)?;
        Ok(History { connection, file })
    }

    /// Opens for reading; nothing can be written through it. Works beside the daemon, and for a user who may only read the file.
    pub fn open_reader(dir: &Path) -> Result<Self> {
        let (connection, file) = PLAN.open_reader(dir)?;
        Ok(History { connection, file })
    }

    /// SQLite's own check of every page; long on a large file.
    pub fn quick_check(&self) -> Result<()> {
        Ok(database::quick_check(&PLAN, &self.connection)?)
    }

    /// A whole copy in one file without a write-ahead log, consistent while others write. `to` must not exist.
    pub fn copy_to(&self, to: &Path) -> Result<()> {
        Ok(PLAN.copy(&self.connection, to)?)
    }
}

impl Drop for History {
    /// Brings the log home, and leaves -wal and -shm where they are.
    fn drop(&mut self) {
        let tidy = || -> rusqlite::Result<()> {
            if self.connection.is_readonly("main")? || self.connection.pragma_query_value(None, "query_only", |r| r.get::<_, bool>(0))? {
                return Ok(());
            }
            self.connection.busy_timeout(CLOSING_PATIENCE)?;
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        };
        // A log that could not be brought home now is brought home by the next one who opens: nothing is lost.
        drop(tidy());
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;
    use std::os::unix::fs::MetadataExt;

    use rusqlite::Connection;

    use super::*;
    use crate::io::database::DatabaseError;
    use crate::io::history::HistoryError;
    use crate::io::history::record::{Outcome, PollRecord};

    fn poll() -> PollRecord {
        let mut poll = PollRecord::new("bills", "bills", "http://a.example/", "2018-03-06T08:00:00Z".parse().unwrap(), Outcome::Failed);
        poll.note = Some("x".repeat(100_000));
        poll
    }

    #[test]
    fn a_full_disk_is_named_and_loses_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut history = History::open(dir.path(), true).unwrap();
        let pages: i64 = history.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        history.connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
        assert!(matches!(history.record(&poll()), Err(HistoryError::Database(DatabaseError::Full(_)))));
        assert_eq!(history.polls(None, 9).unwrap().len(), 0);
        history.connection.pragma_update_and_check(None, "max_page_count", 1_000_000, |_| Ok(())).unwrap();
        history.record(&poll()).unwrap();
        assert_eq!(history.polls(None, 9).unwrap().len(), 1);
    }

    #[test]
    fn a_lock_held_too_long_is_named_and_readers_go_on() {
        let dir = tempfile::tempdir().unwrap();
        let mut history = History::open(dir.path(), true).unwrap();
        let other = History::open(dir.path(), false).unwrap();
        other.connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        history.connection.busy_timeout(Duration::from_millis(20)).unwrap();
        assert!(matches!(history.record(&poll()), Err(HistoryError::Database(DatabaseError::Locked(_)))));
        assert_eq!(History::open_reader(dir.path()).unwrap().recall().unwrap().bills.len(), 0);
        other.connection.execute_batch("COMMIT").unwrap();
        history.record(&poll()).unwrap();
    }

    #[test]
    fn the_file_is_readable_by_its_group_whatever_the_umask_and_nothing_else_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let history = History::open(dir.path(), true).unwrap();
        let mut files: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        assert_eq!(files, ["history.db", "history.db-shm", "history.db-wal"]);
        for file in files {
            assert_eq!(fs::metadata(dir.path().join(&file)).unwrap().mode() & 0o777, PLAN.mode, "{file}");
        }
        let pragma = |name: &str| history.connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!((pragma("synchronous"), pragma("foreign_keys"), pragma("busy_timeout")), (2, 1, 30_000));
    }

    #[test]
    fn what_another_connection_wrote_meanwhile_is_no_damage() {
        let dir = tempfile::tempdir().unwrap();
        let writer = History::open(dir.path(), true).unwrap();
        let reader = History::open_reader(dir.path()).unwrap();
        for n in 0..3 {
            writer.connection.execute("INSERT INTO search (bill_id, title) VALUES (?1, 'Sporazum broj ' || ?1)", [n]).unwrap();
            reader.quick_check().unwrap();
        }
    }

    #[test]
    fn no_schema_of_another_program_is_taken_for_ours() {
        let dir = tempfile::tempdir().unwrap();
        Connection::open(History::path_in(dir.path())).unwrap().execute_batch("CREATE TABLE other (x)").unwrap();
        assert!(matches!(History::open(dir.path(), true), Err(HistoryError::Database(DatabaseError::Corrupt { .. }))));
    }
}
