//! A poll of a page that links to activities: its newest links, and the pages behind those not read yet, newest first, in what is left of
//! the source's time. What does not fit waits for the next poll.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use url::Url;

use super::release::Close;
use super::{LOOKED_WELL, Polled, Walk, bounds, standing};
use crate::app::blocking::block_in_place;
use crate::domain::activity::{self, Activity, Index};
use crate::domain::compare::{Comparison, Count, PageOf};
use crate::domain::page::{self, address};
use crate::domain::plausible;
use crate::domain::zone::day_in_belgrade;
use crate::io::fetch::{Answer, Snapshot, Validators};
use crate::io::history::HistoryError;
use crate::io::history::record::Outcome;
use crate::io::history::source::ActivityRead;

/// A page is not begun with less than this left.
const WORTH_BEGINNING: Duration = Duration::from_secs(2);
/// A page that failed so often is left alone: the operator was told, and a person may look.
const TRIES_MAX: u32 = 20;
/// The page of a sitting is asked for again from the day before it until so many days after: agendas are amended.
const REREAD_DAYS: u64 = 3;
/// A sitting within so long is near: a flood on its page is believed at once.
const NEAR: TimeDelta = TimeDelta::hours(48);

/// A page that was read in this poll, or could not be.
struct Visit {
    state: ActivityRead,
    /// To be written down: newly linked, read, or failed.
    news: bool,
    read: Option<(Snapshot, Activity)>,
}

pub(super) async fn poll(mut walk: Walk<'_>) -> Result<Polled, HistoryError> {
    let (full, today) = (walk.unconditional(), walk.today());
    let answer = walk.get(full).await;
    if let Ok(Answer::Page(Snapshot { moved_to, .. }) | Answer::Unmodified { moved_to, .. }) = &answer {
        walk.moved_to.clone_from(moved_to);
    }
    let (index, snapshot) = match answer {
        Ok(Answer::Page(snapshot)) => match block_in_place(|| index(&snapshot, today)) {
            Ok(index) => (index, Some(snapshot)),
            Err(why) => return walk.fail(&why, None, Some(&snapshot)),
        },
        Ok(Answer::Unmodified { .. }) => (Index::default(), None),
        Err(error) => return walk.fail(&error.to_string(), Some(&error), None),
    };
    let pages = pages(&walk, &index)?;
    let visits = visit(&mut walk, pages).await;
    block_in_place(|| record(walk, index, snapshot, full, visits))
}

/// What a committee or an agenda of the next two days names cannot wait for a person: it may be voted on before anyone looks.
fn is_near(held_on: Option<NaiveDate>, now: DateTime<Utc>, today: NaiveDate) -> bool {
    held_on.is_some_and(|day| (today..=day_in_belgrade(now + NEAR)).contains(&day))
}

fn index(snapshot: &Snapshot, today: NaiveDate) -> Result<Index, String> {
    let page = page::decode(&snapshot.body, snapshot.content_type.as_deref()).map_err(|why| why.to_string())?;
    activity::read_index(&page, &snapshot.url, Some(today)).map_err(|why| why.to_string())
}

/// The pages known and newly linked, newest first.
fn pages(walk: &Walk<'_>, index: &Index) -> Result<Vec<ActivityRead>, HistoryError> {
    let mut pages: HashMap<String, ActivityRead> =
        walk.desk.history.activities(&walk.source.name)?.into_iter().map(|a| (a.canonical.clone(), a)).collect();
    for link in &index.links {
        let canonical = address::canonical(&link.url);
        pages.entry(canonical.clone()).or_insert_with(|| ActivityRead {
            canonical,
            url: link.url.to_string(),
            content_id: Some(link.content_id),
            baseline: walk.baseline(),
            ..ActivityRead::default()
        });
    }
    let mut pages: Vec<ActivityRead> = pages.into_values().collect();
    pages.sort_by(|a, b| (b.content_id, &b.canonical).cmp(&(a.content_id, &a.canonical)));
    Ok(pages)
}

/// Fetches and reads what is due. Every linked page comes back, visited or not, so that it is remembered as linked.
async fn visit(walk: &mut Walk<'_>, pages: Vec<ActivityRead>) -> Vec<Visit> {
    let today = walk.today();
    let mut fetched = 0;
    let mut visits = Vec::new();
    for state in pages {
        let due = due(&state, today);
        let room = fetched < walk.desk.settings.limits.activity_pages_max && walk.left() > WORTH_BEGINNING;
        if !due || !room {
            let news = state.linked_at.is_none();
            visits.push(Visit { state, news, read: None });
            continue;
        }
        fetched += 1;
        visits.push(one(walk, state).await);
    }
    visits
}

