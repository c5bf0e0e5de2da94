//! Opens history.db: creates it whole or not at all, brings an older one up to date, and notices when the file was taken away.

use std::fs;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

use super::{History, HistoryError, Result};

/// The schema's versions, forward only. A version that was ever released is never edited.
const VERSIONS: &[M<'static>] = &[M::up(concat!(include_str!("schema.sql"), "\n", include_str!("views.sql")))];
/// How long a writer waits for another process.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a closing connection waits for readers before it leaves the write-ahead log to the next one.
const CLOSING_PATIENCE: Duration = Duration::from_millis(200);
/// Statements kept prepared: more than the project has on this database.
const STATEMENTS_KEPT: usize = 96;
/// Readable by the group, written by the owner alone. SQLite gives -wal and -shm the same mode.
const MODE: u32 = 0o640;

/// Which files are open: device and inode of the database and of its write-ahead log. Taken by `stat`: opening and closing the file by
/// hand would drop SQLite's own locks on it (POSIX).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    database: Option<(u64, u64)>,
    log: Option<(u64, u64)>,
}

impl Identity {
    fn of(path: &Path) -> Self {
        let inode = |path: &Path| fs::metadata(path).ok().map(|m| (m.dev(), m.ino()));
        Identity { database: inode(path), log: inode(&beside(path, "-wal")) }
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

impl History {
    /// Where the database of a data directory is.
    pub fn path_in(dir: &Path) -> PathBuf {
        dir.join("history.db")
    }

    /// Whether a data directory has a history.
    pub fn exists_in(dir: &Path) -> bool {
        Self::path_in(dir).exists()
    }

    /// Opens for reading and writing. `create`: make a new one where there is none; the caller says so only where there never was one, for a
    /// directory with subscribers or evidence whose history vanished must not begin anew.
    pub fn open(dir: &Path, create: bool) -> Result<Self> {
        let path = Self::path_in(dir);
        let migrations = Migrations::from_slice(VERSIONS);
        if create && !path.exists() {
            make(&path, &migrations)?;
        }
        let mut connection = connect(&path)?;
        let found = version(&connection)?;
        let known = VERSIONS.len();
        if found > known {
            return Err(HistoryError::Newer { found, known });
        }
        if found < known {
            keep_copy(&connection, &path, found)?;
            migrate(&migrations, &mut connection)?;
        }
        // A copy comes without a write-ahead log: with one, readers and the daemon never wait for each other.
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        Self::checked(connection, path)
    }

    /// Opens for reading; nothing can be written through it. Works beside the daemon, and for a user who may only read the file.
    pub fn open_reader(dir: &Path) -> Result<Self> {
        let path = Self::path_in(dir);
        let connection = connect(&path)?;
        connection.pragma_update(None, "query_only", true)?;
        let (found, known) = (version(&connection)?, VERSIONS.len());
        match found {
            _ if found > known => Err(HistoryError::Newer { found, known }),
            _ if found < known => Err(HistoryError::Older { found, known }),
            _ => Self::checked(connection, path),
        }
    }

    /// Reads one row of every table, so that a damaged file is found before anything rests on it.
    fn checked(connection: Connection, path: PathBuf) -> Result<Self> {
        touch_every_table(&connection)?;
        let file = Identity::of(&path);
        Ok(History { connection, path, file })
    }

    /// SQLite's own check of every page; long on a large file.
    pub fn quick_check(&self) -> Result<()> {
        let said: String = self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if said == "ok" { Ok(()) } else { Err(HistoryError::Corrupt(said)) }
    }

    /// A whole copy in one file without a write-ahead log, consistent while others write. `to` must not exist.
    pub fn copy_to(&self, to: &Path) -> Result<()> {
        // A reader's connection would refuse even this, which writes nothing here.
        let query_only: bool = self.connection.pragma_query_value(None, "query_only", |row| row.get(0))?;
        self.connection.pragma_update(None, "query_only", false)?;
        let copied = self.connection.execute("VACUUM INTO ?1", [to.to_string_lossy()]);
        self.connection.pragma_update(None, "query_only", query_only)?;
        copied?;
        Ok(())
    }
}

impl Drop for History {
    /// Brings the log home, and leaves -wal and -shm where they are: without them a user who may only read could open nothing.
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

fn touch_every_table(connection: &Connection) -> Result<()> {
    let mut names = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for name in names {
        connection.prepare(&format!("SELECT * FROM \"{name}\" LIMIT 1"))?.query([])?.next()?;
    }
    Ok(())
}

/// Refuses to go on with a file that is no longer the one that was opened. Asked before every commit.
pub(super) fn same_file(path: &Path, opened: Identity) -> Result<()> {
    if Identity::of(path) == opened { Ok(()) } else { Err(HistoryError::Replaced(path.to_owned())) }
}

/// Opens what is there, never creates.
fn connect(path: &Path) -> Result<Connection> {
    match fs::metadata(path) {
        Err(error) => return Err(HistoryError::of_io(&error, path)),
        Ok(meta) if meta.len() == 0 => return Err(HistoryError::Corrupt("the file is empty".to_owned())),
        Ok(_) => {}
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // The safe way to a persistent log: a connection that neither checkpoints nor deletes on close (and so Drop checkpoints).
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

fn version(connection: &Connection) -> Result<usize> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match usize::try_from(found) {
        Ok(0) => Err(HistoryError::Corrupt("the file is a database, but no history".to_owned())),
        Ok(found) => Ok(found),
        Err(_) => Err(HistoryError::Corrupt(format!("schema version {found}"))),
    }
}

/// A new history is made under another name and linked into place when it is whole: a crash leaves one or none, never a half.
fn make(path: &Path, migrations: &Migrations<'_>) -> Result<()> {
    let draft = beside(path, &format!(".{}.new", std::process::id()));
    let remove = || drop(fs::remove_file(&draft));
    remove();
    let made = (|| -> Result<()> {
        fs::OpenOptions::new().write(true).create_new(true).mode(MODE).open(&draft).map_err(|e| HistoryError::of_io(&e, &draft))?;
        readable_by_group(&draft)?;
        let mut connection = Connection::open_with_flags(&draft, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        migrate(migrations, &mut connection)?;
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        connection.close().map_err(|(_, error)| HistoryError::from(error))?;
        match fs::hard_link(&draft, path) {
            Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => Err(HistoryError::of_io(&e, path)),
            _ => Ok(()),
        }?;
        let dir = path.parent().unwrap_or(Path::new("."));
        fs::File::open(dir).and_then(|d| d.sync_all()).map_err(|e| HistoryError::of_io(&e, dir))
    })();
    remove();
    made
}

fn migrate(migrations: &Migrations<'_>, connection: &mut Connection) -> Result<()> {
    migrations.to_latest(connection).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => HistoryError::from(err),
        other => HistoryError::Corrupt(other.to_string()),
    })
}

/// Before an older file is brought up to date, a copy of it stays beside it.
fn keep_copy(connection: &Connection, path: &Path, found: usize) -> Result<()> {
    let copy = beside(path, &format!(".v{found}"));
    if !copy.exists() {
        connection.execute("VACUUM INTO ?1", [copy.to_string_lossy()])?;
        readable_by_group(&copy)?;
    }
    Ok(())
}

/// Whatever the umask was.
fn readable_by_group(path: &Path) -> Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(MODE)).map_err(|e| HistoryError::of_io(&e, path))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
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
        assert!(matches!(history.record(&poll()), Err(HistoryError::Full)));
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
        assert!(matches!(history.record(&poll()), Err(HistoryError::Locked)));
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
            assert_eq!(fs::metadata(dir.path().join(&file)).unwrap().mode() & 0o777, MODE, "{file}");
        }
        let pragma = |name: &str| history.connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!((pragma("synchronous"), pragma("foreign_keys"), pragma("busy_timeout")), (2, 1, 30_000));
    }

    #[test]
    fn no_schema_of_another_program_is_taken_for_ours() {
        let dir = tempfile::tempdir().unwrap();
        Connection::open(History::path_in(dir.path())).unwrap().execute_batch("CREATE TABLE other (x)").unwrap();
        assert!(matches!(History::open(dir.path(), true), Err(HistoryError::Corrupt(_))));
    }
}
