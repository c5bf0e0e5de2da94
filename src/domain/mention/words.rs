//! The words by which titles of bills begin, join and end, as keys (`tokens::key`): lower-case Latin letters without marks.

/// `Predlog`, in every case; also a draft.
pub(super) const PROPOSAL: [&str; 9] =
    ["predlog", "predloga", "predlogu", "predlogom", "predlozi", "predloge", "predlozima", "nacrt", "nacrta"];
/// ... in the plural: several bills may share what follows.
pub(super) const PROPOSALS: [&str; 3] = ["predlozi", "predloge", "predlozima"];
/// ... of a law.
pub(super) const LAW_OF: [&str; 3] = ["zakona", "zakonika", "zakone"];
/// A law, where it is named itself.
pub(super) const LAW: [&str; 8] = ["zakon", "zakona", "zakonu", "zakonom", "zakonik", "zakonika", "zakoniku", "zakono"];
/// Before a law these say that it is amended or interpreted, or that it is a bill; by their stems.
pub(super) const AMENDING: [&str; 6] = ["izmen", "dopun", "tumacenj", "predlo", "amending", "modifying"];
/// Before a law these say that it was adopted.
pub(super) const ADOPTED: [&str; 17] = [
    "usvojila",
    "usvojio",
    "usvojili",
    "usvojen",
    "usvojeni",
    "usvaja",
    "donela",
    "doneo",
    "doneli",
    "donet",
    "doneti",
    "izglasala",
    "izglasao",
    "izglasali",
    "izglasan",
    "adopted",
    "passed",
];
/// Before an English law these say that it is a bill.
pub(super) const PROPOSED_EN: [&str; 4] = ["proposal", "proposals", "proposed", "draft"];
/// What else is proposed, by its stem.
pub(super) const OTHER_THINGS: [&str; 16] = [
    "odluk",
    "rezoluc",
    "deklarac",
    "zakljuc",
    "kandidat",
    "list",
    "strateg",
    "program",
    "izmen",
    "za",
    "vlade",
    "poslovnik",
    "akta",
    "autenti",
    "nacionaln",
    "plan",
];
/// What stands on English agendas besides bills.
pub(super) const OTHER_EN: [&str; 7] = ["proposal", "proposals", "report", "collective", "resolution", "decision", "candidate"];
/// ... which stand inside no title.
pub(super) const OTHER_EN_SURE: [&str; 4] = ["proposal", "proposals", "report", "collective"];
/// With these a title goes on after `Bill`.
pub(super) const AFTER_BILL: [&str; 17] = [
    "on",
    "amending",
    "amendments",
    "granting",
    "regulating",
    "determining",
    "modifying",
    "establishing",
    "governing",
    "concerning",
    "repealing",
    "supplementing",
    "defining",
    "ratifying",
    "confirming",
    "introducing",
    "prescribing",
];
pub(super) const AFTER_BILL_WORD: [&str; 2] = ["bill", "bills"];
/// Confirmation, in English titles.
pub(super) const CONFIRMING_EN: [&str; 6] = ["confirmation", "ratification", "approval", "acceptance", "confirming", "ratifying"];
/// Words for a request for consent.
pub(super) const CONSENT: [&str; 9] =
    ["consent", "proposal", "request", "saglasnost", "saglasnosti", "zahtev", "zahteva", "davanje", "davanju"];
/// Stand between two titles.
pub(super) const SEPARATORS: [&str; 10] = ["i", "and", "te", "kao", "as", "or", "ili", "also", "both", "ni"];
/// Stand at the end of a title only because another follows.
pub(super) const JOINTS: [&str; 9] = ["i", "and", "the", "te", "kao", "as", "well", "also", "or"];
/// Before a bill that is named after another one: what governed the first is said again (`o Predlogu ... i o Predlogu`, `on the Bill ... and on
/// the Bill`). No title ends with one of them.
pub(super) const GOVERNING: [&str; 35] = [
    "o",
    "za",
    "na",
    "sa",
    "s",
    "uz",
    "u",
    "od",
    "po",
    "pri",
    "nad",
    "oko",
    "protiv",
    "povodom",
    "prema",
    "radi",
    "vezi",
    "pogledu",
    "on",
    "for",
    "of",
    "to",
    "in",
    "about",
    "upon",
    "over",
    "with",
    "against",
    "regarding",
    "concerning",
    "regard",
    "respect",
    "relation",
    "connection",
    "by",
];
/// Join what is told of one bill to what is told of the next.
pub(super) const CONNECTING: [&str; 22] = [
    "dok", "a", "ali", "pa", "zatim", "potom", "takode", "odnosno", "nego", "vec", "niti", "zajedno", "kako", "while", "whereas", "then",
    "but", "along", "together", "followed", "nor", "tako",
];
/// What a committee deals with beside a bill, before the word that leads to the bill: `kao i amandmane na Predlog zakona`; by stems.
pub(super) const ABOUT_BILLS: [&str; 5] = ["amandman", "izvestaj", "misljenj", "amendment", "report"];
/// `prva tačka`, `the first item`, by stems.
pub(super) const ORDINALS: [&str; 12] =
    ["prv", "drug", "trec", "cetvrt", "pet", "sest", "first", "second", "third", "fourth", "fifth", "sixth"];
