struct Counter(u32);

impl Counter {
    #[reattempt::retry(on = reattempt::any_error)]
    fn call(mut self) -> Option<u32> {
        self.0 += 1;
        Some(self.0)
    }
}

fn main() {}
