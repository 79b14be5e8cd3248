use reattempt::{CircuitBreaker, retry};

struct Client {
    breaker: CircuitBreaker,
}

impl Client {
    #[retry(breaker = self.breaker, on = reattempt::any_error)]
    fn call(&mut self) -> Option<()> {
        None
    }
}

fn main() {}
