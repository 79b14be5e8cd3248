//! Properties of the macros for every input: no panic, and either an expansion that parses or faults beside the item. Each fault points at
//! the user's code.
//!
//! The property tests and the fuzz target share this module. It makes no input.

use crate::{derive, pipeline};
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::token::Paren;
use syn::{DeriveInput, Expr, Ident, ImplItemFn, Item, ItemFn, ItemImpl, LitStr, Token, Type};

/// The output of a macro.
pub(crate) enum Answer {
    /// An expansion.
    Expanded(TokenStream),
    /// Faults, in the order in which they are reported.
    Refused(Vec<Fault>),
}

/// One `compile_error!`.
pub(crate) struct Fault {
    pub(crate) message: String,
    /// The text under each of its tokens. `None` if a token points at the whole attribute.
    pub(crate) places: Vec<Option<String>>,
}

/// Expands `#[retry(arguments)] item` and checks the form of the output.
pub(crate) fn retry(arguments: &TokenStream, item: &TokenStream) -> Answer {
    let output = pipeline::retry(arguments.clone(), item);
    let answer = answer(&output, arguments, Some(item));
    if let Answer::Expanded(expansion) = &answer {
        // The body is not read, so it parses afterwards if it did before.
        if is_function(item) && !is_function(expansion) {
            assert!(!are_sound(arguments.clone()), "the expansion is no function: {expansion}");
        }
    }
    answer
}

/// Expands `policy!(arguments)` and checks the form of the output.
pub(crate) fn policy(arguments: &TokenStream) -> Answer {
    let output = pipeline::policy(arguments.clone());
    let is_expression = syn::parse2::<Expr>(output.clone()).is_ok();
    assert!(is_expression || !are_sound(arguments.clone()), "the expansion is no expression: {output}");
    answer(&output, arguments, None)
}

/// Expands `#[derive(Transient)] item` and checks the form of the output: an `impl`, or faults. Beside faults there is a placeholder if
/// there is a type.
pub(crate) fn derive(item: &TokenStream) -> Answer {
    let output = derive::expand(item.clone());
    let tokens: Vec<TokenTree> = output.clone().into_iter().collect();
    let (kept, faults) = faults_at_end(&tokens);
    let implementation: TokenStream = kept.iter().cloned().collect();
    let is_implementation = syn::parse2::<ItemImpl>(implementation.clone()).is_ok();
    // The compiler has parsed the item before. Only the attributes are unknown to it.
    let is_implementation = is_implementation || !is_type(item) || !are_words_sound(item);
    assert!(is_implementation || (kept.is_empty() && !faults.is_empty()), "no implementation: {implementation}");
    if faults.is_empty() { Answer::Expanded(output) } else { Answer::Refused(faults) }
}

/// Returns whether the compiler would accept the item. Syn also accepts `_` as the name of a parameter.
fn is_type(item: &TokenStream) -> bool {
    let parameters = syn::parse2::<DeriveInput>(item.clone()).map(|item| item.generics);
    syn::parse2::<Item>(item.clone()).is_ok()
        && !parameters.is_ok_and(|parameters| parameters.type_params().any(|parameter| parameter.ident == "_"))
}

/// Checks that each fault points at a part of the texts, unless it has no span of its own.
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

/// Returns whether the values of all keys are valid Rust. The compiler reports errors inside of their groups.
fn are_sound(arguments: TokenStream) -> bool {
    let keys = |input: ParseStream<'_>| {
        while !input.is_empty() {
            let key = input.call(Ident::parse_any)?;
            if input.parse::<Option<Token![=]>>()?.is_some() {
                let is_matches =
                    || input.peek2(Paren) && input.fork().parse::<Ident>().is_ok_and(|word| word == "matches");
                if (key == "on" || key == "on_value") && is_matches() {
                    input.parse::<Ident>()?;
                    input.parse::<TokenTree>()?;
                } else if key == "error" {
                    input.parse::<Type>()?;
                } else {
                    input.parse::<Expr>()?;
                }
            } else if !input.peek(Token![,]) {
                input.parse::<Option<TokenTree>>()?;
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    };
    keys.parse2(arguments).is_ok()
}

/// Returns the same for the attributes of an error type.
fn are_words_sound(item: &TokenStream) -> bool {
    let tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    (0..tokens.len()).all(|at| match &tokens[at] {
        TokenTree::Group(group) => {
            let is_word = at > 0 && matches!(&tokens[at - 1], TokenTree::Ident(word) if word == "transient");
            if is_word { are_sound(group.stream()) } else { are_words_sound(&group.stream()) }
        }
        _ => true,
    })
}

/// Returns whether a group contains a token, at any depth.
fn holds(token: &TokenTree, wanted: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => {
            group.stream().into_iter().any(|inner| is_same(&inner, wanted) || holds(&inner, wanted))
        }
        _ => false,
    }
}

