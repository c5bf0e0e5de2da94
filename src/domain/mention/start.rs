//! Where a title begins: the words that open the name of a bill, a law, a request for consent, or of something else on an agenda.
//!
//! Never decides where a title ends.

use super::{Cutter, What, words};
use crate::domain::tokens::Kind;

/// Tokens of a sentence that are looked at before a law which it names.
const SENTENCE_TOKENS_MAX: usize = 120;

/// Where a title starts, and what is known of it then.
pub(super) struct Start {
    pub what: What,
    /// Tokens that belong to the start itself.
    pub len: usize,
    /// Several bills share the words (`Predlozi zakona o potvrđivanju A i B`).
    pub shared: bool,
}

impl Cutter<'_> {
    /// A title starts at this token. Within another title only after a mark or a word that separates two.
    pub(super) fn start(&self, i: usize, within: bool) -> Option<Start> {
        if self.word(i).is_empty() || (within && !self.separated(i)) {
            return None;
        }
        let start = self.provisional(i, within).or_else(|| self.bill(i)).or_else(|| self.law(i)).or_else(|| self.english(i, within))?;
        Some(start)
    }

    /// Another title starts at this token, where one that starts so is being read; `within` it, for its end has not shown yet.
    pub(super) fn another(&self, start: &Start, i: usize, within: bool) -> bool {
        self.start(i, within).is_some() || (within && start.what != What::Other && self.named_anew(i))
    }

    /// Inside of the title of a bill a further bill is named: no title speaks of a bill but to amend one. In Serbian the whole name says so; in
    /// English, where laws are amended under the name of bills, only after words that part two (`and on the Bill on`).
    fn named_anew(&self, i: usize) -> bool {
        let of_bill = |start: &Start| start.what == What::Bill;
        let whole = |start: Start| ["o", "kojim", "kojima"].contains(&self.word(i + start.len));
        self.bill(i).filter(of_bill).is_some_and(|start| whole(start) || self.governed_anew(i))
            || (self.governed_anew(i) && self.english(i, true).filter(of_bill).is_some())
    }

    /// Before this token stands what parts two titles, and a preposition.
    fn governed_anew(&self, i: usize) -> bool {
        let before = |k: usize| k.checked_sub(1).map_or("", |k| self.word(k));
        let mut k = i;
        while ["the", "a"].contains(&before(k)) {
            k -= 1;
        }
        let named = k;
        while words::GOVERNING.contains(&before(k)) {
            k -= 1;
        }
        let parted =
            |k: usize| self.mark(k, ",;:.-") || words::SEPARATORS.contains(&self.word(k)) || words::CONNECTING.contains(&self.word(k));
        // "while the Bill on", "zatim Predlog zakona"
        let connected = k == named && words::CONNECTING.contains(&before(k)) && before(k) != "a";
        connected || (k < named && k.checked_sub(1).is_some_and(parted))
    }

    /// Where a title ends that another one follows: before the words that lead to that one, as in `..., a potom i o Predlogu`.
    pub(super) fn before_another(&self, from: usize, another: usize) -> usize {
        let leads = |k: usize| {
            let word = self.word(k);
            let joins = words::JOINTS.contains(&word) || words::GOVERNING.contains(&word) || words::CONNECTING.contains(&word);
            let about = words::ABOUT_BILLS.iter().any(|stem| word.starts_with(stem)) && words::GOVERNING.contains(&self.word(k + 1));
            // "Aneksa A"
            self.mark(k, ",") || about || (joins && (!self.capital(k) || self.all_capitals(another)))
        };
        (from..another).rev().find(|&k| !leads(k)).map_or(from, |k| k + 1)
    }

    /// Between this token and the one before stands something that may separate two titles.
    pub(super) fn separated(&self, i: usize) -> bool {
        let Some(mut before) = i.checked_sub(1) else { return true };
        if self.word(before) == "the" && before > 0 {
            before -= 1;
        }
        while self.mark(before, "\"'„“”«»‘’(") && before > 0 {
            before -= 1;
        }
        let numbering = before > 0 && self.mark(before, ".)") && self.number(before - 1).is_some();
        numbering || self.mark(before, ",;:.-•*") || words::SEPARATORS.contains(&self.word(before))
    }

    /// It is the first word of the text, numbering and marks aside.
    fn first(&self, i: usize) -> bool {
        self.tokens[..i].iter().all(|t| !matches!(t.kind, Kind::Word(_)))
    }

    /// `Predlog zakona o`, `Predlog carinskog zakona`, `PREDLOZI ZAKONA`; `Predlog odluke` is something else.
    fn bill(&self, i: usize) -> Option<Start> {
        let word = self.word(i);
        if let Some(rest) = word.strip_prefix("predlog").or(word.strip_prefix("predlozi"))
            && rest.starts_with("zakona")
        {
            return Some(Start { what: What::Bill, len: 1, shared: false });
        }
        if !words::PROPOSAL.contains(&word) {
            return None;
        }
        let shared = words::PROPOSALS.contains(&word);
        for k in 1..=4 {
            let next = self.word(i + k);
            if words::LAW_OF.contains(&next) || (k == 1 && next.starts_with("zakono") && next.starts_with("zakonopotvrd")) {
                return Some(Start { what: What::Bill, len: k + 1, shared: shared || self.list_opens(i + k + 1) });
            }
            if !["og", "eg", "ih", "im", "om"].iter().any(|end| next.ends_with(end)) {
                break;
            }
        }
        let thing = self.word(i + 1);
        (self.capital(i) && words::OTHER_THINGS.iter().any(|t| thing.starts_with(t))).then_some(Start {
            what: What::Other,
            len: 2,
            shared: false,
        })
    }

    /// `: 1)`, `o potvrđivanju: a)`: what is begun here is a list, also where the case form does not say so (`razmatranje predloga zakona`).
    fn list_opens(&self, at: usize) -> bool {
        let colon = (at..at + 3).find(|&k| self.mark(k, ":"));
        colon.is_some_and(|k| {
            (self.number(k + 1).is_some() && self.mark(k + 2, ".)")) || (self.word(k + 1).len() == 1 && self.mark(k + 2, ")"))
        })
    }

    /// `Zakon o ...`: at the beginning of a line, in a list, or where it is said to be considered; inside another law's title it is no start.
    fn law(&self, i: usize) -> Option<Start> {
        let (word, next, after) = (self.word(i), self.word(i + 1), self.word(i + 2));
        let found = |len| Some(Start { what: What::Bill, len, shared: false });
        if word.starts_with("zakonopotvrd") {
            return found(1);
        }
        if word == "uredba" && next == "o" && words::is_confirming(after) && self.first(i) {
            return found(3);
        }
        if word == "carinski" && next == "zakon" && self.first(i) {
            return found(2);
        }
        if !words::LAW.contains(&word) || self.amending(i) {
            return None;
        }
        let confirming = words::is_confirming(after) || (word == "zakono" && words::is_confirming(next));
        let of = word == "zakono" || next == "o" || (["kojim", "kojima", "za"].contains(&next) && self.first(i));
        let nominative = ["zakon", "zakonik", "zakono"].contains(&word);
        let named = match (self.first(i), nominative) {
            (true, true) => true,
            // "Zakonom o potvrđivanju ... predviđeno je" is a sentence
            (true, false) => confirming && word != "zakonom",
            (false, true) => self.deals_with(i, confirming),
            (false, false) => confirming && self.considered_directly(i),
        };
        (of && named && (word != "zakono" || confirming)).then_some(Start { what: What::Bill, len: 2, shared: false })
    }

    /// Whether the sentence that names a law in its midst deals with it. An adopted law that is only cited, or told to have been adopted, is no
    /// bill: in running text a bill is called one, or the sentence says that it is considered, or it stands in a list.
    fn deals_with(&self, i: usize, confirming: bool) -> bool {
        let enumerated = self.numbered(i).is_some() || i.checked_sub(1).is_some_and(|before| self.mark(before, ":;-•*"));
        let listed = self.separated(i) && !i.checked_sub(1).is_some_and(|before| self.ends_sentence(before));
        for k in (i.saturating_sub(SENTENCE_TOKENS_MAX)..i).rev() {
            let word = self.word(k);
            if self.ends_sentence(k) {
                break;
            }
            // "razmotrio i usvojio"
            let both = k > 1 && words::SEPARATORS.contains(&self.word(k - 1)) && words::is_considering(self.word(k - 2));
            if words::ADOPTED.contains(&word) && !both {
                return false;
            }
            if words::is_considering(word) {
                return confirming || listed;
            }
            if words::PROPOSAL.contains(&word) {
                return listed;
            }
        }
        enumerated
    }

    /// `razmatranje Zakona o`, `raspravljalo se o Zakonu o`, `considered the Law on`: in another case only what is considered is a bill.
    fn considered_directly(&self, i: usize) -> bool {
        let before = self.tokens[..i].iter().rev().take(4).map(|token| token.word());
        before
            .into_iter()
            .find(|word| !["o", "se", "je", "the", "a", "of", "and", "adopted", ""].contains(word))
            .is_some_and(words::is_considering)
    }

    /// What stands before says that this is another law, which is being amended or interpreted.
    fn amending(&self, i: usize) -> bool {
        let from = i.saturating_sub(3);
        self.tokens[from..i].iter().any(|t| words::AMENDING.iter().any(|w| t.word().starts_with(w)) && !t.word().starts_with("predlozen"))
    }

    /// `Bill on`, `The Customs Bill`, `TheBill amending`, `Draft Law on`.
    fn english(&self, i: usize, within: bool) -> Option<Start> {
        let found = |len, shared| Some(Start { what: What::Bill, len, shared });
        let (word, next) = (self.word(i), self.word(i + 1));
        if self.amending(i) {
            return None;
        }
        if word == "the" && self.capital(i) && !within {
            let bill = (i + 1..=i + 4).find(|&k| ["bill", "bills"].contains(&self.word(k)))?;
            let plain = bill == i + 1 && words::AFTER_BILL.contains(&self.word(bill + 1));
            return if plain || (bill > i + 1 && self.first(i) && (i + 1..=bill).all(|k| self.capital(k))) {
                found(bill + 1 - i, self.word(bill) == "bills")
            } else {
                None
            };
        }
        if ["bill", "bills", "thebill"].contains(&word) && (self.capital(i) || words::AFTER_BILL.contains(&next)) {
            return words::AFTER_BILL.contains(&next).then(|| Start { what: What::Bill, len: 2, shared: word == "bills" });
        }
        if word == "draft" && next == "law" {
            return found(2, false);
        }
        if ["law", "laws"].contains(&word) && self.capital(i) && ["on", "amending"].contains(&next) {
            let confirming = (2..=3).any(|n| words::CONFIRMING_EN.contains(&self.word(i + n)));
            let before = self.tokens[..i].iter().rev().map(|token| token.word()).find(|word| !["the", "a", "of", "for"].contains(word));
            let named =
                self.numbered(i).is_some() || before.is_some_and(|word| words::PROPOSED_EN.contains(&word)) || self.considered_directly(i);
            return (self.first(i) || (confirming && named && !within)).then_some(Start { what: What::Bill, len: 2, shared: false });
        }
        if self.first(i) && !words::AFTER_BILL.contains(&next) {
            let named =
                |n: usize| (i..=n).all(|k| self.capital(k)) && self.word(n) == "bill" && !words::AFTER_BILL.contains(&self.word(n + 1));
            if let Some(n) = (i + 1..=i + 2).find(|&n| named(n)) {
                return found(n + 1 - i, false);
            }
        }
        // "Decision No. 3/2013 and Decision 3/2015" may stand inside a title; after a semicolon or a number it does not
        let apart = !within || words::OTHER_EN_SURE.contains(&word) || i == 0 || self.mark(i - 1, ";.)");
        (self.capital(i) && words::OTHER_EN.contains(&word) && apart).then_some(Start { what: What::Other, len: 1, shared: false })
    }

    /// `Proposal ... requesting consent for the provisional implementation of the Agreement`, `saglasnost za privremenu primenu`.
    fn provisional(&self, i: usize, within: bool) -> Option<Start> {
        let word = self.word(i);
        let opens = words::CONSENT.contains(&word) || (words::PROPOSAL.contains(&word) && self.capital(i));
        if !opens || (within && !self.capital(i)) {
            return None;
        }
        for k in i + 1..(i + 26).min(self.tokens.len()) {
            if self.mark(k, ";")
                || self.ends_sentence(k)
                || words::LAW_OF.contains(&self.word(k))
                || words::AFTER_BILL_WORD.contains(&self.word(k))
            {
                return None;
            }
            if words::is_provisional(self.word(k)) && words::is_application(self.word(k + 1)) {
                return Some(Start { what: What::Provisional, len: k + 2 - i, shared: false });
            }
        }
        None
    }
}
