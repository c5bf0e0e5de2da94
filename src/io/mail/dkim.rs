//! Signs a message with the domain's key (DKIM, RFC 6376; Ed25519 by RFC 8463), the headers of a list with it.
//!
//! Our own, for the crates that sign bring an RSA with an open advisory (RUSTSEC-2023-0071), or a resolver and a parser of mail. What is hard
//! is ring's; what is here is which bytes are signed. Never verifies, never asks the DNS.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, FixedOffset};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;

/// What is signed of the headers, where it is there. Nothing that a relay adds or rewrites.
const SIGNED: [&str; 13] = [
    "from",
    "reply-to",
    "to",
    "subject",
    "date",
    "message-id",
    "references",
    "mime-version",
    "content-type",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "auto-submitted",
];
/// Signed once more than they are there: nobody can add another (RFC 6376, 8.15).
const ALONE: [&str; 4] = ["from", "to", "subject", "date"];
/// Characters of base64 on one line of the header.
const LINE: usize = 70;

/// The key of a domain, ready to sign.
pub struct Signer {
    domain: String,
    selector: String,
    key: Key,
}

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer {{ {}._domainkey.{} }}", self.selector, self.domain)
    }
}

impl Signer {
    /// From a private key in PEM: RSA of at least 2048 bits (PKCS#1 or PKCS#8), or Ed25519 (PKCS#8).
    ///
    /// # Errors
    /// In words for an operator: the text is no such key.
    pub fn new(domain: &str, selector: &str, pem: &[u8]) -> Result<Signer, String> {
        let none = |_| "it holds no private key in PEM (`-----BEGIN PRIVATE KEY-----`)".to_owned();
        let unfit = |why| format!("its key cannot sign: {why}; RSA of 2048 to 4096 bits, or Ed25519, can");
        let key = match PrivateKeyDer::from_pem_slice(pem).map_err(none)? {
            PrivateKeyDer::Pkcs1(der) => {
                Key::Rsa(Box::new(RsaKeyPair::from_der(der.secret_pkcs1_der()).map_err(|e| unfit(e.to_string()))?))
            }
            PrivateKeyDer::Pkcs8(der) => match Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der()) {
                Ok(key) => Key::Ed25519(key),
                Err(_) => Key::Rsa(Box::new(RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(|e| unfit(e.to_string()))?)),
            },
            _ => return Err(unfit("it is of another kind".to_owned())),
        };
        Ok(Signer { domain: domain.to_owned(), selector: selector.to_owned(), key })
    }

    /// The signature of a message with CRLF line ends: a header to be put before it, with its line end.
    pub(super) fn sign(&self, message: &str, at: DateTime<FixedOffset>) -> Result<String, String> {
        let (head, body) = message.split_once("\r\n\r\n").ok_or("the message has no body")?;
        let fields = fields(head);
        let mut names: Vec<&str> = SIGNED.into_iter().filter(|name| fields.iter().any(|(known, _)| known == name)).collect();
        names.extend(ALONE);
        let algorithm = if matches!(self.key, Key::Rsa(_)) { "rsa-sha256" } else { "ed25519-sha256" };
        let header = format!(
            "DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed; d={};\r\n\ts={}; t={};\r\n\th={};\r\n\tbh={};\r\n\tb=",
            self.domain,
            self.selector,
            at.timestamp(),
            folded_names(&names),
            STANDARD.encode(digest(&SHA256, &relaxed_body(body)))
        );
        let mut signed = String::new();
        for (n, name) in names.iter().enumerate() {
            // Of a name that comes twice the second is the one that is not there.
            let field = fields.iter().find(|(known, _)| known == name).filter(|_| !names[..n].contains(name));
            if let Some((name, value)) = field {
                signed.push_str(&format!("{name}:{value}\r\n"));
            }
        }
        let own = self::fields(&header);
        signed.push_str(&own.iter().map(|(name, value)| format!("{name}:{value}")).collect::<String>());
        Ok(format!("{header}{}\r\n", folded(&STANDARD.encode(self.signature(signed.as_bytes())?))))
    }

    fn signature(&self, signed: &[u8]) -> Result<Vec<u8>, String> {
        match &self.key {
            Key::Ed25519(key) => Ok(key.sign(digest(&SHA256, signed).as_ref()).as_ref().to_vec()),
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed, &mut signature).map_err(|_| "the key did not sign".to_owned())?;
                Ok(signature)
            }
        }
    }
}

/// Names in lower case, values unfolded, runs of white space one space (RFC 6376, 3.4.2).
fn fields(head: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        match (line.starts_with([' ', '\t']), fields.last_mut()) {
            (true, Some((_, value))) => *value = relaxed(&format!("{value} {line}")),
            _ => {
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                fields.push((name.trim().to_ascii_lowercase(), relaxed(value)));
            }
        }
    }
    fields
}

fn relaxed(text: &str) -> String {
    text.split([' ', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Runs of white space one space, none at a line's end, no empty lines at the end (RFC 6376, 3.4.4).
fn relaxed_body(body: &str) -> Vec<u8> {
    let mut text = String::with_capacity(body.len());
    for line in body.split("\r\n") {
        let mut gap = false;
        for c in line.trim_end_matches([' ', '\t']).chars() {
            if c == ' ' || c == '\t' {
                gap = true;
                continue;
            }
            if std::mem::take(&mut gap) {
                text.push(' ');
            }
            text.push(c);
        }
        text.push_str("\r\n");
    }
    let end = text.trim_end_matches("\r\n").len();
    text.truncate(end);
    if !text.is_empty() {
        text.push_str("\r\n");
    }
    text.into_bytes()
}

fn folded_names(names: &[&str]) -> String {
    names.chunks(5).map(|some| some.join(":")).collect::<Vec<_>>().join(":\r\n\t")
}

fn folded(base64: &str) -> String {
    base64.as_bytes().chunks(LINE).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\r\n\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_and_fields_are_relaxed_as_the_examples_of_the_rfc_are() {
        assert_eq!(fields("A: X\r\nB : Y\t\r\n\tZ  ").as_slice(), [("a".into(), "X".into()), ("b".into(), "Y Z".into())]);
        assert_eq!(relaxed_body(" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
        assert_eq!(relaxed_body("\r\n\r\n"), b"");
        assert_eq!(relaxed_body("no end"), b"no end\r\n");
    }

    #[test]
    fn what_is_no_key_is_said_to_be_none() {
        for (pem, says) in [
            ("", "no private key"),
            ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "cannot sign"),
            ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "no private key"),
        ] {
            assert!(Signer::new("a.example", "p", pem.as_bytes()).is_err_and(|why| why.contains(says)), "{pem}");
        }
    }
}
