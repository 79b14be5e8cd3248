//! Rules across options and function: the only judge of both together. Builds the model.

use crate::args::arguments::{Arguments, Value};
use crate::args::expr;
use crate::args::key::Key;
use crate::args::matched_pattern;
use crate::args::pattern_check;
use crate::args::policy_args::PolicyArgs;
use crate::args::settings::checked;
use crate::args::value::{self, ArgValue, ValueReader, duration_tokens};
use crate::docs;
use crate::faults::{Faults, did_you_mean, listed};
use crate::item::arguments::BindingKind;
use crate::item::function::Function;
use crate::model::{Classifier, Ending, ErrorEnding, History, Limit, Model, Shared, Timer};
use crate::paths::Paths;
use crate::syntax::type_path::{self, type_arguments};
use crate::syntax::{is_mark, is_word, part, shown};
use proc_macro2::{Ident, TokenTree};
use quote::ToTokens;
use reattempt_policy::duration;
use std::time::Duration;
use syn::spanned::Spanned;
use syn::{Expr, Lit, PathSegment, Type};

/// Builds the model of an attribute and a function that fit together. `None` comes with a fault.
pub(crate) fn model(options: &Arguments, function: Function, faults: &mut Faults) -> Option<Model> {
    let taken = function.taken_names();
    let reader = ValueReader { local_names: &taken };
    let paths = paths(options);
    let plan = PolicyArgs::read(options, &reader, faults);
    let on = classifier(options, Key::On, faults);
    let on_value = classifier(options, Key::OnValue, faults);
    let ending = ending(options, &function, &reader, faults);
    let clones = clones(options, &function, faults);
    let name = name(options, &reader, faults);
    let wants_doc = wants_doc(options, faults);
    let attempt = bound_name(options, Key::Attempt, &function, faults);
    let idempotency_key = bound_name(options, Key::Idempotency, &function, faults);
    if let (Some(attempt), Some(key)) = (&attempt, &idempotency_key) {
        if attempt == key {
            let message =
                format!("`attempt` and `idempotency_key` cannot both be called `{key}`; give one of them another name");
            faults.between(key.span(), message, attempt.span(), "the other name is here");
        }
    }
    method(options, faults);
    named(options, Key::Policy, "a `Policy`", ", such as a constant of `policy!(...)`", faults);
    let budget = guard(options, Key::Budget, &function, &reader, faults);
    let breaker = guard(options, Key::Breaker, &function, &reader, faults);
    recovered(options, &function, faults);
    let recover =
        named(options, Key::Recover, "a function", " from the `RetryError` to what the function returns", faults);
    let notify = named(options, Key::Notify, "a function", " that takes a `&Retrying`", faults);
    let timer = match () {
        () if attempt.is_some()
            || options.get(Key::Deadline).is_some()
            || recover.is_some()
            || matches!(ending, Some(Ending::Error(_))) =>
        {
            Timer::Always
        }
        () if plan.policy.is_some() => Timer::ForDeadline,
        () => Timer::None,
    };
    let doc = (wants_doc && docs::has_docs(&function.attrs)).then(|| docs::section(&plan, options, on_value.is_some()));
    let on = match (on, &on_value) {
        (Some(on), _) => on,
        (None, Some(_)) => Classifier::Never,
        (None, None) => Classifier::Transient,
    };
    let sleep = named(options, Key::Sleep, "a function", " that sleeps for the `Duration` it is given", faults);
    let timeout = timeout(options, &function, &reader, &paths, faults);
    let is_asked_before_a_failure = attempt.is_some() || (timeout.is_some() && options.get(Key::Deadline).is_some());
    let ending = ending.filter(|_| faults.is_empty())?;
    let settings = plan.settings(is_asked_before_a_failure, &paths);
    Some(Model {
        paths,
        function,
        name,
        settings,
        on,
        on_value,
        timer,
        timeout,
        budget,
        breaker,
        recover,
        notify,
        attempt,
        idempotency_key,
        ending,
        sleep,
        clones,
        doc,
    })
}

/// Where the crate is.
pub(crate) fn paths(options: &Arguments) -> Paths {
    match options.get(Key::Crate).map(|entry| &entry.value) {
        Some(Value::Path(path)) => Paths::new(Some(path)),
        _ => Paths::new(None),
    }
}

