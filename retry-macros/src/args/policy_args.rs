//! The policy's keys: reads them one by one, and judges them together.
//!
//! It serves `#[retry]` and `policy!` alike and knows no function.

use crate::args::arguments::Arguments;
use crate::args::expr;
use crate::args::forecast;
use crate::args::key::Key;
use crate::args::strategy::{self, Named, STRATEGIES};
use crate::args::value::{JitterLiteral, Known, Reader, duration_tokens};
use crate::faults::{Faults, did_you_mean, listed};
use quote::{quote, quote_spanned};
use std::time::Duration;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, Token};

/// The policy's keys as far as they are known.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) policy: Option<Expr>,
    pub(crate) strategy: Option<Choice>,
    pub(crate) jitter: Option<Known<JitterLiteral>>,
    pub(crate) base: Option<Known<Duration>>,
    pub(crate) cap: Option<Known<Duration>>,
    pub(crate) factor: Option<Known<f64>>,
    pub(crate) increment: Option<Known<Duration>>,
    pub(crate) max: Option<Max>,
    pub(crate) deadline: Option<Known<Duration>>,
    pub(crate) max_hint: Option<Known<Duration>>,
}

/// The strategy that is written.
pub(crate) enum Choice {
    Named(&'static Named),
    Steps(Vec<Known<Duration>>),
    Custom(Box<Expr>),
}

/// The limit of attempts that is written.
pub(crate) enum Max {
    Attempts(Known<u32>),
    Unlimited,
}

pub(crate) const DEFAULT_BASE: Duration = Duration::from_millis(100);

impl Plan {
    /// Reads the policy's keys; each fault by itself, then those of keys together.
    pub(crate) fn read(options: &Arguments, reader: &Reader<'_>, faults: &mut Faults) -> Self {
        let mut duration = |key: Key| {
            let value = options.expression(key)?;
            let duration = reader.duration(key.name(), value, faults)?;
            if let (Known::Literal(Duration::ZERO, span), true) = (&duration, key != Key::MaxHint) {
                faults.at(*span, zero_message(key));
                return None;
            }
            Some(duration)
        };
        let base = duration(Key::Base);
        let cap = duration(Key::Cap);
        let increment = duration(Key::Increment);
        let deadline = duration(Key::Deadline);
        let max_hint = duration(Key::MaxHint);
        let plan = Self {
            policy: options.expression(Key::Policy).cloned(),
            strategy: options.expression(Key::Strategy).and_then(|value| read_strategy(value, reader, faults)),
            jitter: options.expression(Key::Jitter).and_then(|value| reader.jitter(value, faults)),
            base,
            cap,
            factor: options.expression(Key::Factor).and_then(|value| reader.factor(value, faults)),
            increment,
            max: options.expression(Key::Max).and_then(|value| read_max(value, reader, faults)),
            deadline,
            max_hint,
        };
        plan.judge(options, faults);
        plan
    }

    /// The strategy by name, where it is known which one it is.
    pub(crate) fn named(&self) -> Option<&'static Named> {
        match (&self.strategy, &self.policy) {
            (Some(Choice::Named(named)), _) => Some(named),
            (None, None) => Some(strategy::default()),
            _ => None,
        }
    }

    /// The settings that are local variables by their looks: one word in small letters.
    pub(crate) fn locals(&self) -> Vec<&Expr> {
        fn dynamic<T>(setting: Option<&Known<T>>) -> Option<&Expr> {
            match setting {
                Some(Known::Dynamic(value)) => Some(value),
                _ => None,
            }
        }
        let max = match &self.max {
            Some(Max::Attempts(max)) => Some(max),
            _ => None,
        };
        let all = [
            dynamic(self.base.as_ref()),
            dynamic(self.cap.as_ref()),
            dynamic(self.increment.as_ref()),
            dynamic(self.deadline.as_ref()),
            dynamic(self.max_hint.as_ref()),
            dynamic(max),
            dynamic(self.factor.as_ref()),
            dynamic(self.jitter.as_ref()),
        ];
        let mut locals = Vec::new();
        for value in all.into_iter().flatten() {
            if expr::name(value).is_some() {
                locals.push(value);
            }
        }
        locals
    }

