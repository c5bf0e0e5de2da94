//! What a message is that came back to us: a report that a letter could not be delivered, a complaint, a machine's note, or somebody's answer.
//!
//! Never believes it: whose it is, and whether it is one of ours, is found out by who holds the secret of our tokens and Message-IDs.

mod automatic;
mod entity;
mod plain;
mod report;

use std::collections::BTreeSet;

use crate::domain::address::EmailAddress;
use crate::domain::bounce::Status;
use crate::domain::script;

pub use entity::Unreadable;
use entity::{Head, Leaf, take_apart};

/// A message that came back.
#[derive(Debug, Clone, PartialEq)]
pub struct Returned {
    /// What could be one of our tokens, wherever it stood: in the address it was sent to, on the envelope and in the header of the letter it encloses,
    /// in the subject. In lower case.
    pub tokens: BTreeSet<String>,
    /// What it is.
    pub kind: Kind,
}

/// What a message is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A letter was not delivered (RFC 3464, or in a server's own words).
    Failed {
        /// To whom, and why.
        failures: Vec<Failure>,
        /// The letter, as far as it is enclosed.
        letter: Enclosed,
    },
    /// Still being tried, or delivered: nothing to do.
    Passing,
    /// A reader called a letter spam (RFC 5965).
    Complaint {
        /// The letter, as far as it is enclosed.
        letter: Enclosed,
    },
    /// A machine's note: somebody is away, has read it, will answer later. Nobody answers those (RFC 3834).
    Automatic,
    /// Something of a mail server's that we do not understand.
    Unclear,
    /// Somebody wrote.
    Answer(Answer),
}

/// A recipient that was not reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Failure {
    /// Who: as it was at last, and as it was asked for. Empty where the report does not say.
    pub recipients: Vec<EmailAddress>,
    /// The code.
    pub status: Option<Status>,
    /// The server's words, as they came.
    pub said: String,
}

/// What a report shows of the letter it is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Enclosed {
    /// Without angle brackets.
    pub message_id: Option<String>,
    /// To whom it was.
    pub to: Vec<EmailAddress>,
}

/// What somebody wrote, as far as it concerns us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Who; none where it is not one address.
    pub from: Option<EmailAddress>,
    /// Message-IDs of the letters it answers, without angle brackets.
    pub answers: Vec<String>,
    /// What its first line says.
    pub word: Word,
}

/// What an answer says in its first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Yes, and nothing that takes it back.
    Yes,
    /// Send me no more.
    Stop,
    /// Something for a person to read.
    Other,
}

/// As many references as a long exchange has.
const REFERENCES_MAX: usize = 50;
/// As many tokens as are looked into: each costs a hash.
const TOKENS_MAX: usize = 32;

/// Reads a message.
pub fn read(message: &[u8]) -> Result<Returned, Unreadable> {
    let (head, leaves) = take_apart(message)?;
    let found = report::complaint(&leaves).or_else(|| report::delivery(&leaves)).or_else(|| plain::read(&head, &leaves));
    let Found { kind, places } = found.unwrap_or_else(|| Found::of(without_report(&head, &leaves)));
    let envelope = ["delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc", "subject"];
    let texts = envelope.iter().flat_map(|name| head.all(name)).chain(places.iter().map(String::as_str));
    let tokens = texts.flat_map(tokens_in).take(TOKENS_MAX).collect();
    Ok(Returned { tokens, kind })
}

/// What a report is, and the fields beside the message's own in which a token of ours may stand.
struct Found {
    kind: Kind,
    places: Vec<String>,
}

impl Found {
    fn of(kind: Kind) -> Found {
        Found { kind, places: Vec::new() }
    }

    /// With what the header of the enclosed letter holds.
    fn about(kind: Kind, letter: &Head) -> Found {
        let places = ["return-path", "list-unsubscribe"].into_iter().flat_map(|name| letter.all(name)).map(str::to_owned).collect();
        Found { kind, places }
    }
}

fn without_report(head: &Head, leaves: &[Leaf]) -> Kind {
    if automatic::is(head, leaves) {
        Kind::Automatic
    } else if automatic::has_no_sender(head) {
        Kind::Unclear
    } else {
        Kind::Answer(answer(head, leaves))
    }
}

