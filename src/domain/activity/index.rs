//! Reads any page that links to content pages (the sittings' list, the home page) into those links, with the calendar beside them.
//!
//! Never follows a link.

use std::collections::HashSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use url::Url;

use super::calendar;
use crate::domain::bill::{Language, Sitting};
use crate::domain::listing::Reject;
use crate::domain::page::lines::{Border, Line};
use crate::domain::page::{NotAPage, Page, address, lines, tree};
use crate::domain::{dates, script};

/// Links of one page that are looked at.
const LINKS_MAX: usize = 5_000;
/// Lines after a link where its day may stand.
const DAY_WITHIN: usize = 4;

/// A link to a content page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityLink {
    /// Where it leads.
    pub url: Url,
    /// The page's number: one rising sequence over all pages.
    pub content_id: u64,
    /// By the layout in the address.
    pub language: Language,
    /// The longest words that link to it.
    pub label: String,
    /// The day printed with it.
    pub posted_on: Option<NaiveDate>,
}

/// A page of links, read.
#[derive(Default, Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// In the order of the page, each page once.
    pub links: Vec<ActivityLink>,
    /// The sittings its calendar announces.
    pub calendar: Vec<Sitting>,
    /// What could not be read.
    pub rejects: Vec<Reject>,
    /// The list goes on there, as far as the page shows. The end is a page without links.
    pub next_page: Option<Url>,
}

/// Reads a page's links to content pages. A page of the site without one is an empty index only beyond the first page of a list, where it
/// is the list's end, or where its calendar announces something. `seen_on` is the day of the look, where it is known.
pub fn read_index(page: &Page, url: &Url, seen_on: Option<NaiveDate>) -> Result<Index, NotAPage> {
    page.whole()?;
    let html = tree::parse(&page.text)?;
    let all = lines::read(&html, url, &HashSet::new())?;
    let calendar = calendar::read(&all, seen_on);
    let (links, rejects) = links(&all);
    let offset = offset(url);
    if links.is_empty() && calendar.is_empty() {
        let of_the_site = all.iter().any(|l| l.border == Some(Border::PrintStart) || l.has_class("sitting_main") || l.main);
        if !(of_the_site && offset.unwrap_or(0) > 0) {
            return Err(NotAPage::NoTable { missing: "no link to the page of a sitting or of any other activity".to_owned() });
        }
    }
    let listed = all.iter().any(|l| l.has_class("sitting_list_item") || l.has_class("sitting_main") || l.has_class("posted"));
    let next_page = next_page(&all, url, offset.unwrap_or(0))
        .or_else(|| (listed && !links.is_empty() && offset_is_known(url)).then(|| after(url, offset)).flatten());
    Ok(Index { links, calendar, rejects, next_page })
}

fn links(all: &[Line]) -> (Vec<ActivityLink>, Vec<Reject>) {
    let mut links: Vec<ActivityLink> = Vec::new();
    let mut rejects = Vec::new();
    for (n, line) in all.iter().enumerate() {
        for anchor in &line.anchors {
            let Some(link) = &anchor.link else { continue };
            let Some((content_id, Some(layout))) = address::content_id(&link.url) else { continue };
            let Some(language) = address::language_of_layout(layout) else { continue };
            if let Some(known) = links.iter_mut().find(|l| l.content_id == content_id && l.language == language) {
                if link.label.len() > known.label.len() {
                    known.label.clone_from(&link.label);
                }
                known.posted_on = known.posted_on.or_else(|| day_beside(all, n));
                continue;
            }
            if links.len() >= LINKS_MAX {
                rejects.push(Reject { text: link.label.clone(), reason: "too many links on one page".to_owned() });
                return (links, rejects);
            }
            links.push(ActivityLink {
                url: link.url.clone(),
                content_id,
                language,
                label: link.label.clone(),
                posted_on: day_beside(all, n),
            });
        }
    }
    (links, rejects)
}

/// The day printed in the link's own line or below it, before the next link: `23. mart 2018. | više`.
fn day_beside(all: &[Line], n: usize) -> Option<NaiveDate> {
    let own = all[n].has_class("posted").then(|| first_day(&all[n].text)).flatten();
    own.or_else(|| {
        let below = all[n + 1..].iter().take(DAY_WITHIN).take_while(|l| l.border.is_none());
        let mut below = below.take_while(|l| l.has_class("posted") || !l.anchors.iter().any(|a| leads_to_content(a.link.as_ref())));
        below.find(|l| l.has_class("posted") || l.text.chars().count() < 60).and_then(|l| first_day(&l.text))
    })
}

fn leads_to_content(link: Option<&crate::domain::bill::Link>) -> bool {
    link.is_some_and(|l| matches!(address::content_id(&l.url), Some((_, Some(_)))))
}

fn first_day(text: &str) -> Option<NaiveDate> {
    text.split('|').find_map(dates::day)
}

fn offset(url: &Url) -> Option<u64> {
    url.query_pairs().find(|(k, _)| k == "offset").and_then(|(_, v)| v.parse().ok())
}

/// Lists are section pages: an address with one number.
fn offset_is_known(url: &Url) -> bool {
    offset(url).is_some() || matches!(address::content_id(url), Some((_, None)))
}

fn after(url: &Url, offset: Option<u64>) -> Option<Url> {
    let mut next = url.clone();
    next.set_query(Some(&format!("offset={}", offset.unwrap_or(0).checked_add(1)?)));
    Some(next)
}

fn next_page(all: &[Line], url: &Url, here: u64) -> Option<Url> {
    let links = all.iter().flat_map(|l| &l.anchors).filter_map(|a| a.link.as_ref());
    let same = |l: &&crate::domain::bill::Link| l.url.path() == url.path() || says_next(&l.label);
    let pages = links.filter(same).filter_map(|l| Some((offset(&l.url)?, &l.url)));
    pages.filter(|(at, _)| *at > here).min_by_key(|(at, _)| *at).map(|(_, next)| next.clone())
}

fn says_next(label: &str) -> bool {
    ["sledeca", "next", "starije", "older"].iter().any(|w| script::fold(label).starts_with(w))
}
