//! Addresses of people and of mailboxes: parsed once, and then known to be one line, one address, and possible to mail.
//!
//! Never looks a domain up; never accepts what only a mail program's leniency would make an address.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use url::Host;

/// An address that can be mailed: `local@domain` in ASCII, the domain in lower case and punycode.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailAddress(String);

/// Longest address a mail server must take (RFC 5321 4.5.3.1.3, less the angle brackets).
const ADDRESS_BYTES_MAX: usize = 254;
/// Longest part before the `@` (RFC 5321 4.5.3.1.1).
const LOCAL_BYTES_MAX: usize = 64;
/// Longest name beside an address: it must fit a header line.
const NAME_CHARS_MAX: usize = 100;

impl EmailAddress {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What stands after the `@`, in ASCII.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The form in which two addresses are compared: nobody means two people by `Ana@ngo.example` and `ana@ngo.example`.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for EmailAddress {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| Err(format!("{} is no address that can be mailed: {why}", quoted(text)));
        let Some((local, domain)) = text.split_once('@') else { return wrong("it has no @") };
        if domain.contains('@') {
            return wrong("it has more than one @");
        }
        if let Err(why) = check_local(local) {
            return wrong(why);
        }
        match ascii_domain(domain) {
            Some(domain) if local.len() + 1 + domain.len() <= ADDRESS_BYTES_MAX => Ok(EmailAddress(format!("{local}@{domain}"))),
            Some(_) => wrong("it is too long"),
            None => wrong("what follows the @ is no domain"),
        }
    }
}

/// A dot-atom (RFC 5322 3.2.3). Quoted local parts are legal and used by nobody but attackers.
fn check_local(local: &str) -> Result<(), &'static str> {
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    if local.is_empty() {
        Err("nothing stands before the @")
    } else if local.len() > LOCAL_BYTES_MAX {
        Err("what stands before the @ is too long")
    } else if local.chars().any(|c| !c.is_ascii() && c.is_alphanumeric()) {
        Err("letters beyond ASCII before the @ are not carried by every mail server")
    } else if !local.chars().all(atom) {
        Err("a character before the @ is not allowed")
    } else if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        Err("a dot before the @ is out of place")
    } else {
        Ok(())
    }
}

/// The domain in lower case and punycode; none if it is no name.
fn ascii_domain(domain: &str) -> Option<String> {
    // IDNA silently drops or maps some signs (a soft hyphen, a full-width dot): two spellings of one address would pass.
    let letter = |c: char| c.is_alphanumeric() || is_combining_mark(c) || c == '-' || c == '.';
    if !domain.chars().all(letter) {
        return None;
    }
    let Ok(Host::Domain(name)) = Host::parse(&domain.nfc().collect::<String>()) else { return None };
    let sound = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    (name.len() <= 253 && name.split('.').all(sound)).then_some(name)
}

