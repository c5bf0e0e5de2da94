//! `run`, from its start to its end, with real signals.

use std::fs;
use std::time::Duration;

use crate::house::mail::{Fault, MailServer};
use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::{House, eventually};
use crate::watch::BILLS;

const CHINA: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Narodne Republike Kine o ukidanju viza";
const SOON: Duration = Duration::from_secs(20);
const AN_END: Duration = Duration::from_secs(10);

fn rows(n: usize) -> Vec<RowSpec> {
    let mut rows = vec![RowSpec::bill("11-26", "Predlog zakona o vodama", "2. mart 2026.")];
    rows.extend(
        (0..n).map(|i| RowSpec::bill(&format!("{}-26", 404 + i), &CHINA.replace("viza", &format!("viza, deo {i}")), "2. novembar 2026.")),
    );
    rows
}

fn house(parliament: &Parliament) -> House {
    parliament.serve(BILLS, Reply::validated(bills_page(&rows(0))));
    let house = House::new().source("bills", "bills", parliament, BILLS).table("web", "listen = \"off\"");
    house.run(&["poll"]).expect(0);
    house.run(&["subscriber", "add", "ana@ngo.example", "--confirmed", "--reason", "story"]).expect(0);
    house
}

#[test]
fn it_polls_at_once_sends_keeps_others_out_and_ends_when_told() {
    let parliament = Parliament::open();
    let house = house(&parliament);
    let before = house.letters().len();
    parliament.serve(BILLS, Reply::validated(bills_page(&rows(1))));
    let daemon = house.start(&["run"]);
    assert!(eventually(SOON, || house.letters().len() > before), "no letter");
    for args in [&["poll"][..], &["run"], &["deliver"]] {
        house.run(args).expect(75);
    }
    house.run(&["agreements", "--json"]).expect(0);
    house.run(&["subscriber", "list"]).expect(0);
    // a broken file at SIGHUP: the old one stays
    let file = house.path().join("potvrda.toml");
    let settings = fs::read_to_string(&file).unwrap();
    fs::write(&file, "colour = \"red\"").unwrap();
    daemon.signal("HUP");
    std::thread::sleep(Duration::from_millis(300));
    fs::write(&file, settings).unwrap();
    daemon.signal("TERM");
    let ran = daemon.end_within(AN_END).expect(0);
    assert!(ran.stderr.contains("stay as they were"), "{}", ran.stderr);
    assert_eq!(house.letters().len(), before + 1);
    house.run(&["poll"]).expect(0);
}

#[test]
fn a_schedule_denser_than_a_minute_is_refused() {
    let parliament = Parliament::open();
    let house = house(&parliament).table("schedule", "poll = [\"*/10 * * * * *\"]");
    house.run(&["run"]).expect(78);
}

/// Stories that wait for up to a minute each, told side by side.
#[test]
fn what_vanishes_ends_it_what_fails_is_tried_again_soon_and_other_times_hold_at_once() {
    std::thread::scope(|both| {
        both.spawn(a_history_that_vanishes_ends_it_and_is_not_begun_anew);
        both.spawn(a_quick_try_follows_a_failure_and_alerts_once);
        both.spawn(times_read_again_hold_at_once);
    });
}

fn a_history_that_vanishes_ends_it_and_is_not_begun_anew() {
    let parliament = Parliament::open();
    let house = house(&parliament).table("schedule", "poll = [\"* * * * *\"]");
    let asked = parliament.asked().len();
    let daemon = house.start(&["run"]);
    assert!(eventually(SOON, || parliament.asked().len() > asked), "no poll");
    for name in ["history.db", "history.db-wal", "history.db-shm"] {
        drop(fs::remove_file(house.data().join(name)));
    }
    daemon.end_within(Duration::from_secs(90)).expect(74);
    assert!(!house.data().join("history.db").exists());
    house.run(&["poll"]).expect(74);
    assert!(!house.data().join("history.db").exists());
}

