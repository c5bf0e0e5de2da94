//! One bill met in a committee's prose, on a list, on an agenda and among the laws is one bill, in whatever order it is met.

use chrono::Datelike;

use crate::house::pages::{RowSpec, Script, activities_page, agenda, bills_page, laws_page, sitting_page};
use crate::house::parliament::Reply;
use crate::polling::cyrillic;
use crate::watch::{ACTS, BILLS, LAWS, Watch};

const RUSSIA: &str = "Predlog zakona o potvrđivanju Sporazuma između Ministarstva unutrašnjih poslova Republike Srbije i Federalne službe bezbednosti Ruske Federacije o saradnji i zajedničkom delovanju";
const RUSSIA_EN: &str = "Bill on the Confirmation of the Agreement between the Ministry of the Interior of the Republic of Serbia and the Federal Security Service of the Russian Federation on Cooperation and Joint Actions";
const SWEDEN: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Kraljevine Švedske o saradnji u oblasti sprovođenja zakona";
const WATER: &str = "Predlog zakona o izmenama i dopunama Zakona o vodama";

const COMMITTEE: &str = "/Osma_sednica_Odbora_za_odbranu_i_unutrasnje_poslove.32689.941.html";
const COMMITTEE_CYR: &str = "/Осма_седница_Одбора.32690.43.html";
const COMMITTEE_EN: &str = "/Eighth_Sitting_of_the_Defence_and_Internal_Affairs_Committee.32689.537.html";
const SITTING: &str = "/Prva_sednica_Prvog_redovnog_zasedanja.32800.941.html";

/// Where a bill can be met. Each is served once it is its turn, and stays.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    List,
    CommitteeLatin,
    CommitteeCyrillic,
    CommitteeEnglish,
    Agenda,
    Law,
}

fn report(script: Script, title: &str) -> String {
    let title = title.trim_start_matches("Predlog zakona");
    match script {
        Script::English => sitting_page(
            script,
            "Eighth Sitting of the Defence and Internal Affairs Committee",
            "Thursday, 12 November 2026",
            &[&format!(
                "At the sitting held on 12 November, the members of the Defence and Internal Affairs Committee considered the {title}."
            )],
            "",
        ),
        Script::Latin => sitting_page(
            script,
            "Osma sednica Odbora za odbranu i unutrašnje poslove",
            "Četvrtak, 12. novembar 2026.",
            &[&format!("Na sednici održanoj 12. novembra, članovi Odbora razmotrili su Predlog zakona{title}, koji je podnela Vlada.")],
            "",
        ),
        Script::Cyrillic => sitting_page(
            script,
            "Осма седница Одбора за одбрану и унутрашње послове",
            "Четвртак, 12. новембар 2026.",
            &[&cyrillic(&format!(
                "Na sednici održanoj 12. novembra, članovi Odbora razmotrili su Predlog zakona{title}, koji je podnela Vlada."
            ))],
            "",
        ),
    }
}

fn convened(items: &[&str]) -> String {
    let items = agenda(items);
    let mut paragraphs = vec![
        "Predsednik Narodne skupštine sazvao je Prvu sednicu Drugog redovnog zasedanja Narodne skupštine u 2026. godini za utorak, 24. novembar 2026. godine, sa početkom u 10 časova. Za sednicu je predložen sledeći dnevni red:",
    ];
    paragraphs.extend(items.iter().map(String::as_str));
    sitting_page(
        Script::Latin,
        "Sazvana Prva sednica Drugog redovnog zasedanja Narodne skupštine u 2026. godini",
        "Petak, 20. novembar 2026.",
        &paragraphs,
        "",
    )
}

/// A parliament in which nothing has been met yet but one law on water.
fn begin() -> Watch {
    let mut watch = Watch::over(&["bills", "laws", "activities"]);
    watch.bills(&[RowSpec::bill("11-26", WATER, "2. mart 2026.")]);
    watch.serve(LAWS, laws_page(&[RowSpec::bill("12-26", "Zakon o šumama", "1. mart 2026.")]));
    link(&watch, &[("Sastanak predsednika sa ambasadorom", "/Sastanak.32600.941.html", "1. mart 2026.")]);
    watch.serve("/Sastanak.32600.941.html", sitting_page(Script::Latin, "Sastanak", "Nedelja, 1. mart 2026.", &["Razgovarali su."], ""));
    watch.look();
    watch
}

