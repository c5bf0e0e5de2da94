//! Names of places: from the form a sentence prints to the nominative in Latin script.
//!
//! Never takes a country, a building or a body for the place of signing.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use crate::domain::article::prose::Prose;
use crate::domain::script::{LOST, same, to_latin};
use crate::domain::tokens::{Kind, cut};

/// A place as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Nominative, Latin script.
    pub(super) name: String,
    /// Whether the table has it.
    pub(super) known: bool,
}

/// Most words of a name in the table.
const WORDS_MAX: usize = 5;

/// Every form in the table, as keys joined by spaces, and its nominative.
static FORMS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let table: BTreeMap<String, Vec<String>> = toml::from_str(include_str!("../../../config/places.toml")).unwrap_or_default();
    let mut forms = HashMap::new();
    for (name, others) in &table {
        for form in others {
            forms.insert(keys(form), name.clone());
        }
    }
    for name in table.keys() {
        forms.insert(keys(name), name.clone());
    }
    forms
});

fn keys(name: &str) -> String {
    let words = cut(name).into_iter().filter_map(|t| match t.kind {
        Kind::Word(key) => Some(key),
        _ => None,
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The place of the table whose name begins at the token, and the token after it; the longest name wins.
pub(super) fn known(prose: &Prose, i: usize) -> Option<(Place, usize)> {
    if !prose.is_capital(i) {
        return None;
    }
    let mut key = prose.word(i).to_owned();
    let mut at = i + 1;
    let mut found = None;
    for _ in 0..WORDS_MAX {
        if let Some(name) = FORMS.get(&key).or_else(|| with_lost_letters(&key)) {
            found = Some((Place { name: name.clone(), known: true }, at));
        }
        // Nur-Sultan, St. Petersburg
        let skip = usize::from(
            (prose.is(at, '-') && !prose.spaced(at)) || (prose.is(at, '.') && prose.word(at - 1).len() < 3) || prose.is(at, '\''),
        );
        if !prose.is_word(at + skip) {
            break;
        }
        key = format!("{key} {}", prose.word(at + skip));
        at += skip + 1;
    }
    found
}

/// `uBeogradu`, `UBEOGRADU`: the place of the table after a preposition that lost its space.
pub(super) fn glued(prose: &Prose, i: usize) -> Option<(Place, usize)> {
    let form = prose.word(i).strip_prefix('u').filter(|form| form.len() > 4)?;
    FORMS.get(form).map(|name| (Place { name: name.clone(), known: true }, i + 1))
}

/// The one place of the table that a key with lost letters can stand for.
fn with_lost_letters(key: &str) -> Option<&'static String> {
    if !key.contains(LOST) {
        return None;
    }
    // what is left of the name stands in the form: comparing in full is slow, and a damaged text has a thousand such words
    let left = key.split([LOST, ' ']).max_by_key(|left| left.len()).filter(|left| left.len() > 1)?;
    let mut names = FORMS.iter().filter(|(form, _)| form.contains(left) && same(form, key)).map(|(_, name)| name);
    let first = names.next()?;
    names.all(|other| other == first).then_some(first)
}

/// The place whose name begins at the token, in the table or not: a run of capitalised words that is no body and no country.
pub(super) fn read(prose: &Prose, i: usize, english: bool) -> Option<(Place, usize)> {
    if let Some(found) = known(prose, i) {
        return Some(found);
    }
    let mut end = i;
    while end < i + WORDS_MAX && prose.is_capital(end) && prose.date(end).is_none() && !is_no_place(prose.word(end)) {
        end += 1;
        let hyphen = prose.is(end, '-') && !prose.spaced(end);
        let joins = !prose.is_capital(end) && matches!(prose.word(end), "na" | "kod" | "nad" | "de" | "del" | "el");
        if (hyphen || joins) && prose.is_capital(end + 1) {
            end += 1;
        }
    }
    if end == i || is_no_place(prose.word(end)) && prose.is_capital(end) {
        return None;
    }
    // among capitals only, a run of words that no comma, number or preposition closes is no name
    let closed = !prose.is_word(end) || matches!(prose.word(end), "u" | "i" | "dana" | "in" | "on" | "and" | "na");
    if prose.capitals_only() && (!closed || end - i > 3) {
        return None;
    }
    if (i..end).any(|word| prose.word(word).contains(LOST)) {
        return None;
    }
    let printed = to_latin(prose.printed(i..end)).split_whitespace().collect::<Vec<_>>().join(" ");
    let printed = if prose.capitals_only() { lower(&printed) } else { printed };
    let name = if english { printed } else { nominative(&printed).unwrap_or(printed) };
    Some((Place { name, known: false }, end))
}

/// The token after what says where a place lies: `, Distrikt Kolumbija, Sjedinjene Američke Države`.
pub(super) fn after_qualifiers(prose: &Prose, mut after: usize) -> usize {
    let leads = |i: usize| matches!(prose.word(i), "u" | "i" | "na" | "dana" | "koji" | "koja" | "koje" | "in" | "and" | "on" | "a");
    let names = |i: usize| prose.is_capital(i) && prose.date(i).is_none() && !leads(i);
    while prose.is(after, ',') && names(after + 1) && !is_another(prose, after + 1) {
        let mut end = after + 1;
        while names(end) || (prose.word(end) == "i" && names(end + 1) && !prose.capitals_only()) {
            end += 1;
        }
        // among capitals only, what another comma or a date does not close may be a clause
        let closed = prose.is(end, ',') || prose.date(end).is_some() || matches!(prose.word(end), "i" | "u");
        if prose.capitals_only() && !(closed && end - after < 5) {
            break;
        }
        after = end;
    }
    after
}

/// Whether a town of the table stands there in another case than the nominative, as in `u Beogradu, Podgorici i Zagrebu`: what says where a place lies
/// stands in the nominative (`u Nagoji, Japan`).
pub(super) fn is_another(prose: &Prose, i: usize) -> bool {
    known(prose, i).is_some_and(|(place, after)| keys(&place.name) != keys(prose.printed(i..after)))
}

/// `NOVA VAROŠ` as `Nova Varoš`.
fn lower(printed: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect::<String>()).unwrap_or_default()
    };
    printed.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Stems of what capitals, `u` and `in` stand before without naming a town.
fn is_no_place(word: &str) -> bool {
    const STEMS: [&str; 44] = [
        "republi",
        "kraljevin",
        "srbij",
        "serbia",
        "bosn",
        "hercegovin",
        "crnoj",
        "hrvatsk",
        "makedonij",
        "sloveni",
        "drzav",
        "feder",
        "unij",
        "union",
        "vlad",
        "government",
        "ministar",
        "ministr",
        "skupstin",
        "assembl",
        "narodn",
        "national",
        "savet",
        "council",
        "ujedinjen",
        "united",
        "evrop",
        "europ",
        "komisij",
        "commission",
        "sedist",
        "headquart",
        "palat",
        "palac",
        "dvor",
        "hotel",
        "ambasad",
        "embass",
        "kancelar",
        "general",
        "parlament",
        "parliament",
        "sekretar",
        "originalu",
    ];
    STEMS.iter().any(|stem| word.starts_with(stem)) || matches!(word, "ime" | "skladu" | "okviru" | "vezi" | "prisustvu" | "dom" | "domu")
}

/// The nominative of a locative, where its ending leaves no choice.
fn nominative(printed: &str) -> Option<String> {
    let words: Vec<&str> = printed.split(' ').collect();
    let (noun, adjectives) = words.split_last()?;
    let name = noun_nominative(noun)?;
    let mut nominative = String::new();
    for adjective in adjectives {
        nominative += &adjective_nominative(adjective, &name).or_else(|| undeclined(adjective))?;
        nominative.push(' ');
    }
    Some(nominative + &name)
}

fn noun_nominative(noun: &str) -> Option<String> {
    let strip = |ending: &str, nominative: &str| {
        noun.strip_suffix(ending).filter(|stem| stem.chars().count() > 2).map(|stem| format!("{stem}{nominative}"))
    };
    // consonants that sibilants hide (Rijeci, Rigi) and vowels that a locative eats (Palermu) leave a choice; these do not
    const MASCULINE: [&str; 25] = [
        "nsk", "grad", "burg", "berg", "bor", "furt", "hajm", "štat", "dorf", "hof", "ton", "ford", "vil", "port", "stan", "abad", "bad",
        "ac", "ić", "nik", "in", "ar", "or", "er", "olj",
    ];
    // Sočiju, Malabuu, Tromseu: a vowel before the ending is the name's own last
    for (ending, nominative) in [("iju", "i"), ("uu", "u"), ("ou", "o"), ("eu", "e")] {
        if let Some(name) = strip(ending, nominative) {
            return Some(name);
        }
    }
    if let Some(stem) = noun.strip_suffix('u') {
        if let Some(stem) = stem.strip_suffix("vc") {
            return Some(format!("{stem}vac"));
        }
        if stem.ends_with("ev") || stem.ends_with("ov") {
            return Some(format!("{stem}o"));
        }
        return MASCULINE.iter().any(|ending| stem.ends_with(ending) && stem.len() > ending.len() + 1).then(|| stem.to_owned());
    }
    for (ending, nominative) in [("ima", "i"), ("ama", "e"), ("ici", "ica"), ("skoj", "ska"), ("škoj", "ška"), ("čkoj", "čka")] {
        if let Some(name) = strip(ending, nominative) {
            return Some(name);
        }
    }
    if noun.ends_with("ci") || noun.ends_with("zi") || noun.ends_with("si") {
        return None;
    }
    strip("i", "a")
}

/// A part that no case changes, as its ending tells: Mehiko Siti, Sent Andreja, Sao Paulo.
fn undeclined(part: &str) -> Option<String> {
    (!part.ends_with(['u', 'i', 'm', 'j', 'e', 'g'])).then(|| part.to_owned())
}

fn adjective_nominative(adjective: &str, noun: &str) -> Option<String> {
    let (stem, feminine) = match (adjective.strip_suffix("oj"), adjective.strip_suffix("om").or_else(|| adjective.strip_suffix("em"))) {
        (Some(stem), _) => (stem, true),
        (_, Some(stem)) => (stem, false),
        _ => (adjective.strip_suffix("im")?, noun.ends_with('e')),
    };
    let ending = match (feminine, noun.chars().last()?) {
        (true, 'e') => "e",
        (true, _) => "a",
        (false, 'o' | 'e') => "o",
        (false, _) => "i",
    };
    Some(format!("{stem}{ending}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_no_form_names_two_places() {
        let table: BTreeMap<String, Vec<String>> = toml::from_str(include_str!("../../../config/places.toml")).unwrap_or_default();
        assert!(table.len() > 300);
        let mut seen: HashMap<String, &String> = HashMap::new();
        for (name, others) in &table {
            for form in others.iter().chain([name]) {
                let other = seen.insert(keys(form), name);
                assert!(other.is_none_or(|other| other == name), "{form}: {name} or {other:?}");
            }
        }
    }

    #[test]
    fn a_form_in_the_table_finds_its_place() {
        for (printed, name) in [
            ("Novom Sadu", "Novi Sad"),
            ("Banjoj Luci", "Banja Luka"),
            ("Брду код Крања", "Brdo kod Kranja"),
            ("SREMSKIM KARLOVCIMA", "Sremski Karlovci"),
            ("Moscow", "Moskva"),
            ("The Hague", "Hag"),
            ("Cacku", "Čačak"),
            ("Nur-Sultanu", "Nur-Sultan"),
            ("St. Petersburg", "Sankt Peterburg"),
            ("Gradisci", "Gradisci"),
        ] {
            assert_eq!(read(&Prose::new(printed), 0, false).map(|(place, _)| place.name).unwrap_or_default(), name, "{printed}");
        }
    }

    #[test]
    fn an_unseen_place_is_declined_only_where_its_ending_leaves_no_choice() {
        for (printed, name) in [
            ("Petrovgradu", "Petrovgrad"),
            ("Lukovcima", "Lukovci"),
            ("Donjem Lukovcu", "Donji Lukovac"),
            ("Gornjoj Trepči", "Gornja Trepča"),
            ("Velikim Crljenima", "Veliki Crljeni"),
            ("Lozovicama", "Lozovice"),
            ("Bogutovu", "Bogutovo"),
            ("Kalermu", "Kalermu"),
            ("Trnavci", "Trnavci"),
            ("Grozniju", "Grozni"),
            ("Fonteneblou", "Fonteneblo"),
            ("Sent Loreni", "Sent Lorena"),
            ("Brigu Sitiju", "Brigu Sitiju"),
        ] {
            assert_eq!(read(&Prose::new(printed), 0, false).map(|(place, _)| place.name).unwrap_or_default(), name, "{printed}");
        }
    }

    #[test]
    fn a_body_or_a_country_is_no_place() {
        for printed in
            ["Republici Srbiji", "Ministarstvu spoljnih poslova", "Palati Srbija", "ime Vlade", "originalu", "Bosni i Hercegovini"]
        {
            assert_eq!(read(&Prose::new(printed), 0, false), None, "{printed}");
        }
    }
}
