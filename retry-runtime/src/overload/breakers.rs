//! Breakers by key: one for each host or shard, up to a capacity. This module does not know how a breaker decides.
//!
//! # Eviction
//!
//! A key that is known must not wait because others are not, so an eviction looks at a few breakers, however many there are. A hand goes
//! around them, as in the clock algorithm of page caches (Corbató, 1968). An eviction moves it past 32 breakers, halves their use counts, and
//! evicts the least used of them. Up to 32 breakers, that is the least used of all. With more it is one of the lower thirty-second in the mean,
//! which a full scan would improve little and which costs microseconds instead of milliseconds.

use crate::observe::transition::{State, Transition};
use crate::overload::breaker::{self, CircuitBreaker};
use core::borrow::Borrow;
use core::fmt;
use core::hash::Hash;
use core::mem;
use core::sync::atomic::{AtomicU64, Ordering};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

const MAX_CAPACITY: usize = 10_000;

/// The number of breakers that an eviction looks at.
const SAMPLE: usize = 32;

/// The number of breakers that an eviction looks at if none is closed.
const LARGEST_SAMPLE: usize = 1_024;

/// A bounded set of circuit breakers by key, such as one for each host. It can be a `static`.
///
/// A breaker is made when its key is first used. If there is no room left, an eviction looks at 32 breakers, at other ones each time, and
/// evicts the least used of those that are closed. If none of them is closed, it looks at up to 1,024 before it evicts one that is not. It
/// halves the use counts of those that it looks at, so that old uses count less. Running attempts keep their breaker.
///
/// A lookup takes a read lock while it searches a hash map. A new key takes the write lock for some microseconds, with and without an
/// eviction. Only the keys' `Hash` and `Eq` run under the lock. Breakers themselves have no lock. To avoid even the read lock, keep the
/// [`Arc`].
///
/// # Examples
///
/// ```
/// use reattempt::{Breakers, CircuitBreaker};
///
/// static HOSTS: Breakers<String> = Breakers::new(CircuitBreaker::consecutive(5), 1_000);
///
/// let breaker = HOSTS.get("api.example.com");
/// let permit = breaker.acquire()?;
/// permit.success();
/// # Ok::<(), reattempt::BreakerOpen>(())
/// ```
pub struct Breakers<K> {
    template: CircuitBreaker,
    capacity: usize,
    listener: OnceLock<Arc<Listener<K>>>,
    /// Made when it is first needed, because a hash map cannot be made at compile time.
    entries: LazyLock<RwLock<Entries<K>>>,
}

type Listener<K> = dyn Fn(&K, &Transition) + Send + Sync;

struct Entries<K> {
    /// The numbers of the slots.
    by_key: HashMap<K, usize>,
    slots: Vec<Slot<K>>,
    /// The number of the slot that the next eviction looks at first.
    hand: usize,
}

impl<K> Default for Entries<K> {
    fn default() -> Self {
        Self { by_key: HashMap::new(), slots: Vec::new(), hand: 0 }
    }
}

struct Slot<K> {
    key: K,
    breaker: Arc<CircuitBreaker>,
    /// A count that guards no other memory, so `Relaxed` is enough.
    uses: AtomicU64,
}

impl<K> Breakers<K> {
    /// Makes an empty set for this number of breakers, which get the settings of the template.
    ///
    /// # Panics
    ///
    /// Panics if the capacity is outside `[1, 10000]`.
    #[track_caller]
    pub const fn new(template: CircuitBreaker, capacity: usize) -> Self {
        if let Err(error) = check(capacity) {
            panic!("{}", error.summary());
        }
        Self { template, capacity, listener: OnceLock::new(), entries: LazyLock::new(RwLock::default) }
    }

    /// Makes an empty set from settings that are known at run time; see [`new`](Self::new).
    ///
    /// # Errors
    ///
    /// Returns an error if the settings are wrong, or if the capacity is outside `[1, 10000]`.
    pub fn build(template: breaker::Builder, capacity: usize) -> Result<Self, breaker::Error> {
        check(capacity)?;
        Ok(Self::new(template.build()?, capacity))
    }

    /// Returns the number of breakers.
    pub fn len(&self) -> usize {
        self.read().by_key.len()
    }

    /// Returns `true` if there is no breaker.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes all breakers.
    pub fn clear(&self) {
        let entries = mem::take(&mut *self.write());
        // Keys are dropped here, after the lock is released.
        drop(entries);
    }

