//! The reader's language, and its words. Serbian is written once, in Cyrillic; the Latin is derived.
//!
//! Never translates or transliterates what a source prints: see `Title`.

use std::borrow::Cow;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use chrono::{DateTime, NaiveDate, Utc};
use maud::{Markup, html};
use std::convert::Infallible;

use crate::domain::agreement;
use crate::domain::bill::Language;
use crate::domain::zone::{BELGRADE, day_in_belgrade};
use crate::domain::{counting, dates, script};
use crate::io::history::read::Record;

/// Does not break a line.
pub(super) const NBSP: char = '\u{a0}';

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tongue(pub(super) Language);

/// Every one: its path and its own name.
pub(super) const ALL: [(Language, &str, &str); 3] =
    [(Language::SrLatn, "/sr", "Srpski"), (Language::SrCyrl, "/sr-cyrl", "Српски"), (Language::En, "/en", "English")];

impl<S: Sync> FromRequestParts<S> for Tongue {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Tongue::of_path(parts.uri.path()).unwrap_or_else(|| Tongue::of_headers(&parts.headers)))
    }
}

impl Tongue {
    /// The language a path names.
    pub(super) fn of_path(path: &str) -> Option<Tongue> {
        let first = path.strip_prefix('/')?.split('/').next()?;
        ALL.iter().find(|(_, prefix, _)| prefix.strip_prefix('/') == Some(first)).map(|(language, ..)| Tongue(*language))
    }

