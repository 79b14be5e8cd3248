//! The "Retries" section of an annotated function's documentation, in words that a caller understands.
//!
//! It shows the values of literals. For other values it shows the expression.

use crate::args::arguments::Arguments;
use crate::args::key::Key;
use crate::args::key_value::Value;
use crate::args::policy_args::PolicyArgs;
use crate::args::value::ArgValue;
use crate::syntax::expr;
use crate::syntax::source_text;
use crate::syntax::type_path;
use quote::ToTokens;
use reattempt_policy::{Deadline, Kind, Setting, description};
use std::time::Duration;
use syn::{Attribute, Meta, Type};

/// The settings that delays depend on.
const OF_DELAYS: [Setting; 6] =
    [Setting::Strategy, Setting::Base, Setting::Cap, Setting::Factor, Setting::Increment, Setting::Jitter];

/// Returns whether a function has documentation that a section can join: `#[doc = "..."]`, and not `#[doc(...)]` alone.
pub(crate) fn has_docs(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| attr.path().is_ident("doc") && matches!(attr.meta, Meta::NameValue(_)))
}

/// Writes the section. `returns_last` says whether a call that gives up returns its last outcome.
pub(crate) fn section(args: &PolicyArgs, arguments: &Arguments, returned: Option<&Type>, returns_last: bool) -> String {
    let mut lines = vec![format!("{}{}.", attempts(args), delays(args))];
    add_forecasts(&mut lines, args);
    add_deadline(&mut lines, args, arguments);
    add_series(&mut lines, args, arguments);
    add_guards(&mut lines, arguments);
    lines.push(String::new());
    add_classifiers(&mut lines, arguments, returned);
    if returns_last && arguments.get(Key::OnValue).is_some() {
        add_rejected(&mut lines, returned);
    }
    format!("\n# Retries\n\n{}\n", lines.join("\n"))
}

fn attempts(args: &PolicyArgs) -> String {
    let settings = args.literals();
    match (args.other(Setting::Max), &args.policy) {
        (Some(max), _) => format!("There are at most `{}` attempts", source(&max.expression)),
        (None, Some(policy)) if settings.max.is_none() => {
            // The default belongs to the strategy, so it is not the policy's own beside another one.
            let default = settings.max().filter(|_| settings.strategy.is_some());
            let default = default.map(|max| format!(", or {max} if it has no `max`")).unwrap_or_default();
            format!("There are as many attempts as the policy `{}` says{default}", source(policy))
        }
        _ => match settings.max() {
            None if is_endless(args) => "Attempts are made without end".to_owned(),
            None => "Attempts are not limited in number".to_owned(),
            Some(1) => "There is one attempt".to_owned(),
            Some(max) => format!("There are at most {max} attempts"),
        },
    }
}

/// Returns whether neither the number of attempts nor their time is limited.
fn is_endless(args: &PolicyArgs) -> bool {
    args.knows(Setting::Max) && args.knows(Setting::Deadline) && args.literals().is_endless()
}

fn delays(args: &PolicyArgs) -> String {
    let settings = args.literals();
    match (&args.custom, &args.policy) {
        (Some(custom), _) => format!(", with the delays that `{}` chooses", source(custom)),
        (None, Some(_)) if settings.strategy.is_none() => String::new(),
        _ if settings.kind() == Kind::Steps => {
            format!(", with delays of {}", args.list.iter().map(duration).collect::<Vec<_>>().join(", "))
        }
        _ => format!(", with {}", strategy(args, settings.kind())),
    }
}

