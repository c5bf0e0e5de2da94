//! What the page of a sitting says next: a notice, the news of its own day, what was not put on the agenda, and a calendar that takes back what it said.

use chrono::{Days, NaiveDate};
use potvrda::domain::bill::Language;
use potvrda::domain::dates;

use crate::house::pages::{RowSpec, Script, activities_page, agenda, sitting_page};
use crate::watch::{ACTS, Watch};

const DENMARK: &str =
    "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Kraljevine Danske o saradnji u oblasti turizma";
const POSTS: &str = "Predlog zakona o poštama";
const WATER: &str = "Predlog zakona o vodama";
const SITTING: &str = "/Treca_sednica.32800.941.html";
const HEADING: &str = "Treća sednica Drugog redovnog zasedanja Narodne skupštine";
const NOTHING: [&str; 0] = [];

fn in_days(watch: &Watch, days: u64) -> NaiveDate {
    watch.now.with_timezone(&chrono_tz::Europe::Belgrade).date_naive().checked_add_days(Days::new(days)).unwrap()
}

fn printed(day: NaiveDate) -> String {
    format!("{}, {} godine", dates::weekday(day, Language::SrLatn), dates::genitive(day, Language::SrLatn))
}

fn say(watch: &Watch, posted: NaiveDate, first: &str, items: &[&str]) {
    let items = agenda(items);
    let paragraphs: Vec<&str> = std::iter::once(first).chain(items.iter().map(String::as_str)).collect();
    watch.serve(SITTING, sitting_page(Script::Latin, HEADING, &dates::nominative(posted, Language::SrLatn), &paragraphs, ""));
}

/// A listed agreement, and the Assembly's sitting in four days that carries it; the letters of its being listed and scheduled are out.
fn scheduled() -> (Watch, NaiveDate) {
    let mut watch = Watch::over(&["bills", "activities"]);
    watch.bills(&[RowSpec::bill("11-26", WATER, "2. mart 2026."), RowSpec::bill("404-26", DENMARK, "3. novembar 2026.")]);
    watch.serve(ACTS, activities_page(Script::Latin, &[("Sastanak", "/Sastanak.32600.941.html", "1. mart 2026.")]));
    watch.serve("/Sastanak.32600.941.html", sitting_page(Script::Latin, "Sastanak", "Nedelja, 1. mart 2026.", &["Razgovarali su."], ""));
    watch.look();
    let day = in_days(&watch, 4);
    call(&watch, day, "10", &[POSTS, DENMARK, WATER]);
    watch.serve(ACTS, activities_page(Script::Latin, &[("Treća sednica", SITTING, "20. novembar 2026.")]));
    watch.look();
    assert_eq!(watch.history("SELECT stage FROM agreements"), ["scheduled"]);
    (watch, day)
}

fn call(watch: &Watch, day: NaiveDate, hour: &str, items: &[&str]) {
    let first =
        format!("Predsednik Narodne skupštine sazvao je Treću sednicu za {}, u {hour} časova, sa sledećim dnevnim redom:", printed(day));
    say(watch, in_days(watch, 0), &first, items);
}

const ROW: &str = "SELECT held_on, begins_at, cancelled FROM sittings WHERE body = 'assembly'";

