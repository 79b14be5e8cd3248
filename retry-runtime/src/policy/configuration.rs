//! Policies in configuration files, by serde: the attribute's keys, in the attribute's words.
//!
//! It reads and writes; the builder judges. It knows no format, no outcome and no call. Feature `serde`.

mod durations;
mod steps;
#[cfg(test)]
mod tests;

use crate::policy::Policy;
use crate::policy::builder::PolicyBuilder;
use crate::policy::strategy::{Jitter, Setting, Strategy};
use core::fmt;
use core::num::NonZeroU32;
use core::time::Duration;
use durations::Text;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

/// The fields, in the order in which they are written.
const FIELDS: &[&str] = &["strategy", "base", "cap", "factor", "increment", "jitter", "max", "deadline", "max_hint"];

const UNLIMITED: &str = "unlimited";

/// The strategies that have a name.
const NAMED: [Strategy; 9] = [
    Strategy::Immediate,
    Strategy::Constant,
    Strategy::Linear,
    Strategy::Exponential,
    Strategy::Fibonacci,
    Strategy::FullJitter,
    Strategy::EqualJitter,
    Strategy::DecorrelatedJitter,
    Strategy::DecorrelatedJitterV2,
];

/// Writes a map of the attribute's keys: the strategy, the settings that it uses, `max` and `max_hint`, and the others where they are set.
///
/// Durations are text, such as `"1m 30s"`. What is written is read back as an equal policy, if the builder would make it: the policy of a
/// [`Site`](crate::Site) with run-time keys may be one that the builder refuses.
impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let strategy = self.strategy();
        let base = strategy.takes(Setting::Base).then_some(Text(self.base));
        let cap = self.cap.filter(|_| strategy.takes(Setting::Cap)).map(Text);
        let factor = strategy.takes(Setting::Factor).then_some(self.factor);
        let increment = self.increment.filter(|_| strategy.takes(Setting::Increment)).map(Text);
        let jitter = self.jitter.filter(|_| !strategy.is_random()).map(Spread);
        let deadline = self.deadline.map(Text);
        let optional = [
            base.is_some(),
            cap.is_some(),
            factor.is_some(),
            increment.is_some(),
            jitter.is_some(),
            deadline.is_some(),
        ];
        let count = optional.iter().filter(|is_written| **is_written).count();
        let mut map = serializer.serialize_struct("Policy", count.saturating_add(3))?;
        map.serialize_field("strategy", &Chosen(strategy))?;
        write(&mut map, "base", base)?;
        write(&mut map, "cap", cap)?;
        write(&mut map, "factor", factor)?;
        write(&mut map, "increment", increment)?;
        write(&mut map, "jitter", jitter)?;
        map.serialize_field("max", &Limit(self.max))?;
        write(&mut map, "deadline", deadline)?;
        map.serialize_field("max_hint", &Text(self.max_hint))?;
        map.end()
    }
}

/// Writes a field that has a value.
fn write<M: SerializeStruct>(map: &mut M, field: &'static str, value: Option<impl Serialize>) -> Result<(), M::Error> {
    match value {
        Some(value) => map.serialize_field(field, &value),
        None => map.skip_field(field),
    }
}

/// A strategy as it is written: a name, or a list of durations.
struct Chosen(Strategy);

impl Serialize for Chosen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Strategy::Steps(steps) => serializer.collect_seq(steps.iter().copied().map(Text)),
            named => serializer.serialize_str(named.name()),
        }
    }
}

/// A jitter as it is written: a name, a ratio or a duration.
struct Spread(Jitter);

impl Serialize for Spread {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Jitter::Full => serializer.serialize_str("full"),
            Jitter::Equal => serializer.serialize_str("equal"),
            Jitter::Ratio(ratio) => serializer.serialize_f64(ratio),
            Jitter::Spread(width) => Text(width).serialize(serializer),
        }
    }
}

/// A number of attempts as it is written.
struct Limit(Option<NonZeroU32>);

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(attempts) => serializer.serialize_u32(attempts.get()),
            None => serializer.serialize_str(UNLIMITED),
        }
    }
}

