//! Notices that stand alone: a known sitting is called off, or put off to another day or hour.
//!
//! Never makes a sitting: what was not known is not told of as off.

use chrono::NaiveDate;

use crate::domain::bill::{Body, Sitting};
use crate::domain::change::Fact;
use crate::domain::compare::{Comparison, PageOf};

use super::{Agenda, same_body};

impl Comparison {
    /// A notice without an agenda says that a known sitting is not held: the page of that sitting itself, or another that names its day. What
    /// is known of the sitting stays; a day that fits two of them says of neither.
    pub(super) fn called_off(&mut self, page: &PageOf<'_>, told: &Sitting) {
        let of_day = |a: &Agenda| same_body(&a.sitting.body, &told.body) && told.held_on.is_some() && a.sitting.held_on == told.held_on;
        let days: Vec<usize> = (0..self.agendas.len()).filter(|n| of_day(&self.agendas[*n])).collect();
        let one_day = || days.first().copied().filter(|_| days.len() == 1);
        let Some(n) = self.agendas.iter().position(|a| a.is_of(page)).or_else(one_day) else { return };
        let agenda = &mut self.agendas[n];
        if agenda.sitting.cancelled {
            return;
        }
        agenda.sitting.cancelled = true;
        let (at, content_id, bills, now) = (agenda.at, agenda.content_id, agenda.bills.clone(), agenda.sitting.clone());
        let of_assembly = now.body == Body::Assembly;
        self.facts.push(Fact::Sitting { sitting: at, told: now, content_id, url: page.url.to_owned() });
        if of_assembly {
            self.leave_agenda(n, &bills, &[], page.silent);
        }
    }

    /// A notice without an agenda puts a known sitting off to another day or hour: on the sitting's own page, where the notice took the
    /// agenda's place, its bills go with it. Any other page only says that it is not held as it was called.
    pub(super) fn put_off(&mut self, page: &PageOf<'_>, told: &Sitting, was: NaiveDate) {
        let own = self.agendas.iter().position(|a| a.is_of(page));
        let another_day = told.held_on.filter(|day| *day != was);
        let Some(n) = own else {
            if another_day.is_some() {
                self.called_off(page, &Sitting { held_on: Some(was), ..told.clone() });
            }
            return;
        };
        let agenda = &mut self.agendas[n];
        let before = agenda.sitting.clone();
        agenda.sitting.held_on = another_day.or(before.held_on);
        agenda.sitting.begins_at = told.begins_at;
        if agenda.sitting == before {
            return;
        }
        let (at, content_id, bills, now) = (agenda.at, agenda.content_id, agenda.bills.clone(), agenda.sitting.clone());
        let moved_from = before.held_on.filter(|day| now.held_on != Some(*day));
        self.facts.push(Fact::Sitting { sitting: at, told: now, content_id, url: page.url.to_owned() });
        if let Some(day) = moved_from {
            self.moved(n, day, &bills, page.silent);
        }
    }
}
