//! The life of the process on one screen: what is started, what stops it, what it owes on the way out.
//!
//! A task that dies takes the process with it (house rule 12); systemd starts it again.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::app::{bounces, checkup, courier, pulse, rounds, web};
use crate::config::Settings;

/// What the tasks share: the settings, the word to stop, and the bell that says letters are owed.
#[derive(Clone)]
pub struct House {
    /// As read at start, or read again at SIGHUP.
    pub settings: watch::Receiver<Arc<Settings>>,
    /// True when it is time to end.
    pub stop: watch::Receiver<bool>,
    /// Rung when letters became due.
    pub bell: Arc<Notify>,
    /// Which tasks are alive.
    pub pulse: Arc<pulse::Pulse>,
}

/// Returns when it is time to end.
pub async fn stopped(stop: &mut watch::Receiver<bool>) {
    // The sender gone means the daemon is gone: time to end too.
    drop(stop.wait_for(|stop| *stop).await);
}

/// How the daemon ended.
pub enum End {
    /// Told to.
    Stopped,
    /// A task died: its name and why.
    Died(String, anyhow::Error),
}

/// How long the tasks have to end after SIGTERM: a letter on its way is finished, nothing new is begun. Ten seconds are promised, on a busy
/// machine too.
const LAST_ORDERS: Duration = Duration::from_secs(8);

/// Runs until told to stop. `reload` reads the settings anew at SIGHUP.
pub async fn run(settings: Settings, reload: impl Fn() -> Result<Settings>) -> Result<End> {
    let (say_stop, stop) = watch::channel(false);
    let (say_settings, settings) = watch::channel(Arc::new(settings));
    let house = House { settings, stop, bell: Arc::new(Notify::new()), pulse: Arc::new(pulse::Pulse::default()) };

    let mut tasks = JoinSet::new();
    tasks.spawn(named("rounds", rounds::run(house.clone())));
    tasks.spawn(named("courier", courier::run(house.clone())));
    tasks.spawn(named("bounces", bounces::run(house.clone())));
    tasks.spawn(named("web", web::run(house.clone())));
    tasks.spawn(named("pulse", pulse::run(house.clone())));
    tasks.spawn(named("checkup", checkup::run(house.clone())));

    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be heard")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be heard")?;
    let mut hangup = signal(SignalKind::hangup()).context("SIGHUP cannot be heard")?;
    tell_systemd(&[sd_notify::NotifyState::Ready]);
    tracing::info!(data = %shown(&house.settings.borrow().data_dir), "running");

    let end = loop {
        tokio::select! {
            _ = terminate.recv() => break End::Stopped,
            _ = interrupt.recv() => break End::Stopped,
            _ = hangup.recv() => match reload() {
                Ok(mut fresh) => {
                    // The directory is locked by this process, and no other is.
                    let data_dir = house.settings.borrow().data_dir.clone();
                    if fresh.data_dir != data_dir {
                        tracing::error!(data = %shown(&data_dir), "data_dir stays as it was: another one needs a restart");
                    }
                    fresh.data_dir = data_dir;
                    tracing::info!("settings read again");
                    say_settings.send_replace(Arc::new(fresh));
                }
                Err(error) => tracing::error!("the settings stay as they were: {error:#}"),
            },
            Some(ended) = tasks.join_next() => break died(ended),
        }
    };
    tell_systemd(&[sd_notify::NotifyState::Stopping]);
    say_stop.send_replace(true);
    if tokio::time::timeout(LAST_ORDERS, async { while tasks.join_next().await.is_some() {} }).await.is_err() {
        tracing::warn!("not every task ended in time; what it had not recorded will be done again");
    }
    Ok(end)
}

/// A task that returns before it was told to, has died.
async fn named(name: &'static str, task: impl Future<Output = Result<()>>) -> (&'static str, Result<()>) {
    (name, task.await)
}

fn died(ended: Result<(&'static str, Result<()>), tokio::task::JoinError>) -> End {
    match ended {
        Ok((name, Err(error))) => End::Died(name.to_owned(), error),
        Ok((name, Ok(()))) => End::Died(name.to_owned(), anyhow::anyhow!("it ended without being told to")),
        Err(panic) => End::Died("a task".to_owned(), anyhow::Error::new(panic)),
    }
}

fn shown(path: &Path) -> std::path::Display<'_> {
    path.display()
}

/// Without systemd nobody listens, and that is no fault.
pub fn tell_systemd(states: &[sd_notify::NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!("systemd was not told: {error}");
    }
}
