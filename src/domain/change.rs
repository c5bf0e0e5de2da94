//! Compares what we knew with what we see, and says what to write down; refuses the implausible.
//!
//! Never reads a page, never writes a row: `compare` answers with `Fact`s, and `io::history` records them in their order.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::agreement::Detection;
use crate::domain::article::Signature;
use crate::domain::bill::{ActNumber, Language, Link, Sitting, Stage, Verdict};

/// The source of what archived pages say: none that is ever polled.
pub const ARCHIVE: &str = "import";

/// The twelve kinds of change of the contract, the same words as `changes.kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Kind {
    Listed,
    Recognised,
    Provisional,
    Scheduled,
    Unscheduled,
    Adopted,
    Delisted,
    Relisted,
    Amended,
    DocumentAdded,
    DocumentRemoved,
    DocumentReplaced,
}
crate::words!(Kind {
    Listed = "listed",
    Recognised = "recognised",
    Provisional = "provisional",
    Scheduled = "scheduled",
    Unscheduled = "unscheduled",
    Adopted = "adopted",
    Delisted = "delisted",
    Relisted = "relisted",
    Amended = "amended",
    DocumentAdded = "document_added",
    DocumentRemoved = "document_removed",
    DocumentReplaced = "document_replaced",
});

/// What is known before a poll: every bill, every sitting. Read once, by `history.recall()`.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Every bill ever seen, live or gone.
    pub bills: Vec<KnownBill>,
    /// Sittings whose day is not long past, with the bills on them.
    pub sittings: Vec<KnownSitting>,
}

/// A bill as it is remembered.
#[derive(Debug, Clone)]
pub struct KnownBill {
    /// Row id in history.db.
    pub id: i64,
    /// Its act number, once a row or an agenda gave one.
    pub act_number: Option<ActNumber>,
    /// The legislature it was first seen in.
    pub legislature: i64,
    /// Every spelling it was met under.
    pub titles: Vec<KnownTitle>,
    /// Which of them is shown.
    pub shown: usize,
    /// The titles that were told as changed: front-ends that disagree change nothing twice.
    pub titles_told: Vec<String>,
    /// Canonical addresses (`address::canonical`) of the documents its rows linked to.
    pub documents: Vec<Arc<str>>,
    /// Those of them that a list's row links: whose absence would be noticed.
    pub linked: Vec<Linked>,
    /// The date in its list row.
    pub listed_on: Option<NaiveDate>,
    /// The dates that were told as changed: front-ends that disagree change nothing twice.
    pub dates_told: Vec<NaiveDate>,
    /// How far it has come.
    pub stage: Stage,
    /// The day we first saw it among the adopted laws.
    pub adopted_on: Option<NaiveDate>,
    /// Whether it confirms an agreement.
    pub verdict: Verdict,
    /// Set by a person: detection never changes it again.
    pub decided: bool,
    /// Instrument, counterparts' countries (sorted) and our level: what identifies it across languages. None where a half is missing.
    pub profile: Option<Profile>,
    /// On which lists it stands or stood, one entry a source.
    pub presence: Vec<Presence>,
    /// Has had its `listed` change.
    pub listed: bool,
    /// Has had its `provisional` change.
    pub provisional: bool,
    /// Has had its `recognised` change.
    pub recognised: bool,
    /// Seen only on pages read although the site's certificate was not valid.
    pub unverified: bool,
}

impl KnownBill {
    /// The title it is shown under.
    pub fn shown(&self) -> Option<&KnownTitle> {
        self.titles.get(self.shown)
    }

    /// From now on it is shown under this one.
    pub fn show(&mut self, title: &KnownTitle) {
        self.shown = self.titles.iter().position(|t| t.title == title.title).unwrap_or(self.titles.len());
        if self.shown == self.titles.len() {
            self.titles.push(title.clone());
        }
    }
}

/// A title as remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownTitle {
    /// As printed.
    pub title: String,
    /// Its comparison key (`title::key`).
    pub key: String,
    /// Printed in.
    pub language: Language,
}

/// What points at one agreement in any language (house rule 10).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Profile {
    /// As `Detection::instrument`.
    pub instrument: String,
    /// ISO codes of the counterparts, sorted; none where an organisation stands in their place.
    pub countries: Vec<String>,
    /// Our side's level, by its word; empty where the title names no side of ours.
    pub our_level: String,
    /// The one international organisation that is the counterpart, or whose text it is: `EU`, `Council of Europe`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub organisations: Vec<String>,
}

impl Profile {
    /// Whether it points at little: many agreements are concluded with one organisation, or say nothing of our side. Only what both titles say
    /// they are about tells them apart then.
    pub fn is_faint(&self) -> bool {
        !self.organisations.is_empty() || self.our_level.is_empty()
    }
}

/// Whether a bill stands on one source's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// The source's name.
    pub source: Arc<str>,
    /// It stood there at the last good look, or its absence is not yet proved.
    pub present: bool,
    /// First good look without validators that lacked it.
    pub missing_since: Option<DateTime<Utc>>,
    /// How many such looks in a row.
    pub missing_polls: u32,
}

impl Presence {
    /// It stands there, and no look since has lacked it.
    pub fn is_plain(&self) -> bool {
        self.present && self.missing_since.is_none() && self.missing_polls == 0
    }
}

/// A document that a row of a list links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Canonical address.
    pub canonical: Arc<str>,
    /// As linked.
    pub url: String,
    /// The list's name.
    pub source: Arc<str>,
    /// First good look without validators at the row that lacked it.
    pub missing_since: Option<DateTime<Utc>>,
    /// How many such looks in a row.
    pub missing_polls: u32,
}

