//! Opens subscribers.db: creates it whole or not at all, brings an older one up to date, and notices when the file was taken away.

use std::fs;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, params};
use rusqlite_migration::{M, Migrations};

use super::token::Secret;
use super::{Result, Roster, RosterError};

/// The schema's versions, forward only. A version that was ever released is never edited.
const VERSIONS: &[M<'static>] = &[M::up(include_str!("schema.sql")), M::up(include_str!("schema-bounces.sql"))];
/// How long a writer waits for another process.
const PATIENCE: Duration = Duration::from_secs(30);
/// Statements kept prepared: more than the project has on this database.
const STATEMENTS_KEPT: usize = 64;
/// For the owner alone: it holds addresses. SQLite gives -wal and -shm the same mode.
const MODE: u32 = 0o600;

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

impl Roster {
    /// Where the database of a data directory is.
    pub fn path_in(dir: &Path) -> PathBuf {
        dir.join("subscribers.db")
    }

    /// Whether a data directory has a roster.
    pub fn exists_in(dir: &Path) -> bool {
        Self::path_in(dir).exists()
    }

    /// Opens for reading and writing. `create`: make a new one where there is none; the caller says so only where there never was one, for a
    /// directory with a history whose subscribers vanished must not begin anew.
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
            return Err(RosterError::Newer { found, known });
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
            _ if found > known => Err(RosterError::Newer { found, known }),
            _ if found < known => Err(RosterError::Older { found, known }),
            _ => Self::checked(connection, path),
        }
    }

    /// Reads one row of every table, so that a damaged file is found before anything rests on it.
    fn checked(connection: Connection, path: PathBuf) -> Result<Self> {
        let mut tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
        let names: Vec<String> = tables.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        for name in names {
            let mut first = connection.prepare(&format!("SELECT * FROM \"{name}\" LIMIT 1"))?;
            let mut rows = first.query([])?;
            rows.next()?;
        }
        drop(tables);
        let secret = Secret::new(connection.query_row("SELECT bytes FROM secret", [], |row| row.get::<_, [u8; 32]>(0))?);
        let file = Identity::of(&path);
        Ok(Roster { connection, path, file, secret })
    }

    /// Refuses to go on with a file that is no longer the one that was opened. Called before every commit.
    pub(super) fn still_there(&self) -> Result<()> {
        still_there(&self.path, self.file)
    }

    /// SQLite's own check of every page; long on a large file.
    pub fn quick_check(&self) -> Result<()> {
        let said: String = self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if said == "ok" { Ok(()) } else { Err(RosterError::Corrupt(said)) }
    }

    /// A whole copy in one file without a write-ahead log, consistent while others write. `to` must not exist.
    pub fn copy_to(&self, to: &Path) -> Result<()> {
        // A reader's connection would refuse even this, which writes nothing here.
        let query_only: bool = self.connection.pragma_query_value(None, "query_only", |row| row.get(0))?;
        self.connection.pragma_update(None, "query_only", false)?;
        let copied = copy(&self.connection, to);
        self.connection.pragma_update(None, "query_only", query_only)?;
        copied
    }
}

/// As `Roster::still_there`, while a transaction borrows the roster.
pub(super) fn still_there(path: &Path, file: Identity) -> Result<()> {
    if Identity::of(path) == file { Ok(()) } else { Err(RosterError::Replaced(path.to_owned())) }
}

/// Opens what is there, never creates.
fn connect(path: &Path) -> Result<Connection> {
    match fs::metadata(path) {
        Err(error) => return Err(RosterError::of_io(&error, path)),
        Ok(meta) if meta.len() == 0 => return Err(RosterError::Corrupt("the file is empty".to_owned())),
        Ok(_) => {}
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

fn version(connection: &Connection) -> Result<usize> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match usize::try_from(found) {
        Ok(0) => Err(RosterError::Corrupt("the file is a database, but no roster".to_owned())),
        Ok(found) => Ok(found),
        Err(_) => Err(RosterError::Corrupt(format!("schema version {found}"))),
    }
}

/// A new roster is made under another name and linked into place when it is whole: a crash leaves one or none, never a half.
fn make(path: &Path, migrations: &Migrations<'_>) -> Result<()> {
    let draft = beside(path, &format!(".{}.new", std::process::id()));
    let remove = || drop(fs::remove_file(&draft));
    remove();
    let made = (|| -> Result<()> {
        fs::OpenOptions::new().write(true).create_new(true).mode(MODE).open(&draft).map_err(|e| RosterError::of_io(&e, &draft))?;
        let mut connection = Connection::open_with_flags(&draft, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        migrate(migrations, &mut connection)?;
        connection.execute("INSERT INTO secret (one, bytes) VALUES (1, ?1)", params![Secret::random()?])?;
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        connection.close().map_err(|(_, error)| RosterError::from(error))?;
        match fs::hard_link(&draft, path) {
            Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => Err(RosterError::of_io(&e, path)),
            _ => Ok(()),
        }?;
        let dir = path.parent().unwrap_or(Path::new("."));
        fs::File::open(dir).and_then(|d| d.sync_all()).map_err(|e| RosterError::of_io(&e, dir))
    })();
    remove();
    made
}

fn migrate(migrations: &Migrations<'_>, connection: &mut Connection) -> Result<()> {
    migrations.to_latest(connection).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => RosterError::from(err),
        other => RosterError::Corrupt(other.to_string()),
    })
}

/// Before an older file is brought up to date, a copy of it stays beside it.
fn keep_copy(connection: &Connection, path: &Path, found: usize) -> Result<()> {
    let copy = beside(path, &format!(".v{found}"));
    if copy.exists() { Ok(()) } else { self::copy(connection, &copy) }
}

/// SQLite writes into an empty file that is there already, and so the copy is its owner's alone from the first byte.
fn copy(connection: &Connection, to: &Path) -> Result<()> {
    fs::OpenOptions::new().write(true).create_new(true).mode(MODE).open(to).map_err(|e| RosterError::of_io(&e, to))?;
    connection.execute("VACUUM INTO ?1", [to.to_string_lossy()])?;
    Ok(())
}
