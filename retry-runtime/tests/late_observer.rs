//! Late observers: an event that is sent once per site waits for the first observer.
//!
//! Observers belong to the whole process and stay, so this test has its own binary. It is left out if an observer is compiled in.
#![cfg(not(any(feature = "tracing", feature = "metrics")))]

use retry_runtime::event::{self, Event, Observer};
use retry_runtime::macro_support::{Site, in_range, known_settings};
use std::sync::atomic::{AtomicU32, Ordering};

static SITE: Site = Site::new("late", "");
static ADJUSTED: AtomicU32 = AtomicU32::new(0);

struct Counting;

impl Observer for Counting {
    fn observe(&self, event: &Event<'_>) {
        if let Event::Adjusted { key: "max", .. } = event {
            ADJUSTED.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Returns the number of attempts at a site with the run-time value `max = 0`.
fn attempts() -> Option<u32> {
    in_range(&SITE, known_settings(&SITE, None).max(0)).max().map(u32::from)
}

#[test]
fn an_adjustment_is_told_to_whoever_comes_first_and_once() {
    assert_eq!(attempts(), Some(1));
    event::observe(Counting);
    assert_eq!(ADJUSTED.load(Ordering::Relaxed), 0);
    for _ in 0..2 {
        assert_eq!(attempts(), Some(1));
        assert_eq!(ADJUSTED.load(Ordering::Relaxed), 1);
    }
}
