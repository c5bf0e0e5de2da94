//! The words for an agreement, by their gender and case: by them a participle is known to belong to it.
//!
//! Never looks beyond a word.

/// What the agreement is called, by its gender and number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    Masculine,
    Feminine,
    Neuter,
    Plural,
}

const MASCULINE: [&str; 13] = [
    "sporazum",
    "ugovor",
    "protokol",
    "memorandum",
    "aneks",
    "statut",
    "amandman",
    "dokument",
    "akt",
    "dodatak",
    "instrument",
    "pakt",
    "kodeks",
];
const FEMININE: [&str; 7] = ["konvencij", "povelj", "odluk", "razmen", "deklaracij", "rezolucij", "dopun"];
/// Forms that are no stem with an ending.
const OTHERS: [(&str, Option<Head>); 15] = [
    ("pismo", Some(Head::Neuter)),
    ("izmene", Some(Head::Plural)),
    ("izmjene", Some(Head::Plural)),
    ("note", Some(Head::Plural)),
    ("pisma", None),
    ("pismima", None),
    ("dopune", Some(Head::Plural)),
    ("izmena", Some(Head::Feminine)),
    ("izmenama", None),
    ("nota", None),
    ("notama", None),
    ("dodatka", None),
    ("dodatku", None),
    ("dodatkom", None),
    ("bill", None),
];
const ENGLISH: [&str; 12] = [
    "agreement",
    "agreements",
    "treaty",
    "treaties",
    "convention",
    "protocol",
    "contract",
    "annex",
    "charter",
    "amendment",
    "amendments",
    "statute",
];

/// The instrument a word names, in any case; its gender where it stands in the nominative.
pub(super) fn instrument(word: &str) -> Option<Option<Head>> {
    if ENGLISH.contains(&word) {
        return Some(None);
    }
    if let Some((_, head)) = OTHERS.iter().find(|(form, _)| *form == word) {
        return Some(*head);
    }
    let ending = |stems: &[&str]| stems.iter().find_map(|stem| word.strip_prefix(stem));
    match (ending(&MASCULINE), ending(&FEMININE)) {
        (Some(""), _) => Some(Some(Head::Masculine)),
        (Some("i"), _) => Some(Some(Head::Plural)),
        (Some("a" | "u" | "om" | "ima" | "e"), _) => Some(None),
        (_, Some("a")) => Some(Some(Head::Feminine)),
        (_, Some("e" | "i" | "u" | "om" | "ama")) => Some(None),
        _ => None,
    }
}

/// The gender of the instrument a word names, whatever its case and number.
pub(super) fn gender(word: &str) -> Option<Head> {
    instrument(word)?;
    let of = |stems: &[&str]| stems.iter().any(|stem| word.starts_with(stem));
    if of(&MASCULINE) {
        Some(Head::Masculine)
    } else if of(&FEMININE) || of(&["izmen", "izmjen", "nota", "note"]) {
        Some(Head::Feminine)
    } else {
        of(&["pism"]).then_some(Head::Neuter)
    }
}
