//@ E0507 | cannot move out of `self` which is behind a mutable reference | self.0
//@ E0382 | use of moved value: `self` | call(&mut self) -> Option<String>
struct Ticket(String);

impl Ticket {
    #[reattempt::retry(on = reattempt::any_error)]
    fn call(&mut self) -> Option<String> {
        Some(self.0)
    }
}

fn main() {
    let _ = Ticket::call;
}
