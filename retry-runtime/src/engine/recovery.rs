//! The key `recover`: its function answers for a call that gave up, and the event of the end waits for the answer.
//!
//! It does not know why a call ends.

use crate::failure::outcome::Outcome;
use crate::failure::retry_error::RetryError;
use crate::failure::stop_reason::StopReason;
use crate::observe::event::Event;
use crate::observe::observers;
use crate::observe::site::Site;
use core::fmt;
use core::time::Duration;

/// The end of a call without success, as its event has it.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) site: &'static Site,
    pub(crate) reason: StopReason,
    pub(crate) attempts: u32,
    pub(crate) rejected: bool,
    pub(crate) refused_calls: Option<u64>,
    pub(crate) waited: Duration,
    pub(crate) elapsed: Option<Duration>,
}

impl End {
    /// Sends the event.
    pub(crate) fn tell(&self, failure: fmt::Arguments<'_>, answered: bool) {
        let Self { site, reason, attempts, rejected, refused_calls, waited, elapsed } = *self;
        observers::tell(&Event::GaveUp {
            site,
            reason,
            attempts,
            failure,
            rejected,
            refused_calls,
            answered,
            waited,
            elapsed,
        });
    }
}

/// The end of a call whose `recover` has not answered yet, if it has ended and there is an observer. The failure is already a text, because
/// `recover` gets the error by value.
#[derive(Debug, Default)]
pub struct PendingEnd(Option<Box<(End, String)>>);

impl PendingEnd {
    /// Keeps an end until `recover` has answered.
    pub(crate) fn keep(&mut self, end: End, failure: &dyn fmt::Display) {
        self.0 = Some(Box::new((end, failure.to_string())));
    }

    /// Sends the event of the end, if there was one.
    pub(crate) fn tell(self, answered: bool) {
        if let Some((end, failure)) = self.0.as_deref() {
            end.tell(format_args!("{failure}"), answered);
        }
    }
}

/// Ends a call with its value, or with the answer of `recover`; for generated code.
#[inline]
pub fn recovered<T, E, W, R: Outcome>(
    ended: Result<T, RetryError<E, W>>,
    end: PendingEnd,
    success: impl FnOnce(T) -> R,
    recover: impl FnOnce(RetryError<E, W>) -> R,
) -> R {
    match ended {
        Ok(value) => success(value),
        Err(error) => {
            let answer = recover(error);
            end.tell(answer.view().is_ok());
            answer
        }
    }
}
