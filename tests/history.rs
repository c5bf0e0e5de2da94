//! history.db, read by hand and through its own calls.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use potvrda::domain::agreement::Detection;
use potvrda::domain::article::{Article, Signature, Verb};
use potvrda::domain::bill::{Body, Language, Level, Link, Party, Sitting, Stage, Verdict};
use potvrda::domain::change::{BillRef, Change, Fact, Kind, KnownTitle, Presence, Profile, SittingRef};
use potvrda::domain::dates::PrintedDate;
use potvrda::domain::document::{Signing, State};
use potvrda::domain::letter::Place;
use potvrda::domain::{script, title};
use potvrda::io::database::DatabaseError;
use potvrda::io::history::documents::{Due, NewVersion, Visit};
use potvrda::io::history::read::Filter;
use potvrda::io::history::record::{Decision, Outcome, PollRecord, SeenBy};
use potvrda::io::history::search::Found;
use potvrda::io::history::source::{Held, SourceState};
use potvrda::io::history::{History, HistoryError};

const SWEDEN: &str = "Bill on the Confirmation of the Agreement between the Government of the Republic of Serbia and the Government of the Kingdom \
                      of Sweden on Cooperation in the Area of Law Implementation";
const RUSSIA: &str = "Predlog zakona o potvrđivanju sporazuma između Ministarstva unutrašnjih poslova Republike Srbije i Federalne službe \
                      obezbeđenja Ruske Federacije o saradnji i zajedničkom delovanju";
const SLOVENIA: &str =
    "ПРЕДЛОГ ЗАКОНА О ПОТВРЂИВАЊУ СПОРАЗУМА ИЗМЕЂУ ВЛАДЕ РЕПУБЛИКЕ СРБИЈЕ И ВЛАДЕ РЕПУБЛИКЕ СЛОВЕНИЈЕ О ЗАШТИТИ ОД НЕСРЕЋА";
const LISTS: &str = "http://parlament.example/akti/zakoni-u-proceduri.1037.html";
const COMMITTEE: &str = "http://parlament.example/Eighth_Sitting.32689.537.html";
const ASSEMBLY: &str = "http://parlament.example/Peta_sednica.33001.941.html";
const TOLD: &str = "the Agreement was signed on 24 January 2017 in Stockholm";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn known(printed: &str) -> KnownTitle {
    KnownTitle { title: printed.into(), key: title::key(printed), language: script::language_of(printed) }
}

fn party(name: &str, country: &str, level: Level, ours: bool) -> Party {
    Party { name: name.into(), country: Some(country.into()), level, ours }
}

fn bill(printed: &str, number: Option<&str>, stage: Stage, verdict: Verdict, parties: &[Party]) -> Fact {
    Fact::Bill {
        title: known(printed),
        act_number: number.map(|n| n.parse().unwrap()),
        legislature: 11,
        listed_on: None,
        listed_text: None,
        submitter: Some("Vlada".into()),
        stage,
        detection: Detection {
            verdict,
            instrument: (verdict != Verdict::Other).then(|| "sporazum".into()),
            parties: parties.to_vec(),
            evidence: "potvrđivanju ... sporazuma".into(),
        },
        profile: (verdict == Verdict::Agreement).then(|| Profile {
            instrument: "sporazum".into(),
            countries: vec!["RU".into()],
            our_level: "ministry".into(),
            organisations: Vec::new(),
        }),
        possibly: None,
        same_as: None,
    }
}

fn change(bill: BillRef, kind: Kind) -> Fact {
    Fact::Change(Change { bill, kind, field: None, before: None, after: None, silent: false })
}

fn stands(bill: BillRef, source: &str) -> Fact {
    Fact::Presence { bill, presence: Presence { source: source.into(), present: true, missing_since: None, missing_polls: 0 } }
}

fn document(bill: BillRef, url: &str) -> Fact {
    Fact::Document { bill, link: Link { url: url.parse().unwrap(), label: "PDF".into() }, canonical: url.into(), on_list: true }
}

fn sitting(body: Body, title: &str, held_on: &str) -> Sitting {
    Sitting {
        body,
        title: title.into(),
        held_on: Some(day(held_on)),
        begins_at: NaiveTime::from_hms_opt(10, 0, 0),
        hall: None,
        cancelled: false,
        agenda_known: true,
        mentions: Vec::new(),
    }
}

fn item(bill: BillRef, position: u32, title: &str, url: &str) -> Fact {
    Fact::Item {
        sitting: SittingRef::New(0),
        bill,
        position: Some(position),
        title: title.into(),
        sentence: format!("considered the {title}"),
        url: url.into(),
        signature_sentences: Vec::new(),
    }
}

fn signed(bill: BillRef, on: &str, at: &str, verb: Verb, sentence: &str, url: &str) -> Fact {
    let signature = Signature { on: Some(PrintedDate::Day(day(on))), until: None, at: Some(at.into()), verb };
    Fact::Signature { bill, signature, sentence: sentence.into(), url: url.into() }
}

/// A poll of a source, with the state it leaves.
fn poll(source: &str, kind: &str, url: &str, when: &str, outcome: Outcome, facts: Vec<Fact>) -> PollRecord {
    let now = at(when);
    let mut poll = PollRecord::new(source, kind, url, now, outcome);
    poll.rows = 3;
    poll.facts = facts;
    let good = !matches!(outcome, Outcome::Failed | Outcome::Held);
    poll.state = Some(SourceState {
        name: source.into(),
        kind: kind.into(),
        url: url.into(),
        last_good_at: good.then_some(now),
        baseline_at: Some(at("2017-10-02T08:00:00Z")),
        recent_rows: vec![3],
        ..SourceState::default()
    });
    poll
}

/// October 2017 to March 2018, as the founding case might have gone: titles are real, numbers and list days are made up.
fn made_up(dir: &Path) -> History {
    let mut history = History::open(dir, true).unwrap();
    baseline(&mut history);
    committee(&mut history);
    let russia = listed(&mut history);
    scheduled(&mut history, russia);
    read(&mut history, russia);
    history
}

