//! The engine: the failures that end a call and their reasons, the effect of hints, and that no sleep reaches the deadline.

use crate::generate::{LONGEST, Settings, config, durations, from_nanos, jitters, settings};
use proptest::strategy::{Just, Strategy as Generator};
use proptest::test_runner::TestCaseError;
use proptest::{bool, collection, num, option, prop_assert, prop_assert_eq, prop_oneof, proptest};
use retry_runtime::{Backoff, Policy, Session, Step, StopReason, Strategy, Verdict};
use std::cell::RefCell;
use std::time::Duration;

/// A failed attempt as the engine gets it, with the random bits that the engine may draw.
#[derive(Clone, Copy, Debug)]
struct Failed {
    verdict: Verdict,
    elapsed: Duration,
    bits: [u64; 3],
}

impl Failed {
    /// Passes the failure to a session. Returns its step and the number of random draws.
    fn tell(self, session: &mut Session, policy: &Policy) -> (Step, usize) {
        let mut left = self.bits.iter();
        let step = session
            .failed(policy, self.verdict, Some(self.elapsed), &mut || *left.next().expect("three draws are enough"));
        (step, self.bits.len() - left.len())
    }

    fn hint(self) -> Option<Duration> {
        match self.verdict {
            Verdict::RetryAfter(hint) => Some(hint),
            Verdict::Stop | Verdict::Retry | Verdict::RetryIn(_) => None,
        }
    }

    /// Returns the shortest and the longest sleep that rule R6 allows for a delay that the strategy computed.
    fn sleeps(self, computed: Duration) -> (Duration, Duration) {
        match self.verdict {
            Verdict::RetryAfter(hint) if hint > computed => (hint, hint.saturating_add(computed.max(hint / 10))),
            Verdict::RetryIn(delay) => (delay, delay),
            _ => (computed, computed),
        }
    }

    /// Returns the reason why the call must end before the delay is computed, if there is one.
    fn early_end(self, policy: &Policy, attempt: u32) -> Option<StopReason> {
        if self.verdict == Verdict::Stop {
            Some(StopReason::Permanent)
        } else if policy.max().is_some_and(|max| max.get() == attempt) {
            Some(StopReason::MaxAttempts)
        } else if self.hint().is_some_and(|hint| hint > policy.max_hint()) {
            Some(StopReason::HintTooLong)
        } else {
            None
        }
    }
}

fn verdicts() -> impl Generator<Value = Verdict> {
    prop_oneof![
        1 => Just(Verdict::Stop),
        6 => Just(Verdict::Retry),
        6 => durations().prop_map(Verdict::RetryAfter),
        3 => durations().prop_map(Verdict::RetryIn),
    ]
}

fn failures() -> impl Generator<Value = Vec<Failed>> {
    // A quarter of the words are extreme values.
    let word = |word: u64| match word % 8 {
        0 => 0,
        1 => u64::MAX,
        _ => word,
    };
    let failed = (verdicts(), durations(), num::u64::ANY, num::u64::ANY, num::u64::ANY).prop_map(
        move |(verdict, elapsed, first, second, third)| Failed {
            verdict,
            elapsed,
            bits: [first, second, third].map(word),
        },
    );
    collection::vec(failed, 1..16)
}

/// Adds limits to any settings: few attempts, many, or unlimited. A deadline that leaves no room for a retry is refused.
fn policies() -> impl Generator<Value = (Settings, Policy)> {
    let maxima = prop_oneof![(1_u32..9).prop_map(Some), Just(Some(u32::MAX)), Just(None)];
    (settings(), maxima, option::of(durations()), bool::ANY, option::of(durations())).prop_filter_map(
        "the deadline is too short",
        |(settings, max, deadline, is_final, max_hint)| {
            let mut builder = settings.builder();
            builder = match max {
                Some(max) => builder.max(max),
                None => builder.unlimited().deadline(Duration::MAX),
            };
            builder = deadline.map_or(builder, |deadline| builder.deadline(deadline).final_attempt(is_final));
            builder = max_hint.map_or(builder, |max_hint| builder.max_hint(max_hint));
            let policy = builder.build().ok()?;
            Some((settings, policy))
        },
    )
}

