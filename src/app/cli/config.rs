//! `config`: the settings in force, and everything that is wrong with them.

use anyhow::Context;

use super::args::{ConfigCommand, Potvrda};
use super::{Failure, out};
use crate::config::{Settings, settings_file};

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
    }
    Ok(0)
}
