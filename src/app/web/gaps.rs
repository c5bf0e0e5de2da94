//! The picture of the gaps: for each agreement the days from its signature to its first appearance on a page of parliament, with the median.
//!
//! Never a number without the median and the count beside it. Never a word of what the days mean.

use maud::{Markup, html};

use super::page::{Visit, titled};
use super::tongue::{NBSP, Title, Tongue};
use crate::domain::bill::Language;
use crate::domain::script;
use crate::io::history::read::Record;

/// How many agreements have a known gap, and their median in days.
#[derive(Debug, Clone, Copy)]
pub(super) struct Median(pub(super) Option<(usize, i64)>);

/// One agreement's gap.
pub(super) struct Gap {
    days: i64,
    at_most: bool,
    sure: bool,
    from: String,
    to: String,
    bill_id: String,
    title: String,
    language: Language,
}

impl Gap {
    /// Of a row of `agreements`, where it has one.
    pub(super) fn of(row: &Record) -> Option<Gap> {
        let title = row.text("title");
        Some(Gap {
            days: row.number("gap_days")?,
            at_most: row.text("gap_at_most") == "1",
            sure: row.text("doubtful") != "1",
            from: row.text("gap_from"),
            to: row.text("gap_on"),
            bill_id: row.text("bill_id"),
            language: row.text("language").parse().unwrap_or_else(|_| script::language_of(&title)),
            title,
        })
    }

    fn title(&self, reader: Tongue) -> Title {
        Title::new(&self.title, self.language, reader)
    }
}

/// `289 days from signature to first appearance (median 120, of 7 agreements)`
pub(super) fn said(t: Tongue, gap: &Gap, median: Median) -> Markup {
    html! {
        strong { @if gap.at_most { (t.say("највише ", "at most ")) } (t.days(gap.days)) }
        " " (t.say("од потписивања до првог појављивања", "from signature to first appearance"))
        " " span.quiet {
            @if let Some((count, days)) = median.0 {
                "(" (t.say("медијана", "median")) (NBSP) (days) ", " (of_agreements(t, count)) ")"
            } @else {
                "(" (t.say("за поређење још немамо довољно споразума", "too few agreements yet to compare")) ")"
            }
        }
    }
}

/// `од 7 споразума`, `of 7 agreements`
fn of_agreements(t: Tongue, count: usize) -> String {
    let n = i64::try_from(count).unwrap_or(i64::MAX);
    format!("{} {}", t.say("од", "of"), t.count(n, ["споразума"; 3], ["agreement", "agreements"]))
}

/// How dots are drawn: pixels of a dot and from one to the one above it; how near, in hundredths of the width, they stand one above the other;
/// how many do at most.
struct Dots {
    radius: f64,
    step: f64,
    near: f64,
    stack: usize,
}

/// Agreements of a few years, each with its title under the pointer.
const LARGE: Dots = Dots { radius: 4.5, step: 10.0, near: 2.6, stack: 16 };
/// And of decades.
const SMALL: Dots = Dots { radius: 1.6, step: 3.6, near: 1.0, stack: 50 };
/// More than these are drawn small.
const LARGE_MAX: usize = 150;
/// The dots stay between these, in hundredths of the width.
const LEFT: f64 = 3.0;
const RIGHT: f64 = 97.0;
/// Rows of the table, the longest gaps first; all of them are in the CSV.
const TABLE_MAX: usize = 100;

