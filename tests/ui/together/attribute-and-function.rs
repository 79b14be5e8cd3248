#[reattempt::retry(max = 0, base = "5s", cap = "1s", clone(x))]
const fn call(payload: String) -> Option<String> {
    Some(payload)
}

fn main() {}
