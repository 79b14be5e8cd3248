//! Observers: the list of observers, and the delivery of events to them. This module does not know calls.

use crate::observe::append_list::AppendList;
use crate::observe::event::Event;

/// Receives events.
///
/// An observer runs on the thread of the call, between attempts. It should be fast and must not block. A panic reaches the caller of the
/// annotated function. It does not change what breakers and budgets know, and a retry that it prevents gets its token back.
pub trait Observer: Send + Sync {
    /// Receives an event.
    fn observe(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Send + Sync> Observer for F {
    fn observe(&self, event: &Event<'_>) {
        self(event);
    }
}

static OBSERVERS: AppendList<Box<dyn Observer>> = AppendList::new();

/// Adds an observer for the whole process. It stays until the process ends.
///
/// # Examples
///
/// ```
/// use reattempt::event::{self, Event};
///
/// event::observe(|event: &Event<'_>| {
///     if let Event::GaveUp { site, attempts, reason, .. } = event {
///         eprintln!("{site} gave up after {attempts} attempts: {reason}");
///     }
/// });
/// ```
pub fn observe(observer: impl Observer + 'static) {
    OBSERVERS.push(Box::new(observer));
}

/// Returns `true` if there is an observer. Otherwise no event has to be made.
#[inline]
pub(crate) fn is_observed() -> bool {
    cfg!(any(feature = "tracing", feature = "metrics")) || !OBSERVERS.is_empty()
}

/// Sends an event to all observers.
pub(crate) fn tell(event: &Event<'_>) {
    #[cfg(feature = "tracing")]
    crate::observe::tracing::observe(event);
    #[cfg(feature = "metrics")]
    crate::observe::metrics::observe(event);
    for observer in OBSERVERS.iter() {
        observer.observe(event);
    }
}
