//! The command line: what may be asked, and which room answers. One file a command.
//!
//! Never decides anything itself: it reads arguments, calls a verb, prints.

pub mod out;

mod args;
mod article;
mod completions;
mod config;
mod detect;
mod read;

use std::process::ExitCode;

use anyhow::Error;
use clap::Parser;

use crate::config::Settings;
use args::{Command, Potvrda};

/// Why a command ends with something other than 0 (contract.md, exit codes).
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub code: u8,
    /// What went wrong, with its causes.
    pub error: Error,
    /// What the operator should do now.
    pub hint: Option<String>,
}

/// The exit codes of the contract.
pub mod code {
    #![allow(missing_docs)]
    pub const FAILED: u8 = 1;
    pub const USAGE: u8 = 2;
    pub const HELD: u8 = 3;
    pub const TASK_DIED: u8 = 70;
    pub const DATABASE: u8 = 74;
    pub const TAKEN: u8 = 75;
    pub const SETTINGS: u8 = 78;
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure { code: code::FAILED, error, hint: None }
    }
}

/// Reads the arguments, runs the command, prints what went wrong.
pub fn main() -> ExitCode {
    let arguments = Potvrda::parse();
    out::begin(&arguments);
    match run(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            out::complain(&failure);
            ExitCode::from(failure.code)
        }
    }
}

fn run(arguments: Potvrda) -> Result<u8, Failure> {
    match &arguments.command {
        Command::Detect(ask) => detect::run(ask),
        Command::Article(ask) => article::run(ask),
        Command::Read(ask) => read::run(ask),
        Command::Completions { shell } => completions::completions(*shell),
        Command::Man => completions::man(),
        Command::Config { command } => config::run(command, &arguments),
        other => needs_settings(other, &settings(&arguments)?),
    }
}

fn settings(arguments: &Potvrda) -> Result<Settings, Failure> {
    Settings::load(arguments.config.as_deref(), arguments.data.as_deref()).map_err(out::wrong_settings)
}

fn needs_settings(_command: &Command, _settings: &Settings) -> Result<u8, Failure> {
    Ok(0)
}
