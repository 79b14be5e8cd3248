//! The value that the function returns when it gives up: the last outcome, or a `RetryError`.

use super::Validator;
use crate::args::arguments::{Arguments, Value};
use crate::args::key::Key;
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
        let history = self.history(faults);
        self.refuse_error(faults)?;
        match (error_ending(self.arguments, self.function), self.arguments.get(Key::History)) {
            (Some(ending), _) => Some(Ending::Error(Box::new(ErrorEnding { history, ..ending }))),
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
        let (Value::Type(named), Some((_, visible))) = (&entry.value, retry_error(returned)) else { return Some(()) };
        if is_same_type(named, visible) {
            return Some(());
        }
        let [named, shown] = [named, visible].map(source_text::of);
        let message = format!(
            "`error` names the error of an attempt, found `{named}` beside a `RetryError<{shown}>`; remove `error`, or \
             return `RetryError<{named}>`"
        );
        faults.between(entry.span, message, visible.span(), "the error of an attempt as the function returns it");
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
    let (error, value, is_converted) = match (arguments.get(Key::Error).map(|entry| &entry.value), visible) {
        (Some(Value::Type(error)), visible) => {
            let result = || type_arguments(returned?, "Result").and_then(|arguments| exactly(&arguments));
            (error, visible.map(|(value, _)| value).or_else(|| result().map(|[value, _]| value)), true)
        }
        (_, Some((value, error))) => (error, Some(value), false),
        (_, None) => return None,
    };
    Some(ErrorEnding { error: error.to_token_stream(), value: value.cloned(), is_converted, history: None })
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

/// Returns the T and the E of `Result<T, RetryError<E>>`, if both names are visible.
fn retry_error(returned: &Type) -> Option<(&Type, &Type)> {
    let [value, error] = exactly(&type_arguments(returned, "Result")?)?;
    let [last] = exactly(&type_arguments(error, "RetryError")?)?;
    Some((value, last))
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
