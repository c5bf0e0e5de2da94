//! The pages: what was found, how we know, when we last looked; and the two buttons behind the links in letters.
//!
//! Never writes on GET, never polls, never sends. Every answer is read from the databases anew, beside the daemon and never before it.
//!
//! ```text
//! connection  who may connect, for how long, with how much        routes  which address is answered by what, and the headers of all answers
//! tongue      the reader's language, and its words                page    the frame round every page
//! list  gaps  agreement  sittings  status  privacy                a page each        timeline  documents  difference    parts of an agreement's
//! subscribe  manage  choices                                      who asks for letters, and changes what they hear of; their form    turns  how often
//! download    /history.db                                         metrics /metrics
//! doors       /confirm and /unsubscribe: a button on GET, an act on POST        data    JSON, CSV, Atom
//! ```

mod agreement;
mod choices;
mod connection;
mod data;
mod difference;
mod documents;
mod doors;
mod download;
mod gaps;
mod list;
mod manage;
mod metrics;
mod page;
mod privacy;
mod routes;
mod sittings;
mod status;
mod subscribe;
mod timeline;
mod tongue;
mod turns;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use chrono::TimeDelta;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore, watch};

use crate::app::daemon::{House, stopped};
use crate::app::pulse::Pulse;
use crate::config::{Listen, Settings};
use crate::io::database::DatabaseError;
use crate::io::history::{History, HistoryError};
use turns::Turns;

/// A port that is taken is asked for again so often.
const ASK_AGAIN: Duration = Duration::from_secs(30);

/// Serves the pages until told to stop. A port that is taken is an error in the log, tried again and again: letters matter more than pages, so
/// the daemon goes on. New settings are followed, the place to listen included.
pub async fn run(mut house: House) -> Result<()> {
    let mut told = false;
    while !*house.stop.borrow() {
        let Listen::At(address) = house.settings.borrow_and_update().web.listen else {
            wait(&mut house, None).await;
            continue;
        };
        match bind(address).await {
            Ok(listener) => {
                told = false;
                tracing::info!("pages at http://{}", listener.local_addr().unwrap_or(address));
                let stop = house.stop.clone();
                tokio::select! {
                    () = answer(house.settings.clone(), Some((house.pulse.clone(), house.bell.clone())), listener, stop) => {}
                    () = moved(house.settings.clone(), address) => {}
                }
            }
            Err(error) => {
                if !told {
                    tracing::error!(
                        "no pages: {error:#}; letters go on, and the port is asked for again. Set `[web] listen` to another or to \"off\""
                    );
                }
                told = true;
                wait(&mut house, Some(ASK_AGAIN)).await;
            }
        }
    }
    Ok(())
}

/// Until new settings, the end, or so long.
async fn wait(house: &mut House, most: Option<Duration>) {
    let long = async {
        match most {
            Some(most) => tokio::time::sleep(most).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = long => {}
        changed = house.settings.changed() => if changed.is_err() { stopped(&mut house.stop).await },
        () = stopped(&mut house.stop) => {}
    }
}

/// Ends when the settings name another place to listen.
async fn moved(mut settings: watch::Receiver<Arc<Settings>>, from: SocketAddr) {
    if settings.wait_for(|s| s.web.listen != Listen::At(from)).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Takes a port.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("{address} cannot be listened at"))
}

/// Serves the pages of a data directory at a port until told to stop. Nobody polls beside it: old looks are no illness then.
pub async fn serve(settings: watch::Receiver<Arc<Settings>>, listener: TcpListener, stop: watch::Receiver<bool>) {
    answer(settings, None, listener, stop).await;
}

async fn answer(
    settings: watch::Receiver<Arc<Settings>>,
    daemon: Option<(Arc<Pulse>, Arc<Notify>)>,
    listener: TcpListener,
    stop: watch::Receiver<bool>,
) {
    let (pulse, bell) = daemon.unzip();
    let hall = Hall {
        settings,
        pulse,
        bell,
        readers: one(),
        doors: one(),
        downloads: Arc::new(Semaphore::new(download::AT_ONCE)),
        guesses: Arc::new(Turns::new(20, TimeDelta::minutes(1))),
        sign_ups: Arc::new(Turns::new(5, TimeDelta::hours(1))),
        counts: Arc::new(Turns::new(20, TimeDelta::minutes(1))),
    };
    connection::accept(listener, routes::routes(hall), stop).await;
}

/// What every answer may use.
#[derive(Clone)]
struct Hall {
    settings: watch::Receiver<Arc<Settings>>,
    /// Of the daemon, where one runs.
    pulse: Option<Arc<Pulse>>,
    /// One answer reads at a time: on a small machine more would take the processor from polls and letters, and hold memory meanwhile.
    readers: Arc<Semaphore>,
    /// And one opens a door: it may have to wait for the courier, and pages do not wait with it.
    doors: Arc<Semaphore>,
    /// Who takes the whole history away, at one time.
    downloads: Arc<Semaphore>,
    /// Rung where a letter became due.
    bell: Option<Arc<Notify>>,
    /// Wrong links followed (faults.md X11).
    guesses: Arc<Turns>,
    /// Addresses entered (X9).
    sign_ups: Arc<Turns>,
    /// Forecasts asked for: each reads a year of agreements.
    counts: Arc<Turns>,
}

/// Why there is no answer.
#[derive(Debug)]
enum Fault {
    /// No such page, or no such bill.
    Nowhere,
    /// Nothing was ever recorded.
    NothingYet,
    /// Said in the log; the reader is asked to come back.
    Broken(anyhow::Error),
}

impl From<HistoryError> for Fault {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Database(DatabaseError::Missing(_)) => Fault::NothingYet,
            other => Fault::Broken(other.into()),
        }
    }
}

impl Hall {
    /// A letter is owed: the courier need not wait for its next look.
    fn ring(&self) {
        if let Some(bell) = &self.bell {
            bell.notify_one();
        }
    }

    fn settings(&self) -> Arc<Settings> {
        self.settings.borrow().clone()
    }

    /// Reads the history, on a thread that may block.
    async fn read<T: Send + 'static>(&self, read: impl FnOnce(&History) -> Result<T, HistoryError> + Send + 'static) -> Result<T, Fault> {
        let dir = self.settings().data_dir.clone();
        block(&self.readers, move || Ok(read(&History::open_reader(&dir)?)?)).await
    }
}

fn one() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(1))
}

/// Does what blocks, when its turn comes.
async fn block<T: Send + 'static>(queue: &Semaphore, work: impl FnOnce() -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    let _turn = queue.acquire().await.map_err(|e| Fault::Broken(e.into()))?;
    tokio::task::spawn_blocking(work).await.map_err(|e| Fault::Broken(e.into()))?
}
