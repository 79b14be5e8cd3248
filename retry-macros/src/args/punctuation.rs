//! Mistakes between a key and its value, and at the end of a value: `max == 5`, `max 5`, `on = |e| e.`.
//!
//! It knows no name of another library.

use crate::args::carried;
use crate::args::key::{Key, ValueKind};
use crate::args::other_key;
use crate::syntax::{is_word, part, source_text};
use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use std::iter;
use syn::Error;

/// Marks that are written in place of `=`, before those that they begin with.
const MARKS: [&str; 12] = ["=>", "==", "=:", ":=", "+=", "?=", "|=", "->", "<-", "~>", "::", ":"];

/// Splits what follows a key into the tokens in place of `=`, none if there is one, and the value.
pub(super) fn split(behind: &[TokenTree]) -> (&[TokenTree], Vec<TokenTree>) {
    let marks: String = behind.iter().map_while(mark).collect();
    // `= ::path` is right.
    let wrong = MARKS.iter().find(|wrong| marks.starts_with(*wrong)).filter(|_| !marks.starts_with("=::"));
    let content = |group: &Group| group.stream().into_iter().collect();
    match (wrong, behind) {
        (Some(wrong), _) => {
            let (wrong, value) = behind.split_at(wrong.len().min(behind.len()));
            (wrong, value.to_vec())
        }
        (None, _) if marks.starts_with('=') => (&[], part(behind, 1..).to_vec()),
        (None, [TokenTree::Group(group)]) => (behind, content(group)),
        (None, _) => (part(behind, ..1), behind.to_vec()),
    }
}

fn mark(token: &TokenTree) -> Option<char> {
    match token {
        TokenTree::Punct(mark) => Some(mark.as_char()),
        _ => None,
    }
}

/// Returns the fault of a key without `=`, or without a value behind it.
pub(super) fn no_equals(key: Key, name: &Ident, behind: &[TokenTree]) -> Error {
    let (wrong, value) = match split(behind) {
        // `clone = a`
        ([], value) if key == Key::Clone => (part(behind, ..1), value),
        split => split,
    };
    let key_name = key.name();
    if value.is_empty() && !matches!(wrong, [TokenTree::Group(_)]) {
        return Error::new(name.span(), format!("`{key_name}` has no value; write `{}`", key.example()));
    }
    let marks: Option<String> = wrong.iter().map(mark).collect();
    let found = marks.unwrap_or_else(|| source_text::of_tokens(wrong));
    let place: TokenStream = wrong.iter().cloned().collect();
    let message = if key == Key::Clone {
        let names = carried::names(&value).unwrap_or_else(|| "payload".to_owned());
        format!("found `{found}` where the value of `clone` should be; write `clone({names})`")
    } else if key == Key::Policy && matches!(value.get(1).and_then(mark), Some('=')) {
        not_in_policy(&source_text::of_tokens(&value))
    } else {
        format!("found `{found}` where `=` should be; write {}", other_key::corrected(key, &value, behind))
    };
    Error::new_spanned(place, message)
}

/// Returns the message for the keys of a policy inside of `policy`.
pub(crate) fn not_in_policy(keys: &str) -> String {
    format!("`policy` takes a `Policy`, and its keys stand beside it; write `{keys}` without `policy`")
}

