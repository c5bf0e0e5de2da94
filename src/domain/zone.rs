//! Time zones by their names in the IANA database, as chrono reckons with them. The tables are compiled in: a small machine has none.
//!
//! Never asks the system which zone it is in.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use tz::{LocalTimeType, TimeZoneRef};

/// A time zone.
#[derive(Clone, Copy)]
pub struct Zone {
    name: &'static str,
    rules: &'static TimeZoneRef<'static>,
}

/// Where parliament sits, and its readers live.
pub const BELGRADE: Zone = Zone::known("Europe/Belgrade");

/// The day it is in Belgrade at an instant.
pub fn day_in_belgrade(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&BELGRADE).date_naive()
}

/// No two changes of a zone's clock are closer together, and none moves it further.
const APART: TimeDelta = TimeDelta::hours(24);

impl Zone {
    /// For names written in the program: one that is unknown does not compile where it is a constant.
    const fn known(name: &'static str) -> Zone {
        match tzdb_data::find_tz(name.as_bytes()) {
            Some(rules) => Zone { name, rules },
            None => panic!("no such time zone"),
        }
    }

    /// Its name: `Europe/Belgrade`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The names of all.
    pub fn names() -> impl Iterator<Item = &'static str> {
        tzdb_data::TZ_NAMES.iter().copied()
    }

    /// What the clock shows at an instant. Beyond the years that the rules can be reckoned for, what it showed last: every zone shows something.
    fn shown_at(&self, utc: NaiveDateTime) -> &'static LocalTimeType {
        let last = || &self.rules.local_time_types()[self.rules.local_time_types().len() - 1];
        self.rules.find_local_time_type(utc.and_utc().timestamp()).unwrap_or_else(|_| last())
    }

    fn offset(self, shown: &'static LocalTimeType) -> ZoneOffset {
        ZoneOffset { zone: self, shown }
    }
}

impl FromStr for Zone {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let name = Zone::names().find(|name| *name == text).ok_or(())?;
        tzdb_data::find_tz(name.as_bytes()).map(|rules| Zone { name, rules }).ok_or(())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

/// What a zone's clock shows at one instant, against UTC.
#[derive(Clone, Copy)]
pub struct ZoneOffset {
    zone: Zone,
    shown: &'static LocalTimeType,
}

impl Offset for ZoneOffset {
    fn fix(&self) -> FixedOffset {
        let utc = || FixedOffset::east_opt(0);
        // No clock is a day ahead or behind.
        #[allow(clippy::expect_used)]
        FixedOffset::east_opt(self.shown.ut_offset()).or_else(utc).expect("UTC is an offset")
    }
}

impl fmt::Debug for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `CET`, `CEST`; where a zone has no letters for it, `+03`.
impl fmt::Display for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shown.time_zone_designation())
    }
}

impl TimeZone for Zone {
    type Offset = ZoneOffset;

