//! Patterns: the names that they bind, and the `mut` before these.

use crate::syntax::{behind_generics, inside, is_behind_path_separator, is_mark, is_path_separator, is_word, part};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenTree};
use syn::Token;

/// A name that a pattern binds.
pub(crate) struct Bound {
    pub(crate) name: Ident,
    /// Whether it is bound by `ref`.
    pub(crate) is_reference: bool,
    pub(crate) mutability: Option<Token![mut]>,
    pub(crate) around: Around,
}

/// What patterns around a name say of it.
#[derive(Clone, Default)]
pub(crate) struct Around {
    /// Whether it lies behind a `&mut`.
    pub(crate) is_unique: bool,
    /// The attributes of the fields that it lies in.
    pub(crate) attributes: Vec<TokenTree>,
}

/// What a name is bound by instead.
type Each<'a> = &'a mut dyn FnMut(&Bound) -> Option<Token![mut]>;

/// The pattern with another `mut`, or none, before each name that is not bound by `ref`.
pub(crate) fn rebind(tokens: &[TokenTree], each: Each<'_>) -> Vec<TokenTree> {
    rebind_within(tokens, &Around::default(), each)
}

/// The same for an argument: a name alone is bound there, whatever it looks like.
pub(crate) fn rebind_argument(tokens: &[TokenTree], each: Each<'_>) -> Vec<TokenTree> {
    match tokens {
        [TokenTree::Ident(name)] if !is_keyword(name) => {
            let name = name.clone();
            let bound = Bound { name, is_reference: false, mutability: None, around: Around::default() };
            with_mut(each(&bound), bound.name)
        }
        tokens => rebind(tokens, each),
    }
}

fn with_mut(mutability: Option<Token![mut]>, name: Ident) -> Vec<TokenTree> {
    let mutability = mutability.map(|mutability| Ident::new("mut", mutability.span).into());
    mutability.into_iter().chain([name.into()]).collect()
}

fn rebind_within(tokens: &[TokenTree], outer: &Around, each: Each<'_>) -> Vec<TokenTree> {
    let mut rebound = Vec::new();
    let mut at = 0;
    let mut around = outer.clone();
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '&' => around.is_unique |= is_word(tokens.get(at + 1), "mut"),
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                around.attributes.extend_from_slice(part(tokens, at..at + 2));
            }
            TokenTree::Punct(mark) if matches!(mark.as_char(), ',' | '|') => around = outer.clone(),
            _ => {}
        }
        if is_mark(Some(token), '<') && is_behind_path_separator(tokens, at) {
            let end = behind_generics(tokens, at);
            rebound.extend_from_slice(part(tokens, at..end));
            at = end;
            continue;
        }
        if let Some((mut bound, length)) = bound(tokens, at) {
            bound.around = around.clone();
            let mutability = each(&bound);
            if bound.is_reference {
                rebound.extend_from_slice(part(tokens, at..at + length));
            } else {
                rebound.extend(with_mut(mutability, bound.name));
            }
            at += length;
            continue;
        }
        rebound.push(match token {
            TokenTree::Group(group) if !is_opaque(tokens, at) => {
                let inside = inside(group);
                let content = rebind_within(&inside, &around, each);
                // Around a `mut` that is gone they are needed no more, and nobody is to be told so.
                let is_bare = group.delimiter() == Delimiter::Parenthesis && inside.len() == 2 && content.len() == 1;
                let here = Span::mixed_site().located_at(group.span());
                let mut rebound = Group::new(group.delimiter(), content.into_iter().collect());
                rebound.set_span(if is_bare { here } else { group.span() });
                TokenTree::Group(rebound)
            }
            token => token.clone(),
        });
        at += 1;
    }
    rebound
}

/// The names that a pattern binds.
pub(crate) fn names(pattern: &[TokenTree]) -> Vec<Ident> {
    let mut names = Vec::new();
    rebind(pattern, &mut |bound| {
        names.push(bound.name.clone());
        None
    });
    names
}

/// The name that a pattern is, if it is nothing else: `name`, `mut name`.
pub(crate) fn single_name(pattern: &[TokenTree]) -> Option<&Ident> {
    match pattern {
        [TokenTree::Ident(name)] => Some(name),
        [first, TokenTree::Ident(name)] if is_word(Some(first), "mut") => Some(name),
        _ => None,
    }
}

