//! Links and Message-IDs, derived from one secret and so never stored: what is not in the database cannot be read out of it.
//!
//! Never says whose a token is to anyone who cannot show it whole.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Result, Roster};
use crate::io::database::DatabaseError;

/// Bytes of a tag that travel: 128 bits.
const TAG_BYTES: usize = 16;

/// The secret that everything here is derived from.
pub(super) struct Secret([u8; 32]);

/// What a link is for. A link for one purpose opens no other door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Says that the reader asked for this. Ends some days after the asking.
    Confirm,
    /// Leaves. Never ends: a letter may be opened after years.
    Leave,
    /// Changes choices. Ends after minutes.
    Manage,
    /// Stands in the address that a letter comes back to. Of a letter, and of no reader.
    Return,
}
crate::words!(Purpose { Confirm = "c", Leave = "l", Manage = "m", Return = "r" });

impl Secret {
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        Secret(bytes)
    }

    pub(super) fn random() -> Result<[u8; 32], DatabaseError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)
            .map_err(|e| DatabaseError::Io { file: "subscribers.db", why: format!("no random numbers from the operating system: {e}") })?;
        Ok(bytes)
    }

    fn mac(&self, what: &str, parts: &[&str]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        for part in std::iter::once(&what).chain(parts) {
            // Length first, so that no two lists of parts read alike.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Some(mac)
    }

    fn hash(&self, what: &str, parts: &[&str]) -> [u8; 32] {
        // HMAC takes a key of any length: there is always one.
        self.mac(what, parts).map(|mac| mac.finalize().into_bytes().into()).unwrap_or_default()
    }

    /// What stands for an address once the address is gone.
    pub(super) fn address_mark(&self, key: &str) -> [u8; 32] {
        self.hash("address", &[key])
    }

    /// The left half of a Message-ID: the same for the same edition and reader, whenever and however often it is sent.
    pub(super) fn message_name(&self, edition_key: &str, reader: &str) -> String {
        hex(&self.hash("message", &[edition_key, reader])[..TAG_BYTES])
    }

    /// The name of a thread, the same for everyone.
    pub(super) fn thread_name(&self, thread: &str) -> String {
        hex(&self.hash("thread", &[thread])[..TAG_BYTES])
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<[u8; TAG_BYTES]> {
    if text.len() != TAG_BYTES * 2 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; TAG_BYTES];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

impl Roster {
    /// The token of a subscriber's link: `l17.0.8f...`; of a letter, to return by. `ends_at`: none for links that never end.
    pub fn token(&self, purpose: Purpose, id: i64, ends_at: Option<DateTime<Utc>>) -> String {
        let ends = ends_at.map_or(0, |at| at.timestamp());
        let (id, end) = (id.to_string(), ends.to_string());
        let tag = self.secret.hash("token", &[purpose.as_str(), &id, &end]);
        format!("{purpose}{id}.{end}.{}", hex(&tag[..TAG_BYTES]))
    }

    /// Whose link this is, if it is one of ours, for this purpose, and not past its end.
    pub fn read_token(&self, purpose: Purpose, token: &str, now: DateTime<Utc>) -> Option<i64> {
        let mut parts = token.strip_prefix(purpose.as_str())?.split('.');
        let (id, end, tag) = (parts.next()?, parts.next()?, unhex(parts.next()?)?);
        if parts.next().is_some() {
            return None;
        }
        let mac = self.secret.mac("token", &[purpose.as_str(), id, end])?;
        mac.verify_truncated_left(&tag).ok()?;
        let ends: i64 = end.parse().ok()?;
        if ends == 0 || now.timestamp() < ends { id.parse().ok() } else { None }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_its_own_door_alone_and_only_in_its_time() {
        let dir = tempfile::tempdir().unwrap();
        let roster = Roster::open(dir.path(), true).unwrap();
        let now = DateTime::UNIX_EPOCH + chrono::Duration::days(20_000);
        let leave = roster.token(Purpose::Leave, 17, None);
        assert_eq!(roster.read_token(Purpose::Leave, &leave, now), Some(17));
        let manage = roster.token(Purpose::Manage, 17, Some(now + chrono::Duration::minutes(30)));
        assert_eq!(roster.read_token(Purpose::Manage, &manage, now), Some(17));
        assert_eq!(roster.read_token(Purpose::Manage, &manage, now + chrono::Duration::minutes(30)), None);
        for forged in [
            leave.replacen('l', "m", 1),
            leave.replace("l17.", "l18."),
            manage.replacen('m', "l", 1),
            leave.replace(".0.", ".1."),
            leave.to_uppercase(),
            leave[..leave.len() - 2].to_owned(),
            format!("{leave}.x"),
            "l17.0.".to_owned(),
            String::new(),
            "l".to_owned(),
            format!("l17.0.{}", "\u{17f}".repeat(16)),
        ] {
            assert_eq!(roster.read_token(Purpose::Leave, &forged, now), None, "{forged}");
        }
    }

    #[test]
    fn another_rosters_tokens_and_names_are_others() {
        let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let [one, other] = dirs.each_ref().map(|dir| Roster::open(dir.path(), true).unwrap());
        assert_eq!(other.read_token(Purpose::Leave, &one.token(Purpose::Leave, 1, None), DateTime::UNIX_EPOCH), None);
        assert_ne!(one.secret.message_name("key", "1"), other.secret.message_name("key", "1"));
        assert_ne!(one.secret.message_name("key1", "1"), one.secret.message_name("key", "11"));
    }
}
