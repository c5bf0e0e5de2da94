//! Turns the bytes of an answer into a page: decoded text that is whole and looks like HTML, or what is missing.
//!
//! Never fetches, never reads rows, never decides what a change means.

pub mod address;
pub(crate) mod lines;
pub(crate) mod tree;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Beyond this many invalid sequences a text is not in the encoding it claims; up to it, they are single broken letters.
const INVALID_MAX: usize = 20;
/// Fewer invalid sequences are too many, too, when they are this share of the letters (one in a hundred).
const INVALID_SHARE: usize = 100;
/// How far into a page UTF-16 is looked for.
const UTF16_WITHIN: usize = 512;
/// A text with more NULs than one letter in so many is no text: a page has none, a broken one a few.
const NUL_SHARE: usize = 50;
/// How far into a page its own word about its encoding is looked for. HTML says 1 KiB; this site's heads are longer.
const META_WITHIN: usize = 8 * 1024;

/// A fetched page, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The whole text, markup included. Each run of invalid bytes is one U+FFFD.
    pub text: String,
    /// The encoding it was decoded from.
    pub charset: &'static str,
    /// How many invalid sequences were replaced.
    pub replaced: usize,
}

/// Why bytes are not the page that was asked for. Each says what is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAPage {
    /// No bytes, or only white space.
    #[error("empty: the answer holds no text")]
    Empty,
    /// Something else than HTML.
    #[error("not HTML: the answer is {what}")]
    NotHtml {
        /// What it seems to be.
        what: String,
    },
    /// The bytes are not in the encoding they claim, and the page names no other. The caller may try [`decode_as`].
    #[error("unknown encoding: {invalid} invalid sequences when read as {charset}, and the page names no other")]
    Charset {
        /// What was tried.
        charset: &'static str,
        /// How many sequences are invalid in it.
        invalid: usize,
    },
    /// Elements nested beyond any honest page.
    #[error("nested too deep: more than {limit} elements inside each other")]
    TooDeep {
        /// The most that is read.
        limit: usize,
    },
    /// More elements or attributes than any honest page.
    #[error("too large: more than {limit} {what}")]
    TooMuch {
        /// Of what there is too much.
        what: &'static str,
        /// The most that is read.
        limit: usize,
    },
    /// More rows than parliament ever had bills.
    #[error("too many rows: more than {limit}")]
    TooManyRows {
        /// The most that is read.
        limit: usize,
    },
    /// The end of the page did not arrive.
    #[error("cut off: {missing} is missing")]
    CutOff {
        /// What a whole page has and this one lacks.
        missing: &'static str,
    },
    /// A page, but nothing on it looks like what was asked for: maintenance, login, a firewall's challenge.
    #[error("no table: {missing}")]
    NoTable {
        /// What was looked for.
        missing: String,
    },
    /// Another page of parliament stands at this address.
    #[error("wrong page: {found} where {expected} was expected")]
    WrongPage {
        /// What it is.
        found: String,
        /// What was asked for.
        expected: &'static str,
    },
    /// A selector of the settings is not CSS.
    #[error("the selector {name} = {selector:?} cannot be used: {reason}")]
    Selector {
        /// Its key in the settings.
        name: &'static str,
        /// As written there.
        selector: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Decodes an answer's body. The order: a byte order mark, what the bytes themselves show (valid UTF-8 is UTF-8 whatever is declared), the
/// header's charset, the page's own (before a header of Latin-1). With too many invalid sequences and no other name given: `Charset`, for only the caller knows the
/// bills by which a guess can be checked.
pub fn decode(body: &[u8], content_type: Option<&str>) -> Result<Page, NotAPage> {
    if body.iter().all(|b| b.is_ascii_whitespace() || *b == 0) {
        return Err(NotAPage::Empty);
    }
    if let Some(what) = not_html(body) {
        return Err(NotAPage::NotHtml { what: what.to_owned() });
    }
    let page = decode_text(body, content_type)?;
    let nuls = if page.text.contains('\0') { page.text.bytes().filter(|b| *b == 0).count() } else { 0 };
    if nuls > INVALID_MAX && nuls * NUL_SHARE > page.text.len() {
        return Err(NotAPage::NotHtml { what: "no text, or text in an encoding that no page uses".to_owned() });
    }
    if page.text.trim_start_matches('\u{feff}').trim().is_empty() {
        return Err(NotAPage::Empty);
    }
    let says_html = content_type.is_none_or(|c| c.to_ascii_lowercase().contains("html"));
    let like_html = starts_like_html(&page.text);
    if like_html || (says_html && page.text.contains('<')) {
        return Ok(page);
    }
    let what = match content_type {
        Some(other) if !says_html => crate::domain::script::tidy(other),
        _ => "text without markup".to_owned(),
    };
    Err(NotAPage::NotHtml { what })
}

/// Decodes a body in an encoding the caller chose (a second try, to be checked against the known bills).
pub fn decode_as(body: &[u8], encoding: &'static Encoding) -> Page {
    if encoding == UTF_8 {
        let (text, replaced, _) = utf8(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body));
        return Page { text, charset: UTF_8.name(), replaced };
    }
    let (text, _) = encoding.decode_with_bom_removal(body);
    let replaced = text.matches('\u{fffd}').count();
    Page { text: text.into_owned(), charset: encoding.name(), replaced }
}

