//! What follows a title without being part of it: who speaks of the bill, how it is dealt with, when its agreement was signed.
//!
//! Never takes an unknown addition for one: `(faza II)`, `- Drugi protokol` or `, sa Protokolom` make it another agreement's title.

use super::{Cutter, words};
use crate::domain::dates;

/// With these a note begins that stands behind a title in brackets, after a dash or after a comma; `*` stands for the rest of a word.
const NOTES: [&[&str]; 41] = [
    &["hitan"],
    &["hitni"],
    &["po", "hitnom"],
    &["skraceni"],
    &["zajednicki"],
    &["nacelni"],
    &["u", "nacelu"],
    &["u", "pojedinostima"],
    &["predlagac*"],
    &["podnosilac"],
    &["predlaze"],
    &["izvestilac"],
    &["ministar"],
    &["ministarka"],
    &["drzavni", "sekretar"],
    &["drzavna", "sekretarka"],
    &["pomocni*", "ministra"],
    &["tacka", "do*"],
    &["tekst"],
    &["vlada"],
    &["pdf"],
    &["doc"],
    &["docx"],
    &["joint", "debate"],
    &["in", "principle"],
    &["in", "detail"],
    &["proposer"],
    &["proposed", "by"],
    &["submitter"],
    &["rapporteur"],
    &["text"],
    &["the", "text"],
    &["predstavnik"],
    &["predstavnica"],
    &["predstavnici"],
    &["jedinstveni"],
    &["jedinstvenom"],
    &["izvestioci"],
    &["urgent", "procedure"],
    &["single", "debate"],
    &["single", "discussion"],
];
/// Behind which the title may go on: `Republike Srbije (u daljem tekstu: Zajmoprimac) i Banke`.
const SHORTHANDS: [&[&str]; 5] = [&["u", "daljem"], &["u", "tekstu"], &["dalje"], &["hereinafter"], &["hereafter"]];
/// Words and marks of such a note.
const NOTE_TOKENS_MAX: usize = 40;
/// Beginnings of one title that are looked at: a title of a hundred clauses was made to keep us busy.
const BEGINNINGS_MAX: usize = 8;
/// Words by which a title goes on behind brackets.
const GOING_ON: [&str; 14] = ["i", "and", "o", "on", "u", "in", "za", "for", "sa", "with", "izmedu", "between", "kao", "of"];
/// Behind a comma the sentence says who spoke, what he said, what the agreement is for, how it was voted on.
const AFTER_COMMA: [&[&str]; 87] = [
    &["uz", "primedb*"],
    &["uz", "sugesti*"],
    &["uz", "obrazlozenj*"],
    &["bez", "raspr*"],
    &["bez", "diskusij*"],
    &["nakon"],
    &["posle"],
    &["o", "cemu"],
    &["sto", "je"],
    &["sto", "su"],
    &["te", "je"],
    &["te", "odluci*"],
    &["te", "predlozi*"],
    &["odbor"],
    &["ministarstvo"],
    &["u", "skladu"],
    &["after"],
    &["following"],
    &["without"],
    &["in", "accordance"],
    &["pursuant"],
    &["as", "proposed"],
    &["ali"],
    &["dok"],
    &["pa"],
    &["jer"],
    &["s", "tim"],
    &["while"],
    &["whereas"],
    &["but"],
    &["a", "sporazum*"],
    &["a", "ugovor"],
    &["a", "na"],
    &["a", "u"],
    &["a", "za"],
    &["a", "o"],
    &["a", "je"],
    &["a", "koj*"],
    &["a", "zatim"],
    &["a", "potom"],
    &["a", "odbor*"],
    &["a", "ministar*"],
    &["a", "predstavni*"],
    &["minister"],
    &["ministers"],
    &["the", "minister*"],
    &["state", "secretar*"],
    &["the", "state", "secretar*"],
    &["assistant", "minister"],
    &["the", "assistant"],
    &["the", "deputy"],
    &["the", "chair*"],
    &["the", "representative*"],
    &["the", "speaker"],
    &["mp"],
    &["mps"],
    &["as", "he"],
    &["as", "she"],
    &["as", "was"],
    &["as", "minister"],
    &["as", "the", "minister"],
    &["as", "the", "state"],
    &["as", "the", "assistant"],
    &["kako", "je"],
    &["kako", "su"],
    &["na", "predlog", "vlade"],
    &["na", "predlog", "narodn*"],
    &["na", "predlog", "grupe"],
    &["sa", "predlogom", "za"],
    &["sa", "predlogom", "da"],
    &["potpisan"],
    &["sacinjen"],
    &["the", "committee", "decided"],
    &["the", "committee", "accepted"],
    &["the", "committee", "adopted"],
    &["the", "committee", "concluded"],
    &["the", "committee", "proposed"],
    &["the", "committee", "agreed"],
    &["ciji", "je", "cilj"],
    &["cija", "je", "svrha"],
    &["cijim", "donosenjem"],
    &["cijim", "usvajanjem"],
    &["cijim", "potvrdivanjem"],
    &["whose", "aim"],
    &["whose", "purpose"],
    &["whose", "goal"],
    &["whose", "objective"],
];
/// Say, as participles, what somebody said: `ističući`, `noting that`; by their stems.
const SAYING: [&str; 14] = [
    "isticuci",
    "navodeci",
    "napominjuci",
    "naglasavajuci",
    "objasnjavajuci",
    "dodajuci",
    "podsecajuci",
    "govoreci",
    "noting",
    "stating",
    "saying",
    "stressing",
    "emphasizing",
    "explaining",
];
/// What is told of a bill in a clause of its own, by stems: `koji je obrazložio ministar`.
const PRESENTED: [&str; 3] = ["obrazloz", "obrazlag", "predstav"];
/// ... and of its agreement: `koja je potpisana`.
const CONCLUDED: [&str; 3] = ["potpisan", "sacinjen", "zakljucen"];

