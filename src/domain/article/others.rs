//! Tells the acts that a sentence says of something else than the agreement: what it replaces, what went before it, what was not done.
//!
//! Never finds an act, and reads no date.

use crate::domain::article::acts::{Act, is_act};
use crate::domain::article::heads::instrument;
use crate::domain::article::prose::Prose;

/// Whether the act is another instrument's, or none that was done.
pub(super) fn is_of_another(prose: &Prose, act: &Act) -> bool {
    is_not_done(prose, act)
        || is_of_what_is_replaced(prose, act)
        || is_of_one_before(prose, act)
        || is_of_its_basis(prose, act)
        || comes_to_an_end(prose, act)
}

/// `nije potpisan`, `biće potpisan`, `will be signed`, `was to be signed`.
fn is_not_done(prose: &Prose, act: &Act) -> bool {
    const NOT_YET: [&str; 16] = [
        "nije", "nisu", "nece", "ce", "bice", "bude", "budu", "treba", "trebalo", "be", "not", "never", "will", "shall", "should", "would",
    ];
    // without marks the town of Niš reads as one of them: `u Nišu, potpisan`
    let town = |i: usize| prose.is_capital(i) && prose.word(i) == "nisu";
    (act.at.saturating_sub(3).max(act.sentence.start)..act.at).any(|i| NOT_YET.contains(&prose.word(i)) && !town(i))
}

/// What one instrument does to another.
const REPLACES: [&str; 29] = [
    "menja",
    "menjaju",
    "zamenjuje",
    "zamenjuju",
    "zamenio",
    "zamenila",
    "zamenice",
    "dopunjuje",
    "dopunjuju",
    "izmenjuje",
    "ukida",
    "ukidaju",
    "prestaje",
    "prestaju",
    "prestao",
    "prestala",
    "prestace",
    "replace",
    "replaces",
    "replaced",
    "replacing",
    "amend",
    "amends",
    "amending",
    "supersedes",
    "supersede",
    "terminate",
    "terminates",
    "terminating",
];

/// `koji zamenjuje Sporazum potpisan ...`, `prestaje da važi Sporazum koji je potpisan ...`: no comma parts the two. After a comma a participle
/// goes back to the agreement; a relative clause and English, which has no cases, only where the replacing is a name's (`Protokol kojim se menja`).
fn is_of_what_is_replaced(prose: &Prose, act: &Act) -> bool {
    let thought = |end: usize| {
        (act.sentence.start..end).rev().take_while(|i| !prose.is(*i, ',') && !is_act(prose, *i)).any(|i| {
            let named = prose.word(i).ends_with("ing") || (i.saturating_sub(3)..i).any(|n| is_relative(prose.word(n)));
            REPLACES.contains(&prose.word(i)) && !(act.comma && named)
        })
    };
    let clause = act.clause;
    if !act.comma {
        return thought(clause);
    }
    (act.relative || (act.english && !act.finite)) && clause > act.sentence.start && thought(clause - 1)
}

fn is_relative(word: &str) -> bool {
    word.starts_with("koj") || matches!(word, "which" | "that" | "whereby" | "cime")
}

/// `raniji`, `the previous`: said of an instrument that is not the one before us.
fn is_earlier(word: &str) -> bool {
    const ENGLISH: [&str; 8] = ["previous", "existing", "former", "earlier", "preceding", "prior", "original", "current"];
    const STEMS: [&str; 8] = ["ranij", "prethodn", "vazec", "dosadasnj", "postojec", "sadasnj", "nekadasnj", "prvobitn"];
    ENGLISH.contains(&word) || STEMS.iter().any(|stem| word.starts_with(stem))
}

/// `Raniji sporazum potpisan je ...`, `the previous bilateral Agreement was signed`, `the previous one was signed`.
fn is_of_one_before(prose: &Prose, act: &Act) -> bool {
    let earlier = |at: usize| (at.saturating_sub(2).max(act.sentence.start)..at).any(|i| is_earlier(prose.word(i)));
    let before = act.begins.saturating_sub(2).max(act.sentence.start)..act.begins;
    let bare = before.clone().any(|i| is_earlier(prose.word(i)) && (prose.word(i + 1) == "one" || i + 1 == act.begins));
    bare || subject(prose, act).is_some_and(earlier)
}

/// The instrument that the act is said of, as far as the order of words tells.
fn subject(prose: &Prose, act: &Act) -> Option<usize> {
    let named = |i: &usize| instrument(prose.word(*i)).is_some() && prose.word(*i) != "bill";
    let nominative = |i: &usize| instrument(prose.word(*i)).flatten().is_some();
    let mut before = act.sentence.start..act.begins;
    let parted = act.begins > act.sentence.start && prose.is(act.begins - 1, ',');
    let found = if act.relative {
        before.rev().find(named)
    } else if act.finite && parted {
        before.find(named) // "the Agreement, which replaces the previous one, was signed"
    } else if act.english {
        before.rev().find(named)
    } else {
        before.clone().rev().find(nominative).or_else(|| before.rev().find(named))
    };
    found.or_else(|| (act.at + 1..(act.at + 6).min(act.sentence.end)).find(named))
}

/// `na osnovu Sporazuma koji je potpisan ...`, `based on the Agreement signed ...`: what another thing rests on.
fn is_of_its_basis(prose: &Prose, act: &Act) -> bool {
    const RESTS_ON: [&str; 11] =
        ["osnovu", "temelju", "skladu", "saglasno", "shodno", "prema", "pursuant", "based", "basis", "accordance", "under"];
    let named = |i: &usize| instrument(prose.word(*i)).is_some();
    let Some(nearest) = (act.sentence.start..act.clause).rev().find(named) else { return false };
    let nominative = (act.sentence.start..act.clause).any(|i| instrument(prose.word(i)).flatten().is_some());
    let rests = (nearest.saturating_sub(5).max(act.sentence.start)..nearest)
        .rev()
        .take_while(|i| !prose.is(*i, ',') && !named(i))
        .any(|i| RESTS_ON.contains(&prose.word(i)));
    // after a comma the participle goes back to the agreement that rests on it
    rests && !(act.comma && nominative)
}

/// `the Agreement signed in Warsaw on 24 January 1977 shall cease to be valid`, `... is amended by this Agreement`: what comes after its day.
fn comes_to_an_end(prose: &Prose, act: &Act) -> bool {
    const ENDS: [&str; 9] = ["cease", "ceases", "ceased", "prestaje", "prestaju", "prestao", "prestala", "prestane", "prestace"];
    let others = |word: &str| is_relative(word) || matches!(word, "njime" | "a" | "te" | "dok" | "while" | "whereas" | "when");
    let same = |i: &usize| !others(prose.word(*i)) && !is_act(prose, *i);
    (act.at + 1..act.sentence.end).take_while(same).any(|i| {
        let word = prose.word(i);
        let passive = matches!(word, "amended" | "replaced" | "superseded" | "terminated" | "repealed");
        let itself = matches!(word, "menja" | "zamenjuje" | "dopunjuje" | "ukida");
        ENDS.contains(&word)
            || (passive && matches!(prose.before(i), "is" | "are" | "be" | "thereby" | "hereby"))
            || (itself && prose.before(i) == "se")
    })
}
