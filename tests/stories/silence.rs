//! Readers hear that we looked, and that we cannot see.

use chrono::{Datelike, TimeZone};
use chrono_tz::Europe::Belgrade;

use crate::house::pages::RowSpec;
use crate::house::parliament::Reply;
use crate::watch::{BILLS, Watch};

const LETTERS: &str = "SELECT json_extract(facts, '$.occasion.sort') FROM letter JOIN edition USING (edition_id)
                       WHERE subscriber_id IS NOT NULL ORDER BY letter_id";

fn rows() -> Vec<RowSpec> {
    let title = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Italije o saradnji";
    vec![RowSpec::bill("401-26", title, "2. mart 2026."), RowSpec::bill("402-26", "Predlog zakona o vodama", "2. mart 2026.")]
}

/// After a baseline, on a Tuesday at noon in Belgrade.
fn on_a_tuesday() -> Watch {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows());
    watch.look();
    let mut day = watch.now.with_timezone(&Belgrade).date_naive().succ_opt().unwrap();
    while day.weekday() != chrono::Weekday::Tue {
        day = day.succ_opt().unwrap();
    }
    watch.now = Belgrade.from_local_datetime(&day.and_hms_opt(12, 0, 0).unwrap()).unwrap().to_utc();
    watch.look();
    watch
}

#[test]
fn the_proof_of_silence_comes_once_a_week_and_counts_the_looks() {
    let mut watch = on_a_tuesday();
    let before = watch.roster(LETTERS).len();
    for _ in 0..7 {
        watch.hours(24);
        watch.look();
    }
    let after = watch.roster(LETTERS).split_off(before);
    assert_eq!(after, ["silence"]);
    let said = watch.roster(
        "SELECT json_extract(facts, '$.occasion.watched.pages[0].looks'), json_extract(facts, '$.occasion.watched.pages[0].good'),
                json_extract(facts, '$.occasion.watched.pages[0].rows'), json_extract(facts, '$.occasion.watched.pages[0].agreements'),
                json_extract(facts, '$.occasion.watched.found')
           FROM edition WHERE key LIKE 'silence %' ORDER BY edition_id DESC LIMIT 1",
    );
    let kinds = "SELECT json_extract(facts, '$.occasion.watched.pages[0].kind') FROM edition WHERE key LIKE 'silence %'";
    assert!(watch.roster(kinds).iter().all(|kind| kind == "bills"), "{:?}", watch.roster(kinds));
    let counted = watch.history("SELECT count(*) FROM polls WHERE started_at < (SELECT max(started_at) FROM polls)");
    assert!(said[0].ends_with("|2|1|0"), "{said:?}");
    let (looks, good) = said[0].split_once('|').map(|(a, b)| (a.to_owned(), b.split('|').next().unwrap().to_owned())).unwrap();
    assert_eq!(looks, good);
    assert!(
        looks.parse::<usize>().unwrap() > 1 && looks.parse::<usize>().unwrap() <= counted[0].parse().unwrap(),
        "{looks} of {counted:?}"
    );
}

#[test]
fn the_first_digest_is_at_the_first_hour_after_the_confirmation_though_an_earlier_one_was_missed() {
    let mut watch = on_a_tuesday();
    let file = rusqlite::Connection::open(watch.house.data().join("subscribers.db")).unwrap();
    file.execute("UPDATE subscriber SET every = 'daily', preferences = json_set(preferences, '$.every', 'daily')", []).unwrap();
    // Nobody looks between Tuesday noon and Thursday noon, so eight o'clock of both days is made good then. Ana came on Thursday at ten.
    watch.hours(46);
    let ten = watch.now.format("%FT%T.000Z").to_string();
    file.execute("UPDATE subscriber SET asked_at = ?1, confirmed_at = ?1", [ten]).unwrap();
    watch.hours(2);
    let before = watch.roster(LETTERS).len();
    let more = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Malte o saradnji";
    watch.bills(&[rows(), vec![RowSpec::bill("403-26", more, "3. mart 2026.")]].concat());
    watch.look();
    assert_eq!(watch.kinds_after(2), ["listed 403-26"]);
    assert_eq!(watch.roster(LETTERS).len(), before, "an hour before her confirmation");
    watch.hours(24);
    watch.look();
    watch.look();
    assert_eq!(watch.roster(LETTERS).split_off(before), ["digest"]);
}

#[test]
fn who_wants_no_proof_of_silence_gets_none() {
    let mut watch = on_a_tuesday();
    let file = rusqlite::Connection::open(watch.house.data().join("subscribers.db")).unwrap();
    file.execute("UPDATE subscriber SET preferences = json_set(preferences, '$.proof_of_silence', json('false'))", []).unwrap();
    let before = watch.roster(LETTERS).len();
    watch.hours(24 * 8);
    watch.look();
    assert_eq!(watch.roster(LETTERS).len(), before);
}

#[test]
fn readers_are_told_once_after_a_day_without_a_valid_page_and_once_when_it_is_back() {
    let mut watch = on_a_tuesday();
    let before = watch.roster(LETTERS).len();
    watch.parliament.serve(BILLS, Reply::page("<html><body>maintenance</body></html>"));
    let told = |watch: &Watch| watch.roster(LETTERS).split_off(before);
    for _ in 0..11 {
        watch.hours(2);
        watch.look();
    }
    assert!(told(&watch).is_empty(), "{:?}", told(&watch));
    for _ in 0..6 {
        watch.hours(2);
        watch.look();
    }
    assert_eq!(told(&watch), ["blind"]);
    watch.bills(&rows());
    watch.look();
    watch.hours(2);
    watch.look();
    assert_eq!(told(&watch), ["blind", "sighted"]);
}
