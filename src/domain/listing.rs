//! Reads a fetched law list (bills in procedure, or adopted laws) into rows with two eyes, and says what it could not read.
//!
//! Never fetches, never compares with what was known, never decides whether a row is an agreement: an empty list is for the caller to judge.

mod closer;
mod exact;
mod rows;
mod second_eye;

use hashbrown::HashSet;
use scraper::Selector;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::bill::{ActNumber, Row};
use crate::domain::page::{NotAPage, Page, lines, tree};
use crate::domain::script;
pub use rows::RowCache;
use rows::Rows;

/// What a title is cut to when stored, in bytes.
pub const TITLE_BYTES_MAX: usize = 4 * 1024;

/// What the words that name who submitted a bill are cut to, in bytes.
const SUBMITTER_BYTES_MAX: usize = 1024;
/// Documents of one row that are taken; each of them is compared with those before it. Honest rows have two or three.
const DOCUMENTS_MAX: usize = 100;

/// Which of the two lists is asked for. Their markup is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ListKind {
    /// Bills in procedure.
    Bills,
    /// Adopted laws.
    Laws,
}

/// Which way a page was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Eye {
    /// By the markup we know.
    Exact,
    /// By words alone.
    Second,
}

/// CSS selectors of a source's settings, in place of the built-in ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selectors {
    /// One bill each; built in: `tr`.
    pub row: Option<String>,
    /// The title's box within a row; built in: `td.lawtitle`.
    pub title: Option<String>,
    /// The date within a row; built in: `td[nowrap]`.
    pub date: Option<String>,
    /// The documents' anchors within a row; built in: anchors that lead to a PDF or Word file.
    pub document: Option<String>,
    /// Who submitted it, within a row; built in: `td.submitter`, else by the header's words.
    pub submitter: Option<String>,
}

/// Text that stood where a row should, and why it is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// The text, tidied and cut.
    pub text: String,
    /// Why it could not be read.
    pub reason: String,
}

/// A list, read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// In the order of the page, each once.
    pub rows: Vec<Row>,
    /// What could not be read.
    pub rejects: Vec<Reject>,
    /// Which eye read the rows.
    pub eye: Eye,
    /// Why the poll is to be marked: the eyes disagree, or the exact one saw nothing.
    pub degraded: Option<String>,
    /// The total the page prints (`Ukupno: 600`). More than the rows means that the page is short: what it lacks proves nothing.
    pub total_printed: Option<usize>,
    /// The list goes on there.
    pub next_page: Option<Url>,
}

impl Selectors {
    /// Every selector that is not CSS, for the settings' check.
    pub fn check(&self) -> Result<(), NotAPage> {
        self.compiled().map(|_| ())
    }

    fn compiled(&self) -> Result<exact::Compiled, NotAPage> {
        let one = |name: &'static str, own: &Option<String>, built_in: &str| {
            let selector = own.as_deref().unwrap_or(built_in);
            Selector::parse(selector).map_err(|e| NotAPage::Selector { name, selector: selector.to_owned(), reason: e.to_string() })
        };
        Ok(exact::Compiled {
            row: one("row", &self.row, "tr")?,
            title: one("title", &self.title, "td.lawtitle")?,
            date: one("date", &self.date, "td[nowrap]")?,
            document: self.document.as_ref().map(|_| one("document", &self.document, "a")).transpose()?,
            submitter: self.submitter.as_ref().map(|_| one("submitter", &self.submitter, "td")).transpose()?,
        })
    }
}

/// Reads a list. The exact eye takes the rows of the known markup; the other looks at everything outside them for words that read as a
/// bill's title. A table without rows is an empty list; a page without a table or anything like a list is an error.
pub fn read(page: &Page, url: &Url, kind: ListKind, selectors: &Selectors) -> Result<Listing, NotAPage> {
    page.whole()?;
    see(&page.text, url, kind, selectors).map(Sight::listing)
}

