//! Whether the Government's mandate had ended on the day of a signature: asked of a sentence, as a user would.

use crate::house::House;

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
