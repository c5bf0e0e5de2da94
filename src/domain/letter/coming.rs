//! What a letter says of a committee's coming sitting whose agenda is unknown: the calendar's line, and nothing made of it.
//!
//! Never says what will be discussed.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::markup::printed;
use super::names;
use super::values::{BodyView, body_view, cut, said};
use crate::domain::bill::Language;
use crate::domain::script;
use crate::domain::zone::day_in_belgrade;

/// Days after which a weekday alone no longer says which day is meant.
const WEEK: i64 = 6;

/// A committee's sitting as the calendar announces it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComingSitting {
    /// The committee, as printed.
    pub committee: String,
    /// Its day.
    pub held_on: NaiveDate,
    /// Its hour, Belgrade time, where printed.
    pub begins_at: Option<NaiveTime>,
    /// As printed.
    pub hall: Option<String>,
    /// Called off, or put off.
    pub cancelled: bool,
    /// The page whose calendar says so.
    pub url: String,
}

impl ComingSitting {
    /// The committee's names: as printed, and both official ones where it is a standing committee.
    pub fn names(&self) -> Vec<String> {
        let official = [Language::SrCyrl, Language::En].into_iter().filter_map(|l| names::committee(&self.committee, l));
        official.map(str::to_owned).chain([self.committee.clone()]).collect()
    }

    /// What is told of it, whichever language's calendar said it: the same key is no news.
    pub fn key(&self) -> String {
        let name = names::committee(&self.committee, Language::En).unwrap_or(&self.committee);
        let hour = self.begins_at.map(|at| at.format(" %H:%M").to_string()).unwrap_or_default();
        format!("{} {}{hour}{}", script::fold(name), self.held_on, if self.cancelled { " cancelled" } else { "" })
    }
}

#[derive(Debug, Serialize)]
pub(super) struct View {
    committee: BodyView,
    /// Printed in English: a Serbian sentence cannot decline it.
    english: bool,
    held_on: NaiveDate,
    begins_at: Option<String>,
    hall: Option<String>,
    cancelled: bool,
    days: i64,
    /// The weekday alone says which day.
    this_week: bool,
    url: String,
}

pub(super) fn view(sittings: &[ComingSitting], language: Language, made_at: DateTime<Utc>) -> Vec<View> {
    let today = day_in_belgrade(made_at);
    let one = |s: &ComingSitting| {
        let days = (s.held_on - today).num_days();
        View {
            committee: body_view(&s.committee, language),
            english: script::language_of(&s.committee) == Language::En,
            held_on: s.held_on,
            begins_at: s.begins_at.map(|at| at.format("%H:%M").to_string()),
            hall: s.hall.as_deref().map(|hall| said(&cut(hall, 100), language)),
            cancelled: s.cancelled,
            days,
            this_week: (0..=WEEK).contains(&days),
            url: printed(&s.url),
        }
    };
    sittings.iter().map(one).collect()
}
