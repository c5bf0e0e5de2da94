//! Feeds the watchdog only while every task moves and both databases answer.
//!
//! Never restarts anything: a watchdog that is not fed does.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::app::daemon::{House, tell_systemd};
use crate::app::rounds;
use crate::io::history::History;
use crate::io::roster::Roster;

/// When each task last moved.
#[derive(Default)]
pub struct Pulse {
    beats: Mutex<BTreeMap<&'static str, Instant>>,
}

/// A task that has not moved for so long hangs: a poll of one source takes a minute at most, a letter's last reply ten.
const HANGS_AFTER: Duration = Duration::from_secs(15 * 60);
/// Between two looks where systemd asks for none.
const LOOK_EVERY: Duration = Duration::from_secs(30);

impl Pulse {
    /// This task moves.
    pub fn beat(&self, task: &'static str) {
        self.beats.lock().unwrap_or_else(PoisonError::into_inner).insert(task, Instant::now());
    }

    /// The task that hangs, if one does.
    pub fn hanging(&self) -> Option<&'static str> {
        let beats = self.beats.lock().unwrap_or_else(PoisonError::into_inner);
        beats.iter().find(|(_, at)| at.elapsed() > HANGS_AFTER).map(|(task, _)| *task)
    }
}

fn answer(dir: &Path) -> Result<()> {
    History::open_reader(dir)?;
    Roster::open_reader(dir)?;
    Ok(())
}

/// Looks, and feeds the watchdog, until told to stop.
pub async fn run(mut house: House) -> Result<()> {
    let every = sd_notify::watchdog_enabled().map_or(LOOK_EVERY, |limit| (limit / 3).min(LOOK_EVERY));
    while !*house.stop.borrow() {
        let dir = house.settings.borrow().data_dir.clone();
        let answered = tokio::task::spawn_blocking(move || answer(&dir)).await?;
        let answers = answered.is_ok();
        // Locked or full passes; gone or corrupt does not, and takes the process with it before anything is begun anew.
        rounds::survive(answered)?;
        match (house.pulse.hanging(), answers) {
            (None, true) => tell_systemd(&[sd_notify::NotifyState::Watchdog]),
            (Some(task), _) => tracing::error!(task, "does not move: the watchdog is not fed"),
            (None, false) => tracing::error!("a database does not answer: the watchdog is not fed"),
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            _ = house.stop.changed() => {}
        }
    }
    Ok(())
}