fn strategy(args: &PolicyArgs, kind: Kind) -> String {
    let settings = args.literals();
    // A setting that the policy may have otherwise is left out.
    let is_shown = |setting| kind.takes(setting) && (args.knows(setting) || args.other(setting).is_some());
    let base = match is_shown(Setting::Base) {
        true if kind == Kind::Constant => format!(" of {}", nanos(args, Setting::Base, settings.base())),
        true => format!(" from {}", nanos(args, Setting::Base, settings.base())),
        false => String::new(),
    };
    // The default cap depends on the base.
    let is_written = settings.cap.is_some() || args.other(Setting::Cap).is_some();
    let has_cap = is_shown(Setting::Cap) && (is_written || args.knows(Setting::Base));
    let cap = if has_cap { format!(" up to {}", nanos(args, Setting::Cap, settings.cap())) } else { String::new() };
    let jitter = match (args.other(Setting::Jitter), settings.jitter) {
        (Some(jitter), _) => format!(", with the jitter `{}`", source(&jitter.expression)),
        (None, jitter) => jitter.map(description::jitter).unwrap_or_default(),
    };
    [kind.words(), &base, &cap, &jitter].concat()
}

/// Describes how long a call waits in all, and whether it reaches the cap.
fn add_forecasts(lines: &mut Vec<String>, args: &PolicyArgs) {
    let settings = args.literals();
    let is_known = OF_DELAYS.iter().chain(&[Setting::Max]).all(|setting| args.knows(*setting));
    let longest = settings.longest_wait();
    if is_known && args.knows(Setting::Deadline) && longest > 0 && !is_endless(args) {
        let longest = shown_nanos(longest);
        lines.push(format!(
            "Between attempts it waits {longest} in all at worst, longer only where a server asks for it."
        ));
    }
    if let Some(cap) = settings.cap.filter(|_| is_known && !settings.reaches_cap()) {
        lines.push(format!("No delay is ever as long as {}.", shown_nanos(cap)));
    }
}

fn add_deadline(lines: &mut Vec<String>, args: &PolicyArgs, arguments: &Arguments) {
    if args.policy.is_some() && args.literals().deadline == Some(Deadline::Never) {
        lines.push("There is no deadline.".to_owned());
    }
    if args.deadline.is_some() {
        let deadline = nanos(args, Setting::Deadline, args.literals().deadline().unwrap_or_default());
        let end = match arguments.get(Key::Timeout) {
            None => "an attempt under way is not cut short",
            Some(_) => "an attempt under way is dropped then",
        };
        lines.push(format!("No attempt begins later than {deadline} after the call began; {end}."));
        let settings = args.literals();
        let most = if args.knows(Setting::Max) { settings.max() } else { None };
        let is_known = OF_DELAYS.iter().all(|setting| args.knows(*setting));
        let attempts = settings.attempts_in_time().filter(|attempts| *attempts < most.unwrap_or(u32::MAX));
        if let Some(attempts) = attempts.filter(|_| is_known) {
            lines.push(format!("That leaves room for {attempts} attempts at most."));
        }
    }
    add_final_attempt(lines, args, arguments);
    if let Some(timeout) = arguments.expression(Key::Timeout) {
        let timeout = expr::text(timeout).map_or_else(|| format!("`{}`", source(timeout)), syn::LitStr::value);
        lines.push(format!(
            "An attempt that takes longer than {timeout} is dropped, and counts as a transient failure."
        ));
    }
}

fn add_final_attempt(lines: &mut Vec<String>, args: &PolicyArgs, arguments: &Arguments) {
    let a_last = match (args.other(Setting::FinalAttempt), args.literals().final_attempt) {
        (Some(flag), _) => format!("If `{}` is true, a last", source(&flag.expression)),
        (None, Some(true)) => "A last".to_owned(),
        (None, _) => return,
    };
    let place = match arguments.get(Key::Timeout) {
        None => "at the deadline",
        Some(_) => "one time limit before the deadline",
    };
    lines.push(format!("{a_last} attempt begins {place}, where the delay before it would be longer."));
}

/// Says when the limits count anew.
fn add_series(lines: &mut Vec<String>, args: &PolicyArgs, arguments: &Arguments) {
    let reset_after = args.literals().reset_after();
    let mut reasons = Vec::new();
    if arguments.get(Key::Progress).is_some() {
        reasons.push("made progress".to_owned());
    }
    if reset_after.is_some() || args.other(Setting::ResetAfter).is_some() {
        reasons.push(format!("ran for {}", nanos(args, Setting::ResetAfter, reset_after.unwrap_or_default())));
    }
    if !reasons.is_empty() {
        let reasons = reasons.join(" or ");
        lines.push(format!("If an attempt {reasons} before it failed, all this is counted anew from its failure."));
    }
}

