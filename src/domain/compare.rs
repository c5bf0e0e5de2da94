//! Compares what we knew with what a page shows, and says what to write down.
//!
//! Pure and repeatable: the same page seen twice yields nothing the second time. Whether the result is believable, `plausible` decides.

mod borrowed;
mod lists;
mod sittings;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::agreement::{self, Detection};
use crate::domain::bill::{Language, Link, Mention, Row, Stage, Verdict};
use crate::domain::change::{BillRef, Change, Fact, Kind, Known, KnownBill, KnownTitle, Linked};
use crate::domain::identity::{self, Ledger};
use crate::domain::listing::ListKind;
use crate::domain::page::address;
use crate::domain::{script, title};
use sittings::Agenda;

/// Why a mention and a bill are one whose titles are one as far as the shorter goes.
const BUT_FOR_THE_END: &str = "same title but for what one page tells of the agreement behind it, the only such bill of this legislature";

/// How a list was looked at.
pub struct Look<'a> {
    /// The source's name.
    pub source: &'a str,
    /// Which list.
    pub kind: ListKind,
    /// What it lacks counts as missing: the page came whole, without validators, and held about as many rows as usual.
    pub absences_count: bool,
    /// A row without a link it had lacks it: the exact eye read them, and other rows have theirs.
    pub links_count: bool,
    /// The rulebook is another than at the last look: what it says of known titles is asked again.
    pub judge_again: bool,
    /// Good looks without validators before a row is gone.
    pub gone_after_polls: u32,
    /// And the time that must have passed.
    pub gone_after: TimeDelta,
}

/// Where an activity's page stands.
pub struct PageOf<'a> {
    /// Its address.
    pub url: &'a str,
    /// Parliament's id.
    pub content_id: Option<u64>,
    /// Linked when the source was first read: recorded in silence.
    pub silent: bool,
}

/// How many bills of a page are agreements, and how many were known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Stored before this poll.
    pub known: usize,
    /// Surely.
    pub agreements: usize,
    /// Perhaps.
    pub doubtful: usize,
    /// Known bills that the list now prints under a title they never had, which is none of theirs with words added or taken away.
    pub retitled: usize,
    /// Known agreements that are none by a title they never had.
    pub disowned: usize,
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Count) {
        self.known += other.known;
        self.agreements += other.agreements;
        self.doubtful += other.doubtful;
        self.retitled += other.retitled;
        self.disowned += other.disowned;
    }
}

/// One poll's comparison: begins with what is known, takes in pages, ends in facts.
pub struct Comparison {
    ledger: Ledger,
    agendas: Vec<Agenda>,
    new_bills: usize,
    new_sittings: usize,
    retitled: usize,
    disowned: usize,
    facts: Vec<Fact>,
    now: DateTime<Utc>,
    silent: bool,
    verified: bool,
}

impl Comparison {
    /// `silent`: a baseline or a back-fill.
    pub fn begin(known: Known, now: DateTime<Utc>, silent: bool) -> Self {
        Comparison {
            ledger: Ledger::of(known.bills),
            agendas: known.sittings.into_iter().map(Agenda::of).collect(),
            new_bills: 0,
            new_sittings: 0,
            retitled: 0,
            disowned: 0,
            facts: Vec::new(),
            now,
            silent,
            verified: true,
        }
    }

    /// The pages to come were read although the site's certificate was not valid: what they show is marked, and confirms nothing.
    pub fn unverified(self, unverified: bool) -> Self {
        Comparison { verified: !unverified, ..self }
    }

    /// What to write down, in order.
    pub fn finish(self) -> Vec<Fact> {
        self.facts
    }

