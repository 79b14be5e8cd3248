//! The step: the one way from an attempt's outcome to "return" or "sleep", for annotated functions, closures and integrations.
//!
//! Code that runs on success is inline and generic. Code that runs after a failure is cold, and as little of it as possible is generic. It does
//! not know what a call has of its own.

use crate::engine::call::Call;
use crate::engine::pause::Pause;
use crate::engine::report::{Report, recovered};
use crate::engine::series::Timer;
use crate::failure::attempt_failure::{Failure, Words};
use crate::failure::classify::Verdict;
use crate::failure::error_display::ClassifiedError;
use crate::failure::outcome::CheckedOutcome;
use crate::observe::site::Site;

/// Decides what follows an attempt: returns the pause before the next attempt, or `None` if the call ends with this outcome.
///
/// The outcome is not moved: it may already be in memory that the caller provided. The classifier is called for errors only.
#[inline]
pub fn step<C: Timer, O: CheckedOutcome, R: Context<O::Error, O::Rejected>>(
    call: &mut Call<C>,
    mut context: R,
    outcome: &O,
    classify: impl FnOnce(&O::Error) -> ClassifiedError<O::Error>,
) -> Option<Pause> {
    match outcome.view() {
        Ok(_) => {
            context.succeeded();
            if call.session.failures() > 0 {
                recovered(&call.session, call.timer.started(), context.site());
            }
            None
        }
        Err(_) => failed(call, context.moved(), outcome, classify),
    }
}

/// Handles a failure. It views the outcome again, so that the code for a success stays small.
#[cold]
#[inline(never)]
fn failed<C: Timer, O: CheckedOutcome, R: Context<O::Error, O::Rejected>>(
    call: &mut Call<C>,
    context: R,
    outcome: &O,
    classify: impl FnOnce(&O::Error) -> ClassifiedError<O::Error>,
) -> Option<Pause> {
    let failure = outcome.view().err()?;
    let (verdict, words) = match failure {
        Failure::Error(error) => {
            let ClassifiedError { verdict, show } = classify(error);
            (verdict, Failure::Error(show(error)))
        }
        Failure::Rejected(_) => {
            let (verdict, shown) = outcome.rejection();
            (verdict, Failure::Rejected(shown))
        }
        Failure::TimedOut => (Verdict::Retry, Failure::TimedOut),
        Failure::Refused(open) => (Verdict::Stop, Failure::Refused(open)),
    };
    let report = Report { verdict, words: Words(words), started: call.timer.started() };
    context.decide(call, failure, report)
}

/// The context of a call: its site, and what the call has of its own.
pub trait Context<E, V>: Sized {
    /// Returns the site.
    fn site(&self) -> &'static Site;

    /// Reports that the attempt succeeded.
    fn succeeded(&mut self);

    /// Moves the context field by field. A value whose address is taken must be in memory, and a success must not pay for that write.
    #[must_use]
    fn moved(self) -> Self;

    /// Decides on a failure.
    fn decide<C: Timer>(self, call: &mut Call<C>, failure: Failure<&E, &V>, report: Report<'_>) -> Option<Pause>;
}
