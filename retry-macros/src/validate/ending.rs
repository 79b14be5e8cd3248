//! The value that the function returns when it gives up: the last outcome, or a `RetryError`.

use super::Validator;
use crate::args::arguments::Arguments;
use crate::args::key::Key;
use crate::args::key_value::Value;
use crate::args::value::ArgValue;
use crate::faults::Faults;
use crate::item::function::Function;
use crate::model::{Ending, ErrorEnding, OwnValue};
use crate::syntax::source_text;
use crate::syntax::type_path::{self, type_arguments};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{PathSegment, Type};

impl Validator<'_> {
    pub(super) fn ending(&self, faults: &mut Faults) -> Option<Ending> {
        self.refuse_error(faults)?;
        self.refuse_kept(faults)?;
        match (error_ending(self.arguments, self.function), self.arguments.get(Key::History)) {
            (Some(ending), _) => {
                let history = self.history(faults);
                Some(Ending::Error(Box::new(ErrorEnding { history, ..ending })))
            }
            (None, None) => Some(Ending::Outcome),
            (None, Some(entry)) => {
                let returned = self.function.returned.as_ref();
                let is_a = |name| returned.and_then(|ty| type_arguments(ty, name)).is_some();
                // An alias may hide one.
                let is_none = is_a("Option") || returned.and_then(plain).is_some();
                let or_named = if is_none { "" } else { ", or name the error of an attempt: `error = E`" };
                let is_seen = is_none || is_a("Result");
                let found = if is_seen {
                    "this function returns none"
                } else {
                    "none is in sight in what this function returns"
                };
                let message = format!(
                    "`history` is kept in a `RetryError`, and {found}; return `Result<T, RetryError<E>>`{or_named}"
                );
                faults.at(entry.span, message);
                None
            }
        }
    }

    /// Refuses `error` for a type without an error, or with another one. `None` comes with a reported fault.
    fn refuse_error(&self, faults: &mut Faults) -> Option<()> {
        let (Some(entry), Some(returned)) = (self.arguments.get(Key::Error), &self.function.returned) else {
            return Some(());
        };
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
        let (Value::Type(named), Some(retry_error)) = (&entry.value, retry_error(returned)) else { return Some(()) };
        let visible = retry_error.error;
        if is_same_type(named, visible) {
            let Some(kept) = retry_error.kept else { return Some(()) };
            let message = format!(
                "`error` names the error of an attempt where the function hides it, and `RetryError<{}, {}>` shows it; remove \
                 `error`",
                source_text::of(visible),
                source_text::of(kept)
            );
            faults.at(entry.span, message);
            return None;
        }
        let [named, shown] = [named, visible].map(source_text::of);
        let message = format!(
            "`error` names the error of an attempt, found `{named}` beside a `RetryError<{shown}>`; remove `error`, or \
             return `RetryError<{named}>`"
        );
        faults.between(entry.span, message, visible.span(), "the error of an attempt as the function returns it");
        None
    }

    /// Refuses a `RetryError` that would keep values of another type than the function's. `None` comes with a reported fault.
    fn refuse_kept(&self, faults: &mut Faults) -> Option<()> {
        let Some(VisibleRetryError { value, error, kept: Some(kept) }) =
            self.function.returned.as_ref().and_then(retry_error)
        else {
            return Some(());
        };
        let [value, error, kept_type] = [value, error, kept].map(|ty| source_text::of(type_path::peel(ty)));
        if value == kept_type {
            return Some(());
        }
        let message = format!(
            "the second argument of `RetryError` is the type of a value that `on_value` rejects, here `{value}`, found \
             `{kept_type}`; write `RetryError<{error}, {value}>`, or `RetryError<{error}>`, which keeps no value"
        );
        faults.on(kept, message);
        None
    }

    fn history(&self, faults: &mut Faults) -> Option<OwnValue> {
        let value = self.arguments.expression(Key::History)?;
        let failures = faults.take(self.reader.count("history", usize::MAX, value))?;
        if let ArgValue::Literal(0, span) = failures {
            faults.at(span, "`history` must be at least 1; write `history = 1` or more");
            return None;
        }
        Some(self.own_value("history", failures, ToTokens::to_token_stream))
    }

    /// Refuses `recover` if a plain value is returned unchanged, so that `recover` would never be called.
    pub(super) fn refuse_recover(&self, faults: &mut Faults) {
        let plain = self.function.returned.as_ref().and_then(plain);
        if let (Some(entry), Some(plain)) = (self.arguments.get(Key::Recover), plain) {
            let message = format!(
                "`recover` is asked when a call gives up, and `{plain}` cannot fail: the last value is returned as it is; return \
                 a `Result` or an `Option`, or remove `recover`"
            );
            faults.at(entry.span, message);
        }
    }
}

/// Returns the ending of a function that returns a `RetryError`, or makes something from one. The history is not set.
pub(crate) fn error_ending(arguments: &Arguments, function: &Function) -> Option<ErrorEnding> {
    let returned = function.returned.as_ref();
    let visible = returned.and_then(retry_error);
    let keeps_value = visible.as_ref().is_some_and(|visible| visible.kept.is_some());
    let (error, value, is_converted) = match (arguments.get(Key::Error).map(|entry| &entry.value), visible) {
        (Some(Value::Type(error)), visible) => {
            let result = || type_arguments(returned?, "Result").and_then(|arguments| exactly(&arguments));
            (error, visible.map(|visible| visible.value).or_else(|| result().map(|[value, _]| value)), true)
        }
        (_, Some(visible)) => (visible.error, Some(visible.value), false),
        (_, None) => return None,
    };
    let (error, value) = (error.to_token_stream(), value.cloned());
    Some(ErrorEnding { error, value, is_converted, keeps_value, history: None })
}

/// Returns whether two types may be the same: their last names are equal. The path before these can be written in many ways.
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
            let [one, other] = [one, other].map(|ty| source_text::of(type_path::peel(ty)));
            one == other
        }
    }
}

/// A `Result<T, RetryError<E>>`, or a `Result<T, RetryError<E, T>>`, which keeps a rejected value.
struct VisibleRetryError<'a> {
    value: &'a Type,
    error: &'a Type,
    kept: Option<&'a Type>,
}

/// Returns the types of a `RetryError` whose name is visible.
fn retry_error(returned: &Type) -> Option<VisibleRetryError<'_>> {
    let [value, error] = exactly(&type_arguments(returned, "Result")?)?;
    match *type_arguments(error, "RetryError")? {
        [error] => Some(VisibleRetryError { value, error, kept: None }),
        [error, kept] => Some(VisibleRetryError { value, error, kept: Some(kept) }),
        _ => None,
    }
}

fn exactly<'a, const N: usize>(types: &[&'a Type]) -> Option<[&'a Type; N]> {
    types.try_into().ok()
}

/// Returns the type as text, if it is surely neither a `Result` nor an `Option`. A path may be an alias of one.
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
    is_plain.then(|| source_text::of(ty))
}
