//! Opens subscribers.db, and makes the secret of a new one.

use std::path::{Path, PathBuf};

use rusqlite_migration::M;

use super::token::Secret;
use super::{Result, Roster};
use crate::io::database::{self, DatabaseError, Plan};

/// For the owner alone: it holds addresses.
static PLAN: Plan = Plan {
    file: "subscribers.db",
    versions: &[
        M::up(include_str!("schema.sql")),
        M::up(include_str!("schema-bounces.sql")),
        M::up(include_str!("schema-farewell.sql")),
        M::up(include_str!("schema-confirmed.sql")),
    ],
    mode: 0o600,
    statements_kept: 64,
    log_stays: false,
    first: |new| {
        let secret = Secret::random()?;
        new.execute("INSERT INTO secret (one, bytes) VALUES (1, ?1)", [secret]).map_err(sql)?;
        Ok(())
    },
};

pub(super) fn sql(error: rusqlite::Error) -> DatabaseError {
    DatabaseError::of_sql(PLAN.file, error)
}

impl Roster {
    /// Where the database of a data directory is.
    pub fn path_in(dir: &Path) -> PathBuf {
        PLAN.path_in(dir)
    }

    /// Whether a data directory has a roster.
    pub fn exists_in(dir: &Path) -> bool {
        Self::path_in(dir).exists()
    }

    /// Opens for reading and writing. `create`: make a new one where there is none; the caller says so only where there never was one, for a
    /// directory with a history whose subscribers vanished must not begin anew.
    pub fn open(dir: &Path, create: bool) -> Result<Self> {
        Self::with_secret(PLAN.open(dir, create)?)
    }

    /// Opens for reading; nothing can be written through it. Works beside the daemon, and for a user who may only read the file.
    pub fn open_reader(dir: &Path) -> Result<Self> {
        Self::with_secret(PLAN.open_reader(dir)?)
    }

    fn with_secret((connection, file): (rusqlite::Connection, database::File)) -> Result<Self> {
        let secret = Secret::new(connection.query_row("SELECT bytes FROM secret", [], |row| row.get::<_, [u8; 32]>(0))?);
        Ok(Roster { connection, file, secret })
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
