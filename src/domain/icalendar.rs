//! Writes calendars (RFC 5545): one event a sitting, for whoever subscribes to them or gets one with a letter.
//!
//! Never reads one, never invents an hour: where none is published the event takes the day.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};

use crate::domain::zone::BELGRADE;

/// One sitting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same for the same sitting, for ever: `sitting-12@potvrda.example`.
    pub uid: String,
    /// When this was written, UTC.
    pub stamp: DateTime<Utc>,
    /// The Belgrade day.
    pub day: NaiveDate,
    /// The Belgrade hour, where it is published.
    pub begins_at: Option<NaiveTime>,
    /// One line.
    pub summary: String,
    /// Where it is held.
    pub location: Option<String>,
    /// What is on the agenda, a line each.
    pub description: String,
    /// Its page.
    pub url: Option<String>,
    /// It will not be, or not then: calendars that have it already strike it out.
    pub cancelled: bool,
}

/// Octets of a line, without its end (RFC 5545, 3.1).
const LINE_BYTES_MAX: usize = 75;

/// What a calendar that comes by mail wants of its reader's own (RFC 5546).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// To be entered, or brought up to date.
    Publish,
    /// To be taken out again.
    Cancel,
}
crate::words!(Method { Publish = "PUBLISH", Cancel = "CANCEL" });

/// A whole calendar, for whoever subscribes to it. Lines end in CR LF.
pub fn write(name: &str, events: &[Event]) -> String {
    let about = [
        format!("X-WR-CALNAME:{}", escaped(name)),
        "X-WR-TIMEZONE:Europe/Belgrade".to_owned(),
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H".to_owned(),
    ];
    calendar(Method::Publish, &about, &[], events)
}

/// The calendar of a letter. `sequence` grows from letter to letter, so that the later one holds; `organizer` is the address letters come from.
pub fn write_letter(method: Method, sequence: i64, organizer: Option<&str>, events: &[Event]) -> String {
    let mut each = vec![format!("SEQUENCE:{sequence}")];
    each.extend(
        organizer
            .filter(|address| !address.chars().any(|c| c.is_control() || c.is_whitespace()))
            .map(|a| format!("ORGANIZER;CN=Potvrda:mailto:{a}")),
    );
    calendar(method, &[], &each, events)
}

fn calendar(method: Method, about: &[String], each: &[String], events: &[Event]) -> String {
    let mut out = String::new();
    let mut line = |text: &str| fold(&mut out, text);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Potvrda//Potvrda//SR");
    line("CALSCALE:GREGORIAN");
    line(&format!("METHOD:{method}"));
    about.iter().for_each(|text| line(text));
    for event in events {
        line("BEGIN:VEVENT");
        each.iter().for_each(|text| line(text));
        line(&format!("UID:{}", escaped(&event.uid)));
        line(&format!("DTSTAMP:{}", utc(event.stamp)));
        line(&begins(event));
        line(&format!("SUMMARY:{}", escaped(&event.summary)));
        if let Some(location) = &event.location {
            line(&format!("LOCATION:{}", escaped(location)));
        }
        if !event.description.is_empty() {
            line(&format!("DESCRIPTION:{}", escaped(&event.description)));
        }
        if let Some(url) = event.url.as_deref().filter(|url| is_plain(url)) {
            line(&format!("URL:{url}"));
        }
        if event.cancelled {
            line("STATUS:CANCELLED");
        }
        line("TRANSP:TRANSPARENT");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    out
}

fn begins(event: &Event) -> String {
    let at = event.begins_at.and_then(|hour| BELGRADE.from_local_datetime(&event.day.and_time(hour)).earliest());
    at.map_or_else(|| format!("DTSTART;VALUE=DATE:{}", event.day.format("%Y%m%d")), |at| format!("DTSTART:{}", utc(at.with_timezone(&Utc))))
}

fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// An address that needs no escaping: anything else could begin a new line.
fn is_plain(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://")) && !url.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// A TEXT value (RFC 5545, 3.3.11), without characters that a calendar may not hold.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A line, folded between characters so that none is longer than 75 octets.
fn fold(out: &mut String, text: &str) {
    let mut bytes = 0;
    for c in text.chars() {
        if bytes + c.len_utf8() > LINE_BYTES_MAX {
            out.push_str("\r\n ");
            bytes = 1;
        }
        out.push(c);
        bytes += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn event() -> Event {
        Event {
            uid: "sitting-1@x.example".to_owned(),
            stamp: "2018-03-01T10:00:00Z".parse().unwrap(),
            day: "2018-07-06".parse().unwrap(),
            begins_at: "10:00:00".parse().ok(),
            summary: "Седница; прва, \\ друга\r\nBEGIN:VALARM".to_owned(),
            location: None,
            description: "а".repeat(200),
            url: Some("http://x.example/\r\nX-EVIL:1".to_owned()),
            cancelled: false,
        }
    }

    #[test]
    fn no_text_begins_a_line_of_its_own_and_no_line_is_too_long() {
        let written = write("Potvrda", &[event()]);
        assert!(written.lines().all(|line| line.len() <= LINE_BYTES_MAX), "{written}");
        assert_eq!(written.matches("\nBEGIN:").count(), 1, "{written}");
        assert!(!written.contains("X-EVIL") && written.contains("Седница\\; прва\\, \\\\ друга\\nBEGIN"), "{written}");
        assert!(written.replace("\r\n ", "").contains(&"а".repeat(200)));
        assert_eq!(written.matches('\n').count(), written.matches("\r\n").count());
    }

    #[test]
    fn a_cancelled_sitting_is_said_to_be() {
        assert!(!write("x", &[event()]).contains("STATUS"));
        assert!(write("x", &[Event { cancelled: true, ..event() }]).contains("\r\nSTATUS:CANCELLED\r\n"));
    }

    #[test]
    fn an_hour_is_belgrades_and_a_day_without_one_stays_a_day() {
        assert!(write("x", &[event()]).contains("DTSTART:20180706T080000Z\r\n"));
        assert!(write("x", &[Event { begins_at: None, ..event() }]).contains("DTSTART;VALUE=DATE:20180706\r\n"));
    }
}
