//! When things happen: crontab(5) expressions, read by a zone's clock through the days it changes. Never reads a clock itself.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// A crontab(5) expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    text: String,
}

impl FromStr for Schedule {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Ok(Schedule { text: text.to_owned() })
    }
}

impl Schedule {
    /// The expression as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first run after `now`; none if there is none in reach.
    pub fn next_after(&self, _now: DateTime<Utc>, _zone: Tz) -> Option<DateTime<Utc>> {
        None
    }
}

/// The first run of any of them after `now`. Runs that fall on one instant are one.
pub fn next_of(schedules: &[Schedule], now: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    schedules.iter().filter_map(|schedule| schedule.next_after(now, zone)).min()
}

impl std::fmt::Display for Schedule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl serde::Serialize for Schedule {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
