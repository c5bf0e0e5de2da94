//! Golden pages: what the reader makes of each page of `tests/pages`, word for word. `POTVRDA_BLESS=1` writes the golden files anew.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use potvrda::domain::listing::{self, ListKind, Selectors};
use potvrda::domain::{activity, page};
use serde_json::{Value, json};
use url::Url;

/// The page's address decides nothing but the language and the host its links are measured by.
fn address(name: &str) -> Url {
    let id = |digits: &str| digits.split('_').find(|p| p.parse::<u64>().is_ok()).map(str::to_owned);
    let layout = match () {
        () if name.contains("_cyr") => 43,
        () if name.contains("_en") => 537,
        () => 941,
    };
    let path = match name.split('_').next().unwrap() {
        "committee" | "activity" => format!("x.{}.{layout}.html", id(name).unwrap_or("100".to_owned())),
        _ => format!("x.{}.html", id(name).unwrap_or("1037".to_owned())),
    };
    Url::parse("http://www.parlament.gov.rs/").unwrap().join(&path).unwrap()
}

fn read(name: &str, body: &[u8]) -> Value {
    let url = address(name);
    let page = match page::decode(body, Some("text/html")) {
        Ok(page) => page,
        Err(e) => return json!({ "error": e.to_string() }),
    };
    let list = |kind| listing::read(&page, &url, kind, &Selectors::default()).map(|l| serde_json::to_value(l).unwrap());
    let read = match name.split('_').next().unwrap() {
        "bills" | "refused" => list(ListKind::Bills),
        "laws" => list(ListKind::Laws),
        "index" => activity::read_index(&page, &url, None).map(|i| serde_json::to_value(i).unwrap()),
        "activity" | "committee" => activity::read_page(&page, &url, None).map(|a| serde_json::to_value(a).unwrap()),
        other => panic!("{other}: a page's name begins with what it is, see tests/pages/README.md"),
    };
    read.unwrap_or_else(|e| json!({ "error": e.to_string() }))
}

#[test]
fn every_page_is_read_as_its_golden_file_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let bless = std::env::var_os("POTVRDA_BLESS").is_some();
    let mut wrong = Vec::new();
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    names.retain(|p| p.extension().is_some_and(|e| e == "html"));
    names.sort();
    assert!(names.len() >= 15, "the pages are missing");
    for path in names {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let seen = serde_json::to_string_pretty(&read(&name, &std::fs::read(&path).unwrap())).unwrap() + "\n";
        let golden = path.with_extension("json");
        if bless {
            std::fs::write(&golden, &seen).unwrap();
        } else if std::fs::read_to_string(&golden).unwrap_or_default() != seen {
            wrong.push(format!("{name}: now {seen}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} pages read otherwise than their golden files say (POTVRDA_BLESS=1 accepts): {}",
        wrong.len(),
        wrong.join("\n")
    );
}
