//! What `#[derive(Transient)]` expands to calls, and where what is wrong with the types of fields is reported.

use crate::failure::classify::{Transient, Verdict};
use core::marker::PhantomData;
use core::ops::Deref;
use core::time::Duration;

/// A field that decides for its variant.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot say whether it is transient",
    label = "`forward` asks this field, and its type does not implement `Transient`",
    note = "derive or implement `reattempt::Transient` for it, or decide here: `#[transient]`, `#[permanent]` or `#[transient(if = function)]`",
    note = "where the type is erased, as in `Box<dyn Error>` and `anyhow::Error`, name the one to look for: `#[transient(if = reattempt::classify::source::<std::io::Error>())]`"
)]
pub trait Forwarded {
    /// What it says.
    fn forwarded(&self) -> Verdict;
}

#[diagnostic::do_not_recommend]
impl<E: Transient + ?Sized> Forwarded for E {
    fn forwarded(&self) -> Verdict {
        self.verdict()
    }
}

/// Asks a field.
pub fn forward<E: Forwarded + ?Sized>(field: &E) -> Verdict {
    field.forwarded()
}

/// Where a hint is found: `Duration`, `Option<Duration>`, and references to them.
#[diagnostic::on_unimplemented(
    message = "`after` takes a `Duration` or an `Option<Duration>`, not `{Self}`",
    label = "this is no hint: its type is `{Self}`",
    note = "name a field of one of these types, or a function that answers one: `after = hint_of`"
)]
pub trait Hint {
    /// The hint, if there is one.
    fn hint(&self) -> Option<Duration>;
}

#[diagnostic::do_not_recommend]
impl Hint for Duration {
    fn hint(&self) -> Option<Duration> {
        Some(*self)
    }
}

#[diagnostic::do_not_recommend]
impl Hint for Option<Duration> {
    fn hint(&self) -> Option<Duration> {
        *self
    }
}

#[diagnostic::do_not_recommend]
impl<H: Hint + ?Sized> Hint for &H {
    fn hint(&self) -> Option<Duration> {
        (**self).hint()
    }
}

/// Reads a hint.
pub fn hint<H: Hint + ?Sized>(field: &H) -> Option<Duration> {
    field.hint()
}

/// Joins a verdict with a hint, which only a transient failure is asked for. A hint that the verdict brings itself stays, unless the
/// other is longer.
pub fn hinted(verdict: Verdict, hint: impl FnOnce() -> Option<Duration>) -> Verdict {
    match verdict {
        Verdict::Stop => Verdict::Stop,
        Verdict::Retry => hint().map_or(Verdict::Retry, Verdict::RetryAfter),
        Verdict::RetryAfter(own) => Verdict::RetryAfter(hint().map_or(own, |hint| hint.max(own))),
    }
}

/// A function that a word names, before it is given its next argument.
///
/// Its parameter is known by then, so that a reference to a field becomes what the function takes (a `&String` a `&str`), and a parameter
/// that is no reference has words of its own.
#[derive(Debug)]
pub struct Ask<F, A, N> {
    function: F,
    /// Answers the function's answer, or the function before its next argument.
    next: fn(F, A) -> N,
    value: Value<A, N>,
}

/// A parameter that is no reference.
#[derive(Debug)]
pub struct Value<A, N>(PhantomData<fn(A) -> N>);

impl<'a, F, U: ?Sized, N> Ask<F, &'a U, N> {
    /// Gives it a field.
    pub fn give(self, field: &'a U) -> N {
        (self.next)(self.function, field)
    }
}

impl<F, A, N> Deref for Ask<F, A, N> {
    type Target = Value<A, N>;

    fn deref(&self) -> &Value<A, N> {
        &self.value
    }
}

impl<A, N> Value<A, N> {
    /// Stands for what cannot be.
    pub fn give<T: GivenTo<A> + ?Sized>(&self, field: &T) -> N {
        field.give()
    }
}

/// What can be given to a function whose parameter is no reference: nothing.
#[diagnostic::on_unimplemented(
    message = "this function takes `{A}`, and is given `&{Self}`",
    label = "takes `{A}`, not `&{Self}`",
    note = "`if` and `after` give references: to each of a variant's fields, or to the struct; let the function take `&{Self}`, or write a closure: `|field| ...`"
)]
pub trait GivenTo<A> {
    /// Gives it.
    fn give<N>(&self) -> N;
}

fn ask<F, A, N>(function: F, next: fn(F, A) -> N) -> Ask<F, A, N> {
    Ask { function, next, value: Value(PhantomData) }
}

/// Asks a function of one field, or of a struct.
pub fn ask_1<F: FnOnce(A) -> R, A, R>(function: F) -> Ask<F, A, R> {
    ask(function, |function, a| function(a))
}

/// What is given two arguments, one after the other.
type AskTwice<F, A, B, N> = Ask<F, A, Ask<(F, A), B, N>>;

/// What is given three.
type AskThrice<F, A, B, C, N> = Ask<F, A, AskTwice<(F, A), B, C, N>>;

/// Asks a function of two fields.
pub fn ask_2<F: FnOnce(A, B) -> R, A, B, R>(function: F) -> AskTwice<F, A, B, R> {
    ask(function, |function, a| ask((function, a), |(function, a), b| function(a, b)))
}

/// Asks a function of three fields.
pub fn ask_3<F: FnOnce(A, B, C) -> R, A, B, C, R>(function: F) -> AskThrice<F, A, B, C, R> {
    ask(function, |function, a| {
        ask((function, a), |given, b| ask((given, b), |((function, a), b), c| function(a, b, c)))
    })
}
