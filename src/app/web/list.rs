//! The agreements, newest first: searched, filtered, and the picture of the gaps.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use maud::{Markup, html};
use serde_json::Value;
use url::form_urlencoded;

use super::gaps::{self, Median};
use super::page::{Page, Visit, titled};
use super::tongue::{NBSP, Title, Tongue};
use crate::domain::bill::Stage;
use crate::io::history::read::{Filter, Record};
use crate::io::history::{History, HistoryError};

/// On one page.
const SHOWN: usize = 40;
/// The last page that can be asked for.
const PAGES_MAX: usize = 1_000;
/// Countries, or counterparts, named in the list; the rest stand on the agreement's own page.
const NAMES_MAX: usize = 4;
/// Letters of a search.
const WORDS_MAX: usize = 200;

/// What is looked for. Anything that cannot be meant is left out, never an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ask {
    words: Option<String>,
    country: Option<String>,
    stage: Option<Stage>,
    doubtful: bool,
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
    page: usize,
}

impl Ask {
    /// Of `q=...&country=RU&stage=listed&doubtful=1&since=2018-01-01&page=2`.
    pub(super) fn read(query: Option<&str>) -> Ask {
        let mut ask = Ask { page: 1, ..Ask::default() };
        for (key, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let value = value.trim();
            match key.as_ref() {
                "q" => ask.words = Some(value.chars().take(WORDS_MAX).collect()).filter(|v: &String| !v.is_empty()),
                "country" => {
                    ask.country = Some(value.to_ascii_uppercase()).filter(|v| v.len() == 2 && v.bytes().all(|b| b.is_ascii_uppercase()))
                }
                "stage" => ask.stage = value.parse().ok(),
                "doubtful" => ask.doubtful = matches!(value, "1" | "true" | "on" | "yes"),
                "since" => ask.since = value.parse().ok(),
                "until" => ask.until = value.parse().ok(),
                "page" => ask.page = value.parse().unwrap_or(1).clamp(1, PAGES_MAX),
                _ => {}
            }
        }
        ask
    }

    pub(super) fn filter(&self, limit: usize) -> Filter {
        Filter {
            since: self.since,
            until: self.until,
            stage: self.stage.map(|s| s.to_string()),
            country: self.country.clone(),
            words: self.words.clone(),
            doubtful: self.doubtful,
            limit,
        }
    }

    fn narrows(&self) -> bool {
        Ask { page: 1, ..self.clone() } != Ask { page: 1, ..Ask::default() }
    }

    /// The address of another page of the same search, below `?`.
    pub(super) fn query(&self, page: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let mut add = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                query.append_pair(key, &value);
            }
        };
        add("q", self.words.clone());
        add("country", self.country.clone());
        add("stage", self.stage.map(|s| s.to_string()));
        add("doubtful", self.doubtful.then(|| "1".to_owned()));
        add("since", self.since.map(|d| d.to_string()));
        add("until", self.until.map(|d| d.to_string()));
        add("page", (page > 1).then(|| page.to_string()));
        query.finish()
    }
}

/// What the page shows.
pub(super) struct Found {
    /// Of this page.
    rows: Vec<Record>,
    /// Their titles in the reader's language, where they were printed in it.
    titles: HashMap<i64, String>,
    /// How many the search found in all.
    count: usize,
    /// How many there are.
    total: usize,
    countries: Vec<String>,
    gaps: Vec<gaps::Gap>,
    median: Median,
    last_good: Option<chrono::DateTime<chrono::Utc>>,
    /// The words cannot be searched for.
    unsearchable: bool,
}

pub(super) fn find(history: &History, ask: &Ask, reader: Tongue) -> Result<Found, HistoryError> {
    let all = history.agreements(&Filter::default())?;
    let countries = all.iter().filter_map(|row| row.get("countries").as_array()).flatten().filter_map(Value::as_str);
    let mut countries: Vec<String> = countries.map(str::to_owned).collect();
    countries.sort();
    countries.dedup();
    let mut found = Found {
        rows: Vec::new(),
        titles: HashMap::new(),
        count: 0,
        total: all.len(),
        countries,
        gaps: all.iter().filter_map(gaps::Gap::of).collect(),
        median: Median(history.median_gap()?),
        last_good: history.sources()?.iter().filter_map(|s| s.last_good_at).max(),
        unsearchable: false,
    };
    let rows = if ask.narrows() {
        drop(all);
        match history.agreements(&ask.filter(0)) {
            Err(HistoryError::Search(_)) => {
                found.unsearchable = true;
                Vec::new()
            }
            rows => rows?,
        }
    } else {
        all
    };
    found.count = rows.len();
    found.rows = rows.into_iter().skip((ask.page - 1) * SHOWN).take(SHOWN).collect();
    let shown: Vec<i64> = found.rows.iter().filter_map(|row| row.number("bill_id")).collect();
    found.titles = history.titles_in(reader.0, &shown)?;
    Ok(found)
}

