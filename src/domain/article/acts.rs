//! Finds the words that say "signed", and tells those that speak of the agreement itself from those inside its name.
//!
//! Never reads a date or a place.

use std::ops::Range;

use crate::domain::article::Verb;
use crate::domain::article::heads::{Head, gender, instrument};
use crate::domain::article::others;
use crate::domain::article::places;
use crate::domain::article::prose::Prose;

/// A word such as `potpisan`, where it stands and how it is tied to its sentence.
#[derive(Debug, Clone)]
pub(super) struct Act {
    pub(super) verb: Verb,
    /// Its token.
    pub(super) at: usize,
    /// Its sentence.
    pub(super) sentence: Range<usize>,
    /// `je potpisan`, `was signed`: the sentence says so itself.
    pub(super) finite: bool,
    /// An English word.
    pub(super) english: bool,
    /// Where its clause begins: the relative pronoun, or itself.
    pub(super) clause: usize,
    /// Where it begins with its auxiliary: `je 5. maja potpisan`, `was signed`.
    pub(super) begins: usize,
    /// `koji je potpisan`, `which was signed`.
    pub(super) relative: bool,
    /// A comma, a bracket or a conjunction stands before its clause.
    pub(super) comma: bool,
    ending: Ending,
}

/// The case a participle stands in, as far as its ending tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Masculine,
    Feminine,
    Neuter,
    MasculinePlural,
    /// Feminine plural, or the genitive of the feminine singular.
    E,
    Instrumental,
    /// Any other case: never the subject.
    Oblique,
    /// `potpisali`: somebody did.
    Active,
    /// English has none.
    None,
}

const VERBS: [(&str, Verb); 9] = [
    ("potpisan", Verb::Potpisan),
    ("sacinjen", Verb::Sacinjen),
    ("sastavljen", Verb::Sacinjen),
    ("zakljucen", Verb::Zakljucen),
    ("sklopljen", Verb::Zakljucen),
    ("usvojen", Verb::Usvojen),
    ("donet", Verb::Donet),
    ("donesen", Verb::Donet),
    ("donijet", Verb::Donet),
];

/// Of the active participles, those that say what a diplomatic conference did.
const ACTIVE: [(&str, Verb); 3] = [("usvoji", Verb::Usvojen), ("zakljuci", Verb::Zakljucen), ("done", Verb::Donet)];

const ENDINGS: [(&str, Ending); 12] = [
    ("", Ending::Masculine),
    ("a", Ending::Feminine),
    ("o", Ending::Neuter),
    ("i", Ending::MasculinePlural),
    ("e", Ending::E),
    ("im", Ending::Instrumental),
    ("om", Ending::Instrumental),
    ("og", Ending::Oblique),
    ("oga", Ending::Oblique),
    ("oj", Ending::Oblique),
    ("u", Ending::Oblique),
    ("ih", Ending::Oblique),
];

/// The acts of the text that are the agreement's own, in order; and whether one was passed over in doubt.
pub(super) fn own(prose: &Prose) -> (Vec<Act>, bool) {
    let (mut own, mut doubt) = (Vec::new(), false);
    for sentence in prose.sentences() {
        let acts = acts(prose, &sentence);
        let (mut sure, mut weak) = (Vec::new(), Vec::new());
        for act in &acts {
            match standing(prose, act, head(prose, act, sure.last())) {
                Standing::Own => sure.push(act.clone()),
                Standing::Together if !sure.is_empty() => sure.push(act.clone()),
                Standing::Weak => weak.push(act.clone()),
                Standing::Together | Standing::Other => {}
            }
        }
        if sure.is_empty() {
            sure = weak;
        }
        // "Protokol uz Sporazum, potpisan 1999. u Rimu, potpisan 2005. u Beogradu": the first is the Agreement's
        while sure.len() > 1 && belongs_inside(prose, &sure[0], &sure[1]) {
            sure.remove(0);
        }
        doubt |= sure.is_empty() && !acts.is_empty();
        own.extend(sure);
    }
    (own, doubt)
}

/// Where any act stands, the agreement's own or not: the next one ends what belongs to the one before.
pub(super) fn is_act(prose: &Prose, i: usize) -> bool {
    participle(prose, i).is_some()
}

enum Standing {
    Own,
    /// Its own only if no other act of the sentence surely is.
    Weak,
    /// Its own only after another that is: `sa Protokolom ..., sačinjenim`.
    Together,
    Other,
}

