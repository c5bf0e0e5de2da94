//! Which clause of one version answers to which of the other.

use std::collections::HashSet;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::key::Words;
use super::{Hunk, Version};

/// Clauses of one hunk that are paired each with each; beyond it they are told as gone and come.
const PAIRED_MAX: usize = 60;
/// Two clauses less alike than this are two, not one reworded.
const LIKE_MIN: f64 = 0.45;

/// The stretches in which two versions differ, in order. What one version alone holds is set aside first: it cannot be aligned, and would
/// make two unlike documents cost the square of their length.
pub(super) fn hunks(old: &[&str], new: &[&str]) -> Vec<Hunk> {
    let shared: HashSet<&str> = {
        let of_old: HashSet<&str> = old.iter().copied().collect();
        new.iter().copied().filter(|key| of_old.contains(key)).collect()
    };
    let kept = |keys: &[&str]| -> Vec<usize> { (0..keys.len()).filter(|i| shared.contains(keys[*i])).collect() };
    let (kept_old, kept_new) = (kept(old), kept(new));
    let a: Vec<&str> = kept_old.iter().map(|i| old[*i]).collect();
    let b: Vec<&str> = kept_new.iter().map(|i| new[*i]).collect();
    let mut out = Vec::new();
    let (mut o, mut n) = (0, 0);
    for op in capture_diff_slices(Algorithm::Patience, &a, &b) {
        let DiffOp::Equal { old_index, new_index, len } = op else { continue };
        for k in 0..len {
            let (at_old, at_new) = (kept_old[old_index + k], kept_new[new_index + k]);
            if at_old > o || at_new > n {
                out.push(Hunk { old: o..at_old, new: n..at_new });
            }
            (o, n) = (at_old + 1, at_new + 1);
        }
    }
    if o < old.len() || n < new.len() {
        out.push(Hunk { old: o..old.len(), new: n..new.len() });
    }
    out
}

/// Pairs of clauses within a hunk that are one reworded: in order, as alike as can be.
pub(super) fn pairs(old: &Version, new: &Version, hunk: &Hunk) -> Vec<(usize, usize)> {
    let (rows, columns) = (hunk.old.len(), hunk.new.len());
    if rows == 0 || columns == 0 || rows > PAIRED_MAX || columns > PAIRED_MAX {
        return Vec::new();
    }
    let before: Vec<Words> = hunk.old.clone().map(|i| Words::of(&old.clauses[i].text)).collect();
    let after: Vec<Words> = hunk.new.clone().map(|i| Words::of(&new.clauses[i].text)).collect();
    // best[i][j]: how alike the best pairing of what follows is
    let mut best = vec![vec![0.0_f64; columns + 1]; rows + 1];
    let mut like = vec![vec![0.0_f64; columns]; rows];
    for i in (0..rows).rev() {
        for j in (0..columns).rev() {
            let likeness = before[i].likeness(&after[j]);
            like[i][j] = if likeness >= LIKE_MIN { likeness } else { 0.0 };
            let paired = if like[i][j] > 0.0 { like[i][j] + best[i + 1][j + 1] } else { 0.0 };
            best[i][j] = paired.max(best[i + 1][j]).max(best[i][j + 1]);
        }
    }
    let mut out = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < rows && j < columns {
        if like[i][j] > 0.0 && best[i][j] <= like[i][j] + best[i + 1][j + 1] {
            out.push((hunk.old.start + i, hunk.new.start + j));
            (i, j) = (i + 1, j + 1);
        } else if best[i + 1][j] >= best[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    out
}
