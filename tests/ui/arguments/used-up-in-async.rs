//@ E0382 | use of moved value: `payload` | call
#[reattempt::retry(on = reattempt::any_error)]
async fn call(payload: String) -> Option<String> {
    Some(payload)
}

fn main() {}
