//! What became of a linked document: a text, or a named reason why there is none.
//!
//! Never mends a broken text, and never takes one for a text that no reader could read.

use serde::{Deserialize, Serialize};

use super::misread;
use crate::domain::script;

/// The states of a document; each is a result, and shown as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its text was read.
    Text,
    /// Pages without a text layer: pictures of paper.
    Scan,
    /// Its letters are not what is seen: a font without a table, an old code page.
    Garbled,
    /// The link leads nowhere.
    Missing,
    /// Broken, locked, too large, or something else than a document.
    Unreadable,
    /// Kept, but the program that reads such documents is not installed here.
    Unread,
}
crate::words!(State {
    Text = "text",
    Scan = "scan",
    Garbled = "garbled",
    Missing = "missing",
    Unreadable = "unreadable",
    Unread = "unread",
});

/// A page of a scan may carry a stamp or a number.
const LETTERS_PER_PAGE_MIN: usize = 12;
/// More than any stamp has.
const LETTERS_OF_A_TEXT_MIN: usize = 100;
/// Below this share of letters among what is neither space, digit nor common mark, in percent, the text is noise.
const LETTERS_PERCENT_MIN: usize = 60;
/// Of a thousand letters so many marks that stood for Serbian letters in the code pages before Unicode (`{ | } ~ [ \ ] ^ @`).
const YUSCII_PER_MILLE_MIN: usize = 8;

/// Fewer words say nothing of their language.
const WORDS_MIN: usize = 40;
/// In a text of any length its beginning tells.
const SAMPLE_BYTES: usize = 64 * 1024;
/// Texts have five times as many small words, in percent, and no words of four letters without a vowel but abbreviations.
const SMALL_WORDS_PERCENT_MIN: usize = 3;
const WITHOUT_VOWEL_PERCENT_MAX: usize = 4;
/// The commonest small words of the languages that treaties before the Assembly are written in, folded.
const SMALL_WORDS: [&str; 54] = [
    "i", "u", "na", "se", "je", "za", "od", "o", "sa", "su", "koji", "koja", "da", "ili", "iz", "po", "do", "ne", "the", "of", "and", "to",
    "in", "shall", "for", "by", "is", "with", "on", "this", "as", "de", "la", "le", "les", "et", "du", "des", "der", "die", "das", "und",
    "von", "den", "il", "di", "el", "en", "v", "s", "a", "az", "es", "si",
];

/// Whether what a document yielded is a text. Pages are parted by form feeds.
pub fn of_text(text: &str) -> State {
    let pages: Vec<(usize, usize)> = pages(text).map(counted).collect();
    let (letters, seen) = pages.iter().fold((0, 0), |(letters, seen), page| (letters + page.0, seen + page.1));
    // Most pages of a scan are bare, and none of them is a page of text; one typed page before many pictures is read all the same.
    let bare = pages.iter().filter(|(_, seen)| *seen < LETTERS_PER_PAGE_MIN).count();
    let longest = pages.iter().map(|(_, seen)| *seen).max().unwrap_or_default();
    if bare == pages.len() || (bare * 2 >= pages.len() && longest < LETTERS_OF_A_TEXT_MIN) {
        return State::Scan;
    }
    let noise = letters * 100 < seen * LETTERS_PERCENT_MIN;
    if noise || is_yuscii(text, letters) || is_no_language(text) || misread::is_misread(text) {
        return State::Garbled;
    }
    State::Text
}

/// The pages of a text that hold no words, from 1, and how many it has: pictures of paper between typed pages, or empty ones.
pub fn wordless_pages(text: &str) -> (Vec<usize>, usize) {
    let without = (1..).zip(pages(text)).filter(|(_, page)| counted(page).0 < LETTERS_PER_PAGE_MIN).map(|(number, _)| number);
    (without.collect(), pages(text).count())
}

/// A text with the words of some of its pages, recognised in pictures, in their places.
pub fn with_pages(text: &str, recognised: &[(usize, String)]) -> String {
    let page = |(number, page): (usize, &str)| match recognised.iter().find(|(of, _)| *of == number) {
        Some((_, words)) => format!("{}\u{c}", words.trim_end_matches('\u{c}')),
        None => format!("{page}\u{c}"),
    };
    (1..).zip(pages(text)).map(page).collect()
}

/// Whether a page's words are more than a stamp.
pub fn has_words(page: &str) -> bool {
    counted(page).0 >= LETTERS_PER_PAGE_MIN
}

/// Every page ends with a form feed, where a document has pages.
fn pages(text: &str) -> impl Iterator<Item = &str> {
    text.strip_suffix('\u{c}').unwrap_or(text).split('\u{c}')
}

/// Letters, and with them what is neither space, digit nor common mark.
fn counted(page: &str) -> (usize, usize) {
    let (mut letters, mut strange) = (0, 0);
    for c in page.chars().filter(|c| !c.is_whitespace() && !c.is_ascii_digit()) {
        if is_letter(c) {
            letters += 1;
        } else if !is_common_mark(c) {
            strange += 1;
        }
    }
    (letters, letters + strange)
}

/// Letters all right, and no words: a font whose letters stand for others. No language we may meet is without its small words, and none
/// has many words without a vowel; a list of goods may lack the first, and abbreviations have the second, but never both.
fn is_no_language(text: &str) -> bool {
    let text = &text[..text.floor_char_boundary(SAMPLE_BYTES)];
    let folded = script::fold(text);
    let (mut words, mut small, mut long, mut without_vowel) = (0, 0, 0, 0);
    for word in folded.split(' ').filter(|word| word.chars().all(char::is_alphabetic)) {
        words += 1;
        small += usize::from(SMALL_WORDS.contains(&word));
        if word.chars().count() > 3 {
            long += 1;
            without_vowel += usize::from(!word.contains(['a', 'e', 'i', 'o', 'u', 'y', 'ы', 'э', 'ю', 'я', 'є', 'і', 'ї']));
        }
    }
    words >= WORDS_MIN && small * 100 < words * SMALL_WORDS_PERCENT_MIN && without_vowel * 100 > long * WITHOUT_VOWEL_PERCENT_MAX
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, 'À'..='ž' | 'Ѐ'..='ӿ') && c.is_alphabetic()
}

