//! What speaks against an address, and how much: told apart are an address that is gone, a bad day, and a quarrel with what we send.
//!
//! Never pauses anybody: it says how much a failure counts.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Duration, NaiveTime, Utc};
use serde::Serialize;

/// Points are counted in halves. So many pause a reader: three letters that a server refused, or three days of hard bounces.
pub const POINTS_TO_PAUSE: u32 = 6;
/// A point counts for so long: a mailbox that was full at Easter says nothing at Christmas. Whole days, so that a weekly reader's three letters,
/// which are fourteen days apart to the minute, are three.
const COUNTS_FOR: Duration = Duration::days(14);

/// The first moment whose points still count.
pub fn counts_since(now: DateTime<Utc>) -> DateTime<Utc> {
    (now - COUNTS_FOR).date_naive().and_time(NaiveTime::MIN).and_utc()
}

/// Points as a person reads them: `2.5`.
pub fn shown(points: u32) -> String {
    if points.is_multiple_of(2) { (points / 2).to_string() } else { format!("{}.5", points / 2) }
}

/// By which road we heard of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The server said so to us, while we offered the letter.
    Refused,
    /// A report came back later.
    Returned,
    /// The reader pressed "this is spam", and their provider told us.
    Complained,
}
crate::words!(How { Refused = "refused", Returned = "returned", Complained = "complained" });

/// What it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// What we send, or who we are, was refused. That is for the operators, and counts against no reader.
    Content,
    /// For now: a full mailbox, a server that was away for days.
    Soft,
    /// The address is gone.
    Hard,
    /// The reader does not want it.
    Complaint,
}
crate::words!(Sort { Content = "content", Soft = "soft", Hard = "hard", Complaint = "complaint" });

impl Sort {
    /// How much it counts, in halves of a point. A complaint counts nothing: it pauses at once.
    pub fn points(self) -> u32 {
        match self {
            Sort::Hard => 2,
            Sort::Soft => 1,
            Sort::Content | Sort::Complaint => 0,
        }
    }
}

/// What was refused, where no code says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The recipient.
    Recipient,
    /// The letter, after all of it was read.
    Letter,
}

/// An enhanced status code (RFC 3463): class, subject, detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// 4 later, 5 never.
    pub class: u8,
    /// What it is about.
    pub subject: u16,
    /// What of it.
    pub detail: u16,
}

impl Status {
    /// The first one in a server's words.
    pub fn found_in(said: &str) -> Option<Status> {
        said.split(|c: char| !c.is_ascii_digit() && c != '.').find_map(|word| word.trim_matches('.').parse().ok())
    }

    /// A code that says no more than "no" (`5.0.0`).
    pub fn is_vague(self) -> bool {
        self.subject == 0
    }
}

impl FromStr for Status {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('.');
        let mut next = |digits_max: usize| {
            let part = parts.next().filter(|part| part.len() <= digits_max && part.bytes().all(|b| b.is_ascii_digit())).ok_or(())?;
            part.parse::<u16>().map_err(drop)
        };
        let (class, subject, detail) = (next(1)?, next(3)?, next(3)?);
        let class = u8::try_from(class).ok().filter(|class| matches!(class, 4 | 5)).ok_or(())?;
        if parts.next().is_some() { Err(()) } else { Ok(Status { class, subject, detail }) }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// Words of servers that refuse what we send, where their code does not say so.
const OF_CONTENT: [&str; 13] = [
    "spam",
    "blocked",
    "blacklist",
    "blocklist",
    "block list",
    "dnsbl",
    "reputation",
    "policy",
    "content rejected",
    "virus",
    "dmarc",
    "unsolicited",
    "bulk",
];
/// Words of servers that have no room.
const OF_ROOM: [&str; 4] = ["quota", "mailbox full", "mailbox is full", "over limit"];
/// Words of servers that know no such person; some of them say it under a code of policy.
const OF_NOBODY: [&str; 7] =
    ["user unknown", "unknown user", "no such user", "no such recipient", "does not exist", "user not found", "recipient not found"];

/// What a failure means, from its code and the server's words.
pub fn sort_of(status: Option<Status>, said: &str, refused: Refused) -> Sort {
    let said = said.to_lowercase();
    let speaks_of = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let by_words = || {
        if speaks_of(&OF_NOBODY) {
            Sort::Hard
        } else if speaks_of(&OF_CONTENT) {
            Sort::Content
        } else if speaks_of(&OF_ROOM) {
            Sort::Soft
        } else {
            match refused {
                Refused::Recipient => Sort::Hard,
                Refused::Letter => Sort::Content,
            }
        }
    };
    let Some(Status { class, subject, detail }) = status else { return by_words() };
    // RFC 3463, 3. The exceptions are what the large providers mean by it.
    match (class, subject, detail) {
        // What failed for days, at last given up under a code that means "later".
        (4, ..) => Sort::Soft,
        // Our own address is what they do not like.
        (_, 1, 7 | 8) => Sort::Content,
        (_, 1, _) | (_, 2, 1) => Sort::Hard,
        (_, 2, 2) => Sort::Soft,
        // Too large: 5.2.3 for this mailbox, 5.3.4 for this server.
        (_, 2, 3) | (_, 3, 4) => Sort::Content,
        // Exchange says 5.4.1 of an address it does not know; 5.4.4 is a domain that is not there.
        (_, 4, 1 | 4) => Sort::Hard,
        (_, 2..=4, _) => Sort::Soft,
        // What two servers could not agree about.
        (_, 5 | 6, _) => Sort::Content,
        (_, 7, _) if speaks_of(&OF_NOBODY) => Sort::Hard,
        (_, 7, _) => Sort::Content,
        _ => by_words(),
    }
}

/// Words of servers that refuse whoever asks them to carry letters.
const OF_US: [&str; 6] = ["relay", "access denied", "authenticat", "need auth", "not permitted", "not allowed"];
/// Words for a mailbox that is not there or takes nothing, beside those of nobody and of no room.
const OF_MAILBOX: [&str; 8] = [
    "recipient unknown",
    "unknown recipient",
    "invalid recipient",
    "no such mailbox",
    "no mailbox",
    "mailbox not found",
    "mailbox unavailable",
    "mailbox disabled",
];

/// Of whom a refusal speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Of the mailbox: no other letter need fear it.
    Mailbox,
    /// Of us, or of how we speak: it will be said of every recipient.
    Us,
    /// It does not say.
    Unclear,
}

