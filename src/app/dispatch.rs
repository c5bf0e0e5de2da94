//! Turns recorded changes into owed letters: every change after the cursor, for everyone who asked, in one transaction with the new cursor.
//!
//! Never sends, never reads a page. A change is passed over only if it is silent, or of no agreement, or older than the reader's consent.

mod digest;
mod restored;
mod silence;
mod sittings;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use anyhow::Result;
use chrono::{DateTime, Utc};

use restored::GoesOn;
pub use restored::release;

use crate::app::clock;
use crate::config::Settings;
use crate::domain::article::persons;
use crate::domain::bill::{Level, Verdict};
use crate::domain::change::Kind;
use crate::domain::letter::{self, Edition, Finding, Occasion};
use crate::domain::subscriber::words::{Quote, Texts};
use crate::domain::subscriber::{Candidate, Every, Preferences, Wanted};
use crate::domain::{script, title};
use crate::io::history::History;
use crate::io::history::tell::LoggedChange;
use crate::io::roster::owing::{NewEdition, Owing, Recipient};
use crate::io::roster::{Cursor, Roster};

/// Changes taken into one transaction; the rest follow in the next.
const CHANGES_AT_ONCE: usize = 2_000;

/// What a digest out of its time is called.
const LATE: &str = "late";

/// What a dispatch did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dispatched {
    /// Changes that were told to somebody, or would have been.
    pub told: usize,
    /// Letters owed in all, afterwards.
    pub owed: i64,
}

/// Takes the log from the cursor to its end, and puts together the digests whose hour has come.
pub fn dispatch(settings: &Settings, history: &History, roster: &mut Roster, now: DateTime<Utc>) -> Result<Dispatched> {
    let mut done = Dispatched::default();
    let first = roster.cursor()?.is_none();
    let Some((mut cursor, goes_on)) = restored::cursor(settings, history, roster, now)? else { return Ok(done) };
    // What gathered while telling was stopped, and nobody let it go on, is late.
    let occasion = if goes_on == GoesOn::ByItself { late() } else { Occasion::Alert };
    loop {
        let changes = history.changes_after(cursor.change_id, CHANGES_AT_ONCE)?;
        let more = changes.len() == CHANGES_AT_ONCE;
        if let Some(last) = changes.last() {
            cursor = Cursor { change_id: last.change_id, hash: last.hash.clone() };
        }
        let news = News::of(history, &changes, now)?;
        let owing = roster.owing(now)?;
        digest::begin(&owing)?;
        done.told += news.findings.len();
        tell(settings, &owing, &news, &occasion, now)?;
        tell_operators(settings, &owing, &news)?;
        digest::put_together(settings, history, &owing, now)?;
        sittings::tell(settings, history, &owing, now)?;
        silence::tell_readers(settings, history, &owing, now)?;
        if first && !more {
            owing.listen_after(cursor.change_id)?;
        }
        done.owed = owing.finish(Some(&cursor))?;
        if !more {
            return Ok(done);
        }
    }
}

/// The changes worth telling, with their facts and what filters look at.
struct News {
    findings: BTreeMap<i64, Told>,
    /// Titles that are doubtful, for the operators.
    doubtful: Vec<Finding>,
    edition: Edition,
}

struct Told {
    finding: Finding,
    key: String,
    thread: String,
    countries: Vec<String>,
    levels: Vec<Level>,
    bodies: Vec<String>,
    texts: Texts,
}

impl News {
    fn of(history: &History, changes: &[LoggedChange], now: DateTime<Utc>) -> Result<News> {
        let mut news = News { findings: BTreeMap::new(), doubtful: Vec::new(), edition: empty(history, now)? };
        for change in changes.iter().filter(|c| !c.silent) {
            let Some(finding) = history.finding(change.change_id)? else { continue };
            match finding.agreement.verdict {
                Verdict::Agreement => drop(news.findings.insert(change.change_id, Told::of(history, change, finding)?)),
                Verdict::Doubtful if change.kind == Kind::Listed => news.doubtful.push(finding),
                Verdict::Doubtful | Verdict::Other => {}
            }
        }
        // Letters set a gap beside the median of all, and print neither without the other.
        if news.findings.values().map(|told| &told.finding).chain(&news.doubtful).any(|finding| finding.agreement.gap.is_some()) {
            news.edition.median_gap = history.median_gap()?;
        }
        Ok(news)
    }

