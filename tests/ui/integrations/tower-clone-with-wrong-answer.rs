//@ E0277 | such as `.clone_with(reqwest::Request::try_clone)` | policy
use reattempt::policy;
use reattempt::tower::RetryPolicy;

struct Request;

fn is_for_requests(_: impl tower::retry::Policy<Request, u32, &'static str>) {}

fn main() {
    let policy = RetryPolicy::new(policy!(max = 3)).on(reattempt::any_error::<&str>);
    let policy = policy.clone_with(|request: &Request| Request);
    is_for_requests(policy);
}