pub(super) fn page(visit: &Visit, ask: &Ask, found: &Found) -> Page {
    let t = visit.tongue;
    let title = t.say("Међународни споразуми пред Скупштином", "International agreements before the Assembly");
    let main = html! {
        h1 { (title) }
        p.lead {
            (t.say(
                "Предлози закона о потврђивању међународних споразума, од првог дана када се појаве на страницама Народне скупштине.",
                "Bills that confirm international agreements, from the first day they appear on the pages of the National Assembly of Serbia."
            ))
        }
        p.quiet {
            @if let Some(at) = found.last_good {
                (t.say("Последња исправна провера: ", "Last good look: ")) (t.moment(at)) ". "
                a href=(visit.to("/status")) { (t.say("Стање", "Status")) }
            } @else { (t.say("Странице још нисмо прочитали.", "The pages were not read yet.")) }
        }
        @if !ask.narrows() && ask.page == 1 { (gaps::picture(visit, &found.gaps, found.median)) }
        (search(visit, ask, found))
        (results(visit, ask, found))
    };
    Page { title: title.into_owned(), main }
}

fn search(visit: &Visit, ask: &Ask, found: &Found) -> Markup {
    let t = visit.tongue;
    let names: BTreeMap<String, &String> = found.countries.iter().map(|code| (t.country(code), code)).collect();
    html! {
        form.search role="search" action=(visit.to("/")) method="get" {
            div.words {
                label for="q" { (t.say("Речи у наслову, именима уговорних страна или тексту", "Words in the title, the parties or the text")) }
                input #q type="search" name="q" value=[ask.words.as_deref()] maxlength=(WORDS_MAX) autocomplete="off";
            }
            div {
                label for="country" { (t.say("Земља", "Country")) }
                select #country name="country" {
                    option value="" { (t.say("све", "all")) }
                    @for (name, code) in &names {
                        option value=(code) selected[ask.country.as_ref() == Some(code)] { (name) }
                    }
                }
            }
            div {
                label for="stage" { (t.say("Фаза", "Stage")) }
                select #stage name="stage" {
                    option value="" { (t.say("све", "all")) }
                    @for stage in Stage::ALL {
                        option value=(stage) selected[ask.stage == Some(*stage)] { (t.stage(stage.as_str())) }
                    }
                }
            }
            (day_field("since", &t.say("Први пут виђен од", "First seen from"), ask.since))
            (day_field("until", &t.say("до", "to"), ask.until))
            div.check {
                input #doubtful type="checkbox" name="doubtful" value="1" checked[ask.doubtful];
                label for="doubtful" { (t.say("само недоумице", "doubtful only")) }
            }
            button type="submit" { (t.say("Тражи", "Search")) }
        }
    }
}

fn day_field(name: &str, label: &str, day: Option<NaiveDate>) -> Markup {
    html! {
        div {
            label for=(name) { (label) }
            input #(name) type="date" name=(name) value=[day];
        }
    }
}

fn results(visit: &Visit, ask: &Ask, found: &Found) -> Markup {
    let t = visit.tongue;
    let count =
        |n: usize| t.count(i64::try_from(n).unwrap_or(i64::MAX), ["споразум", "споразума", "споразума"], ["agreement", "agreements"]);
    let last = found.count.div_ceil(SHOWN).max(1);
    html! {
        h2 #results {
            @if ask.narrows() { (count(found.count)) " " (t.say("од", "of")) (NBSP) (found.total) } @else { (count(found.total)) }
        }
        @if ask.narrows() {
            p { a href=(visit.to("/")) { (t.say("Сви споразуми", "All agreements")) } }
        }
        @if found.unsearchable {
            p { (t.say("Овако се не може тражити: упишите обичне речи.", "This cannot be searched for: please use plain words.")) }
        } @else if found.rows.is_empty() {
            p { (t.say("Ништа није пронађено.", "Nothing was found.")) }
        }
        ol.bills { @for row in &found.rows { li { (entry(visit, row, found)) } } }
        @if last > 1 {
            nav.pages aria-label=(t.say("Још споразума", "More agreements")) {
                @if ask.page > 1 { a rel="prev" href=(format!("{}?{}", visit.to("/"), ask.query(ask.page - 1))) { (t.say("← новији", "← newer")) } }
                span { (t.say("страница", "page")) (NBSP) (ask.page) " / " (last) }
                @if ask.page < last { a rel="next" href=(format!("{}?{}", visit.to("/"), ask.query(ask.page + 1))) { (t.say("старији →", "older →")) } }
            }
        }
    }
}

