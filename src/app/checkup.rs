//! Looks at every page of both databases after the start and every night: damage that nobody reads for months is found while a backup is young.
//!
//! Never mends: a damaged database ends the process (faults.md D4).

use anyhow::Result;
use chrono::{TimeDelta, Timelike, Utc};
use tokio::task::spawn_blocking;

use crate::app::clock;
use crate::app::daemon::House;
use crate::app::rounds::survive;
use crate::io::history::History;
use crate::io::memory;
use crate::io::roster::Roster;

/// An hour in which neither polls nor readers are many, UTC.
const HOUR: u32 = 2;

/// Looks until told to stop.
pub async fn run(mut house: House) -> Result<()> {
    loop {
        let dir = house.settings.borrow().data_dir.clone();
        let looked = spawn_blocking(move || -> Result<()> {
            History::open_reader(&dir)?.quick_check()?;
            Ok(Roster::open_reader(&dir)?.quick_check()?)
        });
        survive(looked.await?)?;
        memory::give_back();
        let now = clock::now();
        let tonight =
            now.date_naive().and_hms_opt(HOUR, now.minute(), 0).map_or(now, |at| at.and_local_timezone(Utc).single().unwrap_or(now));
        let next = if tonight > now { tonight } else { tonight + TimeDelta::days(1) };
        if !clock::sleep_until(clock::Due::reckoned(next, now), &mut house.stop, || ()).await {
            return Ok(());
        }
    }
}
