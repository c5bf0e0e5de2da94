//! Strangers, subscribers and their data: the form, the letter that asks, the fresh link, the way out, and what abuse comes to.

use std::time::{Duration, Instant};

use potvrda::config::Settings;
use serde_json::json;

use crate::house::House;
use crate::house::mail::MailServer;
use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::web::{Pages, contents};

const RUSSIA: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Ruske Federacije o slobodnoj trgovini";
const BELGIUM: &str = "Predlog zakona o potvrđivanju Sporazuma između Republike Srbije i Kraljevine Belgije o socijalnoj sigurnosti";
const CONTROLLER: &str =
    "name = \"Udruženje Primer\"\naddress = \"Ulica 1, 11000 Beograd\"\nemail = \"podaci@primer.example\"\n[web]\nlisten = \"off\"";
const FORM: &str = "do=subscribe&consent=yes&language=sr-Latn&every=instant";

/// A letter with its quoted-printable parts read (RFC 2045, 6.7).
fn plain(letter: &crate::house::mail::Accepted) -> String {
    let text = letter.text().replace("=\r\n", "");
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        match code.filter(|_| *first == b'=') {
            Some(byte) => (bytes.push(byte), rest = &after[2..]).1,
            None => (bytes.push(*first), rest = after).1,
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Two agreements known since the first look, somebody who answers for the addresses, and the pages up.
pub struct Office {
    pub parliament: Parliament,
    pub house: House,
    pub server: MailServer,
    pub pages: Pages,
}

pub fn open() -> Office {
    let (parliament, server) = (Parliament::open(), MailServer::open());
    let rows = [RowSpec::bill("200-17", RUSSIA, "23. oktobar 2017."), RowSpec::bill("201-17", BELGIUM, "23. oktobar 2017.")];
    parliament.serve("/bills", Reply::page(bills_page(&rows)));
    let house = House::new().source("bills", "bills", &parliament, "/bills").mail(&server, "none", "").table("controller", CONTROLLER);
    house.run(&["poll"]).expect(0);
    let path = house.settings();
    let text = format!("public_url = \"https://potvrda.example/\"\n{}", std::fs::read_to_string(&path).unwrap());
    let settings = Settings::parse(&path, &text).unwrap();
    Office { pages: Pages::open(settings), parliament, house, server }
}

impl Office {
    /// Sends what is owed.
    pub fn deliver(&self) -> String {
        self.public(&["deliver"])
    }

    /// These bills beside the two that were there from the beginning.
    pub fn serve(&self, more: &[RowSpec]) {
        let known = [RowSpec::bill("200-17", RUSSIA, "23. oktobar 2017."), RowSpec::bill("201-17", BELGIUM, "23. oktobar 2017.")];
        let rows: Vec<RowSpec> = known.into_iter().chain(more.iter().cloned()).collect();
        self.parliament.serve("/bills", Reply::page(bills_page(&rows)));
    }

    /// A command with the public address in the letters it writes.
    pub fn public(&self, args: &[&str]) -> String {
        let path = self.house.settings();
        let text = format!("public_url = \"https://potvrda.example/\"\n{}", std::fs::read_to_string(&path).unwrap());
        let path = self.house.path().join("public.toml");
        std::fs::write(&path, text).unwrap();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_potvrda")).arg("--config").arg(&path).args(args).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The way behind a link of the newest letter: `/confirm/...`.
    pub fn link(&self, door: &str) -> String {
        let letters = self.server.accepted();
        let text = plain(letters.last().unwrap());
        let start = text.find(&format!("https://potvrda.example/{door}/")).unwrap_or_else(|| panic!("no {door} in\n{text}"));
        let link = text[start..].split(|c: char| c.is_whitespace() || matches!(c, '"' | '>')).next().unwrap();
        link.trim_start_matches("https://potvrda.example").to_owned()
    }

    fn subscribe(&self, email: &str, more: &str) -> crate::web::Answer {
        self.pages.ask("POST", "/sr/subscribe", &format!("email={}&{FORM}{more}", email.replace('@', "%40").replace('+', "%2B")))
    }

    pub fn person(&self, email: &str) -> serde_json::Value {
        self.house.run(&["subscriber", "show", email, "--json"]).expect(0).json()
    }

    /// A person who confirmed, and the way to their choices.
    pub fn confirmed(&self, email: &str) -> String {
        self.house.run(&["subscriber", "add", email, "--confirmed", "--reason", "story"]).expect(0);
        assert_eq!(self.pages.ask("POST", "/sr/manage", &format!("email={}", email.replace('@', "%40"))).status, 200);
        self.deliver();
        self.link("manage")
    }
}

#[test]
fn a_stranger_subscribes_by_the_form_and_one_button_and_every_word_of_the_consent_is_kept() {
    let office = open();
    let form = office.pages.get("/sr/subscribe").body;
    let words = "Želim da mi na ovu adresu Udruženje Primer šalje pisma o međunarodnim sporazumima";
    assert!(form.contains(words) && form.contains("name=\"consent\""), "{form}");
    assert_eq!(office.subscribe("Ana@NGO.example", "&country=RU&level=agency&word=imunitet&proof_of_silence=no").status, 200);
    let ana = office.person("ana@ngo.example");
    assert_eq!(ana["state"], "pending");
    office.deliver();
    assert_eq!(office.server.accepted().len(), 1);
    let letter = plain(&office.server.accepted()[0]);
    assert!(letter.contains("Udruženje Primer") && letter.contains("Ulica 1, 11000 Beograd") && letter.contains("podaci@primer.example"));
    let door = office.link("confirm");
    let shown = office.pages.get(&door);
    assert_eq!((shown.status, shown.body.matches("<form").count(), shown.body.matches("<button").count()), (200, 1, 1));
    assert_eq!(office.person("ana@ngo.example")["state"], "pending", "looking confirms nobody");
    let pressed = office.pages.ask("POST", &door, "");
    assert_eq!(pressed.status, 200);
    let ana = office.person("ana@ngo.example");
    assert_eq!((&ana["state"], &ana["preferences"]["countries"]), (&json!("confirmed"), &json!(["RU"])));
    assert_eq!((&ana["preferences"]["words"], &ana["preferences"]["proof_of_silence"]), (&json!(["imunitet"]), &json!(false)));
    let consent = &ana["consents"][0];
    assert_eq!((&consent["how"], &consent["version"]), (&json!("web"), &json!("web-1 sr-Latn")));
    assert!(consent["text"].as_str().unwrap().starts_with(words) && !consent["asked_at"].is_null() && !consent["confirmed_at"].is_null());
    let at = pressed.body.find("/manage/m").expect("choices at once");
    let manage: String = pressed.body[at..].chars().take_while(|c| *c != '"').collect();
    assert!(office.pages.get(&manage).body.contains("Ana@ngo.example"));
    assert!(!office.pages.ask("POST", &door, "").body.contains("/manage/m"), "the letter that asked may be forwarded later");
}

#[test]
fn without_somebody_who_answers_for_the_addresses_the_pages_take_none() {
    let house = House::new();
    let pages = Pages::of(&house);
    let form = pages.get("/en/subscribe");
    assert!(form.status == 200 && !form.body.contains("<form"));
    assert_eq!(pages.ask("POST", "/en/subscribe", &format!("email=ana%40ngo.example&{FORM}")).status, 403);
    assert!(!house.data().exists(), "nothing was written");
}

#[test]
fn a_wrong_address_or_no_consent_is_400_and_nothing_is_kept() {
    let office = open();
    let before = contents(&office.house.data());
    for email in [
        "",
        "ana",
        "ana%40",
        "a%40b%40c.example",
        "ana%40ngo.example%0D%0ABcc%3Aeve%40evil.example",
        "ana%00%40ngo.example",
        "%22a%20b%22%40ngo.example%2C eve%40evil.example",
        "ana%40ngo.example%20eve%40evil.example",
        "%3Cscript%3E%40ngo.example",
    ] {
        let answer = office.pages.ask("POST", "/en/subscribe", &format!("email={email}&{FORM}"));
        assert_eq!(answer.status, 400, "{email}");
        assert!(answer.body.contains("role=\"alert\"") && !answer.body.contains("<script"), "{email}");
    }
    let long = format!("{}%40ngo.example", "a".repeat(300));
    assert_eq!(office.pages.ask("POST", "/en/subscribe", &format!("email={long}&{FORM}")).status, 400);
    assert_eq!(office.pages.ask("POST", "/en/subscribe", "email=ana%40ngo.example&do=subscribe").status, 400, "no consent");
    assert_eq!(contents(&office.house.data()), before);
}

#[test]
fn known_and_unknown_addresses_get_the_same_answer_after_the_same_time() {
    let office = open();
    office.house.run(&["subscriber", "add", "known@ngo.example", "--confirmed", "--reason", "story"]).expect(0);
    let ask = |path: &str, email: &str| {
        let began = Instant::now();
        let answer = office.pages.ask("POST", path, &format!("email={email}%40ngo.example&{FORM}"));
        (answer.status, answer.body, began.elapsed())
    };
    for (path, known, unknown) in [("/en/subscribe", "known", "fresh"), ("/en/manage", "known", "nobody")] {
        let (one, other) = (ask(path, known), ask(path, unknown));
        assert_eq!((one.0, &one.1), (200, &other.1), "{path}");
        assert_eq!(other.0, 200);
        for took in [one.2, other.2] {
            assert!(took >= Duration::from_millis(400) && took < Duration::from_millis(2_000), "{path} {took:?}");
        }
        let (long, short) = (one.2.max(other.2).as_secs_f64(), one.2.min(other.2).as_secs_f64());
        assert!(long / short < 1.25, "{path}: {long} and {short}");
    }
}

#[test]
fn one_address_is_asked_once_a_day_and_nobody_chooses_for_it_meanwhile() {
    let office = open();
    assert_eq!(office.subscribe("victim@ngo.example", "").status, 200);
    for n in 0..3 {
        assert_eq!(office.subscribe("VICTIM@ngo.example", &format!("&word=evil{n}&every=weekly")).status, 200);
    }
    office.deliver();
    assert_eq!(office.server.accepted().len(), 1);
    assert_eq!(office.person("victim@ngo.example")["preferences"]["words"], json!([]));
}

#[test]
fn the_letter_that_asks_holds_no_text_of_the_senders_choice() {
    let office = open();
    assert_eq!(office.subscribe("victim@ngo.example", "&word=BUY+PILLS&body=http%3A%2F%2Fevil.example&instrument=CLICK").status, 200);
    office.deliver();
    let letter = &office.server.accepted()[0];
    let text = plain(letter);
    assert!(!text.contains("PILLS") && !text.contains("evil.example") && !text.contains("CLICK"), "{text}");
}

#[test]
fn one_visitor_enters_five_addresses_an_hour_and_a_trusted_proxy_is_many_visitors() {
    let office = open();
    let statuses: Vec<u16> = (0..7).map(|n| office.subscribe(&format!("v{n}@ngo.example"), "").status).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429, 429]);
    let path = office.house.settings();
    let text = std::fs::read_to_string(&path).unwrap().replace("listen = \"off\"", "listen = \"off\"\ntrusted_proxies = [\"127.0.0.1\"]");
    let behind = Pages::open(Settings::parse(&path, &text).unwrap());
    let from = |visitor: &str, n: u32| {
        let body = format!("email=p{n}%40ngo.example&{FORM}");
        let head = format!(
            "POST /en/subscribe HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: 10.9.9.9, {visitor}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        behind.raw(format!("{head}{body}").as_bytes()).status
    };
    assert_eq!((0..6).map(|n| from("198.51.100.7", n)).collect::<Vec<_>>(), [200, 200, 200, 200, 200, 429]);
    assert_eq!(from("198.51.100.8", 9), 200, "another visitor behind the same proxy");
}

#[test]
fn a_flood_of_sign_ups_is_two_hundred_letters_a_day_a_queue_and_one_notice() {
    use potvrda::app::subscribe::{self, Asked};
    use potvrda::domain::subscriber::Preferences;
    use potvrda::io::roster::Roster;
    use potvrda::io::roster::people::{Consent, ConsentHow};
    let dir = tempfile::tempdir().unwrap();
    let mut roster = Roster::open(dir.path(), true).unwrap();
    let mut settings = Settings { data_dir: dir.path().to_owned(), ..Settings::default() };
    settings.operator.emails = vec!["operator@ngo.example".parse().unwrap()];
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    let consent = Consent { how: ConsentHow::Web, version: Some("web-1 en".to_owned()), text: Some("yes".to_owned()) };
    let mut counts = [0, 0];
    for n in 0..300 {
        let address = format!("v{n}@ngo.example").parse().unwrap();
        match subscribe::ask_on_the_web(&settings, &mut roster, &address, &Preferences::default(), &consent, now).unwrap() {
            Asked::LetterOwed(_) => counts[0] += 1,
            Asked::TooMany(_) => counts[1] += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(counts, [200, 100]);
    assert_eq!(roster.count_letters().unwrap().owed, 201, "and one notice to the operator");
    subscribe::tend(&settings, &mut roster, now + chrono::Duration::hours(1)).unwrap();
    assert_eq!(roster.count_letters().unwrap().owed, 201, "no room yet");
    subscribe::tend(&settings, &mut roster, now + chrono::Duration::hours(25)).unwrap();
    assert_eq!(roster.count_letters().unwrap().owed, 301, "nobody is lost");
    subscribe::tend(&settings, &mut roster, now + chrono::Duration::days(31)).unwrap();
    let kept = subscribe::all(&roster).unwrap();
    assert!(kept.iter().all(|one| one.address.is_none()), "who never confirms is erased");
}

#[test]
fn choices_are_changed_counted_and_paused_behind_a_fresh_link() {
    let office = open();
    let door = office.confirmed("ana@ngo.example");
    let before = contents(&office.house.data());
    for _ in 0..20 {
        assert_eq!(office.pages.get(&door).status, 200);
        assert_eq!(office.pages.ask("HEAD", &door, "").status, 200);
    }
    let counted = office.pages.ask("POST", &door, "do=count&country=RU").body;
    assert!(counted.contains("2\u{a0}sporazuma") && counted.contains("<strong>1</strong>"), "{counted}");
    assert_eq!(contents(&office.house.data()), before, "looking and counting change nothing");
    let saved = office.pages.ask("POST", &door, "do=save&language=en&every=weekly&country=RU&change=adopted&proof_of_silence=no&word=fee");
    assert!(saved.status == 200 && saved.body.contains("Saved."), "{}", saved.body);
    let ana = office.person("ana@ngo.example");
    let chosen = &ana["preferences"];
    assert_eq!((&chosen["language"], &chosen["every"], &chosen["countries"]), (&json!("en"), &json!("weekly"), &json!(["RU"])));
    assert_eq!((&chosen["changes"], &chosen["words"]), (&json!(["adopted"]), &json!(["fee"])));
    assert!(office.pages.ask("POST", &door, "do=pause&until=2001-01-01").body.contains("role=\"alert\""));
    assert_eq!(office.person("ana@ngo.example")["state"], "confirmed");
    let day = (potvrda::app::clock::now() + chrono::Duration::days(20)).format("%F").to_string();
    office.pages.ask("POST", &door, &format!("do=pause&until={day}"));
    let ana = office.person("ana@ngo.example");
    assert_eq!((&ana["state"], &ana["pause_reason"]), (&json!("paused"), &json!("asked")));
    assert_eq!(office.pages.ask("POST", "/en/manage", "email=ana%40ngo.example").status, 200, "the paused may ask too");
    office.pages.ask("POST", &door, "do=resume");
    assert_eq!(office.person("ana@ngo.example")["state"], "confirmed");
}

#[test]
fn ones_data_are_given_out_and_erased_behind_a_fresh_link() {
    let office = open();
    let door = office.confirmed("ana@ngo.example");
    let given = office.pages.ask("POST", &door, "do=export");
    assert!(given.header("content-disposition").unwrap().starts_with("attachment"));
    let given: serde_json::Value = serde_json::from_str(&given.body).unwrap();
    assert_eq!((&given["address"], &given["consents"][0]["text"]), (&json!("ana@ngo.example"), &json!("story")));
    assert!(!given["letters"].as_array().unwrap().is_empty());
    assert_eq!(office.pages.ask("POST", &door, "do=erase").status, 200);
    for table in ["subscriber", "consent", "letter"] {
        let rows = office.house.query("subscribers.db", &format!("SELECT * FROM {table}")).unwrap_or_default();
        assert!(!rows.contains("ana") && !rows.contains("story"), "{rows}");
    }
    assert_eq!(office.pages.get(&door).status, 410);
}

#[test]
fn a_fresh_link_is_sent_to_subscribers_alone_goes_while_they_are_paused_and_does_not_bomb_them() {
    let office = open();
    office.house.run(&["subscriber", "add", "ana@ngo.example", "--confirmed", "--reason", "story"]).expect(0);
    office.house.run(&["subscriber", "pause", "ana@ngo.example"]).expect(0);
    for who in ["ana", "ana", "nobody", "ana"] {
        assert_eq!(office.pages.ask("POST", "/sr/manage", &format!("email={who}%40ngo.example")).status, 200);
    }
    office.deliver();
    let letters = office.server.accepted();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].header("List-Unsubscribe").is_none(), "it is no letter of the list");
    let leave = office.link("manage").replacen("/manage/m", "/unsubscribe/l", 1);
    assert_eq!(office.pages.ask("POST", &leave, "").status, 404, "a link opens its own door alone");
    let stale = office.link("manage").replace(".", ".1");
    assert_eq!(office.pages.get(&stale).status, 404);
}

#[test]
fn whoever_subscribes_again_learns_by_letter_that_they_are_subscribed() {
    let office = open();
    office.house.run(&["subscriber", "add", "ana@ngo.example", "--confirmed", "--reason", "story"]).expect(0);
    assert_eq!(office.subscribe("ana@ngo.example", "&word=evil").status, 200);
    assert_eq!(office.person("ana@ngo.example")["preferences"]["words"], json!([]));
    office.deliver();
    assert!(office.pages.get(&office.link("manage")).status == 200);
}

#[test]
fn the_privacy_notice_names_who_answers_in_every_language() {
    let office = open();
    for (prefix, words) in [
        ("/sr", "Rukovalac podacima: Udruženje Primer"),
        ("/sr-cyrl", "Руковалац подацима: Udruženje Primer"),
        ("/en", "Data controller: Udruženje Primer"),
    ] {
        let page = office.pages.get(&format!("{prefix}/privacy"));
        assert!(
            page.status == 200 && page.body.contains(words) && (page.body.contains("30\u{a0}d") || page.body.contains("30\u{a0}д")),
            "{}",
            page.body
        );
        assert!(office.pages.get(&format!("{prefix}/")).body.contains("Ulica 1, 11000 Beograd"), "at the foot of every page");
    }
}

#[test]
fn it_is_explained_what_the_paused_will_and_will_not_be_told() {
    let office = open();
    office.house.run(&["subscriber", "add", "ana@ngo.example", "--confirmed", "--reason", "story", "--every", "daily"]).expect(0);
    let why = |who: &str| office.house.run(&["explain", who, "200-17"]).expect(0).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(why("ana@ngo.example").contains("s digest at 08:00 (daily, 20"), "{}", why("ana@ngo.example"));
    office.house.run(&["subscriber", "pause", "ana@ngo.example", "--until", "2099-05-01"]).expect(0);
    assert!(why("ana@ngo.example").contains("nothing while they are paused, until 2099-05-01 00:00 Europe/Belgrade"));
}

/// A letter on its way while another reader leaves: the server takes its time with the first one.
#[test]
fn who_leaves_while_letters_go_out_gets_none_of_them() {
    let office = open();
    for n in 0..3 {
        office.house.run(&["subscriber", "add", &format!("r{n}@ngo.example"), "--confirmed", "--reason", "story"]).expect(0);
    }
    let third = potvrda::io::roster::Roster::open_reader(&office.house.data()).unwrap();
    let leave = third.token(potvrda::io::roster::token::Purpose::Leave, 3, None);
    let title = "Predlog zakona o potvrđivanju Sporazuma između Republike Srbije i Republike Italije o saradnji";
    let rows =
        [RUSSIA, BELGIUM, title].into_iter().zip(200..).map(|(title, n)| RowSpec::bill(&format!("{n}-17"), title, "23. oktobar 2017."));
    office.parliament.serve("/bills", Reply::page(bills_page(&rows.collect::<Vec<_>>())));
    office.server.breaks(crate::house::mail::Fault::SlowAfterDot(Duration::from_millis(1_500)), 1);
    let polling = office.house.start(&["poll"]);
    let under_way =
        crate::house::eventually(Duration::from_secs(20), || office.server.said().iter().any(|line| line.eq_ignore_ascii_case("DATA")));
    assert!(under_way);
    assert_eq!(office.pages.ask("POST", &format!("/unsubscribe/{leave}"), "List-Unsubscribe=One-Click").status, 200);
    polling.end_within(Duration::from_secs(30)).expect(0);
    let to: Vec<String> = office.server.accepted().into_iter().flat_map(|letter| letter.to).collect();
    assert!(to.contains(&"r0@ngo.example".to_owned()) && to.contains(&"r1@ngo.example".to_owned()), "{to:?}");
    assert!(!to.contains(&"r2@ngo.example".to_owned()), "{to:?}");
}

#[test]
fn a_million_guesses_cost_little_and_open_nothing() {
    use potvrda::io::roster::Roster;
    use potvrda::io::roster::token::Purpose;
    let dir = tempfile::tempdir().unwrap();
    let roster = Roster::open(dir.path(), true).unwrap();
    let real = roster.token(Purpose::Manage, 1, Some("2999-01-01T00:00:00Z".parse().unwrap()));
    let (head, _) = real.rsplit_once('.').unwrap();
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    // Fewer where the build is not an optimised one.
    let tries: u64 = if cfg!(debug_assertions) { 20_000 } else { 1_000_000 };
    let began = Instant::now();
    let hits = (0..tries).filter(|n| roster.read_token(Purpose::Manage, &format!("{head}.{n:032x}"), now).is_some()).count();
    let each = began.elapsed() / u32::try_from(tries).unwrap();
    assert_eq!(hits, 0);
    let most = if cfg!(debug_assertions) { Duration::from_millis(1) } else { Duration::from_micros(20) };
    assert!(each < most, "{each:?}");
}

#[test]
fn every_verb_of_the_command_line_reaches_every_choice() {
    let office = open();
    let run = |args: &[&str]| office.house.run(args).expect(0).stdout;
    let said = run(&[
        "subscriber",
        "add",
        "ana@ngo.example",
        "--confirmed",
        "--reason",
        "papir, 3. maj 2026.",
        "--language",
        "sr-Cyrl",
        "--every",
        "weekly",
        "--country",
        "ru",
        "--level",
        "government",
        "--instrument",
        "sporazum",
        "--body",
        "Vlada",
        "--word",
        "trgovina",
        "--change",
        "adopted",
        "--proof-of-silence",
        "no",
    ]);
    assert!(said.contains("1 of the 2 agreements"), "{said}");
    let chosen = office.person("ana@ngo.example")["preferences"].clone();
    assert_eq!((&chosen["instruments"], &chosen["proof_of_silence"]), (&json!(["sporazum"]), &json!(false)));
    assert_eq!(office.person("ana@ngo.example")["consents"][0]["text"], "papir, 3. maj 2026.");
    office.house.run(&["subscriber", "add", "b@ngo.example", "--instrument", "ukaz"]).expect(2);
    office.house.run(&["subscriber", "add", "b@ngo.example", "--confirmed"]).expect(2);
    run(&["subscriber", "set", "ana@ngo.example", "--proof-of-silence", "yes", "--instrument", "ugovor"]);
    let chosen = office.person("ana@ngo.example")["preferences"].clone();
    assert_eq!((&chosen["instruments"], &chosen["proof_of_silence"]), (&json!(["ugovor"]), &json!(true)));
    run(&["subscriber", "remove", "ana@ngo.example"]);
    let gone = office.person("ana@ngo.example");
    assert_eq!((&gone["state"], &gone["address"]), (&json!("left"), &json!(null)));
    run(&["subscriber", "remove", "ana@ngo.example", "--erase"]);
    assert!(office.house.run(&["subscriber", "show", "ana@ngo.example"]).code != 0);
}
