//! Retries that are capped or switched off: in tests by the thread, at run time by the site.

use crate::support::runs::Runs;
use reattempt::{RetryError, Site, StopReason, any_error, retry, site, sites, testing};
use std::thread;

#[retry(strategy = "immediate", max = 5, on = any_error)]
fn call(runs: &Runs) -> Result<(), RetryError<()>> {
    runs.next();
    Err(())
}

/// Returns the result of a call, and the number of runs.
fn ending() -> (StopReason, u32) {
    let runs = Runs::new();
    (call(&runs).unwrap_err().reason(), runs.count())
}

#[test]
fn a_test_caps_the_attempts_of_its_thread() {
    assert_eq!(ending(), (StopReason::MaxAttempts, 5));
    let capped = testing::limit_attempts(2);
    assert_eq!(ending(), (StopReason::MaxAttempts, 2));
    assert_eq!(thread::spawn(ending).join().unwrap(), (StopReason::MaxAttempts, 5));
    {
        let _inner = testing::limit_attempts(7);
        assert_eq!(ending(), (StopReason::MaxAttempts, 5), "a policy that says less stays");
        let _off = testing::disable_retries();
        assert_eq!(ending(), (StopReason::Disabled, 1));
    }
    assert_eq!(ending(), (StopReason::MaxAttempts, 2));
    drop(capped);
    assert_eq!(ending(), (StopReason::MaxAttempts, 5));
}

#[test]
fn the_first_attempt_always_runs() {
    let _none = testing::limit_attempts(0);
    assert_eq!(ending(), (StopReason::MaxAttempts, 1));
}

#[test]
fn guards_may_be_dropped_in_any_order() {
    let first = testing::limit_attempts(2);
    let second = testing::limit_attempts(3);
    drop(first);
    assert_eq!(ending().1, 3);
    drop(second);
    assert_eq!(ending().1, 5);
}

#[test]
fn a_permanent_failure_stays_one() {
    #[retry(on = |()| false)]
    fn call() -> Result<(), RetryError<()>> {
        Err(())
    }
    let _off = testing::disable_retries();
    assert_eq!(call().unwrap_err().reason(), StopReason::Permanent);
}

/// Returns the sites of that name.
fn named(name: &str) -> Vec<&'static Site> {
    sites().filter(|site| site.name() == name).collect()
}

#[test]
fn a_site_is_switched_by_itself_and_by_its_name() {
    #[retry(strategy = "immediate", max = 5, name = "disabled.one", on = any_error)]
    fn one(runs: &Runs) -> Result<(), RetryError<()>> {
        runs.next();
        Err(())
    }
    let ending = || {
        let runs = Runs::new();
        (one(&runs).unwrap_err().reason(), runs.count())
    };
    assert_eq!(named("disabled.one").len(), 0, "a site is listed after its first failure");
    assert_eq!(ending(), (StopReason::MaxAttempts, 5));
    let [site] = named("disabled.one")[..] else { panic!("listed once") };
    site.disable();
    assert_eq!(ending(), (StopReason::Disabled, 1));
    site.limit(2);
    assert_eq!(ending(), (StopReason::MaxAttempts, 2));
    site.limit(9);
    assert_eq!(ending(), (StopReason::MaxAttempts, 5));
    assert_eq!(site::limit("disabled.one", 3), 1);
    assert_eq!(ending(), (StopReason::MaxAttempts, 3));
    assert_eq!(site::restore("disabled.one"), 1);
    assert_eq!(ending(), (StopReason::MaxAttempts, 5));
    assert_eq!(named("disabled.one").len(), 1);
}

#[test]
fn a_name_is_switched_for_sites_that_are_listed_later() {
    macro_rules! numbered {
        ($($name:ident)*) => {
            $(
                #[retry(strategy = "immediate", max = 5, name = "disabled.later", on = any_error)]
                fn $name(runs: &Runs) -> Option<()> {
                    runs.next();
                    None
                }
            )*
        };
    }
    numbered! { first second }
    let runs = Runs::new();
    assert_eq!(site::disable("disabled.later"), 0);
    first(&runs);
    assert_eq!(runs.count(), 1);
    assert_eq!(site::limit("disabled.later", 2), 1);
    second(&runs);
    assert_eq!(runs.count(), 3);
    assert_eq!(site::restore("disabled.later"), 2);
    first(&runs);
    second(&runs);
    assert_eq!(runs.count(), 13);
    assert_eq!(site::disable("disabled.nobody"), 0);
}

#[test]
fn a_switch_acts_on_a_call_under_way() {
    #[retry(strategy = "immediate", max = 50, name = "disabled.under_way", on = any_error)]
    fn call(runs: &Runs) -> Result<(), RetryError<()>> {
        if runs.next() == 3 {
            site::disable("disabled.under_way");
        }
        Err(())
    }
    let runs = Runs::new();
    assert_eq!(call(&runs).unwrap_err().reason(), StopReason::Disabled);
    assert_eq!(runs.count(), 3);
    site::restore("disabled.under_way");
}

#[test]
fn a_site_counts_what_happened() {
    #[retry(strategy = "immediate", max = 3, name = "disabled.counted", on = |()| is_transient)]
    fn call(runs: &Runs, good: u32, is_transient: bool) -> Result<u32, ()> {
        let run = runs.next();
        if run >= good { Ok(run) } else { Err(()) }
    }
    for good in [1, 2, 3, 9] {
        let _ = call(&Runs::new(), good, true);
    }
    let _ = call(&Runs::new(), 9, false);
    let [site] = named("disabled.counted")[..] else { panic!("listed once") };
    let counts = site.counts();
    assert_eq!((counts.retried_calls, counts.retries, counts.recovered), (3, 5, 2));
    assert_eq!(counts.gave_up(StopReason::MaxAttempts), 1);
    assert_eq!(counts.gave_up(StopReason::Permanent), 1);
    assert_eq!(counts.gave_up(StopReason::Deadline), 0);
    assert!(site.file().ends_with("disabled_retries.rs"));
    assert_eq!(site.policy().to_string(), "at most 3 attempts, no delay");
}

#[test]
fn sites_that_fail_first_at_the_same_time_are_all_listed_once() {
    macro_rules! each {
        ($($name:ident)*) => {
            $(
                #[retry(strategy = "immediate", max = 2, name = "disabled.crowd", on = any_error)]
                fn $name() -> Option<()> {
                    None
                }
            )*
            thread::scope(|scope| {
                for _ in 0..4 {
                    $( scope.spawn(|| { $name(); }); )*
                }
            });
        };
    }
    each! { a b c d e f g h }
    assert_eq!(named("disabled.crowd").len(), 8);
}
