//! Futures that are polled by hand, outside of any runtime.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// Polls a future once.
pub(crate) fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls a future this number of times, or until it is ready.
pub(crate) fn poll_times<F: Future>(mut future: Pin<&mut F>, times: u32) -> Option<F::Output> {
    (0..times).find_map(|_| match poll_once(future.as_mut()) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    })
}

/// Polls a future until it is ready.
pub(crate) fn finished<F: Future>(future: F) -> F::Output {
    poll_times(pin!(future), u32::MAX).expect("it is ready in the end")
}
