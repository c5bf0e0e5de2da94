//! Evidence in one file: writes what proves a bill into an archive, and finds in such an archive what is no longer as it was written.
//!
//! Verifying needs the file alone: no network, no database, no settings.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Write};

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::io::archive::{self, ArchiveError, Writer};
use crate::io::evidence::{Evidence, EvidenceError};
use crate::io::history::History;
use crate::io::history::proof::{Exhibited, Follower, LogRow};
use crate::io::history::read::BillStory;

const FORM: u32 = 1;
/// Where pages and documents lie.
const EVIDENCE: &str = "evidence/";
const MANIFEST: &str = "manifest.json";
const LOG: &str = "log.jsonl";
const SUMS: &str = "SHA256SUMS";
const README: &str = "README.txt";
/// What is longer than this was not written by us: a log, a list of sums, a manifest; how one page was had.
const READ_BYTES_MAX: usize = 256 * 1024 * 1024;
const SIDECAR_BYTES_MAX: usize = 1024 * 1024;
/// So many problems are told; who is told a hundred needs no more.
const PROBLEMS_MAX: usize = 100;

#[derive(Serialize)]
struct Manifest<'a> {
    form: u32,
    program: &'static str,
    exported_at: String,
    exhibits: &'a [Exhibited],
    /// Addresses and hashes of exhibits that were no longer kept, and so are not in the archive.
    missing: &'a [String],
    log: Log,
    bill: &'a BillStory,
}

/// The part of the manifest that verifying needs.
#[derive(Deserialize)]
struct Listed {
    form: u32,
    exhibits: Vec<Exhibited>,
    /// Manifests written before it was noted do not say.
    missing: Option<Vec<String>>,
    log: Log,
}

#[derive(Serialize, Deserialize, PartialEq, Eq, Debug)]
struct Log {
    rows: usize,
    last_change_id: i64,
    last_hash: String,
}

/// What was exported.
#[derive(Debug, Serialize)]
pub struct Exported {
    /// Of the archive, hex: noted elsewhere, it proves the whole file.
    pub sha256: String,
    /// Of the archive.
    pub bytes: u64,
    /// Pages in it.
    pub pages: usize,
    /// Documents in it.
    pub documents: usize,
    /// Rows of the log in it.
    pub log_rows: usize,
    /// What the history names and the evidence no longer has: address and hash.
    pub missing: Vec<String>,
}

/// What was found in an archive.
#[derive(Debug, Default, Serialize)]
pub struct Verified {
    /// Files in it.
    pub files: usize,
    /// Rows of the log whose chain was followed.
    pub log_rows: usize,
    /// Of the archive, hex.
    pub sha256: String,
    /// What is not as it was written; nothing where all is.
    pub problems: Vec<String>,
}

/// Counts and hashes what passes through.
struct Sealed<T> {
    inner: T,
    hash: Sha256,
    bytes: u64,
}

impl<T> Sealed<T> {
    fn new(inner: T) -> Self {
        Sealed { inner, hash: Sha256::new(), bytes: 0 }
    }

    fn took(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

impl<W: Write> Write for Sealed<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n = self.inner.write(bytes)?;
        self.took(bytes.get(..n).unwrap_or_default());
        Ok(n)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Sealed<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(into)?;
        self.took(into.get(..n).unwrap_or_default());
        Ok(n)
    }
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An archive on its way: every file's hash is noted as it is written.
struct Packing<W: Write> {
    writer: Writer<Sealed<W>>,
    sums: Vec<(String, String)>,
}

impl<W: Write> Packing<W> {
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.writer.add(name, bytes)?;
        self.sums.push((name.to_owned(), hex(Sha256::new_with_prefix(bytes))));
        Ok(())
    }

    fn holds(&self, name: &str) -> bool {
        self.sums.iter().any(|(known, _)| known == name)
    }
}

