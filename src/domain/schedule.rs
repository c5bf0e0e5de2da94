//! When things happen: crontab(5) expressions as people write them, read by a zone's clock through the days on which it changes.
//!
//! A fixed hour (`2`, `7-19`, `0,12`) is a promise to run once: in the repeated hour the first time, in a missing hour at the first minute
//! that exists. An hour that begins with `*` means real time: every minute at which the clock shows what is asked for, so in the repeated
//! hour twice, and in a missing one never. Never reads a clock itself.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, LocalResult, NaiveDateTime, TimeDelta, TimeZone, Timelike, Utc};
use serde::{Serialize, Serializer};

use crate::domain::zone::Zone;

/// A crontab(5) expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    text: String,
    /// Runs come at the times of any of these: two where day of month and weekday are both restricted, for crontab(5) joins them by "or".
    /// They are asked about a clock that never changes; `instants` puts the answers on the zone's.
    rules: Vec<cron::Schedule>,
    /// Whether the hour begins with `*`.
    real_time: bool,
    /// The seconds of the day at which runs can come, on the days on which they come.
    day_seconds: Vec<u32>,
}

/// One field of an expression: what it is called, what it may hold, and the names of its values.
struct Field {
    name: &'static str,
    low: u32,
    high: u32,
    names: &'static [&'static str],
}

const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const SUNDAY: u32 = 7;

/// In the order of an expression with seconds.
const FIELDS: [Field; 6] = [
    Field { name: "second", low: 0, high: 59, names: &[] },
    Field { name: "minute", low: 0, high: 59, names: &[] },
    Field { name: "hour", low: 0, high: 23, names: &[] },
    Field { name: "day of the month", low: 1, high: 31, names: &[] },
    Field { name: "month", low: 1, high: 12, names: &MONTHS },
    Field { name: "weekday", low: 0, high: SUNDAY, names: &WEEKDAYS },
];

const NICKNAMES: [(&str, &str); 7] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
];

/// No zone turns its clock back further at once than this (Antarctica/Troll: two hours).
const LONGEST_FOLD: TimeDelta = TimeDelta::hours(3);
/// No zone has skipped more than one day at once (Samoa, 2011).
const LONGEST_GAP_MIN: i64 = 24 * 60;

impl FromStr for Schedule {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        read(text).map_err(|why| format!("{text:?} is no schedule such as \"*/30 7-19 * * Mon-Fri\": {why}"))
    }
}

fn read(text: &str) -> Result<Schedule, String> {
    let lower = text.trim().to_lowercase();
    let expression = match NICKNAMES.iter().find(|(nickname, _)| *nickname == lower) {
        Some((_, meaning)) => *meaning,
        None if lower.starts_with('@') => {
            let all: Vec<_> = NICKNAMES.iter().map(|(nickname, _)| *nickname).collect();
            return Err(format!("the nicknames are {}", all.join(", ")));
        }
        None => lower.as_str(),
    };
    let mut written: Vec<&str> = expression.split_whitespace().collect();
    match written.len() {
        5 => written.insert(0, "0"),
        6 => {}
        n => {
            return Err(format!(
                "it has {n} fields; five are wanted (minute, hour, day of the month, month, weekday), or six with seconds first"
            ));
        }
    }
    let mut values = Vec::new();
    for (field, written) in FIELDS.iter().zip(&written) {
        values.push(field.read(written)?);
    }
    let star = |at: usize| written[at].starts_with('*');
    let [seconds, minutes, hours, days, months, weekdays] = &values[..] else { return Err("it has too few fields".to_owned()) };
    let either_day = !star(3) && !star(5);
    if !either_day && !months.iter().any(|month| days.iter().any(|day| day <= &longest(*month))) {
        return Err(format!("no {} has a day {}", listed(months, 4), listed(days, 3)));
    }
    let rule = |days: &[u32], weekdays: &[u32]| {
        let fields = [(seconds.as_slice(), 0), (minutes, 1), (hours, 2), (days, 3), (months, 4), (weekdays, 5)];
        let expression = fields.map(|(values, at)| listed(values, at)).join(" ");
        cron::Schedule::from_str(&expression).map_err(|why| why.to_string())
    };
    let rules = if either_day { vec![rule(days, &[])?, rule(&[], weekdays)?] } else { vec![rule(days, weekdays)?] };
    let minutes_of_day = hours.iter().flat_map(|hour| minutes.iter().map(move |minute| (hour * 60 + minute) * 60));
    let day_seconds = minutes_of_day.flat_map(|start| seconds.iter().map(move |second| start + second)).collect();
    Ok(Schedule { text: text.trim().to_owned(), rules, real_time: star(2), day_seconds })
}

