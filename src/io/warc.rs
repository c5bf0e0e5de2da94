//! Takes pages out of a web archive (WARC 1.0 and 1.1, ISO 28500), packed by gzip or not, in bounded time and memory.
//!
//! Never fetches, never decides what a page says. An archive is from outside: every length in it is a claim.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use chrono::{DateTime, Utc};
use flate2::bufread::{DeflateDecoder, GzDecoder, MultiGzDecoder, ZlibDecoder};
use url::Url;

/// How much is taken out of an archive.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Of the whole archive, unpacked.
    pub unpacked_bytes_max: u64,
    /// Of one page.
    pub page_bytes_max: u64,
    /// Of all pages taken out.
    pub kept_bytes_max: u64,
}

/// A page as it was captured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    /// Where it was.
    pub url: Url,
    /// When.
    pub at: DateTime<Utc>,
    /// The status of the answer.
    pub status: u16,
    /// What was answered, in its order.
    pub headers: Vec<(String, String)>,
    /// Unpacked.
    pub body: Vec<u8>,
}

impl Captured {
    /// A header of the answer.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// What was taken out.
#[derive(Debug, Default)]
pub struct Taken {
    /// The pages, in their order.
    pub pages: Vec<Captured>,
    /// How many records were something else.
    pub passed_over: usize,
    /// Of those, pages packed in a way that is not read here: address, time and packing.
    pub packed: Vec<String>,
}

/// Why an archive cannot be read. Records are counted from 1.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum WarcError {
    #[error("record {record} is no record of a WARC: {why}")]
    Malformed { record: usize, why: String },
    #[error("the archive is cut off in record {record}")]
    Cut { record: usize },
    #[error("the archive unpacks to more than {0} MiB")]
    TooLarge(u64),
    #[error("it cannot be read: {0}")]
    Disk(#[from] io::Error),
}

/// The head of a record, and the head of an answer, are no longer than this.
const HEAD_BYTES_MAX: u64 = 64 * 1024;

/// Whether a file begins as a web archive does, packed or not.
///
/// # Errors
/// Where it cannot be read.
pub fn is_archive(file: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    File::open(file)?.take(5).read_to_end(&mut start)?;
    Ok(start.starts_with(b"WARC/") || start.starts_with(&[0x1f, 0x8b]))
}

/// Takes the pages out whose address is wanted: answers of status 200 and saved resources that look like HTML.
///
/// # Errors
/// Where the archive is none, is cut off, or unpacks to too much. Then nothing is taken out.
pub fn read(file: &Path, bounds: Bounds, wanted: &dyn Fn(&Url) -> bool) -> Result<Taken, WarcError> {
    let mut raw = BufReader::new(File::open(file)?);
    let packed = raw.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let unpacked: Box<dyn Read> = if packed { Box::new(MultiGzDecoder::new(raw)) } else { Box::new(raw) };
    let mut records = Records { from: BufReader::new(unpacked.take(bounds.unpacked_bytes_max + 1)), bounds, read: 0, record: 0 };
    let (mut taken, mut kept) = (Taken::default(), 0);
    while let Some(head) = records.head()? {
        let page = match head.wanted(&bounds).filter(|(url, ..)| wanted(url)) {
            Some((url, at)) => page(&head, url, at, records.block(head.bytes)?, &bounds),
            None => {
                records.pass(head.bytes)?;
                Err(Passed::NoPage)
            }
        };
        match page {
            Ok(page) => {
                kept += page.body.len() as u64;
                if kept > bounds.kept_bytes_max {
                    return Err(WarcError::TooLarge(bounds.kept_bytes_max >> 20));
                }
                taken.pages.push(page);
            }
            Err(passed) => {
                taken.passed_over += 1;
                taken.packed.extend(passed.packed());
            }
        }
    }
    Ok(taken)
}

struct Head {
    fields: Vec<(String, String)>,
    bytes: u64,
}

impl Head {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Address and time of a record that may hold a page.
    fn wanted(&self, bounds: &Bounds) -> Option<(Url, DateTime<Utc>)> {
        let holds = matches!(self.field("WARC-Type")?, "response" | "resource") && self.bytes <= bounds.page_bytes_max + HEAD_BYTES_MAX;
        let url = self.field("WARC-Target-URI")?.trim_start_matches('<').trim_end_matches('>').parse().ok()?;
        let at = DateTime::parse_from_rfc3339(self.field("WARC-Date")?).ok()?.to_utc();
        holds.then_some((url, at))
    }
}

struct Records<R> {
    from: R,
    bounds: Bounds,
    read: u64,
    record: usize,
}

impl<R: BufRead> Records<R> {
    fn malformed(&self, why: &str) -> WarcError {
        WarcError::Malformed { record: self.record, why: why.to_owned() }
    }