/// Whether there is an or-pattern in it.
pub(crate) fn has_sides(pattern: &[TokenTree]) -> bool {
    (0..pattern.len()).any(|at| match &pattern[at] {
        TokenTree::Group(group) => !is_opaque(pattern, at) && has_sides(&inside(group)),
        token => is_mark(Some(token), '|'),
    })
}

/// The first call of a macro in a pattern.
pub(crate) fn macro_call(pattern: &[TokenTree]) -> Option<Vec<TokenTree>> {
    (0..pattern.len()).find_map(|at| match part(pattern, at..) {
        [TokenTree::Ident(_), not, TokenTree::Group(_), ..] if is_mark(Some(not), '!') => {
            Some(part(pattern, at..at + 3).to_vec())
        }
        [TokenTree::Group(group), ..] if !is_opaque(pattern, at) => macro_call(&inside(group)),
        _ => None,
    })
}

/// Whether a group is an attribute, the argument of a macro, or a constant.
fn is_opaque(tokens: &[TokenTree], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    is_mark(before, '#') || is_mark(before, '!') || is_word(before, "const")
}

/// The name that is bound there, and the number of its tokens: `name`, `mut name`, `ref name`, `ref mut name`.
fn bound(tokens: &[TokenTree], at: usize) -> Option<(Bound, usize)> {
    // In `&mut name` it belongs to the reference.
    if at > 0 && is_mark(tokens.get(at - 1), '&') && is_word(tokens.get(at), "mut") {
        return None;
    }
    let mut next = at;
    let is_reference = is_word(tokens.get(next), "ref");
    next += usize::from(is_reference);
    let mutability = match tokens.get(next) {
        Some(TokenTree::Ident(word)) if word == "mut" => Some(Token![mut](word.span())),
        _ => None,
    };
    next += usize::from(mutability.is_some());
    let Some(TokenTree::Ident(name)) = tokens.get(next) else { return None };
    let is_plain = !is_reference && mutability.is_none();
    if is_plain && !is_name(tokens, next) {
        return None;
    }
    Some((Bound { name: name.clone(), is_reference, mutability, around: Around::default() }, next + 1 - at))
}

/// Whether a word binds something: it is no keyword, no part of a path, no field, and no constant by its looks.
fn is_name(tokens: &[TokenTree], at: usize) -> bool {
    let TokenTree::Ident(word) = &tokens[at] else { return false };
    let next = tokens.get(at + 1);
    let is_part = is_behind_path_separator(tokens, at)
        || is_mark(next, ':')
        || is_path_separator(tokens, at + 1)
        || is_mark(next, '!')
        || matches!(next, Some(TokenTree::Group(group)) if group.delimiter() != Delimiter::None);
    !is_part && (!is_constant(word) || is_mark(next, '@')) && !is_keyword(word)
}

/// Whether a name looks like that of a constant.
pub(crate) fn is_constant(name: &Ident) -> bool {
    name.to_string().starts_with(char::is_uppercase)
}

fn is_keyword(word: &Ident) -> bool {
    const KEYWORDS: [&str; 11] = ["_", "box", "const", "crate", "false", "if", "mut", "ref", "self", "super", "true"];
    KEYWORDS.iter().any(|keyword| word == keyword)
}

/// A pattern without the invisible group that `macro_rules!` puts around a fragment.
pub(crate) fn peel(pattern: &[TokenTree]) -> Vec<TokenTree> {
    match pattern {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::None => peel(&inside(group)),
        _ => pattern.to_vec(),
    }
}

/// Puts `mut` before a name that is not bound by `ref`, and tells whether it is there.
pub(crate) fn set_mut(pattern: &mut Vec<TokenTree>, name: &Ident, mutability: Token![mut]) -> bool {
    let mut found = false;
    *pattern = rebind_argument(pattern, &mut |bound| {
        let is_it = bound.name == *name && !bound.is_reference;
        found |= is_it;
        if is_it { Some(mutability) } else { bound.mutability }
    });
    found
}
