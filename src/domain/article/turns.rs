//! Words by which a clause turns to something else than the signing.
//!
//! Never reads a day or a place.

use crate::domain::article::prose::Prose;

/// What tells of another event than the signing: `potpisan, kako je rekao ministar 3. marta`, `potpisan u Parizu nakon pregovora vođenih 1. juna`.
pub(super) const OTHER_EVENTS: [&str; 19] = [
    "rekao",
    "rekla",
    "naveo",
    "navela",
    "istak",
    "najavi",
    "izjavi",
    "obavesti",
    "podset",
    "said",
    "stated",
    "noted",
    "announced",
    "recalled",
    "kako",
    "nakon",
    "following",
    "pregovor",
    "negotiat",
];

/// What begins another thought (stems): other papers, other events, the originals.
pub(super) const OTHER_THOUGHTS: [&str; 37] = [
    "pristupil",
    "pristupio",
    "acceded",
    "sukced",
    "produzen",
    "obnovljen",
    "ispravljen",
    "parafiran",
    "initialled",
    "origin",
    "izvornik",
    "jezik",
    "izmenjen",
    "izmjenjen",
    "dopunjen",
    "stupi",
    "stupa",
    "ratifik",
    "roden",
    "potvrden",
    "potvrduj",
    "objavljen",
    "vazi",
    "prestaj",
    "otvoren",
    "registr",
    "deponovan",
    "entered",
    "enters",
    "entry",
    "submitted",
    "considered",
    "ratified",
    "amended",
    "published",
    "primenj",
    "koj",
];

/// Whether the word before a day makes it another's, or no sure one: `od 3. marta`, `pre 3. marta`, `najkasnije 3. marta`, `dated 3 March`.
pub(super) fn is_led_away(prose: &Prose, i: usize) -> bool {
    const LEADS_AWAY: [&str; 23] = [
        "od",
        "iz",
        "of",
        "from",
        "do",
        "since",
        "until",
        "till",
        "za",
        "period",
        "periodu",
        "posle",
        "after",
        "by",
        "pre",
        "before",
        "najkasnije",
        "najranije",
        "oko",
        "about",
        "around",
        "than",
        "nakon",
    ];
    let before = prose.before(i);
    // "exchange of letters dated 3 March": the days of the letters are the days of the act
    let letters = i > 1 && matches!(prose.before(i - 1), "letters" | "notes");
    LEADS_AWAY.contains(&before) || (before == "dated" && !letters) || (before == "to" && i > 1 && prose.before(i - 1) == "prior")
}
