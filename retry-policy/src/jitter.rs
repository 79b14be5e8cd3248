//! Jitter: spreads a nominal delay, so that callers who failed together do not come back together.
//!
//! Pure: the argument is 64 random bits. This module reads no clock and owns no generator.
//!
//! Each function picks a delay from a window of whole nanoseconds. Both ends are included, and each delay is equally likely. The
//! nominal delay is at most the cap. A window that would pass the cap is moved down until it fits, so that delays at the cap are spread
//! like all others. (Clamping would give many callers the same delay, the cap.)

use crate::nanos;
use crate::strategy::Jitter;

/// Spreads a nominal delay that is at most `cap`.
#[inline]
pub fn spread(jitter: Jitter, nominal: u64, cap: u64, random: u64) -> u64 {
    let (low, high) = window(jitter, nominal, cap);
    between(low, high, random)
}

/// Returns the shortest and the longest delay that a jitter can make of a nominal delay, which is at most `cap`.
#[inline]
pub const fn window(jitter: Jitter, nominal: u64, cap: u64) -> (u64, u64) {
    let (below, above) = match jitter {
        Jitter::Full => return (0, nominal),
        Jitter::Equal => return (nominal / 2, nominal),
        Jitter::Ratio(ratio) => {
            let half = nanos::scaled(nominal, ratio);
            (half, half)
        }
        Jitter::Spread(width) => (0, nanos::from_duration(width)),
    };
    let (low, room) = (nominal.saturating_sub(below), cap.wrapping_sub(nominal));
    if above <= room {
        return (low, nominal.wrapping_add(above));
    }
    // The part of the window that does not fit below the cap is the distance to move it.
    (low.saturating_sub(above.wrapping_sub(room)), cap)
}

/// Picks a number in `[low, high]`; `low` is at most `high`.
///
/// The result is `low` plus the upper half of the product of the random number and the number of choices. (This is Lemire's
/// multiplication without rejection. The bias is below 2^-32 for windows shorter than four seconds, and below 2^-20 for hours.)
#[inline]
pub fn between(low: u64, high: u64, random: u64) -> u64 {
    let width = high.wrapping_sub(low);
    let product = u128::from(width).wrapping_mul(u128::from(random));
    // The upper half of `(width + 1) * random`. `width + 1` may not fit into 64 bits, so one more `random` is added with its carry.
    let (_, carries) = width.wrapping_mul(random).overflowing_add(random);
    low.wrapping_add((product >> 64) as u64).wrapping_add(u64::from(carries))
}

/// Returns the upper 53 of 64 random bits as a number in `[0, 1)`.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "53 bits fit exactly")]
pub fn unit(random: u64) -> f64 {
    const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
    (random >> 11) as f64 * STEP
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;

    const RANDOM: [u64; 6] = [0, 1, 1 << 63, 0x9E37_79B9_7F4A_7C15, u64::MAX - 1, u64::MAX];
    const EDGES: [u64; 9] = [0, 1, 2, 3, 1_000, 10_000_000_000, 1 << 63, u64::MAX - 1, u64::MAX];

    #[test]
    fn the_ends_of_the_window_are_reached_and_never_passed() {
        for (low, high) in EDGES.iter().flat_map(|low| EDGES.map(|high| (*low, high))).filter(|(low, high)| low <= high)
        {
            for random in RANDOM {
                assert!((low..=high).contains(&between(low, high, random)));
                let choices = u128::from(high - low) + 1;
                // The product fits: one number is at most 2^64 and the other is below it.
                let exact = u128::from(low) + ((choices * u128::from(random)) >> 64);
                assert_eq!(u128::from(between(low, high, random)), exact, "{low} {high} {random}");
            }
            assert_eq!(between(low, high, 0), low);
            assert_eq!(between(low, high, u64::MAX), high);
        }
    }

    #[test]
    fn full_and_equal_jitter_end_at_the_nominal_delay() {
        for nominal in EDGES {
            assert_eq!(window(Jitter::Full, nominal, u64::MAX), (0, nominal));
            assert_eq!(window(Jitter::Equal, nominal, nominal), (nominal / 2, nominal));
        }
    }

    #[test]
    fn a_delay_is_drawn_from_the_window() {
        for (random, delay) in [(0, 500), (1 << 63, 750), (u64::MAX, 1_000)] {
            assert_eq!(spread(Jitter::Equal, 1_000, u64::MAX, random), delay);
        }
    }

    #[test]
    fn a_window_that_would_pass_the_cap_moves_below_it_whole() {
        let wide = |nanos| Jitter::Spread(Duration::from_nanos(nanos));
        assert_eq!(window(Jitter::Ratio(0.2), 1_000, 1_100), (700, 1_100));
        assert_eq!(window(Jitter::Ratio(0.2), 1_000, 9_000), (800, 1_200));
        assert_eq!(window(Jitter::Ratio(1.0), u64::MAX, u64::MAX), (0, u64::MAX));
        assert_eq!(window(wide(50), 1_000, 1_000), (950, 1_000));
        assert_eq!(window(wide(50), 1_000, 9_000), (1_000, 1_050));
        assert_eq!(window(wide(5_000), 10, 1_000), (0, 1_000));
        assert_eq!(window(Jitter::Spread(Duration::MAX), 10, u64::MAX), (0, u64::MAX));
    }

    #[test]
    fn a_unit_is_never_one() {
        assert!(unit(u64::MAX) < 1.0);
        assert!(unit(0) >= 0.0 && unit(0) < f64::MIN_POSITIVE);
    }
}
