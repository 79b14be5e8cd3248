//! An observer that emits events by the crate `tracing`. It knows events and no calls.
//!
//! Levels, fields and units are documented in the guide's chapter on events. Durations are seconds as floats, as in the metrics and in
//! OpenTelemetry: numbers can be compared and summed, the text of a `Duration` cannot. Nothing is formatted here. A subscriber formats an
//! error if it needs to.

use crate::failure::classify::Verdict;
use crate::failure::stop_reason::StopReason;
use crate::observe::event::Event;
use crate::observe::transition::{State, Transition};
use core::time::Duration;

/// The target, for filters.
const TARGET: &str = "reattempt";

/// Receives an event.
pub(crate) fn observe(event: &Event<'_>) {
    match *event {
        Event::AttemptFailed { site, attempt, max, delay, failure, verdict, waited, elapsed } => {
            let (verdict, hint) = match verdict {
                Verdict::RetryAfter(hint) => ("retry_after", Some(hint)),
                Verdict::RetryIn(_) => ("retry_in", None),
                // No attempt follows a `Stop`.
                Verdict::Retry | Verdict::Stop => ("retry", None),
            };
            tracing::warn!(
                target: TARGET,
                site = site.name(),
                attempt,
                max,
                delay = delay.as_secs_f64(),
                error = %failure,
                verdict,
                hint = seconds(hint),
                waited = waited.as_secs_f64(),
                elapsed = seconds(elapsed),
                "attempt failed, another one follows"
            );
        }
        Event::GaveUp { site, reason, attempts, failure, waited, elapsed } => {
            // The level and the message are static, so each needs its own event.
            macro_rules! emit {
                ($level:ident, $message:literal) => {
                    tracing::event!(
                        target: TARGET,
                        tracing::Level::$level,
                        site = site.name(),
                        reason = reason.label(),
                        attempts,
                        error = %failure,
                        waited = waited.as_secs_f64(),
                        elapsed = seconds(elapsed),
                        $message
                    )
                };
            }
            match (reason, attempts) {
                // This is an ordinary error: nothing was retried.
                (StopReason::Permanent, 1) => emit!(DEBUG, "failed permanently, not retried"),
                _ => emit!(ERROR, "gave up"),
            }
        }
        Event::Recovered { site, attempts, waited, elapsed } => tracing::info!(
            target: TARGET,
            site = site.name(),
            attempts,
            waited = waited.as_secs_f64(),
            elapsed = seconds(elapsed),
            "recovered"
        ),
        Event::BreakerTransition { transition: Transition { name, from, to, cause, cool_down } } => {
            macro_rules! emit {
                ($level:ident) => {
                    tracing::event!(
                        target: TARGET,
                        tracing::Level::$level,
                        breaker = name,
                        from = from.label(),
                        to = to.label(),
                        why = cause.map(tracing::field::display),
                        cool_down = seconds(cool_down),
                        "circuit breaker moved"
                    )
                };
            }
            match to {
                State::Open | State::Isolated => emit!(WARN),
                State::HalfOpen | State::Closed => emit!(INFO),
            }
        }
        Event::Adjusted { site, key, change } => {
            tracing::warn!(target: TARGET, site = site.name(), key, change = %change, "a setting was out of range");
        }
        Event::BlocksRuntime { site } => {
            tracing::warn!(target: TARGET, site = site.name(), "a sync function sleeps on a thread of a tokio runtime");
        }
    }
}

fn seconds(time: Option<Duration>) -> Option<f64> {
    time.map(|time| time.as_secs_f64())
}
