//! From the model to tokens. It cannot fail: a model that could not be written cannot be built.
//!
//! Every token of ours has `mixed_site` hygiene; names that users could meet begin with `__reattempt`. The body's tokens go
//! through untouched, in the user's own braces.

use crate::function::{Binding, BindingKind, Function, Shape, inferable, spanned_braces};
use crate::future::async_tail;
use crate::model::{Classifier, Ending, ErrorEnding, History, Limit, Model, Setting, Timer};
use crate::options::peel;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprClosure, ReturnType, Stmt, Type};

/// Writes the annotated function anew.
pub(crate) fn function(mut model: Model) -> TokenStream {
    let content = content(&model);
    let Function { attrs, vis, defaultness, sig, shape, .. } = &mut model.function;
    let body = match shape {
        Shape::Sync | Shape::Async => quote_spanned!(Span::mixed_site()=> { #content }),
        Shape::Future { block, prefix } => {
            if let Some(inner) = async_tail(block) {
                let mut statements = std::mem::take(prefix);
                statements.push(Stmt::Expr(Expr::Verbatim(content), None));
                inner.block.stmts = statements;
            }
            block.to_token_stream()
        }
    };
    let doc = model.doc.map(|doc| quote_spanned!(Span::mixed_site()=> #[doc = #doc]));
    // The original of a cloned argument is borrowed only, which the lint takes for a mistake of the signature.
    let allow = (!model.clones.is_empty())
        .then(|| quote_spanned!(Span::mixed_site()=> #[allow(clippy::needless_pass_by_value)]));
    quote!(#(#attrs)* #doc #allow #vis #defaultness #sig #body)
}

/// Writes a policy: a constant expression.
pub(crate) fn policy(settings: &[Setting], paths: &crate::paths::Paths) -> TokenStream {
    let policy = fixed_policy(settings, paths, "policy");
    quote_spanned!(Span::mixed_site()=> const { #policy })
}

/// The state of the call and the loop around the attempts:
///
/// ```text
/// let __reattempt_site = || { static __REATTEMPT_SITE: Site = ...; &__REATTEMPT_SITE };
/// let __reattempt_policy = ...;                   // only where a setting is a run-time value
/// let mut __reattempt_call = Call::new(TIMER);
/// let mut __reattempt_ledger = ...;               // only for a `RetryError`
/// loop {
///     let __reattempt_delay = {                   // the outcome dies before the sleep
///         let __reattempt_outcome = ATTEMPT;
///         match STEP { Break(returned) => return returned, Continue(delay) => delay }
///     };
///     SLEEP
/// }
/// ```
fn content(model: &Model) -> TokenStream {
    let here = Span::mixed_site();
    let site = site(model);
    let policy = dynamic_policy(model);
    let call = call(model);
    let ledger = ledger(model);
    let timeout = timeout(model);
    let attempt = attempt(model);
    let outcome = outcome_name(model);
    let step = step(model, &outcome);
    let sleep = sleep(model);
    let begin = matches!(model.ending, Ending::Error(_)).then(|| {
        let trait_path = model.paths.private("Ledger");
        let call = model.paths.private("Call");
        let error = error_type(model);
        quote_spanned!(here=>
            #trait_path::<#error>::begin(&mut __reattempt_ledger, #call::elapsed(&__reattempt_call));
        )
    });
    quote_spanned! {here=>
        #site
        #policy
        #call
        #ledger
        #timeout
        loop {
            let __reattempt_delay = {
                let #outcome = #attempt;
                match #step {
                    ::core::ops::ControlFlow::Break(__reattempt_returned) => return __reattempt_returned,
                    ::core::ops::ControlFlow::Continue(__reattempt_delay) => __reattempt_delay,
                }
            };
            #sleep
            #begin
        }
    }
}

fn error_type(model: &Model) -> Option<&Type> {
    match &model.ending {
        Ending::Error(ending) => Some(&ending.error),
        Ending::Outcome => None,
    }
}

/// The site, behind a closure without captures: it takes no room in a future, and its static no name that a body could meet.
fn site(model: &Model) -> TokenStream {
    let site = model.paths.private("Site");
    let builder = if model.settings.is_fixed() { "policy" } else { "policy_part" };
    let policy = fixed_policy(&model.settings.fixed, &model.paths, builder);
    let name = match &model.name {
        Some(name) => quote!(#name),
        None => {
            let function = model.function.sig.ident.to_string();
            let function = function.trim_start_matches("r#");
            quote_spanned!(Span::mixed_site()=> ::core::concat!(::core::module_path!(), "::", #function))
        }
    };
    quote_spanned! {Span::mixed_site()=>
        let __reattempt_site = || {
            static __REATTEMPT_SITE: #site = #site::new(#name, ::core::file!(), ::core::line!(), #policy);
            &__REATTEMPT_SITE
        };
    }
}

fn fixed_policy(settings: &[Setting], paths: &crate::paths::Paths, finish: &str) -> TokenStream {
    let policy = paths.public("Policy");
    // What only the whole policy shows is that the first retry would come after the deadline.
    let deadline = settings.iter().find(|setting| setting.setter == "deadline").map(|setting| setting.value.span());
    let there = Span::mixed_site().located_at(deadline.unwrap_or_else(Span::mixed_site));
    let check = paths.private_at("check", there);
    let finish = Ident::new(finish, there);
    // A setting of a strategy of one's own exists at run time alone.
    let settings = settings.iter().filter(|setting| setting.setter != "custom").map(setter);
    quote_spanned!(there=> #check::#finish(#policy::builder()#(#settings)*))
}

fn setter(setting: &Setting) -> TokenStream {
    let Setting { setter, value } = setting;
    quote_spanned!(Span::mixed_site()=> .#setter(#value))
}

/// The policy of this call, where the compiler does not know it.
fn dynamic_policy(model: &Model) -> Option<TokenStream> {
    let settings = &model.settings;
    if settings.is_fixed() {
        return None;
    }
    let here = Span::mixed_site();
    let tuning = model.paths.private("Tuning");
    let dynamic = settings.dynamic.iter().map(|setting| setter(&with_self(model, setting)));
    Some(match &settings.policy {
        Some(policy) => {
            let policy_type = model.paths.public("Policy");
            let there = here.located_at(policy.span());
            let policy = replace_self(model, policy.to_token_stream());
            let policy = quote_spanned!(there=> &(#policy));
            let fixed = settings.fixed.iter().map(setter);
            quote_spanned! {here=>
                let __reattempt_policy = {
                    let __reattempt_policy: &#policy_type = #policy;
                    #tuning::new(__reattempt_site(), __reattempt_policy)#(#fixed)*#(#dynamic)*.policy()
                };
            }
        }
        None => quote_spanned! {here=>
            let __reattempt_policy =
                #tuning::new(__reattempt_site(), __reattempt_site().policy())#(#dynamic)*.policy();
        },
    })
}

fn with_self(model: &Model, setting: &Setting) -> Setting {
    Setting { setter: setting.setter.clone(), value: replace_self(model, setting.value.clone()) }
}

fn policy_reference(model: &Model) -> TokenStream {
    if model.settings.is_fixed() {
        quote_spanned!(Span::mixed_site()=> __reattempt_site().policy())
    } else {
        quote_spanned!(Span::mixed_site()=> &__reattempt_policy)
    }
}

fn call(model: &Model) -> TokenStream {
    let here = Span::mixed_site();
    let call = model.paths.private("Call");
    let started = model.paths.private("Started");
    let timer = match model.timer {
        Timer::None => quote_spanned!(here=> ()),
        Timer::Always => quote_spanned!(here=> #started::now()),
        Timer::ForDeadline => quote_spanned!(here=> #started::for_deadline(__reattempt_policy.deadline())),
    };
    quote_spanned!(here=> let mut __reattempt_call = #call::new(#timer);)
}

fn ledger(model: &Model) -> Option<TokenStream> {
    let here = Span::mixed_site();
    let Ending::Error(ending) = &model.ending else {
        return None;
    };
    let ledger = match &ending.history {
        None => {
            let ledger = model.paths.private("LastOnly");
            quote_spanned!(here=> <#ledger as ::core::default::Default>::default())
        }
        Some(history) => {
            let ledger = model.paths.private("History");
            let error = &ending.error;
            let failures = match history {
                History::Fixed(failures) => quote_spanned!(here=> #failures),
                // A constant of its own is evaluated also where the function is never called.
                History::Constant(failures) => {
                    let there = here.located_at(failures.span());
                    let check = model.paths.private_at("check", there);
                    let checked = quote_spanned!(there=> #check::history(#failures));
                    quote_spanned!(here=> { const __REATTEMPT_HISTORY: usize = #checked; __REATTEMPT_HISTORY })
                }
                History::Dynamic(failures) => {
                    let in_range = model.paths.private("history");
                    let failures = replace_self(model, failures.to_token_stream());
                    quote_spanned!(here=> #in_range(__reattempt_site(), #failures))
                }
            };
            quote_spanned!(here=> #ledger::<#error>::new(#failures))
        }
    };
    Some(quote_spanned!(here=> let mut __reattempt_ledger = #ledger;))
}

/// One attempt: binds anew what each attempt needs anew, and runs the body.
///
/// Sync: `{ BINDINGS (|| -> Returned { BODY })() }`. The closure is what `return` and `?` leave.
///
/// Async: `{ BINDINGS async { if let Some(r) = None::<Returned> { CAPTURES return r; } ({ BODY }) }.await }`. The branch is never
/// taken: it tells the compiler the type (for inference, coercions and `?`), and moves into the block what it would otherwise
/// borrow in a way that asks for `Sync`. A closure has the branch only where it has something to move in.
fn attempt(model: &Model) -> TokenStream {
    let here = Span::mixed_site();
    let function = &model.function;
    // Where a body moves an argument away, the compiler then points at the function's name instead of the whole attribute.
    let named = here.located_at(function.sig.ident.span());
    let bindings = function.bindings.iter().filter_map(|binding| bind(model, binding));
    let attempt = model.attempt.as_ref().map(|name| {
        let call = model.paths.private("Call");
        let policy = policy_reference(model);
        quote_spanned!(here=> let #name = #call::attempt(&__reattempt_call, #policy);)
    });
    let body = &function.body;
    let returned = returned(model);
    let captures = captures(model);
    let inner = quote_spanned! {here=>
        if let ::core::option::Option::Some(__reattempt_returned) = ::core::option::Option::None::<#returned> {
            #captures
            return __reattempt_returned;
        }
        (#body)
    };
    // The user's brace span keeps the lines of the body in coverage reports.
    let block = spanned_braces(inner, body.span());
    if function.is_async() {
        let keyword = quote_spanned!(named=> async);
        let awaited = awaited(model, &quote_spanned!(here=> #keyword #block));
        quote_spanned!(here=> { #(#bindings)* #attempt #awaited })
    } else {
        let block = if captures.is_some() { &block } else { body };
        let bars = quote_spanned!(named=> ||);
        quote_spanned!(here=> { #(#bindings)* #attempt (#bars -> #returned #block)() })
    }
}

/// The longest time for an attempt, evaluated once per call: `let __reattempt_timeout: Duration = ...;`
fn timeout(model: &Model) -> Option<TokenStream> {
    let here = Span::mixed_site();
    let duration = quote_spanned!(here=> ::core::time::Duration);
    let value = match model.timeout.as_ref()? {
        // A constant of its own is evaluated also where the function is never called.
        Limit::Fixed(limit) => {
            quote_spanned!(here=> { const __REATTEMPT_TIMEOUT: #duration = #limit; __REATTEMPT_TIMEOUT })
        }
        Limit::Dynamic(limit) => replace_self(model, limit.to_token_stream()),
    };
    Some(quote_spanned!(here=> let __reattempt_timeout: #duration = #value;))
}

/// Awaits an attempt: `ATTEMPT.await`, or with `timeout`
/// `{ let mut f = pin!(ATTEMPT); timed(f.as_mut(), call.limit(policy, timeout), |limit| SLEEPER(limit)).await }`.
fn awaited(model: &Model, attempt: &TokenStream) -> TokenStream {
    let here = Span::mixed_site();
    if model.timeout.is_none() {
        return quote_spanned!(here=> #attempt.await);
    }
    let timed = model.paths.private("timed");
    let call = model.paths.private("Call");
    let policy = policy_reference(model);
    let sleeper = match &model.sleep {
        Some(sleeper) => {
            let there = here.located_at(sleeper.span());
            let sleeper = replace_self(model, sleeper.to_token_stream());
            quote_spanned!(there=> (#sleeper)(__reattempt_limit))
        }
        None => {
            let named = model.function.sig.ident.span();
            let set = model.paths.private_at("timer_async", named);
            let default = model.paths.private_at("DefaultSleeper", named);
            quote_spanned!(here=> #set(#default, __reattempt_site(), __reattempt_limit))
        }
    };
    quote_spanned! {here=> {
        let __reattempt_limit = #call::limit(&__reattempt_call, #policy, __reattempt_timeout);
        let mut __reattempt_future = ::core::pin::pin!(#attempt);
        #timed(__reattempt_future.as_mut(), __reattempt_limit, |__reattempt_limit| #sleeper).await
    }}
}

/// What an attempt returns, as far as the signature shows it.
fn returned(model: &Model) -> TokenStream {
    let here = Span::mixed_site();
    let declared = model.function.returned.as_ref();
    match &model.ending {
        Ending::Outcome => match declared {
            Some(declared) => inferable(declared).to_token_stream(),
            None => quote_spanned!(here=> _),
        },
        Ending::Error(ending) => {
            let ErrorEnding { error, value, .. } = &**ending;
            let value = match (value, declared) {
                (Some(value), _) => inferable(value).to_token_stream(),
                (None, Some(declared)) => {
                    let outcome = model.paths.public("Outcome");
                    let declared = inferable(declared);
                    quote_spanned!(here=> <#declared as #outcome>::Value)
                }
                (None, None) => quote_spanned!(here=> _),
            };
            quote_spanned!(here=> ::core::result::Result<#value, #error>)
        }
    }
}

fn bind(model: &Model, binding: &Binding) -> Option<TokenStream> {
    let here = Span::mixed_site();
    let Binding { name, kind, mutability, is_shared, cfgs } = binding;
    let value = if let Some(reborrow) = reborrow(*kind, name) {
        reborrow
    } else if let Some(listed) = model.clones.iter().find(|listed| *listed == name) {
        let there = here.located_at(listed.span());
        quote_spanned!(there=> ::core::clone::Clone::clone(&#name))
    } else if mutability.is_some() {
        let fresh = model.paths.private_at("Fresh", name.span());
        let span = here.located_at(name.span());
        quote_spanned!(span=> #fresh::fresh(&#name))
    } else {
        return None;
    };
    let allow_mut = is_shared.then(|| quote_spanned!(here=> #[allow(unused_mut)]));
    Some(quote_spanned! {here=>
        #(#cfgs)*
        #[allow(clippy::shadow_reuse, clippy::shadow_same)]
        #allow_mut
        let #mutability #name = #value;
    })
}

/// The unique reference behind a name, for one attempt.
fn reborrow(kind: BindingKind, name: &Ident) -> Option<TokenStream> {
    let here = Span::mixed_site();
    match kind {
        BindingKind::Value => None,
        BindingKind::MutReference => Some(quote_spanned!(here=> &mut *#name)),
        BindingKind::MutInOption => Some(quote_spanned!(here=> ::core::option::Option::as_deref_mut(&mut #name))),
        BindingKind::MutInPin => Some(quote_spanned!(here=> ::core::pin::Pin::as_mut(&mut #name))),
    }
}

/// The bindings that an attempt moves in, instead of borrowing them for as long as it runs.
///
/// An `async` block has to own them for its future to be `Send` where the plain function's is; a closure only where the body may
/// put another reference in the place of the one it got. Their order is that of being dropped, which for arguments is the last first.
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
    let is_owned = |binding: &&Binding| {
        let is_reborrowed = binding.kind != BindingKind::Value;
        if is_async {
            is_reborrowed || model.clones.contains(&binding.name)
        } else {
            is_reborrowed && binding.mutability.is_some()
        }
    };
    let mut captures: Vec<TokenStream> = receiver.into_iter().collect();
    for Binding { name, cfgs, .. } in function.bindings.iter().rev().filter(is_owned) {
        captures.push(quote_spanned!(here=> #(#cfgs)* let _reattempt_own = #name;));
    }
    (!captures.is_empty()).then(|| quote_spanned!(here=> #(#captures)*))
}

/// The outcome's name, located at the return type: what is wrong with the outcome's type is reported there.
fn outcome_name(model: &Model) -> Ident {
    Ident::new("__reattempt_outcome", returned_span(model))
}

fn returned_span(model: &Model) -> Span {
    let span = match &model.function.returned {
        Some(ty) => ty.span(),
        None => model.function.sig.ident.span(),
    };
    Span::mixed_site().located_at(span)
}

/// Hands the outcome to the runtime: `Call::step(&mut call, rules, outcome, on, on_value)`. By path, since a blanket trait of the
/// user's may have methods of these names.
fn step(model: &Model, outcome: &Ident) -> TokenStream {
    let here = Span::mixed_site();
    let there = returned_span(model);
    let rules = model.paths.private("Rules");
    let policy = policy_reference(model);
    let rules = match &model.settings.custom {
        None => quote_spanned!(here=> #rules::new(#policy)),
        Some(custom) => {
            let there = here.located_at(custom.span());
            let custom = replace_self(model, custom.to_token_stream());
            let custom = quote_spanned!(there=> &(#custom));
            quote_spanned!(here=> #rules::with_backoff(#policy, #custom))
        }
    };
    let on = classifier(model, Some(&model.on));
    let on_value = classifier(model, model.on_value.as_ref());
    let is_timed = model.timeout.is_some();
    match &model.ending {
        Ending::Outcome => {
            let outcome = match &model.on_value {
                None => outcome.to_token_stream(),
                Some(_) if is_timed => {
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
                Some(_) => probed(model, &outcome.to_token_stream()),
            };
            let step = Ident::new(if is_timed { "step_timed" } else { "step" }, there);
            let call = model.paths.private_at("Call", there);
            quote_spanned!(there=> #call::#step(&mut __reattempt_call, #rules, #outcome, #on, #on_value))
        }
        Ending::Error(ending) => {
            let call = model.paths.private("Call");
            let step = Ident::new(if is_timed { "step_timed_or_error" } else { "step_or_error" }, here);
            let step = quote_spanned! {here=>
                #call::#step(&mut __reattempt_call, #rules, &mut __reattempt_ledger, #outcome, #on, #on_value)
            };
            if ending.is_converted {
                // The function's own error is made from the `RetryError`.
                let from = model.paths.private_at("FromRetryError", there);
                let from = quote_spanned!(there=> |__reattempt_error| #from::from_retry_error(__reattempt_error));
                quote_spanned! {here=>
                    #step.map_break(|__reattempt_returned| {
                        ::core::result::Result::map_err(__reattempt_returned, #from)
                    })
                }
            } else {
                step
            }
        }
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
        None => model.paths.private("good_enough"),
        Some(Classifier::Never) => model.paths.private("never"),
        Some(Classifier::Transient) => {
            let there = returned_span(model);
            let transient = model.paths.private_at("transient", there);
            quote_spanned!(there=> |__reattempt_failure: &_| #transient(__reattempt_failure))
        }
        Some(Classifier::Expression(expression)) => written_classifier(model, expression),
        Some(Classifier::Pattern(pattern)) => {
            let pattern = replace_self(model, pattern.clone());
            quote_spanned!(here=> |__reattempt_failure: &_| ::core::matches!(__reattempt_failure, #pattern))
        }
    }
}

/// A classifier of the user's: its answer becomes a verdict where it is written, so that a wrong answer is reported there.
///
/// A path is called by a closure of ours, by which `fn(&str)` serves for a `String`. A closure keeps its place, since its argument's
/// type comes from there; one that says `return` would not survive the change. Any other expression is passed on as it is.
fn written_classifier(model: &Model, classifier: &Expr) -> TokenStream {
    let there = Span::mixed_site().located_at(classifier.span());
    let into_verdict = model.paths.private_at("into_verdict", there);
    match peel(classifier) {
        Expr::Path(path) => {
            let path = replace_self(model, path.to_token_stream());
            let called = quote_spanned!(there=> #path(__reattempt_failure));
            quote_spanned!(there=> |__reattempt_failure: &_| #into_verdict(#called))
        }
        Expr::Closure(closure) if is_plain(closure) => {
            let (movability, inputs) = (&closure.capture, &closure.inputs);
            let body = replace_self(model, closure.body.to_token_stream());
            let inputs = replace_self(model, inputs.to_token_stream());
            quote_spanned!(there=> #movability |#inputs| #into_verdict(#body))
        }
        _ => replace_self(model, classifier.to_token_stream()),
    }
}

/// Whether a closure's body can be wrapped: it has no type of its own to return, and no `return`.
fn is_plain(closure: &ExprClosure) -> bool {
    let is_simple = closure.attrs.is_empty()
        && closure.lifetimes.is_none()
        && closure.constness.is_none()
        && closure.asyncness.is_none()
        && matches!(closure.output, ReturnType::Default);
    is_simple && !has_word(closure.body.to_token_stream(), "return")
}

fn has_word(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(found) => found == word,
        TokenTree::Group(group) => has_word(group.stream(), word),
        _ => false,
    })
}

fn sleep(model: &Model) -> TokenStream {
    let here = Span::mixed_site();
    let private = |item| model.paths.private(item);
    let sleeper = model.sleep.as_ref().map(|sleeper| replace_self(model, sleeper.to_token_stream()));
    match (model.function.is_async(), sleeper) {
        (false, None) => {
            let sleep = private("sleep");
            quote_spanned!(here=> #sleep(__reattempt_delay);)
        }
        (false, Some(sleeper)) => {
            let sleep = private("sleep_with");
            quote_spanned!(here=> #sleep(#sleeper, __reattempt_delay);)
        }
        (true, None) => {
            let named = model.function.sig.ident.span();
            let sleep = model.paths.private_at("sleep_async", named);
            let default = model.paths.private_at("DefaultSleeper", named);
            quote_spanned!(here=> #sleep(#default, __reattempt_site(), __reattempt_delay).await;)
        }
        (true, Some(sleeper)) => {
            let there = here.located_at(sleeper.span());
            let sleep = model.paths.private_at("sleep_async_with", there);
            quote_spanned!(there=> #sleep(#sleeper, __reattempt_delay).await;)
        }
    }
}

/// In a block that `async_trait` made, `self` has another name; keys are written with `self` all the same.
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
