//! The delays of most policies in 64 bits, with what can be worked out before worked out.
//!
//! Pure: the random number is an argument. It answers just what the arithmetic in 128 bits does, for the policies that it takes: no
//! backoff at all, a constant one, and one that doubles, each without jitter or with full or equal jitter, up to 584 years.

use core::num::NonZeroU32;

/// What there is to know before the first delay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quick {
    base: u64,
    /// Below `u64::MAX`, so that one more still fits.
    cap: u64,
    /// The first exponent at which the cap is reached; below 64.
    limit: u32,
    window: Window,
    max: NonZeroU32,
}

/// Where the delay lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Window {
    /// At the nominal delay.
    Nominal,
    /// From zero to there.
    Full,
    /// From half of it to there.
    Equal,
}

impl Quick {
    /// `None` where 64 bits do not do. A base above the cap is cut at it.
    #[expect(clippy::cast_possible_truncation, reason = "each is compared with what fits before")]
    pub(crate) const fn doubling(base: u128, cap: u128, window: Window, max: NonZeroU32) -> Option<Self> {
        if cap >= u64::MAX as u128 {
            return None;
        }
        let cap = cap as u64;
        let base = if base < cap as u128 { base as u64 } else { cap };
        if base == 0 {
            return Some(Self { base: 0, cap: 0, limit: 0, window, max });
        }
        // The exponent at which the base is as wide as the cap, or the one after it.
        let wide = base.leading_zeros().saturating_sub(cap.leading_zeros());
        let limit = if base << wide >= cap { wide } else { wide.saturating_add(1) };
        Some(Self { base, cap, limit, window, max })
    }

    /// Answers the nanoseconds before a retry (1, 2, ...), or nothing where no attempt is left for it.
    #[inline]
    pub(crate) fn delay(&self, retry: u32, random: impl FnOnce() -> u64) -> Option<u64> {
        if retry >= self.max.get() {
            return None;
        }
        let exponent = retry.wrapping_sub(1);
        // A limit is below 64, and a base shifted by less keeps every bit.
        let nominal = if exponent < self.limit { self.base << (exponent & 63) } else { self.cap };
        Some(match self.window {
            Window::Nominal => nominal,
            Window::Full => below(nominal, random()),
            Window::Equal => {
                let low = nominal / 2;
                low.wrapping_add(below(nominal.wrapping_sub(low), random()))
            }
        })
    }
}

/// Picks a number up to this one, which is below `u64::MAX`, by the upper half of a widening multiplication.
#[inline]
fn below(most: u64, random: u64) -> u64 {
    (u128::from(most.wrapping_add(1)).wrapping_mul(u128::from(random)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{backoff, jitter};

    const MAX: NonZeroU32 = NonZeroU32::MAX;

    #[test]
    fn it_answers_what_128_bits_do() {
        let edges = [0, 1, 2, 3, 5, 1_000, 100_000_000, 10_000_000_000, 1 << 62, 1 << 63, u64::MAX - 2, u64::MAX - 1];
        let random = [0, 1, 1 << 32, 1 << 63, 0x9E37_79B9_7F4A_7C15, u64::MAX];
        let retries = (1..130).chain([u32::MAX - 2, u32::MAX - 1]);
        for retry in retries {
            for (base, cap) in edges.iter().flat_map(|base| edges.map(|cap| (u128::from(*base), u128::from(cap)))) {
                let nominal = backoff::exponential(base, 2.0, cap, retry);
                for random in random {
                    let quick =
                        |window| Quick::doubling(base, cap, window, MAX)?.delay(retry, || random).map(u128::from);
                    assert_eq!(quick(Window::Nominal), Some(nominal), "{base} {cap} {retry}");
                    assert_eq!(quick(Window::Full), Some(jitter::full(nominal, random)), "{base} {cap} {retry}");
                    assert_eq!(quick(Window::Equal), Some(jitter::equal(nominal, random)), "{base} {cap} {retry}");
                }
            }
        }
    }

    #[test]
    fn no_delay_stays_none() {
        let none = Quick::doubling(0, 0, Window::Full, MAX).expect("64 bits do");
        assert_eq!([1, 2, 64, 65, u32::MAX - 1].map(|retry| none.delay(retry, || u64::MAX)), [Some(0); 5]);
    }

    #[test]
    fn what_does_not_fit_is_not_taken() {
        assert_eq!(Quick::doubling(1, u128::from(u64::MAX), Window::Full, MAX), None);
    }
}
