//! Parliament's life: bills that come, are named by committees, called to sittings, adopted, withdrawn, put back and misspelt; sittings that are put
//! off and called off; and the pages on which it shows, in two scripts and two layouts.

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Europe::Belgrade;
use potvrda::domain::bill::Language;
use potvrda::domain::dates;

use super::Dice;
use crate::house::pages::{RowSpec, Script, activities_page, agenda, bills_page_in, laws_page_in, sitting_page};
use crate::polling::cyrillic;
use crate::watch::BILLS;

/// What one page says, by the numbers of the agreements on it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shown {
    pub agreements: Vec<usize>,
    /// Titles as they stand there, by number: how often each was corrected.
    pub corrected: Vec<usize>,
    /// The sitting of the Assembly whose page it is.
    pub sitting: Option<Sitting>,
}

/// A sitting of the Assembly, as its page says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sitting {
    pub id: usize,
    pub day: NaiveDate,
    /// It will not be held.
    pub off: bool,
}

struct Bill {
    agreement: bool,
    /// It stands on the list of bills, or stood there.
    listed: bool,
    adopted: bool,
    gone: bool,
    corrected: usize,
}

/// Whether a sitting is held.
#[derive(Clone, Copy, PartialEq)]
enum Held {
    AsCalled,
    /// Called off, says the page with its agenda; or without it.
    Off,
    OffInAWord,
}

/// A page of the Assembly's doings: a committee's report, or a sitting called some days ahead.
struct Page {
    id: usize,
    committee: bool,
    posted: NaiveDate,
    day: NaiveDate,
    held: Held,
    bills: Vec<usize>,
    /// Their titles on the day it was written: a page is not written anew when a title is corrected.
    named: Vec<String>,
}

/// What exists, as parliament knows it.
pub struct Life {
    bills: Vec<Bill>,
    pages: Vec<Page>,
    /// Both front-ends print this now.
    script: Script,
    redesigned: bool,
    /// Each row links one document, which somebody reads.
    pub with_papers: bool,
}

const COUNTRIES: [&str; 4] = ["Italije", "Turske", "Mađarske", "Grčke"];
/// No list is ever empty: the program believes none that is, and rightly. One bill stays where it is, one is law from the beginning.
const STAYS: usize = 1;
const IS_LAW: usize = 2;
/// Pages that the list of activities links at a time.
const LINKED: usize = 5;
/// In one life of so many the documents are read too: each is a page more at every look, and a program that reads it.
const PAPERS: usize = 4;
/// A flood, by the bounds that the simulation sets.
pub const FLOOD: usize = 12;

impl Life {
    pub fn begin(dice: &mut Dice) -> Life {
        let bill = |n: usize, dice: &mut Dice| Bill {
            agreement: n.is_multiple_of(3),
            listed: true,
            adopted: dice.one_in(3),
            gone: false,
            corrected: 0,
        };
        let mut bills: Vec<Bill> = (0..12).map(|n| bill(n, dice)).collect();
        bills[STAYS].adopted = false;
        bills[IS_LAW].adopted = true;
        Life { bills, pages: Vec::new(), script: Script::Latin, redesigned: false, with_papers: dice.one_in(PAPERS) }
    }

    /// Hours or days later.
    pub fn goes_on(&mut self, now: DateTime<Utc>, dice: &mut Dice) {
        let today = now.with_timezone(&Belgrade).date_naive();
        for _ in 0..[0, 0, 1, 1, 2, 3][dice.below(6)] {
            self.come(dice.one_in(2), !dice.one_in(4));
        }
        if dice.one_in(60) {
            (0..FLOOD + 2).for_each(|_| self.come(true, true));
        }
        let one = dice.below(self.bills.len());
        match dice.below(11) {
            0 => self.bills[one].adopted |= self.bills[one].listed && one != STAYS,
            1 => self.bills[one].gone = self.bills[one].listed && ![STAYS, IS_LAW].contains(&one),
            2 => self.bills.iter_mut().filter(|bill| bill.gone).take(2).for_each(|bill| bill.gone = false),
            // Not of a bill that prose names: by another title, and without a number, it would be another bill.
            3 if self.bills[one].listed && self.pages.iter().all(|page| !page.committee || !page.bills.contains(&one)) => {
                self.bills[one].corrected += 1;
            }
            4 => self.bills.iter_mut().filter(|bill| !bill.listed).take(2).for_each(|bill| bill.listed = true),
            5 => self.meet(true, today, dice),
            6 => self.meet(false, today, dice),
            7 => self.put_off(today, dice),
            8 => self.call_off(today, dice),
            _ => {}
        }
        if dice.one_in(15) {
            self.script = [Script::Latin, Script::Cyrillic][dice.below(2)];
        }
        if dice.one_in(25) {
            self.redesigned = !self.redesigned;
        }
    }

