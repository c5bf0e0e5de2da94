//! The poller: when the next look is due, which sources it concerns, and what follows it: what operators are told, dispatch, the bell.
//!
//! Never fetches or compares itself.

use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tokio::time::Instant;
use url::Url;

use crate::app::alarm::{self, Notice};
use crate::app::blocking::block_in_place;
use crate::app::clock::Due;
use crate::app::daemon::{House, stopped};
use crate::app::desk::Desk;
use crate::app::documents::Scope;
use crate::app::poll::{self, Ask, Polled};
use crate::app::{clock, dispatch, documents, subscribe};
use crate::config::{Settings, Source};
use crate::domain::schedule::{self, Schedule};
use crate::domain::zone::Zone;
use crate::io::fetch::{Fetcher, Jar, Request};
use crate::io::history::record::Outcome;
use crate::io::history::source::SourceState;
use crate::io::history::{History, HistoryError};
use crate::io::memory;
use crate::io::reserve;
use crate::io::roster::{Roster, RosterError};

mod waiting;

pub use waiting::Waiting;

/// From so long before a known sitting of the Assembly the pages are polled more often.
const NEAR: TimeDelta = TimeDelta::hours(24);
/// A sitting whose page says nothing of its end is taken to be over after so long.
const LASTS: TimeDelta = TimeDelta::hours(36);
/// A round that could not be made, because a database was locked or the disk was full, is made again so soon.
const SHORTLY: TimeDelta = TimeDelta::seconds(30);
/// The watcher outside has so long to answer.
const HEARTBEAT_WITHIN: Duration = Duration::from_secs(15);
/// So many good looks after a 429 bring back the usual pace, and so old a one is forgotten.
const GOOD_AFTER_429: usize = 3;
const REMEMBER_429: TimeDelta = TimeDelta::days(7);
/// With nothing scheduled at all, the plan is looked at again so often.
const IDLE: TimeDelta = TimeDelta::hours(1);

/// Why a round is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    /// Every source, on schedule; without validators at a full sweep.
    Scheduled { full: bool },
    /// A quick try of the sources that failed.
    Again,
    /// No page at all: a digest's hour has come.
    Digests,
}

/// What the operators are to be told when a round ends: all of it in one letter.
#[derive(Default)]
pub struct ForOperators {
    notices: Vec<Notice>,
    told: Vec<(String, Vec<String>)>,
}

/// One look at one source. What the operators are to be told of it waits for the end of the round.
pub async fn look(desk: &mut Desk, source: &Source, ask: Ask, now: DateTime<Utc>, tell: &mut ForOperators) -> Result<Polled> {
    let before = desk.history.source(&source.name)?;
    let polled = poll::poll(desk, source, ask, now).await?;
    let after = desk.history.source(&source.name)?;
    let (notices, told) = alarm::consider(&before, &after, &polled, desk.settings.operator.after_failures, now);
    notices.iter().for_each(|n| tracing::warn!(source = polled.source, "for the operators: {}", n.subject));
    tell.notices.extend(notices);
    if told != after.told {
        tell.told.push((source.name.clone(), told));
    }
    Ok(polled)
}

/// Ends a round: looks after the machine itself, and tells.
pub fn finish(desk: &mut Desk, roster: &mut Roster, tell: ForOperators, now: DateTime<Utc>) -> Result<()> {
    alarm::house::watch(&desk.settings, &desk.history, roster, now)?;
    conclude(desk, roster, tell, now)
}

/// Owes the operators their letter, and ends the round in a dispatch. The letter is owed before it is remembered as told: a crash between
/// the two writes twice, never not at all.
pub fn conclude(desk: &mut Desk, roster: &mut Roster, tell: ForOperators, now: DateTime<Utc>) -> Result<()> {
    if let Some(Notice { subject, paragraphs }) = alarm::one_letter(tell.notices) {
        let owing = roster.owing(now)?;
        dispatch::owe_operators(&desk.settings, &owing, "round", subject, paragraphs, now)?;
        owing.finish(None)?;
    }
    for (source, told) in tell.told {
        desk.history.tell(&source, &told)?;
    }
    dispatch::dispatch(&desk.settings, &desk.history, roster, now)?;
    subscribe::tend(&desk.settings, roster, now)?;
    if let Err(error) = reserve::keep(&desk.settings.data_dir) {
        tracing::debug!("no room could be put by: {error}");
    }
    Ok(())
}

