//! The attribute as written: keys with spans and values, each at most once, unjudged.
//!
//! It knows how each key's value is spelt and nothing of what the values mean together.

use crate::args::expression::Expression;
use crate::args::pattern_check;
use crate::faults::{Faults, did_you_mean, listed};
use crate::syntax::{find_mark, group, inside, is_mark, is_word, part};
use crate::syntax::{pattern, scan, shown, types};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use std::fmt::Display;
use syn::Lit;
use syn::parse::{ParseStream, Parser};

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
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        options.read(&tokens, place, faults);
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

    fn read(&mut self, mut rest: &[TokenTree], place: Place, faults: &mut Faults) {
        while !rest.is_empty() {
            // A key with its value that `macro_rules!` hides.
            if let Some(hidden) = group(rest.first(), Delimiter::None) {
                let mut shown = inside(hidden);
                shown.extend_from_slice(part(rest, 1..));
                return self.read(&shown, place, faults);
            }
            match Entry::read(&mut rest, place) {
                Ok(entry) => self.add(entry, faults),
                Err((key, fault)) => {
                    self.misread.extend(key);
                    faults.push(fault);
                    skip_to_comma(&mut rest);
                }
            }
            if !(rest.is_empty() || is_mark(rest.first(), ',')) {
                faults.push(fault(rest, "expected `,` between two keys"));
                skip_to_comma(&mut rest);
            }
            rest = part(rest, 1..);
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
    fn read(rest: &mut &[TokenTree], place: Place) -> Result<Self, (Option<Key>, syn::Error)> {
        if let Some((key, fault)) = hyphenated(rest, place) {
            return Err((key, fault));
        }
        let (row, name) = read_key(rest, place).map_err(|fault| (None, fault))?;
        let value = read_value(rest, row, &name).map_err(|fault| (Some(row.0), fault))?;
        Ok(Self { key: row.0, span: name.span(), value })
    }
}

/// A key whose words are joined by hyphens, which is none, and the key that it was meant to be.
fn hyphenated(rest: &[TokenTree], place: Place) -> Option<(Option<Key>, syn::Error)> {
    let mut name = rest.first().filter(|first| matches!(first, TokenTree::Ident(_)))?.to_string();
    let mut at = 1;
    while let [hyphen, TokenTree::Ident(word), ..] = part(rest, at..) {
        if !is_mark(Some(hyphen), '-') {
            break;
        }
        name = format!("{name}-{word}");
        at += 2;
    }
    if at == 1 || !is_mark(rest.get(at), '=') {
        return None;
    }
    let key = KEYS.iter().find(|row| row.1 == name.replace('-', "_")).map(|row| row.0);
    let tokens: TokenStream = part(rest, ..at).iter().cloned().collect();
    Some((key, syn::Error::new_spanned(tokens, unknown(&name, place))))
}

fn read_key(rest: &mut &[TokenTree], place: Place) -> syn::Result<(&'static Row, Ident)> {
    let Some((TokenTree::Ident(name), behind)) = rest.split_first() else { return Err(no_name(rest)) };
    let key = name.to_string();
    let Some(row) = KEYS.iter().find(|row| row.1 == key && (place == Place::Attribute || row.4)) else {
        return Err(match key.as_str() {
            "false" | "true" => no_name(rest),
            _ if is_end(behind) => no_key(name, place),
            _ => syn::Error::new(name.span(), unknown(&key, place)),
        });
    };
    *rest = behind;
    Ok((row, name.clone()))
}

/// Words for what is no name where a key should be.
fn no_name(rest: &[TokenTree]) -> syn::Error {
    let literal = |input: ParseStream<'_>| {
        let literal: Lit = input.parse()?;
        input.parse::<TokenStream>()?;
        Ok(literal)
    };
    let Ok(literal) = literal.parse2(rest.iter().cloned().collect()) else {
        return fault(rest, "expected a key, such as `max = 3`");
    };
    let advice = match &literal {
        Lit::Int(number) => format!("write `max = {number}`"),
        Lit::Str(text) if crate::args::strategy::named(&text.value()).is_some() => {
            format!("write `strategy = {}`", literal.to_token_stream())
        }
        Lit::Str(text) if text.value().starts_with(|c: char| c.is_ascii_digit()) => {
            format!("write `base = {0}` or `deadline = {0}`", literal.to_token_stream())
        }
        _ => "write `key = value`".to_owned(),
    };
    fault(rest, format!("expected a key, found `{}`; {advice}", literal.to_token_stream()))
}

