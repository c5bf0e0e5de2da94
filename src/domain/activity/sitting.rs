//! Reads whose sitting a page tells of, on which day, at what hour, in which hall, and whether it was called off.
//!
//! Never takes the day of an announcement for the day of the sitting.

use chrono::{NaiveDate, NaiveTime};

use super::fate::{self, Fate};
use super::{Content, days, hours};
use crate::domain::bill::Body;
use crate::domain::dates;
use crate::domain::page::lines::Line;
use crate::domain::tokens::{self, Kind};
use crate::domain::{mention, script};

/// What a page says of its sitting.
pub(super) struct About {
    pub body: Body,
    pub held_on: Option<NaiveDate>,
    /// It says for when the sitting is called or put off.
    pub announces: bool,
    /// The day for which it had been called, where the page puts it off to another day or hour.
    pub put_off_from: Option<NaiveDate>,
    pub posted_on: Option<NaiveDate>,
    pub begins_at: Option<NaiveTime>,
    pub hall: Option<String>,
    pub cancelled: bool,
    pub is_sitting: bool,
}

/// Whether words are about a sitting.
pub(super) fn is_of_one(text: &str) -> bool {
    let folded = script::fold(text);
    ["sitting", "sednic", "session", "zasedanj"].iter().any(|w| folded.contains(w))
}

pub(super) fn read(content: &Content) -> About {
    let first: Vec<&str> = content.body.iter().filter(|l| l.text.len() > 20).take(3).map(|l: &&Line| l.text.as_str()).collect();
    let opening = first.first().copied().unwrap_or_default();
    let sitting = is_of_one;
    let posted_on = content.posted.as_deref().and_then(dates::day);
    let about_it = mention::sentences(opening).into_iter().next().map(|r| &opening[r]).unwrap_or_default();
    let announced = sitting(about_it) && fate::will_be_held(about_it);
    let convened = announced || convenes(&content.heading) || first.iter().any(|t| convenes(t));
    // Where the markup is not known, the line that tells when the page was posted stands among the others.
    let telling: Vec<&str> = first.iter().copied().filter(|t| content.posted.as_deref() != Some(*t) || sitting(t)).collect();
    let said = |own: fn(&str) -> String| -> Vec<NaiveDate> {
        telling.iter().flat_map(|t| days::find(&own(t), posted_on)).map(|(day, _)| day).collect()
    };
    let announces = |day: &&NaiveDate| posted_on.is_none_or(|posted| **day >= posted && (**day - posted).num_days() < 90);
    let own = said(|text| fate::without_asides(&fate::without_titles(text)));
    let called_for = own.iter().find(announces).copied().or_else(|| said(str::to_owned).iter().find(announces).copied());
    let fate = fate(&content.heading, opening, sitting(about_it), posted_on);
    let called_for = match (convened, posted_on) {
        (true, _) => called_for,
        (false, Some(posted)) => Some(posted),
        (false, None) => dates::day(&content.heading).or_else(|| said(str::to_owned).first().copied()),
    };
    let held_on = match fate {
        Fate::PutOff { day: Some(day), .. } => Some(day),
        _ => called_for,
    };
    let in_heading = committee(&content.heading).map(Body::Committee);
    let body = match in_heading {
        Some(body) => body,
        None if of_assembly(&content.heading) => Body::Assembly,
        None => whose(opening),
    };
    // "Sednica se održava u 10 časova" may stand below the agenda
    let asides = || content.body.iter().map(|l| l.text.as_str()).filter(|t| t.len() < 400 && sitting(t) && mention::find(t).is_empty());
    let lines = || first.iter().copied().chain(asides());
    About {
        body,
        held_on,
        announces: convened || matches!(fate, Fate::PutOff { .. }),
        put_off_from: called_for.filter(|_| matches!(fate, Fate::PutOff { .. })),
        posted_on,
        begins_at: match fate {
            // The hour before is that of the sitting as it was called.
            Fate::PutOff { hour: Some(hour), .. } => Some(hour),
            Fate::PutOff { .. } => lines().skip_while(|t| *t != opening).skip(1).find_map(hours::find),
            _ => lines().find_map(hours::find),
        },
        hall: lines().find_map(hall_in),
        cancelled: fate == Fate::CalledOff,
        is_sitting: sitting(&content.heading) || sitting(about_it),
    }
}

/// What becomes of the sitting: the text knows more than the heading, where it puts off to a day or an hour.
fn fate(heading: &str, opening: &str, of_sitting: bool, posted_on: Option<NaiveDate>) -> Fate {
    let told = if of_sitting { fate::read(opening, posted_on) } else { Fate::AsCalled };
    match told {
        Fate::AsCalled => fate::read(heading, posted_on),
        told => told,
    }
}

/// Whose sitting a title names: a committee as printed, else the Assembly.
pub(super) fn whose(title: &str) -> Body {
    committee(title).map_or(Body::Assembly, Body::Committee)
}

