//! The step: from an outcome to the pause before the next attempt, or to the function's return.
//!
//! It does not know how an attempt runs, or how a classifier is written.

use super::classifier::{classify, show, value_classifier};
use super::ending::{ended, pending, pending_reference, retention, returned_span};
use super::guards::{cancellable, guarded, optional_budget};
use super::{site, written};
use crate::model::{Ending, Model};
use crate::syntax::expr;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, Pat};

/// Gives the outcome to the runtime, and returns or yields the pause. Functions are called by path, since a user's trait may have methods
/// with these names.
///
/// ```text
/// CHECKED                                         // only with `on_value`
/// let mut end = PendingEnd::default();            // only with `recover`
/// match step(&mut call, CONTEXT, &outcome, CLASSIFY) {
///     Some(pause) => { call.keep(&mut ledger, pause, outcome); pause }    // only with `history`; else `pause`
///     _ => return ENDED,
/// }
/// ```
///
/// An outcome that is returned unchanged is not moved.
pub(super) fn step(model: &Model, outcome: &Ident) -> TokenStream {
    let here = Span::mixed_site();
    let (checked, step, ended) = (checked(model, outcome), decided(model, outcome), returned_value(model, outcome));
    let pause = match kept(model, outcome) {
        Some(kept) => quote_spanned!(here=> { #kept __reattempt_pause }),
        None => quote_spanned!(here=> __reattempt_pause),
    };
    let pending = pending(model);
    quote_spanned! {here=>
        #checked
        #pending
        match #step {
            ::core::option::Option::Some(__reattempt_pause) => #pause,
            _ => return #ended,
        }
    }
}

/// The step with the key `cancel`, and the sleep after it. The outcome outlives the sleep, because it is returned if the sleep is cancelled.
///
/// ```text
/// CHECKED                                         // only with `on_value`
/// let mut end = PendingEnd::default();            // only with `recover`
/// let pause = step(&mut call, CONTEXT, &outcome, CLASSIFY);
/// if let Some(pause) = pause {
///     if SLEEP {
///         cancelled_in_sleep(&mut call, pause, &outcome, SHOW, Some(&(BUDGET)), Some(&mut end));
///     } else {
///         call.keep(&mut ledger, pause, outcome); // only with `history`
///         BEGIN                                   // only for a `RetryError`
///         continue;
///     }
/// }
/// return ENDED;
/// ```
pub(super) fn cancellable_step(
    model: &Model,
    outcome: &Ident,
    sleep: &TokenStream,
    begin: Option<&TokenStream>,
) -> TokenStream {
    let here = Span::mixed_site();
    let (checked, step, ended) = (checked(model, outcome), decided(model, outcome), returned_value(model, outcome));
    let (kept, budget) = (kept(model, outcome), optional_budget(model));
    let (pending, end) = (pending(model), pending_reference(model));
    let (cancelled, show) = (model.paths.private("cancelled_in_sleep"), show(model));
    quote_spanned! {here=>
        #checked
        #pending
        let __reattempt_pause = #step;
        if let ::core::option::Option::Some(__reattempt_pause) = __reattempt_pause {
            if #sleep {
                #cancelled(&mut __reattempt_call, __reattempt_pause, &#outcome, #show, #budget, #end);
            } else {
                #kept
                #begin
                continue;
            }
        }
        return #ended;
    }
}

