//! Asks for a page or a document, politely and within limits.
//!
//! Never parses what it brings, never decides when to ask again, never sends a request to an address or a host that the settings do not
//! allow.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use reqwest::cookie::CookieStore;
use reqwest::dns::Resolve;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Response, StatusCode};
use sha2::{Digest, Sha256};
use thiserror::Error;
use tokio::time::{Instant, sleep_until, timeout_at};
use url::Url;

mod address;
mod body;
mod client;
mod robots;

pub use address::{is_public, objection};
pub use robots::Robots;

use body::{Body, Fault};
use client::{Clients, Failure, Guard};

/// How we ask: the `[http]` settings, and who we say we are.
#[derive(Debug, Clone)]
pub struct Manners {
    /// The whole request with its body and its redirects.
    pub timeout: Duration,
    /// The longest body, on the wire and unpacked.
    pub body_bytes_max: usize,
    /// The least time between the starts of two requests to one site.
    pub min_interval: Duration,
    /// Tries beyond the first and its single immediate retry on a fresh connection.
    pub retries: u32,
    /// Pages on this machine and in private networks may be asked for.
    pub allow_private_addresses: bool,
    /// Hosts beside the source's own that redirects and links may lead to.
    pub allow_hosts: Vec<String>,
    /// A proxy for every request. It resolves the names, so only addresses written into a URL are judged.
    pub proxy: Option<Url>,
    /// Certificates (PEM) trusted beside the system's.
    pub extra_ca_file: Option<PathBuf>,
    /// An address where we can be reached, for the User-Agent; empty where there is none.
    pub contact: String,
    /// Names answered here and not by the DNS, as a hosts file would; their addresses are judged like any other.
    pub hosts: BTreeMap<String, Vec<SocketAddr>>,
}

impl Default for Manners {
    fn default() -> Self {
        Manners {
            timeout: Duration::from_secs(60),
            body_bytes_max: 8 * 1024 * 1024,
            min_interval: Duration::from_secs(2),
            retries: 0,
            allow_private_addresses: false,
            allow_hosts: Vec::new(),
            proxy: None,
            extra_ca_file: None,
            contact: String::new(),
            hosts: BTreeMap::new(),
        }
    }
}

/// What a server said of a page's version, to be sent back when asking again (RFC 9110, 8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`, as sent.
    pub etag: Option<String>,
    /// `Last-Modified`, as sent.
    pub last_modified: Option<String>,
}

/// The cookies of one poll of one source. A new poll begins without any.
#[derive(Debug, Default)]
pub struct Jar(reqwest::cookie::Jar);

/// One page or document to be asked for.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Where it is.
    pub url: &'a Url,
    /// The source's own address: nothing beyond its site, its twin and `allow_hosts` is asked.
    pub site: &'a Url,
    /// What we know of its version; without it the answer is never `Unmodified`.
    pub validators: Option<&'a Validators>,
    /// When the time of the whole poll of this source is over.
    pub until: Instant,
    /// A lower limit than the settings' for this body.
    pub bytes_max: Option<usize>,
    /// Whether the server's certificate is checked; false only after `tls_fallback` (N9 of the promise: such a read is marked).
    pub verify: bool,
    /// The cookies of this poll.
    pub jar: &'a Jar,
    /// The time of day of this poll: dates `fetched_at`, and measures `Retry-After` and the age of robots.txt.
    pub now: DateTime<Utc>,
}

impl<'a> Request<'a> {
    /// An unconditional request for a source's own page.
    pub fn new(url: &'a Url, jar: &'a Jar, until: Instant, now: DateTime<Utc>) -> Request<'a> {
        Request { url, site: url, validators: None, until, bytes_max: None, verify: true, jar, now }
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The page, whole.
    Page(Snapshot),
    /// The server says that what we know is what it has.
    Unmodified {
        /// What it now calls this version; what it left out is unchanged.
        validators: Validators,
        /// Where the page has moved for good, if it has.
        moved_to: Option<Url>,
    },
}

/// A page or document as it was served.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Where it was in the end, after redirects.
    pub url: Url,
    /// Where we asked.
    pub requested_url: Url,
    /// The status; always 200 to 299, and neither 204, 205 nor 206.
    pub status: u16,
    /// What we sent, in its order, without cookies.
    pub request_headers: Vec<(String, String)>,
    /// What was answered, in its order; values cut at 1 KiB, cookies' values left out.
    pub headers: Vec<(String, String)>,
    /// The body, unpacked.
    pub body: Vec<u8>,
    /// `Content-Type`, as sent.
    pub content_type: Option<String>,
    /// What the server calls this version.
    pub validators: Validators,
    /// SHA-256 of `body`, hex.
    pub sha256: String,
    /// When it was asked for.
    pub fetched_at: DateTime<Utc>,
    /// Where the page has moved for good (301, 308), if it has: the operator is told once.
    pub moved_to: Option<Url>,
    /// False where the check of the server's certificate was switched off for this read.
    pub verified: bool,
}

