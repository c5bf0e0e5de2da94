//! Reads what becomes of a sitting: it is called off, or put off to another day or hour.
//!
//! Never takes a bill's title, a debate, another sitting or a thing denied for it: only a verb whose subject or object is the sitting.

use std::ops::Range;

use chrono::{NaiveDate, NaiveTime};

use super::{days, hours};
use crate::domain::mention;
use crate::domain::tokens::{self, Kind, Token};

/// What becomes of a sitting that was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// The words say nothing against it.
    AsCalled,
    /// Called off, or put off to no day that is printed.
    CalledOff,
    /// Put off to another day, or to another hour of its day; the hour is unknown where it is not printed.
    PutOff { day: Option<NaiveDate>, hour: Option<NaiveTime> },
}

/// How the word for it stands in its sentence: what is called off is its subject, its object, or what follows a noun.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Feminine,
    Neuter,
    Masculine,
    Reflexive,
    Active,
    Noun,
    English,
}

/// Stand between a verb's parts.
const AUXILIARIES: [&str; 24] = [
    "je", "su", "se", "bila", "bilo", "biti", "bice", "jos", "juce", "danas", "sutra", "ni", "is", "was", "were", "be", "been", "being",
    "has", "have", "had", "will", "also", "yet",
];
const DENIALS: [&str; 10] = ["nije", "nece", "ne", "nisu", "not", "never", "cannot", "neither", "nor", "niti"];
const PRONOUNS: [&str; 6] = ["koja", "koji", "koje", "which", "that", "who"];
/// After these a noun is neither subject nor object.
const PREPOSITIONS: [&str; 27] = [
    "na", "u", "za", "o", "pred", "posle", "nakon", "tokom", "od", "do", "iz", "sa", "po", "pre", "zbog", "at", "of", "for", "in",
    "during", "on", "by", "after", "before", "from", "with", "since",
];
/// They open a clause that gives a reason, a time or a condition: another sitting may be its subject.
const ASIDES: [&str; 16] = [
    "posto", "buduci", "jer", "ako", "ukoliko", "iako", "mada", "umesto", "nakon", "posle", "since", "because", "if", "unless", "although",
    "after",
];
const COORDINATORS: [&str; 5] = ["ali", "dok", "but", "while", "whereas"];
/// Before the day or hour to which something is put off.
const TO: [&str; 7] = ["za", "na", "do", "to", "until", "till", "for"];
/// Titles and attributes between a verb and its noun: `otkazao je, na predlog kolegijuma, Treću sednicu`.
const NEAR: usize = 8;

/// What the first sentence says, and the sentence after it where that names the new day. A day without a year is one from `from` on.
pub(super) fn read(text: &str, from: Option<NaiveDate>) -> Fate {
    let end = mention::sentences(text).first().map_or(text.len(), |first| first.end);
    let own = without_asides(&without_titles(text));
    let words = Words { tokens: tokens::cut(&own), text: &own, end };
    let of_sitting = |n: &usize| words.said(*n).is_some_and(|form| words.concerns_sitting(*n, form));
    let first = (0..words.tokens.len()).take_while(|n| words.tokens[*n].at.start < end).find(of_sitting);
    first.map_or(Fate::AsCalled, |n| words.outcome(n, from))
}

/// What an entry of a calendar says beside its sitting: it has no room for another subject.
pub(super) fn of_entry(text: &str, from: Option<NaiveDate>) -> Fate {
    let own = without_titles(text);
    let words = Words { tokens: tokens::cut(&own), text: &own, end: own.len() };
    let first = (0..words.tokens.len()).find(|n| words.said(*n).is_some());
    first.map_or(Fate::AsCalled, |n| words.outcome(n, from))
}

