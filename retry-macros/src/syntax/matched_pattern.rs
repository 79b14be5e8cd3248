//! The pattern in `matches(PATTERN if GUARD)`: whether it matches everything, and which names in it may be variables by mistake.
//!
//! What syn cannot parse is left to the compiler.

use proc_macro2::{Ident, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::{Pat, PatIdent, Token};

/// Parses the pattern, and tells whether a guard follows it.
fn parse(content: &TokenStream) -> Option<(Pat, bool)> {
    let parser = |input: ParseStream<'_>| {
        let pattern = Pat::parse_multi_with_leading_vert(input)?;
        let has_guard = input.peek(Token![if]);
        input.parse::<TokenStream>()?;
        Ok((pattern, has_guard))
    };
    parser.parse2(content.clone()).ok()
}

/// The alternatives of a pattern without the parentheses around each.
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

/// The `_` or the variable that is all of the pattern, or one of its alternatives, where no guard decides.
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

/// Whether the pattern is one name.
pub(crate) fn is_name_alone(content: &TokenStream) -> bool {
    let name = |pattern| match pattern {
        Pat::Ident(PatIdent { by_ref: None, mutability: None, ident, subpat: None, .. }) => Some(ident),
        _ => None,
    };
    parse(content).and_then(|(pattern, _)| name(pattern)).is_some_and(|name| name != "None")
}

/// The names in capitals that a pattern may bind: constants and unit variants, or variables by mistake.
pub(crate) fn names_in_capitals(content: &TokenStream) -> Vec<Ident> {
    let mut names = Vec::new();
    if let Some((pattern, _)) = parse(content) {
        collect_names(&pattern, &mut names);
    }
    names
}

fn collect_names(pattern: &Pat, names: &mut Vec<Ident>) {
    let mut collect_all = |patterns: &mut dyn Iterator<Item = &Pat>| patterns.for_each(|one| collect_names(one, names));
    match pattern {
        Pat::Ident(PatIdent { subpat: Some((_, inner)), .. }) => collect_names(inner, names),
        Pat::Ident(PatIdent { ident, .. }) if ident.to_string().starts_with(char::is_uppercase) => {
            names.push(ident.clone());
        }
        Pat::Or(or) => collect_all(&mut or.cases.iter()),
        Pat::Paren(paren) => collect_names(&paren.pat, names),
        Pat::Reference(reference) => collect_names(&reference.pat, names),
        Pat::Slice(slice) => collect_all(&mut slice.elems.iter()),
        Pat::Struct(fields) => collect_all(&mut fields.fields.iter().map(|field| &*field.pat)),
        Pat::Tuple(tuple) => collect_all(&mut tuple.elems.iter()),
        Pat::TupleStruct(tuple) => collect_all(&mut tuple.elems.iter()),
        _ => {}
    }
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
