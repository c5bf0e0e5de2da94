//! Compares folded texts in which letters were lost.
//!
//! Never guesses which letter it was.

use std::ops::Range;

use super::LOST;

/// Whether two folded texts say the same, any lost letter standing for whatever the other has there: a run of k lost characters stands for
/// (k+1)/2 to 2k letters (a letter can be two lost bytes; њ folds to two letters), and at the edge of a word, where it may have been a
/// quotation mark, also for none.
pub fn same(a: &str, b: &str) -> bool {
    if !a.contains(LOST) && !b.contains(LOST) {
        return a == b;
    }
    let plain = a.bytes().zip(b.bytes()).take_while(|&(x, y)| x != LOST as u8 && y != LOST as u8);
    if plain.into_iter().any(|(x, y)| x != y) {
        return false;
    }
    let (a, b) = (pattern(a), pattern(b));
    // reach[i][j]: the first i pieces of `a` can stand for the first j of `b`
    let mut reach = vec![vec![false; b.len() + 1]; a.len() + 1];
    reach[0][0] = true;
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            if !reach[i][j] {
                continue;
            }
            if i < a.len() && j < b.len() && a[i] == b[j] {
                reach[i + 1][j + 1] = true;
            }
            for n in a.get(i).map_or(0..0, |piece| piece.spans(&b[j..])) {
                reach[i + 1][j + n] = true;
            }
            for n in b.get(j).map_or(0..0, |piece| piece.spans(&a[i..])) {
                reach[i + n][j + 1] = true;
            }
        }
    }
    reach[a.len()][b.len()]
}

/// A letter, digit or space of a folded text, or a run of lost characters with the number of letters it may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Plain(u8),
    Lost { least: usize, most: usize },
}

impl Piece {
    /// How many of the pieces that follow in the other text a lost run may stand for. It never reaches over a space.
    fn spans(&self, other: &[Piece]) -> Range<usize> {
        match *self {
            Piece::Plain(_) => 0..0,
            Piece::Lost { least, most } => {
                let letters = other.iter().take(most).take_while(|piece| **piece != Piece::Plain(b' ')).count();
                least..letters + 1
            }
        }
    }
}

fn pattern(folded: &str) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(folded.len());
    let bytes = folded.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let run = bytes[at..].iter().take_while(|&&c| c == LOST as u8).count();
        if run == 0 {
            pieces.push(Piece::Plain(bytes[at]));
            at += 1;
            continue;
        }
        let edge = at == 0 || bytes[at - 1] == b' ' || bytes.get(at + run).is_none_or(|&c| c == b' ');
        pieces.push(Piece::Lost { least: if edge { 0 } else { run.div_ceil(2) }, most: 2 * run });
        at += run;
    }
    pieces
}
