//! The pattern in `matches(PATTERN if GUARD)`: whether it matches everything, and which of its names may be variables by mistake.
//!
//! Patterns that syn cannot parse are left to the compiler.

use crate::syntax::pattern;
use proc_macro2::{Ident, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::{Pat, PatIdent, Token};

/// Parses the pattern. Returns it, and whether a guard follows.
fn parse(content: &TokenStream) -> Option<(Pat, bool)> {
    let parser = |input: ParseStream<'_>| {
        let pattern = Pat::parse_multi_with_leading_vert(input)?;
        let has_guard = input.peek(Token![if]);
        input.parse::<TokenStream>()?;
        Ok((pattern, has_guard))
    };
    parser.parse2(content.clone()).ok()
}

/// Returns the alternatives of a pattern, each without parentheses.
pub(crate) fn alternatives(pattern: &Pat) -> Vec<&Pat> {
    fn peel(pattern: &Pat) -> &Pat {
        match pattern {
            Pat::Paren(paren) => peel(&paren.pat),
            other => other,
        }
    }
    match pattern {
        Pat::Or(or) => or.cases.iter().map(peel).collect(),
        one => vec![peel(one)],
    }
}

/// Returns the `_` or the variable that is the whole pattern or one alternative, if there is no guard.
pub(crate) fn catch_all(content: &TokenStream) -> Option<String> {
    let (pattern, _) = parse(content).filter(|(_, has_guard)| !has_guard)?;
    alternatives(&pattern).into_iter().find_map(|alternative| match alternative {
        Pat::Wild(_) => Some("_".to_owned()),
        Pat::Ident(PatIdent { by_ref: None, ident, subpat: None, .. }) => {
            Some(ident.to_string()).filter(|name| name.starts_with(|c: char| c == '_' || c.is_lowercase()))
        }
        _ => None,
    })
}

/// Returns whether the pattern is one name.
pub(crate) fn is_name_alone(content: &TokenStream) -> bool {
    let name = |pattern| match pattern {
        Pat::Ident(PatIdent { by_ref: None, mutability: None, ident, subpat: None, .. }) => Some(ident),
        _ => None,
    };
    parse(content).and_then(|(pattern, _)| name(pattern)).is_some_and(|name| name != "None")
}

/// Returns the names in capitals that a pattern may bind. They are constants and unit variants, or variables by mistake.
pub(crate) fn names_in_capitals(content: &TokenStream) -> Vec<Ident> {
    parse(content).map_or_else(Vec::new, |(mut pattern, _)| pattern::names_in_capitals(&mut pattern))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> TokenStream {
        text.parse().expect(text)
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
            // The ends of a range are never bound.
            ("LOW..=HIGH", ""),
            ("Name @ E::A", ""),
            ("&[First, (Second | e @ Third)]", "First Second Third"),
            ("code if code == LIMIT", ""),
        ] {
            let names: Vec<_> = names_in_capitals(&tokens(text)).iter().map(ToString::to_string).collect();
            assert_eq!(names.join(" "), found, "{text}");
        }
    }
}
