//! Finds mistakes around `matches(PATTERN if GUARD)`: a missing `matches`, wrong brackets, or content that is not a pattern.

use crate::faults;
use crate::syntax::type_path::is_camel_case;
use crate::syntax::{is_mark, is_word, matched_pattern, part, source_text, type_path};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Pat, PatIdent, Path};

/// Refuses `matches` with other brackets, and patterns without `matches`. A path alone may be a function.
pub(super) fn refuse_value(key: &str, value: &[TokenTree]) -> syn::Result<()> {
    let meant = match value {
        [word, not, TokenTree::Group(content)] if is_word(Some(word), "matches") && is_mark(Some(not), '!') => {
            let content: Vec<TokenTree> = content.stream().into_iter().collect();
            // The first argument of `matches!` is a value.
            let comma = content.iter().position(|token| is_mark(Some(token), ','));
            part(&content, comma.map_or(0, |comma| comma + 1)..).iter().cloned().collect()
        }
        [word, TokenTree::Group(content)] if is_word(Some(word), "matches") => match content.delimiter() {
            Delimiter::Brace => content.stream(),
            // `matches[0]` may be a function in a list.
            Delimiter::Bracket if is_alternatives(content.stream(), 1) => content.stream(),
            _ => return Ok(()),
        },
        // `matches Error::Timeout`
        [word, pattern @ ..]
            if is_word(Some(word), "matches") && matches!(pattern.first(), Some(TokenTree::Ident(_))) =>
        {
            pattern.iter().cloned().collect()
        }
        // The kinds of an `io::Error` are no patterns of it.
        _ if is_alternatives(value.iter().cloned().collect(), 2) && !is_kinds(value) => value.iter().cloned().collect(),
        _ => return Ok(()),
    };
    let found = source_text::of_tokens(value);
    let meant = if meant.is_empty() { "MyError::Timeout".to_owned() } else { source_text::of(&meant) };
    let message = format!(
        "`{key}` expects a function, or a pattern in `matches(...)`, found `{found}`; write `{key} = matches({meant})`"
    );
    Err(faults::spanning(value.iter().cloned().collect::<TokenStream>(), message))
}

/// Returns whether each alternative is a variant of an enum like `ErrorKind`.
fn is_kinds(value: &[TokenTree]) -> bool {
    let is_kind = |path: &[TokenTree]| {
        let mut names = path.iter().rev().filter(|token| matches!(token, TokenTree::Ident(_)));
        names.nth(1).is_some_and(|owner| owner.to_string().ends_with("Kind"))
    };
    value.split(|token| is_mark(Some(token), '|')).all(is_kind)
}

/// Returns whether these are at least this number of patterns, each the name of a variant or of a type, with or without fields.
pub(crate) fn is_alternatives(tokens: TokenStream, least: usize) -> bool {
    let Ok(pattern) = Pat::parse_multi_with_leading_vert.parse2(tokens) else { return false };
    let alternatives = matched_pattern::alternatives(&pattern);
    alternatives.len() >= least && alternatives.into_iter().all(is_variant)
}

fn is_variant(pattern: &Pat) -> bool {
    let is_upper = |name: String| name.starts_with(char::is_uppercase);
    let is_variant_path = |path: &Path| {
        let mut names = type_path::names(path);
        let (last, owner) = (names.pop().unwrap_or_default(), names.pop().unwrap_or_default());
        (is_camel_case(&last) || is_camel_case(&owner)) && is_upper(last)
    };
    match pattern {
        Pat::Ident(PatIdent { by_ref: None, mutability: None, ident, subpat: None, .. }) => {
            is_camel_case(&ident.to_string())
        }
        Pat::Path(path) => is_variant_path(&path.path),
        Pat::Struct(fields) => is_variant_path(&fields.path),
        Pat::TupleStruct(tuple) => is_variant_path(&tuple.path),
        _ => false,
    }
}

