//! Writes the headers we send, and reads those we get.
//!
//! Never decides what follows from them.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::Validators;

/// How much of a header's value is kept.
const HEADER_BYTES_KEPT: usize = 1024;

/// What we send, in its order.
pub fn request_headers(validators: Option<&Validators>, user_agent: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Ok(name) = HeaderValue::from_str(user_agent) {
        headers.insert(header::USER_AGENT, name);
    }
    headers.insert(header::ACCEPT, HeaderValue::from_static("text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.5"));
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    let said = validators.cloned().unwrap_or_default();
    for (name, value) in [(header::IF_NONE_MATCH, said.etag), (header::IF_MODIFIED_SINCE, said.last_modified)] {
        if let Some(value) = value.and_then(|text| HeaderValue::from_bytes(text.as_bytes()).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

/// A header's value, cut to what is kept; none where it says nothing.
pub fn text_of(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).map(|value| cut(&String::from_utf8_lossy(value.as_bytes()))).filter(|value| !value.is_empty())
}

/// All of them as they are kept: cut, and without the values of cookies.
pub fn kept_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let value_of = |name: &HeaderName, value: &HeaderValue| match name == header::SET_COOKIE {
        true => "(left out)".to_owned(),
        false => cut(&String::from_utf8_lossy(value.as_bytes())),
    };
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), value_of(name, value))).collect()
}

fn cut(text: &str) -> String {
    let mut end = text.len().min(HEADER_BYTES_KEPT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

/// How long the server asks us to wait (RFC 9110, 10.2.3): seconds or a date; a date gone by is no wait, garbage is nothing. The caller caps it.
pub fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let at = http_date(text)?;
    Some((at - now).max(TimeDelta::zero()).to_std().unwrap_or_default())
}

/// The three forms of a date in HTTP (RFC 9110, 5.6.7).
fn http_date(text: &str) -> Option<DateTime<Utc>> {
    ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|at| at.and_utc())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date_and_garbage_is_nothing() {
        let now = "2018-03-06T10:00:00Z".parse().unwrap();
        let table = [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Tue, 06 Mar 2018 10:02:00 GMT", Some(120)),
            ("Tuesday, 06-Mar-18 10:02:00 GMT", Some(120)),
            ("Tue Mar  6 10:02:00 2018", Some(120)),
            ("Tue, 06 Mar 2017 10:02:00 GMT", None),
            ("Mon, 06 Mar 2017 10:02:00 GMT", Some(0)),
            ("315360000", Some(315_360_000)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("soon", None),
            ("-5", None),
            ("", None),
            ("1.5", None),
        ];
        for (text, seconds) in table {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, HeaderValue::from_str(text).unwrap());
            assert_eq!(retry_after(&headers, now), seconds.map(Duration::from_secs), "{text:?}");
        }
    }

    #[test]
    fn a_long_header_is_cut_between_letters() {
        assert_eq!(cut("Мађарска"), "Мађарска");
        let cut = cut(&"ж".repeat(600).replacen('ж', "a", 1));
        assert!(cut.len() <= HEADER_BYTES_KEPT && cut.ends_with('ж'));
    }
}
