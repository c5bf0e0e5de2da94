//! Reads agendas and prose into mentions of bills: numbered paragraphs, ordered lists, sentences with many bills in a row.
//!
//! Never decides which known bill a mention means.

use std::ops::Range;

use super::again::Told;
use super::{denied, signing};
use crate::domain::bill::{ActNumber, Link, Mention, Verdict};
use crate::domain::listing::cut;
use crate::domain::mention::{self, Named, What};
use crate::domain::page::address;
use crate::domain::page::lines::Line;
use crate::domain::{agreement, script, tokens};

/// The evidence kept of a line, in characters.
const SENTENCE_CHARS_MAX: usize = 1_000;
/// Bills of one page. The longest agenda known had some sixty.
const MENTIONS_MAX: usize = 2_000;
/// Bills named first, with which a later naming is compared in every word. A page of thousands was made to keep us busy.
const TOLD_AGAIN_MAX: usize = 128;
/// Of one paragraph so much is read for bills: a page of print has four thousand letters, and each name is held against all the others.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// Every bill the lines name, each once, in their order; not those of which they say that nothing came of them.
pub(super) fn mentions(body: &[&Line], of_assembly: bool) -> Vec<Mention> {
    let mut mentions: Vec<Mention> = Vec::new();
    let mut told: Vec<Told> = Vec::new();
    let mut waiting: Option<(u32, usize)> = None;
    for (n, line) in body.iter().enumerate() {
        if mentions.len() >= MENTIONS_MAX {
            break;
        }
        let named = named(line, of_assembly);
        if named.is_empty() {
            if let (Some((single, at)), Some(own)) = (waiting, innermost(line))
                && single == own
            {
                add_documents(&mut mentions[at], line, 0, line.text.len());
            }
            continue;
        }
        let sentences = mention::sentences(&line.text);
        let narrative = narrative(line, &named, &sentences, !told.is_empty());
        let opening = mentions.len();
        for (k, one) in named.iter().enumerate() {
            let this = Told::of(&one.title);
            let again = || narrative[k] && told.iter().take(TOLD_AGAIN_MAX).any(|other| this.tells_again(other));
            if mentions.len() >= MENTIONS_MAX || told.iter().any(|other| other.is_printed_as(&this)) || again() {
                continue;
            }
            told.push(this);
            let number = (k == 0).then_some(body).and_then(|b| number_above(b, n));
            let mut mention = mention_of(line, one, &sentences, named.get(k + 1).map(|next| next.at.start), number);
            mention.signature_sentences.extend((named.len() > 1).then(|| signing::own_clause(&line.text, one)).flatten());
            mentions.push(mention);
        }
        waiting = innermost(line).filter(|_| mentions.len() == opening + 1).map(|single| (single, opening));
    }
    mentions
}

/// For each bill that a line names, whether it may be told of again: the line comes after others that named bills; or its sentence after another
/// one of this line, and does not say that the bill is considered. An agenda, or a sentence with many bills, tells of none again.
fn narrative(line: &Line, named: &[Named], sentences: &[Range<usize>], others_before: bool) -> Vec<bool> {
    if line.item.is_some() || named.iter().any(|one| one.position.is_some()) {
        return vec![false; named.len()];
    }
    let sentence = |one: &Named| sentences.iter().position(|s| s.contains(&one.at.start));
    let first = named.first().and_then(sentence);
    let tells = |one: &Named| {
        let own = sentence(one);
        let later = own > first && named.iter().filter(|other| sentence(other) == own).count() <= 2;
        (others_before && named.len() <= 2) || (later && own.is_some_and(|n| !mention::considers(&line.text[sentences[n].clone()])))
    };
    named.iter().map(tells).collect()
}

fn named(line: &Line, of_assembly: bool) -> Vec<Named> {
    let text = without_labels(line);
    let text = cut(&text, LINE_BYTES_MAX);
    let named: Vec<Named> = mention::find(text).into_iter().filter(worth_telling).collect();
    if line.item.is_some() {
        return named;
    }
    let denied = denied::of(text, &named, of_assembly);
    named.into_iter().zip(denied).filter(|(_, denied)| !denied).map(|(named, _)| named).collect()
}

/// The line with the documents' labels (`PDF`) blanked out, byte for byte.
fn without_labels(line: &Line) -> String {
    let mut text = line.text.clone();
    for anchor in line.anchors.iter().filter(|a| a.at.len() <= 16 && a.link.as_ref().is_some_and(|l| address::is_document(&l.url))) {
        text.replace_range(anchor.at.clone(), &" ".repeat(anchor.at.len()));
    }
    text
}

