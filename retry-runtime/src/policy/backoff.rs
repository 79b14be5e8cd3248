//! Backoff: from the number of a retry to the nominal delay before it.
//!
//! Pure: everything is an argument. This module knows no jitter, no clock and no policy.
//!
//! # Why these rules
//!
//! A caller that failed does not know how long the trouble lasts, so it asks often at first and ever more rarely later.
//! With `base` b, `factor` f and retry number n (1, 2, ...):
//!
//! | rule | nominal delay | known from |
//! |---|---|---|
//! | linear | `b + (n-1) * increment` | |
//! | exponential | `b * f^(n-1)` | Ethernet, Metcalfe and Boggs 1976 |
//! | fibonacci | `b * F(n)`, F = 1, 1, 2, 3, 5, ... | grows by 1.618 in the limit |
//! | decorrelated | `U(b, 3 * previous)` | Brooker, "Exponential Backoff And Jitter", 2015 |
//! | smooth | `b * (f(t) - f(t'))/1.4`, `f(t) = 2^t * tanh(sqrt(4t))` | Polly's `DecorrelatedJitterBackoffV2` |
//!
//! Each is cut at the cap. Work is in whole nanoseconds in 128 bits, which hold every `Duration` with 34 bits to spare, and
//! whatever still does not fit saturates: it is above every cap. The cost does not grow with n.

use core::time::Duration;

/// A rule of one's own for the delay before each retry.
///
/// Give a value of such a type as `strategy` to `#[retry]`. No jitter is added unless `jitter` asks for it; `unit` is there for
/// rules with randomness in them.
///
/// The value is asked once for each delay, with the number of the retry (1, 2, ...), the delay that it chose before the previous
/// retry (zero for the first; at most 584 years) and a random number in `[0, 1)`. It must answer for every number up to
/// `u32::MAX`. Durations of any length are fine.
///
/// Arrays, slices and vectors of durations implement it: the n-th entry before retry n, the last one from then on, no delay at
/// all where there is no entry.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use retry_runtime::Backoff;
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
    note = "write a name such as `strategy = \"equal_jitter\"`, or implement `reattempt::Backoff` for `{Self}`"
)]
pub trait Backoff {
    /// Answers the delay before the given retry.
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

/// Answers the entry for a retry: the n-th, the last one from then on, zero for an empty list.
pub(crate) fn step(steps: &[Duration], retry: u32) -> Duration {
    let index = usize::try_from(retry).unwrap_or(usize::MAX).saturating_sub(1);
    steps.get(index).or(steps.last()).copied().unwrap_or(Duration::ZERO)
}

/// Answers `min(cap, base + (retry - 1) * increment)`.
pub(crate) fn linear(base: u128, increment: u128, cap: u128, retry: u32) -> u128 {
    let growth = increment.saturating_mul(u128::from(retry.saturating_sub(1)));
    base.saturating_add(growth).min(cap)
}

/// Answers `min(cap, base * factor^(retry - 1))` for a factor of at least 1.
///
/// Exact where the factor is a whole number below 2^53. For others it is computed in `f64`, whose power is off by about one part in
/// 2^53 at every exponent (squaring again and again would double the error each time): the answer is within a relative 1e-14.
pub(crate) fn exponential(base: u128, factor: f64, cap: u128, retry: u32) -> u128 {
    let exponent = retry.saturating_sub(1);
    if exponent == 0 || base == 0 || base >= cap {
        return base.min(cap);
    }
    #[expect(clippy::float_cmp, reason = "a factor of just 2 takes the fast way")]
    if factor == 2.0 {
        // A shift keeps every bit as long as there are zeros above it.
        return if exponent < base.leading_zeros() { (base << exponent).min(cap) } else { cap };
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast that changed the value is not taken"
    )]
    let whole = factor as u64;
    #[expect(
        clippy::cast_precision_loss,
        clippy::float_cmp,
        reason = "the question is just whether the cast was exact"
    )]
    if whole as f64 == factor && whole < 1 << 53 {
        return base.saturating_mul(u128::from(whole).saturating_pow(exponent)).min(cap);
    }
    float::to_nanos(float::from_nanos(base) * factor.powf(f64::from(exponent))).min(cap)
}

