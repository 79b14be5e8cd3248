//! Backoff: from the number of a retry to the nominal delay before it.
//!
//! Pure: everything is an argument. This module knows no jitter, no clock and no policy.
//!
//! # Why these rules
//!
//! A caller that failed does not know how long the trouble lasts. So it asks often at first, and more and more rarely later.
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
//! Each delay is cut at the cap. A product that does not fit into 64 bits saturates first: it is above every cap. The cost does
//! not grow with n.

use crate::nanos;
use core::f64::consts::LOG2_E;
use core::time::Duration;

/// Returns the entry of a list for a retry: the n-th entry. After the end of the list it is the last one, and zero for an empty list.
#[inline]
pub fn step(steps: &[Duration], retry: u32) -> Duration {
    let index = usize::try_from(retry).unwrap_or(usize::MAX).saturating_sub(1);
    steps.get(index).or(steps.last()).copied().unwrap_or(Duration::ZERO)
}

/// Returns `base + (retry - 1) * increment`.
#[inline]
pub fn linear(base: u64, increment: u64, retry: u32) -> u64 {
    base.saturating_add(increment.saturating_mul(u64::from(retry.saturating_sub(1))))
}

/// Returns `base * 2^exponent`.
#[inline]
pub fn doubled(base: u64, exponent: u32) -> u64 {
    // A shift keeps every bit while there are enough zeros above the number. For a base of zero, `| 1` keeps the limit below 64.
    if exponent <= (base | 1).leading_zeros() {
        base << exponent
    } else if base == 0 {
        0
    } else {
        u64::MAX
    }
}

/// Returns `base * factor^(retry - 1)` for a factor of at least 1.
///
/// Exact where the factor is a whole number below 2^32. Other factors are computed in `f64`, whose power is off by about one part in
/// 2^53 at every exponent. (Repeated squaring would double the error each time.) The result is within a relative 1e-14.
#[inline]
pub fn exponential(base: u64, factor: f64, retry: u32) -> u64 {
    let exponent = retry.saturating_sub(1);
    if exponent == 0 {
        return base;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a changed value is not used")]
    let whole = factor as u32;
    if factor > f64::from(whole) {
        return nanos::scaled(base, factor.powf(f64::from(exponent)));
    }
    // A product that grows at all saturates within 64 steps.
    (0..exponent.min(64)).fold(base, |nominal, _| nominal.saturating_mul(whole.into()))
}

/// Returns `base * F(retry)`.
#[inline]
pub fn fibonacci(base: u64, retry: u32) -> u64 {
    let index = usize::try_from(retry).unwrap_or(usize::MAX);
    let number = FIBONACCI.get(index).copied().unwrap_or(u64::MAX);
    base.saturating_mul(number)
}

/// The Fibonacci numbers F(0) to F(93). F(94) does not fit into 64 bits.
const FIBONACCI: [u64; 94] = {
    let mut numbers = [0; 94];
    let (mut this, mut next) = (0_u64, 1_u64);
    let mut n = 0;
    while n < numbers.len() {
        numbers[n] = this;
        (this, next) = (next, this.saturating_add(next));
        n = n.saturating_add(1);
    }
    numbers
};

/// Returns the value of the smooth curve at time t, as a multiple of the base: `2^t * tanh(sqrt(4t)) / 1.4`.
///
/// The delay before retry n is the rise from the previous t to a t drawn from `[n-1, n)`. The divisor is Polly's: with it, the
/// median of the first delay is 0.9 times the base.
#[inline]
pub fn smooth(t: f64) -> f64 {
    // `tanh(x)` is `1 - 2 / (e^2x + 1)`, which takes a third of the time. For tiny x the error is below 2^-50 of the base.
    let hyperbolic = 1.0 - 2.0 / ((4.0 * LOG2_E * t.sqrt()).exp2() + 1.0);
    t.exp2() * hyperbolic * (1.0 / 1.4)
}

/// Returns whether `base * f(retry)` on the smooth curve passes the cap. A product that saturates does.
#[inline]
pub fn is_smooth_over(base: u64, cap: u64, retry: u32) -> bool {
    // From 1 on, `f(n)` is between 5/8 and 3/4 of `2^n`. That nearly always decides it.
    let doubled = doubled(base, retry);
    if doubled < u64::MAX && doubled.wrapping_sub(doubled / 4) <= cap {
        return false;
    }
    (doubled / 2).wrapping_add(doubled / 8) > cap || passes(base, smooth(f64::from(retry)), cap)
}

/// Returns the result of [`is_smooth_over`] for the first retry, at compile time.
pub const fn is_smooth_over_first(base: u64, cap: u64) -> bool {
    passes(base, SMOOTH_FIRST, cap)
}

const fn passes(base: u64, times: f64, cap: u64) -> bool {
    let top = nanos::scaled(base, times);
    top > cap || top == u64::MAX
}

/// The value of `smooth(1.0)`, as a constant for code that runs at compile time.
const SMOOTH_FIRST: f64 = 1.377_182_257_251_167;

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]
mod tests {
    use super::*;

