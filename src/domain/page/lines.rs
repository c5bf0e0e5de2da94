//! A page as lines of text, as a person sees them, each with its links and the boxes it stands in.
//!
//! Never knows what a bill or a sitting is; the readers that know no markup start from here.

use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::node::Element;
use scraper::{ElementRef, Node};
use url::Url;

use crate::domain::bill::Link;
use crate::domain::page::{NotAPage, address};
use crate::domain::script;

/// Bytes of one line. The longest list known fits three times into one, and whoever reads words and marks needs a hundred bytes for each.
const LINE_BYTES_MAX: usize = 600_000;
/// Lines, and the boxes they stand in, all counted: each line of a deep page remembers its whole depth.
const BOXES_MAX: usize = 2_000_000;
/// As many boxes as an anchor costs in each of its lines, beside its address.
const ANCHOR_COSTS: usize = 16;

/// One line of the page.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Its words, tidied.
    pub text: String,
    /// Its anchors, in order: where their words stand in `text`, and the link if it may be followed.
    pub anchors: Vec<Anchor>,
    /// The boxes it stands in, outermost first; numbers grow in the order of the page.
    pub boxes: Vec<Boxed>,
    /// Its number in an ordered list.
    pub item: Option<u32>,
    /// The nearest heading level, where it is a heading.
    pub heading: Option<u8>,
    /// Classes of the nearest box, as written; shared by its lines, for a page may write a megabyte there.
    pub class: Rc<str>,
    /// It stands in a menu, a breadcrumb path or a footer.
    pub menu: bool,
    /// It stands in `div#main`.
    pub main: bool,
    /// Not words, but a border of the site's own markup.
    pub border: Option<Border>,
}

/// Words of a line that are an anchor.
#[derive(Debug, Clone)]
pub(crate) struct Anchor {
    /// Byte range in the line.
    pub at: Range<usize>,
    /// Where it leads, if it may be followed.
    pub link: Option<Link>,
}

/// A box: a number of its own, and whether it is one that holds one thing (a row, an item, a card).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Boxed {
    pub id: u32,
    pub single: bool,
}

/// Borders of the site's own markup (docs/source.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Border {
    /// `<!-- print_start -->`
    PrintStart,
    /// `<!-- print_end -->`
    PrintEnd,
    /// `<hr class="delimiter">`
    Delimiter,
}

/// All lines of a page, in order. Scripts, styles and the head are no lines; nor is what stands in the elements of `without`. The error, where
/// the page was made to exhaust whoever reads its lines.
pub(crate) fn read(html: &scraper::Html, url: &Url, without: &HashSet<NodeId>) -> Result<Vec<Line>, NotAPage> {
    below(html.tree.root(), url, without, None)
}

/// The lines of one element; what stands in `apart` shares none with what stands around it.
pub(crate) fn of(element: ElementRef, url: &Url, apart: Option<NodeId>) -> Result<Vec<Line>, NotAPage> {
    below(*element, url, &HashSet::new(), apart)
}

fn below(root: NodeRef<Node>, url: &Url, without: &HashSet<NodeId>, apart: Option<NodeId>) -> Result<Vec<Line>, NotAPage> {
    let mut reader = Reader {
        url,
        lines: Vec::new(),
        open: Vec::new(),
        text: String::new(),
        anchors: Vec::new(),
        next: 0,
        hidden: 0,
        boxes: 0,
        longest: 0,
    };
    let mut skipping: Option<NodeId> = None;
    for edge in root.traverse() {
        if let Edge::Open(node) | Edge::Close(node) = edge
            && apart == Some(node.id())
        {
            reader.flush();
        }
        match edge {
            Edge::Open(node) if skipping.is_none() => {
                if without.contains(&node.id()) {
                    reader.flush();
                    skipping = Some(node.id());
                } else {
                    reader.open(node.value());
                }
            }
            Edge::Close(node) if skipping.is_none() => reader.close(node.value()),
            Edge::Close(node) if skipping == Some(node.id()) => skipping = None,
            _ => {}
        }
        if reader.longest > LINE_BYTES_MAX {
            return Err(NotAPage::TooMuch { what: "bytes in one line", limit: LINE_BYTES_MAX });
        }
        if reader.boxes > BOXES_MAX {
            return Err(NotAPage::TooMuch { what: "lines inside boxes", limit: BOXES_MAX });
        }
    }
    reader.flush();
    Ok(reader.lines)
}

