//! Classifiers of errors and of values, and the spans at which faults of their types are reported.
//!
//! It does not know what happens after a verdict.

use super::ending::returned_span;
use super::replace_self;
use crate::model::{Classifier, MAKERS, Model, is_of_this_crate};
use crate::syntax::{expr, has_word, matched_pattern};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprClosure};

/// Classifies an error and formats it: `|failure| show(failure).classified(VERDICT)`.
pub(super) fn classify(model: &Model) -> TokenStream {
    let here = Span::mixed_site();
    let (there, verdict) = match &model.on {
        Classifier::Transient => {
            let there = returned_span(model);
            let transient = if model.on_value.is_some() { "transient_beside_on_value" } else { "transient" };
            let transient = model.paths.private_at(transient, there);
            (there, quote_spanned!(there=> #transient(__reattempt_failure)))
        }
        Classifier::Pattern(pattern) => (here, matches(model, pattern)),
        Classifier::Named(function) => {
            let (there, function) = named(model, function);
            (there, quote_spanned!(there=> #function(__reattempt_failure)))
        }
        Classifier::Expression(expression) => {
            if let Some(joined) = joined_closure(model, expression) {
                return joined;
            }
            let there = here.located_at(expression.span());
            let verdict = called(model, expression).unwrap_or_else(|| {
                // The closure's argument gets its type from `ask`.
                let ask = model.paths.private_at("ask", there);
                let classifier = wrapped_closure(model, expression)
                    .unwrap_or_else(|| replace_self(model, expression.to_token_stream()));
                quote_spanned!(there=> #ask(__reattempt_failure, #classifier))
            });
            (there, verdict)
        }
    };
    let show = model.paths.private("show");
    quote_spanned!(there=> |__reattempt_failure: &_| #show(__reattempt_failure).__reattempt_classified(#verdict))
}

/// Formats an error, without a verdict: `|failure| show(failure).classified(false)`.
pub(super) fn show(model: &Model) -> TokenStream {
    let here = Span::mixed_site();
    let show = model.paths.private("show");
    quote_spanned!(here=> |__reattempt_failure: &_| #show(__reattempt_failure).__reattempt_classified(false))
}

/// Calls a closure of the user's: `|error| show(error).classified(BODY)`. Only if the closure names and uses its argument: otherwise
/// the compiler has a warning about it.
fn joined_closure(model: &Model, classifier: &Expr) -> Option<TokenStream> {
    let (ExprClosure { capture, inputs, .. }, body) = wrappable_closure(model, classifier)?;
    let mut inputs = inputs.to_token_stream().into_iter();
    let (Some(TokenTree::Ident(error)), None) = (inputs.next(), inputs.next()) else { return None };
    let is_variable = error.to_string().starts_with(char::is_lowercase);
    if !is_variable || !has_word(body.clone(), &error.to_string()) {
        return None;
    }
    let there = Span::mixed_site().located_at(classifier.span());
    let show = model.paths.private("show");
    Some(quote_spanned!(there=> #capture |#error| #show(#error).__reattempt_classified(#body)))
}

/// Returns the expression that judges a value.
pub(super) fn value_classifier(model: &Model, classifier: &Classifier) -> TokenStream {
    let here = Span::mixed_site();
    match classifier {
        Classifier::Expression(expression) => written_classifier(model, expression),
        Classifier::Named(function) => {
            let (there, function) = named(model, function);
            let into_verdict = model.paths.private_at("IntoVerdict", there);
            quote_spanned!(there=> |__reattempt_failure: &_| #into_verdict::into_verdict(#function(__reattempt_failure)))
        }
        Classifier::Pattern(pattern) => {
            let verdict = matches(model, pattern);
            quote_spanned!(here=> |__reattempt_failure: &_| #verdict)
        }
        Classifier::Transient => quote_spanned!(here=> |_| false),
    }
}

/// Returns `matches!(failure, PATTERN)`, which accepts any tokens. A name in capitals must be a constant or a variant. Otherwise it would be a
/// variable that matches every failure. A name alone gets an error of our own, a name inside a pattern gets a lint of the compiler.
fn matches(model: &Model, pattern: &TokenStream) -> TokenStream {
    let here = Span::mixed_site();
    let pattern = replace_self(model, pattern.clone());
    let matches = quote_spanned!(here=> ::core::matches!(__reattempt_failure, #pattern));
    match matched_pattern::names_in_capitals(&pattern).as_slice() {
        [] => matches,
        [name] if matched_pattern::is_name_alone(&pattern) => {
            let there = here.located_at(name.span());
            let leads_to = model.paths.private_at("leads_to", there);
            let (tried, value) = (model.paths.private_at("Matched", there), model.paths.private("MatchedValue"));
            let kind = quote_spanned!(there=> #tried(__reattempt_failure, &#name).__reattempt_kind());
            let check = quote_spanned!(there=> #leads_to(#kind));
            quote_spanned! {here=> {
                if false {
                    use #value as _;
                    match __reattempt_failure { #name => #check, _ => {} }
                }
                #matches
            }}
        }
        _ => quote_spanned! {here=> {
            #[deny(non_snake_case)]
            let __reattempt_matches = #matches;
            __reattempt_matches
        }},
    }
}

/// Returns a classifier of the user's. Its result becomes a verdict at its own span, so a wrong type is reported there.
///
/// Paths and calls are called by a generated closure. So they are evaluated only when there is a failure, `fn(&str)` works for a
/// `String`, and the result of `classify::source` works for each type. A user's closure stays in place, since that gives its argument a
/// type; a closure with `return` could not be moved. Any other expression is passed on unchanged.
fn written_classifier(model: &Model, classifier: &Expr) -> TokenStream {
    let there = Span::mixed_site().located_at(classifier.span());
    if let Some(called) = called(model, classifier) {
        let into_verdict = model.paths.private_at("IntoVerdict", there);
        return quote_spanned!(there=> |__reattempt_failure: &_| #into_verdict::into_verdict(#called));
    }
    wrapped_closure(model, classifier).unwrap_or_else(|| replace_self(model, classifier.to_token_stream()))
}

/// Returns the call of a path, a call or a place with `__reattempt_failure`.
fn called(model: &Model, classifier: &Expr) -> Option<TokenStream> {
    let there = Span::mixed_site().located_at(classifier.span());
    let function = replace_self(model, with_maker(model, expr::peel(classifier)));
    if expr::path(classifier).is_some() {
        return Some(quote_spanned!(there=> #function(__reattempt_failure)));
    }
    // A place is called in place, since its content may not be moved out.
    (expr::is_call(classifier) || expr::variable(classifier).is_some())
        .then(|| quote_spanned!(there=> (#function)(__reattempt_failure)))
}

/// Returns a named function: `{ use Method as _; named(failure, &FUNCTION).__reattempt_classifier() }`. Where its signature is not that of a
/// classifier, the compiler says so in our words.
fn named(model: &Model, function: &Expr) -> (Span, TokenStream) {
    let last = expr::path(function).and_then(|path| path.path.segments.last());
    let there = Span::mixed_site().located_at(last.map_or(function.span(), |last| last.ident.span()));
    let (named, method) = (model.paths.private_at("named", there), model.paths.private("Method"));
    let checked = quote_spanned!(there=> #named(__reattempt_failure, &#function).__reattempt_classifier());
    (there, quote_spanned!(there=> { use #method as _; #checked }))
}

/// Returns a classifier in which the names of functions are checked, so that the compiler says in our words what is wrong:
///
/// ```text
/// name()                called(name).__reattempt_made()
/// any_of(a, b)          joining(any_of).__reattempt_joins()(a, b)
/// classify::not(name)   classify::not(*NAMED)
/// ```
///
/// Variables stay in place, since they cannot be moved.
fn with_maker(model: &Model, classifier: &Expr) -> TokenStream {
    let Expr::Call(call) = classifier else { return classifier.to_token_stream() };
    let Some(name) = function_name(model, &call.func) else { return classifier.to_token_stream() };
    let (function, there) = (&call.func, Span::mixed_site().located_at(call.func.span()));
    if call.args.is_empty() && !MAKERS.contains(&name.as_str()) {
        let called = model.paths.private_at("called", there);
        return quote_spanned!(there=> #called(#function).__reattempt_made());
    }
    if name == "source" || !MAKERS.contains(&name.as_str()) {
        return classifier.to_token_stream();
    }
    let is_ours = expr::path(function).is_some_and(|path| is_of_this_crate(&path.path));
    let mut call = call.clone();
    for argument in &mut call.args {
        let checked = match &mut *argument {
            Expr::Tuple(tuple) => {
                for operand in &mut tuple.elems {
                    *operand = Expr::Verbatim(with_maker(model, operand));
                }
                tuple.to_token_stream()
            }
            operand if name == "not" && is_ours && function_name(model, operand).is_some() => {
                let (there, operand) = named(model, operand);
                quote_spanned!(there=> *#operand)
            }
            operand => with_maker(model, operand),
        };
        *argument = Expr::Verbatim(checked);
    }
    if name != "not" && call.args.len() > 1 {
        let joining = model.paths.private_at("joining", there);
        *call.func = Expr::Verbatim(quote_spanned!(there=> #joining(#function).__reattempt_joins()));
    }
    call.into_token_stream()
}

/// Returns the last word of a path, if that is named like a function and is no variable.
fn function_name(model: &Model, function: &Expr) -> Option<String> {
    let is_variable =
        expr::name(function).is_some_and(|name| model.function.taken_names().iter().any(|taken| name == taken));
    let last = expr::path(function)?.path.segments.last()?.ident.to_string();
    (last.starts_with(char::is_lowercase) && !is_variable).then_some(last)
}

/// Returns a closure of the user's whose result is a verdict.
fn wrapped_closure(model: &Model, classifier: &Expr) -> Option<TokenStream> {
    let (ExprClosure { capture, inputs, .. }, body) = wrappable_closure(model, classifier)?;
    let there = Span::mixed_site().located_at(classifier.span());
    let into_verdict = model.paths.private_at("IntoVerdict", there);
    let inputs = replace_self(model, inputs.to_token_stream());
    Some(quote_spanned!(there=> #capture |#inputs| #into_verdict::into_verdict(#body)))
}

/// Returns a user's closure and its body, if the body can be put into a generated expression.
fn wrappable_closure<'a>(model: &Model, classifier: &'a Expr) -> Option<(&'a ExprClosure, TokenStream)> {
    let closure = expr::closure(classifier).filter(|closure| expr::is_plain_closure(closure))?;
    let body = closure.body.to_token_stream();
    (!has_word(body.clone(), "return")).then(|| (closure, replace_self(model, body)))
}
