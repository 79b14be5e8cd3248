struct Cache(Vec<u8>);

impl Cache {
    #[reattempt::retry(on = reattempt::any_error)]
    fn call(&mut self) -> Option<&u8> {
        self.0.push(1);
        self.0.last()
    }
}

fn main() {}
