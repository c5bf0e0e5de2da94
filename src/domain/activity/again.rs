//! Tells where a page names a bill again that it named before: shortened, in another case, with a slip, or with words of its sentence behind it.
//!
//! Never takes an agreement with somebody else, or about something else, for one named before.

use std::cell::OnceCell;

use super::agenda::alike;
use crate::domain::{agreement, script, tokens};

/// Words that stand in the shorter name of an agreement and need not in the longer: `the Agreement with Italy`.
const JOINING: [&str; 6] = ["with", "from", "between", "izmedu", "which", "this"];
/// With these a title goes on: a further instrument, a further subject.
const GOING_ON: [&str; 12] = ["i", "and", "o", "on", "u", "in", "za", "for", "sa", "with", "of", "to"];
/// Letters of a word that can be told from another one though a letter is mistaken.
const SLIP_LETTERS_MIN: usize = 6;

/// A title that a page prints, and what it is compared by.
pub(super) struct Told {
    title: String,
    folded: String,
    words: Vec<Word>,
    counterparts: OnceCell<Vec<Counterpart>>,
}

/// A party that is not ours, of a country that is known.
struct Counterpart {
    /// Folded.
    name: String,
    country: String,
}

struct Word {
    key: String,
    /// A name, or the first word of a sentence.
    capital: bool,
    /// A short one that tells one agreement from another: `EU`, `SAD`, `II`.
    abbreviated: bool,
    /// A bracket or a dash stands before it.
    apart: bool,
}

impl Told {
    pub(super) fn of(title: &str) -> Told {
        let mut words = Vec::new();
        let mut apart = false;
        let in_capitals = !title.contains(char::is_lowercase);
        for token in tokens::cut(title) {
            let printed = &title[token.at.clone()];
            let key = match token.kind {
                tokens::Kind::Mark(mark) => {
                    apart = matches!(mark, '(' | '[') || (mark == '-' && token.spaced);
                    continue;
                }
                tokens::Kind::Number(..) => printed.to_owned(),
                tokens::Kind::Word(ref word) => word.clone(),
            };
            let article = words.is_empty() && key == "the";
            if !article {
                let capital = printed.starts_with(char::is_uppercase);
                let abbreviated = !in_capitals && capital && is_abbreviation(printed);
                words.push(Word { key, capital, abbreviated, apart });
            }
            apart = false;
        }
        Told { title: title.to_owned(), folded: script::fold(title), words, counterparts: OnceCell::new() }
    }

    /// The same words, in either script.
    pub(super) fn is_printed_as(&self, other: &Told) -> bool {
        self.folded == other.folded
    }

    /// Whether this title, printed later, is the earlier one again: all its words stand there, or it is the earlier title and a sentence that goes
    /// on. With whom and about what must not contradict.
    pub(super) fn tells_again(&self, earlier: &Told) -> bool {
        (self.begins_with(earlier) || self.is_shorter(earlier))
            && self.counterparts().iter().all(|party| earlier.has_country(&party.country))
            && !agreement::contradict(&self.title, &earlier.title)
    }

    /// Only what all stands in the earlier title, however it is declined; a counterpart may be named otherwise, and one letter be mistaken.
    fn is_shorter(&self, earlier: &Told) -> bool {
        let telling = |w: &&Word| w.key.chars().count() > 3 || w.is_number() || w.abbreviated;
        let missing =
            |w: &&Word| !JOINING.contains(&w.key.as_str()) && !earlier.words.iter().any(|e| w.is_declined(e)) && !earlier.spells_out(w);
        let missing: Vec<&Word> = self.words.iter().filter(telling).filter(missing).collect();
        match missing.as_slice() {
            [] => true,
            [one] if earlier.words.iter().any(|e| is_slip(one, e)) => true,
            others => self.name_the_counterpart(others, earlier),
        }
    }

    /// Words that name a country which the earlier title names, too: `with Greece`, `with the Hellenic Republic`.
    fn name_the_counterpart(&self, words: &[&Word], earlier: &Told) -> bool {
        let shared = self.counterparts().iter().filter(|party| earlier.has_country(&party.country));
        let names: Vec<&str> = shared.map(|party| party.name.as_str()).collect();
        words.iter().all(|word| names.iter().any(|name| name.split(' ').any(|part| part == word.key)))
    }

    /// `EU` for `Evropska unija`, `EIB` for `Evropska investiciona banka`.
    fn spells_out(&self, short: &Word) -> bool {
        let letters: Vec<char> = short.key.chars().collect();
        let initial = |(word, letter): (&Word, &char)| word.key.starts_with(*letter);
        short.abbreviated && letters.len() > 1 && self.words.windows(letters.len()).any(|words| words.iter().zip(&letters).all(initial))
    }

    fn begins_with(&self, earlier: &Told) -> bool {
        let same = |(a, b): (&Word, &Word)| a.key == b.key || a.is_declined(b);
        let next = self.words.get(earlier.words.len());
        self.words.iter().zip(&earlier.words).all(same) && next.is_some_and(|w| !w.apart && !GOING_ON.contains(&w.key.as_str()))
    }

    fn has_country(&self, country: &str) -> bool {
        self.counterparts().iter().any(|party| party.country == country)
    }

