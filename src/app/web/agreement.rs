//! One agreement: each fact beside the sentence it came from, the titles as printed, the days between its steps, its documents.
//!
//! Never states what no page says; what is missing is said to be.

use chrono::{DateTime, NaiveDate, Utc};
use maud::{Markup, html};

use super::gaps::{self, Gap, Median};
use super::page::{Page, Visit, outward, titled};
use super::timeline;
use super::tongue::{NBSP, Title, Tongue};
use super::{difference, documents};
use crate::domain::bill::Language;
use crate::domain::letter::SittingFact;
use crate::domain::{mention, script};
use crate::io::history::documents::Replacement;
use crate::io::history::read::{BillStory, Record};
use crate::io::history::{History, HistoryError};

/// A bill, and what its gap is set beside.
pub(super) struct Found {
    story: BillStory,
    median: Median,
    /// The sitting of the Assembly that carries it.
    coming: Option<SittingFact>,
    today: NaiveDate,
    replacements: Vec<Replacement>,
}

pub(super) fn find(history: &History, bill_id: i64, now: DateTime<Utc>) -> Result<Option<Found>, HistoryError> {
    let Some(story) = history.show(bill_id)? else { return Ok(None) };
    let (coming, today) = (history.sitting_coming(bill_id, now)?, now.with_timezone(&crate::domain::zone::BELGRADE).date_naive());
    Ok(Some(Found { story, median: Median(history.median_gap()?), coming, today, replacements: history.replacements(bill_id)? }))
}

pub(super) fn page(visit: &Visit, found: &Found) -> Page {
    let t = visit.tongue;
    let story = &found.story;
    let title = heading(t, story);
    let main = html! {
        article.bill {
            p.meta {
                span class=(format!("stage {}", story.bill.text("stage"))) { (t.stage(&story.bill.text("stage"))) }
                @if story.bill.text("stage") == "scheduled" && !story.bill.text("sitting_on").is_empty() { ": " (t.day(&story.bill.text("sitting_on"))) }
                @if !story.bill.text("act_number").is_empty() { " · " (t.say("акт", "act")) (NBSP) (story.bill.text("act_number")) }
                " · " (t.say("први пут виђен ", "first seen ")) (t.of_day(&story.bill.text("first_seen_at")))
            }
            h1 { (titled(&title, t)) }
            @if story.verdict == "doubtful" { (doubt(t)) }
            @if story.verdict == "other" {
                p.note { (t.say("Овај предлог закона не потврђује међународни споразум.", "This bill confirms no international agreement.")) }
            }
            h2 { (t.say("Шта знамо", "What we know")) }
            (facts(visit, found))
            (titles(t, story))
            (timeline::timeline(t, story))
            (documents::documents(t, story))
            (difference::replaced(t, &found.replacements))
            (seen(t, story))
        }
    };
    Page { title: cut(&title.text), main }
}

/// In English the English title, where parliament printed one; the bill's own where that is in the reader's language.
fn heading(t: Tongue, story: &BillStory) -> Title {
    let own = |record: &&Record| record.text("language") == t.0.as_str();
    if own(&&story.bill) {
        return Title::of(&story.bill, t);
    }
    story.titles.iter().rev().find(own).map_or_else(|| Title::of(&story.bill, t), |record| Title::of(record, t))
}

/// For the window's title.
fn cut(text: &str) -> String {
    const LETTERS_MAX: usize = 90;
    if text.chars().count() <= LETTERS_MAX { text.to_owned() } else { text.chars().take(LETTERS_MAX).collect::<String>() + "…" }
}

fn doubt(t: Tongue) -> Markup {
    html! {
        p.note {
            strong { (t.say("Недоумица.", "Doubtful.")) } " "
            (t.say(
                "Наслов личи на потврђивање међународног споразума, али то не можемо поуздано да кажемо.",
                "The title reads nearly like the confirmation of an international agreement; we cannot say so for sure."
            ))
        }
    }
}

