//! Dates as parliament writes them: nominative and genitive, both scripts, and English. Never a locale, never a default.

use std::ops::Range;

use chrono::NaiveDate;

/// A date as printed: a whole day, or only a year. A bare year stays a bare year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrintedDate {
    /// A day.
    Day(NaiveDate),
    /// Only the year is printed.
    Year(i32),
}

/// A date found in running text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it says.
    pub date: PrintedDate,
    /// Last day, where the text prints a range (`od 3. do 5. maja 2017.`).
    pub until: Option<NaiveDate>,
    /// Byte range in the text.
    pub at: Range<usize>,
}

/// Every date in the text, in order.
pub fn find(_text: &str) -> Vec<Found> {
    Vec::new()
}

/// The one day a cell or a heading prints (`23. oktobar 2023.`, `Thursday, 9 November 2017`, `12.03.2018`, `2018-03-12`); none if it
/// prints none, an impossible one, or several.
pub fn day(_text: &str) -> Option<NaiveDate> {
    None
}
