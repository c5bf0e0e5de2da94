//! `decide`: a person's verdict on a bill, with who and why.

use super::{Failure, code, house, out, table, which};
use crate::app::clock;
use crate::app::correct::{self, Correction};
use crate::config::Settings;
use crate::domain::agreement;
use crate::domain::bill::{Language, Verdict};
use crate::domain::change::Kind;
use crate::domain::letter::correction::Statement;
use crate::domain::script;
use crate::io::history::record::Decision;

pub(super) fn run(typed: &str, verdict: Verdict, reason: &str, settings: &Settings) -> Result<u8, Failure> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Failure::new("the reason is empty", "say why, in words that still mean something in a year").with_code(code::USAGE));
    }
    let mut history = house::write_history(settings)?;
    let bill_id = which::bill(&history, typed)?;
    let facts = history.facts(bill_id, clock::now())?;
    let by = person(|name| std::env::var(name).ok());
    let kind = (verdict == Verdict::Agreement).then_some(Kind::Recognised);
    let decision = Decision { bill_id, verdict, reason: reason.to_owned(), by: by.clone(), at: clock::now(), kind };
    let change = history.decide(&decision)?;
    out::line(&format!("{} -> {verdict}, decided by {}", facts.verdict, table::plain(&by)));
    table::indented(&facts.title, 2, table::width()).iter().for_each(|line| out::line(line));
    match change {
        Some(_) => out::line("recorded as `recognised`; the next dispatch (`potvrda poll`, or the daemon's) owes the letters"),
        None if verdict == Verdict::Other && facts.verdict == Verdict::Agreement => {
            let correction = Correction { no_agreement: true, right: said(reason), ..Correction::default() };
            let mut roster = house::write_roster(settings)?;
            let owed = correct::owe(settings, &history, &mut roster, bill_id, &correction, false, clock::now())?;
            out::line(&format!("recorded; {}", super::correct::told(owed)));
        }
        None => out::line("recorded; no letter follows from it"),
    }
    let detected = agreement::detect(&facts.title);
    if detected.verdict != verdict {
        rule(&facts.title, verdict, &detected.evidence);
    }
    Ok(0)
}

/// The reason, for readers of the language it is written in, and of the other.
fn said(reason: &str) -> Statement {
    let text = Some(reason.to_owned());
    match script::language_of(reason) {
        Language::En => Statement { serbian: None, english: text },
        _ => Statement { serbian: text, english: None },
    }
}

/// What would make the next title of this sort be read right by itself.
fn rule(title: &str, verdict: Verdict, because: &str) {
    let (key, list) = match verdict {
        Verdict::Other => ("refuses", "the rule that took it for one"),
        Verdict::Agreement | Verdict::Doubtful => ("accepts", "the [[confirming]] or [[instrument]] whose word it has"),
    };
    out::line("");
    out::line("The next title like this would again be read otherwise:");
    table::indented(&format!("because: {because}"), 2, table::width()).iter().for_each(|line| out::line(line));
    out::line(&format!("To teach it, add the missing word to config/instruments.toml, and this title to {list}:"));
    out::line(&format!("  {key} = {}", toml::Value::String(table::plain(title))));
}

/// Who decides: the person behind sudo, else the user by name, else by number.
fn person(variable: impl Fn(&str) -> Option<String>) -> String {
    let named = |name: &str| variable(name).filter(|who| !who.trim().is_empty());
    named("SUDO_USER")
        .or_else(|| named("USER"))
        .or_else(|| named("LOGNAME"))
        .unwrap_or_else(|| format!("uid {}", rustix::process::getuid().as_raw()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_person_behind_sudo_decides() {
        let of = |set: &[(&str, &str)]| person(|name| set.iter().find(|(n, _)| *n == name).map(|(_, who)| (*who).to_owned()));
        assert_eq!(of(&[("SUDO_USER", "ana"), ("USER", "root")]), "ana");
        assert_eq!(of(&[("SUDO_USER", ""), ("USER", "mira")]), "mira");
        assert!(of(&[]).starts_with("uid "));
    }
}