/// Asks the runtime: `step(&mut call, CONTEXT, &outcome, CLASSIFY)`.
fn decided(model: &Model, outcome: &Ident) -> TokenStream {
    let there = returned_span(model);
    let (context, classify) = (context(model, outcome), classify(model));
    let step = model.paths.private_at("step", there);
    quote_spanned!(there=> #step(&mut __reattempt_call, #context, &#outcome, #classify))
}

/// Keeps the outcome in the history, if there is one.
fn kept(model: &Model, outcome: &Ident) -> Option<TokenStream> {
    let Ending::Error(ending) = &model.ending else { return None };
    ending.history.as_ref()?;
    let (call, retention) = (model.paths.private("Call"), retention(model));
    Some(quote_spanned! {Span::mixed_site()=>
        #call::keep::<_, #retention>(&__reattempt_call, &mut __reattempt_ledger, __reattempt_pause, #outcome);
    })
}

/// Returns the value of a call that has ended.
fn returned_value(model: &Model, outcome: &Ident) -> TokenStream {
    let there = returned_span(model);
    if model.makes_retry_error() {
        let (call, retention) = (model.paths.private_at("Call", there), retention(model));
        let call = quote_spanned!(there=> #call::ended::<_, #retention>);
        let show = show(model);
        ended(model, &quote_spanned!(there=> #call(&__reattempt_call, &mut __reattempt_ledger, #outcome, #show)))
    } else if model.on_value.is_some() || model.timeout.is_some() {
        let returned = if model.timeout.is_some() { "returned_in_time" } else { "returned" };
        let returned = model.paths.private_at(returned, there);
        quote_spanned!(there=> #returned(#outcome))
    } else {
        outcome.to_token_stream()
    }
}

/// Applies `on_value`:
///
/// ```text
/// let outcome = outcome;
/// let shown = show_value(&outcome).shown();
/// let outcome = check_value(outcome, ON_VALUE, shown);
/// ```
///
/// If the kind of outcome is unknown, the compiler picks the method that exists: `AnyOutcome(outcome).outcome()`.
fn checked(model: &Model, outcome: &Ident) -> Option<TokenStream> {
    let here = Span::mixed_site();
    let there = returned_span(model);
    let on_value = value_classifier(model, model.on_value.as_ref()?);
    let probe = |outcome: &TokenStream| {
        let probe = model.paths.private("AnyOutcome");
        let plain = model.paths.private("PlainOutcome");
        quote_spanned!(here=> { use #plain as _; #probe(#outcome).__reattempt_outcome() })
    };
    let found = if model.makes_retry_error() {
        outcome.to_token_stream()
    } else if model.timeout.is_some() {
        let timed = model.paths.private("TimedOutcome");
        let probed = probe(&quote_spanned!(here=> __reattempt_ended));
        quote_spanned!(there=> #timed(::core::result::Result::map(#outcome.0, |__reattempt_ended| #probed)))
    } else {
        probe(&outcome.to_token_stream())
    };
    let check = model.paths.private_at("check_value", there);
    let show = model.paths.private("show_value");
    Some(quote_spanned! {there=>
        let #outcome = #found;
        let __reattempt_shown = #show(&#outcome).__reattempt_shown();
        let #outcome = #check(#outcome, #on_value, __reattempt_shown);
    })
}

/// Returns the call's context: the site, or `CallContext::new(site)` with the call's own values.
fn context(model: &Model, outcome: &Ident) -> TokenStream {
    let here = Span::mixed_site();
    let site = site::reference(model);
    let guarded = guarded(model);
    let policy = (!model.settings.is_fixed()).then(|| quote_spanned!(here=> .policy(&__reattempt_policy)));
    let strategy = model.settings.custom.as_ref().map(|custom| {
        let (there, custom) = written(model, custom);
        let custom = quote_spanned!(there=> &(#custom));
        quote_spanned!(here=> .strategy(#custom))
    });
    let notify = model.notify.as_ref().map(|notify| {
        let (there, notify) = notify_function(model, notify);
        quote_spanned!(there=> .notify(&#outcome, #notify))
    });
    let timeout = model.steps_by_timeout.then(|| quote_spanned!(here=> .timeout(__reattempt_timeout)));
    let cancel = cancellable(model);
    let recover = model.recover.as_ref().map(|_| quote_spanned!(here=> .recover(&mut __reattempt_end)));
    let wait = model.waits_for_breaker.then(|| quote_spanned!(here=> .wait_for_breaker()));
    let own = [&policy, &strategy, &timeout, &guarded, &recover, &notify, &cancel, &wait];
    if own.iter().all(|own| own.is_none()) {
        return site;
    }
    let context = model.paths.private("CallContext");
    quote_spanned!(here=> #context::new(#site) #(#own)*)
}

/// Returns the function of the key `notify`. Where its argument may be written for a site without `on_value`, the argument goes through a
/// trait with a message of its own: `|retrying: &_| (FUNCTION)(notify_argument(retrying))`.
fn notify_function(model: &Model, notify: &Expr) -> (Span, TokenStream) {
    let (there, function) = written(model, notify);
    let has_type = match expr::closure(notify) {
        Some(closure) => closure.inputs.iter().all(|input| matches!(input, Pat::Type(_))),
        None => true,
    };
    if model.on_value.is_none() || !has_type {
        return (there, function);
    }
    let argument = model.paths.private_at("notify_argument", there);
    (there, quote_spanned!(there=> |__reattempt_retrying: &_| (#function)(#argument(__reattempt_retrying))))
}
