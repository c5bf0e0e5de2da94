//! The values that only settings have: a host, a network, a place to listen, a proxy. Never connects to any of them.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use serde::{Serialize, Serializer};
use url::{Host, Url};

/// What kind of page a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// The list of bills in procedure.
    Bills,
    /// The list of adopted laws.
    Laws,
    /// A page that links to activities: sittings, of the Assembly and of committees.
    Activities,
}

/// By which road letters leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// As `.eml` files.
    Folder,
    /// To a mail server.
    Smtp,
    /// By the machine's own `sendmail`.
    Sendmail,
}

/// How the connection to the mail server is guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// TLS after `STARTTLS`, which must be offered.
    Starttls,
    /// Not at all: for a relay on this machine.
    None,
}

/// What happens when a bad certificate has been the only failure for 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsFallback {
    /// Pages are read unverified; rows and letters say so.
    Marked,
    /// The polls go on failing.
    Off,
}

crate::words!(SourceKind { Bills = "bills", Laws = "laws", Activities = "activities" });
crate::words!(Transport { Folder = "folder", Smtp = "smtp", Sendmail = "sendmail" });
crate::words!(Security { Tls = "tls", Starttls = "starttls", None = "none" });
crate::words!(TlsFallback { Marked = "marked", Off = "off" });

/// A host: a name in its ASCII form, or an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HostName(String);

impl HostName {
    /// The name, lower case, in punycode where it needs it; an IPv6 address without brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no host name, such as mail.ngo.example");
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(HostName(address.to_string()));
        }
        match Host::parse(text.strip_suffix('.').unwrap_or(text)) {
            Ok(Host::Domain(name)) if !name.contains(['*', '_', ' ', '/', ':', '@']) && name.len() <= 253 => Ok(HostName(name)),
            Ok(Host::Ipv4(_) | Host::Ipv6(_) | Host::Domain(_)) | Err(_) => Err(wrong()),
        }
    }
}

/// Addresses that share their first bits; a single address has all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether the address belongs to it.
    pub fn contains(&self, address: IpAddr) -> bool {
        fn share(a: u128, b: u128, width: u32, prefix: u8) -> bool {
            let shift = width - u32::from(prefix);
            a.checked_shr(shift).unwrap_or(0) == b.checked_shr(shift).unwrap_or(0)
        }
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => share(a.to_bits().into(), b.to_bits().into(), 32, self.prefix),
            (IpAddr::V6(a), IpAddr::V6(b)) => share(a.to_bits(), b.to_bits(), 128, self.prefix),
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no address or network, such as 127.0.0.1 or 10.0.0.0/8");
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(width), str::parse).map_err(|_| wrong())?;
        if prefix > width { Err(wrong()) } else { Ok(Network { address, prefix }) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = if self.address.is_ipv4() { 32 } else { 128 };
        if self.prefix == width { self.address.fmt(f) } else { write!(f, "{}/{}", self.address, self.prefix) }
    }
}

/// Where the web pages are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listen {
    /// Nowhere.
    Off,
    /// At this address and port; port 0 takes any free one.
    At(SocketAddr),
}

impl FromStr for Listen {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Listen::Off),
            _ => match text.strip_prefix("localhost:").map_or(text.to_owned(), |port| format!("127.0.0.1:{port}")).parse() {
                Ok(address) => Ok(Listen::At(address)),
                Err(_) => Err(format!("{text:?} is neither an address with a port, such as 127.0.0.1:8080, nor \"off\"")),
            },
        }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Listen::Off => f.write_str("off"),
            Listen::At(address) => address.fmt(f),
        }
    }
}

/// A proxy for web requests. It may hold credentials, so nothing prints them: `url` is the only way to them.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy(Url);

impl Proxy {
    /// Its address, credentials included.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for Proxy {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        // What was written is not repeated: it may hold a password.
        let wrong = || "is no proxy address, such as http://proxy.ngo.example:3128".to_owned();
        let url = Url::parse(text).map_err(|_| wrong())?;
        let known = matches!(url.scheme(), "http" | "https") && url.host().is_some();
        if known { Ok(Proxy(url)) } else { Err(wrong()) }
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.clone();
        if shown.password().is_some() || !shown.username().is_empty() {
            // Neither can fail on an address that has a host.
            let _ = shown.set_username("***");
            let _ = shown.set_password(None);
        }
        shown.fmt(f)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

/// Shown in settings as it is displayed.
macro_rules! shown_as_text {
    ($($type:ty),+) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
    )+};
}
shown_as_text!(SourceKind, Transport, Security, TlsFallback, HostName, Network, Listen, Proxy);

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
