//! Policies in configuration files, by serde: the attribute's keys, in the attribute's words.
//!
//! It reads and writes; the policy core judges. It knows no format, no outcome and no call. Feature `serde`.

mod steps;
#[cfg(test)]
mod tests;

use crate::policy::Policy;
use core::fmt;
use core::time::Duration;
use reattempt_policy::notation::{unknown_jitter_message, unknown_strategy_message};
use reattempt_policy::{Attempts, Jitter, Kind, Later, Rule, Setting, Settings, duration, nanos};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

const UNLIMITED: &str = "unlimited";

/// Writes a map of the attribute's keys: the strategy, the settings that it uses, `max` and `max_hint`, and the others where they are set.
///
/// Durations are text, such as `"1m 30s"`. What is written is read back as an equal policy, if the builder would make it: the policy of a
/// [`Site`](crate::Site) with run-time keys may be one that the builder refuses.
impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let settings = self.settings().explicit();
        let count = Setting::ALL.into_iter().filter(|setting| settings.has(*setting)).count();
        let mut map = serializer.serialize_struct("Policy", count)?;
        for setting in Setting::ALL {
            if settings.has(setting) {
                map.serialize_field(setting.name(), &Written { settings: &settings, setting })?;
            } else {
                map.skip_field(setting.name())?;
            }
        }
        map.end()
    }
}

/// The value of a setting that is written.
struct Written<'a> {
    settings: &'a Settings<'a>,
    setting: Setting,
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let settings = self.settings;
        let nanos = match self.setting {
            Setting::Strategy if settings.kind() == Kind::Steps => {
                return serializer.collect_seq(settings.steps.iter().map(|step| Text(nanos::from_duration(*step))));
            }
            Setting::Strategy => return serializer.serialize_str(settings.kind().name()),
            Setting::Factor => return serializer.serialize_f64(settings.factor()),
            Setting::Jitter => match settings.jitter() {
                Some(Jitter::Equal) => return serializer.serialize_str("equal"),
                Some(Jitter::Ratio(ratio)) => return serializer.serialize_f64(ratio),
                Some(Jitter::Spread(width)) => return Text(nanos::from_duration(width)).serialize(serializer),
                _ => return serializer.serialize_str("full"),
            },
            Setting::Max => {
                return match settings.max() {
                    Some(attempts) => serializer.serialize_u32(attempts),
                    None => serializer.serialize_str(UNLIMITED),
                };
            }
            Setting::Base => settings.base(),
            Setting::Cap => settings.cap(),
            Setting::Increment => settings.increment(),
            Setting::Deadline => settings.deadline().unwrap_or(u64::MAX),
            Setting::MaxHint => settings.max_hint(),
        };
        Text(nanos).serialize(serializer)
    }
}

/// A duration as text.
struct Text(u64);

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&duration::to_text(self.0))
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
/// Unknown and repeated fields, values of the wrong kind, and all that [`PolicyBuilder::build`](crate::PolicyBuilder::build) refuses. Each error names the field, what
/// was found and a way out; most formats add the line.
///
/// # Memory
///
/// A policy is `Copy` and refers to its list of durations for as long as the process lives. Each list is kept once, however often
/// it is read. All lists that are different have room for 65,536 durations together, a megabyte; one that no longer fits is refused.
impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Policy", &Setting::NAMES, PolicyVisitor)
    }
}

struct PolicyVisitor;

impl<'de> Visitor<'de> for PolicyVisitor {
    type Value = Policy;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map with the settings of a policy, such as `max` and `deadline`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Policy, A::Error> {
        let (mut settings, mut steps) = (Settings::NONE, Vec::new());
        while let Some(setting) = map.next_key_seed(Field)? {
            if settings.has(setting) {
                let field = setting.name();
                return Err(de::Error::custom(format_args!("`{field}` is given twice; remove one of them")));
            }
            read(&mut map, setting, &mut settings, &mut steps)?;
        }
        let settings = Settings { steps: &steps, ..settings };
        if let Some(error) = settings.judge() {
            return Err(de::Error::custom(error.in_words(&settings)));
        }
        // A list is kept only when its policy is accepted: those that are refused use up no room.
        let steps = steps::keep(&steps).map_err(de::Error::custom)?;
        Ok(Policy::new(settings.with_steps(steps)))
    }
}