    // A panic in a key's `Hash` or `Eq` leaves the map usable, so a poisoned lock is ignored.
    fn read(&self) -> RwLockReadGuard<'_, Entries<K>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Entries<K>> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq + Send + Sync + 'static> Breakers<K> {
    /// Returns the breaker of a key. Makes it if there is none.
    pub fn get<Q>(&self, key: &Q) -> Arc<CircuitBreaker>
    where
        K: Borrow<Q>,
        Q: ToOwned<Owned = K> + Hash + Eq + ?Sized,
    {
        let found = self.read().find(key);
        if let Some(found) = found {
            return found;
        }
        // All other work, such as cloning and dropping keys, happens before the lock is taken or after it is released.
        let owned = key.to_owned();
        let breaker = Arc::new(self.template.sibling());
        let slot = Slot { key: key.to_owned(), breaker: Arc::clone(&breaker), uses: AtomicU64::new(1) };
        if let Some(listener) = self.listener.get() {
            let (listener, key) = (Arc::clone(listener), key.to_owned());
            breaker.listen(move |transition| listener(&key, transition));
        }
        let mut entries = self.write();
        // Another thread may have made it in the meantime. The lock is released before the variables above are dropped.
        if let Some(found) = entries.find(key) {
            return found;
        }
        let evicted = entries.insert(owned, slot, self.capacity);
        drop(entries);
        drop(evicted);
        breaker
    }

    /// Sets the listener that receives the transitions of all breakers that are made from now on, with their keys. Returns `false` if there is
    /// already a listener.
    ///
    /// See [`CircuitBreaker::listen`], which adds one for a single breaker.
    pub fn listen(&self, listener: impl Fn(&K, &Transition) + Send + Sync + 'static) -> bool {
        self.listener.set(Arc::new(listener)).is_ok()
    }
}

impl<K: Hash + Eq> Entries<K> {
    fn find<Q>(&self, key: &Q) -> Option<Arc<CircuitBreaker>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let slot = self.slots.get(*self.by_key.get(key)?)?;
        slot.uses.fetch_add(1, Ordering::Relaxed);
        Some(Arc::clone(&slot.breaker))
    }

    /// Adds a slot. Returns what is evicted for it, which the caller drops after the lock is released.
    ///
    /// Whatever a panic in a key's `Hash` or `Eq` interrupts, no key leads to the slot of another one.
    fn insert(&mut self, key: K, slot: Slot<K>, capacity: usize) -> Option<(Slot<K>, Option<K>)> {
        let (number, evicted) = if self.slots.len() < capacity {
            self.slots.push(slot);
            (self.slots.len().saturating_sub(1), None)
        } else {
            let number = self.choose();
            let old = self.slots.get_mut(number)?;
            let old_key = self.by_key.remove_entry(&old.key).map(|(key, _)| key);
            (number, Some((mem::replace(old, slot), old_key)))
        };
        self.by_key.insert(key, number);
        evicted
    }

    /// Moves the hand past a sample of the slots, and returns the number of the one to evict.
    fn choose(&mut self) -> usize {
        let (mut chosen, mut least) = (self.hand, None);
        for looked_at in 0..LARGEST_SAMPLE.min(self.slots.len()) {
            if looked_at >= SAMPLE && least.is_some_and(|rank: Rank| rank.is_closed) {
                break;
            }
            let number = self.hand;
            let Some(slot) = self.slots.get_mut(number) else { break };
            let rank = slot.rank();
            *slot.uses.get_mut() /= 2;
            if least.is_none_or(|least| rank.goes_before(least)) {
                (chosen, least) = (number, Some(rank));
            }
            let next = number.saturating_add(1);
            self.hand = if next < self.slots.len() { next } else { 0 };
        }
        chosen
    }
}

/// The rank of a slot in an eviction.
#[derive(Clone, Copy)]
struct Rank {
    is_closed: bool,
    uses: u64,
}

impl Rank {
    /// Returns `true` if a slot is evicted rather than another one. Open breakers are kept longer than frequently used ones.
    fn goes_before(self, other: Self) -> bool {
        (!self.is_closed, self.uses) < (!other.is_closed, other.uses)
    }
}

impl<K> Slot<K> {
    fn rank(&self) -> Rank {
        Rank { is_closed: self.breaker.state() == State::Closed, uses: self.uses.load(Ordering::Relaxed) }
    }
}

const fn check(capacity: usize) -> Result<(), breaker::Error> {
    if capacity < 1 || capacity > MAX_CAPACITY { Err(breaker::Error::Capacity { capacity }) } else { Ok(()) }
}

impl<K> fmt::Debug for Breakers<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Breakers").field("len", &self.len()).field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