/// Nanoseconds as the session sums them.
fn saturating_nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn check_call(settings: Settings, policy: &Policy, failures: &[Failed]) -> Result<(), TestCaseError> {
    let (mut session, mut slept) = (Session::new(), 0_u64);
    // This session has neither limits nor hints, so it returns the computed delays.
    let (mut plain, no_limits) = (Session::new(), settings.policy());
    for (attempt, failed) in (1..).zip(failures) {
        prop_assert_eq!(session.attempt(), attempt);
        let is_drawn = !matches!(failed.verdict, Verdict::RetryIn(_));
        let retry = Failed { verdict: if is_drawn { Verdict::Retry } else { failed.verdict }, ..*failed };
        let (Step::Sleep(computed), _) = retry.tell(&mut plain, &no_limits) else {
            panic!("a call without limits goes on");
        };
        let (step, draws) = failed.tell(&mut session, policy);
        if let Some(reason) = failed.early_end(policy, attempt) {
            prop_assert_eq!((step, draws), (Step::Return(reason), 0));
            return Ok(());
        }
        prop_assert!(is_drawn || draws == 0, "a delay of its own is not random");
        let (shortest, longest) = failed.sleeps(computed);
        let deadline = policy.deadline();
        match step {
            Step::Sleep(delay) => {
                let ends = failed.elapsed.saturating_add(delay);
                // The final attempt begins at the deadline, and never before a hint ends.
                if policy.final_attempt() && deadline == Some(ends) {
                    prop_assert!(failed.hint().is_none_or(|hint| hint <= delay) && delay <= longest);
                } else {
                    prop_assert!(shortest <= delay && delay <= longest, "{shortest:?} {delay:?} {longest:?}");
                    prop_assert!(deadline.is_none_or(|deadline| ends < deadline));
                }
                slept = slept.saturating_add(saturating_nanos(delay));
            }
            Step::Return(reason) => {
                prop_assert_eq!(reason, StopReason::Deadline);
                prop_assert!(deadline.is_some_and(|deadline| failed.elapsed.saturating_add(longest) >= deadline));
                let left = deadline.unwrap_or_default().saturating_sub(failed.elapsed);
                let has_no_room = left.is_zero() || failed.hint().is_some_and(|hint| hint > left);
                prop_assert!(has_no_room || !policy.final_attempt());
            }
        }
        prop_assert_eq!(session.waited(), Duration::from_nanos(slept));
        if step == Step::Return(StopReason::Deadline) {
            return Ok(());
        }
    }
    Ok(())
}

/// Returns prepared delays, and records its arguments.
#[derive(Debug)]
struct Scripted {
    delays: Vec<Duration>,
    asked: RefCell<Vec<(u32, Duration, f64)>>,
}

impl Backoff for Scripted {
    fn delay(&self, retry: u32, previous: Duration, unit: f64) -> Duration {
        let mut asked = self.asked.borrow_mut();
        asked.push((retry, previous, unit));
        self.delays[asked.len() - 1]
    }
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn the_first_no_ends_a_call_and_each_sleep_obeys_hint_and_deadline(
        (settings, policy) in policies(),
        failures in failures(),
    ) {
        check_call(settings, &policy, &failures)?;
    }

    #[test]
    fn a_call_sleeps_once_less_than_it_attempts(settings in settings(), max in 1_u32..80, seed in num::u64::ANY) {
        let policy = settings.builder().max(max).build().expect("the settings fit together");
        let failed = Failed { verdict: Verdict::Retry, elapsed: Duration::MAX, bits: [seed; 3] };
        let mut session = Session::new();
        for attempt in 1..max {
            prop_assert_eq!(session.attempt(), attempt);
            prop_assert!(matches!(failed.tell(&mut session, &policy).0, Step::Sleep(_)));
        }
        prop_assert_eq!(failed.tell(&mut session, &policy), (Step::Return(StopReason::MaxAttempts), 0));
    }

    #[test]
    fn all_questions_at_once_are_answered_in_their_order(delay in 1_u64..1 << 40, excess in 1_u64..1 << 40) {
        let (delay, excess) = (Duration::from_nanos(delay), Duration::from_nanos(excess));
        let builder = Policy::builder().strategy(Strategy::Constant).base(delay);
        let failed = Failed { verdict: Verdict::RetryAfter(delay + excess), elapsed: delay, bits: [0; 3] };
        // Each policy passes one more check.
        let refused = builder.max(1).max_hint(delay).deadline(delay + Duration::from_nanos(1));
        let one_left = refused.max(2);
        let hint_fits = one_left.max_hint(delay + excess);
        let time_left = hint_fits.deadline(delay * 3 + excess);
        for (verdict, builder, step) in [
            (Verdict::Stop, refused, Step::Return(StopReason::Permanent)),
            (failed.verdict, refused, Step::Return(StopReason::MaxAttempts)),
            (failed.verdict, one_left, Step::Return(StopReason::HintTooLong)),
            (failed.verdict, hint_fits, Step::Return(StopReason::Deadline)),
            (failed.verdict, time_left, Step::Sleep(delay + excess)),
        ] {
            let policy = builder.build().expect("a policy");
            prop_assert_eq!(Failed { verdict, ..failed }.tell(&mut Session::new(), &policy).0, step);
        }
    }

    #[test]
    fn the_longest_hint_is_obeyed_and_one_nanosecond_more_is_not(max_hint in durations(), word in num::u64::ANY) {
        let policy = Policy::builder().strategy(Strategy::Immediate).max_hint(max_hint).build().expect("a policy");
        let failed = |hint| Failed { verdict: Verdict::RetryAfter(hint), elapsed: Duration::ZERO, bits: [word; 3] };
        let (step, _) = failed(max_hint).tell(&mut Session::new(), &policy);
        let latest = max_hint.saturating_add(max_hint / 10);
        prop_assert!(matches!(step, Step::Sleep(delay) if max_hint <= delay && delay <= latest), "{step:?}");
        if max_hint < LONGEST {
            let longer = max_hint + Duration::from_nanos(1);
            let answer = failed(longer).tell(&mut Session::new(), &policy);
            prop_assert_eq!(answer, (Step::Return(StopReason::HintTooLong), 0));
        }
    }

