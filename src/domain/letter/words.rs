//! The words of every letter: the templates compiled in, those an operator put in their place, and what templates may call.
//!
//! Never reads a file: overrides arrive as text. Values are never templates; an unknown variable is an error when the words are checked.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value};

use crate::domain::bill::Language;
use crate::domain::counting::{self, Gender};
use crate::domain::dates;
use crate::domain::letter::markup::{NBSP, ORDINAL};
use crate::domain::letter::{sample, vocabulary};

/// Name and text of every template compiled in. The names are those of the files an operator may put in their place.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("frame.html", include_str!("../../../config/letters/frame.html")),
    ("sr/parts.txt", include_str!("../../../config/letters/sr/parts.txt")),
    ("sr/alert.txt", include_str!("../../../config/letters/sr/alert.txt")),
    ("sr/digest.txt", include_str!("../../../config/letters/sr/digest.txt")),
    ("sr/difference.txt", include_str!("../../../config/letters/sr/difference.txt")),
    ("sr/silence.txt", include_str!("../../../config/letters/sr/silence.txt")),
    ("sr/blind.txt", include_str!("../../../config/letters/sr/blind.txt")),
    ("sr/sighted.txt", include_str!("../../../config/letters/sr/sighted.txt")),
    ("sr/sittings.txt", include_str!("../../../config/letters/sr/sittings.txt")),
    ("sr/correction.txt", include_str!("../../../config/letters/sr/correction.txt")),
    ("sr/calendar.txt", include_str!("../../../config/letters/sr/calendar.txt")),
    ("sr/farewell.txt", include_str!("../../../config/letters/sr/farewell.txt")),
    ("sr/confirmation.txt", include_str!("../../../config/letters/sr/confirmation.txt")),
    ("sr/manage.txt", include_str!("../../../config/letters/sr/manage.txt")),
    ("en/parts.txt", include_str!("../../../config/letters/en/parts.txt")),
    ("en/alert.txt", include_str!("../../../config/letters/en/alert.txt")),
    ("en/digest.txt", include_str!("../../../config/letters/en/digest.txt")),
    ("en/difference.txt", include_str!("../../../config/letters/en/difference.txt")),
    ("en/silence.txt", include_str!("../../../config/letters/en/silence.txt")),
    ("en/blind.txt", include_str!("../../../config/letters/en/blind.txt")),
    ("en/sighted.txt", include_str!("../../../config/letters/en/sighted.txt")),
    ("en/sittings.txt", include_str!("../../../config/letters/en/sittings.txt")),
    ("en/correction.txt", include_str!("../../../config/letters/en/correction.txt")),
    ("en/calendar.txt", include_str!("../../../config/letters/en/calendar.txt")),
    ("en/farewell.txt", include_str!("../../../config/letters/en/farewell.txt")),
    ("en/confirmation.txt", include_str!("../../../config/letters/en/confirmation.txt")),
    ("en/manage.txt", include_str!("../../../config/letters/en/manage.txt")),
    ("en/operator.txt", include_str!("../../../config/letters/en/operator.txt")),
];

/// One thing that is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The template's name: that of its file.
    pub name: String,
    /// The line, from 1; none where the file as a whole is meant.
    pub line: Option<usize>,
    /// What is wrong, and what to write instead.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.name, self.what),
            None => write!(f, "{}: {}", self.name, self.what),
        }
    }
}

/// The words letters are written with.
#[derive(Debug)]
pub struct Words {
    serbian: Environment<'static>,
    english: Environment<'static>,
}

static WORDS: LazyLock<Words> =
    LazyLock::new(|| build(&BTreeMap::new()).unwrap_or_else(|_| Words { serbian: empty(true), english: empty(false) }));

