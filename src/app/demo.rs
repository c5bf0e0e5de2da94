//! 2017-18, replayed: the true sequence of the founding case through the real pipeline, against a parliament on this machine.
//!
//! Never invents in silence: what is made up is said to be, where it is shown.

pub mod parliament;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::Result;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use tokio::task::block_in_place;
use url::Url;

use crate::app::clock;
use crate::app::deliver::{Office, Postman};
use crate::app::desk::Desk;
use crate::app::poll::{Ask, Polled};
use crate::app::rounds::{self, ForOperators};
use crate::config::{Settings, Source, SourceKind};
use crate::domain::bill::Language;
use crate::domain::letter;
use crate::domain::letter::Reader;
use crate::domain::letter::words::Words;
use crate::domain::schedule::Schedule;
use crate::domain::subscriber::Preferences;
use crate::domain::zone::{BELGRADE, day_in_belgrade};
use crate::io::history::History;
use crate::io::history::record::Outcome;
use crate::io::roster::Roster;
use crate::io::roster::outbox::{LetterRow, LetterState};
use crate::io::roster::people::{Consent, ConsentHow};
use parliament::{ACTIVITIES, BILLS, LAWS, Parliament};

/// The days of the case (docs/source.md). Two are known from documents, one from the press.
const SIGNED: (i32, u32, u32) = (2017, 5, 23);
const COMMITTEE: (i32, u32, u32) = (2017, 11, 9);
const PRESS: (i32, u32, u32) = (2018, 3, 8);

/// The three readers and the operator of the story; `.example` is nobody's (RFC 2606).
const READERS: [(&str, Language); 3] =
    [("latinica@ngo.example", Language::SrLatn), ("cirilica@ngo.example", Language::SrCyrl), ("english@ngo.example", Language::En)];
const OPERATOR: &str = "volunteer@ngo.example";

/// Stands at the foot of every letter of the demo, in the place of who answers for the addresses.
const MADE_UP: &str = "DEMO. Made up: act numbers, days in the lists, which bills stand beside each other, parts of the pages. \
                       Izmišljeno: brojevi akata, dani na spiskovima, društvo predloga, delovi stranica";

/// What the story says.
#[derive(Debug, Clone, Copy)]
pub enum Said<'a> {
    /// A line of it.
    Line(&'a str),
    /// A day that passes without a line: for whoever watches.
    Passing(NaiveDate),
}

/// Where the story is told.
pub type Tell<'a> = dyn FnMut(Said<'_>) + 'a;

/// Between the days of the story every page is looked at once a day, at this hour in Belgrade: enough for an honest proof of silence on
/// Mondays, and months pass in seconds.
const LOOK_AT: u32 = 8;

/// What is left when the story ends.
pub struct Left {
    /// Databases, evidence and letters.
    pub folder: PathBuf,
    /// The settings, for pages that stay up.
    pub settings: Settings,
}

struct Stage<'a> {
    parliament: Parliament,
    desk: Desk,
    roster: Roster,
    postman: Postman,
    tell: &'a mut Tell<'a>,
    told: usize,
    looked_at: DateTime<Utc>,
}

/// Plays it in a folder that is empty.
pub async fn play<'a>(folder: &Path, tell: &'a mut Tell<'a>) -> Result<Left> {
    clock::replay();
    let parliament = Parliament::default();
    let settings = settings(folder, parliament.open().await?)?;
    let history = History::open(folder, true)?;
    let roster = Roster::open(folder, true)?;
    let postman = Postman::new(Office::of(&settings)?);
    let desk = Desk::with(settings.clone(), history);
    let mut stage = Stage { parliament, desk, roster, postman, tell, told: 0, looked_at: DateTime::UNIX_EPOCH };
    stage.opening();
    stage.baseline().await?;
    stage.withdrawn().await?;
    stage.committee().await?;
    stage.broken().await?;
    stage.agenda().await?;
    stage.afterwards()?;
    stage.look_yourself(folder);
    stage.ending();
    Ok(Left { folder: folder.to_owned(), settings })
}

