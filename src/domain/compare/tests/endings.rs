//! One bill under two titles of which one goes on where the other ends.

use super::*;

const SIGNED: &str = ", potpisanog u Rimu 3. marta 2026. godine";

/// What is told, and how many bills there are, where a committee names the bill before and after the list carries it.
fn met(on_list: &str, named: &str) -> [(Vec<String>, usize); 2] {
    let mut list_first = Memory::begin();
    let mut told = list_first.bills(&[row(on_list, "777-26"), taxes()]);
    told.extend(list_first.committee(1, "2026-11-25", named, false));
    told.extend(list_first.committee(1, "2026-11-25", named, false));
    list_first.stays(&[row(on_list, "777-26"), taxes()]);
    let mut named_first = Memory::begin();
    let mut told_later = named_first.committee(1, "2026-11-25", named, false);
    told_later.extend(named_first.bills(&[row(on_list, "777-26"), taxes()]));
    told_later.extend(named_first.committee(1, "2026-11-25", named, false));
    told_later.retain(|told| !told.starts_with("document_added"));
    named_first.stays(&[row(on_list, "777-26"), taxes()]);
    [(told, list_first.shown().len()), (told_later, named_first.shown().len())]
}

#[test]
fn a_signing_told_behind_a_title_makes_no_other_bill_whichever_page_comes_first() {
    let one = (vec!["listed Indije".to_owned()], 1);
    for told in [SIGNED, " sačinjenog 3. marta 2026. u Rimu", ", koji predviđa saradnju u odbrani", ", koje se odnosi na odbranu"] {
        assert_eq!(met(INDIA, &format!("{INDIA}{told}")), [one.clone(), one.clone()], "{told}");
        assert_eq!(met(&format!("{INDIA}{told}"), INDIA), [one.clone(), one.clone()], "the list prints it: {told}");
    }
    let told = ", signed in Rome on 3 March 2026";
    let mut memory = Memory::begin();
    assert_eq!(memory.committee(1, "2026-11-25", &format!("{INDIA_EN}{told}"), false), ["listed India"]);
    assert_eq!(memory.committee(2, "2026-11-26", INDIA_EN, false), [""; 0]);
    assert_eq!(memory.bills(&[row(INDIA, "777-26"), taxes()]).len(), 1, "its document");
    assert_eq!(memory.shown(), ["777-26 Indije listed agreement"]);
}

#[test]
fn a_title_that_goes_on_with_words_of_its_own_is_another_bill() {
    let both = |titles: [&str; 2]| {
        let mut memory = Memory::begin();
        memory.bills(&[row(titles[0], "777-26"), taxes()]);
        memory.committee(1, "2026-11-25", titles[1], false);
        memory.shown().len()
    };
    for own in [
        ", sa Protokolom",
        " i Aneksa",
        " - Drugi protokol",
        " (faza II)",
        ", koji je izmenjen Protokolom",
        ", sačinjenog u Beču 12. juna 1973. godine, sa izmenama od 1. oktobra 1985. godine",
        ", potpisanog 3. marta 2026. godine između istih strana",
        ", koju predstavlja Vlada, i Evropske banke",
    ] {
        let longer = format!("{INDIA}{own}");
        assert_eq!((both([INDIA, &longer]), both([&longer, INDIA])), (2, 2), "{own}");
    }
}

#[test]
fn two_bills_of_one_beginning_stay_two_on_the_list() {
    let mut memory = Memory::begin();
    let told = memory.bills(&[row(INDIA, "777-26"), row(&format!("{INDIA}{SIGNED}"), "778-26"), taxes()]);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(memory.committee(1, "2026-11-25", &format!("{INDIA}{SIGNED}"), false), [""; 0]);
    assert_eq!(memory.shown().len(), 2);
}
