//! How often one visitor may do a thing: follow wrong links (faults.md X11), ask for letters (X9).
//!
//! Never remembers a visitor longer than the window, nor more than so many of them.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Visitors remembered at one time: a few bytes each.
const VISITORS_MAX: usize = 4_096;

/// Who did it lately, and how often.
#[derive(Debug)]
pub(super) struct Turns {
    most: u32,
    window: TimeDelta,
    visitors: Mutex<HashMap<IpAddr, (DateTime<Utc>, u32)>>,
}

impl Turns {
    /// At most so often within the window.
    pub(super) fn new(most: u32, window: TimeDelta) -> Turns {
        Turns { most, window, visitors: Mutex::default() }
    }

    /// Whether this visitor had all their turns.
    pub(super) fn too_many(&self, visitor: IpAddr, now: DateTime<Utc>) -> bool {
        let all = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&household(visitor)).is_some_and(|(since, times)| *times >= self.most && self.lasts(*since, now))
    }

    /// One turn more.
    pub(super) fn count(&self, visitor: IpAddr, now: DateTime<Utc>) {
        let mut all = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= VISITORS_MAX {
            all.retain(|_, (since, _)| self.lasts(*since, now));
        }
        if all.len() >= VISITORS_MAX {
            all.clear();
        }
        let (since, times) = all.entry(household(visitor)).or_insert((now, 0));
        if !self.lasts(*since, now) {
            (*since, *times) = (now, 0);
        }
        *times += 1;
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
