//! The breaker of a call, or its absence: the keys `breaker` and `wait_for_breaker`.
//!
//! It asks the breaker and watches its permits. It does not know what follows a refusal.

use super::keys::MaybeGiven;
use super::operation::ClosureCall;
use super::requirements::CanBeAwaited;
use crate::engine::decision::{Refusals, WaitsForBreaker};
use crate::engine::guards::Watch;
use crate::engine::pause::Pause;
use crate::engine::recovery::PendingEnd;
use crate::engine::refusal;
use crate::failure::breaker_open::BreakerOpen;
use crate::observe::site::Site;
use crate::overload::breaker::{CircuitBreaker, Permit};
use crate::overload::budget::Budget;
use crate::policy::Policy;
use core::convert::Infallible;
use core::marker::PhantomData;

/// A circuit breaker, or none. It is a type parameter, because only a call with a breaker needs a return value for a refusal.
pub trait Breaking<'a> {
    /// The breaker's permit.
    type Permit: Default + MaybeGiven<Permit<'a>> + Watching;
    /// The refusal.
    type Open;
    /// The refusal that a call waits for, while it does.
    type Awaited: Copy + Into<Self::Open>;
    /// What the call does where the breaker refuses a retry.
    type Refusals: Refusals + Default;
    /// Asks the breaker for a permit for an attempt.
    ///
    /// # Errors
    ///
    /// Returns the refusal.
    fn acquire(&self) -> Result<Self::Permit, Self::Open>;
    /// Returns the pause after which the breaker is asked again, or `None` if the call does not wait. `site` is called if it is needed.
    fn wait(
        &self,
        call: &ClosureCall,
        policy: &Policy,
        site: impl FnOnce() -> &'static Site,
        open: &Self::Open,
    ) -> Option<(Pause, Self::Awaited)>;
    /// Ends a call whose attempt was refused, as the engine's `refuse` does.
    fn refuse(
        &self,
        open: &Self::Open,
        call: &ClosureCall,
        site: &'static Site,
        budget: Option<&Budget>,
        end: Option<&mut PendingEnd>,
    );
}

impl Breaking<'_> for () {
    type Permit = ();
    type Open = Infallible;
    type Awaited = Infallible;
    type Refusals = ();

    fn acquire(&self) -> Result<(), Infallible> {
        Ok(())
    }

    fn wait(
        &self,
        _: &ClosureCall,
        _: &Policy,
        _: impl FnOnce() -> &'static Site,
        never: &Infallible,
    ) -> Option<(Pause, Infallible)> {
        match *never {}
    }

    fn refuse(
        &self,
        never: &Infallible,
        _: &ClosureCall,
        _: &'static Site,
        _: Option<&Budget>,
        _: Option<&mut PendingEnd>,
    ) {
        match *never {}
    }
}

/// A circuit breaker, with what the call does where it refuses an attempt.
#[derive(Clone, Copy, Debug)]
pub struct Behind<'a, W>(&'a CircuitBreaker, PhantomData<W>);

impl<'a> Behind<'a, ()> {
    /// Makes a refusal end the call.
    pub(super) fn new(breaker: &'a CircuitBreaker) -> Self {
        Self(breaker, PhantomData)
    }
}

impl<'a> CanBeAwaited for Behind<'a, ()> {
    type Awaited = Behind<'a, WaitsForBreaker>;

    fn awaited(self) -> Self::Awaited {
        Behind(self.0, PhantomData)
    }
}

impl<'a, W: Waits> Breaking<'a> for Behind<'a, W> {
    type Permit = Option<Permit<'a>>;
    type Open = BreakerOpen;
    type Awaited = W::Awaited;
    type Refusals = W;

    fn acquire(&self) -> Result<Self::Permit, BreakerOpen> {
        self.0.acquire().map(Some)
    }

    fn wait(
        &self,
        call: &ClosureCall,
        policy: &Policy,
        site: impl FnOnce() -> &'static Site,
        open: &BreakerOpen,
    ) -> Option<(Pause, W::Awaited)> {
        W::wait(call, policy, site, *open)
    }

    fn refuse(
        &self,
        open: &BreakerOpen,
        call: &ClosureCall,
        site: &'static Site,
        budget: Option<&Budget>,
        end: Option<&mut PendingEnd>,
    ) {
        refusal::refuse(call, site, self.0, *open, budget, end);
    }
}

/// Says whether a call waits for its breaker.
pub trait Waits: Refusals + Default {
    /// The refusal that the call waits for, while it does.
    type Awaited: Copy + Into<BreakerOpen>;
    /// Returns the pause after which the breaker is asked again.
    fn wait(
        call: &ClosureCall,
        policy: &Policy,
        site: impl FnOnce() -> &'static Site,
        open: BreakerOpen,
    ) -> Option<(Pause, Self::Awaited)>;
}

/// The refusal that a call without `wait_for_breaker` waits for. There is none.
#[derive(Clone, Copy, Debug)]
pub enum NeverAwaited {}

impl From<NeverAwaited> for BreakerOpen {
    fn from(never: NeverAwaited) -> Self {
        match never {}
    }
}

impl Waits for () {
    type Awaited = NeverAwaited;

    fn wait(
        _: &ClosureCall,
        _: &Policy,
        _: impl FnOnce() -> &'static Site,
        _: BreakerOpen,
    ) -> Option<(Pause, NeverAwaited)> {
        None
    }
}

impl Waits for WaitsForBreaker {
    type Awaited = BreakerOpen;

    fn wait(
        call: &ClosureCall,
        policy: &Policy,
        site: impl FnOnce() -> &'static Site,
        open: BreakerOpen,
    ) -> Option<(Pause, BreakerOpen)> {
        refusal::wait_for_breaker(call, site(), policy, open).map(|pause| (pause, open))
    }
}

/// A permit, or none, while a part of its attempt runs.
pub trait Watching {
    /// Runs a part of the attempt: a blocking run, or one poll. A panic is reported as a failure.
    fn watch<R>(&mut self, part: impl FnOnce() -> R) -> R;
}

impl Watching for () {
    #[inline]
    fn watch<R>(&mut self, part: impl FnOnce() -> R) -> R {
        part()
    }
}

impl Watching for Option<Permit<'_>> {
    #[inline]
    fn watch<R>(&mut self, part: impl FnOnce() -> R) -> R {
        let watch = Watch::new(self);
        let done = part();
        watch.end();
        done
    }
}
