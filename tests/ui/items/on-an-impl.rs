struct Client;

#[reattempt::retry(on = reattempt::any_error)]
impl Client {
    fn call(&self) -> Option<()> {
        None
    }
}

fn main() {}
