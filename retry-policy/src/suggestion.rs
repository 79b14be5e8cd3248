//! Suggestions: finds the allowed word that is most similar to a misspelt one.
//!
//! It knows no setting.

/// Returns the end of a message that names the nearest of the allowed words: "; did you mean `base`?", or nothing.
pub fn did_you_mean(found: &str, allowed: &[impl AsRef<str>]) -> String {
    match nearest(found, allowed) {
        Some(word) => format!("; did you mean `{word}`?"),
        None => String::new(),
    }
}

/// Returns the words between quotes, with commas between them.
pub fn listed(words: &[impl AsRef<str>], quote: &str) -> String {
    let mut list = String::new();
    for word in words {
        let comma = if list.is_empty() { "" } else { ", " };
        list.extend([comma, quote, word.as_ref(), quote]);
    }
    list
}

/// Returns the most similar allowed word, if one is similar enough.
pub fn nearest<'a>(found: &str, allowed: &'a [impl AsRef<str>]) -> Option<&'a str> {
    // No allowed word is as long, and the distance takes time and memory by the product of the lengths.
    if found.len() > 100 {
        return None;
    }
    let found = found.to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for word in allowed {
        let word = word.as_ref();
        let distance = distance(&found, &word.to_lowercase());
        // A single letter is one change away from every other letter.
        let most = if found.len() > 1 { (word.len().max(found.len()) / 3).max(1) } else { 0 };
        let is_near = distance <= most;
        if is_near && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, word));
        }
    }
    best.map(|(_, word)| word)
}

/// Returns the number of insertions, deletions, substitutions and swaps of neighbours between two words. (This is the restricted
/// distance of Damerau and Levenshtein.)
#[expect(clippy::arithmetic_side_effects, reason = "indices and distances are at most the lengths of the words")]
pub fn distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    let mut rows = vec![(0..=to.len()).collect::<Vec<_>>()];
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let mut best = (rows[i][j + 1] + 1).min(row[j] + 1).min(rows[i][j] + usize::from(a != b));
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_found_and_far_ones_are_not() {
        let keys = ["base", "cap", "factor", "max", "deadline"];
        assert_eq!(nearest("bsae", &keys), Some("base"));
        assert_eq!(nearest("Max", &keys), Some("max"));
        assert_eq!(nearest("dealine", &keys), Some("deadline"));
        assert_eq!(nearest("pots", &["GET", "POST"]), Some("POST"));
        assert_eq!(nearest("colour", &keys), None);
        assert_eq!(nearest("", &keys), None);
        assert_eq!(nearest("w", &["s", "h"]), None);
        assert_eq!(nearest("S", &["s", "h"]), Some("s"));
    }
}
