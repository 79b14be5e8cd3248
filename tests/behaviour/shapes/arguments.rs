//! Arguments: every attempt gets the values that the caller passed, except for values behind `&mut`.

use crate::support::runs::{Busy, Runs, thrice, thrice_async};
use reattempt::retry;
use std::pin::Pin;

#[derive(Clone, Debug, Default, PartialEq)]
struct Point {
    x: u32,
    y: Vec<u32>,
}

#[test]
fn a_string_that_is_only_borrowed_needs_no_key() {
    #[retry(strategy = "immediate")]
    fn call(runs: &Runs, name: String) -> Result<usize, Busy> {
        runs.fail_twice()?;
        Ok(name.len())
    }

    assert_eq!(thrice(|runs| call(runs, "abc".to_owned())), Ok(3));
}

#[tokio::test]
async fn a_string_that_is_only_borrowed_needs_no_key_in_async() {
    #[retry(strategy = "immediate")]
    async fn call(runs: &Runs, name: String) -> Result<usize, Busy> {
        runs.fail_twice()?;
        Ok(name.len())
    }

    assert_eq!(thrice_async(async |runs| call(runs, "abc".to_owned()).await).await, Ok(3));
}

#[test]
fn a_consumed_string_is_cloned_for_each_attempt() {
    #[retry(strategy = "immediate", clone(name, tags))]
    fn call(runs: &Runs, name: String, tags: Vec<u8>) -> Result<(String, usize), Busy> {
        let owned = name;
        let tags = tags.into_boxed_slice().len();
        runs.fail_twice()?;
        Ok((owned, tags))
    }

    let returned = thrice(|runs| call(runs, "abc".to_owned(), vec![1]));
    assert_eq!(returned, Ok(("abc".to_owned(), 1)));
}

#[tokio::test]
async fn a_consumed_string_is_cloned_for_each_attempt_in_async() {
    #[retry(strategy = "immediate", clone(name, tags))]
    async fn call(runs: &Runs, name: String, tags: Vec<u8>) -> Result<(String, usize), Busy> {
        let owned = name;
        tokio::task::yield_now().await;
        let tags = tags.into_boxed_slice().len();
        runs.fail_twice()?;
        Ok((owned, tags))
    }

    let returned = thrice_async(async |runs| call(runs, "abc".to_owned(), vec![1]).await).await;
    assert_eq!(returned, Ok(("abc".to_owned(), 1)));
}

#[test]
fn a_clone_is_made_once_for_each_attempt_and_never_otherwise() {
    struct Counted<'a>(&'a Runs);
    impl<'a> Counted<'a> {
        fn use_up(self) -> &'a Runs {
            self.0
        }
    }
    impl Clone for Counted<'_> {
        fn clone(&self) -> Self {
            self.0.fail();
            Self(self.0)
        }
    }

    #[retry(strategy = "immediate", clone(listed))]
    fn call(runs: &Runs, listed: Counted<'_>, other: Counted<'_>) -> Result<u32, Busy> {
        assert_eq!(listed.use_up().count(), runs.count() + 1);
        assert_eq!(other.0.count(), 0);
        runs.fail_twice()
    }

    let (listed, other) = (Runs::new(), Runs::new());
    assert_eq!(thrice(|runs| call(runs, Counted(&listed), Counted(&other))), Ok(3));
    assert_eq!((listed.count(), other.count()), (3, 0));
}

#[test]
fn a_mut_argument_begins_each_attempt_anew() {
    #[retry(strategy = "immediate", clone(list))]
    fn call(runs: &Runs, mut number: u32, mut list: Vec<u32>) -> Result<(u32, Vec<u32>), Busy> {
        number += 1;
        list.push(number);
        runs.fail_twice()?;
        Ok((number, list))
    }

    assert_eq!(thrice(|runs| call(runs, 4, vec![4])), Ok((5, vec![4, 5])));
}

#[tokio::test]
async fn a_mut_argument_begins_each_attempt_anew_in_async() {
    #[retry(strategy = "immediate", clone(list))]
    async fn call(runs: &Runs, mut number: u32, mut list: Vec<u32>) -> Result<(u32, Vec<u32>), Busy> {
        number += 1;
        list.push(number);
        tokio::task::yield_now().await;
        runs.fail_twice()?;
        Ok((number, list))
    }

    let returned = thrice_async(async |runs| call(runs, 4, vec![4]).await).await;
    assert_eq!(returned, Ok((5, vec![4, 5])));
}

