//! `poll`: one look at every source, now; then dispatch, and delivery of what is due. `deliver`: that last part alone.
//! `poll --dry-run` is the same walk over copies (`rehearsal`).

use std::sync::atomic::AtomicBool;

use serde::Serialize;
use tokio::time::Instant;

use super::args::Poll;
use super::rehearsal::{self, WouldSend};
use super::{Failure, code, house, out};
use crate::app::alarm::full;
use crate::app::blocking::block_in_place;
use crate::app::deliver::{Delivery, Office, Postman};
use crate::app::desk::Desk;
use crate::app::documents::{Done, Scope};
use crate::app::poll::{Ask, Polled};
use crate::app::rounds::{ForOperators, Waiting};
use crate::app::{bounces, clock, dispatch, documents, poll, rounds};
use crate::config::{Settings, Source};
use crate::io::history::History;
use crate::io::history::record::Outcome;
use crate::io::lock::LockError;
use crate::io::roster::Roster;

#[derive(Serialize)]
struct Report {
    sources: Vec<Polled>,
    documents: Done,
    letters: Letters,
    /// What a rehearsal would have sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    would_send: Option<Vec<WouldSend>>,
}

#[derive(Serialize, Default)]
struct Letters {
    owed: i64,
    sent: usize,
    failed: usize,
}

impl Letters {
    /// With those of a later delivery.
    fn and(&self, later: Letters) -> Letters {
        Letters { owed: later.owed, sent: self.sent + later.sent, failed: self.failed + later.failed }
    }
}

pub(super) async fn run(ask: &Poll, settings: &Settings) -> Result<u8, Failure> {
    let sources = sources(ask, settings)?;
    if ask.dry_run {
        return rehearse(ask, settings, &sources).await;
    }
    let _lock = match house::lock(settings) {
        Ok(lock) => lock,
        Err(failure) if ask.release && is_taken(&failure) => return leave_order(ask, settings),
        Err(failure) => return Err(failure),
    };
    let (history, mut roster) = block_in_place(|| told_if_full(house::open_or_make(settings), settings))?;
    let mut desk = Desk::with(settings.clone(), history);
    let (began, began_at) = (Instant::now(), clock::now());
    let mut early = Letters::default();
    let looked = look(ask, &mut desk, &sources, began, &mut || {
        early = early.and(tell_meanwhile(settings, &mut roster)?);
        Ok(())
    })
    .await;
    let (polled, tell) = block_in_place(|| told_if_full(looked, settings))?;
    let mut read = documents::before_telling(&mut desk, began_at, began, clock::now()).await?;
    let mut sent = early.and(block_in_place(|| {
        let sent = letters(settings, &mut desk, &mut roster, tell);
        told_if_full(sent, settings)
    })?);
    // A look by hand stays short: hundreds of documents of a baseline are fetched with it, and later only by the daemon or where all are asked for.
    let scope = Scope { full: ask.full, silent: ask.full || polled.iter().any(|p| p.outcome == Outcome::Baseline) };
    let rest = if read.told_to_wait { Done::default() } else { documents::job(&mut desk, scope, clock::now()).await? };
    read = Done { asked: read.asked + rest.asked, versions: read.versions + rest.versions, changes: read.changes + rest.changes, ..rest };
    if rest.changes > 0 {
        let later = block_in_place(|| letters(settings, &mut desk, &mut roster, ForOperators::default()))?;
        sent = sent.and(later);
    }
    let exit = exit_code(&polled);
    say(ask, &Report { sources: polled, documents: read, letters: sent, would_send: None })?;
    Ok(exit)
}

/// The same walk on a copy of both databases, up to the letters being owed. Documents are not fetched, and that is said: what letters take from
/// them is missing, and the letters of those who asked for words may be.
async fn rehearse(ask: &Poll, settings: &Settings, sources: &[&Source]) -> Result<u8, Failure> {
    let stage = rehearsal::Stage::of(settings, sources)?;
    let (history, mut roster) = house::open_or_make(&stage.settings)?;
    let before = rehearsal::Standing::of(&roster)?;
    let mut desk = Desk::with(stage.settings.clone(), history);
    let (polled, tell) = rehearsal::unless_stopped(look(ask, &mut desk, sources, Instant::now(), &mut || Ok(()))).await?;
    let would_send = block_in_place(|| -> Result<_, Failure> {
        rounds::finish(&mut desk, &mut roster, tell, clock::now())?;
        rehearsal::would_send(settings, &roster, &before)
    })?;
    let exit = exit_code(&polled);
    say(ask, &Report { sources: polled, documents: Done::default(), letters: Letters::default(), would_send: Some(would_send) })?;
    Ok(exit)
}

