//! Whether tokens are a pattern with an optional guard, down to what is in their groups.
//!
//! In doubt they are not: who asks has another way for these, by which the compiler reports what is wrong in them.

use super::{inside, is_mark, is_word, part, scan, types};
use proc_macro2::{Delimiter, Group, TokenTree};

/// Whether the tokens are `PATTERN` or `PATTERN if GUARD`.
pub(super) fn is_match(tokens: &[TokenTree]) -> bool {
    let end = tokens.iter().position(|token| is_word(Some(token), "if"));
    let before = part(tokens, ..end.unwrap_or(tokens.len()));
    // A comma may end it.
    let before = before
        .split_last()
        .filter(|(last, _)| end.is_none() && is_mark(Some(last), ','))
        .map_or(before, |(_, rest)| rest);
    is_pattern(before) && end.is_none_or(|end| is_expression(part(tokens, end + 1..)))
}

fn is_pattern(tokens: &[TokenTree]) -> bool {
    pattern(tokens, 0) == Some(tokens.len())
}

/// Where the pattern ends that begins there.
fn pattern(tokens: &[TokenTree], from: usize) -> Option<usize> {
    let mut at = from + usize::from(is_mark(tokens.get(from), '|'));
    loop {
        at = alternative(tokens, at)?;
        if !is_mark(tokens.get(at), '|') {
            return Some(at);
        }
        at += 1;
    }
}

fn alternative(tokens: &[TokenTree], at: usize) -> Option<usize> {
    match tokens.get(at)? {
        TokenTree::Group(group) => match group.delimiter() {
            Delimiter::None => Some(at + 1),
            Delimiter::Parenthesis | Delimiter::Bracket => are_all(group, is_pattern).then_some(at + 1),
            Delimiter::Brace => None,
        },
        TokenTree::Punct(mark) if mark.as_char() == '&' => {
            alternative(tokens, at + 1 + usize::from(is_word(tokens.get(at + 1), "mut")))
        }
        TokenTree::Punct(mark) if mark.as_char() == '.' => range(tokens, at).filter(|end| *end > at),
        TokenTree::Ident(word) if word == "ref" || word == "mut" => {
            let name = at + 1 + usize::from(word == "ref" && is_word(tokens.get(at + 1), "mut"));
            let end = scan::path(tokens, name).filter(|end| *end == name + 1)?;
            behind_name(tokens, end)
        }
        TokenTree::Ident(word) if word == "_" => Some(at + 1),
        TokenTree::Literal(_) | TokenTree::Ident(_) | TokenTree::Punct(_) => {
            let end = bound(tokens, at)?;
            match tokens.get(end) {
                Some(TokenTree::Group(held)) => {
                    let is_held = match held.delimiter() {
                        Delimiter::Parenthesis => are_all(held, is_pattern),
                        Delimiter::Brace => are_all(held, is_field),
                        Delimiter::Bracket | Delimiter::None => false,
                    };
                    (is_held && scan::path(tokens, at) == Some(end)).then_some(end + 1)
                }
                next if is_mark(next, '!') => {
                    matches!(tokens.get(end + 1), Some(TokenTree::Group(_))).then_some(end + 2)
                }
                _ if end == at + 1 => behind_name(tokens, range(tokens, end)?),
                _ => range(tokens, end),
            }
        }
    }
}

/// Where a name ends that `@ pattern` may follow.
fn behind_name(tokens: &[TokenTree], end: usize) -> Option<usize> {
    if is_mark(tokens.get(end), '@') { alternative(tokens, end + 1) } else { Some(end) }
}

/// Where the range ends whose dots may stand there.
fn range(tokens: &[TokenTree], at: usize) -> Option<usize> {
    if !(is_mark(tokens.get(at), '.') && is_mark(tokens.get(at + 1), '.')) {
        return Some(at);
    }
    if is_mark(tokens.get(at + 2), '=') {
        return bound(tokens, at + 3);
    }
    bound(tokens, at + 2).or(Some(at + 2))
}

/// Where a literal or a path ends.
fn bound(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let is_literal = |at: usize| matches!(tokens.get(at), Some(TokenTree::Literal(_)));
    match tokens.get(at)? {
        minus if is_mark(Some(minus), '-') => is_literal(at + 1).then_some(at + 2),
        word if is_literal(at) || is_word(Some(word), "true") || is_word(Some(word), "false") => Some(at + 1),
        _ => scan::path(tokens, at),
    }
}

fn is_field(field: &[TokenTree]) -> bool {
    match field {
        [one, other] if is_mark(Some(one), '.') && is_mark(Some(other), '.') => true,
        [TokenTree::Ident(_) | TokenTree::Literal(_), colon, pattern @ ..] if is_mark(Some(colon), ':') => {
            is_pattern(pattern)
        }
        [TokenTree::Ident(_), ..] => {
            !is_mark(field.get(1), '@') && bound(field, 0).is_none_or(|end| end == 1) && is_pattern(field)
        }
        _ => false,
    }
}

/// Whether what is between the commas of a group is all of that kind.
fn are_all(group: &Group, is: impl Fn(&[TokenTree]) -> bool) -> bool {
    types::split(&inside(group), ',').iter().all(|one| is(one))
}

fn is_expression(tokens: &[TokenTree]) -> bool {
    let is_sound = |at: usize| {
        let is_of_macro = at > 0 && is_mark(tokens.get(at - 1), '!');
        match tokens.get(at) {
            Some(TokenTree::Group(group)) if !is_of_macro => match group.delimiter() {
                Delimiter::Parenthesis | Delimiter::Bracket => are_all(group, is_expression),
                Delimiter::None => true,
                Delimiter::Brace => false,
            },
            _ => true,
        }
    };
    scan::expression(tokens, 0) == Some(tokens.len()) && (0..tokens.len()).all(is_sound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::TokenStream;

    fn is(text: &str) -> bool {
        let tokens: TokenStream = text.parse().expect("tokens");
        is_match(&tokens.into_iter().collect::<Vec<_>>())
    }

    #[test]
    fn patterns_are_told_from_what_looks_like_them() {
        for text in [
            "Busy",
            "Busy,",
            "E::A | E::B(_, Some(X), ..)",
            "| E::D { code: 500..=599 | 404, name, ref mut x, .. }",
            "&E::A | &mut e",
            "e @ E::A",
            "ref mut e @ Some(_)",
            "-5..=-1 | 7.. | ..=LIMIT | A..B",
            "(A, B) if a == b && f(&x, [1, 2])",
            "[first, .., last]",
            "E::<A, B>::C",
            "<T as Trait>::NAME",
            "pattern!(a b)",
            "true | false | \"x\"",
        ] {
            assert!(is(text), "{text}");
        }
        for text in [
            "Busy Lost",
            "E::Slow { dyn A + B . }",
            "| ::Busy Error Error::Slow { .. }",
            "E::A | | E::B",
            "E::A |",
            "Some(A B)",
            "Busy if",
            "Busy if a b",
            "Busy if (a b)",
            "Busy if { a }",
            "E { a b }",
            "A, B",
            "fn",
            "",
        ] {
            assert!(!is(text), "{text}");
        }
    }
}
