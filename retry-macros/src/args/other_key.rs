//! What is meant by a key of another library: the entries to write instead, with the user's own values in them.
//!
//! It reads no attribute.

use crate::args::carried::{self, Unit, listed};
use crate::args::key::{Key, Macro};
use crate::args::other_names::{Meaning, kind, meaning};
use crate::syntax::{expr, is_mark, part, type_path};
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use reattempt_policy::strategy::Kind;
use reattempt_policy::{Setting, duration};
use syn::parse::Parser;
use syn::{Expr, ExprMethodCall, Lit, Member};

/// Returns the message for a word that is not a key of the macro. `None` if the word is in no table.
pub(super) fn unknown(found: &str, value: &[TokenTree], macro_: Macro, has_strategy: bool) -> Option<String> {
    let entries = |unit| Writer { unit, has_strategy, is_tenacity: false }.entries(found, value);
    let advice = match meant(found, value)?.0 {
        Meaning::Advice(advice) => advice.to_owned(),
        Meaning::IsRandom if has_strategy && boolean(value) == Some(false) => {
            "`strategy` and `jitter` say whether delays are spread; remove it".to_owned()
        }
        meaning => {
            let (millis, seconds) = (entries(Unit::Millis)?, entries(Unit::Seconds)?);
            let or = either(&joined(&millis), &joined(&seconds));
            match meaning {
                _ if !millis.iter().all(|(key, _)| key.belongs_to(macro_)) => {
                    format!("write {or} in `#[retry(...)]`: it belongs to a function, not to a policy")
                }
                Meaning::Retries => format!("`max` counts all attempts, the first one included: write {or}"),
                _ => format!("write {or}"),
            }
        }
    };
    Some(format!("unknown key `{found}`; {advice}"))
}

/// Returns what is meant by a name with a value: `retry = 3` is a number of retries.
fn meant(name: &str, value: &[TokenTree]) -> Option<(Meaning, Option<Unit>)> {
    let (meaning, unit) = meaning(name)?;
    let is_count = matches!(meaning, Meaning::Key(Key::On)) && carried::is_number(value);
    Some((if is_count { Meaning::Retries } else { meaning }, unit))
}

/// Returns a key of ours with its value, to be written behind an `=`. `behind` is what follows the key, if `value` is only a part of it.
pub(super) fn corrected(key: Key, value: &[TokenTree], behind: &[TokenTree]) -> String {
    let is_list = matches!(behind, [TokenTree::Group(list)] if list.delimiter() == Delimiter::Bracket);
    let list = is_list.then_some(behind);
    let entry = |unit| {
        let writer = Writer { unit, has_strategy: false, is_tenacity: false };
        let strategy = || writer.strategy(list.unwrap_or(value)).map(|entries| joined(&entries));
        let value = carried::value(key, value, None, unit)
            .or_else(|| list.and_then(|list| carried::value(key, list, None, unit)));
        let value = value.map(|value| named(key, &value).1);
        if key == Key::Setting(Setting::Strategy) { strategy() } else { value }
            .unwrap_or_else(|| key.example().to_owned())
    };
    either(&entry(Unit::Millis), &entry(Unit::Seconds))
}

/// Returns both texts in quotes, or one if they are the same.
fn either(first: &str, second: &str) -> String {
    if first == second { format!("`{first}`") } else { format!("`{first}` or `{second}`") }
}

/// Returns what to write for a strategy of another library, if the value cannot be one of the user's own.
pub(super) fn strategy(value: &Expr, local_names: &[String]) -> Option<String> {
    let is_free = |name: &Ident| !local_names.iter().any(|local| name == local);
    let is_sure = match expr::peel(value) {
        Expr::Path(path) => match expr::name(value) {
            // A constant or a type would have capitals.
            Some(name) => {
                is_free(name) && !name.to_string().contains(char::is_uppercase) && kind(&name.to_string()).is_some()
            }
            None => is_our_strategy(&path.path),
        },
        Expr::Call(call) => {
            let is_duration =
                |argument: &Expr| expr::text(argument).is_some_and(|text| duration::is_duration(&text.value()));
            let name = expr::name(&call.func).filter(|name| is_free(name)).and_then(|name| kind(&name.to_string()));
            name.is_some()
                && call.args.iter().any(|argument| is_duration(argument) || matches!(argument, Expr::Assign(_)))
        }
        Expr::MethodCall(call) => is_foreign(call),
        _ => false,
    };
    let value: Vec<TokenTree> = value.to_token_stream().into_iter().collect();
    let entries = |unit| Writer { unit, has_strategy: false, is_tenacity: false }.strategy(&value);
    is_sure.then(|| entries(Unit::Millis)).flatten().map(|entries| joined(&entries))
}

