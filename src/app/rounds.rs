//! The poller: when the next look is due, which sources it concerns, and what follows it (dispatch, the bell).
//!
//! Never fetches or compares itself.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use crate::app::daemon::House;
use crate::app::poll::{self, Ask};
use crate::app::{clock, desk::Desk, dispatch};
use crate::config::Settings;
use crate::domain::schedule::{self, Schedule};

/// From so long before a known sitting of the Assembly the pages are polled more often.
const NEAR: TimeDelta = TimeDelta::hours(24);
/// A sitting whose page says nothing of its end is taken to be over after so long.
const LASTS: TimeDelta = TimeDelta::hours(36);
/// After which time a missed slot is still worth a poll at start: anything due since the last poll is one poll, now.
const FIRST_LOOK_AFTER: TimeDelta = TimeDelta::seconds(1);

/// Why a round is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    /// Every source, on schedule; without validators at a full sweep.
    Scheduled { full: bool },
    /// A quick try of the sources that failed.
    Again,
}

/// Polls on schedule until told to stop.
pub async fn run(mut house: House) -> Result<()> {
    let mut next = (clock::now() + FIRST_LOOK_AFTER, Round::Scheduled { full: false });
    loop {
        let pulse = house.pulse.clone();
        if !clock::sleep_until(next.0, &mut house.stop, || pulse.beat("rounds")).await {
            return Ok(());
        }
        let settings = house.settings.borrow().as_ref().clone();
        let mut desk = Desk::open(settings)?;
        round(&mut desk, next.1, &house).await?;
        next = plan(&desk, clock::now())?;
        tracing::debug!(at = %next.0, "next look");
    }
}

/// One round over the sources it concerns, then dispatch.
async fn round(desk: &mut Desk, round: Round, house: &House) -> Result<()> {
    for source in desk.settings.sources.clone() {
        house.pulse.beat("rounds");
        if *house.stop.borrow() {
            break;
        }
        let now = clock::now();
        let state = desk.history.source(&source.name)?;
        let waits = state.retry_after_until.is_some_and(|until| until > now);
        let failed = state.next_try_at.is_some_and(|at| at <= now);
        let ask = match round {
            Round::Scheduled { full } => Ask { full, ..Ask::default() },
            Round::Again if failed => Ask { again: true, ..Ask::default() },
            Round::Again => continue,
        };
        if waits {
            continue;
        }
        // A stop is not waited for: nothing is remembered of a poll that did not end, and the next one sees the same.
        let mut stop = house.stop.clone();
        tokio::select! {
            polled = poll::poll(desk, &source, ask, now) => { polled?; }
            _ = stop.changed() => break,
        }
    }
    let dispatched = tokio::task::block_in_place(|| dispatch::dispatch(desk, clock::now()))?;
    if dispatched.owed > 0 {
        house.bell.notify_one();
    }
    Ok(())
}

/// The next moment something is due, and what. Of several at one instant the fullest is made.
fn plan(desk: &Desk, now: DateTime<Utc>) -> Result<(DateTime<Utc>, Round)> {
    let Settings { schedule: times, .. } = &desk.settings;
    let zone = times.timezone;
    let mut regular: Vec<&Schedule> = times.poll.iter().collect();
    if desk.history.sitting_near(now, NEAR, LASTS)? {
        regular.push(&times.near_sitting);
    }
    let tries = desk.history.sources()?.into_iter().filter_map(|s| s.next_try_at.max(s.retry_after_until)).filter(|at| *at > now).min();
    let sweep = times.full_sweep.next_after(now, zone).map(|at| (at, Round::Scheduled { full: true }));
    let look = schedule::next_of(regular, now, zone).map(|at| (at, Round::Scheduled { full: false }));
    let again = tries.map(|at| (at, Round::Again));
    // min_by_key keeps the first of equals: the full sweep.
    let next = [sweep, look, again].into_iter().flatten().min_by_key(|(at, _)| *at);
    Ok(next.unwrap_or((now + TimeDelta::hours(1), Round::Scheduled { full: false })))
}