    /// What to write down so far.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    fn count(&self, places: impl Iterator<Item = usize>) -> Count {
        let mut count = Count::default();
        for place in places {
            let entry = &self.ledger.entries()[place];
            count.known += usize::from(matches!(entry.at, BillRef::Known(_)));
            match entry.bill.verdict {
                Verdict::Agreement => count.agreements += 1,
                Verdict::Doubtful => count.doubtful += 1,
                Verdict::Other => {}
            }
        }
        count
    }

    /// What stands on a verified page is marked no longer.
    fn confirm(&mut self, places: impl Iterator<Item = usize>) {
        for place in places.filter(|_| self.verified) {
            let entry = self.ledger.entry(place);
            if std::mem::take(&mut entry.bill.unverified) {
                let bill = entry.at;
                self.facts.push(Fact::Verified { bill });
            }
        }
    }

    fn claim(&mut self, place: Option<usize>) {
        if let Some(place) = place {
            self.ledger.entry(place).claimed = true;
        }
    }

    fn merge(&mut self, place: usize, printed: &str, why: &str) -> usize {
        let bill = self.ledger.entry(place).at;
        self.facts.push(Fact::Merge { bill, note: format!("{printed}: {why}") });
        place
    }

    fn new_bill(&mut self, new: NewBill<'_>) -> usize {
        let at = BillRef::New(self.new_bills);
        self.new_bills += 1;
        let profile = identity::profile(&new.title.title, &new.detection);
        let possibly = new.possibly.map(|p| self.ledger.entry(p).at);
        let same_as = (new.detection.verdict == Verdict::Agreement)
            .then(|| self.ledger.lapsed(&new.title.key, new.legislature))
            .flatten()
            .map(|p| self.ledger.entry(p).at);
        let act_number = new.row.and_then(|r| r.act_number).or_else(|| new.mention.and_then(|m| m.act_number));
        let listed_on = new.row.and_then(|r| r.listed_on);
        // Our first look makes the page silent that names it, not the list or the sitting on which it appears later: that is told as `listed`.
        let named_in_silence = new.silent && new.mention.is_some_and(|m| !m.provisional);
        let bill = KnownBill {
            id: 0,
            act_number,
            legislature: new.legislature,
            titles: vec![new.title.clone()],
            shown: 0,
            titles_told: Vec::new(),
            documents: Vec::new(),
            linked: Vec::new(),
            listed_on,
            dates_told: Vec::new(),
            stage: new.stage,
            adopted_on: None,
            verdict: new.detection.verdict,
            decided: false,
            profile: profile.clone(),
            presence: Vec::new(),
            listed: !named_in_silence && !new.mention.is_some_and(|m| m.provisional),
            provisional: new.mention.is_some_and(|m| m.provisional),
            recognised: false,
            unverified: !self.verified,
        };
        let printed = new.title.title.clone();
        self.facts.push(Fact::Bill {
            title: new.title,
            act_number,
            legislature: new.legislature,
            listed_on,
            listed_text: new.row.and_then(|r| r.date_text.clone()),
            submitter: new.row.and_then(|r| r.submitter.clone()).or_else(|| new.mention.and_then(|m| m.submitter.clone())),
            stage: new.stage,
            detection: new.detection,
            profile,
            possibly,
            same_as,
        });
        let place = self.ledger.add(at, bill);
        let kind = if new.mention.is_some_and(|m| m.provisional) { Kind::Provisional } else { Kind::Listed };
        if named_in_silence {
            return place;
        }
        self.change(place, kind, new.silent, None, None, Some(printed));
        place
    }

    fn change(&mut self, place: usize, kind: Kind, silent: bool, field: Option<&str>, before: Option<String>, after: Option<String>) {
        let bill = self.ledger.entry(place).at;
        self.facts.push(Fact::Change(Change { bill, kind, field: field.map(str::to_owned), before, after, silent }));
    }

    /// A bill known only from a consent to its provisional application is told of when it is itself named.
    fn observe_listed(&mut self, place: usize, printed: &str, silent: bool) {
        let bill = &mut self.ledger.entry(place).bill;
        if !std::mem::replace(&mut bill.listed, true) {
            self.change(place, Kind::Listed, silent, None, None, Some(printed.to_owned()));
        }
    }

    /// Consent to the provisional application of an agreement whose bill is known already: told of once.
    fn observe_provisional(&mut self, place: usize, printed: &str, silent: bool) {
        let bill = &mut self.ledger.entry(place).bill;
        if !std::mem::replace(&mut bill.provisional, true) {
            self.change(place, Kind::Provisional, silent, None, None, Some(printed.to_owned()));
        }
    }

    /// A spelling not met before. In the list's own language it replaces the title shown, and is an amendment if that list had printed
    /// another; a Serbian title for a bill known in English only, and letters that had arrived broken, replace it without being one.
    /// An old title that a list prints again is shown again.
    fn observe_title(&mut self, place: usize, printed: &str, key: &str, printed_where: Printed) {
        let language = script::language_of(printed);
        let silent = self.silent;
        let entry = self.ledger.entry(place);
        let (bill, at) = (&mut entry.bill, entry.at);
        let alike: Vec<&KnownTitle> = bill.titles.iter().filter(|t| is_same_title(t, printed, key)).collect();
        let here: Vec<&&KnownTitle> = alike.iter().filter(|t| t.language == language).collect();
        let repaired = !here.is_empty() && !is_broken(printed) && here.iter().all(|t| is_broken(&t.title));
        let back = matches!(printed_where, Printed::OnList { decides: true, .. })
            && !alike.is_empty()
            && bill.shown().is_some_and(|shown| is_in_language(shown, language) && !is_same_title(shown, printed, key));
        if !here.is_empty() && !repaired && !back {
            return;
        }
        let again = matches!(printed_where, Printed::OnList { again: true, .. });
        let mut seen = KnownTitle { title: printed.to_owned(), key: key.to_owned(), language };
        // A list may change its script and a title at one look.
        let serbian = |t: &&KnownTitle| again && t.language != Language::En && language != Language::En;
        let known = || bill.titles.iter().rev();
        let last = || known().find(|t| t.language == language).or_else(|| known().find(serbian));
        let before = if back { bill.shown() } else { last() }.map(|t| t.title.clone());
        let told = back && bill.titles_told.iter().any(|told| title::same(&title::key(told), key));
        let english_only = bill.titles.iter().all(|t| t.language == Language::En) && language != Language::En;
        let replaces =
            repaired || back || (alike.is_empty() && (english_only || (printed_where != Printed::Elsewhere && before.is_some())));
        if is_broken(printed)
            && let Some(whole) = alike.iter().find(|t| back && !is_broken(&t.title))
        {
            seen = (*whole).clone();
        }
        if !replaces {
            bill.titles.push(seen.clone());
            self.ledger.learn(place, None, None, Some(key));
            self.facts.push(Fact::Title { bill: at, title: seen });
            return;
        }
        // Told as an agreement when it was met: a wrong title in between makes no news of the right one.
        let met_as_agreement =
            |bill: &KnownBill| bill.titles.first().is_some_and(|t| agreement::detect(&t.title).verdict == Verdict::Agreement);
        let is_news = bill.verdict != Verdict::Agreement && !bill.recognised && !met_as_agreement(bill);
        let was = bill.verdict;
        let akin = bill.titles.iter().any(|t| is_part(key, &t.key) || is_part(&t.key, key));
        self.ledger.learn(place, None, None, Some(key));
        self.retitle(place, seen, is_news);
        // Letters mended, and a title of before, are no sign of another page in the place of the list; nor are words that every title gets or loses.
        if before.is_some() && again && !repaired && !back {
            let bill = &self.ledger.entry(place).bill;
            self.retitled += usize::from(!akin);
            self.disowned += usize::from(was == Verdict::Agreement && bill.verdict == Verdict::Other);
        }
        if let (Some(before), true, false, false) = (before, again, repaired, told) {
            self.change(place, Kind::Amended, silent, Some("title"), Some(before), Some(printed.to_owned()));
        }
    }

    /// Shows a bill under a title, and judges it by it. `is_news`: that it confirms an agreement was told of never before.
    fn retitle(&mut self, place: usize, seen: KnownTitle, is_news: bool) {
        let mut detection = agreement::detect(&seen.title);
        let silent = self.silent;
        let entry = self.ledger.entry(place);
        let was = entry.bill.verdict;
        if entry.bill.decided {
            detection.verdict = was;
        }
        let profile = identity::profile(&seen.title, &detection);
        entry.bill.verdict = detection.verdict;
        entry.bill.profile = profile.clone();
        entry.bill.show(&seen);
        let bill = entry.at;
        let recognised = is_news && was != Verdict::Agreement && detection.verdict == Verdict::Agreement;
        entry.bill.recognised |= recognised;
        self.facts.push(Fact::Retitle { bill, title: seen, detection, profile });
        if recognised {
            self.change(place, Kind::Recognised, silent, Some("verdict"), Some(was.to_string()), Some(Verdict::Agreement.to_string()));
        }
    }

    /// A document not linked before. One of a bill that was known already is news of its own.
    fn observe_documents(&mut self, place: usize, links: &[Link], list: Option<&str>, silent: bool) {
        for link in links {
            let entry = self.ledger.entry(place);
            let canonical = canonical(&entry.bill, link);
            let known = entry.bill.documents.contains(&canonical);
            let from_no_list = entry.bill.linked.iter().all(|l| l.canonical != canonical);
            if known && !(list.is_some() && from_no_list) {
                continue;
            }
            let (bill, url) = (entry.at, link.url.to_string());
            if let Some(source) = list {
                let (canonical, url, source) = (canonical.clone(), url.clone(), source.into());
                entry.bill.linked.push(Linked { canonical, url, source, missing_since: None, missing_polls: 0 });
            }
            let of_known_bill = !known && matches!(bill, BillRef::Known(_)) && entry.bill.verdict != Verdict::Other;
            if !known {
                entry.bill.documents.push(canonical.clone());
                self.ledger.learn(place, None, Some(&canonical), None);
            }
            self.facts.push(Fact::Document { bill, link: link.clone(), canonical, on_list: list.is_some() });
            if of_known_bill {
                self.change(place, Kind::DocumentAdded, silent, None, None, Some(url));
            }
        }
    }

    fn stage(&mut self, place: usize, stage: Stage) {
        let entry = self.ledger.entry(place);
        entry.bill.stage = stage;
        let bill = entry.at;
        self.facts.push(Fact::Stage { bill, stage });
    }
}

