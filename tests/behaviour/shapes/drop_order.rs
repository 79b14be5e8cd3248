//! Drop order: arguments and locals are dropped in the order of the plain function, clones with their attempt.

use futures_util::FutureExt;
use reattempt::retry;
use std::cell::RefCell;

/// The dropped values, in their order.
type Log = RefCell<Vec<&'static str>>;

/// Records its name when it is dropped.
#[derive(Clone)]
struct Noisy<'a>(&'static str, &'a Log);

impl Drop for Noisy<'_> {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

impl Noisy<'_> {
    fn fail(&self) -> Result<(), &'static str> {
        self.1.borrow_mut().push("end of the body");
        Err(self.0)
    }
}

/// Calls the same function without and with the attribute, and returns both drop orders.
macro_rules! drop_orders {
    (#[$attribute:meta] $function:item => $call:expr) => {{
        let plain = Log::default();
        {
            $function
            $call(&plain);
        }
        let retried = Log::default();
        {
            #[$attribute]
            $function
            $call(&retried);
        }
        (plain.into_inner(), retried.into_inner())
    }};
}

#[test]
#[expect(clippy::needless_pass_by_value, reason = "the shape under test")]
fn a_call_of_one_attempt_drops_as_the_plain_function_does() {
    let (plain, retried) = drop_orders! {
        #[retry(strategy = "immediate", max = 1, on = reattempt::any_error)]
        fn call<'a>(
            log: &'a Log,
            first: Noisy<'a>,
            (left, right): (Noisy<'a>, Noisy<'a>),
            _: Noisy<'a>,
            _last: Noisy<'a>,
        ) -> Result<(), &'static str> {
            let _early = Noisy("early local", log);
            let _late = Noisy("late local", log);
            let _ = Noisy("ignored", log);
            let _borrowed = (&first, &left, &right);
            Noisy("temporary", log).fail()
        }
        => |log| {
            let noisy = |name| Noisy(name, log);
            let returned = call(log, noisy("first"), (noisy("left"), noisy("right")), noisy("_"), noisy("_last"));
            assert_eq!(returned, Err("temporary"));
        }
    };
    assert_eq!(plain, retried);
    assert_eq!(plain.len(), 10);
}

#[test]
#[expect(clippy::unused_async, reason = "dropping needs no await")]
fn a_call_of_one_attempt_drops_as_the_plain_function_does_in_async() {
    let (plain, retried) = drop_orders! {
        #[retry(strategy = "immediate", max = 1, on = reattempt::any_error)]
        async fn call<'a>(
            log: &'a Log,
            first: Noisy<'a>,
            (left, right): (Noisy<'a>, Noisy<'a>),
            _: Noisy<'a>,
            _last: Noisy<'a>,
        ) -> Result<(), &'static str> {
            let _early = Noisy("early local", log);
            let _late = Noisy("late local", log);
            let _ = Noisy("ignored", log);
            let _borrowed = (&first, &left, &right);
            Noisy("temporary", log).fail()
        }
        => |log| {
            let noisy = |name| Noisy(name, log);
            let future = call(log, noisy("first"), (noisy("left"), noisy("right")), noisy("_"), noisy("_last"));
            assert_eq!(future.now_or_never(), Some(Err("temporary")));
        }
    };
    assert_eq!(plain, retried);
    assert_eq!(plain.len(), 10);
}

/// The order of the plain function, whose originals the retried one drops after the clones.
fn with_originals(mut plain: Vec<&'static str>, originals: &[&'static str]) -> Vec<&'static str> {
    plain.extend(originals);
    plain
}

#[test]
#[expect(clippy::needless_pass_by_value, reason = "the shape under test")]
fn clones_are_dropped_at_the_end_of_their_attempt_in_the_order_of_arguments() {
    let (plain, retried) = drop_orders! {
        #[retry(strategy = "immediate", max = 1, on = reattempt::any_error, clone(first, second, used))]
        fn call<'a>(log: &'a Log, first: Noisy<'a>, second: Noisy<'a>, used: Noisy<'a>) -> Result<(), &'static str> {
            let _local = Noisy("local", log);
            drop(used);
            let _borrowed = (&first, &second);
            Noisy("temporary", log).fail()
        }
        => |log| {
            let noisy = |name| Noisy(name, log);
            assert_eq!(call(log, noisy("first"), noisy("second"), noisy("used")), Err("temporary"));
        }
    };
    assert_eq!(retried, with_originals(plain, &["used", "second", "first"]));
}