/// Before an act's number.
pub(super) const NUMBER_WORDS: [&str; 4] = ["br", "broj", "no", "number"];
/// Notes in brackets behind a title that are not part of it.
pub(super) const JOINTLY: [&str; 3] = ["zajednicki", "joint", "objedinj"];
pub(super) const WHO: [&str; 8] = ["koji", "koju", "koje", "koja", "kojeg", "kog", "koga", "sto"];
pub(super) const SUBMITTED: [&str; 5] = ["podne", "podno", "predloz", "predlag", "dostav"];
/// After these a dot ends no sentence.
pub(super) const ABBREVIATIONS: [&str; 26] = [
    "no", "nos", "br", "dr", "mr", "prof", "inc", "ltd", "ad", "co", "sl", "cl", "tac", "st", "sv", "art", "str", "tzv", "npr", "odn",
    "itd", "ul", "gl", "ing", "dipl", "vol",
];
/// Stems of instruments, Serbian (genitive) and English.
pub(super) const INSTRUMENTS: [&str; 14] = [
    "sporazum",
    "ugovor",
    "konvencij",
    "protokol",
    "memorandum",
    "aneks",
    "amandman",
    "statut",
    "povelj",
    "agreement",
    "convention",
    "protocol",
    "treaty",
    "annex",
];

/// With these words a sentence goes on after a title; `*` stands for the rest of a word.
pub(super) const STOPS: [&[&str]; 105] = [
    &["obrazlag*"],
    &["nakon", "duze"],
    &["nakon", "rasprave"],
    &["nakon", "diskusije"],
    &["u", "okviru", "prve"],
    &["u", "okviru", "tack*"],
    &["i", "druga", "pitanja"],
    &["with", "a", "majority"],
    &["u", "nacelu"],
    &["u", "pojedinostima"],
    &["u", "celini"],
    &["po", "hitnom"],
    &["po", "skracenom"],
    &["sa", "predlogom", "odbora"],
    &["na", "predlog", "odbora"],
    &["predstavi*"],
    &["obrazlozi*"],
    &["obrazlaz*"],
    &["govori*"],
    &["rekao"],
    &["rekla"],
    &["istak*"],
    &["naveo"],
    &["navela"],
    &["objasni*"],
    &["upozna*"],
    &["said"],
    &["spoke"],
    &["stated"],
    &["informed"],
    &["podneo"],
    &["podnela"],
    &["podneli"],
    &["je", "predstavi*"],
    &["je", "obrazlozi*"],
    &["je", "usvoj*"],
    &["je", "podn*"],
    &["je", "prihva*"],
    &["je", "razmotr*"],
    &["je", "jednoglasno"],
    &["su", "usvoj*"],
    &["su", "predstav*"],
    &["su", "obrazloz*"],
    &["su", "razmotr*"],
    &["i", "odluci*"],
    &["i", "predlozi*"],
    &["i", "predlaze*"],
    &["i", "utvrdi*"],
    &["i", "konstat*"],
    &["i", "podne*"],
    &["i", "prihvati*"],
    &["i", "usvoji*"],
    &["i", "vecinom"],
    &["i", "jednoglasno"],
    &["i", "podrza*"],
    &["jednoglasno"],
    &["vecinom", "glasova"],
    &["kao", "i", "izvest*"],
    &["nakon", "cega"],
    &["posle", "cega"],
    &["na", "sednici"],
    &["at", "the", "sitting"],
    &["at", "its", "sitting"],
    &["tekst", "predlog*"],
    &["tekst", "zakona"],
    &["na", "dnevnom"],
    &["sazv*"],
    &["narodnim", "poslanicima"],
    &["radi", "usvajanja"],
    &["in", "principle"],
    &["in", "detail"],
    &["in", "its", "entirety"],
    &["under", "urgent"],
    &["by", "urgent"],
    &["and", "decided"],
    &["and", "proposed"],
    &["and", "submitted"],
    &["and", "accepted"],
    &["and", "adopted"],
    &["and", "resolved"],
    &["and", "agreed"],
    &["and", "recommended"],
    &["and", "concluded"],
    &["and", "said"],
    &["and", "noted"],
    &["and", "unanimously"],
    &["and", "supported"],
    &["and", "voted"],
    &["which", "was"],
    &["which", "were"],
    &["was"],
    &["were"],
    &["is"],
    &["are"],
    &["has"],
    &["have"],
    &["had"],
    &["will"],
    &["by", "a", "majority"],
    &["by", "majority"],
    &["unanimously"],
    &["presented", "by"],
    &["after", "which"],
    &["prior", "to"],
    &["to", "the", "members"],
];