fn add_guards(lines: &mut Vec<String>, arguments: &Arguments) {
    let expression = |key| arguments.expression(key).map(source);
    if let Some(budget) = expression(Key::Budget) {
        lines.push(format!("There is no retry when the budget `{budget}` is empty."));
    }
    if let Some(breaker) = expression(Key::Breaker) {
        lines.push(format!("There is no attempt while the circuit breaker `{breaker}` refuses it."));
    }
    if let Some(cancel) = expression(Key::Cancel) {
        lines.push(format!("There is no retry once `{cancel}` is cancelled."));
    }
    if let Some(recover) = expression(Key::Recover) {
        lines.push(format!("When it gives up, it returns what `{recover}` makes of the failure."));
    }
    match arguments.get(Key::Idempotency).map(|entry| &entry.value) {
        Some(Value::Argument(name)) => {
            lines.push(format!("The argument `{name}` is the idempotency key of all attempts of a call."));
        }
        Some(_) => lines.push("All attempts of a call have the same idempotency key.".to_owned()),
        None => {}
    }
}

fn add_classifiers(lines: &mut Vec<String>, arguments: &Arguments, returned: Option<&Type>) {
    let value = |key| arguments.get(key).map(|entry| &entry.value);
    // With `on_value` a plain value may be returned, which has no error.
    let has_error = arguments.get(Key::OnValue).is_none()
        || returned.is_some_and(|returned| type_path::type_arguments(returned, "Result").is_some());
    match value(Key::On) {
        Some(Value::Expression(on)) => {
            lines.push(format!("Attempts are repeated after the failures that `{}` finds transient.", source(on)));
        }
        Some(Value::Pattern(pattern)) => {
            lines.push(format!("Attempts are repeated after failures that match `{}`.", source(pattern)));
        }
        _ if !has_error => {}
        _ => lines.push("Attempts are repeated after the failures that the error type calls transient.".to_owned()),
    }
    match value(Key::OnValue) {
        Some(Value::Expression(on)) => {
            lines.push(format!("A value that `{}` finds not good enough is asked for again.", source(on)));
        }
        Some(Value::Pattern(pattern)) => {
            lines.push(format!("A value that matches `{}` is asked for again.", source(pattern)));
        }
        _ => {}
    }
}

/// Says that the function may return a value that was rejected.
fn add_rejected(lines: &mut Vec<String>, returned: Option<&Type>) {
    let is_a = |name| returned.is_some_and(|returned| type_path::type_arguments(returned, name).is_some());
    let value = match () {
        () if is_a("Result") => "an `Ok`",
        () if is_a("Option") => "a `Some`",
        () => "what it returns",
    };
    lines.push(format!(
        "When it gives up on a value, it returns that value: {value} may be one that is not good enough."
    ));
}

fn shown_nanos(nanos: u64) -> String {
    format!("{:?}", Duration::from_nanos(nanos))
}

/// Returns a duration as text: the expression, or the value in effect for a literal or a default.
fn nanos(args: &PolicyArgs, setting: Setting, nanos: u64) -> String {
    args.other(setting).map_or_else(|| shown_nanos(nanos), |other| format!("`{}`", source(&other.expression)))
}

fn duration(duration: &ArgValue<Duration>) -> String {
    match duration {
        ArgValue::Literal(duration, _) => format!("{duration:?}"),
        ArgValue::Constant(expression) | ArgValue::Runtime(expression) => format!("`{}`", source(expression)),
    }
}

