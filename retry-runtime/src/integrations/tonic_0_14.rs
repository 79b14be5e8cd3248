//! gRPC by tonic 0.14: transient statuses, and the hints of servers.
//!
//! It knows statuses, their metadata and their sources, but no channels and servers. Those need features of tonic that this module does not
//! enable.
//!
//! | status | verdict |
//! |---|---|
//! | `UNAVAILABLE`, `RESOURCE_EXHAUSTED` | transient |
//! | `ABORTED`, `DEADLINE_EXCEEDED`, any other but `OK` | permanent, transient by choice: [`Codes::including`] |
//! | `UNKNOWN` that tonic made of a connection that broke | as `UNAVAILABLE` |
//! | `CANCELLED` that tonic made of a time-out on this side | as `DEADLINE_EXCEEDED`, or as `CANCELLED` where that is included |
//! | `UNAVAILABLE` because the server's name does not exist | permanent |
//! | a transient one with a `RetryInfo` or a pushback | transient, not before that time |
//! | any with a pushback that forbids a retry | permanent |
//!
//! A success needs no decision, so there is no classifier for `on_value`.
//!
//! # Calls that may be repeated
//!
//! A code does not show whether the server has executed the call. After `UNAVAILABLE` it may have been executed, if the connection broke
//! before the reply; so may a call that timed out. Retry only calls that are idempotent, or give each call a key by which the server
//! recognizes it. After `ABORTED`, usually more than one call has to be repeated: the read, the change and the write.
//!
//! # Hints
//!
//! Both are read, and the longer one is used.
//!
//! - **`RetryInfo`** of the package `google.rpc`, among the details of a status. One whose delay is absent, zero or negative is no
//!   hint, and neither are details that cannot be decoded; of several the first counts. `RESOURCE_EXHAUSTED` without one is
//!   retried all the same, though it may be a quota that lasts until tomorrow: bound it by `max` and `deadline`, or exclude the
//!   code. Details that are not even base64 do not get here: tonic 0.14.9 panics on them, inside of the attempt.
//! - **`grpc-retry-pushback-ms`** in the metadata, by gRPC's proposal A6: so many milliseconds until the retry. What is not a
//!   whole number from 0 to `u64::MAX`, such as a negative one, forbids a retry; so do several values, whatever they are. A
//!   pushback does not make a permanent code transient.
//!
//! The proposal retries exactly at that moment. Here the retry comes at that moment or, by a random part, later, and never earlier than by the
//! strategy's own delay. A hint that is longer than `max_hint` ends the call.
//!
//! # Time-outs
//!
//! A call that [`Endpoint::timeout`] or [`Request::set_timeout`] ends is `CANCELLED` in tonic, not `DEADLINE_EXCEEDED`. So is a call that
//! tonic's server ends, by its own limit or the request's. Including `DEADLINE_EXCEEDED` covers the time-outs of this side, and servers that
//! send this code. The time-outs of tonic's server need `CANCELLED` too. A panic of its handler has the same code, and so has a request on a
//! connection that is about to close. The key `timeout` of `#[retry]` needs none of this: an attempt that it ends is transient.
//!
//! [`Endpoint::timeout`]: https://docs.rs/tonic/0.14/tonic/transport/channel/struct.Endpoint.html#method.timeout
//! [`Request::set_timeout`]: ::tonic_0_14::Request::set_timeout
//!
//! # Connecting
//!
//! A channel that connects lazily reports a failed connection as the status of a call. `Status::from_error(error.into())` converts an error
//! of `Endpoint::connect` into a status.

use crate::failure::classify::{self, Transient, Verdict};
use crate::failure::error_chain;
use crate::failure::name_lookup;
use ::tonic_0_14::{Code, Status, TimeoutExpired};
use ::tonic_types_0_14::StatusExt;
use core::error::Error;
use core::fmt;
use core::time::Duration;
use std::io;

const PUSHBACK: &str = "grpc-retry-pushback-ms";

