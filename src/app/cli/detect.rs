//! `detect`: whether titles confirm international agreements.

use serde::Serialize;

use super::args::Texts;
use super::table::plain;
use super::{Failure, out};
use crate::domain::agreement;
use crate::domain::bill::{Party, Verdict};

#[derive(Serialize)]
struct Answer<'a> {
    title: &'a str,
    verdict: Verdict,
    instrument: Option<String>,
    parties: Vec<Party>,
    evidence: String,
}

pub(super) fn run(ask: &Texts) -> Result<u8, Failure> {
    super::lines::each_text(&ask.texts, |title| {
        let found = agreement::detect(title);
        if ask.json {
            let answer =
                Answer { title, verdict: found.verdict, instrument: found.instrument, parties: found.parties, evidence: found.evidence };
            return out::json_line(&answer);
        }
        let parties: Vec<String> = found.parties.iter().map(super::lines::party).collect();
        out::line(&format!("{:<10} {}", found.verdict.as_str(), plain(title)));
        for party in parties {
            out::line(&format!("           {party}"));
        }
        out::line(&format!("           because: {}", plain(&found.evidence)));
        Ok(())
    })?;
    Ok(0)
}
