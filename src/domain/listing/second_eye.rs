//! The second eye: knows no markup; takes every line or link whose words read as a bill's title, with the date and documents beside it.
//!
//! Never overrules what the known markup says; it only adds.

use std::collections::HashMap;

use scraper::Html;
use url::Url;

use super::exact::{is_date, is_document_label};
use super::{DOCUMENTS_MAX, ListKind, SUBMITTER_BYTES_MAX, TITLE_BYTES_MAX, cut};
use crate::domain::bill::{ActNumber, Link, Row, Verdict};
use crate::domain::mention::{self, What};
use crate::domain::page::lines::Line;
use crate::domain::page::tree::ROWS_MAX;
use crate::domain::page::{NotAPage, address};
use crate::domain::{agreement, dates, script};

/// A box with more lines than this is a part of the page, not one bill's card.
const CARD_LINES_MAX: usize = 16;
/// A table with more text than this, white space included, is not empty.
const EMPTY_TABLE_BYTES_MAX: usize = 32 * 1024;
/// Lines after a title that may still be its date and documents.
const NEAR_LINES_MAX: usize = 8;

/// A title found by its words.
struct Candidate {
    line: usize,
    /// The part of the line that is the title and what follows it, up to the next one.
    title: String,
    /// Byte range of the title and of what follows it in the line.
    from: usize,
    to: usize,
    submitter: Option<String>,
    act_number: Option<ActNumber>,
}

