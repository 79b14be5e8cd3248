//! What `#[derive(Transient)]` expands to calls, and where what is wrong with the types of fields is reported.

use crate::classify::{Transient, Verdict};
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

/// A parameter of a function that a word names. It is known before the function is given anything, so that a reference to a field
/// becomes what the function takes (a `&String` a `&str`), and a parameter that is no reference has words of its own.
#[derive(Debug)]
pub struct Parameter<A>(Value<A>);

/// A parameter that is no reference.
#[derive(Debug)]
pub struct Value<A>(PhantomData<A>);

impl<A> Parameter<A> {
    const NEW: Self = Self(Value(PhantomData));
}

impl<U: ?Sized> Parameter<&U> {
    /// Gives it a field.
    pub fn give<T: Field + ?Sized>(self, field: &T) -> T::Ref<'_> {
        field.as_field()
    }
}

impl<A> Deref for Parameter<A> {
    type Target = Value<A>;

    fn deref(&self) -> &Value<A> {
        &self.0
    }
}

impl<A> Value<A> {
    /// Gives it a field.
    pub fn give<T: GivenTo<A> + ?Sized>(&self, field: &T) -> A {
        field.give()
    }
}

/// A field, or a struct. Its reference goes by another name, so that rustc finds its type in the field, not in what is expected of it.
pub trait Field {
    /// The reference.
    type Ref<'a>
    where
        Self: 'a;

    /// The field itself.
    fn as_field(&self) -> Self::Ref<'_>;
}

impl<T: ?Sized> Field for T {
    type Ref<'a>
        = &'a T
    where
        Self: 'a;

    fn as_field(&self) -> &T {
        self
    }
}

/// What can be given to a function whose parameter is no reference.
#[diagnostic::on_unimplemented(
    message = "this function takes `{A}`, and is given `&{Self}`",
    label = "takes `{A}`, not `&{Self}`",
    note = "`if` and `after` give references: to each of a variant's fields, or to the struct; let the function take `&{Self}`, or write a closure: `|field| ...`"
)]
pub trait GivenTo<A> {
    /// Gives it.
    fn give(&self) -> A;
}

#[diagnostic::do_not_recommend]
impl<T> GivenTo<*const T> for T {
    fn give(&self) -> *const T {
        self
    }
}

/// Asks a function that a word names.
pub fn ask_1<A, R>(ask: impl FnOnce(A) -> R, give: impl FnOnce(Parameter<A>) -> (A,)) -> R {
    let (a,) = give(Parameter::NEW);
    ask(a)
}

/// Asks a function that a word names.
pub fn ask_2<A, B, R>(ask: impl FnOnce(A, B) -> R, give: impl FnOnce(Parameter<A>, Parameter<B>) -> (A, B)) -> R {
    let (a, b) = give(Parameter::NEW, Parameter::NEW);
    ask(a, b)
}

/// Asks a function that a word names.
pub fn ask_3<A, B, C, R>(
    ask: impl FnOnce(A, B, C) -> R,
    give: impl FnOnce(Parameter<A>, Parameter<B>, Parameter<C>) -> (A, B, C),
) -> R {
    let (a, b, c) = give(Parameter::NEW, Parameter::NEW, Parameter::NEW);
    ask(a, b, c)
}
