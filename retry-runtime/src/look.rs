//! The step of most sites, for generated code: those that fail by an error alone, with a policy of literals, and that nobody guards or is told of.
//!
//! [`Call`] can do all of it, and more. What is here asks less of the compiler: each bound and each closure is checked at each site.

use crate::call::Call;
use crate::classify::{IntoVerdict, Verdict};
use crate::clock::Timer;
use crate::outcome::Outcome;
use crate::shown::Shown;
use crate::site::{Late, LateSite};
use crate::sleep::Pause;
use core::panic::Location;

/// What is known of an error: what its classifier says, and the error in words.
#[derive(Debug)]
pub struct Judged<'a> {
    verdict: Verdict,
    shown: Shown<'a>,
}

/// Joins the words of an error with what a classifier says of it.
#[inline]
pub fn judged(shown: Shown<'_>, answer: impl IntoVerdict) -> Judged<'_> {
    Judged { verdict: answer.into_verdict(), shown }
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
    judge: impl FnOnce(&O::Error) -> Judged<'_>,
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
    judge: impl FnOnce(&O::Error) -> Judged<'_>,
) -> Option<Pause> {
    let Judged { verdict, shown } = judge(outcome.view().err()?);
    call.after_error(late, verdict, shown)
}