/// Rows read by words. Beside rows that the exact eye saw (`beside`), a title counts only with a date, a document or a number near it, or
/// where it is an agreement: menus and news name laws, too.
pub(super) fn read(lines: &[Line], beside: bool) -> Result<Vec<Row>, NotAPage> {
    let candidates = candidates(lines, Within::Page)?;
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let company = company(lines, &candidates);
    let mut rows = Vec::with_capacity(candidates.len());
    let mut alone = Vec::new();
    for (candidate, near) in candidates.iter().zip(company) {
        let row = row(lines, candidate, &near);
        if row.listed_on.is_some() || !row.documents.is_empty() || row.act_number.is_some() {
            rows.push(row);
        } else {
            alone.push(row);
        }
    }
    let agreement = |row: &Row| agreement::detect(&row.title).verdict != Verdict::Other;
    let list_like = !rows.is_empty() || alone.len() > 3 || alone.iter().any(agreement);
    for row in alone {
        if agreement(&row) || (!beside && list_like) {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Every title in one row of the list, with what stands beside it.
pub(super) fn titles(lines: &[Line]) -> Result<Vec<Row>, NotAPage> {
    let candidates = candidates(lines, Within::Row)?;
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let company = company(lines, &candidates);
    Ok(candidates.iter().zip(company).map(|(candidate, near)| row(lines, candidate, &near)).collect())
}

/// Where titles are looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// Among whatever a page says: in a sentence an agreement alone counts.
    Page,
    /// In a row of the list: what names a bill in another case belongs to the title before it, and a word or two before a title are a badge.
    Row,
}

impl Within {
    /// Whether a title may begin after these words of its line.
    fn opens(self, before: &str) -> bool {
        !before.contains(char::is_alphabetic) || is_date(before) || (self == Within::Row && is_badge(before))
    }

    fn counts(self, title: &str) -> bool {
        self == Within::Page || !OBLIQUE.contains(&script::fold(title).split(' ').next().unwrap_or_default())
    }
}

/// Words of another case that open what names a bill within another title: `o Predlogu zakona`, `izmene Zakona o potvrđivanju`.
const OBLIQUE: [&str; 11] =
    ["predloga", "predlogu", "predlogom", "predlozima", "zakona", "zakonu", "zakonom", "zakonima", "nacrta", "nacrtu", "nacrtom"];
/// Words before a title that join it to them: `Amandmani na Predlog zakona`.
const JOINING: [&str; 9] = ["na", "uz", "za", "u", "o", "po", "kroz", "protiv", "i"];
/// Words of a badge, and of whoever is named before a colon.
const BADGE_WORDS_MAX: usize = 3;
const LABEL_WORDS_MAX: usize = 8;

/// `NOVO`, `Vlada:`, `011-2100/26 –`: what a row says of a bill before its title.
fn is_badge(before: &str) -> bool {
    let folded = script::fold(before);
    let words: Vec<&str> = folded.split(' ').filter(|w| w.contains(char::is_alphabetic)).collect();
    let closed = before.trim_end().ends_with([':', '!', ')', ']', '-', '–', '|', '/']);
    (closed && words.len() <= LABEL_WORDS_MAX) || (words.len() <= BADGE_WORDS_MAX && words.last().is_none_or(|w| !JOINING.contains(w)))
}

/// As many as a list may have rows, and no more.
fn candidates(lines: &[Line], within: Within) -> Result<Vec<Candidate>, NotAPage> {
    let mut candidates = Vec::new();
    for (n, line) in lines.iter().enumerate().filter(|(_, l)| !l.menu && l.text.len() > 8) {
        if candidates.len() > ROWS_MAX {
            return Err(NotAPage::TooManyRows { limit: ROWS_MAX });
        }
        let titles =
            line.anchors.iter().filter(|a| a.at.len() > 8 && mention::reads_as_title(line.words(a)) && within.counts(line.words(a)));
        let titles: Vec<_> = titles.filter(|a| !leads_to_activity(a.link.as_ref())).collect();
        if !titles.is_empty() {
            for (k, anchor) in titles.iter().enumerate() {
                let named = mention::find(line.words(anchor)).into_iter().next();
                candidates.push(Candidate {
                    line: n,
                    title: whole_words(line.words(anchor)),
                    from: anchor.at.start,
                    to: titles.get(k + 1).map_or(line.text.len(), |next| next.at.start),
                    submitter: named.as_ref().and_then(|n| n.submitter.clone()),
                    act_number: named.and_then(|n| n.act_number),
                });
            }
            continue;
        }
        if line.anchors.iter().any(|a| leads_to_activity(a.link.as_ref()) && a.at.len() > 8) {
            continue;
        }
        let bills = mention::find(&line.text).into_iter().filter(|n| n.what == What::Bill && within.counts(&n.title));
        let named: Vec<_> = bills.collect();
        let opens_line = within.opens(named.first().map_or("", |n| &line.text[..n.at.start]));
        let in_sentence = || within == Within::Page && (named.len() > 1 || agreement::detect(&named[0].title).verdict != Verdict::Other);
        if named.is_empty() || !(opens_line || in_sentence()) {
            continue;
        }
        if named.len() == 1 && !mention::reads_as_title(&line.text[named[0].at.start..]) {
            continue;
        }
        let documents: Vec<usize> = line.anchors.iter().filter(|a| is_document(a.link.as_ref())).map(|a| a.at.start).collect();
        for (k, one) in named.iter().enumerate() {
            let to = named.get(k + 1).map_or(line.text.len(), |next| next.at.start);
            // a line of its own is the title as it stands, up to its date and documents; in a sentence it is what belongs to the title
            let end = documents.get(documents.partition_point(|at| *at <= one.at.start)).copied().unwrap_or(to);
            let title = if named.len() == 1 && opens_line { until_date(&line.text[one.at.start..end]) } else { until_date(&one.title) };
            candidates.push(Candidate {
                line: n,
                title,
                from: one.at.start,
                to,
                submitter: one.submitter.clone(),
                act_number: one.act_number,
            });
        }
    }
    if candidates.len() > ROWS_MAX { Err(NotAPage::TooManyRows { limit: ROWS_MAX }) } else { Ok(candidates) }
}

fn leads_to_activity(link: Option<&Link>) -> bool {
    link.is_some_and(|l| matches!(address::content_id(&l.url), Some((_, Some(_)))))
}

fn whole_words(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '•' | '·')).to_owned()
}

