//! The seam to `rand`: one small generator per thread.
//!
//! A call holds no generator and pays for none until it draws. Each thread seeds its own from the keys that the operating system
//! gave the standard library for its hash maps, so that threads and processes that start together spread apart. The generator
//! is fit for spreading delays and for nothing secret.
//!
//! After a bare `fork` (without `exec`) parent and child share one state and draw the same numbers.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use std::cell::RefCell;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

thread_local! {
    static GENERATOR: RefCell<SmallRng> = RefCell::new(from_system());
}

/// Draws 64 random bits.
pub(crate) fn draw() -> u64 {
    #[cfg(feature = "test-util")]
    crate::testing::note_draw();
    // While the thread ends, its generator may be gone already: a fresh one does.
    GENERATOR.try_with(|generator| generator.borrow_mut().next_u64()).unwrap_or_else(|_| from_system().next_u64())
}

/// Fixes the numbers that this thread draws from now on.
#[cfg(feature = "test-util")]
pub(crate) fn seed(seed: u64) {
    GENERATOR.with(|generator| *generator.borrow_mut() = SmallRng::seed_from_u64(seed));
}

fn from_system() -> SmallRng {
    // Each hash is keyed by 128 random bits of the system's; the counter makes the words differ.
    let keys = RandomState::new();
    let mut seed = <SmallRng as SeedableRng>::Seed::default();
    for (word, bytes) in (0_u64..).zip(seed.chunks_mut(8)) {
        let mut hasher = keys.build_hasher();
        hasher.write_u64(word);
        let hash = hasher.finish().to_le_bytes();
        for (to, from) in bytes.iter_mut().zip(hash) {
            *to = from;
        }
    }
    SmallRng::from_seed(seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_threads_and_two_draws_differ() {
        let here = (draw(), draw());
        let there = std::thread::spawn(|| (draw(), draw())).join().expect("the thread draws");
        assert_ne!(here.0, here.1);
        assert_ne!(here, there);
    }

    #[test]
    fn a_seed_of_the_system_fills_every_word() {
        let mut one = from_system();
        let mut two = from_system();
        assert_ne!(one.next_u64(), two.next_u64());
    }
}