/// Answers `min(cap, base * F(retry))`.
pub(crate) fn fibonacci(base: u128, cap: u128, retry: u32) -> u128 {
    base.saturating_mul(fibonacci_number(retry)).min(cap)
}

/// Answers F(n), with `u128::MAX` for all that are too large, by doubling: F(2k) and F(2k+1) from F(k) and F(k+1).
fn fibonacci_number(n: u32) -> u128 {
    const LARGEST: u32 = 186;
    if n > LARGEST {
        return u128::MAX;
    }
    let (mut this, mut next) = (0_u128, 1_u128);
    for bit in (0..u32::BITS.saturating_sub(n.leading_zeros())).rev() {
        let double = this.saturating_mul(next.saturating_mul(2).saturating_sub(this));
        let double_next = this.saturating_mul(this).saturating_add(next.saturating_mul(next));
        (this, next) =
            if n & (1 << bit) == 0 { (double, double_next) } else { (double_next, double.saturating_add(double_next)) };
    }
    this
}

/// Answers how far the smooth curve has risen at time t, as a multiple of the base: `2^t * tanh(sqrt(4t)) / 1.4`.
///
/// The delay before retry n is the rise from the previous t to a t drawn from `[n-1, n)`. The divisor is Polly's: it brings the
/// median of the first delay near the base, to 0.9 times of it.
pub(crate) fn smooth(t: f64) -> f64 {
    t.exp2() * (4.0 * t).sqrt().tanh() / 1.4
}

/// Where the smooth curve is at the first retry's latest: `smooth(1.0)`, for code that runs at compile time.
pub(crate) const SMOOTH_FIRST: f64 = 1.377_182_257_251_167;

/// Conversions between whole nanoseconds and `f64`, in one place because each rounds.
pub(crate) mod float {
    /// Answers the nearest `f64`; exact up to 2^53 ns (104 days).
    #[expect(clippy::cast_precision_loss, reason = "rounding to the nearest is what is documented")]
    pub(crate) const fn from_nanos(nanos: u128) -> f64 {
        nanos as f64
    }

    /// Rounds to the nearest nanosecond; too large a number saturates, NaN and negative numbers are zero.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "float casts saturate, which is what is wanted"
    )]
    pub(crate) const fn to_nanos(nanos: f64) -> u128 {
        (nanos + 0.5) as u128
    }
}

