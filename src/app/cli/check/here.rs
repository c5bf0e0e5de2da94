//! What can be seen without leaving the machine or opening a database: settings, schedule, clock, outside tools.

use std::net::IpAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use chrono::{DateTime, Utc};

use super::Item;
use crate::app::clock;
use crate::config::{Listen, Security, Settings, Transport, settings_file};
use crate::domain::schedule;
use crate::io::document::{Ocr, PDFTOTEXT};

const SETTINGS: &str = "settings";

/// The settings are sound, or we would not be here; this is what they leave open.
pub(super) fn settings(settings: &Settings, file: Option<&Path>) -> Vec<Item> {
    let from = settings_file(file).map_or_else(|| "built-in defaults; no settings file".to_owned(), |file| file.display().to_string());
    let mut items = vec![Item::ok(SETTINGS, "file", from)];
    if settings.contact.is_none() {
        let hint = "set contact = \"you@ngo.example\": the site's web master can then write instead of blocking us";
        items.push(Item::warning(SETTINGS, "contact", "no contact: our requests name nobody", hint));
    }
    if settings.operator.emails.is_empty() {
        let hint = "set [operator] emails: when the site, the mail server or this machine fails, somebody should hear of it";
        items.push(Item::warning(SETTINGS, "operator", "no operator's address: faults are told to nobody but the log", hint));
    }
    if !settings.controller.is_known() {
        let hint = "set [controller] name, address and email: without them nobody can subscribe on the web pages (GDPR, Art. 13)";
        items.push(Item::warning(SETTINGS, "controller", "nobody answers for the addresses: web subscribing is off", hint));
    }
    if settings.public_url.is_none() && settings.web.listen != Listen::Off {
        let hint = "set public_url to where readers reach the web pages; until then letters offer mailto: only";
        items.push(Item::warning(SETTINGS, "public_url", "not set: letters carry no links to the pages", hint));
    }
    items.extend(mail(settings));
    items
}

