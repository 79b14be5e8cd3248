//! Breakers by key: one for each host or shard, up to a capacity. They know nothing of how a breaker decides.

use crate::observe::transition::{State, Transition};
use crate::overload::breaker::{self, CircuitBreaker};
use core::borrow::Borrow;
use core::fmt;
use core::hash::Hash;
use core::mem;
use core::sync::atomic::{AtomicU64, Ordering};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

const MAX_CAPACITY: usize = 10_000;

/// Circuit breakers by key, such as one for each host; bounded, and usable as a `static`.
///
/// A breaker is made when its key is first asked for. Where there is no room left, the least used of the closed breakers is evicted (of
/// all breakers, if none is closed). Each eviction halves the uses of the others, so that old uses fade. Attempts that run keep the
/// breaker that they have.
///
/// A lookup takes a read lock while it searches a hash map; only the key's `Hash` and `Eq` run under it. Breakers themselves have no
/// lock; keep the [`Arc`] where even this lock matters.
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
    /// `None` before the first key: a hash map cannot be made at compile time.
    entries: RwLock<Option<Entries<K>>>,
}

/// The evicted entry, to be dropped after the lock is released.
type Evicted<K> = Option<HashMap<K, Entry>>;
type Listener<K> = dyn Fn(&K, &Transition) + Send + Sync;

struct Entries<K> {
    by_key: HashMap<K, Entry>,
    /// The number of entries that were ever made: the next entry's number.
    made: u64,
}

struct Entry {
    breaker: Arc<CircuitBreaker>,
    /// Only a count: no other memory is read because of it, so `Relaxed` is enough.
    uses: AtomicU64,
    number: u64,
}

impl<K> Breakers<K> {
    /// Makes room for this number of breakers, with the settings of the template.
    ///
    /// # Panics
    ///
    /// Where the capacity is outside `[1, 10000]`.
    #[track_caller]
    pub const fn new(template: CircuitBreaker, capacity: usize) -> Self {
        match refusal(capacity) {
            None => {}
            Some(refusal) => panic!("{}", refusal.summary()),
        }
        Self { template, capacity, listener: OnceLock::new(), entries: RwLock::new(None) }
    }

    /// Does the same, for settings that are known at run time.
    ///
    /// # Errors
    ///
    /// Settings that make no breaker, or a capacity outside `[1, 10000]`.
    pub fn build(template: breaker::Builder, capacity: usize) -> Result<Self, breaker::Error> {
        match refusal(capacity) {
            None => Ok(Self::new(template.build()?, capacity)),
            Some(refusal) => Err(refusal),
        }
    }

    /// Returns the number of breakers.
    pub fn len(&self) -> usize {
        self.read().as_ref().map_or(0, |entries| entries.by_key.len())
    }

    /// Whether there is no breaker.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes all breakers.
    pub fn clear(&self) {
        let entries = mem::take(&mut *self.write());
        // Keys are dropped here, where the lock is released.
        drop(entries);
    }

    // A panic of a key's `Hash` or `Eq` leaves the map usable, so a poisoned lock is taken all the same.
    fn read(&self) -> RwLockReadGuard<'_, Option<Entries<K>>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Option<Entries<K>>> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq + Send + Sync + 'static> Breakers<K> {
    /// Returns the breaker of a key, and makes it where there is none.
    pub fn get<Q>(&self, key: &Q) -> Arc<CircuitBreaker>
    where
        K: Borrow<Q>,
        Q: ToOwned<Owned = K> + Hash + Eq + ?Sized,
    {
        let found = self.read().as_ref().and_then(|entries| entries.find(key));
        found.unwrap_or_else(|| self.insert(key))
    }

    #[cold]
    fn insert<Q>(&self, key: &Q) -> Arc<CircuitBreaker>
    where
        K: Borrow<Q>,
        Q: ToOwned<Owned = K> + Hash + Eq + ?Sized,
    {
        // All other work happens before the lock is taken or after it is released, also cloning and dropping keys.
        let owned = key.to_owned();
        let breaker = Arc::new(self.template.sibling());
        if let Some(listener) = self.listener.get() {
            let (listener, key) = (Arc::clone(listener), key.to_owned());
            breaker.listen(move |transition| listener(&key, transition));
        }
        let mut guard = self.write();
        let entries = guard.get_or_insert_with(|| Entries { by_key: HashMap::new(), made: 0 });
        // Another thread may have made it in the meantime.
        let (breaker, evicted) = match entries.find(key) {
            Some(found) => (found, None),
            None => entries.insert(owned, breaker, self.capacity),
        };
        drop(guard);
        drop(evicted);
        breaker
    }

    /// Sets the listener that receives the transitions of all breakers that are made from now on, with their keys. Returns `false` where
    /// there is one already.
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

    /// Adds a breaker. Returns it together with the evicted entry.
    fn insert(&mut self, key: K, breaker: Arc<CircuitBreaker>, capacity: usize) -> (Arc<CircuitBreaker>, Evicted<K>) {
        let evicted = if self.by_key.len() < capacity { None } else { self.evict() };
        let entry = Entry { breaker: Arc::clone(&breaker), uses: AtomicU64::new(1), number: self.made };
        self.made = self.made.saturating_add(1);
        self.by_key.insert(key, entry);
        (breaker, evicted)
    }

    fn evict(&mut self) -> Evicted<K> {
        let least = self.by_key.values().min_by_key(|entry| entry.rank())?.number;
        for entry in self.by_key.values_mut() {
            let uses = entry.uses.get_mut();
            *uses /= 2;
        }
        // Only taking the map apart gives a key back without a clone of it.
        let (evicted, kept) = mem::take(&mut self.by_key).into_iter().partition(|(_, entry)| entry.number == least);
        self.by_key = kept;
        Some(evicted)
    }
}

impl Entry {
    /// Returns the order of eviction, the lowest first: open breakers are kept longer than often used ones.
    fn rank(&self) -> (bool, u64, u64) {
        let is_closed = self.breaker.state() == State::Closed;
        (!is_closed, self.uses.load(Ordering::Relaxed), self.number)
    }
}

const fn refusal(capacity: usize) -> Option<breaker::Error> {
    if capacity < 1 || capacity > MAX_CAPACITY { Some(breaker::Error::Capacity { capacity }) } else { None }
}

impl<K> fmt::Debug for Breakers<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Breakers").field("len", &self.len()).field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