/// Writes everything that proves a bill.
///
/// # Errors
/// Where the history or the disk fails, and where a kept file has been changed: that is no evidence any more.
pub fn export(history: &History, evidence: &Evidence, bill: &BillStory, to: impl Write, now: DateTime<Utc>) -> Result<Exported> {
    let id = bill.bill.number("bill_id").context("a bill without a row id")?;
    let number = Some(bill.bill.text("act_number")).filter(|n| !n.is_empty()).unwrap_or_else(|| format!("bill-{id}"));
    let modified_s = u64::try_from(now.timestamp()).unwrap_or_default();
    let mut packing = Packing { writer: Writer::new(Sealed::new(to), &format!("potvrda-{number}"), modified_s), sums: Vec::new() };
    packing.add(README, include_bytes!("exhibits/README.txt"))?;
    let exhibits = history.exhibits(id)?;
    let missing = pack_exhibits(&mut packing, evidence, &exhibits)?;
    let (log, text) = log_of(history)?;
    packing.add(LOG, text.as_bytes())?;
    let log_rows = log.rows;
    let exported_at = now.to_rfc3339_opts(SecondsFormat::Secs, true);
    let program = concat!("potvrda ", env!("CARGO_PKG_VERSION"));
    let manifest =
        serde_json::to_vec_pretty(&Manifest { form: FORM, program, exported_at, exhibits: &exhibits, missing: &missing, log, bill })?;
    packing.add(MANIFEST, &manifest)?;
    let sums = sums_text(&packing.sums);
    packing.writer.add(SUMS, sums.as_bytes())?;
    let sealed = packing.writer.finish()?;
    let kept = |what: &str| exhibits.iter().filter(|one| one.what == what && one.file.as_ref().is_some_and(|f| sums.contains(f))).count();
    Ok(Exported { bytes: sealed.bytes, sha256: hex(sealed.hash), pages: kept("page"), documents: kept("document"), log_rows, missing })
}

