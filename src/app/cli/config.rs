//! `config`: the settings in force, and everything that is wrong with them.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::Context;

use super::args::{ConfigCommand, Potvrda};
use super::{Failure, out};
use crate::config::{Settings, settings_file};
use crate::domain::letter::words::BUILT_IN;

pub(super) fn run(command: &ConfigCommand, arguments: &Potvrda) -> Result<u8, Failure> {
    let (file, data) = (arguments.config.as_deref(), arguments.data.as_deref());
    let found = settings_file(file);
    let from = found.map_or_else(|| "built-in defaults; no settings file".to_owned(), |file| file.display().to_string());
    match command {
        ConfigCommand::Show => {
            let settings = Settings::load_for_reading(file, data).map_err(out::wrong_settings)?;
            out::line(&format!("# from: {from}"));
            out::print(&settings.to_toml().context("the settings cannot be written as TOML")?);
        }
        ConfigCommand::Check => {
            Settings::load(file, data).map_err(out::wrong_settings)?;
            out::line(&format!("ok: {from}"));
        }
        ConfigCommand::Letters { dir } => letters(dir)?,
    }
    Ok(0)
}

/// Writes the words built in. What somebody changed is never written over.
fn letters(dir: &Path) -> Result<(), Failure> {
    let (mut written, mut kept) = (0, Vec::new());
    for (name, text) in BUILT_IN {
        let file = dir.join(name);
        let folder = file.parent().unwrap_or(dir);
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        match fs::OpenOptions::new().write(true).create_new(true).open(&file).and_then(|mut new| new.write_all(text.as_bytes())) {
            Ok(()) => written += 1,
            Err(why) if why.kind() == ErrorKind::AlreadyExists => kept.push(*name),
            Err(why) => return Err(anyhow::Error::new(why).context(format!("{} cannot be written", file.display())).into()),
        }
    }
    out::line(&format!("{}: {written} files written", dir.display()));
    if !kept.is_empty() {
        out::line(&format!("there already, and left as they are: {}", kept.join(", ")));
    }
    let name = toml::Value::String(dir.display().to_string());
    out::line(&format!("In the settings: words_dir = {name} in [mail]. Keep the files you change, and remove the others."));
    Ok(())
}