/// Returns whether a body is the other one with something around it, or around a group in it.
fn is_wrapped(new: &TokenTree, old: &TokenTree) -> bool {
    let (TokenTree::Group(outer), TokenTree::Group(body)) = (new, old) else { return is_same(new, old) };
    let [inside, other] = [outer, body].map(|group| group.stream().into_iter().collect::<Vec<_>>());
    holds(new, old)
        || (outer.delimiter() == body.delimiter()
            && inside.len() == other.len()
            && inside.iter().zip(&other).all(|(new, old)| is_same(new, old) || is_wrapped(new, old)))
}

fn is_function(tokens: &TokenStream) -> bool {
    // A method may be `default`. A function may have a receiver that only a method can have.
    syn::parse2::<ItemFn>(tokens.clone()).is_ok() || syn::parse2::<ImplItemFn>(tokens.clone()).is_ok()
}

/// Separates an expansion from faults. Faults follow the item, or are first in a block that is a policy.
fn answer(output: &TokenStream, arguments: &TokenStream, item: Option<&TokenStream>) -> Answer {
    let tokens: Vec<TokenTree> = output.clone().into_iter().collect();
    let (kept, faults) = match (item, tokens.as_slice()) {
        (Some(_), tokens) => faults_at_end(tokens),
        (None, [TokenTree::Group(block)]) if block.delimiter() == Delimiter::Brace => {
            let inner: Vec<TokenTree> = block.stream().into_iter().collect();
            (&[][..], faults_at_start(&inner))
        }
        (None, _) => (&[][..], Vec::new()),
    };
    if faults.is_empty() {
        assert!(!output.is_empty(), "neither an expansion nor a fault");
        return Answer::Expanded(output.clone());
    }
    if let Some(item) = item {
        check_kept(kept, item, arguments);
    }
    Answer::Refused(faults)
}

/// Checks that the item beside the faults has the same tokens. A function with its body replaced keeps its signature and its body, and
/// a declaration may get a body.
fn check_kept(kept: &[TokenTree], item: &TokenStream, arguments: &TokenStream) {
    let all: Vec<TokenTree> = item.clone().into_iter().collect();
    if are_same(kept, &all) {
        return;
    }
    let text: TokenStream = kept.iter().cloned().collect();
    let (Some((body, head)), Some((last, start))) = (all.split_last(), kept.split_last()) else {
        panic!("the item is gone: {text}");
    };
    let is_declaration = matches!(body, TokenTree::Punct(mark) if mark.as_char() == ';');
    if is_declaration && are_same(start, head) && last.to_string() == "{ loop { } }" {
        return;
    }
    assert!(are_same(start, head) && is_wrapped(last, body), "the item is another: {text}");
    let is_function_still = is_function(item) == is_function(&text) || !are_sound(arguments.clone());
    assert!(is_function_still, "the item is a function no more: {text}");
}

/// Returns the tokens before the faults at the end, and the faults.
fn faults_at_end(mut tokens: &[TokenTree]) -> (&[TokenTree], Vec<Fault>) {
    let mut faults = Vec::new();
    while let Some((rest, fault)) = tokens.len().checked_sub(LENGTH).map(|at| tokens.split_at(at)) {
        let Some(fault) = read_fault(fault) else { break };
        faults.push(fault);
        tokens = rest;
    }
    faults.reverse();
    (tokens, faults)
}

fn faults_at_start(tokens: &[TokenTree]) -> Vec<Fault> {
    tokens.chunks_exact(LENGTH).map_while(read_fault).collect()
}

/// Returns the tokens of `::core::compile_error! { "..." }`.
const LENGTH: usize = 8;

fn read_fault(fault: &[TokenTree]) -> Option<Fault> {
    let Some(TokenTree::Group(group)) = fault.last() else { return None };
    let head: String = fault[..LENGTH - 1].iter().map(ToString::to_string).collect();
    if head != "::core::compile_error!" {
        return None;
    }
    let message = syn::parse2::<LitStr>(group.stream()).ok()?.value();
    assert!(!message.trim().is_empty(), "a fault without words");
    let places = fault.iter().map(|token| token.span().source_text()).collect();
    Some(Fault { message, places })
}

fn are_same(left: &[TokenTree], right: &[TokenTree]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_same(left, right))
}

/// Returns whether two tokens are equal. Spans may differ.
fn is_same(left: &TokenTree, right: &TokenTree) -> bool {
    match (left, right) {
        (TokenTree::Group(left), TokenTree::Group(right)) => {
            let [inside, other] = [left, right].map(|group| group.stream().into_iter().collect::<Vec<_>>());
            left.delimiter() == right.delimiter() && are_same(&inside, &other)
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
