//! Keeps what was fetched, on disk, by date and hash: `evidence/2018/03/06/<sha256>.html`, and beside it `<sha256>.json`, how it was had.
//!
//! Never reads what it keeps, never changes or removes it, and never follows a symbolic link.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// The folder's name within the data directory.
pub const FOLDER: &str = "evidence";

/// The form of the sidecar, for those who read it in ten years.
const SIDECAR_FORM: u32 = 1;

/// What was fetched, and how.
#[derive(Debug, Clone, Copy)]
pub struct Exhibit<'a> {
    /// Its bytes, as served, unpacked.
    pub body: &'a [u8],
    /// SHA-256 of them, hex.
    pub sha256: &'a str,
    /// Where it was in the end.
    pub url: &'a str,
    /// Where we asked.
    pub requested_url: &'a str,
    /// The status of the answer.
    pub status: u16,
    /// What we sent.
    pub request_headers: &'a [(String, String)],
    /// What was answered.
    pub headers: &'a [(String, String)],
    /// When.
    pub fetched_at: DateTime<Utc>,
    /// Whether the server's certificate was checked, or there was none to check.
    pub verified: bool,
}

/// Where an exhibit is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The file, relative to the data directory, with `/` between its parts.
    pub file: String,
    /// False where the same bytes were already kept that day: then nothing was written.
    pub new: bool,
}

/// Why something could not be kept or read back.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum EvidenceError {
    #[error("evidence is full: {used} of {bytes_max} bytes are used")]
    Full { used: u64, bytes_max: u64 },
    #[error("{file} is not evidence: {why}")]
    Strange { file: String, why: &'static str },
    #[error("{file} has been changed: its SHA-256 is {found}")]
    Changed { file: String, found: String },
    #[error("{}: {source}", path.display())]
    Disk { path: PathBuf, source: io::Error },
}

impl EvidenceError {
    /// What the operator should do now.
    pub fn hint(&self) -> &'static str {
        match self {
            EvidenceError::Full { .. } => {
                "raise limits.evidence_mib_max, or move the oldest years of evidence/ to another disk and leave them there"
            }
            EvidenceError::Strange { .. } => "someone has put a link or another file into evidence/: take it out",
            EvidenceError::Changed { .. } => "restore this file from a backup: it is no longer what was fetched",
            EvidenceError::Disk { .. } => "check the disk's space and health, and who owns the data directory",
        }
    }
}

/// The folder of evidence in a data directory.
#[derive(Debug)]
pub struct Evidence {
    root: PathBuf,
    bytes_max: u64,
    /// Bytes used; counted when something is first kept, for counting walks the whole folder.
    used: OnceLock<AtomicU64>,
}

#[derive(Serialize)]
struct Sidecar<'a> {
    form: u32,
    sha256: &'a str,
    bytes: usize,
    url: &'a str,
    requested_url: &'a str,
    status: u16,
    fetched_at: String,
    verified: bool,
    request_headers: &'a [(String, String)],
    headers: &'a [(String, String)],
}

impl Evidence {
    /// The evidence of this data directory. Nothing is created until something is kept.
    pub fn within(data_dir: &Path, bytes_max: u64) -> Evidence {
        Evidence { root: data_dir.to_owned(), bytes_max, used: OnceLock::new() }
    }

