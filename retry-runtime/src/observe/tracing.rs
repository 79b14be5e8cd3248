//! The feature `tracing`: events as events of the crate `tracing`, and their levels.
//!
//! All of them have the target `reattempt`. The guide's [chapter on events](https://docs.rs/reattempt/latest/reattempt/guide/events) lists their
//! fields. Durations are seconds as floats, as in the metrics and in OpenTelemetry: numbers can be compared and summed, the text of a
//! `Duration` cannot. Nothing is formatted here. A subscriber formats an error if it needs to.

pub use tracing::Level;

use crate::failure::classify::Verdict;
use crate::failure::stop_reason::StopReason;
use crate::observe::event::Event;
use crate::observe::transition::{State, Transition};
use core::time::Duration;
use std::sync::OnceLock;

/// The target, for filters.
const TARGET: &str = "reattempt";

type Levels = dyn Fn(&Event<'_>) -> Option<Level> + Send + Sync;

static LEVELS: OnceLock<Box<Levels>> = OnceLock::new();

/// Sets a function that chooses the level of each event, for the whole process. It returns a [`Level`], or `None` for an event that is not
/// logged.
///
/// Returns `false`, and changes nothing, if there is such a function already. Without one, events have their
/// [default levels](default_level).
///
/// The function runs on the thread of the call, before the subscriber is asked. It should be fast and must not block.
///
/// # Examples
///
/// Failures of one site are less important than those of others:
///
/// ```
/// use reattempt::event::Event;
/// use reattempt::tracing::{Level, default_level, set_levels};
///
/// let is_set = set_levels(|event| match event {
///     Event::AttemptFailed { site, .. } if site.name() == "prices.refresh" => Some(Level::DEBUG),
///     Event::GaveUp { site, .. } if site.name() == "prices.refresh" => Some(Level::WARN),
///     _ => default_level(event),
/// });
/// assert!(is_set);
/// ```
pub fn set_levels<L>(levels: impl Fn(&Event<'_>) -> L + Send + Sync + 'static) -> bool
where
    L: Into<Option<Level>>,
{
    LEVELS.set(Box::new(move |event| levels(event).into())).is_ok()
}

/// Returns the level of an event without [`set_levels`], or `None` if it is not logged.
///
/// | event | level |
/// |---|---|
/// | [`AttemptFailed`](Event::AttemptFailed) | DEBUG where the value was not good enough yet; else INFO for the first attempt, WARN for later ones |
/// | [`GaveUp`](Event::GaveUp) | ERROR; WARN where `recover` answered with a value; INFO for a call that was cancelled; DEBUG if the first attempt failed permanently: that is an ordinary error, and nothing was retried; none from the second call on that a breaker refuses since it opened |
/// | [`Recovered`](Event::Recovered) | INFO |
/// | [`BreakerTransition`](Event::BreakerTransition) | WARN if the breaker is open or isolated now, else INFO |
/// | [`Adjusted`](Event::Adjusted), [`BlocksRuntime`](Event::BlocksRuntime) | WARN |
pub fn default_level(event: &Event<'_>) -> Option<Level> {
    Some(match *event {
        Event::AttemptFailed { rejected: true, .. } => Level::DEBUG,
        Event::AttemptFailed { attempt: 1, .. }
        | Event::Recovered { .. }
        | Event::BreakerTransition { transition: Transition { to: State::HalfOpen | State::Closed, .. } } => {
            Level::INFO
        }
        Event::GaveUp { refused_calls: Some(2..), .. } => return None,
        Event::GaveUp { reason, attempts, answered, .. } => match (reason, attempts) {
            (StopReason::Permanent, 1) => Level::DEBUG,
            (StopReason::Cancelled, _) => Level::INFO,
            _ if answered => Level::WARN,
            _ => Level::ERROR,
        },
        Event::AttemptFailed { .. }
        | Event::BreakerTransition { .. }
        | Event::Adjusted { .. }
        | Event::BlocksRuntime { .. } => Level::WARN,
    })
}

/// Emits an event at a level that is known at run time. Levels are static, so each has an event of its own.
macro_rules! emit {
    ($level:ident, $($field:tt)*) => {
        match $level {
            Level::ERROR => tracing::error!(target: TARGET, $($field)*),
            Level::WARN => tracing::warn!(target: TARGET, $($field)*),
            Level::INFO => tracing::info!(target: TARGET, $($field)*),
            Level::DEBUG => tracing::debug!(target: TARGET, $($field)*),
            Level::TRACE => tracing::trace!(target: TARGET, $($field)*),
        }
    };
}

/// Receives an event.
pub(crate) fn observe(event: &Event<'_>) {
    let Some(level) = LEVELS.get().map_or_else(|| default_level(event), |levels| levels(event)) else { return };
    match *event {
        Event::AttemptFailed { site, attempt, max, delay, failure, rejected: _, verdict, waited, elapsed } => {
            let (verdict, hint) = match verdict {
                Verdict::RetryAfter(hint) => ("retry_after", Some(hint)),
                Verdict::RetryIn(_) => ("retry_in", None),
                // No attempt follows a `Stop`.
                Verdict::Retry | Verdict::Stop => ("retry", None),
            };
            emit!(
                level,
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
        Event::GaveUp { site, reason, attempts, failure, rejected: _, refused_calls, answered, waited, elapsed } => {
            let message = match (reason, attempts) {
                (StopReason::Permanent, 1) => "failed permanently, not retried",
                _ => "gave up",
            };
            emit!(
                level,
                site = site.name(),
                reason = reason.label(),
                attempts,
                error = %failure,
                refused_calls,
                answered,
                waited = waited.as_secs_f64(),
                elapsed = seconds(elapsed),
                "{message}"
            );
        }
        Event::Recovered { site, attempts, waited, elapsed } => emit!(
            level,
            site = site.name(),
            attempts,
            waited = waited.as_secs_f64(),
            elapsed = seconds(elapsed),
            "recovered"
        ),
        Event::BreakerTransition { transition: Transition { name, from, to, cause, cool_down, refused_calls } } => {
            emit!(
                level,
                breaker = name,
                from = from.label(),
                to = to.label(),
                why = cause.map(tracing::field::display),
                cool_down = seconds(cool_down),
                refused_calls = (refused_calls > 0).then_some(refused_calls),
                "circuit breaker moved"
            );
        }
        Event::Adjusted { site, key, change } => {
            emit!(level, site = site.name(), key, change = %change, "a setting was out of range");
        }
        Event::BlocksRuntime { site } => {
            emit!(level, site = site.name(), "a sync function sleeps on a thread of a tokio runtime");
        }
    }
}

fn seconds(time: Option<Duration>) -> Option<f64> {
    time.map(|time| time.as_secs_f64())
}
