#[reattempt::retry(on = std::io::ErrorKind::TimedOut | std::io::ErrorKind::Interrupted)]
fn call() -> std::io::Result<()> {
    unimplemented!()
}

fn main() {}