/// Returns the tokens as text between backticks.
fn source(tokens: &impl ToTokens) -> String {
    source_text::of(tokens).replace('`', "'")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::key::Macro;
    use crate::args::value::ValueReader;
    use crate::faults::Faults;
    use quote::quote;

    #[track_caller]
    fn check(arguments: proc_macro2::TokenStream, expected: &str) {
        let mut faults = Faults::default();
        let arguments = Arguments::parse(arguments, Macro::Retry, &mut faults);
        let args = PolicyArgs::read(&arguments, &ValueReader { local_names: &[] }, &mut faults);
        assert!(faults.check(Some(())).is_ok());
        let returned = syn::parse_quote!(io::Result<Page>);
        let text = section(&args, &arguments, Some(&returned), true);
        let text = text.trim_start_matches("\n# Retries\n\n").split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(text, expected);
    }

    #[test]
    fn the_defaults_are_told() {
        check(
            quote!(),
            "There are at most 3 attempts, with exponential backoff with full jitter from 100ms up to 10s. \
             Between attempts it waits 300ms in all at worst, longer only where a server asks for it. \
             Attempts are repeated after the failures that the error type calls transient.",
        );
    }

    #[test]
    fn literals_are_told_with_the_longest_wait() {
        check(
            quote!(strategy = "constant", base = "2s", jitter = 0.5, max = 4, deadline = "30s", on = api::is_transient),
            "There are at most 4 attempts, with a constant delay of 2s, give or take 50 %. \
             Between attempts it waits 9s in all at worst, longer only where a server asks for it. \
             No attempt begins later than 30s after the call began; an attempt under way is not cut short. \
             Attempts are repeated after the failures that `api::is_transient` finds transient.",
        );
    }

    #[test]
    fn what_is_no_literal_is_named() {
        check(
            quote!(strategy = ["1s", LAST], max = limit(), on = matches(E::A | E::B(_)), on_value = |v| v.is_none()),
            "There are at most `limit()` attempts, with delays of 1s, `LAST`. \
             Attempts are repeated after failures that match `E::A | E::B(_)`. \
             A value that `|v| v.is_none()` finds not good enough is asked for again. \
             When it gives up on a value, it returns that value: an `Ok` may be one that is not good enough.",
        );
    }

    #[test]
    fn many_attempts_at_the_cap_are_multiplied_up() {
        check(
            quote!(strategy = "fibonacci", base = "1s", cap = "3s", max = 4_000_000_000),
            "There are at most 4000000000 attempts, with Fibonacci delays from 1s up to 3s. \
             Between attempts it waits 11999999992s in all at worst, longer only where a server asks for it. \
             Attempts are repeated after the failures that the error type calls transient.",
        );
    }

    #[test]
    fn what_a_deadline_and_a_cap_amount_to_is_told() {
        check(
            quote!(strategy = "exponential", base = "1s", cap = "8s", max = 100, deadline = "5s"),
            "There are at most 100 attempts, with exponentially growing delays from 1s up to 8s. \
             Between attempts it waits 5s in all at worst, longer only where a server asks for it. \
             No delay is ever as long as 8s. \
             No attempt begins later than 5s after the call began; an attempt under way is not cut short. \
             That leaves room for 3 attempts at most. \
             Attempts are repeated after the failures that the error type calls transient.",
        );
    }

    #[test]
    fn a_final_attempt_is_told() {
        check(
            quote!(strategy = "constant", base = "2s", max = "unlimited", deadline = "5s", final_attempt = true),
            "Attempts are not limited in number, with a constant delay of 2s. \
             Between attempts it waits 5s in all at worst, longer only where a server asks for it. \
             No attempt begins later than 5s after the call began; an attempt under way is not cut short. \
             That leaves room for 4 attempts at most. \
             A last attempt begins at the deadline, where the delay before it would be longer. \
             Attempts are repeated after the failures that the error type calls transient.",
        );
        check(
            quote!(policy = P, final_attempt = last, timeout = "1s"),
            "There are as many attempts as the policy `P` says. \
             If `last` is true, a last attempt begins one time limit before the deadline, where the delay before it would be longer. \
             An attempt that takes longer than 1s is dropped, and counts as a transient failure. \
             Attempts are repeated after the failures that the error type calls transient.",
        );
    }

    #[test]
    fn attempts_without_end_are_told() {
        check(
            quote!(strategy = "constant", base = "1s", max = "unlimited", deadline = "none"),
            "Attempts are made without end, with a constant delay of 1s. \
             Attempts are repeated after the failures that the error type calls transient.",
        );
        check(
            quote!(policy = WATCH, deadline = "none"),
            "There are as many attempts as the policy `WATCH` says. There is no deadline. \
             Attempts are repeated after the failures that the error type calls transient.",
        );
    }

    #[test]
    fn what_begins_a_new_series_is_told() {
        let classifier = "Attempts are repeated after the failures that the error type calls transient.";
        let begin = "There are at most 3 attempts, with no delay. If an attempt";
        let end = "before it failed, all this is counted anew from its failure.";
        check(quote!(strategy = "immediate", progress = p), &format!("{begin} made progress {end} {classifier}"));
        check(
            quote!(strategy = "immediate", reset_after = "10min"),
            &format!("{begin} ran for 600s {end} {classifier}"),
        );
        check(
            quote!(strategy = "immediate", progress = p, reset_after = limit),
            &format!("{begin} made progress or ran for `limit` {end} {classifier}"),
        );
    }

    #[test]
    fn a_policy_is_named_and_left_without_a_figure() {
        check(
            quote!(policy = self.policy, base = "1s"),
            "There are as many attempts as the policy `self.policy` says. \
             Attempts are repeated after the failures that the error type calls transient.",
        );
    }

    #[test]
    fn a_default_is_not_told_where_the_policy_may_have_another_value() {
        let classifier = "Attempts are repeated after the failures that the error type calls transient.";
        let check = |arguments, delays: &str| {
            check(
                arguments,
                &format!(
                    "There are as many attempts as the policy `P` says, or 3 if it has no `max`, with {delays}. {classifier}"
                ),
            );
        };
        check(quote!(policy = P, strategy = "exponential"), "exponentially growing delays");
        check(quote!(policy = P, strategy = "exponential", base = "1s"), "exponentially growing delays from 1s");
        check(quote!(policy = P, strategy = "exponential", cap = "8s"), "exponentially growing delays up to 8s");
        check(
            quote!(policy = P, strategy = "exponential", base = BASE, cap = { cap }),
            "exponentially growing delays from `BASE` up to `cap`",
        );
        check(quote!(policy = P, strategy = "constant"), "a constant delay");
        check(quote!(policy = P, strategy = "constant", base = "2s"), "a constant delay of 2s");
    }

    #[test]
    fn a_list_beside_a_policy_has_a_default_of_its_own() {
        let classifier = "Attempts are repeated after the failures that the error type calls transient.";
        check(
            quote!(policy = P, strategy = ["1s", LAST]),
            &format!(
                "There are as many attempts as the policy `P` says, or 3 if it has no `max`, with delays of 1s, `LAST`. {classifier}"
            ),
        );
        check(
            quote!(policy = P, strategy = ["1s"]),
            &format!(
                "There are as many attempts as the policy `P` says, or 2 if it has no `max`, with delays of 1s. {classifier}"
            ),
        );
        check(
            quote!(policy = P, strategy = ["1s"], max = 7),
            &format!("There are at most 7 attempts, with delays of 1s. {classifier}"),
        );
    }

    #[test]
    fn idempotency_keys_are_told_by_who_makes_them() {
        const DEFAULTS: &str = "There are at most 3 attempts, with no delay.";
        const TRANSIENT: &str = "Attempts are repeated after the failures that the error type calls transient.";
        check(
            quote!(strategy = "immediate", idempotency_key = key),
            &format!("{DEFAULTS} All attempts of a call have the same idempotency key. {TRANSIENT}"),
        );
        check(
            quote!(strategy = "immediate", idempotency_key = argument(key)),
            &format!("{DEFAULTS} The argument `key` is the idempotency key of all attempts of a call. {TRANSIENT}"),
        );
    }
}