fn classifier(options: &Arguments, key: Key, faults: &mut Faults) -> Option<Classifier> {
    match &options.get(key)?.value {
        Value::Pattern(pattern) => {
            if let Some(all) = matched_pattern::catch_all(pattern) {
                let message = match key {
                    Key::On => format!(
                        "`{all}` matches every failure; if all of them may pass, write `on = reattempt::any_error`"
                    ),
                    _ => format!(
                        "`{all}` matches every value, so none would be good enough; write a pattern such as `matches(Status::Pending)`"
                    ),
                };
                faults.on(pattern, message);
                return None;
            }
            Some(Classifier::Pattern(pattern.clone()))
        }
        _ => {
            if let Some(pattern) = quoted_pattern(options, key) {
                let name = key.name();
                let message = format!(
                    "`{name}` expects a function, or a pattern in `matches(...)`, not in quotes; write `{name} = matches({pattern})`"
                );
                faults.on(options.expression(key)?, message);
                return None;
            }
            named(options, key, "a function", " or a pattern", faults).map(Classifier::Expression)
        }
    }
}

/// The variants in the quotes of a text.
fn quoted_pattern(options: &Arguments, key: Key) -> Option<String> {
    let tokens = value::quoted_tokens(expr::literal(options.expression(key)?)?)?;
    pattern_check::is_alternatives(tokens.clone(), 1).then(|| shown::stream(tokens))
}

fn timeout(
    options: &Arguments,
    function: &Function,
    reader: &ValueReader<'_>,
    paths: &Paths,
    faults: &mut Faults,
) -> Option<Limit> {
    let entry = options.get(Key::Timeout)?;
    if !function.is_async() {
        let message = "`timeout` needs an async function: nothing can stop a sync attempt from outside; use the time-outs of \
                       what the body calls, or make the function `async`";
        faults.at(entry.span, message);
    }
    match reader.duration("timeout", options.expression(Key::Timeout)?, faults)? {
        ArgValue::Literal(Duration::ZERO, span) => {
            faults.at(span, "`timeout` must be longer than zero, or no attempt could finish; write `timeout = \"2s\"`");
            None
        }
        ArgValue::Runtime(limit) => Some(Limit::Dynamic(*limit)),
        known => Some(Limit::Fixed(checked(&known, "timeout", paths, None, duration_tokens))),
    }
}

/// A budget or a breaker: an expression for something that is shared.
fn guard(
    options: &Arguments,
    key: Key,
    function: &Function,
    reader: &ValueReader<'_>,
    faults: &mut Faults,
) -> Option<Shared> {
    let (what, end) =
        if key == Key::Budget { ("Budget", "would never run out") } else { ("CircuitBreaker", "would never open") };
    let guard = named(options, key, &format!("a `{what}`"), " that calls share, such as a `static`", faults)?;
    if is_made_here(&guard, what) {
        let message = format!(
            "this makes a new `{what}` at each use, which {end}; put it into a `static`, and write `{}`",
            key.example()
        );
        faults.on(guard, message);
        return None;
    }
    // A budget is borrowed between attempts alone, a breaker while one runs.
    if let Some(owner) = uniquely_borrowed(&guard, function).filter(|_| key == Key::Breaker) {
        let place = guard.to_token_stream().to_string().replace(' ', "");
        let message = format!(
            "`breaker` cannot be borrowed from {owner}, which each attempt needs for itself; use a `static`, or keep an `Arc` there \
             and write `breaker = {place}.clone()`"
        );
        faults.on(guard, message);
        return None;
    }
    let is_item = reader.is_constant(&guard);
    Some(Shared { expression: guard, is_item })
}

/// Whether the expression begins with a call that makes a value of that type: `CircuitBreaker::consecutive(5)`.
fn is_made_here(guard: &Expr, type_name: &str) -> bool {
    const MAKERS: [&str; 5] = ["new", "builder", "default", "consecutive", "rate"];
    let tokens: Vec<TokenTree> =
        expr::peel(guard).to_token_stream().into_iter().filter(|token| !is_mark(Some(token), '&')).collect();
    let path = tokens.iter().position(|token| !matches!(token, TokenTree::Ident(_)) && !is_mark(Some(token), ':'));
    let Some([.., made, _, _, TokenTree::Ident(maker)]) = path.map(|end| part(&tokens, ..end)) else { return false };
    is_word(Some(made), type_name) && MAKERS.iter().any(|word| maker == word)
}

