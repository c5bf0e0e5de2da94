//! A page that is held: how it ends, and that nobody is told wrong of it meanwhile.

use crate::house::pages::{RowSpec, Script, bills_page, bills_page_in};
use crate::house::parliament::Reply;
use crate::polling::cyrillic;
use crate::watch::{BILLS, Watch};

const READERS: &str = "SELECT json_extract(facts, '$.occasion.sort') FROM letter JOIN edition USING (edition_id)
                        WHERE subscriber_id IS NOT NULL ORDER BY letter_id";
const OPERATORS: &str = "SELECT json_extract(facts, '$.occasion.subject') FROM letter JOIN edition USING (edition_id)
                          WHERE operator IS NOT NULL ORDER BY letter_id";

fn italy(about: &str) -> String {
    format!("Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Italije o {about}")
}

fn rows(from: usize, to: usize) -> Vec<RowSpec> {
    (from..to).map(|i| RowSpec::bill(&format!("{}-26", 1_000 + i), &italy(&format!("stvari {i}")), "2. novembar 2026.")).collect()
}

/// A page of news, which names bills, too.
fn news() -> String {
    format!(
        "<!DOCTYPE html><html><head><meta charset=utf-8></head><body><h2>Vesti</h2><p><a href=/vesti/1>{}</a></p></body></html>",
        italy("saradnji")
    )
}

fn followed(rows: &[RowSpec]) -> Watch {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(rows);
    watch.look();
    watch
}

fn told(watch: &Watch, begins: &str) -> usize {
    watch.roster(OPERATORS).iter().filter(|subject| subject.contains(begins)).count()
}

#[test]
fn the_list_as_it_was_ends_what_was_held_and_nobody_is_told_of_it() {
    for validated in [true, false] {
        let mut watch = Watch::over(&["bills"]);
        let list = bills_page(&rows(0, 5));
        let serve = |watch: &Watch| {
            watch.parliament.serve(BILLS, if validated { Reply::validated(list.clone()) } else { Reply::page(list.clone()) })
        };
        serve(&watch);
        watch.look();
        watch.serve(BILLS, news());
        assert_eq!(watch.outcomes(), ["held"]);
        serve(&watch);
        for _ in 0..15 {
            assert_eq!(watch.outcomes(), ["unmodified"]);
            watch.hours(1);
        }
        assert_eq!(watch.kinds().len(), 5, "{:?}", watch.kinds());
        assert!(watch.roster(READERS).iter().all(|sort| sort == "silence"), "{:?}", watch.roster(READERS));
        assert_eq!(watch.history("SELECT count(*) FROM hold WHERE closed_at IS NULL"), ["0"]);
    }
}

#[test]
fn a_flood_that_comes_and_goes_with_the_old_list_is_told_of_once_and_released_in_its_hours() {
    let mut watch = followed(&rows(0, 5));
    for hour in 0..15 {
        watch.bills(&rows(0, if hour % 2 == 0 { 80 } else { 5 }));
        watch.look();
        watch.hours(1);
    }
    assert_eq!(watch.kinds().len(), 80);
    assert_eq!(watch.roster(READERS).iter().filter(|sort| *sort != "silence").count(), 1, "{:?}", watch.roster(READERS));
    assert_eq!(told(&watch, "is held"), 1, "{:?}", watch.roster(OPERATORS));
    // Another one, a day later, is another one.
    watch.hours(20);
    watch.bills(&rows(0, 300));
    assert_eq!(watch.outcomes(), ["held"]);
    watch.hours(3);
    assert_eq!(watch.outcomes(), ["held"], "its hours count anew");
    assert_eq!(told(&watch, "is held"), 2);
}

/// In windows-1251, which the header names and nothing else.
fn named_in_the_header(rows: &[RowSpec]) -> Reply {
    let cyrillic: Vec<RowSpec> = rows.iter().map(|r| RowSpec { title: cyrillic(&r.title), ..r.clone() }).collect();
    let page = bills_page_in(Script::Cyrillic, &cyrillic).replace("<meta charset=\"utf-8\">", "");
    let body = encoding_rs::WINDOWS_1251.encode(&page).0.into_owned();
    Reply::page(body).with("Content-Type", "text/html; charset=windows-1251")
}