fn standing(prose: &Prose, act: &Act, head: Option<Head>) -> Standing {
    if tells_of_business(prose, act) || is_anothers_doing(prose, act) || others::is_of_another(prose, act) {
        return Standing::Other;
    }
    let relative = act.relative || prose.word(act.clause) == "koju";
    if let (true, false, Some(head)) = (relative, act.english, head)
        && matches!(relative_concord(prose, act, head), Concord::Differs)
    {
        return Standing::Other;
    }
    if act.english {
        return if act.finite || act.comma { Standing::Own } else { Standing::Weak };
    }
    if act.relative {
        return if act.comma { Standing::Own } else { Standing::Weak };
    }
    match (act.ending, head) {
        (Ending::Oblique, _) => Standing::Other,
        (Ending::Instrumental, _) if is_confirmed_together(prose, act) => Standing::Together,
        (Ending::Instrumental, _) => Standing::Other,
        _ if act.finite => Standing::Own,
        (Ending::Active, _) => Standing::Weak,
        (Ending::Masculine, Some(Head::Masculine)) | (Ending::Feminine, Some(Head::Feminine | Head::Neuter)) => Standing::Own,
        (Ending::Neuter, Some(Head::Neuter)) | (Ending::E | Ending::MasculinePlural, Some(Head::Plural)) => Standing::Own,
        (Ending::MasculinePlural, Some(Head::Masculine)) => Standing::Own,
        (Ending::E, Some(Head::Feminine)) if act.comma => Standing::Weak, // a slip for "potpisana", seen
        (Ending::E, _) => Standing::Other,
        (_, None) => Standing::Own,
        _ if act.comma && !fits_another(prose, act) => Standing::Weak,
        _ => Standing::Other,
    }
}

/// What a participle or a relative clause is said of, by its gender and number.
enum Concord {
    Agrees,
    /// The instrument before us stands in another gender or number: another noun is meant.
    Differs,
}

/// `Protokol uz Konvenciju ..., koja je sačinjena`: of the Convention; `Konvencija, koju je usvojila Konferencija`: its own.
fn relative_concord(prose: &Prose, act: &Act, head: Head) -> Concord {
    let several = || (act.sentence.start..act.clause).filter(|i| instrument(prose.word(*i)).flatten().is_some()).count() > 1;
    let pronoun = prose.word(act.clause);
    let agrees = match (act.ending, head) {
        (Ending::Masculine, Head::Masculine) | (Ending::Feminine, Head::Feminine) | (Ending::Neuter, Head::Neuter) => true,
        (Ending::MasculinePlural | Ending::E, Head::Plural) => true,
        (Ending::MasculinePlural | Ending::E, _) => several(),
        (Ending::Active, Head::Feminine) => matches!(pronoun, "koju" | "koja"),
        (Ending::Active, Head::Masculine) => matches!(pronoun, "koji" | "koja" | "kojeg" | "koga"),
        (Ending::Active, _) => pronoun != "koju",
        _ => false,
    };
    if agrees { Concord::Agrees } else { Concord::Differs }
}

/// Whether an instrument inside the name, in whatever case, is of the participle's gender, as the head is not: `Protokol uz Konvenciju, sačinjena`.
fn fits_another(prose: &Prose, act: &Act) -> bool {
    let fits = |gender: Head| match act.ending {
        Ending::Masculine => gender == Head::Masculine,
        Ending::Feminine => gender == Head::Feminine,
        Ending::Neuter => gender == Head::Neuter,
        _ => false,
    };
    (act.sentence.start..act.at).filter_map(|i| gender(prose.word(i))).skip(1).any(fits)
}

fn acts(prose: &Prose, sentence: &Range<usize>) -> Vec<Act> {
    let read = |at: usize| {
        let (verb, ending, english) = participle(prose, at)?;
        // "Predlog zakona, koji je Vlada podnela, usvojen je": the relative clause is another's
        let main = matches!(prose.word(at + 1), "je" | "su");
        let auxiliary = auxiliary(prose, at, sentence);
        let begins = auxiliary.unwrap_or(at);
        let pronoun = !main && auxiliary.is_some() && ["koji", "koja", "koje", "koju", "which", "that"].contains(&prose.before(begins));
        let relative = !main && ["koji", "koja", "koje", "which", "that"].contains(&prose.before(begins));
        let clause = if pronoun { begins - 1 } else { at };
        let comma = clause > sentence.start && (prose.is(clause - 1, ',') || prose.is(clause - 1, '(') || prose.is(clause - 1, ')'));
        let and = matches!(prose.before(clause), "i" | "a" | "and" | "te");
        let finite = auxiliary.is_some() || main;
        Some(Act { verb, at, sentence: sentence.clone(), finite, english, clause, begins, relative, comma: comma || and, ending })
    };
    sentence.clone().filter_map(read).collect()
}

