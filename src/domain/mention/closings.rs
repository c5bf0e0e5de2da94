//! What follows a title without being part of it: who speaks of the bill, how it is dealt with, when its agreement was signed.
//!
//! Never takes an unknown addition for one: `(faza II)`, `- Drugi protokol` or `, sa Protokolom` make it another agreement's title.

use super::{Cutter, words};
use crate::domain::dates;
use crate::domain::tokens::Kind;

/// With these a note begins that stands behind a title in brackets, after a dash or after a comma; `*` stands for the rest of a word.
const NOTES: [&[&str]; 39] = [
    &["hitan"],
    &["hitni"],
    &["po", "hitnom"],
    &["skraceni"],
    &["jedinstven*"],
    &["zajednicki"],
    &["nacelni"],
    &["u", "nacelu"],
    &["u", "pojedinostima"],
    &["predlagac*"],
    &["podnosilac"],
    &["podnosioc*"],
    &["predlaze"],
    &["izvestilac"],
    &["izvestioc*"],
    &["predstavni*"],
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
    &["urgent"],
    &["single"],
    &["joint", "debate"],
    &["in", "principle"],
    &["in", "detail"],
    &["proposer"],
    &["proposed", "by"],
    &["submitter"],
    &["rapporteur"],
    &["text"],
    &["the", "text"],
    &["government"],
];
/// Behind which the title may go on: `Republike Srbije (u daljem tekstu: Zajmoprimac) i Banke`.
const SHORTHANDS: [&[&str]; 5] = [&["u", "daljem"], &["u", "tekstu"], &["dalje"], &["hereinafter"], &["hereafter"]];
/// Words by which a title goes on behind brackets.
const GOING_ON: [&str; 14] = ["i", "and", "o", "on", "u", "in", "za", "for", "sa", "with", "izmedu", "between", "kao", "of"];
/// Behind a comma the sentence says who spoke, what he said, what the agreement is for, how it was voted on.
const AFTER_COMMA: [&[&str]; 78] = [
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
    &["the", "committee"],
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
    &["whose"],
    &["ciji"],
    &["cija"],
    &["cije"],
    &["cijim"],
    &["na", "predlog", "vlade"],
    &["na", "predlog", "narodn*"],
    &["na", "predlog", "grupe"],
    &["sa", "predlogom", "za"],
    &["sa", "predlogom", "da"],
    &["potpisan"],
    &["sacinjen"],
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
    "emphasi",
    "explaining",
];
/// What is told of a bill, or of its agreement, in a clause of its own: `koji je obrazložio`, `koja je potpisana`; by their stems.
const TOLD_OF: [&str; 6] = ["obrazloz", "obrazlag", "predstav", "potpisan", "sacinjen", "zakljucen"];

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
        let clause = self.says(i, &AFTER_COMMA) || self.says(i, &NOTES) || self.relative(i) || self.item(i);
        (comma && clause) || self.clause_of_its_own(i) || self.saying(i) || self.votes(i) || self.something_else(i)
    }

    fn says(&self, i: usize, sayings: &[&[&str]]) -> bool {
        sayings.iter().any(|saying| self.reads(i, saying))
    }

    /// `[1]`, `(*)`.
    fn footnote(&self, i: usize) -> bool {
        let note = self.number(i + 1).is_some() && self.mark(i, "[");
        (note && self.mark(i + 2, "]")) || (self.mark(i + 1, "*") && self.mark(i + 2, ")]"))
    }

    /// `prva tačka`, `1. tačka`, `tačka 1 dnevnog reda`, `the first item`.
    fn item(&self, i: usize) -> bool {
        let from = if self.word(i) == "the" { i + 1 } else { i };
        let counted = self.number(from).is_some() || words::ORDINALS.iter().any(|stem| self.word(from).starts_with(stem));
        let at = |k: usize| ["tacka", "tacke", "item"].contains(&self.word(k));
        (at(from) && self.number(from + 1).is_some()) || (counted && (at(from + 1) || (self.mark(from + 1, ".") && at(from + 2))))
    }

    /// `i Izveštaj o radu`, `and the Report on`: with a capital it is something else that the sitting deals with.
    fn something_else(&self, i: usize) -> bool {
        let other = ["izvestaj", "informacij", "inicijativ", "zahtev", "report", "information", "initiative", "request"];
        let at = if self.word(i + 1) == "the" { i + 2 } else { i + 1 };
        let named = self.capital(at) && !self.all_capitals(at) && other.iter().any(|stem| self.word(at).starts_with(stem));
        ["i", "and", "te"].contains(&self.word(i)) && named && ["o", "za", "on", "for", "of"].contains(&self.word(at + 1))
    }

    /// `- Petar Petrović, ministar`.
    fn speaker(&self, i: usize) -> bool {
        let named = self.capital(i + 1) && self.capital(i + 2) && self.mark(i + 3, ",");
        self.mark(i, "-") && named && (self.says(i + 4, &NOTES) || self.says(i + 4, &AFTER_COMMA))
    }

    fn goes_on_behind(&self, bracket: usize) -> bool {
        let Some(end) = (bracket..self.tokens.len()).find(|&k| self.mark(k, ")")) else { return false };
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

    /// `koji je potpisan`, `koje su obrazložili`.
    fn clause_of_its_own(&self, i: usize) -> bool {
        let told = self.word(i + 2);
        words::WHO.contains(&self.word(i)) && ["je", "su"].contains(&self.word(i + 1)) && TOLD_OF.iter().any(|stem| told.starts_with(stem))
    }

    fn saying(&self, i: usize) -> bool {
        SAYING.iter().any(|stem| self.word(i).starts_with(stem))
    }

    /// `with nine votes in favour`, `sa devet glasova za`.
    fn votes(&self, i: usize) -> bool {
        let votes = |k: usize| ["votes", "vote", "glasova", "glasa", "glasom"].contains(&self.word(k));
        ["with", "by", "sa", "s", "uz"].contains(&self.word(i))
            && (i + 1..=i + 3).any(votes)
            && !matches!(self.tokens[i].kind, Kind::Mark(_))
    }
}
