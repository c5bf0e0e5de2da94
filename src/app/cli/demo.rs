//! `demo`: the founding case, replayed.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use tokio::sync::watch;

use super::args::Demo;
use super::{Failure, out, table};
use crate::app::{clock, demo, web};

pub(super) async fn run(ask: &Demo) -> Result<u8, Failure> {
    let folder = folder(ask)?;
    let began = Instant::now();
    let progress = std::io::stderr().is_terminal();
    // A file, or a program that searches the story, gets its lines whole.
    let width = std::io::stdout().is_terminal().then(table::width);
    let mut tell = |said: demo::Said<'_>| {
        if progress {
            eprint!("\r\x1b[K");
        }
        match said {
            demo::Said::Line(line) => match width {
                // A command is copied as it stands.
                Some(width) if !line.trim_start().starts_with("sqlite3 ") => {
                    table::hung(line, width).iter().for_each(|part| out::line(part))
                }
                _ => out::line(line),
            },
            demo::Said::Passing(day) if progress => {
                eprint!("... {} ({:.1} s)", day.format("%-d %B %Y"), began.elapsed().as_secs_f32());
                drop(std::io::stderr().flush());
            }
            demo::Said::Passing(_) => {}
        }
    };
    let left = demo::play(&folder, &mut tell).await?;
    if progress {
        eprint!("\r\x1b[K");
    }
    if !ask.once {
        stay(ask, left).await?;
    }
    Ok(0)
}

/// The folder to play in: the one named, if it is empty, else a fresh one that stays.
fn folder(ask: &Demo) -> Result<PathBuf, Failure> {
    let folder = match &ask.keep {
        Some(folder) => folder.clone(),
        None => std::env::temp_dir().join(format!("potvrda-demo-{}", clock::now().format("%Y%m%d-%H%M%S-%3f"))),
    };
    let taken = fs::read_dir(&folder).is_ok_and(|mut all| all.next().is_some()) || folder.is_file();
    if taken {
        return Err(Failure::new(
            format!("{} is not empty", folder.display()),
            "name a folder that is empty or not there yet: the demo never writes over anything",
        ));
    }
    fs::create_dir_all(&folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    Ok(folder)
}

/// The pages of what was played, until Ctrl-C.
async fn stay(ask: &Demo, left: demo::Left) -> Result<(), Failure> {
    let listener = web::bind(ask.listen)
        .await
        .map_err(|why| Failure::new(format!("{why:#}"), "name another place with `--listen`, or say `--once`"))?;
    let at = listener.local_addr().unwrap_or(ask.listen);
    out::line(&format!("The pages stay at http://{at} until Ctrl-C."));
    let (say_stop, stop) = watch::channel(false);
    // Held to the end: pages follow settings, and these do not change.
    let (_settings_stay, settings) = watch::channel(Arc::new(left.settings));
    let pages = web::serve(settings, listener, stop);
    tokio::pin!(pages);
    tokio::select! {
        () = &mut pages => return Ok(()),
        pressed = tokio::signal::ctrl_c() => pressed.map_err(anyhow::Error::from)?,
    }
    say_stop.send_replace(true);
    pages.await;
    Ok(())
}