/// Why there is no page. Each is a failed poll; a variant is a thing the caller or the operator can do about it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[allow(missing_docs)]
pub enum FetchError {
    #[error("cannot be reached: {why}")]
    Unreachable { why: String },
    #[error("did not answer in time")]
    TimedOut,
    /// `certificate`: the certificate is what is wrong, so reading unverified would work.
    #[error("no safe connection: {why}")]
    Tls { why: String, certificate: bool },
    #[error("not asked: {why}")]
    Forbidden { why: String },
    #[error("not asked: robots.txt forbids it")]
    Disallowed,
    #[error("redirects to {to}: {why}")]
    Redirected { to: String, why: String },
    #[error("answered {status}")]
    Refused { status: u16, retry_after: Option<Duration> },
    #[error("answered {status}, which brings no whole page")]
    Unusable { status: u16 },
    #[error("answered 304 although nothing was said of a known version")]
    NotModifiedUnasked,
    #[error("is longer than {bytes_max} bytes")]
    TooLarge { bytes_max: usize },
    #[error("ended before its end: {why}")]
    Cut { why: String },
    #[error("cannot be unpacked: {why}")]
    Decoding { why: String },
    #[error("did not answer in HTTP: {why}")]
    Malformed { why: String },
}

impl FetchError {
    /// What the operator should do now.
    pub fn hint(&self) -> &'static str {
        match self {
            FetchError::Unreachable { .. } => {
                "open the address in a browser on this machine; if that fails too, it is the network or the site: wait"
            }
            FetchError::TimedOut => "the site is slow or stuck; the schedule will try again, nothing is lost",
            FetchError::Tls { certificate: true, .. } => {
                "look at the certificate in a browser; if the site's authority is missing here, give it in http.extra_ca_file, and check the clock"
            }
            FetchError::Tls { .. } => "install the system's certificates (ca-certificates) and check http.extra_ca_file and http.proxy",
            FetchError::Forbidden { .. } => {
                "check the source's url; for a site in a private network set http.allow_private_addresses, for another host http.allow_hosts"
            }
            FetchError::Disallowed => "the site asks programs not to read this page: talk to the site, or take the source out",
            FetchError::Redirected { .. } => {
                "open the address in a browser; if the page has moved for good, put its new url into the source"
            }
            FetchError::Refused { status: 403 | 401 | 451, .. } => "the site refuses us: check that contact is set, and talk to the site",
            FetchError::Refused { status: 404 | 410, .. } => {
                "the page is not there any more: find its new address and put it into the source's url"
            }
            FetchError::Refused { status: 429, .. } => "we ask too often: poll more seldom",
            FetchError::Refused { .. } => "the site has trouble; the schedule will try again, nothing is lost",
            FetchError::Unusable { .. } | FetchError::NotModifiedUnasked | FetchError::Malformed { .. } => {
                "something between us and the site answers wrongly (a cache, a firewall, a proxy): try poll --full, then a browser"
            }
            FetchError::TooLarge { .. } => "look at the page in a browser; if it has really grown, raise http.body_bytes_max",
            FetchError::Cut { .. } | FetchError::Decoding { .. } => {
                "the page arrived damaged; the schedule will try again, nothing is lost"
            }
        }
    }

    /// Whether the same request might fare better at once, for `retries`.
    fn is_passing(&self) -> bool {
        match self {
            FetchError::Unreachable { .. } | FetchError::Cut { .. } | FetchError::Decoding { .. } | FetchError::Malformed { .. } => true,
            FetchError::Refused { status, retry_after } => *status >= 500 && retry_after.is_none(),
            _ => false,
        }
    }
}

/// The most redirects that are followed.
const HOPS_MAX: usize = 5;

/// The most time and the longest text a robots.txt gets: it must never cost a poll.
const ROBOTS_WITHIN: Duration = Duration::from_secs(5);
const ROBOTS_BYTES_MAX: usize = 500 * 1024;

/// How much of a header's value is kept.
const HEADER_BYTES_KEPT: usize = 1024;

