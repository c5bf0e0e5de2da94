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

/// The legislature of what is before parliament when it is seen, by the clock and by the day printed beside it. A clock without a battery begins
/// in 1970 or 2000, and would hide the bill from every later mention of it: the printed day mends it, and no page that is polled is older than the
/// first legislature listed.
pub fn at_work(seen: NaiveDate, printed: Option<NaiveDate>) -> i64 {
    let newest = CONSTITUTED.last().map_or(0, |(number, _)| *number);
    either(seen, printed).into_iter().max().filter(|number| *number > 0).unwrap_or(newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_begins_in_1970_puts_no_bill_into_a_legislature_of_its_own() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
        let (of_1970, of_2026) = (day(1970, 1, 1), day(2026, 11, 3));
        for (seen, printed, number) in [
            (of_1970, of_2026, 14),
            (of_1970, None, 14),
            (of_2026, None, 14),
            // Submitted before the election, and still on the list.
            (of_2026, day(2023, 9, 1), 14),
            (day(2018, 3, 6), day(2018, 2, 2), 11),
        ] {
            assert_eq!(seen.map(|seen| at_work(seen, printed)), Some(number), "{seen:?} {printed:?}");
        }
    }

    #[test]
    fn the_founding_case_lies_in_the_eleventh() {
        for (y, m, d) in [(2017, 11, 9), (2018, 3, 6)] {
            assert_eq!(NaiveDate::from_ymd_opt(y, m, d).map(on), Some(11));
        }
    }
}