/// The days of a month in its longest year.
fn longest(month: u32) -> u32 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The values of a field as the `cron` crate wants them: names where it has names, for it counts weekdays otherwise. None means any, and all
/// are any, which it reads more quickly.
fn listed(values: &[u32], at: usize) -> String {
    let field = &FIELDS[at];
    if values.is_empty() || values.len() > (field.high - field.low) as usize {
        return "*".to_owned();
    }
    let name = |value: &u32| match (field.names.len(), value) {
        (0, value) => value.to_string(),
        (count, value) => field.names[(value - field.low) as usize % count][..3].to_owned(),
    };
    values.iter().map(name).collect::<Vec<_>>().join(",")
}

impl Field {
    /// The values of a field, in order, each once.
    fn read(&self, written: &str) -> Result<Vec<u32>, String> {
        let mut values = Vec::new();
        for part in written.split(',') {
            let (range, step) = match part.split_once('/') {
                None => (part, None),
                Some((range, step)) => (range, Some(self.step(range, step)?)),
            };
            let (first, last) = self.range(range, step.is_some())?;
            // Zero and seven are one day.
            let day = |value: u32| if self.high == SUNDAY { value % SUNDAY } else { value };
            values.extend((first..=last).step_by(step.unwrap_or(1)).map(day));
        }
        values.sort_unstable();
        values.dedup();
        Ok(values)
    }

    fn range(&self, written: &str, stepped: bool) -> Result<(u32, u32), String> {
        if written == "*" {
            // Saturday is the last day of a week that starts on Sunday, so that no weekday comes twice.
            return Ok((self.low, if self.high == SUNDAY { SUNDAY - 1 } else { self.high }));
        }
        let Some((first, last)) = written.split_once('-') else {
            let value = self.value(written)?;
            if stepped {
                return Err(format!("{} \"{written}/...\" steps from one value; write {written}-{}/...", self.name, self.high));
            }
            return Ok((value, value));
        };
        let (first, mut last) = (self.value(first)?, self.value(last)?);
        if self.high == SUNDAY && last == 0 && first > 0 {
            last = SUNDAY;
        }
        if first > last {
            return Err(format!("{} {written} runs backwards; write it as two ranges, with a comma", self.name));
        }
        Ok((first, last))
    }

    fn step(&self, range: &str, written: &str) -> Result<usize, String> {
        match written.parse() {
            Ok(step) if (1..=self.high).contains(&step) => Ok(step as usize),
            _ => Err(format!("{} {range}/{written} has no step from 1 to {}", self.name, self.high)),
        }
    }

    fn value(&self, written: &str) -> Result<u32, String> {
        if !written.is_empty() && written.bytes().all(|b| b.is_ascii_digit()) {
            return match written.parse() {
                Ok(value) if (self.low..=self.high).contains(&value) => Ok(value),
                _ => Err(format!("{} {written} is not from {} to {}", self.name, self.low, self.high)),
            };
        }
        match self.names.iter().position(|name| written.len() >= 3 && name.starts_with(written)) {
            Some(at) => Ok(self.low + at as u32),
            None if self.names.is_empty() => Err(format!("{} {written:?} is no number from {} to {}", self.name, self.low, self.high)),
            None => Err(format!("{} {written:?} is neither a number from {} to {} nor a name", self.name, self.low, self.high)),
        }
    }
}

impl Schedule {
    /// The expression as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first run after `now` by the clock of `zone`; none if there is none in this century.
    pub fn next_after(&self, now: DateTime<Utc>, zone: Zone) -> Option<DateTime<Utc>> {
        let mut clock = now.with_timezone(&zone).naive_local().checked_sub_signed(LONGEST_FOLD)?;
        let mut next: Option<DateTime<Utc>> = None;
        loop {
            let Some(time) = self.clock_time_after(clock) else { return next };
            // Later times of the clock never come before the first coming of this one, so a run before it is the next.
            let first = first_coming(time, zone)?;
            if next.is_some_and(|next| next <= first) {
                return next;
            }
            next = self.instants(time, first, zone).into_iter().flatten().filter(|run| *run > now).chain(next).min();
            clock = time;
        }
    }