    fn come(&mut self, agreement: bool, listed: bool) {
        self.bills.push(Bill { agreement, listed, adopted: false, gone: false, corrected: 0 });
    }

    /// A committee reports on one bill, or a sitting is called for tomorrow with a few.
    fn meet(&mut self, committee: bool, today: NaiveDate, dice: &mut Dice) {
        let open: Vec<usize> = (0..self.bills.len()).filter(|&n| !self.bills[n].adopted && !self.bills[n].gone).collect();
        let fit = |n: &usize| if committee { self.bills[*n].corrected == 0 } else { self.bills[*n].listed };
        let wanted: Vec<usize> = open.into_iter().filter(fit).filter(|_| dice.one_in(4)).collect();
        let bills: Vec<usize> = wanted.into_iter().take(if committee { 1 } else { 4 }).collect();
        let ahead = if committee { 0 } else { [1, 1, 2, 5][dice.below(4)] };
        if let Some(day) = self.free(today, ahead).filter(|_| !bills.is_empty()) {
            let named = bills.iter().map(|&n| self.title(n)).collect();
            let page = Page { id: 32_700 + self.pages.len(), committee, posted: today, day, held: Held::AsCalled, bills, named };
            self.pages.push(page);
        }
    }

    /// The day so far ahead, if nobody sits then: two sittings of one day with different agendas are another story.
    fn free(&self, today: NaiveDate, ahead: u64) -> Option<NaiveDate> {
        today.checked_add_days(Days::new(ahead)).filter(|day| self.pages.iter().all(|page| page.day != *day))
    }

    /// The newest sitting still to come.
    fn coming(&mut self, today: NaiveDate) -> Option<&mut Page> {
        self.pages.iter_mut().rev().find(|page| !page.committee && page.held == Held::AsCalled && page.day >= today)
    }

    fn put_off(&mut self, today: NaiveDate, dice: &mut Dice) {
        let day = self.free(today, 2 + dice.below(6) as u64);
        if let (Some(day), Some(page)) = (day, self.coming(today))
            && day > page.day
        {
            page.day = day;
        }
    }

    fn call_off(&mut self, today: NaiveDate, dice: &mut Dice) {
        let how = [Held::Off, Held::OffInAWord][dice.below(2)];
        if let Some(page) = self.coming(today) {
            page.held = how;
        }
    }

    /// The agreements that have been listed, or met otherwise.
    pub fn agreements(&self) -> impl Iterator<Item = usize> {
        (0..self.bills.len()).filter(|&n| self.bills[n].agreement)
    }

    /// A page of a list, its rows shuffled at times.
    pub fn list(&self, path: &str, dice: &mut Dice) -> (Shown, String) {
        let adopted = path != BILLS;
        let stands = |n: &usize| self.bills[*n].listed && !self.bills[*n].gone && self.bills[*n].adopted == adopted;
        let mut shown: Vec<usize> = (0..self.bills.len()).filter(stands).collect();
        if dice.one_in(5) {
            shown.reverse();
        }
        let rows: Vec<RowSpec> = shown.iter().map(|&n| self.row(n)).collect();
        let page = if adopted { laws_page_in(self.script, &rows) } else { bills_page_in(self.script, &rows) };
        let page = if self.redesigned { page.replace("lawtitle", "naslov-akta") } else { page };
        (self.shown(&shown, None), page)
    }

    /// An empty list, as nobody may believe it.
    pub fn empty(&self, path: &str) -> String {
        if path == BILLS { bills_page_in(self.script, &[]) } else { laws_page_in(self.script, &[]) }
    }

    fn shown(&self, bills: &[usize], sitting: Option<Sitting>) -> Shown {
        let agreements: Vec<usize> = bills.iter().copied().filter(|&n| self.bills[n].agreement).collect();
        let corrected = agreements.iter().map(|&n| self.bills[n].corrected).collect();
        Shown { agreements, corrected, sitting }
    }

