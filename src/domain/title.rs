//! The comparison key of a bill's title: what is left when the words that differ from page to page are taken away.
//!
//! Never decides whether two bills are one: `change` does, and never by the title alone.

use std::borrow::Cow;

use crate::domain::script::{LOST, fold};

/// Openings that name the act and not its subject, folded. The longest first.
const OPENINGS: &[&str] = &[
    "predlog zakona o",
    "predloga zakona o",
    "predlogu zakona o",
    "predlozi zakona o",
    "zakon o",
    "zakona o",
    "zakonu o",
    "the bill on the",
    "the bill on",
    "bill on the",
    "bill on",
    "the law on the",
    "the law on",
    "law on the",
    "law on",
];

/// Where what follows is no longer the title, folded.
const CLOSINGS: &[&str] = &[
    " koji je podnela ",
    " koji je podneo ",
    " koju je podnela ",
    " koju je podneo ",
    " koje je podnela ",
    " koje je podneo ",
    " koji su podneli ",
    " koje su podneli ",
    " submitted by ",
    " no 011 ",
    " br 011 ",
    " broj 011 ",
];

/// A shorter title that is the beginning of a longer one is the same title cut, if it is at least this long (parliament cuts at about 250
/// characters, and a key lacks the opening and the punctuation; docs/source.md). A shorter one was whole, and words were added to it.
const CUT_TITLE_CHARS_MIN: usize = 205;

/// The key of a title: folded, without numbering, without "Predlog zakona o" and its kin, without the submitter.
pub fn key(title: &str) -> String {
    let folded = fold(title);
    let mut rest = folded.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    if rest.is_empty() {
        rest = &folded;
    }
    for opening in OPENINGS {
        if let Some(after) = rest.strip_prefix(opening)
            && after.starts_with(' ')
        {
            rest = after.trim_start();
            break;
        }
    }
    for closing in CLOSINGS {
        if let Some(at) = rest.find(closing) {
            rest = &rest[..at];
        }
    }
    rest.trim().to_owned()
}

/// A key as it is looked up by. A Latin `x` or `y` left standing in a Cyrillic word (`Рондеx`) was folded as the Cyrillic letter it looks like,
/// in the same title all in Latin as itself: here they meet.
pub fn lookup(key: &str) -> Cow<'_, str> {
    if !key.contains(['x', 'y']) {
        return Cow::Borrowed(key);
    }
    Cow::Owned(key.replace('x', "h").replace('y', "u"))
}

/// The part of a key that it shares with the same title cut elsewhere; none for one too short to have been cut.
pub fn opening(key: &str) -> Option<&[u8]> {
    key.as_bytes().get(..CUT_TITLE_CHARS_MIN)
}

/// Whether letters of it arrived broken.
pub fn is_broken(key: &str) -> bool {
    key.contains(LOST)
}

/// Whether two keys are the same title: equal but for letters that arrived broken, or one the cut beginning of the other.
pub fn same(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (a, b) = (lookup(a), lookup(b));
    let (short, long): (&str, &str) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    crate::domain::script::same(short, long) || (short.len() >= CUT_TITLE_CHARS_MIN && long.starts_with(short))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bill_a_law_and_an_agenda_item_have_one_key() {
        let keys: Vec<String> = [
            "Predlog zakona o potvrđivanju Sporazuma o slobodnoj trgovini",
            "ZAKON O POTVRĐIVANjU SPORAZUMA O SLOBODNOJ TRGOVINI",
            "3. Predlog zakona o potvrđivanju Sporazuma o slobodnoj trgovini, koji je podnela Vlada",
            "Предлог закона о потврђивању Споразума о слободној трговини",
        ]
        .iter()
        .map(|t| key(t))
        .collect();
        assert!(keys.iter().all(|k| k == &keys[0]), "{keys:?}");
    }

    #[test]
    fn a_latin_letter_left_in_a_cyrillic_name_makes_no_other_title() {
        let latin = key("Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Rondex Finance, Inc. o dugu");
        let cyrillic = key("ПРЕДЛОГ ЗАКОНА О ПОТВРЂИВАЊУ СПОРАЗУМА ИЗМЕЂУ ВЛАДЕ РЕПУБЛИКЕ СРБИЈЕ И РОНДЕX ФИНАНЦЕ, ИНЦ. О ДУГУ");
        assert_ne!(latin, cyrillic, "the fold tells them apart: nothing is tested");
        assert!(same(&latin, &cyrillic));
        assert_eq!(lookup(&latin), lookup(&cyrillic));
        assert!(!same("sporazuma sa danskom", "sporazuma sa svedskom"));
    }

    #[test]
    fn a_short_title_is_not_the_beginning_of_every_longer_one() {
        assert!(!same("potvrdivanju sporazuma", "potvrdivanju sporazuma o zajmu"));
        let whole = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Hrvatske o predaji i prihvatu lica čiji je ulazak ili boravak nelegalan sa Protokolom o sprovođenju Sporazuma";
        assert!(!same(&key(whole), &key(&format!("{whole} i Aneksom"))), "words were added: an amendment");
    }

    #[test]
    fn a_title_cut_at_250_characters_is_the_same_title() {
        let whole = "Predlog zakona o potvrđivanju Sporazuma o zajmu (Projekat „Modernizacija pruge – II faza”, br. 1234-YF) između Republike Srbije, koju predstavlja Vlada Republike Srbije, i „Banke za razvoj Saveta Evrope”, Pariz, o finansiranju obnove pruge Niš–Dimitrovgrad i nabavke vozova";
        let cut: String = whole.chars().take(250).collect();
        assert!(whole.chars().count() > 260 && same(&key(&cut), &key(whole)));
    }
}
