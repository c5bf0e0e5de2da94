//! People on the command line: lists carried in and out, pauses, and why somebody will or will not be told.

use std::path::Path;

use potvrda::app::subscribe;
use potvrda::domain::subscriber::Preferences;
use potvrda::io::roster::Roster;
use potvrda::io::roster::people::{Consent, ConsentHow};
use serde_json::{Value, json};

use crate::house::House;
use crate::house::pages::RowSpec;
use crate::subscribing::{self, Office};
use crate::watch::Watch;

const NORWAY: &str = "Predlog zakona o potvrđivanju Sporazuma između Republike Srbije i Kraljevine Norveške o socijalnoj sigurnosti";

fn write(folder: &Path, lines: &str) -> String {
    let path = folder.join("list.txt");
    std::fs::write(&path, lines).unwrap();
    path.to_str().unwrap().to_owned()
}

fn person(house: &House, email: &str) -> Value {
    house.run(&["subscriber", "show", email, "--json"]).expect(0).json()
}

#[test]
fn of_ten_thousand_lines_three_bad_ones_are_named_and_strict_takes_none() {
    let house = House::in_memory();
    let line = |n: usize| match n {
        17 => "no address".to_owned(),
        5_000 => "a@b@c.example,en".to_owned(),
        9_999 => "x@ngo.example,klingon".to_owned(),
        n => format!("p{n}@ngo.example,en,daily"),
    };
    let list = write(house.path(), &(0..10_000).map(|n| line(n) + "\n").collect::<String>());
    let strict = house.run(&["subscriber", "import", &list, "--strict"]).expect(1);
    for bad in ["line 18: ", "line 5001: ", "line 10000: "] {
        assert!(strict.stderr.contains(bad), "{bad} is not in\n{}", strict.stderr);
    }
    assert!(strict.stdout.starts_with("0 added"), "{}", strict.stdout);
    let taken = house.run(&["subscriber", "import", &list]).expect(0);
    assert!(taken.stdout.starts_with("9997 added") && taken.stdout.contains("3 bad lines"), "{}", taken.stdout);
    assert_eq!(taken.stderr.matches("line ").count(), 3, "{}", taken.stderr);
}

#[test]
fn a_list_that_moves_house_confirms_nobody_who_never_agreed_and_wakes_nobody_who_paused() {
    let (from, to) = (House::new(), House::new());
    for who in ["ana", "boris", "vera"] {
        let add = [
            "subscriber",
            "add",
            &format!("{who}@ngo.example"),
            "--confirmed",
            "--reason",
            "papir",
            "--country",
            "RU",
            "--every",
            "weekly",
        ];
        from.run(&add).expect(0);
    }
    from.run(&["subscriber", "add", "stranger@ngo.example"]).expect(0);
    from.run(&["subscriber", "pause", "boris@ngo.example"]).expect(0);
    from.run(&["subscriber", "pause", "vera@ngo.example", "--until", "2099-05-01"]).expect(0);
    let list = write(from.path(), &from.run(&["subscriber", "export"]).expect(0).stdout);
    to.run(&["subscriber", "import", &list, "--confirmed", "--reason", "preseljenje"]).expect(0);
    for (who, state) in [("ana", "confirmed"), ("boris", "paused"), ("vera", "paused"), ("stranger", "pending")] {
        let address = format!("{who}@ngo.example");
        let (before, after) = (person(&from, &address), person(&to, &address));
        assert_eq!(after["state"], state, "{who}");
        assert_eq!((&after["preferences"], &after["paused_until"]), (&before["preferences"], &before["paused_until"]), "{who}");
    }
    assert_eq!(person(&to, "ana@ngo.example")["consents"][0]["text"], "preseljenje");
    let owed = to.run(&["outbox", "list", "--json"]).expect(0).stdout;
    assert_eq!(owed.matches("stranger@ngo.example").count(), 1, "only the one who never agreed is asked: {owed}");
    assert!(!owed.contains("ana@ngo.example"), "{owed}");
}