/// Of whom a server's no to a recipient speaks: `code` is that of the reply, `said` its words.
pub fn about(code: u16, said: &str) -> About {
    let words = said.to_lowercase();
    let speaks_of = |list: &[&str]| list.iter().any(|word| words.contains(word));
    let by_words = || {
        if speaks_of(&OF_NOBODY) || speaks_of(&OF_ROOM) || speaks_of(&OF_MAILBOX) {
            About::Mailbox
        } else if (500..=504).contains(&code) || speaks_of(&OF_US) || speaks_of(&OF_CONTENT) {
            // RFC 5321, 4.2.2: 500 to 504 are words on the command, and no other recipient will have a better one.
            About::Us
        } else {
            About::Unclear
        }
    };
    match Status::found_in(said) {
        Some(Status { subject: 1, detail: 7 | 8, .. }) => About::Us,
        Some(Status { subject: 1 | 2, .. } | Status { subject: 4, detail: 1 | 4, .. }) => About::Mailbox,
        // RFC 3463: 5.5.x is the protocol, 5.7.x a policy, under which some say that they know nobody of that name.
        Some(Status { subject: 5, .. }) => About::Us,
        Some(Status { subject: 7, .. }) if speaks_of(&OF_NOBODY) => About::Mailbox,
        Some(Status { subject: 7, .. }) => About::Us,
        _ => by_words(),
    }
}

/// Whether a 552 is about the size of the message (RFC 1870), and not about a mailbox that has no room for any.
pub fn is_of_size(said: &str) -> bool {
    match Status::found_in(said).filter(|status| !status.is_vague()) {
        Some(Status { subject, detail, .. }) => matches!((subject, detail), (3, 4) | (2, 3)),
        None => !OF_ROOM.iter().any(|word| said.to_lowercase().contains(word)),
    }
}

