//! What letters say of our looking: how often, how well, and since when we do not see.
//!
//! Counted by the caller from the stored polls; never judges a page.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::zone::BELGRADE;

/// A stretch without a good look is named from so long, if it is longer than the pauses of the schedule too.
const NAMED: TimeDelta = TimeDelta::hours(4);
/// From so long it stands in the subject, if it is half as long again as the schedule's own pauses: the week was bad.
const BAD: TimeDelta = TimeDelta::hours(12);
/// A look is late by no more than this, and the schedule is kept all the same.
const LATE: TimeDelta = TimeDelta::hours(1);

/// How often we looked between two instants, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Watched {
    /// From here.
    pub from: DateTime<Utc>,
    /// To here.
    pub until: DateTime<Utc>,
    /// One entry a page followed.
    pub pages: Vec<WatchedPage>,
    /// Agreements first seen in this time.
    pub found: usize,
    /// The longest time, in seconds, that our own schedule leaves between two looks.
    #[serde(default)]
    pub pause_s: i64,
}

/// One page in that time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WatchedPage {
    /// `bills`, `laws` or `activities`.
    pub kind: String,
    /// Its address.
    pub url: String,
    /// How often we looked.
    pub looks: usize,
    /// How often it was whole and recognised, or was said to be unmodified.
    pub good: usize,
    /// Rows of the newest good page, and how many of them are agreements.
    pub rows: usize,
    /// Of these rows.
    pub agreements: usize,
    /// The newest good look, whenever it was.
    pub newest_good_at: Option<DateTime<Utc>>,
    /// The longest stretch without a good look.
    pub longest: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// A page that cannot be read, or could not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlindPage {
    /// `bills`, `laws` or `activities`.
    pub kind: String,
    /// Its address.
    pub url: String,
    /// The last good look; where there never was one, the first failed.
    pub since: DateTime<Utc>,
    /// The first good look after it; none while it lasts.
    pub until: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize)]
pub(super) struct View {
    from: Moment,
    until: Moment,
    pages: Vec<PageView>,
    found: usize,
    looks: usize,
    good: usize,
    failed: usize,
    newest: Option<Moment>,
    /// The page that was out of sight longest, where that makes the week a bad one.
    worst: Option<PageView>,
}

#[derive(Debug, Serialize)]
pub(super) struct BlindView {
    pages: Vec<PageView>,
    since: Option<Moment>,
}

#[derive(Debug, Clone, Serialize)]
struct PageView {
    kind: String,
    url: String,
    looks: usize,
    good: usize,
    rows: usize,
    agreements: usize,
    newest: Option<Moment>,
    /// A stretch worth naming: its ends, and its whole hours and days.
    from: Option<Moment>,
    until: Option<Moment>,
    hours: i64,
    days: i64,
}

/// An instant, as a template writes it: a day and an hour in Belgrade.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Moment {
    day: String,
    hour: String,
}

fn moment(at: DateTime<Utc>) -> Moment {
    let at = at.with_timezone(&BELGRADE);
    Moment { day: at.format("%Y-%m-%d").to_string(), hour: at.format("%H:%M").to_string() }
}

pub(super) fn view(watched: &Watched) -> View {
    let lasted = |page: &WatchedPage| page.longest.map_or(TimeDelta::zero(), |(from, until)| until.signed_duration_since(from));
    let pause = TimeDelta::seconds(watched.pause_s.max(0));
    let (named, bad) = (NAMED.max(pause + LATE), BAD.max(pause + pause / 2));
    let worst = watched.pages.iter().filter(|p| p.good == 0 || lasted(p) >= bad).max_by_key(|p| lasted(p));
    let (looks, good) = watched.pages.iter().fold((0, 0), |(looks, good), p| (looks + p.looks, good + p.good));
    View {
        from: moment(watched.from),
        until: moment(watched.until),
        found: watched.found,
        looks,
        good,
        failed: looks.saturating_sub(good),
        newest: watched.pages.iter().filter_map(|p| p.newest_good_at).max().map(moment),
        worst: worst.map(|page| page_view(page, lasted(page), named)),
        pages: watched.pages.iter().map(|page| page_view(page, lasted(page), named)).collect(),
    }
}

fn page_view(page: &WatchedPage, lasted: TimeDelta, named_from: TimeDelta) -> PageView {
    let named = page.longest.filter(|_| lasted >= named_from);
    PageView {
        kind: page.kind.clone(),
        url: page.url.clone(),
        looks: page.looks,
        good: page.good,
        rows: page.rows,
        agreements: page.agreements,
        newest: page.newest_good_at.map(moment),
        from: named.map(|(from, _)| moment(from)),
        until: named.map(|(_, until)| moment(until)),
        hours: lasted.num_hours(),
        days: lasted.num_days(),
    }
}

