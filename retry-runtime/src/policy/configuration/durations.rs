//! Durations as people write them: `"250ms"`, `"1.5s"`, `"1m 30s"`.
//!
//! Units and the way to write a duration are those of the crate `humantime`. The numbers are read here, exactly: what the attribute reads is
//! read the same, and no text makes it overflow.

use super::{Found, Place};
use core::time::Duration;
use serde::ser::{Serialize, Serializer};

/// A duration as it is written.
pub(super) struct Text(pub(super) Duration);

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&humantime::format_duration(self.0))
    }
}

/// Reads a duration. Errors name the place and show one that is right.
pub(super) fn read(place: Place, found: Found<'_>) -> Result<Duration, String> {
    let refusal = match found {
        Found::Text(text) => match parse(text) {
            Ok(duration) => return Ok(duration),
            Err(refusal) => refusal,
        },
        Found::Whole(..0) => Refusal::Negative,
        Found::Float(number) if number < 0.0 => Refusal::Negative,
        Found::Float(number) if !number.is_finite() => Refusal::Kind,
        Found::Whole(_) | Found::Float(_) => Refusal::Unit(found.to_string()),
    };
    let reason = match refusal {
        Refusal::Kind => "must be numbers with units, such as \"250ms\", \"1.5s\" or \"1m 30s\"".to_owned(),
        Refusal::Negative => "a duration cannot be negative; write one such as \"250ms\"".to_owned(),
        Refusal::Unit(text) => format!("a duration needs a unit; write \"{text}ms\" or \"{text}s\""),
        Refusal::UnknownUnit(unit) => {
            format!("{unit:?} is no unit of time; units are \"ns\", \"us\", \"ms\", \"s\", \"min\", \"h\" and \"d\"")
        }
        Refusal::TooFine => "cannot be finer than a nanosecond; the shortest duration is \"1ns\"".to_owned(),
        Refusal::TooLong => format!("can be \"{}s\" at most", u64::MAX),
    };
    Err(format!("{place} is {found}, but {reason}"))
}

/// What is wrong with a text.
#[derive(Debug, PartialEq)]
enum Refusal {
    Kind,
    Negative,
    Unit(String),
    UnknownUnit(String),
    TooFine,
    TooLong,
}

/// Reads numbers with units, and sums them up.
fn parse(text: &str) -> Result<Duration, Refusal> {
    let (text, mut total) = (text.trim(), 0_u128);
    if text.starts_with('-') {
        return Err(Refusal::Negative);
    }
    let mut rest = text;
    loop {
        let is_number = |c: char| c.is_ascii_digit() || c == '.' || c == '_';
        let (number, after) = split(rest, is_number);
        let (unit, others) = split(after.trim_start(), char::is_alphabetic);
        let (whole, fraction) = digits(number).ok_or(Refusal::Kind)?;
        if unit.is_empty() {
            return Err(if others.is_empty() { Refusal::Unit(text.to_owned()) } else { Refusal::Kind });
        }
        let unit = nanos_of(unit).ok_or_else(|| Refusal::UnknownUnit(unit.to_owned()))?;
        let nanos = nanos(&whole, &fraction, unit)?;
        total = total.checked_add(nanos).ok_or(Refusal::TooLong)?;
        rest = others.trim_start();
        if rest.is_empty() {
            break;
        }
    }
    let secs = u64::try_from(total / NANOS_PER_SEC).ok().ok_or(Refusal::TooLong)?;
    let nanos = u32::try_from(total % NANOS_PER_SEC).ok().ok_or(Refusal::TooLong)?;
    Ok(Duration::new(secs, nanos))
}

const NANOS_PER_SEC: u128 = 1_000_000_000;

/// Splits a text before the first character that does not fit.
fn split(text: &str, fits: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !fits(c)).unwrap_or(text.len()))
}

/// The digits before and after the point, without what does not count.
fn digits(number: &str) -> Option<(String, String)> {
    let number = number.replace('_', "");
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    let is_number = !whole.is_empty() && !fraction.contains('.') && !number.ends_with('.');
    is_number.then(|| (whole.to_owned(), fraction.trim_end_matches('0').to_owned()))
}

