//! The attribute as written: keys with spans and values, each at most once, unjudged.
//!
//! It knows how each key's value is spelt and nothing of what the values mean together.

use crate::faults::{Faults, did_you_mean, listed};
use crate::syntax::expression::Expression;
use crate::syntax::scan;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Lit, Token};

/// A key of the attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Strategy,
    Base,
    Cap,
    Factor,
    Increment,
    Jitter,
    Max,
    Deadline,
    MaxHint,
    Policy,
    On,
    OnValue,
    Error,
    History,
    Timeout,
    Budget,
    Breaker,
    Recover,
    Notify,
    Clone,
    Attempt,
    Idempotency,
    Method,
    Sleep,
    Name,
    Doc,
    Crate,
}

/// How a key's value is spelt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Expression,
    Classifier,
    Names,
    Name,
    Type,
    Path,
}

/// A key's name, the spelling of its value, an example for messages, and whether `policy!` takes it.
type Row = (Key, &'static str, Shape, &'static str, bool);

/// The one table of keys.
const KEYS: [Row; 27] = [
    (Key::Strategy, "strategy", Shape::Expression, "strategy = \"equal_jitter\"", true),
    (Key::Base, "base", Shape::Expression, "base = \"100ms\"", true),
    (Key::Cap, "cap", Shape::Expression, "cap = \"10s\"", true),
    (Key::Factor, "factor", Shape::Expression, "factor = 2.0", true),
    (Key::Increment, "increment", Shape::Expression, "increment = \"100ms\"", true),
    (Key::Jitter, "jitter", Shape::Expression, "jitter = \"full\"", true),
    (Key::Max, "max", Shape::Expression, "max = 3", true),
    (Key::Deadline, "deadline", Shape::Expression, "deadline = \"30s\"", true),
    (Key::MaxHint, "max_hint", Shape::Expression, "max_hint = \"60s\"", true),
    (Key::Policy, "policy", Shape::Expression, "policy = POLICY", false),
    (Key::On, "on", Shape::Classifier, "on = is_transient", false),
    (Key::OnValue, "on_value", Shape::Classifier, "on_value = is_not_ready", false),
    (Key::Error, "error", Shape::Type, "error = MyError", false),
    (Key::History, "history", Shape::Expression, "history = 16", false),
    (Key::Timeout, "timeout", Shape::Expression, "timeout = \"2s\"", false),
    (Key::Budget, "budget", Shape::Expression, "budget = API_BUDGET", false),
    (Key::Breaker, "breaker", Shape::Expression, "breaker = API_BREAKER", false),
    (Key::Recover, "recover", Shape::Expression, "recover = from_the_cache", false),
    (Key::Notify, "notify", Shape::Expression, "notify = log_it", false),
    (Key::Clone, "clone", Shape::Names, "clone(payload)", false),
    (Key::Attempt, "attempt", Shape::Name, "attempt = attempt", false),
    (Key::Idempotency, "idempotency_key", Shape::Name, "idempotency_key = key", false),
    (Key::Method, "method", Shape::Expression, "method = GET", false),
    (Key::Sleep, "sleep", Shape::Expression, "sleep = my_sleep", false),
    (Key::Name, "name", Shape::Expression, "name = \"payments.charge\"", false),
    (Key::Doc, "doc", Shape::Expression, "doc = false", false),
    (Key::Crate, "crate", Shape::Path, "crate = my_reexports::reattempt", true),
];

impl Key {
    /// The key as it is written.
    pub(crate) fn name(self) -> &'static str {
        KEYS.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }

    /// An example of the key with a value.
    pub(crate) fn example(self) -> &'static str {
        KEYS.iter().find(|row| row.0 == self).map_or("", |row| row.3)
    }
}

/// Where the keys are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// `#[retry(...)]`.
    Attribute,
    /// `policy!(...)`.
    Policy,
}

/// The value of a key.
pub(crate) enum Value {
    Expression(Expression),
    /// `matches(PATTERN if GUARD)`: what is between the parentheses.
    Pattern(TokenStream),
    Names(Vec<Ident>),
    Name(Ident),
    Type(TokenStream),
    Path(TokenStream),
}

/// A key with its value.
pub(crate) struct Entry {
    pub(crate) key: Key,
    /// The span of the key itself.
    pub(crate) span: Span,
    pub(crate) value: Value,
}

/// All keys that are written.
#[derive(Default)]
pub(crate) struct Options {
    entries: Vec<Entry>,
    /// The keys whose values could not be read: they are there, and the fault is told of.
    misread: Vec<Key>,
}