    /// The language a browser asks for; Serbian where it asks for none of ours.
    pub(super) fn of_headers(headers: &HeaderMap) -> Tongue {
        let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let mut best = (0.0, Language::SrLatn);
        for one in asked.split(',') {
            let (tag, quality) = one
                .split_once(';')
                .map_or((one, 1.0), |(tag, q)| (tag, q.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).unwrap_or(0.0)));
            let tag = tag.trim().to_ascii_lowercase();
            let language = match tag.split('-').next().unwrap_or_default() {
                "sr" if tag.contains("cyrl") => Language::SrCyrl,
                "sr" | "sh" | "bs" | "hr" | "cnr" => Language::SrLatn,
                "mk" | "bg" => Language::SrCyrl,
                "en" => Language::En,
                _ => continue,
            };
            if quality > best.0 {
                best = (quality, language);
            }
        }
        Tongue(best.1)
    }

    /// `/sr`
    pub(super) fn path(self) -> &'static str {
        ALL.iter().find(|(language, ..)| *language == self.0).map_or("/sr", |(_, path, _)| path)
    }

    /// The pair's half for this reader: Serbian in Cyrillic, English.
    pub(super) fn say<'a>(self, serbian: &'a str, english: &'a str) -> Cow<'a, str> {
        match self.0 {
            Language::En => Cow::Borrowed(english),
            Language::SrCyrl => Cow::Borrowed(serbian),
            Language::SrLatn => Cow::Owned(script::to_latin(serbian)),
        }
    }

    /// `289 дана`, `289 days`.
    pub(super) fn count(self, n: i64, serbian: [&str; 3], english: [&str; 2]) -> String {
        let english = if n == 1 { english[0] } else { english[1] };
        format!("{n}{NBSP}{}", self.say(counting::pick(n, serbian), english))
    }

    pub(super) fn days(self, n: i64) -> String {
        self.count(n, ["дан", "дана", "дана"], ["day", "days"])
    }

    /// A day alone: `9. novembar 2017.` Anything that is neither a day nor an instant stands as it is (a bare year).
    pub(super) fn day(self, text: &str) -> String {
        day_of(text).map_or_else(|| text.to_owned(), |day| dates::nominative(day, self.0))
    }

    /// The day inside a sentence: `9. novembra 2017.`
    pub(super) fn of_day(self, text: &str) -> String {
        day_of(text).map_or_else(|| text.to_owned(), |day| dates::genitive(day, self.0))
    }

    /// The same before a comma: `9. novembra 2017`.
    pub(super) fn of_day_bare(self, text: &str) -> String {
        let day = self.of_day(text);
        day.strip_suffix('.').map(str::to_owned).unwrap_or(day)
    }

    /// `9. novembar 2017, 18.05`, in Belgrade time.
    pub(super) fn moment(self, at: DateTime<Utc>) -> String {
        self.with_hour(dates::nominative(day_in_belgrade(at), self.0), at)
    }

    /// `9. novembra 2017, 18.05`
    pub(super) fn of_moment(self, at: DateTime<Utc>) -> String {
        self.with_hour(dates::genitive(day_in_belgrade(at), self.0), at)
    }

    fn with_hour(self, day: String, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&BELGRADE);
        let hour = if self.0 == Language::En { local.format("%-H:%M") } else { local.format("%-H.%M") };
        format!("{}, {hour}", day.trim_end_matches('.'))
    }

    /// As `of_moment`, of a text that may be one.
    pub(super) fn of_moment_in(self, text: &str) -> String {
        instant_of(text).map_or_else(|| self.of_day(text), |at| self.of_moment(at))
    }

    /// What a source prints, in this language's quotation marks.
    pub(super) fn quoted(self, printed: &str) -> Markup {
        let language = script::language_of(printed).as_str();
        let (open, close) = if self.0 == Language::En { ('“', '”') } else { ('„', '”') };
        html! { (open) span lang=(language) { (printed) } (close) }
    }

    /// A country's name; the code itself where we have none.
    pub(super) fn country(self, code: &str) -> String {
        let Some(names) = agreement::country_names(code) else { return code.to_owned() };
        self.say(&names.cyrillic[0], &names.english).into_owned()
    }

    /// What stage a bill is in.
    pub(super) fn stage(self, stage: &str) -> Cow<'static, str> {
        match stage {
            "committee" => self.say("пред одбором", "before a committee"),
            "listed" => self.say("на списку предлога закона", "on the list of bills"),
            "scheduled" => self.say("на дневном реду", "on the agenda"),
            "adopted" => self.say("усвојен", "adopted"),
            "delisted" => self.say("више није на списку", "no longer on the list"),
            other => Cow::Owned(other.to_owned()),
        }
    }

    /// Whether a bill confirms an agreement.
    pub(super) fn verdict(self, verdict: &str) -> Cow<'static, str> {
        match verdict {
            "agreement" => self.say("потврђује споразум", "it confirms an agreement"),
            "doubtful" => self.say("недоумица", "doubtful"),
            _ => self.say("не потврђује споразум", "it confirms no agreement"),
        }
    }

    /// In what capacity a party stands there.
    pub(super) fn level(self, level: &str) -> Cow<'static, str> {
        match level {
            "state" => self.say("држава", "state"),
            "government" => self.say("влада", "government"),
            "ministry" => self.say("министарство", "ministry"),
            "agency" => self.say("служба или агенција", "service or agency"),
            "bank" => self.say("банка", "bank"),
            "organisation" => self.say("међународна организација", "international organisation"),
            "parliament" => self.say("парламент", "parliament"),
            _ => self.say("друго", "other"),
        }
    }

    /// The name of a language, in this one.
    pub(super) fn language(self, code: &str) -> String {
        let names = match code {
            "sr" => ("српски", "Serbian"),
            "sr-Latn" => ("српски, латиницом", "Serbian, in Latin script"),
            "sr-Cyrl" => ("српски, ћирилицом", "Serbian, in Cyrillic script"),
            "en" => ("енглески", "English"),
            "ru" => ("руски", "Russian"),
            "de" => ("немачки", "German"),
            "fr" => ("француски", "French"),
            "es" => ("шпански", "Spanish"),
            "it" => ("италијански", "Italian"),
            "zh" => ("кинески", "Chinese"),
            "hu" => ("мађарски", "Hungarian"),
            "ro" => ("румунски", "Romanian"),
            "bg" => ("бугарски", "Bulgarian"),
            "mk" => ("македонски", "Macedonian"),
            "hr" => ("хрватски", "Croatian"),
            "sl" => ("словеначки", "Slovenian"),
            "sv" => ("шведски", "Swedish"),
            "el" => ("грчки", "Greek"),
            "tr" => ("турски", "Turkish"),
            "ar" => ("арапски", "Arabic"),
            "he" => ("хебрејски", "Hebrew"),
            _ => return code.to_owned(),
        };
        self.say(names.0, names.1).into_owned()
    }
}

