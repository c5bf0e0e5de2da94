//! Where letters that cannot be delivered come back to: an address of its own for every letter (VERP), so that a report need not say whose it is.
//!
//! Never holds a reader's address: the token says whose it is to us alone.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::address::EmailAddress;

/// Where the token stands.
const PLACE: &str = "{token}";
/// As long as a token gets: a letter's number of twelve digits, and its tag.
const LONGEST_TOKEN: &str = "r999999999999.0.ffffffffffffffffffffffffffffffff";

/// An address with a place for a token: `potvrda+{token}@ngo.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnPath(String);

impl ReturnPath {
    /// The address for one letter. None for a token that makes no address.
    pub fn with(&self, token: &str) -> Option<EmailAddress> {
        self.0.replacen(PLACE, token, 1).parse().ok()
    }

    /// What stands after the `@`, in ASCII.
    pub fn domain(&self) -> String {
        self.with("r").map(|address| address.domain().to_owned()).unwrap_or_default()
    }
}

impl FromStr for ReturnPath {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| Err(format!("{text:?} is no return path: {why}"));
        let Some((local, domain)) = text.split_once('@') else { return wrong("it has no @") };
        if local.matches(PLACE).count() != 1 || domain.contains(PLACE) {
            return wrong("write {token} once, before the @, as in potvrda+{token}@ngo.example");
        }
        match text.replacen(PLACE, LONGEST_TOKEN, 1).parse::<EmailAddress>() {
            Ok(_) => Ok(ReturnPath(text.to_owned())),
            Err(_) if text.replacen(PLACE, "r1", 1).parse::<EmailAddress>().is_ok() => {
                wrong("with its token it would be too long: at most 16 letters may stand beside {token} before the @")
            }
            Err(why) => Err(why),
        }
    }
}

impl fmt::Display for ReturnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for ReturnPath {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_an_address_of_its_own() {
        let path: ReturnPath = "potvrda+{token}@НГО.срб".parse().unwrap();
        assert_eq!(path.with("r17.0.abc").unwrap().as_str(), "potvrda+r17.0.abc@xn--c1ate.xn--90a3ac");
        assert_eq!(path.domain(), "xn--c1ate.xn--90a3ac");
        assert_eq!(path.with("r17 0"), None);
        assert!("{token}@bounces.ngo.example".parse::<ReturnPath>().is_ok());
    }

    #[test]
    fn what_could_not_be_mailed_or_tells_no_letter_apart_is_refused() {
        for wrong in [
            "potvrda@ngo.example",
            "potvrda+{token}",
            "potvrda@{token}.ngo.example",
            "{token}{token}@ngo.example",
            "a b{token}@ngo.example",
            "{token}@",
            "{token}@ngo.example\r\nx",
            "a-very-long-name-{token}@ngo.example",
        ] {
            assert!(wrong.parse::<ReturnPath>().is_err(), "{wrong:?} passed");
        }
        assert!("fifteen-letters{token}@ngo.example".parse::<ReturnPath>().is_ok());
    }
}