    /// The next time that is asked for, by a clock that never changes.
    fn clock_time_after(&self, clock: NaiveDateTime) -> Option<NaiveDateTime> {
        self.rules.iter().filter_map(|rule| rule.after(&clock.and_utc()).next()).min().map(|time| time.naive_utc())
    }

    /// The instants at which a time of the clock is a run.
    fn instants(&self, time: NaiveDateTime, first: DateTime<Utc>, zone: Zone) -> [Option<DateTime<Utc>>; 2] {
        match zone.from_local_datetime(&time) {
            LocalResult::None if self.real_time => [None, None],
            LocalResult::Ambiguous(_, second) if self.real_time => [Some(first), Some(second.with_timezone(&Utc))],
            _ => [Some(first), None],
        }
    }
}

/// When the clock of `zone` first shows that time; if it never does, the first minute that exists after it.
fn first_coming(time: NaiveDateTime, zone: Zone) -> Option<DateTime<Utc>> {
    let exact = zone.from_local_datetime(&time).earliest();
    let minute = time.with_second(0)?.with_nanosecond(0)?;
    let later = || (1..=LONGEST_GAP_MIN).find_map(|minutes| zone.from_local_datetime(&(minute + TimeDelta::minutes(minutes))).earliest());
    exact.or_else(later).map(|instant| instant.with_timezone(&Utc))
}

/// The first run of any of them after `now`. Runs that fall on one instant are one.
pub fn next_of<'s>(schedules: impl IntoIterator<Item = &'s Schedule>, now: DateTime<Utc>, zone: Zone) -> Option<DateTime<Utc>> {
    schedules.into_iter().filter_map(|schedule| schedule.next_after(now, zone)).min()
}

/// The runs of all of them after `now`, in order, each instant once.
pub fn runs_after(schedules: &[Schedule], now: DateTime<Utc>, zone: Zone) -> impl Iterator<Item = DateTime<Utc>> {
    let mut next: Vec<_> = schedules.iter().map(|schedule| schedule.next_after(now, zone)).collect();
    std::iter::from_fn(move || {
        let run = next.iter().flatten().min().copied()?;
        // Only those that ran now are asked for their next run.
        for (schedule, its) in schedules.iter().zip(&mut next).filter(|(_, its)| **its == Some(run)) {
            *its = schedule.next_after(run, zone);
        }
        Some(run)
    })
}

