//! The pattern in `matches(PATTERN if GUARD)`: whether it would match whatever comes.

use crate::syntax::{inside, is_behind_path_separator, is_mark, is_path_separator, is_word, part, pattern};
use proc_macro2::{Ident, TokenTree};

/// The pattern before the guard, and whether there is one.
fn before_guard(tokens: &[TokenTree]) -> (&[TokenTree], bool) {
    let guard = tokens.iter().position(|token| is_word(Some(token), "if"));
    (part(tokens, ..guard.unwrap_or(tokens.len())), guard.is_some())
}

/// The `_` or the variable that is all of the pattern, or one of its alternatives, where no guard decides.
pub(crate) fn catch_all(tokens: &[TokenTree]) -> Option<Ident> {
    let (before, has_guard) = before_guard(tokens);
    let alternatives = before.split(|token| is_mark(Some(token), '|'));
    let mut names = alternatives.filter_map(|alternative| pattern::single_name(&pattern::peel(alternative)).cloned());
    names.find(|name| !has_guard && is_variable(&name.to_string()))
}

fn is_variable(word: &str) -> bool {
    word.starts_with(|first: char| first == '_' || first.is_lowercase()) && !matches!(word, "true" | "false" | "self")
}

/// Whether the pattern is one name.
pub(crate) fn is_name_alone(tokens: &[TokenTree]) -> bool {
    matches!(before_guard(tokens).0, [TokenTree::Ident(name)] if name != "None")
}

/// The names in capitals in a pattern that are no part of a path and hold nothing: constants and unit variants, or variables by mistake.
pub(crate) fn names_in_capitals(tokens: &[TokenTree]) -> Vec<Ident> {
    let mut names = Vec::new();
    collect(before_guard(tokens).0, &mut names);
    names
}

fn collect(tokens: &[TokenTree], names: &mut Vec<Ident>) {
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(name) => {
                let next = tokens.get(at + 1);
                let is_part = is_behind_path_separator(tokens, at)
                    || is_path_separator(tokens, at + 1)
                    || [':', '!', '<', '@'].iter().any(|mark| is_mark(next, *mark))
                    || matches!(next, Some(TokenTree::Group(_)));
                if !is_part && name.to_string().starts_with(char::is_uppercase) {
                    names.push(name.clone());
                }
            }
            TokenTree::Group(group) => collect(&inside(group), names),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::TokenStream;

    fn tokens(text: &str) -> Vec<TokenTree> {
        let tokens: TokenStream = text.parse().expect(text);
        tokens.into_iter().collect()
    }

    #[test]
    fn what_matches_everything_is_found() {
        for text in ["_", "e", "mut e", "E::A | _", "| other", "_rest"] {
            assert!(catch_all(&tokens(text)).is_some(), "{text}");
        }
        for text in
            ["_ if true", "e if e.is_busy()", "E::A", "A", "true", "(_, 5)", "E(_)", "500..=599", "\"x\"", "e @ E::A"]
        {
            assert!(catch_all(&tokens(text)).is_none(), "{text}");
        }
    }

    #[test]
    fn names_in_capitals_are_found() {
        for (text, found) in [
            ("TimedOut", "TimedOut"),
            ("Some(Busy) | A", "Busy A"),
            ("E::A | B::C(x)", ""),
            ("Status { Code: 5, rest }", ""),
            ("LOW..=HIGH", "LOW HIGH"),
            ("Name @ E::A", ""),
            ("code if code == LIMIT", ""),
            ("vec![A]", "A"),
        ] {
            let names: Vec<_> = names_in_capitals(&tokens(text)).iter().map(ToString::to_string).collect();
            assert_eq!(names.join(" "), found, "{text}");
        }
    }
}