/// What [`read`] reads, in less time where most rows are written as they were at an earlier look: those are known by their markup. Answers also
/// with what to keep for the next look, where that is something else.
///
/// # Errors
/// Those of [`read`].
pub fn read_again(
    page: &Page,
    url: &Url,
    kind: ListKind,
    selectors: &Selectors,
    mut cache: RowCache,
) -> Result<(Listing, Option<Vec<u8>>), NotAPage> {
    // Another selector may look at a row's neighbours.
    if *selectors != Selectors::default() {
        return read(page, url, kind, selectors).map(|listing| (listing, None));
    }
    page.whole()?;
    let mut rows = Rows::of(&page.text, &cache);
    let by_markup = |rows: &mut Rows<'_>, cache: &RowCache| see(&rows.numbered(), url, kind, selectors).ok()?.whole(rows, cache);
    if rows.leave_out(&mut cache)
        && let Some(read) = by_markup(&mut rows, &cache)
    {
        return Ok(read);
    }
    rows.leave_nothing_out();
    if !rows.are_none()
        && let Some(read) = by_markup(&mut rows, &cache.emptied())
    {
        return Ok(read);
    }
    see(&page.text, url, kind, selectors).map(|sight| (sight.listing(), None))
}

/// What the eyes saw.
struct Sight {
    /// Each row as often as it is printed.
    listing: Listing,
    /// For the rows of the exact eye: which of the numbered ones it is.
    places: Vec<Option<usize>>,
}

impl Sight {
    fn listing(self) -> Listing {
        Listing { rows: once(self.listing.rows), ..self.listing }
    }

    /// With the rows that were left out. None where not all was read by its markup, or not as is remembered.
    fn whole(self, rows: &mut Rows<'_>, cache: &RowCache) -> Option<(Listing, Option<Vec<u8>>)> {
        let Sight { listing, places } = self;
        if listing.degraded.is_some() || !listing.rejects.is_empty() {
            return None;
        }
        let (whole, kept) = rows.whole(listing.rows, places, cache)?;
        Some((Listing { rows: once(whole), ..listing }, kept))
    }
}

fn see(text: &str, url: &Url, kind: ListKind, selectors: &Selectors) -> Result<Sight, NotAPage> {
    let selectors = selectors.compiled()?;
    let html = tree::parse(text)?;
    let mut seen = exact::read(&html, url, &selectors);
    let rest = lines::read(&html, url, &seen.taken)?;
    let bare = if seen.rows.is_empty() { second_eye::Bare::of(&html) } else { second_eye::Bare::default() };
    // the largest thing of a poll: it makes room for what comes of it
    drop(html);
    let mut outside = second_eye::read(&rest, !seen.rows.is_empty())?;
    let mut beside = std::mem::take(&mut seen.beside);
    only_others(&mut beside, &seen.rows);
    only_others(&mut outside, &seen.rows);
    if !beside.is_empty() {
        only_others(&mut outside, &beside);
    }
    if seen.rows.is_empty() && outside.is_empty() {
        second_eye::emptiness(&bare, &rest, kind)?;
    }
    let degraded = disagreement(seen.rows.len(), &seen.instead, &beside, &outside);
    let eye = if degraded.is_some() { Eye::Second } else { Eye::Exact };
    let marked = !seen.rows.is_empty();
    let mut rows = seen.rows;
    rows.extend(beside);
    rows.extend(outside);
    second_eye::other_page(&rows, &rest, kind, marked)?;
    let (total_printed, next_page) = (second_eye::total(&rest), second_eye::next_page(&rest, url));
    let listing = Listing { rows, rejects: seen.rejects, eye, degraded, total_printed, next_page };
    Ok(Sight { listing, places: seen.places })
}

/// A title met again without a number of its own, or with the same, is the row we have; with another number it is another bill.
fn only_others(found: &mut Vec<Row>, rows: &[Row]) {
    if found.is_empty() {
        return;
    }
    let known: HashSet<(String, Option<ActNumber>)> = rows.iter().map(|r| (script::fold(&r.title), r.act_number)).collect();
    let titles: HashSet<&str> = known.iter().map(|(title, _)| title.as_str()).collect();
    found.retain(|row| {
        let title = script::fold(&row.title);
        !titles.contains(title.as_str()) || (row.act_number.is_some() && !known.contains(&(title, row.act_number)))
    });
}

