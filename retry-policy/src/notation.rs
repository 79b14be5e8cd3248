//! Settings as text, written and read back: `strategy = equal_jitter, base = 250ms, jitter = 0.2, max = 4`.
//!
//! The grammar is that of the attribute's literals. Quotes around names and durations are optional. This module does not judge values,
//! and it skips nothing: an unknown word is an error.

use crate::parse_error::{ParseError, Refusal, excerpt};
use crate::setting::Setting;
use crate::settings::{Attempts, Deadline, EQUAL, FULL, NO_DEADLINE, Settings, UNLIMITED, Written};
use crate::strategy::{Jitter, Kind};
use crate::suggestion::{did_you_mean, listed};
use crate::{duration, nanos, other_names};
use core::time::Duration;

impl<'a> Settings<'a> {
    /// Returns the settings as text that [`parse`](Self::parse) reads.
    ///
    /// # Examples
    ///
    /// ```
    /// use reattempt_policy::{Settings, Strategy};
    ///
    /// let settings = Settings { base: Some(250_000_000), ..Settings::of(Strategy::EqualJitter) };
    /// assert_eq!(settings.notation(), "strategy = equal_jitter, base = 250ms");
    /// assert_eq!(Settings::parse("strategy = equal_jitter, base = 250ms", &mut Vec::new()), Ok(settings));
    /// ```
    pub fn notation(&self) -> String {
        let mut entries = Vec::new();
        for setting in Setting::ALL {
            let value = match self.written(setting) {
                None => continue,
                Some(Written::Name(name)) => name.to_owned(),
                Some(Written::List(steps)) => list(steps),
                Some(Written::Nanos(nanos)) => duration::to_text(nanos),
                Some(Written::Number(number)) => format!("{number:?}"),
                Some(Written::Count(attempts)) => attempts.to_string(),
                Some(Written::Flag(flag)) => flag.to_string(),
            };
            entries.push(format!("{} = {value}", setting.name()));
        }
        entries.join(", ")
    }

    /// Reads settings from text. Adds the entries of a list to `steps`.
    ///
    /// # Errors
    ///
    /// Returns an error for anything that is not a setting with a value of its kind. Whether the values fit together is not checked.
    pub fn parse(text: &str, steps: &'a mut Vec<Duration>) -> Result<Self, ParseError> {
        steps.clear();
        let mut settings = Settings::NONE;
        for entry in entries(text) {
            read_entry(entry, &mut settings, steps).map_err(|refusal| ParseError::new(text, refusal))?;
        }
        Ok(Settings { steps, ..settings })
    }
}

fn list(steps: &[Duration]) -> String {
    let mut entries = Vec::new();
    for step in steps {
        entries.push(duration::to_text(nanos::from_duration(*step)));
    }
    format!("[{}]", entries.join(", "))
}

