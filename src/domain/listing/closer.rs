//! The second eye's look into a row that the exact one has read: what the markup gave may be no title, or not the only one.
//!
//! Never takes a row away, and never looks twice where the row says nothing else.

use ego_tree::NodeId;
use hashbrown::HashSet;
use scraper::ElementRef;
use url::Url;

use super::exact::gather;
use super::second_eye;
use crate::domain::agreement;
use crate::domain::bill::{ActNumber, Language, Row, Verdict};
use crate::domain::page::lines::{self, Line};
use crate::domain::page::tree::NODES_MAX;
use crate::domain::{mention, script, title};

/// How titles begin; nearly all of them.
const OPENINGS: [&str; 8] =
    ["Predlog zakona o ", "PREDLOG ZAKONA O ", "Zakon o ", "ZAKON O ", "Предлог закона о ", "ПРЕДЛОГ ЗАКОНА О ", "Закон о ", "ЗАКОН О "];
/// Some of these stands in whatever names a bill, unless letters of the other script stand in it.
const STEMS: [&str; 8] = ["akon", "AKON", "акон", "АКОН", "Bill", "BILL", "Law", "LAW"];
/// What a row says beside its title and its date is no longer than this: who submitted it, and the documents' labels.
const REST_BYTES_MAX: usize = 48;

/// What came of a look.
pub(super) struct Looked {
    pub row: Row,
    /// The row's title is another than the markup gave.
    pub instead: bool,
    /// Further bills of the same row.
    pub beside: Vec<Row>,
}

impl Looked {
    fn nothing_else(row: Row) -> Looked {
        Looked { row, instead: false, beside: Vec::new() }
    }
}

/// Looks into rows, as long as there is room: rows may stand in rows, and each would be read as often.
pub(super) struct Closer<'a> {
    url: &'a Url,
    nodes_left: usize,
}

impl<'a> Closer<'a> {
    pub(super) fn new(url: &'a Url) -> Self {
        Closer { url, nodes_left: NODES_MAX }
    }

    /// `place`: the element whose words are the title; `date`: the cell of the date.
    pub(super) fn look(&mut self, row: ElementRef, place: ElementRef, date: Option<ElementRef>, read: Row) -> Looked {
        if opens_as_title(&read.title) && !is_divided(place) && !may_name_more(row, place, date) {
            return Looked::nothing_else(read);
        }
        let Some(left) = self.nodes_left.checked_sub(row.descendants().count()) else { return Looked::nothing_else(read) };
        self.nodes_left = left;
        let mut seen = self.titles(row, Some(place.id()), |_| ());
        seen.retain(|one| is_title(&one.title));
        let looked = if is_title(&read.title) { beside(read, seen) } else { instead(read, seen) };
        if looked.instead || !looked.beside.is_empty() || is_agreement(&looked.row) {
            return looked;
        }
        let read = looked.row;
        // The link may be the beginning of the title, and no more.
        let mut seen = self.titles(row, None, |line| line.anchors.clear());
        if is_title(&read.title) {
            let key = title::key(&read.title);
            seen.retain(|one| is_agreement(one) && title::key(&one.title).starts_with(&key));
        }
        instead(read, seen)
    }

    /// What the other eye sees. One row made to exhaust it is read as it stands, and costs the page nothing.
    fn titles(&self, row: ElementRef, apart: Option<NodeId>, change: impl Fn(&mut Line)) -> Vec<Row> {
        let lines = lines::of(row, self.url, apart).map(|mut lines| {
            lines.iter_mut().for_each(change);
            lines
        });
        lines.and_then(|lines| second_eye::titles(&lines)).unwrap_or_default()
    }
}

fn is_title(words: &str) -> bool {
    mention::reads_as_title(words) && ![" o", " о", " on"].iter().any(|open| words.ends_with(open))
}

fn is_agreement(row: &Row) -> bool {
    agreement::detect(&row.title).verdict == Verdict::Agreement
}

fn opens_as_title(title: &str) -> bool {
    OPENINGS.iter().any(|opening| title.starts_with(opening))
}

