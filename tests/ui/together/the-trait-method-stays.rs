trait Call {
    fn call(&self) -> Option<u32>;
}

impl Call for u32 {
    #[reattempt::retry(max = 0, on = reattempt::any_error)]
    fn call(&self) -> Option<u32> {
        Some(*self)
    }
}

fn caller() -> Option<u32> {
    5.call()
}

fn main() {}
