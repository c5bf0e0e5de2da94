//! Letters as they arrive beside the news: words an operator changed, a sitting for the calendar, a correction, a goodbye.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use chrono::Datelike;
use potvrda::config::Settings;
use potvrda::io::roster::Roster;
use potvrda::io::roster::token::Purpose;

use crate::house::pages::{RowSpec, Script, activities_page, agenda, bills_page, sitting_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::{House, eventually, tool};
use crate::watch::{ACTS, BILLS, Watch};
use crate::web::Pages;

const RUSSIA: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Ruske Federacije o slobodnoj trgovini";
const ITALY: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Italije o saradnji";
const SITTING: &str = "/Prva_sednica_Prvog_redovnog_zasedanja.32800.941.html";

/// A parliament with one bill, its list followed since a moment ago, and readers of these languages: `sr-Latn@ngo.example`.
fn followed(parliament: &Parliament, house: House, readers: &[&str]) -> House {
    parliament.serve(BILLS, Reply::page(bills_page(&[RowSpec::bill("200-26", ITALY, "2. mart 2026.")])));
    house.run(&["poll"]).expect(0);
    for language in readers {
        let reader = format!("{language}@ngo.example");
        house.run(&["subscriber", "add", &reader, "--confirmed", "--reason", "story", "--language", language]).expect(0);
    }
    house
}

fn new_bill(parliament: &Parliament, house: &House) {
    let rows = [RowSpec::bill("200-26", ITALY, "2. mart 2026."), RowSpec::bill("404-26", RUSSIA, "3. mart 2026.")];
    parliament.serve(BILLS, Reply::page(bills_page(&rows)));
    house.run(&["poll"]).expect(0);
}

fn over_bills(parliament: &Parliament) -> House {
    House::new().source("bills", "bills", parliament, BILLS)
}

/// Debian's own, for which its packages were built.
fn python3() -> Option<PathBuf> {
    let usual = PathBuf::from("/usr/bin/python3");
    tool("python3").map(|found| if usual.exists() { usual } else { found })
}

/// What Python's own parser of mail, which is not ours, reads in a letter: a JSON object.
fn read_by_python(letter: &str) -> Option<serde_json::Value> {
    const READ: &str = "
import sys, json, email, email.policy
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
parts = [{'type': p.get_content_type(), 'name': p.get_filename(), 'how': p.get_content_disposition(),
          'method': p.get_param('method'), 'charset': p.get_content_charset(), 'text': p.get_content()} for p in m.walk() if not p.is_multipart()]
around = [p.get_content_type() for p in m.walk() if p.is_multipart()]
events = None
try:
    import icalendar
    calendars = [icalendar.Calendar.from_ical(p['text']) for p in parts if p['type'] == 'text/calendar']
    events = [{'method': str(c['METHOD']), 'uid': str(e['UID']), 'summary': str(e['SUMMARY']), 'start': str(e['DTSTART'].dt), 'sequence': int(e['SEQUENCE'])}
              for c in calendars for e in c.walk('VEVENT')]
except ImportError:
    pass
heads = {k: str(m[k]) for k in ('Subject', 'Message-ID', 'References', 'In-Reply-To', 'List-Id', 'List-Unsubscribe', 'To') if m[k] is not None}
print(json.dumps({'parts': parts, 'around': around, 'heads': heads, 'events': events, 'defects': [str(d) for d in m.defects]}))
";
    let mut child = Command::new(python3()?).args(["-c", READ]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(letter.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// The letters to one reader, in the order of their hours.
fn to(house: &House, reader: &str) -> Vec<String> {
    house.letters().into_iter().filter(|letter| letter.contains(&format!("\r\nTo: {reader}\r\n"))).collect()
}

fn header(letter: &str, name: &str) -> String {
    let head = letter.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    let line = head.split("\r\n").find(|line| line.starts_with(&format!("{name}: "))).unwrap_or_else(|| panic!("no {name} in\n{head}"));
    line[name.len() + 2..].to_owned()
}

fn own_words(house: &House) -> PathBuf {
    house.path().join("own")
}

#[test]
fn an_operators_own_words_are_in_the_next_letter_and_a_mistyped_one_is_refused_with_its_line() {
    let parliament = Parliament::open();
    let house = over_bills(&parliament);
    let own = own_words(&house);
    let said = house.run(&["config", "letters", own.to_str().unwrap()]).expect(0).stdout;
    assert!(own.join("sr/alert.txt").is_file() && own.join("en/parts.txt").is_file() && said.contains("words_dir = "), "{said}");
    // Only what is changed is kept.
    for entry in ["sr", "en"].iter().flat_map(|folder| std::fs::read_dir(own.join(folder)).unwrap()) {
        let path = entry.unwrap().path();
        if path.file_name().unwrap() != "alert.txt" {
            std::fs::remove_file(path).unwrap();
        }
    }
    let alert = own.join("en/alert.txt");
    let text = std::fs::read_to_string(&alert).unwrap();
    std::fs::write(
        &alert,
        text.replace("{{ p.vote(v) }}", "Our own sentence about {{ v.count|count(\"bill\", \"bills\") }}.\n\n{{ p.vote(v) }}"),
    )
    .unwrap();
    let again = house.run(&["config", "letters", own.to_str().unwrap()]).expect(0).stdout;
    assert!(again.contains("left as they are") && std::fs::read_to_string(&alert).unwrap().contains("Our own sentence"), "{again}");

    let mail = format!(
        "transport = \"folder\"\nfolder = {:?}\nfrom = \"Potvrda <potvrda@potvrda.example>\"\nwords_dir = {own:?}",
        house.path().join("letters")
    );
    let house = house.table("mail", &mail);
    house.run(&["config", "check"]).expect(0);
    let house = followed(&parliament, house, &["en"]);
    new_bill(&parliament, &house);
    assert!(to(&house, "en@ngo.example")[0].contains("Our own sentence about 1"), "{}", to(&house, "en@ngo.example")[0]);
    assert!(house.run(&["outbox", "show", "1"]).expect(0).stdout.contains("Our own sentence"));

    std::fs::write(&alert, "Subject: x\n\n{{ v.cuont }}\n").unwrap();
    std::fs::write(own.join("en/alrt.txt"), "x").unwrap();
    let said = house.run(&["config", "check"]).expect(78).stderr;
    assert!(said.contains(&format!("{}:3: there is no `cuont`; did you mean `count`?", alert.display())), "{said}");
    assert!(said.contains("alrt.txt: no letter is written from a file of this name; did you mean en/alert.txt?"), "{said}");
    house.run(&["run"]).expect(78);
    house.run(&["deliver"]).expect(78);
}

#[test]
fn a_daemon_keeps_its_words_where_new_ones_are_broken() {
    let parliament = Parliament::open();
    let house = over_bills(&parliament);
    let own = own_words(&house);
    std::fs::create_dir_all(own.join("en")).unwrap();
    let template = |words: &str| format!("Subject: {words}\n\n{words}.\n");
    std::fs::write(own.join("en/farewell.txt"), template("The first words")).unwrap();
    let folder = house.path().join("letters");
    let mail = format!("transport = \"folder\"\nfolder = {folder:?}\nfrom = \"Potvrda <potvrda@potvrda.example>\"\nwords_dir = {own:?}");
    let house = followed(&parliament, house.table("mail", &mail).table("web", "listen = \"off\""), &["en"]);
    house.run(&["subscriber", "add", "pending@ngo.example", "--language", "en"]).expect(0);
    let daemon = house.start(&["run"]);
    let soon = Duration::from_secs(60);
    assert!(eventually(soon, || !to(&house, "pending@ngo.example").is_empty()), "it did not get to work");
    std::fs::write(own.join("en/farewell.txt"), template("{{ broken }}")).unwrap();
    daemon.signal("HUP");
    house.run(&["subscriber", "remove", "en@ngo.example"]).expect(0);
    // The courier looks at the queue once a minute.
    let first = |letter: &String| header(letter, "Subject") == "The first words";
    let sent = eventually(Duration::from_secs(75), || to(&house, "en@ngo.example").iter().any(first));
    daemon.signal("TERM");
    let ended = daemon.end_within(Duration::from_secs(15));
    assert!(sent && ended.code == 0, "{}", ended.stderr);
    assert!(ended.stderr.contains("the settings stay as they were") && ended.stderr.contains("there is no `broken`"), "{}", ended.stderr);
}

#[test]
fn a_sitting_comes_as_a_calendar_file_that_other_programs_read() {
    let parliament = Parliament::open();
    let house = House::new().source("sittings", "activities", &parliament, ACTS);
    parliament
        .serve(ACTS, Reply::page(activities_page(Script::Latin, &[("Sastanak predsednika", "/Sastanak.32600.941.html", "1. mart 2026.")])));
    parliament.serve(
        "/Sastanak.32600.941.html",
        Reply::page(sitting_page(Script::Latin, "Sastanak", "Nedelja, 1. mart 2026.", &["Razgovarali su."], "")),
    );
    house.run(&["poll"]).expect(0);
    house.run(&["subscriber", "add", "ana@ngo.example", "--confirmed", "--reason", "story"]).expect(0);
    let day = (chrono::Local::now() + chrono::TimeDelta::days(4)).date_naive();
    let months = ["januar", "februar", "mart", "april", "maj", "jun", "jul", "avgust", "septembar", "oktobar", "novembar", "decembar"];
    let printed = format!("{}. {} {}", day.day(), months[day.month0() as usize], day.year());
    let links =
        [("Sazvana Prva sednica", SITTING, "20. novembar 2026."), ("Sastanak predsednika", "/Sastanak.32600.941.html", "1. mart 2026.")];
    parliament.serve(ACTS, Reply::page(activities_page(Script::Latin, &links)));
    let items = agenda(&[RUSSIA]);
    let convened = format!(
        "Predsednik Narodne skupštine sazvao je Prvu sednicu Drugog redovnog zasedanja Narodne skupštine u 2026. godini za utorak, {printed}. godine, sa početkom u 10 časova. Za sednicu je predložen sledeći dnevni red:"
    );
    let paragraphs: Vec<&str> = std::iter::once(convened.as_str()).chain(items.iter().map(String::as_str)).collect();
    let heading = "Sazvana Prva sednica Drugog redovnog zasedanja Narodne skupštine u 2026. godini";
    let page = sitting_page(Script::Latin, heading, "Petak, 20. novembar 2026.", &paragraphs, "");
    parliament.serve(SITTING, Reply::page(page));
    house.run(&["poll"]).expect(0);
    let letters = to(&house, "ana@ngo.example");
    let letter = letters.first().unwrap_or_else(|| panic!("no letter"));
    assert!(letter.contains("multipart/mixed") && letter.contains("multipart/alternative"), "{letter}");
    let Some(read) = read_by_python(letter) else { return };
    assert_eq!(read["defects"], serde_json::json!([]));
    let parts = read["parts"].as_array().unwrap();
    let types: Vec<&str> = parts.iter().map(|part| part["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["text/plain", "text/html", "text/calendar"]);
    let calendar = &parts[2];
    let wanted = ("sednica.ics", "attachment", "PUBLISH", "utf-8");
    let text = |key: &str| calendar[key].as_str().unwrap_or_default().to_owned();
    assert_eq!((text("name").as_str(), text("how").as_str(), text("method").as_str(), text("charset").as_str()), wanted);
    assert!(text("text").starts_with("BEGIN:VCALENDAR") && text("text").contains("SUMMARY:Narodna skupština: Rusija"), "{}", text("text"));
    if read["events"].is_null() {
        assert!(std::env::var_os("POTVRDA_TOOLS_REQUIRED").is_none(), "python3-icalendar is missing, and POTVRDA_TOOLS_REQUIRED is set");
        eprintln!("SKIPPED: python3-icalendar is not installed, so nobody else read the calendar");
    }
    if let Some(events) = read["events"].as_array() {
        assert_eq!((events.len(), events[0]["method"].as_str().unwrap()), (1, "PUBLISH"));
        assert!(events[0]["start"].as_str().unwrap().starts_with(&day.to_string()), "{events:?}");
    }
}

#[test]
fn a_correction_answers_the_letter_it_corrects_and_goes_once_to_whoever_got_that() {
    let parliament = Parliament::open();
    let house = followed(&parliament, over_bills(&parliament), &["sr-Latn", "en"]);
    new_bill(&parliament, &house);
    house.run(&["subscriber", "add", "late@ngo.example", "--confirmed", "--reason", "story"]).expect(0);
    let correct = ["correct", "404-26", "--wrong", "Писало је 23. маја.", "--right", "Тачно је 24. маја.", "--right-en", "It was 24 May."];
    let dry = house.run(&[&correct[..], &["--dry-run"]].concat()).expect(0).stdout;
    assert!(dry.contains("2 readers") && dry.contains("nothing is owed"), "{dry}");
    assert!(house.run(&correct).expect(0).stdout.contains("2 readers"));
    assert!(house.run(&correct).expect(0).stdout.contains("no letter is owed"));
    house.run(&["deliver"]).expect(0);
    for (reader, word) in [("sr-Latn@ngo.example", "24. maja."), ("en@ngo.example", "24 May.")] {
        let (corrections, told): (Vec<String>, Vec<String>) =
            to(&house, reader).into_iter().partition(|letter| letter.contains("\r\nIn-Reply-To: "));
        let ([first], [correction]) = (told.as_slice(), corrections.as_slice()) else { panic!("{} {}", told.len(), corrections.len()) };
        let answered = header(first, "Message-ID");
        assert_eq!(header(correction, "In-Reply-To"), answered);
        assert!(
            header(correction, "References").ends_with(&answered)
                && header(correction, "References").starts_with(&header(first, "References"))
        );
        assert_ne!(header(correction, "Message-ID"), answered);
        assert!(correction.contains(word) && correction.contains("List-Unsubscribe"), "{correction}");
    }
    assert!(to(&house, "late@ngo.example").is_empty());
    house.run(&["correct", "404-26", "--right", "  "]).expect(2);
    house.run(&["correct", "404-26"]).expect(2);
}

#[test]
fn a_bill_decided_to_be_no_agreement_is_corrected_by_itself_and_waits_in_no_digest() {
    let parliament = Parliament::open();
    let house = followed(&parliament, over_bills(&parliament), &["en"]);
    house.run(&["subscriber", "add", "weekly@ngo.example", "--confirmed", "--reason", "story", "--every", "weekly"]).expect(0);
    new_bill(&parliament, &house);
    let said = house.run(&["decide", "404-26", "other", "--reason", "The law confirms nothing."]).expect(0).stdout;
    assert!(said.contains("1 reader"), "{said}");
    house.run(&["deliver"]).expect(0);
    let letters = to(&house, "en@ngo.example");
    assert_eq!(letters.len(), 2);
    let correction = letters.iter().find(|letter| header(letter, "Subject").starts_with("Correction: Russia: ")).expect("no correction");
    assert!(correction.contains("The law confirms nothing."), "{correction}");
    assert!(to(&house, "weekly@ngo.example").is_empty());
}

#[test]
fn a_weekly_reader_whose_only_news_was_no_agreement_gets_the_proof_of_silence() {
    let mut watch = Watch::over(&["bills"]);
    watch.house.run(&["subscriber", "set", "ana@ngo.example", "--every", "weekly"]).expect(0);
    let italy = RowSpec::bill("200-26", ITALY, "2. mart 2026.");
    watch.bills(std::slice::from_ref(&italy));
    watch.look();
    watch.bills(&[italy, RowSpec::bill("404-26", RUSSIA, "3. mart 2026.")]);
    watch.look();
    assert_eq!(watch.roster("SELECT count(*) FROM pending"), ["1"]);
    watch.house.run(&["decide", "404-26", "other", "--reason", "It confirms nothing."]).expect(0);
    watch.hours(24 * 8);
    watch.look();
    let keys = watch.roster("SELECT substr(key, 1, 7) FROM letter JOIN edition USING (edition_id) WHERE subscriber_id = 1");
    assert_eq!(keys, ["silence"]);
    assert_eq!(watch.roster("SELECT count(*) FROM pending"), ["0"]);
}

fn public(house: &House) -> Settings {
    let text = format!("public_url = \"https://potvrda.example/\"\n{}", std::fs::read_to_string(house.settings()).unwrap());
    Settings::parse(&house.settings(), &text).unwrap()
}

/// The address, as the database has it.
fn kept_address(house: &House, id: i64) -> Option<String> {
    let file = rusqlite::Connection::open(house.data().join("subscribers.db")).unwrap();
    file.query_row("SELECT address FROM subscriber WHERE subscriber_id = ?1", [id], |row| row.get(0)).unwrap()
}

#[test]
fn who_leaves_gets_one_letter_that_says_so_and_then_the_address_is_gone() {
    let parliament = Parliament::open();
    let house = followed(&parliament, over_bills(&parliament), &["sr-Latn", "sr-Cyrl", "en"]);
    let pages = Pages::open(public(&house));
    let roster = Roster::open_reader(&house.data()).unwrap();
    let door = |id| format!("/unsubscribe/{}", roster.token(Purpose::Leave, id, None));
    // by the button, by a mail program, by the operator
    assert_eq!(pages.ask("POST", &door(1), "").status, 200);
    assert_eq!(pages.ask("POST", &door(1), "").status, 200);
    assert_eq!(pages.ask("POST", &door(2), "List-Unsubscribe=One-Click").status, 200);
    assert!(house.run(&["subscriber", "remove", "en@ngo.example"]).expect(0).stdout.contains("one letter says so"));
    assert_eq!(kept_address(&house, 2), None, "a mail program's click leaves nothing to write to");
    assert!(house.run(&["subscriber", "export"]).expect(0).stdout.is_empty(), "who left is on no list");
    house.run(&["deliver"]).expect(0);
    let subjects: Vec<String> = ["sr-Latn@ngo.example", "sr-Cyrl@ngo.example", "en@ngo.example"]
        .iter()
        .map(|reader| to(&house, reader).iter().map(|letter| header(letter, "Subject")).collect::<Vec<_>>().join(" | "))
        .collect();
    assert!(
        !subjects[0].is_empty() && subjects[1].is_empty() && subjects[2] == "You have left: we send you no more letters",
        "{subjects:?}"
    );
    let farewell = &to(&house, "en@ngo.example")[0];
    assert!(!farewell.contains("List-Unsubscribe") && !farewell.contains("unsubscribe/"), "{farewell}");
    for id in 1..=3 {
        assert_eq!(kept_address(&house, id), None, "{id}");
    }
    new_bill(&parliament, &house);
    assert_eq!(house.letters().len(), 2, "and nothing more");
}

#[test]
fn erased_is_erased_at_once_and_without_a_letter() {
    let parliament = Parliament::open();
    let house = followed(&parliament, over_bills(&parliament), &["en", "sr-Latn"]);
    house.run(&["subscriber", "remove", "en@ngo.example", "--erase"]).expect(0);
    // also who left a moment before, and whose letter has not gone yet
    house.run(&["subscriber", "remove", "sr-Latn@ngo.example"]).expect(0);
    assert!(kept_address(&house, 2).is_some());
    house.run(&["subscriber", "remove", "sr-Latn@ngo.example", "--erase"]).expect(0);
    house.run(&["deliver"]).expect(0);
    assert!(house.letters().is_empty());
    for id in [1, 2] {
        assert_eq!(kept_address(&house, id), None);
    }
    house.run(&["subscriber", "show", "en@ngo.example"]).expect(1);
}

#[test]
fn who_comes_back_before_the_goodbye_went_gets_none() {
    let parliament = Parliament::open();
    let house = followed(&parliament, over_bills(&parliament), &["en"]);
    house.run(&["subscriber", "remove", "en@ngo.example"]).expect(0);
    house.run(&["subscriber", "add", "en@ngo.example", "--confirmed", "--reason", "back", "--language", "en"]).expect(0);
    house.run(&["deliver"]).expect(0);
    assert!(house.letters().is_empty());
    new_bill(&parliament, &house);
    assert_eq!(to(&house, "en@ngo.example").len(), 1);
}
