//! The life of a bill: announced sittings, the countdown and what withdraws it, consent to provisional application, later legislatures.

use chrono::{Days, NaiveDate};
use potvrda::domain::bill::Language;
use potvrda::domain::dates;

use crate::house::pages::{RowSpec, Script, activities_page, agenda, sitting_page};
use crate::polling::cyrillic;
use crate::watch::{ACTS, Watch};

const RUSSIA: &str =
    "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Ruske Federacije o vojno-tehničkoj saradnji";
const WATER: &str = "Predlog zakona o izmenama i dopunama Zakona o vodama";
const SITTING: &str = "/Sazvana_sednica.32800.941.html";
const COMMITTEE: &str = "/Sednica_odbora.32810.941.html";
const DEFENCE: &str = "sednica Odbora za odbranu i unutrašnje poslove (Dom Narodne skupštine, sala 3)";

const SITTING_LETTERS: &str = "SELECT json_extract(facts, '$.occasion.sort') FROM letter JOIN edition USING (edition_id)
                               WHERE json_extract(facts, '$.occasion.sort') = 'sittings'";

fn in_days(watch: &Watch, days: u64) -> NaiveDate {
    watch.now.with_timezone(&chrono_tz::Europe::Belgrade).date_naive().checked_add_days(Days::new(days)).unwrap()
}

/// A page of activities whose calendar announces sittings of one day.
fn announce(watch: &Watch, day: NaiveDate, entries: &[&str], links: &[(&str, &str, &str)]) {
    let mut all = links.to_vec();
    all.push(("Sastanak", "/Sastanak.32600.941.html", "1. mart 2026."));
    let entries: String = entries.iter().map(|entry| format!("<li>{entry}</li>")).collect();
    let calendar = format!("<div class=\"calendar\"><h3>{}</h3><ul>{entries}</ul></div>", dates::nominative(day, Language::SrLatn));
    watch.serve(ACTS, activities_page(Script::Latin, &all).replace("<div id=\"footer\">", &format!("{calendar}<div id=\"footer\">")));
}

/// A baseline, with a bill on water and, where it is wanted, the agreement with Russia.
fn begin(people: &[&[&str]], listed: bool) -> Watch {
    let mut watch = Watch::over(&["bills", "laws", "activities"]);
    for one in people {
        let args = [&["subscriber", "add"], *one, &["--confirmed", "--reason", "story"]].concat();
        watch.house.run(&args).expect(0);
    }
    let mut rows = vec![RowSpec::bill("11-26", WATER, "2. mart 2026.")];
    if listed {
        rows.push(RowSpec::bill("404-26", RUSSIA, "3. novembar 2026."));
    }
    watch.bills(&rows);
    watch.serve(crate::watch::LAWS, crate::house::pages::laws_page(&[RowSpec::bill("12-26", "Zakon o šumama", "1. mart 2026.")]));
    watch.serve("/Sastanak.32600.941.html", sitting_page(Script::Latin, "Sastanak", "Nedelja, 1. mart 2026.", &["Razgovarali su."], ""));
    let day = in_days(&watch, 3);
    announce(&watch, day, &[], &[]);
    watch.look();
    watch
}

/// The page that convenes a sitting of the Assembly.
fn convene(watch: &Watch, day: NaiveDate, heading: &str, items: &[&str]) {
    watch.serve(SITTING, convening(watch, day, heading, items));
}

fn convening(watch: &Watch, day: NaiveDate, heading: &str, items: &[&str]) -> String {
    let said = format!(
        "Predsednik Narodne skupštine sazvao je Prvu sednicu Drugog redovnog zasedanja Narodne skupštine za {}, sa početkom u 10 časova. Za sednicu je predložen sledeći dnevni red:",
        dates::genitive(day, Language::SrLatn)
    );
    let items = agenda(items);
    let mut paragraphs = vec![said.as_str()];
    paragraphs.extend(items.iter().map(String::as_str));
    let posted = dates::nominative(in_days(watch, 0), Language::SrLatn);
    sitting_page(Script::Latin, heading, &posted, &paragraphs, "")
}

const CONVENED: &str = "Sazvana Prva sednica Drugog redovnog zasedanja Narodne skupštine";
const LINKED: &[(&str, &str, &str)] = &[("Sazvana Prva sednica", SITTING, "20. novembar 2026.")];