/// Splits a text at its commas that are neither in quotes nor in brackets. The last one may be a trailing comma.
fn entries(text: &str) -> Vec<&str> {
    let (mut is_quoted, mut depth) = (false, 0_u32);
    let is_comma = |mark| {
        match mark {
            '"' => is_quoted = !is_quoted,
            '[' if !is_quoted => depth = depth.saturating_add(1),
            ']' if !is_quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        mark == ',' && !is_quoted && depth == 0
    };
    let mut entries: Vec<_> = text.split(is_comma).collect();
    if entries.last().is_some_and(|last| last.trim().is_empty()) {
        entries.pop();
    }
    entries
}

fn read_entry<'t>(entry: &'t str, settings: &mut Settings<'_>, steps: &mut Vec<Duration>) -> Result<(), Refusal<'t>> {
    let Some((name, value)) = entry.split_once('=') else {
        let message = format!("`{}` is no setting with a value; write it as in `max = 5`", excerpt(entry.trim()));
        return Err((entry.trim(), message));
    };
    let (name, value) = (name.trim(), Value::new(value.trim())?);
    let Some(setting) = Setting::from_name(name) else {
        let suggestion = other_names::advice(name).unwrap_or_else(|| did_you_mean(name, &Setting::NAMES));
        let (shown, names) = (excerpt(name), listed(&Setting::NAMES, "`"));
        let message = format!("unknown setting `{shown}`; settings are {names}{suggestion}");
        return Err((name, message));
    };
    if settings.has(setting) {
        return Err((name, format!("`{name}` is given twice; remove one of them")));
    }
    settings.read(setting, value, steps)
}

impl Settings<'_> {
    /// Reads the value of one setting. Adds the entries of a list to `steps`.
    ///
    /// # Errors
    ///
    /// Returns the part of the value that is wrong, and the message.
    pub fn read<'t>(
        &mut self,
        setting: Setting,
        value: Value<'t>,
        steps: &mut Vec<Duration>,
    ) -> Result<(), (&'t str, String)> {
        match setting {
            Setting::Strategy => self.strategy = Some(value.strategy(steps)?),
            Setting::Factor => self.factor = Some(value.factor()?),
            Setting::Jitter => self.jitter = Some(value.jitter()?),
            Setting::Max => self.max = Some(value.attempts()?),
            Setting::Deadline => self.deadline = Some(value.deadline()?),
            Setting::FinalAttempt => self.final_attempt = Some(value.flag()?),
            _ => self.set_nanos(setting, value.duration()?),
        }
        Ok(())
    }
}

/// A value, with or without quotes.
#[derive(Clone, Copy, Debug)]
pub struct Value<'t> {
    /// The text between the quotes, or the whole value.
    pub text: &'t str,
    /// Whether the value has quotes.
    pub is_quoted: bool,
}

impl<'t> Value<'t> {
    fn new(text: &'t str) -> Result<Self, Refusal<'t>> {
        let Some(opened) = text.strip_prefix('"') else { return Ok(Self { text, is_quoted: false }) };
        match opened.strip_suffix('"') {
            Some(text) => Ok(Self { text, is_quoted: true }),
            None => {
                Err((text, format!("`{}` has a quote at one end alone; write it at both or at none", excerpt(text))))
            }
        }
    }

    fn refused(self, expected: &str) -> Refusal<'t> {
        let (text, shown) = (self.text, excerpt(self.text));
        if (Self { text, is_quoted: false }).number().is_some() {
            return (text, format!("a number has no quotes; write {shown} instead of \"{shown}\""));
        }
        (text, format!("`{shown}` is not {expected}"))
    }

    /// Reads a duration, in nanoseconds.
    ///
    /// # Errors
    ///
    /// Returns the part of the value that is wrong, and the message.
    pub fn duration(self) -> Result<u64, (&'t str, String)> {
        duration::read(self.text.trim())
    }

