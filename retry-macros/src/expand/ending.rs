//! The value that the function returns at its end, and the span at which faults of its type are reported.
//!
//! It does not know when a call ends.

use super::attempt::returned;
use super::written;
use crate::model::{Ending, Model};
use crate::syntax::type_path::inferable;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

/// Returns the outcome's name with the span of the return type. Faults of the outcome's type are reported there.
pub(super) fn outcome_name(model: &Model) -> Ident {
    Ident::new("__reattempt_outcome", returned_span(model))
}

pub(super) fn returned_span(model: &Model) -> Span {
    Span::mixed_site().located_at(model.function.returned_span)
}

/// Returns where the end of the call is kept until `recover` has answered: `let mut __reattempt_end = PendingEnd::default();`
pub(super) fn pending(model: &Model) -> Option<TokenStream> {
    let here = Span::mixed_site();
    let pending = model.paths.private("PendingEnd");
    model
        .recover
        .as_ref()
        .map(|_| quote_spanned!(here=> let mut __reattempt_end = <#pending as ::core::default::Default>::default();))
}

/// Returns a reference to where the end is kept, or `None`.
pub(super) fn pending_reference(model: &Model) -> TokenStream {
    let here = Span::mixed_site();
    match &model.recover {
        Some(_) => quote_spanned!(here=> ::core::option::Option::Some(&mut __reattempt_end)),
        None => quote_spanned!(here=> ::core::option::Option::None),
    }
}

/// Returns the type of the rejected values that a `RetryError` keeps: the second argument of a `RetryError<E, T>`, or `Infallible`.
pub(super) fn kept(model: &Model) -> TokenStream {
    match &model.ending {
        Ending::Error(ending) if ending.keeps_value => ending.value.as_ref().map(inferable),
        _ => None,
    }
    .unwrap_or_else(|| quote_spanned!(Span::mixed_site()=> ::core::convert::Infallible))
}

/// Returns the type that says whether a rejected value is kept.
pub(super) fn retention(model: &Model) -> TokenStream {
    match &model.ending {
        Ending::Error(ending) if ending.keeps_value && model.on_value.is_some() => model.paths.private("Keep"),
        Ending::Error(ending) if ending.keeps_value => {
            let (none_rejected, kept) = (model.paths.private("NoneRejected"), kept(model));
            quote_spanned!(Span::mixed_site()=> #none_rejected<#kept>)
        }
        _ => model.paths.private("Forget"),
    }
}

/// Returns the returned value for a `Result<T, RetryError<E>>`: by `recover`, as the function's own error, or unchanged.
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
            let (there, recover) = written(model, recover);
            let recovered = model.paths.private_at("recovered", there);
            quote_spanned!(there=> #recovered(#ended, __reattempt_end, #success, #recover))
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
