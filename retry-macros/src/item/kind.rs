//! The kind of an annotated item that is not a function, in words.
//!
//! It looks at keywords alone, so the item need not be complete. It knows no message.

use crate::syntax::{is_mark, is_word};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, Path, Token, Visibility};

pub(crate) const IMPL: &str = "an `impl` block";
pub(crate) const TRAIT: &str = "a trait";
pub(crate) const EXTERN: &str = "an `extern` block";
pub(crate) const CLOSURE: &str = "a closure";
pub(crate) const BLOCK: &str = "a block";
pub(crate) const EXPRESSION: &str = "an expression";

/// The keyword of each kind, and the kind in words.
const ITEMS: [(&str, &str); 12] = [
    ("struct", "a struct"),
    ("enum", "an enum"),
    ("union", "a union"),
    ("impl", IMPL),
    ("trait", TRAIT),
    ("mod", "a module"),
    ("use", "a `use` declaration"),
    ("type", "a type alias"),
    ("static", "a static"),
    ("const", "a constant"),
    ("macro", "a macro"),
    ("let", "a `let` statement"),
];

/// Returns the kind of an item that is not a function, and its keyword.
pub(crate) fn other_than_function(item: &TokenStream) -> Option<(&'static str, Span)> {
    let behind_visibility = |input: ParseStream<'_>| {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        input.parse::<TokenStream>()
    };
    let tokens: Vec<TokenTree> = behind_visibility.parse2(item.clone()).ok()?.into_iter().collect();
    keyword(&tokens)
}

/// Returns the same for an item without its attributes and visibility.
fn keyword(tokens: &[TokenTree]) -> Option<(&'static str, Span)> {
    const QUALIFIERS: [&str; 6] = ["default", "const", "async", "unsafe", "safe", "extern"];
    let is_qualifier = |token: &&TokenTree| match token {
        TokenTree::Ident(word) => QUALIFIERS.iter().any(|qualifier| word == qualifier),
        TokenTree::Group(group) => group.delimiter() == Delimiter::None,
        token => matches!(token, TokenTree::Literal(_)),
    };
    if is_word(tokens.iter().find(|token| !is_qualifier(token)), "fn") {
        return None;
    }
    let (first, rest) = tokens.split_first()?;
    let TokenTree::Ident(first) = first else { return Some((expression(tokens)?, first.span())) };
    let is_named = matches!(rest.first(), Some(TokenTree::Ident(word)) if word != "move");
    let word = first.to_string();
    let kind = match word.as_str() {
        "unsafe" | "default" | "auto" if is_named => return keyword(rest),
        "extern" if is_word(rest.first(), "crate") => "an `extern crate` declaration",
        "extern" if rest.last().is_some_and(is_braces) => EXTERN,
        "macro_rules" => "a macro",
        word => {
            let is_item = is_named || ["impl", "use", "let"].contains(&word);
            let item = ITEMS.iter().find(|(item, _)| *item == word && is_item).map(|(_, kind)| *kind);
            let call = || starts_with_macro(tokens).then_some("a macro call");
            item.or_else(call).or_else(|| expression(tokens))?
        }
    };
    Some((kind, first.span()))
}

/// Returns whether the item is an expression, after which the compiler expects no item.
pub(crate) fn is_expression(item: &TokenStream) -> bool {
    other_than_function(item).is_some_and(|(kind, _)| [CLOSURE, BLOCK, EXPRESSION].contains(&kind))
}

fn starts_with_macro(tokens: &[TokenTree]) -> bool {
    let end = tokens.iter().position(|token| is_mark(Some(token), '!'));
    end.is_some_and(|end| Path::parse_mod_style.parse2(tokens.iter().take(end).cloned().collect()).is_ok())
}

/// Returns the kind of expression of the tokens, with or without a semicolon. `None` if they are not an expression.
fn expression(tokens: &[TokenTree]) -> Option<&'static str> {
    const LEADS: [&str; 5] = ["async", "const", "move", "static", "unsafe"];
    let is_lead = |token: &&TokenTree| LEADS.iter().any(|word| is_word(Some(token), word));
    let mut rest = tokens.iter().skip_while(is_lead);
    let first = rest.next()?;
    if is_mark(Some(first), '|') {
        return Some(CLOSURE);
    }
    if is_braces(first) && rest.all(|token| is_mark(Some(token), ';')) {
        return Some(BLOCK);
    }
    let whole = |input: ParseStream<'_>| {
        input.parse::<Expr>()?;
        input.parse::<Option<Token![;]>>()
    };
    let is_hidden = matches!(first, TokenTree::Group(group) if group.delimiter() == Delimiter::None);
    (!is_hidden && whole.parse2(tokens.iter().cloned().collect::<TokenStream>()).is_ok()).then_some(EXPRESSION)
}

fn is_braces(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}