fn settings(folder: &Path, at: std::net::SocketAddr) -> Result<Settings> {
    let source = |name: &str, kind, path: &str| -> Result<Source> {
        Ok(Source { name: name.to_owned(), kind, url: Url::parse(&format!("http://{at}{path}"))?, selectors: None })
    };
    let mut settings = Settings { data_dir: folder.to_owned(), ..Settings::default() };
    settings.sources = vec![
        source("bills", SourceKind::Bills, BILLS)?,
        source("laws", SourceKind::Laws, LAWS)?,
        source("sittings", SourceKind::Activities, ACTIVITIES)?,
    ];
    settings.operator.emails = vec![OPERATOR.parse().map_err(|why| anyhow::anyhow!("{why}"))?];
    settings.controller.name = Some(MADE_UP.to_owned());
    settings.http.allow_private_addresses = true;
    settings.http.min_interval_ms = 0;
    // The whole schedule: a proof of silence calls what the schedule itself leaves out no silence of ours.
    let daily: Schedule = format!("0 {LOOK_AT} * * *").parse().map_err(|why| anyhow::anyhow!("{why}"))?;
    settings.schedule.poll = vec![daily.clone()];
    settings.schedule.full_sweep = daily;
    Ok(settings)
}

/// A moment in Belgrade.
fn at(day: (i32, u32, u32), hour: u32, minute: u32) -> DateTime<Utc> {
    let local = NaiveDate::from_ymd_opt(day.0, day.1, day.2).and_then(|d| d.and_hms_opt(hour, minute, 0)).unwrap_or(NaiveDateTime::MIN);
    local.and_local_timezone(BELGRADE).earliest().map_or(DateTime::UNIX_EPOCH, |t| t.with_timezone(&Utc))
}

fn days(from: (i32, u32, u32), to: (i32, u32, u32)) -> i64 {
    (at(to, 12, 0) - at(from, 12, 0) + TimeDelta::hours(1)).num_days()
}