/// A title as it is shown to a reader: as printed, or in the reader's script, and then marked.
pub(super) struct Title {
    pub(super) text: String,
    /// Of the text, for `lang`.
    pub(super) language: &'static str,
    /// Shown in a script in which it was not printed.
    pub(super) transliterated: bool,
}

impl Title {
    /// Latin is derived from Cyrillic safely, never the other way round (docs/source.md): a Latin title stays Latin for every reader.
    pub(super) fn new(printed: &str, language: Language, reader: Tongue) -> Title {
        let transliterated = language == Language::SrCyrl && reader.0 != Language::SrCyrl;
        let text = if transliterated { script::to_latin(printed) } else { printed.to_owned() };
        let language = if transliterated { Language::SrLatn } else { language };
        Title { text, language: language.as_str(), transliterated }
    }

    /// Of a row with a title.
    pub(super) fn of(record: &Record, reader: Tongue) -> Title {
        let printed = record.text("title");
        let language = record.text("language").parse().unwrap_or_else(|_| script::language_of(&printed));
        Title::new(&printed, language, reader)
    }
}

/// The Belgrade day of an instant, or a day.
pub(super) fn day_of(text: &str) -> Option<NaiveDate> {
    instant_of(text).map(day_in_belgrade).or_else(|| text.parse().ok())
}

pub(super) fn instant_of(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn asked(header: &str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, header.parse().unwrap());
        Tongue::of_headers(&headers).0
    }

    #[test]
    fn the_browser_is_asked_which_language_and_serbian_is_the_rule() {
        assert_eq!(asked("sr-Cyrl-RS,sr;q=0.8,en;q=0.5"), Language::SrCyrl);
        assert_eq!(asked("sr"), Language::SrLatn);
        assert_eq!(asked("de, en-GB;q=0.7, sr;q=0.3"), Language::En);
        assert_eq!(asked("en;q=0.2, sr-Cyrl;q=0.9"), Language::SrCyrl);
        assert_eq!(asked("de"), Language::SrLatn);
        assert_eq!(asked(";;q=x,,"), Language::SrLatn);
        assert_eq!(Tongue::of_headers(&HeaderMap::new()).0, Language::SrLatn);
    }

    #[test]
    fn a_path_names_its_language_or_none() {
        assert_eq!(Tongue::of_path("/sr-cyrl/status"), Some(Tongue(Language::SrCyrl)));
        assert_eq!(Tongue::of_path("/en/"), Some(Tongue(Language::En)));
        assert_eq!(Tongue::of_path("/srx/"), None);
        assert_eq!(Tongue::of_path("/"), None);
    }

    #[test]
    fn words_are_written_once_and_counted() {
        let latin = Tongue(Language::SrLatn);
        assert_eq!(latin.say("Споразуми", "Agreements"), "Sporazumi");
        assert_eq!(latin.count(22, ["седница", "седнице", "седница"], ["sitting", "sittings"]), "22\u{a0}sednice");
        assert_eq!(Tongue(Language::En).days(1), "1\u{a0}day");
        assert_eq!(latin.moment(instant_of("2017-11-09T17:05:00Z").unwrap()), "9. novembar 2017, 18.05");
        assert_eq!(latin.day("1992"), "1992");
    }

    #[test]
    fn a_title_is_never_transliterated_in_silence_and_never_into_cyrillic() {
        let shown = Title::new("Предлог закона", Language::SrCyrl, Tongue(Language::SrLatn));
        assert_eq!((shown.text.as_str(), shown.language, shown.transliterated), ("Predlog zakona", "sr-Latn", true));
        let shown = Title::new("Predlog zakona", Language::SrLatn, Tongue(Language::SrCyrl));
        assert_eq!((shown.text.as_str(), shown.transliterated), ("Predlog zakona", false));
    }
}