/// Returns whether a path is a variant of `reattempt::Strategy`.
fn is_our_strategy(path: &syn::Path) -> bool {
    let mut names = path.segments.iter().map(|segment| segment.ident.to_string());
    names.next().is_some_and(|name| name == "reattempt") && names.next().is_some_and(|name| name == "Strategy")
}

/// Returns whether a chain of calls is a builder of backon, or an iterator of tokio-retry. Neither is a strategy.
fn is_foreign(call: &ExprMethodCall) -> bool {
    let (calls, Some((head, _))) = chain(call) else { return false };
    let is_builder = head.ends_with("Builder") && calls.iter().any(|(name, _)| name.starts_with("with_"));
    let is_iterator = calls.iter().any(|(name, arguments)| match name.as_str() {
        "map" => arguments.to_string() == "jitter",
        name => name == "take",
    });
    kind(&head).is_some() && (is_builder || is_iterator)
}

/// The type and the function of the call that a chain begins with, and its arguments.
type Head = (String, (String, TokenStream));

/// Returns the methods of a chain of calls, in their order, and what it begins with: a function of a type.
fn chain(call: &ExprMethodCall) -> (Vec<(String, TokenStream)>, Option<Head>) {
    let method = (call.method.to_string(), call.args.to_token_stream());
    let (mut calls, head) = match expr::peel(&call.receiver) {
        Expr::MethodCall(inner) => chain(inner),
        Expr::Call(function) => {
            let names = expr::path(&function.func).map(|path| type_path::names(&path.path));
            let head = match names.as_deref() {
                Some([.., ty, name]) => Some((ty.clone(), (name.clone(), function.args.to_token_stream()))),
                _ => None,
            };
            (Vec::new(), head)
        }
        _ => (Vec::new(), None),
    };
    calls.push(method);
    (calls, head)
}

/// Returns `true` or `false`, also as Python spells them.
fn boolean(value: &[TokenTree]) -> Option<bool> {
    let [TokenTree::Ident(word)] = value else { return None };
    word.to_string().to_lowercase().parse().ok()
}

/// Entries of an attribute, each with its key.
type Entries = Vec<(Key, String)>;

fn joined(entries: &Entries) -> String {
    entries.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(", ")
}

fn named(key: Key, value: &str) -> (Key, String) {
    (key, format!("{} = {value}", key.name()))
}

fn set(setting: Setting, value: &str) -> (Key, String) {
    named(Key::Setting(setting), value)
}

/// The functions of tenacity and a key of stamina, whose numbers are seconds.
const OF_TENACITY: [&str; 8] = [
    "wait_fixed",
    "wait_exponential",
    "wait_random_exponential",
    "wait_exponential_jitter",
    "wait_incrementing",
    "wait_jitter",
    "stop_after_delay",
    "stop_before_delay",
];

/// Writes entries.
#[derive(Clone, Copy)]
struct Writer {
    /// The unit of a number without one.
    unit: Unit,
    /// Whether the attribute has a strategy or a policy already.
    has_strategy: bool,
    /// Whether the words are those of tenacity, which counts in seconds, and calls its first delay `multiplier`.
    is_tenacity: bool,
}

impl Writer {
    /// Returns the entries that are meant by a name of another library with a value.
    fn entries(self, name: &str, value: &[TokenTree]) -> Option<Entries> {
        if name == "wait_random" {
            return Some(Self::between(value));
        }
        let (meaning, unit) = meant(name, value)?;
        let is_tenacity = OF_TENACITY.contains(&name);
        let writer = if is_tenacity { Self { unit: Unit::Seconds, is_tenacity, ..self } } else { self };
        // In Python's `retry` and in retry-if it is the growth.
        if name == "backoff" && matches!(carried::number(value), Some(number) if number < 10.0) {
            return Some(vec![self.one(Key::Setting(Setting::Factor), value, None, false)]);
        }
        writer.write(meaning, value, unit)
    }

