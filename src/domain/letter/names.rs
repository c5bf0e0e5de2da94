//! Names as a letter says them in its own words: countries in their cases, bodies of parliament, places of signing.
//!
//! Never replaces what a source prints: that stands beside, in quotation marks. A name that is not known here stays as printed.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::domain::agreement;
use crate::domain::bill::Language;
use crate::domain::script;

/// A country in our words. For English letters the other cases are the name as it stands inside a sentence.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Country {
    /// `Русија`
    pub name: String,
    /// `Русије`
    pub genitive: String,
    /// `Русијом`
    pub instrumental: String,
}

/// The country of an ISO 3166 code, for a letter in this language.
pub fn country(code: &str, language: Language) -> Option<Country> {
    let names = agreement::country_names(code)?;
    if language == Language::En {
        let within = within(&names.english);
        return Some(Country { name: names.english.clone(), genitive: within.clone(), instrumental: within });
    }
    let [name, genitive, instrumental] = names.cyrillic.clone();
    Some(Country { name, genitive, instrumental })
}

/// `the United States`, but `Russia`.
fn within(english: &str) -> String {
    const ENDS: [&str; 2] = ["Republic", "Islands"];
    const PLURAL: [&str; 7] = ["Netherlands", "Philippines", "Bahamas", "Gambia", "Maldives", "Seychelles", "Comoros"];
    let article = english.starts_with("United ") || ENDS.iter().any(|end| english.ends_with(end)) || PLURAL.contains(&english);
    if article { format!("the {english}") } else { english.to_owned() }
}

/// A committee: our name of it in the reader's language where it is one of the standing committees (Rules of Procedure, Article 46), whichever
/// of its two official names the page prints.
pub fn committee(printed: &str, language: Language) -> Option<&'static str> {
    let key = |name: &str| {
        let folded = script::fold(name);
        let bare = folded.strip_prefix("odbora ").or(folded.strip_prefix("odboru ")).or(folded.strip_prefix("odbor ")).unwrap_or(&folded);
        bare.split(' ').filter(|w| !matches!(*w, "the" | "on")).collect::<Vec<_>>().join(" ")
    };
    let wanted = key(printed);
    let found = COMMITTEES.iter().find(|(serbian, english)| key(serbian) == wanted || key(english) == wanted)?;
    Some(if language == Language::En { found.1 } else { found.0 })
}

const COMMITTEES: &[(&str, &str)] = &[
    ("Одбор за уставна питања и законодавство", "Committee on Constitutional and Legislative Issues"),
    ("Одбор за одбрану и унутрашње послове", "Defence and Internal Affairs Committee"),
    ("Одбор за спољне послове", "Foreign Affairs Committee"),
    (
        "Одбор за правосуђе, државну управу и локалну самоуправу",
        "Committee on the Judiciary, Public Administration and Local Self-Government",
    ),
    ("Одбор за људска и мањинска права и равноправност полова", "Committee on Human and Minority Rights and Gender Equality"),
    ("Одбор за дијаспору и Србе у региону", "Committee on the Diaspora and Serbs in the Region"),
    (
        "Одбор за привреду, регионални развој, трговину, туризам и енергетику",
        "Committee on the Economy, Regional Development, Trade, Tourism and Energy",
    ),
    (
        "Одбор за финансије, републички буџет и контролу трошења јавних средстава",
        "Committee on Finance, State Budget and Control of Public Spending",
    ),
    ("Одбор за пољопривреду, шумарство и водопривреду", "Agriculture, Forestry and Water Management Committee"),
    (
        "Одбор за просторно планирање, саобраћај, инфраструктуру и телекомуникације",
        "Committee on Spatial Planning, Transport, Infrastructure and Telecommunications",
    ),
    (
        "Одбор за образовање, науку, технолошки развој и информатичко друштво",
        "Committee on Education, Science, Technological Development and the Information Society",
    ),
    ("Одбор за Косово и Метохију", "Committee on Kosovo-Metohija"),
    ("Одбор за културу и информисање", "Culture and Information Committee"),
    (
        "Одбор за рад, социјална питања, друштвену укљученост и смањење сиромаштва",
        "Committee on Labour, Social Issues, Social Inclusion and Poverty Reduction",
    ),
    ("Одбор за здравље и породицу", "Health and Family Committee"),
    ("Одбор за заштиту животне средине", "Environmental Protection Committee"),
    ("Одбор за европске интеграције", "European Integration Committee"),
    (
        "Одбор за административно-буџетска и мандатно-имунитетска питања",
        "Committee on Administrative, Budgetary, Mandate and Immunity Issues",
    ),
    ("Одбор за контролу служби безбедности", "Security Services Control Committee"),
    ("Одбор за права детета", "Committee on the Rights of the Child"),
];

