//! Values of keys: literals are read, constants and run-time expressions are passed on.
//!
//! It looks at one value at a time. The rules for several values are elsewhere.

use crate::faults;
use crate::syntax::{expr, source_text, type_path};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use reattempt_policy::notation::unknown_jitter_message;
use reattempt_policy::parse_error::excerpt;
use reattempt_policy::{Jitter, Setting, duration};
use std::time::Duration;
use syn::parse::Parser;
use syn::{Expr, Lit, LitStr};

/// A value, by the time when it is known.
#[derive(Clone)]
pub(crate) enum ArgValue<T> {
    /// Read by the macro.
    Literal(T, Span),
    /// A path in capitals, which the compiler knows.
    Constant(Box<Expr>),
    /// Known when the function is called.
    Runtime(Box<Expr>),
}

impl<T> ArgValue<T> {
    pub(crate) fn is_runtime(&self) -> bool {
        matches!(self, Self::Runtime(_))
    }

    /// Returns the value as an expression.
    pub(crate) fn tokens(&self, write: impl FnOnce(&T) -> TokenStream) -> TokenStream {
        match self {
            Self::Literal(value, _) => write(value),
            Self::Constant(expression) | Self::Runtime(expression) => quote!(#expression),
        }
    }

    pub(crate) fn map<U>(self, convert: impl FnOnce(T) -> U) -> ArgValue<U> {
        match self {
            Self::Literal(value, span) => ArgValue::Literal(convert(value), span),
            Self::Constant(expression) => ArgValue::Constant(expression),
            Self::Runtime(expression) => ArgValue::Runtime(expression),
        }
    }
}

/// Reads values, and distinguishes constants from run-time values.
pub(crate) struct ValueReader<'a> {
    /// The names of generics and arguments. A path that starts with one of these is not a constant.
    pub(crate) local_names: &'a [String],
}

