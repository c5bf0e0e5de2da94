//! Who asked to be told, about what, how often, in which language, and whether they confirmed.

pub mod words;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::bill::{Language, Level};
use crate::domain::change::Kind;
use crate::domain::subscriber::words::{Quote, Term, Texts};

/// Where a subscriber stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Asked, and has not confirmed: gets nothing but the letter that asks.
    Pending,
    /// Gets letters.
    Confirmed,
    /// Gets none until resumed.
    Paused,
    /// Gone; the row stays without the address until it is erased.
    Left,
}
crate::words!(State { Pending = "pending", Confirmed = "confirmed", Paused = "paused", Left = "left" });

/// How often letters come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Every {
    Instant,
    Daily,
    Weekly,
}
crate::words!(Every { Instant = "instant", Daily = "daily", Weekly = "weekly" });

/// What a subscriber wants to hear of. An empty list means "no limit", but for `changes`, which names the kinds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// The language of letters.
    pub language: Language,
    /// How often.
    pub every: Every,
    /// Counterparts' ISO codes.
    pub countries: Vec<String>,
    /// Levels of any party.
    pub levels: Vec<Level>,
    /// Instruments, in the words of `Detection::instrument`.
    pub instruments: Vec<String>,
    /// Who must be among the parties, or whose sitting it must have been seen in (`--body`), in whatever case and script.
    pub bodies: Vec<String>,
    /// Words to be found in the title or the text, in either script and in any case.
    pub words: Vec<String>,
    /// Kinds of change.
    pub changes: Vec<Kind>,
    /// The weekly proof of silence.
    pub proof_of_silence: bool,
}

/// Sorts of agreement, in the words of `Detection::instrument`.
pub const INSTRUMENTS: [&str; 12] =
    ["sporazum", "ugovor", "konvencija", "protokol", "memorandum", "aneks", "povelja", "statut", "amandman", "odluka", "razmena", "other"];

/// What a filter looks at: one change of one agreement.
#[derive(Debug, Clone)]
pub struct Candidate<'a> {
    /// The change.
    pub kind: Kind,
    /// Counterparts' ISO codes.
    pub countries: &'a [String],
    /// Levels of all parties.
    pub levels: &'a [Level],
    /// The instrument.
    pub instrument: Option<&'a str>,
    /// Names of parties, titles that hold them, and the committee ([`crate::domain::letter::Finding::bodies`]), folded (`script::fold`).
    pub bodies: &'a [String],
    /// Titles and documents.
    pub texts: &'a Texts,
}

/// How long a poll of one source may take, in seconds: what it saw bears the time of its beginning, and that in whole seconds.
const POLL_LASTS_S: i64 = 60;

/// Whether somebody who confirmed at one time is told of what bears another. Who confirmed while the poll was under way was a subscriber when
/// the page was served: told once too often is a shrug, once too seldom is not.
fn in_time(confirmed_at: DateTime<Utc>, seen_at: DateTime<Utc>) -> bool {
    confirmed_at.timestamp() <= seen_at.timestamp() + POLL_LASTS_S
}

/// When somebody confirmed: by the clock, and by the log of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmed {
    /// By the clock of that moment.
    pub at: DateTime<Utc>,
    /// The last change that had been told of then; none: nothing had.
    pub after: Option<i64>,
}

impl Confirmed {
    /// Whether a change is news to them: it had not been told of when they confirmed, or was not seen before. A clock that was set back in between
    /// dates what came later earlier, and an older log that was put back counts anew: either alone would keep a letter from somebody.
    pub fn awaits(&self, change_id: i64, seen_at: DateTime<Utc>) -> bool {
        self.after.is_some_and(|after| change_id > after) || in_time(self.at, seen_at)
    }
}

/// The kinds everyone gets who does not choose: the first eight of the contract.
pub fn default_kinds() -> Vec<Kind> {
    Kind::ALL[..8].to_vec()
}

impl Default for Preferences {
    fn default() -> Self {
        Preferences {
            language: Language::SrLatn,
            every: Every::Instant,
            countries: Vec::new(),
            levels: Vec::new(),
            instruments: Vec::new(),
            bodies: Vec::new(),
            words: Vec::new(),
            changes: default_kinds(),
            proof_of_silence: true,
        }
    }
}

impl Preferences {
    /// Whether anything beyond language and rhythm was chosen: less than every agreement, or other kinds of change than the usual.
    pub fn narrow(&self) -> bool {
        let free =
            Preferences { language: self.language, every: self.every, proof_of_silence: self.proof_of_silence, ..Preferences::default() };
        *self != free
    }