fn read_value(rest: &mut &[TokenTree], row: &Row, name: &Ident) -> syn::Result<Value> {
    let (key, _, shape, example, _) = row;
    if *shape == Shape::Names {
        let Some(list) = group(rest.first(), Delimiter::Parenthesis) else {
            return Err(missing(rest, name.span(), *key, example));
        };
        let names = names(&inside(list))?;
        if names.is_empty() {
            let message = "`clone()` lists no argument; write `clone(payload)`, or remove it";
            return Err(syn::Error::new(name.span(), message));
        }
        *rest = part(rest, 1..);
        return Ok(Value::Names(names));
    }
    if !is_mark(rest.first(), '=') {
        return Err(missing(rest, name.span(), *key, example));
    }
    *rest = part(rest, 1..);
    if is_end(rest) {
        return Err(syn::Error::new(name.span(), format!("`{}` has no value; write `{example}`", key.name())));
    }
    if *shape == Shape::Classifier {
        pattern_check::refuse_value(key.name(), rest)?;
    }
    let (value, length) = Value::read(rest, *shape).map_err(|fault| misread(fault, rest, *key, *shape, example))?;
    *rest = part(rest, length..);
    Ok(value)
}

/// The names in a list; all that are none are faults.
fn names(list: &[TokenTree]) -> syn::Result<Vec<Ident>> {
    let (mut names, mut faults) = (Vec::new(), Faults::default());
    for (at, comma) in list.iter().enumerate().filter(|(_, token)| is_mark(Some(token), ',')) {
        if at == 0 || is_mark(list.get(at - 1), ',') {
            faults.at(comma.span(), "found `,` where `clone` lists the name of an argument; remove it");
        }
    }
    for entry in types::split(list, ',') {
        let entry = pattern::peel(&entry);
        match entry.as_slice() {
            [] => continue,
            [TokenTree::Ident(name)] => {
                names.push(name.clone());
                continue;
            }
            _ => {}
        }
        let found = shown::text(&entry);
        // Of `&name` and `name: Type`, the name.
        let name = entry.iter().find(|token| matches!(token, TokenTree::Ident(word) if word != "mut"));
        let advice = match name {
            Some(name) if *name.to_string() == *"self" => "make a copy of it in the body".to_owned(),
            Some(name) => format!("write `clone({name})`"),
            None => "write `clone(payload)`".to_owned(),
        };
        let entry: TokenStream = entry.into_iter().collect();
        faults.on(entry, format!("`clone` lists the names of arguments, found `{found}`; {advice}"));
    }
    faults.result(names)
}

/// Whether an entry ends there.
fn is_end(rest: &[TokenTree]) -> bool {
    rest.is_empty() || is_mark(rest.first(), ',')
}

fn missing(rest: &[TokenTree], span: Span, key: Key, example: &str) -> syn::Error {
    let found = match rest.first() {
        Some(found) if !is_end(rest) => found,
        _ => return syn::Error::new(span, format!("`{}` has no value; write `{example}`", key.name())),
    };
    let (found, example) = match found {
        TokenTree::Group(group) => match group.delimiter() {
            Delimiter::Bracket if key == Key::Clone => {
                let list = shown::text(&inside(group));
                (format!("[{list}]"), format!("clone({list})"))
            }
            Delimiter::Bracket => ("[...]".to_owned(), example.to_owned()),
            Delimiter::Brace => ("{...}".to_owned(), example.to_owned()),
            Delimiter::Parenthesis | Delimiter::None => ("(...)".to_owned(), example.to_owned()),
        },
        found => (found.to_string(), example.to_owned()),
    };
    fault(rest, format!("found `{found}` where the value of `{}` should be; write `{example}`", key.name()))
}