    /// What the unpacking says of broken packing, in the archive's words.
    fn fault(&self, error: io::Error) -> WarcError {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => WarcError::Cut { record: self.record },
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => self.malformed(&format!("its packing is broken ({error})")),
            _ => WarcError::Disk(error),
        }
    }

    fn count(&mut self, bytes: u64) -> Result<(), WarcError> {
        self.read += bytes;
        if self.read > self.bounds.unpacked_bytes_max { Err(WarcError::TooLarge(self.bounds.unpacked_bytes_max >> 20)) } else { Ok(()) }
    }

    /// One line with its end; empty at the end of the archive.
    fn line(&mut self) -> Result<Vec<u8>, WarcError> {
        let mut line = Vec::new();
        let read = (&mut self.from).take(HEAD_BYTES_MAX).read_until(b'\n', &mut line);
        read.map_err(|error| self.fault(error))?;
        self.count(line.len() as u64)?;
        Ok(line)
    }

    fn head(&mut self) -> Result<Option<Head>, WarcError> {
        self.record += 1;
        let mut first = self.line()?;
        while first == b"\r\n" || first == b"\n" {
            first = self.line()?;
        }
        if first.is_empty() {
            return Ok(None);
        }
        if !first.starts_with(b"WARC/1.") {
            return Err(self.malformed("it does not begin with WARC/1."));
        }
        let (mut fields, mut room) = (Vec::new(), HEAD_BYTES_MAX);
        loop {
            let line = self.line()?;
            room = room.checked_sub(line.len() as u64).ok_or_else(|| self.malformed("its head is too long"))?;
            if !line.ends_with(b"\n") {
                return Err(WarcError::Cut { record: self.record });
            }
            let text = String::from_utf8_lossy(&line);
            match text.trim_end().split_once(':') {
                _ if text.trim_end().is_empty() => break,
                Some((name, value)) => fields.push((name.trim().to_owned(), value.trim().to_owned())),
                // A value folded onto a second line says nothing that is needed here.
                None => {}
            }
        }
        let head = Head { fields, bytes: 0 };
        let said = head.field("Content-Length").ok_or_else(|| self.malformed("it has no Content-Length"))?;
        let bytes = said.parse().map_err(|_| self.malformed(&format!("its Content-Length is {said:?}")))?;
        if bytes > self.bounds.unpacked_bytes_max {
            return Err(WarcError::TooLarge(self.bounds.unpacked_bytes_max >> 20));
        }
        if head.field("WARC-Date").is_none_or(|date| DateTime::parse_from_rfc3339(date).is_err()) {
            return Err(self.malformed("its WARC-Date is no time"));
        }
        Ok(Some(Head { bytes, ..head }))
    }

    fn block(&mut self, bytes: u64) -> Result<Vec<u8>, WarcError> {
        let mut block = Vec::new();
        let read = (&mut self.from).take(bytes).read_to_end(&mut block).map_err(|error| self.fault(error))?;
        self.whole(read as u64, bytes)?;
        Ok(block)
    }

    fn pass(&mut self, bytes: u64) -> Result<(), WarcError> {
        let read = io::copy(&mut (&mut self.from).take(bytes), &mut io::sink()).map_err(|error| self.fault(error))?;
        self.whole(read, bytes)
    }

