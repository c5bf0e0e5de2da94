//! Parses a page into a tree as a browser does, and stops in time where the page was made to exhaust its reader.
//!
//! Never reads meaning, never lets the tree out of the domain.

use std::cell::Cell;

use html5ever::driver::{ParseOpts, Parser, parse_document};
use html5ever::interface::{Tracer, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{Html, HtmlTreeSink};

use crate::domain::page::NotAPage;
use crate::domain::script;

/// Rows of one list. Parliament adopts a few hundred laws in a year.
pub const ROWS_MAX: usize = 50_000;
/// Elements inside each other. The parser's time grows with the square of it.
pub const DEPTH_MAX: usize = 2_000;
/// Elements, texts and comments of one page: about 160 bytes of memory each.
pub const NODES_MAX: usize = 300_000;
/// Attributes of one page, each some 60 bytes of memory.
pub const ATTRIBUTES_MAX: usize = 300_000;
/// White space and slashes met without any part of the page getting finished: one tag with so many attributes, each of which is compared
/// with all before it.
const STALLED_MAX: usize = 50_000;
/// Characters given to the parser between two looks at what it has built.
const STEP: usize = 8 * 1_024;

/// The tree of a page. Looks after every few characters at the depth and the size of what has been built, so that no page costs more than
/// the limits above.
pub(crate) fn parse(text: &str) -> Result<Html, NotAPage> {
    let mut parser = parse_document(HtmlTreeSink::new(Html::new_document()), ParseOpts::default());
    let whole = StrTendril::from_slice(text);
    let mut watch = Watch::default();
    let mut from = 0;
    while from < text.len() {
        let to = text.ceil_char_boundary((from + STEP).min(text.len()));
        parser.process(whole.subtendril(from as u32, (to - from) as u32));
        watch.look(&parser, &text[from..to])?;
        from = to;
    }
    Ok(parser.finish())
}

/// What the page calls itself: its first `title`.
pub(crate) fn title(html: &Html) -> Option<String> {
    let title = html.tree.nodes().find(|node| node.value().as_element().is_some_and(|element| element.name() == "title"))?;
    let words: String = title.descendants().filter_map(|node| node.value().as_text()).map(|text| &**text).collect();
    Some(script::tidy(&words)).filter(|words| !words.is_empty())
}

#[derive(Default)]
struct Watch {
    nodes: usize,
    last_text: usize,
    attributes: usize,
    rows: usize,
    stalled: usize,
}

impl Watch {
    fn look(&mut self, parser: &Parser<HtmlTreeSink>, step: &str) -> Result<(), NotAPage> {
        let open = Open::default();
        parser.tokenizer.sink.trace_handles(&open);
        if open.0.get() > DEPTH_MAX {
            return Err(NotAPage::TooDeep { limit: DEPTH_MAX });
        }
        let html = parser.tokenizer.sink.sink.0.borrow();
        let nodes = html.tree.values().len();
        let mut last_text = 0;
        // the last node seen before may have grown since: its text is looked at again
        for (n, node) in html.tree.values().enumerate().skip(self.nodes.saturating_sub(1)) {
            last_text = node.as_text().map_or(0, |t| t.len());
            if let Some(element) = node.as_element().filter(|_| n >= self.nodes) {
                self.attributes += element.attrs.len();
                self.rows += usize::from(element.name() == "tr");
            }
        }
        let moved = nodes > self.nodes || last_text != self.last_text;
        let separators = |s: &str| s.bytes().filter(|b| b.is_ascii_whitespace() || *b == b'/').count();
        self.stalled = if moved { 0 } else { self.stalled + separators(step) };
        (self.nodes, self.last_text) = (nodes, last_text);
        match () {
            () if self.rows > ROWS_MAX => Err(NotAPage::TooManyRows { limit: ROWS_MAX }),
            () if nodes > NODES_MAX => Err(NotAPage::TooMuch { what: "elements", limit: NODES_MAX }),
            () if self.attributes > ATTRIBUTES_MAX => Err(NotAPage::TooMuch { what: "attributes", limit: ATTRIBUTES_MAX }),
            () if self.stalled > STALLED_MAX => Err(NotAPage::TooMuch { what: "attributes in one tag", limit: STALLED_MAX }),
            () => Ok(()),
        }
    }
}

/// Counts the elements the parser holds open.
#[derive(Default)]
struct Open(Cell<usize>);

impl Tracer for Open {
    type Handle = <HtmlTreeSink as TreeSink>::Handle;
    fn trace_handle(&self, _: &Self::Handle) {
        self.0.set(self.0.get() + 1);
    }
}
