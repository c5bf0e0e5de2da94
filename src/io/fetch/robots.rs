//! Remembers what each host's robots.txt asks of us.
//!
//! Never fetches it, and never blocks where it could not be had or read.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use texting_robots::Robot;
use url::Url;

/// The name robots.txt knows us by.
const AGENT: &str = "potvrda";

/// A robots.txt as it was fetched, to be kept between runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Robots {
    /// Its text; empty where there is none or it could not be had.
    pub body: Vec<u8>,
    /// When it was asked for.
    pub fetched_at: DateTime<Utc>,
}

/// Every robots.txt known, by origin (`http://www.parlament.gov.rs`).
#[derive(Debug, Default)]
pub struct RobotsCache(Mutex<BTreeMap<String, Robots>>);

impl RobotsCache {
    /// Puts one in, fetched now or kept from an earlier run.
    pub fn insert(&self, origin: String, robots: Robots) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(origin, robots);
    }

    /// All of them, to be kept for the next run.
    pub fn all(&self) -> BTreeMap<String, Robots> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The one for this origin, unless it is a day old or from a time to come.
    pub fn fresh(&self, origin: &str, now: DateTime<Utc>) -> Option<Robots> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(origin).cloned()?;
        let age = now - known.fetched_at;
        (age >= TimeDelta::zero() && age < TimeDelta::days(1)).then_some(known)
    }
}

/// Whether a robots.txt lets us ask for this address. One that cannot be read lets us.
pub fn allows(body: &[u8], url: &Url) -> bool {
    Robot::new(AGENT, body).map_or(true, |robot| robot.allowed(url.as_str()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_for_us_and_for_all_are_kept_and_nonsense_is_none() {
        let url = Url::parse("http://www.parlament.gov.rs/akti/x.1037.html").unwrap();
        let table: [(&[u8], bool); 7] = [
            (b"", true),
            (b"User-agent: *\nDisallow:", true),
            (b"User-agent: *\nDisallow: /", false),
            (b"User-agent: *\nDisallow: /akti", false),
            (b"User-agent: *\nDisallow: /\n\nUser-agent: potvrda\nAllow: /akti", true),
            (b"<!doctype html><html><body>404</body></html>", true),
            (b"\xff\xfe\x00\x01", true),
        ];
        for (body, allowed) in table {
            assert_eq!(allows(body, &url), allowed, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn a_robots_txt_is_good_for_a_day() {
        let cache = RobotsCache::default();
        let t = |s: &str| s.parse::<DateTime<Utc>>().unwrap();
        cache.insert("http://a".into(), Robots { body: vec![], fetched_at: t("2018-03-06T10:00:00Z") });
        assert!(cache.fresh("http://a", t("2018-03-07T09:59:59Z")).is_some());
        assert!(cache.fresh("http://a", t("2018-03-07T10:00:00Z")).is_none());
        assert!(cache.fresh("http://a", t("2018-03-06T09:00:00Z")).is_none(), "a clock that was set back");
        assert!(cache.fresh("http://b", t("2018-03-06T10:00:00Z")).is_none());
    }
}
