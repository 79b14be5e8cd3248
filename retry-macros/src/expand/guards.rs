//! The guards of an attempt: the breaker's permit before it, and budget, permit and cancellation for the step after it. Also the end of a
//! call whose attempt was refused.
//!
//! It does not know what an attempt is.

use super::attempt::returned;
use super::ending::{ended, kept, pending, pending_reference, returned_span};
use super::written;
use crate::model::{Ending, Model, SharedGuard};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;

/// Asks the breaker:
///
/// ```text
/// let __reattempt_breaker: &CircuitBreaker = &(EXPR);
/// let mut __reattempt_permit = match CircuitBreaker::acquire(__reattempt_breaker) {    // with `budget`: admit(&call, breaker, &(BUDGET))
///     Ok(permit) => Some(permit),
///     Err(open) => {
///         WAIT                                    // only with `wait_for_breaker`
///         refuse(&call, site, breaker, open, Some(&(BUDGET)), None);
///         return REFUSED;
///     }
/// };
/// ```
pub(super) fn permit(model: &Model, wait: Option<&TokenStream>) -> Option<TokenStream> {
    let here = Span::mixed_site();
    let breaker = model.breaker.as_ref()?;
    let breaker_type = model.paths.public("CircuitBreaker");
    let borrowed = shared(model, breaker);
    let refuse = model.paths.private("refuse");
    let budget = optional_budget(model);
    let admit = match &model.budget {
        Some(budget) => {
            let admit = model.paths.private("admit");
            let budget = by_reference(model, budget);
            quote_spanned!(here=> #admit(&__reattempt_call, __reattempt_breaker, #budget))
        }
        None => quote_spanned!(here=> #breaker_type::acquire(__reattempt_breaker)),
    };
    let refused = refused(model);
    let (pending, end) = (pending(model), pending_reference(model));
    Some(quote_spanned! {here=>
        let __reattempt_breaker: &#breaker_type = #borrowed;
        let mut __reattempt_permit = match #admit {
            ::core::result::Result::Ok(__reattempt_permit) => ::core::option::Option::Some(__reattempt_permit),
            ::core::result::Result::Err(__reattempt_open) => {
                #wait
                #pending
                #refuse(&__reattempt_call, __reattempt_site(), __reattempt_breaker, __reattempt_open, #budget, #end);
                return #refused;
            }
        };
    })
}

/// Returns the budget that a retry that is not made has its token from.
pub(super) fn optional_budget(model: &Model) -> TokenStream {
    let here = Span::mixed_site();
    match &model.budget {
        Some(budget) => {
            let budget = by_reference(model, budget);
            quote_spanned!(here=> ::core::option::Option::Some(#budget))
        }
        None => quote_spanned!(here=> ::core::option::Option::None),
    }
}

/// Returns the returned value for a refused attempt: the value in its place, or the `RetryError` and its conversion.
fn refused(model: &Model) -> TokenStream {
    let here = Span::mixed_site();
    let returned = returned(model);
    if model.makes_retry_error() {
        let call = model.paths.private("Call");
        let error = match &model.ending {
            Ending::Error(ending) => ending.error.to_token_stream(),
            Ending::Outcome => {
                let outcome = model.paths.public("Outcome");
                quote_spanned!(here=> <#returned as #outcome>::Error)
            }
        };
        let kept = kept(model);
        let refused = quote_spanned! {here=>
            #call::refused::<_, #error, #kept>(&__reattempt_call, &mut __reattempt_ledger, __reattempt_open)
        };
        return ended(model, &refused);
    }
    let there = returned_span(model);
    let represents = model.paths.private_at("Represents", there);
    let open = model.paths.public("BreakerOpen");
    quote_spanned!(there=> <#returned as #represents<#open>>::represent(__reattempt_open))
}

/// Returns the guards for the step: `.budget(&(BUDGET)).permit(permit)`.
pub(super) fn guarded(model: &Model) -> Option<TokenStream> {
    let here = Span::mixed_site();
    let budget = model.budget.as_ref().map(|budget| {
        let budget = shared(model, budget);
        quote_spanned!(here=> .budget(#budget))
    });
    let permit = model.breaker.as_ref().map(|_| quote_spanned!(here=> .permit(__reattempt_permit)));
    (budget.is_some() || permit.is_some()).then(|| quote_spanned!(here=> #budget #permit))
}

/// Returns the question for the step whether the call is cancelled: `.cancel(|| is_cancelled(&(STOP)))`.
pub(super) fn cancellable(model: &Model) -> Option<TokenStream> {
    let cancel = model.cancel.as_ref()?;
    let there = Span::mixed_site().located_at(cancel.expression.span());
    let is_cancelled = model.paths.private_at("is_cancelled", there);
    let cancel = shared(model, cancel);
    Some(quote_spanned!(there=> .cancel(|| #is_cancelled(#cancel))))
}

/// Borrows a shared budget, breaker or cancellation, from a static, a reference, an `Arc` or a `LazyLock`.
pub(super) fn shared(model: &Model, shared: &SharedGuard) -> TokenStream {
    let there = Span::mixed_site().located_at(shared.expression.span());
    let borrowed = by_reference(model, shared);
    if !shared.is_item {
        return borrowed;
    }
    // The value of a constant does not live long enough.
    quote_spanned!(there=> { let __reattempt_shared: &'static _ = #borrowed; __reattempt_shared })
}

fn by_reference(model: &Model, SharedGuard { expression, .. }: &SharedGuard) -> TokenStream {
    let (there, expression) = written(model, expression);
    quote_spanned!(there=> &(#expression))
}
