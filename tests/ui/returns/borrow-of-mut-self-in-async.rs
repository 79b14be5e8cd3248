struct Cache(Vec<u8>);

impl Cache {
    #[reattempt::retry(on = reattempt::any_error)]
    async fn call(&mut self) -> Option<&u8> {
        self.0.last()
    }
}

fn main() {}