/// Where a title stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Printed {
    /// On the list now looked at.
    OnList {
        /// Which carried the bill before.
        again: bool,
        /// And whose titles are the ones shown, where lists differ.
        decides: bool,
    },
    /// On the page of an activity, or in a further row of the same bill.
    Elsewhere,
}

/// `address::canonical` of a link. Nearly every one leads where it led before: then nothing is decoded.
fn canonical(bill: &KnownBill, link: &Link) -> Arc<str> {
    match bill.linked.iter().find(|known| known.url == link.url.as_str()) {
        Some(known) => Arc::clone(&known.canonical),
        None => address::canonical(&link.url).into(),
    }
}

/// Both in English, or both in Serbian.
fn is_in_language(title: &KnownTitle, language: Language) -> bool {
    (title.language == Language::En) == (language == Language::En)
}

/// Letters of it arrived broken, or its end did not arrive.
fn is_broken(printed: &str) -> bool {
    printed.contains(char::REPLACEMENT_CHARACTER) || is_cut(printed)
}

/// A card has room for its beginning only.
fn is_cut(printed: &str) -> bool {
    printed.ends_with('…') || printed.ends_with("...")
}

/// The same words, or as many of them as one of the two has room for.
fn is_same_title(known: &KnownTitle, printed: &str, key: &str) -> bool {
    title::same(&known.key, key) || (is_cut(printed) && known.key.starts_with(key)) || (is_cut(&known.title) && key.starts_with(&known.key))
}

fn is_part(part: &str, whole: &str) -> bool {
    !part.is_empty() && whole.contains(part)
}

/// What makes a bill.
struct NewBill<'a> {
    title: KnownTitle,
    detection: Detection,
    stage: Stage,
    legislature: i64,
    row: Option<&'a Row>,
    mention: Option<&'a Mention>,
    possibly: Option<usize>,
    silent: bool,
}
