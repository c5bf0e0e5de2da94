//! Builds the HTTP clients, each when it is first needed.
//!
//! Never follows a redirect, never tries again, never reads the environment's proxies: all of that is decided by the caller.

use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::dns::Resolve;
use reqwest::{Certificate, Client, ClientBuilder, Proxy};
use rustls::{ClientConfig, RootCertStore};

use super::failure::chain;
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
pub(super) fn user_agent(contact: &str) -> String {
    let contact: String = contact.chars().filter(|c| (' '..='~').contains(c)).collect();
    let version = env!("CARGO_PKG_VERSION");
    if contact.is_empty() { format!("potvrda/{version}") } else { format!("potvrda/{version} (+{contact})") }
}
