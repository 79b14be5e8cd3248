use super::*;
use crate::overload::breaker::Permit;
use std::cell::Cell;
use std::hash::Hasher;
use std::sync::Mutex;
use std::thread;

static HOSTS: Breakers<String> = Breakers::new(CircuitBreaker::consecutive(1), 2);

fn few(capacity: usize) -> Breakers<String> {
    Breakers::new(CircuitBreaker::consecutive(1), capacity)
}

fn trip(breakers: &Breakers<String>, key: &str) {
    breakers.get(key).acquire().map(Permit::failure).expect("closed");
}

fn is_known(breakers: &Breakers<String>, key: &str) -> bool {
    breakers.read().by_key.contains_key(key)
}

#[test]
fn each_key_has_a_breaker_of_its_own() {
    assert!(HOSTS.is_empty());
    trip(&HOSTS, "one");
    assert_eq!(HOSTS.get("one").state(), State::Open);
    assert_eq!(HOSTS.get("two").state(), State::Closed);
    assert_eq!(HOSTS.len(), 2);
    assert!(Arc::ptr_eq(&HOSTS.get("one"), &HOSTS.get("one")));
    assert_eq!(format!("{HOSTS:?}"), "Breakers { len: 2, capacity: 2, .. }");
}

#[test]
fn the_least_used_goes_first() {
    let breakers = few(3);
    for (key, uses) in [("often", 9), ("seldom", 1), ("sometimes", 4)] {
        for _ in 0..uses {
            breakers.get(key);
        }
    }
    breakers.get("new");
    assert_eq!(breakers.len(), 3);
    assert!(!is_known(&breakers, "seldom"));
    assert!(is_known(&breakers, "often") && is_known(&breakers, "sometimes") && is_known(&breakers, "new"));
}

#[test]
fn of_those_that_are_used_alike_the_oldest_goes_first() {
    let breakers = few(2);
    breakers.get("a");
    breakers.get("b");
    breakers.get("c");
    assert!(!is_known(&breakers, "a") && is_known(&breakers, "b") && is_known(&breakers, "c"));
}

#[test]
fn what_is_open_stays_longer_than_what_is_used() {
    let breakers = few(2);
    trip(&breakers, "down");
    for _ in 0..100 {
        breakers.get("up");
    }
    breakers.get("new");
    assert!(is_known(&breakers, "down") && !is_known(&breakers, "up"));
}

#[test]
fn uses_of_long_ago_fade() {
    let breakers = few(2);
    for _ in 0..64 {
        breakers.get("once upon a time");
    }
    let passers_by: Vec<_> = (0..20).map(|number| number.to_string()).collect();
    for name in &passers_by {
        for _ in 0..3 {
            breakers.get(name.as_str());
        }
    }
    assert!(!is_known(&breakers, "once upon a time"));
}

#[test]
fn an_eviction_looks_at_a_few_whatever_the_capacity() {
    let breakers: Breakers<u32> = Breakers::new(CircuitBreaker::consecutive(1), 10_000);
    let uses = |breakers: &Breakers<u32>| -> Vec<u64> {
        breakers.read().slots.iter().map(|slot| slot.uses.load(Ordering::Relaxed)).collect()
    };
    for key in (0..10_000).chain(0..10_000) {
        breakers.get(&key);
    }
    assert_eq!(uses(&breakers), vec![2; 10_000]);
    let looked_at = |breakers: &Breakers<u32>| uses(breakers).iter().filter(|uses| **uses != 2).count();
    for (key, sum) in [(10_000, 32), (10_001, 64), (10_002, 96)] {
        breakers.get(&key);
        assert_eq!(looked_at(&breakers), sum);
    }
    // The hand goes around: each breaker is looked at once before any is again.
    for key in 10_003..10_312 {
        breakers.get(&key);
    }
    assert_eq!(looked_at(&breakers), 312 * 32);
    assert_eq!(breakers.len(), 10_000);
}

#[test]
fn an_eviction_looks_further_for_a_closed_one_but_not_at_all() {
    let breakers: Breakers<u32> = Breakers::new(CircuitBreaker::consecutive(1), 3_000);
    for key in 0..3_000 {
        let breaker = breakers.get(&key);
        if key != 1_000 {
            breaker.acquire().map(Permit::failure).expect("closed");
        }
    }
    let is_known = |key| breakers.read().by_key.contains_key(&key);
    breakers.get(&3_000);
    assert!(!is_known(1_000), "the closed one is the 1,001st");
    breakers.get(&3_001);
    let open = (0..3_000).filter(|key| is_known(*key)).count();
    assert_eq!(open, 2_998, "one of 1,024 open ones");
    assert_eq!(breakers.read().hand, 2_025);
}

