//! A page on which something else stands where titles stood, or whose letters are taken for others: what is known stays as it is, and nothing new is missed.

use crate::house::pages::{RowSpec, Script, bills_page, bills_page_in};
use crate::house::parliament::Reply;
use crate::polling::cyrillic;
use crate::watch::{BILLS, Watch};

fn agreement(with: &str) -> String {
    format!("Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade {with} o saradnji u oblasti obrazovanja")
}

/// Twelve bills, every third one an agreement.
fn rows() -> Vec<RowSpec> {
    let states = ["Republike Italije", "Crne Gore", "Republike Francuske", "Republike Poljske"];
    let title = |i: usize| {
        if i.is_multiple_of(3) { agreement(states[i / 3]) } else { format!("Predlog zakona o uređenju javnih službi broj {i}") }
    };
    (0..12).map(|i| RowSpec::bill(&format!("{}-26", 300 + i), &title(i), "2. novembar 2026.")).collect()
}

fn with_a_new_one() -> Vec<RowSpec> {
    let new = RowSpec::bill("500-26", &agreement("Republike Koreje"), "12. novembar 2026.");
    std::iter::once(new).chain(rows()).collect()
}

fn in_cyrillic(rows: Vec<RowSpec>) -> Vec<RowSpec> {
    rows.into_iter().map(|row| RowSpec { title: cyrillic(&row.title), ..row }).collect()
}

fn served(page: &str, bytes: &'static encoding_rs::Encoding, meta: Option<&str>, header: &str) -> Reply {
    let meta = meta.map(|name| format!("<meta charset=\"{name}\">")).unwrap_or_default();
    let body = bytes.encode(&page.replace("<meta charset=\"utf-8\">", &meta)).0.into_owned();
    Reply::page(body).with("Content-Type", &format!("text/html; charset={header}"))
}

fn operators_told(watch: &Watch, begins: &str) -> usize {
    let told = watch
        .roster("SELECT json_extract(facts, '$.occasion.subject') FROM letter JOIN edition USING (edition_id) WHERE operator IS NOT NULL");
    told.iter().filter(|subject| subject.contains(begins)).count()
}

#[test]
fn a_header_that_names_another_code_page_changes_no_title_and_hides_no_new_row() {
    let cyrillic_page = bills_page_in(Script::Cyrillic, &in_cyrillic(with_a_new_one()));
    let latin_page = bills_page(&with_a_new_one());
    for header in ["iso-8859-1", "windows-1252", "windows-1250", "windows-1251", "iso-8859-2", "koi8-r"] {
        for meta in [true, false] {
            for (page, bytes) in [(&cyrillic_page, encoding_rs::WINDOWS_1251), (&latin_page, encoding_rs::WINDOWS_1250)] {
                let mut watch = Watch::over(&["bills"]);
                let known = if bytes == encoding_rs::WINDOWS_1251 {
                    bills_page_in(Script::Cyrillic, &in_cyrillic(rows()))
                } else {
                    bills_page(&rows())
                };
                watch.serve(BILLS, known);
                watch.look();
                watch.parliament.serve(BILLS, served(page, bytes, meta.then_some(bytes.name()), header));
                let polled = watch.look();
                let which = format!("{} under {header}, meta {meta}: {polled:?}", bytes.name());
                assert_eq!((polled[0].outcome.as_str(), polled[0].rows, polled[0].agreements), ("recorded", 13, 5), "{which}");
                assert_eq!(watch.kinds_after(12), ["listed 500-26"], "{which}");
            }
        }
    }
}

#[test]
fn a_first_look_under_a_header_that_lies_knows_the_titles_as_they_are() {
    for header in ["iso-8859-1", "windows-1250"] {
        let mut watch = Watch::over(&["bills"]);
        let page = bills_page_in(Script::Cyrillic, &in_cyrillic(rows()));
        watch.parliament.serve(BILLS, served(&page, encoding_rs::WINDOWS_1251, Some("windows-1251"), header));
        assert_eq!(watch.look()[0].agreements, 4, "{header}");
        watch.serve(BILLS, bills_page_in(Script::Cyrillic, &in_cyrillic(with_a_new_one())));
        assert_eq!(watch.outcomes(), ["recorded"], "{header}");
        assert_eq!(watch.kinds_after(12), ["listed 500-26"], "{header}");
    }
}

