//! Opens the data directory for a command: for reading what is there, for writing also where none ever was.
//!
//! Never begins anew where something vanished: a directory with one database and not the other is a loss to be mended, not an empty house.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};

use super::{Failure, code, out};
use crate::config::{Settings, own_words};
use crate::domain::letter::words::Words;
use crate::io::history::History;
use crate::io::lock::Lock;
use crate::io::roster::Roster;

/// The group may look in: history.db is theirs to read. subscribers.db is kept from them by its own mode.
const DIRECTORY_MODE: u32 = 0o750;
/// Another process may be between making the one database and the other.
const MAKING_TAKES: Duration = Duration::from_millis(100);
const LOOKS: u32 = 10;

/// What stands in a data directory.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    /// Nothing of ours: there never was anything.
    Virgin,
    /// Both databases.
    Whole,
    /// Something that cannot be without what is missing.
    Broken(&'static str),
    /// Nobody can say: we may not look in, or it is no directory.
    Hidden(String),
}

/// history.db, for reading. Works beside the daemon.
pub fn read_history(settings: &Settings) -> Result<History, Failure> {
    must_stand(&settings.data_dir)?;
    Ok(History::open_reader(&settings.data_dir)?)
}

/// subscribers.db, for reading. Works beside the daemon.
pub fn read_roster(settings: &Settings) -> Result<Roster, Failure> {
    must_stand(&settings.data_dir)?;
    Ok(Roster::open_reader(&settings.data_dir)?)
}

/// history.db, for writing to what is there. Works beside the daemon.
pub fn write_history(settings: &Settings) -> Result<History, Failure> {
    must_stand(&settings.data_dir)?;
    Ok(History::open(&settings.data_dir, false)?)
}

/// subscribers.db, for writing to what is there. Works beside the daemon.
pub fn write_roster(settings: &Settings) -> Result<Roster, Failure> {
    must_stand(&settings.data_dir)?;
    Ok(Roster::open(&settings.data_dir, false)?)
}

/// The operator's own words of the letters, if any.
pub fn words(settings: &Settings) -> Result<Option<Arc<Words>>, Failure> {
    let Some(dir) = &settings.mail.words_dir else { return Ok(None) };
    own_words(dir).map(|words| Some(Arc::new(words))).map_err(out::wrong_settings)
}

/// Both databases for writing, made where none ever was. The caller takes the lock where the contract says so.
pub fn open_or_make(settings: &Settings) -> Result<(History, Roster), Failure> {
    let dir = &settings.data_dir;
    if !is_made(dir)? {
        make_directory(dir)?;
    }
    // The history first: a crash between the two leaves a history that never saw a page, and `standing` knows it for a beginning.
    let history = History::open(dir, true)?;
    let roster = Roster::open(dir, true)?;
    Ok((history, roster))
}

/// Whether both databases are there. An error where one is and the other is not, or where nobody can say.
pub fn is_made(dir: &Path) -> Result<bool, Failure> {
    match standing(dir) {
        Standing::Whole => Ok(true),
        Standing::Virgin => Ok(false),
        Standing::Broken(what) => Err(broken(dir, what)),
        Standing::Hidden(why) => Err(hidden(dir, &why)),
    }
}

/// Takes the directory for this process alone; made where none ever was.
pub fn lock(settings: &Settings) -> Result<Lock, Failure> {
    let dir = &settings.data_dir;
    if !is_made(dir)? {
        make_directory(dir)?;
    }
    Ok(Lock::take(dir)?)
}

/// Takes the directory for this process alone, whatever stands in it: it is about to be replaced.
pub fn lock_to_restore(settings: &Settings) -> Result<Lock, Failure> {
    make_directory(&settings.data_dir)?;
    Ok(Lock::take(&settings.data_dir)?)
}

fn make_directory(dir: &Path) -> Result<(), Failure> {
    let made = DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(dir);
    made.with_context(|| format!("the data directory {} cannot be made", dir.display())).map_err(|error| Failure {
        code: code::DATABASE,
        hint: Some("make it yourself and give it to the user potvrda runs as, or name another with --data DIR".to_owned()),
        ..error.into()
    })
}

fn must_stand(dir: &Path) -> Result<(), Failure> {
    if is_made(dir)? {
        return Ok(());
    }
    Err(Failure {
        code: code::FAILED,
        error: anyhow!("no data here yet: {}", dir.display()),
        hint: Some("run `potvrda poll` first, or name the data directory with --data DIR".to_owned()),
    })
}

fn broken(dir: &Path, what: &str) -> Failure {
    Failure {
        code: code::DATABASE,
        error: anyhow!("{}: {what}", dir.display()),
        hint: Some(
            "bring it back with `potvrda restore DIR`, or restore the missing file by hand, as docs/operating.md says; nothing was changed"
                .to_owned(),
        ),
    }
}

/// Most often somebody at a prompt who is not the daemon's user: what they look for is there.
fn hidden(dir: &Path, why: &str) -> Failure {
    Failure {
        code: code::DATABASE,
        error: anyhow!("{}: {why}", dir.display()),
        hint: Some(
            "run this as the user potvrda runs as, on a server: `runuser -u potvrda -- potvrda ...`; or name another directory with --data DIR"
                .to_owned(),
        ),
    }
}

