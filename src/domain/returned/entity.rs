//! A message taken apart into the entities it is made of (RFC 2045), within bounds.
//!
//! Headers, RFC 2047, charsets and encodings are the crate's. The nesting is walked here, for the crate walks as deep as a message says, and a
//! hostile one says fifty thousand.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::html::html_to_text;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{HeaderName, HeaderValue, MessageParser};

/// Multiparts within multiparts: a report has one, one that went through a gateway or a list three.
const DEPTH_MAX: usize = 5;
/// Entities in all; a report has three.
const ENTITIES_MAX: usize = 64;
/// Header fields of one entity that are read.
const FIELDS_MAX: usize = 400;
/// Bytes of one header that are read.
const HEAD_BYTES_MAX: usize = 256 * 1024;

/// The header of a message, of an entity, or of a block of fields that is written like one.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Head {
    /// Names in lower case, values unfolded.
    fields: Vec<(String, String)>,
    /// `type/subtype` in lower case.
    pub(super) content_type: String,
    boundary: Option<String>,
    charset: Option<String>,
}

impl Head {
    /// Reads a header from its bytes.
    pub(super) fn read(bytes: &[u8]) -> Head {
        let parser =
            MessageParser::new().header_content_type(HeaderName::ContentType).header_text(HeaderName::Subject).default_header_raw();
        let mut head = Head { content_type: "text/plain".to_owned(), ..Head::default() };
        let bytes = &bytes[..bytes.len().min(HEAD_BYTES_MAX)];
        // What ends in mid line is no field to the parser.
        let whole = [bytes, b"\r\n\r\n"].concat();
        let Some(message) = parser.parse_headers(&whole) else { return head };
        for header in message.headers().iter().take(FIELDS_MAX) {
            match &header.value {
                HeaderValue::ContentType(said) => {
                    head.content_type = format!("{}/{}", said.ctype(), said.subtype().unwrap_or_default()).to_ascii_lowercase();
                    head.boundary = said.attribute("boundary").map(str::to_owned);
                    head.charset = said.attribute("charset").map(str::to_owned);
                }
                HeaderValue::Text(text) => {
                    let value = text.split_whitespace().collect::<Vec<_>>().join(" ");
                    head.fields.push((header.name.as_str().to_ascii_lowercase(), value));
                }
                _ => {}
            }
        }
        head
    }

    /// The first field of that name (in lower case).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every field of that name, in their order.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether there is no field at all.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

/// An entity that holds no others.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) head: Head,
    /// Decoded.
    pub(super) body: Vec<u8>,
}

impl Leaf {
    /// As text, whatever its charset; what is no text in it becomes a mark.
    pub(super) fn text(&self) -> String {
        let decoder = self.head.charset.as_ref().and_then(|charset| charset_decoder(charset.as_bytes()));
        let text = decoder.map_or_else(|| String::from_utf8_lossy(&self.body).into_owned(), |decode| decode(&self.body));
        if self.head.content_type == "text/html" { html_to_text(&text) } else { text }
    }
}

/// Why a message was not taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nothing in it is a header.
    #[error("it is no message")]
    NoMessage,
    /// More entities, or deeper ones, than any report has.
    #[error("it has more parts than any report")]
    TooManyParts,
}

/// The header of a message, and everything in it that holds nothing else, in its order.
pub(super) fn take_apart(message: &[u8]) -> Result<(Head, Vec<Leaf>), Unreadable> {
    let (head, body) = split(without_envelope(message));
    let head = Head::read(head);
    if head.is_empty() {
        return Err(Unreadable::NoMessage);
    }
    let mut leaves = Vec::new();
    walk(head.clone(), body, 0, &mut leaves)?;
    Ok((head, leaves))
}

fn walk(head: Head, body: &[u8], depth: usize, leaves: &mut Vec<Leaf>) -> Result<(), Unreadable> {
    if let (true, Some(boundary)) = (head.content_type.starts_with("multipart/"), &head.boundary) {
        if depth == DEPTH_MAX {
            return Err(Unreadable::TooManyParts);
        }
        for part in parts(body, boundary)? {
            let (head, body) = split(part);
            walk(Head::read(head), body, depth + 1, leaves)?;
        }
        return Ok(());
    }
    if leaves.len() == ENTITIES_MAX {
        return Err(Unreadable::TooManyParts);
    }
    let body = decoded(&head, body);
    leaves.push(Leaf { head, body });
    Ok(())
}