impl Stage<'_> {
    fn say(&mut self, text: &str) {
        (self.tell)(Said::Line(text));
    }

    fn heading(&mut self, now: DateTime<Utc>, text: &str) {
        let day = now.with_timezone(&BELGRADE);
        self.say("");
        self.say(&format!("{} {} {}  {text}", day.day(), day.format("%B"), day.year()));
    }

    fn opening(&mut self) {
        self.say("What Potvrda would have written in 2017-18. The pages are served by this");
        self.say("machine; they are read, compared, stored and mailed by the real program. Titles");
        self.say("are real. Made up, and marked (made up): act numbers, the days in the lists,");
        self.say("which other bills stood beside them, and the parts of the pages nobody has seen.");
        self.say("Full English titles are known for the Russian agreement alone; the other six are");
        self.say("put together from what is known of them.");
    }

    /// One look at every source; then whoever asked is written to.
    async fn look(&mut self, now: DateTime<Utc>, full: bool) -> Result<Vec<Polled>> {
        let (mut polled, mut operators) = (Vec::new(), ForOperators::default());
        for source in self.desk.settings.sources.clone() {
            polled.push(rounds::look(&mut self.desk, &source, Ask { full, ..Ask::default() }, now, &mut operators).await?);
        }
        block_in_place(|| -> Result<()> {
            // Not `finish`: the disk, the clock and the tools of this machine have no part in a story of 2017.
            rounds::conclude(&mut self.desk, &mut self.roster, operators, now)?;
            let write = |edition: &_, reader: &_| Ok(letter::write(edition, reader, Words::built_in())?);
            self.postman.deliver(&mut self.roster, &write, None, &|| now, &AtomicBool::new(false))?;
            Ok(())
        })?;
        self.looked_at = now;
        Ok(polled)
    }

    /// A look of which the story tells.
    async fn look_closely(&mut self, now: DateTime<Utc>, full: bool) -> Result<Vec<Polled>> {
        let polled = self.look(now, full).await?;
        self.letters()?;
        Ok(polled)
    }

    /// The weeks before a day of the story: looked at as on every day, and counted.
    async fn meanwhile(&mut self, until: DateTime<Utc>) -> Result<()> {
        let (mut looks, mut good) = (0, 0);
        let day = |then: DateTime<Utc>| day_in_belgrade(then);
        for today in day(self.looked_at).iter_days().skip(1) {
            let now = at((today.year(), today.month(), today.day()), LOOK_AT, 0);
            if now >= until {
                break;
            }
            (self.tell)(Said::Passing(today));
            let polled = self.look(now, false).await?;
            looks += polled.len();
            good += polled.iter().filter(|p| !matches!(p.outcome, Outcome::Failed | Outcome::Held)).count();
        }
        let letters = self.sent()?.len() - self.told;
        self.told += letters;
        self.say("");
        self.say(&format!(
            "    ... {looks} looks, {good} of them good, nothing new. Proofs of silence to each reader, on Mondays: {}.",
            letters / READERS.len()
        ));
        Ok(())
    }

    fn sent(&self) -> Result<Vec<LetterRow>> {
        let mut sent = Vec::new();
        self.roster.for_each_letter(Some(LetterState::Sent), |row| -> Result<()> {
            sent.push(row);
            Ok(())
        })?;
        Ok(sent)
    }

    /// Names the letters that left since the last look: to whom, what stands in the subject, in which file.
    fn letters(&mut self) -> Result<()> {
        let sent = self.sent()?;
        for row in sent.iter().skip(self.told) {
            let to = row.address.as_ref().map(ToString::to_string).unwrap_or_default();
            let subject = self.subject(row)?;
            // The folder names a letter by its hour and the beginning of its Message-ID.
            let file: String = row.message_id.chars().take(16).collect();
            self.say(&format!("    letter to {to}: {subject}"));
            self.say(&format!("      letters/*-{file}.eml"));
        }
        self.told = sent.len();
        Ok(())
    }

    fn subject(&self, row: &LetterRow) -> Result<String> {
        let language = match row.subscriber_id {
            Some(id) => self.roster.subscriber(id)?.preferences.language,
            None => Language::En,
        };
        let edition = self.roster.edition(row.edition_id)?;
        Ok(letter::write(&edition, &Reader { language, ..Reader::default() }, Words::built_in())?.subject)
    }

    async fn baseline(&mut self) -> Result<()> {
        let now = at((2017, 10, 2), 9, 0);
        self.parliament.show(BILLS, include_str!("demo/pages/bills_2017_10.html"));
        self.parliament.show(LAWS, include_str!("demo/pages/laws_2017_10.html"));
        self.parliament.show(ACTIVITIES, include_str!("demo/pages/activities_2017_10.html"));
        self.heading(now, "The first look: a baseline. What stands there is recorded, and only the volunteer is written to.");
        for p in self.look_closely(now, true).await? {
            self.say(&format!(
                "    {:<9} {}: {} rows, {} agreements (made up: which, with which numbers and days)",
                p.source, p.outcome, p.rows, p.agreements
            ));
        }
        let now = at((2017, 10, 3), 10, 0);
        self.heading(now, "Three readers confirm that they want letters: in Serbian, in both scripts, and in English.");
        for (address, language) in READERS {
            let preferences = Preferences { language, ..Preferences::default() };
            let consent = Consent { how: ConsentHow::Command, version: None, text: Some("made up for the demo".to_owned()) };
            let address = address.parse().map_err(|why| anyhow::anyhow!("{why}"))?;
            self.roster.change(|people| {
                let id = people.insert(&address, &preferences, &consent, now)?;
                people.confirm(id, None, now)
            })?;
        }
        Ok(())
    }

    async fn withdrawn(&mut self) -> Result<()> {
        let first = at((2017, 10, 16), 9, 0);
        self.meanwhile(first).await?;
        self.parliament.show(BILLS, include_str!("demo/pages/bills_withdrawn.html"));
        self.heading(first, "A row is gone from the list (made up). One look proves no absence: nobody is written to.");
        self.look_closely(first, true).await?;
        self.look_closely(at((2017, 10, 16), 21, 0), true).await?;
        let third = at((2017, 10, 17), 10, 0);
        self.heading(third, "Missing in three looks and more than a day: \"no longer on the list\". Not \"withdrawn\": no page says so.");
        self.look_closely(third, true).await?;
        Ok(())
    }

    async fn committee(&mut self) -> Result<()> {
        let now = at(COMMITTEE, 18, 0);
        self.meanwhile(now).await?;
        self.parliament.show(ACTIVITIES, include_str!("demo/pages/activities_2017_11.html"));
        self.heading(now, "A committee's page names seven bills in one sentence of prose, in English.");
        self.say("    The page and the title below are real. The day is the sitting's: when the");
        self.say("    page appeared is not known, and the hour we saw it is made up.");
        let polled = self.look_closely(now, false).await?;
        let found: usize = polled.iter().map(|p| p.changes).sum();
        self.say(&format!("    {found} agreements, in one letter a reader. In one of them the parties are no"));
        self.say("    states and no governments: the Ministry of the Interior and \"the Federal");
        self.say("    Security Service of the Russian Federation\", as the page names it.");
        self.say("    Its signature date was not on the page, nor its text, nor its act number,");
        self.say("    and the letter says so. The one with Sweden, on the same page, was signed");
        self.say("    on 24 January 2017: 289 days before.");
        Ok(())
    }

    async fn broken(&mut self) -> Result<()> {
        let day = (2017, 12, 5);
        self.meanwhile(at(day, 8, 0)).await?;
        self.heading(at(day, 9, 0), "The list is replaced by a page that says \"under maintenance\" with status 200 (made up).");
        self.look_closely(at(day, 8, 0), true).await?;
        self.parliament.show(BILLS, include_str!("demo/pages/maintenance.html"));
        self.look_closely(at(day, 9, 0), true).await?;
        self.look_closely(at(day, 10, 0), true).await?;
        self.say("    11.15: the third failed look, and over two hours without a valid page: the volunteer is told, and nobody else.");
        let mut failed = self.look_closely(at(day, 11, 15), true).await?;
        failed.retain(|p| p.source == "bills");
        for p in failed {
            self.say(&format!("    {}: {}: {}", p.source, p.outcome, p.note.unwrap_or_default()));
        }
        self.parliament.show(BILLS, include_str!("demo/pages/bills_withdrawn.html"));
        self.say("    12.00: the list is back: nothing new, nothing lost, one letter to the volunteer.");
        self.look_closely(at(day, 12, 0), true).await?;
        Ok(())
    }

    async fn agenda(&mut self) -> Result<()> {
        let now = at((2018, 3, 2), 14, 0);
        self.meanwhile(now).await?;
        self.parliament.show(ACTIVITIES, include_str!("demo/pages/activities_2018_03.html"));
        self.heading(now, "The agenda of the sitting of 6 March, in Serbian (made up: this day, the page and the other items).");
        self.look_closely(now, false).await?;
        for (bill, note) in self.desk.history.merges()?.into_iter().filter(|(_, note)| note.contains("Federalne službe")) {
            self.say(&format!("    recognised as the bill that was met in English in November (row {bill} of the history):"));
            for line in note.split(": ") {
                self.say(&format!("      {line}"));
            }
        }
        Ok(())
    }

    fn afterwards(&mut self) -> Result<()> {
        self.say("");
        self.say("What was learned later, from the text of the bill: signed on 23 May 2017 in Moscow.");
        self.say(&format!(
            "  9 November 2017 was day {} after the signature. The agreement with Sweden had waited longer.",
            days(SIGNED, COMMITTEE)
        ));
        self.say("  The signing itself was announced the day before; what nobody could read was its text.");
        Ok(())
    }

    fn look_yourself(&mut self, folder: &Path) {
        let db = folder.join("history.db");
        self.say("");
        self.say(&format!("The databases, the evidence and the letters (open one in a mail program): {}", folder.display()));
        self.say("Three questions to ask the history (its act numbers and list days are made up):");
        for sql in QUERIES {
            self.say(&format!("  sqlite3 -readonly -box {} \"{sql}\"", db.display()));
        }
    }

    fn ending(&mut self) {
        self.say("");
        self.say(&format!(
            "The letter of 9 November 2017 would have been written {} days before the first dated press report.",
            days(COMMITTEE, PRESS)
        ));
    }
}

const QUERIES: [&str; 3] = [
    "SELECT counterpart, signed_on, gap_days, stage, substr(title_latin, 1, 60) FROM agreements ORDER BY first_seen_at DESC LIMIT 8",
    "SELECT seen_at, kind, substr(title_latin, 1, 80) FROM changes WHERE silent = 0",
    "SELECT substr(day, 1, 7) AS month, source, sum(polls) AS looks, sum(good) AS good, sum(failed) AS failed FROM polls_by_day GROUP BY 1, 2",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_of_the_case_are_what_the_story_says() {
        assert_eq!(days(SIGNED, COMMITTEE), 170);
        assert_eq!(days(COMMITTEE, PRESS), 119);
        assert_eq!(days((2017, 1, 24), COMMITTEE), 289);
    }
}
