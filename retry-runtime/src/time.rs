//! Time and chance: the clock, the generator and the sleepers, which are the only files that touch the outside world, and their fakes for tests.
//!
//! It knows no policy, no failure and no call.

pub(crate) mod atomics;
pub(crate) mod clock;
#[cfg(feature = "test-util")]
pub(crate) mod fakes;
pub(crate) mod rng;
pub(crate) mod sleep;
pub(crate) mod switch;
#[cfg(feature = "test-util")]
pub mod testing;