    /// Returns the entries for tenacity's random delays between two numbers of seconds.
    fn between(arguments: &[TokenTree]) -> Entries {
        let (mut min, mut max) = (0.0, 1.0);
        for (at, argument) in listed(arguments).into_iter().enumerate() {
            let (is_max, value) = match argument {
                [TokenTree::Ident(name), mark, value @ ..] if is_mark(Some(mark), '=') => (name == "max", value),
                value => (at > 0, value),
            };
            let end = if is_max { &mut max } else { &mut min };
            *end = carried::number(value).unwrap_or(*end);
        }
        let seconds = |number: f64| format!("\"{}s\"", (number * 1000.0).round() / 1000.0);
        let (base, jitter) =
            if min > 0.0 && min < max { (min, seconds(max - min)) } else { (max, "\"full\"".to_owned()) };
        vec![set(Setting::Strategy, "\"constant\""), set(Setting::Base, &seconds(base)), set(Setting::Jitter, &jitter)]
    }

    fn write(self, meaning: Meaning, value: &[TokenTree], unit: Option<Unit>) -> Option<Entries> {
        // `stop = stop_after_attempt(3)`
        if let Some(entries) = self.calls(value).filter(|_| !matches!(meaning, Meaning::Strategy(_))) {
            return Some(entries);
        }
        Some(match meaning {
            Meaning::Strategy(kind) => self.with_strategy(kind, value),
            Meaning::Key(Key::Setting(Setting::Strategy)) => self
                .strategy(value)
                .unwrap_or_else(|| vec![(Key::Setting(Setting::Strategy), Setting::Strategy.example().to_owned())]),
            // `stop = 3`
            Meaning::Key(Key::Cancel) if carried::is_number(value) => {
                vec![self.one(Key::Setting(Setting::Max), value, None, false)]
            }
            Meaning::Key(Key::Setting(Setting::Base)) if !self.has_strategy && carried::number(value) == Some(0.0) => {
                vec![set(Setting::Strategy, "\"immediate\"")]
            }
            Meaning::Key(key) => {
                let entry = self.one(key, value, unit, false);
                let strategy = match key {
                    Key::Setting(Setting::Jitter) => Some("\"exponential\""),
                    Key::Setting(Setting::Increment) => Some("\"linear\""),
                    _ => None,
                };
                let strategy = strategy.filter(|_| !self.has_strategy).map(|strategy| set(Setting::Strategy, strategy));
                strategy.into_iter().chain([entry]).collect()
            }
            Meaning::Retries => vec![self.one(Key::Setting(Setting::Max), value, None, true)],
            Meaning::Unlimited => vec![set(Setting::Max, "\"unlimited\""), set(Setting::Deadline, "\"none\"")],
            Meaning::IsRandom if self.has_strategy => vec![set(Setting::Jitter, "\"full\"")],
            Meaning::IsRandom => {
                let is_off = boolean(value) == Some(false);
                vec![set(Setting::Strategy, if is_off { "\"exponential\"" } else { "\"full_jitter\"" })]
            }
            Meaning::Classifier(classifier) => vec![named(Key::On, classifier)],
            Meaning::Not => vec![named(Key::On, &carried::negated(value))],
            Meaning::Advice(_) => return None,
        })
    }

    /// Returns one entry: the key with the value, or with an example where the value does not fit.
    fn one(self, key: Key, value: &[TokenTree], unit: Option<Unit>, is_retries: bool) -> (Key, String) {
        // `stop_after_delay(max_delay = 10)`
        let value = match value {
            [TokenTree::Ident(_), mark, value @ ..] if is_mark(Some(mark), '=') => value,
            value => value,
        };
        let is_delay = key == Key::Setting(Setting::Jitter) && self.is_tenacity && carried::number(value).is_some();
        let form = if is_delay { Key::Setting(Setting::Base) } else { key };
        let value = if is_retries { carried::retries(value) } else { carried::value(form, value, unit, self.unit) };
        value.map_or_else(|| (key, key.example().to_owned()), |value| named(key, &value))
    }