#[test]
fn a_held_page_is_read_again_in_the_charset_it_was_served_in() {
    for by_hand in [false, true] {
        let mut watch = Watch::over(&["bills"]);
        watch.parliament.serve(BILLS, named_in_the_header(&rows(0, 5)));
        watch.look();
        watch.parliament.serve(BILLS, named_in_the_header(&rows(0, 75)));
        assert_eq!(watch.outcomes(), ["held"]);
        if by_hand {
            let mut history = potvrda::io::history::History::open(&watch.house.data(), false).unwrap();
            history.order_release(None, watch.now).unwrap();
            let said = watch.house.run(&["poll", "--dry-run", "--json"]).expect(0).json();
            assert_eq!(said["sources"][0]["changes"], 70, "a rehearsal reads it so, too: {said}");
            drop(history);
            watch.house.run(&["poll", "--release"]).expect(0);
        } else {
            watch.hours(12);
            assert_eq!(watch.outcomes(), ["recorded"]);
        }
        assert_eq!(watch.kinds().len(), 75);
        // Late, and it says so, only where nobody came.
        let sort = "SELECT json_extract(facts, '$.occasion.sort') || coalesce(' ' || json_extract(facts, '$.occasion.every'), '')
                      FROM letter JOIN edition USING (edition_id) WHERE subscriber_id IS NOT NULL";
        assert_eq!(watch.roster(sort), [if by_hand { "alert" } else { "digest late" }]);
        watch.house.run(&["deliver"]).expect(0);
        let letter = &watch.house.letters().concat();
        assert_eq!(letter.contains("Ovo pismo kasni: stranica"), !by_hand, "{letter}");
    }
}

#[test]
fn a_held_page_that_cannot_be_read_again_makes_way_for_the_page_of_today() {
    for by_hand in [false, true] {
        let mut watch = followed(&rows(0, 5));
        watch.bills(&rows(0, 75));
        assert_eq!(watch.outcomes(), ["held"]);
        let file = watch.history("SELECT file FROM hold").remove(0);
        std::fs::write(watch.house.data().join(file), "not what was fetched").unwrap();
        watch.bills(&rows(0, 76));
        if by_hand {
            let said = watch.house.run(&["poll", "--release", "--json"]).expect(1).json();
            assert!(said["sources"][0]["note"].as_str().unwrap().contains("cannot be read again"), "{said}");
        } else {
            watch.hours(12);
        }
        assert_eq!(watch.outcomes(), ["recorded"]);
        assert_eq!(watch.kinds().len(), 76);
        assert_eq!(told(&watch, "cannot be read again"), 1, "{:?}", watch.roster(OPERATORS));
        assert_eq!(watch.history("SELECT count(*) FROM hold WHERE closed_at IS NULL"), ["0"]);
    }
}

#[test]
fn a_release_is_no_good_look_and_what_it_brings_was_seen_when_it_was_seen() {
    let mut watch = followed(&rows(0, 5));
    watch.bills(&rows(0, 75));
    let seen_at = watch.now.format("%FT%TZ").to_string();
    assert_eq!(watch.outcomes(), ["held"]);
    watch.parliament.serve(BILLS, Reply::status(500, ""));
    for _ in 0..11 {
        watch.hours(1);
        assert_eq!(watch.outcomes(), ["failed"]);
    }
    assert_eq!(told(&watch, "No valid page"), 1);
    watch.hours(1);
    let polled = watch.look();
    assert_eq!((polled[0].outcome.as_str(), polled[0].changes), ("failed", 70), "the page of today is asked for all the same: {polled:?}");
    assert!(polled[0].note.as_deref().unwrap().starts_with("released by itself"), "{polled:?}");
    assert_eq!(watch.history("SELECT DISTINCT seen_at FROM changes ORDER BY change_id DESC LIMIT 1"), [seen_at.as_str()]);
    assert_eq!(watch.history("SELECT last_good_at, failures FROM source"), [format!("{seen_at}|12")]);
    let good = "SELECT count(*) FROM polls WHERE outcome = 'recorded' AND started_at > ";
    assert_eq!(watch.history(&format!("{good}'{seen_at}'")), ["0"]);
    assert_eq!(told(&watch, "can be read again"), 0, "{:?}", watch.roster(OPERATORS));
    // Readers hear of a page out of sight since it was seen, not since it was released.
    watch.hours(36);
    watch.look();
    assert!(watch.roster(READERS).contains(&"blind".to_owned()), "{:?}", watch.roster(READERS));
    watch.bills(&rows(0, 75));
    watch.look();
    assert_eq!((told(&watch, "can be read again"), watch.kinds().len()), (1, 75));
}

#[test]
fn what_gathered_while_telling_was_stopped_is_late_only_where_nobody_let_it_go_on() {
    for by_hand in [false, true] {
        let mut watch = followed(&rows(0, 5));
        potvrda::io::roster::Roster::open(&watch.house.data(), false).unwrap().stop("restored", watch.now).unwrap();
        watch.bills(&rows(0, 6));
        watch.look();
        assert!(watch.roster(READERS).is_empty());
        if by_hand {
            watch.house.run(&["outbox", "release"]).expect(0);
        }
        watch.hours(12);
        watch.look();
        assert_eq!(watch.roster(READERS), [if by_hand { "alert" } else { "digest" }]);
        let key = watch.roster("SELECT key FROM edition JOIN letter USING (edition_id) WHERE subscriber_id IS NOT NULL");
        assert!(key[0].starts_with("alert |"), "one letter, sent before a restore or after it: {key:?}");
    }
}
