//! The form in which somebody says what they want to hear of: its fields, and what is read from them.
//!
//! Never trusts a field: what is none of the form's own words is left out, and what is typed is cut and cleaned.

use std::borrow::Cow;

use chrono::NaiveDate;
use maud::{Markup, html};
use url::form_urlencoded;

use super::tongue::{ALL, Tongue};
use crate::app::subscribe::Forecast;
use crate::domain::agreement;
use crate::domain::bill::{Language, Level};
use crate::domain::change::Kind;
use crate::domain::script;
use crate::domain::subscriber::{Every, INSTRUMENTS, Preferences, default_kinds};

/// Words, or bodies, that may be typed.
const TYPED_MAX: usize = 20;
/// Letters of each.
const TYPED_CHARS_MAX: usize = 100;
/// Choices of one list.
const CHOSEN_MAX: usize = 300;

/// What a form sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Sent(Vec<(String, String)>);

impl Sent {
    /// Of a body `email=...&country=RU&country=CN`.
    pub(super) fn read(body: &[u8]) -> Sent {
        Sent(form_urlencoded::parse(body).map(|(key, value)| (key.into_owned(), value.into_owned())).collect())
    }

    /// One field; empty where there is none.
    pub(super) fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    }

    fn words<T: std::str::FromStr + PartialEq>(&self, name: &str) -> Vec<T> {
        once(self.all(name).filter_map(|value| value.parse().ok()))
    }

    fn typed(&self, name: &str) -> Vec<String> {
        let parts = self.all(name).flat_map(|value| value.split([',', ';', '\n']));
        let clean = parts.map(|part| script::tidy(part).chars().take(TYPED_CHARS_MAX).collect::<String>()).filter(|part| !part.is_empty());
        once(clean).into_iter().take(TYPED_MAX).collect()
    }

    /// What is chosen. A form without any kind of change would choose nothing for ever: it means the usual ones.
    pub(super) fn preferences(&self, usual: Language) -> Preferences {
        let kinds: Vec<Kind> = self.words("change");
        let codes = self.all("country").map(str::to_ascii_uppercase).filter(|code| agreement::country_names(code).is_some());
        Preferences {
            language: self.one("language").parse().unwrap_or(usual),
            every: self.one("every").parse().unwrap_or(Every::Instant),
            countries: once(codes),
            levels: self.words("level"),
            instruments: once(self.all("instrument").filter(|name| INSTRUMENTS.contains(name)).map(str::to_owned)),
            bodies: self.typed("body"),
            words: self.typed("word"),
            changes: if kinds.is_empty() { default_kinds() } else { kinds },
            proof_of_silence: self.one("proof_of_silence") != "no",
        }
    }

    /// The day in a field.
    pub(super) fn day(&self, name: &str) -> Option<NaiveDate> {
        self.one(name).trim().parse().ok()
    }
}

fn once<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for one in all.take(CHOSEN_MAX) {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}

/// The fields, with what is chosen already.
pub(super) fn fields(t: Tongue, chosen: &Preferences, open: bool) -> Markup {
    html! {
        div.field {
            label for="language" { (t.say("Језик и писмо", "Language and script")) }
            select #language name="language" {
                @for (language, _, name) in ALL {
                    option value=(language.as_str()) lang=(language.as_str()) selected[chosen.language == language] {
                        (match language { Language::SrLatn => "Srpski, latinica", Language::SrCyrl => "Српски, ћирилица", Language::En => name })
                    }
                }
            }
        }
        div.field {
            label for="every" { (t.say("Колико често", "How often")) }
            select #every name="every" {
                @for every in Every::ALL {
                    option value=(every.as_str()) selected[chosen.every == *every] { (how_often(t, *every)) }
                }
            }
        }
        details.more open[open] {
            summary { (t.say("Сузите избор: државе, својство, врста, речи, органи, догађаји", "Narrow it down: countries, capacity, sort, words, bodies, events")) }
            p.quiet {
                (t.say(
                    "Ако ништа не изаберете, писаћемо о сваком споразуму. Избори из различитих група сужавају једни друге.",
                    "If you choose nothing, we write of every agreement. Choices from different groups narrow each other."
                ))
            }
            (countries(t, chosen))
            (boxes("level", &t.say("У ком својству уговорна страна закључује споразум", "In what capacity a party concludes the agreement"), Level::ALL.iter().map(|level| {
                (level.as_str(), t.level(level.as_str()), chosen.levels.contains(level))
            })))
            (boxes("instrument", &t.say("Врста споразума", "Sort of agreement"), INSTRUMENTS.iter().map(|name| {
                (*name, instrument(t, name), chosen.instruments.iter().any(|one| one == name))
            })))
            (typed("word", &t.say("Речи у наслову или тексту", "Words in the title or the text"), &t.say("једна у реду, у ма ком падежу и писму; почетак речи са звездицом: мигра*", "one a line, in any case and script; the beginning of a word with a star: migra*"), &chosen.words))
            (typed("body", &t.say("Органи", "Bodies"), &t.say("министарство, служба или одбор, један у реду", "a ministry, a service or a committee, one a line"), &chosen.bodies))
            (boxes("change", &t.say("О чему да јављамо", "What to tell"), Kind::ALL.iter().map(|one| {
                (one.as_str(), kind(t, one.as_str()), chosen.changes.contains(one))
            })))
        }
        fieldset {
            legend { (t.say("Недељни доказ тишине", "The weekly proof of silence")) }
            p.quiet {
                (t.say(
                    "Кад нечега нема, једном недељно јавимо колико смо пута гледали, да тишина не би значила квар.",
                    "Where there is nothing, we say once a week how often we looked, so that silence does not mean a fault."
                ))
            }
            @for (value, label, checked) in [("yes", t.say("да", "yes"), chosen.proof_of_silence), ("no", t.say("не", "no"), !chosen.proof_of_silence)] {
                label.box { input type="radio" name="proof_of_silence" value=(value) checked[checked]; " " (label) }
            }
        }
    }
}