    fn deadline(self) -> Result<Deadline, Refusal<'t>> {
        match self.text {
            NO_DEADLINE => Ok(Deadline::Never),
            word if word.starts_with(char::is_alphabetic) => Err((word, unknown_deadline_message(word))),
            _ => self.duration().map(Deadline::After),
        }
    }

    fn flag(self) -> Result<bool, Refusal<'t>> {
        let text = self.text;
        match text.parse() {
            Ok(flag) if !self.is_quoted => Ok(flag),
            Ok(_) => Err((text, format!("`{text}` has no quotes; write {text} instead of \"{text}\""))),
            Err(_) => Err((text, format!("`{}` is not `true` or `false`", excerpt(text)))),
        }
    }

    fn factor(self) -> Result<f64, Refusal<'t>> {
        self.number().ok_or_else(|| self.refused("a number such as `2.0`"))
    }

    /// Returns the text of a number, which has no quotes.
    fn number(self) -> Option<f64> {
        let is_number = !self.is_quoted && duration::starts_with_digit(self.text.trim_start_matches('-'));
        if is_number { self.text.replace('_', "").parse().ok() } else { None }
    }

    fn strategy(self, steps: &mut Vec<Duration>) -> Result<Kind, Refusal<'t>> {
        let Some(list) = self.text.strip_prefix('[').filter(|_| !self.is_quoted) else {
            let custom = (self.text == Kind::Custom.name() && !self.is_quoted).then_some(Kind::Custom);
            let named = Kind::from_name(self.text).or(custom);
            return named.ok_or_else(|| (self.text, unknown_strategy_message(self.text)));
        };
        let Some(list) = list.strip_suffix(']') else {
            return Err((self.text, format!("the list `{}` has no end; write a `]`", excerpt(self.text))));
        };
        for entry in entries(list) {
            steps.push(Duration::from_nanos(Self::new(entry.trim())?.duration()?));
        }
        Ok(Kind::Steps)
    }

    fn jitter(self) -> Result<Jitter, Refusal<'t>> {
        let text = self.text;
        match text {
            FULL => return Ok(Jitter::Full),
            EQUAL => return Ok(Jitter::Equal),
            _ => {}
        }
        if let Some(ratio) = self.number() {
            return Ok(Jitter::Ratio(ratio));
        }
        if text.parse::<f64>().is_ok_and(f64::is_finite) {
            let shown = excerpt(text);
            return Err((
                text,
                format!("a ratio has no quotes and a duration has a unit; write {shown} or \"{shown}ms\""),
            ));
        }
        if text.starts_with('-') || duration::starts_with_digit(text) {
            return Ok(Jitter::Spread(Duration::from_nanos(self.duration()?)));
        }
        Err((text, unknown_jitter_message(text)))
    }

    fn attempts(self) -> Result<Attempts, Refusal<'t>> {
        if self.text == UNLIMITED {
            return Ok(Attempts::Unlimited);
        }
        let digits = self.text.replace('_', "");
        let is_number = !self.is_quoted && digits.bytes().all(|byte| byte.is_ascii_digit());
        match digits.parse().ok().filter(|_| is_number) {
            Some(attempts) => Ok(Attempts::AtMost(attempts)),
            None if self.is_quoted => Err(self.refused("a number of attempts, or `unlimited`")),
            None => {
                Err((self.text, format!("`{}` is not a number of attempts up to {}", excerpt(self.text), u32::MAX)))
            }
        }
    }
}

/// Returns the message for an unknown strategy: all names, and the most similar one.
pub fn unknown_strategy_message(found: &str) -> String {
    let names = Kind::ALL_NAMED.map(Kind::name);
    let suggestion = match Kind::by_another_name(&other_names::in_small_letters(found)) {
        Some(kind) => format!("; did you mean `{}`?", kind.name()),
        None => did_you_mean(found, &names),
    };
    format!("unknown strategy `{}`; strategies are {}{suggestion}", excerpt(found), listed(&names, "\""))
}

/// Returns the message for an unknown jitter: all forms of a jitter, and the most similar name.
pub fn unknown_jitter_message(found: &str) -> String {
    let suggestion = did_you_mean(found, &[FULL, EQUAL]);
    format!(
        "unknown jitter `{}`; use \"full\", \"equal\", a ratio such as 0.2 or a duration such as \"50ms\"{suggestion}",
        excerpt(found)
    )
}

