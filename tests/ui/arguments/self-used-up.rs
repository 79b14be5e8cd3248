//@ E0382 | use of moved value: `self.0` | call(self) -> Option<String>
struct Ticket(String);

impl Ticket {
    #[reattempt::retry(on = reattempt::any_error)]
    fn call(self) -> Option<String> {
        Some(self.0)
    }
}

fn main() {}
