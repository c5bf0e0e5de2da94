//! Documents that were replaced: both hashes, and what the new version says otherwise, in the letters' own words.
//!
//! Never compares: what was found when the version came is shown.

use maud::{Markup, html};

use super::page::outward;
use super::tongue::Tongue;
use crate::domain::letter::words::Words;
use crate::domain::letter::{self, text};
use crate::io::history::documents::Replacement;

/// The newest replacements are told; every version stands in history.db.
const SHOWN_MAX: usize = 10;

pub(super) fn replaced(t: Tongue, replacements: &[Replacement]) -> Markup {
    html! {
        @if !replacements.is_empty() {
            h2 id="replaced" { (t.say("Замењени документи", "Replaced documents")) }
        }
        @for one in replacements.iter().rev().take(SHOWN_MAX) {
            section {
                p { (t.of_moment_in(&one.seen_at.to_rfc3339())) ": " (outward(&one.url, &one.url)) }
                p.quiet { "SHA-256 " (t.say("пре ", "before ")) code { (one.before) } br; "SHA-256 " (t.say("сада ", "now ")) code { (one.after) } }
                @match one.difference.as_ref().and_then(|d| letter::difference(d, t.0, Words::built_in()).ok()) {
                    Some(told) => pre.difference { (text::set(&told)) },
                    None => p { (t.say("Текст обе верзије не умемо да прочитамо, па не можемо рећи шта је промењено.", "We cannot read the text of both versions, and so cannot say what changed.")) },
                }
            }
        }
    }
}
