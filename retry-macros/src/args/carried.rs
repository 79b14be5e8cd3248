//! Values of other keys, written for a key of ours: what a message tells the user to write.
//!
//! It knows no name of another library.

use crate::args::key::{Key, ValueKind};
use crate::args::key_value::{self, Value};
use crate::args::pattern_check::is_alternatives;
use crate::args::value::quoted;
use crate::syntax::{expr, is_mark, source_text};
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use reattempt_policy::parse_error::excerpt;
use reattempt_policy::settings::{EQUAL, FULL};
use reattempt_policy::{Setting, duration};
use std::borrow::Cow;
use syn::parse::{ParseStream, Parser};
use syn::{BinOp, Expr, Lit};

/// A unit of time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Micros,
    Millis,
    Seconds,
}

impl Unit {
    /// The ends of names that say a unit.
    pub(super) const SUFFIXES: [(&'static str, Self); 12] = [
        ("_ms", Self::Millis),
        ("_millis", Self::Millis),
        ("_milliseconds", Self::Millis),
        ("_msec", Self::Millis),
        ("_in_ms", Self::Millis),
        ("_us", Self::Micros),
        ("_micros", Self::Micros),
        ("_s", Self::Seconds),
        ("_sec", Self::Seconds),
        ("_secs", Self::Seconds),
        ("_seconds", Self::Seconds),
        ("_in_seconds", Self::Seconds),
    ];

    /// Returns the unit's name, and the function that makes a duration of a number.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Micros => ("us", "Duration::from_micros"),
            Self::Millis => ("ms", "Duration::from_millis"),
            Self::Seconds => ("s", "Duration::from_secs"),
        }
    }
}

/// Returns the entries of a list, without those that are empty.
pub(super) fn listed(tokens: &[TokenTree]) -> Vec<&[TokenTree]> {
    tokens.split(|token| is_mark(Some(token), ',')).filter(|entry| !entry.is_empty()).collect()
}

/// Returns whether a key's value is a duration.
pub(super) fn is_duration(key: Key) -> bool {
    match key {
        Key::Setting(setting) => setting == Setting::Deadline || Setting::DURATIONS.contains(&setting),
        key => key == Key::Timeout,
    }
}

/// Returns whether a value is a number.
pub(super) fn is_number(value: &[TokenTree]) -> bool {
    number(value).is_some()
}

/// Returns the number that a value is.
pub(super) fn number(value: &[TokenTree]) -> Option<f64> {
    match expr::literal(&parsed(value)?)? {
        Lit::Int(number) => number.base10_parse().ok(),
        Lit::Float(number) => number.base10_parse().ok(),
        _ => None,
    }
}

/// Returns whether a literal is one that the key refuses.
fn is_out_of_range(key: Key, value: &[TokenTree]) -> bool {
    let number = number(value);
    let is_bool = matches!(value, [TokenTree::Ident(word)] if word == "true" || word == "false");
    match key {
        Key::Setting(Setting::Jitter) => is_bool || number.is_some_and(|ratio| ratio > 1.0),
        Key::Setting(Setting::Factor) => is_bool || number.is_some_and(|factor| factor < 1.0),
        Key::Setting(Setting::MaxHint) => is_bool,
        key if is_duration(key) => is_bool || number == Some(0.0),
        Key::On | Key::OnValue | Key::Notify | Key::Recover | Key::Cancel | Key::Budget | Key::Breaker | Key::Sleep => {
            is_bool || number.is_some()
        }
        _ => false,
    }
}

/// Returns `x` for `Some(x)`.
fn without_some(value: &[TokenTree]) -> Option<Vec<TokenTree>> {
    match value {
        [TokenTree::Ident(some), TokenTree::Group(inner)] if some == "Some" => {
            Some(inner.stream().into_iter().collect())
        }
        _ => None,
    }
}