fn link(watch: &Watch, links: &[(&str, &str, &str)]) {
    watch.serve(ACTS, activities_page(Script::Latin, links));
}

fn meet(watch: &Watch, met: &[Place], numbered: bool) {
    let row = |title: &str, date: &str| if numbered { RowSpec::bill("404-26", title, date) } else { RowSpec::bare(title, date) };
    let mut links = Vec::new();
    for place in met {
        match place {
            Place::List => watch.bills(&[RowSpec::bill("11-26", WATER, "2. mart 2026."), row(RUSSIA, "3. novembar 2026.")]),
            Place::Law => {
                let law = row(&RUSSIA.replace("Predlog zakona", "Zakon"), "1. decembar 2026.");
                watch.serve(LAWS, laws_page(&[RowSpec::bill("12-26", "Zakon o šumama", "1. mart 2026."), law]));
            }
            Place::CommitteeLatin => {
                watch.serve(COMMITTEE, report(Script::Latin, RUSSIA));
                links.push(("Osma sednica Odbora za odbranu", COMMITTEE, "12. novembar 2026."));
            }
            Place::CommitteeCyrillic => {
                watch.serve(COMMITTEE_CYR, report(Script::Cyrillic, RUSSIA));
                watch.serve("/%D0%9E%D1%81%D0%BC%D0%B0_%D1%81%D0%B5%D0%B4%D0%BD%D0%B8%D1%86%D0%B0_%D0%9E%D0%B4%D0%B1%D0%BE%D1%80%D0%B0.32690.43.html", report(Script::Cyrillic, RUSSIA));
                links.push(("Осма седница Одбора за одбрану", COMMITTEE_CYR, "12. новембар 2026."));
            }
            Place::CommitteeEnglish => {
                watch.serve(COMMITTEE_EN, report(Script::English, RUSSIA_EN));
                links.push(("Eighth Sitting of the Defence and Internal Affairs Committee", COMMITTEE_EN, "12 November 2026"));
            }
            Place::Agenda => {
                watch.serve(
                    SITTING,
                    convened(&[
                        &format!("{WATER}, koji je podnela Vlada"),
                        &format!("{RUSSIA}, koji je podnela Vlada (broj 011-404/26 od 3. novembra 2026. godine)"),
                    ]),
                );
                links.push(("Sazvana Prva sednica Drugog redovnog zasedanja", SITTING, "20. novembar 2026."));
            }
        }
    }
    links.push(("Sastanak predsednika sa ambasadorom", "/Sastanak.32600.941.html", "1. mart 2026."));
    link(watch, &links);
}

fn orders(places: &[Place]) -> Vec<Vec<Place>> {
    if places.len() < 2 {
        return vec![places.to_vec()];
    }
    let with_first = |i: usize| {
        let mut rest = places.to_vec();
        let first = rest.remove(i);
        orders(&rest).into_iter().map(move |mut order| {
            order.insert(0, first);
            order
        })
    };
    (0..places.len()).flat_map(with_first).collect()
}

fn one_bill(order: &[Place], numbered: bool) {
    let mut watch = begin();
    for met in 1..=order.len() {
        meet(&watch, &order[..met], numbered);
        watch.look();
        watch.look();
    }
    let said = format!(
        "{order:?}, numbered: {numbered}\n{:#?}\n{:#?}",
        watch.history("SELECT * FROM changes"),
        watch.history("SELECT * FROM merge")
    );
    assert_eq!(watch.history("SELECT count(*) FROM agreements"), ["1"], "{said}");
    // Documents that a later page links are changes of their own: tests/stories/documents.rs.
    let mut kinds = watch.history("SELECT kind FROM changes JOIN agreements USING (bill_id) WHERE kind NOT LIKE 'document%' ORDER BY kind");
    kinds.dedup();
    let all = watch.history("SELECT kind FROM changes JOIN agreements USING (bill_id) WHERE kind NOT LIKE 'document%'");
    let added = watch.history("SELECT after FROM changes JOIN agreements USING (bill_id) WHERE kind = 'document_added'");
    assert!(added.iter().collect::<std::collections::BTreeSet<_>>().len() == added.len(), "each once: {said}");
    assert_eq!(kinds.len(), all.len(), "each once: {said}");
    assert_eq!(kinds.iter().filter(|kind| *kind == "listed").count(), 1, "{said}");
    assert_eq!(kinds.contains(&"adopted".to_owned()), order.contains(&Place::Law), "{said}");
    assert!(kinds.iter().all(|kind| ["listed", "scheduled", "adopted"].contains(&kind.as_str())), "{said}");
    let adopted_first = order.iter().position(|p| *p == Place::Law) < order.iter().position(|p| *p == Place::Agenda);
    if order.contains(&Place::Agenda) && !(order.contains(&Place::Law) && adopted_first) {
        assert!(kinds.contains(&"scheduled".to_owned()), "{said}");
    }
    assert_eq!(
        watch.history("SELECT title FROM agreements WHERE title LIKE 'Bill %'").is_empty(),
        order != [Place::CommitteeEnglish],
        "{said}"
    );
}

