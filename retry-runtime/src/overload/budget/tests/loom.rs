//! Every interleaving of a budget's callers.

use super::Budget;
use crate::time::testing;
use loom::sync::Arc;
use loom::thread;
use std::time::Duration;

fn budget(capacity: u32, initial: u32) -> Budget {
    Budget::new().ratio(1.0).capacity(capacity).reserve(0.0).initial(initial)
}

/// Loads the word, which makes it. Loom requires that this happens before other threads use it.
fn shared(budget: Budget) -> Arc<Budget> {
    budget.fill();
    Arc::new(budget)
}

#[test]
fn never_negative_two_withdrawals_of_one_token_pay_once() {
    loom::model(|| {
        let budget = shared(budget(2, 1));
        let other = Arc::clone(&budget);
        let there = thread::spawn(move || other.withdraw());
        let here = budget.withdraw();
        let there = there.join().unwrap();
        assert!(here ^ there);
        assert_eq!(budget.balance_milli(), 0);
    });
}

#[test]
fn never_above_capacity_deposits_and_refunds_meet_at_the_top() {
    loom::model(|| {
        let budget = shared(budget(1, 0));
        let (one, two) = (Arc::clone(&budget), Arc::clone(&budget));
        let one = thread::spawn(move || one.deposit());
        let two = thread::spawn(move || two.refund());
        assert!(budget.balance_milli() <= 1_000);
        one.join().unwrap();
        two.join().unwrap();
        assert_eq!(budget.balance_milli(), 1_000);
    });
}

#[test]
fn never_lost_a_deposit_and_a_withdrawal_at_once_both_count() {
    loom::model(|| {
        let budget = shared(budget(10, 5));
        let (one, two) = (Arc::clone(&budget), Arc::clone(&budget));
        let one = thread::spawn(move || one.deposit());
        let two = thread::spawn(move || assert!(two.withdraw()));
        assert!(budget.withdraw());
        one.join().unwrap();
        two.join().unwrap();
        assert_eq!(budget.balance_milli(), 4_000);
    });
}

#[test]
fn never_twice_the_reserve_is_credited_to_one_of_two() {
    loom::model(|| {
        // Loom runs its threads on this one, so they share the fake clock.
        let time = testing::pause();
        let budget = shared(Budget::new().capacity(5).reserve(1.0).initial(1));
        assert!(budget.withdraw());
        time.advance(Duration::from_secs(1));
        let other = Arc::clone(&budget);
        let there = thread::spawn(move || other.withdraw());
        let here = budget.withdraw();
        let there = there.join().unwrap();
        assert!(here ^ there);
        assert_eq!(budget.balance_milli(), 0);
    });
}

#[test]
fn never_lost_a_deposit_beside_the_first_withdrawal_which_begins_the_reserve() {
    loom::model(|| {
        let time = testing::pause();
        let budget = shared(Budget::new().ratio(0.5).capacity(5).reserve(1.0).initial(0));
        let other = Arc::clone(&budget);
        let there = thread::spawn(move || other.deposit());
        assert!(!budget.withdraw());
        there.join().unwrap();
        assert_eq!(budget.balance_milli(), 500);
        time.advance(Duration::from_millis(500));
        assert!(budget.withdraw());
    });
}
