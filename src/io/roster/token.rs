//! Links and Message-IDs, derived from one secret and so never stored: what is not in the database cannot be read out of it.
//!
//! Never says whose a token is to anyone who cannot show it whole.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Result, Roster, RosterError};

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
}
crate::words!(Purpose { Confirm = "c", Leave = "l", Manage = "m" });

impl Secret {
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        Secret(bytes)
    }

    pub(super) fn random() -> Result<[u8; 32]> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|e| RosterError::Io(format!("no random numbers from the operating system: {e}")))?;
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
    /// The token of a subscriber's link: `l17.0.8f...`. `ends_at`: none for links that never end.
    pub fn token(&self, purpose: Purpose, subscriber_id: i64, ends_at: Option<DateTime<Utc>>) -> String {
        let ends = ends_at.map_or(0, |at| at.timestamp());
        let (id, end) = (subscriber_id.to_string(), ends.to_string());
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
