//! From an outcome to the pause before the next attempt, or out of the function: classifiers, and where what is wrong with their types is
//! reported.
//!
//! It does not know how an attempt runs.

use super::attempt::returned;
use super::guards::guarded;
use super::{replace_self, site};
use crate::args::expr;
use crate::args::matched_pattern;
use crate::model::{Classifier, Ending, Model};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprClosure};

/// The outcome's name, located at the return type: what is wrong with the outcome's type is reported there.
pub(super) fn outcome_name(model: &Model) -> Ident {
    Ident::new("__reattempt_outcome", returned_span(model))
}

pub(super) fn returned_span(model: &Model) -> Span {
    Span::mixed_site().located_at(model.function.returned_span)
}

/// Hands the outcome to the runtime, and returns or gives the pause. By path, since a blanket trait of the user's may have methods of these names.
///
/// ```text
/// let outcome = check_value(outcome, ON_VALUE);   // only with `on_value`
/// match step(&mut call, CONTEXT, &outcome, CLASSIFY) {
///     Some(pause) => { call.keep(&mut ledger, pause, outcome); pause }    // only with `history`; else `pause`
///     _ => return ENDED,
/// }
/// ```
///
/// An outcome that is returned as it is stays where it was made.
pub(super) fn step(model: &Model, outcome: &Ident) -> TokenStream {
    let here = Span::mixed_site();
    let there = returned_span(model);
    let checked = checked(model, outcome);
    let context = context(model, outcome);
    let classify = classify(model);
    let step = model.paths.private_at("step", there);
    let step = quote_spanned!(there=> #step(&mut __reattempt_call, #context, &#outcome, #classify));
    let pause = match &model.ending {
        Ending::Error(ending) if ending.history.is_some() => {
            let call = model.paths.private("Call");
            quote_spanned! {here=> {
                #call::keep(&__reattempt_call, &mut __reattempt_ledger, __reattempt_pause, #outcome);
                __reattempt_pause
            }}
        }
        _ => quote_spanned!(here=> __reattempt_pause),
    };
    let ended = if model.has_ledger() {
        let call = model.paths.private_at("Call", there);
        ended(model, &quote_spanned!(there=> #call::ended(&__reattempt_call, &mut __reattempt_ledger, #outcome)))
    } else if model.on_value.is_some() || model.timeout.is_some() {
        let returned = if model.timeout.is_some() { "returned_in_time" } else { "returned" };
        let returned = model.paths.private_at(returned, there);
        quote_spanned!(there=> #returned(#outcome))
    } else {
        outcome.to_token_stream()
    };
    quote_spanned! {here=>
        #checked
        match #step {
            ::core::option::Option::Some(__reattempt_pause) => #pause,
            _ => return #ended,
        }
    }
}

/// Asks `on_value`: `let outcome = check_value(outcome, ON_VALUE);`
///
/// Where the outcome may be of any kind, the compiler finds out which by the method that is there: `AnyOutcome(outcome).outcome()`.
fn checked(model: &Model, outcome: &Ident) -> Option<TokenStream> {
    let here = Span::mixed_site();
    let there = returned_span(model);
    let on_value = value_classifier(model, model.on_value.as_ref()?);
    let probe = |outcome: &TokenStream| {
        let probe = model.paths.private("AnyOutcome");
        let plain = model.paths.private("PlainOutcome");
        quote_spanned!(here=> { use #plain as _; #probe(#outcome).__reattempt_outcome() })
    };
    let found = if model.has_ledger() {
        outcome.to_token_stream()
    } else if model.timeout.is_some() {
        let timed = model.paths.private("TimedOutcome");
        let probed = probe(&quote_spanned!(here=> __reattempt_ended));
        quote_spanned!(there=> #timed::map(#outcome, |__reattempt_ended| #probed))
    } else {
        probe(&outcome.to_token_stream())
    };
    let check = model.paths.private_at("check_value", there);
    Some(quote_spanned!(there=> let #outcome = #check(#found, #on_value);))
}

/// Where the call is and what holds for it: the site, or `CallContext::new(site)` with what the call has of its own.
fn context(model: &Model, outcome: &Ident) -> TokenStream {
    let here = Span::mixed_site();
    let site = site::reference(model);
    let guarded = guarded(model);
    let policy = (!model.settings.is_fixed()).then(|| quote_spanned!(here=> .policy(&__reattempt_policy)));
    let strategy = model.settings.custom.as_ref().map(|custom| {
        let there = here.located_at(custom.span());
        let custom = replace_self(model, custom.to_token_stream());
        let custom = quote_spanned!(there=> &(#custom));
        quote_spanned!(here=> .strategy(#custom))
    });
    let notify = model.notify.as_ref().map(|notify| {
        let there = here.located_at(notify.span());
        let notify = replace_self(model, notify.to_token_stream());
        quote_spanned!(there=> .notify(&#outcome, #notify))
    });
    if policy.is_none() && strategy.is_none() && guarded.is_none() && notify.is_none() {
        return site;
    }
    let context = model.paths.private("CallContext");
    quote_spanned!(here=> #context::new(#site) #policy #strategy #guarded #notify)
}

/// Classifies an error, and says how it is shown: `|failure| show(failure).classified(VERDICT)`.
fn classify(model: &Model) -> TokenStream {
    let here = Span::mixed_site();
    let failure = quote_spanned!(here=> __reattempt_failure);
    let (there, verdict) = match &model.on {
        Classifier::Never => (here, quote_spanned!(here=> false)),
        Classifier::Transient => {
            let there = returned_span(model);
            let transient = model.paths.private_at("transient", there);
            (there, quote_spanned!(there=> #transient(#failure)))
        }
        Classifier::Pattern(pattern) => (here, matches(model, pattern)),
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
                quote_spanned!(there=> #ask(#failure, #classifier))
            });
            (there, verdict)
        }
    };
    let show = model.paths.private("show");
    quote_spanned!(there=> |#failure: &_| #show(#failure).__reattempt_classified(#verdict))
}

/// The same of a closure of the user's: `|error| show(error).classified(BODY)`. Only if it names its argument and uses it: for one that does not,
/// the compiler has a warning to give.
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

/// What the function returns for a `Result<T, RetryError<E>>`: what `recover` makes of it, the function's own error, or as it is.
pub(super) fn ended(model: &Model, ended: &TokenStream) -> TokenStream {
    let here = Span::mixed_site();
    let there = returned_span(model);
    match (&model.recover, &model.ending) {
        (Some(recover), ending) => {
            let success = match ending {
                Ending::Error(_) => quote_spanned!(here=> ::core::result::Result::Ok),
                Ending::Outcome => {
                    let recoverable = model.paths.private_at("Recoverable", there);
                    let returned = returned(model);
                    quote_spanned!(there=> <#returned as #recoverable>::from_value)
                }
            };
            let there = here.located_at(recover.span());
            let recovered = model.paths.private_at("recovered", there);
            let recover = replace_self(model, recover.to_token_stream());
            quote_spanned!(there=> #recovered(#ended, #success, #recover))
        }
        (None, Ending::Error(ending)) if ending.is_converted => {
            // The function's own error is made from the `RetryError`.
            let from = model.paths.private_at("FromRetryError", there);
            let from = quote_spanned!(there=> |__reattempt_error| #from::from_retry_error(__reattempt_error));
            quote_spanned!(here=> ::core::result::Result::map_err(#ended, #from))
        }
        (None, _) => ended.clone(),
    }
}

/// What judges a value.
fn value_classifier(model: &Model, classifier: &Classifier) -> TokenStream {
    let here = Span::mixed_site();
    match classifier {
        Classifier::Expression(expression) => written_classifier(model, expression),
        Classifier::Pattern(pattern) => {
            let verdict = matches(model, pattern);
            quote_spanned!(here=> |__reattempt_failure: &_| #verdict)
        }
        Classifier::Never | Classifier::Transient => quote_spanned!(here=> |_| false),
    }
}

/// `matches!(failure, PATTERN)`, which takes any tokens. A name in capitals in it has to lead to something, or it would be a variable that
/// matches every failure: one alone is told in words of ours, one inside by a lint of the compiler's.
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
            let kind = quote_spanned!(there=> #tried::new(__reattempt_failure, &#name).__reattempt_kind());
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

/// A classifier of the user's: its answer becomes a verdict where it is written, so that a wrong answer is reported there.
///
/// A path and a call are called by a closure of ours: so they are evaluated only where there is something to judge, `fn(&str)` serves
/// for a `String`, and what `classify::source` makes serves for each type that it looks into. A closure keeps its place, since its
/// argument's type comes from there; one that says `return` would not survive the change. Any other expression is passed on as it is.
fn written_classifier(model: &Model, classifier: &Expr) -> TokenStream {
    let there = Span::mixed_site().located_at(classifier.span());
    if let Some(called) = called(model, classifier) {
        let into_verdict = model.paths.private_at("into_verdict", there);
        return quote_spanned!(there=> |__reattempt_failure: &_| #into_verdict(#called));
    }
    wrapped_closure(model, classifier).unwrap_or_else(|| replace_self(model, classifier.to_token_stream()))
}

/// A path, a call or a place, called with `__reattempt_failure`.
fn called(model: &Model, classifier: &Expr) -> Option<TokenStream> {
    let there = Span::mixed_site().located_at(classifier.span());
    let function = replace_self(model, expr::peel(classifier).to_token_stream());
    if expr::path(classifier).is_some() {
        return Some(quote_spanned!(there=> #function(__reattempt_failure)));
    }
    // A place is called where it is: what it holds may not be moved out.
    (expr::is_call(classifier) || expr::variable(classifier).is_some())
        .then(|| quote_spanned!(there=> (#function)(__reattempt_failure)))
}

/// A closure of the user's whose answer is a verdict.
fn wrapped_closure(model: &Model, classifier: &Expr) -> Option<TokenStream> {
    let (ExprClosure { capture, inputs, .. }, body) = wrappable_closure(model, classifier)?;
    let there = Span::mixed_site().located_at(classifier.span());
    let into_verdict = model.paths.private_at("into_verdict", there);
    let inputs = replace_self(model, inputs.to_token_stream());
    Some(quote_spanned!(there=> #capture |#inputs| #into_verdict(#body)))
}

/// A closure of the user's whose body can stand in an expression of ours, and that body.
fn wrappable_closure<'a>(model: &Model, classifier: &'a Expr) -> Option<(&'a ExprClosure, TokenStream)> {
    let closure = expr::closure(classifier).filter(|closure| expr::is_plain_closure(closure))?;
    let body = closure.body.to_token_stream();
    (!has_word(body.clone(), "return")).then(|| (closure, replace_self(model, body)))
}

fn has_word(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(found) => found == word,
        TokenTree::Group(group) => has_word(group.stream(), word),
        _ => false,
    })
}