/// A title that runs into its row's date ends before it; a date inside the title stays.
fn until_date(title: &str) -> String {
    let last = dates::find(title).into_iter().next_back().filter(|found| dates::day(&title[found.at.clone()]).is_some());
    let rest_is_labels = |end: usize| title[end..].split_whitespace().all(|w| is_document_label(w) || w.len() < 2);
    match last {
        Some(found) if rest_is_labels(found.at.end) && !joined_to_title(&title[..found.at.start]) => {
            let head = title[..found.at.start]
                .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ',' | '-' | '–' | '|' | ':' | '.'));
            head.to_owned()
        }
        _ => {
            let mut words: Vec<&str> = title.split_whitespace().collect();
            while words.last().is_some_and(|w| is_document_label(w) || *w == "|" || *w == "-") {
                words.pop();
            }
            words.join(" ")
        }
    }
}

/// The word before the date makes it part of the title: `od 10. decembra`, `of 8 May`.
fn joined_to_title(before: &str) -> bool {
    let last = before.split_whitespace().next_back().map(script::fold).unwrap_or_default();
    ["od", "dana", "of", "on", "from", "do", "to", "u", "in", "iz", "potpisan", "zakljucen", "sacinjen", "zakljucenog"]
        .contains(&last.as_str())
}

/// For each candidate the lines near it that belong to it: its card's, or those up to the next title.
fn company(lines: &[Line], candidates: &[Candidate]) -> Vec<Vec<usize>> {
    let mut titles_in: HashMap<u32, usize> = HashMap::new();
    let mut lines_in: HashMap<u32, usize> = HashMap::new();
    for candidate in candidates {
        for b in &lines[candidate.line].boxes {
            *titles_in.entry(b.id).or_default() += 1;
        }
    }
    for line in lines {
        for b in line.boxes.iter().filter(|b| titles_in.contains_key(&b.id)) {
            *lines_in.entry(b.id).or_default() += 1;
        }
    }
    let card = |c: &Candidate| {
        let boxes = &lines[c.line].boxes;
        let own: Vec<_> = boxes.iter().filter(|b| titles_in[&b.id] == 1 && lines_in[&b.id] <= CARD_LINES_MAX).collect();
        own.iter().find(|b| b.single).or(own.first()).map(|b| b.id)
    };
    let cards: Vec<Option<u32>> = candidates.iter().map(card).collect();
    let dated = |near: &[usize]| near.iter().any(|&n| says_something(&lines[n]));
    let in_cards: Vec<Vec<usize>> = candidates
        .iter()
        .zip(&cards)
        .map(|(c, card)| match card {
            Some(id) => around(lines, c.line).filter(|&n| lines[n].boxes.iter().any(|b| b.id == *id)).collect(),
            None => Vec::new(),
        })
        .collect();
    if in_cards.iter().any(|near| dated(near)) {
        return in_cards;
    }
    // a date above each title, or below it: whichever leaves fewer titles without
    let after: Vec<Vec<usize>> = (0..candidates.len()).map(|k| following(lines, candidates, k)).collect();
    let before: Vec<Vec<usize>> = (0..candidates.len()).map(|k| preceding(lines, candidates, k)).collect();
    let told = |near: &[Vec<usize>]| near.iter().filter(|n| dated(n)).count();
    if told(&before) > told(&after) { before } else { after }
}

fn around(lines: &[Line], n: usize) -> impl Iterator<Item = usize> {
    (n.saturating_sub(CARD_LINES_MAX)..(n + CARD_LINES_MAX).min(lines.len())).filter(move |&k| k != n)
}

fn following(lines: &[Line], candidates: &[Candidate], k: usize) -> Vec<usize> {
    let line = candidates[k].line;
    let until = candidates.get(k + 1).map_or(lines.len(), |next| next.line).min(line + 1 + NEAR_LINES_MAX);
    (line + 1..until).filter(|&n| near(&lines[line], &lines[n])).collect()
}

fn preceding(lines: &[Line], candidates: &[Candidate], k: usize) -> Vec<usize> {
    let line = candidates[k].line;
    let from = if k == 0 { 0 } else { candidates[k - 1].line + 1 }.max(line.saturating_sub(NEAR_LINES_MAX));
    (from..line).filter(|&n| near(&lines[line], &lines[n])).collect()
}

/// They stand in the same part of the page: at most two boxes apart.
fn near(title: &Line, other: &Line) -> bool {
    let shared = title.boxes.iter().zip(&other.boxes).take_while(|(a, b)| a.id == b.id).count();
    !other.menu && shared + 2 >= title.boxes.len()
}

