//! Short ways for what nearly every text is: tidy already, or plain Serbian or English in Latin letters.
//!
//! Never answers otherwise than the long way would: where it is not sure, it does not answer.

use super::azbuka::folded_cyrillic;

/// Whether [`super::tidy`] would change nothing: letters of the two Serbian scripts and of western Europe, plain punctuation, single spaces.
pub(super) fn is_tidy(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut at, mut after_space) = (0, true);
    while let Some(&byte) = bytes.get(at) {
        at += match byte {
            b' ' if after_space => return false,
            b' '..=b'~' => 1,
            // U+00C0 to U+017F, U+0400 to U+047F: none is a mark, white space or invisible, and none changes under NFC
            0xc3..=0xc5 | 0xd0 | 0xd1 => 2,
            // U+2013 to U+201F: dashes and quotation marks
            0xe2 if bytes[at + 1] == 0x80 && (0x93..=0x9f).contains(&bytes[at + 2]) => 3,
            _ => return false,
        };
        after_space = byte == b' ';
    }
    !after_space || text.is_empty()
}

/// Words so short, three in a row, may be the letters of one word.
const SPACED_CHARS_MAX: usize = 2;

/// [`super::fold`] of a text in one script without anything that takes a closer look: no letter-spacing, no lost letters, no `Х` that may be
/// the Roman ten.
pub(super) fn fold_plain(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 1);
    let (mut word, mut chars, mut short_ones) = (0, 0, 0);
    let (mut latin, mut cyrillic) = (false, false);
    for c in text.chars() {
        let mut ascii = [0; 4];
        let letters: &str = match c {
            '0'..='9' | 'a'..='z' | 'A'..='Z' => {
                latin |= !c.is_ascii_digit();
                c.to_ascii_lowercase().encode_utf8(&mut ascii)
            }
            'č' | 'ć' | 'Č' | 'Ć' | 'š' | 'Š' | 'ž' | 'Ž' | 'đ' | 'Đ' => {
                latin = true;
                without_mark(c)
            }
            'А'..='ш' | 'Ђ' | 'Ј' | 'Љ' | 'Њ' | 'Ћ' | 'Џ' | 'ђ' | 'ј' | 'љ' | 'њ' | 'ћ' | 'џ' if c != 'Х' => {
                cyrillic = true;
                folded_cyrillic(c)?
            }
            ' ' | ',' | '.' | ':' | ';' | '-' | '–' | '(' | ')' | '/' | '"' | '„' | '”' | '“' => "",
            _ => return None,
        };
        if c == ' ' {
            short_ones = if chars <= SPACED_CHARS_MAX { short_ones + 1 } else { 0 };
            chars = 0;
        } else {
            chars += 1;
        }
        if (latin && cyrillic) || short_ones > 2 {
            return None;
        }
        if letters.is_empty() {
            if out.len() > word {
                out.push(' ');
                word = out.len();
            }
        } else if !(letters == "j" && out.len() > word && out.ends_with('d')) {
            out.push_str(letters);
        }
    }
    if short_ones == 2 && chars <= SPACED_CHARS_MAX {
        return None;
    }
    if out.ends_with(' ') {
        out.pop();
    }
    Some(out)
}

fn without_mark(c: char) -> &'static str {
    match c {
        'č' | 'ć' | 'Č' | 'Ć' => "c",
        'š' | 'Š' => "s",
        'ž' | 'Ž' => "z",
        _ => "d",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{fold_any, is_invisible, to_cyrillic};
    use super::*;
    use unicode_normalization::UnicodeNormalization;

    const TITLES: &str = include_str!("../../../tests/data/titles.tsv");

    fn titles() -> impl Iterator<Item = String> {
        let spellings = |title: &str| {
            let spaced = title.chars().flat_map(|c| [c, ' ']).collect();
            let half = title
                .split(' ')
                .map(|word| if word.len() % 3 == 0 { word.chars().flat_map(|c| [c, ' ']).collect() } else { format!("{word} ") });
            [
                title.to_owned(),
                title.to_uppercase(),
                to_cyrillic(title),
                spaced,
                half.collect(),
                title.replace('e', "е"),
                title.replace(' ', "  "),
            ]
        };
        TITLES.lines().filter_map(|line| line.split('\t').nth(1)).flat_map(spellings).collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn the_short_way_of_folding_answers_as_the_long_one_or_not_at_all() {
        let mut answered = 0;
        for title in titles() {
            let Some(folded) = fold_plain(&title) else { continue };
            assert_eq!(folded, fold_any(&title), "{title}");
            answered += 1;
        }
        assert!(answered > TITLES.lines().count());
        for text in [
            "",
            " ",
            "a b c d",
            "a b",
            "dj Dj dJ đj d j",
            "A.B.C. d",
            "o N J e",
            "- - -",
            "a , b , c",
            "Lj Nj Dž a",
            "Х век",
            "хлеб",
            "а б в г",
            "дј Дј d ј",
            "споразум OECD",
        ] {
            assert!(fold_plain(text).is_none_or(|folded| folded == fold_any(text)), "{text}");
        }
    }

    #[test]
    fn what_is_taken_for_tidy_is() {
        let tidied =
            |text: &str| text.nfc().filter(|c| !is_invisible(*c)).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
        for title in titles() {
            assert!(!is_tidy(&title) || tidied(&title) == title, "{title}");
        }
        for c in (0..=0x30ff).filter_map(char::from_u32) {
            for text in [format!("a{c}"), format!("a{c}b"), format!("{c}b"), format!("š{c}")] {
                assert!(!is_tidy(&text) || tidied(&text) == text, "{c:?}");
            }
        }
        assert!(is_tidy("Предлог закона о „Споразуму” – Predlog zakona č") && is_tidy(""));
        for untidy in [" a", "a ", "a  b", "a\u{a0}b", "a\u{301}", "a\nb", "a\u{200b}b", "\u{feff}a"] {
            assert!(!is_tidy(untidy), "{untidy:?}");
        }
    }
}
