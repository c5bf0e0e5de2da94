//! `bounce`: one message that came back, on stdin, as a mail server's alias or pipe hands it over.
//!
//! Never takes the lock: it works beside the daemon. Never answers with an address.

use std::io::{self, Read};

use super::{Failure, code, house, out};
use crate::app::bounces::{self, Done, ForOperators, MESSAGE_BYTES_MAX};
use crate::app::clock;
use crate::config::Settings;

/// What is swallowed of a message that is too long, so that the mail server is not told that nobody listens.
const SWALLOWED_BYTES_MAX: u64 = 64 * 1024 * 1024;

pub(super) fn run(json: bool, settings: &Settings) -> Result<u8, Failure> {
    let mut message = Vec::new();
    let mut input = io::stdin().lock();
    let read = (&mut input).take(MESSAGE_BYTES_MAX + 1).read_to_end(&mut message);
    read.map_err(|why| again(Failure::new(format_args!("the message cannot be read: {why}"), "hand it over on stdin")))?;
    let done = if message.len() as u64 > MESSAGE_BYTES_MAX {
        // Nothing of it matters any more.
        drop(io::copy(&mut input.take(SWALLOWED_BYTES_MAX), &mut io::sink()));
        Done::Aside { why: "it is too long" }
    } else {
        act(&message, settings).map_err(again)?
    };
    if json {
        out::json(&done)?;
    } else {
        out::line(&done.to_string());
    }
    Ok(0)
}

fn act(message: &[u8], settings: &Settings) -> Result<Done, Failure> {
    let mut roster = house::write_roster(settings)?;
    let now = clock::now();
    let mut tell = ForOperators::default();
    let done = bounces::act(&mut roster, message, now, now, &mut tell)?;
    tell.owe(settings, &mut roster, now)?;
    Ok(done)
}

/// Whatever keeps us from it now may not tomorrow: 75 is also what mail servers understand as "keep it, and try again" (EX_TEMPFAIL).
fn again(failure: Failure) -> Failure {
    failure.with_code(code::TAKEN)
}
