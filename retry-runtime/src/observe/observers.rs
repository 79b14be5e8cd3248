//! Observers: who receives events. The list only grows, so telling takes no lock.

use crate::observe::event::Event;
use std::sync::OnceLock;

/// One who is told of events.
///
/// It runs on the thread of the call, between attempts: it should be quick, and must not block. A panic passes through to the
/// caller of the annotated function.
pub trait Observer: Send + Sync {
    /// Takes an event.
    fn observe(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Send + Sync> Observer for F {
    fn observe(&self, event: &Event<'_>) {
        self(event);
    }
}

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
    let mut node = Box::new(Node { observer: Box::new(observer), next: OnceLock::new() });
    let mut end = &FIRST;
    while let Err(back) = end.set(node) {
        node = back;
        // A cell that refuses is set, so the walk ends at a free one.
        if let Some(taken) = end.get() {
            end = &taken.next;
        }
    }
}

/// Whether anybody listens: if nobody does, an event need not be made.
#[inline]
pub(crate) fn is_observed() -> bool {
    cfg!(any(feature = "tracing", feature = "metrics")) || FIRST.get().is_some()
}

/// Tells all observers.
pub(crate) fn tell(event: &Event<'_>) {
    #[cfg(feature = "tracing")]
    crate::observe::tracing::observe(event);
    #[cfg(feature = "metrics")]
    crate::observe::metrics::observe(event);
    let mut next = FIRST.get();
    while let Some(node) = next {
        node.observer.observe(event);
        next = node.next.get();
    }
}

static FIRST: OnceLock<Box<Node>> = OnceLock::new();

struct Node {
    observer: Box<dyn Observer>,
    next: OnceLock<Box<Self>>,
}