/// Bodies and how they were had. What is no longer there is named; what was changed ends it.
fn pack_exhibits<W: Write>(packing: &mut Packing<W>, evidence: &Evidence, exhibits: &[Exhibited]) -> Result<Vec<String>> {
    let mut missing = Vec::new();
    for one in exhibits {
        let Some(file) = &one.file else {
            missing.push(format!("{} ({}): it could not be kept when it was fetched", one.url, one.sha256));
            continue;
        };
        if packing.holds(file) {
            continue;
        }
        match evidence.read(file).and_then(|body| Ok((body, evidence.read_sidecar(file)?))) {
            Ok((body, sidecar)) => {
                packing.add(file, &body)?;
                packing.add(&sidecar_of(file), &sidecar)?;
            }
            Err(EvidenceError::Disk { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                missing.push(format!("{} ({}): {file} is no longer there", one.url, one.sha256));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(missing)
}

fn sidecar_of(file: &str) -> String {
    format!("{}.json", file.rsplit_once('.').map_or(file, |(stem, _)| stem))
}

fn log_of(history: &History) -> Result<(Log, String)> {
    let (mut text, mut follower, mut broken) = (String::new(), Follower::default(), None);
    let mut rows = 0;
    history.log(|row| {
        rows += 1;
        if !follower.fits(&row) {
            broken.get_or_insert(row.change_id);
        }
        // Strings and numbers always have a JSON form.
        text.push_str(&serde_json::to_string(&row).unwrap_or_default());
        text.push('\n');
    })?;
    ensure!(broken.is_none(), "row {} of the log of changes has been changed: it proves nothing any more", broken.unwrap_or_default());
    let (last_change_id, last_hash) = follower.head();
    Ok((Log { rows, last_change_id, last_hash: last_hash.to_owned() }, text))
}

/// As `sha256sum` writes it and checks it.
fn sums_text(sums: &[(String, String)]) -> String {
    sums.iter().map(|(name, sum)| format!("{sum}  {name}\n")).collect()
}

/// Reads an archive to its end and says everything in it that is not as it was written.
///
/// # Errors
/// Where it cannot be read at all.
pub fn verify(from: impl Read) -> Result<Verified> {
    let mut sealed = Sealed::new(from);
    let mut found = Found::default();
    let read = archive::read(&mut sealed, &mut |member, part| found.take(&member.name, part));
    found.close();
    let problems = std::mem::take(&mut found.problems);
    let mut verified = Verified { files: found.sums.len(), problems, ..Verified::default() };
    match read {
        Ok(_) => found.check(&mut verified),
        Err(ArchiveError::Disk(error)) => return Err(error.into()),
        Err(error) => {
            verified.problems.push(error.to_string());
            found.check_names(&mut verified);
        }
    }
    let untold = verified.problems.len().saturating_sub(PROBLEMS_MAX);
    if untold > 0 {
        verified.problems.truncate(PROBLEMS_MAX);
        verified.problems.push(format!("and {untold} more"));
    }
    verified.sha256 = hex(sealed.hash);
    Ok(verified)
}

/// The files of an archive: their hashes, and what is read of them.
#[derive(Default)]
struct Found {
    sums: Vec<(String, String)>,
    /// Index into the sums, by name; of a name that comes twice the first.
    names: HashMap<String, usize>,
    open: Option<(String, Sha256, Vec<u8>)>,
    read: BTreeMap<String, Vec<u8>>,
    problems: Vec<String>,
}

impl Found {
    fn take(&mut self, name: &str, part: &[u8]) {
        if part.is_empty() || self.open.as_ref().is_none_or(|(open, ..)| open != name) {
            self.close();
            self.open = Some((name.to_owned(), Sha256::new(), Vec::new()));
        }
        if let Some((name, hash, kept)) = &mut self.open {
            hash.update(part);
            let room = if name.starts_with(EVIDENCE) { SIDECAR_BYTES_MAX } else { READ_BYTES_MAX };
            if is_read(name) && kept.len() <= room {
                kept.extend_from_slice(part);
                if kept.len() > room {
                    self.problems.push(format!("{name} is longer than any that was ever written"));
                }
            }
        }
    }

    fn close(&mut self) {
        if let Some((name, hash, kept)) = self.open.take() {
            // Unpacking leaves the last of two; reading here would have to choose.
            if self.names.contains_key(&name) {
                self.problems.push(format!("{name} is in the archive twice"));
            } else {
                self.names.insert(name.clone(), self.sums.len());
            }
            if is_read(&name) {
                self.read.insert(name.clone(), kept);
            }
            self.sums.push((name, hex(hash)));
        }
    }

    fn sum_of(&self, name: &str) -> Option<&str> {
        self.names.get(name).and_then(|at| self.sums.get(*at)).map(|(_, sum)| sum.as_str())
    }

    fn check(&self, verified: &mut Verified) {
        self.check_sums(verified);
        self.check_names(verified);
        let chain = self.check_log(verified);
        self.check_manifest(chain, verified);
    }

    /// A body is named by its hash: that holds even where the list of sums was written anew.
    fn check_names(&self, verified: &mut Verified) {
        for (name, sum) in self.sums.iter().filter(|(name, _)| name.starts_with(EVIDENCE) && !name.ends_with(".json")) {
            let named = name.rsplit('/').next().and_then(|last| last.split('.').next());
            if named != Some(sum) {
                verified.problems.push(format!("{name} has been changed: its SHA-256 is {sum}"));
            }
        }
    }

    fn check_sums(&self, verified: &mut Verified) {
        let Some(text) = self.read.get(SUMS) else {
            return verified.problems.push(format!("{SUMS} is not there"));
        };
        let files: Vec<(String, String)> = self.sums.iter().filter(|(name, _)| name != SUMS).cloned().collect();
        if *text == sums_text(&files).into_bytes() {
            return;
        }
        let text = String::from_utf8_lossy(text);
        let listed: BTreeMap<&str, &str> = text.lines().filter_map(|line| line.split_once("  ")).map(|(sum, name)| (name, sum)).collect();
        let before = verified.problems.len();
        for (name, sum) in &files {
            match listed.get(name.as_str()) {
                Some(said) if said == sum => {}
                // Its own name says its hash, or the sum is none: then the list is what was changed.
                Some(said) if name.contains(sum.as_str()) || !is_sum(said) => {
                    verified.problems.push(format!("{SUMS} has been changed: what it says of {name} is not its SHA-256"));
                }
                Some(said) if !name.starts_with(EVIDENCE) || name.ends_with(".json") => {
                    verified.problems.push(format!("{name} has been changed (or its line in {SUMS}): its SHA-256 is {sum}, it was {said}"));
                }
                Some(_) => {}
                None => verified.problems.push(format!("{SUMS} has been changed: it does not name {name}")),
            }
        }
        for name in listed.keys().filter(|name| self.sum_of(name).is_none()) {
            verified.problems.push(format!("{} is in {SUMS} and not in the archive", name.escape_default()));
        }
        if verified.problems.len() == before && files.iter().all(|(name, sum)| listed.get(name.as_str()) == Some(&sum.as_str())) {
            verified.problems.push(format!("{SUMS} has been changed: its lines are not those that were written"));
        }
    }

    fn check_log(&self, verified: &mut Verified) -> Option<Log> {
        let Some(text) = self.read.get(LOG) else {
            verified.problems.push(format!("{LOG} is not there"));
            return None;
        };
        let mut follower = Follower::default();
        for (n, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
            match serde_json::from_slice::<LogRow>(line) {
                Ok(row) if follower.fits(&row) => verified.log_rows += 1,
                Ok(row) => {
                    verified.problems.push(format!("{LOG}: row {} of the log has been changed: its hash does not fit", row.change_id));
                    return None;
                }
                Err(error) => {
                    verified.problems.push(format!("{LOG}: line {} is no row of a log: {error}", n + 1));
                    return None;
                }
            }
        }
        let (last_change_id, last_hash) = follower.head();
        Some(Log { rows: verified.log_rows, last_change_id, last_hash: last_hash.to_owned() })
    }

    fn check_manifest(&self, chain: Option<Log>, verified: &mut Verified) {
        let Some(text) = self.read.get(MANIFEST) else {
            return verified.problems.push(format!("{MANIFEST} is not there"));
        };
        let listed: Listed = match serde_json::from_slice(text) {
            Ok(listed) => listed,
            Err(error) => return verified.problems.push(format!("{MANIFEST} cannot be read: {error}")),
        };
        if listed.form != FORM {
            verified.problems.push(format!("{MANIFEST} is of form {}: a later potvrda reads it", listed.form));
        }
        if chain.is_some_and(|chain| chain != listed.log) {
            verified.problems.push(format!("{LOG} does not end where {MANIFEST} says"));
        }
        for one in &listed.exhibits {
            let Some(file) = one.file.as_deref() else { continue };
            let Some(sum) = self.sum_of(file) else {
                if listed.missing.as_ref().is_some_and(|missing| !missing.iter().any(|said| said.contains(file))) {
                    verified.problems.push(format!("{} is in {MANIFEST} and not in the archive", file.escape_default()));
                }
                continue;
            };
            if sum != one.sha256 {
                verified.problems.push(format!("{file} is not what {MANIFEST} lists as {}", one.url.escape_default()));
            }
            let said = self.read.get(&sidecar_of(file)).and_then(|text| serde_json::from_slice::<serde_json::Value>(text).ok());
            if said.as_ref().and_then(|said| said.get("sha256")).and_then(|sha| sha.as_str()) != Some(&one.sha256) {
                verified.problems.push(format!("{} does not speak of {file}", sidecar_of(file)));
            }
        }
    }
}

fn is_sum(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_read(name: &str) -> bool {
    [MANIFEST, LOG, SUMS].contains(&name) || (name.starts_with(EVIDENCE) && name.ends_with(".json"))
}