/// The `&mut` argument or `&mut self` that a place lies in, in words. A call may give something of its own: rustc knows.
fn uniquely_borrowed(place: &Expr, function: &Function) -> Option<String> {
    let name = expr::variable(place)?;
    if name == "self" {
        return (function.receiver.kind != BindingKind::Value).then(|| "`&mut self`".to_owned());
    }
    let binding = function.bindings.iter().find(|binding| binding.name == *name)?;
    (binding.kind != BindingKind::Value).then(|| format!("the `&mut` argument `{name}`"))
}

/// A plain value is returned as it is, so that nothing is left for `recover`.
fn recovered(options: &Arguments, function: &Function, faults: &mut Faults) {
    let Some(entry) = options.get(Key::Recover) else { return };
    if let Some(plain) = function.returned.as_ref().and_then(plain) {
        let message = format!(
            "`recover` is asked when a call gives up, and `{plain}` cannot fail: the last value is returned as it is; return \
             a `Result` or an `Option`, or remove `recover`"
        );
        faults.at(entry.span, message);
    }
}

/// The type as a text, if it surely is no `Result` and no `Option`. A path may be an alias of one.
fn plain(returned: &Type) -> Option<String> {
    const PRIMITIVES: [&str; 17] = [
        "bool", "char", "str", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
        "f32", "f64",
    ];
    let ty = type_path::peel(returned);
    let is_plain = match ty {
        Type::Path(ty) => PRIMITIVES.iter().any(|primitive| ty.path.is_ident(primitive)),
        Type::Tuple(_) | Type::Array(_) | Type::Slice(_) | Type::Reference(_) => true,
        _ => false,
    };
    is_plain.then(|| shown::stream(ty.to_token_stream()))
}

/// What a key leads to by an expression that is no literal. It expects `what`, in more words `what` with the details.
fn named(options: &Arguments, key: Key, what: &str, details: &str, faults: &mut Faults) -> Option<Expr> {
    let expression = options.expression(key)?;
    if let Some(message) = misfit(key, expression) {
        faults.on(expression, message);
        return None;
    }
    let Some(literal) = expr::literal(expression) else { return Some(expression.clone()) };
    let name = key.name();
    let message = match value::quoted(literal) {
        Some(quoted) => format!("`{name}` expects {what}, not its name in quotes; write `{name} = {quoted}`"),
        None => {
            let found = literal.to_token_stream();
            let is_delay =
                key == Key::Sleep && matches!(literal, Lit::Str(text) if duration::is_duration(&text.value()));
            let or_delay = if is_delay { format!(", or for a delay `base = {found}`") } else { String::new() };
            format!("`{name}` expects {what}{details}, found `{found}`; write `{}`{or_delay}", key.example())
        }
    };
    faults.on(expression, message);
    None
}

/// What is wrong with a closure that cannot be what the key calls, whatever its types are.
fn misfit(key: Key, expression: &Expr) -> Option<String> {
    let closure = expr::closure(expression)?;
    let (argument, what) = match key {
        Key::On => ("error", "the error"),
        Key::OnValue => ("value", "the value"),
        Key::Notify => ("retrying", "a `&Retrying` that knows the error, the attempt and the delay"),
        Key::Recover => ("error", "the `RetryError`"),
        Key::Sleep => ("delay", "the `Duration`"),
        _ => return None,
    };
    let name = key.name();
    let count = closure.inputs.len();
    if count != 1 {
        return Some(format!(
            "`{name}` is called with one argument, {what}, and this closure takes {count}; write `{name} = |{argument}| ...`"
        ));
    }
    (closure.asyncness.is_some() && key != Key::Sleep).then(|| {
        format!("`{name}` is not awaited, so its closure cannot be `async`; write `{name} = |{argument}| ...`")
    })
}

/// A name for the body that is not yet taken: an argument behind it would be out of sight.
fn bound_name(options: &Arguments, key: Key, function: &Function, faults: &mut Faults) -> Option<Ident> {
    let Value::Name(name) = &options.get(key)?.value else { return None };
    if function.bindings.iter().any(|binding| binding.name == *name) {
        let message = format!(
            "`{name}` is an argument of this function, which the body could not reach any more; give `{}` another name",
            key.name()
        );
        faults.at(name.span(), message);
        return None;
    }
    Some(name.clone())
}

/// The methods of HTTP, and whether a request that is sent twice does what one does (RFC 9110, section 9.2.2).
const METHODS: [(&str, bool); 9] = [
    ("GET", true),
    ("HEAD", true),
    ("OPTIONS", true),
    ("TRACE", true),
    ("PUT", true),
    ("DELETE", true),
    ("POST", false),
    ("PATCH", false),
    ("CONNECT", false),
];