fn says_something(line: &Line) -> bool {
    is_date(&line.text) || line.anchors.iter().any(|a| is_document(a.link.as_ref()))
}

fn is_document(link: Option<&Link>) -> bool {
    link.is_some_and(|l| address::is_document(&l.url) || is_document_label(&l.label))
}

fn row(lines: &[Line], candidate: &Candidate, near: &[usize]) -> Row {
    let line = &lines[candidate.line];
    // anchors stand in the order of the line
    let until = candidate.to.max(candidate.from + 1);
    let first = line.anchors.partition_point(|a| a.at.start < candidate.from);
    let own = line.anchors[first..].iter().take_while(|a| a.at.start < until);
    let mut documents: Vec<Link> = Vec::new();
    for anchor in own.chain(near.iter().flat_map(|&n| &lines[n].anchors)) {
        if documents.len() == DOCUMENTS_MAX {
            break;
        }
        if let Some(link) = anchor.link.as_ref().filter(|link| is_document(Some(link)))
            && documents.iter().all(|d| d.url != link.url)
        {
            documents.push(link.clone());
        }
    }
    let tail = line.text[candidate.from..candidate.to].get(candidate.title.len()..).unwrap_or_default();
    let head = Some(&line.text[..candidate.from]).filter(|h| is_date(h));
    let texts = std::iter::once(tail).chain(head).chain(near.iter().map(|&n| lines[n].text.as_str()));
    let dated = texts
        .into_iter()
        .find_map(|text| dates::find(text).into_iter().find_map(|f| Some((dates::day(&text[f.at.clone()])?, text[f.at].to_owned()))));
    let submitter = near.iter().find_map(|&n| {
        let (label, value) = lines[n].text.split_once(':')?;
        ["predlagac", "podnosilac", "submitted by", "proposer"].contains(&script::fold(label).as_str()).then(|| value.trim().to_owned())
    });
    Row {
        title: cut(&candidate.title, TITLE_BYTES_MAX).trim_end().to_owned(),
        listed_on: dated.as_ref().map(|(day, _)| *day),
        date_text: dated.map(|(_, text)| text),
        act_number: candidate.act_number.or_else(|| documents.iter().find_map(|d| ActNumber::from_document(&d.url))),
        documents,
        submitter: candidate.submitter.clone().or(submitter).map(|who| cut(&who, SUBMITTER_BYTES_MAX).trim_end().to_owned()),
    }
}

/// What the markup of a page says where it may hold no row.
#[derive(Default)]
pub(super) struct Bare {
    asks_for_a_password: bool,
    empty_table: bool,
}

impl Bare {
    pub(super) fn of(html: &Html) -> Bare {
        let asks_for_a_password = html
            .tree
            .values()
            .filter_map(scraper::Node::as_element)
            .any(|e| e.name() == "input" && matches!(e.attr("type").map(str::to_ascii_lowercase).as_deref(), Some("password")));
        let tables = html.tree.nodes().filter_map(scraper::ElementRef::wrap).filter(|e| e.value().name() == "table");
        Bare { asks_for_a_password, empty_table: tables.into_iter().any(is_empty_table) }
    }
}

/// It has the headings of a list and no data, or says that there is none.
fn is_empty_table(table: scraper::ElementRef) -> bool {
    let mut words = String::new();
    for text in table.text() {
        words.push_str(text);
        if words.len() > EMPTY_TABLE_BYTES_MAX {
            return false;
        }
    }
    let words = script::fold(&words);
    let data = table
        .descendants()
        .filter_map(scraper::ElementRef::wrap)
        .any(|e| e.value().name() == "td" && e.text().any(|t| !t.trim().is_empty()));
    let headed =
        ["naziv", "zakon", "akt", "datum", "title", "law", "bill", "date"].iter().any(|w| words.split(' ').any(|x| x.starts_with(w)));
    (!data && (headed || table.value().attr("class").is_some_and(|c| c.contains("law")))) || is_none_said(&words)
}

