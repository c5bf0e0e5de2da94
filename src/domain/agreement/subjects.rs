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
