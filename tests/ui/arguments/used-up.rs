//@ E0382 | use of moved value: `payload` | call(payload: String) -> Option<String>
#[reattempt::retry(on = reattempt::any_error)]
fn call(payload: String) -> Option<String> {
    Some(payload)
}

fn main() {}
