//! A Maildir: what waits in it, one message's bytes, and the mark that it was read. Never removes a message, never looks into one.
//!
//! <https://cr.yp.to/proto/maildir.html>. Flags stand behind `:2,` in the name: `S` seen, `F` flagged, `T` trashed.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

/// A folder with `new` and `cur`.
#[derive(Debug)]
pub struct Maildir {
    path: PathBuf,
}

/// A message that nobody has read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waiting {
    name: OsString,
    /// A mail program has looked into the folder meanwhile.
    met: bool,
}

/// What is in it.
#[derive(Debug)]
pub struct Mail {
    /// None where it is longer than asked for.
    pub bytes: Option<Vec<u8>>,
    /// When it was put there.
    pub arrived_at: DateTime<Utc>,
}

/// How a message is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Dealt with.
    Seen,
    /// For a person: it stays unread, and stands out.
    Flagged,
}

/// Why a Maildir cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MaildirError {
    /// It is not there, or is no Maildir.
    #[error("{} is no Maildir: it has no folder \"{folder}\"", path.display())]
    NoMaildir {
        /// What was named.
        path: PathBuf,
        /// What it lacks.
        folder: &'static str,
    },
    /// The operating system refuses.
    #[error("the Maildir {} cannot be used: {why}", path.display())]
    Refused {
        /// What was named.
        path: PathBuf,
        /// Its words.
        why: io::Error,
    },
}

const NEW: &str = "new";
const CUR: &str = "cur";
const INFO: &[u8] = b":2,";

impl Maildir {
    /// Opens what is there.
    pub fn open(path: &Path) -> Result<Self, MaildirError> {
        for folder in [NEW, CUR] {
            match fs::metadata(path.join(folder)) {
                Ok(about) if about.is_dir() => {}
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(refused(path, error)),
                _ => return Err(MaildirError::NoMaildir { path: path.to_owned(), folder }),
            }
        }
        Ok(Maildir { path: path.to_owned() })
    }

    /// Messages that nobody has read and nothing has marked, at most so many, as old as their names.
    pub fn waiting(&self, most: usize) -> Result<Vec<Waiting>, MaildirError> {
        let mut found: Vec<Waiting> = self.names(NEW)?.map(|name| Waiting { name, met: false }).take(most).collect();
        let met = self.names(CUR)?.filter(|name| !flags(name).iter().any(|flag| b"SFT".contains(flag)));
        found.extend(met.map(|name| Waiting { name, met: true }).take(most - found.len()));
        found.sort();
        Ok(found)
    }

    /// How many were put aside for a person who has not read them yet.
    pub fn count_aside(&self) -> Result<usize, MaildirError> {
        let aside = |name: &OsString| flags(name).contains(&b'F') && !flags(name).iter().any(|flag| b"ST".contains(flag));
        Ok(self.names(CUR)?.filter(aside).count())
    }

