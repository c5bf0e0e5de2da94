//! `demo`: the founding case, replayed.

use std::fs;
use std::io::{IsTerminal, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::args::Demo;
use super::{Failure, out, table};
use crate::app::{clock, demo, web};

/// Where the pages stay up, where nothing else is said.
const USUAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

pub(super) async fn run(ask: &Demo) -> Result<u8, Failure> {
    // Before the story: whoever named a place that is taken should not have to watch first.
    let pages = if ask.once { None } else { Some(listener(ask.listen).await?) };
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
    if let Some(listener) = pages {
        stay(listener, left).await?;
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

/// The place named for the pages; where none is, the usual one, or any that is free: on a machine for trying things out something may run there.
async fn listener(named: Option<SocketAddr>) -> Result<TcpListener, Failure> {
    let mut bound = web::bind(named.unwrap_or(USUAL)).await;
    if named.is_none() && bound.is_err() {
        bound = web::bind(SocketAddr::new(USUAL.ip(), 0)).await;
    }
    bound.map_err(|why| Failure::new(format!("{why:#}"), "name another place with `--listen`, or say `--once`"))
}

/// The pages of what was played, until Ctrl-C.
async fn stay(listener: TcpListener, left: demo::Left) -> Result<(), Failure> {
    let at = listener.local_addr().context("the pages have no address")?;
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
