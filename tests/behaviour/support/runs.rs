//! A body that counts its runs and succeeds in the third.

use reattempt::Transient;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// The failure of a run: always transient.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("busy")]
pub(crate) struct Busy;

impl Transient for Busy {
    fn is_transient(&self) -> bool {
        true
    }
}

/// Counts the runs of a body.
#[derive(Debug, Default)]
pub(crate) struct Runs(AtomicU32);

impl Runs {
    pub(crate) const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// Counts a run. The first two fail, the third and all later ones return their number.
    pub(crate) fn fail_twice(&self) -> Result<u32, Busy> {
        match self.0.fetch_add(1, Relaxed) + 1 {
            1 | 2 => Err(Busy),
            run => Ok(run),
        }
    }

    /// Counts a run, and returns its number.
    pub(crate) fn next(&self) -> u32 {
        self.0.fetch_add(1, Relaxed) + 1
    }

    /// Counts a run that fails.
    pub(crate) fn fail(&self) -> Busy {
        self.0.fetch_add(1, Relaxed);
        Busy
    }

    pub(crate) fn count(&self) -> u32 {
        self.0.load(Relaxed)
    }
}

/// Calls a function whose body fails twice, and checks that it ran three times.
#[track_caller]
pub(crate) fn thrice<T>(call: impl FnOnce(&Runs) -> T) -> T {
    let runs = Runs::new();
    let returned = call(&runs);
    assert_eq!(runs.count(), 3, "runs of the body");
    returned
}

/// Does the same with a function that is awaited.
pub(crate) async fn thrice_async<T>(call: impl AsyncFnOnce(&Runs) -> T) -> T {
    let runs = Runs::new();
    let returned = call(&runs).await;
    assert_eq!(runs.count(), 3, "runs of the body");
    returned
}
