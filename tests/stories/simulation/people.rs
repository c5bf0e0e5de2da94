//! Who gets letters in the simulation: they come, pause, come back and leave, each with a rhythm and choices of their own.

use chrono::{DateTime, Utc};
use potvrda::app::subscribe;
use potvrda::domain::change::Kind;
use potvrda::domain::subscriber::{Every, Preferences};
use potvrda::io::roster::Roster;
use potvrda::io::roster::people::{Consent, ConsentHow};

use super::Dice;

/// Somebody, and the stretches of the log of changes in which they listened: after a row, up to another.
pub struct Reader {
    pub id: i64,
    pub name: String,
    pub kinds: Vec<Kind>,
    pub listened: Vec<(i64, Option<i64>)>,
    pub left: bool,
    pub asked_for_a_pause: bool,
}

impl Reader {
    pub fn listens(&self) -> bool {
        self.listened.last().is_some_and(|(_, until)| until.is_none())
    }

    pub fn listened_at(&self, change: i64) -> bool {
        self.listened.iter().any(|(after, until)| change > *after && until.is_none_or(|until| change <= until))
    }

    fn stop(&mut self, at: i64) {
        if let Some((_, until @ None)) = self.listened.last_mut() {
            *until = Some(at);
        }
    }
}

/// Whose address the mail server refuses at times.
pub const CECA: &str = "ceca@ngo.example";

pub struct People(pub Vec<Reader>);

impl People {
    pub fn begin(roster: &mut Roster, now: DateTime<Utc>) -> People {
        let mut people = People(Vec::new());
        for (name, every, all) in [
            ("ana", Every::Instant, false),
            ("bojan", Every::Instant, true),
            ("ceca", Every::Instant, false),
            ("dora", Every::Daily, false),
            ("ema", Every::Weekly, true),
        ] {
            people.come(roster, name, every, all, 0, now);
        }
        people
    }

    fn come(&mut self, roster: &mut Roster, name: &str, every: Every, all: bool, told: i64, now: DateTime<Utc>) {
        let kinds = if all { Kind::ALL.to_vec() } else { Preferences::default().changes };
        let preferences = Preferences { every, changes: kinds.clone(), ..Preferences::default() };
        let consent = Consent { how: ConsentHow::Command, version: None, text: Some("asked in person".to_owned()) };
        let name = format!("{name}@ngo.example");
        let (id, new) = subscribe::add_confirmed(roster, &name.parse().unwrap(), &preferences, &consent, now).unwrap();
        assert!(new);
        self.0.push(Reader { id, name, kinds, listened: vec![(told, None)], left: false, asked_for_a_pause: false });
    }

    /// Whoever comes hears of what is not told yet, whatever their clock says; whoever goes does not.
    pub fn go_on(&mut self, roster: &mut Roster, now: DateTime<Utc>, dice: &mut Dice) {
        let (one, told) = (dice.below(self.0.len()), told_of(roster));
        match dice.below(14) {
            0 if self.0.len() < 12 => {
                let every = [Every::Instant, Every::Daily, Every::Weekly][dice.below(3)];
                self.come(roster, &format!("reader{}", self.0.len()), every, false, told, now);
            }
            1 if self.0.len() > 5 && one > 4 && !self.0[one].left => {
                let reader = &mut self.0[one];
                subscribe::leave(roster, reader.id, now).unwrap();
                reader.stop(told);
                reader.left = true;
            }
            2 if self.0[one].listens() && self.0[one].name != CECA => {
                let reader = &mut self.0[one];
                subscribe::pause(roster, reader.id, None, now).unwrap();
                reader.stop(told);
                reader.asked_for_a_pause = true;
            }
            3 => self.come_back(roster),
            _ => {}
        }
    }

    /// Whoever asked for a pause listens again.
    pub fn come_back(&mut self, roster: &mut Roster) {
        let told = told_of(roster);
        for reader in self.0.iter_mut().filter(|reader| reader.asked_for_a_pause && !reader.left) {
            subscribe::resume(roster, reader.id).unwrap();
            reader.listened.push((told, None));
            reader.asked_for_a_pause = false;
        }
    }

    /// Who would get a letter now. Ceca may have been paused by the server's refusals.
    pub fn listening(&self) -> Vec<i64> {
        self.0.iter().filter(|reader| reader.listens() && reader.name != CECA).map(|reader| reader.id).collect()
    }
}

/// The last row of the log that was told of.
fn told_of(roster: &Roster) -> i64 {
    roster.cursor().unwrap().map_or(0, |cursor| cursor.change_id)
}
