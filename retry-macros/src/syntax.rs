//! Rust as far as the macros have to understand it, kept as tokens: attributes, expressions, patterns, signatures, statements, types.
//!
//! Syn's own types for these would be most of what a user's cold build compiles for the macros. What is read here is what callers
//! ask for; all else goes through as it was written. It knows no key.

pub(crate) mod attribute;
pub(crate) mod pattern;
pub(crate) mod scan;
pub(crate) mod shown;
pub(crate) mod statement;
pub(crate) mod type_path;
pub(crate) mod types;

use proc_macro2::{Delimiter, Group, Spacing, Span, TokenStream, TokenTree};
use std::slice::SliceIndex;

/// Whether the token is this word.
pub(crate) fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(found)) if found == word)
}

/// Whether the token is this punctuation mark.
pub(crate) fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == mark)
}

/// Whether a `::` begins there, and not a `:` before one.
pub(crate) fn is_path_separator(tokens: &[TokenTree], at: usize) -> bool {
    let is_joint = matches!(tokens.get(at), Some(TokenTree::Punct(mark)) if mark.spacing() == Spacing::Joint);
    is_joint && is_mark(tokens.get(at), ':') && is_mark(tokens.get(at + 1), ':')
}

/// Whether a `::` ends before there.
pub(crate) fn is_behind_path_separator(tokens: &[TokenTree], at: usize) -> bool {
    at >= 2 && is_path_separator(tokens, at - 2)
}

/// The group, if it has this delimiter.
pub(crate) fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<&Group> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
        _ => None,
    }
}

/// A part of a list; what is not there is nothing. By this and not by `[a..b]`, since the tokens need not be Rust.
pub(crate) fn part<T, R: SliceIndex<[T], Output = [T]>>(list: &[T], range: R) -> &[T] {
    list.get(range).unwrap_or_default()
}

/// What is in a group.
pub(crate) fn inside(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

/// The span of all tokens, or of the first one where the compiler joins none.
pub(crate) fn span(tokens: &[TokenTree]) -> Span {
    match tokens {
        [] => Span::call_site(),
        [first, .., last] => first.span().join(last.span()).unwrap_or_else(|| first.span()),
        [only] => only.span(),
    }
}

/// Where the first of these marks is, from there on, in no group.
pub(crate) fn find_mark(tokens: &[TokenTree], from: usize, marks: &[char]) -> Option<usize> {
    (from..tokens.len()).find(|at| marks.iter().any(|mark| is_mark(tokens.get(*at), *mark)))
}

/// Where the generic arguments end that begin with a `<` there: behind their `>`.
pub(crate) fn behind_generics(tokens: &[TokenTree], from: usize) -> usize {
    let mut depth = 0_usize;
    for at in from..tokens.len() {
        // The arrow of `Fn() -> T` closes nothing.
        let is_arrow = at > 0 && is_mark(tokens.get(at - 1), '-');
        if is_mark(tokens.get(at), '<') {
            depth += 1;
        } else if is_mark(tokens.get(at), '>') && !is_arrow {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return at + 1;
            }
        }
    }
    tokens.len()
}

/// Where what stands behind `pub` begins.
pub(crate) fn behind_visibility(tokens: &[TokenTree], from: usize) -> usize {
    if let Some(hidden) = group(tokens.get(from), Delimiter::None).map(inside) {
        let is_visibility = hidden.is_empty() || is_word(hidden.first(), "pub");
        return from + usize::from(is_visibility);
    }
    if !is_word(tokens.get(from), "pub") {
        return from;
    }
    // `pub (A, B)` is a field with a type.
    let is_place = |inside: Vec<TokenTree>| {
        ["crate", "self", "super", "in"].iter().any(|word| is_word(inside.first(), word))
            && (inside.len() == 1 || is_word(inside.first(), "in"))
    };
    let has_place = group(tokens.get(from + 1), Delimiter::Parenthesis).is_some_and(|group| is_place(inside(group)));
    from + 1 + usize::from(has_place)
}

/// Returns a brace group with the span of the user's own.
pub(crate) fn spanned_braces(content: TokenStream, span: Span) -> Group {
    with_content(content, Delimiter::Brace, span)
}

fn with_content(content: TokenStream, delimiter: Delimiter, span: Span) -> Group {
    let mut group = Group::new(delimiter, content);
    group.set_span(span);
    group
}

/// Returns the group that the places lead to, from group to group.
pub(crate) fn group_within(outer: &Group, places: &[usize]) -> Option<Group> {
    let Some((place, deeper)) = places.split_first() else { return Some(outer.clone()) };
    match outer.stream().into_iter().nth(*place)? {
        TokenTree::Group(inner) => group_within(&inner, deeper),
        _ => None,
    }
}

/// Returns a group with another one in the place of the one that the places lead to.
pub(crate) fn replace_within(
    outer: &Group,
    places: &[usize],
    replace: &dyn Fn(&Group) -> Option<Group>,
) -> Option<Group> {
    let Some((place, deeper)) = places.split_first() else { return replace(outer) };
    let mut tokens: Vec<TokenTree> = outer.stream().into_iter().collect();
    let token = tokens.get_mut(*place)?;
    let TokenTree::Group(inner) = token else { return None };
    *token = replace_within(inner, deeper, replace)?.into();
    Some(with_content(tokens.into_iter().collect(), outer.delimiter(), outer.span()))
}