impl Words {
    /// The words compiled in.
    pub fn built_in() -> &'static Words {
        &WORDS
    }

    /// The words with an operator's own in place of some: file name (`sr/alert.txt`) to text. Every fault is told, each with the file's name:
    /// an unknown file, a template that does not parse, a variable, a filter or a sentence of `parts.txt` that does not exist.
    pub fn with(overrides: &BTreeMap<String, String>) -> Result<Words, Vec<Fault>> {
        let words = build(overrides)?;
        let mut faults = vocabulary::faults(&words);
        if faults.is_empty() {
            // What is spelt right may still be asked of the wrong thing: that shows when every sort of letter is written once.
            faults = sample::faults(&words);
        }
        faults.sort();
        if faults.is_empty() { Ok(words) } else { Err(faults) }
    }

    /// The same for what `with` found nothing wrong with: it takes as long as reading the files.
    pub fn parsed(overrides: &BTreeMap<String, String>) -> Result<Words, Vec<Fault>> {
        build(overrides)
    }

    /// What the template `name` (without folder and ending) writes for a reader of `language`.
    pub(super) fn write(&self, name: &str, language: Language, context: minijinja::Value) -> Result<String, Error> {
        let (words, folder) = if language == Language::En { (&self.english, "en") } else { (&self.serbian, "sr") };
        words.get_template(&format!("{folder}/{name}.txt"))?.render(context)
    }

    /// The engine that holds a template: Serbian and English filters take other arguments.
    pub(super) fn engine(&self, name: &str) -> &Environment<'static> {
        if name.starts_with("sr/") { &self.serbian } else { &self.english }
    }

    /// The HTML page around the blocks of a letter.
    pub(super) fn frame(&self, context: minijinja::Value) -> Result<String, Error> {
        self.english.get_template("frame.html")?.render(context)
    }
}

/// Whether a file of this name can stand in the place of a template; else what to say of it.
pub fn is_known(name: &str) -> Result<(), Fault> {
    if BUILT_IN.iter().any(|(known, _)| *known == name) {
        return Ok(());
    }
    let near = vocabulary::nearest(name, BUILT_IN.iter().map(|(known, _)| *known)).unwrap_or("sr/alert.txt");
    Err(Fault { name: name.to_owned(), line: None, what: format!("no letter is written from a file of this name; did you mean {near}?") })
}

fn build(overrides: &BTreeMap<String, String>) -> Result<Words, Vec<Fault>> {
    let mut faults: Vec<Fault> = overrides.keys().filter_map(|name| is_known(name).err()).collect();
    let mut words = Words { serbian: empty(true), english: empty(false) };
    if overrides.is_empty() {
        // Nothing to find fault with: what is compiled in is read by the tests, and parsed here when a letter first needs it.
        let text = |name: &str| Ok(BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned()));
        words.serbian.set_loader(text);
        words.english.set_loader(text);
        return Ok(words);
    }
    for (name, text) in BUILT_IN {
        let text = overrides.get(*name).map_or((*text).to_owned(), Clone::clone);
        for environment in [&mut words.serbian, &mut words.english] {
            if let Err(e) = environment.add_template_owned(*name, text.clone()) {
                faults.push(told(name, &e));
                break;
            }
        }
    }
    if faults.is_empty() { Ok(words) } else { Err(faults) }
}

/// A template's fault, with its file and line.
pub(super) fn told(name: &str, error: &Error) -> Fault {
    let what = error.detail().map_or_else(|| error.kind().to_string(), |d| format!("{}: {d}", error.kind()));
    Fault { name: error.name().unwrap_or(name).to_owned(), line: error.line(), what }
}

fn empty(serbian: bool) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None });
    environment.set_formatter(format);
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    environment.add_filter("cap", |text: String| capital(&text));
    let language = if serbian { Language::SrCyrl } else { Language::En };
    environment.add_filter("date", move |day: String| Ok::<_, Error>(joined(&dates::nominative(read_day(&day)?, language))));
    environment.add_filter("of", move |day: String| Ok::<_, Error>(joined(&dates::genitive(read_day(&day)?, language))));
    environment.add_filter("span", move |from: String, until: String| Ok::<_, Error>(span(read_day(&from)?, read_day(&until)?, language)));
    environment
        .add_filter("range", move |from: String, until: String| Ok::<_, Error>(range(read_day(&from)?, read_day(&until)?, language)));
    environment.add_filter("weekday", move |day: String| Ok::<_, Error>(dates::weekday(read_day(&day)?, language).to_owned()));
    environment.add_filter("hour", move |at: String| hour(&at, serbian));
    if serbian {
        environment.add_filter("form", |n: i64, one: String, few: String, other: String| counting::pick(n, [one, few, other]));
        environment.add_filter("count", |n: i64, one: String, few: String, other: String| {
            format!("{n}{NBSP}{}", counting::pick(n, [one, few, other]))
        });
        environment.add_filter("words", |n: i64, gender: &str| {
            let gender = match gender {
                "m" => Gender::Masculine,
                "f" => Gender::Feminine,
                "n" => Gender::Neuter,
                _ => return Err(Error::new(ErrorKind::InvalidOperation, "words takes \"m\", \"f\" or \"n\"")),
            };
            Ok(counting::in_words(n, gender))
        });
    } else {
        environment.add_filter("form", |n: i64, one: String, other: String| if n == 1 { one } else { other });
        environment.add_filter("count", |n: i64, one: String, other: String| format!("{n}{NBSP}{}", if n == 1 { one } else { other }));
        environment.add_filter("words", counting::in_english_words);
    }
    environment
}