    fn judge(&self, options: &Arguments, faults: &mut Faults) {
        self.judge_unused(options, faults);
        self.judge_jitter(options, faults);
        self.judge_cap(faults);
        self.judge_deadline(options, faults);
        if let (Some(Max::Unlimited), None, None, Some(entry)) =
            (&self.max, &self.deadline, &self.policy, options.get(Key::Max))
        {
            if options.get(Key::Deadline).is_none() {
                faults.at(entry.span, "unlimited attempts need an end; add a `deadline = \"30s\"`, or write a number");
            }
        }
    }

    fn judge_jitter(&self, options: &Arguments, faults: &mut Faults) {
        self.judge_jitter_of_nothing(options, faults);
        let (Some(jitter), Some(named)) = (options.get(Key::Jitter), self.named().filter(|named| named.is_random))
        else {
            return;
        };
        let message = |which: &str| {
            format!(
                "the {which} `{}` has jitter of its own; remove `jitter`, or write `strategy = \"exponential\"` beside it",
                named.name
            )
        };
        match options.get(Key::Strategy) {
            Some(strategy) => {
                faults.between(
                    jitter.span,
                    message("strategy"),
                    strategy.span,
                    "the strategy that has jitter of its own",
                );
            }
            None => faults.at(jitter.span, message("default strategy")),
        }
    }

    /// A part of no delay is none. A duration spreads retries without a delay, too.
    fn judge_jitter_of_nothing(&self, options: &Arguments, faults: &mut Faults) {
        let Some(Choice::Named(named)) = &self.strategy else { return };
        let (Some(Known::Literal(jitter, _)), Some(entry), Some(strategy)) =
            (&self.jitter, options.get(Key::Jitter), options.get(Key::Strategy))
        else {
            return;
        };
        if named.name != "immediate" || matches!(jitter, JitterLiteral::Spread(_)) {
            return;
        }
        let message = "`jitter` spreads a part of the delay, and the strategy `immediate` has none; remove it, or write a duration, such as `jitter = \"50ms\"`";
        faults.between(entry.span, message, strategy.span, "the strategy that has no delay");
    }

    fn judge_cap(&self, faults: &mut Faults) {
        let Some((cap, span)) = self.cap.as_ref().and_then(Known::literal) else { return };
        let message = |which: &str, base: Duration| {
            format!(
                "`cap` ({cap:?}) is shorter than {which}`base` ({base:?}), so no delay could reach `base`; \
                 raise `cap` or lower `base`"
            )
        };
        match (&self.base, &self.policy) {
            (Some(base), _) => {
                if let Some((base, other)) = base.literal().filter(|(base, _)| cap < *base) {
                    faults.between(span, message("", *base), other, "the `base` that `cap` is shorter than");
                }
            }
            (None, None) if self.takes(Key::Base) && *cap < DEFAULT_BASE => {
                faults.at(span, message("the default ", DEFAULT_BASE));
            }
            _ => {}
        }
    }

    fn judge_deadline(&self, options: &Arguments, faults: &mut Faults) {
        let deadline = self.deadline.as_ref().and_then(Known::literal);
        let (Some((deadline, span)), Some(first)) = (deadline, forecast::shortest_first(self)) else { return };
        if first < *deadline {
            return;
        }
        let message = format!(
            "`deadline` ({deadline:?}) ends before the first retry can begin ({first:?} after the start at the \
             earliest), so nothing would be retried; raise `deadline` or lower the first delay"
        );
        match options.get(Key::Base).or(options.get(Key::Strategy)) {
            Some(delay) => faults.between(span, message, delay.span, "the first delay comes from here"),
            None => faults.at(span, message),
        }
    }

    fn takes(&self, key: Key) -> bool {
        match &self.strategy {
            Some(Choice::Named(named)) => named.takes.contains(&key),
            Some(Choice::Steps(_) | Choice::Custom(_)) => false,
            None => self.policy.is_some() || strategy::default().takes.contains(&key),
        }
    }

    fn judge_unused(&self, options: &Arguments, faults: &mut Faults) {
        // A strategy that could not be read uses who knows what.
        if options.get(Key::Strategy).is_some() && self.strategy.is_none() {
            return;
        }
        for key in [Key::Base, Key::Cap, Key::Factor, Key::Increment] {
            let Some(entry) = options.get(key) else { continue };
            if self.takes(key) {
                continue;
            }
            let who = match &self.strategy {
                Some(Choice::Named(named)) => format!("the strategy `{}`", named.name),
                Some(Choice::Steps(_)) => "a list of delays".to_owned(),
                Some(Choice::Custom(_)) => "a strategy of your own".to_owned(),
                None => format!("the default strategy `{}`", strategy::default().name),
            };
            let takers: Vec<_> =
                STRATEGIES.iter().filter(|named| named.takes.contains(&key)).map(|named| named.name).collect();
            let advice = match takers.as_slice() {
                [one] => format!("write `strategy = \"{one}\"`"),
                _ => format!("use one of the strategies {}", listed(&takers, "\"")),
            };
            let message = format!("`{}` is not used by {who}; remove it, or {advice}", key.name());
            match options.get(Key::Strategy) {
                Some(strategy) => {
                    faults.between(
                        entry.span,
                        message,
                        strategy.span,
                        format!("the strategy that has no `{}`", key.name()),
                    );
                }
                None => faults.at(entry.span, message),
            }
        }
    }
}