/// The values that the patterns bound.
type Found = (usize, u32, u32, Vec<u32>, u8, u32);

#[test]
fn patterns_bind_in_each_attempt_what_the_caller_passed() {
    #[retry(strategy = "immediate", clone(y))]
    fn call(
        runs: &Runs,
        (first, mut second): (String, u32),
        Point { x: mut renamed, y }: Point,
        [head, .., tail]: [u8; 3],
        &(left, _): &(u32, u32),
        _: Vec<u8>,
    ) -> Result<Found, Busy> {
        second += 1;
        renamed += 10;
        let consumed = y;
        runs.fail_twice()?;
        Ok((first.len(), second, renamed, consumed, head + tail, left))
    }

    let point = Point { x: 1, y: vec![5] };
    let returned = thrice(|runs| call(runs, ("abc".to_owned(), 1), point, [1, 2, 3], &(7, 8), Vec::new()));
    assert_eq!(returned, Ok((3, 2, 11, vec![5], 4, 7)));
}

#[tokio::test]
async fn patterns_bind_in_each_attempt_what_the_caller_passed_in_async() {
    #[retry(strategy = "immediate", clone(y))]
    async fn call(
        runs: &Runs,
        (first, mut second): (String, u32),
        Point { x: mut renamed, y }: Point,
        whole @ [head, .., tail]: [u8; 3],
        &(left, _): &(u32, u32),
        _: Vec<u8>,
    ) -> Result<Found, Busy> {
        second += 1;
        renamed += 10;
        let consumed = y;
        tokio::task::yield_now().await;
        runs.fail_twice()?;
        assert_eq!(whole.len(), 3);
        Ok((first.len(), second, renamed, consumed, head + tail, left))
    }

    let point = Point { x: 1, y: vec![5] };
    let call = async |runs: &Runs| call(runs, ("abc".to_owned(), 1), point, [1, 2, 3], &(7, 8), Vec::new()).await;
    assert_eq!(thrice_async(call).await, Ok((3, 2, 11, vec![5], 4, 7)));
}

/// Uses up a unique borrow, as a function that takes it by value does.
fn push(mut list: impl AsMut<Vec<u32>>, number: u32) {
    list.as_mut().push(number);
}

#[test]
fn what_is_behind_a_unique_reference_is_kept() {
    #[retry(strategy = "immediate")]
    fn call(
        runs: &Runs,
        list: &mut Vec<u32>,
        &mut (ref mut pair, _): &mut (Vec<u32>, u32),
        Point { y, .. }: &mut Point,
    ) -> Result<(usize, usize), Busy> {
        push(list, 1);
        let length = pair.len();
        push(pair, 2);
        y.push(3);
        runs.fail_twice()?;
        Ok((length, y.len()))
    }

    let mut list = vec![0];
    let mut point = Point::default();
    let returned = thrice(|runs| call(runs, &mut list, &mut (Vec::new(), 0), &mut point));
    assert_eq!(returned, Ok((2, 3)));
    assert_eq!(list, [0, 1, 1, 1]);
    assert_eq!(point.y, [3, 3, 3]);
}

#[tokio::test]
async fn what_is_behind_a_unique_reference_is_kept_in_async() {
    #[retry(strategy = "immediate")]
    async fn call(
        runs: &Runs,
        list: &mut Vec<u32>,
        &mut (ref mut pair, _): &mut (Vec<u32>, u32),
        Point { y, .. }: &mut Point,
    ) -> Result<(usize, usize), Busy> {
        push(list, 1);
        tokio::task::yield_now().await;
        let length = pair.len();
        push(pair, 2);
        y.push(3);
        runs.fail_twice()?;
        Ok((length, y.len()))
    }

    let mut list = vec![0];
    let mut point = Point::default();
    let call = async |runs: &Runs| call(runs, &mut list, &mut (Vec::new(), 0), &mut point).await;
    assert_eq!(thrice_async(call).await, Ok((2, 3)));
    assert_eq!(list, [0, 1, 1, 1]);
    assert_eq!(point.y, [3, 3, 3]);
}

#[test]
fn a_mut_binding_of_a_unique_reference_may_be_reassigned() {
    #[retry(strategy = "immediate")]
    fn call(runs: &Runs, mut bytes: &mut [u8]) -> Result<usize, Busy> {
        bytes[0] += 1;
        bytes = &mut bytes[1..];
        runs.fail_twice()?;
        Ok(bytes.len())
    }

    let mut bytes = [0, 0, 0];
    assert_eq!(thrice(|runs| call(runs, &mut bytes)), Ok(2));
    assert_eq!(bytes, [3, 0, 0]);
}