/// A place of signing as the reader writes it: in English its English name, where there is one.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Spot {
    /// `Стокхолм`; as a table gives it.
    pub name: String,
    /// `Стокхолму`, after `у`; none where only the nominative is known.
    pub locative: Option<String>,
}

/// The place of this Serbian nominative in Latin script.
pub fn place(serbian: &str, language: Language) -> Spot {
    let forms = PLACES.get(serbian);
    if language == Language::En {
        let english = forms.and_then(|f| f.iter().skip(1).find(|name| !name.contains(" na "))).map_or(serbian, String::as_str);
        return Spot { name: english.to_owned(), locative: Some(english.to_owned()) };
    }
    Spot { name: script::to_cyrillic(serbian), locative: forms.and_then(|f| f.first()).map(|l| script::to_cyrillic(l)) }
}

/// Nominative to the locative and the names other languages give a place.
static PLACES: LazyLock<BTreeMap<String, Vec<String>>> =
    LazyLock::new(|| toml::from_str(include_str!("../../../config/places.toml")).unwrap_or_default());

/// What a public body calls itself, where its level does not say: the letter says "a service" only of one that is called so.
pub fn body(printed: &str) -> &'static str {
    let folded = script::fold(printed);
    let has = |stems: &[&str]| folded.split(' ').any(|word| stems.iter().any(|stem| word.starts_with(stem)));
    if has(&["sluzb", "service"]) {
        "service"
    } else if has(&["agenc"]) {
        "agency"
    } else {
        "body"
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_committee_is_known_by_either_of_its_official_names() {
        let serbian = "Одбор за одбрану и унутрашње послове";
        for printed in [
            "Defence and Internal Affairs Committee",
            "The Defence and Internal Affairs Committee",
            "Odbora za odbranu i unutrašnje poslove",
        ] {
            assert_eq!(committee(printed, Language::SrLatn), Some(serbian), "{printed}");
        }
        assert_eq!(committee("Committee on Nothing", Language::SrLatn), None);
        for (serbian, english) in COMMITTEES {
            assert_eq!(committee(serbian, Language::En), Some(*english));
            assert_eq!(committee(&script::to_latin(serbian), Language::En), Some(*english));
        }
    }

    #[test]
    fn a_place_is_written_as_the_reader_writes_it() {
        assert_eq!(place("Njujork", Language::SrCyrl).name, "Њујорк");
        assert_eq!(place("Stokholm", Language::SrLatn).locative.as_deref(), Some("Стокхолму"));
        for (serbian, english) in
            [("Moskva", "Moscow"), ("Frankfurt na Majni", "Frankfurt am Main"), ("Nigdina", "Nigdina"), ("Novi Sad", "Novi Sad")]
        {
            assert_eq!(place(serbian, Language::En).name, english);
        }
        assert_eq!(place("Nigdina", Language::SrLatn).locative, None);
    }

    #[test]
    fn a_country_stands_in_a_sentence_in_its_case() {
        let russia = country("RU", Language::SrLatn).unwrap();
        assert_eq!([russia.name, russia.genitive, russia.instrumental], ["Русија", "Русије", "Русијом"]);
        assert_eq!(country("US", Language::En).unwrap().genitive, "the United States of America");
        assert_eq!(country("CZ", Language::En).unwrap().name, "Czech Republic");
        assert_eq!(country("XX", Language::En), None);
    }

    #[test]
    fn a_body_is_called_what_it_calls_itself() {
        assert_eq!(body("Federal Security Service"), "service");
        assert_eq!(body("Федералне службе обезбеђења"), "service");
        assert_eq!(body("Centra za razvoj"), "body");
    }
}
