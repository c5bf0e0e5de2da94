//! The command line: what may be asked, and which room answers. One file a command.
//!
//! Never decides anything itself: it reads arguments, calls a verb, prints.

pub mod out;

mod args;
mod article;
mod completions;
mod config;
mod demo;
mod detect;
mod failure;
mod house;
mod lines;
mod poll;
mod run;
mod table;

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
        Command::Demo(ask) => block_on(demo::run(ask)),
        Command::Completions { shell } => completions::completions(*shell),
        Command::Man => completions::man(),
        Command::Config { command } => config::run(command, &arguments),
        other => needs_settings(other, settings(&arguments)?, &arguments),
    }
}

fn settings(arguments: &Potvrda) -> Result<Settings, Failure> {
    Settings::load(arguments.config.as_deref(), arguments.data.as_deref()).map_err(out::wrong_settings)
}

fn needs_settings(command: &Command, settings: Settings, arguments: &Potvrda) -> Result<u8, Failure> {
    match command {
        Command::Poll(ask) => block_on(poll::run(ask, &settings)),
        Command::Deliver { limit, json } => poll::deliver(*limit, *json, &settings),
        Command::Run => {
            let again = || Settings::load(arguments.config.as_deref(), arguments.data.as_deref()).map_err(|p| out::wrong_settings(p).error);
            run::run(settings, again)
        }
        _ => Ok(0),
    }
}

/// A command that fetches needs the runtime; the others do not pay for it.
fn block_on(command: impl Future<Output = Result<u8, Failure>>) -> Result<u8, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(anyhow::Error::from)?;
    runtime.block_on(command)
}
