#[reattempt::retry(on = std::io::Error)]
fn call() -> anyhow::Result<()> {
    unimplemented!()
}

fn main() {}
