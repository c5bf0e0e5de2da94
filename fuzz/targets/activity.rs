//! Any bytes as an activity's page, and as a page that links to activities.
#![no_main]

use libfuzzer_sys::fuzz_target;
use potvrda::domain::{activity, page};
use url::Url;

fuzz_target!(|body: &[u8]| {
    let Ok(url) = Url::parse("http://www.parlament.gov.rs/Eighth_Sitting_of_the_Defence_and_Internal_Affairs_Committee.32689.537.html")
    else {
        return;
    };
    let Ok(page) = page::decode(body, None) else { return };
    if let Ok(read) = activity::read_page(&page, &url, None) {
        assert_eq!(activity::read_page(&page, &url, None).as_ref(), Ok(&read), "another reading");
        for mention in &read.sitting.mentions {
            assert!(!mention.title.trim().is_empty(), "a bill without a name");
            // a thousand, and the marks at both ends that say where it was cut
            assert!(mention.sentence.chars().count() <= 1_004, "{} characters of evidence", mention.sentence.chars().count());
        }
        assert!(read.sitting.mentions.len() <= body.len());
    }
    let Ok(list) = Url::parse("http://www.parlament.gov.rs/aktivnosti/narodna-skupstina/zasedanja/redovna.949.html") else { return };
    if let Ok(index) = activity::read_index(&page, &list, None) {
        let mut seen: Vec<&str> = index.links.iter().map(|link| link.url.as_str()).collect();
        let all = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), all, "each page once");
    }
});