fn countries(t: Tongue, chosen: &Preferences) -> Markup {
    let is_chosen = |code: &str| chosen.countries.iter().any(|one| one == code);
    let mut all: Vec<(&str, String)> = agreement::countries().map(|code| (code, t.country(code))).collect();
    // What is chosen stands first: nobody has to look for it among all countries of the world.
    all.sort_by_cached_key(|(code, name)| (!is_chosen(code), in_order(t, code, name)));
    let names: Vec<&str> = all.iter().filter(|(code, _)| is_chosen(code)).map(|(_, name)| name.as_str()).collect();
    html! {
        details.more.world {
            summary {
                (t.say("Државе", "Countries")) ": "
                @if names.is_empty() { (t.say("све", "all")) } @else { strong { (names.join(", ")) } }
            }
            (boxes("country", &t.say("Само споразуми са овим државама", "Only agreements with these countries"), all.iter().map(|(code, name)| {
                (*code, Cow::Owned(name.clone()), is_chosen(code))
            })))
        }
    }
}

/// What a country's name is sorted by: the order of the letters of its language and script, as a printed list has it.
fn in_order(t: Tongue, code: &str, name: &str) -> Vec<usize> {
    const CYRILLIC: &str = " абвгдђежзијклљмнњопрстћуфхцчџш";
    const LATIN: &str = " абцчћдџђефгхијклљмнњопрсштувзж";
    let order = match t.0 {
        Language::SrCyrl => CYRILLIC,
        Language::SrLatn => LATIN,
        Language::En => return name.chars().map(|c| c as usize).collect(),
    };
    let written = agreement::country_names(code).map_or(name, |names| names.cyrillic[0].as_str());
    written.to_lowercase().chars().map(|c| order.chars().position(|known| known == c).unwrap_or(usize::MAX)).collect()
}

fn boxes<'a>(name: &str, legend: &str, all: impl Iterator<Item = (&'a str, Cow<'a, str>, bool)>) -> Markup {
    html! {
        fieldset {
            legend { (legend) }
            div.boxes {
                @for (value, label, checked) in all {
                    label.box { input type="checkbox" name=(name) value=(value) checked[checked]; " " (label) }
                }
            }
        }
    }
}

fn typed(name: &str, label: &str, hint: &str, before: &[String]) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            p.quiet #(format!("{name}-hint")) { (hint) }
            textarea #(name) name=(name) rows="3" aria-describedby=(format!("{name}-hint")) { (before.join("\n")) }
        }
    }
}

/// `Од 43 споразума виђена у последњих годину дана, послали бисмо 3.`
pub(super) fn foretold(t: Tongue, counted: Forecast) -> Markup {
    let all = t.count(counted.all, ["споразума", "споразума", "споразума"], ["agreement", "agreements"]);
    html! {
        p.note role="status" {
            @if counted.all == 0 {
                (t.say("У последњих годину дана нисмо видели ниједан споразум.", "We saw no agreement in the past year."))
            } @else {
                (t.say("Од ", "Of the ")) (all)
                (t.say(", колико смо их први пут видели у последњих годину дана, овај избор обухвата ", " that we first saw in the past year, these choices take "))
                strong { (counted.wanted) } "."
            }
        }
    }
}

fn how_often(t: Tongue, every: Every) -> Cow<'static, str> {
    match every {
        Every::Instant => t.say("чим се појави", "as soon as it appears"),
        Every::Daily => t.say("једном дневно", "once a day"),
        Every::Weekly => t.say("једном недељно", "once a week"),
    }
}

