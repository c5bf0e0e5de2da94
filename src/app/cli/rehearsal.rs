//! The stage of `poll --dry-run`: copies of both databases, on which the real poll and the real dispatch run; then what they would send.
//!
//! Never writes to the data directory and takes no lock: it works beside the daemon, and where nothing was ever made.

use std::collections::BTreeMap;
use std::fs;
use std::future::Future;
use std::path::Path;

use anyhow::{Context, anyhow};
use serde::Serialize;
use tempfile::TempDir;
use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, house, out, table};
use crate::app::outbox::{self, Shown};
use crate::config::{Settings, Source};
use crate::domain::letter;
use crate::domain::letter::words::Words;
use crate::io::history::History;
use crate::io::roster::Roster;
use crate::io::roster::outbox::LetterState;

/// A data directory of its own, for the eyes of this user alone; gone when it is dropped.
pub(super) struct Stage {
    /// The settings, with the stage as the data directory.
    pub settings: Settings,
    _folder: TempDir,
}

impl Stage {
    /// Copies what the poll of these sources will look at. Where there is no data yet, the stage is empty too.
    pub(super) fn of(settings: &Settings, sources: &[&Source]) -> Result<Stage, Failure> {
        let folder =
            tempfile::Builder::new().prefix("potvrda-dry-run-").tempdir().context("no place for a dry run's copies").map_err(|error| {
                Failure { hint: Some("a dry run works on copies in the folder TMPDIR names (else /tmp)".to_owned()), ..error.into() }
            })?;
        if house::is_made(&settings.data_dir)? {
            // The roster first: a history older than its roster would look like one restored from a backup.
            house::read_roster(settings)?.copy_to(&Roster::path_in(folder.path()))?;
            let history = house::read_history(settings)?;
            history.copy_to(&History::path_in(folder.path()))?;
            for source in sources {
                copy_held(&history, source, &settings.data_dir, folder.path())?;
            }
        }
        Ok(Stage { settings: Settings { data_dir: folder.path().to_owned(), ..settings.clone() }, _folder: folder })
    }
}

/// A held page is read from its copy in the evidence.
fn copy_held(history: &History, source: &Source, from: &Path, to: &Path) -> Result<(), Failure> {
    let Some(file) = history.hold(&source.name)?.and_then(|hold| hold.held.file) else { return Ok(()) };
    let copy = to.join(&file);
    if let Some(folder) = copy.parent() {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    // With how it was had. One that is gone is the poll's to find out.
    for (from, copy) in [(from.join(&file), copy.clone()), (from.join(&file).with_extension("json"), copy.with_extension("json"))] {
        if from.is_file() {
            fs::copy(&from, &copy).with_context(|| copy.display().to_string())?;
        }
    }
    Ok(())
}

/// Lets go of the stage when told to stop: a copy of the subscribers stays nowhere.
pub(super) async fn unless_stopped<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let mut terminated = signal(SignalKind::terminate()).context("no signals")?;
    let stopped = || Err(Failure::from(anyhow!("stopped; nothing was recorded or sent")));
    tokio::select! {
        done = work => done,
        _ = terminated.recv() => stopped(),
        _ = tokio::signal::ctrl_c() => stopped(),
    }
}

/// What was owed before the rehearsal.
pub(super) struct Standing {
    last_letter: i64,
    waiting: i64,
}

impl Standing {
    pub(super) fn of(roster: &Roster) -> Result<Standing, Failure> {
        let letters = outbox::list(roster, None, usize::MAX)?.letters;
        Ok(Standing { last_letter: letters.last().map_or(0, |letter| letter.id), waiting: roster.count_waiting()? })
    }
}

/// One letter in one language, and to whom it would go.
#[derive(Debug, Serialize)]
pub(super) struct WouldSend {
    /// Its readers; empty for what waits for a digest.
    to: Vec<String>,
    subject: String,
    /// Plain text, without the links that only one reader may use.
    text: String,
}

/// Every letter owed since: the same words to several readers once.
pub(super) fn would_send(settings: &Settings, roster: &Roster, before: &Standing) -> Result<Vec<WouldSend>, Failure> {
    let own = house::words(settings)?;
    let words = own.as_deref().unwrap_or(Words::built_in());
    let mut letters: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let owed = outbox::list(roster, Some(LetterState::Owed), usize::MAX)?.letters;
    for letter in owed.into_iter().filter(|letter| letter.id > before.last_letter) {
        let Shown { letter, subject, text, .. } =
            outbox::show(roster, letter.id, &|edition, reader| Ok(letter::write(edition, reader, words)?))?;
        letters.entry((subject, text)).or_default().extend(letter.address.map(|address| address.to_string()));
    }
    let mut letters: Vec<WouldSend> = letters.into_iter().map(|((subject, text), to)| WouldSend { to, subject, text }).collect();
    let waiting = roster.count_waiting()? - before.waiting;
    if waiting > 0 {
        let subject = format!("{waiting} more for the daily and weekly digests, at their hours");
        letters.push(WouldSend { to: Vec::new(), subject, text: String::new() });
    }
    Ok(letters)
}

/// Prints them.
pub(super) fn say(letters: &[WouldSend]) {
    out::line("This was a dry run on copies: nothing was recorded, nothing was sent.");
    if letters.is_empty() {
        out::line("letters      none would be sent");
    }
    for WouldSend { to, subject, text } in letters {
        out::line(&format!("\nwould send   {}", table::plain(subject)));
        if !to.is_empty() {
            out::line(&format!("to           {}", to.join(", ")));
        }
        text.lines().for_each(|line| out::line(table::plain(&format!("    {line}")).trim_end()));
    }
}
