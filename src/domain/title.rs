//! The comparison key of a bill's title: what is left when the words that differ from page to page are taken away.
//!
//! Never decides whether two bills are one: `change` does, and never by the title alone.

use std::borrow::Cow;

use crate::domain::script::{LOST, fold};

/// What proposes an act and what it is, in every case form, folded; the longest first.
const LEADS: &[&str] = &[
    "predlozima",
    "predlogom",
    "predloga",
    "predlogu",
    "predlozi",
    "predloge",
    "predlog",
    "nacrtima",
    "nacrtom",
    "nacrta",
    "nacrtu",
    "nacrti",
    "nacrte",
    "nacrt",
];
const ACTS: &[&str] = &["zakonima", "zakonom", "zakona", "zakonu", "zakoni", "zakone", "zakon"];

/// The same in English: `Draft Law on the`, `Proposal of the Law on`, `Bills on`.
const LEADS_EN: &[&str] = &["proposals of", "proposals for", "proposal of", "proposal for", "draft", "proposed"];
const ACTS_EN: &[&str] = &["bills", "bill", "laws", "law"];

/// Confirmation by its other names, at the head of a key, and the name it is looked up by.
const CONFIRMING: &[(&str, &str)] = &[
    ("ratifikaciji ", "potvrdivanju "),
    ("ratification of the ", "confirmation of "),
    ("ratification of ", "confirmation of "),
    ("ratifying of the ", "confirmation of "),
    ("ratifying of ", "confirmation of "),
    ("ratifying the ", "confirmation of "),
    ("ratifying ", "confirmation of "),
    ("confirming of the ", "confirmation of "),
    ("confirming of ", "confirmation of "),
    ("confirming the ", "confirmation of "),
    ("confirming ", "confirmation of "),
    ("confirmation of the ", "confirmation of "),
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
    rest = without_opening(rest).or_else(|| without_opening_en(rest)).unwrap_or(rest);
    for closing in CLOSINGS {
        if let Some(at) = rest.find(closing) {
            rest = &rest[..at];
        }
    }
    rest.trim().to_owned()
}

/// What follows `Predlog zakona o`, in any case and with any of its spaces lost; none where the title opens otherwise.
fn without_opening(folded: &str) -> Option<&str> {
    let after_lead = first_of(LEADS, folded).map_or(folded, str::trim_start);
    let after_act = first_of(ACTS, after_lead)?.trim_start();
    let subject = after_act.strip_prefix('o')?;
    // without its space, "o" is one only before what is confirmed
    let glued = subject.starts_with("potvrdivanj") || subject.starts_with("ratifikacij");
    (subject.starts_with(' ') || glued).then_some(subject.trim_start())
}

/// What follows `the Bill on the`; none where the title opens otherwise.
fn without_opening_en(folded: &str) -> Option<&str> {
    let word = |words: &[&str], text| first_of(words, text)?.strip_prefix(' ');
    let article = |text| word(&["the", "a"], text).unwrap_or(text);
    let after_lead = word(LEADS_EN, article(folded)).map_or(article(folded), article);
    let subject = word(&["on"], word(ACTS_EN, after_lead)?)?;
    Some(word(&["the"], subject).unwrap_or(subject).trim_start())
}

/// What follows the first of the words that stands at the head of a text.
fn first_of<'a>(words: &[&str], text: &'a str) -> Option<&'a str> {
    words.iter().find_map(|word| text.strip_prefix(word))
}

/// A key as it is looked up by. A Latin `x` or `y` left standing in a Cyrillic word (`Рондеx`) was folded as the Cyrillic letter it looks like,
/// in the same title all in Latin as itself: here they meet. So do ratification and confirmation, which one page calls by the one name and
/// the next by the other.
pub fn lookup(key: &str) -> Cow<'_, str> {
    let named = CONFIRMING.iter().find_map(|(other, name)| Some(format!("{name}{}", key.strip_prefix(other)?)));
    let key = named.map_or(Cow::Borrowed(key), Cow::Owned);
    if memchr::memchr2(b'x', b'y', key.as_bytes()).is_none() {
        return key;
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
    fn a_bill_has_one_key_in_every_case_and_with_lost_spaces() {
        let subject = "potvrđivanju Sporazuma o slobodnoj trgovini";
        for opening in [
            "Predlog zakona o ",
            "Predloga zakona o ",
            "Predlogu zakona o ",
            "Predlogom zakona o ",
            "Predlozi zakona o ",
            "Predlozima zakona o ",
            "Predloge zakona o ",
            "Zakon o ",
            "Zakona o ",
            "Zakonu o ",
            "Zakonom o ",
            "Nacrt zakona o ",
            "Nacrtom zakona o ",
            "Predlogzakona o ",
            "Predlog zakonao ",
            "Predlogzakonao ",
            "Predlog zakona o",
            "ZAKONO ",
            "3. PREDLOGOM ZAKONA O ",
        ] {
            assert_eq!(key(&format!("{opening}{subject}")), "potvrdivanju sporazuma o slobodnoj trgovini", "{opening}");
        }
        for whole in ["Predlog odluke o izboru", "Zakonik o krivičnom postupku", "Zakon oslobođenja", "Predlog zakonodavnog odbora"] {
            assert_eq!(key(whole), fold(whole), "nothing opens it");
        }
    }

    #[test]
    fn an_english_bill_is_looked_up_by_one_key_however_it_names_confirmation() {
        let subject = "Agreement between the Republic of Serbia and Malta on Trade";
        for opening in [
            "Bill on the Confirmation of the ",
            "Bill on Confirmation of the ",
            "The Bill on the Confirmation of the ",
            "Draft Law on the Confirmation of the ",
            "Proposal of the Law on Confirmation of the ",
            "Proposal of a Law on the Confirmation of the ",
            "Law on Ratification of the ",
            "Bill on Ratification of the ",
            "Bill on Confirming the ",
            "Bill on Confirming of the ",
            "Bills on the Confirmation of the ",
        ] {
            let key = key(&format!("{opening}{subject}"));
            assert!(same(&key, "confirmation of the agreement between the republic of serbia and malta on trade"), "{opening}: {key}");
        }
        // the keys that are stored
        assert_eq!(key("The Bill on the Confirmation of the Protocol"), "confirmation of the protocol");
        assert_eq!(key("Bill on Ratification of the Protocol"), "ratification of the protocol");
        assert_eq!(key("Predlog zakona o ratifikaciji Protokola"), "ratifikaciji protokola");
        assert!(same(&key("Zakon o ratifikaciji Protokola"), &key("Predlog zakona o potvrđivanju Protokola")));
        assert!(!same(&key("Bill on Confirmation of the Mandates"), &key("Bill on the Mandates")));
        assert_eq!(key("Draft Decision on the Budget"), "draft decision on the budget");
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