    /// Returns the entries of calls between bars, `stop_after_delay(10) | stop_after_attempt(5)`, or of names without arguments.
    fn calls(self, value: &[TokenTree]) -> Option<Entries> {
        let inside: Vec<TokenTree> = match value {
            [TokenTree::Group(group)] => group.stream().into_iter().collect(),
            value => value.to_vec(),
        };
        let calls = inside.split(|token| is_mark(Some(token), '|'));
        let entries: Option<Vec<Entries>> = calls
            .map(|call| match call {
                [.., TokenTree::Ident(name)] => match meaning(&name.to_string())? {
                    (meaning @ (Meaning::Unlimited | Meaning::Classifier(_)), _) => self.write(meaning, &[], None),
                    _ => None,
                },
                call => self.call(call),
            })
            .collect();
        entries.map(|entries| entries.concat())
    }

    /// Returns the entries of a call whose name is in a table: `wait_fixed(2)`, `exponential("100ms")`.
    fn call(self, value: &[TokenTree]) -> Option<Entries> {
        let value = if is_mark(value.first(), '@') { part(value, 1..) } else { value };
        let [before @ .., TokenTree::Ident(name), TokenTree::Group(arguments)] = value else { return None };
        let is_path = before.iter().all(|token| matches!(token, TokenTree::Ident(_)) || is_mark(Some(token), ':'));
        let name = name.to_string();
        // `Builder::default()` is a function of a type.
        let is_of_type = |token: &TokenTree| matches!(token, TokenTree::Ident(owner) if owner.to_string().starts_with(char::is_uppercase));
        // A function of the user may have the name of a key.
        if !is_path || before.iter().any(is_of_type) || Key::named(&name).is_some() || name == "matches" {
            return None;
        }
        let arguments: Vec<TokenTree> = arguments.stream().into_iter().collect();
        self.entries(&name, &arguments)
    }

    /// Returns the entries of a strategy by name, a list of delays, a delay, a call or a chain of calls.
    fn strategy(self, value: &[TokenTree]) -> Option<Entries> {
        if let Some(entries) = self.call(value) {
            return Some(entries);
        }
        let by_name = |name: &str| kind(name).map(|kind| self.with_strategy(kind, &[]));
        let expression = expr::parse.parse2(value.iter().cloned().collect()).ok();
        let found = match expression.as_ref().map(expr::peel) {
            Some(Expr::Path(path)) => by_name(&path.path.segments.last()?.ident.to_string()),
            Some(Expr::Field(field)) => match &field.member {
                Member::Named(name) => by_name(&name.to_string()),
                Member::Unnamed(_) => None,
            },
            Some(Expr::MethodCall(call)) => self.chain(call),
            // `ExponentialBuilder::default()`
            Some(Expr::Call(call)) => {
                let names = expr::path(&call.func).map(|path| type_path::names(&path.path));
                let owner = names.and_then(|mut names| names.drain(..).rev().nth(1));
                owner.filter(|_| call.args.is_empty()).and_then(|owner| by_name(&owner))
            }
            // `backoff(delay = 1000)`
            Some(Expr::Assign(_)) => Some(self.arguments(None, value)).filter(|entries| !entries.is_empty()),
            Some(literal) => match expr::literal(literal) {
                Some(Lit::Str(text)) if kind(&text.value()).is_some() => by_name(&text.value()),
                Some(Lit::Float(_)) => Some(vec![self.one(Key::Setting(Setting::Factor), value, None, false)]),
                Some(_) => Some(vec![self.one(Key::Setting(Setting::Base), value, None, false)]),
                None => None,
            },
            None => Some(self.arguments(None, value)).filter(|entries| !entries.is_empty()),
        };
        found.or_else(|| {
            carried::value(Key::Setting(Setting::Strategy), value, None, self.unit)
                .map(|value| vec![set(Setting::Strategy, &value)])
        })
    }