    /// Whether a change is one this subscriber asked for. For one question; who asks many makes a [`Wanted`] once.
    pub fn want(&self, candidate: &Candidate<'_>) -> bool {
        Wanted::of(self).want(candidate)
    }
}

/// Sentences quoted for one word, and for all words of one subscriber.
const QUOTES_MAX: (usize, usize) = (3, 9);

/// Preferences whose words are folded and declined, once for all changes they are asked about.
#[derive(Debug, Clone)]
pub struct Wanted {
    preferences: Preferences,
    bodies: Vec<Term>,
    words: Vec<Term>,
}

impl Wanted {
    /// Makes them ready.
    pub fn of(preferences: &Preferences) -> Self {
        let terms = |typed: &[String]| typed.iter().map(|one| Term::of(one)).collect();
        Wanted { bodies: terms(&preferences.bodies), words: terms(&preferences.words), preferences: preferences.clone() }
    }

    /// Whether a change is one this subscriber asked for. Lists of different sorts narrow each other; entries of one list widen it.
    pub fn want(&self, candidate: &Candidate<'_>) -> bool {
        let any = |wanted: bool, empty: bool| empty || wanted;
        let own = &self.preferences;
        own.changes.contains(&candidate.kind)
            && any(own.countries.iter().any(|c| candidate.countries.contains(c)), own.countries.is_empty())
            && any(own.levels.iter().any(|l| candidate.levels.contains(l)), own.levels.is_empty())
            && any(own.instruments.iter().any(|i| candidate.instrument == Some(i)), own.instruments.is_empty())
            && any(self.bodies.iter().any(|b| candidate.bodies.iter().any(|name| b.is_in(name))), self.bodies.is_empty())
            && any(self.words.iter().any(|w| candidate.texts.hold(w)), self.words.is_empty())
    }

    /// Whether a committee's coming sitting is for this subscriber: they asked for the body by one of its names (folded), and for what is put on
    /// agendas. As nobody knows what the sitting will be about, no other choice narrows it.
    pub fn want_sitting(&self, names: &[String]) -> bool {
        self.preferences.changes.contains(&Kind::Scheduled) && self.bodies.iter().any(|b| names.iter().any(|name| b.is_in(name)))
    }

    /// The sentences of an agreement's documents that hold this subscriber's words.
    pub fn quotes(&self, texts: &Texts) -> Vec<Quote> {
        self.words.iter().flat_map(|word| texts.quotes(word, QUOTES_MAX.0)).take(QUOTES_MAX.1).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::script;

    #[test]
    fn words_and_bodies_are_found_in_any_case_and_script() {
        let title = "Predlog zakona o potvrđivanju Konvencije između Ministarstva odbrane Republike Srbije i Federalne službe obezbeđenja Ruske Federacije";
        let texts = Texts::of(&[title], &[]);
        let wanted = |words: &[&str], bodies: &[&str]| {
            let own = |all: &[&str]| all.iter().map(|w| (*w).to_owned()).collect();
            let bodies_met = [title, "Odbor za odbranu i unutrašnje poslove"].map(script::fold);
            let candidate =
                Candidate { kind: Kind::Listed, countries: &[], levels: &[], instrument: None, bodies: &bodies_met, texts: &texts };
            Preferences { words: own(words), bodies: own(bodies), ..Preferences::default() }.want(&candidate)
        };
        for word in ["konvencija", "Конвенцији", "obezbedjenje", "konvenc*", "ruska federacija"] {
            assert!(wanted(&[word], &[]), "{word}");
        }
        assert!(!wanted(&["konvenc"], &[]) && !wanted(&["policija"], &[]) && wanted(&["policija", "odbrana"], &[]));
        for body in ["Federalna služba obezbeđenja", "министарство одбране", "Odbor za odbranu"] {
            assert!(wanted(&[], &[body]), "{body}");
        }
        assert!(!wanted(&[], &["Ministarstvo finansija"]) && !wanted(&["konvencija"], &["Odbor za finansije"]));
    }

    #[test]
    fn who_confirmed_while_the_poll_was_under_way_is_told() {
        let at = |time: &str| format!("2018-03-05T{time}Z").parse::<DateTime<Utc>>().unwrap();
        // The history keeps whole seconds, the roster thousandths.
        assert!(in_time(at("09:00:00.900"), at("09:00:00")));
        assert!(in_time(at("09:00:40"), at("09:00:00")));
        assert!(in_time(at("08:00:00"), at("09:00:00")));
        assert!(!in_time(at("09:02:00"), at("09:00:00")));
    }
}
