//! Agreements met first in English and then in Serbian, several with one country: each joined with its own, and none with another.

use crate::house::pages::{RowSpec, Script, activities_page, sitting_page};
use crate::polling::cyrillic;
use crate::watch::{ACTS, Watch};

const COMMITTEE: &str = "/Fifth_Sitting_of_the_Foreign_Affairs_Committee.32689.537.html";
const BEFORE: (&str, &str, &str) = ("Sastanak", "/Sastanak.32600.941.html", "1. mart 2026.");

/// A committee's page in English names agreements with Hungary on these subjects; then the list carries some, in Serbian.
fn met(english: &[&str], serbian: &[&str]) -> Watch {
    let mut watch = Watch::over(&["bills", "activities"]);
    let water = RowSpec::bill("11-26", "Predlog zakona o vodama", "2. mart 2026.");
    watch.bills(std::slice::from_ref(&water));
    watch.serve(BEFORE.1, sitting_page(Script::Latin, "Sastanak", "Nedelja, 1. mart 2026.", &["Razgovarali su."], ""));
    watch.serve(ACTS, activities_page(Script::Latin, &[BEFORE]));
    watch.look();
    let title = |subject: &&str| {
        format!(
            "Bill on the Confirmation of the Agreement between the Government of the Republic of Serbia and the Government of Hungary {subject}"
        )
    };
    let named: Vec<String> = english.iter().map(title).collect();
    let said =
        format!("At the sitting held on 12 November, the members of the Foreign Affairs Committee considered the {}.", named.join(", "));
    let heading = "Fifth Sitting of the Foreign Affairs Committee";
    watch.serve(COMMITTEE, sitting_page(Script::English, heading, "Thursday, 12 November 2026", &[&said], ""));
    watch.serve(ACTS, activities_page(Script::English, &[(heading, COMMITTEE, "12 November 2026"), BEFORE]));
    watch.look();
    let row = |(n, subject): (usize, &&str)| {
        let title = format!("Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Mađarske {subject}");
        RowSpec::bill(&format!("{}-26", 404 + n), &title, "20. novembar 2026.")
    };
    let rows: Vec<RowSpec> = std::iter::once(water).chain(serbian.iter().enumerate().map(row)).collect();
    watch.bills(&rows);
    watch.look();
    watch
}

fn agreements(watch: &Watch) -> Vec<String> {
    watch.history("SELECT coalesce(act_number, '-') || CASE WHEN possibly IS NULL THEN '' ELSE ' possibly' END FROM agreements ORDER BY 1")
}

#[test]
fn of_several_with_one_country_each_joins_the_one_about_its_subject() {
    let english = ["on Air Transport", "on Social Security", "on Youth Exchange"];
    let serbian = ["o saradnji u oblasti omladine", "o vazdušnom saobraćaju", "o socijalnoj sigurnosti"];
    let watch = met(&english, &serbian);
    assert_eq!(agreements(&watch), ["404-26", "405-26", "406-26"]);
    let pairs = watch.history("SELECT act_number FROM agreements JOIN title USING (bill_id) WHERE title.title LIKE '%Air%'");
    assert_eq!(pairs, ["405-26"]);
}

#[test]
fn a_subject_that_only_one_title_names_joins_nothing_and_says_what_it_may_be() {
    let watch = met(&["on Air Transport"], &["o uzajamnim posetama"]);
    assert_eq!(agreements(&watch), ["-", "404-26 possibly"]);
    assert_eq!(watch.history("SELECT count(*) FROM changes WHERE kind = 'listed' AND silent = 0"), ["2"], "its alert is not lost");
}

#[test]
fn another_subject_is_another_agreement() {
    let watch = met(&["on Social Security"], &["o vazdušnom saobraćaju"]);
    assert_eq!(agreements(&watch), ["-", "404-26"]);
}

#[test]
fn a_list_that_changes_its_script_and_a_title_at_once_has_amended_it_once() {
    let title = "Predlog zakona o potvrđivanju Ugovora između Republike Srbije i Republike Makedonije o izručenju";
    let longer = format!("{title} sa Aneksom");
    let water = RowSpec::bill("11-26", "Predlog zakona o vodama", "2. mart 2026.");
    let listed = |title: &str| [water.clone(), RowSpec::bill("404-26", title, "3. novembar 2026.")];
    let mut watch = Watch::over(&["bills"]);
    watch.bills(std::slice::from_ref(&water));
    watch.look();
    let n = watch.kinds().len();
    for printed in [title, &cyrillic(&longer), &longer, &cyrillic(title), &cyrillic(&longer)] {
        watch.bills(&listed(printed));
        watch.look();
    }
    assert_eq!(watch.kinds_after(n), ["listed 404-26", "amended 404-26"]);
    assert_eq!(watch.history("SELECT title FROM agreements"), [cyrillic(&longer)]);
}