/// An open box, and what its lines inherit of it.
struct OpenBox {
    boxed: Boxed,
    heading: Option<u8>,
    class: Rc<str>,
    menu: bool,
    main: bool,
    /// The list's next number, where it is an ordered list.
    counter: Option<u32>,
    /// The item's number, until its first line took it.
    item: Option<u32>,
}

struct Reader<'a> {
    url: &'a Url,
    lines: Vec<Line>,
    open: Vec<OpenBox>,
    text: String,
    /// Raw ranges in `text`, and the address.
    anchors: Vec<(usize, Option<usize>, String)>,
    next: u32,
    hidden: u32,
    /// Lines and their boxes so far, and the bytes of the longest line: what `read` bounds.
    boxes: usize,
    longest: usize,
}

impl Reader<'_> {
    fn open(&mut self, node: &Node) {
        match node {
            Node::Text(text) if self.hidden == 0 => {
                self.text.push_str(text);
                self.longest = self.longest.max(self.text.len());
            }
            Node::Comment(comment) => match comment.trim() {
                "print_start" => self.border(Border::PrintStart),
                "print_end" => self.border(Border::PrintEnd),
                _ => {}
            },
            Node::Element(element) => self.open_element(element),
            _ => {}
        }
    }

    fn open_element(&mut self, element: &Element) {
        let name = element.name();
        if is_hidden(name) {
            self.hidden += 1;
        }
        match name {
            "br" => self.flush(),
            "hr" => {
                self.flush();
                if element.attr("class").is_some_and(|c| c.split_whitespace().any(|c| c == "delimiter")) {
                    self.border(Border::Delimiter);
                }
            }
            "a" => {
                let href = element.attr("href").filter(|href| href.len() <= address::LENGTH_MAX).unwrap_or_default();
                self.boxes += ANCHOR_COSTS;
                self.anchors.push((self.text.len(), None, href.to_owned()));
            }
            _ if is_box(name) => {
                self.flush();
                self.push_box(element);
            }
            _ => {}
        }
    }

    fn push_box(&mut self, element: &Element) {
        let name = element.name();
        let parent = self.open.last();
        let class = element.attr("class").unwrap_or_default();
        let number = |key: &str| element.attr(key).and_then(|v| v.trim().parse::<u32>().ok());
        let within = parent.is_some_and(|p| p.boxed.single || p.main);
        let mut item = None;
        if name == "li"
            && let Some(counter) = self.open.iter_mut().next_back().and_then(|list| list.counter.as_mut())
        {
            let this = number("value").unwrap_or(*counter);
            *counter = this.saturating_add(1);
            item = Some(this);
        }
        let parent = self.open.last();
        let heading = match name.as_bytes() {
            [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
            _ => None,
        };
        self.next += 1;
        self.open.push(OpenBox {
            boxed: Boxed { id: self.next, single: matches!(name, "tr" | "li" | "article") },
            heading: heading.or_else(|| parent.and_then(|p| p.heading)),
            class: class.into(),
            menu: parent.is_some_and(|p| p.menu) || is_menu(name, class, element.attr("id").unwrap_or_default(), within),
            main: parent.is_some_and(|p| p.main) || element.attr("id") == Some("main"),
            counter: (name == "ol").then(|| number("start").unwrap_or(1)),
            item,
        });
    }

    fn close(&mut self, node: &Node) {
        let Node::Element(element) = node else { return };
        let name = element.name();
        if is_hidden(name) {
            self.hidden = self.hidden.saturating_sub(1);
        }
        if name == "a" {
            let end = self.text.len();
            if let Some(anchor) = self.anchors.iter_mut().rev().find(|a| a.1.is_none()) {
                anchor.1 = Some(end);
            }
        } else if is_box(name) {
            self.flush();
            self.open.pop();
        }
    }

    fn border(&mut self, border: Border) {
        self.flush();
        let mut line = self.line(String::new(), Vec::new());
        line.border = Some(border);
        self.lines.push(line);
    }

    /// Ends the line, if there is one. An anchor that goes on over the end of the line goes on in the next.
    fn flush(&mut self) {
        let raw = std::mem::take(&mut self.text);
        let anchors = std::mem::take(&mut self.anchors);
        let still_open: Vec<_> = anchors.iter().filter(|a| a.1.is_none()).map(|a| (0, None, a.2.clone())).collect();
        // An anchor that is never closed is read again in every line, address and all.
        self.boxes += still_open.iter().map(|(_, _, href)| ANCHOR_COSTS + href.len() / size_of::<Boxed>()).sum::<usize>();
        let text = script::tidy(&raw);
        if !text.is_empty() || anchors.iter().any(|(_, _, href)| !href.is_empty()) {
            let mut from = 0;
            let placed = anchors.iter().filter(|a| a.1.is_some() || !raw.trim().is_empty()).map(|(start, end, href)| {
                let label = script::tidy(&raw[*start..end.unwrap_or(raw.len())]);
                let at = text[from..].find(&label).map_or(from..from, |at| from + at..from + at + label.len());
                from = at.end;
                Anchor { link: address::link(self.url, href, &label), at }
            });
            let placed: Vec<Anchor> = placed.collect();
            if !text.is_empty() || placed.iter().any(|a| a.link.is_some()) {
                let mut line = self.line(text, placed);
                line.item = self.open.iter_mut().rev().find_map(|b| if b.boxed.single { Some(b.item.take()) } else { None }).flatten();
                self.lines.push(line);
            }
        }
        self.anchors = still_open;
    }

    fn line(&mut self, text: String, anchors: Vec<Anchor>) -> Line {
        self.boxes += 1 + self.open.len();
        let nearest = self.open.last();
        Line {
            text,
            anchors,
            boxes: self.open.iter().map(|b| b.boxed).collect(),
            item: None,
            heading: nearest.and_then(|b| b.heading),
            class: nearest.map_or_else(|| Rc::from(""), |b| Rc::clone(&b.class)),
            menu: nearest.is_some_and(|b| b.menu),
            main: nearest.is_some_and(|b| b.main),
            border: None,
        }
    }
}

