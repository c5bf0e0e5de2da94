//! What a title's agreement is about, so that two titles about different things are not taken for one.
//!
//! Never proves that two titles are the same.

use std::collections::BTreeMap;
use std::sync::LazyLock;

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
    fn a_title_can_be_one_with_its_translation_and_with_no_other() {
        for (n, (serbian, _)) in PAIRS.iter().enumerate() {
            for (m, (_, english)) in PAIRS.iter().enumerate() {
                assert_eq!(may_be_one(serbian, english), n == m, "{serbian} / {english}");
            }
        }
    }
}