/// Answers the duration of so many nanoseconds, `Duration::MAX` where they are too many.
pub(crate) const fn duration(nanos: u128) -> Duration {
    const NANOS_PER_SEC: u128 = 1_000_000_000;
    #[expect(clippy::cast_possible_truncation, reason = "each is compared with what fits before")]
    if nanos <= u64::MAX as u128 {
        Duration::from_nanos(nanos as u64)
    } else if nanos >= Duration::MAX.as_nanos() {
        Duration::MAX
    } else {
        Duration::new((nanos / NANOS_PER_SEC) as u64, (nanos % NANOS_PER_SEC) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: u128 = Duration::MAX.as_nanos();
    const NUMBERS: [u32; 6] = [1, 2, 63, 64, 1025, u32::MAX];

    /// The same as `exponential` for whole factors, the slow way: multiplies until the cap is passed.
    fn exponential_by_hand(base: u128, factor: u128, cap: u128, retry: u32) -> u128 {
        let mut nominal = base;
        for _ in 1..retry {
            if nominal >= cap || nominal == 0 || factor == 1 {
                break;
            }
            nominal = nominal.saturating_mul(factor);
        }
        nominal.min(cap)
    }

    #[test]
    fn whole_factors_are_exact_at_every_number() {
        for retry in NUMBERS {
            for base in [0, 1, 7, 100_000_000, MAX] {
                for cap in [0, 1, 99_999_999, 100_000_000, 100_000_001, 10_000_000_000, MAX] {
                    for factor in [1_u32, 2, 3, 10, 1_000] {
                        assert_eq!(
                            exponential(base, f64::from(factor), cap, retry),
                            exponential_by_hand(base, u128::from(factor), cap, retry),
                            "base {base}, factor {factor}, cap {cap}, retry {retry}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn doubling_reaches_exactly_the_last_power_that_fits() {
        assert_eq!(exponential(1, 2.0, MAX, 63), 1 << 62);
        assert_eq!(exponential(1, 2.0, MAX, 64), 1 << 63);
        assert_eq!(exponential(1, 2.0, MAX, 94), 1 << 93);
        assert_eq!(exponential(1, 2.0, MAX, 95), MAX);
        assert_eq!(exponential(1, 2.0, MAX, 1025), MAX);
        assert_eq!(exponential(1, 2.0, MAX, u32::MAX), MAX);
    }

    #[test]
    fn broken_factors_stay_near_the_true_power() {
        assert_eq!(exponential(100_000_000, 1.5, MAX, 2), 150_000_000);
        assert_eq!(exponential(100_000_000, 1.5, MAX, 3), 225_000_000);
        // 1.5^62 * 1e9 = 3^62 * 1e9 / 2^62, in whole numbers: 3^62 < 2^99.
        let exact = (3_u128.pow(62) >> 62) * 1_000_000_000;
        let found = exponential(1_000_000_000, 1.5, MAX, 63);
        assert!(
            found.abs_diff(exact) / 1_000_000_000 <= 1 + exact / 1_000_000_000 / 10_u128.pow(14),
            "{found} {exact}"
        );
        assert_eq!(exponential(1, 1.5, MAX, u32::MAX), MAX);
        assert_eq!(exponential(0, 1.5, MAX, u32::MAX), 0);
        assert_eq!(exponential(1, f64::MAX, MAX, 2), MAX);
        assert_eq!(exponential(5, 1.0 + f64::EPSILON, MAX, 2), 5);
    }

    #[test]
    fn the_smooth_curve_at_compile_time_is_the_one_at_run_time() {
        assert!((smooth(1.0) - SMOOTH_FIRST).abs() < 1e-15, "{}", smooth(1.0));
    }

    #[test]
    fn linear_and_fibonacci_are_exact_at_every_number() {
        assert_eq!(linear(5, 3, MAX, 1), 5);
        assert_eq!(linear(5, 3, MAX, 64), 5 + 63 * 3);
        assert_eq!(linear(5, 3, MAX, u32::MAX), 5 + 3 * u128::from(u32::MAX - 1));
        assert_eq!(linear(MAX, MAX, MAX, u32::MAX), MAX);
        assert_eq!(linear(0, 0, MAX, u32::MAX), 0);
        let (mut this, mut next) = (0_u128, 1_u128);
        for n in 0..=186 {
            assert_eq!(fibonacci_number(n), this, "F({n})");
            (this, next) = (next, this.saturating_add(next));
        }
        assert_eq!(fibonacci_number(187), u128::MAX);
        assert_eq!(fibonacci(1, MAX, 1025), MAX);
        assert_eq!(fibonacci(0, MAX, u32::MAX), 0);
        assert_eq!(fibonacci(100, 250, 3), 200);
        assert_eq!(fibonacci(100, 250, 4), 250);
    }

    #[test]
    fn a_list_repeats_its_last_entry() {
        let steps = [Duration::from_secs(1), Duration::from_secs(5)];
        assert_eq!(step(&steps, 1), steps[0]);
        assert_eq!(step(&steps, 2), steps[1]);
        assert_eq!(step(&steps, u32::MAX), steps[1]);
        assert_eq!(step(&[], 1), Duration::ZERO);
    }

    #[test]
    fn nanoseconds_become_durations_and_saturate() {
        for nanos in [0, 1, u128::from(u64::MAX), u128::from(u64::MAX) + 1, MAX] {
            assert_eq!(duration(nanos).as_nanos(), nanos);
        }
        assert_eq!(duration(MAX + 1), Duration::MAX);
        assert_eq!(duration(u128::MAX), Duration::MAX);
    }
}