/// Not read yet, or the page of a sitting that is near.
fn due(state: &ActivityRead, today: NaiveDate) -> bool {
    if state.read_at.is_none() {
        return state.tries < TRIES_MAX;
    }
    state.held_on.and_then(|day| day.checked_add_days(Days::new(REREAD_DAYS))).is_some_and(|last| today <= last)
}

async fn one(walk: &mut Walk<'_>, mut state: ActivityRead) -> Visit {
    let validators = Validators { etag: state.etag.clone(), last_modified: state.last_modified.clone() };
    let known = state.read_at.is_some() && !walk.ask.full;
    let today = walk.today();
    let Ok(url) = Url::parse(&state.url) else {
        state.tries = TRIES_MAX;
        return Visit { state, news: true, read: None };
    };
    let answer = walk.get_page(&url, known.then_some(&validators)).await;
    let read = match answer {
        Ok(Answer::Unmodified { .. }) => return Visit { state, news: false, read: None },
        Ok(Answer::Page(snapshot)) if known && state.body_sha256.as_deref() == Some(&snapshot.sha256) => {
            return Visit { state, news: false, read: None };
        }
        Ok(Answer::Page(snapshot)) => block_in_place(|| read(&snapshot, &url, today)).map(|activity| (snapshot, activity)),
        Err(error) => Err(error.to_string()),
    };
    match read {
        Ok((snapshot, activity)) => {
            let state = as_read(state, &snapshot, &activity, walk.now);
            Visit { state, news: true, read: Some((snapshot, activity)) }
        }
        Err(why) => {
            tracing::warn!(source = walk.source.name, page = state.canonical, "could not be read: {why}");
            state.tries += 1;
            state.failure = Some(why);
            Visit { state, news: true, read: None }
        }
    }
}

fn read(snapshot: &Snapshot, url: &Url, today: NaiveDate) -> Result<Activity, String> {
    let page = page::decode(&snapshot.body, snapshot.content_type.as_deref()).map_err(|why| why.to_string())?;
    activity::read_page(&page, url, Some(today)).map_err(|why| why.to_string())
}

fn record(walk: Walk<'_>, index: Index, snapshot: Option<Snapshot>, full: bool, visits: Vec<Visit>) -> Result<Polled, HistoryError> {
    let index_links = index.links.len();
    let (mut count, mut mentions, mut rejects) = (Count::default(), 0, index.rejects);
    let mut degraded = None;
    let mut facts = Vec::new();
    let mut flooding = None;
    // The index alone is enough where nothing was read and the calendar is empty: the bills need not be recalled.
    if !index.calendar.is_empty() || visits.iter().any(|v| v.read.is_some()) {
        let mut comparison = Comparison::begin(walk.desk.history.recall()?, walk.now, walk.baseline()).unverified(walk.unverified);
        let calendar = PageOf { url: walk.source.url.as_str(), content_id: None, silent: walk.baseline() };
        index.calendar.iter().for_each(|told| comparison.announced(&calendar, told));
        for visit in &visits {
            let Some((page, activity)) = &visit.read else { continue };
            let of = PageOf { url: &visit.state.url, content_id: visit.state.content_id, silent: visit.state.baseline };
            count += comparison.page(&of, activity);
            if flooding.is_none() && !walk.baseline() && !walk.ask.believe && !is_near(activity.sitting.held_on, walk.now, walk.today()) {
                let flood = plausible::flood(comparison.facts(), usize::MAX, &bounds(&walk.desk.settings.limits));
                flooding = flood.map(|flood| (flood, page));
            }
            activity.calendar.iter().for_each(|told| comparison.announced(&calendar, told));
            mentions += activity.sitting.mentions.len();
            degraded = degraded.or(activity.degraded.clone());
            rejects.extend(activity.rejects.iter().cloned());
        }
        comparison.calendar_read(&calendar);
        facts = comparison.finish();
    }
    if let Some((flood, page)) = flooding {
        return walk.hold(&flood.to_string(), page, mentions, count);
    }
    // Many servers know no "not modified": the same bytes say as much, where no page behind them was read anew either.
    let same = snapshot.as_ref().is_none_or(|s| walk.state.body_sha256.as_deref() == Some(&s.sha256) && !walk.is_new_reader());
    let news = !same || !facts.is_empty() || visits.iter().any(|v| v.read.is_some());
    let outcome = match (&degraded, walk.baseline(), news) {
        (Some(_), _, _) => Outcome::Degraded,
        (None, true, _) => Outcome::Baseline,
        (None, false, true) => Outcome::Recorded,
        (None, false, false) => Outcome::Unmodified,
    };
    let mut record = walk.draft(outcome, snapshot.as_ref().map_or(Some(304), |s| Some(s.status)));
    (record.rows, record.agreements, record.doubtful) = (mentions, count.agreements, count.doubtful);
    record.silent = walk.baseline();
    let unchanged =
        || (outcome == Outcome::Unmodified).then(|| snapshot.as_ref().map_or("not modified", |_| "the same bytes as before").to_owned());
    record.note = degraded.or_else(|| unreadable(&visits)).or_else(unchanged);
    record.close_hold = Some(LOOKED_WELL.to_owned());
    record.rejects = rejects.into_iter().map(|r| (r.text, r.reason)).collect();
    record.state = Some(match &snapshot {
        Some(index) => {
            let good = standing::Good { rows: index_links, agreements: count.agreements, doubtful: count.doubtful, full };
            standing::good(&walk.state, index, &good, walk.now)
        }
        None => standing::well(&walk.state, walk.now),
    });
    for (snapshot, _) in visits.iter().filter_map(|v| v.read.as_ref()).filter(|(_, a)| !a.sitting.mentions.is_empty()) {
        record.snapshots.push(walk.keep(snapshot));
    }
    record.activities = visits.into_iter().filter(|v| v.news).map(|v| v.state).collect();
    record.facts = facts;
    walk.record(record)
}

