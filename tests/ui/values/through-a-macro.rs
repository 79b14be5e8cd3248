macro_rules! retried {
    ($max:expr, $base:literal, $first:expr) => {
        #[reattempt::retry(max = $max, base = $base, on = reattempt::any_error)]
        fn call() -> Option<u32> {
            None
        }

        #[reattempt::retry(strategy = [$first, "1s"], on = reattempt::any_error)]
        fn listed() -> Option<u32> {
            None
        }
    };
}

retried!("three", "5 parsecs", 7);

fn main() {}
