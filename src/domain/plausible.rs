//! Refuses the implausible: what a poll found is recorded only if it can be believed.
//!
//! Never looks at a page; it counts.

use std::collections::HashSet;

use crate::domain::bill::{Row, Verdict};
use crate::domain::change::{Fact, KnownBill};
use crate::domain::compare::Count;

/// From which sizes a find is held, and an absence disbelieved. Reasons stand at `config::Limits`.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// More new agreements than this in one poll hold it.
    pub surge_max: usize,
    /// At least so many new rows that are more than half of all known rows hold it.
    pub surge_share_min: usize,
    /// Below this share (in percent) of the median of the last good counts, absences prove nothing.
    pub count_floor_percent: usize,
}

/// Why a poll is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flood {
    /// New agreements, sure or doubtful.
    pub agreements: usize,
    /// New bills of any sort.
    pub bills: usize,
    /// Rows known before.
    pub known: usize,
}

impl std::fmt::Display for Flood {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} new bills at once, {} of them agreements, where {} were known", self.bills, self.agreements, self.known)
    }
}

/// A flood is held, never dropped: a person or time releases it.
pub fn flood(facts: &[Fact], known_rows: usize, bounds: &Bounds) -> Option<Flood> {
    let verdicts = || facts.iter().filter_map(|f| if let Fact::Bill { detection, .. } = f { Some(detection.verdict) } else { None });
    let flood = Flood { agreements: verdicts().filter(|v| *v != Verdict::Other).count(), bills: verdicts().count(), known: known_rows };
    let share = |new: usize| new >= bounds.surge_share_min && new * 2 > flood.known;
    (flood.agreements > bounds.surge_max || share(flood.agreements) || share(flood.bills)).then_some(flood)
}

/// So few titles changed at one look are corrections, however short the list.
const RETITLED_MIN: usize = 5;
/// One agreement may give its row to another bill (a number mistyped); two at once do not.
const DISOWNED_MIN: usize = 2;

/// Why what a list now says of bills it carried before is not believed: something else may stand where their titles stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retitling {
    /// Known bills on the list.
    pub known: usize,
    /// Those under a title they never had.
    pub retitled: usize,
    /// Agreements that are none by that title.
    pub disowned: usize,
}

impl std::fmt::Display for Retitling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of the {} bills known have another title at once", self.retitled, self.known)?;
        if self.disowned > 0 {
            write!(f, ", and {} agreements would be none any more", self.disowned)?;
        }
        write!(f, ": something else may stand where the titles stood")
    }
}

/// Titles are corrected one by one. The same title in the other script or with its letters mended, and one the bill had before, are none of these.
pub fn retitling(count: &Count) -> Option<Retitling> {
    let Count { known, retitled, disowned, .. } = *count;
    let held = (retitled >= RETITLED_MIN && retitled * 2 > known) || disowned >= DISOWNED_MIN;
    held.then_some(Retitling { known, retitled, disowned })
}

/// What a row costs while it is compared, beside its title, which stands in it in several spellings and in every fact; and how much of that is
/// taken at once. Twenty thousand new rows of the usual length.
const NEW_ROW_BYTES: usize = 2_500;
const TITLE_COPIES: usize = 10;
const NEW_BYTES_MAX: usize = 80 * 1024 * 1024;

/// Whether so much of a list is new that comparing it would take more memory than a poll has.
pub fn is_too_much(rows: &[Row], known: &[KnownBill]) -> bool {
    let cost = |row: &Row| NEW_ROW_BYTES + TITLE_COPIES * row.title.len();
    if rows.iter().map(cost).sum::<usize>() <= NEW_BYTES_MAX {
        return false;
    }
    let titles: HashSet<&str> = known.iter().flat_map(|bill| &bill.titles).map(|title| title.title.as_str()).collect();
    rows.iter().filter(|row| !titles.contains(row.title.as_str())).map(cost).sum::<usize>() > NEW_BYTES_MAX
}

/// So few rows less are no short page, however short the list: bills do leave it.
const SHORTFALL: usize = 5;

/// A page that holds far fewer rows than usual still brings its new rows; what it lacks proves nothing.
pub fn absences_count(rows: usize, last_good_counts: &[usize], bounds: &Bounds) -> bool {
    let mut counts = last_good_counts.to_vec();
    counts.sort_unstable();
    let Some(&median) = counts.get(counts.len() / 2) else { return true };
    rows + SHORTFALL >= median || rows * 100 >= median * bounds.count_floor_percent
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { surge_max: 60, surge_share_min: 20, count_floor_percent: 90 };

    #[test]
    fn half_the_titles_changed_at_once_are_not_believed_nor_are_two_agreements_that_are_none() {
        let held = |known, retitled, disowned| retitling(&Count { known, retitled, disowned, ..Count::default() });
        assert!(held(40, 20, 0).is_none() && held(4, 4, 0).is_none() && held(40, 1, 1).is_none());
        let why = held(41, 21, 0).map(|why| why.to_string());
        assert_eq!(
            why.as_deref(),
            Some("21 of the 41 bills known have another title at once: something else may stand where the titles stood")
        );
        assert!(held(40, 2, 2).is_some_and(|why| why.to_string().contains(", and 2 agreements would be none any more")));
    }

    #[test]
    fn half_a_page_proves_no_absence() {
        assert!(!absences_count(70, &[143, 143, 142], &BOUNDS));
        assert!(absences_count(140, &[143, 143, 142], &BOUNDS));
        assert!(absences_count(1, &[], &BOUNDS));
        assert!(absences_count(2, &[3, 3, 3], &BOUNDS));
    }
}
