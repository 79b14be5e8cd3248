//! Patterns that are a name alone.

use crate::syntax::{inside, is_word};
use proc_macro2::{Delimiter, Ident, TokenTree};

/// The name that a pattern is, if it is nothing else: `name`, `mut name`.
pub(crate) fn single_name(pattern: &[TokenTree]) -> Option<&Ident> {
    match pattern {
        [TokenTree::Ident(name)] => Some(name),
        [first, TokenTree::Ident(name)] if is_word(Some(first), "mut") => Some(name),
        _ => None,
    }
}

/// A pattern without the invisible group that `macro_rules!` puts around a fragment.
pub(crate) fn peel(pattern: &[TokenTree]) -> Vec<TokenTree> {
    match pattern {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::None => peel(&inside(group)),
        _ => pattern.to_vec(),
    }
}
