//! The states and transitions of circuit breakers, for observers. This module does not know how a breaker decides.

#[cfg(doc)]
use crate::CircuitBreaker;
use crate::failure::breaker_open::Cause;
use core::fmt;
use core::time::Duration;

/// The state of a circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Attempts run.
    Closed,
    /// Attempts are refused until the cool-down is over.
    Open,
    /// The cool-down is over: a few attempts run as probes.
    HalfOpen,
    /// Attempts are refused until [`CircuitBreaker::reset`].
    Isolated,
}

impl State {
    /// Returns the state as logs and metrics label it.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
            Self::Isolated => "isolated",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::HalfOpen { "half-open" } else { self.label() })
    }
}

/// A change of a circuit breaker's state. Listeners of the breaker and observers of events get it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Transition {
    /// The breaker's name, if it has one.
    pub name: Option<&'static str>,
    /// The state before.
    pub from: State,
    /// The state now.
    pub to: State,
    /// What opened the breaker, or `None` if it is closed now.
    pub cause: Option<Cause>,
    /// The time that the breaker stays open, if it opened for a time.
    pub cool_down: Option<Duration>,
    /// The number of calls that the breaker has refused since it opened; zero if it was closed.
    pub refused_calls: u64,
}
