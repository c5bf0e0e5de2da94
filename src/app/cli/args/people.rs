//! The arguments of `subscriber`, `outbox` and `correct`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::{country, day};
use crate::domain::bill::{Language, Level};
use crate::domain::change::Kind;
use crate::domain::subscriber::Every;
use crate::io::roster::outbox::LetterState;

/// What a subscriber wants, as options.
#[derive(Debug, Args)]
pub struct Wishes {
    /// sr-Latn, sr-Cyrl or en
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<Language>,
    /// instant, daily or weekly
    #[arg(long, value_name = "HOW_OFTEN")]
    pub every: Option<Every>,
    /// Only agreements with this country (ISO code); may be repeated
    #[arg(long, value_name = "CC", value_parser = country)]
    pub country: Vec<String>,
    /// Only where a party is of this level; may be repeated
    #[arg(long, value_name = "LEVEL")]
    pub level: Vec<Level>,
    /// Only this sort of agreement (sporazum, ugovor, konvencija, ...); may be repeated
    #[arg(long, value_name = "SORT", value_parser = clap::builder::PossibleValuesParser::new(crate::domain::subscriber::INSTRUMENTS))]
    pub instrument: Vec<String>,
    /// Only where this body is a party, or the committee that met; in any case and script; may be repeated
    #[arg(long, value_name = "NAME")]
    pub body: Vec<String>,
    /// Only with this word, in any case and script, in title or text; `migra*` is every word that begins so; may be repeated
    #[arg(long, value_name = "WORD")]
    pub word: Vec<String>,
    /// Only this kind of change; may be repeated
    #[arg(long, value_name = "KIND")]
    pub change: Vec<Kind>,
    /// The weekly proof of silence
    #[arg(long, value_name = "YES_OR_NO", value_parser = yes_or_no)]
    pub proof_of_silence: Option<bool>,
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err("say yes or no".to_owned()),
    }
}

/// `subscriber ...`
#[derive(Debug, Subcommand)]
pub enum SubscriberCommand {
    /// Enter an address; it is pending until confirmed
    #[command(
        after_help = "Examples:\n  potvrda subscriber add ngo@example.org --language en --country RU --country CN\n  potvrda subscriber add ngo@example.org --confirmed --reason 'consent on paper, 3 May 2026'"
    )]
    Add {
        /// The address
        email: String,
        /// What they want
        #[command(flatten)]
        wishes: Wishes,
        /// The consent is there already, on paper or by word
        #[arg(long, requires = "reason")]
        confirmed: bool,
        /// Where and when the consent was given
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Confirm a pending address by hand
    #[command(after_help = "Example:\n  potvrda subscriber confirm ngo@example.org --reason 'said so by telephone, 3 May 2026'")]
    Confirm {
        /// The address
        email: String,
        /// Where and when the consent was given
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Everyone
    #[command(after_help = "Example:\n  potvrda subscriber list")]
    List {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// One subscriber, whole
    #[command(after_help = "Example:\n  potvrda subscriber show ngo@example.org")]
    Show {
        /// The address
        email: String,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Change what a subscriber wants; a list given replaces the list there was
    #[command(after_help = "Example:\n  potvrda subscriber set ngo@example.org --every daily --country RU")]
    Set {
        /// The address, or the subscriber's id
        email: String,
        /// First forget every limit there was: countries, levels, bodies, words, kinds
        #[arg(long)]
        no_limits: bool,
        /// What they want
        #[command(flatten)]
        wishes: Wishes,
    },
    /// Send nothing until a day, or until resumed
    #[command(after_help = "Example:\n  potvrda subscriber pause ngo@example.org --until 2026-09-01")]
    Pause {
        /// The address
        email: String,
        /// Until this day
        #[arg(long, value_name = "DAY", value_parser = day)]
        until: Option<NaiveDate>,
    },
    /// Send again
    #[command(after_help = "Example:\n  potvrda subscriber resume ngo@example.org")]
    Resume {
        /// The address
        email: String,
    },
    /// No letters any more
    #[command(after_help = "Example:\n  potvrda subscriber remove ngo@example.org")]
    Remove {
        /// The address
        email: String,
        /// Erase address and choices at once
        #[arg(long)]
        erase: bool,
    },
    /// All that is kept of one address, as one JSON document; without EMAIL everyone, a JSON line each, as `import` reads them
    #[command(after_help = "Example:\n  potvrda subscriber export ngo@example.org")]
    Export {
        /// The address, or the subscriber's id
        email: Option<String>,
    },
    /// One person a line: `address[,language[,every]]`, or a line of `export`; each pending until confirmed
    #[command(
        after_help = "Examples:\n  potvrda subscriber import people.txt --strict\n  potvrda subscriber export | potvrda --data NEW subscriber import - --confirmed --reason 'moved from the old machine'"
    )]
    Import {
        /// The file; `-` for stdin
        file: PathBuf,
        /// All or none
        #[arg(long)]
        strict: bool,
        /// The consents are there already
        #[arg(long, requires = "reason")]
        confirmed: bool,
        /// Where and when they were given
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

/// Arguments of `correct`.
#[derive(Debug, Args)]
pub struct Correct {
    /// Act number, row id, or part of a title
    pub bill: String,
    /// What is right, in Serbian
    #[arg(long, value_name = "TEXT", required_unless_present = "right_en")]
    pub right: Option<String>,
    /// The same in English
    #[arg(long, value_name = "TEXT")]
    pub right_en: Option<String>,
    /// What the letter said, in Serbian
    #[arg(long, value_name = "TEXT")]
    pub wrong: Option<String>,
    /// The same in English
    #[arg(long, value_name = "TEXT")]
    pub wrong_en: Option<String>,
    /// Say to how many it would go, and owe nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `outbox ...`
#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// What is owed, sent, refused, expired
    #[command(after_help = "Example:\n  potvrda outbox list --state owed")]
    List {
        /// Only those that are owed, sent, refused, expired or dropped
        #[arg(long, value_name = "STATE")]
        state: Option<LetterState>,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// One letter, as it would leave
    #[command(after_help = "Example:\n  potvrda outbox show 12")]
    Show {
        /// Its id
        id: i64,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Make letters due now; closes an open circuit or a wait for the mail server
    #[command(after_help = "Example:\n  potvrda outbox retry --all")]
    Retry {
        /// Their ids
        #[arg(required_unless_present = "all")]
        ids: Vec<i64>,
        /// All that are owed
        #[arg(long, conflicts_with = "ids")]
        all: bool,
        /// Also those the server refused for good
        #[arg(long)]
        refused: bool,
        /// Also those that were given up after five days
        #[arg(long, requires = "all")]
        expired: bool,
    },
    /// Give a letter up
    #[command(after_help = "Example:\n  potvrda outbox drop 12")]
    Drop {
        /// Its id
        id: i64,
    },
    /// Let a restored directory send again
    #[command(after_help = "Example:\n  potvrda outbox release")]
    Release,
}
