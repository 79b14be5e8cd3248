//! Properties of hints in headers: for any header, parsing does not fail, and no retry comes too early.
//!
//! The tests use the public API only. The expected values are the numbers and dates from which the headers are written.

#![cfg(feature = "http")]
#![expect(clippy::arithmetic_side_effects, reason = "the numbers here have room; an overflow should fail the test")]

use ::http::header::{HeaderName, HeaderValue};
use ::http::{HeaderMap, StatusCode};
use proptest::strategy::{Just, Strategy as Generator};
use proptest::test_runner::Config;
use proptest::{arbitrary::any, collection::vec, prop_assert, prop_assert_eq, prop_oneof, proptest, sample};
use retry_runtime::http::{Statuses, hint};
use retry_runtime::{Policy, Session, Step, StopReason, Verdict};
use std::time::{Duration, SystemTime};

const NAMES: [&str; 5] =
    ["retry-after", "retry-after-ms", "x-ms-retry-after-ms", "ratelimit-reset", "ratelimit-remaining"];
const PERMANENT: [u16; 14] = [200, 204, 206, 301, 304, 400, 401, 403, 404, 409, 410, 451, 501, 505];
const TRANSIENT: [u16; 7] = [408, 425, 429, 500, 502, 503, 504];
/// The first moment that HTTP has no date for: the year 10000.
const END: u64 = 253_402_300_800;

fn config() -> Config {
    Config { cases: 2_000, failure_persistence: None, ..Config::default() }
}

/// Makes headers; values that no header can have are left out.
fn headers<'a>(lines: impl IntoIterator<Item = (&'static str, &'a [u8])>) -> HeaderMap {
    let lines = lines
        .into_iter()
        .filter_map(|(name, value)| Some((HeaderName::from_static(name), HeaderValue::from_bytes(value).ok()?)));
    let mut map = HeaderMap::new();
    lines.for_each(|(name, value)| {
        map.append(name, value);
    });
    map
}

