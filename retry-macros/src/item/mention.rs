//! Mentions: whether tokens mention a name.
//!
//! A body is not parsed, so a mention counts as a use. It does no harm to bind an argument again without need. An argument that is not
//! bound again would keep the changes of an attempt.

use proc_macro2::{Ident, Spacing, TokenStream, TokenTree};
use syn::ext::IdentExt;

/// Returns whether the tokens mention a variable with this name. Fields, methods, the beginning of a path and macro fragments do not
/// count.
pub(crate) fn is_mentioned(tokens: TokenStream, name: &Ident) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Ident(word) if is_same(word, name) => {
            let before = |steps: usize| at.checked_sub(steps).and_then(|at| tokens.get(at));
            let is_member = is_punct(before(1), '.', Spacing::Alone) && !is_punct(before(2), '.', Spacing::Joint);
            let is_path = is_punct(tokens.get(at + 1), ':', Spacing::Joint);
            let is_fragment = is_punct(before(1), '$', Spacing::Alone);
            !(is_member || is_path || is_fragment)
        }
        TokenTree::Group(group) => is_mentioned(group.stream(), name),
        TokenTree::Literal(literal) => is_captured(&literal.to_string(), &name.unraw().to_string()),
        TokenTree::Ident(_) | TokenTree::Punct(_) => false,
    })
}

fn is_punct(token: Option<&TokenTree>, mark: char, spacing: Spacing) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark && punct.spacing() == spacing)
}

/// Returns whether a format string uses the name: `{x}`, `{x:?}`, `{:x$}`.
fn is_captured(text: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(name).any(|(at, found)| {
        let (before, after) = (&text[..at], &text[at + found.len()..]);
        let before_name = before.trim_end();
        // `{{` stands for a brace.
        let braces = before_name.len() - before_name.trim_end_matches('{').len();
        let is_first = braces % 2 == 1 && !after.starts_with(is_part);
        is_first || after.starts_with('$') && !before.ends_with(is_part)
    })
}

/// Returns whether two words are the same name, with or without their `r#`.
pub(crate) fn is_same(word: &Ident, name: &Ident) -> bool {
    word.unraw() == name.unraw()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    fn mentions(block: &str) -> bool {
        is_mentioned(block.parse().expect(block), &Ident::new("x", Span::call_site()))
    }

    #[test]
    fn a_name_counts_as_a_use_wherever_it_can_be_one() {
        for block in [
            "{ x }",
            "{ x.len(); }",
            "{ y[x] }",
            "{ Y { x } }",
            "{ y..x }",
            "{ ..x }",
            "{ y ..= x }",
            "{ r#x += 1; }",
            "{ async move { async { x.await } } }",
            "{ if let Some(x) = y { x } }",
            "{ |x| 1 }",
            "{ assert_eq!(y, x); }",
            "{ macro_rules! next { () => {{ x += 1; x }} } next!() }",
            "{ println!(\"x is {x}\"); }",
            "{ println!(\"{x:?}\"); }",
            "{ println!(\"{:x$} {:.x$}\", 1); }",
            "{ println!(\"{ x }\"); }",
        ] {
            assert!(mentions(block), "{block}");
        }
    }

    #[test]
    fn a_field_a_method_and_a_path_are_no_variables() {
        for block in
            ["{ self.x; y.x(); x::y() }", "{ y.0.x }", "{ println!(\"x {xs} {{x\"); }", "{ println!(\"x {y.x}\"); }"]
        {
            assert!(!mentions(block), "{block}");
        }
    }
}
