//! What a title's agreement is about, so that two titles about different things are not taken for one.
//!
//! Never proves that two titles are the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::lexicon::LEXICON;
use super::rules::Words;
use crate::domain::script::Folded;

static SUBJECTS: LazyLock<Vec<(&'static str, Words)>> = LazyLock::new(|| {
    // a list that does not parse is a fault of the build, and a test reads it
    #[allow(clippy::expect_used)]
    let file: BTreeMap<String, String> =
        toml::from_str(include_str!("../../../config/subjects.toml")).expect("config/subjects.toml is read by a test");
    file.into_iter().map(|(name, words)| (&*name.leak(), Words::read(&words))).collect()
});

/// The subjects that a title names, in one vocabulary for Serbian and English, in alphabetical order.
pub fn subjects(title: &str) -> Vec<&'static str> {
    let title = Folded::of(title);
    SUBJECTS.iter().filter(|(_, words)| words.first_in(&title, 0..title.len()).is_some()).map(|(name, _)| *name).collect()
}

/// Whether two titles are about different things: each names a subject, and they share none.
pub fn contradict(a: &str, b: &str) -> bool {
    let (a, b) = (subjects(a), subjects(b));
    !a.is_empty() && !b.is_empty() && !a.iter().any(|subject| b.contains(subject))
}

/// Whether two titles can be about one thing: they share a subject, or neither names any that we know. Where only one does, nobody can say:
/// and a bill taken for another one is an alert that never comes.
pub fn may_be_one(a: &str, b: &str) -> bool {
    let (a, b) = (subjects(a), subjects(b));
    (a.is_empty() && b.is_empty()) || a.iter().any(|subject| b.contains(subject))
}

/// The subjects of a title, but for what the names of these organisations say of themselves: `Fonda Ujedinjenih nacija za decu`. The longest words
/// decide: `trgovine ljudima` is no trade.
fn subjects_beside(title: &str, organisations: &[String]) -> BTreeSet<&'static str> {
    let title = Folded::of(title);
    let mut named = BTreeSet::new();
    let mut at = 0;
    while at < title.len() {
        let own = LEXICON.organisation_at(&title, at).filter(|(_, name)| organisations.iter().any(|own| own == name));
        let here = || SUBJECTS.iter().filter_map(|(name, words)| Some((words.at(&title, at)?, *name)));
        let words = own.map(|(n, _)| n).or_else(|| here().map(|(n, _)| n).max());
        if own.is_none() {
            named.extend(here().filter(|(n, _)| Some(*n) == words).map(|(_, name)| name));
        }
        at += words.unwrap_or(1);
    }
    named
}

/// Whether two titles are surely about one thing as far as we know subjects: each names some, and both the same. With one organisation many
/// agreements are concluded, and its own name says of none what it is about.
pub fn about_one(a: &str, b: &str, organisations: &[String]) -> bool {
    let (a, b) = (subjects_beside(a, organisations), subjects_beside(b, organisations));
    !a.is_empty() && a == b
}

/// As [`contradict`], beside what the names of these organisations say of themselves.
pub fn contradict_beside(a: &str, b: &str, organisations: &[String]) -> bool {
    let (a, b) = (subjects_beside(a, organisations), subjects_beside(b, organisations));
    !a.is_empty() && !b.is_empty() && a.is_disjoint(&b)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIRS: [(&str, &str); 9] = [
        ("o vazdušnom saobraćaju", "on Air Transport"),
        ("o saradnji u oblasti omladine", "on Cooperation in Youth Matters"),
        ("o ekonomskoj saradnji", "on Economic Cooperation"),
        ("o priznavanju diploma", "on Recognition of Diplomas"),
        ("o pravnom statusu oružanih snaga", "on the Legal Status of Armed Forces"),
        ("o prijateljstvu", "on Friendship"),
        ("o zaštiti tajnih podataka", "on Protection of Classified Information"),
        ("o civilnoj zaštiti", "on Civil Protection"),
        ("o uzajamnim posetama", "on Mutual Visits"),
    ];

    #[test]
    fn what_an_organisation_is_called_says_of_no_agreement_what_it_is_about() {
        let unicef = ["UNICEF".to_owned()];
        let english = "Agreement with the United Nations Children's Fund on the Office in Belgrade";
        let office = "Sporazuma između Vlade Republike Srbije i Dečjeg fonda Ujedinjenih nacija o kancelariji";
        assert!(subjects(english).contains(&"children") && !about_one(office, english, &unicef));
        assert!(about_one(&format!("{office} za zdravlje"), &format!("{english} for Health"), &unicef));
        assert!(!about_one(&format!("{office} za zdravlje"), &format!("{english} for Health and Education"), &unicef));
        assert!(contradict_beside(&format!("{office} za zdravlje"), &format!("{english} for Education"), &unicef));
        assert!(!contradict_beside(office, &format!("{english} for Education"), &unicef));
    }

    #[test]
    fn a_title_can_be_one_with_its_translation_and_with_no_other() {
        for (n, (serbian, _)) in PAIRS.iter().enumerate() {
            for (m, (_, english)) in PAIRS.iter().enumerate() {
                assert_eq!(may_be_one(serbian, english), n == m, "{serbian} / {english}");
            }
        }
    }
}