fn decode_text(body: &[u8], content_type: Option<&str>) -> Result<Page, NotAPage> {
    if let Some(encoding) = Encoding::for_bom(body).map(|(e, _)| e).or_else(|| utf16_without_mark(body))
        && encoding != UTF_8
    {
        return Ok(decode_as(body, encoding));
    }
    let marked = body.starts_with(b"\xef\xbb\xbf");
    let (text, replaced, letters) = utf8(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body));
    let plausible = replaced == 0 || (replaced <= INVALID_MAX && replaced * INVALID_SHARE <= text.chars().count());
    match declared(body, content_type) {
        Some(encoding) if !marked && replaced > 0 && (!plausible || letters < INVALID_MAX) => Ok(decode_as(body, encoding)),
        _ if plausible => Ok(Page { text, charset: UTF_8.name(), replaced }),
        _ => Err(NotAPage::Charset { charset: UTF_8.name(), invalid: replaced }),
    }
}

/// The encoding that header or page name, where it is not UTF-8. Latin-1 has no letter for č, ć and đ: a server that says it of every page
/// (Apache's default of old) is not believed where the page says otherwise.
fn declared(body: &[u8], content_type: Option<&str>) -> Option<&'static Encoding> {
    let by_header = header_charset(content_type).filter(|e| *e != UTF_8);
    match by_header {
        Some(header) if header != WINDOWS_1252 => Some(header),
        _ => named_within(body).or(by_header),
    }
}

/// The encoding that the page itself names, where it is not UTF-8.
pub fn named_within(body: &[u8]) -> Option<&'static Encoding> {
    meta_charset(body).filter(|e| *e != UTF_8)
}

/// The text, the number of invalid sequences, and the number of valid letters beyond ASCII. A run of invalid bytes is one wildcard letter.
fn utf8(body: &[u8]) -> (String, usize, usize) {
    // Nearly every page is whole, and then nobody asks for its letters.
    if let Ok(whole) = std::str::from_utf8(body) {
        return (whole.to_owned(), 0, 0);
    }
    let letters_in = |text: &str| text.bytes().filter(|b| *b >= 0xc0).count();
    let mut text = String::with_capacity(body.len());
    let (mut invalid, mut letters) = (0, 0);
    for chunk in body.utf8_chunks() {
        letters += letters_in(chunk.valid());
        if chunk.valid().is_empty() && text.ends_with('\u{fffd}') {
            invalid += 1;
            continue;
        }
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            invalid += 1;
            text.push('\u{fffd}');
        }
    }
    (text, invalid, letters)
}

