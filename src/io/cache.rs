//! What can be had again by more work: a file each under its own sum, and whatever is damaged, half written or gone is as if it had never been.
//!
//! Never holds what is known in one place alone; whoever deletes the folder loses nothing.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// The folder's name within the data directory.
const FOLDER: &str = "cache";
/// More is never kept: no page that is read has as much.
const BYTES_MAX: usize = 64 * 1024 * 1024;
/// Of a CRC-32: it is damage that it finds, and no forger.
const SUM_BYTES: usize = 4;

/// By its sum, for a name may hold anything.
fn path_of(dir: &Path, name: &str) -> PathBuf {
    let file: String = Sha256::digest(name).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    dir.join(FOLDER).join(file)
}

/// What was kept under a name; none where nothing was, or where it is not whole.
pub fn read(dir: &Path, name: &str) -> Option<Vec<u8>> {
    let path = path_of(dir, name);
    let length = fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file)?.len();
    if length > (BYTES_MAX + SUM_BYTES) as u64 {
        return None;
    }
    let mut bytes = fs::read(path).ok()?;
    let kept = bytes.len().checked_sub(SUM_BYTES)?;
    let sum = bytes.split_off(kept);
    (crc32fast::hash(&bytes).to_be_bytes() == *sum).then_some(bytes)
}

/// Keeps bytes under a name, in place of what was there. Not synced: after a power cut they may be gone, and that does no harm.
pub fn keep(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    if bytes.len() > BYTES_MAX {
        return Ok(());
    }
    let path = path_of(dir, name);
    fs::create_dir_all(dir.join(FOLDER))?;
    let part = path.with_extension("part");
    let mut file = File::create(&part)?;
    file.write_all(bytes)?;
    file.write_all(&crc32fast::hash(bytes).to_be_bytes())?;
    fs::rename(part, path)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_comes_back_and_what_was_damaged_does_not() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path(), "bills"), None);
        keep(dir.path(), "bills", b"rows").unwrap();
        keep(dir.path(), "../../laws", b"").unwrap();
        assert_eq!((read(dir.path(), "bills"), read(dir.path(), "../../laws")), (Some(b"rows".to_vec()), Some(Vec::new())));
        keep(dir.path(), "bills", b"other rows").unwrap();
        assert_eq!(read(dir.path(), "bills").unwrap(), b"other rows");

        let path = path_of(dir.path(), "bills");
        let whole = fs::read(&path).unwrap();
        for damaged in [&whole[..whole.len() - 1], &whole[1..], &[&whole[..], b"x"].concat(), b"", b"short"] {
            fs::write(&path, damaged).unwrap();
            assert_eq!(read(dir.path(), "bills"), None);
        }
        assert_eq!(fs::read_dir(dir.path().join(FOLDER)).unwrap().count(), 2);
    }
}
