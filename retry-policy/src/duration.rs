//! Durations as text: `250ms`, `1.5s`, `1m 30s`. Reads and writes them, exactly.
//!
//! It is the one grammar of the attribute and of configuration files. It knows no setting.
//!
//! A duration is a number with a unit, or several of them with the longer unit first. Spaces between them are optional. A number may
//! have a decimal point, and `_` between its digits. Durations finer than a nanosecond or longer than 584 years are refused.

use crate::parse_error::{ParseError, Refusal, excerpt};
use crate::suggestion::did_you_mean;

/// The units, and the number of nanoseconds in each. Of two names for one, the last is written.
const UNITS: [(&str, u64); 9] = [
    ("ns", 1),
    ("µs", 1_000),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("min", 60_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

/// Reads a duration, in nanoseconds.
///
/// # Errors
///
/// Returns an error if the text is not a duration. The message shows a correct one.
///
/// # Examples
///
/// ```
/// use reattempt_policy::duration;
///
/// assert_eq!(duration::parse("1m 30s"), Ok(90_000_000_000));
/// assert_eq!(duration::parse("1_000.5us"), Ok(1_000_500));
/// let error = duration::parse("5").unwrap_err();
/// assert_eq!(error.to_string(), "the duration `5` has no unit; write \"5ms\" or \"5s\"");
/// ```
pub fn parse(text: &str) -> Result<u64, ParseError> {
    read(text.trim()).map_err(|refusal| ParseError::new(text, refusal))
}

/// Returns whether the text is a duration.
pub fn is_duration(text: &str) -> bool {
    parse(text).is_ok()
}

pub(crate) fn read(text: &str) -> Result<u64, Refusal<'_>> {
    if text.is_empty() {
        let message = "the duration is empty; write a number and a unit, such as \"250ms\", \"1.5s\" or \"2min\"";
        return Err((text, message.to_owned()));
    }
    let shown = excerpt(text);
    if let Some(positive) = text.strip_prefix('-').map(str::trim_start).filter(|positive| starts_with_digit(positive)) {
        // Advice is looked for in a text that could be one, and that is as it was meant but for this fault.
        let advice = match positive {
            meant if is_short(text) && is_duration(meant) => format!("did you mean \"{meant}\"?"),
            digits if is_short(text) && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("write \"{digits}ms\" or \"{digits}s\"")
            }
            _ => "did you mean \"250ms\"?".to_owned(),
        };
        return Err((text, format!("a duration cannot be negative; {advice}")));
    }
    if let Some((before, behind)) = text.split_once(',') {
        return Err((text, format!("`{shown}` has a comma; {}", without_comma(before, behind))));
    }
    let (mut rest, mut total, mut shortest) = (text, 0_u64, u64::MAX);
    while !rest.is_empty() {
        let part = Part::first(rest);
        let Some((whole, fraction)) = part.digits() else {
            let message = "is no duration; write a number and a unit, such as \"250ms\", \"1.5s\" or \"2min\"";
            return Err((text, format!("`{shown}` {message}")));
        };
        let unit = part.unit_nanos(text)?;
        if unit >= shortest {
            return Err((part.unit, wrong_order(text, part.unit, unit == shortest)));
        }
        let too_long = || format!("`{shown}` is too long; the longest duration here is 584 years, `213503d`");
        let whole =
            whole.parse().ok().and_then(|whole: u64| whole.checked_mul(unit)).ok_or_else(|| (text, too_long()))?;
        let fraction = nanos_of_fraction(&fraction, unit)
            .ok_or_else(|| (text, format!("`{shown}` is finer than a nanosecond; the smallest duration is `1ns`")))?;
        let nanos = whole.checked_add(fraction).and_then(|nanos| total.checked_add(nanos));
        total = nanos.ok_or_else(|| (text, too_long()))?;
        (rest, shortest) = (part.rest, unit);
    }
    Ok(total)
}

/// Reads a number with its unit. Returns what follows, too.
struct Part<'t> {
    number: &'t str,
    unit: &'t str,
    rest: &'t str,
}

impl<'t> Part<'t> {
    fn first(text: &'t str) -> Self {
        let (number, behind) = split(text, |c| c.is_ascii_digit() || c == '.' || c == '_');
        let (unit, rest) = split(behind.trim_start(), |c| !c.is_ascii_digit() && !c.is_whitespace());
        Self { number, unit, rest: rest.trim_start() }
    }

