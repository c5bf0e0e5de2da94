//! Gathers a body as it arrives, unpacked, under a cap on both sides of the unpacking.
//!
//! Never looks at what the body says.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;

/// What is wrong with a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// More bytes than allowed, on the wire or unpacked, or more pieces.
    TooLarge,
    /// It cannot be unpacked.
    Packing(String),
}

/// The first bytes of every gzip stream (RFC 1952, 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Of every body so many pieces are taken, and one more for so many bytes that it may have: each costs work, and bytes of the wire that do not
/// count as the body's. A page sent a line a piece stays below it.
const PIECES_MIN: usize = 1_024;
const PIECE_BYTES: usize = 128;

/// A body on its way in.
pub struct Body {
    inner: Inner,
    wire: usize,
    pieces: usize,
    bytes_max: usize,
}

enum Inner {
    Plain(Capped),
    Gzip(Box<MultiGzDecoder<Capped>>),
}

impl Body {
    /// A body in the content coding its headers name; the fault where that is a coding nobody asked for.
    pub fn new(coding: &str, bytes_max: usize) -> Result<Body, Fault> {
        let capped = Capped { bytes: Vec::new(), bytes_max };
        let inner = match coding.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Inner::Plain(capped),
            "gzip" | "x-gzip" => Inner::Gzip(Box::new(MultiGzDecoder::new(capped))),
            other => return Err(Fault::Packing(format!("it is packed as {other:?}, which was not asked for"))),
        };
        Ok(Body { inner, wire: 0, pieces: 0, bytes_max })
    }

    /// Takes the next bytes of the wire.
    pub fn take(&mut self, chunk: &[u8]) -> Result<(), Fault> {
        self.wire = self.wire.saturating_add(chunk.len());
        self.pieces += 1;
        if self.wire > self.bytes_max || self.pieces > PIECES_MIN + self.bytes_max / PIECE_BYTES {
            return Err(Fault::TooLarge);
        }
        let written = match &mut self.inner {
            Inner::Plain(capped) => capped.write_all(chunk),
            Inner::Gzip(decoder) => decoder.write_all(chunk),
        };
        written.map_err(|e| self.fault(&e))
    }

    /// The whole body, once the wire has ended.
    pub fn finish(self) -> Result<Vec<u8>, Fault> {
        let packed = self.wire > 0;
        let bytes = match self.inner {
            Inner::Plain(capped) => capped.bytes,
            // A server may call an empty body gzip; there is nothing to unpack.
            Inner::Gzip(_) if !packed => Vec::new(),
            Inner::Gzip(decoder) => {
                let bytes = decoder.finish().map_err(|e| Fault::Packing(e.to_string()))?.bytes;
                if bytes.starts_with(&GZIP_MAGIC) {
                    return Err(Fault::Packing("it is packed twice".to_owned()));
                }
                bytes
            }
        };
        Ok(bytes)
    }

    fn fault(&self, error: &io::Error) -> Fault {
        let capped = match &self.inner {
            Inner::Plain(capped) => capped,
            Inner::Gzip(decoder) => decoder.get_ref(),
        };
        if capped.is_full() { Fault::TooLarge } else { Fault::Packing(error.to_string()) }
    }
}

/// Bytes up to a number, and an error beyond it.
struct Capped {
    bytes: Vec<u8>,
    bytes_max: usize,
}

impl Capped {
    fn is_full(&self) -> bool {
        self.bytes.len() >= self.bytes_max
    }
}

impl Write for Capped {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        let room = self.bytes_max.saturating_sub(self.bytes.len());
        let taken = chunk.len().min(room);
        self.bytes.extend_from_slice(chunk.get(..taken).unwrap_or(chunk));
        if taken < chunk.len() { Err(io::Error::other("more than allowed")) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(coding: &str, bytes: &[u8], max: usize) -> Result<Vec<u8>, Fault> {
        let mut body = Body::new(coding, max)?;
        for chunk in bytes.chunks(7) {
            body.take(chunk)?;
        }
        body.finish()
    }

    #[test]
    fn a_whole_gzip_is_unpacked_and_anything_less_is_a_fault() {
        let page = b"<html>sporazum</html>".repeat(9);
        let packed = gzip(&page);
        assert_eq!(unpack("GZIP", &packed, 1_000).unwrap(), page);
        for cut in 1..packed.len() {
            assert!(matches!(unpack("gzip", &packed[..cut], 1_000), Err(Fault::Packing(_))), "cut at {cut}");
        }
        let mut corrupt = packed.clone();
        let middle = packed.len() - 6;
        corrupt[middle] ^= 0x55;
        assert!(matches!(unpack("gzip", &corrupt, 1_000), Err(Fault::Packing(_))));
        assert!(matches!(unpack("gzip", &page, 1_000), Err(Fault::Packing(_))), "not gzip at all");
        assert!(matches!(unpack("gzip", &gzip(&packed), 1_000), Err(Fault::Packing(_))), "twice");
        assert!(matches!(unpack("br", &page, 1_000), Err(Fault::Packing(_))));
        assert_eq!(unpack("gzip", b"", 1_000).unwrap(), b"");
    }

    #[test]
    fn both_sides_of_the_unpacking_are_capped() {
        let bomb = gzip(&vec![0; 1_000_000]);
        assert_eq!(unpack("gzip", &bomb, 100_000), Err(Fault::TooLarge));
        assert_eq!(unpack("", &[b'a'; 101], 100), Err(Fault::TooLarge));
        assert_eq!(unpack("", &[b'a'; 100], 100).unwrap().len(), 100);
        assert_eq!(unpack("gzip", &gzip(&[0; 100]), 100).unwrap().len(), 100);
        let crumbs = |pieces| (0..pieces).try_fold(Body::new("", 640).unwrap(), |mut body, _| body.take(b"a").map(|()| body)).err();
        assert_eq!((crumbs(640), crumbs(641)), (None, Some(Fault::TooLarge)), "one byte a piece is all right");
        let mut empty = Body::new("", 640).unwrap();
        assert!((0..1_029).all(|_| empty.take(b"").is_ok()), "no body of this length comes in more pieces");
        assert_eq!(empty.take(b""), Err(Fault::TooLarge));
        let nothing_many_times = gzip(b"").repeat(1_000);
        assert_eq!(unpack("gzip", &nothing_many_times, 1_000), Err(Fault::TooLarge));
    }
}