fn letter(watch: &Watch, to: &str) -> String {
    let ids = watch.roster(&format!(
        "SELECT letter_id FROM letter JOIN subscriber USING (subscriber_id) JOIN edition USING (edition_id)
          WHERE address = '{to}' AND json_extract(facts, '$.occasion.sort') = 'sittings' ORDER BY letter_id DESC LIMIT 1"
    ));
    let shown = watch.house.run(&["outbox", "show", &ids[0]]).expect(0).stdout;
    shown.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_committees_coming_sitting_is_a_row_and_a_letter_to_those_who_asked_for_the_body() {
    let asked: &[&[&str]] = &[
        &["lat@ngo.example", "--body", "Odbor za odbranu"],
        &["cir@ngo.example", "--body", "одбор за одбрану и унутрашње послове", "--language", "sr-Cyrl"],
        &["eng@ngo.example", "--body", "Defence and Internal Affairs Committee", "--language", "en", "--every", "weekly"],
        &["fin@ngo.example", "--body", "Odbor za finansije"],
        &["law@ngo.example", "--body", "Odbor za odbranu", "--change", "adopted"],
    ];
    let mut watch = begin(asked, false);
    let day = in_days(&watch, 3);
    announce(&watch, day, &[&format!("12.00 - {DEFENCE}")], &[]);
    watch.look();
    let row = watch.history("SELECT body, held_on, begins_at, hall, agenda_known, cancelled FROM sittings");
    assert_eq!(row, [format!("Odbor za odbranu i unutrašnje poslove|{day}|12:00|Dom Narodne skupštine, sala 3|0|0")]);
    assert_eq!(watch.roster(SITTING_LETTERS).len(), 3, "nobody else hears of it");
    let said = letter(&watch, "lat@ngo.example");
    let sentence = format!(
        "Odbor za odbranu i unutrašnje poslove zaseda u {} u 12 časova, Dom Narodne skupštine, sala 3; dnevni red nije objavljen",
        dates::weekday(day, Language::SrLatn)
    );
    assert!(said.contains(&sentence), "{sentence}\n{said}");
    let said = letter(&watch, "cir@ngo.example");
    assert!(said.contains("Одбор за одбрану и унутрашње послове заседа у ") && said.contains("дневни ред није објављен"), "{said}");
    let said = letter(&watch, "eng@ngo.example");
    let english = format!("Defence and Internal Affairs Committee sits on {} at 12.00", dates::weekday(day, Language::En));
    assert!(said.contains(&english) && said.contains("no agenda published"), "{said}");
    // The same again, and in the other script, is no news.
    watch.look();
    announce(&watch, day, &[&format!("12.00 - {}", cyrillic(DEFENCE))], &[]);
    watch.look();
    assert_eq!(watch.roster(SITTING_LETTERS).len(), 3);
    assert_eq!(watch.history("SELECT count(*) FROM sittings"), ["1"]);
    // Another hour is, and so is that it was called off.
    announce(&watch, day, &[&format!("14.30 - {DEFENCE}")], &[]);
    watch.look();
    assert_eq!(watch.history("SELECT begins_at FROM sittings"), ["14:30"]);
    assert_eq!(watch.roster(SITTING_LETTERS).len(), 6);
    announce(&watch, day, &[&format!("14.30 - {DEFENCE} - otkazana")], &[]);
    watch.look();
    watch.look();
    assert_eq!(watch.history("SELECT cancelled FROM sittings"), ["1"]);
    assert_eq!(watch.roster(SITTING_LETTERS).len(), 9);
    assert!(letter(&watch, "lat@ngo.example").contains("ne zaseda"), "{}", letter(&watch, "lat@ngo.example"));
}

#[test]
fn two_sittings_of_one_committee_on_one_day_are_two() {
    let mut watch = begin(&[&["lat@ngo.example", "--body", "odbor za odbranu"]], false);
    let day = in_days(&watch, 3);
    announce(&watch, day, &[&format!("10.00 - {DEFENCE}"), &format!("13.00 - {DEFENCE}")], &[]);
    watch.look();
    watch.look();
    assert_eq!(watch.history("SELECT begins_at FROM sittings ORDER BY 1"), ["10:00", "13:00"]);
    assert_eq!(watch.roster(SITTING_LETTERS).len(), 1, "one letter tells of both");
    let said = letter(&watch, "lat@ngo.example");
    assert!(said.contains("u 10 časova") && said.contains("u 13 časova") && said.contains("još 1 sednica"), "{said}");
}

#[test]
fn what_stood_in_the_calendar_at_the_first_look_is_silent() {
    let mut watch = Watch::over(&["activities"]);
    watch.house.run(&["subscriber", "add", "b@ngo.example", "--body", "odbor", "--confirmed", "--reason", "story"]).expect(0);
    watch.serve("/Sastanak.32600.941.html", sitting_page(Script::Latin, "Sastanak", "Nedelja, 1. mart 2026.", &["Razgovarali su."], ""));
    let day = in_days(&watch, 3);
    announce(&watch, day, &[&format!("12.00 - {DEFENCE}")], &[]);
    watch.look();
    watch.look();
    assert_eq!(watch.history("SELECT count(*) FROM sittings"), ["1"]);
    assert!(watch.roster(SITTING_LETTERS).is_empty());
    announce(&watch, day, &[&format!("12.00 - {DEFENCE} - otkazana")], &[]);
    watch.look();
    assert_eq!(watch.roster(SITTING_LETTERS).len(), 1, "that it was called off is news");
}

#[test]
fn the_countdown_stands_in_show_until_the_calendar_calls_the_sitting_off() {
    let mut watch = begin(&[], true);
    let day = in_days(&watch, 4);
    announce(&watch, day, &[], LINKED);
    convene(&watch, day, CONVENED, &[WATER, RUSSIA, "Predlog zakona o šumama"]);
    watch.look();
    let real_today = potvrda::app::clock::now().with_timezone(&chrono_tz::Europe::Belgrade).date_naive();
    let days = (day - real_today).num_days();
    let shown = watch.house.run(&["show", "404-26", "--json"]).expect(0).json();
    assert_eq!(shown["coming"]["held_on"], day.to_string(), "{shown:#}");
    assert_eq!((shown["coming"]["days"].as_i64(), shown["coming"]["together_with"].as_i64()), (Some(days), Some(2)));
    let step = shown["timeline"].as_array().unwrap().iter().find(|s| s["what"] == "on the agenda of the Assembly").unwrap();
    assert_eq!(step["together_with"], 2);
    let scheduled = shown["timeline"].as_array().unwrap().iter().find(|s| s["what"] == "scheduled").unwrap();
    assert!(scheduled["url"].as_str().is_some_and(|url| url.ends_with(SITTING)), "the page that says so: {scheduled}");
    let said = watch.house.run(&["show", "404-26"]).expect(0).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains(&format!("in {days} days: sitting of the Assembly on {day} at 10:00, on one agenda with 2 other bills")),
        "{said}"
    );
    let n = watch.kinds().len();
    announce(&watch, day, &["10.00 - sednica Narodne skupštine - otkazana"], LINKED);
    watch.look();
    watch.look();
    // A law on forests has been adopted long ago: the bill on forests is another one.
    assert_eq!(watch.kinds_after(n), ["unscheduled 11-26", "unscheduled 404-26", "unscheduled -"]);
    assert_eq!(watch.history("SELECT stage, sitting_on FROM agreements"), ["listed|"]);
    let shown = watch.house.run(&["show", "404-26", "--json"]).expect(0).json();
    assert!(shown["coming"].is_null(), "{shown:#}");
    assert!(shown["timeline"].as_array().unwrap().iter().any(|s| s["what"] == "sitting cancelled"), "{shown:#}");
    let told = "SELECT count(*) FROM edition WHERE json_extract(facts, '$.findings[0].kind') = 'unscheduled'";
    assert_eq!(watch.roster(told), ["1"]);
}

