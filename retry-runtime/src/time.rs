//! Time and chance: the clock, the generator and the sleepers, which are the only files that touch the outside world, and their fakes for tests.
//!
//! It knows no policy, no failure and no call.

pub(crate) mod atomics;
pub(crate) mod clock;
pub(crate) mod rng;
pub(crate) mod sleep;
#[cfg(feature = "test-util")]
pub mod testing;
