//! Random numbers: one small generator per thread.
//!
//! A call holds no generator, and pays for none until it draws a number. Each thread seeds its own generator from the random keys of the
//! standard library's hash maps, so threads and processes that start together draw different numbers. The generator is wyrand by Wang Yi. It
//! is good enough to spread delays, but must not be used for anything secret.
//!
//! After a `fork` without `exec`, parent and child have the same state and draw the same numbers.

use std::cell::Cell;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

thread_local! {
    /// The state; zero before the first draw. A generator that reaches zero, which happens once in 2^64 draws, is seeded again.
    static STATE: Cell<u64> = const { Cell::new(0) };
}

/// Returns 64 random bits.
#[inline]
pub(crate) fn draw() -> u64 {
    #[cfg(feature = "test-util")]
    crate::time::fakes::check_allowed("a random number was drawn");
    let drawn = STATE.try_with(|state| {
        let (next, drawn) = step(match state.get() {
            0 => from_system(),
            state => state,
        });
        state.set(next);
        drawn
    });
    // In the destructor of a thread-local the state may be gone.
    drawn.unwrap_or_else(|_| from_system())
}

/// Fixes the numbers that this thread draws from now on.
#[cfg(feature = "test-util")]
pub(crate) fn seed(seed: u64) {
    // The state is never zero, which means "not seeded". Seeds are mixed, so that similar seeds give different numbers.
    _ = STATE.try_with(|state| state.set(step(seed).1 | 1));
}

/// Returns the next state and the number drawn from it.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "both halves are mixed")]
fn step(state: u64) -> (u64, u64) {
    let next = state.wrapping_add(0x2d35_8dcc_aa6c_78a5);
    let product = u128::from(next).wrapping_mul(u128::from(next ^ 0x8bb8_4b93_962e_acc9));
    (next, product as u64 ^ (product >> 64) as u64)
}

#[cold]
fn from_system() -> u64 {
    // The hash is keyed by 128 random bits of the operating system.
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected numbers come from a program in another language. Tests that fix a seed need the same numbers on every platform and in every
    /// version.
    #[test]
    fn the_numbers_are_those_of_wyrand() {
        let mut state = 0;
        let drawn: Vec<u64> = (0..5)
            .map(|_| {
                let (next, drawn) = step(state);
                state = next;
                drawn
            })
            .collect();
        assert_eq!(
            drawn,
            [
                0x9a45_cd88_8d59_f0d6,
                0x0144_5b6a_1896_63f5,
                0x1842_218b_97e7_a496,
                0x4dda_1bc7_277a_55f9,
                0x120d_43ca_60ab_acb4,
            ]
        );
    }

    #[test]
    fn two_threads_and_two_draws_differ() {
        let here = (draw(), draw());
        let there = std::thread::spawn(|| (draw(), draw())).join().expect("the thread draws");
        assert_ne!(here.0, here.1);
        assert_ne!(here, there);
    }

    #[test]
    fn seeds_of_the_system_differ() {
        assert_ne!(from_system(), from_system());
    }
}