#[test]
fn a_sitting_put_off_to_another_day_is_told_of_once() {
    let mut watch = begin(&[], true);
    let (day, later) = (in_days(&watch, 4), in_days(&watch, 9));
    announce(&watch, day, &[], LINKED);
    convene(&watch, day, CONVENED, &[WATER, RUSSIA]);
    watch.look();
    let n = watch.kinds().len();
    convene(&watch, later, CONVENED, &[WATER, RUSSIA]);
    watch.look();
    watch.look();
    assert_eq!(watch.kinds_after(n), ["scheduled 11-26", "scheduled 404-26"]);
    let moved = watch.history("SELECT before, after FROM changes WHERE kind = 'scheduled' ORDER BY change_id DESC LIMIT 1");
    assert_eq!(moved, [format!("{day}|{later}")]);
    assert_eq!(watch.history("SELECT sitting_on FROM agreements"), [later.to_string()]);
}

#[test]
fn consent_to_provisional_application_is_told_of_once_whether_the_bill_is_known_or_not() {
    for listed in [true, false] {
        let mut watch = begin(&[], listed);
        let n = watch.kinds().len();
        let subject = RUSSIA.strip_prefix("Predlog zakona o potvrđivanju ").unwrap();
        let said = format!(
            "Na sednici održanoj danas, članovi Odbora za odbranu i unutrašnje poslove razmotrili su Predlog za davanje saglasnosti za privremenu primenu {subject}, koji je podnela Vlada."
        );
        let posted = dates::nominative(in_days(&watch, 0), Language::SrLatn);
        let heading = "Osma sednica Odbora za odbranu i unutrašnje poslove";
        watch.serve(COMMITTEE, sitting_page(Script::Latin, heading, &posted, &[&said], ""));
        let day = in_days(&watch, 3);
        announce(&watch, day, &[], &[("Osma sednica Odbora", COMMITTEE, "20. novembar 2026.")]);
        watch.look();
        // Told anew, the same page says the same.
        watch.serve(COMMITTEE, sitting_page(Script::Latin, heading, &posted, &[&said, "Sednici je predsedavao predsednik Odbora."], ""));
        watch.look();
        let number = if listed { "404-26" } else { "-" };
        assert_eq!(watch.kinds_after(n), [format!("provisional {number}")], "listed: {listed}");
        assert_eq!(watch.history("SELECT count(*) FROM agreements"), ["1"]);
        let told =
            "SELECT count(*) FROM letter JOIN edition USING (edition_id) WHERE json_extract(facts, '$.findings[0].kind') = 'provisional'";
        assert_eq!(watch.roster(told), ["1"]);
    }
}

