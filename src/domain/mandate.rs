//! Whether the mandate of Serbia's Government had ended on a day, from a table with sources and doubts (`config/governments.tsv`).
//!
//! Never answers for a day the table is not sure of, or that came after the table was checked; never for a federal government.

use std::sync::LazyLock;

use chrono::NaiveDate;

/// Days on which the answer is sure, first and last included.
struct Span {
    first: NaiveDate,
    last: NaiveDate,
    ended: bool,
}

static SPANS: LazyLock<Vec<Span>> = LazyLock::new(|| spans(include_str!("../../config/governments.tsv")));

/// Whether the mandate of the Government in office on that day had ended: the Assembly that elected it was dissolved, had noted the prime
/// minister's resignation, or a new one was constituted after a regular election. The day on which it ended counts as ended, the day on
/// which the next government was elected as not. None is unknown.
pub fn had_ended(on: NaiveDate) -> Option<bool> {
    SPANS.iter().find(|span| span.first <= on && on <= span.last).map(|span| span.ended)
}

/// The same for a signature with this verb: what a conference adopts is no act of our Government.
pub fn had_ended_at(verb: &str, on: Option<NaiveDate>) -> Option<bool> {
    matches!(verb, "potpisan" | "sačinjen" | "zaključen").then_some(on?).and_then(had_ended)
}

/// How it is said: `had ended`, `had not ended`, `unknown`.
pub fn said(ended: Option<bool>) -> &'static str {
    match ended {
        Some(true) => "had ended (Vlada kojoj je prestao mandat)",
        Some(false) => "had not ended",
        None => "unknown",
    }
}

/// The sure days of every row, none of them after the day of checking.
fn spans(table: &str) -> Vec<Span> {
    let date = |field: Option<&str>| field.and_then(|f| NaiveDate::parse_from_str(f, "%Y-%m-%d").ok());
    let checked = table.lines().find_map(|line| date(line.strip_prefix("# checked_on\t")));
    let Some(checked) = checked else { return Vec::new() };
    let mut spans = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        for (at, ended) in [(1, false), (3, true)] {
            if let (Some(first), Some(last)) = (date(fields.get(at).copied()), date(fields.get(at + 1).copied())) {
                spans.push(Span { first, last: last.min(checked), ended });
            }
        }
    }
    spans
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_mandate_ends_in_law_and_not_in_the_press() {
        for (on, answer) in [
            ("2017-05-23", Some(false)), // the founding case: eight days before the Assembly noted the resignation
            ("2017-05-30", Some(false)),
            ("2017-05-31", Some(true)),
            ("2017-06-01", Some(true)),
            ("2017-06-28", Some(true)),
            ("2017-06-29", Some(false)),
            ("2025-01-28", Some(false)), // announced, not noted
            ("2025-02-10", Some(false)),
            ("2025-03-18", Some(false)),
            ("2025-03-25", Some(true)),
            ("2025-04-16", Some(false)),
            ("2012-03-20", Some(false)), // called, not dissolved
            ("2022-02-15", Some(true)),
            ("2023-12-24", Some(true)),
            ("2014-02-10", Some(true)),
        ] {
            assert_eq!(had_ended(day(on)), answer, "{on}");
        }
    }

    #[test]
    fn what_is_in_doubt_is_unknown() {
        for on in ["2003-03-15", "2003-11-20", "2007-03-01", "2012-06-01", "2014-04-20", "2020-09-01", "2000-12-01", "1999-01-01"] {
            assert_eq!(had_ended(day(on)), None, "{on}");
        }
    }

    #[test]
    fn nothing_is_known_after_the_table_was_checked() {
        assert_eq!(had_ended(day("2025-12-31")), Some(false));
        assert_eq!(had_ended(day("2026-01-01")), None);
        assert!(
            spans("no\tin_mandate_from\tin_mandate_until\n1\t2001-01-01\t2002-01-01").is_empty(),
            "a table without the day of checking"
        );
    }

    #[test]
    fn the_table_is_whole_and_never_answers_twice() {
        assert_eq!(SPANS.len(), 20, "a row that does not parse would be a silent unknown");
        for (n, span) in SPANS.iter().enumerate() {
            assert!(span.first <= span.last, "{}", span.first);
            assert!(SPANS[n + 1..].iter().all(|other| other.first > span.last), "{}", span.first);
        }
    }
}
