//! The snapshot of a breaker: its state and counts at a moment. It knows nothing of how they come about.

#[cfg(doc)]
use super::CircuitBreaker;
use crate::failure::breaker_open::Cause;
use crate::observe::transition::State;
use core::time::Duration;

/// The state and the counts of a circuit breaker; from [`CircuitBreaker::snapshot`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// The state.
    pub state: State,
    /// The cause of the last trip, where the breaker is not closed.
    pub cause: Option<Cause>,
    /// How long it takes until a probe may run, where the breaker is open or half-open.
    pub probe_in: Option<Duration>,
    /// The number of failures in a row, where the breaker counts those and is closed.
    pub failures_in_a_row: u32,
    /// The number of outcomes in the window, where there is one and the breaker is closed.
    pub outcomes: u64,
    /// How many of them failed.
    pub failures: u64,
    /// How many of them were slow.
    pub slow: u64,
    /// The number of probes that run, where the breaker is half-open.
    pub probes_running: u32,
    /// The number of probes that have succeeded since the cool-down, where the breaker is half-open.
    pub probes_passed: u32,
    /// The number of trips since the breaker was last closed; at most 31.
    pub trips: u32,
}
