//! Cuts running text into words, numbers and marks, each with its place in the text and its comparison form.
//!
//! Never changes the text, never knows what a word means.

use std::ops::Range;

use crate::domain::script::fold;

/// One word, number or mark of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Byte range in the text.
    pub at: Range<usize>,
    /// Whether white space stands before it.
    pub spaced: bool,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Letters, as `script::fold` folds them: the word's key.
    Word(String),
    /// Digits: their value (capped) and how many.
    Number(u32, usize),
    /// Any other visible character; every dash is `-`.
    Mark(char),
}

impl Token {
    /// The word's key; empty for a number or a mark.
    pub fn word(&self) -> &str {
        match &self.kind {
            Kind::Word(key) => key,
            _ => "",
        }
    }

    /// Whether it is this mark.
    pub fn is(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }
}

/// The words, numbers and marks of a text, in order. `2001.godine` is three tokens, `годинеу` two (docs/source.md, slips).
pub fn cut(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut spaced = false;
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if c.is_whitespace() {
            spaced = true;
            continue;
        }
        if is_invisible(c) {
            continue;
        }
        let class = class_of(c);
        let mut end = start + c.len_utf8();
        if class != Class::Mark {
            while let Some(&(at, next)) = chars.peek() {
                if class_of(next) != class && !is_invisible(next) && !is_combining(next) {
                    break;
                }
                end = at + next.len_utf8();
                chars.next();
            }
        }
        push(&mut tokens, text, start..end, class, spaced);
        spaced = false;
    }
    tokens
}

fn push(tokens: &mut Vec<Token>, text: &str, at: Range<usize>, class: Class, spaced: bool) {
    let printed = &text[at.clone()];
    let kind = match class {
        Class::Digit => {
            let digits: Vec<u32> = printed.chars().filter_map(|c| c.to_digit(10)).collect();
            let value = digits.iter().fold(0u32, |value, digit| value.saturating_mul(10).saturating_add(*digit));
            Kind::Number(value, digits.len())
        }
        Class::Mark => Kind::Mark(printed.chars().next().map_or(' ', plain_dash)),
        Class::Letter => Kind::Word(fold(printed)),
    };
    // "godine" swallows the space after it more often than any other word
    if let Kind::Word(word) = &kind
        && word.starts_with("godine")
        && word.len() > 6
        && let Some((split, _)) = printed.char_indices().find(|(at, _)| fold(&printed[..*at]) == "godine")
    {
        let middle = at.start + split;
        tokens.push(Token { kind: Kind::Word("godine".to_owned()), at: at.start..middle, spaced });
        return push(tokens, text, middle..at.end, class, false);
    }
    // "uBeogradu"
    let mut letters = printed.char_indices();
    if let (Some((_, 'u' | 'у')), Some((second, b)), Some((_, c))) = (letters.next(), letters.next(), letters.next())
        && b.is_uppercase()
        && c.is_lowercase()
    {
        let middle = at.start + second;
        tokens.push(Token { kind: Kind::Word("u".to_owned()), at: at.start..middle, spaced });
        tokens.push(Token { kind: Kind::Word(fold(&text[middle..at.end])), at: middle..at.end, spaced: true });
        return;
    }
    tokens.push(Token { kind, at, spaced });
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Class {
    Letter,
    Digit,
    Mark,
}

fn class_of(c: char) -> Class {
    match c {
        _ if c.is_ascii_digit() => Class::Digit,
        // a lost letter is a letter
        _ if c.is_alphabetic() || c == '\u{FFFD}' => Class::Letter,
        _ => Class::Mark,
    }
}

fn plain_dash(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FF0D}' => '-',
        _ => c,
    }
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

/// Soft hyphen, zero-width and bidirectional characters, control characters that are not white space.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
        || (c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_in_any_spelling_has_one_key() {
        for word in ["сачињен", "sačinjen", "SAČINjEN", "SACINJEN", "sac\u{30C}injen", "sa\u{AD}činjen", "сачинјен", "sаčinjеn"]
        {
            assert_eq!(fold(word), "sacinjen", "{word}");
        }
        for word in ["među", "medju", "међу", "medu", "MEĐU"] {
            assert_eq!(fold(word), "medu", "{word}");
        }
        assert_eq!(fold("октoбра"), "oktobra", "a Latin o in a Cyrillic word");
        assert_eq!(fold("seрtembra"), "septembra", "a Cyrillic er in a Latin word stands for p");
        assert_eq!(fold("јyна"), "juna", "a Latin y in a Cyrillic word stands for u");
    }

    #[test]
    fn lost_spaces_do_not_join_words_and_numbers() {
        let text = "8. јуна 2017. годинеу Београду";
        let words: Vec<_> = cut(text).into_iter().map(|t| text[t.at].to_owned()).collect();
        assert_eq!(words, ["8", ".", "јуна", "2017", ".", "године", "у", "Београду"]);
        assert_eq!(cut("2001.godine").len(), 3);
        assert!(cut("\u{FEFF} \u{200B}").is_empty());
        assert_eq!(cut("99999999999999")[0].kind, Kind::Number(u32::MAX, 14));
    }
}
