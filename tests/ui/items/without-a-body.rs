trait Client {
    #[reattempt::retry(on = reattempt::any_error)]
    fn call(&self) -> Option<()>;
}

fn main() {}