#[test]
fn one_bill_in_every_order_of_arrival() {
    for order in orders(&[Place::List, Place::CommitteeLatin, Place::Agenda, Place::Law]) {
        one_bill(&order, true);
    }
}

#[test]
fn one_bill_without_numbers_before_it_is_adopted() {
    for order in orders(&[Place::List, Place::CommitteeCyrillic, Place::Agenda]) {
        one_bill(&order, false);
    }
    one_bill(&[Place::CommitteeLatin, Place::List, Place::Agenda, Place::Law], false);
}

#[test]
fn one_bill_in_english_and_in_both_scripts() {
    for order in orders(&[Place::List, Place::CommitteeEnglish, Place::Agenda]) {
        one_bill(&order, true);
        one_bill(&order, false);
    }
    one_bill(&[Place::CommitteeEnglish], false);
    // A committee's page that is read after the vote: after a stop, or where everything is found in one round.
    for order in orders(&[Place::List, Place::CommitteeEnglish, Place::Agenda, Place::Law]) {
        one_bill(&order, true);
    }
    one_bill(&[Place::CommitteeEnglish, Place::CommitteeCyrillic, Place::List, Place::Law], true);
}

#[test]
fn a_page_of_links_that_is_the_same_as_before_is_unmodified_too() {
    let mut watch = begin();
    assert_eq!(watch.outcomes(), ["unmodified"; 3]);
    meet(&watch, &[Place::CommitteeLatin], false);
    assert_eq!(watch.outcomes(), ["unmodified", "unmodified", "recorded"]);
    assert_eq!(watch.outcomes(), ["unmodified"; 3]);
}

#[test]
fn what_a_committee_deals_with_after_the_vote_is_another_bill() {
    let mut watch = begin();
    meet(&watch, &[Place::List, Place::Law], true);
    watch.look();
    watch.serve(COMMITTEE_EN, report(Script::English, RUSSIA_EN).replace("12 November", "30 November"));
    link(&watch, &[("Eighth Sitting of the Defence and Internal Affairs Committee", COMMITTEE_EN, "30 November 2026")]);
    watch.look();
    assert_eq!(watch.history("SELECT count(*) FROM agreements"), ["2"], "{:?}", watch.kinds());
}

#[test]
fn letters_about_one_bill_hang_together_though_it_got_its_number_later() {
    let mut watch = begin();
    for met in [&[Place::CommitteeEnglish][..], &[Place::CommitteeEnglish, Place::List, Place::Agenda]] {
        meet(&watch, met, true);
        watch.look();
    }
    assert_eq!(watch.roster("SELECT count(*) FROM edition WHERE key LIKE 'alert%'"), ["2"], "{:?}", watch.kinds());
    assert_eq!(watch.roster("SELECT count(DISTINCT thread) FROM edition WHERE key LIKE 'alert%'"), ["1"]);
}

#[test]
fn an_english_mention_with_two_candidates_stays_its_own() {
    let mut watch = begin();
    let other = RUSSIA.replace("saradnji i zajedničkom delovanju", "zajedničkim radnjama");
    watch.bills(&[RowSpec::bill("404-26", RUSSIA, "3. novembar 2026."), RowSpec::bill("405-26", &other, "3. novembar 2026.")]);
    watch.look();
    meet(&watch, &[Place::CommitteeEnglish], true);
    watch.look();
    assert_eq!(watch.history("SELECT count(*) FROM agreements"), ["3"]);
    assert_eq!(watch.history("SELECT count(*) FROM bill WHERE possibly IS NOT NULL"), ["1"]);
}

