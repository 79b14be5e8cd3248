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
use crate::model::Classifier;
use crate::syntax::type_path::type_arguments;
use crate::syntax::{expr, matched_pattern, source_text};
use syn::{Expr, Type};

impl Validator<'_> {
    /// Returns the classifier of a key.
    pub(super) fn classifier(&self, key: Key, faults: &mut Faults) -> Option<Classifier> {
        let Value::Pattern(pattern) = &self.arguments.get(key)?.value else {
            let expression = self.function(key, faults)?;
            let place = Place { key, judged: self.judged(key), taken: self.reader.local_names, is_joined: false };
            place.refuse(&expression, faults);
            return Some(Classifier::Expression(expression));
        };
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
    fn judged(&self, key: Key) -> Option<&Type> {
        if let (Key::On, Some(Value::Type(error))) = (key, self.arguments.get(Key::Error).map(|entry| &entry.value)) {
            return Some(error);
        }
        let returned = self.function.returned.as_ref()?;
        let types = type_arguments(returned, "Result").or_else(|| type_arguments(returned, "Option"))?;
        let judged = types.get(usize::from(key == Key::On)).copied()?;
        let inside = type_arguments(judged, "RetryError").and_then(|types| types.first().copied());
        Some(inside.unwrap_or(judged))
    }
}

/// A place for a classifier.
#[derive(Clone, Copy)]
struct Place<'a> {
    key: Key,
    /// The type of what is judged, if it is known.
    judged: Option<&'a Type>,
    /// The names of generics and arguments.
    taken: &'a [String],
    /// Whether this is one of the classifiers in `any_of((...))` and the like, where a closure says its argument's type.
    is_joined: bool,
}

impl Place<'_> {
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
        Place { key: Key::On, judged: Some(&error), taken: &taken, is_joined: false }.refuse(&expression, &mut faults);
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
            ("io::Error", "std::io::Error", &["write `on = reattempt::any_error`"]),
            ("io::Error", "Error", &["write a closure, `on = |error| ...`"]),
            ("io::Error", "anyhow::Error", &["write `on = reattempt::classify::source::<io::Error>()`"]),
            ("None", "NoneError", &["write `on = reattempt::any_error`"]),
            ("is(&e)", "E", &["write `on = is`"]),
            ("is(_)", "E", &["write `on = is`"]),
            ("self.is(error)", "E", &["write `on = |error| self.is(error)`"]),
            ("is_at(error, least)", "E", &["write `on = |error| is_at(error, least)`"]),
            ("!error.is()", "E", &["write `on = |error| !error.is()`"]),
            ("e != E::A", "E", &["write `on = |e| *e != E::A`"]),
            ("a || b() || c", "E", &["write `on = reattempt::classify::any_of((a, b, c))`"]),
            ("a && b", "E", &["write `on = reattempt::classify::all_of((a, b))`"]),
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
        ] {
            assert!(messages(value, "E").is_empty(), "{value}: {:?}", messages(value, "E"));
        }
    }
}