fn one(name: &'static str, value: &str) -> HeaderMap {
    headers([(name, value.as_bytes())])
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Header values: any bytes, characters of dates and numbers, and wrong dates.
fn values() -> impl Generator<Value = Vec<u8>> {
    let spoilt = (dates(), 0..64_usize, any::<u8>()).prop_map(|(date, index, byte)| {
        let mut bytes = date.into_bytes();
        let length = bytes.len();
        bytes[index % length] = byte;
        bytes
    });
    let cut = (dates(), 0..64_usize).prop_map(|(date, length)| date.into_bytes().into_iter().take(length).collect());
    prop_oneof![
        vec(any::<u8>(), 0..64),
        "[-+ ,.:0-9eA-Zadegnortuvy\t]{0,40}".prop_map(String::into_bytes),
        "[0-9]{0,50}".prop_map(String::into_bytes),
        spoilt,
        cut,
        Just(vec![b'9'; 5_000]),
    ]
}

/// A date in one of the three forms.
fn dates() -> impl Generator<Value = String> {
    (0..END, 0..3_usize).prop_map(|(seconds, form)| forms(seconds)[form].clone())
}

/// Writes a moment in the three date forms of HTTP. The second form has a year of two digits.
fn forms(seconds: u64) -> [String; 3] {
    let fixed = httpdate_of(seconds);
    let (weekday, day, month, year, time) = (&fixed[..3], &fixed[5..7], &fixed[8..11], &fixed[12..16], &fixed[17..25]);
    let long = match weekday {
        "Mon" => "Monday",
        "Tue" => "Tuesday",
        "Wed" => "Wednesday",
        "Thu" => "Thursday",
        "Fri" => "Friday",
        "Sat" => "Saturday",
        _ => "Sunday",
    };
    let padded = day.strip_prefix('0').map_or(day.to_owned(), |digit| format!(" {digit}"));
    let obsolete = format!("{long}, {day}-{month}-{} {time} GMT", &year[2..]);
    let asctime = format!("{weekday} {month} {padded} {time} {year}");
    [fixed, obsolete, asctime]
}

/// Writes a moment as an IMF-fixdate, computed from the calendar.
fn httpdate_of(seconds: u64) -> String {
    const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [(&str, u64); 12] = [
        ("Jan", 31),
        ("Feb", 28),
        ("Mar", 31),
        ("Apr", 30),
        ("May", 31),
        ("Jun", 30),
        ("Jul", 31),
        ("Aug", 31),
        ("Sep", 30),
        ("Oct", 31),
        ("Nov", 30),
        ("Dec", 31),
    ];
    let is_leap = |year: u64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let (days, time) = (seconds / 86_400, seconds % 86_400);
    let (mut year, mut rest) = (1970, days);
    while rest >= 365 + u64::from(is_leap(year)) {
        rest -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let mut month = 0;
    let length = |month: usize| MONTHS[month].1 + u64::from(month == 1 && is_leap(year));
    while rest >= length(month) {
        rest -= length(month);
        month += 1;
    }
    format!(
        "{}, {:02} {} {year:04} {:02}:{:02}:{:02} GMT",
        WEEKDAYS[usize::try_from(days % 7).expect("a week has seven days")],
        rest + 1,
        MONTHS[month].0,
        time / 3_600,
        time / 60 % 60,
        time % 60
    )
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn nothing_that_a_server_sends_is_too_much(
        lines in vec((sample::select(&NAMES[..]), values()), 0..6),
        now in 0..END,
        status in 100..1_000_u16,
    ) {
        let headers = headers(lines.iter().map(|(name, value)| (*name, value.as_slice())));
        let status = StatusCode::from_u16(status).unwrap();
        let _ = hint(&headers, at(now));
        let verdict = Statuses::TRANSIENT.verdict(status, &headers);
        prop_assert_eq!(verdict == Verdict::Stop, !TRANSIENT.contains(&status.as_u16()));
    }

    #[test]
    fn headers_never_turn_a_permanent_status(
        lines in vec((sample::select(&NAMES[..]), values()), 0..6),
        number in any::<u64>(),
        status in sample::select(&PERMANENT[..]),
    ) {
        let number = number.to_string();
        let lines = lines.iter().map(|(name, value)| (*name, value.as_slice()));
        let headers = headers(lines.chain([("retry-after", number.as_bytes())]));
        prop_assert_eq!(Statuses::TRANSIENT.verdict(StatusCode::from_u16(status).unwrap(), &headers), Verdict::Stop);
    }

    #[test]
    fn digits_are_exactly_so_many_seconds_or_milliseconds(number in any::<u64>(), zeros in 0..30_usize, now in 0..END) {
        for text in [number.to_string(), format!("{}{number}", "0".repeat(zeros)), format!(" \t{number}\t ")] {
            let (seconds, millis) = (Duration::from_secs(number), Duration::from_millis(number));
            prop_assert_eq!(hint(&one("retry-after", &text), at(now)), Some(seconds));
            prop_assert_eq!(hint(&one("retry-after-ms", &text), at(now)), Some(millis));
            prop_assert_eq!(hint(&one("x-ms-retry-after-ms", &text), at(now)), Some(millis));
            let limited = [("ratelimit-remaining", b"0".as_slice()), ("ratelimit-reset", text.as_bytes())];
            prop_assert_eq!(hint(&headers(limited), at(now)), Some(seconds));
            prop_assert_eq!(hint(&one("ratelimit-reset", &text), at(now)), None);
        }
    }

    #[test]
    fn digits_beyond_64_bits_are_the_largest_number(head in 18_446_744_073_709_551_616_u128.., tail in "[0-9]{0,40}") {
        let text = format!("{head}{tail}");
        prop_assert_eq!(hint(&one("retry-after", &text), at(0)), Some(Duration::from_secs(u64::MAX)));
        prop_assert_eq!(hint(&one("retry-after-ms", &text), at(0)), Some(Duration::from_millis(u64::MAX)));
    }

    #[test]
    fn what_is_not_digits_alone_is_no_number(before in "[0-9]{0,5}", other in "[^0-9\\s]", after in "[0-9]{0,5}", now in 0..END) {
        let text = format!("{before}{other}{after}");
        prop_assert_eq!(hint(&one("retry-after", &text), at(now)), None);
        prop_assert_eq!(hint(&one("retry-after-ms", &text), at(now)), None);
    }

    #[test]
    fn a_date_is_the_time_until_then_and_zero_if_it_is_past(date in 0..END, now in 0..END, near in 0..100_u64) {
        for now in [now, date, date.saturating_sub(near), date + near] {
            let expected = Some(Duration::from_secs(date.saturating_sub(now)));
            let [fixed, _, asctime] = forms(date);
            prop_assert_eq!(hint(&one("retry-after", &fixed), at(now)), expected, "{}", fixed);
            prop_assert_eq!(hint(&one("retry-after", &asctime), at(now)), expected, "{}", asctime);
        }
    }

    #[test]
    fn a_year_of_two_digits_is_understood_from_1970_to_2069(date in 0..3_155_760_000_u64, now in 0..END) {
        let [_, obsolete, _] = forms(date);
        let expected = Some(Duration::from_secs(date.saturating_sub(now)));
        prop_assert_eq!(hint(&one("retry-after", &obsolete), at(now)), expected, "{}", obsolete);
    }

    #[test]
    fn of_several_values_none_is_undercut(
        numbers in vec(0..1_000_000_u64, 1..5),
        garbage in vec("[a-z]{0,5}", 0..3),
        date in 0..END,
        now in 0..END,
    ) {
        let date_text = httpdate_of(date);
        let texts: Vec<_> = numbers.iter().map(u64::to_string).chain(garbage).chain([date_text]).collect();
        let longest = numbers.iter().copied().chain([date.saturating_sub(now)]).max();
        let mut reversed = texts.clone();
        reversed.reverse();
        for texts in [texts, reversed] {
            let headers = headers(texts.iter().map(|text| ("retry-after", text.as_bytes())));
            prop_assert_eq!(hint(&headers, at(now)), longest.map(Duration::from_secs));
        }
    }

    #[test]
    fn a_call_never_comes_before_the_hint_and_never_waits_past_its_bounds(
        lines in vec((sample::select(&NAMES[..]), values()), 0..6),
        number in 0..100_u64,
        status in sample::select(&TRANSIENT[..]),
        random in any::<u64>(),
    ) {
        let number = number.to_string();
        let lines = lines.iter().map(|(name, value)| (*name, value.as_slice()));
        let headers = headers(lines.chain([("retry-after", number.as_bytes())]));
        let verdict = Statuses::TRANSIENT.verdict(StatusCode::from_u16(status).unwrap(), &headers);
        let policy = Policy::default();
        let Verdict::RetryAfter(hint) = verdict else {
            return Err(proptest::test_runner::TestCaseError::fail("a number is a hint"));
        };
        match Session::new().failed(&policy, verdict, None, &mut || random) {
            Step::Sleep(delay) => {
                prop_assert!(hint <= Duration::from_secs(60));
                prop_assert!(hint <= delay && delay <= hint + (hint / 10).max(policy.cap()));
            }
            Step::Return(reason) => {
                prop_assert_eq!(reason, StopReason::HintTooLong);
                prop_assert!(hint > Duration::from_secs(60));
            }
        }
    }
}