#[test]
fn a_convening_in_prose_whose_bills_speak_of_cancelling_and_deferring_is_a_convening() {
    let mut watch = scheduled().0;
    let n = watch.kinds().len();
    let (day, other) = (in_days(&watch, 6), "/Cetvrta_sednica.32801.941.html");
    let chile = DENMARK.replace("Kraljevine Danske o saradnji u oblasti turizma", "Republike Čilea o otkazivanju viza");
    let text = format!(
        "Predsednik Narodne skupštine sazvao je Četvrtu sednicu za {}, u 10 časova, sa sledećim dnevnim redom: {chile}, Predlog zakona o odloženom plaćanju poreza i Predlog zakona o šumama.",
        printed(day)
    );
    let posted = dates::nominative(in_days(&watch, 0), Language::SrLatn);
    watch.serve(other, sitting_page(Script::Latin, &HEADING.replace("Treća", "Četvrta"), &posted, &[&text], ""));
    let links = [("Četvrta sednica", other, "20. novembar 2026."), ("Treća sednica", SITTING, "20. novembar 2026.")];
    watch.serve(ACTS, activities_page(Script::Latin, &links));
    watch.look();
    assert_eq!(
        watch.history("SELECT held_on, cancelled FROM sittings WHERE body = 'assembly' ORDER BY 1 DESC LIMIT 1"),
        [format!("{day}|0")]
    );
    assert_eq!(watch.kinds_after(n).iter().filter(|kind| kind.starts_with("scheduled")).count(), 3, "{:?}", watch.kinds_after(n));
}

#[test]
fn a_sitting_put_off_to_a_printed_day_or_hour_keeps_its_bills() {
    // with its agenda, and without
    for items in [&[POSTS, DENMARK, WATER][..], &[]] {
        let (mut watch, day) = scheduled();
        let (n, later) = (watch.kinds().len(), in_days(&watch, 5));
        let text = format!("Treća sednica, zakazana za {} u 10 časova, odložena je za {}, u 9 časova.", printed(day), printed(later));
        say(&watch, in_days(&watch, 0), &text, items);
        watch.look();
        watch.look();
        assert_eq!(watch.history(ROW), [format!("{later}|09:00|0")]);
        let told: Vec<String> = watch.kinds_after(n);
        assert!(told.contains(&"scheduled 404-26".to_owned()) && told.iter().all(|kind| kind.starts_with("scheduled")), "{told:?}");
        assert_eq!(watch.history("SELECT sitting_on FROM agreements"), [later.to_string()]);
    }
    let (mut watch, day) = scheduled();
    let n = watch.kinds().len();
    say(
        &watch,
        in_days(&watch, 0),
        &format!("Početak Treće sednice, zakazane za {} u 10 časova, pomeren je za 14 časova.", printed(day)),
        &[],
    );
    watch.look();
    assert_eq!((watch.history(ROW), watch.kinds_after(n)), (vec![format!("{day}|14:00|0")], NOTHING.map(str::to_owned).to_vec()));
}

#[test]
fn prose_that_names_one_bill_takes_no_other_off_the_agenda() {
    let (mut watch, _) = scheduled();
    let n = watch.kinds().len();
    say(&watch, in_days(&watch, 0), "Narodni poslanici pripremaju raspravu o Predlogu zakona o poštama.", &[]);
    watch.look();
    watch.hours(26);
    watch.look();
    assert_eq!(watch.kinds_after(n), NOTHING);
    assert_eq!(watch.history("SELECT stage FROM agreements"), ["scheduled"]);
}

#[test]
fn from_its_own_day_on_a_sittings_page_takes_nothing_off_its_agenda() {
    let (mut watch, day) = scheduled();
    let n = watch.kinds().len();
    watch.hours(4 * 24);
    say(&watch, day, "Narodni poslanici raspravljali su o sledećim tačkama dnevnog reda:", &[POSTS]);
    watch.look();
    watch.look();
    assert_eq!(watch.kinds_after(n), NOTHING);
    // the day before, an agenda without it is news
    let (mut watch, day) = scheduled();
    watch.hours(3 * 24);
    call(&watch, day, "10", &[POSTS, WATER]);
    watch.look();
    assert_eq!(watch.kinds_after(n), ["unscheduled 404-26"]);
}

