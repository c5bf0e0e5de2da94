//! One file that holds many: a POSIX ustar archive, written in one strict form, and read so that no byte of it may differ from that form.
//!
//! Any tar opens it. Never compresses: what lies in it is found in it byte by byte. Never decides what belongs in it.

use std::io::{self, Read, Write};

/// The unit of the format: headers and padding come in blocks.
const BLOCK: usize = 512;
/// What the name field holds.
const NAME_MAX: usize = 100;
/// What the prefix field holds.
const FOLDER_MAX: usize = 155;
/// What eleven octal digits count.
const SIZE_MAX: u64 = 0o77_777_777_777;
const PART: usize = 64 * 1024;

/// Why an archive cannot be written or is not what was written.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum ArchiveError {
    #[error("{0} is no name for a file in an archive")]
    Name(String),
    #[error("{what} has been changed (bytes {from} to {to} of the archive)")]
    Changed { what: String, from: u64, to: u64 },
    #[error("the archive is cut off in {what}, at byte {at}")]
    Cut { what: String, at: u64 },
    #[error("this is no archive of ours: {0}")]
    Foreign(&'static str),
    #[error("the archive cannot be read or written")]
    Disk(#[from] io::Error),
}

/// Writes an archive from its first file to its end.
pub struct Writer<W> {
    to: W,
    folder: String,
    modified_s: u64,
}

impl<W: Write> Writer<W> {
    /// Every file lies in `folder` and is dated `modified_s`, seconds since 1970.
    pub fn new(to: W, folder: &str, modified_s: u64) -> Self {
        Writer { to, folder: folder.to_owned(), modified_s }
    }

    /// One more file, whole.
    ///
    /// # Errors
    /// `Name` where the name is too long or leads elsewhere; `Disk`.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        let head = header(&self.folder, name, bytes.len() as u64, self.modified_s).ok_or_else(|| ArchiveError::Name(name.to_owned()))?;
        self.to.write_all(&head)?;
        self.to.write_all(bytes)?;
        self.to.write_all(&vec![0; padding(bytes.len() as u64)])?;
        Ok(())
    }

    /// The end, without which the archive is cut off.
    ///
    /// # Errors
    /// `Disk`.
    pub fn finish(mut self) -> Result<W, ArchiveError> {
        self.to.write_all(&[0; 2 * BLOCK])?;
        self.to.flush()?;
        Ok(self.to)
    }
}

/// A file found in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name, below the archive's one folder.
    pub name: String,
    /// How many bytes.
    pub bytes: u64,
}

/// Reads an archive from its first byte to its last. Takes `each` part of every file as it comes, and answers with the folder's name.
///
/// # Errors
/// `Changed` and `Cut`, naming the file; `Foreign` where the first block is no header of ours; `Disk`.
pub fn read(from: &mut dyn Read, each: &mut dyn FnMut(&Member, &[u8])) -> Result<String, ArchiveError> {
    let mut reader = Reader { from, at: 0 };
    let (mut folder, mut modified_s, mut last) = (None::<String>, None, "the first header".to_owned());
    loop {
        let mut block = [0; BLOCK];
        let at = reader.at;
        reader.fill(&mut block, &format!("what follows {last}"))?;
        if block.iter().all(|byte| *byte == 0) {
            reader.fill(&mut block, "the end of the archive")?;
            if block.iter().any(|byte| *byte != 0) {
                return Err(ArchiveError::Changed { what: "the end of the archive".to_owned(), from: at, to: reader.at - 1 });
            }
            reader.nothing_more()?;
            return folder.ok_or(ArchiveError::Foreign("nothing is in it"));
        }
        let Some(head) = Head::of(&block) else {
            return Err(match folder {
                None => ArchiveError::Foreign("it does not begin as one, or its first header has been changed (bytes 0 to 511)"),
                Some(_) => ArchiveError::Changed { what: suspected(&block, &last), from: at, to: reader.at - 1 },
            });
        };
        let same = folder.get_or_insert_with(|| head.folder.clone()) == &head.folder
            && *modified_s.get_or_insert(head.modified_s) == head.modified_s;
        if !same {
            return Err(ArchiveError::Changed { what: format!("the header of {}", head.member.name), from: at, to: reader.at - 1 });
        }
        reader.body(&head.member, each)?;
        last = head.member.name;
    }
}

struct Reader<'a> {
    from: &'a mut dyn Read,
    at: u64,
}

impl Reader<'_> {
    fn fill(&mut self, into: &mut [u8], what: &str) -> Result<(), ArchiveError> {
        self.from.read_exact(into).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => ArchiveError::Cut { what: what.to_owned(), at: self.at },
            _ => ArchiveError::Disk(error),
        })?;
        self.at += into.len() as u64;
        Ok(())
    }

    fn body(&mut self, member: &Member, each: &mut dyn FnMut(&Member, &[u8])) -> Result<(), ArchiveError> {
        let (mut left, mut part) = (member.bytes, vec![0; PART]);
        each(member, &[]);
        while left > 0 {
            let n = usize::try_from(left).unwrap_or(PART).min(PART);
            let piece = part.get_mut(..n).unwrap_or_default();
            self.fill(piece, &member.name)?;
            each(member, piece);
            left -= n as u64;
        }
        let mut rest = vec![0; padding(member.bytes)];
        let at = self.at;
        self.fill(&mut rest, &member.name)?;
        if rest.iter().any(|byte| *byte != 0) {
            let what = format!("the padding after {}", member.name);
            return Err(ArchiveError::Changed { what, from: at, to: self.at - 1 });
        }
        Ok(())
    }

    fn nothing_more(&mut self) -> Result<(), ArchiveError> {
        let mut one = [0; 1];
        match self.from.read(&mut one)? {
            0 => Ok(()),
            _ => Err(ArchiveError::Changed { what: "something after the end of the archive".to_owned(), from: self.at, to: self.at }),
        }
    }
}

