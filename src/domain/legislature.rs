//! Which legislature a day falls in.

use chrono::NaiveDate;

/// The day each legislature was constituted. Facts of public record; the list grows by one line an election.
const CONSTITUTED: &[(i64, (i32, u32, u32))] = &[
    (6, (2004, 1, 27)),
    (7, (2007, 2, 14)),
    (8, (2008, 6, 11)),
    (9, (2012, 5, 31)),
    (10, (2014, 4, 16)),
    (11, (2016, 6, 3)),
    (12, (2020, 8, 3)),
    (13, (2022, 8, 1)),
    (14, (2024, 2, 6)),
];

/// The legislature that sat on a day; the last one listed for every later day, 0 for a day before the first one listed.
pub fn on(day: NaiveDate) -> i64 {
    let constituted = |(y, m, d)| NaiveDate::from_ymd_opt(y, m, d).is_some_and(|first| first <= day);
    CONSTITUTED.iter().rev().find(|(_, first)| constituted(*first)).map_or(0, |(number, _)| *number)
}

/// The legislatures something can be of: that of the day it was seen, and that of the day printed beside it. Neither alone is sure: an old
/// page may be linked today, and a list goes on over an election.
pub fn either(seen: NaiveDate, printed: Option<NaiveDate>) -> [i64; 2] {
    [on(seen), on(printed.unwrap_or(seen))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_founding_case_lies_in_the_eleventh() {
        for (y, m, d) in [(2017, 11, 9), (2018, 3, 6)] {
            assert_eq!(NaiveDate::from_ymd_opt(y, m, d).map(on), Some(11));
        }
    }
}