    fn from_offset(offset: &ZoneOffset) -> Self {
        offset.zone
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> LocalResult<ZoneOffset> {
        self.offset_from_local_datetime(&local.and_time(NaiveTime::MIN))
    }

    /// What the clock shows a day before and a day after are the only candidates: each holds if the instant it leads to is shown so.
    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> LocalResult<ZoneOffset> {
        let holds = |near: Option<NaiveDateTime>| {
            let candidate = self.offset(self.shown_at(near.unwrap_or(*local))).fix();
            let shown = self.offset(self.shown_at(local.checked_sub_offset(candidate)?));
            (shown.fix() == candidate).then_some(shown)
        };
        match (holds(local.checked_sub_signed(APART)), holds(local.checked_add_signed(APART))) {
            // The clock was set back: it showed this with the greater offset first.
            (Some(first), Some(second)) if first.fix() != second.fix() => LocalResult::Ambiguous(first, second),
            (Some(only), _) | (None, Some(only)) => LocalResult::Single(only),
            (None, None) => LocalResult::None,
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> ZoneOffset {
        self.offset_from_utc_datetime(&utc.and_time(NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> ZoneOffset {
        self.offset(self.shown_at(*utc))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use chrono::{DateTime, Datelike, Utc};

    use super::*;

    fn from_utc<Z: TimeZone>(zone: &Z, at: NaiveDateTime) -> FixedOffset {
        zone.offset_from_utc_datetime(&at).fix()
    }

    /// The first half hour of each change of a zone's clock, found by halving the week it falls in.
    fn changes(zone: chrono_tz::Tz, years: std::ops::Range<i32>) -> Vec<NaiveDateTime> {
        let from = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap().and_time(NaiveTime::MIN);
        let weeks = (0..).map(|n| from(years.start) + TimeDelta::weeks(n)).take_while(|week| week.year() < years.end);
        let changed = |(start, half_hours): (NaiveDateTime, i32)| {
            from_utc(&zone, start) != from_utc(&zone, start + TimeDelta::minutes(30) * half_hours)
        };
        let mut found = Vec::new();
        for mut week in weeks.map(|week| (week, 7 * 48)).filter(|week| changed(*week)) {
            while week.1 > 1 {
                let first = (week.0, week.1 / 2);
                let second = (week.0 + TimeDelta::minutes(30) * first.1, week.1 - first.1);
                week = if changed(first) { first } else { second };
            }
            found.push(week.0);
        }
        found
    }

    #[test]
    fn every_zone_shows_what_another_reckoning_of_it_shows() {
        let shared = || chrono_tz::TZ_VARIANTS.into_iter().filter_map(|theirs| Some((theirs, theirs.name().parse::<Zone>().ok()?)));
        assert!(shared().count() > 590, "{}", shared().count());
        for (theirs, ours) in shared() {
            // Not later: of later years the two know different news.
            for change in changes(theirs, if ours == BELGRADE { 1941..2099 } else { 2005..2020 }) {
                let before = from_utc(&theirs, change);
                for half_hours in [-48, -24, 24, 48].into_iter().chain(-6..=7) {
                    let at = change + TimeDelta::minutes(30) * half_hours;
                    let (t, o) = (theirs.offset_from_utc_datetime(&at), ours.offset_from_utc_datetime(&at));
                    assert_eq!((t.fix(), t.to_string()), (o.fix(), o.to_string()), "{ours} {at} UTC");
                    let at = at + before;
                    let (t, o) = (theirs.offset_from_local_datetime(&at), ours.offset_from_local_datetime(&at));
                    assert_eq!(t.map(|t| t.fix()), o.map(|o| o.fix()), "{ours} {at}");
                }
            }
        }
    }

    #[test]
    fn the_clock_of_belgrade_changes_twice_a_year_for_ever() {
        let local = |text: &str| BELGRADE.from_local_datetime(&text.parse().unwrap());
        let utc = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(local("2027-03-28T02:30:00"), LocalResult::None);
        let twice = local("2026-10-25T02:30:00").map(|at| at.to_utc());
        assert_eq!(twice, LocalResult::Ambiguous(utc("2026-10-25T00:30:00Z"), utc("2026-10-25T01:30:00Z")));
        assert_eq!(local("2350-07-01T12:00:00").unwrap().format("%F %T %Z %z").to_string(), "2350-07-01 12:00:00 CEST +0200");
        assert_eq!(day_in_belgrade(utc("2026-11-25T23:30:00Z")).to_string(), "2026-11-26");
        assert!(local("+262000-01-01T00:00:00").earliest().is_some());
    }

    #[test]
    fn a_name_is_known_as_it_is_written() {
        assert_eq!("Europe/Belgrade".parse::<Zone>(), Ok(BELGRADE));
        assert_eq!("UTC".parse::<Zone>().map(|zone| zone.to_string()), Ok("UTC".to_owned()));
        for wrong in ["europe/belgrade", "Belgrade", "", "Europe/Belgrad", "CET ", "/etc/localtime"] {
            assert!(wrong.parse::<Zone>().is_err(), "{wrong}");
        }
        assert!(Zone::names().all(|name| name.parse::<Zone>().is_ok_and(|zone| zone.name() == name)));
    }
}
