//! Policies in configuration files, by serde: the attribute's keys and values.
//!
//! It reads and writes; the policy core checks. It knows no format, outcome or call. Feature `serde`.

mod steps;
#[cfg(test)]
mod tests;

use crate::policy::Policy;
use core::fmt;
use core::time::Duration;
use reattempt_policy::parse_error::excerpt;
use reattempt_policy::{BrokenRule, Kind, Later, Setting, Settings, Written, duration, nanos, notation, other_names};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

/// Writes a map of the attribute's keys: the strategy, the settings that it uses, `max`, `max_hint`, and the other settings if they are set.
///
/// Durations are text, such as `"1m 30s"`. Reading it back gives an equal policy, if the builder accepts the policy. The builder may refuse
/// the policy of a [`Site`](crate::Site) with run-time keys.
impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let settings = self.settings().explicit();
        let count = Setting::ALL.into_iter().filter(|setting| settings.has(*setting)).count();
        let mut map = serializer.serialize_struct("Policy", count)?;
        for setting in Setting::ALL {
            match settings.written(setting) {
                Some(written) => map.serialize_field(setting.name(), &Value(written))?,
                None => map.skip_field(setting.name())?,
            }
        }
        map.end()
    }
}

/// The value of a setting.
struct Value<'a>(Written<'a>);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Written::Name(name) => serializer.serialize_str(name),
            Written::List(steps) => {
                let steps = steps.iter().map(|step| Value(Written::Nanos(nanos::from_duration(*step))));
                serializer.collect_seq(steps)
            }
            Written::Nanos(nanos) => serializer.serialize_str(&duration::to_text(nanos)),
            Written::Number(number) => serializer.serialize_f64(number),
            Written::Count(attempts) => serializer.serialize_u32(attempts),
            Written::Flag(flag) => serializer.serialize_bool(flag),
        }
    }
}

/// Reads a map of the attribute's keys: `strategy`, `base`, `cap`, `factor`, `increment`, `jitter`, `max`, `deadline`, `final_attempt`,
/// `max_hint` and `reset_after`.
///
/// A missing setting has its default, and an empty map is [`Policy::default`]. Durations are text, such as `"250ms"`, `"1.5s"` and `"1m 30s"`:
/// numbers with units, which are added. They must be whole nanoseconds. A number without a unit is refused. `max` is a number or
/// `"unlimited"`, and `deadline` may be `"none"`. `final_attempt` is `true` or `false`. `jitter` is `"full"`, `"equal"`, a ratio or a duration. `strategy` is a name or a list of durations.
///
/// The format must be self-describing, as TOML, JSON, YAML and RON are.
///
/// # Errors
///
/// Returns an error for unknown and repeated fields, for values of the wrong type, and for all settings that
/// [`PolicyBuilder::build`](crate::PolicyBuilder::build) refuses. Each error names the field and the value found, and says what to do. Most
/// formats add the line.
///
/// # Memory
///
/// A policy is `Copy`, so its list of durations is kept until the process ends. Equal lists are kept once, however often they are read. All
/// different lists together can have 65,536 durations, which is a megabyte. A new list that does not fit is refused.
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
            let (settings, steps) = (&mut settings, &mut steps);
            map.next_value_seed(SettingValue { setting, entry: None, settings, steps })?;
        }
        let with_steps = Settings { steps: &steps, ..settings };
        if let Some(error) = with_steps.judge() {
            return Err(de::Error::custom(error.in_words(&with_steps)));
        }
        // A list is kept only if its policy is accepted, so refused policies use no room.
        let steps = steps::keep(&steps).map_err(de::Error::custom)?;
        Ok(Policy::new(Settings { steps, ..settings }))
    }
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
        Setting::from_name(found).ok_or_else(|| match other_names::advice(found) {
            Some(advice) => E::custom(format_args!("unknown field `{found}`{advice}")),
            None => E::unknown_field(&excerpt(found), &Setting::NAMES),
        })
    }
}

/// The value of a setting, or an entry of its list, counted from 1.
struct SettingValue<'v, 's> {
    setting: Setting,
    entry: Option<usize>,
    settings: &'v mut Settings<'s>,
    steps: &'v mut Vec<Duration>,
}

impl SettingValue<'_, '_> {
    fn read<E: de::Error>(self, text: &str, is_quoted: bool) -> Result<(), E> {
        let Self { setting, entry, settings, steps } = self;
        let value = notation::Value { text, is_quoted };
        let read = match entry {
            None => settings.read(setting, value, steps),
            Some(_) => value.duration().map(|nanos| steps.push(Duration::from_nanos(nanos))),
        };
        read.map_err(|(_, message)| E::custom(format_args!("{}: {message}", place(setting, entry))))?;
        judged(&Settings { steps, ..*settings }, setting)
    }
}

/// Checks a setting by itself, so that an error has its place in the file.
fn judged<E: de::Error>(settings: &Settings<'_>, setting: Setting) -> Result<(), E> {
    let alone = |rule: &BrokenRule| rule.setting == setting && rule.beside.is_empty() && !rule.is_for_source_alone();
    let broken = settings.broken_rules(Later::POLICY).into_iter().flatten().find(alone);
    broken.map_or(Ok(()), |rule| Err(E::custom(rule.error)))
}

impl<'de> DeserializeSeed<'de> for SettingValue<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for SettingValue<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { setting, entry, .. } = *self;
        let expected = match (setting, entry) {
            (Setting::Strategy, None) => {
                "a name such as \"equal_jitter\", or a list of durations such as [\"100ms\", \"1s\"]"
            }
            (Setting::Factor, _) => "a number of at least 1, such as 2.0",
            (Setting::Jitter, _) => "\"full\", \"equal\", a ratio such as 0.2 or a duration such as \"50ms\"",
            (Setting::Max, _) => "a whole number of attempts such as 5, or \"unlimited\" beside a `deadline`",
            (Setting::FinalAttempt, _) => "`true` or `false`",
            (Setting::Deadline, _) => "a duration with its unit, such as \"30s\", or \"none\"",
            _ => "a duration with its unit, such as \"250ms\"",
        };
        write!(f, "{} to be {expected}", place(setting, entry))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        self.read(text, true)
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<(), E> {
        if self.setting != Setting::FinalAttempt {
            return Err(de::Error::invalid_type(Unexpected::Bool(flag), &self));
        }
        self.read(&flag.to_string(), false)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<(), E> {
        self.read(&number.to_string(), false)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<(), E> {
        self.read(&number.to_string(), false)
    }

    fn visit_i128<E: de::Error>(self, number: i128) -> Result<(), E> {
        self.read(&number.to_string(), false)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<(), E> {
        self.read(&format!("{number:?}"), false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if self.setting != Setting::Strategy || self.entry.is_some() {
            return Err(de::Error::invalid_type(Unexpected::Seq, &self));
        }
        let Self { setting, settings, steps, .. } = self;
        settings.strategy = Some(Kind::Steps);
        let mut number = 1_usize;
        while list.next_element_seed(SettingValue { setting, entry: Some(number), settings, steps })?.is_some() {
            number = number.saturating_add(1);
        }
        judged(&Settings { steps, ..*settings }, setting)
    }
}

/// Returns the place of a value, for messages.
fn place(setting: Setting, entry: Option<usize>) -> String {
    match entry {
        Some(entry) => format!("entry {entry} of `{}`", setting.name()),
        None => format!("`{}`", setting.name()),
    }
}