/// Refuses the content of a `matches(...)` that is surely not a pattern: a list, a match arm, a condition.
pub(super) fn refuse_content(content: &TokenStream) -> syn::Result<()> {
    let tokens: Vec<TokenTree> = content.clone().into_iter().collect();
    let guard = tokens.iter().position(|token| is_word(Some(token), "if"));
    let Some(at) = end_of_pattern(content).and_then(|rest| tokens.len().checked_sub(rest)) else { return Ok(()) };
    let before = part(&tokens, ..at);
    let Some(token) = tokens.get(at) else { return Ok(()) };
    let message = match source_text::operator(&tokens, at).as_str() {
        "" if guard == Some(at) => match (at, at + 1 == tokens.len()) {
            (0, _) => format!(
                "the pattern before the guard is missing; write `matches(e {})`",
                source_text::of_tokens(&tokens)
            ),
            (_, true) => {
                format!(
                    "the condition behind `if` is missing; write one, or `matches({})`",
                    source_text::of_tokens(before)
                )
            }
            (_, false) => return Ok(()),
        },
        "" => return Ok(()),
        "," if at + 1 == guard.unwrap_or(tokens.len()) => return Ok(()),
        "," => {
            let pattern = part(&tokens, ..guard.unwrap_or(tokens.len()));
            let alternatives: Vec<String> = pattern
                .split(|token| is_mark(Some(token), ','))
                .map(source_text::of_tokens)
                .filter(|one| !one.is_empty())
                .collect();
            // The first argument of `matches!` is a value.
            let is_value =
                |one: &String| one.starts_with(char::is_lowercase) && syn::parse_str::<syn::Ident>(one).is_ok();
            let skipped = usize::from(alternatives.len() > 1 && alternatives.first().is_some_and(is_value));
            let alternatives = part(&alternatives, skipped..).join(" | ");
            let why = if skipped > 0 { "and no value" } else { "whose alternatives are separated by `|`" };
            format!("`matches(...)` holds one pattern, {why}; write `matches({alternatives})`")
        }
        "=>" => {
            format!(
                "a pattern has no `=>`: what it matches is retried; write `matches({})`",
                source_text::of_tokens(before)
            )
        }
        ":" => {
            let kept = [before, guard.map_or(&[], |guard| part(&tokens, guard..))].concat();
            let kept = source_text::of_tokens(&kept);
            format!("a pattern says no type, since that of the failure is known; write `matches({kept})`")
        }
        operator => {
            let condition = condition(&tokens, at, guard.is_some());
            let found = match operator {
                "." => "this is an expression".to_owned(),
                _ => format!("`{operator}` belongs to a condition"),
            };
            format!(
                "{found}, and `matches(...)` holds a pattern; write the condition behind an `if`: `matches({condition})`"
            )
        }
    };
    Err(syn::Error::new(token.span(), message))
}

/// Returns the number of tokens after the pattern at the beginning. `None` if syn cannot parse that pattern; the compiler may be
/// able to.
fn end_of_pattern(content: &TokenStream) -> Option<usize> {
    let parser = |input: ParseStream<'_>| {
        let ahead = input.fork();
        let is_pattern = Pat::parse_multi_with_leading_vert(&ahead).is_ok();
        let rest = if is_pattern { &ahead } else { input };
        let count = rest.parse::<TokenStream>()?.into_iter().count();
        input.parse::<TokenStream>()?;
        Ok((is_pattern, count))
    };
    let (is_pattern, count) = parser.parse2(content.clone()).ok()?;
    let first = content.clone().into_iter().next();
    let begins_otherwise =
        ['=', '<', '>', '+', '*', '/', '%', '^', '?', '.'].iter().any(|mark| is_mark(first.as_ref(), *mark));
    (is_pattern || begins_otherwise || is_word(first.as_ref(), "if")).then_some(count)
}