#[tokio::test]
async fn a_mut_binding_of_a_unique_reference_may_be_reassigned_in_async() {
    #[retry(strategy = "immediate")]
    async fn call(runs: &Runs, mut bytes: &mut [u8]) -> Result<usize, Busy> {
        bytes[0] += 1;
        bytes = &mut bytes[1..];
        tokio::task::yield_now().await;
        runs.fail_twice()?;
        Ok(bytes.len())
    }

    let mut bytes = [0, 0, 0];
    assert_eq!(thrice_async(async |runs: &Runs| call(runs, &mut bytes).await).await, Ok(2));
    assert_eq!(bytes, [3, 0, 0]);
}

#[test]
fn a_unique_reference_in_an_option_or_a_pin_is_borrowed_anew() {
    #[retry(strategy = "immediate")]
    fn call(
        runs: &Runs,
        list: Option<&mut Vec<u32>>,
        mut taken: Option<&mut u32>,
        mut pinned: Pin<&mut u32>,
    ) -> Result<u32, Busy> {
        if let Some(list) = list {
            list.push(1);
        }
        if let Some(taken) = taken.take() {
            *taken += 1;
        }
        *pinned += 1;
        *pinned.get_mut() += 1;
        runs.fail_twice()
    }

    let mut list = Vec::new();
    let (mut taken, mut pinned) = (0, 0);
    let returned = thrice(|runs| call(runs, Some(&mut list), Some(&mut taken), Pin::new(&mut pinned)));
    assert_eq!(returned, Ok(3));
    assert_eq!((list, taken, pinned), (vec![1, 1, 1], 3, 6));
}

#[tokio::test]
async fn a_unique_reference_in_an_option_or_a_pin_is_borrowed_anew_in_async() {
    #[retry(strategy = "immediate")]
    async fn call(
        runs: &Runs,
        list: Option<&mut Vec<u32>>,
        mut taken: Option<&mut u32>,
        mut pinned: Pin<&mut u32>,
    ) -> Result<u32, Busy> {
        if let Some(list) = list {
            list.push(1);
        }
        tokio::task::yield_now().await;
        if let Some(taken) = taken.take() {
            *taken += 1;
        }
        *pinned += 1;
        *pinned.get_mut() += 1;
        runs.fail_twice()
    }

    let mut list = Vec::new();
    let (mut taken, mut pinned) = (0, 0);
    let call = async |runs: &Runs| call(runs, Some(&mut list), Some(&mut taken), Pin::new(&mut pinned)).await;
    assert_eq!(thrice_async(call).await, Ok(3));
    assert_eq!((list, taken, pinned), (vec![1, 1, 1], 3, 6));
}

#[test]
fn a_parameter_that_is_configured_out_is_bound_nowhere() {
    #[retry(strategy = "immediate", clone(list))]
    fn call(
        runs: &Runs,
        #[cfg(test)] mut number: u32,
        #[cfg(not(test))] mut number: NoSuchType,
        #[cfg(not(test))] mut absent: NoSuchType,
        #[cfg(not(test))] list: NoSuchType,
        #[cfg(test)] list: Vec<u32>,
        #[cfg(not(test))] unique: &mut NoSuchType,
    ) -> Result<(u32, Vec<u32>), Busy> {
        number += 1;
        let list = list;
        runs.fail_twice()?;
        Ok((number, list))
    }

    assert_eq!(thrice(|runs| call(runs, 1, vec![1])), Ok((2, vec![1])));
}

#[tokio::test]
async fn a_parameter_that_is_configured_out_is_bound_nowhere_in_async() {
    #[retry(strategy = "immediate", clone(list))]
    async fn call(
        runs: &Runs,
        #[cfg(test)] mut number: u32,
        #[cfg(not(test))] mut absent: NoSuchType,
        #[cfg(not(test))] list: NoSuchType,
        #[cfg(test)] list: Vec<u32>,
        #[cfg(not(test))] unique: &mut NoSuchType,
    ) -> Result<(u32, Vec<u32>), Busy> {
        number += 1;
        let list = list;
        runs.fail_twice()?;
        Ok((number, list))
    }

    assert_eq!(thrice_async(async |runs| call(runs, 1, vec![1]).await).await, Ok((2, vec![1])));
}
