//! The settings: every key, its default and its bounds, written once; read and checked once, at start.
//!
//! Never reads a clock, never holds a secret: it holds the paths of files that do.

mod load;
mod reading;
mod values;
mod words;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::Serializer;
use url::Url;

use crate::domain::address::{EmailAddress, Mailbox};
use crate::domain::return_path::ReturnPath;
use crate::domain::schedule::Schedule;
use crate::domain::selector::CssSelector;
use crate::domain::zone::{BELGRADE, Zone};

pub use load::{secret_file, settings_file};
pub use reading::Problem;
pub use values::{HostName, Listen, Metrics, Network, Proxy, Security, SourceKind, TlsFallback, Transport};
pub use words::own_words;

use reading::settings;

settings! {
    /// All settings.
    pub struct Settings {
        /// Where the databases, the evidence and, by default, the letters are. Relative to the working directory.
        data_dir: PathBuf = PathBuf::from("potvrda-data");
        /// Where readers reach the web pages; without it letters offer `mailto:` only.
        public_url: Option<Url> = None;
        /// Whom a web master may write to; stands in the User-Agent.
        contact: Option<EmailAddress> = None;
        /// Who is told when something is wrong.
        operator: Operator = Operator::default();
        /// Who answers for the addresses.
        controller: Controller = Controller::default();
        /// When things happen.
        schedule: Times = Times::default();
        /// The pages that are read. Any entry replaces the whole built-in list.
        sources as "source": Vec<Source> = built_in_sources();
        /// How pages are asked for.
        http: Http = Http::default();
        /// How letters leave.
        mail: Mail = Mail::default();
        /// The web pages.
        web: Web = Web::default();
        /// What is believable, and how much is kept.
        limits: Limits = Limits::default();
        /// A watcher outside that misses us when we fall silent.
        heartbeat: Heartbeat = Heartbeat::default();
    }
}

settings! {
    /// Who is told when something is wrong.
    pub struct Operator {
        /// Their addresses.
        emails: Vec<EmailAddress> = Vec::new();
        /// How many polls in a row without a valid page before they are told: one failure is weather, three are a fault.
        after_failures: u32 = 3, within 1..=1_000;
    }
}

settings! {
    /// Who answers for the addresses (GDPR, Art. 13). Web subscribing stays off until name, address and email are given.
    pub struct Controller {
        /// Name of the organisation.
        name: Option<String> = None;
        /// Its postal address.
        address: Option<String> = None;
        /// Where to write about one's data.
        email: Option<EmailAddress> = None;
        /// The privacy notice.
        privacy_url: Option<Url> = None;
    }
}

settings! {
    /// When things happen, as crontab(5) expressions (`domain::schedule`).
    pub struct Times {
        /// Whose clock the expressions are read by.
        #[serde(serialize_with = "as_text")]
        timezone: Zone = BELGRADE;
        /// When pages are polled; several expressions are merged. Sittings are called 24 hours ahead, in working hours.
        poll: Vec<Schedule> = schedules(&["*/30 7-19 * * Mon-Fri", "0 */2 * * *"]);
        /// When pages are asked for without validators: a server's word that nothing changed is believed for six hours at most.
        full_sweep: Schedule = schedule("15 */6 * * *");
        /// When pages are polled from 24 hours before a known sitting of the Assembly until it closes.
        near_sitting: Schedule = schedule("*/5 6-23 * * *");
        /// When daily digests are written.
        daily: Schedule = schedule("0 8 * * *");
        /// When weekly digests are written.
        weekly: Schedule = schedule("0 8 * * Mon");
    }
}

settings! {
    /// One page, or one set of pages, that is read.
    pub struct Source {
        /// What it is called in the log, in the history and on the command line.
        name: String;
        /// What kind of page it is.
        kind: SourceKind;
        /// Its address, http or https.
        url: Url;
        /// CSS selectors that replace the reader's own; for the law lists.
        selectors: Option<Selectors>;
    }
}

