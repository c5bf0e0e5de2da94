//! The whole history to take away: a nightly copy in one file, with its SHA-256 and licence, in parts where a slow line broke off (RFC 9110, 14).
//!
//! Never reads the living database into an answer, and never holds more of the copy in memory than a few pieces.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use hyper::body::Frame;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::connection::Patience;
use super::{Fault, Hall, block};
use crate::app::clock;
use crate::domain::zone::{BELGRADE, day_in_belgrade};
use crate::io::history::History;
use crate::io::history::snapshot::Snapshot;

/// Downloads at one time: each holds a connection for as long as its line is slow.
pub(super) const AT_ONCE: usize = 8;
/// Bytes read at a time, and how many such pieces wait for the reader.
const PIECE_BYTES: usize = 64 * 1024;
const PIECES: usize = 2;
/// The hour, in Belgrade, after which yesterday's copy is made anew.
const NIGHTLY: NaiveTime = NaiveTime::from_hms_opt(3, 0, 0).unwrap();
/// What parliament published is no one's work (ZASP, čl. 6), and our notes on it are given away.
const LICENCE: &str = "<https://creativecommons.org/publicdomain/zero/1.0/>; rel=\"license\"";

/// The copy of this night; made where there is none yet.
async fn tonights(hall: &Hall, now: DateTime<Utc>) -> Result<Snapshot, Fault> {
    let dir = hall.settings().data_dir.clone();
    block(&hall.readers, move || {
        let history = History::open_reader(&dir)?;
        match Snapshot::find(&dir) {
            Some(ready) if ready.made_at >= last_night(now) => Ok(ready),
            _ => Ok(history.make_snapshot(&dir)?),
        }
    })
    .await
}

/// The last time it was three in the morning.
fn last_night(now: DateTime<Utc>) -> DateTime<Utc> {
    let today = day_in_belgrade(now);
    let at = BELGRADE.from_local_datetime(&today.and_time(NIGHTLY)).earliest().map_or(now, |at| at.with_timezone(&Utc));
    if at > now { at - TimeDelta::hours(24) } else { at }
}

pub(super) async fn sum(State(hall): State<Hall>) -> Response {
    match tonights(&hall, clock::now()).await {
        Ok(copy) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{}  history.db\n", copy.sha256)).into_response(),
        Err(fault) => none(&fault),
    }
}

pub(super) async fn history(State(hall): State<Hall>, headers: HeaderMap, Extension(patience): Extension<Patience>) -> Response {
    let copy = match tonights(&hall, clock::now()).await {
        Ok(copy) => copy,
        Err(fault) => return none(&fault),
    };
    let tag = format!("\"{}\"", copy.sha256);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let fresh = headers.get(header::IF_RANGE).is_none_or(|known| known.as_bytes() == tag.as_bytes());
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok()).filter(|_| fresh);
    let part = match range.map(|range| part_of(range, copy.bytes)) {
        None | Some(Part::Whole) => None,
        Some(Part::Range(part)) => Some(part),
        Some(Part::Beyond) => {
            return (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, format!("bytes */{}", copy.bytes))]).into_response();
        }
    };
    let Ok(turn) = hall.downloads.clone().try_acquire_owned() else {
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "60")], "others are taking it now\n").into_response();
    };
    match File::open(&copy.path) {
        Ok(file) => {
            patience.ask();
            let mut response = stream(file, part.clone().unwrap_or(0..copy.bytes), turn).into_response();
            describe(&mut response, &copy, &tag, part);
            response
        }
        Err(error) => none(&Fault::Broken(error.into())),
    }
}