/// Returns the message for a deadline that is an unknown word.
pub fn unknown_deadline_message(found: &str) -> String {
    let found = excerpt(found);
    format!("`{found}` is no duration; write a number and a unit, such as \"30s\", or \"none\" for no deadline")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::{Just, Strategy as Generator, any, prop_assert_eq, prop_oneof, proptest};
    use proptest::sample::select;

    const SECOND: u64 = 1_000_000_000;

    #[track_caller]
    fn check(text: &str, expected: Settings<'_>) {
        assert_eq!(Settings::parse(text, &mut Vec::new()), Ok(expected), "{text}");
    }

    #[test]
    fn each_setting_is_read_with_and_without_quotes() {
        let equal = Settings {
            strategy: Some(Kind::EqualJitter),
            base: Some(250_000_000),
            deadline: Some(Deadline::After(90 * SECOND)),
            max: Some(Attempts::AtMost(4)),
            ..Settings::NONE
        };
        check("strategy = equal_jitter, base = 250ms, deadline = 1m 30s, max = 4", equal);
        check("strategy=\"equal_jitter\",base=\"250ms\",deadline=\"1m30s\",max=4,", equal);
        let steps = [100, 1_000].map(Duration::from_millis);
        let list =
            Settings { strategy: Some(Kind::Steps), steps: &steps, max: Some(Attempts::Unlimited), ..Settings::NONE };
        check("strategy = [100ms, 1s], max = unlimited", list);
        check("max = \"unlimited\", strategy = [\"100ms\", \"1s\",]", list);
        for (text, jitter) in [
            ("full", Jitter::Full),
            ("\"equal\"", Jitter::Equal),
            ("0.2", Jitter::Ratio(0.2)),
            ("1", Jitter::Ratio(1.0)),
            ("50ms", Jitter::Spread(Duration::from_millis(50))),
        ] {
            check(&format!("jitter = {text}"), Settings { jitter: Some(jitter), ..Settings::NONE });
        }
        check("", Settings::NONE);
        check("strategy = custom", Settings { strategy: Some(Kind::Custom), ..Settings::NONE });
    }

    #[test]
    fn what_is_not_understood_is_refused_at_its_place() {
        for (text, wrong, part) in [
            ("max = 5, bsae = 1s", "bsae", "unknown setting `bsae`; settings are `strategy`, "),
            ("bsae = 1s", "bsae", "did you mean `base`?"),
            ("delay = 1s", "delay", "did you mean `base`?"),
            ("maxRetries = 3", "maxRetries", "did you mean `max`? it counts all attempts: three retries are `max = 4`"),
            ("fixed = 1s", "fixed", "did you mean `strategy = \"constant\"`?"),
            ("strategy = ExponentialBackoff", "ExponentialBackoff", "did you mean `exponential`?"),
            ("max", "max", "is no setting with a value; write it as in `max = 5`"),
            ("max = 5,, base = 1s", "", "is no setting with a value"),
            ("max = 5, max = 6", "max", "`max` is given twice"),
            ("strategy = fixed", "fixed", "did you mean `constant`?"),
            ("strategy = steps", "steps", "unknown strategy `steps`"),
            ("strategy = [1s, 5x]", "x", "`x` is no unit of time"),
            ("strategy = [1s", "[1s", "has no end"),
            ("base = \"1s", "\"1s", "has a quote at one end alone"),
            ("deadline = 1m 30, max = 2", "30", "has no unit"),
            ("factor = \"2\"", "2", "a number has no quotes; write 2 instead of \"2\""),
            ("factor = inf", "inf", "is not a number such as `2.0`"),
            ("jitter = ful", "ful", "did you mean `full`?"),
            ("jitter = \"0.2\"", "0.2", "a ratio has no quotes and a duration has a unit; write 0.2 or \"0.2ms\""),
            ("jitter = -5ms", "-5ms", "cannot be negative"),
            ("max = -1", "-1", "is not a number of attempts up to 4294967295"),
            ("max = 4294967296", "4294967296", "is not a number of attempts up to 4294967295"),
            ("max = \"4\"", "4", "a number has no quotes"),
            ("max = \"ever\"", "ever", "is not a number of attempts, or `unlimited`"),
            ("max = ever", "ever", "is not a number of attempts"),
        ] {
            let error = Settings::parse(text, &mut Vec::new()).expect_err(text);
            assert!(error.to_string().contains(part), "{text}: {error}");
            assert_eq!(&text[error.range()], wrong, "{text}");
        }
    }

    /// A long text of each kind, as the value of each setting and as its name.
    #[test]
    fn a_message_shows_at_most_a_hundred_characters_of_what_was_found() {
        const LONG: usize = 2_000;
        let many = |part: &str| part.repeat(LONG.div_ceil(part.len()));
        let shown = |text: &str| {
            let error = Settings::parse(text, &mut Vec::new()).expect_err("refused").to_string();
            assert!(error.len() < 500, "{error}");
            error.chars().filter(|c| *c == 'ж' || *c == '7').count()
        };
        for part in [
            "ж", "7", "-", "7,7", "7ж", "7s ", "7s,", "7s7ms", "7.7", "7_", "жs", ",", "7e7", "7e7s ", "[ж", "\"ж",
            "7 жж",
        ] {
            let many = many(part);
            for name in Setting::NAMES {
                for value in [
                    many.clone(),
                    format!("\"{many}\""),
                    format!("[{many}]"),
                    format!("-{many}"),
                    format!("7{many}"),
                    format!("\"-{many}\""),
                    format!("\"7{many}\""),
                    format!("[{many}"),
                    format!("[\"{many}"),
                ] {
                    // Some are numbers or lists that are as good as any.
                    let text = format!("{name} = {value}");
                    if Settings::parse(&text, &mut Vec::new()).is_err() {
                        assert!(shown(&text) <= 100, "{name}: {part}");
                    }
                }
            }
            assert!(shown(&many) <= 100);
            assert!(shown(&format!("{many} = 1")) <= 100);
        }
        for part in ["ж", ",", "-", "7,"] {
            assert!(shown(&format!("jitter = \"7{}\"", part.repeat(1_000_000))) <= 100);
        }
    }

    fn durations() -> impl Generator<Value = u64> + Clone {
        prop_oneof![
            Just(0),
            Just(u64::MAX),
            (0..60_000_u64).prop_map(|millis| millis.saturating_mul(1_000_000)),
            any::<u64>()
        ]
    }

    fn jitters() -> impl Generator<Value = Jitter> {
        let spread = durations().prop_map(|nanos| Jitter::Spread(Duration::from_nanos(nanos)));
        prop_oneof![Just(Jitter::Full), Just(Jitter::Equal), (0.0..=1.0).prop_map(Jitter::Ratio), spread]
    }

    fn attempts() -> impl Generator<Value = Attempts> {
        prop_oneof![Just(Attempts::Unlimited), any::<u32>().prop_map(Attempts::AtMost)]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            kind in option::of(select(&Kind::ALL_NAMED[..])),
            list in option::weighted(0.2, vec(durations(), 0..5)),
            jitter in option::of(jitters()),
            [base, cap, increment, max_hint, reset_after] in [(); 5].map(|()| option::of(durations())),
            final_attempt in option::of(any::<bool>()),
            deadline in option::of(prop_oneof![Just(Deadline::Never), durations().prop_map(Deadline::After)]),
            factor in option::of(prop_oneof![1.0..4.0, Just(2.0), Just(f64::MAX), 1.0..1e300]),
            max in option::of(attempts()),
        ) {
            let steps: Vec<_> = list.iter().flatten().copied().map(Duration::from_nanos).collect();
            let strategy = list.map_or(kind, |_| Some(Kind::Steps));
            let settings = Settings { strategy, steps: &steps, jitter, base, cap, factor, increment, max, deadline, final_attempt, max_hint, reset_after };
            let (text, mut list) = (settings.notation(), Vec::new());
            prop_assert_eq!(Settings::parse(&text, &mut list), Ok(settings), "{}", text);
        }

        #[test]
        fn no_text_is_a_panic(text in "((strategy|base|max|jitter|x|)[ =]{0,3}[\\[\"]?(full|constant|5ms|µ|0.2|-1|)[\\]\"]?,? ?){0,4}") {
            if let Err(error) = Settings::parse(&text, &mut Vec::new()) {
                // The range is on character boundaries.
                let _ = &text[error.range()];
            }
        }
    }
}