fn standing(dir: &Path) -> Standing {
    let mut found = look(dir);
    for _ in 1..LOOKS {
        if !matches!(found, Standing::Broken(_)) {
            break;
        }
        std::thread::sleep(MAKING_TAKES);
        found = look(dir);
    }
    found
}

fn look(dir: &Path) -> Standing {
    if let Some(why) = keeps_us_out(dir) {
        return Standing::Hidden(why);
    }
    match (History::exists_in(dir), Roster::exists_in(dir)) {
        (true, true) => Standing::Whole,
        (true, false) if never_looked(dir) => Standing::Virgin,
        (true, false) => Standing::Broken("there is a history.db and no subscribers.db"),
        (false, true) => Standing::Broken("there is a subscribers.db and no history.db"),
        (false, false) if holds_evidence(dir) => Standing::Broken("there is evidence and no history.db"),
        (false, false) => Standing::Virgin,
    }
}

/// Why it cannot be said what stands in a directory; none where it can be, or where there is none.
pub fn keeps_us_out(dir: &Path) -> Option<String> {
    match fs::metadata(dir.join(".")) {
        Ok(_) => None,
        Err(why) if why.kind() == io::ErrorKind::NotFound => None,
        Err(why) if why.kind() == io::ErrorKind::NotADirectory => Some("this is no directory".to_owned()),
        Err(why) => Some(format!("we may not look in: {why}")),
    }
}

/// Whether the history never saw a page: what a beginning looks like that was cut short.
fn never_looked(dir: &Path) -> bool {
    let polls = History::open_reader(dir).and_then(|history| history.counts()).map(|counts| counts.number("polls"));
    matches!(polls, Ok(Some(0)))
}

fn holds_evidence(dir: &Path) -> bool {
    fs::read_dir(dir.join("evidence")).is_ok_and(|mut kept| kept.next().is_some())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn settings(dir: &Path) -> Settings {
        Settings { data_dir: dir.join("data"), ..Settings::default() }
    }

    #[test]
    fn reading_where_nothing_ever_was_makes_nothing_and_names_poll() {
        let at = tempfile::tempdir().unwrap();
        let settings = settings(at.path());
        let failure = read_history(&settings).err().unwrap();
        assert_eq!(failure.code, code::FAILED);
        assert!(failure.error.to_string().contains("no data here yet") && failure.hint.unwrap().contains("potvrda poll"));
        assert_eq!(read_roster(&settings).err().unwrap().code, code::FAILED);
        assert!(!settings.data_dir.exists());
    }

    #[test]
    fn a_file_in_its_place_is_said_to_be_one_and_left_alone() {
        let at = tempfile::tempdir().unwrap();
        let settings = settings(at.path());
        fs::write(&settings.data_dir, "mine").unwrap();
        for failure in [read_history(&settings).err().unwrap(), open_or_make(&settings).err().unwrap(), lock(&settings).err().unwrap()] {
            assert_eq!(failure.code, code::DATABASE);
            assert!(failure.error.to_string().ends_with("this is no directory"), "{}", failure.error);
        }
        assert_eq!(fs::read(&settings.data_dir).unwrap(), b"mine");
    }

    #[test]
    fn writing_makes_both_and_both_can_be_read() {
        let at = tempfile::tempdir().unwrap();
        let settings = settings(at.path());
        drop(open_or_make(&settings).map_err(|f| f.error).unwrap());
        drop(open_or_make(&settings).map_err(|f| f.error).unwrap());
        assert!(read_history(&settings).is_ok() && read_roster(&settings).is_ok());
    }

    #[test]
    fn one_database_without_the_other_is_never_mended_by_beginning_anew() {
        let at = tempfile::tempdir().unwrap();
        let settings = settings(at.path());
        drop(open_or_make(&settings).map_err(|f| f.error).unwrap());
        for name in ["history.db", "history.db-wal", "history.db-shm"] {
            drop(fs::remove_file(settings.data_dir.join(name)));
        }
        for failure in [open_or_make(&settings).err().unwrap(), read_roster(&settings).err().unwrap(), lock(&settings).err().unwrap()] {
            assert_eq!(failure.code, code::DATABASE);
            assert!(failure.hint.unwrap().contains("restore the missing file"));
        }
        assert!(!settings.data_dir.join("history.db").exists());
    }

    #[test]
    fn a_beginning_that_was_cut_short_is_finished() {
        let at = tempfile::tempdir().unwrap();
        let settings = settings(at.path());
        fs::create_dir(&settings.data_dir).unwrap();
        drop(History::open(&settings.data_dir, true).unwrap());
        assert!(open_or_make(&settings).is_ok());
    }

    #[test]
    fn the_lock_is_held_by_one() {
        let at = tempfile::tempdir().unwrap();
        let settings = settings(at.path());
        let held = lock(&settings).map_err(|f| f.error).unwrap();
        assert_eq!(lock(&settings).err().unwrap().code, code::TAKEN);
        drop(held);
        assert!(lock(&settings).is_ok());
    }
}
