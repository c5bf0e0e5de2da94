//! What comes back: reports, complaints, answers, machines' notes and malice, by Maildir and by pipe.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use potvrda::app::clock;
use serde_json::Value;

use crate::house::mail::{Accepted, MailServer};
use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::{House, eventually};
use crate::watch::BILLS;

const ANA: &str = "ana@reader.example";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn list(agreements: usize) -> Reply {
    let known = (0..100).map(|i| RowSpec::bill(&format!("{}-26", 2_000 + i), &format!("Predlog zakona o stvari {i}"), "2. mart 2026."));
    let agreement = |n: usize| {
        let title =
            format!("Predlog zakona o potvrđivanju Sporazuma broj {n} između Vlade Republike Srbije i Vlade Republike Italije o saradnji");
        RowSpec::bill(&format!("{}-26", 400 + n), &title, "2. novembar 2026.")
    };
    Reply::page(bills_page(&known.chain((1..=agreements).map(agreement)).collect::<Vec<_>>()))
}

/// A list that everybody has a letter of, a Maildir, and a return path.
struct Post {
    house: House,
    server: MailServer,
    parliament: Parliament,
    agreements: usize,
}

fn open() -> Post {
    open_with("return_path = \"potvrda+{token}@potvrda.example\"")
}

fn open_with(mail: &str) -> Post {
    let (parliament, server) = (Parliament::open(), MailServer::open());
    parliament.serve(BILLS, list(0));
    let house = House::new();
    let maildir = house.path().join("Maildir");
    for folder in ["new", "cur", "tmp"] {
        fs::create_dir_all(maildir.join(folder)).unwrap();
    }
    let house = house
        .source("bills", "bills", &parliament, BILLS)
        .mail(&server, "none", &format!("bounces = {maildir:?}\n{mail}"))
        .table("operator", "emails = [\"operator@potvrda.example\"]");
    house.run(&["poll"]).expect(0);
    house.run(&["subscriber", "add", ANA, "--confirmed", "--reason", "story"]).expect(0);
    Post { house, server, parliament, agreements: 0 }
}

impl Post {
    /// A new agreement, and the letter Ana gets of it.
    fn letter(&mut self) -> Accepted {
        self.agreements += 1;
        self.parliament.serve(BILLS, list(self.agreements));
        self.house.run(&["poll"]).expect(0);
        self.to(ANA).pop().expect("a letter to Ana")
    }

    fn to(&self, address: &str) -> Vec<Accepted> {
        self.server.accepted().into_iter().filter(|letter| letter.to == [address]).collect()
    }

