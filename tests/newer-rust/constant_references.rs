//! A constant may refer to a static that changes, since Rust 1.86 or so. Such a constant leads to one and the same guard.

use reattempt::{Cancellation, CircuitBreaker, any_error, retry};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

#[test]
fn a_constant_reference_leads_to_one_and_the_same() {
    static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(2);
    static STOP: Cancellation = Cancellation::new();
    static RUNS: AtomicU32 = AtomicU32::new(0);
    const SHARED: &CircuitBreaker = &BREAKER;
    const REFERENCE: &Cancellation = &STOP;

    #[retry(strategy = "immediate", max = 2, breaker = SHARED, recover = |_| Some(0), on = any_error)]
    fn guarded() -> Option<u32> {
        RUNS.fetch_add(1, Relaxed);
        None
    }
    #[retry(strategy = "immediate", max = 5, cancel = REFERENCE, on = any_error)]
    fn cancelled() -> Option<u32> {
        RUNS.fetch_add(1, Relaxed);
        None
    }

    assert_eq!(guarded(), Some(0));
    assert_eq!(guarded(), Some(0));
    assert_eq!(RUNS.swap(0, Relaxed), 2, "the second call found the breaker open");
    STOP.cancel();
    assert_eq!(cancelled(), None);
    assert_eq!(RUNS.load(Relaxed), 1);
}
