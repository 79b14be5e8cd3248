//! What can be seen of retries: events, those who receive them, and the sites where retries happen.
//!
//! It knows no engine.

pub mod event;
#[cfg(feature = "metrics")]
pub(crate) mod metrics;
pub mod site;
#[cfg(feature = "tracing")]
pub(crate) mod tracing;

/// What a breaker is in one word, as logs and metrics have it.
#[cfg(any(feature = "metrics", feature = "tracing"))]
fn label(state: crate::overload::breaker::BreakerState) -> &'static str {
    use crate::overload::breaker::BreakerState;
    match state {
        BreakerState::Closed => "closed",
        BreakerState::Open => "open",
        BreakerState::HalfOpen => "half_open",
        BreakerState::Isolated => "isolated",
    }
}
