//! Expressions as they are shown in messages.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, ExprGroup, ExprParen};

/// Returns the expression without parentheses, and without the invisible groups that `macro_rules!` puts around fragments.
pub(super) fn peeled(mut value: &Expr) -> &Expr {
    while let Expr::Group(ExprGroup { expr, .. }) | Expr::Paren(ExprParen { expr, .. }) = value {
        value = expr;
    }
    value
}

/// Returns an expression as a text, spaced as somebody would write it.
pub(super) fn text(value: &impl ToTokens) -> String {
    spaced(value.to_token_stream())
}

fn spaced(tokens: TokenStream) -> String {
    let mut text = String::new();
    let mut is_behind_operator = true;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let (is_word, word) = match token {
            TokenTree::Punct(mut mark) => {
                let mut operator = String::from(mark.as_char());
                while let (Spacing::Joint, Some(TokenTree::Punct(next))) = (mark.spacing(), tokens.peek()) {
                    operator.push(next.as_char());
                    mark = next.clone();
                    tokens.next();
                }
                let is_close = is_behind_operator || operator == "!" || operator == "?" || operator.starts_with("..");
                let is_close = is_close || operator == "." || operator.starts_with("::");
                text.push_str(&match operator.as_str() {
                    "," => ", ".to_owned(),
                    close if is_close => close.to_owned(),
                    _ => format!(" {operator} "),
                });
                is_behind_operator = operator != "?";
                continue;
            }
            TokenTree::Group(group) => {
                let inside = spaced(group.stream());
                match group.delimiter() {
                    Delimiter::Parenthesis => (false, format!("({inside})")),
                    Delimiter::Bracket => (false, format!("[{inside}]")),
                    Delimiter::Brace => (true, format!("{{ {inside} }}")),
                    Delimiter::None => (true, inside),
                }
            }
            word => (true, word.to_string()),
        };
        if is_word && !is_behind_operator {
            text.push(' ');
        }
        text.push_str(&word);
        is_behind_operator = false;
    }
    text
}
