//! Reports in the form that has a standard: RFC 3464 for letters that were not delivered, RFC 5965 for complaints.

use super::entity::{Head, Leaf, split};
use super::{Failure, Found, Kind, addresses, enclosed, enclosed_head};
use crate::domain::bounce::Status;

/// Recipients of one report that are read; a letter of ours has one.
const RECIPIENTS_MAX: usize = 20;
/// Characters of a server's words that are read.
const WORDS_MAX: usize = 2_000;

/// A feedback report: what a provider sends when its reader pressed "this is spam".
pub(super) fn complaint(leaves: &[Leaf]) -> Option<Found> {
    let report = leaves.iter().find(|leaf| leaf.head.content_type == "message/feedback-report")?;
    let fields = Head::read(&report.body);
    let letter = enclosed_head(leaves).unwrap_or_default();
    let mut enclosed = enclosed(&letter);
    enclosed.to.extend(fields.all("original-rcpt-to").flat_map(addresses));
    let kind = match fields.get("feedback-type").unwrap_or_default().to_ascii_lowercase().as_str() {
        "abuse" | "opt-out" | "opt-out-list" => Kind::Complaint { letter: enclosed },
        "not-spam" => Kind::Passing,
        _ => Kind::Unclear,
    };
    let mut found = Found::about(kind, &letter);
    found.places.extend(fields.all("original-mail-from").map(str::to_owned));
    Some(found)
}

/// A delivery status notification.
pub(super) fn delivery(leaves: &[Leaf]) -> Option<Found> {
    let types = ["message/delivery-status", "message/global-delivery-status"];
    let report = leaves.iter().find(|leaf| types.contains(&leaf.head.content_type.as_str()))?;
    let recipients: Vec<Head> = blocks(&report.body).filter(is_of_a_recipient).take(RECIPIENTS_MAX).collect();
    if recipients.is_empty() {
        return None;
    }
    let failures: Vec<Failure> = recipients.iter().filter_map(failure).collect();
    let letter = enclosed_head(leaves).unwrap_or_default();
    let kind = if failures.is_empty() { Kind::Passing } else { Kind::Failed { failures, letter: enclosed(&letter) } };
    Some(Found::about(kind, &letter))
}

/// The groups of fields, parted by empty lines: the first speaks of the message, each other of a recipient.
fn blocks(body: &[u8]) -> impl Iterator<Item = Head> {
    let mut rest = body;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (block, after) = split(rest);
            rest = after;
            if !block.trim_ascii().is_empty() {
                return Some(Head::read(block));
            }
        }
        None
    })
}

fn is_of_a_recipient(block: &Head) -> bool {
    ["final-recipient", "original-recipient", "action", "status"].iter().any(|name| block.get(name).is_some())
}

/// A recipient that was not reached; none where it was, or is still being tried.
fn failure(block: &Head) -> Option<Failure> {
    let said: String = block.get("diagnostic-code").unwrap_or_default().chars().take(WORDS_MAX).collect();
    let stated = block.get("status").and_then(Status::found_in);
    // Some say no more than "5.0.0", and the code that tells stands in the server's words.
    let status = stated.filter(|status| !status.is_vague()).or_else(|| Status::found_in(&said)).or(stated);
    let failed = match block.get("action").map(|action| action.to_ascii_lowercase()) {
        Some(action) => action.starts_with("failed"),
        None => status.is_some_and(|status| status.class == 5),
    };
    let recipients = block.all("final-recipient").chain(block.all("original-recipient")).flat_map(addresses).collect();
    failed.then_some(Failure { recipients, status, said })
}
