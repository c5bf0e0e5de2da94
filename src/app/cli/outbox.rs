//! `outbox`: letters owed, sent, failed. The verbs are `app::outbox`'s.

use super::args::OutboxCommand;
use super::table::{self, Table};
use super::{Failure, house, out};
use crate::app::{clock, dispatch, outbox};
use crate::config::Settings;
use crate::domain::letter;
use crate::domain::letter::words::Words;
use crate::io::roster::outbox::{Also, LetterRow, LetterState};

pub(super) fn run(command: &OutboxCommand, settings: &Settings) -> Result<u8, Failure> {
    let now = clock::now();
    match command {
        OutboxCommand::List { state, json } => list(*state, *json, settings)?,
        OutboxCommand::Show { id, json } => show(*id, *json, settings)?,
        OutboxCommand::Retry { ids, all, refused, expired } => {
            let mut roster = house::write_roster(settings)?;
            let due = if *all {
                outbox::retry_all(&mut roster, Also { refused: *refused, expired: *expired }, now)?
            } else {
                outbox::retry(&mut roster, ids, *refused, now)?
            };
            let letters = if due == 1 { "1 letter is due now".to_owned() } else { format!("{due} letters are due now") };
            out::line(&format!("{letters}; the daemon sends them, or `potvrda deliver`"));
        }
        OutboxCommand::Drop { id } => {
            outbox::drop_letter(&mut house::write_roster(settings)?, *id, now)?;
            out::line(&format!("letter {id}: dropped; nobody will get it"));
        }
        OutboxCommand::Release => {
            let (history, mut roster) = (house::read_history(settings)?, house::write_roster(settings)?);
            let released = dispatch::release(&history, &mut roster, now)?;
            out::line(if released { "released: letters go again" } else { "nothing was stopped" });
        }
    }
    Ok(0)
}

fn list(state: Option<LetterState>, json: bool, settings: &Settings) -> Result<(), Failure> {
    let found = outbox::list(&house::read_roster(settings)?, state, usize::MAX)?;
    if json {
        return Ok(out::json(&found)?);
    }
    if !found.letters.is_empty() {
        table(&found.letters).iter().for_each(|line| out::line(line));
    }
    let c = &found.counts;
    out::line(&format!("{} owed, {} sent, {} refused, {} expired, {} dropped", c.owed, c.sent, c.refused, c.expired, c.dropped));
    if let (Some(trouble), relay) = (found.relay.trouble, &found.relay) {
        let until = relay.waiting_until.map(|at| format!(", waiting until {}", at.format("%F %T UTC"))).unwrap_or_default();
        let times = if relay.failures == 1 { "once".to_owned() } else { format!("{} times", relay.failures) };
        out::line(&format!("the mail server: {trouble}, {times}{until}; `potvrda outbox retry --all` tries at once"));
    }
    if let Some((at, reason)) = &found.stopped {
        let why = table::plain(reason);
        out::line(&format!("stopped since {}: {why}; `potvrda outbox release` lets letters go again", at.format("%F %T UTC")));
    }
    Ok(())
}

/// Letters, a row each.
pub(super) fn table(letters: &[LetterRow]) -> Vec<String> {
    let mut all = Table::new(&["ID", "STATE", "OWED (UTC)", "TRIES", "NEXT OR ENDED", "TO", "WHAT"]);
    for one in letters {
        let at = if one.state == LetterState::Owed { Some(one.due_at) } else { one.ended_at };
        let to = one.address.as_ref().map_or_else(|| "(forgotten)".to_owned(), |address| address.as_str().to_owned());
        let waits = one.subscriber_state.filter(|_| one.state == LetterState::Owed).map(|state| format!(" ({state})")).unwrap_or_default();
        let error = one.last_error.as_deref().map(|error| format!(" [{error}]")).unwrap_or_default();
        all.row([
            one.id.to_string(),
            one.state.to_string(),
            one.owed_at.format("%F %H:%M").to_string(),
            one.attempts.to_string(),
            at.map(|at| at.format("%F %H:%M").to_string()).unwrap_or_default(),
            format!("{to}{waits}"),
            format!("{}{error}", one.key),
        ]);
    }
    all.lines(table::width())
}

fn show(id: i64, json: bool, settings: &Settings) -> Result<(), Failure> {
    let roster = house::read_roster(settings)?;
    let own = house::words(settings)?;
    let words = own.as_deref().unwrap_or(Words::built_in());
    let shown = outbox::show(&roster, id, &|edition, reader| Ok(letter::write(edition, reader, words)?))?;
    if json {
        return Ok(out::json(&shown)?);
    }
    let letter = &shown.letter;
    let to = letter.address.as_ref().map_or("(forgotten)", |address| address.as_str());
    out::line(&format!("letter {}: {}, owed since {}", letter.id, letter.state, letter.owed_at.format("%F %T UTC")));
    out::line(&format!("To: {to}"));
    out::line(&format!("Subject: {}", table::plain(&shown.subject)));
    out::line(&format!("Message-ID: <{}>", letter.message_id));
    out::line("(links that only the reader may use are left out)\n");
    shown.text.lines().for_each(|line| out::line(&table::plain(line)));
    Ok(())
}
