use std::future::Future;

#[reattempt::retry(on = reattempt::any_error)]
fn call(mut count: u8, mut log: Vec<u8>) -> impl Future<Output = Result<u8, u8>> {
    macro_rules! next {
        () => {{
            count += 1;
            log.push(count);
            count
        }};
    }
    macro_rules! twice {
        () => {
            next!() + next!()
        };
    }
    async move { if twice!() < 3 { Err(count) } else { Ok(count) } }
}

fn main() {}
