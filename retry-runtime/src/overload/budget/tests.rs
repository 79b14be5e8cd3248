use super::*;
#[cfg(feature = "test-util")]
use core::time::Duration;
use std::sync::atomic::AtomicU32;
use std::thread;

/// Makes a budget without a reserve.
fn bare(ratio: f64, initial: u32) -> Budget {
    Budget::new().ratio(ratio).reserve(0.0).initial(initial)
}

const NO_RESERVE: Rates = Rates { ratio: 100, capacity: 100_000, reserve: 0, initial: 0 };
const ONE_A_SECOND: Rates = Rates { reserve: 1_000, ..NO_RESERVE };

mod deposits {
    use super::*;

    #[test]
    fn fractions_are_exact_over_ten_thousand_calls() {
        for (ratio, expected) in [(0.001, 10), (0.1, 1_000), (0.3, 3_000), (0.6, 6_000), (0.7, 7_000), (1.0, 10_000)] {
            let budget = bare(ratio, 0);
            let mut retries = 0_u32;
            for _ in 0..10_000 {
                budget.deposit();
                retries += u32::from(budget.withdraw());
            }
            assert!(retries.abs_diff(expected) <= 1, "{ratio} paid {retries}");
        }
    }

    #[test]
    fn a_full_bucket_stays_as_it_is() {
        let budget = bare(0.5, 100);
        let before = budget.word.load(Ordering::Relaxed);
        budget.deposit();
        budget.refund();
        assert_eq!(budget.word.load(Ordering::Relaxed), before);
        assert_eq!(budget.balance(), 100);
    }

    #[test]
    fn the_capacity_is_never_passed() {
        let budget = Budget::new().ratio(0.7).capacity(1).reserve(0.0).initial(0);
        budget.deposit();
        assert_eq!(budget.balance_milli(), 700);
        budget.deposit();
        assert_eq!(budget.balance_milli(), 1_000);
        assert!(budget.withdraw());
        assert!(!budget.withdraw());
        assert_eq!(budget.balance_milli(), 0);
    }

    #[test]
    fn a_refund_gives_the_whole_token_back() {
        let budget = bare(0.1, 3);
        assert!(budget.withdraw());
        assert_eq!(budget.balance(), 2);
        budget.refund();
        assert_eq!(budget.balance(), 3);
    }

    #[test]
    fn a_part_of_a_token_pays_nothing() {
        let budget = bare(0.999, 0);
        budget.deposit();
        assert!(!budget.withdraw());
        assert_eq!((budget.balance(), budget.balance_milli()), (0, 999));
    }
}

mod reserve {
    use super::*;

    const DRAINED: Fill = Fill { milli: 0, credited: 1_000 };

    #[test]
    fn it_brings_in_what_it_says_and_no_more_than_fits() {
        assert_eq!(DRAINED.at(&ONE_A_SECOND, 1_999).milli, 999);
        assert_eq!(DRAINED.at(&ONE_A_SECOND, 2_000).milli, 1_000);
        assert_eq!(DRAINED.at(&ONE_A_SECOND, u64::MAX).milli, ONE_A_SECOND.capacity);
        assert_eq!(DRAINED.at(&NO_RESERVE, 2_000).milli, 0);
    }

    #[test]
    fn nothing_is_lost_to_rounding_however_often_it_is_asked() {
        // 7 thousandths of a token per second: none of these steps brings in a whole one.
        let rates = Rates { reserve: 7, ..NO_RESERVE };
        let mut fill = Fill { milli: 0, credited: 1 };
        for now in (1..=1_000_001).step_by(13) {
            fill = fill.at(&rates, now);
        }
        assert_eq!(fill, Fill { milli: 7_000, credited: 1_000_000 });
    }

    #[test]
    fn a_clock_that_is_behind_credits_nothing_and_is_not_noted() {
        assert_eq!(DRAINED.at(&ONE_A_SECOND, 500), DRAINED);
        assert_eq!(DRAINED.at(&ONE_A_SECOND, 1_000), DRAINED);
    }

    #[test]
    fn it_begins_with_the_first_withdrawal() {
        let budget = Budget::new().reserve(1.0).initial(0);
        assert!(!budget.withdraw_at(50_000), "the time before counts nothing");
        assert!(!budget.withdraw_at(50_999));
        assert!(budget.withdraw_at(51_000));
        assert!(!budget.withdraw_at(51_001));
    }

