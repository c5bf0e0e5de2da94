//! Decides whether a title confirms an international agreement: instrument, parties, evidence, doubt.

use serde::{Deserialize, Serialize};

use crate::domain::bill::{Party, Verdict};

/// What a title says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detection {
    /// Whether it confirms an international agreement.
    pub verdict: Verdict,
    /// sporazum, ugovor, konvencija, protokol, memorandum, aneks, povelja, statut, amandman, odluka, razmena, other; none for `Other`.
    pub instrument: Option<String>,
    /// In the order printed.
    pub parties: Vec<Party>,
    /// The words of the title and the rule that decided, for people.
    pub evidence: String,
}

/// The verdict on one title, in any script, case or spelling seen on parliament's pages.
pub fn detect(_title: &str) -> Detection {
    Detection { verdict: Verdict::Other, instrument: None, parties: Vec::new(), evidence: String::new() }
}

/// Subjects.
pub fn subjects(_title: &str) -> Vec<&'static str> {
    Vec::new()
}
