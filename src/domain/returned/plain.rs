//! Reports in a server's own words: qmail, older Exim, and whoever else never heard of RFC 3464.

use super::entity::{Head, Leaf, split};
use super::{Failure, Found, Kind, addresses, enclosed, enclosed_head, words_of};
use crate::domain::bounce::Status;
use crate::domain::returned::automatic::has_no_sender;

/// Bytes of a report's text that are read for its reasons.
const REASON_BYTES_MAX: usize = 8 * 1024;
/// How servers begin to say it, in lower case.
const FAILED: [&str; 16] = [
    "this is the qmail-send program",
    "could not be delivered",
    "couldn't be delivered",
    "can't be delivered",
    "cannot be delivered",
    "was not delivered",
    "has not been delivered",
    "not able to deliver",
    "wasn't able to deliver",
    "unable to deliver",
    "undeliverable",
    "delivery failed",
    "delivery failure",
    "delivery has failed",
    "nicht zugestellt werden",
    "nije isporučena",
];
/// How they say that they go on trying.
const GOES_ON: [&str; 6] =
    ["warning: message", "delayed", "will continue to try", "will be retried", "still being retried", "do not need to resend"];

/// Reads a report without a standard. None where it is none.
pub(super) fn read(head: &Head, leaves: &[Leaf]) -> Option<Found> {
    let named: Vec<&str> = head.all("x-failed-recipients").collect();
    if named.is_empty() && !has_no_sender(head) {
        return None;
    }
    let text = words_of(leaves).unwrap_or_default();
    let (reason, copy) = parted(&text);
    let reason = beginning(reason, REASON_BYTES_MAX);
    let (subject, told) = (head.get("subject").unwrap_or_default().to_lowercase(), reason.to_lowercase());
    let says = |words: &[&str]| words.iter().any(|words| told.contains(words) || subject.contains(words));
    if says(&GOES_ON) && named.is_empty() {
        return Some(Found::of(Kind::Passing));
    }
    if named.is_empty() && !says(&FAILED) {
        return None;
    }
    let named: Vec<_> = named.into_iter().flat_map(addresses).collect();
    let recipients = if named.is_empty() { addresses(reason) } else { named };
    // What a server says of somebody stands behind the address.
    let from = recipients.first().and_then(|first| told.find(&first.key())).unwrap_or_default();
    let said = reason.get(from..).unwrap_or(reason).to_owned();
    let letter = enclosed_head(leaves).unwrap_or_else(|| Head::read(split(copy.trim_start().as_bytes()).0));
    let failure = Failure { recipients, status: Status::found_in(&said).or_else(|| Status::found_in(reason)), said };
    Some(Found::about(Kind::Failed { failures: vec![failure], letter: enclosed(&letter) }, &letter))
}

/// The reasons, and the copy of the letter behind them.
fn parted(text: &str) -> (&str, &str) {
    const MARKS: [&str; 5] = ["copy of the message", "original message", "below this line", "returned message", "message headers"];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let told = line.to_lowercase();
        if line.starts_with("--") && MARKS.iter().any(|mark| told.contains(mark)) {
            return (&text[..at], &text[at + line.len()..]);
        }
        at += line.len();
    }
    (text, "")
}

fn beginning(text: &str, bytes_max: usize) -> &str {
    let end = (0..=bytes_max.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    &text[..end]
}
