//! Faults: collects errors, so that all of an attribute are reported at once, and finds what a misspelt word was meant to be.
//!
//! It knows no key and no rule.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use std::fmt::Display;

/// The faults found so far.
#[derive(Default)]
pub(crate) struct Faults(Option<syn::Error>);

impl Faults {
    /// Adds a fault at one token.
    pub(crate) fn at(&mut self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message));
    }

    /// Adds a fault of two places: the message at the one to change, a word of explanation at the other.
    pub(crate) fn between(&mut self, span: Span, message: impl Display, other: Span, explanation: impl Display) {
        self.at(span, message);
        self.at(other, explanation);
    }

    /// Adds a fault that covers several tokens.
    pub(crate) fn on(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds a fault.
    pub(crate) fn push(&mut self, fault: syn::Error) {
        match &mut self.0 {
            Some(faults) => faults.combine(fault),
            none => *none = Some(fault),
        }
    }

    /// Adds the fault of a failed result, and answers the value of the others.
    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|fault| self.push(fault)).ok()
    }

    /// Answers the value, if nothing was found, and else the faults as one.
    pub(crate) fn result<T>(self, value: T) -> syn::Result<T> {
        self.0.map_or(Ok(value), Err)
    }

    /// Answers the value, if nothing was found.
    pub(crate) fn check<T>(self, value: Option<T>) -> Result<T, TokenStream> {
        match (self.0, value) {
            (None, Some(value)) => Ok(value),
            (Some(faults), _) => Err(faults.into_compile_error()),
            // Whoever answers `None` has added a fault; this says so if one day it did not.
            (None, None) => {
                Err(syn::Error::new(Span::call_site(), "this attribute cannot be used here").into_compile_error())
            }
        }
    }
}

/// Answers the end of a message that names the nearest of the allowed words: "; did you mean `base`?", or nothing.
pub(crate) fn did_you_mean(found: &str, allowed: &[impl AsRef<str>]) -> String {
    match nearest(found, allowed) {
        Some(word) => format!("; did you mean `{word}`?"),
        None => String::new(),
    }
}

/// Answers the words between quotes, with commas between them.
pub(crate) fn listed(words: &[impl AsRef<str>], quote: &str) -> String {
    let mut list = String::new();
    for word in words {
        let comma = if list.is_empty() { "" } else { ", " };
        list.extend([comma, quote, word.as_ref(), quote]);
    }
    list
}

fn nearest<'a>(found: &str, allowed: &'a [impl AsRef<str>]) -> Option<&'a str> {
    let found = found.to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for word in allowed {
        let word = word.as_ref();
        let distance = distance(&found, &word.to_lowercase());
        // Of a letter alone, any other letter is one change away.
        let most = if found.len() > 1 { (word.len().max(found.len()) / 3).max(1) } else { 0 };
        let is_near = distance <= most;
        if is_near && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, word));
        }
    }
    best.map(|(_, word)| word)
}

/// Answers the number of insertions, deletions, substitutions and swaps of neighbours between two words (Damerau and Levenshtein,
/// in the restricted form).
fn distance(from: &str, to: &str) -> usize {
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