/// Escapes values in HTML as HTML asks for. The engine's own way writes each slash as a number too: an address then looks, to a filter of mail
/// and to whoever reads the source, like one that hides.
fn format(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let Some(text) = value.as_str().filter(|_| !value.is_safe() && matches!(state.auto_escape(), AutoEscape::Html)) else {
        return minijinja::escape_formatter(out, state, value);
    };
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        let escaped = match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        };
        out.write_str(&rest[..at])?;
        out.write_str(escaped)?;
        rest = &rest[at + 1..];
    }
    Ok(out.write_str(rest)?)
}

fn read_day(day: &str) -> Result<NaiveDate, Error> {
    NaiveDate::parse_from_str(day, "%Y-%m-%d").map_err(|_| Error::new(ErrorKind::InvalidOperation, format!("{day:?} is no day")))
}

/// Day and month stay on one line, and the last point is one that gives way.
fn joined(day: &str) -> String {
    let day = day.replacen(' ', &NBSP.to_string(), 1);
    day.strip_suffix('.').map_or(day.clone(), |bare| format!("{bare}{ORDINAL}"))
}

/// `13. новембра до 20. новембра 2017.`, after `Од`: the year once, where it is one.
fn span(from: NaiveDate, until: NaiveDate, language: Language) -> String {
    let to = if language == Language::En { "to" } else { "до" };
    let from =
        if from.year() == until.year() { yearless(&dates::genitive(from, language)) } else { joined(&dates::genitive(from, language)) };
    format!("{from} {to} {}", joined(&dates::genitive(until, language)))
}

/// `13–20. новембар 2017.`, alone; `27. новембар – 4. децембар 2017.`
fn range(from: NaiveDate, until: NaiveDate, language: Language) -> String {
    let end = joined(&dates::nominative(until, language));
    match (from.year() == until.year(), from.month() == until.month()) {
        (true, true) if from == until => end,
        (true, true) => format!("{}–{end}", from.day()),
        (true, false) => format!("{} – {end}", yearless(&dates::nominative(from, language))),
        _ => format!("{} – {end}", joined(&dates::nominative(from, language))),
    }
}

/// Without its last word, the year.
fn yearless(day: &str) -> String {
    day.rsplit_once(' ').map_or(day, |(rest, _)| rest).replacen(' ', &NBSP.to_string(), 1)
}

