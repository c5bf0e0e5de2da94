//! A CSS selector as settings write it: parsed once, and then known to be one. Never applies it; the readers do.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// The text of a sound CSS selector.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CssSelector(String);

impl CssSelector {
    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CssSelector {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match scraper::Selector::parse(text) {
            Ok(_) => Ok(CssSelector(text.to_owned())),
            // The parser's words are for who wrote it.
            Err(_) => Err(format!("{text:?} is no CSS selector, such as \"td.lawtitle > strong > a\"")),
        }
    }
}

impl fmt::Display for CssSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for CssSelector {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_css_is_a_selector() {
        for sound in ["td.lawtitle > strong > a", "tr", "div#content li:not(.old), article"] {
            assert_eq!(sound.parse::<CssSelector>().unwrap().as_str(), sound);
        }
        for wrong in ["", "td >", "//tr/td", "td[", ":nth-child(", "a b)"] {
            assert!(wrong.parse::<CssSelector>().is_err(), "{wrong:?} passed");
        }
    }
}
