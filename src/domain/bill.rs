//! A bill and what is said of it: its number, its title, its stage; a sitting, of whom, and the bills it names.
//!
//! Never reads markup, never decides whether a bill is an agreement.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use url::Url;

/// The number parliament gives an act: a serial and the two-digit year of submission, printed `404-18` in file names and `011-404/18` on
/// agendas (docs/source.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActNumber {
    /// The serial, unique within its year.
    pub serial: u32,
    /// The last two digits of the year of submission.
    pub year: u8,
}

/// The language and script of a printed text, and of a reader's letters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Language {
    /// Serbian in Latin script.
    #[default]
    #[serde(rename = "sr-Latn")]
    SrLatn,
    /// Serbian in Cyrillic script.
    #[serde(rename = "sr-Cyrl")]
    SrCyrl,
    /// English.
    #[serde(rename = "en")]
    En,
}

/// A link as a page gives it, made absolute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Where it leads. Only http and https; anything else is never a `Link`.
    pub url: Url,
    /// The words of the anchor, tidied.
    pub label: String,
}

/// One row of a law list (bills in procedure, or adopted laws).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The title as printed, tidied to one line (`script::tidy`), cut at 4 KiB.
    pub title: String,
    /// The date in the row, where it can be read. What it means is not known: it ends no gap.
    pub listed_on: Option<NaiveDate>,
    /// The date's text as printed, whether or not it could be read.
    pub date_text: Option<String>,
    /// From the first document address that carries one.
    pub act_number: Option<ActNumber>,
    /// The documents the row links to (`.pdf`, `.doc`, `.docx`), title link included.
    pub documents: Vec<Link>,
    /// Who submitted it, where the row says so.
    pub submitter: Option<String>,
}

/// A bill named on an activity's page, in an agenda or in prose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// The title as printed, without numbering and without the submitter's clause.
    pub title: String,
    /// Its place in the agenda, from 1, where the page has one.
    pub position: Option<u32>,
    /// `submitted by ...`, `koji je podnela ...`, as printed.
    pub submitter: Option<String>,
    /// From `011-NNNN/YY` beside the title, or from a linked document.
    pub act_number: Option<ActNumber>,
    /// The sentence or agenda line it was read from: the evidence, cut to 1,000 characters.
    pub sentence: String,
    /// Sentences of the page that say when and where this agreement was signed.
    pub signature_sentences: Vec<String>,
    /// Documents linked from the item.
    pub documents: Vec<Link>,
    /// The page speaks of consent to provisional application, not of the bill itself.
    pub provisional: bool,
}

/// Whose sitting it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Body {
    /// The National Assembly itself.
    Assembly,
    /// A committee, as the page prints its name.
    Committee(String),
}

/// A sitting, as one page tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sitting {
    /// Whose sitting.
    pub body: Body,
    /// The page's heading, tidied.
    pub title: String,
    /// The day in the page's heading: the day of the sitting, not of publication.
    pub held_on: Option<NaiveDate>,
    /// The hour it begins, Belgrade time, where printed.
    pub begins_at: Option<NaiveTime>,
    /// The hall, as printed.
    pub hall: Option<String>,
    /// The page says that the sitting was cancelled or postponed.
    pub cancelled: bool,
    /// Whether the page gives the agenda. A calendar entry does not.
    pub agenda_known: bool,
    /// The bills it names, in the order of the page.
    pub mentions: Vec<Mention>,
}

/// How far a bill has come, as far as the pages we follow show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Named by a committee; no list has carried it yet.
    Committee,
    /// On the list of bills in procedure.
    Listed,
    /// On the agenda of a sitting of the Assembly.
    Scheduled,
    /// On the list of adopted laws.
    Adopted,
    /// No longer on the list, and not adopted as far as we saw.
    Delisted,
}

/// Whether a bill confirms an international agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It does.
    Agreement,
    /// Only one half (the confirming word, the instrument) is sure: a person decides.
    Doubtful,
    /// It does not.
    Other,
}

/// In what capacity a party concludes an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Level {
    State,
    Government,
    Ministry,
    Agency,
    Bank,
    Organisation,
    Parliament,
    Other,
}

/// A party to an agreement, as its source prints it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Party {
    /// The name as printed (in whatever case form the source uses).
    pub name: String,
    /// ISO 3166 alpha-2 (YU, CS for the states Serbia continues); none for organisations.
    pub country: Option<String>,
    /// In what capacity.
    pub level: Level,
    /// Serbia, a state it continues, or an authority of theirs.
    pub ours: bool,
}

impl ActNumber {
    /// Reads the number from a document's address: digits, a dash, two digits not followed by another digit, in the decoded last segment
    /// (`3533-13Lat.pdf`, `1847-23%20-%20Lat..pdf`). Parts of a date (`2018-03-12.pdf`) are no number.
    pub fn from_document(url: &Url) -> Option<ActNumber> {
        let name = crate::domain::page::address::decoded(url.path_segments()?.next_back()?);
        let bytes = name.as_bytes();
        let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        let mut at = 0;
        while at < bytes.len() {
            let serial = digits(at);
            let end = at + serial;
            if serial == 0 {
                at += 1;
                continue;
            }
            let year = if bytes.get(end) == Some(&b'-') { digits(end + 1) } else { 0 };
            let after = bytes.get(end + 1 + year..).unwrap_or_default();
            let in_a_date =
                matches!(after, [b'-', b'0'..=b'9', ..]) || (at >= 2 && bytes[at - 1] == b'-' && bytes[at - 2].is_ascii_digit());
            let in_a_date = in_a_date && !name[..at].ends_with("011-");
            if year == 2 && (1..=6).contains(&serial) && !in_a_date {
                return name[at..end + 3].parse().ok();
            }
            at = end;
        }
        None
    }