#[test]
fn a_list_may_have_a_heading_and_no_limit_in_it_that_nothing_passes() {
    let house = House::new();
    let list = write(
        house.path(),
        "\u{feff}Email,Language,Every\r\n\"ana@ngo.example\",sr-Cyrl,daily\r\n# a note\r\n{\"email\":\"b@ngo.example\",\"countries\":[\"ru\"]}\n\
         {\"email\":\"c@ngo.example\",\"countries\":[\"Russia\"]}\n{\"email\":\"d@ngo.example\",\"instruments\":[\"ukaz\"]}\n",
    );
    let ran = house.run(&["subscriber", "import", &list]).expect(0);
    assert!(ran.stdout.starts_with("2 added") && ran.stdout.contains("2 bad lines"), "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("line 5: ") && ran.stderr.contains("line 6: "), "{}", ran.stderr);
    assert_eq!(person(&house, "b@ngo.example")["preferences"]["countries"], json!(["RU"]));
    assert_eq!(person(&house, "ana@ngo.example")["preferences"]["language"], "sr-Cyrl");
}

#[test]
fn whoever_was_confirmed_by_hand_is_not_asked_any_more() {
    let house = House::new();
    house.run(&["subscriber", "add", "ana@ngo.example"]).expect(0);
    house.run(&["subscriber", "confirm", "ana@ngo.example", "--reason", "rekla je telefonom, 3. maja"]).expect(0);
    house.run(&["deliver"]).expect(0);
    assert_eq!(house.letters(), Vec::<String>::new());
    assert_eq!(person(&house, "ana@ngo.example")["letters"][0]["state"], "dropped");
}

#[test]
fn a_pause_until_a_day_ends_with_that_day_in_belgrade() {
    let house = House::new();
    house.run(&["subscriber", "add", "ana@ngo.example", "--confirmed", "--reason", "papir"]).expect(0);
    let said = house.run(&["subscriber", "pause", "ana@ngo.example", "--until", "2099-01-01"]).expect(0).stdout;
    assert!(said.contains("until 2099-01-01 00:00 Europe/Belgrade"), "{said}");
    assert_eq!(person(&house, "ana@ngo.example")["paused_until"], "2098-12-31T23:00:00Z");
}

fn why(office: &Office, who: &str) -> (bool, String) {
    let all = office.house.run(&["explain", &format!("{who}@ngo.example"), "300-17", "--json"]).expect(0).json();
    let steps = all["steps"].as_array().unwrap().iter().map(|step| step["what"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    (all["told"].as_bool().unwrap(), steps.join("\n"))
}

#[test]
fn it_is_explained_for_everybody_what_was_told_and_what_will_be() {
    let office = subscribing::open();
    let add = |who: &str, more: &[&str]| {
        let address = format!("{who}@ngo.example");
        let args: Vec<&str> =
            ["subscriber", "add", &address, "--confirmed", "--reason", "papir"].into_iter().chain(more.iter().copied()).collect();
        office.house.run(&args).expect(0);
    };
    add("at-once", &[]);
    add("daily", &["--every", "daily"]);
    add("paused-daily", &["--every", "daily"]);
    add("level", &["--level", "agency"]);
    add("word", &["--word", "imunitet"]);
    add("kind", &["--change", "adopted"]);
    add("sort", &["--instrument", "protokol"]);
    add("body", &["--body", "Ministarstvo odbrane"]);
    add("leaver", &[]);
    add("refuser", &[]);
    let gone = ("refuser".to_owned(), "550 5.1.1 no such mailbox".to_owned());
    office.server.rule(|rules| rules.for_recipient.push(gone));
    office.serve(&[RowSpec::bill("300-17", NORWAY, "24. oktobar 2017.")]);
    office.house.run(&["poll"]).expect(0);
    add("late", &[]);
    office.house.run(&["subscriber", "pause", "paused-daily@ngo.example", "--until", "2099-05-01"]).expect(0);
    office.house.run(&["subscriber", "remove", "leaver@ngo.example"]).expect(0);
    for (who, told, says) in [
        ("at-once", true, "letter "),
        ("at-once", true, "sent, 20"),
        ("at-once", true, "Europe/Belgrade"),
        ("daily", true, "s digest at 08:00 (daily, 20"),
        (
            "paused-daily",
            true,
            "they are paused until 2099-05-01 00:00 Europe/Belgrade; then it will be in the digest of Friday at 08:00 (daily, 2099-05-01",
        ),
        ("level", false, "they asked for levels agency; its parties are state"),
        ("word", false, "they asked for one of the words imunitet"),
        ("kind", false, "they want to hear of: adopted"),
        ("sort", false, "they asked for instruments protokol; this is sporazum"),
        ("body", false, "they asked for one of Ministarstvo odbrane"),
        ("leaver", true, "they left"),
        ("refuser", false, "refused"),
        ("late", false, "just after it was seen"),
        ("late", false, "they are told at once: listed"),
    ] {
        let (was, steps) = why(&office, who);
        assert!(steps.contains(says), "{who}: {says:?} is not in\n{steps}");
        assert_eq!(was, told, "{who}\n{steps}");
    }
}

#[test]
fn the_next_digest_is_todays_tomorrows_or_a_days_of_the_week() {
    use potvrda::app::subscribe::prospect;
    use potvrda::config::Settings;
    use potvrda::domain::change::Kind;
    use potvrda::domain::subscriber::words::Texts;
    use potvrda::domain::subscriber::{Candidate, Every, Preferences};
    use potvrda::io::roster::Roster;
    use potvrda::io::roster::people::{Consent, ConsentHow};
    let dir = tempfile::tempdir().unwrap();
    let mut roster = Roster::open(dir.path(), true).unwrap();
    let consent = Consent { how: ConsentHow::Command, version: None, text: None };
    let texts = Texts::of(&["x"], &[]);
    let candidate = Candidate { kind: Kind::Scheduled, countries: &[], levels: &[], instrument: None, bodies: &[], texts: &texts };
    let mut said = |every, now: &str| {
        let (address, now) = (format!("{every}@ngo.example").parse().unwrap(), now.parse().unwrap());
        let chosen = Preferences { every, ..Preferences::default() };
        let (id, _) = potvrda::app::subscribe::add_confirmed(&mut roster, &address, &chosen, &consent, now).unwrap();
        prospect(&Settings::default(), &roster.subscriber(id).unwrap(), &candidate, now).1
    };
    // Belgrade is an hour ahead of UTC in November; the 23rd of 2026 is a Monday.
    for (every, now, words) in [
        (Every::Daily, "2026-11-23T06:00:00Z", "in today's digest at 08:00 (daily, 2026-11-23, Europe/Belgrade)"),
        (Every::Daily, "2026-11-23T12:00:00Z", "in tomorrow's digest at 08:00 (daily, 2026-11-24, Europe/Belgrade)"),
        (Every::Daily, "2026-11-22T23:30:00Z", "in today's digest at 08:00 (daily, 2026-11-23, Europe/Belgrade)"),
        (Every::Weekly, "2026-11-22T12:00:00Z", "in tomorrow's digest at 08:00 (weekly, 2026-11-23, Europe/Belgrade)"),
        (Every::Weekly, "2026-11-24T12:00:00Z", "in the digest of Monday at 08:00 (weekly, 2026-11-30, Europe/Belgrade)"),
    ] {
        let what = said(every, now);
        assert!(what.contains(words), "{now}: {what}");
    }
}

#[test]
fn a_bill_that_nobody_knows_may_stand_on_a_page_that_is_held_and_that_is_said() {
    let mut watch = Watch::over(&["bills"]);
    let row = |n: usize| RowSpec::bill(&format!("{n}-26"), &NORWAY.replace("Norveške", &format!("Norveške broj {n}")), "2. novembar 2026.");
    watch.bills(&[row(1)]);
    watch.look();
    watch.bills(&(1..200).map(row).collect::<Vec<_>>());
    assert_eq!(watch.outcomes(), ["held"]);
    let asked = watch.house.run(&["explain", "ana@ngo.example", "150-26"]).expect(1);
    assert!(asked.stderr.contains("no bill is known") && asked.stderr.contains("poll --release"), "{}", asked.stderr);
}

#[test]
fn who_confirmed_hears_of_what_follows_though_the_clock_was_set_back_and_the_telling_put_off() {
    let mut watch = Watch::over(&["bills"]);
    let water = RowSpec::bill("11-26", "Predlog zakona o vodama", "2. mart 2026.");
    watch.bills(std::slice::from_ref(&water));
    watch.look();
    watch.hours(3);
    let consent = Consent { how: ConsentHow::Command, version: None, text: Some("asked in person".to_owned()) };
    let bora = "bora@ngo.example".parse().unwrap();
    let mut roster = Roster::open(&watch.house.data(), false).unwrap();
    let (id, _) = subscribe::add_confirmed(&mut roster, &bora, &Preferences::default(), &consent, watch.now).unwrap();
    watch.hours(-1);
    watch.bills(&[water, RowSpec::bill("12-26", NORWAY, "3. mart 2026.")]);
    watch.look_and_die();
    watch.hours(2);
    watch.look();
    let of = "SELECT subscriber_id FROM letter JOIN edition_change USING (edition_id) WHERE subscriber_id IS NOT NULL ORDER BY 1";
    assert_eq!(watch.roster(of), ["1", &id.to_string()]);
    assert!(watch.house.run(&["explain", "bora@ngo.example", "12-26"]).expect(0).stdout.contains("so: told"));
}

#[test]
fn readers_of_an_older_file_listen_from_where_it_was_told_to() {
    let house = House::new();
    std::fs::create_dir_all(house.data()).unwrap();
    let file = rusqlite::Connection::open(house.data().join("subscribers.db")).unwrap();
    for schema in [
        include_str!("../../src/io/roster/schema.sql"),
        include_str!("../../src/io/roster/schema-bounces.sql"),
        include_str!("../../src/io/roster/schema-farewell.sql"),
    ] {
        file.execute_batch(schema).unwrap();
    }
    let usual = serde_json::to_string(&Preferences::default()).unwrap();
    for (state, confirmed_at) in [("confirmed", Some("2026-11-01T08:00:00Z")), ("pending", None)] {
        let sql = "INSERT INTO subscriber (state, every, preferences, consent_how, asked_at, confirmed_at)
                   VALUES (?1, 'instant', ?2, 'command', '2026-11-01T08:00:00Z', ?3)";
        file.execute(sql, (state, &usual, confirmed_at)).unwrap();
    }
    file.execute_batch(
        "INSERT INTO secret VALUES (1, zeroblob(32)); UPDATE progress SET change_id = 17, change_hash = 'x'; PRAGMA user_version = 3",
    )
    .unwrap();
    drop(file);
    let roster = Roster::open(&house.data(), false).unwrap();
    let after = [1, 2].map(|id| roster.subscriber(id).unwrap().confirmed_after);
    assert_eq!(after, [Some(17), None]);
    assert!(house.data().join("subscribers.db.v3").exists(), "the older file is kept beside it");
}
