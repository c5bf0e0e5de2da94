//! What is outside: every source, read as a poll reads it and nothing recorded; and the mail server, spoken to without a letter.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rustix::fs::Access;
use serde::Serialize;
use tokio::time::Instant;

use super::super::args::PageKind;
use super::super::read;
use super::Item;
use crate::app::{clock, deliver};
use crate::config::{Settings, Source, SourceKind};
use crate::domain::listing::{Eye, Selectors};
use crate::domain::page::{self, NotAPage};
use crate::io::fetch::{Answer, Fetcher, Jar, Request, Snapshot};
use crate::io::mail;

const SOURCE: &str = "source";
/// A poll of a source has so long in all.
const WITHIN: Duration = Duration::from_secs(60);
/// The site's clock and ours may differ by the time a page takes, and a little.
const DRIFT_MAX: TimeDelta = TimeDelta::seconds(60);
/// Beyond this, days are counted wrongly and links expire at the wrong hour.
const DRIFT_WRONG: TimeDelta = TimeDelta::minutes(30);

/// What was read of a source.
#[derive(Debug, Clone, Serialize)]
pub struct Counts {
    /// `exact` or `second`; none where the page is one of links.
    eye: Option<Eye>,
    rows: usize,
    rejects: usize,
    agreements: usize,
    doubtful: usize,
}

/// Asks for one source as a full poll does; and says by how much our clock is ahead of the site's, where it tells the time.
pub(super) async fn look(fetcher: &Fetcher, source: &Source, now: DateTime<Utc>) -> (Item, Option<TimeDelta>) {
    let name = &source.name;
    let jar = Jar::default();
    let request = Request::new(&source.url, &jar, Instant::now() + WITHIN, now);
    match fetcher.get(&request).await {
        Err(why) => {
            let item = Item::wrong(SOURCE, name, format!("{} was not reached: {}", source.url, chain(&why)), why.hint());
            (item, None)
        }
        Ok(Answer::Unmodified { .. }) => (Item::ok(SOURCE, name, "reached: unmodified"), None),
        Ok(Answer::Page(snapshot)) => (judge(source, &snapshot), ahead(&snapshot, clock::now())),
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source()).map(ToString::to_string);
    std::iter::once(error.to_string()).chain(causes).collect::<Vec<_>>().join(": ")
}

fn judge(source: &Source, snapshot: &Snapshot) -> Item {
    let name = &source.name;
    let kind = match source.kind {
        SourceKind::Bills => PageKind::Bills,
        SourceKind::Laws => PageKind::Laws,
        SourceKind::Activities => PageKind::Activities,
    };
    let selectors = source.selectors.as_ref().map(selectors).unwrap_or_default();
    let reading =
        page::decode(&snapshot.body, snapshot.content_type.as_deref()).and_then(|page| read::read(&page, &snapshot.url, kind, &selectors));
    let reading = match reading {
        Ok(reading) => reading,
        Err(why) => return Item::wrong(SOURCE, name, format!("reached, and not read: {why}"), hint(&why)),
    };
    let counts = Counts {
        eye: reading.eye,
        rows: reading.seen(),
        rejects: reading.rejects.len(),
        agreements: reading.agreements,
        doubtful: reading.doubtful,
    };
    let by = match (&reading.eye, source.kind) {
        (Some(Eye::Second), _) => "read by its words alone",
        (Some(Eye::Exact), _) => "read by the markup we know",
        (None, _) => "read",
    };
    let moved = snapshot.moved_to.as_ref().map(|to| format!("; it has moved to {to}")).unwrap_or_default();
    let what = format!("reached, {by}: {}{moved}", reading.counts());
    let item = match (&reading.degraded, reading.seen(), &snapshot.moved_to) {
        (Some(why), ..) => {
            let hint = "the site was rebuilt: nothing is missed while titles are read by their words; report it, or set [source.selectors]";
            Item::warning(SOURCE, name, format!("{what}; degraded: {why}"), hint)
        }
        (None, 0, _) => Item::wrong(SOURCE, name, what, "an empty page is a failed poll: open it in a browser"),
        (None, _, Some(to)) => Item::warning(SOURCE, name, what, format!("put url = \"{to}\" into this source")),
        (None, _, None) => Item::ok(SOURCE, name, what),
    };
    Item { counts: Some(counts), ..item }
}

fn hint(why: &NotAPage) -> &'static str {
    match why {
        NotAPage::WrongPage { .. } => "see whether kind and url of this source belong together",
        NotAPage::Selector { .. } => "mend [source.selectors]",
        NotAPage::CutOff { .. } => "the page arrived cut off: try again; if it stays so, talk to the site",
        _ => "open it in a browser: is it a page of this source's kind, or another, maintenance, a login, a firewall?",
    }
}

fn selectors(own: &crate::config::Selectors) -> Selectors {
    let text = |selector: &Option<crate::domain::selector::CssSelector>| selector.as_ref().map(|css| css.as_str().to_owned());
    Selectors {
        row: text(&own.row),
        title: text(&own.title),
        date: text(&own.date),
        document: text(&own.document),
        submitter: text(&own.submitter),
    }
}

/// How far our clock is ahead of the one in the answer's `Date` (RFC 9110, 6.6.1).
fn ahead(snapshot: &Snapshot, now: DateTime<Utc>) -> Option<TimeDelta> {
    let (_, date) = snapshot.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("date"))?;
    DateTime::parse_from_rfc2822(date).ok().map(|date| now - date.with_timezone(&Utc))
}

