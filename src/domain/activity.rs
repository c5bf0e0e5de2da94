//! Reads pages that link to activities, and an activity's page: a sitting of the Assembly or of a committee, its agenda or its prose, into
//! mentions of bills; and the calendar beside it, which announces what is coming.
//!
//! Never fetches, never decides which bill a mention means, never guesses a day.

mod agenda;
mod calendar;
mod index;
mod signing;
mod sitting;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use url::Url;

pub use crate::domain::activity::index::{ActivityLink, Index, read_index};
use crate::domain::bill::{Language, Sitting};
use crate::domain::listing::{Eye, Reject};
use crate::domain::page::lines::{Border, Line};
use crate::domain::page::{NotAPage, Page, address, lines, tree};
use crate::domain::script;

/// One activity's page, read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// What it tells of.
    pub sitting: Sitting,
    /// The page speaks of a sitting at all. News that name a bill are an activity, but no sitting.
    pub is_sitting: bool,
    /// By the layout in its address, else by its words.
    pub language: Language,
    /// From its address.
    pub content_id: Option<u64>,
    /// The day printed above it. For an announcement it is the day of the announcement, for a report the day of the sitting.
    pub posted_on: Option<chrono::NaiveDate>,
    /// The sittings that the calendar beside it announces.
    pub calendar: Vec<Sitting>,
    /// Which eye read it.
    pub eye: Eye,
    /// Why the poll is to be marked.
    pub degraded: Option<String>,
    /// What could not be read.
    pub rejects: Vec<Reject>,
}

/// The part of a page that tells of the activity itself.
struct Content<'a> {
    heading: String,
    posted: Option<String>,
    /// The body's lines, without heading, day and repeated first sentence.
    body: Vec<&'a Line>,
}

/// Reads an activity's page. The exact eye takes `div#main` up to `hr.delimiter`; where that is missing, the other takes every line that
/// stands in no menu and no calendar.
pub fn read_page(page: &Page, url: &Url) -> Result<Activity, NotAPage> {
    page.whole()?;
    let html = tree::parse(&page.text)?;
    let all = lines::read(&html, url, &HashSet::new());
    let calendar = calendar::read(&all);
    let layout = address::content_id(url).and_then(|(_, layout)| layout);
    let exact = exact(&all);
    let eye = if exact.is_some() { Eye::Exact } else { Eye::Second };
    let content = match exact {
        Some(content) => content,
        None => second(&all)?,
    };
    let words: String = content.body.iter().map(|l| l.text.as_str()).collect::<Vec<_>>().join("\n");
    let language =
        layout.and_then(address::language_of_layout).unwrap_or_else(|| script::language_of(&format!("{} {words}", content.heading)));
    let mut mentions = agenda::mentions(&content.body);
    let mut degraded = (eye == Eye::Second).then(|| "the markup we know is not there: the page was read by its words alone".to_owned());
    if eye == Eye::Exact && mentions.is_empty() {
        let outside = second(&all).map(|c| agenda::mentions(&c.body)).unwrap_or_default();
        if !outside.is_empty() {
            degraded = Some(format!("{} bills are named outside of the part of the page we know", outside.len()));
            mentions = outside;
        }
    }
    signing::attribute(&content.body, &mut mentions);
    let about = sitting::read(&content);
    if eye == Eye::Second && mentions.is_empty() && (!about.is_sitting || about.posted_on.is_none()) {
        return Err(nothing_of_an_activity());
    }
    let agenda_known = !mentions.is_empty() || agenda::introduced(&content.body);
    Ok(Activity {
        sitting: Sitting {
            body: about.body,
            title: content.heading,
            held_on: about.held_on,
            begins_at: about.begins_at,
            hall: about.hall,
            cancelled: about.cancelled,
            agenda_known,
            mentions,
        },
        is_sitting: about.is_sitting,
        language,
        content_id: address::content_id(url).map(|(id, _)| id),
        posted_on: about.posted_on,
        calendar,
        eye,
        degraded,
        rejects: Vec::new(),
    })
}

fn nothing_of_an_activity() -> NotAPage {
    NotAPage::NoTable { missing: "no part of the page that we know, no heading with a sitting and a day, and no bill named".to_owned() }
}

/// By the site's own markup.
fn exact(all: &[Line]) -> Option<Content<'_>> {
    let main: Vec<&Line> = all.iter().filter(|l| l.main).take_while(|l| l.border != Some(Border::Delimiter)).collect();
    let heading = main.iter().find(|l| l.heading == Some(2) && !l.text.is_empty())?;
    let posted = main.iter().find(|l| l.has_class("posted"));
    let after = main.iter().position(|l| std::ptr::eq(*l, *heading))?;
    let body: Vec<&Line> = main[after + 1..].iter().filter(|l| l.border.is_none() && !l.menu && !l.has_class("posted")).copied().collect();
    Some(Content { heading: heading.text.clone(), posted: posted.map(|l| l.text.clone()), body: without_repeated(body) })
}

/// By words: the first heading, the first line that is a day, and all lines that stand in no menu and no calendar.
fn second(all: &[Line]) -> Result<Content<'_>, NotAPage> {
    let bounded = |border| all.iter().position(|l| l.border == Some(border));
    let within = match (bounded(Border::PrintStart), bounded(Border::PrintEnd)) {
        (Some(start), Some(end)) if start < end => &all[start..end],
        _ => all,
    };
    let within = within.split(|l| l.border == Some(Border::Delimiter)).next().unwrap_or(within);
    let body: Vec<&Line> = within.iter().filter(|l| l.border.is_none() && !l.menu && !calendar::is_entry(&l.text)).collect();
    let heading = body.iter().filter(|l| l.heading.is_some() && !l.text.is_empty()).min_by_key(|l| l.heading);
    let heading = heading.ok_or_else(nothing_of_an_activity)?.text.clone();
    let posted = body.iter().find(|l| l.text.len() < 80 && crate::domain::dates::day(&l.text).is_some()).map(|l| l.text.clone());
    let body = body.into_iter().filter(|l| l.heading.is_none() || !crate::domain::mention::find(&l.text).is_empty()).collect();
    Ok(Content { heading, posted, body: without_repeated(body) })
}

/// The first sentence is printed twice: cut, above the body, and in full in it.
fn without_repeated(body: Vec<&Line>) -> Vec<&Line> {
    let folded = |l: &Line| script::fold(&l.text);
    let repeated = |n: usize| {
        let this = folded(body[n]);
        body[n].has_class("preamble") && body[n + 1..].iter().any(|later| !this.is_empty() && folded(later).starts_with(&this))
    };
    let drop: Vec<bool> = (0..body.len()).map(repeated).collect();
    body.into_iter().zip(drop).filter(|(_, drop)| !drop).map(|(line, _)| line).collect()
}