/// Reads a map of the attribute's keys: `strategy`, `base`, `cap`, `factor`, `increment`, `jitter`, `max`, `deadline` and `max_hint`.
///
/// What is missing has its default, and an empty map is [`Policy::default`]. Durations are text: `"250ms"`, `"1.5s"`, `"1m 30s"`, numbers
/// with units that are summed up, in whole nanoseconds; a plain number is refused. `max` is a number or `"unlimited"`, `jitter` is `"full"`,
/// `"equal"`, a ratio or a duration, `strategy` is a name or a list of durations.
///
/// The format has to be one that says what its values are, as TOML, JSON, YAML and RON do.
///
/// # Errors
///
/// Unknown and repeated fields, values of the wrong kind, and all that [`PolicyBuilder::build`] refuses. Each error names the field, what
/// was found and a way out; most formats add the line.
///
/// # Memory
///
/// A policy is `Copy` and refers to its list of durations for as long as the process lives. Each list is kept once, however often
/// it is read. All lists that are different have room for 65,536 durations together, a megabyte; one that no longer fits is refused.
impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Policy", FIELDS, PolicyVisitor)
    }
}

struct PolicyVisitor;

impl<'de> Visitor<'de> for PolicyVisitor {
    type Value = Policy;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map with the settings of a policy, such as `max` and `deadline`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Policy, A::Error> {
        let mut builder = Policy::builder();
        let mut seen = Vec::new();
        while let Some(field) = map.next_key_seed(Field)? {
            if seen.contains(&field) {
                return Err(de::Error::custom(format_args!("`{field}` is given twice; remove one of them")));
            }
            seen.push(field);
            builder = read(&mut map, field, builder)?;
        }
        builder.build().map_err(de::Error::custom)
    }
}

/// Reads the value of a field into the builder.
fn read<'de, A: MapAccess<'de>>(
    map: &mut A,
    field: &'static str,
    builder: PolicyBuilder,
) -> Result<PolicyBuilder, A::Error> {
    let place = Place { field, entry: None };
    let duration = Value { place, expected: DURATION, read: durations::read };
    Ok(match field {
        "strategy" => builder.strategy(map.next_value_seed(StrategyValue)?),
        "base" => builder.base(map.next_value_seed(duration)?),
        "cap" => builder.cap(map.next_value_seed(duration)?),
        "increment" => builder.increment(map.next_value_seed(duration)?),
        "deadline" => builder.deadline(map.next_value_seed(duration)?),
        "max_hint" => builder.max_hint(map.next_value_seed(duration)?),
        "factor" => builder.factor(map.next_value_seed(Value { place, expected: FACTOR, read: factor })?),
        "jitter" => builder.jitter(map.next_value_seed(Value { place, expected: JITTER, read: jitter })?),
        // `Field` lets no other pass.
        _ => match map.next_value_seed(Value { place, expected: MAX, read: max })? {
            Some(attempts) => builder.max(attempts),
            None => builder.unlimited(),
        },
    })
}

/// The name of a field.
struct Field;

impl<'de> DeserializeSeed<'de> for Field {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Field {
    type Value = &'static str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: de::Error>(self, found: &str) -> Result<&'static str, E> {
        let field = FIELDS.iter().find(|field| **field == found);
        field.copied().ok_or_else(|| E::unknown_field(found, FIELDS))
    }
}

/// Where a value stands, for messages.
#[derive(Clone, Copy, Debug)]
struct Place {
    field: &'static str,
    /// Counted from 1.
    entry: Option<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.entry {
            None => write!(f, "`{}`", self.field),
            Some(entry) => write!(f, "entry {entry} of `{}`", self.field),
        }
    }
}

/// A value as it stands in the file.
#[derive(Clone, Copy, Debug)]
enum Found<'a> {
    Text(&'a str),
    Whole(i128),
    Float(f64),
}

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Whole(number) => write!(f, "{number}"),
            Self::Float(number) => write!(f, "{number:?}"),
        }
    }
}

/// Reads text or a number by a function, whose errors name the place.
struct Value<T> {
    place: Place,
    /// What is expected, where it is neither text nor a number.
    expected: &'static str,
    read: fn(Place, Found<'_>) -> Result<T, String>,
}

const DURATION: &str = "a duration with its unit, such as \"250ms\"";
const FACTOR: &str = "a number of at least 1, such as 2.0";
const JITTER: &str = "\"full\", \"equal\", a ratio such as 0.2 or a duration such as \"50ms\"";
const MAX: &str = "a whole number of attempts such as 5, or \"unlimited\" beside a `deadline`";

impl<T> Value<T> {
    fn found<E: de::Error>(self, found: Found<'_>) -> Result<T, E> {
        (self.read)(self.place, found).map_err(E::custom)
    }
}

impl<'de, T> DeserializeSeed<'de> for Value<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<T> Visitor<'_> for Value<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to be {}", self.place, self.expected)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        self.found(Found::Text(text))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        self.found(Found::Whole(number.into()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        self.found(Found::Whole(number.into()))
    }

    fn visit_i128<E: de::Error>(self, number: i128) -> Result<T, E> {
        self.found(Found::Whole(number))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        self.found(Found::Float(number))
    }
}