/// Returns a value as the key would have it. `None` if it does not fit, or if a message cannot show the whole of it.
pub(super) fn value(key: Key, value: &[TokenTree], unit: Option<Unit>, default: Unit) -> Option<String> {
    let inside = without_some(value).filter(|_| matches!(key, Key::Setting(_) | Key::Timeout));
    let value = inside.as_deref().unwrap_or(value);
    if is_out_of_range(key, value) {
        return None;
    }
    let text = match key {
        key if is_duration(key) => of_duration(key, value, unit, default)?,
        Key::Setting(Setting::Max) => of_count(value, 0)?,
        Key::Setting(Setting::Jitter) => of_jitter(value),
        Key::Setting(Setting::Factor) => unquoted_number(value).unwrap_or_else(|| source_text::of_tokens(value)),
        key if key.value_kind() == ValueKind::Classifier => of_classifier(value),
        _ => source_text::of_tokens(value),
    };
    fitting(key, text)
}

/// Returns the number of attempts for a number of retries.
pub(super) fn retries(value: &[TokenTree]) -> Option<String> {
    fitting(Key::Setting(Setting::Max), of_count(value, 1)?)
}

/// Returns the classifier of all failures but those that another one retries.
pub(super) fn negated(value: &[TokenTree]) -> String {
    let text = if is_type(value) {
        String::new()
    } else if is_alternatives(value.iter().cloned().collect(), 1) {
        format!("|error| !matches!(error, {})", source_text::of_tokens(value))
    } else {
        format!("reattempt::classify::not({})", of_classifier(value))
    };
    fitting(Key::On, text).unwrap_or_else(|| "reattempt::classify::not(is_permanent)".to_owned())
}

/// Returns the names in a list of `clone`, if they are names.
pub(super) fn names(list: &[TokenTree]) -> Option<String> {
    let list = match list {
        [TokenTree::Group(group)] => group.stream().into_iter().collect(),
        list => list.to_vec(),
    };
    let names = key_value::parse_names.parse2(list.into_iter().collect()).ok().filter(|names| !names.is_empty())?;
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    fitting(Key::Clone, names.join(", "))
}

/// Returns the text if it is a value of the key, and short.
pub(super) fn fitting(key: Key, text: String) -> Option<String> {
    let is_value = |input: ParseStream<'_>| {
        Value::parse(input, key.value_kind())?;
        input.parse::<syn::parse::Nothing>()
    };
    let is_short = matches!(excerpt(&text), Cow::Borrowed(_));
    let tokens = is_short.then(|| text.parse::<TokenStream>().ok()).flatten()?;
    is_value.parse2(tokens).is_ok().then_some(text)
}

fn parsed(value: &[TokenTree]) -> Option<Expr> {
    let whole = |input: ParseStream<'_>| {
        let value = expr::parse(input)?;
        input.parse::<syn::parse::Nothing>().map(|_| value)
    };
    whole.parse2(value.iter().cloned().collect()).ok()
}

