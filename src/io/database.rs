//! The file of a SQLite database: made whole or not at all, opened, brought up to date, copied, and missed when it is taken away.
//!
//! Knows no table: `history` and `roster` stand on it and hold the only SQL on theirs. The one room of io that its neighbours may name.

pub mod fault;

use std::fs;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

pub use fault::DatabaseError;

/// The result of every call.
pub type Result<T> = std::result::Result<T, DatabaseError>;

/// Pages that SQLite keeps in memory, in KiB. What a poll needs it reads once, and the system has the file's pages anyway.
const CACHE_KIB: i64 = 768;
/// How long a writer waits for another process.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is particular to one of the two databases.
pub struct Plan {
    /// Its file's name in the data directory.
    pub file: &'static str,
    /// The schema's versions, forward only. A version that was ever released is never edited.
    pub versions: &'static [M<'static>],
    /// Who may read it: the mode of the file, whatever the umask. SQLite gives -wal and -shm the same.
    pub mode: u32,
    /// Statements kept prepared: more than the project has on this database.
    pub statements_kept: usize,
    /// Whether -wal and -shm stay when the last connection closes.
    pub log_stays: bool,
    /// What a new one holds besides its schema.
    pub first: fn(&Connection) -> Result<()>,
}

/// Which file is open, and whether it still is the one in the directory. Cheap to clone, for whoever borrows the connection meanwhile.
#[derive(Debug, Clone)]
pub struct File {
    path: PathBuf,
    opened: Identity,
}

/// Device and inode of the database and of its write-ahead log. Taken by `stat`: opening and closing the file by hand would drop SQLite's
/// own locks on it (POSIX).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
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

impl File {
    /// Refuses to go on with a file that is no longer the one that was opened. Asked before every commit.
    pub fn still_there(&self) -> Result<()> {
        if Identity::of(&self.path) == self.opened { Ok(()) } else { Err(DatabaseError::Replaced(self.path.clone())) }
    }
}

/// SQLite's own check of every page; long on a large file.
pub fn quick_check(plan: &Plan, connection: &Connection) -> Result<()> {
    let check = || -> rusqlite::Result<String> {
        let all = connection.unchecked_transaction()?;
        // What FTS5 remembers of its index from before a commit of another connection, it would call damaged: a query makes it look anew.
        touch_every_table(connection)?;
        let said = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        all.commit().map(|()| said)
    };
    let said = check().map_err(|e| plan.sql(e))?;
    if said == "ok" { Ok(()) } else { Err(plan.corrupt(said)) }
}

impl Plan {
    /// Where the database of a data directory is.
    pub fn path_in(&self, dir: &Path) -> PathBuf {
        dir.join(self.file)
    }

