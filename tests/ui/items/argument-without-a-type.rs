//@ - | expected type, found `)` | )
#[reattempt::retry(on = reattempt::any_error)]
fn call(number: ) -> Option<u32> {
    None
}

fn main() {}
