//! The layers of the house: who may name whom. Reads the `use` lines and the paths of the source itself.

use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");

/// Every file of a layer, with its code: no comments, and nothing from its unit tests on.
fn layer(name: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from(ROOT).join(name)];
    let alone = PathBuf::from(ROOT).join(format!("{name}.rs"));
    if alone.is_file() {
        files.push(alone);
    }
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && path.file_stem().is_some_and(|s| s != "tests") {
                files.push(path);
            }
        }
    }
    let told: Vec<_> = files.iter().map(|path| (shown(path), code(&std::fs::read_to_string(path).unwrap()))).collect();
    assert!(!told.is_empty(), "no file in {name}: this test went blind");
    assert!(told.iter().any(|(_, code)| code.contains("use crate::")), "no `use` in {name}: this test went blind");
    told
}

fn shown(path: &Path) -> String {
    path.strip_prefix(ROOT).unwrap().display().to_string()
}

fn code(text: &str) -> String {
    let body = text.split("\n#[cfg(test)]").next().unwrap();
    let lines = body.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

/// The text names this path: not as a part of a longer word.
fn names(code: &str, path: &str) -> bool {
    let part_of_a_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(path).any(|(at, _)| {
        !code[..at].ends_with(part_of_a_word) && !code[..at].ends_with("::") && !code[at + path.len()..].starts_with(part_of_a_word)
    })
}

fn none_names(files: &[(String, String)], forbidden: &[&str]) {
    let breaches: Vec<String> = files
        .iter()
        .flat_map(|(file, code)| forbidden.iter().filter(|path| names(code, path)).map(move |path| format!("{file} names {path}")))
        .collect();
    assert!(breaches.is_empty(), "{breaches:#?}");
}

#[test]
fn the_domain_is_pure() {
    let files = layer("domain");
    none_names(
        &files,
        &["tokio", "reqwest", "rusqlite", "lettre", "axum", "std::fs", "std::env", "std::net", "std::process", "std::thread"],
    );
    none_names(&files, &["crate::io", "crate::app", "crate::config", "anyhow", "tracing", "Utc::now", "SystemTime", "Instant::now"]);
}

#[test]
fn the_settings_know_the_domain_alone() {
    none_names(&layer("config"), &["crate::io", "crate::app", "rusqlite", "lettre", "axum", "reqwest", "tokio"]);
}

#[test]
fn what_touches_the_outside_knows_neither_policy_nor_its_neighbours() {
    let files = layer("io");
    none_names(&files, &["crate::app", "axum", "anyhow"]);
    let rooms = |file: &str| file.strip_prefix("io/").unwrap().trim_end_matches(".rs").split('/').next().unwrap().to_owned();
    let mut all: Vec<String> = files.iter().filter(|(file, _)| file.starts_with("io/")).map(|(file, _)| rooms(file)).collect();
    all.sort();
    all.dedup();
    assert!(all.len() > 4, "{all:?}");
    for (file, code) in files.iter().filter(|(file, _)| file.starts_with("io/")) {
        // But for the ground that the two databases stand on.
        for room in all.iter().filter(|room| **room != rooms(file) && *room != "database") {
            assert!(!names(code, &format!("crate::io::{room}")), "{file} names its neighbour {room}");
        }
    }
}

#[test]
fn each_outside_crate_has_one_home() {
    let layers: Vec<(String, String)> = ["domain", "config", "io", "app"].into_iter().flat_map(layer).collect();
    for (outside, home) in [
        ("rusqlite", &["io/database", "io/history", "io/roster"][..]),
        ("lettre", &["io/mail"]),
        ("reqwest", &["io/fetch"]),
        ("axum", &["app/web", "app/demo"]), // the second is a web server too: the parliament that is played
        ("clap", &["app/cli"]),
        ("scraper", &["domain/page", "domain/listing", "domain/selector"]),
        ("office_oxide", &["io/document"]),
        ("mail_parser", &["domain/returned"]),
    ] {
        let users: Vec<&str> = layers.iter().filter(|(_, code)| names(code, outside)).map(|(file, _)| file.as_str()).collect();
        let strangers: Vec<&&str> = users.iter().filter(|file| !home.iter().any(|home| file.starts_with(home))).collect();
        assert!(strangers.is_empty(), "{outside} lives in {home:?}, and {strangers:?} name it");
    }
    // Nothing proves that the words above are still right but that somebody uses them.
    for outside in ["rusqlite", "lettre", "clap", "scraper"] {
        assert!(layers.iter().any(|(_, code)| names(code, outside)), "nobody names {outside}: this test went blind");
    }
}

#[test]
fn no_room_is_named_after_nothing() {
    for (file, _) in ["domain", "config", "io", "app"].into_iter().flat_map(layer) {
        let name = file.trim_end_matches(".rs").rsplit('/').next().unwrap().to_owned();
        assert!(
            !["prelude", "utils", "util", "common", "manager", "types", "error", "errors", "helpers", "misc"].contains(&name.as_str()),
            "{file}"
        );
    }
}

#[test]
fn this_test_sees_a_breach() {
    let breach = [("domain/x.rs".to_owned(), code("use std::fs;\n//! tokio\nlet tokio_like = 1;\n#[cfg(test)]\nuse rusqlite::X;\n"))];
    assert!(std::panic::catch_unwind(|| none_names(&breach, &["std::fs"])).is_err());
    none_names(&breach, &["tokio", "rusqlite"]);
}
