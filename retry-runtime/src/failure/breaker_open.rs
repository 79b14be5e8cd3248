//! The error of an attempt that a circuit breaker refuses. It does not know breakers.

#[cfg(doc)]
use crate::CircuitBreaker;
use core::fmt;
use core::time::Duration;

/// The cause that opened a circuit breaker, with the setting that was reached.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cause {
    /// This number of failures in a row.
    Consecutive(u32),
    /// At least this share of the outcomes in the window were failures.
    Rate(f64),
    /// At least this share of the outcomes in the window were slow.
    SlowRate(f64),
    /// A probe failed, or was slow.
    Probe,
    /// [`CircuitBreaker::isolate`].
    Isolated,
    /// [`CircuitBreaker::open_for`].
    Told,
    /// A server asked to wait, and the breaker has [`CircuitBreaker::pause_on_hint`].
    Hint,
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
            Self::Told => f.write_str("hand for a time"),
            Self::Hint => f.write_str("a server's request to wait"),
        }
    }
}

/// The error of an attempt that a circuit breaker refuses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakerOpen {
    cause: Cause,
    probe_in: Option<Duration>,
}

impl BreakerOpen {
    pub(crate) const fn new(cause: Cause, probe_in: Option<Duration>) -> Self {
        Self { cause, probe_in }
    }

    /// Returns the cause that opened the breaker.
    pub fn cause(&self) -> Cause {
        self.cause
    }

    /// Returns the time until a probe may run.
    ///
    /// It is zero while the breaker is half-open and all places for probes are taken. It is `None` if the breaker stays open until it is reset.
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
