//! The data directory and both databases, as they stand. Never makes what is missing.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use chrono::{DateTime, Utc};
use rustix::fs::Access;

use super::super::house;
use super::Item;
use crate::app::rounds;
use crate::config::Settings;
use crate::io::history::History;
use crate::io::lock::Lock;
use crate::io::roster::Roster;

const DATA: &str = "data";
/// Below so much free space the next months do not fit.
const FREE_MIB_MIN: u64 = 500;
/// Below so much nothing can be written soon.
const FREE_MIB_LOW: u64 = 50;
const MIB: u64 = 1024 * 1024;

pub(super) fn data(settings: &Settings, now: DateTime<Utc>) -> Vec<Item> {
    let dir = &settings.data_dir;
    let mut items = vec![directory(dir)];
    if !dir.is_dir() || house::keeps_us_out(dir).is_some() {
        return items;
    }
    items.extend(space(dir));
    items.push(daemon(dir));
    match (History::exists_in(dir), Roster::exists_in(dir)) {
        (false, false) => items.push(Item::warning(DATA, "databases", "none yet", "run `potvrda poll`: it makes them")),
        (history, roster) => {
            let hint = "restore it from a backup, as docs/operating.md says";
            items.push(if history {
                self::history(dir)
            } else {
                Item::wrong(DATA, "history.db", "missing, while subscribers.db is there", hint)
            });
            items.extend(if roster {
                self::roster(dir, now)
            } else {
                vec![Item::wrong(DATA, "subscribers.db", "missing, while history.db is there", hint)]
            });
        }
    }
    items
}

/// Whether the history, where one can be read, knows of a sitting for which pages are looked at more often.
pub(super) fn sitting_is_near(dir: &Path, now: DateTime<Utc>) -> bool {
    // What keeps it from being read has an item of its own.
    History::exists_in(dir) && History::open_reader(dir).is_ok_and(|history| rounds::sitting_is_near(&history, now).is_ok_and(|near| near))
}

fn directory(dir: &Path) -> Item {
    let shown = dir.display();
    let about = match fs::metadata(dir) {
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => {
            return to_be_made(dir);
        }
        Err(why) => return Item::wrong(DATA, "directory", format!("{shown}: {why}"), "see that this user may look in"),
        Ok(about) => about,
    };
    if !about.is_dir() {
        return Item::wrong(
            DATA,
            "directory",
            format!("{shown} is no directory"),
            "name another with --data DIR, or data_dir in the settings",
        );
    }
    let (owner, me) = (about.uid(), rustix::process::geteuid().as_raw());
    let whose = if owner == me { format!("owned by us (uid {me})") } else { format!("owned by uid {owner}, we are uid {me}") };
    let mode = about.permissions().mode() & 0o777;
    let what = format!("{shown}, {whose}, mode {mode:o}");
    if rustix::fs::access(dir, Access::WRITE_OK | Access::EXEC_OK).is_err() {
        return Item::wrong(
            DATA,
            "directory",
            format!("{what}; {}", house::keeps_us_out(dir).unwrap_or_else(|| "it cannot be written".to_owned())),
            "give it to the user potvrda runs as, or run this as that user: `runuser -u potvrda -- potvrda check`",
        );
    }
    match (owner == me, mode & 0o002) {
        (false, _) => Item::warning(DATA, "directory", what, "run commands that write as its owner: files of another user stop the daemon"),
        (true, 0) => Item::ok(DATA, "directory", what),
        (true, _) => Item::warning(DATA, "directory", what, format!("everybody may write there; run: chmod o-w {shown}")),
    }
}

/// What systemd makes for the service before it starts (StateDirectory in deploy/potvrda.service).
const STATE_DIRECTORY: &str = "/var/lib/potvrda";

/// One that is not there: whoever polls first makes it, if the folder it would stand in lets them.
fn to_be_made(dir: &Path) -> Item {
    let shown = dir.display();
    let within = nearest(dir);
    if rustix::fs::access(within, Access::WRITE_OK | Access::EXEC_OK).is_err() {
        let me = rustix::process::geteuid().as_raw();
        let what = format!("{shown} is not there, and we (uid {me}) cannot make it: {} cannot be written", within.display());
        if dir == Path::new(STATE_DIRECTORY) {
            return Item::warning(DATA, "directory", what, "start the service: systemd makes it (`systemctl enable --now potvrda`)");
        }
        return Item::wrong(
            DATA,
            "directory",
            what,
            "make it as root and give it to the user potvrda runs as; or name another with --data DIR",
        );
    }
    let hint = "run `potvrda poll`: it makes it; or name another with --data DIR";
    Item::warning(DATA, "directory", format!("{shown} is not there yet"), hint)
}

