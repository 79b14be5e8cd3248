struct Mine;

#[reattempt::retry(error = String, on = reattempt::any_error)]
fn call() -> Result<(), Mine> {
    Err(String::new())
}

fn main() {}