/// UTF-16 shows itself by its NULs: markup and spaces are ASCII, so that at the head of a page nearly every other byte is one.
fn utf16_without_mark(body: &[u8]) -> Option<&'static Encoding> {
    let head = body.get(..UTF16_WITHIN).unwrap_or(body);
    let nuls = |from: usize| head.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, most) = (nuls(0), nuls(1), head.len() / 4);
    match () {
        () if odd > most && even * 8 <= odd => Some(UTF_16LE),
        () if even > most && odd * 8 <= even => Some(UTF_16BE),
        () => None,
    }
}

fn header_charset(content_type: Option<&str>) -> Option<&'static Encoding> {
    let lower = content_type?.to_ascii_lowercase();
    label(lower.as_bytes().get(lower.find("charset")? + "charset".len()..)?)
}

/// `<meta charset>` and `<meta http-equiv ... content="...; charset=...">`.
fn meta_charset(body: &[u8]) -> Option<&'static Encoding> {
    let head = body.get(..META_WITHIN).unwrap_or(body).to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = find(&head[from..], b"charset").map(|at| at + from) {
        let tag = head[..at].iter().rposition(|b| *b == b'<').unwrap_or(0);
        if head[tag..].starts_with(b"<meta") || head[tag..].starts_with(b"<?xml") {
            // a meta tag that could be read cannot be in UTF-16 (HTML 13.2.3.2)
            return label(&head[at + b"charset".len()..]).map(|e| if e == UTF_16LE || e == UTF_16BE { UTF_8 } else { e });
        }
        from = at + 1;
    }
    None
}

/// The encoding named after `charset`, as in `="windows-1251"`.
fn label(after: &[u8]) -> Option<&'static Encoding> {
    let skip = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'=' | b'"' | b'\'');
    let name: Vec<u8> = after.iter().copied().skip_while(skip).take_while(|b| b.is_ascii_alphanumeric() || b"-_:.".contains(b)).collect();
    Encoding::for_label(&name).filter(|e| *e != encoding_rs::REPLACEMENT)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}

fn not_html(body: &[u8]) -> Option<&'static str> {
    let starts: [(&[u8], &str); 5] = [
        (b"%PDF", "a PDF document"),
        (b"PK\x03\x04", "a ZIP or DOCX file"),
        (b"\xd0\xcf\x11\xe0", "a DOC document"),
        (b"\x1f\x8b", "compressed data"),
        (b"\x89PNG", "an image"),
    ];
    starts.iter().find(|(start, _)| body.starts_with(start)).map(|(_, what)| *what)
}

fn starts_like_html(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let mut chars = start.chars();
    chars.next() == Some('<') && chars.next().is_some_and(|c| c == '!' || c == '?' || c.is_ascii_alphabetic())
}

