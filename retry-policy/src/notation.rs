//! Settings as text, written and read back: `strategy = equal_jitter, base = 250ms, jitter = 0.2, max = 4`.
//!
//! The words are those of the attribute for literals. Quotes around names and durations may be there or not. It judges nothing, and
//! skips nothing: a word that it does not know is an error.

use crate::setting::Setting;
use crate::settings::{Attempts, Settings};
use crate::strategy::{Jitter, Kind};
use crate::suggestion::{did_you_mean, listed};
use crate::{duration, nanos};
use core::fmt;
use core::ops::Range;
use core::time::Duration;

/// Settings as text, from [`Settings::notation`].
#[derive(Clone, Copy, Debug)]
pub struct Notation<'a>(&'a Settings<'a>);

impl<'a> Settings<'a> {
    /// The settings as text that [`parse`](Self::parse) reads.
    ///
    /// # Examples
    ///
    /// ```
    /// use reattempt_policy::{Settings, Strategy};
    ///
    /// let settings = Settings { base: Some(250_000_000), ..Settings::of(Strategy::EqualJitter) };
    /// assert_eq!(settings.notation().to_string(), "strategy = equal_jitter, base = 250ms");
    /// assert_eq!(Settings::parse("strategy = equal_jitter, base = 250ms", &mut Vec::new()), Ok(settings));
    /// ```
    pub const fn notation(&'a self) -> Notation<'a> {
        Notation(self)
    }

    /// Reads settings as text. The entries of a list are put into `steps`.
    ///
    /// # Errors
    ///
    /// Whatever is not a setting with a value of its kind. That values fit together is not asked here.
    pub fn parse(text: &str, steps: &'a mut Vec<Duration>) -> Result<Self, ParseError> {
        steps.clear();
        let mut settings = Settings::NONE;
        let mut rest = text;
        while !rest.trim().is_empty() {
            let (entry, behind) = first_entry(rest);
            let fault = read_entry(entry, &mut settings, steps).err();
            if let Some((part, message)) = fault {
                let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
                return Err(ParseError { message, range: start..start.saturating_add(part.len()) });
            }
            rest = behind;
        }
        Ok(Settings { steps, ..settings })
    }
}

/// Why a text is no settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    message: String,
    range: Range<usize>,
}

impl ParseError {
    /// The bytes of the text that are wrong.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for ParseError {}

impl fmt::Display for Notation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        for setting in Setting::ALL {
            if self.0.has(setting) {
                write!(f, "{comma}{} = ", setting.name())?;
                write_value(f, self.0, setting)?;
                comma = ", ";
            }
        }
        Ok(())
    }
}

fn write_value(f: &mut fmt::Formatter<'_>, settings: &Settings<'_>, setting: Setting) -> fmt::Result {
    let nanos = match setting {
        Setting::Base => settings.base,
        Setting::Cap => settings.cap,
        Setting::Increment => settings.increment,
        Setting::Deadline => settings.deadline,
        Setting::MaxHint => settings.max_hint,
        Setting::Strategy => return write_strategy(f, settings),
        Setting::Factor => return write!(f, "{:?}", settings.factor()),
        Setting::Jitter => match settings.jitter {
            Some(Jitter::Full) => return f.write_str(FULL),
            Some(Jitter::Equal) => return f.write_str(EQUAL),
            Some(Jitter::Ratio(ratio)) => return write!(f, "{ratio:?}"),
            Some(Jitter::Spread(width)) => Some(nanos::from_duration(width)),
            None => None,
        },
        Setting::Max => {
            return match settings.max {
                Some(Attempts::AtMost(attempts)) => write!(f, "{attempts}"),
                _ => f.write_str(UNLIMITED),
            };
        }
    };
    f.write_str(&duration::to_text(nanos.unwrap_or(0)))
}

fn write_strategy(f: &mut fmt::Formatter<'_>, settings: &Settings<'_>) -> fmt::Result {
    if settings.kind() != Kind::Steps {
        return f.write_str(settings.kind().name());
    }
    let steps: Vec<_> = settings.steps.iter().map(|step| duration::to_text(nanos::from_duration(*step))).collect();
    write!(f, "[{}]", steps.join(", "))
}

const FULL: &str = "full";
const EQUAL: &str = "equal";
const UNLIMITED: &str = "unlimited";

/// What is wrong: the part of the text, and the message.
type Refusal<'t> = (&'t str, String);

/// Splits a text at its first comma that is neither in quotes nor in brackets.
fn first_entry(text: &str) -> (&str, &str) {
    let (mut is_quoted, mut depth) = (false, 0_u32);
    for (index, mark) in text.char_indices() {
        match mark {
            '"' => is_quoted = !is_quoted,
            '[' if !is_quoted => depth = depth.saturating_add(1),
            ']' if !is_quoted => depth = depth.saturating_sub(1),
            ',' if !is_quoted && depth == 0 => {
                let (entry, rest) = text.split_at(index);
                return (entry, rest.get(1..).unwrap_or_default());
            }
            _ => {}
        }
    }
    (text, "")
}