/// A strategy: a name, or a list of durations.
struct StrategyValue;

const STRATEGY: Place = Place { field: "strategy", entry: None };

impl<'de> DeserializeSeed<'de> for StrategyValue {
    type Value = Strategy;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Strategy, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StrategyValue {
    type Value = Strategy;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{STRATEGY} to be a name such as \"equal_jitter\", or a list of durations such as [\"100ms\", \"1s\"]"
        )
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Strategy, E> {
        let found = NAMED.into_iter().find(|strategy| strategy.name() == name);
        found.ok_or_else(|| {
            let names = NAMED.map(|strategy| format!("{:?}", strategy.name())).join(", ");
            E::custom(format_args!("{STRATEGY} is {name:?}, but must be one of {names}, or a list of durations"))
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Strategy, A::Error> {
        let mut steps: Vec<Duration> = Vec::new();
        loop {
            let place = Place { entry: Some(steps.len().saturating_add(1)), ..STRATEGY };
            match list.next_element_seed(Value { place, expected: DURATION, read: durations::read })? {
                Some(step) => steps.push(step),
                None => break,
            }
        }
        let strategy = Strategy::Steps(steps::keep(&steps).map_err(de::Error::custom)?);
        judged(Policy::builder().strategy(strategy), strategy).map_err(de::Error::custom)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a factor is a float, however it is written")]
fn factor(place: Place, found: Found<'_>) -> Result<f64, String> {
    let factor = match found {
        Found::Whole(number) => number as f64,
        Found::Float(number) => number,
        Found::Text(_) => {
            return Err(format!(
                "{place} is {found}, but must be a number without quotes; 2.0 doubles the delay each time"
            ));
        }
    };
    judged(Policy::builder().factor(factor), factor)
}

/// Asks the builder of a setting alone, so that a refusal stands at its place in the file.
fn judged<T>(builder: PolicyBuilder, value: T) -> Result<T, String> {
    builder.build().map(|_| value).map_err(|refusal| refusal.to_string())
}

#[expect(clippy::cast_precision_loss, reason = "a ratio is a float, however it is written")]
fn jitter(place: Place, found: Found<'_>) -> Result<Jitter, String> {
    let ratio = |ratio| {
        let jitter = Jitter::Ratio(ratio);
        judged(Policy::builder().strategy(Strategy::Exponential).jitter(jitter), jitter)
    };
    match found {
        Found::Whole(number) => ratio(number as f64),
        Found::Float(number) => ratio(number),
        Found::Text("full") => Ok(Jitter::Full),
        Found::Text("equal") => Ok(Jitter::Equal),
        Found::Text(text) if text.parse::<f64>().is_ok_and(f64::is_finite) => Err(format!(
            "{place} is {found}, but a ratio has no quotes and a duration has a unit; write {text} or \"{text}ms\""
        )),
        Found::Text(text) if text.starts_with(|first: char| first.is_ascii_digit() || first == '-') => {
            durations::read(place, found).map(Jitter::Spread)
        }
        Found::Text(_) => Err(format!("{place} is {found}, but must be {JITTER}")),
    }
}

/// Reads a number of attempts; `None` is unlimited.
fn max(place: Place, found: Found<'_>) -> Result<Option<u32>, String> {
    match found {
        Found::Text(UNLIMITED) => Ok(None),
        Found::Whole(number @ ..=0) => {
            Err(format!("{place} is {number}, but must be at least 1: it counts all attempts, the first one included"))
        }
        Found::Whole(number) => u32::try_from(number).map(Some).map_err(|_too_large| {
            format!(
                "{place} is {number}, but can be {} at most; for no limit write \"unlimited\" beside a `deadline`",
                u32::MAX
            )
        }),
        Found::Text(text) if text.parse::<u32>().is_ok() => {
            Err(format!("{place} is {found}, but a number of attempts has no quotes; write {text}"))
        }
        Found::Text(_) | Found::Float(_) => Err(format!("{place} is {found}, but must be {MAX}")),
    }
}