#[test]
fn an_agenda_with_one_title_under_two_numbers_means_two_bills() {
    let mut watch = begin();
    let item = |n: u32| format!("{SWEDEN}, koji je podnela Vlada (broj 011-{n}/26 od 3. novembra 2026. godine)");
    watch.serve(SITTING, convened(&[&item(404), WATER]));
    link(&watch, &[("Sazvana Prva sednica", SITTING, "20. novembar 2026.")]);
    watch.look();
    watch.serve(SITTING, convened(&[&item(500), &item(404), WATER]));
    watch.look();
    assert_eq!(watch.history("SELECT act_number FROM agreements ORDER BY 1"), ["404-26", "500-26"], "{:?}", watch.kinds());
}

#[test]
fn off_the_agenda_is_unscheduled_once_and_a_cancelled_sitting_too() {
    let mut watch = begin();
    // From its own day on a sitting's page takes nothing off: it is still to come.
    let day = printed((watch.now + chrono::TimeDelta::days(4)).with_timezone(&chrono_tz::Europe::Belgrade).date_naive());
    let coming = |page: String| page.replace("24. novembar 2026", &day);
    let carried = || {
        let item = format!("{RUSSIA}, koji je podnela Vlada (broj 011-404/26 od 3. novembra 2026. godine)");
        coming(convened(&[&format!("{WATER}, koji je podnela Vlada"), &item]))
    };
    meet(&watch, &[Place::List, Place::Agenda], true);
    watch.serve(SITTING, carried());
    watch.look();
    let n = watch.kinds().len();
    watch.serve(SITTING, coming(convened(&[WATER])));
    watch.look();
    watch.look();
    assert_eq!(watch.kinds_after(n), ["unscheduled 404-26"]);
    assert_eq!(watch.history("SELECT stage FROM agreements"), ["listed"]);
    // on it again, and the sitting is cancelled
    watch.serve(SITTING, carried());
    watch.look();
    let n = watch.kinds().len();
    let cancelled = coming(convened(&[WATER, RUSSIA])).replace("Sazvana Prva sednica", "Otkazana Prva sednica");
    watch.serve(SITTING, cancelled);
    watch.look();
    watch.look();
    assert_eq!(watch.kinds_after(n), ["unscheduled 11-26", "unscheduled 404-26"]);
}

#[test]
fn a_bill_put_off_to_a_later_sitting_stays_scheduled() {
    let mut watch = begin();
    meet(&watch, &[Place::List, Place::Agenda], true);
    watch.look();
    let n = watch.kinds().len();
    let later = "/Druga_sednica.32900.941.html";
    let item = format!("{RUSSIA}, koji je podnela Vlada (broj 011-404/26 od 3. novembra 2026. godine)");
    watch.serve(later, convened(&[&item]).replace("24. novembar", "26. novembar").replace("Prv", "Drug"));
    watch.serve(SITTING, convened(&[WATER]));
    link(&watch, &[("Sazvana Druga sednica", later, "21. novembar 2026."), ("Sazvana Prva sednica", SITTING, "20. novembar 2026.")]);
    watch.look();
    watch.look();
    assert_eq!(watch.kinds_after(n), ["scheduled 404-26"], "to the later day");
    assert_eq!(watch.history("SELECT stage FROM agreements"), ["scheduled"]);
}

/// The plenary page words the title differently from the committee's.
#[test]
fn two_english_wordings_of_one_bill_are_one_or_say_that_they_may_be() {
    let mut watch = begin();
    watch.bills(&[RowSpec::bill("11-26", WATER, "2. mart 2026."), RowSpec::bill("404-26", RUSSIA, "3. novembar 2026.")]);
    meet(&watch, &[Place::CommitteeEnglish], true);
    watch.bills(&[RowSpec::bill("11-26", WATER, "2. mart 2026."), RowSpec::bill("404-26", RUSSIA, "3. novembar 2026.")]);
    watch.look();
    assert_eq!(watch.history("SELECT count(*) FROM agreements"), ["1"]);
    let again = RUSSIA_EN.replace("Cooperation and Joint Actions", "Cooperation and on Acting Jointly");
    watch.serve("/Ninth_Sitting.32700.537.html", report(Script::English, &again).replace("12 November", "16 November"));
    link(&watch, &[("Ninth Sitting of the Defence Committee", "/Ninth_Sitting.32700.537.html", "16 November 2026")]);
    watch.look();
    let bills = watch.history("SELECT bill_id, possibly FROM bill WHERE verdict = 'agreement' ORDER BY 1");
    assert!(bills.len() == 1 || !bills[1].ends_with('|'), "{bills:?}");
}

