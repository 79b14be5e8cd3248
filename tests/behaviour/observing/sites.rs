//! Sites: their counts, their list, and how they are disabled.

use super::events::{Told, told};
use reattempt::{
    Budget, CircuitBreaker, RetryError, Site, SiteCounts, StopReason, Verdict, any_error, retry, site, sites, testing,
};
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Returns the only site of a name, of those that have had a failure.
#[track_caller]
fn find(name: &str) -> &'static Site {
    let found: Vec<_> = sites().filter(|site| site.name() == name).collect();
    assert_eq!(found.len(), 1, "{name}");
    found[0]
}

fn verdict(error: &Verdict) -> Verdict {
    *error
}

/// Counts of the given retried calls, retries and recoveries, and nothing given up; compare field by field where something was.
#[track_caller]
fn check(name: &str, retried_calls: u64, retries: u64, recovered: u64, gave_up: &[(StopReason, u64)]) {
    let counts: SiteCounts = find(name).counts();
    assert_eq!((counts.retried_calls, counts.retries, counts.recovered), (retried_calls, retries, recovered));
    for reason in [
        StopReason::Permanent,
        StopReason::MaxAttempts,
        StopReason::Deadline,
        StopReason::HintTooLong,
        StopReason::Budget,
        StopReason::BreakerOpen,
        StopReason::Disabled,
    ] {
        let expected = gave_up.iter().find(|(given, _)| *given == reason).map_or(0, |(_, count)| *count);
        assert_eq!(counts.gave_up(reason), expected, "{reason:?}");
    }
}

#[test]
fn a_site_counts_retries_recoveries_and_ends_by_their_reason() {
    const NAME: &str = "sites.counts";
    #[retry(name = NAME, strategy = "constant", base = "1s", max = 3, deadline = "10s", max_hint = "8s", budget = budget, breaker = breaker, on = verdict)]
    fn call(
        script: &[Result<(), Verdict>],
        run: &mut usize,
        budget: &Budget,
        breaker: &CircuitBreaker,
    ) -> Result<(), RetryError<Verdict>> {
        *run += 1;
        script[*run - 1]
    }
    let _paused = testing::pause();
    let budget = Budget::builder().capacity(100).initial(100).reserve(0.0).build().unwrap();
    let spent = Budget::builder().capacity(100).initial(0).reserve(0.0).build().unwrap();
    let breaker = CircuitBreaker::consecutive(100);
    let run = |script: &[Result<(), Verdict>]| call(script, &mut 0, &budget, &breaker).map_err(|error| error.reason());
    let (fails, stops) = (Err(Verdict::Retry), Err(Verdict::Stop));

    // A call that succeeds at once is not counted, and does not add the site to the list.
    assert_eq!(run(&[Ok(())]), Ok(()));
    assert!(sites().all(|site| site.name() != NAME));
    assert_eq!(run(&[stops]), Err(StopReason::Permanent));
    check(NAME, 0, 0, 0, &[(StopReason::Permanent, 1)]);
    assert_eq!(run(&[fails, fails, Ok(())]), Ok(()));
    check(NAME, 1, 2, 1, &[(StopReason::Permanent, 1)]);
    assert_eq!(run(&[fails, stops]), Err(StopReason::Permanent));
    check(NAME, 2, 3, 1, &[(StopReason::Permanent, 2)]);
    assert_eq!(run(&[fails, fails, fails]), Err(StopReason::MaxAttempts));
    assert_eq!(run(&[Err(Verdict::RetryAfter(9 * SECOND))]), Err(StopReason::HintTooLong));
    let hinted = Err(Verdict::RetryAfter(7 * SECOND));
    assert_eq!(run(&[hinted, hinted]), Err(StopReason::Deadline));
    assert_eq!(call(&[fails], &mut 0, &spent, &breaker).map_err(|error| error.reason()), Err(StopReason::Budget));
    breaker.isolate();
    assert_eq!(run(&[]), Err(StopReason::BreakerOpen));
    breaker.reset();
    find(NAME).disable();
    assert_eq!(run(&[fails]), Err(StopReason::Disabled));
    find(NAME).restore();
    let ends = [
        (StopReason::Permanent, 2),
        (StopReason::MaxAttempts, 1),
        (StopReason::Deadline, 1),
        (StopReason::HintTooLong, 1),
        (StopReason::Budget, 1),
        (StopReason::BreakerOpen, 1),
        (StopReason::Disabled, 1),
    ];
    check(NAME, 4, 6, 1, &ends);
}

