//! One .eml file a letter, whole or not at all. The same letter put twice is one file. Never reads one back.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{MailError, Message};

/// A folder that takes letters.
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, MailError> {
        // Letters bear addresses: for the owner alone.
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|e| local(path, &e))?;
        Ok(Folder { path: path.to_owned() })
    }

    pub(super) fn put(&self, message: &Message) -> Result<(), MailError> {
        let whole = self.path.join(message.file_name());
        let draft = self.path.join(format!(".{}.part", message.file_name()));
        let written = (|| {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
            file.write_all(message.as_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, &whole)?;
            File::open(&self.path)?.sync_all()
        })();
        written.map_err(|e| {
            // What is left of the draft is no letter; if it cannot be removed either, the next try writes over it.
            let _ = fs::remove_file(&draft);
            local(&self.path, &e)
        })
    }
}

fn local(path: &Path, error: &std::io::Error) -> MailError {
    MailError::Local(format!("{}: {error}", path.display()))
}
