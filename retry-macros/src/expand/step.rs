//! From an outcome to the runtime's answer: classifiers, and where what is wrong with their types is reported.
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

/// Hands the outcome to the runtime, and returns or gives the sleep. By path, since a blanket trait of the user's may have methods of these names.
///
/// An outcome that is returned as it is stays where it was made. For most functions the step is
///
/// ```text
/// match look(&mut call, site, &outcome, |failure| show(failure).judged(ANSWER)) { None => return outcome, Some(pause) => pause }
/// ```
///
/// and for all others `Call::look(&mut call, rules, &outcome, on, on_value, show, notify)`, or a step that takes the outcome.
pub(super) fn step(model: &Model, outcome: &Ident) -> TokenStream {
    if let Some(step) = brief(model, outcome) {
        return step;
    }
    let site = site::late(model);
    let step = step_with_all(model, outcome);
    quote_spanned!(Span::mixed_site()=> #site #step)
}

/// The step that costs the compiler little: the outcome itself is returned, an error alone is judged, by an expression of ours, and nobody else
/// is asked or told.
fn brief(model: &Model, outcome: &Ident) -> Option<TokenStream> {
    let is_returned = matches!(model.ending, Ending::Outcome) && model.recover.is_none() && model.timeout.is_none();
    let is_unguarded = model.budget.is_none() && model.breaker.is_none() && model.settings.custom.is_none();
    let is_error_alone = model.on_value.is_none() && model.notify.is_none();
    if !(is_returned && is_unguarded && is_error_alone && model.settings.is_fixed()) {
        return None;
    }
    let here = Span::mixed_site();
    let there = returned_span(model);
    let site = site::in_place(model)?;
    let look = model.paths.private_at("look", there);
    let judge = match &model.on {
        Classifier::Expression(expression) => joined_closure(model, expression),
        _ => None,
    };
    let judge = judge.or_else(|| judge_of_ours(model))?;
    let look = quote_spanned!(there=> #look(&mut __reattempt_call, #site, &#outcome, #judge));
    Some(quote_spanned! {here=>
        match #look {
            ::core::option::Option::Some(__reattempt_pause) => __reattempt_pause,
            _ => return #outcome,
        }
    })
}

/// `|failure| show(failure).judged(ANSWER)`, where the answer is an expression of ours.
fn judge_of_ours(model: &Model) -> Option<TokenStream> {
    let (there, answer) = answer(model)?;
    let show = model.paths.private("show");
    Some(quote_spanned!(there=> |__reattempt_failure: &_| #show(__reattempt_failure).__reattempt_judged(#answer)))
}

/// The same of a closure of the user's: `|error| show(error).judged(BODY)`. Only if it names its argument and uses it: for one that does not, the
/// compiler has a warning to give.
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
    Some(quote_spanned!(there=> #capture |#error| #show(#error).__reattempt_judged(#body)))
}

fn step_with_all(model: &Model, outcome: &Ident) -> TokenStream {
    let here = Span::mixed_site();
    let there = returned_span(model);
    let rules = rules(model);
    let asked = asked(model);
    let is_timed = model.timeout.is_some();
    let call = model.paths.private_at("Call", there);
    match &model.ending {
        Ending::Outcome if model.recover.is_some() => {
            let recoverable = model.paths.private_at("Recoverable", there);
            let outcome = if is_timed {
                quote_spanned!(there=> ::core::result::Result::map(#outcome, #recoverable::into_result))
            } else {
                quote_spanned!(there=> #recoverable::into_result(#outcome))
            };
            let step = step_or_error(model, &rules, &outcome, &asked);
            let ended = ended(model, &quote_spanned!(here=> __reattempt_ended));
            flow(model, &quote_spanned!(here=> #step.map_break(|__reattempt_ended| #ended)))
        }
        Ending::Outcome if is_timed => {
            let outcome = match &model.on_value {
                None => outcome.to_token_stream(),
                Some(_) => {
                    let probed = probed(model, &quote_spanned!(here=> __reattempt_outcome));
                    quote_spanned! {there=>
                        match #outcome {
                            ::core::result::Result::Ok(__reattempt_outcome) => ::core::result::Result::Ok(#probed),
                            ::core::result::Result::Err(__reattempt_timed_out) => {
                                ::core::result::Result::Err(__reattempt_timed_out)
                            }
                        }
                    }
                }
            };
            flow(model, &quote_spanned!(there=> #call::step_timed(&mut __reattempt_call, #rules, #outcome, #asked)))
        }
        Ending::Outcome => {
            let probe = model.on_value.as_ref().map(|_| {
                let probed = probed(model, &outcome.to_token_stream());
                quote_spanned!(here=> let #outcome = #probed;)
            });
            let look = quote_spanned!(there=> #call::look(&mut __reattempt_call, #rules, &#outcome, #asked));
            let returned = model.paths.private_at("returned", there);
            let returned = quote_spanned!(there=> #returned(#outcome));
            let pause = pause(model);
            quote_spanned! {here=>
                #probe
                match #look {
                    ::core::option::Option::None => return #returned,
                    ::core::option::Option::Some(__reattempt_delay) => #pause,
                }
            }
        }
        Ending::Error(ending) => {
            let step = step_or_error(model, &rules, &outcome.to_token_stream(), &asked);
            if ending.is_converted || model.recover.is_some() {
                let ended = ended(model, &quote_spanned!(here=> __reattempt_ended));
                flow(model, &quote_spanned!(here=> #step.map_break(|__reattempt_ended| #ended)))
            } else {
                flow(model, &step)
            }
        }
    }
}

/// The sleep that follows: `Pause::new(site, delay)`.
fn pause(model: &Model) -> TokenStream {
    let (pause, site) = (model.paths.private("Pause"), site::reference(model));
    quote_spanned!(Span::mixed_site()=> #pause::new(#site, __reattempt_delay))
}

/// Returns where a step breaks, and gives the sleep where it continues.
fn flow(model: &Model, step: &TokenStream) -> TokenStream {
    let pause = pause(model);
    quote_spanned! {Span::mixed_site()=>
        match #step {
            ::core::ops::ControlFlow::Break(__reattempt_returned) => return __reattempt_returned,
            ::core::ops::ControlFlow::Continue(__reattempt_delay) => #pause,
        }
    }
}

/// What holds for the attempt: `Rules::of(site)`, or `Rules::new(site, &policy)`, with a strategy of the user's and the guards.
fn rules(model: &Model) -> TokenStream {
    let here = Span::mixed_site();
    let rules = model.paths.private("Rules");
    let guarded = guarded(model);
    let backoff = model.settings.custom.as_ref().map(|custom| {
        let there = here.located_at(custom.span());
        let custom = replace_self(model, custom.to_token_stream());
        let custom = quote_spanned!(there=> &(#custom));
        quote_spanned!(here=> .backoff(#custom))
    });
    let site = site::reference(model);
    if model.settings.is_fixed() {
        quote_spanned!(here=> #rules::of(#site) #backoff #guarded)
    } else {
        quote_spanned!(here=> #rules::new(#site, &__reattempt_policy) #backoff #guarded)
    }
}

/// Who is asked of an outcome, and told of it: `on, on_value, show, notify`.
fn asked(model: &Model) -> TokenStream {
    let here = Span::mixed_site();
    let on = classifier(model, Some(&model.on));
    let on_value = classifier(model, model.on_value.as_ref());
    let show = model.paths.private("show");
    let notify = match &model.notify {
        None => model.paths.private("quiet").into_token_stream(),
        Some(notify) => replace_self(model, notify.to_token_stream()),
    };
    quote_spanned!(here=> #on, #on_value, |__reattempt_failure: &_| #show(__reattempt_failure).__reattempt_shown()(__reattempt_failure), #notify)
}

fn step_or_error(model: &Model, rules: &TokenStream, outcome: &TokenStream, asked: &TokenStream) -> TokenStream {
    let here = Span::mixed_site();
    let call = model.paths.private("Call");
    let step = Ident::new(if model.timeout.is_some() { "step_timed_or_error" } else { "step_or_error" }, here);
    quote_spanned! {here=>
        #call::#step(&mut __reattempt_call, #rules, &mut __reattempt_ledger, #outcome, #asked)
    }
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

/// An outcome of any kind as the runtime takes it. Which kind it is, the compiler finds out by the method that is there.
fn probed(model: &Model, outcome: &TokenStream) -> TokenStream {
    let probe = model.paths.private("Probe");
    let plain = model.paths.private("ProbePlain");
    quote_spanned!(Span::mixed_site()=> { use #plain as _; #probe(#outcome).__reattempt_outcome() })
}

fn classifier(model: &Model, classifier: Option<&Classifier>) -> TokenStream {
    let here = Span::mixed_site();
    match classifier {
        None => model.paths.private("good_enough").into_token_stream(),
        Some(Classifier::Never) => model.paths.private("never").into_token_stream(),
        Some(Classifier::Transient) => {
            let there = returned_span(model);
            let answer = transient(model, there);
            quote_spanned!(there=> |__reattempt_failure: &_| #answer)
        }
        Some(Classifier::Expression(expression)) => written_classifier(model, expression),
        Some(Classifier::Pattern(pattern)) => {
            let answer = matches(model, pattern);
            quote_spanned!(here=> |__reattempt_failure: &_| #answer)
        }
    }
}

/// What is made of `__reattempt_failure`, and where that is reported. Nothing for classifiers that are passed on as they are.
fn answer(model: &Model) -> Option<(Span, TokenStream)> {
    Some(match &model.on {
        Classifier::Never => return None,
        Classifier::Transient => {
            let there = returned_span(model);
            (there, transient(model, there))
        }
        Classifier::Pattern(pattern) => (Span::mixed_site(), matches(model, pattern)),
        Classifier::Expression(expression) => {
            let there = Span::mixed_site().located_at(expression.span());
            let answer = match expr::closure(expression) {
                // The closure's argument gets its type from `asked`.
                Some(_) => {
                    let asked = model.paths.private_at("asked", there);
                    let closure = wrapped_closure(model, expression)?;
                    quote_spanned!(there=> #asked(__reattempt_failure, #closure))
                }
                None => called(model, expression)?,
            };
            (there, answer)
        }
    })
}

fn transient(model: &Model, there: Span) -> TokenStream {
    let transient = model.paths.private_at("transient", there);
    quote_spanned!(there=> #transient(__reattempt_failure))
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