#[test]
fn counts_and_events_agree() {
    #[retry(name = "sites.agree", strategy = "immediate", max = 4, on = verdict)]
    fn call(left: &mut u32) -> Result<(), Verdict> {
        *left -= 1;
        match *left {
            0 => Ok(()),
            7 => Err(Verdict::Stop),
            _ => Err(Verdict::Retry),
        }
    }
    let ((), heard) = told(|| {
        for mut left in 1..12 {
            let _ = call(&mut left);
        }
    });
    let count = |is: fn(&Told) -> bool| u64::try_from(heard.iter().filter(|told| is(told)).count()).unwrap();
    let counts = find("sites.agree").counts();
    assert_eq!(counts.retries, count(|told| matches!(told, Told::Failed { .. })));
    assert_eq!(counts.retried_calls, count(|told| matches!(told, Told::Failed { attempt: 1, .. })));
    assert_eq!(counts.recovered, count(|told| matches!(told, Told::Recovered { .. })));
    assert_eq!(
        counts.gave_up(StopReason::Permanent),
        count(|told| matches!(told, Told::GaveUp { reason: StopReason::Permanent, .. }))
    );
    assert_eq!(
        counts.gave_up(StopReason::MaxAttempts),
        count(|told| matches!(told, Told::GaveUp { reason: StopReason::MaxAttempts, .. }))
    );
    assert!(counts.retries > 0 && counts.recovered > 0 && counts.gave_up(StopReason::Permanent) > 0);
}

#[test]
fn a_site_knows_its_place_and_its_policy() {
    #[retry(name = "sites.place", strategy = "immediate", max = 7, on = any_error)]
    fn call() -> Option<()> {
        None
    }
    let line = line!() - 4;
    assert_eq!(call(), None);
    let site = find("sites.place");
    assert!(site.file().ends_with("observing/sites.rs"), "{}", site.file());
    assert_eq!((site.line(), site.policy().max().map(u32::from)), (line, Some(7)));
    assert_eq!(site.to_string(), format!("`sites.place` ({}:{line})", site.file()));
}

/// A site that is made at its first failure, and one that is a static.
#[test]
fn its_line_is_the_attributes_wherever_the_rest_stands() {
    const MAX: u32 = 2;
    macro_rules! calls {
        ($late:literal, $constant:literal) => {{
            #[retry(name = $late, strategy = "immediate", max = 2, on = any_error)]
            fn late() -> Option<()> {
                None
            }
            #[retry(name = $constant, strategy = "immediate", max = MAX, on = any_error)]
            fn constant() -> Option<()> {
                None
            }
            let _ = (late(), constant());
        }};
    }
    #[retry(name = "sites.lines.late", strategy = "immediate", max = 2, on = any_error)]
    fn late(
        _: u32,
    ) -> Option<
        u32, //
    > {
        None
    }
    #[retry(name = "sites.lines.constant", strategy = "immediate", max = MAX, on = any_error)]
    fn constant(
        _: u32,
    ) -> Option<
        u32, //
    > {
        None
    }
    let line = line!();
    let _ = (late(1), constant(1));
    assert_eq!(find("sites.lines.late").line(), line - 16);
    assert_eq!(find("sites.lines.constant").line(), line - 8);
    let line = line!() + 1;
    calls!("sites.lines.made.late", "sites.lines.made.constant");
    assert_eq!(find("sites.lines.made.late").line(), line);
    assert_eq!(find("sites.lines.made.constant").line(), line);
}

/// Returns the attempts and the reason of a call that fails again and again.
fn ended(call: fn() -> Result<(), RetryError<u8>>) -> (u32, StopReason) {
    let error = call().unwrap_err();
    (error.attempts(), error.reason())
}

#[test]
fn a_name_that_is_disabled_before_its_first_failure_stays_so() {
    #[retry(name = "sites.early", strategy = "immediate", max = 5, on = any_error)]
    fn call() -> Result<(), RetryError<u8>> {
        Err(1)
    }
    // No site of that name is known yet.
    assert_eq!(site::disable("sites.early"), 0);
    assert_eq!(ended(call), (1, StopReason::Disabled));
    assert_eq!(site::restore("sites.early"), 1);
    assert_eq!(ended(call), (5, StopReason::MaxAttempts));
}

#[test]
fn switches_act_at_once_and_are_taken_back() {
    #[retry(name = "sites.switched", strategy = "immediate", max = 5, on = any_error)]
    fn call() -> Result<(), RetryError<u8>> {
        Err(1)
    }
    assert_eq!(ended(call), (5, StopReason::MaxAttempts));
    assert_eq!(site::disable("sites.switched"), 1);
    assert_eq!(ended(call), (1, StopReason::Disabled));
    assert_eq!(site::limit("sites.switched", 3), 1);
    assert_eq!(ended(call), (3, StopReason::MaxAttempts));
    // The policy's own number is the most; none at all is as disabled.
    assert_eq!(site::limit("sites.switched", 9), 1);
    assert_eq!(ended(call), (5, StopReason::MaxAttempts));
    assert_eq!(site::limit("sites.switched", 0), 1);
    assert_eq!(ended(call), (1, StopReason::Disabled));
    assert_eq!(site::restore("sites.switched"), 1);
    assert_eq!(ended(call), (5, StopReason::MaxAttempts));
    let site = find("sites.switched");
    site.limit(2);
    assert_eq!(ended(call), (2, StopReason::MaxAttempts));
    site.disable();
    assert_eq!(ended(call), (1, StopReason::Disabled));
    site.restore();
    assert_eq!(ended(call), (5, StopReason::MaxAttempts));
}

