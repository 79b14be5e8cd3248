//! What is meant by a name that is not a key. The policy core has the names of settings, and this file those of all other keys.
//!
//! It knows no value.

use crate::args::carried::{self, Unit};
use crate::args::key::Key;
use reattempt_policy::other_names::{self, in_small_letters};
use reattempt_policy::strategy::Kind;

/// What is meant by a name.
#[derive(Clone, Copy)]
pub(super) enum Meaning {
    Key(Key),
    /// The number of retries. `max` also counts the first attempt.
    Retries,
    /// Attempts without a limit.
    Unlimited,
    /// A strategy. A value is its delay.
    Strategy(Kind),
    /// Whether delays are spread.
    IsRandom,
    /// A classifier of the failures that are not retried.
    Not,
    /// This classifier, whatever the value is.
    Classifier(&'static str),
    /// No key. These words say why, and what to write.
    Advice(&'static str),
}

/// The keys that are not settings of the policy, with their names elsewhere, in small letters.
const NAMES: &[(Meaning, &[&str])] = &[
    (
        Meaning::Key(Key::On),
        &[
            "when",
            "if",
            "retry_if",
            "retry_on",
            "retry_when",
            "retry_for",
            "should_retry",
            "filter",
            "while",
            "retry_while",
        ],
    ),
    (Meaning::Key(Key::On), &["condition", "predicate", "classify", "classifier", "on_error", "on_err", "on_errors"]),
    (Meaning::Key(Key::On), &["retry", "retryable", "is_retryable", "retry_if_exception", "retry_if_exception_type"]),
    (Meaning::Key(Key::On), &["on_exception", "exceptions", "retry_exceptions", "should_handle", "include", "errors"]),
    (
        Meaning::Key(Key::On),
        &["includes", "handle", "handle_if", "retry_on_exception", "retry_exception_predicate", "exception_expression"],
    ),
    (Meaning::Classifier("reattempt::any_error"), &["retry_always"]),
    (Meaning::Classifier("reattempt::no_error"), &["retry_never"]),
    (
        Meaning::Not,
        &["unless", "retry_unless", "no_retry_for", "dont_retry_on", "do_not_retry_on", "ignore", "exclude"],
    ),
    (Meaning::Not, &["ignore_exceptions", "abort_on", "abort_if", "give_up_on", "giveup", "stop_if", "stop_on"]),
    (Meaning::Not, &["retry_if_not_exception_type", "retry_unless_exception_type", "retry_if_not", "except"]),
    (Meaning::Not, &["excludes", "not_retry_on"]),
    (Meaning::Key(Key::OnValue), &["on_result", "on_ok", "retry_if_result", "retry_on_result", "result_predicate"]),
    (Meaning::Key(Key::OnValue), &["handle_result", "handle_result_if", "on_predicate"]),
    (Meaning::Key(Key::Timeout), &["attempt_timeout", "per_attempt_timeout", "per_try_timeout", "try_timeout"]),
    (Meaning::Key(Key::Timeout), &["time_out", "time_limit", "call_timeout", "request_timeout"]),
    (Meaning::Key(Key::Breaker), &["circuit_breaker", "fuse", "circuit"]),
    (Meaning::Key(Key::Cancel), &["cancellation", "cancel_token", "cancellation_token", "stop", "abort", "shutdown"]),
    (Meaning::Key(Key::Budget), &["retry_budget", "quota", "throttle"]),
    (
        Meaning::Key(Key::Notify),
        &["on_retry", "before_sleep", "callback", "log", "inspect", "before_retry", "on_failure"],
    ),
    (Meaning::Key(Key::Notify), &["after_retry", "on_backoff", "listener", "listeners", "hook", "notifier", "after"]),
    (Meaning::Key(Key::Notify), &["on_failed_attempt", "on_retry_scheduled", "consume_result_before_retry_attempt"]),
    (Meaning::Key(Key::Recover), &["fallback", "or_else", "default", "retry_error_callback"]),
    (Meaning::Key(Key::Sleep), &["sleep_fn", "sleeper", "sleep_with"]),
    (Meaning::Key(Key::Method), &["verb", "http_method"]),
    (Meaning::Key(Key::Idempotency), &["idempotency", "idempotent", "request_id"]),
    (Meaning::Key(Key::Name), &["label"]),
    (
        Meaning::Advice(
            "a classifier chooses the delay; write `on = classify` for a function that returns a `Verdict`",
        ),
        &["adjust", "retry_after", "delay_generator", "sleep_duration_provider", "interval_bi_function"],
    ),
    (
        Meaning::Advice("the last error is returned as it is; remove it"),
        &["reraise", "raise_on_giveup", "last_error_only"],
    ),
    (
        Meaning::Advice(
            "to tell that the attempts are used up, return `Result<T, reattempt::RetryError<E>>`; remove it",
        ),
        &["fail_after_max_attempts"],
    ),
    (
        Meaning::Advice("the function of `recover` gets the error, and may return it as it is; remove this"),
        &["not_recoverable"],
    ),
];

/// Returns the strategy with this name, here or elsewhere: `exponential`, `ExponentialBackoff`.
pub(super) fn kind(name: &str) -> Option<Kind> {
    let small = in_small_letters(name);
    Kind::from_name(&small).or_else(|| Kind::by_another_name(&small))
}

/// Returns what is meant by a name, and the unit that is a part of the name: `timeout_ms`.
pub(super) fn meaning(name: &str) -> Option<(Meaning, Option<Unit>)> {
    let small = in_small_letters(name);
    let plain = small.strip_prefix("with_").or_else(|| small.strip_prefix("set_"));
    if let Some(meaning) = known(&small).or_else(|| known(plain?)) {
        return Some((meaning, None));
    }
    let name = plain.unwrap_or(&small);
    Unit::SUFFIXES.iter().find_map(|(suffix, unit)| {
        let meaning = known(name.strip_suffix(suffix)?)?;
        matches!(meaning, Meaning::Key(key) if carried::is_duration(key)).then_some((meaning, Some(*unit)))
    })
}

fn known(name: &str) -> Option<Meaning> {
    if let Some(key) = Key::named(name) {
        return Some(Meaning::Key(key));
    }
    if let Some((meaning, _)) = NAMES.iter().find(|(_, names)| names.contains(&name)) {
        return Some(*meaning);
    }
    if let Some(kind) = Kind::from_name(name) {
        return Some(Meaning::Strategy(kind));
    }
    Some(match other_names::meaning(name)? {
        other_names::Meaning::Setting(setting) => Meaning::Key(Key::Setting(setting)),
        other_names::Meaning::Retries => Meaning::Retries,
        other_names::Meaning::Unlimited => Meaning::Unlimited,
        other_names::Meaning::Strategy(kind) => Meaning::Strategy(kind),
        other_names::Meaning::IsRandom => Meaning::IsRandom,
    })
}