/// A server's words as they may be logged and stored: one line, no addresses, no control characters, not endless.
pub fn plain_words(said: &str) -> String {
    let words = said.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let tidy = words.map(|word| if word.contains('@') { "<address>" } else { word }).collect::<Vec<_>>().join(" ");
    tidy.chars().take(300).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn sort(code: &str, said: &str) -> Sort {
        sort_of(code.parse().ok(), said, Refused::Recipient)
    }

    #[test]
    fn a_no_to_a_recipient_is_of_the_mailbox_or_of_us_and_else_unclear() {
        for (code, said, of) in [
            (550, "relay not permitted", About::Us),
            (554, "Relay access denied", About::Us),
            (553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", About::Us),
            (554, "5.7.1 <address>: Relay access denied", About::Us),
            (503, "need auth first", About::Us),
            (501, "syntax error in parameters", About::Us),
            (550, "5.5.1 polite people say HELO first", About::Us),
            (550, "blocked using a dnsbl", About::Us),
            (553, "5.1.8 sender's domain does not resolve", About::Us),
            (550, "5.1.1 <address> unknown", About::Mailbox),
            (501, "5.1.3 Bad recipient address syntax", About::Mailbox),
            (550, "5.2.1 disabled", About::Mailbox),
            (550, "5.7.1 no such user", About::Mailbox),
            (550, "No such user here", About::Mailbox),
            (550, "5.0.0 User unknown", About::Mailbox),
            (552, "mailbox full", About::Mailbox),
            (550, "Requested action not taken: mailbox unavailable", About::Mailbox),
            (550, "no", About::Unclear),
        ] {
            assert_eq!(about(code, said), of, "{code} {said}");
        }
    }

    #[test]
    fn a_552_is_of_the_message_or_of_a_mailbox_without_room() {
        for (said, of_size) in [
            ("5.3.4 Message size exceeds fixed limit", true),
            ("5.2.3 too long for this mailbox", true),
            ("message exceeds the maximum size", true),
            ("it does not say why", true),
            ("5.2.2 mailbox full", false),
            ("Quota exceeded", false),
            ("5.7.0 this message presents a security issue", false),
        ] {
            assert_eq!(is_of_size(said), of_size, "{said}");
        }
    }

    #[test]
    fn an_address_that_is_gone_is_told_apart_from_a_quarrel_with_us_and_from_a_bad_day() {
        for (code, said, expected) in [
            ("5.1.1", "550 5.1.1 user unknown", Sort::Hard),
            ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", Sort::Hard),
            ("5.1.2", "bad destination system", Sort::Hard),
            ("5.2.1", "550 5.2.1 The email account that you tried to reach is inactive", Sort::Hard),
            ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", Sort::Hard),
            ("5.4.4", "Host or domain name not found", Sort::Hard),
            ("5.2.2", "552 5.2.2 The email account that you tried to reach is over quota", Sort::Soft),
            ("4.4.7", "delivery time expired", Sort::Soft),
            ("4.2.2", "mailbox full", Sort::Soft),
            ("5.3.2", "system not accepting network messages", Sort::Soft),
            ("5.4.6", "mail loops", Sort::Soft),
            ("5.7.1", "550 5.7.1 Message rejected as spam", Sort::Content),
            ("5.7.26", "550 5.7.26 This mail is unauthenticated", Sort::Content),
            ("5.6.0", "lone CR or LF", Sort::Content),
            ("5.3.4", "message too big", Sort::Content),
            ("5.1.8", "bad sender's system address", Sort::Content),
            ("5.7.1", "550 5.7.1 Recipient address rejected: User unknown in virtual mailbox table", Sort::Hard),
            ("5.0.0", "550 No such user here", Sort::Hard),
            ("5.0.0", "550 Message content rejected, see http://spam.example/", Sort::Content),
            ("5.0.0", "552 Quota exceeded", Sort::Soft),
            ("", "something else", Sort::Hard),
        ] {
            assert_eq!(sort(code, said), expected, "{code} {said}");
        }
    }

    #[test]
    fn what_was_read_whole_and_refused_without_a_code_is_a_matter_of_its_content() {
        assert_eq!(sort_of(None, "554 no", Refused::Letter), Sort::Content);
        assert_eq!(sort_of(None, "554 no", Refused::Recipient), Sort::Hard);
        assert_eq!(sort_of(Status::found_in("554 at the end: 5.1.1 unknown"), "unknown", Refused::Letter), Sort::Hard);
    }

    #[test]
    fn a_code_is_found_in_words_and_nothing_else_is_taken_for_one() {
        let found = |said: &str| Status::found_in(said).map(|status| status.to_string());
        assert_eq!(found("550-5.1.1 The email account").as_deref(), Some("5.1.1"));
        assert_eq!(found("smtp;550 5.7.509: Access denied.").as_deref(), Some("5.7.509"));
        assert_eq!(found("host mx.example[192.0.2.7] said: 550 (#5.1.1)").as_deref(), Some("5.1.1"));
        for none in ["550 no", "192.0.2.7", "1.2.3", "5.1", "5.1.1.1", "5.1111.1", "version 3.5.1", "5..1", ""] {
            assert_eq!(found(none), None, "{none}");
        }
    }

    #[test]
    fn three_letters_a_week_apart_are_within_the_time_and_a_fourth_is_not() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let since = counts_since(at("2018-03-19T07:00:04Z"));
        assert!(at("2018-03-05T07:00:00Z") >= since && at("2018-03-04T23:59:59Z") < since);
    }

    #[test]
    fn points_are_shown_in_halves() {
        assert_eq!([0, 1, 2, 5, 6].map(shown), ["0", "0.5", "1", "2.5", "3"]);
    }

    #[test]
    fn a_servers_words_never_hold_an_address_or_a_second_line() {
        assert_eq!(
            plain_words("5.1.1 <ana@ngo.example>: Recipient\r\n address\u{0} rejected"),
            "5.1.1 <address> Recipient address rejected"
        );
        assert_eq!(plain_words(&"x".repeat(5_000)).len(), 300);
    }
}
