//! docs/faults.md names the tests that prove each row: they are there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// `file::name` as the table writes it, each in backquotes.
fn named(table: &str) -> BTreeSet<(String, String)> {
    let quoted = table.split('`').skip(1).step_by(2);
    quoted.filter_map(|word| word.split_once(".rs::")).map(|(file, name)| (format!("{file}.rs"), name.to_owned())).collect()
}

/// A file is named from the root of the project, or from where stories stand.
fn found(file: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["", "tests", "tests/stories"].iter().map(|folder| root.join(folder).join(file)).find(|path| path.is_file())
}

fn missing(table: &str) -> Vec<String> {
    let is_there = |(file, name): &(String, String)| {
        let text = found(file).map(|path| std::fs::read_to_string(path).unwrap()).unwrap_or_default();
        text.contains(&format!("fn {name}("))
    };
    named(table).iter().filter(|test| !is_there(test)).map(|(file, name)| format!("{file}::{name}")).collect()
}

#[test]
fn every_test_that_the_table_of_faults_names_is_there() {
    let table = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/faults.md")).unwrap();
    assert_eq!(missing(&table), Vec::<String>::new());
    assert!(named(&table).len() > 50, "the table names tests in another way than this story reads");
}

#[test]
fn a_row_that_names_no_test_is_seen() {
    let table = "| X1 | ... | `tests/stories/fault_table.rs::a_row_that_names_no_test_is_seen`, `fault_table.rs::nothing_of_the_sort` |";
    assert_eq!(missing(table), ["fault_table.rs::nothing_of_the_sort"]);
}