/// Answers so many nanoseconds of so many units.
fn nanos(whole: &str, fraction: &str, unit: u128) -> Result<u128, Refusal> {
    let whole: u128 = whole.parse().ok().ok_or(Refusal::TooLong)?;
    let whole = whole.checked_mul(unit).ok_or(Refusal::TooLong)?;
    if fraction.is_empty() {
        return Ok(whole);
    }
    let places = u32::try_from(fraction.len()).ok().ok_or(Refusal::TooFine)?;
    let denominator = 10_u128.checked_pow(places).ok_or(Refusal::TooFine)?;
    let part: u128 = fraction.parse().ok().ok_or(Refusal::TooFine)?;
    let part = part.checked_mul(unit).ok_or(Refusal::TooFine)?;
    match (part.checked_rem(denominator), part.checked_div(denominator)) {
        (Some(0), Some(part)) => whole.checked_add(part).ok_or(Refusal::TooLong),
        _ => Err(Refusal::TooFine),
    }
}

/// Answers the length of a unit.
fn nanos_of(unit: &str) -> Option<u128> {
    humantime::parse_duration(&format!("1{unit}")).ok().map(|one| one.as_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    #[test]
    fn what_the_attribute_reads_is_read_the_same() {
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
            ("1.50000000000000000000000000000000000000000s", 1_500_000_000),
            ("0.0001h", 360_000_000),
            ("  5s  ", 5_000_000_000),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_nanos(nanos)), "{text}");
        }
    }

    #[test]
    fn several_numbers_with_units_are_summed_up() {
        for (text, secs) in [
            ("1m 30s", 90),
            ("1m30s", 90),
            ("1.5min 30 s", 120),
            ("1h 1m 1s", 3_661),
            ("2 weeks 1day", 15 * 86_400),
            ("30s 1m", 90),
            ("500ms 0.5s", 1),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_secs(secs)), "{text}");
        }
    }

    #[test]
    fn the_longest_duration_is_read_and_no_longer_one() {
        let longest = ["18446744073709551615.999999999s", "18446744073709551615s 999999999ns"];
        for text in longest {
            assert_eq!(parse(text), Ok(Duration::MAX), "{text}");
        }
        for text in [
            "18446744073709551616s",
            "18446744073709551615s 1000000000ns",
            "18446744073709551615s 500ms 500ms",
            "340282366920938463463374607431768211455ns",
            "340282366920938463463374607431768211456ns",
            "340282366920938463463374607431768211455y",
            "340282366920938463463374607431768211455ns 1ns",
        ] {
            assert_eq!(parse(text), Err(Refusal::TooLong), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in
            ["", " ", "s", "soon", "1.s", ".5s", "1.2.3s", "1 5s", "5s,", "5s and 3s", "5s -3s", "1e3s", "_s", "5%"]
        {
            let expected = if text == "1e3s" { Refusal::UnknownUnit("e".to_owned()) } else { Refusal::Kind };
            assert_eq!(parse(text), Err(expected), "{text}");
        }
        assert_eq!(parse(" -5s"), Err(Refusal::Negative));
        for text in ["5", "0", "1m 30", "1.5"] {
            assert_eq!(parse(text), Err(Refusal::Unit(text.to_owned())), "{text}");
        }
        for text in ["0.5ns", "1.0000000000000000001s", "0.0000000001s", "0.00000000000000000000000000000000000000001h"]
        {
            assert_eq!(parse(text), Err(Refusal::TooFine), "{text}");
        }
        for (text, unit) in [("5 parsecs", "parsecs"), ("1m 5S", "S"), ("5µ", "µ")] {
            assert_eq!(parse(text), Err(Refusal::UnknownUnit(unit.to_owned())), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(secs in any::<u64>(), shift in 0..64_u32, nanos in 0..1_000_000_000_u32) {
            let duration = Duration::new(secs >> shift, nanos);
            prop_assert_eq!(parse(&humantime::format_duration(duration).to_string()), Ok(duration));
        }

        #[test]
        fn no_text_is_a_panic(text in "([0-9_.]{0,25} ?(ns|us|ms|s|m|min|h|d|w|y|M|µs|x|-|)[ ,]?){0,4}") {
            let place = Place { field: "base", entry: None };
            // It may be a duration or not.
            let _ = read(place, Found::Text(&text));
        }
    }
}
