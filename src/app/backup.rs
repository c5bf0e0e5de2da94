//! Everything in one folder, and back: both databases and the evidence. A restored directory starts stopped.
//!
//! Never removes what it finds: what a restored file replaces is moved aside.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};

use crate::io::database::DatabaseError;
use crate::io::evidence::FOLDER as EVIDENCE;
use crate::io::history::History;
use crate::io::roster::{Cursor, Roster};

/// For the owner alone: a backup holds addresses.
const BACKUP_MODE: u32 = 0o700;
/// The databases, and whether the group may read them where they are at work.
const DATABASES: [(&str, u32); 2] = [("history.db", 0o640), ("subscribers.db", 0o600)];
/// What SQLite keeps beside a database.
const BESIDE: [&str; 3] = ["", "-wal", "-shm"];

/// Where files are made before they are put in place.
const STAGE: &str = "incoming";
/// Said of a directory that was restored.
const WHY: &str = "the directory was restored from a backup";

/// What a copy came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copied {
    /// Files of evidence copied now.
    pub new: usize,
    /// Files of evidence that were there already.
    pub kept: usize,
    /// Bytes copied, the databases with them.
    pub bytes: u64,
}

/// A directory that was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The evidence, and all bytes.
    pub copied: Copied,
    /// Changes that nobody was told of yet, and that somebody may be told of after the release.
    pub untold: usize,
    /// Where the files lie that stood there before.
    pub aside: Option<PathBuf>,
}

/// Copies everything into a folder, consistent while the daemon works. An earlier backup there is brought up to date.
///
/// # Errors
/// Where the folder holds something else than a backup, or lies within the data directory; where anything cannot be read or written: then an
/// earlier backup still is what it was.
pub fn backup(data: &Path, history: &History, roster: &Roster, to: &Path) -> Result<Copied> {
    let within = |path: &Path| fs::canonicalize(path).is_ok_and(|path| fs::canonicalize(data).is_ok_and(|data| path.starts_with(data)));
    if to.ancestors().any(within) {
        bail!("{} lies within the data directory, and would go down with it", to.display());
    }
    if !is_backup(to) && fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} holds something that is no backup", to.display());
    }
    DirBuilder::new().recursive(true).mode(BACKUP_MODE).create(to).with_context(|| format!("{} cannot be made", to.display()))?;
    let stage = empty(&to.join(STAGE))?;
    // The subscribers first: what was told must never be newer than what was seen.
    roster.copy_to(&Roster::path_in(&stage))?;
    history.copy_to(&History::path_in(&stage))?;
    // Wherever it wakes up, by `restore` or by hand, it sends nothing before a person or twelve hours say so.
    Roster::open(&stage, false)?.stop_on_waking(WHY)?;
    let mut copied = copy_evidence(data, to, &|_| Ok(()))?;
    // And last of all put in place, for the same reason in the other order.
    for (name, _) in DATABASES {
        let made = stage.join(name);
        fs::set_permissions(&made, fs::Permissions::from_mode(0o600)).with_context(|| format!("{}", made.display()))?;
        for beside in &BESIDE[1..] {
            remove(&to.join(format!("{name}{beside}")))?;
        }
        copied.bytes += settle(&made, &to.join(name))?;
    }
    drop(fs::remove_dir_all(&stage));
    sync(to)?;
    Ok(copied)
}

/// Puts a backup in the place of a data directory that nobody else works in. What stood there is moved aside, and nothing is sent from there
/// until it is released.
///
/// # Errors
/// Where the folder is no backup, or a database in it is damaged or newer than this program: then nothing was changed.
pub fn restore(from: &Path, data: &Path, now: DateTime<Utc>) -> Result<Restored> {
    if !is_backup(from) {
        bail!("{} is no backup: it does not hold both history.db and subscribers.db", from.display());
    }
    let owner = fs::metadata(data).with_context(|| format!("{}", data.display()))?;
    // Only root can give files away; for everybody else they are the right owner's already.
    let give = |path: &Path| if rustix::process::geteuid().is_root() { chown(path, Some(owner.uid()), Some(owner.gid())) } else { Ok(()) };
    let stage = empty(&data.join(STAGE))?;
    let mut bytes = 0;
    for (name, mode) in DATABASES {
        bytes += copy(&from.join(name), &stage.join(name), &give)?;
        fs::set_permissions(stage.join(name), fs::Permissions::from_mode(mode))?;
        // A copy made by hand may have the end of its story in its log.
        let log = format!("{name}-wal");
        if from.join(&log).is_file() {
            fs::copy(from.join(&log), stage.join(&log)).with_context(|| format!("copying {}", from.join(&log).display()))?;
        }
    }
    let untold = begin_stopped(&stage, from, now)?;
    for (name, _) in DATABASES {
        for beside in BESIDE {
            drop(give(&stage.join(format!("{name}{beside}"))));
        }
    }
    let mut copied = copy_evidence(from, data, &give)?;
    copied.bytes += bytes;
    let aside = move_aside(data, now)?;
    for (name, _) in DATABASES {
        for beside in BESIDE {
            let file = stage.join(format!("{name}{beside}"));
            if file.exists() {
                fs::rename(&file, data.join(format!("{name}{beside}"))).with_context(|| format!("{}", file.display()))?;
            }
        }
    }
    sync(data)?;
    drop(fs::remove_dir_all(&stage));
    Ok(Restored { copied, untold, aside })
}

