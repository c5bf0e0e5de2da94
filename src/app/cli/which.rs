//! Finds the bill a person means: by act number, row id, or a part of a title in either script.

use super::{Failure, table};
use crate::io::history::History;
use crate::io::history::search::Found;

/// The bill's row id, or why it is not clear which bill is meant.
pub fn bill(history: &History, typed: &str) -> Result<i64, Failure> {
    match history.find_bill(typed)? {
        Found::One(id) => Ok(id),
        Found::None => Err(Failure::new(
            format_args!("no bill is known by {:?}", table::plain(typed)),
            "`potvrda agreements` lists them; name one by act number (404-18), by row id, or by words of its title in either script",
        )),
        Found::Many(bills) => Err(Failure::new(
            format_args!("{:?} may mean {} bills:\n{}", table::plain(typed), bills.len(), listed(&bills)),
            "name one by its row id, the first column",
        )),
    }
}

fn listed(bills: &[(i64, Option<String>, String)]) -> String {
    let mut all = table::Table::new(&["ID", "ACT", "TITLE"]);
    for (id, act_number, title) in bills {
        all.row([id.to_string(), act_number.clone().unwrap_or_default(), title.clone()]);
    }
    all.lines(table::width()).iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
