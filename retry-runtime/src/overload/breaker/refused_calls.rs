//! The number of calls that a breaker has refused since it opened, so that an observer can tell the first of them from the rest.
//!
//! It does not know why a call is refused.

use super::word::{Field, Word, low};
use crate::time::atomics::{AtomicU64, Ordering};

/// The generation of the breaker that the number belongs to.
const GENERATION: Field = (48, 16);
const CALLS: Field = (0, 48);

/// Protocol: generation and number are one word, so a call of a new generation begins a new number in one step. The word guards no other
/// memory, so `Relaxed` is enough.
pub(super) struct RefusedCalls(AtomicU64);

impl RefusedCalls {
    pub(super) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Returns the number of calls of a generation.
    pub(super) fn of(&self, generation: u16) -> u64 {
        number(self.0.load(Ordering::Relaxed), generation)
    }

    /// Counts a call, and returns the number of calls of this generation, from 1.
    pub(super) fn count(&self, generation: u16) -> u64 {
        let more = |word| {
            let calls = number(word, generation).saturating_add(1).min(low(u64::MAX, CALLS.1));
            Some(Word(0).with(GENERATION, u64::from(generation)).with(CALLS, calls).0)
        };
        match self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more) {
            Ok(before) | Err(before) => number(before, generation).saturating_add(1),
        }
    }
}

/// Returns the number of calls, or zero if it belongs to another generation.
fn number(word: u64, generation: u16) -> u64 {
    let word = Word(word);
    if word.get(GENERATION) == u64::from(generation) { word.get(CALLS) } else { 0 }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn each_generation_begins_again() {
        let calls = RefusedCalls::new();
        assert_eq!((calls.of(0), calls.of(7)), (0, 0));
        assert_eq!([calls.count(7), calls.count(7), calls.count(8), calls.count(8)], [1, 2, 1, 2]);
        assert_eq!((calls.of(7), calls.of(8)), (0, 2));
    }

    #[test]
    fn the_number_saturates() {
        let most = low(u64::MAX, CALLS.1);
        let calls = RefusedCalls(AtomicU64::new(Word(0).with(GENERATION, 7).with(CALLS, most).0));
        calls.count(7);
        assert_eq!(calls.of(7), most);
    }

    #[test]
    fn of_several_who_come_together_one_is_first() {
        let calls = RefusedCalls::new();
        let count = || (0..1_000).map(|_| calls.count(1)).collect::<Vec<_>>();
        let mut numbers: Vec<u64> = thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
        });
        numbers.sort_unstable();
        assert!(numbers.into_iter().eq(1..=4_000));
    }
}
