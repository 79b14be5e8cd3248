//! Twins of `tests/ui/integrations`: requests that a policy of tower can clone.

use crate::support::runs::{Busy, Runs};
use reattempt::policy;
use reattempt::tower::RetryPolicy;
use std::future::ready;
use tower::retry::Retry;
use tower::{ServiceExt, service_fn};

struct Request;

impl Request {
    #[expect(clippy::unnecessary_wraps, reason = "tower asks for an `Option`")]
    fn try_clone(&self) -> Option<Self> {
        Some(Self)
    }
}

#[tokio::test]
async fn tower_request_without_clone() {
    let runs = Runs::new();
    let service = service_fn(|_: Request| ready(runs.fail_twice()));
    let policy = RetryPolicy::new(policy!(strategy = "immediate")).on(reattempt::any_error::<Busy>);
    let policy = policy.clone_with(Request::try_clone);
    assert_eq!((Retry::new(policy, service).oneshot(Request).await, runs.count()), (Ok(3), 3));
}

#[tokio::test]
async fn tower_clone_with_wrong_answer() {
    let runs = Runs::new();
    let service = service_fn(|_: Request| ready(runs.fail_twice()));
    let policy = RetryPolicy::new(policy!(strategy = "immediate")).on(reattempt::any_error::<Busy>);
    let policy = policy.clone_with(|_: &Request| Some(Request));
    assert_eq!((Retry::new(policy, service).oneshot(Request).await, runs.count()), (Ok(3), 3));
}