#[test]
fn a_page_that_cannot_be_read_is_read_later_and_said_meanwhile() {
    let mut watch = begin();
    meet(&watch, &[Place::CommitteeLatin], true);
    watch.parliament.serve(COMMITTEE, Reply::status(500, ""));
    let polled = watch.look();
    assert!(polled[2].note.as_deref().is_some_and(|note| note.contains("could not be read")), "{polled:?}");
    let n = watch.kinds().len();
    watch.serve(COMMITTEE, report(Script::Latin, RUSSIA));
    watch.look();
    assert_eq!(watch.kinds_after(n), ["listed -"]);
    assert_eq!(watch.roster("SELECT count(*) FROM letter WHERE operator IS NULL"), ["1"]);
}

#[test]
fn a_flood_on_an_agenda_is_held_and_released_by_itself() {
    let mut watch = begin();
    let titles: Vec<String> = (0..80)
        .map(|i| format!("Predlog zakona o potvrđivanju Sporazuma broj {i} između Vlade Republike Srbije i Vlade Republike Italije o saradnji, koji je podnela Vlada"))
        .collect();
    let page = convened(&titles.iter().map(String::as_str).collect::<Vec<_>>());
    watch.serve(SITTING, page.replace("utorak, 24. novembar 2026", "utorak, 3. novembar 2026"));
    link(&watch, &[("Sazvana Prva sednica", SITTING, "20. novembar 2026.")]);
    assert_eq!(watch.outcomes()[2], "held");
    let n = watch.kinds().len();
    watch.hours(13);
    watch.look();
    watch.look();
    assert_eq!(watch.kinds_after(n).len(), 160, "listed and scheduled");
    assert_eq!(watch.roster("SELECT count(*) FROM letter WHERE operator IS NULL"), ["1"]);
}

/// A day as the pages print it.
fn printed(day: chrono::NaiveDate) -> String {
    const MONTHS: [&str; 12] =
        ["januar", "februar", "mart", "april", "maj", "jun", "jul", "avgust", "septembar", "oktobar", "novembar", "decembar"];
    format!("{}. {} {}", day.day(), MONTHS[day.month0() as usize], day.year())
}

#[test]
fn a_flood_on_an_agenda_of_the_next_two_days_waits_for_nobody() {
    let titles: Vec<String> = (0..80)
        .map(|i| format!("Predlog zakona o potvrđivanju Sporazuma broj {i} između Vlade Republike Srbije i Vlade Republike Italije o saradnji, koji je podnela Vlada"))
        .collect();
    for (days, outcome, letters) in [(1, "recorded", "1"), (2, "recorded", "1"), (4, "held", "0")] {
        let mut watch = begin();
        let day = (watch.now + chrono::TimeDelta::days(days)).with_timezone(&chrono_tz::Europe::Belgrade).date_naive();
        let page = convened(&titles.iter().map(String::as_str).collect::<Vec<_>>());
        watch.serve(SITTING, page.replace("24. novembar 2026", &printed(day)));
        link(&watch, &[("Sazvana Prva sednica", SITTING, "20. novembar 2026.")]);
        assert_eq!(watch.outcomes()[2], outcome, "in {days} days");
        assert_eq!(watch.roster("SELECT count(*) FROM letter WHERE operator IS NULL"), [letters], "in {days} days");
    }
}

#[test]
fn a_bill_of_a_held_list_that_a_committee_names_is_told_at_once_and_only_once() {
    let mut watch = begin();
    let row = |i: usize| {
        let title =
            format!("Predlog zakona o potvrđivanju Sporazuma broj {i} između Vlade Republike Srbije i Vlade Republike Italije o saradnji");
        RowSpec::bill(&format!("{}-26", 1_000 + i), &title, "3. novembar 2026.")
    };
    let flood: Vec<RowSpec> = [RowSpec::bill("11-26", WATER, "2. mart 2026."), RowSpec::bill("404-26", RUSSIA, "3. novembar 2026.")]
        .into_iter()
        .chain((0..80).map(row))
        .collect();
    watch.bills(&flood);
    assert_eq!(watch.outcomes()[0], "held");
    let n = watch.kinds().len();
    watch.serve(COMMITTEE, report(Script::Latin, RUSSIA));
    link(&watch, &[("Osma sednica Odbora", COMMITTEE, "12. novembar 2026.")]);
    assert_eq!(watch.outcomes()[0], "held");
    assert_eq!(watch.kinds_after(n), ["listed -"]);
    assert_eq!(watch.roster("SELECT count(*) FROM letter WHERE operator IS NULL"), ["1"]);
    watch.hours(13);
    watch.look();
    assert_eq!(watch.history("SELECT count(*) FROM changes WHERE kind = 'listed' AND title_latin LIKE '%Federaln%'"), ["1"]);
    assert_eq!(watch.roster("SELECT count(*) FROM letter WHERE operator IS NULL"), ["2"], "the rest is one digest");
}

