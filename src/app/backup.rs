//! A copy of the data directory made while the daemon runs, and the way back from it.
//!
//! A copy is marked stopped from the start: wherever it wakes up, by `restore` or by hand, it sends nothing before a person or twelve hours say so.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::io::history::{History, HistoryError};
use crate::io::roster::Roster;

/// The data directory's databases. The history is put in place first: what was told must never be newer than what was seen.
const DATABASES: [&str; 2] = ["history.db", "subscribers.db"];
const EVIDENCE: &str = "evidence";
/// Where files are made before they are put in place.
const STAGE: &str = "incoming";
const HISTORY_MODE: u32 = 0o640;
/// A backup holds addresses.
const PRIVATE: u32 = 0o700;
const WHY: &str = "this is a copy that was restored from a backup";

/// What was copied.
#[derive(Debug, Serialize)]
pub struct Copied {
    /// Rows of the log of changes.
    pub changes: i64,
    /// Letters owed in the copy: what it would send when it is released.
    pub owed: usize,
    /// Files of evidence that were not there yet.
    pub evidence_files: usize,
    /// Where the databases are that stood there before; none where there were none.
    pub set_aside: Option<PathBuf>,
}

/// Copies both databases and the evidence of `data` into `to`, which is made where it is not, or holds an earlier backup.
///
/// # Errors
/// Where a database cannot be read, `to` holds something else, or the disk fails. An earlier backup is then still whole.
pub fn backup(data: &Path, to: &Path) -> Result<Copied> {
    may_hold_a_backup(data, to)?;
    let stage = fresh(&to.join(STAGE), PRIVATE)?;
    let copied = copy_databases(data, &stage, to);
    let cleared = fs::remove_dir_all(&stage);
    let (changes, owed) = copied?;
    cleared.context("the stage cannot be cleared")?;
    let evidence_files = copy_missing(&data.join(EVIDENCE), &to.join(EVIDENCE))?;
    Ok(Copied { changes, owed, evidence_files, set_aside: None })
}

/// Both databases by way of the stage. Answers with the changes in the log, and the letters owed.
fn copy_databases(data: &Path, stage: &Path, to: &Path) -> Result<(i64, usize)> {
    // The subscribers first: what was told must never be newer than what was seen.
    let roster = Roster::open_reader(data)?;
    roster.copy_to(&Roster::path_in(stage))?;
    let history = History::open_reader(data)?;
    history.copy_to(&History::path_in(stage))?;
    fs::set_permissions(History::path_in(stage), fs::Permissions::from_mode(HISTORY_MODE))?;
    let mut copy = Roster::open(&stage, false)?;
    copy.stop_on_waking(WHY)?;
    let owed = copy.count_letters()?.owed;
    drop(copy);
    let changes = history.head()?.0;
    for name in DATABASES {
        forget_logs(&stage.join(name))?;
        sync(&stage.join(name))?;
        forget_logs(&to.join(name))?;
        fs::rename(stage.join(name), to.join(name)).with_context(|| format!("{name} cannot be put into {}", to.display()))?;
    }
    sync(to)?;
    Ok((changes, whole(owed)))
}

fn whole(n: impl TryInto<usize>) -> usize {
    n.try_into().unwrap_or_default()
}

/// Puts a backup in place of what `data` holds, which is set aside and not deleted. The caller holds the directory's lock.
///
/// # Errors
/// Where the backup is not whole: then nothing was changed. Where the disk fails.
pub fn restore(from: &Path, data: &Path, now: DateTime<Utc>) -> Result<Copied> {
    for name in DATABASES {
        ensure!(from.join(name).is_file(), "{} is no backup: there is no {name} in it", from.display());
    }
    ensure!(!same_folder(from, data), "{} is the data directory itself", from.display());
    let stage = fresh(&data.join(STAGE), PRIVATE)?;
    let checked = check(from, &stage, now);
    let (changes, owed) = match checked {
        Ok(found) => found,
        Err(error) => {
            drop(fs::remove_dir_all(&stage));
            return Err(error.context(format!("the backup in {} cannot be used; nothing was changed", from.display())));
        }
    };
    let evidence_files = copy_missing(&from.join(EVIDENCE), &data.join(EVIDENCE))?;
    let aside = data.join(format!("before-restore-{}", now.format("%Y%m%dT%H%M%SZ")));
    let mut set_aside = None;
    for name in DATABASES {
        let here = data.join(name);
        if here.exists() {
            set_aside = Some(fresh_or_there(&aside)?);
            put_aside(&here, &aside)?;
        }
        forget_logs(&here)?;
        sync(&stage.join(name))?;
        fs::rename(stage.join(name), &here).with_context(|| format!("{name} cannot be put into {}", data.display()))?;
        sync(data)?;
    }
    fs::remove_dir_all(&stage).context("the stage cannot be cleared")?;
    Ok(Copied { changes, owed, evidence_files, set_aside })
}

