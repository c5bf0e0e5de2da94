//! The lexicon of `config/parties.toml`: states, authorities, banks and organisations by the forms of their names.
//!
//! Never changes a name: it adds country and level to what a title prints.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use hashbrown::HashMap;
use serde::Deserialize;

use super::rules::Words;
use crate::domain::bill::Level;
use crate::domain::script::{Folded, fold, to_latin};

/// The states whose agreements Serbia continues, and Serbia.
pub const OURS: [&str; 3] = ["RS", "YU", "CS"];

/// The forms of a country's short name that letters print. Serbian in Latin script; the Cyrillic forms beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountryNames {
    /// `Rusija`
    pub nominative: String,
    /// `Rusije`
    pub genitive: String,
    /// `Rusijom`
    pub instrumental: String,
    /// `Русија`, `Русије`, `Русијом`
    pub cyrillic: [String; 3],
    /// `Russia`
    pub english: String,
}

/// Who a name belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entity {
    /// A country, by its name or by an adjective: `Rusije`, `ruske`.
    Country {
        /// ISO 3166 alpha-2; none where there is none.
        code: Option<&'static str>,
    },
    /// A bank, an agency, an organisation in its own name.
    Body {
        /// Where it belongs to one country.
        country: Option<&'static str>,
        /// In what capacity it concludes agreements.
        level: Level,
    },
}

/// The lexicon, ready to be asked.
#[derive(Debug)]
pub struct Lexicon {
    by_first: HashMap<&'static str, Vec<Name>>,
    adjectives: HashMap<String, Entity>,
    countries: HashMap<&'static str, Country>,
    /// By each of its names, what an organisation is called here.
    organisations: HashMap<String, &'static str>,
    /// Style of a state: `Republika`, `Kingdom`.
    pub styles: Words,
    /// Places whose names hold the name of a country that has nothing to do with them: `Novi Sad`.
    places: Words,
    /// Authorities by level, in order.
    pub authorities: Vec<(Level, Words)>,
    /// The words that open, part and close a list of parties.
    pub grammar: Grammar,
}

/// The words around parties.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Grammar {
    pub between: Words,
    pub with: Words,
    pub and: Words,
    pub aside: Words,
    pub speaks_for: Words,
    pub stop: Words,
    pub earlier: Words,
    pub unnamed: Words,
    pub roles: Words,
    pub federal: Words,
}

#[derive(Debug)]
struct Name {
    rest: Vec<&'static str>,
    entity: Entity,
}

#[derive(Debug)]
struct Country {
    forms: Vec<&'static str>,
    /// A letter asks for those of one or two.
    names: OnceLock<CountryNames>,
}

/// What is compiled in stays for as long as the program, and so do its words: none is copied.
#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    countries: BTreeMap<&'a str, Vec<&'a str>>,
    styles: Styles,
    places: Styles,
    authority: Vec<Authority>,
    body: Vec<Body<'a>>,
    grammar: GrammarFile,
}

#[derive(Deserialize)]
struct Styles {
    words: String,
}

#[derive(Deserialize)]
struct Authority {
    level: Level,
    words: String,
}

#[derive(Deserialize)]
struct Body<'a> {
    level: Level,
    country: Option<&'a str>,
    name: Option<&'a str>,
    #[serde(borrow)]
    names: Vec<&'a str>,
}

#[derive(Deserialize)]
struct GrammarFile {
    between: String,
    with: String,
    and: String,
    aside: String,
    speaks_for: String,
    stop: String,
    earlier: String,
    unnamed: String,
    roles: String,
    federal: String,
}

/// The lexicon that is compiled in.
pub static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    // a lexicon that does not parse is a fault of the build, and a test reads it
    #[allow(clippy::expect_used)]
    let file: File<'static> = toml::from_str(include_str!("../../../config/parties.toml")).expect("config/parties.toml is read by a test");
    Lexicon::of(file)
});

impl Lexicon {
    fn of(file: File<'static>) -> Self {
        let grammar = Grammar {
            between: Words::read(&file.grammar.between),
            with: Words::read(&file.grammar.with),
            and: Words::read(&file.grammar.and),
            aside: Words::read(&file.grammar.aside),
            speaks_for: Words::read(&file.grammar.speaks_for),
            stop: Words::read(&file.grammar.stop),
            earlier: Words::read(&file.grammar.earlier),
            unnamed: Words::read(&file.grammar.unnamed),
            roles: Words::read(&file.grammar.roles),
            federal: Words::read(&file.grammar.federal),
        };
        let authorities = file.authority.iter().map(|authority| (authority.level, Words::read(&authority.words))).collect();
        let styles = Words::read(&file.styles.words);
        let mut lexicon = Lexicon {
            places: Words::read(&file.places.words),
            by_first: HashMap::with_capacity(1024),
            adjectives: HashMap::with_capacity(256),
            countries: HashMap::with_capacity(256),
            organisations: HashMap::with_capacity(256),
            styles,
            authorities,
            grammar,
        };
        for (code, forms) in file.countries {
            lexicon.add_country(code, forms);
        }
        for body in file.body {
            let country = body.country.map(|code| if code == "ours" { "RS" } else { code });
            for name in &body.names {
                if let Some(organisation) = body.name {
                    lexicon.organisations.insert(fold(name), organisation);
                }
                lexicon.add(fold(name), Entity::Body { country, level: body.level });
            }
        }
        for names in lexicon.by_first.values_mut() {
            names.sort_by_key(|name| std::cmp::Reverse(name.rest.len()));
        }
        lexicon
    }

