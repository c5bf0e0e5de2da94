//! The words that matter to a subscriber: found in titles and in documents, in either script and every case, and quoted with their sentence.
//!
//! Never takes the middle of a word for the word: `rat` is not in `demokratski`.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::domain::document::{self, Place};
use crate::domain::{declension, script};

/// A sentence that holds a subscriber's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// As typed.
    pub word: String,
    /// As printed, cut to a length that a letter can bear.
    pub sentence: String,
    /// Where in the document.
    pub place: Place,
    /// The document.
    pub url: String,
}

/// A typed word or phrase, folded and declined once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    typed: String,
    folded: String,
    words: Vec<Word>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    folded: String,
    /// None where a star asks for every word that begins so.
    forms: Option<HashSet<String>>,
}

/// A beginning shorter than this says nothing: the word is looked for as if it had no star.
const BEGINNING_CHARS_MIN: usize = 3;
/// Words that may stand between two words of a phrase in a document.
const BETWEEN_MAX: usize = 1;

impl Word {
    fn of(folded: &str, begins: bool) -> Self {
        let begins = begins && folded.len() >= BEGINNING_CHARS_MIN;
        Word { folded: folded.to_owned(), forms: (!begins).then(|| declension::forms(folded).into_iter().collect()) }
    }

    fn is(&self, printed: &str) -> bool {
        match &self.forms {
            Some(forms) => printed == self.folded || forms.contains(printed),
            None => printed.starts_with(&self.folded),
        }
    }
}

impl Term {
    /// What somebody typed, in whatever script and case. `migra*` asks for every word that begins so; a word without a star is that word alone, in
    /// its cases: `vlada` is not `vladavina`.
    pub fn of(typed: &str) -> Self {
        let mut words = Vec::new();
        for part in typed.split_whitespace() {
            let folded = script::fold(part);
            let parts: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
            let last = parts.len();
            words.extend(parts.iter().zip(1..).map(|(word, n)| Word::of(word, part.ends_with('*') && n == last)));
        }
        Term { typed: typed.to_owned(), folded: script::fold(typed), words }
    }

    /// Whether a short folded text (a title, a name) holds it: as typed, or each of its words somewhere in some case.
    pub fn is_in(&self, folded: &str) -> bool {
        let as_typed = folded.match_indices(&self.folded).any(|(at, _)| {
            let end = at + self.folded.len();
            let starts = at == 0 || folded[..at].ends_with(' ');
            starts && (end == folded.len() || folded[end..].starts_with(' '))
        });
        !self.words.is_empty() && (as_typed || self.words.iter().all(|word| folded.split(' ').any(|printed| word.is(printed))))
    }
}

/// Everything of one agreement in which words are searched, folded once.
#[derive(Debug, Default)]
pub struct Texts {
    titles: Vec<String>,
    parts: Vec<Part>,
    /// Every word of the documents to where it stands: part and position.
    index: BTreeMap<String, Vec<(usize, usize)>>,
}

#[derive(Debug)]
struct Part {
    place: Place,
    url: String,
    text: script::Folded,
}

impl Texts {
    /// From titles and parties' names as printed, and documents: address and text.
    pub fn of<T: AsRef<str>>(titles: &[T], documents: &[(String, String)]) -> Self {
        let mut texts = Texts { titles: titles.iter().map(|t| script::fold(t.as_ref())).collect(), ..Texts::default() };
        for (url, text) in documents {
            for part in document::parts(text) {
                let at = texts.parts.len();
                let text = script::Folded::of(&part.text);
                for word in 0..text.len() {
                    texts.index.entry(text.word(word).to_owned()).or_default().push((at, word));
                }
                texts.parts.push(Part { place: part.place, url: url.clone(), text });
            }
        }
        texts
    }

    /// Whether a title or a document holds it.
    pub fn hold(&self, term: &Term) -> bool {
        self.titles.iter().any(|title| term.is_in(title)) || !self.find(term, 1).is_empty()
    }

