//! The one place that reads the wall clock. Everything else takes `now`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use tokio::sync::watch;
use tokio::time::Instant;

/// No clock that goes right can be before the year this program was written in: letters wait until it goes right (faults.md C2).
const WRITTEN_ON: NaiveDate = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
/// Another year is being replayed: its days are no sign of a clock that stands wrong.
static REPLAYS: AtomicBool = AtomicBool::new(false);
/// How long to sleep at most before looking at both clocks again: a suspended machine is late by no more than this.
const NAP: Duration = Duration::from_secs(20);

/// Now.
#[allow(clippy::disallowed_methods)] // this is the place
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Whether the clock can be right.
pub fn is_sane(now: DateTime<Utc>) -> bool {
    now.date_naive() >= WRITTEN_ON || REPLAYS.load(Ordering::Relaxed)
}

/// From here on this process replays another year: no `now` in it is this machine's clock.
pub fn replay() {
    REPLAYS.store(true, Ordering::Relaxed);
}

/// Sleeps until a moment, or until told to stop (then `false`). Two clocks are watched: the wall clock, so that a suspended machine
/// catches up at once, and the monotonic one, so that a wall clock set back delays nothing.
pub async fn sleep_until(moment: DateTime<Utc>, stop: &mut watch::Receiver<bool>, mut tick: impl FnMut()) -> bool {
    let planned = (moment - now()).to_std().unwrap_or_default();
    let due = Instant::now() + planned;
    loop {
        tick();
        let left = (moment - now()).to_std().unwrap_or_default().min(due.saturating_duration_since(Instant::now()));
        if *stop.borrow() {
            return false;
        }
        if left.is_zero() {
            return true;
        }
        tokio::select! {
            () = tokio::time::sleep(left.min(NAP)) => {}
            _ = stop.changed() => {}
        }
    }
}