/// The declared method is known, and either idempotent or sent with a key.
fn method(options: &Arguments, faults: &mut Faults) {
    let Some(written) = options.expression(Key::Method) else { return };
    let found = match expr::path(written) {
        Some(path) => expr::last_name(path).map(ToString::to_string),
        None => expr::text(written).map(syn::LitStr::value),
    };
    let source = shown::stream(written.to_token_stream());
    let Some(known) = METHODS.iter().find(|(name, _)| found.as_deref() == Some(name)) else {
        let names = METHODS.map(|(name, _)| name);
        let mut advice = found.map(|found| did_you_mean(&found, &names)).unwrap_or_default();
        if advice.is_empty() {
            advice = format!("; methods are {}", listed(&names, "`"));
        }
        faults.on(written, format!("unknown method `{source}`{advice}"));
        return;
    };
    let (name, is_idempotent) = *known;
    if source != name {
        faults.on(
            written,
            format!("`method` expects the bare name of a method, found `{source}`; write `method = {name}`"),
        );
    } else if !is_idempotent && !options.mentions(Key::Idempotency) {
        let message = format!(
            "a `{name}` that is sent again may be carried out twice; bind a key with `idempotency_key = key`, and send it as the \
             `Idempotency-Key` header of each attempt"
        );
        faults.on(written, message);
    }
}

fn name(options: &Arguments, reader: &ValueReader<'_>, faults: &mut Faults) -> Option<Expr> {
    let name = options.expression(Key::Name)?;
    if expr::text(name).is_some_and(|text| text.value().is_empty()) {
        faults.on(name, "`name` is empty; write `name = \"payments.charge\"`, or leave it out");
        return None;
    }
    if expr::text(name).is_none() && !reader.is_constant(name) {
        let found = shown::stream(name.to_token_stream());
        faults.on(
            name,
            format!(
                "`name` expects a string literal or a constant, found `{found}`; write `name = \"payments.charge\"`"
            ),
        );
        return None;
    }
    Some(name.clone())
}

fn wants_doc(options: &Arguments, faults: &mut Faults) -> bool {
    let Some(value) = options.expression(Key::Doc) else {
        return true;
    };
    match expr::literal(value) {
        Some(Lit::Bool(wants)) => wants.value,
        _ => {
            let found = shown::stream(value.to_token_stream());
            faults.on(
                value,
                format!(
                    "`doc` expects `true` or `false`, found `{found}`; write `doc = false` to leave the section out"
                ),
            );
            true
        }
    }
}

fn ending(options: &Arguments, function: &Function, reader: &ValueReader<'_>, faults: &mut Faults) -> Option<Ending> {
    let history = history(options, reader, faults);
    if let (Some(entry), Some(returned)) = (options.get(Key::Error), &function.returned) {
        let is_option = type_arguments(returned, "Option").is_some();
        let without =
            if is_option { Some("an `Option`".to_owned()) } else { plain(returned).map(|ty| format!("`{ty}`")) };
        if let Some(without) = without {
            let message = format!(
                "`error` names the error of an attempt, and {without} has none; return `Result<T, RetryError<E>>`, or \
                 remove `error`"
            );
            faults.at(entry.span, message);
            return None;
        }
        if let (Value::Type(named), Some((_, visible))) = (&entry.value, retry_error(returned)) {
            if !is_same_type(named, &visible) {
                let [named, shown] = [named, &visible].map(|ty| shown::stream(ty.to_token_stream()));
                let message = format!(
                    "`error` names the error of an attempt, found `{named}` beside a `RetryError<{shown}>`; remove `error`, or \
                     return `RetryError<{named}>`"
                );
                faults.between(
                    entry.span,
                    message,
                    visible.span(),
                    "the error of an attempt as the function returns it",
                );
                return None;
            }
        }
    }
    match (error_ending(options, function), options.get(Key::History)) {
        (Some(ending), _) => Some(Ending::Error(Box::new(ErrorEnding { history, ..ending }))),
        (None, None) => Some(Ending::Outcome),
        (None, Some(entry)) => {
            let is_a = |name| function.returned.as_ref().and_then(|ty| type_arguments(ty, name)).is_some();
            // Behind an alias there may be one.
            let is_none = is_a("Option") || function.returned.as_ref().and_then(plain).is_some();
            let or_named = if is_none { "" } else { ", or name the error of an attempt: `error = E`" };
            let is_seen = is_none || is_a("Result");
            let found =
                if is_seen { "this function returns none" } else { "none is in sight in what this function returns" };
            let message = format!(
                "`history` is kept in a `RetryError`, and {found}; return `Result<T, RetryError<E>>`{or_named}"
            );
            faults.at(entry.span, message);
            None
        }
    }
}