#[test]
fn bills_that_confirm_one_agreement_in_later_legislatures_are_joined() {
    let at = |day: &str| format!("{day}T09:00:00Z").parse().unwrap();
    let row = |number: &str, date: &str| RowSpec::bill(number, RUSSIA, date);
    let water = || RowSpec::bill("11-23", WATER, "2. mart 2023.");
    let met = |adopted: bool| {
        let mut watch = Watch::over(&["bills", "laws"]);
        let law = |rows: &[RowSpec]| crate::house::pages::laws_page(rows);
        let forest = RowSpec::bill("12-23", "Zakon o šumama", "1. mart 2023.");
        watch.now = at("2023-05-10");
        watch.bills(&[water()]);
        watch.serve(crate::watch::LAWS, law(std::slice::from_ref(&forest)));
        watch.look();
        watch.bills(&[water(), row("50-23", "9. maj 2023.")]);
        watch.look();
        if adopted {
            let passed = RowSpec::bill("50-23", &RUSSIA.replace("Predlog zakona", "Zakon"), "20. maj 2023.");
            watch.serve(crate::watch::LAWS, law(&[forest, passed]));
            watch.look();
        }
        watch.now = at("2024-04-10");
        watch.bills(&[water(), row("77-24", "9. april 2024.")]);
        watch.look();
        watch
    };
    let watch = met(false);
    let first = watch.history("SELECT bill_id FROM agreements WHERE act_number = '50-23'").remove(0);
    let joined = "SELECT act_number, same_as FROM agreements ORDER BY bill_id";
    assert_eq!(watch.history(joined), ["50-23|".to_owned(), format!("77-24|{first}")]);
    // Its law passed: the same words are of another agreement.
    assert_eq!(met(true).history(joined), ["50-23|", "77-24|"]);
    // Two days of signing are two agreements.
    let file = rusqlite::Connection::open(watch.house.data().join("history.db")).unwrap();
    for (bill, day) in [("50-23", "2022-12-01"), ("77-24", "2024-01-15")] {
        let sql = "INSERT INTO signature (bill_id, signed_on, verb, sentence, url, seen_at)
                   SELECT bill_id, ?2, 'potpisan', 'x', 'x', '2024-04-10T09:00:00Z' FROM bill WHERE act_number = ?1";
        file.execute(sql, [bill, day]).unwrap();
    }
    assert_eq!(watch.history(joined), ["50-23|", "77-24|"]);
}