/// The verb and the case of a participle; a slip of one letter is forgiven.
fn participle(prose: &Prose, i: usize) -> Option<(Verb, Ending, bool)> {
    let word = prose.word(i);
    if word.len() < 4 {
        return None;
    }
    let english = match word {
        "signed" => Some(Verb::Potpisan),
        "concluded" => Some(Verb::Zakljucen),
        "adopted" => Some(Verb::Usvojen),
        "done" if matches!(prose.word(i + 1), "at" | "in" | "on" | "this") => Some(Verb::Sacinjen),
        "passed" if matches!(prose.word(i + 1), "at" | "in" | "on") => Some(Verb::Donet),
        _ => None,
    };
    if let Some(verb) = english {
        return Some((verb, Ending::None, true));
    }
    let active = |stem: &str| word.strip_prefix(stem).is_some_and(|rest| matches!(rest, "o" | "la" | "li" | "le" | "lo"));
    if active("potpisa") {
        return Some((Verb::Potpisan, Ending::Active, false));
    }
    // "koju je Konferencija usvojila na svom 45. zasedanju"; what parliament or a committee adopts is not the agreement
    if let Some((_, verb)) = ACTIVE.iter().find(|(stem, _)| active(stem))
        && (by_a_conference(prose, i) || by_a_body(prose, i))
    {
        return Some((*verb, Ending::Active, false));
    }
    for (stem, verb) in VERBS {
        let ending = word.strip_prefix(stem).and_then(|rest| ENDINGS.iter().find(|(ending, _)| *ending == rest));
        if let Some((letters, ending)) = ending {
            // "potpisanu Beogradu": a lost space, and not the accusative
            let joined = *letters == "u" && places::known(prose, i + 1).is_some();
            return Some((verb, if joined { Ending::Masculine } else { *ending }, false));
        }
    }
    if word.len() < 7 {
        return None;
    }
    let forms = VERBS.iter().filter(|(stem, _)| stem.len() > 6).flat_map(|verb| ENDINGS.iter().map(move |ending| (verb, ending)));
    let same_end = |ending: &str| ending.is_empty() || word.ends_with(ending);
    forms
        .filter(|((stem, _), (ending, _))| same_end(ending) && strsim::osa_distance(&format!("{stem}{ending}"), word) == 1)
        .max_by_key(|(_, (ending, _))| ending.len())
        .map(|((_, verb), (_, ending))| (*verb, *ending, false))
}

/// `koju je Generalna konferencija na svom 45. zasedanju usvojila`
fn by_a_conference(prose: &Prose, i: usize) -> bool {
    (i.saturating_sub(8)..i).any(|n| prose.word(n).starts_with("konferencij") && matches!(prose.before(n), "je" | "generalna"))
}

/// `koju je usvojila Generalna skupština Ujedinjenih nacija`: said in a clause about the agreement, of a body that adopts treaties. A national
/// assembly, a government and a committee adopt laws and reports.
fn by_a_body(prose: &Prose, i: usize) -> bool {
    const BODIES: [&str; 9] =
        ["generaln", "konferencij", "diplomatsk", "komitet", "ujedinjen", "svetsk", "medunarodn", "organizacij", "evropsk"];
    let clause = matches!(prose.before(i), "je" | "su") && i > 1 && prose.before(i - 1).starts_with("koj");
    let council = prose.word(i + 1).starts_with("savet") && prose.word(i + 2).starts_with("evrop");
    clause && (council || BODIES.iter().any(|stem| prose.word(i + 1).starts_with(stem)))
}

/// `je` or `was` before the participle, with at most a date, a place and an adverb between.
fn auxiliary(prose: &Prose, at: usize, sentence: &Range<usize>) -> Option<usize> {
    let mut i = at;
    let mut between = 0;
    while i > sentence.start && between < 8 {
        if let Some(first) = prose.date_before(i) {
            i = first;
            continue;
        }
        i -= 1;
        if matches!(prose.word(i), "je" | "su" | "bio" | "bila" | "bili" | "was" | "were" | "been" | "is" | "are") {
            return Some(i);
        }
        let around_a_date = prose.date_before(i).is_some() || prose.date(i + 1).is_some();
        if (prose.is(i, ',') && !around_a_date) || instrument(prose.word(i)).is_some() || participle(prose, i).is_some() {
            return None;
        }
        between += 1;
    }
    None
}

/// The first instrument of the sentence, where it stands in the nominative. After an act that is the agreement's own, a second one may be
/// confirmed with it: `Konvencija, sačinjena u Kijevu ..., i Protokol o turizmu, sačinjen u Bratislavi`.
fn head(prose: &Prose, act: &Act, before: Option<&Act>) -> Option<Head> {
    let second = before.and_then(|before| {
        let joined = |i: &usize| matches!(prose.word(*i), "i" | "te" | "kao") && prose.is_capital(*i + 1);
        let named = |i: usize| (i + 1..(i + 5).min(act.at)).find_map(|i| instrument(prose.word(i))).flatten();
        (before.at..act.at).filter(joined).find_map(named)
    });
    second.or_else(|| (act.sentence.start..act.at).find_map(|i| instrument(prose.word(i))).flatten())
}

