struct Ticket(String);

impl Ticket {
    #[reattempt::retry(on = reattempt::any_error)]
    fn call(self) -> Option<String> {
        Some(self.0)
    }
}

fn main() {}
