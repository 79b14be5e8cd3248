enum Job {
    Pending,
}

#[reattempt::retry(on = reattempt::no_error, on_value = Job::Pending)]
fn call() -> Option<Job> {
    unimplemented!()
}

fn main() {}