/// Words for a value that is not spelt as its key wants it; those of expressions are general.
fn misread(fault: syn::Error, rest: &[TokenTree], key: Key, shape: Shape, example: &str) -> syn::Error {
    let expected = match shape {
        Shape::Name => "a name for the body to use",
        Shape::Type => "a type",
        Shape::Path => "the path of a module",
        Shape::Expression | Shape::Classifier | Shape::Names => return fault,
    };
    if shape == Shape::Name {
        let tokens = part(rest, ..find_mark(rest, 0, &[',']).unwrap_or(rest.len()));
        let found = shown::text(tokens);
        let name = match tokens {
            [TokenTree::Ident(name), mark, ..] if is_mark(Some(mark), ':') => format!("{} = {name}", key.name()),
            _ => example.to_owned(),
        };
        let tokens: TokenStream = tokens.iter().cloned().collect();
        let message = format!("`{}` expects {expected}, found `{found}`; write `{name}`", key.name());
        return syn::Error::new_spanned(tokens, message);
    }
    // There is a token: a missing value is told of before.
    let Some(token) = rest.first() else { return fault };
    let (span, found) = (token.span(), token.to_string());
    syn::Error::new(span, format!("`{}` expects {expected}, found `{found}`; write `{example}`", key.name()))
}

fn no_key(name: &Ident, place: Place) -> syn::Error {
    let word = name.to_string();
    if place == Place::Policy || KEYS.iter().any(|row| word == row.1.to_uppercase()) {
        return syn::Error::new(name.span(), unknown(&word, place));
    }
    let is_keyword = syn::parse_str::<Ident>(&word).is_err();
    let advice = match word.as_str() {
        "async" => "`#[retry]` sees by itself that a function is async; remove `async`".to_owned(),
        _ if crate::args::strategy::named(&word).is_some() => format!("write `strategy = \"{word}\"`"),
        _ if is_keyword => "write `key = value`".to_owned(),
        _ => format!("for a classifier write `on = {word}`, else `key = {word}`"),
    };
    syn::Error::new(name.span(), format!("expected a key, found `{word}` alone; {advice}"))
}

/// Words for what is no key.
fn unknown(found: &str, place: Place) -> String {
    let allowed: Vec<&str> = KEYS.iter().filter(|row| place == Place::Attribute || row.4).map(|row| row.1).collect();
    if place == Place::Policy && KEYS.iter().any(|row| row.1 == found) {
        return format!("`{found}` belongs to a function, not to a policy; write it in `#[retry(...)]`");
    }
    let word = found.replace('-', "_");
    let suggestion = match by_another_name(&word).filter(|key| allowed.contains(key)) {
        Some(key) if word.contains("retries") || word == "max_retry" => {
            format!("; did you mean `{key}`? it counts all attempts: three retries are `max = 4`")
        }
        Some(key) => format!("; did you mean `{key}`?"),
        None => did_you_mean(&word, &allowed),
    };
    let suggestion = if suggestion.is_empty() { format!("; keys are {}", listed(&allowed, "`")) } else { suggestion };
    format!("unknown key `{found}`{suggestion}")
}

