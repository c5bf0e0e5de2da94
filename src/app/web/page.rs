//! The frame round every page: its head, the way to the others, the other languages, who answers for it.
//!
//! Never takes style, script or picture from elsewhere.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use url::Url;

use super::Fault;
use super::tongue::{ALL, Title, Tongue};
use crate::config::Settings;
use crate::domain::bill::Language;

const STYLE: &str = include_str!("style.css");
/// Changes with every change of the style, so that no browser keeps an older one.
const STYLE_MARK: u64 = mark(STYLE.as_bytes());
const ICON: &str = include_str!("icon.svg");

/// One page: its name and what stands in it.
pub(super) struct Page {
    pub(super) title: String,
    pub(super) main: Markup,
}

/// Who asks for what.
pub(super) struct Visit {
    pub(super) tongue: Tongue,
    /// Without the language: `/status`.
    path: String,
    query: Option<String>,
    pub(super) settings: Arc<Settings>,
}

impl Visit {
    pub(super) fn new(tongue: Tongue, path: &str, query: Option<&str>, settings: Arc<Settings>) -> Visit {
        let bare = Tongue::of_path(path).and_then(|t| path.strip_prefix(t.path())).unwrap_or(path);
        Visit { tongue, path: bare.to_owned(), query: query.map(str::to_owned), settings }
    }

    /// A page of ours, in the reader's language.
    pub(super) fn to(&self, path: &str) -> String {
        format!("{}{path}", self.tongue.path())
    }

    pub(super) fn answer(&self, status: StatusCode, page: &Page) -> Response {
        let language = [(header::CONTENT_LANGUAGE, self.tongue.0.as_str()), (header::VARY, "Accept-Language")];
        (status, language, Html(self.frame(page, true).into_string())).into_response()
    }

    /// A page behind a personal link: kept by nobody, found by nobody, and the same address in every language.
    pub(super) fn answer_in_private(&self, status: StatusCode, page: &Page) -> Response {
        let closed = [(header::CACHE_CONTROL, "no-store"), (header::HeaderName::from_static("x-robots-tag"), "noindex, nofollow")];
        (status, closed, Html(self.frame(page, false).into_string())).into_response()
    }

    /// This page in another language.
    fn elsewhere(&self, prefix: &str) -> String {
        let query = self.query.as_deref().map(|q| format!("?{q}")).unwrap_or_default();
        format!("{prefix}{}{query}", self.path)
    }

    fn frame(&self, page: &Page, public: bool) -> Markup {
        let t = self.tongue;
        let here = |path: &str| (self.path == path).then_some("page");
        html! {
            (DOCTYPE)
            html lang=(t.0.as_str()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (page.title) " – Potvrda" }
                    link rel="stylesheet" href=(format!("/style.css?v={STYLE_MARK:x}"));
                    link rel="icon" href="/icon.svg" type="image/svg+xml";
                    @if public {
                        meta name="description" content=(t.say(
                            "Међународни споразуми пред Народном скупштином, од првог дана када се појаве на њеним страницама.",
                            "International agreements before the National Assembly of Serbia, from the first day they appear on its pages."
                        ));
                        @for (language, prefix, _) in ALL { link rel="alternate" hreflang=(language.as_str()) href=(self.elsewhere(prefix)); }
                    }
                    link rel="alternate" type="application/atom+xml" href=(self.to("/feed.atom")) title="Potvrda";
                }
                body {
                    a.skip href="#main" { (t.say("На садржај", "Skip to the content")) }
                    header.top {
                        div.wrap {
                            a.name href=(self.to("/")) lang=(if t.0 == Language::SrCyrl { "sr-Cyrl" } else { "sr-Latn" }) { (t.say("Потврда", "Potvrda")) }
                            nav aria-label=(t.say("Странице", "Pages")) {
                                a href=(self.to("/")) aria-current=[here("/")] { (t.say("Споразуми", "Agreements")) }
                                a href=(self.to("/sittings")) aria-current=[here("/sittings")] { (t.say("Седнице", "Sittings")) }
                                a href=(self.to("/status")) aria-current=[here("/status")] { (t.say("Стање", "Status")) }
                                a href=(self.to("/subscribe")) aria-current=[here("/subscribe")] { (t.say("Писма", "Letters")) }
                            }
                        }
                    }
                    main.wrap #main { (page.main) }
                    (self.foot(public))
                }
            }
        }
    }

    fn foot(&self, public: bool) -> Markup {
        let t = self.tongue;
        let controller = &self.settings.controller;
        html! {
            footer.bottom {
                div.wrap {
                    @if public {
                        nav.languages aria-label=(t.say("Језик", "Language")) {
                            @for (language, prefix, name) in ALL {
                                @if language == t.0 {
                                    span aria-current="true" lang=(language.as_str()) { (name) }
                                } @else {
                                    a href=(self.elsewhere(prefix)) hreflang=(language.as_str()) lang=(language.as_str()) { (name) }
                                }
                            }
                        }
                    }
                    p {
                        (t.say(
                            "Странице Народне скупштине чита програм. Уз сваки податак стоји реченица из које је узет; где не пише, не нагађа.",
                            "The pages of the National Assembly are read by a program. Each fact stands beside the sentence it came from; where \
                             nothing is written, nothing is guessed."
                        ))
                    }
                    p {
                        @if let Some(name) = &controller.name {
                            (name) @if let Some(address) = &controller.address { ", " (address) } " · "
                        }
                        @if let Some(email) = controller.email.as_ref().or(self.settings.contact.as_ref()) {
                            a href=(format!("mailto:{email}")) { (email) } " · "
                        }
                        @if let Some(url) = &controller.privacy_url {
                            (outward(url.as_str(), &t.say("Заштита података", "Privacy"))) " · "
                        }
                        a href=(self.to("/privacy")) { (t.say("Подаци о вама", "Your data")) } " · "
                        a href="/agreements.csv" { "CSV" } " · " a href="/agreements.json" { "JSON" } " · " a href=(self.to("/feed.atom")) { "Atom" } " · "
                        a href="/history.db" { (t.say("Цела база", "The whole database")) }
                    }
                }
            }
        }
    }
}