    fn maildir(&self, folder: &str) -> PathBuf {
        self.house.path().join("Maildir").join(folder)
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(self.maildir(folder)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// A message arrives, so long ago.
    fn arrives(&self, name: &str, message: &str, ago: Duration) {
        let mut file = File::create(self.maildir("new").join(name)).unwrap();
        file.write_all(message.as_bytes()).unwrap();
        file.set_modified(SystemTime::from(clock::now()) - ago).unwrap();
    }

    /// What `deliver` reads before it sends; its log never has an address.
    fn read(&self) {
        let ran = self.house.run(&["deliver"]).expect(0);
        assert!(!ran.stderr.contains("@reader.example") && !ran.stdout.contains("@reader.example"), "{}", ran.stderr);
    }

    /// Hands a message to the pipe.
    fn pipe(&self, message: &str) -> Value {
        let mut child =
            self.house.command(&["bounce", "--json"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && !said.contains("@reader.example"), "{said}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn ana(&self) -> Value {
        self.person("1")
    }

    fn person(&self, who: &str) -> Value {
        self.house.run(&["subscriber", "show", who, "--json"]).expect(0).json()
    }

    /// What the operators hear of the mail: not that a page is being followed.
    fn told(&self) -> Vec<String> {
        let subjects = self.to("operator@potvrda.example").into_iter().filter_map(|letter| letter.header("Subject"));
        subjects.filter(|subject| !subject.contains("is being followed")).collect()
    }
}

/// A message of `tests/returned/`, about this letter.
fn about(name: &str, letter: &Accepted) -> String {
    let text = fs::read_to_string(format!("{}/tests/returned/{name}.eml", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let message_id = letter.header("Message-ID").unwrap();
    let token = letter.from.split(['+', '@']).nth(1).unwrap().to_owned();
    let text = text
        .replace("0123456789abcdef0123456789abcdef@ngo.example", message_id.trim_matches(['<', '>']))
        .replace("r17.0.00112233445566778899aabbccddeeff", &token);
    match leave_token(letter) {
        Some(leave) => text.replace("l5.0.ffeeddccbbaa99887766554433221100", &leave),
        None => text,
    }
}

fn leave_token(letter: &Accepted) -> Option<String> {
    let header = letter.header("List-Unsubscribe")?;
    Some(header.split("leave%20").nth(1)?.trim_end_matches('>').to_owned())
}

/// The same without anything by which our token could be found.
fn without_tokens(text: &str) -> String {
    let kept: Vec<&str> =
        text.lines().filter(|line| !line.contains("+r") && !line.contains("unsubscribe/l") && !line.contains("leave%20")).collect();
    kept.join("\n")
}

#[test]
fn every_letter_returns_to_an_address_of_its_own_and_is_from_the_same_one() {
    let mut post = open();
    let letters = [post.letter(), post.letter()];
    for letter in &letters {
        assert!(letter.from.starts_with("potvrda+r") && letter.from.ends_with("@potvrda.example"), "{}", letter.from);
        assert!(!letter.from.contains("ana") && letter.from.len() < 80);
        assert_eq!(letter.header("From").unwrap(), "Potvrda <potvrda@potvrda.example>");
        assert!(!letter.text().contains("potvrda+r"), "it stands on the envelope alone");
    }
    assert_ne!(letters[0].from, letters[1].from);
    let mut post = open_with("");
    assert_eq!(post.letter().from, "potvrda@potvrda.example");
}

#[test]
fn three_days_of_hard_bounces_pause_and_any_number_on_two_days_does_not() {
    let mut post = open();
    let letter = post.letter();
    let gone = about("postfix_unknown_user", &letter);
    for n in 0..5 {
        post.arrives(&format!("a{n}"), &gone, DAY * 2);
        post.arrives(&format!("b{n}"), &gone, DAY);
    }
    post.read();
    let ana = post.ana();
    assert_eq!((&ana["state"], ana["bounces"].as_array().unwrap().len()), (&"confirmed".into(), 2));
    assert_eq!(
        (&ana["bounces"][0]["sort"], &ana["bounces"][0]["status"], &ana["bounces"][0]["how"]),
        (&"hard".into(), &"5.1.1".into(), &"returned".into())
    );
    assert_eq!((&ana["bounces"][0]["points"], &ana["bounces"][0]["letter_id"]), (&1.0.into(), &ana["letters"][0]["id"]));
    post.arrives("c", &gone, Duration::ZERO);
    post.read();
    let ana = post.ana();
    assert_eq!((&ana["state"], &ana["pause_reason"]), (&"paused".into(), &"refused".into()));
    assert_eq!(post.told(), ["Subscriber 1 is paused: the address refuses letters"]);
    assert!(!post.to("operator@potvrda.example").pop().unwrap().text().contains("@reader.example"));
    assert_eq!((post.names("new").len(), post.names("cur").len()), (0, 11));
    assert!(post.names("cur").iter().all(|name| name.ends_with(":2,S")));
    let shown = post.house.run(&["subscriber", "show", "1"]).expect(0).stdout;
    assert!(shown.contains("3 points in 14 days, 3 pause") && shown.contains("returned, hard 5.1.1"), "{shown}");
    // Whoever is resumed begins anew, and what comes later counts again.
    post.house.run(&["subscriber", "resume", "1"]).expect(0);
    post.arrives("d", &gone, Duration::ZERO);
    post.read();
    assert_eq!(post.ana()["state"], "confirmed");
}

#[test]
fn soft_bounces_count_half_and_none_counts_longer_than_a_fortnight() {
    let mut post = open();
    let letter = post.letter();
    let full = about("gmail_over_quota", &letter);
    for day in 0..5 {
        post.arrives(&format!("s{day}"), &full, DAY * day);
    }
    for day in 15..20 {
        post.arrives(&format!("o{day}"), &about("postfix_unknown_user", &letter), DAY * day);
    }
    post.read();
    assert_eq!(post.ana()["state"], "confirmed");
    assert!(post.house.run(&["subscriber", "show", "1"]).expect(0).stdout.contains("2.5 points in 14 days"));
    post.arrives("s5", &full, DAY * 5);
    post.read();
    assert_eq!(post.ana()["state"], "paused");
}

#[test]
fn the_reports_of_every_server_are_counted_for_what_they_mean() {
    let mut post = open();
    let letter = post.letter();
    for (name, sort, status) in [
        ("postfix_unknown_user", "hard", Value::from("5.1.1")),
        ("postfix_given_up", "soft", "4.4.1".into()),
        ("postfix_behind_a_forward", "soft", "5.1.1".into()),
        ("exchange_not_found", "hard", "5.1.10".into()),
        ("gmail_inactive", "hard", "5.2.1".into()),
        ("gmail_over_quota", "soft", "5.2.2".into()),
        ("gmail_unauthenticated", "content", "5.7.26".into()),
        ("sendmail_mailbox_full", "soft", "5.2.2".into()),
        ("exim_unknown_user", "hard", Value::Null),
        ("qmail_no_mailbox", "hard", "5.1.1".into()),
    ] {
        let by_token = about(name, &letter);
        // Without our token, and without the link of the letter: by its Message-ID alone.
        for message in [&by_token, &without_tokens(&by_token)] {
            let done = post.pipe(message);
            assert_eq!((&done["done"], &done["subscriber"]), (&"counted".into(), &1.into()), "{name}: {done}\n{message}");
            assert_eq!((&done["sort"], &done["status"]), (&sort.into(), &status), "{name}");
        }
    }
    assert_eq!(post.ana()["state"], "confirmed", "all of it on one day");
    for name in ["postfix_delayed", "postfix_delivered", "exim_still_trying"] {
        assert_eq!(post.pipe(&about(name, &letter))["done"], "ignored", "{name}");
    }
}

#[test]
fn nobody_is_paused_by_a_report_that_anybody_could_have_written() {
    let mut post = open();
    let letter = post.letter();
    let forged = fs::read_to_string(format!("{}/tests/returned/postfix_unknown_user.eml", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let complaint = fs::read_to_string(format!("{}/tests/returned/complaint.eml", env!("CARGO_MANIFEST_DIR"))).unwrap();
    // A true token with one letter changed, and the Message-ID of somebody else's letter.
    post.house.run(&["subscriber", "add", "bojan@reader.example", "--confirmed", "--reason", "story"]).expect(0);
    post.letter();
    let to_bojan = post.to("bojan@reader.example").pop().unwrap();
    let altered = about("postfix_unknown_user", &letter).replace("+r1.0.", "+r2.0.");
    let of_bojan = without_tokens(&about("postfix_unknown_user", &to_bojan));
    for (name, message) in [
        ("forged", forged),
        ("complaint", complaint),
        ("altered", without_tokens(&altered).replace("@potvrda.example>", "@x.example>")),
        ("bojan's", of_bojan),
    ] {
        let done = post.pipe(&message);
        assert_eq!(done["done"], "aside", "{name}: {done}");
    }
    assert!([1, 2].iter().all(|id| post.person(&id.to_string())["bounces"] == Value::Array(Vec::new())));
}

#[test]
fn a_complaint_stops_the_letters_at_once_and_the_operators_hear_of_it() {
    let mut post = open();
    let letter = post.letter();
    post.arrives("1", &about("complaint", &letter), Duration::ZERO);
    post.read();
    assert_eq!(post.ana()["state"], "paused");
    assert_eq!(post.told(), ["Subscriber 1 reported a letter as spam, and is paused"]);
    let before = post.to(ANA).len();
    post.agreements += 1;
    post.parliament.serve(BILLS, list(post.agreements));
    post.house.run(&["poll"]).expect(0);
    assert_eq!(post.to(ANA).len(), before);
    // Whom a stranger entered, and who calls the question spam, is not kept.
    post.house.run(&["subscriber", "add", "bojan@reader.example"]).expect(0);
    post.read();
    let question = post.to("bojan@reader.example").pop().unwrap();
    assert_eq!(post.pipe(&about("complaint", &question)), serde_json::json!({ "done": "left", "subscriber": 2 }));
    assert_eq!(post.person("2")["address"], Value::Null);
}

#[test]
fn what_is_refused_for_its_content_counts_against_nobody_and_is_told_once_a_day() {
    let mut post = open();
    let letter = post.letter();
    for day in 0..5 {
        post.arrives(&format!("{day}"), &about("gmail_unauthenticated", &letter), DAY * day);
    }
    post.read();
    post.arrives("6", &about("gmail_unauthenticated", &letter), Duration::ZERO);
    post.read();
    assert_eq!(post.ana()["state"], "confirmed");
    assert_eq!(post.told(), ["Mail servers refuse what we send"]);
}

#[test]
fn machines_are_not_answered_and_what_nobody_understands_waits_for_a_person() {
    let mut post = open();
    let letter = post.letter();
    for name in ["away_de", "away_sr", "read_receipt", "unknown_form", "answer_question"] {
        post.arrives(name, &about(name, &letter), Duration::ZERO);
    }
    let sent = post.server.accepted().len();
    post.read();
    post.read();
    assert_eq!(post.server.accepted().len(), sent, "nothing was answered");
    assert_eq!(post.names("new"), Vec::<String>::new());
    assert_eq!(post.names("cur"), ["answer_question:2,F", "away_de:2,S", "away_sr:2,S", "read_receipt:2,S", "unknown_form:2,F"]);
    let check = post.house.run(&["check", "--offline", "--json"]).json();
    let item = check["items"].as_array().unwrap().iter().find(|item| item["name"] == "bounces").unwrap();
    assert_eq!(item["state"], "warning");
    assert!(item["what"].as_str().unwrap().contains("2 messages are for a person"), "{item}");
}

#[test]
fn letters_to_operators_that_come_back_make_no_letters() {
    let mut post = open();
    let letter = post.letter();
    post.pipe(&about("complaint", &letter));
    post.read();
    let to_operator = post.to("operator@potvrda.example").pop().unwrap();
    let sent = post.server.accepted().len();
    for n in 0..5 {
        post.arrives(&format!("{n}"), &about("postfix_unknown_user", &to_operator), Duration::ZERO);
    }
    post.read();
    post.read();
    assert_eq!(post.server.accepted().len(), sent);
    assert!(post.names("cur").iter().all(|name| name.ends_with(":2,F")), "they wait for a person");
}

#[test]
fn a_yes_to_the_letter_that_asks_confirms_whoever_was_asked_and_nothing_else_does() {
    let post = open();
    post.house.run(&["subscriber", "add", "bojan@reader.example"]).expect(0);
    post.read();
    let question = post.to("bojan@reader.example").pop().unwrap();
    let answer = |name: &str| about(name, &question).replace("ana@reader.example", "bojan@reader.example");
    let state = || post.person("2")["state"].as_str().unwrap().to_owned();
    for (name, message) in [
        ("of another", answer("answer_yes").replace("From: Ana Anić <bojan@", "From: Ana Anić <cvele@")),
        ("of one subscribed", about("answer_yes", &question)),
        ("to nothing", answer("answer_yes").lines().filter(|line| !line.contains("potvrda.example>")).collect::<Vec<_>>().join("\n")),
        ("a question", answer("answer_question")),
        ("away", answer("away_de")),
        ("away in Serbian", answer("away_sr")),
    ] {
        let done = post.pipe(&message);
        assert!(["aside", "ignored"].contains(&done["done"].as_str().unwrap()), "{name}: {done}");
        assert_eq!(state(), "pending", "{name}");
    }
    assert_eq!(post.pipe(&answer("answer_yes")), serde_json::json!({ "done": "confirmed", "subscriber": 2 }));
    assert_eq!(state(), "confirmed");
    assert_eq!(post.pipe(&answer("answer_yes"))["done"], "ignored", "twice is once");
}

#[test]
fn a_letter_with_the_token_leaves_whoever_sends_it_and_a_stop_only_from_the_address_itself() {
    let mut post = open();
    post.house.run(&["subscriber", "add", "bojan@reader.example", "--confirmed", "--reason", "story"]).expect(0);
    let to_ana = post.letter();
    let to_bojan = post.to("bojan@reader.example").pop().unwrap();
    let stop = about("answer_stop", &to_bojan);
    assert_eq!(post.pipe(&stop)["done"], "aside", "Ana answers a letter of Bojan's");
    assert_eq!(
        post.pipe(&stop.replace("ana@reader.example", "bojan@reader.example")),
        serde_json::json!({ "done": "left", "subscriber": 2 })
    );
    post.arrives("1", &about("leave", &to_ana), Duration::ZERO);
    post.arrives("2", &about("leave", &to_ana), Duration::ZERO);
    post.read();
    let ana = post.ana();
    assert_eq!((&ana["state"], &ana["address"]), (&"left".into(), &Value::Null));
    assert_eq!(post.names("cur"), ["1:2,S", "2:2,S"]);
    assert_eq!(post.pipe(&about("postfix_unknown_user", &to_ana))["done"], "ignored", "about somebody who left");
}

#[test]
fn hostile_mail_is_put_aside_once_and_holds_up_nothing() {
    let mut post = open();
    let letter = post.letter();
    let deep: String = (0..20_000).map(|d| format!("Content-Type: multipart/mixed; boundary=b{d}\n\n--b{d}\n")).collect();
    let letters: String = "Content-Type: message/rfc822\n\n".repeat(30_000);
    let wide =
        format!("Content-Type: multipart/report; boundary=b\n\n{}", "--b\nContent-Type: message/delivery-status\n\n\n".repeat(20_000));
    for (name, message) in [
        ("a_long", format!("From: a@b.example\n\n{}", "x".repeat(2_000_000))),
        ("b_empty", String::new()),
        ("c_nothing", "\0\u{1}\u{2}\n\n\n".repeat(1_000)),
        ("d_deep", format!("From: MAILER-DAEMON@b.example\n{deep}x\n")),
        ("e_letters", format!("From: MAILER-DAEMON@b.example\n{letters}x\n")),
        ("f_wide", format!("From: MAILER-DAEMON@b.example\n{wide}x\n")),
        (
            "g_recipients",
            format!("Return-Path: <>\nFrom: MAILER-DAEMON@b.example\nX-Failed-Recipients: {}\n\nx", "ana@reader.example,".repeat(40_000)),
        ),
        ("h_tokens", format!("Return-Path: <>\nTo: {}\n\nx", "r1.0.00112233445566778899aabbccddeeff,".repeat(20_000))),
    ] {
        post.arrives(name, &message, Duration::ZERO);
    }
    std::process::Command::new("mkfifo").arg(post.maildir("new").join("i_pipe")).status().unwrap();
    std::os::unix::fs::symlink("/dev/zero", post.maildir("new").join("j_link")).unwrap();
    post.arrives("k_true", &about("leave", &letter), Duration::ZERO);
    let started = std::time::Instant::now();
    post.read();
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    assert_eq!(post.names("new"), Vec::<String>::new());
    let aside: Vec<String> = post.names("cur").into_iter().filter(|name| name.ends_with(":2,F")).collect();
    assert_eq!(aside.len(), 10, "{aside:?}");
    assert_eq!(post.ana()["state"], "left", "the one that was true is acted upon");
    post.read();
    assert_eq!(post.names("cur").len(), 11);
}

#[test]
fn a_maildir_that_is_not_there_keeps_no_letter_back() {
    let mut post = open();
    fs::remove_dir_all(post.house.path().join("Maildir")).unwrap();
    post.letter();
    let check = post.house.run(&["check", "--offline"]);
    assert_eq!(check.code, 1);
    assert!(check.stdout.contains("is no Maildir"), "{}", check.stdout);
}

#[test]
fn the_daemon_reads_the_maildir_and_the_pipe_works_beside_it() {
    let mut post = open();
    let to_ana = post.letter();
    post.house.run(&["subscriber", "add", "bojan@reader.example", "--confirmed", "--reason", "story"]).expect(0);
    post.letter();
    let to_bojan = post.to("bojan@reader.example").pop().unwrap();
    post.arrives("1", &about("leave", &to_ana), Duration::ZERO);
    let house = std::mem::replace(&mut post.house, House::new());
    post.house = house.table("web", "listen = \"off\"");
    let daemon = post.house.start(&["run"]);
    assert!(eventually(Duration::from_secs(30), || post.ana()["state"] == "left"), "the daemon reads at its start");
    assert_eq!(post.names("cur"), ["1:2,S"]);
    assert_eq!(post.pipe(&about("postfix_unknown_user", &to_bojan))["done"], "counted");
    daemon.signal("TERM");
    daemon.end_within(Duration::from_secs(15)).expect(0);
}

#[test]
fn a_message_that_cannot_be_dealt_with_now_is_left_to_the_mail_server() {
    let house = House::new();
    let mut child = house.command(&["bounce"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"From: a@b.example\n\nx").unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(75), "no data here: keep it, and try again");
}