    const MAX: u64 = u64::MAX;
    const EDGES: [u64; 12] = [0, 1, 2, 3, 7, 99_999_999, 100_000_000, 10_000_000_000, 1 << 62, 1 << 63, MAX - 1, MAX];

    fn retries() -> impl Iterator<Item = u32> {
        (0..131).chain([1_025, u32::MAX - 2, u32::MAX - 1, u32::MAX])
    }

    /// Computes the exponential delay in 128 bits, the slow way: multiplies until the cap is passed.
    fn exponential_by_hand(base: u64, factor: u64, cap: u64, retry: u32) -> u64 {
        let (mut nominal, cap) = (u128::from(base), u128::from(cap));
        for _ in 1..retry {
            if nominal >= cap || nominal == 0 || factor == 1 {
                break;
            }
            nominal *= u128::from(factor);
        }
        u64::try_from(nominal.min(cap)).expect("the cap fits")
    }

    fn fibonacci_by_hand(base: u64, cap: u64, retry: u32) -> u64 {
        let (mut before, mut nominal, cap) = (0, u128::from(base), u128::from(cap));
        if retry == 0 {
            return 0;
        }
        for _ in 1..retry {
            if nominal == 0 || nominal >= cap {
                break;
            }
            (before, nominal) = (nominal, before + nominal);
        }
        u64::try_from(nominal.min(cap)).expect("the cap fits")
    }

    #[test]
    fn whole_factors_are_exact_at_every_number() {
        for retry in retries() {
            for (base, cap) in EDGES.iter().flat_map(|base| EDGES.map(|cap| (*base, cap))) {
                for factor in [1_u32, 2, 3, 10, 1_000] {
                    assert_eq!(
                        exponential(base, f64::from(factor), retry).min(cap),
                        exponential_by_hand(base, u64::from(factor), cap, retry),
                        "base {base}, factor {factor}, cap {cap}, retry {retry}"
                    );
                }
                assert_eq!(
                    fibonacci(base, retry).min(cap),
                    fibonacci_by_hand(base, cap, retry),
                    "{base} {cap} {retry}"
                );
                for increment in EDGES {
                    let exact = u128::from(increment) * u128::from(retry.saturating_sub(1)) + u128::from(base);
                    let exact = exact.min(cap.into());
                    assert_eq!(
                        u128::from(linear(base, increment, retry).min(cap)),
                        exact,
                        "{base} {increment} {cap} {retry}"
                    );
                }
            }
        }
    }

    #[test]
    fn doubling_reaches_exactly_the_last_power_that_fits() {
        assert_eq!(doubled(1, 62), 1 << 62);
        assert_eq!(doubled(1, 63), 1 << 63);
        assert_eq!([64, 1024, u32::MAX].map(|exponent| doubled(1, exponent)), [MAX; 3]);
        assert_eq!([63, 64, 65, u32::MAX].map(|exponent| doubled(0, exponent)), [0; 4]);
    }