/// Opens both databases of the stage: whole, of a version we know; and stops them. Answers how many changes are untold.
fn begin_stopped(stage: &Path, from: &Path, now: DateTime<Utc>) -> Result<usize> {
    let whole = || format!("the backup in {}", from.display());
    let history = History::open(stage, false).with_context(whole)?;
    history.quick_check().with_context(whole)?;
    if let Some(row) = history.broken_link().with_context(whole)? {
        bail!(DatabaseError::Corrupt {
            file: "history.db",
            why: format!("the backup in {}: row {row} of the log of changes was altered", from.display()),
        });
    }
    let mut roster = Roster::open(stage, false).with_context(whole)?;
    roster.quick_check().with_context(whole)?;
    roster.stop_anew(WHY, now)?;
    let cursor = roster.cursor()?.unwrap_or(Cursor { change_id: 0, hash: String::new() });
    Ok(history.changes_after(cursor.change_id, usize::MAX >> 1)?.iter().filter(|change| !change.silent).count())
}

/// A folder with nothing in it, for the owner alone.
fn empty(folder: &Path) -> Result<PathBuf> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => DirBuilder::new().mode(BACKUP_MODE).create(folder),
    }
    .with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(folder.to_owned())
}

fn is_backup(folder: &Path) -> bool {
    DATABASES.iter().all(|(name, _)| folder.join(name).is_file())
}

/// The files at work go into a folder of their own, named by the hour.
fn move_aside(data: &Path, now: DateTime<Utc>) -> Result<Option<PathBuf>> {
    let there = |name: &str| BESIDE.map(|beside| data.join(format!("{name}{beside}"))).into_iter().filter(|path| path.exists());
    let files: Vec<PathBuf> = DATABASES.iter().flat_map(|(name, _)| there(name)).collect();
    if files.is_empty() {
        return Ok(None);
    }
    let mut aside = data.join(format!("replaced-{}", now.format("%Y%m%dT%H%M%SZ")));
    while aside.exists() {
        aside.as_mut_os_string().push("-again");
    }
    DirBuilder::new().mode(BACKUP_MODE).create(&aside).with_context(|| format!("{}", aside.display()))?;
    for file in files {
        let name = file.file_name().unwrap_or_default();
        fs::rename(&file, aside.join(name)).with_context(|| format!("{}", file.display()))?;
    }
    Ok(Some(aside))
}

/// Copies the files of evidence that are not there yet. They never change, so one that is there is the same.
fn copy_evidence(from: &Path, to: &Path, give: &dyn Fn(&Path) -> io::Result<()>) -> Result<Copied> {
    let mut copied = Copied::default();
    let mut folders = vec![PathBuf::from(EVIDENCE)];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(from.join(&folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.with_context(|| format!("{}", from.join(&folder).display()))?,
        };
        let mut any = false;
        for entry in entries {
            let entry = entry?;
            let name = folder.join(entry.file_name());
            // Neither a link nor what is just being written is evidence.
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(name);
            } else if kind.is_file() && name.extension().is_none_or(|end| end != "part") {
                let target = to.join(&name);
                if fs::metadata(&target).is_ok_and(|there| there.is_file() && entry.metadata().is_ok_and(|ours| ours.len() == there.len()))
                {
                    copied.kept += 1;
                    continue;
                }
                if !any {
                    make_folders(to, &folder, give)?;
                    any = true;
                }
                copied.bytes += copy(&from.join(&name), &target, give)?;
                copied.new += 1;
            }
        }
    }
    Ok(copied)
}

fn make_folders(to: &Path, folder: &Path, give: &dyn Fn(&Path) -> io::Result<()>) -> Result<()> {
    let mut path = to.to_owned();
    for part in folder {
        path.push(part);
        if !path.is_dir() {
            fs::create_dir(&path).and_then(|()| give(&path)).with_context(|| format!("{}", path.display()))?;
        }
    }
    Ok(())
}

/// One file, whole or not at all, and on the disk.
fn copy(from: &Path, to: &Path, give: &dyn Fn(&Path) -> io::Result<()>) -> Result<u64> {
    let part = to.with_extension("part");
    remove(&part)?;
    fs::copy(from, &part).and_then(|_| give(&part)).with_context(|| format!("copying {} to {}", from.display(), to.display()))?;
    settle(&part, to)
}

/// Gives a file that is complete its name.
fn settle(part: &Path, to: &Path) -> Result<u64> {
    let settled = || -> io::Result<u64> {
        let file = File::open(part)?;
        file.sync_all()?;
        fs::rename(part, to)?;
        Ok(file.metadata()?.len())
    };
    settled().with_context(|| format!("{}", to.display()))
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).context(format!("{}", path.display())),
        _ => Ok(()),
    }
}

fn sync(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|folder| folder.sync_all()).with_context(|| format!("{}", folder.display()))
}
