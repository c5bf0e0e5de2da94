//! From the facts of an edition to the values a template sees.
//!
//! Never words a sentence, never adds a fact. Every value that a source prints goes through `markup::printed`.

use chrono::NaiveDate;
use serde::Serialize;

use crate::domain::bill::{Language, Level, Party, Verdict};
use crate::domain::change::Kind;
use crate::domain::letter::difference::{self, QuoteView, ReplacedView};
use crate::domain::letter::markup::printed;
use crate::domain::letter::values::{
    DocumentView, PartyView, PersonView, PlaceView, ReaderView, SENTENCE_MAX, SignatureView, SittingView, cut, document_view, is_web,
    party_view, place_view, said, signature_view, sitting_view,
};
use crate::domain::letter::{Edition, Facts, Finding, Gap, Occasion, Place, Reader, names, values};
use crate::domain::zone::day_in_belgrade;
use crate::domain::{mention, script};

/// Agreements told in full in a letter of several.
const FULL_MAX: usize = 3;
/// Agreements told in short: beyond this a letter is cut by mail programs (some show only the first 100 KB).
const SHORT_MAX: usize = 45;

/// What the templates of alerts and digests see as `v`.
#[derive(Debug, Serialize)]
pub struct View {
    language: Language,
    occasion: &'static str,
    every: String,
    /// Some of it stood on a page that was held, and was looked at by nobody.
    waited: bool,
    made_on: NaiveDate,
    watching_since: Option<NaiveDate>,
    median: Option<Median>,
    /// How many agreements, and how many changes of them.
    count: usize,
    changes: usize,
    /// How many have parties that are neither states nor governments.
    no_state: usize,
    /// Of those recognised, how many had not been held to be doubtful before, but to be no agreement.
    were_other: usize,
    /// What all have in common; `mixed` where nothing.
    kind: &'static str,
    /// The pages it was seen on, each once.
    places: Vec<PlaceView>,
    sitting: Option<SittingView>,
    /// The sitting that carried all of them, where the whole of it was called off.
    called_off: Option<SittingView>,
    /// The day that sitting was called for before, where it was put off.
    moved_from: Option<NaiveDate>,
    /// Told in full, then told in short: most important first.
    full: Vec<Entry>,
    short: Vec<Entry>,
    /// How many more there are than a letter can hold.
    left_out: usize,
    /// Nothing in it can still come to the vote.
    all_adopted: bool,
    /// The coming sittings, each once: of what is not adopted.
    votes: Vec<SittingView>,
    reader: ReaderView,
}

#[derive(Debug, Serialize)]
struct Median {
    known: usize,
    days: i64,
}

#[derive(Debug, Serialize)]
struct Entry {
    n: usize,
    bill_id: i64,
    kind: &'static str,
    kinds: Vec<&'static str>,
    field: Option<String>,
    before: Option<String>,
    after: Option<String>,
    place: PlaceView,
    sentence: Option<String>,
    seen_on: NaiveDate,
    title: String,
    /// What it is about, in the title's own words; the title itself where it names no parties.
    topic: Option<String>,
    /// What our sentences take from the title stands in another script there.
    respelt: bool,
    /// The sitting that carried it, where the whole of it was called off.
    called_off: Option<SittingView>,
    title_language: &'static str,
    english_only: bool,
    mixed_script: bool,
    other_titles: Vec<String>,
    doubtful: bool,
    /// For `recognised`: it had not been held to be doubtful before, but to be no agreement.
    was_other: bool,
    instrument: String,
    feminine: bool,
    parties: Vec<PartyView>,
    /// `states`, `governments`, `nobody` (neither a state nor a government among them), `mixed`, `unknown`.
    between: &'static str,
    counterparts: Vec<names::Country>,
    counterpart_printed: Option<String>,
    signatures: Vec<SignatureView>,
    /// Sources contradict each other on the day of signature.
    contested: bool,
    gap: Option<Gap>,
    first_seen_on: NaiveDate,
    /// On an archived page.
    from_archive: bool,
    /// For `scheduled`: the day the sitting was called for before, where it was put off.
    moved_from: Option<NaiveDate>,
    /// It was found by asking for a document, and not on a page.
    by_fetching: bool,
    documents: Vec<DocumentView>,
    submitter: Option<String>,
    act_number: Option<String>,
    sitting: Option<SittingView>,
    possibly_same_as: Option<String>,
    persons: Vec<PersonView>,
    quotes: Vec<QuoteView>,
    /// Its replaced documents; of several changes of one agreement all that are.
    replaced: Vec<ReplacedView>,
    unverified: bool,
}

