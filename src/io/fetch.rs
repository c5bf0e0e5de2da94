//! Asks for a page or a document, politely and within limits.
//!
//! Never parses what it brings, never decides when to ask again, never sends a request to an address or a host that the settings do not
//! allow.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::cookie::CookieStore;
use reqwest::dns::Resolve;
use reqwest::header::{self, HeaderMap};
use reqwest::{Response, StatusCode};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, sleep_until, timeout_at};
use url::Url;

mod address;
mod body;
mod client;
mod failure;
mod headers;
mod robots;

pub use address::{is_public, objection};
pub use failure::FetchError;
pub use robots::Robots;

use body::{Body, Fault};
use client::{Clients, Guard};
use failure::Failure;
use headers::{kept_headers, request_headers, retry_after, text_of};

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
    /// Another limit than the settings' for this body.
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
#[allow(clippy::large_enum_variant)] // one at a time, never in a list
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

/// The most redirects that are followed.
const HOPS_MAX: usize = 5;

/// Which part of the page's own time a robots.txt may take, and its longest text: it must never cost a poll. A connection that cannot be
/// made shows within this part of the default time.
const ROBOTS_PART: u32 = 4;
const ROBOTS_BYTES_MAX: usize = 500 * 1024;

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
        let mut deadline = Instant::now() + self.manners.timeout;
        if !self.robots_allow(request, deadline).await? {
            return Err(FetchError::Disallowed);
        }
        let mut tries = 0;
        loop {
            match self.follow(request, deadline).await {
                Err(error) if error.is_passing() && tries < self.manners.retries && Instant::now() < request.until => {
                    tries += 1;
                    deadline = Instant::now() + self.manners.timeout;
                }
                outcome => return outcome,
            }
        }
    }

    /// Follows redirects until there is an answer that is none.
    async fn follow(&self, request: &Request<'_>, mut deadline: Instant) -> Result<Answer, FetchError> {
        let mut url = request.url.clone();
        let mut moved_to = None;
        let mut only_for_good = true;
        for _ in 0..=HOPS_MAX {
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
            url = self.next_hop(request, &url, &response)?;
            only_for_good &= for_good;
            if only_for_good {
                moved_to = Some(url.clone());
            }
        }
        Err(FetchError::Circling { to: url.into(), hops_max: HOPS_MAX })
    }

    /// Where a redirect leads, if we go there.
    fn next_hop(&self, request: &Request<'_>, from: &Url, response: &Response) -> Result<Url, FetchError> {
        let status = response.status().as_u16();
        let location = response.headers().get(header::LOCATION).map(|to| String::from_utf8_lossy(to.as_bytes()).trim().to_owned());
        let Some(text) = location.filter(|to| !to.is_empty()) else { return Err(FetchError::Unusable { status }) };
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
        let headers = request_headers(request.validators, &client::user_agent(&self.manners.contact));
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
                Err(error) => match failure::name_failure(&error) {
                    Failure::Other(named) => return Err(named),
                    // A reset is an answer, unless it may be the end of a connection that was kept.
                    Failure::Reset if again || !answered => {
                        return Err(FetchError::Cut { why: "the connection was reset".to_owned() });
                    }
                    Failure::Reset => closed = Some("the connection was reset twice"),
                    Failure::ClosedUnanswered => closed = Some("the connection was closed twice without an answer"),
                },
            }
        }
        Err(FetchError::Cut { why: closed.unwrap_or("no answer").to_owned() })
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
            status @ 204..=206 => return Err(FetchError::Unusable { status }),
            200..=299 => {}
            status @ 400..=599 => return Err(FetchError::Refused { status, retry_after: retry_after(response.headers(), request.now) }),
            status => return Err(FetchError::Unusable { status }),
        }
        let headers = kept_headers(response.headers());
        let content_type = text_of(response.headers(), header::CONTENT_TYPE);
        let bytes_max = request.bytes_max.unwrap_or(self.manners.body_bytes_max);
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

    /// Whether the site's robots.txt lets us. Asked at most once a day a site; what cannot be had forbids nothing, but a site that cannot
    /// even be connected to is not tried a second time for the page.
    async fn robots_allow(&self, request: &Request<'_>, deadline: Instant) -> Result<bool, FetchError> {
        let origin = request.url.origin().ascii_serialization();
        if let Some(known) = self.robots.fresh(&origin, request.now) {
            return Ok(robots::allows(&known.body, request.url));
        }
        let Ok(url) = request.url.join("/robots.txt") else { return Ok(true) };
        let until = request.until.min(Instant::now() + self.manners.timeout / ROBOTS_PART);
        let asked = Request {
            url: &url,
            validators: None,
            until,
            bytes_max: Some(ROBOTS_BYTES_MAX.min(self.manners.body_bytes_max)),
            ..request.clone()
        };
        // It is asked for the sake of manners, so the page need not wait for it.
        let turn = self.site(&url).next_at;
        let answer = self.follow(&asked, deadline).await;
        self.remember(&url, |site| site.next_at = turn);
        let body = match answer {
            Ok(Answer::Page(snapshot)) => snapshot.body,
            Err(error @ (FetchError::Unreachable { .. } | FetchError::Tls { .. } | FetchError::Forbidden { .. })) => return Err(error),
            _ => Vec::new(),
        };
        let allowed = robots::allows(&body, request.url);
        self.robots.insert(origin, Robots { body, fetched_at: request.now });
        Ok(allowed)
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
    while let Some(chunk) = response.chunk().await.map_err(|e| failure::name_cut(&e))? {
        body.take(&chunk).map_err(fault)?;
    }
    body.finish().map_err(fault)
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}
