//! Dates as parliament writes them: nominative and genitive, both scripts, and English; read, and written in letters.
//!
//! Never asks a locale, never defaults to today, never mends an impossible day.

use std::ops::Range;

use chrono::NaiveDate;

use crate::domain::tokens::{Kind, Token, cut};

mod names;

use names::{MONTHS, is_numbered, is_spoilt, month_named, roman};
pub use names::{genitive, nominative, weekday};

/// A date as printed: a whole day, or only a year. A bare year stays a bare year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrintedDate {
    /// A day.
    Day(NaiveDate),
    /// Only the year is printed.
    Year(i32),
}

/// A date found in running text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it says.
    pub date: PrintedDate,
    /// Last day, where the text prints a range (`od 3. do 5. maja 2017.`).
    pub until: Option<NaiveDate>,
    /// Byte range in the text.
    pub at: Range<usize>,
}

/// Words that were meant as a date: the date, or nothing where they name no day (`31. februara 2017.`, `23. maja`, `maja 2017.`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What it says; none where it cannot be read surely.
    pub date: Option<PrintedDate>,
    /// Last day of a range.
    pub until: Option<NaiveDate>,
    /// Byte range in the text.
    pub at: Range<usize>,
}

/// Every date in the text, in order.
pub fn find(text: &str) -> Vec<Found> {
    let found = |c: Candidate| Some(Found { date: c.date?, until: c.until, at: c.at });
    candidates(text).into_iter().filter_map(found).collect()
}

/// The one day a cell or a heading prints (`23. oktobar 2023.`, `Thursday, 9 November 2017`, `12.03.2018`, `2018-03-12`); none if it
/// prints none, an impossible one, or several.
pub fn day(text: &str) -> Option<NaiveDate> {
    let mut days = candidates(text).into_iter().filter(|c| !matches!(c.date, Some(PrintedDate::Year(_)))).map(|c| match c {
        Candidate { date: Some(PrintedDate::Day(day)), until: None, .. } => Some(day),
        _ => None,
    });
    let first = days.next()??;
    days.all(|other| other == Some(first)).then_some(first)
}

/// Everything in the text that was meant as a date, in order, readable or not.
pub fn candidates(text: &str) -> Vec<Candidate> {
    let reader = Reader { text, tokens: cut(text) };
    let mut found = Vec::new();
    let mut i = 0;
    while i < reader.tokens.len() {
        let next = reader.iso(i).or_else(|| reader.series(i)).or_else(|| reader.fragment(i)).or_else(|| reader.year(i));
        match next {
            Some((candidates, after)) => {
                found.extend(candidates);
                i = after;
            }
            None => i += 1,
        }
    }
    found
}

/// What was read, and the token after it.
type Read<T> = Option<(T, usize)>;

/// One member of a series such as `3. i 5. maja 2017`: what it says itself.
#[derive(Clone, Copy)]
struct Item {
    day: u32,
    month: Option<u32>,
    year: Option<i32>,
    /// `May 3`, not `3 May`: days after it without a month are of this month too.
    month_first: bool,
    /// `3.` or `3rd`, which says that a day is meant.
    marked: bool,
    first: usize,
    last: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Link {
    /// `do`, `to`, a dash
    Until,
    /// `i`, `and`
    And,
    Comma,
}

struct Reader<'a> {
    text: &'a str,
    tokens: Vec<Token>,
}