/// What could be a token of ours: a letter, a number, a time, thirty-two hexadecimal digits.
fn tokens_in(text: &str) -> impl Iterator<Item = String> {
    let digits = |part: &str| (1..=19).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.').map(str::to_ascii_lowercase);
    // `leave%20l17...`: the end of an escape clings to the word behind it.
    let words = words.map(|word| word.strip_prefix("20").map(str::to_owned).unwrap_or(word));
    words.filter(move |word| {
        let mut parts = word.split('.');
        let id = parts.next().and_then(|first| first.strip_prefix(['r', 'l'])).is_some_and(digits);
        let ends = parts.next().is_some_and(digits);
        let tag = parts.next().is_some_and(|tag| tag.len() == 32 && tag.bytes().all(|b| b.is_ascii_hexdigit()));
        id && ends && tag && parts.next().is_none()
    })
}

/// The addresses in a header field, or after the type of an address in a report (`rfc822; ana@ngo.example`).
fn addresses(field: &str) -> Vec<EmailAddress> {
    let word = |c: char| c.is_whitespace() || "<>,;\"()".contains(c);
    field.split(word).filter(|word| word.contains('@')).filter_map(|word| word.trim_end_matches('.').parse().ok()).take(8).collect()
}

/// The Message-IDs in a header field.
fn message_ids(field: &str) -> impl Iterator<Item = &str> {
    field.split(['<', '>']).map(str::trim).filter(|id| id.contains('@') && !id.contains(' '))
}

/// What the header of an enclosed letter shows.
fn enclosed(head: &Head) -> Enclosed {
    Enclosed {
        message_id: head.get("message-id").and_then(|field| message_ids(field).next()).map(str::to_owned),
        to: head.get("to").map(addresses).unwrap_or_default(),
    }
}

/// The header of the letter a report encloses: whole, or its header alone.
fn enclosed_head(leaves: &[Leaf]) -> Option<Head> {
    let types = ["message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers"];
    let leaf = leaves.iter().find(|leaf| types.contains(&leaf.head.content_type.as_str()))?;
    Some(Head::read(entity::split(&leaf.body).0)).filter(|head| !head.is_empty())
}

fn answer(head: &Head, leaves: &[Leaf]) -> Answer {
    let from = head.get("from").map(addresses).unwrap_or_default();
    let answered = head.all("in-reply-to").chain(head.all("references"));
    Answer {
        from: <[EmailAddress; 1]>::try_from(from).ok().map(|[one]| one),
        answers: answered.flat_map(message_ids).take(REFERENCES_MAX).map(str::to_owned).collect(),
        word: words_of(leaves).map_or(Word::Other, |text| word(&text)),
    }
}

/// The text somebody wrote: the plain part, where there is one.
fn words_of(leaves: &[Leaf]) -> Option<String> {
    let of = |wanted: &str| leaves.iter().find(|leaf| leaf.head.content_type == wanted);
    of("text/plain").or_else(|| of("text/html")).map(Leaf::text)
}

/// The whole first line that is no quotation, or its first word where a comma or a stop parts it from the rest. A question ("da li ...") is no yes.
fn word(text: &str) -> Word {
    const YES: [&str; 14] = [
        "da",
        "da hvala",
        "da molim",
        "da želim",
        "da želimo",
        "da potvrđujem",
        "želim",
        "želimo",
        "potvrđujem",
        "potvrđujemo",
        "yes",
        "yes please",
        "i confirm",
        "we confirm",
    ];
    const STOP: [&str; 8] =
        ["stop", "odjava", "odjavite me", "odjavljujem se", "odjavljujemo se", "unsubscribe", "unsubscribe me", "leave"];
    let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('>')).unwrap_or_default();
    let line: String = line.chars().take(200).collect();
    let plain = |text: &str| {
        let folded = script::fold(text);
        let letters: String = folded.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        letters.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let first = line.split([',', '.', '!', ';', ':', '–', '—']).next().unwrap_or_default();
    let says = |known: &[&str]| {
        !line.contains('?') && [line.as_str(), first].iter().any(|part| known.iter().any(|known| plain(known) == plain(part)))
    };
    match (says(&YES), says(&STOP)) {
        (true, false) => Word::Yes,
        (false, true) => Word::Stop,
        _ => Word::Other,
    }
}

#[cfg(test)]
mod tests;
