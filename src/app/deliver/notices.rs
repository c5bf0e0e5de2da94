//! What operators are told of the mail: counts and a server's words, never an address.

use anyhow::Result;
use chrono::{DateTime, Utc};
use tracing::error;

use super::Office;
use crate::app::bounces;
use crate::domain::letter::{Edition, Occasion};
use crate::io::roster::Roster;
use crate::io::roster::owing::NewEdition;
use crate::io::roster::relay::Trouble;

/// Something to tell the operators.
pub(super) enum Notice {
    Expired { letters: usize },
    Trouble { trouble: Trouble, since: DateTime<Utc>, said: String },
    Circuit { since: DateTime<Utc>, refused: usize, tried: usize, said: String },
    Unwritable { edition: i64, why: String },
    Paused { subscriber: i64, points: u32, at: DateTime<Utc> },
    Content { said: String },
}

impl Notice {
    /// One notice an episode: the key says which.
    fn key(&self, now: DateTime<Utc>) -> String {
        match self {
            Notice::Expired { .. } => format!("mail:expired:{}", now.format("%Y-%m-%dT%H")),
            Notice::Trouble { trouble, since, .. } => format!("mail:{trouble}:{}", since.timestamp()),
            Notice::Circuit { since, .. } => format!("mail:circuit:{}", since.timestamp()),
            Notice::Unwritable { edition, .. } => format!("mail:unwritable:{edition}"),
            Notice::Paused { subscriber, at, .. } => format!("mail:paused:{subscriber}:{}", at.timestamp()),
            Notice::Content { .. } => format!("mail:content:{}", now.format("%F")),
        }
    }

    fn words(&self) -> (String, Vec<String>) {
        match self {
            Notice::Expired { letters } => (
                format!("{letters} letter(s) could not be delivered in five days"),
                vec![
                    format!("{letters} letter(s) were tried for five days and are given up."),
                    "Who they were for: `potvrda outbox list --state expired`. To try all of them again: `potvrda outbox retry --all --expired`; one: \
                     `potvrda outbox retry ID`."
                        .to_owned(),
                ],
            ),
            Notice::Trouble { trouble, said, .. } => (
                match trouble {
                    Trouble::Login => "The mail server does not accept our login".to_owned(),
                    Trouble::Insecure => "The mail server does not guard the connection as the settings ask".to_owned(),
                    _ => "The mail server does not accept us as a sender".to_owned(),
                },
                vec![
                    format!("Its words: {said}."),
                    "No letter was lost: all of them wait, and are tried again after 1, 5, 15 and 60 minutes, then every 4 hours."
                        .to_owned(),
                    "See [mail] in the settings; `potvrda check` tries the server. Then `potvrda outbox retry --all`.".to_owned(),
                ],
            ),
            Notice::Circuit { refused, tried, said, .. } => (
                format!("The mail server refused {refused} of {tried} letters at once"),
                vec![
                    format!("Its words: {said}."),
                    "That is no fault of the readers, so nobody was marked as refused; the letters wait and are tried again.".to_owned(),
                    "Ask whoever runs the server why, then `potvrda outbox retry --all`.".to_owned(),
                ],
            ),
            Notice::Unwritable { why, .. } => (
                "A letter cannot be written".to_owned(),
                vec![
                    format!("Why: {why}."),
                    "Were the words of the letters changed? Nothing is lost: it is tried again for five days.".to_owned(),
                ],
            ),
            Notice::Paused { subscriber, points, .. } => bounces::paused(&[(*subscriber, *points)]),
            Notice::Content { said } => bounces::content(std::slice::from_ref(said), 0),
        }
    }

    pub(super) fn owe(&self, roster: &mut Roster, office: &Office, now: DateTime<Utc>) -> Result<()> {
        let (subject, paragraphs) = self.words();
        error!("{subject}");
        tell_operators(roster, office, &self.key(now), subject, paragraphs, now)
    }
}

/// Owes a notice to every operator, once for a key.
pub fn tell_operators(
    roster: &mut Roster,
    office: &Office,
    key: &str,
    subject: String,
    paragraphs: Vec<String>,
    now: DateTime<Utc>,
) -> Result<()> {
    let occasion = Occasion::Operator { subject, paragraphs };
    let facts = Edition { occasion, made_at: now, watching_since: None, findings: Vec::new(), median_gap: None };
    let owing = roster.owing(now)?;
    let new = NewEdition { key, thread: None, facts: &facts, change_ids: &[], sender_domain: office.sender_domain() };
    let edition = owing.edition(&new)?;
    for operator in &office.operators {
        owing.owe_operator(edition, operator)?;
    }
    owing.finish(None)?;
    Ok(())
}
