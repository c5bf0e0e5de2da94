//! Whether the Government's mandate had ended on the day of a signature: asked of a sentence, and of a bill, as a user would.

use crate::house::House;
use crate::house::documents::docx;
use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::watch::BILLS;

fn answer(day: &str, verb: &str) -> (serde_json::Value, String) {
    let house = House::new();
    let sentence = format!("Potvrđuje se Sporazum, {verb} {day} u Beogradu, u originalu na srpskom jeziku.");
    let line = house.run(&["article", "--json", &sentence]).expect(0).json();
    (line["signed"][0]["mandate_ended"].clone(), house.run(&["article", &sentence]).expect(0).stdout)
}

#[test]
fn a_sentence_is_told_whether_the_mandate_had_ended_on_its_day() {
    for (day, ended, said) in [
        ("23. maja 2017. godine", Some(false), "on that day: had not ended"),
        ("1. juna 2017. godine", Some(true), "on that day: had ended"),
        ("10. februara 2025. godine", Some(false), "on that day: had not ended"),
        ("25. marta 2025. godine", Some(true), "Vlada kojoj je prestao mandat"),
        ("20. marta 2012. godine", Some(false), "on that day: had not ended"),
        ("20. novembra 2003. godine", None, "on that day: unknown"),
        ("5. maja 2199. godine", None, "on that day: unknown"),
        ("3. juna 1983. godine", None, "on that day: unknown"),
        ("2017. godine", None, "on that day: unknown"),
    ] {
        let (told, people) = answer(day, "potpisan");
        assert_eq!(told, serde_json::json!(ended), "{day}");
        assert!(people.contains(said), "{day}: {people}");
    }
}

#[test]
fn what_a_conference_adopts_is_judged_by_no_mandate() {
    assert_eq!(answer("1. juna 2017. godine", "usvojen").0, serde_json::Value::Null);
}

/// `show` and the letter answer from the same table and by the same rule as `article`, for what a document says.
#[test]
fn a_bill_is_shown_with_the_mandate_on_every_day_of_its_signing() {
    let title = |with: &str| {
        format!("Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade {with} o saradnji u oblasti kulture")
    };
    let bills = [
        ("401-17", "Kraljevine Švedske", "potpisan 23. maja 2017. godine u Stokholmu i 1. juna 2017. godine u Beogradu", "[false,true]"),
        ("402-17", "Republike Malte", "potpisan u Beogradu 25. marta 2025. godine", "[true]"),
        ("403-17", "Republike Italije", "potpisan u Rimu 20. novembra 2003. godine", "[null]"),
        ("404-17", "Republike Kipar", "usvojen u Nikoziji 1. juna 2017. godine", "[null]"),
    ];
    let parliament = Parliament::open();
    // Word files are read by a child of the built binary.
    let house = House::new().source("bills", "bills", &parliament, BILLS);
    let mut rows = Vec::new();
    for (act, with, signed, _) in bills {
        let mut row = RowSpec::bill(act, &title(with), "2. mart 2018.");
        row.documents.remove(0);
        let article = format!("Potvrđuje se Sporazum o saradnji, {signed}, u originalu na engleskom jeziku.");
        let law = docx(&[&title(with), "Član 1.", &article, "Član 2.", "Ovaj zakon stupa na snagu osmog dana."]);
        parliament.serve(&row.documents[0].1.replace(' ', "%20"), Reply::document("application/msword", law));
        rows.push(row);
    }
    parliament.serve(BILLS, Reply::page(bills_page(&rows)));
    house.run(&["poll"]).expect(0);
    for (act, _, _, ended) in bills {
        let shown = house.run(&["show", act, "--json"]).expect(0).json();
        assert_eq!(shown["mandate_ended"].to_string(), ended, "{act}");
    }
    let people = house.run(&["show", "401-17"]).expect(0).stdout;
    let (no, yes) = ("on that day: had not ended", "on that day: had ended (Vlada kojoj je prestao");
    assert!(people.find(no).unwrap() < people.find(yes).unwrap(), "{people}");
}
