//! What people see: lines on stdout, the log and complaints on stderr, colour only on a terminal.

use std::io::{self, IsTerminal, Write};

use anyhow::anyhow;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::time::ChronoLocal;
use tracing_subscriber::prelude::*;

use super::args::{Command, LogForm, Potvrda};
use super::{Failure, code};
use crate::config::Problem;

/// Starts the log.
pub fn begin(arguments: &Potvrda) {
    let (others, ours) = match (arguments.quiet, arguments.verbose) {
        (true, _) => (LevelFilter::ERROR, LevelFilter::ERROR),
        // The demo tells its story itself.
        (false, 0) if matches!(arguments.command, Command::Demo(_)) => (LevelFilter::ERROR, LevelFilter::ERROR),
        (false, 0) => (LevelFilter::WARN, LevelFilter::INFO),
        (false, 1) => (LevelFilter::INFO, LevelFilter::DEBUG),
        (false, _) => (LevelFilter::DEBUG, LevelFilter::DEBUG),
    };
    let levels = Targets::new().with_default(others).with_target("potvrda", ours);
    let colour = io::stderr().is_terminal() && colour_wanted();
    let log = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_target(false);
    let lines = match arguments.log {
        LogForm::Text => log.with_ansi(colour).with_timer(ChronoLocal::new("%H:%M:%S".into())).with_filter(levels).boxed(),
        LogForm::Json => log.json().with_filter(levels).boxed(),
    };
    // A second start (tests) keeps the first log.
    let _started = tracing_subscriber::registry().with(lines).try_init();
}

/// <https://no-color.org>: any value that is not empty.
fn colour_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// Whether stdout takes colour.
pub fn colour() -> bool {
    io::stdout().is_terminal() && colour_wanted()
}

/// Prints to stdout. A reader that went away (`| head`) ends the program quietly, as every Unix tool does; an answer that could not be written
/// for another reason (a full disk) is no answer, and the program says so and fails.
pub fn print(text: &str) {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => {
            complain(&Failure::new(
                format_args!("the answer cannot be written: {error}"),
                "see where stdout leads; what was asked was done",
            ));
            std::process::exit(code::FAILED.into());
        }
    }
}

/// One line to stdout.
pub fn line(text: &str) {
    print(&format!("{text}\n"));
}

/// One JSON document to stdout.
pub fn json(value: &impl serde::Serialize) -> Result<(), anyhow::Error> {
    line(&serde_json::to_string_pretty(value)?);
    Ok(())
}

/// One JSON object on one line.
pub fn json_line(value: &impl serde::Serialize) -> Result<(), anyhow::Error> {
    line(&serde_json::to_string(value)?);
    Ok(())
}

/// What went wrong, its causes, and what to do now.
pub fn complain(failure: &Failure) {
    let mut stderr = io::stderr().lock();
    let mut text = format!("potvrda: {}\n", failure.error);
    for cause in failure.error.chain().skip(1) {
        text.push_str(&format!("  because: {cause}\n"));
    }
    if let Some(hint) = &failure.hint {
        text.push_str(&format!("  now: {hint}\n"));
    }
    // What a server or a page said is in it, and must not steer a terminal.
    let text: String = text.lines().map(|line| super::table::plain(line) + "\n").collect();
    let _nowhere_left_to_say_it = stderr.write_all(text.as_bytes());
}

/// All settings errors, one a line.
pub fn wrong_settings(problems: Vec<Problem>) -> Failure {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let count = if lines.len() == 1 { "one error".to_owned() } else { format!("{} errors", lines.len()) };
    Failure {
        code: code::SETTINGS,
        error: anyhow!("{count} in the settings\n{}", lines.join("\n")),
        hint: Some("mend them, then try `potvrda config check`; config/potvrda.toml shows every key".to_owned()),
    }
}