settings! {
    /// CSS selectors that replace the reader's own, for the day the site is rebuilt. Each one absent leaves the built-in one.
    pub struct Selectors {
        /// One bill each.
        row: Option<CssSelector> = None;
        /// The title, in a row.
        title: Option<CssSelector> = None;
        /// The date, in a row.
        date: Option<CssSelector> = None;
        /// The anchors of its documents, in a row.
        document: Option<CssSelector> = None;
        /// Who submitted it, in a row.
        submitter: Option<CssSelector> = None;
    }
}

settings! {
    /// How pages are asked for.
    pub struct Http {
        /// The whole request with its body, in seconds; connecting takes at most ten of them. A poll of a source has 60 in all.
        timeout_s: u64 = 60, within 1..=60;
        /// The longest body that is read, on the wire and unpacked: a hundred times the longest list known.
        body_bytes_max: u64 = 8 * 1024 * 1024, within 1_024..=64 * 1024 * 1024;
        /// The longest document that is read: scans of long agreements are large.
        document_bytes_max: u64 = 32 * 1024 * 1024, within 1_024..=256 * 1024 * 1024;
        /// The least time between two requests to one host, in milliseconds: good manners.
        min_interval_ms: u64 = 2_000, within 0..=60_000;
        /// Tries inside one poll beyond the single immediate one on a fresh connection: the schedule is the retry.
        retries: u32 = 0, within 0..=5;
        /// Whether pages on this machine or in a private network may be asked for.
        allow_private_addresses: bool = false;
        /// Other hosts that the sources' hosts may redirect to.
        allow_hosts: Vec<HostName> = Vec::new();
        /// A proxy for every request; `HTTP_PROXY` and its kin are ignored.
        proxy: Option<Proxy> = None;
        /// A file of certificates (PEM) trusted beside the system's.
        extra_ca_file: Option<PathBuf> = None;
        /// What happens when a bad certificate has been the only failure for 24 hours.
        tls_fallback: TlsFallback = TlsFallback::Marked;
    }
}

settings! {
    /// How letters leave.
    pub struct Mail {
        /// By which road. A folder can be looked at before anything is mailed.
        transport: Transport = Transport::Folder;
        /// Whom the letters come from; needed for smtp and sendmail.
        from: Option<Mailbox> = None;
        /// Where answers go, and where one asks to leave by mail.
        reply_to: Option<Mailbox> = None;
        /// Where the letters of `transport = "folder"` are put; `letters` in the data directory unless said otherwise.
        folder: Option<PathBuf> = None;
        /// A folder with words of one's own for the letters, in the place of those compiled in (docs/letters.md).
        words_dir: Option<PathBuf> = None;
        /// The command of `transport = "sendmail"`.
        sendmail: PathBuf = PathBuf::from("/usr/sbin/sendmail");
        /// The mail server; needed for smtp.
        host: Option<HostName> = None;
        /// Its port; 465 for tls, 587 for starttls, 25 for none unless said otherwise.
        port: Option<u16> = None;
        /// How the connection is guarded.
        security: Security = Security::Tls;
        /// Whom to log in as; without it nobody logs in.
        username: Option<String> = None;
        /// A file whose first line is the password.
        password_file: Option<PathBuf> = None;
        /// Where letters that cannot be delivered come back to, an address for each (VERP); `from` unless said otherwise.
        return_path: Option<ReturnPath> = None;
        /// A Maildir that what comes back is read from.
        bounces: Option<PathBuf> = None;
        /// The most letters a minute: relays slow or refuse those who hurry.
        per_minute_max: u32 = 120, within 1..=60_000;
        /// Signing, where the relay does not.
        dkim: Option<Dkim> = None;
    }
}

settings! {
    /// DKIM signing (RFC 6376).
    pub struct Dkim {
        /// The domain that signs.
        domain: HostName;
        /// Under which name its key stands in the DNS.
        selector: String;
        /// The private key (PEM).
        key_file: PathBuf;
    }
}

settings! {
    /// The web pages.
    pub struct Web {
        /// Where they are served; `off` for nowhere.
        listen: Listen = Listen::At(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)));
        /// Whose word is taken for a visitor's address.
        trusted_proxies: Vec<Network> = Vec::new();
        /// Who may read `/metrics`.
        metrics: Metrics = Metrics::Local;
    }
}

