//! Time and randomness: the clock, the generator, the sleepers, and their fakes for tests. No other module reads the clock, draws random
//! numbers or sleeps.
//!
//! It knows no policy, no failure and no call.

pub(crate) mod atomics;
pub(crate) mod cancellation;
pub(crate) mod clock;
#[cfg(feature = "test-util")]
pub(crate) mod fakes;
pub(crate) mod locks;
pub(crate) mod rng;
pub(crate) mod sleep;
pub(crate) mod switch;
#[cfg(feature = "test-util")]
pub mod testing;
