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

/// A moment to wake at, by both clocks. Reckoned where it is planned and not where it is slept for: a wall clock that is set back in between
/// would make a minute sixty years.
#[derive(Debug, Clone, Copy)]
pub struct Due {
    /// By the wall clock.
    pub at: DateTime<Utc>,
    by: Instant,
}

impl Due {
    /// `at`, planned when the wall clock said `now`, which is this instant.
    pub fn reckoned(at: DateTime<Utc>, now: DateTime<Utc>) -> Due {
        Due { at, by: Instant::now() + (at - now).to_std().unwrap_or_default() }
    }
}

/// Sleeps until a moment, or until told to stop (then `false`). Two clocks are watched: the wall clock, so that a suspended machine
/// catches up at once, and the monotonic one, so that a wall clock set back delays nothing.
pub async fn sleep_until(due: Due, stop: &mut watch::Receiver<bool>, mut tick: impl FnMut()) -> bool {
    loop {
        tick();
        let left = (due.at - now()).to_std().unwrap_or_default().min(due.by.saturating_duration_since(Instant::now()));
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_back_between_planning_and_sleeping_makes_no_wait_longer() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (_say, mut stop) = watch::channel(false);
        // Planned by a clock that stood a century ahead.
        let ahead = now() + chrono::TimeDelta::days(36_500);
        let due = Due::reckoned(ahead + chrono::TimeDelta::milliseconds(30), ahead);
        let slept = runtime.block_on(async { tokio::time::timeout(Duration::from_secs(10), sleep_until(due, &mut stop, || ())).await });
        assert_eq!(slept.ok(), Some(true));
    }

    #[test]
    fn a_moment_that_the_wall_clock_has_passed_is_not_waited_for() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (_say, mut stop) = watch::channel(false);
        // As after a night of sleep: eight hours to go when it was planned, and the wall clock is beyond.
        let back = now() - chrono::TimeDelta::hours(9);
        let due = Due::reckoned(back + chrono::TimeDelta::hours(8), back);
        let slept = runtime.block_on(async { tokio::time::timeout(Duration::from_secs(10), sleep_until(due, &mut stop, || ())).await });
        assert_eq!(slept.ok(), Some(true));
    }
}