/// In what the two eyes disagree, if they do. `rows`: how many the exact one read; `instead`, `beside`: what the other one read in them.
fn disagreement(rows: usize, instead: &[String], beside: &[Row], outside: &[Row]) -> Option<String> {
    let mut said = Vec::new();
    if let Some(first) = instead.first() {
        let n = instead.len();
        said.push(format!("rows whose words in the title's place are none: {n}; the title that each holds was taken: {}", cut(first, 120)));
    }
    if let Some(first) = beside.first() {
        said.push(format!("titles that stand in the rows of others: {}, the first: {}", beside.len(), cut(&first.title, 120)));
    }
    match outside {
        [] => {}
        _ if rows == 0 => said.push(format!("the table we know is not there: {} titles were read by their words alone", outside.len())),
        [first, ..] => {
            let m = outside.len();
            said.push(format!("the table we know gave {rows} rows, and {m} more titles stand outside of it: {}", cut(&first.title, 120)));
        }
    }
    (!said.is_empty()).then(|| said.join("; "))
}

/// A row printed twice is one row. Two rows with one title and different numbers, dates or documents are two.
fn once(rows: Vec<Row>) -> Vec<Row> {
    let mut seen = HashSet::with_capacity(rows.len());
    let first: Vec<bool> = rows
        .iter()
        .map(|row| {
            let documents: Vec<&str> = row.documents.iter().map(|d| d.url.path()).collect();
            seen.insert((row.title.as_str(), row.date_text.as_deref(), row.act_number, documents))
        })
        .collect();
    drop(seen);
    let mut first = first.into_iter();
    let mut rows = rows;
    rows.retain(|_| first.next().unwrap_or(true));
    rows
}

