//! `read`: what the readers make of a saved page.
//!
//! Runs the code that a poll runs; never fetches, never records.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context;
use serde::Serialize;
use url::Url;

use super::args::{PageKind, Read};
use super::{Failure, lines, out, table};
use crate::domain::activity::{self, Activity, Index};
use crate::domain::agreement::{self, Detection};
use crate::domain::bill::{Body, Mention, Row, Sitting, Verdict};
use crate::domain::listing::{self, Eye, ListKind, Listing, Reject, Selectors};
use crate::domain::page::{self, NotAPage, Page};
use crate::domain::script;

/// A longer file is no page.
const PAGE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What was made of it, in the words of `--json`: the same keys for every kind of page, null where a kind has none.
#[derive(Debug, Default, Serialize)]
pub struct Reading {
    kind: &'static str,
    /// `exact` or `second`.
    pub(super) eye: Option<Eye>,
    /// Why a poll of this page would be marked.
    pub(super) degraded: Option<String>,
    pub(super) agreements: usize,
    pub(super) doubtful: usize,
    total_printed: Option<usize>,
    next_page: Option<Url>,
    /// Of a list.
    pub(super) rows: Option<Vec<Judged<Row>>>,
    /// Of an activity.
    sitting: Option<About>,
    /// Of an activity.
    pub(super) mentions: Option<Vec<Judged<Mention>>>,
    /// Of a page that links to activities.
    pub(super) links: Option<Vec<activity::ActivityLink>>,
    /// What the calendar beside it announces.
    calendar: Vec<About>,
    pub(super) rejects: Vec<Reject>,
}

/// A row or a mention, and what its title says.
#[derive(Debug, Serialize)]
pub struct Judged<T> {
    #[serde(flatten)]
    what: T,
    #[serde(flatten)]
    detection: Detection,
}

/// A sitting without its bills.
#[derive(Debug, Serialize)]
struct About {
    /// `assembly`, or the committee's name.
    body: String,
    title: String,
    held_on: Option<chrono::NaiveDate>,
    begins_at: Option<chrono::NaiveTime>,
    hall: Option<String>,
    cancelled: bool,
    agenda_known: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    file: String,
    url: &'a Url,
    charset: &'static str,
    /// Invalid sequences.
    replaced: usize,
    #[serde(flatten)]
    reading: Reading,
}

pub(super) fn run(ask: &Read) -> Result<u8, Failure> {
    let body = bytes(&ask.file)?;
    let page = page::decode(&body, None).map_err(|why| unread(&ask.file, &why))?;
    let kind = ask.kind.unwrap_or_else(|| guess(&page, &ask.url));
    let reading = read(&page, &ask.url, kind, &Selectors::default()).map_err(|why| unread(&ask.file, &why))?;
    if ask.json {
        let file = ask.file.display().to_string();
        out::json(&Answer { file, url: &ask.url, charset: page.charset, replaced: page.replaced, reading })?;
    } else {
        people(&reading, &page).iter().for_each(|line| out::line(line));
    }
    Ok(0)
}

fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    let read = File::open(file).and_then(|opened| opened.take(PAGE_BYTES_MAX + 1).read_to_end(&mut body));
    read.with_context(|| format!("{} cannot be read", file.display()))
        .map_err(|error| Failure { hint: Some("name a page saved from the browser, or with curl".to_owned()), ..error.into() })?;
    if body.len() as u64 > PAGE_BYTES_MAX {
        return Err(Failure::new(format_args!("{} is too long for a page", file.display()), "name a saved page"));
    }
    Ok(body)
}

fn unread(file: &Path, why: &NotAPage) -> Failure {
    let hint = match why {
        NotAPage::WrongPage { .. } => "say with --kind what it is: bills, laws, activities or activity",
        NotAPage::CutOff { .. } => "save it again: a poll would fail on it, and record nothing",
        _ => "open it in a browser: is it the page you meant? A poll would fail on it, and record nothing",
    };
    Failure::new(format_args!("{}: {why}", file.display()), hint)
}

