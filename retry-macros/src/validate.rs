//! Rules for the attribute and the function together. It is the only judge of both, and it builds the model.

mod classifier;
mod ending;
mod guard;
mod mut_arguments;
mod names;
mod option_classifier;
mod setters;
mod user_function;

pub(crate) use ending::error_ending;

use crate::args::arguments::Arguments;
use crate::args::key::Key;
use crate::args::key_value::Value;
use crate::args::policy_args::PolicyArgs;
use crate::args::value::{ArgValue, ValueReader};
use crate::docs;
use crate::faults::Faults;
use crate::item::function::Function;
use crate::model::{Classifier, Ending, Model, OwnValue, Timer};
use crate::paths::Paths;
use crate::syntax::duration_tokens;
use crate::syntax::expr;
use crate::syntax::source_text;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use reattempt_policy::Setting;
use std::time::Duration;
use syn::spanned::Spanned;
use syn::{Expr, Lit};

/// Builds the model of an attribute and a function that fit together. `None` comes with a reported fault.
pub(crate) fn model(arguments: &Arguments, function: Function, faults: &mut Faults) -> Option<Model> {
    let local_names = function.taken_names();
    let reader = ValueReader { local_names: &local_names };
    let paths = paths(arguments);
    let validator = Validator { arguments, function: &function, reader: &reader, paths: &paths };
    let policy = PolicyArgs::read(arguments, &reader, faults);
    let on = validator.classifier(Key::On, faults);
    let on_value = validator.classifier(Key::OnValue, faults);
    validator.refuse_option_classifier(faults);
    let ending = validator.ending(faults);
    let clones = validator.clones(faults);
    validator.refuse_mut_arguments(&clones, faults);
    let name = validator.name(faults);
    let wants_doc = validator.wants_doc(faults);
    let [attempt, progress, idempotency_key] = validator.bound_names(faults);
    validator.refuse_method(faults);
    validator.function(Key::Policy, faults);
    let budget = validator.guard(Key::Budget, faults);
    let breaker = validator.guard(Key::Breaker, faults);
    let waits_for_breaker = validator.waits_for_breaker(&policy, faults);
    let cancel = validator.cancel(faults);
    validator.refuse_recover(faults);
    let recover = validator.function(Key::Recover, faults);
    let notify = validator.function(Key::Notify, faults);
    let sleep = validator.function(Key::Sleep, faults);
    let timeout = validator.timeout(faults);
    // A faulty model is not expanded.
    let ending = ending.filter(|_| faults.is_empty())?;
    let has_deadline = policy.deadline.is_some();
    let is_timed = attempt.is_some() || recover.is_some() || matches!(ending, Ending::Error(_));
    let timer = match () {
        () if progress.is_some() || arguments.get(Key::Setting(Setting::ResetAfter)).is_some() => Timer::Series,
        () if policy.policy.is_some() => Timer::ForPolicy { is_needed: is_timed },
        () if is_timed || has_deadline => Timer::Always,
        () => Timer::None,
    };
    let is_asked_before_a_failure = attempt.is_some() || waits_for_breaker || (timeout.is_some() && has_deadline);
    let has_section = wants_doc && docs::has_docs(&function.attrs);
    let returns_last = recover.is_none() && matches!(ending, Ending::Outcome);
    Some(Model {
        settings: policy.settings(is_asked_before_a_failure, &paths),
        on: on.unwrap_or(Classifier::Transient),
        doc: has_section.then(|| docs::section(&policy, arguments, function.returned.as_ref(), returns_last)),
        paths,
        function,
        name,
        on_value,
        timer,
        steps_by_timeout: timeout.is_some() && policy.may_have_final_attempt(),
        timeout,
        budget,
        breaker,
        waits_for_breaker,
        cancel,
        recover,
        notify,
        attempt,
        progress,
        idempotency_key,
        ending,
        sleep,
        clones,
    })
}

/// Returns the path of the crate.
pub(crate) fn paths(arguments: &Arguments) -> Paths {
    match arguments.get(Key::Crate).map(|entry| &entry.value) {
        Some(Value::Path(path)) => Paths::new(Some(path)),
        _ => Paths::new(None),
    }
}

/// Judges the keys of a function one by one.
struct Validator<'a> {
    arguments: &'a Arguments,
    function: &'a Function,
    reader: &'a ValueReader<'a>,
    paths: &'a Paths,
}

impl Validator<'_> {
    fn timeout(&self, faults: &mut Faults) -> Option<OwnValue> {
        let entry = self.arguments.get(Key::Timeout)?;
        if !self.function.is_async() {
            let message = "`timeout` needs an async function: nothing can stop a sync attempt from outside; use the time-outs of \
                           what the body calls, or make the function `async`";
            faults.at(entry.span, message);
            return None;
        }
        let limit = faults.take(self.reader.duration("timeout", self.arguments.expression(Key::Timeout)?))?;
        if let ArgValue::Literal(Duration::ZERO, span) = limit {
            let message = "`timeout` must be longer than zero, or no attempt could finish; write `timeout = \"2s\"`";
            faults.at(span, message);
            return None;
        }
        Some(self.own_value("timeout", limit, duration_tokens))
    }

    /// Returns the value of a key that is no setting of the policy. A constant goes through the runtime's check of that name.
    fn own_value<T>(&self, check: &str, value: ArgValue<T>, write: impl FnOnce(&T) -> TokenStream) -> OwnValue {
        match value {
            ArgValue::Literal(value, _) => OwnValue::Literal(write(&value)),
            ArgValue::Constant(value) => {
                let there = Span::mixed_site().located_at(value.span());
                let (path, check) = (self.paths.private_at("check", there), Ident::new(check, there));
                OwnValue::Constant(quote_spanned!(there=> #path::#check(#value)))
            }
            ArgValue::Runtime(value) => OwnValue::Runtime(*value),
        }
    }

    fn name(&self, faults: &mut Faults) -> Option<Expr> {
        let name = self.arguments.expression(Key::Name)?;
        let message = match expr::text(name) {
            Some(text) if text.value().is_empty() => {
                "`name` is empty; write `name = \"payments.charge\"`, or leave it out".to_owned()
            }
            None if !self.reader.is_constant(name) => {
                let found = source_text::of(name);
                format!(
                    "`name` expects a string literal or a constant, found `{found}`; write `name = \"payments.charge\"`"
                )
            }
            _ => return Some(name.clone()),
        };
        faults.on(name, message);
        None
    }

    fn wants_doc(&self, faults: &mut Faults) -> bool {
        self.flag(Key::Doc, "to leave the section out", faults).unwrap_or(true)
    }

    /// Returns the value of a key that is `true` or `false`. `purpose` says what the example is for.
    fn flag(&self, key: Key, purpose: &str, faults: &mut Faults) -> Option<bool> {
        let value = self.arguments.expression(key)?;
        if let Some(Lit::Bool(flag)) = expr::literal(value) {
            return Some(flag.value);
        }
        let (name, found, example) = (key.name(), source_text::of(value), key.example());
        faults.on(value, format!("`{name}` expects `true` or `false`, found `{found}`; write `{example}` {purpose}"));
        None
    }
}