    /// Keeps an exhibit durably; a second time on one day it writes nothing.
    ///
    /// # Errors
    /// `Full` at the limit, `Strange` where a link stands in the way, `Disk`.
    pub fn keep(&self, exhibit: &Exhibit<'_>) -> Result<Kept, EvidenceError> {
        let sha256 = exhibit.sha256;
        debug_assert_eq!(sha256, hex(exhibit.body));
        let day = exhibit.fetched_at.format("%Y/%m/%d").to_string();
        let file = format!("{FOLDER}/{day}/{sha256}.{}", extension(exhibit.body));
        let path = self.path_of(&file)?;
        if path.is_file() {
            return Ok(Kept { file, new: false });
        }
        let sidecar = self.sidecar(exhibit);
        let bytes = (exhibit.body.len() + sidecar.len()) as u64;
        let used = self.used()?;
        if used.load(Ordering::Relaxed).saturating_add(bytes) > self.bytes_max {
            return Err(EvidenceError::Full { used: used.load(Ordering::Relaxed), bytes_max: self.bytes_max });
        }
        let folder = path.parent().unwrap_or(&self.root).to_owned();
        fs::create_dir_all(&folder).map_err(|e| disk(&folder, e))?;
        // The sidecar goes first: where the body stands, the sidecar does too.
        write_durably(&path.with_extension("json"), &sidecar)?;
        write_durably(&path, exhibit.body)?;
        used.fetch_add(bytes, Ordering::Relaxed);
        Ok(Kept { file, new: true })
    }

    /// Reads back a kept body by the `file` that `keep` gave, and checks that it is still what its name says.
    ///
    /// # Errors
    /// `Changed` where it is not; `Strange` where the name is no evidence's or a link stands in the way; `Disk`.
    pub fn read(&self, file: &str) -> Result<Vec<u8>, EvidenceError> {
        let path = self.path_of(file)?;
        let mut body = Vec::new();
        File::open(&path).and_then(|mut f| f.read_to_end(&mut body)).map_err(|e| disk(&path, e))?;
        let found = hex(&body);
        let named = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if found == named || path.extension().is_some_and(|e| e == "json") {
            Ok(body)
        } else {
            Err(EvidenceError::Changed { file: file.to_owned(), found })
        }
    }

    /// The sidecar of a kept file: a JSON document.
    ///
    /// # Errors
    /// As `read`.
    pub fn read_sidecar(&self, file: &str) -> Result<Vec<u8>, EvidenceError> {
        let (stem, _) = file.rsplit_once('.').unwrap_or((file, ""));
        self.read(&format!("{stem}.json"))
    }

    /// The headers a kept body was served with, as its sidecar has them.
    ///
    /// # Errors
    /// As `read`; `Strange` where the sidecar is none of ours.
    pub fn headers(&self, file: &str) -> Result<Vec<(String, String)>, EvidenceError> {
        #[derive(Deserialize)]
        struct Served {
            headers: Vec<(String, String)>,
        }
        let sidecar = self.read_sidecar(file)?;
        let strange = |_| EvidenceError::Strange { file: file.to_owned(), why: "what says how it was had cannot be read" };
        serde_json::from_slice(&sidecar).map(|served: Served| served.headers).map_err(strange)
    }

    /// Every kept body with this hash, oldest first.
    ///
    /// # Errors
    /// `Disk`.
    pub fn find(&self, sha256: &str) -> Result<Vec<String>, EvidenceError> {
        let mut found = Vec::new();
        walk(&self.root.join(FOLDER), &mut |path, _| {
            let named = path.file_stem().and_then(|stem| stem.to_str()) == Some(sha256);
            if named
                && path.extension().is_some_and(|e| e != "json")
                && let Ok(relative) = path.strip_prefix(&self.root)
            {
                found.push(relative.to_string_lossy().into_owned());
            }
        })?;
        found.sort();
        Ok(found)
    }

    /// How many bytes the evidence takes.
    ///
    /// # Errors
    /// `Disk`.
    pub fn bytes_used(&self) -> Result<u64, EvidenceError> {
        Ok(self.used()?.load(Ordering::Relaxed))
    }

    fn used(&self) -> Result<&AtomicU64, EvidenceError> {
        if self.used.get().is_none() {
            let mut sum = 0;
            walk(&self.root.join(FOLDER), &mut |_, bytes| sum += bytes)?;
            let _ = self.used.set(AtomicU64::new(sum));
        }
        Ok(self.used.get_or_init(AtomicU64::default))
    }