/// Pages out of sight, or in sight again. `now` ends what has no end yet.
pub(super) fn blind_view(pages: &[BlindPage], now: DateTime<Utc>) -> BlindView {
    let lasted = |p: &BlindPage| p.until.unwrap_or(now).signed_duration_since(p.since);
    let page = |p: &BlindPage| PageView {
        kind: p.kind.clone(),
        url: p.url.clone(),
        looks: 0,
        good: 0,
        rows: 0,
        agreements: 0,
        newest: None,
        from: Some(moment(p.since)),
        until: p.until.map(moment),
        hours: lasted(p).num_hours(),
        days: lasted(p).num_days(),
    };
    BlindView { pages: pages.iter().map(page).collect(), since: pages.iter().map(|p| p.since).min().map(moment) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::bill::Language;
    use crate::domain::letter::words::Words;
    use crate::domain::letter::{Edition, Letter, Occasion, Reader, write};

    /// A week with so many looks, all good but `failed`, and so many rows.
    fn letter(looks: usize, failed: usize, rows: usize, longest_h: i64, language: Language) -> Letter {
        letter_of(looks, failed, rows, longest_h, 2 * 3_600, language)
    }

    fn letter_of(looks: usize, failed: usize, rows: usize, longest_h: i64, pause_s: i64, language: Language) -> Letter {
        let from = "2017-11-13T07:00:00Z".parse::<DateTime<Utc>>().unwrap();
        let until = from + TimeDelta::days(7);
        let page = WatchedPage {
            kind: "bills".to_owned(),
            url: "http://parliament.example/".to_owned(),
            looks,
            good: looks - failed,
            rows,
            agreements: rows,
            newest_good_at: (looks > failed).then_some(until),
            longest: Some((from, from + TimeDelta::hours(longest_h))),
        };
        let watched = Watched { from, until, pages: vec![page], found: 0, pause_s };
        let edition = Edition {
            occasion: Occasion::Silence { watched },
            made_at: until,
            watching_since: None,
            findings: Vec::new(),
            median_gap: None,
        };
        let reader = Reader { language, public_url: Some("https://potvrda.example".to_owned()), ..Reader::default() };
        let Letter { subject, text, .. } = write(&edition, &reader, Words::built_in()).unwrap();
        let text = text.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ");
        Letter { subject, text, html: String::new(), calendars: Vec::new() }
    }

    #[test]
    fn looks_and_rows_are_counted_in_the_forms_of_the_language() {
        for (n, looks, rows) in [
            (1, "1 provera", "je bio 1 predlog zakona"),
            (2, "2 provere", "su bila 2 predloga zakona"),
            (5, "5 provera", "je bilo 5 predloga zakona"),
            (11, "11 provera", "je bilo 11 predloga zakona"),
            (21, "21 provera", "je bio 21 predlog zakona"),
            (22, "22 provere", "su bila 22 predloga zakona"),
            (111, "111 provera", "je bilo 111 predloga zakona"),
            (112, "112 provera", "je bilo 112 predloga zakona"),
            (143, "143 provere", "su bila 143 predloga zakona"),
        ] {
            let text = letter(n, 0, n, 2, Language::SrLatn).text;
            assert!(text.contains(&format!("{looks}, od toga")) && text.contains(rows), "{n}: {text}");
        }
    }

    #[test]
    fn a_quiet_week_says_so_and_what_to_think_if_the_letter_does_not_come() {
        let quiet = letter(212, 3, 143, 2, Language::En);
        assert!(quiet.subject.starts_with("No new agreements"), "{}", quiet.subject);
        for said in ["212 looks", "209 of them good", "143 bills", "do not trust the silence", "https://potvrda.example/status"] {
            assert!(quiet.text.contains(said), "{said}: {}", quiet.text);
        }
    }

    #[test]
    fn a_bad_week_says_so_in_its_subject() {
        let bad = letter(212, 40, 143, 31, Language::SrLatn);
        assert!(bad.subject.starts_with("Nismo videli spisak predloga zakona 31"), "{}", bad.subject);
        assert!(!bad.subject.contains("Nema novih") && bad.text.contains("nismo ga videli"), "{}", bad.text);
        let none = letter(5, 5, 0, 168, Language::En);
        assert!(none.text.contains("No look was good") && !none.text.contains("there was no new"), "{}", none.text);
    }

    #[test]
    fn a_week_is_judged_by_its_own_schedule() {
        let daily = |longest_h| letter_of(7, usize::from(longest_h > 25), 143, longest_h, 24 * 3_600, Language::En);
        assert!(daily(24).subject.starts_with("No new agreements") && !daily(24).text.contains("longest without"), "{}", daily(24).text);
        assert!(daily(48).subject.starts_with("We did not see the list of bills for 48 hours"), "{}", daily(48).subject);
        assert!(letter(84, 0, 143, 24, Language::En).subject.starts_with("We did not see"));
    }

    #[test]
    fn from_three_days_on_days_are_counted() {
        for (hours, en, sr) in [(71, "71 hours", "71 sat"), (72, "3 days", "3 dana"), (21 * 24, "21 days", "21 dan")] {
            let (subject, sr_subject) =
                (letter(212, 90, 1, hours, Language::En).subject, letter(212, 90, 1, hours, Language::SrLatn).subject);
            assert!(subject.contains(en) && sr_subject.replace('\u{a0}', " ").contains(sr), "{subject} {sr_subject}");
        }
    }
}
