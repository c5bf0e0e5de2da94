//! The documents of a bill: what each is called, what it is, and by which hash it is known.
//!
//! Never shows a document: it links to where it was, and says what was made of it.

use std::borrow::Cow;

use maud::{Markup, html};
use url::Url;

use super::page::outward;
use super::tongue::{NBSP, Tongue};
use crate::domain::bill::Language;
use crate::domain::script;
use crate::io::history::read::{BillStory, Record};

pub(super) fn documents(t: Tongue, story: &BillStory) -> Markup {
    html! {
        h2 { (t.say("Документи", "Documents")) }
        @if story.documents.is_empty() {
            p { (t.say("Ниједан документ није повезан са предлогом.", "No document is linked to the bill.")) }
        }
        ul.documents {
            @for one in &story.documents {
                li {
                    p {
                        (outward(&one.text("url"), &document_name(t, story, one)))
                        @if !one.text("gone_at").is_empty() { " · " (t.say("уклоњен ", "removed ")) (t.of_day(&one.text("gone_at"))) }
                    }
                    p.quiet {
                        (state(t, &one.text("state")))
                        @if let Some(bytes) = one.number("bytes") { " · " (size(t, bytes)) }
                        @if !one.text("fetched_at").is_empty() { " · " (asked_for(t, &one.text("state"))) " " (t.of_moment_in(&one.text("fetched_at"))) }
                        @if !one.text("sha256").is_empty() { br; "SHA-256 " code { (one.text("sha256")) } }
                    }
                }
            }
        }
    }
}

/// What a document is called: what its link says, unless that is but the bill's title once more, or nothing, or `DOC`; and its form.
fn document_name(t: Tongue, story: &BillStory, document: &Record) -> String {
    let (label, url) = (document.text("label"), document.text("url"));
    let folded = script::fold(&label);
    let is_title = std::iter::once(&story.bill).chain(&story.titles).any(|one| script::fold(&one.text("title")) == folded);
    let path = Url::parse(&url).map(|url| url.path().to_ascii_lowercase()).unwrap_or_default();
    let form = FORMS.iter().find(|form| path.ends_with(&format!(".{form}")));
    let name = if is_title || folded.is_empty() || FORMS.contains(&folded.as_str()) {
        t.say("текст предлога", "text of the bill").into_owned()
    } else {
        label
    };
    form.map_or_else(|| name.clone(), |form| format!("{name} ({})", form.to_ascii_uppercase()))
}

/// What was done at the time beside it: of a link that leads nowhere, nothing was fetched.
fn asked_for(t: Tongue, state: &str) -> Cow<'static, str> {
    if state == "missing" { t.say("тражен", "asked for") } else { t.say("преузет", "fetched") }
}

/// Forms of documents that a link's address tells.
const FORMS: [&str; 5] = ["pdf", "doc", "docx", "rtf", "odt"];

fn state(t: Tongue, state: &str) -> String {
    match state {
        "text" => t.say("текст", "text"),
        "scan" => t.say("снимљене странице, без текста који се може претражити", "scanned pages, without text that can be searched"),
        "garbled" => t.say("текст који програм не може да прочита", "text that the program cannot read"),
        "missing" => t.say("веза не води ни до чега", "the link leads nowhere"),
        "unreadable" => t.say("документ који не умемо да отворимо", "a document we cannot open"),
        "unread" => t.say("документ који још нисмо прочитали", "a document we have not read yet"),
        "pending" => t.say("још га нисмо преузели", "not fetched yet"),
        other => return other.to_owned(),
    }
    .into_owned()
}

fn size(t: Tongue, bytes: i64) -> String {
    let kib = (bytes + 1023) / 1024;
    if kib < 1024 {
        return format!("{kib}{NBSP}KiB");
    }
    let point = if t.0 == Language::En { '.' } else { ',' };
    format!("{}{point}{}{NBSP}MiB", kib / 1024, kib % 1024 * 10 / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_link_says_names_the_document_unless_it_says_nothing_new() {
        let title = "Predlog zakona o potvrđivanju Sporazuma";
        let named = |label: &str, url: &str| {
            let record = |pairs: &[(&str, &str)]| Record::from_iter(pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).into())));
            let story = BillStory { bill: record(&[("title", title)]), ..BillStory::default() };
            document_name(Tongue(Language::En), &story, &record(&[("label", label), ("url", url)]))
        };
        assert_eq!(named(title, "https://x.example/a.PDF?1"), "text of the bill (PDF)");
        assert_eq!(named("DOC", "https://x.example/a.doc"), "text of the bill (DOC)");
        assert_eq!(named("", "https://x.example/a"), "text of the bill");
        assert_eq!(named("Izveštaj odbora", "https://x.example/b.docx"), "Izveštaj odbora (DOCX)");
    }
}
