//! What calendars of letters hold. That another program reads them too: tests/stories/letters.rs.
#![allow(clippy::unwrap_used)]

use crate::domain::bill::Language;
use crate::domain::change::Kind;
use crate::domain::icalendar::Method;
use crate::domain::letter::tests::{bills, finding, scheduled, serbian, written};
use crate::domain::letter::{Edition, Occasion};

fn unfolded(text: &str) -> Vec<String> {
    text.replace("\r\n ", "").lines().map(str::to_owned).collect()
}

#[test]
fn a_bill_on_an_agenda_brings_its_sitting_for_the_calendar() {
    let letter = written(&scheduled(), Language::SrLatn);
    let [calendar] = letter.calendars.as_slice() else { panic!("{:?}", letter.calendars) };
    assert_eq!((calendar.name.as_str(), calendar.method), ("sednica.ics", Method::Publish));
    let lines = unfolded(&calendar.text);
    for wanted in [
        "METHOD:PUBLISH",
        "UID:sitting-12@ngo.example",
        "DTSTART:20180306T090000Z",
        "SUMMARY:Narodna skupština: Kina",
        "ORGANIZER;CN=Potvrda:mailto:potvrda@ngo.example",
        "URL:http://www.parlament.gov.rs/Sednica.33001.941.html",
    ] {
        assert!(lines.iter().any(|line| line == wanted), "{wanted}\n{}", calendar.text);
    }
    let about = lines.iter().find(|line| line.starts_with("DESCRIPTION:")).unwrap();
    assert!(about.contains("ne objavljuje se unapred.\\n„Предлог закона") && about.contains("/sr/agreement/8"), "{about}");
    assert_eq!(written(&scheduled(), Language::En).calendars[0].name, "sitting.ics");
}

#[test]
fn one_sitting_is_one_event_and_the_later_letter_holds() {
    let mut edition = scheduled();
    let mut other = edition.findings[0].clone();
    other.agreement = crate::domain::letter::Facts { sitting: other.agreement.sitting.clone(), ..serbian(9) };
    edition.findings.push(other);
    let sequence = |edition: &Edition| -> i64 {
        let text = &written(edition, Language::SrLatn).calendars[0].text;
        assert_eq!(text.matches("BEGIN:VEVENT").count(), 1, "{text}");
        text.lines().find_map(|line| line.strip_prefix("SEQUENCE:")).unwrap().parse().unwrap()
    };
    let later = Edition { made_at: edition.made_at + chrono::TimeDelta::minutes(30), ..edition.clone() };
    assert!(sequence(&later) > sequence(&edition));
}

#[test]
fn what_has_no_day_or_is_over_is_no_event() {
    let mut edition = scheduled();
    edition.findings[0].agreement.sitting.as_mut().unwrap().held_on = None;
    assert!(written(&edition, Language::En).calendars.is_empty());
    edition.findings[0].agreement.sitting.as_mut().unwrap().held_on = "2018-03-01".parse().ok();
    assert!(written(&edition, Language::En).calendars.is_empty());
    let listed = Edition { occasion: Occasion::Alert, findings: vec![finding(Kind::Listed, serbian(1), bills())], ..edition };
    assert!(written(&listed, Language::En).calendars.is_empty());
}
