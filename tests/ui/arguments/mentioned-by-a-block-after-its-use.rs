//@ E0277 | each attempt needs a value of its own for this `mut` argument, and `Vec<u8>` is not `Copy` | list
use std::future::Future;

#[reattempt::retry(on = reattempt::any_error)]
fn call(mut list: Vec<u8>) -> impl Future<Output = Option<u8>> {
    list.sort_unstable();
    let last = list.pop();
    drop(list);
    async move { if let Some(list) = last { Some(list) } else { None } }
}

fn main() {}
