//! The command line: what may be asked, and which room answers. One file a command.
//!
//! Never decides anything itself: it reads arguments, calls a verb, prints.

pub mod house;
pub mod out;

mod agreements;
mod args;
mod article;
mod check;
mod completions;
mod config;
mod csv;
mod decide;
mod detect;
mod explain;
mod failure;
mod lines;
mod outbox;
mod read;
mod show;
mod subscriber;
mod table;
mod which;

use std::process::ExitCode;

use clap::Parser;

use crate::config::Settings;
use args::{Command, Potvrda};

pub use failure::{Failure, code};

/// Reads the arguments, runs the command, prints what went wrong.
pub fn main() -> ExitCode {
    let arguments = Potvrda::parse();
    out::begin(&arguments);
    match run(&arguments) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            out::complain(&failure);
            ExitCode::from(failure.code)
        }
    }
}

fn run(arguments: &Potvrda) -> Result<u8, Failure> {
    match &arguments.command {
        Command::Detect(ask) => detect::run(ask),
        Command::Article(ask) => article::run(ask),
        Command::Read(ask) => read::run(ask),
        Command::Completions { shell } => completions::completions(*shell),
        Command::Man => completions::man(),
        Command::Config { command } => config::run(command, arguments),
        Command::Demo(_) | Command::Run | Command::Poll(_) | Command::Deliver { .. } | Command::Check { .. } => {
            fetches_or_sends(&arguments.command, &settings(arguments)?)
        }
        other => reads_or_notes(other, &settings_for_reading(arguments)?),
    }
}

fn settings(arguments: &Potvrda) -> Result<Settings, Failure> {
    Settings::load(arguments.config.as_deref(), arguments.data.as_deref()).map_err(out::wrong_settings)
}

/// The secrets that settings name are not for everyone who may read.
fn settings_for_reading(arguments: &Potvrda) -> Result<Settings, Failure> {
    Settings::load_for_reading(arguments.config.as_deref(), arguments.data.as_deref()).map_err(out::wrong_settings)
}

/// Commands that go out to the site or to the mail server.
fn fetches_or_sends(command: &Command, settings: &Settings) -> Result<u8, Failure> {
    match command {
        Command::Check { offline, json } => check::run(*offline, *json, settings),
        // Here stand demo, run, poll and deliver.
        _ => Err(Failure::new("this command is not built in yet", "see `potvrda help` for those that are")),
    }
}

/// Commands that stay within the data directory, beside the daemon.
fn reads_or_notes(command: &Command, settings: &Settings) -> Result<u8, Failure> {
    match command {
        Command::Agreements(ask) => agreements::list(ask, settings),
        Command::Show { bill, json } => show::run(bill, *json, settings),
        Command::Changes { since, json } => agreements::changes(*since, *json, settings),
        Command::Decide { bill, verdict, reason } => decide::run(bill, *verdict, reason, settings),
        Command::Explain { email, bill, json } => explain::run(email, bill, *json, settings),
        Command::Subscriber { command } => subscriber::run(command, settings),
        Command::Outbox { command } => outbox::run(command, settings),
        _ => Err(Failure::new("this command needs no settings", "this is a bug: please report it").with_code(code::TASK_DIED)),
    }
}
