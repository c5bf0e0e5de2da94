//! How long to wait between tries. Never reads a clock.

use chrono::{DateTime, Duration, Utc};

use crate::io::roster::outbox::Ladder;

/// Waits between tries, in minutes: a greylisting server is passed at the second, a rebooting one at the third; then every four hours.
const WAITS_MIN: [i64; 5] = [1, 5, 15, 60, 240];
/// At most this share of a wait is taken off, so that a thousand letters do not come due in one second. More would bring the second try
/// before the five minutes that greylisting servers ask for.
const JITTER_PERCENT: i64 = 10;
/// No wait is longer.
pub(super) const LONGEST_WAIT: Duration = Duration::minutes(WAITS_MIN[4]);
/// The first wait.
pub(super) const SHORTEST_WAIT: Duration = Duration::minutes(WAITS_MIN[0]);

/// When a letter is tried next that was tried in vain `before` times and once more now.
pub(super) fn next_try(before: u32, id: i64, now: DateTime<Utc>) -> DateTime<Utc> {
    let step = usize::try_from(before).unwrap_or(usize::MAX).min(WAITS_MIN.len() - 1);
    let wait_ms = WAITS_MIN[step] * 60_000;
    // Spread by the letter's number: no two neighbours alike, and the same letter alike in a test.
    let spread = (id.wrapping_add(1).wrapping_mul(7_919).rem_euclid(1_000)) * JITTER_PERCENT * wait_ms / 100_000;
    now + Duration::milliseconds(wait_ms - spread)
}

/// The waits of letters not reached one by one.
pub(super) fn ladder(now: DateTime<Utc>) -> Ladder {
    [0, 1, 2, 3, 4].map(|before| next_try(before, 0, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_are_shortened_by_a_tenth_at_most() {
        let now = DateTime::UNIX_EPOCH;
        for (before, minutes) in [(0, 1), (1, 5), (2, 15), (3, 60), (4, 240), (5, 240), (u32::MAX, 240)] {
            for id in [0, 1, 2, 999, 1_000_000, i64::MAX] {
                let (wait, most) = (next_try(before, id, now) - now, Duration::minutes(minutes));
                assert!(wait <= most && wait * 10 >= most * 9, "{wait} where {most} are promised");
            }
        }
    }

    #[test]
    fn the_second_try_comes_after_the_five_minutes_of_greylisting() {
        for id in 0..2_000 {
            let now = DateTime::UNIX_EPOCH;
            let second = next_try(1, id, next_try(0, id, now));
            assert!(second - now >= Duration::minutes(5) && second - now <= Duration::minutes(6));
        }
    }
}
