//! What a call of a closure passes to the engine's context: its site and its keys.
//!
//! It is made for one attempt, and decides nothing.

use super::keys::{ChoosesStrategy, MaybeGiven};
use crate::engine::context::Keys;
use crate::engine::decision::CallSettings;
use crate::engine::guards::Guards;
use crate::engine::recovery::PendingEnd;
use crate::engine::session::OwnTimes;
use crate::observe::site::Site;
use crate::overload::breaker::Permit;
use crate::overload::budget::Budget;
use crate::policy::Policy;
use core::marker::PhantomData;
use core::mem;
use core::panic::Location;
use core::time::Duration;

/// The policy of a call and its place in the source.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) location: &'static Location<'static>,
}

/// The site of a call. It is looked up only when it is needed.
pub(super) struct ClosureSite<'a, M, D> {
    pub(super) origin: Origin<'a>,
    pub(super) name: M,
    pub(super) strategy: PhantomData<fn() -> D>,
}

impl<M: Copy, D> Clone for ClosureSite<'_, M, D> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Copy, D> Copy for ClosureSite<'_, M, D> {}

impl<M: MaybeGiven<&'static str>, D: ChoosesStrategy> From<ClosureSite<'_, M, D>> for &'static Site {
    #[inline]
    fn from(site: ClosureSite<'_, M, D>) -> Self {
        let ClosureSite { origin: Origin { policy, location }, name, .. } = site;
        let find = |policy| Site::of_closure(location, name.get(), policy);
        if D::IS_OWN { find(&policy.with_strategy_of_its_own()) } else { find(policy) }
    }
}

/// The settings and guards of a call. A key that is not set is `()`, so the engine's decision is compiled without it.
pub(super) struct ClosureKeys<'c, 'a, D: ChoosesStrategy, T, G, P> {
    pub(super) policy: &'c Policy,
    pub(super) strategy: &'c D,
    /// Gets the policy without backoff and jitter.
    pub(super) without_strategy: &'c mut D::WithoutStrategy,
    pub(super) timeout: T,
    pub(super) budget: G,
    pub(super) permit: P,
    pub(super) guards: PhantomData<&'a ()>,
    pub(super) end: Option<&'c mut PendingEnd>,
}

impl<'c, 'a: 'c, D, T, G, P> Keys<'c> for ClosureKeys<'c, 'a, D, T, G, P>
where
    D: ChoosesStrategy,
    T: MaybeGiven<Duration>,
    G: MaybeGiven<&'a Budget> + Copy,
    P: MaybeGiven<Permit<'a>> + Default,
{
    #[inline]
    fn succeeded(&mut self) {
        Guards { budget: self.budget.get(), permit: mem::take(&mut self.permit).get() }.succeeded();
    }

    #[inline]
    fn settings(self) -> CallSettings<'c> {
        let Self { policy, strategy, without_strategy, timeout, budget, permit, end, .. } = self;
        let (policy, strategy) = strategy.choose(policy, without_strategy);
        CallSettings {
            policy: Some(policy),
            own: OwnTimes { strategy, timeout: timeout.get() },
            guards: Guards { budget: budget.get(), permit: permit.get() },
            end,
        }
    }

    #[inline]
    fn moved(self) -> Self {
        let Self { policy, strategy, without_strategy, timeout, budget, permit, guards, end } = self;
        Self { policy, strategy, without_strategy, timeout, budget, permit, guards, end }
    }
}
