//! Finds where running text names bills, and where each title begins and ends: agenda lines, and sentences with many bills in a row.
//!
//! Never reads markup, never decides whether a bill confirms an agreement.

use std::ops::Range;

use crate::domain::bill::ActNumber;
use crate::domain::mention::start::Start;
use crate::domain::script;
use crate::domain::tokens::{Kind, Token, cut};

pub use closings::beginnings;

mod closings;
mod start;
mod words;

/// A bill named in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// From the first word of its title to where the next bill begins, or its sentence ends: title, submitter, number.
    pub at: Range<usize>,
    /// The title as printed, without numbering and without the submitter's clause.
    pub title: String,
    /// The number printed before it.
    pub position: Option<u32>,
    /// The clause that says who submitted it.
    pub submitter: Option<String>,
    /// From `011-NNNN/YY`.
    pub act_number: Option<ActNumber>,
    /// What is named.
    pub what: What,
}

/// What kind of thing a title names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A bill, or a law.
    Bill,
    /// Consent to the provisional application of an agreement.
    Provisional,
    /// Something else that stands on agendas: a decision, a list of candidates. It ends the title before it.
    Other,
}

/// Everything the text names, in order.
pub fn find(text: &str) -> Vec<Named> {
    let cutter = Cutter::new(text);
    let mut found = Vec::new();
    let mut i = 0;
    while i < cutter.tokens.len() {
        match cutter.start(i, false) {
            Some(start) => i = cutter.take(i, &start, &mut found),
            None => i += 1,
        }
    }
    found
}

/// Whether the words, alone on a line or in a link, read as the title of a bill or a law, and not as a menu's entry or a heading.
pub fn reads_as_title(text: &str) -> bool {
    let Some(first) = find(text).into_iter().next() else { return false };
    let opening = text[..first.at.start].chars().filter(|c| c.is_alphabetic()).count();
    first.what == What::Bill && opening == 0 && cut(&first.title).iter().filter(|t| !t.word().is_empty()).count() >= 3
}

/// The sentences of a text. A dot after a number, an initial or an abbreviation ends none.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let cutter = Cutter::new(text);
    let mut sentences = Vec::new();
    let mut from = None;
    for (i, token) in cutter.tokens.iter().enumerate() {
        let start = *from.get_or_insert(token.at.start);
        if cutter.ends_sentence(i) {
            sentences.push(start..token.at.end);
            from = None;
        }
    }
    if let Some(start) = from {
        sentences.push(start..text.trim_end().len());
    }
    sentences
}

/// Whether a sentence says that something is considered: `razmotrio`, `pretres`, `na dnevnom redu`, `discussed`.
pub fn considers(sentence: &str) -> bool {
    cut(sentence).iter().any(|token| words::is_considering(token.word()))
}

/// What a request for consent to provisional application is about: `the Agreement between ...`, as printed.
pub fn provisional_subject(title: &str) -> Option<&str> {
    let cutter = Cutter::new(title);
    let word = |i: usize| cutter.word(i);
    let applied = |i: usize| words::is_provisional(word(i)) && words::is_application(word(i + 1));
    let at = (0..cutter.tokens.len()).find(|&i| applied(i))? + 2;
    let at = if ["of", "the"].contains(&word(at)) { at + 1 } else { at };
    let at = if word(at) == "the" { at + 1 } else { at };
    cutter.tokens.get(at).map(|t| title[t.at.start..].trim())
}

struct Cutter<'a> {
    text: &'a str,
    tokens: Vec<Token>,
}

impl<'a> Cutter<'a> {
    fn new(text: &'a str) -> Self {
        Cutter { text, tokens: join_letter_spaced(text, cut(text)) }
    }