/// Whether the first sentence says that the sitting will be held: `Treća sednica održaće se`. What is said of the next one says nothing.
pub(super) fn will_be_held(text: &str) -> bool {
    let end = mention::sentences(text).first().map_or(text.len(), |first| first.end);
    let own = without_asides(&without_titles(&text[..end]));
    let tokens = tokens::cut(&own);
    let words: Vec<&str> = tokens.iter().map(Token::word).filter(|word| !word.is_empty()).collect();
    let held = words.windows(3).any(|w| {
        w[2] == "odrzace"
            || (w[2].starts_with("odrzan") && w.contains(&"bice"))
            || w[2] == "odrzati" && w.contains(&"ce")
            || *w == ["will", "be", "held"]
    });
    held && !words.iter().any(|w| ["naredn", "sledec", "next"].iter().any(|stem| w.starts_with(stem)))
}

/// The text with the bills it names blanked out, byte for byte.
pub(super) fn without_titles(text: &str) -> String {
    blanked(text, mention::find(text).into_iter().map(|named| named.at))
}

/// The text with its subordinate clauses blanked out: what they tell of may be another sitting.
pub(super) fn without_asides(text: &str) -> String {
    let tokens = tokens::cut(text);
    let mut asides: Vec<Range<usize>> = Vec::new();
    for sentence in mention::sentences(text) {
        let mut n = tokens.partition_point(|t| t.at.start < sentence.start);
        let initial = n;
        while let Some(token) = tokens.get(n).filter(|t| t.at.start < sentence.end) {
            if !ASIDES.contains(&token.word()) {
                n += 1;
                continue;
            }
            let goes_on = |k: usize| match tokens.get(k).map(|t| &t.kind) {
                Some(Kind::Number(..)) => true,
                // `Pošto je sednica, zakazana za 24. novembar, otkazana, ...`
                Some(Kind::Word(word)) => n == initial && (is_called(word) || is_off(word) || PRONOUNS.contains(&word.as_str())),
                _ => false,
            };
            let inside = |k: &usize| tokens.get(*k).is_some_and(|t| t.at.start < sentence.end && (!t.is(',') || goes_on(k + 1)));
            let to = (n..tokens.len()).take_while(inside).last().unwrap_or(n);
            asides.push(token.at.start..tokens[to].at.end);
            n = to + 1;
        }
    }
    blanked(text, asides.into_iter())
}

fn blanked(text: &str, ranges: impl Iterator<Item = Range<usize>>) -> String {
    let mut own = text.to_owned();
    ranges.for_each(|at| own.replace_range(at.clone(), &" ".repeat(at.len())));
    own
}

/// `zakazana`, `sazvana`, `scheduled`: the day after it is that of the sitting as it was called.
fn is_called(word: &str) -> bool {
    ["zakazan", "sazvan", "predviden", "planiran", "scheduled", "convened", "planned"].iter().any(|stem| word.starts_with(stem))
}

/// `odrzace`, `be held`: what is said of a sitting that will be.
fn is_held(word: &str) -> bool {
    ["odrza", "held", "place", "nastav"].iter().any(|stem| word.starts_with(stem))
}

/// Words for putting off; all others call off.
fn is_put_off(word: &str) -> bool {
    ["odloz", "odlaz", "odlag", "pomer", "postpone", "reschedul"].iter().any(|stem| word.starts_with(stem))
}

fn is_off(word: &str) -> bool {
    is_put_off(word) || word.starts_with("otkaz") || word.starts_with("cancel")
}

struct Words<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    /// Where the sentence ends in which it is said.
    end: usize,
}