/// Returns the fault of a value that ends too early, such as `|e| e.`, and any other fault unchanged.
pub(super) fn unfinished(fault: Error, key: Key, value: &[TokenTree]) -> Error {
    let is_read = matches!(key.value_kind(), ValueKind::Expression | ValueKind::Classifier);
    let end = value.iter().rev().map_while(mark).filter(|mark| !"?;".contains(*mark)).count();
    let (before, end) = value.split_at(value.len().saturating_sub(end));
    if !is_read || end.is_empty() {
        return fault;
    }
    let whole = source_text::of_tokens(value);
    let has_arguments = before.iter().filter_map(mark).any(|mark| mark == '<');
    let mark: String = end.iter().filter_map(mark).collect();
    let is_classifier = key.value_kind() == ValueKind::Classifier;
    let (missing, meant) = match mark.as_str() {
        "." if is_classifier && !is_closure(value) => ("a field or a method", source_text::of_tokens(before)),
        "." => ("a field or a method", format!("{whole}{}", if is_classifier { "is_transient()" } else { "name" })),
        "::" if is_classifier && whole == "reattempt::" => ("a name", format!("{whole}any_error")),
        "::" => ("a name", format!("{whole}{}", if is_classifier { "is_transient" } else { "NAME" })),
        "|" | "||" if is_closure(value) => ("the body of the closure", format!("{whole} {}", body(before))),
        // `Error<u8>` is a type, and has its end.
        ">" if has_arguments => return fault,
        _ => ("a value", source_text::of_tokens(before)),
    };
    let advice = match carried::fitting(key, meant) {
        Some(meant) => format!("{} = {meant}", key.name()),
        None if before.is_empty() => key.example().to_owned(),
        None => return fault,
    };
    let message =
        format!("the value of `{}` ends in `{mark}`, and {missing} should follow; write `{advice}`", key.name());
    Error::new_spanned(end.iter().cloned().collect::<TokenStream>(), message)
}

fn is_closure(value: &[TokenTree]) -> bool {
    let value = if is_word(value.first(), "move") { part(value, 1..) } else { value };
    value.first().and_then(mark) == Some('|')
}

/// Returns the body of a classifier as an example, with the name of the closure's argument.
fn body(arguments: &[TokenTree]) -> String {
    let mut names = arguments.iter().filter_map(|token| match token {
        TokenTree::Ident(name) if name != "move" && name != "mut" => Some(name.to_string()),
        _ => None,
    });
    names.next().map_or_else(|| "true".to_owned(), |name| format!("{name}.is_transient()"))
}

/// Returns the fault of something else than a `,` behind a value.
pub(super) fn no_comma(behind: &[TokenTree], fault: Error) -> Error {
    match behind {
        [TokenTree::Punct(mark), rest @ ..] if mark.as_char() == ';' => {
            let advice = if rest.is_empty() { "remove it" } else { "write `,`" };
            let place: TokenStream = iter::once(TokenTree::from(mark.clone())).collect();
            Error::new_spanned(place, format!("found `;` where `,` separates two keys; {advice}"))
        }
        _ => fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<TokenTree> {
        text.parse::<TokenStream>().expect(text).into_iter().collect()
    }

    #[test]
    fn what_stands_in_place_of_an_equals_sign_is_found() {
        for (behind, wrong, value) in [
            ("= 5", "", "5"),
            ("= ::path::to", "", "::path::to"),
            ("= -5", "", "-5"),
            ("= |e| e.x()", "", "|e| e.x()"),
            ("= <T as Trait>::f", "", "<T as Trait>::f"),
            ("= &x", "", "&x"),
            ("== 5", "==", "5"),
            ("= = 5", "==", "5"),
            ("=> 5", "=>", "5"),
            (":= 5", ":=", "5"),
            (": 5", ":", "5"),
            ("-> 5", "->", "5"),
            ("<- 5", "<-", "5"),
            ("5", "5", "5"),
            ("-5", "-", "-5"),
            ("|e| e.x()", "|", "|e| e.x()"),
            ("(5)", "(5)", "5"),
            ("{ 5 }", "{ 5 }", "5"),
            ("", "", ""),
        ] {
            let behind = tokens(behind);
            let (found, rest) = split(&behind);
            let found: String = source_text::of_tokens(found).split_whitespace().collect();
            assert_eq!((found, source_text::of_tokens(&rest)), (wrong.split_whitespace().collect(), value.to_owned()));
        }
    }

    #[test]
    fn only_a_value_that_ends_too_early_is_told_so() {
        let told = |value: &str| {
            let fault = Error::new(proc_macro2::Span::call_site(), "as before");
            unfinished(fault, Key::On, &tokens(value)).to_string()
        };
        assert!(told("|e| e.").contains("ends in `.`"));
        assert!(told("n >").contains("ends in `>`"));
        assert_eq!(told("Error<u8>"), "as before");
    }
}