#[test]
#[expect(clippy::unused_async, reason = "dropping needs no await")]
fn clones_are_dropped_at_the_end_of_their_attempt_in_the_order_of_arguments_in_async() {
    let (plain, retried) = drop_orders! {
        #[retry(strategy = "immediate", max = 1, on = reattempt::any_error, clone(first, second, used))]
        async fn call<'a>(
            log: &'a Log,
            first: Noisy<'a>,
            second: Noisy<'a>,
            used: Noisy<'a>,
        ) -> Result<(), &'static str> {
            let _local = Noisy("local", log);
            drop(used);
            let _borrowed = (&first, &second);
            Noisy("temporary", log).fail()
        }
        => |log| {
            let noisy = |name| Noisy(name, log);
            let future = call(log, noisy("first"), noisy("second"), noisy("used"));
            assert_eq!(future.now_or_never(), Some(Err("temporary")));
        }
    };
    assert_eq!(retried, with_originals(plain, &["used", "second", "first"]));
}

#[test]
fn clones_are_dropped_in_the_order_of_arguments_wherever_the_body_mentions_them() {
    let (plain, retried) = drop_orders! {
        #[retry(strategy = "immediate", max = 1, on = reattempt::any_error, clone(first, second, third))]
        fn call<'a>(log: &'a Log, first: Noisy<'a>, second: Noisy<'a>, third: Noisy<'a>) -> Result<(), &'static str> {
            if log.borrow().len() > 100 {
                drop(first);
                drop(second);
                return Ok(());
            }
            third.fail()
        }
        => |log| {
            let noisy = |name| Noisy(name, log);
            assert_eq!(call(log, noisy("first"), noisy("second"), noisy("third")), Err("third"));
        }
    };
    assert_eq!(plain, ["end of the body", "third", "second", "first"]);
    assert_eq!(retried, with_originals(plain, &["third", "second", "first"]));
}

#[test]
#[expect(clippy::unused_async, reason = "dropping needs no await")]
fn clones_are_dropped_in_the_order_of_arguments_wherever_the_body_changes_them() {
    let (plain, retried) = drop_orders! {
        #[retry(strategy = "immediate", max = 1, on = reattempt::any_error, clone(first, second, third))]
        async fn call<'a>(
            log: &'a Log,
            mut first: Noisy<'a>,
            second: Noisy<'a>,
            mut third: Noisy<'a>,
        ) -> Result<(), &'static str> {
            third.0 = "changed third";
            if log.borrow().len() > 100 {
                drop(first);
                return Ok(());
            }
            let failed = second.fail();
            first.0 = "changed first";
            failed
        }
        => |log| {
            let noisy = |name| Noisy(name, log);
            let future = call(log, noisy("first"), noisy("second"), noisy("third"));
            assert_eq!(future.now_or_never(), Some(Err("second")));
        }
    };
    assert_eq!(plain, ["end of the body", "changed third", "second", "changed first"]);
    assert_eq!(retried, with_originals(plain, &["third", "second", "first"]));
}

/// The temporary at the end of the body borrows from a clone that is a local of the attempt.
#[test]
#[expect(clippy::unused_async, reason = "dropping needs no await")]
fn a_temporary_at_the_end_of_the_body_is_dropped_before_the_clones() {
    let (plain, retried) = drop_orders! {
        #[retry(strategy = "immediate", max = 1, on = reattempt::any_error, clone(changed))]
        async fn call<'a>(log: &'a Log, mut changed: Noisy<'a>) -> Result<(), &'static str> {
            changed.0 = "changed";
            Noisy(changed.0, log).fail()
        }
        => |log| {
            assert_eq!(call(log, Noisy("original", log)).now_or_never(), Some(Err("changed")));
        }
    };
    assert_eq!(plain, ["end of the body", "changed", "changed"]);
    assert_eq!(retried, with_originals(plain, &["original"]));
}

#[test]
fn locals_are_dropped_with_each_attempt_and_arguments_with_the_call() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call<'a>(log: &'a Log, argument: Noisy<'a>) -> Result<(), &'static str> {
        let _local = Noisy("local", log);
        argument.fail()
    }

    let log = Log::default();
    assert_eq!(call(&log, Noisy("argument", &log)), Err("argument"));
    let run = ["end of the body", "local"];
    assert_eq!(*log.borrow(), [&run[..], &run, &run, &["argument"]].concat());
}

#[test]
fn a_dropped_future_drops_its_attempt_and_its_arguments() {
    #[retry(strategy = "immediate", on = reattempt::any_error, clone(cloned))]
    async fn call<'a>(log: &'a Log, argument: Noisy<'a>, cloned: Noisy<'a>) -> Result<(), &'static str> {
        let _local = Noisy("local", log);
        let _used = (&argument, cloned);
        std::future::pending().await
    }

    let log = Log::default();
    let future = call(&log, Noisy("argument", &log), Noisy("cloned", &log));
    assert_eq!(future.now_or_never(), None);
    assert_eq!(*log.borrow(), ["cloned", "local", "cloned", "argument"]);
}