    fn edition(&self, ids: &[i64], occasion: Occasion) -> Edition {
        let findings = ids.iter().filter_map(|id| self.findings.get(id)).map(|told| told.finding.clone()).collect();
        Edition { occasion, findings, ..self.edition.clone() }
    }
}

fn empty(history: &History, now: DateTime<Utc>) -> Result<Edition> {
    Ok(Edition {
        occasion: Occasion::Alert,
        made_at: now,
        watching_since: history.watching_since()?,
        findings: Vec::new(),
        median_gap: None,
    })
}

impl Told {
    fn of(history: &History, change: &LoggedChange, mut finding: Finding) -> Result<Told> {
        let parties = &finding.agreement.parties;
        let countries: Vec<String> = parties.iter().filter(|p| !p.ours).filter_map(|p| p.country.clone()).collect();
        let levels: Vec<Level> = parties.iter().map(|p| p.level).collect();
        let bodies = finding.bodies().iter().map(|name| script::fold(name)).collect();
        let (names, documents) = history.texts_of(change.bill_id)?;
        let texts = Texts::of(&names, &documents);
        let signed = persons::of_all(documents.iter().map(|(_, text)| text.as_str()));
        finding.agreement.persons = persons::for_parties(signed, &finding.agreement.parties);
        let key = key(change, history.nth(change)?);
        let thread = thread(history.first_called(change.bill_id)?);
        Ok(Told { key, thread, countries, levels, bodies, texts, finding })
    }

    fn is_wanted(&self, wanted: &Wanted) -> bool {
        let candidate = Candidate {
            kind: self.finding.kind,
            countries: &self.countries,
            levels: &self.levels,
            instrument: self.finding.agreement.instrument.as_deref(),
            bodies: &self.bodies,
            texts: &self.texts,
        };
        wanted.want(&candidate)
    }
}

/// What a change is called in a letter's identity: names that survive a restored history, so that a letter sent before the restore and again
/// after it carries the same Message-ID.
fn key(change: &LoggedChange, nth: i64) -> String {
    match change.act_number {
        Some(number) => format!("{} {number} {nth}", change.kind),
        None => format!("{} {} {} {nth}", change.kind, title::key(&change.title), change.bill_id),
    }
}

/// What letters about one bill hang together by in the reader's mail program: what the bill was called when it was first met, since a bill
/// met in a committee's prose gets its act number, and its Serbian title, later.
pub fn thread((act_number, title): (Option<String>, String)) -> String {
    act_number.unwrap_or_else(|| title::key(&title))
}

/// Different choices made ready at one time: a few kilobytes each, where somebody chose words.
const CHOICES_KEPT: usize = 1_024;

/// One choice, made ready once for all who made it, however they are scattered.
struct Choice {
    preferences: Rc<Preferences>,
    wanted: Wanted,
    /// Which of the news it takes, whoever asks and whenever they confirmed.
    takes: OnceCell<Vec<i64>>,
    /// The last edition owed to somebody with it, and what it tells.
    made: RefCell<Option<(Vec<i64>, i64)>>,
}

/// What recipients share with their neighbours.
#[derive(Default)]
struct Choices(HashMap<*const Preferences, Rc<Choice>>);

impl Choices {
    /// The one of this recipient. It holds their preferences, so that no other's can come to stand at the same address.
    fn of(&mut self, recipient: &Recipient) -> Rc<Choice> {
        if self.0.len() >= CHOICES_KEPT {
            self.0.clear();
        }
        let made = self.0.entry(Rc::as_ptr(&recipient.preferences)).or_insert_with(|| {
            let preferences = Rc::clone(&recipient.preferences);
            Rc::new(Choice { wanted: Wanted::of(&preferences), preferences, takes: OnceCell::new(), made: RefCell::new(None) })
        });
        debug_assert!(Rc::ptr_eq(&made.preferences, &recipient.preferences));
        Rc::clone(made)
    }
}

