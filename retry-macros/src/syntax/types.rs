//! Types: what is behind a reference, and the arguments of a path.

use crate::syntax::{behind_generics, inside, is_behind_path_separator, is_mark, is_word, part};
use proc_macro2::{Delimiter, Ident, Span, TokenTree};

/// The `&'a mut` that something begins with.
pub(crate) struct Reference {
    pub(crate) and: Span,
    pub(crate) lifetime: Option<Ident>,
    pub(crate) is_unique: bool,
    /// The number of its tokens.
    pub(crate) length: usize,
}

/// The reference that the tokens begin with.
pub(crate) fn reference(tokens: &[TokenTree]) -> Option<Reference> {
    let and = tokens.first().filter(|first| is_mark(Some(first), '&'))?.span();
    let (lifetime, length) = match part(tokens, 1..) {
        [mark, TokenTree::Ident(name), ..] if is_mark(Some(mark), '\'') => (Some(name.clone()), 3),
        // A fragment of `macro_rules!`.
        [TokenTree::Group(hidden), ..] if hidden.delimiter() == Delimiter::None => match inside(hidden).as_slice() {
            [mark, TokenTree::Ident(name)] if is_mark(Some(mark), '\'') => (Some(name.clone()), 2),
            _ => (None, 1),
        },
        _ => (None, 1),
    };
    let is_unique = is_word(tokens.get(length), "mut");
    Some(Reference { and, lifetime, is_unique, length: length + usize::from(is_unique) })
}

/// Whether a `&mut` stands in a type, at any depth.
pub(crate) fn has_unique_reference(ty: &[TokenTree]) -> bool {
    (0..ty.len()).any(|at| match &ty[at] {
        TokenTree::Group(group) => has_unique_reference(&inside(group)),
        _ => reference(part(ty, at..)).is_some_and(|reference| reference.is_unique),
    })
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

/// The last name of a path with its generic arguments: `Result` of `std::result::Result<T, E>`, with `T` and `E`.
pub(crate) fn generic_path(ty: &[TokenTree]) -> Option<(Ident, Vec<Vec<TokenTree>>)> {
    let mut ty = peel(ty);
    let mut at = 0;
    while let Some(token) = ty.get(at) {
        let is_step = match token {
            TokenTree::Ident(word) => {
                !["dyn", "impl", "fn", "const", "mut", "unsafe"].contains(&word.to_string().as_str())
            }
            TokenTree::Punct(mark) => matches!(mark.as_char(), ':' | '<'),
            TokenTree::Group(_) | TokenTree::Literal(_) => false,
        };
        if !is_step {
            return None;
        }
        if !is_mark(Some(token), '<') {
            at += 1;
            continue;
        }
        let end = behind_generics(&ty, at);
        if end < ty.len() {
            at = end;
            continue;
        }
        // `Result::<T, E>` is one, too.
        let name = if is_behind_path_separator(&ty, at) { at.checked_sub(3)? } else { at.checked_sub(1)? };
        let TokenTree::Ident(name) = ty.get(name)?.clone() else { return None };
        ty.pop().filter(|last| is_mark(Some(last), '>'))?;
        return Some((name, split(part(&ty, at + 1..), ',')));
    }
    None
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
