//! From the policy's keys, read and judged, to what the runtime makes a policy of: text where all are literals, calls of setters where they
//! are not.
//!
//! It judges nothing; constants are handed to the runtime's checks.

use crate::args::policy_args::PolicyArgs;
use crate::args::value::{ArgValue, duration_tokens};
use crate::model::{SetterCall, SiteSettings};
use crate::paths::Paths;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use reattempt_policy::settings::DEFAULT_BASE;
use reattempt_policy::{Attempts, Jitter, Kind, Setting};
use std::time::Duration;
use syn::spanned::Spanned;

impl PolicyArgs {
    /// Turns the keys into text where all are literals and nothing asks for the policy before a failure; else into calls of setters.
    pub(crate) fn settings(&self, is_asked_before_a_failure: bool, paths: &Paths) -> SiteSettings {
        if is_asked_before_a_failure || !self.is_literal() {
            return self.setters(paths);
        }
        let notation = self.literals().notation().to_string();
        SiteSettings { notation: Some(notation), custom: self.custom.clone(), ..SiteSettings::default() }
    }

    /// Turns the keys into calls of setters.
    pub(crate) fn setters(&self, paths: &Paths) -> SiteSettings {
        let mut settings =
            SiteSettings { policy: self.policy.clone(), custom: self.custom.clone(), ..SiteSettings::default() };
        let mut add = |setter: &str, is_runtime: bool, value: TokenStream| {
            let setters = if is_runtime { &mut settings.runtime } else { &mut settings.fixed };
            setters.push(SetterCall { setter: Ident::new(setter, Span::mixed_site()), value });
        };
        let literals = self.literals();
        match literals.strategy {
            // A policy of the user's is without its strategy then.
            Some(Kind::Custom) if self.policy.is_some() => {}
            Some(kind) => add("strategy", false, self.strategy_tokens(kind, paths)),
            None => {}
        }
        let [base, cap, others @ ..] = Setting::DURATIONS;
        for setting in others.into_iter().chain([base, cap]) {
            if let Some(duration) = self.duration(setting) {
                let (check, beside) = self.beside(setting).unwrap_or_else(|| ("duration", named(setting, paths)));
                let value = checked(&duration, check, paths, Some(beside), |literal| placed(&duration, literal));
                add(setting.name(), duration.is_runtime(), value);
            }
        }
        if let Some(factor) = &self.value(Setting::Factor, literals.factor) {
            add("factor", factor.is_runtime(), checked(factor, "factor", paths, None, |factor| quote!(#factor)));
        }
        if let Some(jitter) = &self.value(Setting::Jitter, literals.jitter) {
            add("jitter", jitter.is_runtime(), jitter_value(jitter, paths));
        }
        match &self.value(Setting::Max, literals.max) {
            Some(ArgValue::Literal(Attempts::Unlimited, _)) => add("unlimited", false, TokenStream::new()),
            Some(max) => {
                let attempts = |max: &Attempts| match max {
                    Attempts::AtMost(max) => quote!(#max),
                    Attempts::Unlimited => TokenStream::new(),
                };
                add("max", max.is_runtime(), checked(max, "max", paths, None, attempts));
            }
            None => {}
        }
        settings
    }

    /// The check of a constant together with another setting, and the value of that. Of two literals the macro itself is the judge.
    fn beside(&self, setting: Setting) -> Option<(&'static str, TokenStream)> {
        match setting {
            Setting::Base => match self.duration(Setting::Cap) {
                Some(ArgValue::Literal(cap, _)) => Some(("base_below", duration_tokens(&cap))),
                _ => None,
            },
            Setting::Cap => match (self.duration(Setting::Base), &self.policy) {
                (Some(base), _) if !base.is_runtime() => Some(("cap_above", base.tokens(duration_tokens))),
                (None, None) => Some(("cap_above", duration_tokens(&Duration::from_nanos(DEFAULT_BASE)))),
                _ => None,
            },
            _ => None,
        }
    }

    fn strategy_tokens(&self, kind: Kind, paths: &Paths) -> TokenStream {
        let strategy = paths.public("Strategy");
        if kind == Kind::Steps {
            let steps = self.list.iter().map(|step| step.tokens(duration_tokens));
            return quote_spanned!(Span::mixed_site()=> #strategy::Steps(const { &[#(#steps),*] }));
        }
        let kind = if kind == Kind::Custom { Kind::Immediate } else { kind };
        let variant = Ident::new(&format!("{kind:?}"), Span::mixed_site());
        quote!(#strategy::#variant)
    }
}

/// A jitter as an expression; the type of one that is no literal is found by the runtime.
fn jitter_value(jitter: &ArgValue<Jitter>, paths: &Paths) -> TokenStream {
    let value = match jitter {
        ArgValue::Literal(literal, _) => return jitter_tokens(literal, paths),
        ArgValue::Constant(value) | ArgValue::Runtime(value) => value,
    };
    let there = Span::mixed_site().located_at(value.span());
    let typed = paths.private_at("JitterValue", there);
    // Without this trait, a value of another type would be told of twice.
    let none = paths.private("NoJitter");
    let read = Ident::new(if jitter.is_runtime() { "jitter" } else { "checked" }, there);
    let typed = quote_spanned!(there=> #typed::new(#value).#read());
    quote_spanned!(Span::mixed_site()=> { use #none as _; #typed })
}

/// A value as an expression; a constant goes through the runtime's check of that name, which is reported at the user's path.
///
/// Some checks ask what is beside the value: another one, or the setting that it is for.
pub(crate) fn checked<T>(
    value: &ArgValue<T>,
    check: &str,
    paths: &Paths,
    beside: Option<TokenStream>,
    write: impl FnOnce(&T) -> TokenStream,
) -> TokenStream {
    let ArgValue::Constant(path) = value else {
        return value.tokens(write);
    };
    let there = Span::mixed_site().located_at(path.span());
    let checks = paths.private_at("check", there);
    let beside = beside.map(|beside| quote_spanned!(there=> , #beside));
    let check = Ident::new(check, there);
    quote_spanned!(there=> #checks::#check(#path #beside))
}

/// A setting by its name: `Setting::Base`.
fn named(setting: Setting, paths: &Paths) -> TokenStream {
    let path = paths.private("Setting");
    let variant = Ident::new(&format!("{setting:?}"), Span::mixed_site());
    quote_spanned!(Span::mixed_site()=> #path::#variant)
}

/// A literal where it is written: what is wrong with it beside a constant is reported there.
fn placed(known: &ArgValue<Duration>, literal: &Duration) -> TokenStream {
    let ArgValue::Literal(_, span) = known else { return duration_tokens(literal) };
    let place = |mut token: TokenTree| {
        token.set_span(token.span().located_at(*span));
        token
    };
    duration_tokens(literal).into_iter().map(place).collect()
}

fn jitter_tokens(jitter: &Jitter, paths: &Paths) -> TokenStream {
    let path = paths.public("Jitter");
    match jitter {
        Jitter::Full => quote_spanned!(Span::mixed_site()=> #path::Full),
        Jitter::Equal => quote_spanned!(Span::mixed_site()=> #path::Equal),
        Jitter::Ratio(ratio) => quote_spanned!(Span::mixed_site()=> #path::Ratio(#ratio)),
        Jitter::Spread(width) => {
            let width = duration_tokens(width);
            quote_spanned!(Span::mixed_site()=> #path::Spread(#width))
        }
        // All kinds that a literal can be are above.
        _ => TokenStream::new(),
    }
}
