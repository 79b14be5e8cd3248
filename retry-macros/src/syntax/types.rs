//! Types: what is behind a reference, and the arguments of a path.

use crate::syntax::{behind_generics, inside, is_mark, is_word, part};
use proc_macro2::{Delimiter, TokenTree};

/// The number of tokens of the `&'a mut` that the tokens begin with, if they do.
pub(crate) fn reference(tokens: &[TokenTree]) -> Option<usize> {
    tokens.first().filter(|first| is_mark(Some(first), '&'))?;
    let length = match part(tokens, 1..) {
        [mark, TokenTree::Ident(_), ..] if is_mark(Some(mark), '\'') => 3,
        // A fragment of `macro_rules!`.
        [TokenTree::Group(hidden), ..] if is_mark(inside(hidden).first(), '\'') => 2,
        _ => 1,
    };
    Some(length + usize::from(is_word(tokens.get(length), "mut")))
}

/// The type without the parentheses and the invisible groups around it.
pub(crate) fn peel(ty: &[TokenTree]) -> Vec<TokenTree> {
    if let [TokenTree::Group(group)] = ty {
        let inside = inside(group);
        let is_tuple = || inside.is_empty() || inside.iter().any(|token| is_mark(Some(token), ','));
        if group.delimiter() == Delimiter::None || (group.delimiter() == Delimiter::Parenthesis && !is_tuple()) {
            return peel(&inside);
        }
    }
    ty.to_vec()
}

/// The parts between the marks that stand in no group and in no generic arguments; an empty one at the end is none.
pub(crate) fn split(tokens: &[TokenTree], mark: char) -> Vec<Vec<TokenTree>> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < tokens.len() {
        if is_mark(tokens.get(at), mark) {
            parts.push(part(tokens, start..at).to_vec());
            start = at + 1;
        }
        at = if is_mark(tokens.get(at), '<') { behind_generics(tokens, at) } else { at + 1 };
    }
    if start < tokens.len() {
        parts.push(part(tokens, start..).to_vec());
    }
    parts
}