/// Where something failed for want of room, the operators are told from the reserve.
fn told_if_full(outcome: Result<()>, house: &House) -> Result<()> {
    if outcome.as_ref().is_err_and(alarm::full::is_full) {
        let settings = house.settings.borrow().clone();
        match block_in_place(|| alarm::full::tell(&settings, clock::now())) {
            Ok(true) => house.bell.notify_one(),
            Ok(false) => {}
            Err(error) => tracing::error!("the operators could not be told of the full disk: {error:#}"),
        }
    }
    outcome
}

/// Polls on schedule until told to stop. The first round is made at once: whatever was missed while nobody looked is one look.
pub async fn run(mut house: House) -> Result<()> {
    let mut next = (due_in(TimeDelta::zero()), Round::Scheduled { full: false });
    loop {
        let pulse = house.pulse.clone();
        tokio::select! {
            biased;
            due = clock::sleep_until(next.0, &mut house.stop, || pulse.beat("rounds")) => if !due { return Ok(()) },
            changed = house.settings.changed() => {
                if changed.is_err() { return Ok(()) }
                next = planned_anew(next, &house)?;
                continue;
            }
        }
        house.settings.mark_unchanged();
        next = match round(next.1, &house).await {
            Ok(Some(next)) => next,
            Ok(None) => return Ok(()),
            Err(error) => {
                survive(told_if_full(Err(error), &house))?;
                (due_in(SHORTLY), next.1)
            }
        };
        tracing::debug!(at = %next.0.at, "next look");
        memory::give_back();
    }
}

fn due_in(wait: TimeDelta) -> Due {
    let now = clock::now();
    Due::reckoned(now + wait, now)
}

/// Settings read again may bring other times, and those hold at once. What is due shortly anyway is not put off.
fn planned_anew(next: (Due, Round), house: &House) -> Result<(Due, Round)> {
    let now = clock::now();
    if next.0.at <= now + SHORTLY {
        return Ok(next);
    }
    let settings = house.settings.borrow().as_ref().clone();
    let planned = block_in_place(|| Desk::open(settings).map_err(anyhow::Error::from).and_then(|desk| plan(&desk, now)));
    match planned {
        Ok(planned) => Ok(planned),
        Err(error) => survive(Err(error)).map(|()| next),
    }
}

/// One round over the sources it concerns, then dispatch. Answers with the next one; none when told to stop.
async fn round(round: Round, house: &House) -> Result<Option<(Due, Round)>> {
    let settings = house.settings.borrow().as_ref().clone();
    let mut desk = block_in_place(|| Desk::open(settings))?;
    let mut roster = block_in_place(|| Roster::open(&desk.settings.data_dir, false))?;
    let mut stop = house.stop.clone();
    let mut tell = ForOperators::default();
    let mut all_good = round != Round::Digests;
    let (began, began_at) = (Instant::now(), clock::now());
    let mut waiting = Waiting::since(began);
    for source in desk.settings.sources.clone() {
        house.pulse.beat("rounds");
        let now = clock::now();
        let Some(ask) = asked(&desk, &source, round, now)? else { continue };
        let mut meanwhile = || survive(tell_meanwhile(house, &mut roster));
        // A stop is not waited for: nothing is remembered of a poll that did not end, and the next one sees the same.
        tokio::select! {
            biased;
            () = stopped(&mut stop) => return Ok(None),
            polled = waiting.over(look(&mut desk, &source, ask, now, &mut tell), &mut meanwhile) => {
                let polled = polled?;
                waiting.found(polled.as_ref().map_or(0, |p| p.changes));
                all_good &= polled.as_ref().is_ok_and(|p| !matches!(p.outcome, Outcome::Failed | Outcome::Held));
                survive(told_if_full(polled.map(drop), house))?;
            }
        }
    }
    let read = tokio::select! {
        biased;
        () = stopped(&mut stop) => return Ok(None),
        read = documents::before_telling(&mut desk, began_at, began, clock::now()) => read,
    };
    let told_to_wait = read.as_ref().is_ok_and(|done| done.told_to_wait);
    survive(read.map(drop).map_err(Into::into))?;
    survive(told_if_full(block_in_place(|| finish(&mut desk, &mut roster, tell, clock::now())), house))?;
    house.bell.notify_one();
    if all_good && clock::is_sane(clock::now()) {
        heartbeat(&desk.fetcher, desk.settings.heartbeat.url.as_ref(), &mut stop).await;
    }
    if !told_to_wait && !read_the_rest(&mut desk, &mut roster, house, &mut stop).await? {
        return Ok(None);
    }
    block_in_place(|| plan(&desk, clock::now())).map(Some)
}