/// One look at each source. `meanwhile` tells of what was found where another source takes too long.
async fn look(
    ask: &Poll,
    desk: &mut Desk,
    sources: &[&Source],
    began: Instant,
    meanwhile: &mut (dyn FnMut() -> Result<(), Failure> + Send),
) -> Result<(Vec<Polled>, ForOperators), Failure> {
    let mut polled = Vec::new();
    let mut tell = ForOperators::default();
    let mut waiting = Waiting::since(began);
    for source in sources {
        let looked = waiting.over(one(ask, desk, source, &mut tell), meanwhile).await??;
        waiting.found(looked.as_ref().map_or(0, |p| p.changes));
        polled.extend(looked);
    }
    if ask.release && polled.is_empty() {
        return Err(Failure::new("nothing is held", "`potvrda check` says how each source stands"));
    }
    Ok((polled, tell))
}

fn sources<'a>(ask: &Poll, settings: &'a Settings) -> Result<Vec<&'a Source>, Failure> {
    let Some(name) = &ask.source else { return Ok(settings.sources.iter().collect()) };
    match settings.source(name) {
        Some(source) => Ok(vec![source]),
        None => {
            let names: Vec<&str> = settings.sources.iter().map(|s| s.name.as_str()).collect();
            Err(Failure::new(format!("there is no source \"{name}\""), &format!("the settings have: {}", names.join(", ")))
                .with_code(code::USAGE))
        }
    }
}

fn is_taken(failure: &Failure) -> bool {
    matches!(failure.error.downcast_ref::<LockError>(), Some(LockError::Taken(_)))
}

/// Beside a running daemon the order is left to it.
fn leave_order(ask: &Poll, settings: &Settings) -> Result<u8, Failure> {
    let mut history: History = house::write_history(settings)?;
    let concerned = history.order_release(ask.source.as_deref(), clock::now())?;
    if concerned.is_empty() {
        return Err(Failure::new("nothing is held", "`potvrda check` says how each source stands"));
    }
    out::line(&format!("The running daemon has the order to release: {}. It does so at its next look.", concerned.join(", ")));
    Ok(0)
}

async fn one(ask: &Poll, desk: &mut Desk, source: &Source, tell: &mut ForOperators) -> Result<Option<Polled>, Failure> {
    let now = clock::now();
    let how = Ask { full: ask.full, aloud: ask.dry_run, ..Ask::default() };
    if ask.release {
        return Ok(poll::release(desk, source, how, now)?);
    }
    Ok(Some(rounds::look(desk, source, how, now, tell).await?))
}

/// Of what was found so far, while the desk is in another look's hands.
fn tell_meanwhile(settings: &Settings, roster: &mut Roster) -> Result<Letters, Failure> {
    let history = History::open_reader(&settings.data_dir)?;
    dispatch::dispatch(settings, &history, roster, clock::now())?;
    posted(settings, roster)
}

fn letters(settings: &Settings, desk: &mut Desk, roster: &mut Roster, tell: ForOperators) -> Result<Letters, Failure> {
    rounds::finish(desk, roster, tell, clock::now())?;
    posted(settings, roster)
}

fn posted(settings: &Settings, roster: &mut Roster) -> Result<Letters, Failure> {
    let delivery = send(settings, roster, None)?;
    // A letter that was refused or given up has failed as well, and is owed no more.
    let failed = delivery.failed + delivery.refused + delivery.expired;
    Ok(Letters { owed: delivery.owed, sent: delivery.sent, failed })
}

