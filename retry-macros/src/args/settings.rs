//! From the policy's keys, read and judged, to what the runtime makes a policy of: text where all are literals, calls of setters where they
//! are not.
//!
//! It judges nothing; constants are handed to the runtime's checks.

use crate::args::key::Key;
use crate::args::policy_args::{Choice, DEFAULT_BASE, Max, Plan};
use crate::args::value::{JitterLiteral, Known, duration_tokens};
use crate::model::{Setting, Settings};
use crate::paths::Paths;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use reattempt_policy::{Attempts, Jitter, Kind, Settings as PolicySettings, nanos};
use std::time::Duration;
use syn::spanned::Spanned;

impl Plan {
    /// Turns the keys into text where all are literals and nothing asks for the policy before a failure; else into calls of setters.
    pub(crate) fn settings(&self, is_asked_before_a_failure: bool, paths: &Paths) -> Settings {
        let notation = if is_asked_before_a_failure { None } else { self.notation() };
        match notation {
            Some(notation) => {
                let custom = match &self.strategy {
                    Some(Choice::Custom(expression)) => Some((**expression).clone()),
                    _ => None,
                };
                Settings { notation: Some(notation), custom, ..Settings::default() }
            }
            None => self.setters(paths),
        }
    }

    /// Turns the keys into calls of setters, in the table's order.
    pub(crate) fn setters(&self, paths: &Paths) -> Settings {
        let mut settings = Settings { policy: self.policy.clone(), ..Settings::default() };
        let mut add = |setter: &str, is_dynamic: bool, value: &dyn Fn() -> TokenStream| {
            let place = if is_dynamic { &mut settings.dynamic } else { &mut settings.fixed };
            place.push(Setting { setter: Ident::new(setter, Span::mixed_site()), value: value() });
        };
        let strategy = paths.public("Strategy");
        match &self.strategy {
            Some(Choice::Named(named)) => add("strategy", false, &|| {
                let variant = Ident::new(named.variant, Span::mixed_site());
                quote!(#strategy::#variant)
            }),
            Some(Choice::Steps(steps)) => add("strategy", false, &|| {
                let steps = steps.iter().map(|step| step.tokens(duration_tokens));
                quote_spanned!(Span::mixed_site()=> #strategy::Steps(const { &[#(#steps),*] }))
            }),
            Some(Choice::Custom(_)) if self.policy.is_some() => add("custom", false, &TokenStream::new),
            Some(Choice::Custom(_)) => {
                add("strategy", false, &|| quote_spanned!(Span::mixed_site()=> #strategy::Immediate));
            }
            None => {}
        }
        for (key, duration) in
            [(Key::Increment, &self.increment), (Key::Deadline, &self.deadline), (Key::MaxHint, &self.max_hint)]
        {
            if let Some(duration) = duration {
                add(key.name(), duration.is_dynamic(), &|| {
                    checked(duration, key.name(), paths, None, |literal| placed(duration, literal))
                });
            }
        }
        if let Some(base) = &self.base {
            add("base", base.is_dynamic(), &|| {
                // Of two literals the macro itself is the judge; one constant among them makes it the compiler's turn.
                let cap = self.cap.as_ref().filter(|cap| !cap.is_dynamic() && cap.literal().is_some());
                let cap = cap.map(|cap| ("base_below", cap.tokens(duration_tokens)));
                checked(base, "base", paths, cap, duration_tokens)
            });
        }
        if let Some(cap) = &self.cap {
            add("cap", cap.is_dynamic(), &|| {
                let base = match (&self.base, &self.policy) {
                    (Some(base), _) if !base.is_dynamic() => Some(base.tokens(duration_tokens)),
                    (None, None) => Some(duration_tokens(&DEFAULT_BASE)),
                    _ => None,
                };
                let base = base.map(|base| ("cap_above", base));
                checked(cap, "cap", paths, base, duration_tokens)
            });
        }
        if let Some(factor) = &self.factor {
            add("factor", factor.is_dynamic(), &|| checked(factor, "factor", paths, None, |factor| quote!(#factor)));
        }
        if let Some(jitter) = &self.jitter {
            add("jitter", jitter.is_dynamic(), &|| match jitter {
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
            });
        }
        match &self.max {
            Some(Max::Attempts(max)) => {
                add("max", max.is_dynamic(), &|| checked(max, "max", paths, None, |max| quote!(#max)));
            }
            Some(Max::Unlimited) => add("unlimited", false, &TokenStream::new),
            None => {}
        }
        if let Some(Choice::Custom(expression)) = &self.strategy {
            settings.custom = Some((**expression).clone());
        }
        settings
    }

    /// The settings as text, where all of them are literals.
    fn notation(&self) -> Option<String> {
        let steps = match &self.strategy {
            Some(Choice::Steps(steps)) => steps.iter().map(|step| step.literal().map(|(step, _)| *step)).collect(),
            _ => Some(Vec::new()),
        }?;
        let strategy = match &self.strategy {
            None => None,
            Some(Choice::Named(named)) => Kind::from_name(named.name),
            Some(Choice::Custom(_)) => Some(Kind::Custom),
            Some(Choice::Steps(_)) => Some(Kind::Steps),
        };
        let jitter = literal(self.jitter.as_ref())?.map(|jitter| match jitter {
            JitterLiteral::Full => Jitter::Full,
            JitterLiteral::Equal => Jitter::Equal,
            JitterLiteral::Ratio(ratio) => Jitter::Ratio(*ratio),
            JitterLiteral::Spread(width) => Jitter::Spread(*width),
        });
        let max = match &self.max {
            None => None,
            Some(Max::Attempts(attempts)) => Some(Attempts::AtMost(*attempts.literal()?.0)),
            Some(Max::Unlimited) => Some(Attempts::Unlimited),
        };
        let nanos = |duration: &Option<Known<Duration>>| {
            literal(duration.as_ref()).map(|duration| duration.copied().map(nanos::from_duration))
        };
        let settings = PolicySettings {
            strategy,
            steps: &steps,
            jitter,
            base: nanos(&self.base)?,
            cap: nanos(&self.cap)?,
            factor: literal(self.factor.as_ref())?.copied(),
            increment: nanos(&self.increment)?,
            max,
            deadline: nanos(&self.deadline)?,
            max_hint: nanos(&self.max_hint)?,
        };
        self.policy.is_none().then(|| settings.notation().to_string())
    }
}

/// A literal, or nothing where nothing is written; `None` for what is no literal.
fn literal<T>(value: Option<&Known<T>>) -> Option<Option<&T>> {
    match value {
        None => Some(None),
        Some(value) => value.literal().map(|(literal, _)| Some(literal)),
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

/// A literal where it is written: what is wrong with it beside a constant is reported there.
fn placed(known: &Known<Duration>, literal: &Duration) -> TokenStream {
    let Known::Literal(_, span) = known else { return duration_tokens(literal) };
    let place = |mut token: TokenTree| {
        token.set_span(token.span().located_at(*span));
        token
    };
    duration_tokens(literal).into_iter().map(place).collect()
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