/// That an agreement was signed, as a title may say it too: `potpisanog u Rimu 3. marta 2005`, `signed at Rome`.
const SIGNED: [&str; 6] = ["potpisan", "sacinjen", "zakljucen", "signed", "done", "concluded"];
/// With these in it an addition is a part of the title, by stems: `sa Protokolom`, `sa izmenama od`, `zaključenog između`.
const OWN_PART: [&str; 10] = ["izmen", "dopun", "dodat", "amend", "supplement", "izmedu", "between", "faz", "phase", "projek"];

/// The beginnings of a title, the longest first, that may be the whole of it, for what follows may be what a sentence tells of the agreement: when it
/// was signed, or a clause behind a comma. Other titles have such words of their own, so that the beginning alone makes no title of it.
pub fn beginnings(title: &str) -> Vec<&str> {
    let cutter = Cutter::new(title);
    let mut beginnings = Vec::new();
    for i in (1..cutter.tokens.len()).rev() {
        if beginnings.len() == BEGINNINGS_MAX {
            break;
        }
        let comma = cutter.mark(i - 1, ",");
        let rest = &title[cutter.tokens[i].at.start..];
        let signed = SIGNED.iter().any(|stem| cutter.word(i).starts_with(stem)) && !dates::find(rest).is_empty();
        if (signed || (comma && words::opens_clause(cutter.word(i)))) && !cutter.is_own_part(i) {
            let end = cutter.tokens[i - 1 - usize::from(comma)..i].first().map_or(0, |token| token.at.end);
            beginnings.push(title[..end].trim_end());
        }
    }
    beginnings
}

