//! Who signed, from a signature block (`Za Vladu Republike Srbije / Nebojša Stefanović, ministar`) or from the sentence of an explanatory note
//! (`Sporazum je u ime Vlade Republike Srbije potpisao ministar Nebojša Stefanović`).
//!
//! Never takes a name from anywhere else: who is not named as signing is unknown.

use serde::{Deserialize, Serialize};

use crate::domain::agreement;
use crate::domain::bill::Party;
use crate::domain::script;

/// Somebody who signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// As printed.
    pub name: String,
    /// In what office, as printed; none where none is.
    pub office: Option<String>,
    /// For whom, as printed, in the case it is printed in.
    pub behalf: String,
    /// The sentence or the block it was read from, in one line.
    pub sentence: String,
}

/// Characters of a line of a signature block; a longer one is running text.
const LINE_CHARS_MAX: usize = 90;
/// Lines below `Za Vladu ...` in which the name stands.
const BLOCK_LINES: usize = 5;
/// Persons one text names.
const PERSONS_MAX: usize = 12;

/// Everybody a document's text names as signing, in the order printed, each once for each party.
pub fn read(text: &str) -> Vec<Person> {
    of_all([text])
}

/// The same of all documents of an agreement: one in each script names each person once.
pub fn of_all<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Person> {
    let mut persons = Vec::new();
    for text in texts {
        let text = &text[..text.floor_char_boundary(crate::domain::document::BYTES_MAX)];
        persons.extend(blocks(text));
        persons.extend(notes(text));
    }
    let mut once: Vec<Person> = Vec::new();
    for person in persons {
        let same =
            |p: &Person| script::fold(&p.name) == script::fold(&person.name) && script::fold(&p.behalf) == script::fold(&person.behalf);
        if !once.iter().any(same) && once.len() < PERSONS_MAX {
            once.push(person);
        }
    }
    once
}

/// Of these, those who signed for a party: an annex prints the signatures below other instruments. Where no counterpart is known, anybody may be one.
pub fn for_parties(persons: Vec<Person>, parties: &[Party]) -> Vec<Person> {
    if parties.iter().all(|party| party.ours) {
        return persons;
    }
    let is_party = |person: &Person| {
        let (_, named) = agreement::named(&format!("Sporazum između {}", person.behalf));
        match named.first() {
            Some(Party { ours: true, .. }) => parties.iter().any(|party| party.ours),
            Some(Party { country: Some(country), .. }) => parties.iter().any(|party| party.country.as_ref() == Some(country)),
            _ => !is_european_body(&person.behalf) || parties.iter().any(|party| party.country.is_none()),
        }
    };
    persons.into_iter().filter(is_party).collect()
}

/// `Evropsku komisiju`, `Evropsku uniju`: no state, and no authority of one.
fn is_european_body(behalf: &str) -> bool {
    script::fold(behalf).starts_with("evropsk")
}

/// `ZA VLADU REPUBLIKE SRBIJE` alone on its line, the name below it. Two blocks side by side on one line are nobody's.
fn blocks(text: &str) -> Vec<Person> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut out = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(behalf) = behalf_line(line) else { continue };
        let below = lines.iter().skip(at + 1).take(BLOCK_LINES).take_while(|line| behalf_line(line).is_none() && !is_wide(line));
        let below: Vec<&str> = below.copied().filter(|line| !is_rule(line)).collect();
        let Some(found) = below.iter().position(|line| signer(line).is_some()) else { continue };
        // a line between is an office: nothing else stands between a party and its signature
        if below[..found].iter().any(|line| !is_office(line)) {
            continue;
        }
        let Some((name, beside)) = signer(below[found]) else { continue };
        let next = below.get(found + 1).filter(|line| is_office(line)).map(|line| (*line).to_owned());
        let above = below[..found].last().map(|line| (*line).to_owned());
        let sentence = std::iter::once(*line).chain(below[..=found].iter().copied()).map(script::tidy).collect::<Vec<_>>().join(" / ");
        out.push(Person { name, office: beside.or(above).or(next).map(|o| script::tidy(&o)), behalf, sentence });
    }
    out
}

/// What follows `Za` or `For` where it is a party and the line says nothing else.
fn behalf_line(line: &str) -> Option<String> {
    if line.chars().count() > LINE_CHARS_MAX || is_wide(line) || line.ends_with(['.', ';']) {
        return None;
    }
    let line = script::tidy(line);
    let (first, rest) = line.split_once(' ')?;
    let party = [
        "vlad",
        "republik",
        "ministarstv",
        "kraljevin",
        "the govern",
        "the republ",
        "savet minist",
        "evropsk",
        "narodnu banku",
        "government",
    ];
    let folded = script::fold(rest);
    let stands = matches!(script::fold(first).as_str(), "za" | "for") && first.starts_with(char::is_uppercase);
    (stands && party.iter().any(|stem| folded.starts_with(stem))).then(|| rest.trim_end_matches([':', ',']).to_owned())
}

