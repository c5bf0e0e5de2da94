//! `evidence export` and `evidence verify`: what proves a bill, in one file.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::args::EvidenceCommand;
use super::{Failure, house, out, table, which};
use crate::app::{clock, exhibits};
use crate::config::Settings;
use crate::io::evidence::{Evidence, EvidenceError};
use crate::io::history::HistoryError;

/// Writes one bill's evidence.
pub(super) fn export(typed: &str, to: &Path, json: bool, settings: &Settings) -> Result<u8, Failure> {
    let history = house::read_history(settings)?;
    let id = which::bill(&history, typed)?;
    let story = history.show(id)?.ok_or(HistoryError::NoBill(id))?;
    let evidence = Evidence::within(&settings.data_dir, u64::MAX);
    let part = beside(to);
    let written = write(&part, |file| exhibits::export(&history, &evidence, &story, file, clock::now()))
        .and_then(|exported| fs::rename(&part, to).with_context(|| format!("{} cannot be written", to.display())).map(|()| exported));
    let exported = written.map_err(|error| {
        drop(fs::remove_file(&part));
        let hint = error.chain().find_map(|cause| cause.downcast_ref::<EvidenceError>()).map(|error| error.hint().to_owned());
        let failure = Failure::from(error);
        Failure { hint: hint.or(failure.hint).or_else(|| Some("name a file that can be written with --out".to_owned())), ..failure }
    })?;
    for one in &exported.missing {
        tracing::warn!("not in the archive: {}", table::plain(one));
    }
    if json {
        out::json(&exported)?;
        return Ok(0);
    }
    let name = table::plain(&to.display().to_string());
    let (pages, documents, rows) = (exported.pages, exported.documents, exported.log_rows);
    out::line(&format!("{name}: {pages} pages, {documents} documents, {rows} rows of the log, {} bytes", exported.bytes));
    out::line(&format!("sha256 {}", exported.sha256));
    if !exported.missing.is_empty() {
        out::line(&format!("{} pages or documents are no longer kept and are not in it", exported.missing.len()));
    }
    Ok(0)
}

fn beside(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    PathBuf::from(name)
}

fn write<T>(part: &Path, work: impl FnOnce(&mut BufWriter<File>) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let mut file = BufWriter::new(File::create(part).with_context(|| format!("{} cannot be written", part.display()))?);
    let done = work(&mut file)?;
    file.into_inner().map_err(|error| error.into_error())?.sync_all()?;
    Ok(done)
}

/// Checks an archive. Asks neither settings nor databases.
pub(super) fn verify(file: &Path, json: bool) -> Result<u8, Failure> {
    let name = table::plain(&file.display().to_string());
    let opened = File::open(file).with_context(|| format!("{name} cannot be read"));
    let verified = opened
        .and_then(|file| exhibits::verify(BufReader::new(file)).with_context(|| format!("{name} cannot be read")))
        .map_err(|error| Failure { hint: Some("name an archive that `potvrda evidence export` wrote".to_owned()), ..error.into() })?;
    if json {
        out::json(&verified)?;
    }
    if !verified.problems.is_empty() {
        let what = verified.problems.iter().map(|problem| format!("\n  {}", table::plain(problem))).collect::<String>();
        return Err(Failure::new(
            format_args!("{name} is not as it was written:{what}"),
            "get another copy of the file, and compare the SHA-256 that `evidence export` printed",
        ));
    }
    if !json {
        out::line(&format!("{name}: whole; {} files, {} rows of the log in one chain", verified.files, verified.log_rows));
        out::line(&format!("sha256 {}", verified.sha256));
    }
    Ok(0)
}

/// Which of the two.
pub(super) fn run(command: &EvidenceCommand, settings: impl FnOnce() -> Result<Settings, Failure>) -> Result<u8, Failure> {
    match command {
        EvidenceCommand::Export { bill, out, json } => export(bill, out, *json, &settings()?),
        EvidenceCommand::Verify { file, json } => verify(file, *json),
    }
}
