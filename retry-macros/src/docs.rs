//! The "Retries" section of an annotated function's documentation, in words that a caller understands.
//!
//! It tells what literals tell; for all else it names the expression.

use crate::args::arguments::{Arguments, Value};
use crate::args::expr;
use crate::args::forecast;
use crate::args::key::Key;
use crate::args::policy_args::{Choice, DEFAULT_BASE, Max, Plan};
use crate::args::strategy::Named;
use crate::args::value::{JitterLiteral, Known};
use quote::ToTokens;
use std::fmt::Write;
use std::time::Duration;
use syn::{Attribute, Meta};

/// Whether a function has documentation that a section can join: `#[doc = "..."]`, and not `#[doc(...)]` alone.
pub(crate) fn has_docs(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| attr.path().is_ident("doc") && matches!(attr.meta, Meta::NameValue(_)))
}

/// Writes the section.
pub(crate) fn section(plan: &Plan, options: &Arguments, judges_values: bool) -> String {
    let mut text = String::from("\n# Retries\n\n");
    let result = write_section(&mut text, plan, options, judges_values);
    // Writing to a string does not fail.
    debug_assert!(result.is_ok());
    text
}

fn write_section(text: &mut String, plan: &Plan, options: &Arguments, judges_values: bool) -> std::fmt::Result {
    match (&plan.max, &plan.policy) {
        (Some(Max::Unlimited), _) => write!(text, "Attempts are not limited in number")?,
        (Some(Max::Attempts(Known::Literal(1, _))), _) => write!(text, "There is one attempt")?,
        (Some(Max::Attempts(Known::Literal(max, _))), _) => write!(text, "There are at most {max} attempts")?,
        (Some(Max::Attempts(Known::Constant(max) | Known::Dynamic(max))), _) => {
            write!(text, "There are at most `{}` attempts", source(max))?;
        }
        (None, Some(policy)) => write!(text, "There are as many attempts as the policy `{}` says", source(policy))?,
        (None, None) => write!(text, "There are at most {} attempts", forecast::default_attempts(plan))?,
    }
    match (&plan.strategy, &plan.policy) {
        (Some(Choice::Custom(custom)), _) => writeln!(text, ", with the delays that `{}` chooses.", source(custom))?,
        (Some(Choice::Steps(steps)), _) => {
            write!(text, ", with delays of ")?;
            for (index, step) in steps.iter().enumerate() {
                write!(text, "{}{}", if index == 0 { "" } else { ", " }, duration_words(step))?;
            }
            writeln!(text, ".")?;
        }
        _ => match plan.named() {
            Some(named) => writeln!(text, ", with {}.", strategy_words(plan, named))?,
            None => writeln!(text, ".")?,
        },
    }
    if let Some(longest) = forecast::longest(plan) {
        if longest > Duration::ZERO {
            writeln!(
                text,
                "Between attempts it waits {longest:?} in all at worst, longer only where a server asks for it."
            )?;
        }
    }
    if let (Some(cap), Some(false)) = (plan.cap.as_ref().and_then(Known::literal), forecast::reaches_cap(plan)) {
        writeln!(text, "No delay is ever as long as {:?}.", cap.0)?;
    }
    if let Some(deadline) = &plan.deadline {
        let deadline = duration_words(deadline);
        let end = match options.get(Key::Timeout) {
            None => "an attempt under way is not cut short",
            Some(_) => "an attempt under way is dropped then",
        };
        writeln!(text, "No attempt begins later than {deadline} after the call began; {end}.")?;
        let most = match &plan.max {
            Some(Max::Attempts(max)) => max.literal().map_or(u32::MAX, |(max, _)| *max),
            Some(Max::Unlimited) => u32::MAX,
            None => forecast::default_attempts(plan),
        };
        if let Some(attempts) = forecast::attempts_in_time(plan).filter(|attempts| *attempts < most) {
            writeln!(text, "That leaves room for {attempts} attempts at most.")?;
        }
    }
    if let Some(timeout) = options.expression(Key::Timeout) {
        let timeout = expr::text(timeout).map_or_else(|| format!("`{}`", source(timeout)), syn::LitStr::value);
        writeln!(text, "An attempt that takes longer than {timeout} is dropped, and counts as a transient failure.")?;
    }
    if let Some(budget) = options.expression(Key::Budget) {
        writeln!(text, "A retry that the budget `{}` does not pay for does not happen.", source(budget))?;
    }
    if let Some(breaker) = options.expression(Key::Breaker) {
        writeln!(text, "An attempt that the circuit breaker `{}` refuses does not happen.", source(breaker))?;
    }
    if let Some(recover) = options.expression(Key::Recover) {
        writeln!(text, "On giving up, what `{}` makes of the failure is returned.", source(recover))?;
    }
    if options.get(Key::Idempotency).is_some() {
        writeln!(text, "All attempts of a call have the same idempotency key.")?;
    }
    writeln!(text)?;
    let on = options.get(Key::On).map(|entry| &entry.value);
    match on {
        Some(Value::Expression(on)) => {
            writeln!(text, "Attempts are repeated after the failures that `{}` finds transient.", source(on))?;
        }
        Some(Value::Pattern(pattern)) => {
            writeln!(text, "Attempts are repeated after failures that match `{}`.", tidy(&pattern.to_string()))?;
        }
        _ if judges_values => {}
        _ => writeln!(text, "Attempts are repeated after the failures that the error type calls transient.")?,
    }
    match options.get(Key::OnValue).map(|entry| &entry.value) {
        Some(Value::Expression(on)) => {
            writeln!(text, "A value that `{}` finds not good enough is asked for again.", source(on))?;
        }
        Some(Value::Pattern(pattern)) => {
            writeln!(text, "A value that matches `{}` is asked for again.", tidy(&pattern.to_string()))?;
        }
        _ => {}
    }
    Ok(())
}

