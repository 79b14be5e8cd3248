//@ E0277 | name a function that clones it by `RetryPolicy::clone_with`, such as `.clone_with(reqwest::Request::try_clone)` | policy
use reattempt::policy;
use reattempt::tower::RetryPolicy;

struct Request;

fn is_for_requests(_: impl tower::retry::Policy<Request, u32, &'static str>) {}

fn main() {
    let policy = RetryPolicy::new(policy!(max = 3)).on(reattempt::any_error::<&str>);
    is_for_requests(policy);
}