fn governments(country: &str) -> [Party; 2] {
    [party("Vlade Republike Srbije", "RS", Level::Government, true), party("druge strane", country, Level::Government, false)]
}

/// 2 October: the first look, silent; on the 5th a look that failed.
fn baseline(history: &mut History) {
    let (first, second) = (BillRef::New(0), BillRef::New(1));
    let slovenia = bill(SLOVENIA, Some("201-17"), Stage::Listed, Verdict::Agreement, &governments("SI"));
    let other = bill("Predlog zakona o visokom obrazovanju", Some("202-17"), Stage::Listed, Verdict::Other, &[]);
    let facts = vec![
        slovenia,
        change(first, Kind::Listed),
        document(first, "http://parlament.example/201-17.pdf"),
        stands(first, "bills"),
        signed(first, "2016-09-01", "Ljubljana", Verb::Potpisan, "potpisan u Ljubljani", "http://parlament.example/201-17.pdf"),
        other,
        stands(second, "bills"),
    ];
    history.record(&poll("bills", "bills", LISTS, "2017-10-02T08:00:00Z", Outcome::Baseline, facts)).unwrap();
    history.record(&poll("activities", "activities", COMMITTEE, "2017-10-02T08:01:00Z", Outcome::Baseline, vec![])).unwrap();
    let mut failed = poll("bills", "bills", LISTS, "2017-10-05T08:00:00Z", Outcome::Failed, vec![]);
    failed.note = Some("connection refused".into());
    history.record(&failed).unwrap();
}

/// 9 November: the committee's page.
fn committee(history: &mut History) {
    let first = BillRef::New(0);
    let committee = Body::Committee("Defence and Internal Affairs Committee".into());
    let facts = vec![
        Fact::Sitting {
            sitting: SittingRef::New(0),
            told: sitting(committee, "Eighth Sitting", "2017-11-09"),
            content_id: Some(32689),
            url: COMMITTEE.into(),
        },
        bill(SWEDEN, None, Stage::Committee, Verdict::Agreement, &governments("SE")),
        change(first, Kind::Listed),
        item(first, 1, SWEDEN, COMMITTEE),
        signed(first, "2017-01-24", "Stokholm", Verb::Potpisan, TOLD, COMMITTEE),
        signed(first, "2017-01-24", "Stokholm", Verb::Potpisan, TOLD, COMMITTEE),
    ];
    history.record(&poll("activities", "activities", COMMITTEE, "2017-11-09T20:00:00Z", Outcome::Recorded, facts)).unwrap();
    history.record(&poll("bills", "bills", LISTS, "2018-02-28T08:00:00Z", Outcome::Unmodified, vec![])).unwrap();
}

/// 1 March: the list.
fn listed(history: &mut History) -> BillRef {
    let (first, second) = (BillRef::New(0), BillRef::New(1));
    let sides = [
        party("Ministarstva unutrašnjih poslova Republike Srbije", "RS", Level::Ministry, true),
        party("Federalne službe obezbeđenja Ruske Federacije", "RU", Level::Agency, false),
    ];
    let facts = vec![
        bill(RUSSIA, Some("404-18"), Stage::Listed, Verdict::Agreement, &sides),
        change(first, Kind::Listed),
        document(first, "http://parlament.example/404-18.pdf"),
        stands(first, "bills"),
        bill("Predlog zakona o potvrđivanju mandata", None, Stage::Listed, Verdict::Doubtful, &[]),
        change(second, Kind::Listed),
        stands(second, "bills"),
    ];
    let mut listed = poll("bills", "bills", LISTS, "2018-03-01T08:00:00Z", Outcome::Recorded, facts);
    listed.rejects = vec![("???".into(), "no title".into())];
    BillRef::Known(history.record(&listed).unwrap().bills[0])
}

/// 3 March: on the agenda of 6 March.
fn scheduled(history: &mut History, russia: BillRef) {
    let facts = vec![
        Fact::Sitting {
            sitting: SittingRef::New(0),
            told: sitting(Body::Assembly, "Peta sednica", "2018-03-06"),
            content_id: Some(33001),
            url: ASSEMBLY.into(),
        },
        item(russia, 12, RUSSIA, ASSEMBLY),
        item(BillRef::Known(3), 13, SWEDEN, ASSEMBLY),
        Fact::Stage { bill: russia, stage: Stage::Scheduled },
        Fact::Merge { bill: russia, note: "same title".into() },
        change(russia, Kind::Scheduled),
    ];
    history.record(&poll("activities", "activities", ASSEMBLY, "2018-03-03T09:00:00Z", Outcome::Recorded, facts)).unwrap();
}

/// An hour later: the text of the bill.
fn read(history: &mut History, russia: BillRef) {
    let sentence = "potpisan u Moskvi 23. maja 2017. godine";
    let BillRef::Known(bill_id) = russia else { panic!("not stored yet") };
    let now = at("2018-03-03T10:00:00Z");
    let due = history
        .documents_due(Due::Hour { now, latest: now + chrono::TimeDelta::hours(25), all_live: false, unread: false, silent: true }, 10)
        .unwrap();
    let errand = due.into_iter().find(|e| e.bill_id == bill_id).unwrap();
    let article = Article {
        signed: vec![Signature {
            on: Some(PrintedDate::Day("2017-05-23".parse().unwrap())),
            until: None,
            at: Some("Moskva".into()),
            verb: Verb::Potpisan,
        }],
        languages: vec!["sr".into(), "ru".into()],
        ..Article::default()
    };
    let version = NewVersion {
        state: State::Text,
        sha256: Some("ab".repeat(32)),
        bytes: Some(1234),
        file: None,
        text: Some("Strane garantuju imunitet članovima službe.".into()),
        text_sha256: None,
        read_by: Some("pdftotext".into()),
        note: None,
        signing: Some(Signing { article, sentence: sentence.into(), page: Some(2) }),
        difference: None,
        instead_of: None,
    };
    let visit = Visit {
        link_id: errand.link_id,
        bill_id,
        url: errand.url,
        at: now,
        next_at: at("2018-03-04T10:00:00Z"),
        tries: 0,
        failing_since: None,
        failure: None,
        version: Some(version),
        change: None,
        unless_told: false,
    };
    history.record_document(&visit).unwrap();
}

