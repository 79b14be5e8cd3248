//! The operation that is retried: a server that fails on demand, futures of a given size, and the smallest call. It knows no contender.

use std::fmt;
use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::runtime::Runtime;

/// The error of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// May pass on its own.
    Busy,
    /// Will not pass on its own.
    Malformed(u64),
}

impl Fault {
    /// Returns whether the error may pass on its own.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Busy)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "busy",
            Self::Malformed(_) => "malformed",
        })
    }
}

impl std::error::Error for Fault {}

/// Returns whether an error is transient: the classifier for all contenders that need a function.
#[must_use]
pub fn is_transient(fault: &Fault) -> bool {
    fault.is_transient()
}

/// The result of each contender.
pub type Answer = Result<u64, Fault>;

/// A server that fails a set number of times, and then succeeds.
#[derive(Debug, Default)]
pub struct Server {
    failures: AtomicU32,
}

impl Server {
    /// Returns a server that never fails.
    #[must_use]
    pub const fn new() -> Self {
        Self { failures: AtomicU32::new(0) }
    }

    /// Makes the next requests fail, this number of them. One thread at a time uses a server.
    #[inline]
    pub fn fail(&self, times: u32) {
        self.failures.store(times, Ordering::Relaxed);
    }

    /// Returns a number, or an error.
    ///
    /// # Errors
    ///
    /// A transient error, a set number of times.
    #[inline(never)]
    pub fn ask(&self, input: u64) -> Answer {
        let failures = self.failures.load(Ordering::Relaxed);
        if failures > 0 {
            self.failures.store(failures - 1, Ordering::Relaxed);
            return Err(Fault::Busy);
        }
        Ok(black_box(input))
    }

    /// The same as a future that is ready at once.
    ///
    /// # Errors
    ///
    /// The same.
    #[expect(clippy::unused_async, reason = "the future of a client that has its answer at hand")]
    pub async fn ask_async(&self, input: u64) -> Answer {
        self.ask(input)
    }
}

/// The error that a breaker counts. It never occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

/// The smallest call, so that the cost of the code around it is visible.
///
/// # Errors
///
/// None.
#[inline(never)]
pub fn least(number: u64) -> Result<u64, Refused> {
    black_box(Ok(number))
}

/// A future of this number of eight-byte words, which is pending for ever.
#[derive(Debug)]
pub struct Body<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Default for Body<WORDS> {
    fn default() -> Self {
        Self([0; WORDS])
    }
}

impl<const WORDS: usize> Future for Body<WORDS> {
    type Output = Answer;

    fn poll(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Answer> {
        black_box(&self.0);
        Poll::Pending
    }
}

/// Polls a future until it is ready, with a waker that does nothing.
#[inline]
pub fn drive<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// Returns a sleep of zero length, for contenders that need a sleeper. It yields once, as ours does for a delay of zero.
#[must_use]
pub fn give_way(_delay: Duration) -> GiveWay {
    GiveWay { has_given: false }
}

/// The future of [`give_way`].
#[derive(Debug)]
pub struct GiveWay {
    has_given: bool,
}

impl Future for GiveWay {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.has_given {
            return Poll::Ready(());
        }
        self.has_given = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Awaits a number of futures, one after the other, on a runtime.
#[inline]
pub fn drive_on<F: Future<Output = Answer>>(runtime: &Runtime, count: u64, make: impl Fn(u64) -> F) {
    runtime.block_on(async {
        for input in 0..count {
            let answer = make(black_box(input)).await;
            debug_assert_eq!(answer, Ok(input));
            black_box(&answer);
        }
    });
}
