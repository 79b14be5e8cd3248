//! An attribute and a function that fit together, as the expansion reads them. A faulty model cannot be built.

use crate::item::function::Function;
use crate::paths::Paths;
use proc_macro2::{Ident, Span, TokenStream};
use syn::{Expr, Type};

/// Everything about one annotated function.
pub(crate) struct Model {
    pub(crate) paths: Paths,
    pub(crate) function: Function,
    /// The site's name, where the user gives one.
    pub(crate) name: Option<Expr>,
    pub(crate) settings: SiteSettings,
    pub(crate) on: Classifier,
    pub(crate) on_value: Option<Classifier>,
    pub(crate) timer: Timer,
    /// The longest time for one attempt.
    pub(crate) timeout: Option<Timeout>,
    /// The budget that retries are paid from.
    pub(crate) budget: Option<SharedGuard>,
    /// The circuit breaker that sees each attempt.
    pub(crate) breaker: Option<SharedGuard>,
    /// The function whose value is returned in place of a failure.
    pub(crate) recover: Option<Expr>,
    /// The function that is called before each sleep.
    pub(crate) notify: Option<Expr>,
    /// The name that the body knows its attempt by.
    pub(crate) attempt: Option<Ident>,
    /// The name that the body knows its idempotency key by.
    pub(crate) idempotency_key: Option<Ident>,
    pub(crate) ending: Ending,
    /// The sleeper, where the user gives one.
    pub(crate) sleep: Option<Expr>,
    /// The arguments of which each attempt gets a clone.
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

/// The policy's settings, by when they are known.
#[derive(Default)]
pub(crate) struct SiteSettings {
    /// The policy that the others are laid over.
    pub(crate) policy: Option<Expr>,
    /// All settings as text, where the compiler knows them and nothing asks for the policy before a failure. Then nothing else is listed.
    pub(crate) notation: Option<String>,
    /// The builder with what the compiler knows: `check::constant(Policy::builder().max(5).base(BASE))`.
    pub(crate) fixed: TokenStream,
    /// Calls of its setters with what is known when the function is called: `.deadline(limit)`.
    pub(crate) runtime: TokenStream,
    /// Where the deadline is: what only the whole policy shows is that the first retry would come after it.
    pub(crate) deadline: Option<Span>,
    /// A strategy of the user's own.
    pub(crate) custom: Option<Expr>,
}

impl SiteSettings {
    /// Returns whether the compiler knows the whole policy.
    pub(crate) fn is_fixed(&self) -> bool {
        self.policy.is_none() && self.runtime.is_empty()
    }
}

/// Decides which failures are transient.
pub(crate) enum Classifier {
    /// The error type itself.
    Transient,
    /// Nothing is transient.
    Never,
    /// A function of the user's.
    Expression(Expr),
    /// A pattern of the user's.
    Pattern(TokenStream),
}

/// How much a call has to know of time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timer {
    /// Nothing.
    None,
    /// Its beginning, if the policy turns out to have a deadline.
    ForDeadline,
    /// Its beginning.
    Always,
}

/// The value that a function returns on giving up.
pub(crate) enum Ending {
    /// The last outcome.
    Outcome,
    /// A `RetryError`.
    Error(Box<ErrorEnding>),
}

/// A function that returns a `RetryError`, or something made from one.
pub(crate) struct ErrorEnding {
    /// The error of an attempt.
    pub(crate) error: TokenStream,
    /// The value of an attempt, where the signature shows it.
    pub(crate) value: Option<Type>,
    /// Whether the function's own error is made from the `RetryError`.
    pub(crate) is_converted: bool,
    pub(crate) history: Option<History>,
}

/// The key `timeout`.
pub(crate) enum Timeout {
    /// Known to the compiler: a checked expression.
    Fixed(TokenStream),
    /// Known when the function is called.
    Runtime(Expr),
}

/// A budget or a breaker, which calls share.
pub(crate) struct SharedGuard {
    pub(crate) expression: Expr,
    /// Whether it is an item by its name. It must be a `static`: a constant would be a new one at each use.
    pub(crate) is_item: bool,
}

/// The key `history`.
pub(crate) enum History {
    Literal(usize),
    /// Known to the compiler.
    Constant(Expr),
    /// Known when the function is called.
    Runtime(Expr),
}
