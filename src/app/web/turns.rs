//! How often one visitor may do a thing: follow wrong links (faults.md X11), ask for letters (X9).
//!
//! Never remembers a visitor longer than the window, nor more than so many of them.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Visitors remembered at one time: a few hundred bytes each.
const VISITORS_MAX: usize = 4_096;

/// Who did it lately, and when. The window slides: there is no moment at which everybody begins anew, and so none to wait for.
#[derive(Debug)]
pub(super) struct Turns {
    most: usize,
    window: TimeDelta,
    /// The times of each visitor's turns, oldest first; never more of them than `most`.
    visitors: Mutex<HashMap<IpAddr, VecDeque<DateTime<Utc>>>>,
}

impl Turns {
    /// At most so often within the window.
    pub(super) fn new(most: usize, window: TimeDelta) -> Turns {
        Turns { most, window, visitors: Mutex::default() }
    }

    /// Whether this visitor had all their turns.
    pub(super) fn too_many(&self, visitor: IpAddr, now: DateTime<Utc>) -> bool {
        let all = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&household(visitor)).is_some_and(|turns| turns.iter().filter(|at| self.lasts(**at, now)).count() >= self.most)
    }

    /// One turn more.
    pub(super) fn count(&self, visitor: IpAddr, now: DateTime<Utc>) {
        let mut all = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        let visitor = household(visitor);
        if all.len() >= VISITORS_MAX && !all.contains_key(&visitor) {
            all.retain(|_, turns| turns.back().is_some_and(|at| self.lasts(*at, now)));
        }
        if all.len() >= VISITORS_MAX && !all.contains_key(&visitor) {
            // Whoever has been quiet for longest makes room; the busy ones are not forgotten because a crowd came.
            let quietest = all.iter().min_by_key(|(_, turns)| turns.back().copied()).map(|(known, _)| *known);
            quietest.map(|known| all.remove(&known));
        }
        let turns = all.entry(visitor).or_default();
        turns.retain(|at| self.lasts(*at, now));
        turns.push_back(now);
        while turns.len() > self.most {
            turns.pop_front();
        }
    }

    /// Takes a turn where there is one left.
    pub(super) fn take(&self, visitor: IpAddr, now: DateTime<Utc>) -> bool {
        let free = !self.too_many(visitor, now);
        if free {
            self.count(visitor, now);
        }
        free
    }

    fn lasts(&self, since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        now.signed_duration_since(since).abs() < self.window
    }
}

/// One customer of a provider has a whole /64 of IPv6 addresses: they are one visitor.
fn household(visitor: IpAddr) -> IpAddr {
    match visitor {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn twenty_wrong_links_in_a_minute_are_enough_and_only_for_who_followed_them() {
        let guesses = Turns::new(20, TimeDelta::seconds(60));
        let (one, other): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for _ in 0..20 {
            assert!(!guesses.too_many(one, now()));
            guesses.count(one, now());
        }
        assert!(guesses.too_many(one, now() + TimeDelta::seconds(59)));
        assert!(!guesses.too_many(other, now()));
        assert!(!guesses.too_many(one, now() + TimeDelta::seconds(60)));
        guesses.count(one, now() + TimeDelta::seconds(60));
        assert!(!guesses.too_many(one, now() + TimeDelta::seconds(61)));
    }

    #[test]
    fn five_an_hour_is_five_in_every_hour() {
        let turns = Turns::new(5, TimeDelta::hours(1));
        let one: IpAddr = "192.0.2.1".parse().unwrap();
        let at = |minute| now() + TimeDelta::minutes(minute);
        assert!(turns.take(one, at(0)));
        assert!((0..4).all(|_| turns.take(one, at(59))) && !turns.take(one, at(59)));
        assert!(turns.take(one, at(61)), "the first one's hour is over");
        assert!(!turns.take(one, at(62)), "and four of this hour are left with it: that makes five");
        assert!(turns.take(one, at(119)));
    }

    #[test]
    fn a_crowd_does_not_make_us_forget_who_was_busy_last() {
        let turns = Turns::new(1, TimeDelta::hours(1));
        let busy: IpAddr = "192.0.2.1".parse().unwrap();
        for n in 0..6_000_u32 {
            turns.take(IpAddr::from((0x0a00_0000 + n).to_be_bytes()), now() + TimeDelta::seconds(i64::from(n) / 10));
            turns.count(busy, now() + TimeDelta::seconds(i64::from(n) / 10));
        }
        assert!(turns.too_many(busy, now() + TimeDelta::minutes(11)));
    }

    #[test]
    fn however_many_guess_the_memory_is_bounded() {
        let guesses = Turns::new(20, TimeDelta::seconds(60));
        for n in 0..10_000_u32 {
            guesses.count(IpAddr::from(n.to_be_bytes()), now());
        }
        assert!(guesses.visitors.lock().unwrap().len() <= VISITORS_MAX);
    }

    #[test]
    fn a_whole_network_of_one_customer_is_one_visitor() {
        let turns = Turns::new(1, TimeDelta::hours(1));
        assert!(turns.take("2001:db8:0:1::1".parse().unwrap(), now()));
        assert!(!turns.take("2001:db8:0:1:ffff::2".parse().unwrap(), now()));
        assert!(turns.take("2001:db8:0:2::1".parse().unwrap(), now()));
    }
}
