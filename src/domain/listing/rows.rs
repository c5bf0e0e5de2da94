//! Cuts the text of a page into rows that stand for themselves, and remembers what each was read as: a list of thousands in which one row is new
//! is read by that row.
//!
//! Never guesses: of every run of rows the first and the last that are known are read all the same, and where they come out otherwise than
//! remembered, nothing is left out.

use std::ops::Range;

use chrono::{Datelike, NaiveDate};
use hashbrown::HashMap;
use memchr::memmem;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use crate::domain::bill::{ActNumber, Link, Row};
use crate::domain::page::tree::ROWS_MAX;

/// Marks a row in the text that is parsed, so that what was read of it can be put back in its place.
pub(super) const PLACE: &str = "data-potvrda-place";

/// Elements that a row which stands for itself may have in its cells: none of them changes how the rest of the page is parsed.
const INLINE: [&str; 10] = ["a", "strong", "b", "em", "i", "span", "small", "u", "p", "div"];
/// Elements inside each other in a cell. Honest ones have three.
const DEPTH_MAX: usize = 16;
/// How rows begin, and how most of them end.
const ROW: &str = "<tr";
const ROW_END: &str = "</tr>";
/// The rows are kept anew when more than one in so many is not among those that are kept: reading a few again takes less than writing all.
const FRESH_SHARE: usize = 20;

/// What the rows of one page were read as, by the hash of their markup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowCache {
    of: String,
    rows: HashMap<u128, Row>,
}

/// As it is kept: postcard.
#[derive(Serialize, Deserialize)]
struct Kept {
    of: String,
    rows: Vec<KeptRow>,
}

#[derive(Serialize, Deserialize)]
struct KeptRow {
    hash: u128,
    title: String,
    /// Days since the year 1 began, for a date in words would have to be read again.
    listed_on: Option<i32>,
    date_text: Option<String>,
    act_number: Option<ActNumber>,
    documents: Vec<KeptLink>,
    submitter: Option<String>,
}

/// An address in its parts: it was taken apart when the row was read.
#[derive(Serialize, Deserialize)]
struct KeptLink {
    #[serde(serialize_with = "Url::serialize_internal", deserialize_with = "Url::deserialize_internal")]
    url: Url,
    label: String,
}

impl KeptRow {
    fn of((hash, row): (u128, &Row)) -> KeptRow {
        let Row { title, listed_on, date_text, act_number, documents, submitter } = row.clone();
        let documents = documents.into_iter().map(|Link { url, label }| KeptLink { url, label }).collect();
        let listed_on = listed_on.map(|day| day.num_days_from_ce());
        KeptRow { hash, title, listed_on, date_text, act_number, documents, submitter }
    }

    fn row(self) -> (u128, Row) {
        let KeptRow { hash, title, listed_on, date_text, act_number, documents, submitter } = self;
        let documents = documents.into_iter().map(|KeptLink { url, label }| Link { url, label }).collect();
        let listed_on = listed_on.and_then(NaiveDate::from_num_days_from_ce_opt);
        (hash, Row { title, listed_on, date_text, act_number, documents, submitter })
    }
}

impl RowCache {
    /// From the bytes an earlier look was answered with. `of`: whatever the reading of a row depends on besides its markup, the reader and the
    /// page's address; what was kept under another word is good for nothing, and so are bytes that are no cache.
    pub fn new(of: String, kept: Option<&[u8]>) -> RowCache {
        let kept: Option<Kept> = kept.and_then(|kept| postcard::from_bytes(kept).ok());
        let rows = kept.filter(|kept| kept.of == of).map(|kept| kept.rows.into_iter().map(KeptRow::row).collect()).unwrap_or_default();
        RowCache { of, rows }
    }

    /// Of the same, with nothing in it.
    pub(super) fn emptied(&self) -> RowCache {
        RowCache { of: self.of.clone(), rows: HashMap::new() }
    }
}

/// The plain rows of a page.
pub(super) struct Rows<'a> {
    text: &'a str,
    rows: Vec<Plain>,
}