/// Asks for pages. One for the life of the process: it remembers each site's robots.txt and when it was last asked.
pub struct Fetcher {
    manners: Manners,
    resolver: Arc<dyn Resolve>,
    clients: Clients,
    sites: Mutex<BTreeMap<String, Site>>,
    robots: robots::RobotsCache,
}

/// What is remembered of a site.
#[derive(Debug, Clone, Copy, Default)]
struct Site {
    /// When the next request may start.
    next_at: Option<Instant>,
    /// It has answered before, so a connection may have been kept.
    answered: bool,
}

impl Fetcher {
    /// A fetcher with these manners. Costs nothing until the first request.
    pub fn new(manners: Manners) -> Fetcher {
        let proxy_host = manners.proxy.as_ref().and_then(|proxy| proxy.host_str()).map(str::to_owned);
        let resolver = address::Resolver { private: manners.allow_private_addresses, proxy_host, hosts: manners.hosts.clone() };
        Fetcher {
            manners,
            resolver: Arc::new(resolver),
            clients: Clients::default(),
            sites: Mutex::default(),
            robots: robots::RobotsCache::default(),
        }
    }

    /// Puts in a robots.txt kept from an earlier run, by origin (`http://www.parlament.gov.rs`).
    pub fn recall_robots(&self, origin: String, robots: Robots) {
        self.robots.insert(origin, robots);
    }

    /// Every robots.txt known, by origin, to be kept for the next run.
    pub fn robots(&self) -> BTreeMap<String, Robots> {
        self.robots.all()
    }

    /// Asks for a page or a document.
    ///
    /// # Errors
    /// See [`FetchError`]: whatever is not one whole good answer.
    pub async fn get(&self, request: &Request<'_>) -> Result<Answer, FetchError> {
        if let Some(why) = address::objection(request.url, request.site, &self.manners.allow_hosts) {
            return Err(FetchError::Forbidden { why });
        }
        if !self.robots_allow(request).await {
            return Err(FetchError::Disallowed);
        }
        let mut tries = 0;
        loop {
            match self.follow(request).await {
                Err(error) if error.is_passing() && tries < self.manners.retries && Instant::now() < request.until => tries += 1,
                outcome => return outcome,
            }
        }
    }

    /// Follows redirects until there is an answer that is none.
    async fn follow(&self, request: &Request<'_>) -> Result<Answer, FetchError> {
        let mut url = request.url.clone();
        let mut moved_to = None;
        let mut only_for_good = true;
        let mut deadline = Instant::now() + self.manners.timeout;
        for hop in 0..=HOPS_MAX {
            if let Some(barred) = address::literal_objection(&url).filter(|_| !self.manners.allow_private_addresses) {
                return Err(FetchError::Forbidden { why: barred.to_string() });
            }
            deadline += self.wait_turn(&url, request.until).await?;
            let ends_at = deadline.min(request.until);
            let (response, sent) = timeout_at(ends_at, self.ask(request, &url)).await.map_err(|_| FetchError::TimedOut)??;
            request.jar.0.set_cookies(&mut response.headers().get_all(header::SET_COOKIE).iter(), &url);
            if !is_redirect(response.status()) {
                return timeout_at(ends_at, self.take(request, response, url, sent, moved_to)).await.map_err(|_| FetchError::TimedOut)?;
            }
            let for_good = matches!(response.status(), StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT);
            let next = self.next_hop(request, &url, &response)?;
            if hop == HOPS_MAX {
                return Err(FetchError::Redirected { to: next.into(), why: format!("more than {HOPS_MAX} redirects") });
            }
            only_for_good &= for_good;
            if only_for_good {
                moved_to = Some(next.clone());
            }
            url = next;
        }
        Err(FetchError::Redirected { to: url.into(), why: "no end of redirects".to_owned() })
    }

    /// Where a redirect leads, if we go there.
    fn next_hop(&self, request: &Request<'_>, from: &Url, response: &Response) -> Result<Url, FetchError> {
        let status = response.status().as_u16();
        let Some(location) = response.headers().get(header::LOCATION) else { return Err(FetchError::Unusable { status }) };
        let text = String::from_utf8_lossy(location.as_bytes()).into_owned();
        let Ok(mut next) = from.join(&text) else {
            return Err(FetchError::Redirected { to: text, why: "that is no address".to_owned() });
        };
        next.set_fragment(None);
        if from.scheme() == "https" && next.scheme() == "http" {
            return Err(FetchError::Redirected { to: next.into(), why: "from https back to http".to_owned() });
        }
        match address::objection(&next, request.site, &self.manners.allow_hosts) {
            Some(why) => Err(FetchError::Redirected { to: next.into(), why }),
            None => Ok(next),
        }
    }

