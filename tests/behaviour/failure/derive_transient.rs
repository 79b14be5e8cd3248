//! `#[derive(Transient)]`: each word, on each kind of type.

use crate::support::runs::Runs;
use reattempt::{Transient, Verdict, classify, retry};
use std::cell::Cell;
use std::error::Error;
use std::fmt::Debug;
use std::io;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn reset() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

fn missing() -> io::Error {
    io::ErrorKind::NotFound.into()
}

#[derive(Debug, Transient)]
enum ApiError {
    #[transient]
    Timeout,
    #[transient(after = retry_after)]
    RateLimited { retry_after: Option<Duration> },
    #[transient(after = 1)]
    Busy(#[expect(dead_code, reason = "not what decides")] u8, Duration),
    #[transient(delay = "0s")]
    Expired,
    #[transient(delay = pause)]
    Locked { pause: Option<Duration> },
    #[transient(delay = |tries| SECOND * *tries)]
    Conflict(u32),
    #[transient(if = is_server_side)]
    Status(u16),
    #[transient(forward)]
    Transport(io::Error),
    #[permanent]
    NotFound,
}

fn is_server_side(status: &u16) -> bool {
    *status >= 500
}

#[test]
fn each_word_gives_its_verdict() {
    let table = [
        (ApiError::Timeout, Verdict::Retry),
        (ApiError::RateLimited { retry_after: Some(SECOND) }, Verdict::RetryAfter(SECOND)),
        (ApiError::RateLimited { retry_after: None }, Verdict::Retry),
        (ApiError::Busy(1, SECOND), Verdict::RetryAfter(SECOND)),
        (ApiError::Expired, Verdict::RetryIn(Duration::ZERO)),
        (ApiError::Locked { pause: Some(SECOND) }, Verdict::RetryIn(SECOND)),
        (ApiError::Locked { pause: None }, Verdict::Retry),
        (ApiError::Conflict(3), Verdict::RetryIn(3 * SECOND)),
        (ApiError::Status(503), Verdict::Retry),
        (ApiError::Status(404), Verdict::Stop),
        (ApiError::Transport(reset()), Verdict::Retry),
        (ApiError::Transport(missing()), Verdict::Stop),
        (ApiError::NotFound, Verdict::Stop),
    ];
    for (error, verdict) in table {
        assert_eq!(error.verdict(), verdict, "{error:?}");
        assert_eq!(error.is_transient(), verdict != Verdict::Stop, "{error:?}");
        let hint = if let Verdict::RetryAfter(hint) = verdict { Some(hint) } else { None };
        assert_eq!(error.retry_after(), hint, "{error:?}");
    }
}

#[test]
fn a_function_without_a_classifier_asks_the_error() {
    #[retry(strategy = "immediate", max = 10)]
    fn call(runs: &Runs) -> Result<(), ApiError> {
        Err(match runs.next() {
            1 => ApiError::Timeout,
            2 => ApiError::Status(500),
            3 => ApiError::Transport(reset()),
            _ => ApiError::NotFound,
        })
    }
    let runs = Runs::default();
    assert!(matches!(call(&runs), Err(ApiError::NotFound)));
    assert_eq!(runs.count(), 4);
}

#[test]
fn hints_reach_the_sleeper() {
    #[retry(max = 2)]
    fn call() -> Result<(), ApiError> {
        Err(ApiError::RateLimited { retry_after: Some(7 * SECOND) })
    }
    let paused = reattempt::testing::pause();
    assert!(call().is_err());
    assert!(paused.slept()[0] >= 7 * SECOND);
}

#[test]
fn functions_get_the_fields_in_their_order_and_closures_need_no_types() {
    #[derive(Transient)]
    enum Several {
        #[transient(if = |code, text| *code == 7 && text.contains("again"))]
        Tuple(u8, String),
        #[transient(if = is_both, after = |seconds, _| Duration::from_secs(*seconds))]
        Named { seconds: u64, is_busy: bool },
        #[transient(if = at_least(500))]
        Made(u16),
        #[transient(if = is_short)]
        Text(String),
    }
    fn is_both(seconds: &u64, is_busy: &bool) -> bool {
        *seconds > 0 && *is_busy
    }
    fn at_least(least: u16) -> impl Fn(&u16) -> bool {
        move |status| *status >= least
    }
    fn is_short(text: &str) -> bool {
        text.len() < 3
    }
    assert!(Several::Tuple(7, "try again".to_owned()).is_transient());
    assert!(!Several::Tuple(8, "try again".to_owned()).is_transient());
    assert_eq!(Several::Named { seconds: 1, is_busy: true }.verdict(), Verdict::RetryAfter(SECOND));
    assert_eq!(Several::Named { seconds: 1, is_busy: false }.verdict(), Verdict::Stop);
    assert!(Several::Made(503).is_transient());
    assert!(!Several::Made(404).is_transient());
    assert!(Several::Text("ok".to_owned()).is_transient());
}

#[test]
fn a_function_may_answer_a_verdict_and_the_longer_hint_counts() {
    #[derive(Transient)]
    enum Hinted {
        #[transient(if = |_| Verdict::RetryAfter(2 * SECOND))]
        Alone(u8),
        #[transient(if = |own, _| Verdict::RetryAfter(*own), after = field)]
        Both { own: Duration, field: Duration },
    }
    assert_eq!(Hinted::Alone(0).verdict(), Verdict::RetryAfter(2 * SECOND));
    assert_eq!(Hinted::Both { own: SECOND, field: 3 * SECOND }.verdict(), Verdict::RetryAfter(3 * SECOND));
    assert_eq!(Hinted::Both { own: 4 * SECOND, field: 3 * SECOND }.verdict(), Verdict::RetryAfter(4 * SECOND));
}

#[test]
fn each_function_is_asked_once_and_hints_only_of_what_is_transient() {
    thread_local! { static ASKED: Cell<(u32, u32)> = const { Cell::new((0, 0)) }; }
    #[derive(Debug, Transient)]
    enum Counted {
        #[transient(if = judged, after = hinted)]
        One(bool),
    }
    fn judged(answer: &bool) -> bool {
        ASKED.set((ASKED.get().0 + 1, ASKED.get().1));
        *answer
    }
    fn hinted(_: &bool) -> Duration {
        ASKED.set((ASKED.get().0, ASKED.get().1 + 1));
        Duration::ZERO
    }
    #[retry(strategy = "immediate", max = 2)]
    fn call(answer: bool) -> Result<(), Counted> {
        Err(Counted::One(answer))
    }
    assert!(call(false).is_err());
    assert_eq!(ASKED.get(), (1, 0));
    assert!(call(true).is_err());
    assert_eq!(ASKED.get(), (3, 2));
}

#[test]
fn a_struct_is_judged_as_a_whole_by_its_fields_or_by_one_of_them() {
    #[derive(Transient)]
    #[transient(if = Self::is_busy, after = after)]
    struct Whole {
        status: u16,
        after: Option<Duration>,
    }
    impl Whole {
        fn is_busy(&self) -> bool {
            self.status == 429
        }
    }
    #[derive(Transient)]
    #[transient(forward)]
    struct Wrapped(io::Error);
    #[derive(Transient)]
    #[transient(forward = cause)]
    struct Named {
        #[expect(dead_code, reason = "not what decides")]
        what: &'static str,
        cause: Wrapped,
    }
    #[derive(Transient)]
    #[transient]
    struct Always;
    #[derive(Transient)]
    #[permanent]
    struct Never;
    #[derive(Transient)]
    #[transient(if = |error| error.0 > 1, after = hint_of)]
    struct Asked(u64);
    fn hint_of(error: &Asked) -> Option<Duration> {
        (error.0 > 0).then(|| Duration::from_secs(error.0))
    }
    assert_eq!(Whole { status: 429, after: Some(SECOND) }.verdict(), Verdict::RetryAfter(SECOND));
    assert_eq!(Whole { status: 404, after: Some(SECOND) }.verdict(), Verdict::Stop);
    assert_eq!(Wrapped(reset()).verdict(), Verdict::Retry);
    assert_eq!(Named { what: "page", cause: Wrapped(missing()) }.verdict(), Verdict::Stop);
    assert_eq!(Always.verdict(), Verdict::Retry);
    assert_eq!(Never.verdict(), Verdict::Stop);
    assert_eq!(Asked(2).verdict(), Verdict::RetryAfter(2 * SECOND));
    assert_eq!(Asked(1).verdict(), Verdict::Stop);
}

#[test]
fn generic_types_ask_only_the_parameters_that_they_forward_to() {
    /// Implements nothing.
    struct Plain;
    #[derive(Transient)]
    enum Generic<'a, E, T: ?Sized, const N: usize>
    where
        T: Debug,
    {
        #[transient(forward)]
        Inner(E),
        #[transient(forward)]
        Boxed(Box<E>),
        #[transient(if = |text, _| text.len() < N)]
        Borrowed(&'a str, &'a T),
        #[permanent]
        Other(#[expect(dead_code, reason = "not what decides")] Vec<Plain>),
    }
    type Concrete<'a> = Generic<'a, io::Error, str, 4>;
    assert!(Concrete::Inner(reset()).is_transient());
    assert!(!Concrete::Boxed(Box::new(missing())).is_transient());
    assert!(Concrete::Borrowed("abc", "").is_transient());
    assert!(!Concrete::Borrowed("abcd", "").is_transient());
    assert!(!Concrete::Other(vec![Plain]).is_transient());
    // Without the bound, the type is there and has no verdict.
    let _ = Generic::<'_, Plain, str, 1>::Inner(Plain);
}

#[test]
fn nested_boxed_and_shared_errors_are_asked_to_the_bottom() {
    #[derive(Transient)]
    enum Nested {
        #[transient(forward)]
        Page(Box<Nested>),
        #[transient(forward)]
        Shared(Arc<io::Error>),
        #[transient(forward)]
        Dynamic(Box<dyn Transient + Send>),
        #[transient(if = classify::source::<io::Error>())]
        Erased(Box<dyn Error + Send + Sync>),
        #[transient(if = classify::any_of((classify::source::<io::Error>(), classify::source::<fmt::Busy>())))]
        Either(anyhow::Error),
    }
    #[derive(Debug, Transient)]
    enum Recursive<E> {
        #[transient(forward)]
        Again(Box<Recursive<E>>),
        #[transient(forward)]
        Leaf(E),
    }
    mod fmt {
        #[derive(Debug, reattempt::Transient, thiserror::Error)]
        #[error("busy")]
        #[transient]
        pub(super) struct Busy;
    }
    assert!(Nested::Page(Box::new(Nested::Shared(Arc::new(reset())))).is_transient());
    assert!(!Nested::Page(Box::new(Nested::Shared(Arc::new(missing())))).is_transient());
    assert!(Nested::Dynamic(Box::new(reset())).is_transient());
    assert!(Nested::Erased(reset().into()).is_transient());
    assert!(!Nested::Erased("no cause".into()).is_transient());
    assert!(Nested::Either(anyhow::Error::new(fmt::Busy).context("while reading")).is_transient());
    assert!(Nested::Either(anyhow::Error::new(reset())).is_transient());
    assert!(!Nested::Either(anyhow::Error::msg("no cause")).is_transient());
    // A bound on the type's own name would have no end.
    fn ask<E>(error: &Recursive<E>) -> bool
    where
        Recursive<E>: Transient,
    {
        error.is_transient()
    }
    assert!(ask(&Recursive::Again(Box::new(Recursive::Leaf(reset())))));
}

#[test]
fn types_without_values_and_raw_names_derive_it_too() {
    #[derive(Transient)]
    enum Never {}
    #[derive(Transient)]
    enum r#Raw {
        #[transient(if = |r#type, _| *r#type, after = r#match)]
        r#Loop { r#type: bool, r#match: Duration },
    }
    fn needs<E: Transient>() {}
    needs::<Never>();
    let error = r#Raw::r#Loop { r#type: true, r#match: SECOND };
    assert!(matches!(error.verdict(), Verdict::Stop | Verdict::RetryAfter(_)));
}

#[test]
fn the_words_live_beside_those_of_thiserror() {
    #[derive(Debug, thiserror::Error, Transient)]
    enum Both {
        #[error("no connection")]
        #[transient(forward)]
        Io(#[from] io::Error),
        #[error("page {number}")]
        #[transient(forward = source)]
        Page {
            number: u32,
            #[source]
            source: Box<Both>,
        },
    }
    let error = Both::Page { number: 3, source: Box::new(reset().into()) };
    assert!(error.is_transient());
    assert_eq!(error.to_string(), "page 3");
}

#[test]
fn names_of_the_users_own_do_not_get_in_the_way() {
    #[expect(dead_code, reason = "there only for their names")]
    mod shadows {
        pub(super) struct Verdict;
        pub(super) struct Option;
        pub(super) struct Duration;
        pub(super) trait FnOnce {}
    }
    #[expect(unused_imports, reason = "there only for their names")]
    use shadows::*;
    #[derive(reattempt::Transient)]
    enum ApiError {
        #[transient(if = |ask| !ask.is_zero(), after = a0)]
        Busy { a0: std::time::Duration },
        #[transient(if = |__reattempt_0| *__reattempt_0 > 1)]
        Number(u8),
    }
    // A method of that name on the type itself is not the trait's.
    impl ApiError {
        #[expect(dead_code, reason = "there only for its name")]
        fn verdict(&self) -> u8 {
            1
        }
    }
    assert!(ApiError::Number(2).is_transient());
    assert!(!ApiError::Number(1).is_transient());
    let _ = ApiError::Busy { a0: std::time::Duration::ZERO };
}

#[test]
fn a_function_is_given_references_that_become_what_it_takes() {
    fn is_text(text: &str) -> bool {
        !text.is_empty()
    }
    fn is_written(written: impl AsRef<str>) -> bool {
        !written.as_ref().is_empty()
    }
    fn is_shown(shown: &dyn Debug) -> bool {
        format!("{shown:?}") == "1"
    }
    fn are_bytes(bytes: &[u8], text: &str, _: &u8) -> bool {
        !bytes.is_empty() && !text.is_empty()
    }
    fn are_four<T>(_: &T, _: &T, _: &T, last: &T) -> bool
    where
        T: PartialEq<u8>,
    {
        *last == 1
    }
    #[expect(clippy::ref_option, reason = "a field is given as it is")]
    fn pause(pause: &Option<Duration>) -> &Option<Duration> {
        pause
    }
    fn is_early(cell: &Cell<&str>) -> bool {
        cell.get().is_empty()
    }
    #[derive(Transient)]
    enum ApiError<'a> {
        #[transient(if = is_text)]
        Text(String),
        #[transient(if = is_written)]
        Written(String),
        #[transient(if = is_shown)]
        Shown(u8),
        #[transient(if = are_bytes)]
        Bytes([u8; 1], Box<str>, u8),
        #[transient(if = are_four)]
        Four(u8, u8, u8, u8),
        #[transient(after = pause)]
        Busy(Option<Duration>),
        #[transient(if = is_early)]
        Early(Cell<&'a str>),
        #[transient(if = Option::is_some)]
        Method(Option<u8>),
        #[transient(if = Transient::is_transient)]
        Asked(io::Error),
    }
    let transient = [
        ApiError::Text("a".to_owned()),
        ApiError::Written("a".to_owned()),
        ApiError::Shown(1),
        ApiError::Bytes([1], "a".into(), 1),
        ApiError::Four(0, 0, 0, 1),
        ApiError::Busy(None),
        ApiError::Early(Cell::new("")),
        ApiError::Method(Some(1)),
        ApiError::Asked(reset()),
    ];
    for error in transient {
        assert_eq!(error.verdict(), Verdict::Retry);
    }
    assert_eq!(ApiError::Busy(Some(SECOND)).verdict(), Verdict::RetryAfter(SECOND));
    let permanent = [
        ApiError::Text(String::new()),
        ApiError::Written(String::new()),
        ApiError::Shown(2),
        ApiError::Bytes([1], "".into(), 1),
        ApiError::Four(0, 0, 0, 0),
        ApiError::Early(Cell::new("late")),
        ApiError::Method(None),
        ApiError::Asked(missing()),
    ];
    for error in permanent {
        assert_eq!(error.verdict(), Verdict::Stop);
    }
}

#[test]
fn what_makes_a_function_or_holds_one_is_asked() {
    type Judge = dyn Fn(&u16) -> bool + Send + Sync;
    static HELD: LazyLock<Box<Judge>> = LazyLock::new(|| Box::new(is_server_side));
    static LISTED: [fn(&u16) -> bool; 1] = [is_server_side];
    const NAMED: fn(&u16) -> bool = is_server_side;
    fn is_server_side(status: &u16) -> bool {
        *status >= 500
    }
    fn shared() -> Arc<Judge> {
        Arc::new(is_server_side)
    }
    #[derive(Transient)]
    enum ApiError {
        #[transient(if = HELD)]
        Held(u16),
        #[transient(if = LISTED[0])]
        Listed(u16),
        #[transient(if = NAMED)]
        Named(u16),
        #[transient(if = shared())]
        Shared(u16),
        #[transient(if = is_server_side as fn(&u16) -> bool)]
        Cast(u16),
        #[transient(if = &is_server_side)]
        Borrowed(u16),
        #[transient(if = { is_server_side })]
        Braced(u16),
        #[transient(if = classify::not(classify::not(|code: &u16| *code >= 500)))]
        Joined { code: u16 },
        // A function may have a field's name.
        #[transient(if = is_server_side)]
        Same { is_server_side: u16 },
    }
    let of = [
        ApiError::Held,
        ApiError::Listed,
        ApiError::Named,
        ApiError::Shared,
        ApiError::Cast,
        ApiError::Borrowed,
        ApiError::Braced,
        |code| ApiError::Joined { code },
        |is_server_side| ApiError::Same { is_server_side },
    ];
    for error in of {
        assert_eq!(error(503).verdict(), Verdict::Retry);
        assert_eq!(error(404).verdict(), Verdict::Stop);
    }
}

#[test]
fn a_delay_beside_a_condition_holds_for_transient_failures() {
    #[derive(Transient)]
    #[transient(if = Self::verdict_of_its_own, delay = "5s")]
    struct Failure(Verdict);

    impl Failure {
        fn verdict_of_its_own(&self) -> Verdict {
            self.0
        }
    }

    let verdict = |own| Failure(own).verdict();
    assert_eq!(verdict(Verdict::Stop), Verdict::Stop);
    assert_eq!(verdict(Verdict::Retry), Verdict::RetryIn(5 * SECOND));
    assert_eq!(verdict(Verdict::RetryIn(SECOND)), Verdict::RetryIn(5 * SECOND));
    assert_eq!(verdict(Verdict::RetryAfter(9 * SECOND)), Verdict::RetryAfter(9 * SECOND));
    assert_eq!(verdict(Verdict::RetryAfter(SECOND)), Verdict::RetryIn(5 * SECOND));
}

#[test]
fn a_delay_of_a_kind_of_error_is_slept_exactly() {
    #[retry(strategy = "full_jitter", max = 4)]
    fn call(runs: &Runs) -> Result<(), ApiError> {
        Err(match runs.next() {
            1 => ApiError::Conflict(1),
            2 => ApiError::Expired,
            _ => ApiError::Locked { pause: Some(9 * SECOND) },
        })
    }
    let paused = reattempt::testing::pause();
    call(&Runs::default()).unwrap_err();
    // A delay of zero uses no timer.
    assert_eq!(paused.slept(), [SECOND, 9 * SECOND]);
}
