//! What stands where `matches(PATTERN if GUARD)` or its content should, and surely is none.

use crate::syntax::{behind_generics, group, is_behind_path_separator, is_mark, is_path_separator, is_word, part};
use crate::syntax::{inside, scan, shown, types};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Refuses a value that is `matches` with other marks, or patterns without it. A path alone may be a function.
pub(crate) fn refuse_value(key: &str, tokens: &[TokenTree]) -> syn::Result<()> {
    let end = tokens.iter().position(|token| is_mark(Some(token), ',')).unwrap_or(tokens.len());
    let value = part(tokens, ..end);
    let meant = match value {
        [word, not, TokenTree::Group(content)] if is_word(Some(word), "matches") && is_mark(Some(not), '!') => {
            let content = inside(content);
            // The macro's value comes first.
            let comma = content.iter().position(|token| is_mark(Some(token), ','));
            part(&content, comma.map_or(0, |comma| comma + 1)..).to_vec()
        }
        [word, TokenTree::Group(content)] if is_word(Some(word), "matches") => match content.delimiter() {
            Delimiter::Brace => inside(content),
            // A list of functions may have that name.
            Delimiter::Bracket if is_alternatives(&inside(content), 1) => inside(content),
            _ => return Ok(()),
        },
        _ if is_alternatives(value, 2) => value.to_vec(),
        _ => return Ok(()),
    };
    let found = shown::text(value);
    let meant = if meant.is_empty() { "MyError::Timeout".to_owned() } else { shown::text(&meant) };
    let message = format!(
        "`{key}` expects a function, or a pattern in `matches(...)`, found `{found}`; write `{key} = matches({meant})`"
    );
    Err(syn::Error::new_spanned(value.iter().cloned().collect::<TokenStream>(), message))
}

/// Whether these are so many patterns or more, each the name of a variant or of a type, with something in it or not.
pub(crate) fn is_alternatives(tokens: &[TokenTree], least: usize) -> bool {
    let is_variant = |alternative: &Vec<TokenTree>| {
        let Some(end) = scan::path(alternative, 0) else { return false };
        let held = part(alternative, end..);
        let is_held = held.is_empty()
            || (held.len() == 1
                && [Delimiter::Parenthesis, Delimiter::Brace].iter().any(|mark| group(held.first(), *mark).is_some()));
        let names: Vec<String> = part(alternative, ..end).iter().map(ToString::to_string).collect();
        let is_upper = names.last().is_some_and(|last| last.starts_with(char::is_uppercase));
        is_upper && is_held && names.iter().rev().step_by(3).take(2).any(|name| is_camel_case(name))
    };
    let alternatives = types::split(tokens, '|');
    alternatives.len() >= least && alternatives.iter().all(is_variant)
}

/// Whether a word is no constant and no function by its looks.
fn is_camel_case(word: &str) -> bool {
    word.starts_with(char::is_uppercase) && (word.chars().count() == 1 || word.contains(char::is_lowercase))
}

