//! The key `notify`: the function that gets each retry before its sleep, or none.
//!
//! It does not know when a retry is decided on.

use crate::observe::event::Retrying;
use core::fmt;

/// The argument of a function of the key `notify`, beside `on_value`. This trait exists for its compiler message.
#[diagnostic::on_unimplemented(
    message = "beside `on_value`, `notify` is called with a `&Retrying<'_, {E}, {T}>`",
    label = "this takes a `&{Self}`",
    note = "write `retrying: &Retrying<'_, {E}, {T}>`: where `on_value` rejects a value, its `Failure::Rejected` has that value"
)]
pub trait NotifyArgument<'a, E, T> {
    /// Returns the retry.
    fn of<'r>(retrying: &'r Retrying<'a, E, T>) -> &'r Self;
}

#[diagnostic::do_not_recommend]
impl<'a, E, T> NotifyArgument<'a, E, T> for Retrying<'a, E, T> {
    #[inline]
    fn of(retrying: &Self) -> &Self {
        retrying
    }
}

/// Returns a retry as the argument of a function whose type is known.
#[inline]
pub fn notify_argument<'r, 'a, E, T, A: NotifyArgument<'a, E, T>>(retrying: &'r Retrying<'a, E, T>) -> &'r A {
    A::of(retrying)
}

/// Receives retries before their sleeps, or ignores them.
pub trait Notified<E, V> {
    /// Receives a retry, which is made only if something wants it.
    fn notify<'a>(self, retrying: impl FnOnce() -> Retrying<'a, E, V>)
    where
        E: 'a,
        V: 'a;
}

impl<E, V> Notified<E, V> for () {
    #[inline]
    fn notify<'a>(self, _: impl FnOnce() -> Retrying<'a, E, V>)
    where
        E: 'a,
        V: 'a,
    {
    }
}

/// The function of the key `notify`.
pub struct Notify<N, E, V> {
    pub(super) notify: N,
    /// Calls the function. Its bound is required only where it is passed, so a wrong function causes one compile error.
    pub(super) call: fn(N, &Retrying<'_, E, V>),
}

impl<N, E, V> fmt::Debug for Notify<N, E, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notify").finish_non_exhaustive()
    }
}

impl<E, V, N> Notified<E, V> for Notify<N, E, V> {
    #[inline]
    fn notify<'a>(self, retrying: impl FnOnce() -> Retrying<'a, E, V>)
    where
        E: 'a,
        V: 'a,
    {
        (self.call)(self.notify, &retrying());
    }
}
