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
