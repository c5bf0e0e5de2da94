//! The life of a bill: its steps from all sources with the days between them, and the countdown to the sitting that carries it.
//!
//! Never says when a vote is taken: only when the sitting begins.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::agreement::{place, verb};
use super::choices;
use super::page::outward;
use super::tongue::{Tongue, day_of};
use crate::domain::letter::SittingFact;
use crate::domain::script;
use crate::io::history::read::BillStory;

/// The sitting of the Assembly that comes, how soon, and how many other bills stand on its agenda.
pub(super) fn countdown(t: Tongue, sitting: &SittingFact, today: NaiveDate) -> Markup {
    let days = sitting.held_on.map(|on| (on - today).num_days());
    html! {
        @match days {
            None => { (t.say("На дневном реду седнице чији дан није објављен", "On the agenda of a sitting whose day is not published")) },
            Some(0) => { (t.say("Седница почиње данас", "The sitting begins today")) },
            Some(1) => { (t.say("Седница почиње сутра", "The sitting begins tomorrow")) },
            Some(days) => { (t.say("Седница почиње за ", "The sitting begins in ")) (t.days(days)) },
        }
        @if let Some(on) = sitting.held_on { ", " (t.of_day_bare(&on.to_string())) }
        @if let Some(at) = sitting.begins_at { (t.say(" у ", " at ")) (at.format("%-H.%M")) }
        (jointly(t, i64::try_from(sitting.together_with).unwrap_or(0)))
        " (" (outward(&sitting.url, &t.say("страница", "page"))) ")"
    }
}

/// On one agenda with others.
fn jointly(t: Tongue, others: i64) -> Markup {
    let bills = t.count(others, ["предлогом закона", "предлога закона", "предлога закона"], ["other bill", "other bills"]);
    html! { @if others > 0 { (t.say(", на истом дневном реду са још ", ", on one agenda with ")) (bills) } }
}

pub(super) fn timeline(t: Tongue, story: &BillStory) -> Markup {
    let mut before: Option<NaiveDate> = None;
    let mut steps = Vec::new();
    for step in &story.timeline {
        let day = day_of(&step.text("on"));
        // What stood there at our first look came on a day we do not know.
        let own_look = step.text("own_look") == "1";
        let days = before.zip(day).map(|(before, day)| (day - before).num_days()).filter(|days| *days > 0 && !own_look);
        before = day.or(before);
        steps.push((step, days, own_look));
    }
    html! {
        h2 { (t.say("Ток", "Timeline")) }
        ol.timeline {
            @for (step, days, own_look) in steps {
                @if let Some(days) = days { li.between { (t.days(days)) } }
                li {
                    span.on { (t.day(&step.text("on"))) } " "
                    span.what {
                        (what(t, &step.text("what"), &step.text("detail")))
                        @if own_look { (t.say(" (већ је био ту кад смо први пут погледали)", " (there at our first look)")) }
                        @if let Some(others) = step.number("together_with") { (jointly(t, others)) }
                        @if !step.text("url").is_empty() { " " (outward(&step.text("url"), &t.say("извор", "source"))) }
                    }
                }
            }
        }
    }
}

/// `title: A -> B`, in words.
fn amended(t: Tongue, detail: &str) -> Markup {
    let (field, values) = detail.split_once(": ").unwrap_or(("", detail));
    let (before, after) = values.split_once(" -> ").unwrap_or(("", values));
    let name = match field {
        "title" => t.say("наслов", "title"),
        "listed_on" => t.say("датум у списку", "date in the list"),
        "verdict" => return html! { (t.verdict(before)) " → " (t.verdict(after)) },
        other => other.to_owned().into(),
    };
    let shown = |text: &str| {
        html! { @if day_of(text).is_some() { (t.day(text)) } @else { span lang=(script::language_of(text).as_str()) { (text) } } }
    };
    html! { (name) ": " (shown(before)) " → " (shown(after)) }
}

/// The last part of an address: what people call a file.
fn file(url: &str) -> String {
    let url = url.trim_end_matches(" -> ");
    let last = url.rsplit('/').next().unwrap_or(url);
    let cut = last.split(['?', '#']).next().unwrap_or(last);
    if cut.is_empty() { url.to_owned() } else { cut.to_owned() }
}

/// A step in words; what it says beyond its kind stands as recorded.
fn what(t: Tongue, kind: &str, detail: &str) -> Markup {
    let words = match kind {
        "signed" => {
            let (by, at) = detail.split_once(", ").unwrap_or((detail, ""));
            return html! { (verb(t, by)) @if !at.is_empty() { ", " (place(t, at)) } };
        }
        "before a committee" => t.say("пред одбором", "before a committee"),
        "on an archived page" => t.say("на сачуваној страници", "on an archived page"),
        "sitting cancelled" => t.say("седница отказана или одложена", "sitting cancelled or put off"),
        "on the agenda of the Assembly" => t.say("на дневном реду Скупштине", "on the agenda of the Assembly"),
        other => choices::kind(t, other),
    };
    html! {
        (words)
        @match kind {
            "scheduled" => { @if let Some(day) = detail.rsplit(' ').next().and_then(day_of) { ": " (t.of_day(&day.to_string())) } },
            "before a committee" | "sitting cancelled" if !detail.is_empty() => { ": " span lang=(script::language_of(detail).as_str()) { (detail) } },
            "amended" | "recognised" if detail.contains(" -> ") => { ": " (amended(t, detail)) },
            "document_added" | "document_removed" if !detail.is_empty() => { ": " (outward(detail.trim_end_matches(" -> "), &file(detail))) },
            "document_replaced" => { @if let Some((url, _)) = detail.split_once(": ") { ": " (outward(url, &file(url))) } },
            _ => {}
        }
    }
}