    /// A message's bytes. None where somebody took it away meanwhile.
    pub fn read(&self, message: &Waiting, bytes_max: u64) -> Result<Option<Mail>, MaildirError> {
        let path = self.place(message);
        let read = || -> io::Result<Mail> {
            // What is no file (a pipe, a link to somewhere) is never opened: it is as good as too long.
            let about = fs::symlink_metadata(&path)?;
            let arrived_at = about.modified()?.into();
            if !about.is_file() || about.len() > bytes_max {
                return Ok(Mail { bytes: None, arrived_at });
            }
            let mut bytes = Vec::new();
            File::open(&path)?.take(bytes_max).read_to_end(&mut bytes)?;
            Ok(Mail { bytes: Some(bytes), arrived_at })
        };
        match read() {
            Ok(mail) => Ok(Some(mail)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(refused(&self.path, error)),
        }
    }

    /// Marks a message, which moves it to what was met.
    pub fn mark(&self, message: &Waiting, mark: Mark) -> Result<(), MaildirError> {
        let (base, mut flags) = (base(&message.name), flags(&message.name).to_vec());
        flags.push(match mark {
            Mark::Seen => b'S',
            Mark::Flagged => b'F',
        });
        flags.sort_unstable();
        flags.dedup();
        let name = OsString::from_vec([base, INFO, &flags].concat());
        match fs::rename(self.place(message), self.path.join(CUR).join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(refused(&self.path, error)),
            _ => Ok(()),
        }
    }

    fn place(&self, message: &Waiting) -> PathBuf {
        self.path.join(if message.met { CUR } else { NEW }).join(&message.name)
    }

    fn names(&self, folder: &str) -> Result<impl Iterator<Item = OsString>, MaildirError> {
        let entries = fs::read_dir(self.path.join(folder)).map_err(|error| refused(&self.path, error))?;
        Ok(entries.flatten().map(|entry| entry.file_name()).filter(|name| !name.as_bytes().starts_with(b".")))
    }
}

fn refused(path: &Path, why: io::Error) -> MaildirError {
    MaildirError::Refused { path: path.to_owned(), why }
}

fn info(name: &OsStr) -> Option<usize> {
    name.as_bytes().windows(INFO.len()).rposition(|window| window == INFO)
}

fn base(name: &OsStr) -> &[u8] {
    &name.as_bytes()[..info(name).unwrap_or(name.len())]
}

fn flags(name: &OsStr) -> &[u8] {
    info(name).map_or(&[], |at| &name.as_bytes()[at + INFO.len()..])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn maildir() -> (tempfile::TempDir, Maildir) {
        let at = tempfile::tempdir().unwrap();
        for folder in [NEW, CUR, "tmp"] {
            fs::create_dir(at.path().join(folder)).unwrap();
        }
        let maildir = Maildir::open(at.path()).unwrap();
        (at, maildir)
    }

    fn names(at: &Path, folder: &str) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(at.join(folder)).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_waits_is_marked_and_never_removed() {
        let (at, maildir) = maildir();
        for name in
            ["new/1.M1.host", "new/2.M2.host", "cur/3.M3.host:2,", "cur/4.M4.host:2,R", "cur/5.M5.host:2,S", "cur/6.host:2,F", "new/.x"]
        {
            fs::write(at.path().join(name), name).unwrap();
        }
        let waiting = maildir.waiting(10).unwrap();
        assert_eq!(waiting.len(), 4);
        for (message, mark) in waiting.iter().zip([Mark::Seen, Mark::Flagged, Mark::Seen, Mark::Seen]) {
            assert!(maildir.read(message, 100).unwrap().unwrap().bytes.is_some());
            maildir.mark(message, mark).unwrap();
            maildir.mark(message, mark).unwrap();
        }
        assert_eq!(maildir.waiting(10).unwrap(), []);
        assert_eq!(
            names(at.path(), CUR),
            ["1.M1.host:2,S", "2.M2.host:2,F", "3.M3.host:2,S", "4.M4.host:2,RS", "5.M5.host:2,S", "6.host:2,F"]
        );
        assert_eq!(maildir.count_aside().unwrap(), 2);
    }

    #[test]
    fn neither_a_long_message_nor_a_pipe_nor_a_link_is_read() {
        let (at, maildir) = maildir();
        fs::write(at.path().join("new/1"), vec![b'x'; 101]).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", at.path().join("new/2")).unwrap();
        std::process::Command::new("mkfifo").arg(at.path().join("new/3")).status().unwrap();
        for message in maildir.waiting(10).unwrap() {
            assert_eq!(maildir.read(&message, 100).unwrap().unwrap().bytes, None, "{message:?}");
        }
        let gone = maildir.waiting(10).unwrap().remove(0);
        fs::remove_file(at.path().join("new/1")).unwrap();
        assert!(maildir.read(&gone, 100).unwrap().is_none());
    }

    #[test]
    fn no_more_are_taken_at_once_than_asked_for() {
        let (at, maildir) = maildir();
        for n in 0..20 {
            fs::write(at.path().join(format!("new/{n}")), "x").unwrap();
            fs::write(at.path().join(format!("cur/{n}:2,")), "x").unwrap();
        }
        assert_eq!([maildir.waiting(5), maildir.waiting(25), maildir.waiting(99)].map(|found| found.unwrap().len()), [5, 25, 40]);
    }

    #[test]
    fn what_is_no_maildir_is_said_to_be_none() {
        let at = tempfile::tempdir().unwrap();
        assert!(matches!(Maildir::open(at.path()), Err(MaildirError::NoMaildir { folder: NEW, .. })));
        assert!(matches!(Maildir::open(&at.path().join("nowhere")), Err(MaildirError::NoMaildir { .. })));
    }
}