/// At most so many bytes, ended at a whole letter.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    pub(super) fn page(text: &str) -> Page {
        Page { text: text.to_owned(), charset: "UTF-8", replaced: 0 }
    }

    pub(super) fn url() -> Url {
        Url::parse("http://www.parlament.gov.rs/akti/zakoni-u-proceduri/zakoni-u-proceduri.1037.html").unwrap()
    }

    fn list(text: &str) -> Result<Listing, NotAPage> {
        read(&page(text), &url(), ListKind::Bills, &Selectors::default())
    }

    fn table(rows: &str) -> String {
        format!("<html><body><div id=content><table>{rows}</table></div></body></html>")
    }

    fn row(n: usize) -> String {
        format!(
            "<tr><td class=\"lawtitle\"><strong><a href=\"/upload/archive/files/lat/pdf/predlozi_zakona/{n}-18 - lat.pdf\">Predlog zakona o potvrđivanju Sporazuma broj {n} između Vlade Republike Srbije i Vlade Crne Gore o policijskoj saradnji</a></strong></td>\n<td nowrap>23. oktobar 2018.</td>\n<td><a href=\"/upload/archive/files/lat/pdf/predlozi_zakona/{n}-18 - lat.pdf\">PDF</a> <a href=\"/upload/archive/files/lat/doc/predlozi_zakona/{n}-18.doc\">DOC</a></td></tr>\n"
        )
    }

    #[test]
    fn two_thousand_rows_are_read_by_the_exact_eye_alone() {
        let text = table(&(1..=2_000).map(row).collect::<String>());
        let before = std::time::Instant::now();
        let read = list(&text).unwrap();
        let took = before.elapsed();
        if std::env::var_os("POTVRDA_TIMES").is_some() {
            println!("2,000 rows, {} bytes: {took:?}", text.len());
        }
        assert_eq!((read.rows.len(), read.eye, read.degraded), (2_000, Eye::Exact, None));
        assert_eq!(read.rows[1_999].act_number.unwrap().to_string(), "2000-18");
        assert_eq!(read.rows[0].documents.len(), 2);
    }

    #[test]
    fn a_hostile_link_is_no_link_and_its_row_still_counts() {
        for href in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "//evil.example/404-18.pdf",
            "http://u:p@www.parlament.gov.rs/404-18.pdf",
            "http://169.254.169.254/404-18.pdf",
        ] {
            let text = table(&format!(
                "<tr><td class=lawtitle><strong><a href=\"{href}\">Predlog zakona o radu</a></strong></td><td nowrap>1. mart 2018.</td><td><a href=\"{href}\">PDF</a></td></tr>"
            ));
            let read = list(&text).unwrap();
            assert_eq!(
                (read.rows.len(), read.rows[0].documents.len(), read.rows[0].title.as_str()),
                (1, 0, "Predlog zakona o radu"),
                "{href}"
            );
            assert_eq!(read.rows[0].act_number, None);
        }
    }

    #[test]
    fn a_title_of_a_megabyte_is_cut_and_stays_one_row() {
        let read =
            list(&table(&format!("<tr><td class=lawtitle><strong><a>Predlog zakona o {}</a></strong></td></tr>", "ž".repeat(600_000))))
                .unwrap();
        assert_eq!(read.rows.len(), 1);
        assert!(read.rows[0].title.len() <= TITLE_BYTES_MAX && read.rows[0].title.len() > TITLE_BYTES_MAX - 4);
    }

    #[test]
    fn columns_in_any_order_give_the_same_rows() {
        let title = "<td class=lawtitle><strong><a href=/1-18.pdf>Predlog zakona o radu</a></strong></td>";
        let (date, doc) = ("<td nowrap>1. mart 2018.</td>", "<td><a href=/1-18.pdf>PDF</a></td>");
        let orders = [[title, date, doc], [date, title, doc], [doc, date, title], [date, doc, title]];
        let read: Vec<Vec<Row>> = orders.iter().map(|o| list(&table(&format!("<tr>{}</tr>", o.concat()))).unwrap().rows).collect();
        let plain = |r: &Row| (r.title.clone(), r.listed_on, r.act_number, r.documents[0].url.clone());
        assert!(read.iter().all(|r| plain(&r[0]) == plain(&read[0][0])));
    }

    #[test]
    fn of_several_dates_the_one_under_its_heading_is_the_rows() {
        let title = "<td class=lawtitle><strong><a href=/1-18.pdf>Predlog zakona o radu</a></strong></td>";
        let (date, other) = ("<td nowrap>1. mart 2018.</td>", "<td nowrap>5. maj 2018.</td>");
        for (head, cells) in [
            ("<th>Izmenjeno<th>Naziv<th>Datum", [other, title, date]),
            ("<th>Datum izmene<th>Naziv<th>Datum podnošenja", [other, title, date]),
            ("<th>Измењено<th>Назив<th>Датум", [other, title, date]),
            ("<th>Naziv<th>Izmenjeno<th>Datum", [title, other, date]),
            ("<th>Naziv<th>Datum<th>Izmenjeno", [title, date, other]),
            ("<td>Last updated<td>Title<td>Date", [other, title, date]),
            // Headings that tell nothing, or of an empty cell: the first that is a date.
            ("<th>A<th>B<th>C", [title, date, other]),
            ("<th>Datum<th>Naziv<th>Izmenjeno<th>", ["<td nowrap></td>", title, date]),
        ] {
            let read = list(&table(&format!("<tr>{head}</tr><tr>{}</tr>", cells.concat()))).unwrap();
            let days: Vec<_> = read.rows.iter().map(|r| r.listed_on.map(|d| d.to_string()).unwrap_or_default()).collect();
            assert_eq!(days, ["2018-03-01"], "{head}");
        }
    }

    #[test]
    fn who_submitted_a_bill_is_read_by_the_cells_class_or_the_columns_heading() {
        let title = "<td class=lawtitle><strong><a href=/1-18.pdf>Predlog zakona o radu</a></strong></td>";
        for (head, cell) in [("", "<td class=\"x submitter\">Vlada</td>"), ("<tr><th>Naziv<th>Predlagač</tr>", "<td>Vlada</td>")] {
            let read = list(&table(&format!("{head}<tr>{title}{cell}</tr>"))).unwrap();
            assert_eq!(read.rows[0].submitter.as_deref(), Some("Vlada"));
        }
        let other = list(&table(&format!("<tr>{title}<td>Vlada</td></tr>"))).unwrap();
        assert_eq!(other.rows[0].submitter, None, "nobody says what it is");
    }

    #[test]
    fn pages_that_are_no_list_are_refused() {
        for (text, expected) in [
            ("<html><body><h1>Radovi u toku</h1></body></html>", "no table"),
            ("<html><body><script>challenge()</script><p>Checking your browser</p></body></html>", "no table"),
            (
                "<html><body><div class=main_left><h3><a href=/x.33500.941.html>Šesta sednica</a></h3><p class=posted>5. mart 2018.</p></div><ul><li class=sitting_list_item>2018</li></ul></body></html>",
                "wrong page",
            ),
            (
                "<html><body><table><tr><th>Sednica<th>Datum</tr><tr><td class=lawtitle><strong><a href=/x.33500.941.html>Šesta sednica Prvog redovnog zasedanja</a></strong></td><td nowrap>1. mart 2018.</td></tr></table></body></html>",
                "wrong page",
            ),
            ("<html><body><div id=main><h2>Osma sednica</h2><p class=posted>9. novembar 2017.</p></div></body></html>", "wrong page"),
            ("<html><body><table><tr><td class=lawtitle><strong><a>Predlog zakona o radu", "cut off"),
        ] {
            let error = list(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}: {text}");
        }
    }

    #[test]
    fn an_empty_table_is_an_empty_list() {
        for text in [
            table("<tr><th>Naziv</th><th>Datum</th></tr>"),
            table("<tr><td>Nema zakona u proceduri</td></tr>"),
            "<html><body><h2>Zakoni u proceduri</h2><p>Nema podataka.</p></body></html>".to_owned(),
        ] {
            assert_eq!(list(&text).unwrap().rows, Vec::new(), "{text}");
        }
    }

    #[test]
    fn a_menu_that_names_a_law_degrades_nothing() {
        let text = format!(
            "<html><body><ul class=sidebar><li><a href=/z.pdf.html>Zakon o Narodnoj skupštini</a></ul><table>{}</table><p>Predlog zakona o budžetu</p></body></html>",
            row(7)
        );
        let read = list(&text).unwrap();
        assert_eq!((read.rows.len(), read.eye, read.degraded), (1, Eye::Exact, None));
    }

    #[test]
    fn selectors_of_the_settings_replace_the_built_in_ones() {
        let text = "<html><body><div class=akt><h4>Predlog zakona o radu</h4><i>1. mart 2018.</i><a class=dok href=/get?id=5>preuzmi</a><b>Vlada</b></div></body></html>";
        let selectors = Selectors {
            row: Some("div.akt".into()),
            title: Some("h4".into()),
            date: Some("i".into()),
            document: Some("a.dok".into()),
            submitter: Some("b".into()),
        };
        let read = read(&page(text), &url(), ListKind::Bills, &selectors).unwrap();
        assert_eq!((read.eye, read.rows.len()), (Eye::Exact, 1));
        assert_eq!(read.rows[0].submitter.as_deref(), Some("Vlada"));
        assert_eq!(read.rows[0].listed_on.unwrap().to_string(), "2018-03-01");
        assert_eq!(read.rows[0].documents.len(), 1);
        let wrong = Selectors { row: Some("tr[[".into()), ..Selectors::default() };
        assert!(wrong.check().unwrap_err().to_string().contains("row"));
    }

    #[test]
    fn without_known_markup_titles_are_read_by_their_words() {
        for text in [
            "<html><body><div><p>Zakoni u proceduri</p><div class=r><div class=t>Predlog zakona o radu</div><div class=d>1. mart 2018.</div></div><div class=r><div class=t>Predlog zakona o lovu</div><div class=d>2. mart 2018.</div></div></div></body></html>",
            "<html><body><table><tr><td>1. mart 2018.</td><td><a href=/1.html>Predlog zakona o radu</a></td></tr><tr><td>2. mart 2018.</td><td><a href=/2.html>Predlog zakona o lovu</a></td></tr></table></body></html>",
            "<html><body><dl><dt>Predlog zakona o radu<dd>1. mart 2018.<dt>Predlog zakona o lovu<dd>2. mart 2018.</dl></body></html>",
            "<html><body><p>1. mart 2018.</p><h3>Predlog zakona o radu</h3><p>2. mart 2018.</p><h3>Predlog zakona o lovu</h3></body></html>",
            "<html><body><ul><li>1. mart 2018. Predlog zakona o radu<li>2. mart 2018. Predlog zakona o lovu</ul></body></html>",
            "<html><body><p>Predlog zakona o radu, 1. mart 2018.<br>Predlog zakona o lovu, 2. mart 2018.</p></body></html>",
            "<html><body><h3>Predlog zakona o radu</h3><p>1. mart 2018. <a href=/1-18.pdf>PDF</a></p><h3>Predlog zakona o lovu</h3><p>2. mart 2018.</p></body></html>",
        ] {
            let read = list(text).unwrap();
            let seen: Vec<_> =
                read.rows.iter().map(|r| (r.title.as_str(), r.listed_on.map(|d| d.to_string()).unwrap_or_default())).collect();
            assert_eq!(
                seen,
                [("Predlog zakona o radu", "2018-03-01".to_owned()), ("Predlog zakona o lovu", "2018-03-02".to_owned())],
                "{text}"
            );
            assert!(read.eye == Eye::Second && read.degraded.is_some());
        }
    }

    /// The same rows, in other clothes: whatever a redesign renames, no title, date, number or document is lost.
    #[test]
    fn a_redesign_loses_no_row() {
        let titles: Vec<&str> = include_str!("../../tests/data/titles.tsv")
            .lines()
            .filter(|l| l.starts_with("sr-Latn\tPredlog zakona") || l.starts_with("sr-Latn\tPREDLOG ZAKONA"))
            .filter_map(|l| l.split('\t').nth(1))
            .collect();
        assert!(titles.len() > 40);
        let layout = |before: &str, row: &dyn Fn(&str, &str, &str) -> String, after: &str| {
            let rows: String = titles
                .iter()
                .enumerate()
                .map(|(n, t)| {
                    let pdf = format!("/upload/archive/files/lat/pdf/predlozi_zakona/{}-18 lat.pdf", n + 1);
                    row(&t.replace('&', "&amp;").replace('<', "&lt;"), &format!("{}. mart 2018.", n % 28 + 1), &pdf)
                })
                .collect();
            list(&format!(
                "<html><body><nav><a href=/a>Zakoni u proceduri</a></nav><h1>Zakoni u proceduri</h1>{before}{rows}{after}</body></html>"
            ))
            .unwrap()
        };
        let known = layout(
            "<table>",
            &|t, d, p| format!("<tr><td class=lawtitle><strong><a href=\"{p}\">{t}</a></strong></td><td nowrap>{d}</td></tr>"),
            "</table>",
        );
        assert_eq!((known.rows.len(), known.degraded.is_none()), (titles.len(), true));
        let facts = |l: &Listing| l.rows.iter().map(|r| (script::fold(&r.title), r.listed_on, r.act_number)).collect::<Vec<_>>();
        type Clothes<'a> = (&'a str, &'a dyn Fn(&str, &str, &str) -> String, &'a str);
        let others: [Clothes; 8] = [
            ("<table>", &|t, d, p| format!("<tr><td class=naziv><a href=\"{p}\">{t}</a></td><td>{d}</td></tr>"), "</table>"),
            ("<table>", &|t, d, p| format!("<tr><td>{d}</td><td>{t}</td><td><a href=\"{p}\">PDF</a></td></tr>"), "</table>"),
            ("<ul>", &|t, d, p| format!("<li><a href=\"{p}\">{t}</a> <span>{d}</span></li>"), "</ul>"),
            ("<div>", &|t, d, p| format!("<div class=card><h3>{t}</h3><p>{d}</p><a href=\"{p}\">Preuzmi</a></div>"), "</div>"),
            (
                "<div>",
                &|t, d, p| format!("<div><div>{d}</div><div><a href=/akt.html>{t}</a></div><div><a href=\"{p}\">PDF</a></div></div>"),
                "</div>",
            ),
            ("", &|t, d, p| format!("<h4>{t}</h4><p>{d} <a href=\"{p}\">PDF</a></p>"), ""),
            ("<p>", &|t, d, p| format!("{t} ({d}) <a href=\"{p}\">PDF</a><br>"), "</p>"),
            (
                "<app-list>",
                &|t, d, p| format!("<app-card><app-title>{t}</app-title><app-date>{d}</app-date><a href=\"{p}\">PDF</a></app-card>"),
                "</app-list>",
            ),
        ];
        for (n, (before, row, after)) in others.into_iter().enumerate() {
            let read = layout(before, row, after);
            assert!(read.eye == Eye::Second && read.degraded.is_some());
            let (seen, expected) = (facts(&read), facts(&known));
            let missing: Vec<_> = expected.iter().filter(|f| !seen.contains(f)).collect();
            assert!(missing.is_empty() && seen.len() == expected.len(), "{n}: {} of {}, missing {missing:#?}", seen.len(), expected.len());
        }
    }
}