/// How close together their runs can come, in seconds, as if all fell on the same days.
pub fn closest_runs_s(schedules: &[Schedule]) -> Option<u32> {
    const DAY_S: u32 = 24 * 60 * 60;
    let mut seconds: Vec<u32> = schedules.iter().flat_map(|schedule| schedule.day_seconds.iter().copied()).collect();
    seconds.sort_unstable();
    seconds.dedup();
    let over_midnight = DAY_S - seconds.last()? + seconds.first()?;
    seconds.windows(2).map(|pair| pair[1] - pair[0]).chain([over_midnight]).min()
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Schedule {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::zone::BELGRADE;
    use chrono::Datelike;

    fn schedule(text: &str) -> Schedule {
        text.parse().unwrap()
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// Runs from one instant until another, as the clock in Belgrade shows them.
    fn runs(texts: &[&str], from: &str, until: &str) -> Vec<String> {
        let all: Vec<Schedule> = texts.iter().map(|text| schedule(text)).collect();
        let (from, until) = (utc(from) - TimeDelta::seconds(1), utc(until));
        let runs = runs_after(&all, from, BELGRADE).take_while(|run| *run < until);
        runs.map(|run| run.with_timezone(&BELGRADE).format("%d %H:%M%:::z").to_string()).collect()
    }

    /// What an expression asks of a clock, field by field; an empty list asks for nothing.
    struct Wish {
        minutes: Vec<u32>,
        hours: Vec<u32>,
        days: Vec<u32>,
        weekdays: Vec<u32>,
        months: Vec<u32>,
        real_time: bool,
    }

    impl Wish {
        fn is(&self, time: NaiveDateTime) -> bool {
            let any = |list: &[u32], value| list.is_empty() || list.contains(&value);
            let (day, weekday) = (time.day(), time.weekday().num_days_from_sunday());
            let day = match (self.days.is_empty(), self.weekdays.is_empty()) {
                (false, false) => self.days.contains(&day) || self.weekdays.contains(&weekday),
                _ => any(&self.days, day) && any(&self.weekdays, weekday),
            };
            any(&self.minutes, time.minute()) && any(&self.hours, time.hour()) && any(&self.months, time.month()) && day
        }

        fn text(&self) -> String {
            let list = |values: &[u32]| match values {
                [] => "*".to_owned(),
                _ => values.iter().map(u32::to_string).collect::<Vec<_>>().join(","),
            };
            let hours = if self.real_time && !self.hours.is_empty() { "*/2".to_owned() } else { list(&self.hours) };
            format!("{} {hours} {} {} {}", list(&self.minutes), list(&self.days), list(&self.months), list(&self.weekdays))
        }

        /// Every run between two instants, by looking at every minute in turn.
        fn runs(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
            let mut runs = Vec::new();
            let clock = |at: DateTime<Utc>| at.with_timezone(&BELGRADE).naive_local();
            let mut latest = clock(from - TimeDelta::minutes(1));
            let mut at = from;
            while at < until {
                let shown = clock(at);
                let mut run = self.is(shown) && (self.real_time || shown > latest);
                let mut missing = latest + TimeDelta::minutes(1);
                while missing < shown {
                    run |= !self.real_time && self.is(missing);
                    missing += TimeDelta::minutes(1);
                }
                if run {
                    runs.push(at);
                }
                latest = latest.max(shown);
                at += TimeDelta::minutes(1);
            }
            runs
        }
    }

    /// Small numbers that look random, the same in every run.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, bound: u32) -> u32 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((self.0 >> 33) as u32) % bound
        }

        fn some(&mut self, count: u32, low: u32, high: u32) -> Vec<u32> {
            (0..count).map(|_| low + self.below(high - low + 1)).collect()
        }
    }

    #[test]
    fn runs_are_those_found_by_looking_at_every_minute_of_the_weeks_when_the_clocks_change() {
        let windows = [("2026-10-20T00:00:00Z", "2026-11-01T00:00:00Z"), ("2027-03-25T00:00:00Z", "2027-04-01T00:00:00Z")];
        let mut dice = Dice(20_261_025);
        for round in 0..60 {
            let mut wish = Wish { minutes: vec![], hours: vec![], days: vec![], weekdays: vec![], months: vec![], real_time: true };
            let count = 1 + dice.below(4);
            wish.minutes = dice.some(count, 0, 59);
            match round % 4 {
                0 => {}
                1 => wish.hours = (0..24).step_by(2).collect(),
                _ => {
                    wish.real_time = false;
                    wish.hours = [dice.some(2, 1, 3), dice.some(2, 0, 23)].concat();
                }
            }
            if round % 3 == 1 {
                wish.weekdays = dice.some(3, 0, 6);
            }
            if round % 5 > 2 {
                wish.days = dice.some(6, 20, 31);
            }
            if round % 7 == 0 {
                wish.months = vec![3, 10];
            }
            let schedule = schedule(&wish.text());
            for (from, until) in windows {
                let (from, until) = (utc(from), utc(until));
                let expected = wish.runs(from, until);
                let schedules = std::slice::from_ref(&schedule);
                let runs = runs_after(schedules, from - TimeDelta::seconds(1), BELGRADE);
                let found: Vec<_> = runs.take_while(|run| *run < until).collect();
                assert_eq!(found, expected, "{schedule}");
                for _ in 0..40 {
                    let now = from + TimeDelta::seconds(dice.below(6 * 24 * 3_600).into());
                    let next = expected.iter().find(|run| **run > now);
                    assert_eq!(schedule.next_after(now, BELGRADE).filter(|run| *run < until).as_ref(), next, "{schedule} after {now}");
                }
            }
        }
    }

    #[test]
    fn a_fixed_hour_runs_once_on_the_days_when_the_clocks_change() {
        assert_eq!(runs(&["30 2 * * *"], "2027-03-27T12:00:00Z", "2027-03-29T12:00:00Z"), ["28 03:00+02", "29 02:30+02"]);
        assert_eq!(runs(&["30 2 * * *"], "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z"), ["25 02:30+02", "26 02:30+01"]);
        assert_eq!(runs(&["0 8 * * *"], "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z"), ["25 08:00+01", "26 08:00+01"]);
    }

    #[test]
    fn every_half_hour_is_every_half_hour_when_the_clocks_change() {
        for (from, until, count) in
            [("2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z", 46), ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 50)]
        {
            assert_eq!(runs(&["*/30 * * * *"], from, until).len(), count);
            let every = [schedule("*/30 * * * *")];
            let runs: Vec<_> = runs_after(&every, utc(from), BELGRADE).take(count).collect();
            assert!(runs.windows(2).all(|pair| pair[1] - pair[0] == TimeDelta::minutes(30)), "{runs:?}");
        }
    }

    #[test]
    fn a_real_time_hour_runs_whenever_the_clock_shows_it() {
        let night = runs(&["0 */2 * * *"], "2026-10-24T22:00:00Z", "2026-10-25T04:00:00Z");
        assert_eq!(night, ["25 00:00+02", "25 02:00+02", "25 02:00+01", "25 04:00+01"]);
        assert_eq!(runs(&["0 */2 * * *"], "2027-03-27T23:00:00Z", "2027-03-28T03:00:00Z"), ["28 00:00+01", "28 04:00+02"]);
    }

    #[test]
    fn runs_of_several_expressions_on_one_instant_are_one() {
        let morning = runs(&["*/30 7-19 * * Mon-Fri", "0 */2 * * *"], "2026-11-20T05:00:00Z", "2026-11-20T08:00:00Z");
        assert_eq!(morning, ["20 06:00+01", "20 07:00+01", "20 07:30+01", "20 08:00+01", "20 08:30+01"]);
        assert_eq!(
            runs(&["*/30 7-19 * * Mon-Fri"], "2026-11-20T18:00:00Z", "2026-11-23T06:30:00Z"),
            ["20 19:00+01", "20 19:30+01", "23 07:00+01"]
        );
    }

    #[test]
    fn what_one_expression_says_another_way_of_writing_says_too() {
        for (one, other) in [
            ("0 0 * * 0", "0 0 * * 7"),
            ("0 0 * * 0", "0 0 * * sun"),
            ("0 0 * * 1", "0 0 * * MON"),
            ("0 0 * * Mon-Fri", "0 0 * * 1-5"),
            ("0 0 * * 5-7", "0 0 * * Fri,Sat,Sun"),
            ("0 0 * * Fri-Sun", "0 0 * * 0,5,6"),
            ("0 0 * * */2", "0 0 * * Sun,Tue,Thu,Sat"),
            ("0 0 1 Jan-Mar *", "0 0 1 1,2,3 *"),
            ("0 0 1 january *", "0 0 1 1 *"),
            ("@daily", "0 0 * * *"),
            ("@Weekly", "0 0 * * Sun"),
            ("@monthly", "0 0 1 * *"),
            ("@yearly", "0 0 1 1 *"),
            ("@hourly", "0 * * * *"),
            ("*/15 * * * *", "0,15,30,45 * * * *"),
            ("1-10/3 * * * *", "1,4,7,10 * * * *"),
            ("  0\t8  * * Mon ", "0 8 * * 1"),
            ("0 30 8 * * *", "30 8 * * *"),
        ] {
            let mut now = utc("2026-11-23T19:00:00Z");
            for _ in 0..20 {
                let (a, b) = (schedule(one).next_after(now, BELGRADE), schedule(other).next_after(now, BELGRADE));
                assert_eq!(a, b, "{one} and {other} after {now}");
                now = a.unwrap();
            }
        }
    }

    #[test]
    fn day_of_month_and_weekday_are_joined_by_or() {
        let days = runs(&["0 7 1 * Mon"], "2027-01-25T12:00:00Z", "2027-02-09T12:00:00Z");
        assert_eq!(days, ["01 07:00+01", "08 07:00+01"]);
        assert_eq!(runs(&["0 7 3 * Mon"], "2027-01-31T12:00:00Z", "2027-02-05T12:00:00Z"), ["01 07:00+01", "03 07:00+01"]);
        // A day of the month that begins with `*` restricts nothing: both must hold.
        assert_eq!(runs(&["0 7 */10 * Mon"], "2027-01-25T12:00:00Z", "2027-03-02T12:00:00Z"), ["01 07:00+01", "01 07:00+01"]);
        // A day that never comes beside a weekday that does is no error.
        assert_eq!(runs(&["0 7 30 2 Mon"], "2027-01-31T12:00:00Z", "2027-02-05T12:00:00Z"), ["01 07:00+01"]);
    }

    #[test]
    fn seconds_may_come_first() {
        let next = schedule("15 30 8 * * Mon-Fri").next_after(utc("2026-11-21T00:00:00Z"), BELGRADE);
        assert_eq!(next, Some(utc("2026-11-23T07:30:15Z")));
        let within = schedule("15 * * * * *").next_after(utc("2026-11-21T00:00:14.5Z"), BELGRADE);
        assert_eq!(within, Some(utc("2026-11-21T00:00:15Z")));
        assert_eq!(schedule("15 30 2 * * *").next_after(utc("2027-03-28T00:00:00Z"), BELGRADE), Some(utc("2027-03-28T01:00:00Z")));
    }

    #[test]
    fn a_rare_day_and_a_skipped_day_are_found() {
        assert_eq!(
            schedule("0 0 29 2 *").next_after(utc("2028-03-01T00:00:00Z"), "UTC".parse().unwrap()),
            Some(utc("2032-02-29T00:00:00Z"))
        );
        let apia = "Pacific/Apia".parse().unwrap();
        // Samoa had no 30 December 2011.
        assert_eq!(schedule("0 9 30 12 *").next_after(utc("2011-12-29T20:00:00Z"), apia), Some(utc("2011-12-30T10:00:00Z")));
    }

    #[test]
    fn what_is_no_schedule_is_refused_with_its_reason() {
        for (wrong, why) in [
            ("", "0 fields"),
            ("30m", "1 fields"),
            ("* * * *", "4 fields"),
            ("0 0 * * * * 2027", "7 fields"),
            ("60 * * * *", "minute 60 is not from 0 to 59"),
            ("-1 * * * *", "minute"),
            ("0 24 * * *", "hour 24"),
            ("0 0 0 * *", "day of the month 0"),
            ("0 0 32 * *", "day of the month 32"),
            ("0 0 1 13 *", "month 13"),
            ("0 0 * * 8", "weekday 8"),
            ("0 0 * * Mo", "neither a number"),
            ("0 0 * * Pon", "neither a number"),
            ("0 0 30 2 *", "no feb has a day 30"),
            ("0 0 31 4,6,9,11 *", "no apr,jun,sep,nov has a day 31"),
            ("20-10 * * * *", "runs backwards"),
            ("0 0 * * Sat-Mon", "runs backwards"),
            ("*/0 * * * *", "no step from 1"),
            ("*/90 * * * *", "no step from 1"),
            ("*/ * * * *", "no step"),
            ("5/10 * * * *", "write 5-59/..."),
            ("1,,2 * * * *", "minute"),
            ("0 0 L * *", "day of the month"),
            ("? * * * *", "minute"),
            ("0 0 * * 1#2", "weekday"),
            ("@reboot", "nicknames are"),
            ("99999999999 * * * *", "minute"),
        ] {
            let said = wrong.parse::<Schedule>().unwrap_err();
            assert!(said.contains(why), "{wrong:?}: {said}");
        }
    }

    #[test]
    fn the_closest_runs_are_measured_over_all_expressions_and_over_midnight() {
        let closest = |texts: &[&str]| closest_runs_s(&texts.iter().map(|text| schedule(text)).collect::<Vec<_>>());
        assert_eq!(closest(&["* * * * * *"]), Some(1));
        assert_eq!(closest(&["*/30 * * * * *"]), Some(30));
        assert_eq!(closest(&["* * * * *"]), Some(60));
        assert_eq!(closest(&["0 8 * * *"]), Some(86_400));
        assert_eq!(closest(&["* * * * *", "30 0 8 * * *"]), Some(30));
        assert_eq!(closest(&["0 0 * * *", "50 59 23 * * *"]), Some(10));
        assert_eq!(closest(&[]), None);
    }
}