/// It holds several lines or links.
fn is_divided(place: ElementRef) -> bool {
    let mut inside = place.descendants().skip(1).filter_map(ElementRef::wrap).map(|e| e.value().name());
    let mut links = 0;
    inside.any(|name| {
        links += usize::from(name == "a");
        links > 1 || name == "br" || lines::is_box(name)
    })
}

fn may_name_more(row: ElementRef, place: ElementRef, date: Option<ElementRef>) -> bool {
    let mut rest = String::new();
    gather(row, &mut rest, &|e: ElementRef| e.id() != place.id() && date.is_none_or(|date| date.id() != e.id()));
    let bytes = rest.bytes().filter(|b| !b.is_ascii_whitespace()).count();
    bytes > REST_BYTES_MAX || STEMS.iter().any(|stem| rest.contains(stem))
}

/// A row whose title is none: the titles that it holds.
fn instead(read: Row, seen: Vec<Row>) -> Looked {
    let mut seen = once(seen).into_iter();
    let Some(first) = seen.next() else { return Looked::nothing_else(read) };
    let beside: Vec<Row> = seen.collect();
    let submitter = first.submitter.clone().or_else(|| read.submitter.clone());
    let row = if beside.is_empty() { read } else { alone(read, Some(&first), &beside) };
    let instead = first.title != row.title;
    Looked { row: Row { title: first.title, submitter, ..row }, instead, beside }
}

/// A row with a title: the other titles that it holds.
fn beside(read: Row, seen: Vec<Row>) -> Looked {
    let key = title::key(&read.title);
    let (same, others): (Vec<Row>, Vec<Row>) = once(seen).into_iter().partition(|one| is_same(&read, &key, one));
    if others.is_empty() {
        return Looked::nothing_else(read);
    }
    let own = same.into_iter().next();
    let title = match &own {
        // Two titles in one box were read as one.
        Some(own) if others.iter().any(|other| read.title.contains(&other.title)) => own.title.clone(),
        _ => read.title.clone(),
    };
    let row = Row { title, ..alone(read, own.as_ref(), &others) };
    Looked { row, instead: false, beside: others }
}

/// What of a row is its first bill's: what stands beside that one, or at least beside no other.
fn alone(read: Row, own: Option<&Row>, others: &[Row]) -> Row {
    let own_documents = own.map(|own| own.documents.clone()).unwrap_or_default();
    let documents = if own_documents.is_empty() {
        let theirs: HashSet<&Url> = others.iter().flat_map(|other| &other.documents).map(|d| &d.url).collect();
        read.documents.into_iter().filter(|d| !theirs.contains(&d.url)).collect()
    } else {
        own_documents
    };
    let (listed_on, date_text) = match own {
        Some(own) if own.date_text.is_some() => (own.listed_on, own.date_text.clone()),
        _ => (read.listed_on, read.date_text),
    };
    Row { act_number: documents.iter().find_map(|d| ActNumber::from_document(&d.url)), documents, listed_on, date_text, ..read }
}

/// The label of each of its documents may print the title anew.
fn once(seen: Vec<Row>) -> Vec<Row> {
    let mut keys = HashSet::new();
    seen.into_iter().filter(|row| keys.insert(title::key(&row.title))).collect()
}