/// The nearest folder above that is there.
fn nearest(dir: &Path) -> &Path {
    let above = dir.ancestors().skip(1).find(|path| path.exists() || path.as_os_str().is_empty());
    above.filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn space(dir: &Path) -> Option<Item> {
    let about = rustix::fs::statvfs(dir).ok()?;
    let mib = about.f_bavail.saturating_mul(about.f_frsize) / MIB;
    let what = format!("{mib} MiB free");
    let hint = "make space: with a full disk nothing is recorded and no letter is sent";
    Some(match mib {
        0..FREE_MIB_LOW => Item::wrong(DATA, "space", what, hint),
        FREE_MIB_LOW..FREE_MIB_MIN => Item::warning(DATA, "space", what, hint),
        _ => Item::ok(DATA, "space", what),
    })
}

fn daemon(dir: &Path) -> Item {
    // Only a lock that was once taken is tried: nothing is made here.
    let taken = dir.join("lock").exists() && Lock::is_taken(dir);
    Item::ok(
        DATA,
        "daemon",
        if taken { "another process holds the directory: the daemon, or a command at work" } else { "no process holds the directory" },
    )
}

fn history(dir: &Path) -> Item {
    let look = || {
        let history = History::open_reader(dir)?;
        history.quick_check()?;
        let broken = history.broken_link()?;
        Ok::<_, crate::io::history::HistoryError>((history.counts()?, broken))
    };
    match look() {
        Err(why) => Item::wrong(DATA, "history.db", why.to_string(), why.hint()),
        Ok((_, Some(row))) => {
            let hint = "somebody changed the log by hand, or the disk did; restore a backup, as docs/operating.md says";
            Item::wrong(DATA, "history.db", format!("the log of changes was rewritten at row {row}"), hint)
        }
        Ok((counts, None)) => {
            let words: Vec<String> = counts.columns().map(|(name, value)| format!("{value} {name}")).collect();
            Item::ok(DATA, "history.db", format!("whole, its log unbroken: {}", words.join(", ")))
        }
    }
}

fn roster(dir: &Path, now: DateTime<Utc>) -> Vec<Item> {
    let mut items = Vec::new();
    let look = || {
        let roster = Roster::open_reader(dir)?;
        roster.quick_check()?;
        let people = roster.count_subscribers()?;
        Ok::<_, crate::io::roster::RosterError>((people, roster.count_letters()?, roster.stopped()?, roster.relay()?))
    };
    let (people, letters, stopped, relay) = match look() {
        Err(why) => return vec![Item::wrong(DATA, "subscribers.db", why.to_string(), why.hint())],
        Ok(found) => found,
    };
    let words: Vec<String> = people.iter().map(|(state, count)| format!("{count} {state}")).collect();
    let what = format!(
        "whole: {}; letters: {} owed, {} sent, {} refused, {} expired",
        words.join(", "),
        letters.owed,
        letters.sent,
        letters.refused,
        letters.expired
    );
    items.push(Item::ok(DATA, "subscribers.db", what));
    let path = Roster::path_in(dir);
    if fs::metadata(&path).is_ok_and(|about| about.permissions().mode() & 0o077 != 0) {
        let hint = format!("run: chmod 600 {}", path.display());
        items.push(Item::wrong(DATA, "subscribers.db", "others may read the addresses", hint));
    }
    if let Some(stopped) = stopped {
        let what = format!("nothing is sent since {}: {}", stopped.at.format("%F %T UTC"), stopped.reason);
        items.push(Item::warning(
            DATA,
            "letters",
            what,
            "`potvrda outbox release` lets them go; after release_after_hours they go by themselves",
        ));
    }
    if let (Some(trouble), Some(until)) = (relay.trouble, relay.waiting_until.filter(|until| *until > now)) {
        let what = format!("the mail server ({trouble}): waiting until {}", until.format("%F %T UTC"));
        items.push(Item::warning(DATA, "letters", what, "mend it, then `potvrda outbox retry --all`"));
    }
    items
}

/// How each source stood when it was last polled: what is known without asking.
pub(super) fn remembered(settings: &Settings) -> Vec<Item> {
    let dir = &settings.data_dir;
    let Ok(history) = History::open_reader(dir) else { return Vec::new() };
    settings
        .sources
        .iter()
        .filter_map(|source| {
            let state = history.source(&source.name).ok()?;
            if let Ok(Some(hold)) = history.hold(&source.name) {
                let hint = "look at the page; `potvrda poll --release` accepts it as it was";
                return Some(Item::warning("source", &source.name, format!("held: {}", hold.held.reason), hint));
            }
            let good = state.last_good_at.map_or_else(|| "never read yet".to_owned(), |at| format!("last good {}", at.format("%F %T UTC")));
            Some(match state.failure.filter(|_| state.failures > 0) {
                Some(why) => {
                    let what = format!("failed {} times in a row: {why}; {good}", state.failures);
                    Item::wrong("source", &source.name, what, "`potvrda check` without --offline asks it now")
                }
                None => Item::ok(
                    "source",
                    &source.name,
                    format!("{good}; {} rows, {} agreements, {} doubtful", state.rows, state.agreements, state.doubtful),
                ),
            })
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_made_stands_in_the_nearest_folder_that_is_there() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(nearest(&dir.path().join("a/b/c")), dir.path());
        assert_eq!((nearest(Path::new("nowhere-at-all/x")), nearest(Path::new("/nowhere-at-all"))), (Path::new("."), Path::new("/")));
    }
}
