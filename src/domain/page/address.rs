//! Addresses as parliament uses them: what a link may lead to, and which addresses name one and the same thing.
//!
//! Never fetches, never builds an address of its own.

use percent_encoding::percent_decode_str;
use url::Url;

use crate::domain::bill::{Language, Link};
use crate::domain::script;

/// Two names of one site; both were in use to late 2025 (docs/source.md).
const SITE: [&str; 2] = ["parlament.gov.rs", "parlament.rs"];
/// Addresses longer than this are no addresses of parliament.
pub const LENGTH_MAX: usize = 4_096;

/// The link an anchor makes, if it is one that may be followed: http or https, no name or password in it, on the page's own site.
/// `javascript:`, `file:`, `data:`, foreign hosts and other ports give none; the words around them still count.
pub fn link(page: &Url, href: &str, label: &str) -> Option<Link> {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') || href.len() > LENGTH_MAX {
        return None;
    }
    let mut url = page.join(href).ok()?;
    url.set_fragment(None);
    let http = matches!(url.scheme(), "http" | "https");
    let bare = url.username().is_empty() && url.password().is_none();
    (http && bare && same_site(page, &url)).then(|| Link { url, label: script::tidy(label) })
}

/// Whether two addresses are on one site. The two names of parliament, with or without `www` and a trailing dot, are one.
pub fn same_site(a: &Url, b: &Url) -> bool {
    match (a.host_str().map(site), b.host_str().map(site)) {
        (Some(a_site), Some(b_site)) if a_site == b_site => {
            let default = |url: &Url| url.port().is_none();
            a.port_or_known_default() == b.port_or_known_default() || (default(a) && default(b))
        }
        // a page served from elsewhere (a saved one, a mirror) may name parliament itself
        (_, Some(b_site)) => b_site == SITE[0] && b.port().is_none(),
        _ => false,
    }
}

fn site(host: &str) -> &str {
    let host = host.trim_end_matches('.');
    let host = host.strip_prefix("www.").unwrap_or(host);
    if SITE.contains(&host) { SITE[0] } else { host }
}

/// The number of a page, and the layout where it is a content page: `.../Osma_sednica.32689.537.html` is (32689, Some(537)),
/// `.../zasedanja.949.html` is (949, None). Slugs change and get mangled; only the numbers matter.
pub fn content_id(url: &Url) -> Option<(u64, Option<u32>)> {
    let last = url.path_segments()?.next_back()?;
    let name = last.strip_suffix(".html").or_else(|| last.strip_suffix(".htm"))?;
    let mut parts = name.rsplit('.');
    let number = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u64>().ok()).flatten();
    let last = number(parts.next()?)?;
    let layout = u32::try_from(last).ok().filter(|l| language_of_layout(*l).is_some());
    match (parts.next().and_then(number), layout) {
        (Some(id), Some(layout)) => Some((id, Some(layout))),
        _ => Some((last, None)),
    }
}

/// The language a content page's layout number stands for.
pub fn language_of_layout(layout: u32) -> Option<Language> {
    match layout {
        43 => Some(Language::SrCyrl),
        941 => Some(Language::SrLatn),
        537 => Some(Language::En),
        _ => None,
    }
}

/// One text for all addresses of one thing: pages by their numbers, documents and all else by their decoded path; never by host.
pub fn canonical(url: &Url) -> String {
    let query = url.query().filter(|q| !q.is_empty()).map(|q| format!("?{}", decoded(q))).unwrap_or_default();
    match content_id(url) {
        Some((id, Some(layout))) => format!("{id}.{layout}"),
        Some((id, None)) => format!("{id}{query}"),
        None if is_document(url) => path(url),
        None => format!("{}{query}", path(url)),
    }
}

/// Whether the path ends as a PDF's or a Word document's does.
pub fn is_document(url: &Url) -> bool {
    let mut path = url.path();
    while let Some(shorter) = path.strip_suffix("%20").or(path.strip_suffix('.')) {
        path = shorter;
    }
    let ends = |end: &str| path.len() >= end.len() && path.as_bytes()[path.len() - end.len()..].eq_ignore_ascii_case(end.as_bytes());
    [".pdf", ".doc", ".docx"].into_iter().any(ends)
}