/// `sa Protokolom ..., sačinjenim`: a Protocol that is confirmed with the Convention; not `u skladu sa Sporazumom zaključenim`.
fn is_confirmed_together(prose: &Prose, act: &Act) -> bool {
    let with = |i: &usize| instrument(prose.word(*i)).is_some() && (prose.word(*i).ends_with("om") || prose.word(*i).ends_with("ima"));
    let Some(nearest) = (act.sentence.start..act.at).rev().find(with) else { return false };
    let clause_or_phrase =
        |i: usize| matches!(prose.word(i), "skladu" | "vezi" | "osnovu" | "saglasno") || prose.word(i).starts_with("koj");
    // "koji je izmenjen Protokolom potpisanim": what was done to it later
    !(nearest.saturating_sub(6)..nearest).any(clause_or_phrase)
}

/// What parliament, and not the parties, adopts, concludes or signs (keys, in the nominative where they have cases).
const BUSINESS: [&str; 22] = [
    "bill",
    "law",
    "report",
    "agenda",
    "minutes",
    "decree",
    "debate",
    "discussion",
    "sitting",
    "session",
    "meeting",
    "zakon",
    "zakona",
    "izvestaj",
    "ukaz",
    "zapisnik",
    "zakljucak",
    "rasprava",
    "sednica",
    "pretres",
    "debata",
    "diskusija",
];

fn is_business(prose: &Prose, i: usize) -> bool {
    BUSINESS.contains(&prose.word(i))
}

/// `Predlog zakona ... je usvojen`, `the Bill was adopted`, `rasprava je zaključena`: said of parliament's business, not of the agreement.
fn tells_of_business(prose: &Prose, act: &Act) -> bool {
    if !act.finite || act.relative {
        return false;
    }
    let mut before = (act.sentence.start..act.at).rev();
    if act.english && matches!(act.verb, Verb::Usvojen | Verb::Donet) {
        return before.any(|i| is_business(prose, i));
    }
    // the nearest subject decides; an agreement in another case belongs to the bill's own name
    let subject = |i: &usize| is_business(prose, *i) || instrument(prose.word(*i)).is_some_and(|head| head.is_some() || act.english);
    before.find(subject).is_some_and(|i| is_business(prose, i))
}

/// `Odbor je zaključio`, `the Committee adopted the Report`, `Predsednik je potpisao ukaz`: somebody does it, and not to an agreement.
fn is_anothers_doing(prose: &Prose, act: &Act) -> bool {
    let around = || act.at.saturating_sub(5).max(act.sentence.start)..(act.at + 6).min(act.sentence.end);
    let agreement = || around().any(|i| instrument(prose.word(i)).is_some() && !is_business(prose, i));
    let business = || around().any(|i| is_business(prose, i));
    match (act.ending, act.verb) {
        (Ending::Active, _) => {
            let said = act.sentence.start..(act.at + 6).min(act.sentence.end);
            business() || !said.into_iter().any(|i| instrument(prose.word(i)).is_some() && !is_business(prose, i))
        }
        (Ending::None, Verb::Potpisan) if !act.finite && !act.comma => !agreement() || prose.word(act.at + 1) == "the" && business(),
        (Ending::None, Verb::Usvojen | Verb::Donet | Verb::Zakljucen) if !act.finite => {
            let goes_on = matches!(prose.word(act.at + 1), "in" | "on" | "at" | "by" | "between") || prose.date(act.at + 1).is_some();
            !goes_on || !(prose.is(act.at - 1, ',') || instrument(prose.before(act.at)).is_some())
        }
        // "će doneti odluku" is no participle
        (Ending::MasculinePlural, Verb::Donet) => !act.finite && !act.comma && !act.relative,
        _ => false,
    }
}

/// Whether the first act belongs to an instrument inside the name: nothing but a comma ties the second to it, and no instrument between.
fn belongs_inside(prose: &Prose, first: &Act, second: &Act) -> bool {
    // `sačinjena u Parizu 24. novembra 2016. godine, a koju je Republika Srbija potpisala 7. juna 2017. godine`
    let relative = |i: usize| {
        matches!(prose.word(i), "i" | "a" | "te" | "and")
            && matches!(prose.word(i + 1), "koji" | "koja" | "koje" | "koju" | "kojeg" | "which")
    };
    let joined = matches!(prose.before(second.at), "i" | "a" | "and" | "te" | "odnosno") || (first.at..second.at).any(relative);
    let named = |tokens: Range<usize>| tokens.filter(|i| instrument(prose.word(*i)).is_some()).count();
    !joined && named(first.at..second.at) == 0 && named(first.sentence.start..first.at) > 1
}