impl ValueReader<'_> {
    /// Reads a literal, or returns any other expression. A negative literal is refused.
    fn read<T>(
        &self,
        value: &Expr,
        if_negative: &str,
        read_literal: impl FnOnce(&Lit) -> Result<T, String>,
    ) -> syn::Result<ArgValue<T>> {
        let message = match expr::literal(value).map(read_literal) {
            Some(Ok(literal)) => return Ok(ArgValue::Literal(literal, faults::place(value))),
            Some(Err(message)) => message,
            None if expr::is_negative(value) => if_negative.to_owned(),
            None => return Ok(self.expression(value)),
        };
        Err(faults::spanning(value, message))
    }

    /// Reads a duration: a string literal, or an expression of that type.
    pub(crate) fn duration(&self, key: &str, value: &Expr) -> syn::Result<ArgValue<Duration>> {
        // No other key may be zero, with or without a unit. The rule says why.
        if key != Setting::MaxHint.name() && expr::literal(value).is_some_and(is_zero) {
            return Ok(ArgValue::Literal(Duration::ZERO, faults::place(value)));
        }
        self.duration_of(&format!("`{key}`"), &format!("{key} = "), value)
    }

    /// Reads an entry of a list of delays.
    pub(crate) fn list_entry(&self, value: &Expr) -> syn::Result<ArgValue<Duration>> {
        self.duration_of("an entry of a list of delays", "", value)
    }

    fn duration_of(&self, who: &str, lead: &str, value: &Expr) -> syn::Result<ArgValue<Duration>> {
        let negative = format!("{who} cannot be negative; write a duration such as `{lead}\"250ms\"`");
        self.read(value, &negative, |literal| match literal {
            Lit::Str(text) => parse_duration(text),
            Lit::Int(_) | Lit::Float(_) => {
                Err(format!("{who} expects a duration, found {}", duration_without_quotes(literal, lead)))
            }
            other => Err(format!("{who} expects a duration, found `{}`; write `{lead}\"250ms\"`", shown(other))),
        })
    }

    /// Reads a whole number, up to a largest one.
    pub(crate) fn count<N>(&self, key: &str, largest: N, value: &Expr) -> syn::Result<ArgValue<N>>
    where
        N: Copy + std::str::FromStr + std::fmt::Display,
        N::Err: std::fmt::Display,
    {
        let negative = format!("`{key}` must be at least 1, and cannot be negative; write `{key} = 3`");
        self.read(value, &negative, |literal| {
            let digits = match literal {
                Lit::Int(number) if is_type(number.suffix()) => {
                    let too_large =
                        |_| format!("`{key}` must be at most {largest}, found `{number}`; write a smaller number");
                    return number.base10_parse().map_err(too_large);
                }
                Lit::Int(number) => number.base10_digits(),
                _ => "5",
            };
            Err(format!("`{key}` expects a whole number, found `{}`; write `{key} = {digits}`", shown(literal)))
        })
    }

    /// Reads a setting that is on or off.
    pub(crate) fn flag(&self, key: &str, value: &Expr) -> syn::Result<ArgValue<bool>> {
        let expected = format!("`{key}` expects `true` or `false`");
        let negative = format!("{expected}, found a negative number; write `{key} = true`");
        self.read(value, &negative, |literal| match literal {
            Lit::Bool(flag) => Ok(flag.value),
            other => Err(format!("{expected}, found `{}`; write `{key} = true`", quote!(#other))),
        })
    }

    /// Reads the factor.
    pub(crate) fn factor(&self, value: &Expr) -> syn::Result<ArgValue<f64>> {
        let negative = "`factor` cannot be negative; write a number of at least 1, such as `factor = 2.0`";
        self.read(value, negative, |literal| {
            number(literal)
                .ok_or_else(|| format!("`factor` expects a number, found `{}`; write `factor = 2.0`", shown(literal)))
        })
    }

    /// Reads a jitter: a name, a ratio, a duration, or an expression of one of these types.
    pub(crate) fn jitter(&self, value: &Expr) -> syn::Result<ArgValue<Jitter>> {
        if let Some(word) = self.unquoted(value, &["full", "equal"]) {
            let message = format!("jitters are named in quotes; write `jitter = \"{word}\"`");
            return Err(faults::spanning(value, message));
        }
        let negative = "a `jitter` ratio cannot be negative; write a number between 0 and 1, such as `jitter = 0.2`";
        self.read(value, negative, |literal| {
            let found = shown(literal);
            match literal {
                Lit::Str(text) => parse_jitter(text),
                _ if duration::is_duration(&found) => {
                    Err(format!("`jitter` expects a duration in quotes, found `{found}` without them; write `jitter = \"{found}\"`"))
                }
                _ => number(literal).map(Jitter::Ratio).ok_or_else(|| {
                    format!("`jitter` expects \"full\", \"equal\", a ratio such as 0.2 or a duration such as \"50ms\", found `{found}`; write `jitter = 0.2`")
                }),
            }
        })
    }

    /// Distinguishes a constant from any other expression.
    pub(crate) fn expression<T>(&self, value: &Expr) -> ArgValue<T> {
        if self.is_constant(value) {
            ArgValue::Constant(Box::new(value.clone()))
        } else {
            // Braces mean "at run time" here. The compiler would call them unused.
            ArgValue::Runtime(Box::new(expr::braced(value).unwrap_or(value).clone()))
        }
    }

    /// Returns the word among these that is written without quotes, if no argument has that name.
    pub(crate) fn unquoted<'w>(&self, value: &Expr, words: &[&'w str]) -> Option<&'w str> {
        let found = expr::name(value)?.to_string();
        let is_argument = self.local_names.contains(&found);
        words.iter().copied().find(|word| *word == found && !is_argument)
    }

    /// Returns whether this is a path in capitals that does not start with a generic, an argument or `Self`.
    pub(crate) fn is_constant(&self, value: &Expr) -> bool {
        let Some(path) = expr::path(value).filter(|path| path.qself.is_none()) else { return false };
        let names = type_path::names(&path.path);
        let ([first, ..], [.., last]) = (names.as_slice(), names.as_slice()) else { return false };
        !self.local_names.contains(first)
            && last.chars().any(|c| c.is_ascii_uppercase())
            && !last.chars().any(char::is_lowercase)
    }
}

/// Returns whether a literal is a zero without a unit.
fn is_zero(literal: &Lit) -> bool {
    match literal {
        Lit::Int(number) => number.suffix().is_empty() && number.base10_digits() == "0",
        Lit::Str(text) => text.value() == "0",
        _ => false,
    }
}

/// Returns a literal for a message.
fn shown(literal: &Lit) -> String {
    literal.to_token_stream().to_string()
}

