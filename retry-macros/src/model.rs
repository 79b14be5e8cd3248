//! The model: an attribute and a function that fit together, ready for the expansion. A faulty model cannot be built.

use crate::item::function::Function;
use crate::paths::Paths;
use proc_macro2::{Ident, Span, TokenStream};
use syn::{Expr, Path, Type};

/// The functions of this crate that make a classifier.
pub(crate) const MAKERS: [&str; 4] = ["any_of", "all_of", "not", "source"];

/// Returns whether a path leads to a function of this crate by its looks. A user may have a function of the same name.
pub(crate) fn is_of_this_crate(path: &Path) -> bool {
    let owner = path.segments.iter().rev().nth(1);
    path.segments.first().is_some_and(|first| first.ident == "reattempt")
        || owner.is_some_and(|owner| owner.ident == "classify")
}

/// Everything about one annotated function.
pub(crate) struct Model {
    pub(crate) paths: Paths,
    pub(crate) function: Function,
    /// The site's name, if the user sets one.
    pub(crate) name: Option<Expr>,
    pub(crate) settings: SiteSettings,
    pub(crate) on: Classifier,
    pub(crate) on_value: Option<Classifier>,
    pub(crate) timer: Timer,
    /// The longest time for one attempt.
    pub(crate) timeout: Option<OwnValue>,
    /// Whether the step has to know the time-out: the policy may have a final attempt, which begins one time-out before the deadline.
    pub(crate) steps_by_timeout: bool,
    /// The budget that pays for retries.
    pub(crate) budget: Option<SharedGuard>,
    /// The circuit breaker that sees each attempt.
    pub(crate) breaker: Option<SharedGuard>,
    /// Whether the call waits for the breaker where it refuses an attempt.
    pub(crate) waits_for_breaker: bool,
    /// The cancellation that ends the call's sleeps.
    pub(crate) cancel: Option<SharedGuard>,
    /// The function whose value is returned in place of a failure.
    pub(crate) recover: Option<Expr>,
    /// The function that is called before each sleep.
    pub(crate) notify: Option<Expr>,
    /// The name of the attempt in the body.
    pub(crate) attempt: Option<Ident>,
    /// The name of the progress in the body.
    pub(crate) progress: Option<Ident>,
    /// The name of the idempotency key in the body, if one is made.
    pub(crate) idempotency_key: Option<Ident>,
    pub(crate) ending: Ending,
    /// The sleeper, if the user sets one.
    pub(crate) sleep: Option<Expr>,
    /// The arguments that are cloned for each attempt.
    pub(crate) clones: Vec<Ident>,
    /// The section for the function's documentation.
    pub(crate) doc: Option<String>,
}

impl Model {
    /// Returns whether a call that gives up makes a `RetryError`.
    pub(crate) fn makes_retry_error(&self) -> bool {
        self.recover.is_some() || matches!(self.ending, Ending::Error(_))
    }
}

/// The policy's settings, by the time when they are known.
#[derive(Default)]
pub(crate) struct SiteSettings {
    /// The policy that the others override.
    pub(crate) policy: Option<Expr>,
    /// All settings as text, if the compiler knows them and nothing needs the policy before a failure. Then the other fields are empty.
    pub(crate) notation: Option<String>,
    /// The builder with the settings that the compiler knows: `check::constant(Policy::builder().max(5).base(BASE))`.
    pub(crate) fixed: TokenStream,
    /// Calls of setters with run-time values: `.deadline(limit)`.
    pub(crate) runtime: TokenStream,
    /// The span of the deadline or, without one, of a `final_attempt` that is no literal. Only the whole policy shows that the first retry would
    /// come after the deadline, or that the final attempt has none.
    pub(crate) end: Option<Span>,
    /// A strategy of the user's own.
    pub(crate) custom: Option<Expr>,
}

impl SiteSettings {
    /// Returns whether the compiler knows the whole policy.
    pub(crate) fn is_fixed(&self) -> bool {
        self.policy.is_none() && self.runtime.is_empty()
    }
}

/// The classifier of errors.
pub(crate) enum Classifier {
    /// The error type itself.
    Transient,
    /// A function of the user's.
    Expression(Expr),
    /// A named function of the user's, whose signature may be another one than that of a classifier.
    Named(Expr),
    /// A pattern of the user's.
    Pattern(TokenStream),
}

/// The times that a call needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timer {
    /// No time.
    None,
    /// What the policy of the call turns out to need, and the start of the call if that is needed anyway.
    ForPolicy { is_needed: bool },
    /// The start of the call.
    Always,
    /// The series of attempts that runs.
    Series,
}

/// The value that a function returns on giving up.
pub(crate) enum Ending {
    /// The last outcome.
    Outcome,
    /// A `RetryError`.
    Error(Box<ErrorEnding>),
}

/// The ending of a function that returns a `RetryError`, or something made from one.
pub(crate) struct ErrorEnding {
    /// The error of an attempt.
    pub(crate) error: TokenStream,
    /// The value of an attempt, if the signature shows it.
    pub(crate) value: Option<Type>,
    /// Whether the function's own error is made from the `RetryError`.
    pub(crate) is_converted: bool,
    /// Whether it keeps a rejected value: for a `RetryError<E, T>`.
    pub(crate) keeps_value: bool,
    /// The number of failures that it keeps.
    pub(crate) history: Option<OwnValue>,
}

/// The value of a key that is no setting of the policy.
pub(crate) enum OwnValue {
    Literal(TokenStream),
    /// Known to the compiler: an expression that checks it.
    Constant(TokenStream),
    /// Known when the function is called.
    Runtime(Expr),
}

/// A budget, a breaker or a cancellation, shared by calls.
pub(crate) struct SharedGuard {
    pub(crate) expression: Expr,
    /// Whether it is an item by its name. Then it must be a `static`, since a constant would be a new one at each use.
    pub(crate) is_item: bool,
}
