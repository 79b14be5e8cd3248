#[reattempt::retry(error = String, on_value = |()| true)]
fn call() -> () {
    ()
}

fn main() {}