/// What a letter of findings sees.
pub fn of(edition: &Edition, reader: &Reader) -> View {
    let language = reader.language;
    let made_on = day_in_belgrade(edition.made_at);
    let mut entries = entries(&edition.findings, language, made_on);
    // A long sentence is kept in parts, one a bill; its verb stands in the first part alone.
    let considered: Vec<String> = entries.iter().filter(|e| e.place.considered).map(|e| e.place.url.clone()).collect();
    entries.iter_mut().for_each(|e| e.place.considered = considered.contains(&e.place.url));
    entries.sort_by_key(|e| (rank(e), e.sitting.as_ref().and_then(|s| s.held_on)));
    for (i, entry) in entries.iter_mut().enumerate() {
        entry.n = i + 1;
    }
    let all_same = |f: &dyn Fn(&Entry) -> bool| entries.iter().all(f);
    let first = entries.first();
    let kind = first.map_or("mixed", |e| e.kind);
    let kind = if all_same(&|e| e.kind == kind) { kind } else { "mixed" };
    let place = first.map(|e| e.place.clone());
    let kind = if place.is_some_and(|p| all_same(&|e| e.place == p)) { kind } else { "mixed" };
    let mut places: Vec<PlaceView> = Vec::new();
    for place in entries.iter().map(|e| &e.place) {
        if !places.iter().any(|p| p.url == place.url) {
            places.push(place.clone());
        }
    }
    let (sitting, called_off) = (shared(&entries, |e| e.sitting.clone()), shared(&entries, |e| e.called_off.clone()));
    let moved_from = shared(&entries, |e| e.moved_from);
    let votes = votes(&entries);
    let all_adopted = all_same(&Entry::is_adopted);
    let (count, no_state) = (entries.len(), entries.iter().filter(|e| e.between == "nobody").count());
    let were_other = entries.iter().filter(|e| e.was_other).count();
    // one is told in full; of several those an analyst would ask about first, and few enough to read on a phone
    let told_in_full = if count == 1 { 1 } else { no_state.min(FULL_MAX) };
    let mut short = entries.split_off(told_in_full);
    let left_out = short.len().saturating_sub(SHORT_MAX);
    short.truncate(SHORT_MAX);
    let (occasion, every) = match &edition.occasion {
        Occasion::Digest { every, .. } => ("digest", every.clone()),
        _ => ("alert", String::new()),
    };
    View {
        language,
        occasion,
        every,
        waited: edition.findings.iter().any(|found| found.waited),
        made_on,
        watching_since: edition.watching_since,
        median: edition.median_gap.map(|(known, days)| Median { known, days }),
        count,
        changes: edition.findings.len(),
        no_state,
        were_other,
        kind,
        places,
        sitting,
        called_off,
        moved_from,
        full: entries,
        short,
        left_out,
        all_adopted,
        votes,
        reader: values::reader(reader),
    }
}

/// What all of them have.
fn shared<T: PartialEq>(entries: &[Entry], of: impl Fn(&Entry) -> Option<T>) -> Option<T> {
    let first = of(entries.first()?)?;
    entries.iter().all(|e| of(e).as_ref() == Some(&first)).then_some(first)
}

/// The coming sittings, each once: of what is not adopted.
fn votes(entries: &[Entry]) -> Vec<SittingView> {
    let mut votes: Vec<SittingView> = Vec::new();
    for sitting in entries.iter().filter(|e| !e.is_adopted()).filter_map(|e| e.sitting.as_ref()) {
        if !votes.iter().any(|v| v.url == sitting.url) {
            votes.push(sitting.clone());
        }
    }
    votes
}

impl Entry {
    fn is_adopted(&self) -> bool {
        self.kinds.contains(&Kind::Adopted.as_str())
    }
}

impl View {
    /// The bill told of first.
    pub fn leading_bill(&self) -> Option<i64> {
        self.full.iter().chain(&self.short).next().map(|entry| entry.bill_id)
    }
}