#[test]
fn pages_in_one_script_or_another_at_the_baseline_are_silent() {
    let mut watch = Watch::over(&["bills", "activities"]);
    watch.serve(BILLS, bills_page(&[RowSpec::bill("11-26", WATER, "2. mart 2026.")]));
    meet(&watch, &[Place::CommitteeLatin, Place::CommitteeEnglish], true);
    watch.bills(&[RowSpec::bill("11-26", WATER, "2. mart 2026.")]);
    watch.look();
    watch.look();
    assert_eq!(watch.roster("SELECT count(*) FROM letter WHERE operator IS NULL"), ["0"]);
    assert_eq!(watch.history("SELECT count(*) FROM agreements"), ["1"]);
}

/// Whoever tries the program with the pages of 2017 does so under another legislature.
#[test]
fn old_pages_met_today_are_one_bill_too() {
    let then = |text: &str| text.replace("2026", "2017");
    for numbered in [true, false] {
        for order in orders(&[Place::List, Place::CommitteeEnglish, Place::Agenda]) {
            let mut watch = begin();
            let row =
                if numbered { RowSpec::bill("404-17", RUSSIA, "23. oktobar 2017.") } else { RowSpec::bare(RUSSIA, "23. oktobar 2017.") };
            for met in 1..=order.len() {
                let places = &order[..met];
                let links: Vec<Place> = places.iter().copied().filter(|p| *p != Place::List).collect();
                meet(&watch, &links, numbered);
                if places.contains(&Place::List) {
                    watch.bills(&[RowSpec::bill("11-26", WATER, "2. mart 2026."), row.clone()]);
                }
                watch.serve(COMMITTEE_EN, then(&report(Script::English, RUSSIA_EN)));
                let item = format!("{RUSSIA}, koji je podnela Vlada (broj 011-404/17 od 23. oktobra 2017. godine)");
                watch.serve(SITTING, then(&convened(&[&item])));
                watch.look();
            }
            let said = format!("{order:?} {numbered} {:#?}", watch.history("SELECT * FROM bill"));
            assert_eq!(watch.history("SELECT count(*) FROM agreements"), ["1"], "{said}");
        }
    }
}

#[test]
fn a_sitting_in_two_languages_schedules_once() {
    let mut watch = begin();
    watch.bills(&[RowSpec::bill("11-26", WATER, "2. mart 2026."), RowSpec::bill("404-26", RUSSIA, "3. novembar 2026.")]);
    watch.look();
    let n = watch.kinds().len();
    let english = sitting_page(
        Script::English,
        "First Sitting of the Second Regular Session Convened",
        "Friday, 20 November 2026",
        &[
            "The National Assembly Speaker convened the First Sitting of the Second Regular Session of the National Assembly in 2026 for Tuesday, 24 November 2026, starting at 10 a.m. The following agenda has been proposed:",
            &format!("1. {RUSSIA_EN}, submitted by the Government (No. 011-404/26 of 3 November 2026)."),
        ],
        "",
    );
    watch.serve("/First_Sitting_Convened.32801.537.html", english);
    watch.serve(SITTING, convened(&[&format!("{RUSSIA}, koji je podnela Vlada (broj 011-404/26 od 3. novembra 2026. godine)")]));
    let english = ("First Sitting Convened", "/First_Sitting_Convened.32801.537.html", "20 November 2026");
    link(&watch, &[english, ("Sazvana Prva sednica", SITTING, "20. novembar 2026.")]);
    watch.look();
    watch.look();
    assert_eq!(watch.kinds_after(n), ["scheduled 404-26"]);
}