#[test]
fn a_panic_in_a_keys_hash_leads_no_key_to_the_breaker_of_another() {
    thread_local! {
        static HASHES_LEFT: Cell<u32> = const { Cell::new(u32::MAX) };
    }
    #[derive(Clone, PartialEq, Eq)]
    struct Fragile(u32);
    impl Hash for Fragile {
        fn hash<H: Hasher>(&self, state: &mut H) {
            assert!(HASHES_LEFT.get() > 0, "hash");
            HASHES_LEFT.set(HASHES_LEFT.get().saturating_sub(1));
            self.0.hash(state);
        }
    }
    for left in 0..4 {
        let breakers: Breakers<Fragile> = Breakers::new(CircuitBreaker::consecutive(1), 2);
        for key in 0..2 {
            breakers.get(&Fragile(key)).acquire().map(Permit::failure).expect("closed");
        }
        HASHES_LEFT.set(left);
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| breakers.get(&Fragile(2))));
        HASHES_LEFT.set(u32::MAX);
        assert!(ended.is_err(), "{left}");
        // The new key has a breaker of its own, and the bound holds.
        assert_eq!(breakers.get(&Fragile(2)).state(), State::Closed, "{left}");
        for key in 3..9 {
            assert_eq!(breakers.get(&Fragile(key)).state(), State::Closed);
            assert!(breakers.len() <= 2 && breakers.read().slots.len() <= 2);
        }
    }
}

#[test]
fn an_attempt_that_runs_keeps_its_breaker() {
    let breakers = few(1);
    let first = breakers.get("first");
    let permit = first.acquire().expect("closed");
    breakers.get("second");
    permit.failure();
    assert_eq!(first.state(), State::Open);
    assert_eq!(breakers.get("first").state(), State::Closed, "a new one");
}

#[test]
fn listeners_learn_the_key() {
    let breakers = few(4);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let writer = Arc::clone(&heard);
    assert!(
        breakers.listen(move |key: &String, told| writer.lock().expect("nobody panicked").push((key.clone(), told.to)))
    );
    assert!(!breakers.listen(|_, _| {}));
    trip(&breakers, "a");
    trip(&breakers, "b");
    assert_eq!(*heard.lock().unwrap(), [("a".to_owned(), State::Open), ("b".to_owned(), State::Open)]);
}

#[test]
fn clearing_forgets_them() {
    let breakers = few(4);
    trip(&breakers, "a");
    breakers.clear();
    assert!(breakers.is_empty());
    assert_eq!(breakers.get("a").state(), State::Closed);
}

#[test]
fn many_threads_get_the_same_breaker() {
    let breakers = few(8);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for number in 0..800 {
                    let key = (number % 8).to_string();
                    let (one, two) = (breakers.get(key.as_str()), breakers.get(key.as_str()));
                    assert!(Arc::ptr_eq(&one, &two));
                }
            });
        }
    });
    assert_eq!(breakers.len(), 8);
}

#[test]
fn the_bound_holds_whatever_comes() {
    let breakers: Breakers<u32> = Breakers::new(CircuitBreaker::consecutive(1), 10);
    thread::scope(|scope| {
        for thread in 0..4_u32 {
            let breakers = &breakers;
            scope.spawn(move || {
                for number in 0..200 {
                    breakers.get(&(thread * 1_000 + number));
                }
            });
        }
    });
    assert_eq!(breakers.len(), 10);
}

#[test]
fn a_bad_capacity_or_template_is_refused() {
    let template = CircuitBreaker::builder;
    for capacity in [0, 10_001] {
        let error = Breakers::<u8>::build(template(), capacity).expect_err("refused").to_string();
        assert_eq!(error, format!("`capacity` is {capacity}, but must be between 1 and 10000 breakers"));
        let payload = std::panic::catch_unwind(|| few(capacity)).expect_err("refused");
        let message = payload.downcast_ref::<String>().expect("a text");
        assert_eq!(message, "`capacity` must be between 1 and 10000 breakers");
    }
    assert!(Breakers::<u8>::build(template().probes(0), 1).is_err());
    assert!(Breakers::<u8>::build(template(), 10_000).is_ok());
}

thread_local! {
    static LOOKS: Cell<u32> = const { Cell::new(0) };
}

/// A key that uses the map when it is cloned or dropped. It would deadlock if the lock were held then.
#[derive(PartialEq, Eq)]
struct Nosy(u32);

static NOSY: Breakers<Nosy> = Breakers::new(CircuitBreaker::consecutive(1), 1);

impl Hash for Nosy {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Clone for Nosy {
    fn clone(&self) -> Self {
        LOOKS.set(LOOKS.get().saturating_add(1));
        assert!(NOSY.entries.try_write().is_ok());
        Self(self.0)
    }
}

impl Drop for Nosy {
    fn drop(&mut self) {
        LOOKS.set(LOOKS.get().saturating_add(1));
        assert!(NOSY.entries.try_write().is_ok());
    }
}

#[test]
fn no_lock_is_held_while_keys_are_copied_or_dropped_or_listeners_run() {
    NOSY.listen(|_, _| assert!(NOSY.entries.try_write().is_ok()));
    for number in 0..3 {
        let breaker = NOSY.get(&Nosy(number));
        breaker.acquire().map(Permit::failure).expect("closed");
        NOSY.get(&Nosy(number));
    }
    NOSY.clear();
    assert!(LOOKS.get() > 10);
}
