//! From the policy's keys, read and judged, to what the runtime makes a policy of: numbers where all are literals, calls of setters
//! where they are not.
//!
//! It judges nothing; constants are handed to the runtime's checks.

use crate::args::key::Key;
use crate::args::policy_args::{Choice, DEFAULT_BASE, Max, Plan};
use crate::args::strategy::{self, STRATEGIES};
use crate::args::value::{JitterLiteral, Known, duration_tokens};
use crate::model::{ABSENT, Literals, Setting, Settings};
use crate::paths::Paths;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use std::time::Duration;
use syn::spanned::Spanned;

impl Plan {
    /// Turns the keys into numbers, and into calls of setters where these do not do.
    pub(crate) fn settings(&self, paths: &Paths) -> Settings {
        self.written(self.literals(), paths)
    }

    /// Turns the keys into calls of setters, in the table's order.
    pub(crate) fn setters(&self, paths: &Paths) -> Settings {
        self.written(None, paths)
    }

    fn written(&self, literals: Option<Literals>, paths: &Paths) -> Settings {
        let mut settings = Settings { policy: self.policy.clone(), literals, ..Settings::default() };
        // Numbers stand for the setters of what is fixed, except where they are laid over a policy of the user's.
        let has_setters = settings.literals.is_none() || settings.policy.is_some();
        let mut add = |setter: &str, is_dynamic: bool, value: &dyn Fn() -> TokenStream| {
            let place = if is_dynamic { &mut settings.dynamic } else { &mut settings.fixed };
            if is_dynamic || has_setters {
                place.push(Setting { setter: Ident::new(setter, Span::mixed_site()), value: value() });
            }
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

    /// The fixed settings as numbers, unless a constant or a list is among them.
    fn literals(&self) -> Option<Literals> {
        let name = match &self.strategy {
            None => strategy::default().name,
            Some(Choice::Named(named)) => named.name,
            Some(Choice::Custom(_)) => "immediate",
            Some(Choice::Steps(_)) => return None,
        };
        let strategy = STRATEGIES.iter().position(|named| named.name == name)?;
        let nanos = |duration: &Option<Known<Duration>>| match duration {
            None | Some(Known::Dynamic(_)) => Some(ABSENT),
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
            None | Some(Known::Dynamic(_)) => (0_u8, 0.0, ABSENT),
            Some(Known::Constant(_)) => return None,
            Some(Known::Literal(literal, _)) => match literal {
                JitterLiteral::Full => (1, 0.0, ABSENT),
                JitterLiteral::Equal => (2, 0.0, ABSENT),
                JitterLiteral::Ratio(ratio) => (3, *ratio, ABSENT),
                JitterLiteral::Spread(width) => (4, 0.0, u64::try_from(width.as_nanos()).ok()?),
            },
        };
        let nanos = [base, cap, increment, deadline, max_hint, spread];
        Some(Literals { strategy, jitter, ratio, nanos, factor, max })
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
