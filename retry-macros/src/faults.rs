//! Faults: collects errors, so that all faults of an attribute are reported together.
//!
//! It knows no key and no rule. It is the one place that cuts what messages show of the user's code.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use reattempt_policy::parse_error::excerpt;
use std::borrow::Cow;
use std::fmt::Display;
use syn::spanned::Spanned;

/// The faults found so far.
#[derive(Default)]
pub(crate) struct Faults(Option<syn::Error>);

impl Faults {
    /// Adds a fault at one token.
    pub(crate) fn at(&mut self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message.to_string()));
    }

    /// Adds a fault with two places: the message at the place to change, an explanation at the other.
    pub(crate) fn between(&mut self, span: Span, message: impl Display, other: Span, explanation: impl Display) {
        self.at(span, message);
        self.at(other, explanation);
    }

    /// Adds a fault that covers several tokens.
    pub(crate) fn on(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(spanning(tokens, message));
    }

    /// Adds a fault.
    pub(crate) fn push(&mut self, fault: syn::Error) {
        for fault in fault {
            let message = fault.to_string();
            let shown = cut(&message);
            let fault = if shown == message { fault } else { syn::Error::new(fault.span(), shown) };
            match &mut self.0 {
                Some(faults) => faults.combine(fault),
                none => *none = Some(fault),
            }
        }
    }

    /// Returns whether there are no faults.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Returns the value of a result, or adds its fault.
    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|fault| self.push(fault)).ok()
    }

    /// Returns the value if there are no faults, and else all faults as one error.
    pub(crate) fn result<T>(self, value: T) -> syn::Result<T> {
        self.0.map_or(Ok(value), Err)
    }

    /// Returns the value if there are no faults, and else the faults as tokens.
    pub(crate) fn check<T>(self, value: Option<T>) -> Result<T, TokenStream> {
        match (self.0, value) {
            (None, Some(value)) => Ok(value),
            (Some(faults), _) => Err(faults.into_compile_error()),
            // `None` comes with a fault. This is in case it does not.
            (None, None) => {
                Err(syn::Error::new(Span::call_site(), "this attribute cannot be used here").into_compile_error())
            }
        }
    }
}

/// Returns a fault that covers these tokens.
pub(crate) fn spanning(tokens: impl ToTokens, message: impl Display) -> syn::Error {
    syn::Error::new_spanned(visible(tokens), message)
}

/// Returns the place of a fault that is about these tokens.
pub(crate) fn place(tokens: impl ToTokens) -> Span {
    visible(tokens).span()
}

/// Returns the tokens without the invisible groups around all of them. `macro_rules!` puts a value of its caller into such a group, whose
/// span is that of `$value`. The tokens inside have the places where the caller wrote them.
fn visible(tokens: impl ToTokens) -> TokenStream {
    let mut visible = tokens.into_token_stream();
    loop {
        let mut inside = visible.clone().into_iter();
        match (inside.next(), inside.next()) {
            (Some(TokenTree::Group(group)), None)
                if group.delimiter() == Delimiter::None && !group.stream().is_empty() =>
            {
                visible = group.stream();
            }
            _ => return visible,
        }
    }
}

/// Cuts what stands between backticks to 100 characters, and what stands outside to 500: a literal may have a backtick itself.
fn cut(message: &str) -> String {
    let parts = message.split('`').enumerate().map(|(at, part)| match part.chars().nth(500) {
        None if at % 2 == 0 => Cow::Borrowed(part),
        _ => excerpt(part),
    });
    parts.collect::<Vec<_>>().join("`")
}