/// No row on the page: either a list that is empty, or no list at all.
pub(super) fn emptiness(bare: &Bare, lines: &[Line], kind: ListKind) -> Result<(), NotAPage> {
    other_page(&[], lines, kind, false)?;
    let said = lines.iter().filter(|l| !l.menu && l.text.len() < 200).any(|l| is_none_said(&script::fold(&l.text)));
    if !bare.asks_for_a_password && (bare.empty_table || said) {
        return Ok(());
    }
    Err(NotAPage::NoTable {
        missing: "no row with a law's title, no empty table of laws, and no words that read as a bill's title".to_owned(),
    })
}

fn is_none_said(folded: &str) -> bool {
    ["nema zakona", "nema predloga", "nema podataka", "nema akata", "no bills", "no laws"].iter().any(|w| folded.contains(w))
}

/// Parliament's other pages, at the list's address: the sittings, one activity. Their words or their markup give them away.
/// `marked`: the markup of a list was there.
pub(super) fn other_page(rows: &[Row], lines: &[Line], kind: ListKind, marked: bool) -> Result<(), NotAPage> {
    let expected = match kind {
        ListKind::Bills => "the list of bills in procedure",
        ListKind::Laws => "the list of adopted laws",
    };
    let wrong = |found: &str| Err(NotAPage::WrongPage { found: found.to_owned(), expected });
    let of_sittings = |text: &str| {
        let folded = script::fold(text);
        let sitting =
            folded.split(' ').any(|w| ["sednica", "sednice", "sitting", "sittings", "session", "zasedanje", "zasedanja"].contains(&w));
        sitting && !mention::reads_as_title(text)
    };
    let content = || lines.iter().filter(|l| !l.menu);
    if !marked && content().any(|l| l.main && l.has_class("preamble")) {
        return wrong("the page of an activity");
    }
    if !rows.is_empty() {
        let first: Vec<&Row> = rows.iter().take(20).collect();
        let all = first.iter().all(|r| of_sittings(&r.title));
        return if all { wrong("a list of sittings") } else { Ok(()) };
    }
    if content().any(|l| l.has_class("sitting_list_item") || l.has_class("sitting_main") || l.has_class("main_left")) {
        return wrong("the list of sittings");
    }
    if content().any(|l| l.main && l.has_class("posted")) {
        return wrong("the page of an activity");
    }
    let sittings = content().flat_map(|l| &l.anchors).filter(|a| leads_to_activity(a.link.as_ref())).count();
    if sittings >= 3 && content().filter(|l| of_sittings(&l.text)).count() >= 3 { wrong("a list of sittings") } else { Ok(()) }
}

/// `Ukupno: 600`, `Ukupan broj zakona: 600`, `Total 600`.
pub(super) fn total(lines: &[Line]) -> Option<usize> {
    lines.iter().filter(|l| !l.menu && l.text.len() < 120 && l.text.contains(|c: char| c.is_ascii_digit())).find_map(|line| {
        let folded = script::fold(&line.text);
        let words: Vec<&str> = folded.split(' ').collect();
        let at = words.iter().position(|w| ["ukupno", "ukupan", "total"].contains(w))?;
        let number = |w: &&&str| w.bytes().all(|b| b.is_ascii_digit());
        words[at + 1..].iter().take(5).find(number).and_then(|w| w.parse().ok())
    })
}

/// A link to the same list with a greater `start` (or `page`), or one that says that it is the next.
pub(super) fn next_page(lines: &[Line], url: &Url) -> Option<Url> {
    let place =
        |u: &Url| u.query_pairs().find(|(k, _)| ["start", "page", "offset"].contains(&k.as_ref())).and_then(|(_, v)| v.parse::<u64>().ok());
    let here = place(url).unwrap_or(0);
    let links = lines.iter().flat_map(|l| &l.anchors).filter_map(|a| a.link.as_ref());
    let pages = links.filter(|l| l.url.path() == url.path()).filter_map(|l| Some((place(&l.url)?, &l.url)));
    pages.filter(|(at, _)| *at > here).min_by_key(|(at, _)| *at).map(|(_, next)| next.clone())
}
