//! The languages of the originals: `u originalu na srpskom i ruskom jeziku`, `done in English and French`.
//!
//! Never the language of a translation, never one that the agreement's name speaks of.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::article::prose::Prose;
use crate::domain::script::{LOST, fold, same};

#[derive(Default, Deserialize)]
struct Table {
    /// Stem of an owner's name -> its official languages.
    official: BTreeMap<String, Vec<String>>,
    /// Code -> the stems of the language's name.
    #[serde(flatten)]
    languages: BTreeMap<String, Vec<String>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| toml::from_str(include_str!("../../../config/languages.toml")).unwrap_or_default());

/// Stems as keys, longest first, with their codes.
static STEMS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let mut stems: Vec<_> = TABLE.languages.iter().flat_map(|(code, stems)| stems.iter().map(|stem| (fold(stem), code.clone()))).collect();
    stems.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
    stems
});

/// What was read of the languages.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Languages {
    /// ISO codes in the order printed, each once.
    pub(super) codes: Vec<String>,
    /// A language is named that we do not know.
    pub(super) unclear: bool,
}

/// The code of the language named there, and the token after it.
pub(super) fn language(prose: &Prose, i: usize) -> Option<(&'static str, usize)> {
    // srpsko-hrvatskom
    if prose.is(i + 1, '-') && !prose.spaced(i + 1) {
        let joined = format!("{}{}", prose.word(i), prose.word(i + 2));
        if let Some(code) = code(&joined).filter(|code| *code == "sh") {
            return Some((code, i + 3));
        }
    }
    code(prose.word(i)).map(|code| (code, i + 1))
}

fn code(word: &str) -> Option<&'static str> {
    let ends = |rest: &str| matches!(rest, "" | "i" | "om" | "omi" | "ome" | "im" | "oj" | "og");
    if word.contains(LOST) {
        let mut codes = STEMS.iter().filter(|(stem, _)| same(&format!("{stem}om"), word)).map(|(_, code)| code.as_str());
        let first = codes.next()?;
        return codes.all(|other| other == first).then_some(first);
    }
    STEMS.iter().find(|(stem, _)| word.strip_prefix(stem.as_str()).is_some_and(ends)).map(|(_, code)| code.as_str())
}

fn is_jezik(word: &str) -> bool {
    ["jezik", "jezic", "jezk", "language"].iter().any(|stem| word.starts_with(stem))
}

/// `originalu`, `izvorniku`
pub(super) fn is_original(word: &str) -> bool {
    word.starts_with("origin") || word.starts_with("izvornik")
}

fn is_translation(word: &str) -> bool {
    word.starts_with("prevod") || word.starts_with("prijevod") || word.starts_with("translat")
}

/// The languages of the originals. `from` is the first token after the agreement's name; before it only the words `u originalu` speak of
/// originals, and where they stand nothing else does.
pub(super) fn read(prose: &Prose, from: usize) -> Languages {
    let said = (0..prose.len()).any(|i| is_original(prose.word(i)));
    let found = collect(prose, from, said);
    // "na francuskom i engleskom jeziku, kao originalnim"
    if said && found.codes.is_empty() && !found.unclear { collect(prose, from, false) } else { found }
}

fn collect(prose: &Prose, from: usize, said: bool) -> Languages {
    let mut found = Languages::default();
    let mut i = 0;
    while i < prose.len() {
        let here = match is_original(prose.word(i)) {
            true => Some(list(prose, i + 1)),
            false if !said && i >= from && matches!(prose.word(i), "na" | "in") && !is_translation(prose.before(i)) => {
                made_in(prose, i + 1)
            }
            false => None,
        };
        i += 1;
        if let Some((languages, after)) = here {
            found.unclear |= languages.unclear;
            found.codes.extend(languages.codes);
            i = i.max(after);
        }
    }
    let mut once: Vec<String> = Vec::new();
    found.codes.retain(|code| {
        let new = !once.contains(code);
        if new {
            once.push(code.clone());
        }
        new
    });
    found
}

/// `na engleskom jeziku`, `in English and French`, with nothing between the preposition and the language.
fn made_in(prose: &Prose, i: usize) -> Option<(Languages, usize)> {
    let first = if prose.word(i) == "the" { i + 1 } else { i };
    let official = is_jezik(prose.word(first)) && is_said_official(prose, first);
    if !official && language(prose, first).is_none() {
        return None;
    }
    let (languages, after) = list(prose, i);
    let named = is_jezik(prose.before(after));
    let english = prose.before(i) == "in" && !prose.is_capital(after);
    (named || english || official).then_some((languages, after))
}

