//! Recognises the lines that begin an article, an annex, the explanatory note.
//!
//! Never takes a reference to an article that happens to begin a line for its heading.

use crate::domain::document::flow::Line;
use crate::domain::document::{Place, Section};
use crate::domain::script;

/// A heading, and what stands on its line after it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Heading {
    pub(super) place: Place,
    pub(super) heading: String,
    pub(super) rest: String,
}

/// Characters of a line that a text broke off at will has at least.
const FULL_LINE_CHARS: usize = 50;
/// Characters an annex's heading has at most.
const ANNEX_CHARS_MAX: usize = 90;

/// The heading a line is, in whatever script; `before` is the line above it.
pub(super) fn read(line: &Line, before: Option<&Line>) -> Option<Heading> {
    if !line.text.starts_with(char::is_uppercase) || !may_begin(line, before) {
        return None;
    }
    let folded = script::Folded::of(&line.text);
    match folded.word(0) {
        "clan" | "clanak" | "article" | "artikl" => article(&folded),
        "prilog" | "aneks" | "annex" | "appendix" | "dodatak" => annex(&line.text, &folded),
        "obrazlozenje" if folded.len() == 1 => {
            let place = Place { section: Section::Explanation, ..Place::default() };
            Some(Heading { place, heading: line.text.clone(), rest: String::new() })
        }
        _ => None,
    }
}

/// Whether a thought can end with the line above.
fn may_begin(line: &Line, before: Option<&Line>) -> bool {
    line.apart || before.is_none_or(|b| b.text.ends_with(['.', ':', ';', '"', '”', '“', ')']) || b.text.chars().count() < FULL_LINE_CHARS)
}

fn article(folded: &script::Folded) -> Option<Heading> {
    let number = number(folded.word(1))?;
    // `7 a`, `7. a`
    let letter = folded.word(2);
    let lettered =
        letter.len() == 1 && letter != "i" && folded.gap(2).trim().is_empty() && folded.printed(2..3).starts_with(char::is_lowercase);
    let words = if lettered && (folded.len() == 3) { 3 } else { 2 };
    let number = if words == 3 { format!("{number}{letter}") } else { number };
    let heading = folded.printed(0..words).to_owned();
    let rest = folded.printed(words..folded.len()).to_owned();
    // `Član 5. ovog sporazuma`, `Article 5 of this Agreement` speak of an article
    if rest.starts_with(char::is_lowercase) || (!rest.is_empty() && folded.gap(words).trim_start().starts_with([',', ';'])) {
        return None;
    }
    let place = Place { section: Section::Article, article: Some(number), annex: None };
    Some(Heading { place, heading, rest: opened(folded, words, &rest) })
}

/// The rest of a line with the bracket or quotation mark it opens with.
fn opened(folded: &script::Folded, words: usize, rest: &str) -> String {
    let gap = folded.gap(words);
    let mark = gap.trim_start_matches(['.', ' ', '-', '–', '—', ':', '\u{a0}']);
    format!("{mark}{rest}{}", folded.gap(folded.len()).trim_end()).trim_start_matches(['.', ' ']).to_owned()
}

/// `7`, `7a`, `iv`, as it is told: Latin script, Roman in capitals.
fn number(word: &str) -> Option<String> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=3).contains(&digits) {
        let tail = &word[digits..];
        return (tail.len() <= 1).then(|| word.to_owned());
    }
    let roman = !word.is_empty() && word.len() <= 7 && word.bytes().all(|b| b"ivxl".contains(&b));
    roman.then(|| word.to_uppercase())
}

fn annex(text: &str, folded: &script::Folded) -> Option<Heading> {
    if text.chars().count() > ANNEX_CHARS_MAX || text.ends_with(['.', ',', ';']) {
        return None;
    }
    let second = folded.word(1);
    let one_letter = second.len() == 1 && folded.printed(1..2).starts_with(char::is_uppercase);
    let number = number(second).or_else(|| one_letter.then(|| second.to_uppercase()));
    // `Prilog se sastoji`, `Aneks je sastavni deo` are sentences
    let all_capitals = !folded.printed(0..1).chars().any(char::is_lowercase);
    if folded.len() > 1 && number.is_none() && !all_capitals {
        return None;
    }
    let words = if number.is_some() { 2 } else { 1 };
    let rest = folded.printed(words..folded.len()).to_owned();
    if rest.starts_with(char::is_lowercase) {
        return None;
    }
    let place = Place { section: Section::Annex, article: None, annex: number };
    Some(Heading { place, heading: folded.printed(0..words).to_owned(), rest })
}

/// Whether an article's text is one of the law's own: what confirms, what holds the text, what brings into force.
pub(super) fn is_of_the_law(text: &str) -> bool {
    let opening: String = text.chars().take(400).collect();
    let folded = script::fold(&opening);
    let confirms = ["potvrduje se ", "potvrduju se ", "ratifikuje se ", "ratifikuju se ", "tekst "];
    // an agreement says of itself "ovaj sporazum"
    confirms[..4].iter().any(|words| folded.starts_with(words))
        || folded.starts_with(confirms[4]) && folded.contains(" glasi")
        || folded.starts_with("ovaj zakon stupa na snagu")
}
