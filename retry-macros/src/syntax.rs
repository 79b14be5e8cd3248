//! Tokens, expressions, patterns and types of Rust, and their text in messages. It knows no item and no key.

pub(crate) mod expr;
pub(crate) mod matched_pattern;
pub(crate) mod pattern;
pub(crate) mod source_text;
pub(crate) mod type_path;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use std::slice::SliceIndex;
use std::time::Duration;
use syn::Token;
use syn::parse::ParseStream;

/// Returns whether the token is this word.
pub(crate) fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(found)) if found == word)
}

/// Returns whether the tokens mention a word, at any depth.
pub(crate) fn has_word(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(found) => found == word,
        TokenTree::Group(group) => has_word(group.stream(), word),
        _ => false,
    })
}

/// Returns the tokens with a name in place of a word, at any depth.
pub(crate) fn replace_word(tokens: TokenStream, word: &str, name: &str) -> TokenStream {
    let replaced = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(found) if found == word => Ident::new(name, found.span()).into(),
        TokenTree::Group(group) => {
            with_content(replace_word(group.stream(), word, name), group.delimiter(), group.span()).into()
        }
        other => other,
    });
    replaced.collect()
}

/// Returns whether the token is this punctuation mark.
pub(crate) fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == mark)
}

/// Returns a part of a list, which is empty if the list is shorter. Tokens may be no valid Rust, so `[a..b]` could panic.
pub(crate) fn part<T, R: SliceIndex<[T], Output = [T]>>(list: &[T], range: R) -> &[T] {
    list.get(range).unwrap_or_default()
}

/// Returns whether an entry of a list ends here.
pub(crate) fn is_end(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![,])
}

/// Takes the tokens before the next comma.
pub(crate) fn tokens_to_comma(input: ParseStream<'_>) -> Vec<TokenTree> {
    let mut tokens = Vec::new();
    while !is_end(input) {
        let Ok(token) = input.parse() else { break };
        tokens.push(token);
    }
    tokens
}

/// Returns a duration as an expression.
pub(crate) fn duration_tokens(duration: &Duration) -> TokenStream {
    let (secs, nanos) = (duration.as_secs(), duration.subsec_nanos());
    quote_spanned!(Span::mixed_site()=> ::core::time::Duration::new(#secs, #nanos))
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

/// Returns a group with another group in place of the one at `place`. Each number counts tokens in the group before it.
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
