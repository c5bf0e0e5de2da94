//! Writes the letters: alert, digest, proof of silence, blindness, correction, confirmation, farewell, operator notice, from the facts of an edition and
//! the words in `config/letters/`.
//!
//! Never looks anything up, never sends. What is not in the facts is not in the letter.

pub mod calendar;
pub mod coming;
pub mod correction;
mod difference;
pub mod markup;
mod names;
mod sample;
pub mod silence;
pub mod text;
mod values;
mod view;
mod vocabulary;
pub mod words;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use minijinja::context;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};

use crate::domain::article::persons::Person;
use crate::domain::bill::{ActNumber, Language, Party, Verdict};
use crate::domain::change::Kind;
use crate::domain::document::Difference;
use crate::domain::letter::calendar::Calendar;
use crate::domain::letter::coming::ComingSitting;
use crate::domain::letter::correction::Corrected;
use crate::domain::letter::silence::{BlindPage, Watched};
use crate::domain::letter::words::Words;
use crate::domain::subscriber::words::Quote;

/// What one letter tells, shared by everyone who gets the same: public facts alone, no address. Stored as JSON when the letter is owed, so
/// that it says what was known then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edition {
    /// What sort of letter.
    pub occasion: Occasion,
    /// When it was put together.
    pub made_at: DateTime<Utc>,
    /// Since when we follow the pages (the first good poll).
    pub watching_since: Option<NaiveDate>,
    /// What happened, in the order it is told. Empty for letters that tell of no agreement.
    pub findings: Vec<Finding>,
    /// How many agreements have a known gap, and their median in days: the number that stands beside every gap.
    pub median_gap: Option<(usize, i64)>,
}

/// The sorts of letter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "sort", rename_all = "snake_case")]
pub enum Occasion {
    /// Something happened, told at once.
    Alert,
    /// The same, gathered. `late`: what nobody released in time, after a hold or a stop.
    Digest {
        /// `daily`, `weekly` or `late`.
        every: String,
        /// How often we looked since the digest before.
        #[serde(default)]
        watched: Option<Watched>,
    },
    /// The weekly proof of silence: how often we looked, and that nothing came, or what.
    Silence {
        /// The week.
        watched: Watched,
    },
    /// Pages have been out of sight for too long: every reader is told.
    Blind {
        /// Which, and since when.
        pages: Vec<BlindPage>,
    },
    /// They are in sight again.
    Sighted {
        /// Which, from when to when they were not.
        pages: Vec<BlindPage>,
    },
    /// Committees sit whose agenda nobody has published: for those who asked for a body.
    Sittings {
        /// In the order of their days.
        sittings: Vec<ComingSitting>,
    },
    /// An earlier letter was wrong: to everyone who got it. The findings are those of the bill it was wrong about, as they were told.
    Correction {
        /// Which letter, and what is wrong and right.
        corrects: Corrected,
    },
    /// Please confirm that you asked for this.
    Confirmation,
    /// You have left: the last letter.
    Farewell,
    /// The fresh link to one's choices, to whoever asked for it.
    Manage,
    /// For operators: a subject line and paragraphs, already in words; English.
    Operator {
        /// One line.
        subject: String,
        /// Paragraphs.
        paragraphs: Vec<String>,
    },
}

/// One change of one agreement, with all that may be said of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The change it tells of.
    pub change_id: i64,
    /// What happened.
    pub kind: Kind,
    /// When we saw it.
    pub seen_at: DateTime<Utc>,
    /// For `amended`: the column; values before and after.
    pub field: Option<String>,
    /// The value before.
    pub before: Option<String>,
    /// The value now.
    pub after: Option<String>,
    /// The agreement.
    pub agreement: Facts,
    /// Where it was seen.
    pub place: Place,
    /// Sentences of its documents that hold words the readers of this letter asked for.
    #[serde(default)]
    pub quotes: Vec<Quote>,
    /// For `document_replaced`: what the new version says otherwise, where both could be read.
    #[serde(default)]
    pub difference: Option<Difference>,
    /// For `unscheduled`: the sitting that carried it, where it was called off as a whole.
    #[serde(default)]
    pub called_off: Option<SittingFact>,
    /// It was read although the site's certificate was not valid.
    #[serde(default)]
    pub unverified: bool,
    /// It was found by asking for a document, and not on a page.
    #[serde(default)]
    pub by_fetching: bool,
    /// Its page was held, for a person was to look at it first, and nobody did in time.
    #[serde(default)]
    pub waited: bool,
}

impl Finding {
    /// Every body it concerns, as printed: its parties, the titles that may name them in another language, the committee that met, and those that
    /// met before.
    pub fn bodies(&self) -> Vec<String> {
        let known = &self.agreement;
        let committee = match &self.place {
            Place::Sitting { committee, .. } => committee.clone(),
            Place::Bills { .. } | Place::Laws { .. } => None,
        };
        let names = known.parties.iter().map(|party| party.name.clone());
        names.chain([known.title.clone()]).chain(known.other_titles.clone()).chain(committee).chain(known.committees.clone()).collect()
    }
}