    fn word(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |t| t.word())
    }

    /// The token's first letter is a capital.
    fn capital(&self, i: usize) -> bool {
        self.tokens.get(i).is_some_and(|t| self.text[t.at.clone()].chars().next().is_some_and(char::is_uppercase))
    }

    /// The word is written in capitals throughout.
    fn all_capitals(&self, i: usize) -> bool {
        let printed = self.tokens.get(i).map_or("", |t| &self.text[t.at.clone()]);
        printed.chars().count() > 1 && printed.chars().skip(1).any(char::is_uppercase)
    }

    fn mark(&self, i: usize, marks: &str) -> bool {
        self.tokens.get(i).is_some_and(|t| matches!(t.kind, Kind::Mark(m) if marks.contains(m)))
    }

    fn number(&self, i: usize) -> Option<u32> {
        match self.tokens.get(i)?.kind {
            Kind::Number(value, digits) if digits <= 3 => Some(value),
            _ => None,
        }
    }

    /// Takes the title that starts here, and gives the token where looking goes on.
    fn take(&self, from: usize, start: &Start, found: &mut Vec<Named>) -> usize {
        let (mut title_end, mut clause): (Option<usize>, Option<usize>) = (None, None);
        let mut depth = 0i32;
        let mut j = from + start.len;
        while j < self.tokens.len() {
            if self.another(start, j, title_end.is_none()) && (depth <= 0 || self.mark(j.saturating_sub(1), ";:")) {
                title_end.get_or_insert_with(|| self.before_another(from + start.len, j));
                break;
            }
            if self.mark(j, "(") {
                depth += 1;
                if self.number_follows(j) || (depth == 1 && self.closes(j)) {
                    title_end.get_or_insert(j);
                }
            } else if self.mark(j, ")") {
                // "1)" closes nothing
                depth = (depth - 1).max(0);
            } else if (self.mark(j, ";") && !(start.shared && self.item_follows(j))) || self.ends_sentence(j) {
                break;
            } else if clause.is_none() && self.clause(j) {
                title_end.get_or_insert(j);
                clause = Some(j);
            } else if title_end.is_none() && (self.stops(j) || self.number_follows(j) || (depth == 0 && self.closes(j))) {
                title_end = Some(j);
            } else if title_end.is_none()
                && depth == 0
                && let Some(verb) = self.predicate(from + start.len, j)
            {
                title_end = Some(verb);
            } else if clause.is_some_and(|c| j > c + 3) && self.stops(j) {
                break;
            }
            j += 1;
        }
        let title_end = title_end.unwrap_or(j);
        let position = self.numbered(from);
        let whole = self.span(from, j);
        let act_number = ActNumber::from_agenda(&self.text[whole.clone()]);
        let submitter = clause.map(|c| {
            let end = (c..j).find(|&k| k > c && (self.mark(k, "(") && self.number_follows(k))).unwrap_or(j);
            self.trimmed(c, end)
        });
        let mut titles = vec![(from, title_end)];
        if start.shared {
            titles = self.split_shared(from, start.len, title_end);
        }
        for (a, b) in titles {
            let (mut title, mut position) = (self.trimmed(a, b), position);
            if title.is_empty() {
                continue;
            }
            if a > from {
                title = format!("{} {title}", self.trimmed(from, self.shared_head(from, start.len, a)));
                position = self.numbered(a).or(position);
            }
            found.push(Named { at: whole.clone(), title, position, submitter: submitter.clone(), act_number, what: start.what });
        }
        j.max(from + 1)
    }

    /// The number before a title: `1.`, `12)`, also glued to it.
    fn numbered(&self, from: usize) -> Option<u32> {
        let mut before = from.checked_sub(1)?;
        while self.mark(before, "\"„“”«»") && before > 0 {
            before -= 1;
        }
        let at = before.checked_sub(1)?;
        let begins = at == 0 || !matches!(self.tokens[at - 1].kind, Kind::Word(_)) || words::SEPARATORS.contains(&self.word(at - 1));
        if self.mark(before, ".)") && begins { self.number(at) } else { None }
    }

    /// The act's number follows, in brackets or after a word for it.
    fn number_follows(&self, i: usize) -> bool {
        let after = |k: usize| (k..k + 4).any(|k| matches!(self.tokens.get(k).map(|t| &t.kind), Some(Kind::Number(11, 3))));
        (self.mark(i, "(") && (after(i + 1) || words::JOINTLY.iter().any(|w| self.word(i + 1).starts_with(w))))
            || (words::NUMBER_WORDS.contains(&self.word(i)) && after(i + 1))
    }

    /// `, submitted by`, `koji je podnela`.
    fn clause(&self, i: usize) -> bool {
        let (word, next, after) = (self.word(i), self.word(i + 1), self.word(i + 2));
        (["submitted", "proposed"].contains(&word) && next == "by")
            || (words::WHO.contains(&word) && ["je", "su"].contains(&next) && words::SUBMITTED.iter().any(|w| after.starts_with(w)))
    }

    fn ends_sentence(&self, i: usize) -> bool {
        if self.mark(i, "!?") {
            return self.tokens.get(i + 1).is_none_or(|t| t.spaced);
        }
        if !self.mark(i, ".") {
            return false;
        }
        let Some(next) = self.tokens.get(i + 1) else { return true };
        let Some(before) = i.checked_sub(1).map(|k| &self.tokens[k]) else { return false };
        let opens = self.capital(i + 1) || "\"„“".chars().any(|q| next.is(q));
        if !next.spaced || !opens {
            return false;
        }
        match &before.kind {
            Kind::Word(word) => word.chars().count() > 1 && !words::ABBREVIATIONS.contains(&word.as_str()),
            // "1997. GODINE": among capitals a capital says nothing
            Kind::Number(_, digits) => *digits == 4 && !self.word(i + 1).starts_with("god") && !self.all_capitals(i + 1),
            Kind::Mark(_) => true,
        }
    }

    fn span(&self, from: usize, to: usize) -> Range<usize> {
        self.tokens[from].at.start..self.tokens[to - 1].at.end
    }

    /// The words between two tokens, without the marks and little words that join one title to the next.
    fn trimmed(&self, from: usize, to: usize) -> String {
        let mut to = to;
        let spare = |k: usize| {
            let word = self.word(k);
            // "..., a koji" led to a clause
            let and = word == "a" && !self.capital(k) && k > 0 && self.mark(k - 1, ",");
            and || self.mark(k, ",;:.-„«([*") || words::JOINTS.contains(&word) || words::WHO.contains(&word) || self.orphan_number(k)
        };
        while to > from && spare(to - 1) {
            // a dot belongs to the abbreviation it ends, as in "Inc."
            if self.mark(to - 1, ".") && to >= 2 && words::ABBREVIATIONS.contains(&self.word(to - 2)) {
                break;
            }
            to -= 1;
        }
        if to == from {
            return String::new();
        }
        let text = &self.text[self.span(from, to)];
        // „ … “ and „ … ” are Serbian, “ … ” is English: what “ does shows by whether „ is there
        let low = text.contains('„');
        let closes = |c: char| matches!(c, '”' | '»') || (low && c == '“');
        let opened = text.chars().filter(|c| matches!(c, '„' | '«') || (!low && *c == '“')).count();
        let closed = text.chars().filter(|c| closes(*c)).count();
        let mut text = text;
        for _ in opened..closed {
            text = text.strip_suffix(closes).unwrap_or(text);
        }
        text.trim().to_owned()
    }

    /// `2.` of the next item, at the end of this one.
    fn orphan_number(&self, k: usize) -> bool {
        self.number(k).is_some() && self.mark(k + 1, ".)") && self.tokens.get(k + 2).is_some_and(|_| self.start(k + 2, true).is_some())
    }

    /// `Predlozi zakona o potvrđivanju A i B`, `o potvrđivanju: 1) A; 2) B`: where each begins and ends.
    fn split_shared(&self, from: usize, len: usize, end: usize) -> Vec<(usize, usize)> {
        let mut parts = Vec::new();
        let mut begin = from;
        for k in from + len + 2..end {
            let item = self.separated(k) || self.before_numbering(k) < k;
            if item && !self.mark(k, ",") && (self.instrument_follows(k) || self.confirming_follows(k)) {
                let k = if self.word(k - 1) == "the" { k - 1 } else { k };
                let (head, end) = (self.shared_head(from, len, k), self.before_numbering(k));
                // the words that all share are no bill of their own
                if begin > from || (head..end).any(|at| !self.word(at).is_empty()) {
                    parts.push((begin, end));
                }
                begin = k;
            }
        }
        parts.push((begin, end));
        parts
    }

    /// Where the number of an item stands, or the item itself.
    fn before_numbering(&self, k: usize) -> usize {
        let apart = k > 2 && (self.word(k - 3).is_empty() || words::SEPARATORS.contains(&self.word(k - 3)));
        let numbered = apart && self.mark(k - 1, ".)") && (self.number(k - 2).is_some() || self.word(k - 2).len() == 1);
        if numbered { k - 2 } else { k }
    }

    /// After this mark a list goes on: `; 2) Ugovora`, `; i Konvencije`.
    fn item_follows(&self, mark: usize) -> bool {
        let passed = |k: &usize| {
            self.number(*k).is_some() || self.mark(*k, ".)") || words::JOINTS.contains(&self.word(*k)) || self.mark(*k + 1, ")")
        };
        let item = (mark + 1..mark + 6).find(|k| !passed(k));
        item.is_some_and(|k| self.instrument_follows(k) || self.confirming_follows(k))
    }

    /// The end of the words that all share: `Predlozi zakona o potvrđivanju`, or only `Predlozi zakona` where the rest is repeated.
    fn shared_head(&self, from: usize, len: usize, part: usize) -> usize {
        if self.confirming_follows(part) {
            return from + len - usize::from(["on", "o"].contains(&self.word(from + len - 1)));
        }
        (from + len..from + len + 4)
            .find(|&k| words::is_confirming(self.word(k)) || words::CONFIRMING_EN.contains(&self.word(k)))
            .map_or(from + len, |k| k + 1 + usize::from(self.word(k + 1) == "of"))
    }

    fn instrument_follows(&self, k: usize) -> bool {
        let adjective = |w: &str| ["og", "ih", "eg", "ne"].iter().any(|end| w.ends_with(end));
        let instrument = |w: &str| words::INSTRUMENTS.iter().any(|i| w.starts_with(i));
        instrument(self.word(k)) || ((adjective(self.word(k)) || self.capital(k)) && instrument(self.word(k + 1)))
    }

    fn confirming_follows(&self, k: usize) -> bool {
        (self.word(k) == "o" && words::is_confirming(self.word(k + 1)))
            || (self.word(k) == "on" && (1..=2).any(|n| words::CONFIRMING_EN.contains(&self.word(k + n))))
    }
}

