//! Builds the HTTP clients, each when it is first needed, and names what went wrong by kind.
//!
//! Never follows a redirect, never tries again, never reads the environment's proxies: all of that is decided by the caller.

use std::error::Error;
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::dns::Resolve;
use reqwest::{Certificate, Client, ClientBuilder, Proxy};
use rustls::{CertificateError, ClientConfig, RootCertStore};

use super::address::Barred;
use super::{FetchError, Manners};

/// The most a connection may take, TLS handshake included.
const CONNECT: Duration = Duration::from_secs(10);

/// How long an unused connection is kept for the next request.
const IDLE: Duration = Duration::from_secs(20);

/// Which client a request needs. Reading the system's certificates costs more than a whole unchanged poll, so plain http never does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// http: there is nothing to check.
    Plain,
    /// https, with the server's certificate checked.
    Verified,
    /// https, whoever answers.
    Unverified,
}

/// The three clients, each built once, when first asked for.
#[derive(Default)]
pub struct Clients {
    plain: OnceLock<Client>,
    verified: OnceLock<Client>,
    unverified: OnceLock<Client>,
}

impl Clients {
    /// The client for this guard.
    pub fn get(&self, guard: Guard, manners: &Manners, resolver: &Arc<dyn Resolve>) -> Result<&Client, FetchError> {
        let slot = match guard {
            Guard::Plain => &self.plain,
            Guard::Verified => &self.verified,
            Guard::Unverified => &self.unverified,
        };
        if slot.get().is_none() {
            let built = build(guard, manners, resolver)?;
            let _ = slot.set(built);
        }
        slot.get().ok_or_else(|| FetchError::Unreachable { why: "no client".to_owned() })
    }
}

fn build(guard: Guard, manners: &Manners, resolver: &Arc<dyn Resolve>) -> Result<Client, FetchError> {
    // Refused where another part of the program was first: then the same provider is already in place.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(user_agent(&manners.contact))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .http1_only()
        .connect_timeout(CONNECT.min(manners.timeout))
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(1)
        .dns_resolver(Arc::clone(resolver));
    if let Some(proxy) = &manners.proxy {
        builder = builder.proxy(Proxy::all(proxy.clone()).map_err(|e| setting("http.proxy", &e))?);
    }
    builder = match guard {
        // An https proxy is the one reason for plain http to need certificates.
        Guard::Plain if manners.proxy.as_ref().is_none_or(|proxy| proxy.scheme() == "http") => without_roots(builder)?,
        Guard::Plain | Guard::Verified => with_extra_roots(builder, manners)?,
        Guard::Unverified => builder.tls_danger_accept_invalid_certs(true),
    };
    builder.build().map_err(|e| FetchError::Tls { why: chain(&e), certificate: false })
}

fn without_roots(builder: ClientBuilder) -> Result<ClientBuilder, FetchError> {
    let config = ClientConfig::builder().with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    Ok(builder.tls_backend_preconfigured(config))
}

fn with_extra_roots(builder: ClientBuilder, manners: &Manners) -> Result<ClientBuilder, FetchError> {
    let Some(file) = &manners.extra_ca_file else { return Ok(builder) };
    let pem = std::fs::read(file).map_err(|e| setting(&format!("http.extra_ca_file {}", file.display()), &e))?;
    let certificates = Certificate::from_pem_bundle(&pem).map_err(|e| setting(&format!("http.extra_ca_file {}", file.display()), &e))?;
    Ok(builder.tls_certs_merge(certificates))
}

fn setting(name: &str, error: &(dyn Error + 'static)) -> FetchError {
    FetchError::Tls { why: format!("{name} cannot be used: {}", chain(error)), certificate: false }
}

/// `potvrda/0.1.0 (+contact)`; letters that a header cannot carry are left out.
fn user_agent(contact: &str) -> String {
    let contact: String = contact.chars().filter(|c| (' '..='~').contains(c)).collect();
    let version = env!("CARGO_PKG_VERSION");
    if contact.is_empty() { format!("potvrda/{version}") } else { format!("potvrda/{version} (+{contact})") }
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
                io::ErrorKind::TimedOut => return Failure::Other(FetchError::TimedOut),
                _ => {}
            }
        }
    }
    Failure::Other(if error.is_timeout() { FetchError::TimedOut } else { FetchError::Unreachable { why: chain(error) } })
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
fn chain(error: &(dyn Error + 'static)) -> String {
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
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let now = next?;
        let carried = now.downcast_ref::<io::Error>().and_then(|e| e.get_ref()).map(|inner| inner as &(dyn Error + 'static));
        next = carried.or_else(|| now.source());
        Some(now)
    })
    .take(16)
}