/// Asks the stock `sqlite3`, as one who pastes into it; none where it is not installed.
fn by_hand(database: &Path, query: &str) -> Option<Result<String, String>> {
    use std::io::Write;
    let started =
        Command::new("sqlite3").arg("-batch").arg(database).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) if std::env::var_os("POTVRDA_TOOLS_REQUIRED").is_some() => panic!("sqlite3 is required here: {error}"),
        Err(error) => {
            eprintln!("SKIPPED: sqlite3 cannot be run ({error}); install the package sqlite3 to run this test");
            return None;
        }
    };
    child.stdin.take().unwrap().write_all(format!("{query}\n;\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let text = String::from_utf8(output.stdout).unwrap();
    Some(if output.status.success() && said.is_empty() { Ok(text.trim_end().to_owned()) } else { Err(said) })
}

/// The queries of docs/history.md, by heading. `'now'` is a day of the made-up history.
fn documented() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/history.md")).unwrap();
    let (mut heading, mut query, mut inside, mut all) = (String::new(), String::new(), false, BTreeMap::new());
    for line in text.lines() {
        match line {
            "```sql" => inside = true,
            "```" if inside => {
                inside = false;
                all.insert(heading.clone(), std::mem::take(&mut query).replace("'now'", "'2018-03-05'"));
            }
            _ if inside => query.push_str(&format!("{line}\n")),
            _ => heading = line.strip_prefix('#').map_or(heading, |h| h.trim_start_matches('#').trim().to_owned()),
        }
    }
    all
}

/// First words of what some of the queries answer on the made-up history.
const ANSWERS: &[(&str, &[&str])] = &[
    (
        "What was listed this month?",
        &[
            "2018-03-01T08:00:00Z|404-18|Predlog zakona o potvrđivanju sporazuma",
            "2018-03-01T08:00:00Z||Predlog zakona o potvrđivanju mandata",
        ],
    ),
    ("Everything with Russia", &["4|404-18|Predlog zakona o potvrđivanju sporazuma"]),
    ("The ten longest gaps", &["289||2017-01-24|2017-11-09|committee|[\"SE\"]|Bill", "282||2017-05-23|2018-03-01|list|[\"RU\"]|Predlog"]),
    ("The median gap, and of how many", &["2|285.5"]),
    ("What is on the next sitting of the Assembly?", &["2018-03-06|12|404-18|Predlog", "2018-03-06|13||Bill on the Confirmation"]),
    ("Which sittings are coming, and of whom?", &["2018-03-06|10:00|assembly||2"]),
    ("What changed in this bill?", &["2018-03-01T08:00:00Z|listed|||", "2018-03-03T09:00:00Z|scheduled|||"]),
    ("What failed, when, and why?", &["2017-10-05T08:00:00Z|bills|failed||connection refused"]),
    ("Proof of silence: the last seven days", &["activities|1|1|2018-03-03", "bills|2|2|2018-03-01"]),
    ("A word in titles, parties and texts, in any spelling", &["4|404-18|Predlog zakona"]),
    ("Where neither party is a state or a government", &["4|2018-03-01T08:00:00Z|Ministarstva unutrašnjih poslova"]),
    ("How many agreements with whom?", &["RU|1|0", "SE|1|0", "SI|1|0"]),
    ("Agreements on the agenda less than a week before the sitting", &["2018-03-06|2018-03-03|"]),
    (
        "With which words, and where, was it signed?",
        &["201-17|2016-09-01|Ljubljana|potpisan", "|2017-01-24|Stokholm|potpisan|the Agreement was signed"],
    ),
    ("The doubtful tray", &["5||Predlog zakona o potvrđivanju mandata"]),
    ("What was believed to be one bill, and why", &["2018-03-03T09:00:00Z|404-18|"]),
    ("Listed without a text that can be read", &["5||Predlog zakona o potvrđivanju mandata|no link", "3||Bill"]),
    ("One bill, every spelling", &["4|Predlog zakona o potvrđivanju sporazuma"]),
];

fn ask_everything(database: &Path) {
    let queries = documented();
    assert!(queries.len() >= 15, "{} queries", queries.len());
    for (heading, query) in &queries {
        let Some(answer) = by_hand(database, query) else { return };
        let answer = answer.unwrap_or_else(|error| panic!("{heading}: {error}"));
        let Some((_, expected)) = ANSWERS.iter().find(|(h, _)| h == heading) else { continue };
        let lines: Vec<&str> = answer.lines().collect();
        for (n, begins) in expected.iter().enumerate() {
            assert!(lines.get(n).is_some_and(|l| l.starts_with(begins)), "{heading}: expected {begins:?} in line {n} of\n{answer}");
        }
    }
    assert!(ANSWERS.iter().all(|(h, _)| queries.contains_key(*h)), "a heading was renamed");
}

#[test]
fn every_documented_query_runs_by_hand_while_the_database_is_open() {
    let dir = tempfile::tempdir().unwrap();
    let history = made_up(dir.path());
    ask_everything(&History::path_in(dir.path()));
    drop(history);
}

#[test]
fn every_documented_query_runs_by_hand_after_the_database_was_closed() {
    let dir = tempfile::tempdir().unwrap();
    drop(made_up(dir.path()));
    ask_everything(&History::path_in(dir.path()));
}

#[test]
fn the_stock_sqlite3_reads_schema_and_views_checks_and_copies() {
    let dir = tempfile::tempdir().unwrap();
    drop(made_up(dir.path()));
    let database = History::path_in(dir.path());
    let Some(schema) = by_hand(&database, ".schema\n") else { return };
    let schema = schema.unwrap();
    assert!(schema.contains("-- Every bill ever seen"), "the comments stand inside the statements");
    for view in
        ["agreements", "parties", "bills", "changes", "sittings", "agenda", "documents", "polls", "polls_by_day", "gap", "appearance"]
    {
        let rows = by_hand(&database, &format!("SELECT * FROM {view}")).unwrap().unwrap_or_else(|e| panic!("{view}: {e}"));
        assert!(!rows.is_empty(), "{view} is empty");
    }
    assert_eq!(by_hand(&database, "PRAGMA integrity_check").unwrap().unwrap(), "ok");
    assert_eq!(by_hand(&database, "PRAGMA foreign_key_check").unwrap().unwrap(), "");
    let copy = dir.path().join("copy.db");
    by_hand(&database, &format!("VACUUM INTO '{}'", copy.display())).unwrap().unwrap();
    let ours = dir.path().join("ours.db");
    History::open_reader(dir.path()).unwrap().copy_to(&ours).unwrap();
    assert_eq!(
        by_hand(&ours, "PRAGMA journal_mode; SELECT count(*) FROM changes").unwrap().unwrap(),
        "delete\n5",
        "one file, no log beside it"
    );
    assert_eq!(by_hand(&copy, "SELECT count(*) FROM agreements").unwrap().unwrap(), "4");
}