fn of_duration(key: Key, value: &[TokenTree], unit: Option<Unit>, default: Unit) -> Option<String> {
    let expression = parsed(value)?;
    let text = match expr::literal(&expression) {
        Some(Lit::Str(text)) => text.value(),
        Some(number @ (Lit::Int(_) | Lit::Float(_))) => quote!(#number).to_string(),
        Some(_) => return None,
        None if key == Key::Setting(Setting::Deadline) && is_none(&expression) => return Some("\"none\"".to_owned()),
        None if expr::is_negative(&expression) || is_none(&expression) => return None,
        None => {
            let text = source_text::of_tokens(value);
            return Some(unit.map_or_else(|| text.clone(), |unit| format!("{}({text})", unit.names().1)));
        }
    };
    // A fraction is one of a second.
    let default = if text.contains('.') { Unit::Seconds } else { default };
    let with_unit = format!("{text}{}", unit.unwrap_or(default).names().0);
    [text, with_unit].into_iter().find(|text| duration::is_duration(text)).map(|text| format!("\"{text}\""))
}

fn is_none(expression: &Expr) -> bool {
    expr::name(expression).is_some_and(|name| name == "None")
}

fn of_count(value: &[TokenTree], more: u32) -> Option<String> {
    let expression = parsed(value)?;
    let number = match expr::literal(&expression) {
        Some(Lit::Int(number)) => number.base10_parse::<u32>().ok()?,
        Some(Lit::Str(text)) => match text.value().trim().parse() {
            Ok(number) => number,
            Err(_) => return (text.value() == "unlimited").then(|| "\"unlimited\"".to_owned()),
        },
        Some(_) => return None,
        None if expr::is_negative(&expression) || is_none(&expression) => return None,
        None => {
            let text = source_text::of_tokens(value);
            return Some(match &expression {
                _ if more == 0 => text,
                simple if is_summand(simple) => format!("{text} + {more}"),
                _ => format!("({text}) + {more}"),
            });
        }
    };
    number.checked_add(more).filter(|count| *count > 0).map(|count| count.to_string())
}

/// Returns whether `+ 1` behind the expression is added to the whole of it.
fn is_summand(expression: &Expr) -> bool {
    match expression {
        Expr::Path(_) | Expr::Call(_) | Expr::MethodCall(_) | Expr::Field(_) | Expr::Index(_) | Expr::Paren(_) => true,
        Expr::Binary(sum) => {
            matches!(sum.op, BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_) | BinOp::Rem(_))
        }
        _ => false,
    }
}

/// Returns a jitter, with quotes around a name.
fn of_jitter(value: &[TokenTree]) -> String {
    let text = source_text::of_tokens(value);
    if [FULL, EQUAL].contains(&text.as_str()) { format!("\"{text}\"") } else { text }
}

fn unquoted_number(value: &[TokenTree]) -> Option<String> {
    let text = expr::text(&parsed(value)?)?.value();
    text.parse::<f64>().is_ok().then_some(text)
}

/// Returns whether a path is the name of a type, by its last word: `io::Error`. `Error::IoError` is a variant.
fn is_type(path: &[TokenTree]) -> bool {
    let mut names = path.iter().rev().filter_map(|token| match token {
        TokenTree::Ident(name) => Some(name.to_string()),
        _ => None,
    });
    let ends_as_type = |name: String| ["Error", "Exception"].iter().any(|end| name.ends_with(end));
    let is_path = path.iter().all(|token| matches!(token, TokenTree::Ident(_)) || is_mark(Some(token), ':'));
    is_path
        && names.next().is_some_and(ends_as_type)
        && !names.next().is_some_and(|name| name.starts_with(char::is_uppercase))
}

/// Returns a classifier: patterns in `matches(...)`, several functions in `any_of`, and all else as it is.
fn of_classifier(value: &[TokenTree]) -> String {
    if let [TokenTree::Group(list)] = value {
        return of_classifier(&list.stream().into_iter().collect::<Vec<_>>());
    }
    // All failures have the type of the function's error.
    if is_type(value) {
        return "reattempt::any_error".to_owned();
    }
    let is_pattern = |tokens: &[TokenTree]| is_alternatives(tokens.iter().cloned().collect(), 1);
    let entries = listed(value);
    // As a pattern, the name of a type would match everything.
    if entries.iter().any(|entry| is_type(entry)) {
        return String::new();
    }
    let texts: Vec<String> = entries.iter().map(|entry| source_text::of_tokens(entry)).collect();
    if !texts.is_empty() && entries.iter().all(|entry| is_pattern(entry)) {
        return format!("matches({})", texts.join(" | "));
    }
    let parsed = parsed(value);
    if parsed.is_none() && texts.len() > 1 {
        return format!("reattempt::classify::any_of(({}))", texts.join(", "));
    }
    let path = parsed.as_ref().and_then(expr::literal).and_then(quoted);
    path.unwrap_or_else(|| source_text::of_tokens(value))
}