    /// Returns the digits before and after the point, if they make a number.
    fn digits(&self) -> Option<(String, String)> {
        let number = self.number.replace('_', "");
        let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
        let is_number = !whole.is_empty() && !fraction.contains('.') && !number.ends_with('.');
        is_number.then(|| (whole.to_owned(), fraction.trim_end_matches('0').to_owned()))
    }

    /// Returns the length of the unit.
    fn unit_nanos(&self, text: &'t str) -> Result<u64, Refusal<'t>> {
        let Self { number, unit, .. } = *self;
        let shown = excerpt(text);
        if unit.is_empty() {
            let message = if number.len() == text.len() {
                format!("the duration `{shown}` has no unit; write \"{shown}ms\" or \"{shown}s\"")
            } else {
                let number = excerpt(number);
                format!("`{number}` in `{shown}` has no unit; write a unit after each number, such as \"1m 30s\"")
            };
            return Err((number, message));
        }
        if let Some((_, nanos)) = UNITS.iter().find(|(name, _)| *name == unit) {
            return Ok(*nanos);
        }
        if let Some(scaled) = exponent(text) {
            return Err((text, format!("`{shown}` has an exponent; write the number in full{scaled}")));
        }
        let suggestion = match unit.to_lowercase().as_str() {
            "mins" | "minute" | "minutes" => "; did you mean `min`?".to_owned(),
            "sec" | "secs" | "second" | "seconds" => "; did you mean `s`?".to_owned(),
            "msec" | "millis" | "milliseconds" => "; did you mean `ms`?".to_owned(),
            "hr" | "hrs" | "hour" | "hours" => "; did you mean `h`?".to_owned(),
            "day" | "days" => "; did you mean `d`?".to_owned(),
            "w" | "wk" | "week" | "weeks" => match number.parse::<u32>().ok().and_then(|weeks| weeks.checked_mul(7)) {
                Some(days) => format!("; a week is seven days: \"{days}d\""),
                None => "; a week is seven days: \"7d\"".to_owned(),
            },
            _ => did_you_mean(unit, &UNITS.map(|(name, _)| name)),
        };
        let units = "units are `ns`, `us`, `ms`, `s`, `min`, `h` and `d`";
        Err((unit, format!("`{}` is no unit of time; {units}{suggestion}", excerpt(unit))))
    }
}

/// Splits a text before the first character that does not match.
fn split(text: &str, fits: fn(char) -> bool) -> (&str, &str) {
    let end = text.char_indices().find(|(_, c)| !fits(*c)).map_or(text.len(), |(start, _)| start);
    text.split_at(end)
}

/// Returns advice for a text with a comma: a decimal comma, or a comma between two parts.
fn without_comma(before: &str, behind: &str) -> String {
    let is_meant = is_short(before) && is_short(behind) && !behind.contains(',');
    let is_decimal = ends_in_digit(before) && starts_with_digit(behind);
    let (point, space) = (format!("{before}.{behind}"), format!("{before}{behind}"));
    if is_meant && is_decimal && is_duration(&point) {
        return format!("the decimal point is a dot; write \"{point}\"");
    }
    if is_meant && !is_decimal && is_duration(&space) {
        return format!("write \"{space}\"");
    }
    "write one number with one unit, such as \"1.5s\"".to_owned()
}

/// Returns whether a text is so short that a message can repeat it.
fn is_short(text: &str) -> bool {
    text.len() <= 40
}

pub(crate) fn starts_with_digit(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_digit)
}

fn ends_in_digit(text: &str) -> bool {
    text.as_bytes().last().is_some_and(u8::is_ascii_digit)
}

fn wrong_order(text: &str, unit: &str, is_twice: bool) -> String {
    let text = excerpt(text);
    if is_twice {
        return format!("`{text}` has the unit `{unit}` twice; write one number for it");
    }
    format!("`{text}` has a longer unit behind a shorter one; write the longer one first, such as \"1m 30s\"")
}

/// Returns the end of the advice for `1e3ms`, a number with an exponent and a unit. It shows the number in full, if that is short.
fn exponent(text: &str) -> Option<String> {
    let (mantissa, rest) = text.split_once(['e', 'E']).filter(|(mantissa, _)| ends_in_digit(mantissa))?;
    let (power, unit) = split(rest, |c| matches!(c, '0'..='9' | '+' | '-'));
    power.parse::<i32>().ok()?;
    let full = format!("{mantissa}e{power}").parse::<f64>().ok().map(|number| format!("{number}{unit}"));
    let full = full.filter(|full| full.len() < 20 && is_duration(full));
    Some(full.map(|full| format!(": \"{full}\"")).unwrap_or_default())
}

