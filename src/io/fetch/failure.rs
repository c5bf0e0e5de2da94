//! Names what went wrong by kind, and says what the operator should do now.
//!
//! Never tells a kind from the text of an error.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use rustls::CertificateError;
use thiserror::Error;

use super::address::Barred;

/// Why there is no page. Each is a failed poll; a variant is a thing the caller or the operator can do about it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[allow(missing_docs)]
pub enum FetchError {
    /// No connection: no such name, refused, or nobody there.
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
    /// To where we do not go.
    #[error("redirects to {to}: {why}")]
    Redirected { to: String, why: String },
    #[error("redirects more than {hops_max} times, last to {to}")]
    Circling { to: String, hops_max: usize },
    #[error("answered {status}")]
    Refused { status: u16, retry_after: Option<Duration> },
    #[error("answered {status}, which brings no whole page")]
    Unusable { status: u16 },
    #[error("answered 304 although nothing was said of a known version")]
    NotModifiedUnasked,
    #[error("is longer than {bytes_max} bytes, or in too many pieces")]
    TooLarge { bytes_max: usize },
    /// The connection ended before the answer, or in it.
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
            FetchError::Tls { .. } => {
                "see whether the site speaks https at this address; then install the system's certificates (ca-certificates), and check http.extra_ca_file and http.proxy"
            }
            FetchError::Forbidden { .. } => {
                "check the source's url; for a site in a private network set http.allow_private_addresses, for another host http.allow_hosts"
            }
            FetchError::Disallowed => "the site asks programs not to read this page: talk to the site, or take the source out",
            FetchError::Redirected { .. } | FetchError::Circling { .. } => {
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
                "the page did not arrive whole; the schedule will try again, nothing is lost"
            }
        }
    }

    /// Whether the same request might fare better at once, for `retries`.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            FetchError::Unreachable { .. } | FetchError::Cut { .. } | FetchError::Decoding { .. } | FetchError::Malformed { .. } => true,
            FetchError::Refused { status, retry_after } => *status >= 500 && retry_after.is_none(),
            _ => false,
        }
    }
}

/// How a request ended that brought no whole answer.
pub enum Failure {
    /// The connection was closed before a byte of the answer came, or while it was being kept for us.
    ClosedUnanswered,
    /// The connection was reset.
    Reset,
    /// Anything else, named.
    Other(FetchError),
}

/// Names the failure of a request whose answer's head never came.
pub fn name_failure(error: &reqwest::Error) -> Failure {
    if error.is_connect() && error.is_timeout() {
        return Failure::Other(FetchError::Unreachable { why: "no connection in time".to_owned() });
    }
    for cause in causes(error) {
        if let Some(barred) = cause.downcast_ref::<Barred>() {
            return Failure::Other(FetchError::Forbidden { why: barred.to_string() });
        }
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return Failure::Other(name_tls(tls));
        }
        if let Some(h) = cause.downcast_ref::<hyper::Error>() {
            if h.is_parse() || h.is_parse_too_large() {
                return Failure::Other(FetchError::Malformed { why: h.to_string() });
            }
            if h.is_incomplete_message() {
                return Failure::ClosedUnanswered;
            }
        }
        if let Some(e) = cause.downcast_ref::<io::Error>() {
            match e.kind() {
                io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe if !error.is_connect() => return Failure::Reset,
                io::ErrorKind::TimedOut if !error.is_connect() => return Failure::Other(FetchError::TimedOut),
                _ => {}
            }
        }
    }
    Failure::Other(if error.is_timeout() { FetchError::TimedOut } else { FetchError::Unreachable { why: nobody_there(error) } })
}

/// Why no connection came about, without the names of the layers it passed on its way up.
fn nobody_there(error: &reqwest::Error) -> String {
    let Some(deepest) = causes(error).last() else { return error.to_string() };
    match deepest.downcast_ref::<io::Error>().map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => "the connection is refused: nothing answers at this address and port".to_owned(),
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => "no way leads there from this machine".to_owned(),
        _ => deepest.to_string(),
    }
}

/// Names the failure of a body that had begun.
pub fn name_cut(error: &reqwest::Error) -> FetchError {
    for cause in causes(error) {
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return name_tls(tls);
        }
    }
    if error.is_timeout() { FetchError::TimedOut } else { FetchError::Cut { why: chain(error) } }
}

fn name_tls(error: &rustls::Error) -> FetchError {
    let rustls::Error::InvalidCertificate(bad) = error else {
        return FetchError::Tls { why: error.to_string(), certificate: false };
    };
    let why = match bad {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "its certificate has expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "its certificate is not valid yet".to_owned(),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another name".to_owned()
        }
        CertificateError::UnknownIssuer => "its certificate is signed by itself or by an authority this machine does not know".to_owned(),
        CertificateError::Revoked => "its certificate has been revoked".to_owned(),
        other => format!("its certificate is not valid: {other:?}"),
    };
    FetchError::Tls { why, certificate: true }
}

/// The error and its causes, one line, without saying a thing twice.
pub fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut said = String::new();
    for cause in causes(error) {
        let text = cause.to_string();
        if !said.contains(&text) {
            said = if said.is_empty() { text } else { format!("{said}: {text}") };
        }
    }
    said
}

/// The error and its causes; an `io::Error` hides the one it carries from `source`.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let now = next?;
        let carried = now.downcast_ref::<io::Error>().and_then(|e| e.get_ref()).map(|inner| inner as &(dyn StdError + 'static));
        next = carried.or_else(|| now.source());
        Some(now)
    })
    .take(16)
}
