//! The key `attempt`: the attempt's number and other facts, for the body.

use reattempt::testing;
use reattempt::{Attempt, retry};
use std::cell::RefCell;
use std::time::Duration;

type Seen = RefCell<Vec<(u32, Option<u32>, bool, bool, Duration, Option<Duration>)>>;

fn note(seen: &Seen, attempt: Attempt) {
    seen.borrow_mut().push((
        attempt.number(),
        attempt.max().map(u32::from),
        attempt.is_first(),
        attempt.is_last(),
        attempt.elapsed(),
        attempt.remaining(),
    ));
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn the_body_knows_its_number_its_limit_and_its_time() {
    let seen = Seen::default();
    #[retry(strategy = "constant", base = "1s", max = 3, attempt = attempt, on = reattempt::any_error)]
    fn call(seen: &Seen) -> Option<()> {
        note(seen, attempt);
        None
    }
    let _paused = testing::pause();
    assert_eq!(call(&seen), None);
    assert_eq!(
        *seen.borrow(),
        [
            (1, Some(3), true, false, Duration::ZERO, None),
            (2, Some(3), false, false, SECOND, None),
            (3, Some(3), false, true, 2 * SECOND, None),
        ]
    );
}

#[tokio::test]
async fn an_async_body_knows_how_much_time_is_left() {
    let seen = Seen::default();
    #[retry(strategy = "constant", base = "1s", max = "unlimited", deadline = "2500ms", attempt = this, on = reattempt::any_error)]
    async fn call(seen: &Seen) -> Option<()> {
        note(seen, this);
        None
    }
    let _paused = testing::pause();
    assert_eq!(call(&seen).await, None);
    let left = |millis| Some(Duration::from_millis(millis));
    assert_eq!(
        *seen.borrow(),
        [
            (1, None, true, false, Duration::ZERO, left(2_500)),
            (2, None, false, false, SECOND, left(1_500)),
            (3, None, false, false, 2 * SECOND, left(500)),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn an_attempt_after_an_overrun_sleep_still_runs_with_nothing_left() {
    async fn oversleep(delay: Duration) {
        tokio::time::sleep(5 * delay).await;
    }
    let seen = Seen::default();
    #[retry(
        strategy = "constant",
        base = "1s",
        deadline = "2s",
        sleep = oversleep,
        attempt = attempt,
        on = reattempt::any_error
    )]
    async fn call(seen: &Seen) -> Option<()> {
        note(seen, attempt);
        None
    }
    assert_eq!(call(&seen).await, None);
    let seen = seen.borrow();
    // The third attempt would begin after the deadline.
    assert_eq!(seen.len(), 2);
    assert_eq!((seen[1].0, seen[1].5), (2, Some(Duration::ZERO)));
}

#[test]
fn the_limit_may_come_from_run_time() {
    let seen = Seen::default();
    #[retry(strategy = "immediate", max = max, attempt = attempt, on = reattempt::any_error)]
    fn call(seen: &Seen, max: u32) -> Option<()> {
        note(seen, attempt);
        None
    }
    let _paused = testing::pause();
    assert_eq!(call(&seen, 2), None);
    assert_eq!(seen.borrow().len(), 2);
    assert_eq!(seen.borrow()[1].1, Some(2));
    assert!(seen.borrow()[1].3);
}