impl Words<'_> {
    fn word(&self, n: usize) -> &str {
        self.tokens.get(n).map_or("", Token::word)
    }

    fn is(&self, n: usize, mark: char) -> bool {
        self.tokens.get(n).is_some_and(|t| t.is(mark))
    }

    /// The first token before this one that is no auxiliary.
    fn before(&self, n: usize) -> Option<usize> {
        (0..n).rev().find(|&k| !AUXILIARIES.contains(&self.word(k)))
    }

    /// Whether this word says that something is off, and how it stands. Oblique forms (`otkazane sednice`) only describe.
    fn said(&self, n: usize) -> Option<Form> {
        let word = self.word(n);
        if !is_off(word) || self.before(n).is_some_and(|k| DENIALS.contains(&self.word(k))) {
            return None;
        }
        let near = |other: &str| (n.saturating_sub(3)..n + 3).any(|k| self.word(k) == other);
        let determined = ["the", "a", "an", "its", "this", "his", "her", "their"].contains(&self.word(n + 1));
        let described = || ["otkazan", "odlozen", "pomeren"].iter().any(|stem| word.starts_with(stem));
        match word {
            "otkazana" | "odlozena" | "pomerena" => Some(Form::Feminine),
            "otkazano" | "odlozeno" | "pomereno" => Some(Form::Neuter),
            "otkazan" | "odlozen" | "pomeren" => Some(Form::Masculine),
            "cancelled" | "canceled" | "postponed" | "rescheduled" if !determined => Some(Form::English),
            _ if ["ivanj", "aganj", "eranj", "cancellation", "postponement"].iter().any(|mark| word.contains(mark)) => Some(Form::Noun),
            // `otkaza se` does not happen; `otkaz` alone is a notice
            _ if described() || word.starts_with("otkazn") || ["otkaz", "odlazi", "odlazak", "odlaska"].contains(&word) => None,
            _ if near("se") => Some(Form::Reflexive),
            _ => Some(Form::Active),
        }
    }

    /// The part of its sentence that has one subject.
    fn clause(&self, n: usize) -> Range<usize> {
        let parts = |k: usize| {
            let after_comma = k > 0 && self.is(k - 1, ',') && ["a", "te", "and"].contains(&self.word(k));
            let and_another = self.word(k) == "i" && self.word(k + 1).ends_with('a') && ["o", "je", "po"].contains(&self.word(k + 2));
            self.is(k, ';') || after_comma || and_another || COORDINATORS.contains(&self.word(k))
        };
        let from = (0..n).rev().find(|&k| parts(k)).map_or(0, |k| k + 1);
        let to = (n..self.tokens.len()).find(|&k| self.tokens[k].at.start >= self.end || parts(k)).unwrap_or(self.tokens.len());
        from..to
    }

    /// A preposition governs the noun: `at the sitting`, `na sednici`, `of the Second Regular Session`.
    fn oblique(&self, n: usize) -> bool {
        let mut phrase = (n.saturating_sub(5)..n).rev().take_while(|&k| !self.word(k).is_empty() && !is_off(self.word(k)));
        phrase.any(|k| PREPOSITIONS.contains(&self.word(k)))
    }

    /// The sitting in the nominative.
    fn is_subject(&self, n: usize) -> bool {
        match self.word(n) {
            "sednica" | "sjednica" | "zasedanje" | "zasjedanje" => true,
            "sitting" | "session" => !self.oblique(n),
            _ => false,
        }
    }

    fn is_object(&self, n: usize) -> bool {
        ["sednicu", "sjednicu", "zasedanje", "zasjedanje", "sitting", "session"].contains(&self.word(n)) && !self.oblique(n)
    }

    fn concerns_sitting(&self, n: usize, form: Form) -> bool {
        let clause = self.clause(n);
        let asked = ["predloz", "predlag", "zatraz", "trazi", "propos", "request", "asked", "demand"];
        if (clause.start..n).any(|k| asked.iter().any(|stem| self.word(k).starts_with(stem))) {
            return false;
        }
        if self.before(n).is_some_and(|k| PRONOUNS.contains(&self.word(k))) {
            return false;
        }
        let mut after = n + 1..clause.end.min(n + NEAR);
        let subject = |after: &mut Range<usize>| (clause.start..n).any(|k| self.is_subject(k)) || after.any(|k| self.is_subject(k));
        match form {
            Form::Masculine => self.of_beginning(&clause),
            Form::Reflexive | Form::English if self.of_beginning(&clause) => true,
            Form::Feminine => subject(&mut after) && !self.other_subject(n),
            Form::Neuter | Form::Reflexive | Form::English => subject(&mut after),
            Form::Noun => after.any(|k| ["sednice", "sjednice", "zasedanja", "zasjedanja", "sitting", "session"].contains(&self.word(k))),
            Form::Active => {
                let called = (clause.start..n)
                    .any(|k| ["sazva", "zakaza", "convene"].iter().any(|stem| self.word(k).starts_with(stem)) && !is_called(self.word(k)));
                after.any(|k| self.is_object(k)) || (!called && (clause.start..n).any(|k| self.is_object(k) && self.word(k).ends_with('u')))
            }
        }
    }

    /// `početak sednice`, `the start of the sitting`.
    fn of_beginning(&self, clause: &Range<usize>) -> bool {
        let genitive = ["sednice", "sjednice", "zasedanja", "sitting", "session"];
        let begins = clause.clone().find(|&k| ["pocetak", "termin", "start", "beginning", "opening"].contains(&self.word(k)));
        begins.is_some_and(|from| (from..clause.end.min(from + NEAR)).any(|k| genitive.contains(&self.word(k))))
    }

    /// Another noun agrees with the participle: `odložena je rasprava`, `i rasprava je odložena`.
    fn other_subject(&self, n: usize) -> bool {
        let next = (n + 1..self.tokens.len()).find(|&k| !AUXILIARIES.contains(&self.word(k)));
        let noun = |k: usize| {
            self.word(k).len() > 3
                && self.word(k).ends_with('a')
                && !self.is_subject(k)
                && !["dana", "sada", "zasada"].contains(&self.word(k))
        };
        let follows = next.is_some_and(|k| noun(k) && !(k..k + 5).any(|k| self.is_subject(k)));
        let before = self.before(n).filter(|&k| k > 0 && noun(k) && !is_called(self.word(k)));
        follows || before.is_some_and(|k| ["i", "a"].contains(&self.word(k - 1)))
    }

    /// Between the word and a day after it another sitting comes into play: `... je otkazana. Četvrta sednica održaće se 8. decembra`.
    fn tells_of_another(&self, n: usize, day: usize) -> bool {
        let named_before = self.clause(n).take_while(|&k| k < n).any(|k| self.is_subject(k));
        let subjects = (n + 1..day).filter(|&k| self.is_subject(k)).count();
        let another = ["nov", "naredn", "sledec", "next", "new", "another"];
        subjects > usize::from(!named_before)
            || (n..day).any(|k| another.iter().any(|stem| self.word(k).starts_with(stem) && !self.word(k).starts_with("novemb")))
    }

    fn outcome(&self, n: usize, from: Option<NaiveDate>) -> Fate {
        let said_at = self.tokens[n].at.end;
        let put_off = is_put_off(self.word(n));
        let to_day = |at: &Range<usize>| {
            let before = self.tokens.partition_point(|t| t.at.start < at.start);
            let governs = |k: &usize| !self.word(*k).is_empty() && days::weekday(self.word(*k)).is_none() && self.word(*k) != "dan";
            let to = (0..before).rev().find(governs);
            let called = to.and_then(|k| self.before(k)).is_some_and(|k| is_called(self.word(k)));
            put_off && at.start < self.end && !called && to.is_some_and(|k| TO.contains(&self.word(k)))
        };
        let held = |at: &Range<usize>| {
            let day = self.tokens.partition_point(|t| t.at.start < at.start);
            let held = (n..day).find(|&k| is_held(self.word(k)));
            held.is_some_and(|k| self.before(k).is_none_or(|b| !DENIALS.contains(&self.word(b))) && !self.tells_of_another(n, day))
        };
        let new_day = days::find(self.text, from).into_iter().find(|(_, at)| at.start >= said_at && (to_day(at) || held(at)));
        if let Some((day, at)) = new_day {
            return Fate::PutOff { day: Some(day), hour: hours::find(&self.text[at.end..]) };
        }
        let rest = &self.text[said_at.min(self.end)..self.end];
        let hour = hours::moved_to(rest, &TO);
        let begins_later = self.of_beginning(&self.clause(n))
            && !["daljeg", "daljnjeg", "neodredeno", "indefinitely", "notice"].iter().any(|w| rest_says(rest, w));
        if put_off && (hour.is_some() || begins_later || for_a_while(rest)) {
            return Fate::PutOff { day: None, hour };
        }
        Fate::CalledOff
    }
}

