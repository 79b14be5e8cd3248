//! The history of a call: keeps failed attempts until the call ends with a [`RetryError`]; for generated code. It decides nothing.

use crate::failure::attempt_failure::Failure;
use crate::failure::retry_error::{FailedAttempt, Inner, RetryError};
use crate::failure::stop_reason::StopReason;
use core::mem;
use core::time::Duration;
use std::collections::VecDeque;

/// Keeps the failures of a call.
pub trait FailureLog<E> {
    /// Returns where the log notes when the last attempt began.
    fn started(&mut self) -> &mut Duration;

    /// Keeps a failure that another attempt follows.
    fn keep(&mut self, _attempt: u32, _delay: Duration, _failure: Failure<E>) {}

    /// Takes the failures that were kept.
    fn take(&mut self) -> VecDeque<FailedAttempt<E>> {
        VecDeque::new()
    }

    /// Notes when the next attempt begins.
    fn begin(&mut self, elapsed: Duration) {
        *self.started() = elapsed;
    }

    /// Makes the error of a call that gives up.
    #[cold]
    fn close(&mut self, attempts: u32, elapsed: Duration, reason: StopReason, failure: Failure<E>) -> RetryError<E> {
        let last = FailedAttempt { attempt: attempts, started: *self.started(), delay: None, failure };
        RetryError { inner: Box::new(Inner { attempts, elapsed, reason, last, earlier: self.take() }) }
    }
}

/// Keeps only the last failure.
#[derive(Debug, Default)]
pub struct LastFailure {
    started: Duration,
}

impl<E> FailureLog<E> for LastFailure {
    fn started(&mut self) -> &mut Duration {
        &mut self.started
    }
}

/// Keeps the newest failures, the last one included.
#[derive(Debug)]
pub struct History<E> {
    started: Duration,
    room: usize,
    earlier: VecDeque<FailedAttempt<E>>,
}

impl<E> History<E> {
    /// Makes a history that keeps this many failures, the last one included.
    pub const fn new(failures: usize) -> Self {
        Self { started: Duration::ZERO, room: failures.saturating_sub(1), earlier: VecDeque::new() }
    }
}

impl<E> FailureLog<E> for History<E> {
    fn started(&mut self) -> &mut Duration {
        &mut self.started
    }

    #[cold]
    fn keep(&mut self, attempt: u32, delay: Duration, failure: Failure<E>) {
        if self.room == 0 {
            return;
        }
        if self.earlier.len() >= self.room {
            self.earlier.pop_front();
        }
        self.earlier.push_back(FailedAttempt { attempt, started: self.started, delay: Some(delay), failure });
    }

    fn take(&mut self) -> VecDeque<FailedAttempt<E>> {
        mem::take(&mut self.earlier)
    }
}
