struct Client;

impl Client {
    #[reattempt::retry(on = reattempt::any_error)]
    async fn call(&self) -> Option<()>;
}

#[reattempt::retry(on = reattempt::any_error)]
fn call() -> Option<()>;

fn main() {
    call();
}
