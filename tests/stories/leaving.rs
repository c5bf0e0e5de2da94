//! The way out of a letter that was really delivered: one POST by the mail program, or one button in a real browser; and addresses beyond ASCII.

use potvrda::config::Settings;

use crate::house::House;
use crate::house::browser::Browser;
use crate::house::mail::{Accepted, MailServer};
use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::watch::BILLS;
use crate::web::Pages;

const ANA: &str = "ana@ngo.example";

fn list(agreements: usize) -> Reply {
    let known = (0..100).map(|i| RowSpec::bill(&format!("{}-26", 2_000 + i), &format!("Predlog zakona o stvari {i}"), "2. mart 2026."));
    let title = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Italije o saradnji";
    let news = (0..agreements).map(|n| RowSpec::bill(&format!("{}-26", 400 + n), &format!("{title} {n}"), "2. novembar 2026."));
    Reply::page(bills_page(&known.chain(news).collect::<Vec<_>>()))
}

/// Somebody subscribed, the pages up, and a letter in their hands that leads to them.
struct Told {
    house: House,
    server: MailServer,
    parliament: Parliament,
    pages: Pages,
    letter: Accepted,
}

/// `at`: where the letters say the pages are, from where they really are.
fn tell(at: impl FnOnce(std::net::SocketAddr) -> String) -> Told {
    let (parliament, server) = (Parliament::open(), MailServer::open());
    parliament.serve(BILLS, list(0));
    let house = House::new().source("bills", "bills", &parliament, BILLS).mail(&server, "none", "");
    house.run(&["poll"]).expect(0);
    house.run(&["subscriber", "add", ANA, "--confirmed", "--reason", "story", "--language", "en"]).expect(0);
    let path = house.settings();
    let pages = Pages::open(Settings::parse(&path, &std::fs::read_to_string(&path).unwrap()).unwrap());
    let house = house.top(&format!("public_url = {:?}", at(pages.at)));
    parliament.serve(BILLS, list(1));
    house.run(&["poll"]).expect(0);
    let letter = server.accepted().pop().expect("a letter");
    Told { house, server, parliament, pages, letter }
}

impl Told {
    fn state(&self) -> String {
        self.house.run(&["subscriber", "show", "1", "--json"]).expect(0).json()["state"].as_str().unwrap().to_owned()
    }

    /// Another agreement is listed, and who left hears nothing of it.
    fn hears_no_more(&self) {
        let before = self.server.accepted().len();
        self.parliament.serve(BILLS, list(2));
        self.house.run(&["poll"]).expect(0);
        assert_eq!(self.server.accepted().len(), before);
    }
}

#[test]
fn the_address_in_the_header_of_a_delivered_letter_leaves_by_one_post() {
    let told = tell(|_| "https://potvrda.example/".to_owned());
    assert_eq!(told.letter.header("List-Unsubscribe-Post").unwrap(), "List-Unsubscribe=One-Click");
    let header = told.letter.header("List-Unsubscribe").unwrap();
    let ways: Vec<&str> = header.split(',').map(|way| way.trim().trim_start_matches('<').trim_end_matches('>')).collect();
    let path = ways[0].strip_prefix("https://potvrda.example").expect("https first").to_owned();
    assert!(ways[1].starts_with("mailto:potvrda@potvrda.example?subject=leave%20l1."), "{header}");
    // A scanner looks, fifty times; then the mail program posts, without a cookie, a referrer or a question.
    for _ in 0..50 {
        assert_eq!(told.pages.get(&path).status, 200);
    }
    assert_eq!(told.state(), "confirmed");
    for body in ["List-Unsubscribe=One-Click", "List-Unsubscribe=One-Click", "\u{0}garbage&&&="] {
        let answer = told.pages.ask("POST", &path, body);
        assert_eq!(answer.status, 200, "{body}");
        assert_eq!(told.state(), "left");
    }
    told.hears_no_more();
}

#[test]
fn the_button_behind_the_link_of_a_delivered_letter_leaves_in_a_real_browser() {
    let told = tell(|at| format!("http://{at}/"));
    assert_eq!(told.letter.header("List-Unsubscribe-Post"), None, "one POST is promised over https alone");
    let text = told.letter.text().replace("=\r\n", "");
    let at = text.find("/unsubscribe/").expect("a link at the foot of the letter");
    let path: String = text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || "/.".contains(*c)).collect();
    let Some(mut browser) = Browser::open() else { return };
    browser.visit(&format!("http://{}{path}", told.pages.at));
    assert_eq!(told.state(), "confirmed", "looking leaves nobody");
    assert_eq!(browser.sizes("main button").len(), 1);
    browser.follows("main button");
    assert_eq!(told.state(), "left");
    let after = browser.source();
    assert!(after.contains("You have left"), "{after}");
    assert!(!after.contains("ana@"), "letters are forwarded: no address on the page");
    told.hears_no_more();
}

#[test]
fn a_domain_beyond_ascii_is_mailed_in_its_plain_form_and_a_name_beyond_it_is_refused_with_the_reason() {
    let (parliament, server) = (Parliament::open(), MailServer::open());
    parliament.serve(BILLS, list(0));
    let house = House::new().source("bills", "bills", &parliament, BILLS).mail(&server, "none", "");
    house.run(&["poll"]).expect(0);
    for address in ["ana@шума.срб", "bojan@šuma.rs"] {
        house.run(&["subscriber", "add", address, "--confirmed", "--reason", "story"]).expect(0);
    }
    let refused = house.run(&["subscriber", "add", "ана@ngo.example", "--confirmed", "--reason", "story"]).expect(2);
    assert!(refused.stderr.contains("before the @ are not carried by every mail server"), "{}", refused.stderr);
    parliament.serve(BILLS, list(1));
    house.run(&["poll"]).expect(0);
    let mut to: Vec<String> = server.accepted().iter().map(|letter| letter.to[0].clone()).collect();
    to.sort();
    assert_eq!(to, ["ana@xn--80axut.xn--90a3ac", "bojan@xn--uma-zza.rs"]);
    assert!(server.accepted().iter().all(|letter| letter.data.is_ascii()), "the server offered no SMTPUTF8, and needs none");
    // One and the same person, however the domain is written.
    let said = house.run(&["subscriber", "add", "bojan@xn--uma-zza.rs", "--confirmed", "--reason", "story"]).expect(0).stdout;
    assert!(said.contains("already"), "{said}");
}