/// A sort of agreement.
fn instrument(t: Tongue, name: &str) -> Cow<'static, str> {
    match name {
        "sporazum" => t.say("споразум", "agreement"),
        "ugovor" => t.say("уговор", "treaty or contract"),
        "konvencija" => t.say("конвенција", "convention"),
        "protokol" => t.say("протокол", "protocol"),
        "memorandum" => t.say("меморандум", "memorandum"),
        "aneks" => t.say("анекс", "annex"),
        "povelja" => t.say("повеља", "charter"),
        "statut" => t.say("статут", "statute"),
        "amandman" => t.say("амандман", "amendment"),
        "odluka" => t.say("одлука", "decision"),
        "razmena" => t.say("размена нота или писама", "exchange of notes or letters"),
        _ => t.say("друго", "other"),
    }
}

/// A kind of change.
pub(super) fn kind(t: Tongue, kind: &str) -> Cow<'static, str> {
    match kind {
        "listed" => t.say("први пут на страницама које пратимо", "first time on the pages we follow"),
        "recognised" => t.say("препознат као међународни споразум", "recognised as an international agreement"),
        "provisional" => t.say("тражи се привремена примена", "provisional application is sought"),
        "scheduled" => t.say("стављен на дневни ред", "put on the agenda"),
        "unscheduled" => t.say("скинут са дневног реда", "taken off the agenda"),
        "adopted" => t.say("усвојен", "adopted"),
        "delisted" => t.say("више није на списку", "no longer on the list"),
        "relisted" => t.say("поново на списку", "on the list again"),
        "amended" => t.say("промењен податак", "a fact was changed"),
        "document_added" => t.say("додат документ", "a document was added"),
        "document_removed" => t.say("уклоњен документ", "a document was removed"),
        "document_replaced" => t.say("замењен документ", "a document was replaced"),
        other => Cow::Owned(other.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_form_is_every_agreement_at_once_in_the_language_of_the_page() {
        let expected = Preferences { language: Language::En, ..Preferences::default() };
        assert_eq!(Sent::read(b"").preferences(Language::En), expected);
    }

    #[test]
    fn what_is_none_of_the_forms_words_is_left_out_and_what_is_typed_is_cleaned() {
        let body = "language=xx&every=hourly&country=ru&country=RU&country=ZZZ&level=king&level=agency&instrument=sporazum&instrument=%3Cb%3E\
                    &word=javne+nabavke%0D%0A%E2%80%AEx%00y%2C+imunitet&change=adopted&change=exploded&proof_of_silence=no";
        let read = Sent::read(body.as_bytes()).preferences(Language::SrCyrl);
        assert_eq!((read.language, read.every), (Language::SrCyrl, Every::Instant));
        assert_eq!((read.countries, read.levels), (vec!["RU".to_owned()], vec![Level::Agency]));
        assert_eq!((read.instruments, read.changes), (vec!["sporazum".to_owned()], vec![Kind::Adopted]));
        assert!(read.words.iter().all(|word| !word.chars().any(|c| c.is_control() || c == '\u{202e}')), "{:?}", read.words);
        assert!(read.words.contains(&"javne nabavke".to_owned()) && read.words.contains(&"imunitet".to_owned()) && !read.proof_of_silence);
        let flood = format!("word={}", "a,".repeat(5_000) + &"b".repeat(500));
        assert!(Sent::read(flood.as_bytes()).preferences(Language::En).words.iter().all(|word| word.chars().count() <= TYPED_CHARS_MAX));
        let many: String = (0..100).map(|n| format!("word=w{n}&")).collect();
        assert_eq!(Sent::read(many.as_bytes()).preferences(Language::En).words.len(), TYPED_MAX);
    }

    #[test]
    fn countries_stand_in_the_order_of_the_readers_letters() {
        let sorted = |language| {
            let t = Tongue(language);
            let mut all = ["TD", "CF", "GB", "HR", "DZ"].map(|code| (code, t.country(code)));
            all.sort_by_cached_key(|(code, name)| in_order(t, code, name));
            all.map(|(code, _)| code)
        };
        assert_eq!(sorted(Language::SrLatn), ["DZ", "CF", "TD", "HR", "GB"], "Alžir, Centralno-, Čad, Hrvatska, Ujedinjeno");
        assert_eq!(sorted(Language::SrCyrl), ["DZ", "GB", "HR", "CF", "TD"], "Алжир, Уједињено, Хрватска, Централно-, Чад");
    }

    #[test]
    fn every_word_of_the_form_has_a_name_in_every_language() {
        for (language, ..) in ALL {
            let t = Tongue(language);
            assert!(Kind::ALL.iter().all(|one| kind(t, one.as_str()) != one.as_str() || language == Language::En));
            assert!(INSTRUMENTS.iter().filter(|name| **name != "other").all(|name| instrument(t, name) != t.say("друго", "other")));
        }
    }
}