/// A link that leads away: only by http and https; anything else is text (faults.md X4).
pub(super) fn outward(address: &str, label: &str) -> Markup {
    let safe = Url::parse(address).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty() && url.password().is_none()
    });
    html! {
        @if safe { a href=(address) rel="noopener noreferrer" { (label) } }
        @else { (label) @if label != address { " (" code { (address) } ")" } }
    }
}

/// A title with its language, and a mark where the script is not the printed one.
pub(super) fn titled(title: &Title, reader: Tongue) -> Markup {
    html! {
        span lang=(title.language) { (title.text) }
        @if title.transliterated { " " span.mark { (reader.say("пресловљено", "transliterated")) } }
    }
}

/// Why there is no page.
pub(super) fn excuse(visit: &Visit, fault: &Fault) -> (StatusCode, Page) {
    let t = visit.tongue;
    let (status, title, text) = match fault {
        Fault::Nowhere => (
            StatusCode::NOT_FOUND,
            t.say("Нема такве странице", "There is no such page"),
            t.say("Можда је адреса непотпуна.", "The address may be incomplete."),
        ),
        Fault::NothingYet => (
            StatusCode::SERVICE_UNAVAILABLE,
            t.say("Још ништа није забележено", "Nothing was recorded yet"),
            t.say("Прва провера страница Скупштине тек следи.", "The first look at the Assembly's pages is still to come."),
        ),
        Fault::Broken(error) => {
            tracing::error!("a page could not be given: {error:#}");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                t.say("Страница сада не може да се прикаже", "The page cannot be shown now"),
                t.say("Покушајте поново за који минут.", "Please try again in a few minutes."),
            )
        }
    };
    let main = html! {
        h1 { (title) }
        p { (text) }
        p { a href=(visit.to("/")) { (t.say("Сви споразуми", "All agreements")) } }
    };
    (status, Page { title: title.into_owned(), main })
}

/// FNV-1a, at compile time.
const fn mark(bytes: &[u8]) -> u64 {
    let (mut mark, mut n) = (0xcbf2_9ce4_8422_2325_u64, 0);
    while n < bytes.len() {
        mark = (mark ^ bytes[n] as u64).wrapping_mul(0x0100_0000_01b3);
        n += 1;
    }
    mark
}

/// One day: the address changes with what is there.
const KEEP: (header::HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=86400");

pub(super) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), KEEP], STYLE).into_response()
}

pub(super) async fn icon() -> Response {
    ([(header::CONTENT_TYPE, "image/svg+xml"), KEEP], ICON).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2, 1.4.3 and 1.4.11: how far two colours of a scheme are from each other.
    fn contrast(scheme: &str, one: &str, other: &str) -> f64 {
        let luminance = |name: &str| {
            let at = scheme.find(&format!("--{name}: #")).unwrap_or_else(|| panic!("no {name} in {scheme}")) + name.len() + 5;
            let channel = |n: usize| {
                let value = f64::from(u8::from_str_radix(&scheme[at + n..at + n + 2], 16).unwrap_or_default()) / 255.0;
                if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_colour_of_words_and_lines_stands_out_by_day_and_by_night() {
        let schemes: Vec<&str> = STYLE.lines().filter(|line| line.contains("--paper: #")).collect();
        assert_eq!(schemes.len(), 2);
        for scheme in schemes {
            for words in ["ink", "quiet", "link", "warn"] {
                for ground in ["paper", "soft"] {
                    assert!(contrast(scheme, words, ground) >= 4.5, "{words} on {ground}: {scheme}");
                }
            }
            // The frames of fields, and words on a button.
            assert!(contrast(scheme, "edge", "paper") >= 3.0 && contrast(scheme, "edge", "soft") >= 3.0, "{scheme}");
        }
    }

    #[test]
    fn only_http_and_https_become_links() {
        for good in ["http://www.parlament.gov.rs/a", "https://example.org/?a=1&b=2"] {
            assert!(outward(good, "x").into_string().starts_with("<a href="), "{good}");
        }
        for bad in
            ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example/", "http://u:p@evil.example/", "", "http://"]
        {
            assert!(!outward(bad, "x").into_string().contains("<a"), "{bad}");
        }
        assert!(outward("http://a.example/\"onmouseover=\"x", "<b>").into_string().contains("&quot;"));
    }
}