    #[test]
    fn a_process_that_runs_for_ever_does_not_overflow_it() {
        let rates = Rates { reserve: 10_000_000, capacity: 10_000_000, ..NO_RESERVE };
        let late = DRAINED.at(&rates, u64::MAX);
        assert_eq!(late, Fill { milli: 10_000_000, credited: Fill::LATEST });
        assert_eq!(Fill::unpack(late.pack()), late);
        assert_eq!(late.at(&rates, u64::MAX), late);
    }

    #[test]
    fn a_refusal_writes_nothing_once_it_has_begun() {
        let budget = Budget::new().reserve(1.0).initial(0);
        budget.withdraw_at(1_000);
        let before = budget.word.load(Ordering::Relaxed);
        assert!(!budget.withdraw_at(1_500));
        assert_eq!(budget.word.load(Ordering::Relaxed), before);
    }

    #[cfg(feature = "test-util")]
    #[test]
    fn it_follows_the_clock_and_a_reset_forgets_it() {
        let time = crate::time::testing::pause();
        let budget = Budget::new().capacity(10).reserve(2.0).initial(1);
        assert!(budget.withdraw());
        assert!(!budget.withdraw());
        time.advance(Duration::from_millis(500));
        assert_eq!(budget.balance(), 1);
        assert!(budget.withdraw());
        assert!(!budget.withdraw());
        time.advance(Duration::from_secs(3_600));
        assert_eq!(budget.balance(), 10);
        budget.reset();
        assert_eq!(budget.balance(), 1);
    }

    #[cfg(feature = "test-util")]
    #[test]
    fn only_a_withdrawal_and_a_look_read_the_clock_and_none_without_a_reserve() {
        let _forbidden = crate::time::testing::forbid();
        let budget = Budget::new().initial(5);
        budget.deposit();
        budget.refund();
        budget.reset();
        let budget = bare(0.1, 5);
        assert!(budget.withdraw());
        assert_eq!(budget.balance(), 4);
    }
}

#[cfg(feature = "test-util")]
mod overload {
    use super::*;
    use crate::time::testing;

    #[test]
    fn with_everything_failing_retries_are_the_first_fill_and_the_reserve() {
        let time = testing::pause();
        let budget = Budget::new();
        let mut retries = 0;
        for _ in 0..10_000 {
            // Each call asks for two retries, and takes a hundredth of a second.
            retries += u32::from(budget.withdraw()) + u32::from(budget.withdraw());
            time.advance(Duration::from_millis(10));
        }
        // 100 seconds at one token a second.
        assert!((199..=200).contains(&retries), "{retries} retries");
    }

    #[test]
    fn retries_come_back_without_a_restart_after_the_bucket_was_drained() {
        let time = testing::pause();
        for reserve in [0.0, 1.0] {
            let budget = Budget::new().reserve(reserve);
            while budget.withdraw() {}
            for _ in 0..100 {
                assert!(!budget.withdraw());
            }
            for _ in 0..1_000 {
                budget.deposit();
            }
            assert_eq!(budget.balance(), 100, "successes fill it");
        }
        let budget = Budget::new();
        while budget.withdraw() {}
        time.advance(Duration::from_secs(5));
        assert_eq!(budget.balance(), 5, "the reserve fills it without a success");
    }

    #[test]
    fn load_settles_where_successes_pay_for_it() {
        testing::seed(1);
        for ratio in [0.1, 0.2] {
            for failing in [0.2, 0.3, 0.5, 0.8, 1.0] {
                let budget = bare(ratio, 100);
                let random = crate::time::rng::draw;
                let fails = || reattempt_policy::jitter::unit(random()) < failing;
                let (mut calls, mut attempts) = (0.0, 0.0);
                for call in 0..220_000 {
                    // The first calls spend the first fill.
                    let is_counted = call >= 20_000;
                    calls += f64::from(u8::from(is_counted));
                    loop {
                        attempts += f64::from(u8::from(is_counted));
                        if !fails() {
                            budget.deposit();
                            break;
                        }
                        if !budget.withdraw() {
                            break;
                        }
                    }
                }
                let (found, expected) = (attempts / calls, 1.0 / (1.0 - ratio * (1.0 - failing)));
                assert!((found / expected - 1.0).abs() < 0.02, "{ratio}, {failing}: {found}, not {expected}");
            }
        }
    }
}

mod threads {
    use super::*;

    #[test]
    fn threads_that_withdraw_share_what_there_is() {
        let budget = bare(0.1, 100);
        let paid = AtomicU32::new(0);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        paid.fetch_add(u32::from(budget.withdraw()), Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(paid.into_inner(), 100);
        assert_eq!(budget.balance_milli(), 0);
    }

    #[test]
    fn no_deposit_is_lost() {
        let budget = Budget::new().ratio(0.001).capacity(10).reserve(0.0).initial(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..1_000 {
                        budget.deposit();
                    }
                });
            }
        });
        assert_eq!(budget.balance_milli(), 4_000);
    }
}