fn mail(settings: &Settings) -> Vec<Item> {
    let mail = &settings.mail;
    let mut items = Vec::new();
    if mail.transport == Transport::Folder {
        let hint = "when you have looked at some, set [mail] transport = \"smtp\" or \"sendmail\", from and host";
        let what = format!("letters are put into {} and mailed to nobody", settings.letters_dir().display());
        items.push(Item::warning(SETTINGS, "mail", what, hint));
    }
    if let (Transport::Smtp, Security::None, Some(host)) = (mail.transport, mail.security, &mail.host)
        && !is_loopback(host.as_str())
    {
        let hint = "set [mail] security = \"tls\" or \"starttls\": addresses and password cross the network in clear";
        items.push(Item::warning(SETTINGS, "mail", format!("security = \"none\" to {host}, which is not this machine"), hint));
    }
    items
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// How many runs ahead are told.
const RUNS: usize = 5;

pub(super) fn schedule(settings: &Settings, sitting_is_near: bool, now: DateTime<Utc>) -> Vec<Item> {
    let times = &settings.schedule;
    let zone = times.timezone;
    let local = |at: DateTime<Utc>| at.with_timezone(&zone).format("%a %F %H:%M:%S %Z").to_string();
    let looks: Vec<schedule::Schedule> = times.poll.iter().chain(sitting_is_near.then_some(&times.near_sitting)).cloned().collect();
    let next: Vec<String> = schedule::runs_after(&looks, now, zone).take(RUNS).map(local).collect();
    let why = if sitting_is_near { "a sitting is near; " } else { "" };
    let polls = if next.is_empty() {
        Item::wrong("schedule", "poll", "no poll ever comes due", "mend [schedule] poll; `potvrda config show` shows it")
    } else {
        Item::ok("schedule", "poll", format!("{why}next: {}", next.join(", ")))
    };
    let one = |name: &str, schedule: &schedule::Schedule| match schedule.next_after(now, zone) {
        Some(at) => Item::ok("schedule", name, format!("next: {}", local(at))),
        None => Item::wrong("schedule", name, "never comes due", format!("mend [schedule] {name}")),
    };
    vec![polls, one("full_sweep", &times.full_sweep), one("daily", &times.daily), one("weekly", &times.weekly)]
}

pub(super) fn clock(now: DateTime<Utc>) -> Vec<Item> {
    let shown = now.format("%F %T UTC");
    if clock::is_sane(now) {
        return vec![Item::ok("clock", "time", shown.to_string())];
    }
    let hint = "set the clock (timedatectl set-ntp true): letters wait until it goes right";
    vec![Item::wrong("clock", "time", format!("{shown} is before the year this program was written in"), hint)]
}

pub(super) async fn tools() -> Vec<Item> {
    let run = Command::new(PDFTOTEXT).arg("-v").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output();
    let pdf = match run {
        Ok(said) => {
            let version = String::from_utf8_lossy(&said.stderr).lines().next().unwrap_or_default().to_owned();
            Item::ok("tool", PDFTOTEXT, version)
        }
        Err(why) => {
            let hint = "install poppler-utils: until then PDF documents are kept unread (day and place of signature, languages), and read afterwards";
            Item::warning("tool", PDFTOTEXT, format!("cannot be started: {why}"), hint)
        }
    };
    let ocr = match Ocr::here().await {
        Ocr::Ready(languages) => Item::ok("tool", OCR, format!("scans are read ({languages}), and said to be read so")),
        Ocr::NoSerbian => Item::ok(
            "tool",
            OCR,
            "without Serbian: scans are told as scans; install tesseract-ocr-srp and tesseract-ocr-srp-latn to read them",
        ),
        Ocr::NoTool => Item::ok(
            "tool",
            OCR,
            "not installed: scans are told as scans; install tesseract-ocr-srp and tesseract-ocr-srp-latn to read them",
        ),
    };
    vec![pdf, ocr]
}

const OCR: &str = "tesseract";

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::State;
    use super::*;

    fn parsed(text: &str) -> Settings {
        Settings::parse(Path::new("t.toml"), text).unwrap()
    }

    fn state(items: &[Item], name: &str) -> Option<State> {
        items.iter().find(|item| item.name == name).map(|item| item.state)
    }

    #[test]
    fn what_the_settings_leave_open_is_a_warning_with_a_hint() {
        let items = settings(&Settings::default(), Some(Path::new("x.toml")));
        for name in ["contact", "operator", "controller", "mail"] {
            assert_eq!(state(&items, name), Some(State::Warning), "{name}");
        }
        assert!(items.iter().all(|item| item.state == State::Ok || item.hint.is_some()));
        let whole = "contact = \"a@b.example\"\noperator.emails = [\"o@b.example\"]\n";
        let items = settings(&parsed(whole), None);
        assert_eq!((state(&items, "contact"), state(&items, "operator")), (None, None));
    }

    #[test]
    fn mail_in_clear_is_a_warning_only_beyond_this_machine() {
        let warned = |host: &str| {
            let text = format!("[mail]\ntransport = \"smtp\"\nsecurity = \"none\"\nfrom = \"a@b.example\"\nhost = {host:?}\n");
            state(&settings(&parsed(&text), None), "mail")
        };
        assert_eq!(warned("mail.ngo.example"), Some(State::Warning));
        assert_eq!(warned("192.168.1.4"), Some(State::Warning));
        for host in ["localhost", "127.0.0.1", "127.8.9.1", "::1"] {
            assert_eq!(warned(host), None, "{host}");
        }
    }

    #[test]
    fn the_next_five_polls_are_told_in_local_time_with_its_zone() {
        let now = "2026-11-23T20:00:00Z".parse().unwrap();
        let items = schedule(&Settings::default(), false, now);
        let what = &items[0].what;
        assert!(what.starts_with("next: Mon 2026-11-23 22:00:00 CET, "), "{what}");
        assert_eq!(what.matches("CET").count(), RUNS);
        let near = &schedule(&Settings::default(), true, now)[0].what;
        assert!(near.starts_with("a sitting is near; next: Mon 2026-11-23 21:05:00 CET, Mon 2026-11-23 21:10:00 CET, "), "{near}");
    }

    #[test]
    fn a_clock_before_this_program_is_wrong() {
        assert_eq!(clock("1970-01-02T00:00:00Z".parse().unwrap())[0].state, State::Wrong);
        assert_eq!(clock("2031-01-02T00:00:00Z".parse().unwrap())[0].state, State::Ok);
    }
}
