//! What the program answers of what it has seen: lists, one bill, the log, verdicts, reasons, and the doctor's look at a live site.

use serde_json::{Value, json};

use crate::house::House;
use crate::house::mail::MailServer;
use crate::house::pages::{RowSpec, bills_page, laws_page};
use crate::house::parliament::{Parliament, Reply};

const RUSSIA: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Ruske Federacije o slobodnoj trgovini";
const BELGIUM: &str = "Predlog zakona o potvrđivanju Sporazuma između Republike Srbije i Kraljevine Belgije o socijalnoj sigurnosti";
const NO_AGREEMENT: &str = "Predlog zakona o izmenama i dopunama Zakona o javnim nabavkama";
const FORMULA: &str = "=1+1 Predlog zakona o potvrđivanju Sporazuma između Republike Srbije i Republike Italije o saradnji";

fn row(act: &str, title: &str) -> RowSpec {
    RowSpec::bill(act, title, "23. oktobar 2017.")
}

/// A house whose first look found Belgium, with everybody subscribed, and whose second found the others.
fn seen(parliament: &Parliament, news: &[RowSpec]) -> House {
    let house = House::new().source("bills", "bills", parliament, "/bills");
    let first = row("100-17", BELGIUM);
    parliament.serve("/bills", Reply::page(bills_page(std::slice::from_ref(&first))));
    house.run(&["poll"]).expect(0);
    house.run(&["subscriber", "add", "all@ngo.example", "--confirmed", "--reason", "story"]).expect(0);
    house.run(&["subscriber", "add", "de@ngo.example", "--confirmed", "--reason", "story", "--country", "DE"]).expect(0);
    house.run(&["subscriber", "add", "slow@ngo.example", "--confirmed", "--reason", "story", "--every", "weekly"]).expect(0);
    house.run(&["subscriber", "add", "pending@ngo.example"]).expect(0);
    let rows: Vec<RowSpec> = std::iter::once(first).chain(news.iter().cloned()).collect();
    parliament.serve("/bills", Reply::page(bills_page(&rows)));
    house.run(&["poll"]).expect(0);
    house
}

fn acts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["act_number"].as_str().unwrap()).collect()
}

#[test]
fn agreements_are_filtered_by_country_words_in_either_script_and_day() {
    let parliament = Parliament::open();
    let house = seen(&parliament, &[row("200-17", RUSSIA), row("201-17", NO_AGREEMENT)]);
    let list = |filter: &[&str]| house.run(&[&["agreements", "--json"], filter].concat()).expect(0).json();
    assert_eq!(acts(&list(&[])), ["200-17", "100-17"]);
    assert_eq!(acts(&list(&["--country", "ru"])), ["200-17"]);
    assert_eq!(acts(&list(&["--match", "трговини"])), ["200-17"]);
    assert_eq!(acts(&list(&["--match", "socijalnoj sigurnosti"])), ["100-17"]);
    assert_eq!(acts(&list(&["--stage", "adopted"])), [""; 0]);
    assert_eq!(acts(&list(&["--since", "2999-01-01"])), [""; 0]);
    assert_eq!(acts(&list(&["--until", "2999-01-01"])).len(), 2);
    assert_eq!(acts(&list(&["--doubtful"])), [""; 0]);
}