/// Copies a backup's databases to the stage and looks at every page and every hash of them there, for the backup itself may lie on a medium
/// that cannot be written.
fn check(from: &Path, stage: &Path, now: DateTime<Utc>) -> Result<(i64, usize)> {
    for name in DATABASES {
        for end in ["", "-wal"] {
            let file = format!("{name}{end}");
            match fs::copy(from.join(&file), stage.join(&file)) {
                Err(error) if end == "-wal" && error.kind() == io::ErrorKind::NotFound => {}
                copied => drop(copied.with_context(|| format!("{file} cannot be copied"))?),
            }
            let mode = if name == DATABASES[0] { HISTORY_MODE } else { 0o600 };
            if stage.join(&file).exists() {
                fs::set_permissions(stage.join(&file), fs::Permissions::from_mode(mode))?;
            }
        }
    }
    let history = History::open(stage, false)?;
    history.quick_check()?;
    history.use_log()?;
    if let Some(row) = history.broken_link()? {
        bail!(HistoryError::Corrupt(format!("row {row} of the log of changes was altered: its hash does not fit")));
    }
    let mut roster = Roster::open(stage, false)?;
    roster.quick_check()?;
    roster.stop_anew(WHY, now)?;
    let found = (history.head()?.0, whole(roster.count_letters()?.owed));
    drop((history, roster));
    for name in DATABASES {
        let log = stage.join(format!("{name}-wal"));
        ensure!(fs::metadata(&log).map_or(0, |about| about.len()) == 0, "{} could not be brought home", log.display());
    }
    Ok(found)
}

fn same_folder(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// Nothing of anybody's is overwritten: a backup goes into an empty folder, or over an older one.
fn may_hold_a_backup(data: &Path, to: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(PRIVATE).create(to);
    made.with_context(|| format!("{} cannot be made", to.display()))?;
    ensure!(!same_folder(data, to), "{} is the data directory itself", to.display());
    let there: Vec<String> = fs::read_dir(to)
        .with_context(|| format!("{} cannot be read", to.display()))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let ours = |name: &String| name == EVIDENCE || name == STAGE || DATABASES.iter().any(|database| name.starts_with(database));
    ensure!(
        !there.iter().any(|name| name == "lock") && (there.is_empty() || there.iter().any(ours)),
        "{} holds something else than a backup",
        to.display()
    );
    Ok(())
}

fn fresh(folder: &Path, mode: u32) -> Result<PathBuf> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => DirBuilder::new().mode(mode).create(folder),
    }
    .with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(folder.to_owned())
}

fn fresh_or_there(folder: &Path) -> Result<PathBuf> {
    DirBuilder::new().recursive(true).mode(PRIVATE).create(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(folder.to_owned())
}

/// A second name for the file, so that one stands in its place until the new one does; its log goes with it.
fn put_aside(file: &Path, aside: &Path) -> Result<()> {
    let name = file.file_name().unwrap_or_default();
    let kept = aside.join(name);
    fs::hard_link(file, &kept)
        .or_else(|_| fs::copy(file, &kept).map(drop))
        .with_context(|| format!("{} cannot be set aside", file.display()))?;
    let log = with_end(file, "-wal");
    if log.exists() {
        fs::rename(&log, with_end(&kept, "-wal")).with_context(|| format!("{} cannot be set aside", log.display()))?;
    }
    Ok(())
}

fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// A log that belongs to another file must not be played into this one.
fn forget_logs(file: &Path) -> Result<()> {
    for end in ["-wal", "-shm"] {
        match fs::remove_file(with_end(file, end)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).context("an old log cannot be removed"),
            _ => {}
        }
    }
    Ok(())
}

fn sync(path: &Path) -> Result<()> {
    File::open(path).and_then(|file| file.sync_all()).with_context(|| format!("{} cannot be written", path.display()))
}

/// Copies the files that are not there yet. They are named by their content's hash, and so those that are need no look. Links are not followed.
fn copy_missing(from: &Path, to: &Path) -> Result<usize> {
    let entries = match fs::read_dir(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries.with_context(|| format!("{} cannot be read", from.display()))?,
    };
    let mut copied = 0;
    fs::create_dir_all(to).with_context(|| format!("{} cannot be made", to.display()))?;
    for entry in entries {
        let entry = entry?;
        let (kind, there) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copied += copy_missing(&entry.path(), &there)?;
        } else if kind.is_file() && fs::metadata(&there).ok().map(|about| about.len()) != Some(entry.metadata()?.len()) {
            let part = with_end(&there, ".part");
            fs::copy(entry.path(), &part)
                .and_then(|_| File::open(&part)?.sync_all())
                .with_context(|| format!("{} cannot be copied", part.display()))?;
            fs::rename(&part, &there)?;
            copied += 1;
        }
    }
    sync(to)?;
    Ok(copied)
}