/// Pages that could not be read this time are said, for nobody sees what stands on them.
fn unreadable(visits: &[Visit]) -> Option<String> {
    let failed: Vec<&ActivityRead> = visits.iter().filter(|v| v.news && v.state.failure.is_some()).map(|v| &v.state).collect();
    let first = failed.first()?;
    let why = first.failure.as_deref().unwrap_or_default();
    Some(format!("{} of the linked pages could not be read; the first, {}: {why}", failed.len(), first.canonical))
}

/// The page that was held, as it was; or why it cannot be read again. The rest of its poll was not recorded either, and is read by the next one.
pub(super) fn released(walk: Walk<'_>, snapshot: &Snapshot, close: Close<'_>) -> Result<Result<Polled, String>, HistoryError> {
    let activity = match read(snapshot, &snapshot.url, walk.today()) {
        Ok(activity) => activity,
        Err(why) => return Ok(Err(why)),
    };
    let canonical = address::canonical(&snapshot.url);
    let linked = walk.desk.history.activities(&walk.source.name)?.into_iter().find(|a| a.canonical == canonical);
    let content_id = address::content_id(&snapshot.url).map(|(id, _)| id);
    let state = linked.unwrap_or_else(|| ActivityRead { canonical, url: snapshot.url.to_string(), content_id, ..ActivityRead::default() });
    let mut comparison = Comparison::begin(walk.desk.history.recall()?, walk.now, false);
    let count = comparison.page(&PageOf { url: &state.url, content_id: state.content_id, silent: state.baseline }, &activity);
    let mut record = walk.draft(Outcome::Recorded, Some(snapshot.status));
    (record.rows, record.agreements, record.doubtful) = (activity.sitting.mentions.len(), count.agreements, count.doubtful);
    record.state = Some(standing::well(&walk.state, walk.now));
    record.facts = comparison.finish();
    record.activities = vec![as_read(state, snapshot, &activity, walk.now)];
    let record = close.over(&walk.state, record);
    walk.record(record).map(Ok)
}

/// The page was read: its validators, and the day that says how long it is looked at again.
fn as_read(state: ActivityRead, snapshot: &Snapshot, activity: &Activity, now: DateTime<Utc>) -> ActivityRead {
    ActivityRead {
        read_at: Some(now),
        etag: snapshot.validators.etag.clone(),
        last_modified: snapshot.validators.last_modified.clone(),
        body_sha256: Some(snapshot.sha256.clone()),
        held_on: activity.sitting.held_on,
        language: Some(activity.language),
        tries: 0,
        failure: None,
        ..state
    }
}
