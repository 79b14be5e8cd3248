//! The sleep before the next attempt, by the sleeper that is compiled in or by one of the user's.
//!
//! It does not know why a call sleeps.

use super::guards::shared;
use super::written;
use crate::model::{Model, SharedGuard};
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;

/// Returns the statements that sleep.
pub(super) fn sleep(model: &Model) -> TokenStream {
    let here = Span::mixed_site();
    let sleeper = model.sleep.as_ref().map(|sleeper| written(model, sleeper));
    match (model.function.is_async(), sleeper) {
        (false, None) => {
            let sleep = model.paths.private("sleep");
            quote_spanned!(here=> #sleep(__reattempt_pause);)
        }
        (false, Some((there, sleeper))) => {
            let sleep = model.paths.private_at("sleep_with", there);
            quote_spanned!(there=> #sleep(#sleeper, __reattempt_pause);)
        }
        (true, None) => {
            let sleep = by_default(model);
            quote_spanned!(here=> #sleep.await;)
        }
        (true, Some((there, sleeper))) => {
            let sleep = by_sleeper(model, there, &sleeper);
            let awaited = quote_spanned!(there=> __reattempt_sleep.await;);
            quote_spanned!(here=> let __reattempt_sleep = #sleep; #awaited)
        }
    }
}

/// Returns the expression that sleeps until it is cancelled. It is `true` then:
/// `sleep_until_cancelled(&(STOP), pause)`, or `until_cancelled(&(STOP), || SLEEP).await`.
pub(super) fn until_cancelled(model: &Model, cancel: &SharedGuard) -> TokenStream {
    let there = Span::mixed_site().located_at(cancel.expression.span());
    let cancel = shared(model, cancel);
    if !model.function.is_async() {
        let sleep = model.paths.private_at("sleep_until_cancelled", there);
        return quote_spanned!(there=> #sleep(#cancel, __reattempt_pause));
    }
    let until = model.paths.private_at("until_cancelled", there);
    let (there, sleep) = match model.sleep.as_ref().map(|sleeper| written(model, sleeper)) {
        Some((there, sleeper)) => (there, by_sleeper(model, there, &sleeper)),
        None => (there, by_default(model)),
    };
    quote_spanned!(there=> #until(#cancel, || #sleep).await)
}

/// Returns the future of the sleeper that is compiled in.
fn by_default(model: &Model) -> TokenStream {
    let named = model.function.sig.ident.span();
    let sleep = model.paths.private_at("sleep_async", named);
    let default = model.paths.private_at("DefaultSleeper", named);
    quote_spanned!(Span::mixed_site()=> #sleep(#default, __reattempt_pause))
}

/// Returns the future of a sleeper of the user's.
fn by_sleeper(model: &Model, there: Span, sleeper: &TokenStream) -> TokenStream {
    let sleep = model.paths.private_at("SleepWith", there);
    let ask = model.paths.private_at("ask_sleeper", there);
    let pause = model.paths.private("Pause");
    let asked = quote_spanned!(there=> #sleep::asked(#ask(#sleeper, __reattempt_delay)));
    quote_spanned! {Span::mixed_site()=>
        match #pause::for_sleeper(__reattempt_pause) {
            ::core::result::Result::Ok(__reattempt_delay) => #asked,
            ::core::result::Result::Err(__reattempt_sleep) => #sleep::unasked(__reattempt_sleep),
        }
    }
}
