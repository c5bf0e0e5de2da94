//! What became of a linked document: a text, or a named reason why there is none.
//!
//! Never mends a broken text, and never takes one for a text that no reader could read.

use serde::{Deserialize, Serialize};

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
/// Below this share of letters among what is neither space, digit nor common mark, in percent, the text is noise.
const LETTERS_PERCENT_MIN: usize = 60;
/// Of a thousand letters so many marks that stood for Serbian letters in the code pages before Unicode (`{ | } ~ [ \ ] ^ @`).
const YUSCII_PER_MILLE_MIN: usize = 8;

/// Whether what a document yielded is a text. Pages are parted by form feeds.
pub fn of_text(text: &str) -> State {
    let pages = text.trim_end_matches('\u{c}').matches('\u{c}').count() + 1;
    let (mut letters, mut strange) = (0, 0);
    for c in text.chars().filter(|c| !c.is_whitespace() && !c.is_ascii_digit()) {
        if is_letter(c) {
            letters += 1;
        } else if !is_common_mark(c) {
            strange += 1;
        }
    }
    let seen = letters + strange;
    if seen < LETTERS_PER_PAGE_MIN * pages {
        return State::Scan;
    }
    if letters * 100 < seen * LETTERS_PERCENT_MIN || is_yuscii(text, letters) {
        return State::Garbled;
    }
    State::Text
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
            ("!|\"#||$ %&'!|# ||$!\" #|!$ |||# !!$ ###|| $$$!|", State::Garbled),
            ("\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}", State::Garbled),
            (
                "Predlog zakona o potvr|ivanju Sporazuma izme|u Vlade i Saveta ministara o saradwi u oblasti zaµtite od po`ara i izme|u",
                State::Garbled,
            ),
        ] {
            assert_eq!(of_text(text), state, "{text}");
        }
    }
}