    fn add_country(&mut self, code: &'static str, forms: Vec<&'static str>) {
        let country = Entity::Country { code: Some(code).filter(|code| !code.is_empty()) };
        let stem = forms.get(STEM).map(|stem| fold(stem)).filter(|stem| !stem.is_empty());
        for (_, form) in forms.iter().enumerate().filter(|(i, _)| *i != STEM) {
            self.add(fold(form), country);
        }
        if let Some(stem) = stem {
            self.adjectives.insert(stem, country);
        }
        if !code.is_empty() && forms.len() > STEM + 1 {
            self.countries.insert(code, Country { forms, names: OnceLock::new() });
        }
    }

    fn add(&mut self, folded: String, entity: Entity) {
        let folded: &'static str = folded.leak();
        let mut words = folded.split(' ');
        let Some(first) = words.next() else { return };
        let names = self.by_first.entry(first).or_default();
        let rest: Vec<&str> = words.collect();
        if !names.iter().any(|name| name.rest == rest) {
            names.push(Name { rest, entity });
        }
    }

    /// The longest name that stands at this place, and the number of its words.
    pub fn at(&self, title: &Folded, at: usize) -> Option<(usize, Entity)> {
        self.name_at(title, at).filter(|_| at.checked_sub(1).is_none_or(|before| self.places.at(title, before).is_none()))
    }

    fn name_at(&self, title: &Folded, at: usize) -> Option<(usize, Entity)> {
        let first = title.word(at);
        let stands = |name: &&Name| name.rest.iter().enumerate().all(|(i, word)| title.word(at + 1 + i) == *word);
        if let Some(name) = self.by_first.get(first).and_then(|names| names.iter().find(stands)) {
            return Some((1 + name.rest.len(), name.entity));
        }
        self.adjective(first).map(|entity| (1, entity))
    }

    /// Which organisation is named at this place, and by how many words: what it is called here, in whatever language it is named.
    pub fn organisation_at(&self, title: &Folded, at: usize) -> Option<(usize, &'static str)> {
        let (n, Entity::Body { .. }) = self.at(title, at)? else { return None };
        let words: Vec<&str> = (at..at + n).map(|at| title.word(at)).collect();
        self.organisations.get(&words.join(" ")).map(|organisation| (n, *organisation))
    }

    fn adjective(&self, word: &str) -> Option<Entity> {
        // stems end in a consonant, so the vowel or the vowel and one more is all there is to take off
        let endings: &[&str] = match word.bytes().last()? {
            b'a' => &["a", "ima"],
            b'e' => &["e"],
            b'i' => &["i"],
            b'o' => &["o"],
            b'u' => &["u"],
            b'm' => &["om", "im"],
            b'j' => &["oj"],
            b'h' => &["ih"],
            b'g' => &["og"],
            _ => &[],
        };
        endings.iter().find_map(|ending| self.adjectives.get(word.strip_suffix(ending)?)).copied()
    }

    /// Whose name the last words of a title begin, where the title is cut inside it: `Severne Makedon`, `Međunarodne ban`. None where two
    /// could stand there.
    pub fn begun_by(&self, title: &Folded, name: Range<usize>) -> Option<Entity> {
        name.clone().find_map(|from| self.begun_at(title, from..name.end))
    }

    fn begun_at(&self, title: &Folded, words: Range<usize>) -> Option<Entity> {
        let cut = title.word(words.end.checked_sub(1)?);
        let whole = |name: &Name| (words.start + 1..words.end - 1).zip(&name.rest).all(|(at, word)| title.word(at) == *word);
        let goes_on = |word: &str| word.len() > cut.len() && word.starts_with(cut);
        let mut begun: Vec<Entity> = if words.len() == 1 {
            let firsts = self.by_first.iter().filter(|(first, _)| cut.len() >= CUT_LETTERS_MIN && goes_on(first));
            firsts
                .flat_map(|(_, names)| names)
                .filter(|name| matches!(name.entity, Entity::Country { code: Some(_) }))
                .map(|name| name.entity)
                .collect()
        } else {
            let names = self.by_first.get(title.word(words.start)).into_iter().flatten();
            names
                .filter(|name| name.rest.get(words.len() - 2).is_some_and(|word| goes_on(word)) && whole(name))
                .map(|name| name.entity)
                .collect()
        };
        // Serbia's name begins Serbia and Montenegro's
        begun.retain(|entity| *entity != Entity::Country { code: Some("CS") } || words.len() > 1);
        let first = *begun.first()?;
        begun.iter().all(|entity| *entity == first).then_some(first)
    }

    /// Every country with its names.
    pub fn countries(&self) -> impl Iterator<Item = (&str, &CountryNames)> {
        self.countries.iter().map(|(code, country)| (*code, country.names()))
    }

    /// The names of a country.
    pub fn country_names(&self, code: &str) -> Option<&CountryNames> {
        self.countries.get(code).map(Country::names)
    }
}

impl Country {
    fn names(&self) -> &CountryNames {
        self.names.get_or_init(|| {
            let form = |at: usize| self.forms.get(at).copied().unwrap_or_default();
            let cases = [form(0), form(1), form(2)];
            let [nominative, genitive, instrumental] = cases.map(to_latin);
            CountryNames { nominative, genitive, instrumental, cyrillic: cases.map(str::to_owned), english: form(STEM + 1).to_owned() }
        })
    }
}

/// Which of a country's forms is the stem of its adjective; the English name follows it.
const STEM: usize = 3;

/// A cut word shorter than this begins too many names.
const CUT_LETTERS_MIN: usize = 2;