impl Options {
    /// Reads all entries; what cannot be read is a fault, and reading goes on behind the next comma.
    pub(crate) fn parse(tokens: TokenStream, place: Place, faults: &mut Faults) -> Self {
        let mut options = Self::default();
        let parser = |input: ParseStream<'_>| {
            options.read(input, place, faults);
            Ok(())
        };
        let outcome = syn::parse::Parser::parse2(parser, tokens);
        faults.take(outcome);
        options
    }

    pub(crate) fn get(&self, key: Key) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Whether the key is written, even if its value could not be read.
    pub(crate) fn mentions(&self, key: Key) -> bool {
        self.get(key).is_some() || self.misread.contains(&key)
    }

    /// The expression of a key that has one.
    pub(crate) fn expression(&self, key: Key) -> Option<&Expression> {
        match &self.get(key)?.value {
            Value::Expression(expression) => Some(expression),
            _ => None,
        }
    }

    fn read(&mut self, input: ParseStream<'_>, place: Place, faults: &mut Faults) {
        while !input.is_empty() {
            match Entry::read(input, place) {
                Ok(entry) => self.add(entry, faults),
                Err((key, fault)) => {
                    self.misread.extend(key);
                    faults.push(fault);
                    skip_to_comma(input);
                }
            }
            if input.is_empty() {
                break;
            }
            if input.parse::<Token![,]>().is_err() {
                faults.push(input.error("expected `,` between two keys"));
                skip_to_comma(input);
                // The comma itself; there is none at the end.
                let _ = input.parse::<Token![,]>();
            }
        }
    }

    fn add(&mut self, entry: Entry, faults: &mut Faults) {
        if self.get(entry.key).is_some() {
            let advice = match entry.key {
                Key::Clone => "list all arguments in one, such as `clone(a, b)`",
                _ => "remove one of the two",
            };
            faults.at(entry.span, format!("`{}` is given twice; {advice}", entry.key.name()));
        } else {
            self.entries.push(entry);
        }
    }
}

impl Entry {
    /// Reads a key with its value. A fault in the value comes with the key.
    fn read(input: ParseStream<'_>, place: Place) -> Result<Self, (Option<Key>, syn::Error)> {
        let (row, name) = read_key(input, place).map_err(|fault| (None, fault))?;
        let value = read_value(input, row, &name).map_err(|fault| (Some(row.0), fault))?;
        Ok(Self { key: row.0, span: name.span(), value })
    }
}

fn read_key(input: ParseStream<'_>, place: Place) -> syn::Result<(&'static Row, Ident)> {
    if let Ok(literal) = input.fork().parse::<Lit>() {
        let advice = match &literal {
            Lit::Int(number) => format!("write `max = {number}`"),
            Lit::Str(text) if crate::strategy::named(&text.value()).is_some() => {
                format!("write `strategy = {}`", literal.to_token_stream())
            }
            Lit::Str(text) if text.value().starts_with(|c: char| c.is_ascii_digit()) => {
                format!("write `base = {0}` or `deadline = {0}`", literal.to_token_stream())
            }
            _ => "write `key = value`".to_owned(),
        };
        return Err(input.error(format!("expected a key, found `{}`; {advice}", literal.to_token_stream())));
    }
    if !input.peek(Ident::peek_any) {
        return Err(input.error("expected a key, such as `max = 3`"));
    }
    let name = input.call(Ident::parse_any)?;
    let key = name.to_string();
    let Some(row) = KEYS.iter().find(|row| row.1 == key && (place == Place::Attribute || row.4)) else {
        let is_alone = input.is_empty() || input.peek(Token![,]);
        return Err(if is_alone { no_key(&name, place) } else { unknown(&name, place) });
    };
    Ok((row, name))
}

fn read_value(input: ParseStream<'_>, row: &Row, name: &Ident) -> syn::Result<Value> {
    let (key, _, shape, example, _) = row;
    Ok(if *shape == Shape::Names {
        if !input.peek(syn::token::Paren) {
            return Err(missing(input, name.span(), *key, example));
        }
        let content;
        syn::parenthesized!(content in input);
        let names = Punctuated::<Ident, Token![,]>::parse_terminated_with(&content, Ident::parse_any)?;
        if names.is_empty() {
            let message = "`clone()` lists no argument; write `clone(payload)`, or remove it";
            return Err(syn::Error::new(name.span(), message));
        }
        Value::Names(names.into_iter().collect())
    } else {
        if !input.peek(Token![=]) {
            return Err(missing(input, name.span(), *key, example));
        }
        input.parse::<Token![=]>()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Err(syn::Error::new(name.span(), format!("`{}` has no value; write `{example}`", key.name())));
        }
        let at = input.fork();
        Value::read(input, *shape).map_err(|fault| misread(fault, &at, *key, *shape, example))?
    })
}

fn missing(input: ParseStream<'_>, span: Span, key: Key, example: &str) -> syn::Error {
    if input.is_empty() || input.peek(Token![,]) {
        return syn::Error::new(span, format!("`{}` has no value; write `{example}`", key.name()));
    }
    let found = input.fork().parse::<TokenTree>().map_or_else(
        |_| String::new(),
        |token| match token {
            TokenTree::Group(_) => "(...)".to_owned(),
            token => token.to_string(),
        },
    );
    input.error(format!("found `{found}` where the value of `{}` should be; write `{example}`", key.name()))
}