    fn counterparts(&self) -> &[Counterpart] {
        self.counterparts.get_or_init(|| {
            let others = agreement::detect(&self.title).parties.into_iter().filter(|party| !party.ours);
            others.filter_map(|party| Some(Counterpart { name: script::fold(&party.name), country: party.country? })).collect()
        })
    }
}

impl Word {
    fn is_number(&self) -> bool {
        self.key.bytes().any(|b| b.is_ascii_digit())
    }

    /// The same word, in whichever case; of a number and of an abbreviation there is but one form.
    fn is_declined(&self, other: &Word) -> bool {
        match self.is_number() || self.abbreviated {
            true => self.key == other.key && self.capital == other.capital,
            // "izmena" and "između" begin alike
            false => alike(&self.key, &other.key) && self.key.starts_with("izmed") == other.key.starts_with("izmed"),
        }
    }
}

/// `EU`, `KfW`, `II`, `A`: with a capital that no sentence gives it.
fn is_abbreviation(printed: &str) -> bool {
    let letters = printed.chars().count();
    let numeral = printed.chars().all(|c| matches!(c, 'I' | 'V' | 'X'));
    letters == 1 || (letters <= 3 && (numeral || printed.chars().skip(1).any(char::is_uppercase)))
}

/// One letter more, less, mistaken or in the wrong place. Of names nobody can say: Iran and Irak are two countries.
fn is_slip(a: &Word, b: &Word) -> bool {
    let long = a.key.chars().count() >= SLIP_LETTERS_MIN && !a.capital && !b.capital;
    long && strsim::osa_distance(&a.key, &b.key) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITALY: &str =
        "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Italije o saradnji u oblasti odbrane";
    const GREECE: &str = "Bill on the Confirmation of the Agreement between the Government of the Republic of Serbia and the Government of the Hellenic Republic on Cooperation in the Field of Defence";

    fn again(later: &str, earlier: &str) -> bool {
        Told::of(later).tells_again(&Told::of(earlier))
    }

    #[test]
    fn a_shorter_name_of_the_bill_is_that_bill() {
        for later in [
            "Predlogu zakona o potvrđivanju Sporazuma sa Italijom",
            "Predlogom zakona o potvrđivanju Sporazuma o saradnji u oblasti odbrane",
            "Predlog zakona o potvrđivanju Sporazuma",
            "Predlog zakona o potvrđivanju Sporazuma između Vlade Srbije i Vlade Italije",
            "Predlog zakona o potvrđivanju Sporazuma sa Republikom Italijom o odbrani",
        ] {
            assert!(again(later, ITALY), "{later}");
            assert!(again(&script::to_cyrillic(later), ITALY), "{later}");
        }
        for later in [
            "Bill on the Confirmation of the Agreement with Greece",
            "The Bill on the Confirmation of the Agreement with the Hellenic Republic",
        ] {
            assert!(again(later, GREECE), "{later}");
        }
    }

    #[test]
    fn a_slip_or_a_sentence_behind_the_title_makes_no_other_bill() {
        for later in [
            ITALY.replace("potvrđivanju", "potvđivanju"),
            ITALY.replace("saradnji", "sardnji"),
            ITALY.replace("oblasti", "obalsti"),
            format!("{ITALY} dobio većinu"),
            format!("{ITALY}, usaglašen prethodno"),
        ] {
            assert!(again(&later, ITALY), "{later}");
        }
        assert!(again(&format!("The {GREECE} approved unanimously"), GREECE));
    }

    #[test]
    fn another_country_another_subject_or_another_instrument_is_another_bill() {
        for (later, earlier) in [
            (ITALY.replace("Italije", "Malte"), ITALY.to_owned()),
            (ITALY.replace("o saradnji u oblasti odbrane", "o turizmu"), ITALY.to_owned()),
            (ITALY.replace("Sporazuma", "Protokola"), ITALY.to_owned()),
            ("Predlog zakona o potvrđivanju Sporazuma sa SAD".to_owned(), ITALY.to_owned()),
            (ITALY.replace("Republike Italije", "Islamske Republike Iran"), ITALY.replace("Republike Italije", "Republike Irak")),
            (format!("{ITALY} (Klinički centri)"), ITALY.to_owned()),
            (format!("{ITALY} – druga faza"), ITALY.to_owned()),
            (ITALY.replace("Sporazuma", "Izmena Sporazuma"), ITALY.to_owned()),
            (format!("{ITALY} (Projekat B)"), format!("{ITALY} (Projekat A)")),
            (format!("{ITALY}, faza I"), format!("{ITALY}, faza II")),
            (format!("{ITALY}, faza II"), format!("{ITALY}, faza I")),
            (format!("{ITALY} za 2021. godinu"), format!("{ITALY} za 2020. godinu")),
            ("Predlog zakona o potvrđivanju Sporazuma sa EU".to_owned(), ITALY.to_owned()),
            (format!("{ITALY} i Aneksa"), ITALY.to_owned()),
            (format!("{ITALY}, sa Protokolom"), ITALY.to_owned()),
            (GREECE.replace("Hellenic Republic", "Republic of Malta"), GREECE.to_owned()),
            (GREECE.replace("Agreement", "Protocol"), GREECE.to_owned()),
        ] {
            assert!(!again(&later, &earlier), "{later}");
        }
    }
}