pub(super) fn is_provisional(word: &str) -> bool {
    word.starts_with("provisional") || word.starts_with("privremen")
}

pub(super) fn is_application(word: &str) -> bool {
    ["implementation", "application", "enforcement"].contains(&word) || word.starts_with("primen") || word.starts_with("primjen")
}

/// Confirmation or ratification, in Serbian, also with one letter mistaken (`potvpdivanju`).
pub(super) fn is_confirming(word: &str) -> bool {
    word.starts_with("ratifik")
        || word.starts_with("potvrdiv")
        || (word.starts_with("potv") && word.contains("ivanj"))
        || word.ends_with("otvrdivanju")
}

/// A sitting deals with what follows: `razmotrio`, `pretres`, `na dnevnom redu`, `considered`.
pub(super) fn is_considering(word: &str) -> bool {
    const STEMS: [&str; 12] = [
        "razmatra",
        "razmotri",
        "razmotre",
        "raspravlj",
        "rasprav",
        "pretres",
        "dnevn",
        "predlozen",
        "consider",
        "discuss",
        "debat",
        "agenda",
    ];
    STEMS.iter().any(|stem| word.starts_with(stem))
}

/// Unstressed words that stand beside the verb of a sentence.
pub(super) const ENCLITICS: [&str; 3] = ["je", "su", "se"];
/// What a verb takes and a title's participle does not: `and postponed the debate`.
pub(super) const OBJECT_EN: [&str; 8] = ["the", "to", "that", "its", "it", "them", "a", "an"];

/// After these a title may have a verb of its own.
pub(super) fn opens_clause(word: &str) -> bool {
    word.starts_with("koj")
        || word.starts_with("cij")
        || ["da", "kako", "gde", "sto", "ako", "ukoliko", "which", "that", "who"].contains(&word)
}

/// Words that stand in a sentence and never in a title outside a clause: verbs, and what begins the next clause.
pub(super) fn is_finite(word: &str) -> bool {
    const WORDS: [&str; 40] = [
        "nastavlja",
        "nastavljaju",
        "nastavili",
        "ucestvovao",
        "ucestvovala",
        "ucestvovali",
        "predvida",
        "predvidaju",
        "omogucava",
        "omogucavaju",
        "sadrzi",
        "stupa",
        "treba",
        "moze",
        "mora",
        "nije",
        "nisu",
        "nece",
        "ce",
        "bice",
        "bi",
        "jer",
        "prihvacen",
        "usvojen",
        "odlozen",
        "povucen",
        "podnet",
        "donet",
        "dobio",
        "dobila",
        "izazvao",
        "would",
        "should",
        "shall",
        "provides",
        "envisages",
        "aims",
        "received",
        "because",
        "whereas",
    ];
    // "obavezuje", "uređuju"
    WORDS.contains(&word) || (word.len() > 7 && (word.ends_with("uje") || word.ends_with("uju")))
}

/// Whether the word before an enclitic is the sentence's verb and no part of the title: `učestvovali su poslanici`, but not `o školi su usvojeni`.
pub(super) fn is_verb_before(word: &str, enclitic: &str, next: &str) -> bool {
    let ends = |word: &str, endings: &[&str]| word.len() > 3 && endings.iter().any(|end| word.ends_with(end));
    let other =
        ends(next, &["en", "an", "et", "ut", "eni", "ani", "eti", "ao", "io", "eo", "li"]) || ["jednoglasno", "vecinom"].contains(&next);
    match enclitic {
        "su" => ends(word, &["li"]) && !other,
        "je" if ends(word, &["ila", "ala", "ela", "eno", "ano"]) => !other,
        "je" => ends(word, &["ao", "io", "eo", "uo", "en", "an", "et"]),
        _ => {
            ends(word, &["uje", "uju"])
                || ["predvida", "odnosi", "menja", "nastavlja", "ukida", "osniva", "uvodi", "predlaze", "stvara"].contains(&word)
        }
    }
}
