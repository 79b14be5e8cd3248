//! Functions and types for generated code only. They are not public, and change without notice.

mod classifier_maker;
#[doc(hidden)]
pub mod const_checks;
mod derive;
mod fresh_argument;
mod idempotency_key;
mod named_classifier;
pub(crate) mod overrides;
mod pattern_name;
mod timed;
mod watched;

// A call and its attempts.
pub use crate::engine::call::{Call, call};
pub use crate::engine::cancelled_sleep::cancelled_in_sleep;
pub use crate::engine::context::{AsksForCancel, CallContext, Key, Keys};
pub use crate::engine::decision::{CallSettings, Decision, Refusals, WaitsForBreaker};
pub use crate::engine::guards::{Guards, Watch, admit};
pub use crate::engine::notify::{Notified, Notify, NotifyArgument, notify_argument};
pub use crate::engine::recovery::{PendingEnd, recovered};
pub use crate::engine::refusal::{refuse, wait_for_breaker};
pub use crate::engine::report::Report;
pub use crate::engine::series::{PolicyTimer, Series, Timer};
pub use crate::engine::step::{Context, step};
pub use crate::observe::site::Site;
pub use crate::time::clock::Started;
pub use fresh_argument::{Take, attempts, fresh};
pub use idempotency_key::{KeySource, OsRandomness};

// Settings.
pub use const_checks as check;
pub use overrides::{IsJitter, JitterValue, NoJitter, history, in_range, known_settings};

// Outcomes and classifiers.
pub use crate::failure::classify::{IntoVerdict, TransientBesideOnValue, transient, transient_beside_on_value};
pub use crate::failure::error_display::{
    ByDebug, ByDisplay, ByErased, ByError, ByName, ClassifiedError, OfContent, OfItself, Show, Shown, WithSources, ask,
    show,
};
pub use crate::failure::none_error::{IsOption, TransientNone};
pub use crate::failure::outcome::{
    AnyOutcome, CheckedOutcome, IntoError, OutcomeWithVerdict, Plain, PlainOutcome, Recoverable, Represents,
    TimedOutcome, check_value, returned, returned_in_time, show_value, unreached,
};
pub use classifier_maker::{
    Called, Joining, NeedsArgument, SeveralArguments, TakesSeveral, WithoutArguments, called, joining,
};
pub use named_classifier::{
    Method, Named, OneArgument, TakesAnother, TakesContent, TakesFailure, TakesReference, TakesTwo, TakesValue, named,
};
pub use pattern_name::{IsValue, Matched, MatchedValue, NamedNothing, NamedValue, leads_to};

// Errors of calls, and the history.
pub use crate::failure::attempt_failure::Failure;
pub use crate::failure::history::{AttemptLog, FailureLog, History, LastFailure};
pub use crate::failure::rejected_value::{
    Forget, Hidden, Keep, NoneRejected, RejectedValue, Retention, ShowValue, Shown as ShownValue, ValueByDebug,
    ValueHidden,
};
pub use crate::failure::retry_error::FromRetryError;

// Sleeps and time limits.
pub use crate::engine::pause::{Pause, sleep, sleep_async, sleep_until_cancelled, sleep_with, timer_async};
pub use crate::time::cancellation::{
    Cancelled, Cancels, Signal, UntilCancelled, WakesThreads, is_cancelled, until_cancelled,
};
pub use crate::time::sleep::{
    AsyncSleeper, AttemptClock, DefaultSleeper, Sleep, SleepWith, SleeperFuture, ask_sleeper,
};
pub use timed::{Timed, timed};
pub use watched::{Watched, watched};

// `#[derive(Transient)]`.
pub use derive::{Ask, Forwarded, GivenTo, Value, Wait, ask_1, ask_2, ask_3, forward, wait, waiting};