/// Two columns of one page: what belongs to which cannot be told.
fn is_wide(line: &str) -> bool {
    line.trim().contains("   ") || line.contains('\t')
}

fn is_rule(line: &str) -> bool {
    !line.chars().any(char::is_alphanumeric) || ["s r", "m p", "potpis"].contains(&script::fold(line).as_str())
}

const OFFICES: [&str; 16] = [
    "ministar",
    "ministr",
    "predsedni",
    "potpredsedni",
    "ambasador",
    "direktor",
    "guverner",
    "drzavni sekretar",
    "sekretar",
    "minister",
    "prime minister",
    "ambassador",
    "director",
    "governor",
    "state secretary",
    "komesar",
];

fn is_office(line: &str) -> bool {
    let folded = script::fold(line);
    OFFICES.iter().any(|office| folded.starts_with(office))
        || folded.contains(" ministar ")
        || folded.starts_with("prv") && folded.contains("predsedni")
}

/// A line that is a name, and the office after its comma.
fn signer(line: &str) -> Option<(String, Option<String>)> {
    let line = script::tidy(line);
    let (name, office) = line.split_once(',').map_or((line.as_str(), None), |(name, office)| (name, Some(office.trim().to_owned())));
    if office.as_deref().is_some_and(|office| !is_office(office)) {
        return None;
    }
    let name = name.trim_start_matches(['(', ' ']).trim_end_matches([')', ' ']);
    is_name(name).then(|| (name.to_owned(), office))
}

/// Two to four words with capitals, none of them an office or an institution; `dr` and `prof.` before them.
fn is_name(text: &str) -> bool {
    let words: Vec<&str> =
        text.split(' ').filter(|w| !matches!(script::fold(w).as_str(), "dr" | "prof" | "mr" | "ms" | "nj e" | "g" | "gda")).collect();
    let plain = |word: &&str| {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        word.starts_with(char::is_uppercase) && letters > 1 && word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '’' | '\''))
    };
    let folded = script::fold(text);
    // `Vladimir` and `Federica` are names
    let institution = [
        "republi",
        "vlada ",
        "vlade ",
        "vladu ",
        "minist",
        "srbij",
        "sporazum",
        "clan ",
        "beograd",
        "kraljevin",
        "evropsk",
        "narodn",
        "savet",
        "govern",
        "agreement",
        "predsed",
        "ambasad",
        "sekretar",
        "direktor",
        "guverner",
        "unij",
        "federacij",
        "federal",
        "banka ",
        "banke ",
        "banku ",
    ];
    (2..=4).contains(&words.len())
        && words.iter().all(plain)
        && !folded.split(' ').any(|w| institution.iter().any(|stem| format!("{w} ").starts_with(stem)))
}

/// `Sporazum je u ime Vlade ... potpisao ministar ... Ime Prezime`, in either order of its parts.
fn notes(text: &str) -> Vec<Person> {
    let mut out = Vec::new();
    for part in crate::domain::document::parts(text) {
        for range in crate::domain::document::sentences(&part.text) {
            let sentence = &part.text[range];
            if sentence.len() < 1_200 {
                out.extend(note(sentence));
            }
        }
    }
    out
}