fn entry(visit: &Visit, row: &Record, found: &Found) -> Markup {
    let t = visit.tongue;
    let own = row.number("bill_id").and_then(|id| found.titles.get(&id)).filter(|_| row.text("language") != t.0.as_str());
    let title = own.map_or_else(|| Title::of(row, t), |printed| Title::new(printed, t.0, t));
    html! {
        article {
            p.meta {
                (with_whom(t, row))
                (t.day(&row.text("first_seen_at")))
                " · " span class=(format!("stage {}", row.text("stage"))) {
                    (t.stage(&row.text("stage")))
                    @if row.text("stage") == "scheduled" && !row.text("sitting_on").is_empty() { ": " (t.day(&row.text("sitting_on"))) }
                }
                @if !row.text("act_number").is_empty() { " · " (row.text("act_number")) }
                @if row.text("doubtful") == "1" { " · " strong { (t.say("недоумица", "doubtful")) } }
            }
            h3 { a href=(visit.to(&format!("/agreement/{}", row.text("bill_id")))) { (titled(&title, t)) } }
            (capacity(t, row))
            @if let Some(gap) = gaps::Gap::of(row) { p.gap { (gaps::said(t, &gap, found.median)) } }
        }
    }
}

/// With whom, for the eye that runs down the page: the countries in our words; where there are none, the counterparts as printed.
fn with_whom(t: Tongue, row: &Record) -> Markup {
    let many = |column: &str| -> Vec<String> {
        match row.get(column) {
            Value::Array(all) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Value::String(one) => vec![one.clone()],
            _ => Vec::new(),
        }
    };
    let (countries, theirs) = (many("countries"), many("counterpart"));
    let shown = |all: &[String]| if all.len() > NAMES_MAX { format!("{}, …", all[..NAMES_MAX].join(", ")) } else { all.join(", ") };
    html! {
        @if !countries.is_empty() { strong { (shown(&countries.iter().map(|code| t.country(code)).collect::<Vec<_>>())) } " · " }
        @else if !theirs.is_empty() { strong { (t.quoted(&shown(&theirs))) } " · " }
    }
}

/// In what capacity we stand there, where it is neither the state nor its Government.
fn capacity(t: Tongue, row: &Record) -> Markup {
    let level = row.text("our_level");
    html! {
        @if !level.is_empty() && !matches!(level.as_str(), "state" | "government") {
            p.sides {
                (t.say("Наша страна", "Our side")) " (" (level.split(", ").map(|l| t.level(l).into_owned()).collect::<Vec<_>>().join(", ")) "): " (t.quoted(&row.text("our_side")))
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_read_from_the_address_and_nonsense_is_left_out() {
        let ask = Ask::read(Some("q=%20tajni+podaci&country=ru&stage=listed&doubtful=1&page=3&since=2018-01-01&x=y"));
        assert_eq!(ask.words.as_deref(), Some("tajni podaci"));
        assert_eq!((ask.country.as_deref(), ask.stage, ask.doubtful, ask.page), (Some("RU"), Some(Stage::Listed), true, 3));
        assert_eq!(ask.since, NaiveDate::from_ymd_opt(2018, 1, 1));
        assert_eq!(Ask::read(Some("country=R%27U&stage=gone&page=-1&q=")), Ask { page: 1, ..Ask::default() });
        assert_eq!(Ask::read(Some("page=99999999999999999999")).page, 1);
        assert_eq!(Ask::read(None), Ask { page: 1, ..Ask::default() });
    }

    #[test]
    fn an_address_written_is_the_address_read() {
        let ask = Ask::read(Some("q=a%26b%3D%22&country=RU&doubtful=on&until=2018-03-06"));
        assert_eq!(Ask { page: 7, ..ask.clone() }, Ask::read(Some(&ask.query(7))));
        assert!(ask.narrows());
        assert!(!Ask::read(Some("page=2")).narrows());
    }
}