    /// Opens for reading and writing. `create`: make a new one where there is none.
    ///
    /// # Errors
    /// Also where the file is damaged: one row of every table is read, so that it is found before anything rests on it.
    pub fn open(&self, dir: &Path, create: bool) -> Result<(Connection, File)> {
        let path = self.path_in(dir);
        let migrations = Migrations::from_slice(self.versions);
        if create && !path.exists() {
            self.make(&path, &migrations)?;
        }
        let mut connection = self.connect(&path)?;
        let (found, known) = (self.version(&connection)?, self.versions.len());
        if found > known {
            return Err(DatabaseError::Newer { file: self.file, found, known });
        }
        if found < known {
            self.keep_copy(&connection, &path, found)?;
            self.migrate(&migrations, &mut connection)?;
        }
        // A copy comes without a write-ahead log: with one, readers and the daemon never wait for each other.
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).map_err(|e| self.sql(e))?;
        self.checked(connection, path)
    }

    /// Opens for reading; nothing can be written through it. Works beside the daemon, and for a user who may only read the file.
    pub fn open_reader(&self, dir: &Path) -> Result<(Connection, File)> {
        let path = self.path_in(dir);
        let connection = self.connect(&path)?;
        connection.pragma_update(None, "query_only", true).map_err(|e| self.sql(e))?;
        let (file, found, known) = (self.file, self.version(&connection)?, self.versions.len());
        match found {
            _ if found > known => Err(DatabaseError::Newer { file, found, known }),
            _ if found < known => Err(DatabaseError::Older { file, found, known }),
            _ => self.checked(connection, path),
        }
    }

    /// A whole copy in one file without a write-ahead log, consistent while others write. `to` must not exist. SQLite writes into an
    /// empty file that is there already, and so the copy has its mode from the first byte.
    pub fn copy(&self, connection: &Connection, to: &Path) -> Result<()> {
        self.new_file(to)?;
        let copied = || -> rusqlite::Result<()> {
            // A reader's connection would refuse even this, which writes nothing here.
            let query_only: bool = connection.pragma_query_value(None, "query_only", |row| row.get(0))?;
            connection.pragma_update(None, "query_only", false)?;
            let copied = connection.execute("VACUUM INTO ?1", [to.to_string_lossy()]);
            connection.pragma_update(None, "query_only", query_only)?;
            copied.map(drop)
        };
        copied().map_err(|e| self.sql(e))
    }

    fn checked(&self, connection: Connection, path: PathBuf) -> Result<(Connection, File)> {
        // In one transaction, so that the locks of a reader are taken once and not for every table.
        let touched = connection.unchecked_transaction().and_then(|all| touch_every_table(&all).and_then(|()| all.commit()));
        touched.map_err(|e| self.sql(e))?;
        let opened = Identity::of(&path);
        Ok((connection, File { path, opened }))
    }

    /// Opens what is there, never creates.
    fn connect(&self, path: &Path) -> Result<Connection> {
        match fs::metadata(path) {
            Err(error) => return Err(self.io(&error, path)),
            Ok(meta) if meta.len() == 0 => return Err(self.corrupt("the file is empty".to_owned())),
            Ok(_) => {}
        }
        let connected = || -> rusqlite::Result<Connection> {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(path, flags)?;
            // The safe way to a persistent log: a connection that neither checkpoints nor deletes on close.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, self.log_stays)?;
            // A plan for any value: else a statement is planned anew for each that is bound where an index is partial.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            connection.busy_timeout(PATIENCE)?;
            connection.set_prepared_statement_cache_capacity(self.statements_kept);
            connection.pragma_update(None, "foreign_keys", true)?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
            Ok(connection)
        };
        connected().map_err(|e| self.sql(e))
    }

    fn version(&self, connection: &Connection) -> Result<usize> {
        let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(|e| self.sql(e))?;
        match usize::try_from(found) {
            Ok(0) => Err(self.corrupt("the file is a database, but of another program".to_owned())),
            Ok(found) => Ok(found),
            Err(_) => Err(self.corrupt(format!("schema version {found}"))),
        }
    }

    /// A new one is made under another name and linked into place when it is whole: a crash leaves one or none, never a half.
    fn make(&self, path: &Path, migrations: &Migrations<'_>) -> Result<()> {
        let draft = beside(path, &format!(".{}.new", std::process::id()));
        let remove = || drop(fs::remove_file(&draft));
        remove();
        let made = self.fill(&draft, migrations).and_then(|()| {
            match fs::hard_link(&draft, path) {
                Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => Err(self.io(&e, path)),
                _ => Ok(()),
            }?;
            let dir = path.parent().unwrap_or(Path::new("."));
            fs::File::open(dir).and_then(|d| d.sync_all()).map_err(|e| self.io(&e, dir))
        });
        remove();
        made
    }

    fn fill(&self, draft: &Path, migrations: &Migrations<'_>) -> Result<()> {
        self.new_file(draft)?;
        let sql = |e| self.sql(e);
        let mut connection = Connection::open_with_flags(draft, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(sql)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(sql)?;
        self.migrate(migrations, &mut connection)?;
        (self.first)(&connection)?;
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).map_err(sql)?;
        connection.close().map_err(|(_, error)| self.sql(error))
    }

    /// An empty file with our mode, whatever the umask was.
    fn new_file(&self, path: &Path) -> Result<()> {
        let made = fs::OpenOptions::new().write(true).create_new(true).mode(self.mode).open(path);
        made.and_then(|file| file.set_permissions(fs::Permissions::from_mode(self.mode))).map_err(|e| self.io(&e, path))
    }

    fn migrate(&self, migrations: &Migrations<'_>, connection: &mut Connection) -> Result<()> {
        migrations.to_latest(connection).map_err(|error| match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => self.sql(err),
            other => self.corrupt(other.to_string()),
        })
    }

    /// Before an older file is brought up to date, a copy of it stays beside it.
    fn keep_copy(&self, connection: &Connection, path: &Path, found: usize) -> Result<()> {
        let copy = beside(path, &format!(".v{found}"));
        if copy.exists() {
            return Ok(());
        }
        // Under its name only when it is whole: what a kill or a full disk left of it would be taken for the way back.
        let draft = beside(path, &format!(".v{found}.new"));
        drop(fs::remove_file(&draft));
        let kept = self.copy(connection, &draft).and_then(|()| {
            let synced = |file: &Path| fs::File::open(file).and_then(|file| file.sync_all());
            let dir = path.parent().unwrap_or(Path::new("."));
            synced(&draft).and_then(|()| fs::rename(&draft, &copy)).and_then(|()| synced(dir)).map_err(|e| self.io(&e, &copy))
        });
        if kept.is_err() {
            drop(fs::remove_file(&draft));
        }
        kept
    }

    fn sql(&self, error: rusqlite::Error) -> DatabaseError {
        DatabaseError::of_sql(self.file, error)
    }

    fn io(&self, error: &std::io::Error, path: &Path) -> DatabaseError {
        DatabaseError::of_io(self.file, error, path)
    }

    fn corrupt(&self, why: String) -> DatabaseError {
        DatabaseError::Corrupt { file: self.file, why }
    }
}

/// Looks for one row of every table, in the table itself, by one statement: planning one for each takes longer than all the rest of opening.
fn touch_every_table(connection: &Connection) -> rusqlite::Result<()> {
    let mut names = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    let one = |name: String| format!("SELECT 1 FROM (SELECT 1 FROM \"{name}\" NOT INDEXED LIMIT 1)");
    let each: Vec<String> = names.query_map([], |row| row.get(0).map(one))?.collect::<rusqlite::Result<_>>()?;
    let mut all = connection.prepare(&each.join(" UNION ALL "))?;
    let mut found = all.query([])?;
    while found.next()?.is_some() {}
    Ok(())
}