/// The dots over their axis, and the same as a table. Places along the axis are in hundredths of the width, so that on a phone the picture is
/// narrower and its letters as large as ever.
pub(super) fn picture(visit: &Visit, gaps: &[Gap], median: Median) -> Markup {
    let t = visit.tongue;
    let mut known: Vec<&Gap> = gaps.iter().filter(|gap| gap.sure).collect();
    known.sort_by_key(|gap| gap.days);
    if known.is_empty() {
        return html! {
            p.quiet {
                @if known.is_empty() {
                    (t.say(
                        "Ни за један споразум још не знамо и дан потписивања и дан првог појављивања.",
                        "For no agreement do we know both the day of signature and the day of first appearance yet."
                    ))
                } @else {
                    (t.say(
                        "И дан потписивања и дан првог појављивања знамо само за један споразум, а то је премало за поређење.",
                        "Of only one agreement do we know both the day of signature and the day of first appearance: too few to compare."
                    ))
                }
            }
        };
    }
    html! {
        section.gaps aria-labelledby="gaps" {
            h2 #gaps { (t.say("Од потписивања до првог појављивања", "From signature to first appearance")) }
            p {
                @if let Some((count, middle)) = median.0 {
                    (t.say("Медијана:", "Median:")) " " strong { (t.days(middle)) } ", " (of_agreements(t, count)) " "
                    (t.say("за које знамо оба дана. Свака тачка је један споразум.", "for which we know both days. Each dot is an agreement."))
                } @else {
                    (t.say(
                        "Само за један споразум за сада знамо оба дана; за медијану треба бар два. Тачка је тај споразум.",
                        "For one agreement alone do we know both days so far; a median takes two. The dot is that agreement."
                    ))
                }
                @if known.iter().any(|gap| gap.at_most) {
                    " " (t.say("Празна тачка: можда и мање, јер раније странице нисмо видели.", "A hollow dot: perhaps fewer, for we saw no earlier pages."))
                }
            }
            (dots(t, &known, median.0.map(|(_, days)| days)))
            details {
                summary { (t.say("Исто као табела", "The same as a table")) }
                (table(visit, &known))
                @if known.len() > TABLE_MAX {
                    p { (t.say("Овде су најдужи; сви су у ", "These are the longest; all are in the ")) a href="/agreements.csv" { "CSV" } "." }
                }
            }
        }
    }
}

fn dots(t: Tongue, known: &[&Gap], median: Option<i64>) -> Markup {
    let draw = if known.len() > LARGE_MAX { &SMALL } else { &LARGE };
    let longest = known.last().map_or(0, |gap| gap.days).max(1);
    let step = tick(longest);
    // A round mark ends the axis.
    let end = (longest + step - 1) / step * step;
    let across = |days: i64| LEFT + (RIGHT - LEFT) * ratio(days, end);
    let places = stacked(&known.iter().map(|gap| across(gap.days)).collect::<Vec<_>>(), draw);
    let tallest = places.iter().copied().max().unwrap_or(0);
    let top = 26.0;
    let floor = top + draw.step * (count(tallest) + 1.0);
    let label = described(t, known, median);
    html! {
        svg.dots role="img" aria-label=(label) width="100%" height=(floor + 34.0) {
            @for days in (0..=end).step_by(usize::try_from(step).unwrap_or(1)) {
                line.grid x1=(percent(across(days))) x2=(percent(across(days))) y1=(top) y2=(floor + 4.0) {}
                text.tick x=(percent(across(days))) y=(floor + 20.0) text-anchor=(if days == 0 { "start" } else if days == end { "end" } else { "middle" }) {
                    @if days == 0 { (t.days(days)) } @else { (days) }
                }
            }
            line.axis x1=(percent(LEFT)) x2=(percent(RIGHT)) y1=(floor) y2=(floor) {}
            @for (gap, place) in known.iter().zip(&places) {
                circle .dot.hollow[gap.at_most] cx=(percent(across(gap.days))) cy=(floor - draw.step * (count(*place) + 0.7)) r=(draw.radius) {
                    @if known.len() <= LARGE_MAX { title { (t.days(gap.days)) ": " (gap.title(t).text) } }
                }
            }
            @if let Some(days) = median {
                @let middle = across(days.clamp(0, end));
                line.median x1=(percent(middle)) x2=(percent(middle)) y1=(top - 8.0) y2=(floor) {}
                text.median x=(percent(middle)) y=(top - 12.0) text-anchor=(anchor(middle)) { (t.say("медијана", "median")) (NBSP) (days) }
            }
        }
    }
}