    #[test]
    fn the_spread_after_a_hint_is_used_from_end_to_end(delay in 0_u64..1 << 40, excess in 1_u64..1 << 40) {
        let (delay, hint) = (Duration::from_nanos(delay), Duration::from_nanos(delay + excess));
        let builder = Policy::builder().strategy(Strategy::Constant).base(delay).max_hint(hint);
        let policy = builder.build().expect("a policy");
        for (word, sleep) in [(0, hint), (u64::MAX, hint + delay.max(hint / 10))] {
            let failed = Failed { verdict: Verdict::RetryAfter(hint), elapsed: Duration::ZERO, bits: [word; 3] };
            prop_assert_eq!(failed.tell(&mut Session::new(), &policy).0, Step::Sleep(sleep));
        }
    }

    #[test]
    fn a_sleep_that_would_end_at_the_deadline_is_not_begun(delay in durations(), elapsed in durations()) {
        let just_before = elapsed.saturating_sub(Duration::from_nanos(1));
        let elapsed = just_before.saturating_add(Duration::from_nanos(1));
        if let Some(deadline) = elapsed.checked_add(delay).filter(|deadline| *deadline <= LONGEST) {
            let builder = Policy::builder().strategy(Strategy::Constant).base(delay).deadline(deadline);
            let policy = builder.build().expect("a policy");
            let failed = |elapsed| Failed { verdict: Verdict::Retry, elapsed, bits: [0; 3] };
            let (step, _) = failed(elapsed).tell(&mut Session::new(), &policy);
            prop_assert_eq!(step, Step::Return(StopReason::Deadline));
            let (step, _) = failed(just_before).tell(&mut Session::new(), &policy);
            prop_assert_eq!(step, Step::Sleep(delay));
        }
    }

    #[test]
    fn without_a_clock_the_sleeps_alone_stay_before_the_deadline(
        settings in settings(),
        deadline in 0..u64::MAX,
        seed in num::u64::ANY,
    ) {
        let deadline = Duration::from_nanos(deadline);
        // A deadline that leaves no room for a retry is refused.
        let Ok(policy) = settings.builder().unlimited().deadline(deadline).build() else { return Ok(()) };
        let mut session = Session::new();
        for _ in 0..60 {
            let before = session.waited();
            match session.failed(&policy, Verdict::Retry, None, &mut || seed) {
                Step::Sleep(delay) => prop_assert!(session.waited() == before + delay && session.waited() < deadline),
                Step::Return(reason) => {
                    prop_assert_eq!(reason, StopReason::Deadline);
                    break;
                }
            }
        }
    }

    #[test]
    fn a_strategy_of_ones_own_is_asked_in_order_and_its_delay_is_kept_or_spread(
        delays in collection::vec(durations(), 1..20),
        jitter in option::of(jitters()),
        failures in failures(),
    ) {
        let nothing = Duration::ZERO;
        let strategy = Strategy::Immediate;
        let settings = Settings { strategy, jitter, base: nothing, cap: None, factor: 1.0, increment: nothing };
        let policy = settings.builder().max_hint(Duration::MAX).build().expect("a policy");
        let backoff = Scripted { delays, asked: RefCell::default() };
        let mut session = Session::new();
        let mut previous = nothing;
        for ((retry, nominal), failed) in (1..).zip(&backoff.delays).zip(failures) {
            if let Verdict::Stop | Verdict::RetryIn(_) = failed.verdict {
                break;
            }
            let mut left = failed.bits.iter();
            let mut random = || *left.next().expect("three draws are enough");
            let step = session.failed_with(&policy, &backoff, failed.verdict, None, &mut random);
            let (number, last, unit) = *backoff.asked.borrow().last().expect("asked once for each delay");
            prop_assert_eq!((number, last), (retry, previous));
            prop_assert!((0.0..1.0).contains(&unit), "{unit}");
            let (low, high, rounding) = settings.window(nominal.as_nanos()).expect("a jitter of its own");
            let Step::Sleep(delay) = step else { panic!("nothing ends this call: {step:?}") };
            if failed.hint().is_none() {
                let delay = delay.as_nanos();
                prop_assert!(low <= delay + rounding && delay <= high + rounding, "{low} {delay} {high}");
            } else {
                let hint = failed.hint().unwrap_or_default();
                let longest = from_nanos(high).saturating_add(from_nanos(rounding));
                prop_assert!(hint <= delay && delay <= hint.saturating_add(longest.max(hint / 10)), "{delay:?}");
            }
            previous = Duration::from_nanos(saturating_nanos(*nominal));
        }
    }
}
