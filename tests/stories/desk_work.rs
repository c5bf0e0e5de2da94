//! What a person at the command line meets: help, a mistyped day, somebody confirmed by hand, a gap with nothing to compare it with.

use crate::house::House;
use crate::house::pages::{RowSpec, Script, activities_page, sitting_page};
use crate::polling::cyrillic;
use crate::watch::{ACTS, Watch};

const COMMITTEE: &str = "/Eighth_Sitting_of_the_Defence_and_Internal_Affairs_Committee.32689.537.html";
const BEFORE: (&str, &str, &str) = ("Sastanak", "/Sastanak.32600.941.html", "1. mart 2026.");

fn words(text: &str) -> String {
    text.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_commands_help_has_its_own_options_before_those_of_all_and_an_example() {
    let house = House::new();
    let commands = [
        "demo",
        "run",
        "poll",
        "deliver",
        "check",
        "read",
        "detect",
        "article",
        "agreements",
        "show",
        "changes",
        "decide",
        "explain",
        "import",
        "evidence",
        "subscriber",
        "outbox",
        "backup",
        "restore",
        "config",
        "completions",
        "man",
    ];
    let listed = house.run(&["--help"]).expect(0).stdout;
    for command in commands {
        assert!(listed.lines().any(|line| line.split_whitespace().next() == Some(command)), "{command} is not in --help");
        let help = house.run(&[command, "--help"]).expect(0).stdout;
        assert!(
            help.contains("Example") && help.contains(&format!("  potvrda {command}")) || help.contains(&format!(" {command} ")),
            "{help}"
        );
        let of_all = help.find("\nEverywhere:").unwrap_or_else(|| panic!("{help}"));
        for option in ["--config", "--data", "--quiet", "--log"] {
            assert!(help.find(option).is_some_and(|at| at > of_all), "{option} of {command}\n{help}");
        }
        if let Some(json) = help.find("      --json") {
            assert!(json < of_all, "{command}");
        }
    }
}

#[test]
fn a_day_that_is_none_is_told_how_days_are_written() {
    let house = House::new();
    for (command, option) in [("agreements", "--since"), ("agreements", "--until"), ("changes", "--since")] {
        let ran = house.run(&[command, option, "6.3.2018"]).expect(2);
        assert!(ran.stderr.contains("such as 2018-03-06"), "{}", ran.stderr);
    }
}

#[test]
fn whoever_was_confirmed_by_hand_is_not_asked_once_more() {
    let house = House::new();
    house.run(&["subscriber", "add", "ana@ngo.example"]).expect(0);
    house.run(&["subscriber", "add", "eva@ngo.example"]).expect(0);
    house.run(&["subscriber", "confirm", "ana@ngo.example", "--reason", "by telephone"]).expect(0);
    house.run(&["deliver"]).expect(0);
    let letters = house.letters();
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert!(letters[0].contains("eva@ngo.example"), "{}", letters[0]);
    let counts = house.run(&["outbox", "list", "--json"]).expect(0).json()["counts"].clone();
    assert_eq!((counts["owed"].as_i64(), counts["sent"].as_i64(), counts["dropped"].as_i64()), (Some(0), Some(1), Some(1)));
}

#[test]
fn a_gap_never_stands_alone_even_where_it_is_the_only_one() {
    let mut watch = Watch::over(&["activities"]);
    for language in ["en", "sr-Cyrl"] {
        let address = format!("{language}@ngo.example");
        watch.house.run(&["subscriber", "add", &address, "--language", language, "--confirmed", "--reason", "story"]).expect(0);
    }
    watch.serve(BEFORE.1, sitting_page(Script::Latin, "Sastanak", "Nedelja, 1. mart 2026.", &["Razgovarali su."], ""));
    watch.serve(ACTS, activities_page(Script::Latin, &[BEFORE]));
    watch.look();
    let sweden = "Bill on the Confirmation of the Agreement between the Government of the Republic of Serbia and the Government of the Kingdom of Sweden on Cooperation in the Area of Law Implementation";
    let russia = "Bill on the Confirmation of the Agreement between the Ministry of the Interior of the Republic of Serbia and the Federal Security Service of the Russian Federation on Cooperation and Joint Actions";
    let said = [
        format!(
            "At the sitting held on 12 November, the members of the Defence and Internal Affairs Committee considered the {sweden} and the {russia}."
        ),
        format!(
            "Presenting the {sweden}, the representative of the Ministry said that the Agreement was signed on 24 January 2026 in Stockholm."
        ),
    ];
    let paragraphs = said.each_ref().map(String::as_str);
    let heading = "Eighth Sitting of the Defence and Internal Affairs Committee";
    watch.serve(COMMITTEE, sitting_page(Script::English, heading, "Thursday, 12 November 2026", &paragraphs, ""));
    watch.serve(ACTS, activities_page(Script::English, &[(heading, COMMITTEE, "12 November 2026"), BEFORE]));
    watch.look();
    assert_eq!(watch.history("SELECT gap_days FROM agreements WHERE gap_days IS NOT NULL"), ["292"]);
    let too_few = "no other agreement has one yet to compare with";
    for command in [&["show", "Sweden"][..], &["agreements"]] {
        let told = words(&watch.house.run(command).expect(0).stdout);
        assert!(told.contains("292 d") && told.contains(too_few), "{told}");
    }
    watch.house.run(&["deliver"]).expect(0);
    let ids = watch.roster("SELECT letter_id FROM letter JOIN subscriber USING (subscriber_id) WHERE address LIKE 'en@%'");
    let english = words(&watch.house.run(&["outbox", "show", ids.last().unwrap()]).expect(0).stdout);
    assert!(english.contains("292 days") && english.contains("we know too few agreements yet to compare"), "{english}");
    let ids = watch.roster("SELECT letter_id FROM letter JOIN subscriber USING (subscriber_id) WHERE address LIKE 'sr-Cyrl@%'");
    let serbian = words(&watch.house.run(&["outbox", "show", ids.last().unwrap()]).expect(0).stdout);
    assert!(serbian.contains("292 дана") && serbian.contains("за поређење још немамо довољно споразума"), "{serbian}");
}

#[test]
fn a_name_left_in_latin_letters_among_cyrillic_ones_makes_no_second_bill() {
    let title = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Rondex Finance, Inc. o regulisanju duga";
    let other_script = cyrillic(title);
    assert!(other_script.contains("Рондеx"), "the x stays Latin: {other_script}");
    let mut watch = Watch::over(&["bills", "activities"]);
    let water = RowSpec::bill("11-26", "Predlog zakona o vodama", "2. mart 2026.");
    watch.bills(std::slice::from_ref(&water));
    watch.serve(BEFORE.1, sitting_page(Script::Latin, "Sastanak", "Nedelja, 1. mart 2026.", &["Razgovarali su."], ""));
    watch.serve(ACTS, activities_page(Script::Latin, &[BEFORE]));
    watch.look();
    watch.bills(&[water, RowSpec::bill("404-26", &other_script, "3. novembar 2026.")]);
    watch.look();
    let committee = "/Osma_sednica_Odbora.32689.941.html";
    let said = format!("Na sednici održanoj 12. novembra, članovi Odbora razmotrili su {title}, koji je podnela Vlada.");
    watch.serve(committee, sitting_page(Script::Latin, "Osma sednica Odbora za finansije", "Četvrtak, 12. novembar 2026.", &[&said], ""));
    watch.serve(ACTS, activities_page(Script::Latin, &[("Osma sednica Odbora za finansije", committee, "12. novembar 2026."), BEFORE]));
    watch.look();
    assert_eq!(watch.history("SELECT act_number FROM agreements"), ["404-26"]);
    assert_eq!(watch.history("SELECT count(*) FROM changes JOIN agreements USING (bill_id) WHERE kind = 'listed'"), ["1"]);
}
