//! A `CancellationToken` as the value of the key `cancel`. It wakes tasks, not threads.

use crate::time::cancellation::{Cancels, Signal};
use tokio_util_0_7::sync::{CancellationToken, WaitForCancellationFuture};

#[diagnostic::do_not_recommend]
impl Cancels for CancellationToken {
    type Signal = Self;

    fn signal(&self) -> &Self {
        self
    }
}

impl Signal for CancellationToken {
    type Cancelled<'a> = WaitForCancellationFuture<'a>;

    fn is_cancelled(&self) -> bool {
        self.is_cancelled()
    }

    fn cancelled(&self) -> WaitForCancellationFuture<'_> {
        self.cancelled()
    }
}