#[test]
fn a_sitting_that_was_off_when_we_first_met_it_takes_nothing_off_an_agenda() {
    let mut watch = begin(&[], true);
    watch.full = true;
    announce(&watch, in_days(&watch, 1), &[], LINKED);
    convene(&watch, in_days(&watch, 1), CONVENED, &[RUSSIA]);
    watch.look();
    watch.hours(48);
    let (other, n) = ("/Otkazana_sednica.32801.941.html", watch.kinds().len());
    watch.serve(
        other,
        convening(&watch, in_days(&watch, 3), "Otkazana Druga sednica Drugog redovnog zasedanja Narodne skupštine", &[RUSSIA]),
    );
    announce(&watch, in_days(&watch, 1), &[], &[("Otkazana Druga sednica", other, "24. novembar 2026."), LINKED[0]]);
    watch.look();
    watch.look();
    watch.look();
    let none: [&str; 0] = [];
    assert_eq!(watch.kinds_after(n), none);
}

/// A clock without a battery begins in 1970: what was met under it is known again under the right one.
#[test]
fn a_bill_met_by_a_clock_in_1970_is_the_one_a_committee_names_later() {
    let mut watch = begin(&[&["ana@ngo.example"]], false);
    let right = watch.now;
    watch.now = chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(5);
    watch.bills(&[RowSpec::bill("11-26", WATER, "2. mart 2026."), RowSpec::bill("404-26", RUSSIA, "3. novembar 2026.")]);
    watch.look();
    watch.now = right + chrono::TimeDelta::days(2);
    let today = in_days(&watch, 0);
    let said = format!(
        "Na sednici održanoj {}, članovi Odbora za spoljne poslove razmotrili su {RUSSIA}, koji je podnela Vlada.",
        dates::genitive(today, Language::SrLatn)
    );
    let posted = dates::nominative(today, Language::SrLatn);
    watch.serve(COMMITTEE, sitting_page(Script::Latin, "Sednica Odbora za spoljne poslove", &posted, &[&said], ""));
    announce(&watch, in_days(&watch, 3), &[], &[("Sednica Odbora", COMMITTEE, &posted)]);
    watch.look();
    assert_eq!(watch.history("SELECT act_number, legislature FROM agreements"), ["404-26|14"]);
    assert_eq!(watch.history("SELECT count(*) FROM changes WHERE kind = 'listed' AND verdict = 'agreement'"), ["1"]);
}

#[test]
fn a_bill_told_as_gone_and_then_scheduled_is_told_as_back_on_the_list() {
    let mut watch = begin(&[&["ana@ngo.example"]], true);
    let listed = [RowSpec::bill("11-26", WATER, "2. mart 2026."), RowSpec::bill("404-26", RUSSIA, "3. novembar 2026.")];
    watch.full = true;
    let n = watch.kinds().len();
    watch.bills(&listed[..1]);
    for _ in 0..4 {
        watch.look();
        watch.hours(9);
    }
    assert_eq!(watch.kinds_after(n), ["delisted 404-26"]);
    let day = in_days(&watch, 2);
    convene(&watch, day, CONVENED, &[RUSSIA]);
    announce(&watch, day, &[], LINKED);
    watch.look();
    assert_eq!(watch.kinds_after(n), ["delisted 404-26", "scheduled 404-26"]);
    for rows in [&listed[..], &listed[..], &listed[..1], &listed[..]] {
        watch.bills(rows);
        watch.look();
    }
    assert_eq!(watch.kinds_after(n), ["delisted 404-26", "scheduled 404-26", "relisted 404-26"]);
}

