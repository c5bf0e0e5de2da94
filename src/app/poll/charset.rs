//! A list whose charset is another than header and page say: read in the one in which more of the known titles are met again.
//!
//! Never doubts a page on which all that is known is met, or nothing that is new.

use std::collections::HashSet;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1250, WINDOWS_1251};

use super::Walk;
use super::lists::list;
use crate::domain::change::{Known, KnownBill};
use crate::domain::listing::Listing;
use crate::domain::page::{self, Page};
use crate::domain::{mention, title};
use crate::io::fetch::Snapshot;

/// A page read in a charset that nobody names counts only if so much of what stood on the list stands there again.
const KNOWN_AGAIN_PERCENT: usize = 90;

/// What stood on the list at the last look.
struct Standing<'k>(Vec<&'k KnownBill>);

impl<'k> Standing<'k> {
    fn of(walk: &Walk<'_>, known: &'k Known) -> Self {
        let here = |bill: &&KnownBill| bill.presence.iter().any(|p| *p.source == *walk.source.name && p.present);
        Standing(known.bills.iter().filter(here).collect())
    }

    fn met_again(&self, listing: &Listing) -> usize {
        let keys: HashSet<String> = listing.rows.iter().map(|row| title::key(&row.title)).collect();
        self.0.iter().filter(|bill| bill.titles.iter().any(|t| keys.contains(&t.key))).count()
    }

    /// Something is missing, and something is new: both at once in nearly every page that was decoded wrong. Nothing is folded for it.
    fn may_be_misread(&self, listing: &Listing) -> bool {
        let printed: HashSet<&str> = listing.rows.iter().map(|row| row.title.as_str()).collect();
        let known: HashSet<&str> = self.0.iter().flat_map(|bill| &bill.titles).map(|t| t.title.as_str()).collect();
        let missing = || self.0.iter().any(|bill| bill.titles.iter().all(|t| !printed.contains(t.title.as_str())));
        printed.iter().any(|title| !known.contains(title)) && (self.0.is_empty() || missing())
    }
}

/// A page whose charset lies is tried in others, and believed only if most of what is known is met again.
pub(super) fn in_another(walk: &Walk<'_>, snapshot: &Snapshot, known: &Known) -> Option<(Listing, &'static str)> {
    let standing = Standing::of(walk, known);
    let best = tried(walk, snapshot, &standing, None).max_by_key(|tried| tried.met);
    let best = best.filter(|tried| tried.met > 0 && tried.met * 100 >= standing.0.len() * KNOWN_AGAIN_PERCENT);
    best.map(|tried| (tried.listing, tried.charset))
}

/// A page that could be read as it says, in one byte a letter: any such charset makes letters of any bytes. Another one in which more of what is
/// known is met again is the right one, if as many rows read as titles in it: what was known may have been misread itself.
pub(super) fn in_a_better(
    walk: &Walk<'_>,
    snapshot: &Snapshot,
    page: &Page,
    listing: &Listing,
    known: &Known,
) -> Option<(Listing, &'static str)> {
    if !any_letters(page) {
        return None;
    }
    let standing = Standing::of(walk, known);
    if !standing.may_be_misread(listing) {
        return None;
    }
    let (met, titles) = (standing.met_again(listing), titles(listing));
    let better = |other: &Tried| {
        let titled = self::titles(&other.listing);
        (other.met > met && titled >= titles) || (standing.0.is_empty() && titles == 0 && titled > 0)
    };
    let best = tried(walk, snapshot, &standing, Some(page.charset)).filter(better).max_by_key(|tried| tried.met);
    best.map(|tried| (tried.listing, tried.charset))
}

/// Its charset has a letter for every byte.
pub(super) fn any_letters(page: &Page) -> bool {
    page.charset != UTF_8.name() && !page.charset.starts_with("UTF-16")
}

fn titles(listing: &Listing) -> usize {
    listing.rows.iter().filter(|row| mention::reads_as_title(&row.title)).count()
}

struct Tried {
    listing: Listing,
    charset: &'static str,
    met: usize,
}

/// Titles without marks are met in several: where they do as well, the last counts, which is the page's own.
fn tried<'w>(
    walk: &'w Walk<'_>,
    snapshot: &'w Snapshot,
    standing: &'w Standing<'w>,
    but: Option<&'static str>,
) -> impl Iterator<Item = Tried> + 'w {
    let own = page::named_within(&snapshot.body);
    let others = [UTF_8, WINDOWS_1250, WINDOWS_1251].into_iter().filter(move |e| Some(*e) != own);
    others.chain(own).filter(move |e| Some(e.name()) != but).filter_map(move |encoding: &'static Encoding| {
        let listing = list(walk, snapshot, &page::decode_as(&snapshot.body, encoding)).ok()?;
        Some(Tried { met: standing.met_again(&listing), listing, charset: encoding.name() })
    })
}
