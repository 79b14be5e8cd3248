//! The keys `on` and `on_value`: a pattern or a function. It refuses what is surely no function, by its form and by the case of its names.
//!
//! It knows no types. What may be a function is left to the compiler.

mod condition;
mod joined;
mod variant;

use super::Validator;
use crate::args::key::Key;
use crate::args::key_value::Value;
use crate::faults::Faults;
use crate::item::function::FunctionKind;
use crate::model::Classifier;
use crate::syntax::type_path::{names, type_arguments};
use crate::syntax::{expr, matched_pattern, source_text};
use std::borrow::Cow;
use syn::{Expr, ExprPath, Ident, PathArguments, Type};

impl Validator<'_> {
    /// Returns the classifier of a key.
    pub(super) fn classifier(&self, key: Key, faults: &mut Faults) -> Option<Classifier> {
        let judged = self.judged(key);
        let taken = self.reader.local_names;
        let has_locals = matches!(&self.function.kind, FunctionKind::Future(future) if !future.before.is_empty());
        let place = Place { key, judged: judged.as_deref(), taken, has_locals, is_joined: false };
        let Value::Pattern(pattern) = &self.arguments.get(key)?.value else {
            let expression = self.function(key, faults)?;
            place.refuse(&expression, faults);
            let classifier = if place.is_named(&expression) { Classifier::Named } else { Classifier::Expression };
            return Some(classifier(expression));
        };
        if let Some(message) = place.for_pattern(pattern) {
            faults.on(pattern, message);
            return None;
        }
        let Some(all) = matched_pattern::catch_all(pattern) else { return Some(Classifier::Pattern(pattern.clone())) };
        let message = match key {
            Key::On => {
                format!("`{all}` matches every failure; if all of them may pass, write `on = reattempt::any_error`")
            }
            _ => format!(
                "`{all}` matches every value, so none would be good enough; write a pattern such as `matches(Status::Pending)`"
            ),
        };
        faults.on(pattern, message);
        None
    }

    /// Returns the type of what a key judges, the error or the value, if the signature shows it.
    fn judged(&self, key: Key) -> Option<Cow<'_, Type>> {
        if let (Key::On, Some(Value::Type(error))) = (key, self.arguments.get(Key::Error).map(|entry| &entry.value)) {
            return Some(Cow::Borrowed(error));
        }
        let returned = self.function.returned.as_ref()?;
        let types = type_arguments(returned, "Result").or_else(|| type_arguments(returned, "Option"))?;
        let Some(judged) = types.get(usize::from(key == Key::On)).copied() else {
            return error_beside(returned).map(Cow::Owned);
        };
        let inside = type_arguments(judged, "RetryError").and_then(|types| types.first().copied());
        Some(Cow::Borrowed(inside.unwrap_or(judged)))
    }
}

/// Returns `io::Error` for `io::Result<T>`, as modules have it that have a `Result` of their own.
fn error_beside(returned: &Type) -> Option<Type> {
    let Type::Path(path) = returned else { return None };
    let mut path = path.clone();
    let is_in_module = path.path.segments.len() > 1;
    let last = path.path.segments.last_mut().filter(|last| is_in_module && last.ident == "Result")?;
    last.ident = Ident::new("Error", last.ident.span());
    last.arguments = PathArguments::None;
    Some(Type::Path(path))
}

/// A place for a classifier.
#[derive(Clone, Copy)]
struct Place<'a> {
    key: Key,
    /// The type of what is judged, if it is known.
    judged: Option<&'a Type>,
    /// The names of generics and arguments.
    taken: &'a [String],
    /// Whether a name alone may be that of a variable that the function makes before its `async` block.
    has_locals: bool,
    /// Whether this is one of the classifiers in `any_of((...))` and the like, where a closure says its argument's type.
    is_joined: bool,
}