/// An introduction of an agenda stands there, whether or not a bill is on it.
pub(super) fn introduced(body: &[&Line]) -> bool {
    body.iter().any(|line| {
        let folded = script::fold(&line.text);
        ["dnevni red", "following agenda", "dnevnog reda"].iter().any(|w| folded.contains(w)) || line.item.is_some()
    })
}

/// Bills, consent to provisional application, and what confirms an agreement though it is called a decision.
fn worth_telling(named: &Named) -> bool {
    match named.what {
        What::Bill => tokens::cut(&named.title).iter().filter(|t| !t.word().is_empty()).count() >= 3,
        What::Provisional => true,
        What::Other => agreement::detect(&named.title).verdict == Verdict::Agreement,
    }
}

fn mention_of(line: &Line, named: &Named, sentences: &[Range<usize>], next: Option<usize>, number_above: Option<u32>) -> Mention {
    let mut mention = Mention {
        title: crate::domain::listing::cut(&named.title, crate::domain::listing::TITLE_BYTES_MAX).to_owned(),
        position: line.item.or(named.position).or(number_above),
        submitter: named.submitter.clone(),
        act_number: named.act_number,
        sentence: sentence(&line.text, sentences, named),
        signature_sentences: Vec::new(),
        documents: Vec::new(),
        provisional: named.what == What::Provisional,
    };
    add_documents(&mut mention, line, named.at.start, next.unwrap_or(line.text.len()));
    mention
}

/// A number alone on the line above: `1.`, then the title.
fn number_above(body: &[&Line], n: usize) -> Option<u32> {
    let above = body.get(n.checked_sub(1)?)?.text.trim();
    above.strip_suffix(['.', ')'])?.parse().ok().filter(|n| *n < 1_000)
}

fn add_documents(mention: &mut Mention, line: &Line, from: usize, to: usize) {
    let links = line.anchors.iter().filter(|a| (from..to.max(from + 1)).contains(&a.at.start) || (a.at.end > from && a.at.start < to));
    let documents: Vec<Link> = links.filter_map(|a| a.link.clone()).filter(|l| address::is_document(&l.url)).collect();
    for link in documents {
        mention.act_number = mention.act_number.or_else(|| ActNumber::from_document(&link.url));
        if mention.documents.iter().all(|d| d.url != link.url) {
            mention.documents.push(link);
        }
    }
}

/// The row or item a line stands in.
fn innermost(line: &Line) -> Option<u32> {
    line.boxes.iter().rev().find(|b| b.single).map(|b| b.id)
}

/// The sentence a title stands in, cut so that the title is in it.
fn sentence(text: &str, sentences: &[Range<usize>], named: &Named) -> String {
    let around = sentences.iter().find(|s| s.start <= named.at.start && named.at.start < s.end).cloned().unwrap_or(0..text.len());
    let sentence = &text[around.start..around.end.max(named.at.end).min(text.len())];
    let title_ends = sentence.get(..named.at.end.saturating_sub(around.start)).map_or(0, |told| told.chars().count());
    if title_ends <= SENTENCE_CHARS_MAX {
        return shortened(sentence);
    }
    format!("… {}", shortened(&text[named.at.start..]))
}

/// A quotation that is cut says so.
fn shortened(sentence: &str) -> String {
    match sentence.char_indices().nth(SENTENCE_CHARS_MAX) {
        None => sentence.to_owned(),
        Some((at, _)) => format!("{} …", sentence[..at].rsplit_once(' ').map_or(&sentence[..at], |(whole, _)| whole)),
    }
}

/// One word in two case forms: the same beginning, and endings of at most three letters.
pub(super) fn alike(a: &str, b: &str) -> bool {
    let same = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.chars().count(), b.chars().count());
    same >= 3 && a - same <= 3 && b - same <= 3 && same * 2 > a.max(b)
}

/// The words of a title by which it can be told again, without their endings.
pub(super) fn stems(title: &str) -> Vec<String> {
    let words = tokens::cut(title).into_iter().filter_map(|t| match t.kind {
        tokens::Kind::Word(word) if word.chars().count() > 3 => Some(stem(&word).to_owned()),
        tokens::Kind::Number(n, _) => Some(n.to_string()),
        _ => None,
    });
    let mut stems: Vec<String> = words.filter(|w| !["with", "from", "that", "izme", "kojim", "koji"].contains(&w.as_str())).collect();
    stems.sort();
    stems.dedup();
    stems
}

fn stem(word: &str) -> &str {
    word.char_indices().nth(5).map_or(word, |(at, _)| &word[..at])
}
