struct Client;

impl Client {
    #[reattempt::retry(on = reattempt::any_error, clone(self))]
    fn call(&self) -> Option<()> {
        None
    }
}

fn main() {}
