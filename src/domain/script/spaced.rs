//! Joins words that are printed letter by letter, as headings are: `P R E D L O G  Z A K O N A`.
//!
//! Never joins the letters of an enumeration.

use std::borrow::Cow;

use super::{fold_words, is_invisible, is_mark, is_one_of};

/// Words of headings, folded: only they are ever printed letter by letter (`Z A K O N O`), and only they are found again in such a run
/// when single spaces are all that is left.
const HEADING_WORDS: &str = "izmene izmena izmenu dopune dopuna dopunu za sa predlog predloga predlogu predlogom predlozi predloge nacrt nacrta zakon zakona zakonu zakonom zakoni zakone uredba uredbe \
    uredbu uredbi odluka odluke odluku o i potvrdivanju potvrdivanje potvrdivanja ratifikaciji ratifikacija ratifikaciju izmeni \
    izmenama dopunama dopuni sporazuma sporazum ugovora konvencije protokola memoranduma izmedu vlade republike srbije dnevni \
    dnevnog reda red the bill bills draft proposal law on of approval confirmation ratification agreement agenda pristupanju pristupanje konvenciji sporazumu ugovoru \
    protokolu odluci akata statuta aneksa amandmana medunarodne medunarodnog evropske evropskog okvirnog okvirne dodatnog";

/// Runs shorter than this are letters of an enumeration (`A i B`), unless they spell a heading word.
const SPACED_LETTERS_MIN: usize = 4;

fn has_letter_spacing(text: &str) -> bool {
    let mut run = 0;
    text.split_whitespace().any(|token| {
        run = if is_spaced_letter(token) { run + 1 } else { 0 };
        run >= 3
    })
}

/// The text with letter-spaced words joined, where it has any.
pub(super) fn unspaced(text: &str) -> Cow<'_, str> {
    if has_letter_spacing(text) { Cow::Owned(join_letter_spaced(text)) } else { Cow::Borrowed(text) }
}

/// One letter, or one Serbian digraph, standing alone.
fn is_spaced_letter(token: &str) -> bool {
    let mut chars = token.chars().filter(|&c| !is_mark(c) && !is_invisible(c));
    match (chars.next(), chars.next(), chars.next()) {
        (Some(c), None, _) => c.is_alphabetic() || "[]{}^~@\\|\u{fffd}".contains(c),
        (Some('N' | 'n' | 'L' | 'l'), Some('J' | 'j'), None) | (Some('D' | 'd'), Some('Ž' | 'ž'), None) => true,
        _ => false,
    }
}

/// The text with its letter-spaced runs joined to words: at wider gaps where there are any, else at the seams of heading words.
fn join_letter_spaced(text: &str) -> String {
    const NEW_LINE: usize = usize::MAX;
    let mut tokens: Vec<(&str, usize)> = Vec::new(); // and how wide a gap stands before it
    let mut end = 0;
    for token in text.split_whitespace() {
        let start = token.as_ptr() as usize - text.as_ptr() as usize;
        let gap = &text[end..start];
        let wide = gap.chars().filter(|&c| !is_invisible(c)).count();
        tokens.push((token, if gap.contains('\n') { NEW_LINE } else { wide }));
        end = start + token.len();
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < tokens.len() {
        let run = tokens[at..].iter().take_while(|(token, _)| is_spaced_letter(token)).count();
        let joined: String = tokens[at..at + run].iter().map(|(token, _)| *token).collect();
        let spelled = run >= SPACED_LETTERS_MIN || (run == 3 && is_one_of(HEADING_WORDS, &fold_one(&joined)));
        if !spelled {
            for (token, _) in &tokens[at..at + run.max(1)] {
                out.push_str(token);
                out.push(' ');
            }
            at += run.max(1);
            continue;
        }
        // between letters stand the narrowest gaps, one space or two; what is wider parts words
        let narrow = tokens[at + 1..at + run].iter().map(|(_, gap)| *gap).min().unwrap_or(1);
        let mut words = vec![String::new()];
        for (token, gap) in &tokens[at..at + run] {
            match words.last_mut() {
                Some(word) if *gap <= narrow || word.is_empty() => word.push_str(token),
                _ => words.push((*token).to_owned()),
            }
        }
        // a gap within a word is no gap between words
        let torn = words.iter().any(|word| word.chars().count() == 1 && !"oiuaskOIUASKоиуаскОИУАСК".contains(word.as_str()));
        if torn {
            push_heading(&joined, &mut out)
        } else {
            words.iter().for_each(|word| push_heading(word, &mut out))
        }
        at += run;
    }
    out
}

/// Appends the heading words that a run without spaces spells. If they do not spell all of it, what follows the last long one stays together.
fn push_heading(joined: &str, out: &mut String) {
    let run = fold_one(joined);
    // length[at]: of the heading word at this place that leaves only heading words after it
    let mut length = vec![0; run.len() + 1];
    for at in (0..run.len()).rev() {
        let fits = |word: &&str| run[at..].starts_with(*word) && (at + word.len() == run.len() || length[at + word.len()] > 0);
        length[at] = HEADING_WORDS.split(' ').filter(fits).map(str::len).max().unwrap_or(0);
    }
    let mut at = 0;
    while at < run.len() {
        let long = |word: &&str| word.len() >= SPACED_LETTERS_MIN && run[at..].starts_with(*word);
        let taken = match length[at] {
            0 => HEADING_WORDS.split(' ').filter(long).map(str::len).max().unwrap_or(run.len() - at),
            spelled => spelled,
        };
        out.push_str(&run[at..at + taken]);
        out.push(' ');
        at += taken;
    }
}

fn fold_one(word: &str) -> String {
    let mut out = String::new();
    fold_words(word, &mut out, |_, _| ());
    out
}
