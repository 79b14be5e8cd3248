//! Writes the policy's keys for the runtime: as text if all are literals, and otherwise as calls of the builder's
//! setters.
//!
//! It judges nothing. Constants go through the runtime's check.

use crate::args::policy_args::{OtherSetting, PolicyArgs};
use crate::model::SiteSettings;
use crate::paths::Paths;
use crate::syntax::duration_tokens;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use reattempt_policy::{Attempts, Deadline, Jitter, Kind, Setting, Settings};
use std::time::Duration;
use syn::Expr;
use syn::spanned::Spanned;

impl PolicyArgs {
    /// Returns the settings as text if all are literals and nothing needs the policy before a failure. Otherwise as calls of setters.
    pub(crate) fn settings(&self, is_asked_before_a_failure: bool, paths: &Paths) -> SiteSettings {
        if is_asked_before_a_failure || !self.is_literal() {
            return self.setters(paths);
        }
        let notation = self.literals().notation();
        SiteSettings { notation: Some(notation), custom: self.custom.clone(), ..SiteSettings::default() }
    }

    /// Returns the settings as calls of setters.
    pub(crate) fn setters(&self, paths: &Paths) -> SiteSettings {
        let mut literals = self.literals();
        if self.other(Setting::Cap).is_some_and(|cap| !cap.is_runtime) && self.knows(Setting::Base) {
            // The constant is also checked against the default.
            literals.base = Some(literals.base());
        }
        // Literals come first, since a constant is checked against the settings before it.
        let literals = Setting::ALL.into_iter().filter_map(|setting| self.literal_setter(&literals, setting, paths));
        let policy = paths.public("Policy");
        let mut settings = SiteSettings {
            policy: self.policy.clone(),
            custom: self.custom.clone(),
            fixed: quote_spanned!(Span::mixed_site()=> #policy::builder() #(#literals)*),
            end: self.deadline.or_else(|| self.other(Setting::FinalAttempt).map(|flag| flag.expression.span())),
            ..SiteSettings::default()
        };
        for OtherSetting { setting, expression, is_runtime } in &self.others {
            let there = Span::mixed_site().located_at(expression.span());
            let argument = match setting {
                Setting::Jitter => jitter_value(expression, paths),
                _ => expression.to_token_stream(),
            };
            let call = setter(setting.name(), &argument, there);
            if *is_runtime {
                settings.runtime.extend(call);
            } else {
                let (check, before) = (paths.private_at("check", there), settings.fixed);
                settings.fixed = quote_spanned!(there=> #check::constant(#before #call));
            }
        }
        settings
    }

    fn literal_setter(&self, literals: &Settings<'_>, setting: Setting, paths: &Paths) -> Option<TokenStream> {
        let (name, argument) = match setting {
            Setting::Strategy => match literals.strategy? {
                Kind::Custom => ("custom", TokenStream::new()),
                kind => ("strategy", self.strategy_tokens(kind, paths)),
            },
            Setting::Jitter => ("jitter", jitter_tokens(literals.jitter?, paths)),
            Setting::FinalAttempt => ("final_attempt", literals.final_attempt?.to_token_stream()),
            Setting::Factor => ("factor", literals.factor?.to_token_stream()),
            Setting::Max => match literals.max? {
                Attempts::AtMost(attempts) => ("max", attempts.to_token_stream()),
                Attempts::Unlimited => ("unlimited", TokenStream::new()),
            },
            Setting::Deadline => match literals.deadline? {
                Deadline::After(nanos) => ("deadline", duration_tokens(&Duration::from_nanos(nanos))),
                Deadline::Never => ("no_deadline", TokenStream::new()),
            },
            duration => (duration.name(), duration_tokens(&Duration::from_nanos(literals.nanos(duration)?))),
        };
        Some(setter(name, &argument, Span::mixed_site()))
    }

    fn strategy_tokens(&self, kind: Kind, paths: &Paths) -> TokenStream {
        let strategy = paths.public("Strategy");
        if kind == Kind::Steps {
            let steps = self.list.iter().map(|step| step.tokens(duration_tokens));
            return quote_spanned!(Span::mixed_site()=> #strategy::Steps(const { &[#(#steps),*] }));
        }
        let variant = Ident::new(&format!("{kind:?}"), Span::mixed_site());
        quote!(#strategy::#variant)
    }
}

/// Returns `.setter(argument)`.
fn setter(name: &str, argument: &TokenStream, there: Span) -> TokenStream {
    let setter = Ident::new(name, there);
    quote_spanned!(there=> .#setter(#argument))
}

/// Returns a jitter that is not a literal. The runtime finds its type: `{ use NoJitter as _; JitterValue::new(JITTER).jitter() }`
fn jitter_value(value: &Expr, paths: &Paths) -> TokenStream {
    let there = Span::mixed_site().located_at(value.span());
    let typed = paths.private_at("JitterValue", there);
    // Without this trait, a value of another type would be reported twice.
    let none = paths.private("NoJitter");
    let typed = quote_spanned!(there=> #typed::new(#value).jitter());
    quote_spanned!(Span::mixed_site()=> { use #none as _; #typed })
}

fn jitter_tokens(jitter: Jitter, paths: &Paths) -> TokenStream {
    let path = paths.public("Jitter");
    match jitter {
        Jitter::Ratio(ratio) => quote_spanned!(Span::mixed_site()=> #path::Ratio(#ratio)),
        Jitter::Spread(width) => {
            let width = duration_tokens(&width);
            quote_spanned!(Span::mixed_site()=> #path::Spread(#width))
        }
        named => {
            let variant = Ident::new(&format!("{named:?}"), Span::mixed_site());
            quote_spanned!(Span::mixed_site()=> #path::#variant)
        }
    }
}