/// Where something was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "snake_case")]
pub enum Place {
    /// The list of bills in procedure.
    Bills {
        /// The page.
        url: String,
    },
    /// The list of adopted laws.
    Laws {
        /// The page.
        url: String,
    },
    /// The page of a sitting.
    Sitting {
        /// The page.
        url: String,
        /// None for the Assembly, else the committee's name as printed.
        committee: Option<String>,
        /// The language the page is printed in.
        language: Language,
        /// The day of the sitting.
        held_on: Option<NaiveDate>,
        /// The evidence.
        sentence: String,
    },
}

/// What is known of one agreement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Row id in history.db.
    pub bill_id: i64,
    /// Parliament's number.
    pub act_number: Option<ActNumber>,
    /// The title shown, as printed.
    pub title: String,
    /// The language and script it is printed in.
    pub language: Language,
    /// Other spellings seen, as printed.
    pub other_titles: Vec<String>,
    /// Sure or doubtful.
    pub verdict: Verdict,
    /// sporazum, ugovor, ...
    pub instrument: Option<String>,
    /// As printed.
    pub parties: Vec<Party>,
    /// Where known: the day, or only the year; with the place and the verb.
    pub signatures: Vec<SignatureFact>,
    /// Days from signature to first appearance, with both ends.
    pub gap: Option<Gap>,
    /// First day we saw it on any page.
    pub first_seen_at: DateTime<Utc>,
    /// Documents linked, address and state (`text`, `scan`, `garbled`, `missing`, `unreadable`, `pending`).
    pub documents: Vec<DocumentFact>,
    /// Who submitted it, as printed.
    pub submitter: Option<String>,
    /// The coming sitting of the Assembly that carries it.
    pub sitting: Option<SittingFact>,
    /// Another bill it may be the same as, by its title.
    pub possibly_same_as: Option<String>,
    /// Who signed, where a signature block or a note names them.
    #[serde(default)]
    pub persons: Vec<Person>,
    /// The committees that dealt with it, as printed.
    #[serde(default)]
    pub committees: Vec<String>,
    /// It was first met on an archived page.
    #[serde(default)]
    pub from_archive: bool,
    /// Sources contradict each other on the day of signature.
    #[serde(default)]
    pub contested: bool,
}

/// A signing, as its source says it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignatureFact {
    /// `2017-01-24`, or a bare year.
    pub on: Option<String>,
    /// Nominative, Latin script.
    pub at: Option<String>,
    /// One of five words.
    pub verb: String,
    /// The sentence it was read from.
    pub sentence: String,
    /// The page or document it stands in.
    #[serde(default)]
    pub url: String,
    /// The page of the document, from 1; none for a web page.
    #[serde(default)]
    pub page: Option<u32>,
}

/// The gap and its proof.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// Days.
    pub days: i64,
    /// Signed on.
    pub from: NaiveDate,
    /// First shown on.
    pub to: NaiveDate,
    /// `committee`, `list`, `agenda` or `import`.
    pub to_kind: String,
    /// It may be less.
    pub at_most: bool,
}

/// A document, as far as we have it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentFact {
    /// Address.
    pub url: String,
    /// The anchor's words.
    pub label: String,
    /// `text`, `scan`, `garbled`, `missing`, `unreadable`, `pending`.
    pub state: String,
}

/// The sitting a bill is on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SittingFact {
    /// Row id in history.db; what a calendar knows it by.
    #[serde(default)]
    pub sitting_id: i64,
    /// Its heading.
    pub title: String,
    /// Its day.
    pub held_on: Option<NaiveDate>,
    /// Its hour.
    pub begins_at: Option<NaiveTime>,
    /// The page.
    pub url: String,
    /// How many bills stand on the agenda with it.
    pub together_with: usize,
}

/// What is personal in a letter, and what the settings say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reader {
    /// Of the letter.
    pub language: Language,
    /// When and by what words they agreed: shown in the footer.
    pub confirmed_on: Option<NaiveDate>,
    /// What they asked for, in a word or two; empty for "every agreement".
    pub filters: Vec<String>,
    /// The one personal link (leads to a page that leaves with one button), where there is a web address.
    pub leave_url: Option<String>,
    /// `mailto:` to leave by.
    pub leave_mailto: Option<String>,
    /// For a confirmation letter: the page with the button, or the command for the operator.
    pub confirm_url: Option<String>,
    /// For the letter with a fresh link: the page where choices are changed.
    pub manage_url: Option<String>,
    /// Name, address and e-mail of who answers for the addresses.
    pub controller: Option<String>,
    /// Where the web pages are, without a slash at the end.
    pub public_url: Option<String>,
    /// Whom letters come from: the address that stands in a calendar.
    pub sender: Option<String>,
}

/// A letter, ready for its envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// One line, at most 200 characters, the finding in the first 40.
    pub subject: String,
    /// Plain text, 72 columns, LF line ends.
    pub text: String,
    /// HTML, self-contained.
    pub html: String,
    /// The sittings it tells of, for a calendar.
    pub calendars: Vec<Calendar>,
}

