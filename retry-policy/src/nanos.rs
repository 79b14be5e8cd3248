//! Nanoseconds: conversions from and to durations and floats. They are in one place because each rounds or saturates.
//!
//! It knows no setting.

use core::time::Duration;

/// The number of nanoseconds in a second.
pub const PER_SECOND: u64 = 1_000_000_000;

/// Returns a duration in nanoseconds. More than `u64::MAX` (584 years) saturates.
#[inline]
pub const fn from_duration(duration: Duration) -> u64 {
    match duration.as_secs().checked_mul(PER_SECOND) {
        Some(nanos) => nanos.saturating_add(duration.subsec_nanos() as u64),
        None => u64::MAX,
    }
}

/// Returns a number of nanoseconds times a factor, rounded to the nearest one. Too large a product saturates. A factor that is NaN or
/// negative gives zero.
///
/// The result is within a relative 2^-52 of the true product. Up to 2^53 ns (104 days) only the product is rounded.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "float casts saturate, which is what is wanted"
)]
pub const fn scaled(nanos: u64, times: f64) -> u64 {
    (nanos as f64 * times + 0.5) as u64
}

/// Returns the smaller of two numbers, also at compile time.
#[inline]
pub const fn min(one: u64, other: u64) -> u64 {
    if one < other { one } else { other }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_saturate_at_584_years() {
        for nanos in [0, 1, PER_SECOND - 1, PER_SECOND, u64::MAX] {
            assert_eq!(from_duration(Duration::from_nanos(nanos)), nanos);
        }
        for longer in [Duration::from_nanos(u64::MAX) + Duration::from_nanos(1), Duration::MAX] {
            assert_eq!(from_duration(longer), u64::MAX);
        }
    }

    #[test]
    fn products_round_and_saturate() {
        assert_eq!([0.4, 0.5, 1.49, -3.0, f64::NAN].map(|times| scaled(1, times)), [0, 1, 1, 0, 0]);
        assert_eq!([f64::INFINITY, 1e300, 1.0].map(|times| scaled(u64::MAX, times)), [u64::MAX; 3]);
    }
}