fn strategy_words(plan: &Plan, named: &Named) -> String {
    let mut words = named.words.to_owned();
    if named.takes.contains(&Key::Base) {
        let base = plan.base.as_ref().map_or_else(|| format!("{DEFAULT_BASE:?}"), duration_words);
        let preposition = if named.name == "constant" { "of" } else { "from" };
        let _ = write!(words, " {preposition} {base}");
    }
    if named.takes.contains(&Key::Cap) {
        let cap = match (&plan.cap, &plan.base) {
            (Some(cap), _) => Some(duration_words(cap)),
            (None, base) => forecast::default_cap(base.as_ref()).map(|cap| format!("{cap:?}")),
        };
        if let Some(cap) = cap {
            let _ = write!(words, " up to {cap}");
        }
    }
    match &plan.jitter {
        Some(Known::Literal(JitterLiteral::Full, _)) => words.push_str(", with full jitter"),
        Some(Known::Literal(JitterLiteral::Equal, _)) => words.push_str(", with equal jitter"),
        Some(Known::Literal(JitterLiteral::Ratio(ratio), _)) => {
            let _ = write!(words, ", give or take {} %", ratio * 100.0);
        }
        Some(Known::Literal(JitterLiteral::Spread(width), _)) => {
            let _ = write!(words, ", plus up to {width:?}");
        }
        Some(Known::Constant(jitter) | Known::Dynamic(jitter)) => {
            let _ = write!(words, ", with the jitter `{}`", source(jitter));
        }
        None => {}
    }
    words
}

fn duration_words(duration: &Known<Duration>) -> String {
    match duration {
        Known::Literal(duration, _) => format!("{duration:?}"),
        Known::Constant(expression) | Known::Dynamic(expression) => format!("`{}`", source(expression)),
    }
}

fn source(expression: &impl ToTokens) -> String {
    tidy(&expression.to_token_stream().to_string())
}

/// Takes out the spaces that printing tokens puts where nobody writes them.
fn tidy(tokens: &str) -> String {
    if !tokens.contains([' ', '`']) {
        return tokens.to_owned();
    }
    let mut text = tokens.to_owned();
    for (spaced, tight) in
        [(" :: ", "::"), (" . ", "."), (" (", "("), ("( ", "("), (" )", ")"), (" ,", ","), ("& ", "&"), (" ;", ";")]
    {
        text = text.replace(spaced, tight);
    }
    // `| x | body` is how a closure is printed.
    if let Some((arguments, body)) = text.strip_prefix("| ").and_then(|rest| rest.split_once(" |")) {
        text = format!("|{arguments}|{body}");
    }
    text.replace('`', "'")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::key::Macro;
    use crate::args::value::Reader;
    use crate::faults::Faults;
    use quote::quote;

    #[track_caller]
    fn check(arguments: proc_macro2::TokenStream, expected: &str) {
        let mut faults = Faults::default();
        let options = Arguments::parse(arguments, Macro::Retry, &mut faults);
        let plan = Plan::read(&options, &Reader { taken: &[] }, &mut faults);
        assert!(faults.check(Some(())).is_ok());
        let judges_values = options.get(Key::OnValue).is_some();
        let text = section(&plan, &options, judges_values);
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
             A value that `|v| v.is_none()` finds not good enough is asked for again.",
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
    fn a_policy_is_named_and_left_without_a_figure() {
        check(
            quote!(policy = self.policy, base = "1s"),
            "There are as many attempts as the policy `self.policy` says. \
             Attempts are repeated after the failures that the error type calls transient.",
        );
    }
}
