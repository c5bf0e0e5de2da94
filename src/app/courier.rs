//! The task that has owed letters delivered: when the bell rings, when a retry is due, when the mail server had its rest.
//!
//! Never talks to a mail server itself: `deliver` does, on a thread where waiting disturbs nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};

use crate::app::alarm::full;
use crate::app::clock::{self, Due};
use crate::app::daemon::{House, stopped};
use crate::app::deliver::{Delivery, Office, Postman};
use crate::app::rounds::survive;
use crate::config::Settings;
use crate::io::memory;
use crate::io::roster::Roster;

/// Without anything due, the queue is looked at so often all the same: a bell may be missed, a letter may not.
const LOOK_AT_LEAST: TimeDelta = TimeDelta::minutes(1);

/// Delivers until told to stop.
pub async fn run(mut house: House) -> Result<()> {
    let stopping = Arc::new(AtomicBool::new(false));
    let mut postman = Some(Postman::new(Office::of(&house.settings.borrow())?));
    loop {
        house.pulse.beat("courier");
        let settings = house.settings.borrow_and_update().clone();
        let mut taken = postman.take().context("the postman is out")?;
        let flag = stopping.clone();
        let mut round = tokio::task::spawn_blocking(move || {
            let delivery = round(&mut taken, &settings, &flag);
            (taken, delivery)
        });
        let (back, delivery) = tokio::select! {
            ended = &mut round => ended?,
            () = stopped(&mut house.stop) => {
                stopping.store(true, Ordering::Relaxed);
                round.await?
            }
        };
        postman = Some(back);
        memory::give_back();
        let (delivery, now) = (survived(delivery)?, clock::now());
        let wake = Due::reckoned(wake_at(delivery, now), now);
        let pulse = house.pulse.clone();
        tokio::select! {
            awake = clock::sleep_until(wake, &mut house.stop, || pulse.beat("courier")) => if !awake { return Ok(()) },
            () = house.bell.notified() => {}
            changed = house.settings.changed() => {
                changed?;
                match Office::of(&house.settings.borrow()) {
                    Ok(office) => postman.iter_mut().for_each(|p| p.move_to(office.clone())),
                    Err(error) => tracing::error!("letters go out as before: {error:#}"),
                }
            }
        }
    }
}

fn round(postman: &mut Postman, settings: &Settings, stop: &AtomicBool) -> Result<Delivery> {
    if !clock::is_sane(clock::now()) {
        tracing::error!("the clock is before the year this program was written in: letters wait until it goes right");
        return Ok(Delivery::default());
    }
    let mut roster = Roster::open(&settings.data_dir, false)?;
    let office = postman.office().clone();
    let write = |edition: &_, reader: &_| office.write(edition, reader);
    let mut delivery = postman.deliver(&mut roster, &write, None, &clock::now, stop);
    if delivery.as_ref().is_err_and(full::is_full) && full::tell(settings, clock::now())? {
        delivery = postman.deliver(&mut roster, &write, None, &clock::now, stop);
    }
    let delivery = delivery?;
    if delivery.sent + delivery.failed + delivery.refused + delivery.expired > 0 {
        let Delivery { sent, failed, refused, expired, owed, .. } = delivery;
        tracing::info!(sent, failed, refused, expired, owed, "letters");
    }
    Ok(delivery)
}

/// A roster that is locked or full for a while is no reason to die: what is owed stays owed.
fn survived(delivery: Result<Delivery>) -> Result<Delivery> {
    delivery.or_else(|error| survive(Err(error)).map(|()| Delivery::default()))
}

fn wake_at(delivery: Delivery, now: DateTime<Utc>) -> DateTime<Utc> {
    delivery.next_at.unwrap_or(now + LOOK_AT_LEAST).clamp(now + TimeDelta::seconds(1), now + LOOK_AT_LEAST)
}
