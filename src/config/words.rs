//! The operator's own words of the letters: reads the folder that `mail.words_dir` names, and says what is wrong with it.
//!
//! Never takes a folder that is half right: one fault, and the words in force stay.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use super::Problem;
use crate::domain::letter::words::{Fault, Words, is_known};

/// A template longer than this is none: the longest compiled in has a tenth of it.
const TEMPLATE_BYTES_MAX: u64 = 512 * 1024;
/// More entries than this in a folder are somebody's other files.
const ENTRIES_MAX: usize = 200;

/// The words of the letters, with the files of this folder in the place of those compiled in. Names are relative: `sr/alert.txt`. Every file must
/// have the name of a letter; hidden files are passed over. That every name in them exists was found out when the settings were loaded.
pub fn own_words(dir: &Path) -> Result<Words, Vec<Problem>> {
    read(dir, Words::parsed)
}

/// Everything that is wrong with the files of this folder: a letter of every sort is written with them.
pub(super) fn check_words(dir: &Path) -> Result<(), Vec<Problem>> {
    read(dir, Words::with).map(drop)
}

fn read(dir: &Path, judge: impl FnOnce(&BTreeMap<String, String>) -> Result<Words, Vec<Fault>>) -> Result<Words, Vec<Problem>> {
    let mut reading = Reading { texts: BTreeMap::new(), faults: Vec::new(), entries: 0 };
    reading.folder(dir, "");
    let Reading { texts, mut faults, .. } = reading;
    // Even where a file cannot be read, the faults of the others are told with it.
    match judge(&texts) {
        Ok(words) if faults.is_empty() => return Ok(words),
        Ok(_) => {}
        Err(more) => faults.extend(more),
    }
    faults.sort();
    let file = |name: &str| if name.is_empty() { dir.to_path_buf() } else { dir.join(name) };
    Err(faults.into_iter().map(|fault| Problem { file: file(&fault.name), line: fault.line, what: fault.what }).collect())
}

struct Reading {
    texts: BTreeMap<String, String>,
    faults: Vec<Fault>,
    entries: usize,
}

impl Reading {
    fn wrong(&mut self, name: &str, line: Option<usize>, what: String) {
        self.faults.push(Fault { name: name.to_owned(), line, what });
    }

    /// `within` is the folder's name in the names of its files: empty, or `sr/`.
    fn folder(&mut self, folder: &Path, within: &str) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(why) => return self.wrong(within, None, format!("mail.words_dir: this folder cannot be read: {why}")),
        };
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(why) => return self.wrong(within, None, format!("mail.words_dir: this folder cannot be read: {why}")),
            };
            let shown = entry.file_name().to_string_lossy().into_owned();
            if shown.starts_with('.') {
                continue;
            }
            self.entries += 1;
            if self.entries > ENTRIES_MAX {
                return self.wrong(within, None, "mail.words_dir: this folder holds more than the words of letters".to_owned());
            }
            let (name, path) = (format!("{within}{shown}"), entry.path());
            if path.is_dir() && within.is_empty() {
                self.folder(&path, &format!("{name}/"));
            } else if let Err(unknown) = is_known(&name) {
                self.faults.push(unknown);
            } else {
                self.file(&path, name);
            }
        }
    }

    fn file(&mut self, path: &Path, name: String) {
        let mut bytes = Vec::new();
        let read = fs::File::open(path).and_then(|file| file.take(TEMPLATE_BYTES_MAX + 1).read_to_end(&mut bytes));
        match read {
            Err(why) => self.wrong(&name, None, format!("this file cannot be read: {why}")),
            Ok(_) if bytes.len() as u64 > TEMPLATE_BYTES_MAX => self.wrong(&name, None, "this is no letter: it is too long".to_owned()),
            Ok(_) => match String::from_utf8(bytes) {
                Ok(text) => drop(self.texts.insert(name, text.trim_start_matches('\u{feff}').to_owned())),
                Err(why) => {
                    let sound = &why.as_bytes()[..why.utf8_error().valid_up_to()];
                    let line = 1 + sound.iter().filter(|byte| **byte == b'\n').count();
                    self.wrong(&name, Some(line), "this is not UTF-8; save the file as UTF-8".to_owned());
                }
            },
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_folder_is_told_with_its_file_and_line() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("sr/deeper")).unwrap();
        for (name, text) in [
            ("sr/manage.txt", &b"Subject: x\n\n{{ r.manage_ur }}\n"[..]),
            ("sr/blind.txt", b"Subject: x\n\xff\n"),
            ("sr/deeper/x.txt", b""),
            ("en/confirmaton.txt", b"x"),
            ("sr/.alert.txt.swp", b"\xff"),
        ] {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let said: Vec<String> = check_words(dir.path()).unwrap_err().iter().map(ToString::to_string).collect();
        let at = |name: &str| dir.path().join(name).display().to_string();
        let wanted = [
            format!("{}: no letter is written from a file of this name; did you mean en/confirmation.txt?", at("en/confirmaton.txt")),
            format!("{}:2: this is not UTF-8; save the file as UTF-8", at("sr/blind.txt")),
            format!("{}: no letter is written from a file of this name; did you mean ", at("sr/deeper")),
            format!("{}:3: there is no `manage_ur`; did you mean `manage_url`?", at("sr/manage.txt")),
        ];
        assert_eq!(said.len(), wanted.len(), "{said:?}");
        for (said, wanted) in said.iter().zip(&wanted) {
            assert!(said.starts_with(wanted), "{said}\n{wanted}");
        }
        assert!(own_words(&dir.path().join("nowhere")).unwrap_err()[0].to_string().contains("cannot be read"));
    }
}