/// What lies between the boundaries (RFC 2046 5.1.1); the last part may lack its end.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Result<Vec<&'a [u8]>, Unreadable> {
    let delimiter = [b"--", boundary.as_bytes()].concat();
    let (mut parts, mut begun, mut at) = (Vec::new(), None, 0);
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        if let Some(rest) = line.strip_prefix(delimiter.as_slice())
            && matches!(rest.trim_ascii(), b"" | b"--")
        {
            parts.extend(begun.map(|from: usize| &body[from..at]));
            begun = (rest.trim_ascii() != b"--").then_some(at + line.len());
            if parts.len() > ENTITIES_MAX {
                return Err(Unreadable::TooManyParts);
            }
            if begun.is_none() {
                break;
            }
        }
        at += line.len();
    }
    parts.extend(begun.map(|from| &body[from..]));
    Ok(parts)
}

fn decoded(head: &Head, body: &[u8]) -> Vec<u8> {
    let encoding = head.get("content-transfer-encoding").unwrap_or_default().to_ascii_lowercase();
    let decoded = match encoding.as_str() {
        "base64" => base64_decode(body),
        "quoted-printable" => quoted_printable_decode(body),
        _ => None,
    };
    decoded.unwrap_or_else(|| body.to_vec())
}

/// A header and what follows it, parted by the first empty line.
pub(super) fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if matches!(line, b"\n" | b"\r\n") {
            return (&bytes[..at], &bytes[at + line.len()..]);
        }
        at += line.len();
    }
    (bytes, &[])
}

/// Mail servers that hand a message to a program may put the line of an mbox before it.
fn without_envelope(message: &[u8]) -> &[u8] {
    let first = message.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    if first.starts_with(b"From ") { &message[first.len()..] } else { message }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn nested(depth: usize) -> String {
        let open = (0..depth).map(|d| format!("Content-Type: multipart/mixed; boundary=b{d}\n\n--b{d}\n")).collect::<String>();
        format!("From: a@b.example\n{open}Content-Type: text/plain\n\nx\n")
    }

    #[test]
    fn entities_are_found_decoded_and_in_order() {
        let message = "From ana@ngo.example Tue Mar  6 09:30:00 2018\r\nFrom: a@b.example\r\nSubject: =?utf-8?B?0LTQsA==?=\r\nX: a\r\n b\r\n\
                       Content-Type: multipart/report;\r\n boundary=\"x y\"\r\n\r\npreamble\r\n--x y\r\n\
                       Content-Type: text/plain; charset=windows-1251\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=E4=E0\r\n\
                       --x y\r\nContent-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\nYTogYg==\r\n--x y--\r\nepilogue";
        let (head, leaves) = take_apart(message.as_bytes()).unwrap();
        assert_eq!((head.get("subject"), head.get("x"), head.content_type.as_str()), (Some("да"), Some("a b"), "multipart/report"));
        assert_eq!(leaves.len(), 2);
        assert_eq!(leaves[0].text().trim(), "да");
        assert_eq!((leaves[1].head.content_type.as_str(), leaves[1].body.as_slice()), ("message/delivery-status", &b"a: b"[..]));
    }

    #[test]
    fn neither_depth_nor_number_nor_length_is_without_bound() {
        assert!(take_apart(nested(DEPTH_MAX).as_bytes()).is_ok());
        for depth in [DEPTH_MAX + 1, 20_000] {
            assert_eq!(take_apart(nested(depth).as_bytes()).unwrap_err(), Unreadable::TooManyParts);
        }
        let many = format!("From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(100_000));
        assert_eq!(take_apart(many.as_bytes()).unwrap_err(), Unreadable::TooManyParts);
        let fields = format!("{}\n\nx", "A: b\n".repeat(200_000));
        assert_eq!(take_apart(fields.as_bytes()).unwrap().0.fields.len(), FIELDS_MAX);
        let long = format!("Subject: {}\n\nx", "=?utf-8?B?0LTQsA==?= ".repeat(100_000));
        assert!(take_apart(long.as_bytes()).is_ok());
    }

    #[test]
    fn what_is_no_message_is_said_to_be_none() {
        for nothing in [&b""[..], b"\0\0\0", b"\n\n\n", b"no field here\n", &[0xff; 4096]] {
            assert_eq!(take_apart(nothing).unwrap_err(), Unreadable::NoMessage);
        }
    }
}
