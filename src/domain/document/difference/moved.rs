//! What a version has elsewhere than the one before it: a clause or a whole article that only changed its place, and an article whose place
//! another text has taken.
//!
//! Never takes two short phrases for one that moved: they are printed everywhere.

use std::collections::HashMap;

use super::{Change, Raw, Run, Side, Version, What};

/// Characters of a key below which a clause is too common to be followed from place to place.
const KEY_CHARS_MIN: usize = 16;

/// Clauses that went in one place and came in another are told once, as moved; where a whole article did, as the article under another number.
pub(super) fn moved(mut raw: Vec<Raw>, old: &Version, new: &Version) -> Vec<Raw> {
    let mut gone: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, one) in raw.iter().enumerate().rev() {
        if let (Some(key), What::Removed { .. }) = (&one.key, &one.change.what) {
            gone.entry(key.clone()).or_default().push(at);
        }
    }
    let mut leaves = vec![false; raw.len()];
    for at in 0..raw.len() {
        let (Some(key), What::Added { text, .. }) = (&raw[at].key, &raw[at].change.what) else { continue };
        if key.chars().count() < KEY_CHARS_MIN {
            continue;
        }
        let Some(from) = gone.get_mut(key).and_then(Vec::pop) else { continue };
        let what = What::Moved { text: text.clone(), from: raw[from].change.place.clone() };
        raw[at].change.what = what;
        leaves[from] = true;
    }
    let mut stays = leaves.into_iter().map(|leaves| !leaves);
    raw.retain(|_| stays.next().unwrap_or(true));
    whole_articles(raw, old, new)
}

/// An article all of whose clauses moved, together and from one article that is left without any, is that article under another number.
fn whole_articles(raw: Vec<Raw>, old: &Version, new: &Version) -> Vec<Raw> {
    let clauses = |version: &Version, part: usize| version.clauses.iter().filter(|c| c.part == part).count();
    let mut out: Vec<Raw> = Vec::new();
    let mut rest = raw.into_iter().peekable();
    while let Some(mut one) = rest.next() {
        let (What::Moved { from, .. }, Some((Side::New, part))) = (&one.change.what, one.part) else {
            out.push(one);
            continue;
        };
        let from = from.clone();
        let mut together = vec![];
        while let Some(next) =
            rest.next_if(|next| next.part == one.part && matches!(&next.change.what, What::Moved { from: f, .. } if *f == from))
        {
            together.push(next);
        }
        let of_old = old.places.iter().position(|place| *place == from).map(|part| clauses(old, part));
        let all = together.len() + 1;
        let renumbered = from.article.is_some() && one.change.place.article.is_some() && from != one.change.place;
        if renumbered && clauses(new, part) == all && of_old == Some(all) {
            one.change.what = What::Renumbered { from };
            one.part = None;
            out.push(one);
        } else {
            out.push(one);
            out.extend(together);
        }
    }
    out
}

/// A whole article that is gone, and a whole one that is new under its number, are one article that says something else.
pub(super) fn rewritten(changes: Vec<Change>) -> Vec<Change> {
    let mut out: Vec<Change> = Vec::new();
    for change in changes {
        let other = out.iter_mut().find(|before| before.place == change.place && is_whole(&before.what) && is_whole(&change.what));
        match (other.map(|before| &mut before.what), &change.what) {
            (Some(before @ What::Added { .. }), What::Removed { text, .. }) => *before = reworded(text, &text_of(before)),
            (Some(before @ What::Removed { .. }), What::Added { text, .. }) => *before = reworded(&text_of(before), text),
            _ => out.push(change),
        }
    }
    out
}

fn is_whole(what: &What) -> bool {
    matches!(what, What::Added { whole: true, .. } | What::Removed { whole: true, .. })
}

fn text_of(what: &What) -> String {
    match what {
        What::Added { text, .. } | What::Removed { text, .. } | What::Moved { text, .. } => text.clone(),
        What::Reworded { .. } | What::Renumbered { .. } => String::new(),
    }
}

fn reworded(old: &str, new: &str) -> What {
    let run = |side, text: &str| Run { side, text: text.to_owned(), before: None };
    What::Reworded { runs: vec![run(Side::Old, old), run(Side::New, new)] }
}

#[cfg(test)]
mod tests {
    use crate::domain::document::difference::{What, difference};

    const HEAD: &str = "Član 1.\nStrane sarađuju u oblasti sprečavanja kriminala.\n";
    const LIABILITY: &str = "Naknadu štete snosi Strana koja ju je prouzrokovala. Iznos naknade utvrđuje zajednička komisija.";
    const DISPUTES: &str = "Sporovi se rešavaju pregovorima između Strana.";

    fn told(old: &str, new: &str) -> Vec<(String, What)> {
        let place = |change: crate::domain::document::Change| (change.place.article.unwrap_or_default(), change.what);
        difference(old, new).changes.into_iter().map(place).collect()
    }

    #[test]
    fn two_articles_that_changed_places_are_two_numbers_and_no_text() {
        let old = format!("{HEAD}Član 2.\n{LIABILITY}\nČlan 3.\n{DISPUTES}\n");
        let new = format!("{HEAD}Član 2.\n{DISPUTES}\nČlan 3.\n{LIABILITY}\n");
        let told = told(&old, &new);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.iter().all(|(_, what)| matches!(what, What::Renumbered { .. })), "{told:?}");
    }

    #[test]
    fn a_clause_in_another_article_is_told_once_with_both_places() {
        let old = format!("{HEAD}Član 2.\n{LIABILITY}\nČlan 3.\n{DISPUTES}\n");
        let new = format!("{HEAD}{DISPUTES}\nČlan 2.\n{LIABILITY}\nČlan 3.\nOvaj sporazum stupa na snagu danom potpisivanja.\n");
        let told = told(&old, &new);
        let moved = told.iter().find(|(_, what)| matches!(what, What::Moved { .. }));
        assert!(
            matches!(moved, Some((article, What::Moved { text, from })) if article == "1" && text == DISPUTES && from.article.as_deref() == Some("3")),
            "{told:?}"
        );
        assert!(told.iter().all(|(_, what)| !matches!(what, What::Removed { .. })), "{told:?}");
    }

    #[test]
    fn another_text_under_the_same_number_is_one_article_that_says_something_else() {
        let old = format!("{HEAD}Član 2.\n{LIABILITY}\nČlan 3.\n{DISPUTES}\n");
        let new = format!("{HEAD}Član 2.\n{LIABILITY}\nČlan 3.\nOvaj sporazum stupa na snagu danom potpisivanja.\n");
        let told = told(&old, &new);
        assert!(matches!(told.as_slice(), [(article, What::Reworded { runs })] if article == "3" && runs.len() == 2), "{told:?}");
    }
}
