//! The command line: what may be asked, and which room answers. One file a command.
//!
//! Never decides anything itself: it reads arguments, calls a verb, prints.

pub mod out;

mod agreements;
mod args;
mod article;
mod backup;
mod bounce;
mod check;
mod completions;
mod config;
mod correct;
mod decide;
mod demo;
mod detect;
mod evidence;
mod explain;
mod failure;
mod house;
mod import;
mod lines;
mod office;
mod outbox;
mod poll;
mod read;
mod rehearsal;
mod run;
mod show;
mod subscriber;
mod table;
mod which;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};
use tokio::runtime::Builder;

use crate::config::Settings;
use crate::io::memory;
use args::{Command, Potvrda};
pub use failure::{Failure, code};

/// Reads the arguments, runs the command, prints what went wrong.
pub fn main() -> ExitCode {
    let asked = command().get_matches();
    let arguments = Potvrda::from_arg_matches(&asked).unwrap_or_else(|error| error.exit());
    out::begin(&arguments);
    match run(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            out::complain(&failure);
            ExitCode::from(failure.code)
        }
    }
}

/// The command line; a variable that is set but empty is as good as not set, as everywhere in a shell.
fn command() -> clap::Command {
    [("config", "POTVRDA_CONFIG"), ("log", "POTVRDA_LOG")]
        .into_iter()
        .filter(|(_, variable)| std::env::var_os(variable).is_some_and(|value| value.is_empty()))
        .fold(Potvrda::command(), |command, (argument, _)| command.mut_arg(argument, |known| known.env(None)))
}

fn run(arguments: Potvrda) -> Result<u8, Failure> {
    memory::share();
    // Commands that go out to the site or the mail server need every file that the settings name; those that stay within the data directory
    // are for everyone who may look into it, and the secrets are not.
    let load = || Settings::load(arguments.config.as_deref(), arguments.data.as_deref()).map_err(out::wrong_settings);
    let within = || Settings::load_for_reading(arguments.config.as_deref(), arguments.data.as_deref()).map_err(out::wrong_settings);
    match &arguments.command {
        Command::Detect(ask) => detect::run(ask),
        Command::Article(ask) => article::run(ask),
        Command::Read(ask) => read::run(ask),
        Command::ReadOffice => office::run(),
        Command::Demo(ask) => block_on(demo::run(ask)),
        Command::Completions { shell } => completions::completions(*shell),
        Command::Man => completions::man(),
        Command::Config { command } => config::run(command, &arguments),
        Command::Poll(ask) => {
            memory::prepare();
            block_alone_on(poll::run(ask, &load()?))
        }
        Command::Deliver { limit, json } => poll::deliver(*limit, *json, &load()?),
        Command::Check { offline, json } => block_on(check::run(*offline, *json, &load()?, arguments.config.as_deref())),
        Command::Run => run::run(load()?, || load().map_err(|failure| failure.error)),
        Command::Import(ask) => import::run(ask, &within()?),
        Command::Agreements(ask) => agreements::list(ask, &within()?),
        Command::Show { bill, json } => show::run(bill, *json, &within()?),
        Command::Changes { since, json } => agreements::changes(*since, *json, &within()?),
        Command::Decide { bill, verdict, reason } => decide::run(bill, *verdict, reason, &within()?),
        Command::Correct(ask) => correct::run(ask, &within()?),
        Command::Evidence { command } => evidence::run(command, within),
        Command::Explain { email, bill, json } => explain::run(email, bill, *json, &within()?),
        Command::Subscriber { command } => subscriber::run(command, &within()?),
        Command::Bounce { json } => bounce::run(*json, &within()?),
        Command::Outbox { command } => outbox::run(command, &within()?),
        Command::Backup { dir } => backup::backup(dir, &within()?),
        Command::Restore { dir } => backup::restore(dir, &within()?),
    }
}

/// A command that fetches needs the runtime; the others do not pay for it.
fn block_on(command: impl Future<Output = Result<u8, Failure>>) -> Result<u8, Failure> {
    on(Builder::new_multi_thread().worker_threads(1), command)
}

/// The same in one thread, for what has one thing to do at a time: threads that wake each other are a tenth of a poll.
fn block_alone_on(command: impl Future<Output = Result<u8, Failure>>) -> Result<u8, Failure> {
    on(&mut Builder::new_current_thread(), command)
}

fn on(builder: &mut Builder, command: impl Future<Output = Result<u8, Failure>>) -> Result<u8, Failure> {
    let runtime = builder.enable_all().build().map_err(anyhow::Error::from)?;
    let outcome = runtime.block_on(command);
    // The system resolves a name nobody answers for in a thread of its own, for a minute and longer; nothing is left for it to do.
    runtime.shutdown_background();
    outcome
}
