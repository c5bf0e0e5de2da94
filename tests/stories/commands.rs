//! The command line as its users and their scripts meet it: exit codes, what is printed where, what is written where.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder for settings and data, and the program that works in it.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Desk {
        Desk { folder: tempfile::tempdir().unwrap() }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_potvrda"));
        command.current_dir(self.folder.path()).env_remove("POTVRDA_CONFIG").env_remove("POTVRDA_LOG").env("COLUMNS", "100");
        command.args(["--data", self.data().to_str().unwrap()]).args(arguments).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Answer {
        Answer::of(self.command(arguments).output().unwrap())
    }

    fn run_with(&self, arguments: &[&str], stdin: &[u8]) -> Answer {
        let mut child = self.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin).unwrap();
        Answer::of(child.wait_with_output().unwrap())
    }

    /// Runs what must go well, and answers with its stdout.
    fn done(&self, arguments: &[&str]) -> String {
        let answer = self.run(arguments);
        assert_eq!(answer.code, 0, "{arguments:?}\n{}{}", answer.out, answer.err);
        answer.out
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.done(arguments)).unwrap()
    }
}

struct Answer {
    code: i32,
    out: String,
    err: String,
}

impl Answer {
    fn of(output: Output) -> Answer {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Answer { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Says what went wrong, and what to do now, on stderr alone.
    fn fails(&self, code: i32, says: &[&str]) {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        assert!(self.out.is_empty(), "{}", self.out);
        for words in says {
            assert!(self.err.contains(words), "{words:?} is not in:\n{}", self.err);
        }
    }
}

/// All bytes of a database and what lies beside it.
fn bytes_of(data: &Path, name: &str) -> Vec<u8> {
    ["", "-wal", "-shm"].iter().flat_map(|end| fs::read(data.join(format!("{name}{end}"))).unwrap_or_default()).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

const TITLE: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Ruske Federacije o slobodnoj trgovini";

#[test]
fn reading_commands_say_that_there_is_nothing_and_make_nothing() {
    let desk = Desk::new();
    let commands: &[&[&str]] = &[
        &["agreements", "--json"],
        &["show", "404-18"],
        &["changes"],
        &["explain", "a@ngo.example", "404-18"],
        &["subscriber", "list"],
        &["subscriber", "export"],
        &["outbox", "list"],
        &["decide", "404-18", "other", "--reason", "x"],
        &["outbox", "retry", "--all"],
    ];
    for command in commands {
        desk.run(command).fails(1, &["no data here yet", "now: ", "potvrda poll"]);
    }
    assert!(!desk.data().exists());
}

#[test]
fn mistakes_in_usage_end_with_2() {
    let desk = Desk::new();
    let mistakes: &[&[&str]] = &[
        &[],
        &["nonsense"],
        &["agreements", "--stage", "lost"],
        &["agreements", "--country", "Russia"],
        &["agreements", "--country", "XX"],
        &["agreements", "--json", "--csv"],
        &["decide", "404-18", "doubtful", "--reason", "x"],
        &["decide", "404-18", "other"],
        &["subscriber", "add", "nobody"],
        &["subscriber", "add", "a@ngo.example", "--confirmed"],
        &["subscriber", "add", "a@ngo.example", "--change", "moved"],
        &["outbox", "retry"],
        &["-v", "-q", "man"],
    ];
    for command in mistakes {
        assert_eq!(desk.run(command).code, 2, "{command:?}");
    }
    assert!(!desk.data().exists());
}

#[test]
fn wrong_settings_are_all_told_at_once_with_their_lines() {
    let desk = Desk::new();
    let file = desk.file("potvrda.toml", "contakt = \"a@b.example\"\n\n[http]\ntimeout_s = 61\n[mail]\nfrom = \"nobody\"\n");
    let file = file.to_str().unwrap();
    for command in [["config", "check"], ["agreements", "--json"], ["check", "--offline"]] {
        let said = desk.run(&["--config", file, command[0], command[1]]);
        said.fails(78, &["3 errors", ":1: unknown key \"contakt\"; did you mean \"contact\"?", ":4: http.timeout_s", ":6: mail.from"]);
    }
    let missing = desk.run(&["--config", "nowhere.toml", "config", "check"]);
    missing.fails(78, &["nowhere.toml", "no such settings file"]);
}

#[test]
fn sound_settings_are_shown_with_what_was_given_on_the_command_line() {
    let desk = Desk::new();
    let file = desk.file("potvrda.toml", "contact = \"a@b.example\"\n[http]\nproxy = \"http://user:s3cret@proxy.example:3128\"\n");
    let file = file.to_str().unwrap();
    let shown = desk.done(&["--config", file, "config", "show"]);
    assert!(shown.contains("contact = \"a@b.example\"") && shown.contains(desk.data().to_str().unwrap()), "{shown}");
    assert!(!shown.contains("s3cret"));
    assert!(desk.done(&["--config", file, "config", "check"]).starts_with("ok"));
}

#[test]
fn an_empty_variable_is_no_variable() {
    let desk = Desk::new();
    let mut command = desk.command(&["config", "show"]);
    let answer = Answer::of(command.env("POTVRDA_CONFIG", "").env("POTVRDA_LOG", "").output().unwrap());
    assert_eq!(answer.code, 0, "{}", answer.err);
}

#[test]
fn secrets_are_not_asked_of_those_who_only_read() {
    let desk = Desk::new();
    let settings = "[mail]\nusername = \"u\"\npassword_file = \"/nowhere/password\"\n";
    let file = desk.file("potvrda.toml", settings);
    let file = file.to_str().unwrap();
    desk.run(&["--config", file, "config", "check"]).fails(78, &["password_file"]);
    desk.run(&["--config", file, "agreements"]).fails(1, &["no data here yet"]);
}

#[test]
fn detect_answers_a_json_line_for_each_line_that_is_not_empty_in_their_order() {
    let desk = Desk::new();
    let input = format!(
        "{TITLE}\r\n\n   \nPredlog zakona o javnim nabavkama\n  Закон о потврђивању Споразума између Републике Србије и Краљевине Белгије\nbroken \u{fffd}"
    );
    let mut bytes = input.into_bytes();
    bytes.extend_from_slice(b" \xff\xfe end\n");
    let answer = desk.run_with(&["detect", "--json"], &bytes);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let lines: Vec<Value> = answer.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let titles: Vec<&str> = lines.iter().map(|line| line["title"].as_str().unwrap()).collect();
    assert_eq!(lines.len(), 4, "{titles:?}");
    assert_eq!((titles[0], titles[1]), (TITLE, "Predlog zakona o javnim nabavkama"));
    assert!(titles[2].starts_with("  Закон"), "the title is the input as it stands");
    assert!(titles[3].contains('\u{fffd}'));
    for line in &lines {
        let keys: Vec<&String> = line.as_object().unwrap().keys().collect();
        assert_eq!(keys.len(), 5, "{keys:?}");
        assert!(["agreement", "doubtful", "other"].contains(&line["verdict"].as_str().unwrap()));
    }
    assert_eq!((lines[0]["verdict"].as_str(), lines[1]["verdict"].as_str()), (Some("agreement"), Some("other")));
    let russia = lines[0]["parties"].as_array().unwrap().iter().find(|party| party["ours"] == false).unwrap();
    assert_eq!((russia["country"].as_str(), russia["level"].as_str()), (Some("RU"), Some("government")));
    assert!(desk.run_with(&["detect", "--json"], b"\n\n").out.is_empty());
}

#[test]
fn detect_and_article_take_arguments_too() {
    let desk = Desk::new();
    let people = desk.done(&["detect", TITLE, "nešto drugo"]);
    assert!(people.starts_with("agreement") && people.contains("\nother"), "{people}");
    let sentence = "Potvrđuje se Sporazum između Vlade Republike Srbije i Vlade Ruske Federacije, potpisan 23. maja 2017. godine u Moskvi, \
                    u originalu na srpskom i ruskom jeziku.";
    let line: Value = serde_json::from_str(&desk.done(&["article", "--json", sentence])).unwrap();
    assert_eq!(line["text"], sentence);
    assert_eq!((line["signed"][0]["on"].as_str(), line["signed"][0]["at"].as_str()), (Some("2017-05-23"), Some("Moskva")));
    assert_eq!(line["languages"], serde_json::json!(["sr", "ru"]));
}

#[test]
fn a_closed_pipe_ends_the_program_quietly() {
    let desk = Desk::new();
    let mut child =
        desk.command(&["detect", "--json"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    // The program may be gone before all of it is written.
    for _ in 0..2_000 {
        if stdin.write_all(format!("{TITLE}\n").as_bytes()).is_err() {
            break;
        }
    }
    drop(stdin);
    let answer = Answer::of(child.wait_with_output().unwrap());
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
}

#[test]
fn an_answer_that_cannot_be_written_is_no_success() {
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let desk = Desk::new();
    let answer =
        Answer::of(desk.command(&["detect", TITLE]).stdout(full).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap());
    answer.fails(1, &["cannot be written", "now: "]);
}

/// Asks a command, and those below it, for its help; says how many there are.
fn helps(desk: &Desk, path: &[&str]) -> usize {
    let help = desk.done(&[path, &["--help"]].concat());
    assert!(help.contains("Usage: potvrda"), "{help}");
    assert!(path.is_empty() || help.contains("Example"), "no example in the help of {path:?}:\n{help}");
    let below = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names: Vec<&str> = below.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect();
    1 + names.iter().map(|name| helps(desk, &[path, &[name]].concat())).sum::<usize>()
}

#[test]
fn every_command_has_a_help_text_with_an_example() {
    let desk = Desk::new();
    assert!(helps(&desk, &[]) > 40, "commands are missing");
    let whole = desk.done(&["--help"]);
    for command in ["potvrda demo --once", "check", "read", "detect", "article", "agreements", "decide", "explain", "outbox", "restore"] {
        assert!(whole.contains(command), "{command}");
    }
    assert!(desk.done(&["man"]).contains(".TH"));
    assert!(desk.done(&["completions", "bash"]).contains("_potvrda"));
}

#[test]
fn a_subscriber_comes_chooses_pauses_and_leaves() {
    let desk = Desk::new();
    let said =
        desk.done(&["subscriber", "add", "Ana@NGO.example", "--language", "en", "--country", "ru", "--country", "CN", "--every", "daily"]);
    assert!(said.contains("pending") && said.contains("owed"), "{said}");
    let one = desk.json(&["subscriber", "show", "ana@ngo.example", "--json"]);
    assert_eq!(one["state"], "pending");
    assert_eq!(one["preferences"]["countries"], serde_json::json!(["RU", "CN"]));
    assert_eq!((one["preferences"]["language"].as_str(), one["preferences"]["every"].as_str()), (Some("en"), Some("daily")));
    assert_eq!(one["letters"].as_array().unwrap().len(), 1);

    desk.done(&["subscriber", "confirm", "ana@ngo.example", "--reason", "by telephone"]);
    desk.done(&["subscriber", "set", "ana@ngo.example", "--country", "DE", "--level", "ministry"]);
    let one = desk.json(&["subscriber", "show", "1", "--json"]);
    assert_eq!((one["state"].as_str(), &one["preferences"]["countries"]), (Some("confirmed"), &serde_json::json!(["DE"])));
    assert_eq!(one["preferences"]["levels"], serde_json::json!(["ministry"]));
    assert_eq!(one["preferences"]["every"], "daily", "what was not named stays");
    desk.done(&["subscriber", "set", "ana@ngo.example", "--no-limits"]);
    assert_eq!(desk.json(&["subscriber", "show", "1", "--json"])["preferences"]["countries"], serde_json::json!([]));

    desk.done(&["subscriber", "pause", "ana@ngo.example", "--until", "2999-01-01"]);
    assert_eq!(desk.json(&["subscriber", "list", "--json"])[0]["state"], "paused");
    desk.run(&["subscriber", "pause", "ana@ngo.example", "--until", "2001-01-01"]).fails(1, &["before it begins"]);
    desk.done(&["subscriber", "resume", "ana@ngo.example"]);
    desk.done(&["subscriber", "remove", "ana@ngo.example"]);
    assert_eq!(desk.json(&["subscriber", "list", "--json"])[0]["address"], Value::Null);
    desk.run(&["subscriber", "resume", "ana@ngo.example"]).fails(1, &["left", "subscriber add"]);
    desk.run(&["subscriber", "show", "boris@ngo.example"]).fails(1, &["nobody with this address"]);
}

#[test]
fn consent_on_paper_owes_no_letter_and_needs_its_reason() {
    let desk = Desk::new();
    let said = desk.done(&["subscriber", "add", "ana@ngo.example", "--confirmed", "--reason", "signed on 3 May"]);
    assert!(said.contains("confirmed"), "{said}");
    let one = desk.json(&["subscriber", "export", "ana@ngo.example"]);
    assert_eq!((one["state"].as_str(), one["consent"]["text"].as_str()), (Some("confirmed"), Some("signed on 3 May")));
    assert_eq!(desk.json(&["outbox", "list", "--json"])["counts"]["owed"], 0);
    assert!(desk.done(&["subscriber", "add", "ANA@ngo.example"]).contains("already"));
    assert_eq!(desk.json(&["subscriber", "list", "--json"]).as_array().unwrap().len(), 1);
}

#[test]
fn a_list_goes_out_and_comes_in_again_and_bad_lines_are_named() {
    let desk = Desk::new();
    let list = desk.file("people.txt", "ana@ngo.example,en,weekly\nnobody\n# a remark\nboris@ngo.example\n");
    let list = list.to_str().unwrap();
    let strict = desk.run(&["subscriber", "import", list, "--strict"]);
    assert_eq!(strict.code, 1, "{}{}", strict.out, strict.err);
    assert!(strict.err.contains("line 2") && desk.done(&["subscriber", "list"]).contains("nobody"));
    let lax = desk.run(&["subscriber", "import", list, "--confirmed", "--reason", "members"]);
    assert_eq!(lax.code, 0, "{}", lax.err);
    assert!(lax.out.contains("2 added") && lax.out.contains("1 bad") && lax.err.contains("line 2"), "{}{}", lax.out, lax.err);
    let exported = desk.done(&["subscriber", "export"]);
    assert_eq!(exported.lines().count(), 2);

    let other = Desk::new();
    let moved = other.run_with(&["subscriber", "import", "-", "--strict", "--confirmed", "--reason", "moved"], exported.as_bytes());
    assert_eq!(moved.code, 0, "{}", moved.err);
    let ana = other.json(&["subscriber", "show", "ana@ngo.example", "--json"]);
    assert_eq!((ana["state"].as_str(), ana["preferences"]["every"].as_str()), (Some("confirmed"), Some("weekly")));
}

#[test]
fn no_address_is_in_the_history_and_nobody_else_may_read_where_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.done(&["subscriber", "add", "ana.secret@ngo.example"]);
    assert!(holds(&bytes_of(&desk.data(), "subscribers.db"), "ana.secret@ngo.example"));
    let history = bytes_of(&desk.data(), "history.db");
    assert!(!history.is_empty() && !holds(&history, "ana.secret"));
    let mode = |name: &str| fs::metadata(desk.data().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("subscribers.db"), mode("history.db") & 0o007), (0o600, 0));
    desk.done(&["subscriber", "remove", "ana.secret@ngo.example", "--erase"]);
    desk.run(&["subscriber", "show", "ana.secret@ngo.example"]).fails(1, &[]);
}

#[test]
fn a_letter_owed_is_shown_dropped_and_not_revived_by_accident() {
    let desk = Desk::new();
    desk.done(&["subscriber", "add", "ana@ngo.example", "--language", "en"]);
    let owed = desk.json(&["outbox", "list", "--json"]);
    assert_eq!((owed["counts"]["owed"].as_i64(), owed["letters"][0]["state"].as_str()), (Some(1), Some("owed")));
    let shown = desk.done(&["outbox", "show", "1"]);
    assert!(shown.contains("To: ana@ngo.example") && shown.contains("Subject: "), "{shown}");
    desk.done(&["outbox", "retry", "1"]);
    desk.done(&["outbox", "drop", "1"]);
    desk.run(&["outbox", "drop", "1"]).fails(1, &["dropped"]);
    desk.run(&["outbox", "retry", "1"]).fails(1, &["dropped"]);
    desk.run(&["outbox", "show", "99"]).fails(1, &["no letter 99", "outbox list"]);
    assert!(desk.done(&["outbox", "release"]).contains("nothing was stopped"));
}

#[test]
fn one_database_without_the_other_is_74_and_names_restore() {
    let desk = Desk::new();
    desk.done(&["subscriber", "add", "ana@ngo.example"]);
    for end in ["", "-wal", "-shm"] {
        drop(fs::remove_file(desk.data().join(format!("history.db{end}"))));
    }
    for command in [&["agreements"][..], &["subscriber", "list"], &["subscriber", "add", "boris@ngo.example"]] {
        desk.run(command).fails(74, &["history.db", "docs/operating.md"]);
    }
    assert!(!desk.data().join("history.db").exists());
    let check = desk.run(&["check", "--offline"]);
    assert_eq!(check.code, 1);
    assert!(check.out.contains("WRONG") && check.out.contains("docs/operating.md"), "{}", check.out);
}

#[test]
fn a_damaged_database_is_74_and_left_as_it_is() {
    let desk = Desk::new();
    desk.done(&["subscriber", "add", "ana@ngo.example"]);
    for end in ["-wal", "-shm"] {
        drop(fs::remove_file(desk.data().join(format!("subscribers.db{end}"))));
    }
    let file = desk.data().join("subscribers.db");
    let mut bytes = fs::read(&file).unwrap();
    bytes[..100].fill(0);
    fs::write(&file, &bytes).unwrap();
    for command in [&["subscriber", "list"][..], &["subscriber", "add", "boris@ngo.example"]] {
        desk.run(command).fails(74, &["subscribers.db", "docs/operating.md"]);
    }
    assert_eq!(fs::read(&file).unwrap(), bytes);
}

#[test]
fn the_doctor_makes_nothing_and_tells_what_to_do() {
    let desk = Desk::new();
    let check = desk.run(&["check", "--offline", "--json"]);
    assert_eq!(check.code, 0, "{}{}", check.out, check.err);
    let report: Value = serde_json::from_str(&check.out).unwrap();
    assert_eq!(report["ok"], true);
    let items = report["items"].as_array().unwrap();
    for item in items {
        assert!(item["state"] == "ok" || item["hint"].is_string(), "{item}");
    }
    for part in ["settings", "data", "schedule", "clock", "tool"] {
        assert!(items.iter().any(|item| item["part"] == part), "{part}");
    }
    assert!(!desk.data().exists());
}

#[test]
fn an_empty_history_gives_empty_lists_with_their_heads() {
    let desk = Desk::new();
    desk.done(&["subscriber", "add", "ana@ngo.example"]);
    assert_eq!(desk.json(&["agreements", "--json"]), serde_json::json!([]));
    assert_eq!(desk.json(&["changes", "--json"]), serde_json::json!([]));
    let csv = desk.done(&["agreements", "--csv"]);
    assert!(csv.starts_with("bill_id,act_number,legislature,title,title_latin,instrument,") && csv.ends_with("\r\n"), "{csv}");
    assert_eq!(csv.lines().count(), 1);
    desk.run(&["show", "404-18"]).fails(1, &["no bill is known by"]);
    desk.run(&["agreements", "--match", "!!"]).fails(1, &["cannot be searched for"]);
}

#[test]
fn a_page_of_any_kind_is_answered_with_the_same_keys() {
    let desk = Desk::new();
    let keys = ["bills_1037_lat", "laws_45_cyr", "index_949_lat", "committee_32689_en", "bills_cards_lat"].map(|page| {
        let page = format!("{}/tests/pages/{page}.html", env!("CARGO_MANIFEST_DIR"));
        desk.json(&["read", &page, "--json"]).as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    });
    assert!(keys.iter().all(|of_one| *of_one == keys[0]), "{keys:?}");
}

#[test]
fn what_is_no_page_is_said_with_what_a_poll_would_make_of_it() {
    let desk = Desk::new();
    let file = desk.file("page.html", "<html><body><h1>Sajt je u održavanju</h1></body></html>");
    desk.run(&["read", file.to_str().unwrap()]).fails(1, &["page.html", "A poll would fail on it"]);
    let pdf = desk.file("page.pdf", "%PDF-1.4 x");
    desk.run(&["read", pdf.to_str().unwrap(), "--kind", "bills"]).fails(1, &["not HTML"]);
    desk.run(&["read", "nowhere.html"]).fails(1, &["nowhere.html"]);
}
