//! Series: the attempts that the limits of a policy count, and the timer of a call, which knows the series that runs.
//!
//! A call is one series of attempts until an attempt makes progress, or runs for `reset_after`, and then fails. That failure is the first of
//! a new series: `max`, the delays and the deadline count from it. This module decides nothing.

use crate::engine::session::Session;
use crate::policy::Policy;
use crate::time::clock::Started;

/// The times that a call records. It is a type, so that a call that needs none stores none.
#[doc(hidden)]
pub trait Timer: Copy {
    /// Returns the start of the call, or `None` if it was not recorded.
    fn started(self) -> Option<Started>;

    /// Returns the series that runs, if the call can begin another one or if it is not the first.
    #[inline]
    fn series(&mut self, _policy: Option<&Policy>) -> Option<&mut Series> {
        None
    }

    /// Begins a new series with the failure that comes next, if the call can have several.
    #[inline]
    fn restart(&mut self, _session: &mut Session) {}
}

impl Timer for () {
    #[inline]
    fn started(self) -> Option<Started> {
        None
    }
}

impl Timer for Started {
    #[inline]
    fn started(self) -> Option<Started> {
        Some(self)
    }
}

impl Timer for Option<Started> {
    #[inline]
    fn started(self) -> Option<Started> {
        self
    }
}

/// The series that runs.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Series {
    call: Started,
    /// The start of the call, or the failure with which the series began.
    pub(crate) began: Started,
    /// The start of the attempt that runs or that ran last.
    pub(crate) attempt: Started,
    /// The number of failures in the series before.
    pub(crate) before: u32,
}

impl Series {
    /// Begins a call, and reads the clock.
    pub fn begin() -> Self {
        Self::of_call(Started::now())
    }

    /// Returns whether the last attempt has run for so long that its failure is the first of a new series.
    pub(crate) fn was_healthy(&self, policy: &Policy) -> bool {
        policy.reset_after().is_some_and(|healthy| self.attempt.elapsed() >= healthy)
    }

    /// Returns the first series of a call during its first attempt.
    fn of_call(started: Started) -> Self {
        Self { call: started, began: started, attempt: started, before: 0 }
    }
}

impl Timer for Series {
    #[inline]
    fn started(self) -> Option<Started> {
        Some(self.call)
    }

    #[inline]
    fn series(&mut self, _: Option<&Policy>) -> Option<&mut Series> {
        Some(self)
    }

    fn restart(&mut self, session: &mut Session) {
        session.restart();
        (self.before, self.began) = (session.failures(), Started::now());
    }
}

/// The timer of a call whose policy is only known at run time.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum PolicyTimer {
    /// The start of the call, if something needs it.
    Plain(Option<Started>),
    /// The call has a series that is not its first, or after its first failure a policy that can begin one.
    Series(Series),
}

impl PolicyTimer {
    /// Begins a call, and reads the clock if the policy or `is_needed` asks for that.
    #[inline]
    pub fn begin(policy: &Policy, is_needed: bool) -> Self {
        let is_timed = is_needed || policy.deadline().is_some() || policy.reset_after().is_some();
        Self::Plain(is_timed.then(Started::now))
    }
}

impl Timer for PolicyTimer {
    #[inline]
    fn started(self) -> Option<Started> {
        match self {
            Self::Plain(started) => started,
            Self::Series(series) => series.started(),
        }
    }

    #[inline]
    fn series(&mut self, policy: Option<&Policy>) -> Option<&mut Series> {
        if let (Self::Plain(Some(started)), Some(_)) = (&self, policy.and_then(Policy::reset_after)) {
            *self = Self::Series(Series::of_call(*started));
        }
        match self {
            Self::Series(series) => Some(series),
            Self::Plain(_) => None,
        }
    }

    fn restart(&mut self, session: &mut Session) {
        if let Self::Plain(Some(started)) = *self {
            *self = Self::Series(Series::of_call(started));
        }
        if let Self::Series(series) = self {
            series.restart(session);
        }
    }
}