/// `<tr>` to `</tr>`, with nothing but closed cells of text, emphasis and anchors between: whatever the parser was about before the second of a
/// run of them, it is about after it.
struct Plain {
    at: Range<usize>,
    hash: u128,
    /// Only white space parts it from the row before.
    goes_on: bool,
    /// What it is known to read as, where it is left out.
    known: Option<Row>,
}

impl<'a> Rows<'a> {
    pub(super) fn of(text: &'a str, cache: &RowCache) -> Rows<'a> {
        let mut rows: Vec<Plain> = Vec::new();
        // Who writes our own mark into a page has read this, and is read the long way; so is a page that is refused for its size.
        if memmem::find(text.as_bytes(), PLACE.as_bytes()).is_some() {
            return Rows { text, rows };
        }
        let mut starts = memmem::find_iter(text.as_bytes(), ROW).peekable();
        let ends = memmem::Finder::new(ROW_END);
        while let Some(start) = starts.next() {
            let next = starts.peek().copied().unwrap_or(text.len());
            let known = || known_row(&text[start..next], &ends, cache).map(|(len, hash)| (start + len, hash));
            let plain = || plain_row(text, start).map(|end| (end, hash(&text[start..end])));
            let Some((end, hash)) = known().or_else(plain) else { continue };
            while starts.next_if(|inside| *inside < end).is_some() {}
            let goes_on = rows.last().is_some_and(|before| text[before.at.end..start].bytes().all(|b| b.is_ascii_whitespace()));
            rows.push(Plain { at: start..end, hash, goes_on, known: None });
            if rows.len() > ROWS_MAX {
                return Rows { text, rows: Vec::new() };
            }
        }
        Rows { text, rows }
    }

    /// Leaves out what is known, up to the ends of each run; says whether there is anything.
    pub(super) fn leave_out(&mut self, cache: &mut RowCache) -> bool {
        let mut any = false;
        for run in self.rows.chunk_by_mut(|_, next| next.goes_on) {
            let known = |row: &Plain| cache.rows.contains_key(&row.hash);
            // What the parser is about, the first row may change, and the others no more.
            let Some(first) = run.iter().skip(1).position(known).map(|n| n + 1) else { continue };
            let last = run.iter().rposition(known).unwrap_or(first);
            let ends = [run[first].hash, run[last].hash];
            for row in run.iter_mut().take(last).skip(first + 1).filter(|row| !ends.contains(&row.hash)) {
                row.known = cache.rows.remove(&row.hash);
                any |= row.known.is_some();
            }
        }
        any
    }

    pub(super) fn leave_nothing_out(&mut self) {
        self.rows.iter_mut().for_each(|row| row.known = None);
    }

    pub(super) fn are_none(&self) -> bool {
        self.rows.is_empty()
    }

    /// The text to be parsed: without the rows that are left out, the others numbered.
    pub(super) fn numbered(&self) -> String {
        let kept = || self.rows.iter().filter(|row| row.known.is_none());
        let left_out: usize = self.rows.iter().filter(|row| row.known.is_some()).map(|row| row.at.len()).sum();
        let mut text = String::with_capacity(self.text.len() - left_out + kept().count() * (PLACE.len() + 8));
        let mut from = 0;
        for (n, row) in self.rows.iter().enumerate() {
            text.push_str(&self.text[from..row.at.start]);
            from = row.at.end;
            if row.known.is_none() {
                let (name, rest) = self.text[row.at.clone()].split_at(ROW.len());
                text.extend([name, " ", PLACE, "=", &n.to_string(), rest]);
            }
        }
        text.push_str(&self.text[from..]);
        text
    }

    /// Every row of the page, those left out in their places, and what to keep for the next look, where that is worth it. None where what was
    /// read does not fit what is remembered.
    pub(super) fn whole(&mut self, read: Vec<Row>, places: Vec<Option<usize>>, cache: &RowCache) -> Option<(Vec<Row>, Option<Vec<u8>>)> {
        let mut read = read.into_iter().zip(places).peekable();
        let mut whole = Vec::with_capacity(self.rows.len());
        let mut hashes = Vec::with_capacity(self.rows.len());
        let mut fresh = 0;
        for (n, plain) in self.rows.iter_mut().enumerate() {
            let seen = read.next_if(|(_, place)| *place == Some(n)).map(|(row, _)| row);
            match (plain.known.take(), seen, cache.rows.get(&plain.hash)) {
                (Some(row), None, _) => whole.push(row),
                (None, Some(row), None) => {
                    fresh += 1;
                    whole.push(row);
                }
                (None, Some(row), Some(known)) if row == *known => whole.push(row),
                // headings
                (None, None, None) => continue,
                _ => return None,
            }
            hashes.push(plain.hash);
        }
        read.next().is_none().then_some(())?;
        let worth_it = fresh * FRESH_SHARE > whole.len();
        let keep = worth_it.then(|| Kept { of: cache.of.clone(), rows: hashes.into_iter().zip(&whole).map(KeptRow::of).collect() });
        Some((whole, keep.and_then(|kept| postcard::to_allocvec(&kept).ok())))
    }
}

/// How long the row is that a text begins with, where it was met before: then it was plain, and is.
fn known_row(text: &str, ends: &memmem::Finder<'_>, cache: &RowCache) -> Option<(usize, u128)> {
    if cache.rows.is_empty() {
        return None;
    }
    let end = ends.find(text.as_bytes())? + ROW_END.len();
    let hash = hash(&text[..end]);
    cache.rows.contains_key(&hash).then_some((end, hash))
}

/// No adversary gains by two rows of one hash: the page that prints them could as well have printed neither.
fn hash(markup: &str) -> u128 {
    Sha256::digest(markup).first_chunk().copied().map_or(0, u128::from_be_bytes)
}

/// Where a plain row ends that begins here.
fn plain_row(text: &str, start: usize) -> Option<usize> {
    let (name, mut at) = tag(text, start)?;
    if !name.eq_ignore_ascii_case("tr") {
        return None;
    }
    let mut open: Vec<&str> = Vec::new();
    loop {
        let next = at + text[at..].find('<')?;
        let words = &text[at..next];
        if words.contains('\0') || (open.is_empty() && !words.bytes().all(|b| b.is_ascii_whitespace())) {
            return None;
        }
        let (name, end) = tag(text, next)?;
        at = end;
        let is = |one: &&str| name.eq_ignore_ascii_case(one);
        match name.strip_prefix('/') {
            Some(closed) => match open.pop() {
                Some(last) if last.eq_ignore_ascii_case(closed) => {}
                None if closed.eq_ignore_ascii_case("tr") => return Some(end),
                _ => return None,
            },
            None if open.is_empty() && ["td", "th"].iter().any(is) => open.push(name),
            None if !open.is_empty() && is(&"br") => {}
            None if !open.is_empty() && open.len() < DEPTH_MAX && INLINE.iter().any(is) && !open.iter().any(is) => open.push(name),
            None => return None,
        }
    }
}

/// The name of the tag that begins here, with its slash, and where the tag ends. None for what is no tag, and for one that is written so that its
/// end could be mistaken.
fn tag(text: &str, start: usize) -> Option<(&str, usize)> {
    let rest = text[start..].strip_prefix('<')?;
    let slash = usize::from(rest.starts_with('/'));
    let name = slash + count(&rest[slash..], |b| b.is_ascii_alphanumeric());
    let mut at = name;
    loop {
        let space = count(&rest[at..], |b| b.is_ascii_whitespace());
        at += space;
        if rest[at..].starts_with('>') {
            return (name > slash).then_some((&rest[..name], start + 1 + at + 1));
        }
        let attribute = count(&rest[at..], |b| b.is_ascii_alphanumeric() || b"-_:".contains(&b));
        if space == 0 || attribute == 0 {
            return None;
        }
        at += attribute;
        let Some(value) = rest[at..].strip_prefix('=') else { continue };
        at += 1 + match value.bytes().next()? {
            quote @ (b'"' | b'\'') => value[1..].find(char::from(quote))? + 2,
            _ => count(value, |b| !b.is_ascii_whitespace() && b != b'>'),
        };
    }
}

fn count(text: &str, wanted: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|b| wanted(*b)).count()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::listing::tests::{page, url};
    use crate::domain::listing::{self, ListKind, Listing, Selectors};
    use crate::domain::page::NotAPage;

