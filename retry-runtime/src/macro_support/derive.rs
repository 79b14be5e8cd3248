//! Functions that the expansion of `#[derive(Transient)]` calls. Wrong types of fields get their compiler messages here.
//!
//! It knows no policies and sessions.

use crate::failure::classify::{Transient, Verdict};
use core::marker::PhantomData;
use core::ops::Deref;
use core::time::Duration;

/// A field whose verdict is the verdict of its variant.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `Transient`",
    label = "`forward` needs a field whose type implements `Transient`",
    note = "derive or implement `reattempt::Transient` for it, or decide here: `#[transient]`, `#[permanent]` or `#[transient(if = function)]`",
    note = "where the type is erased, as in `Box<dyn Error>` and `anyhow::Error`, name the one to look for: `#[transient(if = reattempt::classify::source::<std::io::Error>())]`"
)]
pub trait Forwarded {
    /// Returns the verdict of the field.
    fn forwarded(&self) -> Verdict;
}

#[diagnostic::do_not_recommend]
impl<E: Transient + ?Sized> Forwarded for E {
    fn forwarded(&self) -> Verdict {
        self.verdict()
    }
}

/// Returns the verdict of a field.
pub fn forward<E: Forwarded + ?Sized>(field: &E) -> Verdict {
    field.forwarded()
}

/// The types that `after` and `delay` take: `Duration`, `Option<Duration>`, and references to them.
#[diagnostic::on_unimplemented(
    message = "`after` and `delay` take a `Duration` or an `Option<Duration>`, not `{Self}`",
    label = "expected a `Duration` or an `Option<Duration>`, found `{Self}`",
    note = "name a field of one of these types, or a function that returns one: `after = hint_of`"
)]
pub trait Wait {
    /// Returns the time to wait, if there is one.
    fn wait(&self) -> Option<Duration>;
}

#[diagnostic::do_not_recommend]
impl Wait for Duration {
    fn wait(&self) -> Option<Duration> {
        Some(*self)
    }
}

#[diagnostic::do_not_recommend]
impl Wait for Option<Duration> {
    fn wait(&self) -> Option<Duration> {
        *self
    }
}

#[diagnostic::do_not_recommend]
impl<W: Wait + ?Sized> Wait for &W {
    fn wait(&self) -> Option<Duration> {
        (**self).wait()
    }
}

/// Returns the time to wait that a value holds.
pub fn wait<W: Wait + ?Sized>(field: &W) -> Option<Duration> {
    field.wait()
}

/// Adds a wait of a kind, a hint or a delay, to a verdict. The wait is computed for transient failures only. If the verdict already has one,
/// the longer one is used.
pub fn waiting(verdict: Verdict, kind: fn(Duration) -> Verdict, wait: impl FnOnce() -> Option<Duration>) -> Verdict {
    match verdict {
        Verdict::Stop => Verdict::Stop,
        transient => wait().map_or(transient, |wait| transient.and(kind(wait))),
    }
}

/// A function given to `if`, `after` or `delay` that waits for its next argument.
///
/// The type of its parameter is known here. So a reference to a field is coerced to the parameter's type (a `&String` to a `&str`), and a
/// parameter that is not a reference gets its own compiler message.
#[derive(Debug)]
pub struct Ask<F, A, N> {
    function: F,
    /// Passes the argument. It returns the function's result, or the function that waits for its next argument.
    next: fn(F, A) -> N,
    value: Value<A, N>,
}

/// A parameter that is not a reference.
#[derive(Debug)]
pub struct Value<A, N>(PhantomData<fn(A) -> N>);

impl<'a, F, U: ?Sized, N> Ask<F, &'a U, N> {
    /// Passes a field to the function.
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
    /// Never compiles, because nothing implements [`GivenTo`].
    pub fn give<T: GivenTo<A> + ?Sized>(&self, field: &T) -> N {
        field.give()
    }
}

/// The types that can be passed to a function whose parameter is not a reference: none.
#[diagnostic::on_unimplemented(
    message = "this function takes `{A}`, but it gets `&{Self}`",
    label = "takes `{A}`, not `&{Self}`",
    note = "`if`, `after` and `delay` pass references to the fields of a variant, or to the struct; let the function take `&{Self}`, or write a closure: `|field| ...`"
)]
pub trait GivenTo<A> {
    /// Passes the value.
    fn give<N>(&self) -> N;
}

fn ask<F, A, N>(function: F, next: fn(F, A) -> N) -> Ask<F, A, N> {
    Ask { function, next, value: Value(PhantomData) }
}

/// Prepares the call of a function with one argument: a field, or a struct.
pub fn ask_1<F: FnOnce(A) -> R, A, R>(function: F) -> Ask<F, A, R> {
    ask(function, |function, a| function(a))
}

/// A function that waits for two arguments, one after the other.
type AskTwice<F, A, B, N> = Ask<F, A, Ask<(F, A), B, N>>;

/// A function that waits for three arguments.
type AskThrice<F, A, B, C, N> = Ask<F, A, AskTwice<(F, A), B, C, N>>;

/// Prepares the call of a function with two arguments.
pub fn ask_2<F: FnOnce(A, B) -> R, A, B, R>(function: F) -> AskTwice<F, A, B, R> {
    ask(function, |function, a| ask((function, a), |(function, a), b| function(a, b)))
}

/// Prepares the call of a function with three arguments.
pub fn ask_3<F: FnOnce(A, B, C) -> R, A, B, C, R>(function: F) -> AskThrice<F, A, B, C, R> {
    ask(function, |function, a| {
        ask((function, a), |given, b| ask((given, b), |((function, a), b), c| function(a, b, c)))
    })
}
