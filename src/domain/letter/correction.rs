//! What a correction says: which letter was wrong, what it said, and what is right, in the words of the person who corrects.
//!
//! Never words that itself, and translates none of it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::markup::printed;
use super::values::cut;
use crate::domain::bill::Language;
use crate::domain::script;
use crate::domain::zone::day_in_belgrade;

/// Characters of what a person writes into a correction.
const STATEMENT_MAX: usize = 2_000;

/// Something a person says to readers of both languages, or of one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// In Serbian, in either script.
    pub serbian: Option<String>,
    /// In English.
    pub english: Option<String>,
}

impl Statement {
    /// What this reader gets: their own language where it was said in it, else the other. Serbian written in Cyrillic is Latin for those who
    /// read Latin; the other way is none.
    fn to(&self, language: Language) -> Option<String> {
        let (first, second) = if language == Language::En { (&self.english, &self.serbian) } else { (&self.serbian, &self.english) };
        let said = first.as_deref().or(second.as_deref())?;
        let own = language == Language::SrLatn && script::language_of(said) == Language::SrCyrl;
        Some(printed(&cut(&if own { script::to_latin(said) } else { said.to_owned() }, STATEMENT_MAX)))
    }
}

/// The letter that is corrected, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrected {
    /// The key of its edition: with the reader it gives the Message-ID that the correction answers.
    pub key: String,
    /// Right of the @ in that Message-ID.
    pub sender_domain: String,
    /// When it was put together.
    pub made_at: DateTime<Utc>,
    /// The bill confirms no international agreement after all; `right` says why a person decided so.
    pub no_agreement: bool,
    /// What it said.
    pub wrong: Statement,
    /// What is right.
    pub right: Statement,
}

#[derive(Debug, Serialize)]
pub(super) struct View {
    told_on: NaiveDate,
    no_agreement: bool,
    wrong: Option<String>,
    right: Option<String>,
}

pub(super) fn view(corrected: &Corrected, language: Language) -> View {
    View {
        told_on: day_in_belgrade(corrected.made_at),
        no_agreement: corrected.no_agreement,
        wrong: corrected.wrong.to(language),
        right: corrected.right.to(language),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_their_own_language_and_script_where_it_was_said_in_it() {
        let said =
            Statement { serbian: Some("Потписан је 24. маја.".to_owned()), english: Some("Signed on 24 May.".to_owned()) };
        let to = |said: &Statement, language| said.to(language).unwrap();
        assert!(to(&said, Language::SrLatn).contains("Potpisan je 24. maja."));
        assert!(to(&said, Language::SrCyrl).contains("Потписан је"));
        assert!(to(&said, Language::En).contains("Signed on"));
        let alone = Statement { serbian: Some("Potpisan je.".to_owned()), english: None };
        assert!(to(&alone, Language::SrCyrl).contains("Potpisan je.") && to(&alone, Language::En).contains("Potpisan je."));
        assert_eq!(Statement::default().to(Language::En), None);
    }
}