/// Bills whose parties are neither states nor governments first, then those that come to the vote, then those of which one party is neither, then
/// the rest.
fn rank(entry: &Entry) -> u8 {
    match entry {
        e if e.between == "nobody" => 0,
        e if e.sitting.is_some() => 1,
        e if e.parties.iter().any(|p| matches!(p.level, "ministry" | "agency")) => 2,
        e if e.kind == "provisional" => 3,
        _ => 4,
    }
}

/// One entry an agreement, in the order of the edition; its weightiest change leads.
fn entries(findings: &[Finding], language: Language, made_on: NaiveDate) -> Vec<Entry> {
    let mut out: Vec<Entry> = Vec::new();
    let mut weights: Vec<usize> = Vec::new();
    for finding in findings {
        let weight = weight(finding.kind);
        if let Some(i) = out.iter().position(|e| e.bill_id == finding.agreement.bill_id) {
            let mut kinds = std::mem::take(&mut out[i].kinds);
            let replaced = std::mem::take(&mut out[i].replaced);
            if weight < weights[i] {
                out[i] = entry(finding, language, made_on);
                weights[i] = weight;
                kinds.insert(0, finding.kind.as_str());
            } else if !kinds.contains(&finding.kind.as_str()) {
                kinds.push(finding.kind.as_str());
            }
            out[i].kinds = kinds;
            out[i].replaced = replaced;
            out[i].replaced.extend(difference::replaced(finding));
            difference::number(&mut out[i].replaced);
        } else {
            out.push(entry(finding, language, made_on));
            weights.push(weight);
        }
    }
    out
}

/// What leads where one agreement changed in several ways: what a reader must act on.
fn weight(kind: Kind) -> usize {
    const ORDER: [Kind; 12] = [
        Kind::Scheduled,
        Kind::Listed,
        Kind::Recognised,
        Kind::Provisional,
        Kind::Relisted,
        Kind::Adopted,
        Kind::Unscheduled,
        Kind::Delisted,
        Kind::DocumentReplaced,
        Kind::DocumentRemoved,
        Kind::DocumentAdded,
        Kind::Amended,
    ];
    ORDER.iter().position(|k| *k == kind).unwrap_or(ORDER.len())
}

fn entry(finding: &Finding, language: Language, made_on: NaiveDate) -> Entry {
    let facts = &finding.agreement;
    let (title, other_titles) = titles(facts, language);
    let printed_in = if title == facts.title { facts.language } else { script::language_of(&title) };
    let counterparts: Vec<&Party> = facts.parties.iter().filter(|p| !p.ours).collect();
    let instrument = facts.instrument.as_deref().filter(|i| crate::domain::subscriber::INSTRUMENTS.contains(i)).unwrap_or("other");
    let quoted = |value: &Option<String>| value.as_deref().map(|v| printed(&cut(v, 500)));
    Entry {
        n: 0,
        bill_id: facts.bill_id,
        kind: finding.kind.as_str(),
        kinds: vec![finding.kind.as_str()],
        field: finding.field.clone(),
        before: quoted(&finding.before),
        after: quoted(&finding.after),
        place: place_view(&finding.place, language, made_on),
        sentence: match &finding.place {
            Place::Sitting { sentence, .. } if !sentence.trim().is_empty() => Some(printed(&cut(sentence, SENTENCE_MAX))),
            _ => None,
        },
        seen_on: day_in_belgrade(finding.seen_at),
        title_language: printed_in.as_str(),
        english_only: printed_in == Language::En && facts.other_titles.iter().all(|t| script::language_of(t) == Language::En),
        mixed_script: script::is_mixed(&title),
        topic: topic(&title, &facts.parties).map(|t| said(&cut(t, TOPIC_MAX), language)),
        respelt: language != Language::SrCyrl && script::language_of(&title) == Language::SrCyrl,
        called_off: finding.called_off.as_ref().map(|s| sitting_view(s, made_on)),
        title: printed(&title),
        other_titles: other_titles.iter().map(|t| printed(t)).collect(),
        doubtful: facts.verdict == Verdict::Doubtful,
        was_other: finding.kind == Kind::Recognised && finding.before.as_deref() == Some(Verdict::Other.as_str()),
        instrument: instrument.to_owned(),
        feminine: matches!(instrument, "konvencija" | "povelja" | "odluka" | "amandman"),
        between: between(&facts.parties),
        counterparts: countries(&counterparts, language),
        counterpart_printed: counterparts.first().map(|p| said(&cut(&p.name, 60), language)),
        parties: facts.parties.iter().map(|p| party_view(p, language)).collect(),
        signatures: facts.signatures.iter().map(|s| signature_view(s, &facts.documents, language)).collect(),
        contested: facts.contested,
        gap: facts.gap.clone(),
        first_seen_on: day_in_belgrade(facts.first_seen_at),
        from_archive: facts.from_archive,
        moved_from: finding.before.as_deref().filter(|_| finding.kind == Kind::Scheduled).and_then(|day| day.parse().ok()),
        by_fetching: finding.by_fetching,
        documents: facts.documents.iter().filter(|d| is_web(&d.url)).map(document_view).collect(),
        submitter: quoted(&facts.submitter.as_deref().map(mention::submitter).map(str::to_owned)),
        act_number: facts.act_number.map(|a| a.to_string()),
        sitting: facts.sitting.as_ref().map(|s| sitting_view(s, made_on)),
        possibly_same_as: quoted(&facts.possibly_same_as),
        persons: facts.persons.iter().map(values::person).collect(),
        quotes: finding.quotes.iter().map(difference::quote).collect(),
        replaced: difference::replaced(finding).into_iter().collect(),
        unverified: finding.unverified,
    }
}

