//! Parliament's life, and what its web server makes of it.

use super::Dice;
use crate::house::pages::{RowSpec, Script, bills_page_in, laws_page_in};
use crate::house::parliament::Reply;
use crate::watch::BILLS;

/// What an asker got.
pub enum Served {
    /// A complete page with these act numbers.
    Whole(Vec<String>),
    /// One that must not be believed.
    Broken(&'static str),
}

struct Bill {
    number: usize,
    agreement: bool,
    adopted: bool,
    gone: bool,
}

/// The bills that exist, as parliament knows them.
pub struct Life {
    bills: Vec<Bill>,
    /// Both front-ends print this now.
    script: Script,
    redesigned: bool,
    /// The pages as they were a while ago: a cache may serve them again.
    stale: Vec<(&'static str, Vec<String>, String)>,
}

impl Life {
    pub fn begin(dice: &mut Dice) -> Life {
        let bills = (0..60).map(|number| Bill { number, agreement: number % 3 == 0, adopted: dice.one_in(2), gone: false }).collect();
        Life { bills, script: Script::Latin, redesigned: false, stale: Vec::new() }
    }

    /// Hours or days later.
    pub fn goes_on(&mut self, dice: &mut Dice) {
        for _ in 0..[0, 0, 1, 1, 2, 4][dice.below(6)] {
            let number = self.bills.len();
            self.bills.push(Bill { number, agreement: dice.one_in(2), adopted: dice.one_in(8), gone: false });
        }
        let one = dice.below(self.bills.len());
        match dice.below(6) {
            0 => self.bills[one].adopted = true,
            1 => self.bills[one].gone = true,
            2 => self.bills.iter_mut().filter(|bill| bill.gone).take(2).for_each(|bill| bill.gone = false),
            _ => {}
        }
        if dice.one_in(15) {
            self.script = [Script::Latin, Script::Cyrillic, Script::English][dice.below(3)];
        }
        if dice.one_in(25) {
            self.redesigned = !self.redesigned;
        }
    }

    /// What this path answers now.
    pub fn answer(&mut self, path: &'static str, peace: bool, dice: &mut Dice) -> (Served, Reply) {
        let (acts, page) = self.page(path, dice);
        if peace {
            return (Served::Whole(acts), Reply::page(page));
        }
        let half = page.as_bytes()[..page.len() / 2].to_vec();
        let broken = |how, reply| (Served::Broken(how), reply);
        match dice.below(24) {
            0 => broken("500", Reply::status(500, "<html><body>500</body></html>")),
            1 => broken("503", Reply::status(503, "busy")),
            2 => broken("cut", Reply::page(half)),
            3 => broken("empty", Reply::page("")),
            4 => broken("maintenance", Reply::page("<html><body><h1>Sajt je u izradi</h1></body></html>")),
            5 => broken(
                "empty list",
                Reply::page(if path == BILLS { bills_page_in(self.script, &[]) } else { laws_page_in(self.script, &[]) }),
            ),
            6 => broken("reset", Reply::Reset),
            7 => broken("closed", Reply::Close),
            8 => broken("404", Reply::status(404, "<html><body>404</body></html>")),
            9 | 10 if self.stale.iter().any(|(of, ..)| *of == path) => {
                let (_, acts, page) = self.stale.iter().find(|(of, ..)| *of == path).unwrap();
                (Served::Whole(acts.clone()), Reply::page(page.clone()))
            }
            11 => (Served::Whole(acts), Reply::validated(page)),
            _ => {
                if dice.one_in(3) {
                    self.stale.retain(|(of, ..)| *of != path);
                    self.stale.push((path, acts.clone(), page.clone()));
                }
                (Served::Whole(acts), Reply::page(page))
            }
        }
    }

    fn page(&self, path: &str, dice: &mut Dice) -> (Vec<String>, String) {
        let adopted = path != BILLS;
        let mut shown: Vec<&Bill> = self.bills.iter().filter(|bill| bill.adopted == adopted && !bill.gone).collect();
        if dice.one_in(5) {
            shown.reverse();
        }
        let rows: Vec<RowSpec> = shown.iter().map(|bill| row(bill)).collect();
        let acts = shown.iter().filter(|bill| bill.agreement).map(|bill| act(bill.number)).collect();
        let page = if adopted { laws_page_in(self.script, &rows) } else { bills_page_in(self.script, &rows) };
        (acts, if self.redesigned { page.replace("lawtitle", "naslov-akta") } else { page })
    }
}

/// The number an act carries.
fn act(number: usize) -> String {
    format!("{}-26", 100 + number)
}

fn row(bill: &Bill) -> RowSpec {
    let Bill { number, agreement, .. } = bill;
    let title = if *agreement {
        format!("Predlog zakona o potvrđivanju Sporazuma broj {number} između Vlade Republike Srbije i Vlade Republike Italije o saradnji")
    } else {
        format!("Predlog zakona o uređenju stvari broj {number}")
    };
    RowSpec::bill(&act(*number), &title, "2. novembar 2026.")
}
