struct Client;

impl Client {
    #[reattempt::retry(crate = Self::MAX, on = reattempt::any_error)]
    fn call(&self) -> Option<()> {
        None
    }
}

fn main() {
    let _ = Client.call();
}