fn path(url: &Url) -> String {
    let decoded = decoded(url.path());
    let mut path = String::with_capacity(decoded.len());
    for part in decoded.split('/').filter(|part| !part.is_empty()) {
        path.push('/');
        path.push_str(part);
    }
    if path.is_empty() { "/".to_owned() } else { path }
}

/// Percent-decoded; what is no UTF-8 afterwards stays as U+FFFD.
pub(crate) fn decoded(text: &str) -> String {
    script::tidy(&percent_decode_str(text).decode_utf8_lossy())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn only_links_of_the_site_itself_are_links() {
        let page = url("http://www.parlament.gov.rs/akti/zakoni-u-proceduri/zakoni-u-proceduri.1037.html");
        for href in
            ["/upload/a b.pdf", "x.43.html", "https://parlament.rs/a", "http://www.parlament.rs./a", "//www.parlament.rs/a", "?start=20"]
        {
            assert!(link(&page, href, "").is_some(), "{href}");
        }
        for href in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "//evil.example/x",
            "/\\evil.example/x",
            "http://user:pass@www.parlament.gov.rs/x",
            "http://169.254.169.254/latest",
            "http://www.parlament.gov.rs:8080/x",
            "ftp://www.parlament.gov.rs/x",
            "mailto:a@b.rs",
            "#top",
            "",
            "http://",
        ] {
            assert!(link(&page, href, "").is_none(), "{href}");
        }
        let local = url("http://127.0.0.1:9000/list.html");
        assert!(link(&local, "/a.pdf", "").is_some());
        assert!(link(&local, "http://www.parlament.gov.rs/a.pdf", "").is_some());
        assert!(link(&local, "http://127.0.0.1:9001/a.pdf", "").is_none());
    }

    #[test]
    fn raw_spaces_are_encoded_and_labels_tidied() {
        let page = url("http://www.parlament.gov.rs/a/b.1037.html");
        let found = link(&page, " /upload/archive/1847-23 - Lat..pdf\n", " P\u{a0}DF ").unwrap();
        assert_eq!(found.url.as_str(), "http://www.parlament.gov.rs/upload/archive/1847-23%20-%20Lat..pdf");
        assert_eq!(found.label, "P DF");
    }

    #[test]
    fn only_the_numbers_of_a_page_matter() {
        for (address, id) in [
            ("http://www.parlament.gov.rs/Eighth_Sitting_of_the_Committee.32689.537.html", Some((32689, Some(537)))),
            ("https://www.parlament.rs/a/Prva_sednica_Narodne_skup%EF%BF%BD%EF%BF%BDtine.45157.941.html", Some((45157, Some(941)))),
            ("http://www.parlament.gov.rs/активности/народна-скупштина/заседања.33.html", Some((33, None))),
            ("http://x/upload/archive/files/404-18.pdf", None),
            ("http://www.parlament.gov.rs/", None),
            ("http://www.parlament.gov.rs/Sednica_u_2013._.20043.43.html?x=1", Some((20043, Some(43)))),
        ] {
            assert_eq!(content_id(&url(address)), id, "{address}");
        }
    }

    #[test]
    fn one_thing_has_one_canonical_address_whatever_its_host_and_slug() {
        for (a, b) in [
            ("http://www.parlament.gov.rs/Some_Title.32689.537.html", "https://parlament.rs/x.32689.537.html"),
            ("http://www.parlament.gov.rs/a/doneti.1033.html", "http://www.parlament.rs/b.1033.html"),
            ("http://www.parlament.gov.rs/upload/1847-23%20-%20Lat..pdf", "https://www.parlament.rs//upload/1847-23 - Lat..pdf"),
        ] {
            assert_eq!(canonical(&url(a)), canonical(&url(b)));
        }
        assert_ne!(canonical(&url("http://a/x.949.html?offset=1")), canonical(&url("http://a/x.949.html?offset=2")));
        assert_ne!(canonical(&url("http://a/x.32689.537.html")), canonical(&url("http://a/x.32689.941.html")));
    }

    #[test]
    fn documents_are_known_by_their_ending() {
        for address in ["http://a/x.pdf", "http://a/X.PDF", "http://a/1-20.docx", "http://a/x.doc?v=1", "http://a/x.pdf%20"] {
            assert!(is_document(&url(address)), "{address}");
        }
        for address in ["http://a/x.html", "http://a/pdf", "http://a/x.43.html"] {
            assert!(!is_document(&url(address)), "{address}");
        }
    }
}
