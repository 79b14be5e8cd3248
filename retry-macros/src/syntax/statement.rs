//! Where attributes end, and where a value begins, told by tokens.

use crate::syntax::{behind_generics, group, is_mark};
use proc_macro2::{Delimiter, Spacing, TokenTree};

/// Where what stands behind the attributes begins.
pub(crate) fn behind_attributes(tokens: &[TokenTree], from: usize) -> usize {
    let mut at = from;
    while is_mark(tokens.get(at), '#') && group(tokens.get(at + 1), Delimiter::Bracket).is_some() {
        at += 2;
    }
    at
}

/// Where the `=` is before a value, behind a pattern and a type.
pub(crate) fn equals(tokens: &[TokenTree], from: usize) -> Option<usize> {
    let mut at = from;
    while at < tokens.len() {
        if is_equals(tokens, at) {
            return Some(at);
        }
        at = if is_mark(tokens.get(at), '<') { behind_generics(tokens, at) } else { at + 1 };
    }
    None
}

/// Whether this is a `=` and no part of `..=`.
fn is_equals(tokens: &[TokenTree], at: usize) -> bool {
    let is_part = match at.checked_sub(1).map(|before| &tokens[before]) {
        Some(TokenTree::Punct(mark)) => mark.as_char() == '.' && mark.spacing() == Spacing::Joint,
        _ => false,
    };
    is_mark(tokens.get(at), '=') && !is_part
}