mod settings {
    use super::*;
    use std::panic;

    static STATIC: Budget = Budget::new().ratio(0.2).capacity(50).reserve(0.5).initial(10);

    #[test]
    fn a_static_is_made_at_compile_time() {
        assert_eq!(STATIC.balance(), 10);
        let text = format!("{STATIC:?}");
        assert!(text.starts_with("Budget { balance_milli: 10000, ratio: 0.2, capacity: 50"), "{text}");
    }

    #[test]
    fn the_defaults_are_what_is_documented() {
        let rates = Budget::default().rates;
        assert_eq!((rates.ratio, rates.capacity, rates.reserve, rates.initial), (100, 100_000, 1_000, 100_000));
    }

    #[test]
    fn a_bad_setting_is_an_error_at_run_time_and_a_panic_in_a_static() {
        type Make = fn() -> Budget;
        let builder = Budget::builder;
        let cases: &[(BudgetBuilder, Make, &str, &str)] = &[
            (builder().ratio(0.0), || Budget::new().ratio(0.0), "`ratio` is 0,", "between 0.001 and 1"),
            (builder().ratio(0.000_9), || Budget::new().ratio(0.000_9), "`ratio` is 0.0009,", "between 0.001 and 1"),
            (builder().ratio(1.001), || Budget::new().ratio(1.001), "`ratio` is 1.001,", "between 0.001 and 1"),
            (builder().ratio(-0.1), || Budget::new().ratio(-0.1), "`ratio` is -0.1,", "between 0.001 and 1"),
            (builder().ratio(f64::NAN), || Budget::new().ratio(f64::NAN), "`ratio` is NaN,", "between 0.001 and 1"),
            (builder().capacity(0), || Budget::new().capacity(0), "`capacity` is 0,", "between 1 and 10000"),
            (
                builder().capacity(10_001),
                || Budget::new().capacity(10_001),
                "`capacity` is 10001,",
                "between 1 and 10000",
            ),
            (builder().reserve(-1.0), || Budget::new().reserve(-1.0), "`reserve` is -1,", "0.001 and 10000"),
            (builder().reserve(0.000_4), || Budget::new().reserve(0.000_4), "`reserve` is 0.0004,", "0.001 and 10000"),
            (builder().reserve(10_001.0), || Budget::new().reserve(10_001.0), "`reserve` is 10001,", "0.001 and 10000"),
            (builder().reserve(f64::NAN), || Budget::new().reserve(f64::NAN), "`reserve` is NaN,", "0.001 and 10000"),
            (builder().reserve(f64::INFINITY), || Budget::new().reserve(f64::INFINITY), "`reserve` is inf,", "10000"),
            (builder().initial(101), || Budget::new().initial(101), "`initial` (101)", "above `capacity`"),
            (
                builder().initial(60).capacity(50),
                || Budget::new().initial(60).capacity(50),
                "`initial` (60) is above `capacity` (50)",
                "above `capacity`",
            ),
        ];
        for (builder, make, with_value, both) in cases {
            let error = builder.build().expect_err(with_value).to_string();
            assert!(error.contains(with_value) && error.contains(both), "{error}");
            let payload = panic::catch_unwind(*make).expect_err(with_value);
            let message = payload.downcast_ref::<String>().expect("a text");
            let key = with_value.split_inclusive('`').take(2).collect::<String>();
            assert!(message.starts_with(&key) && message.contains(both), "{message}");
        }
    }

    #[test]
    fn fractions_are_rounded_to_thousandths_and_not_cut() {
        // 1.001 times 1000 is a little less than 1001 in binary fractions.
        assert_eq!(Budget::new().reserve(1.001).rates.reserve, 1_001);
        assert_eq!(Budget::new().ratio(0.123_6).rates.ratio, 124);
        assert_eq!(Budget::new().ratio(0.123_4).rates.ratio, 123);
    }

    #[test]
    fn the_ends_of_each_range_are_inside() {
        let builders = [
            Budget::builder().ratio(0.001),
            Budget::builder().ratio(1.0),
            Budget::builder().capacity(1),
            Budget::builder().capacity(10_000),
            Budget::builder().reserve(0.0),
            Budget::builder().reserve(0.001),
            Budget::builder().reserve(10_000.0),
            Budget::builder().initial(0),
            Budget::builder().initial(200).capacity(200),
        ];
        for builder in builders {
            let budget = builder.build().expect("all in range");
            assert_eq!(budget.balance(), builder.initial.unwrap_or(builder.capacity));
        }
    }
}