    fn sidecar(&self, exhibit: &Exhibit<'_>) -> Vec<u8> {
        let sidecar = Sidecar {
            form: SIDECAR_FORM,
            sha256: exhibit.sha256,
            bytes: exhibit.body.len(),
            url: exhibit.url,
            requested_url: exhibit.requested_url,
            status: exhibit.status,
            fetched_at: exhibit.fetched_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            verified: exhibit.verified,
            request_headers: exhibit.request_headers,
            headers: exhibit.headers,
        };
        // Strings, numbers and lists of them always have a JSON form.
        serde_json::to_vec_pretty(&sidecar).unwrap_or_default()
    }

    /// The path of a file of ours, if every part of it is one of ours and none is a link.
    fn path_of(&self, file: &str) -> Result<PathBuf, EvidenceError> {
        let strange = |why| EvidenceError::Strange { file: file.to_owned(), why };
        let relative = Path::new(file);
        if !relative.starts_with(FOLDER) || relative.components().any(|part| !matches!(part, Component::Normal(_))) {
            return Err(strange("its name leads elsewhere"));
        }
        let mut path = self.root.clone();
        for part in relative.components() {
            path.push(part);
            if path.symlink_metadata().is_ok_and(|found| found.file_type().is_symlink()) {
                return Err(strange("a link stands in its way"));
            }
        }
        Ok(path)
    }
}

/// Told from its first bytes, for servers misname: a document that is none must not be opened as one.
fn extension(body: &[u8]) -> &'static str {
    let start = body.get(..1024).unwrap_or(body);
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    if start.windows(5).any(|window| window == b"%PDF-") {
        "pdf"
    } else if start.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        "doc"
    } else if start.starts_with(b"PK\x03\x04") {
        "docx"
    } else if text.starts_with(b"<") || start.starts_with(&[0xff, 0xfe, b'<', 0]) || start.starts_with(&[0xfe, 0xff, 0, b'<']) {
        "html"
    } else {
        "bin"
    }
}

/// Whole or not at all, and there after a power cut: a file of another name is written, synced, and renamed.
fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), EvidenceError> {
    let folder = path.parent().unwrap_or(path);
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".part");
    let part = folder.join(name);
    let write = || -> io::Result<()> {
        // Left by a process that was killed; a new file is never written through whatever stands there.
        match fs::remove_file(&part) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let mut file = File::create_new(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)?;
        File::open(folder)?.sync_all()
    };
    write().map_err(|e| {
        let _ = fs::remove_file(&part);
        disk(path, e)
    })
}

/// Calls `each` with every file and its length; links are passed over.
fn walk(folder: &Path, each: &mut dyn FnMut(&Path, u64)) -> Result<(), EvidenceError> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|e| disk(folder, e))?,
    };
    for entry in entries {
        let entry = entry.map_err(|e| disk(folder, e))?;
        let kind = entry.file_type().map_err(|e| disk(&entry.path(), e))?;
        if kind.is_dir() {
            walk(&entry.path(), each)?;
        } else if kind.is_file() {
            each(&entry.path(), entry.metadata().map_or(0, |m| m.len()));
        }
    }
    Ok(())
}

fn disk(path: &Path, source: io::Error) -> EvidenceError {
    EvidenceError::Disk { path: path.to_owned(), source }
}

