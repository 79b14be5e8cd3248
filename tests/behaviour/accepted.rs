//! The accepted twin of each case in `tests/ui`: the same program, corrected as the message says.
//!
//! The twin of `tests/ui/theme/what-is-wrong.rs` is the test `what_is_wrong` in `accepted/theme.rs`.

use crate::support::runs::Runs;
use reattempt::{Backoff, testing};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

const MS: Duration = Duration::from_millis(1);
const S: Duration = Duration::from_secs(1);

/// Twins that several cases share: a test for each name in brackets.
macro_rules! shared {
    ($([$($case:ident),+] $twin:tt)+) => {
        $($(
            #[test]
            fn $case() $twin
        )+)+
    };
}

/// Twins of programs whose function always fails, and whose fault is in the attribute.
///
/// For each case in brackets there is a test of that name. It tries all repairs in the braces: the keys, and the [`Pace`] of a call
/// with them. Where the keys do not begin with `on`, every failure is retried.
macro_rules! repaired {
    (@try { static $name:ident: $type:ty = $value:expr; $($rest:tt)+ }) => {
        static $name: $type = $value;
        repaired!(@try { $($rest)+ });
    };
    (@try { $(const $name:ident: $type:ty = $value:expr;)* $(($($keys:tt)*) => $pace:expr;)+ }) => {
        $(const $name: $type = $value;)*
        $({
            repaired!(@call ($($keys)*));
            $pace.check(call);
        })+
    };
    (@call (on = $($keys:tt)+)) => {
        #[reattempt::retry(on = $($keys)+)]
        fn call(runs: &crate::support::runs::Runs) -> Option<()> {
            runs.fail();
            None
        }
    };
    (@call ()) => {
        repaired!(@call (on = reattempt::any_error));
    };
    (@call ($($keys:tt)+)) => {
        repaired!(@call (on = reattempt::any_error, $($keys)+));
    };
    ($($cases:tt $repairs:tt)+) => {
        shared! { $($cases { repaired!(@try $repairs); })+ }
    };
}

mod arguments;
mod bodies;
mod cancelling;
mod classifiers;
mod closures;
mod derive;
mod guards;
mod integrations;
mod items;
mod keys;
mod methods;
mod policies;
mod returns;
mod sleepers;
mod stopping;
mod strategies;
mod together;
mod values;

/// A strategy of the user's own: each delay is a second longer than the previous one.
struct Own;

impl Backoff for Own {
    fn delay(&self, retry: u32, _previous: Duration, _unit: f64) -> Duration {
        retry * S
    }
}

/// Returns a classifier for every error.
fn is_transient<E>(_: &E) -> bool {
    true
}

/// The number of runs of a function that always fails, and the delays between them.
enum Pace<const N: usize> {
    /// This number of runs, without a sleep.
    Immediate(u32),
    /// A run before each of these delays, and one at the end.
    Exactly([Duration; N]),
    /// As `Delays`, with jitter: each delay is at most this long.
    UpTo([Duration; N]),
}

/// Returns the pace of `strategy = "immediate"` with this number of attempts.
fn immediate(runs: u32) -> Pace<0> {
    Pace::Immediate(runs)
}

fn exactly<const N: usize>(delays: [Duration; N]) -> Pace<N> {
    Pace::Exactly(delays)
}

fn up_to<const N: usize>(delays: [Duration; N]) -> Pace<N> {
    Pace::UpTo(delays)
}

impl<const N: usize> Pace<N> {
    #[track_caller]
    fn check(&self, call: impl FnOnce(&Runs) -> Option<()>) {
        // With this seed, each delay is at least a tenth of its maximum, so a wrong unit is noticed.
        testing::seed(1109);
        let paused = testing::pause();
        let runs = Runs::new();
        assert_eq!(call(&runs), None);
        let slept = paused.slept();
        let around = u32::try_from(N).unwrap() + 1;
        let expected = match self {
            Self::Immediate(runs) => {
                assert_eq!(slept, []);
                *runs
            }
            Self::Exactly(delays) => {
                assert_eq!(slept, delays);
                around
            }
            Self::UpTo(most) => {
                assert_eq!(slept.len(), N, "{slept:?}");
                for (slept, most) in slept.iter().zip(most) {
                    assert!((*most / 10..=*most).contains(slept), "{slept:?} instead of up to {most:?}");
                }
                around
            }
        };
        assert_eq!(runs.count(), expected, "runs of the body");
    }
}

#[test]
fn every_refusal_has_a_twin() {
    let (refusals, twins) = (refusals(), twins());
    let lonely: Vec<_> = refusals.difference(&twins).collect();
    assert!(
        lonely.is_empty(),
        "no accepted twin for {lonely:#?}: for each `theme::what_is_wrong` write the test `what_is_wrong` in \
         tests/behaviour/accepted/theme.rs, with the program of tests/ui/theme/what-is-wrong.rs repaired as its message proposes, \
         or add the name to the brackets of a twin with the same repair"
    );
    let left_over: Vec<_> = twins.difference(&refusals).collect();
    assert!(
        left_over.is_empty(),
        "{left_over:#?} in tests/behaviour/accepted have no refusal in tests/ui: remove them, or rename them with their case"
    );
}

/// Returns the cases of `tests/ui`, as `theme::what_is_wrong`.
fn refusals() -> BTreeSet<String> {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let mut refusals = BTreeSet::new();
    for theme in fs::read_dir(ui).expect("tests/ui is a folder") {
        let theme = theme.unwrap();
        for case in fs::read_dir(theme.path()).expect("tests/ui holds folders alone") {
            let case = case.unwrap().path();
            if case.extension().is_some_and(|extension| extension == "rs") {
                let (theme, case) = (theme.file_name(), case.file_stem().unwrap());
                refusals.insert(format!("{}::{}", theme.to_str().unwrap(), case.to_str().unwrap()).replace('-', "_"));
            }
        }
    }
    refusals
}

/// Returns the tests of the modules beside this function, as this test binary lists them.
fn twins() -> BTreeSet<String> {
    let listed =
        Command::new(env::current_exe().unwrap()).arg("--list").output().expect("a test binary lists its tests");
    let listed = String::from_utf8(listed.stdout).unwrap();
    let tests = listed.lines().filter_map(|line| line.strip_prefix("accepted::")?.strip_suffix(": test"));
    tests.filter(|test| test.contains("::")).map(ToOwned::to_owned).collect()
}