    fn row(n: usize) -> String {
        format!(
            "<tr><td class=\"lawtitle\"><strong><a href=\"/upload/archive/files/lat/pdf/predlozi_zakona/{n}-18.pdf\">Predlog zakona o potvrđivanju Sporazuma broj {n} sa Vladom Crne Gore</a></strong></td>\n<td nowrap>23. oktobar 2018.</td><td>Vlada</td></tr>\n"
        )
    }

    fn table(rows: impl IntoIterator<Item = usize>) -> String {
        let rows: String = rows.into_iter().map(row).collect();
        format!("<html><body><table><tr><th>Naziv<th>Datum<th>Predlagač</tr>{rows}</table></body></html>")
    }

    fn again(text: &str, kept: Option<&[u8]>) -> Result<(Listing, Option<Vec<u8>>), NotAPage> {
        let cache = RowCache::new("this reader".to_owned(), kept);
        listing::read_again(&page(text), &url(), ListKind::Bills, &Selectors::default(), cache)
    }

    fn left_out(text: &str, kept: &[u8]) -> usize {
        let mut cache = RowCache::new("this reader".to_owned(), Some(kept));
        let mut rows = Rows::of(text, &cache);
        rows.leave_out(&mut cache);
        rows.rows.iter().filter(|row| row.known.is_some()).count()
    }

