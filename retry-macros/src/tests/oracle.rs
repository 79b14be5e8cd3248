//! What holds for every input of the macros, whatever it is: no panic, and either an expansion that parses or faults beside the
//! untouched item, each of them pointing at what the user wrote.
//!
//! The property tests and the fuzz target share it; it makes no input of its own.

use crate::pipeline;
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::{ImplItemFn, ItemFn};

/// What the macro made of an input.
pub(crate) enum Answer {
    /// An expansion.
    Expanded(TokenStream),
    /// Faults, in the order of their report.
    Refused(Vec<Fault>),
}

/// One `compile_error!`.
pub(crate) struct Fault {
    pub(crate) message: String,
    /// The text under each of its tokens; `None` where a token points at the attribute as a whole.
    pub(crate) places: Vec<Option<String>>,
}

/// Expands `#[retry(arguments)] item` and checks the form of the answer.
pub(crate) fn retry(arguments: &TokenStream, item: &TokenStream) -> Answer {
    let output = pipeline::retry(arguments.clone(), item);
    let answer = answer(&output, Some(item));
    if let Answer::Expanded(expansion) = &answer {
        // The body goes through unread, so it parses afterwards where it did before.
        if is_function(item) {
            assert!(is_function(expansion), "the expansion is no function: {expansion}");
        }
    }
    answer
}

/// Expands `policy!(arguments)` and checks the form of the answer.
pub(crate) fn policy(arguments: &TokenStream) -> Answer {
    let output = pipeline::policy(arguments.clone());
    assert!(syn::parse2::<syn::Expr>(output.clone()).is_ok(), "the expansion is no expression: {output}");
    answer(&output, None)
}

/// Checks that each fault points at a part of the texts, unless it has no place of its own.
pub(crate) fn check_places(faults: &[Fault], texts: &[&str], is_placeless: impl Fn(&str) -> bool) {
    for Fault { message, places } in faults {
        if is_placeless(message) {
            continue;
        }
        for place in places {
            let is_inside = place.as_ref().is_some_and(|place| texts.iter().any(|text| text.contains(place)));
            assert!(is_inside, "no place in the input, but {place:?}: {message}");
        }
    }
}

fn is_function(tokens: &TokenStream) -> bool {
    // A method may be `default`, and a function may have a receiver that only a method can have.
    syn::parse2::<ItemFn>(tokens.clone()).is_ok() || syn::parse2::<ImplItemFn>(tokens.clone()).is_ok()
}

/// Tells an expansion from faults. Faults follow the item, or stand first in a block that is a policy.
fn answer(output: &TokenStream, item: Option<&TokenStream>) -> Answer {
    let tokens: Vec<TokenTree> = output.clone().into_iter().collect();
    let faults = match item {
        Some(item) => {
            let item: Vec<TokenTree> = item.clone().into_iter().collect();
            let is_untouched =
                tokens.len() > item.len() && tokens.iter().zip(&item).all(|(left, right)| is_same(left, right));
            is_untouched.then(|| read_faults(&tokens[item.len()..]))
        }
        None => match tokens.as_slice() {
            [TokenTree::Group(block)] if block.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = block.stream().into_iter().collect();
                Some(read_faults(&inner))
            }
            _ => None,
        },
    };
    match faults {
        Some((faults, rest)) => {
            assert!(!faults.is_empty(), "neither an expansion nor a fault: {output}");
            assert_eq!(rest == 0, item.is_some(), "faults and more: {output}");
            Answer::Refused(faults)
        }
        None => {
            let words = output.to_string();
            assert!(!words.is_empty(), "an empty expansion");
            Answer::Expanded(output.clone())
        }
    }
}

/// Reads `::core::compile_error! { "..." }` as often as it is there; answers the number of tokens behind.
fn read_faults(mut tokens: &[TokenTree]) -> (Vec<Fault>, usize) {
    let mut faults = Vec::new();
    while let Some((fault, rest)) = read_fault(tokens) {
        faults.push(fault);
        tokens = rest;
    }
    (faults, tokens.len())
}

fn read_fault(tokens: &[TokenTree]) -> Option<(Fault, &[TokenTree])> {
    const LENGTH: usize = 8;
    let (fault, rest) = tokens.split_at_checked(LENGTH)?;
    let TokenTree::Group(group) = fault.last()? else { return None };
    let head: String = fault[..LENGTH - 1].iter().map(ToString::to_string).collect();
    if head != "::core::compile_error!" {
        return None;
    }
    let message = syn::parse2::<syn::LitStr>(group.stream()).ok()?.value();
    assert!(!message.trim().is_empty(), "a fault without words");
    let places = fault.iter().map(|token| token.span().source_text()).collect();
    Some((Fault { message, places }, rest))
}

/// Whether two tokens are the same, places apart.
fn is_same(left: &TokenTree, right: &TokenTree) -> bool {
    match (left, right) {
        (TokenTree::Group(left), TokenTree::Group(right)) => {
            let (inside, other) = (left.stream().into_iter(), right.stream().into_iter());
            left.delimiter() == right.delimiter()
                && inside.clone().count() == other.clone().count()
                && inside.zip(other).all(|(left, right)| is_same(&left, &right))
        }
        (TokenTree::Punct(left), TokenTree::Punct(right)) => {
            left.as_char() == right.as_char()
                && (left.spacing() == Spacing::Joint) == (right.spacing() == Spacing::Joint)
        }
        (TokenTree::Ident(left), TokenTree::Ident(right)) => left == right,
        (TokenTree::Literal(left), TokenTree::Literal(right)) => left.to_string() == right.to_string(),
        _ => false,
    }
}