impl Choice {
    fn takes(&self, news: &News) -> &[i64] {
        self.takes.get_or_init(|| news.findings.iter().filter(|(_, told)| told.is_wanted(&self.wanted)).map(|(id, _)| *id).collect())
    }

    /// The edition that tells these, by what was made for the neighbour before or made now.
    fn edition<E>(&self, ids: &[i64], make: impl FnOnce(&Wanted) -> Result<i64, E>) -> Result<i64, E> {
        if let Some((known, edition)) = &*self.made.borrow()
            && known == ids
        {
            return Ok(*edition);
        }
        let edition = make(&self.wanted)?;
        *self.made.borrow_mut() = Some((ids.to_vec(), edition));
        Ok(edition)
    }
}

/// Editions made in one dispatch: by their changes, and by the sentences quoted to those who asked for words.
type Editions = BTreeMap<(Vec<i64>, String), i64>;

/// Owes an edition to everyone who wants any of the changes; keeps them for those who asked for digests.
fn tell(settings: &Settings, owing: &Owing<'_>, news: &News, occasion: &Occasion, now: DateTime<Utc>) -> Result<()> {
    if news.findings.is_empty() {
        return Ok(());
    }
    let mut editions = Editions::new();
    let mut choices = Choices::default();
    owing.for_each_confirmed(|recipient| -> Result<(), crate::io::roster::RosterError> {
        let choice = choices.of(recipient);
        let awaited = |id: &i64| news.findings.get(id).is_some_and(|told| is_for(recipient, &told.finding, now));
        let ids: Vec<i64> = choice.takes(news).iter().copied().filter(awaited).collect();
        if recipient.preferences.every != Every::Instant {
            return ids.iter().try_for_each(|id| owing.keep_for_digest(recipient.id, *id));
        }
        if ids.is_empty() {
            return Ok(());
        }
        let made = choice.edition(&ids, |wanted| {
            let parts: Vec<&Told> = ids.iter().filter_map(|id| news.findings.get(id)).collect();
            edition(settings, owing, &mut editions, (&parts, &ids), wanted, &news.edition(&[], occasion.clone()))
        })?;
        owing.owe(made, recipient.id).map(drop)
    })?;
    Ok(())
}

/// Whether a change is news to somebody. Of two clocks that disagree neither may keep a letter back: who confirmed ahead of now, or what was seen
/// before this program was written, is dated by a clock that has been set since.
fn is_for(recipient: &Recipient, change: &Finding, now: DateTime<Utc>) -> bool {
    let confirmed = recipient.confirmed;
    confirmed.at > now || !clock::is_sane(change.seen_at) || confirmed.awaits(change.change_id, change.seen_at)
}

/// The edition that tells these changes with these words' sentences; made where there is none.
fn edition(
    settings: &Settings,
    owing: &Owing<'_>,
    editions: &mut Editions,
    (parts, ids): (&[&Told], &[i64]),
    wanted: &Wanted,
    base: &Edition,
) -> Result<i64, crate::io::roster::RosterError> {
    let quoted: Vec<Vec<Quote>> = parts.iter().map(|told| wanted.quotes(&told.texts)).collect();
    let mut words: Vec<String> = quoted.iter().flatten().map(|quote| script::fold(&quote.word)).collect();
    words.sort();
    words.dedup();
    let key = (ids.to_vec(), words.join(", "));
    if let Some(made) = editions.get(&key) {
        return Ok(*made);
    }
    let findings = parts.iter().zip(quoted).map(|(told, quotes)| Finding { quotes, ..told.finding.clone() }).collect();
    let occasion = match &base.occasion {
        Occasion::Alert if parts.iter().any(|told| told.finding.waited) => late(),
        occasion => occasion.clone(),
    };
    let made = add(settings, owing, (parts, ids), &key.1, &Edition { occasion, findings, ..base.clone() })?;
    editions.insert(key, made);
    Ok(made)
}

