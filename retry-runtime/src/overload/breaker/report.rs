//! What a breaker tells: what it is, what opened it, a refusal, a transition, a snapshot. They know nothing of how it comes about.

#[cfg(doc)]
use super::CircuitBreaker;
use super::state::Phase;
use core::fmt;
use core::time::Duration;

/// What a breaker is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BreakerState {
    /// Attempts run.
    Closed,
    /// Attempts are refused, until it has cooled down.
    Open,
    /// It has cooled down: a few attempts run, to see.
    HalfOpen,
    /// Attempts are refused until [`CircuitBreaker::reset`].
    Isolated,
}

impl From<Phase> for BreakerState {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Closed { .. } => Self::Closed,
            Phase::Open { .. } => Self::Open,
            Phase::HalfOpen { .. } => Self::HalfOpen,
            Phase::Isolated => Self::Isolated,
        }
    }
}

impl fmt::Display for BreakerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
            Self::Isolated => "isolated",
        })
    }
}

/// What opened a breaker, with the setting that was reached.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cause {
    /// So many failures in a row.
    Consecutive(u32),
    /// At least this part of the outcomes in the window were failures.
    Rate(f64),
    /// At least this part of the outcomes in the window were slow.
    SlowRate(f64),
    /// A probe failed, or was slow.
    Probe,
    /// [`CircuitBreaker::isolate`].
    Isolated,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Consecutive(1) => f.write_str("a failure"),
            Self::Consecutive(failures) => write!(f, "{failures} failures in a row"),
            Self::Rate(rate) => write!(f, "a failure rate of at least {rate}"),
            Self::SlowRate(rate) => write!(f, "a rate of slow attempts of at least {rate}"),
            Self::Probe => f.write_str("a failed probe"),
            Self::Isolated => f.write_str("isolation"),
        }
    }
}

/// A breaker refused an attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakerOpen {
    pub(super) cause: Cause,
    pub(super) probe_in: Option<Duration>,
}

impl BreakerOpen {
    /// What opened the breaker.
    pub fn cause(&self) -> Cause {
        self.cause
    }

    /// How long until a probe may run; zero where probes run already and a place may come free at any moment, `None` where
    /// somebody has to reset the breaker.
    pub fn probe_in(&self) -> Option<Duration> {
        self.probe_in
    }
}

impl fmt::Display for BreakerOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the circuit breaker was opened by {}", self.cause)?;
        match self.probe_in {
            None => f.write_str(" until it is reset"),
            Some(Duration::ZERO) => f.write_str("; all its probes are running"),
            Some(wait) => write!(f, "; a probe may run in {wait:?}"),
        }
    }
}

impl core::error::Error for BreakerOpen {}

/// What happened to a breaker, for its listeners and for observers of events.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Transition {
    /// The breaker's name, where it has one.
    pub name: Option<&'static str>,
    /// What it was.
    pub from: BreakerState,
    /// What it is now.
    pub to: BreakerState,
    /// What opened it; `None` where it is closed now.
    pub cause: Option<Cause>,
    /// For how long it stays open, where it tripped.
    pub cool_down: Option<Duration>,
}

/// What a breaker is and has counted; from [`CircuitBreaker::snapshot`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BreakerSnapshot {
    /// What it is.
    pub state: BreakerState,
    /// What opened it, where it is not closed.
    pub cause: Option<Cause>,
    /// How long until a probe may run, where it is open or half-open.
    pub probe_in: Option<Duration>,
    /// Failures in a row, where it counts those and is closed.
    pub failures_in_a_row: u32,
    /// Outcomes in the window, where it has one and is closed.
    pub outcomes: u64,
    /// How many of them failed.
    pub failures: u64,
    /// How many of them were slow.
    pub slow: u64,
    /// Probes that run, where it is half-open.
    pub probes_running: u32,
    /// Probes that succeeded since the cool-down, where it is half-open.
    pub probes_passed: u32,
    /// Trips since it was last closed; at most 31.
    pub trips: u32,
}