/// Returns the condition, with a pattern before it.
fn condition(content: &[TokenTree], at: usize, has_guard: bool) -> String {
    let name = content.first().filter(|first| matches!(first, TokenTree::Ident(_))).map(ToString::to_string);
    let name = name.filter(|name| at == 1 && name.starts_with(char::is_lowercase));
    let text = source_text::of_tokens(content);
    match name {
        _ if has_guard => "code if *code >= 500".to_owned(),
        // The pattern is matched against a reference.
        Some(name) if is_mark(content.get(1), '.') => format!("{name} if {text}"),
        Some(name) => format!("{name} if *{text}"),
        None if at == 0 && !is_mark(content.first(), '*') => format!("e if *e {text}"),
        None => "code if *code >= 500".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> TokenStream {
        text.parse().expect(text)
    }

    fn value(text: &str) -> syn::Result<()> {
        let tokens: Vec<TokenTree> = tokens(text).into_iter().collect();
        refuse_value("on", &tokens)
    }

    #[test]
    fn what_is_a_pattern_goes_through() {
        for text in [
            "E::A",
            "E::A | E::B,",
            "| E::A(_, x) if x > 5 && f::<A, B>(x)",
            "500..=599",
            "-5..=-1",
            "..=-1 | 7..",
            "&E::A",
            "&&E::A | & mut & x",
            "<T as Trait<Item = u8>>::NAME",
            "1..=<T as Trait>::MOST",
            "1..<T>::MOST",
            "E::<5>::A | E::<A, B>::C { .. }",
            "e @ E::A",
            "ref mut e",
            "pattern!(a => b)",
            "::my::E::A",
            "'a'..='z' | \"x\"",
            "(A, B) if a == b",
            "const { 5 + 5 }",
        ] {
            assert!(refuse_content(&tokens(text)).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_told_with_a_way_out() {
        for (text, part) in [
            ("E::A, E::B", "write `matches(E::A | E::B)`"),
            ("E::A, E::B if x", "write `matches(E::A | E::B)`"),
            ("E::A => true", "write `matches(E::A)`"),
            ("e == 500", "`matches(e if *e == 500)`"),
            ("e.is_busy()", "`matches(e if e.is_busy())`"),
            (">= 500", "`matches(e if *e >= 500)`"),
            ("< 500", "`<` belongs"),
            ("code < LIMIT", "`<` belongs"),
            ("E::A && ready", "`&&` belongs"),
            ("E::A(x) != 5", "`!=` belongs"),
            ("*e == 500", "`*` belongs"),
            ("E::A if", "the condition behind `if` is missing"),
            ("e: u32", "says no type"),
            ("if ready", "the pattern before the guard is missing"),
        ] {
            let message = refuse_content(&tokens(text)).expect_err(text).to_string();
            assert!(message.contains(part), "{text}: {message}");
        }
    }

    #[test]
    fn a_pattern_without_matches_is_told_from_a_function() {
        for (text, meant) in [
            ("E::A | E::B", "on = matches(E::A | E::B)"),
            ("Busy | Lost(_)", "on = matches(Busy | Lost(_))"),
            ("matches!(e, E::A)", "on = matches(E::A)"),
            ("matches[E::A]", "on = matches(E::A)"),
            ("matches { E::A }", "on = matches(E::A)"),
            ("matches E::A | E::B(_)", "on = matches(E::A | E::B(_))"),
            ("matches!()", "on = matches(MyError::Timeout)"),
        ] {
            let message = value(text).expect_err(text).to_string();
            assert!(message.ends_with(&format!("write `{meant}`")), "{text}: {message}");
        }
        for text in [
            "E::A",
            "Busy",
            "E::is_busy | E::is_lost",
            "is_busy",
            "|e| e.is_busy() | X",
            "BUSY | LOST",
            "a::is_busy | b::is_lost",
            "matches[0]",
            "matches(E::A)",
        ] {
            assert!(value(text).is_ok(), "{text}");
        }
    }
}