fn add(
    settings: &Settings,
    owing: &Owing<'_>,
    (parts, ids): (&[&Told], &[i64]),
    words: &str,
    facts: &Edition,
) -> Result<i64, crate::io::roster::RosterError> {
    let thread = match (parts, &facts.occasion) {
        ([first, rest @ ..], _) if rest.iter().all(|told| told.thread == first.thread) => Some(first.thread.as_str()),
        (_, Occasion::Digest { .. }) => None,
        // A letter about several hangs on to the letters about the bill in its subject.
        _ => letter::leading_bill(facts).and_then(|id| parts.iter().find(|t| t.finding.agreement.bill_id == id)).map(|t| t.thread.as_str()),
    };
    let keys: Vec<&str> = parts.iter().map(|told| told.key.as_str()).collect();
    let mut key = format!("{} | {}", sort(&facts.occasion), keys.join(" | "));
    if !words.is_empty() {
        key = format!("{key} | words {words}");
    }
    owing.edition(&NewEdition { key: &key, thread, facts, change_ids: ids, sender_domain: sender_domain(settings) })
}

/// An alert that is late, and says so.
fn late() -> Occasion {
    Occasion::Digest { every: LATE.to_owned(), watched: None }
}

/// In a letter's identity. A late one is the alert it would have been: sent once before a restore and once after it, it is one letter.
fn sort(occasion: &Occasion) -> &str {
    match occasion {
        Occasion::Digest { every, .. } if every != LATE => every,
        _ => "alert",
    }
}

/// The right side of Message-IDs.
pub fn sender_domain(settings: &Settings) -> &str {
    settings.mail.from.as_ref().map_or("potvrda.invalid", |from| from.address().domain())
}

/// Doubtful titles go to the operators (house rule 7).
fn tell_operators(settings: &Settings, owing: &Owing<'_>, news: &News) -> Result<()> {
    if news.doubtful.is_empty() {
        return Ok(());
    }
    let mut paragraphs: Vec<String> = news.doubtful.iter().map(|f| format!("{}: {}", f.agreement.bill_id, f.agreement.title)).collect();
    paragraphs
        .insert(0, "Only one half of each title is sure: the confirming word, or the instrument. Nobody but you was told.".to_owned());
    paragraphs.push(
        "Now: `potvrda decide BILL agreement --reason \"...\"` writes to the subscribers; `other` ends the matter. The number before each title is its BILL."
            .to_owned(),
    );
    let subject = match news.doubtful.as_slice() {
        [one] => format!("A doubtful title: {}", one.agreement.title),
        many => format!("{} doubtful titles", many.len()),
    };
    let key = news.doubtful.iter().map(|f| f.agreement.bill_id.to_string()).collect::<Vec<_>>().join(" ");
    owe_operators(settings, owing, &format!("doubtful {key}"), subject, paragraphs, news.edition.made_at)
}

/// Owes one notice to every operator.
pub fn owe_operators(
    settings: &Settings,
    owing: &Owing<'_>,
    key: &str,
    subject: String,
    paragraphs: Vec<String>,
    now: DateTime<Utc>,
) -> Result<()> {
    // The time alone would not do: a clock that begins at 1970 with every start comes to the same second again.
    let key = format!("operator {key} {} {subject}", now.to_rfc3339());
    let occasion = Occasion::Operator { subject, paragraphs };
    let facts = Edition { occasion, made_at: now, watching_since: None, findings: Vec::new(), median_gap: None };
    let edition =
        owing.edition(&NewEdition { key: &key, thread: None, facts: &facts, change_ids: &[], sender_domain: sender_domain(settings) })?;
    for address in &settings.operator.emails {
        owing.owe_operator(edition, address)?;
    }
    Ok(())
}
