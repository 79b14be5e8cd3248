//! Hints in headers: the delay that a server asks for.
//!
//! It is pure: the wall clock is an argument, and is read only if a header has a date. The only status that it knows is 429.
//!
//! | header | meaning | used |
//! |---|---|---|
//! | `retry-after-ms`, `x-ms-retry-after-ms` | milliseconds | first: the same hint as `Retry-After`, in a finer unit |
//! | `Retry-After` | seconds, or a date | if no header above has a valid value |
//! | `RateLimit-Reset` | seconds | if no header above has one, and the rate limit stopped the request |
//!
//! A number consists of digits only. Anything else is no hint. It is not an error either, because headers come from outside.

use ::http::{HeaderMap, HeaderValue, StatusCode};
use core::time::Duration;
use std::time::SystemTime;

const MILLIS: [&str; 2] = ["retry-after-ms", "x-ms-retry-after-ms"];
const RETRY_AFTER: &str = "retry-after";
const LIMIT_RESET: &str = "ratelimit-reset";
const LIMIT_REMAINING: &str = "ratelimit-remaining";

/// Returns the delay that the server asks for, if there is one.
///
/// `retry-after-ms` and `x-ms-retry-after-ms` (milliseconds) are used first, then `Retry-After` (seconds, or a date in any of the three forms
/// of HTTP), then `RateLimit-Reset` (seconds), which is used only if `RateLimit-Remaining` is 0. If a header has several values, the longest
/// is used, so that the next attempt respects all of them.
///
/// A date is compared with `now`. A past date is a hint of zero. A number that is too large is treated as `u64::MAX`, so that the call gives
/// up instead of retrying too early. Anything but a whole number in digits or a date is no hint. `X-RateLimit-Reset` is ignored, because some
/// servers send seconds in it and some send a date.
///
/// # Examples
///
/// ```
/// use http::HeaderMap;
/// use reattempt::http::hint;
/// use std::time::{Duration, SystemTime};
///
/// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
/// let mut headers = HeaderMap::new();
/// assert_eq!(hint(&headers, now), None);
/// headers.insert("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT".parse()?);
/// assert_eq!(hint(&headers, now), Some(Duration::from_secs(30)));
/// # Ok::<(), http::header::InvalidHeaderValue>(())
/// ```
pub fn hint(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    find(headers, false, || now)
}

/// Returns the hint of a response by the wall clock. A rate limit is what stopped the request if the status is 429.
pub(super) fn of_status(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    find(headers, status == StatusCode::TOO_MANY_REQUESTS, SystemTime::now)
}

/// Finds a hint as [`hint`] does. `is_limited` means that a rate limit is known to have stopped the request.
fn find(headers: &HeaderMap, is_limited: bool, now: impl Fn() -> SystemTime) -> Option<Duration> {
    let millis = |value: &HeaderValue| number(value).map(Duration::from_millis);
    let seconds = |value: &HeaderValue| number(value).map(Duration::from_secs);
    let seconds_or_date = |value: &HeaderValue| seconds(value).or_else(|| until(value, &now));
    longest(headers, &MILLIS, millis)
        .or_else(|| longest(headers, &[RETRY_AFTER], seconds_or_date))
        .or_else(|| longest(headers, &[LIMIT_RESET], seconds).filter(|_| is_limited || is_used_up(headers)))
}

/// Returns the longest valid value of these headers.
fn longest(headers: &HeaderMap, names: &[&str], read: impl Fn(&HeaderValue) -> Option<Duration>) -> Option<Duration> {
    names.iter().flat_map(|name| headers.get_all(*name)).filter_map(read).max()
}

fn is_used_up(headers: &HeaderMap) -> bool {
    headers.get_all(LIMIT_REMAINING).iter().any(|value| number(value) == Some(0))
}

/// Parses a whole number. A number that is too large becomes `u64::MAX`.
fn number(value: &HeaderValue) -> Option<u64> {
    let digits = value.as_bytes().trim_ascii();
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, digit| {
        let digit = char::from(*digit).to_digit(10)?;
        Some(number.saturating_mul(10).saturating_add(u64::from(digit)))
    })
}

