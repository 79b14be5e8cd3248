//! Twins of `tests/ui/stopping`: ends that leave room for a retry.

use super::{MS, S, exactly, immediate, up_to};
use crate::runs::{Busy, Runs, thrice};
use reattempt::{RetryError, retry};

repaired! {
    [deadline_at_the_first_retry] {
        (strategy = ["2s", "1s"], deadline = "3s") => exactly([2 * S]);
        (strategy = ["2s", "1s"], deadline = "4s") => exactly([2 * S, S]);
        (strategy = ["1s", "1s"], deadline = "2s") => exactly([S]);
    }
    [deadline_before_equal_jitter] {
        (strategy = "equal_jitter", base = "4s", cap = "9s", deadline = "5s") => up_to([4 * S]);
        (strategy = "equal_jitter", base = "2s", cap = "9s", deadline = "2s") => up_to([2 * S]);
    }
    [deadline_before_the_first_retry] {
        (strategy = "constant", base = "5s", deadline = "6s") => exactly([5 * S]);
        (strategy = "constant", base = "1s", deadline = "3s") => exactly([S, S]);
    }
    [unlimited_without_deadline] {
        (strategy = "constant", base = "10s", max = "unlimited", deadline = "30s") => exactly([10 * S, 10 * S]);
        (max = 3) => up_to([100 * MS, 200 * MS]);
        (strategy = "immediate", max = 3) => immediate(3);
    }
}

#[test]
fn history_without_retry_error() {
    #[retry(strategy = "immediate", history = 16, on = reattempt::any_error)]
    fn call(runs: &Runs) -> Result<(), RetryError<Busy>> {
        Err(runs.fail())
    }
    assert_eq!(thrice(call).unwrap_err().history().count(), 3);
}