#[test]
fn a_committees_sitting_on_another_day_withdraws_the_one_it_was_put_off_from() {
    let mut watch = begin(&[&["lat@ngo.example", "--body", "odbor za odbranu"]], false);
    let (day, later) = (in_days(&watch, 3), in_days(&watch, 4));
    announce(&watch, day, &[&format!("12.00 - {DEFENCE}")], &[]);
    watch.look();
    // Another committee's sitting says nothing of this one's.
    announce(&watch, later, &["9.00 - sednica Odbora za finansije"], &[]);
    watch.look();
    assert_eq!(watch.history("SELECT count(*) FROM sittings WHERE cancelled = 1"), ["0"], "one look proves no absence");
    announce(&watch, later, &["9.00 - sednica Odbora za finansije", &format!("12.00 - {DEFENCE}")], &[]);
    watch.look();
    watch.look();
    let sittings = watch.history("SELECT held_on, cancelled FROM sittings WHERE body LIKE 'Odbor za odbranu%' ORDER BY 1");
    assert_eq!(sittings, [format!("{day}|1"), format!("{later}|0")]);
    let said = letter(&watch, "lat@ngo.example");
    assert!(said.contains("ne zaseda") && said.contains(&format!("zaseda u {}", dates::weekday(later, Language::SrLatn))), "{said}");
    assert_eq!(watch.roster(SITTING_LETTERS).len(), 2);
}

fn alert(watch: &Watch) -> String {
    let id = watch.roster("SELECT letter_id FROM letter WHERE subscriber_id IS NOT NULL ORDER BY letter_id DESC LIMIT 1");
    let shown = watch.house.run(&["outbox", "show", &id[0]]).expect(0).stdout;
    shown.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn letters_say_of_several_bills_too_that_their_sitting_was_put_off_and_called_off() {
    let mut watch = begin(&[], true);
    let sweden = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Kraljevine Švedske o saradnji";
    watch.bills(&[
        RowSpec::bill("11-26", WATER, "2. mart 2026."),
        RowSpec::bill("404-26", RUSSIA, "3. novembar 2026."),
        RowSpec::bill("405-26", sweden, "3. novembar 2026."),
    ]);
    watch.look();
    let (day, later) = (in_days(&watch, 4), in_days(&watch, 9));
    announce(&watch, day, &[], LINKED);
    convene(&watch, day, CONVENED, &[WATER, RUSSIA, sweden]);
    watch.look();
    assert!(!alert(&watch).contains("Pre je bila sazvana"), "{}", alert(&watch));
    convene(&watch, later, CONVENED, &[WATER, RUSSIA, sweden]);
    watch.look();
    let said = alert(&watch);
    let before = format!("Pre je bila sazvana za {}, {}", dates::weekday(day, Language::SrLatn), dates::nominative(day, Language::SrLatn));
    assert!(said.contains(&before) && said.contains("sednica pomerena na "), "{before}: {said}");
    announce(&watch, later, &["10.00 - sednica Narodne skupštine - otkazana"], LINKED);
    watch.look();
    let said = alert(&watch);
    assert!(said.contains("otkazana je ili odložena. Na njenom dnevnom redu bila su dva predloga zakona"), "{said}");
    assert!(!said.contains("Zašto, na stranici ne piše"), "{said}");
}

#[test]
fn who_follows_a_committee_hears_what_becomes_of_the_bills_it_dealt_with() {
    let mut watch = begin(&[&["lat@ngo.example", "--body", "Odbor za odbranu"]], false);
    let posted = dates::nominative(in_days(&watch, 0), Language::SrLatn);
    let heading = "Osma sednica Odbora za odbranu i unutrašnje poslove";
    let said =
        format!("Na sednici održanoj danas, članovi Odbora za odbranu i unutrašnje poslove razmotrili su {RUSSIA}, koji je podnela Vlada.");
    watch.serve(COMMITTEE, sitting_page(Script::Latin, heading, &posted, &[&said], ""));
    let day = in_days(&watch, 3);
    announce(&watch, day, &[], &[("Osma sednica Odbora", COMMITTEE, "20. novembar 2026.")]);
    watch.look();
    let links = [LINKED, &[("Osma sednica Odbora", COMMITTEE, "20. novembar 2026.")]].concat();
    announce(&watch, day, &[], &links);
    convene(&watch, in_days(&watch, 5), CONVENED, &[WATER, RUSSIA]);
    watch.look();
    let told = watch.roster(
        "SELECT json_extract(facts, '$.findings[0].kind') FROM letter JOIN subscriber USING (subscriber_id) JOIN edition USING (edition_id)
          WHERE address = 'lat@ngo.example' ORDER BY letter_id",
    );
    assert_eq!(told, ["listed", "scheduled"]);
    let letter = alert(&watch);
    assert!(!letter.contains("koji je podnela"), "who submitted it, and not the clause that says so: {letter}");
}
