//! Reports of anyhow and eyre: markers and transient errors behind contexts.

use reattempt::{RetryError, Transient, retry, testing};
use std::fmt::Debug;
use std::io;
use std::time::Duration;

/// A marker that is no error.
#[derive(Debug)]
struct TryAgain;

impl std::fmt::Display for TryAgain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the result is not there yet")
    }
}

#[derive(Debug, thiserror::Error, Transient)]
enum ApiError {
    #[error("busy")]
    #[transient(after = wait)]
    Busy { wait: Duration },
    #[error("the page cannot be read")]
    #[permanent]
    Page(#[source] io::Error),
}

fn fault(kind: io::ErrorKind) -> io::Error {
    kind.into()
}

const RESET: io::ErrorKind = io::ErrorKind::ConnectionReset;
const MISSING: io::ErrorKind = io::ErrorKind::NotFound;

macro_rules! tests {
    ($library:ident, $report:ty, $context:ident) => {
        mod $library {
            use super::*;
            use reattempt::$library::{is, transient};

            type Report = $report;

            /// Checks how often an attempt runs that fails with this report, out of three.
            #[track_caller]
            fn check<const N: usize>(classifier: impl Fn(&Report) -> bool, report: [fn() -> Report; N], runs: u32) {
                #[retry(strategy = "immediate", on = classifier)]
                fn call(
                    count: &mut u32,
                    classifier: impl Fn(&Report) -> bool,
                    report: fn() -> Report,
                ) -> Result<(), Report> {
                    *count += 1;
                    Err(report())
                }
                let _paused = testing::pause();
                for report in report {
                    let mut count = 0;
                    let ended = call(&mut count, &classifier, report);
                    assert_eq!(count, runs, "{:?}", ended);
                }
            }

            #[test]
            fn a_marker_is_found_among_the_contexts_and_as_the_error_itself() {
                let marked = || Report::new(fault(MISSING)).$context(TryAgain);
                let deeper =
                    || Report::new(ApiError::Page(fault(MISSING))).$context(TryAgain).$context("one").$context("two");
                let itself = || Report::msg(TryAgain).$context("one");
                check(is::<TryAgain>(), [marked, deeper, itself], 3);
                check(is::<ApiError>(), [deeper], 3);
            }

            #[test]
            fn a_marker_that_is_not_in_the_chain_is_permanent() {
                let plain = || Report::new(fault(RESET)).$context("the result is not there yet");
                let text = || Report::msg("the result is not there yet");
                check(is::<TryAgain>(), [plain, text], 1);
                // A cause of the error itself is no place for a marker.
                check(is::<io::Error>(), [|| Report::new(ApiError::Page(fault(RESET)))], 1);
            }

            fn retries<V: Fn(&Report) -> reattempt::Verdict>(verdict: V) -> impl Fn(&Report) -> bool {
                move |report| verdict(report) != reattempt::Verdict::Stop
            }

            #[test]
            fn the_first_transient_error_of_the_chain_is_asked_and_no_other() {
                let reset = || Report::new(fault(RESET)).$context("one").$context("two");
                let missing = || Report::new(fault(MISSING)).$context("one");
                let page = || Report::new(ApiError::Page(fault(RESET))).$context("one");
                let nested = || Report::new(fault(RESET)).$context(ApiError::Page(fault(RESET)));
                check(retries(transient::<io::Error>()), [reset, page, nested], 3);
                check(retries(transient::<io::Error>()), [missing, || Report::msg("busy")], 1);
                check(retries(transient::<(io::Error, ApiError)>()), [missing, page, nested], 1);
                check(retries(transient::<(io::Error, ApiError)>()), [reset], 3);
            }

            #[test]
            fn a_context_comes_before_the_error_inside_and_its_hint_counts() {
                #[retry(strategy = "immediate", max = 2, on = transient::<(io::Error, ApiError)>())]
                fn call(runs: &mut u32, busy: fn() -> Report) -> Result<(), RetryError<Report>> {
                    *runs += 1;
                    Err(busy())
                }
                let busy = || {
                    Report::new(fault(MISSING))
                        .$context(ApiError::Busy { wait: Duration::from_secs(7) })
                        .$context("one")
                };
                let mut runs = 0;
                let paused = testing::pause();
                let error = call(&mut runs, busy).unwrap_err();
                assert_eq!((runs, paused.slept().len()), (2, 1));
                assert!(paused.slept()[0] >= Duration::from_secs(7), "{:?}", paused.slept());
                let report = Report::new(error);
                let gave_up = report.downcast_ref::<RetryError<Report>>().unwrap();
                assert!(gave_up.last().unwrap().downcast_ref::<ApiError>().is_some_and(ApiError::is_transient));
                // A call that gave up is not repeated by an outer one.
                assert_eq!(transient::<RetryError<Report>>()(&report), reattempt::Verdict::Stop);
            }
        }
    };
}

tests!(anyhow_1, anyhow::Error, context);
tests!(eyre_0_6, ::eyre_0_6::Report, wrap_err);
