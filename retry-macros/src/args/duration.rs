//! Durations as string literals: `"250ms"`, `"1.5s"`, `"2min"`.
//!
//! It reads one literal and knows no key.

use crate::faults::did_you_mean;
use std::time::Duration;
use syn::LitStr;

/// The units, each with its nanoseconds.
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

/// Reads a duration: a number, with a decimal point or not, and a unit.
pub(crate) fn parse(literal: &LitStr) -> syn::Result<Duration> {
    read(&literal.value()).map_err(|message| syn::Error::new(literal.span(), message))
}

fn read(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(
            "the duration is empty; write a number and a unit, such as \"250ms\", \"1.5s\" or \"2min\"".to_owned()
        );
    }
    if let Some(positive) = text.strip_prefix('-') {
        return Err(format!("a duration cannot be negative; did you mean \"{positive}\"?"));
    }
    if let Some((before, behind)) = text.split_once(',') {
        let is_decimal = ends_in_digit(before) && behind.starts_with(|c: char| c.is_ascii_digit());
        let advice = match format!("{before}.{behind}") {
            point if is_decimal && read(&point).is_ok() => format!("the decimal point is a dot; write \"{point}\""),
            _ => "write one number with one unit, such as \"1.5s\"".to_owned(),
        };
        return Err(format!("`{text}` has a comma; {advice}"));
    }
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(text.len());
    let (number, unit) = (text[..end].replace('_', ""), text[end..].trim_start());
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    if whole.is_empty() || fraction.contains('.') || number.ends_with('.') {
        return Err(format!(
            "`{text}` is no duration; write a number and a unit, such as \"250ms\", \"1.5s\" or \"2min\""
        ));
    }
    if unit.is_empty() {
        return Err(format!("the duration `{text}` has no unit; write \"{text}ms\" or \"{text}s\""));
    }
    let Some((_, nanos)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        if let Some(scaled) = exponent(text) {
            return Err(format!("`{text}` has an exponent; write the number in full{scaled}"));
        }
        if unit.contains(|c: char| c.is_ascii_digit()) {
            return Err(format!(
                "`{text}` has more than one unit; write one number with one unit, such as \"90s\" or \"1.5min\""
            ));
        }
        let suggestion = match unit {
            "m" | "mins" | "minute" | "minutes" => "; did you mean `min`?".to_owned(),
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
        return Err(format!(
            "`{unit}` is no unit of time; units are `ns`, `us`, `ms`, `s`, `min`, `h` and `d`{suggestion}"
        ));
    };
    let too_long = || format!("`{text}` is too long; the longest duration here is 584 years, `213503d`");
    let nanos = u128::from(*nanos);
    let whole: u128 = whole.parse().ok().and_then(|whole: u128| whole.checked_mul(nanos)).ok_or_else(too_long)?;
    let (numerator, denominator) = decimal(fraction)
        .ok_or_else(|| format!("`{text}` is finer than a nanosecond; the smallest duration is `1ns`"))?;
    let fraction = numerator * nanos;
    if fraction % denominator != 0 {
        return Err(format!("`{text}` is finer than a nanosecond; the smallest duration is `1ns`"));
    }
    let total = whole.checked_add(fraction / denominator).and_then(|total| u64::try_from(total).ok());
    let total = total.ok_or_else(too_long)?;
    Ok(Duration::from_nanos(total))
}

fn ends_in_digit(text: &str) -> bool {
    text.ends_with(|c: char| c.is_ascii_digit())
}

/// The end of an advice for `1e3ms`, a number with an exponent and a unit: that number in full, where it is a short one.
fn exponent(text: &str) -> Option<String> {
    let (mantissa, rest) = text.split_once(['e', 'E']).filter(|(mantissa, _)| ends_in_digit(mantissa))?;
    let end = rest.find(|c: char| !matches!(c, '0'..='9' | '+' | '-')).unwrap_or(rest.len());
    let (power, unit) = rest.split_at(end);
    power.parse::<i32>().ok()?;
    let full = format!("{mantissa}e{power}").parse::<f64>().ok().map(|number| format!("{number}{unit}"));
    let full = full.filter(|full| full.len() < 20 && read(full).is_ok());
    Some(full.map(|full| format!(": \"{full}\"")).unwrap_or_default())
}

/// Whether the text is a number and a unit.
pub(crate) fn is_duration(text: &str) -> bool {
    read(text).is_ok()
}

/// Reads the digits after the point: `25` is 25 of 100.
fn decimal(digits: &str) -> Option<(u128, u128)> {
    let digits = digits.trim_end_matches('0');
    if digits.len() > 18 {
        return None;
    }
    let denominator = 10_u128.pow(u32::try_from(digits.len()).ok()?);
    Some((if digits.is_empty() { 0 } else { digits.parse().ok()? }, denominator))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_units_are_read_exactly() {
        for (text, nanos) in [
            ("250ms", 250_000_000),
            ("1.5s", 1_500_000_000),
            ("2min", 120_000_000_000),
            ("1h", 3_600_000_000_000),
            ("1d", 86_400_000_000_000),
            ("7us", 7_000),
            ("7µs", 7_000),
            ("0.000000001s", 1),
            ("1_000 ns", 1_000),
            ("0ms", 0),
            ("1.50s", 1_500_000_000),
        ] {
            assert_eq!(read(text), Ok(Duration::from_nanos(nanos)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_told_with_a_way_out() {
        for (text, part) in [
            ("5", "no unit"),
            ("", "is empty"),
            ("1m30s", "more than one unit"),
            ("s", "is no duration"),
            ("1.2.3s", "is no duration"),
            ("1.s", "is no duration"),
            ("-5s", "cannot be negative"),
            ("5m", "did you mean `min`?"),
            ("5sec", "did you mean `s`?"),
            ("5mz", "is no unit of time"),
            ("1,5s", "the decimal point is a dot; write \"1.5s\""),
            ("1s,2s", "has a comma; write one number with one unit"),
            ("1e3ms", "has an exponent; write the number in full: \"1000ms\""),
            ("1.5e-3 s", "has an exponent; write the number in full: \"0.0015 s\""),
            ("1e300s", "write the number in full"),
            ("2weeks", "a week is seven days: \"14d\""),
            ("1y", "units are `ns`, `us`, `ms`, `s`, `min`, `h` and `d`"),
            ("0.5ns", "finer than a nanosecond"),
            ("1.0000000000000000001s", "finer than a nanosecond"),
            ("99999999999999999999999999999999999999999d", "too long"),
            ("600000d", "too long"),
            // The widest integer holds the whole microseconds, and not the decimals on top.
            ("340282366920938463463374607431768211.456us", "too long"),
        ] {
            let message = read(text).unwrap_err();
            assert!(message.contains(part), "{text}: {message}");
        }
    }
}
