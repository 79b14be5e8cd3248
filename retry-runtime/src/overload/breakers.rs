//! Breakers by key: one for each host or shard, up to a capacity. This module does not know how a breaker decides.

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

/// A bounded set of circuit breakers by key, such as one for each host. It can be a `static`.
///
/// A breaker is made when its key is first used. If there is no room left, the least used of the closed breakers is evicted (of all
/// breakers, if none is closed). Each eviction halves the use counts of the others, so that old uses count less. Running attempts keep
/// their breaker.
///
/// A lookup takes a read lock while it searches a hash map. Only the key's `Hash` and `Eq` run under the lock. Breakers themselves have no
/// lock. To avoid even the read lock, keep the [`Arc`].
///
/// # Examples
///
/// ```
/// use retry_runtime::{Breakers, CircuitBreaker};
///
/// static HOSTS: Breakers<String> = Breakers::new(CircuitBreaker::consecutive(5), 1_000);
///
/// let breaker = HOSTS.get("api.example.com");
/// let permit = breaker.acquire()?;
/// permit.success();
/// # Ok::<(), retry_runtime::BreakerOpen>(())
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
    by_key: HashMap<K, Entry>,
    /// The number of entries made so far, which is the next entry's number.
    made: u64,
}

impl<K> Default for Entries<K> {
    fn default() -> Self {
        Self { by_key: HashMap::new(), made: 0 }
    }
}

struct Entry {
    breaker: Arc<CircuitBreaker>,
    /// A count that guards no other memory, so `Relaxed` is enough.
    uses: AtomicU64,
    number: u64,
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
        let entries = mem::take(&mut self.write().by_key);
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
        if let Some(listener) = self.listener.get() {
            let (listener, key) = (Arc::clone(listener), key.to_owned());
            breaker.listen(move |transition| listener(&key, transition));
        }
        let mut entries = self.write();
        // Another thread may have made it in the meantime. The lock is released before the variables above are dropped.
        if let Some(found) = entries.find(key) {
            return found;
        }
        let evicted = entries.insert(owned, Arc::clone(&breaker), self.capacity);
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
        let entry = self.by_key.get(key)?;
        entry.uses.fetch_add(1, Ordering::Relaxed);
        Some(Arc::clone(&entry.breaker))
    }

    /// Adds a breaker. Returns the entry that is evicted for it, which the caller drops after the lock is released.
    fn insert(&mut self, key: K, breaker: Arc<CircuitBreaker>, capacity: usize) -> Option<HashMap<K, Entry>> {
        let evicted = if self.by_key.len() < capacity { None } else { self.evict() };
        self.by_key.insert(key, Entry { breaker, uses: AtomicU64::new(1), number: self.made });
        self.made = self.made.saturating_add(1);
        evicted
    }

    fn evict(&mut self) -> Option<HashMap<K, Entry>> {
        let least = self.by_key.values().min_by_key(|entry| entry.rank())?.number;
        for entry in self.by_key.values_mut() {
            let uses = entry.uses.get_mut();
            *uses /= 2;
        }
        // A map returns a key by value only when it is taken apart.
        let (evicted, kept) = mem::take(&mut self.by_key).into_iter().partition(|(_, entry)| entry.number == least);
        self.by_key = kept;
        Some(evicted)
    }
}

impl Entry {
    /// Returns the rank for eviction; the lowest rank is evicted first. Open breakers are kept longer than frequently used ones.
    fn rank(&self) -> (bool, u64, u64) {
        let is_closed = self.breaker.state() == State::Closed;
        (!is_closed, self.uses.load(Ordering::Relaxed), self.number)
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
