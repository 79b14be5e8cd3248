//! Writes the expansion of a model. It cannot fail, because a faulty model cannot be built.
//!
//! Every generated token has `mixed_site` hygiene. Names that users could meet begin with `__reattempt`. The body's tokens are
//! unchanged, in the user's own braces.

mod attempt;
mod classifier;
mod ending;
mod guards;
mod site;
mod sleep;
mod step;
mod unread;

pub(crate) use attempt::unlooped;
pub(crate) use unread::unread;

use crate::item::function::{Function, FunctionKind};
use crate::model::{Ending, Model, OwnValue, SiteSettings, Timer};
use crate::syntax::spanned_braces;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

/// Writes the annotated function.
pub(crate) fn function(mut model: Model) -> TokenStream {
    let here = Span::mixed_site();
    let (content, outside) = (content(&model), attempt::outside(&model));
    let Function { attrs, vis, defaultness, sig, kind, body, .. } = &mut model.function;
    let body = match kind {
        // The body is in the user's braces. If the last token of an item came from a macro, the compiler would hide lints such as
        // `dead_code`.
        FunctionKind::Sync | FunctionKind::Async => spanned_braces(content, Group::span(body)),
        FunctionKind::Future(future) => future.with(&content, outside),
    };
    let doc = model.doc.iter();
    // A cloned argument is only borrowed. Clippy would report its type as a mistake.
    let allow = (!model.clones.is_empty() && matches!(kind, FunctionKind::Sync))
        .then(|| quote_spanned!(here=> #[allow(clippy::needless_pass_by_value)]));
    quote_spanned!(here=> #(#attrs)* #(#[doc = #doc])* #allow #vis #defaultness #sig #body)
}

/// Writes a policy: a constant expression.
pub(crate) fn policy(settings: &SiteSettings, paths: &crate::paths::Paths) -> TokenStream {
    let SiteSettings { fixed, runtime, end, .. } = settings;
    // The compiler refuses values that are not constant here.
    let policy = site::fixed_policy(&quote!(#fixed #runtime), *end, paths, "policy");
    quote_spanned!(Span::mixed_site()=> const { #policy })
}

/// Returns the state of the call, and the loop around the attempts:
///
/// ```text
/// let __reattempt_site = || { static __REATTEMPT_SITE: Site = ...; &__REATTEMPT_SITE };   // where it is asked for early
/// let __reattempt_policy = ...;                   // only where a setting is a run-time value
/// let mut __reattempt_call = call(TIMER);
/// let mut __reattempt_ledger = ...;               // only for a `RetryError`
/// let __reattempt_key = ...;                      // only with `idempotency_key`
/// let __reattempt_progress = ...;                 // only with `progress`
/// loop {
///     let __reattempt_pause = {                   // the outcome dies before the sleep
///         let __reattempt_permit = ...;           // only with `breaker`
///         let __reattempt_outcome = ATTEMPT;      // watched where there is a permit
///         STEP                                    // returns, or gives the sleep
///     };
///     SLEEP
/// }
/// ```
///
/// With `cancel`, an iteration ends with [`step::cancellable_step`] instead, which contains the sleep.
fn content(model: &Model) -> TokenStream {
    let here = Span::mixed_site();
    let early = site::early(model);
    let policy = dynamic_policy(model);
    let call = model.paths.private("call");
    let timer = timer(model);
    let ledger = ledger(model);
    let timeout = timeout(model);
    let key = idempotency_key(model);
    let (progress, count_progress) = progress(model).unzip();
    let attempt = attempt::attempt(model);
    let outcome = ending::outcome_name(model);
    let ran = quote_spanned!(here=> let #outcome = #attempt;);
    let ran = if model.function.is_async() { ran } else { attempt::watched(model, ran) };
    let ran = quote_spanned!(here=> #ran #count_progress);
    let begin = model.makes_retry_error().then(|| {
        let (log, call) = (model.paths.private("AttemptLog"), model.paths.private("Call"));
        quote_spanned!(here=> #log::begin(&mut __reattempt_ledger, #call::elapsed(&__reattempt_call));)
    });
    let begin_attempt = records_attempts(model).then(|| {
        let call = model.paths.private("Call");
        quote_spanned!(here=> #call::begin_attempt(&mut __reattempt_call);)
    });
    let wait = wait_for_breaker(model, begin.as_ref());
    let permit = guards::permit(model, wait.as_ref());
    let begin = (begin.is_some() || begin_attempt.is_some()).then(|| quote_spanned!(here=> #begin #begin_attempt));
    let iteration = match &model.cancel {
        None => {
            let (step, sleep) = (step::step(model, &outcome), sleep::sleep(model));
            quote_spanned! {here=>
                let __reattempt_pause = {
                    #permit
                    #ran
                    #step
                };
                #sleep
                #begin
            }
        }
        Some(cancel) => {
            let sleep = sleep::until_cancelled(model, cancel);
            let step = step::cancellable_step(model, &outcome, &sleep, begin.as_ref());
            quote_spanned! {here=>
                #permit
                #ran
                #step
            }
        }
    };
    quote_spanned! {here=>
        #early
        #policy
        let mut __reattempt_call = #call(#timer);
        #ledger
        #timeout
        #key
        #progress
        loop {
            #iteration
        }
    }
}

/// Returns whether the call records the start of each attempt, because it may begin a new series.
fn records_attempts(model: &Model) -> bool {
    matches!(model.timer, Timer::ForPolicy { .. } | Timer::Series)
}

/// Waits for the breaker that has refused an attempt, and asks it again. A call that is cancelled meanwhile ends as a refused one.
///
/// `if let Some(pause) = wait_for_breaker(&call, site, POLICY, open) { SLEEP continue; }`
fn wait_for_breaker(model: &Model, begin: Option<&TokenStream>) -> Option<TokenStream> {
    if !model.waits_for_breaker {
        return None;
    }
    let here = Span::mixed_site();
    let wait = model.paths.private("wait_for_breaker");
    let policy = policy_reference(model);
    let begin_attempt = records_attempts(model).then(|| {
        let call = model.paths.private("Call");
        quote_spanned!(here=> #call::begin_after_wait(&mut __reattempt_call, #policy);)
    });
    let again = match &model.cancel {
        None => {
            let sleep = sleep::sleep(model);
            quote_spanned!(here=> #sleep #begin #begin_attempt continue;)
        }
        Some(cancel) => {
            let is_cancelled = sleep::until_cancelled(model, cancel);
            quote_spanned!(here=> if !(#is_cancelled) { #begin #begin_attempt continue; })
        }
    };
    Some(quote_spanned! {here=>
        if let ::core::option::Option::Some(__reattempt_pause) =
            #wait(&__reattempt_call, __reattempt_site(), #policy, __reattempt_open)
        {
            #again
        }
    })
}

/// Returns the policy of this call, if it has run-time values:
/// `let __reattempt_policy = in_range(__reattempt_site(), known_settings(__reattempt_site(), None).max(max));`
fn dynamic_policy(model: &Model) -> Option<TokenStream> {
    let settings = &model.settings;
    if settings.is_fixed() {
        return None;
    }
    let here = Span::mixed_site();
    let (in_range, known_settings) = (model.paths.private("in_range"), model.paths.private("known_settings"));
    let run_time = replace_self(model, settings.runtime.clone());
    let Some(policy) = &settings.policy else {
        let known = quote_spanned!(here=> #known_settings(__reattempt_site(), ::core::option::Option::None));
        return Some(quote_spanned!(here=> let __reattempt_policy = #in_range(__reattempt_site(), #known #run_time);));
    };
    let policy_type = model.paths.public("Policy");
    let (there, policy) = written(model, policy);
    let policy = quote_spanned!(there=> &(#policy));
    let beneath = quote_spanned!(here=> ::core::option::Option::Some(__reattempt_policy));
    Some(quote_spanned! {here=>
        let __reattempt_policy = {
            let __reattempt_policy: &#policy_type = #policy;
            #in_range(__reattempt_site(), #known_settings(__reattempt_site(), #beneath) #run_time)
        };
    })
}

fn policy_reference(model: &Model) -> TokenStream {
    if model.settings.is_fixed() {
        quote_spanned!(Span::mixed_site()=> __reattempt_site().policy())
    } else {
        quote_spanned!(Span::mixed_site()=> &__reattempt_policy)
    }
}

/// Returns the timer of the call.
fn timer(model: &Model) -> TokenStream {
    let here = Span::mixed_site();
    match model.timer {
        Timer::None => quote_spanned!(here=> ()),
        Timer::Always => {
            let started = model.paths.private("Started");
            quote_spanned!(here=> #started::now())
        }
        Timer::ForPolicy { is_needed } => {
            let timer = model.paths.private("PolicyTimer");
            quote_spanned!(here=> #timer::begin(&__reattempt_policy, #is_needed))
        }
        Timer::Series => {
            let series = model.paths.private("Series");
            quote_spanned!(here=> #series::begin())
        }
    }
}

fn ledger(model: &Model) -> Option<TokenStream> {
    let here = Span::mixed_site();
    let history = match &model.ending {
        Ending::Error(ending) => ending.history.as_ref().map(|history| (history, &ending.error)),
        Ending::Outcome if model.makes_retry_error() => None,
        Ending::Outcome => return None,
    };
    let ledger = match history {
        None => {
            let ledger = model.paths.private("LastFailure");
            quote_spanned!(here=> <#ledger as ::core::default::Default>::default())
        }
        Some((history, error)) => {
            let ledger = model.paths.private("History");
            let failures = own_value(model, history, "__REATTEMPT_HISTORY", &quote_spanned!(here=> usize));
            let failures = match history {
                OwnValue::Runtime(_) => {
                    let in_range = model.paths.private("history");
                    quote_spanned!(here=> #in_range(__reattempt_site(), #failures))
                }
                _ => failures,
            };
            let kept = ending::kept(model);
            quote_spanned!(here=> #ledger::<#error, #kept>::new(#failures))
        }
    };
    Some(quote_spanned!(here=> let mut __reattempt_ledger = #ledger;))
}

/// Returns the longest time for an attempt, evaluated once per call: `let __reattempt_timeout: Duration = ...;`
fn timeout(model: &Model) -> Option<TokenStream> {
    let here = Span::mixed_site();
    let duration = quote_spanned!(here=> ::core::time::Duration);
    let value = own_value(model, model.timeout.as_ref()?, "__REATTEMPT_TIMEOUT", &duration);
    Some(quote_spanned!(here=> let __reattempt_timeout: #duration = #value;))
}

/// Returns the value of a key that is no setting of the policy.
fn own_value(model: &Model, value: &OwnValue, name: &str, ty: &TokenStream) -> TokenStream {
    let here = Span::mixed_site();
    match value {
        OwnValue::Literal(value) => value.clone(),
        // A constant of its own is evaluated even if the function is never called.
        OwnValue::Constant(value) => {
            let name = Ident::new(name, here);
            quote_spanned!(here=> { const #name: #ty = #value; #name })
        }
        OwnValue::Runtime(value) => written(model, value).1,
    }
}

/// Returns the call's idempotency key, made once: `let __reattempt_key = KeySource::generate(OsRandomness);`
fn idempotency_key(model: &Model) -> Option<TokenStream> {
    let there = Span::mixed_site().located_at(model.idempotency_key.as_ref()?.span());
    let source = model.paths.private_at("KeySource", there);
    let randomness = model.paths.private_at("OsRandomness", there);
    Some(quote_spanned!(there=> let __reattempt_key = #source::generate(#randomness);))
}

/// Returns the call's progress, `let __reattempt_progress = Progress::new();`, and the look at it after an attempt:
/// `Call::count_progress(&mut call, &progress);`
fn progress(model: &Model) -> Option<(TokenStream, TokenStream)> {
    let here = Span::mixed_site();
    model.progress.as_ref()?;
    let (progress, call) = (model.paths.public("Progress"), model.paths.private("Call"));
    Some((
        quote_spanned!(here=> let __reattempt_progress = #progress::new();),
        quote_spanned!(here=> #call::count_progress(&mut __reattempt_call, &__reattempt_progress);),
    ))
}

/// Returns an expression of the user's, and the span at which its faults are reported.
fn written(model: &Model, expression: &Expr) -> (Span, TokenStream) {
    (Span::mixed_site().located_at(expression.span()), replace_self(model, expression.to_token_stream()))
}

/// Renames `self` in a key's value: in a block made by `async_trait` it has another name, but users write `self`.
fn replace_self(model: &Model, tokens: TokenStream) -> TokenStream {
    match &model.function.receiver.name {
        Some(name) if name != "self" => replace_word(tokens, name),
        _ => tokens,
    }
}

fn replace_word(tokens: TokenStream, name: &Ident) -> TokenStream {
    let mut tokens = tokens.into_iter().peekable();
    let mut replaced = TokenStream::new();
    while let Some(token) = tokens.next() {
        let starts_path = matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ':');
        let token = match token {
            // `self::` is a module.
            TokenTree::Ident(word) if word == "self" && !starts_path => {
                TokenTree::Ident(Ident::new(&name.to_string(), word.span()))
            }
            TokenTree::Group(group) => {
                let mut inside = Group::new(group.delimiter(), replace_word(group.stream(), name));
                inside.set_span(group.span());
                TokenTree::Group(inside)
            }
            token => token,
        };
        replaced.extend([token]);
    }
    replaced
}