#[test]
fn what_was_not_put_on_the_agenda_is_not_scheduled() {
    for refused in [true, false] {
        let mut watch = Watch::over(&["bills", "activities"]);
        watch.bills(&[RowSpec::bill("404-26", DENMARK, "3. novembar 2026."), RowSpec::bill("11-26", WATER, "2. mart 2026.")]);
        watch.serve(ACTS, activities_page(Script::Latin, &[("Sastanak", "/Sastanak.32600.941.html", "1. mart 2026.")]));
        watch
            .serve("/Sastanak.32600.941.html", sitting_page(Script::Latin, "Sastanak", "Nedelja, 1. mart 2026.", &["Razgovarali su."], ""));
        watch.look();
        let n = watch.kinds().len();
        let verb = if refused { "nije prihvatila" } else { "prihvatila je" };
        let text = format!("Narodna skupština {verb} predlog da se na dnevni red stavi {DENMARK}, koji je podnela Vlada.");
        let day = in_days(&watch, 2);
        let first = format!("Narodna skupština održaće Treću sednicu, sazvanu za {}. Usvojila je sledeći dnevni red:", printed(day));
        let mut items = agenda(&[WATER]);
        items.push(text);
        let paragraphs: Vec<&str> = std::iter::once(first.as_str()).chain(items.iter().map(String::as_str)).collect();
        let posted = dates::nominative(in_days(&watch, 0), Language::SrLatn);
        watch.serve(SITTING, sitting_page(Script::Latin, HEADING, &posted, &paragraphs, ""));
        watch.serve(ACTS, activities_page(Script::Latin, &[("Treća sednica", SITTING, "20. novembar 2026.")]));
        watch.look();
        let expected: &[&str] = if refused { &["scheduled 11-26"] } else { &["scheduled 11-26", "scheduled 404-26"] };
        assert_eq!(watch.kinds_after(n), expected);
        assert_eq!(watch.history("SELECT count(*) FROM agreements"), ["1"]);
    }
}

#[test]
fn a_committees_sitting_that_is_put_back_on_is_told_of_again() {
    let mut watch = Watch::over(&["activities"]);
    watch.house.run(&["subscriber", "add", "lat@ngo.example", "--body", "spoljne poslove", "--confirmed", "--reason", "story"]).expect(0);
    watch.serve("/Sastanak.32600.941.html", sitting_page(Script::Latin, "Sastanak", "Nedelja, 1. mart 2026.", &["Razgovarali su."], ""));
    let announce = |watch: &Watch, days: u64, entry: &str| {
        let day = in_days(watch, days);
        // as calendars print it: without a year
        let heading = dates::nominative(day, Language::SrLatn).rsplit_once(' ').unwrap().0.to_owned();
        let weekday = dates::weekday(day, Language::SrLatn);
        let calendar = format!("<div class=\"calendar\"><h3>{weekday}, {heading}</h3><ul><li>{entry}</li></ul></div>");
        let page = activities_page(Script::Latin, &[("Sastanak", "/Sastanak.32600.941.html", "1. mart 2026.")]);
        watch.serve(ACTS, page.replace("<div id=\"footer\">", &format!("{calendar}<div id=\"footer\">")));
    };
    let letters = |watch: &Watch| {
        watch
            .roster("SELECT count(*) FROM letter JOIN edition USING (edition_id) WHERE json_extract(facts, '$.occasion.sort') = 'sittings'")
            [0]
        .clone()
    };
    announce(&watch, 3, "12.00 - prijem ambasadora");
    watch.look();
    let on = "11.00 - sednica Odbora za spoljne poslove, sala 3";
    for (n, entry) in
        [on, "11.00 - OTKAZANA sednica Odbora za spoljne poslove, sala 3", on, "12.30 - sednica Odbora za spoljne poslove, sala 3", on]
            .into_iter()
            .enumerate()
    {
        announce(&watch, 3, entry);
        watch.look();
        watch.look();
        assert_eq!(letters(&watch), (n + 1).to_string(), "{entry}");
    }
    // to another day, and back
    announce(&watch, 4, on);
    watch.look();
    announce(&watch, 3, on);
    watch.look();
    assert_eq!(letters(&watch), "7");
    let rows = watch.history("SELECT held_on, cancelled FROM sittings ORDER BY 1");
    assert_eq!(rows, [format!("{}|0", in_days(&watch, 3)), format!("{}|1", in_days(&watch, 4))]);
}
