struct Client {
    payload: String,
}

impl Client {
    #[reattempt::retry(clone(self.payload), on = reattempt::any_error)]
    fn call(self) -> Option<String> {
        Some(self.payload)
    }
}

fn main() {}
