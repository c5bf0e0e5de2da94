//! What polling works with: the settings, the history, the fetcher, the evidence.
//!
//! Never decides: it opens and holds.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::Settings;
use crate::io::evidence::Evidence;
use crate::io::fetch::{Fetcher, Manners};
use crate::io::history::{History, HistoryError};

/// Opened once per command or task.
pub struct Desk {
    /// As read at start.
    pub settings: Settings,
    /// Public facts.
    pub history: History,
    /// Asks for pages.
    pub fetcher: Fetcher,
    /// Keeps what was fetched.
    pub evidence: Evidence,
}

impl Desk {
    /// Opens what is there.
    pub fn open(settings: Settings) -> Result<Desk, HistoryError> {
        let history = History::open(&settings.data_dir, false)?;
        Ok(Desk::with(settings, history))
    }

    /// Around a history that is open.
    pub fn with(settings: Settings, history: History) -> Desk {
        let evidence = Evidence::within(&settings.data_dir, settings.limits.evidence_mib_max * 1024 * 1024);
        let fetcher = Fetcher::new(manners(&settings));
        Desk { history, fetcher, evidence, settings }
    }
}

/// How we ask, from the settings.
pub fn manners(settings: &Settings) -> Manners {
    let http = &settings.http;
    let contact = match (&settings.contact, &settings.public_url) {
        (Some(contact), _) => contact.to_string(),
        (None, Some(url)) => url.to_string(),
        (None, None) => String::new(),
    };
    Manners {
        timeout: Duration::from_secs(http.timeout_s),
        body_bytes_max: usize::try_from(http.body_bytes_max).unwrap_or(usize::MAX),
        min_interval: Duration::from_millis(http.min_interval_ms),
        retries: http.retries,
        allow_private_addresses: http.allow_private_addresses,
        allow_hosts: http.allow_hosts.iter().map(|h| h.as_str().to_owned()).collect(),
        proxy: http.proxy.as_ref().map(|p| p.url().clone()),
        extra_ca_file: http.extra_ca_file.clone(),
        contact,
        hosts: BTreeMap::new(),
    }
}