    #[test]
    fn broken_factors_stay_near_the_true_power() {
        assert_eq!(exponential(100_000_000, 1.5, 2), 150_000_000);
        assert_eq!(exponential(100_000_000, 1.5, 3), 225_000_000);
        // 1.5^50 * 1e9 = 3^50 * 1e9 / 2^50, in whole numbers: 3^50 < 2^80.
        let exact = (3_u128.pow(50) * 1_000_000_000) >> 50;
        let found = u128::from(exponential(1_000_000_000, 1.5, 51));
        assert!(found.abs_diff(exact) <= 1 + exact / 10_u128.pow(14), "{found} {exact}");
        assert_eq!(exponential(1, 1.5, u32::MAX), MAX);
        assert_eq!(exponential(0, 1.5, u32::MAX), 0);
        assert_eq!(exponential(1, f64::MAX, 2), MAX);
        assert_eq!(exponential(5, 1.0 + f64::EPSILON, 2), 5);
    }

    #[test]
    fn fibonacci_numbers_fill_the_table() {
        assert_eq!(FIBONACCI[93], 12_200_160_415_121_876_738);
        assert_eq!(fibonacci(1, 93), 12_200_160_415_121_876_738);
        assert_eq!(fibonacci(1, 94), MAX);
    }

    #[test]
    fn the_smooth_curve_at_compile_time_is_the_one_at_run_time() {
        assert!((smooth(1.0) - SMOOTH_FIRST).abs() < 1e-15, "{}", smooth(1.0));
    }

    #[test]
    fn the_smooth_curve_is_the_one_of_the_hyperbolic_tangent() {
        for t in [0.0, 1e-16, 1e-9, 0.001, 0.3, 1.0, 2.5, 30.0, 900.0] {
            let exact = f64::exp2(t) * (4.0 * t).sqrt().tanh() / 1.4;
            assert!((smooth(t) - exact).abs() <= 1e-15 * exact.max(1.0), "{t}: {} {exact}", smooth(t));
        }
        assert!(smooth(f64::from(u32::MAX)).is_infinite());
    }

    #[test]
    fn the_smooth_curve_is_over_where_it_passes_the_cap() {
        for retry in 1..131 {
            for (base, cap) in EDGES.iter().flat_map(|base| EDGES.map(|cap| (*base, cap))) {
                let expected = passes(base, smooth(f64::from(retry)), cap);
                assert_eq!(is_smooth_over(base, cap, retry), expected, "{base} {cap} {retry}");
            }
        }
        for (base, cap) in (0..40).flat_map(|base| (0..120).map(move |cap| (base, cap))) {
            let expected = passes(base, smooth(1.0), cap);
            assert_eq!(is_smooth_over(base, cap, 1), expected, "{base} {cap}");
        }
    }

    #[test]
    fn a_cap_is_passed_by_one_nanosecond_more_and_by_a_product_that_saturates() {
        // The curve is at 1.377 there, and products are rounded.
        for (base, cap, is_over) in [(1, 1, false), (100, 137, true), (100, 138, false), (MAX, MAX, true)] {
            assert_eq!(is_smooth_over(base, cap, 1), is_over, "{base} {cap}");
            assert_eq!(is_smooth_over_first(base, cap), is_over, "{base} {cap}");
        }
    }

    #[test]
    fn a_list_repeats_its_last_entry() {
        let steps = [Duration::from_secs(1), Duration::from_secs(5)];
        assert_eq!(step(&steps, 1), steps[0]);
        assert_eq!(step(&steps, 2), steps[1]);
        assert_eq!(step(&steps, u32::MAX), steps[1]);
        assert_eq!(step(&[], 1), Duration::ZERO);
    }
}
