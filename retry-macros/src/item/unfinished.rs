//! Items that no compiler accepts, because something is missing between two tokens: `c: )`, `u8,,`, `x = ;`, `self. }`.
//!
//! The compiler reports such a place itself. This is asked only for an item that is not understood, so that a function of a newer syntax
//! is never left without its retries in silence. It knows no message.

use crate::syntax::{is_mark, is_word};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The start or the end of a group, or of the whole item.
const EDGE: &str = "";

/// Tokens that never stand beside each other, but in the arguments of a macro.
const NEVER: [(&str, &[&str]); 6] = [
    (EDGE, &[","]),
    (",", &[","]),
    (".", &[EDGE, ",", ";"]),
    (":", &[EDGE, ",", ";"]),
    ("=", &[EDGE, ",", ";"]),
    ("&", &[EDGE, ",", ";", "="]),
];

/// Returns whether the compiler surely refuses an item for its syntax.
pub(crate) fn is_unfinished(item: &TokenStream) -> bool {
    let tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    has_unfinished_head(&tokens) || is_unfinished_group(&tokens)
}

/// Returns whether a function has no arguments after its name, or a mark for its return type that is not `->`.
fn has_unfinished_head(tokens: &[TokenTree]) -> bool {
    let Some(at) = tokens.iter().position(|token| is_word(Some(token), "fn")) else { return false };
    let mut rest = tokens.iter().skip(at + 1);
    let Some(TokenTree::Ident(_)) = rest.next() else { return false };
    match rest.next() {
        Some(TokenTree::Group(arguments)) if arguments.delimiter() == Delimiter::Parenthesis => {
            let next = rest.next();
            is_mark(next, ':') || is_mark(next, '=')
        }
        Some(TokenTree::Group(arguments)) => arguments.delimiter() == Delimiter::Brace,
        next => is_mark(next, '-'),
    }
}

fn is_unfinished_group(tokens: &[TokenTree]) -> bool {
    let text = |at: Option<usize>| match at.and_then(|at| tokens.get(at)) {
        Some(TokenTree::Punct(mark)) => mark.as_char().to_string(),
        Some(_) => "_".to_owned(),
        None => EDGE.to_owned(),
    };
    let is_never = |at: usize| {
        let (before, after) = (at.checked_sub(1), Some(at));
        let is_range = is_mark(before.and_then(|at| tokens.get(at)), '.')
            && at.checked_sub(2).is_some_and(|at| is_mark(tokens.get(at), '.'));
        let (before, after) = (text(before), text(after));
        !is_range && NEVER.iter().any(|(first, next)| *first == before && next.contains(&after.as_str()))
    };
    let is_inside = |(at, token): (usize, &TokenTree)| match token {
        TokenTree::Group(group) => {
            let is_of_macro = at.checked_sub(1).is_some_and(|at| is_mark(tokens.get(at), '!'));
            !is_of_macro && is_unfinished_group(&group.stream().into_iter().collect::<Vec<_>>())
        }
        _ => false,
    };
    (0..=tokens.len()).any(is_never) || tokens.iter().enumerate().any(is_inside)
}

#[cfg(test)]
mod tests {
    use super::is_unfinished;

    fn check(item: &str) -> bool {
        is_unfinished(&item.parse().expect(item))
    }

    #[test]
    fn what_lacks_something_is_unfinished() {
        for item in [
            "fn f(c: ) -> Result<(), ()> { Ok(()) }",
            "async fn f(&self, c: , d: u8) -> Result<(), ()> { Ok(()) }",
            "fn f(a: u8,,) -> Result<(), ()> { Ok(()) }",
            "fn f(a: &) -> Result<(), ()> { Ok(()) }",
            "fn f(, a: u8) -> Result<(), ()> { Ok(()) }",
            "fn f -> Result<(), ()> { Ok(()) }",
            "pub(crate) fn f { Ok(()) }",
            "fn f() : Result<(), ()> { Ok(()) }",
            "fn f() => Result<(), ()> { Ok(()) }",
            "fn f() -> B { let x = ; Box::pin(async {}) }",
            "fn f() -> B { Box::pin(async { self. }.) }",
            "fn f() -> B { let a = call(b.); Box::pin(async {}) }",
        ] {
            assert!(check(item), "{item}");
        }
    }

    #[test]
    fn what_a_compiler_accepts_is_finished() {
        for item in [
            "fn f(u8) -> Result<(), ()> { Ok(()) }",
            "fn f<T: Copy>(a: &T, (b, c): (u8, u8),) -> Result<(), ()> where T: Clone, { Ok(()) }",
            "fn f(a: &[u8]) -> Result<&[u8], ()> { Ok(&a[1..]) }",
            "fn f(a: &[u8]) -> Result<&[u8], ()> { let r = ..; let s = 1..; g(r, 2.., ..3, ..); a[..] }",
            "fn f() -> Option<u8> { mark!(a., b: , = ;); std::mark! { ,, } Some((1.).min(..)) }",
            "fn f() -> Option<u8> { 'a: loop { break 'a; } x += 1; let y = 1.; a && b; { ::std::mark() } }",
        ] {
            assert!(!check(item), "{item}");
        }
    }
}
