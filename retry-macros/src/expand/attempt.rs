//! One attempt: its bindings, its body in a closure or an `async` block, and its time limit.
//!
//! It does not know what happens to the outcome.

use super::{policy_reference, written};
use crate::item::arguments::{Binding, BindingKind};
use crate::item::function::{Function, FunctionKind};
use crate::model::{Ending, ErrorEnding, Model};
use crate::paths::Paths;
use crate::syntax::spanned_braces;
use crate::syntax::type_path::inferable;
use proc_macro2::{Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Token;
use syn::spanned::Spanned;

/// Returns one attempt: makes the bindings that each attempt needs, and runs the body.
///
/// Sync: `{ BINDINGS (|| -> Returned { BODY })() }`. In the closure, `return` and `?` end the attempt.
///
/// Async: `{ BINDINGS async { if false { CAPTURES return unreached::<Returned>(); } ({ BODY }) }.await }`. The branch is never
/// taken. It gives the compiler the type, for inference, coercions and `?`. It also moves values into the block that would otherwise be
/// borrowed and so need `Sync`. A closure has the branch only if it moves something. If the user's block hides a name of the type, the type
/// comes from `outside`: `{ BINDINGS let typed = typed.clone(); async { if false { .. typed .. } .. } }`.
///
/// If clones become locals, the body is `{ LOCALS (BODY) }`. These braces are generated, so in every edition a temporary at the
/// end of the body is dropped before the locals, as it is before arguments.
pub(super) fn attempt(model: &Model) -> Group {
    let here = Span::mixed_site();
    let function = &model.function;
    let bindings: TokenStream = function.bindings.iter().filter_map(|binding| bind(model, binding)).collect();
    let attempt = model.attempt.as_ref().map(|name| {
        let call = model.paths.private("Call");
        let policy = policy_reference(model);
        quote_spanned!(here=> let #name = #call::attempt(&__reattempt_call, #policy);)
    });
    let progress = model.progress.as_ref().map(|name| quote_spanned!(here=> let #name = &__reattempt_progress;));
    let key = model.idempotency_key.as_ref().map(|name| quote_spanned!(here=> let #name = &__reattempt_key;));
    let body = &function.body;
    let returned = returned(model);
    let captures = captures(model);
    let moved = moved(model);
    let within = match &moved {
        Some(moved) => quote_spanned!(here=> { #moved (#body) }),
        None => quote_spanned!(here=> (#body)),
    };
    let is_outside = is_outside(model);
    let own_type = is_outside
        .then(|| quote_spanned!(here=> let __reattempt_typed = ::core::clone::Clone::clone(&__reattempt_typed);));
    let typed = || {
        let unreached = model.paths.private("unreached");
        let leave = if is_outside {
            let value = quote_spanned!(here=> ::core::iter::Iterator::last(__reattempt_typed));
            quote_spanned!(here=> return ::core::option::Option::unwrap_or_else(#value, #unreached);)
        } else {
            quote_spanned!(here=> return #unreached::<#returned>();)
        };
        let inner = quote_spanned! {here=>
            if false {
                #captures
                #leave
            }
            #within
        };
        // The user's brace span keeps the lines of the body in coverage reports.
        spanned_braces(inner, body.span())
    };
    let attempt = if function.is_async() {
        let (keyword, block) = (Token![async](around(function, body)), typed());
        let bindings = if bindings.is_empty() { bindings } else { watched(model, bindings) };
        let awaited = awaited(model, keyword, &block);
        quote_spanned!(here=> #bindings #attempt #progress #key #own_type #awaited)
    } else {
        let block = match (&captures, &moved) {
            (Some(_), _) => typed(),
            (None, Some(_)) => spanned_braces(within, body.span()),
            (None, None) => body.clone(),
        };
        let bars = Token![||](around(function, body));
        quote_spanned!(here=> #bindings #attempt #progress #key (#bars -> #returned #block)())
    };
    spanned_braces(attempt, here)
}

/// Returns the span of the closure or block around the body: the hygiene of the body, at the function's name.
///
/// The compiler names a variable in an error only if the closure has the hygiene of the variable. It points at the name of the function, and
/// not at the whole attribute, if the body moves an argument away.
fn around(function: &Function, body: &Group) -> Span {
    body.span_open().located_at(function.sig.ident.span())
}

/// Returns whether the type of an attempt has to be named outside of the user's block, which may hide a name of it.
fn is_outside(model: &Model) -> bool {
    matches!(&model.function.kind, FunctionKind::Future(future) if future.has_items())
}

/// Returns the type of an attempt as a value of size zero, made outside of the user's block: `empty::<Returned>()`.
pub(super) fn outside(model: &Model) -> Option<TokenStream> {
    let returned = returned(model);
    is_outside(model).then(|| quote_spanned!(Span::mixed_site()=> ::core::iter::empty::<#returned>()))
}

/// Watches a part of an attempt that does not wait, so that its panic counts as a failure:
/// `let __reattempt_watch = Watch::new(&mut __reattempt_permit); PART Watch::end(__reattempt_watch);`
pub(super) fn watched(model: &Model, part: TokenStream) -> TokenStream {
    let here = Span::mixed_site();
    if model.breaker.is_none() {
        return part;
    }
    let watch = model.paths.private("Watch");
    quote_spanned! {here=>
        let __reattempt_watch = #watch::new(&mut __reattempt_permit);
        #part
        #watch::end(__reattempt_watch);
    }
}

/// Awaits an attempt: `ATTEMPT.await`, or with the keys `breaker` and `timeout`:
///
/// ```text
/// {
///     let mut future = pin!(ATTEMPT);
///     let mut future = pin!(watched(Pin::as_mut(&mut future), &mut permit));    // with `breaker`
///     timed(Pin::as_mut(&mut future), call.limit(policy, timeout), |limit| SLEEPER(limit)).await
/// }
/// ```
fn awaited(model: &Model, keyword: Token![async], block: &Group) -> TokenStream {
    let here = Span::mixed_site();
    if model.timeout.is_none() && model.breaker.is_none() {
        return quote_spanned!(here=> #keyword #block.await);
    }
    let watched = model.breaker.as_ref().map(|_| {
        let watched = model.paths.private("watched");
        quote_spanned!(here=> #watched(::core::pin::Pin::as_mut(&mut __reattempt_future), &mut __reattempt_permit))
    });
    let pinned = quote_spanned!(here=> let mut __reattempt_future = ::core::pin::pin!(#keyword #block););
    match (timed(model), watched) {
        (Some(timed), watched) => {
            let watched =
                watched.map(|watched| quote_spanned!(here=> let mut __reattempt_future = ::core::pin::pin!(#watched);));
            quote_spanned!(here=> { #pinned #watched #timed })
        }
        (None, watched) => quote_spanned!(here=> { #pinned #watched.await }),
    }
}

/// Awaits a pinned attempt with `timeout`.
fn timed(model: &Model) -> Option<TokenStream> {
    let here = Span::mixed_site();
    model.timeout.as_ref()?;
    let timed = model.paths.private("timed");
    let limit = if model.settings.notation.is_some() {
        // Without a deadline each attempt has the same time limit.
        quote_spanned!(here=> __reattempt_timeout)
    } else {
        let call = model.paths.private("Call");
        let policy = policy_reference(model);
        quote_spanned!(here=> #call::limit(&__reattempt_call, #policy, __reattempt_timeout))
    };
    let sleeper = match &model.sleep {
        Some(sleeper) => {
            let (there, sleeper) = written(model, sleeper);
            let ask = model.paths.private_at("ask_sleeper", there);
            quote_spanned!(there=> #ask(#sleeper, __reattempt_limit))
        }
        None => {
            let named = model.function.sig.ident.span();
            let set = model.paths.private_at("timer_async", named);
            let default = model.paths.private_at("DefaultSleeper", named);
            quote_spanned!(here=> #set(#default, __reattempt_site(), __reattempt_limit))
        }
    };
    // A sleeper that does not return a future is reported here.
    let there = here.located_at(model.sleep.as_ref().map_or(here, Spanned::span));
    let timed = quote_spanned! {there=>
        #timed(::core::pin::Pin::as_mut(&mut __reattempt_future), __reattempt_limit, |__reattempt_limit| #sleeper).await
    };
    Some(quote_spanned!(here=> let __reattempt_limit = #limit; #timed))
}

/// Returns the type of an attempt, if the signature shows it.
pub(super) fn returned(model: &Model) -> TokenStream {
    let here = Span::mixed_site();
    let declared = model.function.returned.as_ref();
    match &model.ending {
        Ending::Outcome => match declared {
            Some(declared) => inferable(declared),
            None => quote_spanned!(here=> _),
        },
        Ending::Error(ending) => returned_for_error(ending, &model.function, &model.paths),
    }
}

/// Returns the `Result<T, E>` of an attempt, if the function returns a `Result<T, RetryError<E>>` or an error made from that.
fn returned_for_error(ending: &ErrorEnding, function: &Function, paths: &Paths) -> TokenStream {
    let declared = function.returned.as_ref();
    let there = Span::mixed_site().located_at(function.returned_span);
    let ErrorEnding { error, value, .. } = ending;
    let value = match (value, declared) {
        (Some(value), _) => inferable(value),
        (None, Some(declared)) => {
            let outcome = paths.public("Outcome");
            let declared = inferable(declared);
            quote_spanned!(there=> <#declared as #outcome>::Value)
        }
        (None, None) => quote_spanned!(there=> _),
    };
    quote_spanned!(there=> ::core::result::Result<#value, #error>)
}

/// Returns a body that is checked and never run, for a function with a faulty attribute. It has the type of an attempt.
///
/// It is `{ if false { return unreached::<Declared>(); } let _ = || -> Returned { BODY }; loop {} }`, or the same with
/// `async { if false { return unreached::<Returned>(); } ({ BODY }) }`.
pub(crate) fn unlooped(function: &Function, ending: &ErrorEnding, body: &Group, paths: &Paths) -> Option<Group> {
    let here = Span::mixed_site();
    let unreached = paths.private("unreached");
    let never = |ty: &TokenStream| quote_spanned!(here=> if false { return #unreached::<#ty>(); });
    let returned = returned_for_error(ending, function, paths);
    let attempt = if function.is_async() {
        let typed = never(&returned);
        let block = spanned_braces(quote_spanned!(here=> #typed (#body)), body.span());
        let keyword = Token![async](around(function, body));
        quote_spanned!(here=> #keyword #block)
    } else {
        let bars = Token![||](around(function, body));
        quote_spanned!(here=> #bars -> #returned #body)
    };
    let declared = never(&inferable(function.returned.as_ref()?));
    Some(spanned_braces(quote_spanned!(here=> #declared let _ = #attempt; loop {}), body.span()))
}

fn bind(model: &Model, binding: &Binding) -> Option<TokenStream> {
    let here = Span::mixed_site();
    let Binding { name, kind, mutability, is_reference, .. } = binding;
    let behind = is_reference.then(|| Token![*](here.located_at(name.span())));
    let value = if let Some(reborrow) = reborrow(*kind, name) {
        reborrow
    } else if let Some(listed) = model.clones.iter().find(|listed| *listed == name) {
        let there = here.located_at(listed.span());
        quote_spanned!(there=> ::core::clone::Clone::clone(&#behind #name))
    } else if mutability.is_some() {
        let [fresh, attempts] = ["fresh", "attempts"].map(|word| model.paths.private_at(word, name.span()));
        let span = here.located_at(name.span());
        quote_spanned!(span=> #fresh(#attempts, &#behind #name))
    } else {
        return None;
    };
    // With `ref mut`, the attempt gets a reference to a value of its own.
    let (mutability, value) =
        if *is_reference { (None, quote_spanned!(here=> &mut #value)) } else { (*mutability, value) };
    let is_moved = model.clones.contains(name) && moves_clones(model);
    let mutability = mutability.filter(|_| !is_moved);
    Some(local(binding, mutability, &value))
}

/// Returns `let mut name = VALUE;` for a binding.
fn local(binding: &Binding, mutability: Option<Token![mut]>, value: &TokenStream) -> TokenStream {
    let here = Span::mixed_site();
    let Binding { name, is_shared, attrs, .. } = binding;
    let is_shared = *is_shared && mutability.is_some();
    let allow_mut = is_shared.then(|| quote_spanned!(here=> #[allow(unused_mut)]));
    // The body may mention the name without using it, and the statements before the block may use it.
    let used = is_shared.then(|| quote_spanned!(here=> #(#attrs)* let _ = &#name;));
    let allow_use = allow_use(name);
    quote_spanned! {here=>
        #(#attrs)*
        #[allow(clippy::shadow_reuse, clippy::shadow_same)]
        #allow_mut
        #allow_use
        let #mutability #name = #value;
        #used
    }
}

/// Silences the lint against using a name that begins with an underscore.
fn allow_use(name: &Ident) -> Option<TokenStream> {
    let here = Span::mixed_site();
    name.to_string()
        .starts_with('_')
        .then(|| quote_spanned!(here=> #[allow(clippy::no_effect_underscore_binding, clippy::used_underscore_binding)]))
}

/// Returns whether the clones become locals around the body, which are dropped after it, as arguments are.
///
/// A closure or an `async` block drops its captures in the order of their first use. The compiler also calls the last write to a capture
/// unused, although its drop may read it. So this matters for `mut` clones, and for several clones. In an `async` block locals make
/// the future larger; there `captures` gives several clones an order.
fn moves_clones(model: &Model) -> bool {
    let is_mut = |binding: &Binding| {
        binding.mutability.is_some() && !binding.is_reference && model.clones.contains(&binding.name)
    };
    (model.clones.len() > 1 && !model.function.is_async()) || model.function.bindings.iter().any(is_mut)
}

/// Returns the locals for the clones: `let first = first; let mut second = second;`.
fn moved(model: &Model) -> Option<TokenStream> {
    let clones = model.function.bindings.iter().filter(|binding| model.clones.contains(&binding.name));
    let locals = clones.map(|binding| {
        let mutability = binding.mutability.filter(|_| !binding.is_reference);
        local(binding, mutability, &binding.name.to_token_stream())
    });
    moves_clones(model).then(|| locals.collect())
}

/// Returns the unique reference behind a name, for one attempt.
fn reborrow(kind: BindingKind, name: &Ident) -> Option<TokenStream> {
    let here = Span::mixed_site();
    match kind {
        BindingKind::Value => None,
        BindingKind::MutReference => Some(quote_spanned!(here=> &mut *#name)),
        BindingKind::MutInOption => Some(quote_spanned!(here=> ::core::option::Option::as_deref_mut(&mut #name))),
        BindingKind::MutInPin => Some(quote_spanned!(here=> ::core::pin::Pin::as_mut(&mut #name))),
    }
}

/// Returns the bindings that an attempt moves in instead of borrowing them.
///
/// An `async` block must own them to be `Send` if the plain function's future is. A closure needs this only if the body may replace the
/// reference that it got. The order is that of their drops: for arguments, the last one first.
fn captures(model: &Model) -> Option<TokenStream> {
    let here = Span::mixed_site();
    let function = &model.function;
    let is_async = function.is_async();
    let receiver = function.receiver.name.as_ref().and_then(|name| {
        let kind = function.receiver.kind;
        let is_unique = kind == BindingKind::MutReference || function.receiver.mutability.is_some();
        let reborrow = reborrow(kind, name).filter(|_| is_async && is_unique)?;
        Some(quote_spanned!(here=> let _ = #reborrow;))
    });
    let moves_clones = moves_clones(model);
    let is_owned = |binding: &&Binding| {
        let is_cloned = model.clones.contains(&binding.name);
        let is_reborrowed = binding.kind != BindingKind::Value;
        let is_reference = binding.is_reference && binding.mutability.is_some();
        if is_async {
            is_reborrowed || (is_reference && !is_cloned) || (is_cloned && !moves_clones)
        } else {
            is_reborrowed && binding.mutability.is_some()
        }
    };
    let mut captures: Vec<TokenStream> = receiver.into_iter().collect();
    for Binding { name, attrs, .. } in function.bindings.iter().rev().filter(is_owned) {
        let allow_use = allow_use(name);
        captures.push(quote_spanned!(here=> #(#attrs)* #allow_use let _reattempt_own = #name;));
    }
    (!captures.is_empty()).then(|| quote_spanned!(here=> #(#captures)*))
}