impl Reader<'_> {
    fn word(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", Token::word)
    }

    fn is(&self, i: usize, mark: char) -> bool {
        self.tokens.get(i).is_some_and(|t| t.is(mark))
    }

    /// The number there, if it has so many digits.
    fn number(&self, i: usize, digits: Range<usize>) -> Option<u32> {
        match self.tokens.get(i)?.kind {
            Kind::Number(value, count) if digits.contains(&count) => Some(value),
            _ => None,
        }
    }

    fn printed_year(&self, i: usize) -> Option<i32> {
        self.number(i, 4..5).filter(|year| (1800..=2199).contains(year)).and_then(|year| i32::try_from(year).ok())
    }

    /// Whether the token touches the one before it.
    fn touches(&self, i: usize) -> bool {
        self.tokens.get(i).is_some_and(|t| !t.spaced)
    }

    fn before(&self, i: usize) -> &str {
        i.checked_sub(1).map_or("", |i| self.word(i))
    }

    fn span(&self, first: usize, last: usize) -> Range<usize> {
        self.tokens[first].at.start..self.tokens[last].at.end
    }

    /// `2018-03-12`
    fn iso(&self, i: usize) -> Read<Vec<Candidate>> {
        let (year, month, day) = (self.number(i, 4..5)?, self.number(i + 2, 2..3)?, self.number(i + 4, 2..3)?);
        let glued = (1..5).all(|n| self.touches(i + n)) && self.is(i + 1, '-') && self.is(i + 3, '-');
        let longer = i > 0 && self.touches(i) && (self.is(i - 1, '-') || self.is(i - 1, '/'));
        if !glued || longer {
            return None;
        }
        let date = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
        Some((vec![Candidate { date: date.map(PrintedDate::Day), until: None, at: self.span(i, i + 4) }], i + 5))
    }

    /// One date, a range, or several dates that share a month or a year.
    fn series(&self, i: usize) -> Read<Vec<Candidate>> {
        if i > 1
            && self.touches(i)
            && self.touches(i - 1)
            && (self.is(i - 1, '.') || self.is(i - 1, '/'))
            && self.number(i - 2, 1..9).is_some()
        {
            return None; // the tail of 1.12.03.2018
        }
        let (mut items, mut links) = (Vec::<Item>::new(), Vec::new());
        let mut at = i;
        // The last place where the series may end: after an item that has its year.
        let mut whole = None;
        while let Some((item, after)) = self.item(at, items.last(), links.last().copied()) {
            items.push(item);
            if item.year.is_some() {
                whole = Some((items.len(), after));
            }
            let Some((link, next)) = self.link(after, i, item) else { break };
            links.push(link);
            at = next;
            if items.len() > 12 {
                break;
            }
        }
        let (count, after) = whole?;
        if count > 1 && links[..count - 1].iter().all(|link| *link == Link::Comma) {
            return None; // `u Ulici 9. maja, 5. juna 2010.`: a comma alone makes no series
        }
        items.truncate(count);
        Some((self.resolve(items, &links), after))
    }

    /// Gives each item the month and year it shares with its neighbours, then joins those of a range.
    fn resolve(&self, mut items: Vec<Item>, links: &[Link]) -> Vec<Candidate> {
        for n in 1..items.len() {
            if items[n].month.is_none() && items[n - 1].month_first {
                items[n].month = items[n - 1].month;
                items[n].month_first = true;
            }
        }
        for n in (1..items.len()).rev() {
            let next = items[n];
            items[n - 1].month = items[n - 1].month.or(next.month);
            items[n - 1].year = items[n - 1].year.or(next.year);
        }
        let day = |item: &Item| NaiveDate::from_ymd_opt(item.year?, item.month?, item.day);
        let mut found = Vec::new();
        let mut n = 0;
        while n < items.len() {
            let ranges = n + 1 < items.len() && links.get(n) == Some(&Link::Until);
            let last = if ranges { n + 1 } else { n };
            let at = self.span(items[n].first, items[last].last);
            let (date, until) = match (day(&items[n]), day(&items[last])) {
                (Some(first), Some(last)) if ranges && first < last => (Some(first), Some(last)),
                (Some(first), _) if !ranges => (Some(first), None),
                _ => (None, None),
            };
            found.push(Candidate { date: date.map(PrintedDate::Day), until, at });
            n = last + 1;
        }
        found
    }

    /// `23. maja 2017. godine`, `23. maja`, `3.`, `12.03.2018`, `May 3rd, 2017`: as much of a date as stands there.
    fn item(&self, i: usize, previous: Option<&Item>, link: Option<Link>) -> Read<Item> {
        if let Some(month) = self.month(i) {
            let day = self.number(i + 1, 1..3).or_else(|| self.is(i + 1, '.').then(|| self.number(i + 2, 1..3)).flatten())?;
            let day_at = if self.is(i + 1, '.') { i + 2 } else { i + 1 };
            let (marked, after) = self.day_mark(day_at + 1);
            let mut item = Item { day, month: Some(month), year: None, month_first: true, marked, first: i, last: after - 1 };
            let after = self.year_of(&mut item, after);
            return Some((item, after));
        }
        let day = self.number(i, 1..3)?;
        let (marked, mut after) = self.day_mark(i + 1);
        let mut item = Item { day, month: None, year: None, month_first: false, marked, first: i, last: after - 1 };
        if matches!(self.word(after), "of" | "day") {
            after += if self.word(after) == "day" && self.word(after + 1) == "of" { 2 } else { 1 };
        }
        let comma = usize::from(self.is(after, ',') && self.month(after + 1).is_some());
        if let Some(month) = self.month(after + comma) {
            // `3, May 5, 2017` does not happen; `3 and May 5` does not either: a number before a month is its day
            item.month = Some(month);
            item.last = after + comma;
            after = item.last + 1;
        } else if let Some((month, next)) = self.numeric_month(i, after) {
            item.month = Some(month);
            item.last = next - 1;
            after = next;
        } else if !self.stands_alone(i, previous, link, &item) {
            return None;
        }
        let after = if item.month.is_some() || previous.is_some_and(|p| p.month_first) { self.year_of(&mut item, after) } else { after };
        Some((item, after))
    }

    /// Whether a bare number may be the first day of a range or a series: never `Aneks 2, 3. maja 2017`, `br. 3 - 5. maja`.
    fn stands_alone(&self, i: usize, previous: Option<&Item>, link: Option<Link>, item: &Item) -> bool {
        if previous.is_some_and(|p| p.month_first) || (previous.is_some() && item.marked) {
            return true;
        }
        let word = if self.is(i.wrapping_sub(1), '.') && i > 1 { self.before(i - 1) } else { self.before(i) };
        if is_numbered(word) {
            return false;
        }
        match self.link_at(item.last + 1) {
            Some((Link::Until, _)) => true,
            Some((Link::And | Link::Comma, _)) => item.marked || matches!(word, "on" | "between" | "dana") || link == Some(Link::Comma),
            None => false,
        }
    }

    /// `.` or `st`, `nd`, `rd`, `th`, `og` after a day.
    fn day_mark(&self, i: usize) -> (bool, usize) {
        if self.is(i, '.') {
            return (true, i + 1);
        }
        let ordinal = matches!(self.word(i), "st" | "nd" | "rd" | "th" | "og" | "og." | "eg") && (self.touches(i) || self.word(i) == "th");
        if self.is(i, '-') && self.touches(i) && matches!(self.word(i + 1), "og" | "eg" | "ega" | "oga") {
            return (true, i + 2);
        }
        (ordinal, i + usize::from(ordinal))
    }

    /// `03.` or `III` in `12.03.2018`, `12. 3. 2018.`, `12/03/2018` where only one order is possible.
    fn numeric_month(&self, i: usize, after: usize) -> Read<u32> {
        if let Some(month) = roman(&self.text[self.tokens.get(after)?.at.clone()]) {
            let year_at = after + 1 + usize::from(self.is(after + 1, '.'));
            return self.printed_year(year_at).map(|_| (month, year_at));
        }
        let day = self.number(i, 1..3)?;
        if self.is(after - 1, '.') {
            let month = self.number(after, 1..3).filter(|m| (1..=99).contains(m))?;
            if !self.is(after + 1, '.') {
                return None;
            }
            let whole = self.number(after + 2, 4..5).is_some();
            let ranges = matches!(self.link_at(after + 2), Some((Link::Until, next)) if self.number(next, 1..3).is_some());
            return (whole || ranges).then_some((month, after + 2));
        }
        let slash = self.is(after, '/') || self.is(after, '-');
        let month = self.number(after + 1, 1..3)?;
        let same = slash && self.tokens[after].kind == self.tokens.get(after + 2)?.kind && (1..4).all(|n| self.touches(after + n));
        // 03/04/2018 is March to one reader and April to the other
        let month = if day > 12 || day == month { month } else { 0 };
        (same && self.number(after + 3, 4..5).is_some()).then_some((month, after + 3))
    }

    /// Reads `, 2017. godine` into the item; gives the token after it.
    fn year_of(&self, item: &mut Item, after: usize) -> usize {
        let skip = (0..2).take_while(|n| self.is(after + n, ',') || self.is(after + n, '.')).count();
        let Some(number) = self.number(after + skip, 4..6) else { return after };
        // a year out of reason is kept as year 0 of no calendar: the date is seen, and not read
        item.year = Some(self.printed_year(after + skip).unwrap_or(i32::MAX)).filter(|_| number > 0).or(Some(i32::MAX));
        item.last = after + skip;
        if self.is_one_of_two_years(after + skip) {
            item.year = Some(i32::MAX);
            item.last = after + skip + 2;
        }
        let end = self.word_for_year(item.last + 1).unwrap_or(item.last + 1);
        item.last = end - 1;
        end
    }

    /// `5. maja 2019/2020. godine`, `2019/20`: either of two years is none.
    fn is_one_of_two_years(&self, i: usize) -> bool {
        let parted = (self.is(i + 1, '/') || self.is(i + 1, '-')) && self.touches(i + 1) && self.touches(i + 2);
        let next = self.printed_year(i).map(|year| u32::try_from(year + 1).unwrap_or(0) % 100);
        let short = self.number(i + 2, 2..3).is_some() && self.number(i + 2, 2..3) == next && self.is(i + 1, '/');
        parted && (self.printed_year(i + 2).is_some() || short)
    }

    /// After a year: `.`, `godine`, `. godine`, `g.`; the token after it.
    fn word_for_year(&self, i: usize) -> Option<usize> {
        let dot = usize::from(self.is(i, '.'));
        let word = self.word(i + dot);
        if word.starts_with("godin") || matches!(word, "god" | "g" | "year") {
            let short = !word.starts_with("godin") && word != "year";
            return Some(i + dot + 1 + usize::from(short && self.is(i + dot + 1, '.')));
        }
        (dot == 1).then_some(i + 1)
    }

    fn link(&self, i: usize, first: usize, item: Item) -> Read<Link> {
        let (link, next) = self.link_at(i)?;
        let between = link == Link::And && (self.before(first).starts_with("izmed") || self.before(first) == "between");
        // after a whole date only a range goes on; `10. maja 2010. i 3. juna 2011.` are two
        let goes_on = item.year.is_none() || link == Link::Until || between;
        goes_on.then_some((if between { Link::Until } else { link }, next))
    }

    fn link_at(&self, i: usize) -> Read<Link> {
        if self.is(i, ',') {
            let and = matches!(self.word(i + 1), "i" | "and" | "te" | "kao");
            return Some(if and && self.word(i + 1) != "kao" { (Link::And, i + 2) } else { (Link::Comma, i + 1) });
        }
        if self.is(i, '-') {
            return Some((Link::Until, i + 1));
        }
        match self.word(i) {
            "do" | "to" | "until" | "till" | "through" => Some((Link::Until, i + 1)),
            "i" | "and" | "te" | "odnosno" => Some((Link::And, i + 1)),
            _ => None,
        }
    }

    /// The month whose name stands there.
    fn month(&self, i: usize) -> Option<u32> {
        let word = self.word(i);
        if word.len() < 3 {
            return None;
        }
        let number = |n: usize| u32::try_from(n % 12 + 1).ok();
        if let Some(month) = month_named(word) {
            return Some(month);
        }
        // a slip of one letter in a long name that stands beside a day and a year still names one month
        let beside = |i: usize| self.number(i, 1..5).is_some();
        if word.len() < 6 || !(beside(i + 1) || self.is(i + 1, '.') || self.is(i + 1, ',')) || !(i > 1 && (beside(i - 1) || beside(i - 2)))
        {
            return None;
        }
        let near = |names: &&str| names.split(' ').any(|name| name.len() >= 6 && strsim::osa_distance(name, word) == 1);
        let mut nearest = (0..MONTHS.len()).filter(|n| near(&MONTHS[*n])).map(|n| n % 12);
        let first = nearest.next()?;
        nearest.all(|other| other == first).then(|| number(first)).flatten()
    }

    /// Pieces that were meant as a date and name no day: `23. maja`, `maja 2017.`, `32. maja`, `12.03.18.`
    fn fragment(&self, i: usize) -> Read<Vec<Candidate>> {
        let none = |last: usize| Some((vec![Candidate { date: None, until: None, at: self.span(i, last) }], last + 1));
        if self.month(i).is_some() {
            let year = i + 1 + usize::from(self.is(i + 1, '.') || self.is(i + 1, ','));
            return self.printed_year(year).and_then(|_| none(year));
        }
        self.number(i, 1..4)?;
        let (marked, after) = self.day_mark(i + 1);
        if self.month(after).is_some() && (marked || self.before(i) == "on") {
            return none(after);
        }
        // "15. ma ja 2019."
        let parted = month_named(&format!("{}{}", self.word(after), self.word(after + 1))).is_some();
        if marked && (parted || is_spoilt(self.word(after))) {
            let year = after + 1 + usize::from(parted);
            let year = year + usize::from(self.is(after + 1, '.') || self.is(after + 1, ','));
            return self.printed_year(year).and_then(|_| none(self.word_for_year(year + 1).unwrap_or(year + 1) - 1));
        }
        let short = marked && self.number(after, 1..3).is_some() && self.is(after + 1, '.') && self.number(after + 2, 2..3).is_some();
        if short && (1..5).all(|n| self.touches(i + n)) { none(after + 2) } else { None }
    }

    /// A bare year: a number that is called a year, by `godine` after it or a preposition before it.
    fn year(&self, i: usize) -> Read<Vec<Candidate>> {
        let year = self.printed_year(i)?;
        let called = self.word_for_year(i + 1).filter(|end| end - i > 2 || !self.word(i + 1).is_empty());
        let dotted = self.is(i + 1, '.') && matches!(self.before(i), "iz" | "od" | "do");
        let english = matches!(self.before(i), "in" | "of" | "from" | "since" | "year") && !self.is(i + 1, '-') && !self.is(i + 1, '/');
        if called.is_none() && !dotted && !english {
            return None;
        }
        let after = called.unwrap_or(i + 1);
        Some((vec![Candidate { date: Some(PrintedDate::Year(year)), until: None, at: self.span(i, after - 1) }], after))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::bill::Language;

    /// Dates as `2017-05-23`, `1992`, `2017-05-03/2017-05-05`.
    fn read(text: &str) -> Vec<String> {
        let print = |found: Found| match (found.date, found.until) {
            (PrintedDate::Day(day), None) => day.to_string(),
            (PrintedDate::Day(day), Some(until)) => format!("{day}/{until}"),
            (PrintedDate::Year(year), _) => year.to_string(),
        };
        find(text).into_iter().map(print).collect()
    }

    #[test]
    fn one_day_is_read_in_every_form_seen() {
        let forms = [
            ("23. maja 2017. godine", "2017-05-23"),
            ("23. маја 2017. године", "2017-05-23"),
            ("23. MAJA 2017. GODINE", "2017-05-23"),
            ("23.maja 2017.godine", "2017-05-23"),
            ("23.maja2017.godine", "2017-05-23"),
            ("23.\u{A0}maja\u{A0}2017.\u{A0}godine", "2017-05-23"),
            ("23.\r\n maja\n2017. go\u{AD}dine", "2017-05-23"),
            ("dana 1. avgusta 2018. godine", "2018-08-01"),
            ("23. oktobar 2023.", "2023-10-23"),
            ("23. октобар 2023.", "2023-10-23"),
            ("23. ОКТОБРА 2023", "2023-10-23"),
            ("27. jul 2007 godine", "2007-07-27"),
            ("30. mart, 2009. godine", "2009-03-30"),
            ("28 jula 1951 godine", "1951-07-28"),
            ("потписан 8. јуна 2017. годинеу Београду", "2017-06-08"),
            ("5. juni 1999. g.", "1999-06-05"),
            ("5. augusta 1999. god.", "1999-08-05"),
            ("12. svibnja 1992. godine", "1992-05-12"),
            ("4. setpembra 2001. godine", "2001-09-04"),
            ("4. oktoбра 2001. године", "2001-10-04"),
            ("4. маjа 2001. године", "2001-05-04"),
            ("Thursday, 9 November 2017", "2017-11-09"),
            ("December 11, 2020", "2020-12-11"),
            ("27 May 2021", "2021-05-27"),
            ("1st June 2017", "2017-06-01"),
            ("on the 2nd of March, 2010", "2010-03-02"),
            ("on this 2nd day of March 2010", "2010-03-02"),
            ("NOVEMBER 9TH, 2017", "2017-11-09"),
            ("9. Nov. 2017", "2017-11-09"),
            ("Sept. 9, 2017", "2017-09-09"),
            ("12.03.2018", "2018-03-12"),
            ("12. 3. 2018.", "2018-03-12"),
            ("12.3.2018. godine", "2018-03-12"),
            ("12/03/2018", ""),
            ("13/03/2018", "2018-03-13"),
            ("12. III 2018.", "2018-03-12"),
            ("2018-03-12", "2018-03-12"),
            ("2018-03-12T10:00:00Z", "2018-03-12"),
            ("29. februara 2016. godine", "2016-02-29"),
            ("U utorak, 13. marta 2012. godine", "2012-03-13"),
            ("utorak, 13. mart 2012. u 12.30 časova", "2012-03-13"),
            ("9.11.2017. 12:30", "2017-11-09"),
            ("ponedjeljak, 5. lipnja 2017.", "2017-06-05"),
            ("the 5th of October 2000", "2000-10-05"),
            ("broj 12, 5. maja 2017", "2017-05-05"),
            ("9. novembar 2017 - 12. sednica", "2017-11-09"),
            ("Sednica 3. 5. maja 2017", "2017-05-05"),
        ];
        for (text, expected) in forms {
            assert_eq!(read(text).join(" "), expected, "{text}");
            assert_eq!(day(text).map(|d| d.to_string()).unwrap_or_default(), expected, "{text}");
        }
    }

    #[test]
    fn what_names_no_day_is_no_date() {
        for text in [
            "31. februara 2017. godine",
            "31.02.2018",
            "2018-02-31",
            "29. februara 2017. godine",
            "32. maja 2017. godine",
            "0. maja 2017.",
            "23. maja 17. godine",
            "23. maja",
            "maja 2017. godine",
            "u maju 2017. godine",
            "May 2017",
            "12.03.18.",
            "1.12.03.2018",
            "23. maja 20017. godine",
            "broj 404-18",
            "011-404/18",
            "Uredba (EU) 2016/679",
            "Agenda 2030",
            "may be signed by 3 parties",
            "32689.537.html",
            "05. do 3. maja 2017. godine",
            "",
        ] {
            assert_eq!(read(text), Vec::<String>::new(), "{text}");
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn a_range_has_a_first_and_a_last_day() {
        for text in [
            "od 3. do 5. maja 2017. godine",
            "3-5. maja 2017.",
            "3.\u{2013}5. maja 2017. godine",
            "3. maja - 5. maja 2017",
            "од 3. маја до 5. маја 2017. године",
            "od 3. maja 2017. do 5. maja 2017. godine",
            "between 3 and 5 May 2017",
            "from 3 to 5 May 2017",
            "May 3\u{2013}5, 2017",
            "May 3 to May 5, 2017",
            "03.05. - 05.05.2017.",
            "03.05.2017 - 05.05.2017",
        ] {
            assert_eq!(read(text), ["2017-05-03/2017-05-05"], "{text}");
            assert_eq!(day(text), None, "{text}");
        }
        assert_eq!(read("16 May to 31 December 2005"), ["2005-05-16/2005-12-31"]);
        assert_eq!(read("od 29. aprila do 2. maja 2012. godine"), ["2012-04-29/2012-05-02"]);
        assert_eq!(read("od 29. decembra 2012. do 2. januara 2013."), ["2012-12-29/2013-01-02"]);
    }

    #[test]
    fn days_that_share_a_month_or_a_year_are_several() {
        assert_eq!(read("3. i 5. maja 2017. godine"), ["2017-05-03", "2017-05-05"]);
        assert_eq!(read("15. aprila i 10. maja 2010. godine"), ["2010-04-15", "2010-05-10"]);
        assert_eq!(read("15. aprila 2010. godine u Parizu i 10. maja 2010. godine"), ["2010-04-15", "2010-05-10"]);
        assert_eq!(read("10. maja 2010. i 3. juna 2011. godine"), ["2010-05-10", "2011-06-03"]);
        assert_eq!(read("on 3 and 5 May 2017"), ["2017-05-03", "2017-05-05"]);
        assert_eq!(read("Aneks 2, 3. maja 2017. godine"), ["2017-05-03"]);
        assert_eq!(read("Ulica 9. maja, 5. juna 2010. godine"), ["2010-06-05"]);
        assert_eq!(read("1. aprila, 5. maja i 10. juna 2010. godine"), ["2010-04-01", "2010-05-05", "2010-06-10"]);
        assert_eq!(read("Protokol br. 1 - 3. maja 2017. godine"), ["2017-05-03"]);
        assert_eq!(day("10. maja 2010. i 3. juna 2011. godine"), None);
        assert_eq!(day("12.03.2018 (12. mart 2018)").unwrap().to_string(), "2018-03-12");
    }

    #[test]
    fn a_bare_year_stays_a_year() {
        for text in ["iz 1997. godine", "1997. godine", "1997. године", "1997.godine", "1997 g.", "of 1997", "in 1997", "iz 1997."] {
            assert_eq!(read(text), ["1997"], "{text}");
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_says_where_it_stands() {
        let text = "potpisan 23. maja 2017. godine u Moskvi";
        assert_eq!(&text[find(text)[0].at.clone()], "23. maja 2017. godine");
        let text = "потписан 8. јуна 2017. годинеу Београду";
        assert_eq!(&text[find(text)[0].at.clone()], "8. јуна 2017. године");
    }

    #[test]
    fn letters_write_dates_in_the_case_the_sentence_asks_for() {
        let day = NaiveDate::from_ymd_opt(2017, 11, 9).unwrap();
        assert_eq!(genitive(day, Language::SrLatn), "9. novembra 2017.");
        assert_eq!(genitive(day, Language::SrCyrl), "9. новембра 2017.");
        assert_eq!(genitive(day, Language::En), "9 November 2017");
        assert_eq!(nominative(day, Language::SrLatn), "9. novembar 2017.");
        assert_eq!(nominative(day, Language::SrCyrl), "9. новембар 2017.");
        assert_eq!(weekday(day, Language::SrLatn), "četvrtak");
        assert_eq!(weekday(day, Language::En), "Thursday");
    }

    #[test]
    fn every_day_written_is_read_again() {
        let first = NaiveDate::from_ymd_opt(2015, 12, 28).unwrap();
        for date in first.iter_days().take(400) {
            for language in Language::ALL {
                assert_eq!(day(&genitive(date, *language)), Some(date));
                assert_eq!(day(&nominative(date, *language)), Some(date));
                assert_eq!(day(&genitive(date, *language).to_uppercase()), Some(date));
            }
        }
    }
}
