//! The "Retries" section of an annotated function's documentation, in words that a caller understands.
//!
//! It tells what literals tell; for all else it names the expression.

use crate::options::{Key, Options, Value};
use crate::plan::{Choice, DEFAULT_BASE, Max, Plan};
use crate::strategy::Named;
use crate::value::{JitterLiteral, Known};
use quote::ToTokens;
use std::fmt::Write;
use std::time::Duration;
use syn::Attribute;

/// Whether a function has documentation that a section can join.
pub(crate) fn has_docs(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| attr.path().is_ident("doc"))
}

/// Writes the section.
pub(crate) fn section(plan: &Plan, options: &Options, judges_values: bool) -> String {
    let mut text = String::from("\n# Retries\n\n");
    let result = write_section(&mut text, plan, options, judges_values);
    // Writing to a string does not fail.
    debug_assert!(result.is_ok());
    text
}

fn write_section(text: &mut String, plan: &Plan, options: &Options, judges_values: bool) -> std::fmt::Result {
    match (&plan.max, &plan.policy) {
        (Some(Max::Unlimited), _) => write!(text, "Attempts are not limited in number")?,
        (Some(Max::Attempts(Known::Literal(1, _))), _) => write!(text, "There is one attempt")?,
        (Some(Max::Attempts(Known::Literal(max, _))), _) => write!(text, "There are at most {max} attempts")?,
        (Some(Max::Attempts(Known::Constant(max) | Known::Dynamic(max))), _) => {
            write!(text, "There are at most `{}` attempts", source(max))?;
        }
        (None, Some(policy)) => write!(
            text,
            "There are as many attempts as the policy `{}` says",
            source(policy)
        )?,
        (None, None) => write!(text, "There are at most {} attempts", default_attempts(plan))?,
    }
    match (&plan.strategy, &plan.policy) {
        (Some(Choice::Custom(custom)), _) => writeln!(text, ", with the delays that `{}` chooses.", source(custom))?,
        (Some(Choice::Steps(steps)), _) => {
            let steps: Vec<String> = steps.iter().map(duration_words).collect();
            writeln!(text, ", with delays of {}.", steps.join(", "))?;
        }
        _ => match plan.named() {
            Some(named) => writeln!(text, ", with {}.", strategy_words(plan, named))?,
            None => writeln!(text, ".")?,
        },
    }
    if let Some(longest) = longest_wait(plan) {
        if longest > Duration::ZERO {
            writeln!(
                text,
                "Between attempts it waits {longest:?} in all at worst, longer only where a server asks for it."
            )?;
        }
    }
    if let Some(deadline) = &plan.deadline {
        let deadline = duration_words(deadline);
        writeln!(
            text,
            "No attempt begins later than {deadline} after the call began; an attempt under way is not cut short."
        )?;
    }
    writeln!(text)?;
    let on = options.get(Key::On).map(|entry| &entry.value);
    match on {
        Some(Value::Expression(on)) => {
            writeln!(
                text,
                "Attempts are repeated after the failures that `{}` finds transient.",
                source(on)
            )?;
        }
        Some(Value::Pattern(pattern)) => {
            writeln!(
                text,
                "Attempts are repeated after failures that match `{}`.",
                tidy(&pattern.to_string())
            )?;
        }
        _ if judges_values => {}
        _ => writeln!(
            text,
            "Attempts are repeated after the failures that the error type calls transient."
        )?,
    }
    match options.get(Key::OnValue).map(|entry| &entry.value) {
        Some(Value::Expression(on)) => {
            writeln!(
                text,
                "A value that `{}` finds not good enough is asked for again.",
                source(on)
            )?;
        }
        Some(Value::Pattern(pattern)) => {
            writeln!(
                text,
                "A value that matches `{}` is asked for again.",
                tidy(&pattern.to_string())
            )?;
        }
        _ => {}
    }
    Ok(())
}