    /// Where the bounds end before the archive does, it is too large and not cut off.
    fn whole(&mut self, read: u64, bytes: u64) -> Result<(), WarcError> {
        self.count(read)?;
        if read < bytes { Err(WarcError::Cut { record: self.record }) } else { Ok(()) }
    }
}

/// Why a record is passed over.
enum Passed {
    NoPage,
    Packed(String),
}

impl Passed {
    fn packed(self) -> Option<String> {
        match self {
            Passed::NoPage => None,
            Passed::Packed(what) => Some(what),
        }
    }
}

/// The page in a record: an answer as it came over the wire, or a resource saved without one.
fn page(head: &Head, url: Url, at: DateTime<Utc>, block: Vec<u8>, bounds: &Bounds) -> Result<Captured, Passed> {
    let captured = if head.field("WARC-Type") == Some("resource") {
        let kind = head.field("Content-Type").unwrap_or_default().to_owned();
        Captured { url, at, status: 200, headers: vec![("content-type".to_owned(), kind)], body: block }
    } else {
        answer(url, at, &block, bounds)?
    };
    let html = captured.header("content-type").is_none_or(|kind| kind.is_empty() || kind.contains("html"));
    (captured.status == 200 && html && captured.body.len() as u64 <= bounds.page_bytes_max).then_some(captured).ok_or(Passed::NoPage)
}

fn answer(url: Url, at: DateTime<Utc>, block: &[u8], bounds: &Bounds) -> Result<Captured, Passed> {
    let mut captured = as_sent(url, at, block).ok_or(Passed::NoPage)?;
    // Many archives keep the header and put the body together: then it is no row of chunks.
    if captured.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"))
        && let Some(whole) = unchunked(&captured.body)
    {
        captured.body = whole;
    }
    unpack(&mut captured, bounds)?;
    Ok(captured)
}

/// Head and body, the body as it came over the wire.
fn as_sent(url: Url, at: DateTime<Utc>, block: &[u8]) -> Option<Captured> {
    let ends = |end: &[u8]| block.windows(end.len()).position(|window| window == end).map(|at| (at, at + end.len()));
    let (head, body) = ends(b"\r\n\r\n").or_else(|| ends(b"\n\n"))?;
    let text = String::from_utf8_lossy(block.get(..head)?);
    let mut lines = text.lines();
    let status = lines.next()?.split_whitespace().nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned()));
    Some(Captured { url, at, status, headers: headers.collect(), body: block.get(body..)?.to_vec() })
}

/// What the server packed. Some archives keep the header and unpack the body; and servers mean two packings by `deflate`.
fn unpack(captured: &mut Captured, bounds: &Bounds) -> Result<(), Passed> {
    let packed = captured.body.as_slice();
    let plain = packed.trim_ascii_start().starts_with(b"<");
    let unpacked = match captured.header("content-encoding").map(str::to_lowercase).as_deref() {
        None | Some("" | "identity") => return Ok(()),
        Some(_) if plain => return Ok(()),
        Some("gzip" | "x-gzip") if !packed.starts_with(&[0x1f, 0x8b]) => return Ok(()),
        Some("gzip" | "x-gzip") => whole(GzDecoder::new(packed), bounds),
        Some("deflate") => whole(ZlibDecoder::new(packed), bounds).or_else(|| whole(DeflateDecoder::new(packed), bounds)),
        Some(coding) => return Err(Passed::Packed(format!("{} of {}: {coding}", captured.url, captured.at))),
    };
    captured.body = unpacked.ok_or(Passed::NoPage)?;
    Ok(())
}

fn whole(packed: impl Read, bounds: &Bounds) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    packed.take(bounds.page_bytes_max + 1).read_to_end(&mut body).ok()?;
    Some(body)
}

/// RFC 9112, 7.1; none where it is not so.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = std::str::from_utf8(rest.get(..end)?).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = rest.get(end + 2..)?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
}
