//! Any bytes as a law list: rows within their bounds, each said once, the same at every reading, also where rows are known by their markup.
#![no_main]

use libfuzzer_sys::fuzz_target;
use potvrda::domain::listing::{self, ListKind, RowCache, Selectors, TITLE_BYTES_MAX};
use potvrda::domain::{agreement, page, script};
use url::Url;

fuzz_target!(|body: &[u8]| {
    let Ok(url) = Url::parse("http://www.parlament.gov.rs/akti/zakoni-u-proceduri/zakoni-u-proceduri.1037.html") else { return };
    let Ok(page) = page::decode(body, None) else { return };
    let Ok(list) = listing::read(&page, &url, ListKind::Bills, &Selectors::default()) else { return };
    assert_eq!(listing::read(&page, &url, ListKind::Bills, &Selectors::default()).as_ref(), Ok(&list), "another reading");
    let again = |kept: Option<&[u8]>| {
        let cache = RowCache::new(String::new(), kept);
        listing::read_again(&page, &url, ListKind::Bills, &Selectors::default(), cache)
    };
    let kept = again(None).map(|(first, kept)| {
        assert_eq!(first, list, "with numbered rows");
        kept
    });
    if let Ok(Some(kept)) = kept {
        assert_eq!(again(Some(&kept)).map(|(second, _)| second).as_ref(), Ok(&list), "with known rows");
    }
    // a row stands for some bytes of the page: no page brings forth more rows than it has bytes
    assert!(list.rows.len() + list.rejects.len() <= body.len(), "{} rows of {} bytes", list.rows.len(), body.len());
    for row in &list.rows {
        assert!(!row.title.is_empty() && row.title.len() <= TITLE_BYTES_MAX, "{:?}", row.title);
        assert_eq!(script::tidy(&row.title), row.title, "a title is one tidy line");
        if let (Some(day), Some(text)) = (row.listed_on, &row.date_text) {
            assert_eq!(potvrda::domain::dates::day(text), Some(day), "{text:?}");
        }
        agreement::detect(&row.title);
    }
});
