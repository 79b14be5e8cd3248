//! Changes token streams at random: removes, doubles, swaps, replaces, wraps and adds tokens.

use crate::tests::grammar::{self, Choices};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Deeper groups are not changed, since their parsers are recursive, here and in the compiler.
const DEEPEST: usize = 24;

/// Changes a stream a few times, as the choices say.
pub(crate) fn mutate(stream: TokenStream, choices: &mut Choices<'_>) -> TokenStream {
    (0..=choices.below(2)).fold(stream, |stream, _| change(stream, choices, DEEPEST))
}

fn change(stream: TokenStream, choices: &mut Choices<'_>, depth: usize) -> TokenStream {
    let mut tokens: Vec<TokenTree> = stream.into_iter().collect();
    let groups: Vec<usize> = (0..tokens.len()).filter(|at| matches!(tokens[*at], TokenTree::Group(_))).collect();
    if depth > 0 && !groups.is_empty() && choices.below(3) > 0 {
        let at = choices.pick(&groups);
        if let TokenTree::Group(group) = &tokens[at] {
            let mut inside = Group::new(group.delimiter(), change(group.stream(), choices, depth - 1));
            inside.set_span(group.span());
            tokens[at] = TokenTree::Group(inside);
        }
        return tokens.into_iter().collect();
    }
    if tokens.is_empty() {
        return random(choices, 3);
    }
    let (at, other) = (choices.below(tokens.len()), choices.below(tokens.len()));
    match choices.below(8) {
        0 => {
            tokens.remove(at);
        }
        1 => tokens.insert(other, tokens[at].clone()),
        2 => tokens.swap(at, other),
        3 => {
            tokens.splice(at..=at, random(choices, 3));
        }
        4 => {
            tokens.splice(at..at, random(choices, 3));
        }
        5 if depth > 0 => {
            let delimiter =
                choices.pick(&[Delimiter::None, Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket]);
            let (start, end) = (at.min(other), at.max(other));
            let inside: TokenStream = tokens.drain(start..=end).collect();
            tokens.insert(start, TokenTree::Group(Group::new(delimiter, inside)));
        }
        6 => tokens.truncate(at),
        _ => {
            if let TokenTree::Group(group) = tokens[at].clone() {
                tokens.splice(at..=at, group.stream());
            } else {
                tokens.splice(at..at, random(choices, 3));
            }
        }
    }
    tokens.into_iter().collect()
}

/// Returns random tokens, or parts of some.
pub(crate) fn random(choices: &mut Choices<'_>, longest: usize) -> TokenStream {
    // Some of them are invalid tokens on purpose.
    (0..=choices.below(longest)).filter_map(|_| grammar::token(choices).parse::<TokenStream>().ok()).collect()
}