impl Cutter<'_> {
    /// From here on stand words that only a title has: a further instrument, a further party.
    fn is_own_part(&self, from: usize) -> bool {
        let own = |word: &str| words::INSTRUMENTS.iter().chain(&OWN_PART).any(|stem| word.starts_with(stem));
        (from..self.tokens.len()).any(|k| own(self.word(k)) || (self.mark(k, ",") && words::SEPARATORS.contains(&self.word(k + 1))))
    }

    /// Words with which a sentence goes on after a title.
    pub(super) fn stops(&self, i: usize) -> bool {
        words::STOPS.iter().any(|stop| self.reads(i, stop))
    }

    /// These words stand here; `*` stands for the rest of one.
    fn reads(&self, i: usize, saying: &[&str]) -> bool {
        saying.iter().enumerate().all(|(k, word)| match word.strip_suffix('*') {
            Some(stem) => self.word(i + k).starts_with(stem),
            None => self.word(i + k) == *word,
        })
    }

    /// Where the sentence goes on with its verb, if it shows here: `učestvovali su`, `predviđa se`, `obavezuje`. A title has a verb only in a
    /// clause, and a clause has its own word before.
    pub(super) fn predicate(&self, from: usize, i: usize) -> Option<usize> {
        let (word, next) = (self.word(i), self.word(i + 1));
        if word.is_empty() || self.capital(i) || (from..i).any(|k| words::opens_clause(self.word(k))) {
            return None;
        }
        let ed = word == "and" && next.len() > 4 && next.ends_with("ed") && !self.capital(i + 1);
        if words::is_finite(word) || (ed && words::OBJECT_EN.contains(&self.word(i + 2))) {
            // "i nastavljaju"
            return Some(i);
        }
        let before = i.checked_sub(1).filter(|&k| k > from && !self.capital(k));
        words::ENCLITICS.contains(&word).then(|| before.filter(|&k| words::is_verb_before(self.word(k), word, next)).unwrap_or(i))
    }

    /// At this token, outside of brackets, a title that began before it has ended, whatever its sentence goes on to say.
    pub(super) fn closes(&self, i: usize) -> bool {
        let opens = self.mark(i, "([") || (self.mark(i, "-") && self.tokens[i].spaced);
        if opens && (self.says(i + 1, &NOTES) || self.footnote(i) || self.speaker(i) || self.item(i + 1)) {
            return true;
        }
        if self.mark(i, "(") && self.says(i + 1, &SHORTHANDS) {
            return !self.goes_on_behind(i);
        }
        let comma = i > 0 && self.mark(i - 1, ",");
        let clause = || self.says(i, &AFTER_COMMA) || self.says(i, &NOTES) || self.relative(i) || self.item(i);
        (comma && clause()) || self.clause_of_its_own(i) || self.saying(i) || self.votes(i) || self.something_else(i)
    }

    fn says(&self, i: usize, sayings: &[&[&str]]) -> bool {
        sayings.iter().any(|saying| self.reads(i, saying))
    }

    /// `[1]`, `(*)`.
    fn footnote(&self, i: usize) -> bool {
        let note = self.number(i + 1).is_some() && self.mark(i, "[");
        (note && self.mark(i + 2, "]")) || (self.mark(i + 1, "*") && self.mark(i + 2, ")]"))
    }

    /// `prva tačka`, `1. tačka`, `tačka 1 dnevnog reda`, `the first item`; but `tačka 2 Konvencije` is a title's.
    fn item(&self, i: usize) -> bool {
        let from = if self.word(i) == "the" { i + 1 } else { i };
        let counted = self.number(from).is_some() || words::ORDINALS.iter().any(|stem| self.word(from).starts_with(stem));
        let at = |k: usize| ["tacka", "item"].contains(&self.word(k));
        let of_agenda = |k: usize| ["", "dnevnog", "on", "of"].contains(&self.word(k));
        (at(from) && self.number(from + 1).is_some() && of_agenda(from + 2))
            || (counted && (at(from + 1) && of_agenda(from + 2) || (self.mark(from + 1, ".") && at(from + 2) && of_agenda(from + 3))))
    }

    /// `i Izveštaj o radu`, `and the Report on`: with a capital it is something else that the sitting deals with. English titles have capitals of
    /// their own, and articles inside.
    fn something_else(&self, i: usize) -> bool {
        let named = |at: usize, stems: &[&str]| {
            self.capital(at) && !self.all_capitals(at) && stems.iter().any(|stem| self.word(at).starts_with(stem))
        };
        match self.word(i) {
            "i" | "te" => named(i + 1, &["izvestaj", "informacij", "inicijativ", "zahtev"]) && ["o", "za"].contains(&self.word(i + 2)),
            "and" => self.word(i + 1) == "the" && named(i + 2, &["report"]) && ["on", "of"].contains(&self.word(i + 3)),
            _ => false,
        }
    }

    /// `- Petar Petrović, ministar`.
    fn speaker(&self, i: usize) -> bool {
        let named = self.capital(i + 1) && self.capital(i + 2) && self.mark(i + 3, ",");
        self.mark(i, "-") && named && (self.says(i + 4, &NOTES) || self.says(i + 4, &AFTER_COMMA))
    }

    fn goes_on_behind(&self, bracket: usize) -> bool {
        let Some(end) = (bracket..bracket + NOTE_TOKENS_MAX).find(|&k| self.mark(k, ")")) else { return true };
        let next = end + 1;
        let joined = words::JOINTS.contains(&self.word(next)) && (self.start(next + 1, false).is_some() || self.stops(next));
        GOING_ON.contains(&self.word(next)) && !joined && !self.stops(next)
    }

    /// `u kojem se`, `in which`: a title's own clauses have no comma and a preposition before them.
    fn relative(&self, i: usize) -> bool {
        let prepositions = ["u", "o", "na", "za", "po", "prema", "in", "by", "under", "of", "on", "to"];
        let which = |word: &str| word == "which" || ["kojem", "kojoj", "kojima", "kom", "kojeg", "koji", "koju"].contains(&word);
        prepositions.contains(&self.word(i)) && which(self.word(i + 1))
    }

    /// `koji je obrazložio`, `, koji je potpisan u`; but `sporazuma koji su zaključeni između` is a title.
    fn clause_of_its_own(&self, i: usize) -> bool {
        let told = |stems: &[&str]| stems.iter().any(|stem| self.word(i + 2).starts_with(stem));
        let concluded = told(&CONCLUDED) && self.mark(i.saturating_sub(1), ",") && !["izmedu", "sa", "s"].contains(&self.word(i + 3));
        words::WHO.contains(&self.word(i)) && ["je", "su"].contains(&self.word(i + 1)) && (told(&PRESENTED) || concluded)
    }

    fn saying(&self, i: usize) -> bool {
        SAYING.iter().any(|stem| self.word(i).starts_with(stem))
    }

    /// `with nine votes in favour`, `sa devet glasova za`, `sa 3 glasa`; but `sa pravom glasa` is a title's.
    fn votes(&self, i: usize) -> bool {
        let votes =
            |k: usize| ["votes", "vote", "glasova"].contains(&self.word(k)) || (self.word(k) == "glasa" && self.number(k - 1).is_some());
        ["with", "by", "sa", "s", "uz"].contains(&self.word(i)) && (i + 1..=i + 3).any(votes)
    }
}
