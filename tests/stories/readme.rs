//! What the README says can be typed: every command line of it, as it stands there, and the replay it begins with.

use std::process::Command;

use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::{House, tool};

const README: &str = include_str!("../../README.md");

/// The lines that begin with a command in the README's shell blocks, and the commands between backticks in its table.
fn lines_of(command: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in README.lines() {
        if line.starts_with("```") {
            in_block = line == "```sh";
        } else if in_block && line.starts_with(&format!("{command} ")) {
            found.push(line.split("  #").next().unwrap_or(line).trim_end().to_owned());
        } else if line.starts_with('|') {
            found.extend(line.split('`').skip(1).step_by(2).filter(|code| code.starts_with(&format!("{command} "))).map(str::to_owned));
        }
    }
    found
}

/// Types a line into a shell in which `potvrda` is the built program with this house's settings.
fn typed(house: &House, line: &str) -> (i32, String) {
    let settings = house.settings();
    let script = format!("potvrda() {{ '{}' --config '{}' \"$@\"; }}\n{line}", env!("CARGO_BIN_EXE_potvrda"), settings.display());
    let ran = Command::new("sh").arg("-c").arg(script).current_dir(house.path()).output().unwrap();
    (ran.status.code().unwrap_or(-1), format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr)))
}

fn inhabited(parliament: &Parliament) -> House {
    let title = "Predlog zakona o potvrđivanju sporazuma između Ministarstva unutrašnjih poslova Republike Srbije i Federalne službe \
                 obezbeđenja Ruske Federacije o saradnji i zajedničkom delovanju";
    let page = bills_page(&[RowSpec::bill("404-18", title, "23. oktobar 2017.")]);
    let house = House::new().source("bills", "bills", parliament, "/bills");
    std::fs::write(house.path().join("page.html"), &page).unwrap();
    parliament.serve("/bills", Reply::page(page));
    house.run(&["poll"]).expect(0);
    house
}

#[test]
fn every_command_line_of_the_readme_does_what_it_says() {
    let parliament = Parliament::open();
    let house = inhabited(&parliament);
    let lines = lines_of("potvrda");
    assert!(lines.len() >= 12, "{lines:?}");
    for line in lines {
        // Nothing is held here, and the doctor may find something to mend.
        let also = if line.ends_with("--release") || line == "potvrda check" { 1 } else { 0 };
        let (code, said) = typed(&house, &line);
        assert!(code == 0 || code == also, "{line} ended with {code}:\n{said}");
    }
}

#[test]
fn every_question_of_the_readme_is_answered_by_the_stock_sqlite3() {
    if tool("sqlite3").is_none() {
        return;
    }
    let parliament = Parliament::open();
    let house = inhabited(&parliament);
    let lines = lines_of("sqlite3");
    assert!(lines.len() >= 2, "{lines:?}");
    for line in lines {
        let line = line.replace("/var/lib/potvrda/history.db", &house.data().join("history.db").display().to_string());
        let (code, said) = typed(&house, &line);
        assert!(code == 0 && !said.trim().is_empty(), "{line} ended with {code}:\n{said}");
    }
}

#[test]
fn the_replay_tells_the_story_and_leaves_letters_and_databases_that_answer() {
    let house = House::new();
    let folder = house.path().join("march-2018");
    let ran = Command::new(env!("CARGO_BIN_EXE_potvrda")).args(["demo", "--once", "--keep"]).arg(&folder).output().unwrap();
    let said = String::from_utf8(ran.stdout).unwrap();
    assert_eq!(ran.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(said.trim_end().ends_with("119 days before the first dated press report."), "{said}");
    assert!(said.contains("on Mondays: 2."), "no proof of silence in October:\n{said}");
    for part in ["day 170", "289 days", "made up", "signature date was not on the page", "recognised as the bill", "failed"] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
    assert!(!said.contains('\x1b'), "colour or a progress line where no terminal is");
    let letters = std::fs::read_dir(folder.join("letters")).unwrap().count();
    assert!(letters >= 12, "{letters} letters");
    // In November and in March a reader hears of the Russian agreement first: one thread in the mail program, whatever else is told.
    let references = |of: &str| -> Vec<String> {
        let all = std::fs::read_dir(folder.join("letters")).unwrap().map(|f| std::fs::read_to_string(f.unwrap().path()).unwrap());
        let of_reader = all.filter(|l| l.contains("To: english@ngo.example") && l.contains(of));
        of_reader.filter_map(|l| l.lines().find(|h| h.starts_with("References: ")).map(str::to_owned)).collect()
    };
    let (november, march) = (references("Date: Thu, 09 Nov 2017"), references("Date: Fri, 02 Mar 2018"));
    assert!(november.len() == 1 && november == march, "{november:?} {march:?}");
    // Every page answered every look: what the schedule of the replay leaves out is no silence of ours.
    let subjects = |of: &str| -> Vec<String> {
        let all = std::fs::read_dir(folder.join("letters")).unwrap().map(|f| std::fs::read_to_string(f.unwrap().path()).unwrap());
        let of_reader = all.filter(|l| l.contains("To: english@ngo.example") && l.contains(of));
        of_reader.filter_map(|l| l.lines().find(|h| h.starts_with("Subject: ")).map(str::to_owned)).collect()
    };
    let calm = subjects("Date: Mon, 19 Feb 2018");
    assert!(calm.len() == 1 && calm[0].starts_with("Subject: No new agreements: "), "{calm:?}");
    if tool("sqlite3").is_some() {
        let questions: Vec<&str> = said.lines().map(str::trim).filter(|l| l.starts_with("sqlite3 ")).collect();
        assert_eq!(questions.len(), 3);
        for question in questions {
            let (code, answer) = typed(&house, question);
            assert!(code == 0 && answer.lines().count() > 3, "{question}\n{answer}");
        }
    }
    let again = Command::new(env!("CARGO_BIN_EXE_potvrda")).args(["demo", "--once", "--keep"]).arg(&folder).output().unwrap();
    assert_eq!(again.status.code(), Some(1), "a folder that is not empty is never written to");
}

#[test]
fn a_place_for_the_replays_pages_that_is_taken_is_said_before_the_story() {
    let house = House::new();
    let folder = house.path().join("march-2018");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = taken.local_addr().unwrap().to_string();
    let ran = Command::new(env!("CARGO_BIN_EXE_potvrda")).args(["demo", "--listen", &place, "--keep"]).arg(&folder).output().unwrap();
    let complaint = String::from_utf8_lossy(&ran.stderr);
    assert_eq!((ran.status.code(), ran.stdout.len()), (Some(1), 0), "{complaint}");
    assert!(complaint.contains("--listen") && !folder.exists(), "{complaint}");
}