/// A fact and the words it came from.
fn fact(name: &str, value: Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// The sentence a fact was read from, and where it stands.
fn sentence(t: Tongue, text: &str, url: &str) -> Markup {
    html! {
        @if !text.is_empty() {
            blockquote lang=(script::language_of(text).as_str()) { p { (t.quoted(&whole_words(text))) } @if !url.is_empty() { p { (outward(url, &t.say("извор", "source"))) } } }
        }
    }
}

/// A sentence as it was kept. One that was cut for its length ends in the middle of a word: it says so, after the last whole one.
fn whole_words(text: &str) -> String {
    const KEPT_WHOLE: usize = 900;
    let ends = text.trim_end().ends_with(['.', '!', '?', ':', ';', ',', ')', '”', '“', '"', '…']);
    match text.trim_end().rsplit_once(' ') {
        Some((whole, _)) if !ends && text.chars().count() >= KEPT_WHOLE => format!("{whole} …"),
        _ => text.to_owned(),
    }
}

fn facts(visit: &Visit, found: &Found) -> Markup {
    let t = visit.tongue;
    let bill = &found.story.bill;
    let optional = |name: (&str, &str), value: String| -> Markup {
        html! { @if !value.is_empty() { (fact(&t.say(name.0, name.1), html! { (value) })) } }
    };
    let languages =
        bill.get("languages").as_array().map(|all| all.iter().filter_map(|l| l.as_str()).map(|l| t.language(l)).collect::<Vec<_>>());
    html! {
        dl.facts {
            (parties(t, &found.story))
            (signatures(t, &found.story))
            (fact(&t.say("Од потписивања до првог појављивања", "From signature to first appearance"), html! {
                @if let Some(gap) = Gap::of(bill) {
                    (gaps::said(t, &gap, found.median)) ". "
                    (t.say("Први пут се појавио ", "It first appeared on ")) (t.of_day_bare(&bill.text("gap_on"))) ", " (ends(t, &bill.text("gap_to")))
                    @if !bill.text("gap_url").is_empty() { " (" (outward(&bill.text("gap_url"), &t.say("страница", "page"))) ")" }
                } @else { (t.say("не може да се израчуна из онога што је објављено", "cannot be reckoned from what is published")) }
            }))
            @if let Some(sitting) = &found.coming {
                (fact(&t.say("Када се гласа", "When is the vote"), timeline::countdown(t, sitting, found.today)))
            }
            (optional(("Усвојен", "Adopted"), t.day(&bill.text("adopted_on"))))
            (optional(("Више није на списку од", "No longer on the list since"), t.day(&bill.text("delisted_at"))))
            (optional(("Језици оригинала", "Languages of the originals"), languages.unwrap_or_default().join(", ")))
            (optional(("Датум у списку", "Date in the list"), t.day(&bill.text("listed_on"))))
            @if !bill.text("submitter").is_empty() {
                (fact(&t.say("Подносилац", "Submitted by"), printed(mention::submitter(&bill.text("submitter")))))
            }
            (optional(("Сазив", "Legislature"), bill.text("legislature")))
            @if !bill.text("evidence").is_empty() {
                (fact(&t.say("Зашто мислимо да потврђује споразум", "Why we think it confirms an agreement"), printed(&bill.text("evidence"))))
            }
            @if let Some(other) = bill.number("same_as") { (same(visit, other, false)) }
            @if let Some(other) = bill.number("possibly") { (same(visit, other, true)) }
        }
    }
}

/// Words of a source, with their language.
fn printed(text: &str) -> Markup {
    html! { span lang=(script::language_of(text).as_str()) { (text) } }
}

fn same(visit: &Visit, other: i64, perhaps: bool) -> Markup {
    let t = visit.tongue;
    let name = if perhaps {
        t.say("Можда исто што и", "Possibly the same as")
    } else {
        t.say("Исти споразум у другом сазиву", "The same agreement in another legislature")
    };
    fact(&name, html! { a href=(visit.to(&format!("/agreement/{other}"))) { (t.say("предлог закона", "bill")) (NBSP) (other) } })
}

/// What ends the gap.
fn ends(t: Tongue, what: &str) -> String {
    match what {
        "committee" => t.say("пред одбором", "before a committee"),
        "agenda" => t.say("на дневном реду", "on an agenda"),
        "list" => t.say("на списку", "on a list"),
        "import" => t.say("на сачуваној страници из архиве", "on a page kept by an archive"),
        _ => return what.to_owned(),
    }
    .into_owned()
}

fn parties(t: Tongue, story: &BillStory) -> Markup {
    let is_title = |text: &str| story.titles.iter().any(|title| title.text("title") == text) || story.bill.text("title") == text;
    let mut sentences: Vec<String> = story.parties.iter().map(|p| p.text("evidence")).filter(|e| !e.is_empty() && !is_title(e)).collect();
    sentences.dedup();
    fact(
        &t.say("Уговорне стране, како су одштампане", "Parties, as printed"),
        html! {
            @if story.parties.is_empty() { (t.say("не пише", "not printed")) } @else {
                ul.parties {
                    @for party in &story.parties {
                        li {
                            (t.quoted(&party.text("name")))
                            " " span.quiet {
                                (t.level(&party.text("level")))
                                @if !party.text("country").is_empty() { ", " (t.country(&party.text("country"))) }
                                @if party.text("ours") == "1" { ", " (t.say("наша страна", "our side")) }
                            }
                        }
                    }
                }
                @if sentences.is_empty() { p.quiet { (t.say("Из наслова.", "From the title.")) } }
                @for one in &sentences { (sentence(t, one, "")) }
            }
        },
    )
}

fn signatures(t: Tongue, story: &BillStory) -> Markup {
    fact(
        &t.say("Потписивање", "Signature"),
        html! {
            @if story.signatures.is_empty() {
                (t.say(
                    "На страницама које смо прочитали не пише када је споразум потписан.",
                    "The pages we have read do not say when it was signed."
                ))
            }
            @for one in &story.signatures {
                p {
                    (verb(t, &one.text("verb"))) " " (days_of(t, one))
                    @if one.text("signed_on").is_empty() { (t.say("(дан не пише)", "(no day printed)")) }
                    @if !one.text("signed_at").is_empty() { ", " (place(t, &one.text("signed_at"))) }
                }
                (sentence(t, &one.text("sentence"), &one.text("url")))
            }
        },
    )
}

/// The day or days of a signature; before a place, without the last point.
fn days_of(t: Tongue, signature: &Record) -> String {
    let (from, until) = (signature.text("signed_on"), signature.text("until_on"));
    let last = |day: &str| if signature.text("signed_at").is_empty() { t.of_day(day) } else { t.of_day_bare(day) };
    if until.is_empty() { last(&from) } else { format!("{} – {}", t.of_day(&from), last(&until)) }
}

/// The verb the sentence uses: signed is one of five.
pub(super) fn verb(t: Tongue, printed: &str) -> String {
    match printed {
        "potpisan" => t.say("потписан", "signed"),
        "sačinjen" => t.say("сачињен", "done"),
        "zaključen" => t.say("закључен", "concluded"),
        "usvojen" => t.say("усвојен", "adopted"),
        "donet" => t.say("донет", "passed"),
        other => return other.to_owned(),
    }
    .into_owned()
}

/// A place is kept as its Serbian nominative in Latin script.
pub(super) fn place(t: Tongue, nominative: &str) -> String {
    if t.0 == Language::SrCyrl { script::to_cyrillic(nominative) } else { nominative.to_owned() }
}

fn titles(t: Tongue, story: &BillStory) -> Markup {
    html! {
        h2 { (t.say("Наслови, како су одштампани", "Titles, as printed")) }
        ul.titles {
            @for one in &story.titles {
                li {
                    p lang=(one.text("language")) { (one.text("title")) }
                    p.quiet {
                        (t.language(&one.text("language"))) ", " (t.say("од ", "since ")) (t.of_day(&one.text("first_seen_at")))
                        @if script::is_mixed(&one.text("title")) { " · " (t.say("мешана слова двају писама", "letters of both scripts mixed")) }
                    }
                }
            }
        }
    }
}

fn seen(t: Tongue, story: &BillStory) -> Markup {
    html! {
        h2 { (t.say("Где смо га видели", "Where we saw it")) }
        ul.seen {
            @for one in &story.sittings {
                li {
                    p {
                        @if one.text("body") == "assembly" { (t.say("седница Народне скупштине", "sitting of the National Assembly")) }
                        @else { span lang=(script::language_of(&one.text("body")).as_str()) { (one.text("body")) } }
                        ", " (t.day(&one.text("held_on")))
                        @if one.text("cancelled") == "1" { " · " (t.say("отказана", "cancelled")) }
                        @if !one.text("gone_at").is_empty() { " · " (t.say("скинут ", "taken off ")) (t.of_day(&one.text("gone_at"))) }
                    }
                    (sentence(t, &one.text("sentence"), &one.text("url")))
                }
            }
            @for one in &story.lists {
                li {
                    p {
                        (t.say("списак", "list")) " " (t.quoted(&one.text("source"))) ", " (t.say("од ", "since ")) (t.of_day(&one.text("first_seen_at")))
                        @if one.text("present") != "1" { " · " (t.say("више га нема", "no longer there")) }
                    }
                }
            }
        }
        @if !story.merges.is_empty() || !story.decisions.is_empty() {
            h2 { (t.say("Спојено и одлучено", "Joined and decided")) }
            ul.seen {
                @for one in &story.merges { li { (joined(t, one)) } }
                @for one in &story.decisions {
                    li {
                        p {
                            (t.day(&one.text("decided_at"))) " – " (t.say("одлука човека, не програма: ", "decided by a person, not the program: "))
                            (t.verdict(&one.text("verdict")))
                        }
                        p.quiet { (printed(&one.text("reason"))) }
                    }
                }
            }
        }
    }
}

/// A mention or row that was joined to the bill: under which title, and why. A reason we have no words for stands as it was recorded.
fn joined(t: Tongue, merge: &Record) -> Markup {
    let note = merge.text("note");
    let (title, why) = note.rsplit_once(": ").unwrap_or(("", &note));
    let words = match why {
        "same title, the only such bill of this legislature" => {
            t.say("исти наслов, једини такав предлог у том сазиву", "same title, the only such bill of this legislature")
        }
        "same instrument, counterpart and side in the other language, the only such bill" => t.say(
            "на другом језику иста врста, друга страна и наша страна, једини такав предлог",
            "same instrument, counterpart and side in the other language, the only such bill",
        ),
        _ => "".into(),
    };
    html! {
        p {
            (t.day(&merge.text("merged_at"))) " – "
            @if words.is_empty() { span lang="en" { (note) } } @else { (words) }
        }
        @if !words.is_empty() { p.quiet { (t.quoted(title)) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_that_was_cut_says_so_and_a_whole_one_stands_as_it_is() {
        let long = "reč ".repeat(249) + "međ";
        assert!(whole_words(&long).ends_with("reč …"));
        for whole in ["Potpisan u Moskvi.", "Potpisan u Moskvi", &format!("{long}."), ""] {
            assert_eq!(whole_words(whole), whole);
        }
    }
}