/// Which kind of page it seems to be. Known markup of a list says most; then bills named in an agenda or in prose; then links.
pub(super) fn guess(page: &Page, url: &Url) -> PageKind {
    let list = listing::read(page, url, ListKind::Bills, &Selectors::default())
        .or_else(|_| listing::read(page, url, ListKind::Laws, &Selectors::default()));
    let told = activity::read_page(page, url, None).ok();
    let links = activity::read_index(page, url, None).is_ok_and(|index| !index.links.is_empty());
    match (list, told) {
        (Ok(list), _) if list.eye == Eye::Exact => kind_of_list(&list),
        (_, Some(told)) if told.is_sitting && !told.sitting.mentions.is_empty() => PageKind::Activity,
        _ if links => PageKind::Activities,
        (Ok(list), _) => kind_of_list(&list),
        (Err(_), Some(_)) => PageKind::Activity,
        (Err(_), None) => PageKind::Bills,
    }
}

/// Both lists have one markup; bills in procedure say of themselves that they are proposals.
fn kind_of_list(list: &Listing) -> PageKind {
    let proposal = |row: &Row| ["predlog", "bill", "proposal", "draft"].iter().any(|word| script::fold(&row.title).starts_with(word));
    if list.rows.is_empty() || list.rows.iter().any(proposal) { PageKind::Bills } else { PageKind::Laws }
}

/// Reads a page of this kind.
pub(super) fn read(page: &Page, url: &Url, kind: PageKind, selectors: &Selectors) -> Result<Reading, NotAPage> {
    Ok(match kind {
        PageKind::Bills => of_list("bills", listing::read(page, url, ListKind::Bills, selectors)?),
        PageKind::Laws => of_list("laws", listing::read(page, url, ListKind::Laws, selectors)?),
        PageKind::Activities => of_index(activity::read_index(page, url, None)?),
        PageKind::Activity => of_activity(activity::read_page(page, url, None)?),
    })
}

fn of_list(kind: &'static str, list: Listing) -> Reading {
    let rows: Vec<Judged<Row>> = list.rows.into_iter().map(|row| Judged { detection: agreement::detect(&row.title), what: row }).collect();
    Reading {
        kind,
        eye: Some(list.eye),
        degraded: list.degraded,
        agreements: count(&rows, Verdict::Agreement),
        doubtful: count(&rows, Verdict::Doubtful),
        total_printed: list.total_printed,
        next_page: list.next_page,
        rows: Some(rows),
        rejects: list.rejects,
        ..Reading::default()
    }
}

fn of_index(index: Index) -> Reading {
    Reading {
        kind: "activities",
        links: Some(index.links),
        next_page: index.next_page,
        calendar: index.calendar.iter().map(about).collect(),
        rejects: index.rejects,
        ..Reading::default()
    }
}

fn of_activity(read: Activity) -> Reading {
    let about_it = about(&read.sitting);
    let mentions: Vec<Judged<Mention>> =
        read.sitting.mentions.into_iter().map(|one| Judged { detection: agreement::detect(&one.title), what: one }).collect();
    Reading {
        kind: "activity",
        eye: Some(read.eye),
        degraded: read.degraded,
        agreements: count(&mentions, Verdict::Agreement),
        doubtful: count(&mentions, Verdict::Doubtful),
        sitting: Some(about_it),
        mentions: Some(mentions),
        calendar: read.calendar.iter().map(about).collect(),
        rejects: read.rejects,
        ..Reading::default()
    }
}

fn about(sitting: &Sitting) -> About {
    let body = match &sitting.body {
        Body::Assembly => "assembly".to_owned(),
        Body::Committee(name) => name.clone(),
    };
    About {
        body,
        title: sitting.title.clone(),
        held_on: sitting.held_on,
        begins_at: sitting.begins_at,
        hall: sitting.hall.clone(),
        cancelled: sitting.cancelled,
        agenda_known: sitting.agenda_known,
    }
}

fn count<T>(all: &[Judged<T>], verdict: Verdict) -> usize {
    all.iter().filter(|one| one.detection.verdict == verdict).count()
}

impl Reading {
    /// How many rows, mentions or links.
    pub(super) fn seen(&self) -> usize {
        let rows = self.rows.as_ref().map(Vec::len);
        let mentions = self.mentions.as_ref().map(Vec::len);
        rows.or(mentions).or(self.links.as_ref().map(Vec::len)).unwrap_or_default()
    }