/// Words for a value that is not spelt as its key wants it; those of expressions are general.
fn misread(fault: syn::Error, at: ParseStream<'_>, key: Key, shape: Shape, example: &str) -> syn::Error {
    let expected = match shape {
        Shape::Name => "a name for the body to use",
        Shape::Type => "a type",
        Shape::Path => "a path",
        Shape::Expression | Shape::Classifier | Shape::Names => return fault,
    };
    // There is a token: a missing value is told of before.
    let Ok(token) = at.parse::<TokenTree>() else { return fault };
    let (span, found) = (token.span(), token.to_string());
    syn::Error::new(span, format!("`{}` expects {expected}, found `{found}`; write `{example}`", key.name()))
}

fn no_key(name: &Ident, place: Place) -> syn::Error {
    if place == Place::Policy || KEYS.iter().any(|row| *name == row.1.to_uppercase()) {
        return unknown(name, place);
    }
    let message =
        format!("expected a key, found `{name}` alone; for a classifier write `on = {name}`, else `key = {name}`");
    syn::Error::new(name.span(), message)
}

fn unknown(name: &Ident, place: Place) -> syn::Error {
    let allowed: Vec<&str> = KEYS.iter().filter(|row| place == Place::Attribute || row.4).map(|row| row.1).collect();
    let found = name.to_string();
    if place == Place::Policy && KEYS.iter().any(|row| row.1 == found) {
        let message = format!("`{found}` belongs to a function, not to a policy; write it in `#[retry(...)]`");
        return syn::Error::new(name.span(), message);
    }
    let other_words = match found.as_str() {
        "attempts" | "max_attempts" | "retries" | "max_retries" | "times" | "tries" => Some("max"),
        "delay" | "initial" | "initial_delay" | "min_delay" | "wait" | "interval" => Some("base"),
        "max_delay" | "max_interval" | "ceiling" => Some("cap"),
        "multiplier" | "growth" => Some("factor"),
        "when" | "retry_if" | "predicate" | "if" | "classify" => Some("on"),
        "backoff" | "algorithm" => Some("strategy"),
        "attempt_timeout" | "time_out" | "per_attempt_timeout" | "time_limit" => Some("timeout"),
        "circuit_breaker" | "fuse" => Some("breaker"),
        "retry_budget" | "quota" | "throttle" => Some("budget"),
        "on_retry" | "before_sleep" | "log" | "inspect" => Some("notify"),
        "fallback" | "or_else" | "default" => Some("recover"),
        "verb" | "http_method" => Some("method"),
        "idempotency" | "idempotent" | "request_id" => Some("idempotency_key"),
        "max_duration" | "total_timeout" | "max_elapsed" => Some("deadline"),
        _ => None,
    };
    let suggestion = match other_words {
        Some(word) if found.contains("retries") => {
            format!("; did you mean `{word}`? it counts all attempts: three retries are `max = 4`")
        }
        Some(word) => format!("; did you mean `{word}`?"),
        None => did_you_mean(&found, &allowed),
    };
    let suggestion = if suggestion.is_empty() { format!("; keys are {}", listed(&allowed, "`")) } else { suggestion };
    syn::Error::new(name.span(), format!("unknown key `{found}`{suggestion}"))
}

impl Value {
    fn read(input: ParseStream<'_>, shape: Shape) -> syn::Result<Self> {
        Ok(match shape {
            Shape::Classifier if is_matches(input) => {
                let word: Ident = input.parse()?;
                let content;
                syn::parenthesized!(content in input);
                if content.is_empty() {
                    let message = "`matches()` holds no pattern; write `matches(MyError::Timeout)`";
                    return Err(syn::Error::new(word.span(), message));
                }
                Self::Pattern(content.parse()?)
            }
            Shape::Expression | Shape::Classifier | Shape::Names => Self::Expression(Expression::read(input)?),
            Shape::Name => Self::Name(input.parse()?),
            Shape::Type => Self::Type(scanned(input, scan::ty)?),
            Shape::Path => Self::Path(scanned(input, scan::plain_path)?),
        })
    }
}

/// As many tokens as something has that ends where the scan says.
fn scanned(input: ParseStream<'_>, scan: fn(&[TokenTree], usize) -> Option<usize>) -> syn::Result<TokenStream> {
    let ahead: Vec<TokenTree> = input.fork().parse::<TokenStream>()?.into_iter().collect();
    let end = scan(&ahead, 0).ok_or_else(|| input.error("unexpected token"))?;
    let mut tokens = TokenStream::new();
    for _ in 0..end {
        input.parse::<TokenTree>()?.to_tokens(&mut tokens);
    }
    Ok(tokens)
}

fn is_matches(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.parse::<Ident>().is_ok_and(|name| name == "matches") && ahead.peek(syn::token::Paren)
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        // Cannot fail: there is a token.
        let _ = input.parse::<TokenTree>();
    }
}