    /// Reads the number as agendas print it: `011-404/18`, `011-2058 / 20`. `02-2137/20` is another kind of submission, `06-2/12-18` a
    /// sitting: neither is a bill's.
    pub fn from_agenda(text: &str) -> Option<ActNumber> {
        use crate::domain::tokens::{Kind, cut};
        let tokens = cut(text);
        tokens.windows(5).find_map(|t| match (&t[0].kind, &t[1].kind, &t[2].kind, &t[3].kind, &t[4].kind) {
            (Kind::Number(11, 3), Kind::Mark('-'), Kind::Number(serial, 1..=6), Kind::Mark('/'), Kind::Number(year, digits)) => {
                let year = match digits {
                    2 => *year,
                    4 if (2000..2100).contains(year) => year - 2000,
                    _ => return None,
                };
                Some(ActNumber { serial: *serial, year: u8::try_from(year).ok()? })
            }
            _ => None,
        })
    }
}

impl fmt::Display for ActNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.serial, self.year)
    }
}

impl FromStr for ActNumber {
    type Err = ();
    /// Reads `404-18`, and nothing else.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (serial, year) = text.trim().split_once('-').ok_or(())?;
        if year.len() != 2 || serial.is_empty() || serial.len() > 6 {
            return Err(());
        }
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if !digits(serial) || !digits(year) {
            return Err(());
        }
        Ok(ActNumber { serial: serial.parse().map_err(|_| ())?, year: year.parse().map_err(|_| ())? })
    }
}

impl Serialize for ActNumber {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() { s.collect_str(self) } else { (self.serial, self.year).serialize(s) }
    }
}

impl<'de> Deserialize<'de> for ActNumber {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if !d.is_human_readable() {
            return <(u32, u8)>::deserialize(d).map(|(serial, year)| ActNumber { serial, year });
        }
        let text = String::deserialize(d)?;
        text.parse().map_err(|()| serde::de::Error::custom("not an act number such as 404-18"))
    }
}

/// Gives an enum the words that stand in the database, the settings and JSON: `as_str` and `FromStr` over one table.
#[macro_export]
#[doc(hidden)]
macro_rules! words {
    ($type:ty { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $type {
            /// Every value, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word used in the database, in settings and in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        impl std::str::FromStr for $type {
            type Err = String;
            fn from_str(text: &str) -> std::result::Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(format!("{text:?} is none of: {}", Self::ALL.iter().map(|v| v.as_str()).collect::<Vec<_>>().join(", "))),
                }
            }
        }
    };
}

crate::words!(Language { SrLatn = "sr-Latn", SrCyrl = "sr-Cyrl", En = "en" });
crate::words!(Stage { Committee = "committee", Listed = "listed", Scheduled = "scheduled", Adopted = "adopted", Delisted = "delisted" });
crate::words!(Verdict { Agreement = "agreement", Doubtful = "doubtful", Other = "other" });
crate::words!(Level {
    State = "state",
    Government = "government",
    Ministry = "ministry",
    Agency = "agency",
    Bank = "bank",
    Organisation = "organisation",
    Parliament = "parliament",
    Other = "other",
});

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_read_from_every_file_name_seen() {
        let read = |path: &str| {
            let url = Url::parse("http://www.parlament.gov.rs/upload/archive/files/lat/pdf/predlozi_zakona/").unwrap().join(path).unwrap();
            ActNumber::from_document(&url).map(|n| n.to_string()).unwrap_or_default()
        };
        for (path, number) in [
            ("3533-13Lat.pdf", "3533-13"),
            ("1847-23%20-%20Lat..pdf", "1847-23"),
            ("2926-15%20lat.pdf", "2926-15"),
            ("225-19 - Lat.pdf", "225-19"),
            ("1923-20-lat.pdf", "1923-20"),
            ("2016/1317-26-lat..pdf", "1317-26"),
            ("14_saziv/404-18.docx", "404-18"),
            ("Predlog%20zakona_404-18.pdf", "404-18"),
            ("011-404-18.pdf", "404-18"),
            ("404-180.pdf", ""),
            ("2018-03-12.pdf", ""),
            ("12-03-2018.pdf", ""),
            ("404_18.pdf", ""),
            ("1234567-18.pdf", ""),
            ("404-18/x.pdf", ""),
            ("%D0%BF%D1%80%D0%B5%D0%B4%D0%BB%D0%BE%D0%B3%20404-18.pdf", "404-18"),
        ] {
            assert_eq!(read(path), number, "{path}");
        }
    }

    #[test]
    fn only_011_is_the_number_of_a_bill_on_an_agenda() {
        let read = |text: &str| ActNumber::from_agenda(text).map(|n| n.to_string()).unwrap_or_default();
        for (text, number) in [
            ("(No. 011-2058 / 20 of 11 December 2020)", "2058-20"),
            ("broj 011-404/18 od 2. marta 2018. godine", "404-18"),
            ("број 011–404/2018", "404-18"),
            ("(No. 02-2137 / 20 of 18 December 2020)", ""),
            ("06-2/12-18", ""),
            ("11-404/18", ""),
            ("1011-404/18", ""),
            ("011-404", ""),
        ] {
            assert_eq!(read(text), number, "{text}");
        }
    }
}
