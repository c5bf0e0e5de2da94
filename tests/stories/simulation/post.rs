//! The letters' way: a mail server that refuses, stalls and drops, and a process that is killed between two letters.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use chrono::TimeDelta;
use potvrda::app::clock;
use potvrda::app::deliver::Office;
use potvrda::domain::letter;
use potvrda::domain::letter::words::Words;
use potvrda::io::mail::{Patience, Road};

use super::Run;
use crate::house::mail::Fault;

/// How long a mail server that stalls is waited for. Shorter, and a slow machine would look like one.
const STALL: Duration = Duration::from_millis(400);

impl Run {
    pub fn office(&self) -> Office {
        let mut office = Office::of(&self.settings).unwrap();
        if let (true, Road::Smtp(server)) = (self.stalls, &mut office.road) {
            server.patience = Patience { greeting: STALL, command: STALL, delivery: STALL };
        }
        office
    }

    /// How the mail server meets us from now on.
    pub fn change_mood(&mut self) {
        if self.mood > 0 {
            self.mood -= 1;
            return;
        }
        let how = self.dice.below(16);
        self.say(|| format!("the mail server's mood is {how}"));
        self.mood = self.dice.below(4);
        let times = 1 + self.dice.below(2);
        self.well = how > 10;
        self.truth.after_dot_drops += if how == 7 { times } else { 0 };
        self.stalls = how == 10;
        let office = self.office();
        if let Some(process) = &mut self.process {
            process.postman.move_to(office);
        }
        self.server.rule(|rules| {
            *rules = Default::default();
            let fault = |fault| (Some(fault), times);
            match how {
                0 => rules.banner = Some("421 4.3.2 closing".into()),
                1 => rules.at_rcpt = Some("450 4.2.0 later".into()),
                2 => rules.at_dot = Some("451 4.3.0 later".into()),
                3 => rules.at_mail = Some("451 4.3.0 later".into()),
                4 => rules.for_recipient = vec![("ceca".into(), "550 5.1.1 no such user".into())],
                5 => (rules.fault, rules.faults_left) = fault(Fault::DropAtData),
                6 => (rules.fault, rules.faults_left) = fault(Fault::DropInLetter),
                7 => (rules.fault, rules.faults_left) = fault(Fault::DropAfterDot),
                8 => (rules.fault, rules.faults_left) = fault(Fault::DropAfterAccepting),
                9 => rules.letters_max = Some(1),
                10 => (rules.fault, rules.faults_left) = (Some(Fault::StallAfterDot), 1),
                _ => {}
            }
        });
    }

    /// One delivery, perhaps killed after some letters: the next one is another process.
    pub fn deliver(&mut self, peace: bool) {
        if !clock::is_sane(self.now) {
            return;
        }
        let killed = !peace && self.dice.one_in(4);
        let limit = killed.then(|| self.dice.below(4));
        let mut process = self.process();
        let write = |edition: &_, reader: &_| Ok(letter::write(edition, reader, Words::built_in())?);
        let now = self.now;
        let delivery = process.postman.deliver(&mut process.roster, &write, limit, &|| now, &AtomicBool::new(false)).unwrap();
        self.say(|| format!("delivered, killed: {killed}, the server is well: {}: {delivery:?}", self.well));
        if self.well && !killed && now - self.delivered_at > TimeDelta::hours(5) {
            self.truth.good_deliveries.push(now);
        }
        self.delivered_at = now;
        self.process = (!killed).then_some(process);
    }
}