/// Refuses the content of a `matches(...)` that is surely no pattern: a list, an arm, a condition.
pub(crate) fn refuse_content(content: &[TokenTree]) -> syn::Result<()> {
    let guard = content.iter().position(|token| is_word(Some(token), "if"));
    let pattern = part(content, ..guard.unwrap_or(content.len()));
    if let (Some(guard), true) = (guard, guard.is_some_and(|guard| guard + 1 == content.len() || guard == 0)) {
        let message = match guard {
            0 => format!("the pattern before the guard is missing; write `matches(e {})`", shown::text(content)),
            _ => format!("the condition behind `if` is missing; write one, or `matches({})`", shown::text(pattern)),
        };
        return Err(syn::Error::new(
            content.get(guard).map_or_else(proc_macro2::Span::call_site, TokenTree::span),
            message,
        ));
    }
    let Some(at) = foreign(pattern) else { return Ok(()) };
    let Some(mark) = pattern.get(at) else { return Ok(()) };
    let operator = shown::operator(pattern, at);
    let before = shown::text(part(pattern, ..at));
    let message = match operator.as_str() {
        "," => {
            let alternatives: Vec<String> = types::split(pattern, ',').iter().map(|one| shown::text(one)).collect();
            let alternatives = alternatives.join(" | ");
            format!(
                "`matches(...)` holds one pattern, whose alternatives are separated by `|`; write `matches({alternatives})`"
            )
        }
        "=>" => format!("a pattern has no `=>`: what it matches is retried; write `matches({before})`"),
        ":" => {
            let kept = [part(pattern, ..at), part(content, pattern.len()..)].concat();
            format!(
                "a pattern says no type, since that of the failure is known; write `matches({})`",
                shown::text(&kept)
            )
        }
        _ => {
            let condition = condition(content, at, guard.is_some());
            let found = match operator.as_str() {
                "." => "this is an expression".to_owned(),
                _ => format!("`{operator}` belongs to a condition"),
            };
            format!(
                "{found}, and `matches(...)` holds a pattern; write the condition behind an `if`: `matches({condition})`"
            )
        }
    };
    Err(syn::Error::new(mark.span(), message))
}

/// The condition with a pattern before it.
fn condition(content: &[TokenTree], at: usize, has_guard: bool) -> String {
    let name = content.first().filter(|first| matches!(first, TokenTree::Ident(_))).map(ToString::to_string);
    let name = name.filter(|name| at == 1 && name.starts_with(char::is_lowercase));
    let text = shown::text(content);
    match name {
        _ if has_guard => "code if *code >= 500".to_owned(),
        // A failure is looked at by reference.
        Some(name) if is_mark(content.get(1), '.') => format!("{name} if {text}"),
        Some(name) => format!("{name} if *{text}"),
        None if at == 0 && !is_mark(content.first(), '*') => format!("e if *e {text}"),
        None => "code if *code >= 500".to_owned(),
    }
}

/// Where the first mark stands that no pattern has there, in no group.
fn foreign(pattern: &[TokenTree]) -> Option<usize> {
    let mut at = 0;
    while at < pattern.len() {
        let TokenTree::Punct(mark) = &pattern[at] else {
            at += 1;
            continue;
        };
        let before = at.checked_sub(1).and_then(|before| pattern.get(before));
        let next = pattern.get(at + 1);
        let is_behind_value = match before {
            Some(TokenTree::Ident(word)) => !["mut", "ref", "box"].iter().any(|keyword| word == keyword),
            Some(TokenTree::Group(group)) => group.delimiter() != Delimiter::None,
            Some(TokenTree::Literal(_)) => true,
            Some(TokenTree::Punct(_)) | None => false,
        };
        let is_foreign = match mark.as_char() {
            '<' => {
                let is_compared = is_behind_value || is_mark(next, '=') || matches!(next, Some(TokenTree::Literal(_)));
                if is_behind_path_separator(pattern, at) || !is_compared {
                    at = behind_generics(pattern, at);
                    continue;
                }
                true
            }
            ',' => at + 1 < pattern.len(),
            '=' => !is_mark(before, '.'),
            '!' => is_mark(next, '='),
            '.' => !is_mark(before, '.') && !is_mark(next, '.'),
            '&' | '-' => is_behind_value,
            ':' => !is_path_separator(pattern, at) && !is_behind_path_separator(pattern, at + 1),
            '>' | '+' | '*' | '/' | '%' | '^' | '?' => true,
            _ => false,
        };
        if is_foreign {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<TokenTree> {
        let tokens: TokenStream = text.parse().expect("tokens");
        tokens.into_iter().collect()
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
            ("matches!(E::A), max = 3", "on = matches(E::A)"),
            ("matches[E::A]", "on = matches(E::A)"),
            ("matches { E::A }", "on = matches(E::A)"),
            ("matches!()", "on = matches(MyError::Timeout)"),
        ] {
            let message = refuse_value("on", &tokens(text)).expect_err(text).to_string();
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
            assert!(refuse_value("on", &tokens(text)).is_ok(), "{text}");
        }
    }
}
