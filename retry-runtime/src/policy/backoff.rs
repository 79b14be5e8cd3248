//! The trait `Backoff`, for strategies of the user.
//!
//! It knows no policy and no named strategy.

use core::time::Duration;
use reattempt_policy::backoff::step;

/// A strategy of your own: computes the delay before each retry.
///
/// Use a value of such a type as the key `strategy` of `#[retry]`. No jitter is added unless `jitter` is set. `unit` is for strategies that
/// are random themselves.
///
/// `delay` is called once for each delay, with the number of the retry (1, 2, ..., up to `u32::MAX`), the delay that it returned for the
/// previous retry (zero for the first, at most 584 years) and a random number in `[0, 1)`. A delay longer than 584 years is treated as 584
/// years.
///
/// Arrays, slices and vectors of durations implement it: the n-th entry is the delay before retry n, and the last entry is used for all later
/// retries. With an empty list the delay is zero.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use reattempt::Backoff;
///
/// #[derive(Debug)]
/// struct Quadratic;
///
/// impl Backoff for Quadratic {
///     fn delay(&self, retry: u32, _previous: Duration, _unit: f64) -> Duration {
///         Duration::from_millis(10).saturating_mul(retry.saturating_mul(retry))
///     }
/// }
///
/// assert_eq!(Quadratic.delay(3, Duration::ZERO, 0.5), Duration::from_millis(90));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no strategy: it does not implement `reattempt::Backoff`",
    label = "expected a strategy name in quotes, a list of durations, or a value that implements `Backoff`",
    note = "write a name such as `strategy = \"exponential\", base = \"100ms\"`; a type of your own implements `reattempt::Backoff`"
)]
pub trait Backoff {
    /// Returns the delay before the given retry.
    fn delay(&self, retry: u32, previous: Duration, unit: f64) -> Duration;
}

impl<B: Backoff + ?Sized> Backoff for &B {
    fn delay(&self, retry: u32, previous: Duration, unit: f64) -> Duration {
        (**self).delay(retry, previous, unit)
    }
}

impl<B: Backoff + ?Sized> Backoff for Box<B> {
    fn delay(&self, retry: u32, previous: Duration, unit: f64) -> Duration {
        (**self).delay(retry, previous, unit)
    }
}

impl<B: Backoff + ?Sized> Backoff for std::sync::Arc<B> {
    fn delay(&self, retry: u32, previous: Duration, unit: f64) -> Duration {
        (**self).delay(retry, previous, unit)
    }
}

impl Backoff for [Duration] {
    fn delay(&self, retry: u32, _previous: Duration, _unit: f64) -> Duration {
        step(self, retry)
    }
}

impl<const N: usize> Backoff for [Duration; N] {
    fn delay(&self, retry: u32, _previous: Duration, _unit: f64) -> Duration {
        step(self, retry)
    }
}

impl Backoff for Vec<Duration> {
    fn delay(&self, retry: u32, _previous: Duration, _unit: f64) -> Duration {
        step(self, retry)
    }
}
