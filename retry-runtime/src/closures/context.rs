//! The context of a call of a closure: its site and its keys, as the engine's step takes them.
//!
//! It is made for one attempt, and decides nothing.

use super::cancelling::Cancelling;
use super::keys::MaybeGiven;
use super::requirements::OwnStrategy;
use crate::engine::call::Call;
use crate::engine::context::CallContext;
use crate::engine::decision::{CallSettings, Refusals};
use crate::engine::guards::Guards;
use crate::engine::notify::Notified;
use crate::engine::pause::Pause;
use crate::engine::recovery::PendingEnd;
use crate::engine::report::Report;
use crate::engine::series::Timer;
use crate::engine::session::OwnTimes;
use crate::engine::step::Context;
use crate::failure::attempt_failure::Failure;
use crate::observe::site::Site;
use crate::overload::breaker::Permit;
use crate::overload::budget::Budget;
use crate::policy::Policy;
use crate::policy::backoff::Backoff;
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
#[derive(Clone, Copy)]
pub(super) struct ClosureSite<'a, M> {
    pub(super) origin: Origin<'a>,
    pub(super) name: M,
}

impl<M: MaybeGiven<&'static str>> From<ClosureSite<'_, M>> for &'static Site {
    #[inline]
    fn from(site: ClosureSite<'_, M>) -> Self {
        Site::of_closure(site.origin.location, site.name.get(), site.origin.policy)
    }
}

/// The context of a call of a closure. The engine's own context is made from it after a failure only: a key that is not set is `()` here, so
/// a success does not write it to memory.
pub(super) struct ClosureContext<'c, 'a, M, D, T, G, P, N, A, W> {
    pub(super) site: ClosureSite<'c, M>,
    pub(super) strategy: &'c Option<D>,
    pub(super) timeout: T,
    pub(super) budget: G,
    pub(super) permit: P,
    pub(super) guards: PhantomData<&'a ()>,
    pub(super) end: Option<&'c mut PendingEnd>,
    pub(super) notify: N,
    pub(super) cancel: A,
    pub(super) refusals: W,
}

impl<'a, M, D, T, G, P, N, A, W, E, V> Context<E, V> for ClosureContext<'_, 'a, M, D, T, G, P, N, A, W>
where
    M: MaybeGiven<&'static str> + Copy,
    D: OwnStrategy,
    T: MaybeGiven<Duration>,
    G: MaybeGiven<&'a Budget> + Copy,
    P: MaybeGiven<Permit<'a>> + Default,
    N: Notified<E, V>,
    A: Cancelling,
    W: Refusals,
{
    #[inline]
    fn site(&self) -> &'static Site {
        self.site.into()
    }

    #[inline]
    fn succeeded(&mut self) {
        Guards { budget: self.budget.get(), permit: mem::take(&mut self.permit).get() }.succeeded();
    }

    #[inline]
    fn moved(self) -> Self {
        let Self { site, strategy, timeout, budget, permit, guards, end, notify, cancel, refusals } = self;
        Self { site, strategy, timeout, budget, permit, guards, end, notify, cancel, refusals }
    }

    #[inline]
    fn decide<C: Timer>(self, call: &mut Call<C>, failure: Failure<&E, &V>, report: Report<'_>) -> Option<Pause> {
        let Self { site, strategy, timeout, budget, permit, end, notify, cancel, refusals, .. } = self;
        // A strategy of the caller replaces the policy's backoff and jitter.
        let without_strategy = strategy.as_ref().map(|_| site.origin.policy.with_strategy_of_its_own());
        let policy = without_strategy.as_ref().unwrap_or(site.origin.policy);
        let context = CallContext {
            site: ClosureSite { origin: Origin { policy, ..site.origin }, ..site },
            keys: CallSettings {
                policy: Some(policy),
                own: OwnTimes {
                    strategy: strategy.as_ref().map(|strategy| strategy as &dyn Backoff),
                    timeout: timeout.get(),
                },
                guards: Guards { budget: budget.get(), permit: permit.get() },
                end,
            },
            notify,
            cancel,
            refusals,
        };
        context.decide(call, failure, report)
    }
}
