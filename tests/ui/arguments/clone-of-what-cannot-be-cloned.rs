//@ E0277 | the trait bound `Ticket: Clone` is not satisfied | ticket
struct Ticket;

#[reattempt::retry(on = reattempt::any_error, clone(ticket))]
fn call(ticket: Ticket) -> Option<Ticket> {
    Some(ticket)
}

fn main() {}