#[test]
fn the_views_have_the_columns_of_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    drop(made_up(dir.path()));
    let promised = [
        (
            "agreements",
            "bill_id act_number legislature title title_latin instrument our_side our_level counterpart countries signed_on signed_at signed_verb \
             languages listed_on first_seen_at seen_by gap_days gap_from gap_to gap_at_most same_as stage sitting_on adopted_on delisted_at \
             submitter document_url document_sha256 source_url doubtful evidence",
        ),
        ("parties", "bill_id ours name country level evidence"),
        ("changes", "change_id seen_at bill_id act_number title_latin kind field before after source poll_id hash"),
        ("polls", "poll_id source started_at ended_at outcome http_status rows rejects note"),
        ("documents", "bill_id url sha256 bytes fetched_at file text"),
        ("sittings", "body agenda_known"),
        ("agenda", "bill_id"),
        ("search", "bill_id title parties text"),
    ];
    for (view, columns) in promised {
        let wanted = columns.split_whitespace().collect::<Vec<_>>().join(", ");
        let Some(answer) = by_hand(&History::path_in(dir.path()), &format!("SELECT {wanted} FROM {view}")) else { return };
        answer.unwrap_or_else(|error| panic!("{view}: {error}"));
    }
}

#[test]
fn a_word_is_found_in_either_script_with_marks_without_and_with_dj() {
    let dir = tempfile::tempdir().unwrap();
    drop(made_up(dir.path()));
    for word in [
        "sporazuma",
        "споразума",
        "Споразума",
        "sporazum*",
        "obezbeđenja",
        "obezbedjenja",
        "обезбеђења",
        "OBEZBEĐENJA",
        "delovanju",
        "imunitet",
        "имунитет",
    ] {
        let query = format!("SELECT bill_id FROM search WHERE search MATCH '{word}' AND bill_id = 4");
        let Some(answer) = by_hand(&History::path_in(dir.path()), &query) else { return };
        assert_eq!(answer.unwrap(), "4", "{word}");
    }
    for word in ["zastiti", "заштити", "zaštiti", "potvrdjivanju", "nesreća"] {
        let query = format!("SELECT bill_id FROM search WHERE search MATCH '{word}' AND bill_id = 1");
        assert_eq!(by_hand(&History::path_in(dir.path()), &query).unwrap().unwrap(), "1", "{word}");
    }
}

const READERS_GROUP: u32 = 60_001;

/// Gives a data directory to another owner and to the readers' group, as on a server.
fn hand_over(dir: &Path) {
    use std::os::unix::fs::{PermissionsExt, chown};
    for file in ["", "history.db", "history.db-wal", "history.db-shm"] {
        chown(dir.join(file), Some(1), Some(READERS_GROUP)).unwrap();
    }
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o750)).unwrap();
}

