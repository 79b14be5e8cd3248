//! What `#[derive(Transient)]` expands to calls, and where what is wrong with the types of fields is reported.

use crate::classify::{Transient, Verdict};
use core::time::Duration;

/// A field that decides for its variant.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot say whether it is transient",
    label = "`forward` asks this field, and its type does not implement `Transient`",
    note = "derive or implement `reattempt::Transient` for `{Self}`, or decide here: `#[transient]`, `#[permanent]` or `#[transient(if = function)]`"
)]
pub trait Forwarded {
    /// What it says.
    fn forwarded(&self) -> Verdict;
}

#[diagnostic::do_not_recommend]
impl<E: Transient + ?Sized> Forwarded for E {
    fn forwarded(&self) -> Verdict {
        self.verdict()
    }
}

/// Asks a field.
pub fn forward<E: Forwarded + ?Sized>(field: &E) -> Verdict {
    field.forwarded()
}

/// Where a hint is found: `Duration`, `Option<Duration>`, and references to them.
#[diagnostic::on_unimplemented(
    message = "`after` takes a `Duration` or an `Option<Duration>`, not `{Self}`",
    label = "this is no hint: its type is `{Self}`",
    note = "name a field of one of these types, or a function that answers one: `after = hint_of`"
)]
pub trait Hint {
    /// The hint, if there is one.
    fn hint(&self) -> Option<Duration>;
}

#[diagnostic::do_not_recommend]
impl Hint for Duration {
    fn hint(&self) -> Option<Duration> {
        Some(*self)
    }
}

#[diagnostic::do_not_recommend]
impl Hint for Option<Duration> {
    fn hint(&self) -> Option<Duration> {
        *self
    }
}

#[diagnostic::do_not_recommend]
impl<H: Hint + ?Sized> Hint for &H {
    fn hint(&self) -> Option<Duration> {
        (**self).hint()
    }
}

/// Reads a hint.
pub fn hint<H: Hint + ?Sized>(field: &H) -> Option<Duration> {
    field.hint()
}

/// Joins a verdict with a hint, which only a transient failure is asked for. A hint that the verdict brings itself stays, unless the
/// other is longer.
pub fn hinted(verdict: Verdict, hint: impl FnOnce() -> Option<Duration>) -> Verdict {
    match verdict {
        Verdict::Stop => Verdict::Stop,
        Verdict::Retry => hint().map_or(Verdict::Retry, Verdict::RetryAfter),
        Verdict::RetryAfter(own) => Verdict::RetryAfter(hint().map_or(own, |hint| hint.max(own))),
    }
}
