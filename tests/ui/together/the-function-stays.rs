#[reattempt::retry(maxx = 5, on = reattempt::any_error)]
fn call(payload: String) -> Option<String> {
    Some(payload)
}

fn caller() -> usize {
    call("still there".to_owned()).map_or(0, |text| text.len())
}

fn main() {}