    #[test]
    fn of_many_rows_only_the_new_one_and_the_ends_are_parsed() {
        let (before, kept) = again(&table(1..=100), None).unwrap();
        let kept = kept.unwrap();
        assert_eq!(before.rows.len(), 100);
        assert_eq!(again(&table(1..=100), Some(&kept)).unwrap(), (before, None));

        let text = table((1..=40).chain([200]).chain(41..=100));
        assert_eq!(left_out(&text, &kept), 97);
        let (read, none) = again(&text, Some(&kept)).unwrap();
        assert_eq!(none, None, "one row is not worth the writing");
        assert_eq!(read, listing::read(&page(&text), &url(), ListKind::Bills, &Selectors::default()).unwrap());
        assert_eq!((read.rows.len(), read.rows[40].act_number.unwrap().to_string()), (101, "200-18".to_owned()));
        let text = table((1..=40).chain(200..210).chain(41..=100));
        let anew = again(&text, Some(&kept)).unwrap().1.unwrap();
        assert_eq!(left_out(&text, &anew), 107);
    }

    #[test]
    fn what_was_kept_by_another_reader_or_is_no_cache_is_good_for_nothing() {
        let kept = again(&table(1..=9), None).unwrap().1.unwrap();
        for kept in [b"".as_slice(), b"{}", &kept[1..], &kept[..kept.len() - 1]] {
            assert!(RowCache::new("this reader".to_owned(), Some(kept)).rows.is_empty());
        }
        assert!(RowCache::new("another reader".to_owned(), Some(&kept)).rows.is_empty());
        assert_eq!(RowCache::new("this reader".to_owned(), Some(&kept)).rows.len(), 9);
    }

    #[test]
    fn what_is_remembered_otherwise_than_it_is_read_is_forgotten() {
        let text = table(1..=9);
        let kept = again(&text, None).unwrap().1.unwrap();
        // The column's heading now says something else of every row.
        let other = text.replace("<th>Predlagač", "<th>Napomena");
        let (read, anew) = again(&other, Some(&kept)).unwrap();
        assert_eq!(read, listing::read(&page(&other), &url(), ListKind::Bills, &Selectors::default()).unwrap());
        assert!(read.rows.iter().all(|row| row.submitter.is_none()) && anew.is_some());
    }

