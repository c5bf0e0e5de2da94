//! Whether the lines of a text stand in the order in which they are read: two columns side by side may come out of a PDF line by line.
//!
//! Never puts lines into another order: it says which of two readings is the better one.

use crate::domain::script;

/// A reading is left for another only where so many breaks were counted in it, and the other has not half of them.
const BREAKS_MIN: usize = 4;
/// Words by which a line is known, in what is told apart from each other beside Serbian: each language's commonest small ones.
const SERBIAN: &[&str] =
    &["i", "u", "na", "se", "je", "za", "od", "o", "sa", "su", "koji", "koja", "koje", "da", "ili", "iz", "po", "ovog", "kao", "ne", "bez"];
const ENGLISH: &[&str] = &[
    "the", "of", "and", "to", "in", "shall", "for", "by", "is", "be", "with", "or", "on", "this", "that", "any", "as", "it", "from", "are",
];
const FRENCH: &[&str] = &["le", "la", "les", "des", "du", "et", "dans", "par", "pour", "une", "est", "sont", "aux"];
const GERMAN: &[&str] = &["der", "die", "das", "und", "von", "den", "dem", "mit", "zu", "fur", "ist", "im", "eine", "werden"];
const RUSSIAN: &[&str] = &["и", "в", "на", "с", "о", "не", "по", "из", "для", "или", "что", "от"];
/// Letters of Russian, Ukrainian, Bulgarian that Serbian does not have, and those that only Serbian has.
const FOREIGN_CYRILLIC: &str = "йыэёщъьяюіїє";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tongue {
    Serbian { cyrillic: bool },
    English,
    French,
    German,
    Russian,
}

/// Whether a text looks as if columns had been read across, so that another reading is worth having.
pub fn is_broken(text: &str) -> bool {
    breaks(text) >= BREAKS_MIN
}

/// Whether the second reading of one document is clearly in better order than the first.
pub fn is_better(other: &str, than: &str) -> bool {
    breaks(other) * 2 <= breaks(than)
}

/// Lines in another language than the line before, and words parted by a hyphen in the middle of a line.
fn breaks(text: &str) -> usize {
    let text = &text[..text.floor_char_boundary(super::BYTES_MAX)];
    let (mut last, mut count) = (None, 0);
    for line in text.split(['\n', '\u{c}']) {
        count += parted_within(line);
        let Some(tongue) = tongue(line) else { continue };
        count += usize::from(last.is_some_and(|last| last != tongue));
        last = Some(tongue);
    }
    count
}

/// `Sporazum između Mi‐ Article 1`: the hyphen of a line's end, and no line's end. Not `srpsko- i mađarskog`.
fn parted_within(line: &str) -> usize {
    let words: Vec<&str> = line.split_whitespace().collect();
    let parted = |word: &str| word.strip_suffix(['-', '\u{2010}', '\u{ad}']).is_some_and(|head| head.ends_with(char::is_alphabetic));
    let goes_on = |word: &str| matches!(script::fold(word).as_str(), "i" | "ili" | "ni" | "and" | "or" | "und" | "et");
    words.windows(2).filter(|pair| parted(pair[0]) && !goes_on(pair[1])).count()
}

/// The language of a line; none where nothing in it tells.
fn tongue(line: &str) -> Option<Tongue> {
    let lower = line.to_lowercase();
    let cyrillic = lower.chars().filter(|c| matches!(c, 'а'..='ӿ')).count();
    let latin = lower.chars().filter(|c| c.is_ascii_alphabetic()).count();
    if cyrillic > latin {
        if lower.chars().any(|c| FOREIGN_CYRILLIC.contains(c)) {
            return Some(Tongue::Russian);
        }
        let only_serbian = lower.chars().any(|c| "јљњђћџ".contains(c));
        let russian = lower.split(' ').filter(|word| RUSSIAN.contains(word)).count();
        return (only_serbian || russian > 0 || cyrillic > 12).then_some(Tongue::Serbian { cyrillic: true });
    }
    if lower.chars().any(|c| "čćšđ".contains(c)) {
        return Some(Tongue::Serbian { cyrillic: false });
    }
    let folded = script::fold(line);
    let hits = |words: &[&str]| folded.split(' ').filter(|word| words.contains(word)).count();
    let known = [
        (hits(SERBIAN), Tongue::Serbian { cyrillic: false }),
        (hits(ENGLISH), Tongue::English),
        (hits(FRENCH), Tongue::French),
        (hits(GERMAN), Tongue::German),
    ];
    let most = known.iter().map(|(hits, _)| *hits).max().filter(|hits| *hits > 0)?;
    let mut best = known.iter().filter(|(hits, _)| *hits == most);
    best.next().filter(|_| best.next().is_none()).map(|(_, tongue)| *tongue)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACROSS: &str = "Potvrđuje se Sporazum između Mi‐ Article 1\nnistarstva unutrašnjih poslova Re‐\nThe Agreement between the Mini‐\npublike \
Srbije i Federalne službe\nstry of Interior and the Federal Se‐\nbezbednosti Ruske Federacije o sa‐\ncurity Service, signed in Moscow\nradnji i \
zajedničkom delovanju,\non 23 May 2017, is hereby confir‐\n";
    const ALONG: &str = "Potvrđuje se Sporazum između Mi‐\nnistarstva unutrašnjih poslova Re‐\npublike Srbije i Federalne službe\nbezbednosti \
Ruske Federacije o sa‐\nradnji i zajedničkom delovanju,\nArticle 1\nThe Agreement between the Mini‐\nstry of Interior and the Federal Se‐\n\
curity Service, signed in Moscow\non 23 May 2017, is hereby confir‐\n";

    #[test]
    fn columns_read_across_are_told_from_columns_read_one_after_the_other() {
        assert!(is_broken(ACROSS) && !is_broken(ALONG), "{} {}", breaks(ACROSS), breaks(ALONG));
        assert!(is_better(ALONG, ACROSS) && !is_better(ACROSS, ALONG));
        let cyrillic = script::to_cyrillic("Strane sarađuju u oblasti\nbezbednosti i zaštite\npodataka o ličnosti građana\nobe države\n");
        assert!(!is_broken(&cyrillic), "{}", breaks(&cyrillic));
        let both: String = cyrillic.lines().zip(ALONG.lines()).map(|(a, b)| format!("{a}\n{b}\n")).collect();
        assert!(is_broken(&both), "one script beside the other");
        let russian = "Стороны сотрудничают в области\nбезопасности и защиты данных\nсоблюдая законодательство\nкаждой из Сторон\n";
        let beside: String = cyrillic.lines().zip(russian.lines()).map(|(a, b)| format!("{a}\n{b}\n")).collect();
        assert!(is_broken(&beside) && !is_broken(russian), "{}", breaks(&beside));
    }

    #[test]
    fn a_text_of_one_language_is_in_order_whatever_its_hyphens() {
        let text = "Sporazum o srpsko- i mađarsko-ruskoj saradnji, u skladu sa propi-\nsima o bezbednosti.\nČlan 1.\n1992-1995\nStrane - države -\n";
        assert_eq!(breaks(text), 0);
    }
}