/// What was written, on one line, for a message: escaped, and cut where it is endless.
fn quoted(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((cut, _)) => format!("{:?}...", &text[..cut]),
        None => format!("{text:?}"),
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An address, and perhaps whose: `Potvrda <a@b.example>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mailbox {
    name: Option<String>,
    address: EmailAddress,
}

impl Mailbox {
    /// The name beside the address: one line, without quotation marks around it.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The address.
    pub fn address(&self) -> &EmailAddress {
        &self.address
    }
}

impl From<EmailAddress> for Mailbox {
    fn from(address: EmailAddress) -> Self {
        Mailbox { name: None, address }
    }
}

impl FromStr for Mailbox {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim_matches(' ');
        let Some((name, rest)) = text.rsplit_once('<') else { return Ok(text.parse::<EmailAddress>()?.into()) };
        let Some(address) = rest.strip_suffix('>') else {
            return Err(format!("{} is no mailbox: the \">\" that ends the address is missing", quoted(text)));
        };
        let name = check_name(name.trim_matches(' ')).map_err(|why| format!("{} is no mailbox: {why}", quoted(text)))?;
        Ok(Mailbox { name, address: address.parse()? })
    }
}

/// The name as a person reads it, without the quotation marks that guard it.
fn check_name(written: &str) -> Result<Option<String>, &'static str> {
    if written.is_empty() {
        return Ok(None);
    }
    let inner = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let mut name = String::new();
    let mut chars = inner.unwrap_or(written).chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if inner.is_some() => name.push(chars.next().ok_or("its name ends in a lone \\")?),
            '"' => return Err("a quotation mark in its name is out of place"),
            ',' | ';' | ':' | '<' | '>' | '@' if inner.is_none() => return Err("put a name with such signs in quotation marks"),
            c => name.push(c),
        }
    }
    if name.chars().any(char::is_control) {
        Err("its name holds a line break or another control character")
    } else if name.chars().count() > NAME_CHARS_MAX {
        Err("its name is too long")
    } else {
        Ok((!name.trim().is_empty()).then_some(name))
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |c: char| c.is_alphanumeric() || c == ' ' || c == '-';
        match &self.name {
            None => self.address.fmt(f),
            Some(name) if name.chars().all(plain) => write!(f, "{name} <{}>", self.address),
            Some(name) => write!(f, "\"{}\" <{}>", name.replace('\\', r"\\").replace('"', r#"\""#), self.address),
        }
    }
}

/// Written and read as its text, so that no other way in exists.
macro_rules! as_text {
    ($($type:ty),+) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}
as_text!(EmailAddress, Mailbox);

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn address(text: &str) -> Result<EmailAddress, String> {
        text.parse()
    }

    #[test]
    fn ordinary_addresses_are_kept_and_domains_are_made_plain() {
        for (written, kept) in [
            ("ana@ngo.example", "ana@ngo.example"),
            ("Ana.Anic+potvrda@NGO.Example", "Ana.Anic+potvrda@ngo.example"),
            ("o'neill_x@sub.domain.rs", "o'neill_x@sub.domain.rs"),
            ("root@localhost", "root@localhost"),
            ("ana@пример.срб", "ana@xn--e1afmkfd.xn--90a3ac"),
            ("ana@šuma.rs", "ana@xn--uma-uva.rs"),
            ("ana@s\u{30c}uma.rs", "ana@xn--uma-uva.rs"),
        ] {
            assert_eq!(address(written).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_could_reach_a_mail_server_as_something_else_is_refused() {
        let long_local = format!("{}@ngo.example", "a".repeat(65));
        let long = format!("a@{}example", "abcdefgh.".repeat(33));
        let long_label = format!("a@{}.rs", "x".repeat(64));
        for wrong in [
            "",
            "ana",
            "@ngo.example",
            "ana@",
            "ana@@ngo.example",
            "ana@ngo.example@evil.example",
            "ana@ngo.example\r\nBcc: x@evil.example",
            "ana@ngo.example\n",
            "ana\0@ngo.example",
            "ana@ngo\0.example",
            "ana @ngo.example",
            " ana@ngo.example",
            "ana@ngo.example ",
            "ana@ngo.example, b@ngo.example",
            "ana@ngo.example;b@ngo.example",
            "\"ana\"@ngo.example",
            "\"a b\"@ngo.example",
            "<ana@ngo.example>",
            "ana(x)@ngo.example",
            ".ana@ngo.example",
            "ana.@ngo.example",
            "a..na@ngo.example",
            "ana@ngo..example",
            "ana@.example",
            "ana@ngo.example.",
            "ana@-ngo.example",
            "ana@ngo-.example",
            "ana@ngo_x.example",
            "ana@[127.0.0.1]",
            "ana@127.0.0.1",
            "ana@[::1]",
            "ana@ngo%2eexample",
            "ana@ngo\u{ad}x.example",
            "ana@ngo\u{200b}x.example",
            "ana@ngo。example",
            "ана@ngo.example",
            "ana@ngo.example/x",
            "ana@ngo:25",
            &long_local,
            &long,
            &long_label,
        ] {
            assert!(address(wrong).is_err(), "{wrong:?} passed");
        }
    }

    #[test]
    fn a_refusal_is_one_short_line() {
        let said = address(&format!("a\r\nb{}", "x".repeat(10_000))).unwrap_err();
        assert!(said.len() < 300 && !said.contains(['\r', '\n']), "{said}");
    }

    #[test]
    fn two_spellings_of_one_address_share_a_key() {
        assert_eq!(address("Ana@NGO.example").unwrap().key(), address("ana@ngo.EXAMPLE").unwrap().key());
        assert_eq!(address("Ana@NGO.example").unwrap().local(), "Ana");
        assert_eq!(address("Ana@NGO.example").unwrap().domain(), "ngo.example");
    }

    #[test]
    fn mailboxes_have_a_name_or_none() {
        for (written, name, shown) in [
            ("a@b.example", None, "a@b.example"),
            ("<a@b.example>", None, "a@b.example"),
            ("Potvrda <a@b.example>", Some("Potvrda"), "Potvrda <a@b.example>"),
            ("Potvrda<a@b.example>", Some("Potvrda"), "Potvrda <a@b.example>"),
            ("Потврда Ђ <a@b.example>", Some("Потврда Ђ"), "Потврда Ђ <a@b.example>"),
            (r#""Potvrda, NGO" <a@b.example>"#, Some("Potvrda, NGO"), r#""Potvrda, NGO" <a@b.example>"#),
            (r#""the \"best\"" <a@b.example>"#, Some("the \"best\""), r#""the \"best\"" <a@b.example>"#),
            (r#"J. R. <a@b.example>"#, Some("J. R."), r#""J. R." <a@b.example>"#),
        ] {
            let mailbox: Mailbox = written.parse().unwrap();
            assert_eq!((mailbox.name(), mailbox.to_string().as_str()), (name, shown));
            assert_eq!(mailbox.to_string().parse::<Mailbox>().unwrap(), mailbox);
        }
    }

    #[test]
    fn a_mailbox_is_one_line_and_one_address() {
        for wrong in [
            "Potvrda",
            "Potvrda <a@b.example",
            "Potvrda <a@b.example> x",
            "Potvrda <>",
            "Potvrda\r\nBcc: <a@b.example>",
            "a@b.example, c@d.example",
            "a@b.example <c@d.example>",
            "One <a@b.example>, Two <c@d.example>",
            "\"open <a@b.example>",
        ] {
            assert!(wrong.parse::<Mailbox>().is_err(), "{wrong:?} passed");
        }
    }
}