/// Tells of what was found while another source keeps the round. The desk is in that look's hands, so the log is read beside it.
fn tell_meanwhile(house: &House, roster: &mut Roster) -> Result<()> {
    let settings = house.settings.borrow().clone();
    let history = History::open_reader(&settings.data_dir)?;
    dispatch::dispatch(&settings, &history, roster, clock::now())?;
    house.bell.notify_one();
    Ok(())
}

/// The documents that no letter waited for. False when told to stop.
async fn read_the_rest(desk: &mut Desk, roster: &mut Roster, house: &House, stop: &mut watch::Receiver<bool>) -> Result<bool> {
    house.pulse.beat("rounds");
    let read = tokio::select! {
        biased;
        () = stopped(stop) => return Ok(false),
        read = documents::job(desk, Scope { full: false, silent: true }, clock::now()) => read,
    };
    if read.as_ref().is_ok_and(|done| done.changes > 0) {
        survive(block_in_place(|| finish(desk, roster, ForOperators::default(), clock::now())))?;
        house.bell.notify_one();
    }
    survive(read.map(drop).map_err(Into::into))?;
    Ok(true)
}

/// Tells the watcher outside that every source was read. It misses us when we fall silent, whatever the reason.
async fn heartbeat(fetcher: &Fetcher, url: Option<&Url>, stop: &mut watch::Receiver<bool>) {
    let Some(url) = url else { return };
    let jar = Jar::default();
    let request = Request::new(url, &jar, Instant::now() + HEARTBEAT_WITHIN, clock::now());
    tokio::select! {
        () = stopped(stop) => {}
        answer = fetcher.get(&request) => {
            if let Err(error) = answer {
                tracing::warn!("the heartbeat was not heard: {error}");
            }
        }
    }
}

/// A database that is locked or full for a while is no reason to die: nothing was recorded, and the next round sees the same. One that is
/// corrupt or gone is.
pub fn survive(outcome: Result<()>) -> Result<()> {
    let Err(error) = outcome else { return Ok(()) };
    let fatal = match (error.downcast_ref::<HistoryError>(), error.downcast_ref::<RosterError>()) {
        (Some(history), _) => history.is_fatal(),
        (_, Some(roster)) => roster.is_fatal(),
        (None, None) => false,
    };
    if fatal {
        return Err(error);
    }
    tracing::error!("ended early, and will be made again: {error:#}");
    Ok(())
}

/// Whether this round concerns a source, and how it is asked. A server's Retry-After binds every round.
fn asked(desk: &Desk, source: &Source, round: Round, now: DateTime<Utc>) -> Result<Option<Ask>> {
    let state = desk.history.source(&source.name)?;
    // No server is given more patience than that: a time further ahead was reckoned by a clock that has been set back since.
    if state.retry_after_until.is_some_and(|until| until > now && until <= now + poll::PATIENCE_MAX) {
        return Ok(None);
    }
    let due = state.next_try_at.is_some_and(|at| at <= now);
    Ok(match round {
        Round::Scheduled { full: false } if rests(desk, source, now)? => None,
        Round::Scheduled { full } => Some(Ask { full, ..Ask::default() }),
        Round::Again => due.then_some(Ask { again: true, ..Ask::default() }),
        Round::Digests => None,
    })
}

/// A server that found us too busy (429) is asked at every second scheduled look, until three good ones have followed.
fn rests(desk: &Desk, source: &Source, now: DateTime<Utc>) -> Result<bool> {
    let Some(asked_at) = desk.history.slowed_since(&source.name, GOOD_AFTER_429, now - REMEMBER_429)? else { return Ok(false) };
    let looks: Vec<Schedule> = regular(desk, now)?.cloned().collect();
    let second = schedule::runs_after(&looks, asked_at, desk.settings.schedule.timezone).nth(1);
    Ok(second.is_some_and(|second| second > now))
}

/// Whether a sitting of the Assembly is so near, or under way, that pages are looked at as `near_sitting` says.
pub fn sitting_is_near(history: &History, now: DateTime<Utc>) -> Result<bool, HistoryError> {
    history.sitting_near(now, NEAR, LASTS)
}

/// The looks at every source that stand in the schedule now, full sweeps left out.
fn regular(desk: &Desk, now: DateTime<Utc>) -> Result<impl Iterator<Item = &Schedule>> {
    let Settings { schedule: times, .. } = &desk.settings;
    let near = sitting_is_near(&desk.history, now)?;
    Ok(times.poll.iter().chain(near.then_some(&times.near_sitting)))
}