    /// One request, and once more on a fresh connection where the first was closed without a byte.
    async fn ask(&self, request: &Request<'_>, url: &Url) -> Result<(Response, HeaderMap), FetchError> {
        let guard = match (url.scheme(), request.verify) {
            ("https", true) => Guard::Verified,
            ("https", false) => Guard::Unverified,
            _ => Guard::Plain,
        };
        let client = self.clients.get(guard, &self.manners, &self.resolver)?;
        let headers = request_headers(request.validators);
        let mut closed = None;
        for again in [false, true] {
            let mut builder = client.get(url.clone()).headers(headers.clone());
            if let Some(cookies) = request.jar.0.cookies(url) {
                builder = builder.header(header::COOKIE, cookies);
            }
            let answered = self.site(url).answered;
            match builder.send().await {
                Ok(response) => {
                    self.remember(url, |site| site.answered = true);
                    return Ok((response, headers));
                }
                Err(error) => match client::name_failure(&error) {
                    Failure::Other(named) => return Err(named),
                    // A reset is an answer, unless it may be the end of a connection that was kept.
                    Failure::Reset if again || !answered => {
                        return Err(FetchError::Unreachable { why: "the connection was reset".to_owned() });
                    }
                    Failure::Reset => closed = Some("the connection was reset twice"),
                    Failure::ClosedUnanswered => closed = Some("the connection was closed twice without an answer"),
                },
            }
        }
        Err(FetchError::Unreachable { why: closed.unwrap_or("no answer").to_owned() })
    }

    /// Reads the answer that is no redirect.
    async fn take(
        &self,
        request: &Request<'_>,
        response: Response,
        url: Url,
        sent: HeaderMap,
        moved_to: Option<Url>,
    ) -> Result<Answer, FetchError> {
        let status = response.status();
        let validators = Validators {
            etag: text_of(response.headers(), header::ETAG),
            last_modified: text_of(response.headers(), header::LAST_MODIFIED),
        };
        match status.as_u16() {
            304 if request.validators.is_some_and(|v| *v != Validators::default()) => {
                return Ok(Answer::Unmodified { validators, moved_to });
            }
            304 => return Err(FetchError::NotModifiedUnasked),
            status @ (204 | 205 | 206) => return Err(FetchError::Unusable { status }),
            200..=299 => {}
            status @ 400..=599 => return Err(FetchError::Refused { status, retry_after: retry_after(response.headers(), request.now) }),
            status => return Err(FetchError::Unusable { status }),
        }
        let headers = kept_headers(response.headers());
        let content_type = text_of(response.headers(), header::CONTENT_TYPE);
        let bytes_max = request.bytes_max.map_or(self.manners.body_bytes_max, |max| max.min(self.manners.body_bytes_max));
        let body = read_body(response, bytes_max).await?;
        let sha256 = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
        let verified = request.verify || url.scheme() != "https";
        Ok(Answer::Page(Snapshot {
            url,
            requested_url: request.url.clone(),
            status: status.as_u16(),
            request_headers: kept_headers(&sent),
            headers,
            body,
            content_type,
            validators,
            sha256,
            fetched_at: request.now,
            moved_to,
            verified,
        }))
    }

    /// Whether the site's robots.txt lets us. Asked at most once a day a site; what cannot be had forbids nothing.
    async fn robots_allow(&self, request: &Request<'_>) -> bool {
        let origin = request.url.origin().ascii_serialization();
        if let Some(known) = self.robots.fresh(&origin, request.now) {
            return robots::allows(&known.body, request.url);
        }
        let Ok(url) = request.url.join("/robots.txt") else { return true };
        let until = request.until.min(Instant::now() + ROBOTS_WITHIN.min(self.manners.timeout / 4));
        let asked = Request { url: &url, validators: None, until, bytes_max: Some(ROBOTS_BYTES_MAX), ..request.clone() };
        // It is asked for the sake of manners, so the page need not wait for it.
        let turn = self.site(&url).next_at;
        let body = match self.follow(&asked).await {
            Ok(Answer::Page(snapshot)) => snapshot.body,
            _ => Vec::new(),
        };
        self.remember(&url, |site| site.next_at = turn);
        let allowed = robots::allows(&body, request.url);
        self.robots.insert(origin, Robots { body, fetched_at: request.now });
        allowed
    }