impl Page {
    /// Refuses a page whose end did not arrive: it opens `<html>` or tables that nothing closes.
    pub(crate) fn whole(&self) -> Result<(), NotAPage> {
        // Nearly every page ends as it should.
        if self.text.trim_end().as_bytes().last_chunk().is_some_and(|end: &[u8; 7]| end.eq_ignore_ascii_case(b"</html>")) {
            return Ok(());
        }
        let (mut html, mut html_end, mut tables) = (false, false, 0i64);
        for (at, _) in self.text.match_indices('<') {
            let tag = &self.text.as_bytes()[at + 1..];
            let is = |name: &[u8]| tag.len() >= name.len() && tag[..name.len()].eq_ignore_ascii_case(name);
            match tag.first() {
                Some(b'/') if is(b"/html") => html_end = true,
                Some(b'/') if is(b"/table") => tables -= 1,
                Some(b'h' | b'H') if is(b"html") => html = true,
                Some(b't' | b'T') if is(b"table") => tables += 1,
                _ => {}
            }
        }
        match (html_end, html, tables > 0) {
            (true, ..) => Ok(()),
            (_, _, true) => Err(NotAPage::CutOff { missing: "</table>" }),
            (_, true, _) => Err(NotAPage::CutOff { missing: "</html>" }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use encoding_rs::{WINDOWS_1250, WINDOWS_1251};

    const CYRILLIC: &str = "<html><head></head><body><table><tr><td>Предлог закона о потврђивању Споразума између Владе Републике Србије и Владе Републике Кипра</td></tr></table></body></html>";
    const LATIN: &str = "<html><head></head><body><p>Predlog zakona o potvrđivanju Sporazuma o čuvanju šuma i žita, koji će predložiti Vlada Češke</p></body></html>";

    fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        encoding.encode(text).0.into_owned()
    }

    #[test]
    fn a_declared_encoding_is_used_whoever_declares_it() {
        let body = encoded(CYRILLIC, WINDOWS_1251);
        assert_eq!(decode(&body, Some("text/html; charset=windows-1251")).unwrap().text, CYRILLIC);
        for meta in [
            "<meta charset=windows-1251>",
            "<META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset=windows-1251\">",
            "<meta charset='WINDOWS-1251'/>",
        ] {
            let text = CYRILLIC.replace("<head>", &format!("<head>{meta}"));
            for header in [None, Some("text/html"), Some("text/html; charset=utf-8"), Some("text/html; charset=ISO-8859-1")] {
                let page = decode(&encoded(&text, WINDOWS_1251), header).unwrap();
                assert_eq!((page.text.as_str(), page.charset), (text.as_str(), "windows-1251"), "{meta} {header:?}");
            }
        }
        assert_eq!(decode(&encoded(LATIN, WINDOWS_1250), Some("text/html;charset=\"windows-1250\"")).unwrap().text, LATIN);
    }

    #[test]
    fn utf8_is_utf8_whatever_is_declared() {
        for header in
            [None, Some("text/html; charset=windows-1251"), Some("text/html; charset=iso-8859-1"), Some("text/html; charset=nonsense")]
        {
            let page = decode(CYRILLIC.as_bytes(), header).unwrap();
            assert_eq!((page.text.as_str(), page.charset, page.replaced), (CYRILLIC, "UTF-8", 0), "{header:?}");
        }
    }

    #[test]
    fn another_encoding_under_the_name_of_utf8_is_left_to_the_caller() {
        let body = encoded(CYRILLIC, WINDOWS_1251);
        for header in [None, Some("text/html"), Some("text/html; charset=utf-8")] {
            assert!(matches!(decode(&body, header), Err(NotAPage::Charset { .. })), "{header:?}");
        }
        assert_eq!(decode_as(&body, WINDOWS_1251).text, CYRILLIC);
    }

    #[test]
    fn utf16_and_byte_order_marks_are_read() {
        let le: Vec<u8> = LATIN.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = LATIN.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = |mark: &[u8], body: &[u8]| [mark, body].concat();
        for body in [le.clone(), be.clone(), marked(b"\xff\xfe", &le), marked(b"\xfe\xff", &be), marked(b"\xef\xbb\xbf", LATIN.as_bytes())]
        {
            assert_eq!(decode(&body, Some("text/html; charset=utf-8")).unwrap().text, LATIN);
        }
        let after_space = |order: fn(u16) -> [u8; 2]| format!("\r\n  {LATIN}").encode_utf16().flat_map(order).collect::<Vec<u8>>();
        for body in [after_space(u16::to_le_bytes), after_space(u16::to_be_bytes)] {
            assert_eq!(decode(&body, None).unwrap().text.trim_start(), LATIN);
        }
        let utf32: Vec<u8> = LATIN.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        for body in [utf32.clone(), marked(b"\xff\xfe\0\0", &utf32)] {
            assert!(matches!(decode(&body, Some("text/html")), Err(NotAPage::NotHtml { .. })), "no page is in UTF-32");
        }
    }

    #[test]
    fn a_broken_letter_is_one_wildcard() {
        let long = format!("{CYRILLIC}{}", " ".repeat(500));
        let mut body = long.clone().into_bytes();
        let at = long.find("потв").unwrap();
        (body[at], body[at + 1]) = (0xff, 0xfe);
        let page = decode(&body, Some("text/html; charset=utf-8")).unwrap();
        assert_eq!(page.text, long.replace("потв", "\u{fffd}отв"));
        assert!(page.replaced > 0);
    }

    #[test]
    fn what_is_no_html_is_refused_and_said() {
        for (body, header, what) in [
            (&b"%PDF-1.4 ..."[..], Some("text/html"), "not HTML: the answer is a PDF document"),
            (b"{\"a\":1}", Some("application/json"), "not HTML: the answer is application/json"),
            (b"OK", Some("text/html"), "not HTML: the answer is text without markup"),
            (b"", None, "empty: the answer holds no text"),
            (b" \r\n\t", Some("text/html"), "empty: the answer holds no text"),
            (b"\xef\xbb\xbf \n", Some("text/html"), "empty: the answer holds no text"),
        ] {
            assert_eq!(decode(body, header).unwrap_err().to_string(), what);
        }
        assert!(decode(b"\n <!doctype html><p>x", Some("application/octet-stream")).is_ok());
        assert!(decode(b"plain words < 3", Some("text/plain")).is_err());
    }

    #[test]
    fn a_page_without_its_end_is_cut_off() {
        let whole = |text: &str| Page { text: text.to_owned(), charset: "UTF-8", replaced: 0 }.whole().map_err(|e| e.to_string());
        assert_eq!(whole("<html><table><tr><td>x</table></html>"), Ok(()));
        assert_eq!(whole("<html><table><tr><td>x</html>"), Ok(()));
        assert_eq!(whole("<table></table>"), Ok(()));
        assert_eq!(whole("<html><table><tr><td>x"), Err("cut off: </table> is missing".to_owned()));
        assert_eq!(whole("<html><table></table><p>"), Err("cut off: </html> is missing".to_owned()));
    }

    #[test]
    fn a_page_made_to_exhaust_its_reader_is_refused_in_time() {
        let of = |text: String| tree::parse(&text).map(|_| ()).unwrap_err();
        assert_eq!(of("<div>".repeat(100_000)), NotAPage::TooDeep { limit: tree::DEPTH_MAX });
        let attributes: String = (0..100_000).map(|n| format!(" a{n}")).collect();
        assert!(matches!(of(format!("<p{attributes}>x")), NotAPage::TooMuch { .. }));
        assert_eq!(of(format!("<table>{}", "<tr><td>x".repeat(50_100))), NotAPage::TooManyRows { limit: tree::ROWS_MAX });
        assert!(matches!(of("<p>x".repeat(400_000)), NotAPage::TooMuch { .. }));
        let formatting: String = (0..1_500).map(|n| format!("<p><b id={n}></p>")).collect();
        assert!(matches!(of(format!("{formatting}{}", "<p>x</p>".repeat(100_000))), NotAPage::TooMuch { .. } | NotAPage::TooDeep { .. }));
        assert!(tree::parse(&format!("<title>{}</title><p>{}", "x".repeat(1_000_000), "a b/".repeat(250_000))).is_ok());
        assert!(tree::parse(&format!("<!-- {} --><p>x", "word ".repeat(20_000))).is_ok());
        assert!(tree::parse(&"<li><p>x".repeat(2_000)).is_ok(), "unclosed items are not deep");
        assert!(tree::parse(&format!("<table>{}</table>", "<tr><td><div><b>x".repeat(2_000))).is_ok(), "unclosed cells are not deep");
    }
}
