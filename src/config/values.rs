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

/// Who may read `/metrics`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metrics {
    /// Who asks from this machine, and not through a proxy.
    Local,
    /// Everybody.
    Open,
}

crate::words!(SourceKind { Bills = "bills", Laws = "laws", Activities = "activities" });
crate::words!(Transport { Folder = "folder", Smtp = "smtp", Sendmail = "sendmail" });
crate::words!(Security { Tls = "tls", Starttls = "starttls", None = "none" });
crate::words!(TlsFallback { Marked = "marked", Off = "off" });
crate::words!(Metrics { Local = "local", Open = "open" });

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
            Ok(Host::Domain(name)) if !text.contains(['*', '%']) && name.len() <= 253 => Ok(HostName(name)),
            Ok(Host::Ipv4(_) | Host::Ipv6(_) | Host::Domain(_)) | Err(_) => Err(wrong()),
        }
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
shown_as_text!(Metrics, SourceKind, Transport, Security, TlsFallback, HostName, Network, Listen, Proxy);

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_names_or_addresses_without_ports() {
        for (written, kept) in [
            ("Mail.NGO.example", "mail.ngo.example"),
            ("mail.ngo.example.", "mail.ngo.example"),
            ("localhost", "localhost"),
            ("smtp_relay", "smtp_relay"),
            ("пошта.срб", "xn--80a1acn3a.xn--90a3ac"),
            ("127.0.0.1", "127.0.0.1"),
            ("::1", "::1"),
        ] {
            assert_eq!(written.parse::<HostName>().unwrap().as_str(), kept);
        }
        for wrong in
            ["", "mail server", "mail:25", "http://mail.example", "a@b.example", "*.example", "a%2eb", "1.2.3.4.5", "a/b", "[::1]:25"]
        {
            assert!(wrong.parse::<HostName>().is_err(), "{wrong:?} passed");
        }
    }

    #[test]
    fn a_network_holds_the_addresses_that_share_its_first_bits() {
        for (network, inside, outside) in [
            ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
            ("10.0.0.0/8", "10.255.1.2", "11.0.0.0"),
            ("192.168.7.0/31", "192.168.7.1", "192.168.7.2"),
            ("0.0.0.0/0", "203.0.113.9", "::1"),
            ("::1", "::1", "::2"),
            ("fd00::/8", "fdff::1", "fe00::1"),
            ("::/0", "2001:db8::1", "10.0.0.1"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:11.1.2.3"),
        ] {
            let written: Network = network.parse().unwrap();
            assert!(written.contains(inside.parse().unwrap()), "{network} lacks {inside}");
            assert!(!written.contains(outside.parse().unwrap()), "{network} holds {outside}");
            assert_eq!(written.to_string(), network);
        }
        for wrong in ["", "10", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "localhost", "10.0.0.0/8/8"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong:?} passed");
        }
    }

    #[test]
    fn pages_are_served_at_an_address_with_a_port_or_nowhere() {
        for (written, shown) in [("off", "off"), ("127.0.0.1:0", "127.0.0.1:0"), ("[::]:80", "[::]:80"), ("localhost:81", "127.0.0.1:81")] {
            assert_eq!(written.parse::<Listen>().unwrap().to_string(), shown);
        }
        for wrong in ["", "8080", ":8080", "127.0.0.1", "127.0.0.1:65536", "Off", "http://127.0.0.1:80"] {
            assert!(wrong.parse::<Listen>().is_err(), "{wrong:?} passed");
        }
    }

    #[test]
    fn a_proxy_never_shows_its_credentials() {
        for (written, shown) in [
            ("http://proxy.example:3128", "http://proxy.example:3128/"),
            ("http://ana:s3cret@proxy.example:3128", "http://***@proxy.example:3128/"),
            ("http://:s3cret@proxy.example:3128", "http://***@proxy.example:3128/"),
        ] {
            let proxy: Proxy = written.parse().unwrap();
            assert_eq!((proxy.to_string().as_str(), format!("{proxy:?}")), (shown, format!("Proxy({shown})")));
        }
        for wrong in ["proxy.example:3128", "socks5://ana:s3cret@proxy.example", "ana:s3cret@proxy.example", "http://"] {
            assert!(!wrong.parse::<Proxy>().unwrap_err().contains("s3cret"));
        }
    }

    #[test]
    fn every_word_reads_back_as_itself() {
        assert!(SourceKind::ALL.iter().all(|kind| kind.as_str().parse() == Ok(*kind)));
        assert!(Transport::ALL.iter().all(|transport| transport.as_str().parse() == Ok(*transport)));
        assert!("SMTP".parse::<Transport>().is_err());
    }
}
