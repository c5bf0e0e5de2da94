//! Every command, its arguments and its help, as the contract names them.

mod people;

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::domain::bill::{Stage, Verdict};

pub use people::{Correct, OutboxCommand, SubscriberCommand, Wishes};

/// Watches the Serbian parliament for newly listed international agreements and writes to those who asked.
#[derive(Debug, Parser)]
#[command(name = "potvrda", version, max_term_width = 100, after_help = FIRST_STEPS)]
pub struct Potvrda {
    /// The settings; else $POTVRDA_CONFIG, else /etc/potvrda/potvrda.toml if it exists, else built-in defaults
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "FILE", env = "POTVRDA_CONFIG")]
    pub config: Option<PathBuf>,
    /// The data directory; overrides `data_dir` of the settings
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Say more in the log (twice: everything)
    #[arg(short, long, global = true, help_heading = EVERYWHERE, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    pub verbose: u8,
    /// Say only what went wrong
    #[arg(short, long, global = true, help_heading = EVERYWHERE)]
    pub quiet: bool,
    /// Form of the log on stderr
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "FORM", env = "POTVRDA_LOG", default_value = "text")]
    pub log: LogForm,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes stands under its own heading, below what only this command takes.
const EVERYWHERE: &str = "Everywhere";

const FIRST_STEPS: &str = "First steps:
  potvrda demo --once                     replays 2017-18 on this machine; nothing leaves it
  potvrda check                           what is wrong with settings, site, mail server, data
  potvrda poll                            one look at every source, now
  potvrda subscriber add ngo@example.org --language sr-Latn
  potvrda run                             the daemon";

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogForm {
    /// Lines for people
    Text,
    /// One JSON object a line
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Replay 2017-18 through the real pipeline against a parliament on this machine
    #[command(after_help = "Examples:\n  potvrda demo --once\n  potvrda demo --keep /tmp/march-2018 --listen 127.0.0.1:8081")]
    Demo(Demo),
    /// The daemon: poll on schedule, dispatch, deliver, serve the web pages
    #[command(
        after_help = "Examples:\n  potvrda run\n  potvrda --config potvrda.toml --data ./potvrda-data run\n\nSIGTERM ends it within ten seconds, SIGHUP reads the settings again. Exit codes: 70 a task died, 74 a database cannot be\nread or written, 75 another process holds the data directory, 78 the settings are wrong."
    )]
    Run,
    /// One poll of every source (or of NAME) now; then dispatch, and deliver what is due
    #[command(
        after_help = "Examples:\n  potvrda poll\n  potvrda poll --source bills --full --json\n  potvrda poll --dry-run      records and sends nothing, prints what it would record and send\n  potvrda poll --release      accepts the stored held page\n\nExit codes: 0 done, 1 a source failed, 3 a poll is held, 75 another process holds the data directory."
    )]
    Poll(Poll),
    /// Send what is owed and due; never sleeps
    #[command(
        after_help = "Examples:\n  potvrda deliver\n  potvrda deliver --limit 10 --json\n\n`potvrda outbox list` shows what is owed, and why it waits."
    )]
    Deliver {
        /// At most so many letters
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// The doctor: settings, data directory, databases, sources, mail server, schedule, clock
    #[command(
        after_help = "Examples:\n  potvrda check\n  potvrda check --offline      asks nothing of the network\n\nIt records nothing and sends no letter. Exit codes: 0 nothing has failed, 1 something has, with what to do about it."
    )]
    Check {
        /// Ask nothing of the network
        #[arg(long)]
        offline: bool,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// The text of a DOC or DOCX on stdin: the bounded child that reads Word files
    #[command(name = crate::io::document::OFFICE_COMMAND, hide = true)]
    ReadOffice,
    /// What the reader makes of a saved page
    #[command(
        after_help = "Examples:\n  potvrda read saved.html --kind bills\n  potvrda read sitting.html --kind activity --url http://www.parlament.gov.rs/Sednica.32689.941.html --json"
    )]
    Read(Read),
    /// Whether titles confirm international agreements; one verdict per TITLE, or per line of stdin
    #[command(
        after_help = "Examples:\n  potvrda detect 'Predlog zakona o potvrđivanju Sporazuma o slobodnoj trgovini'\n  potvrda detect --json < titles.txt"
    )]
    Detect(Texts),
    /// What Article 1 sentences say of signing; one answer per TEXT, or per line of stdin
    #[command(
        after_help = "Example:\n  potvrda article 'Potvrđuje se Sporazum ..., potpisan 23. maja 2017. godine u Moskvi, u originalu na srpskom i ruskom jeziku.'"
    )]
    Article(Texts),
    /// The agreements seen so far
    #[command(
        after_help = "Examples:\n  potvrda agreements --country RU\n  potvrda agreements --since 2018-01-01 --stage scheduled --json\n  potvrda agreements --match 'tajnih podataka' --csv > list.csv"
    )]
    Agreements(Agreements),
    /// One bill: everything known and its timeline
    #[command(
        after_help = "Examples:\n  potvrda show 404-18\n  potvrda show 'saradnji i zajedničkom delovanju' --json\n\nBILL is an act number (404-18), a row id, or an unambiguous part of a title in either script."
    )]
    Show {
        /// Act number, row id, or part of a title
        bill: String,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// The log of changes
    #[command(after_help = "Examples:\n  potvrda changes --since 2018-03-01\n  potvrda changes --json")]
    Changes {
        /// From this day on
        #[arg(long, value_name = "DAY", value_parser = day)]
        since: Option<NaiveDate>,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// A person's verdict on a doubtful bill
    #[command(
        after_help = "Examples:\n  potvrda agreements --doubtful\n  potvrda decide 404-18 agreement --reason 'Article 1 confirms a protocol'\n\nBILL is an act number (404-18), a row id, or an unambiguous part of a title in either script."
    )]
    Decide {
        /// Act number, row id, or part of a title
        bill: String,
        /// agreement or other
        #[arg(value_parser = persons_verdict)]
        verdict: Verdict,
        /// Why; kept with the verdict
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Tell everyone who got a letter about a bill that it was wrong, and what is right
    #[command(
        after_help = "Example:\n  potvrda correct 404-18 --wrong 'Потписан 23. маја 2017.' --right 'Потписан 24. маја 2017.' --right-en 'Signed on 24 May 2017.'\n\nThe correction answers the letter it corrects. Serbian readers get --right, English ones --right-en; where one of the two is\nnot given, all get the other, untranslated. Serbian written in Cyrillic is Latin for those who read Latin.\n`potvrda decide BILL other` owes the correction by itself."
    )]
    Correct(Correct),
    /// Why an address was, or was not, told of a bill, step by step
    #[command(
        after_help = "Example:\n  potvrda explain ngo@example.org 404-18\n\nBILL is an act number (404-18), a row id, or an unambiguous part of a title in either script."
    )]
    Explain {
        /// The subscriber's address
        email: String,
        /// Act number, row id, or part of a title
        bill: String,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Archived pages (saved HTML, WARC) as past observations; never owes a letter
    #[command(
        after_help = "Examples:\n  potvrda import list.html --captured-at 2018-03-06T08:30:00Z --kind bills\n  potvrda import list.html --url https://web.archive.org/web/20180306083000/http://www.parlament.gov.rs/zakoni.1037.html\n  potvrda import crawl.warc.gz\n\nAll is read before anything is recorded. A bill that only an archive has shown is still told of when a poll sees it."
    )]
    Import(Import),
    /// What proves a bill, in one file: pages, documents, headers, hashes and the log
    #[command(after_help = "Examples:\n  potvrda evidence export 404-18 --out 404-18.tar\n  potvrda evidence verify 404-18.tar")]
    Evidence {
        /// What to do
        #[command(subcommand)]
        command: EvidenceCommand,
    },
    /// People: who gets letters, and of what
    #[command(
        after_help = "Examples:\n  potvrda subscriber add ngo@example.org --language sr-Cyrl\n  potvrda subscriber list\n  potvrda subscriber set ngo@example.org --every daily --country RU\n  potvrda subscriber pause ngo@example.org --until 2026-09-01"
    )]
    Subscriber {
        /// What to do
        #[command(subcommand)]
        command: SubscriberCommand,
    },
    /// Letters owed, sent, failed
    #[command(
        after_help = "Examples:\n  potvrda outbox list --state owed\n  potvrda outbox show 12\n  potvrda outbox retry --all\n  potvrda outbox release      a restored directory may send again"
    )]
    Outbox {
        /// What to do
        #[command(subcommand)]
        command: OutboxCommand,
    },
    /// One message that came back (a report, a complaint, an answer), on stdin: for an alias or a pipe of a mail server
    #[command(
        after_help = "Example, in /var/lib/potvrda/.forward of the user potvrda:\n  \"|/usr/bin/potvrda --config /etc/potvrda/potvrda.toml bounce\"\n\nWhere the program reads a Maildir ([mail] bounces) this is not needed. Exit codes: 0 it was dealt with, whatever it was;\n75 not now: the mail server keeps it and tries again; 78 the settings are wrong."
    )]
    Bounce {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Both databases and the evidence into a folder, consistent while the daemon runs
    #[command(
        after_help = "Example:\n  potvrda backup /var/backups/potvrda      again and again: only what is new is copied\n\nA backup holds addresses: keep it as you keep those."
    )]
    Backup {
        /// Empty, absent, or an earlier backup
        dir: PathBuf,
    },
    /// A backup back into the data directory, which starts stopped: nothing is sent until `outbox release`, or for twelve hours
    #[command(
        after_help = "Example:\n  systemctl stop potvrda && potvrda restore /var/backups/potvrda && systemctl start potvrda\n\nWhat stood there is moved aside, not removed. Exit codes: 0 done, 1 no backup there, 74 the backup is damaged,\n75 another process holds the data directory."
    )]
    Restore {
        /// A folder that `backup` wrote
        dir: PathBuf,
    },
    /// The settings
    #[command(after_help = "Examples:\n  potvrda config show\n  potvrda --config /etc/potvrda/potvrda.toml config check")]
    Config {
        /// What to do
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Completions for a shell, on stdout
    #[command(after_help = "Example:\n  potvrda completions bash > /usr/share/bash-completion/completions/potvrda")]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// The manual page, on stdout
    #[command(after_help = "Example:\n  potvrda man | man -l -")]
    Man,
}

