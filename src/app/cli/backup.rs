//! `backup` and `restore`.

use std::path::Path;

use super::{Failure, house, out, table};
use crate::app::{backup, clock};
use crate::config::Settings;
use crate::io::lock::Lock;

pub(super) fn backup(to: &Path, settings: &Settings) -> Result<u8, Failure> {
    drop(house::read_history(settings)?);
    let copied = backup::backup(&settings.data_dir, to).map_err(|error| hinted(error, "name an empty folder, or an earlier backup"))?;
    let name = table::plain(&to.display().to_string());
    let files = copied.evidence_files;
    out::line(&format!(
        "{name}: both databases ({} changes, {} letters owed), {files} files of evidence added",
        copied.changes, copied.owed
    ));
    out::line("it holds addresses: keep it where only you can read it");
    Ok(0)
}

pub(super) fn restore(from: &Path, settings: &Settings) -> Result<u8, Failure> {
    let dir = &settings.data_dir;
    // Whatever stands there now may be broken: that is what a backup is for.
    house::make_directory(dir)?;
    let _lock = Lock::take(dir)?;
    let copied = backup::restore(from, dir, clock::now()).map_err(|error| hinted(error, "name a folder that `potvrda backup` wrote"))?;
    let name = table::plain(&from.display().to_string());
    out::line(&format!("restored from {name}: {} changes, {} files of evidence added", copied.changes, copied.evidence_files));
    if let Some(aside) = &copied.set_aside {
        out::line(&format!("what stood here before is in {}: delete it when all is well", table::plain(&aside.display().to_string())));
    }
    let hours = settings.limits.release_after_hours;
    out::line(&format!("stopped: nothing is sent until `potvrda outbox release`, or for {hours} hours"));
    let owed = copied.owed;
    out::line(&format!("then {owed} letters go that were owed when the backup was made; `potvrda outbox list --state owed` shows them"));
    out::line("what was listed since is found by the next poll and told then; some may get a letter twice, with the same Message-ID");
    Ok(0)
}

fn hinted(error: anyhow::Error, hint: &str) -> Failure {
    let failure = Failure::from(error);
    Failure { hint: failure.hint.or_else(|| Some(hint.to_owned())), ..failure }
}