impl Line {
    /// Whether the nearest box has this class.
    pub fn has_class(&self, class: &str) -> bool {
        self.class.split_whitespace().any(|c| c == class)
    }

    /// The words of an anchor.
    pub fn words(&self, anchor: &Anchor) -> &str {
        &self.text[anchor.at.clone()]
    }
}

fn is_hidden(name: &str) -> bool {
    matches!(name, "script" | "style" | "noscript" | "template" | "head" | "select" | "textarea" | "svg" | "iframe" | "object")
}

/// Elements that browsers show on lines of their own; elements nobody knows (`<app-card>`) are boxes, too.
pub(crate) fn is_box(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    ) || name.contains('-')
}

/// Menus, breadcrumb paths and footers, by their element or by a class or id that says so. A `header` inside a card is no menu.
fn is_menu(name: &str, class: &str, id: &str, within: bool) -> bool {
    let says = |word: &str| {
        let word = word.to_ascii_lowercase();
        let plain = word.strip_prefix("no-").or(word.strip_prefix("has-")).or(word.strip_prefix("with-")).is_none();
        plain
            && (["nav", "menu", "footer", "breadcrumb", "breadcrumbs", "navigation", "navbar", "putanja"].contains(&word.as_str())
                || ["menu", "-nav", "_nav", "-footer", "_footer"].iter().any(|end| word.ends_with(end)))
    };
    match name {
        "nav" | "menu" => true,
        "footer" | "header" => !within,
        "html" | "body" | "main" => false,
        _ => class.split_whitespace().chain(id.split_whitespace()).any(says),
    }
}
