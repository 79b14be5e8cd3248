//! Observers that come late: what would be told once per site waits for somebody who listens.
//!
//! Observers are the whole process's and stay, so this is one test in a binary of its own.

use reattempt::event::{self, Event, Observer};
use reattempt::retry;
use std::sync::atomic::{AtomicU32, Ordering};

static ADJUSTED: AtomicU32 = AtomicU32::new(0);

struct Counting;

impl Observer for Counting {
    fn observe(&self, event: &Event<'_>) {
        if let Event::Adjusted { key: "max", .. } = event {
            ADJUSTED.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[retry(max = attempts, strategy = "immediate", on = |_: &&str| true)]
fn fail(attempts: u32, runs: &mut u32) -> Result<(), &'static str> {
    *runs += 1;
    Err("busy")
}

#[test]
fn an_adjustment_is_told_to_whoever_comes_first_and_once() {
    let mut runs = 0;
    assert_eq!(fail(0, &mut runs), Err("busy"));
    event::observe(Counting);
    assert_eq!(ADJUSTED.load(Ordering::Relaxed), 0);
    for _ in 0..2 {
        assert_eq!(fail(0, &mut runs), Err("busy"));
        assert_eq!(ADJUSTED.load(Ordering::Relaxed), 1);
    }
    assert_eq!(runs, 3);
}