#[test]
fn titles_that_were_misread_once_give_way_to_the_right_ones() {
    let mut watch = Watch::over(&["bills"]);
    let page = bills_page_in(Script::Cyrillic, &in_cyrillic(rows()));
    // Before there was anything to tell it by, in the reading that its header asked for: letters of windows-1250.
    let misread = encoding_rs::WINDOWS_1250.decode(&encoding_rs::WINDOWS_1251.encode(&page).0).0.into_owned();
    watch.serve(BILLS, misread);
    watch.look();
    watch.parliament.serve(BILLS, served(&page, encoding_rs::WINDOWS_1251, None, "windows-1251"));
    assert_eq!(watch.outcomes(), ["held"]);
    watch.hours(12);
    assert_eq!(watch.look()[0].agreements, 4);
}

#[test]
fn something_else_where_the_titles_stood_is_held_and_overwrites_none_of_them() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows());
    watch.look();
    let renamed: Vec<RowSpec> = with_a_new_one().into_iter().map(|row| RowSpec { title: "Preuzmi".to_owned(), ..row }).collect();
    watch.bills(&renamed);
    let polled = watch.look();
    assert_eq!(polled[0].outcome.as_str(), "held", "{polled:?}");
    let why = "12 of the 12 bills known have another title at once, and 4 agreements would be none any more: something else may stand where the titles stood";
    assert_eq!(polled[0].note.as_deref(), Some(why));
    assert_eq!((watch.kinds().len(), operators_told(&watch, "is held")), (12, 1));
    watch.bills(&with_a_new_one());
    assert_eq!(watch.outcomes(), ["recorded"]);
    assert_eq!(watch.kinds_after(12), ["listed 500-26"]);
    assert_eq!(watch.history("SELECT count(*) FROM agreements"), ["5"]);

    // Nothing waits for a person for ever; and titles that come back are the ones that were.
    watch.bills(&renamed);
    assert_eq!(watch.outcomes(), ["held"]);
    watch.hours(12);
    assert_ne!(watch.outcomes(), ["held"]);
    assert_eq!(watch.history("SELECT count(*) FROM agreements"), ["0"]);
    watch.bills(&with_a_new_one());
    assert_eq!(watch.outcomes(), ["recorded"]);
    assert_eq!(watch.history("SELECT count(*) FROM agreements"), ["5"]);
    assert!(watch.kinds_after(13).iter().all(|kind| kind.starts_with("amended")), "{:?}", watch.kinds_after(13));
}

#[test]
fn a_list_in_the_other_script_and_titles_corrected_one_by_one_wait_for_nobody() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows());
    watch.look();
    watch.serve(BILLS, bills_page_in(Script::Cyrillic, &in_cyrillic(with_a_new_one())));
    assert_eq!(watch.outcomes(), ["recorded"]);
    assert_eq!(watch.kinds_after(12), ["listed 500-26"]);
    let mut corrected = in_cyrillic(with_a_new_one());
    corrected.iter_mut().take(5).for_each(|row| row.title += " и спорту");
    watch.serve(BILLS, bills_page_in(Script::Cyrillic, &corrected));
    assert_eq!(watch.outcomes(), ["recorded"]);
    assert_eq!(watch.kinds_after(13).len(), 5);
}

#[test]
fn a_new_agreement_behind_a_renamed_link_is_told_at_once_and_so_are_the_operators_of_the_page() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows());
    watch.look();
    let mut page = bills_page(&with_a_new_one());
    for row in with_a_new_one() {
        page = page.replace(
            &format!("<strong><a href=\"#\">{}</a></strong>", row.title),
            &format!("<strong><a href=\"#\">Preuzmi</a></strong> {}", row.title),
        );
    }
    assert!(page.contains("Preuzmi"));
    watch.serve(BILLS, page);
    let polled = watch.look();
    assert_eq!((polled[0].outcome.as_str(), polled[0].rows), ("degraded", 13), "{polled:?}");
    assert_eq!(watch.kinds_after(12), ["listed 500-26"]);
    assert_eq!(watch.roster("SELECT count(*) FROM letter WHERE subscriber_id IS NOT NULL"), ["1"]);
    assert!(watch.roster("SELECT count(*) FROM letter WHERE operator IS NOT NULL")[0].parse::<u32>().unwrap() >= 2);
}