    /// `142 rows, 0 rejects, 7 agreements, 1 doubtful`.
    pub(super) fn counts(&self) -> String {
        let what = match (&self.rows, &self.mentions, &self.links) {
            (Some(rows), ..) => counted(rows.len(), "row"),
            (_, Some(mentions), _) => counted(mentions.len(), "mention"),
            (.., Some(links)) => return format!("{}, {}", counted(links.len(), "link"), counted(self.rejects.len(), "reject")),
            _ => String::new(),
        };
        let (rejects, agreements) = (counted(self.rejects.len(), "reject"), counted(self.agreements, "agreement"));
        format!("{what}, {rejects}, {agreements}, {} doubtful", self.doubtful)
    }
}

/// `1 row`, `2 rows`.
fn counted(n: usize, of: &str) -> String {
    format!("{n} {of}{}", if n == 1 { "" } else { "s" })
}

fn people(reading: &Reading, page: &Page) -> Vec<String> {
    let width = table::width();
    let mut all = vec![format!("{}: {}", reading.kind, reading.counts())];
    match (&reading.degraded, &reading.eye) {
        (Some(why), _) => all.extend(table::indented(&format!("degraded: {why}"), 0, width)),
        (None, Some(_)) => all.push("read by the markup we know".to_owned()),
        (None, None) => {}
    }
    if page.replaced > 0 {
        all.push(format!("{} broken letters, decoded from {}", page.replaced, page.charset));
    }
    if let Some(sitting) = &reading.sitting {
        all.push(String::new());
        all.extend(sitting_lines(sitting, width));
    }
    for row in reading.rows.iter().flatten() {
        let on = row.what.listed_on.map(|on| on.to_string()).or_else(|| row.what.date_text.clone()).unwrap_or_default();
        all.extend(judged(&row.detection, &row.what.title, &format!("{} {on}", number(row.what.act_number.as_ref())), width));
    }
    for one in reading.mentions.iter().flatten() {
        let place = one.what.position.map(|n| format!("item {n}")).unwrap_or_default();
        all.extend(judged(&one.detection, &one.what.title, &format!("{} {place}", number(one.what.act_number.as_ref())), width));
    }
    for link in reading.links.iter().flatten() {
        let on = link.posted_on.map(|on| on.to_string()).unwrap_or_default();
        all.extend(table::indented(&format!("{on} {} <{}>", link.label, link.url), 2, width));
    }
    for sitting in &reading.calendar {
        all.extend(sitting_lines(sitting, width));
    }
    for reject in &reading.rejects {
        all.extend(table::indented(&format!("reject: {} ({})", reject.text, reject.reason), 0, width));
    }
    all
}

fn number(act_number: Option<&crate::domain::bill::ActNumber>) -> String {
    act_number.map(ToString::to_string).unwrap_or_default()
}

fn sitting_lines(sitting: &About, width: usize) -> Vec<String> {
    let day = sitting.held_on.map_or_else(|| "day not printed".to_owned(), |on| on.to_string());
    let hour = sitting.begins_at.map(|at| format!(" {}", at.format("%H:%M"))).unwrap_or_default();
    let note = match (sitting.cancelled, sitting.agenda_known) {
        (true, _) => ", cancelled",
        (false, false) => ", agenda not given",
        (false, true) => "",
    };
    table::indented(&format!("sitting: {day}{hour}, {}{note}: {}", sitting.body, sitting.title), 0, width)
}

fn judged(detection: &Detection, title: &str, beside: &str, width: usize) -> Vec<String> {
    let mut all = table::indented(title, 11, width);
    if let Some(first) = all.first_mut() {
        *first = format!("{:<10} {}", detection.verdict.as_str(), first.trim_start());
    }
    if !beside.trim().is_empty() {
        all.push(format!("           {}", table::plain(beside.trim())));
    }
    if detection.verdict != Verdict::Other {
        all.extend(detection.parties.iter().map(|party| format!("           {}", lines::party(party))));
    }
    all
}