/// A set of codes that are transient.
///
/// # Examples
///
/// This classifier is for a transaction that is safe to send again, with `#[retry(on = |error| IN_CONFLICT.error(error))]`:
///
/// ```
/// # use ::tonic_0_14 as tonic;
/// use reattempt::Verdict;
/// use reattempt::tonic_0_14::Codes;
/// use tonic::{Code, Status};
///
/// const IN_CONFLICT: Codes = Codes::TRANSIENT.including(Code::Aborted).excluding(Code::ResourceExhausted);
///
/// assert_eq!(IN_CONFLICT.error(&Status::aborted("somebody was faster")), Verdict::Retry);
/// assert_eq!(IN_CONFLICT.error(&Status::resource_exhausted("come back tomorrow")), Verdict::Stop);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Codes {
    /// The bit n is the code n.
    bits: u32,
}

impl Codes {
    /// The empty set.
    pub const NONE: Self = Self { bits: 0 };

    /// `UNAVAILABLE` and `RESOURCE_EXHAUSTED`.
    pub const TRANSIENT: Self = Self::NONE.including(Code::Unavailable).including(Code::ResourceExhausted);

    /// Returns this set with one more code. `OK` cannot be added, because it is no failure.
    #[must_use]
    pub const fn including(self, code: Code) -> Self {
        Self { bits: self.bits | bit(code) }
    }

    /// Returns this set without one code.
    #[must_use]
    pub const fn excluding(self, code: Code) -> Self {
        Self { bits: self.bits & !bit(code) }
    }

    /// Returns `true` if a code is in this set. `OK` never is.
    pub const fn contains(self, code: Code) -> bool {
        self.bits & bit(code) != 0
    }

    /// Classifies a status. It is transient if its code is in this set and the server does not forbid a retry.
    ///
    /// The module's documentation has the other rules.
    pub fn error(&self, status: &Status) -> Verdict {
        let is_transient = |status: &Status| {
            self.contains(status.code()) || code_by_source(status).is_some_and(|code| self.contains(code))
        };
        classify::all_of((is_transient, may_have_host, pushback, retry_info))(status)
    }
}

/// Shows the codes by name.
impl fmt::Debug for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes = (0..=16).map(Code::from_i32).filter(|code| self.contains(*code));
        f.write_str("Codes ")?;
        f.debug_set().entries(codes).finish()
    }
}

/// Returns the bit of a code; `OK` has none.
const fn bit(code: Code) -> u32 {
    match code {
        Code::Ok => 0,
        code => 1_u32.wrapping_shl(code as u32),
    }
}

/// Classifies a status by [`Codes::TRANSIENT`], for `#[retry(on = reattempt::tonic_0_14::error)]`.
///
/// # Examples
///
/// ```
/// # use ::tonic_0_14 as tonic;
/// use reattempt::Verdict;
/// use reattempt::tonic_0_14;
/// use std::time::Duration;
/// use tonic::Status;
///
/// let mut status = Status::unavailable("restarting");
/// assert_eq!(tonic_0_14::error(&status), Verdict::Retry);
///
/// status.metadata_mut().insert("grpc-retry-pushback-ms", "2500".parse()?);
/// assert_eq!(tonic_0_14::error(&status), Verdict::RetryAfter(Duration::from_millis(2500)));
///
/// status.metadata_mut().insert("grpc-retry-pushback-ms", "-1".parse()?);
/// assert_eq!(tonic_0_14::error(&status), Verdict::Stop);
///
/// assert_eq!(tonic_0_14::error(&Status::not_found("no such account")), Verdict::Stop);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn error(status: &Status) -> Verdict {
    Codes::TRANSIENT.error(status)
}

/// Uses the verdict of [`error`]: `UNAVAILABLE` and `RESOURCE_EXHAUSTED` are transient.
impl Transient for Status {
    fn is_transient(&self) -> bool {
        error(self) != Verdict::Stop
    }

    fn retry_after(&self) -> Option<Duration> {
        match error(self) {
            Verdict::RetryAfter(hint) => Some(hint),
            Verdict::Stop | Verdict::Retry | Verdict::RetryIn(_) => None,
        }
    }
}

