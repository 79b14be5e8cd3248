use reattempt::{CircuitBreaker, retry};

#[retry(breaker = breakers[0], on = reattempt::any_error)]
async fn call(breakers: &mut Vec<CircuitBreaker>) -> Option<()> {
    breakers.clear();
    None
}

fn main() {}