/// The next moment something is due, and what. Of several at one instant the fullest is made.
fn plan(desk: &Desk, now: DateTime<Utc>) -> Result<(Due, Round)> {
    let Settings { schedule: times, .. } = &desk.settings;
    let zone = times.timezone;
    let near = sitting_is_near(&desk.history, now)?;
    let coming = if near { None } else { desk.history.sitting_after(now + NEAR)? };
    let opens = if near { Some(now) } else { coming.map(|begins| begins - NEAR) };
    let closely = opens.and_then(|from| first_since(&times.near_sitting, from, now, zone));
    // A quick try whose moment passed while other sources were read is made now.
    let followed = |s: &SourceState| desk.settings.source(&s.name).is_some() && s.next_try_at.is_some();
    let sources = desk.history.sources()?.into_iter().filter(followed);
    let tried_at = |s: SourceState| s.next_try_at.map(|at| s.retry_after_until.map_or(at, |until| at.max(until)));
    let tries = sources.filter_map(tried_at).map(|at| at.max(now + TimeDelta::seconds(1))).min();
    let sweep = times.full_sweep.next_after(now, zone).map(|at| (at, Round::Scheduled { full: true }));
    let regular = schedule::next_of(&times.poll, now, zone);
    let look = regular.into_iter().chain(closely).min().map(|at| (at, Round::Scheduled { full: false }));
    let again = tries.map(|at| (at, Round::Again));
    let digests = schedule::next_of([&times.daily, &times.weekly], now, zone).map(|at| (at, Round::Digests));
    // min_by_key keeps the first of equals: the full sweep, and every round ends in a dispatch.
    let next = [sweep, look, again, digests].into_iter().flatten().min_by_key(|(at, _)| *at);
    let (at, round) = next.unwrap_or((now + IDLE, Round::Scheduled { full: false }));
    Ok((Due::reckoned(at, now), round))
}

/// The first run from a moment on, that moment included: a sitting can come near long before the regular schedule looks again.
fn first_since(schedule: &Schedule, from: DateTime<Utc>, now: DateTime<Utc>, zone: Zone) -> Option<DateTime<Utc>> {
    schedule.next_after(now.max(from - TimeDelta::seconds(1)), zone)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::io::history::History;
    use crate::io::history::record::PollRecord;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// A desk whose source was asked at each of these hours of a Tuesday, and answered so.
    fn desk(dir: &std::path::Path, answers: &[(&str, u16)]) -> Desk {
        let settings = Settings { data_dir: dir.to_owned(), ..Settings::default() };
        let mut history = History::open(dir, true).unwrap();
        for (hour, status) in answers {
            let outcome = if *status == 200 { Outcome::Recorded } else { Outcome::Failed };
            let poll = PollRecord::new("bills", "bills", "https://x.example/", at(&format!("2026-11-03T{hour}Z")), outcome);
            history.record(&PollRecord { http_status: Some(*status), ..poll }).unwrap();
        }
        Desk::with(settings, history)
    }

    #[test]
    fn who_finds_us_too_busy_is_asked_at_every_second_look_until_three_were_good() {
        let rests_at = |answers: &[(&str, u16)], hour: &str| {
            let dir = tempfile::tempdir().unwrap();
            let desk = desk(dir.path(), answers);
            let source = desk.settings.source("bills").unwrap().clone();
            rests(&desk, &source, at(&format!("2026-11-03T{hour}Z"))).unwrap()
        };
        // Every half hour is the rule then.
        let mut answers = vec![("09:00:01", 200)];
        assert!(!rests_at(&answers, "09:30:00"));
        answers.push(("09:30:01", 429));
        assert!(rests_at(&answers, "10:00:00"));
        assert!(!rests_at(&answers, "10:30:00"));
        answers.extend([("10:30:01", 200), ("11:30:01", 200)]);
        assert!(rests_at(&answers, "12:00:00"));
        assert!(!rests_at(&answers, "12:30:00"));
        answers.push(("12:30:01", 200));
        assert!(!rests_at(&answers, "13:00:00"));
    }

    #[test]
    fn the_close_watch_begins_with_its_day_and_not_with_the_next_regular_look() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let every_five: Schedule = "*/5 6-23 * * *".parse().unwrap();
        let first = |from: &str, now: &str| first_since(&every_five, at(from), at(now), crate::domain::zone::BELGRADE).unwrap();
        assert_eq!(first("2018-03-05T09:00:00Z", "2018-03-03T07:00:00Z"), at("2018-03-05T09:00:00Z"));
        assert_eq!(first("2018-03-05T09:02:00Z", "2018-03-03T07:00:00Z"), at("2018-03-05T09:05:00Z"));
        assert_eq!(first("2018-03-05T09:00:00Z", "2018-03-05T09:00:00Z"), at("2018-03-05T09:05:00Z"));
    }
}