/// The languages listed from there, and the token after them. A translation's are not read.
pub(super) fn list(prose: &Prose, from: usize) -> (Languages, usize) {
    let mut found = Languages::default();
    let mut i = from;
    let mut after = from;
    let mut lead = 0;
    while i < prose.len() {
        let word = prose.word(i);
        if let Some((code, next)) = language(prose, i) {
            found.codes.push(code.to_owned());
            (i, after) = (next, next);
            continue;
        }
        // "persijskom (farsi) i engleskom"
        if prose.is(i, '(')
            && let Some(closing) = (i..prose.len().min(i + 6)).find(|n| prose.is(*n, ')'))
        {
            i = closing + 1;
            continue;
        }
        let joins = prose.is(i, ',')
            || prose.is(i, ':')
            || prose.is(i, '/')
            || matches!(word, "na" | "i" | "in" | "and" | "the" | "te" | "kao" | "both");
        let unknown = word.contains(LOST) || word.len() > 5 && (word.ends_with("skom") || word.ends_with("ckom")) && !prose.is_capital(i);
        if is_jezik(word) && is_said_official(prose, i) {
            let (languages, next) = official(prose, i + 1);
            found.unclear |= languages.unclear;
            found.codes.extend(languages.codes);
            (i, after) = (next, next);
            continue;
        }
        if is_jezik(word) {
            after = i + 1;
        } else if unknown {
            found.unclear = true;
        } else if !joins {
            // "u originalu sačinjenom na", "na zvaničnim jezicima: ..." lead in; after a language only official ones do
            lead += 1;
            let more = is_jezik(prose.word(i + 1)) && is_said_official(prose, i + 1);
            if (!found.codes.is_empty() && !more) || lead > 4 || !prose.is_word(i) || is_translation(word) {
                break;
            }
        }
        i += 1;
    }
    (found, after)
}

/// `službenim jezicima`, `jezicima u službenoj upotrebi`, `jezicima koji su u službenoj upotrebi`, said of the languages there.
fn is_said_official(prose: &Prose, i: usize) -> bool {
    let official = |i: usize| ["sluzben", "zvanicn", "official"].iter().any(|stem| prose.word(i).starts_with(stem));
    official(i.wrapping_sub(1))
        || (prose.word(i + 1) == "u" && official(i + 2))
        || (prose.word(i + 1).starts_with("koj") && (i + 2..i + 5).any(official))
}

/// Official languages: those that the sentence names after all, else those of the owner it names, else unclear; and the token after them.
fn official(prose: &Prose, from: usize) -> (Languages, usize) {
    const WORDS_MAX: usize = 12;
    let mut owned: Option<(&Vec<String>, usize)> = None;
    for i in from..prose.len().min(from + WORDS_MAX) {
        let lists = ['(', ':', '-', ','].iter().any(|mark| prose.is(i, *mark));
        if lists && language(prose, i + 1).or_else(|| language(prose, i + 2).filter(|_| prose.word(i + 1) == "na")).is_some() {
            return list(prose, i + 1);
        }
        if prose.is(i, ',') || prose.is(i, '.') || prose.is(i, ';') || prose.date(i).is_some() {
            break;
        }
        if owned.is_none() {
            let owner = TABLE.official.iter().find(|(stem, _)| prose.word(i).starts_with(stem.as_str()));
            owned = owner.map(|(_, codes)| (codes, i + 1));
        }
    }
    match owned {
        Some((codes, after)) => (Languages { codes: codes.clone(), unclear: false }, after),
        None => (Languages { codes: Vec::new(), unclear: true }, from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> String {
        read(&Prose::new(text), 0).codes.join(" ")
    }

    #[test]
    fn originals_are_read_and_translations_are_not() {
        for (text, expected) in [
            ("u originalu na srpskom i francuskom jeziku.", "sr fr"),
            ("у оригиналу на енглеском језику.", "en"),
            ("U ORIGINALU NA SRPSKOM, MAKEDONSKOM I ENGLESKOM JEZIKU", "sr mk en"),
            ("u originalu na engleskom i francuskom, jeziku", "en fr"),
            ("koja u originalu na francuskom i prevodu na srpskohrvatskom jeziku glasi:", "fr"),
            ("u originalu na srpsko-hrvatskom i nemackom jeziku", "sh de"),
            ("u originalu na engleskom jeziku i u prevodu na srpski jezik glasi", "en"),
            ("u prevodu na srpski jezik", ""),
            ("u originalu na francuskom i engleskom jeziku, sa Protokolom, u originalu na engleskom i francuskom jeziku", "fr en"),
            ("u originalu na zvaničnim jezicima: arapskom, kineskom i ruskom", "ar zh ru"),
            ("sačinjen u dva primerka na srpskom i češkom jeziku", "sr cs"),
            ("u originalu na srpskom, kazaškom i ruskom jeziku", "sr kk ru"),
            ("done at Paris in English and French", "en fr"),
            ("signed in the English language", "en"),
            ("in German Parliament", ""),
            ("u originalu na srpskom jeziku i jezicima u službenoj upotrebi u Bosni i Hercegovini", "sr bs hr"),
            ("na srpskom jeziku i na službenim jezicima Bosne i Hercegovine (bosanskom, hrvatskom i srpskom jeziku)", "sr bs hr"),
            ("na jezicima koji su u službenoj upotrebi u BiH: bosanskom, hrvatskom i srpskom", "bs hr sr"),
            ("u originalu na zvaničnim jezicima Ujedinjenih nacija", "ar zh en fr ru es"),
            ("u originalu na srpskom jeziku i jezicima u službenoj upotrebi u Atlantidi", "sr"),
            ("", ""),
        ] {
            assert_eq!(codes(text), expected, "{text}");
        }
        assert!(read(&Prose::new("u originalu na srpskom i plutonskom jeziku"), 0).unclear);
        assert!(read(&Prose::new("u originalu na srpskom jeziku i jezicima u službenoj upotrebi u Atlantidi"), 0).unclear);
    }

    #[test]
    fn the_table_of_languages_is_read() {
        assert!(STEMS.len() > 120);
    }
}