    /// Waits until this site may be asked again, and takes the turn; says how long it waited.
    async fn wait_turn(&self, url: &Url, until: Instant) -> Result<Duration, FetchError> {
        let now = Instant::now();
        let mut starts_at = now;
        self.remember(url, |site| {
            starts_at = site.next_at.map_or(now, |next| next.max(now));
            site.next_at = Some(starts_at + self.manners.min_interval);
        });
        if starts_at >= until {
            return Err(FetchError::TimedOut);
        }
        if starts_at > now {
            sleep_until(starts_at).await;
        }
        Ok(starts_at - now)
    }

    fn site(&self, url: &Url) -> Site {
        let key = address::site_of(url).unwrap_or_default();
        self.sites.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied().unwrap_or_default()
    }

    fn remember(&self, url: &Url, change: impl FnOnce(&mut Site)) {
        let key = address::site_of(url).unwrap_or_default();
        change(self.sites.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
    }
}

/// Reads the body as it comes, so that neither its length nor its slowness can cost more than the caller allows.
async fn read_body(mut response: Response, bytes_max: usize) -> Result<Vec<u8>, FetchError> {
    let fault = |fault: Fault| match fault {
        Fault::TooLarge => FetchError::TooLarge { bytes_max },
        Fault::Packing(why) => FetchError::Decoding { why },
    };
    if response.content_length().is_some_and(|length| length > bytes_max as u64) {
        return Err(FetchError::TooLarge { bytes_max });
    }
    let codings: Vec<String> =
        response.headers().get_all(header::CONTENT_ENCODING).iter().map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned()).collect();
    let mut body = Body::new(&codings.join(", "), bytes_max).map_err(fault)?;
    while let Some(chunk) = response.chunk().await.map_err(|e| client::name_cut(&e))? {
        body.take(&chunk).map_err(fault)?;
    }
    body.finish().map_err(fault)
}

fn request_headers(validators: Option<&Validators>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, HeaderValue::from_static("text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.5"));
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    let said = validators.cloned().unwrap_or_default();
    for (name, value) in [(header::IF_NONE_MATCH, said.etag), (header::IF_MODIFIED_SINCE, said.last_modified)] {
        if let Some(value) = value.and_then(|text| HeaderValue::from_bytes(text.as_bytes()).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn text_of(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).map(|value| cut(&String::from_utf8_lossy(value.as_bytes())))
}

fn kept_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let value_of = |name: &HeaderName, value: &HeaderValue| match name == header::SET_COOKIE {
        true => "(left out)".to_owned(),
        false => cut(&String::from_utf8_lossy(value.as_bytes())),
    };
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), value_of(name, value))).collect()
}

fn cut(text: &str) -> String {
    let mut end = text.len().min(HEADER_BYTES_KEPT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

/// How long the server asks us to wait (RFC 9110, 10.2.3): seconds or a date; a date gone by is no wait, garbage is nothing. The caller caps it.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let at = http_date(text)?;
    Some((at - now).max(TimeDelta::zero()).to_std().unwrap_or_default())
}

/// The three forms of a date in HTTP (RFC 9110, 5.6.7).
fn http_date(text: &str) -> Option<DateTime<Utc>> {
    ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|at| at.and_utc())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date_and_garbage_is_nothing() {
        let now = "2018-03-06T10:00:00Z".parse().unwrap();
        let table = [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Tue, 06 Mar 2018 10:02:00 GMT", Some(120)),
            ("Tuesday, 06-Mar-18 10:02:00 GMT", Some(120)),
            ("Tue Mar  6 10:02:00 2018", Some(120)),
            ("Tue, 06 Mar 2017 10:02:00 GMT", None),
            ("Mon, 06 Mar 2017 10:02:00 GMT", Some(0)),
            ("315360000", Some(315_360_000)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("soon", None),
            ("-5", None),
            ("", None),
            ("1.5", None),
        ];
        for (text, seconds) in table {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, HeaderValue::from_str(text).unwrap());
            assert_eq!(retry_after(&headers, now), seconds.map(Duration::from_secs), "{text:?}");
        }
    }

    #[test]
    fn a_long_header_is_cut_between_letters() {
        assert_eq!(cut("Мађарска"), "Мађарска");
        let cut = cut(&"ж".repeat(600).replacen('ж', "a", 1));
        assert!(cut.len() <= HEADER_BYTES_KEPT && cut.ends_with('ж'));
    }
}