fn read_strategy(value: &Expr, reader: &Reader<'_>, faults: &mut Faults) -> Option<Choice> {
    if let Some(name) = expr::text(value) {
        let found = name.value();
        let Some(named) = strategy::named(&found) else {
            let names = STRATEGIES.map(|named| named.name);
            let suggestion = match strategy::by_another_name(&found) {
                Some(name) => format!("; did you mean `{name}`?"),
                None => did_you_mean(&found, &names),
            };
            faults.on(name, format!("unknown strategy `{found}`; strategies are {}{suggestion}", listed(&names, "\"")));
            return None;
        };
        return Some(Choice::Named(named));
    }
    if let Some(literal) = expr::literal(value) {
        let found = quote!(#literal);
        faults.on(value, format!("`strategy` expects a name, a list of durations, or a value that implements `Backoff`, found `{found}`; write `strategy = \"equal_jitter\"`"));
        return None;
    }
    if let Expr::Array(list) = expr::peel(value) {
        return read_steps(value, &list.elems, reader, faults);
    }
    if let Some(name) = reader.unquoted(value, &STRATEGIES.map(|named| named.name)) {
        faults.on(value, format!("strategies are named in quotes; write `strategy = \"{name}\"`"));
        return None;
    }
    Some(Choice::Custom(Box::new(value.clone())))
}

fn read_steps(
    list: &Expr,
    entries: &Punctuated<Expr, Token![,]>,
    reader: &Reader<'_>,
    faults: &mut Faults,
) -> Option<Choice> {
    if entries.is_empty() {
        faults.on(list, "the list of delays is empty; write at least one, or `strategy = \"immediate\"`");
        return None;
    }
    let mut steps = Vec::new();
    for entry in entries {
        steps.extend(reader.step(entry, faults));
    }
    if steps.len() < entries.len() {
        return None;
    }
    if steps.iter().any(Known::is_dynamic) {
        // An array of durations is a strategy by itself.
        let steps = steps.iter().map(|step| step.tokens(duration_tokens));
        let list = quote_spanned!(list.span()=> [#(#steps),*]);
        return Some(Choice::Custom(Box::new(Expr::Verbatim(list))));
    }
    Some(Choice::Steps(steps))
}

fn read_max(value: &Expr, reader: &Reader<'_>, faults: &mut Faults) -> Option<Max> {
    if let Some(text) = expr::text(value) {
        if text.value() == "unlimited" {
            return Some(Max::Unlimited);
        }
        let advice = match text.value().parse::<u32>() {
            Ok(number) => format!("; write `max = {number}`"),
            Err(_) => did_you_mean(&text.value(), &["unlimited"]),
        };
        let message = format!(
            "`max` expects a number of attempts, or \"unlimited\" beside a `deadline`, found {:?}{advice}",
            text.value()
        );
        faults.on(text, message);
        return None;
    }
    if reader.unquoted(value, &["unlimited"]).is_some() {
        let message = "the word \"unlimited\" stands in quotes; write `max = \"unlimited\"` beside a `deadline`";
        faults.on(value, message);
        return None;
    }
    reader.count("max", u32::MAX, value, faults).map(Max::Attempts)
}

fn zero_message(key: Key) -> String {
    match key {
        Key::Base => {
            "`base` must be longer than zero; for no delay at all write `strategy = \"immediate\"` instead".to_owned()
        }
        Key::Cap => {
            "`cap` must be longer than zero; for no delay at all write `strategy = \"immediate\"` instead".to_owned()
        }
        Key::Increment => {
            "`increment` must be longer than zero; for delays that do not grow write `strategy = \"constant\"` instead"
                .to_owned()
        }
        _ => {
            format!("`{}` must be longer than zero, or there could be no retry; write `{}`", key.name(), key.example())
        }
    }
}
