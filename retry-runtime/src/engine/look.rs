//! The step of most sites, for generated code: those that fail by an error alone, with a policy of literals, and that nobody guards or is told of.
//!
//! [`Call`] can do all of it, and more. What is here asks less of the compiler: each bound and each closure is checked at each site.

use crate::engine::call::Call;
use crate::failure::classify::{IntoVerdict, Verdict};
use crate::failure::error_display::Show;
use crate::failure::outcome::Outcome;
use crate::observe::site::{Late, LateSite};
use crate::time::clock::Timer;
use crate::time::sleep::Pause;
use core::panic::Location;

/// What is known of an error: what its classifier says, and how it is shown.
#[derive(Debug)]
pub struct Judged<E> {
    verdict: Verdict,
    show: Show<E>,
}

impl<E> Judged<E> {
    #[inline]
    pub(crate) fn new(answer: impl IntoVerdict, show: Show<E>) -> Self {
        Self { verdict: answer.into_verdict(), show }
    }
}

/// Asks a classifier whose argument gets its type here.
#[inline]
pub fn asked<E: ?Sized, V>(error: &E, classifier: impl FnOnce(&E) -> V) -> V {
    classifier(error)
}

/// Begins a call.
#[inline]
pub fn call<C: Timer>(timer: C) -> Call<C> {
    Call::new(timer)
}

/// Looks at the outcome of an attempt: answers the sleep before the next one, or nothing where the outcome is what the function returns.
///
/// The outcome stays where it is: whoever called the function may have made the place for it. The place of the caller is that of the attribute.
#[inline]
#[track_caller]
pub fn look<C: Timer, O: Outcome>(
    call: &mut Call<C>,
    site: &'static LateSite,
    outcome: &O,
    judge: impl FnOnce(&O::Error) -> Judged<O::Error>,
) -> Option<Pause> {
    let late = Late { site, location: Location::caller() };
    if outcome.view().is_err() {
        return failed(call, late, outcome, judge);
    }
    call.note_success(late);
    None
}

/// What was seen before is looked for again, out of the way of a success.
#[cold]
#[inline(never)]
fn failed<C: Timer, O: Outcome>(
    call: &mut Call<C>,
    late: Late,
    outcome: &O,
    judge: impl FnOnce(&O::Error) -> Judged<O::Error>,
) -> Option<Pause> {
    let error = outcome.view().err()?;
    let Judged { verdict, show } = judge(error);
    call.after_error(late, verdict, show(error))
}