fn parse_duration(text: &LitStr) -> Result<Duration, String> {
    duration::parse(&text.value()).map(Duration::from_nanos).map_err(|error| error.to_string())
}

fn parse_jitter(text: &LitStr) -> Result<Jitter, String> {
    match text.value().as_str() {
        "full" => Ok(Jitter::Full),
        "equal" => Ok(Jitter::Equal),
        word => match quoted_ratio(word) {
            Some(ratio) => {
                let or = if word.ends_with('%') { "" } else { ", or a duration with its unit, such as \"50ms\"" };
                Err(format!(
                    "a `jitter` ratio is a number between 0 and 1 without quotes, found {:?}; write `jitter = {ratio}`{or}",
                    excerpt(word)
                ))
            }
            None if word.starts_with(|c: char| c.is_ascii_digit()) => parse_duration(text).map(Jitter::Spread),
            None => Err(unknown_jitter_message(word)),
        },
    }
}

/// Returns the content of a string literal, if it is a path, a closure or a call.
pub(crate) fn quoted(literal: &Lit) -> Option<String> {
    let tokens = quoted_tokens(literal)?;
    let expression = expr::parse.parse2(tokens.clone()).ok()?;
    let is_named =
        expr::path(&expression).is_some() || expr::closure(&expression).is_some() || expr::is_call(&expression);
    is_named.then(|| source_text::of(&tokens))
}

/// Returns the tokens in a string literal, unless it has characters that do not occur in Rust code or names.
pub(crate) fn quoted_tokens(literal: &Lit) -> Option<TokenStream> {
    let Lit::Str(text) = literal else { return None };
    let text = text.value();
    // The compiler itself reports text that is not tokens.
    let begins_well = text.starts_with(|first: char| first.is_alphabetic() || "_|:<&".contains(first));
    let is_readable = text.chars().all(|c| c.is_alphanumeric() || "_:.()|&<>=!, ".contains(c));
    if !(begins_well && is_readable && text.matches('(').count() == text.matches(')').count()) {
        return None;
    }
    text.parse().ok()
}

/// Reads a number. Its digits may be followed by a type, and by nothing else, such as in `2x`.
fn number(literal: &Lit) -> Option<f64> {
    match literal {
        Lit::Int(number) if is_type(number.suffix()) => number.base10_parse().ok(),
        Lit::Float(number) if is_type(number.suffix()) => number.base10_parse().ok(),
        _ => None,
    }
}

/// Returns whether the digits of a number are followed by nothing or by a number type.
fn is_type(suffix: &str) -> bool {
    let bits = suffix.strip_prefix(['u', 'i', 'f']);
    suffix.is_empty() || bits.is_some_and(|bits| ["8", "16", "32", "64", "128", "size"].contains(&bits))
}

/// Returns the message for a number where a duration should be. With a unit it lacks its quotes, and else also the unit.
fn duration_without_quotes(number: &Lit, lead: &str) -> String {
    let (digits, suffix) = match number {
        Lit::Int(number) => (number.base10_digits(), number.suffix()),
        Lit::Float(number) => (number.base10_digits(), number.suffix()),
        _ => ("", ""),
    };
    let found = number.to_token_stream().to_string();
    if duration::is_duration(&found) {
        return format!("`{found}` without quotes; write `{lead}\"{found}\"`");
    }
    if !duration::is_duration(&format!("{digits}ms")) {
        return format!("`{found}`; write `{lead}\"250ms\"`");
    }
    if is_type(suffix) {
        return format!("a number without a unit; write `{lead}\"{digits}ms\"` or `{lead}\"{digits}s\"`");
    }
    format!("`{found}`; write a number and a unit in quotes, such as `{lead}\"{digits}ms\"` or `{lead}\"{digits}s\"`")
}

/// Returns the ratio that a text was meant to be: `20%`, `0.2`. A whole number may instead lack a unit.
fn quoted_ratio(text: &str) -> Option<f64> {
    let parse = |number: &str| number.trim().parse::<f64>().ok().filter(|number| *number >= 0.0);
    match text.strip_suffix('%') {
        Some(percent) => parse(percent).map(|percent| if percent <= 100.0 { percent / 100.0 } else { 0.2 }),
        None => parse(text).filter(|ratio| text.contains('.') && *ratio <= 1.0),
    }
}
