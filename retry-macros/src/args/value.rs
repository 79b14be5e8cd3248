//! Values of keys: literals are read and checked one by one, constants and run-time expressions are passed on.
//!
//! It looks at one value at a time; what values mean together is judged elsewhere.

use crate::args::duration;
use crate::args::expr;
use crate::faults::{Faults, did_you_mean};
use crate::syntax::shown;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use std::time::Duration;
use syn::parse::Parser;
use syn::{Expr, Lit, LitInt};

/// When a value is known, and if it is now, what it is.
#[derive(Clone)]
pub(crate) enum Known<T> {
    /// Read here.
    Literal(T, Span),
    /// A path in capitals: known to the compiler.
    Constant(Box<Expr>),
    /// Known when the function is called.
    Dynamic(Box<Expr>),
}

impl<T> Known<T> {
    pub(crate) fn literal(&self) -> Option<(&T, Span)> {
        match self {
            Self::Literal(value, span) => Some((value, *span)),
            _ => None,
        }
    }

    pub(crate) fn is_dynamic(&self) -> bool {
        matches!(self, Self::Dynamic(_))
    }

    /// The value as an expression.
    pub(crate) fn tokens(&self, write: impl FnOnce(&T) -> TokenStream) -> TokenStream {
        match self {
            Self::Literal(value, _) => write(value),
            Self::Constant(expression) | Self::Dynamic(expression) => quote!(#expression),
        }
    }
}

/// Tells constants from run-time values.
pub(crate) struct Reader<'a> {
    /// Names of generics and arguments: a path that starts with one is no constant.
    pub(crate) taken: &'a [String],
}