/// Parses a date, and returns the time until then.
fn until(value: &HeaderValue, now: impl Fn() -> SystemTime) -> Option<Duration> {
    let date = httpdate::parse_http_date(value.to_str().ok()?).ok()?;
    Some(date.duration_since(now()).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the RFC, Sun, 06 Nov 1994 08:49:37 GMT, as time since 1970.
    const NOW: Duration = Duration::from_secs(784_111_777);

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH.checked_add(NOW).unwrap()
    }

    /// Asserts the hint in these headers, at the time of the RFC's example.
    #[track_caller]
    fn check(headers: &[(&'static str, &[u8])], expected: Option<Duration>) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_bytes(value).unwrap());
        }
        let shown: Vec<_> = headers.iter().map(|(name, value)| (name, value.escape_ascii().to_string())).collect();
        assert_eq!(hint(&map, now()), expected, "{shown:?}");
    }

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    const fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_number_is_seconds_and_a_year_is_no_date() {
        for (value, expected) in [("0", 0), ("120", 120), ("2024", 2_024), ("007", 7), (" 5\t", 5)] {
            check(&[("retry-after", value.as_bytes())], Some(seconds(expected)));
        }
    }

    #[test]
    fn a_date_is_the_time_until_then_in_each_of_its_three_forms() {
        for date in ["Sun, 06 Nov 1994 08:50:07 GMT", "Sunday, 06-Nov-94 08:50:07 GMT", "Sun Nov  6 08:50:07 1994"] {
            check(&[("retry-after", date.as_bytes())], Some(seconds(30)));
            check(&[("retry-after", format!("\t {date} ").as_bytes())], Some(seconds(30)));
        }
    }

    #[test]
    fn a_past_date_is_zero_in_each_of_its_three_forms() {
        for date in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:36 GMT", "Thu Jan  1 00:00:00 1970"] {
            check(&[("retry-after", date.as_bytes())], Some(seconds(0)));
        }
    }

    #[test]
    fn a_year_of_two_digits_is_between_1970_and_2069() {
        check(&[("retry-after", b"Tuesday, 01-Jan-69 00:00:00 GMT")], Some(seconds(3_124_224_000 - NOW.as_secs())));
        check(&[("retry-after", b"Thursday, 01-Jan-70 00:00:00 GMT")], Some(seconds(0)));
    }

    #[test]
    fn what_is_neither_a_number_nor_a_date_is_no_hint() {
        let garbage: [&[u8]; 32] = [
            b"",
            b" ",
            b"-1",
            b"+1",
            b"1.5",
            b"1e3",
            b"0x10",
            b"1 2",
            b"1, 2",
            b"5s",
            b"soon",
            b"inf",
            b"NaN",
            b"\xff\xfe",
            b"5\xa0",
            "\u{665}".as_bytes(),
            "\u{ff15}".as_bytes(),
            b"Sun, 06 Nov 1994 08:50:07",
            b"Sun, 06 Nov 1994 08:50:07 CET",
            b"Sun, 06 Nov 1994 24:50:07 GMT",
            b"Sun, 31 Feb 1994 08:50:07 GMT",
            b"Mon, 06 Nov 1994 08:50:07 GMT",
            b"Sun, 06 Nov 1994 08:50:60 GMT",
            b"Sun, 06 Nov 1994 08:50:0\xff GMT",
            b"sun, 06 nov 1994 08:50:07 gmt",
            b"Sun, 06 Nov 10000 08:50:07 GMT",
            b"Wed, 01 Jan 1000 08:50:07 GMT",
            b"Monday, ",
            b"Wednesday, 06-Nov-94 08",
            b"Sunday, 06 Nov 1994 08:50:07 GMT",
            b"1994-11-06T08:50:07Z",
            b"Sun Nov 06 08:50:07 GMT 1994",
        ];
        for value in garbage {
            check(&[("retry-after", value)], None);
            check(&[("retry-after-ms", value)], None);
            check(&[("ratelimit-remaining", b"0"), ("ratelimit-reset", value)], None);
        }
    }

    #[test]
    fn only_retry_after_may_be_a_date() {
        let date = b"Sun, 06 Nov 1994 08:50:07 GMT";
        check(&[("retry-after-ms", date), ("x-ms-retry-after-ms", date)], None);
        check(&[("ratelimit-remaining", b"0"), ("ratelimit-reset", date)], None);
    }

    #[test]
    fn a_number_too_large_is_the_largest_there_is() {
        let long = [b'9'; 4_000];
        for value in [b"18446744073709551615", b"18446744073709551616".as_slice(), b"99999999999999999999", &long] {
            check(&[("retry-after", value)], Some(seconds(u64::MAX)));
            check(&[("retry-after-ms", value)], Some(millis(u64::MAX)));
            check(&[("ratelimit-remaining", b"0"), ("ratelimit-reset", value)], Some(seconds(u64::MAX)));
        }
        check(&[("retry-after", b"18446744073709551614")], Some(seconds(u64::MAX - 1)));
        check(&[("retry-after", b"00000000000000000000000000000000000001")], Some(seconds(1)));
    }

    #[test]
    fn the_finer_unit_counts_first_and_the_rate_limit_last() {
        let (reset, remaining) = (("ratelimit-reset", b"30".as_slice()), ("ratelimit-remaining", b"0".as_slice()));
        check(&[("retry-after", b"2"), ("retry-after-ms", b"1500"), reset, remaining], Some(millis(1_500)));
        check(&[("retry-after", b"2"), ("x-ms-retry-after-ms", b"1500"), reset, remaining], Some(millis(1_500)));
        check(&[("retry-after", b"2"), reset, remaining], Some(seconds(2)));
        check(&[reset, remaining], Some(seconds(30)));
    }

    #[test]
    fn a_header_that_cannot_be_read_leaves_its_place_to_the_next() {
        let (reset, remaining) = (("ratelimit-reset", b"30".as_slice()), ("ratelimit-remaining", b"0".as_slice()));
        check(&[("retry-after-ms", b"soon"), ("retry-after", b"2")], Some(seconds(2)));
        check(&[("retry-after-ms", b"soon"), ("retry-after", b"\xff"), reset, remaining], Some(seconds(30)));
    }

    #[test]
    fn the_rate_limit_counts_where_nothing_remains() {
        let reset = ("ratelimit-reset", b"30".as_slice());
        check(&[reset], None);
        check(&[reset, ("ratelimit-remaining", b"1")], None);
        check(&[reset, ("ratelimit-remaining", b"none")], None);
        check(&[reset, ("ratelimit-remaining", b"00")], Some(seconds(30)));
        check(&[reset, ("ratelimit-remaining", b"1"), ("ratelimit-remaining", b"0")], Some(seconds(30)));
    }

    #[test]
    fn of_several_values_the_longest_that_can_be_read_counts() {
        let date = b"Sun, 06 Nov 1994 08:50:07 GMT";
        check(&[("retry-after", b"1"), ("retry-after", b"9"), ("retry-after", b"5")], Some(seconds(9)));
        check(&[("retry-after", b"7"), ("retry-after", date), ("retry-after", b"9 s")], Some(seconds(30)));
        check(&[("retry-after-ms", b"3"), ("x-ms-retry-after-ms", b"4")], Some(millis(4)));
        check(&[("retry-after-ms", b"4"), ("x-ms-retry-after-ms", b"3")], Some(millis(4)));
    }

    #[test]
    fn the_wall_clock_is_read_for_dates_alone() {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", HeaderValue::from_static("5"));
        headers.append("retry-after", HeaderValue::from_static("soon"));
        assert_eq!(find(&headers, true, || panic!("the clock was read")), Some(seconds(5)));
        // The clock may be before 1970.
        headers.insert("retry-after", HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT"));
        assert_eq!(hint(&headers, SystemTime::UNIX_EPOCH.checked_sub(seconds(3)).unwrap()), Some(seconds(3)));
    }
}
