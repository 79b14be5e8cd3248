//! Progress: how an attempt says that it has achieved something, although it may yet fail.
//!
//! It knows no call and no series.

use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// What an attempt tells of its progress. The key `progress = name` binds a reference to one in the body.
///
/// If an attempt makes progress and then fails, its failure is the first of a new series: the number of attempts, the delays and the
/// deadline count from that failure. So a download in parts that gets further in each attempt never runs out of attempts, and one that gets
/// stuck does.
///
/// # Examples
///
/// A closure borrows one that the caller makes:
///
/// ```
/// use reattempt::{Policy, Progress, Strategy};
///
/// let policy = Policy::builder().strategy(Strategy::Immediate).max(2).build()?;
/// let (progress, mut parts) = (Progress::new(), 0);
/// let mut download = || {
///     parts += 1;
///     progress.made();
///     if parts < 100 { Err("connection reset") } else { Ok(parts) }
/// };
/// assert_eq!(policy.retry(&mut download).progress(&progress).on(|_| true).call(), Ok(100));
/// # Ok::<(), reattempt::PolicyError>(())
/// ```
#[derive(Debug, Default)]
pub struct Progress {
    /// Whether the attempt that runs has made progress. It orders nothing else: the attempt's end comes after all that the attempt awaits.
    made: AtomicBool,
}

impl Progress {
    /// Makes one for a call.
    pub const fn new() -> Self {
        Self { made: AtomicBool::new(false) }
    }

    /// Says that this attempt has achieved something. Once or many times in an attempt is the same.
    ///
    /// The attempt that runs goes on as before, with the `timeout` that it has.
    pub fn made(&self) {
        self.made.store(true, Relaxed);
    }

    /// Returns whether the attempt made progress, and forgets it.
    pub(crate) fn take(&self) -> bool {
        self.made.swap(false, Relaxed)
    }
}