    /// Returns a strategy with its arguments.
    fn with_strategy(self, kind: Kind, arguments: &[TokenTree]) -> Entries {
        let (kind, arguments) = match boolean(arguments) {
            Some(true) => (kind, &[][..]),
            Some(false) if kind == Kind::FullJitter => (Kind::Exponential, &[][..]),
            Some(false) => (Kind::Constant, &[][..]),
            None => (kind, arguments),
        };
        let strategy = (!self.has_strategy).then(|| set(Setting::Strategy, &format!("\"{}\"", kind.name())));
        let mut entries: Entries = strategy.into_iter().chain(self.arguments(Some(kind), arguments)).collect();
        if entries.is_empty() {
            entries.push(self.one(Key::Setting(Setting::Base), &[], None, false));
        }
        entries
    }

    /// Returns the entries for the arguments of a strategy: `"100ms", factor = 2, max = "10s"`.
    fn arguments(self, kind: Option<Kind>, arguments: &[TokenTree]) -> Entries {
        let mut entries = Entries::new();
        let takes = |setting| kind.is_none_or(|kind| kind.takes(setting));
        let inside = Self { has_strategy: kind.is_some() || self.has_strategy, ..self };
        for (at, argument) in listed(arguments).into_iter().enumerate() {
            let mut written = match argument {
                [TokenTree::Ident(name), mark, value @ ..] if is_mark(Some(mark), '=') || is_mark(Some(mark), ':') => {
                    match name.to_string().as_str() {
                        "max" => vec![self.one(Key::Setting(Setting::Cap), value, None, false)],
                        "multiplier" if self.is_tenacity => {
                            vec![self.one(Key::Setting(Setting::Base), value, None, false)]
                        }
                        name => inside.entries(name, value).unwrap_or_default(),
                    }
                }
                [TokenTree::Ident(name)] if kind.is_none() && self::kind(&name.to_string()).is_some() => {
                    self.strategy(argument).unwrap_or_default()
                }
                value => {
                    let is_number = matches!(value, [TokenTree::Literal(_)]) && carried::is_number(value);
                    let setting = match at {
                        0 => Setting::Base,
                        1 if takes(Setting::Increment) && kind.is_some() => Setting::Increment,
                        1 if is_number && takes(Setting::Factor) && !self.is_tenacity => Setting::Factor,
                        2 if takes(Setting::Factor) && self.is_tenacity => Setting::Factor,
                        3 if self.is_tenacity => Setting::Jitter,
                        _ => Setting::Cap,
                    };
                    vec![self.one(Key::Setting(setting), value, None, false)]
                }
            };
            written.retain(|(key, _)| !matches!(key, Key::Setting(setting) if !takes(*setting)));
            entries.retain(|(key, _)| written.iter().all(|(other, _)| other != key));
            entries.append(&mut written);
        }
        entries
    }

