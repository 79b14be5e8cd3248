struct Ticket;

#[reattempt::retry(on = reattempt::any_error, clone(ticket))]
fn call(ticket: Ticket) -> Option<Ticket> {
    Some(ticket)
}

fn main() {}