#[test]
fn a_permanent_failure_of_a_disabled_site_is_permanent() {
    #[retry(name = "sites.permanent", strategy = "immediate", on = verdict)]
    fn call(failure: Verdict) -> Result<(), RetryError<Verdict>> {
        Err(failure)
    }
    let reason = |failure| call(failure).unwrap_err().reason();
    reason(Verdict::Stop);
    site::disable("sites.permanent");
    assert_eq!(reason(Verdict::Stop), StopReason::Permanent);
    assert_eq!(reason(Verdict::Retry), StopReason::Disabled);
}

#[test]
fn a_call_that_sleeps_is_ended_by_the_switch() {
    #[retry(name = "sites.sleeping", strategy = ["1s"], max = 9, on = any_error, sleep = |_| { site::disable("sites.sleeping"); })]
    fn call() -> Result<(), RetryError<u8>> {
        Err(1)
    }
    assert_eq!(ended(call), (2, StopReason::Disabled));
}

#[test]
fn one_name_is_all_sites_of_that_name_and_no_other() {
    #[retry(name = "sites.twin", strategy = "immediate", on = any_error)]
    fn one() -> Result<(), RetryError<u8>> {
        Err(1)
    }
    #[retry(name = "sites.twin", strategy = "immediate", on = any_error)]
    fn two() -> Result<(), RetryError<u8>> {
        Err(1)
    }
    #[retry(name = "sites.twin.not", strategy = "immediate", on = any_error)]
    fn other() -> Result<(), RetryError<u8>> {
        Err(1)
    }
    for call in [one, two, other] {
        call().unwrap_err();
    }
    assert_eq!(site::disable("sites.twin"), 2);
    assert_eq!([one, two, other].map(|call| ended(call).0), [1, 1, 3]);
    assert_eq!(site::restore("sites.twin"), 2);
    assert_eq!([one, two, other].map(|call| ended(call).0), [3, 3, 3]);
}

/// Makes as many sites as there are names, and a list of them.
macro_rules! sites {
    ($list:ident: $($name:literal)*) => {
        const $list: &[fn() -> Result<(), RetryError<u8>>] = &[$({
            #[retry(name = $name, strategy = "immediate", on = any_error)]
            fn call() -> Result<(), RetryError<u8>> {
                Err(1)
            }
            call
        }),*];
    };
}

#[test]
fn sites_that_fail_together_are_each_listed_once() {
    sites!(CALLS:
        "joining.a" "joining.b" "joining.c" "joining.d" "joining.e" "joining.f" "joining.g" "joining.h" "joining.i"
        "joining.j" "joining.k" "joining.l" "joining.m" "joining.n" "joining.o" "joining.p" "joining.q" "joining.r"
        "joining.s" "joining.t" "joining.u" "joining.v" "joining.w" "joining.x" "joining.y" "joining.z"
    );
    const THREADS: u32 = 8;
    let ready = Barrier::new(8);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for call in CALLS {
                    // All threads have the first failure of the same site together.
                    ready.wait();
                    call().unwrap_err();
                }
            });
        }
    });
    // A site that was listed twice could follow itself for ever.
    let mut names: Vec<_> = sites().take(10_000).map(Site::name).filter(|name| name.starts_with("joining.")).collect();
    names.sort_unstable();
    let expected: Vec<_> = ('a'..='z').map(|letter| format!("joining.{letter}")).collect();
    assert_eq!(names, expected);
    for name in names {
        let calls = u64::from(THREADS);
        check(name, calls, 2 * calls, 0, &[(StopReason::MaxAttempts, calls)]);
    }
}

#[test]
fn a_switch_misses_no_site_that_joins_at_the_same_time() {
    sites!(CALLS: "racing" "racing" "racing" "racing" "racing" "racing" "racing" "racing");
    let ready = Barrier::new(CALLS.len() + 1);
    thread::scope(|scope| {
        for call in CALLS {
            let ready = &ready;
            scope.spawn(move || {
                ready.wait();
                call().unwrap_err();
            });
        }
        ready.wait();
        site::disable("racing");
    });
    assert_eq!(CALLS.iter().map(|call| ended(*call)).collect::<Vec<_>>(), [(1, StopReason::Disabled); 8]);
    assert_eq!(site::restore("racing"), CALLS.len());
}
