//! Protection against overload: retry budgets and circuit breakers.
//!
//! It knows no call: the engine joins it to one.

pub(crate) mod breaker;
pub(crate) mod breakers;
pub(crate) mod budget;
