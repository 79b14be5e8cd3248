//! Events: what is worth telling, and who is told.
//!
//! Observers are a list that only grows, so that telling takes no lock. Nothing is told on the success path.

use crate::site::Site;
use core::fmt;
use std::sync::OnceLock;

/// Something that happened at a site.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A key's value was only known at run time, was out of range, and was brought into range by the table in
    /// [`Policy`](crate::Policy)'s documentation. Told once per site.
    Adjusted {
        /// Where.
        site: &'static Site,
        /// The key.
        key: &'static str,
        /// The value found, and in words the value that is used instead.
        change: fmt::Arguments<'a>,
    },
}

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
/// event::observe(|event: &Event<'_>| eprintln!("{event:?}"));
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

/// Tells all observers.
pub(crate) fn tell(event: &Event<'_>) {
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