    /// The sentences of documents that hold it, each once, at most so many.
    pub fn quotes(&self, term: &Term, most: usize) -> Vec<Quote> {
        let mut quotes: Vec<Quote> = Vec::new();
        // several hits may stand in one sentence
        for (part, words) in self.find(term, most.saturating_mul(8)) {
            let Some(part) = self.parts.get(part) else { continue };
            let sentence = around(&part.text, &words);
            if quotes.iter().all(|q| q.sentence != sentence) {
                quotes.push(Quote { word: term.typed.clone(), sentence, place: part.place.clone(), url: part.url.clone() });
            }
            if quotes.len() == most {
                break;
            }
        }
        quotes
    }

    /// Where it stands, in the order printed: the part and its words.
    fn find(&self, term: &Term, most: usize) -> Vec<(usize, Range<usize>)> {
        let Some((first, rest)) = term.words.split_first() else { return Vec::new() };
        let mut starts: Vec<(usize, usize)> = match &first.forms {
            Some(forms) => forms.iter().chain([&first.folded]).filter_map(|form| self.index.get(form)).flatten().copied().collect(),
            None => {
                let begun = self.index.range(first.folded.clone()..).take_while(|(word, _)| word.starts_with(&first.folded));
                begun.flat_map(|(_, places)| places).copied().collect()
            }
        };
        starts.sort_unstable();
        starts.dedup();
        let whole = |(part, start): (usize, usize)| {
            let text = &self.parts.get(part)?.text;
            let mut end = start + 1;
            for word in rest {
                end = (end..=end + BETWEEN_MAX).find(|at| word.is(text.word(*at)))? + 1;
            }
            Some((part, start..end))
        };
        starts.into_iter().filter_map(whole).take(most).collect()
    }
}

/// Characters of a quoted sentence.
const SENTENCE_CHARS_MAX: usize = 320;