    #[test]
    fn a_row_that_may_change_how_others_are_parsed_is_not_plain() {
        for row in [
            "<tr><td>a<td>b</tr>",
            "<tr><td>a</td>b</tr>",
            "<tr><td><table></table></td></tr>",
            "<tr><td><!-- --></td></tr>",
            "<tr><td><b><i></b></i></td></tr>",
            "<tr><td><a><b><a></a></b></a></td></tr>",
            "<tr><td><script></script></td></tr>",
            "<tr><td =\"x>y\">a</td></tr>",
            "<tr><td title=\"x\"y>a</td></tr>",
            "<tr><td title=\"x>a</td></tr>",
            "<tr><td/>a</td></tr>",
            "<tr/><td>a</td></tr>",
            "<tr><td>a\0</td></tr>",
            "<tr><td>a<</td></tr>",
            "<tr><td>a</td></td></tr>",
            "<tr><td>a</td>",
            "<trx><td>a</td></trx>",
        ] {
            assert_eq!(plain_row(row, 0), None, "{row}");
        }
        for row in [
            "<tr class=x><Td nowrap TITLE='a>b'><A href=/a/b?c=d>a</a><br>&amp; b > c</td >\n</tr>",
            "<tr></tr>",
            "<tr><td title==\"x>y\">a</td></tr>",
            "<tr><td><p><strong><a href=\"x\">a</a></strong></p></td></tr>",
        ] {
            assert_eq!(plain_row(row, 0), Some(row.len()), "{row}");
        }
    }

    /// A page of pieces that change what stands around them, its rows between them.
    fn made_up(mut seed: u64, rows: &[String]) -> String {
        const PIECES: [&str; 28] = [
            "<table>",
            "</table>",
            "<table><tr><td>",
            "</td></tr></table>",
            "<!-- ",
            " -->",
            "<script>",
            "</script>",
            "<template>",
            "</template>",
            "<textarea>",
            "</textarea>",
            "<svg>",
            "</svg>",
            "<b>",
            "<a href=\"/x.pdf\">",
            "</a>",
            "<select>",
            "<div title=\"",
            "\">",
            "<tr><th>Naziv</th><th>Predlagač</th></tr>",
            "<p>Predlog zakona o potvrđivanju Sporazuma sa Vladom Republike Italije o saradnji</p>",
            "<tr><td class=lawtitle></td></tr>",
            "<tr><td class=lawtitle><strong>NOVO</strong> <a href=/7-18.pdf>Predlog zakona o muzejima</a></td></tr>",
            "<tr><td class=lawtitle>1.</td><td class=lawtitle>Predlog zakona o vodama</td><td>Predlog zakona o lovu</td></tr>",
            "Ukupno: 12",
            "<noscript>",
            "</noscript>",
        ];
        let mut next = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        let mut text = String::from("<html><body><table>");
        let mut row = 0;
        while row < rows.len() {
            if next(4) == 0 {
                text.push_str(PIECES[next(PIECES.len())]);
            }
            for _ in 0..next(8) {
                row += 1 + next(8) / 7;
                text.push_str(rows.get(row - 1).map_or("", String::as_str));
            }
        }
        text + "</table></body></html>"
    }

    #[test]
    fn a_page_read_by_what_is_remembered_is_read_as_it_is() {
        let rows: Vec<String> = (1..=40).map(row).collect();
        let mut less = 0;
        for seed in 0..200 {
            let (first, second) = (made_up(seed, &rows), made_up(seed + seed % 3, &rows[seed as usize % 5..]));
            let plainly = |text: &str| listing::read(&page(text), &url(), ListKind::Bills, &Selectors::default());
            let read = again(&first, None);
            assert_eq!(read.clone().map(|(listing, _)| listing), plainly(&first), "seed {seed}: {first}");
            // Of a clean page, so that there is something to remember.
            for kept in [read.ok().and_then(|(_, kept)| kept), again(&table(1..=40), None).unwrap().1].into_iter().flatten() {
                less += left_out(&second, &kept);
                assert_eq!(again(&second, Some(&kept)).map(|(listing, _)| listing), plainly(&second), "seed {seed}: {second}");
            }
        }
        assert!(less > 1_000, "only {less} rows were left out");
    }
}