/// What a person may say of a bill; doubt is what they end.
fn persons_verdict(text: &str) -> Result<Verdict, String> {
    match text.parse() {
        Ok(Verdict::Doubtful) | Err(_) => Err("a person's verdict is `agreement` or `other`".to_owned()),
        Ok(verdict) => Ok(verdict),
    }
}

fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "a day is written year-month-day, such as 2018-03-06".to_owned())
}

/// Two letters of ISO 3166, in either case. One that is no country's would choose nothing, ever, and nobody would notice.
fn country(text: &str) -> Result<String, String> {
    let code = text.to_ascii_uppercase();
    match crate::domain::agreement::country_names(&code) {
        Some(_) => Ok(code),
        None => Err("a country is two letters of ISO 3166, such as RU".to_owned()),
    }
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Keep databases and letters here; must be empty or absent
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Where the web pages stay up afterwards [default: 127.0.0.1:8080, or another port where that one is taken]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// End when the story ends
    #[arg(long)]
    pub once: bool,
}

/// Arguments of `poll`.
#[derive(Debug, Args)]
pub struct Poll {
    /// Only this source
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Ask without validators, and fetch the documents of live agreements again
    #[arg(long)]
    pub full: bool,
    /// Record and send nothing; print what would be. Fetches no documents: what letters take from them is left out
    #[arg(long, conflicts_with = "release")]
    pub dry_run: bool,
    /// Accept the stored held page as it was; fetch nothing first
    #[arg(long)]
    pub release: bool,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `read`.
#[derive(Debug, Args)]
pub struct Read {
    /// The saved page
    pub file: PathBuf,
    /// What kind of page it is; guessed if not given
    #[arg(long, value_name = "KIND")]
    pub kind: Option<PageKind>,
    /// Where it was saved from: links are joined to it
    #[arg(long, value_name = "URL", default_value = "https://www.parlament.gov.rs/")]
    pub url: url::Url,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// Kinds of page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PageKind {
    /// The list of bills in procedure
    Bills,
    /// The list of adopted laws
    Laws,
    /// A page that links to activities
    Activities,
    /// An activity's page
    Activity,
}

/// Arguments of `detect` and `article`.
#[derive(Debug, Args)]
pub struct Texts {
    /// Without any, lines are read from stdin
    #[arg(value_name = "TEXT")]
    pub texts: Vec<String>,
    /// One JSON object a line, in the order of the input
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `agreements`.
#[derive(Debug, Args)]
pub struct Agreements {
    /// First seen on this day or later
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub since: Option<NaiveDate>,
    /// First seen on this day or earlier
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub until: Option<NaiveDate>,
    /// committee, listed, scheduled, adopted or delisted
    #[arg(long, value_name = "STAGE")]
    pub stage: Option<Stage>,
    /// A counterpart's ISO code
    #[arg(long, value_name = "CC", value_parser = country)]
    pub country: Option<String>,
    /// Words to be found in title, parties or text, in either script
    #[arg(long = "match", value_name = "WORDS")]
    pub words: Option<String>,
    /// Only the doubtful ones
    #[arg(long)]
    pub doubtful: bool,
    /// Print one JSON document
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print CSV (RFC 4180)
    #[arg(long)]
    pub csv: bool,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// Saved pages and web archives (WARC, also .gz)
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// When the pages were captured; a WARC says it itself
    #[arg(long, value_name = "TIME", value_parser = super::import::moment)]
    pub captured_at: Option<DateTime<Utc>>,
    /// Where the page was; an address in the Wayback Machine says the time too
    #[arg(long, value_name = "URL")]
    pub url: Option<url::Url>,
    /// What kind of page it is; guessed if not given
    #[arg(long, value_name = "KIND")]
    pub kind: Option<PageKind>,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `evidence ...`
#[derive(Debug, Subcommand)]
pub enum EvidenceCommand {
    /// Write everything that proves a bill into one tar archive
    #[command(
        after_help = "Example:\n  potvrda evidence export 404-18 --out 404-18.tar\n\nThe printed SHA-256 proves the whole file: note it elsewhere."
    )]
    Export {
        /// Act number, row id, or part of a title
        bill: String,
        /// The archive to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Check an archive, without network, database or settings; ends with 1 where a single byte was changed, and says which file
    #[command(after_help = "Example:\n  potvrda evidence verify 404-18.tar")]
    Verify {
        /// The archive
        file: PathBuf,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
}

/// `config ...`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Effective settings, without secrets
    #[command(after_help = "Example:\n  potvrda config show")]
    Show,
    /// Every error at once, with file and line; those of your own words for the letters too
    #[command(after_help = "Example:\n  potvrda --config /etc/potvrda/potvrda.toml config check")]
    Check,
    /// Write the words of the letters that are built in into a folder, to start from; a file that is there stays as it is
    #[command(
        after_help = "Example:\n  potvrda config letters /etc/potvrda/letters\n\nKeep only the files you change: the others are then those of the program, and grow with it. Name the folder in the\nsettings (`words_dir` in [mail]); `potvrda config check` reads it, and the daemon at its start and at SIGHUP."
    )]
    Letters {
        /// The folder; made if it is not there
        dir: PathBuf,
    },
}