/// Asks plain `sqlite3` as a member of the readers' group: done, what it answered, what it complained of.
fn as_reader(dir: &Path, sql: &str) -> (bool, String, String) {
    let mut sqlite3 = Command::new("setpriv");
    sqlite3.args(["--reuid=65534", &format!("--regid={READERS_GROUP}"), "--clear-groups", "sqlite3"]).arg(History::path_in(dir)).arg(sql);
    let output = sqlite3.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_reader_without_write_permission_reads_whether_it_is_open_or_closed() {
    let me = Command::new("id").arg("-u").output().unwrap();
    if String::from_utf8_lossy(&me.stdout).trim() != "0" || Command::new("setpriv").arg("--version").output().is_err() {
        eprintln!("SKIPPED: only root with setpriv can try the file as another user");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut history = made_up(dir.path());
    hand_over(dir.path());
    let ask = "SELECT count(*) FROM agreements";
    assert_eq!(as_reader(dir.path(), ask), (true, "4".to_owned(), String::new()), "while it is open");
    // What a kill leaves behind: the three files as they were, unlocked, the last rows still in the log.
    let killed = tempfile::tempdir().unwrap();
    history.record(&poll("bills", "bills", LISTS, "2018-03-05T08:00:00Z", Outcome::Unmodified, vec![])).unwrap();
    for file in ["history.db", "history.db-wal", "history.db-shm"] {
        std::fs::copy(dir.path().join(file), killed.path().join(file)).unwrap();
    }
    hand_over(killed.path());
    let last = "SELECT max(started_at) FROM polls";
    assert_eq!(as_reader(killed.path(), last), (true, "2018-03-05T08:00:00Z".to_owned(), String::new()), "after a kill");
    drop(history);
    assert_eq!(as_reader(dir.path(), ask), (true, "4".to_owned(), String::new()), "after it was closed");
    assert_eq!(as_reader(dir.path(), ask), (true, "4".to_owned(), String::new()), "and again");
    // The owner looks with -readonly and takes nothing away.
    let looked = Command::new("sqlite3").arg("-readonly").arg(History::path_in(dir.path())).arg(ask).output().unwrap();
    assert!(looked.status.success());
    assert_eq!(as_reader(dir.path(), ask), (true, "4".to_owned(), String::new()), "after the owner looked");
    let (written, _, _) = as_reader(dir.path(), "DELETE FROM reject");
    assert!(!written, "the group can write nothing");
}

#[test]
fn the_gap_runs_from_our_signature_to_the_first_day_we_can_show() {
    let dir = tempfile::tempdir().unwrap();
    let history = made_up(dir.path());
    let rows = history.agreements(&Filter::default()).unwrap();
    let gap = |id: i64| {
        let row = rows.iter().find(|r| r.number("bill_id") == Some(id)).unwrap();
        [row.text("gap_days"), row.text("gap_from"), row.text("gap_on"), row.text("gap_to"), row.text("gap_at_most")].join(" ")
    };
    assert_eq!(gap(1).trim(), "", "it stood there when we first looked: no day is proved");
    assert_eq!(gap(3), "289 2017-01-24 2017-11-09 committee 0");
    assert_eq!(gap(4), "282 2017-05-23 2018-03-01 list 0");
    assert_eq!(gap(5).trim(), "", "no signature is known");
    assert_eq!(history.median_gap().unwrap(), Some((2, 285)));
}

/// Records one agreement in a fresh history as `how` says, and answers with its gap.
fn gap_of(silent: bool, seen_by: SeenBy, parties: &[Party], signatures: &[(&str, Verb)]) -> Option<(i64, String, bool)> {
    let dir = tempfile::tempdir().unwrap();
    let mut history = History::open(dir.path(), true).unwrap();
    history.record(&poll("bills", "bills", LISTS, "2017-10-02T08:00:00Z", Outcome::Baseline, vec![])).unwrap();
    history.record(&poll("bills", "bills", LISTS, "2018-03-10T08:00:00Z", Outcome::Unmodified, vec![])).unwrap();
    let mut facts = vec![bill(RUSSIA, None, Stage::Listed, Verdict::Agreement, parties), stands(BillRef::New(0), "bills")];
    facts.extend(signatures.iter().map(|(on, verb)| signed(BillRef::New(0), on, "Moskva", *verb, on, LISTS)));
    // 23:30 in Belgrade on 11 March: a day of Belgrade, not of Greenwich, is what counts around midnight.
    let mut seen = poll("bills", "bills", LISTS, "2018-03-10T23:30:00Z", Outcome::Recorded, facts);
    (seen.silent, seen.seen_by) = (silent, seen_by);
    history.record(&seen).unwrap();
    history.finding(1).unwrap();
    history.facts(1, at("2018-03-11T00:00:00Z")).unwrap().gap.map(|g| (g.days, g.to_kind, g.at_most))
}

#[test]
fn the_gap_is_empty_where_it_would_be_a_guess() {
    let both =
        [party("Vlade Republike Srbije", "RS", Level::Government, true), party("Vlade Ruske Federacije", "RU", Level::Government, false)];
    let list = |days| Some((days, "list".to_owned(), false));
    let one = [("2018-03-01", Verb::Potpisan)];
    assert_eq!(gap_of(false, SeenBy::Live, &both, &one), list(10));
    assert_eq!(gap_of(false, SeenBy::Live, &both, &[("2018-03-01", Verb::Sacinjen)]), list(10));
    assert_eq!(gap_of(false, SeenBy::Live, &both, &[("2018-03-01", Verb::Usvojen)]), None, "adopted by a conference is not signed by us");
    assert_eq!(gap_of(false, SeenBy::Live, &both, &[("2018-03-01", Verb::Donet)]), None);
    assert_eq!(gap_of(false, SeenBy::Live, &both[..1], &one), None, "multilateral");
    assert_eq!(gap_of(true, SeenBy::Live, &both, &one), None, "our own first look");
    assert_eq!(gap_of(true, SeenBy::Import, &both, &one), Some((10, "import".to_owned(), true)));
    let twice = [("2018-03-01", Verb::Potpisan), ("2018-03-05", Verb::Potpisan)];
    assert_eq!(gap_of(false, SeenBy::Live, &both, &twice), Some((10, "list".to_owned(), true)), "which of the two is ours is not said");
    assert_eq!(gap_of(false, SeenBy::Live, &both, &[("2018-04-01", Verb::Potpisan)]), None, "a day after its appearance cannot be right");
}

#[test]
fn what_was_recorded_is_recalled() {
    let dir = tempfile::tempdir().unwrap();
    let history = made_up(dir.path());
    let known = history.recall().unwrap();
    assert_eq!(known.bills.len(), 5);
    let russia = &known.bills[3];
    assert_eq!((russia.id, russia.act_number.map(|n| n.to_string())), (4, Some("404-18".into())));
    assert_eq!(russia.titles[0], known_title(RUSSIA));
    assert_eq!(russia.documents, ["http://parlament.example/404-18.pdf".into()]);
    assert_eq!((russia.stage, russia.verdict, russia.listed), (Stage::Scheduled, Verdict::Agreement, true));
    assert_eq!(&*russia.presence[0].source, "bills");
    assert_eq!(russia.profile.as_ref().unwrap().countries, ["RU"]);
    assert_eq!(known.sittings.len(), 2);
    assert_eq!(known.sittings[1].sitting, sitting(Body::Assembly, "Peta sednica", "2018-03-06"));
    assert_eq!(known.sittings[1].bills, [4, 3]);
    let state = history.source("bills").unwrap();
    assert_eq!((state.recent_rows, state.last_good_at), (vec![3], Some(at("2018-03-01T08:00:00Z"))));
    assert_eq!(history.source("nobody").unwrap(), SourceState { name: "nobody".into(), ..SourceState::default() });
}

fn known_title(printed: &str) -> KnownTitle {
    known(printed)
}

#[test]
fn an_unchanged_poll_writes_its_row_and_the_state_of_its_source() {
    let dir = tempfile::tempdir().unwrap();
    let mut history = made_up(dir.path());
    let count = |history: &History| ["bills", "agreements", "changes"].map(|c| history.counts().unwrap().number(c).unwrap());
    let before = (count(&history), history.head().unwrap());
    let polls = history.counts().unwrap().number("polls").unwrap();
    history.record(&poll("bills", "bills", LISTS, "2018-03-04T08:00:00Z", Outcome::Unmodified, vec![])).unwrap();
    assert_eq!((count(&history), history.head().unwrap()), before);
    assert_eq!(history.counts().unwrap().number("polls").unwrap(), polls + 1);
}

#[test]
fn the_log_refuses_to_be_rewritten_and_tells_where_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let history = made_up(dir.path());
    let database = History::path_in(dir.path());
    assert_eq!(history.broken_link().unwrap(), None);
    assert_eq!(history.head().unwrap().0, 5);
    assert_eq!(history.hash_of(5).unwrap(), Some(history.head().unwrap().1));
    let attempts = [
        "UPDATE change SET after = 'x' WHERE change_id = 2",
        "DELETE FROM change WHERE change_id = 5",
        "INSERT OR REPLACE INTO change SELECT * FROM change WHERE change_id = 2",
    ];
    for attempt in attempts {
        let Some(answer) = by_hand(&database, attempt) else { return };
        assert!(answer.unwrap_err().contains("append-only"), "{attempt}");
    }
    let tampered = "DROP TRIGGER change_is_never_updated; UPDATE change SET after = 'x' WHERE change_id = 2";
    by_hand(&database, tampered).unwrap().unwrap();
    assert_eq!(history.broken_link().unwrap(), Some(2));
}

#[test]
fn anyone_can_compute_the_hashes_again() {
    let dir = tempfile::tempdir().unwrap();
    let history = made_up(dir.path());
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/history.md")).unwrap();
    let script = text.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    let output = Command::new("python3").arg("-c").arg(script).arg(History::path_in(dir.path())).output();
    let Ok(output) = output else {
        assert!(std::env::var_os("POTVRDA_TOOLS_REQUIRED").is_none(), "python3 is required here");
        eprintln!("SKIPPED: python3 cannot be run");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains(&history.head().unwrap().1), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_letter_has_all_the_facts_with_their_sentences() {
    let dir = tempfile::tempdir().unwrap();
    let mut history = made_up(dir.path());
    let changes = history.changes_after(0, 100).unwrap();
    assert_eq!(changes.iter().map(|c| (c.kind, c.silent)).collect::<Vec<_>>()[..2], [(Kind::Listed, true), (Kind::Listed, false)]);
    let sweden = history.finding(2).unwrap().unwrap();
    assert_eq!(sweden.agreement.gap.as_ref().map(|g| (g.days, g.to_kind.as_str())), Some((289, "committee")));
    assert_eq!(sweden.agreement.signatures.len(), 1);
    assert_eq!(sweden.agreement.signatures[0].sentence, TOLD);
    let Place::Sitting { url, committee, language, held_on, sentence } = sweden.place else { panic!("{:?}", sweden.place) };
    assert_eq!((url.as_str(), committee.as_deref()), (COMMITTEE, Some("Defence and Internal Affairs Committee")));
    assert_eq!((language, held_on, sentence.contains("considered")), (Language::En, Some(day("2017-11-09")), true));
    let listed = history.finding(3).unwrap().unwrap();
    assert_eq!(listed.place, Place::Bills { url: LISTS.into() });
    let scheduled = history.finding(5).unwrap().unwrap();
    let coming = scheduled.agreement.sitting.unwrap();
    assert_eq!((coming.held_on, coming.together_with, coming.url.as_str()), (Some(day("2018-03-06")), 1, ASSEMBLY));
    assert_eq!(scheduled.agreement.documents[0].state, "text");
    assert_eq!(history.finding(99).unwrap(), None);
    let facts = vec![change(BillRef::Known(4), Kind::DocumentAdded)];
    let added = history.record(&poll("documents", "documents", LISTS, "2018-03-04T10:00:00Z", Outcome::Recorded, facts)).unwrap();
    let place = history.finding(added.changes[0]).unwrap().unwrap().place;
    assert_eq!(place, Place::Bills { url: LISTS.into() }, "a document is told of where its bill was first seen");
    assert_eq!(history.watching_since().unwrap(), Some(day("2017-10-02")));
}

#[test]
fn a_bill_is_found_by_number_by_row_and_by_part_of_its_title() {
    let dir = tempfile::tempdir().unwrap();
    let history = made_up(dir.path());
    for typed in ["404-18", "4", "zajedničkom delovanju", "ЗАЈЕДНИЧКОМ ДЕЛОВАЊУ", "zajednickom"] {
        assert_eq!(history.find_bill(typed).unwrap(), Found::One(4), "{typed}");
    }
    assert!(matches!(history.find_bill("o potvrđivanju").unwrap(), Found::Many(bills) if bills.len() == 3));
    assert_eq!(history.find_bill("405-18").unwrap(), Found::None);
    assert_eq!(history.find_bill("Japan").unwrap(), Found::None);
    let filter = |words: &str| Filter { words: Some(words.into()), ..Filter::default() };
    assert_eq!(history.agreements(&filter("ruske bezbed")).unwrap().len(), 0);
    assert_eq!(history.agreements(&filter("ruske obezbe")).unwrap()[0].number("bill_id"), Some(4));
    assert!(matches!(history.agreements(&filter(" - \" ")), Err(HistoryError::Search(_))));
    let russia = Filter {
        country: Some("ru".into()),
        stage: Some("scheduled".into()),
        since: Some(day("2018-03-01")),
        until: Some(day("2018-03-01")),
        ..Filter::default()
    };
    let rows = history.agreements(&russia).unwrap();
    assert_eq!(serde_json::to_value(&rows[0]).unwrap()["countries"], serde_json::json!(["RU"]));
    let shown = serde_json::to_value(history.show(4).unwrap().unwrap()).unwrap();
    let what: Vec<&str> = shown["timeline"].as_array().unwrap().iter().map(|s| s["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["signed", "listed", "scheduled", "on the agenda of the Assembly"]);
}

#[test]
fn a_decision_is_kept_with_who_and_why_and_outlives_a_new_title() {
    let dir = tempfile::tempdir().unwrap();
    let mut history = made_up(dir.path());
    let mut decision = Decision {
        bill_id: 5,
        verdict: Verdict::Other,
        reason: "mandates are no agreement".into(),
        by: "ana".into(),
        at: at("2018-03-04T08:00:00Z"),
        kind: None,
    };
    assert_eq!(history.decide(&decision).unwrap(), None);
    let retitle = Fact::Retitle {
        bill: BillRef::Known(5),
        title: known("Predlog zakona o potvrđivanju sporazuma"),
        detection: Detection { verdict: Verdict::Agreement, instrument: None, parties: vec![], evidence: String::new() },
        profile: None,
    };
    history.record(&poll("bills", "bills", LISTS, "2018-03-05T08:00:00Z", Outcome::Recorded, vec![retitle])).unwrap();
    assert_eq!(history.show(5).unwrap().unwrap().verdict, "other");
    assert_eq!(history.agreements(&Filter::default()).unwrap().len(), 3);
    (decision.verdict, decision.kind) = (Verdict::Agreement, Some(Kind::Recognised));
    let change = history.decide(&decision).unwrap().unwrap();
    assert_eq!(history.finding(change).unwrap().unwrap().kind, Kind::Recognised);
    decision.bill_id = 77;
    assert!(matches!(history.decide(&decision), Err(HistoryError::NoBill(77))));
}

#[test]
fn a_held_page_keeps_its_first_hour_and_an_order_its_page() {
    let dir = tempfile::tempdir().unwrap();
    let mut history = made_up(dir.path());
    let mut held = |when: &str, sha: &str, close: Option<&str>| {
        let mut poll = poll("bills", "bills", LISTS, when, Outcome::Held, vec![]);
        poll.hold = (!sha.is_empty()).then(|| Held { reason: "a flood".into(), url: LISTS.into(), sha256: sha.into(), file: None });
        poll.close_hold = close.map(str::to_owned);
        history.record(&poll).unwrap();
        if sha == "b" {
            assert_eq!(history.order_release(Some("bills"), at(when)).unwrap(), ["bills"]);
        }
        history.hold("bills").unwrap()
    };
    assert_eq!(held("2018-03-05T08:00:00Z", "a", None).unwrap().held.sha256, "a");
    let second = held("2018-03-05T09:00:00Z", "b", None).unwrap();
    assert_eq!((second.held_at, second.held.sha256.as_str()), (at("2018-03-05T08:00:00Z"), "b"));
    let third = held("2018-03-05T10:00:00Z", "c", None).unwrap();
    assert_eq!((third.held.sha256.as_str(), third.ordered_at), ("b", Some(at("2018-03-05T09:00:00Z"))));
    assert_eq!(held("2018-03-05T11:00:00Z", "", Some("released by command")), None);
}

#[test]
fn a_database_that_vanishes_or_is_replaced_takes_no_more_rows() {
    let dir = tempfile::tempdir().unwrap();
    for file in ["history.db", "history.db-wal"] {
        let mut history = History::open(dir.path(), true).unwrap();
        std::fs::rename(dir.path().join(file), dir.path().join("moved")).unwrap();
        let refused = history.record(&poll("bills", "bills", LISTS, "2018-03-05T08:00:00Z", Outcome::Unmodified, vec![]));
        assert!(matches!(refused, Err(HistoryError::Database(DatabaseError::Replaced(_)))), "{file}: {refused:?}");
        drop(history);
        std::fs::rename(dir.path().join("moved"), dir.path().join(file)).unwrap();
    }
    let history = History::open(dir.path(), false).unwrap();
    history.quick_check().unwrap();
}

#[test]
fn a_missing_damaged_or_newer_file_is_named_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let database = History::path_in(dir.path());
    assert!(matches!(History::open(dir.path(), false), Err(HistoryError::Database(DatabaseError::Missing(_)))));
    assert!(matches!(History::open_reader(dir.path()), Err(HistoryError::Database(DatabaseError::Missing(_)))));
    assert!(!database.exists(), "opening to read makes nothing");
    drop(made_up(dir.path()));
    let whole = std::fs::read(&database).unwrap();

    let mut zeroed = whole.clone();
    zeroed[..100].fill(0);
    let mut torn = whole.clone();
    torn[4096..8192].fill(0x5a);
    for damaged in [Vec::new(), zeroed, torn, b"not a database at all".repeat(300)] {
        std::fs::write(&database, &damaged).unwrap();
        let opened = History::open(dir.path(), true);
        assert!(matches!(opened, Err(HistoryError::Database(DatabaseError::Corrupt { .. }))), "{:?}", opened.err());
        assert_eq!(std::fs::read(&database).unwrap(), damaged, "left as it was");
    }
    std::fs::write(&database, &whole).unwrap();
    let Some(_) = by_hand(&database, "PRAGMA user_version = 99") else { return };
    let Err(error) = History::open(dir.path(), true) else { panic!("opened a newer file") };
    assert!(matches!(error, HistoryError::Database(DatabaseError::Newer { found: 99, .. })), "{error}");
    assert!(error.is_fatal() && !error.hint().is_empty());
}

#[test]
fn a_reader_of_ours_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    drop(made_up(dir.path()));
    let mut reader = History::open_reader(dir.path()).unwrap();
    assert_eq!(reader.recall().unwrap().bills.len(), 5);
    let refused = reader.record(&poll("bills", "bills", LISTS, "2018-03-05T08:00:00Z", Outcome::Unmodified, vec![]));
    assert!(matches!(refused, Err(HistoryError::Database(DatabaseError::ReadOnly { .. }))), "{refused:?}");
}

#[test]
fn a_whole_poll_or_nothing_is_recorded() {
    let dir = tempfile::tempdir().unwrap();
    let mut history = made_up(dir.path());
    let before = (history.head().unwrap(), history.counts().unwrap());
    let facts = vec![
        bill("Predlog zakona o potvrđivanju ugovora", None, Stage::Listed, Verdict::Agreement, &[]),
        change(BillRef::New(0), Kind::Listed),
        change(BillRef::Known(4711), Kind::Listed),
    ];
    assert!(history.record(&poll("bills", "bills", LISTS, "2018-03-05T08:00:00Z", Outcome::Recorded, facts)).is_err());
    assert_eq!((history.head().unwrap(), history.counts().unwrap()), before);
}

#[test]
fn a_sitting_is_near_from_a_day_before_until_it_is_over() {
    use chrono::TimeDelta;
    let dir = tempfile::tempdir().unwrap();
    let history = made_up(dir.path());
    // It begins at ten in Belgrade, nine in Greenwich, on 6 March.
    let near = |when: &str| history.sitting_near(at(when), TimeDelta::hours(24), TimeDelta::hours(36)).unwrap();
    let moments = ["2018-03-05T08:59:00Z", "2018-03-05T09:00:00Z", "2018-03-07T21:00:00Z", "2018-03-07T21:01:00Z"];
    assert_eq!(moments.map(near), [false, true, true, false]);
    assert!(!near("2017-11-09T09:00:00Z"), "a committee's sitting is none");
    let next = |when: &str| history.sitting_after(at(when)).unwrap();
    assert_eq!(["2017-11-01T00:00:00Z", "2018-03-06T08:59:59Z"].map(next), [Some(at("2018-03-06T09:00:00Z")); 2]);
    assert_eq!(next("2018-03-06T09:00:00Z"), None);
}

#[test]
fn the_lexicons_words_are_found_in_every_case() {
    let dir = tempfile::tempdir().unwrap();
    drop(made_up(dir.path()));
    let words = "sporazum споразум sporazumom Sporazumi споразумима potvrđivanje потврђивање potvrdjivanja zakona zakonima Rusija Русијом rusija Rusiji Русију \
                 ministarstvo министарством ministarstava služba sluzbi службом обезбеђење obezbedjenje";
    for word in words.split_whitespace() {
        let query = format!("SELECT bill_id FROM search WHERE search MATCH '{word}' AND bill_id = 4");
        let Some(answer) = by_hand(&History::path_in(dir.path()), &query) else { return };
        assert_eq!(answer.unwrap(), "4", "{word}");
    }
    for word in ["konvencija", "Švedska", "vlada"] {
        let query = format!("SELECT bill_id FROM search WHERE search MATCH '{word}' AND bill_id = 4");
        assert_eq!(by_hand(&History::path_in(dir.path()), &query).unwrap().unwrap(), "", "{word}");
    }
}

#[test]
fn an_archived_page_moves_the_first_appearance_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut history = made_up(dir.path());
    let gap = |history: &History| history.facts(1, at("2018-03-06T08:00:00Z")).unwrap().gap;
    assert_eq!(gap(&history), None);
    let mut archived = poll("bills", "bills", LISTS, "2018-03-06T08:00:00Z", Outcome::Recorded, vec![stands(BillRef::Known(1), "bills")]);
    (archived.observed_at, archived.seen_by, archived.silent, archived.state) = (at("2017-09-01T12:00:00Z"), SeenBy::Import, true, None);
    history.record(&archived).unwrap();
    let found = gap(&history).unwrap();
    assert_eq!((found.days, found.to_kind.as_str(), found.at_most), (365, "import", true));
}

#[test]
fn two_writers_wait_for_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = made_up(dir.path());
    let mut second = History::open(dir.path(), false).unwrap();
    let other = std::thread::spawn(move || {
        for n in 0..20 {
            second.record(&poll("laws", "laws", LISTS, &format!("2018-03-05T08:{n:02}:00Z"), Outcome::Unmodified, vec![])).unwrap();
        }
    });
    for n in 0..20 {
        first.record(&poll("bills", "bills", LISTS, &format!("2018-03-05T08:{n:02}:00Z"), Outcome::Unmodified, vec![])).unwrap();
    }
    other.join().unwrap();
    assert_eq!(first.polls(None, 100).unwrap().len(), 7 + 40);
}

#[test]
fn each_document_is_due_in_its_hour_and_none_of_a_baseline_but_where_that_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    let mut history = History::open(dir.path(), true).unwrap();
    baseline(&mut history);
    listed(&mut history);
    let (now, tomorrow) = (at("2018-03-01T09:00:00Z"), at("2018-03-02T09:00:00Z"));
    let due = |history: &History, due| -> Vec<String> {
        let names = |url: &str| url.rsplit('/').next().unwrap().to_owned();
        history.documents_due(due, 10).unwrap().iter().map(|errand| names(&errand.url)).collect()
    };
    let latest = at("2018-03-03T09:00:00Z");
    let hour = |now| Due::Hour { now, latest, all_live: false, unread: false, silent: false };
    assert_eq!(due(&history, Due::Told(at("2018-03-01T08:00:00Z"))), ["404-18.pdf"]);
    assert_eq!(due(&history, Due::Told(now)), Vec::<String>::new());
    assert_eq!(due(&history, hour(now)), ["404-18.pdf"]);
    let also_silent = Due::Hour { now, latest, all_live: false, unread: false, silent: true };
    assert_eq!(due(&history, also_silent), ["404-18.pdf", "201-17.pdf"]);

    let errand = history.documents_due(hour(now), 10).unwrap().remove(0);
    let unread = NewVersion {
        state: State::Unread,
        sha256: Some("cd".repeat(32)),
        bytes: Some(9),
        file: None,
        text: None,
        text_sha256: None,
        read_by: None,
        note: None,
        signing: None,
        difference: None,
        instead_of: None,
    };
    let visit = Visit {
        link_id: errand.link_id,
        bill_id: errand.bill_id,
        url: errand.url,
        at: now,
        next_at: tomorrow,
        tries: 0,
        failing_since: None,
        failure: None,
        version: Some(unread),
        change: None,
        unless_told: false,
    };
    history.record_document(&visit).unwrap();
    assert_eq!(due(&history, hour(now)), Vec::<String>::new());
    assert_eq!(due(&history, hour(tomorrow)), ["404-18.pdf"]);
    // put off further than anything is: by a clock that was set back since
    assert_eq!(due(&history, Due::Hour { now, latest: now, all_live: false, unread: false, silent: false }), ["404-18.pdf"]);
    assert_eq!(due(&history, Due::Told(at("2018-03-01T08:00:00Z"))), Vec::<String>::new());
    assert_eq!(due(&history, Due::Hour { now, latest, all_live: false, unread: true, silent: false }), ["404-18.pdf"]);
    assert_eq!(due(&history, Due::Hour { now, latest, all_live: true, unread: false, silent: false }), ["201-17.pdf", "404-18.pdf"]);
    assert_eq!(due(&history, also_silent), ["201-17.pdf"]);
}