/// The picture in words, for whoever does not see it.
fn described(t: Tongue, known: &[&Gap], median: Option<i64>) -> String {
    let days = |gap: Option<&&Gap>| gap.map_or(0, |gap| gap.days);
    let median = median.map(|median| format!("; {}: {median}", t.say("медијана", "median"))).unwrap_or_default();
    format!(
        "{}: {} – {}{median}",
        t.say("Дани од потписивања до првог појављивања, од најмање до највише", "Days from signature to first appearance, fewest to most"),
        days(known.first()),
        days(known.last()),
    )
}

/// Where words stand that must not leave the picture.
fn anchor(place: f64) -> &'static str {
    match place {
        place if place > 80.0 => "end",
        place if place < 20.0 => "start",
        _ => "middle",
    }
}

fn table(visit: &Visit, known: &[&Gap]) -> Markup {
    let t = visit.tongue;
    html! {
        div.scroll tabindex="0" role="region" aria-labelledby="gaps" {
            table {
                thead { tr {
                    th.number scope="col" { (t.say("дана", "days")) }
                    th scope="col" { (t.say("потписан", "signed")) }
                    th scope="col" { (t.say("прво појављивање", "first appearance")) }
                    th scope="col" { (t.say("споразум", "agreement")) }
                } }
                tbody {
                    @for gap in known.iter().rev().take(TABLE_MAX) {
                        tr {
                            td.number { @if gap.at_most { "≤" (NBSP) } (gap.days) }
                            td { (t.day(&gap.from)) }
                            td { (t.day(&gap.to)) }
                            td { a href=(visit.to(&format!("/agreement/{}", gap.bill_id))) { (titled(&gap.title(t), t)) } }
                        }
                    }
                }
            }
        }
    }
}

/// How high each dot stands, from 0; the dots come in the order of the axis.
fn stacked(places: &[f64], draw: &Dots) -> Vec<usize> {
    let mut heights: Vec<usize> = Vec::with_capacity(places.len());
    for (n, place) in places.iter().enumerate() {
        let near = |k: &usize| place - places[*k] < draw.near;
        let taken: Vec<usize> = (0..n).rev().take_while(near).map(|k| heights[k]).collect();
        heights.push((0..draw.stack).find(|height| !taken.contains(height)).unwrap_or(draw.stack - 1));
    }
    heights
}

/// The distance of marks on the axis: 1, 2 or 5 with noughts, at most five marks.
fn tick(longest: i64) -> i64 {
    let mut size = 1;
    loop {
        for step in [size, 2 * size, 5 * size] {
            if longest <= step * 4 {
                return step;
            }
        }
        size *= 10;
    }
}

#[allow(clippy::cast_precision_loss)] // days and heights are far below 2^52
fn ratio(days: i64, of: i64) -> f64 {
    days.max(0) as f64 / of.max(1) as f64
}

#[allow(clippy::cast_precision_loss)]
fn count(n: usize) -> f64 {
    n as f64
}

fn percent(place: f64) -> String {
    format!("{place:.2}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_has_few_and_round_marks() {
        for (longest, step) in [(1, 1), (4, 1), (5, 2), (20, 5), (21, 10), (289, 100), (400, 100), (401, 200), (3000, 1000)] {
            assert_eq!(tick(longest), step, "{longest}");
        }
    }

    #[test]
    fn dots_that_would_cover_each_other_stand_one_above_the_other() {
        assert_eq!(stacked(&[3.0, 3.0, 3.1, 50.0, 51.0, 97.0], &LARGE), [0, 1, 2, 0, 1, 0]);
        assert_eq!(stacked(&[10.0, 12.0, 14.0], &LARGE), [0, 1, 0]);
        assert!(stacked(&[5.0; 40], &LARGE).iter().all(|height| *height < LARGE.stack));
    }
}