fn send(settings: &Settings, roster: &mut Roster, limit: Option<usize>) -> Result<Delivery, Failure> {
    if !clock::is_sane(clock::now()) {
        let waiting = "the clock is before the year this program was written in; set it: no letter leaves with a wrong date".to_owned();
        tracing::error!("letters wait: {waiting}");
        return Ok(Delivery { owed: roster.count_letters()?.owed, waiting: Some(waiting), ..Delivery::default() });
    }
    // Who left by a letter gets no other. What cannot be read now keeps nobody's letters back.
    if let Err(error) = bounces::round(settings, roster, clock::now(), &AtomicBool::new(false)) {
        tracing::error!("what came back cannot be read: {error:#}");
    }
    let office = Office::of(settings)?;
    let write = |edition: &_, reader: &_| office.write(edition, reader);
    let mut postman = Postman::new(office.clone());
    let mut deliver = |roster: &mut Roster| postman.deliver(roster, &write, limit, &clock::now, &AtomicBool::new(false));
    match deliver(roster) {
        // The same postman: what a server took and could not be written down is written down first.
        Err(error) if full::is_full(&error) && full::tell(settings, clock::now())? => Ok(deliver(roster)?),
        delivery => Ok(delivery?),
    }
}

/// What failed for want of room tells the operators so from the reserve.
pub(super) fn told_if_full<T>(outcome: Result<T, Failure>, settings: &Settings) -> Result<T, Failure> {
    if outcome.as_ref().is_err_and(|failure| full::is_full(&failure.error)) && full::tell(settings, clock::now())? {
        send(settings, &mut Roster::open(&settings.data_dir, false)?, None)?;
    }
    outcome
}

/// Held before failed before done.
fn exit_code(polled: &[Polled]) -> u8 {
    let any = |outcome| polled.iter().any(|p| p.outcome == outcome);
    match (any(Outcome::Held), any(Outcome::Failed)) {
        (true, _) => code::HELD,
        (false, true) => code::FAILED,
        (false, false) => 0,
    }
}

/// Said of a rehearsal that found something.
const NO_DOCUMENTS: &str = "documents    not fetched in a dry run: day of signature and gap are missing below, and so is the letter of whoever asked for words (--word)
             that stand in a document alone";

fn say(ask: &Poll, report: &Report) -> Result<(), Failure> {
    if ask.json {
        return Ok(out::json(report)?);
    }
    for p in &report.sources {
        let note = p.note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
        out::line(&format!("{:<12} {}{note}", p.source, p.outcome));
        out::line(&format!(
            "{:<12} rows {}, agreements {}, doubtful {}, rejects {}, changes {}",
            "", p.rows, p.agreements, p.doubtful, p.rejects, p.changes
        ));
        for change in &p.would {
            out::line(&format!("{:<12} would record: {change}", ""));
        }
    }
    let Done { asked, versions, changes, .. } = report.documents;
    if asked > 0 {
        out::line(&format!("documents    asked {asked}, new versions {versions}, changes {changes}"));
    }
    let Letters { owed, sent, failed } = report.letters;
    match &report.would_send {
        Some(letters) => {
            if report.sources.iter().any(|p| p.changes > 0) {
                out::line(NO_DOCUMENTS);
            }
            rehearsal::say(letters);
        }
        None => out::line(&format!("letters      sent {sent}, failed {failed}, owed {owed}")),
    }
    Ok(())
}

/// `deliver`.
pub(super) fn deliver(limit: Option<usize>, json: bool, settings: &Settings) -> Result<u8, Failure> {
    let _lock = house::lock(settings)?;
    let (_history, mut roster) = told_if_full(house::open_or_make(settings), settings)?;
    let delivery = send(settings, &mut roster, limit)?;
    if json {
        out::json(&delivery)?;
    } else {
        let Delivery { sent, failed, refused, expired, owed, waiting, .. } = delivery;
        out::line(&format!("sent {sent}, failed {failed}, refused {refused}, expired {expired}, owed {owed}"));
        if let Some(why) = waiting {
            out::line(&format!("waiting: {why}"));
        }
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_poll_outranks_a_failed_one() {
        let polled = |outcome| Polled {
            source: "x".into(),
            outcome,
            rows: 0,
            rejects: 0,
            agreements: 0,
            doubtful: 0,
            changes: 0,
            note: None,
            alarming: false,
            moved_to: None,
            lied: None,
            unverified: false,
            of_hold: None,
            would: Vec::new(),
        };
        assert_eq!(exit_code(&[polled(Outcome::Failed), polled(Outcome::Held), polled(Outcome::Recorded)]), code::HELD);
        assert_eq!(exit_code(&[polled(Outcome::Failed), polled(Outcome::Recorded)]), code::FAILED);
        assert_eq!(exit_code(&[polled(Outcome::Degraded), polled(Outcome::Unmodified), polled(Outcome::Baseline)]), 0);
    }
}