fn strategy_words(plan: &Plan, named: &Named) -> String {
    let mut words = named.words.to_owned();
    if named.takes.contains(&Key::Base) {
        let base = plan
            .base
            .as_ref()
            .map_or_else(|| format!("{DEFAULT_BASE:?}"), duration_words);
        let preposition = if named.name == "constant" { "of" } else { "from" };
        let _ = write!(words, " {preposition} {base}");
    }
    if named.takes.contains(&Key::Cap) {
        let cap = match (&plan.cap, &plan.base) {
            (Some(cap), _) => Some(duration_words(cap)),
            (None, base) => cap_default(base.as_ref()).map(|cap| format!("{cap:?}")),
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

const DEFAULT_CAP: Duration = Duration::from_secs(10);

fn cap_default(base: Option<&Known<Duration>>) -> Option<Duration> {
    match base {
        None => Some(DEFAULT_CAP),
        Some(base) => base.literal().map(|(base, _)| DEFAULT_CAP.max(*base)),
    }
}

fn default_attempts(plan: &Plan) -> u32 {
    match &plan.strategy {
        Some(Choice::Steps(steps)) => u32::try_from(steps.len()).unwrap_or(u32::MAX).saturating_add(1),
        _ => 3,
    }
}

/// The sum of the longest delays before all retries, where literals tell it.
///
/// It adds up delay by delay until the delay stops growing, and multiplies from there on.
fn longest_wait(plan: &Plan) -> Option<Duration> {
    if plan.policy.is_some() {
        return None;
    }
    let attempts = match &plan.max {
        None => default_attempts(plan),
        Some(Max::Attempts(max)) => *max.literal()?.0,
        Some(Max::Unlimited) => return None,
    };
    let mut total = Duration::ZERO;
    let mut last = None;
    for retry in 1..attempts {
        let delay = longest_delay(plan, retry)?;
        if last == Some(delay) && retry > 64 {
            return Some(total.saturating_add(delay.saturating_mul(attempts - retry)));
        }
        total = total.saturating_add(delay);
        last = Some(delay);
        if retry > 10_000 {
            return None;
        }
    }
    Some(total)
}

/// The longest delay before one retry, where literals tell it; rounded up to a millisecond where the rule is not a whole number.
fn longest_delay(plan: &Plan, retry: u32) -> Option<Duration> {
    if let Some(Choice::Steps(steps)) = &plan.strategy {
        let index = usize::try_from(retry)
            .ok()?
            .saturating_sub(1)
            .min(steps.len().saturating_sub(1));
        return with_jitter(plan, *steps.get(index)?.literal()?.0, Duration::MAX);
    }
    let named = plan.named()?;
    let base = plan
        .base
        .as_ref()
        .map_or(Some(DEFAULT_BASE), |base| base.literal().map(|(base, _)| *base))?;
    let cap = match &plan.cap {
        Some(cap) => *cap.literal()?.0,
        None => cap_default(plan.base.as_ref())?,
    };
    let grown = |times: f64| {
        let nanos = base.as_nanos() as f64 * times;
        if nanos >= cap.as_nanos() as f64 {
            cap
        } else {
            Duration::from_nanos(nanos.ceil() as u64)
        }
    };
    let nominal = match named.name {
        "immediate" => return Some(Duration::ZERO),
        "constant" => return with_jitter(plan, base, Duration::MAX),
        "linear" => {
            let increment = plan
                .increment
                .as_ref()
                .map_or(Some(base), |increment| increment.literal().map(|(value, _)| *value))?;
            base.saturating_add(increment.saturating_mul(retry - 1)).min(cap)
        }
        "fibonacci" => {
            let (mut this, mut next) = (0.0_f64, 1.0_f64);
            for _ in 0..retry.min(1_000) {
                (this, next) = (next, this + next);
            }
            grown(this)
        }
        "decorrelated_jitter" => grown(3_f64.powf(f64::from(retry))),
        "decorrelated_jitter_v2" => {
            let t = f64::from(retry);
            grown(t.exp2() * (4.0 * t).sqrt().tanh() / 1.4)
        }
        _ => {
            let factor = plan
                .factor
                .as_ref()
                .map_or(Some(2.0), |factor| factor.literal().map(|(factor, _)| *factor))?;
            grown(factor.powf(f64::from(retry - 1)))
        }
    };
    with_jitter(plan, nominal, cap)
}

fn with_jitter(plan: &Plan, nominal: Duration, cap: Duration) -> Option<Duration> {
    match &plan.jitter {
        None => Some(nominal),
        Some(jitter) => Some(match jitter.literal()?.0 {
            JitterLiteral::Full | JitterLiteral::Equal => nominal,
            JitterLiteral::Ratio(ratio) => nominal.mul_f64(1.0 + ratio).min(cap),
            JitterLiteral::Spread(width) => nominal.saturating_add(*width).min(cap),
        }),
    }
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
    let mut text = tokens.to_owned();
    for (spaced, tight) in [
        (" :: ", "::"),
        (" . ", "."),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" ,", ","),
        ("& ", "&"),
        (" ;", ";"),
    ] {
        text = text.replace(spaced, tight);
    }
    text.replace('`', "'")
}