/// Whether our clock agrees with the sites': a cache may give an old `Date`, so the nearest counts.
pub(super) fn drift(ahead: &[TimeDelta]) -> Option<Item> {
    let nearest = ahead.iter().min_by_key(|drift| drift.abs())?;
    let (seconds, hint) = (nearest.num_seconds(), "set the clock (timedatectl set-ntp true)");
    let what = format!("{} s {} the site's", seconds.abs(), if seconds < 0 { "behind" } else { "ahead of" });
    Some(match nearest.abs() {
        drift if drift > DRIFT_WRONG => Item::wrong("clock", "drift", what, hint),
        drift if drift > DRIFT_MAX => Item::warning("clock", "drift", what, hint),
        _ => Item::ok("clock", "drift", what),
    })
}

/// Connects, guards, logs in, and goes: no letter.
pub(super) async fn mail(settings: &Settings) -> Vec<Item> {
    let (road, shown) = match deliver::road(settings) {
        Ok(road) => (road, settings.mail.transport),
        Err(why) => return vec![Item::wrong("mail", "settings", format!("{why:#}"), "mend [mail]; `potvrda config check` tells the line")],
    };
    // A folder would be made by looking at it; nothing is made here.
    if let mail::Road::Folder(folder) = &road {
        return vec![into_folder(folder)];
    }
    let probed = tokio::task::spawn_blocking(move || mail::probe(&road)).await;
    vec![match probed {
        Ok(Ok(said)) => Item::ok("mail", shown.as_str(), said),
        Ok(Err(why)) => Item::wrong("mail", shown.as_str(), why.to_string(), mail_hint(&why)),
        Err(died) => Item::wrong("mail", shown.as_str(), died.to_string(), "this is a bug: please report it"),
    }]
}

/// Whether letters can be put into a folder, or the folder can be made.
fn into_folder(folder: &Path) -> Item {
    let shown = folder.display();
    let stands = folder.ancestors().find(|at| at.exists());
    let above = stands.unwrap_or(Path::new("."));
    if !above.is_dir() || rustix::fs::access(above, Access::WRITE_OK | Access::EXEC_OK).is_err() {
        let what = format!("letters cannot be put into {shown}: {} cannot be written", above.display());
        return Item::wrong("mail", "folder", what, "give it to the user potvrda runs as, or name another in [mail] folder");
    }
    Item::ok("mail", "folder", format!("letters are put into {shown}"))
}

/// The key that signs letters, and the name in the DNS that must hold its other half.
pub(super) fn signing(settings: &Settings) -> Option<Item> {
    let dkim = settings.mail.dkim.as_ref()?;
    let domain = dkim.domain.as_str();
    let own = settings.mail.from.as_ref().is_none_or(|from| {
        let sender = from.address().domain();
        sender == domain || sender.ends_with(&format!(".{domain}"))
    });
    Some(match deliver::signer(settings) {
        Err(why) => Item::wrong("mail", "dkim", format!("{why:#}"), "docs/operating.md, \"Mail that arrives\", says how to make one"),
        Ok(_) if !own => Item::warning(
            "mail",
            "dkim",
            format!("letters are signed by {domain}, and are from another domain"),
            "sign by the domain of mail.from, or DMARC does not count it",
        ),
        Ok(_) => Item::ok(
            "mail",
            "dkim",
            format!("signed by {domain}; {}._domainkey.{domain} must hold the public key (dig +short TXT)", dkim.selector),
        ),
    })
}

fn mail_hint(why: &mail::MailError) -> &'static str {
    match why {
        mail::MailError::Unreachable(why) if why.contains("certificate") => {
            "see whether [mail] host is the name in its certificate; one that no authority signed must stand in the file of [http] extra_ca_file"
        }
        mail::MailError::Unreachable(why) if why.contains("corrupt message") => {
            "what answers there does not speak TLS from the first byte: security = \"tls\" is port 465, \"starttls\" port 587"
        }
        mail::MailError::Unreachable(_) => {
            "see [mail] host, port and security (tls is port 465, starttls port 587), and whether this machine may reach it; letters stay owed"
        }
        mail::MailError::Insecure(_) => "the server does not offer what [mail] security asks for: tls is port 465, starttls port 587",
        mail::MailError::Login { .. } => "see [mail] username and the password in password_file",
        mail::MailError::Local(_) => "see [mail] sendmail: the mailer must be there and be allowed to run",
        _ => "talk to whoever runs the mail server; letters stay owed meanwhile",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn a_folder_is_asked_whether_letters_can_be_put_there_and_not_made() {
        let at = tempfile::tempdir().unwrap();
        let folder = at.path().join("letters/of/2026");
        assert_eq!(into_folder(&folder).state, State::Ok);
        assert!(!at.path().join("letters").exists());
        std::fs::write(at.path().join("letters"), "a file").unwrap();
        assert_eq!(into_folder(&folder).state, State::Wrong);
    }

    #[test]
    fn the_nearest_date_counts_and_a_cache_does_not_make_the_clock_wrong() {
        let item = |seconds: &[i64]| drift(&seconds.iter().map(|s| TimeDelta::seconds(*s)).collect::<Vec<_>>());
        assert!(item(&[]).is_none());
        assert_eq!(item(&[7_200, 2]).unwrap().state, State::Ok);
        assert_eq!(item(&[-90]).unwrap().state, State::Warning);
        assert_eq!(item(&[-7_200, 4_000]).unwrap().state, State::Wrong);
        assert_eq!(item(&[-90]).unwrap().what, "90 s behind the site's");
    }
}