fn read_entry<'t>(entry: &'t str, settings: &mut Settings<'_>, steps: &mut Vec<Duration>) -> Result<(), Refusal<'t>> {
    let Some((name, value)) = entry.split_once('=') else {
        let message = format!("`{}` is no setting with a value; write it as in `max = 5`", entry.trim());
        return Err((entry.trim(), message));
    };
    let (name, value) = (name.trim(), Value::new(value.trim())?);
    let Some(setting) = Setting::from_name(name) else {
        let suggestion = did_you_mean(name, &Setting::NAMES);
        let message = format!("unknown setting `{name}`; settings are {}{suggestion}", listed(&Setting::NAMES, "`"));
        return Err((name, message));
    };
    if settings.has(setting) {
        return Err((name, format!("`{name}` is given twice; remove one of them")));
    }
    match setting {
        Setting::Strategy => settings.strategy = Some(read_strategy(value, steps)?),
        Setting::Base => settings.base = Some(value.duration()?),
        Setting::Cap => settings.cap = Some(value.duration()?),
        Setting::Increment => settings.increment = Some(value.duration()?),
        Setting::Deadline => settings.deadline = Some(value.duration()?),
        Setting::MaxHint => settings.max_hint = Some(value.duration()?),
        Setting::Factor => {
            settings.factor = Some(value.number().ok_or_else(|| value.refused("a number such as `2.0`"))?)
        }
        Setting::Jitter => settings.jitter = Some(read_jitter(value)?),
        Setting::Max => settings.max = Some(read_max(value)?),
    }
    Ok(())
}

/// A value without its quotes.
#[derive(Clone, Copy)]
struct Value<'t> {
    text: &'t str,
    is_quoted: bool,
}

impl<'t> Value<'t> {
    fn new(text: &'t str) -> Result<Self, Refusal<'t>> {
        let Some(opened) = text.strip_prefix('"') else { return Ok(Self { text, is_quoted: false }) };
        match opened.strip_suffix('"') {
            Some(text) => Ok(Self { text, is_quoted: true }),
            None => Err((text, format!("`{text}` has a quote at one end alone; write it at both or at none"))),
        }
    }

    fn refused(self, expected: &str) -> Refusal<'t> {
        (self.text, format!("`{}` is not {expected}", self.text))
    }

    fn duration(self) -> Result<u64, Refusal<'t>> {
        duration::parse(self.text)
            .map_err(|error| (self.text.get(error.range()).unwrap_or(self.text), error.to_string()))
    }

    /// A number, which has no quotes.
    fn number(self) -> Option<f64> {
        let is_number = !self.is_quoted && self.text.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
        if is_number { self.text.replace('_', "").parse().ok() } else { None }
    }
}

fn read_strategy<'t>(value: Value<'t>, steps: &mut Vec<Duration>) -> Result<Kind, Refusal<'t>> {
    let Some(list) = value.text.strip_prefix('[').filter(|_| !value.is_quoted) else {
        let custom = (value.text == Kind::Custom.name()).then_some(Kind::Custom);
        return Kind::from_name(value.text).or(custom).ok_or_else(|| unknown_strategy(value.text));
    };
    let Some(mut rest) = list.strip_suffix(']') else {
        return Err((value.text, format!("the list `{}` has no end; write a `]`", value.text)));
    };
    while !rest.trim().is_empty() {
        let (entry, behind) = first_entry(rest);
        steps.push(Duration::from_nanos(Value::new(entry.trim())?.duration()?));
        rest = behind;
    }
    Ok(Kind::Steps)
}

fn unknown_strategy(found: &str) -> Refusal<'_> {
    (found, unknown_strategy_message(found))
}

/// Says that no strategy has this name, which ones there are, and which one may be meant.
pub fn unknown_strategy_message(found: &str) -> String {
    let names = Kind::ALL_NAMED.map(Kind::name);
    let suggestion = match Kind::by_another_name(found) {
        Some(kind) => format!("; did you mean `{}`?", kind.name()),
        None => did_you_mean(found, &names),
    };
    format!("unknown strategy `{found}`; strategies are {}{suggestion}", listed(&names, "\""))
}

fn read_jitter(value: Value<'_>) -> Result<Jitter, Refusal<'_>> {
    match value.text {
        FULL => return Ok(Jitter::Full),
        EQUAL => return Ok(Jitter::Equal),
        _ => {}
    }
    if let Some(ratio) = value.number() {
        return Ok(Jitter::Ratio(ratio));
    }
    if value.text.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(Jitter::Spread(Duration::from_nanos(value.duration()?)));
    }
    Err((value.text, unknown_jitter_message(value.text)))
}

/// Says that no jitter has this name, what a jitter can be, and which one may be meant.
pub fn unknown_jitter_message(found: &str) -> String {
    let suggestion = did_you_mean(found, &[FULL, EQUAL]);
    format!(
        "unknown jitter `{found}`; use \"full\", \"equal\", a ratio such as 0.2 or a duration such as \"50ms\"{suggestion}"
    )
}

fn read_max(value: Value<'_>) -> Result<Attempts, Refusal<'_>> {
    if value.text == UNLIMITED {
        return Ok(Attempts::Unlimited);
    }
    let digits = value.text.replace('_', "");
    let is_number = !value.is_quoted && digits.bytes().all(|byte| byte.is_ascii_digit());
    match digits.parse().ok().filter(|_| is_number) {
        Some(attempts) => Ok(Attempts::AtMost(attempts)),
        None => Err(value.refused("a number of attempts, or `unlimited`")),
    }
}
