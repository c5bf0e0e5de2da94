//! `backup` and `restore`. The verbs are `app::backup`'s.

use std::path::Path;

use super::{Failure, house, out, outbox};
use crate::app::{backup, clock};
use crate::config::Settings;
use crate::io::roster::outbox::LetterState;

/// Letters shown of those that a restored directory owes.
const SHOWN_MAX: usize = 20;

pub(super) fn backup(to: &Path, settings: &Settings) -> Result<u8, Failure> {
    let (history, roster) = (house::read_history(settings)?, house::read_roster(settings)?);
    let copied = backup::backup(&settings.data_dir, &history, &roster, to)
        .map_err(|error| hinted(error, "name an empty or new folder on another disk"))?;
    out::line(&format!(
        "{}: both databases, {} files of evidence ({} new), {} KiB written",
        to.display(),
        copied.new + copied.kept,
        copied.new,
        copied.bytes.div_ceil(1024)
    ));
    out::line("it holds addresses: keep it as you keep those");
    Ok(0)
}

pub(super) fn restore(from: &Path, settings: &Settings) -> Result<u8, Failure> {
    let _alone = house::lock_to_restore(settings)?;
    let restored = backup::restore(from, &settings.data_dir, clock::now())
        .map_err(|error| hinted(error, "nothing was changed; name a folder that `potvrda backup` wrote"))?;
    out::line(&format!("{}: restored, {} files of evidence added", settings.data_dir.display(), restored.copied.new));
    if let Some(aside) = &restored.aside {
        out::line(&format!("what stood there lies in {}", aside.display()));
    }
    let owed = crate::app::outbox::list(&house::read_roster(settings)?, Some(LetterState::Owed), SHOWN_MAX)?;
    out::line(&format!(
        "stopped: nothing is sent until `potvrda outbox release`, or for {} hours; then {} letters owed, and {} changes nobody was told of",
        settings.limits.release_after_hours, owed.counts.owed, restored.untold
    ));
    if !owed.letters.is_empty() {
        outbox::table(&owed.letters).iter().for_each(|line| out::line(line));
        out::line(
            "what was listed after the backup is found again and told again: some get a letter twice, with the same Message-ID; nobody gets none",
        );
    }
    Ok(0)
}

/// What lies at the bottom may know better.
fn hinted(error: anyhow::Error, hint: &str) -> Failure {
    let failure = Failure::from(error);
    Failure { hint: failure.hint.or_else(|| Some(hint.to_owned())), ..failure }
}