/// `9.30`, `10 часова`, `21 час`; in English `9.30`, `10.00`.
fn hour(at: &str, serbian: bool) -> Result<String, Error> {
    let time = NaiveTime::parse_from_str(at, "%H:%M").map_err(|_| Error::new(ErrorKind::InvalidOperation, format!("{at:?} is no hour")))?;
    if !serbian || time.minute() != 0 {
        return Ok(format!("{}.{:02}", time.hour(), time.minute()));
    }
    Ok(format!("{}{NBSP}{}", time.hour(), counting::pick(i64::from(time.hour()), ["час", "часа", "часова"])))
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_template_compiled_in_holds_for_every_sort_of_letter() {
        Words::with(&BTreeMap::new()).unwrap();
    }

    fn faults(name: &str, text: &str) -> Vec<String> {
        let overrides = BTreeMap::from([(name.to_owned(), text.to_owned())]);
        Words::with(&overrides).unwrap_err().iter().map(Fault::to_string).collect()
    }

    #[test]
    fn every_unknown_name_is_told_with_its_file_its_line_and_the_nearest_known_one() {
        for (name, text, wanted) in [
            ("sr/alert.txt", "Subject: x\n{{ v.cuont }}", "sr/alert.txt:2: there is no `cuont`; did you mean `count`?"),
            ("sr/alert.txt", "Subject: x\n\n{{ w.count }}{{ readers }}", "sr/alert.txt:3: there is no `readers`; did you mean `r`?"),
            (
                "sr/alert.txt",
                "{% import \"sr/parts.txt\" as p %}\n{{ p.subjekt(v) }}",
                "sr/alert.txt:2: there is no `subjekt`; did you mean `subject`?",
            ),
            (
                "en/digest.txt",
                "{{ v.count|coutn(\"day\", \"days\") }}",
                "en/digest.txt:1: there is no filter `coutn`; did you mean `count`?",
            ),
            ("en/digest.txt", "{% if v.count is odddd %}{% endif %}", "en/digest.txt:1: there is no test `odddd`"),
            ("sr/allert.txt", "x", "sr/allert.txt: no letter is written from a file of this name; did you mean sr/alert.txt?"),
        ] {
            let said = faults(name, text);
            assert!(said.iter().any(|fault| fault == wanted), "{wanted}\n{said:?}");
        }
        let said = faults("en/digest.txt", "x\n{% if %}");
        assert!(said[0].starts_with("en/digest.txt:2: "), "{said:?}");
    }

    #[test]
    fn an_unknown_name_in_a_branch_not_taken_is_still_found_and_all_are_told_at_once() {
        let text = "Subject: x\n{% if false %}{{ nothing }}\n{{ v.nowhere }}\n{{ v|never }}{% endif %}";
        let said = faults("sr/alert.txt", text);
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].starts_with("sr/alert.txt:2: there is no `nothing`"), "{said:?}");
        assert!(said[2].starts_with("sr/alert.txt:4: there is no filter `never`"), "{said:?}");
    }

    #[test]
    fn a_known_name_asked_of_the_wrong_thing_is_found_by_writing_every_letter() {
        let said = faults("sr/alert.txt", "Subject: x\n{{ v.subject }}");
        assert!(said[0].starts_with("sr/alert.txt:2: undefined value"), "{said:?}");
    }

    #[test]
    fn words_of_ones_own_take_the_place_of_those_compiled_in_and_the_others_stay() {
        let own = BTreeMap::from([("sr/manage.txt".to_owned(), "Subject: Моја реч\n\nТекст.".to_owned())]);
        let words = Words::with(&own).unwrap();
        let written = |name| words.write(name, Language::SrLatn, minijinja::context! { r => minijinja::Value::UNDEFINED });
        assert!(written("manage").unwrap().contains("Моја реч"));
        assert!(words.engine("en/manage.txt").get_template("en/manage.txt").unwrap().source().contains("30 minutes"));
    }

    #[test]
    fn a_stretch_of_days_names_its_year_once() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let plain = |text: String| text.replace(NBSP, " ").replace(ORDINAL, ".");
        for (from, until, alone, within, english) in [
            ("2017-11-13", "2017-11-20", "13–20. новембар 2017.", "13. новембра до 20. новембра 2017.", "13–20 November 2017"),
            (
                "2017-11-27",
                "2017-12-04",
                "27. новембар – 4. децембар 2017.",
                "27. новембра до 4. децембра 2017.",
                "27 November – 4 December 2017",
            ),
            (
                "2017-12-30",
                "2018-01-06",
                "30. децембар 2017. – 6. јануар 2018.",
                "30. децембра 2017. до 6. јануара 2018.",
                "30 December 2017 – 6 January 2018",
            ),
        ] {
            assert_eq!(plain(range(day(from), day(until), Language::SrCyrl)), alone);
            assert_eq!(plain(span(day(from), day(until), Language::SrCyrl)), within);
            assert_eq!(plain(range(day(from), day(until), Language::En)), english);
        }
        assert_eq!(plain(range(day("2017-11-13"), day("2017-11-13"), Language::SrCyrl)), "13. новембар 2017.");
    }

    #[test]
    fn hours_are_counted_and_minutes_stand_after_a_point() {
        let said = |at| hour(at, true).unwrap().replace(NBSP, " ");
        assert_eq!(said("09:30"), "9.30");
        assert_eq!(said("08:00"), "8 часова");
        assert_eq!(said("22:00"), "22 часа");
        assert_eq!(said("21:00"), "21 час");
    }
}
