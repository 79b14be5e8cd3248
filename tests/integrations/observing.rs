//! Events as logs and as metrics: a subscriber of the crate `tracing`, and the endpoint of a Prometheus exporter.

mod logs;
mod metrics;

use reattempt::{Verdict, any_error, retry};

/// A failure that contains its verdict.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("status {0}")]
struct Status(u16, Verdict);

const BUSY: Result<u32, Status> = Err(Status(503, Verdict::Retry));
const GONE: Result<u32, Status> = Err(Status(410, Verdict::Stop));

fn verdict(status: &Status) -> Verdict {
    status.1
}

/// Defines a function that returns what its script says, at a site of its own.
macro_rules! scripted {
    ($function:ident, $name:literal $(, $key:ident = $value:expr)*) => {
        #[reattempt::retry(name = $name, strategy = ["1s", "2s"], sleep = |_| {}, on = $crate::observing::verdict $(, $key = $value)*)]
        fn $function(script: &[Result<u32, Status>], run: &mut usize) -> Result<u32, Status> {
            *run += 1;
            script[*run - 1]
        }
    };
}
use scripted;

#[retry(name = "observing.adjusted", strategy = "immediate", max = max, on = any_error)]
fn adjusted(max: u32) -> Option<()> {
    None
}
