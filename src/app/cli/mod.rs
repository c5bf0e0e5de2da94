//! The command line: what may be asked, and which room answers. One file a command.
//!
//! Never decides anything itself: it reads arguments, calls a verb, prints.

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
mod house;
mod lines;
mod outbox;
mod poll;
mod read;
mod run;
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
        Command::Demo(_) | Command::Run | Command::Poll(_) | Command::Deliver { .. } | Command::Check { .. } => {
            goes_out(&arguments.command, settings(&arguments)?, &arguments)
        }
        command => stays_in(command, &settings_for_reading(&arguments)?),
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
fn goes_out(command: &Command, settings: Settings, arguments: &Potvrda) -> Result<u8, Failure> {
    match command {
        Command::Poll(ask) => block_on(poll::run(ask, &settings)),
        Command::Deliver { limit, json } => poll::deliver(*limit, *json, &settings),
        Command::Check { offline, json } => block_on(check::run(*offline, *json, &settings, arguments.config.as_deref())),
        Command::Run => {
            let again = || Settings::load(arguments.config.as_deref(), arguments.data.as_deref()).map_err(|p| out::wrong_settings(p).error);
            run::run(settings, again)
        }
        _ => Ok(0),
    }
}

/// Commands that stay within the data directory, beside the daemon.
fn stays_in(command: &Command, settings: &Settings) -> Result<u8, Failure> {
    match command {
        Command::Agreements(ask) => agreements::list(ask, settings),
        Command::Show { bill, json } => show::run(bill, *json, settings),
        Command::Changes { since, json } => agreements::changes(*since, *json, settings),
        Command::Decide { bill, verdict, reason } => decide::run(bill, *verdict, reason, settings),
        Command::Explain { email, bill, json } => explain::run(email, bill, *json, settings),
        Command::Subscriber { command } => subscriber::run(command, settings),
        Command::Outbox { command } => outbox::run(command, settings),
        _ => Ok(0),
    }
}

/// A command that fetches needs the runtime; the others do not pay for it.
fn block_on(command: impl Future<Output = Result<u8, Failure>>) -> Result<u8, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(anyhow::Error::from)?;
    runtime.block_on(command)
}
