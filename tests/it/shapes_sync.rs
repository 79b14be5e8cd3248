//! Shapes of sync functions.
use reattempt::retry;
use std::cell::Cell;

#[retry(strategy = "immediate", on = |e: &u8| *e < 3)]
fn plain(runs: &Cell<u8>) -> Result<u8, u8> {
    runs.set(runs.get() + 1);
    if runs.get() < 3 {
        Err(runs.get())
    } else {
        Ok(runs.get())
    }
}

#[test]
fn plain_function() {
    let runs = Cell::new(0);
    assert_eq!(plain(&runs), Ok(3));
}
