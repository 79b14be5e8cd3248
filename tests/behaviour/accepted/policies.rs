//! Twins of `tests/ui/policies`: policies that a constant can hold.

use super::{MS, Own, S, exactly, up_to};
use crate::support::runs::{Runs, thrice};
use reattempt::{Policy, Strategy, policy, retry};

repaired! {
    [cap_below_base_beside_a_policy] {
        const POLICY: Policy = policy!(max = 3);
        (policy = POLICY, base = "5s", cap = "5s") => up_to([5 * S, 5 * S]);
        (policy = POLICY, base = "500ms", cap = "1s") => up_to([500 * MS, S]);
    }
    [policy_is_a_strategy] {
        (strategy = "exponential") => exactly([100 * MS, 200 * MS]);
    }
    [quoted] {
        const POLICY: Policy = policy!(max = 2);
        (policy = POLICY) => up_to([100 * MS]);
    }
    [constant_of_another_type] {
        const POLICY: Policy = policy!(max = 5);
        (policy = POLICY) => up_to([100 * MS, 200 * MS, 400 * MS, 800 * MS]);
    }
    [factor_below_one] {
        const POLICY: Policy = policy!(factor = 2.0);
        (policy = POLICY) => up_to([100 * MS, 200 * MS]);
    }
    [key_of_a_function, unknown_when] {
        const POLICY: Policy = policy!(max = 3);
        (on = reattempt::any_error, policy = POLICY) => up_to([100 * MS, 200 * MS]);
    }
    [unknown_retries] {
        const POLICY: Policy = policy!(max = 4);
        const RETRIES: u32 = 3;
        const COUNTED: Policy = policy!(max = RETRIES + 1);
        (policy = POLICY) => up_to([100 * MS, 200 * MS, 400 * MS]);
        (policy = COUNTED) => up_to([100 * MS, 200 * MS, 400 * MS]);
    }
    [not_a_policy] {
        (policy = policy!(max = 5)) => up_to([100 * MS, 200 * MS, 400 * MS, 800 * MS]);
        (max = 5) => up_to([100 * MS, 200 * MS, 400 * MS, 800 * MS]);
    }
    [strategy_of_ones_own] {
        const POLICY: Policy = policy!(max = 4);
        (policy = POLICY, strategy = Own) => exactly([S, 2 * S, 3 * S]);
    }
    [unknown_key] {
        const POLICY: Policy = policy!();
        (policy = POLICY) => up_to([100 * MS, 200 * MS]);
    }
    [unlimited_without_deadline] {
        const ENDING: Policy = policy!(strategy = "constant", base = "10s", max = "unlimited", deadline = "30s");
        const ENDLESS: Policy = policy!(max = "unlimited", deadline = "none");
        const COUNTED: Policy = policy!(max = 3);
        (policy = ENDING) => exactly([10 * S, 10 * S]);
        (policy = ENDLESS, max = 3) => up_to([100 * MS, 200 * MS]);
        (policy = COUNTED) => up_to([100 * MS, 200 * MS]);
    }
}

#[test]
fn value_of_run_time() {
    fn build(attempts: u32) -> Policy {
        Policy::builder().strategy(Strategy::Immediate).max(attempts).build().unwrap()
    }

    #[retry(policy = build(attempts), on = reattempt::any_error)]
    fn call(attempts: u32, runs: &Runs) -> Option<()> {
        runs.fail();
        None
    }
    assert_eq!(thrice(|runs| call(3, runs)), None);
}