/// A title longer than this is cut; the whole of it stands on our page.
const TITLE_MAX: usize = 1000;

/// How much of what it is about stands in the opening sentence.
const TOPIC_MAX: usize = 160;

/// What follows the last party in the title, where it begins as a subject does.
fn topic<'a>(title: &'a str, parties: &[Party]) -> Option<&'a str> {
    if parties.is_empty() {
        return Some(title);
    }
    let end = parties.iter().filter_map(|p| title.rfind(&p.name).map(|at| at + p.name.len())).max()?;
    let rest = title.get(end..)?.trim_start_matches([' ', ',']);
    let (first, _) = rest.split_once(' ')?;
    let begins = ["o", "о", "on", "concerning", "regarding"].contains(&first.to_lowercase().as_str());
    // `on the one side`, `on the other side` belong to the parties
    let sides = ["on the one ", "on the other "].iter().any(|side| rest.to_lowercase().starts_with(side));
    (begins && !sides).then_some(rest)
}

/// The title in the reader's language where parliament printed one, in the reader's script where it printed that too; the rest beside it.
fn titles(facts: &Facts, language: Language) -> (String, Vec<String>) {
    let mut all: Vec<(Language, String)> = vec![(facts.language, cut(&facts.title, TITLE_MAX))];
    all.extend(facts.other_titles.iter().map(|t| (script::language_of(t), cut(t, TITLE_MAX))));
    let distance = |printed_in: Language| match (printed_in, language) {
        (a, b) if a == b => 0,
        (Language::En, _) => 2,
        _ => 1,
    };
    let best = (0..all.len()).min_by_key(|i| (distance(all[*i].0), *i)).unwrap_or(0);
    let (_, title) = all.remove(best);
    let mut rest: Vec<String> = Vec::new();
    for (_, other) in all {
        if other != title && !rest.contains(&other) {
            rest.push(other);
        }
    }
    (title, rest)
}

fn between(parties: &[Party]) -> &'static str {
    let all = |level: Level| parties.iter().all(|p| p.level == level);
    match parties {
        [] | [_] => "unknown",
        _ if all(Level::State) => "states",
        _ if all(Level::Government) => "governments",
        _ if parties.iter().all(|p| matches!(p.level, Level::Ministry | Level::Agency | Level::Bank | Level::Organisation)) => "nobody",
        _ => "mixed",
    }
}

fn countries(parties: &[&Party], language: Language) -> Vec<names::Country> {
    let mut out: Vec<names::Country> = Vec::new();
    for country in parties.iter().filter_map(|p| names::country(p.country.as_deref()?, language)) {
        if !out.contains(&country) {
            out.push(country);
        }
    }
    out
}