/// The key that other libraries, or everyday words, call by that name.
fn by_another_name(word: &str) -> Option<&'static str> {
    Some(match word {
        "attempts" | "max_attempts" | "retries" | "max_retries" | "max_retry" | "max_retry_attempts" | "times"
        | "max_times" | "tries" | "max_tries" | "n" | "count" => "max",
        "delay" | "base_delay" | "initial" | "initial_delay" | "initial_interval" | "initial_backoff" | "min_delay"
        | "wait" | "wait_duration" | "interval" => "base",
        "max_delay" | "max_interval" | "max_wait" | "max_backoff" | "ceiling" => "cap",
        "multiplier" | "growth" => "factor",
        "randomization_factor" | "randomness" => "jitter",
        "when" | "if" | "retry_if" | "retry_on" | "retry_when" | "should_retry" | "condition" | "predicate"
        | "classify" => "on",
        "on_result" | "on_success" => "on_value",
        "backoff" | "algorithm" => "strategy",
        "attempt_timeout" | "per_attempt_timeout" | "per_try_timeout" | "try_timeout" | "time_out" | "time_limit" => {
            "timeout"
        }
        "circuit_breaker" | "fuse" => "breaker",
        "retry_budget" | "quota" | "throttle" => "budget",
        "on_retry" | "before_sleep" | "callback" | "log" | "inspect" => "notify",
        "fallback" | "or_else" | "default" => "recover",
        "verb" | "http_method" => "method",
        "idempotency" | "idempotent" | "request_id" => "idempotency_key",
        "max_duration" | "max_elapsed" | "max_elapsed_time" | "total_delay" | "total_timeout" => "deadline",
        "label" => "name",
        _ => return None,
    })
}

impl Value {
    /// Reads the value that the tokens begin with, and tells how many of them it is.
    fn read(tokens: &[TokenTree], shape: Shape) -> syn::Result<(Self, usize)> {
        Ok(match (shape, matched(tokens)) {
            (Shape::Classifier, Some((pattern, length))) => {
                if pattern.is_empty() {
                    let message = "`matches()` holds no pattern; write `matches(MyError::Timeout)`";
                    return Err(fault(tokens, message));
                }
                pattern_check::refuse_content(&pattern.clone().into_iter().collect::<Vec<_>>())?;
                (Self::Pattern(pattern), length)
            }
            (Shape::Expression | Shape::Classifier | Shape::Names, _) => {
                let (expression, length) = Expression::first(tokens)?;
                (Self::Expression(expression), length)
            }
            // A word behind it is a key whose comma is missing.
            (Shape::Name, _) if !is_end(part(tokens, 1..)) && !matches!(tokens.get(1), Some(TokenTree::Ident(_))) => {
                return Err(fault(tokens, "unexpected token"));
            }
            (Shape::Name, _) => (Self::Name(syn::parse2(part(tokens, ..1).iter().cloned().collect())?), 1),
            (Shape::Type, _) => scanned(tokens, scan::ty).map(|(ty, length)| (Self::Type(ty), length))?,
            (Shape::Path, _) => scanned(tokens, scan::module_path).map(|(path, length)| (Self::Path(path), length))?,
        })
    }
}

/// What is in a `matches(...)`, and how many tokens that is. `macro_rules!` may hide it in a group.
fn matched(tokens: &[TokenTree]) -> Option<(TokenStream, usize)> {
    match tokens {
        [word, TokenTree::Group(pattern), ..] if is_word(Some(word), "matches") => {
            (pattern.delimiter() == Delimiter::Parenthesis).then(|| (pattern.stream(), 2))
        }
        [TokenTree::Group(hidden), ..] if hidden.delimiter() == Delimiter::None => {
            let hidden = inside(hidden);
            matched(&hidden).filter(|(_, length)| *length == hidden.len()).map(|(pattern, _)| (pattern, 1))
        }
        _ => None,
    }
}

/// As many tokens as something has that ends where the scan says.
fn scanned(tokens: &[TokenTree], scan: fn(&[TokenTree], usize) -> Option<usize>) -> syn::Result<(TokenStream, usize)> {
    let end = scan(tokens, 0).ok_or_else(|| fault(tokens, "unexpected token"))?;
    Ok((part(tokens, ..end).iter().cloned().collect(), end))
}

fn skip_to_comma(rest: &mut &[TokenTree]) {
    *rest = part(rest, find_mark(rest, 0, &[',']).unwrap_or(rest.len())..);
}

/// A fault at what comes next.
fn fault(rest: &[TokenTree], message: impl Display) -> syn::Error {
    let span = match rest.first() {
        Some(TokenTree::Group(group)) => group.span_open(),
        Some(token) => token.span(),
        None => Span::call_site(),
    };
    syn::Error::new(span, message)
}
