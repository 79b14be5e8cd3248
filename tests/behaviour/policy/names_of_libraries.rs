//! What messages tell users of other libraries to write compiles, each with a body that runs once.

use crate::support::runs::Runs;
use reattempt::{Backoff, RetryError, Retrying};
use std::time::Duration;

const CAP: Duration = Duration::from_secs(20);

struct Own;

impl Backoff for Own {
    fn delay(&self, _retry: u32, _previous: Duration, _unit: f64) -> Duration {
        CAP
    }
}

#[derive(Debug)]
enum Error {
    Busy,
    Lost,
}

fn is_transient(_: &Error) -> bool {
    true
}

fn is_permanent(_: &Error) -> bool {
    false
}

fn is_not_ready(count: &u32) -> bool {
    *count == 0
}

fn log_it<T>(_: &Retrying<'_, Error, T>) {}

fn from_the_cache(_: RetryError<Error>) -> Result<u32, Error> {
    Err(Error::Lost)
}

macro_rules! names {
    (@call (on = $($keys:tt)+)) => {
        #[reattempt::retry(on = $($keys)+)]
        fn call(runs: &Runs) -> Result<u32, Error> {
            match runs.next() {
                0 => Err(Error::Busy),
                run => Ok(run),
            }
        }
    };
    (@call ($($keys:tt)+)) => {
        names!(@call (on = is_transient, $($keys)+));
    };
    ($($library:ident { $($written:tt => $advice:tt;)* })*) => {
        $(
            #[test]
            fn $library() {
                $({
                    names!(@call $advice);
                    let runs = Runs::default();
                    assert_eq!(call(&runs).expect("the first attempt succeeds"), 1, "{}", stringify!($advice));
                })*
            }
        )*
    };
}

include!("../../../retry-macros/src/tests/names_of_libraries.rs");
