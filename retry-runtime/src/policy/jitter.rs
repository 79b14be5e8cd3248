//! Jitter: spreads a nominal delay, so that callers who failed together do not come back together.
//!
//! Pure: the random number is an argument, 64 random bits. This module reads no clock and owns no generator.
//!
//! Each function answers a delay in a window of whole nanoseconds, both ends included, each one equally likely. The nominal
//! delay was cut at the cap before, and a window that would pass the cap is moved down below it instead of being clamped, so
//! that delays at the cap are as spread out as all others. (Clamping is what makes callers meet again: all that was drawn
//! above the cap becomes the same delay.)

/// Picks a delay in `[0, nominal]` ("full jitter").
pub(crate) fn full(nominal: u128, random: u64) -> u128 {
    between(0, nominal, random)
}

/// Picks a delay in `[nominal / 2, nominal]` ("equal jitter").
pub(crate) fn equal(nominal: u128, random: u64) -> u128 {
    between(nominal / 2, nominal, random)
}

/// Picks a delay in `[nominal - half, nominal + half]`, moved down so that it ends at the cap.
///
/// `half` is at most `nominal`.
pub(crate) fn around(nominal: u128, half: u128, cap: u128, random: u64) -> u128 {
    below_cap(nominal.saturating_sub(half), nominal.saturating_add(half), cap, random)
}

/// Picks a delay in `[nominal, nominal + width]`, moved down so that it ends at the cap.
pub(crate) fn above(nominal: u128, width: u128, cap: u128, random: u64) -> u128 {
    below_cap(nominal, nominal.saturating_add(width), cap, random)
}

fn below_cap(low: u128, high: u128, cap: u128, random: u64) -> u128 {
    let excess = high.saturating_sub(cap);
    between(low.saturating_sub(excess), high.saturating_sub(excess), random)
}

/// Picks a number in `[low, high]`; `low` where they are the wrong way round.
pub(crate) fn between(low: u128, high: u128, random: u64) -> u128 {
    let choices = high.saturating_sub(low).saturating_add(1);
    low.saturating_add(scaled(choices, random))
}

/// Answers `choices * random / 2^64`, rounded down: a number below `choices` (Lemire's multiplication, without rejection; the
/// bias is below 2^-32 for every delay shorter than four seconds and below 2^-20 for one of hours).
///
/// The two halves of `choices` are multiplied apart, since the whole product needs up to 192 bits.
fn scaled(choices: u128, random: u64) -> u128 {
    let random = u128::from(random);
    let low = (choices & u128::from(u64::MAX)).saturating_mul(random) >> 64;
    (choices >> 64).saturating_mul(random).saturating_add(low)
}

/// Answers the number in `[0, 1)` that the upper 53 of 64 random bits stand for.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit exactly")]
pub(crate) fn unit(random: u64) -> f64 {
    const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
    (random >> 11) as f64 * STEP
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANDOM: [u64; 5] = [0, 1, 1 << 63, u64::MAX - 1, u64::MAX];

    #[test]
    fn both_ends_of_the_window_are_reached_and_never_passed() {
        for nominal in [0, 1, 2, 3, 1_000, u128::from(u64::MAX), u128::from(u64::MAX) + 1, 1 << 94] {
            for random in RANDOM {
                assert!(full(nominal, random) <= nominal);
                assert!((nominal / 2..=nominal).contains(&equal(nominal, random)));
            }
            assert_eq!(full(nominal, 0), 0);
            assert_eq!(equal(nominal, 0), nominal / 2);
            if nominal < 1 << 64 {
                assert_eq!(full(nominal, u64::MAX), nominal);
                assert_eq!(equal(nominal, u64::MAX), nominal);
            }
        }
    }

    #[test]
    fn a_window_that_would_pass_the_cap_moves_below_it_whole() {
        assert_eq!(around(1_000, 200, 1_100, 0), 700);
        assert_eq!(around(1_000, 200, 1_100, u64::MAX), 1_100);
        assert_eq!(above(1_000, 50, 1_000, 0), 950);
        assert_eq!(above(1_000, 50, 1_000, u64::MAX), 1_000);
        assert_eq!(above(10, 5_000, 1_000, 0), 0);
        assert_eq!(above(10, 5_000, 1_000, u64::MAX), 1_000);
    }

    #[test]
    fn a_unit_is_never_one() {
        assert!(unit(u64::MAX) < 1.0);
        assert!(unit(0) >= 0.0 && unit(0) < f64::MIN_POSITIVE);
    }
}