    /// Returns the entries of a chain of calls, such as `ExponentialBuilder::default().with_max_times(3)`.
    fn chain(self, call: &ExprMethodCall) -> Option<Entries> {
        let (calls, head) = chain(call);
        let (ty, (function, arguments)) = head?;
        let mut kind = kind(&ty)?;
        let inside = Self { has_strategy: true, ..self };
        let mut entries = Entries::new();
        let mut scale = 1_u64;
        let number = |tokens: &TokenStream| tokens.to_string().replace('_', "").parse::<u64>().ok();
        for (name, arguments) in &calls {
            let value: Vec<TokenTree> = arguments.clone().into_iter().collect();
            match name.as_str() {
                "map" | "with_jitter" if kind == Kind::Exponential => kind = Kind::FullJitter,
                "map" | "with_jitter" => entries.push(set(Setting::Jitter, "\"full\"")),
                // tokio-retry multiplies each delay.
                "factor" => scale = number(arguments)?,
                // tokio-retry2 ends the call then.
                "max_interval" => entries.push(self.one(Key::Setting(Setting::Deadline), &value, None, false)),
                name => entries.extend(inside.entries(name, &value).unwrap_or_default()),
            }
        }
        if entries.iter().filter(|(key, _)| *key == Key::Setting(Setting::Deadline)).count() > 1 {
            entries.retain(|(_, text)| text != "deadline = \"none\"");
        }
        let mut begin = vec![set(Setting::Strategy, &format!("\"{}\"", kind.name()))];
        if function == "from_millis" {
            let arguments: Vec<TokenTree> = arguments.into_iter().collect();
            let mut listed = listed(&arguments).into_iter().map(|argument| argument.iter().cloned().collect());
            let first = number(&listed.next()?)?;
            let growth: Option<TokenStream> = listed.next();
            begin.push(set(Setting::Base, &format!("\"{}ms\"", first.checked_mul(scale)?)));
            if let Some(growth) = growth {
                begin.push(set(Setting::Factor, &growth.to_string()));
            } else if kind.takes(Setting::Factor) {
                // Its delays are the powers of the first one.
                begin.push(set(Setting::Factor, &first.to_string()));
            }
        }
        begin.extend(entries);
        Some(begin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_is_written_with_the_value() {
        for (word, value, meant) in [
            ("retries", "3", "write `max = 4`"),
            ("retries", "n << 1", "write `max = (n << 1) + 1`"),
            ("max_retries", "4294967295", "write `max = 3`"),
            ("attempts", "0", "write `max = 3`"),
            ("max_delay", "None", "write `cap = \"10s\"`"),
            ("max_elapsed_time", "None", "write `deadline = \"none\"`"),
            ("timeout_ms", "n", "write `timeout = Duration::from_millis(n)`"),
            ("delay", "0.5", "write `base = \"0.5s\"`"),
            ("retry_on", "E::A, E::B(_)", "write `on = matches(E::A | E::B(_))`"),
            ("retry_on", "is_busy, is_lost", "write `on = reattempt::classify::any_of((is_busy, is_lost))`"),
            ("unless", "E::A", "write `on = |error| !matches!(error, E::A)`"),
            (
                "wait",
                "wait_exponential(multiplier = 1, max = 10)",
                "write `strategy = \"exponential\", base = \"1s\", cap = \"10s\"`",
            ),
            ("backoff", "@Backoff(delay = 5s, multiplier = 2)", "write `base = \"5s\", factor = 2`"),
            ("backoff", "ExponentialBuilder::default()", "write `strategy = \"exponential\"`"),
            (
                "backoff",
                "delay = 1000, multiplier = 2",
                "write `base = \"1000ms\", factor = 2` or `base = \"1000s\", factor = 2`",
            ),
            ("backoff", "delay = \"1s\"", "write `base = \"1s\"`"),
            ("exclude", "Error", "write `on = reattempt::classify::not(is_permanent)`"),
            ("ignore", "io::Error", "write `on = reattempt::classify::not(is_permanent)`"),
            ("UseJitter", "false", "write `strategy = \"exponential\"`"),
            ("retry_on", "Error::IoError", "write `on = matches(Error::IoError)`"),
            ("step", "\"1s\"", "write `strategy = \"linear\", increment = \"1s\"`"),
            ("multiplier", "0.5", "write `factor = 2.0`"),
        ] {
            let value: Vec<TokenTree> = value.parse::<TokenStream>().expect(value).into_iter().collect();
            let message = unknown(word, &value, Macro::Retry, false).expect(word);
            assert!(message.ends_with(meant), "{word}: {message}");
        }
    }

    #[test]
    fn a_strategy_that_may_be_the_users_own_is_not_refused() {
        for (value, meant) in [
            ("reattempt::Strategy::Linear", Some("strategy = \"linear\"")),
            ("exponential(\"1s\", factor = 3)", Some("strategy = \"exponential\", base = \"1s\", factor = 3")),
            ("FixedInterval::from_millis(5).take(3)", Some("strategy = \"constant\", base = \"5ms\", max = 4")),
            ("FixedInterval::from_millis(5)", None),
            ("ExponentialBackoff", None),
            ("Strategy::Exponential", None),
            ("exponential(5)", None),
            ("own", None),
            ("own(\"1s\")", None),
        ] {
            let expression = syn::parse_str(value).expect(value);
            assert_eq!(strategy(&expression, &["own".to_owned()]).as_deref(), meant, "{value}");
        }
        let argument = syn::parse_str("fixed").expect("a name");
        assert_eq!(strategy(&argument, &["fixed".to_owned()]), None);
        assert_eq!(strategy(&argument, &[]).as_deref(), Some("strategy = \"constant\""));
    }
}
