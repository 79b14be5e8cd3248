#[reattempt::retry(clone(a), clone(b), on = reattempt::any_error)]
fn call(a: String, b: String) -> Option<(String, String)> {
    Some((a, b))
}

fn main() {}