fn describe(response: &mut Response, copy: &Snapshot, tag: &str, part: Option<Range<u64>>) {
    let length = part.as_ref().map_or(copy.bytes, |part| part.end - part.start);
    let mut say = |name: &'static str, value: String| {
        // Digits, hexadecimal and our own words: always a header's value.
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    };
    say("content-type", "application/vnd.sqlite3".to_owned());
    say("content-disposition", "attachment; filename=\"history.db\"".to_owned());
    say("content-length", length.to_string());
    say("accept-ranges", "bytes".to_owned());
    say("etag", tag.to_owned());
    say("x-checksum-sha256", copy.sha256.clone());
    say("last-modified", copy.made_at.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
    say("link", LICENCE.to_owned());
    if let Some(part) = part {
        say("content-range", format!("bytes {}-{}/{}", part.start, part.end - 1, copy.bytes));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
}

fn none(fault: &Fault) -> Response {
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::RETRY_AFTER, "60")];
    let words = match fault {
        Fault::NothingYet | Fault::Nowhere => "nothing was recorded yet\n",
        Fault::Broken(error) => {
            tracing::error!("the copy of the history could not be given: {error:#}");
            "the copy cannot be read now\n"
        }
    };
    (StatusCode::SERVICE_UNAVAILABLE, plain, words).into_response()
}

#[derive(Debug, PartialEq)]
enum Part {
    Whole,
    Range(Range<u64>),
    Beyond,
}

/// One range of bytes; several, or what is none, mean the whole.
fn part_of(range: &str, length: u64) -> Part {
    let Some((first, last)) = range.trim().strip_prefix("bytes=").and_then(|one| one.split_once('-')) else { return Part::Whole };
    let part = match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(length),
        (Ok(first), Err(_)) if last.trim().is_empty() => first..length,
        (Err(_), Ok(last)) if first.trim().is_empty() => length.saturating_sub(last)..length,
        _ => return Part::Whole,
    };
    if part.is_empty() { Part::Beyond } else { Part::Range(part) }
}

/// A file's bytes, read on a thread that may block, no faster than they are taken.
struct Pieces {
    pieces: mpsc::Receiver<std::io::Result<Bytes>>,
    _turn: OwnedSemaphorePermit,
}

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        self.pieces.poll_recv(context).map(|piece| piece.map(|bytes| bytes.map(Frame::data)))
    }
}

fn stream(file: File, part: Range<u64>, turn: OwnedSemaphorePermit) -> Body {
    let (give, pieces) = mpsc::channel(PIECES);
    tokio::task::spawn_blocking(move || read(file, part, &give));
    Body::new(Pieces { pieces, _turn: turn })
}

/// Ends where the reader has gone away.
fn read(mut file: File, part: Range<u64>, give: &mpsc::Sender<std::io::Result<Bytes>>) {
    let mut left = part.end - part.start;
    if let Err(error) = file.seek(SeekFrom::Start(part.start)) {
        drop(give.blocking_send(Err(error)));
        return;
    }
    while left > 0 {
        let mut piece = vec![0; usize::try_from(left).unwrap_or(PIECE_BYTES).min(PIECE_BYTES)];
        let read = file.read_exact(&mut piece);
        left -= piece.len() as u64;
        let failed = read.is_err();
        if give.blocking_send(read.map(|()| Bytes::from(piece))).is_err() || failed {
            return;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_a_part_and_anything_else_is_the_whole() {
        assert_eq!(part_of("bytes=0-9", 100), Part::Range(0..10));
        assert_eq!(part_of("bytes=90-", 100), Part::Range(90..100));
        assert_eq!(part_of("bytes=-10", 100), Part::Range(90..100));
        assert_eq!(part_of("bytes=0-18446744073709551615", 100), Part::Range(0..100));
        assert_eq!(part_of("bytes=100-", 100), Part::Beyond);
        for whole in ["bytes=0-1,5-6", "bytes=9-1", "bytes=", "lines=1-2", "bytes=a-b", "bytes=-"] {
            assert_eq!(part_of(whole, 100), Part::Whole, "{whole}");
        }
    }

    #[test]
    fn the_night_ends_at_three_in_belgrade() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(last_night(at("2026-11-24T12:00:00Z")), at("2026-11-24T02:00:00Z"));
        assert_eq!(last_night(at("2026-11-24T01:00:00Z")), at("2026-11-23T02:00:00Z"));
        assert_eq!(last_night(at("2026-07-01T00:30:00Z")), at("2026-06-30T01:00:00Z"));
    }
}