/// Reads the value of a setting.
fn read<'de, A: MapAccess<'de>>(
    map: &mut A,
    setting: Setting,
    settings: &mut Settings<'_>,
    steps: &mut Vec<Duration>,
) -> Result<(), A::Error> {
    let place = Place { field: setting.name(), entry: None };
    let duration = Value { place, expected: DURATION, read: length };
    match setting {
        Setting::Strategy => settings.strategy = Some(map.next_value_seed(StrategyValue(steps))?),
        Setting::Base => settings.base = Some(map.next_value_seed(duration)?),
        Setting::Cap => settings.cap = Some(map.next_value_seed(duration)?),
        Setting::Increment => settings.increment = Some(map.next_value_seed(duration)?),
        Setting::Deadline => settings.deadline = Some(map.next_value_seed(duration)?),
        Setting::MaxHint => settings.max_hint = Some(map.next_value_seed(duration)?),
        Setting::Factor => {
            settings.factor = Some(map.next_value_seed(Value { place, expected: FACTOR, read: factor })?);
        }
        Setting::Jitter => {
            settings.jitter = Some(map.next_value_seed(Value { place, expected: JITTER, read: jitter })?);
        }
        Setting::Max => settings.max = Some(map.next_value_seed(Value { place, expected: MAX, read: max })?),
    }
    Ok(())
}

/// The name of a field.
struct Field;

impl<'de> DeserializeSeed<'de> for Field {
    type Value = Setting;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Setting, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Field {
    type Value = Setting;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: de::Error>(self, found: &str) -> Result<Setting, E> {
        Setting::from_name(found).ok_or_else(|| E::unknown_field(found, &Setting::NAMES))
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

/// A strategy: a name, or a list of durations, which are put here.
struct StrategyValue<'a>(&'a mut Vec<Duration>);

const STRATEGY: Place = Place { field: "strategy", entry: None };

impl<'de> DeserializeSeed<'de> for StrategyValue<'_> {
    type Value = Kind;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kind, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StrategyValue<'_> {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{STRATEGY} to be a name such as \"equal_jitter\", or a list of durations such as [\"100ms\", \"1s\"]"
        )
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Kind, E> {
        Kind::from_name(name).ok_or_else(|| E::custom(unknown_strategy_message(name)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Kind, A::Error> {
        loop {
            let place = Place { entry: Some(self.0.len().saturating_add(1)), ..STRATEGY };
            match list.next_element_seed(Value { place, expected: DURATION, read: length })? {
                Some(nanos) => self.0.push(Duration::from_nanos(nanos)),
                None => break,
            }
        }
        let settings = Settings { strategy: Some(Kind::Steps), steps: self.0, ..Settings::NONE };
        judged(&settings, Rule::NoSteps).map_err(de::Error::custom)?;
        Ok(Kind::Steps)
    }
}

/// Asks a rule of a setting alone, so that a refusal stands at its place in the file.
fn judged(settings: &Settings<'_>, rule: Rule) -> Result<(), String> {
    settings.refusal(rule, Later::NOTHING).map_or(Ok(()), |error| Err(error.to_string()))
}

/// Reads a duration, in nanoseconds. Errors name the place and show one that is right.
fn length(place: Place, found: Found<'_>) -> Result<u64, String> {
    let reason = match found {
        Found::Text(text) => return duration::parse(text).map_err(|error| format!("{place}: {error}")),
        Found::Whole(..0) => "a duration cannot be negative; write one such as \"250ms\"".to_owned(),
        Found::Float(number) if number < 0.0 => "a duration cannot be negative; write one such as \"250ms\"".to_owned(),
        Found::Float(number) if !number.is_finite() => format!("must be {DURATION}"),
        _ => format!("a duration needs a unit; write \"{found}ms\" or \"{found}s\""),
    };
    Err(format!("{place} is {found}, but {reason}"))
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
    judged(&Settings { factor: Some(factor), ..Settings::NONE }, Rule::Factor).map(|()| factor)
}

#[expect(clippy::cast_precision_loss, reason = "a ratio is a float, however it is written")]
fn jitter(place: Place, found: Found<'_>) -> Result<Jitter, String> {
    let ratio = |ratio| {
        let jitter = Jitter::Ratio(ratio);
        judged(&Settings { jitter: Some(jitter), ..Settings::NONE }, Rule::Ratio).map(|()| jitter)
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
            length(place, found).map(|nanos| Jitter::Spread(Duration::from_nanos(nanos)))
        }
        Found::Text(text) => Err(unknown_jitter_message(text)),
    }
}

fn max(place: Place, found: Found<'_>) -> Result<Attempts, String> {
    match found {
        Found::Text(UNLIMITED) => Ok(Attempts::Unlimited),
        Found::Whole(number @ ..=0) => {
            Err(format!("{place} is {number}, but must be at least 1: it counts all attempts, the first one included"))
        }
        Found::Whole(number) => u32::try_from(number).map(Attempts::AtMost).map_err(|_too_large| {
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