settings! {
    /// What is believable, and how much is kept. Every loop, body, row count and queue has its limit here or beside it in `[http]`, `[mail]`.
    pub struct Limits {
        /// Rows in one list; beyond it the page is no list. The longest known has about 600.
        rows_max: usize = 50_000, within 1..=50_000;
        /// New agreements in one poll beyond which it is held: bursts of 30 in a day are real here.
        surge_new_max: usize = 60, within 1..=1_000_000;
        /// At least this many new agreements that are more than half of all known rows also hold it: a changed address scheme, not news.
        surge_share_min: usize = 20, within 1..=1_000_000;
        /// Below this share of the median of the last ten good polls, in percent, a page is short, and what it lacks proves nothing.
        count_floor_percent: u8 = 90, within 0..=100;
        /// Good polls without validators that must have missed a row before it is gone: one run proves no absence.
        gone_after_polls: u32 = 3, within 1..=1_000;
        /// And how many hours must have passed meanwhile.
        gone_after_hours: u32 = 24, within 0..=8_760;
        /// After how many hours a held poll, or a stopped directory, resumes by itself: nothing waits for a person for ever.
        release_after_hours: u32 = 12, within 1..=8_760;
        /// Activity pages fetched in one poll; the rest wait for the next.
        activity_pages_max: usize = 200, within 1..=100_000;
        /// How much evidence is kept, in MiB; beyond it the oldest pages that prove nothing of their own go first. Ten years of pages fit.
        evidence_mib_max: u64 = 20_480, within 1..=10_000_000;
    }
}

settings! {
    /// A watcher outside that misses us when we fall silent.
    pub struct Heartbeat {
        /// Asked for after every good poll of all sources.
        url: Option<Url> = None;
    }
}

/// Bills in procedure, adopted laws, regular sittings, and the home page, which links to committees' pages (docs/source.md).
fn built_in_sources() -> Vec<Source> {
    const SITE: &str = "https://www.parlament.gov.rs";
    const PAGES: [(&str, SourceKind, &str); 4] = [
        ("bills", SourceKind::Bills, "/akti/zakoni-u-proceduri/zakoni-u-proceduri.1037.html"),
        ("laws", SourceKind::Laws, "/akti/doneti-zakoni/doneti-zakoni.1033.html"),
        ("sittings", SourceKind::Activities, "/aktivnosti/narodna-skupština/zasedanja/redovna.949.html"),
        ("home", SourceKind::Activities, "/"),
    ];
    let source = |(name, kind, path): (&str, _, &str)| {
        let url = Url::parse(&format!("{SITE}{path}")).ok()?;
        Some(Source { name: name.to_owned(), kind, url, selectors: None })
    };
    PAGES.into_iter().filter_map(source).collect()
}

/// A built-in schedule.
#[allow(clippy::expect_used)] // a constant of this file, and a test reads the defaults
fn schedule(text: &str) -> Schedule {
    text.parse().expect("a built-in schedule is sound")
}

/// Shows a zone by its name.
fn as_text<S: Serializer>(zone: &Zone, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(zone.name())
}

fn schedules(texts: &[&str]) -> Vec<Schedule> {
    texts.iter().map(|text| schedule(text)).collect()
}

impl Controller {
    /// Whether it is known who answers for the addresses.
    pub fn is_known(&self) -> bool {
        self.name.is_some() && self.address.is_some() && self.email.is_some()
    }
}

impl Mail {
    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            Security::Tls => 465,
            Security::Starttls => 587,
            Security::None => 25,
        })
    }
}

impl Source {
    /// The selectors that replace the reader's own.
    pub fn selectors(&self) -> crate::domain::listing::Selectors {
        let own = self.selectors.clone().unwrap_or_default();
        let text = |selector: Option<CssSelector>| selector.map(|s| s.to_string());
        crate::domain::listing::Selectors {
            row: text(own.row),
            title: text(own.title),
            date: text(own.date),
            document: text(own.document),
            submitter: text(own.submitter),
        }
    }
}

impl Settings {
    /// Where letters go that are put into a folder.
    pub fn letters_dir(&self) -> PathBuf {
        self.mail.folder.clone().unwrap_or_else(|| self.data_dir.join("letters"))
    }

    /// The source of that name.
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == name)
    }
}