impl Place<'_> {
    /// Returns whether this is the name of a function, and not that of a variable or of a variant.
    fn is_named(self, expression: &Expr) -> bool {
        let Some(ExprPath { path, .. }) = expr::path(expression) else { return false };
        let names = names(path);
        let [owners @ .., last] = names.as_slice() else { return false };
        let is_variable = owners.is_empty() && (self.has_locals || self.taken.contains(last));
        last.starts_with(char::is_lowercase) && !is_variable
    }

    /// Refuses an expression that is surely no classifier, or that joins such expressions.
    fn refuse(self, expression: &Expr, faults: &mut Faults) {
        let written = expr::peel(expression);
        let found = source_text::of(written);
        let advice = self.for_variant(written, &found).or_else(|| self.for_condition(written, &found));
        if let Some(advice) = advice.or_else(|| self.for_list(written, &found)) {
            faults.on(expression, format!("`{}` expects a function, found {advice}", self.key.name()));
        } else {
            let joined = Self { is_joined: true, ..self };
            for operand in joined::operands(written) {
                joined.refuse(operand, faults);
            }
        }
    }

    /// Returns a classifier with the key, if it is the whole value of that.
    fn value(self, classifier: &str) -> String {
        if self.is_joined { classifier.to_owned() } else { format!("{} = {classifier}", self.key.name()) }
    }

    /// Returns a closure with this body, as a value.
    fn closure(self, argument: &str, body: &str) -> String {
        let ty = self.judged.filter(|_| self.is_joined).map(source_text::of);
        let ty = match (self.is_joined, ty) {
            (false, _) => String::new(),
            (true, Some(ty)) => format!(": &{ty}"),
            (true, None) => ": &MyError".to_owned(),
        };
        self.value(&format!("|{argument}{ty}| {body}"))
    }

    /// Returns the usual name of the argument.
    fn argument(self) -> &'static str {
        if self.key == Key::On { "error" } else { "value" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the messages for a value of `on`, in a function that fails with this error and has an argument `least`.
    fn messages(value: &str, error: &str) -> Vec<String> {
        let error: Type = syn::parse_str(error).expect(error);
        let expression: Expr = syn::parse_str(value).expect(value);
        let mut faults = Faults::default();
        let taken = ["least".to_owned(), "err".to_owned()];
        Place { key: Key::On, judged: Some(&error), taken: &taken, has_locals: false, is_joined: false }
            .refuse(&expression, &mut faults);
        let faults = faults.result(()).err().into_iter().flatten();
        faults.map(|fault| fault.to_string()).collect()
    }

    #[test]
    fn what_is_no_classifier_is_told_with_a_way_out() {
        for (value, error, parts) in [
            ("Timeout", "E", &["write `on = matches(Timeout)`"][..]),
            ("&Error::Timeout", "E", &["write `on = matches(Error::Timeout)`"]),
            ("(Error::A, Error::B(_))", "E", &["write `on = matches(Error::A | Error::B(_))`"]),
            ("Error::Http { code: 503 }", "E", &["write `on = matches(Error::Http { code: 503 })`"]),
            ("not(Error::Lost)", "my::E", &["write `|error: &my::E| matches!(error, Error::Lost)`"]),
            ("any_of((Error::Lost, x, is(error)))", "E", &["matches!(error, Error::Lost)`", "write `is`"]),
            ("ErrorKind::TimedOut", "io::Error", &["write `on = |error| error.kind() == ErrorKind::TimedOut`"]),
            ("ErrorKind::TimedOut", "io::ErrorKind", &["write `on = matches(ErrorKind::TimedOut)`"]),
            ("A::XKind::X | XKind::Y", "io::Error", &["|error| matches!(error.kind(), A::XKind::X | XKind::Y)`"]),
            ("[AKind::X, AKind::Y]", "io::Error", &["|error| matches!(error.kind(), AKind::X | AKind::Y)`"]),
            ("io::ErrorKind", "io::Error", &["found the type `io::ErrorKind`; write a closure, `on = |error| ...`"]),
            ("Self", "E", &["write a closure, `on = |error| ...`"]),
            ("(io::Error, Lost)", "E", &["found the types `(io::Error, Lost)`; write a closure, `on = |error| ...`"]),
            ("(E::A, E::B)", "E", &["write `on = matches(E::A | E::B)`, with `E::A { .. }` if one has fields"]),
            ("Err(E::A)", "E", &["judges what is in the `Err`; write `on = matches(E::A)`"]),
            ("Err(_)", "E", &["if all of them may pass, write `on = reattempt::any_error`"]),
            ("Err", "E", &["write `on = reattempt::any_error`"]),
            ("io::Error", "std::io::Error", &["write `on = reattempt::any_error`"]),
            ("io::Error", "Error", &["write a closure, `on = |error| ...`"]),
            ("io::Error", "anyhow::Error", &["write `on = reattempt::classify::source::<io::Error>()`"]),
            ("None", "NoneError", &["write `on = reattempt::any_error`"]),
            ("is(&e)", "E", &["write `on = is`"]),
            ("is(_)", "E", &["write `on = is`"]),
            ("_", "E", &["write a closure, `on = |_| true`"]),
            ("_.is()", "E", &["write `on = |error| error.is()`"]),
            ("self.is(_)", "E", &["write `on = |error| self.is(error)`"]),
            ("is_at(5, _)", "E", &["write `on = |error| is_at(5, error)`"]),
            ("self.is(error)", "E", &["write `on = |error| self.is(error)`"]),
            ("is_at(error, least)", "E", &["write `on = |error| is_at(error, least)`"]),
            ("!error.is()", "E", &["write `on = |error| !error.is()`"]),
            ("e != E::A", "E", &["write `on = |e| *e != E::A`"]),
            ("a || b() || c", "E", &["write `on = reattempt::classify::any_of((a, b, c))`"]),
            ("a && b", "E", &["write `on = reattempt::classify::all_of((a, b))`"]),
            ("a | b", "E", &["write `on = reattempt::classify::any_of((a, b))`"]),
            ("a & x::b", "E", &["write `on = reattempt::classify::all_of((a, x::b))`"]),
            ("[503, 429]", "E", &["found `[503, 429]`; write a closure, `on = |error| ...`"]),
            ("reattempt::any_error()", "E", &["write `on = reattempt::any_error`"]),
            ("[a, b]", "E", &["write `on = reattempt::classify::any_of((a, b))`"]),
            ("classify::all_of(a, b)", "E", &["write `on = classify::all_of((a, b))`"]),
            ("classify::any_of()", "E", &["write `on = classify::any_of((is_busy, is_time_out))`"]),
            ("source::<E>", "E", &["write `on = source::<E>()`"]),
            ("classify::source(io::Error)", "E", &["write `on = classify::source::<io::Error>()`"]),
        ] {
            let messages = messages(value, error);
            assert_eq!(messages.len(), parts.len(), "{value}: {messages:?}");
            for (message, part) in messages.iter().zip(parts) {
                assert!(message.contains(part), "{value}: {message}");
            }
        }
    }

    #[test]
    fn a_pattern_of_something_else_than_the_error_is_told() {
        let message = |pattern: &str, error: &str| {
            let error: Type = syn::parse_str(error).expect(error);
            let place = Place { key: Key::On, judged: Some(&error), taken: &[], has_locals: false, is_joined: false };
            place.for_pattern(&pattern.parse().expect(pattern)).unwrap_or_default()
        };
        for (pattern, error, part) in [
            ("Err(E::A)", "E", "write `on = matches(E::A)`"),
            ("Err(E::A) | Err(E::B(_))", "E", "write `on = matches(E::A | E::B(_))`"),
            ("Err(_)", "E", "write `on = reattempt::any_error`"),
            (
                "ErrorKind::A | ErrorKind::B",
                "io::Error",
                "|error| matches!(error.kind(), ErrorKind::A | ErrorKind::B)`",
            ),
        ] {
            assert!(message(pattern, error).contains(part), "{pattern}: {}", message(pattern, error));
        }
        for (pattern, error) in
            [("Err(_)", "Result<u8, E>"), ("Error(_)", "E"), ("ErrorKind::A", "Failure"), ("E::A", "io::Error")]
        {
            assert_eq!(message(pattern, error), "", "{pattern}");
        }
    }

    #[test]
    fn what_may_be_a_classifier_goes_through() {
        for value in [
            "is_busy",
            "is_busy()",
            "F",
            "RULE",
            "Rules::RULE",
            "Rule(is_busy)",
            "{ IsBusy }",
            "|error| IsBusy(error)",
            "self.rule",
            "self.rules.error",
            "rules[0]",
            "is(err)",
            "at(least)",
            "error(5)",
            "unless(is_busy)",
            "make(|error| error.is())",
            "any_of(a, b)",
            "any_of((a, not(b)))",
            "source",
            "source::<E>()",
            "any_of((source::<A>(), source::<B>()))",
            "any_error()",
            "RULE | OTHER",
            "least | is_busy",
        ] {
            assert!(messages(value, "E").is_empty(), "{value}: {:?}", messages(value, "E"));
        }
    }
}