fn of_assembly(text: &str) -> bool {
    let folded = script::fold(text);
    let assembly = folded.contains("skupstin") || folded.contains("assembly");
    assembly && committee(text).is_none()
}

/// The committee's name as printed: from `Odbora`, `Odbor`, `Pododbora` on, or the English words up to or after `Committee`. Only the
/// Serbian head word is put into the nominative, for the rest of the name never bends.
fn committee(text: &str) -> Option<String> {
    let tokens = tokens::cut(text);
    if let Some(n) = tokens.iter().position(|t| is_odbor(t.word())) {
        let head = &text[tokens[n].at.clone()];
        let name = until_end_of_name(text, &tokens, n);
        return Some(format!("{}{}", nominative(head), &name[head.len()..]));
    }
    let n = tokens.iter().position(|t| ["committee", "subcommittee"].contains(&t.word()))?;
    if ["on", "for", "of"].contains(&tokens.get(n + 1).map_or("", |t| t.word())) {
        return Some(until_end_of_name(text, &tokens, n).to_owned());
    }
    let part_of_name = |k: usize| {
        let token = &tokens[k];
        let printed = &text[token.at.clone()];
        printed.chars().next().is_some_and(char::is_uppercase)
            || ["and", "on", "for"].contains(&token.word())
            || token.is(',')
            || token.is('-')
    };
    let mut from = n;
    while from > 0 && part_of_name(from - 1) && !["of", "sitting", "session", "the"].contains(&tokens[from - 1].word()) {
        from -= 1;
    }
    while from < n && (tokens[from].word().is_empty() || ["and", "the"].contains(&tokens[from].word())) {
        from += 1;
    }
    Some(text[tokens[from].at.start..tokens[n].at.end].to_owned())
}

fn is_odbor(word: &str) -> bool {
    ["odbor", "odbora", "odboru", "odborom", "pododbor", "pododbora", "pododboru"].contains(&word)
}

fn nominative(head: &str) -> &str {
    let bare = head.trim_end_matches(['a', 'u', 'а', 'у', 'A', 'U', 'А', 'У']);
    if let Some(bare) = head.strip_suffix("om").or(head.strip_suffix("ом")) { bare } else { bare }
}

/// A committee's name goes on until a mark, a verb, or words that are not part of it.
fn until_end_of_name<'a>(text: &'a str, tokens: &[tokens::Token], from: usize) -> &'a str {
    const ENDS: [&str; 37] = [
        "je",
        "su",
        "odrzana",
        "odrzane",
        "odrzan",
        "narodne",
        "skupstine",
        "held",
        "was",
        "considered",
        "have",
        "has",
        "met",
        "on_",
        "at",
        "sazvana",
        "zakazana",
        "otkazana",
        "odlozena",
        "cancelled",
        "postponed",
        "razmatra",
        "razmotrio",
        "razmotrili",
        "u",
        "povodom",
        "sa",
        "dana",
        "van",
        "sala",
        "sali",
        "which",
        "will",
        "to",
        "in",
        "that",
        "today",
    ];
    let mut to = from + 1;
    while let Some(token) = tokens.get(to) {
        let ends = ENDS.contains(&token.word()) || matches!(token.kind, Kind::Number(..));
        let comma_ends = token.is(',') && tokens.get(to + 1).is_none_or(|t| ENDS.contains(&t.word()) || t.word().starts_with("odrz"));
        if ends || comma_ends || matches!(token.kind, Kind::Mark(m) if m != ',' && m != '-') || (token.is('-') && token.spaced) {
            break;
        }
        to += 1;
    }
    while to > from + 1 && ["and", "i", "of", "the"].contains(&tokens[to - 1].word()) {
        to -= 1;
    }
    text[tokens[from].at.start..tokens[to - 1].at.end].trim_end_matches(',')
}

/// Whether a text announces a sitting rather than tells of one.
fn convenes(text: &str) -> bool {
    let stems = ["sazva", "saziva", "sazove", "zakaza", "zakazu", "convene", "convening", "convoke", "scheduled"];
    tokens::cut(text).iter().any(|t| stems.iter().any(|s| t.word().starts_with(s)) && t.word() != "sazivu")
}

/// `u sali 2`, `in hall 2`, `u maloj sali`.
fn hall_in(text: &str) -> Option<String> {
    let tokens = tokens::cut(text);
    let n = tokens.iter().position(|t| ["hall", "sala", "sali", "dvorani"].contains(&t.word()))?;
    let to = match tokens.get(n + 1).map(|t| &t.kind) {
        Some(Kind::Number(..)) => n + 1,
        Some(Kind::Word(word)) if word.chars().all(|c| "ivx".contains(c)) && word.len() <= 4 && word != "i" => n + 1,
        _ => n,
    };
    let adjective = n > 0 && ["maloj", "velikoj", "plavoj", "small", "large", "plenary", "great"].contains(&tokens[n - 1].word());
    let from = if adjective { n - 1 } else { n };
    (to > n || adjective).then(|| text[tokens[from].at.start..tokens[to].at.end].to_owned())
}
