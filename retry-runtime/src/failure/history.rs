//! The history of a call: keeps failed attempts until the call ends with a [`RetryError`]; for generated code. It decides nothing.

use crate::failure::error_display::Show;
use crate::failure::retry_error::{FailedAttempt, Inner, KeptFailure, RetryError};
use crate::failure::stop_reason::StopReason;
use core::convert::Infallible;
use core::mem;
use core::time::Duration;
use std::collections::VecDeque;

/// Notes when the attempts of a call begin.
pub trait AttemptLog {
    /// Returns where the log notes when the last attempt began.
    fn started(&mut self) -> &mut Duration;

    /// Notes when the next attempt begins.
    fn begin(&mut self, elapsed: Duration) {
        *self.started() = elapsed;
    }
}

/// Keeps the failures of a call. `T` is the type of the rejected values that it keeps.
pub trait FailureLog<E, T>: AttemptLog {
    /// Keeps a failure that another attempt follows.
    fn keep(&mut self, _attempt: u32, _delay: Duration, _failure: KeptFailure<E, T>) {}

    /// Takes the failures that were kept.
    fn take(&mut self) -> VecDeque<FailedAttempt<E, T>> {
        VecDeque::new()
    }

    /// Makes the error of a call that gives up. `show` finds the source of its last error.
    #[cold]
    fn close(
        &mut self,
        attempts: u32,
        elapsed: Duration,
        reason: StopReason,
        failure: KeptFailure<E, T>,
        show: Option<Show<E>>,
    ) -> RetryError<E, T> {
        let last = FailedAttempt { attempt: attempts, started: *self.started(), delay: None, failure };
        RetryError { inner: Box::new(Inner { attempts, elapsed, reason, last, show, earlier: self.take() }) }
    }
}

/// Keeps only the last failure.
#[derive(Debug, Default)]
pub struct LastFailure {
    started: Duration,
}

impl AttemptLog for LastFailure {
    fn started(&mut self) -> &mut Duration {
        &mut self.started
    }
}

impl<E, T> FailureLog<E, T> for LastFailure {}

/// Keeps the newest failures, the last one included.
#[derive(Debug)]
pub struct History<E, T = Infallible> {
    started: Duration,
    room: usize,
    earlier: VecDeque<FailedAttempt<E, T>>,
}

impl<E, T> History<E, T> {
    /// Makes a history that keeps this many failures, the last one included.
    pub const fn new(failures: usize) -> Self {
        Self { started: Duration::ZERO, room: failures.saturating_sub(1), earlier: VecDeque::new() }
    }
}

impl<E, T> AttemptLog for History<E, T> {
    fn started(&mut self) -> &mut Duration {
        &mut self.started
    }
}

impl<E, T> FailureLog<E, T> for History<E, T> {
    #[cold]
    fn keep(&mut self, attempt: u32, delay: Duration, failure: KeptFailure<E, T>) {
        if self.room == 0 {
            return;
        }
        if self.earlier.len() >= self.room {
            self.earlier.pop_front();
        }
        self.earlier.push_back(FailedAttempt { attempt, started: self.started, delay: Some(delay), failure });
    }

    fn take(&mut self) -> VecDeque<FailedAttempt<E, T>> {
        mem::take(&mut self.earlier)
    }
}