/// The same title once more, or the law that it amends; also with more words or fewer, or in the other language, unless its number says that it is
/// another bill's, or it is an agreement where the row is none.
fn is_same(read: &Row, key: &str, other: &Row) -> bool {
    let theirs = title::key(&other.title);
    let amended = || key.match_indices(&format!("zakona o {theirs}")).any(|(at, _)| !key[..at].ends_with("predlog "));
    if title::same(key, &theirs) || amended() {
        return true;
    }
    let english = |row: &Row| script::language_of(&row.title) == Language::En;
    let alike = key.starts_with(&theirs) || theirs.starts_with(key) || english(read) != english(other);
    let numbered_apart = || matches!((read.act_number, other.act_number), (Some(ours), Some(theirs)) if ours != theirs);
    alike && !numbered_apart() && (is_agreement(read) || !is_agreement(other))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::listing::tests::{page, url};
    use crate::domain::listing::{self, Eye, ListKind, Listing, Selectors};

    const ITALY: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Italije o saradnji";
    const WATERS: &str = "Predlog zakona o vodama";
    const MUSEUMS: &str = "Predlog zakona o muzejima";

    /// A list whose first row is an ordinary one, and whose second holds these cells.
    fn list(cells: &str) -> Listing {
        let text = format!(
            "<html><body><div id=content><table><tr><th>Naziv<th>Datum<th>Dokument</tr><tr>{}<td nowrap>3. maj 2026.</td><td><a href=/1-26.pdf>PDF</a></td></tr><tr>{cells}</tr></table></div></body></html>",
            cell(WATERS, 1)
        );
        listing::read(&page(&text), &url(), ListKind::Bills, &Selectors::default()).unwrap()
    }

    fn cell(title: &str, n: usize) -> String {
        format!("<td class=lawtitle><strong><a href=/{n}-26.pdf>{title}</a></strong></td>")
    }

    fn told(read: &Listing) -> Vec<(String, String, String)> {
        let of = |row: &Row| {
            let number = row.act_number.map(|n| n.to_string()).unwrap_or_default();
            (row.title.clone(), number, row.date_text.clone().unwrap_or_default())
        };
        read.rows.iter().skip(1).map(of).collect()
    }

    fn is(title: &str, number: &str, date: &str) -> (String, String, String) {
        (title.to_owned(), number.to_owned(), date.to_owned())
    }

    const DATE: &str = "<td nowrap>4. maj 2026.</td>";

    #[test]
    fn where_the_title_stands_and_is_none_the_one_that_the_row_holds_is_taken_and_said() {
        for title in [ITALY, MUSEUMS, "Предлог закона о музејима"] {
            let subject = title.split_once(" o ").or(title.split_once(" о ")).unwrap();
            for cells in [
                format!("<td class=lawtitle><strong>NOVO</strong> <strong><a href=/2-26.pdf>{title}</a></strong></td>"),
                format!("<td class=lawtitle><strong><span>NOVO</span> <a href=/2-26.pdf>{title}</a></strong></td>"),
                format!("<td class=lawtitle><strong>NOVO {title}</strong> <a href=/2-26.pdf>PDF</a></td>"),
                format!("<td class=lawtitle>Novo! <a href=/2-26.pdf>{title}</a></td>"),
                format!("<td class=lawtitle><strong><a href=/2-26.pdf>Preuzmi</a></strong> {title}</td>"),
                format!("<td class=lawtitle><strong><a href=/2-26.pdf>Preuzmi</a></strong><br>{title}</td>"),
                format!("<td class=lawtitle><a href=/2-26.pdf>Preuzmi</a></td><td>{title}</td>"),
                format!("<td class=lawtitle><strong><a href=/2-26.pdf>011-2/26</a></strong> {title}</td>"),
                format!("<td class=lawtitle><strong><a href=/2-26.pdf>011-2/26</a></strong></td><td>{title}</td>"),
                format!("<td class=lawtitle><strong><a href=/2-26.pdf>1.</a></strong> {title}</td>"),
                format!("<td class=lawtitle><strong>1.</strong></td>{}", cell(title, 2)),
                format!("<td class=lawtitle>Vlada</td>{}", cell(title, 2)),
                format!("<td class=lawtitle><strong>Vlada:</strong> <strong><a href=/2-26.pdf>{title}</a></strong></td>"),
                format!("<td class=lawtitle>Vlada Republike Srbije: {title} <a href=/2-26.pdf>PDF</a></td>"),
                format!("<td class=lawtitle><strong><a href=/2-26.pdf>{}</a></strong> o {}</td>", subject.0, subject.1),
                format!("<td class=lawtitle><strong><a href=/2-26.pdf>{} o</a></strong> {}</td>", subject.0, subject.1),
            ] {
                let read = list(&format!("{cells}{DATE}"));
                let title = if cells.contains(title) { title.to_owned() } else { format!("{} o {}", subject.0, subject.1) };
                assert_eq!(told(&read), [is(&title, "2-26", "4. maj 2026.")], "{cells}");
                assert_eq!(read.eye, Eye::Second);
                assert!(read.degraded.unwrap().starts_with("rows whose words in the title's place are none: 1;"), "{cells}");
            }
        }
    }

    #[test]
    fn a_link_that_ends_before_the_agreement_is_read_on() {
        let (link, rest) = ITALY.split_once(" Sporazuma").unwrap();
        let read = list(&format!("<td class=lawtitle><strong><a href=/2-26.pdf>{link}</a></strong> Sporazuma{rest}</td>{DATE}"));
        assert_eq!(told(&read), [is(ITALY, "2-26", "4. maj 2026.")]);
        assert!(read.degraded.is_some());
    }

    #[test]
    fn a_row_with_two_titles_is_two_rows_each_with_its_own_number_and_day() {
        let two = [is(MUSEUMS, "3-26", "4. maj 2026."), is(ITALY, "2-26", "5. maj 2026.")];
        let other_date = "<td nowrap>5. maj 2026.</td>";
        for cells in [
            format!("{}{DATE}{}{other_date}", cell(MUSEUMS, 3), cell(ITALY, 2)),
            format!(
                "{}{DATE}<td><a href=/3-26.pdf>PDF</a></td>{}{other_date}<td><a href=/2-26.pdf>PDF</a></td>",
                cell(MUSEUMS, 3),
                cell(ITALY, 2)
            ),
            format!("{}{DATE}<td><a href=/2-26.pdf>{ITALY}</a></td>{other_date}", cell(MUSEUMS, 3)),
            format!("{DATE}{}{other_date}{}", cell(MUSEUMS, 3), cell(ITALY, 2)),
            // a line that begins with its number
            format!("<td class=lawtitle>1.</td>{}{DATE}<td class=lawtitle>2.</td>{}{other_date}", cell(MUSEUMS, 3), cell(ITALY, 2)),
        ] {
            let read = list(&cells);
            assert_eq!(told(&read), two, "{cells}");
            assert!(read.degraded.unwrap().contains("titles that stand in the rows of others: 1,"), "{cells}");
        }
        for cells in [
            format!(
                "<td class=lawtitle><strong><a href=/3-26.pdf>{MUSEUMS}</a></strong><br><strong><a href=/2-26.pdf>{ITALY}</a></strong></td>"
            ),
            format!("<td class=lawtitle><strong><a href=/3-26.pdf>{MUSEUMS}</a> <a href=/2-26.pdf>{ITALY}</a></strong></td>"),
            format!("<td class=lawtitle><strong><a href=/3-26.pdf>{MUSEUMS}</a></strong><p><a href=/2-26.pdf>{ITALY}</a></p></td>"),
            format!("<td class=lawtitle><a href=/3-26.pdf>{MUSEUMS}</a><br>NOVO: {ITALY} <a href=/2-26.pdf>PDF</a></td>"),
        ] {
            let read = list(&format!("{cells}{DATE}"));
            let seen: Vec<_> = told(&read).into_iter().map(|(title, number, _)| (title, number)).collect();
            assert_eq!(seen, [(MUSEUMS.to_owned(), "3-26".to_owned()), (ITALY.to_owned(), "2-26".to_owned())], "{cells}");
            assert!(read.degraded.is_some());
        }
    }

    #[test]
    fn what_a_row_says_beside_its_title_is_no_other_title() {
        let amending = "Predlog zakona o izmenama i dopunama Zakona o potvrđivanju Sporazuma o saradnji";
        for (title, cells) in [
            (ITALY, cell(ITALY, 2) + DATE + "<td><a href=/2-26.pdf>PDF</a></td><td><a href=/2-26.doc>DOC</a></td>"),
            (
                ITALY,
                cell(ITALY, 2)
                    + DATE
                    + "<td>Narodni poslanik Petar Petrović, Poslanička grupa za bolji život građana i građanki Srbije</td>",
            ),
            (ITALY, cell(ITALY, 2) + DATE + &format!("<td><a href=/2-26.pdf>{ITALY} sa obrazloženjem</a></td>")),
            (ITALY, cell(ITALY, 2) + DATE + &format!("<td><a href=/2-26.pdf>{ITALY}</a> <a href=/2-26.doc>{ITALY}</a></td>")),
            (ITALY, cell(ITALY, 2) + DATE + "<td><a href=/2-26.pdf>Tekst Predloga zakona o potvrđivanju sporazuma</a></td>"),
            (ITALY, cell(ITALY, 2) + DATE + "<td>Amandmani na Predlog zakona o muzejima i o vodama i o svemu ostalom</td>"),
            (ITALY, format!("<td class=lawtitle><em>NOVO</em> <strong><a href=/2-26.pdf>{ITALY}</a></strong></td>") + DATE),
            (
                "Predlog zakona o izmenama i dopunama Zakona o muzejima",
                cell("Predlog zakona o izmenama i dopunama Zakona o muzejima", 2) + DATE + "<td>Zakon o muzejima</td>",
            ),
            (amending, cell(&amending.replace(" Zakona", "<br>Zakona"), 2) + DATE),
            (
                "Predlog zakona o muzejima",
                cell(MUSEUMS, 2).replace("</td>", "<br><small>sa Predlogom zakona o potvrđivanju Sporazuma o muzejima</small></td>") + DATE,
            ),
            (
                "Predlog zakona o muzejima",
                cell(MUSEUMS, 2) + DATE + "<td>Bill on Museums and other public institutions of culture in the Republic of Serbia</td>",
            ),
            (
                "Izveštaj o Predlogu zakona o potvrđivanju Sporazuma sa Italijom",
                cell("Izveštaj o Predlogu zakona o potvrđivanju Sporazuma sa Italijom", 2) + DATE,
            ),
            ("Amandman na Predlog zakona o muzejima", cell("Amandman na Predlog zakona o muzejima", 2) + DATE),
            ("Autentično tumačenje člana 3. Zakona o radu", cell("Autentično tumačenje člana 3. Zakona o radu", 2) + DATE),
            ("Predlog odluke o izboru sudija", cell("Predlog odluke o izboru sudija", 2) + DATE),
        ] {
            let read = list(&cells);
            assert_eq!(told(&read), [is(title, "2-26", "4. maj 2026.")], "{cells}");
            assert_eq!((read.eye, read.degraded), (Eye::Exact, None), "{cells}");
        }
    }

    #[test]
    fn a_whole_list_whose_links_say_something_else_is_read_by_its_titles() {
        let rows: String = (2..40)
            .map(|n| format!("<tr><td class=lawtitle><strong><a href=/{n}-26.pdf>Preuzmi</a></strong> {ITALY} broj {n}</td>{DATE}</tr>"))
            .collect();
        let text = format!("<html><body><table>{rows}</table></body></html>");
        let read = listing::read(&page(&text), &url(), ListKind::Bills, &Selectors::default()).unwrap();
        assert_eq!(read.rows.len(), 38);
        assert!(read.rows.iter().all(|row| row.title.starts_with(ITALY) && row.act_number.is_some() && row.listed_on.is_some()));
        assert!(read.degraded.unwrap().starts_with("rows whose words in the title's place are none: 38;"));
    }

    #[test]
    fn a_row_made_to_exhaust_whoever_looks_into_it_is_read_as_it_stands() {
        let words = "reč ".repeat(300_000);
        let many: String = (0..5_000).map(|n| format!("Predlog zakona o stvari {n}<br>")).collect();
        for cells in [format!("<td class=lawtitle>{words}</td>{DATE}"), format!("{}{DATE}<td>{many}</td>", cell(ITALY, 2))] {
            let before = std::time::Instant::now();
            let read = list(&cells);
            assert!(read.rows.len() >= 2 && before.elapsed().as_secs() < 30, "{} rows in {:?}", read.rows.len(), before.elapsed());
        }
    }
}