    /// The page that links to activities: the newest pages, and one that names no bill.
    pub fn activities(&self) -> String {
        let newest = self.pages.iter().rev().take(LINKED);
        let printed: Vec<(String, String, String)> = newest.map(|page| (heading(page), path(page), date(page.posted))).collect();
        let mut links: Vec<(&str, &str, &str)> = printed.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
        links.push(("Sastanak sa ambasadorom", MEETING, "1. mart 2026."));
        activities_page(Script::Latin, &links)
    }

    /// Every page that may be asked for: its path, what it says, and itself.
    pub fn doings(&self) -> Vec<(String, Shown, String)> {
        self.pages
            .iter()
            .map(|page| {
                let sitting = Sitting { id: page.id, day: page.day, off: page.held != Held::AsCalled };
                let named = if page.held == Held::OffInAWord { &[][..] } else { &page.bills };
                (path(page), self.shown(named, (!page.committee).then_some(sitting)), written(page))
            })
            .collect()
    }

    fn title(&self, n: usize) -> String {
        if !self.bills[n].agreement {
            return format!("Predlog zakona o uređenju stvari broj {n}");
        }
        let country = COUNTRIES[n % COUNTRIES.len()];
        let more = " u nauci i obrazovanju".repeat(self.bills[n].corrected);
        format!(
            "Predlog zakona o potvrđivanju Sporazuma broj {n} između Vlade Republike Srbije i Vlade Republike {country} o saradnji{more}"
        )
    }

    fn row(&self, n: usize) -> RowSpec {
        let (title, date) = (self.title(n), "2. novembar 2026.".to_owned());
        let (title, date) = if self.script == Script::Cyrillic { (cyrillic(&title), cyrillic(&date)) } else { (title, date) };
        let mut row = RowSpec::bill(&act(n), &title, &date);
        if self.with_papers {
            row.documents.truncate(1);
        }
        row
    }

    /// What stands on the list of bills at the end.
    pub fn standing(&self, n: usize) -> bool {
        self.bills[n].listed && !self.bills[n].gone && !self.bills[n].adopted
    }

    pub fn is_gone(&self, n: usize) -> bool {
        self.bills[n].gone && !self.bills[n].adopted
    }
}

pub const MEETING: &str = "/Sastanak.32600.941.html";

/// The page that names no bill.
pub fn meeting() -> String {
    sitting_page(Script::Latin, "Sastanak", "Nedelja, 1. mart 2026.", &["Razgovarali su."], "")
}

/// The number an act carries.
pub fn act(n: usize) -> String {
    format!("{}-26", 100 + n)
}

fn date(day: NaiveDate) -> String {
    dates::nominative(day, Language::SrLatn)
}

fn path(page: &Page) -> String {
    format!("/Sednica_{}.{}.941.html", page.id, page.id)
}

fn heading(page: &Page) -> String {
    let said = match (page.committee, page.held) {
        (true, _) => "Sednica Odbora za spoljne poslove",
        (false, Held::AsCalled) => "Sazvana sednica Drugog redovnog zasedanja Narodne skupštine",
        (false, _) => "Otkazana sednica Drugog redovnog zasedanja Narodne skupštine",
    };
    said.to_owned()
}

fn written(page: &Page) -> String {
    let named = &page.named;
    let day = dates::genitive(page.day, Language::SrLatn);
    if page.committee {
        let said =
            format!("Na sednici održanoj {day}, članovi Odbora za spoljne poslove razmotrili su {}, koji je podnela Vlada.", named[0]);
        return sitting_page(Script::Latin, &heading(page), &date(page.posted), &[&said], "");
    }
    if page.held == Held::OffInAWord {
        let said = "Sednica Drugog redovnog zasedanja Narodne skupštine otkazana je.";
        return sitting_page(Script::Latin, &heading(page), &date(page.posted), &[said], "");
    }
    let said = format!(
        "Predsednik Narodne skupštine sazvao je sednicu Drugog redovnog zasedanja Narodne skupštine za {day}, sa početkom u 10 časova. Za sednicu je predložen sledeći dnevni red:"
    );
    let numbers = page.bills.iter().map(|n| format!("011-{}/26 od 3. novembra 2026. godine", 100 + n));
    let items: Vec<String> =
        named.iter().zip(numbers).map(|(title, number)| format!("{title}, koji je podnela Vlada (broj {number})")).collect();
    let items = agenda(&items.iter().map(String::as_str).collect::<Vec<_>>());
    let mut paragraphs = vec![said.as_str()];
    paragraphs.extend(items.iter().map(String::as_str));
    sitting_page(Script::Latin, &heading(page), &date(page.posted), &paragraphs, "")
}