/// The sentence that holds these words; of a long one what stands around them, with dots.
fn around(text: &script::Folded, words: &Range<usize>) -> String {
    let (start, end) = (text.at(words.start).start, text.at(words.end.saturating_sub(1)).end);
    let printed = text.text();
    let sentences = document::sentences_around(printed, start);
    let sentence = sentences.start.min(start)..sentences.end.max(end);
    if printed[sentence.clone()].chars().count() <= SENTENCE_CHARS_MAX {
        return printed[sentence].to_owned();
    }
    let mut from = words.start;
    let mut to = words.end;
    let length = |from: usize, to: usize| text.at(to - 1).end.saturating_sub(text.at(from).start);
    loop {
        let left = from > 0 && text.at(from - 1).start >= sentence.start;
        let right = to < text.len() && text.at(to).end <= sentence.end;
        if !(left || right) || length(from, to) > SENTENCE_CHARS_MAX {
            break;
        }
        from -= usize::from(left);
        to += usize::from(right);
    }
    let cut = text.at(from).start..text.at(to - 1).end;
    let (before, after) = (if cut.start > sentence.start { "… " } else { "" }, if cut.end < sentence.end { " …" } else { "" });
    format!("{before}{}{after}", &printed[cut])
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "SPORAZUM\n\nČlan 1.\nStrane sarađuju. Nadležni organi razmenjuju podatke o ličnosti migranata, u skladu sa propi-\nsima o \
bezbednosti.\n\nČlan 7.\nIzručenje se odbija na teritoriji Kosova i Metohije. Zahtev podnosi Nebojši Stefanoviću policijski organ.\nDemokratski \
razvoj.\n\nČlan 8.\nObaveštajnim službama ministarstava nije dozvoljena ekstradicija.\n";

    fn found(typed: &str, text: &str) -> Vec<String> {
        let texts = Texts::of(&["Sporazum"], &[("http://x/a.pdf".to_owned(), text.to_owned())]);
        let quotes = texts.quotes(&Term::of(typed), 3);
        assert_eq!(texts.hold(&Term::of(typed)), !quotes.is_empty(), "{typed}");
        quotes.into_iter().map(|q| format!("{}: {}", q.place.article.unwrap_or_default(), q.sentence)).collect()
    }

    #[test]
    fn a_word_is_found_in_every_case_and_script_and_quoted_with_its_sentence() {
        let exchange = "1: Nadležni organi razmenjuju podatke o ličnosti migranata, u skladu sa propisima o bezbednosti.";
        for (typed, quoted) in [
            ("bezbednost", exchange),
            ("podaci o ličnosti", exchange),
            ("подаци о личности", exchange),
            ("migrant", exchange),
            ("Kosovo", "7: Izručenje se odbija na teritoriji Kosova i Metohije."),
            ("Nebojša Stefanović", "7: Zahtev podnosi Nebojši Stefanoviću policijski organ."),
            ("ekstradicije", "8: Obaveštajnim službama ministarstava nije dozvoljena ekstradicija."),
            ("ministarstvo", "8: Obaveštajnim službama ministarstava nije dozvoljena ekstradicija."),
            ("обавештајни", "8: Obaveštajnim službama ministarstava nije dozvoljena ekstradicija."),
            ("obavestajna sluzba", "8: Obaveštajnim službama ministarstava nije dozvoljena ekstradicija."),
        ] {
            assert_eq!(found(typed, TEXT), [quoted], "{typed}");
            assert_eq!(found(typed, &script::to_cyrillic(TEXT)), [script::to_cyrillic(quoted)], "{typed}");
        }
        for typed in ["rat", "Metohija Kosovo", "sad", "", "tajna", "ličnosti o podaci", "razvojni fond"] {
            assert_eq!(found(typed, TEXT), [""; 0], "{typed}");
        }
    }

    #[test]
    fn a_word_is_not_another_that_begins_alike_unless_a_star_asks_for_it() {
        let text = "Član 1.\nVladavina prava i pravoslavni običaji. Stranac iz Sudana, granit, bankrot, decenija, ratifikacija, kosa.\n";
        for typed in ["vlada", "strana", "sud", "granica", "banka", "deca", "rat", "Kosova", "r*"] {
            assert_eq!(found(typed, text), [""; 0], "{typed}");
        }
        assert!(found("pravo", "Član 1.\nPravoslavni običaji.\n").is_empty() && !found("pravo", "Član 1.\nStrana ima prava.\n").is_empty());
        for typed in ["vlad*", "ВЛАД*", "prava i pravosl*"] {
            assert_eq!(found(typed, text), ["1: Vladavina prava i pravoslavni običaji."], "{typed}");
        }
        let holds = |typed: &str| Texts::of(&["Sporazum o vladavini prava"], &[]).hold(&Term::of(typed));
        assert!(holds("vladavina prava") && holds("vlad*") && !holds("vlada"));
    }

    #[test]
    fn a_word_in_a_title_alone_has_no_quote() {
        let texts = Texts::of(&["Споразум о екстрадицији"], &[]);
        assert!(texts.hold(&Term::of("ekstradicija")) && texts.quotes(&Term::of("ekstradicija"), 3).is_empty());
        assert!(!Texts::of(&["Demokratski savez"], &[]).hold(&Term::of("rat")));
    }

    #[test]
    fn of_an_endless_sentence_only_what_stands_around_the_word_is_quoted() {
        let text = format!("Član 1.\n{} policija {}.", "reč ".repeat(400), "slovo ".repeat(400));
        let found = found("policijom", &text);
        assert!(found[0].starts_with("1: … reč") && found[0].ends_with("slovo …") && found[0].contains(" policija "), "{found:?}");
        assert!(found[0].chars().count() < SENTENCE_CHARS_MAX + 60);
    }
}