impl Reader<'_> {
    /// A duration: a string literal, or an expression of that type.
    pub(crate) fn duration(&self, key: &str, value: &Expr, faults: &mut Faults) -> Option<Known<Duration>> {
        self.duration_as(&format!("`{key}`"), &format!("{key} = "), value, faults)
    }

    /// An entry of a list of delays.
    pub(crate) fn step(&self, value: &Expr, faults: &mut Faults) -> Option<Known<Duration>> {
        self.duration_as("an entry of a list of delays", "", value, faults)
    }

    fn duration_as(&self, who: &str, lead: &str, value: &Expr, faults: &mut Faults) -> Option<Known<Duration>> {
        if let Some(literal) = expr::literal(value) {
            let advice = match literal {
                Lit::Str(text) => {
                    let duration = faults.take(duration::parse(text))?;
                    return Some(Known::Literal(duration, text.span()));
                }
                Lit::Int(_) | Lit::Float(_) => without_quotes(literal, lead),
                other => format!("`{}`; write `{lead}\"250ms\"`", other.to_token_stream()),
            };
            faults.on(value, format!("{who} expects a duration, found {advice}"));
            return None;
        }
        if expr::is_negative(value) {
            faults.on(value, format!("{who} cannot be negative; write a duration such as `{lead}\"250ms\"`"));
            return None;
        }
        Some(self.expression(value))
    }

    /// A whole number from 1 to the largest one.
    pub(crate) fn count<N>(&self, key: &str, largest: N, value: &Expr, faults: &mut Faults) -> Option<Known<N>>
    where
        N: Copy + std::str::FromStr + std::fmt::Display + PartialEq + From<u8>,
        N::Err: std::fmt::Display,
    {
        if let Some(literal) = expr::literal(value) {
            let Some(number) = whole(literal) else {
                let digits = match literal {
                    Lit::Int(number) => number.base10_digits(),
                    _ => "5",
                };
                let message =
                    format!("`{key}` expects a whole number, found `{}`; write `{key} = {digits}`", quote!(#literal));
                faults.on(value, message);
                return None;
            };
            let Ok(count) = number.base10_parse::<N>() else {
                let message = format!("`{key}` must be at most {largest}, found `{number}`; write a smaller number");
                faults.on(value, message);
                return None;
            };
            if count == N::from(0) {
                let why = if key == "max" { ": it counts all attempts, the first one included" } else { "" };
                faults.on(value, format!("`{key}` must be at least 1{why}; write `{key} = 1` or more"));
                return None;
            }
            return Some(Known::Literal(count, number.span()));
        }
        if expr::is_negative(value) {
            faults.on(value, format!("`{key}` must be at least 1, and cannot be negative; write `{key} = 3`"));
            return None;
        }
        Some(self.expression(value))
    }

    /// The factor: a number of at least 1.
    pub(crate) fn factor(&self, value: &Expr, faults: &mut Faults) -> Option<Known<f64>> {
        if let Some(literal) = expr::literal(value) {
            let Some(factor) = number(literal) else {
                faults
                    .on(value, format!("`factor` expects a number, found `{}`; write `factor = 2.0`", quote!(#value)));
                return None;
            };
            if !(factor >= 1.0 && factor.is_finite()) {
                let found = quote!(#value);
                faults.on(value, format!("`factor` is {found}, but must be finite and at least 1, or delays would shrink; write `factor = 2.0`"));
                return None;
            }
            return Some(Known::Literal(factor, literal.span()));
        }
        if expr::is_negative(value) {
            faults.on(value, "`factor` cannot be negative; write a number of at least 1, such as `factor = 2.0`");
            return None;
        }
        Some(self.expression(value))
    }

    /// Tells a constant from any other expression.
    pub(crate) fn expression<T>(&self, value: &Expr) -> Known<T> {
        if self.is_constant(value) {
            Known::Constant(Box::new(value.clone()))
        } else {
            // Braces say "at run time" here, and rustc would call them unused.
            let value = expr::braced(value).unwrap_or(value);
            Known::Dynamic(Box::new(value.clone()))
        }
    }

    /// The word among these that is written without quotes, where no argument has that name.
    pub(crate) fn unquoted<'w>(&self, value: &Expr, words: &[&'w str]) -> Option<&'w str> {
        let found = expr::name(value)?.to_string();
        let is_argument = self.taken.contains(&found);
        words.iter().copied().find(|word| *word == found && !is_argument)
    }

    /// Whether this is a path in capitals that starts with no generic, no argument and not with `Self`.
    pub(crate) fn is_constant(&self, value: &Expr) -> bool {
        let Some(path) = expr::path(value).filter(|path| path.qself.is_none()) else { return false };
        let names: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let ([first, ..], [.., last]) = (names.as_slice(), names.as_slice()) else { return false };
        !self.taken.contains(first)
            && last.chars().any(|c| c.is_ascii_uppercase())
            && !last.chars().any(char::is_lowercase)
    }
}

/// A jitter, as far as it is known.
#[derive(Clone)]
pub(crate) enum JitterLiteral {
    Full,
    Equal,
    Ratio(f64),
    Spread(Duration),
}

impl Reader<'_> {
    /// A jitter: a name, a ratio, a duration, or an expression of one of these types.
    pub(crate) fn jitter(&self, value: &Expr, faults: &mut Faults) -> Option<Known<JitterLiteral>> {
        let Some(literal) = expr::literal(value) else {
            if let Some(word) = self.unquoted(value, &["full", "equal"]) {
                faults.on(value, format!("jitters are named in quotes; write `jitter = \"{word}\"`"));
                return None;
            }
            if expr::is_negative(value) {
                faults.on(
                    value,
                    "a `jitter` ratio cannot be negative; write a number between 0 and 1, such as `jitter = 0.2`",
                );
                return None;
            }
            return Some(self.expression(value));
        };
        let jitter = match literal {
            Lit::Str(text) => match text.value().as_str() {
                "full" => JitterLiteral::Full,
                "equal" => JitterLiteral::Equal,
                word => {
                    if let Some(ratio) = quoted_ratio(word) {
                        let or =
                            if word.ends_with('%') { "" } else { ", or a duration with its unit, such as \"50ms\"" };
                        faults.on(text, format!("a `jitter` ratio is a number between 0 and 1 without quotes, found {word:?}; write `jitter = {ratio}`{or}"));
                        return None;
                    }
                    if word.starts_with(|c: char| c.is_ascii_digit()) {
                        let spread = faults.take(duration::parse(text))?;
                        return Some(Known::Literal(JitterLiteral::Spread(spread), text.span()));
                    }
                    let suggestion = did_you_mean(word, &["full", "equal"]);
                    faults.on(text, format!("unknown jitter `{word}`; use \"full\", \"equal\", a ratio such as 0.2 or a duration such as \"50ms\"{suggestion}"));
                    return None;
                }
            },
            other if duration::is_duration(&other.to_token_stream().to_string()) => {
                let found = quote!(#other);
                faults.on(other, format!("`jitter` expects a duration in quotes, found `{found}` without them; write `jitter = \"{found}\"`"));
                return None;
            }
            other => match number(other) {
                Some(ratio) if (0.0..=1.0).contains(&ratio) => JitterLiteral::Ratio(ratio),
                Some(_) => {
                    let found = quote!(#other);
                    faults.on(other, format!("the `jitter` ratio is {found}, but must be between 0 and 1; write `jitter = 0.2` for a fifth either way"));
                    return None;
                }
                None => {
                    let found = quote!(#other);
                    faults.on(other, format!("`jitter` expects \"full\", \"equal\", a ratio such as 0.2 or a duration such as \"50ms\", found `{found}`; write `jitter = 0.2`"));
                    return None;
                }
            },
        };
        Some(Known::Literal(jitter, literal.span()))
    }
}

/// What stands in the quotes of a text, if that names or makes something: a path, a closure, a call.
pub(crate) fn quoted(literal: &Lit) -> Option<String> {
    let tokens = quoted_tokens(literal)?;
    let expression = expr::parse.parse2(tokens.clone()).ok()?;
    let is_named =
        expr::path(&expression).is_some() || expr::closure(&expression).is_some() || expr::is_call(&expression);
    is_named.then(|| shown::stream(tokens))
}

/// The tokens in the quotes of a text, unless that has marks that Rust or names have not.
pub(crate) fn quoted_tokens(literal: &Lit) -> Option<TokenStream> {
    let Lit::Str(text) = literal else { return None };
    let text = text.value();
    // The compiler itself complains of what it cannot read as tokens.
    let begins_well = text.starts_with(|first: char| first.is_alphabetic() || "_|:<&".contains(first));
    let is_readable = text.chars().all(|c| c.is_alphanumeric() || "_:.()|&<>=!, ".contains(c));
    if !(begins_well && is_readable && text.matches('(').count() == text.matches(')').count()) {
        return None;
    }
    text.parse().ok()
}

/// A duration as an expression.
pub(crate) fn duration_tokens(duration: &Duration) -> TokenStream {
    let (secs, nanos) = (duration.as_secs(), duration.subsec_nanos());
    quote_spanned!(Span::mixed_site()=> ::core::time::Duration::new(#secs, #nanos))
}

/// A number, unless something else than a type follows its digits, as in `2x`.
fn number(literal: &Lit) -> Option<f64> {
    match literal {
        Lit::Int(number) if is_type(number.suffix()) => number.base10_parse().ok(),
        Lit::Float(number) if is_type(number.suffix()) => number.base10_parse().ok(),
        _ => None,
    }
}

/// A whole number, unless something else than a type follows its digits.
fn whole(literal: &Lit) -> Option<&LitInt> {
    match literal {
        Lit::Int(number) if is_type(number.suffix()) => Some(number),
        _ => None,
    }
}

/// Whether what follows the digits of a number is nothing, or the type of a number.
fn is_type(suffix: &str) -> bool {
    let bits = suffix.strip_prefix(['u', 'i', 'f']);
    suffix.is_empty() || bits.is_some_and(|bits| ["8", "16", "32", "64", "128", "size"].contains(&bits))
}

/// Words for a number where a duration should be: with a unit it lacks its quotes, and else the unit, too.
fn without_quotes(number: &Lit, lead: &str) -> String {
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

/// The ratio that a text was meant to be: `20%`, `0.2`. A whole number may as well lack a unit.
fn quoted_ratio(text: &str) -> Option<f64> {
    let parse = |number: &str| number.trim().parse::<f64>().ok().filter(|number| *number >= 0.0);
    match text.strip_suffix('%') {
        Some(percent) => parse(percent).map(|percent| if percent <= 100.0 { percent / 100.0 } else { 0.2 }),
        None => parse(text).filter(|ratio| text.contains('.') && *ratio <= 1.0),
    }
}