#[test]
fn json_and_csv_have_the_columns_of_the_view_in_its_order() {
    let parliament = Parliament::open();
    let house = seen(&parliament, &[row("200-17", RUSSIA)]);
    let promised = "bill_id, act_number, legislature, title, title_latin, instrument, our_side, our_level, counterpart, countries, signed_on, \
                    signed_at, signed_verb, languages, listed_on, first_seen_at, seen_by, gap_days, gap_from, gap_to, gap_at_most, same_as, \
                    stage, sitting_on, adopted_on, delisted_at, submitter, document_url, document_sha256, source_url, doubtful, evidence";
    let promised: Vec<&str> = promised.split(", ").collect();
    let csv = house.run(&["agreements", "--csv"]).expect(0).stdout;
    let head: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    assert_eq!(head[..promised.len()], promised);
    assert_eq!(csv.matches("\r\n").count(), 3);
    assert!(csv.contains("\"[\"\"RU\"\"]\""), "{csv}");
    let text = house.run(&["agreements", "--json"]).expect(0).stdout;
    let places: Vec<usize> = promised.iter().map(|key| text.find(&format!("\"{key}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
    let russia = house.run(&["agreements", "--json", "--country", "RU"]).expect(0).json();
    assert_eq!((&russia[0]["countries"], &russia[0]["our_level"]), (&json!(["RU"]), &json!("government")));
}

#[test]
fn a_title_is_no_formula_and_steers_no_terminal() {
    let parliament = Parliament::open();
    let steering = format!("{RUSSIA} \u{1b}[31m\u{202e}crveno");
    let house = seen(&parliament, &[row("300-17", FORMULA), row("301-17", &steering)]);
    let csv = house.run(&["agreements", "--csv"]).expect(0).stdout;
    assert!(csv.contains("'=1+1") && !csv.contains(",=1+1") && !csv.contains("\"=1+1"), "{csv}");
    for command in [&["agreements"][..], &["show", "301-17"], &["changes"]] {
        let shown = house.run(command).expect(0).stdout;
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{command:?}: {shown:?}");
    }
}

#[test]
fn a_bill_is_named_by_number_row_or_words_and_several_are_listed() {
    let parliament = Parliament::open();
    let house = seen(&parliament, &[row("200-17", RUSSIA), row("201-17", NO_AGREEMENT)]);
    let id = house.run(&["show", "200-17", "--json"]).expect(0).json()["bill_id"].to_string();
    for typed in [id.as_str(), "ruske federacije", "Руске Федерације", " 200-17 "] {
        let story = house.run(&["show", typed, "--json"]).expect(0).json();
        assert_eq!(story["act_number"], "200-17", "{typed}");
        assert_eq!(story["timeline"].as_array().unwrap().len(), 1);
    }
    let several = house.run(&["show", "potvrđivanju"]).expect(1);
    assert!(several.stdout.is_empty() && several.stderr.contains("100-17") && several.stderr.contains("200-17"), "{}", several.stderr);
    assert!(!several.stderr.contains("201-17"));
    assert!(house.run(&["show", "999-17"]).expect(1).stderr.contains("no bill is known"));
    let people = house.run(&["show", "200-17"]).expect(0).stdout;
    for words in ["200-17", "Ruske Federacije", "government", "DAY", "listed"] {
        assert!(people.contains(words), "{words}: {people}");
    }
}

#[test]
fn it_is_explained_why_each_was_or_was_not_told() {
    let parliament = Parliament::open();
    let house = seen(&parliament, &[row("200-17", RUSSIA)]);
    let why = |who: &str, bill: &str| {
        let answer = house.run(&["explain", who, bill, "--json"]).expect(0).json();
        let steps: Vec<String> = answer["steps"].as_array().unwrap().iter().map(|step| step["what"].as_str().unwrap().to_owned()).collect();
        (answer["told"].as_bool().unwrap(), steps.join("\n"))
    };
    for (who, bill, told, says) in [
        ("all@ngo.example", "200-17", true, "sent"),
        ("de@ngo.example", "200-17", false, "countries DE; this is with RU"),
        ("slow@ngo.example", "200-17", true, "it will be in "),
        ("slow@ngo.example", "200-17", true, " at 08:00 (weekly, 20"),
        ("all@ngo.example", "200-17", true, "if one of these happens to it, they are told at once: listed, recognised"),
        ("de@ngo.example", "200-17", false, "from now on: nothing of this bill"),
        ("pending@ngo.example", "200-17", false, "never confirmed"),
        ("nobody@ngo.example", "200-17", false, "no subscriber"),
        ("all@ngo.example", "100-17", false, "first look"),
    ] {
        let (was, steps) = why(who, bill);
        assert_eq!(was, told, "{who} {bill}\n{steps}");
        assert!(steps.contains(says), "{who} {bill}: {says:?} is not in\n{steps}");
    }
}

#[test]
fn a_persons_verdict_is_kept_with_who_and_why_and_told() {
    let parliament = Parliament::open();
    let house = seen(&parliament, &[row("201-17", NO_AGREEMENT)]);
    let mut decide = house.command(&["decide", "201-17", "agreement", "--reason", "it confirms one in its annex"]);
    let said = decide.env("SUDO_USER", "mira").env("USER", "root").output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("decided by mira") && said.contains("config/instruments.toml") && said.contains("accepts = "), "{said}");
    let story = house.run(&["show", "201-17", "--json"]).expect(0).json();
    assert_eq!((&story["verdict"], &story["decisions"][0]["decided_by"]), (&json!("agreement"), &json!("mira")));
    assert_eq!(story["decisions"][0]["reason"], "it confirms one in its annex");
    assert_eq!(story["changes"].as_array().unwrap().last().unwrap()["kind"], "recognised");
    house.run(&["poll"]).expect(0);
    assert!(house.run(&["explain", "all@ngo.example", "201-17", "--json"]).expect(0).json()["told"].as_bool().unwrap());
}

#[test]
fn the_doctor_reads_every_source_and_speaks_to_the_mail_server_and_writes_nothing() {
    let (parliament, server) = (Parliament::open(), MailServer::open());
    parliament.serve("/bills", Reply::page(bills_page(&[row("200-17", RUSSIA), row("201-17", NO_AGREEMENT)])));
    parliament.serve("/laws", Reply::status(503, "later"));
    let well = House::new().source("bills", "bills", &parliament, "/bills").mail(&server, "none", "");
    let report = well.run(&["check", "--json"]).expect(0).json();
    let source = report["items"].as_array().unwrap().iter().find(|item| item["part"] == "source").unwrap();
    assert_eq!((&source["state"], &source["eye"]), (&json!("ok"), &json!("exact")));
    assert_eq!(
        (&source["rows"], &source["agreements"], &source["doubtful"], &source["rejects"]),
        (&json!(2), &json!(1), &json!(0), &json!(0))
    );
    assert!(report["items"].as_array().unwrap().iter().any(|item| item["part"] == "mail" && item["state"] == "ok"), "{report}");
    assert!(server.accepted().is_empty() && !well.data().exists());

    let ill = House::new().source("bills", "bills", &parliament, "/bills").source("laws", "laws", &parliament, "/laws");
    let shown = ill.run(&["check"]).expect(1).stdout;
    let wrong: Vec<&str> = shown.lines().filter(|line| line.starts_with("WRONG")).collect();
    assert_eq!(wrong.len(), 1, "{shown}");
    assert!(wrong[0].contains("laws") && shown.contains("503") && shown.contains("now: "), "{shown}");
}

#[test]
fn a_saved_page_is_read_as_a_poll_reads_it_and_its_kind_is_guessed() {
    let house = House::new();
    let page = |name: &str, text: String| {
        let path = house.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let bills = page("a.html", bills_page(&[row("200-17", RUSSIA), row("201-17", NO_AGREEMENT)]));
    let read = house.run(&["read", &bills, "--json"]).expect(0).json();
    assert_eq!((&read["kind"], &read["degraded"], &read["eye"]), (&json!("bills"), &Value::Null, &json!("exact")));
    assert_eq!(
        (&read["agreements"], &read["rows"][0]["verdict"], &read["rows"][0]["act_number"]),
        (&json!(1), &json!("agreement"), &json!("200-17"))
    );
    let laws = page("b.html", laws_page(&[row("200-17", &RUSSIA.replace("Predlog zakona", "Zakon"))]));
    assert_eq!(house.run(&["read", &laws, "--json"]).expect(0).json()["kind"], "laws");
    let people = house.run(&["read", &bills]).expect(0).stdout;
    assert!(people.starts_with("bills: 2 rows, 0 rejects, 1 agreement, 0 doubtful\nread by the markup we know\n"), "{people}");
}

#[test]
fn a_better_rulebook_recognises_what_an_older_one_missed_and_says_so_once() {
    let Some(sqlite3) = crate::house::tool("sqlite3") else { return };
    let parliament = Parliament::open();
    let house = seen(&parliament, &[row("200-17", RUSSIA)]);
    let older = "UPDATE bill SET verdict = 'other' WHERE act_number = '200-17'; UPDATE source SET reader = 'an older one'";
    assert!(std::process::Command::new(sqlite3).arg(house.data().join("history.db")).arg(older).status().unwrap().success());
    assert_eq!(acts(&house.run(&["agreements", "--json"]).expect(0).json()), ["100-17"]);
    let letters = house.letters().len();
    house.run(&["poll"]).expect(0);
    house.run(&["poll"]).expect(0);
    assert_eq!(acts(&house.run(&["agreements", "--json"]).expect(0).json()), ["200-17", "100-17"]);
    let kinds = house.query("history.db", "SELECT kind FROM changes WHERE act_number = '200-17' ORDER BY change_id").unwrap();
    assert_eq!(kinds.lines().collect::<Vec<_>>(), ["listed", "recognised"]);
    assert_eq!(house.letters().len(), letters + 1, "the one reader who takes everything at once is told");
}
