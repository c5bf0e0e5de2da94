//! One fact each, as a template sees it: a place, a sitting, a party, a signature, a document, the reader.
//!
//! Never words a sentence. What a source prints goes through `markup::printed`, cut to a length that a letter can bear.

use chrono::NaiveDate;
use serde::Serialize;

use crate::domain::article::persons::Person;
use crate::domain::bill::{Language, Level, Party};
use crate::domain::letter::markup::printed;
use crate::domain::letter::{DocumentFact, Place, Reader, SignatureFact, SittingFact, names};
use crate::domain::{mandate, script};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct PlaceView {
    pub(super) on: &'static str,
    pub(super) url: String,
    pub(super) committee: Option<BodyView>,
    pub(super) english: bool,
    pub(super) held_on: Option<NaiveDate>,
    pub(super) coming: bool,
    pub(super) considered: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct BodyView {
    /// In our words; none where only the printed name is known.
    pub(super) name: Option<&'static str>,
    pub(super) printed: String,
    /// The printed name within a sentence of ours: in Latin for those who read Latin.
    pub(super) said: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct SittingView {
    pub(super) title: String,
    pub(super) held_on: Option<NaiveDate>,
    pub(super) begins_at: Option<String>,
    pub(super) url: String,
    pub(super) together_with: usize,
    pub(super) days: Option<i64>,
}

#[derive(Debug, Serialize)]
pub(super) struct PartyView {
    pub(super) name: String,
    /// Within a sentence of ours.
    pub(super) said: String,
    pub(super) level: &'static str,
    pub(super) body: &'static str,
    /// Printed in English: a Serbian sentence cannot decline it.
    pub(super) english: bool,
    pub(super) country: Option<names::Country>,
    pub(super) ours: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct SignatureView {
    pub(super) on: Option<NaiveDate>,
    pub(super) year: Option<String>,
    pub(super) at: Option<names::Spot>,
    pub(super) verb: &'static str,
    pub(super) sentence: String,
    /// The page of the document it stands on; none where it stands on a web page.
    pub(super) page: Option<u32>,
    /// It stands in a document linked to the bill.
    pub(super) in_document: bool,
    /// Serbia's Government of that day had no mandate any more; said only where it is known.
    pub(super) mandate_ended: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct PersonView {
    name: String,
    office: Option<String>,
    behalf: String,
    sentence: String,
}

pub(super) fn person(person: &Person) -> PersonView {
    PersonView {
        name: printed(&cut(&person.name, 80)),
        office: person.office.as_deref().map(|office| printed(&cut(office, 120))),
        behalf: printed(&cut(&person.behalf, 160)),
        sentence: printed(&cut(&person.sentence, SENTENCE_MAX)),
    }
}

#[derive(Debug, Serialize)]
pub(super) struct DocumentView {
    pub(super) url: String,
    pub(super) label: String,
    pub(super) state: String,
}

/// What templates see as `r`.
#[derive(Debug, Serialize)]
pub struct ReaderView {
    pub(super) confirmed_on: Option<NaiveDate>,
    pub(super) filters: Vec<FilterView>,
    pub(super) leave_url: Option<String>,
    pub(super) leave_mailto: Option<String>,
    pub(super) confirm_url: Option<String>,
    pub(super) manage_url: Option<String>,
    /// Where a fresh link is asked for: no personal link.
    pub(super) manage_page: Option<String>,
    /// Where one subscribes.
    pub(super) subscribe_page: Option<String>,
    pub(super) controller: Option<String>,
    pub(super) public_url: Option<String>,
    pub(super) pages: Option<String>,
}

/// One thing the reader asked for.
#[derive(Debug, Serialize)]
pub(super) struct FilterView {
    /// A level or an instrument, for which templates have words.
    word: Option<String>,
    /// A country by its name; else as it was typed.
    name: String,
}

fn filter_view(filter: &str, language: Language) -> FilterView {
    let known = filter.parse::<Level>().is_ok() || crate::domain::subscriber::INSTRUMENTS.contains(&filter);
    let country = || names::country(filter, language).map(|country| country.name);
    let name = if known { String::new() } else { country().unwrap_or_else(|| printed(filter)) };
    FilterView { word: known.then(|| filter.to_owned()), name }
}

pub(super) fn party_view(party: &Party, language: Language) -> PartyView {
    PartyView {
        name: printed(&cut(&party.name, 300)),
        said: said(&cut(&party.name, 300), language),
        level: party.level.as_str(),
        body: names::body(&party.name),
        english: script::language_of(&party.name) == Language::En,
        country: party.country.as_deref().and_then(|code| names::country(code, language)),
        ours: party.ours,
    }
}

pub(super) fn signature_view(signature: &SignatureFact, documents: &[DocumentFact], language: Language) -> SignatureView {
    let on = signature.on.as_deref().and_then(|d| NaiveDate::parse_from_str(d, "%Y-%m-%d").ok());
    SignatureView {
        on,
        year: signature.on.clone().filter(|d| on.is_none() && d.len() == 4 && d.bytes().all(|b| b.is_ascii_digit())),
        at: signature.at.as_deref().map(|at| names::place(at, language)),
        verb: ["potpisan", "sačinjen", "zaključen", "usvojen", "donet"].into_iter().find(|v| *v == signature.verb).unwrap_or("potpisan"),
        sentence: printed(around(&signature.sentence, signature.on.as_deref()).trim_end_matches('.')),
        page: signature.page,
        in_document: signature.page.is_some() || documents.iter().any(|d| d.url == signature.url),
        mandate_ended: mandate::had_ended_at(&signature.verb, on) == Some(true),
    }
}

pub(super) fn document_view(document: &DocumentFact) -> DocumentView {
    let known = ["text", "partial", "scan", "garbled", "missing", "unreadable", "unread", "pending"];
    let state = known.into_iter().find(|s| *s == document.state).unwrap_or("pending");
    DocumentView { url: printed(&document.url), label: printed(&cut(&document.label, 80)), state: state.to_owned() }
}

pub(super) fn sitting_view(sitting: &SittingFact, made_on: NaiveDate) -> SittingView {
    SittingView {
        title: printed(&cut(&sitting.title, 200)),
        held_on: sitting.held_on,
        begins_at: sitting.begins_at.map(|t| t.format("%H:%M").to_string()),
        url: printed(&sitting.url),
        together_with: sitting.together_with,
        days: sitting.held_on.map(|day| (day - made_on).num_days()),
    }
}

pub(super) fn place_view(place: &Place, language: Language, made_on: NaiveDate) -> PlaceView {
    let list = |on, url: &str| PlaceView {
        on,
        url: printed(url),
        committee: None,
        english: false,
        held_on: None,
        coming: false,
        considered: false,
    };
    match place {
        Place::Bills { url } => list("bills", url),
        Place::Laws { url } => list("laws", url),
        Place::Sitting { url, committee, language: printed_in, held_on, sentence } => {
            let folded = script::fold(sentence);
            PlaceView {
                committee: committee.as_ref().map(|name| body_view(name, language)),
                english: *printed_in == Language::En,
                held_on: *held_on,
                coming: held_on.is_some_and(|day| day > made_on),
                considered: ["considered", "razmatra", "razmotri"].iter().any(|stem| folded.contains(stem)),
                ..list("sitting", url)
            }
        }
    }
}

pub(super) fn body_view(name: &str, language: Language) -> BodyView {
    let shown = cut(name, 150);
    BodyView { name: names::committee(name, language), printed: printed(&shown), said: said(&shown, language) }
}

/// Words of a source within a sentence of ours: Cyrillic is Latin for those who read Latin. The same stands as printed elsewhere in the letter.
pub(super) fn said(words: &str, language: Language) -> String {
    if language == Language::SrCyrl { printed(words) } else { printed(&script::to_latin(words)) }
}

/// Only such an address is ever a link.
pub(super) fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// What is personal, and what the settings say.
pub fn reader(reader: &Reader) -> ReaderView {
    let link = |value: &Option<String>| value.as_deref().map(str::trim).filter(|v| !v.is_empty()).map(printed);
    let web = |value: &Option<String>| link(&value.clone().filter(|v| is_web(v)));
    let pages = match reader.language {
        Language::SrLatn => "sr",
        Language::SrCyrl => "sr-cyrl",
        Language::En => "en",
    };
    ReaderView {
        confirmed_on: reader.confirmed_on,
        filters: reader.filters.iter().map(|filter| filter_view(filter, reader.language)).collect(),
        leave_url: web(&reader.leave_url),
        leave_mailto: link(&reader.leave_mailto),
        confirm_url: web(&reader.confirm_url),
        manage_url: web(&reader.manage_url),
        manage_page: reader.public_url.as_deref().map(|url| printed(&format!("{}/{pages}/manage", url.trim_end_matches('/')))),
        subscribe_page: reader.public_url.as_deref().map(|url| printed(&format!("{}/{pages}/subscribe", url.trim_end_matches('/')))),
        controller: link(&reader.controller),
        public_url: web(&reader.public_url),
        pages: reader.public_url.as_deref().map(|url| printed(&format!("{}/{pages}/agreement/", url.trim_end_matches('/')))),
    }
}

/// At most `most` characters, cut at a word, with an ellipsis.
pub fn cut(text: &str, most: usize) -> String {
    let text = script::tidy(text);
    if text.chars().count() <= most {
        return text;
    }
    let head: String = text.chars().take(most.saturating_sub(2)).collect();
    let end = head.rfind(' ').filter(|at| *at > head.len() / 2).unwrap_or(head.len());
    format!("{} …", head[..end].trim_end_matches([',', ';', ' ']))
}

/// A long sentence, cut so that the day it proves stands in it: the name of an agreement alone may fill a page.
fn around(sentence: &str, on: Option<&str>) -> String {
    let whole = script::tidy(sentence);
    let year_ends = on.and_then(|on| on.get(..4)).and_then(|year| whole.rfind(year)).map(|at| whole[..at].chars().count() + 4);
    match year_ends {
        Some(end) if end > SENTENCE_MAX * 3 / 4 && whole.chars().count() > SENTENCE_MAX => {
            let tail: String = whole.chars().skip(end - SENTENCE_MAX * 3 / 4).collect();
            let from = tail.find(' ').map_or(0, |at| at + 1);
            cut(&format!("… {}", &tail[from..]), SENTENCE_MAX)
        }
        _ => cut(&whole, SENTENCE_MAX),
    }
}

/// How much of a sentence stands in a letter: a committee's one sentence may name seven bills.
pub(super) const SENTENCE_MAX: usize = 240;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_sentence_is_cut_around_the_day_it_proves() {
        let long = format!(
            "Potvrđuje se Sporazum {} potpisan u Moskvi 23. maja 2017. godine, {}.",
            "o saradnji ".repeat(60),
            "u originalu ".repeat(40)
        );
        let shown = around(&long, Some("2017-05-23"));
        assert!(shown.starts_with("… ") && shown.contains("potpisan u Moskvi 23. maja 2017. godine") && shown.ends_with(" …"), "{shown}");
        assert!(shown.chars().count() <= SENTENCE_MAX, "{shown}");
        assert!(around(&long, None).starts_with("Potvrđuje se"));
        assert_eq!(around("potpisan 23. maja 2017. godine", Some("2017-05-23")), "potpisan 23. maja 2017. godine");
    }
}
