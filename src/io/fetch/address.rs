//! Says which hosts and addresses may be asked, before and after a name is resolved.
//!
//! Never connects: it hands on the addresses it allowed, and only these are connected to, so a name cannot change its mind in between.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::time::timeout;
use url::{Host, Url};

/// The most a name may take to be resolved: a connection has ten seconds in all, and the system's own patience is longer.
const RESOLVE: Duration = Duration::from_secs(8);

/// The parliament's two names serve the same pages under the same ids (docs/source.md).
const TWINS: [&str; 4] = ["www.parlament.gov.rs", "parlament.gov.rs", "www.parlament.rs", "parlament.rs"];

/// One name for a site: lower case, no trailing dot, and one for the parliament's twins.
pub fn site_of(url: &Url) -> Option<String> {
    let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
    Some(if TWINS.contains(&host.as_str()) { TWINS[0].to_owned() } else { host })
}

/// Why `url` is not asked for by someone who reads `site`, or nothing where it may be.
pub fn objection(url: &Url, site: &Url, allow_hosts: &[String]) -> Option<String> {
    if !matches!(url.scheme(), "http" | "https") {
        return Some(format!("its scheme is {}, not http or https", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("it carries a user name or a password".to_owned());
    }
    let Some(asked) = site_of(url) else { return Some("it names no host".to_owned()) };
    let allowed = Some(&asked) == site_of(site).as_ref() || allow_hosts.iter().any(|host| same_name(host, &asked));
    (!allowed).then(|| format!("{asked} is another host than the source's, and http.allow_hosts does not name it"))
}

fn same_name(allowed: &str, asked: &str) -> bool {
    allowed.trim_end_matches('.').eq_ignore_ascii_case(asked)
}

/// Why an address written into the URL itself is not connected to. The resolver is never asked about these.
pub fn literal_objection(url: &Url) -> Option<Barred> {
    let address = match url.host()? {
        Host::Ipv4(v4) => IpAddr::V4(v4),
        Host::Ipv6(v6) => IpAddr::V6(v6),
        Host::Domain(_) => return None,
    };
    (!is_public(address)).then_some(Barred(address))
}

/// An address within this machine, a private network or a range that is no one's; said in the error chain of a refused connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Barred(pub IpAddr);

impl fmt::Display for Barred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is an address of this machine, of a private network or of no one", self.0)
    }
}

impl Error for Barred {}

/// Whether an address can be a public server's (the special-purpose registries of RFC 6890).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18..=19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let s = v6.segments();
    let embedded = |high: u16, low: u16| is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match s {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => embedded(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        // global unicast less Teredo and its neighbours, and the documentation's range
        [0x2001, b, ..] => b >= 0x200 && b != 0xdb8,
        [a, ..] => a & 0xe000 == 0x2000,
    }
}

/// Resolves names, and hands on only the addresses that may be connected to.
#[derive(Debug, Clone)]
pub struct Resolver {
    /// Every address is allowed.
    pub private: bool,
    /// The proxy's name: chosen by the operator, so its address is not judged.
    pub proxy_host: Option<String>,
    /// Names answered here and not by the DNS, as a hosts file would. Their addresses are judged all the same.
    pub hosts: BTreeMap<String, Vec<SocketAddr>>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            let name = name.as_str();
            let found: Vec<SocketAddr> = match this.hosts.get(name) {
                Some(addresses) => addresses.clone(),
                None => match timeout(RESOLVE, tokio::net::lookup_host((name, 0))).await {
                    Ok(found) => found?.collect(),
                    Err(_) => return Err("no answer of the DNS in time".into()),
                },
            };
            let free = this.private || this.proxy_host.as_deref() == Some(name);
            let allowed: Vec<SocketAddr> = found.iter().copied().filter(|address| free || is_public(address.ip())).collect();
            match (allowed.is_empty(), found.first()) {
                (true, Some(address)) => Err(Box::new(Barred(address.ip())) as Box<dyn Error + Send + Sync>),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_public_servers_are_public() {
        let table = [
            ("8.8.8.8", true),
            ("172.15.0.1", true),
            ("172.32.0.1", true),
            ("100.63.0.1", true),
            ("2a00:1450::1", true),
            ("64:ff9b::8.8.8.8", true),
            ("127.0.0.1", false),
            ("0.0.0.0", false),
            ("10.1.2.3", false),
            ("172.16.0.1", false),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("100.127.255.255", false),
            ("255.255.255.255", false),
            ("224.0.0.1", false),
            ("::", false),
            ("::1", false),
            ("fc00::1", false),
            ("fd00:ec2::254", false),
            ("fe80::1", false),
            ("ff02::1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("64:ff9b::169.254.169.254", false),
            ("2002:7f00:1::", false),
            ("2001::1", false),
            ("2001:db8::1", false),
        ];
        for (text, public) in table {
            assert_eq!(is_public(text.parse().unwrap()), public, "{text}");
        }
    }

    #[test]
    fn an_address_in_any_notation_is_still_an_address() {
        for text in ["http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://[::ffff:a00:1]/", "http://0/"] {
            assert!(literal_objection(&Url::parse(text).unwrap()).is_some(), "{text}");
        }
    }

    #[test]
    fn the_site_is_the_host_and_its_twin_and_what_the_settings_allow() {
        let site = Url::parse("http://www.parlament.gov.rs/a").unwrap();
        let table = [
            ("http://www.parlament.gov.rs./b", true),
            ("https://WWW.PARLAMENT.RS/b", true),
            ("http://mirror.example/b", true),
            ("http://evil.example/b", false),
            ("http://www.parlament.gov.rs.evil.example/", false),
            ("http://user:pass@www.parlament.gov.rs/", false),
            ("ftp://www.parlament.gov.rs/", false),
            ("file:///etc/passwd", false),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
        ];
        for (text, allowed) in table {
            let url = Url::parse(text).unwrap();
            assert_eq!(objection(&url, &site, &["Mirror.example".to_owned()]).is_none(), allowed, "{text}");
        }
    }
}