/// Returns the code that gRPC specifies for a failure on this side, if tonic uses another code.
///
/// It replaces only default codes of tonic. A code from the server or the caller stays.
fn code_by_source(status: &Status) -> Option<Code> {
    let is_broken = |error: &(dyn Error + 'static)| error.downcast_ref().is_some_and(io::Error::is_transient);
    match status.code() {
        Code::Unknown => sources(status).any(is_broken).then_some(Code::Unavailable),
        Code::Cancelled => sources(status).any(<dyn Error>::is::<TimeoutExpired>).then_some(Code::DeadlineExceeded),
        _ => None,
    }
}

/// Returns `false` if the name of the server was looked up and does not exist.
fn may_have_host(status: &Status) -> bool {
    status.source().and_then(name_lookup::verdict) != Some(false)
}

/// Returns the errors from which a status was made, the outermost first. There are none if the server sent the status.
fn sources(status: &Status) -> impl Iterator<Item = &(dyn Error + 'static)> {
    status.source().into_iter().flat_map(error_chain::chain)
}

/// Returns what `grpc-retry-pushback-ms` says about a transient status: `Stop` if it forbids a retry.
fn pushback(status: &Status) -> Verdict {
    let mut values = status.metadata().get_all(PUSHBACK).iter();
    let Some(value) = values.next() else {
        return Verdict::Retry;
    };
    let millis = value.to_str().ok().and_then(|value| value.parse().ok());
    match (millis, values.next()) {
        (Some(millis), None) => Verdict::RetryAfter(Duration::from_millis(millis)),
        _ => Verdict::Stop,
    }
}

/// Returns what the first `RetryInfo` in the details says about a transient status. A negative delay is decoded as zero, which is no hint.
fn retry_info(status: &Status) -> Verdict {
    let info = if has_least_number(status.details()) { None } else { status.get_details_retry_info() };
    let delay = info.and_then(|info| info.retry_delay).filter(|delay| !delay.is_zero());
    delay.map_or(Verdict::Retry, Verdict::RetryAfter)
}

/// Returns `true` if the details contain the smallest 64-bit number, or one up to 127 above it, as protobuf encodes it.
///
/// Decoding a duration negates negative seconds, after it subtracts up to two for the nanoseconds. For the smallest number this overflows,
/// and panics if overflows are checked. No real server sends such a delay.
fn has_least_number(details: &[u8]) -> bool {
    let is_least = |bytes: &[u8]| matches!(bytes, [0x80..=0xff, zeros @ .., 0x01] if zeros == [0x80; 8]);
    details.windows(10).any(is_least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::classify;
    use ::tonic_0_14::metadata::{Ascii, MetadataValue};
    use core::ops::RangeInclusive;
    use proptest::collection::vec;
    use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};
    use proptest::sample::Index;
    use std::sync::Arc;

    const ALL: RangeInclusive<i32> = 0..=16;
    const RETRY_INFO: &str = "type.googleapis.com/google.rpc.RetryInfo";

    fn codes() -> impl Strategy<Value = Code> {
        ALL.prop_map(Code::from_i32)
    }

    /// Encodes a number as protobuf does, in groups of seven bits, the lowest first.
    fn varint(mut number: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while number >= 0x80 {
            bytes.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        bytes.push(number.to_le_bytes()[0]);
        bytes
    }

    fn number(field: u8, value: i64) -> Vec<u8> {
        [vec![field << 3], varint(value.cast_unsigned())].concat()
    }

    fn message(field: u8, content: &[u8]) -> Vec<u8> {
        [vec![field << 3 | 2], varint(content.len() as u64), content.to_vec()].concat()
    }

    fn detail(name: &str, content: &[u8]) -> Vec<u8> {
        message(3, &[message(1, name.as_bytes()), message(2, content)].concat())
    }

    /// Makes the details of a status with a `RetryInfo` of any delay.
    fn details(seconds: i64, nanos: i32) -> Vec<u8> {
        let delay = [number(1, seconds), number(2, i64::from(nanos))].concat();
        detail(RETRY_INFO, &message(1, &delay))
    }

    fn with_details(code: Code, details: Vec<u8>) -> Status {
        Status::with_details(code, "", details.into())
    }

    fn pushed_back(code: Code, values: &[&str]) -> Status {
        let mut status = Status::new(code, "");
        for value in values {
            let value = MetadataValue::try_from(value.as_bytes()).unwrap();
            status.metadata_mut().append(PUSHBACK, value);
        }
        status
    }

    fn made_of(code: Code, error: impl Error + Send + Sync + 'static) -> Status {
        let mut status = Status::new(code, "");
        status.set_source(Arc::new(error));
        status
    }

    fn after(millis: u64) -> Verdict {
        Verdict::RetryAfter(Duration::from_millis(millis))
    }

    #[test]
    fn two_codes_are_transient() {
        let transient: Vec<_> = ALL.map(Code::from_i32).filter(|code| Codes::TRANSIENT.contains(*code)).collect();
        assert_eq!(transient, [Code::ResourceExhausted, Code::Unavailable]);
    }

    #[test]
    fn a_code_is_included_and_excluded_alone() {
        for code in ALL.map(Code::from_i32).filter(|code| *code != Code::Ok) {
            let one = Codes::NONE.including(code);
            assert!(one.contains(code), "{code:?}");
            assert_eq!(one.error(&Status::new(code, "")), Verdict::Retry, "{code:?}");
            assert_eq!(one.including(code), one, "{code:?}");
            assert_eq!(one.excluding(code), Codes::NONE, "{code:?}");
            assert_eq!(Codes::NONE.excluding(code), Codes::NONE, "{code:?}");
            let others = ALL.map(Code::from_i32).filter(|other| *other != code);
            assert!(others.clone().all(|other| !one.contains(other)), "{code:?}");
            assert!(others.clone().all(|other| one.excluding(other) == one), "{code:?}");
        }
    }

    #[test]
    fn ok_is_never_transient() {
        let codes = Codes::TRANSIENT.including(Code::Ok);
        assert_eq!(codes, Codes::TRANSIENT);
        assert!(!codes.contains(Code::Ok));
        assert_eq!(codes.error(&Status::ok("")), Verdict::Stop);
    }

    #[test]
    fn codes_are_shown_by_name() {
        assert_eq!(format!("{:?}", Codes::TRANSIENT), "Codes {ResourceExhausted, Unavailable}");
        assert_eq!(format!("{:?}", Codes::NONE), "Codes {}");
    }

    #[test]
    fn a_status_classifies_itself() {
        assert_eq!(classify::transient(&Status::unavailable("")), Verdict::Retry);
        assert_eq!(classify::transient(&Status::internal("")), Verdict::Stop);
        assert_eq!(classify::transient(&pushed_back(Code::Unavailable, &["7"])), after(7));
        assert_eq!(classify::transient(&pushed_back(Code::Unavailable, &["-7"])), Verdict::Stop);
    }

    #[test]
    fn a_pushback_is_a_hint() {
        assert_eq!(error(&pushed_back(Code::Unavailable, &["0"])), after(0));
        assert_eq!(error(&pushed_back(Code::ResourceExhausted, &["250"])), after(250));
        assert_eq!(error(&pushed_back(Code::Unavailable, &["18446744073709551615"])), after(u64::MAX));
    }

    #[test]
    fn a_pushback_that_is_no_whole_number_forbids_a_retry() {
        for value in [
            "-1",
            "-0",
            "",
            " ",
            "5 ",
            "soon",
            "1.5",
            "1e3",
            "0x10",
            "5,5",
            "18446744073709551616",
            "\u{665}",
            "\u{ff}",
        ] {
            assert_eq!(error(&pushed_back(Code::Unavailable, &[value])), Verdict::Stop, "{value:?}");
        }
    }

    #[test]
    fn several_pushbacks_forbid_a_retry() {
        for values in [["5", "5"], ["5", "-1"], ["-1", "5"], ["soon", "5"], ["0", "0"]] {
            assert_eq!(error(&pushed_back(Code::Unavailable, &values)), Verdict::Stop, "{values:?}");
        }
    }

    #[test]
    fn a_pushback_makes_no_code_transient() {
        assert_eq!(error(&pushed_back(Code::NotFound, &["5"])), Verdict::Stop);
        assert_eq!(error(&pushed_back(Code::Aborted, &["5"])), Verdict::Stop);
        assert_eq!(Codes::TRANSIENT.including(Code::Aborted).error(&pushed_back(Code::Aborted, &["5"])), after(5));
    }

    #[test]
    fn the_longer_hint_counts() {
        for (pushback, expected) in
            [("4999", after(5000)), ("5001", after(5001)), ("0", after(5000)), ("-1", Verdict::Stop)]
        {
            let mut both = with_details(Code::Unavailable, details(5, 0));
            both.metadata_mut().insert(PUSHBACK, pushback.parse().unwrap());
            assert_eq!(error(&both), expected, "{pushback}");
        }
    }

    #[test]
    fn a_retry_info_is_found_among_other_details() {
        let info = [detail("type.googleapis.com/google.rpc.Help", b"\xff"), details(3, 5_000_000)].concat();
        assert_eq!(error(&with_details(Code::Unavailable, info.clone())), after(3005));
        assert_eq!(error(&with_details(Code::Internal, info)), Verdict::Stop);
    }

    #[test]
    fn of_several_retry_infos_the_first_counts() {
        let info = [details(3, 0), details(9, 0)].concat();
        assert_eq!(error(&with_details(Code::Unavailable, info)), after(3000));
    }

    #[test]
    fn details_without_a_delay_are_no_hint() {
        for info in [
            Vec::new(),
            b"no protobuf".to_vec(),
            detail(RETRY_INFO, &[]),
            detail(RETRY_INFO, b"\xff\xff\xff"),
            detail("type.googleapis.com/google.rpc.QuotaFailure", &details(3, 0)),
            details(0, 0),
        ] {
            assert_eq!(error(&with_details(Code::ResourceExhausted, info.clone())), Verdict::Retry, "{info:?}");
        }
    }

    #[test]
    fn the_least_delays_are_no_hint_and_the_greatest_are() {
        const LEAST: i64 = i64::MIN;
        for (seconds, nanos) in
            [(LEAST, 0), (LEAST, 1), (LEAST, -1), (LEAST + 1, -1_000_000_000), (LEAST + 2, i32::MIN), (-1, 0), (0, -1)]
        {
            let verdict = error(&with_details(Code::Unavailable, details(seconds, nanos)));
            assert_eq!(verdict, Verdict::Retry, "{seconds} s and {nanos} ns");
        }
        // The first of these numbers has the same zeros as the smallest number.
        for seconds in [1 << 56, 1 << 62, i64::MAX] {
            let verdict = error(&with_details(Code::Unavailable, details(seconds, 0)));
            assert_eq!(verdict, Verdict::RetryAfter(Duration::from_secs(seconds.cast_unsigned())), "{seconds} s");
        }
    }

    #[test]
    fn a_broken_connection_is_unavailable() {
        let broken = || io::Error::from(io::ErrorKind::ConnectionReset);
        assert_eq!(error(&made_of(Code::Unknown, broken())), Verdict::Retry);
        assert_eq!(error(&made_of(Code::Unknown, io::Error::other(broken()))), Verdict::Retry);
        assert_eq!(Codes::NONE.including(Code::Unknown).error(&made_of(Code::Unknown, broken())), Verdict::Retry);
        assert_eq!(
            Codes::TRANSIENT.excluding(Code::Unavailable).error(&made_of(Code::Unknown, broken())),
            Verdict::Stop
        );
        assert_eq!(error(&made_of(Code::Unknown, io::Error::from(io::ErrorKind::InvalidData))), Verdict::Stop);
        assert_eq!(error(&Status::unknown("connection reset")), Verdict::Stop);
        for code in ALL.map(Code::from_i32).filter(|code| !Codes::TRANSIENT.contains(*code) && *code != Code::Unknown) {
            assert_eq!(error(&made_of(code, broken())), Verdict::Stop, "{code:?}");
        }
    }

    #[test]
    fn a_time_out_of_this_side_is_both_codes() {
        let over = made_of(Code::Cancelled, TimeoutExpired(()));
        assert_eq!(error(&over), Verdict::Stop);
        assert_eq!(Codes::NONE.including(Code::DeadlineExceeded).error(&over), Verdict::Retry);
        assert_eq!(Codes::NONE.including(Code::Cancelled).error(&over), Verdict::Retry);
        let said = Status::cancelled("Timeout expired");
        assert_eq!(Codes::NONE.including(Code::DeadlineExceeded).error(&said), Verdict::Stop);
        assert_eq!(
            Codes::NONE.including(Code::DeadlineExceeded).error(&made_of(Code::NotFound, TimeoutExpired(()))),
            Verdict::Stop
        );
    }

    #[test]
    fn a_name_that_does_not_exist_is_permanent() {
        let failed = |detail| io::Error::other(format!("failed to lookup address information: {detail}"));
        let unavailable = |detail| made_of(Code::Unavailable, io::Error::other(failed(detail)));
        assert_eq!(error(&unavailable("Name or service not known")), Verdict::Stop);
        assert_eq!(error(&unavailable("Temporary failure in name resolution")), Verdict::Retry);
    }

    /// Numbers of all sizes, especially near the ends and near zero.
    fn seconds() -> impl Strategy<Value = i64> {
        let near = |number: i64| (-200..=200_i64).prop_map(move |more| number.saturating_add(more));
        prop_oneof![any::<i64>(), near(i64::MIN), near(i64::MAX), near(0), near(1 << 56), near(315_576_000_000)]
    }

    fn nanos() -> impl Strategy<Value = i32> {
        prop_oneof![any::<i32>(), Just(i32::MIN), Just(i32::MAX), -1_000_000_001..=1_000_000_001]
    }

    /// Details with a byte changed, or cut off there.
    fn mangled() -> impl Strategy<Value = Vec<u8>> {
        (seconds(), nanos(), any::<Index>(), any::<Option<u8>>()).prop_map(|(seconds, nanos, index, byte)| {
            let mut details = details(seconds, nanos);
            let place = index.index(details.len());
            match byte {
                Some(byte) => details[place] = byte,
                None => details.truncate(place),
            }
            details
        })
    }

    fn duration(nanos: u128) -> Duration {
        let part = u32::try_from(nanos % 1_000_000_000).expect("less than a second");
        Duration::new(u64::try_from(nanos / 1_000_000_000).expect("the longest hint fits"), part)
    }

    fn in_nanos(seconds: i64, nanos: i32) -> i128 {
        i128::from(seconds).saturating_mul(1_000_000_000).saturating_add(i128::from(nanos))
    }

    proptest! {
        #[test]
        fn any_delay_is_decoded_or_ignored(seconds in seconds(), nanos in nanos(), code in codes()) {
            let delay = in_nanos(seconds, nanos);
            let longest = in_nanos(i64::MAX, 999_999_999);
            let expected = match u128::try_from(delay.min(longest)) {
                _ if !Codes::TRANSIENT.contains(code) => Verdict::Stop,
                Err(_) | Ok(0) => Verdict::Retry,
                Ok(nanos) => Verdict::RetryAfter(duration(nanos)),
            };
            prop_assert_eq!(error(&with_details(code, details(seconds, nanos))), expected);
        }

        #[test]
        fn any_metadata_is_judged(
            details in prop_oneof![vec(any::<u8>(), 0..64), mangled()],
            values in vec(vec(prop_oneof![Just(b'0'), Just(b'9'), Just(b'-'), 0x20..=0x7e_u8, 0x80..=0xff_u8], 0..24), 0..3),
            code in codes(),
        ) {
            let mut any = with_details(code, details);
            for value in &values {
                let value: MetadataValue<Ascii> = MetadataValue::try_from(value.as_slice()).unwrap();
                any.metadata_mut().append(PUSHBACK, value);
            }
            let verdict = error(&any);
            let allowed = match values.as_slice() {
                [] => true,
                [value] => !value.contains(&b'-') && value.iter().any(u8::is_ascii_digit),
                _ => false,
            };
            if !Codes::TRANSIENT.contains(code) || !allowed {
                prop_assert_eq!(verdict, Verdict::Stop);
            }
            prop_assert_eq!(classify::transient(&any), verdict);
        }

        #[test]
        fn any_whole_number_of_milliseconds_is_obeyed(millis in any::<u64>()) {
            prop_assert_eq!(error(&pushed_back(Code::Unavailable, &[millis.to_string().as_str()])), after(millis));
        }
    }
}
