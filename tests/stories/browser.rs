//! The pages in a real Chromium with scripts switched off: what fits a phone, what can be pressed, and what pressing does.

use serde_json::json;

use crate::house::browser::Browser;
use crate::house::pages::RowSpec;
use crate::subscribing::{self, Office};

const ITALY: &str = "Predlog zakona o potvrđivanju Sporazuma između Republike Srbije i Republike Italije o saradnji u oblasti odbrane";
/// All that is there to be pressed or filled in.
const TARGETS: &str = "button, select, textarea, summary, nav a, .name, input:not([type=hidden])";

fn at(office: &Office, path: &str) -> String {
    format!("http://{}{path}", office.pages.at)
}

#[test]
fn without_scripts_a_stranger_subscribes_confirms_chooses_and_leaves_by_what_is_shown() {
    let Some(mut browser) = Browser::open() else { return };
    let office = subscribing::open();
    browser.is_seen(390, "light");
    browser.visit(&at(&office, "/sr/subscribe"));
    browser.types("#email", "ana@ngo.example");
    browser.clicks(".consent input");
    browser.follows("button[value=subscribe]");
    assert!(browser.source().contains("Pogledajte poštu"), "{}", browser.source());
    office.deliver();
    browser.visit(&at(&office, &office.link("confirm")));
    assert_eq!(office.person("ana@ngo.example")["state"], "pending", "to look is not to press");
    browser.follows(".door button");
    assert_eq!(office.person("ana@ngo.example")["state"], "confirmed");

    browser.follows("main a[href^='/manage/m']");
    browser.clicks(".more > summary");
    browser.clicks(".world > summary");
    browser.clicks("input[name=country][value=IT]");
    browser.follows("button[value=save]");
    assert_eq!(office.person("ana@ngo.example")["preferences"]["countries"], json!(["IT"]));
    assert!(browser.source().contains("<strong>Italija</strong>"), "what is chosen is said without opening anything");

    office.serve(&[RowSpec::bill("300-17", ITALY, "24. oktobar 2017.")]);
    office.public(&["poll"]);
    browser.visit(&at(&office, &office.link("unsubscribe")));
    assert_eq!(office.person("ana@ngo.example")["state"], "confirmed", "to look is not to leave");
    assert!(!browser.source().contains("ana@ngo.example"), "letters are forwarded");
    browser.follows(".door button");
    assert_eq!(office.person("ana@ngo.example")["state"], "left");
    assert_eq!(browser.complaints(), Vec::<String>::new());
    let own = at(&office, "/");
    // `data:` are the browser's own drawings, of a calendar in a field for days.
    let strange: Vec<String> = browser.requests().into_iter().filter(|url| !url.starts_with(&own) && !url.starts_with("data:")).collect();
    assert_eq!(strange, Vec::<String>::new(), "nothing is loaded from elsewhere");
}

#[test]
fn every_page_fits_a_phone_and_nothing_to_press_is_too_small() {
    let Some(mut browser) = Browser::open() else { return };
    let office = subscribing::open();
    let manage = office.confirmed("ana@ngo.example");
    let confirm = manage.replacen("/manage/m", "/confirm/c", 1);
    for (width, scheme) in [(320, "light"), (390, "dark"), (1280, "light")] {
        browser.is_seen(width, scheme);
        for path in
            ["/sr/", "/sr-cyrl/agreement/1", "/en/sittings", "/sr/status", "/en/subscribe", "/sr/manage", "/sr-cyrl/privacy", &manage]
        {
            browser.visit(&at(&office, path));
            let (page, window) = browser.widths();
            assert!(page <= window, "{path} is {page} wide in a window of {window}");
            let sizes = browser.sizes(TARGETS);
            assert!(sizes.len() > 4, "{path}");
            for (wide, high, what) in sizes {
                // WCAG 2.2, 2.5.8
                assert!(wide >= 24.0 && high >= 24.0, "{path} at {width}: {wide} by {high}: {what}");
            }
        }
    }
    assert_eq!(browser.complaints(), Vec::<String>::new(), "no page breaks its own policy");
    browser.visit(&at(&office, &confirm));
    assert_eq!(browser.complaints().len(), 1, "and a complaint would be heard: 404");
}