/// What a damaged header was of: its own name, as far as it can be read, and where it stands.
fn suspected(block: &[u8; BLOCK], last: &str) -> String {
    let name = text(block.get(..NAME_MAX).unwrap_or_default()).filter(|name| fits(name, NAME_MAX));
    name.map_or_else(|| format!("the header or the end after {last}"), |name| format!("the header of {name} (after {last})"))
}

struct Head {
    folder: String,
    member: Member,
    modified_s: u64,
}

impl Head {
    /// A header, if it is to the last byte the one that we would have written.
    fn of(block: &[u8; BLOCK]) -> Option<Head> {
        let name = text(block.get(..NAME_MAX)?)?;
        let folder = text(block.get(345..500)?)?;
        let (bytes, modified_s) = (octal(block.get(124..135)?)?, octal(block.get(136..147)?)?);
        (header(&folder, &name, bytes, modified_s)? == *block).then_some(Head { folder, member: Member { name, bytes }, modified_s })
    }
}

fn text(field: &[u8]) -> Option<String> {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    String::from_utf8(field.get(..end)?.to_vec()).ok()
}

fn octal(field: &[u8]) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(field).ok()?, 8).ok()
}

/// A name that stays where it is unpacked, and that every system can write.
fn fits(name: &str, bytes_max: usize) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && part != "." && part != ".." && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    name.len() <= bytes_max && name.split('/').all(plain)
}

fn padding(bytes: u64) -> usize {
    let block = BLOCK as u64;
    usize::try_from((block - bytes % block) % block).unwrap_or_default()
}

/// The header of a plain file; none where it has no room for the name or the size.
fn header(folder: &str, name: &str, bytes: u64, modified_s: u64) -> Option<[u8; BLOCK]> {
    if !fits(name, NAME_MAX) || !fits(folder, FOLDER_MAX) || bytes > SIZE_MAX || modified_s > SIZE_MAX {
        return None;
    }
    let mut block = [0; BLOCK];
    let mut put = |at: usize, field: &str| block.get_mut(at..at + field.len()).map(|place| place.copy_from_slice(field.as_bytes()));
    put(0, name)?;
    put(100, "0000644\0")?;
    put(108, "0000000\0")?;
    put(116, "0000000\0")?;
    put(124, &format!("{bytes:011o}\0"))?;
    put(136, &format!("{modified_s:011o}\0"))?;
    // The sum counts its own field as spaces.
    put(148, "        ")?;
    put(156, "0")?;
    put(257, "ustar\x0000")?;
    put(345, folder)?;
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    let sum = format!("{sum:06o}\0 ");
    block.get_mut(148..156)?.copy_from_slice(sum.as_bytes());
    Some(block)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn archive() -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), "potvrda-404-18", 1_520_332_200);
        writer.add("a/one.html", b"<html>").unwrap();
        writer.add("two.json", &[b'x'; 1_024]).unwrap();
        writer.finish().unwrap()
    }

    fn read_all(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, ArchiveError> {
        let mut found: Vec<(String, Vec<u8>)> = Vec::new();
        read(&mut &*bytes, &mut |member, part| match found.last_mut().filter(|(name, _)| *name == member.name) {
            Some((_, all)) => all.extend_from_slice(part),
            None => found.push((member.name.clone(), part.to_vec())),
        })?;
        Ok(found)
    }

    #[test]
    fn what_is_written_is_read_back() {
        let found = read_all(&archive()).unwrap();
        assert_eq!(found, [("a/one.html".to_owned(), b"<html>".to_vec()), ("two.json".to_owned(), vec![b'x'; 1_024])]);
    }

    #[test]
    fn no_byte_outside_the_files_can_change_unseen() {
        let good = archive();
        let bodies = [BLOCK..BLOCK + 6, 3 * BLOCK..5 * BLOCK];
        for at in (0..good.len()).filter(|at| !bodies.iter().any(|body| body.contains(at))) {
            let mut bad = good.clone();
            bad[at] ^= 0x20;
            assert!(read_all(&bad).is_err(), "byte {at}");
        }
        for cut in 0..good.len() {
            assert!(read_all(&good[..cut]).is_err(), "cut at {cut}");
        }
        assert!(read_all(&[good, vec![0]].concat()).is_err(), "something after the end");
    }

    #[test]
    fn names_that_lead_elsewhere_are_neither_written_nor_read() {
        let mut writer = Writer::new(Vec::new(), "f", 0);
        for name in ["../x", "/x", "a//b", "", "a b", &"x".repeat(101)] {
            assert!(matches!(writer.add(name, b""), Err(ArchiveError::Name(_))), "{name}");
        }
    }
}
