//! Closures and conditions as other languages write them: `e => e.is_busy()`, `.is_busy()`, `is_busy or is_lost`.
//!
//! It refuses only what is no expression of Rust.

use crate::syntax::{is_mark, is_word, part, source_text};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Error;

/// Words in place of an operator, and the function that joins classifiers so.
const WORDS: [(&str, &str); 2] = [("or", "any_of"), ("and", "all_of")];

/// Refuses the value of a key that expects a closure with this argument.
pub(super) fn refuse(key: &str, argument: &str, value: &[TokenTree]) -> syn::Result<()> {
    let Some(meant) = closure(argument, value).or_else(|| joined(value)) else { return Ok(()) };
    let found = source_text::of_tokens(value);
    let message = format!("`{key}` expects a function, found `{found}`; write `{key} = {meant}`");
    Err(Error::new_spanned(value.iter().cloned().collect::<TokenStream>(), message))
}

/// Returns the closure that is meant.
fn closure(argument: &str, value: &[TokenTree]) -> Option<String> {
    let is_arrow = |mark: char, end: &TokenTree| "=-".contains(mark) && is_mark(Some(end), '>');
    let (argument, body) = match value {
        // `.is_busy()`
        [dot, TokenTree::Ident(_), ..] if is_mark(Some(dot), '.') => {
            return Some(format!("|{argument}| {argument}{}", source_text::of_tokens(value)));
        }
        // `e => e.is_busy()`
        [TokenTree::Ident(name), TokenTree::Punct(mark), end, body @ ..] if is_arrow(mark.as_char(), end) => {
            (name.to_string(), body)
        }
        // `(e) => e.is_busy()`
        [TokenTree::Group(list), TokenTree::Punct(mark), end, body @ ..]
            if is_arrow(mark.as_char(), end) && list.delimiter() == Delimiter::Parenthesis =>
        {
            let mut names = list.stream().into_iter();
            match (names.next(), names.next()) {
                (Some(TokenTree::Ident(name)), None) => (name.to_string(), body),
                (None, None) => ("_".to_owned(), body),
                _ => return None,
            }
        }
        // `|e| => e.is_busy()`
        [bar, TokenTree::Ident(name), end, equals, arrow, body @ ..]
            if [bar, end].iter().all(|bar| is_mark(Some(bar), '|'))
                && is_mark(Some(equals), '=')
                && is_mark(Some(arrow), '>') =>
        {
            (name.to_string(), body)
        }
        // `lambda e: e.is_busy()`
        [word, TokenTree::Ident(name), colon, body @ ..]
            if is_word(Some(word), "lambda") && is_mark(Some(colon), ':') && !is_mark(body.first(), ':') =>
        {
            (name.to_string(), body)
        }
        _ => return None,
    };
    (!body.is_empty()).then(|| format!("|{argument}| {}", source_text::of_tokens(body)))
}

/// Returns the classifier that is meant by `a or b`, `a and b` or `not a`.
fn joined(value: &[TokenTree]) -> Option<String> {
    let is_path = |tokens: &&[TokenTree]| {
        let is_part = |token: &TokenTree| matches!(token, TokenTree::Ident(_)) || is_mark(Some(token), ':');
        let are_beside = |pair: &[TokenTree]| matches!(pair, [TokenTree::Ident(_), TokenTree::Ident(_)]);
        let are_names = [tokens.first(), tokens.last()].iter().all(|end| matches!(end, Some(TokenTree::Ident(_))));
        are_names && tokens.iter().all(is_part) && !tokens.windows(2).any(are_beside)
    };
    if is_word(value.first(), "not") {
        let inverted = Some(part(value, 1..)).filter(is_path)?;
        return Some(format!("reattempt::classify::not({})", source_text::of_tokens(inverted)));
    }
    let (word, function) = WORDS.iter().find(|(word, _)| value.iter().any(|token| is_word(Some(token), word)))?;
    let operands: Vec<&[TokenTree]> = value.split(|token| is_word(Some(token), word)).collect();
    let is_list = operands.len() > 1 && operands.iter().all(is_path);
    let operands: Vec<String> = operands.into_iter().map(source_text::of_tokens).collect();
    is_list.then(|| format!("reattempt::classify::{function}(({}))", operands.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(value: &str) -> Option<String> {
        let tokens: Vec<TokenTree> = value.parse::<TokenStream>().expect(value).into_iter().collect();
        refuse("on", "error", &tokens).err().map(|fault| fault.to_string())
    }

    #[test]
    fn a_closure_of_another_language_is_told_as_a_closure_of_rust() {
        for (value, meant) in [
            (".is_busy()", "|error| error.is_busy()"),
            ("e => e.is_busy()", "|e| e.is_busy()"),
            ("(e) => e.is_busy()", "|e| e.is_busy()"),
            ("e -> e.is_busy()", "|e| e.is_busy()"),
            ("() => true", "|_| true"),
            ("|e| => e.is_busy()", "|e| e.is_busy()"),
            ("lambda e: e.is_busy()", "|e| e.is_busy()"),
            ("not is_busy", "reattempt::classify::not(is_busy)"),
            ("is_busy or io::is_lost", "reattempt::classify::any_of((is_busy, io::is_lost))"),
            ("a and b and c", "reattempt::classify::all_of((a, b, c))"),
        ] {
            let message = message(value).expect(value);
            assert!(message.ends_with(&format!("write `on = {meant}`")), "{value}: {message}");
        }
    }

    #[test]
    fn what_rust_knows_goes_through() {
        for value in [
            "is_busy",
            "not",
            "or",
            "and",
            "not(a)",
            "not::a",
            "lambda",
            "lambda::is",
            "|e| e.is()",
            "|e| -> bool { true }",
            "<T as Rule>::is",
            "::rules::is",
            "..",
            "a::or::b",
            "e =>",
            "e",
            "matches(Error::A)",
            "-> bool",
        ] {
            assert_eq!(message(value), None, "{value}");
        }
    }
}