/// What a function returns on giving up, if that is a `RetryError` or something made from one; without its history.
pub(crate) fn error_ending(options: &Arguments, function: &Function) -> Option<ErrorEnding> {
    let visible = function.returned.as_ref().and_then(retry_error);
    let named = match options.get(Key::Error).map(|entry| &entry.value) {
        Some(Value::Type(error)) => Some(error.to_token_stream()),
        _ => None,
    };
    let (error, value, is_converted) = match (named, visible) {
        (Some(error), visible) => {
            let value = visible.map(|(value, _)| value).or_else(|| function.returned.as_ref().and_then(result_value));
            (error, value, true)
        }
        (None, Some((value, error))) => (error.into_token_stream(), Some(value), false),
        (None, None) => return None,
    };
    Some(ErrorEnding { error, value, is_converted, history: None })
}

/// Whether two types may be one: their last names are the same. What is before these may be written in many ways.
fn is_same_type(one: &Type, other: &Type) -> bool {
    fn last(ty: &Type) -> Option<&PathSegment> {
        match type_path::peel(ty) {
            Type::Path(ty) => ty.path.segments.last(),
            _ => None,
        }
    }
    match (last(one), last(other)) {
        (Some(one), Some(other)) => {
            one.ident == other.ident || [one, other].iter().any(|last| !last.arguments.is_none())
        }
        _ => {
            let [one, other] = [one, other].map(|ty| shown::stream(type_path::peel(ty).to_token_stream()));
            one == other
        }
    }
}

fn history(options: &Arguments, reader: &ValueReader<'_>, faults: &mut Faults) -> Option<History> {
    let value = options.expression(Key::History)?;
    match reader.count("history", usize::MAX, value, faults)? {
        ArgValue::Literal(0, span) => {
            faults.at(span, "`history` must be at least 1; write `history = 1` or more");
            None
        }
        ArgValue::Literal(failures, _) => Some(History::Fixed(failures)),
        ArgValue::Constant(failures) => Some(History::Constant(*failures)),
        ArgValue::Runtime(failures) => Some(History::Dynamic(*failures)),
    }
}

/// The T and the E of `Result<T, RetryError<E>>`, where both names are in sight.
fn retry_error(returned: &Type) -> Option<(Type, Type)> {
    let [value, error] = type_arguments(returned, "Result")?.try_into().ok()?;
    let [last] = type_arguments(error, "RetryError")?.try_into().ok()?;
    Some((value.clone(), last.clone()))
}

/// The T of `Result<T, X>`, where it is in sight.
fn result_value(returned: &Type) -> Option<Type> {
    let [value, _] = type_arguments(returned, "Result")?.try_into().ok()?;
    Some(value.clone())
}

fn clones(options: &Arguments, function: &Function, faults: &mut Faults) -> Vec<Ident> {
    let Some(Value::Names(names)) = options.get(Key::Clone).map(|entry| &entry.value) else {
        return Vec::new();
    };
    let by_value = || function.bindings.iter().filter(|binding| binding.kind == BindingKind::Value);
    let mut known: Vec<Ident> = Vec::new();
    for name in names {
        if name == "self" {
            faults
                .at(name.span(), "`self` is not among the arguments that can be cloned; leave it out, and make a copy in the body where `self` is used up");
        } else if known.contains(name) {
            faults.at(name.span(), format!("`{name}` is listed twice; remove one of the two"));
        } else if by_value().any(|binding| binding.name == *name) {
            known.push(name.clone());
        } else if function.bindings.iter().any(|binding| binding.name == *name) {
            let message = format!(
                "`{name}` is a `&mut` argument, and what is behind it is kept between attempts; remove it from `clone`, \
                 or make a copy in the body"
            );
            faults.at(name.span(), message);
        } else {
            let names: Vec<String> = by_value().map(|binding| binding.name.to_string()).collect();
            let suggestion = did_you_mean(&name.to_string(), &names);
            faults.at(name.span(), format!("`{name}` is no by-value argument of this function{suggestion}"));
        }
    }
    known
}