/// Returns the nanoseconds of the digits after the point, if they are a whole number: `25` is 25 of 100.
fn nanos_of_fraction(digits: &str, unit: u64) -> Option<u64> {
    if digits.is_empty() {
        return Some(0);
    }
    let denominator = 10_u128.checked_pow(u32::try_from(digits.len()).ok()?)?;
    let scaled = digits.parse::<u128>().ok()?.checked_mul(unit.into())?;
    match (scaled.checked_rem(denominator), scaled.checked_div(denominator)) {
        (Some(0), Some(nanos)) => u64::try_from(nanos).ok(),
        _ => None,
    }
}

/// Writes a number of nanoseconds as one number with one unit, as short as possible. [`parse`] reads the same number back.
///
/// # Examples
///
/// ```
/// use reattempt_policy::duration;
///
/// assert_eq!(duration::to_text(250_000_000), "250ms");
/// assert_eq!(duration::to_text(1_500_000_000), "1.5s");
/// assert_eq!(duration::to_text(90_000_000_000), "90s");
/// ```
pub fn to_text(nanos: u64) -> String {
    // The units below a second differ by factors of 1,000, so every number of nanoseconds is a decimal number of each.
    const DECIMAL: [(&str, u64, usize); 3] = [("s", 1_000_000_000, 9), ("ms", 1_000_000, 6), ("us", 1_000, 3)];
    if nanos == 0 {
        return "0s".to_owned();
    }
    let whole = UNITS.iter().rev().find(|(_, unit)| nanos.checked_rem(*unit) == Some(0)).unwrap_or(&UNITS[0]);
    let whole = format!("{}{}", nanos.checked_div(whole.1).unwrap_or(nanos), whole.0);
    let Some((name, unit, places)) = DECIMAL.iter().find(|(_, unit, _)| nanos >= *unit) else { return whole };
    let (number, fraction) = (nanos.checked_div(*unit).unwrap_or(nanos), nanos.checked_rem(*unit).unwrap_or(0));
    let decimal = format!("{number}.{fraction:0places$}");
    let decimal = format!("{}{name}", decimal.trim_end_matches('0').trim_end_matches('.'));
    if decimal.len() < whole.len() { decimal } else { whole }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    #[test]
    fn numbers_with_units_are_read_exactly() {
        for (text, nanos) in [
            ("250ms", 250_000_000),
            ("1.5s", 1_500_000_000),
            ("2min", 120_000_000_000),
            ("2m", 120_000_000_000),
            ("1h", 3_600_000_000_000),
            ("1d", 86_400_000_000_000),
            ("7us", 7_000),
            ("7µs", 7_000),
            ("0.000000001s", 1),
            ("1_000 ns", 1_000),
            ("0ms", 0),
            ("1.50s", 1_500_000_000),
            ("1.50000000000000000000000000000000000000000s", 1_500_000_000),
            ("0.0001h", 360_000_000),
            ("  5s  ", 5_000_000_000),
        ] {
            assert_eq!(parse(text), Ok(nanos), "{text}");
        }
    }

    #[test]
    fn several_numbers_with_units_are_summed_up() {
        for (text, millis) in [
            ("1m 30s", 90_000),
            ("1m30s", 90_000),
            ("1.5min 30 s", 120_000),
            ("1h 1m 1s", 3_661_000),
            ("1h30m", 5_400_000),
            ("2d 0h 500ms", 172_800_500),
            ("1s500ms", 1_500),
        ] {
            assert_eq!(parse(text), Ok(millis * 1_000_000), "{text}");
        }
    }

    #[test]
    fn the_longest_duration_is_read_and_no_longer_one() {
        assert_eq!(parse("18446744073709551615ns"), Ok(u64::MAX));
        assert_eq!(parse("18446744073s 709551615ns"), Ok(u64::MAX));
        for text in ["18446744073709551616ns", "18446744073s 709551616ns", "18446744073.709551616s", "213504d"] {
            assert!(parse(text).unwrap_err().to_string().contains("is too long"), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_with_a_way_out() {
        for (text, wrong, part) in [
            ("5", "5", "no unit; write \"5ms\" or \"5s\""),
            ("", "", "is empty"),
            (" ", "", "is empty"),
            ("1m 30", "30", "`30` in `1m 30` has no unit"),
            ("1 5s", "1", "`1` in `1 5s` has no unit"),
            ("s", "s", "is no duration"),
            (".5s", ".5s", "is no duration"),
            ("1.2.3s", "1.2.3s", "is no duration"),
            ("1.s", "1.s", "is no duration"),
            ("_s", "_s", "is no duration"),
            ("5s and 3s", "5s and 3s", "is no duration"),
            (" -5s", "-5s", "cannot be negative; did you mean \"5s\"?"),
            ("- 5s", "- 5s", "cannot be negative; did you mean \"5s\"?"),
            ("-5", "-5", "cannot be negative; write \"5ms\" or \"5s\""),
            ("-5x", "-5x", "cannot be negative; did you mean \"250ms\"?"),
            ("-", "-", "`-` is no duration; write a number and a unit, such as \"250ms\""),
            ("--5s", "--5s", "`--5s` is no duration"),
            ("-s", "-s", "`-s` is no duration"),
            ("5sec", "sec", "did you mean `s`?"),
            ("1m 5S", "S", "did you mean `s`?"),
            ("1M", "M", "did you mean `m`?"),
            ("5mz", "mz", "is no unit of time"),
            ("5%", "%", "is no unit of time"),
            ("1,5s", "1,5s", "the decimal point is a dot; write \"1.5s\""),
            ("1m, 30s", "1m, 30s", "has a comma; write \"1m 30s\""),
            ("1s,2s", "1s,2s", "has a comma; write one number with one unit"),
            ("1e3ms", "1e3ms", "has an exponent; write the number in full: \"1000ms\""),
            ("1.5e-3 s", "1.5e-3 s", "has an exponent; write the number in full: \"0.0015 s\""),
            ("1e300s", "1e300s", "write the number in full"),
            ("2weeks", "weeks", "a week is seven days: \"14d\""),
            ("1y", "y", "units are `ns`, `us`, `ms`, `s`, `min`, `h` and `d`"),
            ("30s 1m", "m", "has a longer unit behind a shorter one"),
            ("1s 2s", "s", "has the unit `s` twice"),
            ("1m 2min", "min", "has the unit `min` twice"),
            ("0.5ns", "0.5ns", "finer than a nanosecond"),
            ("1.0000000000000000001s", "1.0000000000000000001s", "finer than a nanosecond"),
            (
                "0.00000000000000000000000000000000000000001h",
                "0.00000000000000000000000000000000000000001h",
                "finer than",
            ),
            ("99999999999999999999999999999999999999999d", "99999999999999999999999999999999999999999d", "too long"),
            ("600000d", "600000d", "too long"),
            ("340282366920938463463374607431768211.456us", "340282366920938463463374607431768211.456us", "too long"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.to_string().contains(part), "{text}: {error}");
            assert_eq!(&text[error.range()], wrong, "{text}");
        }
    }

    #[test]
    fn units_in_full_and_units_longer_than_a_day_are_refused() {
        for text in [
            "1w", "2 weeks", "1M", "1month", "1y", "2years", "1day", "2days", "1hr", "2hours", "5mins", "1minute",
            "5sec", "5secs", "5seconds", "5msec", "5millis", "5usec", "5nsec", "5nanos",
        ] {
            let message = parse(text).unwrap_err().to_string();
            assert!(message.contains("is no unit of time"), "{text}: {message}");
        }
    }

    #[test]
    fn a_duration_is_written_in_the_shortest_way() {
        for (nanos, text) in [
            (0, "0s"),
            (1, "1ns"),
            (1_500, "1.5us"),
            (250_000_000, "250ms"),
            (1_234_000_000, "1234ms"),
            (1_500_000_000, "1.5s"),
            (60_000_000_000, "1m"),
            (90_000_000_000, "90s"),
            (5_400_000_000_000, "90m"),
            (86_400_000_000_000, "1d"),
            (u64::MAX, "18446744073709551615ns"),
        ] {
            assert_eq!(to_text(nanos), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(nanos in any::<u64>(), shift in 0..64_u32, zeros in 0..14_u32) {
            let nanos = (nanos >> shift).saturating_mul(10_u64.pow(zeros));
            prop_assert_eq!(parse(&to_text(nanos)), Ok(nanos));
        }

        #[test]
        fn no_text_is_a_panic(text in "([0-9_.]{0,25} ?(ns|us|ms|s|m|min|h|d|w|y|M|µs|x|-|e|)[ ,]?){0,4}") {
            if let Err(error) = parse(&text) {
                // The range is on character boundaries.
                let _ = &text[error.range()];
            }
        }
    }
}