fn hex(body: &[u8]) -> String {
    Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn exhibit(body: &[u8]) -> Exhibit<'_> {
        Exhibit {
            body,
            sha256: hex(body).leak(),
            url: "http://www.parlament.gov.rs/a.1037.html",
            requested_url: "http://www.parlament.rs/a.1037.html",
            status: 200,
            request_headers: &[],
            headers: &[],
            fetched_at: DateTime::from_timestamp(1_520_332_200, 0).unwrap(),
            verified: true,
        }
    }

    #[test]
    fn what_is_kept_is_read_back_with_how_it_was_had() {
        let dir = tempfile::tempdir().unwrap();
        let evidence = Evidence::within(dir.path(), 10_000);
        let headers = [("etag".to_owned(), "\"1\"".to_owned())];
        let kept = evidence.keep(&Exhibit { headers: &headers, ..exhibit(b"<html>") }).unwrap();
        assert!(kept.new && kept.file == format!("evidence/2018/03/06/{}.html", hex(b"<html>")), "{kept:?}");
        assert_eq!(evidence.read(&kept.file).unwrap(), b"<html>");
        let sidecar: serde_json::Value = serde_json::from_slice(&evidence.read_sidecar(&kept.file).unwrap()).unwrap();
        assert_eq!(sidecar["fetched_at"], "2018-03-06T10:30:00Z");
        assert_eq!(sidecar["headers"][0][1], "\"1\"");
        assert_eq!(evidence.find(&hex(b"<html>")).unwrap(), std::slice::from_ref(&kept.file));
        let used = evidence.bytes_used().unwrap();
        assert_eq!(used, Evidence::within(dir.path(), 0).bytes_used().unwrap(), "counted as written and as found");
        let again = evidence.keep(&exhibit(b"<html>")).unwrap();
        assert_eq!((again.new, again.file, evidence.bytes_used().unwrap()), (false, kept.file, used));
    }

    #[test]
    fn full_evidence_refuses_and_keeps_what_it_has() {
        let dir = tempfile::tempdir().unwrap();
        let evidence = Evidence::within(dir.path(), 2_000);
        let kept = evidence.keep(&exhibit(&[b'a'; 1_000])).unwrap();
        assert!(matches!(evidence.keep(&exhibit(&[b'b'; 1_000])), Err(EvidenceError::Full { .. })));
        assert_eq!(evidence.read(&kept.file).unwrap().len(), 1_000);
    }

    #[test]
    fn a_changed_file_is_not_given_out_as_evidence() {
        let dir = tempfile::tempdir().unwrap();
        let evidence = Evidence::within(dir.path(), 10_000);
        let kept = evidence.keep(&exhibit(b"%PDF-1.4 signed 23 May")).unwrap();
        fs::write(dir.path().join(&kept.file), b"%PDF-1.4 signed 24 May").unwrap();
        assert!(matches!(evidence.read(&kept.file), Err(EvidenceError::Changed { .. })));
    }

    #[test]
    fn names_and_links_that_lead_out_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), b"x").unwrap();
        let evidence = Evidence::within(dir.path(), 10_000);
        for file in ["/etc/passwd", "evidence/../subscribers.db", "subscribers.db", "../evidence/x", ""] {
            assert!(matches!(evidence.read(file), Err(EvidenceError::Strange { .. })), "{file}");
        }
        fs::create_dir_all(dir.path().join("evidence")).unwrap();
        std::os::unix::fs::symlink(outside.path(), dir.path().join("evidence/2018")).unwrap();
        assert!(matches!(evidence.read("evidence/2018/secret"), Err(EvidenceError::Strange { .. })));
        assert!(matches!(evidence.keep(&exhibit(b"<html>")), Err(EvidenceError::Strange { .. })));
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1, "nothing was written out there");
    }

    #[test]
    fn a_file_is_named_by_what_it_is() {
        let table: [(&[u8], &str); 8] = [
            (b"%PDF-1.7", "pdf"),
            (b"\n%PDF-1.7", "pdf"),
            (b"\xd0\xcf\x11\xe0\xa1", "doc"),
            (b"PK\x03\x04", "docx"),
            (b"\xef\xbb\xbf \n<!DOCTYPE html>", "html"),
            (b"\xff\xfe<\0h\0", "html"),
            (b"", "bin"),
            (b"MZ", "bin"),
        ];
        for (body, name) in table {
            assert_eq!(extension(body), name, "{body:?}");
        }
    }
}