/// A sitting as remembered.
#[derive(Debug, Clone)]
pub struct KnownSitting {
    /// Row id in history.db.
    pub id: i64,
    /// Parliament's id of its page; none for an entry of the calendar.
    pub content_id: Option<u64>,
    /// As last read.
    pub sitting: Sitting,
    /// The bills on it.
    pub bills: Vec<i64>,
}

/// A bill: one already stored, or the n-th `Fact::Bill` of this poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BillRef {
    /// Row id.
    Known(i64),
    /// Index among this poll's `Fact::Bill`s, from 0.
    New(usize),
}

/// A sitting: one already stored, or the n-th `Fact::Sitting` of this poll that has no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SittingRef {
    /// Row id.
    Known(i64),
    /// Index among this poll's new sittings, from 0.
    New(usize),
}

/// One thing to write down. `history.record` applies them in order, in one transaction.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// A bill not met before.
    Bill {
        /// Title as printed where it was first met.
        title: KnownTitle,
        /// Where known.
        act_number: Option<ActNumber>,
        /// By the day of first sight.
        legislature: i64,
        /// Where known.
        listed_on: Option<NaiveDate>,
        /// The date's text as printed.
        listed_text: Option<String>,
        /// Where known.
        submitter: Option<String>,
        /// committee, listed, scheduled or adopted.
        stage: Stage,
        /// What its title says.
        detection: Detection,
        /// Across-language identity, where whole.
        profile: Option<Profile>,
        /// The bill this one may be the same as, where it could not be said surely.
        possibly: Option<BillRef>,
        /// The bill of an earlier legislature that confirmed the same agreement and was not adopted.
        same_as: Option<BillRef>,
    },
    /// A further spelling, script or language of a bill's title.
    Title {
        /// Whose.
        bill: BillRef,
        /// The spelling.
        title: KnownTitle,
    },
    /// A Serbian title seen for a bill first met in English, or a title corrected: what the bill is shown under from now on, and what
    /// its title says.
    Retitle {
        /// Whose.
        bill: BillRef,
        /// The title shown from now on.
        title: KnownTitle,
        /// What it says.
        detection: Detection,
        /// Across-language identity, where whole.
        profile: Option<Profile>,
    },
    /// What a bill lacked and now has; `None` leaves a column as it is.
    Detail {
        /// Whose.
        bill: BillRef,
        /// Learned now.
        act_number: Option<ActNumber>,
        /// Learned or changed now.
        listed_on: Option<NaiveDate>,
        /// As printed.
        listed_text: Option<String>,
        /// Learned now.
        submitter: Option<String>,
    },
    /// A document's address, as a row or an agenda item linked it. The document itself is fetched by the document job.
    Document {
        /// Whose.
        bill: BillRef,
        /// Where, as linked.
        link: Link,
        /// `address::canonical` of it.
        canonical: Arc<str>,
        /// A row of the list now looked at links it: its absence from there will be noticed.
        on_list: bool,
    },
    /// A row that linked a document was seen without it, or with it again.
    DocumentMissing {
        /// Whose.
        bill: BillRef,
        /// `address::canonical` of its address.
        canonical: Arc<str>,
        /// First good look that lacked it; none where it is there again.
        missing_since: Option<DateTime<Utc>>,
        /// How many such looks in a row.
        missing_polls: u32,
        /// Its absence is proved.
        gone: bool,
    },
    /// Where a bill stands on a source's list.
    Presence {
        /// Whose.
        bill: BillRef,
        /// As it is now.
        presence: Presence,
    },
    /// How far a bill has come.
    Stage {
        /// Whose.
        bill: BillRef,
        /// Now.
        stage: Stage,
    },
    /// A bill met until now only on pages whose certificate was not valid stands on one that was read verified.
    Verified {
        /// Which.
        bill: BillRef,
    },
    /// A mention, a row in another language or a list row was found to be a bill already stored.
    Merge {
        /// The bill kept.
        bill: BillRef,
        /// What was joined to it, as printed, and why.
        note: String,
    },
    /// A sitting, new or told differently than before.
    Sitting {
        /// Known: replace what is stored. New: insert.
        sitting: SittingRef,
        /// As read now (its mentions are not stored from here, but by `Item`).
        told: Sitting,
        /// Parliament's id of its page.
        content_id: Option<u64>,
        /// The page.
        url: String,
    },
    /// A bill on a sitting's agenda, or named in its prose.
    Item {
        /// Whose agenda.
        sitting: SittingRef,
        /// Which bill.
        bill: BillRef,
        /// Place on the agenda.
        position: Option<u32>,
        /// As printed there.
        title: String,
        /// The evidence.
        sentence: String,
        /// The page it was read from.
        url: String,
        /// Sentences on the signing of this agreement.
        signature_sentences: Vec<String>,
    },
    /// A signing, as a sentence of a page or a document says it.
    Signature {
        /// Of which agreement.
        bill: BillRef,
        /// What it says.
        signature: Signature,
        /// The sentence: the evidence.
        sentence: String,
        /// Where it stands.
        url: String,
    },
    /// A bill no longer on a sitting's agenda.
    ItemGone {
        /// Whose agenda.
        sitting: SittingRef,
        /// Which bill.
        bill: BillRef,
    },
    /// A change, for the append-only log and the dispatcher.
    Change(Change),
}

/// A row of the log of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which bill.
    pub bill: BillRef,
    /// What happened.
    pub kind: Kind,
    /// For `amended`: which column. For `scheduled` and `unscheduled`: `sitting`.
    pub field: Option<String>,
    /// The value before.
    pub before: Option<String>,
    /// The value now.
    pub after: Option<String>,
    /// Seen in a baseline or a back-fill: recorded, and passed over by the dispatcher.
    pub silent: bool,
}