/// A template could not be written out: an operator's words were changed after they were checked, or a value is of an unknown sort.
#[derive(Debug, thiserror::Error)]
#[error("{}", words::told(name, source))]
pub struct WriteError {
    /// The template.
    pub name: String,
    /// What went wrong.
    pub source: minijinja::Error,
}

/// Characters of a subject. Longer ones are cut at a word.
const SUBJECT_MAX: usize = 200;
/// Characters of the preview line.
const PREVIEW_MAX: usize = 200;

/// The bill a letter names in its subject: of several, the one it tells of first.
pub fn leading_bill(edition: &Edition) -> Option<i64> {
    view::of(edition, &Reader::default()).leading_bill()
}

/// Writes one letter: what happened, when it comes to the vote, where to read it, the facts with their marks, what is not known, the titles as
/// printed, how we know, and why this reader gets it.
pub fn write(edition: &Edition, reader: &Reader, words: &Words) -> Result<Letter, WriteError> {
    let (name, language, context) = told(edition, reader)?;
    let failed = |source| WriteError { name: name.to_owned(), source };
    let written = words.write(name, language, context).map_err(failed)?;
    let markup::Read { subject, preview, blocks } = markup::read(&written, language);
    let (subject, preview) = (values::cut(&subject, SUBJECT_MAX), values::cut(&preview, PREVIEW_MAX));
    let context = context! { language => language.as_str(), subject => subject.clone(), preview, blocks => Serde(&blocks) };
    let html = words.frame(context).map_err(|source| WriteError { name: "frame.html".to_owned(), source })?;
    let calendars = calendar::of(edition, reader, words)?;
    Ok(Letter { text: text::set(&blocks), subject, html, calendars })
}

/// The template of a letter (without folder and ending), its language, and what the template sees.
fn told(edition: &Edition, reader: &Reader) -> Result<(&'static str, Language, minijinja::Value), WriteError> {
    Ok(match &edition.occasion {
        Occasion::Alert | Occasion::Correction { .. } if edition.findings.is_empty() => return Err(empty("alert")),
        Occasion::Digest { .. } if edition.findings.is_empty() => return Err(empty("digest")),
        Occasion::Alert => ("alert", reader.language, context! { v => Serde(view::of(edition, reader)) }),
        Occasion::Digest { watched, .. } => {
            let looks = watched.as_ref().map(silence::view);
            ("digest", reader.language, context! { v => Serde(view::of(edition, reader)), w => Serde(looks) })
        }
        Occasion::Silence { watched } => {
            ("silence", reader.language, context! { w => Serde(silence::view(watched)), r => Serde(values::reader(reader)) })
        }
        Occasion::Blind { pages } | Occasion::Sighted { pages } => {
            let name = if matches!(edition.occasion, Occasion::Blind { .. }) { "blind" } else { "sighted" };
            let out_of_sight = silence::blind_view(pages, edition.made_at);
            (name, reader.language, context! { b => Serde(out_of_sight), r => Serde(values::reader(reader)) })
        }
        Occasion::Sittings { sittings } => {
            let told = coming::view(sittings, reader.language, edition.made_at);
            ("sittings", reader.language, context! { s => Serde(told), r => Serde(values::reader(reader)) })
        }
        Occasion::Correction { corrects } => {
            let corrected = correction::view(corrects, reader.language);
            ("correction", reader.language, context! { v => Serde(view::of(edition, reader)), c => Serde(corrected) })
        }
        Occasion::Farewell => ("farewell", reader.language, context! { r => Serde(values::reader(reader)) }),
        Occasion::Confirmation => ("confirmation", reader.language, context! { r => Serde(values::reader(reader)) }),
        Occasion::Manage => ("manage", reader.language, context! { r => Serde(values::reader(reader)) }),
        Occasion::Operator { subject, paragraphs } => {
            let paragraphs: Vec<String> = paragraphs.iter().map(|p| markup::printed(p)).collect();
            ("operator", Language::En, context! { subject => markup::printed(subject), paragraphs })
        }
    })
}

/// A difference between two versions of a document, in the reader's language, as the blocks of a letter: [`text::set`] makes plain text of
/// them, for a terminal too. The words are the letters' own.
pub fn difference(difference: &Difference, language: Language, words: &Words) -> Result<Vec<markup::Block>, WriteError> {
    let context = context! { d => Serde(difference::view(difference)) };
    let written = words.write("difference", language, context);
    let written = written.map_err(|source| WriteError { name: "difference".to_owned(), source })?;
    Ok(markup::read(&written, language).blocks)
}

fn empty(name: &str) -> WriteError {
    let source = minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, "there is nothing to tell");
    WriteError { name: name.to_owned(), source }
}

#[cfg(test)]
#[path = "letter/grammar/tests.rs"]
mod grammar;
#[cfg(test)]
#[path = "letter/kinds/tests.rs"]
mod kinds;
#[cfg(test)]
#[path = "letter/tests.rs"]
mod tests;
