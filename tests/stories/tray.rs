//! The doubtful tray: a title of which only half is sure is told to the operator, decided by a person, and only then to readers.

use crate::house::pages::RowSpec;
use crate::watch::Watch;

const GUIDELINES: &str = "Predlog zakona o potvrđivanju Zajedničkih smernica o upravljanju migracijama";
const STANDARD: &str = "Predlog zakona o potvrđivanju Standarda za merne instrumente";

fn water() -> RowSpec {
    RowSpec::bill("11-26", "Predlog zakona o vodama", "2. mart 2026.")
}

/// A baseline an hour ago, and then two doubtful titles.
fn tray() -> Watch {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&[water()]);
    watch.look();
    watch.hours(1);
    watch.bills(&[
        water(),
        RowSpec::bill("404-26", GUIDELINES, "3. novembar 2026."),
        RowSpec::bill("405-26", STANDARD, "3. novembar 2026."),
    ]);
    watch.look();
    watch
}

fn listed(watch: &Watch, more: &[&str]) -> Vec<String> {
    let all = watch.house.run(&[&["agreements", "--json"], more].concat()).expect(0).json();
    let mut acts: Vec<String> = all.as_array().unwrap().iter().map(|one| one["act_number"].as_str().unwrap().to_owned()).collect();
    acts.sort();
    acts
}

#[test]
fn a_doubtful_title_is_listed_and_told_to_the_operator_alone() {
    let watch = tray();
    assert_eq!(listed(&watch, &["--doubtful"]), ["404-26", "405-26"]);
    let told =
        watch.roster("SELECT facts FROM edition JOIN letter USING (edition_id) WHERE operator IS NOT NULL ORDER BY letter_id DESC LIMIT 1");
    assert!(told[0].contains(GUIDELINES) && told[0].contains(STANDARD), "{told:?}");
    assert_eq!(watch.roster("SELECT count(*) FROM letter WHERE operator IS NULL"), ["0"]);
}

#[test]
fn a_decision_records_who_and_why_and_says_what_rule_to_add() {
    let mut watch = tray();
    let yes = watch.house.run(&["decide", "404-26", "agreement", "--reason", "Smernice su međunarodni akt"]).expect(0).stdout;
    let no = watch.house.run(&["decide", "405-26", "other", "--reason", "Domaći standard"]).expect(0).stdout;
    assert!(yes.contains("config/instruments.toml") && yes.contains(&format!("accepts = \"{GUIDELINES}\"")), "{yes}");
    assert!(no.contains(&format!("refuses = \"{STANDARD}\"")), "{no}");
    assert_eq!((listed(&watch, &["--doubtful"]), listed(&watch, &[])), (Vec::<String>::new(), vec!["404-26".to_owned()]));
    let shown = watch.house.run(&["show", "404-26"]).expect(0).stdout;
    assert!(shown.contains("decided") && shown.contains("was doubtful, by ") && shown.contains("Smernice su međunarodni akt"), "{shown}");
    // Seen again, it stays what the person said; Ana hears of it once.
    watch.full = true;
    watch.look();
    watch.look();
    assert_eq!(listed(&watch, &[]), ["404-26"]);
    let told = "SELECT json_extract(facts, '$.findings[0].kind') FROM letter JOIN edition USING (edition_id) WHERE operator IS NULL";
    assert_eq!(watch.roster(told), ["recognised"]);
    let way = watch.house.run(&["explain", "ana@ngo.example", "404-26"]).expect(0).stdout;
    assert!(way.contains("its title was doubtful then: only the operators were told") && !way.contains("nothing keeps it"), "{way}");
}