fn rest_says(rest: &str, word: &str) -> bool {
    tokens::cut(rest).iter().any(|t| t.word() == word)
}

/// `za dva sata`, `by 30 minutes`: the sitting is still of its day.
fn for_a_while(rest: &str) -> bool {
    let tokens = tokens::cut(rest);
    let unit = |t: &Token| ["sat", "cas", "minut", "hour"].iter().any(|stem| t.word().starts_with(stem));
    let long = |t: &Token| {
        matches!(t.kind, Kind::Number(..)) || ["jedan", "dva", "tri", "pola", "one", "two", "three", "half"].contains(&t.word())
    };
    tokens.windows(3).any(|w| ["za", "by", "for"].contains(&w[0].word()) && long(&w[1]) && (unit(&w[2]) || w[2].word() == "an"))
        || tokens.windows(2).any(|w| ["za", "by", "for"].contains(&w[0].word()) && unit(&w[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fate(text: &str) -> String {
        let day = |d: NaiveDate| d.format("%-d.%-m.").to_string();
        match read(text, NaiveDate::from_ymd_opt(2026, 11, 26)) {
            Fate::AsCalled => "as called".to_owned(),
            Fate::CalledOff => "off".to_owned(),
            Fate::PutOff { day: new, hour } => {
                format!("{} {}", new.map_or("-".to_owned(), day), hour.map_or("-".to_owned(), |h| h.format("%H:%M").to_string()))
            }
        }
    }

    fn each_is(expected: &[(&str, &str)]) {
        let wrong: Vec<String> = expected
            .iter()
            .filter(|(text, expected)| fate(text) != *expected)
            .map(|(text, expected)| format!("{}, not {expected}: {text}", fate(text)))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn a_sitting_is_called_off_by_words_whose_subject_or_object_it_is() {
        each_is(&[
            ("Treća sednica Drugog redovnog zasedanja, zakazana za utorak, 1. decembar 2026. godine, je otkazana.", "off"),
            ("Treća sednica Drugog redovnog zasedanja otkazana je.", "off"),
            ("Трећа седница Другог редовног заседања отказана је.", "off"),
            ("Otkazana Prva sednica Drugog redovnog zasedanja Narodne skupštine", "off"),
            ("Odložena sednica Narodne skupštine", "off"),
            ("Odložena sednica Narodne skupštine zakazana za utorak, 1. decembar 2026. godine", "off"),
            ("Odlaže se sednica Odbora za finansije", "off"),
            ("Treća sednica, sazvana za 1. decembar 2026. godine, odlaže se.", "off"),
            ("Predsednica Narodne skupštine otkazala je Treću sednicu, zakazanu za utorak.", "off"),
            ("Treću sednicu, zakazanu za utorak, predsednica je odložila.", "off"),
            ("Obaveštenje o otkazivanju Treće sednice Narodne skupštine", "off"),
            ("Pošto nema kvoruma, sednica zakazana za utorak, 1. decembar 2026. godine, je otkazana.", "off"),
            ("Sednica Odbora za finansije, republički budžet i kontrolu trošenja javnih sredstava je otkazana.", "off"),
            ("Sednica je odložena do daljeg.", "off"),
            ("Odložena je Treća sednica Drugog redovnog zasedanja.", "off"),
            ("Treća sednica je otkazana, a nova je sazvana za 8. decembar 2026. godine.", "off"),
            ("Treća sednica je otkazana. Četvrta sednica održaće se 8. decembra 2026. godine.", "off"),
            ("The Third Sitting, scheduled for Tuesday, 1 December 2026, has been cancelled.", "off"),
            ("Third Sitting of the Second Regular Session Cancelled", "off"),
            ("Cancelled: Eighth Sitting of the Foreign Affairs Committee", "off"),
            ("The Speaker cancelled the Third Sitting.", "off"),
            ("Sitting of the Foreign Affairs Committee postponed", "off"),
        ]);
    }

    #[test]
    fn a_sitting_is_put_off_to_the_day_and_hour_printed_after_it() {
        each_is(&[
            (
                "Treća sednica, zakazana za utorak, 1. decembar 2026. godine u 10 časova, odložena je za sredu, 2. decembar 2026. godine, u 9 časova.",
                "2.12. 09:00",
            ),
            ("Treća sednica odložena je za sredu, 2. decembar, sa sledećim dnevnim redom:", "2.12. -"),
            ("Treća sednica je odložena. Održaće se u sredu, 2. decembra 2026. godine, sa početkom u 11,30 časova.", "2.12. 11:30"),
            ("Odložena Treća sednica održaće se 2. decembra 2026. godine.", "2.12. -"),
            (
                "The Third Sitting, scheduled for Tuesday, 1 December 2026, has been postponed to Wednesday, 2 December 2026, at 3.30 p.m., with the following agenda:",
                "2.12. 15:30",
            ),
            (
                "Početak Treće sednice, zakazane za utorak, 1. decembar 2026. godine, u 10 časova, pomeren je za 14 časova, sa sledećim dnevnim redom:",
                "- 14:00",
            ),
            ("Treća sednica pomerena je za 14.30.", "- 14:30"),
            ("Početak sednice odložen je za dva sata.", "- -"),
            ("Sednica je odložena za 2 sata.", "- -"),
        ]);
    }

    #[test]
    fn what_is_said_of_another_sitting_of_a_title_or_not_at_all_calls_nothing_off() {
        each_is(&[
            (
                "Predsednik Narodne skupštine sazvao je Treću sednicu za utorak, 1. decembar 2026. godine, u 10 časova, sa sledećim dnevnim redom: Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Kraljevine Danske o otkazivanju viza, Predlog zakona o odloženom plaćanju poreza i Predlog zakona o šumama.",
                "as called",
            ),
            (
                "Pošto je sednica zakazana za 24. novembar 2026. otkazana, Treća sednica sazvana je za utorak, 1. decembar 2026. godine.",
                "as called",
            ),
            (
                "Pošto je sednica, zakazana za 24. novembar 2026. godine, otkazana, Treća sednica sazvana je za utorak, 1. decembar.",
                "as called",
            ),
            ("Treća sednica sazvana je za 1. decembar, jer je sednica 24. novembra otkazana.", "as called"),
            ("Posle otkazane sednice predsednik je sazvao Treću sednicu za 1. decembar 2026. godine.", "as called"),
            ("Treća sednica nije otkazana i održaće se u utorak, 1. decembra 2026. godine.", "as called"),
            ("Sednica neće biti odložena.", "as called"),
            ("The sitting has not been postponed.", "as called"),
            (
                "Na sednici održanoj 24. novembra članovi Odbora razmotrili su Predlog zakona o vodama i odložili raspravu o peticiji.",
                "as called",
            ),
            ("Na sednici će se nastaviti rasprava koja je odložena prošle nedelje.", "as called"),
            ("Treća sednica sazvana je za utorak, a rasprava o budžetu je odložena.", "as called"),
            ("Treća sednica je sazvana i odložena je rasprava o budžetu.", "as called"),
            ("Sednica je sazvana i rasprava o budžetu je odložena.", "as called"),
            ("Predsednik je sazvao Treću sednicu i odložio raspravu o budžetu.", "as called"),
            ("Poslanici su predložili da se Treća sednica odloži.", "as called"),
            (
                "At the sitting held on 24 November, the members of the Committee considered the Bill on Trade and postponed the debate on the Petition.",
                "as called",
            ),
            ("The debate on the Petition, planned for this sitting, was postponed.", "as called"),
            ("Sednica će biti održana, ukoliko ne bude odložena.", "as called"),
        ]);
    }
}