fn is_common_mark(c: char) -> bool {
    matches!(c, '.' | ',' | ':' | ';' | '-' | '(' | ')' | '/' | '"' | '\'' | '?' | '%' | '&' | '*' | '+' | '=' | '_')
        || matches!(c, '–' | '—' | '„' | '”' | '“' | '’' | '‘' | '•' | '…' | '§' | '°' | '€' | '\u{ad}' | '«' | '»')
}

/// `potvr|ivawu`: marks inside words, where Serbian letters stood.
fn is_yuscii(text: &str, letters: usize) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let inside = chars
        .windows(3)
        .filter(|w| matches!(w[1], '{' | '|' | '}' | '~' | '[' | '\\' | ']' | '^' | '@') && w[0].is_alphabetic() && w[2].is_alphabetic())
        .count();
    inside > 2 && inside * 1000 >= letters * YUSCII_PER_MILLE_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_text_and_everything_else_has_its_name() {
        let law = "ZAKON\nO POTVRĐIVANJU SPORAZUMA\nČlan 1.\nPotvrđuje se Sporazum, potpisan u Moskvi 23. maja 2017. godine.\n\u{c}";
        for (text, state) in [
            (law, State::Text),
            ("Члан 1.\nПотврђује се Споразум, потписан у Москви 23. маја 2017. године, у оригиналу на српском језику.", State::Text),
            ("Article 1\nThis Agreement was signed in Moscow on 23 May 2017.", State::Text),
            ("", State::Scan),
            ("\u{c}\u{c}\u{c}", State::Scan),
            ("1\n\u{c}2\n\u{c}3 / 3\n\u{c}", State::Scan),
            ("REPUBLIKA SRBIJA\nNARODNA SKUPŠTINA\n011-404/18\n\u{c}\u{c}\u{c}", State::Scan),
            (
                "Potvrđuje se Sporazum o saradnji, potpisan u Moskvi 23. maja 2017. godine, u originalu na srpskom i ruskom jeziku. Tekst Sporazuma \
                 glasi:\n\u{c}\u{c}\u{c}\u{c}\u{c}\u{c}\u{c}\u{c}\u{c}\u{c}\u{c}\u{c}\u{c}\u{c}\u{c}",
                State::Text,
            ),
            ("!|\"#||$ %&'!|# ||$!\" #|!$ |||# !!$ ###|| $$$!|", State::Garbled),
            ("\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}", State::Garbled),
            (
                "Predlog zakona o potvr|ivanju Sporazuma izme|u Vlade i Saveta ministara o saradwi u oblasti zaµtite od po`ara i izme|u",
                State::Garbled,
            ),
            (
                "Èlan 1. Potvrðuje se Sporazum izmeðu Vlade i Saveta ministara o spreèavanju kriminala, o liènim podacima i o saradnji graðana.",
                State::Garbled,
            ),
        ] {
            assert_eq!(of_text(text), state, "{text}");
        }
    }

    #[test]
    fn letters_that_stand_for_others_are_no_text() {
        let law = "Potvrđuje se Sporazum između Ministarstva unutrašnjih poslova Republike Srbije i Federalne službe bezbednosti Ruske \
                   Federacije o saradnji i zajedničkom delovanju, potpisan u Moskvi. Strane sarađuju u oblasti bezbednosti, u skladu sa svojim \
                   nacionalnim zakonodavstvom i međunarodnim obavezama koje su preuzele, uz puno poštovanje suvereniteta obeju država.";
        // a subset font without a table: its letters are numbered as they come
        let mut order: Vec<char> = Vec::new();
        let numbered: String = script::fold(law)
            .chars()
            .map(|c| {
                if c == ' ' {
                    return c;
                }
                let at = order.iter().position(|known| *known == c).unwrap_or_else(|| {
                    order.push(c);
                    order.len() - 1
                });
                char::from(b'A' + u8::try_from(at % 26).unwrap_or_default())
            })
            .collect();
        assert_eq!((of_text(law), of_text(&numbered)), (State::Text, State::Garbled), "{numbered}");
        assert_eq!(of_text(&script::to_cyrillic(law)), State::Text);
        let goods = "Ostali proizvodi mlečni sir svinjsko meso brašno pšenica kukuruz CMYK PDV hladnjače ".repeat(8);
        assert_eq!(of_text(&goods), State::Text, "a list of goods has no small words");
    }

    #[test]
    fn pages_without_words_are_counted() {
        let text = "Član 1. Potvrđuje se Sporazum.\u{c}\u{c}12\u{c}Tekst Sporazuma glasi.\u{c}";
        assert_eq!(wordless_pages(text), (vec![2, 3], 4));
        assert_eq!(wordless_pages("Član 1. Potvrđuje se Sporazum."), (Vec::new(), 1));
        assert_eq!(wordless_pages("Član 1. Potvrđuje se Sporazum.\u{c}\u{c}\u{c}"), (vec![2, 3], 3), "the last ones too");
        let read = with_pages(text, &[(3, "Strane sarađuju.\n\u{c}".to_owned())]);
        assert_eq!(read, "Član 1. Potvrđuje se Sporazum.\u{c}\u{c}Strane sarađuju.\n\u{c}Tekst Sporazuma glasi.\u{c}");
    }
}
