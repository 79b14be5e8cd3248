//! Observers: who receives events, and how events reach them. They know nothing of what happened.

use crate::observe::append_list::AppendList;
use crate::observe::event::Event;

/// Receives events.
///
/// It runs on the thread of the call, between attempts: it should be quick, and must not block. A panic passes through to the
/// caller of the annotated function.
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
/// use retry_runtime::event::{self, Event};
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

/// Whether there is an observer. If there is none, an event need not be made.
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
