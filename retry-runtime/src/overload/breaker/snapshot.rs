//! The snapshot of a breaker: its state and counts at a moment. It does not know how they are computed.

#[cfg(doc)]
use super::CircuitBreaker;
use crate::failure::breaker_open::Cause;
use crate::observe::transition::State;
use core::time::Duration;

/// The state and the counts of a circuit breaker, from [`CircuitBreaker::snapshot`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// The state.
    pub state: State,
    /// What opened the breaker, if it is not closed.
    pub cause: Option<Cause>,
    /// The time until a probe may run, if the breaker is open or half-open.
    pub probe_in: Option<Duration>,
    /// The number of failures in a row, if the breaker counts them and is closed.
    pub failures_in_a_row: u32,
    /// The number of outcomes in the window, if there is a window and the breaker is closed.
    pub outcomes: u64,
    /// The number of these outcomes that are failures.
    pub failures: u64,
    /// The number of these outcomes that are slow.
    pub slow: u64,
    /// The number of probes that run, if the breaker is half-open.
    pub probes_running: u32,
    /// The number of probes that have succeeded since the cool-down, if the breaker is half-open.
    pub probes_passed: u32,
    /// The number of trips since the breaker was last closed; at most 31.
    pub trips: u32,
}