fn note(sentence: &str) -> Option<Person> {
    let folded = script::Folded::of(sentence);
    let words: Vec<&str> = (0..folded.len()).map(|i| folded.word(i)).collect();
    let signed: Vec<usize> = (0..words.len()).filter(|i| matches!(words[*i], "potpisao" | "potpisala")).collect();
    let [signed] = signed.as_slice() else { return None };
    let behalf: Vec<usize> = (1..words.len()).filter(|i| words[*i] == "ime" && words[i - 1] == "u").collect();
    let [behalf] = behalf.as_slice() else { return None };
    // "nije potpisao", "treba da potpiše", "biće"
    if words.iter().any(|word| matches!(*word, "nije" | "ovlascen" | "ovlascena" | "bi" | "ce")) {
        return None;
    }
    let (behalf, signed) = (*behalf + 1, *signed);
    let starts_name = |i: usize| {
        folded.printed(i..i + 1).starts_with(char::is_uppercase) && (i == 0 || folded.gap(i).chars().all(|c| c == ' ' || c == ','))
    };
    // the last run of two or three capitalised words after the verb that is a name
    let name = (signed + 1..words.len()).find_map(|i| {
        let run = (i..words.len().min(i + 4)).take_while(|n| starts_name(*n) && (*n == i || folded.gap(*n) == " ")).count();
        let name = folded.printed(i..i + run);
        (run >= 2 && is_name(name)).then_some((i, run))
    })?;
    let office = folded.printed(signed + 1..name.0).trim_end_matches([',', ' ']).to_owned();
    if !office.is_empty() && !is_office(&office) {
        return None;
    }
    let end =
        (behalf..words.len()).take_while(|n| *n != signed && *n < behalf + 8 && (*n == behalf || !folded.gap(*n).contains(','))).count()
            + behalf;
    let behalf = folded.printed(behalf..end).to_owned();
    let name = folded.printed(name.0..name.0 + name.1).to_owned();
    Some(Person { name, office: Some(office).filter(|o| !o.is_empty()), behalf, sentence: sentence.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        read(text).into_iter().map(|p| format!("{} | {} | {}", p.name, p.office.unwrap_or_default(), p.behalf)).collect()
    }

    #[test]
    fn a_signature_block_names_who_signed_for_whom() {
        let text = "Sačinjeno u Moskvi 23. maja 2017. godine.\n\nZa Vladu Republike Srbije\n_________\nNebojša Stefanović, ministar\n\n\
                    ZA VLADU RUSKE FEDERACIJE\nministar unutrašnjih poslova\nVladimir Kolokoljcev\n";
        let expected = [
            "Nebojša Stefanović | ministar | Vladu Republike Srbije",
            "Vladimir Kolokoljcev | ministar unutrašnjih poslova | VLADU RUSKE FEDERACIJE",
        ];
        assert_eq!(told(text), expected);
        let cyrillic: Vec<String> = expected.iter().map(|e| script::to_cyrillic(e)).collect();
        assert_eq!(told(&script::to_cyrillic(text)), cyrillic);
        assert_eq!(
            told("For the Government of the Republic of Serbia\nIvica Dačić"),
            ["Ivica Dačić |  | the Government of the Republic of Serbia"]
        );
    }

    #[test]
    fn a_signature_for_whom_no_party_is_of_an_annex() {
        let block = |whom: &str| format!("Za {whom}\nHans Gruber");
        let of = |title: &str, whom: &str| for_parties(read(&block(whom)), &agreement::detect(title).parties).len();
        let greek = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Helenske Republike o saradnji";
        let european = "Predlog zakona o potvrđivanju Sporazuma između Republike Srbije i Evropske unije o saradnji";
        let convention = "Predlog zakona o potvrđivanju Konvencije o kibernetičkom kriminalu";
        for (title, whom, count) in [
            (greek, "Evropsku komisiju", 0),
            (greek, "Vladu Savezne Republike Nemačke", 0),
            (greek, "Vladu Helenske Republike", 1),
            (greek, "Vladu Republike Srbije", 1),
            (greek, "VLADU REPUBLIKE SRBIJE", 1),
            (greek, "Ministarstvo odbrane", 1),
            (european, "Evropsku komisiju", 1),
            (convention, "Evropsku komisiju", 1),
        ] {
            assert_eq!(of(title, whom), count, "{title}: {whom}");
        }
        let english =
            read("For the Government of the Republic of Serbia\nIvica Dačić\n\nFor the Government of the Hellenic Republic\nNikos Kotzias");
        assert_eq!(for_parties(english, &agreement::detect(greek).parties).len(), 2);
    }

    #[test]
    fn an_explanatory_note_names_who_signed() {
        for text in [
            "Sporazum je u ime Vlade Republike Srbije potpisao ministar unutrašnjih poslova Nebojša Stefanović.",
            "Sporazum je, u ime Vlade Republike Srbije, potpisao ministar unutrašnjih poslova, Nebojša Stefanović, u Moskvi.",
        ] {
            assert_eq!(told(text), ["Nebojša Stefanović | ministar unutrašnjih poslova | Vlade Republike Srbije"], "{text}");
        }
    }

    #[test]
    fn whoever_is_not_named_as_signing_is_unknown() {
        for text in [
            "",
            "Ministar Nebojša Stefanović razgovarao je sa Vladimirom Kolokoljcevim.",
            "Vlada je ovlastila da Sporazum u ime Vlade Republike Srbije potpiše Nebojša Stefanović.",
            "Sporazum u ime Vlade Republike Srbije nije potpisao ministar Nebojša Stefanović.",
            "Za Vladu Republike Srbije          Za Vladu Ruske Federacije\nNebojša Stefanović          Vladimir Kolokoljcev",
            "Za Republiku Srbiju nadležni organ je Ministarstvo\nMinistarstvo Unutrašnjih Poslova",
            "Za Vladu Republike Srbije\nSporazum stupa na snagu danom potpisivanja.\nNebojša Stefanović",
            "Sporazum je u ime Vlade Republike Srbije potpisao ambasador u Beču.",
        ] {
            assert_eq!(told(text), [""; 0], "{text}");
        }
    }
}
