//! The policy's keys: reads them one by one, judges them together, and turns them into calls of the policy's setters.
//!
//! It serves `#[retry]` and `policy!` alike and knows no function.

use crate::faults::{Faults, did_you_mean};
use crate::model::{Setting, Settings};
use crate::options::{Key, Options, peel};
use crate::paths::Paths;
use crate::strategy::{self, Named, STRATEGIES};
use crate::value::{self, JitterLiteral, Known, Reader, duration_tokens};
use crate::wait;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use std::time::Duration;
use syn::spanned::Spanned;
use syn::{Expr, ExprArray};

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
    pub(crate) fn read(options: &Options, reader: &Reader<'_>, faults: &mut Faults) -> Self {
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

    /// The fixed settings as numbers, unless a constant or a list is among them.
    fn literals(&self) -> Option<TokenStream> {
        let name = match &self.strategy {
            None => strategy::default().name,
            Some(Choice::Named(named)) => named.name,
            Some(Choice::Custom(_)) => "immediate",
            Some(Choice::Steps(_)) => return None,
        };
        let index = STRATEGIES.iter().position(|named| named.name == name)?;
        let nanos = |duration: &Option<Known<Duration>>| match duration {
            None | Some(Known::Dynamic(_)) => Some(u64::MAX),
            Some(Known::Literal(duration, _)) => u64::try_from(duration.as_nanos()).ok(),
            Some(Known::Constant(_)) => None,
        };
        let (base, cap, increment) = (nanos(&self.base)?, nanos(&self.cap)?, nanos(&self.increment)?);
        let (deadline, max_hint) = (nanos(&self.deadline)?, nanos(&self.max_hint)?);
        let factor = match &self.factor {
            None | Some(Known::Dynamic(_)) => 0.0,
            Some(Known::Literal(factor, _)) => *factor,
            Some(Known::Constant(_)) => return None,
        };
        let max = match &self.max {
            None | Some(Max::Attempts(Known::Dynamic(_))) => 0,
            Some(Max::Attempts(Known::Literal(max, _))) => u64::from(*max),
            Some(Max::Attempts(Known::Constant(_))) => return None,
            Some(Max::Unlimited) => u64::MAX,
        };
        let (jitter, ratio, spread) = match &self.jitter {
            None | Some(Known::Dynamic(_)) => (0_u8, 0.0, u64::MAX),
            Some(Known::Constant(_)) => return None,
            Some(Known::Literal(literal, _)) => match literal {
                JitterLiteral::Full => (1, 0.0, u64::MAX),
                JitterLiteral::Equal => (2, 0.0, u64::MAX),
                JitterLiteral::Ratio(ratio) => (3, *ratio, u64::MAX),
                JitterLiteral::Spread(width) => (4, 0.0, u64::try_from(width.as_nanos()).ok()?),
            },
        };
        let nanos = [base, cap, increment, deadline, max_hint, spread];
        Some(quote_spanned!(Span::mixed_site()=> #index, #jitter, #ratio, [#(#nanos),*], #factor, #max))
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
        let durations = [&self.base, &self.cap, &self.increment, &self.deadline, &self.max_hint];
        let others = [dynamic(max), dynamic(self.factor.as_ref()), dynamic(self.jitter.as_ref())];
        let all = durations.map(|duration| dynamic(duration.as_ref())).into_iter().chain(others).flatten();
        all.filter(|value| matches!(peel(value), Expr::Path(path) if path.path.get_ident().is_some())).collect()
    }

    fn judge(&self, options: &Options, faults: &mut Faults) {
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

    fn judge_jitter(&self, options: &Options, faults: &mut Faults) {
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

    fn judge_deadline(&self, options: &Options, faults: &mut Faults) {
        let deadline = self.deadline.as_ref().and_then(Known::literal);
        let (Some((deadline, span)), Some(first)) = (deadline, wait::shortest_first(self)) else { return };
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

    fn judge_unused(&self, options: &Options, faults: &mut Faults) {
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
                _ => format!("use one of the strategies {}", quoted(&takers)),
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

    /// Turns the keys into calls of setters, in the table's order.
    pub(crate) fn settings(&self, paths: &Paths) -> Settings {
        let mut settings = Settings { policy: self.policy.clone(), ..Settings::default() };
        let mut add = |setter: &str, value: TokenStream, is_dynamic: bool| {
            let setting = Setting { setter: Ident::new(setter, Span::mixed_site()), value };
            if is_dynamic {
                settings.dynamic.push(setting);
            } else {
                settings.fixed.push(setting);
            }
        };
        match &self.strategy {
            Some(Choice::Named(named)) => {
                let strategy = paths.public("Strategy");
                let variant = Ident::new(named.variant, Span::mixed_site());
                add("strategy", quote!(#strategy::#variant), false);
            }
            Some(Choice::Steps(steps)) => {
                let strategy = paths.public("Strategy");
                let steps = steps.iter().map(|step| step.tokens(duration_tokens));
                add("strategy", quote_spanned!(Span::mixed_site()=> #strategy::Steps(const { &[#(#steps),*] })), false);
            }
            Some(Choice::Custom(_)) if self.policy.is_some() => add("custom", TokenStream::new(), false),
            Some(Choice::Custom(_)) => {
                let strategy = paths.public("Strategy");
                add("strategy", quote_spanned!(Span::mixed_site()=> #strategy::Immediate), false);
            }
            None => {}
        }
        for (key, duration) in
            [(Key::Increment, &self.increment), (Key::Deadline, &self.deadline), (Key::MaxHint, &self.max_hint)]
        {
            if let Some(duration) = duration {
                add(key.name(), checked(duration, key.name(), paths, None, duration_tokens), duration.is_dynamic());
            }
        }
        if let Some(base) = &self.base {
            // Of two literals the macro itself is the judge; one constant among them makes it the compiler's turn.
            let cap = self.cap.as_ref().filter(|cap| !cap.is_dynamic() && cap.literal().is_some());
            let cap = cap.map(|cap| ("base_below", cap.tokens(duration_tokens)));
            add("base", checked(base, "base", paths, cap, duration_tokens), base.is_dynamic());
        }
        if let Some(cap) = &self.cap {
            let base = match (&self.base, &self.policy) {
                (Some(base), _) if !base.is_dynamic() => Some(base.tokens(duration_tokens)),
                (None, None) => Some(duration_tokens(&DEFAULT_BASE)),
                _ => None,
            };
            let base = base.map(|base| ("cap_above", base));
            add("cap", checked(cap, "cap", paths, base, duration_tokens), cap.is_dynamic());
        }
        if let Some(factor) = &self.factor {
            let value = checked(factor, "factor", paths, None, |factor| quote!(#factor));
            add("factor", value, factor.is_dynamic());
        }
        if let Some(jitter) = &self.jitter {
            let value = match jitter {
                Known::Literal(literal, _) => jitter_tokens(literal, paths),
                Known::Constant(value) | Known::Dynamic(value) => {
                    let there = Span::mixed_site().located_at(value.span());
                    let typed = paths.private_at("JitterValue", there);
                    // Without this trait, a value of another type would be told of twice.
                    let none = paths.private("NoJitter");
                    let read = Ident::new(if jitter.is_dynamic() { "jitter" } else { "checked" }, there);
                    let typed = quote_spanned!(there=> #typed::new(#value).#read());
                    quote_spanned!(Span::mixed_site()=> { use #none as _; #typed })
                }
            };
            add("jitter", value, jitter.is_dynamic());
        }
        match &self.max {
            Some(Max::Attempts(max)) => {
                add("max", checked(max, "max", paths, None, |max| quote!(#max)), max.is_dynamic());
            }
            Some(Max::Unlimited) => add("unlimited", TokenStream::new(), false),
            None => {}
        }
        settings.literals = self.literals();
        if let Some(Choice::Custom(expression)) = &self.strategy {
            settings.custom = Some((**expression).clone());
        }
        settings
    }
}

/// A value as an expression; a constant goes through the runtime's check of that name, which is reported at the user's path.
///
/// With another value beside it, the check of both is taken.
pub(crate) fn checked<T>(
    value: &Known<T>,
    check: &str,
    paths: &Paths,
    beside: Option<(&str, TokenStream)>,
    write: impl FnOnce(&T) -> TokenStream,
) -> TokenStream {
    let Known::Constant(path) = value else {
        return value.tokens(write);
    };
    let there = Span::mixed_site().located_at(path.span());
    let checks = paths.private_at("check", there);
    let (check, beside) = match beside {
        Some((check, beside)) => (check, Some(quote_spanned!(there=> , #beside))),
        None => (check, None),
    };
    let check = Ident::new(check, there);
    quote_spanned!(there=> #checks::#check(#path #beside))
}

fn jitter_tokens(jitter: &JitterLiteral, paths: &Paths) -> TokenStream {
    let path = paths.public("Jitter");
    match jitter {
        JitterLiteral::Full => quote_spanned!(Span::mixed_site()=> #path::Full),
        JitterLiteral::Equal => quote_spanned!(Span::mixed_site()=> #path::Equal),
        JitterLiteral::Ratio(ratio) => quote_spanned!(Span::mixed_site()=> #path::Ratio(#ratio)),
        JitterLiteral::Spread(width) => {
            let width = duration_tokens(width);
            quote_spanned!(Span::mixed_site()=> #path::Spread(#width))
        }
    }
}

fn read_strategy(value: &Expr, reader: &Reader<'_>, faults: &mut Faults) -> Option<Choice> {
    if let Some(name) = value::text(value) {
        let found = name.value();
        let Some(named) = strategy::named(&found) else {
            let names = STRATEGIES.map(|named| named.name);
            let suggestion = did_you_mean(&found, names);
            faults.on(name, format!("unknown strategy `{found}`; strategies are {}{suggestion}", quoted(&names)));
            return None;
        };
        return Some(Choice::Named(named));
    }
    if value::literal(value).is_some() {
        faults.on(value, "`strategy` expects a name such as \"equal_jitter\", a list of durations, or a value that implements `Backoff`");
        return None;
    }
    if let Expr::Array(array) = peel(value) {
        return read_steps(array, reader, faults);
    }
    if let Some(name) = unquoted(value, reader) {
        faults.on(value, format!("strategies are named in quotes; write `strategy = \"{name}\"`"));
        return None;
    }
    Some(Choice::Custom(Box::new(value.clone())))
}

/// The strategy's name where it is written without quotes, and no argument has that name.
fn unquoted(value: &Expr, reader: &Reader<'_>) -> Option<&'static str> {
    let Expr::Path(path) = peel(value) else { return None };
    let word = path.path.get_ident()?.to_string();
    let is_argument = reader.taken.contains(&word);
    strategy::named(&word).filter(|_| !is_argument).map(|named| named.name)
}

fn read_steps(array: &ExprArray, reader: &Reader<'_>, faults: &mut Faults) -> Option<Choice> {
    if array.elems.is_empty() {
        faults.on(array, "the list of delays is empty; write at least one, or `strategy = \"immediate\"`");
        return None;
    }
    let steps: Vec<_> = array.elems.iter().map(|element| reader.step(element, faults)).collect();
    let steps: Vec<_> = steps.into_iter().collect::<Option<_>>()?;
    if steps.iter().any(Known::is_dynamic) {
        // An array of durations is a strategy by itself.
        let steps = steps.iter().map(|step| step.tokens(duration_tokens));
        let span = array.bracket_token.span.join();
        return Some(Choice::Custom(Box::new(syn::parse_quote_spanned!(span=> [#(#steps),*]))));
    }
    Some(Choice::Steps(steps))
}

fn read_max(value: &Expr, reader: &Reader<'_>, faults: &mut Faults) -> Option<Max> {
    if let Some(text) = value::text(value) {
        if text.value() == "unlimited" {
            return Some(Max::Unlimited);
        }
        let advice = match text.value().parse::<u32>() {
            Ok(number) => format!("; write `max = {number}`"),
            Err(_) => did_you_mean(&text.value(), ["unlimited"]),
        };
        let message = format!(
            "`max` expects a number of attempts, or \"unlimited\" beside a `deadline`, found {:?}{advice}",
            text.value()
        );
        faults.on(text, message);
        return None;
    }
    reader.count("max", value, faults).map(Max::Attempts)
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

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}
