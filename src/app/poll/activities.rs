//! A poll of a page that links to activities: its newest links, and the pages behind those not read yet, newest first, in what is left of
//! the source's time. What does not fit waits for the next poll.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{Days, NaiveDate};
use tokio::task::block_in_place;
use url::Url;

use super::{Polled, Walk, bounds, standing};
use crate::domain::activity::{self, Activity, Index};
use crate::domain::compare::{Comparison, Count, PageOf};
use crate::domain::page::{self, address};
use crate::domain::plausible;
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

/// A page that was read in this poll, or could not be.
struct Visit {
    state: ActivityRead,
    /// To be written down: newly linked, read, or failed.
    news: bool,
    read: Option<(Snapshot, Activity)>,
}

pub(super) async fn poll(mut walk: Walk<'_>) -> Result<Polled, HistoryError> {
    let full = walk.unconditional();
    let (index, snapshot) = match walk.get(full).await {
        Ok(Answer::Page(snapshot)) => match block_in_place(|| index(&snapshot)) {
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

fn index(snapshot: &Snapshot) -> Result<Index, String> {
    let page = page::decode(&snapshot.body, snapshot.content_type.as_deref()).map_err(|why| why.to_string())?;
    activity::read_index(&page, &snapshot.url).map_err(|why| why.to_string())
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
        Ok(Answer::Page(snapshot)) => block_in_place(|| read(&snapshot, &url)).map(|activity| (snapshot, activity)),
        Err(error) => Err(error.to_string()),
    };
    match read {
        Ok((snapshot, activity)) => {
            state.read_at = Some(walk.now);
            (state.etag, state.last_modified) = (snapshot.validators.etag.clone(), snapshot.validators.last_modified.clone());
            state.body_sha256 = Some(snapshot.sha256.clone());
            state.held_on = activity.sitting.held_on;
            state.language = Some(activity.language);
            (state.tries, state.failure) = (0, None);
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

fn read(snapshot: &Snapshot, url: &Url) -> Result<Activity, String> {
    let page = page::decode(&snapshot.body, snapshot.content_type.as_deref()).map_err(|why| why.to_string())?;
    activity::read_page(&page, url).map_err(|why| why.to_string())
}

fn record(walk: Walk<'_>, index: Index, snapshot: Option<Snapshot>, full: bool, visits: Vec<Visit>) -> Result<Polled, HistoryError> {
    let index_links = index.links.len();
    let (mut count, mut mentions, mut rejects) = (Count::default(), 0, index.rejects);
    let mut degraded = None;
    let mut facts = Vec::new();
    // The index alone is enough where nothing was read and the calendar is empty: the bills need not be recalled.
    if !index.calendar.is_empty() || visits.iter().any(|v| v.read.is_some()) {
        let mut comparison = Comparison::begin(walk.desk.history.recall()?, walk.now, walk.baseline());
        let calendar = PageOf { url: walk.source.url.as_str(), content_id: None, silent: walk.baseline() };
        index.calendar.iter().for_each(|told| comparison.announced(&calendar, told));
        for visit in &visits {
            let Some((_, activity)) = &visit.read else { continue };
            let of = PageOf { url: &visit.state.url, content_id: visit.state.content_id, silent: visit.state.baseline };
            count += comparison.page(&of, activity);
            activity.calendar.iter().for_each(|told| comparison.announced(&calendar, told));
            mentions += activity.sitting.mentions.len();
            degraded = degraded.or(activity.degraded.clone());
            rejects.extend(activity.rejects.iter().cloned());
        }
        facts = comparison.finish();
    }
    if !walk.baseline()
        && let Some(flood) = plausible::flood(&facts, usize::MAX, &bounds(&walk.desk.settings.limits))
        && let Some(snapshot) = &snapshot
    {
        return walk.hold(&flood.to_string(), snapshot, mentions, count);
    }
    let outcome = match (&degraded, walk.baseline(), snapshot.is_some() || !facts.is_empty()) {
        (Some(_), _, _) => Outcome::Degraded,
        (None, true, _) => Outcome::Baseline,
        (None, false, true) => Outcome::Recorded,
        (None, false, false) => Outcome::Unmodified,
    };
    let mut record = walk.draft(outcome, snapshot.as_ref().map_or(Some(304), |s| Some(s.status)));
    (record.rows, record.agreements, record.doubtful) = (mentions, count.agreements, count.doubtful);
    record.silent = walk.baseline();
    record.note = degraded;
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
