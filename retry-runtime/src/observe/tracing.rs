//! An observer that emits events by the crate `tracing`. It knows events and no calls.
//!
//! Levels, fields and units are documented in the guide's chapter on events. Durations are seconds as floats, as in the metrics and in
//! OpenTelemetry: numbers can be compared and summed, the text of a `Duration` cannot. Nothing is formatted here. A subscriber formats an
//! error if it needs to.

use crate::failure::classify::Verdict;
use crate::failure::stop_reason::StopReason;
use crate::observe::event::Event;
use crate::observe::transition::State;
use core::time::Duration;
use tracing::field::display;

/// The target, for filters.
const TARGET: &str = "reattempt";

/// Emits the event of a call that ended without success. The level is static, so each level needs its own event.
macro_rules! gave_up {
    ($level:ident, $site:ident, $reason:ident, $attempts:ident, $failure:ident, $waited:ident, $elapsed:ident, $message:literal) => {
        tracing::event!(
            target: TARGET,
            tracing::Level::$level,
            site = $site.name(),
            reason = $reason.label(),
            attempts = $attempts,
            error = %$failure,
            waited = $waited.as_secs_f64(),
            elapsed = $elapsed.map(|time| time.as_secs_f64()),
            $message
        )
    };
}

/// Emits the transition of a breaker.
macro_rules! transition {
    ($level:ident, $transition:ident, $why:ident) => {
        tracing::event!(
            target: TARGET,
            tracing::Level::$level,
            breaker = $transition.name,
            from = $transition.from.label(),
            to = $transition.to.label(),
            why = $why,
            cool_down = $transition.cool_down.map(|time| time.as_secs_f64()),
            "circuit breaker moved"
        )
    };
}

/// Receives an event.
pub(crate) fn observe(event: &Event<'_>) {
    match *event {
        Event::AttemptFailed { site, attempt, max, delay, failure, verdict, waited, elapsed } => {
            let (verdict, hint) = verdict_fields(verdict);
            tracing::warn!(
                target: TARGET,
                site = site.name(),
                attempt,
                max,
                delay = delay.as_secs_f64(),
                error = %failure,
                verdict,
                hint = hint.map(|time| time.as_secs_f64()),
                waited = waited.as_secs_f64(),
                elapsed = elapsed.map(|time| time.as_secs_f64()),
                "attempt failed, another one follows"
            );
        }
        // This is an ordinary error: nothing was retried.
        Event::GaveUp {
            site,
            reason: reason @ StopReason::Permanent,
            attempts: attempts @ 1,
            failure,
            waited,
            elapsed,
        } => {
            gave_up!(DEBUG, site, reason, attempts, failure, waited, elapsed, "failed permanently, not retried");
        }
        Event::GaveUp { site, reason, attempts, failure, waited, elapsed } => {
            gave_up!(ERROR, site, reason, attempts, failure, waited, elapsed, "gave up");
        }
        Event::Recovered { site, attempts, waited, elapsed } => tracing::info!(
            target: TARGET,
            site = site.name(),
            attempts,
            waited = waited.as_secs_f64(),
            elapsed = elapsed.map(|time| time.as_secs_f64()),
            "recovered"
        ),
        Event::BreakerTransition { transition } => {
            let why = transition.cause.map(display);
            match transition.to {
                State::Open | State::Isolated => transition!(WARN, transition, why),
                State::HalfOpen | State::Closed => transition!(INFO, transition, why),
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

/// Returns the name of a verdict and its hint.
fn verdict_fields(verdict: Verdict) -> (&'static str, Option<Duration>) {
    match verdict {
        Verdict::Stop => ("stop", None),
        Verdict::Retry => ("retry", None),
        Verdict::RetryAfter(hint) => ("retry_after", Some(hint)),
    }
}