#[test]
fn it_ends_in_time_while_parliament_and_the_mail_server_say_nothing() {
    let parliament = Parliament::open();
    let server = MailServer::open();
    server.rule(|rules| rules.silent = true);
    let house = house(&parliament).mail(&server, "none", "");
    parliament.serve(BILLS, Reply::page(bills_page(&rows(1))));
    house.command(&["poll"]).output().unwrap();
    parliament.serve(BILLS, Reply::Stall(b"HTTP/1.1 200 OK\r\n".to_vec()));
    let (asked, called) = (parliament.asked().len(), server.connections());
    let daemon = house.start(&["run"]);
    assert!(eventually(SOON, || parliament.asked().len() > asked), "no poll");
    let _ = eventually(Duration::from_secs(2), || server.connections() > called);
    daemon.signal("TERM");
    daemon.end_within(AN_END + Duration::from_secs(1)).expect(0);
}

#[test]
fn a_letter_on_its_way_is_finished_before_it_ends() {
    let parliament = Parliament::open();
    let server = MailServer::open();
    server.breaks(Fault::SlowAfterDot(Duration::from_secs(2)), 1);
    let house = house(&parliament).mail(&server, "none", "");
    parliament.serve(BILLS, Reply::page(bills_page(&rows(1))));
    let daemon = house.start(&["run"]);
    assert!(eventually(SOON, || !server.accepted().is_empty()), "no letter");
    daemon.signal("TERM");
    daemon.end_within(AN_END).expect(0);
    house.run(&["deliver"]).expect(0);
    assert_eq!(server.accepted().len(), 1);
}

fn times_read_again_hold_at_once() {
    let parliament = Parliament::open();
    let seldom = "poll = [\"0 0 1 1 *\"]\nfull_sweep = \"0 0 1 1 *\"\ndaily = \"0 0 1 1 *\"\nweekly = \"0 0 1 1 *\"";
    let house = house(&parliament).table("schedule", seldom);
    let asked = |parliament: &Parliament| parliament.asked_for(BILLS).len();
    let before = asked(&parliament);
    let daemon = house.start(&["run"]);
    assert!(eventually(SOON, || asked(&parliament) > before), "no look at the start");
    let file = house.path().join("potvrda.toml");
    let often = fs::read_to_string(&file).unwrap().replace("poll = [\"0 0 1 1 *\"]", "poll = [\"* * * * *\"]");
    assert!(often.contains("* * * * *"));
    fs::write(&file, often).unwrap();
    let first = asked(&parliament);
    daemon.signal("HUP");
    assert!(eventually(Duration::from_secs(90), || asked(&parliament) > first), "the old times still hold");
    daemon.signal("TERM");
    daemon.end_within(AN_END).expect(0);
}

fn a_quick_try_follows_a_failure_and_alerts_once() {
    let parliament = Parliament::open();
    let house = house(&parliament);
    let before = house.letters().len();
    let page = Reply::page(bills_page(&rows(1)));
    parliament.serve_in_turn(BILLS, vec![Reply::status(502, ""), page.clone(), page]);
    let daemon = house.start(&["run"]);
    assert!(eventually(Duration::from_secs(50), || house.letters().len() > before), "no letter");
    daemon.signal("TERM");
    daemon.end_within(AN_END).expect(0);
}

#[test]
fn the_watcher_outside_hears_of_a_good_round_and_misses_a_failed_one() {
    let parliament = Parliament::open();
    parliament.serve("/alive", Reply::page("heard"));
    let beats = |parliament: &Parliament| parliament.asked_for("/alive").len();
    let heartbeat = format!("url = \"{}\"", parliament.url("/alive"));
    let good = house(&parliament).table("heartbeat", &heartbeat);
    let daemon = good.start(&["run"]);
    assert!(eventually(SOON, || beats(&parliament) == 1), "a good round was not heard of");
    daemon.signal("TERM");
    daemon.end_within(AN_END).expect(0);

    parliament.serve(BILLS, Reply::status(503, ""));
    let asked = parliament.asked_for(BILLS).len();
    let daemon = good.start(&["run"]);
    assert!(eventually(SOON, || parliament.asked_for(BILLS).len() > asked));
    assert!(!eventually(Duration::from_millis(700), || beats(&parliament) > 1), "a failed round was told as a good one");
    daemon.signal("TERM");
    daemon.end_within(AN_END).expect(0);
}