/// `P R E D L O G  Z A K O N A` is one word afterwards.
fn join_letter_spaced(text: &str, tokens: Vec<Token>) -> Vec<Token> {
    let single = |t: &Token| matches!(&t.kind, Kind::Word(_)) && text[t.at.clone()].chars().count() == 1;
    let mut joined: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut i = 0;
    while i < tokens.len() {
        let run = tokens[i..].iter().take_while(|t| single(t)).count();
        if run >= 5 {
            let word = tokens[i..i + run].iter().map(|t| t.word()).collect();
            joined.push(Token { kind: Kind::Word(word), at: tokens[i].at.start..tokens[i + run - 1].at.end, spaced: tokens[i].spaced });
        } else {
            joined.extend_from_slice(&tokens[i..i + run.max(1)]);
        }
        i += run.max(1);
    }
    joined
}

/// Who submitted a bill, without the clause that says so: `koji je podnela Vlada`, `submitted by the Government`.
pub fn submitter(clause: &str) -> &str {
    let words: Vec<&str> = clause.split_whitespace().collect();
    let folded: Vec<String> = words.iter().take(3).map(|word| script::fold(word)).collect();
    let is = |at: usize, known: &[&str]| folded.get(at).is_some_and(|word| known.contains(&word.as_str()));
    let said = if is(0, &["koji", "koja", "koje"]) && is(1, &["je", "su"]) && folded.get(2).is_some_and(|w| w.starts_with("podne")) {
        3
    } else if is(0, &["submitted", "proposed"]) && is(1, &["by"]) {
        2
    } else {
        0
    };
    let name = words.get(said).and_then(|first| clause.find(first)).map_or(clause, |from| &clause[from..]);
    if name.trim().is_empty() { clause } else { name.trim() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    mod closings;
    mod prose;

    use super::*;
    use crate::domain::script;

    fn titles(text: &str) -> Vec<String> {
        find(text).into_iter().filter(|n| n.what == What::Bill).map(|n| n.title).collect()
    }

    const SEVEN: [&str; 7] = [
        "Bill on the Confirmation of the Agreement between the Government of the Republic of Serbia and the Government of the Kingdom of Sweden on Cooperation in the Area of Law Implementation",
        "Bill on the Confirmation of the Agreement amending the Agreement between the Government of the Republic of Serbia and the Government of the Kingdom of Spain on Reciprocal Recognition and Exchange of National Driving Licences",
        "Bill on the Confirmation of the Agreement between the Ministry of the Interior of the Republic of Serbia and the Federal Security Service of the Russian Federation on Cooperation and Joint Actions",
        "Bill on the Confirmation of the Agreement between the Government of the Republic of Serbia and the Government of the Republic of Slovenia on Cooperation in the Area of Protection against Natural and Other Disasters",
        "Bill on the Confirmation of the Police Cooperation Agreement between the Republic of Serbia and the Kingdom of Belgium",
        "Bill on the Confirmation of the Memorandum of Understanding between the Government of the Republic of Serbia and the Government of the State of Israel on Military, Defence and Defence Industry Cooperation",
        "Bill on the Confirmation of the Memorandum of Understanding between the Government of the Republic of Serbia and the Government of the Hellenic Republic on Cooperation within the Athens Multinational Sealift Coordination Center (AMSCC)",
    ];

    #[test]
    fn seven_bills_in_one_sentence_are_seven() {
        let text = format!(
            "At the sitting held on 9 November, the members of the Defence and Internal Affairs Committee considered the {}, {}, {}, {}, {}, {} and the {}.",
            SEVEN[0], SEVEN[1], SEVEN[2], SEVEN[3], SEVEN[4], SEVEN[5], SEVEN[6]
        );
        assert_eq!(titles(&text), SEVEN);
    }

    #[test]
    fn who_submitted_a_bill_is_named_without_the_clause() {
        for (clause, who) in [
            ("koji je podnela Vlada", "Vlada"),
            ("који је поднео народни послaник Петар Петровић", "народни послaник Петар Петровић"),
            ("koje su podneli narodni poslanici", "narodni poslanici"),
            ("submitted by the Government", "the Government"),
            ("Vlada", "Vlada"),
            ("koji je podnela", "koji je podnela"),
            ("", ""),
        ] {
            assert_eq!(submitter(clause), who);
        }
    }

    #[test]
    fn a_line_gives_title_position_submitter_and_number() {
        let line = "12. Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Crne Gore o policijskoj saradnji, koji je podnela Vlada (broj 011-404/18 od 2. marta 2018. godine);";
        let named = find(line);
        assert_eq!(named.len(), 1);
        assert_eq!(
            named[0].title,
            "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Crne Gore o policijskoj saradnji"
        );
        assert_eq!(named[0].position, Some(12));
        assert_eq!(named[0].submitter.as_deref(), Some("koji je podnela Vlada"));
        assert_eq!(named[0].act_number.unwrap().to_string(), "404-18");
    }

    #[test]
    fn glued_numbers_and_glued_words_are_read() {
        let named = find(
            "1.The Bill on the Judicial Academy, submitted by the Government; 2.TheBill determining the maximum number of employees in republic administration, and",
        );
        assert_eq!(
            named.iter().map(|n| (n.position, n.title.as_str())).collect::<Vec<_>>(),
            [
                (Some(1), "The Bill on the Judicial Academy"),
                (Some(2), "TheBill determining the maximum number of employees in republic administration"),
            ]
        );
    }

    #[test]
    fn words_around_a_title_are_not_part_of_it() {
        for (text, title) in [
            (
                "Odbor je razmotrio Predlog zakona o sudijama, u načelu, i odlučio da predloži Narodnoj skupštini da ga prihvati.",
                "Predlog zakona o sudijama",
            ),
            (
                "Одбор је размотрио Предлог закона о потврђивању Конвенције Савета Европе о борби против трговине људима у начелу.",
                "Предлог закона о потврђивању Конвенције Савета Европе о борби против трговине људима",
            ),
            ("The Committee considered the Bill on Trade and decided to propose to the Assembly to accept it.", "Bill on Trade"),
            ("The Bill on Data Confidentiality was presented by the Minister.", "The Bill on Data Confidentiality"),
            ("P R E D L O G  Z A K O N A O POTVRĐIVANjU UGOVORA O ZAJMU", "P R E D L O G  Z A K O N A O POTVRĐIVANjU UGOVORA O ZAJMU"),
            (
                "„Predlog zakona o potvrđivanju Ugovora o garanciji „Obilaznica oko Beograda”” podneo je ministar",
                "Predlog zakona o potvrđivanju Ugovora o garanciji „Obilaznica oko Beograda”",
            ),
            ("5. Carinski zakon, koji je podnela Vlada;", ""),
            ("Sporazum je potpisan u Beogradu.", ""),
            ("The agreement and the bill were discussed.", ""),
            (
                "Draft Law on Amendments to the Law on Public Media Services, submitted by the Government (No. 011-2054 / 20 of 11 December 2020)",
                "Draft Law on Amendments to the Law on Public Media Services",
            ),
            ("- Predlog carinskog zakona, koji je podnela Vlada", "Predlog carinskog zakona"),
        ] {
            let found = titles(text);
            let expected: Vec<&str> = if title.is_empty() { vec![] } else { vec![title] };
            if text.starts_with("5. Carinski") {
                assert_eq!(found, ["Carinski zakon"]);
            } else {
                assert_eq!(found, expected, "{text}");
            }
        }
    }

    #[test]
    fn a_law_named_inside_a_title_is_no_title() {
        for title in [
            "Predlog zakona o izmenama i dopunama Zakona o sudijama i Zakona o javnom tužilaštvu",
            "Bill amending and modifying the Bill on National and other Holidays in the Republic of Serbia",
            "Predlog zakona o izmenama Zakona o potvrđivanju Konvencije o zaštiti lica",
            "Bill on the Confirmation of the Agreement between the Republic of Serbia and Japan on Elimination of Double Taxation and Prevention of Tax Evasion and Avoidance",
        ] {
            assert_eq!(titles(title), [title]);
        }
    }

    #[test]
    fn a_shared_heading_is_two_bills() {
        let text = "PREDLOZI ZAKONA O POTVRĐIVANjU SPORAZUMA O STABILIZACIJII PRIDRUŽIVANjU I PRELAZNOG SPORAZUMA O TRGOVINI I TRGOVINSKIM PITANjIMA IZMEĐU EVROPSKE ZAJEDNICE I REPUBLIKE SRBIJE (zajednički jedinstveni pretres)";
        assert_eq!(
            titles(text),
            [
                "PREDLOZI ZAKONA O POTVRĐIVANjU SPORAZUMA O STABILIZACIJII PRIDRUŽIVANjU",
                "PREDLOZI ZAKONA O POTVRĐIVANjU PRELAZNOG SPORAZUMA O TRGOVINI I TRGOVINSKIM PITANjIMA IZMEĐU EVROPSKE ZAJEDNICE I REPUBLIKE SRBIJE",
            ]
        );
        assert_eq!(
            titles("Bills on the Confirmation of the Agreement with Spain and the Protocol on Water were discussed."),
            ["Bills on the Confirmation of the Agreement with Spain", "Bills on the Confirmation of the Protocol on Water",]
        );
    }

    #[test]
    fn consent_to_provisional_application_is_told_apart() {
        for (text, subject) in [
            (
                "Proposal of the Government of the Republic of Serbia requesting consent for the provisional implementation of the Agreement between the Government of the Republic of Serbia and the Government of Hungary on Gas.",
                "Agreement between the Government of the Republic of Serbia and the Government of Hungary on Gas",
            ),
            (
                "2. Predlog Vlade za davanje saglasnosti za privremenu primenu Sporazuma između Vlade Republike Srbije i Vlade Mađarske o gasu;",
                "Sporazuma između Vlade Republike Srbije i Vlade Mađarske o gasu",
            ),
            ("Одбор је дао сагласност за привремену примену Споразума о гасу.", "Споразума о гасу"),
        ] {
            let found = find(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert_eq!(found[0].what, What::Provisional);
            assert_eq!(provisional_subject(&found[0].title), Some(subject));
        }
    }

    #[test]
    fn menus_and_headings_are_no_titles() {
        for text in [
            "Zakoni u proceduri",
            "Doneti zakoni",
            "Predlozi zakona",
            "Predlog zakona",
            "Закони у процедури",
            "Laws",
            "Bills",
            "Zakonodavna aktivnost",
            "PDF",
            "Sednica Odbora za finansije",
            "O zakonu",
            "",
        ] {
            assert!(!reads_as_title(text), "{text}");
        }
        for text in [
            "Predlog zakona o sudijama",
            "3. ПРЕДЛОГ ЗАКОНА О ПОТВРЂИВАЊУ УГОВОРА",
            "Zakon o radu",
            "Bill on Trade",
            "Law on Trade",
            "ZAKONO POTVRĐIVANJU SPORAZUMA",
        ] {
            assert!(reads_as_title(text), "{text}");
        }
    }

    #[test]
    fn sentences_end_where_a_person_ends_them() {
        let text =
            "Sednica je održana 9. novembra 2017. godine u 10 časova. Prof. dr Petrović je govorio. It ended at 11 a.m. on 3 May. Next.";
        let cut: Vec<&str> = sentences(text).into_iter().map(|r| &text[r]).collect();
        assert_eq!(
            cut,
            [
                "Sednica je održana 9. novembra 2017. godine u 10 časova.",
                "Prof. dr Petrović je govorio.",
                "It ended at 11 a.m. on 3 May.",
                "Next."
            ]
        );
    }

    /// Real titles, strung together as parliament's prose does: each comes out whole, and none is lost.
    #[test]
    fn real_titles_strung_together_come_apart_again() {
        let rows: Vec<(&str, &str)> = include_str!("../../tests/data/titles.tsv")
            .lines()
            .filter_map(|l| {
                let mut f = l.split('\t');
                Some((f.next()?, f.next()?))
            })
            .collect();
        let plain = |t: &str| {
            let t = t.strip_prefix("The ").unwrap_or(t);
            let end = [", submitted", ", koji je", ", који је", " (No. 011", " (zajedni"]
                .iter()
                .filter_map(|c| t.find(c))
                .min()
                .unwrap_or(t.len());
            t[..end].to_owned()
        };
        for (language, start, join, last) in
            [("en", "Bill ", ", ", " and the "), ("sr-Latn", "Predlog zakona", ", ", " i "), ("sr-Cyrl", "Предлог закона", ", ", " и ")]
        {
            let titles: Vec<String> =
                rows.iter().filter(|(l, t)| *l == language && plain(t).starts_with(start)).map(|(_, t)| plain(t)).collect();
            assert!(titles.len() > 1, "{language}");
            for group in titles.chunks(7) {
                let head = group[..group.len() - 1].join(join);
                let text = format!("Considered: {head}{last}{}.", group[group.len() - 1]);
                let text = if group.len() == 1 { format!("Considered: {}.", group[0]) } else { text };
                let found = super::tests::titles(&text);
                let fold = |t: &[String]| t.iter().map(|t| script::fold(t)).collect::<Vec<_>>();
                assert_eq!(fold(&found), fold(group));
            }
        }
    }

    #[test]
    fn every_real_title_of_a_bill_is_one_title() {
        let mut wrong = Vec::new();
        for line in include_str!("../../tests/data/titles.tsv").lines() {
            let mut fields = line.split('\t');
            let (_, title, label) = (fields.next().unwrap(), fields.next().unwrap(), fields.next().unwrap());
            let folded = script::fold(title);
            let bill = ["predlog zakona", "zakon o", "the bill", "bill"].iter().any(|s| folded.starts_with(s)) || label == "AGREEMENT";
            let found = titles(title);
            if bill && !folded.starts_with("potvrdivanje") && !folded.starts_with("predlozi") && found.len() != 1 {
                wrong.push(format!("{title} -> {found:?}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
