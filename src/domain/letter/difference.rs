//! What templates see of a difference between two versions of a document, and of a sentence that holds a reader's word.
//!
//! Never words a sentence. Long clauses are cut around what changed.

use serde::Serialize;

use crate::domain::change::Kind;
use crate::domain::document::difference::{Run, Side};
use crate::domain::document::{Change, Difference, Place, Section, What};
use crate::domain::letter::Finding;
use crate::domain::letter::markup::{changed, printed};
use crate::domain::letter::values::cut;
use crate::domain::subscriber::words::Quote;

/// Changes told in a letter; the page tells them all.
const CHANGES_MAX: usize = 40;
/// Characters of a clause that came or went.
const CLAUSE_CHARS_MAX: usize = 1_200;
/// Words left on either side of what changed in a clause.
const AROUND_WORDS: usize = 14;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct DifferenceView {
    changes: Vec<ChangeView>,
    /// How many more there are.
    left_out: usize,
    cut: bool,
    recognised: bool,
}

/// A document in whose place stands another.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ReplacedView {
    /// Which of the agreement's, from 1.
    n: usize,
    url: String,
    before: Option<String>,
    after: Option<String>,
    difference: Option<DifferenceView>,
    /// The number of an earlier one in which the same was changed: the PDF and the DOC of one text.
    same_as: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct ChangeView {
    place: PlaceView,
    /// `reworded`, `added`, `removed`, `moved`, `renumbered`.
    is: &'static str,
    /// The whole article.
    whole: bool,
    /// For `reworded`: each version with its own words marked. For the others the one or the other.
    old: Option<String>,
    new: Option<String>,
    /// For `moved` and `renumbered`.
    from: Option<PlaceView>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct PlaceView {
    /// `opening`, `article`, `law`, `annex`, `explanation`.
    section: Section,
    article: Option<String>,
    annex: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct QuoteView {
    word: String,
    sentence: String,
    place: PlaceView,
}

pub(super) fn quote(quote: &Quote) -> QuoteView {
    QuoteView { word: printed(&cut(&quote.word, 60)), sentence: printed(&quote.sentence), place: place(&quote.place) }
}

/// What a finding says of a replaced document; none where it is of another kind.
pub(super) fn replaced(finding: &Finding) -> Option<ReplacedView> {
    (finding.kind == Kind::DocumentReplaced).then(|| ReplacedView {
        n: 1,
        url: printed(finding.field.as_deref().unwrap_or_default()),
        before: finding.before.as_deref().map(printed),
        after: finding.after.as_deref().map(printed),
        difference: finding.difference.as_ref().filter(|d| !d.is_empty()).map(view),
        same_as: None,
    })
}

/// Numbers an agreement's replaced documents, and finds those in which the same was changed.
pub(super) fn number(all: &mut [ReplacedView]) {
    for n in 0..all.len() {
        let same = |other: &ReplacedView| other.difference.is_some() && other.difference == all[n].difference;
        let same_as = all[..n].iter().position(same).map(|first| first + 1);
        (all[n].n, all[n].same_as) = (n + 1, same_as);
    }
}

pub(super) fn view(difference: &Difference) -> DifferenceView {
    DifferenceView {
        changes: difference.changes.iter().take(CHANGES_MAX).map(change).collect(),
        left_out: difference.changes.len().saturating_sub(CHANGES_MAX),
        cut: difference.cut,
        recognised: difference.recognised,
    }
}

fn place(place: &Place) -> PlaceView {
    let number = |number: &Option<String>| number.as_deref().map(printed);
    PlaceView { section: place.section, article: number(&place.article), annex: number(&place.annex) }
}

fn change(change: &Change) -> ChangeView {
    let clause = |text: &str| Some(printed(&cut(text, CLAUSE_CHARS_MAX)));
    let mut view = ChangeView { place: place(&change.place), is: "reworded", whole: false, old: None, new: None, from: None };
    match &change.what {
        What::Reworded { runs } => {
            view.old = Some(version(runs, Side::Old));
            view.new = Some(version(runs, Side::New));
        }
        What::Added { text, whole } => (view.is, view.whole, view.new) = ("added", *whole, clause(text)),
        What::Removed { text, whole } => (view.is, view.whole, view.old) = ("removed", *whole, clause(text)),
        What::Moved { text, from } => (view.is, view.new, view.from) = ("moved", clause(text), Some(place(from))),
        What::Renumbered { from } => (view.is, view.from) = ("renumbered", Some(place(from))),
    }
    view
}

/// One version of a reworded clause: its own words marked, what is shared cut to what stands around them.
fn version(runs: &[Run], side: Side) -> String {
    let mut out: Vec<String> = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        match run.side {
            Side::Both => {
                let text = run.before.as_ref().filter(|_| side == Side::Old).unwrap_or(&run.text);
                out.push(printed(&shared(text, at > 0, at + 1 < runs.len())));
            }
            own if own == side => out.push(changed(&cut(&run.text, CLAUSE_CHARS_MAX), side == Side::Old)),
            _ => {}
        }
    }
    out.join(" ")
}

/// What both versions have, shortened in its middle, or at the end that no change stands at.
fn shared(text: &str, after_change: bool, before_change: bool) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let kept = AROUND_WORDS * (usize::from(after_change) + usize::from(before_change));
    if words.len() <= kept + 3 {
        return text.to_owned();
    }
    let head = if after_change { words[..AROUND_WORDS].join(" ") + " " } else { String::new() };
    let tail = if before_change { " ".to_owned() + &words[words.len() - AROUND_WORDS..].join(" ") } else { String::new() };
    format!("{head}…{tail}")
}
